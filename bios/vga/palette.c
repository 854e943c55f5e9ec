/* SPDX-License-Identifier: MIT */
/* Attribute palette, DAC, border, blinking: functions 0Bh and 10h, and the colours of each mode. */
#include "vga.h"

enum { ATTR_MODE = 16, ATTR_BORDER = 17, ATTR_SELECT = 20, ATTR_BLINK = 0x08, ATTR_P54S = 0x80 };
enum { CGA_PALETTE = 0x20, CGA_BRIGHT = 0x10 }; /* 40:66 */

static void dac_write(u8 red, u8 green, u8 blue)
{
    out8(DAC_DATA, red);
    out8(DAC_DATA, green);
    out8(DAC_DATA, blue);
}

/* An EGA monitor's wires: bit 2, 1, 0 are two thirds of red, green, blue, bit 5, 4, 3 a third. */
static u8 ega_level(u8 color, u8 strong)
{
    return (color & (1 << strong) ? 0x2a : 0) + (color & (8 << strong) ? 0x15 : 0);
}

/* A CGA monitor's: bit 4 adds a third to all; dark yellow is shown as brown. */
static u8 cga_level(u8 color, u8 strong)
{
    if ((color & 0x17) == 0x06 && strong == 1)
        return 0x15;
    return (color & (1 << strong) ? 0x2a : 0) + (color & 0x10 ? 0x15 : 0);
}

/* A mono monitor's: bit 3 is video, bit 4 intensity. */
static u8 mono_level(u8 color, u8 strong)
{
    static const u8 level[4] = {0, 0x2a, 0x15, 0x3f};
    (void)strong;
    return level[(color >> 3) & 3];
}

static void dac_load_wires(u8 (*level)(u8, u8))
{
    out8(DAC_WRITE, 0);
    for (u8 i = 0; i < 64; i++)
        dac_write(level(i, 2), level(i, 1), level(i, 0));
}

static void dac_load_gray(void)
{
    static const u8 gray[16] = {0, 5, 8, 11, 14, 17, 20, 24, 28, 32, 36, 40, 45, 50, 56, 63};
    for (u8 i = 0; i < 16; i++)
        dac_write(gray[i], gray[i], gray[i]);
}

/* A colour circle of 24, from blue over red and green: one gun goes through 5 levels at a time. */
static u8 circle_step(u8 hue, u8 phase)
{
    u8 at = (u8)((hue + 24 - phase) % 24); /* distance from where the gun begins to rise */

    return at < 4 ? at : at <= 12 ? 4 : at < 16 ? 16 - at : 0;
}

/* Three brightnesses, each in three saturations; the five levels of a gun in each. */
static void dac_load_circles(void)
{
    /* clang-format off */
    static const u8 levels[9][5] = {
        {0, 16, 31, 47, 63},  {31, 39, 47, 55, 63}, {45, 49, 54, 58, 63},
        {0, 7, 14, 21, 28},   {14, 17, 21, 24, 28}, {20, 22, 24, 26, 28},
        {0, 4, 8, 12, 16},    {8, 10, 12, 14, 16},  {11, 12, 13, 15, 16},
    };
    /* clang-format on */
    for (u8 set = 0; set < 9; set++)
        for (u8 hue = 0; hue < 24; hue++)
            dac_write(levels[set][circle_step(hue, 0)], levels[set][circle_step(hue, 8)],
                      levels[set][circle_step(hue, 16)]);
}

/* Mode 13h: 16 colours of a CGA, 16 grays, nine circles of 24, 8 black. */
static void dac_load_256(void)
{
    out8(DAC_WRITE, 0);
    for (u8 i = 0; i < 16; i++) {
        u8 color = i & 8 ? (u8)(i + 8) : i;
        dac_write(cga_level(color, 2), cga_level(color, 1), cga_level(color, 0));
    }
    dac_load_gray();
    dac_load_circles();
    for (u8 i = 0; i < 8; i++)
        dac_write(0, 0, 0);
}

void dac_load(enum dac set)
{
    static u8 (*const wires[])(u8, u8) = {mono_level, cga_level, ega_level};

    if (set == DAC_256)
        dac_load_256();
    else
        dac_load_wires(wires[set]);
    if (BDA->options & OPTION_GRAY)
        dac_gray(0, set == DAC_256 ? 248 : 64);
}

/* 30 % red, 59 % green, 11 % blue, in 256ths, rounded. */
static u8 gray_of(u8 red, u8 green, u8 blue)
{
    u16 sum = (u16)(red * 77 + green * 151 + blue * 28 + 128) >> 8;

    return sum > 63 ? 63 : (u8)sum;
}

void dac_gray(u16 first, u16 count)
{
    for (; count; count--, first++) {
        u8 red, green, gray;

        out8(DAC_READ, (u8)first);
        red = in8(DAC_DATA);
        green = in8(DAC_DATA);
        gray = gray_of(red, green, in8(DAC_DATA));
        out8(DAC_WRITE, (u8)first);
        dac_write(gray, gray, gray);
    }
}

/* Triples at seg:off into the DAC; summed to gray if that was asked for. */
void dac_copy_in(u16 seg, u16 off, u16 first, u16 count)
{
    out8(DAC_WRITE, (u8)first);
    for (u16 i = 0; i < (u16)(count * 3); i++)
        out8(DAC_DATA, far_read8(seg, (u16)(off + i)));
    if (BDA->options & OPTION_GRAY)
        dac_gray(first, count);
}

/* The dynamic save area mirrors the 16 palette registers and the border. */
static void save_area_put(u8 i, u8 value)
{
    u32 area = save_pointer(1);

    if (area && i <= 16)
        far_write8((u16)(area >> 16), (u16)(area + i), value);
}

static void palette_put(u8 i, u8 value)
{
    attr_write(i, value);
    save_area_put(i, value);
}

static void border_put(u8 value)
{
    attr_write(ATTR_BORDER, value);
    save_area_put(16, value);
}

/* --- 0Bh: what a CGA's color select register did --- */

static u8 cga_to_attr(u8 color)
{
    return (u8)((color & 7) | (color & 8) << 1);
}

static void cga_colors_put(void)
{
    u8 now = BDA->cga_color;
    u8 bright = now & CGA_BRIGHT, cyan = now & CGA_PALETTE ? 1 : 0;

    for (u8 i = 1; i < 4; i++)
        palette_put(i, (u8)(bright | i << 1 | cyan));
}

static void cga_background(u8 color)
{
    BDA->cga_color = (u8)((BDA->cga_color & 0xe0) | (color & 0x1f));
    border_put(cga_to_attr(color));
    if (mode_now()->kind == TEXT)
        return;
    palette_put(0, cga_to_attr(color));
    if (mode_now()->kind == CGA && mode_now()->bits == 2)
        cga_colors_put();
}

static void cga_set_of_three(u8 number)
{
    BDA->cga_color = (u8)((BDA->cga_color & ~CGA_PALETTE) | (number & 1 ? CGA_PALETTE : 0));
    if (mode_now()->kind == CGA && mode_now()->bits == 2)
        cga_colors_put();
}

void fn_cga_palette(frame *r)
{
    if (r->bh == 0)
        cga_background(r->bl);
    else
        cga_set_of_three(r->bl);
    attr_screen_on();
}

/* --- 10h --- */

static void set_one(frame *r)
{
    if (r->bl < 16)
        palette_put(r->bl, r->bh);
    else
        attr_write(r->bl & 0x1f, r->bh);
}

static void set_border(frame *r)
{
    border_put(r->bh);
}

static void set_all(frame *r)
{
    for (u8 i = 0; i < 16; i++)
        palette_put(i, far_read8(r->es, (u16)(r->dx + i)));
    border_put(far_read8(r->es, (u16)(r->dx + 16)));
}

/* BL 0: the top attribute bit is a bright background; 1: it blinks. Other values do nothing. */
static void set_blink(frame *r)
{
    u8 mode = attr_read(ATTR_MODE) & ~ATTR_BLINK;

    if (r->bl > 1)
        return;
    attr_write(ATTR_MODE, r->bl ? mode | ATTR_BLINK : mode);
    BDA->cga_mode = (u8)((BDA->cga_mode & ~0x20) | (r->bl ? 0x20 : 0));
}

static void get_one(frame *r)
{
    r->bh = attr_read(r->bl & 0x1f);
}

static void get_border(frame *r)
{
    r->bh = attr_read(ATTR_BORDER);
}

static void get_all(frame *r)
{
    for (u8 i = 0; i < 16; i++)
        far_write8(r->es, (u16)(r->dx + i), attr_read(i));
    far_write8(r->es, (u16)(r->dx + 16), attr_read(ATTR_BORDER));
}

static void set_color(frame *r)
{
    u8 red = r->dh, green = r->ch, blue = r->cl;

    if (BDA->options & OPTION_GRAY)
        red = green = blue = gray_of(red, green, blue);
    out8(DAC_WRITE, r->bl);
    dac_write(red, green, blue);
}

static void set_colors(frame *r)
{
    dac_copy_in(r->es, r->dx, r->bx, r->cx);
}

/* BL 0: BH chooses 4 pages of 64 or 16 pages of 16; BL 1: BH is the page. */
static void set_color_page(frame *r)
{
    u8 mode = attr_read(ATTR_MODE);

    if (r->bl == 0)
        attr_write(ATTR_MODE, (u8)((mode & ~ATTR_P54S) | (r->bh & 1 ? ATTR_P54S : 0)));
    else if (r->bl == 1)
        attr_write(ATTR_SELECT, (u8)(mode & ATTR_P54S ? r->bh & 15 : (r->bh & 3) << 2));
}

static void get_color(frame *r)
{
    out8(DAC_READ, r->bl);
    r->dh = in8(DAC_DATA);
    r->ch = in8(DAC_DATA);
    r->cl = in8(DAC_DATA);
}

static void get_colors(frame *r)
{
    out8(DAC_READ, r->bl);
    for (u16 i = 0; i < (u16)(r->cx * 3); i++)
        far_write8(r->es, (u16)(r->dx + i), in8(DAC_DATA));
}

static void set_mask(frame *r)
{
    out8(DAC_MASK, r->bl);
}

static void get_mask(frame *r)
{
    r->bl = in8(DAC_MASK);
}

static void get_color_page(frame *r)
{
    u8 small = (attr_read(ATTR_MODE) & ATTR_P54S) != 0, page = attr_read(ATTR_SELECT) & 15;

    r->bl = small;
    r->bh = small ? page : page >> 2;
}

static void sum_gray(frame *r)
{
    dac_gray(r->bx, r->cx);
}

void fn_palette(frame *r)
{
    static function *const parts[] = {
        [0x00] = set_one,    [0x01] = set_border,     [0x02] = set_all,        [0x03] = set_blink,
        [0x07] = get_one,    [0x08] = get_border,     [0x09] = get_all,        [0x10] = set_color,
        [0x12] = set_colors, [0x13] = set_color_page, [0x15] = get_color,      [0x17] = get_colors,
        [0x18] = set_mask,   [0x19] = get_mask,       [0x1a] = get_color_page, [0x1b] = sum_gray,
    };
    if (r->al < ARRAY_SIZE(parts) && parts[r->al])
        parts[r->al](r);
    attr_screen_on();
}
