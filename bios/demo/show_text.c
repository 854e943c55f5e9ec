/* SPDX-License-Identifier: MIT */
/* The page of text mode: all colours on all backgrounds, all characters, 25 or 50 rows. */
#include "demo.h"

static void colors_show(void)
{
    screen_frame(2, 2, 36, 20, "16 colours on 16", BACK);
    for (u8 back = 0; back < 16; back++)
        for (u8 ink = 0; ink < 16; ink++) {
            u8 attr = (u8)(back << 4 | ink);
            screen_cell((u8)(4 + ink * 2), (u8)(4 + back), ink & 1 ? 'b' : 'A', attr);
            screen_cell((u8)(5 + ink * 2), (u8)(4 + back), 0xfe, attr);
        }
}

static void characters_show(void)
{
    screen_frame(40, 2, 38, 20, "256 characters", BACK);
    for (u16 chr = 0; chr < 256; chr++) {
        u8 x = (u8)(43 + (chr & 15) * 2), y = (u8)(4 + (chr >> 4));
        screen_cell(x, y, (u8)chr,
                    chr < 32    ? YELLOW
                    : chr < 128 ? WHITE
                    : chr < 176 ? CYAN
                    : chr < 224 ? PLAIN
                                : GREEN);
        screen_cell((u8)(x + 1), y, ' ', BACK);
    }
}

/* A wave through the 16 hues at the bottom: attributes alone, 80 cells. */
static void wave_show(u32 time)
{
    static const u8 hues[] = {4, 12, 6, 14, 10, 2, 11, 3, 9, 1, 9, 3, 5, 13, 12, 4};
    static const u8 blocks[] = {0xb0, 0xb1, 0xb2, 0xdb};

    for (u8 x = 0; x < 80; x++) {
        u32 at = time / 6 + x * 2;
        u8 ink = hues[at / 8 & 15], next = hues[(at / 8 + 1) & 15];
        screen_cell(x, 23, blocks[3 - (at & 7) / 2], (u8)(next << 4 | ink));
    }
}

static void rows_set(u8 fifty)
{
    struct regs r = {.ax = (u16)(fifty ? 0x1112 : 0x1114), .bx = 0};

    bios(0x10, &r);
    cursor_hide();
}

void show_text(void)
{
    u16 key = 0;
    u8 fifty = 0;

    screen_start();
    screen_page("Text mode", "F 25 or 50 rows   Esc back");
    colors_show();
    characters_show();
    anim_start();
    while (!page_over(key)) {
        wave_show(anim_time());
        frame_wait();
        key = page_key();
        if ((key & 0xdf) == 'F') {
            fifty = !fifty;
            rows_set(fifty);
        }
    }
}
