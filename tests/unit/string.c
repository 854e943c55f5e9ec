/* SPDX-License-Identifier: MIT */
/* String instructions: all sizes, directions, repetitions; faults half-way. SDM 2B "MOVS", "REP".
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/guest.h"

static struct guest *g;

static void setup(void)
{
    g = guest_new();
    guest_flat(g, 0);
}

static void teardown(void)
{
    guest_free(g);
}

enum { SOURCE = GUEST_DATA, TARGET = GUEST_DATA + 0x8000 };

static void fill(void)
{
    for (u32 i = 0; i < 0x10000; i++)
        g->ram[GUEST_DATA + i] = (u8)(i * 7 + (i >> 8));
}

static void start(u32 from, u32 to, u32 count, bool down)
{
    g->cpu.r[ESI] = from;
    g->cpu.r[EDI] = to;
    g->cpu.r[ECX] = count;
    cpu_set_eflags(&g->cpu, down ? FL_DF : 0);
}

/* The instruction and a HLT, to their end. */
static void run(const char *hex)
{
    char code[80];
    snprintf(code, sizeof code, "%s f4", hex);
    guest_code(g, code);
    g->cpu.eip = g->start;
    g->cpu.halted = false;
    g->clock.deadline = g->clock.cycles + 1000000;
    cpu_run(&g->cpu);
}

static const struct {
    u32 bytes;
    const char *movs, *stos, *lods, *scas, *cmps;
} sizes[] = {
    {1, "a4", "aa", "ac", "ae", "a6"},
    {2, "66 a5", "66 ab", "66 ad", "66 af", "66 a7"},
    {4, "a5", "ab", "ad", "af", "a7"},
};

START_TEST(one_element_moves_the_indexes_by_its_size)
{
    for (unsigned i = 0; i < 3 * 2; i++) {
        u32 n = sizes[i / 2].bytes, by = i & 1 ? -n : n;
        fill();
        memset(g->ram + TARGET, 0, 16);
        start(SOURCE, TARGET, 77, i & 1);
        guest_do(g, sizes[i / 2].movs);
        ck_assert(!memcmp(g->ram + SOURCE, g->ram + TARGET, n));
        ck_assert(n == 4 || g->ram[TARGET + n] == 0);
        ck_assert_uint_eq(g->cpu.r[ESI], SOURCE + by);
        ck_assert_uint_eq(g->cpu.r[EDI], TARGET + by);
        ck_assert_uint_eq(g->cpu.r[ECX], 77);
    }
}
END_TEST

static char *repeated(const char *prefix, const char *hex)
{
    static char text[40];
    snprintf(text, sizeof text, "%s %s", prefix, hex);
    return text;
}

/* Element by element, as the manual says it. */
static void reference_copy(u8 *ram, u32 from, u32 to, u32 count, u32 size, bool down)
{
    for (; count; count--) {
        u8 element[4];
        memcpy(element, ram + from, size);
        memcpy(ram + to, element, size);
        from += down ? -size : size;
        to += down ? -size : size;
    }
}

/* Overlapping at every small distance, in both directions, inside a page and across. */
static void check_copy(u32 from, u32 to, u32 count, unsigned i, bool down)
{
    u8 *want = malloc(0x10000);
    u32 size = sizes[i].bytes;
    fill();
    memcpy(want, g->ram + GUEST_DATA, 0x10000);
    reference_copy(want - GUEST_DATA, from, to, count, size, down);
    start(from, to, count, down);
    run(repeated("f3", sizes[i].movs));
    ck_assert_msg(!memcmp(want, g->ram + GUEST_DATA, 0x10000),
                  "from %x to %x, %u of %u bytes, down %d", from, to, count, size, down);
    ck_assert_uint_eq(g->cpu.r[ECX], 0);
    ck_assert_uint_eq(g->cpu.r[ESI], from + (down ? -count * size : count * size));
    ck_assert_uint_eq(g->cpu.r[EDI], to + (down ? -count * size : count * size));
    free(want);
}

START_TEST(copies_are_made_element_by_element)
{
    for (unsigned plain = 0; plain < 2; plain++)
        for (unsigned i = 0; i < 3; i++)
            for (int distance = -9; distance <= 9; distance++) {
                u32 at = SOURCE + 0x800, edge = SOURCE + 0xff0;
                g->cpu.plain_only = plain;
                check_copy(at, at + (u32)distance, 50, i, false);
                check_copy(at, at + (u32)distance, 50, i, true);
                check_copy(edge, edge + (u32)distance, 40, i, false);
                check_copy(edge + 0x41, edge + 0x41 + (u32)distance, 40, i, true);
            }
}
END_TEST

START_TEST(long_copies_run_over_many_pages)
{
    check_copy(SOURCE + 3, TARGET + 1, 0x7000, 0, false);
    check_copy(SOURCE + 3, TARGET + 1, 0x1c00, 2, false);
    check_copy(SOURCE + 0x7000, TARGET + 0x7000, 0x1c00, 2, true);
}
END_TEST

START_TEST(fills_write_every_element)
{
    for (unsigned i = 0; i < 3; i++) {
        u32 n = sizes[i].bytes;
        fill();
        u8 before = g->ram[TARGET + 0xffe - 1], after = g->ram[TARGET + 0xffe + 100 * n];
        g->cpu.r[EAX] = 0x44332211;
        start(0, TARGET + 0xffe, 100, false);
        run(repeated("f3", sizes[i].stos));
        for (u32 k = 0; k < 100 * n; k++)
            ck_assert_uint_eq(g->ram[TARGET + 0xffe + k], 0x11 * (1 + k % n));
        ck_assert_uint_eq(g->ram[TARGET + 0xffd], before);
        ck_assert_uint_eq(g->ram[TARGET + 0xffe + 100 * n], after);
        ck_assert_uint_eq(g->cpu.r[EDI], TARGET + 0xffe + 100 * n);
    }
}
END_TEST

START_TEST(loads_end_with_the_last_element)
{
    for (unsigned i = 0; i < 3; i++) {
        u32 n = sizes[i].bytes, want = 0xeeeeeeee;
        fill();
        memcpy(&want, g->ram + SOURCE + 4 * n, n);
        g->cpu.r[EAX] = 0xeeeeeeee;
        start(SOURCE, 0, 5, false);
        run(repeated("f3", sizes[i].lods));
        ck_assert_uint_eq(g->cpu.r[EAX], want);
    }
}
END_TEST

START_TEST(comparing_stops_at_the_first_difference)
{
    for (unsigned i = 0; i < 3; i++)
        for (u32 at = 0; at < 8; at++) {
            u32 n = sizes[i].bytes;
            fill();
            memcpy(g->ram + TARGET, g->ram + SOURCE, 64);
            g->ram[TARGET + at * n] = (u8)(g->ram[SOURCE + at * n] + 1);
            start(SOURCE, TARGET, 8, false);
            run(repeated("f3", sizes[i].cmps));
            ck_assert_uint_eq(g->cpu.r[ECX], 7 - at);
            ck_assert_uint_eq(g->cpu.r[ESI], SOURCE + (at + 1) * n);
            ck_assert_uint_eq(g->cpu.r[EDI], TARGET + (at + 1) * n);
            ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ZF, 0);
            /* source - destination is -1, or a carry out of the low byte */
            ck_assert(g->ram[TARGET + at * n] == 0 || cpu_eflags(&g->cpu) & FL_CF);
        }
}
END_TEST

START_TEST(comparing_equal_strings_ends_with_zf)
{
    fill();
    memcpy(g->ram + TARGET, g->ram + SOURCE, 64);
    start(SOURCE, TARGET, 16, false);
    run("f3 a7");
    ck_assert_uint_eq(g->cpu.r[ECX], 0);
    ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ZF, FL_ZF);
}
END_TEST

START_TEST(scanning_finds_an_element)
{
    for (unsigned i = 0; i < 3; i++)
        for (unsigned down = 0; down < 2; down++) {
            u32 n = sizes[i].bytes, first = TARGET + 0x1000, by = down ? -n : n;
            memset(g->ram + TARGET, 0x5a, 0x2000);
            g->ram[first + 20 * by] = 0x42;
            for (u32 k = 1; k < n; k++)
                g->ram[first + 20 * by + k] = 0;
            g->cpu.r[EAX] = n == 1 ? 0xdddddd42 : n == 2 ? 0xdddd0042 : 0x42;
            start(0, first, 1000, down);
            run(repeated("f2", sizes[i].scas));
            ck_assert_uint_eq(g->cpu.r[ECX], 1000 - 21);
            ck_assert_uint_eq(g->cpu.r[EDI], first + 21 * by);
            ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ZF, FL_ZF);
        }
}
END_TEST

START_TEST(a_count_of_zero_does_nothing_at_all)
{
    static const char *const codes[] = {"f3 a4", "f3 aa", "f3 ac", "f3 a6",
                                        "f2 ae", "f3 6c", "f3 6e"};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        guest_segment(g, SEG_DS, 0, 0, 0, 0); /* not even looked at */
        guest_segment(g, SEG_ES, 0, 0, 0, 0);
        start(0x1234, 0x5678, 0, false);
        cpu_set_eflags(&g->cpu, FL_ARITH);
        g->cpu.r[EAX] = 0xabcd;
        guest_do(g, codes[i]);
        ck_assert_int_eq(guest_vector(g), -1);
        ck_assert_uint_eq(g->cpu.eip, g->start + 2);
        ck_assert(g->cpu.r[ESI] == 0x1234 && g->cpu.r[EDI] == 0x5678 && g->cpu.r[EAX] == 0xabcd);
        ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ARITH, FL_ARITH);
    }
}
END_TEST

START_TEST(sixteen_bit_indexes_wrap_and_leave_the_upper_halves)
{
    guest_segment(g, SEG_ES, GUEST_DATA16, GUEST_DATA, 0xffff, 0x093);
    memset(g->ram + GUEST_DATA, 0, 0x10000);
    g->cpu.r[EAX] = 0x99;
    start(0, 0xabcdfffe, 0x12340004, false);
    run("67 f3 aa");
    ck_assert_uint_eq(g->cpu.r[EDI], 0xabcd0002);
    ck_assert_uint_eq(g->cpu.r[ECX], 0x12340000);
    ck_assert_uint_eq(get16(g->ram + GUEST_DATA + 0xfffe), 0x9999);
    ck_assert_uint_eq(get32(g->ram + GUEST_DATA), 0x9999);
}
END_TEST

START_TEST(an_override_changes_the_source_alone)
{
    guest_segment(g, SEG_FS, GUEST_DATA16, GUEST_DATA + 0x100, 0xffff, 0x093);
    fill();
    start(0x10, TARGET, 4, false);
    run("64 f3 a4");
    ck_assert(!memcmp(g->ram + GUEST_DATA + 0x110, g->ram + TARGET, 4));
}
END_TEST

/* The page of the Nth element of source (or target) is absent; afterwards it is there. */
static void check_fault(const char *hex, unsigned size, u32 good, bool down, bool source)
{
    u32 page = source ? SOURCE + 0x1000 : TARGET + 0x1000;
    u32 first = down ? page + 0x1000 + (good - 1) * size : page - good * size;
    u32 by = down ? -size : size, other = source ? TARGET + 0x400 : SOURCE + 0x400;
    u32 total = good + 5;
    guest_flat(g, 0);
    guest_page(g);
    fill();
    put32(guest_pte(g, page), page | 6);
    guest_flush(g);
    u32 from = source ? first : other, to = source ? other : first;
    start(from, to, total, down);
    g->cpu.r[EAX] = 0xffffffff;
    g->clock.deadline = g->clock.cycles + 100000;
    guest_code(g, hex);
    g->cpu.eip = g->start;
    cpu_run(&g->cpu);
    ck_assert_msg(guest_vector(g) == EX_PF, "%s", hex);
    ck_assert_uint_eq(guest_stack(g, 1), g->start);
    ck_assert_uint_eq(g->cpu.r[ECX], total - good);
    ck_assert_uint_eq(g->cpu.r[EDI], to + good * by);
    ck_assert(strstr(hex, "aa") || strstr(hex, "ab") || g->cpu.r[ESI] == from + good * by);
    ck_assert_uint_eq(g->cpu.cr2, down ? page + 0x1000 - size : page);
    put32(guest_pte(g, page), page | 7);
    g->cpu.r[ESP] += 16;
    g->cpu.halted = false;
    g->cpu.eip = g->start;
    guest_step(g, 5);
    ck_assert_uint_eq(g->cpu.r[ECX], 0);
    ck_assert_uint_eq(g->cpu.r[EDI], to + total * by);
}

START_TEST(a_fault_half_way_leaves_count_and_indexes_at_the_element_to_do)
{
    for (unsigned plain = 0; plain < 2; plain++)
        for (u32 good = 1; good < 40; good += 13)
            for (unsigned down = 0; down < 2; down++) {
                g->cpu.plain_only = plain;
                check_fault("f3 a4", 1, good, down, true);
                check_fault("f3 a4", 1, good, down, false);
                check_fault("f3 a5", 4, good, down, true);
                check_fault("f3 a5", 4, good, down, false);
                check_fault("f3 aa", 1, good, down, false);
                check_fault("f3 ab", 4, good, down, false);
                check_fault("66 f3 ab", 2, good, down, false);
            }
}
END_TEST

START_TEST(a_segment_limit_half_way_is_the_same)
{
    guest_segment(g, SEG_ES, GUEST_SMALL, TARGET, 0xfff, 0x0f3);
    memset(g->ram + TARGET, 0, 0x2000);
    g->cpu.r[EAX] = 0x77;
    start(0, 0xff0, 100, false);
    guest_code(g, "f3 aa");
    g->clock.deadline = 10000;
    cpu_run(&g->cpu);
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(g->cpu.r[ECX], 84);
    ck_assert_uint_eq(g->cpu.r[EDI], 0x1000);
    ck_assert_uint_eq(g->ram[TARGET + 0xfff], 0x77);
    ck_assert_uint_eq(g->ram[TARGET + 0x1000], 0);
}
END_TEST

START_TEST(a_word_across_the_limit_is_not_written_half)
{
    guest_segment(g, SEG_ES, GUEST_SMALL, TARGET, 0xffe, 0x0f3);
    memset(g->ram + TARGET, 0, 0x2000);
    g->cpu.r[EAX] = 0x77777777;
    start(0, 0xff0, 100, false);
    guest_code(g, "f3 ab");
    g->clock.deadline = 10000;
    cpu_run(&g->cpu);
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(g->cpu.r[EDI], 0xffc);
    ck_assert_uint_eq(get32(g->ram + TARGET + 0xffc), 0);
}
END_TEST

START_TEST(the_difference_that_faults_keeps_the_flags)
{
    guest_page(g);
    put32(guest_pte(g, TARGET), TARGET | 6);
    guest_flush(g);
    start(SOURCE, TARGET, 5, false);
    cpu_set_eflags(&g->cpu, FL_CF | FL_OF);
    guest_do(g, "f3 a6");
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(guest_stack(g, 3) & FL_ARITH, FL_CF | FL_OF);
    ck_assert_uint_eq(g->cpu.r[ESI], SOURCE);
}
END_TEST

START_TEST(an_interrupt_arrives_between_two_elements_and_the_rest_follows)
{
    fill();
    guest_code(g, "f3 aa f4");
    guest_bytes(g, GUEST_HANDLERS + 0x20, "cf");
    g->cpu.r[EAX] = 0x3c;
    start(0, TARGET, 0x2000, false);
    cpu_set_eflags(&g->cpu, FL_IF);
    g->clock.deadline = 500;
    cpu_run(&g->cpu);
    u32 left = (u32)g->cpu.r[ECX];
    ck_assert(left > 0 && left < 0x2000);
    ck_assert_uint_eq(g->cpu.r[EDI], TARGET + 0x2000 - left);
    ck_assert_uint_eq(g->cpu.eip, g->start);
    cpu_intr(&g->cpu, 0, true);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), 0x20);
    ck_assert_uint_eq(guest_stack(g, 0), g->start);
    guest_step(g, 1);
    g->clock.deadline = g->clock.cycles + 1000000;
    cpu_run(&g->cpu);
    ck_assert_uint_eq(g->cpu.r[ECX], 0);
    for (u32 i = 0; i < 0x2000; i++)
        ck_assert_uint_eq(g->ram[TARGET + i], 0x3c);
}
END_TEST

Suite *string_suite(void)
{
    const TTest *const tests[] = {
        one_element_moves_the_indexes_by_its_size,
        copies_are_made_element_by_element,
        long_copies_run_over_many_pages,
        fills_write_every_element,
        loads_end_with_the_last_element,
        comparing_stops_at_the_first_difference,
        comparing_equal_strings_ends_with_zf,
        scanning_finds_an_element,
        a_count_of_zero_does_nothing_at_all,
        sixteen_bit_indexes_wrap_and_leave_the_upper_halves,
        an_override_changes_the_source_alone,
        a_fault_half_way_leaves_count_and_indexes_at_the_element_to_do,
        a_segment_limit_half_way_is_the_same,
        a_word_across_the_limit_is_not_written_half,
        the_difference_that_faults_keeps_the_flags,
        an_interrupt_arrives_between_two_elements_and_the_rest_follows,
        NULL,
    };
    return guest_suite("string", tests, setup, teardown);
}
