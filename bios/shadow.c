/* SPDX-License-Identifier: MIT */
/*
 * The BIOS in RAM: from early on until it hands over its segment can be written, and tables for the
 * system are put there; so can the VGA BIOS's, as PCI promises to a ROM. 82441FX (290549),
 * "PAM[6:0]"; PCI 2.1, 6.3.3.
 */
#include "bda.h"
#include "tables.h"
#include "pci.h"

#define PAM_F      0x30 /* of register 59h: F0000h to FFFFFh */
#define PAM_C8     0x03 /* of register 5Bh: C8000h to CBFFFh; 5Ah: from C0000h, from C4000h */
#define PAM_READ   0x11 /* RAM is read */
#define PAM_WRITE  0x22

#define SUM_BYTE   0xffff
#define SUM_BLOCKS 128

static void set_pam(u8 what)
{
    pci_write8(HOST_PAM, what & PAM_F);
    pci_write8(HOST_PAM + 1, what);
    pci_write8(HOST_PAM + 2, what & PAM_C8);
}

static void copy_segment(u16 segment)
{
    u16 at = 0;

    do {
        far_put32(segment, at, far_get32(segment, at));
        at += 4;
    } while (at);
}

bool shadow_open(void)
{
    if (!pci_present())
        return false;
    set_pam(PAM_WRITE);
    copy_segment(VGA_SEGMENT);
    copy_segment(ROM_SEGMENT);
    set_pam(PAM_READ | PAM_WRITE);
    return true;
}

/* The sum over the whole is zero again. */
void shadow_close(void)
{
    u8 sum = rom_sum(ROM_SEGMENT, SUM_BLOCKS);

    far_put8(ROM_SEGMENT, SUM_BYTE, far_get8(ROM_SEGMENT, SUM_BYTE) - sum);
    set_pam(PAM_READ);
}

void shadow_show(void)
{
    if (pci_present())
        set_pam(PAM_READ);
}

/* --- writing --- */

void put8(struct writer *w, u8 value)
{
    far_put8(w->segment, w->at++, value);
}

void put16(struct writer *w, u16 value)
{
    put8(w, (u8)value);
    put8(w, (u8)(value >> 8));
}

void put32(struct writer *w, u32 value)
{
    put16(w, (u16)value);
    put16(w, (u16)(value >> 16));
}

void put_rom(struct writer *w, ROM void *from, u16 bytes)
{
    ROM u8 *byte = from;

    while (bytes--)
        put8(w, *byte++);
}

void put_zeros(struct writer *w, u16 bytes)
{
    while (bytes--)
        put8(w, 0);
}

void put_align(struct writer *w, u16 alignment)
{
    put_zeros(w, (u16)(-w->at & (alignment - 1)));
}

void put_sum(const struct writer *w, u16 from, u16 bytes, u16 sum_at)
{
    u8 sum = 0;

    while (bytes--)
        sum += far_get8(w->segment, from++);
    far_put8(w->segment, sum_at, far_get8(w->segment, sum_at) - sum);
}

/* --- all of them --- */

extern ROM u8 tables_room[];

/* Where the power can be switched off by it, unless the user wants none. */
static void apm_init(void)
{
    if (power_present() && !(cmos_read(CMOS_WITHOUT) & WITHOUT_APM))
        far_put8(ROM_SEGMENT, (u16)(u32)&apm_offered, 1);
}

void tables_init(void)
{
    struct writer w = {ROM_SEGMENT, (u16)(u32)tables_room, ROM_SEGMENT * 16u};

    pir_init(&w);
    acpi_init(&w);
    mptable_init(&w);
    smbios_init(&w);
    pnp_init(&w);
    apm_init();
}
