/* SPDX-License-Identifier: MIT */
#include "src/base/clock.h"
#include "tests/unit/unit.h"

static char order[16];

static void fire_a(void *owner)
{
    (void)owner;
    strcat(order, "a");
}

static void fire_b(void *owner)
{
    (void)owner;
    strcat(order, "b");
}

static void fire_again(void *owner)
{
    struct timer *timer = owner;
    strcat(order, "r");
    timer_set(timer, timer->when + 10);
}

START_TEST(timers_fire_in_order_of_time_then_rank)
{
    struct clock clock;
    struct timer a, b;
    order[0] = 0;
    clock_init(&clock, NS_PER_S);
    timer_init(&a, &clock, fire_a, NULL);
    timer_init(&b, &clock, fire_b, NULL);
    timer_set(&b, 50);
    timer_set(&a, 50);
    ck_assert_uint_eq(clock_next_event(&clock), 50);
    clock.cycles = 49;
    clock_fire(&clock);
    ck_assert_str_eq(order, "");
    clock.cycles = 50;
    clock_fire(&clock);
    ck_assert_str_eq(order, "ab");
    ck_assert_uint_eq(clock_next_event(&clock), ~(u64)0);
}
END_TEST

START_TEST(a_timer_may_set_itself_again_and_be_stopped)
{
    struct clock clock;
    struct timer r;
    order[0] = 0;
    clock_init(&clock, NS_PER_S);
    timer_init(&r, &clock, fire_again, &r);
    timer_set(&r, 10);
    clock.cycles = 30;
    clock_fire(&clock);
    ck_assert_str_eq(order, "rrr");
    timer_stop(&r);
    clock.cycles = 100;
    clock_fire(&clock);
    ck_assert_str_eq(order, "rrr");
}
END_TEST

START_TEST(ticks_and_ns_are_each_others_inverse)
{
    struct clock clock;
    clock_init(&clock, NS_PER_S);
    for (u64 n = 1; n < 100000000000u; n = n * 7 + 3) {
        vtime at = ticks_to_ns(n, 1193182);
        clock.cycles = at;
        ck_assert_uint_eq(clock_ticks(&clock, 1193182), n);
        clock.cycles = at - 1;
        ck_assert_uint_eq(clock_ticks(&clock, 1193182), n - 1);
    }
}
END_TEST

START_TEST(a_timer_before_the_deadline_asks_for_a_shorter_slice)
{
    struct clock clock;
    struct timer a;
    clock_init(&clock, 33333333);
    timer_init(&a, &clock, fire_a, NULL);
    clock.deadline = 1000;
    timer_set(&a, 1000000);
    ck_assert(!clock.sooner);
    timer_set(&a, 3000);
    ck_assert(clock.sooner);
    u64 cycle = clock_next_event(&clock);
    clock.cycles = cycle;
    ck_assert_uint_ge(clock_now(&clock), 3000);
    clock.cycles = cycle - 1;
    ck_assert_uint_lt(clock_now(&clock), 3000);
}
END_TEST

START_TEST(a_loaded_timer_takes_its_new_place)
{
    struct clock clock;
    struct timer a, b;
    clock_init(&clock, 1000000000);
    timer_init(&a, &clock, fire_a, NULL);
    timer_init(&b, &clock, fire_a, NULL);
    timer_set(&a, 100);
    timer_set(&b, 200);
    a.when = 300; /* what a load does */
    timer_loaded(&a);
    ck_assert_ptr_eq(clock.first, &b);
    ck_assert_ptr_eq(b.next, &a);
    b.armed = false;
    timer_loaded(&b);
    ck_assert_ptr_eq(clock.first, &a);
    ck_assert_ptr_null(a.next);
    b.armed = true;
    b.when = 50;
    timer_loaded(&b);
    ck_assert_ptr_eq(clock.first, &b);
}
END_TEST

Suite *clock_suite(void)
{
    const TTest *const tests[] = {
        timers_fire_in_order_of_time_then_rank, a_timer_may_set_itself_again_and_be_stopped,
        ticks_and_ns_are_each_others_inverse,
        a_timer_before_the_deadline_asks_for_a_shorter_slice,
        a_loaded_timer_takes_its_new_place, NULL};
    return unit_suite("clock", tests);
}
