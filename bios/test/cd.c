/* SPDX-License-Identifier: MIT */
/*
 * INT 13h and a CD, if there is one, which then has an image from IMAGE on: each of its 512-byte
 * sectors begins with its number, in decimal, and as a hard disk it has CYLINDERS, HEADS, SPT.
 */
#include "test.h"

#define CD        0xe0
#define IMAGE     32
#define CYLINDERS 10
#define HEADS     4
#define SPT       17

/* Where the CD is: bit 1 the controller, bit 0 the drive on it. */
static u8 cd_place;

/* What DS:SI points to. */
static u8 *const at_si = (u8 *)0xf000;

static u16 number_at(u16 at)
{
    u16 n = 0;

    for (; peek8(SEGMENT_BUFFER, at) >= '0'; at++)
        n = (u16)(n * 10 + peek8(SEGMENT_BUFFER, at) - '0');
    return n;
}

/* --- the CD itself --- */

static u32 capacity(void)
{
    *(u16 *)at_si = 0x42;
    s.r.esi = (u16)(u32)at_si;
    CHECK(disk(0x4800, 0, 0, CD, 0) == 0);
    CHECK(*(u16 *)at_si == 0x1a && *(u16 *)(at_si + 24) == 2048);
    return *(u32 *)(at_si + 16);
}

static void test_sectors(void)
{
    u32 total = capacity();

    drive = CD;
    CHECK(packet(0x42, IMAGE + 1, 2, 0xf800) == 0);
    CHECK(number_at(0xf800) == 4 && number_at(0xfe00) == 7);
    CHECK(peek8(SEGMENT_BUFFER + 0x1000, 0) == '8'); /* no wrap */
    CHECK(packet(0x42, total - 1, 1, 0) == 0);
    CHECK(packet(0x42, total, 1, 0) == 4 && packet(0x42, total - 1, 2, 0) == 4);
    CHECK(*(u16 *)(at_si + 2) == 0);
    CHECK(packet(0x44, 0, 100, 0) == 0 && packet(0x44, total, 1, 0) == 4);
    CHECK(packet(0x42, 0, 128, 0) == 1 && packet(0x42, 0, 0, 0) == 0);
    CHECK(packet(0x43, IMAGE, 1, 0) == 3 && packet(0x47, IMAGE, 0, 0) == 0);
    CHECK(disk(0x0201, 0, 1, CD, 0) == 1 && disk(0x0100, 0, 1, CD, 0) == 1);
    CHECK(disk(0x1000, 0, 0, CD, 0) == 0 && disk(0x0000, 0, 0, CD, 0) == 0);
    CHECK(packet(0x42, IMAGE, 1, 0) == 0 && number_at(512) == 1); /* after the reset */
    CHECK(disk(0x4100, 0, 0, CD + 1, 0) == 1);
}

static u8 locked(u8 al, u8 status)
{
    CHECK(disk(0x4500 | al, 0, 0, CD, 0) == status);
    return s.r.al;
}

/* START STOP UNIT, by the registers. */
static void close_tray(void)
{
    static const u16 packet[] = {0x1b, 0, 3, 0, 0, 0};
    u16 port = cd_place & 2 ? 0x170 : 0x1f0;

    out8(port + 6, (u8)(0xa0 | (cd_place & 1) << 4));
    out8(port + 7, 0xa0);
    while ((in8(port + 7) & 0x88) != 0x08)
        ;
    for (u8 i = 0; i < ARRAY_SIZE(packet); i++)
        out16(port, packet[i]);
    while (in8(port + 7) & 0x88)
        ;
}

static void test_door(void)
{
    drive = CD;
    CHECK(disk(0x4900, 0, 0, CD, 0) == 0);
    CHECK(locked(2, 0) == 0 && locked(1, 0xb0) == 0 && locked(3, 1) == 3);
    CHECK(locked(0, 0) == 1 && locked(0, 0) == 1 && locked(1, 0) == 1 && locked(2, 0) == 1);
    CHECK(disk(0x4600, 0, 0, CD, 0) == 0xb1 && packet(0x42, IMAGE, 1, 0) == 0);
    CHECK(locked(1, 0) == 0 && disk(0x4601, 0, 0, CD, 0) == 1);
    for (u16 i = 0; i < 255; i++)
        CHECK(locked(0, 0) == 1);
    CHECK(locked(0, 0xb4) == 1 && disk(0x0000, 0, 0, CD, 0) == 0);
    for (u16 i = 0; i < 255; i++)
        CHECK(locked(1, 0) == (i < 254));
    CHECK(disk(0x4600, 0, 0, CD, 0) == 0 && packet(0x42, IMAGE, 1, 0) == 0x31);
    CHECK(disk(0x4900, 0, 0, CD, 0) == 0x31);
    close_tray();
    CHECK(packet(0x42, IMAGE, 1, 0) == 0 && number_at(512) == 1);
    CHECK(disk(0x4900, 0, 0, CD, 0) == 6 && disk(0x4900, 0, 0, CD, 0) == 0);
}

/* Of 4100h, the emulation and the reset an empty drive makes no difference. */
static void test_empty(void)
{
    drive = CD;
    CHECK(packet(0x42, 16, 1, 0) == 0x31 && *(u16 *)(at_si + 2) == 0);
    CHECK(packet(0x44, 16, 1, 0) == 0x31 && packet(0x47, 16, 1, 0) == 0x31);
    CHECK(disk(0x4800, 0, 0, CD, 0) == 0x31 && disk(0x1000, 0, 0, CD, 0) == 0x31);
    CHECK(disk(0x0000, 0, 0, CD, 0) == 0 && disk(0x0d00, 0, 0, CD, 0) == 0);
}

/* --- the disks it stands in for --- */

static u8 specification(u16 ax, u8 dl)
{
    s.r.esi = (u16)(u32)at_si;
    return disk(ax, 0, 0, dl, 0);
}

/* The one CD is found by trying all places. */
static u8 emulate(u8 media, u8 number)
{
    u8 there = 0;

    for (u8 place = 0; place < 4; place++) {
        for (u8 i = 0; i < 19; i++)
            at_si[i] = 0;
        at_si[0] = 19;
        at_si[1] = media;
        at_si[2] = number;
        at_si[3] = place >> 1;
        at_si[4] = IMAGE;
        at_si[8] = place & 1;
        if (specification(0x4a00, 0) == 0) {
            there++;
            cd_place = place;
        }
    }
    return there;
}

static void end_emulation(u8 media, u8 number)
{
    CHECK(specification(0x4b01, number ^ 1) == 1);
    CHECK(specification(0x4b01, number) == 0 && at_si[1] == media && at_si[2] == number);
    CHECK(at_si[0] == 19 && at_si[4] == IMAGE);
    CHECK(specification(0x4b00, 0x7f) == 0 && specification(0x4b01, number) == 1);
}

static void test_diskette(u8 media, u8 type, u8 spt)
{
    u16 diskettes = bda16(0x10) & 0xc1;

    CHECK(emulate(media, 0) == 1);
    CHECK((bda16(0x10) & 0xc1) == 0x41);
    CHECK(disk(0x0201, 0, 0x4f00 | spt, 0x0100, 0) == 0 && number_at(0) == 160 * spt - 1);
    CHECK(disk(0x0204, 0, 0x0100 | (spt - 1), 0x0000, 0) == 0 && number_at(1024) == 3 * spt);
    CHECK(disk(0x0404, 0, 0x0101, 0, 0) == 0 && s.r.al == 4);
    CHECK(disk(0x0201, 0, spt + 1, 0, 0) == 4 && disk(0x0201, 0, 0x5001, 0, 0) == 4);
    CHECK(disk(0x0202, 0, 0x4f00 | spt, 0x0100, 0) == 4 && disk(0x0200, 0, 1, 0, 0) == 1);
    CHECK(disk(0x0301, 0, 1, 0, 0) == 3 && bda8(0x41) == 3 && disk(0x0100, 0, 0, 0, 0) == 3);
    CHECK(disk(0x1600, 0, 0, 0, 0) == 0 && disk(0x4100, 0x55aa, 0, 0, 0) == 1);
    CALL(0x13, 0x0800, 0, 0, 0, AX | BX | CX | DX | DI | ES);
    CHECK(!carry() && s.r.bx == type && s.r.cx == (0x4f00 | spt) && s.r.dx == 0x0102);
    CHECK(s.r.es == 0xf000 && peek8(0xf000, (u16)(s.r.edi + 4)) == spt);
    CHECK(disk(0x0201, 0, 1, 1, 0) == 0 && peek16(SEGMENT_BUFFER, 510) == 0xaa55);
    CALL(0x13, 0x0800, 0, 0, 1, AX | BX | CX | DX | DI | ES);
    CHECK(!carry() && s.r.bx == 4 && s.r.dx == 0x0102);
    end_emulation(media, 0);
    CHECK((bda16(0x10) & 0xc1) == diskettes);
    CHECK(disk(0x0201, 0, 1, 0, 0) == 0 && peek16(SEGMENT_BUFFER, 510) == 0xaa55);
}

static void test_hard_disk(void)
{
    u8 disks = bda8(0x75);
    struct strict first;

    CALL(0x13, 0x0800, 0, 0, 0x80, AX | CX | DX);
    first = s;
    CHECK(emulate(4, 0x80) == 1 && bda8(0x75) == disks + 1);
    CALL(0x13, 0x0800, 0, 0, 0x80, AX | CX | DX);
    CHECK(!carry() && s.r.cx == ((CYLINDERS - 1) << 8 | SPT) &&
          s.r.dx == ((HEADS - 1) << 8 | (disks + 1)));
    CHECK(disk(0x0201, 0, (CYLINDERS - 1) << 8 | SPT, (HEADS - 1) << 8 | 0x80, 0) == 0);
    CHECK(number_at(0) == CYLINDERS * HEADS * SPT - 1);
    CHECK(disk(0x0201, 0, CYLINDERS << 8 | 1, 0x80, 0) == 4 && disk(0x0301, 0, 1, 0x80, 0) == 3);
    CALL(0x13, 0x1500, 0, 0, 0x80, AX | CX | DX);
    CHECK(!carry() && s.r.ah == 3 && s.r.cx == 0 && s.r.dx == CYLINDERS * HEADS * SPT);
    drive = 0x80;
    CHECK(packet(0x42, 5, 3, 0) == 0 && number_at(0) == 5 && number_at(1024) == 7);
    CHECK(packet(0x42, CYLINDERS * HEADS * SPT, 1, 0) == 1 && packet(0x43, 1, 1, 0) == 3);
    CHECK(packet(0x44, 5, 3, 0) == 0 && packet(0x47, 5, 0, 0) == 0);
    CALL(0x13, 0x0800, 0, 0, 0x81, AX | CX | DX);
    CHECK(s.r.cx == first.r.cx && s.r.dh == first.r.dh && s.r.dl == disks + 1);
    CHECK(disk(0x0201, 0, 1, 0x81 + disks, 0) == 1);
    end_emulation(4, 0x80);
    CHECK(bda8(0x75) == disks);
    CALL(0x13, 0x0800, 0, 0, 0x80, AX | CX | DX);
    CHECK(s.r.cx == first.r.cx && s.r.dx == first.r.dx);
}

const char *cd_found;

static const char *find_cd(void)
{
    CALL(0x13, 0x4100, 0x55aa, 0, CD, AX | BX | CX);
    if (carry())
        return "none";
    CHECK(s.r.bx == 0xaa55 && s.r.cx == 3);
    return disk(0x1000, 0, 0, CD, 0) == 0x31 ? "empty" : "a disc";
}

void test_cd(void)
{
    CHECK(specification(0x4b01, 0x7f) == 1);
    cd_found = find_cd();
    if (cd_found[0] == 'n')
        CHECK(emulate(2, 0) == 0);
    if (cd_found[0] == 'e')
        test_empty();
    if (cd_found[0] != 'a')
        return;
    test_sectors();
    test_diskette(1, 2, 15);
    test_diskette(2, 4, 18);
    test_diskette(3, 5, 36);
    test_hard_disk();
    CHECK(emulate(0, CD) == 1);
    end_emulation(0, CD);
    CHECK(emulate(5, 0) == 0);
    test_door();
}
