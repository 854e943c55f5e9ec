/* SPDX-License-Identifier: MIT */
/* Cells of a text page, and what works on cells in every mode: put, scroll, functions 06h-0Ah. */
#include "vga.h"

static u16 text_seg(void)
{
    return mode_now()->segment;
}

static u16 cell_offset(u16 page_start, u8 row, u8 col)
{
    return (u16)(page_start + (row * BDA->columns + col) * 2);
}

static void text_copy_row(u8 to, u8 from, u8 left, u8 width)
{
    far_copy8(text_seg(), cell_offset(BDA->page_start, to, left), text_seg(),
              cell_offset(BDA->page_start, from, left), (u16)(width * 2));
}

static void text_clear_row(u8 row, u8 left, u8 width, u8 attr)
{
    far_fill16(text_seg(), cell_offset(BDA->page_start, row, left), (u16)(attr << 8 | ' '), width);
}

static void text_put(u8 page, u8 row, u8 col, u16 char_attr)
{
    far_write16(text_seg(), cell_offset((u16)(page * BDA->page_size), row, col), char_attr);
}

static u16 text_get(u8 page, u8 row, u8 col)
{
    return far_read16(text_seg(), cell_offset((u16)(page * BDA->page_size), row, col));
}

static void text_put_pixel(u8 page, u16 x, u16 y, u8 color)
{
    (void)page, (void)x, (void)y, (void)color;
}

static u8 text_get_pixel(u8 page, u16 x, u16 y)
{
    (void)page, (void)x, (void)y;
    return 0;
}

const struct painter text_painter = {text_copy_row, text_clear_row, text_put,
                                     text_get,      text_put_pixel, text_get_pixel};

const struct painter *painter_now(void)
{
    static const struct painter *const painters[] = {&text_painter, &cga_painter, &planar_painter,
                                                     &linear_painter};
    return painters[mode_now()->kind];
}

void cell_put(u8 page, u8 row, u8 col, u8 chr, u8 attr)
{
    painter_now()->put(page, row, col, (u16)(attr << 8 | chr));
}

/* lines 0, or more than the window has: clears it. The corners belong to the window. */
void scroll(u8 up, u8 lines, u8 attr, u8 top, u8 left, u8 bottom, u8 right)
{
    const struct painter *painter = painter_now();
    u8 height, width;

    if (bottom > BDA->rows)
        bottom = BDA->rows;
    if (right >= BDA->columns)
        right = (u8)(BDA->columns - 1);
    if (top > bottom || left > right)
        return;
    height = (u8)(bottom - top + 1);
    width = (u8)(right - left + 1);
    if (lines == 0 || lines > height)
        lines = height;
    for (u8 i = 0; i < height; i++) {
        u8 row = up ? (u8)(top + i) : (u8)(bottom - i);
        if (i < height - lines)
            painter->copy_row(row, up ? (u8)(row + lines) : (u8)(row - lines), left, width);
        else
            painter->clear_row(row, left, width, attr);
    }
}

void fn_scroll_up(frame *r)
{
    scroll(1, r->al, r->bh, r->ch, r->cl, r->dh, r->dl);
}

void fn_scroll_down(frame *r)
{
    scroll(0, r->al, r->bh, r->ch, r->cl, r->dh, r->dl);
}

static u8 page_checked(u8 page)
{
    return page & 7;
}

void fn_char_read(frame *r)
{
    u8 page = page_checked(r->bh);
    u16 position = BDA->cursor[page];

    r->ax = painter_now()->get(page, (u8)(position >> 8), (u8)position);
}

/* count times from the cursor on, which stays; runs on into the next rows. */
static void cells_put(u8 page, u16 count, u8 chr, u8 attr, u8 with_attr)
{
    const struct painter *painter = painter_now();
    u8 row = (u8)(BDA->cursor[page] >> 8), col = (u8)BDA->cursor[page];

    while (count-- && (row <= BDA->rows || mode_now()->kind == TEXT)) {
        if (!with_attr)
            attr = (u8)(painter->get(page, row, col) >> 8);
        painter->put(page, row, col, (u16)(attr << 8 | chr));
        if (++col >= BDA->columns) {
            col = 0;
            row++;
        }
    }
}

void fn_char_attr(frame *r)
{
    cells_put(page_checked(r->bh), r->cx, r->al, r->bl, 1);
}

/* In graphics BL is the colour; in text the cells keep theirs. */
void fn_char(frame *r)
{
    cells_put(page_checked(r->bh), r->cx, r->al, r->bl, mode_now()->kind != TEXT);
}
