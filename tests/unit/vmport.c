/* SPDX-License-Identifier: MIT */
/* VMware's port as open drivers use it: calls in, packets out. */
#include <stdio.h>

#include "devices/vmport.h"
#include "src/host/input.h"
#include "tests/unit/unit.h"

#define MAGIC   0x564d5868u
#define NOTHING 0xffffffffu
#define ENABLE  0x45414552u
#define ERROR   0xffff0000u

enum { VERSION = 0x0a, DATA = 0x27, STATUS = 0x28, COMMAND = 0x29 };

static struct vmport port;
static u32 cpu[4]; /* EAX to EDX */
static unsigned packets;

static u32 get(void *owner, enum vmport_register n)
{
    (void)owner;
    return cpu[n];
}

static void set(void *owner, enum vmport_register n, u32 value)
{
    (void)owner;
    cpu[n] = value;
}

static void count(void *owner, unsigned pin, bool level)
{
    (void)owner, (void)pin;
    packets += level;
}

static void set_up(void)
{
    vmport_init(&port, (struct vmport_cpu){get, set, NULL});
    line_connect(&port.packet, count, NULL, 0);
    vmport_chip.reset(&port);
    packets = 0;
}

/* IN EAX, DX with these registers; EDX is the port. */
static u32 in(u32 eax, u32 ebx, u32 ecx)
{
    cpu[VMPORT_EAX] = eax;
    cpu[VMPORT_EBX] = ebx;
    cpu[VMPORT_ECX] = ecx;
    cpu[VMPORT_EDX] = 0x5658;
    return cpu[VMPORT_EAX] = vmport_chip.read(&port, 0, 4);
}

static u32 call(u32 command, u32 argument)
{
    return in(MAGIC, argument, command);
}

static void registers(u32 eax, u32 ebx, u32 ecx, u32 edx)
{
    ck_assert_uint_eq(cpu[VMPORT_EAX], eax);
    ck_assert_uint_eq(cpu[VMPORT_EBX], ebx);
    ck_assert_uint_eq(cpu[VMPORT_ECX], ecx);
    ck_assert_uint_eq(cpu[VMPORT_EDX], edx);
}

/* What each of the drivers does first. */
static void enable(void)
{
    call(COMMAND, ENABLE);
    ck_assert_uint_eq(call(STATUS, 0), 1);
    ck_assert_uint_eq(call(DATA, 1), 0x3442554a);
    ck_assert_uint_eq(call(STATUS, 0), 0);
    call(COMMAND, 0x53424152);
}

static void packet(u32 buttons, u32 x, u32 y, u32 z)
{
    call(DATA, 4);
    registers(buttons, x, y, z);
}

START_TEST(every_byte_is_in_a_field)
{
    ck_assert_uint_eq(state_uncovered(stderr, vmport_chip.fields, vmport_chip.size), 0);
}
END_TEST

START_TEST(without_the_magic_number_nobody_is_there)
{
    static const u32 wrong[] = {0, 1, 0x564d5869, 0x68584d56, NOTHING};
    set_up();
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        ck_assert_uint_eq(in(wrong[i], ENABLE, COMMAND), NOTHING);
        registers(NOTHING, ENABLE, COMMAND, 0x5658);
        ck_assert_uint_eq(in(wrong[i], 0, VERSION), NOTHING);
        registers(NOTHING, 0, VERSION, 0x5658);
    }
    ck_assert_uint_eq(call(STATUS, 0), ERROR); /* and nothing was enabled */
}
END_TEST

START_TEST(narrow_reads_and_writes_find_nothing)
{
    set_up();
    for (unsigned size = 1; size <= 2; size++) {
        in(0, ENABLE, COMMAND);
        cpu[VMPORT_EAX] = MAGIC;
        ck_assert_uint_eq(vmport_chip.read(&port, 0, size), NOTHING);
        registers(MAGIC, ENABLE, COMMAND, 0x5658);
        vmport_chip.write(&port, 0, MAGIC, size);
    }
    vmport_chip.write(&port, 0, MAGIC, 4);
    registers(MAGIC, ENABLE, COMMAND, 0x5658);
    ck_assert_uint_eq(call(STATUS, 0), ERROR);
}
END_TEST

START_TEST(the_version_comes_with_the_magic_number_in_ebx)
{
    set_up();
    ck_assert_uint_eq(call(VERSION, 0), 6);
    registers(6, MAGIC, 2, 0x5658);
    call(0xabcd0000 | VERSION, 0); /* the command is CX */
    ck_assert_uint_eq(cpu[VMPORT_EBX], MAGIC);
}
END_TEST

START_TEST(unknown_commands_are_not_answered)
{
    set_up();
    for (u32 command = 0; command < 0x200; command++) {
        if (command == VERSION || (command >= DATA && command <= COMMAND))
            continue;
        ck_assert_uint_eq(call(command, 0x1234), NOTHING);
        registers(NOTHING, 0x1234, command, 0x5658);
    }
}
END_TEST

START_TEST(moves_and_buttons_are_packets_of_four_dwords)
{
    set_up();
    enable();
    vmport_move(&port, 0x1234, 0xfedc, 0);
    ck_assert_uint_eq(call(STATUS, 0), 4);
    packet(0, 0x1234, 0xfedc, 0);
    vmport_button(&port, MOUSE_LEFT, true);
    packet(0x20, 0x1234, 0xfedc, 0);
    vmport_button(&port, MOUSE_RIGHT, true);
    packet(0x30, 0x1234, 0xfedc, 0);
    vmport_button(&port, MOUSE_MIDDLE, true);
    packet(0x38, 0x1234, 0xfedc, 0);
    vmport_button(&port, MOUSE_LEFT, false);
    packet(0x18, 0x1234, 0xfedc, 0);
    vmport_move(&port, 0, 0, 1);
    packet(0x18, 0, 0, 1);
    vmport_move(&port, 0, 0, -1);
    packet(0x18, 0, 0, NOTHING);
    ck_assert_uint_eq(call(STATUS, 0), 0);
    ck_assert_uint_eq(packets, 7);
}
END_TEST

START_TEST(data_comes_in_pieces_too)
{
    set_up();
    enable();
    vmport_move(&port, 1, 2, 3);
    call(DATA, 1);
    registers(0, 1, DATA, 0x5658);
    call(DATA, 3);
    registers(1, 2, 3, 0x5658);
    ck_assert_uint_eq(call(STATUS, 0), 0);
}
END_TEST

START_TEST(motion_that_nobody_fetched_is_overwritten_clicks_are_not)
{
    set_up();
    enable();
    vmport_move(&port, 1, 1, 0);
    vmport_move(&port, 2, 2, 0);
    ck_assert_uint_eq(call(STATUS, 0), 4);
    vmport_button(&port, MOUSE_LEFT, true);
    vmport_move(&port, 3, 3, 0);
    vmport_button(&port, MOUSE_LEFT, false);
    vmport_move(&port, 3, 3, 1);
    vmport_move(&port, 4, 4, 0);
    packet(0, 2, 2, 0);
    packet(0x20, 3, 3, 0);
    packet(0, 3, 3, 0);
    packet(0, 3, 3, 1);
    packet(0, 4, 4, 0);
    ck_assert_uint_eq(packets, 7); /* each has its interrupt nevertheless */
}
END_TEST

START_TEST(a_guest_that_never_fetches_gets_the_newest)
{
    set_up();
    enable();
    for (unsigned i = 0; i < 1000; i++)
        vmport_button(&port, MOUSE_LEFT, i & 1);
    vmport_move(&port, 7, 8, 0);
    ck_assert_uint_eq(call(STATUS, 0), VMPORT_QUEUE);
    for (unsigned i = 0; i < VMPORT_QUEUE / 4 - 1; i++)
        call(DATA, 4);
    packet(0x20, 7, 8, 0);
    ck_assert_uint_eq(call(STATUS, 0), 0);
}
END_TEST

START_TEST(a_mistake_switches_it_off_until_it_is_enabled_again)
{
    static const u32 wrong[] = {0, 5, 6, NOTHING, 4 /* more than there is */};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        set_up();
        enable();
        vmport_move(&port, 1, 1, 0);
        call(DATA, 1);
        ck_assert_uint_eq(call(DATA, wrong[i]), NOTHING);
        ck_assert_uint_eq(call(STATUS, 0), ERROR);
        ck_assert(!vmport_is_absolute(&port));
        vmport_move(&port, 2, 2, 0);
        ck_assert_uint_eq(call(STATUS, 0), ERROR);
        enable();
        ck_assert(vmport_is_absolute(&port));
    }
}
END_TEST

START_TEST(positions_are_sent_only_to_who_wants_them)
{
    set_up();
    call(COMMAND, 0x53424152); /* not enabled */
    vmport_move(&port, 1, 1, 0);
    ck_assert(!vmport_is_absolute(&port));
    enable();
    call(COMMAND, 0x4c455252);
    vmport_move(&port, 2, 2, 0);
    ck_assert_uint_eq(call(STATUS, 0), 0);
    call(COMMAND, 0x53424152);
    vmport_button(&port, MOUSE_LEFT, true);
    packet(0x20, 2, 2, 0); /* where it was moved to meanwhile */
    call(COMMAND, 0xf5);
    ck_assert_uint_eq(call(STATUS, 0), ERROR);
    enable();
    vmport_chip.reset(&port);
    ck_assert_uint_eq(call(STATUS, 0), ERROR);
    ck_assert_uint_eq(packets, 1);
}
END_TEST

START_TEST(any_call_in_any_order_stays_in_bounds)
{
    static const u32 arguments[] = {0, 1, 2, 3, 4, 5, ENABLE, 0xf5, 0x53424152, 0x4c455252, NOTHING};
    u32 seed = 1;
    set_up();
    for (unsigned i = 0; i < 300000; i++) {
        seed = seed * 1664525 + 1013904223;
        u32 command = (seed >> 8) % 8 ? DATA + (seed >> 16) % 3 : seed >> 20;
        u32 argument = arguments[(seed >> 24) % ARRAY_LEN(arguments)];
        if (seed >> 31)
            call(command, argument);
        else if (seed >> 30)
            vmport_move(&port, (u16)seed, (u16)(seed >> 8), (int)seed);
        else
            vmport_button(&port, (u8)(seed >> 16), seed >> 29 & 1);
        if (i % 10007 == 0)
            vmport_chip.loaded(&port);
        ck_assert_uint_le(port.count, VMPORT_QUEUE);
        ck_assert_uint_lt(port.first, VMPORT_QUEUE);
    }
}
END_TEST

Suite *vmport_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_a_field,
        without_the_magic_number_nobody_is_there,
        narrow_reads_and_writes_find_nothing,
        the_version_comes_with_the_magic_number_in_ebx,
        unknown_commands_are_not_answered,
        moves_and_buttons_are_packets_of_four_dwords,
        data_comes_in_pieces_too,
        motion_that_nobody_fetched_is_overwritten_clicks_are_not,
        a_guest_that_never_fetches_gets_the_newest,
        a_mistake_switches_it_off_until_it_is_enabled_again,
        positions_are_sent_only_to_who_wants_them,
        any_call_in_any_order_stays_in_bounds,
        NULL,
    };
    return unit_suite("vmport", tests);
}
