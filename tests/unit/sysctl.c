/* SPDX-License-Identifier: MIT */
#include "devices/sysctl.h"
#include "tests/unit/unit.h"

static struct sysctl sysctl;
static char seen[64];

static void record(void *owner, unsigned pin, bool level)
{
    (void)pin;
    size_t n = strlen(seen);
    if (n + 2 < sizeof seen) {
        seen[n] = *(const char *)owner;
        seen[n + 1] = level ? '+' : '-';
        seen[n + 2] = 0;
    }
}

static bool level_of(void *owner)
{
    return *(bool *)owner;
}

static u8 rd(u32 reg)
{
    return (u8)sysctl_chip.read(&sysctl, reg, 1);
}

static void wr(u32 reg, u8 value)
{
    sysctl_chip.write(&sysctl, reg, value, 1);
}

static void setup(void)
{
    sysctl_init(&sysctl);
    line_connect(&sysctl.gate2, record, "g", 0);
    line_connect(&sysctl.speaker, record, "s", 0);
    line_connect(&sysctl.a20, record, "a", 0);
    line_connect(&sysctl.reset, record, "r", 0);
    seen[0] = 0;
}

START_TEST(every_byte_of_the_chip_is_in_its_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, sysctl_chip.fields, sysctl_chip.size), 0);
}
END_TEST

START_TEST(port_b_drives_gate_and_speaker_and_shows_its_inputs)
{
    bool out2 = false, refresh = false;
    setup();
    sysctl.out2.level = sysctl.refresh.level = level_of;
    sysctl.out2.owner = &out2;
    sysctl.refresh.owner = &refresh;
    wr(SYSCTL_PORT_B, 0xf3);
    ck_assert_str_eq(seen, "g+s+");
    ck_assert_uint_eq(rd(SYSCTL_PORT_B), 0x03);
    out2 = true;
    ck_assert_uint_eq(rd(SYSCTL_PORT_B), 0x23);
    refresh = true;
    ck_assert_uint_eq(rd(SYSCTL_PORT_B), 0x33);
    wr(SYSCTL_PORT_B, 0x0c);
    ck_assert_str_eq(seen, "g+s+g-s-");
    ck_assert_uint_eq(rd(SYSCTL_PORT_B), 0x3c);
}
END_TEST

START_TEST(port_a_sets_a20_and_resets_once_per_rise)
{
    setup();
    wr(SYSCTL_PORT_A, PORT_A_A20);
    ck_assert_str_eq(seen, "a+");
    ck_assert_uint_eq(rd(SYSCTL_PORT_A), PORT_A_A20);
    wr(SYSCTL_PORT_A, PORT_A_A20 | PORT_A_RESET);
    ck_assert_str_eq(seen, "a+r+r-");
    wr(SYSCTL_PORT_A, PORT_A_A20 | PORT_A_RESET);
    ck_assert_str_eq(seen, "a+r+r-");
    wr(SYSCTL_PORT_A, 0);
    ck_assert_str_eq(seen, "a+r+r-a-");
}
END_TEST

START_TEST(port_a_follows_another_who_sets_the_gate)
{
    setup();
    sysctl_follow_a20(&sysctl, true);
    ck_assert_uint_eq(rd(SYSCTL_PORT_A), PORT_A_A20);
    ck_assert_str_eq(seen, "");
    wr(SYSCTL_PORT_A, 0);
    ck_assert_str_eq(seen, "a-");
    sysctl_follow_a20(&sysctl, true);
    wr(SYSCTL_PORT_A, 0);
    ck_assert_str_eq(seen, "a-a-");
}
END_TEST

START_TEST(reset_silences_the_speaker)
{
    setup();
    wr(SYSCTL_PORT_B, 0x03);
    wr(SYSCTL_PORT_A, PORT_A_A20);
    sysctl_chip.reset(&sysctl);
    ck_assert_str_eq(seen, "g+s+a+g-s-");
}
END_TEST

Suite *sysctl_suite(void)
{
    const TTest *const tests[] = {
        every_byte_of_the_chip_is_in_its_field_list,
        port_b_drives_gate_and_speaker_and_shows_its_inputs,
        port_a_sets_a20_and_resets_once_per_rise, port_a_follows_another_who_sets_the_gate,
        reset_silences_the_speaker,
        NULL,
    };
    return unit_suite("sysctl", tests);
}
