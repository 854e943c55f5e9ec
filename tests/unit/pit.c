/* SPDX-License-Identifier: MIT */
/* The 8254 alone, tick by tick against the figures of its data sheet. */
#include "devices/pit.h"
#include "tests/unit/unit.h"

enum { EDGES = 64 };

struct board {
    struct clock clock;
    struct pit pit;
    u64 tick;
    u64 edge[EDGES]; /* ticks at which OUT of counter 0 changed */
    unsigned edges;
};

static void record(void *owner, unsigned pin UNUSED, bool level UNUSED)
{
    struct board *b = owner;
    if (b->edges < EDGES)
        b->edge[b->edges] = clock_ticks(&b->clock, PIT_HZ);
    b->edges++;
}

static void go(struct board *b, u64 ticks)
{
    while (ticks--) {
        b->clock.cycles = ticks_to_ns(++b->tick, PIT_HZ);
        clock_fire(&b->clock);
    }
}

static void set_up(struct board *b)
{
    *b = (struct board){0};
    clock_init(&b->clock, NS_PER_S); /* a cycle is a ns */
    pit_init(&b->pit, &b->clock);
    line_connect(&b->pit.counter[0].out, record, b, 0);
    go(b, 1000);
    b->edges = 0;
}

static void out(struct board *b, u32 reg, u8 value)
{
    pit_chip.write(&b->pit, reg, value, 1);
}

static u8 in(struct board *b, u32 reg)
{
    return (u8)pit_chip.read(&b->pit, reg, 1);
}

/* Counter N of mode MODE with both bytes. */
static void program(struct board *b, unsigned n, unsigned mode, u16 count)
{
    out(b, 3, (u8)(n << 6 | 0x30 | mode << 1));
    out(b, n, (u8)count);
    out(b, n, (u8)(count >> 8));
}

static u16 latched(struct board *b, unsigned n)
{
    out(b, 3, (u8)(n << 6));
    u16 low = in(b, n);
    return (u16)(low | in(b, n) << 8);
}

static u8 status(struct board *b, unsigned n)
{
    out(b, 3, (u8)(0xe0 | 2 << n));
    return in(b, n);
}

/* OUT of counter N at the ticks to come: '-' high, '_' low. */
static void expect_out(struct board *b, unsigned n, const char *wave)
{
    char seen[64] = "";
    size_t i = 0;
    for (; wave[i]; i++) {
        go(b, 1);
        seen[i] = pit_out(&b->pit, n) ? '-' : '_';
    }
    ck_assert_str_eq(seen, wave);
}

/* The latched count at the ticks to come. */
static void expect_counts(struct board *b, unsigned n, const u16 *counts, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        go(b, 1);
        ck_assert_msg(latched(b, n) == counts[i], "tick %zu: %04x, not %04x", i + 1,
                      b->pit.counter[n].latch, counts[i]);
    }
}
#define EXPECT_COUNTS(b, n, ...)                                                                   \
    expect_counts(b, n, (const u16[]){__VA_ARGS__},                                                \
                  sizeof((const u16[]){__VA_ARGS__}) / sizeof(u16))

START_TEST(every_byte_is_in_a_field)
{
    ck_assert_uint_eq(state_uncovered(stderr, pit_chip.fields, pit_chip.size), 0);
}
END_TEST

START_TEST(mode_0_rises_n_plus_1_ticks_after_the_write_and_wraps)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 0, 4);
    ck_assert(!pit_out(&b.pit, 0));
    expect_out(&b, 0, "____-----");
    set_up(&b);
    program(&b, 0, 0, 4);
    EXPECT_COUNTS(&b, 0, 4, 3, 2, 1, 0, 0xffff, 0xfffe);
}
END_TEST

START_TEST(mode_0_stops_while_the_gate_is_low)
{
    struct board b;
    set_up(&b);
    program(&b, 2, 0, 3);
    EXPECT_COUNTS(&b, 2, 3, 2);
    pit_gate(&b.pit, 2, false);
    EXPECT_COUNTS(&b, 2, 2, 2);
    ck_assert(!pit_out(&b.pit, 2));
    pit_gate(&b.pit, 2, true);
    EXPECT_COUNTS(&b, 2, 1, 0, 0xffff);
    ck_assert(pit_out(&b.pit, 2));
    pit_gate(&b.pit, 2, false);
    expect_out(&b, 2, "---");
    program(&b, 2, 0, 2); /* loaded though the gate is low: no tick is lost later */
    EXPECT_COUNTS(&b, 2, 2, 2, 2);
    pit_gate(&b.pit, 2, true);
    expect_out(&b, 2, "_-");
}
END_TEST

START_TEST(the_first_byte_in_mode_0_stops_and_lowers_out)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 0, 2);
    expect_out(&b, 0, "__-");
    out(&b, 0, 3);
    ck_assert(!pit_out(&b.pit, 0));
    EXPECT_COUNTS(&b, 0, 0, 0, 0);
    out(&b, 0, 0);
    expect_out(&b, 0, "___-");
    out(&b, 3, 0x10); /* one byte: no stop between, but OUT falls at once */
    out(&b, 0, 9);
    go(&b, 3);
    out(&b, 0, 2);
    ck_assert(!pit_out(&b.pit, 0));
    expect_out(&b, 0, "__-");
}
END_TEST

START_TEST(mode_1_is_a_one_shot_that_can_be_triggered_again)
{
    struct board b;
    set_up(&b);
    pit_gate(&b.pit, 2, false);
    out(&b, 3, 0xb2);
    ck_assert(pit_out(&b.pit, 2));
    pit_gate(&b.pit, 2, true); /* no count yet: not armed */
    expect_out(&b, 2, "---");
    pit_gate(&b.pit, 2, false);
    out(&b, 2, 3);
    out(&b, 2, 0);
    expect_out(&b, 2, "--");
    ck_assert(status(&b, 2) & 0x40);
    pit_gate(&b.pit, 2, true);
    ck_assert(pit_out(&b.pit, 2));
    expect_out(&b, 2, "___--");
    pit_gate(&b.pit, 2, false);
    pit_gate(&b.pit, 2, true);
    expect_out(&b, 2, "__");
    pit_gate(&b.pit, 2, false); /* the gate falls: no effect */
    pit_gate(&b.pit, 2, true);
    expect_out(&b, 2, "___-");
    out(&b, 2, 5); /* a new count waits for the next trigger */
    out(&b, 2, 0);
    expect_out(&b, 2, "--");
    pit_gate(&b.pit, 2, false);
    pit_gate(&b.pit, 2, true);
    EXPECT_COUNTS(&b, 2, 5, 4, 3, 2, 1, 0, 0xffff);
}
END_TEST

START_TEST(mode_2_is_low_for_the_last_tick_of_each_period)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 2, 3);
    ck_assert(pit_out(&b.pit, 0));
    expect_out(&b, 0, "--_--_--_-");
    set_up(&b);
    program(&b, 0, 2, 3);
    EXPECT_COUNTS(&b, 0, 3, 2, 1, 3, 2, 1, 3);
    ck_assert_uint_eq(pit_periods(&b.pit, 0), 2);
}
END_TEST

START_TEST(mode_2_takes_a_new_count_at_the_end_of_the_period)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 2, 4);
    EXPECT_COUNTS(&b, 0, 4, 3);
    out(&b, 0, 2);
    ck_assert(!(status(&b, 0) & 0x40));
    out(&b, 0, 0);
    ck_assert(status(&b, 0) & 0x40);
    EXPECT_COUNTS(&b, 0, 2, 1);
    ck_assert(status(&b, 0) & 0x40);
    EXPECT_COUNTS(&b, 0, 2, 1, 2, 1);
    ck_assert(!(status(&b, 0) & 0x40));
}
END_TEST

START_TEST(a_low_gate_holds_modes_2_and_3_high_and_its_rise_reloads)
{
    for (unsigned mode = 2; mode <= 3; mode++) {
        struct board b;
        set_up(&b);
        program(&b, 2, mode, 4);
        expect_out(&b, 2, mode == 2 ? "---_" : "--__");
        pit_gate(&b.pit, 2, false);
        ck_assert(pit_out(&b.pit, 2));
        expect_out(&b, 2, "---");
        ck_assert_uint_eq(pit_tone(&b.pit, 2), 0);
        u16 held = latched(&b, 2);
        EXPECT_COUNTS(&b, 2, held, held);
        pit_gate(&b.pit, 2, true);
        expect_out(&b, 2, mode == 2 ? "---_---_" : "--__--__");
        ck_assert_uint_eq(pit_tone(&b.pit, 2), 4);
    }
}
END_TEST

START_TEST(mode_3_counts_down_by_two_and_toggles)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 3, 4);
    expect_out(&b, 0, "--__--__--");
    set_up(&b);
    program(&b, 0, 3, 4);
    EXPECT_COUNTS(&b, 0, 4, 2, 4, 2, 4);
    set_up(&b);
    program(&b, 0, 3, 5);
    expect_out(&b, 0, "---__---__-");
    set_up(&b);
    program(&b, 0, 3, 5);
    EXPECT_COUNTS(&b, 0, 4, 2, 0, 4, 2, 4, 2, 0);
}
END_TEST

START_TEST(mode_3_takes_a_new_count_at_the_end_of_the_half_period)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 3, 8);
    expect_out(&b, 0, "--");
    out(&b, 0, 4);
    out(&b, 0, 0);
    expect_out(&b, 0, "--__--__--"); /* the high half ends as 8, then 4 */
    set_up(&b);
    program(&b, 0, 3, 4);
    expect_out(&b, 0, "--_");
    out(&b, 0, 6);
    out(&b, 0, 0);
    expect_out(&b, 0, "_---___-");
}
END_TEST

START_TEST(mode_4_strobes_once_for_each_count)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 4, 3);
    expect_out(&b, 0, "---_----");
    EXPECT_COUNTS(&b, 0, 0xfffb, 0xfffa);
    program(&b, 0, 4, 3);
    expect_out(&b, 0, "--");
    out(&b, 0, 2);
    expect_out(&b, 0, "-"); /* the first byte changes nothing */
    out(&b, 0, 0);
    EXPECT_COUNTS(&b, 0, 2, 1, 0, 0xffff);
    program(&b, 2, 4, 2);
    expect_out(&b, 2, "--");
    pit_gate(&b.pit, 2, false);
    expect_out(&b, 2, "---");
    pit_gate(&b.pit, 2, true);
    expect_out(&b, 2, "_--");
}
END_TEST

START_TEST(mode_5_strobes_after_a_trigger)
{
    struct board b;
    set_up(&b);
    pit_gate(&b.pit, 2, false);
    program(&b, 2, 5, 3);
    expect_out(&b, 2, "-------");
    pit_gate(&b.pit, 2, true);
    expect_out(&b, 2, "--");
    pit_gate(&b.pit, 2, false);
    pit_gate(&b.pit, 2, true);
    expect_out(&b, 2, "---_---");
}
END_TEST

START_TEST(modes_6_and_7_are_2_and_3)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 6, 3);
    expect_out(&b, 0, "--_--_");
    program(&b, 0, 7, 4);
    expect_out(&b, 0, "--__--");
    ck_assert_uint_eq(status(&b, 0) & 0x0e, 0x0e);
}
END_TEST

START_TEST(bcd_counts_in_decimal)
{
    struct board b;
    set_up(&b);
    out(&b, 3, 0x31);
    out(&b, 0, 0x01);
    out(&b, 0, 0x10); /* 1001 */
    EXPECT_COUNTS(&b, 0, 0x1001, 0x1000, 0x0999);
    out(&b, 3, 0x35);
    out(&b, 0, 0x00);
    out(&b, 0, 0x00); /* 10000 */
    EXPECT_COUNTS(&b, 0, 0x0000, 0x9999);
    go(&b, 9997);
    EXPECT_COUNTS(&b, 0, 0x0001, 0x0000, 0x9999);
    out(&b, 3, 0x35); /* digits that are none */
    out(&b, 0, 0xff);
    out(&b, 0, 0xff);
    for (unsigned i = 0; i < 100; i++) {
        go(&b, 313);
        u16 v = latched(&b, 0);
        for (unsigned s = 0; s < 16; s += 4)
            ck_assert_uint_le(v >> s & 15, 9);
    }
}
END_TEST

START_TEST(a_count_of_zero_is_the_largest)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 2, 0);
    EXPECT_COUNTS(&b, 0, 0, 0xffff, 0xfffe);
    ck_assert_uint_eq(pit_tone(&b.pit, 0), 0x10000);
    b.edges = 0;
    go(&b, 2 * 65536 - 3);
    ck_assert_uint_eq(b.edges, 3); /* down, up, down */
    ck_assert_uint_eq(b.edge[2] - b.edge[0], 65536);
}
END_TEST

START_TEST(counts_of_one_are_harmless_in_every_mode)
{
    for (unsigned mode = 0; mode < 8; mode++) {
        struct board b;
        set_up(&b);
        program(&b, 0, mode, 1);
        b.edges = 0;
        expect_out(&b, 0, mode == 4 ? "-_-" : mode == 0 ? "_--" : "---");
        go(&b, 100);
        ck_assert_uint_le(b.edges, 2);
    }
}
END_TEST

START_TEST(bytes_are_written_and_read_as_the_control_word_says)
{
    struct board b;
    set_up(&b);
    out(&b, 3, 0x14); /* low byte only, mode 2 */
    out(&b, 0, 0x34);
    go(&b, 1);
    ck_assert_uint_eq(in(&b, 0), 0x34);
    ck_assert_uint_eq(in(&b, 0), 0x34);
    out(&b, 3, 0x24); /* high byte only: the low one is 0 */
    out(&b, 0, 0x12);
    go(&b, 1);
    ck_assert_uint_eq(in(&b, 0), 0x12);
    go(&b, 1);
    ck_assert_uint_eq(in(&b, 0), 0x11);
    out(&b, 3, 0x34);
    out(&b, 0, 0x78);
    out(&b, 0, 0x56);
    go(&b, 1);
    ck_assert_uint_eq(in(&b, 0), 0x78);
    out(&b, 0, 0x11); /* writing between the reads */
    ck_assert_uint_eq(in(&b, 0), 0x56);
}
END_TEST

START_TEST(a_latched_count_stays_until_it_is_read)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 2, 0x1000);
    go(&b, 2);
    out(&b, 3, 0x00);
    go(&b, 10);
    out(&b, 3, 0x00); /* ignored: latched already */
    ck_assert_uint_eq(in(&b, 0), 0xff);
    go(&b, 300);
    ck_assert_uint_eq(in(&b, 0), 0x0f);
    ck_assert_uint_eq(in(&b, 0), (0x1000 - 311) & 0xff);
}
END_TEST

START_TEST(read_back_latches_status_before_count_of_the_named_counters)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 2, 0x1000);
    program(&b, 2, 3, 0x2000);
    go(&b, 1);
    out(&b, 3, 0xca); /* count and status of counters 0 and 2 */
    go(&b, 5);
    ck_assert_uint_eq(in(&b, 0), 0xb4);
    ck_assert_uint_eq(in(&b, 0), 0x00);
    ck_assert_uint_eq(in(&b, 0), 0x10);
    ck_assert_uint_eq(in(&b, 2), 0xb6);
    ck_assert_uint_eq(in(&b, 2), 0x00);
    ck_assert_uint_eq(in(&b, 2), 0x20);
    out(&b, 3, 0xe2); /* status only */
    out(&b, 3, 0xe2);
    ck_assert_uint_eq(in(&b, 0), 0xb4);
    ck_assert_uint_eq(in(&b, 0), 0x1000 - 5 - 0x0f00);
    ck_assert_uint_eq(in(&b, 3), 0xff);
}
END_TEST

START_TEST(the_null_count_bit_falls_when_the_count_is_loaded)
{
    struct board b;
    set_up(&b);
    out(&b, 3, 0x34);
    ck_assert(status(&b, 0) & 0x40);
    out(&b, 0, 0x00);
    out(&b, 0, 0x10);
    ck_assert(status(&b, 0) & 0x40);
    ck_assert_uint_eq(latched(&b, 0), 0x1000); /* never more than was written */
    go(&b, 1);
    ck_assert(!(status(&b, 0) & 0x40));
    ck_assert_uint_eq(latched(&b, 0), 0x1000);
}
END_TEST

START_TEST(a_control_word_resets_out_and_the_latches)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 3, 10);
    go(&b, 7);
    ck_assert(!pit_out(&b.pit, 0));
    out(&b, 3, 0x00);
    out(&b, 3, 0x34);
    ck_assert(pit_out(&b.pit, 0));
    out(&b, 3, 0x30);
    ck_assert(!pit_out(&b.pit, 0));
    ck_assert(!b.pit.counter[0].count_latched);
    EXPECT_COUNTS(&b, 0, 8, 8); /* counting rests until a count is written */
}
END_TEST

START_TEST(the_line_changes_exactly_when_out_does)
{
    static const u16 counts[] = {2, 3, 5, 18, 0x4a9};
    for (unsigned mode = 0; mode < 6; mode++) {
        for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
            struct board b;
            set_up(&b);
            program(&b, 0, mode, counts[i]);
            for (unsigned t = 0; t < 3000; t++) {
                go(&b, 1);
                ck_assert_int_eq(b.pit.counter[0].out.level, pit_out(&b.pit, 0));
            }
        }
    }
}
END_TEST

START_TEST(no_edge_is_lost_when_time_is_coarse)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 2, 5);
    b.edges = 0;
    b.clock.cycles = ticks_to_ns(b.tick + 1 + 100 * 5, PIT_HZ);
    clock_fire(&b.clock);
    ck_assert_uint_eq(b.edges, 200);
}
END_TEST

START_TEST(a_day_of_interrupts_does_not_drift)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 2, 11932);
    u64 start = b.tick + 1, end = start + 86400ull * PIT_HZ;
    b.edges = 0;
    while (b.clock.first && b.clock.first->when < ticks_to_ns(end, PIT_HZ)) {
        b.clock.cycles = b.clock.first->when;
        clock_fire(&b.clock);
    }
    ck_assert_uint_eq(b.edges / 2, (end - start) / 11932);
}
END_TEST

START_TEST(an_output_that_nobody_hears_costs_no_event)
{
    struct board b;
    set_up(&b);
    program(&b, 1, 2, 18);
    ck_assert_ptr_null(b.clock.first);
    go(&b, 1 + 18 * 7);
    ck_assert_uint_eq(pit_periods(&b.pit, 1), 7);
}
END_TEST

/* The row of CVE-2015-3214 and more: every control word, every register, every width. */
START_TEST(no_access_of_any_width_harms)
{
    static const unsigned sizes[] = {1, 2, 4};
    struct board b;
    set_up(&b);
    u32 x = 7;
    for (unsigned cw = 0; cw < 256; cw++) {
        for (unsigned i = 0; i < 200; i++) {
            x = x * 1664525 + 1013904223;
            if (!(i & 31))
                out(&b, 3, (u8)cw);
            if (x >> 30)
                pit_chip.write(&b.pit, x >> 8 & 7, x >> 12, sizes[x >> 16 & 1]);
            else
                pit_chip.read(&b.pit, x >> 8 & 7, sizes[x >> 16 & 1]);
            pit_gate(&b.pit, x >> 18 & 7, x >> 21 & 1);
            go(&b, x >> 22 & 7);
            pit_periods(&b.pit, x >> 25 & 7);
        }
    }
    ck_assert_uint_lt(b.edges, 1000000);
}
END_TEST

START_TEST(a_damaged_saved_state_is_harmless)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 3, 4);
    struct pit_counter *c = &b.pit.counter[0];
    c->ce = 0;
    c->origin = ~(u64)0 - 5;
    c->load_at = ~(u64)0 - 7;
    c->edge_at = ~(u64)0 - 9;
    pit_chip.loaded(&b.pit);
    go(&b, 100);
    program(&b, 0, 3, 4);
    expect_out(&b, 0, "--__--");
    struct pit_counter late = *c; /* an edge of long ago */
    c->edge_at = 3;
    pit_chip.loaded(&b.pit);
    b.clock.cycles += 3600ull * NS_PER_S;
    b.edges = 0;
    in(&b, 0);
    ck_assert_uint_eq(b.edges, 0);
    ck_assert_uint_eq(late.ce, c->ce);
}
END_TEST

START_TEST(a_loaded_timer_goes_on)
{
    struct board b;
    set_up(&b);
    program(&b, 0, 2, 100);
    go(&b, 50);
    struct pit saved = b.pit;
    go(&b, 500);
    u64 back = b.tick -= 500;
    b.clock.cycles = ticks_to_ns(back, PIT_HZ);
    struct pit_counter *c = &b.pit.counter[0];
    c->timer.when = saved.counter[0].timer.when;
    c->edge_at = saved.counter[0].edge_at;
    c->out.level = saved.counter[0].out.level;
    pit_chip.loaded(&b.pit);
    b.edges = 0;
    go(&b, 51);
    ck_assert_uint_eq(b.edges, 2);
}
END_TEST

Suite *pit_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_a_field,
        mode_0_rises_n_plus_1_ticks_after_the_write_and_wraps,
        mode_0_stops_while_the_gate_is_low,
        the_first_byte_in_mode_0_stops_and_lowers_out,
        mode_1_is_a_one_shot_that_can_be_triggered_again,
        mode_2_is_low_for_the_last_tick_of_each_period,
        mode_2_takes_a_new_count_at_the_end_of_the_period,
        a_low_gate_holds_modes_2_and_3_high_and_its_rise_reloads,
        mode_3_counts_down_by_two_and_toggles,
        mode_3_takes_a_new_count_at_the_end_of_the_half_period,
        mode_4_strobes_once_for_each_count,
        mode_5_strobes_after_a_trigger,
        modes_6_and_7_are_2_and_3,
        bcd_counts_in_decimal,
        a_count_of_zero_is_the_largest,
        counts_of_one_are_harmless_in_every_mode,
        bytes_are_written_and_read_as_the_control_word_says,
        a_latched_count_stays_until_it_is_read,
        read_back_latches_status_before_count_of_the_named_counters,
        the_null_count_bit_falls_when_the_count_is_loaded,
        a_control_word_resets_out_and_the_latches,
        the_line_changes_exactly_when_out_does,
        no_edge_is_lost_when_time_is_coarse,
        a_day_of_interrupts_does_not_drift,
        an_output_that_nobody_hears_costs_no_event,
        no_access_of_any_width_harms,
        a_damaged_saved_state_is_harmless,
        a_loaded_timer_goes_on,
        NULL};
    return unit_suite("pit", tests);
}
