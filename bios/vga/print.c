/* SPDX-License-Identifier: MIT */
/* Print screen for any number of rows and columns: what INT 10h AH=12h BL=20h puts at INT 5. */
#include "vga.h"

enum { STATUS_SEG = 0x50, READY = 0, BUSY = 1, FAILED = 0xff };

/* INT 17h AH=0 on LPT1: 0 if it took the byte; time-out, I/O error, no paper refuse it. */
static u8 printer_put(u8 chr)
{
    u16 ax = chr;

    __asm__ volatile("int $0x17" : "+a"(ax) : "d"(0) : "memory", "cc");
    return (u8)(ax >> 8) & 0x29;
}

static u8 line_end(void)
{
    return printer_put('\r') | printer_put('\n');
}

static u8 row_print(u8 row)
{
    for (u8 col = 0; col < BDA->columns; col++) {
        u8 chr = (u8)painter_now()->get(BDA->page, row, col);
        if (printer_put(chr ? chr : ' '))
            return 1;
    }
    return line_end();
}

void print_screen(frame *r)
{
    u8 failed;

    (void)r;
    if (far_read8(STATUS_SEG, 0) == BUSY)
        return;
    far_write8(STATUS_SEG, 0, BUSY);
    failed = line_end();
    for (u8 row = 0; row <= BDA->rows && !failed; row++)
        failed = row_print(row);
    far_write8(STATUS_SEG, 0, failed ? FAILED : READY);
}
