/* SPDX-License-Identifier: MIT */
/* The POST of the VGA: vectors, BIOS data, and the first picture: mode 3. */
#include "vga.h"

enum { ADAPTER_ENABLE = 0x46e8 };

static void hardware_wake(void)
{
    out8(VGA_ENABLE, 1);
    out8(ADAPTER_ENABLE, 0x0e);
    out8(MISC_WRITE, 0x67); /* colour addresses, memory on */
    out8(DAC_MASK, 0xff);
}

/* INT 42h keeps what answered INT 10h before, unless that was we. */
static void vectors_set(void)
{
    u16 seg = vector_seg(0x10), off = vector_off(0x10), here = code_seg();

    if (seg == here || (seg == 0 && off == 0))
        vector_set(0x42, here, OFF(int42_none));
    else
        vector_set(0x42, seg, off);
    vector_set(0x10, here, OFF(int10_entry));
    vector_set(0x1d, here, OFF(crtc_6845_table));
    vector_set(0x1f, here, OFF(font8 + 128 * 8));
    vector_set(0x43, here, OFF(font16));
}

/* A colour screen of 80 columns, 400 lines, an enhanced display's switches; cursor emulation on. */
static void data_reset(void)
{
    BDA->equipment = (BDA->equipment & ~0x30) | 0x20;
    BDA->control = CONTROL_256K;
    BDA->switches = 0xf9;
    BDA->options = OPTION_ACTIVE | OPTION_400;
    BDA->display = 0x0b;
    BDA->save_table_off = OFF(save_table);
    BDA->save_table_seg = code_seg();
}

void vga_post(void)
{
    hardware_wake();
    vectors_set();
    data_reset();
    vbe_post();
    mode_set(3);
}
