/* SPDX-License-Identifier: MIT */
/* The run loop: interrupts at exact instructions, shadows, HLT, single step, double and triple
 * fault. SDM 3A "Interrupt and Exception Handling". */
#include "tests/unit/guest_rig.h"

static void setup(void)
{
    use(cpu_model_default()->name);
}

static void run_for(u64 cycles)
{
    g->clock.deadline = g->clock.cycles + cycles;
    cpu_run(&g->cpu);
}

static void raise_intr(void)
{
    cpu_intr(&g->cpu, 0, true);
}

/* A program with all kinds of instructions; it never ends. EAX counts. */
#define MIXED                                                                                      \
    "40 01 c2 89 15 00 00 02 00 f7 e9 92 d1 ca 75 02 f7 d2 b9 05 00 00 00 be 00 10 02 00 bf 00 "   \
    "20 "                                                                                          \
    "02 00 f3 a4 ff 05 08 00 02 00 50 59 e8 00 00 00 00 5b eb c9"

struct place {
    u32 eip, eax, ecx, edi;
    u64 insns, cycles;
};

/* Where the interrupt that is raised at clock AT arrives, when time is cut into SLICE clocks. */
static struct place interrupted(u64 at, u64 slice, bool plain)
{
    setup();
    g->cpu.plain_only = plain;
    guest_code(g, MIXED);
    memset(g->ram + GUEST_DATA, 0, 0x4000);
    cpu_set_eflags(&g->cpu, FL_IF);
    while (g->clock.cycles < at)
        run_for(at - g->clock.cycles < slice ? at - g->clock.cycles : slice);
    struct place p = {.insns = g->cpu.icount, .cycles = g->clock.cycles};
    raise_intr();
    run_for(1);
    ck_assert_int_eq(guest_vector(g), 0x20);
    p.eip = guest_stack(g, 0);
    p.eax = (u32)g->cpu.r[EAX];
    p.ecx = (u32)g->cpu.r[ECX];
    p.edi = (u32)g->cpu.r[EDI];
    teardown();
    return p;
}

START_TEST(an_interrupt_arrives_at_the_same_instruction_however_time_is_cut)
{
    static const u64 slices[] = {1, 2, 7, 50, 333, 100000};
    for (u64 at = 1; at < 3000; at += 61) {
        struct place want = interrupted(at, ~(u64)0, true);
        for (size_t i = 0; i < 2 * ARRAY_LEN(slices); i++) {
            struct place p = interrupted(at, slices[i / 2], i & 1);
            ck_assert_msg(
                !memcmp(&p, &want, sizeof p),
                "clock %llu, slices of %llu, plain %d: eip %x after %llu, not %x after %llu",
                (unsigned long long)at, (unsigned long long)slices[i / 2], (int)(i & 1), p.eip,
                (unsigned long long)p.insns, want.eip, (unsigned long long)want.insns);
        }
    }
    setup();
}
END_TEST

START_TEST(the_cpu_stops_within_an_instruction_of_its_deadline)
{
    guest_code(g, MIXED);
    for (unsigned i = 0; i < 500; i++) {
        run_for(i);
        ck_assert_uint_ge(g->clock.cycles, g->clock.deadline);
        ck_assert_uint_le(g->clock.cycles, g->clock.deadline + 50);
    }
}
END_TEST

START_TEST(instructions_are_counted_one_by_one)
{
    guest_code(g, "40 89 c2 50 59 eb f9"); /* without REP, of which a step is an iteration */
    for (unsigned i = 0; i < 20; i++) {
        u64 before = g->cpu.icount;
        guest_step(g, 1);
        ck_assert_uint_eq(g->cpu.icount, before + 1);
        ck_assert_uint_eq(cpu_insns(&g->cpu), before + 1);
    }
}
END_TEST

/* What a trace sees: from instruction to instruction one more. */
static u64 counted;

static void count(void *owner, struct cpu *cpu)
{
    (void)owner;
    cpu_sync_clock(cpu);
    ck_assert_uint_eq(cpu_insns(cpu), counted);
    ck_assert_uint_eq(cpu->clock->cycles, counted); /* each takes one clock */
    counted++;
}

START_TEST(instructions_are_counted_inside_blocks_and_across)
{
    guest_code(g, "40 89 c2 40 90 90 eb f8");
    g->cpu.trace = count;
    counted = 0;
    for (unsigned i = 1; i < 30; i++) {
        run_for(i);
        ck_assert_uint_eq(cpu_insns(&g->cpu), counted);
        ck_assert_uint_eq(g->cpu.icount, counted);
        ck_assert_uint_eq(g->clock.cycles, g->clock.deadline);
    }
}
END_TEST

/* Interrupts. */

START_TEST(an_interrupt_waits_for_if)
{
    guest_code(g, "90 90 fb 90 90 90");
    raise_intr();
    guest_step(g, 2);
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert(g->cpu.intr);
    guest_step(g, 2); /* STI and the one behind it */
    ck_assert_int_eq(guest_vector(g), -1);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), 0x20);
    ck_assert_uint_eq(guest_stack(g, 0), g->start + 4);
    ck_assert(!g->cpu.intr && !(g->cpu.eflags & FL_IF));
}
END_TEST

START_TEST(an_interrupt_that_is_withdrawn_is_not_taken)
{
    guest_code(g, "90 90 90");
    cpu_set_eflags(&g->cpu, FL_IF);
    raise_intr();
    cpu_intr(&g->cpu, 0, false);
    guest_step(g, 2);
    ck_assert_int_eq(guest_vector(g), -1);
}
END_TEST

/* The same for the run loop, with CODE to its end; returns the EIP that was pushed. */
static u32 taken_at(const char *code, bool plain)
{
    setup();
    g->cpu.plain_only = plain;
    guest_code(g, code);
    g->cpu.r[EAX] = GUEST_DATA32;
    g->cpu.r[EBX] = GUEST_STACK;
    put32(g->ram + GUEST_STACK, GUEST_DATA32);
    raise_intr();
    run_for(200);
    u32 eip = guest_vector(g) == 0x20 ? guest_stack(g, 0) - g->start : 0xffffffff;
    teardown();
    return eip;
}

START_TEST(shadows_of_sti_and_stack_segment_loads_last_one_instruction)
{
    static const struct {
        const char *code;
        u32 at; /* ffffffffh: never */
    } cases[] = {
        {"fb 40 40 40 f4", 2},                       /* STI; INC | */
        {"fb fa 40 40 f4", 0xffffffff},              /* STI; CLI: no interrupt */
        {"fb f4", 2},                                /* STI; HLT: wakes it, comes behind it */
        {"fb 8e d0 89 dc 40 f4", 5},                 /* STI; MOV SS; MOV ESP | */
        {"fb 17 40 40 f4", 3},                       /* STI; POP SS; INC | */
        {"fb fb 40 40 f4", 2},                       /* STI with IF set has no shadow of its own */
        {"fb 8e d8 40 40 f4", 3},                    /* STI; MOV DS | */
        {"6a 00 81 0c 24 00 02 00 00 9d 40 f4", 10}, /* POPF sets IF: no shadow */
    };
    for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
        u32 at = taken_at(cases[i / 2].code, i & 1);
        ck_assert_msg(at == cases[i / 2].at, "%s: at %x, plain %d", cases[i / 2].code, at,
                      (int)(i & 1));
    }
    setup();
}
END_TEST

START_TEST(the_nmi_needs_no_if_and_is_blocked_until_iret)
{
    guest_code(g, "90 90 90");
    guest_bytes(g, GUEST_HANDLERS + EX_NMI, "90 90 cf");
    cpu_nmi(&g->cpu, 0, true);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_NMI);
    cpu_nmi(&g->cpu, 0, true); /* still high: no edge */
    cpu_nmi(&g->cpu, 0, false);
    cpu_nmi(&g->cpu, 0, true);
    guest_step(g, 2);
    ck_assert_uint_eq(g->cpu.eip, GUEST_HANDLERS + EX_NMI + 2);
    guest_step(g, 1); /* IRET */
    ck_assert_uint_eq(g->cpu.eip, g->start);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_NMI);
    guest_step(g, 4); /* NOP, NOP, IRET, NOP: only one was kept */
    ck_assert_uint_eq(g->cpu.eip, g->start + 1);
}
END_TEST

START_TEST(the_nmi_goes_before_an_interrupt)
{
    guest_code(g, "90 90");
    cpu_set_eflags(&g->cpu, FL_IF);
    raise_intr();
    cpu_nmi(&g->cpu, 0, true);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_NMI);
    ck_assert(g->cpu.intr);
}
END_TEST

/* HLT. */

START_TEST(a_halted_cpu_lets_time_pass_until_an_interrupt)
{
    guest_code(g, "fb f4 40");
    run_for(1000);
    ck_assert(g->cpu.halted);
    ck_assert_uint_eq(g->clock.cycles, 1000);
    u64 insns = g->cpu.icount;
    run_for(1000);
    ck_assert_uint_eq(g->clock.cycles, 2000);
    ck_assert_uint_eq(g->cpu.icount, insns);
    raise_intr();
    run_for(1);
    ck_assert(!g->cpu.halted);
    ck_assert_int_eq(guest_vector(g), 0x20);
    ck_assert_uint_eq(guest_stack(g, 0), g->start + 2);
}
END_TEST

START_TEST(without_if_only_the_nmi_ends_a_halt)
{
    guest_code(g, "f4 40");
    run_for(100);
    raise_intr();
    run_for(100);
    ck_assert(g->cpu.halted);
    cpu_nmi(&g->cpu, 0, true);
    run_for(1);
    ck_assert_int_eq(guest_vector(g), EX_NMI);
    ck_assert_uint_eq(guest_stack(g, 0), g->start + 1);
}
END_TEST

/* Single step. */

#define BS (1u << 14)

START_TEST(with_tf_each_instruction_is_followed_by_a_debug_exception)
{
    guest_code(g, "40 40 40");
    cpu_set_eflags(&g->cpu, FL_TF | FL_IF);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_DB);
    ck_assert_uint_eq(g->cpu.r[EAX], 1);
    ck_assert_uint_eq(guest_stack(g, 0), g->start + 1);
    ck_assert_uint_eq(guest_stack(g, 2) & (FL_TF | FL_RF), FL_TF);
    ck_assert_uint_eq(g->cpu.dr[6] & BS, BS);
    ck_assert_uint_eq(g->cpu.eflags & (FL_TF | FL_IF), 0);
}
END_TEST

START_TEST(a_program_stepped_by_its_handler_runs_to_the_end)
{
    for (unsigned plain = 0; plain < 2; plain++) {
        setup();
        g->cpu.plain_only = plain;
        guest_code(g, "b9 0a 00 00 00 40 e2 fd 6a 02 9d f4");           /* ... push 2; popf; hlt */
        guest_bytes(g, GUEST_HANDLERS + EX_DB, "ff 05 00 00 02 00 cf"); /* inc dword [..]; iret */
        cpu_set_eflags(&g->cpu, FL_TF);
        run_for(100000);
        ck_assert_uint_eq(g->cpu.r[EAX], 10);
        ck_assert_uint_eq(get32(g->ram + GUEST_DATA), 23);
        teardown();
    }
    setup();
}
END_TEST

START_TEST(popf_that_sets_tf_traps_after_the_next_instruction)
{
    guest_code(g, "9d 40 40");
    put32(g->ram + GUEST_STACK, FL_TF);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), -1);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_DB);
    ck_assert_uint_eq(guest_stack(g, 0), g->start + 2);
}
END_TEST

START_TEST(popf_that_clears_tf_still_traps_itself)
{
    guest_code(g, "9d 40 40");
    put32(g->ram + GUEST_STACK, 0);
    cpu_set_eflags(&g->cpu, FL_TF);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_DB);
    ck_assert_uint_eq(guest_stack(g, 0), g->start + 1);
    ck_assert_uint_eq(guest_stack(g, 2) & FL_TF, 0);
}
END_TEST

START_TEST(the_run_loop_traps_where_stepping_does)
{
    for (unsigned plain = 0; plain < 2; plain++) {
        setup();
        g->cpu.plain_only = plain;
        guest_code(g, "6a 00 80 4c 24 01 01 9d 40 40 40"); /* TF on the stack; popf; inc; inc */
        run_for(100);
        ck_assert_int_eq(guest_vector(g), EX_DB);
        ck_assert_uint_eq(guest_stack(g, 0), g->start + 9);
        ck_assert_uint_eq(g->cpu.r[EAX], 1);
        teardown();
    }
    setup();
}
END_TEST

START_TEST(a_stack_segment_load_is_not_followed_by_the_trap)
{
    guest_code(g, "8e d0 40 40");
    g->cpu.r[EAX] = GUEST_DATA32;
    cpu_set_eflags(&g->cpu, FL_TF);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), -1);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_DB);
    ck_assert_uint_eq(guest_stack(g, 0), g->start + 3);
}
END_TEST

START_TEST(repeated_instructions_trap_after_each_iteration)
{
    guest_code(g, "f3 aa 40");
    guest_bytes(g, GUEST_HANDLERS + EX_DB, "cf");
    g->cpu.r[ECX] = 3;
    g->cpu.r[EDI] = GUEST_DATA;
    cpu_set_eflags(&g->cpu, FL_TF);
    for (u32 left = 2; left + 1 > 0; left--) {
        guest_step(g, 1);
        ck_assert_int_eq(guest_vector(g), EX_DB);
        ck_assert_uint_eq(g->cpu.r[ECX], left);
        ck_assert_uint_eq(guest_stack(g, 0), left ? g->start : g->start + 2);
        guest_step(g, 1);
    }
}
END_TEST

START_TEST(a_software_interrupt_enters_its_handler_without_tf)
{
    guest_code(g, "cd 30 40");
    guest_bytes(g, GUEST_HANDLERS + 0x30, "cf");
    cpu_set_eflags(&g->cpu, FL_TF);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), 0x30);
    ck_assert_uint_eq(guest_stack(g, 2) & FL_TF, FL_TF);
    guest_step(g, 2); /* IRET, then INC, which traps */
    ck_assert_int_eq(guest_vector(g), EX_DB);
    ck_assert_uint_eq(guest_stack(g, 0), g->start + 3);
}
END_TEST

START_TEST(a_fault_is_delivered_instead_of_the_trap)
{
    guest_code(g, "0f 0b");
    cpu_set_eflags(&g->cpu, FL_TF);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_UD);
    ck_assert_uint_eq(guest_stack(g, 0), g->start);
    ck_assert_uint_eq(guest_stack(g, 2) & (FL_TF | FL_RF), FL_TF | FL_RF);
}
END_TEST

START_TEST(a_halt_is_stepped_over)
{
    for (unsigned plain = 0; plain < 2; plain++) {
        setup();
        g->cpu.plain_only = plain;
        guest_code(g, "f4 40");
        guest_bytes(g, GUEST_HANDLERS + EX_DB, "90 eb fd");
        cpu_set_eflags(&g->cpu, FL_TF);
        run_for(500);
        ck_assert(!g->cpu.halted);
        ck_assert_uint_eq(guest_stack(g, 0), g->start + 1);
        teardown();
    }
    setup();
}
END_TEST

/* Faults in faults. */

static void gate(unsigned vector, bool present)
{
    put32(g->ram + GUEST_IDT + vector * 8 + 4, present ? 0xee00 : 0x6e00);
}

START_TEST(a_fault_while_entering_a_handler_becomes_a_double_fault)
{
    guest_code(g, "f7 f1"); /* #DE */
    gate(EX_DE, false);     /* #NP */
    g->cpu.r[ESP] = GUEST_STACK;
    guest_step(g, 1);
    while (guest_vector(g) < 0 && !g->cpu.shutdown)
        guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_DF);
    ck_assert_uint_eq(guest_stack(g, 0), 0);
    ck_assert_uint_eq(guest_stack(g, 1), g->start);
    ck_assert_uint_eq(g->cpu.r[ESP], GUEST_STACK - 16);
}
END_TEST

START_TEST(a_benign_exception_is_followed_by_the_second_one)
{
    guest_code(g, "0f 0b"); /* #UD is benign */
    gate(EX_UD, false);
    guest_step(g, 2);
    ck_assert_int_eq(guest_vector(g), EX_NP);
    ck_assert_uint_eq(guest_stack(g, 0), (EX_UD * 8 | 2 | 1));
    ck_assert_uint_eq(guest_stack(g, 1), g->start);
}
END_TEST

/* SDM 3A "Interrupt 8", table: a page fault during #DE is handled; during #PF it is a double fault.
 */
START_TEST(page_faults_combine_as_the_manual_says)
{
    guest_page(g);
    put32(guest_pte(g, GUEST_IDT), 6);
    guest_flush(g);
    guest_code(g, "f7 f1");
    guest_step(g, 3);
    ck_assert(g->cpu.shutdown); /* the IDT itself: every delivery fails */
    teardown();
    setup();
    guest_page(g);
    g->cpu.r[ESP] = GUEST_DATA + 0x1000 + 8; /* room for two words of a frame */
    put32(guest_pte(g, GUEST_DATA), 6);
    guest_flush(g);
    guest_code(g, "a1 00 00 02 00"); /* #PF, whose frame faults: #DF, whose frame faults */
    guest_step(g, 3);
    ck_assert(g->cpu.shutdown);
}
END_TEST

START_TEST(a_triple_fault_shuts_down)
{
    guest_code(g, "0f 0b");
    g->cpu.idtr.limit = 0;
    enum cpu_end end = CPU_DEADLINE;
    for (unsigned i = 0; i < 4 && end == CPU_DEADLINE; i++)
        end = cpu_step(&g->cpu);
    ck_assert_int_eq(end, CPU_SHUTDOWN);
    g->clock.deadline = g->clock.cycles + 1000;
    ck_assert_int_eq(cpu_run(&g->cpu), CPU_SHUTDOWN);
    cpu_reset(&g->cpu);
    ck_assert(!g->cpu.shutdown);
}
END_TEST

START_TEST(in_real_mode_a_short_interrupt_table_is_a_double_then_a_triple_fault)
{
    guest_real(g);
    g->cpu.idtr.limit = 8 * 4 + 3; /* up to #DF */
    guest_do(g, "cd 30");
    guest_step(g, 1);
    ck_assert(guest_vector(g) == EX_DF || guest_vector(g) < 0);
    guest_real(g);
    g->cpu.idtr.limit = 3;
    guest_do(g, "cd 30");
    guest_step(g, 2);
    ck_assert(g->cpu.shutdown);
}
END_TEST

static u32 port_read(void *owner, u32 reg, unsigned size)
{
    (void)reg, (void)size;
    cpu_request_exit(owner);
    return 0;
}

START_TEST(a_chip_can_end_the_run_after_its_instruction)
{
    static const struct chip chip = {.name = "test", .read = port_read};
    bus_map_ports(&g->bus, 0x300, 1, 1, 0, &chip, &g->cpu);
    guest_code(g, "ba 00 03 00 00 ec 40 f4");
    run_for(100000);
    ck_assert_uint_eq(g->cpu.eip, g->start + 6);
    run_for(100000);
    ck_assert(g->cpu.halted);
}
END_TEST

static void timer_fired(void *owner)
{
    *(bool *)owner = true;
}

static u32 arm_timer(void *owner, u32 reg, unsigned size)
{
    struct timer *timer = owner;
    (void)reg, (void)size;
    timer_set(timer, clock_now(timer->clock) + 1000); /* 100 clocks */
    return 0;
}

START_TEST(a_timer_set_by_an_instruction_cuts_the_run_short)
{
    static const struct chip chip = {.name = "test", .read = arm_timer};
    static struct timer timer;
    bool fired = false;
    timer_init(&timer, &g->clock, timer_fired, &fired);
    bus_map_ports(&g->bus, 0x300, 1, 1, 0, &chip, &timer);
    guest_code(g, "ba 00 03 00 00 ec 40 eb fd");
    g->clock.deadline = 1000000;
    cpu_run(&g->cpu);
    ck_assert(g->clock.sooner);
    ck_assert_uint_lt(g->clock.cycles, 200);
}
END_TEST

Suite *run_suite(void)
{
    const TTest *const tests[] = {
        an_interrupt_arrives_at_the_same_instruction_however_time_is_cut,
        the_cpu_stops_within_an_instruction_of_its_deadline,
        instructions_are_counted_one_by_one,
        instructions_are_counted_inside_blocks_and_across,
        an_interrupt_waits_for_if,
        an_interrupt_that_is_withdrawn_is_not_taken,
        shadows_of_sti_and_stack_segment_loads_last_one_instruction,
        the_nmi_needs_no_if_and_is_blocked_until_iret,
        the_nmi_goes_before_an_interrupt,
        a_halted_cpu_lets_time_pass_until_an_interrupt,
        without_if_only_the_nmi_ends_a_halt,
        with_tf_each_instruction_is_followed_by_a_debug_exception,
        a_program_stepped_by_its_handler_runs_to_the_end,
        popf_that_sets_tf_traps_after_the_next_instruction,
        popf_that_clears_tf_still_traps_itself,
        the_run_loop_traps_where_stepping_does,
        a_stack_segment_load_is_not_followed_by_the_trap,
        repeated_instructions_trap_after_each_iteration,
        a_software_interrupt_enters_its_handler_without_tf,
        a_fault_is_delivered_instead_of_the_trap,
        a_halt_is_stepped_over,
        a_fault_while_entering_a_handler_becomes_a_double_fault,
        a_benign_exception_is_followed_by_the_second_one,
        page_faults_combine_as_the_manual_says,
        a_triple_fault_shuts_down,
        in_real_mode_a_short_interrupt_table_is_a_double_then_a_triple_fault,
        a_chip_can_end_the_run_after_its_instruction,
        a_timer_set_by_an_instruction_cuts_the_run_short,
        NULL,
    };
    return guest_suite("run", tests, setup, teardown);
}
