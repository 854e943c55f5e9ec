/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "cpu/cpu.h"
#include "tests/unit/unit.h"

START_TEST(every_byte_of_the_cpu_is_state_or_said_to_be_none)
{
    ck_assert_uint_eq(state_uncovered(stderr, cpu_fields, sizeof(struct cpu)), 0);
}
END_TEST

static struct cpu *cpu_on(struct bus *bus, struct clock *clock)
{
    struct cpu *cpu = calloc(1, sizeof *cpu);
    clock_init(clock, 100000000);
    ck_assert(cpu && bus_init(bus, 1 << 20) && cpu_init(cpu, cpu_model_default(), bus, clock));
    return cpu;
}

static void cpu_off(struct cpu *cpu, struct bus *bus)
{
    cpu_free(cpu);
    bus_free(bus);
    free(cpu);
}

/* SDM 3A "Processor State After Reset". */
START_TEST(after_reset_the_first_instruction_is_16_bytes_below_4_gib)
{
    struct bus bus;
    struct clock clock;
    struct cpu *cpu = cpu_on(&bus, &clock);
    ck_assert_uint_eq(cpu->seg[SEG_CS].selector, 0xf000);
    ck_assert_uint_eq(cpu->seg[SEG_CS].base + cpu->eip, 0xfffffff0u);
    ck_assert_uint_eq(cpu_eflags(cpu), 2);
    ck_assert_uint_eq(cpu->cr0, 0x60000010);
    ck_assert_uint_eq(cpu->idtr.limit, 0xffff);
    ck_assert_uint_eq(cpu->dr[6], 0xffff0ff0u);
    ck_assert_uint_eq(cpu->dr[7], 0x400);
    cpu_off(cpu, &bus);
}
END_TEST

START_TEST(flags_survive_folding_and_loading)
{
    struct bus bus;
    struct clock clock;
    struct cpu *cpu = cpu_on(&bus, &clock);
    for (u32 i = 0; i < 64; i++) {
        u32 image =
            (i & 1) | (i & 2) << 1 | (i & 4) << 2 | (i & 8) << 3 | (i & 16) << 3 | (i & 32) << 6;
        cpu_set_eflags(cpu, image | FL_DF);
        ck_assert_uint_eq(cpu_eflags(cpu), image | FL_DF | FL_ALWAYS);
        cpu_fold(cpu);
        cpu->fl = (struct flags){0};
        cpu_loaded(cpu);
        ck_assert_uint_eq(cpu_eflags(cpu), image | FL_DF | FL_ALWAYS);
    }
    cpu_off(cpu, &bus);
}
END_TEST

START_TEST(a_halted_cpu_lets_the_time_pass)
{
    struct bus bus;
    struct clock clock;
    struct cpu *cpu = cpu_on(&bus, &clock);
    cpu->halted = true;
    clock.deadline = 5000;
    ck_assert_int_eq(cpu_run(cpu), CPU_DEADLINE);
    ck_assert_uint_eq(clock.cycles, 5000);
    ck_assert_uint_eq(cpu->icount, 0);
    cpu_off(cpu, &bus);
}
END_TEST

Suite *cpu_suite(void)
{
    const TTest *const tests[] = {every_byte_of_the_cpu_is_state_or_said_to_be_none,
                                  after_reset_the_first_instruction_is_16_bytes_below_4_gib,
                                  flags_survive_folding_and_loading,
                                  a_halted_cpu_lets_the_time_pass, NULL};
    return unit_suite("cpu", tests);
}
