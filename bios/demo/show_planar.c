/* SPDX-License-Identifier: MIT */
/*
 * The page of planes: mode 12h with lines of 1024 dots, a landscape that repeats every 384, moved
 * by the start address and the panning register alone; below it a panel that the line compare
 * register keeps still.
 */
#include "demo.h"

enum {
    LINE = 128,   /* bytes of a line in memory */
    PERIOD = 384, /* dots after which the landscape is the same again */
    PANEL_LINES = 40,
    LAND_LINES = 480 - PANEL_LINES,
    LAND_START = PANEL_LINES * LINE,
    CRTC = 0x3d4,
    SEQ = 0x3c4,
    GC = 0x3ce,
    ATTR = 0x3c0,
    STATUS1 = 0x3da,
};

static const u8 colors[16][3] = {
    {5, 6, 20},   {11, 9, 30},  {19, 11, 36}, {28, 13, 39}, {38, 16, 38}, {48, 21, 34},
    {57, 30, 28}, {63, 41, 24}, {63, 53, 34}, {63, 60, 48}, {30, 14, 34}, {20, 10, 28},
    {12, 7, 21},  {6, 4, 13},   {61, 62, 63}, {63, 54, 20},
};
enum { SUN = 9, RANGE_FAR = 10, INK = 14, GOLD = 15 };

static void crtc(u8 index, u8 value)
{
    out16(CRTC, (u16)(value << 8 | index));
}

static void gc(u8 index, u8 value)
{
    out16(GC, (u16)(value << 8 | index));
}

/* Write mode 0 with set/reset: every write is the colour, in the dots of the bit mask. */
static void color_choose(u8 color)
{
    gc(0, color);
    gc(1, 0x0f);
}

static void dot_at(u16 off, u8 bit)
{
    gc(8, (u8)(0x80 >> bit));
    (void)VIDEO8[off];
    VIDEO8[off] = 0xff;
}

/* A dot of the panel. */
static void dot(u16 x, u16 y, u8 color)
{
    color_choose(color);
    dot_at((u16)(y * LINE + x / 8), x & 7);
}

/* --- the landscape: eight dots of a line at a time --- */

/* How high the ranges of hills are at x: waves that fit the period. */
static s32 range_height(u8 range, u32 x)
{
    static const struct {
        u16 base, size[3];
        u8 turns[3];
        u16 phase;
    } ranges[] = {
        {176, {34, 16, 7}, {2, 5, 11}, 100},
        {126, {30, 15, 8}, {1, 4, 9}, 420},
        {78, {26, 13, 6}, {2, 3, 13}, 700},
        {32, {14, 9, 5}, {1, 5, 8}, 900},
    };
    s32 height = ranges[range].base;

    for (u8 i = 0; i < 3; i++)
        height += sine(x * 1024 / PERIOD * ranges[range].turns[i] + ranges[range].phase) *
                      ranges[range].size[i] >>
                  14;
    return height;
}

static s16 heights[4][PERIOD];

static void heights_make(void)
{
    for (u8 range = 0; range < 4; range++)
        for (u16 x = 0; x < PERIOD; x++)
            heights[range][x] = (s16)(LAND_LINES - range_height(range, x));
}

/* The sky in nine bands whose borders are dithered; a sun in it; then the ranges, near last. */
static u8 land_color(u16 x, u16 y)
{
    static const u8 threshold[4][4] = {
        {0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};
    s32 dx = (s32)x - 190, dy = (s32)y - 226;
    u32 shade;

    for (u8 range = 4; range--;)
        if ((s16)y >= heights[range][x])
            return (u8)(RANGE_FAR + range);
    if (dx * dx + dy * dy < 52 * 52)
        return SUN;
    shade = y * 16u * 9 / 330 + threshold[y & 3][x & 3];
    return (u8)(shade / 16 < 8 ? shade / 16 : 8);
}

/* The eight dots that begin at x, as a byte for each plane. */
static u32 land_byte(u16 x, u16 y)
{
    u32 planes = 0;

    for (u8 bit = 0; bit < 8; bit++) {
        u32 color = land_color((u16)(x + bit), y);
        for (u8 plane = 0; plane < 4; plane++)
            planes |= (color >> plane & 1) << (plane * 8 + 7 - bit);
    }
    return planes;
}

static void land_line(u16 y)
{
    static u32 bytes[PERIOD / 8];

    for (u16 i = 0; i < PERIOD / 8; i++)
        bytes[i] = land_byte((u16)(i * 8), y);
    for (u8 plane = 0; plane < 4; plane++) {
        out16(SEQ, (u16)(0x100 << plane | 2));
        for (u16 i = 0; i < LINE; i++)
            VIDEO8[LAND_START + y * LINE + i] = (u8)(bytes[i % (PERIOD / 8)] >> (plane * 8));
    }
    out16(SEQ, 0x0f02);
}

/* --- the panel, the split and the panning --- */

static void panel_draw(void)
{
    color_choose(0);
    video_fill32(0, 0xffffffff, LAND_START / 4);
    color_choose(GOLD);
    video_fill32(0, 0xffffffff, LINE / 4);
    graph_text_big(dot, 12, 12, "Mode 12h", GOLD, 2);
    graph_text(dot, 160, 11, "640 x 480, 16 colours. The land is panned, never redrawn.", INK);
    graph_text(dot, 160, 23, "Line compare splits the screen: this part stays.", INK);
    graph_text(dot, 568, 23, "Esc back", GOLD);
    gc(1, 0);
    gc(8, 0xff);
}

/* Line compare is line 439: bits 0-7 in 18h, bit 8 in 07h, bit 9 in 09h. */
static void split_set(void)
{
    u16 line = LAND_LINES - 1;

    crtc(0x18, (u8)line);
    out8(CRTC, 7);
    out8(CRTC + 1, (u8)((in8(CRTC + 1) & ~0x10) | (line >> 4 & 0x10)));
    out8(CRTC, 9);
    out8(CRTC + 1, (u8)((in8(CRTC + 1) & ~0x40) | (line >> 3 & 0x40)));
    crtc(0x13, LINE / 2);
}

static void attr(u8 index, u8 value)
{
    in8(STATUS1);
    out8(ATTR, (u8)(index | 0x20));
    out8(ATTR, value);
}

/* Attribute register i shows DAC entry i; panning stops at the split (mode control bit 5). */
static void attributes_set(void)
{
    in8(STATUS1);
    for (u8 i = 0; i < 16; i++) {
        out8(ATTR, i);
        out8(ATTR, i);
    }
    attr(0x10, 0x21);
    palette_set(0, colors, 16);
}

/* The start address counts at the next retrace, the panning register at once: so first the one,
   then wait, then the other. */
static void pan_to(u32 x)
{
    u16 start = (u16)(LAND_START + x / 8);

    crtc(0x0c, (u8)(start >> 8));
    crtc(0x0d, (u8)start);
    frame_wait();
    attr(0x13, x & 7);
}

void show_planar(void)
{
    u16 key = 0;

    mode_set(0x12);
    video_segment(0xa000);
    graph_font();
    attributes_set();
    split_set();
    pan_to(0);
    panel_draw();
    heights_make();
    for (u16 y = 0; y < LAND_LINES && key != KEY_ESC; y++) {
        land_line(y);
        key = page_key();
    }
    anim_start();
    while (!page_over(key)) {
        pan_to(anim_time() * 10 / 48 % PERIOD);
        key = page_key();
    }
}
