/* SPDX-License-Identifier: MIT */
#include "devices/debugport.h"
#include "tests/unit/unit.h"

static struct debugport port;
static unsigned power_offs, exits;
static char heard[16];
static unsigned heard_count;

static void count(void *owner, unsigned pin, bool level)
{
    (void)pin;
    *(unsigned *)owner += level;
}

static void hear(void *owner, u8 byte)
{
    (void)owner;
    heard[heard_count++ % sizeof heard] = (char)byte;
}

static void wr(u32 reg, u32 value)
{
    debugport_chip.write(&port, reg, value, 1);
}

static void setup(struct chardev *console)
{
    debugport_init(&port, console);
    power_offs = exits = heard_count = 0;
    line_connect(&port.power_off, count, &power_offs, 0);
    line_connect(&port.exit, count, &exits, 0);
}

static void say(const char *text)
{
    while (*text)
        wr(DEBUGPORT_SHUTDOWN, (u8)*text++);
}

START_TEST(every_byte_of_the_chip_is_in_its_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, debugport_chip.fields, debugport_chip.size), 0);
}
END_TEST

START_TEST(text_reaches_the_console_and_the_port_tells_it_is_there)
{
    char message[100];
    struct chardev *console = chardev_open("null", message, sizeof message);
    chardev_set_tap(console, hear, NULL);
    setup(console);
    wr(DEBUGPORT_TEXT, 'O');
    wr(DEBUGPORT_TEXT, 'K');
    ck_assert_uint_eq(heard_count, 2);
    ck_assert(!memcmp(heard, "OK", 2));
    ck_assert_uint_eq(debugport_chip.read(&port, DEBUGPORT_TEXT, 1), 0xe9);
    setup(NULL);
    wr(DEBUGPORT_TEXT, 'x'); /* nobody listens */
    chardev_close(console);
}
END_TEST

START_TEST(only_the_whole_word_switches_the_power_off)
{
    setup(NULL);
    say("Shutdow");
    say("Shut");
    say("SShutdow");
    ck_assert_uint_eq(power_offs, 0);
    say("n");
    ck_assert_uint_eq(power_offs, 1);
    say("Shutdown");
    ck_assert_uint_eq(power_offs, 2);
}
END_TEST

START_TEST(an_exit_value_is_kept_for_the_board)
{
    setup(NULL);
    wr(DEBUGPORT_EXIT, 0x31);
    ck_assert_uint_eq(exits, 1);
    ck_assert_uint_eq(port.exit_value, 0x31);
}
END_TEST

Suite *debugport_suite(void)
{
    const TTest *const tests[] = {
        every_byte_of_the_chip_is_in_its_field_list,
        text_reaches_the_console_and_the_port_tells_it_is_there,
        only_the_whole_word_switches_the_power_off,
        an_exit_value_is_kept_for_the_board,
        NULL,
    };
    return unit_suite("debugport", tests);
}
