/* SPDX-License-Identifier: MIT */
/* Writing as on a teletype: functions 0Eh and 13h. */
#include "vga.h"

enum { SYSTEM_B = 0x61, PIT_CONTROL = 0x43, PIT_2 = 0x42 };

/* The refresh signal (port 61h bit 4) turns every 15 us; where it does not, the wait is bounded. */
static void delay(u16 turns)
{
    u8 last = in8(SYSTEM_B) & 0x10;

    while (turns--) {
        for (u8 tries = 200; tries && (in8(SYSTEM_B) & 0x10) == last; tries--)
            ;
        last ^= 0x10;
    }
}

/* 896 Hz for a fifth of a second. */
static void bell(void)
{
    u8 was = in8(SYSTEM_B);

    out8(PIT_CONTROL, 0xb6);
    out8(PIT_2, 1331 & 0xff);
    out8(PIT_2, 1331 >> 8);
    out8(SYSTEM_B, was | 3);
    delay(13000);
    out8(SYSTEM_B, was);
}

/* A new line at the bottom has the attribute of the text before it; in graphics it is black. */
static void scroll_page(u8 page, u8 col)
{
    u8 attr = 0;

    if (page != BDA->page)
        return;
    if (mode_now()->kind == TEXT)
        attr = (u8)(painter_now()->get(page, BDA->rows, col) >> 8);
    scroll(1, 1, attr, 0, 0, BDA->rows, (u8)(BDA->columns - 1));
}

static void put_here(u8 page, u8 row, u8 col, u8 chr, u8 attr, u8 with_attr)
{
    if (!with_attr && mode_now()->kind == TEXT)
        attr = (u8)(painter_now()->get(page, row, col) >> 8);
    cell_put(page, row, col, chr, attr);
}

/* with_attr 0: text cells keep their attribute (in graphics attr is the colour anyway). */
void tty_write(u8 page, u8 chr, u8 attr, u8 with_attr)
{
    u8 row = (u8)(BDA->cursor[page] >> 8), col = (u8)BDA->cursor[page];

    if (chr == 7) {
        bell();
        return;
    }
    if (chr == '\b')
        col = col ? (u8)(col - 1) : 0;
    else if (chr == '\r')
        col = 0;
    else if (chr == '\n')
        row++;
    else {
        put_here(page, row, col, chr, attr, with_attr);
        col++;
    }
    if (col >= BDA->columns) {
        col = 0;
        row++;
    }
    if (row > BDA->rows) {
        scroll_page(page, col);
        row = BDA->rows;
    }
    cursor_move(page, (u16)(row << 8 | col));
}

void fn_teletype(frame *r)
{
    tty_write(BDA->page, r->al, r->bl, 0);
}

/* AL bit 0: the cursor follows; bit 1: each character has its attribute behind it. */
void fn_string(frame *r)
{
    u8 page = r->bh & 7, attr = r->bl;
    u16 at = r->bp, back = BDA->cursor[page];

    if (r->al > 3)
        return;
    cursor_move(page, r->dx);
    for (u16 left = r->cx; left; left--) {
        u8 chr = far_read8(r->es, at++);
        if (r->al & 2)
            attr = far_read8(r->es, at++);
        tty_write(page, chr, attr, 1);
    }
    if (!(r->al & 1))
        cursor_move(page, back);
}
