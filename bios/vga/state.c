/* SPDX-License-Identifier: MIT */
/*
 * Functions 1Bh (what the VGA can do and is doing) and 1Ch (save and restore).
 *
 * Saved, in this order, as CX asks: the registers (bit 0, 70 bytes in 2 blocks), the BIOS data and
 * vectors (bit 1, 1 block), the DAC (bit 2, 13 blocks). A block has 64 bytes.
 */
#include "vga.h"

/* Modes 0-7, 0Dh-0Fh, 10h-13h; 200, 350, 400 lines; 8 fonts of which 2 show; all the rest. */
const u8 static_info[16] = {0xff, 0xe0, 0x0f, 0, 0, 0, 0, 0x07, 8, 2, 0xff, 0x0e, 0, 0, 0x3f, 0};

static u8 info_flags(void)
{
    u8 blink = attr_read(16) & 8;

    attr_screen_on();
    return (u8)(1 | (BDA->options & OPTION_GRAY) | (BDA->options & OPTION_MONO) |
                (BDA->options & OPTION_NO_PALETTE) |
                (BDA->control & CONTROL_NO_EMULATION ? 0 : 0x10) | blink << 2);
}

/* Which of the save pointers are in use. */
static u8 info_pointers(void)
{
    u8 map = reg_read(SEQ, 3), bits = 0;
    u8 first = (u8)((map & 3) | (map & 0x10) >> 2),
       second = (u8)((map & 0xc) >> 2 | (map & 0x20) >> 3);

    if (first != second)
        bits |= 1;
    for (u8 i = 1; i < 4; i++)
        if (save_pointer(i))
            bits |= (u8)(1 << i);
    if (save_pointer2(2))
        bits |= 0x10;
    if (save_pointer2(0))
        bits |= 0x20;
    return bits;
}

static void info_mode(u16 seg, u16 off)
{
    const struct mode *mode = mode_now();
    u8 map = reg_read(SEQ, 3);

    far_write16(seg, (u16)(off + 0x27), mode->number == 0x13 ? 256 : mode->colors);
    far_write8(seg, (u16)(off + 0x29), mode->pages);
    far_write8(seg, (u16)(off + 0x2a), mode_lines(mode));
    far_write8(seg, (u16)(off + 0x2b), (u8)((map & 3) | (map & 0x10) >> 2));
    far_write8(seg, (u16)(off + 0x2c), (u8)((map & 0xc) >> 2 | (map & 0x20) >> 3));
}

static void info_data(u16 seg, u16 off)
{
    far_copy8(seg, (u16)(off + 4), 0x40, 0x49, 0x1e);
    far_copy8(seg, (u16)(off + 0x22), 0x40, 0x84, 3);
}

/* BX = 0; 64 bytes at ES:DI. */
void fn_state_info(frame *r)
{
    u16 seg = r->es, off = r->di;

    if (r->bx != 0)
        return;
    far_fill8(seg, off, 0, 64);
    far_write16(seg, off, OFF(static_info));
    far_write16(seg, (u16)(off + 2), code_seg());
    info_data(seg, off);
    far_write16(seg, (u16)(off + 0x25), display_pair(BDA->display));
    info_mode(seg, off);
    far_write8(seg, (u16)(off + 0x2d), info_flags());
    far_write8(seg, (u16)(off + 0x31), 3);
    far_write8(seg, (u16)(off + 0x32), info_pointers());
    r->al = 0x1b;
}

/* --- 1Ch --- */

enum { SAVE_REGISTERS = 1, SAVE_DATA = 2, SAVE_DAC = 4 };
enum { BLOCKS_REGISTERS = 2, BLOCKS_DATA = 1, BLOCKS_DAC = 13 };

/* The registers: index ports, feature control, SEQ 1-4, misc, CRTC, ATTR, GC, address, latches. */
enum {
    AT_INDEXES = 0,
    AT_SEQ = 5,
    AT_MISC = 9,
    AT_CRTC = 10,
    AT_ATTR = 35,
    AT_GC = 55,
    AT_BASE = 64,
    AT_LATCHES = 66
};

/* What the CPU latches of the planes hold can be read at CRTC register 22h, the plane chosen by
   read map select. */
static void latches_save(u16 seg, u16 off)
{
    u8 plane_was = reg_read(GC, 4);

    for (u8 plane = 0; plane < 4; plane++) {
        reg_write(GC, 4, plane);
        far_write8(seg, (u16)(off + AT_LATCHES + plane), reg_read(BDA->crtc, 0x22));
    }
    reg_write(GC, 4, plane_was);
}

static void indexes_save(u16 seg, u16 off)
{
    far_write8(seg, off, in8(SEQ));
    far_write8(seg, (u16)(off + 1), in8(BDA->crtc));
    far_write8(seg, (u16)(off + 2), in8(GC));
    in8(STATUS1);
    far_write8(seg, (u16)(off + 3), in8(ATTR));
    far_write8(seg, (u16)(off + 4), in8(FEATURE_READ));
}

static void registers_save(u16 seg, u16 off)
{
    indexes_save(seg, off);
    latches_save(seg, off);
    for (u8 i = 0; i < 4; i++)
        far_write8(seg, (u16)(off + AT_SEQ + i), reg_read(SEQ, (u8)(i + 1)));
    far_write8(seg, (u16)(off + AT_MISC), in8(MISC_READ));
    for (u8 i = 0; i < 25; i++)
        far_write8(seg, (u16)(off + AT_CRTC + i), reg_read(BDA->crtc, i));
    for (u8 i = 0; i < 20; i++)
        far_write8(seg, (u16)(off + AT_ATTR + i), attr_read(i));
    for (u8 i = 0; i < 9; i++)
        far_write8(seg, (u16)(off + AT_GC + i), reg_read(GC, i));
    far_write16(seg, (u16)(off + AT_BASE), BDA->crtc);
    attr_screen_on();
}

static void crtc_restore(u16 crtc, u16 seg, u16 off)
{
    reg_write(crtc, 0x11, 0); /* unprotects registers 0-7; its own value follows in turn */
    for (u8 i = 0; i < 25; i++)
        reg_write(crtc, i, far_read8(seg, (u16)(off + AT_CRTC + i)));
}

static void attr_restore(u16 crtc, u16 seg, u16 off)
{
    for (u8 i = 0; i < 20; i++) {
        in8((u16)(crtc + 6));
        out8(ATTR, i);
        out8(ATTR, far_read8(seg, (u16)(off + AT_ATTR + i)));
    }
    out8(ATTR, far_read8(seg, (u16)(off + 3)) | 0x20);
    in8((u16)(crtc + 6));
}

static void registers_restore(u16 seg, u16 off)
{
    u16 crtc = far_read16(seg, (u16)(off + AT_BASE));

    reg_write(SEQ, 0, 1);
    for (u8 i = 0; i < 4; i++)
        reg_write(SEQ, (u8)(i + 1), far_read8(seg, (u16)(off + AT_SEQ + i)));
    out8(MISC_WRITE, far_read8(seg, (u16)(off + AT_MISC)));
    reg_write(SEQ, 0, 3);
    crtc_restore(crtc, seg, off);
    for (u8 i = 0; i < 9; i++)
        reg_write(GC, i, far_read8(seg, (u16)(off + AT_GC + i)));
    attr_restore(crtc, seg, off);
    out8((u16)(crtc + 6), far_read8(seg, (u16)(off + 4)));
    out8(SEQ, far_read8(seg, off));
    out8(crtc, far_read8(seg, (u16)(off + 1)));
    out8(GC, far_read8(seg, (u16)(off + 2)));
}

/* The pieces of low memory that belong to the display; each after the other in the block. */
static const struct piece {
    u16 seg, off;
    u8 length;
} pieces[] = {
    {0x40, 0x10, 2},  {0x40, 0x49, 0x1e}, {0x40, 0x84, 7},  {0x40, 0xa8, 4},
    {0, 0x05 * 4, 4}, {0, 0x1d * 4, 4},   {0, 0x1f * 4, 4}, {0, 0x43 * 4, 4},
};

static void data_save(u16 seg, u16 off)
{
    for (u32 i = 0; i < ARRAY_SIZE(pieces); i++) {
        far_copy8(seg, off, pieces[i].seg, pieces[i].off, pieces[i].length);
        off = (u16)(off + pieces[i].length);
    }
}

/* Of the equipment word only the display bits: drives may have come and gone. */
static void data_restore(u16 seg, u16 off)
{
    u16 equipment = (u16)((BDA->equipment & ~0x30) | (far_read16(seg, off) & 0x30));

    for (u32 i = 0; i < ARRAY_SIZE(pieces); i++) {
        far_copy8(pieces[i].seg, pieces[i].off, seg, off, pieces[i].length);
        off = (u16)(off + pieces[i].length);
    }
    BDA->equipment = equipment;
}

/* State (read or write), index, mask, color select, then 256 triples. */
static void dac_save(u16 seg, u16 off)
{
    far_write8(seg, off, in8(DAC_READ));
    far_write8(seg, (u16)(off + 1), in8(DAC_WRITE));
    far_write8(seg, (u16)(off + 2), in8(DAC_MASK));
    far_write8(seg, (u16)(off + 3), attr_read(20));
    attr_screen_on();
    out8(DAC_READ, 0);
    for (u16 i = 0; i < 768; i++)
        far_write8(seg, (u16)(off + 4 + i), in8(DAC_DATA));
    out8(DAC_WRITE, far_read8(seg, (u16)(off + 1)));
}

static void dac_restore(u16 seg, u16 off)
{
    out8(DAC_MASK, far_read8(seg, (u16)(off + 2)));
    attr_write(20, far_read8(seg, (u16)(off + 3)));
    attr_screen_on();
    out8(DAC_WRITE, 0);
    for (u16 i = 0; i < 768; i++)
        out8(DAC_DATA, far_read8(seg, (u16)(off + 4 + i)));
    out8(far_read8(seg, off) & 3 ? DAC_READ : DAC_WRITE, far_read8(seg, (u16)(off + 1)));
}

static const struct part {
    u8 bit, blocks;
    void (*save)(u16 seg, u16 off);
    void (*restore)(u16 seg, u16 off);
} parts[] = {
    {SAVE_REGISTERS, BLOCKS_REGISTERS, registers_save, registers_restore},
    {SAVE_DATA, BLOCKS_DATA, data_save, data_restore},
    {SAVE_DAC, BLOCKS_DAC, dac_save, dac_restore},
};

/* AL 0: BX = blocks needed; 1: save to ES:BX; 2: restore from there. */
void fn_state(frame *r)
{
    u16 off = r->bx, blocks = 0;

    if (r->al > 2)
        return;
    for (u32 i = 0; i < ARRAY_SIZE(parts); i++) {
        if (!(r->cx & parts[i].bit))
            continue;
        blocks += parts[i].blocks;
        if (r->al == 1)
            parts[i].save(r->es, off);
        else if (r->al == 2)
            parts[i].restore(r->es, off);
        off = (u16)(off + parts[i].blocks * 64);
    }
    if (r->al == 0)
        r->bx = blocks;
    r->al = 0x1c;
}
