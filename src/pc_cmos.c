/* SPDX-License-Identifier: MIT */
/* CMOS: what the firmware finds out about the machine, as the AT and other emulators' BIOSes
 * agree. rtc_cmos_set() keeps the checksum. */
#include <string.h>
#include <time.h>

#include "src/pc_parts.h"

static void cmos_set16(struct rtc *rtc, unsigned index, u32 value)
{
    rtc_cmos_set(rtc, index, value & 0xff);
    rtc_cmos_set(rtc, index + 1, value >> 8 & 0xff);
}

static void cmos_memory(struct rtc *rtc, u64 ram)
{
    u64 extended = (ram - 0x100000) / 1024, above_16m = ram > 0x1000000 ? ram - 0x1000000 : 0;
    cmos_set16(rtc, 0x15, 640);
    cmos_set16(rtc, 0x17, extended > 0xffff ? 0xffff : (u32)extended);
    cmos_set16(rtc, 0x30, extended > 0xffff ? 0xffff : (u32)extended);
    cmos_set16(rtc, 0x34, (u32)(above_16m / 0x10000));
}

/* 14h, the equipment byte: 01 and the number in bits 7, 6: floppy drives; 02 FPU; 04 PS/2 mouse. */
static void cmos_equipment(struct rtc *rtc, const struct pc_plugs *plugs, bool fpu)
{
    unsigned a = plugs->floppy_drive[0], b = plugs->floppy_drive[1];
    unsigned drives = (a != FDC_DRIVE_NONE) + (b != FDC_DRIVE_NONE);
    rtc_cmos_set(rtc, 0x10, (u8)(a << 4 | b));
    rtc_cmos_set(rtc, 0x14,
                 (u8)((plugs->mouse_port == PC_SERIALS ? 0x04 : 0) | (fpu ? 0x02 : 0) | (drives ? (drives - 1) << 6 | 0x01 : 0)));
}

/* How the BIOS turns the drive's own geometry into what programs see (CMOS 39h, two bits a disk):
 * 0 not at all, 1 by LBA, 2 by shifting bits from cylinders to heads. */
static unsigned translation(const struct disk *disk)
{
    struct disk_geometry wanted = disk_geometry(disk), own = ide_geometry(disk);
    if (wanted.heads == own.heads && wanted.cylinders <= 1024)
        return 0;
    bool bit_shift = wanted.sectors == own.sectors && wanted.heads < 255 &&
                     wanted.heads % own.heads == 0 && own.heads < 16;
    return bit_shift ? 2 : 1;
}

/* Type 47 "user defined": the geometry follows, as the AT BIOS keeps it. */
static void cmos_hard_disk(struct rtc *rtc, unsigned number, const struct disk *disk)
{
    struct disk_geometry g = ide_geometry(disk);
    unsigned table = 0x1b + 9 * number;
    rtc_cmos_set(rtc, 0x12, (u8)(rtc_cmos_get(rtc, 0x12) | (number ? 0x0f : 0xf0)));
    rtc_cmos_set(rtc, 0x19 + number, 47);
    cmos_set16(rtc, table, g.cylinders);
    rtc_cmos_set(rtc, table + 2, g.heads);
    cmos_set16(rtc, table + 3, 0xffff);                            /* no write precompensation */
    rtc_cmos_set(rtc, table + 5, g.heads > 8 ? 0xc8 : 0xc0);
    cmos_set16(rtc, table + 6, g.cylinders);                       /* landing zone */
    rtc_cmos_set(rtc, table + 8, g.sectors);
}

/* CMOS 3Dh, and 38h bits 7-4: first, second, third boot device: 1 floppy, 2 hard disk, 3 CD-ROM.
 * Bochs's BIOS and SeaBIOS read them too. 38h bits 1 and 2 are for ours: the menu, or no question. */
static void cmos_boot(struct rtc *rtc, const struct pc_plugs *plugs)
{
    static const char letters[] = "acd";
    u8 code[3] = {0};
    for (unsigned i = 0; i < ARRAY_LEN(code) && plugs->boot[i]; i++)
        code[i] = (u8)(strchr(letters, plugs->boot[i]) - letters + 1);
    rtc_cmos_set(rtc, 0x3d, (u8)(code[0] | code[1] << 4));
    rtc_cmos_set(rtc, 0x38,
                 (u8)(code[2] << 4 | (plugs->boot_silent ? 4 : 0) | (plugs->boot_menu ? 2 : 0)));
}

void pc_fill_cmos(struct pc *pc)
{
    const struct pc_plugs *plugs = &pc->plugs;
    struct rtc *rtc = &pc->rtc;
    time_t date = (time_t)plugs->date;
    struct tm tm;
    gmtime_r(&date, &tm);
    rtc_set_time(rtc, (unsigned)tm.tm_year + 1900, (unsigned)tm.tm_mon + 1, (unsigned)tm.tm_mday,
                 (unsigned)tm.tm_hour, (unsigned)tm.tm_min, (unsigned)tm.tm_sec);
    cmos_memory(rtc, pc->bus->ram_size);
    cmos_equipment(rtc, plugs, model_has_feature(pc->cpu->model, FEATURE_FPU));
    cmos_boot(rtc, plugs);
    rtc_cmos_set(rtc, 0x5f, (u8)(plugs->cpus - 1)); /* processors beside the first */
    rtc_cmos_set(rtc, 0x3f,
                 (u8)((plugs->without_acpi ? 1 : 0) | (plugs->without_apm ? 2 : 0) |
                      (plugs->without_pnp ? 4 : 0)));
    unsigned modes = 0;
    for (unsigned i = 0; i < PC_HARD_DISKS; i++) {
        if (plugs->hard[i])
            modes |= translation(plugs->hard[i]) << 2 * i;
        if (plugs->hard[i] && i < 2) /* CMOS knows two; the BIOS asks the others */
            cmos_hard_disk(rtc, i, plugs->hard[i]);
    }
    rtc_cmos_set(rtc, 0x39, (u8)modes);
}
