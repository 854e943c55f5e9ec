/* SPDX-License-Identifier: MIT */
/* What the BIOS leaves on a board with PCI; without it there is nothing to look at. */
#include "test.h"

#define CONFADD  0xcf8
#define CONFDATA 0xcfc
#define ENABLE   0x80000000u

enum { HOST = 0x0000, BRIDGE = 0x0800, POWER = 0x0b00 }; /* bus and function, and the register */

static void out32(u16 port, u32 value)
{
    __asm__ volatile("outl %0, %w1" ::"a"(value), "d"(port));
}

static u32 in32(u16 port)
{
    u32 value;

    __asm__ volatile("inl %w1, %0" : "=a"(value) : "d"(port));
    return value;
}

int pci_here(void)
{
    out32(CONFADD, ENABLE);
    return in32(CONFADD) == ENABLE;
}

static u32 config(u16 reg)
{
    out32(CONFADD, ENABLE | (reg & 0xfffcu));
    return in32(CONFDATA);
}

/* --- addresses and interrupts --- */

static void test_bases(u16 function)
{
    u32 bar, command = config(function | 0x04);

    for (u16 at = 0x10; at < 0x28; at += 4) {
        bar = config(function | at);
        if (bar & 1)
            CHECK(bar >= 0xc000 && bar < 0x10000 && command & 1);
        else if (bar)
            CHECK(bar >= 0xe0000000 && bar < 0xfec00000 && command & 2);
    }
}

static void test_functions(void)
{
    for (u16 n = 0; n < 256; n++) {
        u16 function = (u16)(n << 8);
        u32 line = config(function | 0x3c);

        if (config(function) == 0xffffffff)
            continue;
        test_bases(function);
        if (line >> 8 & 0xff && function != POWER)
            CHECK((u8)line == (u8)(config(BRIDGE | 0x60) >> ((n >> 3) + (u8)(line >> 8) + 2) % 4 * 8));
    }
}

static void test_routing(void)
{
    CHECK(config(BRIDGE | 0x60) == 0x0a0b0a0b);
    CHECK(in8(0x4d0) == 0 && in8(0x4d1) == 0x0e);
}

static void test_power(void)
{
    CHECK((config(POWER | 0x3c) & 0xff) == 9);
    CHECK(config(POWER | 0x40) == 0xb001 && config(POWER | 0x90) == 0xb101);
    CHECK(in8(0xb004) == 1); /* ACPI mode, and no sleep */
}

/* --- the BIOS in RAM --- */

/* Its segment is RAM that cannot be written, and nothing else from C8000h is there. */
static void test_shadow(void)
{
    u16 was = peek16(0xf000, 0);

    CHECK(config(HOST | 0x58) >> 8 == 0x10 && config(HOST | 0x5c) == 0);
    poke16(0xf000, 0, (u16)~was);
    CHECK(peek16(0xf000, 0) == was);
    CHECK(peek16(0xe000, 0) == 0xffff);
}

void test_board(void)
{
    if (!pci_here())
        return;
    test_functions();
    test_routing();
    test_power();
    test_shadow();
}
