/* SPDX-License-Identifier: MIT */
/* The MC146818 alone: index and data port, time, IRQ. */
#include "devices/rtc.h"
#include "tests/unit/unit.h"

struct board {
    struct clock clock;
    struct rtc rtc;
    unsigned irqs; /* rises of IRQ */
};

enum { MS = 1000000, US = 1000 };

static void count(void *owner, unsigned pin UNUSED, bool level)
{
    struct board *b = owner;
    b->irqs += level;
}

static void go(struct board *b, u64 ns)
{
    unit_pass(&b->clock, ns);
}

static void out(struct board *b, u8 index, u8 value)
{
    rtc_chip.write(&b->rtc, 0, index, 1);
    rtc_chip.write(&b->rtc, 1, value, 1);
}

static u8 in(struct board *b, u8 index)
{
    rtc_chip.write(&b->rtc, 0, index, 1);
    return (u8)rtc_chip.read(&b->rtc, 1, 1);
}

static void set_up(struct board *b)
{
    *b = (struct board){0};
    clock_init(&b->clock, NS_PER_S);
    rtc_init(&b->rtc, &b->clock);
    line_connect(&b->rtc.irq, count, b, 0);
}

/* Century, year, month, day, weekday, hour, minute, second, in register format. */
static void expect_time(struct board *b, const u8 *want)
{
    static const u8 regs[] = {RTC_CENTURY, RTC_YEAR, RTC_MONTH,   RTC_DAY, RTC_DAY_OF_WEEK,
                              RTC_HOURS,   RTC_MINUTES, RTC_SECONDS};
    for (size_t i = 0; i < ARRAY_LEN(regs); i++) {
        u8 seen = in(b, regs[i]);
        ck_assert_msg(seen == want[i], "register %02x: %02x, not %02x", regs[i], seen, want[i]);
    }
}
#define EXPECT_TIME(b, ...) expect_time(b, (const u8[]){__VA_ARGS__})

START_TEST(every_byte_is_in_a_field)
{
    ck_assert_uint_eq(state_uncovered(stderr, rtc_chip.fields, rtc_chip.size), 0);
}
END_TEST

START_TEST(the_new_year_carries_into_every_register)
{
    struct board b;
    set_up(&b);
    rtc_set_time(&b.rtc, 1999, 12, 31, 23, 59, 58);
    EXPECT_TIME(&b, 0x19, 0x99, 0x12, 0x31, 6, 0x23, 0x59, 0x58);
    go(&b, NS_PER_S + MS);
    EXPECT_TIME(&b, 0x19, 0x99, 0x12, 0x31, 6, 0x23, 0x59, 0x59);
    go(&b, NS_PER_S);
    EXPECT_TIME(&b, 0x20, 0x00, 0x01, 0x01, 7, 0x00, 0x00, 0x00);
    ck_assert_uint_eq(in(&b, RTC_CENTURY_PS2), 0x20);
}
END_TEST

START_TEST(months_have_their_days)
{
    static const struct {
        unsigned year, month, last;
    } rows[] = {{2023, 1, 31}, {2023, 2, 28}, {2024, 2, 29},  {2023, 4, 30},
                {2023, 6, 30}, {2023, 9, 30}, {2023, 11, 30}, {2023, 12, 31}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct board b;
        set_up(&b);
        rtc_set_time(&b.rtc, rows[i].year, rows[i].month, rows[i].last - 1, 23, 59, 59);
        go(&b, NS_PER_S + MS);
        ck_assert_uint_eq(in(&b, RTC_DAY), rows[i].last / 10 * 16 + rows[i].last % 10);
        rtc_set_time(&b.rtc, rows[i].year, rows[i].month, rows[i].last, 23, 59, 59);
        go(&b, NS_PER_S);
        ck_assert_uint_eq(in(&b, RTC_DAY), 1);
    }
}
END_TEST

START_TEST(binary_and_12_hour_formats_count_alike)
{
    struct board b;
    set_up(&b);
    out(&b, RTC_B, 0x06);
    rtc_set_time(&b.rtc, 2026, 11, 20, 19, 59, 59);
    EXPECT_TIME(&b, 20, 26, 11, 20, 6, 19, 59, 59);
    go(&b, NS_PER_S + MS);
    EXPECT_TIME(&b, 20, 26, 11, 20, 6, 20, 0, 0);
    static const struct {
        u8 mode;
        unsigned hour;
        u8 before, after;
    } rows[] = {{0x00, 11, 0x11, 0x92}, {0x00, 12, 0x92, 0x81}, {0x00, 23, 0x91, 0x12},
                {0x00, 0, 0x12, 0x01},  {0x00, 21, 0x89, 0x90}, {0x04, 23, 0x8b, 12},
                {0x04, 12, 0x8c, 0x81}, {0x04, 11, 11, 0x8c}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        out(&b, RTC_B, rows[i].mode);
        rtc_set_time(&b.rtc, 2026, 11, 20, rows[i].hour, 59, 59);
        ck_assert_uint_eq(in(&b, RTC_HOURS), rows[i].before);
        go(&b, NS_PER_S);
        ck_assert_uint_eq(in(&b, RTC_HOURS), rows[i].after);
    }
}
END_TEST

START_TEST(update_in_progress_warns_244_us_before_for_2228_us)
{
    struct board b;
    set_up(&b);
    go(&b, 10 * MS);
    while (!(in(&b, RTC_A) & 0x80))
        go(&b, 10 * US);
    u8 before = in(&b, RTC_SECONDS);
    vtime start = clock_now(&b.clock);
    go(&b, 244 * US);
    ck_assert_uint_eq(in(&b, RTC_SECONDS), before);
    while (in(&b, RTC_A) & 0x80)
        go(&b, 10 * US);
    vtime length = clock_now(&b.clock) - start;
    ck_assert_uint_ge(length, 2210 * US);
    ck_assert_uint_le(length, 2240 * US);
    ck_assert_uint_eq(in(&b, RTC_SECONDS), before + 1);
    ck_assert_uint_eq(in(&b, RTC_C), 0x50); /* UF, and PF of the 1024 Hz */
    while (!(in(&b, RTC_A) & 0x80))
        go(&b, 10 * US);
    vtime second = clock_now(&b.clock) - start;
    ck_assert_uint_ge(second, NS_PER_S - 20 * US);
    ck_assert_uint_le(second, NS_PER_S + 20 * US);
}
END_TEST

START_TEST(a_divider_reset_puts_the_update_half_a_second_later)
{
    struct board b;
    set_up(&b);
    go(&b, 777 * MS);
    out(&b, RTC_A, 0x76);
    u8 before = in(&b, RTC_SECONDS);
    go(&b, 5ull * NS_PER_S);
    ck_assert_uint_eq(in(&b, RTC_SECONDS), before);
    ck_assert(!(in(&b, RTC_A) & 0x80));
    out(&b, RTC_A, 0x26);
    go(&b, 501 * MS);
    ck_assert_uint_eq(in(&b, RTC_SECONDS), before);
    go(&b, 2 * MS);
    ck_assert_uint_eq(in(&b, RTC_SECONDS), before + 1);
    go(&b, 998 * MS);
    ck_assert_uint_eq(in(&b, RTC_SECONDS), before + 1);
    go(&b, 2 * MS);
    ck_assert_uint_eq(in(&b, RTC_SECONDS), before + 2);
}
END_TEST

START_TEST(set_stops_updates_and_clears_uie)
{
    struct board b;
    set_up(&b);
    out(&b, RTC_B, 0x12);
    out(&b, RTC_B, 0x92);
    ck_assert_uint_eq(in(&b, RTC_B), 0x82);
    in(&b, RTC_C);
    out(&b, RTC_SECONDS, 0x30);
    for (unsigned i = 0; i < 3000; i++) {
        go(&b, MS);
        ck_assert(!(in(&b, RTC_A) & 0x80));
    }
    ck_assert_uint_eq(in(&b, RTC_SECONDS), 0x30);
    ck_assert_uint_eq(in(&b, RTC_C) & 0x10, 0);
    out(&b, RTC_B, 0x02);
    go(&b, 1001 * MS);
    ck_assert_uint_eq(in(&b, RTC_SECONDS), 0x31);
}
END_TEST

START_TEST(periodic_rates_are_those_of_the_table)
{
    static const u16 hz[16] = {0,    256, 128, 8192, 4096, 2048, 1024, 512,
                               256, 128, 64,  32,   16,   8,    4,    2};
    for (u8 rs = 0; rs < 16; rs++) {
        struct board b;
        set_up(&b);
        out(&b, RTC_A, 0x20 | rs);
        out(&b, RTC_B, 0x42);
        in(&b, RTC_C);
        b.irqs = 0;
        vtime end = clock_now(&b.clock) + 2ull * NS_PER_S;
        while (clock_now(&b.clock) < end) {
            go(&b, 30 * US);
            if (b.rtc.irq.level)
                ck_assert_uint_eq(in(&b, RTC_C) & 0xc0, 0xc0);
        }
        ck_assert_uint_ge(b.irqs + 1, 2u * hz[rs]);
        ck_assert_uint_le(b.irqs, 2u * hz[rs] + 1);
    }
}
END_TEST

START_TEST(the_other_time_bases_divide_the_same_crystal)
{
    static const struct {
        u8 a;
        u32 period_us; /* of the periodic edges */
        unsigned seconds;
    } rows[] = {{0x01, 3906, 128}, {0x0f, 64000000, 128}, {0x11, 976, 32}, {0x13, 3906, 32}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct board b;
        set_up(&b);
        out(&b, RTC_A, 0x70);
        out(&b, RTC_A, rows[i].a);
        go(&b, rows[i].period_us * (u64)US - 20 * US);
        ck_assert_uint_eq(in(&b, RTC_C) & 0x40, 0);
        go(&b, 50 * US);
        ck_assert_uint_eq(in(&b, RTC_C) & 0x40, 0x40);
        u8 before = in(&b, RTC_SECONDS);
        go(&b, rows[i].seconds * (u64)NS_PER_S);
        ck_assert_uint_eq(in(&b, RTC_SECONDS), before + 1);
    }
}
END_TEST

START_TEST(one_interrupt_comes_until_register_c_is_read)
{
    struct board b;
    set_up(&b);
    out(&b, RTC_B, 0x42);
    in(&b, RTC_C);
    b.irqs = 0;
    go(&b, 500 * MS);
    ck_assert_uint_eq(b.irqs, 1);
    ck_assert_uint_eq(in(&b, RTC_C), 0xc0);
    ck_assert(!b.rtc.irq.level);
    ck_assert_uint_eq(in(&b, RTC_C), 0);
    go(&b, MS);
    ck_assert_uint_eq(b.irqs, 2);
}
END_TEST

START_TEST(flags_rise_without_interrupts_and_an_enable_finds_them)
{
    struct board b;
    set_up(&b);
    in(&b, RTC_C);
    go(&b, 1001 * MS);
    ck_assert_uint_eq(b.irqs, 0);
    ck_assert_uint_eq(in(&b, RTC_C), 0x50);
    go(&b, 10 * MS);
    out(&b, RTC_B, 0x42);
    ck_assert(b.rtc.irq.level);
    ck_assert_uint_eq(in(&b, RTC_C), 0xc0);
}
END_TEST

START_TEST(idle_periodic_edges_cost_no_events)
{
    struct board b;
    set_up(&b);
    ck_assert(!b.rtc.periodic.armed);
    out(&b, RTC_B, 0x42);
    go(&b, 10 * MS);
    ck_assert(!b.rtc.periodic.armed); /* PF stands: further edges change nothing */
}
END_TEST

START_TEST(the_alarm_compares_hours_minutes_seconds_or_anything)
{
    struct board b;
    set_up(&b);
    rtc_set_time(&b.rtc, 2026, 5, 5, 12, 34, 55);
    out(&b, RTC_SECONDS_ALARM, 0x57);
    out(&b, RTC_MINUTES_ALARM, 0x34);
    out(&b, RTC_HOURS_ALARM, 0x12);
    out(&b, RTC_B, 0x22);
    in(&b, RTC_C);
    go(&b, 1001 * MS);
    ck_assert_uint_eq(b.irqs, 0);
    go(&b, 1000 * MS);
    ck_assert_uint_eq(b.irqs, 1);
    ck_assert_uint_eq(in(&b, RTC_C) & 0xb0, 0xb0);
    out(&b, RTC_SECONDS_ALARM, 0xc0);
    out(&b, RTC_MINUTES_ALARM, 0xff);
    out(&b, RTC_HOURS_ALARM, 0xc5);
    for (unsigned i = 0; i < 5; i++) {
        go(&b, 1000 * MS);
        ck_assert(in(&b, RTC_C) & 0x20);
    }
    out(&b, RTC_HOURS_ALARM, 0xbf); /* a value no hour has */
    go(&b, 3600ull * NS_PER_S);
    ck_assert_uint_eq(in(&b, RTC_C) & 0x20, 0);
}
END_TEST

START_TEST(update_ended_interrupts_each_second)
{
    struct board b;
    set_up(&b);
    out(&b, RTC_B, 0x12);
    for (unsigned i = 1; i <= 5; i++) {
        go(&b, 1000 * MS);
        ck_assert_uint_eq(b.irqs, i);
        ck_assert_uint_eq(in(&b, RTC_C) & 0x90, 0x90);
    }
}
END_TEST

START_TEST(read_only_registers_stay)
{
    struct board b;
    set_up(&b);
    out(&b, RTC_C, 0xff);
    out(&b, RTC_D, 0x00);
    out(&b, RTC_A, 0xa6);
    ck_assert_uint_eq(in(&b, RTC_C) & 0xbf, 0);
    ck_assert_uint_eq(in(&b, RTC_D), 0x80);
    ck_assert_uint_eq(in(&b, RTC_A), 0x26);
}
END_TEST

START_TEST(reset_keeps_time_and_memory_and_stops_interrupts)
{
    struct board b;
    set_up(&b);
    out(&b, 0x40, 0x5a);
    out(&b, RTC_B, 0x7a);
    go(&b, 1500 * MS);
    ck_assert(b.rtc.irq.level);
    u8 second = in(&b, RTC_SECONDS);
    rtc_chip.reset(&b.rtc);
    ck_assert(!b.rtc.irq.level);
    ck_assert_uint_eq(in(&b, RTC_B), 0x02);
    ck_assert_uint_eq(in(&b, RTC_C) & 0xbf, 0);
    ck_assert_uint_eq(in(&b, 0x40), 0x5a);
    ck_assert_uint_eq(in(&b, RTC_SECONDS), second);
    go(&b, 1000 * MS);
    ck_assert_uint_eq(in(&b, RTC_SECONDS), second + 1);
}
END_TEST

START_TEST(the_index_port_masks_nmi_and_is_write_only)
{
    struct board b;
    set_up(&b);
    ck_assert(b.rtc.nmi_mask.level);
    out(&b, 0x33, 0x77);
    ck_assert(!b.rtc.nmi_mask.level);
    ck_assert_uint_eq(in(&b, 0xb3), 0x77); /* the same byte, NMI masked */
    ck_assert(b.rtc.nmi_mask.level);
    ck_assert_uint_eq(rtc_chip.read(&b.rtc, 0, 1), 0xff);
}
END_TEST

/* 82371AB, "RTC Registers": an upper bank of 128 bytes. */
START_TEST(the_upper_bank_is_memory_of_its_own)
{
    struct board b;
    set_up(&b);
    for (unsigned i = 0; i < RTC_BYTES; i++) {
        rtc_chip.write(&b.rtc, 2, i | 0x80, 1); /* no NMI mask there */
        rtc_chip.write(&b.rtc, 3, i ^ 0x5a, 1);
    }
    EXPECT_TIME(&b, 0x19, 0x80, 1, 1, 3, 0, 0, 0);
    rtc_chip.write(&b.rtc, 0, RTC_YEAR, 1); /* and the other index stays */
    rtc_chip.reset(&b.rtc);
    for (unsigned i = 0; i < RTC_BYTES; i++) {
        rtc_chip.write(&b.rtc, 2, i, 1);
        ck_assert_uint_eq(rtc_chip.read(&b.rtc, 3, 1), i ^ 0x5a);
    }
    ck_assert_uint_eq(rtc_chip.read(&b.rtc, 2, 1), 0xff);
    ck_assert(b.rtc.nmi_mask.level);
}
END_TEST

START_TEST(the_builder_sets_bytes_and_the_checksum_follows)
{
    struct board b;
    set_up(&b);
    unsigned sum = 0;
    for (unsigned i = 0; i < 256; i++)
        rtc_cmos_set(&b.rtc, i, (u8)(i * 7 + 200));
    for (u8 i = 0x10; i <= 0x2d; i++)
        sum += in(&b, i);
    ck_assert_uint_eq(in(&b, 0x2e) << 8 | in(&b, 0x2f), sum);
    ck_assert_uint_eq(in(&b, 0x10), (0x10 * 7 + 200) & 0xff);
    ck_assert_uint_eq(in(&b, RTC_D), 0x80);
    ck_assert_uint_eq(rtc_cmos_get(&b.rtc, 0x15), in(&b, 0x15));
    ck_assert_uint_eq(rtc_cmos_get(&b.rtc, 0x80), 0xff);
}
END_TEST

/* Any byte in any time register: counted up for long enough it is a date again, and stays one. */
START_TEST(invalid_dates_become_valid)
{
    for (unsigned mode = 0; mode < 8; mode += 2) {
        struct board b;
        set_up(&b);
        out(&b, RTC_B, (u8)mode);
        for (unsigned v = 0; v < 256; v += 5) {
            for (u8 reg = 0; reg <= RTC_YEAR; reg++)
                out(&b, reg, (u8)v);
            out(&b, RTC_CENTURY, (u8)v);
            go(&b, 3ull * NS_PER_S);
        }
        go(&b, 62ull * 86400 * NS_PER_S);
        unsigned day = in(&b, RTC_DAY), month = in(&b, RTC_MONTH);
        ck_assert_uint_ge(day, 1);
        ck_assert_uint_le(day, mode & 4 ? 31 : 0x31);
        ck_assert_uint_ge(month, 1);
        ck_assert_uint_le(month, mode & 4 ? 12 : 0x12);
    }
}
END_TEST

START_TEST(no_access_of_any_width_harms)
{
    static const unsigned sizes[] = {1, 2, 4};
    struct board b;
    set_up(&b);
    u32 x = 3;
    for (unsigned i = 0; i < 300000; i++) {
        x = x * 1664525 + 1013904223;
        u32 value = x >> 8;
        if (x >> 31)
            rtc_chip.write(&b.rtc, 0, i & 64 ? value : value % 14, sizes[x >> 24 & 1]);
        else if (x >> 30 & 1)
            rtc_chip.write(&b.rtc, x >> 28 & 3, value, sizes[x >> 24 & 1]);
        else
            rtc_chip.read(&b.rtc, x >> 28 & 3, sizes[x >> 24 & 1]);
        go(&b, x >> 12 & 0xffff);
    }
    b.rtc.index = 255;
    b.rtc.updates = 17;
    b.rtc.phase = ~(u64)0 / 3;
    b.rtc.edges = ~(u64)0;
    b.rtc.cmos[RTC_A] = 0x0f;
    rtc_chip.loaded(&b.rtc);
    for (u8 a = 0; a < 128; a++) {
        out(&b, RTC_A, a);
        out(&b, RTC_B, 0x42);
        go(&b, MS);
        in(&b, RTC_C);
    }
}
END_TEST

Suite *rtc_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_a_field,
        the_new_year_carries_into_every_register,
        months_have_their_days,
        binary_and_12_hour_formats_count_alike,
        update_in_progress_warns_244_us_before_for_2228_us,
        a_divider_reset_puts_the_update_half_a_second_later,
        set_stops_updates_and_clears_uie,
        periodic_rates_are_those_of_the_table,
        the_other_time_bases_divide_the_same_crystal,
        one_interrupt_comes_until_register_c_is_read,
        flags_rise_without_interrupts_and_an_enable_finds_them,
        idle_periodic_edges_cost_no_events,
        the_alarm_compares_hours_minutes_seconds_or_anything,
        update_ended_interrupts_each_second,
        read_only_registers_stay,
        reset_keeps_time_and_memory_and_stops_interrupts,
        the_index_port_masks_nmi_and_is_write_only,
        the_upper_bank_is_memory_of_its_own,
        the_builder_sets_bytes_and_the_checksum_follows,
        invalid_dates_become_valid,
        no_access_of_any_width_harms,
        NULL};
    return unit_suite("rtc", tests);
}
