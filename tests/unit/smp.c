/* SPDX-License-Identifier: MIT */
/* Several processors: whose turn it is, start-up and INIT, what one sees of another. SDM 3A
 * "Multiple-Processor Management". */
#include "src/turns.h"
#include "tests/unit/guest.h"
#include "tests/unit/machine_rig.h"

/* Turns. */

enum { SOME = 3 };

static struct clock clock_;
static struct cpu cpus[SOME];
static struct turns turns;

static void running(void)
{
    clock_init_shared(&clock_, 1000000, SOME);
    turns = (struct turns){.end = TURN};
    for (unsigned i = 0; i < SOME; i++) {
        cpus[i].clock = &clock_;
        cpus[i].halted = CPU_RUNS;
    }
}

static void expect_turn(unsigned cpu, u64 end)
{
    u64 at;
    ck_assert_uint_eq(turns_next(&turns, cpus, SOME, &at), cpu);
    ck_assert_uint_eq(at, end);
}

START_TEST(turns_go_round_in_the_order_of_numbers)
{
    running();
    for (u64 i = 0; i < 10; i++) {
        clock_.cycles = i * TURN;
        expect_turn(i % SOME, (i + 1) * TURN);
        clock_.cycles += TURN - 1;
        expect_turn(i % SOME, (i + 1) * TURN);
    }
    clock_.cycles = 10 * TURN + 7; /* the last instruction took longer: nobody's turn is shorter */
    expect_turn(1, 11 * TURN + 7);
}
END_TEST

/* While one has something to do the others' turns go by. */
START_TEST(there_are_no_turns_while_all_are_idle)
{
    running();
    cpus[1].halted = CPU_HALTED;
    cpus[2].halted = CPU_WAITS;
    clock_.cycles = TURN;
    expect_turn(1, 2 * TURN);
    cpus[0].halted = CPU_HALTED;
    expect_turn(1, ~(u64)0);
    clock_.cycles = 50 * TURN;
    expect_turn(1, ~(u64)0);
    cpus[2].intr = cpus[2].nmi_pending = true; /* it waits for another message */
    cpus[0].intr = true;                       /* IF is clear */
    expect_turn(1, ~(u64)0);
    cpus[0].eflags = FL_IF;
    expect_turn(2, 51 * TURN);
    cpus[0].intr = cpus[2].intr = cpus[2].nmi_pending = false;
    cpus[0].eflags = 0;
}
END_TEST

/* What holds for the time of one instruction: STI's shadow. */
START_TEST(the_instruction_behind_sti_comes_first_also_in_the_next_turn)
{
    struct guest *g = guest_new_model("pentium3");
    guest_code(g, "fb 90 90");
    cpu_step(&g->cpu);
    g->clock.cycles += 500;
    cpu_stand_by(&g->cpu, 500);
    cpu_intr(&g->cpu, 0, true);
    cpu_step(&g->cpu);
    ck_assert_uint_eq(g->cpu.eip, g->start + 2);
    cpu_step(&g->cpu);
    ck_assert_uint_ne(g->cpu.eip, g->start + 3);
    ck_assert_uint_eq(g->cpu.idle, 500);
    guest_free(g);
}
END_TEST

/* Start. */

enum { CODE = 0x8000, INIT = 0x4500, STARTUP = 0x4600 };

static const u8 spin[] = {0xeb, 0xfe};

/* inc word [600h] in a loop */
static const u8 count[] = {0x31, 0xc0, 0x8e, 0xd8, 0xff, 0x06, 0x00, 0x06, 0xeb, 0xfa};

static void put(struct machine *machine, u32 at, const u8 *code, size_t n)
{
    memcpy(machine->bus.ram + at, code, n);
}

static void send(struct machine *machine, unsigned to, u32 icr)
{
    lapic_chip.write(&machine->pc.lapic[0], 0x310, to << 24, 4);
    lapic_chip.write(&machine->pc.lapic[0], 0x300, icr, 4);
}

static void run_ms(struct machine *machine, u64 ms)
{
    machine_run(machine, clock_now(&machine->clock) + ms * 1000000);
}

static u16 word(const struct machine *machine, u32 at)
{
    return get16(machine->bus.ram + at);
}

START_TEST(the_first_starts_alone)
{
    struct machine *machine = MACHINE(spin, "-smp 3");
    run_ms(machine, 1);
    ck_assert_uint_gt(machine->cpu[0].icount, 1000);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(machine->cpu[i].halted, i ? CPU_WAITS : CPU_RUNS);
        ck_assert_uint_eq(machine->cpu[i].msr[MSR_AT_APIC_BASE], i ? 0xfee00800 : 0xfee00900);
        ck_assert_uint_eq(machine->pc.lapic[i].id, i);
    }
    ck_assert_uint_eq(machine->cpu[1].icount + machine->cpu[2].icount, 0);
    ck_assert_uint_eq(rtc_cmos_get(&machine->pc.rtc, 0x5f), 2);
    done(machine);
}
END_TEST

START_TEST(nothing_but_the_start_up_message_wakes_one_that_waits)
{
    struct machine *machine = MACHINE(spin, "-smp 2");
    struct cpu *cpu = &machine->cpu[1];
    put(machine, CODE, count, sizeof count);
    lapic_chip.write(&machine->pc.lapic[1], 0xf0, 0x1ff, 4);
    cpu->eflags |= FL_IF;
    send(machine, 1, 0x4041);
    send(machine, 1, 0x4400); /* NMI */
    run_ms(machine, 1);
    ck_assert_int_eq(cpu->halted, CPU_WAITS);
    ck_assert_uint_eq(cpu->icount, 0);
    cpu->intr = cpu->nmi_pending = false;
    send(machine, 1, STARTUP | CODE >> 12);
    ck_assert_uint_eq(cpu->seg[SEG_CS].selector, CODE >> 4);
    ck_assert_uint_eq(cpu->seg[SEG_CS].base, CODE);
    ck_assert_uint_eq(cpu->eip, 0);
    run_ms(machine, 1);
    ck_assert_uint_gt(word(machine, 0x600), 100);
    u32 eip = cpu->eip;
    send(machine, 1, STARTUP | 0x77); /* it does not wait */
    ck_assert_uint_eq(cpu->eip, eip);
    ck_assert_uint_eq(cpu->seg[SEG_CS].base, CODE);
    done(machine);
}
END_TEST

START_TEST(init_makes_one_wait_again_and_reset_all_but_the_first)
{
    struct machine *machine = MACHINE(spin, "-smp 3");
    put(machine, CODE, count, sizeof count);
    for (unsigned i = 0; i < 2; i++) {
        send(machine, 1, STARTUP | CODE >> 12);
        send(machine, 2, STARTUP | CODE >> 12);
        run_ms(machine, 1);
        ck_assert_int_eq(machine->cpu[1].halted, CPU_RUNS);
        ck_assert_int_eq(machine->cpu[2].halted, CPU_RUNS);
        machine->cpu[2].r[ESI] = 1;
        send(machine, 2, INIT);
        run_ms(machine, 1);
        ck_assert_int_eq(machine->cpu[1].halted, CPU_RUNS);
        ck_assert_int_eq(machine->cpu[2].halted, CPU_WAITS);
        ck_assert_uint_eq(machine->cpu[2].r[ESI], 0);
        if (i)
            machine_reset(machine);
        else
            pc_init_cpus(&machine->pc, PC_INIT_ALL);
        ck_assert_int_eq(machine->cpu[0].halted, CPU_RUNS);
        ck_assert_int_eq(machine->cpu[1].halted, CPU_WAITS);
        ck_assert_uint_eq(machine->cpu[0].eip, 0xfff0);
    }
    done(machine);
}
END_TEST

/* SDM 3A "MP Initialization Protocol Requirements": each looks at its BSP flag, and at nothing else. */
START_TEST(init_starts_the_first_anew_and_no_other)
{
    struct machine *machine = MACHINE(spin, "-smp 2");
    put(machine, CODE, count, sizeof count);
    send(machine, 1, STARTUP | CODE >> 12);
    run_ms(machine, 1);
    machine->cpu[0].r[ESI] = machine->cpu[1].r[ESI] = 1;
    send(machine, 0, INIT);
    u16 before = word(machine, 0x600);
    run_ms(machine, 1);
    ck_assert_int_eq(machine->cpu[0].halted, CPU_RUNS);
    ck_assert_uint_eq(machine->cpu[0].r[ESI], 0);
    ck_assert_uint_eq(machine->cpu[0].seg[SEG_CS].selector, 0xf000);
    ck_assert_uint_eq(machine->cpu[1].r[ESI], 1);
    ck_assert_uint_ne(word(machine, 0x600), before);
    done(machine);
    machine = MACHINE(spin, "-smp 2 -no-reboot");
    send(machine, 1, INIT);
    ck_assert_int_eq(machine_run(machine, 1000000), MACHINE_RUNS);
    send(machine, 0, INIT);
    ck_assert_int_eq(machine_run(machine, 2000000), MACHINE_REBOOT);
    done(machine);
}
END_TEST

/* lidt [cs:empty]; int3 in protected mode */
static const u8 triple_fault[] = {0x2e, 0x0f, 0x01, 0x1e, 0x11, 0x00, 0x0f, 0x20, 0xc0, 0x0c, 0x01,
                                  0x0f, 0x22, 0xc0, 0xcc, 0xeb, 0xfe, 0x00, 0x00, 0x00, 0x00, 0x00};

START_TEST(a_triple_fault_of_any_restarts_all)
{
    struct machine *machine = MACHINE(spin, "-smp 2 -no-reboot");
    put(machine, CODE, triple_fault, sizeof triple_fault);
    send(machine, 1, STARTUP | CODE >> 12);
    ck_assert_int_eq(machine_run(machine, 1000000), MACHINE_TRIPLE);
    done(machine);
    machine = MACHINE(spin, "-smp 2");
    put(machine, CODE, triple_fault, sizeof triple_fault);
    send(machine, 1, STARTUP | CODE >> 12);
    ck_assert_int_eq(machine_run(machine, 1000000), MACHINE_RUNS);
    ck_assert_int_eq(machine->cpu[1].halted, CPU_WAITS);
    ck_assert(!machine->cpu[1].shutdown);
    done(machine);
}
END_TEST

/* Side by side. */

START_TEST(each_runs_its_whole_clock)
{
    struct machine *one = MACHINE(count, "");
    options_free(&options);
    struct machine *two = MACHINE(count, "-smp 2");
    put(two, CODE, count, sizeof count);
    send(two, 1, STARTUP | CODE >> 12);
    run_ms(one, 2);
    run_ms(two, 2);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert_uint_gt(two->cpu[i].icount, one->cpu[0].icount * 9 / 10);
        ck_assert_uint_lt(two->cpu[i].icount, one->cpu[0].icount * 11 / 10);
    }
    machine_free(one);
    done(two);
}
END_TEST

/* mov ebx,[600h]; rdtsc; cmp eax,ebx; jae; inc word [604h]; mov [600h],eax; inc word [606h]; jmp */
static const u8 stamps[] = {0x31, 0xc0, 0x8e, 0xd8, 0x66, 0x8b, 0x1e, 0x00, 0x06, 0x0f,
                            0x31, 0x66, 0x39, 0xd8, 0x73, 0x04, 0xff, 0x06, 0x04, 0x06,
                            0x66, 0xa3, 0x00, 0x06, 0xff, 0x06, 0x06, 0x06, 0xeb, 0xe6};

START_TEST(no_time_stamp_is_earlier_than_one_that_another_has_seen)
{
    struct machine *machine = MACHINE(stamps, "-smp 2");
    put(machine, CODE, stamps, sizeof stamps);
    machine->bus.ram[CODE + 26] = 8; /* this one's count is at 608h */
    send(machine, 1, STARTUP | CODE >> 12);
    run_ms(machine, 3);
    ck_assert_uint_gt(word(machine, 0x606), 1000);
    ck_assert_uint_gt(word(machine, 0x608), 1000);
    ck_assert_uint_eq(word(machine, 0x604), 0);
    u32 stamp = get32(machine->bus.ram + 0x600), clocks = 3 * 100000;
    ck_assert_uint_gt(stamp, clocks - TURN);
    ck_assert_uint_le(stamp, clocks);
    done(machine);
}
END_TEST

/* mov byte [8800h],0; wait until [602h] is 1; mov byte [8005h],2; jmp $ */
static const u8 patches[] = {0x31, 0xc0, 0x8e, 0xd8, 0xc6, 0x06, 0x00, 0x88, 0x00, 0x80, 0x3e, 0x02,
                             0x06, 0x01, 0x75, 0xf9, 0xc6, 0x06, 0x05, 0x80, 0x02, 0xeb, 0xfe};
/* mov al,1; mov [600h],al in a loop */
static const u8 patched[] = {0x31, 0xc0, 0x8e, 0xd8, 0xb0, 0x01, 0xa2, 0x00, 0x06, 0xeb, 0xf9};

/* The page is in the writer's TLB before the other one decodes its code; and in the other way, by
 * a bus master. */
START_TEST(code_that_another_has_written_is_run_as_it_is)
{
    struct machine *machine = MACHINE(patches, "-smp 2");
    put(machine, CODE, patched, sizeof patched);
    run_ms(machine, 1);
    send(machine, 1, STARTUP | CODE >> 12);
    run_ms(machine, 1);
    ck_assert_uint_eq(machine->bus.ram[0x600], 1);
    machine->bus.ram[0x602] = 1;
    run_ms(machine, 1);
    ck_assert_uint_eq(machine->bus.ram[0x600], 2);
    static const u8 three = 3;
    bus_dma_write(&machine->bus, CODE + 5, &three, 1);
    run_ms(machine, 1);
    ck_assert_uint_eq(machine->bus.ram[0x600], 3);
    done(machine);
}
END_TEST

/* in al,61h; mov [bx],al; sti; hlt in a loop */
static const u8 sleepy[] = {0xe4, 0x61, 0x88, 0x07, 0x43, 0xfb, 0xf4, 0xeb, 0xf7};

START_TEST(runs_are_equal_wherever_they_are_cut)
{
    struct machine *machine[2];
    for (unsigned i = 0; i < 2; i++) {
        machine[i] = MACHINE(spin, "-smp 4");
        put(machine[i], CODE, count, sizeof count);
        put(machine[i], CODE + 0x1000, sleepy, sizeof sleepy);
        send(machine[i], 1, STARTUP | CODE >> 12);
        send(machine[i], 2, STARTUP | (CODE + 0x1000) >> 12);
        if (!i)
            options_free(&options);
    }
    machine_run(machine[0], 5000000);
    for (vtime t = 0; t < 5000000; t += 12347)
        machine_run(machine[1], t);
    machine_run(machine[1], 5000000);
    ck_assert_uint_eq(machine_hash(machine[0]), machine_hash(machine[1]));
    machine[1]->cpu[3].r[EAX]++;
    ck_assert_uint_ne(machine_hash(machine[0]), machine_hash(machine[1]));
    machine_free(machine[0]);
    done(machine[1]);
}
END_TEST

START_TEST(a_limit_of_instructions_is_that_of_all_together)
{
    struct machine *machine = MACHINE(spin, "-smp 2 -max-insns 54321");
    put(machine, CODE, count, sizeof count);
    send(machine, 1, STARTUP | CODE >> 12);
    ck_assert_int_eq(machine_run(machine, NS_PER_S), MACHINE_INSNS);
    ck_assert_uint_eq(machine_insns(machine), 54321);
    ck_assert_uint_gt(machine->cpu[1].icount, 1000);
    done(machine);
}
END_TEST

/* 82441FX, "SMRAM": enabled, not open. */
START_TEST(only_the_one_in_system_management_mode_sees_its_memory)
{
    struct machine *machine = MACHINE(spin, "-smp 2");
    bool writable;
    u32 number;
    bus_out(&machine->bus, 0xcf8, 0x80000070, 4);
    bus_out(&machine->bus, 0xcfe, 0x0a, 1);
    line_set(&machine->cpu[1].smiact, true);
    for (unsigned i = 0; i < 4; i++) {
        pc_turn(&machine->pc, i % 2);
        const u8 *page = bus_page(&machine->bus, 0xa0000, &writable, &number);
        ck_assert_ptr_eq(page, i % 2 ? machine->bus.ram + 0xa0000 : NULL);
    }
    done(machine);
}
END_TEST

Suite *smp_suite(void)
{
    const TTest *const tests[] = {
        turns_go_round_in_the_order_of_numbers,
        there_are_no_turns_while_all_are_idle,
        the_instruction_behind_sti_comes_first_also_in_the_next_turn,
        the_first_starts_alone,
        nothing_but_the_start_up_message_wakes_one_that_waits,
        init_makes_one_wait_again_and_reset_all_but_the_first,
        init_starts_the_first_anew_and_no_other,
        a_triple_fault_of_any_restarts_all,
        each_runs_its_whole_clock,
        no_time_stamp_is_earlier_than_one_that_another_has_seen,
        code_that_another_has_written_is_run_as_it_is,
        runs_are_equal_wherever_they_are_cut,
        a_limit_of_instructions_is_that_of_all_together,
        only_the_one_in_system_management_mode_sees_its_memory,
        NULL,
    };
    return unit_suite("smp", tests);
}
