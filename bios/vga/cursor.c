/* SPDX-License-Identifier: MIT */
/* The text cursor, and which page is seen. Functions 01h-05h. */
#include "vga.h"

static void crtc_write16(u8 index, u16 value)
{
    reg_write(BDA->crtc, index, (u8)(value >> 8));
    reg_write(BDA->crtc, (u8)(index + 1), (u8)value);
}

/* Programs think of a cell of 8 lines (7 the last one); the shape they mean is drawn in the
   real cell: a line near the bottom stays there, one at the top stays, half and full blocks
   remain what they are. */
static u16 shape_emulated(u8 start, u8 end, u8 height)
{
    u8 last = (u8)(height - 1);
    u8 base = height > 8 ? (u8)(height - 2) : last; /* where an underline ends */

    if (end < start)
        return (u16)(end << 8 | last); /* what wrapped around becomes one block */
    if (end - start > 2)
        return (u16)((start > 2 ? height / 2 : start) << 8 | last);
    if (start <= 3 || end >= height)
        return (u16)(start << 8 | (end > last ? last : end));
    return (u16)((base - (end - start)) << 8 | base);
}

/* type: first line in the high byte with bits 5 and 6 (off, on a 6845), last line in the low. */
void cursor_shape(u16 type)
{
    u8 start = (u8)(type >> 8) & 0x3f, end = (u8)type & 0x1f, height = (u8)BDA->char_height;

    BDA->cursor_type = type;
    if (type & 0x6000)
        start = (start & 0x1f) | 0x20;
    else if (!(BDA->control & CONTROL_NO_EMULATION) && mode_now()->kind == TEXT && height >= 8) {
        u16 shape = shape_emulated(start, end, height);
        start = (u8)(shape >> 8);
        end = (u8)shape;
    }
    reg_write(BDA->crtc, 0x0a, start);
    reg_write(BDA->crtc, 0x0b, end);
}

static void cursor_show(void)
{
    u16 at = BDA->cursor[BDA->page];

    crtc_write16(0x0e, (u16)(BDA->page_start / 2 + (at >> 8) * BDA->columns + (at & 0xff)));
}

void cursor_move(u8 page, u16 position)
{
    BDA->cursor[page] = position;
    if (page == BDA->page && mode_now()->kind == TEXT)
        cursor_show();
}

/* The CRTC counts words in text and bytes in the planar modes; a CGA has but one page. */
void page_show(u8 page)
{
    const struct mode *mode = mode_now();

    if (mode->kind != TEXT && mode->kind != PLANAR)
        return;
    BDA->page = page;
    BDA->page_start = (u16)(page * BDA->page_size);
    crtc_write16(0x0c, mode->kind == TEXT ? BDA->page_start / 2 : BDA->page_start);
    if (mode->kind == TEXT)
        cursor_show();
}

void fn_cursor_type(frame *r)
{
    cursor_shape(r->cx);
}

void fn_cursor_set(frame *r)
{
    cursor_move(r->bh & 7, r->dx);
}

void fn_cursor_get(frame *r)
{
    r->cx = BDA->cursor_type;
    r->dx = BDA->cursor[r->bh & 7];
}

/* There is no light pen, and AH says so. */
void fn_light_pen(frame *r)
{
    r->ah = 0;
}

void fn_page(frame *r)
{
    page_show(r->al & 7);
}
