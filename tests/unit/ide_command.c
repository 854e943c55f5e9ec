/* SPDX-License-Identifier: MIT */
#include "tests/unit/ide_rig.h"

START_TEST(identify_words_agree_with_each_other)
{
    u8 w[512];
    ready();
    identify(w);
    struct disk_geometry g = ide_geometry(m.disk[0]);
    ck_assert_uint_eq(get16(w), 0x0040);
    ck_assert_uint_eq(get16(w + 2), 6);
    ck_assert_uint_eq(get16(w + 6), 16);
    ck_assert_uint_eq(get16(w + 12), 63);
    ck_assert(g.cylinders == 6 && g.heads == 16 && g.sectors == 63);
    ck_assert_mem_eq(w + 54, "wtni68h ra didks", 16);
    ck_assert_uint_eq(get16(w + 94), 0x8010);
    ck_assert_uint_eq(get16(w + 98) & 0x0300, 0x0300); /* LBA, DMA */
    ck_assert_uint_eq(get16(w + 126), 7);              /* modes 0 to 2, none set */
    ck_assert_uint_eq(get16(w + 176), 7);
    ck_assert_uint_eq(get16(w + 106) & 1, 1);
    ck_assert_uint_eq(get16(w + 108), 6);
    ck_assert_uint_eq(get16(w + 110), 16);
    ck_assert_uint_eq(get16(w + 112), 63);
    ck_assert_uint_eq(get32(w + 114), SECTORS);
    ck_assert_uint_eq(get16(w + 118), 0);
    ck_assert_uint_eq(get32(w + 120), SECTORS);
    out(DEVICE, 0xa7);
    out(COUNT, 17);
    ck_assert_uint_eq(command(0x91), 0x50);
    out(COUNT, 8);
    ck_assert_uint_eq(command(0xc6), 0x50);
    identify(w);
    ck_assert_uint_eq(get16(w + 2), 6);
    ck_assert_uint_eq(get16(w + 108), SECTORS / (8 * 17));
    ck_assert_uint_eq(get16(w + 110), 8);
    ck_assert_uint_eq(get16(w + 112), 17);
    ck_assert_uint_eq(get32(w + 114), SECTORS / (8 * 17) * 8 * 17);
    ck_assert_uint_eq(get16(w + 118), 0x108);
    teardown();
}
END_TEST

START_TEST(a_large_disk_reports_what_chs_and_28_bits_reach)
{
    u8 w[512];
    char message[200], path[] = "ide-test-XXXXXX";
    board();
    int file = mkstemp(path);
    ck_assert_int_eq(ftruncate(file, 200ll << 30), 0);
    close(file);
    m.disk[0] = disk_open(path, NULL, message, sizeof message);
    unlink(path);
    ide_attach(&m.ide, 0, m.disk[0]);
    run(10 * MS);
    identify(w);
    ck_assert_uint_eq(get16(w + 2), 16383);
    ck_assert_uint_eq(get16(w + 6), 16);
    ck_assert_uint_eq(get16(w + 12), 63);
    ck_assert_uint_eq(get32(w + 114), 16383 * 16 * 63);
    ck_assert_uint_eq(get32(w + 120), 0x0fffffff);
    lba_put(0x0ffffffe, 1);
    ck_assert_uint_eq(command(0x20), 0x58);
    lba_put(0x0fffffff, 1);
    ck_assert_uint_eq(command(0x20), 0x51);
    ck_assert_uint_eq(in(ERROR), 0x10);
    teardown();
}
END_TEST

START_TEST(sectors_are_read_by_lba_with_an_interrupt_each)
{
    u8 s[512];
    ready();
    lba_put(100, 3);
    out(COMMAND, 0x20);
    for (u32 i = 0; i < 3; i++) {
        ck_assert_uint_eq(wait_irq(), 0x58);
        words_in(s, 512);
        ck_assert(sector_is(s, 100 + i));
    }
    ck_assert_uint_eq(in(STATUS), 0x50);
    run(100 * MS);
    ck_assert_uint_eq(m.irqs, 3);
    ck_assert_uint_eq(in(COUNT), 0);
    ck_assert_uint_eq(lba_get(), 102);
    ck_assert_uint_eq(m.ide.activity, 3);
    teardown();
}
END_TEST

START_TEST(sectors_are_read_by_chs_and_the_registers_name_the_last)
{
    u8 s[512];
    ready();
    out(COUNT, 2);
    out(SECTOR, 63);
    out(LOW, 1);
    out(HIGH, 0);
    out(DEVICE, 0xaf);
    out(COMMAND, 0x21);
    for (u32 i = 0; i < 2; i++) {
        ck_assert_uint_eq(wait_irq(), 0x58);
        words_in(s, 512);
        ck_assert(sector_is(s, 2 * 16 * 63 - 1 + i));
    }
    ck_assert_uint_eq(in(COUNT), 0);
    ck_assert_uint_eq(in(SECTOR), 1);
    ck_assert_uint_eq(in(LOW), 2);
    ck_assert_uint_eq(in(DEVICE), 0xa0);
    teardown();
}
END_TEST

START_TEST(count_0_is_256_sectors)
{
    u8 s[512];
    ready();
    lba_put(7, 0);
    out(COMMAND, 0x20);
    for (u32 i = 0; i < 256; i++) {
        ck_assert_uint_eq(wait_irq(), 0x58);
        words_in(s, 512);
        ck_assert(sector_is(s, 7 + i));
    }
    ck_assert_uint_eq(in(STATUS), 0x50);
    ck_assert_uint_eq(lba_get(), 262);
    teardown();
}
END_TEST

START_TEST(sectors_are_written_and_flushed)
{
    u8 s[1024], t[1024];
    ready();
    for (u32 i = 0; i < 1024; i++)
        s[i] = (u8)(i * 5);
    lba_put(50, 2);
    out(COMMAND, 0x30);
    ck_assert_uint_eq(in(STATUS), 0xd0);
    run(40 * US);
    ck_assert_uint_eq(in(STATUS), 0x58); /* no interrupt for the first block */
    ck_assert_uint_eq(m.irqs, 0);
    words_out(s, 512);
    ck_assert_uint_eq(in(CONTROL), 0xd0);
    ck_assert_uint_eq(wait_irq(), 0x58);
    words_out(s + 512, 512);
    ck_assert_uint_eq(wait_irq(), 0x50);
    ck_assert_uint_eq(m.irqs, 2);
    ck_assert_uint_eq(in(COUNT), 0);
    ck_assert_uint_eq(lba_get(), 51);
    ck_assert(disk_read(m.disk[0], 50, 2, t));
    ck_assert_mem_eq(s, t, 1024);
    ck_assert_uint_eq(command(0xe7), 0x50);
    teardown();
}
END_TEST

/* Bochs's BIOS: its rep outsw is followed by one look at the status. */
START_TEST(without_the_interrupt_a_block_is_taken_at_once)
{
    u8 s[1024] = {1, 2, 3}, t[1024];
    ready();
    out(CONTROL, 2);
    lba_put(50, 2);
    out(COMMAND, 0x30);
    run(40 * US);
    words_out(s, 512);
    ck_assert_uint_eq(in(STATUS), 0x58);
    words_out(s + 512, 512);
    ck_assert_uint_eq(in(STATUS), 0x50);
    ck_assert_uint_eq(in(COUNT), 0);
    out(CONTROL, 0);
    run(10 * MS);
    ck_assert_uint_eq(m.irqs, 0); /* both were seen in the status */
    ck_assert(disk_read(m.disk[0], 50, 2, t));
    ck_assert_mem_eq(s, t, 1024);
    teardown();
}
END_TEST

START_TEST(blocks_of_several_sectors_need_one_interrupt)
{
    static u8 s[20 * 512], t[20 * 512];
    ready();
    lba_put(10, 20);
    ck_assert_uint_eq(command(0xc4), 0x51); /* not before SET MULTIPLE */
    ck_assert_uint_eq(in(ERROR), 4);
    out(COUNT, 3);
    ck_assert_uint_eq(command(0xc6), 0x51);
    out(COUNT, 32);
    ck_assert_uint_eq(command(0xc6), 0x51);
    out(COUNT, 8);
    ck_assert_uint_eq(command(0xc6), 0x50);
    lba_put(10, 20);
    m.irqs = 0;
    out(COMMAND, 0xc4);
    for (u32 at = 0, n; at < 20; at += n) {
        n = 20 - at < 8 ? 20 - at : 8;
        ck_assert_uint_eq(wait_irq(), 0x58);
        words_in(s + at * 512, n * 512);
    }
    ck_assert_uint_eq(m.irqs, 3);
    for (u32 i = 0; i < 20; i++)
        ck_assert(sector_is(s + i * 512, 10 + i));
    memset(s, 0x3c, sizeof s);
    lba_put(200, 20);
    out(COMMAND, 0xc5);
    run(40 * US);
    for (u32 at = 0, n; at < 20; at += n) {
        n = 20 - at < 8 ? 20 - at : 8;
        ck_assert_uint_eq(in(STATUS), 0x58);
        words_out(s + at * 512, n * 512);
        wait_irq();
    }
    ck_assert_uint_eq(in(STATUS), 0x50);
    ck_assert_uint_eq(m.irqs, 6);
    ck_assert(disk_read(m.disk[0], 200, 20, t));
    ck_assert_mem_eq(s, t, sizeof s);
    ck_assert(disk_read(m.disk[0], 220, 1, t) && sector_is(t, 220));
    teardown();
}
END_TEST

START_TEST(addresses_outside_the_disk_are_not_found)
{
    static const struct {
        u8 device, high, low, sector, count;
        bool found;
    } rows[] = {
        {0xef, 0xff, 0xff, 0xff, 1, false},
        {0xef, 0xff, 0xff, 0xff, 0, false},
        {0xe0, 0, SECTORS >> 8, SECTORS & 0xff, 1, false},
        {0xe0, 0, (SECTORS - 1) >> 8, (SECTORS - 1) & 0xff, 1, true},
        {0xa0, 0, 0, 0, 1, false},
        {0xa0, 0, 0, 64, 1, false},
        {0xa0, 0, 6, 1, 1, false},
        {0xa0, 0xff, 0xff, 1, 1, false},
        {0xaf, 0, 5, 63, 1, true},
    };
    static const u8 commands[] = {0x20, 0x40, 0x30, 0x70};
    ready();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t c = 0; c < sizeof commands; c++) {
            out(COUNT, rows[i].count);
            out(SECTOR, rows[i].sector);
            out(LOW, rows[i].low);
            out(HIGH, rows[i].high);
            out(DEVICE, rows[i].device);
            out(COMMAND, commands[c]);
            run(MS);
            ck_assert_uint_eq(in(STATUS)&1, !rows[i].found);
            if (!rows[i].found)
                ck_assert_uint_eq(in(ERROR), 0x10);
        }
    }
    teardown();
}
END_TEST

START_TEST(a_block_over_the_end_of_a_reduced_disk_is_not_found)
{
    ready();
    out(COUNT, 8);
    ck_assert_uint_eq(command(0xc6), 0x50);
    out(DEVICE, 0xe0);
    ck_assert_uint_eq(command(0xf8), 0x50);
    lba_put(999, 0);
    ck_assert_uint_eq(command(0xf9), 0x50);
    lba_put(995, 8);
    ck_assert_uint_eq(command(0xc4), 0x51);
    ck_assert_uint_eq(in(ERROR), 0x10);
    ck_assert_uint_eq(in(COUNT), 3);
    ck_assert_uint_eq(lba_get(), 1000);
    lba_put(995, 8);
    ck_assert_uint_eq(command(0xc5), 0x51);
    ck_assert_uint_eq(in(ERROR), 0x10);
    teardown();
}
END_TEST

START_TEST(a_transfer_over_the_end_stops_at_the_first_sector_that_is_not_there)
{
    u8 s[512] = {0};
    ready();
    lba_put(SECTORS - 2, 5);
    out(COMMAND, 0x20);
    for (u32 i = 0; i < 2; i++) {
        ck_assert_uint_eq(wait_irq(), 0x58);
        words_in(s, 512);
        ck_assert(sector_is(s, SECTORS - 2 + i));
    }
    ck_assert_uint_eq(wait_irq(), 0x51);
    ck_assert_uint_eq(in(ERROR), 0x10);
    ck_assert_uint_eq(in(COUNT), 3);
    ck_assert_uint_eq(lba_get(), SECTORS);
    lba_put(SECTORS - 1, 2);
    out(COMMAND, 0x30);
    run(40 * US);
    words_out(s, 512);
    ck_assert_uint_eq(wait_irq(), 0x51);
    lba_put(SECTORS - 1, 2);
    ck_assert_uint_eq(command(0x40), 0x51);
    teardown();
}
END_TEST

START_TEST(obsolete_commands_of_old_drivers_work)
{
    ready();
    lba_put(9, 1);
    ck_assert_uint_eq(command(0x13), 0x50);
    ck_assert_uint_eq(in(LOW) | in(HIGH), 0);
    lba_put(9, 1);
    ck_assert_uint_eq(command(0x7f), 0x50);
    lba_put(9, 1);
    out(COMMAND, 0x50);
    run(40 * US);
    ck_assert_uint_eq(in(STATUS), 0x58);
    u8 s[512] = {0}, t[512];
    words_out(s, 512);
    ck_assert_uint_eq(wait_irq(), 0x50);
    ck_assert(disk_read(m.disk[0], 9, 1, t) && sector_is(t, 9));
    teardown();
}
END_TEST

START_TEST(the_buffer_is_written_and_read_back)
{
    u8 s[512], t[512];
    ready();
    for (u32 i = 0; i < 512; i++)
        s[i] = (u8)~i;
    out(COMMAND, 0xe8);
    run(40 * US);
    words_out(s, 512);
    ck_assert_uint_eq(wait_irq(), 0x50);
    ck_assert_uint_eq(command(0xe4), 0x58);
    words_in(t, 512);
    ck_assert_mem_eq(s, t, 512);
    teardown();
}
END_TEST

START_TEST(power_modes_are_told_and_sleep_ends_with_a_reset)
{
    static const struct {
        u8 opcode, mode;
    } rows[] = {{0xe0, 0}, {0xe1, 0x80}, {0xe2, 0}, {0xe3, 0x80}, {0x94, 0}, {0x95, 0x80}};
    ready();
    ck_assert_uint_eq(command(0xe5), 0x50);
    ck_assert_uint_eq(in(COUNT), 0xff);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ck_assert_uint_eq(command(rows[i].opcode), 0x50);
        ck_assert_uint_eq(command(i & 1 ? 0x98 : 0xe5), 0x50);
        ck_assert_uint_eq(in(COUNT), rows[i].mode);
    }
    ck_assert_uint_eq(command(0xe6), 0x50);
    u32 irqs = m.irqs;
    out(COMMAND, 0xec);
    run(MS);
    ck_assert_uint_eq(m.irqs, irqs);
    out(CONTROL, 4);
    out(CONTROL, 0);
    run(10 * MS);
    ck_assert_uint_eq(command(0xec), 0x58);
    teardown();
}
END_TEST

START_TEST(features_that_are_not_there_are_refused)
{
    static const u8 known[] = {0x01, 0x02, 0x03, 0x33, 0x55, 0x66,
                               0x81, 0x82, 0x99, 0xaa, 0xbb, 0xcc};
    ready();
    for (u32 f = 0; f < 256; f++) {
        bool is_known = memchr(known, (int)f, sizeof known) != NULL;
        out(FEATURE, f);
        out(COUNT, 0);
        ck_assert_uint_eq(command(0xef), is_known ? 0x50 : 0x51);
    }
    for (u32 mode = 0; mode < 256; mode++) {
        out(FEATURE, 3);
        out(COUNT, mode);
        bool pio = mode < 2 || (mode >= 8 && mode <= 12);
        bool dma = (mode >= 0x20 && mode <= 0x22) || (mode >= 0x40 && mode <= 0x42);
        ck_assert_uint_eq(command(0xef), pio || dma ? 0x50 : 0x51);
    }
    teardown();
}
END_TEST

START_TEST(a_smaller_disk_can_be_simulated)
{
    u8 w[512];
    ready();
    lba_put(999, 0);
    ck_assert_uint_eq(command(0xf9), 0x51);
    out(DEVICE, 0xe0);
    ck_assert_uint_eq(command(0xf8), 0x50);
    ck_assert_uint_eq(lba_get(), SECTORS - 1);
    lba_put(999, 0);
    ck_assert_uint_eq(command(0xf9), 0x50);
    identify(w);
    ck_assert_uint_eq(get32(w + 120), 1000);
    lba_put(1000, 1);
    ck_assert_uint_eq(command(0x20), 0x51);
    ide_chip.reset(&m.ide);
    run(10 * MS);
    identify(w);
    ck_assert_uint_eq(get32(w + 120), SECTORS);
    teardown();
}
END_TEST

START_TEST(a_write_protected_disk_refuses_writes)
{
    u8 t[512];
    board();
    disk_make(0, 2000, true);
    ide_attach(&m.ide, 0, m.disk[0]);
    run(10 * MS);
    lba_put(5, 1);
    ck_assert_uint_eq(command(0x30), 0x51);
    ck_assert_uint_eq(in(ERROR), 4);
    ck_assert(disk_read(m.disk[0], 5, 1, t) && sector_is(t, 5));
    teardown();
}
END_TEST

START_TEST(a_write_that_the_host_refuses_is_an_error_for_the_guest)
{
    char message[200], path[] = "ide-test-XXXXXX";
    u8 s[512] = {0};
    struct rlimit limit = {1 << 20, RLIM_INFINITY};
    board();
    int file = mkstemp(path);
    ck_assert_int_eq(ftruncate(file, 4 << 20), 0);
    close(file);
    m.disk[0] = disk_open(path, NULL, message, sizeof message);
    unlink(path);
    ide_attach(&m.ide, 0, m.disk[0]);
    run(10 * MS);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    lba_put(2047, 2);
    out(COMMAND, 0x30);
    run(40 * US);
    words_out(s, 512);
    ck_assert_uint_eq(wait_irq(), 0x58);
    words_out(s, 512);
    ck_assert_uint_eq(wait_irq(), 0x51);
    ck_assert_uint_eq(in(ERROR), 4);
    ck_assert_uint_eq(lba_get(), 2048);
    ck_assert_uint_eq(command(0xec), 0x58); /* it goes on */
    teardown();
}
END_TEST

Suite *ide_command_suite(void)
{
    const TTest *const tests[] = {
        identify_words_agree_with_each_other,
        a_large_disk_reports_what_chs_and_28_bits_reach,
        sectors_are_read_by_lba_with_an_interrupt_each,
        sectors_are_read_by_chs_and_the_registers_name_the_last,
        count_0_is_256_sectors,
        sectors_are_written_and_flushed,
        without_the_interrupt_a_block_is_taken_at_once,
        blocks_of_several_sectors_need_one_interrupt,
        addresses_outside_the_disk_are_not_found,
        a_transfer_over_the_end_stops_at_the_first_sector_that_is_not_there,
        a_block_over_the_end_of_a_reduced_disk_is_not_found,
        obsolete_commands_of_old_drivers_work,
        the_buffer_is_written_and_read_back,
        power_modes_are_told_and_sleep_ends_with_a_reset,
        features_that_are_not_there_are_refused,
        a_smaller_disk_can_be_simulated,
        a_write_protected_disk_refuses_writes,
        a_write_that_the_host_refuses_is_an_error_for_the_guest,
        NULL};
    return unit_suite("ide_command", tests);
}
