/* SPDX-License-Identifier: MIT */
/* How a CD-ROM drive answers on the ATA side, and how packets and their data travel. */
#include "tests/unit/cd_rig.h"

static void signature_is(void)
{
    ck_assert_uint_eq(in(COUNT), 1);
    ck_assert_uint_eq(in(SECTOR), 1);
    ck_assert_uint_eq(in(LOW), 0x14);
    ck_assert_uint_eq(in(HIGH), 0xeb);
}

/* ATA/ATAPI-6 9.12 "Signature and persistence"; 9.1: DRDY comes with the first command. */
START_TEST(resets_leave_the_signature_and_status_0)
{
    cd_board(NULL);
    for (u32 i = 0; i < 2; i++) {
        signature_is();
        ck_assert_uint_eq(in(ERROR), 1);
        ck_assert_uint_eq(in(STATUS), 0);
        lba_put(0x1234567, 9);
        out(CONTROL, 4);
        ck_assert_uint_eq(in(STATUS), 0x80);
        out(CONTROL, 0);
        run(10 * MS);
    }
    limit_put(0x5aa5);
    ck_assert_uint_eq(in(LOW), 0xa5); /* the registers can be written */
    ck_assert_uint_eq(in(HIGH), 0x5a);
    out(COMMAND, 0x90);
    ck_assert_uint_eq(wait_irq(), 0);
    signature_is();
    ck_assert_uint_eq(in(ERROR), 1);
    teardown();
}
END_TEST

START_TEST(a_disks_commands_end_with_the_signature)
{
    static const u8 commands[] = {0xec, 0x20};
    cd_board(NULL);
    for (size_t i = 0; i < sizeof commands; i++) {
        limit_put(0x1111);
        ck_assert_uint_eq(command(commands[i]), 0x41);
        ck_assert_uint_eq(in(ERROR), 4);
        signature_is();
    }
    teardown();
}
END_TEST

/* Else the signature would be seen at a drive that is not there. */
START_TEST(nothing_is_seen_of_drive_1_beside_a_lone_cd_rom_drive)
{
    cd_board(NULL);
    out(DEVICE, 0xb0);
    for (u32 reg = 1; reg <= 8; reg++)
        ck_assert_uint_eq(in(reg), 0);
    out(DEVICE, 0xa0);
    signature_is();
    teardown();
}
END_TEST

/* ATA/ATAPI-6 8.15. */
START_TEST(identify_says_how_packets_are_taken)
{
    u8 w[2][512];
    board();
    for (u8 i = 0; i < 2; i++) {
        ide_attach_cd(&m.ide, i, NULL);
        run(10 * MS);
        out(DEVICE, i ? 0xb0 : 0xa0);
        ck_assert_uint_eq(command(0xa1), 0x48);
        words_in(w[i], 512);
        ck_assert_uint_eq(in(STATUS), 0x40);
    }
    ck_assert_uint_eq(get16(w[0]), 0x85c0); /* removable CD-ROM, DRQ without interrupt, 12 bytes */
    ck_assert_uint_eq(get16(w[0] + 98) & 0x0b00, 0x0b00); /* IORDY, LBA, DMA */
    ck_assert_uint_eq(get16(w[0] + 126), 7);
    ck_assert_uint_eq(get16(w[0] + 176), 7);
    ck_assert_uint_eq(get16(w[0] + 106) & 6, 6);
    ck_assert_uint_eq(get16(w[0] + 164), 0x4218);
    ck_assert_uint_eq(get16(w[0] + 170), 0x4218);
    ck_assert_mem_eq(w[0] + 54, "WTNI68C -DOR MRDVI E", 20);
    ck_assert_mem_ne(w[0] + 54, w[1] + 54, 40); /* no two drives have the same name */
    ck_assert_mem_ne(w[0] + 20, w[1] + 20, 20);
    teardown();
}
END_TEST

START_TEST(commands_that_a_cd_rom_drive_has_not_are_aborted)
{
    static const u8 known[] = {0x08, 0x20, 0x90, 0xa0, 0xa1, 0xe0, 0xe1, 0xe5, 0xe6, 0xec};
    for (u32 full = 0; full < 2; full++) {
        cd_board(full ? disc_make(1) : NULL);
        for (u32 opcode = 0; opcode < 256; opcode++) {
            bool is_known = memchr(known, (int)opcode, sizeof known) != NULL;
            out(FEATURE, 0x77); /* a SET FEATURES that is none */
            if (is_known)
                continue;
            ck_assert_uint_eq(command((u8)opcode), 0x41);
            ck_assert_uint_eq(in(ERROR), 4);
        }
        teardown();
    }
}
END_TEST

START_TEST(features_and_power_modes_that_it_has)
{
    static const u8 features[] = {0x03, 0x66, 0xcc};
    u8 w[512];
    cd_board(NULL);
    for (u32 f = 0; f < 256; f++) {
        out(FEATURE, f);
        out(COUNT, 0x42);
        bool known = memchr(features, (int)f, sizeof features) != NULL;
        ck_assert_uint_eq(command(0xef), known ? 0x40 : 0x41);
    }
    ck_assert_uint_eq(command(0xa1), 0x48);
    words_in(w, 512);
    ck_assert_uint_eq(get16(w + 176), 0x0407);
    ck_assert_uint_eq(command(0xe0), 0x40);
    ck_assert_uint_eq(command(0xe5), 0x40);
    ck_assert_uint_eq(in(COUNT), 0);
    ck_assert_uint_eq(command(0xe6), 0x40);
    out(COMMAND, 0xa1);
    run(MS);
    ck_assert_uint_eq(in(STATUS), 0x40); /* asleep */
    out(COMMAND, 0x08);
    run(MS);
    ck_assert_uint_eq(command(0xa1), 0x48);
    teardown();
}
END_TEST

/* ATA/ATAPI-6 8.10, 9.11: at any time, no interrupt, the drive stays selected. */
START_TEST(device_reset_ends_whatever_goes_on)
{
    board();
    ide_attach_cd(&m.ide, 1, m.disk[0] = disc_make(1));
    run(10 * MS);
    for (u32 when = 0; when < 6; when++) {
        out(DEVICE, 0xb0);
        limit_put(0xfffe);
        out(FEATURE, 0);
        out(COMMAND, 0xa0);
        if (when > 0)
            run(50 * US);
        if (when > 1)
            words_out(PACKET(0x12, 0, 0, 0, 36), when > 2 ? 12 : 6);
        if (when > 3)
            wait_irq();
        if (when > 4)
            ide_chip.read(&m.ide, DATA, 4);
        u32 irqs = m.irqs;
        out(COMMAND, 0x08);
        ck_assert_uint_eq(in(CONTROL)&0x80, 0x80);
        run(10 * MS);
        ck_assert_uint_eq(in(STATUS), 0);
        ck_assert_uint_eq(in(ERROR), 1);
        signature_is();
        ck_assert_uint_eq(in(DEVICE)&0x10, 0x10);
        ck_assert_uint_eq(m.irqs, irqs);
    }
    out(CONTROL, 4); /* but not in a software reset */
    out(DEVICE, 0xb0);
    out(COMMAND, 0x08);
    run(10 * MS);
    ck_assert_uint_eq(m.ide.drive[1].status, 0x80);
    out(CONTROL, 0);
    run(10 * MS);
    ck_assert_uint_eq(m.ide.drive[1].status, 0);
    teardown();
}
END_TEST

/* ATA/ATAPI-6 8.23.4: what a DRQ stands for is at most the limit, even but for the last. */
START_TEST(data_come_in_pieces_up_to_the_limit)
{
    static const struct {
        u32 limit, first, pieces;
    } rows[] = {{2048, 2048, 10}, {0xfffe, 8192, 3}, {0xffff, 8192, 3}, {512, 512, 40},
                {4096, 4096, 5},  {2049, 2048, 12},  {8191, 8190, 5},   {2, 2, 10240}};
    static u8 s[5 * 2048];
    cd_ready();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const u8 *packet = PACKET(0x28, 0, 0, 0, 0, 100, 0, 0, 5);
        u32 irqs = m.irqs;
        limit_put(rows[i].limit);
        packet_put(packet, false);
        memset(s, 0, sizeof s);
        if (rows[i].limit > 2) { /* the first announcement */
            wait_irq();
            irqs++;
            ck_assert_uint_eq(in(LOW) | (u32)in(HIGH) << 8, rows[i].first);
            words_in(s, rows[i].first);
            ck_assert_uint_eq(data_in(s + rows[i].first, sizeof s - rows[i].first),
                              sizeof s - rows[i].first);
        } else {
            ck_assert_uint_eq(data_in(s, sizeof s), sizeof s);
        }
        ck_assert_uint_eq(in(STATUS), 0x40);
        for (u32 n = 0; n < 5; n++)
            ck_assert(cd_sector_is(s + n * 2048, 1, 100 + n));
    }
    teardown();
}
END_TEST

START_TEST(each_piece_has_an_interrupt_and_so_has_the_end)
{
    u8 s[36];
    cd_ready();
    limit_put(10);
    u32 irqs = m.irqs;
    packet_put(PACKET(0x12, 0, 0, 0, 35), false);
    ck_assert_uint_eq(data_in(s, 36), 35); /* 10, 10, 10, 5, end */
    ck_assert_uint_eq(m.irqs - irqs, 5);
    ck_assert_uint_eq(in(STATUS), 0x40);
    limit_put(0xfffe);
    irqs = m.irqs;
    packet_put(PACKET(0x00), false);
    ck_assert_uint_eq(data_in(s, 0), 0);
    ck_assert_uint_eq(m.irqs - irqs, 1);
    teardown();
}
END_TEST

START_TEST(a_host_that_takes_nothing_gets_an_error)
{
    cd_ready();
    for (u32 limit = 0; limit < 2; limit++) {
        limit_put(limit);
        packet_put(PACKET(0x12, 0, 0, 0, 36), false);
        ck_assert_uint_eq(wait_irq(), 0x41);
        ck_assert_uint_eq(in(ERROR), 0x54);
        ck_assert_uint_eq(in(REASON)&3, 3);
        limit_put(limit);
        limit_put(limit);
        packet_put(PACKET(0x55, 0x10, 0, 0, 0, 0, 0, 0, 24), false);
        ck_assert_uint_eq(wait_irq(), 0x41);
        ck_assert_uint_eq(in(ERROR), 0x54);
        limit_put(limit);
        packet_put(PACKET(0x00), false); /* without data it does not matter */
        ck_assert_uint_eq(wait_irq(), 0x40);
    }
    teardown();
}
END_TEST

START_TEST(parameters_go_out_in_pieces)
{
    /* header, page 0Eh with volumes 11h and 22h */
    static const u8 list[24] = {[8] = 0x0e, 14, 4, [16] = 1, 0x11, 2, 0x22};
    u8 s[24];
    cd_ready();
    limit_put(10);
    packet_put(PACKET(0x55, 0x10, 0, 0, 0, 0, 0, 0, 24), false);
    for (u32 at = 0, n; at < 24; at += n) {
        n = 24 - at < 10 ? 24 - at : 10;
        ck_assert_uint_eq(wait_irq(), 0x48);
        ck_assert_uint_eq(in(REASON)&3, 0);
        ck_assert_uint_eq(in(LOW) | in(HIGH), n);
        words_out(list + at, n);
    }
    ck_assert_uint_eq(wait_irq(), 0x40);
    ck_assert_uint_eq(in(REASON)&3, 3);
    ck_assert_uint_eq(packet_in(PACKET(0x5a, 0, 0x0e, 0, 0, 0, 0, 0, 24), s, 24), 24);
    ck_assert_uint_eq(s[8 + 9], 0x11);
    ck_assert_uint_eq(s[8 + 11], 0x22);
    teardown();
}
END_TEST

/* ATA/ATAPI-6 9.9: one interrupt, at the end; the byte count means nothing. */
START_TEST(data_go_by_dma_when_asked_to)
{
    static u8 s[9 * 2048];
    static const u8 list[24] = {[8] = 0x0e, 14, 4, [16] = 1, 0x33, 2, 0x44};
    bool to_memory;
    cd_ready();
    limit_put(0);
    u32 irqs = m.irqs, moved = 0, n;
    packet_put(PACKET(0xa8, 0, 0, 0, 0, 50, 0, 0, 0, 9), true);
    while (moved < sizeof s) {
        run(100 * US);
        for (u8 *b; (b = ide_dma(&m.ide, &n, &to_memory)); moved += n) {
            ck_assert(m.ide.dmarq.level && to_memory);
            n = n < 514 ? n : 514;
            memcpy(s + moved, b, n);
            ide_dma_moved(&m.ide, n);
        }
    }
    ck_assert_uint_eq(m.irqs, irqs);
    ck_assert_uint_eq(wait_irq(), 0x40);
    ck_assert_uint_eq(in(REASON)&3, 3);
    for (u32 i = 0; i < 9; i++)
        ck_assert(cd_sector_is(s + i * 2048, 1, 50 + i));
    packet_put(PACKET(0x55, 0x10, 0, 0, 0, 0, 0, 0, 24), true);
    run(MS);
    u8 *b = ide_dma(&m.ide, &n, &to_memory);
    ck_assert(b && n == 24 && !to_memory);
    memcpy(b, list, 24);
    ide_dma_moved(&m.ide, 24);
    ck_assert_uint_eq(wait_irq(), 0x40);
    ck_assert_uint_eq(packet_in(PACKET(0x5a, 0, 0x0e, 0, 0, 0, 0, 0, 24), s, 24), 24);
    ck_assert_uint_eq(s[8 + 9], 0x33);
    packet_put(PACKET(0x28, 0, 1, 0, 0, 0, 0, 0, 1), true); /* an error moves nothing */
    ck_assert_uint_eq(wait_irq(), 0x41);
    teardown();
}
END_TEST

/* Every packet command, left after so many bytes for every other. */
START_TEST(a_command_left_in_the_middle_leaves_nothing_behind)
{
    u8 first[12] = {0}, s[36];
    cd_ready();
    for (u32 a = 0; a < 256; a++) {
        for (u32 bytes = 0; bytes < 60; bytes = bytes * 3 + 2) {
            memset(first, 0, sizeof first);
            first[0] = (u8)a;
            first[1] = 1;
            first[4] = first[8] = first[9] = 2;
            limit_put(6);
            packet_put(first, bytes & 4);
            run(MS);
            for (u32 i = 0; i < bytes; i += 2) {
                ide_chip.read(&m.ide, DATA, 2);
                ide_chip.write(&m.ide, DATA, 0xa5a5, 2);
            }
            if (bytes & 8)
                run(MS);
            out(CONTROL, 0);
            if (m.ide.drive[0].status & 0x80)
                run(10 * MS);
            u8 packet[12] = {0x12, [4] = 36};
            ck_assert_uint_eq(packet_in(packet, s, 36), 36);
            ck_assert_mem_eq(s + 8, "TWIN86  ", 8);
            m.ide.drive[0].cd.open = false;
        }
    }
    teardown();
}
END_TEST

START_TEST(random_accesses_and_discs_stay_inside)
{
    u32 seed = 3;
    struct disk *discs[2] = {disc_make(1), raw_make(2, 0x20, 30)};
    cd_board(NULL);
    disk_make(1, 63, false);
    ide_attach(&m.ide, 1, m.disk[1]);
    for (u32 i = 0; i < 200000; i++) {
        seed = seed * 1664525 + 1013904223;
        u32 reg = (seed >> 28) % 10, value = seed >> 8 & 0xff;
        unsigned size = reg ? 1 : 1u << (seed >> 5 & 3) % 3;
        if (reg == CONTROL && seed >> 20 & 7)
            value &= ~4u;
        if (reg == COMMAND && seed >> 17 & 3)
            value = 0xa0;
        if (!(seed >> 9 & 0x3ff))
            ide_insert(&m.ide, 0, seed & 1 << 19 ? discs[seed >> 21 & 1] : NULL);
        if (reg == DATA && !m.ide.second && m.ide.drive[0].step == IDE_PACKET &&
            !m.ide.drive[0].at && seed & 1 << 26) /* a command that there is */
            value = (u32[]){0x28, 0xbe, 0x43, 0x5a, 0x55, 0x4a, 0xb9, 0x1b}[seed >> 23 & 7];
        if (seed & 1 << 27 && reg != COMMAND)
            ide_chip.read(&m.ide, reg, size);
        else
            ide_chip.write(&m.ide, reg, value, size);
        u32 n;
        bool to_memory;
        if (ide_dma(&m.ide, &n, &to_memory)) {
            ck_assert_uint_ge(n, 1);
            ide_dma_moved(&m.ide, seed >> 13 & 0x1fff);
        }
        if (!(seed >> 11 & 3))
            run(seed >> 12 & 0x1ffff);
        for (unsigned d = 0; d < 2; d++) {
            ck_assert_uint_le(m.ide.drive[d].at, m.ide.drive[d].fill);
            ck_assert_uint_le(m.ide.drive[d].fill, IDE_BUFFER);
            ck_assert_uint_le(m.ide.drive[d].have, IDE_BUFFER);
        }
    }
    disk_close(discs[0]);
    disk_close(discs[1]);
    teardown();
}
END_TEST

START_TEST(a_loaded_drive_goes_on_where_it_was)
{
    static struct ide saved;
    static u8 s[12 * 2048];
    cd_ready();
    limit_put(3000);
    packet_put(PACKET(0x28, 0, 0, 0, 0, 9, 0, 0, 12), false);
    ck_assert_uint_eq(wait_irq(), 0x48);
    words_in(s, 3000);
    saved = m.ide;
    u64 cycles = m.clock.cycles;
    ck_assert_uint_eq(data_in(s + 3000, sizeof s - 3000), sizeof s - 3000);
    memset(s + 3000, 0, sizeof s - 3000);
    m.ide = saved;
    m.clock.cycles = cycles;
    ide_chip.loaded(&m.ide);
    ck_assert_uint_eq(data_in(s + 3000, sizeof s - 3000), sizeof s - 3000);
    for (u32 i = 0; i < 12; i++)
        ck_assert(cd_sector_is(s + i * 2048, 1, 9 + i));
    teardown();
}
END_TEST

/* Any value that a load accepts in any field. */
static void random_fields(const struct field *f, u8 *object, u64 *seed)
{
    for (; f->kind != FIELD_KIND_END; f++) {
        for (u32 i = 0; i < f->count && f->kind != FIELD_KIND_TRANSIENT; i++) {
            u8 *at = object + f->offset + i * f->size;
            *seed = *seed * 6364136223846793005u + 1442695040888963407u;
            u64 value = *seed >> 33 ^ *seed >> (*seed >> 58);
            if (f->kind == FIELD_KIND_STRUCT) {
                random_fields(f->sub, at, seed);
                continue;
            }
            value = f->kind == FIELD_KIND_BOOL ? value & 1 : value;
            value = f->max ? value % (f->max + 1) : value;
            memcpy(at, &value, f->size); /* little endian */
        }
    }
}

START_TEST(any_state_that_can_be_loaded_is_lived_with)
{
    u64 seed = 1;
    cd_board(disc_make(1));
    disk_make(1, 63, false);
    ide_attach(&m.ide, 1, m.disk[1]);
    for (u32 i = 0; i < 3000; i++) {
        for (unsigned d = 0; d < 2; d++)
            timer_stop(&m.ide.drive[d].work);
        random_fields(ide_chip.fields, (u8 *)&m.ide, &seed);
        for (unsigned d = 0; d < 2; d++) {
            m.ide.drive[d].work.when = m.clock.cycles + i % 7 * US;
            m.ide.drive[d].step = (u8)((i + d * 5) % (IDE_STEP_LAST + 1));
        }
        ide_chip.loaded(&m.ide);
        for (u32 n = 0; n < 20; n++) {
            u32 bytes;
            bool to_memory;
            ide_chip.read(&m.ide, DATA, 4);
            ide_chip.write(&m.ide, DATA, (u32)seed, 2);
            if (ide_dma(&m.ide, &bytes, &to_memory))
                ide_dma_moved(&m.ide, bytes / 2);
            run(n & 3 ? 0 : 200 * US);
            for (unsigned d = 0; d < 2; d++) {
                ck_assert_uint_le(m.ide.drive[d].at, m.ide.drive[d].fill);
                ck_assert_uint_le(m.ide.drive[d].fill, IDE_BUFFER);
            }
        }
        out(CONTROL, 0);
        out(CONTROL, 4); /* and it can be brought back */
        out(CONTROL, 0);
        run(10 * MS);
        signature_is();
    }
    teardown();
}
END_TEST

Suite *ide_packet_suite(void)
{
    const TTest *const tests[] = {resets_leave_the_signature_and_status_0,
                                  a_disks_commands_end_with_the_signature,
                                  nothing_is_seen_of_drive_1_beside_a_lone_cd_rom_drive,
                                  identify_says_how_packets_are_taken,
                                  commands_that_a_cd_rom_drive_has_not_are_aborted,
                                  features_and_power_modes_that_it_has,
                                  device_reset_ends_whatever_goes_on,
                                  data_come_in_pieces_up_to_the_limit,
                                  each_piece_has_an_interrupt_and_so_has_the_end,
                                  a_host_that_takes_nothing_gets_an_error,
                                  parameters_go_out_in_pieces,
                                  data_go_by_dma_when_asked_to,
                                  a_command_left_in_the_middle_leaves_nothing_behind,
                                  random_accesses_and_discs_stay_inside,
                                  a_loaded_drive_goes_on_where_it_was,
                                  any_state_that_can_be_loaded_is_lived_with,
                                  NULL};
    return unit_suite("ide_packet", tests);
}
