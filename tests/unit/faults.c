/* SPDX-License-Identifier: MIT */
/* Exceptions while another one is being delivered. SDM 3A "Interrupt 8 - Double Fault Exception".
 */
#include "cpu/debug.h"
#include "cpu/timing.h"
#include "tests/unit/guest_rig.h"

enum { ABSENT_DATA = 0x48, SHORT_TSS = 0x50, NO_PAGE = 0x30000 };

static void setup(void)
{
    use(cpu_model_default()->name);
    guest_page(g);
    guest_descriptor(g, ABSENT_DATA, 0, 0xffff, 0x13);
    guest_descriptor(g, SHORT_TSS, GUEST_TSS, 0x10, 0x89);
    put32(guest_pte(g, NO_PAGE), 0);
    guest_flush(g);
}

/* What raises each exception, and its class. */
enum class { BENIGN, CONTRIBUTORY, PAGE_FAULT };

static const struct first {
    unsigned vector;
    enum class class;
    const char *code;
    u32 eax;
} firsts[] = {
    {EX_DE, CONTRIBUTORY, "f7 f1", 0},
    {EX_BR, BENIGN, "62 05 00 00 02 00", 5}, /* BOUND by 0 and 0 */
    {EX_UD, BENIGN, "0f 0b", 0},
    {EX_NM, BENIGN, "d9 e8", 0},
    {EX_TS, CONTRIBUTORY, "ea 00 00 00 00 50 00", 0},
    {EX_NP, CONTRIBUTORY, "8e d8", ABSENT_DATA},
    {EX_SS, CONTRIBUTORY, "8e d0", ABSENT_DATA},
    {EX_GP, CONTRIBUTORY, "8e d8", 0xfff8},
    {EX_PF, PAGE_FAULT, "a1 00 00 03 00", 0},
};

/* The vector whose handler is entered in the end. */
static int raise_first(const struct first *first)
{
    g->cpu.cr0 |= CR0_TS;
    g->cpu.r[EAX] = first->eax;
    guest_do(g, first->code);
    for (unsigned i = 0; i < 3 && guest_vector(g) < 0; i++)
        guest_step(g, 1);
    return guest_vector(g);
}

START_TEST(each_of_them_is_what_it_says)
{
    for (unsigned i = 0; i < ARRAY_LEN(firsts); i++) {
        setup();
        ck_assert_int_eq(raise_first(&firsts[i]), (int)firsts[i].vector);
    }
}
END_TEST

/* Gates that are absent raise #NP, those of no type #GP. */
START_TEST(a_contributory_one_makes_a_double_fault_of_all_but_benign_ones)
{
    static const struct {
        u32 gate;
        int vector;
    } seconds[] = {{0x6e00, EX_NP}, {0xe000, EX_GP}};
    for (unsigned i = 0; i < ARRAY_LEN(firsts) * 2; i++) {
        const struct first *first = &firsts[i / 2];
        setup();
        put32(g->ram + GUEST_IDT + first->vector * 8 + 4, seconds[i % 2].gate);
        int want = first->class == BENIGN ? seconds[i % 2].vector : EX_DF;
        ck_assert_msg(raise_first(first) == want, "%u, then %d", first->vector,
                      seconds[i % 2].vector);
    }
}
END_TEST

/* An IDT on two pages of which the one with the first LOW vectors is there, or only the other. */
static void split_table(unsigned low, bool low_there)
{
    u32 middle = 0x60000, base = middle - low * 8;
    memcpy(g->ram + base, g->ram + GUEST_IDT, 256 * 8);
    g->cpu.idtr.base = base;
    put32(guest_pte(g, low_there ? middle : middle - 0x1000), 0);
    guest_flush(g);
}

START_TEST(a_page_fault_makes_a_double_fault_of_a_page_fault_alone)
{
    for (unsigned i = 0; i < ARRAY_LEN(firsts); i++) {
        bool first_low = firsts[i].vector < EX_DF;
        if (!first_low && firsts[i].class != PAGE_FAULT)
            continue; /* its gate can't be away without that of #PF */
        setup();
        split_table(first_low ? EX_DF : EX_PF, !first_low);
        int want = firsts[i].class == PAGE_FAULT ? EX_DF : EX_PF;
        ck_assert_msg(raise_first(&firsts[i]) == want, "%u, then #PF", firsts[i].vector);
    }
}
END_TEST

/* The run loop goes on as before once a handler has been entered. */
START_TEST(breakpoints_on_other_pages_are_met_after_an_exception)
{
    guest_bytes(g, GUEST_HANDLERS + EX_UD, "83 04 24 02 cf"); /* add dword [esp],2; iret */
    guest_code(g, "0f 0b e9 f9 0f 00 00");                    /* UD2; jmp +1000h */
    guest_bytes(g, GUEST_CODE + 0x1000, "40 eb fe");
    g->cpu.dr[0] = GUEST_CODE + 0x1000;
    g->cpu.dr[7] = 1;
    debug_update(&g->cpu);
    g->clock.deadline = g->clock.cycles + 10000;
    cpu_run(&g->cpu);
    ck_assert_int_eq(guest_vector(g), EX_DB);
    ck_assert_uint_eq(g->cpu.r[EAX], 0);
}
END_TEST

START_TEST(a_breakpoint_takes_the_clocks_of_an_exception)
{
    guest_code(g, "90");
    g->cpu.dr[0] = GUEST_CODE;
    g->cpu.dr[7] = 1;
    debug_update(&g->cpu);
    for (unsigned i = 0; i < 2; i++) { /* also when the clock has gone on meanwhile */
        g->cpu.eip = GUEST_CODE;
        g->clock.cycles += 1000;
        u64 before = g->clock.cycles;
        guest_step(g, 1);
        ck_assert_int_eq(guest_vector(g), EX_DB);
        ck_assert_uint_eq(g->clock.cycles - before, timing_exception(g->cpu.model));
    }
}
END_TEST

Suite *faults_suite(void)
{
    const TTest *const tests[] = {
        each_of_them_is_what_it_says,
        a_contributory_one_makes_a_double_fault_of_all_but_benign_ones,
        a_page_fault_makes_a_double_fault_of_a_page_fault_alone,
        breakpoints_on_other_pages_are_met_after_an_exception,
        a_breakpoint_takes_the_clocks_of_an_exception,
        NULL,
    };
    return guest_suite("faults", tests, setup, teardown);
}
