/* SPDX-License-Identifier: MIT */
/* What the BIOS leaves on a board with PCI; without it there is nothing to look at. */
#include "test.h"

#define CONFADD  0xcf8
#define CONFDATA 0xcfc
#define ENABLE   0x80000000u

enum {
    HOST = 0x0000,
    BRIDGE = 0x0800,
    IDE = 0x0900,
    POWER = 0x0b00
}; /* bus and function, and the register */

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
            CHECK((u8)line ==
                  (u8)(config(BRIDGE | 0x60) >> ((n >> 3) + (u8)(line >> 8) + 2) % 4 * 8));
    }
}

static void test_routing(void)
{
    CHECK(config(BRIDGE | 0x60) == 0x0a0b0a0b);
    CHECK(in8(0x4d0) == 0 && in8(0x4d1) == 0x0e);
}

/* Disk controllers answer at their old ports. */
static void test_ide(void)
{
    if (config(IDE) == 0x70108086)
        CHECK((config(IDE | 0x40) & 0x80008000) == 0x80008000);
}

static void test_power(void)
{
    CHECK((config(POWER | 0x3c) & 0xff) == 9);
    CHECK(config(POWER | 0x40) == 0xb001 && config(POWER | 0x90) == 0xb101);
    CHECK(in8(0xb004) == 1); /* ACPI mode, and no sleep */
}

/* --- the BIOS in RAM --- */

/* Its segment and the VGA BIOS's are RAM that cannot be written, and nothing else is there. */
static void test_shadow(void)
{
    u16 was = peek16(0xf000, 0), vga = peek16(0xc000, 0x20);

    CHECK(config(HOST | 0x58) >> 8 == 0x011110 && config(HOST | 0x5c) == 0);
    poke16(0xf000, 0, (u16)~was);
    poke16(0xc000, 0x20, (u16)~vga);
    CHECK(peek16(0xf000, 0) == was && peek16(0xc000, 0x20) == vga);
    CHECK(peek16(0xe000, 0) == 0xffff);
}

/* --- tables --- */

#define COPY 0x4000 /* where tables are copied to, in SEGMENT_BUFFER */

static u16 apics; /* in the MP table: a bit for each number */

static u8 sum(u16 seg, u16 at, u16 bytes)
{
    u8 total = 0;

    while (bytes--)
        total = (u8)(total + peek8(seg, at++));
    return total;
}

/* The table with this name on 16 bytes of the F segment, whose first BYTES have the sum 0 (code may
   have the name too); 0: there is none. */
static u16 find(u32 first, u32 second, u16 bytes)
{
    u16 at = 0;

    do
        if (peek32(0xf000, at) == first && (!second || peek32(0xf000, (u16)(at + 4)) == second) &&
            sum(0xf000, at, bytes) == 0)
            return at;
    while (at += 16);
    return 0;
}

static void copy_words(u32 address, u16 words)
{
    for (u16 i = 0; i < 0x30; i += 2)
        poke16(SEGMENT_BUFFER, i, 0);
    poke16(SEGMENT_BUFFER, 0x10, 0xffff);
    poke16(SEGMENT_BUFFER, 0x12, (u16)address);
    poke16(SEGMENT_BUFFER, 0x14, (u16)(0x9300 | (address >> 16 & 0xff)));
    poke16(SEGMENT_BUFFER, 0x16, (u16)(address >> 16 & 0xff00));
    poke16(SEGMENT_BUFFER, 0x18, 0xffff);
    poke16(SEGMENT_BUFFER, 0x1a, COPY);
    poke16(SEGMENT_BUFFER, 0x1c, 0x9303);
    s.r.es = SEGMENT_BUFFER;
    s.r.esi = 0;
    CALL(0x15, 0x8700, 0, words, 0, AX);
    CHECK(!carry());
}

static void copy_from(u32 address)
{
    copy_words(address, 0x1000);
}

/* The type of the memory map's line that has this address; 0: none has it. */
static u32 map_type(u32 address)
{
    u32 next = 0, type = 0;

    do {
        s.r.es = SEGMENT_BUFFER;
        s.r.eax = 0xe820;
        s.r.ebx = next;
        s.r.ecx = 20;
        s.r.edx = 0x534d4150;
        s.r.edi = 0x100;
        strict_call(0x15, &s);
        if (address - peek32(SEGMENT_BUFFER, 0x100) < peek32(SEGMENT_BUFFER, 0x108) &&
            !peek32(SEGMENT_BUFFER, 0x104))
            type = peek32(SEGMENT_BUFFER, 0x110);
        next = s.r.ebx;
    } while (next);
    return type;
}

/* The table at ADDRESS, copied, has this name and the sum zero. */
static void copy_table(u32 address, u32 name)
{
    CHECK(map_type(address) == 3);
    copy_from(address);
    CHECK(peek32(SEGMENT_BUFFER, COPY) == name);
    CHECK(sum(SEGMENT_BUFFER, COPY, peek16(SEGMENT_BUFFER, COPY + 4)) == 0);
}

static void test_fadt(u32 address)
{
    u32 dsdt, facs;

    copy_table(address, 0x50434146);
    facs = peek32(SEGMENT_BUFFER, COPY + 36);
    dsdt = peek32(SEGMENT_BUFFER, COPY + 40);
    CHECK(peek16(SEGMENT_BUFFER, COPY + 4) == 116 && peek16(SEGMENT_BUFFER, COPY + 46) == 9);
    CHECK(peek32(SEGMENT_BUFFER, COPY + 48) == 0); /* SMI_CMD */
    CHECK(peek32(SEGMENT_BUFFER, COPY + 56) == 0xb000);
    CHECK(peek32(SEGMENT_BUFFER, COPY + 64) == 0xb004);
    CHECK(peek32(SEGMENT_BUFFER, COPY + 76) == 0xb008);
    CHECK(peek32(SEGMENT_BUFFER, COPY + 88) == 0x04000204);
    CHECK(peek8(SEGMENT_BUFFER, COPY + 108) == 0x32);
    copy_table(dsdt, 0x54445344);
    CHECK(map_type(facs) == 4 && !(facs & 63));
    copy_from(facs);
    CHECK(peek32(SEGMENT_BUFFER, COPY) == 0x53434146 && peek32(SEGMENT_BUFFER, COPY + 4) == 64);
}

/* Its APICs have the numbers of those in the MP table. */
static void test_madt(void)
{
    u16 at = COPY + 44, end = COPY + peek16(SEGMENT_BUFFER, COPY + 4), numbers = 0;

    for (; at < end && peek8(SEGMENT_BUFFER, at + 1); at += peek8(SEGMENT_BUFFER, at + 1))
        if (peek8(SEGMENT_BUFFER, at) == 0)
            numbers |= (u16)(1 << peek8(SEGMENT_BUFFER, at + 3));
        else if (peek8(SEGMENT_BUFFER, at) == 1)
            numbers |= (u16)(1 << peek8(SEGMENT_BUFFER, at + 2));
    CHECK(at == end && numbers == apics);
}

/* What INT 15h says is free ends where the tables begin. */
static void test_top(u32 tables)
{
    u32 top;

    CALL(0x15, 0xe801, 0, 0, 0, AX | BX | CX | DX);
    top = 0x100000 + s.r.ax * 1024u + s.r.bx * 65536u;
    CHECK(map_type(top - 1) == 1 && map_type(top) == 3 && tables >= top);
    CALL(0x15, 0x8800, 0, 0, 0, AX);
    CHECK(0x100000 + s.r.ax * 1024u <= top);
}

static void test_acpi(void)
{
    u16 rsdp = find(0x20445352, 0x20525450, 20), entries; /* "RSD PTR " */
    u32 rsdt = peek32(0xf000, rsdp + 16), table[8];

    CALL(0x15, 0x8800, 0, 0, 0, AX);
    if (s.r.ax < 7 * 1024 - 64) { /* the tables take 64 KiB where there are 8 MiB and more */
        CHECK(!rsdp);
        return;
    }
    CHECK(rsdp && peek8(0xf000, rsdp + 15) == 0);
    copy_table(rsdt, 0x54445352);
    entries = (u16)((peek16(SEGMENT_BUFFER, COPY + 4) - 36) / 4);
    CHECK(entries >= 1 && entries <= ARRAY_SIZE(table));
    for (u16 i = 0; i < entries; i++)
        table[i] = peek32(SEGMENT_BUFFER, COPY + 36 + 4 * i);
    test_fadt(table[0]);
    for (u16 i = 1; i < entries; i++) {
        copy_from(table[i]);
        copy_table(table[i], peek32(SEGMENT_BUFFER, COPY));
        if (peek32(SEGMENT_BUFFER, COPY) == 0x43495041)
            test_madt();
    }
    test_top(rsdt);
}

/* Each structure is as long as SMBIOS 2.4 wants it at least, and they end where the entry says. */
static void test_smbios(void)
{
    static const u8 least[][2] = {{0, 24},  {1, 27},  {3, 21},  {4, 35},  {7, 19}, {16, 15},
                                  {17, 27}, {19, 15}, {20, 19}, {32, 11}, {127, 4}};
    u16 entry = find(0x5f4d535f, 0, 31), at = peek16(0xf000, entry + 24);
    u16 end, count, seen[11] = {0};

    CHECK(entry && sum(0xf000, entry + 16, 15) == 0);
    CHECK(peek16(0xf000, entry + 6) == 0x0402 && peek16(0xf000, entry + 26) == 0x000f);
    end = at + peek16(0xf000, entry + 22);
    for (count = 0; at < end; count++) {
        for (u16 i = 0; i < ARRAY_SIZE(least); i++)
            if (peek8(0xf000, at) == least[i][0]) {
                CHECK(peek8(0xf000, at + 1) == least[i][1]);
                seen[i]++;
            }
        at += peek8(0xf000, at + 1);
        while (peek16(0xf000, at))
            at++;
        at += 2;
    }
    CHECK(at == end && count == peek16(0xf000, entry + 28));
    for (u16 i = 0; i < ARRAY_SIZE(least); i++)
        CHECK(seen[i] >= 1);
}

/* --- APICs: a processor that has one has an MP table and a MADT, another has none --- */

#define LOCAL_VERSION 0xfee00030u
#define IO_WINDOW     (0xfec00010u + 2) /* the high half: of the number, which is chosen */

/* By CPUID, which is there if its flag can be changed. */
static int processor_has_apic(void)
{
    u32 flags, changed, eax = 1, ebx, ecx, edx;

    __asm__ volatile("pushfl\n\tpopl %0\n\tmovl %0, %1\n\txorl $0x200000, %1\n\tpushl %1\n\t"
                     "popfl\n\tpushfl\n\tpopl %1\n\tpushl %0\n\tpopfl"
                     : "=&r"(flags), "=&r"(changed)::"cc", "memory");
    if (!((flags ^ changed) & 0x200000))
        return 0;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    return (edx >> 9) & 1;
}

static u16 chip_word(u32 address)
{
    copy_words(address, 1);
    return peek16(SEGMENT_BUFFER, COPY);
}

/* No two have one number, and the I/O APIC knows its own. */
static void test_apic_number(u8 number, int io)
{
    CHECK(number < 15 && !(apics >> number & 1));
    apics |= (u16)(1 << number);
    if (io)
        CHECK(chip_word(IO_WINDOW) == number << 8);
}

static void test_mp_entry(u16 at)
{
    u8 kind = peek8(0xf000, at);

    if (kind == 0)
        CHECK((u8)chip_word(LOCAL_VERSION) == peek8(0xf000, at + 2));
    if (kind == 0 || kind == 2)
        test_apic_number(peek8(0xf000, at + 1), kind == 2);
}

static void test_mptable(void)
{
    u16 mp = find(0x5f504d5f, 0, 16), at = peek16(0xf000, mp + 4), end, count;
    static const u8 sizes[] = {20, 8, 8, 8, 8};

    CHECK(!mp == !processor_has_apic());
    if (!mp)
        return;
    CHECK(peek32(0xf000, at) == 0x504d4350);
    end = at + peek16(0xf000, at + 4);
    CHECK(sum(0xf000, at, peek16(0xf000, at + 4)) == 0);
    count = peek16(0xf000, at + 34);
    apics = 0;
    for (at += 44; at < end && peek8(0xf000, at) < ARRAY_SIZE(sizes); count--) {
        test_mp_entry(at);
        at += sizes[peek8(0xf000, at)];
    }
    CHECK(at == end && count == 0);
}

/* --- APM: t30 has the functions --- */

static void test_apm(void)
{
    if_in = 0;
    CALL(0x15, 0x5300, 0, 0, 0, AX | BX | CX);
    CHECK(!carry() && s.r.ax == 0x0102 && s.r.bx == 0x504d && !(s.r.flags & IF));
    if_in = IF;
    out32(CONFADD, ENABLE | BRIDGE);
    CALL(0x15, 0x530b, 0, 0, 0, AX);
    CHECK(carry() && s.r.ah == 0x03);
    CHECK(in32(CONFADD) == (ENABLE | BRIDGE)); /* somebody may be about to use it */
}

void test_board(void)
{
    if (!pci_here())
        return;
    test_functions();
    test_routing();
    test_ide();
    test_power();
    test_shadow();
    test_mptable();
    test_acpi();
    test_smbios();
    test_apm();
}
