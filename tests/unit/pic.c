/* SPDX-License-Identifier: MIT */
/* The 8259A pair, alone: pins in, INT and vectors out. */
#include "devices/pic.h"
#include "tests/unit/unit.h"

struct board {
    struct pic master, slave;
};

static void out(struct pic *pic, u32 reg, u8 value)
{
    pic_chip.write(pic, reg, value, 1);
}

static u8 in(struct pic *pic, u32 reg)
{
    return (u8)pic_chip.read(pic, reg, 1);
}

static u8 in_irr(struct pic *pic)
{
    out(pic, 0, 0x0a);
    return in(pic, 0);
}

static u8 in_isr(struct pic *pic)
{
    out(pic, 0, 0x0b);
    return in(pic, 0);
}

static void program(struct board *b, u8 icw1, u8 icw4)
{
    out(&b->master, 0, icw1);
    out(&b->master, 1, 0x08);
    out(&b->master, 1, 0x04);
    out(&b->master, 1, icw4);
    out(&b->slave, 0, icw1);
    out(&b->slave, 1, 0x70);
    out(&b->slave, 1, 0x02);
    out(&b->slave, 1, icw4 & 0xef);
}

static void power_on(struct board *b)
{
    pic_init(&b->master, PIC_MASTER, 0xf8);
    pic_init(&b->slave, PIC_SLAVE, 0xde);
    pic_cascade(&b->master, &b->slave);
    line_connect(&b->slave.intr, pic_irq, &b->master, 2);
}

static void set_up(struct board *b)
{
    power_on(b);
    program(b, 0x11, 0x01);
}

/* Drive IRQ 0-15. */
static void irq(struct board *b, unsigned n, bool level)
{
    pic_irq(n < 8 ? &b->master : &b->slave, n & 7, level);
}

static void pulse(struct board *b, unsigned n)
{
    irq(b, n, false);
    irq(b, n, true);
}

static bool requested(const struct board *b)
{
    return b->master.intr.level;
}

START_TEST(every_byte_is_in_a_field)
{
    ck_assert_uint_eq(state_uncovered(stderr, pic_chip.fields, pic_chip.size), 0);
}
END_TEST

START_TEST(nothing_is_requested_before_the_initialisation_is_complete)
{
    struct board b;
    power_on(&b);
    pulse(&b, 1);
    ck_assert(!requested(&b));
    out(&b.master, 0, 0x11);
    out(&b.master, 1, 0x08);
    out(&b.master, 1, 0x04);
    pulse(&b, 1);
    ck_assert(!requested(&b));
    out(&b.master, 1, 0x01);
    ck_assert(requested(&b));
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x09);
}
END_TEST

START_TEST(icw1_tells_which_words_follow)
{
    struct board b;
    power_on(&b);
    out(&b.master, 0, 0x12); /* single, no ICW4 */
    out(&b.master, 1, 0x40);
    out(&b.master, 1, 0xa5); /* a mask already */
    ck_assert_uint_eq(in(&b.master, 1), 0xa5);
    out(&b.master, 0, 0x13); /* single, ICW4 */
    ck_assert_uint_eq(in(&b.master, 1), 0);
    out(&b.master, 1, 0x40);
    out(&b.master, 1, 0x01);
    out(&b.master, 1, 0x5a);
    ck_assert_uint_eq(in(&b.master, 1), 0x5a);
    out(&b.master, 0, 0x10); /* cascade, no ICW4 */
    out(&b.master, 1, 0x40);
    out(&b.master, 1, 0x04);
    out(&b.master, 1, 0x77);
    ck_assert_uint_eq(in(&b.master, 1), 0x77);
}
END_TEST

START_TEST(icw1_clears_mask_service_special_mask_rotation_and_reads_irr)
{
    struct board b;
    set_up(&b);
    pulse(&b, 3);
    pic_acknowledge(&b.master);
    out(&b.master, 1, 0xff);
    out(&b.master, 0, 0x6b); /* special mask, read ISR */
    out(&b.master, 0, 0xc5); /* lowest priority: 5 */
    program(&b, 0x11, 0x01);
    ck_assert_uint_eq(in(&b.master, 1), 0);
    ck_assert_uint_eq(in(&b.master, 0), 0); /* IRR: the high pin 3 needs a new edge */
    ck_assert_uint_eq(in_isr(&b.master), 0);
    ck_assert(!requested(&b));
    pulse(&b, 6);
    pulse(&b, 0);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x08);
    ck_assert(!requested(&b)); /* 6 is below 0 again */
}
END_TEST

START_TEST(an_edge_is_served_once)
{
    struct board b;
    set_up(&b);
    irq(&b, 4, true);
    ck_assert_uint_eq(in_irr(&b.master), 0x10);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0c);
    ck_assert_uint_eq(in_irr(&b.master), 0);
    ck_assert_uint_eq(in_isr(&b.master), 0x10);
    out(&b.master, 0, 0x20);
    ck_assert(!requested(&b));
    pulse(&b, 4);
    ck_assert(requested(&b));
}
END_TEST

START_TEST(a_level_is_served_as_long_as_it_lasts)
{
    struct board b;
    power_on(&b);
    b.master.elcr_mask = 0; /* an 8259A as such */
    program(&b, 0x19, 0x01);
    irq(&b, 4, true);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0c);
    ck_assert_uint_eq(in_irr(&b.master), 0x10);
    ck_assert(!requested(&b));
    out(&b.master, 0, 0x20);
    ck_assert(requested(&b));
    irq(&b, 4, false);
    ck_assert(!requested(&b));
}
END_TEST

/* 82371SB (PIIX3) data sheet 290550, ICW1: "this bit is disabled". */
START_TEST(with_elcr_there_ltim_means_nothing)
{
    struct board b;
    power_on(&b);
    program(&b, 0x19, 0x01);
    irq(&b, 4, true);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0c);
    ck_assert_uint_eq(in_irr(&b.master), 0);
    out(&b.master, 0, 0x20);
    ck_assert(!requested(&b));
}
END_TEST

START_TEST(elcr_makes_single_lines_level_sensitive_but_not_those_of_the_board)
{
    struct board b;
    set_up(&b);
    out(&b.master, 2, 0xff);
    out(&b.slave, 2, 0xff);
    ck_assert_uint_eq(in(&b.master, 2), 0xf8);
    ck_assert_uint_eq(in(&b.slave, 2), 0xde);
    irq(&b, 11, true);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x73);
    out(&b.slave, 0, 0x20);
    out(&b.master, 0, 0x20);
    ck_assert(requested(&b));
    out(&b.slave, 2, 0x00); /* an edge line again: still high, but no edge */
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x73);
    out(&b.slave, 0, 0x20);
    out(&b.master, 0, 0x20);
    ck_assert(!requested(&b));
    struct pic old;
    pic_init(&old, PIC_MASTER, 0);
    ck_assert_uint_eq(in(&old, 2), 0xff);
}
END_TEST

START_TEST(a_request_that_goes_away_becomes_the_default_ir7)
{
    struct board b;
    set_up(&b);
    pulse(&b, 1);
    irq(&b, 1, false);
    ck_assert(!requested(&b));
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0f);
    ck_assert_uint_eq(in_isr(&b.master), 0); /* how software tells it from a real one */
    pulse(&b, 7);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0f);
    ck_assert_uint_eq(in_isr(&b.master), 0x80);
}
END_TEST

START_TEST(the_default_irq15_leaves_the_cascade_in_service)
{
    struct board b;
    set_up(&b);
    pulse(&b, 12);
    b.slave.intr.set = NULL; /* the slave's INT stays high while its request vanishes */
    irq(&b, 12, false);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x77);
    ck_assert_uint_eq(in_isr(&b.slave), 0);
    ck_assert_uint_eq(in_isr(&b.master), 0x04);
}
END_TEST

START_TEST(a_slave_gives_its_own_vector_and_both_are_in_service)
{
    struct board b;
    set_up(&b);
    pulse(&b, 8);
    ck_assert_uint_eq(in_irr(&b.master), 0x04);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x70);
    ck_assert_uint_eq(in_isr(&b.slave), 0x01);
    ck_assert_uint_eq(in_isr(&b.master), 0x04);
    pulse(&b, 1); /* above the cascade */
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x09);
}
END_TEST

START_TEST(a_cascade_pin_without_its_slave_reads_the_empty_bus)
{
    struct board b;
    set_up(&b);
    out(&b.slave, 0, 0x11);
    out(&b.slave, 1, 0x70);
    out(&b.slave, 1, 0x05); /* wrong identity */
    out(&b.slave, 1, 0x01);
    pulse(&b, 8);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0xff);
    b.master.slave = NULL;
    out(&b.master, 0, 0x20);
    pic_irq(&b.master, 2, false);
    pic_irq(&b.master, 2, true);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0xff);
}
END_TEST

START_TEST(higher_priority_nests_and_lower_waits_for_the_eoi)
{
    struct board b;
    set_up(&b);
    pulse(&b, 4);
    pic_acknowledge(&b.master);
    pulse(&b, 6);
    pulse(&b, 4);
    ck_assert(!requested(&b));
    pulse(&b, 3);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0b);
    ck_assert_uint_eq(in_isr(&b.master), 0x18);
    out(&b.master, 0, 0x20); /* ends 3 */
    ck_assert_uint_eq(in_isr(&b.master), 0x10);
    ck_assert(!requested(&b));
    out(&b.master, 0, 0x20); /* ends 4 */
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0c);
}
END_TEST

START_TEST(a_specific_eoi_ends_the_named_level)
{
    struct board b;
    set_up(&b);
    pulse(&b, 5);
    pic_acknowledge(&b.master);
    pulse(&b, 3);
    pic_acknowledge(&b.master);
    out(&b.master, 0, 0x65);
    ck_assert_uint_eq(in_isr(&b.master), 0x08);
    out(&b.master, 0, 0x61); /* not in service: nothing happens */
    ck_assert_uint_eq(in_isr(&b.master), 0x08);
    out(&b.master, 0, 0x43); /* no operation */
    ck_assert_uint_eq(in_isr(&b.master), 0x08);
}
END_TEST

START_TEST(masked_requests_wait_in_irr)
{
    struct board b;
    set_up(&b);
    out(&b.master, 1, 0x02);
    pulse(&b, 1);
    ck_assert(!requested(&b));
    ck_assert_uint_eq(in_irr(&b.master), 0x02);
    out(&b.master, 1, 0x00);
    ck_assert(requested(&b));
    out(&b.master, 1, 0x02);
    ck_assert(!requested(&b));
}
END_TEST

START_TEST(automatic_eoi_leaves_nothing_in_service)
{
    struct board b;
    power_on(&b);
    program(&b, 0x11, 0x03);
    pulse(&b, 2 + 8);
    pulse(&b, 3 + 8); /* both must reach the master, through one edge-sensitive pin */
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x72);
    ck_assert_uint_eq(in_isr(&b.master) | in_isr(&b.slave), 0);
    ck_assert(requested(&b));
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x73);
    ck_assert(!requested(&b));
}
END_TEST

START_TEST(rotation_in_automatic_eoi_makes_the_served_level_lowest)
{
    struct board b;
    power_on(&b);
    program(&b, 0x11, 0x03);
    out(&b.master, 0, 0x80);
    pulse(&b, 1);
    pulse(&b, 4);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x09);
    pulse(&b, 1);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0c);
    out(&b.master, 0, 0x00); /* stop rotating: 4 stays lowest */
    pulse(&b, 4);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x09);
    pulse(&b, 5);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0d);
    pulse(&b, 5);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0d);
}
END_TEST

START_TEST(rotation_on_eoi_makes_the_ended_level_lowest)
{
    struct board b;
    set_up(&b);
    pulse(&b, 4);
    pic_acknowledge(&b.master);
    out(&b.master, 0, 0xa0); /* non-specific: 4 becomes lowest, 5 highest */
    pulse(&b, 0);
    pulse(&b, 5);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0d);
    out(&b.master, 0, 0xe5); /* specific: 5 lowest, 6 highest */
    pulse(&b, 6);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0e);
    out(&b.master, 0, 0xa0);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x08);
    out(&b.master, 0, 0xa0);
    out(&b.master, 0, 0xa0); /* nothing in service: nothing rotates */
    ck_assert_uint_eq(b.master.lowest, 0);
    out(&b.master, 0, 0xc2); /* set priority: 2 lowest */
    pulse(&b, 1);
    pulse(&b, 3);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0b);
}
END_TEST

START_TEST(special_mask_mode_lets_lower_levels_through)
{
    struct board b;
    set_up(&b);
    pulse(&b, 3);
    pic_acknowledge(&b.master);
    pulse(&b, 6);
    out(&b.master, 1, 0x08);
    ck_assert(!requested(&b));
    out(&b.master, 0, 0x68);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0e);
    out(&b.master, 0, 0x20); /* non-specific: spares the masked 3 */
    ck_assert_uint_eq(in_isr(&b.master), 0x08);
    out(&b.master, 0, 0x08); /* ESMM = 0: stays special */
    pulse(&b, 6);
    ck_assert(requested(&b));
    out(&b.master, 0, 0x48);
    ck_assert(!requested(&b));
}
END_TEST

START_TEST(a_higher_slave_request_nests_only_in_special_fully_nested_mode)
{
    static const struct {
        u8 icw4;
        bool nests;
    } rows[] = {{0x01, false}, {0x11, true}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct board b;
        power_on(&b);
        program(&b, 0x11, rows[i].icw4);
        pulse(&b, 12);
        ck_assert_uint_eq(pic_acknowledge(&b.master), 0x74);
        pulse(&b, 9);
        ck_assert_int_eq(requested(&b), rows[i].nests);
        if (rows[i].nests)
            ck_assert_uint_eq(pic_acknowledge(&b.master), 0x71);
        pulse(&b, 5);
        ck_assert(!requested(&b)); /* below the cascade pin in both */
        program(&b, 0x11, rows[i].icw4);
        pulse(&b, 1);
        pic_acknowledge(&b.master);
        pulse(&b, 12); /* a slave below the level in service does not nest */
        ck_assert(!requested(&b));
    }
}
END_TEST

START_TEST(a_poll_takes_the_interrupt)
{
    struct board b;
    set_up(&b);
    out(&b.master, 0, 0x0c);
    ck_assert_uint_eq(in(&b.master, 0) & 0x80, 0);
    pulse(&b, 6);
    pulse(&b, 8);
    out(&b.master, 0, 0x0c);
    ck_assert_uint_eq(in(&b.master, 0), 0x82);
    ck_assert_uint_eq(in_isr(&b.master), 0x04);
    out(&b.slave, 0, 0x0c);
    ck_assert_uint_eq(in(&b.slave, 1), 0x80); /* either address */
    ck_assert_uint_eq(in(&b.slave, 1), 0);    /* one read only: the mask again */
    out(&b.slave, 0, 0x20);
    out(&b.master, 0, 0x20);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0e);
}
END_TEST

START_TEST(mcs80_mode_gives_the_low_address_of_the_call)
{
    struct board b;
    power_on(&b);
    out(&b.master, 0, 0xf6); /* A7-A5 = 111, interval 4, single */
    out(&b.master, 1, 0x12);
    pulse(&b, 3);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0xe0 + 3 * 4);
    out(&b.master, 0, 0xf2); /* A7-A6 = 11, interval 8 */
    out(&b.master, 1, 0x12);
    pulse(&b, 3);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0xc0 + 3 * 8);
}
END_TEST

START_TEST(buffered_mode_tells_master_and_slave_by_icw4)
{
    struct board b;
    power_on(&b);
    program(&b, 0x11, 0x01);
    out(&b.master, 0, 0x11);
    out(&b.master, 1, 0x08);
    out(&b.master, 1, 0x04);
    out(&b.master, 1, 0x09); /* buffered slave, against its pin: it answers for IR2 itself */
    pulse(&b, 9);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x0a);
    out(&b.master, 0, 0x11);
    out(&b.master, 1, 0x08);
    out(&b.master, 1, 0x04);
    out(&b.master, 1, 0x0d);
    out(&b.slave, 0, 0x20);
    pulse(&b, 9);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x71);
}
END_TEST

START_TEST(any_write_of_any_width_leaves_a_sane_chip)
{
    struct board b;
    power_on(&b);
    u32 x = 1;
    for (unsigned i = 0; i < 300000; i++) {
        x = x * 1664525 + 1013904223;
        struct pic *pic = x >> 31 ? &b.slave : &b.master;
        static const unsigned sizes[] = {1, 2, 4, 1};
        u32 reg = x >> 8 & 7;
        if (x >> 20 & 1)
            pic_chip.write(pic, reg, x, sizes[x >> 29 & 3]);
        else
            pic_chip.read(pic, reg, sizes[x >> 29 & 3]);
        pic_irq(pic, x >> 16 & 15, x >> 22 & 1);
        if (!(x >> 24 & 7))
            pic_acknowledge(&b.master);
        ck_assert_uint_le(pic->lowest, 7);
        ck_assert(pic->next_icw != 1 && pic->next_icw <= 4);
    }
    b.master.next_icw = 1; /* as a damaged saved state may say */
    b.master.lowest = 200;
    pic_chip.loaded(&b.master);
    out(&b.master, 1, 0x55);
    ck_assert_uint_eq(in(&b.master, 1), 0x55);
}
END_TEST

START_TEST(power_on_forgets_everything_but_the_wires)
{
    struct board b;
    set_up(&b);
    out(&b.master, 1, 0xff);
    pulse(&b, 8);
    pic_chip.reset(&b.master);
    pic_chip.reset(&b.slave);
    ck_assert_uint_eq(in(&b.master, 1), 0);
    ck_assert(!requested(&b));
    program(&b, 0x11, 0x01);
    irq(&b, 8, false);
    irq(&b, 8, true);
    ck_assert_uint_eq(pic_acknowledge(&b.master), 0x70);
}
END_TEST

Suite *pic_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_a_field,
        nothing_is_requested_before_the_initialisation_is_complete,
        icw1_tells_which_words_follow,
        icw1_clears_mask_service_special_mask_rotation_and_reads_irr,
        an_edge_is_served_once,
        a_level_is_served_as_long_as_it_lasts,
        with_elcr_there_ltim_means_nothing,
        elcr_makes_single_lines_level_sensitive_but_not_those_of_the_board,
        a_request_that_goes_away_becomes_the_default_ir7,
        the_default_irq15_leaves_the_cascade_in_service,
        a_slave_gives_its_own_vector_and_both_are_in_service,
        a_cascade_pin_without_its_slave_reads_the_empty_bus,
        higher_priority_nests_and_lower_waits_for_the_eoi,
        a_specific_eoi_ends_the_named_level,
        masked_requests_wait_in_irr,
        automatic_eoi_leaves_nothing_in_service,
        rotation_in_automatic_eoi_makes_the_served_level_lowest,
        rotation_on_eoi_makes_the_ended_level_lowest,
        special_mask_mode_lets_lower_levels_through,
        a_higher_slave_request_nests_only_in_special_fully_nested_mode,
        a_poll_takes_the_interrupt,
        mcs80_mode_gives_the_low_address_of_the_call,
        buffered_mode_tells_master_and_slave_by_icw4,
        any_write_of_any_width_leaves_a_sane_chip,
        power_on_forgets_everything_but_the_wires,
        NULL};
    return unit_suite("pic", tests);
}
