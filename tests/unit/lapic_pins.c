/* SPDX-License-Identifier: MIT */
/* The local APIC's pins LINT0 and LINT1. SDM 3A "Local Vector Table". */
#include "tests/unit/lapic_rig.h"

static struct lapic_rig rig;
static struct lapic *const l = &rig.l[0];

static void setup(void)
{
    rig_init(&rig, 1, true);
}

static bool intr(void)
{
    return l->intr.level;
}

START_TEST(extint_at_a_pin_asks_the_8259a_for_the_vector)
{
    for (unsigned pin = 0; pin < 2; pin++) {
        setup();
        wr(l, L_TPR, 0xff); /* of no account to it */
        lapic_lint(l, pin, true);
        ck_assert(!intr());
        wr(l, pin ? L_LINT1 : L_LINT0, EXTINT);
        ck_assert(intr());
        ck_assert_uint_eq(lapic_acknowledge(l), 0x99);
        ck_assert_str_eq(rig.seen, "a0");
        ck_assert(intr()); /* until the pin falls */
        lapic_lint(l, pin, false);
        ck_assert(!intr());
        for (u32 r = L_ISR; r < L_ESR; r += 16)
            ck_assert_uint_eq(rd(l, r), 0);
        wr(l, pin ? L_LINT1 : L_LINT0, EXTINT | 0x2000); /* low active */
        ck_assert(intr());
        wr(l, pin ? L_LINT1 : L_LINT0, EXTINT | 0x2000 | MASKED);
        ck_assert(!intr());
    }
}
END_TEST

START_TEST(extint_goes_before_what_waits_here)
{
    setup();
    wr(l, L_LINT0, EXTINT);
    rig_send(&rig, 0, 0xf1, false);
    lapic_lint(l, 0, true);
    ck_assert_uint_eq(lapic_acknowledge(l), 0x99);
    lapic_lint(l, 0, false);
    ck_assert(intr());
    ck_assert_uint_eq(lapic_acknowledge(l), 0xf1);
}
END_TEST

START_TEST(an_edge_at_a_pin_is_delivered_as_its_entry_says)
{
    static const struct {
        u32 mode;
        const char *seen;
        bool fixed;
    } rows[] = {{0x000, "", true},  {0x100, "", false},        {0x200, "s0+ s0-", false},
                {0x300, "", false}, {0x400, "n0+ n0-", false}, {0x500, "i0+ i0-", false},
                {0x600, "", false}};
    for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
        unsigned pin = i % 2;
        for (unsigned how = 0; how < 4; how++) { /* 1: low active, 2: masked */
            setup();
            lapic_lint(l, pin, how & 1);
            wr(l, pin ? L_LINT1 : L_LINT0,
               rows[i / 2].mode | 0x45 | (how & 1 ? 0x2000 : 0) | (how & 2 ? MASKED : 0));
            ck_assert_str_eq(rig.seen, "");
            lapic_lint(l, pin, !(how & 1));
            ck_assert_str_eq(rig.seen, how & 2 ? "" : rows[i / 2].seen);
            ck_assert_int_eq(rig_in(l, L_IRR, 0x45), rows[i / 2].fixed && !(how & 2));
            ck_assert(!rig_in(l, L_TMR, 0x45));
            lapic_lint(l, pin, how & 1);
            ck_assert_str_eq(rig.seen, how & 2 ? "" : rows[i / 2].seen);
        }
    }
}
END_TEST

START_TEST(a_level_at_lint0_comes_again_after_its_end_until_it_goes)
{
    setup();
    wr(l, L_LINT0, 0x45 | LEVEL | MASKED);
    lapic_lint(l, 0, true);
    ck_assert_uint_eq(rd(l, L_LINT0), 0x45 | LEVEL | MASKED);
    wr(l, L_LINT0, 0x45 | LEVEL);
    ck_assert_uint_eq(rd(l, L_LINT0), 0x45 | LEVEL | 0x4000);
    ck_assert(rig_in(l, L_TMR, 0x45));
    ck_assert_uint_eq(lapic_acknowledge(l), 0x45);
    ck_assert(!rig_in(l, L_IRR, 0x45));
    wr(l, L_EOI, 0);
    ck_assert(intr());
    ck_assert_uint_eq(lapic_acknowledge(l), 0x45);
    lapic_lint(l, 0, false);
    wr(l, L_EOI, 0);
    ck_assert(!intr());
    ck_assert_uint_eq(rd(l, L_LINT0), 0x45 | LEVEL);
    wr(l, L_LINT1, 0x46 | LEVEL); /* LINT1 has only edges */
    lapic_lint(l, 1, true);
    ck_assert_uint_eq(lapic_acknowledge(l), 0x46);
    wr(l, L_EOI, 0);
    ck_assert(!intr());
}
END_TEST

START_TEST(the_end_of_another_vector_leaves_remote_irr)
{
    setup();
    wr(l, L_LINT0, 0x45 | LEVEL);
    lapic_lint(l, 0, true);
    lapic_acknowledge(l);
    rig_send(&rig, 0, 0x66, true);
    lapic_acknowledge(l);
    wr(l, L_EOI, 0);
    ck_assert_uint_eq(rd(l, L_LINT0), 0x45 | LEVEL | 0x4000);
    wr(l, L_LINT0, 0x45); /* an edge has none */
    ck_assert_uint_eq(rd(l, L_LINT0), 0x45);
}
END_TEST

Suite *lapic_pins_suite(void)
{
    const TTest *const tests[] = {
        extint_at_a_pin_asks_the_8259a_for_the_vector,
        extint_goes_before_what_waits_here,
        an_edge_at_a_pin_is_delivered_as_its_entry_says,
        a_level_at_lint0_comes_again_after_its_end_until_it_goes,
        the_end_of_another_vector_leaves_remote_irr,
        NULL,
    };
    return unit_suite("lapic_pins", tests);
}
