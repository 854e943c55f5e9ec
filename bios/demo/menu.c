/* SPDX-License-Identifier: MIT */
/* The first page: the name in big letters, and what there is to see. */
#include "demo.h"

enum { TOUR_AFTER = 25 * 18, LOGO_X = 15, LOGO_Y = 2, LOGO_WIDTH = 49, LIST_X = 7, LIST_Y = 12 };
enum { SHADE_FIRST = 2, SHADES = 5 };

static const char logo[10][LOGO_WIDTH + 1] = {
    "..##................##............#####....####..",
    "..##..............................##...##..##....",
    "######..##......##..##..######...##...##.##......",
    "..##....##......##..##..##...##..##...##.##......",
    "..##....##..##..##..##..##...##...#####..######..",
    "..##....##..##..##..##..##...##..##...##.##...##.",
    "..##....##..##..##..##..##...##..##...##.##...##.",
    "..##....##..##..##..##..##...##..##...##.##...##.",
    "..####...########...##..##...##..##...##.##...##.",
    "...###....##..##....##..##...##...#####...#####..",
};

static int logo_dot(u8 x, u8 y)
{
    return logo[y][x] == '#';
}

/* Two dots a cell, above and below, in five shades from top to bottom. */
static void logo_draw(void)
{
    static const u8 halves[4] = {' ', 0xdf, 0xdc, 0xdb};

    for (u8 y = 0; y < SHADES; y++)
        for (u8 x = 0; x < LOGO_WIDTH; x++)
            screen_cell((u8)(LOGO_X + x), (u8)(LOGO_Y + y),
                        halves[logo_dot(x, (u8)(y * 2)) | logo_dot(x, (u8)(y * 2 + 1)) << 1],
                        (u8)(SHADE_FIRST + y));
}

/* A light that runs down the letters every few seconds. */
static void logo_shine(u32 time)
{
    static const u8 base[SHADES][3] = {
        {38, 52, 63}, {28, 45, 63}, {20, 38, 62}, {14, 31, 58}, {10, 24, 52},
    };
    u8 shade[SHADES][3];
    s32 at = (s32)(time / 6 % 160) - 20;

    for (u8 i = 0; i < SHADES; i++) {
        s32 distance = at - i * 8;
        s32 light = distance < 0 ? 0 : distance < 24 ? 24 - distance : 0;
        for (u8 gun = 0; gun < 3; gun++) {
            s32 value = base[i][gun] + light;
            shade[i][gun] = (u8)(value > 63 ? 63 : value);
        }
    }
    palette_set(SHADE_FIRST, (const u8(*)[3])shade, SHADES);
}

static void item_draw(u8 i, u8 selected)
{
    u8 attr = selected ? PANEL : BACK, y = (u8)(LIST_Y + i);

    screen_fill(LIST_X, y, 68, 1, ' ', attr);
    screen_cell((u8)(LIST_X + 1), y, selected ? 0x10 : ' ', attr | YELLOW);
    screen_number((u8)(LIST_X + 3), y, (u32)(i + 1), attr | YELLOW);
    screen_text((u8)(LIST_X + 6), y, pages[i].title, attr | (selected ? WHITE : PLAIN));
    screen_text((u8)(LIST_X + 27), y, pages[i].about, attr | (selected ? CYAN : DIM));
}

static void menu_draw(u8 selected)
{
    static const char quote[] = "\"an efficient, isolated duplicate of the real machine\"";
    static const char who[] = "Popek and Goldberg, 1974";

    screen_start();
    logo_draw();
    screen_text((u8)(40 - sizeof quote / 2), 8, quote, PLAIN);
    screen_text((u8)(40 - sizeof who / 2), 9, who, DIM);
    for (u8 i = 0; i < page_count; i++)
        item_draw(i, i == selected);
    screen_text(LIST_X + 3, LIST_Y + 9,
                "This disk is built in. Give twin86 an image and it boots that.", DIM);
    screen_fill(0, 24, 80, 1, ' ', PANEL | PLAIN);
    screen_text(2, 24, "\x18\x19 choose   Enter or 1-7 show   Esc back   wait: the tour starts",
                PANEL | PLAIN);
}

static u8 moved(u16 key, u8 selected)
{
    if (key >> 8 == KEY_UP >> 8)
        return (u8)(selected ? selected - 1 : page_count - 1);
    if (key >> 8 == KEY_DOWN >> 8)
        return (u8)(selected + 1 < page_count ? selected + 1 : 0);
    return selected;
}

static int chosen(u16 key, u8 *selected)
{
    u8 number = (u8)((u8)key - '1');

    if (number < page_count)
        *selected = number;
    return number < page_count || (u8)key == '\r' || (u8)key == ' ';
}

u8 menu_show(u8 selected)
{
    u16 idle_from = peek16(0x40, 0x6c);

    menu_draw(selected);
    anim_start();
    for (;;) {
        u16 key = key_get();
        u8 before = selected;
        if (chosen(key, &selected))
            return selected;
        if (key)
            idle_from = peek16(0x40, 0x6c);
        selected = moved(key, selected);
        if (selected != before) {
            item_draw(before, 0);
            item_draw(selected, 1);
        }
        if ((u16)(peek16(0x40, 0x6c) - idle_from) > TOUR_AFTER)
            return MENU_LEAVE;
        logo_shine(anim_time());
        clock_idle();
    }
}
