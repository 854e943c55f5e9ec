/* SPDX-License-Identifier: MIT */
/*
 * Booting from CD by the Bootable CD-ROM Format Specification 1.0 ("El Torito"): the boot
 * catalogue, and the disk that an image on the CD stands in for. Of the catalogue's entries the
 * first one counts that is for a PC, bootable, and without selection criteria, which only those can
 * judge who know what they say; the first one with them if there is no other. The descriptors are
 * looked for in the first session.
 */
#include "cd.h"

#define BUFFER       0x7c00 /* one sector of a CD, where later the boot program is */
#define BOOT_RECORD  17
#define ENTRY        32
#define ENTRIES_MOST 1024 /* a catalogue's: it need not end */

#define BOOTABLE     0x88
#define SECTION      0x90
#define LAST_SECTION 0x91
#define FOLLOWED     0x20 /* by extensions */
#define CRITERIA     12   /* of an entry of a section: their kind; 0: none */
#define PLATFORM_PC  0x00

ROM char cd_no_disc[] = "there is no disc in the drive, or it does not answer";
ROM char cd_no_system[] = "the disc holds no boot program";

/* --- the image --- */

static enum disk_status image_run(const struct cd_boot *boot, u32 sector, struct atapi_data *to)
{
    struct drive d;

    cd_load(boot->cd, &d);
    to->skip += (sector & 3) * 512;
    return atapi_read(&d, boot->lba + sector / 4, to);
}

enum disk_status cd_image_read(const struct cd_boot *boot, u32 sector, u16 count, u16 segment,
                               u16 offset)
{
    struct atapi_data to = {.length = count * 512u, .segment = segment, .offset = offset};

    return image_run(boot, sector, &to);
}

enum disk_status cd_image_verify(const struct cd_boot *boot, u32 sector, u16 count)
{
    struct atapi_data to = {.skip = count * 512u};

    return image_run(boot, sector, &to);
}

/* --- the disk it stands in for --- */

#define PARTITIONS 446

struct partition {
    u8 active, first[3], type;
    u8 head, sector, cylinder; /* its last one */
    u32 start, sectors;
} PACKED;

/* The first partition ends where the disk ends, and so tells how many heads and sectors it has. */
static ROM char *disk_geometry(struct cd_boot *boot)
{
    struct partition table[4];
    struct atapi_data to = {.skip = PARTITIONS,
                            .length = sizeof table,
                            .segment = stack_segment(),
                            .offset = (u16)(u32)table};
    u32 sectors;
    u8 i;

    if (image_run(boot, 0, &to) != DISK_OK)
        return TEXT("its boot image cannot be read");
    for (i = 0; i < 4 && !table[i].type; i++)
        ;
    if (i == 4 || !(table[i].sector & 63))
        return TEXT("its boot image, of a hard disk, has no partition");
    boot->last_cylinder = table[i].cylinder;
    boot->last_sector = table[i].sector;
    boot->last_head = table[i].head;
    sectors = ((boot->last_sector & 0xc0u) << 2 | boot->last_cylinder) + 1u;
    sectors *= (boot->last_head + 1u) * (boot->last_sector & 63u);
    boot->sectors = table[i].start + table[i].sectors;
    if (boot->sectors < sectors)
        boot->sectors = sectors;
    return 0;
}

static ROM char *geometry(struct cd_boot *boot)
{
    static ROM u8 sectors[] = {[CD_1200] = 15, [CD_1440] = 18, [CD_2880] = 36};
    u8 media = boot->media & 15;

    if (media >= CD_MEDIA)
        return TEXT("its boot image is of no known kind");
    if (media == CD_HARD_DISK)
        return disk_geometry(boot);
    if (media == CD_PLAIN)
        return 0;
    boot->last_cylinder = 79;
    boot->last_sector = sectors[media];
    boot->last_head = 1;
    boot->sectors = 160u * sectors[media];
    return 0;
}

#define DISKETTES (EQUIP_FLOPPY | 0xc0)

/* A real diskette A: is B: as long as a CD is A:. */
static void add_diskette(void)
{
    u16 others = BDA->equipment & EQUIP_FLOPPY ? 0x40 : 0;

    BDA->equipment = (u16)((BDA->equipment & ~DISKETTES) | others | EQUIP_FLOPPY);
}

ROM char *cd_begin(struct cd_boot *boot)
{
    ROM char *reason = geometry(boot);

    if (reason)
        return reason;
    cd_end();
    boot->size = CD_PACKET;
    boot->diskettes = BDA->equipment & DISKETTES;
    far_store(ebda_segment(), offset_of(struct ebda, cd), boot, sizeof *boot);
    if (boot->drive == 0x80)
        BDA->hd_count++;
    else if (cd_is_diskette(boot))
        add_diskette();
    return 0;
}

void cd_end(void)
{
    u8 drive = EBDA8(cd.drive);

    if (!EBDA8(cd.size))
        return;
    if (drive == 0x80)
        BDA->hd_count--;
    else if (!(drive & 0x80))
        BDA->equipment = (u16)((BDA->equipment & ~DISKETTES) | EBDA16(cd.diskettes));
    EBDA8_SET(cd.size, 0);
}

/* --- loading --- */

/* Between the BIOS's data and its stack, or above that. */
static bool fits(u32 from, u32 to)
{
    return from >= 0x7c00 ? to <= ebda_segment() * 16u : from >= 0x600 && to <= 0x7000;
}

static ROM char *load(struct cd_boot *boot)
{
    u16 segment = boot->load_segment ?: BUFFER / 16;
    u32 from = segment * 16u;

    if (!boot->load_count)
        return TEXT("its boot image has the length 0");
    if (!fits(from, from + boot->load_count * 512u))
        return TEXT("its boot image does not fit into memory");
    if (cd_image_read(boot, 0, boot->load_count, segment, 0) != DISK_OK)
        return TEXT("its boot image cannot be read");
    EBDA8_SET(stack_depth, 0); /* if a program asked for it with INT 13h */
    boot_start(boot->drive, segment);
    return 0;
}

ROM char *cd_go(struct cd_boot *boot)
{
    ROM char *reason = cd_begin(boot);

    if (!reason) {
        reason = load(boot);
        cd_end();
    }
    return reason;
}

/* --- the catalogue --- */

static enum disk_status read_sector(const struct drive *d, u32 lba)
{
    struct atapi_data to = {.length = CD_SECTOR, .offset = BUFFER};

    return atapi_read(d, lba, &to);
}

struct catalogue {
    const struct drive *drive;
    u32 lba;
    u16 next;
    bool found; /* an entry with criteria */
};

/* Where the next entry is in segment 0; 0: nowhere. */
static u16 next_entry(struct catalogue *c)
{
    u16 at = c->next % (CD_SECTOR / ENTRY);

    if (c->next == ENTRIES_MOST || (!at && read_sector(c->drive, c->lba++) != DISK_OK))
        return 0;
    c->next++;
    return (u16)(BUFFER + at * ENTRY);
}

static bool valid(u16 at)
{
    u16 sum = 0, i;

    for (i = 0; i < ENTRY; i += 2)
        sum += far_get16(0, at + i);
    return !sum && far_get8(0, at) == 1 && far_get16(0, at + 30) == 0xaa55;
}

static bool take(struct cd_boot *boot, u16 at, u8 platform)
{
    if (platform != PLATFORM_PC || far_get8(0, at) != BOOTABLE)
        return false;
    boot->media = far_get8(0, at + 1) & 15;
    boot->load_segment = far_get16(0, at + 2);
    boot->load_count = far_get16(0, at + 6);
    boot->lba = far_get32(0, at + 8);
    return true;
}

/* An entry with criteria is kept only until there is one without. True: there need be no other. */
static bool prefer(struct catalogue *c, struct cd_boot *boot, u16 at, u8 platform)
{
    bool criteria = far_get8(0, at + CRITERIA) != 0;

    if ((criteria && c->found) || !take(boot, at, platform))
        return false;
    c->found |= criteria;
    return !criteria;
}

/* The entries of the section whose header is at AT. */
static bool take_of_section(struct catalogue *c, struct cd_boot *boot, u16 at)
{
    u16 left = far_get16(0, at + 2);
    u8 platform = far_get8(0, at + 1);

    for (; left; left--) {
        at = next_entry(c);
        if (!at || prefer(c, boot, at, platform))
            return at;
        while (at && far_get8(0, at + 1) & FOLLOWED)
            at = next_entry(c);
    }
    return false;
}

static bool take_of_sections(struct catalogue *c, struct cd_boot *boot)
{
    u8 kind;
    u16 at;

    do {
        at = next_entry(c);
        kind = at ? far_get8(0, at) : 0;
        if (kind != SECTION && kind != LAST_SECTION)
            return false;
        if (take_of_section(c, boot, at))
            return true;
    } while (kind == SECTION);
    return false;
}

/* The validation entry has the platform of the entry after it. */
static ROM char *search(struct catalogue *c, struct cd_boot *boot)
{
    u16 at = next_entry(c);
    u8 platform;

    if (!at)
        return TEXT("its boot catalogue cannot be read");
    if (!valid(at))
        return TEXT("its boot catalogue is damaged");
    platform = far_get8(0, at + 1);
    at = next_entry(c);
    if ((at && take(boot, at, platform)) || take_of_sections(c, boot) || c->found)
        return 0;
    return TEXT("its boot catalogue has no program for a PC");
}

/* --- the whole --- */

static bool is_boot_record(void)
{
    static ROM char wanted[] = "\0CD001\1EL TORITO SPECIFICATION";
    u8 i;

    for (i = 0; i < sizeof wanted; i++)
        if (far_get8(0, BUFFER + i) != (u8)wanted[i])
            return false;
    return true;
}

static u8 drive_number(const struct cd_boot *boot)
{
    switch (boot->media) {
    case CD_PLAIN:
        return CD_DRIVE + boot->cd;
    case CD_HARD_DISK:
        return 0x80;
    default:
        return 0;
    }
}

ROM char *cd_start(u8 cd)
{
    struct cd_boot boot = {.cd = cd};
    struct drive d;
    struct catalogue c = {.drive = &d};
    ROM char *reason;

    cd_load(cd, &d);
    if (atapi_ready(&d) != DISK_OK)
        return cd_no_disc;
    if (read_sector(&d, BOOT_RECORD) != DISK_OK || !is_boot_record())
        return cd_no_system;
    boot.catalogue = c.lba = far_get32(0, BUFFER + 0x47);
    reason = search(&c, &boot);
    if (reason)
        return reason;
    boot.drive = drive_number(&boot);
    boot.controller = d.irq == 15;
    boot.device = d.select >> 4 & 1;
    return cd_go(&boot);
}
