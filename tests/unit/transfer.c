/* SPDX-License-Identifier: MIT */
/* Instructions that go to another code segment: fast system calls, far pointers in memory,
 * interrupts by instruction, HLT. SDM 2A, 2B under each name. */
#include "cpu/timing.h"
#include "tests/unit/guest.h"

static struct guest *g;

enum { TARGET = GUEST_CODE + 0x345, SEP_CS = 0x48 };

static void teardown(void)
{
    guest_free(g);
}

static void setup(void)
{
    g = guest_new();
    guest_flat(g, 0);
    g->cpu.r[EBX] = GUEST_DATA;
}

/* SDM 2B "SYSENTER", "SYSEXIT", operation: what CS and SS are, whatever the GDT says. */
static void check_flat(unsigned seg, u16 selector, u16 attr)
{
    const struct segment *s = &g->cpu.seg[seg];
    struct segment want = {.limit = 0xffffffff, .selector = selector, .attr = attr};
    segment_derive(&want);
    ck_assert(!memcmp(s, &want, sizeof want));
}

static void set_sep(u32 cs)
{
    g->cpu.msr[MSR_AT_SYSENTER_CS] = cs;
    g->cpu.msr[MSR_AT_SYSENTER_ESP] = GUEST_STACK - 0x40;
    g->cpu.msr[MSR_AT_SYSENTER_EIP] = TARGET;
}

static void vm86(void)
{
    guest_flat(g, 3);
    g->cpu.eflags |= FL_VM;
    for (unsigned i = 0; i < SEG_COUNT; i++)
        guest_segment(g, i, 0x1000, 0x10000, 0xffff, 0x0f3);
    g->start = 0;
}

START_TEST(sysenter_goes_to_flat_ring_0_from_everywhere)
{
    for (unsigned from = 0; from < 3; from++) {
        if (from < 2)
            guest_flat(g, from ? 3 : 0);
        else
            vm86();
        set_sep(0xabcd0000 | SEP_CS | 3);
        cpu_set_eflags(&g->cpu, g->cpu.eflags | FL_IF | FL_RF | FL_AC | FL_NT | FL_IOPL);
        guest_do(g, "0f 34");
        check_flat(SEG_CS, SEP_CS, 0xc9b);
        check_flat(SEG_SS, SEP_CS + 8, 0xc93);
        ck_assert_uint_eq(g->cpu.cpl, 0);
        ck_assert(g->cpu.tlb == &g->cpu.tlb_set[0]);
        ck_assert_uint_eq(g->cpu.mode & (MODE_CODE32 | MODE_STACK32 | MODE_FLAT_SS),
                          MODE_CODE32 | MODE_STACK32 | MODE_FLAT_SS);
        ck_assert_uint_eq(g->cpu.eip, TARGET);
        ck_assert_uint_eq(g->cpu.r[ESP], GUEST_STACK - 0x40);
        ck_assert_uint_eq(cpu_eflags(&g->cpu), FL_AC | FL_NT | FL_IOPL | FL_ALWAYS);
    }
}
END_TEST

START_TEST(sysexit_goes_to_flat_ring_3)
{
    set_sep(SEP_CS | 1);
    g->cpu.r[ECX] = 0x11223344;
    g->cpu.r[EDX] = TARGET;
    cpu_set_eflags(&g->cpu, FL_IF | FL_CF);
    guest_do(g, "0f 35");
    check_flat(SEG_CS, SEP_CS + 16 + 3, 0xcfb);
    check_flat(SEG_SS, SEP_CS + 24 + 3, 0xcf3);
    ck_assert_uint_eq(g->cpu.cpl, 3);
    ck_assert(g->cpu.tlb == &g->cpu.tlb_set[1]);
    ck_assert_uint_eq(g->cpu.eip, TARGET);
    ck_assert_uint_eq(g->cpu.r[ESP], 0x11223344);
    ck_assert_uint_eq(cpu_eflags(&g->cpu), FL_IF | FL_CF | FL_ALWAYS);
}
END_TEST

START_TEST(fast_system_calls_need_protected_mode_and_a_selector)
{
    static const char *const codes[] = {"0f 34", "0f 35"};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        guest_flat(g, 0);
        set_sep(3); /* null */
        guest_do(g, codes[i]);
        ck_assert_int_eq(guest_vector(g), EX_GP);
        ck_assert_uint_eq(guest_stack(g, 0), 0);
        guest_real(g);
        set_sep(SEP_CS);
        guest_do(g, codes[i]);
        ck_assert_int_eq(guest_vector(g), EX_GP);
    }
    guest_flat(g, 3);
    set_sep(SEP_CS);
    guest_do(g, "0f 35");
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(guest_stack(g, 0), 0);
}
END_TEST

/* Far pointers in memory: the offset first, as wide as the operand, then the selector. The last
 * selector lies at the end of a page behind which there is none. */
START_TEST(far_pointers_in_memory_are_an_offset_and_a_selector)
{
    static const struct {
        const char *hex;
        u32 size, pushed;
    } rows[] = {{"ff 2b", 4, 0}, {"66 ff 2b", 2, 0}, {"ff 1b", 4, 8}, {"66 ff 1b", 2, 4}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        u32 at = GUEST_DATA + 0x1000 - rows[i].size - 2;
        guest_flat(g, 0);
        guest_page(g);
        put32(guest_pte(g, GUEST_DATA + 0x1000), 0);
        put32(g->ram + at, 0x1fffe);
        put16(g->ram + at + rows[i].size, GUEST_CODE32);
        g->cpu.r[EBX] = at;
        guest_do(g, rows[i].hex);
        ck_assert_uint_eq(g->cpu.seg[SEG_CS].selector, GUEST_CODE32);
        ck_assert_uint_eq(g->cpu.eip, rows[i].size == 4 ? 0x1fffe : 0xfffe);
        ck_assert_uint_eq(g->cpu.r[ESP], GUEST_STACK - rows[i].pushed);
    }
}
END_TEST

START_TEST(a_far_pointer_wraps_as_the_address_size_says)
{
    guest_real(g);
    put16(g->ram + 0x2fffe, 0x1234);
    put16(g->ram + 0x20000, 0x4000);
    g->cpu.r[EBX] = 0xfffe;
    guest_do(g, "ff 2f"); /* jmp far [bx] */
    ck_assert_uint_eq(g->cpu.seg[SEG_CS].selector, 0x4000);
    ck_assert_uint_eq(g->cpu.eip, 0x1234);
}
END_TEST

START_TEST(far_jumps_and_calls_take_their_target_from_the_instruction)
{
    guest_do(g, "ea 78 56 01 00 08 00");
    ck_assert_uint_eq(g->cpu.eip, 0x15678);
    guest_do(g, "66 ea 78 56 08 00");
    ck_assert_uint_eq(g->cpu.eip, 0x5678);
    guest_do(g, "9a 78 56 01 00 08 00");
    ck_assert_uint_eq(g->cpu.eip, 0x15678);
    ck_assert_uint_eq(guest_stack(g, 0), g->start + 7);
    ck_assert_uint_eq(guest_stack(g, 1), GUEST_CODE32);
    g->cpu.r[ESP] = GUEST_STACK;
    guest_do(g, "66 9a 78 56 08 00");
    ck_assert_uint_eq(g->cpu.eip, 0x5678);
    ck_assert_uint_eq(guest_stack(g, 0), GUEST_CODE32 << 16 | ((g->start + 6) & 0xffff));
}
END_TEST

START_TEST(far_returns_release_what_they_are_told)
{
    static const struct {
        const char *hex;
        u32 size, released;
    } rows[] = {{"cb", 4, 0}, {"ca 10 80", 4, 0x8010}, {"66 cb", 2, 0}, {"66 ca 10 00", 2, 0x10}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        u32 esp = GUEST_STACK - 0x100;
        g->cpu.r[ESP] = esp;
        put32(g->ram + esp, rows[i].size == 4 ? TARGET : GUEST_CODE32 << 16 | (TARGET & 0xffff));
        put32(g->ram + esp + 4, GUEST_CODE32);
        guest_do(g, rows[i].hex);
        ck_assert_uint_eq(g->cpu.eip, rows[i].size == 4 ? TARGET : TARGET & 0xffff);
        ck_assert_uint_eq(g->cpu.r[ESP], esp + 2 * rows[i].size + rows[i].released);
    }
}
END_TEST

/* Where each comes back to, and what it tells its handler. */
START_TEST(interrupts_by_instruction_return_behind_it)
{
    static const struct {
        const char *hex;
        int vector;
        u32 length;
    } rows[] = {{"cd 77", 0x77, 2}, {"cc", EX_BP, 1}, {"ce", EX_OF, 1}, {"f1", EX_DB, 1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        guest_flat(g, 0);
        cpu_set_eflags(&g->cpu, FL_OF | FL_ALWAYS);
        guest_do(g, rows[i].hex);
        ck_assert_int_eq(guest_vector(g), rows[i].vector);
        ck_assert_uint_eq(g->cpu.r[ESP], GUEST_STACK - 12);
        ck_assert_uint_eq(guest_stack(g, 0), g->start + rows[i].length);
        ck_assert_uint_eq(guest_stack(g, 1), GUEST_CODE32);
        ck_assert_uint_eq(guest_stack(g, 2), FL_OF | FL_ALWAYS);
    }
    guest_flat(g, 0);
    guest_do(g, "ce"); /* without OF: nothing */
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert_uint_eq(g->cpu.eip, g->start + 1);
}
END_TEST

/* INTO that goes takes as long as an interrupt more. */
START_TEST(into_costs_an_interrupt_only_when_it_is_one)
{
    u64 cost[2];
    for (unsigned of = 0; of < 2; of++) {
        guest_flat(g, 0);
        cpu_set_eflags(&g->cpu, of ? FL_OF : 0);
        guest_code(g, "ce 90");
        g->cpu.eip = g->start;
        u64 before = g->clock.cycles;
        guest_step(g, 1);
        cost[of] = g->clock.cycles - before;
    }
    ck_assert_uint_eq(cost[1], cost[0] + timing_interrupt(g->cpu.model));
}
END_TEST

START_TEST(a_halted_processor_stands_behind_hlt)
{
    guest_do(g, "f4");
    ck_assert(g->cpu.halted);
    ck_assert_uint_eq(g->cpu.eip, g->start + 1);
    g->cpu.halted = false;
    guest_flat(g, 3);
    guest_do(g, "f4");
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(guest_stack(g, 0), 0);
    ck_assert(!g->cpu.halted);
}
END_TEST

Suite *transfer_suite(void)
{
    const TTest *const tests[] = {
        sysenter_goes_to_flat_ring_0_from_everywhere,
        sysexit_goes_to_flat_ring_3,
        fast_system_calls_need_protected_mode_and_a_selector,
        far_pointers_in_memory_are_an_offset_and_a_selector,
        a_far_pointer_wraps_as_the_address_size_says,
        far_jumps_and_calls_take_their_target_from_the_instruction,
        far_returns_release_what_they_are_told,
        interrupts_by_instruction_return_behind_it,
        into_costs_an_interrupt_only_when_it_is_one,
        a_halted_processor_stands_behind_hlt,
        NULL,
    };
    return guest_suite("transfer", tests, setup, teardown);
}
