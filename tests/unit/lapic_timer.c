/* SPDX-License-Identifier: MIT */
/* The local APIC's timer. SDM 3A "APIC Timer". A tick of the bus clock is 100 ns here. */
#include "tests/unit/lapic_rig.h"

static struct lapic_rig rig;
static struct lapic *const l = &rig.l[0];

enum { PERIODIC = 0x20000, DEADLINE = 0x40000, TICK = 100, BY_1 = 0xb };

static void setup(u32 lvt, u32 divide)
{
    rig_init(&rig, 1, true);
    wr(l, L_TIMER, lvt);
    wr(l, L_DIVIDE, divide);
}

/* Did the timer interrupt since the last time? */
static bool interrupted(void)
{
    if (!l->intr.level)
        return false;
    ck_assert_uint_eq(lapic_acknowledge(l), 0x41);
    wr(l, L_EOI, 0);
    return true;
}

START_TEST(the_divide_register)
{
    static const struct {
        u8 code, by;
    } rows[] = {{0, 2}, {1, 4}, {2, 8}, {3, 16}, {8, 32}, {9, 64}, {10, 128}, {11, 1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        u64 unit = rows[i].by * TICK;
        setup(0x41, rows[i].code | 4); /* bit 2 does not exist */
        wr(l, L_INITIAL, 10);
        for (unsigned n = 0; n < 10; n++) {
            ck_assert_uint_eq(rd(l, L_COUNT), 10 - n);
            rig_pass(&rig, unit - 10);
            ck_assert_uint_eq(rd(l, L_COUNT), 10 - n);
            ck_assert(!interrupted());
            rig_pass(&rig, 10);
        }
        ck_assert_uint_eq(rd(l, L_COUNT), 0);
        ck_assert(interrupted());
    }
}
END_TEST

START_TEST(one_shot_stops_at_0)
{
    setup(0x41, BY_1);
    wr(l, L_INITIAL, 5);
    rig_pass(&rig, 5 * TICK);
    ck_assert(!rig_in(l, L_TMR, 0x41)); /* an edge */
    ck_assert(interrupted());
    rig_pass(&rig, 100 * TICK);
    ck_assert(!interrupted());
    ck_assert_uint_eq(rd(l, L_COUNT), 0);
    ck_assert_uint_eq(rd(l, L_INITIAL), 5);
    ck_assert(!l->timer.armed);
}
END_TEST

START_TEST(periodic_begins_again)
{
    setup(0x41 | PERIODIC, BY_1);
    rig_pass(&rig, 33 * TICK);
    wr(l, L_INITIAL, 7);
    for (unsigned n = 1; n < 50; n++) {
        rig_pass(&rig, TICK);
        ck_assert_int_eq(interrupted(), n % 7 == 0);
        ck_assert_uint_eq(rd(l, L_COUNT), 7 - n % 7);
    }
}
END_TEST

START_TEST(expiries_that_nobody_took_are_one)
{
    setup(0x41 | PERIODIC, BY_1);
    wr(l, L_INITIAL, 7);
    rig_pass(&rig, 7 * TICK);
    ck_assert(!l->timer.armed); /* nothing more can happen until it is taken */
    rig_pass(&rig, 50 * TICK);
    ck_assert_uint_eq(rd(l, L_COUNT), 7 - 57 % 7);
    ck_assert_uint_eq(lapic_acknowledge(l), 0x41);
    ck_assert(!rig_in(l, L_IRR, 0x41));
    rig_pass(&rig, (7 - 57 % 7) * TICK - 10);
    ck_assert(!rig_in(l, L_IRR, 0x41));
    rig_pass(&rig, 10);
    ck_assert(rig_in(l, L_IRR, 0x41));
}
END_TEST

START_TEST(masked_it_counts_and_what_it_would_have_said_is_lost)
{
    setup(0x41 | PERIODIC | MASKED, BY_1);
    wr(l, L_INITIAL, 7);
    rig_pass(&rig, 9 * TICK);
    ck_assert_uint_eq(rd(l, L_COUNT), 5);
    ck_assert(!l->timer.armed);
    wr(l, L_TIMER, 0x41 | PERIODIC);
    ck_assert(!interrupted());
    rig_pass(&rig, 5 * TICK);
    ck_assert(interrupted());
}
END_TEST

START_TEST(an_initial_count_of_0_stops_it)
{
    setup(0x41 | PERIODIC, BY_1);
    wr(l, L_INITIAL, 7);
    rig_pass(&rig, 3 * TICK);
    wr(l, L_INITIAL, 0);
    ck_assert_uint_eq(rd(l, L_COUNT), 0);
    rig_pass(&rig, 100 * TICK);
    ck_assert(!interrupted());
    wr(l, L_TIMER, 0x41);
    rig_pass(&rig, 100 * TICK);
    ck_assert(!interrupted());
}
END_TEST

START_TEST(another_divisor_goes_on_from_the_count)
{
    setup(0x41, BY_1);
    wr(l, L_INITIAL, 100);
    rig_pass(&rig, 40 * TICK);
    wr(l, L_DIVIDE, 1);
    ck_assert_uint_eq(rd(l, L_COUNT), 60);
    rig_pass(&rig, 4 * 59 * TICK);
    ck_assert_uint_eq(rd(l, L_COUNT), 1);
    ck_assert(!interrupted());
    rig_pass(&rig, 4 * TICK);
    ck_assert(interrupted());
}
END_TEST

START_TEST(the_mode_counts_when_it_expires)
{
    setup(0x41, BY_1);
    wr(l, L_INITIAL, 10);
    rig_pass(&rig, 5 * TICK);
    wr(l, L_TIMER, 0x41 | PERIODIC);
    rig_pass(&rig, 5 * TICK);
    ck_assert(interrupted());
    rig_pass(&rig, 10 * TICK);
    ck_assert(interrupted());
    wr(l, L_TIMER, 0x41);
    rig_pass(&rig, 10 * TICK);
    ck_assert(interrupted());
    rig_pass(&rig, 50 * TICK);
    wr(l, L_TIMER, 0x41 | PERIODIC); /* it has stopped */
    rig_pass(&rig, 50 * TICK);
    ck_assert(!interrupted());
}
END_TEST

START_TEST(the_largest_count_and_divisor)
{
    setup(0x41, 0xa);
    wr(l, L_INITIAL, 0xffffffff);
    rig_pass(&rig, 128ull * 0xffffffff * TICK - 10);
    ck_assert_uint_eq(rd(l, L_COUNT), 1);
    ck_assert(!interrupted());
    rig_pass(&rig, 10);
    ck_assert(interrupted());
}
END_TEST

/* SDM 3A "TSC-Deadline Mode"; the processor turns the TSC's value into a clock. */

START_TEST(a_deadline_interrupts_once_and_is_gone)
{
    setup(0x41 | DEADLINE, BY_1);
    rig_pass(&rig, 12345);
    lapic_set_deadline(l, rig.clock.cycles + 77);
    ck_assert(lapic_deadline_set(l));
    rig_pass(&rig, 760);
    ck_assert(!interrupted());
    ck_assert(lapic_deadline_set(l));
    rig_pass(&rig, 10);
    ck_assert(interrupted());
    ck_assert(!lapic_deadline_set(l));
    rig_pass(&rig, 100000);
    ck_assert(!interrupted());
}
END_TEST

START_TEST(a_deadline_that_is_past_interrupts_at_once)
{
    setup(0x41 | DEADLINE, BY_1);
    rig_pass(&rig, 5000);
    lapic_set_deadline(l, rig.clock.cycles);
    ck_assert(interrupted());
    ck_assert(!lapic_deadline_set(l));
}
END_TEST

START_TEST(a_deadline_can_be_taken_back_and_one_far_away_never_comes)
{
    setup(0x41 | DEADLINE, BY_1);
    lapic_set_deadline(l, 1000);
    lapic_set_deadline(l, ~0ull);
    ck_assert(!lapic_deadline_set(l));
    lapic_set_deadline(l, ~0ull - 1);
    ck_assert(lapic_deadline_set(l));
    rig_pass(&rig, 1000000000);
    ck_assert(!interrupted());
    ck_assert(lapic_deadline_set(l));
}
END_TEST

START_TEST(the_counter_and_the_deadline_exclude_each_other)
{
    setup(0x41, BY_1);
    lapic_set_deadline(l, 1000);
    ck_assert(!lapic_deadline_set(l));
    wr(l, L_INITIAL, 5);
    wr(l, L_TIMER, 0x41 | DEADLINE); /* stops the counter */
    rig_pass(&rig, 100 * TICK);
    ck_assert(!interrupted());
    wr(l, L_INITIAL, 5);
    ck_assert_uint_eq(rd(l, L_COUNT), 0);
    lapic_set_deadline(l, rig.clock.cycles + 100);
    wr(l, L_TIMER, 0x41); /* stops the deadline */
    ck_assert(!lapic_deadline_set(l));
    rig_pass(&rig, 100 * TICK);
    ck_assert(!interrupted());
}
END_TEST

START_TEST(a_masked_deadline_passes_all_the_same)
{
    setup(0x41 | DEADLINE | MASKED, BY_1);
    lapic_set_deadline(l, 100);
    rig_pass(&rig, 2000);
    ck_assert(!lapic_deadline_set(l));
    wr(l, L_TIMER, 0x41 | DEADLINE);
    ck_assert(!interrupted());
}
END_TEST

START_TEST(without_the_feature_the_mode_does_not_exist)
{
    setup(0x41, BY_1);
    l->config.deadline = false;
    wr(l, L_TIMER, 0x41 | DEADLINE);
    ck_assert_uint_eq(rd(l, L_TIMER), 0x41);
}
END_TEST

Suite *lapic_timer_suite(void)
{
    const TTest *const tests[] = {
        the_divide_register,
        one_shot_stops_at_0,
        periodic_begins_again,
        expiries_that_nobody_took_are_one,
        masked_it_counts_and_what_it_would_have_said_is_lost,
        an_initial_count_of_0_stops_it,
        another_divisor_goes_on_from_the_count,
        the_mode_counts_when_it_expires,
        the_largest_count_and_divisor,
        a_deadline_interrupts_once_and_is_gone,
        a_deadline_that_is_past_interrupts_at_once,
        a_deadline_can_be_taken_back_and_one_far_away_never_comes,
        the_counter_and_the_deadline_exclude_each_other,
        a_masked_deadline_passes_all_the_same,
        without_the_feature_the_mode_does_not_exist,
        NULL,
    };
    return unit_suite("lapic_timer", tests);
}
