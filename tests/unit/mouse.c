/* SPDX-License-Identifier: MIT */
/* The mouse at the end of its cable: motion in, bytes out. */
#include <limits.h>
#include <stdio.h>

#include "devices/mouse.h"
#include "src/host/input.h"
#include "tests/unit/ps2_rig.h"
#include "tests/unit/unit.h"

#define MS ((u64)1000000)

struct board {
    struct clock clock;
    struct mouse mouse;
    struct ps2_plug plug;
};

static void go(struct board *b, u64 ns)
{
    unit_pass(&b->clock, ns);
}

static void set_up(struct board *b)
{
    *b = (struct board){0};
    clock_init(&b->clock, NS_PER_S);
    mouse_init(&b->mouse, &b->clock);
    b->plug = mouse_plug(&b->mouse);
}

static const char *sent(struct board *b)
{
    const char *bytes = ps2_sent(&b->plug);
    ck_assert(!b->mouse.request.level);
    return bytes;
}

static const char *ask(struct board *b, u8 byte)
{
    b->plug.give(b->plug.device, byte);
    return sent(b);
}

static void rate(struct board *b, u8 value)
{
    ck_assert_str_eq(ask(b, 0xf3), "fa");
    ck_assert_str_eq(ask(b, value), "fa");
}

static void enable(struct board *b)
{
    ck_assert_str_eq(ask(b, 0xf4), "fa");
}

/* The report of the next sample. */
static const char *next(struct board *b)
{
    go(b, 10 * MS);
    return sent(b);
}

START_TEST(every_byte_is_in_a_field)
{
    ck_assert_uint_eq(state_uncovered(stderr, mouse_chip.fields, mouse_chip.size), 0);
}
END_TEST

START_TEST(nothing_is_sent_before_the_host_enables_it)
{
    struct board b;
    set_up(&b);
    mouse_move(&b.mouse, 10, 10, 1);
    mouse_button(&b.mouse, MOUSE_LEFT, true);
    go(&b, 1000 * MS);
    ck_assert_str_eq(sent(&b), "");
    enable(&b);
    go(&b, 1000 * MS);
    ck_assert_str_eq(sent(&b), ""); /* and the motion from before is forgotten */
}
END_TEST

START_TEST(a_report_has_three_bytes_up_is_positive)
{
    struct board b;
    set_up(&b);
    enable(&b);
    mouse_move(&b.mouse, 5, 3, 1);
    ck_assert_str_eq(next(&b), "28 05 fd");
    mouse_move(&b.mouse, -5, -3, 0);
    ck_assert_str_eq(next(&b), "18 fb 03");
    mouse_button(&b.mouse, MOUSE_LEFT, true);
    ck_assert_str_eq(next(&b), "09 00 00");
    mouse_button(&b.mouse, MOUSE_RIGHT, true);
    mouse_button(&b.mouse, MOUSE_MIDDLE, true);
    ck_assert_str_eq(next(&b), "0f 00 00");
    mouse_button(&b.mouse, MOUSE_LEFT, false);
    ck_assert_str_eq(next(&b), "0e 00 00");
    ck_assert_str_eq(next(&b), "");
}
END_TEST

START_TEST(motion_is_collected_until_the_next_sample)
{
    struct board b;
    set_up(&b);
    rate(&b, 10);
    enable(&b);
    for (unsigned i = 0; i < 50; i++) {
        mouse_move(&b.mouse, 1, 0, 0);
        go(&b, 1 * MS);
    }
    ck_assert_str_eq(sent(&b), "");
    go(&b, 50 * MS);
    ck_assert_str_eq(sent(&b), "08 32 00");
}
END_TEST

START_TEST(a_report_that_is_not_taken_holds_the_next_one)
{
    struct board b;
    set_up(&b);
    enable(&b);
    mouse_move(&b.mouse, 1, 0, 0);
    go(&b, 20 * MS);
    mouse_move(&b.mouse, 2, 0, 0);
    go(&b, 1000 * MS);
    ck_assert_str_eq(sent(&b), "08 01 00");
    ck_assert_str_eq(next(&b), "08 02 00");
}
END_TEST

START_TEST(counters_stop_at_255_and_say_so)
{
    struct board b;
    set_up(&b);
    enable(&b);
    mouse_move(&b.mouse, 255, -255, 0);
    ck_assert_str_eq(next(&b), "08 ff ff");
    mouse_move(&b.mouse, 200, 0, 0);
    mouse_move(&b.mouse, 100, 0, 0);
    ck_assert_str_eq(next(&b), "48 ff 00");
    mouse_move(&b.mouse, -300, 300, 0);
    ck_assert_str_eq(next(&b), "f8 01 01");
    mouse_move(&b.mouse, INT_MAX, INT_MIN, INT_MAX);
    ck_assert_str_eq(next(&b), "c8 ff ff");
    mouse_move(&b.mouse, INT_MIN, INT_MAX, INT_MIN);
    ck_assert_str_eq(next(&b), "f8 01 01");
    mouse_move(&b.mouse, 1, 0, 0);
    ck_assert_str_eq(next(&b), "08 01 00");
}
END_TEST

START_TEST(double_scaling_bends_small_counts_in_stream_mode_only)
{
    static const u8 want[] = {0, 1, 1, 3, 6, 9, 12, 14};
    struct board b;
    set_up(&b);
    ck_assert_str_eq(ask(&b, 0xe7), "fa");
    enable(&b);
    for (int i = 1; i < (int)ARRAY_LEN(want); i++) {
        char text[16];
        mouse_move(&b.mouse, i, 0, 0);
        snprintf(text, sizeof text, "08 %02x 00", want[i]);
        ck_assert_str_eq(next(&b), text);
        mouse_move(&b.mouse, -i, 0, 0);
        snprintf(text, sizeof text, "18 %02x 00", 0x100 - want[i]);
        ck_assert_str_eq(next(&b), text);
    }
    ck_assert_str_eq(ask(&b, 0xf0), "fa");
    mouse_move(&b.mouse, 5, 0, 0);
    ck_assert_str_eq(ask(&b, 0xeb), "fa 08 05 00");
}
END_TEST

START_TEST(remote_mode_reports_when_asked)
{
    struct board b;
    set_up(&b);
    enable(&b);
    ck_assert_str_eq(ask(&b, 0xf0), "fa");
    mouse_move(&b.mouse, 7, 0, 0);
    go(&b, 1000 * MS);
    ck_assert_str_eq(sent(&b), "");
    ck_assert_str_eq(ask(&b, 0xeb), "fa 08 07 00");
    ck_assert_str_eq(ask(&b, 0xeb), "fa 08 00 00");
    ck_assert_str_eq(ask(&b, 0xe9), "fa 60 02 64");
    ck_assert_str_eq(ask(&b, 0xea), "fa");
    mouse_move(&b.mouse, 7, 0, 0);
    ck_assert_str_eq(next(&b), "08 07 00");
}
END_TEST

START_TEST(wrap_mode_echoes_all_but_its_end_and_reset)
{
    struct board b;
    set_up(&b);
    enable(&b);
    ck_assert_str_eq(ask(&b, 0xee), "fa");
    mouse_move(&b.mouse, 7, 0, 0);
    ck_assert_str_eq(next(&b), "");
    ck_assert_str_eq(ask(&b, 0x12), "12");
    ck_assert_str_eq(ask(&b, 0xf2), "f2");
    ck_assert_str_eq(ask(&b, 0xfe), "fe");
    ck_assert_str_eq(ask(&b, 0xee), "ee");
    ck_assert_str_eq(ask(&b, 0xec), "fa");
    ck_assert_str_eq(next(&b), "08 07 00");
    ck_assert_str_eq(ask(&b, 0xee), "fa");
    ck_assert_str_eq(ask(&b, 0xff), "fa");
    go(&b, 301 * MS);
    ck_assert_str_eq(sent(&b), "aa 00");
    ck_assert_str_eq(ask(&b, 0xf2), "fa 00");
}
END_TEST

START_TEST(a_reset_answers_then_tests_then_reports)
{
    struct board b;
    set_up(&b);
    rate(&b, 20);
    enable(&b);
    ck_assert_str_eq(ask(&b, 0xff), "fa");
    mouse_move(&b.mouse, 1, 1, 1);
    go(&b, 299 * MS);
    ck_assert_str_eq(sent(&b), "");
    ck_assert_str_eq(ask(&b, 0xe9), ""); /* obeyed after the test */
    go(&b, 2 * MS);
    ck_assert_str_eq(sent(&b), "aa 00 fa 00 02 64");
}
END_TEST

START_TEST(the_status_shows_buttons_and_settings)
{
    struct board b;
    set_up(&b);
    ck_assert_str_eq(ask(&b, 0xe9), "fa 00 02 64");
    ck_assert_str_eq(ask(&b, 0xe8), "fa");
    ck_assert_str_eq(ask(&b, 0x00), "fa");
    for (unsigned i = 0; i < 3; i++)
        ck_assert_str_eq(ask(&b, 0xe6), "fa");
    mouse_button(&b.mouse, MOUSE_LEFT, true);
    ck_assert_str_eq(ask(&b, 0xe9), "fa 04 00 64");
    mouse_button(&b.mouse, MOUSE_LEFT, false);
    mouse_button(&b.mouse, MOUSE_RIGHT, true);
    ask(&b, 0xe7);
    enable(&b);
    rate(&b, 200);
    ck_assert_str_eq(ask(&b, 0xe9), "fa 31 00 c8");
    ck_assert_str_eq(ask(&b, 0xf6), "fa");
    ck_assert_str_eq(ask(&b, 0xe9), "fa 01 02 64");
}
END_TEST

START_TEST(the_knock_turns_on_the_wheel)
{
    struct board b;
    set_up(&b);
    rate(&b, 200);
    rate(&b, 100);
    rate(&b, 80);
    ck_assert_str_eq(ask(&b, 0xf2), "fa 03");
    rate(&b, 100);
    enable(&b);
    mouse_move(&b.mouse, 1, 0, 2);
    ck_assert_str_eq(next(&b), "08 01 00 02");
    mouse_move(&b.mouse, 0, 0, -1);
    ck_assert_str_eq(next(&b), "08 00 00 ff");
    rate(&b, 200);
    rate(&b, 200);
    rate(&b, 80);
    ck_assert_str_eq(ask(&b, 0xf2), "fa 04");
    mouse_move(&b.mouse, 0, 0, -1);
    go(&b, 20 * MS);
    ck_assert_str_eq(sent(&b), "08 00 00 0f");
    ck_assert_str_eq(ask(&b, 0xf6), "fa"); /* defaults keep the ID, reset does not */
    ck_assert_str_eq(ask(&b, 0xf2), "fa 04");
    ask(&b, 0xff);
    go(&b, 301 * MS);
    ck_assert_str_eq(sent(&b), "aa 00");
}
END_TEST

START_TEST(the_fourth_and_fifth_button_are_an_explorers_alone)
{
    struct board b;
    set_up(&b);
    enable(&b);
    mouse_button(&b.mouse, MOUSE_BACK, true);
    ck_assert_str_eq(next(&b), "");
    mouse_button(&b.mouse, MOUSE_LEFT, true);
    ck_assert_str_eq(next(&b), "09 00 00");
    mouse_button(&b.mouse, MOUSE_LEFT, false);
    mouse_button(&b.mouse, MOUSE_BACK, false);
    next(&b);
    rate(&b, 200);
    rate(&b, 200);
    rate(&b, 80);
    rate(&b, 100);
    mouse_button(&b.mouse, MOUSE_BACK, true);
    ck_assert_str_eq(next(&b), "08 00 00 10");
    mouse_button(&b.mouse, MOUSE_FORWARD, true);
    mouse_move(&b.mouse, 0, 0, -1);
    ck_assert_str_eq(next(&b), "08 00 00 3f");
    mouse_button(&b.mouse, MOUSE_BACK, false);
    ck_assert_str_eq(next(&b), "08 00 00 20");
    mouse_button(&b.mouse, MOUSE_FORWARD, false);
    ck_assert_str_eq(next(&b), "08 00 00 00");
}
END_TEST

START_TEST(each_stir_is_a_report_though_nothing_has_changed)
{
    struct board b;
    set_up(&b);
    mouse_stir(&b.mouse, 0, true);
    enable(&b);
    ck_assert_str_eq(next(&b), ""); /* not before it was enabled */
    mouse_stir(&b.mouse, 0, true);
    mouse_stir(&b.mouse, 0, false);
    ck_assert_str_eq(next(&b), "08 00 00");
    ck_assert_str_eq(next(&b), "");
    for (unsigned i = 0; i < 3; i++)
        mouse_stir(&b.mouse, 0, true);
    mouse_move(&b.mouse, 1, 0, 0);
    ck_assert_str_eq(next(&b), "08 01 00");
    ck_assert_str_eq(next(&b), "08 00 00");
    ck_assert_str_eq(next(&b), "08 00 00");
    ck_assert_str_eq(next(&b), "");
    mouse_stir(&b.mouse, 0, true);
    ck_assert_str_eq(ask(&b, 0xf5), "fa");
    enable(&b);
    ck_assert_str_eq(next(&b), "");
}
END_TEST

START_TEST(other_rates_do_not_open)
{
    static const u8 knocks[][3] = {{100, 200, 80}, {200, 80, 100}, {200, 60, 80}, {100, 100, 80}};
    for (size_t i = 0; i < ARRAY_LEN(knocks); i++) {
        struct board b;
        set_up(&b);
        for (unsigned j = 0; j < 3; j++)
            rate(&b, knocks[i][j]);
        ck_assert_str_eq(ask(&b, 0xf2), "fa 00");
    }
}
END_TEST

START_TEST(unknown_bytes_are_refused_and_bb_is_ignored)
{
    struct board b;
    set_up(&b);
    ck_assert_str_eq(ask(&b, 0xbb), "");
    ck_assert_str_eq(ask(&b, 0x00), "fe");
    ck_assert_str_eq(ask(&b, 0xe5), "fe");
    ck_assert_str_eq(ask(&b, 0xf7), "fe");
    ck_assert_str_eq(ask(&b, 0xf3), "fa");
    ck_assert_str_eq(ask(&b, 33), "fe"); /* no such rate */
    ck_assert_str_eq(ask(&b, 0xe8), "fa");
    ck_assert_str_eq(ask(&b, 4), "fe");
    ck_assert_str_eq(ask(&b, 0xe8), "fa");
    ck_assert_str_eq(ask(&b, 0xf2), "fa 00"); /* a new command instead of a resolution */
    ck_assert_str_eq(ask(&b, 0xe9), "fa 00 02 64");
}
END_TEST

START_TEST(resend_repeats_the_last_answer)
{
    struct board b;
    set_up(&b);
    ck_assert_str_eq(ask(&b, 0xe9), "fa 00 02 64");
    ck_assert_str_eq(ask(&b, 0xfe), "fa 00 02 64");
    ck_assert_str_eq(ask(&b, 0xfe), "fa 00 02 64");
    enable(&b);
    mouse_move(&b.mouse, 1, 0, 0);
    ck_assert_str_eq(next(&b), "08 01 00");
    ck_assert_str_eq(ask(&b, 0xfe), "08 01 00");
}
END_TEST

START_TEST(a_command_breaks_off_a_report)
{
    struct board b;
    u8 byte;
    set_up(&b);
    enable(&b);
    mouse_move(&b.mouse, 1, 2, 0);
    go(&b, 10 * MS);
    ck_assert(b.plug.take(b.plug.device, &byte));
    ck_assert_str_eq(ask(&b, 0xf5), "fa");
    ck_assert_str_eq(next(&b), "");
}
END_TEST

START_TEST(an_idle_mouse_costs_no_event)
{
    struct board b;
    set_up(&b);
    enable(&b);
    ck_assert_ptr_null(b.clock.first);
    mouse_move(&b.mouse, 1, 0, 0);
    go(&b, 100 * MS);
    ck_assert_ptr_null(b.clock.first); /* even while the report is not taken */
}
END_TEST

START_TEST(any_bytes_and_any_motion_do_no_harm)
{
    struct board b;
    u8 byte;
    u32 x = 13;
    set_up(&b);
    for (unsigned i = 0; i < 1000000; i++) {
        x = x * 1664525 + 1013904223;
        if (x >> 31)
            mouse_move(&b.mouse, (int)(x << 4), (int)(x << 9), (int)(x << 12));
        mouse_button(&b.mouse, (u8)(x >> 17), x >> 30 & 1);
        mouse_stir(&b.mouse, 0, x >> 29 & 1);
        if (!(x >> 24 & 7))
            b.plug.give(b.plug.device, (u8)(x >> 9));
        if (!(x >> 26 & 3))
            b.plug.take(b.plug.device, &byte);
        if (!(x >> 20 & 255))
            go(&b, x >> 4 & 0xffffff);
        ck_assert_uint_le(b.mouse.reply_count, MOUSE_REPLIES);
        ck_assert_uint_le(b.mouse.packet_count, MOUSE_PACKET);
    }
}
END_TEST

START_TEST(a_damaged_saved_state_is_harmless)
{
    struct board b;
    set_up(&b);
    struct mouse *m = &b.mouse;
    memset(m->reply, 0x55, sizeof m->reply);
    m->reply_first = m->reply_count = m->packet_next = m->packet_count = m->last_count = 255;
    m->rate = 0;
    m->dx = m->dy = m->dz = -32768;
    m->id = 99;
    m->enabled = true;
    mouse_chip.loaded(m);
    mouse_move(m, 1, 1, 1);
    go(&b, 100 * MS);
    sent(&b);
    ck_assert_str_eq(ask(&b, 0xff), "fa");
    m->packet_next = 255;
    m->packet_count = MOUSE_PACKET;
    m->reply_first = 255;
    m->reply_count = MOUSE_REPLIES;
    mouse_chip.loaded(m);
    sent(&b);
}
END_TEST

Suite *mouse_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_a_field,
        nothing_is_sent_before_the_host_enables_it,
        a_report_has_three_bytes_up_is_positive,
        motion_is_collected_until_the_next_sample,
        a_report_that_is_not_taken_holds_the_next_one,
        counters_stop_at_255_and_say_so,
        double_scaling_bends_small_counts_in_stream_mode_only,
        remote_mode_reports_when_asked,
        wrap_mode_echoes_all_but_its_end_and_reset,
        a_reset_answers_then_tests_then_reports,
        the_status_shows_buttons_and_settings,
        the_knock_turns_on_the_wheel,
        the_fourth_and_fifth_button_are_an_explorers_alone,
        each_stir_is_a_report_though_nothing_has_changed,
        other_rates_do_not_open,
        unknown_bytes_are_refused_and_bb_is_ignored,
        resend_repeats_the_last_answer,
        a_command_breaks_off_a_report,
        an_idle_mouse_costs_no_event,
        any_bytes_and_any_motion_do_no_harm,
        a_damaged_saved_state_is_harmless,
        NULL};
    return unit_suite("mouse", tests);
}
