/* SPDX-License-Identifier: MIT */
/* BIOS functions by name. */
#include "demo.h"

enum { CARRY = 1 };

int bios(u8 number, struct regs *r)
{
    r->es = r->es ? r->es : SEGMENT;
    r->ds = r->ds ? r->ds : SEGMENT;
    bios_call(number, r);
    return !(r->flags & CARRY);
}

u16 key_get(void)
{
    struct regs r = {.ax = 0x0100};
    enum { ZERO = 0x40 };

    bios(0x16, &r);
    if (r.flags & ZERO)
        return 0;
    r.ax = 0;
    bios(0x16, &r);
    return r.ax;
}

void mode_set(u16 mode)
{
    struct regs r = {.ax = mode};

    bios(0x10, &r);
}

/* Straight into the DAC, in the retrace, where no dot shows it. */
void palette_set(u8 first, const u8 (*rgb)[3], u16 count)
{
    out8(0x3c8, first);
    for (u16 i = 0; i < count; i++)
        for (u8 gun = 0; gun < 3; gun++)
            out8(0x3c9, rgb[i][gun]);
}

void cursor_hide(void)
{
    struct regs r = {.ax = 0x0100, .cx = 0x2000};

    bios(0x10, &r);
}
