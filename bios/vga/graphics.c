/* SPDX-License-Identifier: MIT */
/*
 * Characters and pixels in the three layouts of graphics memory: CGA (two banks of lines, 1 or 2
 * bits a pixel), planar (a byte of 8 pixels in up to four planes), linear (a byte a pixel).
 * Bit 7 of a colour asks for exclusive or, except where a pixel has 8 bits.
 */
#include "vga.h"

/* A CGA's bank of odd lines, and its bytes in a line. */
enum { CGA_ODD = 0x2000, CGA_LINE = 80 };
/* Values of the graphics controller's data rotate register, and of its mode register. */
enum { GC_XOR = 0x18, GC_WRITE_LATCHES = 1, GC_READ_COMPARE = 8 };

/* A font of the moment: far, as INT 43h or 1Fh tell. */
static u32 glyph_address(u8 chr)
{
    u8 vector = 0x43;

    if (mode_now()->kind == CGA && chr >= 128) {
        vector = 0x1f;
        chr -= 128;
    }
    return (u32)vector_seg(vector) << 16 | (u16)(vector_off(vector) + chr * BDA->char_height);
}

static u8 glyph_line(u32 glyph, u16 line)
{
    return far_read8((u16)(glyph >> 16), (u16)(glyph + line));
}

/* Which character has these lines? line_of gives what stands at a cell, as one bit a pixel. */
static u8 glyph_find(u8 page, u8 row, u8 col, u8 (*line_of)(u8, u16, u8))
{
    u16 height = BDA->char_height, y = (u16)(row * height);

    for (u16 chr = 0; chr < 256; chr++) {
        u32 glyph = glyph_address((u8)chr);
        u16 line = 0;
        while (line < height && glyph_line(glyph, line) == line_of(page, (u16)(y + line), col))
            line++;
        if (line == height)
            return (u8)chr;
    }
    return 0;
}

/* --- CGA: modes 4, 5, 6 --- */

static u16 cga_offset(u16 y, u16 byte)
{
    return (u16)((y & 1 ? CGA_ODD : 0) + (y >> 1) * CGA_LINE + byte);
}

static u16 cga_bits(void)
{
    return mode_now()->bits;
}

static void cga_copy_row(u8 to, u8 from, u8 left, u8 width)
{
    u16 height = BDA->char_height, bits = cga_bits();

    for (u16 line = 0; line < height; line++)
        far_copy8(0xb800, cga_offset((u16)(to * height + line), (u16)(left * bits)), 0xb800,
                  cga_offset((u16)(from * height + line), (u16)(left * bits)), (u16)(width * bits));
}

static void cga_clear_row(u8 row, u8 left, u8 width, u8 attr)
{
    u16 height = BDA->char_height, bits = cga_bits();

    for (u16 line = 0; line < height; line++)
        far_fill8(0xb800, cga_offset((u16)(row * height + line), (u16)(left * bits)), attr,
                  (u16)(width * bits));
}

/* Each bit doubled: 8 pixels of one bit as 8 of two. */
static u16 bits_doubled(u8 bits)
{
    u16 wide = 0;

    for (u8 i = 0; i < 8; i++)
        if (bits & (1 << i))
            wide |= (u16)(3 << (i * 2));
    return wide;
}

static void cga_put_byte(u16 off, u8 value, u8 exclusive)
{
    far_write8(0xb800, off, exclusive ? value ^ far_read8(0xb800, off) : value);
}

static void cga_put(u8 page, u8 row, u8 col, u16 char_attr)
{
    u32 glyph = glyph_address((u8)char_attr);
    u16 height = BDA->char_height, bits = cga_bits(), y = (u16)(row * height);
    u8 exclusive = (char_attr & 0x8000) != 0;
    u16 color = (u16)(((char_attr >> 8) & 3) * 0x5555);

    (void)page;
    for (u16 line = 0; line < height; line++, y++) {
        u16 off = cga_offset(y, (u16)(col * bits));
        u8 shape = glyph_line(glyph, line);
        if (bits == 1)
            cga_put_byte(off, char_attr & 0x0100 ? shape : 0, exclusive);
        else {
            u16 wide = bits_doubled(shape) & color;
            cga_put_byte(off, (u8)(wide >> 8), exclusive);
            cga_put_byte((u16)(off + 1), (u8)wide, exclusive);
        }
    }
}

/* 8 pixels as one bit each: set where the colour is not 0. */
static u8 cga_line(u8 page, u16 y, u8 col)
{
    u16 off = cga_offset(y, (u16)(col * cga_bits())), wide;
    u8 bits = 0;

    (void)page;
    if (cga_bits() == 1)
        return far_read8(0xb800, off);
    wide = (u16)(far_read8(0xb800, off) << 8 | far_read8(0xb800, (u16)(off + 1)));
    for (u8 i = 0; i < 8; i++)
        if (wide & (3 << (i * 2)))
            bits |= (u8)(1 << i);
    return bits;
}

static u16 cga_get(u8 page, u8 row, u8 col)
{
    return glyph_find(page, row, col, cga_line);
}

/* Bit position of a pixel in its byte. */
static u8 cga_shift(u16 x)
{
    return (u8)(cga_bits() == 1 ? 7 - (x & 7) : 6 - (x & 3) * 2);
}

static u16 cga_pixel_offset(u16 x, u16 y)
{
    return cga_offset(y, (u16)(cga_bits() == 1 ? x >> 3 : x >> 2));
}

static void cga_put_pixel(u8 page, u16 x, u16 y, u8 color)
{
    u8 mask = cga_bits() == 1 ? 1 : 3, shift = cga_shift(x);
    u16 off = cga_pixel_offset(x, y);
    u8 old = far_read8(0xb800, off), bits = (u8)((color & mask) << shift);

    (void)page;
    far_write8(0xb800, off, color & 0x80 ? old ^ bits : (u8)((old & ~(mask << shift)) | bits));
}

static u8 cga_get_pixel(u8 page, u16 x, u16 y)
{
    (void)page;
    return (u8)(far_read8(0xb800, cga_pixel_offset(x, y)) >> cga_shift(x)) &
           (cga_bits() == 1 ? 1 : 3);
}

const struct painter cga_painter = {cga_copy_row, cga_clear_row, cga_put,
                                    cga_get,      cga_put_pixel, cga_get_pixel};

/* --- planar: modes 0Dh-12h --- */

static u16 planar_offset(u16 page_start, u16 y, u16 byte)
{
    return (u16)(page_start + y * BDA->columns + byte);
}

static u16 planar_page(u8 page)
{
    return (u16)(page * BDA->page_size);
}

static void planar_copy_row(u8 to, u8 from, u8 left, u8 width)
{
    u16 height = BDA->char_height;

    reg_write(GC, 5, GC_WRITE_LATCHES);
    for (u16 line = 0; line < height; line++)
        far_copy8(0xa000, planar_offset(BDA->page_start, (u16)(to * height + line), left), 0xa000,
                  planar_offset(BDA->page_start, (u16)(from * height + line), left), width);
    reg_write(GC, 5, 0);
}

/* Set/reset gives all planes their bit of the colour, whatever is written. */
static void set_reset(u8 color)
{
    reg_write(GC, 0, color);
    reg_write(GC, 1, 0x0f);
}

static void set_reset_off(void)
{
    reg_write(GC, 0, 0);
    reg_write(GC, 1, 0);
}

static void planar_clear_row(u8 row, u8 left, u8 width, u8 attr)
{
    u16 height = BDA->char_height;

    set_reset(attr & 0x0f);
    for (u16 line = 0; line < height; line++)
        far_fill8(0xa000, planar_offset(BDA->page_start, (u16)(row * height + line), left), 0xff,
                  width);
    set_reset_off();
}

/* Without exclusive or: background 0 in all planes, then the shape in those of the colour. */
static void planar_put_line(u16 off, u8 shape, u8 color)
{
    if (color & 0x80)
        (void)far_read8(0xa000, off); /* fills the latches */
    else {
        reg_write(SEQ, 2, 0x0f);
        far_write8(0xa000, off, 0);
        reg_write(SEQ, 2, color & 0x0f);
    }
    far_write8(0xa000, off, shape);
}

static void planar_put(u8 page, u8 row, u8 col, u16 char_attr)
{
    u32 glyph = glyph_address((u8)char_attr);
    u16 height = BDA->char_height;
    u16 off = planar_offset(planar_page(page), (u16)(row * height), col);
    u8 color = (u8)(char_attr >> 8);

    reg_write(SEQ, 2, color & 0x0f);
    if (color & 0x80)
        reg_write(GC, 3, GC_XOR);
    for (u16 line = 0; line < height; line++, off = (u16)(off + BDA->columns))
        planar_put_line(off, glyph_line(glyph, line), color);
    reg_write(SEQ, 2, 0x0f);
    reg_write(GC, 3, 0);
}

/* Read mode 1 compares with colour 0; only the planes that carry colour take part. */
static u8 planar_line(u8 page, u16 y, u8 col)
{
    u8 zero;

    reg_write(GC, 2, 0);
    reg_write(GC, 5, GC_READ_COMPARE);
    zero = far_read8(0xa000, planar_offset(planar_page(page), y, col));
    reg_write(GC, 5, 0);
    return (u8)~zero;
}

static u16 planar_get(u8 page, u8 row, u8 col)
{
    return glyph_find(page, row, col, planar_line);
}

static void planar_put_pixel(u8 page, u16 x, u16 y, u8 color)
{
    u16 off = planar_offset(planar_page(page), y, (u16)(x >> 3));

    reg_write(GC, 8, (u8)(0x80 >> (x & 7)));
    set_reset(color & 0x0f);
    if (color & 0x80)
        reg_write(GC, 3, GC_XOR);
    (void)far_read8(0xa000, off);
    far_write8(0xa000, off, 0xff);
    set_reset_off();
    reg_write(GC, 3, 0);
    reg_write(GC, 8, 0xff);
}

static u8 planar_get_pixel(u8 page, u16 x, u16 y)
{
    u16 off = planar_offset(planar_page(page), y, (u16)(x >> 3));
    u8 color = 0;

    for (u8 plane = 0; plane < 4; plane++) {
        reg_write(GC, 4, plane);
        if (far_read8(0xa000, off) & (0x80 >> (x & 7)))
            color |= (u8)(1 << plane);
    }
    reg_write(GC, 4, 0);
    return color & mode_now()->bits;
}

const struct painter planar_painter = {planar_copy_row, planar_clear_row, planar_put,
                                       planar_get,      planar_put_pixel, planar_get_pixel};

/* --- linear: mode 13h --- */

static u16 linear_offset(u16 y, u16 x)
{
    return (u16)(y * BDA->columns * 8 + x);
}

static void linear_copy_row(u8 to, u8 from, u8 left, u8 width)
{
    u16 height = BDA->char_height;

    for (u16 line = 0; line < height; line++)
        far_copy8(0xa000, linear_offset((u16)(to * height + line), (u16)(left * 8)), 0xa000,
                  linear_offset((u16)(from * height + line), (u16)(left * 8)), (u16)(width * 8));
}

static void linear_clear_row(u8 row, u8 left, u8 width, u8 attr)
{
    u16 height = BDA->char_height;

    for (u16 line = 0; line < height; line++)
        far_fill8(0xa000, linear_offset((u16)(row * height + line), (u16)(left * 8)), attr,
                  (u16)(width * 8));
}

static void linear_put(u8 page, u8 row, u8 col, u16 char_attr)
{
    u32 glyph = glyph_address((u8)char_attr);
    u16 height = BDA->char_height;
    u16 off = linear_offset((u16)(row * height), (u16)(col * 8));
    u8 color = (u8)(char_attr >> 8);

    (void)page;
    for (u16 line = 0; line < height; line++, off = (u16)(off + BDA->columns * 8)) {
        u8 shape = glyph_line(glyph, line);
        for (u8 x = 0; x < 8; x++)
            far_write8(0xa000, (u16)(off + x), shape & (0x80 >> x) ? color : 0);
    }
}

static u8 linear_line(u8 page, u16 y, u8 col)
{
    u16 off = linear_offset(y, (u16)(col * 8));
    u8 bits = 0;

    (void)page;
    for (u8 x = 0; x < 8; x++)
        if (far_read8(0xa000, (u16)(off + x)))
            bits |= (u8)(0x80 >> x);
    return bits;
}

static u16 linear_get(u8 page, u8 row, u8 col)
{
    return glyph_find(page, row, col, linear_line);
}

static void linear_put_pixel(u8 page, u16 x, u16 y, u8 color)
{
    (void)page;
    far_write8(0xa000, linear_offset(y, x), color);
}

static u8 linear_get_pixel(u8 page, u16 x, u16 y)
{
    (void)page;
    return far_read8(0xa000, linear_offset(y, x));
}

const struct painter linear_painter = {linear_copy_row, linear_clear_row, linear_put,
                                       linear_get,      linear_put_pixel, linear_get_pixel};

void fn_pixel_write(frame *r)
{
    painter_now()->put_pixel(r->bh, r->cx, r->dx, r->al);
}

void fn_pixel_read(frame *r)
{
    r->al = painter_now()->get_pixel(r->bh, r->cx, r->dx);
}
