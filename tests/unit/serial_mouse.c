/* SPDX-License-Identifier: MIT */
/* The serial mouse with its plug in the hand: what its pins say, on the wire that it drives. */
#include <limits.h>
#include <stdio.h>

#include "devices/serial_mouse.h"
#include "src/host/input.h"
#include "tests/unit/unit.h"

#define MS    ((u64)1000000)
#define BIT   ((double)NS_PER_S / SERIAL_MOUSE_BAUD)
#define FRAME ((vtime)(10 * BIT))

enum { EDGES = 8000, BYTES = 500 };

struct board {
    struct clock clock;
    struct serial_mouse mouse;
    struct { /* what TXD did */
        vtime at;
        bool level;
    } edge[EDGES];
    unsigned edges;
    struct { /* and what that says */
        u8 byte;
        vtime at; /* its start bit */
    } said[BYTES];
    unsigned count, told;
};

static void go(struct board *b, u64 ns)
{
    unit_pass(&b->clock, ns);
}

static void hear(void *owner, unsigned pin UNUSED, bool level)
{
    struct board *b = owner;
    ck_assert_uint_lt(b->edges, EDGES);
    b->edge[b->edges].at = clock_now(&b->clock);
    b->edge[b->edges++].level = level;
}

static void plug_in(struct board *b, enum serial_mouse_model model)
{
    *b = (struct board){0};
    clock_init(&b->clock, NS_PER_S);
    serial_mouse_init(&b->mouse, &b->clock, model);
    line_connect(&b->mouse.txd, hear, b, 0);
}

static void pins(struct board *b, bool rts, bool dtr)
{
    serial_mouse_control(&b->mouse, SERIAL_MOUSE_DTR, dtr);
    serial_mouse_control(&b->mouse, SERIAL_MOUSE_RTS, rts);
}

static bool level_at(const struct board *b, vtime when)
{
    bool level = true;
    for (unsigned i = 0; i < b->edges && b->edge[i].at <= when; i++)
        level = b->edge[i].level;
    return level;
}

/* Seven bits and two stop bits from each start bit. */
static void decode(struct board *b)
{
    vtime free_from = 0;
    b->count = 0;
    for (unsigned i = 0; i < b->edges; i++) {
        u8 byte = 0;
        vtime at = b->edge[i].at;
        if (b->edge[i].level || at < free_from)
            continue;
        for (unsigned bit = 0; bit < 7; bit++)
            byte |= (u8)(level_at(b, at + (vtime)((1.5 + bit) * BIT)) << bit);
        ck_assert(level_at(b, at + (vtime)(8.5 * BIT)));
        ck_assert(level_at(b, at + (vtime)(9.5 * BIT)));
        ck_assert_uint_lt(b->count, BYTES);
        b->said[b->count].at = at;
        b->said[b->count++].byte = byte;
        free_from = at + (vtime)(9.9 * BIT);
    }
}

/* What is new since the last time, in hexadecimal, one space between. */
static const char *heard(struct board *b)
{
    static char text[4000];
    size_t n = 0;
    text[0] = 0;
    for (decode(b); b->told < b->count; b->told++)
        n += (size_t)snprintf(text + n, sizeof text - n, n ? " %02x" : "%02x",
                              b->said[b->told].byte);
    return text;
}

static const char *after(struct board *b, u64 ns)
{
    go(b, ns);
    return heard(b);
}

/* Its power, and what it says of itself. */
static void set_up(struct board *b, enum serial_mouse_model model)
{
    plug_in(b, model);
    pins(b, true, true);
    go(b, 500 * MS);
    heard(b);
}

START_TEST(every_byte_is_in_a_field)
{
    ck_assert_uint_eq(state_uncovered(stderr, serial_mouse_chip.fields, serial_mouse_chip.size), 0);
}
END_TEST

START_TEST(it_takes_its_power_from_rts_and_dtr)
{
    struct board b;
    for (unsigned up = 0; up < 3; up++) {
        plug_in(&b, SERIAL_MOUSE_TWO);
        pins(&b, up == 1, up == 2);
        go(&b, 100 * MS);
        serial_mouse_move(&b.mouse, 10, 10, 0);
        serial_mouse_button(&b.mouse, MOUSE_LEFT, true);
        ck_assert_str_eq(after(&b, 1000 * MS), "");
        ck_assert(!b.clock.first);
    }
}
END_TEST

/* COM specification 2.1 wants it within 200 ms, Windows' drivers within 100. */
START_TEST(an_m_comes_14_ms_after_the_second_of_them_rises)
{
    struct board b;
    for (unsigned last = 0; last < 2; last++) {
        plug_in(&b, SERIAL_MOUSE_TWO);
        pins(&b, last, !last);
        go(&b, 1000 * MS);
        pins(&b, true, true);
        go(&b, 500 * MS);
        ck_assert_str_eq(heard(&b), "4d");
        vtime late = b.said[0].at - 1000 * MS;
        ck_assert_uint_ge(late, 13 * MS);
        ck_assert_uint_le(late, 15 * MS);
    }
}
END_TEST

START_TEST(rts_down_and_up_again_is_a_reset_in_the_middle_of_a_character_too)
{
    struct board b;
    set_up(&b, SERIAL_MOUSE_TWO);
    serial_mouse_move(&b.mouse, 30, 30, 0);
    go(&b, 3 * MS);
    pins(&b, false, true);
    ck_assert(b.mouse.txd.level);
    go(&b, 100 * MS);
    ck_assert_uint_le(b.edge[b.edges - 1].at, 503 * MS);
    b.edges = b.told = 0;
    serial_mouse_move(&b.mouse, 30, 30, 0);
    pins(&b, true, true);
    ck_assert_str_eq(after(&b, 500 * MS), "4d"); /* and the motion from before is forgotten */
}
END_TEST

/* Holtek HT6513B, "RXD": CDh is M with bit 7 set. */
START_TEST(a_character_has_a_start_bit_seven_data_bits_and_two_stop_bits_at_1200_baud)
{
    struct board b;
    plug_in(&b, SERIAL_MOUSE_TWO);
    pins(&b, true, true);
    go(&b, 500 * MS);
    static const bool wire[10] = {false, true, false, true, true, false, false, true, true, true};
    decode(&b);
    for (unsigned i = 0; i < 10; i++)
        ck_assert_int_eq(level_at(&b, b.said[0].at + (vtime)((i + 0.5) * BIT)), wire[i]);
    ck_assert_uint_eq(b.edges, 6);
    for (unsigned i = 1; i < b.edges; i++) { /* each a whole number of bits after the first */
        double bits = (double)(b.edge[i].at - b.edge[0].at) / BIT;
        ck_assert(bits - (int)(bits + 0.5) < 1e-5 && bits - (int)(bits + 0.5) > -1e-5);
    }
}
END_TEST

/* COM specification 3.1, with its table 4 as an example of the checksum; Holtek HT6513B,
 * "Win 95 PnP ID fields", whose mouse the second is. */
START_TEST(it_says_who_it_is_to_plug_and_play_where_old_drivers_do_not_look)
{
    static const struct {
        enum serial_mouse_model model;
        unsigned begin;
        const char *old, *id;
    } row[] = {{SERIAL_MOUSE_THREE, 2, "M3", "HTK0001\\\\MOUSE\\PNP0F0C"},
               {SERIAL_MOUSE_WHEEL, 6, "MZ@", "MSH0001\\\\MOUSE\\PNP0F0A"}};
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        struct board b;
        set_up(&b, row[i].model);
        unsigned end = b.count - 1, sum = 0;
        char id[40] = "", digits[3];
        for (unsigned n = 0; row[i].old[n]; n++)
            ck_assert_int_eq(b.said[n].byte, row[i].old[n]);
        ck_assert_uint_eq(b.said[row[i].begin].byte, 0x08);
        ck_assert_uint_eq(b.said[end].byte, 0x09);
        for (unsigned n = row[i].begin; n <= end; n++) {
            ck_assert_uint_lt(b.said[n].byte, 0x40); /* no beginning of a report */
            sum += n == end - 1 || n == end - 2 ? 0 : b.said[n].byte;
        }
        ck_assert_uint_eq(b.said[row[i].begin + 1].byte << 6 | b.said[row[i].begin + 2].byte, 100);
        for (unsigned n = row[i].begin + 3; n < end - 2; n++)
            id[n - row[i].begin - 3] = (char)(b.said[n].byte + 0x20);
        ck_assert_str_eq(id, row[i].id);
        snprintf(digits, sizeof digits, "%02X", sum & 0xff);
        ck_assert_int_eq(b.said[end - 2].byte + 0x20, digits[0]);
        ck_assert_int_eq(b.said[end - 1].byte + 0x20, digits[1]);
    }
}
END_TEST

/* COM specification 2.3. */
START_TEST(a_plug_and_play_mouse_ties_dsr_to_dtr)
{
    static const bool ties[] = {false, true, true};
    for (unsigned model = 0; model < ARRAY_LEN(ties); model++) {
        struct board b;
        plug_in(&b, model);
        ck_assert(!b.mouse.dsr.level);
        pins(&b, false, true);
        ck_assert_int_eq(b.mouse.dsr.level, ties[model]);
        pins(&b, true, false);
        ck_assert(!b.mouse.dsr.level);
    }
}
END_TEST

START_TEST(a_report_has_three_bytes_down_is_positive)
{
    static const struct {
        int dx, dy;
        const char *report;
    } row[] = {{1, 0, "40 01 00"},     {0, 1, "40 00 01"},     {-1, 0, "43 3f 00"},
               {0, -1, "4c 00 3f"},    {5, -3, "4c 05 3d"},    {64, 64, "45 00 00"},
               {127, 63, "41 3f 3f"},  {-64, -65, "4b 00 3f"}, {-127, -127, "4a 01 01"},
               {100, -100, "49 24 1c"}};
    struct board b;
    set_up(&b, SERIAL_MOUSE_TWO);
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        serial_mouse_move(&b.mouse, row[i].dx, row[i].dy, 0);
        ck_assert_str_eq(after(&b, 100 * MS), row[i].report);
    }
    ck_assert_str_eq(after(&b, 1000 * MS), "");
}
END_TEST

START_TEST(two_buttons_are_two_bits)
{
    struct board b;
    set_up(&b, SERIAL_MOUSE_TWO);
    serial_mouse_button(&b.mouse, MOUSE_LEFT, true);
    ck_assert_str_eq(after(&b, 100 * MS), "60 00 00");
    serial_mouse_button(&b.mouse, MOUSE_RIGHT, true);
    ck_assert_str_eq(after(&b, 100 * MS), "70 00 00");
    serial_mouse_button(&b.mouse, MOUSE_LEFT, false);
    serial_mouse_move(&b.mouse, 2, 0, 0);
    ck_assert_str_eq(after(&b, 100 * MS), "50 02 00");
    serial_mouse_button(&b.mouse, MOUSE_RIGHT, false);
    ck_assert_str_eq(after(&b, 100 * MS), "40 00 00");
    serial_mouse_button(&b.mouse, MOUSE_MIDDLE, true); /* it has none, nor a wheel */
    serial_mouse_button(&b.mouse, MOUSE_BACK, true);
    serial_mouse_move(&b.mouse, 0, 0, 3);
    ck_assert_str_eq(after(&b, 100 * MS), "");
}
END_TEST

START_TEST(the_third_button_is_a_fourth_byte_until_it_was_said_to_be_up)
{
    struct board b;
    set_up(&b, SERIAL_MOUSE_THREE);
    serial_mouse_move(&b.mouse, 1, 0, 5);
    ck_assert_str_eq(after(&b, 100 * MS), "40 01 00");
    serial_mouse_button(&b.mouse, MOUSE_MIDDLE, true);
    ck_assert_str_eq(after(&b, 100 * MS), "40 00 00 20");
    serial_mouse_move(&b.mouse, 1, 0, 0);
    ck_assert_str_eq(after(&b, 100 * MS), "40 01 00 20");
    serial_mouse_button(&b.mouse, MOUSE_MIDDLE, false);
    ck_assert_str_eq(after(&b, 100 * MS), "40 00 00 00");
    serial_mouse_move(&b.mouse, 1, 0, 0);
    ck_assert_str_eq(after(&b, 100 * MS), "40 01 00");
}
END_TEST

START_TEST(the_wheel_and_its_button_are_a_fourth_byte_always)
{
    struct board b;
    set_up(&b, SERIAL_MOUSE_WHEEL);
    serial_mouse_move(&b.mouse, 1, 0, 0);
    ck_assert_str_eq(after(&b, 100 * MS), "40 01 00 00");
    serial_mouse_move(&b.mouse, 0, 0, 1);
    ck_assert_str_eq(after(&b, 100 * MS), "40 00 00 01");
    serial_mouse_move(&b.mouse, 0, 0, -2);
    ck_assert_str_eq(after(&b, 100 * MS), "40 00 00 0e");
    serial_mouse_button(&b.mouse, MOUSE_MIDDLE, true);
    ck_assert_str_eq(after(&b, 100 * MS), "40 00 00 10");
    serial_mouse_move(&b.mouse, 0, 0, -9);
    ck_assert_str_eq(after(&b, 100 * MS), "40 00 00 19 40 00 00 1e");
    serial_mouse_button(&b.mouse, MOUSE_MIDDLE, false);
    ck_assert_str_eq(after(&b, 100 * MS), "40 00 00 00");
}
END_TEST

START_TEST(motion_is_collected_while_a_report_is_on_its_way)
{
    struct board b;
    set_up(&b, SERIAL_MOUSE_TWO);
    serial_mouse_move(&b.mouse, 1, 0, 0);
    go(&b, 5 * MS);
    for (unsigned i = 0; i < 10; i++)
        serial_mouse_move(&b.mouse, 2, -1, 0);
    serial_mouse_move(&b.mouse, -3, 0, 0);
    ck_assert_str_eq(after(&b, 100 * MS), "40 01 00 4c 11 36");
    serial_mouse_move(&b.mouse, 4, 0, 0);
    serial_mouse_move(&b.mouse, -4, 0, 0); /* nothing has changed when the bit's time comes */
    ck_assert_str_eq(after(&b, 100 * MS), "");
}
END_TEST

START_TEST(what_is_more_than_a_report_can_tell_comes_in_the_next)
{
    struct board b;
    set_up(&b, SERIAL_MOUSE_TWO);
    serial_mouse_move(&b.mouse, 300, -200, 0);
    ck_assert_str_eq(after(&b, 200 * MS), "49 3f 01 49 3f 37 40 2e 00");
    unsigned before = b.count;
    serial_mouse_move(&b.mouse, INT_MAX, INT_MIN, 0);
    serial_mouse_move(&b.mouse, INT_MAX, INT_MIN, 0);
    go(&b, 1000 * MS); /* less than a second's */
    decode(&b);
    ck_assert_uint_eq(b.count - before, 3 * 33);
}
END_TEST

START_TEST(forty_reports_are_sent_a_second)
{
    struct board b;
    set_up(&b, SERIAL_MOUSE_TWO);
    for (unsigned i = 0; i < 1000; i++) {
        serial_mouse_move(&b.mouse, 1, 0, 0);
        go(&b, MS);
    }
    go(&b, 100 * MS);
    decode(&b);
    ck_assert_uint_ge(b.count - 1, 3 * 40);
    ck_assert_uint_le(b.count - 1, 3 * 42);
    for (unsigned i = 2; i + 1 < b.count; i++)
        if ((i - 1) % 3)
            ck_assert_uint_le(b.said[i].at - b.said[i - 1].at, FRAME + 2);
}
END_TEST

START_TEST(a_button_that_is_held_at_the_reset_is_reported_after_the_name)
{
    struct board b;
    set_up(&b, SERIAL_MOUSE_TWO);
    serial_mouse_button(&b.mouse, MOUSE_LEFT, true);
    ck_assert_str_eq(after(&b, 100 * MS), "60 00 00");
    pins(&b, false, true);
    pins(&b, true, true);
    go(&b, MS);
    serial_mouse_move(&b.mouse, 9, 0, 0);
    ck_assert_str_eq(after(&b, 500 * MS), "4d 60 09 00");
}
END_TEST

START_TEST(an_idle_mouse_costs_no_event)
{
    struct board b;
    set_up(&b, SERIAL_MOUSE_WHEEL);
    ck_assert(!b.clock.first);
}
END_TEST

START_TEST(any_pins_and_any_motion_do_no_harm)
{
    struct board b;
    u32 seed = 1;
    plug_in(&b, SERIAL_MOUSE_WHEEL);
    line_connect(&b.mouse.txd, NULL, NULL, 0);
    for (unsigned i = 0; i < 200000; i++) {
        seed = seed * 1664525 + 1013904223;
        u32 v = seed >> 8;
        switch (seed >> 30) {
        case 0:
            if (v % 8 == 0)
                serial_mouse_control(&b.mouse, v >> 4 & 1, v & 0x100);
            break;
        case 1:
            serial_mouse_move(&b.mouse, (int)seed, (int)(seed << 3), (s16)v);
            break;
        case 2:
            serial_mouse_button(&b.mouse, (u8)v, v & 0x100);
            break;
        default:
            go(&b, v % (20 * MS));
        }
        ck_assert_uint_le(b.mouse.packet_count, SERIAL_MOUSE_PACKET);
        ck_assert_uint_le(b.mouse.packet_next, SERIAL_MOUSE_PACKET);
        ck_assert(b.mouse.txd.level || (b.mouse.rts && b.mouse.dtr));
    }
}
END_TEST

START_TEST(a_damaged_saved_state_is_harmless)
{
    struct board b;
    set_up(&b, SERIAL_MOUSE_TWO);
    serial_mouse_move(&b.mouse, 1, 1, 0);
    go(&b, 10 * MS);
    b.mouse.frame_bits = b.mouse.packet_next = b.mouse.packet_count = b.mouse.said = 255;
    serial_mouse_chip.loaded(&b.mouse);
    ck_assert_uint_le(b.mouse.frame_bits, SERIAL_MOUSE_FRAME);
    go(&b, 1000 * MS);
    ck_assert(!b.clock.first);
}
END_TEST

Suite *serial_mouse_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_a_field,
        it_takes_its_power_from_rts_and_dtr,
        an_m_comes_14_ms_after_the_second_of_them_rises,
        rts_down_and_up_again_is_a_reset_in_the_middle_of_a_character_too,
        a_character_has_a_start_bit_seven_data_bits_and_two_stop_bits_at_1200_baud,
        it_says_who_it_is_to_plug_and_play_where_old_drivers_do_not_look,
        a_plug_and_play_mouse_ties_dsr_to_dtr,
        a_report_has_three_bytes_down_is_positive,
        two_buttons_are_two_bits,
        the_third_button_is_a_fourth_byte_until_it_was_said_to_be_up,
        the_wheel_and_its_button_are_a_fourth_byte_always,
        motion_is_collected_while_a_report_is_on_its_way,
        what_is_more_than_a_report_can_tell_comes_in_the_next,
        forty_reports_are_sent_a_second,
        a_button_that_is_held_at_the_reset_is_reported_after_the_name,
        an_idle_mouse_costs_no_event,
        any_pins_and_any_motion_do_no_harm,
        a_damaged_saved_state_is_harmless,
        NULL};
    return unit_suite("serial_mouse", tests);
}
