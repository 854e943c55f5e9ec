/* SPDX-License-Identifier: MIT */
/*
 * The page of mode X: 320x240 with four planes of 8-bit dots. A picture is drawn into the half of
 * memory that is not shown, then the start address moves there in the retrace. The picture: two
 * cubes, one the duplicate of the other, over a floor that mirrors them.
 */
#include "demo.h"

enum {
    LINE = 80,
    HEIGHT = 240,
    BAR = 14,
    HORIZON = 150,
    PAGE_HALF = 0x5000,
    SEQ = 0x3c4,
    CRTC = 0x3d4,
    MISC = 0x3c2,
    /* colours: the background from 0, one for two lines; captions; shades of the cubes */
    INK = 120,
    SHADE_BLUE = 128,
    SHADE_GOLD = 160,
    MIRROR = 64,
    SHADES = 32,
};

static u16 page; /* where the picture is drawn that is not shown yet */

/* PS/2 video, unchained: 480 lines scanned twice, byte addresses. */
static void mode_x_set(void)
{
    static const u8 crtc[][2] = {
        {0x11, 0x2c}, {0x06, 0x0d}, {0x07, 0x3e}, {0x09, 0x41}, {0x10, 0xea}, {0x11, 0xac},
        {0x12, 0xdf}, {0x14, 0x00}, {0x15, 0xe7}, {0x16, 0x06}, {0x17, 0xe3},
    };
    mode_set(0x13);
    out16(SEQ, 0x0604);
    out16(SEQ, 0x0100);
    out8(MISC, 0xe3);
    out16(SEQ, 0x0300);
    for (u8 i = 0; i < ARRAY_SIZE(crtc); i++)
        out16(CRTC, (u16)(crtc[i][1] << 8 | crtc[i][0]));
    out16(SEQ, 0x0f02);
    video_segment(0xa000);
    video_fill32(0, 0, 0x4000);
}

static u8 mix(s32 from, s32 to, s32 at, s32 all)
{
    return (u8)(from + (to - from) * at / all);
}

static void ramp_set(u8 first, u8 count, const u8 (*ends)[3])
{
    u8 rgb[3];

    for (u8 i = 0; i < count; i++) {
        for (u8 gun = 0; gun < 3; gun++)
            rgb[gun] = mix(ends[0][gun], ends[1][gun], i, count - 1);
        palette_set((u8)(first + i), (const u8(*)[3]) & rgb, 1);
    }
}

static void colors_set(void)
{
    static const u8 sky[2][3] = {{2, 3, 10}, {22, 30, 52}},
                    ground[2][3] = {{10, 13, 26}, {3, 4, 9}};
    static const u8 blue[2][3] = {{3, 8, 26}, {40, 58, 63}},
                    gold[2][3] = {{26, 10, 2}, {63, 58, 30}};
    static const u8 blue_dim[2][3] = {{4, 6, 15}, {14, 22, 32}};
    static const u8 gold_dim[2][3] = {{9, 6, 9}, {26, 22, 16}};
    static const u8 inks[3][3] = {{2, 3, 8}, {61, 62, 63}, {63, 54, 20}};

    ramp_set(0, HORIZON / 2, sky);
    ramp_set(HORIZON / 2, (HEIGHT - HORIZON) / 2, ground);
    palette_set(INK, inks, 3);
    ramp_set(SHADE_BLUE, SHADES, blue);
    ramp_set(SHADE_GOLD, SHADES, gold);
    ramp_set(SHADE_BLUE + MIRROR, SHADES, blue_dim);
    ramp_set(SHADE_GOLD + MIRROR, SHADES, gold_dim);
}

static void planes(u8 mask)
{
    out16(SEQ, (u16)(mask << 8 | 2));
}

static void background_draw(void)
{
    planes(15);
    for (u16 y = 0; y < HEIGHT - BAR; y++)
        video_fill32((u16)(page + y * LINE), (y / 2) * 0x01010101u, LINE / 4);
}

/* Dots left to right of a line: whole bytes are four dots; at the ends a mask of planes. */
static void span_draw(s32 left, s32 right, s32 y, u8 color)
{
    u16 off = (u16)(page + y * LINE + left / 4), bytes = (u16)(right / 4 - left / 4);
    u8 first = (u8)(15 << (left & 3)) & 15, last = (u8)(15 >> (3 - (right & 3)));

    if (bytes == 0) {
        planes(first & last);
        VIDEO8[off] = color;
        return;
    }
    planes(first);
    VIDEO8[off++] = color;
    planes(15);
    while (--bytes)
        VIDEO8[off++] = color;
    planes(last);
    VIDEO8[off] = color;
}

/* --- convex polygons --- */

struct point {
    s32 x, y;
};

static s16 edge_left[HEIGHT], edge_right[HEIGHT];

static void edge_walk(struct point a, struct point b)
{
    s32 x, step;

    if (a.y > b.y) {
        struct point swap = a;
        a = b;
        b = swap;
    }
    if (a.y == b.y)
        return;
    x = a.x << 16;
    step = ((b.x - a.x) << 16) / (b.y - a.y);
    for (s32 y = a.y; y < b.y; y++, x += step) {
        s16 at = (s16)((x + 0x8000) >> 16);
        if (y < 0 || y >= HEIGHT - BAR)
            continue;
        if (at < edge_left[y])
            edge_left[y] = at;
        if (at > edge_right[y])
            edge_right[y] = at;
    }
}

static s32 clamp(s32 value, s32 low, s32 high)
{
    return value < low ? low : value > high ? high : value;
}

static void quad_draw(const struct point *p, u8 color)
{
    s32 top = HEIGHT, bottom = 0;

    for (u8 i = 0; i < 4; i++) {
        top = p[i].y < top ? p[i].y : top;
        bottom = p[i].y > bottom ? p[i].y : bottom;
    }
    top = clamp(top, 0, HEIGHT - BAR);
    bottom = clamp(bottom, 0, HEIGHT - BAR);
    for (s32 y = top; y < bottom; y++) {
        edge_left[y] = 32000;
        edge_right[y] = -32000;
    }
    for (u8 i = 0; i < 4; i++)
        edge_walk(p[i], p[(i + 1) & 3]);
    for (s32 y = top; y < bottom; y++)
        if (edge_left[y] < edge_right[y] && edge_left[y] < 320 && edge_right[y] > 0)
            span_draw(clamp(edge_left[y], 0, 319), clamp(edge_right[y] - 1, 0, 319), y, color);
}

/* --- a cube --- */

struct corner {
    s32 x, y, z;
};

enum { SIZE = 47, DISTANCE = 420, ZOOM = 300 };

static struct corner corners[8];

/* Corner i has the signs of its bits; turned around two axes. */
static void cube_turn(u32 about_y, u32 about_x)
{
    s32 sy = sine(about_y), cy = cosine(about_y), sx = sine(about_x), cx = cosine(about_x);

    for (u8 i = 0; i < 8; i++) {
        s32 x = i & 1 ? SIZE * 16 : -SIZE * 16, y = i & 2 ? SIZE * 16 : -SIZE * 16;
        s32 z = i & 4 ? SIZE * 16 : -SIZE * 16, turned = (z * cy - x * sy) >> 14;
        corners[i].x = (x * cy + z * sy) >> 14;
        corners[i].y = (y * cx - turned * sx) >> 14;
        corners[i].z = (turned * cx + y * sx) >> 14;
    }
}

static struct point project(const struct corner *c, s32 at_x, s32 at_y)
{
    s32 depth = DISTANCE * 16 + c->z;

    return (struct point){at_x + c->x * ZOOM / depth, at_y + c->y * ZOOM / depth};
}

/* A light from above, left and the viewer; a face's normal is the sum of its corners. */
static u8 face_shade(const u8 *face)
{
    s32 x = 0, y = 0, z = 0, light;

    for (u8 i = 0; i < 4; i++) {
        x += corners[face[i]].x;
        y += corners[face[i]].y;
        z += corners[face[i]].z;
    }
    light = -(x * 3 + y * 5 + z * 6) / (SIZE * 16 * 4 / 4);
    return (u8)clamp(10 + light * 21 / 33, 0, SHADES - 1);
}

static int faces_us(const struct point *p)
{
    return (p[1].x - p[0].x) * (p[2].y - p[0].y) - (p[1].y - p[0].y) * (p[2].x - p[0].x) > 0;
}

/* mirror: the floor's picture of the cube, below the line floor. */
static void cube_draw(s32 at_x, s32 at_y, u8 shades, s32 floor, int mirror)
{
    static const u8 faces[6][4] = {{0, 1, 3, 2}, {5, 4, 6, 7}, {4, 0, 2, 6},
                                   {1, 5, 7, 3}, {4, 5, 1, 0}, {2, 3, 7, 6}};
    for (u8 i = 0; i < 6; i++) {
        struct point p[4];
        for (u8 j = 0; j < 4; j++)
            p[j] = project(&corners[faces[i][j]], at_x, at_y);
        if (!faces_us(p))
            continue;
        for (u8 j = 0; mirror && j < 4; j++)
            p[j].y = 2 * floor - p[j].y;
        quad_draw(p, (u8)(shades + face_shade(faces[i]) + (mirror ? MIRROR : 0)));
    }
}

static void dot(u16 x, u16 y, u8 color)
{
    planes((u8)(1 << (x & 3)));
    VIDEO8[page + y * LINE + x / 4] = color;
}

static void bar_draw(void)
{
    planes(15);
    video_fill32((u16)(page + (HEIGHT - BAR) * LINE), INK * 0x01010101u, BAR * LINE / 4);
    graph_text(dot, 4, HEIGHT - BAR + 3, "Mode X", INK + 2);
    graph_text(dot, 60, HEIGHT - BAR + 3, "320x240, page flipped", INK + 1);
    graph_text(dot, 320 - 68, HEIGHT - BAR + 3, "Esc back", INK + 1);
}

/* The picture at a time; the two cubes move alike, step for step. */
static void picture_draw(u32 time)
{
    s32 lift = sine(time * 3 / 2) * 10 >> 14, floor = 150;

    background_draw();
    cube_turn(time, time * 5 / 8 + 120);
    cube_draw(92, 92 + lift, SHADE_BLUE, floor, 1);
    cube_draw(228, 92 + lift, SHADE_GOLD, floor, 1);
    cube_draw(92, 92 + lift, SHADE_BLUE, floor, 0);
    cube_draw(228, 92 + lift, SHADE_GOLD, floor, 0);
}

void show_x(void)
{
    u16 key = 0;

    mode_x_set();
    colors_set();
    graph_font();
    for (page = 0; page <= PAGE_HALF; page += PAGE_HALF)
        bar_draw();
    anim_start();
    page = PAGE_HALF;
    while (!page_over(key)) {
        picture_draw(anim_time());
        out16(CRTC, (u16)((page & 0xff00) | 0x0c)); /* the low byte is 0 in both halves */
        frame_wait();
        page ^= PAGE_HALF;
        key = page_key();
    }
}
