/* SPDX-License-Identifier: MIT */
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

static u32 dma_transfer(void *owner, u8 *bytes, u32 n, bool to_memory, bool *tc)
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

static void dma_request(void *owner, bool level)
{
    (void)owner;
    m.request = level;
}

static void irq_set(void *owner, unsigned pin, bool level)
{
    (void)owner;
    ck_assert_uint_eq(pin, 6);
    m.irq = level;
    m.irqs += level;
}

static void out(u32 reg, u8 value)
{
    fdc_chip.write(&m.fdc, reg, value, 1);
}

static u8 in(u32 reg)
{
    return (u8)fdc_chip.read(&m.fdc, reg, 1);
}

static void run(u64 ns)
{
    u64 end = m.clock.cycles + ns, next;
    while ((next = clock_next_event(&m.clock)) <= end) {
        m.clock.cycles = next > m.clock.cycles ? next : m.clock.cycles;
        clock_fire(&m.clock);
    }
    m.clock.cycles = end;
}

/* Until an interrupt, at most NS; false: none. */
static bool run_to_irq(u64 ns)
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

static void dma_set(u32 count)
{
    m.at = 0;
    m.count = count;
}

static void put(const char *bytes, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        ck_assert_uint_eq(in(MSR) & 0xc0, 0x80);
        out(FIFO, (u8)bytes[i]);
    }
}

/* The result must be exactly N bytes long. */
static void result(u8 *bytes, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        ck_assert_uint_eq(in(MSR) & 0xd0, 0xd0);
        bytes[i] = in(FIFO);
    }
    ck_assert_uint_eq(in(MSR) & 0xf0, 0x80);
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
static struct disk *disk_make(u32 sectors)
{
    for (u32 i = 0; i < sectors; i++) {
        memset(m.image + i * 512, (int)(i * 31), 512);
        put32(m.image + i * 512, i);
    }
    struct disk *disk = disk_from_memory("test", m.image, (size_t)sectors * 512);
    ck_assert_uint_eq(disk_sectors(disk), sectors);
    return disk;
}

static void sense(u8 st0, u8 cylinder)
{
    COMMAND(0x08);
    RESULT(st0, cylinder);
}

static void reset_chip(u8 dor)
{
    out(DOR, dor & ~4);
    out(DOR, dor);
    ck_assert(run_to_irq(10 * MS));
    for (u8 i = 0; i < 4; i++)
        sense(0xc0 | i, 0);
}

static void board(enum fdc_drive_type a, enum fdc_drive_type b)
{
    memset(&m, 0, sizeof m);
    clock_init(&m.clock, NS_PER_S);
    fdc_init(&m.fdc, &m.clock);
    line_connect(&m.fdc.irq, irq_set, NULL, 6);
    m.fdc.dma = (struct fdc_dma){NULL, dma_transfer, dma_request};
    fdc_set_drive(&m.fdc, 0, a);
    fdc_set_drive(&m.fdc, 1, b);
}

/* A PC with a formatted 1.44 MB disk in A:, motor on, ready for commands. */
static void ready(void)
{
    board(FDC_DRIVE_1440K, FDC_DRIVE_1440K);
    m.disk = disk_make(2880);
    fdc_insert(&m.fdc, 0, m.disk);
    reset_chip(MOTOR_A);
    out(7, 0);
    COMMAND(0x03, 0xdf, 0x02);
}

static void teardown(void)
{
    fdc_insert(&m.fdc, 0, NULL);
    fdc_insert(&m.fdc, 1, NULL);
    disk_close(m.disk);
    disk_close(m.other);
}

static void seek_to(u8 unit, u8 cylinder)
{
    COMMAND(0x0f, unit, cylinder);
    ck_assert(run_to_irq(2000 * MS));
    sense(0x20 | unit, cylinder);
}

START_TEST(every_byte_is_in_the_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, fdc_chip.fields, fdc_chip.size), 0);
}
END_TEST

START_TEST(a_reset_gives_one_interrupt_and_four_statuses)
{
    board(FDC_DRIVE_1440K, FDC_DRIVE_NONE);
    ck_assert_uint_eq(in(MSR), 0);
    out(DOR, 0x0c);
    ck_assert_uint_eq(in(MSR), 0x80);
    ck_assert_uint_eq(m.irqs, 0);
    ck_assert(run_to_irq(10 * MS));
    for (u8 i = 0; i < 4; i++) {
        sense(0xc0 | i, 0);
        ck_assert(!m.irq);
    }
    COMMAND(0x08);
    RESULT(0x80);
    ck_assert(!run_to_irq(100 * MS));
    out(4, 0x80); /* by DSR: ends by itself */
    ck_assert(run_to_irq(10 * MS));
    sense(0xc0, 0);
}
END_TEST

START_TEST(the_interrupt_pin_floats_without_dmagate)
{
    board(FDC_DRIVE_1440K, FDC_DRIVE_NONE);
    out(DOR, 0x04);
    run(10 * MS);
    ck_assert_uint_eq(m.irqs, 0);
    out(DOR, 0x0c);
    ck_assert(m.irq);
}
END_TEST

START_TEST(a_sector_is_read_by_dma)
{
    ready();
    dma_set(512);
    COMMAND(0xe6, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert_uint_eq(in(MSR), 0x10);
    ck_assert(run_to_irq(1000 * MS));
    ck_assert_uint_eq(in(MSR), 0xd0);
    RESULT(0, 0, 0, 0, 0, 2, 2);
    ck_assert(!m.irq && !m.request);
    ck_assert_mem_eq(m.memory, m.image, 512);
    ck_assert_uint_eq(m.fdc.activity, 1);
    teardown();
}
END_TEST

START_TEST(a_track_takes_the_time_of_one_revolution)
{
    ready();
    dma_set(512);
    COMMAND(0xe6, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(1000 * MS));
    result((u8[7]){0}, 7);
    u64 start = m.clock.cycles;
    dma_set(17 * 512);
    COMMAND(0xe6, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0, 0, 0, 0, 1, 1, 2); /* MT: the next one is on head 1 */
    ck_assert_mem_eq(m.memory, m.image + 512, 17 * 512);
    ck_assert_uint_gt(m.clock.cycles - start, 180 * MS);
    ck_assert_uint_lt(m.clock.cycles - start, 200 * MS);
    teardown();
}
END_TEST

START_TEST(multi_track_goes_on_with_head_1_and_ends_at_the_cylinder)
{
    ready();
    dma_set(40 * 512);
    COMMAND(0xe6, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0x44, 0x80, 0, 1, 0, 1, 2); /* EN: no terminal count */
    ck_assert_mem_eq(m.memory, m.image, 36 * 512);
    ck_assert_uint_eq(m.count, 4 * 512);
    teardown();
}
END_TEST

START_TEST(without_mt_a_command_ends_at_the_last_sector_of_the_track)
{
    ready();
    dma_set(20 * 512);
    COMMAND(0x46, 0, 0, 0, 17, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0x40, 0x80, 0, 1, 0, 1, 2);
    dma_set(1024);
    COMMAND(0x46, 4, 0, 1, 17, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0x04, 0, 0, 1, 1, 1, 2); /* C + 1 */
    ck_assert_mem_eq(m.memory, m.image + 34 * 512, 1024);
    teardown();
}
END_TEST

START_TEST(a_read_may_start_above_the_eot_byte)
{
    ready();
    dma_set(3 * 512);
    COMMAND(0x46, 0, 0, 0, 12, 2, 9, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0, 0, 0, 0, 0, 15, 2);
    ck_assert_mem_eq(m.memory, m.image + 11 * 512, 3 * 512);
    teardown();
}
END_TEST

START_TEST(terminal_count_in_mid_sector_ends_after_that_sector)
{
    ready();
    memset(m.memory, 0xee, sizeof m.memory);
    dma_set(100);
    COMMAND(0xe6, 0, 0, 0, 5, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0, 0, 0, 0, 0, 6, 2);
    ck_assert_mem_eq(m.memory, m.image + 4 * 512, 100);
    ck_assert_uint_eq(m.memory[100], 0xee);
    dma_set(100);
    COMMAND(0xc5, 0, 0, 0, 5, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0, 0, 0, 0, 0, 6, 2);
    u8 s[512];
    ck_assert(disk_read(m.disk, 4, 1, s));
    ck_assert_mem_eq(s, m.image + 4 * 512, 100);
    ck_assert_uint_eq(s[100], 0); /* the rest is filled */
    teardown();
}
END_TEST

START_TEST(sectors_are_written_by_dma)
{
    u8 s[1024];
    ready();
    seek_to(0, 40);
    for (u32 i = 0; i < 1024; i++)
        m.memory[i] = (u8)(i * 3 + i / 512);
    dma_set(1024);
    COMMAND(0xc5, 4, 40, 1, 18, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0x44, 0x80, 0, 41, 0, 1, 2);
    ck_assert(disk_read(m.disk, 40 * 36 + 35, 1, s));
    ck_assert_mem_eq(s, m.memory, 512);
    dma_set(1024);
    COMMAND(0xc5, 0, 40, 0, 18, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0x04, 0, 0, 40, 1, 2, 2);
    teardown();
}
END_TEST

START_TEST(a_masked_channel_is_an_overrun)
{
    ready();
    m.masked = true;
    dma_set(512);
    COMMAND(0xe6, 0, 0, 0, 3, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0x40, 0x10, 0, 0, 0, 3, 2);
    COMMAND(0xc5, 0, 0, 0, 3, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0x40, 0x10, 0, 0, 0, 3, 2);
    u8 s[512];
    ck_assert(disk_read(m.disk, 2, 1, s));
    ck_assert_mem_eq(s, m.image + 1024, 512); /* nothing was written */
    teardown();
}
END_TEST

START_TEST(a_channel_that_moves_nothing_more_after_a_while_is_an_overrun)
{
    ready();
    dma_set(3 * 512 + 100);
    COMMAND(0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    run(25 * MS);
    m.masked = true;
    ck_assert(run_to_irq(2000 * MS));
    u8 r[7];
    result(r, 7);
    ck_assert_uint_eq(r[0] & 0xc0, 0x40);
    ck_assert_uint_eq(r[1], 0x10);
    teardown();
}
END_TEST

START_TEST(read_id_names_the_sectors_as_they_pass)
{
    ready();
    seek_to(0, 7);
    u8 seen[19] = {0};
    for (u32 i = 0; i < 18; i++) {
        u8 r[7];
        COMMAND(0x4a, 4);
        ck_assert(run_to_irq(250 * MS));
        result(r, 7);
        ck_assert_uint_eq(r[0], 4);
        ck_assert(r[3] == 7 && r[4] == 1 && r[6] == 2);
        ck_assert_uint_le(r[5], 18);
        seen[r[5]]++;
        run(1 * MS);
    }
    for (u32 i = 1; i <= 18; i++)
        ck_assert_uint_eq(seen[i], 1);
    teardown();
}
END_TEST

START_TEST(read_id_at_a_wrong_rate_fails_after_two_index_pulses)
{
    static const u8 wrong[] = {1, 2, 3};
    ready();
    for (u32 i = 0; i < 3; i++) {
        out(7, wrong[i]);
        u64 start = m.clock.cycles;
        COMMAND(0x4a, 0);
        ck_assert(run_to_irq(1000 * MS));
        u8 r[7];
        result(r, 7);
        ck_assert_uint_eq(r[0], 0x40);
        ck_assert_uint_eq(r[1], 0x01);
        ck_assert_uint_gt(m.clock.cycles - start, 200 * MS);
        ck_assert_uint_le(m.clock.cycles - start, 400 * MS);
    }
    out(7, 0);
    COMMAND(0x0a, 0); /* FM */
    ck_assert(run_to_irq(1000 * MS));
    u8 r[7];
    result(r, 7);
    ck_assert_uint_eq(r[1], 0x01);
    teardown();
}
END_TEST

START_TEST(an_absent_sector_is_no_data_and_a_wrong_cylinder_is_told)
{
    ready();
    COMMAND(0x46, 0, 0, 0, 19, 2, 19, 0x1b, 0xff);
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0x40, 0x04, 0, 0, 0, 19, 2);
    COMMAND(0x46, 0, 5, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0x40, 0x04, 0x10, 5, 0, 1, 2);
    COMMAND(0x46, 0, 0, 0, 1, 3, 18, 0x1b, 0xff); /* sectors of 1024 */
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0x40, 0x04, 0, 0, 0, 1, 3);
    teardown();
}
END_TEST

START_TEST(an_empty_drive_never_ends_a_command)
{
    ready();
    fdc_insert(&m.fdc, 0, NULL);
    COMMAND(0x4a, 0);
    ck_assert(!run_to_irq(5000ull * MS));
    ck_assert_uint_eq(in(MSR), 0x10);
    fdc_insert(&m.fdc, 0, m.disk);
    ck_assert(run_to_irq(300 * MS));
    result((u8[7]){0}, 7);
    fdc_insert(&m.fdc, 0, NULL);
    COMMAND(0xe6, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert(!run_to_irq(5000ull * MS));
    reset_chip(MOTOR_A);
    ck_assert_uint_eq(in(MSR), 0x80);
    teardown();
}
END_TEST

START_TEST(a_drive_with_its_motor_off_waits)
{
    ready();
    out(DOR, 0x0c);
    COMMAND(0x4a, 0);
    ck_assert(!run_to_irq(3000ull * MS));
    out(DOR, MOTOR_A);
    ck_assert(run_to_irq(300 * MS));
    result((u8[7]){0}, 7);
    teardown();
}
END_TEST

START_TEST(absent_drives_answer_nothing)
{
    board(FDC_DRIVE_1440K, FDC_DRIVE_NONE);
    m.disk = disk_make(2880);
    fdc_insert(&m.fdc, 0, m.disk);
    for (u8 n = 1; n < 4; n++) {
        reset_chip((u8)(0x0c | 0x10 << n | n));
        COMMAND(0x07, n);
        ck_assert(run_to_irq(3000ull * MS));
        sense(0x70 | n, 0);
        COMMAND(0x04, n);
        RESULT(0x28 | n);
        ck_assert_uint_eq(in(DIR), 0);
        COMMAND(0xe6, n, 0, 0, 1, 2, 18, 0x1b, 0xff);
        ck_assert(!run_to_irq(3000ull * MS));
        reset_chip((u8)(0x0c | 0x10 << n | n));
        COMMAND(0x4d, n, 2, 18, 0x54, 0xf6);
        ck_assert(!run_to_irq(3000ull * MS));
    }
    teardown();
}
END_TEST

START_TEST(seeks_take_the_step_rate_and_always_interrupt)
{
    ready();
    u64 start = m.clock.cycles;
    COMMAND(0x0f, 4, 10); /* 3 ms a step */
    ck_assert_uint_eq(in(MSR), 0x81);
    ck_assert(run_to_irq(1000 * MS));
    ck_assert_uint_ge(m.clock.cycles - start, 30 * MS);
    ck_assert_uint_le(m.clock.cycles - start, 34 * MS);
    ck_assert_uint_eq(in(MSR), 0x80);
    sense(0x20, 10); /* the head bit is 0 */
    ck_assert(!m.irq);
    COMMAND(0x0f, 0, 10);
    ck_assert_uint_eq(m.irqs, 2); /* not at once */
    ck_assert(run_to_irq(10 * MS));
    sense(0x20, 10);
    COMMAND(0x07, 0);
    ck_assert(run_to_irq(1000 * MS));
    sense(0x20, 0);
    COMMAND(0x08);
    RESULT(0x80);
    teardown();
}
END_TEST

START_TEST(recalibrate_gives_up_after_79_steps)
{
    ready();
    for (int i = 0; i < 2; i++) {
        COMMAND(0xcf, 0, 41); /* relative, inward: ends at the stop */
        ck_assert(run_to_irq(1000 * MS));
        sense(0x20, i ? 82 : 41);
    }
    COMMAND(0x07, 0);
    ck_assert(run_to_irq(1000 * MS));
    sense(0x70, 0);
    COMMAND(0x07, 0);
    ck_assert(run_to_irq(1000 * MS));
    sense(0x20, 0);
    COMMAND(0x04, 0);
    RESULT(0x38);
    teardown();
}
END_TEST

START_TEST(steps_reach_only_the_drive_that_dor_selects)
{
    ready();
    COMMAND(0x0f, 1, 5);
    ck_assert(run_to_irq(1000 * MS));
    sense(0x21, 5);
    ck_assert_uint_eq(m.fdc.drive[0].cylinder, 0);
    ck_assert_uint_eq(m.fdc.drive[1].cylinder, 0);
    out(DOR, MOTOR_B);
    seek_to(1, 9);
    ck_assert_uint_eq(m.fdc.drive[0].cylinder, 0);
    ck_assert_uint_eq(m.fdc.drive[1].cylinder, 4);
    teardown();
}
END_TEST

START_TEST(two_seeks_at_once_are_two_interrupts)
{
    ready();
    COMMAND(0x0f, 0, 3);
    COMMAND(0x0f, 1, 3);
    ck_assert_uint_eq(in(MSR), 0x83);
    run(100 * MS);
    ck_assert(m.irq);
    u32 irqs = m.irqs;
    sense(0x20, 3);
    ck_assert(!m.irq);
    ck_assert(run_to_irq(10 * MS));
    ck_assert_uint_eq(m.irqs, irqs + 1);
    sense(0x21, 3);
    ck_assert(!run_to_irq(100 * MS));
    teardown();
}
END_TEST

START_TEST(the_change_line_falls_with_a_step_and_a_disk)
{
    ready();
    ck_assert_uint_eq(in(DIR), 0x80);
    COMMAND(0x07, 0); /* at track 0 there is no step */
    ck_assert(run_to_irq(1000 * MS));
    sense(0x20, 0);
    ck_assert_uint_eq(in(DIR), 0x80);
    seek_to(0, 1);
    ck_assert_uint_eq(in(DIR), 0);
    fdc_insert(&m.fdc, 0, NULL);
    ck_assert_uint_eq(in(DIR), 0x80);
    seek_to(0, 2);
    ck_assert_uint_eq(in(DIR), 0x80);
    fdc_insert(&m.fdc, 0, m.disk);
    ck_assert_uint_eq(in(DIR), 0x80);
    out(DOR, 0x0c);
    ck_assert_uint_eq(in(DIR), 0); /* motor off: not selected */
    out(DOR, MOTOR_A);
    seek_to(0, 0);
    ck_assert_uint_eq(in(DIR), 0);
    teardown();
}
END_TEST

START_TEST(a_write_protected_disk_is_not_written)
{
    char path[] = "fdc-test-XXXXXX", message[200];
    ready();
    int file = mkstemp(path);
    ck_assert_int_eq(ftruncate(file, 1440 * 1024), 0);
    close(file);
    m.other = disk_open(path, &(struct disk_options){.read_only = true}, message, sizeof message);
    unlink(path);
    fdc_insert(&m.fdc, 0, m.other);
    dma_set(512);
    COMMAND(0xc5, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert_uint_eq(in(MSR), 0x10); /* not at once */
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0x40, 0x02, 0, 0, 0, 1, 2);
    COMMAND(0x4d, 0, 2, 18, 0x54, 0xf6);
    ck_assert(run_to_irq(1000 * MS));
    u8 r[7];
    result(r, 7);
    ck_assert_uint_eq(r[1], 0x02);
    COMMAND(0x04, 0);
    RESULT(0x78);
    teardown();
}
END_TEST

START_TEST(a_track_is_formatted)
{
    u8 s[512];
    ready();
    seek_to(0, 3);
    for (u8 i = 0; i < 18; i++) {
        const u8 id[] = {3, 1, (u8)(i * 7 % 18 + 1), 2};
        memcpy(m.memory + i * 4, id, 4);
    }
    dma_set(72);
    u64 start = m.clock.cycles;
    COMMAND(0x4d, 4, 2, 18, 0x54, 0xf6);
    ck_assert(run_to_irq(1000 * MS));
    u8 r[7];
    result(r, 7);
    ck_assert_uint_eq(r[0], 4);
    ck_assert_uint_eq(r[1] | r[2], 0);
    ck_assert_uint_eq(m.count, 0);
    ck_assert_uint_ge(m.clock.cycles - start, 200 * MS);
    for (u32 i = 0; i < 36; i++) {
        ck_assert(disk_read(m.disk, 3 * 36 + i, 1, s));
        ck_assert_uint_eq(s[5], i < 18 ? (u8)((3 * 36 + i) * 31) : 0xf6);
        ck_assert_uint_eq(s[511], s[5]);
    }
    teardown();
}
END_TEST

START_TEST(formatting_for_another_layout_leaves_the_image_alone)
{
    u8 s[512];
    ready();
    for (u8 i = 0; i < 9; i++) {
        const u8 id[] = {0, 0, (u8)(i + 1), 2};
        memcpy(m.memory + i * 4, id, 4);
    }
    out(7, 2);
    dma_set(36);
    COMMAND(0x4d, 0, 2, 9, 0x54, 0xf6);
    ck_assert(run_to_irq(1000 * MS));
    u8 r[7];
    result(r, 7);
    ck_assert_uint_eq(r[0], 0);
    ck_assert(disk_read(m.disk, 0, 1, s));
    ck_assert_mem_eq(s, m.image, 512);
    COMMAND(0x46, 0, 0, 0, 1, 2, 9, 0x2a, 0xff); /* and the check fails */
    ck_assert(run_to_irq(1000 * MS));
    result(r, 7);
    ck_assert_uint_eq(r[0], 0x40);
    teardown();
}
END_TEST

START_TEST(deleted_marks_stop_or_are_skipped)
{
    ready();
    dma_set(512);
    COMMAND(0xc9, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0, 0, 0, 0, 0, 3, 2);
    dma_set(3 * 512);
    COMMAND(0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0, 0, 0x40, 0, 0, 2, 2); /* stops there */
    ck_assert_uint_eq(m.count, 512);
    dma_set(2 * 512);
    COMMAND(0x66, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0, 0, 0x40, 0, 0, 4, 2);
    ck_assert_mem_eq(m.memory + 512, m.image + 2 * 512, 512);
    dma_set(512);
    COMMAND(0x4c, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0, 0, 0, 0, 0, 3, 2);
    dma_set(512);
    COMMAND(0x45, 0, 0, 0, 2, 2, 18, 0x1b, 0xff); /* an ordinary write clears it */
    ck_assert(run_to_irq(1000 * MS));
    result((u8[7]){0}, 7);
    dma_set(512);
    COMMAND(0x46, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0, 0, 0, 0, 0, 3, 2);
    teardown();
}
END_TEST

START_TEST(read_track_starts_at_the_index)
{
    ready();
    run(77 * MS);
    dma_set(18 * 512);
    COMMAND(0x42, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(1000 * MS));
    u8 r[7];
    result(r, 7);
    ck_assert_uint_eq(r[0] | r[1] | r[2], 0);
    ck_assert_mem_eq(m.memory, m.image, 18 * 512);
    teardown();
}
END_TEST

START_TEST(verify_and_scan_compare_without_moving_data)
{
    ready();
    COMMAND(0x56, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0, 0, 0, 1, 0, 1, 2);
    COMMAND(0xd6, 0x80, 0, 0, 1, 2, 18, 0x1b, 20); /* EC: 20 sectors */
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0x04, 0, 0, 0, 1, 3, 2);
    COMMAND(0x56, 0, 0, 0, 18, 2, 20, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0x40, 0x04, 0, 0, 0, 19, 2);
    for (u32 i = 0; i < 5; i++)
        memcpy(m.memory + i * 512, m.image + 3 * 512, 512);
    dma_set(5 * 512);
    COMMAND(0x51, 0, 0, 0, 2, 2, 18, 0x1b, 1);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0, 0, 0x08, 0, 0, 4, 2); /* sector 4 is equal */
    ck_assert_uint_eq(m.count, 2 * 512);
    memset(m.memory, 0xff, 512);
    dma_set(2048);
    COMMAND(0x51, 0, 0, 0, 9, 2, 18, 0x1b, 1);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0, 0, 0x08, 0, 0, 9, 2); /* FFh is like everything */
    memset(m.memory, 0, 18 * 512);
    dma_set(18 * 512);
    COMMAND(0x51, 0, 0, 0, 17, 2, 18, 0x1b, 1);
    ck_assert(run_to_irq(2000 * MS));
    u8 r[7];
    result(r, 7);
    ck_assert_uint_eq(r[0], 0);
    ck_assert_uint_eq(r[2], 0x04);
    teardown();
}
END_TEST

/* Poll the main status register until the FIFO wants something else than to give or take data. */
static u32 pio(u8 *bytes, bool read, u64 gap)
{
    u32 n = 0;
    for (u64 end = m.clock.cycles + 2000ull * MS; m.clock.cycles < end; run(gap)) {
        u8 msr = in(MSR);
        if ((msr & 0xe0) == 0xc0)
            return n;
        if ((msr & 0xa0) != 0xa0)
            continue;
        ck_assert_uint_eq(msr & 0x40, read ? 0x40 : 0);
        if (read)
            bytes[n++] = in(FIFO);
        else
            out(FIFO, bytes[n++]);
    }
    ck_abort_msg("no end");
}

START_TEST(bytes_are_polled_without_dma)
{
    for (u32 fifo = 0; fifo < 2; fifo++) {
        u8 s[1024];
        ready();
        COMMAND(0x03, 0xdf, 0x03);
        if (fifo)
            COMMAND(0x13, 0, 0x07, 0);
        COMMAND(0x46, 0, 0, 0, 17, 2, 18, 0x1b, 0xff);
        ck_assert_uint_eq(pio(m.memory, true, 3000), 1024);
        RESULT(0x40, 0x80, 0, 1, 0, 1, 2);
        ck_assert_mem_eq(m.memory, m.image + 16 * 512, 1024);
        for (u32 i = 0; i < 1024; i++)
            m.memory[i] = (u8)(i ^ i >> 8);
        COMMAND(0x45, 0, 0, 0, 17, 2, 18, 0x1b, 0xff);
        ck_assert_uint_eq(pio(m.memory, false, 3000), 1024);
        RESULT(0x40, 0x80, 0, 1, 0, 1, 2);
        ck_assert(disk_read(m.disk, 16, 2, s));
        ck_assert_mem_eq(m.memory, s, 1024);
        teardown();
    }
}
END_TEST

START_TEST(without_dma_every_byte_is_an_interrupt_and_a_slow_host_overruns)
{
    ready();
    COMMAND(0x03, 0xdf, 0x03);
    COMMAND(0x46, 0, 0, 0, 18, 2, 18, 0x1b, 0xff);
    for (u32 i = 0; i < 512; i++) {
        ck_assert(run_to_irq(1000 * MS));
        ck_assert_uint_eq(in(MSR), 0xf0);
        m.memory[i] = in(FIFO);
        ck_assert(!m.irq);
    }
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0x40, 0x80, 0, 1, 0, 1, 2);
    ck_assert_mem_eq(m.memory, m.image + 17 * 512, 512);
    COMMAND(0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert(run_to_irq(1000 * MS));
    run(1000 * MS);
    RESULT(0x40, 0x10, 0, 0, 0, 1, 2);
    teardown();
}
END_TEST

START_TEST(settings_are_kept_as_the_data_sheet_says)
{
    ready();
    COMMAND(0x10);
    RESULT(0x90);
    COMMAND(0x13, 0, 0x5a, 0x10);
    COMMAND(0x94);
    RESULT(0x10);
    COMMAND(0x12, 0x80 | 0x14 | 3);
    seek_to(0, 6);
    COMMAND(0x0e);
    RESULT(6, 0, 0, 0, 0xdf, 0x02, 0, 0x97, 0x5a, 0x10);
    reset_chip(MOTOR_A); /* locked: FIFO settings stay; GAP and WGATE do not */
    COMMAND(0x0e);
    RESULT(0, 0, 0, 0, 0xdf, 0x02, 0, 0x94, 0x0a, 0x10);
    COMMAND(0x14);
    RESULT(0);
    reset_chip(MOTOR_A);
    COMMAND(0x0e);
    RESULT(0, 0, 0, 0, 0xdf, 0x02, 0, 0x14, 0x20, 0);
    COMMAND(0x12, 0x02);
    COMMAND(0x0e);
    RESULT(0, 0, 0, 0, 0xdf, 0x02, 0, 0x16, 0x20, 0);
    COMMAND(0x18);
    RESULT(0x80);
    teardown();
}
END_TEST

START_TEST(an_implied_seek_moves_the_heads_first)
{
    ready();
    COMMAND(0x13, 0, 0x60, 0);
    dma_set(512);
    COMMAND(0xe6, 0, 20, 0, 1, 2, 18, 0x1b, 0xff);
    ck_assert_uint_eq(in(MSR), 0x11);
    ck_assert(run_to_irq(1000 * MS));
    RESULT(0x20, 0, 0, 20, 0, 2, 2);
    ck_assert_mem_eq(m.memory, m.image + 20 * 36 * 512, 512);
    COMMAND(0x08);
    RESULT(0x80);
    teardown();
}
END_TEST

START_TEST(every_format_is_read_in_its_drive)
{
    static const struct {
        enum fdc_drive_type type;
        u16 sectors;
        u8 rate, eot, heads, step;
    } rows[] = {
        {FDC_DRIVE_360K, 320, 2, 8, 1, 1},    {FDC_DRIVE_360K, 360, 2, 9, 1, 1},
        {FDC_DRIVE_360K, 640, 2, 8, 2, 1},    {FDC_DRIVE_360K, 720, 2, 9, 2, 1},
        {FDC_DRIVE_1200K, 720, 1, 9, 2, 2},   {FDC_DRIVE_1200K, 2400, 0, 15, 2, 1},
        {FDC_DRIVE_720K, 1440, 2, 9, 2, 1},   {FDC_DRIVE_1440K, 1440, 2, 9, 2, 1},
        {FDC_DRIVE_1440K, 2880, 0, 18, 2, 1}, {FDC_DRIVE_1440K, 3360, 0, 21, 2, 1},
        {FDC_DRIVE_1440K, 3680, 0, 23, 2, 1}, {FDC_DRIVE_2880K, 5760, 3, 36, 2, 1},
        {FDC_DRIVE_2880K, 2880, 0, 18, 2, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        board(rows[i].type, FDC_DRIVE_NONE);
        m.disk = disk_make(rows[i].sectors);
        fdc_insert(&m.fdc, 0, m.disk);
        reset_chip(MOTOR_A);
        out(7, rows[i].rate);
        COMMAND(0x03, 0xdf, 0x02);
        seek_to(0, 11 * rows[i].step);
        u32 n = rows[i].heads * rows[i].eot;
        dma_set(n * 512);
        u64 start = m.clock.cycles;
        COMMAND(rows[i].heads == 2 ? 0xc6 : 0x46, 0, 11, 0, 1, 2, rows[i].eot, 0x1b, 0xff);
        ck_assert(run_to_irq(2000ull * MS));
        ck_assert_uint_lt(m.clock.cycles - start, 620ull * MS);
        u8 r[7];
        result(r, 7);
        ck_assert_uint_eq(r[0] & 0xf8, 0);
        ck_assert_mem_eq(m.memory, m.image + 11 * n * 512, n * 512);
        teardown();
    }
}
END_TEST

START_TEST(a_drive_for_each_geometry)
{
    static const struct {
        struct disk_geometry g;
        enum fdc_drive_type type;
    } rows[] = {
        {{40, 1, 8}, FDC_DRIVE_360K},   {{40, 2, 9}, FDC_DRIVE_360K},
        {{80, 2, 9}, FDC_DRIVE_720K},   {{80, 2, 15}, FDC_DRIVE_1200K},
        {{80, 2, 18}, FDC_DRIVE_1440K}, {{82, 2, 21}, FDC_DRIVE_1440K},
        {{80, 2, 36}, FDC_DRIVE_2880K},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        ck_assert_int_eq(fdc_drive_for(rows[i].g), rows[i].type);
}
END_TEST

START_TEST(a_disk_taken_out_in_mid_transfer_ends_the_command)
{
    ready();
    dma_set(18 * 512);
    COMMAND(0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    run(100 * MS);
    fdc_insert(&m.fdc, 0, NULL);
    run(1000 * MS);
    if (in(MSR) == 0xd0) {
        u8 r[7];
        result(r, 7);
        ck_assert_uint_eq(r[0] & 0xc0, 0x40);
        ck_assert_uint_eq(r[1], 0x20);
    } else { /* it was between two sectors */
        ck_assert_uint_eq(in(MSR), 0x10);
    }
    teardown();
}
END_TEST

START_TEST(a_loaded_controller_goes_on_where_it_was)
{
    static struct fdc saved;
    ready();
    dma_set(18 * 512);
    COMMAND(0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    run(100 * MS);
    saved = m.fdc;
    u32 at = m.at, count = m.count;
    u64 cycles = m.clock.cycles;
    ck_assert(run_to_irq(1000 * MS));
    u64 hash = state_hash(STATE_HASH_START, fdc_chip.fields, &m.fdc);
    u64 end = m.clock.cycles;
    m.fdc = saved; /* as a load does: the list of timers knows nothing of it */
    m.clock.cycles = cycles;
    m.at = at;
    m.count = count;
    fdc_chip.loaded(&m.fdc);
    ck_assert(run_to_irq(1000 * MS));
    ck_assert_uint_eq(m.clock.cycles, end);
    ck_assert_uint_eq(hash, state_hash(STATE_HASH_START, fdc_chip.fields, &m.fdc));
    ck_assert_mem_eq(m.memory, m.image, 18 * 512);
    teardown();
}
END_TEST

START_TEST(every_command_byte_with_any_data_stays_inside)
{
    u32 seed = 1;
    for (u32 state = 0; state < 4; state++) { /* none, disk, DMA without end, no DMA */
        ready();
        if (!state)
            fdc_insert(&m.fdc, 0, NULL);
        for (u32 first = 0; first < 256; first++) {
            if (state == 3)
                out(FIFO, 0x03), out(FIFO, 0xff), out(FIFO, 0xff);
            out(FIFO, (u8)first);
            for (u32 i = 0; i < 600; i++) {
                seed = seed * 1664525 + 1013904223;
                out(FIFO, (u8)(seed >> 24));
                if (!(seed >> 16 & 63))
                    run(seed >> 8 & 0xfffff);
                dma_set(state == 2 ? 60000 : seed & 1023);
                if (!(seed >> 12 & 7))
                    in(FIFO);
                if (!(seed >> 4 & 255))
                    out(DOR, (u8)(seed >> 9));
            }
            run(700 * MS);
            out(DOR, 0);
            out(DOR, MOTOR_A);
            run(MS);
            ck_assert_uint_eq(in(MSR) & 0xf0, 0x80);
        }
        teardown();
    }
}
END_TEST

START_TEST(seventy_thousand_data_writes_change_nothing_outside)
{
    static const u8 commands[] = {0x4a, 0x8e, 0x0e, 0x46, 0xc5, 0x4d, 0x13, 0x08};
    ready();
    u8 before[64];
    memcpy(before, &m.fdc.drive[1], sizeof before);
    for (size_t c = 0; c < sizeof commands; c++) {
        out(FIFO, commands[c]);
        for (u32 i = 0; i < 70000; i++)
            out(FIFO, (u8)i | 0x80);
        ck_assert_uint_le(m.fdc.at, FDC_FIFO);
        out(DOR, 0);
        out(DOR, MOTOR_A);
    }
    ck_assert_mem_eq(before, &m.fdc.drive[1], sizeof before);
    teardown();
}
END_TEST

Suite *fdc_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_the_field_list, a_reset_gives_one_interrupt_and_four_statuses,
        the_interrupt_pin_floats_without_dmagate, a_sector_is_read_by_dma,
        a_track_takes_the_time_of_one_revolution,
        multi_track_goes_on_with_head_1_and_ends_at_the_cylinder,
        without_mt_a_command_ends_at_the_last_sector_of_the_track,
        a_read_may_start_above_the_eot_byte,
        terminal_count_in_mid_sector_ends_after_that_sector, sectors_are_written_by_dma,
        a_masked_channel_is_an_overrun,
        a_channel_that_moves_nothing_more_after_a_while_is_an_overrun,
        read_id_names_the_sectors_as_they_pass,
        read_id_at_a_wrong_rate_fails_after_two_index_pulses,
        an_absent_sector_is_no_data_and_a_wrong_cylinder_is_told,
        an_empty_drive_never_ends_a_command, a_drive_with_its_motor_off_waits,
        absent_drives_answer_nothing, seeks_take_the_step_rate_and_always_interrupt,
        recalibrate_gives_up_after_79_steps, steps_reach_only_the_drive_that_dor_selects,
        two_seeks_at_once_are_two_interrupts, the_change_line_falls_with_a_step_and_a_disk,
        a_write_protected_disk_is_not_written, a_track_is_formatted,
        formatting_for_another_layout_leaves_the_image_alone,
        deleted_marks_stop_or_are_skipped, read_track_starts_at_the_index,
        verify_and_scan_compare_without_moving_data, bytes_are_polled_without_dma,
        without_dma_every_byte_is_an_interrupt_and_a_slow_host_overruns,
        settings_are_kept_as_the_data_sheet_says, an_implied_seek_moves_the_heads_first,
        every_format_is_read_in_its_drive, a_drive_for_each_geometry,
        a_disk_taken_out_in_mid_transfer_ends_the_command,
        a_loaded_controller_goes_on_where_it_was,
        every_command_byte_with_any_data_stays_inside,
        seventy_thousand_data_writes_change_nothing_outside, NULL};
    return unit_suite("fdc", tests);
}
