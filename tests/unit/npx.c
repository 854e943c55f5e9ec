/* SPDX-License-Identifier: MIT */
#include "devices/npx.h"
#include "tests/unit/unit.h"

static struct npx npx;
static char seen[64];

static void record(void *owner, unsigned pin, bool level)
{
    (void)pin;
    strcat(seen, owner);
    strcat(seen, level ? "+" : "-");
}

static void setup(void)
{
    npx_init(&npx);
    line_connect(&npx.irq, record, "i", 0);
    line_connect(&npx.ignne, record, "n", 0);
    seen[0] = 0;
}

START_TEST(every_byte_of_the_chip_is_in_its_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, npx_chip.fields, npx_chip.size), 0);
}
END_TEST

START_TEST(an_error_interrupts_until_port_f0_is_written_and_is_ignored_until_it_is_gone)
{
    setup();
    npx_ferr(&npx, 0, true);
    ck_assert_str_eq(seen, "i+");
    npx_chip.write(&npx, NPX_CLEAR, 0, 1);
    ck_assert_str_eq(seen, "i+i-n+");
    npx_ferr(&npx, 0, false);
    ck_assert_str_eq(seen, "i+i-n+n-");
    npx_ferr(&npx, 0, true);
    ck_assert_str_eq(seen, "i+i-n+n-i+");
}
END_TEST

START_TEST(the_interrupt_stays_when_the_error_goes)
{
    setup();
    npx_ferr(&npx, 0, true);
    npx_ferr(&npx, 0, false);
    ck_assert_str_eq(seen, "i+");
    npx_chip.write(&npx, NPX_CLEAR, 0, 1);
    ck_assert_str_eq(seen, "i+i-");
}
END_TEST

START_TEST(port_f1_clears_the_interrupt_alone)
{
    setup();
    npx_ferr(&npx, 0, true);
    npx_chip.write(&npx, NPX_RESET, 0, 1);
    ck_assert_str_eq(seen, "i+i-");
    ck_assert_uint_eq(npx_chip.read(&npx, NPX_CLEAR, 1), 0xff);
}
END_TEST

START_TEST(reset_clears_both)
{
    setup();
    npx_ferr(&npx, 0, true);
    npx_chip.write(&npx, NPX_CLEAR, 0, 1);
    npx_chip.reset(&npx);
    ck_assert_str_eq(seen, "i+i-n+n-");
}
END_TEST

Suite *npx_suite(void)
{
    const TTest *const tests[] = {
        every_byte_of_the_chip_is_in_its_field_list,
        an_error_interrupts_until_port_f0_is_written_and_is_ignored_until_it_is_gone,
        the_interrupt_stays_when_the_error_goes,
        port_f1_clears_the_interrupt_alone,
        reset_clears_both,
        NULL,
    };
    return unit_suite("npx", tests);
}
