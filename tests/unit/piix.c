/* SPDX-License-Identifier: MIT */
/* The ISA bridge: interrupt routing and port CF9h. 82371SB (290550). */
#include <stdio.h>

#include "devices/piix.h"
#include "tests/unit/unit.h"

static struct piix piix;
static u32 irqs;
static unsigned soft, hard;

static void irq(void *owner, unsigned pin, bool level)
{
    (void)owner;
    irqs = level ? irqs | 1u << pin : irqs & ~(1u << pin);
}

static void count(void *owner, unsigned pin, bool level)
{
    (void)pin;
    *(unsigned *)owner += level;
}

static void setup(void)
{
    irqs = soft = hard = 0;
    piix_init(&piix);
    for (unsigned i = 0; i < PIIX_IRQS; i++)
        line_connect(&piix.irq[i], irq, NULL, i);
    line_connect(&piix.reset_cpu, count, &soft, 0);
    line_connect(&piix.reset_all, count, &hard, 0);
    piix_chip.reset(&piix);
}

/* As a guest writes it. */
static void route(unsigned n, u8 value)
{
    pci_set(&piix.pci, 0x60 + n, 1, value, 0x8f);
    piix.pci.changed(piix.pci.owner, 0x60 + n, 1);
}

START_TEST(after_a_reset_nothing_is_routed)
{
    setup();
    ck_assert_uint_eq(pci_get(&piix.pci, 0x60, 4), 0x80808080);
    for (unsigned n = 0; n < 4; n++)
        piix_pirq(&piix, n, true);
    ck_assert_uint_eq(irqs, 0);
}
END_TEST

START_TEST(each_pirq_goes_to_its_irq_and_follows_its_register)
{
    setup();
    for (unsigned n = 0; n < 4; n++) {
        route(n, (u8)(9 + n));
        piix_pirq(&piix, 4 * 7 + n, true);
        ck_assert_uint_eq(irqs, 1u << (9 + n));
        route(n, 0x80 | 5);
        ck_assert_uint_eq(irqs, 0);
        route(n, 5);
        ck_assert_uint_eq(irqs, 1u << 5);
        piix_pirq(&piix, 4 * 7 + n, false);
        ck_assert_uint_eq(irqs, 0);
    }
}
END_TEST

START_TEST(reserved_irqs_are_not_driven)
{
    setup();
    piix_pirq(&piix, 0, true);
    for (u8 n = 0; n < 16; n++) {
        bool reserved = n < 3 || n == 8 || n == 13;
        route(0, n);
        ck_assert_uint_eq(irqs, reserved ? 0 : 1u << n);
    }
}
END_TEST

START_TEST(who_shares_an_interrupt_holds_it)
{
    setup();
    route(0, 10);
    route(1, 10);
    piix_pirq(&piix, 0, true);
    piix_pirq(&piix, 4, true);
    piix_pirq(&piix, 1, true);
    piix_pirq(&piix, 0, false);
    ck_assert_uint_eq(irqs, 1u << 10);
    piix_pirq(&piix, 4, false);
    ck_assert_uint_eq(irqs, 1u << 10);
    piix_pirq(&piix, 1, false);
    ck_assert_uint_eq(irqs, 0);
}
END_TEST

START_TEST(a_reset_begins_when_rcpu_rises_and_srst_tells_which)
{
    setup();
    piix_chip.write(&piix, 0, 0x02, 1);
    ck_assert(!soft && !hard);
    piix_chip.write(&piix, 0, 0x06, 1);
    ck_assert(!soft && hard == 1);
    piix_chip.write(&piix, 0, 0x06, 1);
    ck_assert(hard == 1);
    ck_assert_uint_eq(piix_chip.read(&piix, 0, 1), 0x06);
    piix_chip.write(&piix, 0, 0xf8, 1);
    ck_assert_uint_eq(piix_chip.read(&piix, 0, 1), 0);
    piix_chip.write(&piix, 0, 0x04, 1);
    ck_assert(soft == 1 && hard == 1);
}
END_TEST

START_TEST(every_byte_of_the_bridge_is_in_its_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, piix_chip.fields, piix_chip.size), 0);
}
END_TEST

Suite *piix_suite(void)
{
    const TTest *const tests[] = {
        after_a_reset_nothing_is_routed,
        each_pirq_goes_to_its_irq_and_follows_its_register,
        reserved_irqs_are_not_driven,
        who_shares_an_interrupt_holds_it,
        a_reset_begins_when_rcpu_rises_and_srst_tells_which,
        every_byte_of_the_bridge_is_in_its_field_list,
        NULL,
    };
    return unit_suite("piix", tests);
}
