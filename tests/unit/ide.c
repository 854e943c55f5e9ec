/* SPDX-License-Identifier: MIT */
#include "tests/unit/ide_rig.h"

START_TEST(every_byte_is_in_the_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, ide_chip.fields, ide_chip.size), 0);
}
END_TEST

static void signature_is(void)
{
    ck_assert_uint_eq(in(ERROR), 1);
    ck_assert_uint_eq(in(COUNT), 1);
    ck_assert_uint_eq(in(SECTOR), 1);
    ck_assert_uint_eq(in(LOW) | in(HIGH), 0);
    ck_assert_uint_eq(in(DEVICE), 0xa0);
}

START_TEST(a_reset_leaves_the_signature_and_no_interrupt)
{
    ready();
    signature_is();
    ck_assert_uint_eq(in(STATUS), 0x50);
    lba_put(0x1234567, 9);
    out(CONTROL, 4);
    ck_assert_uint_eq(in(STATUS), 0x80);
    run(10 * MS);
    ck_assert_uint_eq(in(STATUS), 0x80);
    out(CONTROL, 0);
    ck_assert_uint_eq(in(STATUS), 0x80);
    run(10 * MS);
    ck_assert_uint_eq(in(STATUS), 0x50);
    signature_is();
    ck_assert_uint_eq(m.irqs, 0);
    teardown();
}
END_TEST

START_TEST(the_data_port_takes_bytes_words_and_double_words)
{
    u8 s[512];
    ready();
    lba_put(9, 1);
    ck_assert_uint_eq(command(0x20), 0x58);
    for (u32 i = 0; i < 512; i += 4)
        put32(s + i, ide_chip.read(&m.ide, DATA, 4));
    ck_assert(sector_is(s, 9));
    ck_assert_uint_eq(in(STATUS), 0x50);
    lba_put(9, 1);
    ck_assert_uint_eq(command(0x20), 0x58); /* a byte of each word */
    for (u32 i = 0; i < 256; i++)
        ck_assert_uint_eq(in(DATA), byte_of(9, 2 * i));
    ck_assert_uint_eq(in(STATUS)&8, 0);
    out(FEATURE, 1);
    ck_assert_uint_eq(command(0xef), 0x50);
    lba_put(9, 1);
    ck_assert_uint_eq(command(0x20), 0x58); /* all bytes */
    for (u32 i = 0; i < 512; i++)
        s[i] = in(DATA);
    ck_assert(sector_is(s, 9));
    ck_assert_uint_eq(in(STATUS), 0x50);
    teardown();
}
END_TEST

/* REP INS takes what is there at once, but for the end of the block, which changes the drive. */
START_TEST(a_stream_stops_before_the_last_access_of_a_block)
{
    u8 s[1024];
    ready();
    ck_assert_uint_eq(ide_chip.stream(&m.ide, DATA, 2, s, 256), 0); /* nothing to read */
    lba_put(9, 2);
    ck_assert_uint_eq(command(0x20), 0x58);
    ck_assert_uint_eq(ide_chip.stream(&m.ide, STATUS, 2, s, 256), 0);
    ck_assert_uint_eq(ide_chip.stream(&m.ide, DATA, 1, s, 256), 0); /* it moves words */
    ck_assert_uint_eq(ide_chip.stream(&m.ide, DATA, 2, s, 100), 100);
    put32(s + 200, ide_chip.read(&m.ide, DATA, 4));
    ck_assert_uint_eq(ide_chip.stream(&m.ide, DATA, 4, s + 204, 1000), 76);
    ck_assert_uint_eq(ide_chip.stream(&m.ide, DATA, 4, s, 1000), 0);
    ck_assert_uint_eq(in(STATUS), 0x58);
    put32(s + 508, ide_chip.read(&m.ide, DATA, 4));
    ck_assert(sector_is(s, 9));
    ck_assert_uint_ne(in(STATUS), 0x58);
    teardown();
}
END_TEST

START_TEST(the_task_file_is_shared_by_both_drives)
{
    ready();
    disk_make(1, 2000, false);
    ide_attach(&m.ide, 1, m.disk[1]);
    run(10 * MS);
    out(DEVICE, 0xa0);
    out(SECTOR, 0x55);
    out(LOW, 0x11);
    out(DEVICE, 0xb0);
    ck_assert_uint_eq(in(SECTOR), 0x55);
    ck_assert_uint_eq(in(LOW), 0x11);
    ck_assert_uint_eq(in(DEVICE), 0xb0);
    lba_put(5, 1);
    out(DEVICE, 0xf0); /* sector number was written while drive 0 was selected */
    ck_assert_uint_eq(command(0x20), 0x58);
    u8 s[512];
    words_in(s, 512);
    ck_assert(sector_is(s, 5));
    teardown();
}
END_TEST

START_TEST(an_interrupt_belongs_to_the_drive_that_got_the_command)
{
    ready();
    disk_make(1, 2000, false);
    ide_attach(&m.ide, 1, m.disk[1]);
    run(10 * MS);
    lba_put(5, 1);
    out(COMMAND, 0x20);
    out(DEVICE, 0xb0);
    run(MS);
    ck_assert(!m.irq);
    ck_assert_uint_eq(in(STATUS), 0x50); /* drive 1 did nothing */
    out(DEVICE, 0xe0);
    ck_assert(m.irq);
    ck_assert_uint_eq(in(CONTROL), 0x58);
    ck_assert(m.irq);
    ck_assert_uint_eq(in(STATUS), 0x58);
    ck_assert(!m.irq);
    u8 s[512];
    words_in(s, 512);
    ck_assert(sector_is(s, 5));
    teardown();
}
END_TEST

START_TEST(nien_takes_the_interrupt_off_the_wire)
{
    ready();
    out(CONTROL, 2);
    out(COMMAND, 0x10);
    run(MS);
    ck_assert_uint_eq(m.irqs, 0);
    out(CONTROL, 0);
    ck_assert(m.irq);
    in(STATUS);
    ck_assert(!m.irq);
    teardown();
}
END_TEST

START_TEST(a_busy_drive_shows_its_status_everywhere_and_takes_nothing)
{
    ready();
    lba_put(5, 1);
    out(COMMAND, 0x40);
    for (u32 reg = 1; reg <= 8; reg++)
        ck_assert_uint_eq(in(reg), 0xd0);
    out(SECTOR, 0x99);
    out(COMMAND, 0xec);
    ck_assert_uint_eq(wait_irq(), 0x50);
    ck_assert_uint_eq(in(SECTOR), 5);
    teardown();
}
END_TEST

START_TEST(drive_0_answers_for_an_absent_drive_1)
{
    ready();
    out(DEVICE, 0xb0);
    ck_assert_uint_eq(in(STATUS), 0);
    ck_assert_uint_eq(in(CONTROL), 0);
    out(SECTOR, 0xaa);
    ck_assert_uint_eq(in(SECTOR), 0xaa);
    ck_assert_uint_eq(in(DEVICE), 0xb0);
    out(COMMAND, 0xec);
    run(100 * MS);
    ck_assert_uint_eq(m.irqs, 0);
    ck_assert_uint_eq(in(STATUS), 0);
    out(DEVICE, 0xa0);
    ck_assert_uint_eq(in(STATUS), 0x50);
    teardown();
}
END_TEST

START_TEST(nobody_answers_where_nothing_is_connected)
{
    board();
    for (u32 i = 0; i < 2; i++) {
        for (u32 reg = 1; reg <= 8; reg++)
            ck_assert_uint_eq(in(reg), 0x7f);
        ck_assert_uint_eq(ide_chip.read(&m.ide, DATA, 2) & 0xffff, 0xff7f);
        out(DEVICE, 0xb0);
    }
    disk_make(1, 2000, false);
    ide_attach(&m.ide, 1, m.disk[1]);
    run(10 * MS);
    out(DEVICE, 0xa0);
    ck_assert_uint_eq(in(STATUS), 0x7f);
    out(COMMAND, 0xec);
    run(MS);
    ck_assert_uint_eq(m.irqs, 0);
    out(DEVICE, 0xb0);
    ck_assert_uint_eq(in(STATUS), 0x50);
    teardown();
}
END_TEST

START_TEST(the_diagnostic_runs_in_both_drives_and_drive_0_tells)
{
    ready();
    disk_make(1, 2000, false);
    ide_attach(&m.ide, 1, m.disk[1]);
    run(10 * MS);
    lba_put(77, 7);
    out(DEVICE, 0xb0);
    out(COMMAND, 0x90);
    run(MS);
    ck_assert_uint_eq(m.irqs, 1);
    signature_is();
    ck_assert_uint_eq(in(STATUS), 0x50);
    out(DEVICE, 0xb0);
    ck_assert_uint_eq(in(ERROR), 1);
    ck_assert_uint_eq(in(SECTOR), 1);
    teardown();
}
END_TEST

START_TEST(every_opcode_ends_and_leaves_a_usable_drive)
{
    u8 w[512];
    ready();
    for (u32 opcode = 0; opcode < 256; opcode++) {
        for (u32 bytes = 0; bytes < 600; bytes = bytes * 3 + 1) {
            lba_put(opcode * 3, (u8)opcode);
            out(COMMAND, opcode);
            run(MS);
            ck_assert_uint_eq(in(STATUS)&0x80, 0);
            for (u32 i = 0; i < bytes; i++) {
                ide_chip.read(&m.ide, DATA, 2);
                ide_chip.write(&m.ide, DATA, 0xffff, 4);
            }
            out(DEVICE, 0xb0); /* select in mid-transfer */
            ide_chip.read(&m.ide, DATA, 4);
            out(COMMAND, 0x20);
            out(DEVICE, 0xa0);
            if (bytes & 2)
                run(MS);
            out(CONTROL, 4); /* SRST in mid-transfer */
            out(CONTROL, 0);
            run(10 * MS);
        }
        identify(w);
        ck_assert_uint_eq(get16(w + 6), 16);
    }
    teardown();
}
END_TEST

START_TEST(random_accesses_stay_inside)
{
    u32 seed = 7;
    ready();
    disk_make(1, 63, false);
    ide_attach(&m.ide, 1, m.disk[1]);
    for (u32 i = 0; i < 400000; i++) {
        seed = seed * 1664525 + 1013904223;
        u32 reg = (seed >> 28) % 10, value = seed >> 8;
        unsigned size = reg ? 1 : 1u << (seed >> 5 & 3) % 3;
        if (reg == CONTROL && seed >> 20 & 3)
            value &= ~4u;
        if (seed & 1 << 27 || reg == ADDRESS)
            ide_chip.read(&m.ide, reg, size);
        else
            ide_chip.write(&m.ide, reg, value, size);
        if (!(seed >> 11 & 3))
            run(seed >> 12 & 0x1ffff);
        ck_assert_uint_le(m.ide.drive[0].at, IDE_BUFFER);
        ck_assert_uint_le(m.ide.drive[1].fill, IDE_BUFFER);
    }
    teardown();
}
END_TEST

START_TEST(a_loaded_drive_goes_on_where_it_was)
{
    static struct ide saved;
    u8 s[512];
    ready();
    lba_put(30, 2);
    out(COMMAND, 0x20);
    wait_irq();
    words_in(s, 512);
    saved = m.ide;
    u64 cycles = m.clock.cycles;
    wait_irq();
    words_in(s, 512);
    m.ide = saved;
    m.clock.cycles = cycles;
    ide_chip.loaded(&m.ide);
    run(MS);
    ck_assert_uint_eq(in(STATUS), 0x58);
    words_in(s, 512);
    ck_assert(sector_is(s, 31));
    ck_assert_uint_eq(in(STATUS), 0x50);
    teardown();
}
END_TEST

Suite *ide_suite(void)
{
    const TTest *const tests[] = {every_byte_is_in_the_field_list,
                                  a_reset_leaves_the_signature_and_no_interrupt,
                                  the_data_port_takes_bytes_words_and_double_words,
        a_stream_stops_before_the_last_access_of_a_block,
                                  the_task_file_is_shared_by_both_drives,
                                  an_interrupt_belongs_to_the_drive_that_got_the_command,
                                  nien_takes_the_interrupt_off_the_wire,
                                  a_busy_drive_shows_its_status_everywhere_and_takes_nothing,
                                  drive_0_answers_for_an_absent_drive_1,
                                  nobody_answers_where_nothing_is_connected,
                                  the_diagnostic_runs_in_both_drives_and_drive_0_tells,
                                  every_opcode_ends_and_leaves_a_usable_drive,
                                  random_accesses_stay_inside,
                                  a_loaded_drive_goes_on_where_it_was,
                                  NULL};
    return unit_suite("ide", tests);
}
