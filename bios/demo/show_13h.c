/* SPDX-License-Identifier: MIT */
/* The page of mode 13h: a plasma, sums of waves seen through a palette that turns. */
#include "demo.h"

enum { WIDTH = 320, HEIGHT = 200, BAR = 12, INKS = 240 };

static u8 across[160], down[HEIGHT], slant[160 + HEIGHT];
static u8 inks[256]; /* the 256 values of a wave on the 240 colours of the circle */

/* Waves as bytes around 0; the sum of three picks the colour. */
static void waves_make(u32 time)
{
    for (u16 x = 0; x < 160; x++)
        across[x] = (u8)((sine(x * 9 + time) + sine(x * 15 - time / 2)) >> 8);
    for (u16 y = 0; y < HEIGHT; y++)
        down[y] = (u8)((sine(y * 9 - time / 2) + sine(y * 5 + time * 3 / 4)) >> 8);
    for (u16 i = 0; i < 160 + HEIGHT; i++)
        slant[i] = (u8)((sine(i * 7 + time / 3) + sine(i * 4 - time)) >> 8);
}

/* Two dots of a colour at a time, four in a store. */
static void line_draw(u16 y)
{
    const u8 *wave = slant + y;
    u16 off = (u16)(y * WIDTH);
    u8 base = down[y];

    for (u16 x = 0; x < 160; x += 2, off += 4) {
        u32 first = inks[(u8)(base + across[x] + wave[x])];
        u32 second = inks[(u8)(base + across[x + 1] + wave[x + 1])];
        VIDEO32[off / 4] = first * 0x0101 | second * 0x01010000;
    }
}

/* 240 colours around a circle; the guns turn at their own pace, so that no two rounds are alike. */
static void colors_turn(u32 time)
{
    static u8 rgb[INKS][3];

    for (u16 i = 0; i < INKS; i++) {
        u32 angle = i * 1024u / INKS;
        rgb[i][0] = (u8)(28 + (sine(angle + time / 4) * 27 >> 14));
        rgb[i][1] = (u8)(17 + (sine(angle + 820 + time / 7) * 16 >> 14));
        rgb[i][2] = (u8)(35 + (sine(angle + 560 + time / 5) * 25 >> 14));
    }
    palette_set(0, (const u8(*)[3])rgb, INKS);
}

static void dot(u16 x, u16 y, u8 color)
{
    VIDEO8[y * WIDTH + x] = color;
}

static void bar_draw(void)
{
    static const u8 rgb[3][3] = {{2, 3, 8}, {61, 62, 63}, {63, 54, 20}};

    palette_set(INKS, rgb, 3);
    video_fill32((HEIGHT - BAR) * WIDTH, INKS * 0x01010101u, BAR * WIDTH / 4);
    graph_text(dot, 4, HEIGHT - BAR + 2, "Mode 13h", INKS + 2);
    graph_text(dot, 76, HEIGHT - BAR + 2, "320x200, 256 colours", INKS + 1);
    graph_text(dot, WIDTH - 68, HEIGHT - BAR + 2, "Esc back", INKS + 1);
}

void show_13h(void)
{
    u16 key = 0;

    mode_set(0x13);
    video_segment(0xa000);
    graph_font();
    bar_draw();
    for (u16 i = 0; i < 256; i++)
        inks[i] = (u8)(i * INKS / 256);
    anim_start();
    while (!page_over(key)) {
        u32 time = anim_time();
        waves_make(time);
        for (u16 y = 0; y < HEIGHT - BAR; y++)
            line_draw(y);
        frame_wait();
        colors_turn(time);
        key = page_key();
    }
}
