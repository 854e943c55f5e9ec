/* SPDX-License-Identifier: MIT */
/* Port instructions, and who may use which port. SDM 1 "I/O Permission Bit Map". */
#include "tests/unit/guest.h"

static struct guest *g;

/* A chip that remembers what it was asked. */
static struct {
    u32 reg, value, reads, writes;
    unsigned size;
    u64 clock;
} seen;

static u32 port_read(void *owner, u32 reg, unsigned size)
{
    const struct clock *clock = owner;
    seen.clock = clock->cycles;
    seen.reg = reg;
    seen.size = size;
    seen.reads++;
    return 0x44332211u + reg;
}

static void port_write(void *owner, u32 reg, u32 value, unsigned size)
{
    (void)owner;
    seen.reg = reg;
    seen.value = value;
    seen.size = size;
    seen.writes++;
}

static const struct chip chip = {.name = "test", .read = port_read, .write = port_write};

static void setup(void)
{
    g = guest_new();
    guest_flat(g, 0);
    memset(&seen, 0, sizeof seen);
    bus_map_ports(&g->bus, 0, 0x8000, 4, 0, &chip, &g->clock);
}

static void teardown(void)
{
    guest_free(g);
}

START_TEST(a_read_changes_as_much_of_eax_as_it_is_wide)
{
    g->cpu.r[EAX] = 0xffffffff;
    g->cpu.r[EDX] = 0xabcd0100;
    guest_do(g, "ec");
    ck_assert_uint_eq(g->cpu.r[EAX], 0xffffff11);
    guest_do(g, "66 ed");
    ck_assert_uint_eq(g->cpu.r[EAX], 0xffff2311);
    guest_do(g, "ed");
    ck_assert_uint_eq(g->cpu.r[EAX], 0x44332311);
    ck_assert_uint_eq(seen.reg, 0x100);
    guest_do(g, "e4 80");
    ck_assert_uint_eq(g->cpu.r[EAX], 0x44332391);
    ck_assert_uint_eq(seen.reg, 0x80);
}
END_TEST

START_TEST(a_write_gives_as_much_of_eax_as_it_is_wide)
{
    g->cpu.r[EAX] = 0x87654321;
    g->cpu.r[EDX] = 0x234;
    guest_do(g, "ee");
    ck_assert(seen.value == 0x21 && seen.size == 1 && seen.reg == 0x234);
    guest_do(g, "66 ef");
    ck_assert(seen.value == 0x4321 && seen.size == 2);
    guest_do(g, "ef");
    ck_assert(seen.value == 0x87654321 && seen.size == 4);
    guest_do(g, "e7 70");
    ck_assert(seen.value == 0x87654321 && seen.reg == 0x70);
}
END_TEST

START_TEST(a_port_without_a_chip_reads_as_ones)
{
    g->cpu.r[EAX] = 0;
    g->cpu.r[EDX] = 0x9000;
    guest_do(g, "ed");
    ck_assert_uint_eq(g->cpu.r[EAX], 0xffffffff);
    guest_do(g, "ef");
    ck_assert_int_eq(guest_vector(g), -1);
}
END_TEST

/* Ring 3 with IOPL, a bitmap at offset MAP of the TSS and its LIMIT. */
static void user(unsigned iopl, u16 map, u32 limit)
{
    guest_flat(g, 3);
    cpu_set_eflags(&g->cpu, iopl << 12);
    memset(g->ram + GUEST_TSS + 0x68, 0, 0x2100);
    put16(g->ram + GUEST_TSS + 0x66, map);
    g->cpu.tr.limit = limit;
}

static bool allowed(u32 port, unsigned size)
{
    g->cpu.r[EDX] = port;
    guest_do(g, size == 1 ? "ec" : size == 2 ? "66 ed" : "ed");
    bool ok = guest_vector(g) < 0;
    if (!ok) {
        ck_assert_int_eq(guest_vector(g), EX_GP);
        ck_assert_uint_eq(guest_stack(g, 0), 0);
        u16 map = get16(g->ram + GUEST_TSS + 0x66);
        u32 limit = g->cpu.tr.limit, eflags = guest_stack(g, 3);
        guest_flat(g, 3);
        put16(g->ram + GUEST_TSS + 0x66, map);
        g->cpu.tr.limit = limit;
        cpu_set_eflags(&g->cpu, eflags & FL_IOPL);
    }
    return ok;
}

START_TEST(iopl_allows_every_port_and_below_it_the_bitmap_decides)
{
    user(3, 0, 0x67);
    ck_assert(allowed(0x60, 1) && allowed(0xffff, 1));
    user(2, 0xffff, 0x67);
    ck_assert(!allowed(0x60, 1));
    ck_assert_uint_eq(seen.reads, 1); /* not asked in vain: 60h once, ffffh has no chip */
}
END_TEST

/* One bit set: exactly the accesses that touch that port are refused. */
START_TEST(each_bit_refuses_the_accesses_that_touch_its_port)
{
    user(0, 0x68, 0x68 + 0x2000);
    for (u32 bit = 0x3f0; bit < 0x3f0 + 20; bit++) {
        g->ram[GUEST_TSS + 0x68 + bit / 8] |= (u8)(1 << (bit & 7));
        for (u32 port = bit - 6; port < bit + 6; port++)
            for (unsigned size = 1; size <= 4; size *= 2)
                ck_assert_msg(allowed(port, size) == !(bit >= port && bit < port + size),
                              "bit %x, port %x, %u bytes", bit, port, size);
        g->ram[GUEST_TSS + 0x68 + bit / 8] = 0;
    }
}
END_TEST

/* The CPU reads two bytes of the map: the second must lie inside the TSS as well. */
START_TEST(what_lies_beyond_the_limit_of_the_tss_is_refused)
{
    user(0, 0x68, 0x68 + 3);
    ck_assert(allowed(7, 1) && allowed(16, 1) && allowed(23, 1));
    ck_assert(!allowed(24, 1) && !allowed(31, 1) && !allowed(32, 1) && !allowed(0x7000, 1));
    user(0, 0x68, 0x68);
    ck_assert(!allowed(0, 1));
    user(0, 0x68, 0x69);
    ck_assert(allowed(0, 1) && !allowed(8, 1));
    user(0, 0x68, 0x66);
    ck_assert(!allowed(0, 1));
}
END_TEST

START_TEST(the_last_port_needs_the_byte_of_ones_behind_the_map)
{
    user(0, 0x68, 0x68 + 0x1fff);
    ck_assert(!allowed(0xffff, 1) && allowed(0xfff7, 1));
    user(0, 0x68, 0x68 + 0x2000);
    ck_assert(allowed(0xffff, 1));
    g->ram[GUEST_TSS + 0x68 + 0x2000] = 0xff;
    ck_assert(allowed(0xffff, 1) && !allowed(0xffff, 2) && !allowed(0xfffe, 4));
    ck_assert(allowed(0xfffe, 2));
}
END_TEST

START_TEST(a_tss_of_the_286_has_no_map)
{
    user(0, 0x68, 0x2100);
    g->cpu.tr.attr = 0x83;
    g->cpu.r[EDX] = 0x60;
    put32(g->ram + GUEST_TSS + 2, GUEST_DATA32 << 16 | 0x8000); /* SS0:SP0 of that format */
    guest_do(g, "ec");
    ck_assert_int_eq(guest_vector(g), EX_GP);
}
END_TEST

START_TEST(in_virtual_8086_mode_iopl_does_not_matter)
{
    user(3, 0x68, 0x68 + 0x2000);
    g->cpu.eflags |= FL_VM;
    for (unsigned i = 0; i < SEG_COUNT; i++)
        guest_segment(g, i, 0x1000, 0x10000, 0xffff, 0x0f3);
    g->start = 0;
    g->cpu.r[EDX] = 0x60;
    guest_do(g, "ec");
    ck_assert_int_eq(guest_vector(g), -1);
    g->ram[GUEST_TSS + 0x68 + 0x60 / 8] = 1;
    guest_do(g, "ec");
    ck_assert_int_eq(guest_vector(g), EX_GP);
}
END_TEST

START_TEST(in_real_mode_every_port_is_free)
{
    guest_real(g);
    g->cpu.r[EDX] = 0x60;
    guest_do(g, "ec");
    ck_assert_uint_eq(g->cpu.r[EAX] & 0xff, 0x71);
}
END_TEST

/* String I/O. */

START_TEST(strings_go_to_and_from_a_port)
{
    g->cpu.r[EDX] = 0x100;
    g->cpu.r[ECX] = 3;
    g->cpu.r[EDI] = GUEST_DATA;
    memset(g->ram + GUEST_DATA, 0, 32);
    guest_code(g, "f3 6d");
    guest_step(g, 3);
    ck_assert_uint_eq(get32(g->ram + GUEST_DATA + 8), 0x44332311);
    ck_assert(g->cpu.r[EDI] == GUEST_DATA + 12 && g->cpu.r[ECX] == 0 && seen.reads == 3);
    g->cpu.r[ESI] = GUEST_DATA + 4;
    g->cpu.eip = g->start;
    g->cpu.r[ECX] = 2;
    put16(g->ram + GUEST_DATA + 2, 0x9876);
    cpu_set_eflags(&g->cpu, FL_DF);
    guest_code(g, "66 f3 6f");
    guest_step(g, 2);
    ck_assert(seen.writes == 2 && seen.size == 2 && seen.value == 0x9876);
    ck_assert_uint_eq(g->cpu.r[ESI], GUEST_DATA);
}
END_TEST

START_TEST(a_port_is_not_read_if_the_memory_behind_is_missing)
{
    guest_page(g);
    put32(guest_pte(g, GUEST_DATA), 0);
    guest_flush(g);
    g->cpu.r[EDX] = 0x100;
    g->cpu.r[ECX] = 3;
    g->cpu.r[EDI] = GUEST_DATA;
    guest_do(g, "f3 6c");
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(seen.reads, 0);
    ck_assert(g->cpu.r[ECX] == 3 && g->cpu.r[EDI] == GUEST_DATA);
}
END_TEST

START_TEST(string_io_obeys_the_map_as_well)
{
    user(0, 0x68, 0x68 + 0x2000);
    g->ram[GUEST_TSS + 0x68 + 0x100 / 8] = 1;
    g->cpu.r[EDX] = 0x100;
    g->cpu.r[EDI] = g->cpu.r[ESI] = GUEST_DATA;
    guest_do(g, "6c");
    ck_assert_int_eq(guest_vector(g), EX_GP);
    user(0, 0x68, 0x68 + 0x2000);
    g->ram[GUEST_TSS + 0x68 + 0x100 / 8] = 1;
    g->cpu.r[EDX] = 0x100;
    guest_do(g, "6e");
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(seen.reads + seen.writes, 0);
}
END_TEST

/* Before each IN runs an instruction of one clock; both flavours tell the chip the same. */
START_TEST(a_chip_sees_the_clock_of_its_instruction)
{
    u64 at[2][2];
    for (unsigned plain = 0; plain < 2; plain++) {
        teardown();
        setup();
        g->cpu.plain_only = plain;
        g->cpu.r[EDX] = 0x100;
        guest_code(g, "40 40 ec 40 40 40 40 40 ec f4");
        g->clock.deadline = 10;
        cpu_run(&g->cpu);
        at[plain][0] = seen.clock;
        g->clock.deadline = 1000;
        cpu_run(&g->cpu);
        at[plain][1] = seen.clock;
    }
    ck_assert_uint_eq(at[0][0], 2);
    ck_assert(!memcmp(at[0], at[1], sizeof at[0]));
    ck_assert_uint_gt(at[0][1], at[0][0] + 5);
}
END_TEST

static void on_a_286(void)
{
    guest_become(g, "80286");
    g->cpu.r[EDX] = 0x120;
    g->cpu.r[ECX] = 3;
    g->cpu.r[ESI] = 0x10;
    g->cpu.r[EDI] = 0x20;
    memset(&seen, 0, sizeof seen);
}

START_TEST(strings_of_words_go_through_the_ports_of_a_286)
{
    on_a_286();
    guest_do(g, "6d");
    ck_assert(seen.reads == 1 && seen.reg == 0x120 && seen.size == 2);
    ck_assert_uint_eq(get16(g->ram + 0x20020), 0x2331);
    ck_assert_uint_eq(g->cpu.r[EDI], 0x22);
    on_a_286();
    put16(g->ram + 0x20010, 0x5678);
    guest_do(g, "6f");
    ck_assert(seen.writes == 1 && seen.reg == 0x120 && seen.size == 2 && seen.value == 0x5678);
    ck_assert_uint_eq(g->cpu.r[ESI], 0x12);
    for (unsigned out = 0; out < 2; out++) {
        on_a_286();
        guest_code(g, out ? "f3 6f" : "f3 6d");
        g->cpu.eip = 0;
        guest_step(g, 3);
        ck_assert_uint_eq(out ? seen.writes : seen.reads, 3);
        ck_assert_uint_eq(g->cpu.r[ECX], 0);
        ck_assert_uint_eq(g->cpu.eip, 2);
    }
}
END_TEST

/* Who may not use the port is told so before the registers move. */
START_TEST(strings_of_words_ask_for_the_iopl_of_a_286)
{
    for (unsigned i = 0; i < 4; i++) {
        on_a_286();
        g->cpu.cr0 |= CR0_PE;
        g->cpu.cpl = 3;
        cpu_set_eflags(&g->cpu, i & 2 ? FL_ALWAYS | FL_IOPL : FL_ALWAYS);
        guest_do(g, i & 1 ? "6f" : "6d");
        ck_assert_uint_eq(seen.reads + seen.writes, i & 2 ? 1 : 0);
        ck_assert_uint_eq(g->cpu.r[EDI], i == 2 ? 0x22 : 0x20);
        ck_assert_uint_eq(g->cpu.r[ESI], i == 3 ? 0x12 : 0x10);
    }
}
END_TEST

/* A chip that has blocks of BLOCK bytes, each a little different. */
enum { BLOCK = 700 };

static struct {
    u32 at, streamed;
} block[2];

static u32 block_byte(u32 i)
{
    return (i ^ i / BLOCK) & 0xff;
}

static u32 block_read(void *owner, u32 reg, unsigned size)
{
    u32 *at = owner, value = 0;
    (void)reg;
    for (unsigned i = 0; i < size; i++)
        value |= block_byte((*at)++) << 8 * i;
    return value;
}

static u32 block_stream(void *owner, u32 reg, unsigned size, u8 *to, u32 count)
{
    u32 *at = owner, n = (BLOCK - *at % BLOCK - 1) / size;
    (void)reg;
    n = n < count ? n : count;
    for (u32 i = 0; i < n * size; i++)
        to[i] = (u8)block_byte((*at)++);
    block[1].streamed += n;
    return n;
}

static const struct chip single = {.name = "single", .read = block_read};
static const struct chip streaming = {
    .name = "streaming", .read = block_read, .stream = block_stream};

enum { FROM = 0x40001, LOWEST = 0x40000, ABSENT = 0x43000 }; /* between two absent pages */

static struct guest *with_blocks(unsigned i, const char *code, bool down)
{
    struct guest *guest = guest_new();
    guest_flat(guest, 0);
    put32(guest_pte(guest, ABSENT), 0);
    put32(guest_pte(guest, LOWEST - 1), 0);
    guest_page(guest);
    block[i].at = block[i].streamed = 0;
    bus_map_ports(&guest->bus, 0x1f0, 1, 4, 0, i ? &streaming : &single, &block[i].at);
    guest->cpu.r[EDX] = 0x1f0;
    guest->cpu.r[EDI] = down ? ABSENT - 5 : FROM;
    guest->cpu.r[ECX] = 1u << 20; /* more than there is room for: it ends in a page fault */
    if (down)
        guest->cpu.eflags |= FL_DF;
    guest_code(guest, code);
    guest->cpu.eip = guest->start;
    return guest;
}

/* Bytes, words, double words, up and down, in slices of any length, to the page fault. */
START_TEST(a_stream_is_what_single_reads_are)
{
    static const char *const code[] = {"f3 6c", "f3 66 6d", "f3 6d"};
    for (unsigned i = 0; i < 6; i++) {
        struct guest *one = with_blocks(0, code[i / 2], i & 1),
                     *two = with_blocks(1, code[i / 2], i & 1);
        u32 random = i;
        for (unsigned slice = 0; !one->cpu.halted && slice < 100000; slice++) {
            random = random * 1664525 + 1013904223;
            one->clock.deadline = two->clock.deadline =
                one->clock.cycles + 1 + (random >> 16) % 5000;
            cpu_run(&one->cpu);
            cpu_run(&two->cpu);
            ck_assert_uint_eq(one->clock.cycles, two->clock.cycles);
            ck_assert_uint_eq(one->cpu.r[ECX], two->cpu.r[ECX]);
            ck_assert_uint_eq(one->cpu.r[EDI], two->cpu.r[EDI]);
            ck_assert_uint_eq(one->cpu.eip, two->cpu.eip);
            ck_assert_uint_eq(block[0].at, block[1].at);
        }
        ck_assert_int_eq(guest_vector(two), EX_PF);
        ck_assert_uint_eq(two->cpu.cr2, i & 1 ? LOWEST - 1 : ABSENT);
        ck_assert_mem_eq(one->ram + LOWEST, two->ram + LOWEST, ABSENT - LOWEST);
        ck_assert(i & 1 ? !block[1].streamed : block[1].streamed > 2000);
        guest_free(one);
        guest_free(two);
    }
}
END_TEST

Suite *io_suite(void)
{
    const TTest *const tests[] = {
        a_read_changes_as_much_of_eax_as_it_is_wide,
        a_write_gives_as_much_of_eax_as_it_is_wide,
        a_port_without_a_chip_reads_as_ones,
        iopl_allows_every_port_and_below_it_the_bitmap_decides,
        each_bit_refuses_the_accesses_that_touch_its_port,
        what_lies_beyond_the_limit_of_the_tss_is_refused,
        the_last_port_needs_the_byte_of_ones_behind_the_map,
        a_tss_of_the_286_has_no_map,
        in_virtual_8086_mode_iopl_does_not_matter,
        in_real_mode_every_port_is_free,
        strings_go_to_and_from_a_port,
        a_port_is_not_read_if_the_memory_behind_is_missing,
        string_io_obeys_the_map_as_well,
        a_chip_sees_the_clock_of_its_instruction,
        a_stream_is_what_single_reads_are,
        strings_of_words_go_through_the_ports_of_a_286,
        strings_of_words_ask_for_the_iopl_of_a_286,
        NULL,
    };
    return guest_suite("io", tests, setup, teardown);
}
