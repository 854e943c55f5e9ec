/* SPDX-License-Identifier: MIT */
/* From reset to INT 19h: chips, vectors, data areas, option ROMs, drives. Each step shows its
   number at port 80h. */
#include "bda.h"
#include "pci.h"
#include "tables.h"

_Static_assert(offset_of(struct bda, video) == 0x49, "40:49");
_Static_assert(offset_of(struct bda, last_irq) == 0x6b, "40:6B");
_Static_assert(offset_of(struct bda, key_start) == 0x80, "40:80");
_Static_assert(offset_of(struct bda, fd_rate) == 0x8b, "40:8B");
_Static_assert(offset_of(struct bda, wait_active) == 0xa0, "40:A0");
_Static_assert(offset_of(struct bda, print_screen) == 0x100, "50:00");
_Static_assert(offset_of(struct ebda, drive) == 0x40, "struct ebda");
_Static_assert(offset_of(struct ebda, stack_depth) == 0xd0, "EBDA_DEPTH of entry.S");
_Static_assert(offset_of(struct ebda, cd.size) == 0xd3, "EBDA_CD_SIZE of entry.S");
_Static_assert(offset_of(struct ebda, cd.drive) == 0xd5, "EBDA_CD_DRIVE of entry.S");
_Static_assert(offset_of(struct cd_boot, cd) == CD_PACKET, "struct cd_boot");
_Static_assert(offset_of(struct regs, flags) == 46, "struct regs and entry.S");

u16 ebda_segment(void)
{
    return BDA->ebda;
}

/* --- chips --- */

struct port_value {
    u16 port;
    u8 value;
};

/* PICs (vectors 08h and 70h, only the cascade open), DMA, timers 0 (18.2 Hz) and 1 (refresh). */
static ROM struct port_value chip_setup[] = {
    {0x20, 0x11}, {0x21, 0x08}, {0x21, 0x04}, {0x21, 0x01}, {0x21, 0xfb}, {0xa0, 0x11},
    {0xa1, 0x70}, {0xa1, 0x02}, {0xa1, 0x01}, {0xa1, 0xff}, {0x0d, 0x00}, {0xda, 0x00},
    {0x08, 0x00}, {0xd0, 0x00}, {0x0b, 0x40}, {0x0b, 0x41}, {0x0b, 0x42}, {0x0b, 0x43},
    {0xd6, 0xc0}, {0xd6, 0x41}, {0xd6, 0x42}, {0xd6, 0x43}, {0xd4, 0x00}, {0x43, 0x36},
    {0x40, 0x00}, {0x40, 0x00}, {0x43, 0x54}, {0x41, 0x12}, {0x43, 0xb6}, {0x42, 0x33},
    {0x42, 0x05}, {0x61, 0x0c}, {0x61, 0x00}, {0xf0, 0x00},
};

void init_chips(void)
{
    u8 i;

    for (i = 0; i < COUNT(chip_setup); i++)
        out8(chip_setup[i].port, chip_setup[i].value);
}

/* --- data areas and vectors --- */

struct vector {
    u16 number, offset;
};
extern ROM struct vector vectors[], vectors_end[];
void entry_iret(void);

/* 60h to 67h are free for programs and zero, every other one leads somewhere. */
void init_vectors(void)
{
    ROM struct vector *v;
    u16 i;

    for (i = 0; i < 256; i++)
        IVT[i] = i >= 0x60 && i <= 0x67 ? 0 : FAR(ROM_SEGMENT, (u16)(u32)entry_iret);
    for (v = vectors; v < vectors_end; v++)
        IVT[v->number] = v->offset ? FAR(ROM_SEGMENT, v->offset) : 0;
}

static void init_data(void)
{
    u16 warm = BDA->reset_flag, i, kb;

    for (i = 0; i < 0x110; i += 2)
        far_put16(0x40, i, 0);
    BDA->reset_flag = warm;
    kb = (u16)(cmos_read(CMOS_BASE_HIGH) << 8 | cmos_read(CMOS_BASE_LOW));
    if (kb < 128 || kb > 640)
        kb = 640;
    BDA->memory_kb = kb - EBDA_SIZE / 1024;
    BDA->ebda = (u16)(BDA->memory_kb * 64);
    for (i = 0; i < EBDA_SIZE; i += 2)
        far_put16(BDA->ebda, i, 0);
    EBDA8_SET(size_kb, EBDA_SIZE / 1024);
    BDA->key_start = KEY_RING;
    BDA->key_end = KEY_RING_END;
    BDA->key_head = BDA->key_tail = KEY_RING;
}

/* FNINIT clears what FNSTSW then stores; without a coprocessor the word stays as it was. */
static bool has_fpu(void)
{
    volatile u16 status = 0x5a5a;

    __asm__ volatile("fninit\n\tfnstsw %0" : "=m"(status));
    return status == 0;
}

static void init_equipment(void)
{
    u8 floppies = floppy_count();
    u16 equipment = cmos_read(CMOS_EQUIPMENT) & 0x30;

    if (floppies)
        equipment |= (u16)(EQUIP_FLOPPY | (floppies - 1) << 6);
    if (has_fpu())
        equipment |= EQUIP_FPU;
    BDA->equipment = equipment;
}

/* Old systems test the sum over 10h to 2Dh, and believe nothing if it is wrong. */
static void fix_checksum(void)
{
    u16 sum = 0;
    u8 i;

    for (i = 0x10; i <= 0x2d; i++)
        sum += cmos_read(i);
    if (cmos_read(CMOS_SUM_LOW) != (u8)sum || cmos_read(CMOS_SUM_HIGH) != sum >> 8) {
        cmos_write(CMOS_SUM_LOW, (u8)sum);
        cmos_write(CMOS_SUM_HIGH, (u8)(sum >> 8));
    }
    cmos_write(CMOS_DIAGNOSTIC, 0);
}

/* --- option ROMs --- */

u8 rom_sum(u16 segment, u8 blocks)
{
    u32 total = 0, x;
    u16 at;

    for (; blocks; blocks--, segment += 32)
        for (at = 0; at < 512; at += 4) {
            x = far_get32(segment, at);
            x = (x & 0xff00ff) + (x >> 8 & 0xff00ff);
            total += (x & 0xffff) + (x >> 16);
        }
    return (u8)total;
}

/* Every 2 KiB may start a ROM: 55h AAh, its length in 512 bytes, a sum of zero, its entry at 3. */
static void scan_roms(u16 from, u16 to)
{
    u8 blocks;

    while (from < to) {
        blocks = far_get8(from, 2);
        if (far_get16(from, 0) != 0xaa55 || !blocks || rom_sum(from, blocks)) {
            from += 0x80;
            continue;
        }
        call_rom(from);
        from += (u16)((blocks + 3) / 4 * 0x80);
    }
}

void video_init(void)
{
    scan_roms(VGA_SEGMENT, 0xc800);
    call_int(0x10, 0x0003, 0, 0, 0);
}

/* --- the whole --- */

static void banner(void)
{
    u32 kb = cmos_read(CMOS_ABOVE_16M) | (u32)cmos_read(CMOS_ABOVE_16M + 1) << 8;
    u8 i;

    kb = kb ? kb * 64 + 16 * 1024
            : 1024u + (cmos_read(CMOS_EXT_FOUND_LOW) | cmos_read(CMOS_EXT_FOUND_LOW + 1) << 8);
    text_print(TEXT("twin86 BIOS  "));
    text_number(kb / 1024);
    text_print(TEXT(" MB"));
    if (floppy_count())
        text_print(floppy_count() > 1 ? TEXT(", diskettes A: B:") : TEXT(", diskette A:"));
    for (i = 0; i < BDA->hd_count; i++) {
        text_print(i ? TEXT(" + ") : TEXT(", hard disk "));
        text_number(far_get32(ebda_segment(), (u16)(offset_of(struct ebda, drive[0].sectors) +
                                                    i * sizeof(struct drive))) /
                    2048);
    }
    text_print(i ? TEXT(" MB") : TEXT(""));
    text_print(EBDA8(cd_count) ? TEXT(", CD-ROM\n\n") : TEXT("\n\n"));
}

void post(void)
{
    bool shadow;

    step(0x01);
    init_chips();
    pci_init();
    shadow = shadow_open();
    step(0x02);
    init_data();
    init_vectors();
    step(0x03);
    time_init();
    irq_unmask(0);
    step(0x04);
    kbc_init();
    a20_set(false);
    step(0x05);
    init_equipment();
    if (BDA->equipment & EQUIP_FPU)
        irq_unmask(13);
    if (mouse_init())
        BDA->equipment |= EQUIP_MOUSE;
    irq_unmask(1);
    ports_init();
    step(0x06);
    video_init();
    step(0x07);
    floppy_init();
    step(0x08);
    ata_init();
    fix_checksum();
    banner();
    boot_menu();
    step(0x09);
    scan_roms(0xc800, 0xf000);
    if (shadow) {
        tables_init();
        shadow_close();
    }
    step(0x0a);
    irq_on();
}
