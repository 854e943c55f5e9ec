/* SPDX-License-Identifier: MIT */
/* High precision event timer: what the IA-PC HPET specification 1.0a says of counter, comparators
 * and interrupts. */
#include "devices/hpet.h"
#include "tests/unit/unit.h"

enum { CONF = 0x10, STS = 0x20, CNT = 0xf0 };
enum { ENABLE = 1, LEGACY = 2 };
enum { LEVEL = 2, INT = 4, PERIODIC = 8, SET = 0x40, BITS_32 = 0x100 };

static struct clock the_clock;
static struct hpet hpet;
static unsigned rises[HPET_PINS], legacy_rises[2];

static void count(void *owner, unsigned pin, bool level)
{
    ((unsigned *)owner)[pin] += level;
}

static void setup(void)
{
    memset(rises, 0, sizeof rises);
    memset(legacy_rises, 0, sizeof legacy_rises);
    clock_init(&the_clock, 1000000000);
    hpet_init(&hpet, &the_clock);
    for (unsigned i = 0; i < HPET_PINS; i++)
        line_connect(&hpet.pin[i], count, rises, i);
    for (unsigned i = 0; i < 2; i++)
        line_connect(&hpet.irq[i], count, legacy_rises, i);
}

/* To the first ns at which so many counts more have passed. */
static void pass(u64 counts)
{
    u64 until = ticks_to_ns(clock_ticks(&the_clock, HPET_HZ) + counts, HPET_HZ);
    unit_pass(&the_clock, until - clock_now(&the_clock));
}

static u32 rd(u32 reg)
{
    return hpet_chip.read(&hpet, reg, 4);
}

static u64 rd64(u32 reg)
{
    return rd(reg) | (u64)rd(reg + 4) << 32;
}

static void wr(u32 reg, u32 value)
{
    hpet_chip.write(&hpet, reg, value, 4);
}

static void wr64(u32 reg, u64 value)
{
    wr(reg, (u32)value);
    wr(reg + 4, (u32)(value >> 32));
}

static u32 conf(unsigned n)
{
    return 0x100 + 0x20 * n;
}

static u32 comp(unsigned n)
{
    return conf(n) + 8;
}

static u32 to_pin(unsigned pin)
{
    return pin << 9;
}

START_TEST(it_says_what_it_is)
{
    setup();
    for (unsigned pass = 0; pass < 2; pass++) {
        ck_assert_uint_eq(rd(0), 0x8086a201); /* 64 bits, legacy replacement, three timers */
        ck_assert_uint_eq(rd(4), 69841279);   /* fs: at most 100 ns */
        ck_assert_uint_eq(rd64(CONF), 0);
        ck_assert_uint_eq(rd64(STS), 0);
        ck_assert_uint_eq(rd64(CNT), 0);
        for (unsigned n = 0; n < HPET_TIMERS; n++) {
            ck_assert_uint_eq(rd(conf(n)), 0x30);
            ck_assert_uint_eq(rd(conf(n) + 4), n == 2 ? 0x00f00800 : 0x00f00000);
            ck_assert_uint_eq(rd64(comp(n)), ~(u64)0);
            ck_assert_uint_eq(rd64(conf(n) + 0x10), 0);
        }
        for (u32 reg = 0x160; reg < 0x1000; reg += 4)
            ck_assert_uint_eq(rd(reg), 0);
        for (u32 reg = 0; reg < 0x400; reg += 4)
            wr(reg, 0xffffffff);
        hpet_chip.reset(&hpet);
    }
    double period = 1e15 / HPET_HZ;
    ck_assert(period > 69841278.5 && period < 69841279.5);
}
END_TEST

START_TEST(reserved_bits_stay_zero)
{
    setup();
    wr64(CONF, ~(u64)3);
    ck_assert_uint_eq(rd64(CONF), 0);
    for (unsigned n = 0; n < HPET_TIMERS; n++) {
        wr64(conf(n), ~(u64)0);
        ck_assert_uint_eq(rd(conf(n)), 0x17e); /* no pin 31, no FSB */
        wr64(conf(n), 0);
        ck_assert_uint_eq(rd(conf(n)), 0x30);
    }
}
END_TEST

START_TEST(the_counter_runs_while_it_is_enabled)
{
    setup();
    pass(1000);
    ck_assert_uint_eq(rd64(CNT), 0);
    wr(CONF, ENABLE);
    pass(1000);
    ck_assert_uint_eq(rd64(CNT), 1000);
    pass(HPET_HZ);
    ck_assert_uint_eq(rd64(CNT), HPET_HZ + 1000);
    wr(CONF, 0);
    pass(5);
    ck_assert_uint_eq(rd64(CNT), HPET_HZ + 1000);
    wr64(CNT, 0xfffffffffffffff0);
    wr(CONF, ENABLE);
    pass(0x20);
    ck_assert_uint_eq(rd64(CNT), 0x10);
    wr(CNT + 4, 7);
    ck_assert_uint_eq(rd64(CNT), 0x700000010);
}
END_TEST

START_TEST(any_bytes_of_a_register_can_be_read_and_written)
{
    setup();
    wr64(CNT, 0x8877665544332211);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_uint_eq(hpet_chip.read(&hpet, CNT + i, 1) & 0xff, 0x11 * (i + 1));
    ck_assert_uint_eq(hpet_chip.read(&hpet, CNT + 3, 2) & 0xffff, 0x5544);
    ck_assert_uint_eq(hpet_chip.read(&hpet, CNT + 2, 4), 0x66554433);
    ck_assert_uint_eq(hpet_chip.read(&hpet, CNT + 6, 4), 0x8877);
    hpet_chip.write(&hpet, CNT + 3, 0xffffabcd, 2);
    ck_assert_uint_eq(rd64(CNT), 0x887766abcd332211);
    hpet_chip.write(&hpet, CNT + 6, 0x12345678, 4); /* its upper half belongs to nothing */
    ck_assert_uint_eq(rd64(CNT), 0x567866abcd332211);
    hpet_chip.write(&hpet, CNT, 0xffffff00, 1);
    ck_assert_uint_eq(rd64(CNT), 0x567866abcd332200);
}
END_TEST

START_TEST(a_timer_interrupts_once_when_the_counter_reaches_its_value)
{
    setup();
    wr(conf(0), INT | to_pin(20));
    wr64(comp(0), 100);
    wr(CONF, ENABLE);
    pass(99);
    ck_assert_uint_eq(rises[20], 0);
    pass(1);
    ck_assert_uint_eq(rises[20], 1);
    ck_assert(hpet.pin[20].level); /* an 8259A would want it held */
    ck_assert_uint_eq(rd(STS), 0); /* the status is of levels */
    pass(1000000);
    ck_assert_uint_eq(rises[20], 1);
    ck_assert_uint_eq(rd64(comp(0)), 100);
    ck_assert(!the_clock.first || the_clock.first->when > 1000 * (u64)NS_PER_S); /* it sleeps */
    wr64(comp(0), 1000200);
    pass(100);
    ck_assert_uint_eq(rises[20], 2); /* low before, so that there is an edge */
    wr(conf(0), to_pin(20));
    ck_assert(!hpet.pin[20].level);
}
END_TEST

START_TEST(in_32_bit_mode_the_low_halves_are_compared)
{
    setup();
    wr64(CNT, 0x5fffffff0);
    wr(conf(1), INT | BITS_32 | to_pin(21));
    ck_assert_uint_eq(rd64(comp(1)), 0xffffffff);
    wr64(comp(1), 0x700000010);
    ck_assert_uint_eq(rd64(comp(1)), 0x10);
    wr(CONF, ENABLE);
    pass(0x1f);
    ck_assert_uint_eq(rises[21], 0);
    pass(1);
    ck_assert_uint_eq(rises[21], 1);
    pass(0xffffffff);
    ck_assert_uint_eq(rises[21], 1);
    pass(1);
    ck_assert_uint_eq(rises[21], 2); /* again after the wrap */
}
END_TEST

START_TEST(a_level_stays_until_its_status_is_cleared)
{
    setup();
    wr(conf(2), INT | LEVEL | PERIODIC | SET | to_pin(11));
    wr64(comp(2), 10);
    wr(comp(2), 10);
    wr(conf(2), INT | LEVEL | PERIODIC | SET | to_pin(11));
    wr(comp(2) + 4, 0);
    wr(CONF, ENABLE);
    pass(35);
    ck_assert(hpet.pin[11].level && rises[11] == 1 && rd(STS) == 4);
    wr(STS, 3); /* others' */
    ck_assert(hpet.pin[11].level && rd(STS) == 4);
    wr(STS, 4);
    ck_assert(!hpet.pin[11].level && rd(STS) == 0);
    pass(5);
    ck_assert(hpet.pin[11].level && rises[11] == 2);
    wr(CONF, 0); /* the status stays, the interrupt does not */
    ck_assert(!hpet.pin[11].level && rd(STS) == 4);
    wr(CONF, ENABLE);
    ck_assert(hpet.pin[11].level);
}
END_TEST

START_TEST(the_status_is_set_without_the_interrupt_enable)
{
    setup();
    wr(conf(1), LEVEL | to_pin(22));
    wr64(comp(1), 50);
    wr(CONF, ENABLE);
    ck_assert(!the_clock.first); /* and costs no event */
    pass(60);
    ck_assert_uint_eq(rd(STS), 2);
    ck_assert_uint_eq(rises[22], 0);
    wr(conf(1), LEVEL | INT | to_pin(22));
    ck_assert_uint_eq(rises[22], 1);
    wr(conf(1), INT | to_pin(22)); /* an edge now: that match is gone */
    ck_assert(!hpet.pin[22].level && rd(STS) == 0);
}
END_TEST

/* 2.3.9.2.2: the value that is written is the period, and after Tn_VAL_SET_CNF the first match. */
START_TEST(a_periodic_timer_goes_on_by_what_was_last_written)
{
    setup();
    wr(conf(0), INT | PERIODIC | SET | BITS_32 | to_pin(23));
    wr(comp(0), 1000);
    ck_assert_uint_eq(rd(conf(0)) & SET, 0);
    wr(comp(0), 300);
    ck_assert_uint_eq(rd64(comp(0)), 1000);
    wr(CONF, ENABLE);
    pass(999);
    ck_assert_uint_eq(rises[23], 0);
    pass(1);
    ck_assert_uint_eq(rises[23], 1);
    ck_assert_uint_eq(rd64(comp(0)), 1300);
    pass(300);
    ck_assert_uint_eq(rises[23], 2);
    wr(comp(0), 50); /* from the next match on */
    pass(299);
    ck_assert_uint_eq(rises[23], 2);
    pass(1);
    ck_assert_uint_eq(rises[23], 3);
    ck_assert_uint_eq(rd64(comp(0)), 1650);
    pass(500);
    ck_assert_uint_eq(rises[23], 13);
    ck_assert_uint_eq(rd64(comp(0)), 2150);
}
END_TEST

START_TEST(a_period_that_nobody_hears_is_counted_when_it_is_looked_at)
{
    setup();
    wr(conf(0), PERIODIC | SET);
    wr(comp(0), 7);
    wr(conf(0), PERIODIC | SET);
    wr(comp(0) + 4, 0);
    wr(CONF, ENABLE);
    ck_assert(!the_clock.first);
    pass(1000 * (u64)HPET_HZ);
    u64 now = rd64(CNT);
    ck_assert_uint_eq(now, 1000 * (u64)HPET_HZ);
    ck_assert_uint_eq(rd64(comp(0)), now / 7 * 7 + 7);
    wr(comp(0), 0); /* no period: nothing is added */
    pass(20);
    ck_assert_uint_eq(rd64(comp(0)), now / 7 * 7 + 7);
}
END_TEST

START_TEST(legacy_replacement_takes_the_first_two_timers_to_irq_0_and_8)
{
    setup();
    for (unsigned n = 0; n < HPET_TIMERS; n++) {
        wr(conf(n), INT | to_pin(20 + n));
        wr64(comp(n), 100);
    }
    wr(CONF, LEGACY);
    ck_assert(!hpet.legacy.level);
    wr(CONF, LEGACY | ENABLE);
    ck_assert(hpet.legacy.level);
    pass(100);
    ck_assert(legacy_rises[0] == 1 && legacy_rises[1] == 1 && rises[22] == 1);
    ck_assert(!rises[20] && !rises[21]);
    wr(CONF, ENABLE);
    ck_assert(!hpet.legacy.level && !hpet.irq[0].level);
}
END_TEST

START_TEST(a_pin_that_a_timer_has_not_is_not_taken)
{
    setup();
    wr(conf(0), INT | to_pin(11));
    ck_assert_uint_eq(rd(conf(0)) & 0x3e00, 0);
    wr(conf(0), INT | to_pin(22));
    wr(conf(0), INT | to_pin(0));
    ck_assert_uint_eq(rd(conf(0)) & 0x3e00, to_pin(22));
    wr(conf(2), INT | to_pin(11));
    ck_assert_uint_eq(rd(conf(2)) & 0x3e00, to_pin(11));
    setup(); /* and without any nobody is told */
    wr(conf(0), INT);
    wr64(comp(0), 1);
    wr(CONF, ENABLE);
    pass(10);
    for (unsigned i = 0; i < HPET_PINS; i++)
        ck_assert_uint_eq(rises[i], 0);
}
END_TEST

START_TEST(what_is_loaded_goes_on_as_it_was)
{
    setup();
    wr(conf(0), INT | PERIODIC | SET | BITS_32 | to_pin(20));
    wr(comp(0), 100);
    wr(CONF, ENABLE);
    pass(150);
    struct timer saved = hpet.next;
    timer_stop(&hpet.next);
    hpet.next.armed = saved.armed;
    hpet_chip.loaded(&hpet);
    pass(50);
    ck_assert_uint_eq(rises[20], 2);
    hpet.timer[0].config = 0xffffffff;
    hpet_chip.loaded(&hpet);
    ck_assert_uint_eq(rd(conf(0)), 0x3f7e);
}
END_TEST

START_TEST(any_bytes_anywhere_do_no_harm)
{
    u64 x = 1;
    setup();
    for (unsigned i = 0; i < 300000; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        unsigned size = 1u << (x >> 60) % 3;
        u32 reg = x >> 50 & 7 ? (u32)(x >> 40) & 0x1ff : (u32)(x >> 40) & 0xfff;
        if (reg + size > 0x1000)
            reg = 0x1000 - size;
        if (x >> 63)
            hpet_chip.write(&hpet, reg, (u32)(x >> 8), size);
        else
            hpet_chip.read(&hpet, reg, size);
        if (!(x >> 33 & 15)) {
            the_clock.cycles += x >> 16 & 0xfffff;
            clock_fire(&the_clock);
        }
        if (!(x >> 20 & 0x3ff))
            hpet_chip.reset(&hpet);
        ck_assert(!the_clock.first || the_clock.first->when > clock_now(&the_clock));
    }
}
END_TEST

START_TEST(every_byte_of_it_is_in_its_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, hpet_chip.fields, hpet_chip.size), 0);
}
END_TEST

Suite *hpet_suite(void)
{
    const TTest *const tests[] = {
        it_says_what_it_is,
        reserved_bits_stay_zero,
        the_counter_runs_while_it_is_enabled,
        any_bytes_of_a_register_can_be_read_and_written,
        a_timer_interrupts_once_when_the_counter_reaches_its_value,
        in_32_bit_mode_the_low_halves_are_compared,
        a_level_stays_until_its_status_is_cleared,
        the_status_is_set_without_the_interrupt_enable,
        a_periodic_timer_goes_on_by_what_was_last_written,
        a_period_that_nobody_hears_is_counted_when_it_is_looked_at,
        legacy_replacement_takes_the_first_two_timers_to_irq_0_and_8,
        a_pin_that_a_timer_has_not_is_not_taken,
        what_is_loaded_goes_on_as_it_was,
        any_bytes_anywhere_do_no_harm,
        every_byte_of_it_is_in_its_field_list,
        NULL,
    };
    return unit_suite("hpet", tests);
}
