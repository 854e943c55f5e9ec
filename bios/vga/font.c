/* SPDX-License-Identifier: MIT */
/* Fonts: into plane 2 for text, through INT 43h and 1Fh for graphics. Function 11h. */
#include "vga.h"

/* What stands in 1130h for a 9-dot font: no character needs another shape there, as all of ours
   leave their eighth column empty but those that the ninth dot continues. */
const u8 font9_none[] = {0};

/* Plane 2 alone at A0000h, byte after byte. */
static void plane_open(void)
{
    reg_write(SEQ, 0, 1);
    reg_write(SEQ, 2, 4);
    reg_write(SEQ, 4, 7);
    reg_write(SEQ, 0, 3);
    reg_write(GC, 4, 2);
    reg_write(GC, 5, 0);
    reg_write(GC, 6, 4);
}

/* Back to what every text mode has: odd/even, at B0000h or B8000h. */
static void plane_close(void)
{
    reg_write(SEQ, 0, 1);
    reg_write(SEQ, 2, 3);
    reg_write(SEQ, 4, 2);
    reg_write(SEQ, 0, 3);
    reg_write(GC, 4, 0);
    reg_write(GC, 5, 0x10);
    reg_write(GC, 6, BDA->crtc == 0x3b4 ? 0x0a : 0x0e);
}

/* Eight blocks of 8 KiB: the EGA's four at every 16 KiB, the VGA's between them. */
static u16 block_offset(u8 block)
{
    return (u16)((block & 3) << 14 | (block & 4) << 11);
}

/* count characters of height bytes at seg:off become those from first on; others stay. */
void font_load(u16 seg, u16 off, u8 block, u8 height, u16 first, u16 count)
{
    u16 to = (u16)(block_offset(block) + first * 32);

    if (height > 32)
        height = 32;
    plane_open();
    for (; count && first < 256; count--, first++, to += 32, off = (u16)(off + height))
        far_copy8(0xa000, to, seg, off, height);
    plane_close();
}

static u16 rom_font(u8 height)
{
    return height == 8 ? OFF(font8) : height == 14 ? OFF(font14) : OFF(font16);
}

void font_load_rom(u8 height, u8 block)
{
    u8 drawn = height == 8 || height == 14 ? height : 16;

    font_load(code_seg(), rom_font(height), block, drawn, 0, 256);
}

/* The height is another: as many rows as fit, cursor and underline where they belong. */
void font_fit(u8 height)
{
    static const u16 all_lines[] = {200, 350, 400, 480};
    u16 lines = all_lines[mode_lines(mode_now())];
    u16 rows = lines / height, end;
    u8 scan = reg_read(BDA->crtc, 9) & 0xe0;

    reg_write(BDA->crtc, 9, (u8)(scan | (height - 1)));
    if (BDA->crtc == 0x3b4)
        reg_write(BDA->crtc, 0x14, (u8)(height - 1));
    end = (u16)((rows * height << (scan & 0x80 ? 1 : 0)) - 1);
    reg_write(BDA->crtc, 0x12, (u8)end);
    reg_write(BDA->crtc, 7,
              (u8)((reg_read(BDA->crtc, 7) & ~0x42) | (end >> 7 & 2) | (end >> 3 & 0x40)));
    BDA->rows = (u8)(rows - 1);
    BDA->char_height = height;
    BDA->page_size = (u16)((rows * BDA->columns * 2 + 0x7ff) & ~0x7ff);
    cursor_shape(BDA->cursor_type);
}

void font_graphics(u8 height)
{
    vector_set(0x43, code_seg(), rom_font(height));
}

/* 00h and 10h: the user's. BH bytes each, CX of them, the first for DX, at ES:BP, into block BL. */
static void text_user(frame *r)
{
    font_load(r->es, r->bp, r->bl & 7, r->bh, r->dx, r->cx);
    if (r->al & 0x10 && r->bh)
        font_fit(r->bh > 32 ? 32 : r->bh);
}

static void text_rom(frame *r, u8 height)
{
    font_load_rom(height, r->bl & 7);
    if (r->al & 0x10)
        font_fit(height);
}

static void text_14(frame *r)
{
    text_rom(r, 14);
}

static void text_8(frame *r)
{
    text_rom(r, 8);
}

static void text_16(frame *r)
{
    text_rom(r, 16);
}

static void text_blocks(frame *r)
{
    reg_write(SEQ, 3, r->bl & 0x3f);
}

static void graphics_1f(frame *r)
{
    vector_set(0x1f, r->es, r->bp);
}

/* BL says how many rows a screen has: 0 as DL tells, else 14, 25, 43. */
static void graphics_rows(frame *r, u16 height)
{
    static const u8 rows[] = {0, 14, 25, 43};

    BDA->char_height = height;
    if (r->bl == 0)
        BDA->rows = (u8)(r->dl - 1);
    else
        BDA->rows = (u8)(rows[r->bl < 4 ? r->bl : 2] - 1);
}

static void graphics_user(frame *r)
{
    vector_set(0x43, r->es, r->bp);
    graphics_rows(r, r->cx);
}

static void graphics_rom(frame *r, u8 height)
{
    font_graphics(height);
    graphics_rows(r, height);
}

static void graphics_14(frame *r)
{
    graphics_rom(r, 14);
}

static void graphics_8(frame *r)
{
    graphics_rom(r, 8);
}

static void graphics_16(frame *r)
{
    graphics_rom(r, 16);
}

/* 30h: where BH's font is; CX the height on the screen, DL the rows less one. */
static void font_info(frame *r)
{
    static const u8 *const fonts[] = {font14,     font8,  font8 + 128 * 8,
                                      font9_none, font16, font9_none};
    if (r->bh > 7)
        return;
    r->cx = BDA->char_height;
    r->dl = BDA->rows;
    if (r->bh < 2) {
        u8 vector = r->bh ? 0x43 : 0x1f;
        r->es = vector_seg(vector);
        r->bp = vector_off(vector);
    } else {
        r->es = code_seg();
        r->bp = OFF(fonts[r->bh - 2]);
    }
}

void fn_font(frame *r)
{
    static function *const text_parts[] = {text_user, text_14, text_8, text_blocks, text_16};
    static function *const graphics_parts[] = {graphics_1f, graphics_user, graphics_14, graphics_8,
                                               graphics_16};
    u8 part = r->al & 0x0f, group = r->al >> 4;

    if (r->al == 0x30)
        font_info(r);
    else if (group == 2 && part < ARRAY_SIZE(graphics_parts))
        graphics_parts[part](r);
    else if (group < 2 && part < ARRAY_SIZE(text_parts))
        text_parts[part](r);
}
