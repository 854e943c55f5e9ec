/* SPDX-License-Identifier: MIT */
/* Captions in graphics modes: dots of the ROM's 8x8 font, put by the page's own pixel routine. */
#include "demo.h"

static u16 font_seg, font_off;

/* INT 10h 1130h: where the 8x8 font is. */
void graph_font(void)
{
    struct regs r = {.ax = 0x1130, .bx = 0x0300};

    bios(0x10, &r);
    font_seg = r.es;
    font_off = (u16)r.ebp;
}

static void graph_char(put_pixel *put, u16 x, u16 y, u8 chr, u8 color, u8 scale)
{
    for (u8 row = 0; row < 8 * scale; row++) {
        u8 bits = peek8(font_seg, (u16)(font_off + chr * 8 + row / scale));
        for (u8 col = 0; col < 8 * scale; col++)
            if (bits & (0x80 >> (col / scale)))
                put((u16)(x + col), (u16)(y + row), color);
    }
}

void graph_text_big(put_pixel *put, u16 x, u16 y, const char *text, u8 color, u8 scale)
{
    for (; *text; text++, x = (u16)(x + 8 * scale))
        graph_char(put, x, y, (u8)*text, color, scale);
}

void graph_text(put_pixel *put, u16 x, u16 y, const char *text, u8 color)
{
    graph_text_big(put, x, y, text, color, 1);
}
