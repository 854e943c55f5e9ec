/* SPDX-License-Identifier: MIT */
/* The 8042: commands, bytes to the keyboard, and the A20 gate. */
#include "bda.h"

#define DATA   0x60
#define STATUS 0x64
#define OBF    0x01
#define IBF    0x02

#define TRIES  0x8000u

static bool can_write(void)
{
    u32 n;

    for (n = TRIES; n && in8(STATUS) & IBF; n--)
        ;
    return n;
}

bool kbc_command(u8 command)
{
    if (!can_write())
        return false;
    out8(STATUS, command);
    return can_write();
}

bool kbc_data(u8 data)
{
    if (!can_write())
        return false;
    out8(DATA, data);
    return can_write();
}

/* Takes the next byte, whoever it is from. */
bool kbc_read(u8 *data, u16 ms)
{
    struct limit l;

    limit_start(&l, ms);
    while (!(in8(STATUS) & OBF))
        if (limit_over(&l))
            return false;
    *data = in8(DATA);
    return true;
}

void kbc_flush(void)
{
    u8 n;

    for (n = 64; n && in8(STATUS) & OBF; n--)
        in8(DATA);
}

/* A byte for the keyboard, until it is acknowledged; other bytes on the way are dropped. */
static bool keyboard_send(u8 byte)
{
    u8 answer, n;

    kbc_data(byte);
    for (n = 8; n && kbc_read(&answer, 25); n--)
        if (answer == 0xfa)
            return true;
    return false;
}

/*
 * Self-test, then both interfaces off while the keyboard goes to its defaults. The keyboard's own
 * reset takes most of a second and tests nothing here: F6h gives the same state.
 */
void kbc_init(void)
{
    u8 answer = 0;

    kbc_flush();
    kbc_command(0xaa);
    if (!kbc_read(&answer, 100) || answer != 0x55)
        text_print(TEXT("The keyboard controller does not pass its self-test.\n"));
    kbc_command(0x60);
    kbc_data(0x74); /* translate, tested, keyboard and mouse clocks off, no interrupts */
    kbc_flush();
    kbc_command(0xae);
    if (!keyboard_send(0xf6))
        text_print(TEXT("No keyboard answers.\n"));
    keyboard_send(0xed);
    keyboard_send(0x00);
    keyboard_send(0xf4);
    BDA->key_flags = 0x10; /* 101 keys */
    BDA->led_flags = 0;
}

/* FFFF:0010 is 0:0 while the gate is closed; tried with interrupts off. */
bool a20_open(void)
{
    u16 low, flags;
    bool open;

    __asm__ volatile("pushfw\n\tpopw %0\n\tcli" : "=r"(flags)::"memory");
    low = far_get16(0, 0);
    open = far_get16(0xffff, 0x10) != low;
    if (!open) {
        far_put16(0, 0, (u16)~low);
        open = far_get16(0xffff, 0x10) == low;
        far_put16(0, 0, low);
    }
    if (flags & FLAG_IF)
        irq_on();
    return open;
}

/* Through the controller's output port: port 92h is not virtualised by Windows 3.x. */
bool a20_set(bool open)
{
    if (a20_open() == open)
        return true;
    kbc_command(0xd1);
    kbc_data(open ? 0xdf : 0xdd);
    kbc_command(0xff); /* no pulse: waits until the controller has done the above */
    return a20_open() == open;
}
