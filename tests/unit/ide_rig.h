/* SPDX-License-Identifier: MIT */
/* The machine around a hard disk channel under test. */
#ifndef TESTS_IDE_RIG_H
#define TESTS_IDE_RIG_H

#include "devices/ide.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/unit.h"

enum { DATA, FEATURE, COUNT, SECTOR, LOW, HIGH, DEVICE, COMMAND, CONTROL, ADDRESS };
enum { ERROR = FEATURE, STATUS = COMMAND, SECTORS = 16 * 63 * 6 };

#define US 1000u
#define MS 1000000u

static struct {
    struct clock clock;
    struct ide ide;
    struct disk *disk[2];
    char path[2][32];
    u32 irqs;
    bool irq;
} m;

UNUSED static void irq_set(void *owner, unsigned pin, bool level)
{
    (void)owner;
    ck_assert_uint_eq(pin, 14);
    m.irq = level;
    m.irqs += level;
}

UNUSED static void out(u32 reg, u32 value)
{
    ide_chip.write(&m.ide, reg, value, 1);
}

UNUSED static u8 in(u32 reg)
{
    return (u8)ide_chip.read(&m.ide, reg, 1);
}

UNUSED static void run(u64 ns)
{
    unit_pass(&m.clock, ns);
}

UNUSED static u8 byte_of(u32 lba, u32 i)
{
    return (u8)(lba * 7 + i + (i >> 8));
}

UNUSED static void disk_make(unsigned drive, u32 sectors, bool read_only)
{
    char message[200];
    strcpy(m.path[drive], "ide-test-XXXXXX");
    int file = mkstemp(m.path[drive]);
    static u8 s[SECTORS * 512];
    for (u32 i = 0; i < sectors * 512; i++)
        s[i] = byte_of(i / 512, i % 512);
    ck_assert_int_eq(write(file, s, sectors * 512), sectors * 512);
    close(file);
    struct disk_options options = {.read_only = read_only, .want = DISK_WANT_HARD};
    m.disk[drive] = disk_open(m.path[drive], &options, message, sizeof message);
    ck_assert_msg(m.disk[drive] != NULL, "%s", message);
    unlink(m.path[drive]);
}

UNUSED static void board(void)
{
    memset(&m, 0, sizeof m);
    clock_init(&m.clock, NS_PER_S);
    ide_init(&m.ide, &m.clock);
    line_connect(&m.ide.irq, irq_set, NULL, 14);
}

/* A channel with a disk as drive 0, which has finished its reset. */
UNUSED static void ready(void)
{
    board();
    disk_make(0, SECTORS, false);
    ide_attach(&m.ide, 0, m.disk[0]);
    run(10 * MS);
}

UNUSED static void teardown(void)
{
    disk_close(m.disk[0]);
    disk_close(m.disk[1]);
}

UNUSED static void lba_put(u32 lba, u8 count)
{
    out(COUNT, count);
    out(SECTOR, lba & 0xff);
    out(LOW, lba >> 8 & 0xff);
    out(HIGH, lba >> 16 & 0xff);
    out(DEVICE, 0xe0 | lba >> 24);
}

UNUSED static u32 lba_get(void)
{
    return in(SECTOR) | (u32)in(LOW) << 8 | (u32)in(HIGH) << 16 | (in(DEVICE)&15u) << 24;
}

/* Wait for the interrupt, at least 30 us away, and take it. Gives the status. */
UNUSED static u8 wait_irq(void)
{
    u64 start = m.clock.cycles, next;
    u32 irqs = m.irqs;
    while (m.irqs == irqs) {
        next = clock_next_event(&m.clock);
        ck_assert_uint_ne(next, ~(u64)0);
        m.clock.cycles = next > m.clock.cycles ? next : m.clock.cycles;
        clock_fire(&m.clock);
    }
    ck_assert_uint_ge(m.clock.cycles - start, 30 * US);
    ck_assert(m.irq);
    u8 status = in(STATUS);
    ck_assert(!m.irq);
    return status;
}

UNUSED static u8 command(u8 opcode)
{
    out(COMMAND, opcode);
    ck_assert_uint_eq(in(CONTROL)&0x80, 0x80);
    return wait_irq();
}

UNUSED static void words_in(u8 *to, u32 bytes)
{
    for (u32 i = 0; i < bytes; i += 2)
        put16(to + i, (u16)ide_chip.read(&m.ide, DATA, 2));
}

UNUSED static void words_out(const u8 *from, u32 bytes)
{
    for (u32 i = 0; i < bytes; i += 2)
        ide_chip.write(&m.ide, DATA, get16(from + i), 2);
}

UNUSED static bool sector_is(const u8 *s, u32 lba)
{
    for (u32 i = 0; i < 512; i++)
        if (s[i] != byte_of(lba, i))
            return false;
    return true;
}

UNUSED static void identify(u8 *w)
{
    ck_assert_uint_eq(command(0xec), 0x58);
    words_in(w, 512);
    ck_assert_uint_eq(in(STATUS), 0x50);
}

#endif
