/* SPDX-License-Identifier: MIT */
/*
 * A boot disk that tries every function of INT 10h and reads back what came of it: registers, BIOS
 * data, video memory, ports. It prints how many checks passed, and the lines of those that did not.
 * Built by "make OUT=dir test", with the boot sector and the BIOS call of ../demo.
 */
#include "test.h"

void demo_main(void);

static u16 passed, failed;
static struct {
    const char *file;
    u16 line;
} failures[8];

void check(int good, const char *file, u16 line)
{
    if (good)
        passed++;
    else if (failed < ARRAY_SIZE(failures)) {
        failures[failed].file = file;
        failures[failed++].line = line;
    }
}

struct regs r;

void video(u16 ax, u16 bx, u16 cx, u16 dx)
{
    r.eax = ax;
    r.ebx = bx;
    r.ecx = cx;
    r.edx = dx;
    bios(0x10, &r);
}

static u8 bda8(u16 off)
{
    return peek8(0x40, off);
}

static u16 bda16(u16 off)
{
    return peek16(0x40, off);
}

static u8 reg(u16 port, u8 index)
{
    out8(port, index);
    return in8((u16)(port + 1));
}

static u8 attr_reg(u8 index)
{
    u8 value;

    in8(0x3da);
    out8(0x3c0, index);
    value = in8(0x3c1);
    in8(0x3da);
    out8(0x3c0, 0x20);
    return value;
}

/* --- text --- */

static void test_modes(void)
{
    static const struct {
        u8 mode, columns, rows, height, misc, segment_b0;
    } text[] = {{0, 40, 24, 16, 0x67, 0},
                {1, 40, 24, 16, 0x67, 0},
                {2, 80, 24, 16, 0x67, 0},
                {3, 80, 24, 16, 0x67, 0},
                {7, 80, 24, 16, 0x66, 1}};

    for (u8 i = 0; i < ARRAY_SIZE(text); i++) {
        video(text[i].mode, 0, 0, 0);
        video(0x0f00, 0, 0, 0);
        CHECK(r.al == text[i].mode && r.ah == text[i].columns && r.bh == 0);
        CHECK(bda8(0x84) == text[i].rows && bda16(0x85) == text[i].height);
        CHECK(bda16(0x63) == (text[i].segment_b0 ? 0x3b4 : 0x3d4));
        CHECK(in8(0x3cc) == text[i].misc);
        CHECK(peek16(text[i].segment_b0 ? 0xb000 : 0xb800, 0x100) == 0x0720);
        CHECK((bda16(0x10) & 0x30) == (text[i].segment_b0 ? 0x30 : 0x20));
    }
    video(0x3f, 0, 0, 0);
    CHECK(bda8(0x49) == 7); /* no such mode: nothing has changed */
    video(3, 0, 0, 0);
}

static void test_keep(void)
{
    poke16(0xb800, 0x200, 0x1e41);
    video(0x83, 0, 0, 0);
    video(0x0f00, 0, 0, 0);
    CHECK(r.al == 0x83 && peek16(0xb800, 0x200) == 0x1e41);
    video(3, 0, 0, 0);
    CHECK(peek16(0xb800, 0x200) == 0x0720);
}

static void test_cursor(void)
{
    video(0x0300, 0, 0, 0);
    CHECK(r.cx == 0x0607 && reg(0x3d4, 10) == 13 && reg(0x3d4, 11) == 14);
    video(0x0100, 0, 0x0007, 0);
    CHECK(reg(0x3d4, 10) == 0 && reg(0x3d4, 11) == 15);
    video(0x0100, 0, 0x0407, 0);
    CHECK(reg(0x3d4, 10) == 8 && reg(0x3d4, 11) == 15);
    video(0x0100, 0, 0x2000, 0);
    CHECK(reg(0x3d4, 10) & 0x20);
    video(0x1201, 0x0034, 0, 0); /* no emulation: as it was asked */
    CHECK(r.al == 0x12);
    video(0x0100, 0, 0x0203, 0);
    CHECK(reg(0x3d4, 10) == 2 && reg(0x3d4, 11) == 3);
    video(0x1200, 0x0034, 0, 0);
    video(0x0100, 0, 0x0607, 0);
    video(0x0200, 0x0200, 0, 0x0c22);
    video(0x0300, 0x0200, 0, 0);
    CHECK(r.dx == 0x0c22 && bda16(0x54) == 0x0c22);
    video(0x0200, 0x0000, 0, 0x0b05);
    CHECK((reg(0x3d4, 14) << 8 | reg(0x3d4, 15)) == 11 * 80 + 5);
    video(0x0400, 0, 0, 0);
    CHECK(r.ah == 0);
}

static void test_pages(void)
{
    video(0x0502, 0, 0, 0);
    CHECK(bda8(0x62) == 2 && bda16(0x4e) == 0x2000 && reg(0x3d4, 12) == 0x10);
    video(0x0200, 0x0200, 0, 0x0102);
    CHECK((reg(0x3d4, 14) << 8 | reg(0x3d4, 15)) == 0x1000 + 82);
    video(0x095a, 0x021e, 3, 0);
    CHECK(peek16(0xb800, 0x2000 + 164) == 0x1e5a && peek16(0xb800, 0x2000 + 168) == 0x1e5a);
    CHECK(peek16(0xb800, 0x2000 + 170) == 0x0720);
    video(0x0a59, 0x0200, 1, 0);
    CHECK(peek16(0xb800, 0x2000 + 164) == 0x1e59);
    video(0x0800, 0x0200, 0, 0);
    CHECK(r.ax == 0x1e59);
    video(0x0500, 0, 0, 0);
}

static void test_scroll(void)
{
    for (u16 row = 0; row < 25; row++)
        for (u16 col = 0; col < 80; col++)
            poke16(0xb800, (u16)((row * 80 + col) * 2), (u16)(0x700 + row * 8 + (col & 7)));
    video(0x0602, 0x4f00, 0x0203, 0x0a0c);
    CHECK(peek16(0xb800, (2 * 80 + 3) * 2) == 0x700 + 4 * 8 + 3);
    CHECK(peek16(0xb800, (8 * 80 + 12) * 2) == 0x700 + 10 * 8 + 4);
    CHECK(peek16(0xb800, (9 * 80 + 3) * 2) == 0x4f20 &&
          peek16(0xb800, (10 * 80 + 12) * 2) == 0x4f20);
    CHECK(peek16(0xb800, (10 * 80 + 13) * 2) == 0x700 + 10 * 8 + 5);
    CHECK(peek16(0xb800, (2 * 80 + 2) * 2) == 0x700 + 2 * 8 + 2);
    video(0x0701, 0x2000, 0x0c00, 0x0f4f);
    CHECK(peek16(0xb800, 12 * 160) == 0x2020 && peek16(0xb800, 13 * 160) == 0x700 + 12 * 8);
    CHECK(peek16(0xb800, 15 * 160) == 0x700 + 14 * 8 && peek16(0xb800, 16 * 160) == 0x700 + 16 * 8);
    video(0x0600, 0x1700, 0x0000, 0x184f);
    CHECK(peek16(0xb800, 0) == 0x1720 && peek16(0xb800, 24 * 160 + 158) == 0x1720);
}

static void test_teletype(void)
{
    video(0x0200, 0, 0, 0x184f);
    poke16(0xb800, 24 * 160, 0x2e41);
    video(0x0e42, 0, 0, 0);
    video(0x0300, 0, 0, 0);
    CHECK(r.dx == 0x1800 && peek16(0xb800, 23 * 160 + 158) == 0x1742);
    CHECK(peek16(0xb800, 23 * 160) == 0x2e41);
    video(0x0e43, 0, 0, 0);
    video(0x0e08, 0, 0, 0);
    video(0x0e08, 0, 0, 0);
    video(0x0300, 0, 0, 0);
    CHECK(r.dx == 0x1800);
    video(0x0e43, 0, 0, 0);
    video(0x0e0d, 0, 0, 0);
    video(0x0300, 0, 0, 0);
    CHECK(r.dx == 0x1800);
    video(0x0e0a, 0, 0, 0);
    CHECK((u8)peek16(0xb800, 23 * 160) == 0x43);
}

static void test_string(void)
{
    static const char plain[] = "ab", with[] = "c\x1f"
                                               "d\x2f";

    video(3, 0, 0, 0);
    r.ebp = (u32)plain;
    video(0x1300, 0x001e, 2, 0x0304);
    CHECK(peek16(0xb800, (3 * 80 + 4) * 2) == 0x1e61 && peek16(0xb800, (3 * 80 + 5) * 2) == 0x1e62);
    CHECK(bda16(0x50) == 0);
    r.ebp = (u32)with;
    video(0x1303, 0, 2, 0x0506);
    CHECK(peek16(0xb800, (5 * 80 + 6) * 2) == 0x1f63 && peek16(0xb800, (5 * 80 + 7) * 2) == 0x2f64);
    CHECK(bda16(0x50) == 0x0508);
    r.ebp = 0;
}

/* --- palette --- */

static void test_attributes(void)
{
    static u8 list[17];

    video(0x1000, 0x2503, 0, 0);
    CHECK(attr_reg(3) == 0x25);
    video(0x1007, 0x0003, 0, 0);
    CHECK(r.bh == 0x25);
    video(0x1001, 0x0900, 0, 0);
    video(0x1008, 0, 0, 0);
    CHECK(r.bh == 9 && attr_reg(17) == 9);
    video(0x1009, 0, 0, (u16)(u32)list);
    CHECK(list[3] == 0x25 && list[16] == 9 && list[15] == 0x3f && list[6] == 0x14);
    list[3] = 3;
    list[16] = 0;
    video(0x1002, 0, 0, (u16)(u32)list);
    CHECK(attr_reg(3) == 3 && attr_reg(17) == 0);
    video(0x1003, 0, 0, 0);
    CHECK(!(attr_reg(16) & 8));
    video(0x1003, 1, 0, 0);
    CHECK(attr_reg(16) & 8);
    CHECK(bda8(0x65) == 0x29);
}

/* Some emulated VGAs have no mask register; asked for with ports alone. */
static void test_mask(void)
{
    out8(0x3c6, 0x5f);
    if (in8(0x3c6) != 0x5f)
        return;
    video(0x1018, 0x7f, 0, 0);
    video(0x1019, 0, 0, 0);
    CHECK(r.bl == 0x7f && in8(0x3c6) == 0x7f);
    video(0x1018, 0xff, 0, 0);
    CHECK(in8(0x3c6) == 0xff);
}

static void test_dac(void)
{
    static u8 list[6] = {1, 2, 3, 61, 62, 63}, back[6];

    video(0x1010, 70, 0x1122, 0x3300);
    video(0x1015, 70, 0, 0);
    CHECK(r.dh == 0x33 && r.ch == 0x11 && r.cl == 0x22);
    video(0x1012, 100, 2, (u16)(u32)list);
    video(0x1017, 100, 2, (u16)(u32)back);
    for (u8 i = 0; i < 6; i++)
        CHECK(back[i] == list[i]);
    test_mask();
    video(0x1010, 70, 0x0000, 0x3f00);
    video(0x101b, 70, 1, 0);
    video(0x1015, 70, 0, 0);
    CHECK(r.dh == 19 && r.ch == 19 && r.cl == 19);
    video(0x1013, 0x0100, 0, 0);
    video(0x1013, 0x0501, 0, 0);
    video(0x101a, 0, 0, 0);
    CHECK(r.bl == 1 && r.bh == 5);
    video(0x1013, 0x0001, 0, 0);
    video(0x1013, 0x0000, 0, 0);
    video(0x101a, 0, 0, 0);
    CHECK(r.bl == 0 && r.bh == 0);
}

static void check_color(u8 index, u8 red, u8 green, u8 blue)
{
    video(0x1015, index, 0, 0);
    CHECK(r.dh == red && r.ch == green && r.cl == blue);
}

static void test_colors(void)
{
    video(3, 0, 0, 0);
    check_color(0x14, 42, 21, 0); /* brown */
    check_color(0x3f, 63, 63, 63);
    check_color(0x01, 0, 0, 42);
    video(0x0d, 0, 0, 0);
    check_color(0x06, 42, 21, 0);
    check_color(0x11, 21, 21, 63);
    video(0x13, 0, 0, 0);
    check_color(6, 42, 21, 0);
    check_color(15, 63, 63, 63);
    check_color(0x20, 0, 0, 63);
    check_color(0x28, 63, 0, 0);
    check_color(0x2c, 63, 63, 0);
    check_color(0x30, 0, 63, 0);
    check_color(0x37, 0, 16, 63);
    check_color(0xf7, 11, 12, 16);
    check_color(0xff, 0, 0, 0);
    video(4, 0, 0, 0);
    video(0x0b00, 0x0100, 0, 0);
    CHECK(attr_reg(1) == 0x02 || attr_reg(1) == 0x12);
    video(0x0b00, 0x0101, 0, 0);
    CHECK((attr_reg(1) & 7) == 3 && (attr_reg(2) & 7) == 5 && (attr_reg(3) & 7) == 7);
    video(0x0b00, 0x0004, 0, 0);
    CHECK(attr_reg(0) == 4 && attr_reg(17) == 4 && (bda8(0x66) & 31) == 4);
    video(3, 0, 0, 0);
}

/* --- fonts --- */

static void test_fonts(void)
{
    static u8 shapes[2 * 10] = {0xaa, 0x55};

    video(0x1130, 0x0600, 0, 0);
    CHECK(r.cx == 16 && r.dl == 24 && r.es == 0xc000);
    CHECK(peek8(0xc000, (u16)(r.ebp + 0xdb * 16)) == 0xff && peek8(0xc000, (u16)r.ebp) == 0);
    r.es = 0;
    video(0x1130, 0x0200, 0, 0);
    CHECK(peek8(0xc000, (u16)(r.ebp + 0xdb * 14 + 13)) == 0xff);
    r.es = 0;
    video(0x1130, 0x0500, 0, 0);
    CHECK(peek8(r.es, (u16)r.ebp) == 0);
    r.es = 0;
    video(0x1112, 0, 0, 0);
    CHECK(bda8(0x84) == 49 && bda16(0x85) == 8 && bda16(0x4c) == 0x2000);
    CHECK((reg(0x3d4, 9) & 31) == 7 && reg(0x3d4, 18) == 0x8f);
    CHECK(reg(0x3d4, 10) == 6 && reg(0x3d4, 11) == 7);
    video(0x1111, 0, 0, 0);
    CHECK(bda8(0x84) == 27 && bda16(0x85) == 14);
    r.ebp = (u32)shapes;
    video(0x1110, 0x0a00, 2, 0x41);
    CHECK(bda8(0x84) == 39 && bda16(0x85) == 10 && reg(0x3d4, 18) == 0x8f);
    video(0x1103, 0x0004, 0, 0);
    CHECK(reg(0x3c4, 3) == 4);
    video(0x1103, 0, 0, 0);
    video(0x1114, 0, 0, 0);
    CHECK(bda8(0x84) == 24 && (reg(0x3d4, 9) & 31) == 15);
    CHECK(reg(0x3ce, 6) == 0x0e && reg(0x3ce, 5) == 0x10 && reg(0x3c4, 2) == 3 &&
          reg(0x3c4, 4) == 2);
    r.ebp = 0;
}

static void test_graphics_fonts(void)
{
    static u8 shapes[256 * 2];

    video(0x13, 0, 0, 0);
    video(0x1130, 0x0300, 0, 0);
    CHECK(peek16(0, 0x43 * 4) == (u16)r.ebp && peek16(0, 0x43 * 4 + 2) == 0xc000 && r.cx == 8);
    CHECK(peek16(0, 0x1f * 4) == (u16)(r.ebp + 1024));
    r.es = 0;
    video(0x1124, 0x0002, 0, 0);
    CHECK(bda16(0x85) == 16 && bda8(0x84) == 24);
    r.ebp = (u32)shapes;
    video(0x1121, 0x0000, 2, 30);
    CHECK(bda16(0x85) == 2 && bda8(0x84) == 29 && peek16(0, 0x43 * 4) == (u16)(u32)shapes);
    video(0x1120, 0, 0, 0);
    CHECK(peek16(0, 0x1f * 4) == (u16)(u32)shapes && peek16(0, 0x1f * 4 + 2) == SEGMENT);
    r.ebp = 0;
    video(3, 0, 0, 0);
}

/* --- graphics --- */

/* mode, the colour asked for and the one read back, the height of characters, segment B800h? */
static const struct {
    u8 mode, color, got, xored;
} graphics[] = {
    {0x04, 2, 2, 3}, {0x05, 3, 3, 2}, {0x06, 1, 1, 0}, {0x0d, 12, 12, 13}, {0x0e, 7, 7, 6},
    {0x0f, 5, 5, 4}, {0x10, 9, 9, 8}, {0x11, 1, 1, 0}, {0x12, 14, 14, 15}, {0x13, 200, 200, 0x81},
};

static void test_pixels(u8 i)
{
    video((u16)(0x0c00 | graphics[i].color), 0, 101, 55);
    video(0x0d00, 0, 101, 55);
    CHECK(r.al == graphics[i].got);
    video(0x0d00, 0, 102, 55);
    CHECK(r.al == 0);
    video(0x0d00, 0, 100, 55);
    CHECK(r.al == 0);
    video(0x0c81, 0, 101, 55);
    video(0x0d00, 0, 101, 55);
    CHECK(r.al == graphics[i].xored);
}

static void test_characters(u8 i)
{
    static const u8 chars[] = {'A', 'z', 0x9c, 0xe1, ' '};

    for (u8 j = 0; j < ARRAY_SIZE(chars); j++) {
        video(0x0200, 0, 0, (u16)(0x0300 + j));
        video((u16)(0x0900 | chars[j]), graphics[i].mode == 0x13 ? 40 : graphics[i].color, 1, 0);
        video(0x0800, 0, 0, 0);
        CHECK(r.al == chars[j] || (chars[j] == ' ' && r.al == 0));
    }
    video(0x0601, 0, 0x0200, 0x0414); /* one row up */
    video(0x0200, 0, 0, 0x0200);
    video(0x0800, 0, 0, 0);
    CHECK(r.al == 'A');
    video(0x0701, 0, 0x0200, 0x0414);
    video(0x0200, 0, 0, 0x0301);
    video(0x0800, 0, 0, 0);
    CHECK(r.al == 'z');
    video(0x0e51, graphics[i].color, 0, 0);
    video(0x0200, 0, 0, 0x0301);
    video(0x0800, 0, 0, 0);
    CHECK(r.al == 'Q');
    CHECK(bda16(0x50) == 0x0301);
}

static void test_graphics(void)
{
    for (u8 i = 0; i < ARRAY_SIZE(graphics); i++) {
        video(graphics[i].mode, 0, 0, 0);
        CHECK(bda8(0x49) == graphics[i].mode);
        test_pixels(i);
        test_characters(i);
    }
    video(0x0d, 0, 0, 0);
    video(0x0c0a, 0x0100, 33, 44); /* page 1, 2000h bytes on */
    video(0x0d00, 0x0100, 33, 44);
    CHECK(r.al == 10);
    video(0x0d00, 0x0000, 33, 44);
    CHECK(r.al == 0);
    video(0x0501, 0, 0, 0);
    CHECK(reg(0x3d4, 12) == 0x20 && reg(0x3d4, 13) == 0);
    video(3, 0, 0, 0);
}

/* --- selects, information, state --- */

static void test_selects(void)
{
    video(0x1200, 0x0010, 0, 0);
    CHECK(r.bx == 0x0003 && r.cl == 9);
    video(0x1200, 0x0030, 0, 0);
    CHECK(r.al == 0x12);
    video(3, 0, 0, 0);
    CHECK(bda16(0x85) == 8 && reg(0x3d4, 9) == 0xc7 && (bda8(0x89) & 0x90) == 0x80);
    video(0x1201, 0x0030, 0, 0);
    video(3, 0, 0, 0);
    CHECK(bda16(0x85) == 14 && in8(0x3cc) == 0xa3);
    video(0x1202, 0x0030, 0, 0);
    video(3, 0, 0, 0);
    CHECK(bda16(0x85) == 16);
    video(0x1201, 0x0031, 0, 0);
    video(0x1010, 1, 0x0a0b, 0x0c00);
    video(3, 0, 0, 0);
    check_color(1, 12, 10, 11);
    video(0x1200, 0x0031, 0, 0);
    video(3, 0, 0, 0);
    check_color(1, 0, 0, 42);
    video(0x1200, 0x0033, 0, 0);
    video(3, 0, 0, 0);
    check_color(4, 13, 13, 13);
    video(0x1201, 0x0033, 0, 0);
    video(0x1201, 0x0036, 0, 0);
    CHECK(r.al == 0x12 && (reg(0x3c4, 1) & 0x20));
    video(0x1200, 0x0036, 0, 0);
    CHECK(!(reg(0x3c4, 1) & 0x20));
    video(3, 0, 0, 0);
}

static void test_information(void)
{
    static u8 table[64];
    u16 seg, off;

    video(0x1a00, 0, 0, 0);
    CHECK(r.al == 0x1a && r.bx == 0x0008);
    video(0x1a01, 0x0007, 0, 0);
    video(0x1a00, 0, 0, 0);
    CHECK(r.al == 0x1a && r.bx == 0x0007);
    video(0x1a01, 0x0008, 0, 0);
    r.edi = (u32)table;
    video(0x1b00, 0, 0, 0);
    CHECK(r.al == 0x1b && table[4] == 3 && table[5] == 80 && table[0x22] == 24 &&
          table[0x23] == 16);
    CHECK(table[0x25] == 8 && table[0x27] == 16 && table[0x29] == 8 && table[0x2a] == 2);
    CHECK((table[0x2d] & 0x31) == 0x31 && table[0x31] == 3 && table[0x32] == 0x20);
    off = (u16)(table[0] | table[1] << 8);
    seg = (u16)(table[2] | table[3] << 8);
    CHECK(seg == 0xc000 && peek8(seg, off) == 0xff && peek8(seg, (u16)(off + 7)) == 7);
    video(0x1b00, 1, 0, 0);
    CHECK(r.al == 0);
}

static void test_state(void)
{
    static u8 saved[1024];

    video(0x1c00, 0, 7, 0);
    CHECK(r.al == 0x1c && r.bx == 16);
    video(0x1112, 0, 0, 0);
    video(0x0200, 0, 0, 0x1e10);
    video(0x1010, 5, 0x0708, 0x0900);
    r.ebx = (u32)saved;
    video(0x1c01, (u16)(u32)saved, 7, 0);
    video(0x13, 0, 0, 0);
    video(0x1c02, (u16)(u32)saved, 7, 0);
    CHECK(bda8(0x49) == 3 && bda8(0x84) == 49 && bda16(0x50) == 0x1e10);
    CHECK((reg(0x3d4, 9) & 31) == 7 && reg(0x3d4, 0x13) == 40 && in8(0x3cc) == 0x67);
    CHECK(reg(0x3ce, 6) == 0x0e && reg(0x3c4, 4) == 2 && attr_reg(16) == 12);
    check_color(5, 9, 7, 8);
    video(3, 0, 0, 0);
}

static void test_registers(void)
{
    r.esi = 0x89abcdef;
    r.edi = 0x12345678;
    r.ebp = 0xfedcba98;
    r.eax = 0x5555092a;
    r.ebx = 0x66660007;
    r.ecx = 0x77770001;
    r.edx = 0x88881234;
    r.es = 0x9876;
    bios(0x10, &r);
    CHECK(r.esi == 0x89abcdef && r.edi == 0x12345678 && r.ebp == 0xfedcba98 && r.es == 0x9876);
    CHECK(r.eax == 0x5555092a && r.ebx == 0x66660007 && r.ecx == 0x77770001 && r.edx == 0x88881234);
    r.es = 0;
    r.esi = r.edi = r.ebp = 0;
}

/* 40:A8 to a table of ours: the palette is mirrored, our 8x8 font is the one of mode 3. */
static void test_save_table(void)
{
    static u16 table[14];
    static u8 mirror[256];
    static u16 font[7];
    u16 off = bda16(0xa8), seg = bda16(0xaa);

    for (u8 i = 0; i < 14; i++)
        table[i] = i == 0 ? peek16(seg, off) : i == 1 ? peek16(seg, (u16)(off + 2)) : 0;
    table[2] = (u16)(u32)mirror;
    table[3] = SEGMENT;
    table[4] = (u16)(u32)font;
    table[5] = SEGMENT;
    video(0x1130, 0x0300, 0, 0);
    font[0] = 8; /* height 8, block 0 */
    font[1] = 256;
    font[2] = 0;
    font[3] = (u16)r.ebp;
    font[4] = r.es;
    font[5] = 0x03ff; /* as many rows as fit; mode 3 */
    font[6] = 0xffff;
    r.es = 0;
    r.ebp = 0;
    poke16(0x40, 0xa8, (u16)(u32)table);
    poke16(0x40, 0xaa, SEGMENT);
    video(3, 0, 0, 0);
    CHECK(bda8(0x84) == 49 && bda16(0x85) == 8);
    CHECK(mirror[6] == 0x14 && mirror[15] == 0x3f);
    video(0x1000, 0x2a02, 0, 0);
    CHECK(mirror[2] == 0x2a);
    poke16(0x40, 0xa8, off);
    poke16(0x40, 0xaa, seg);
    video(3, 0, 0, 0);
    CHECK(bda8(0x84) == 24);
}

static void print(const char *text)
{
    for (; *text; text++)
        video((u16)(0x0e00 | (u8)*text), 7, 0, 0);
}

static void print_number(u16 value)
{
    if (value >= 10)
        print_number(value / 10);
    video((u16)(0x0e00 | ('0' + value % 10)), 7, 0, 0);
}

void demo_main(void)
{
    static void (*const tests[])(void) = {
        test_modes,    test_keep,           test_cursor,     test_pages,   test_scroll,
        test_teletype, test_string,         test_attributes, test_dac,     test_colors,
        test_fonts,    test_graphics_fonts, test_graphics,   test_selects, test_information,
        test_state,    test_registers,      test_save_table, test_vbe,
    };
    for (u8 i = 0; i < ARRAY_SIZE(tests); i++)
        tests[i]();
    video(3, 0, 0, 0);
    for (u8 i = 0; i < failed; i++) {
        print("failed at ");
        print(failures[i].file);
        print(":");
        print_number(failures[i].line);
        print("\r\n");
    }
    print("INT 10h: ");
    print_number(passed);
    print(failed ? " others passed" : " checks, all passed");
    for (;;)
        __asm__ volatile("hlt");
}
