/* SPDX-License-Identifier: MIT */
#include "tests/unit/fdc_rig.h"

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

START_TEST(formatting_at_another_data_rate_is_an_error)
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
    ck_assert_uint_eq(r[0], 0x50); /* equipment check */
    ck_assert_uint_eq(r[1] | r[2], 0);
    ck_assert(disk_read(m.disk, 0, 1, s));
    ck_assert_mem_eq(s, m.image, 512);
    COMMAND(0x46, 0, 0, 0, 1, 2, 9, 0x2a, 0xff); /* as the data rate it was formatted for */
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

START_TEST(a_track_is_formatted_without_dma)
{
    u8 s[512];
    ready();
    COMMAND(0x03, 0xdf, 0x03);
    for (u8 i = 0; i < 18; i++) {
        const u8 id[] = {0, 0, (u8)(i + 1), 2};
        memcpy(m.memory + i * 4, id, 4);
    }
    COMMAND(0x4d, 0, 2, 18, 0x54, 0xf6);
    ck_assert_uint_eq(pio(m.memory, false, 3000), 72);
    result((u8[7]){0}, 7);
    for (u32 i = 0; i < 18; i++) {
        ck_assert(disk_read(m.disk, i, 1, s));
        ck_assert_uint_eq(s[0], 0xf6);
    }
    teardown();
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
        {FDC_DRIVE_1440K, 3840, 0, 24, 2, 1}, {FDC_DRIVE_2880K, 5760, 3, 36, 2, 1},
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

/* READ DATA of the second cylinder's first sector, with the head on the first. */
static void read_without_seek(void)
{
    dma_set(512);
    COMMAND(0xe6, 0, 1, 0, 1, 2, 1, 0x1b, 0xff);
    ck_assert(run_to_irq(2000 * MS));
}

/* As Bochs's BIOS does it. */
START_TEST(from_power_on_disks_are_read_without_a_seek_and_without_a_data_rate)
{
    ready();
    fdc_chip.reset(&m.fdc);
    out(DOR, MOTOR_A);
    ck_assert(run_to_irq(10 * MS));
    for (u8 i = 0; i < 4; i++)
        sense(0xc0 | i, 0);
    read_without_seek();
    RESULT(0x20, 0, 0, 1, 1, 1, 2);
    ck_assert_mem_eq(m.memory, m.image + 36 * 512, 512);
    teardown();
}
END_TEST

START_TEST(a_reset_by_software_leaves_seeks_to_software)
{
    ready();
    fdc_chip.reset(&m.fdc);
    reset_chip(MOTOR_A);
    read_without_seek();
    RESULT(0x40, 0x04, 0x10, 1, 0, 1, 2);
    teardown();
}
END_TEST

Suite *fdc_transfer_suite(void)
{
    const TTest *const tests[] = {a_sector_is_read_by_dma,
                                  a_track_takes_the_time_of_one_revolution,
                                  multi_track_goes_on_with_head_1_and_ends_at_the_cylinder,
                                  without_mt_a_command_ends_at_the_last_sector_of_the_track,
                                  a_read_may_start_above_the_eot_byte,
                                  terminal_count_in_mid_sector_ends_after_that_sector,
                                  sectors_are_written_by_dma,
                                  a_masked_channel_is_an_overrun,
                                  a_channel_that_moves_nothing_more_after_a_while_is_an_overrun,
                                  read_id_names_the_sectors_as_they_pass,
                                  read_id_at_a_wrong_rate_fails_after_two_index_pulses,
                                  an_absent_sector_is_no_data_and_a_wrong_cylinder_is_told,
                                  a_write_protected_disk_is_not_written,
                                  a_track_is_formatted,
                                  formatting_at_another_data_rate_is_an_error,
                                  deleted_marks_stop_or_are_skipped,
                                  read_track_starts_at_the_index,
                                  verify_and_scan_compare_without_moving_data,
                                  bytes_are_polled_without_dma,
                                  a_track_is_formatted_without_dma,
                                  without_dma_every_byte_is_an_interrupt_and_a_slow_host_overruns,
                                  every_format_is_read_in_its_drive,
                                  from_power_on_disks_are_read_without_a_seek_and_without_a_data_rate,
                                  a_reset_by_software_leaves_seeks_to_software,
                                  a_disk_taken_out_in_mid_transfer_ends_the_command,
                                  NULL};
    return unit_suite("fdc_transfer", tests);
}
