/* SPDX-License-Identifier: MIT */
/* Interrupt vectors, and the save pointer tables that 40:A8 leads to. */
#include "vga.h"

u16 vector_off(u8 number)
{
    return far_read16(0, (u16)(number * 4));
}

u16 vector_seg(u8 number)
{
    return far_read16(0, (u16)(number * 4 + 2));
}

void vector_set(u8 number, u16 seg, u16 off)
{
    far_write16(0, (u16)(number * 4), off);
    far_write16(0, (u16)(number * 4 + 2), seg);
}

static u32 far_pointer(u16 seg, u16 off)
{
    return (u32)far_read16(seg, (u16)(off + 2)) << 16 | far_read16(seg, off);
}

/* Primary table: 0 parameters, 1 dynamic save area, 2 text font, 3 graphics font, 4 secondary. */
u32 save_pointer(u8 n)
{
    if (!BDA->save_table_off && !BDA->save_table_seg)
        return 0;
    return far_pointer(BDA->save_table_seg, (u16)(BDA->save_table_off + n * 4));
}

/* Secondary table, after its length word: 0 display combinations, 1 second font, 2 palette. */
u32 save_pointer2(u8 n)
{
    u32 table = save_pointer(4);

    if (!table)
        return 0;
    return far_pointer((u16)(table >> 16), (u16)(table + 2 + n * 4));
}
