/* SPDX-License-Identifier: MIT */
/* The 8042 with two plugs of the test's own. */
#include "devices/kbc.h"
#include "tests/unit/unit.h"

enum { OBF = 0x01, SYS = 0x04, A2 = 0x08, KEYL = 0x10, AUX = 0x20, TO = 0x40 };
enum { US = 1000, MS = 1000000 };

/* Something with a plug: sends what QUEUE holds, keeps the last byte it GOT. */
struct peer {
    struct line request;
    u8 queue[32];
    unsigned next, count;
    u8 got;
    unsigned gots;
};

struct board {
    struct clock clock;
    struct kbc kbc;
    struct peer keyboard, mouse;
    unsigned resets, rises[2]; /* of IRQ1, IRQ12 */
};

static bool take(void *owner, u8 *byte)
{
    struct peer *peer = owner;
    if (peer->next == peer->count)
        return false;
    *byte = peer->queue[peer->next++];
    line_set(&peer->request, peer->next < peer->count);
    return true;
}

static void give(void *owner, u8 byte)
{
    struct peer *peer = owner;
    peer->got = byte;
    peer->gots++;
}

static void have(struct peer *peer, const u8 *bytes, unsigned n)
{
    memcpy(peer->queue, bytes, n);
    peer->next = 0;
    peer->count = n;
    line_set(&peer->request, true);
}
#define HAVE(peer, ...)                                                                            \
    have(peer, (const u8[]){__VA_ARGS__}, sizeof((const u8[]){__VA_ARGS__}))

static void on_reset(void *owner, unsigned pin UNUSED, bool level)
{
    struct board *b = owner;
    b->resets += level;
}

static void on_irq(void *owner, unsigned pin, bool level)
{
    struct board *b = owner;
    b->rises[pin] += level;
}

static void go(struct board *b, u64 ns)
{
    unit_pass(&b->clock, ns);
}

static void data(struct board *b, u8 value)
{
    kbc_chip.write(&b->kbc, 0, value, 1);
}

static void command(struct board *b, u8 value)
{
    kbc_chip.write(&b->kbc, 1, value, 1);
}

static u8 status(struct board *b)
{
    return (u8)kbc_chip.read(&b->kbc, 1, 1);
}

static u8 read(struct board *b)
{
    return (u8)kbc_chip.read(&b->kbc, 0, 1);
}

/* The reply to a command. */
static u8 ask(struct board *b, u8 value)
{
    command(b, value);
    go(b, 50 * US);
    ck_assert(status(b) & OBF);
    return read(b);
}

static void set_command_byte(struct board *b, u8 value)
{
    command(b, 0x60);
    data(b, value);
}

static void set_up(struct board *b)
{
    *b = (struct board){0};
    clock_init(&b->clock, NS_PER_S);
    kbc_init(&b->kbc, &b->clock);
    kbc_plug(&b->kbc, 0, (struct ps2_plug){take, give, &b->keyboard});
    kbc_plug(&b->kbc, 1, (struct ps2_plug){take, give, &b->mouse});
    line_connect(&b->keyboard.request, kbc_request, &b->kbc, 0);
    line_connect(&b->mouse.request, kbc_request, &b->kbc, 1);
    line_connect(&b->kbc.reset, on_reset, b, 0);
    line_connect(&b->kbc.irq1, on_irq, b, 0);
    line_connect(&b->kbc.irq12, on_irq, b, 1);
    set_command_byte(b, 0x03);
}

START_TEST(every_byte_is_in_a_field)
{
    ck_assert_uint_eq(state_uncovered(stderr, kbc_chip.fields, kbc_chip.size), 0);
}
END_TEST

START_TEST(after_reset_both_ports_are_closed_and_a20_is_open)
{
    struct board b;
    set_up(&b);
    kbc_chip.reset(&b.kbc);
    ck_assert_uint_eq(status(&b), KEYL);
    ck_assert(b.kbc.a20.level);
    ck_assert_uint_eq(ask(&b, 0x20), 0x30);
    HAVE(&b.keyboard, 0x1c);
    HAVE(&b.mouse, 0x08);
    go(&b, 100 * MS);
    ck_assert(!(status(&b) & OBF));
}
END_TEST

START_TEST(self_test_and_port_tests_pass)
{
    struct board b;
    set_up(&b);
    command(&b, 0xdd);
    ck_assert(!(status(&b) & SYS));
    ck_assert_uint_eq(ask(&b, 0xaa), 0x55);
    ck_assert(status(&b) & SYS);
    ck_assert(b.kbc.a20.level);
    ck_assert_uint_eq(ask(&b, 0xab), 0x00);
    ck_assert_uint_eq(ask(&b, 0xa9), 0x00);
    ck_assert_uint_eq(ask(&b, 0xa4), 0xf1);
    ck_assert_uint_eq(ask(&b, 0xc0) & 0x80, 0x80);
}
END_TEST

START_TEST(all_of_the_ram_can_be_written_and_read)
{
    struct board b;
    set_up(&b);
    for (u8 i = 1; i < 32; i++) {
        command(&b, 0x60 + i);
        data(&b, i * 7);
    }
    for (u8 i = 1; i < 32; i++)
        ck_assert_uint_eq(ask(&b, 0x20 + i), (u8)(i * 7));
    set_command_byte(&b, 0x47);
    ck_assert_uint_eq(ask(&b, 0x20), 0x47);
    ck_assert(status(&b) & SYS);
}
END_TEST

START_TEST(the_status_tells_command_from_data)
{
    struct board b;
    set_up(&b);
    ck_assert(!(status(&b) & A2));
    command(&b, 0xae);
    ck_assert(status(&b) & A2);
    data(&b, 0xf4);
    ck_assert(!(status(&b) & A2));
    ck_assert_uint_eq(b.keyboard.got, 0xf4);
}
END_TEST

START_TEST(a_scan_code_takes_a_byte_time_and_the_interrupt_follows_it)
{
    struct board b;
    set_up(&b);
    HAVE(&b.keyboard, 0x1c);
    go(&b, MS - 1);
    ck_assert(!(status(&b) & OBF));
    go(&b, 1);
    ck_assert(status(&b) & OBF);
    ck_assert(!b.kbc.irq1.level); /* not at the same instant */
    go(&b, 10 * US);
    ck_assert(b.kbc.irq1.level && !b.kbc.irq12.level);
    ck_assert_uint_eq(read(&b), 0x1c);
    ck_assert(!b.kbc.irq1.level);
    ck_assert(!(status(&b) & OBF));
}
END_TEST

START_TEST(a_code_can_be_read_twice_before_the_next_one_comes)
{
    struct board b;
    set_up(&b);
    HAVE(&b.keyboard, 0x1c, 0x32);
    go(&b, 500 * MS);
    ck_assert_uint_eq(b.rises[0], 1);
    ck_assert_uint_eq(read(&b), 0x1c);
    go(&b, MS - 1);
    ck_assert_uint_eq(read(&b), 0x1c);
    ck_assert(!(status(&b) & OBF));
    go(&b, 1);
    ck_assert_uint_eq(read(&b), 0x32);
}
END_TEST

START_TEST(the_output_buffer_and_its_source_stay_until_read)
{
    struct board b;
    set_up(&b);
    HAVE(&b.mouse, 0x08, 0x01);
    go(&b, 2 * MS);
    ck_assert_uint_eq(status(&b) & (OBF | AUX), OBF | AUX);
    HAVE(&b.keyboard, 0x1c);
    command(&b, 0x20);
    command(&b, 0xd0);
    go(&b, 100 * MS);
    ck_assert_uint_eq(status(&b) & (OBF | AUX), OBF | AUX);
    ck_assert_uint_eq(read(&b), 0x08);
    go(&b, 50 * US);
    ck_assert_uint_eq(status(&b) & (OBF | AUX), OBF);
    ck_assert_uint_eq(read(&b), 0x03); /* replies first, in their order */
    go(&b, 50 * US);
    read(&b);
    go(&b, 2 * MS);
    ck_assert_uint_eq(read(&b), 0x1c);
    go(&b, 2 * MS);
    ck_assert_uint_eq(status(&b) & (OBF | AUX), OBF | AUX);
    ck_assert_uint_eq(read(&b), 0x01);
    ck_assert_uint_eq(b.rises[0], 3);
    ck_assert_uint_eq(b.rises[1], 2);
}
END_TEST

START_TEST(interrupts_come_only_when_enabled)
{
    struct board b;
    set_up(&b);
    set_command_byte(&b, 0x00);
    HAVE(&b.keyboard, 0x1c);
    go(&b, 10 * MS);
    ck_assert(status(&b) & OBF);
    ck_assert(!b.kbc.irq1.level);
    set_command_byte(&b, 0x01);
    go(&b, 10 * US);
    ck_assert(b.kbc.irq1.level);
    set_command_byte(&b, 0x00);
    ck_assert(!b.kbc.irq1.level);
}
END_TEST

START_TEST(closed_ports_hold_their_bytes)
{
    struct board b;
    set_up(&b);
    command(&b, 0xad);
    command(&b, 0xa7);
    ck_assert_uint_eq(ask(&b, 0xe0), 0x00);
    HAVE(&b.keyboard, 0x1c);
    HAVE(&b.mouse, 0x08);
    go(&b, 100 * MS);
    ck_assert(!(status(&b) & OBF));
    ck_assert_uint_eq(ask(&b, 0x20), 0x33);
    command(&b, 0xa8);
    go(&b, 2 * MS);
    ck_assert_uint_eq(read(&b), 0x08);
    command(&b, 0xae);
    go(&b, 2 * MS);
    ck_assert_uint_eq(read(&b), 0x1c);
    ck_assert_uint_eq(ask(&b, 0xe0), 0x03);
}
END_TEST

START_TEST(a_byte_to_a_device_opens_its_port)
{
    struct board b;
    set_up(&b);
    set_command_byte(&b, 0x30);
    data(&b, 0xed);
    ck_assert_uint_eq(b.keyboard.got, 0xed);
    ck_assert_uint_eq(b.kbc.ram[0], 0x20);
    command(&b, 0xd4);
    data(&b, 0xf2);
    ck_assert_uint_eq(b.mouse.got, 0xf2);
    ck_assert_uint_eq(b.kbc.ram[0], 0x00);
    ck_assert_uint_eq(b.keyboard.gots, 1);
}
END_TEST

START_TEST(the_answer_to_a_byte_takes_a_byte_time_of_its_own)
{
    struct board b;
    set_up(&b);
    HAVE(&b.keyboard, 0xfa);
    go(&b, MS - 10);
    data(&b, 0xf4);
    go(&b, MS - 1);
    ck_assert(!(status(&b) & OBF));
    go(&b, 1);
    ck_assert(status(&b) & OBF);
}
END_TEST

START_TEST(translation_makes_set_1_of_set_2)
{
    static const struct {
        u8 in, out;
    } rows[] = {{0x1c, 0x1e}, {0x76, 0x01}, {0x83, 0x41}, {0x84, 0x54}, {0xab, 0xab}, {0xfa, 0xfa},
                {0xaa, 0xaa}, {0xe0, 0xe0}, {0xe1, 0xe1}, {0xee, 0xee}, {0xfe, 0xfe}, {0x00, 0xff}};
    struct board b;
    set_up(&b);
    set_command_byte(&b, 0x41);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        HAVE(&b.keyboard, rows[i].in);
        go(&b, 2 * MS);
        ck_assert_uint_eq(read(&b), rows[i].out);
    }
    HAVE(&b.keyboard, 0xf0, 0x1c, 0x1c);
    go(&b, 1500 * US);
    ck_assert(!(status(&b) & OBF)); /* F0h is kept back */
    go(&b, 1 * MS);
    ck_assert_uint_eq(read(&b), 0x9e);
    go(&b, 2 * MS);
    ck_assert_uint_eq(read(&b), 0x1e);
    set_command_byte(&b, 0x01);
    HAVE(&b.keyboard, 0xf0, 0x1c);
    go(&b, 2 * MS);
    ck_assert_uint_eq(read(&b), 0xf0);
    go(&b, 2 * MS);
    ck_assert_uint_eq(read(&b), 0x1c);
    HAVE(&b.mouse, 0xf0); /* never translated */
    set_command_byte(&b, 0x41);
    go(&b, 2 * MS);
    ck_assert_uint_eq(read(&b), 0xf0);
}
END_TEST

START_TEST(the_output_port_drives_a20_at_once_and_resets)
{
    struct board b;
    set_up(&b);
    command(&b, 0xd1);
    data(&b, 0xdd);
    ck_assert(!b.kbc.a20.level);
    ck_assert_uint_eq(b.resets, 0);
    ck_assert_uint_eq(ask(&b, 0xd0) & 0x03, 0x01);
    command(&b, 0xdf);
    ck_assert(b.kbc.a20.level);
    command(&b, 0xdd);
    ck_assert(!b.kbc.a20.level);
    kbc_set_a20(&b.kbc, true);
    ck_assert_uint_eq(ask(&b, 0xd0) & 0x03, 0x03);
    command(&b, 0xd1);
    data(&b, 0xfe);
    ck_assert_uint_eq(b.resets, 1);
    ck_assert(!b.kbc.reset.level);
    command(&b, 0xfe);
    ck_assert_uint_eq(b.resets, 2);
    command(&b, 0xff); /* no bit pulses */
    ck_assert_uint_eq(b.resets, 2);
    command(&b, 0xf0);
    ck_assert_uint_eq(b.resets, 3);
    ck_assert(b.kbc.a20.level);
}
END_TEST

START_TEST(the_output_port_shows_both_buffer_full_pins)
{
    struct board b;
    set_up(&b);
    command(&b, 0xd3);
    data(&b, 0x11);
    go(&b, 50 * US);
    command(&b, 0xd0);
    read(&b);
    go(&b, 50 * US);
    ck_assert_uint_eq(read(&b) & 0x30, 0x20); /* as it was when asked */
    command(&b, 0xd2);
    data(&b, 0x22);
    go(&b, 50 * US);
    ck_assert_uint_eq(status(&b) & (OBF | AUX), OBF);
    ck_assert_uint_eq(read(&b), 0x22);
}
END_TEST

START_TEST(loops_come_back_from_the_named_source)
{
    struct board b;
    set_up(&b);
    command(&b, 0xd2);
    data(&b, 0x5a);
    go(&b, 50 * US);
    ck_assert_uint_eq(status(&b) & (OBF | AUX), OBF);
    ck_assert(b.kbc.irq1.level);
    ck_assert_uint_eq(read(&b), 0x5a);
    command(&b, 0xd3);
    data(&b, 0xa5);
    go(&b, 50 * US);
    ck_assert_uint_eq(status(&b) & (OBF | AUX), OBF | AUX);
    ck_assert(b.kbc.irq12.level);
    ck_assert_uint_eq(read(&b), 0xa5);
}
END_TEST

START_TEST(a_port_without_a_device_times_out)
{
    struct board b;
    set_up(&b);
    kbc_plug(&b.kbc, 1, (struct ps2_plug){0});
    command(&b, 0xd4);
    data(&b, 0xff);
    go(&b, 50 * US);
    ck_assert_uint_eq(status(&b) & (OBF | AUX | TO), OBF | AUX | TO);
    ck_assert_uint_eq(read(&b), 0xfe);
    ck_assert_uint_eq(status(&b) & TO, 0);
}
END_TEST

START_TEST(a_password_is_swallowed_to_its_end)
{
    struct board b;
    set_up(&b);
    command(&b, 0xa5);
    data(&b, 0x10);
    data(&b, 0x11);
    data(&b, 0x00);
    ck_assert_uint_eq(b.keyboard.gots, 0);
    data(&b, 0xf4);
    ck_assert_uint_eq(b.keyboard.got, 0xf4);
}
END_TEST

START_TEST(a_new_command_forgets_the_one_that_waits)
{
    struct board b;
    set_up(&b);
    command(&b, 0xd1);
    command(&b, 0xae);
    data(&b, 0x00);
    ck_assert_uint_eq(b.resets, 0);
    ck_assert(b.kbc.a20.level);
    ck_assert_uint_eq(b.keyboard.gots, 1);
}
END_TEST

START_TEST(no_access_of_any_width_harms)
{
    static const unsigned sizes[] = {1, 2, 4, 1};
    struct board b;
    set_up(&b);
    u32 x = 11;
    for (unsigned i = 0; i < 300000; i++) {
        x = x * 1664525 + 1013904223;
        if (x >> 31)
            kbc_chip.write(&b.kbc, x >> 28 & 3, x >> 12, sizes[x >> 8 & 3]);
        else
            kbc_chip.read(&b.kbc, x >> 28 & 3, sizes[x >> 8 & 3]);
        if (!(x >> 20 & 15))
            HAVE(&b.keyboard, (u8)x, (u8)(x >> 3), (u8)(x >> 6));
        if (!(x >> 24 & 15))
            HAVE(&b.mouse, (u8)x, (u8)(x >> 3), (u8)(x >> 6));
        go(&b, x >> 11 & 0xffff);
        ck_assert_uint_le(b.kbc.replies, KBC_REPLIES);
    }
    b.kbc.replies = 255;
    kbc_chip.loaded(&b.kbc);
    for (unsigned i = 0; i < 300; i++) {
        go(&b, MS);
        read(&b);
    }
    command(&b, 0xaa);
    go(&b, MS);
    ck_assert_uint_eq(read(&b), 0x55);
}
END_TEST

Suite *kbc_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_a_field,
        after_reset_both_ports_are_closed_and_a20_is_open,
        self_test_and_port_tests_pass,
        all_of_the_ram_can_be_written_and_read,
        the_status_tells_command_from_data,
        a_scan_code_takes_a_byte_time_and_the_interrupt_follows_it,
        a_code_can_be_read_twice_before_the_next_one_comes,
        the_output_buffer_and_its_source_stay_until_read,
        interrupts_come_only_when_enabled,
        closed_ports_hold_their_bytes,
        a_byte_to_a_device_opens_its_port,
        the_answer_to_a_byte_takes_a_byte_time_of_its_own,
        translation_makes_set_1_of_set_2,
        the_output_port_drives_a20_at_once_and_resets,
        the_output_port_shows_both_buffer_full_pins,
        loops_come_back_from_the_named_source,
        a_port_without_a_device_times_out,
        a_password_is_swallowed_to_its_end,
        a_new_command_forgets_the_one_that_waits,
        no_access_of_any_width_harms,
        NULL};
    return unit_suite("kbc", tests);
}
