/* SPDX-License-Identifier: MIT */
/* INT 13h: the diskette in A:, and every hard disk. */
#include "test.h"

/* --- diskettes --- */

u8 disk(u16 ax, u16 bx, u16 cx, u16 dx, u16 results)
{
    s.r.es = SEGMENT_BUFFER;
    CALL(0x13, ax, bx, cx, dx, results | AX);
    CHECK(s.r.flags & IF && stack_used < 100);
    CHECK(carry() == (s.r.ah != 0));
    return s.r.ah;
}

static void fill(u16 at, u16 seed, u16 bytes)
{
    for (u16 i = 0; i < bytes; i += 2)
        poke16(SEGMENT_BUFFER, at + i, (u16)(seed + i * 13));
}

static int filled(u16 at, u16 seed, u16 bytes)
{
    for (u16 i = 0; i < bytes; i += 2)
        if (peek16(SEGMENT_BUFFER, at + i) != (u16)(seed + i * 13))
            return 0;
    return 1;
}

static void test_floppy(void)
{
    CHECK(disk(0x0000, 0, 0, 0, 0) == 0);
    CHECK(disk(0x0201, 0, 1, 0, 0) == 0 && s.r.al == 1);
    CHECK(peek16(SEGMENT_BUFFER, 510) == 0xaa55 && bda8(0x41) == 0);
    fill(0, 0x1111, 0x1800);
    CHECK(disk(0x030c, 0, 0x4f03, 0x0100, 0) == 0 && s.r.al == 12);
    CHECK(disk(0x040c, 0, 0x4f03, 0x0100, 0) == 0);
    fill(0x4000, 0, 0x1800);
    if_in = 0;
    CHECK(disk(0x020c, 0x4000, 0x4f03, 0x0100, 0) == 0 && filled(0x4000, 0x1111, 0x1800));
    if_in = IF;
    CHECK(disk(0x0202, 0xfe00, 1, 0, 0) == 9);
    CHECK(disk(0x0100, 0, 0, 0, 0) == 9 && s.r.al == 9);
    CHECK(disk(0x0201, 0, 0x0013, 0, 0) == 4);
    CHECK(disk(0x0200, 0, 1, 0, 0) == 1);
    CHECK(disk(0x7700, 0, 1, 0, 0) == 1);
    CHECK(disk(0x0201, 0, 1, 2, 0) != 0);
    CHECK((bda8(0x90) & 0xd0) == 0x10);
}

static void test_floppy_functions(void)
{
    CALL(0x13, 0x0800, 0, 0, 0, AX | BX | CX | DX | DI | ES);
    CHECK(!carry() && s.r.bl == 4 && s.r.cx == 0x4f12 && s.r.dh == 1 &&
          s.r.dl == (bda8(0x10) >> 6) + 1);
    CHECK(s.r.es == 0xf000 && peek8(s.r.es, (u16)s.r.edi + 4) == 18);
    CHECK(peek8(s.r.es, (u16)s.r.edi + 11) == 79);
    s.r.es = SEGMENT;
    CALL(0x13, 0x1500, 0, 0, 0, AX);
    CHECK(!carry() && s.r.ah == 2);
    CHECK(disk(0x1600, 0, 0, 0, 0) == 0);
    CALL(0x13, 0x1800, 0, 0x4f09, 0, AX | DI | ES);
    CHECK(!carry() && s.r.es == 0xf000 && peek8(s.r.es, (u16)s.r.edi + 4) == 9);
    CALL(0x13, 0x1800, 0, 0x4f12, 0, AX | DI | ES);
    CHECK(!carry() && peek8(s.r.es, (u16)s.r.edi + 4) == 18);
    s.r.es = SEGMENT;
    CHECK(disk(0x1800, 0, 0x2705, 0, 0) == 0x0c);
    CHECK(disk(0x0201, 0, 1, 0, 0) == 0);
}

/* INT 1Eh says that a track ends after 9 sectors: the read goes on at the other head. */
static void test_floppy_table(void)
{
    u32 old = peek32(0, 0x1e * 4);

    fill(0, 0x2222, 512);
    CHECK(disk(0x0301, 0, 0x4e01, 0x0100, 0) == 0);
    for (u8 i = 0; i < 11; i++)
        poke8(0x50, i, peek8((u16)(old >> 16), (u16)(old + i)));
    poke8(0x50, 4, 9);
    poke16(0, 0x1e * 4, 0);
    poke16(0, 0x1e * 4 + 2, 0x50);
    CHECK(disk(0x0202, 0x1000, 0x4e09, 0x0000, 0) == 0 && filled(0x1200, 0x2222, 512));
    poke16(0, 0x1e * 4, (u16)old);
    poke16(0, 0x1e * 4 + 2, (u16)(old >> 16));
}

static void test_format(void)
{
    for (u16 i = 0; i < 18; i++) {
        poke16(SEGMENT_BUFFER, i * 4, 0x004d);
        poke16(SEGMENT_BUFFER, i * 4 + 2, (u16)(0x0200 | (i + 1)));
    }
    CALL(0x13, 0x1800, 0, 0x4f12, 0, AX | DI | ES);
    CHECK(disk(0x0512, 0, 0x4d00, 0x0000, 0) == 0);
    CHECK(disk(0x0212, 0x1000, 0x4d01, 0x0000, 0) == 0);
    CHECK(peek16(SEGMENT_BUFFER, 0x1000) == 0xf6f6 && peek16(SEGMENT_BUFFER, 0x33fe) == 0xf6f6);
}

/* --- hard disk --- */

u8 drive;
static u16 cylinders, heads, spt;
static u32 total;

u8 packet(u8 function, u32 lba, u16 count, u16 at)
{
    poke16(0x50, 0x40, 0x10);
    poke16(0x50, 0x42, count);
    poke16(0x50, 0x44, at);
    poke16(0x50, 0x46, SEGMENT_BUFFER);
    poke16(0x50, 0x48, (u16)lba);
    poke16(0x50, 0x4a, (u16)(lba >> 16));
    poke16(0x50, 0x4c, 0);
    poke16(0x50, 0x4e, 0);
    for (u8 i = 0; i < 16; i++) /* DS is our segment in each call */
        ((u8 *)0xf000)[i] = peek8(0x50, 0x40 + i);
    s.r.esi = 0xf000;
    return disk((u16)(function << 8), 0, 0, drive, 0);
}

static void test_parameters(void)
{
    u16 table;

    CALL(0x13, 0x0800, 0, 0, drive, AX | CX | DX);
    CHECK(!carry() && s.r.ah == 0 && s.r.dl == bda8(0x75));
    cylinders = (u16)((s.r.cl & 0xc0) << 2 | s.r.ch) + 1;
    heads = s.r.dh + 1;
    spt = s.r.cl & 63;
    CALL(0x13, 0x1500, 0, 0, drive, AX | CX | DX);
    CHECK(!carry() && s.r.ah == 3);
    CHECK(((u32)s.r.cx << 16 | s.r.dx) == (u32)cylinders * heads * spt);
    CALL(0x13, 0x4100, 0x55aa, 0, drive, AX | BX | CX);
    CHECK(!carry() && s.r.bx == 0xaa55 && s.r.cx & 1);
    ((u16 *)0xf000)[0] = 0x42;
    s.r.esi = 0xf000;
    CHECK(disk(0x4800, 0, 0, drive, 0) == 0);
    total = ((u32 *)0xf000)[4];
    CHECK(((u16 *)0xf000)[0] == 0x42 && ((u16 *)0xf000)[12] == 512);
    CHECK(total >= (u32)cylinders * heads * spt);
    CHECK(peek16(((u16 *)0xf000)[14], ((u16 *)0xf000)[13]) == (drive < 0x82 ? 0x1f0 : 0x170));
    CHECK(((u16 *)0xf000)[15] == 0xbedd);
    if (drive > 0x81)
        return;
    table = drive == 0x80 ? 0x104 : 0x118;
    CHECK(peek16(peek16(0, table + 2), peek16(0, table)) == (u16)((u32 *)0xf000)[1]);
    CHECK(peek8(peek16(0, table + 2), peek16(0, table) + 2) == ((u32 *)0xf000)[2]);
    CHECK(peek8(peek16(0, table + 2), peek16(0, table) + 14) == ((u32 *)0xf000)[3]);
}

static u32 lba_of(u16 c, u16 h, u16 n)
{
    return ((u32)c * heads + h) * spt + n - 1;
}

static void test_sectors(void)
{
    u16 c = cylinders - 1, h = heads - 1, cx = (u16)(c << 8 | (c >> 2 & 0xc0) | spt);
    u16 dx = (u16)(h << 8 | drive);

    fill(0, 0x3333, 512);
    CHECK(disk(0x0301, 0, cx, dx, 0) == 0 && s.r.al == 1 &&
          in8(drive < 0x82 ? 0x1f7 : 0x177) == 0x50);
    fill(0, 0, 512);
    CHECK(packet(0x42, lba_of(c, h, spt), 1, 0) == 0 && filled(0, 0x3333, 512));
    fill(0, 0x4444, 0xc000);
    CHECK(packet(0x43, 5, 0x60, 0) == 0);
    fill(0, 0, 0xc000);
    if_in = 0;
    CHECK(disk(0x0260, 0x0000, 6, drive, 0) == 0 && s.r.al == 0x60);
    if_in = IF;
    CHECK(filled(0, 0x4444, 0xc000));
    CHECK(disk(0x0460, 0, 6, drive, 0) == 0 && packet(0x44, 5, 0x60, 0) == 0);
    CHECK(packet(0x42, total - 1, 1, 0) == 0);
    CHECK(packet(0x42, total, 1, 0) == 1 && packet(0x42, total - 1, 2, 0) == 1);
    CHECK(packet(0x47, 0, 0, 0) == 0);
}

static void test_hard_functions(void)
{
    static const u16 good[] = {0x0000, 0x0900, 0x0d00, 0x1000, 0x1100, 0x1400};

    for (u8 i = 0; i < ARRAY_SIZE(good); i++)
        CHECK(disk(good[i], 0, 1, drive, 0) == 0);
    CHECK(disk(0x0c00, 0, 1, drive, 0) == 0);
    CHECK(disk(0x0201, 0, 0, drive, 0) == 4 && disk(0x0100, 0, 0, drive, 0) == 4);
    CHECK(disk(0x0201, 0, (u16)(spt + 1), drive, 0) == 4 || spt == 63);
    CHECK(disk(0x0200, 0, 1, drive, 0) == 1 && disk(0x0281, 0, 1, drive, 0) == 1);
    CHECK(disk(0x0201, 0, 1, 0x80 + bda8(0x75), 0) == 1 && disk(0x4100, 0, 0, drive, 0) == 1);
    CHECK(disk(0x6600, 0, 1, drive, 0) == 1);
    CHECK(disk(0x4600, 0, 0, drive, 0) == 0xb2);
    CHECK(disk(0x0201, 0, 1, drive, 0) == 0 && bda8(0x74) == 0);
}

static void test_hard_disks(void)
{
    for (drive = 0x80; drive < 0x80 + bda8(0x75); drive++) {
        test_parameters();
        test_sectors();
        test_hard_functions();
    }
}

void test_disks(void)
{
    test_floppy();
    test_floppy_functions();
    test_floppy_table();
    test_format();
    test_hard_disks();
}
