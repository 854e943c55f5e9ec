/* SPDX-License-Identifier: MIT */
/* Retrace, display enable and the vertical interrupt, against the manual's frequencies. */
#include "tests/unit/vga_modes.h"

static const struct {
    u8 mode;
    u32 hz, dots, lines, active_dots, active_lines, retrace;
} expected[] = {
    {0x03, 28322000, 900, 449, 720, 400, 412}, /* 31.5 kHz, 70 Hz */
    {0x01, 28322000, 900, 449, 720, 400, 412},
    {0x13, 25175000, 800, 449, 640, 400, 412},
    {0x0d, 25175000, 800, 449, 640, 400, 412},
    {0x10, 25175000, 800, 449, 640, 350, 387},
    {0x12, 25175000, 800, 525, 640, 480, 490}, /* 60 Hz */
};

static void at_dot(struct vga_bench *b, u64 dot, u32 hz)
{
    b->clock.cycles = ticks_to_ns(dot, hz);
}

START_TEST(status_1_follows_the_beam_in_every_mode)
{
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        struct vga_bench *b = vga_bench();
        u32 hz = expected[i].hz, dots = expected[i].dots;
        vga_set_mode(b, expected[i].mode);
        u64 frame = (u64)dots * expected[i].lines, start = frame * 1000;
        for (u32 line = 0; line < expected[i].lines; line++) {
            u64 at = start + (u64)line * dots;
            bool shown = line < expected[i].active_lines;
            bool retrace = line >= expected[i].retrace && line < expected[i].retrace + 2;
            at_dot(b, at, hz);
            ck_assert_uint_eq(vga_in(b, 0x3da) & 9, (shown ? 0 : 1) | (retrace ? 8 : 0));
            at_dot(b, at + expected[i].active_dots - 1, hz);
            ck_assert_uint_eq(vga_in(b, 0x3da) & 1, shown ? 0 : 1);
            at_dot(b, at + expected[i].active_dots, hz);
            ck_assert_uint_eq(vga_in(b, 0x3da) & 1, 1);
        }
        display_free(&b->display);
    }
}
END_TEST

START_TEST(an_hour_has_as_many_retraces_as_the_dot_clock_says)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x13);
    u64 second = 3600, count = 0;
    b->clock.cycles = second * NS_PER_S;
    while (vga_next_retrace(&b->vga) < (second + 1) * NS_PER_S) {
        vtime next = vga_next_retrace(&b->vga);
        b->clock.cycles = next - 1;
        ck_assert_uint_eq(vga_in(b, 0x3da) & 8, 0);
        b->clock.cycles = next;
        ck_assert_uint_eq(vga_in(b, 0x3da) & 8, 8);
        count++;
    }
    ck_assert_uint_eq(count, 70);
    /* Retrace n starts at dot n * 800 * 449 + 412 * 800: nothing was rounded on the way. */
    u64 n = (3600ull * 25175000 - 412 * 800) / (800 * 449) + 1;
    b->clock.cycles = 3600ull * NS_PER_S;
    ck_assert_uint_eq(vga_next_retrace(&b->vga),
                      ticks_to_ns(n * 800 * 449 + 412 * 800, 25175000));
    display_free(&b->display);
}
END_TEST

static u16 shown_start(struct vga_bench *b)
{
    static struct text_screen text;
    vga_text(&b->vga, &text);
    return text.cell[0][0];
}

/* Every cell holds its own number. */
static void number_cells(struct vga_bench *b)
{
    vga_set_mode(b, 0x03);
    for (u32 i = 0; i < 0x4000; i++) {
        vga_poke(b, 0xb8000 + 2 * i, (u8)i);
        vga_poke(b, 0xb8001 + 2 * i, (u8)(i >> 8));
    }
}

START_TEST(the_start_address_waits_for_vertical_retrace)
{
    struct vga_bench *b = vga_bench();
    number_cells(b);
    vga_out2(b, 0x3d4, 0x0c, 0x12);
    vga_out2(b, 0x3d4, 0x0d, 0x34);
    ck_assert_uint_eq(shown_start(b), 0);
    b->clock.cycles = vga_next_retrace(&b->vga) - 1;
    ck_assert_uint_eq(shown_start(b), 0);
    b->clock.cycles++;
    ck_assert_uint_eq(shown_start(b), 0x1234);
    vga_out2(b, 0x3d4, 0x0c, 0x00); /* too late for this picture */
    ck_assert_uint_eq(shown_start(b), 0x1234);
    b->clock.cycles += 10 * NS_PER_S;
    ck_assert_uint_eq(shown_start(b), 0x0034);
    vga_out2(b, 0x3d4, 0x0d, 0x99);
    ck_assert_uint_eq(shown_start(b), 0x0034);
    display_free(&b->display);
}
END_TEST

START_TEST(a_change_of_timing_does_not_lose_the_shown_start)
{
    struct vga_bench *b = vga_bench();
    number_cells(b);
    vga_out2(b, 0x3d4, 0x0d, 0x50);
    b->clock.cycles = vga_next_retrace(&b->vga);
    vga_out(b, 0x3c2, 0x63);
    ck_assert_uint_eq(shown_start(b), 0x50);
    vga_out2(b, 0x3d4, 0x0d, 0xa0);
    vga_out(b, 0x3c2, 0x67);
    ck_assert_uint_eq(shown_start(b), 0x50);
    b->clock.cycles = vga_next_retrace(&b->vga);
    ck_assert_uint_eq(shown_start(b), 0xa0);
    display_free(&b->display);
}
END_TEST

static u32 edges[2]; /* falls, rises */

static void irq_changed(void *owner, unsigned pin, bool level)
{
    (void)owner, (void)pin;
    edges[level]++;
}

START_TEST(the_vertical_interrupt_rises_with_retrace_and_is_cleared_by_hand)
{
    struct vga_bench *b = vga_bench();
    edges[0] = edges[1] = 0;
    line_connect(&b->vga.irq, irq_changed, NULL, 0);
    vga_set_mode(b, 0x03);
    vga_out2(b, 0x3d4, 0x11, 0x1e); /* enabled, not cleared */
    vtime next = vga_next_retrace(&b->vga);
    ck_assert_uint_eq(clock_next_event(&b->clock), next);
    b->clock.cycles = next;
    clock_fire(&b->clock);
    ck_assert_uint_eq(edges[1], 1);
    ck_assert_uint_eq(vga_in(b, 0x3c2) & 0x80, 0x80);
    b->clock.cycles = vga_next_retrace(&b->vga); /* not cleared: nothing more comes */
    clock_fire(&b->clock);
    ck_assert_uint_eq(edges[1], 1);
    vga_out2(b, 0x3d4, 0x11, 0x0e);
    ck_assert_uint_eq(edges[0], 1);
    ck_assert_uint_eq(vga_in(b, 0x3c2) & 0x80, 0);
    vga_out2(b, 0x3d4, 0x11, 0x1e);
    b->clock.cycles = vga_next_retrace(&b->vga);
    clock_fire(&b->clock);
    ck_assert_uint_eq(edges[1], 2);
    display_free(&b->display);
}
END_TEST

START_TEST(a_disabled_interrupt_is_seen_in_status_0_alone)
{
    struct vga_bench *b = vga_bench();
    edges[0] = edges[1] = 0;
    line_connect(&b->vga.irq, irq_changed, NULL, 0);
    vga_set_mode(b, 0x03);
    vga_out2(b, 0x3d4, 0x11, 0x3e);
    ck_assert_uint_eq(clock_next_event(&b->clock), ~(u64)0); /* no timer needed */
    ck_assert_uint_eq(vga_in(b, 0x3c2) & 0x80, 0);
    b->clock.cycles = vga_next_retrace(&b->vga);
    ck_assert_uint_eq(vga_in(b, 0x3c2) & 0x80, 0x80);
    ck_assert_uint_eq(edges[1], 0);
    display_free(&b->display);
}
END_TEST

START_TEST(retrace_ends_where_four_bits_of_the_line_match)
{
    struct vga_bench *b = vga_bench();
    static const u8 length[16] = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 1, 2, 3};
    vga_set_mode(b, 0x13); /* starts at line 412: 9Ch + 100h */
    for (u8 end = 0; end < 16; end++) {
        vga_out2(b, 0x3d4, 0x11, end);
        for (u32 line = 410; line < 432; line++) {
            bool on = line >= 412 && line < 412u + length[end];
            at_dot(b, line * 800, 25175000);
            ck_assert_uint_eq(vga_in(b, 0x3da) & 8, on ? 8 : 0);
        }
    }
    display_free(&b->display);
}
END_TEST

static vtime period(struct vga_bench *b)
{
    b->clock.cycles = vga_next_retrace(&b->vga);
    return vga_next_retrace(&b->vga) - b->clock.cycles;
}

START_TEST(the_period_follows_each_register_at_once)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    ck_assert_uint_eq(period(b) / 1000, 900ull * 449 * 1000 / 28322);
    vga_out2(b, 0x3c4, 1, 0x01);
    ck_assert_uint_eq(period(b) / 1000, 800ull * 449 * 1000 / 28322);
    vga_out(b, 0x3c2, 0x63);
    ck_assert_uint_eq(period(b) / 1000, 800ull * 449 * 1000 / 25175);
    vga_out2(b, 0x3c4, 1, 0x09);
    ck_assert_uint_eq(period(b) / 1000, 1600ull * 449 * 1000 / 25175);
    vga_out2(b, 0x3d4, 0x17, 0xa7);
    ck_assert_uint_eq(period(b) / 1000, 3200ull * 449 * 1000 / 25175);
    display_free(&b->display);
}
END_TEST

/* However short a picture the guest asks for, time goes on and the interrupt is one timer. */
START_TEST(any_timing_registers_are_survived)
{
    struct vga_bench *b = vga_bench();
    u32 seed = 1;
    vga_out(b, 0x3c2, 0x63);
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        vga_out(b, 0x3c2, (u8)(seed >> 8 | 1));
        vga_out2(b, 0x3c4, 1, (u8)(seed >> 16));
        vga_out2(b, 0x3d4, 0x11, (u8)(seed >> 20) & 0x7f);
        vga_out2(b, 0x3d4, (u8)(seed >> 27), seed & 1 ? 0 : (u8)(seed >> 4));
        b->clock.cycles += seed % 1000;
        clock_fire(&b->clock);
        ck_assert_uint_gt(vga_next_retrace(&b->vga), b->clock.cycles);
        vga_in(b, 0x3da);
        vga_in(b, 0x3c2);
    }
    display_free(&b->display);
}
END_TEST

Suite *vga_timing_suite(void)
{
    const TTest *const tests[] = {
        status_1_follows_the_beam_in_every_mode,
        an_hour_has_as_many_retraces_as_the_dot_clock_says,
        the_start_address_waits_for_vertical_retrace,
        a_change_of_timing_does_not_lose_the_shown_start,
        the_vertical_interrupt_rises_with_retrace_and_is_cleared_by_hand,
        a_disabled_interrupt_is_seen_in_status_0_alone,
        retrace_ends_where_four_bits_of_the_line_match,
        the_period_follows_each_register_at_once,
        any_timing_registers_are_survived,
        NULL};
    return unit_suite("vga_timing", tests);
}
