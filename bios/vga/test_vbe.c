/* SPDX-License-Identifier: MIT */
/* INT 10h AH=4Fh against the VBE 3.0 standard and what the display does. */
#include "test.h"

enum { ENABLED = 1, LINEAR = 0x4000, KEEP = 0x8000, GOOD = 0x004f };

static u8 block[512];

static u16 at16(u16 off)
{
    return (u16)(block[off] | block[off + 1] << 8);
}

static void vbe(u16 ax, u16 bx, u16 cx, u16 dx)
{
    r.es = SEGMENT;
    r.edi = (u16)(u32)block;
    video(ax, bx, cx, dx);
    r.es = 0;
}

static void test_information(void)
{
    u16 list, count = 0, seen = 0, n;

    block[0] = 'V', block[1] = 'B', block[2] = 'E', block[3] = '2';
    vbe(0x4f00, 0, 0, 0);
    CHECK(r.ax == GOOD && block[0] == 'V' && block[1] == 'E' && block[2] == 'S' && block[3] == 'A');
    CHECK(at16(4) == 0x0300 && at16(18) == 128 && at16(20) != 0);
    list = at16(14);
    while ((n = peek16(at16(16), (u16)(list + 2 * count))) != 0xffff && count < 200) {
        seen += n == 0x101 || n == 0x118 || n == 0x147;
        count++;
    }
    CHECK(seen == 3 && count >= 30);
    vbe(0x4f77, 0, 0, 0);
    CHECK(r.ax == 0x0177);
}

static void test_mode(void)
{
    u16 linear;

    vbe(0x4f01, 0, 0x117, 0);
    linear = at16(0) & 0x80 ? LINEAR : 0;
    CHECK(r.ax == GOOD && (at16(0) & ~0x80) == 0x3b && at16(16) == 2048 &&
          at16(18) == 1024 && at16(20) == 768);
    CHECK(block[25] == 16 && block[27] == 6 && block[31] == 5 && block[32] == 11 && block[33] == 6);
    CHECK((at16(42) != 0) == (linear != 0) && at16(50) == 2048 && at16(8) == 0xa000);
    vbe(0x4f01, 0, 0x1ee, 0);
    CHECK(r.ax == 0x014f);
    vbe(0x4f02, 0x1ee, 0, 0);
    CHECK(r.ax == 0x014f);
    vbe(0x4f02, 0x101, 0, 0);
    CHECK(r.ax == GOOD);
    vbe(0x4f03, 0, 0, 0);
    CHECK(r.ax == GOOD && r.bx == 0x101);
    vbe(0x4f02, 0x112 | linear | KEEP, 0, 0);
    vbe(0x4f03, 0, 0, 0);
    CHECK(r.ax == GOOD && r.bx == (0x112 | linear | KEEP));
    vbe(0x4f05, 0, 0, 1);
    CHECK(r.ax == (linear ? 0x034f : GOOD)); /* no banks there */
    vbe(0x4f02, 3, 0, 0);
    vbe(0x4f03, 0, 0, 0);
    CHECK(r.ax == GOOD && r.bx == 3);
    CHECK(peek16(0xb800, 0) == 0x0720);
}

static void test_banks(void)
{
    vbe(0x4f02, 0x101, 0, 0);
    CHECK(peek8(0xa000, 0) == 0);
    poke16(0xa000, 0x100, 0x1234);
    vbe(0x4f05, 0, 0, 2);
    CHECK(r.ax == GOOD && peek16(0xa000, 0x100) == 0);
    vbe(0x4f05, 0x0100, 0, 0);
    CHECK(r.ax == GOOD && r.dx == 2);
    vbe(0x4f05, 0, 0, 0);
    CHECK(peek16(0xa000, 0x100) == 0x1234);
    vbe(0x4f05, 0, 0, 0x4000);
    CHECK(r.ax == 0x014f);
}

static void test_lines(void)
{
    vbe(0x4f06, 0, 800, 0);
    CHECK(r.ax == GOOD && r.bx == 800 && r.cx == 800 && r.dx > 480);
    vbe(0x4f06, 1, 0, 0);
    CHECK(r.bx == 800 && r.cx == 800);
    vbe(0x4f06, 2, 1001, 0);
    CHECK(r.bx == 1001);
    vbe(0x4f07, 0, 100, 50);
    CHECK(r.ax == GOOD);
    vbe(0x4f07, 0x80, 101, 51);
    CHECK(r.ax == GOOD);
    vbe(0x4f07, 1, 0, 0);
    CHECK(r.cx == 101 && r.dx == 51);
    vbe(0x4f07, 0, 2000, 0);
    CHECK(r.ax == 0x014f);
}

static void test_colours(void)
{
    vbe(0x4f08, 1, 0, 0);
    CHECK(r.ax == GOOD && r.bx >> 8 == 6);
    vbe(0x4f08, 0x0800, 0, 0);
    CHECK(r.ax == GOOD && r.bx >> 8 == 8);
    block[0] = 0x11, block[1] = 0x82, block[2] = 0xf3;
    vbe(0x4f09, 0, 1, 200);
    CHECK(r.ax == GOOD);
    block[0] = block[1] = block[2] = 0;
    vbe(0x4f09, 1, 1, 200);
    CHECK(r.ax == GOOD && block[0] == 0x11 && block[1] == 0x82 && block[2] == 0xf3);
    vbe(0x4f09, 0, 2, 255);
    CHECK(r.ax == 0x014f);
}

static void test_saved(void)
{
    u16 blocks;

    vbe(0x4f04, 0, 8, 0);
    blocks = (u16)r.ebx;
    CHECK(r.ax == GOOD && blocks == 1);
    r.ebx = (u16)(u32)block;
    vbe(0x4f04, (u16)(u32)block, 8, 1);
    CHECK(r.ax == GOOD);
    vbe(0x4f02, 0x115, 0, 0);
    vbe(0x4f04, (u16)(u32)block, 8, 2);
    vbe(0x4f03, 0, 0, 0);
    CHECK((r.bx & 0x1ff) == 0x101);
    vbe(0x4f07, 1, 0, 0);
    CHECK(r.cx == 101 && r.dx == 51);
    vbe(0x4f0a, 0, 0, 0);
    CHECK(r.ax == GOOD && r.cx > 60 && r.cx < 400);
}

void test_vbe(void)
{
    test_information();
    test_mode();
    test_banks();
    test_lines();
    test_colours();
    test_saved();
    vbe(0x4f02, 3, 0, 0);
}
