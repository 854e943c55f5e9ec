/* SPDX-License-Identifier: MIT */
#include "devices/parallel.h"
#include "tests/unit/unit.h"

static struct clock clock;
static struct parallel port;
static bool irq;
static char heard[16];
static unsigned heard_count;

static void irq_set(void *owner, unsigned pin, bool level)
{
    (void)owner, (void)pin;
    irq = level;
}

static void hear(void *owner, u8 byte)
{
    (void)owner;
    heard[heard_count++ % sizeof heard] = (char)byte;
}

static u8 rd(u32 reg)
{
    return (u8)parallel_chip.read(&port, reg, 1);
}

static void wr(u32 reg, u8 value)
{
    parallel_chip.write(&port, reg, value, 1);
}

static void pass(vtime ns)
{
    unit_pass(&clock, ns);
}

static void setup(bool plugged)
{
    char message[100];
    struct chardev *printer = plugged ? chardev_open("null", message, sizeof message) : NULL;
    clock_init(&clock, NS_PER_S);
    parallel_init(&port, &clock, printer);
    if (printer)
        chardev_set_tap(printer, hear, NULL);
    line_connect(&port.intr, irq_set, NULL, 0);
    heard_count = 0;
    irq = false;
}

static void print(u8 byte, u8 control)
{
    wr(PARALLEL_DATA, byte);
    wr(PARALLEL_CONTROL, control | PARALLEL_STROBE);
    wr(PARALLEL_CONTROL, control);
}

START_TEST(every_byte_of_the_chip_is_in_its_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, parallel_chip.fields, parallel_chip.size), 0);
}
END_TEST

START_TEST(a_strobe_prints_the_data_latch)
{
    setup(true);
    wr(PARALLEL_CONTROL, PARALLEL_NOT_INIT | PARALLEL_SELECT_IN);
    ck_assert_uint_eq(rd(PARALLEL_STATUS), 0xd8);
    print('P', PARALLEL_NOT_INIT | PARALLEL_SELECT_IN);
    ck_assert_uint_eq(heard_count, 1);
    ck_assert_int_eq(heard[0], 'P');
    ck_assert_uint_eq(rd(PARALLEL_STATUS), 0x58); /* busy */
    pass(12000);
    ck_assert_uint_eq(rd(PARALLEL_STATUS), 0x18); /* and acknowledging */
    pass(5000);
    ck_assert_uint_eq(rd(PARALLEL_STATUS), 0xd8);
    ck_assert_uint_eq(rd(PARALLEL_DATA), 'P');
    ck_assert_uint_eq(rd(PARALLEL_CONTROL), 0xe0 | PARALLEL_NOT_INIT | PARALLEL_SELECT_IN);
    chardev_close(port.printer);
}
END_TEST

START_TEST(the_end_of_the_acknowledge_interrupts)
{
    setup(true);
    wr(PARALLEL_CONTROL, PARALLEL_NOT_INIT | PARALLEL_IRQ_ENABLE);
    ck_assert(!irq);
    print('x', PARALLEL_NOT_INIT | PARALLEL_IRQ_ENABLE);
    pass(14000);
    ck_assert(!irq);
    pass(2000);
    ck_assert(irq);
    rd(PARALLEL_STATUS);
    ck_assert(!irq);
    chardev_close(port.printer);
}
END_TEST

START_TEST(a_busy_printer_does_not_look)
{
    setup(true);
    print('a', PARALLEL_NOT_INIT);
    print('b', PARALLEL_NOT_INIT);
    ck_assert_uint_eq(heard_count, 1);
    pass(15000);
    print('c', PARALLEL_NOT_INIT);
    ck_assert_uint_eq(heard_count, 2);
    chardev_close(port.printer);
}
END_TEST

/* SeaBIOS and Bochs's BIOS never raise /INIT. */
START_TEST(the_fall_of_init_ends_the_printers_work_and_its_level_does_not_matter)
{
    setup(true);
    print('a', 0);
    print('b', 0);
    ck_assert_uint_eq(heard_count, 1);
    pass(15000);
    print('c', 0);
    ck_assert_uint_eq(heard_count, 2);
    wr(PARALLEL_CONTROL, PARALLEL_NOT_INIT);
    ck_assert_uint_eq(rd(PARALLEL_STATUS), 0x58);
    wr(PARALLEL_CONTROL, 0);
    ck_assert_uint_eq(rd(PARALLEL_STATUS) & PARALLEL_NOT_BUSY, PARALLEL_NOT_BUSY);
    print('d', 0);
    ck_assert_uint_eq(heard_count, 3);
    chardev_close(port.printer);
}
END_TEST

START_TEST(an_open_plug_is_busy_and_out_of_paper)
{
    setup(false);
    print('a', PARALLEL_NOT_INIT | PARALLEL_IRQ_ENABLE);
    pass(1000000);
    ck_assert_uint_eq(rd(PARALLEL_STATUS), 0x78);
    ck_assert(!irq);
}
END_TEST

Suite *parallel_suite(void)
{
    const TTest *const tests[] = {
        every_byte_of_the_chip_is_in_its_field_list,
        a_strobe_prints_the_data_latch,
        the_end_of_the_acknowledge_interrupts,
        a_busy_printer_does_not_look,
        the_fall_of_init_ends_the_printers_work_and_its_level_does_not_matter,
        an_open_plug_is_busy_and_out_of_paper,
        NULL,
    };
    return unit_suite("parallel", tests);
}
