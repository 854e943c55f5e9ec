/* SPDX-License-Identifier: MIT */
/* Indexed registers: index port, then data; the attribute controller with its flip-flop. */
#include "vga.h"

u8 reg_read(u16 port, u8 index)
{
    out8(port, index);
    return in8((u16)(port + 1));
}

void reg_write(u16 port, u8 index, u8 value)
{
    out8(port, index);
    out8((u16)(port + 1), value);
}

/* Index bit 5 clear gives the palette to the CPU and blanks the screen; attr_screen_on ends it. */
u8 attr_read(u8 index)
{
    u8 value;

    in8(STATUS1);
    out8(ATTR, index);
    value = in8(ATTR_READ);
    attr_screen_on();
    return value;
}

void attr_write(u8 index, u8 value)
{
    in8(STATUS1);
    out8(ATTR, index);
    out8(ATTR, value);
}

void attr_screen_on(void)
{
    in8(STATUS1);
    out8(ATTR, 0x20);
}

/* Clocking mode bit 5: the screen dark and all memory cycles for the CPU. */
void screen_enable(u8 on)
{
    u8 clocking = reg_read(SEQ, 1) & ~0x20;

    reg_write(SEQ, 1, on ? clocking : clocking | 0x20);
}
