/* SPDX-License-Identifier: MIT */
/* The text screen: cells, words, numbers, frames, and the look that all text pages share. */
#include "demo.h"

/* The 16 colours in their usual places, a little softer than the monitor's own. */
const u8 theme[16][3] = {
    {2, 3, 8},    {6, 11, 26},  {10, 40, 20}, {8, 36, 42},  {46, 12, 14}, {38, 16, 42},
    {52, 32, 8},  {44, 47, 52}, {24, 28, 38}, {26, 40, 63}, {28, 58, 34}, {26, 56, 60},
    {63, 28, 26}, {60, 34, 60}, {63, 54, 20}, {61, 62, 63},
};

/* Mode 3, each attribute colour its own DAC entry, no blinking: 16 backgrounds. */
void screen_start(void)
{
    struct regs r = {.ax = 0x1003, .bx = 0};

    mode_set(3);
    video_segment(0xb800);
    bios(0x10, &r);
    for (u8 i = 0; i < 16; i++) {
        r = (struct regs){.ax = 0x1000, .bx = (u16)(i << 8 | i)};
        bios(0x10, &r);
    }
    palette_set(0, theme, 16);
    cursor_hide();
    screen_fill(0, 0, 80, 25, ' ', BACK | PLAIN);
}

void screen_cell(u8 x, u8 y, u8 chr, u8 attr)
{
    VIDEO16[y * 80 + x] = (u16)(attr << 8 | chr);
}

void screen_fill(u8 x, u8 y, u8 width, u8 height, u8 chr, u8 attr)
{
    for (u8 row = 0; row < height; row++)
        for (u8 col = 0; col < width; col++)
            screen_cell((u8)(x + col), (u8)(y + row), chr, attr);
}

u8 screen_text(u8 x, u8 y, const char *text, u8 attr)
{
    while (*text && x < 80)
        screen_cell(x++, y, (u8)*text++, attr);
    return x;
}

u8 screen_number(u8 x, u8 y, u32 value, u8 attr)
{
    char text[11];
    u8 at = sizeof text - 1;

    text[at] = 0;
    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    return screen_text(x, y, text + at, attr);
}

u8 screen_hex(u8 x, u8 y, u32 value, u8 digits, u8 attr)
{
    for (u8 i = digits; i--;)
        screen_cell(x++, y, (u8) "0123456789ABCDEF"[value >> (i * 4) & 15], attr);
    return x;
}

static void screen_edge(u8 x, u8 y, u8 width, const char *ends, u8 attr)
{
    screen_cell(x, y, (u8)ends[0], attr);
    screen_fill((u8)(x + 1), y, (u8)(width - 2), 1, (u8)ends[1], attr);
    screen_cell((u8)(x + width - 1), y, (u8)ends[2], attr);
}

/* A panel with a thin frame, its title in the upper edge. */
void screen_frame(u8 x, u8 y, u8 width, u8 height, const char *title, u8 attr)
{
    u8 ink = (u8)((attr & 0xf0) | DIM);

    screen_fill(x, y, width, height, ' ', attr);
    screen_edge(x, y, width, "\xda\xc4\xbf", ink);
    screen_edge(x, (u8)(y + height - 1), width, "\xc0\xc4\xd9", ink);
    for (u8 row = 1; row + 1 < height; row++) {
        screen_cell(x, (u8)(y + row), 0xb3, ink);
        screen_cell((u8)(x + width - 1), (u8)(y + row), 0xb3, ink);
    }
    if (title) {
        screen_cell((u8)(x + 2), y, ' ', ink);
        x = screen_text((u8)(x + 3), y, title, (u8)((attr & 0xf0) | CYAN));
        screen_cell(x, y, ' ', ink);
    }
}

u16 text_length(const char *text)
{
    u16 length = 0;

    while (text[length])
        length++;
    return length;
}

void screen_page(const char *title, const char *keys)
{
    screen_fill(0, 0, 80, 1, ' ', PANEL | WHITE);
    screen_text(2, 0, "twin86", PANEL | YELLOW);
    screen_cell(9, 0, 0xb3, PANEL | DIM);
    screen_text(11, 0, title, PANEL | WHITE);
    screen_fill(0, 24, 80, 1, ' ', PANEL | PLAIN);
    screen_text(2, 24, keys, PANEL | PLAIN);
}
