/* SPDX-License-Identifier: MIT */
/* The machine around a floppy disk controller under test. */
#ifndef TESTS_FDC_RIG_H
#define TESTS_FDC_RIG_H

#include "devices/fdc.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define MS 1000000u

enum { DOR = 2, MSR = 4, FIFO = 5, DIR = 7, MOTOR_A = 0x1c, MOTOR_B = 0x2d };

/* The machine around the chip: a clock of 1 GHz, an interrupt counter, a DMA channel. */
static struct {
    struct clock clock;
    struct fdc fdc;
    struct disk *disk, *other;
    u8 image[2880 * 512 * 2];
    u8 memory[1 << 16];
    u32 at, count; /* of the channel: COUNT bytes to go, then TC */
    bool masked, request;
    u32 irqs;
    bool irq;
} m;

UNUSED static u32 dma_transfer(void *owner, u8 *bytes, u32 n, bool to_memory, bool *tc)
{
    (void)owner;
    ck_assert_uint_le(n, 512);
    if (m.masked || !m.count)
        return 0;
    n = n < m.count ? n : m.count;
    if (to_memory)
        memcpy(m.memory + m.at, bytes, n);
    else
        memcpy(bytes, m.memory + m.at, n);
    m.at += n;
    m.count -= n;
    *tc = !m.count;
    return n;
}

UNUSED static void dma_request(void *owner, bool level)
{
    (void)owner;
    m.request = level;
}

UNUSED static void irq_set(void *owner, unsigned pin, bool level)
{
    (void)owner;
    ck_assert_uint_eq(pin, 6);
    m.irq = level;
    m.irqs += level;
}

UNUSED static void out(u32 reg, u8 value)
{
    fdc_chip.write(&m.fdc, reg, value, 1);
}

UNUSED static u8 in(u32 reg)
{
    return (u8)fdc_chip.read(&m.fdc, reg, 1);
}

UNUSED static void run(u64 ns)
{
    unit_pass(&m.clock, ns);
}

/* Until an interrupt, at most NS; false: none. */
UNUSED static bool run_to_irq(u64 ns)
{
    u64 end = m.clock.cycles + ns, next;
    u32 irqs = m.irqs;
    while (m.irqs == irqs && (next = clock_next_event(&m.clock)) <= end) {
        m.clock.cycles = next > m.clock.cycles ? next : m.clock.cycles;
        clock_fire(&m.clock);
    }
    if (m.irqs == irqs)
        m.clock.cycles = end;
    return m.irqs != irqs;
}

UNUSED static void dma_set(u32 count)
{
    m.at = 0;
    m.count = count;
}

UNUSED static void put(const char *bytes, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        ck_assert_uint_eq(in(MSR)&0xc0, 0x80);
        out(FIFO, (u8)bytes[i]);
    }
}

/* The result must be exactly N bytes long. */
UNUSED static void result(u8 *bytes, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        ck_assert_uint_eq(in(MSR)&0xd0, 0xd0);
        bytes[i] = in(FIFO);
    }
    ck_assert_uint_eq(in(MSR)&0xf0, 0x80);
}

#define COMMAND(...)                                                                               \
    do {                                                                                           \
        const u8 bytes_[] = {__VA_ARGS__};                                                         \
        put((const char *)bytes_, sizeof bytes_);                                                  \
    } while (0)

#define RESULT(...)                                                                                \
    do {                                                                                           \
        const u8 want_[] = {__VA_ARGS__};                                                          \
        u8 got_[16];                                                                               \
        result(got_, sizeof want_);                                                                \
        ck_assert_mem_eq(got_, want_, sizeof want_);                                               \
    } while (0)

/* A disk whose sectors start with their number. */
UNUSED static struct disk *disk_make(u32 sectors)
{
    for (u32 i = 0; i < sectors; i++) {
        memset(m.image + i * 512, (int)(i * 31), 512);
        put32(m.image + i * 512, i);
    }
    struct disk *disk = disk_from_memory("test", m.image, (size_t)sectors * 512);
    ck_assert_uint_eq(disk_sectors(disk), sectors);
    return disk;
}

UNUSED static void sense(u8 st0, u8 cylinder)
{
    COMMAND(0x08);
    RESULT(st0, cylinder);
}

UNUSED static void reset_chip(u8 dor)
{
    out(DOR, dor & ~4);
    out(DOR, dor);
    ck_assert(run_to_irq(10 * MS));
    for (u8 i = 0; i < 4; i++)
        sense(0xc0 | i, 0);
}

UNUSED static void board(enum fdc_drive_type a, enum fdc_drive_type b)
{
    memset(&m, 0, sizeof m);
    clock_init(&m.clock, NS_PER_S);
    fdc_init(&m.fdc, &m.clock);
    line_connect(&m.fdc.irq, irq_set, NULL, 6);
    m.fdc.dma = (struct fdc_dma){NULL, dma_transfer, dma_request};
    fdc_set_drive(&m.fdc, 0, a);
    fdc_set_drive(&m.fdc, 1, b);
}

/* A PC with a formatted disk of so many times 512 bytes in A:, motor on, ready for commands. */
UNUSED static void ready_with(u32 sectors)
{
    board(FDC_DRIVE_1440K, FDC_DRIVE_1440K);
    m.disk = disk_make(sectors);
    fdc_insert(&m.fdc, 0, m.disk);
    reset_chip(MOTOR_A);
    out(7, 0);
    COMMAND(0x03, 0xdf, 0x02);
}

UNUSED static void ready(void)
{
    ready_with(2880);
}

UNUSED static void teardown(void)
{
    fdc_insert(&m.fdc, 0, NULL);
    fdc_insert(&m.fdc, 1, NULL);
    disk_close(m.disk);
    disk_close(m.other);
}

UNUSED static void seek_to(u8 unit, u8 cylinder)
{
    COMMAND(0x0f, unit, cylinder);
    ck_assert(run_to_irq(2000 * MS));
    sense(0x20 | unit, cylinder);
}

#endif
