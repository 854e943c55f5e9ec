/* SPDX-License-Identifier: MIT */
/* The tour: a menu, its pages, and going from one to the next when nobody touches a key. */
#include "demo.h"

const struct page pages[] = {
    {"This machine", "what the processor and the board say they are", show_board, 8},
    {"Text", "16 colours, 256 characters", show_text, 6},
    {"Mode 13h", "320 x 200 in 256 colours: a plasma", show_13h, 9},
    {"Mode X", "320 x 240, drawn unseen, shown at once", show_x, 9},
    {"Planes", "640 x 480 in 16 colours: pan and split", show_planar, 9},
    {"Keyboard and mouse", "scan codes and packets as they arrive", show_input, 6},
    {"Rings", "why a PC was hard to make a twin of", show_rings, 14},
};
const u8 page_count = ARRAY_SIZE(pages);

static u8 touring, current;
static u32 page_start;

/* While touring, any key stops the tour on the page that is shown; Esc leaves it as ever. */
u16 page_key(void)
{
    u16 key = key_get();

    if (key)
        touring = 0;
    return key;
}

static u16 ticks_now(void)
{
    return peek16(0x40, 0x6c);
}

int page_over(u16 key)
{
    u16 passed = (u16)(ticks_now() - (u16)page_start);

    return key == KEY_ESC || (touring && passed > pages[current].seconds * 18);
}

static void page_run(void)
{
    page_start = ticks_now();
    pages[current].show();
}

/* Every page once, then the menu again. */
static void tour_run(void)
{
    for (touring = 1, current = 0; touring && current < page_count; current++)
        page_run();
    touring = 0;
    if (current == page_count)
        current = 0;
    else
        current--;
}

void demo_main(void);
void demo_main(void)
{
    for (;;) {
        u8 chosen = menu_show(current);
        if (chosen == MENU_LEAVE) {
            tour_run();
        } else {
            current = chosen;
            page_run();
        }
    }
}
