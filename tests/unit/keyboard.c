/* SPDX-License-Identifier: MIT */
/* The keyboard at the end of its cable: keys in, bytes out; and once behind its controller. */
#include <stdio.h>

#include "devices/kbc.h"
#include "devices/keyboard.h"
#include "src/host/input.h"
#include "tests/unit/ps2_rig.h"
#include "tests/unit/unit.h"

#define MS ((u64)1000000)

struct board {
    struct clock clock;
    struct keyboard keyboard;
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
    keyboard_init(&b->keyboard, &b->clock);
    b->plug = keyboard_plug(&b->keyboard);
}

static void give(struct board *b, u8 byte)
{
    b->plug.give(b->plug.device, byte);
}

static const char *sent(struct board *b)
{
    const char *bytes = ps2_sent(&b->plug);
    ck_assert(!b->keyboard.request.level);
    return bytes;
}

static void down(struct board *b, u8 code)
{
    keyboard_key(&b->keyboard, code, true);
}

static void up(struct board *b, u8 code)
{
    keyboard_key(&b->keyboard, code, false);
}

static const char *ask(struct board *b, u8 byte)
{
    give(b, byte);
    return sent(b);
}

static void select_set(struct board *b, u8 set)
{
    ck_assert_str_eq(ask(b, 0xf0), "fa");
    ck_assert_str_eq(ask(b, set), "fa");
}

/* What pressing and releasing CODE sends. */
static void expect_key(struct board *b, u8 code, const char *make, const char *broken)
{
    down(b, code);
    ck_assert_str_eq(sent(b), make);
    up(b, code);
    ck_assert_str_eq(sent(b), broken);
}

START_TEST(every_byte_is_in_a_field)
{
    ck_assert_uint_eq(state_uncovered(stderr, keyboard_chip.fields, keyboard_chip.size), 0);
}
END_TEST

START_TEST(keys_send_make_and_break_in_set_2)
{
    struct board b;
    set_up(&b);
    ck_assert_str_eq(sent(&b), "");
    expect_key(&b, KEY_A, "1c", "f0 1c");
    expect_key(&b, KEY_RIGHT_CTRL, "e0 14", "e0 f0 14");
    expect_key(&b, KEY_F1 + 6, "83", "f0 83");
    expect_key(&b, KEY_UP, "e0 75", "e0 f0 75");
    down(&b, KEY_A);
    down(&b, KEY_A); /* the host's own repeat */
    ck_assert_str_eq(sent(&b), "1c");
    up(&b, KEY_Q);
    ck_assert_str_eq(sent(&b), "");
    down(&b, 0x00);
    down(&b, 0xff);
    ck_assert_str_eq(sent(&b), "");
}
END_TEST

START_TEST(keys_send_make_and_break_in_set_1)
{
    struct board b;
    set_up(&b);
    select_set(&b, 1);
    expect_key(&b, KEY_A, "1e", "9e");
    expect_key(&b, KEY_PAD_ENTER, "e0 1c", "e0 9c");
    expect_key(&b, KEY_PRINT, "e0 2a e0 37", "e0 b7 e0 aa");
    expect_key(&b, KEY_PAUSE, "e1 1d 45 e1 9d c5", "");
}
END_TEST

START_TEST(keys_send_in_set_3_what_their_type_says)
{
    struct board b;
    set_up(&b);
    select_set(&b, 3);
    expect_key(&b, KEY_A, "1c", "");                 /* typematic */
    expect_key(&b, KEY_LEFT_SHIFT, "12", "f0 12");   /* make and break */
    expect_key(&b, KEY_F1, "07", "");                /* make only */
    expect_key(&b, KEY_PAUSE, "62", "");
    expect_key(&b, KEY_PRINT, "57", "");
    ck_assert_str_eq(ask(&b, 0xf8), "fa");
    expect_key(&b, KEY_A, "1c", "f0 1c");
    ck_assert_str_eq(ask(&b, 0xf9), "fa");
    expect_key(&b, KEY_A, "1c", "");
    ck_assert_str_eq(ask(&b, 0xfc), "fa"); /* make and break for single keys */
    ck_assert_str_eq(ask(&b, 0x1c), "fa");
    ck_assert_str_eq(ask(&b, 0x1b), "fa");
    ck_assert_str_eq(ask(&b, 0xff - 0x6f), "fa"); /* no such key */
    ck_assert_str_eq(ask(&b, 0xf4), "fa");
    expect_key(&b, KEY_A, "1c", "f0 1c");
    expect_key(&b, KEY_A + 1, "1b", "f0 1b");
    expect_key(&b, KEY_A + 2, "23", "");
    down(&b, KEY_A);
    go(&b, 3000 * MS);
    ck_assert_str_eq(sent(&b), "1c"); /* does not repeat */
    up(&b, KEY_A);
    sent(&b);
    ck_assert_str_eq(ask(&b, 0xfa), "fa");
    down(&b, KEY_A);
    sent(&b);
    go(&b, 501 * MS);
    ck_assert_str_eq(sent(&b), "1c");
}
END_TEST

START_TEST(grey_keys_take_shifts_back)
{
    struct board b;
    set_up(&b);
    down(&b, KEY_LEFT_SHIFT);
    sent(&b);
    expect_key(&b, KEY_HOME, "e0 f0 12 e0 6c", "e0 f0 6c e0 12");
    down(&b, KEY_RIGHT_SHIFT);
    sent(&b);
    expect_key(&b, KEY_HOME, "e0 f0 12 e0 f0 59 e0 6c", "e0 f0 6c e0 12 e0 59");
    up(&b, KEY_LEFT_SHIFT);
    sent(&b);
    expect_key(&b, KEY_PAD_SLASH, "e0 f0 59 e0 4a", "e0 f0 4a e0 59");
    up(&b, KEY_RIGHT_SHIFT);
    sent(&b);
    expect_key(&b, KEY_PAD_SLASH, "e0 4a", "e0 f0 4a");
    ck_assert_str_eq(ask(&b, 0xed), "fa");
    ck_assert_str_eq(ask(&b, KEYBOARD_NUM_LED), "fa");
    expect_key(&b, KEY_DELETE, "e0 12 e0 71", "e0 f0 71 e0 f0 12");
    down(&b, KEY_LEFT_SHIFT);
    sent(&b);
    expect_key(&b, KEY_DELETE, "e0 71", "e0 f0 71");
    expect_key(&b, KEY_PAD_ENTER, "e0 5a", "e0 f0 5a"); /* never */
}
END_TEST

START_TEST(print_screen_and_pause_depend_on_ctrl_shift_and_alt)
{
    struct board b;
    set_up(&b);
    expect_key(&b, KEY_PRINT, "e0 12 e0 7c", "e0 f0 7c e0 f0 12");
    expect_key(&b, KEY_PAUSE, "e1 14 77 e1 f0 14 f0 77", "");
    down(&b, KEY_LEFT_CTRL);
    sent(&b);
    expect_key(&b, KEY_PRINT, "e0 7c", "e0 f0 7c");
    expect_key(&b, KEY_PAUSE, "e0 7e e0 f0 7e", "");
    up(&b, KEY_LEFT_CTRL);
    down(&b, KEY_LEFT_ALT);
    sent(&b);
    expect_key(&b, KEY_PRINT, "84", "f0 84");
}
END_TEST

START_TEST(a_held_key_repeats_at_the_programmed_rate)
{
    struct board b;
    set_up(&b);
    down(&b, KEY_A);
    ck_assert_str_eq(sent(&b), "1c");
    go(&b, 499 * MS);
    ck_assert_str_eq(sent(&b), "");
    go(&b, 1 * MS);
    ck_assert_str_eq(sent(&b), "1c");
    unsigned n = 0;
    for (unsigned i = 0; i < 10000; i++) { /* 10.9 a second: 11 * 2^1 / 240 s */
        go(&b, MS);
        n += *sent(&b) != 0;
    }
    ck_assert_uint_eq(n, 109);
    down(&b, KEY_Q); /* the last key pressed repeats */
    sent(&b);
    go(&b, 501 * MS);
    ck_assert_str_eq(sent(&b), "15");
    up(&b, KEY_A);
    ck_assert_str_eq(sent(&b), "f0 1c");
    go(&b, 100 * MS);
    ck_assert_str_eq(sent(&b), "15");
    up(&b, KEY_Q);
    sent(&b);
    go(&b, 5000 * MS);
    ck_assert_str_eq(sent(&b), "");
    ask(&b, 0xf3);
    ck_assert_str_eq(ask(&b, 0x00), "fa"); /* 250 ms, 30 a second */
    down(&b, KEY_UP);
    sent(&b);
    n = 0;
    for (unsigned i = 0; i < 10250; i++) {
        go(&b, MS);
        n += *sent(&b) != 0;
    }
    ck_assert_uint_eq(n, 301);
}
END_TEST

START_TEST(a_held_key_does_not_fill_the_buffer)
{
    struct board b;
    set_up(&b);
    down(&b, KEY_A);
    go(&b, 60000 * MS);
    ck_assert_str_eq(sent(&b), "1c");
    down(&b, KEY_PAUSE);
    sent(&b);
    go(&b, 5000 * MS);
    ck_assert_uint_eq(b.keyboard.fifo_count, 1); /* A goes on: Pause does not repeat */
}
END_TEST

START_TEST(an_overrun_leaves_whole_strokes_and_one_mark)
{
    struct board b;
    set_up(&b);
    for (u8 i = 0; i < 7; i++)
        down(&b, KEY_1 + i);
    for (u8 i = 0; i < 4; i++)
        down(&b, KEY_Q + i);
    up(&b, KEY_Q);       /* 13 bytes */
    down(&b, KEY_UP);    /* 15 */
    down(&b, KEY_LEFT);  /* does not fit */
    down(&b, KEY_DOWN);
    down(&b, KEY_A);
    ck_assert_str_eq(sent(&b), "16 1e 26 25 2e 36 3d 15 1d 24 2d f0 15 e0 75 00");
    select_set(&b, 1);
    for (u8 i = 0; i < 20; i++) {
        down(&b, KEY_Z);
        up(&b, KEY_Z);
    }
    ck_assert_str_eq(sent(&b), "2c ac 2c ac 2c ac 2c ac 2c ac 2c ac 2c ac 2c ac ff");
}
END_TEST

START_TEST(a_reset_answers_then_tests_then_reports)
{
    struct board b;
    set_up(&b);
    select_set(&b, 3);
    down(&b, KEY_A);
    give(&b, 0xff);
    ck_assert_str_eq(sent(&b), "fa"); /* the codes are gone */
    go(&b, 99 * MS);
    ck_assert_str_eq(sent(&b), "");
    down(&b, KEY_Q);
    go(&b, 2 * MS);
    ck_assert_str_eq(sent(&b), "aa");
    ck_assert_str_eq(ask(&b, 0xf0), "fa");
    ck_assert_str_eq(ask(&b, 0x00), "fa 02");
    expect_key(&b, KEY_Z, "1a", "f0 1a");
}
END_TEST

START_TEST(a_byte_during_the_self_test_is_obeyed_after_it)
{
    struct board b;
    set_up(&b);
    give(&b, 0xff);
    ck_assert_str_eq(sent(&b), "fa");
    ck_assert_str_eq(ask(&b, 0xf2), "");
    go(&b, 301 * MS);
    ck_assert_str_eq(sent(&b), "aa fa ab 83");
}
END_TEST

START_TEST(commands_answer_as_the_manual_says)
{
    struct board b;
    set_up(&b);
    ck_assert_str_eq(ask(&b, 0xee), "ee");
    ck_assert_str_eq(ask(&b, 0xf2), "fa ab 83");
    ck_assert_str_eq(ask(&b, 0xfe), "83");
    ck_assert_str_eq(ask(&b, 0xef), "fe");
    ck_assert_str_eq(ask(&b, 0xf1), "fe");
    ck_assert_str_eq(ask(&b, 0x12), "fe");
    ck_assert_str_eq(ask(&b, 0xfe), "83"); /* never FEh itself */
    ck_assert_str_eq(ask(&b, 0xf0), "fa");
    ck_assert_str_eq(ask(&b, 0x05), "fe");
    ck_assert_str_eq(ask(&b, 0xf6), "fa");
    ck_assert_str_eq(ask(&b, 0xed), "fa");
    ck_assert_str_eq(ask(&b, 0x07), "fa");
    ck_assert_uint_eq(b.keyboard.leds, 7);
}
END_TEST

START_TEST(each_command_keeps_its_own_parameter)
{
    struct board b;
    set_up(&b);
    ck_assert_str_eq(ask(&b, 0xf3), "fa");
    ck_assert_str_eq(ask(&b, 0xed), "fa"); /* a new command, not a rate */
    ck_assert_str_eq(ask(&b, 0x02), "fa");
    ck_assert_uint_eq(b.keyboard.leds, 2);
    ck_assert_uint_eq(b.keyboard.rate, 0x2b);
    ck_assert_str_eq(ask(&b, 0xed), "fa");
    ck_assert_str_eq(ask(&b, 0xf3), "fa");
    ck_assert_str_eq(ask(&b, 0x05), "fa");
    ck_assert_uint_eq(b.keyboard.leds, 2);
    ck_assert_uint_eq(b.keyboard.rate, 0x05);
}
END_TEST

START_TEST(scanning_stops_and_starts)
{
    struct board b;
    set_up(&b);
    down(&b, KEY_A);
    ck_assert_str_eq(ask(&b, 0xf5), "fa"); /* the code of A is gone */
    down(&b, KEY_Q);
    go(&b, 2000 * MS);
    ck_assert_str_eq(sent(&b), "");
    ck_assert_str_eq(ask(&b, 0xf4), "fa");
    up(&b, KEY_Q);
    ck_assert_str_eq(sent(&b), "f0 15");
}
END_TEST

START_TEST(replies_go_before_scan_codes)
{
    struct board b;
    set_up(&b);
    down(&b, KEY_A);
    ck_assert_str_eq(ask(&b, 0xed), "fa 1c");
}
END_TEST

/* Every key, through the controller: set 2 translated is set 1. */
START_TEST(set_2_translated_by_the_controller_is_set_1)
{
    for (unsigned code = 1; code < 256; code++) {
        struct board two, one;
        char translated[128] = "";
        size_t n = 0;
        set_up(&two);
        set_up(&one);
        select_set(&one, 1);
        struct kbc kbc;
        kbc_init(&kbc, &two.clock);
        kbc_plug(&kbc, 0, two.plug);
        line_connect(&two.keyboard.request, kbc_request, &kbc, 0);
        kbc_chip.write(&kbc, 1, 0x60, 1);
        kbc_chip.write(&kbc, 0, 0x40, 1);
        for (unsigned i = 0; i < 2; i++) {
            keyboard_key(&one.keyboard, (u8)code, !i);
            keyboard_key(&two.keyboard, (u8)code, !i);
        }
        for (unsigned i = 0; i < 30; i++) {
            go(&two, 2 * MS);
            if (kbc_chip.read(&kbc, 1, 1) & 1)
                n += (size_t)snprintf(translated + n, sizeof translated - n, n ? " %02x" : "%02x",
                                      kbc_chip.read(&kbc, 0, 1));
        }
        ck_assert_str_eq(translated, sent(&one));
    }
}
END_TEST

START_TEST(a_million_keys_and_any_bytes_do_no_harm)
{
    struct board b;
    set_up(&b);
    u32 x = 9;
    for (unsigned i = 0; i < 1000000; i++) {
        x = x * 1664525 + 1013904223;
        keyboard_key(&b.keyboard, (u8)(x >> 8), x >> 31);
        if (!(x >> 16 & 31))
            give(&b, (u8)(x >> 21));
        if (!(x >> 18 & 1023))
            go(&b, x >> 4 & 0xfffffff);
    }
    ck_assert_uint_le(b.keyboard.fifo_count, KEYBOARD_FIFO);
    ck_assert_uint_le(b.keyboard.reply_count, KEYBOARD_REPLIES);
}
END_TEST

START_TEST(a_damaged_saved_state_is_harmless)
{
    struct board b;
    set_up(&b);
    down(&b, KEY_A);
    struct keyboard *k = &b.keyboard;
    k->fifo_first = k->fifo_count = k->reply_first = k->reply_count = 200;
    k->set = 77;
    k->rate = 255;
    k->repeats = ~0u;
    k->repeat_from = ~(u64)0;
    keyboard_chip.loaded(k);
    go(&b, 5000 * MS);
    sent(&b);
    expect_key(&b, KEY_Z, "1a", "f0 1a");
    k->fifo_first = KEYBOARD_FIFO - 1;
    k->fifo_count = KEYBOARD_FIFO;
    keyboard_chip.loaded(k);
    down(&b, KEY_Z);
    sent(&b);
}
END_TEST

Suite *keyboard_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_a_field,
        keys_send_make_and_break_in_set_2,
        keys_send_make_and_break_in_set_1,
        keys_send_in_set_3_what_their_type_says,
        grey_keys_take_shifts_back,
        print_screen_and_pause_depend_on_ctrl_shift_and_alt,
        a_held_key_repeats_at_the_programmed_rate,
        a_held_key_does_not_fill_the_buffer,
        an_overrun_leaves_whole_strokes_and_one_mark,
        a_reset_answers_then_tests_then_reports,
        a_byte_during_the_self_test_is_obeyed_after_it,
        commands_answer_as_the_manual_says,
        each_command_keeps_its_own_parameter,
        scanning_stops_and_starts,
        replies_go_before_scan_codes,
        set_2_translated_by_the_controller_is_set_1,
        a_million_keys_and_any_bytes_do_no_harm,
        a_damaged_saved_state_is_harmless,
        NULL};
    return unit_suite("keyboard", tests);
}
