/* SPDX-License-Identifier: MIT */
/*
 * A boot disk that calls the system BIOS and looks at what comes back: results, and of every call
 * all registers that must survive, with their high halves, the interrupt flag and the stack. It
 * wants a 1.44 MB diskette in A: and hard disks, all of which it writes to. Built by "make
 * OUT=dir" with the boot sector and start of ../demo; what failed is named on the screen and at
 * port E9h.
 */
#include "test.h"

void demo_main(void);

u16 reset_with(u8 shutdown);
u16 protected_call(void);

struct strict s;
u16 if_in = IF;

static struct {
    const char *file;
    u16 line;
} failures[16];
static u16 passed, failed;

void check(int good, const char *file, u16 line)
{
    if (good) {
        passed++;
    } else if (failed < ARRAY_SIZE(failures)) {
        failures[failed].file = file;
        failures[failed++].line = line;
    }
}

void poke8(u16 seg, u16 off, u8 value)
{
    u16 old = peek16(seg, off);

    poke16(seg, off, (u16)((old & 0xff00) | value));
}

u8 bda8(u16 off)
{
    return peek8(0x40, off);
}

u16 bda16(u16 off)
{
    return peek16(0x40, off);
}

u16 stack_used;

static int same(u32 before, u32 after, u16 results, u16 bit)
{
    if (!(results & bit))
        return before == after;
    return results & WIDE ? 1 : before >> 16 == after >> 16;
}

void call(u8 number, u16 ax, u16 bx, u16 cx, u16 dx, u16 results, const char *file, u16 line)
{
    struct strict before;
    u16 depth;

    s.r.eax = 0xa1a20000u | ax;
    s.r.ebx = 0xb1b20000u | bx;
    s.r.ecx = 0xc1c20000u | cx;
    s.r.edx = 0xd1d20000u | dx;
    s.r.esi = 0x51520000u | (u16)s.r.esi;
    s.r.edi = 0x61620000u | (u16)s.r.edi;
    s.r.ebp = 0x71727374u;
    s.r.ds = SEGMENT;
    s.r.flags = if_in;
    s.fs = 0x1357;
    s.gs = 0x2468;
    before = s;
    strict_call(number, &s);
    check(same(before.r.eax, s.r.eax, results, AX) && same(before.r.ebx, s.r.ebx, results, BX) &&
              same(before.r.ecx, s.r.ecx, results, CX) && same(before.r.edx, s.r.edx, results, DX),
          file, line);
    check(same(before.r.esi, s.r.esi, results, SI) && same(before.r.edi, s.r.edi, results, DI) &&
              before.r.ebp == s.r.ebp,
          file, line);
    check(before.r.ds == s.r.ds && before.fs == s.fs && before.gs == s.gs &&
              (results & ES || before.r.es == s.r.es),
          file, line);
    check(s.esp == s.esp_want, file, line);
    for (depth = 256; depth && peek8(SEGMENT, (u16)(s.esp_want - depth)) == 0xcc; depth--)
        ;
    stack_used = depth;
}

static u16 waited(u16 ticks)
{
    u16 start = bda16(0x6c), n;

    for (n = 0; n < ticks; n = (u16)(bda16(0x6c) - start))
        clock_idle();
    return n;
}

/* --- what lies in memory --- */

static void test_vectors(void)
{
    for (u16 i = 0; i < 256; i++)
        if (i >= 0x60 && i <= 0x67)
            CHECK(peek32(0, i * 4) == 0);
        else if (i != 0x1f)
            CHECK(peek32(0, i * 4) != 0);
    CHECK(peek16(0, 0x41 * 4 + 2) > 0x80 && peek32(0, 0x1e * 4) >> 16 == 0xf000);
}

static void test_rom(void)
{
    u8 sum = 0;
    u16 at = 0;

    CHECK(peek8(0xf000, 0xfff0) == 0xea && peek16(0xf000, 0xfff3) == 0xf000);
    CHECK(peek8(0xf000, 0xfff7) == '/' && peek8(0xf000, 0xfffa) == '/');
    CHECK(peek8(0xf000, 0xfffe) == 0xfc);
    CHECK(peek8(0xf000, 0xff53) == 0xcf);
    CHECK(peek8(0xf000, 0xfa6e + 8 * 'A') != 0xff && peek8(0xf000, 0xfa6e + 8 * ' ') == 0);
    do
        sum = (u8)(sum + peek8(0xf000, at));
    while (++at);
    CHECK(sum == 0); /* the disk tables are in RAM, or in the shadowed ROM */
    while (peek8(0xf000, at) != 0x63 && ++at)
        ;
    CHECK(at != 0); /* Windows wants an ARPL to break on */
}

static void test_data_area(void)
{
    u16 ebda = bda16(0x0e);

    CHECK(bda16(0x13) == 638 && ebda == 0x9f80 && peek8(ebda, 0) == 2);
    CHECK(bda16(0x00) == 0x3f8 && bda8(0x7c) == 1 && bda16(0x08) == 0x378);
    CHECK(bda16(0x80) == 0x1e && bda16(0x82) == 0x3e && bda8(0x96) == 0x10);
    CHECK((bda16(0x10) & 0x01) == 1 && (bda16(0x10) & 0x04) == 4 && (bda16(0x10) >> 9 & 7) >= 1);
    CHECK(bda8(0x75) >= 1 && bda16(0x72) == 0);
}

/* --- INT 11h, 12h, 15h --- */

static void test_sizes(void)
{
    u32 kb;

    CALL(0x11, 0, 0, 0, 0, AX);
    CHECK(s.r.ax == bda16(0x10));
    CHECK(!(s.r.ax & 0x0002) || !(in8(0xa1) & 0x20)); /* with an FPU, its interrupt */
    CALL(0x12, 0, 0, 0, 0, AX);
    CHECK(s.r.ax == 638);
    CALL(0x15, 0x8800, 0, 0, 0, AX);
    CHECK(!carry() && s.r.ax >= 1024 && s.r.ax <= 0xfc00);
    kb = s.r.ax;
    CALL(0x15, 0xe801, 0, 0, 0, AX | BX | CX | DX);
    CHECK(!carry() && s.r.ax == s.r.cx && s.r.bx == s.r.dx && s.r.ax <= 0x3c00);
    CHECK(kb >= 0xfc00 || s.r.ax + s.r.bx * 64u == kb);
    kb = s.r.ax + s.r.bx * 64u;
    CALL(0x15, 0xe881, 0, 0, 0, AX | BX | CX | DX | WIDE);
    CHECK(!carry() && s.r.eax + s.r.ebx * 64 == kb && s.r.eax == s.r.ecx);
}

static void test_map(void)
{
    u64 end = 0, base;
    u16 ram = 0, n = 0;
    u32 next = 0;

    do {
        s.r.es = SEGMENT_BUFFER;
        s.r.eax = 0xe820;
        s.r.ebx = next;
        s.r.ecx = 24;
        s.r.edx = 0x534d4150;
        s.r.edi = 0x100;
        s.r.ds = SEGMENT;
        s.r.flags = IF;
        strict_call(0x15, &s);
        CHECK(!carry() && s.r.eax == 0x534d4150 && s.r.ecx == 20 && s.r.edi == 0x100);
        base = peek32(SEGMENT_BUFFER, 0x100) | (u64)peek32(SEGMENT_BUFFER, 0x104) << 32;
        CHECK(base >= end);
        end = base + (peek32(SEGMENT_BUFFER, 0x108) | (u64)peek32(SEGMENT_BUFFER, 0x10c) << 32);
        ram += peek32(SEGMENT_BUFFER, 0x110) == 1;
        CHECK(n || base == 0);
        next = s.r.ebx;
    } while (next && ++n < 16);
    CHECK(ram >= 2 && n >= 2 && n < 16);
    CHECK((u32)end > 0x100000);
}

static void test_system(void)
{
    CALL(0x15, 0xc000, 0, 0, 0, AX | BX | ES);
    CHECK(!carry() && s.r.ah == 0 && s.r.es == 0xf000 && peek16(0xf000, s.r.bx) >= 8);
    CHECK(peek8(0xf000, s.r.bx + 2) == 0xfc);
    CALL(0x15, 0xc100, 0, 0, 0, AX | ES);
    CHECK(!carry() && s.r.es == bda16(0x0e));
    CALL(0x15, 0x4f1e, 0, 0, 0, 0);
    CHECK(carry() && s.r.ax == 0x4f1e);
    CALL(0x15, 0x9000, 0, 0, 0, AX);
    CHECK(!carry() && s.r.ah == 0);
    CALL(0x15, 0x8500, 0, 0, 0, AX);
    CHECK(!carry());
    if_in = 0;
    if (!pci_here()) {
        CALL(0x15, 0x5300, 0, 0, 0, AX);
        CHECK(carry() && s.r.ah == 0x86 && s.r.flags & IF);
    }
    CALL(0x15, 0x0000, 0, 0, 0, AX);
    CHECK(carry() && s.r.ah == 0x86 && s.r.flags & IF);
    if_in = IF;
}

static u8 a20(void)
{
    CALL(0x15, 0x2402, 0, 0, 0, AX);
    CHECK(!carry() && s.r.ah == 0);
    return s.r.al;
}

static void test_a20(void)
{
    CHECK(a20() == 0);
    CALL(0x15, 0x2401, 0, 0, 0, AX);
    CHECK(!carry() && a20() == 1);
    poke16(0, 0x4f0, 0x1234);
    poke16(0xffff, 0x500, 0x4321);
    CHECK(peek16(0, 0x4f0) == 0x1234);
    CALL(0x15, 0x2400, 0, 0, 0, AX);
    CHECK(!carry() && a20() == 0 && peek16(0xffff, 0x500) == 0x1234);
    CALL(0x15, 0x2403, 0, 0, 0, AX | BX);
    CHECK(!carry() && s.r.bx == 3);
    CALL(0x15, 0x2404, 0, 0, 0, AX);
    CHECK(carry() && s.r.ah == 0x86);
}

static void descriptor(u16 at, u32 base)
{
    poke16(SEGMENT_BUFFER, at, 0xffff);
    poke16(SEGMENT_BUFFER, at + 2, (u16)base);
    poke16(SEGMENT_BUFFER, at + 4, (u16)(0x9300 | (base >> 16 & 0xff)));
    poke16(SEGMENT_BUFFER, at + 6, (u16)(base >> 16 & 0xff00));
}

static void block(u32 from, u32 to, u16 words)
{
    for (u16 i = 0; i < 0x30; i += 2)
        poke16(SEGMENT_BUFFER, i, 0);
    descriptor(0x10, from);
    descriptor(0x18, to);
    s.r.es = SEGMENT_BUFFER;
    s.r.esi = 0;
    CALL(0x15, 0x8700, 0, words, 0, AX);
}

static void test_block_move(void)
{
    u16 i, bad = 0;

    for (i = 0; i < 0x800; i += 2)
        poke16(SEGMENT_BUFFER, 0x1000 + i, (u16)(i * 7 + 3));
    if_in = 0;
    block(SEGMENT_BUFFER * 16u + 0x1000, 0x110000, 0x400);
    CHECK(!carry() && s.r.ah == 0 && s.r.flags & ZF && !(s.r.flags & IF));
    if_in = IF;
    block(0x110000, SEGMENT_BUFFER * 16u + 0x2000, 0x400);
    CHECK(!carry() && s.r.ah == 0 && s.r.flags & IF);
    for (i = 0; i < 0x800; i += 2)
        bad += peek16(SEGMENT_BUFFER, 0x2000 + i) != (u16)(i * 7 + 3);
    CHECK(!bad && a20() == 0);
    block(0, 0, 0x8001);
    CHECK(carry());
    descriptor(0x10, 0);
    poke16(SEGMENT_BUFFER, 0x10, 0x0f); /* the source ends after 16 bytes */
    CALL(0x15, 0x8700, 0, 0x100, 0, AX);
    CHECK(carry() && s.r.ah == 2 && s.r.flags & IF && a20() == 0);
}

static void test_waits(void)
{
    u32 start;

    poke8(SEGMENT_BUFFER, 0, 0);
    s.r.es = SEGMENT_BUFFER;
    CALL(0x15, 0x8300, 0, 1, 0x86a0, AX); /* 100 ms */
    CHECK(!carry() && !(peek8(SEGMENT_BUFFER, 0) & 0x80));
    CALL(0x15, 0x8600, 0, 1, 0, AX);
    CHECK(carry() && s.r.ah == 0x83);
    waited(4);
    CHECK(peek8(SEGMENT_BUFFER, 0) & 0x80);
    start = clock_now();
    CALL(0x15, 0x8600, 0, 0, 50000, AX);
    start = clock_now() - start;
    CHECK(!carry() && start > 58000 && start < 75000);
    start = clock_now();
    CALL(0x15, 0x8600, 0, 0, 2000, AX);
    start = clock_now() - start;
    CHECK(!carry() && start > 2300 && start < 6000);
    s.r.es = SEGMENT_BUFFER;
    poke8(SEGMENT_BUFFER, 0, 0);
    CALL(0x15, 0x8300, 0, 1, 0x86a0, AX);
    CALL(0x15, 0x8301, 0, 0, 0, AX);
    waited(4);
    CHECK(!(peek8(SEGMENT_BUFFER, 0) & 0x80));
}

/* --- INT 1Ah --- */

static void test_ticks(void)
{
    CALL(0x1a, 0x0000, 0, 0, 0, AX | CX | DX);
    CHECK(!carry() && s.r.al == 0);
    CALL(0x1a, 0x0100, 0, 0x0018, 0x00af, AX);
    waited(1);
    CALL(0x1a, 0x0000, 0, 0, 0, AX | CX | DX);
    CHECK(s.r.al == 1 && s.r.cx == 0 && s.r.dx < 3);
    CALL(0x1a, 0x0000, 0, 0, 0, AX | CX | DX);
    CHECK(s.r.al == 0);
}

static u8 cmos(u8 index)
{
    out8(0x70, index);
    return in8(0x71);
}

/* Both centuries, the AT's and the PS/2's: Windows 2000 reads the other. */
static void test_clock(void)
{
    CALL(0x1a, 0x0300, 0, 0x2359, 0x5800, AX);
    CHECK(!carry());
    CALL(0x1a, 0x0500, 0, 0x1999, 0x1231, AX);
    CHECK(!carry());
    CALL(0x1a, 0x0200, 0, 0, 0, AX | CX | DX);
    CHECK(!carry() && s.r.cx == 0x2359 && s.r.dh >= 0x58);
    CALL(0x1a, 0x0400, 0, 0, 0, AX | CX | DX);
    CHECK(!carry() && s.r.cx == 0x1999 && s.r.dx == 0x1231);
    CHECK(cmos(0x32) == 0x19 && cmos(0x37) == 0x19);
    waited(60);
    CHECK(cmos(0x32) == 0x20 && cmos(0x37) == 0x20);
    CALL(0x1a, 0x0400, 0, 0, 0, AX | CX | DX);
    CHECK(s.r.dx == 0x0101);
    CALL(0x1a, 0x0600, 0, 0x1200, 0, AX);
    CHECK(!carry());
    CALL(0x1a, 0x0600, 0, 0x1200, 0, AX);
    CHECK(carry());
    CALL(0x1a, 0x0700, 0, 0, 0, AX);
    CHECK(!carry());
    if (!pci_here()) {
        CALL(0x1a, 0xb101, 0, 0, 0, AX);
        CHECK(carry());
    }
}

/* --- keyboard --- */

static u16 get(u8 function)
{
    CALL(0x16, (u16)((function + 1) << 8), 0, 0, 0, AX);
    CHECK(s.r.flags & IF);
    if (s.r.flags & ZF)
        return 0xffff;
    CALL(0x16, (u16)(function << 8), 0, 0, 0, AX);
    return s.r.ax;
}

static void push(u16 code)
{
    CALL(0x16, 0x0500, 0, code, 0, AX);
    CHECK(s.r.al == 0);
}

static void test_key_codes(void)
{
    static const u16 codes[][3] = {
        /* pushed, function 00h, function 10h; FFFFh: never comes */
        {0x1e61, 0x1e61, 0x1e61}, {0x47e0, 0x4700, 0x47e0}, {0xe00d, 0x1c0d, 0xe00d},
        {0xe02f, 0x352f, 0xe02f}, {0x8500, 0xffff, 0x8500}, {0x01f0, 0xffff, 0x0100},
        {0x00f0, 0x00f0, 0x00f0}, {0x00e0, 0x00e0, 0x00e0}, {0x9300, 0xffff, 0x9300},
    };

    for (u8 i = 0; i < ARRAY_SIZE(codes); i++) {
        push(codes[i][0]);
        CHECK(get(0x00) == codes[i][1]);
        push(codes[i][0]);
        CHECK(get(0x10) == codes[i][2]);
    }
    for (u8 i = 0; i < 15; i++)
        push(0x3920);
    CALL(0x16, 0x0500, 0, 0x3920, 0, AX);
    CHECK(s.r.al == 1);
    for (u8 i = 0; i < 15; i++)
        CHECK(get(0x10) == 0x3920);
    if_in = 0;
    CHECK(get(0x10) == 0xffff);
    if_in = IF;
}

static void test_key_functions(void)
{
    CALL(0x16, 0x9200, 0, 0, 0, AX);
    CHECK(s.r.ah == 0x80);
    CALL(0x16, 0xa200, 0, 0, 0, AX);
    CHECK(s.r.ah == 0x90);
    CALL(0x16, 0x0900, 0, 0, 0, AX);
    CHECK(s.r.al == 0x34);
    CALL(0x16, 0x0a00, 0, 0, 0, AX | BX);
    CHECK(s.r.bl == 0xab && (s.r.bh == 0x41 || s.r.bh == 0x83));
    CALL(0x16, 0x0305, 0x010b, 0, 0, AX);
    CHECK(get(0x10) == 0xffff && !(in8(0x64) & 1));
}

/* The controller passes a byte on as if the keyboard had sent it. */
static void scan(u8 code)
{
    while (in8(0x64) & 3)
        ;
    out8(0x64, 0xd2);
    while (in8(0x64) & 2)
        ;
    out8(0x60, code);
    for (u32 start = clock_now(); clock_now() - start < 3000;)
        ;
}

static u16 typed(const u8 *codes)
{
    u16 key;

    while (*codes)
        scan(*codes++);
    key = get(0x10);
    CHECK(get(0x10) == 0xffff);
    return key;
}

#define TYPED(...) typed((const u8[]){__VA_ARGS__, 0})

static void test_typing(void)
{
    CHECK(TYPED(0x1e, 0x9e) == 0x1e61);
    CHECK(TYPED(0x2a, 0x1e, 0x9e, 0xaa) == 0x1e41);
    CHECK(TYPED(0x36, 0x02, 0x82, 0xb6) == 0x0221);
    CHECK(TYPED(0x1d, 0x1e, 0x9e, 0x9d) == 0x1e01);
    CHECK(TYPED(0x38, 0x1e, 0x9e, 0xb8) == 0x1e00);
    CHECK(TYPED(0x1d, 0x03, 0x83, 0x9d) == 0x0300);
    CHECK(TYPED(0x3b, 0xbb) == 0x3b00);
    CHECK(TYPED(0x2a, 0x3b, 0xbb, 0xaa) == 0x5400);
    CHECK(TYPED(0x38, 0x44, 0xc4, 0xb8) == 0x7100);
    CHECK(TYPED(0x57, 0xd7) == 0x8500);
    CHECK(TYPED(0xe0, 0x48, 0xe0, 0xc8) == 0x48e0);
    CHECK(TYPED(0xe0, 0x2a, 0xe0, 0x53, 0xe0, 0xd3, 0xe0, 0xaa) == 0x53e0);
    CHECK(TYPED(0xe0, 0x1c, 0xe0, 0x9c) == 0xe00d);
    CHECK(TYPED(0xe0, 0x1d, 0xe0, 0x4b, 0xe0, 0xcb, 0xe0, 0x9d) == 0x73e0);
    CHECK(TYPED(0xe0, 0x38, 0xe0, 0x50, 0xe0, 0xd0, 0xe0, 0xb8) == 0xa000);
    CHECK(TYPED(0x56, 0xd6) == 0x565c);
    CHECK(TYPED(0x38, 0x48, 0xc8, 0x4d, 0xcd, 0xb8) == 0x0056); /* Alt and 8 6 of the keypad */
}

static void test_locks(void)
{
    CHECK(TYPED(0x3a, 0xba, 0x1e, 0x9e) == 0x1e41 && bda8(0x17) == 0x40 && bda8(0x97) == 4);
    CHECK(TYPED(0x2a, 0x1e, 0x9e, 0xaa) == 0x1e61);
    CHECK(TYPED(0x02, 0x82) == 0x0231);
    CHECK(TYPED(0x3a, 0xba, 0x45, 0xc5, 0x47, 0xc7) == 0x4737 && bda8(0x17) == 0x20);
    CHECK(TYPED(0x2a, 0x47, 0xc7, 0xaa) == 0x4700);
    CHECK(TYPED(0x45, 0xc5, 0x47, 0xc7) == 0x4700 && bda8(0x17) == 0 && bda8(0x97) == 0);
    CHECK(TYPED(0x46, 0xc6) == 0xffff && bda8(0x17) == 0x10);
    CHECK(TYPED(0x46, 0x46, 0xc6) == 0xffff && bda8(0x17) == 0);
    CHECK(TYPED(0xe0, 0x52, 0xe0, 0xd2) == 0x52e0 && bda8(0x17) == 0x80);
    CHECK(TYPED(0xe0, 0x52, 0xe0, 0xd2) == 0x52e0 && bda8(0x17) == 0);
    scan(0x1d);
    scan(0xe0);
    scan(0x38);
    CALL(0x16, 0x0200, 0, 0, 0, AX);
    CHECK(s.r.al == 0x0c);
    CALL(0x16, 0x1200, 0, 0, 0, AX);
    CHECK(s.r.ax == 0x090c);
    scan(0x9d);
    scan(0xe0);
    scan(0xb8);
    CHECK(bda16(0x17) == 0 && bda8(0x96) == 0x10);
}

static void test_break(void)
{
    push(0x1e61);
    CHECK(TYPED(0x1d, 0xe0, 0x46, 0xe0, 0xc6, 0x9d) == 0x0000 && bda8(0x71) == 0x80);
    poke8(0x40, 0x71, 0);
    scan(0xe1);
    scan(0x1d);
    CHECK(TYPED(0x02, 0x82) != 0x1d00);
}

/* --- mouse --- */

static u8 mouse(u8 al, u8 bh, u16 results)
{
    CALL(0x15, (u16)(0xc200 | al), (u16)(bh << 8), 0, 0, results | AX);
    CHECK(carry() == (s.r.ah != 0) && s.r.flags & IF && !(in8(0x64) & 1));
    return s.r.ah;
}

static void test_mouse(void)
{
    CHECK(mouse(5, 3, BX) == 0 && s.r.bx == 0x00aa);
    CHECK(mouse(1, 0, BX) == 0 && s.r.bx == 0x00aa);
    CHECK(mouse(4, 9, BX) == 0 && s.r.bh == 0);
    CHECK(mouse(6, 0, BX | CX | DX) == 0 && s.r.bl == 0 && s.r.cl == 2 && s.r.dl == 100);
    CHECK(mouse(3, 3, 0) == 0 && mouse(2, 6, 0) == 0 && mouse(6, 2, 0) == 0);
    CHECK(mouse(6, 0, BX | CX | DX) == 0 && s.r.bl == 0x10 && s.r.cl == 3 && s.r.dl == 200);
    CHECK(mouse(3, 4, 0) == 2 && mouse(2, 7, 0) == 2 && mouse(6, 3, 0) == 2 && mouse(5, 9, 0) == 2);
    CHECK(mouse(8, 0, 0) == 1 && mouse(0, 2, 0) == 2);
    CHECK(mouse(0, 1, 0) == 5);
    s.r.es = SEGMENT;
    CALL(0x15, 0xc207, (u16)(u32)mouse_hook, 0, 0, AX);
    CHECK(!carry() && mouse(0, 1, 0) == 0);
    CHECK(mouse(6, 0, BX | CX | DX) == 0 && s.r.bl == 0x30);
    CHECK(mouse(0, 0, 0) == 0);
    s.r.es = 0;
    CALL(0x15, 0xc207, 0, 0, 0, AX);
    CHECK(mouse(5, 3, BX) == 0);
}

/* --- serial, printer --- */

static void test_ports(void)
{
    CALL(0x14, 0x00e3, 0, 0, 0, AX);
    CHECK((s.r.ah & 0x60) == 0x60 && in8(0x3fb) == 3);
    CALL(0x14, 0x0400, 0x0000, 0x0308, 0, AX);
    out8(0x3fb, 0x83);
    CHECK(in8(0x3f8) == 6 && in8(0x3f9) == 0);
    out8(0x3fb, 0x03);
    CALL(0x14, 0x0501, 0x0003, 0, 0, AX);
    CALL(0x14, 0x0500, 0, 0, 0, AX | BX);
    CHECK(s.r.bl == 3);
    CALL(0x14, 0x0300, 0, 0, 0, AX);
    CHECK((s.r.ah & 0x60) == 0x60);
    CALL(0x14, 0x0300, 0, 0, 7, 0);
    CALL(0x17, 0x0200, 0, 0, 0, AX);
    CALL(0x17, 0x0200, 0, 0, 5, 0);
}

/* --- the stack of INT 13h: from STACK down to where a second user's begins --- */

#define STACK      2048
#define STACK_NEXT 1160
#define SPARE      128 /* for programs' interrupts in the deepest place */

static void mark_stack(void)
{
    for (u16 at = STACK_NEXT; at < STACK; at += 2)
        poke16(bda16(0x0e), at, 0xa5a5);
}

static void test_stack(void)
{
    u16 at = STACK_NEXT;

    while (at < STACK && peek16(bda16(0x0e), at) == 0xa5a5)
        at += 2;
    CHECK(at >= STACK_NEXT + SPARE && at < STACK - 100);
}

/* --- protected mode; and resets, which come last and have a report of their own: on some other
   emulators they clear CMOS 0Fh, and the machine starts anew --- */

static void set_pic(void)
{
    static const u8 setup[][2] = {{0x20, 0x11}, {0xa0, 0x11}, {0x21, 8}, {0xa1, 0x70},
                                  {0x21, 4},    {0xa1, 2},    {0x21, 1}, {0xa1, 1},
                                  {0x21, 0xb8}, {0xa1, 0x8f}};

    for (u8 i = 0; i < ARRAY_SIZE(setup); i++)
        out8(setup[i][0], setup[i][1]);
}

static void test_protected(void)
{
    CHECK(protected_call() == 1);
    set_pic();
    CALL(0x15, 0x2400, 0, 0, 0, AX);
    waited(2);
    CHECK(a20() == 0);
}

static void test_resets(void)
{
    static const u8 codes[] = {0x0a, 0x05, 0x0b, 0x0c, 0x09};

    for (u8 i = 0; i < ARRAY_SIZE(codes); i++) {
        poke16(SEGMENT_BUFFER, 0, 0x7a7a);
        reset_with(codes[i]);
        CHECK(peek16(SEGMENT_BUFFER, 0) == 0x7a7a);
        out8(0x70, 0x0f);
        CHECK(in8(0x71) == 0);
    }
    CHECK((reset_with(0x09) & 0xffff) == 0x0011);
    set_pic();
    __asm__ volatile("sti");
}

/* --- the report --- */

static void print_char(char c)
{
    struct regs r = {.ax = (u16)(0x0e00 | (u8)c), .bx = 7};

    out8(0xe9, (u8)c);
    bios(0x10, &r);
}

static void print(const char *text)
{
    for (; *text; text++)
        print_char(*text);
}

static void print_number(u16 value)
{
    if (value >= 10)
        print_number(value / 10);
    print_char((char)('0' + value % 10));
}

static void report(const char *what)
{
    for (u8 i = 0; i < failed; i++) {
        print("failed at bios/test/");
        print(failures[i].file);
        print(":");
        print_number(failures[i].line);
        print("\r\n");
    }
    print(what);
    print_number(passed);
    print(failed ? " others passed\r\n" : " checks, all passed\r\n");
    passed = failed = 0;
}

void demo_main(void)
{
    static void (*const tests[])(void) = {
        test_vectors,       test_rom,    test_data_area, test_sizes,
        test_map,           test_system, test_a20,       test_block_move,
        test_waits,         test_ticks,  test_clock,     test_key_codes,
        test_key_functions, test_typing, test_locks,     test_break,
        test_mouse,         test_ports,  mark_stack,     test_disks,
        test_cd,            test_stack,  test_protected, test_board,
    };
    for (u8 i = 0; i < ARRAY_SIZE(tests); i++)
        tests[i]();
    mode_set(3);
    print("CD-ROM: ");
    print(cd_found);
    print("\r\n");
    report("BIOS calls: ");
    test_resets();
    report("BIOS resets: ");
    for (;;)
        __asm__ volatile("hlt");
}
