/* SPDX-License-Identifier: MIT */
/* Interrupts between processors: ICR, destinations, arbitration. SDM 3A "Issuing Interprocessor
 * Interrupts". */
#include "tests/unit/lapic_rig.h"

static struct lapic_rig rig;

enum { SELF = 1 << 18, ALL = 2 << 18, OTHERS = 3 << 18, ICR_LOGICAL = 0x800, ASSERT = 0x4000 };

static void setup(void)
{
    rig_init(&rig, RIG_CPUS, true);
}

static void send(unsigned from, u32 icr, u32 destination)
{
    wr(&rig.l[from], L_ICR2, destination << 24);
    wr(&rig.l[from], L_ICR, icr);
}

/* A bit for each APIC in which VECTOR waits. */
static unsigned got(u8 vector)
{
    unsigned who = 0;
    for (unsigned i = 0; i < rig.cpus; i++)
        who |= (unsigned)rig_in(&rig.l[i], L_IRR, vector) << i;
    return who;
}

START_TEST(shorthands)
{
    static const struct {
        u32 shorthand;
        unsigned got;
    } rows[] = {{0, 1 << 5}, {SELF, 1 << 2}, {ALL, 0xff}, {OTHERS, 0xfb}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        setup();
        send(2, rows[i].shorthand | 0x41, 5);
        ck_assert_uint_eq(got(0x41), rows[i].got);
        ck_assert_uint_eq(rd(&rig.l[2], L_ICR), rows[i].shorthand | 0x41); /* delivered */
        ck_assert_uint_eq(rig_errors(&rig.l[2]), 0);
    }
}
END_TEST

/* Four bits of ID; Fh is all. SDM 3A "Physical Destination Mode". */
START_TEST(physical_destinations)
{
    for (unsigned to = 0; to < 0x10; to++) {
        setup();
        send(0, 0x41, to);
        ck_assert_uint_eq(got(0x41), to == 0xf ? 0xff : to < 8 ? 1u << to : 0);
        ck_assert_uint_eq(rig_errors(&rig.l[0]), to < 8 || to == 0xf ? 0 : 4);
    }
    setup();
    wr(&rig.l[3], L_ID, 0x0c000000);
    send(0, 0x41, 3);
    ck_assert_uint_eq(got(0x41), 0);
    send(0, 0x41, 0xc);
    ck_assert_uint_eq(got(0x41), 8);
    send(0, 0x42, 0xff);
    ck_assert_uint_eq(got(0x42), 0xff);
}
END_TEST

/* SDM 3A "Logical Destination Mode": the flat model compares bit by bit. */
START_TEST(flat_logical_destinations)
{
    for (unsigned to = 0; to < 0x100; to++) {
        setup();
        for (unsigned i = 0; i < 8; i++)
            wr(&rig.l[i], L_LDR, (i < 6 ? 1u << i : 0) << 24);
        send(0, ICR_LOGICAL | 0x41, to);
        ck_assert_uint_eq(got(0x41), to == 0xff ? 0xffu : to & 0x3f);
    }
}
END_TEST

/* The cluster model: the upper four bits name a cluster, the lower its members. */
START_TEST(cluster_logical_destinations)
{
    for (unsigned to = 0; to < 0x100; to++) {
        unsigned expected = 0;
        setup();
        for (unsigned i = 0; i < 8; i++) {
            wr(&rig.l[i], L_DFR, 0);
            wr(&rig.l[i], L_LDR, (i / 4 + 2) << 28 | 1u << i % 4 << 24);
            if (to >> 4 == i / 4 + 2 && to >> i % 4 & 1)
                expected |= 1u << i;
        }
        send(0, ICR_LOGICAL | 0x41, to);
        ck_assert_uint_eq(got(0x41), to == 0xff ? 0xff : expected);
    }
}
END_TEST

/* SDM 3A, "Valid Combinations for the P6 Family Processors' Local APIC Interrupt Command Register".
 */
START_TEST(valid_and_invalid_combinations)
{
    enum { EDGE = 1, LEVEL_1 = 2, LEVEL_0 = 4 };
    static const u8 allowed[4][8] = {
        /* fixed, lowest, SMI, reserved, NMI, INIT, start-up, ExtINT */
        {EDGE | LEVEL_1, EDGE | LEVEL_1, EDGE, 0, EDGE | LEVEL_1, EDGE | LEVEL_1, EDGE, 0},
        {EDGE | LEVEL_1, 0, 0, 0, 0, 0, 0, 0},
        {EDGE | LEVEL_1, 0, 0, 0, 0, 0, 0, 0},
        {EDGE | LEVEL_1, EDGE | LEVEL_1, EDGE, 0, EDGE | LEVEL_1, EDGE | LEVEL_1, EDGE, 0},
    };
    static const char *const seen[] = {"", "", "s1+ s1-", "", "n1+ n1-", "i1+ i1-", "v65", ""};
    for (u32 icr = 0; icr < 4 * 8 * 4; icr++) {
        u32 shorthand = icr & 3, mode = icr >> 2 & 7, level = icr >> 5 & 1, assert = icr >> 6;
        u8 kind = !level ? EDGE : assert ? LEVEL_1 : LEVEL_0;
        bool good = allowed[shorthand][mode] & kind;
        rig_init(&rig, 2, true);
        send(0, shorthand << 18 | mode << 8 | level << 15 | assert << 14 | 0x41, 1);
        unsigned to = shorthand == 1 ? 1 : shorthand == 2 ? 3 : 2;
        bool vectored = good && mode <= APIC_LOWEST;
        ck_assert_msg(got(0x41) == (vectored ? to : 0), "shorthand %u mode %u kind %u", shorthand,
                      mode, kind);
        ck_assert_str_eq(rig.seen, good ? seen[mode] : "");
        for (unsigned i = 0; i < 2; i++)
            ck_assert(!rig_in(&rig.l[i], L_TMR, 0x41)); /* an edge all the same */
        ck_assert_uint_eq(rig_errors(&rig.l[0]), 0);
    }
}
END_TEST

START_TEST(nobody_there_is_a_send_accept_error)
{
    rig_init(&rig, 1, true);
    send(0, OTHERS | 0x41, 0);
    ck_assert_uint_eq(rig_errors(&rig.l[0]), 4);
    rig_init(&rig, 2, true);
    wr(&rig.l[1], L_SVR, 0xff);
    send(0, OTHERS | 0x41, 0);
    ck_assert_uint_eq(rig_errors(&rig.l[0]), 4); /* vectors are not accepted, */
    send(0, OTHERS | 0x400, 0);
    ck_assert_str_eq(rig.seen, "n1+ n1-"); /* NMI is */
    ck_assert_uint_eq(rig_errors(&rig.l[0]), 0);
    lapic_enable(&rig.l[1], 0, false);
    send(0, OTHERS | 0x400, 0);
    ck_assert_uint_eq(rig_errors(&rig.l[0]), 4);
    send(0, SELF | 0x41, 0);
    ck_assert_uint_eq(rig_errors(&rig.l[0]), 0);
    wr(&rig.l[0], L_SVR, 0xff);
    send(0, SELF | 0x41, 0);
    ck_assert_uint_eq(rig_errors(&rig.l[0]), 4);
}
END_TEST

/* Disabled by software it takes SMI, NMI, INIT and start-up all the same. */
START_TEST(what_is_accepted)
{
    for (unsigned mode = 0; mode < 16; mode++) {
        bool on = mode & 8;
        const struct apic_message message = {.vector = 0x41, .delivery = mode & 7};
        static const bool always[8] = {
            [APIC_SMI] = true, [APIC_NMI] = true, [APIC_INIT] = true, [APIC_STARTUP] = true};
        rig_init(&rig, 1, on);
        bool accepted = apic_bus_send(&rig.bus, &message, NULL);
        ck_assert_int_eq(accepted, always[mode & 7] || (on && (mode & 7) != 3));
        ck_assert_int_eq(rig.seen[0] != 0, always[mode & 7]);
        ck_assert_int_eq(rig.l[0].intr.level, accepted && !always[mode & 7]);
    }
}
END_TEST

START_TEST(illegal_vectors_are_reported_by_both)
{
    for (unsigned mode = 0; mode < 2; mode++) {
        rig_init(&rig, 2, true);
        send(0, mode << 8 | 0x0f, 1);
        ck_assert_uint_eq(rig_errors(&rig.l[0]), 0x20);
        ck_assert_uint_eq(rig_errors(&rig.l[1]), 0x40);
        send(0, mode << 8 | 0x10, 1);
        ck_assert_uint_eq(rig_errors(&rig.l[0]), 0);
        ck_assert_uint_eq(rig_errors(&rig.l[1]), 0);
    }
    send(0, 0x600 | 0x0f, 1); /* elsewhere it is no vector */
    ck_assert_uint_eq(rig_errors(&rig.l[0]), 0);
}
END_TEST

START_TEST(a_processor_that_does_not_wait_takes_no_notice_of_a_start_up)
{
    rig_init(&rig, 2, true);
    rig.l[1].config.startup = NULL;
    send(0, 0x600 | 0x98, 1);
    ck_assert_str_eq(rig.seen, "");
    ck_assert_uint_eq(rig_errors(&rig.l[0]), 0);
}
END_TEST

/* Lowest priority. SDM 3A "Lowest Priority Delivery Mode". */

START_TEST(the_lowest_arbitration_priority_gets_it)
{
    setup();
    for (unsigned i = 0; i < 8; i++)
        wr(&rig.l[i], L_TPR, i == 5 ? 0x21 : 0x22);
    send(0, 0x141, 0xf);
    ck_assert_uint_eq(got(0x41), 1 << 5);
    send(0, 0x142, 2); /* among those addressed */
    ck_assert_uint_eq(got(0x42), 1 << 2);
    send(5, OTHERS | 0x143, 0);
    ck_assert_uint_eq(got(0x43) & 1 << 5, 0);
}
END_TEST

START_TEST(equals_take_turns)
{
    unsigned order[16];
    setup();
    for (unsigned i = 0; i < 16; i++) {
        send(0, 0x1c0 | i, 0xf);
        order[i] = got((u8)(0xc0 | i));
        for (unsigned k = 0; k < 8; k++)
            if (rig.l[k].intr.level) {
                lapic_acknowledge(&rig.l[k]);
                wr(&rig.l[k], L_EOI, 0);
            }
    }
    for (unsigned i = 0; i < 16; i++)
        ck_assert_uint_eq(order[i], 1u << i % 8);
    apic_bus_chip.reset(&rig.bus);
    send(0, 0x151, 0xf);
    ck_assert_uint_eq(got(0x51), 1);
}
END_TEST

START_TEST(the_focus_processor_gets_it_unless_it_does_not_check)
{
    for (unsigned served = 0; served < 2; served++) {
        setup();
        send(0, 0x41, 6);
        if (served)
            lapic_acknowledge(&rig.l[6]);
        wr(&rig.l[6], L_TPR, 0xff);
        send(0, 0x141, 0xf);
        ck_assert_uint_eq(got(0x41), 1 << 6);
        wr(&rig.l[6], L_SVR, 0x3ff);
        send(0, 0x141, 0xf);
        ck_assert_uint_eq(got(0x41), 1 << 6 | 1 << 7); /* whose turn it is */
    }
}
END_TEST

START_TEST(who_is_disabled_takes_no_part)
{
    setup();
    for (unsigned i = 0; i < 8; i++)
        wr(&rig.l[i], L_TPR, i * 16);
    wr(&rig.l[0], L_SVR, 0xff);
    lapic_enable(&rig.l[1], 0, false);
    send(7, 0x141, 0xf);
    ck_assert_uint_eq(got(0x41), 1 << 2);
    for (unsigned i = 0; i < 8; i++)
        wr(&rig.l[i], L_SVR, 0xff);
    send(7, 0x142, 0xf);
    ck_assert_uint_eq(got(0x42), 0);
    ck_assert_uint_eq(rig_errors(&rig.l[7]), 4);
}
END_TEST

Suite *lapic_send_suite(void)
{
    const TTest *const tests[] = {
        shorthands,
        physical_destinations,
        flat_logical_destinations,
        cluster_logical_destinations,
        valid_and_invalid_combinations,
        nobody_there_is_a_send_accept_error,
        what_is_accepted,
        illegal_vectors_are_reported_by_both,
        a_processor_that_does_not_wait_takes_no_notice_of_a_start_up,
        the_lowest_arbitration_priority_gets_it,
        equals_take_turns,
        the_focus_processor_gets_it_unless_it_does_not_check,
        who_is_disabled_takes_no_part,
        NULL,
    };
    return unit_suite("lapic_send", tests);
}
