/* SPDX-License-Identifier: MIT */
/* Time that does not depend on the processor: the BIOS tick refined by counter 0 of the 8254. */
#include "demo.h"

enum { PIT_0 = 0x40, PIT_CONTROL = 0x43, PIC = 0x20, STATUS1 = 0x3da, RETRACE = 8 };

static u32 last, started, last_frame;

/* Counts of this tick that have passed. In mode 3 the counter falls twice by steps of two. */
static u16 tick_part(void)
{
    u8 status;
    u16 count;

    out8(PIT_CONTROL, 0xc2); /* read-back: status and count of counter 0 */
    status = in8(PIT_0);
    count = in8(PIT_0);
    count |= (u16)(in8(PIT_0) << 8);
    if ((status & 0x06) == 0x06)
        return (u16)((u16)(0 - count) / 2 + (status & 0x80 ? 0 : 0x8000));
    return (u16)(0 - count);
}

u32 clock_now(void)
{
    u32 now;
    u16 part;
    u8 pending;

    __asm__ volatile("cli");
    part = tick_part();
    out8(PIC, 0x0a); /* is a tick waiting to be counted? */
    pending = in8(PIC) & 1;
    now = (u32)peek16(0x40, 0x6c) + (pending && part < 0x8000);
    __asm__ volatile("sti");
    now = now << 16 | part;
    if ((s32)(now - last) > 0 || last - now > 0x20000)
        last = now;
    return last;
}

void clock_idle(void)
{
    __asm__ volatile("sti\n\thlt");
}

void frame_wait(void)
{
    u32 tries = 200000;

    while (tries && (in8(STATUS1) & RETRACE))
        tries--;
    while (tries && !(in8(STATUS1) & RETRACE))
        tries--;
    while (clock_now() - last_frame < CLOCK_HZ / 75)
        ;
    last_frame = last;
}

void anim_start(void)
{
    started = last_frame = clock_now();
}

u32 anim_time(void)
{
    return (clock_now() - started) >> 12;
}
