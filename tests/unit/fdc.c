/* SPDX-License-Identifier: MIT */
#include "tests/unit/fdc_rig.h"

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
            ck_assert_uint_eq(in(MSR)&0xf0, 0x80);
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
    const TTest *const tests[] = {every_byte_is_in_the_field_list,
                                  a_reset_gives_one_interrupt_and_four_statuses,
                                  the_interrupt_pin_floats_without_dmagate,
                                  an_empty_drive_never_ends_a_command,
                                  a_drive_with_its_motor_off_waits,
                                  absent_drives_answer_nothing,
                                  seeks_take_the_step_rate_and_always_interrupt,
                                  recalibrate_gives_up_after_79_steps,
                                  steps_reach_only_the_drive_that_dor_selects,
                                  two_seeks_at_once_are_two_interrupts,
                                  the_change_line_falls_with_a_step_and_a_disk,
                                  settings_are_kept_as_the_data_sheet_says,
                                  an_implied_seek_moves_the_heads_first,
                                  a_drive_for_each_geometry,
                                  a_loaded_controller_goes_on_where_it_was,
                                  every_command_byte_with_any_data_stays_inside,
                                  seventy_thousand_data_writes_change_nothing_outside,
                                  NULL};
    return unit_suite("fdc", tests);
}
