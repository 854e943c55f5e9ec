/* SPDX-License-Identifier: MIT */
/* Clocks of instructions on the models, against the tables of their manuals. */
#include "cpu/timing.h"

#include <stdio.h>

#include "tests/unit/guest.h"

static struct guest *g;

static void setup(void)
{
    g = guest_new();
}

static void teardown(void)
{
    guest_free(g);
}

/* In real mode on MODEL from now on, with a clock for which the ISA bus is never too slow. */
static void on(const char *model)
{
    g->clock.hz = 1000000;
    guest_become(g, model);
}

/* Clocks of the first instruction in HEX. */
static u32 clocks(const char *hex)
{
    u64 before = g->clock.cycles, insns = g->cpu.icount;
    guest_do(g, hex);
    ck_assert_uint_le(g->cpu.icount - insns, 1);
    return (u32)(g->clock.cycles - before);
}

START_TEST(the_8086_adds_addresses_prefixes_and_odd_words)
{
    on("8086");
    ck_assert_uint_eq(clocks("00 c8"), 3);      /* add al, cl */
    ck_assert_uint_eq(clocks("00 07"), 16 + 5); /* add [bx], al */
    ck_assert_uint_eq(clocks("00 00"), 16 + 7); /* add [bx+si], al */
    ck_assert_uint_eq(clocks("00 02"), 16 + 8); /* add [bp+si], al */
    ck_assert_uint_eq(clocks("00 06 00 01"), 16 + 6);
    ck_assert_uint_eq(clocks("26 00 80 00 01"), 16 + 11 + 2);
    g->cpu.r[EBX] = 1;
    ck_assert_uint_eq(clocks("03 07"), 9 + 5 + 4);  /* read a word at an odd address */
    ck_assert_uint_eq(clocks("01 07"), 16 + 5 + 8); /* and write it again */
    ck_assert_uint_eq(clocks("02 07"), 9 + 5);      /* a byte */
    g->cpu.r[ESP] = 0x7fff;
    ck_assert_uint_eq(clocks("50"), 11 + 4);
    ck_assert_uint_eq(clocks("c3"), 16 + 4);
}
END_TEST

/* iAPX 86,88 User's Manual, table 2-20. */
START_TEST(the_8086_adds_up_effective_addresses)
{
    static const struct {
        u8 modrm;
        u32 clocks;
    } t[] = {
        {0x00, 7},  {0x01, 8},  {0x02, 8},  {0x03, 7},  {0x04, 5}, {0x05, 5}, {0x06, 6}, {0x07, 5},
        {0x40, 11}, {0x41, 12}, {0x42, 12}, {0x43, 11}, {0x44, 9}, {0x45, 9}, {0x46, 9}, {0x47, 9},
        {0x80, 11}, {0x81, 12}, {0x82, 12}, {0x83, 11}, {0x84, 9}, {0x85, 9}, {0x86, 9}, {0x87, 9},
    };
    on("8086");
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        char hex[16];
        snprintf(hex, sizeof hex, "02 %02x 00 00", t[i].modrm);
        ck_assert_msg(clocks(hex) == 9 + t[i].clocks, "%s", hex);
    }
}
END_TEST

/* A base and an index: 80286 PRM, appendix B: a clock if there is a displacement too; 80386 PRM,
 * chapter 17, and i486 PRM: a clock. */
START_TEST(two_registers_in_an_address_cost_a_clock_from_the_286_to_the_486)
{
    static const struct {
        const char *model, *code;
        u32 clocks;
    } t[] = {
        {"80286", "02 00", 7 + 1},
        {"80286", "02 03", 7 + 1},
        {"80286", "02 40 00", 7 + 1 + 2},
        {"80286", "02 83 00 00", 7 + 1 + 3},
        {"80286", "02 44 00", 7 + 2},
        {"80286", "02 84 00 00", 7 + 3},
        {"80286", "02 06 00 00", 7 + 3},
        {"386", "02 00", 6 + 1},
        {"386", "02 43 00", 6 + 1},
        {"386", "02 04", 6},
        {"386", "02 44 00", 6},
        {"386", "02 c3", 2},
        {"386", "67 02 04 18", 6 + 1},
        {"386", "67 02 03", 6},
        {"386", "67 02 40 00", 6},
        {"386", "67 02 06", 6},
        {"486", "02 03", 2 + 1},
        {"486", "02 04", 2},
        {"486", "67 02 04 18", 2 + 1 + 1},
        {"pentium", "02 00", 2},
        {"pentium", "67 02 04 18", 2 + 1},
        {"pentium3", "02 00", 1},
    };
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        on(t[i].model);
        u32 n = clocks(t[i].code);
        ck_assert_msg(n == t[i].clocks, "%s %s: %u", t[i].model, t[i].code, n);
    }
}
END_TEST

START_TEST(prefixes_cost_where_the_manual_says_so)
{
    static const struct {
        const char *model;
        u32 prefix, byte;
    } t[] = {{"8086", 2, 0}, {"80186", 0, 1},   {"80286", 0, 1},   {"386", 0, 0},
             {"486", 1, 0},  {"pentium", 1, 0}, {"pentium3", 0, 0}};
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        on(t[i].model);
        u32 alone = clocks("90");
        ck_assert_uint_eq(clocks("26 90"), alone + t[i].prefix + t[i].byte);
        ck_assert_uint_eq(clocks("26 2e 90"), alone + 2 * (t[i].prefix + t[i].byte));
    }
}
END_TEST

/* The longest instructions of the 8086 with a train of prefixes fit into a block all the same. */
START_TEST(no_instruction_is_longer_than_a_block_allows)
{
    on("8086");
    g->cpu.r[EBX] = 0x100;
    g->ram[0x20100] = 1;
    ck_assert_uint_eq(clocks("26 26 26 26 26 f7 3f"), 180 + 5 + 5 * 2);
    ck_assert_uint_eq(clocks("26 26 26 26 26 26 26 26 26 26 26 26 f7 3f"), TIMING_MAX);
}
END_TEST

/* ADD of bytes, words and doublewords at [BX]. */
START_TEST(what_is_not_aligned_takes_more_bus_cycles)
{
    static const struct {
        const char *model, *code;
        u32 offset, clocks;
    } t[] = {
        {"8088", "03 07", 0, 14 + 4},    {"8088", "03 07", 1, 14 + 4},
        {"8088", "02 07", 1, 14},        {"8086", "03 07", 0, 14},
        {"8086", "03 07", 1, 14 + 4},    {"8086", "02 07", 1, 14},
        {"80186", "03 07", 1, 8 + 2},    {"80286", "03 07", 1, 8 + 2},
        {"80286", "03 07", 2, 8},        {"386sx", "66 03 07", 0, 6 + 2},
        {"386sx", "66 03 07", 1, 6 + 4}, {"386sx", "66 03 07", 2, 6 + 2},
        {"386sx", "03 07", 1, 6 + 2},    {"386", "66 03 07", 0, 6},
        {"386", "66 03 07", 1, 6 + 2},   {"386", "66 03 07", 2, 6 + 2},
        {"386", "66 03 07", 3, 6 + 2},   {"386", "03 07", 1, 6},
        {"386", "03 07", 2, 6},          {"386", "03 07", 3, 6 + 2},
        {"386", "02 07", 3, 6},          {"486", "03 07", 3, 2},
        {"pentium", "03 07", 3, 2},      {"pentium3", "03 07", 3, 1},
    };
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        on(t[i].model);
        g->cpu.r[EBX] = t[i].offset;
        u32 n = clocks(t[i].code);
        ck_assert_msg(n == t[i].clocks, "%s %s at %u: %u", t[i].model, t[i].code, t[i].offset, n);
    }
    on("80286"); /* it is the linear address that counts */
    guest_segment(g, SEG_DS, 0, 0x20001, 0xffff, 0x93);
    ck_assert_uint_eq(clocks("03 07"), 8 + 2);
    g->cpu.r[EBX] = 1;
    ck_assert_uint_eq(clocks("03 07"), 8);
}
END_TEST

/* What CODE takes longer when memory operand, stack and strings lie at odd addresses as told. */
static u32 more_clocks(const char *model, const char *code, u32 bx, u32 sp, u32 si, u32 di)
{
    u32 n[2];
    for (unsigned odd = 0; odd < 2; odd++) {
        on(model);
        g->cpu.r[EAX] = 0x0102;
        g->cpu.r[ECX] = 1;
        g->cpu.r[EBX] = 0x100 + (odd ? bx : 0);
        g->cpu.r[ESP] = g->cpu.r[EBP] = 0x8000 + (odd ? sp : 0);
        g->cpu.r[ESI] = 0x200 + (odd ? si : 0);
        g->cpu.r[EDI] = 0x300 + (odd ? di : 0);
        memset(g->ram + 0x20000, 1, 0x400);
        memset(g->ram + 0x38000, 2, 0x40);
        n[odd] = clocks(code);
    }
    return n[1] - n[0];
}

START_TEST(stack_operations_move_words)
{
    static const struct {
        const char *code;
        u32 words;
    } t[] = {
        {"90", 0},       {"50", 1},       {"58", 1},          {"06", 1},    {"07", 1},
        {"9c", 1},       {"9d", 1},       {"e8 00 00", 1},    {"c3", 1},    {"c2 02 00", 1},
        {"cb", 2},       {"ca 02 00", 2}, {"cd 40", 3},       {"cc", 3},    {"cf", 3},
        {"60", 8},       {"61", 8},       {"c8 00 00 00", 1}, {"c9", 1},    {"9a 00 00 00 10", 2},
        {"68 01 00", 1}, {"ff 37", 1},    {"8f 07", 1},       {"ff 17", 1}, {"ff 1f", 2},
    };
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        u32 more = more_clocks("80286", t[i].code, 0, 1, 0, 0);
        ck_assert_msg(more == 2 * t[i].words, "%s: %u", t[i].code, more);
    }
    /* A doubleword on a bus of 16 bits. */
    on("386sx");
    ck_assert_uint_eq(clocks("50"), 2);
    ck_assert_uint_eq(clocks("66 50"), 2 + 2);
    g->cpu.r[ESP] = 0x7fff;
    ck_assert_uint_eq(clocks("50"), 2 + 2);
    g->cpu.r[ESP] = 0x7fff;
    ck_assert_uint_eq(clocks("66 50"), 2 + 4);
}
END_TEST

START_TEST(memory_operands_are_read_and_written)
{
    static const struct {
        const char *model, *code;
        u32 words;
    } t[] = {
        /* read and written */
        {"80286", "01 07", 2},
        {"80286", "09 07", 2},
        {"80286", "11 07", 2},
        {"80286", "19 07", 2},
        {"80286", "21 07", 2},
        {"80286", "29 07", 2},
        {"80286", "31 07", 2},
        {"80286", "87 07", 2},
        {"80286", "81 07 34 12", 2},
        {"80286", "83 37 12", 2},
        {"80286", "ff 07", 2},
        {"80286", "ff 0f", 2},
        {"80286", "f7 1f", 2},
        {"80286", "f7 17", 2},
        {"80286", "d1 07", 2},
        {"80286", "c1 3f 02", 2},
        {"80286", "d3 2f", 2},
        {"386", "0f a4 07 03", 2},
        {"386", "0f ac 07 03", 2},
        {"386", "0f a5 07", 2},
        {"386", "0f ad 07", 2},
        {"386", "d1 07", 2},
        {"386", "0f ba 2f 01", 2},
        {"386", "0f ba 37 01", 2},
        {"386", "0f ba 3f 01", 2},
        {"386", "0f ab 07", 2},
        {"386", "0f b3 07", 2},
        {"386", "0f bb 07", 2},
        /* only one of them */
        {"80286", "03 07", 1},
        {"80286", "2b 07", 1},
        {"80286", "39 07", 1},
        {"80286", "3b 07", 1},
        {"80286", "81 3f 34 12", 1},
        {"80286", "85 07", 1},
        {"80286", "f7 07 34 12", 1},
        {"80286", "89 07", 1},
        {"80286", "8b 07", 1},
        {"80286", "c7 07 34 12", 1},
        {"80286", "f7 27", 1},
        {"80286", "f7 37", 1},
        {"80286", "69 07 34 12", 1},
        {"80286", "ff 37", 1},
        {"80286", "8f 07", 1},
        {"80286", "ff 27", 1},
        {"80286", "8e 07", 1},
        {"80286", "8c 07", 1},
        {"386", "0f ba 27 01", 1},
        {"386", "0f a3 07", 1},
        {"386", "0f af 07", 1},
        {"386", "0f b7 07", 1},
        {"386", "0f bc 07", 1},
        /* two words */
        {"80286", "c4 07", 2},
        {"80286", "c5 07", 2},
        {"80286", "62 07", 2},
        {"80286", "ff 2f", 2},
        {"80286", "ff 1f", 2},
        /* bytes, and no operand at all */
        {"80286", "00 07", 0},
        {"80286", "86 07", 0},
        {"80286", "8a 07", 0},
        {"80286", "8d 07", 0},
        {"80286", "03 c3", 0},
    };
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        u32 more = more_clocks(t[i].model, t[i].code, 3, 0, 0, 0);
        ck_assert_msg(more == 2 * t[i].words, "%s %s: %u", t[i].model, t[i].code, more);
    }
}
END_TEST

START_TEST(strings_are_read_at_si_and_written_at_di)
{
    static const struct {
        const char *code;
        bool si, di;
    } t[] = {
        {"a5", true, true},  {"a7", true, true},   {"ab", false, true},
        {"ad", true, false}, {"af", false, true},  {"6d", false, true},
        {"6f", true, false}, {"a4", false, false}, {"90", false, false},
    };
    static const char *const models[] = {"80186", "80286"};
    for (unsigned i = 0; i < ARRAY_LEN(t) * 2; i++) {
        const char *model = models[i % 2], *code = t[i / 2].code;
        char again[8];
        snprintf(again, sizeof again, "f3 %s", code);
        u32 si = t[i / 2].si ? 2 : 0, di = t[i / 2].di ? 2 : 0;
        ck_assert_msg(more_clocks(model, code, 0, 0, 1, 0) == si, "%s %s", model, code);
        ck_assert_msg(more_clocks(model, code, 0, 0, 0, 1) == di, "%s %s", model, code);
        ck_assert_msg(more_clocks(model, again, 0, 0, 1, 0) == si, "%s %s", model, again);
        ck_assert_msg(more_clocks(model, again, 0, 0, 0, 1) == di, "%s %s", model, again);
    }
}
END_TEST

START_TEST(words_at_odd_ports_take_two_cycles)
{
    static const struct {
        const char *model, *code;
        u16 dx;
        u32 clocks;
    } t[] = {
        {"80286", "e5 60", 1, 6},         {"80286", "e5 61", 0, 6 + 2},
        {"80286", "e4 61", 1, 6},         {"80286", "e7 60", 1, 4},
        {"80286", "e7 61", 0, 4 + 2},     {"80286", "e6 61", 1, 4},
        {"80286", "ed", 0x60, 5},         {"80286", "ed", 0x61, 5 + 2},
        {"80286", "ec", 0x61, 5},         {"80286", "ef", 0x60, 3},
        {"80286", "ef", 0x61, 3 + 2},     {"80286", "ee", 0x61, 3},
        {"80286", "6d", 0x60, 5},         {"80286", "6d", 0x61, 5 + 2},
        {"80286", "6f", 0x61, 5 + 2},     {"80286", "f3 6d", 0x60, 10},
        {"80286", "f3 6d", 0x61, 10 + 2}, {"80286", "f3 6f", 0x61, 10 + 2},
        {"80286", "03 c3", 0x61, 3},      {"80286", "a5", 0x61, 7},
        {"386", "ed", 0x61, 13},          {"386", "ed", 0x63, 13 + 2},
        {"386", "66 ed", 0x60, 13},       {"386", "66 ed", 0x62, 13 + 2},
        {"386sx", "66 e5 60", 1, 12 + 2}, {"386sx", "66 ef", 0x61, 11 + 4},
        {"486", "ed", 0x61, 14},
    };
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        on(t[i].model);
        g->cpu.r[ECX] = 1;
        g->cpu.r[EDX] = t[i].dx;
        u32 n = clocks(t[i].code);
        ck_assert_msg(n == t[i].clocks, "%s %s at %x: %u", t[i].model, t[i].code, t[i].dx, n);
    }
}
END_TEST

/* CX is 0285h: all of CL counts on an 8086, five bits of it on a 286. */
START_TEST(shifts_take_a_clock_a_bit_where_there_is_no_barrel_shifter)
{
    static const struct {
        const char *model, *code;
        u32 clocks;
    } t[] = {
        {"8086", "d3 e0", 8 + 4 * 0x85},
        {"8086", "d2 c0", 8 + 4 * 0x85},
        {"8086", "d3 27", 20 + 5 + 4 * 0x85},
        {"8086", "d1 e0", 2},
        {"80286", "d3 c0", 5 + 5 + 1},
        {"80286", "d3 c8", 5 + 5 + 1},
        {"80286", "d3 d0", 5 + 5 + 1},
        {"80286", "d3 d8", 5 + 5 + 1},
        {"80286", "d3 e0", 5 + 5 + 1},
        {"80286", "d3 e8", 5 + 5 + 1},
        {"80286", "d3 f8", 5 + 5 + 1},
        {"80286", "d2 f8", 5 + 5 + 1},
        {"80286", "d3 27", 8 + 5 + 1},
        {"80286", "c1 e0 07", 5 + 7 + 2},
        {"80286", "c1 e0 02", 5 + 2 + 2},
        {"80286", "c1 e0 27", 5 + 7 + 2},
        {"80286", "c0 27 07", 8 + 7 + 2},
        {"80286", "d1 e0", 2 + 1},
        {"80286", "d1 27", 7 + 1},
        {"80286", "05 07 00", 3 + 2},
        {"80286", "81 c3 07 00", 3 + 3},
        {"80286", "b8 07 00", 2 + 2},
        {"386", "d3 e0", 3},
        {"386", "c1 e0 07", 3},
    };
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        on(t[i].model);
        g->cpu.r[ECX] = 0x285;
        u32 n = clocks(t[i].code);
        ck_assert_msg(n == t[i].clocks, "%s %s: %u", t[i].model, t[i].code, n);
    }
}
END_TEST

/* 80386 PRM, "MUL" and "IMUL": max(ceiling(log2 |m|), 3) + 6 clocks, 9 where m is 0. */
START_TEST(the_386_stops_multiplying_at_the_last_bit)
{
    static const struct {
        const char *code;
        u32 by, clocks;
    } t[] = {
        {"f7 e1", 0, 9},
        {"f7 e1", 3, 9},
        {"f7 e1", 8, 9},
        {"f7 e1", 9, 6 + 4},
        {"f7 e1", 16, 6 + 4},
        {"f7 e1", 17, 6 + 5},
        {"f7 e1", 0xffff, 6 + 16},
        {"f7 e1", 0x50000, 9},
        {"f6 e1", 0xff, 6 + 8},
        {"f6 e1", 0x4000, 9},
        {"f6 e5", 0x4000, 6 + 6},
        {"66 f7 e1", 0x50000, 6 + 19},
        {"66 f7 e1", 0xffffffff, 6 + 32},
        {"f7 e9", 0x100, 6 + 8},
        {"f7 e9", 0xffff, 9},
        {"f7 e9", 0xff00, 6 + 8},
        {"f7 e9", 0x8000, 6 + 15},
        {"f6 e9", 0x80, 6 + 7},
        {"f6 e9", 0x7f, 6 + 7},
        {"f6 e9", 0xf0, 6 + 4},
        {"66 f7 e9", 0x80000000, 6 + 31},
        {"66 f7 e9", 0xfffffff0, 6 + 4},
        {"66 f7 e9", 0x7fffffff, 6 + 31},
        /* in memory, and what is not optimized */
        {"f7 27", 1, 19},
        {"f6 2f", 1, 15},
        {"f7 d1", 0xff, 2},
    };
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        on("386");
        g->cpu.r[ECX] = t[i].by;
        u32 n = clocks(t[i].code);
        ck_assert_msg(n == t[i].clocks, "%s by %x: %u", t[i].code, t[i].by, n);
    }
    on("80286"); /* takes its time */
    g->cpu.r[ECX] = 0xffff;
    ck_assert_uint_eq(clocks("f7 e1"), 21 + 1);
    on("486");
    g->cpu.r[ECX] = 0xffff;
    ck_assert_uint_eq(clocks("f7 e1"), 20);
}
END_TEST

START_TEST(taken_jumps_cost_more)
{
    static const struct {
        const char *model;
        u32 stays, jumps;
    } t[] = {{"8086", 4, 17}, {"80286", 5, 10},  {"386", 3, 8},
             {"486", 1, 3},   {"pentium", 1, 2}, {"pentium3", 1, 2}};
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        on(t[i].model);
        cpu_set_eflags(&g->cpu, FL_ALWAYS);
        ck_assert_uint_eq(clocks("74 10"), t[i].stays);
        ck_assert_uint_eq(clocks("75 10"), t[i].jumps);
    }
}
END_TEST

/* The first comes with the instruction; INTO takes what INT does, besides. */
START_TEST(handlers_are_entered_in_the_clocks_of_the_manual)
{
    static const struct {
        const char *model;
        u32 exception, software, overflow;
    } t[] = {{"8086", 50, 52, 4 + 52}, {"80286", 43, 23 + 1, 3 + 23}, {"386", 59, 37, 3 + 37},
             {"486", 44, 30, 3 + 30},  {"pentium", 30, 16, 4 + 16},   {"pentium3", 40, 30, 4 + 30}};
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        on(t[i].model);
        cpu_nmi(&g->cpu, 0, true);
        guest_code(g, "90");
        u64 before = g->clock.cycles;
        g->clock.deadline = before + 1;
        cpu_run(&g->cpu);
        ck_assert_int_eq(guest_vector(g), EX_NMI);
        ck_assert_uint_eq(g->clock.cycles - before, t[i].exception);
        on(t[i].model);
        ck_assert_uint_eq(clocks("cd 40"), t[i].software);
        on(t[i].model);
        cpu_set_eflags(&g->cpu, FL_ALWAYS | FL_OF);
        ck_assert_uint_eq(clocks("ce"), t[i].overflow);
        on(t[i].model);
        if (!strcmp(t[i].model, "8086"))
            continue; /* has no exception that is a fault */
        ck_assert_uint_eq(clocks("f6 f1"), t[i].exception);
        ck_assert_int_eq(guest_vector(g), EX_DE);
    }
}
END_TEST

/* "5+4n": the clocks before the first iteration, and those of each. The prefix counts apart. */
START_TEST(repeated_strings_cost_by_the_element)
{
    static const char *const codes[] = {"f3 a4", "f3 aa", "f3 ac", "f3 a6",
                                        "f3 ae", "f3 6c", "f3 6e"};
    static const struct {
        const char *model, *clocks[ARRAY_LEN(codes)];
        u32 prefix;
    } t[] = {
        {"8086", {"9+17", "9+10", "9+13", "9+22", "9+15"}, 2},
        {"80286", {"5+4", "4+3", "5+4", "5+9", "5+8", "5+4", "5+4"}, 1},
        {"386", {"7+4", "5+5", "5+6", "5+9", "5+8", "14+6", "12+5"}, 0},
        {"486", {"12+3", "7+4", "7+4", "7+7", "7+5", "16+8", "17+5"}, 1},
        {"pentium", {"13+1", "9+1", "7+3", "9+4", "8+4", "11+3", "13+4"}, 1},
        {"pentium3", {"12+1", "10+1", "8+2", "10+4", "10+3", "10+8", "10+8"}, 0},
    };
    for (unsigned i = 0; i < ARRAY_LEN(t) * ARRAY_LEN(codes); i++) {
        const char *text = t[i / ARRAY_LEN(codes)].clocks[i % ARRAY_LEN(codes)];
        const char *model = t[i / ARRAY_LEN(codes)].model, *code = codes[i % ARRAY_LEN(codes)];
        u32 start, each, prefix = t[i / ARRAY_LEN(codes)].prefix;
        if (!text || sscanf(text, "%u+%u", &start, &each) != 2)
            continue;
        on(model);
        u32 n = clocks(code);
        ck_assert_msg(n == start + prefix, "%s %s: %u to begin", model, code, n);
        g->cpu.r[ECX] = 1;
        n = clocks(code);
        ck_assert_msg(n == start + prefix + each, "%s %s: %u with one", model, code, n);
    }
}
END_TEST

/* As many iterations as begin before the event; the start is paid at the end. */
START_TEST(repetitions_stop_at_the_event)
{
    on("386");
    guest_code(g, "f3 a4"); /* rep movsb */
    g->cpu.r[ECX] = 100;
    g->cpu.r[ESI] = 0x100;
    g->cpu.r[EDI] = 0x200;
    u64 before = g->clock.cycles;
    g->clock.deadline = before + 96 * 4 - 3;
    cpu_run(&g->cpu);
    ck_assert_uint_eq(g->cpu.r[ECX], 4);
    ck_assert_uint_eq(g->clock.cycles - before, 96 * 4);
    g->clock.deadline = before + 97 * 4;
    cpu_run(&g->cpu);
    ck_assert_uint_eq(g->cpu.r[ECX], 3);
    guest_step(g, 3);
    ck_assert_uint_eq(g->cpu.r[ECX], 0);
    ck_assert_uint_eq(g->cpu.eip, 2);
    ck_assert_uint_eq(g->clock.cycles - before, 7 + 100 * 4);
}
END_TEST

START_TEST(no_class_is_longer_than_a_block_allows)
{
    for (unsigned i = 0; i < insn_count; i++) {
        for (unsigned m = 0; m < cpu_model_count; m++) {
            struct insn_form form = {
                .memory = true, .modrm = 0x80, .bytes = 1, .op = insn_table[i].op};
            u32 n = timing_clocks(&cpu_models[m], &insn_table[i], &form);
            ck_assert_uint_le(n, TIMING_MAX);
            if (model_has(&cpu_models[m], insn_table[i].since))
                ck_assert_msg(n > 0, "%s costs nothing on %s", insn_table[i].name,
                              cpu_models[m].name);
        }
    }
}
END_TEST

Suite *timing_suite(void)
{
    const TTest *const tests[] = {
        the_8086_adds_addresses_prefixes_and_odd_words,
        the_8086_adds_up_effective_addresses,
        two_registers_in_an_address_cost_a_clock_from_the_286_to_the_486,
        prefixes_cost_where_the_manual_says_so,
        no_instruction_is_longer_than_a_block_allows,
        what_is_not_aligned_takes_more_bus_cycles,
        stack_operations_move_words,
        memory_operands_are_read_and_written,
        strings_are_read_at_si_and_written_at_di,
        words_at_odd_ports_take_two_cycles,
        shifts_take_a_clock_a_bit_where_there_is_no_barrel_shifter,
        the_386_stops_multiplying_at_the_last_bit,
        taken_jumps_cost_more,
        handlers_are_entered_in_the_clocks_of_the_manual,
        repeated_strings_cost_by_the_element,
        repetitions_stop_at_the_event,
        no_class_is_longer_than_a_block_allows,
        NULL,
    };
    return guest_suite("timing", tests, setup, teardown);
}
