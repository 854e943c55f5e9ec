/* SPDX-License-Identifier: MIT */
/* The packet commands of a CD-ROM drive: sense, the disc and its tray, reading. */
#include "tests/unit/cd_rig.h"

static const u8 all_commands[] = {0x00, 0x03, 0x12, 0x15, 0x1a, 0x1b, 0x1e, 0x25, 0x28, 0x2b,
                                  0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x4a, 0x4b, 0x4e, 0x51,
                                  0x52, 0x55, 0x5a, 0xa5, 0xa8, 0xb9, 0xbb, 0xbd, 0xbe};
static const u8 never_blocked[] = {0x03, 0x12, 0x46, 0x4a};
static const u8 without_disc[] = {0x03, 0x12, 0x15, 0x1a, 0x1b, 0x1e,
                                  0x46, 0x4a, 0x55, 0x5a, 0xbb, 0xbd};

static bool among(const u8 *list, size_t n, u32 opcode)
{
    return memchr(list, (int)opcode, n) != NULL;
}

/* Starts a command with nothing but its opcode set, takes what comes. Gives status and error. */
static u32 bare(u8 opcode)
{
    static u8 s[65536];
    packet_in(PACKET(opcode), s, sizeof s);
    return in(STATUS)&1 ? in(ERROR) : 0;
}

/* ---- sense ---- */

START_TEST(unknown_commands_are_invalid_operation_codes)
{
    cd_ready();
    for (u32 opcode = 0; opcode < 256; opcode++)
        if (!among(all_commands, sizeof all_commands, opcode))
            refused(PACKET((u8)opcode), SENSE(5, 0x20, 0));
    teardown();
}
END_TEST

/* MMC-2 and SPC-2: a unit attention is told once, to any command but these, which do not end it. */
START_TEST(a_unit_attention_never_stops_inquiry_and_its_like)
{
    for (u32 i = 0; i < sizeof all_commands; i++) {
        u8 opcode = all_commands[i];
        cd_board(disc_make(1));
        bool passes = among(never_blocked, sizeof never_blocked, opcode);
        u32 error = bare(opcode);
        ck_assert_int_eq(error >> 4 == 6, !passes);
        if (opcode != 0x03)
            ck_assert_int_eq(bare(0x00) >> 4 == 6, passes);
        else
            ck_assert_uint_eq(bare(0x00), 0); /* REQUEST SENSE has told it */
        ck_assert_uint_eq(bare(0x00), 0);
        teardown();
    }
}
END_TEST

START_TEST(request_sense_tells_once_and_then_of_the_attention)
{
    cd_ready();
    refused(PACKET(0xff), SENSE(5, 0x20, 0));
    ck_assert_uint_eq(sense_get(), 0);
    packet_none(PACKET(0xff));
    accepted(PACKET(0x00)); /* another command clears it */
    ck_assert_uint_eq(sense_get(), 0);
    ide_insert(&m.ide, 0, m.disk[0]);
    ck_assert_uint_eq(sense_get(), SENSE(6, 0x28, 0));
    accepted(PACKET(0x00));
    u8 s[18];
    ck_assert_uint_eq(packet_in(PACKET(0x03, 0, 0, 0, 4), s, 18), 4);
    teardown();
}
END_TEST

START_TEST(an_empty_drive_is_not_ready)
{
    cd_board(NULL);
    bare(0x00);
    for (u32 i = 0; i < sizeof all_commands; i++) {
        u32 error = bare(all_commands[i]);
        if (among(without_disc, sizeof without_disc, all_commands[i]))
            ck_assert_uint_ne(error >> 4, 2);
        else
            ck_assert_uint_eq(sense_get(), SENSE(2, 0x3a, 1)); /* the tray is closed */
    }
    accepted(PACKET(0x1b, 0, 0, 0, 2));
    refused(PACKET(0x00), SENSE(2, 0x3a, 2)); /* and now open */
    refused(PACKET(0x1b, 0, 0, 0, 1), SENSE(2, 0x3a, 2));
    accepted(PACKET(0x1b, 0, 0, 0, 3));
    refused(PACKET(0x00), SENSE(2, 0x3a, 1));
    teardown();
}
END_TEST

/* ---- the tray ---- */

/* GET EVENT STATUS NOTIFICATION: event in bits 15-8, what is there in 7-0. */
static u32 event_get(void)
{
    u8 s[8];
    ck_assert_uint_eq(packet_in(PACKET(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8), s, 8), 8);
    ck_assert_uint_eq(ide_be16(s), 6);
    ck_assert_uint_eq(s[2], 4);
    ck_assert_uint_eq(s[3], 0x10);
    return (u32)s[4] << 8 | s[5];
}

START_TEST(another_disc_is_told_by_attention_and_event)
{
    u8 s[2048];
    struct disk *second = disc_make(2);
    cd_ready();
    ck_assert_uint_eq(event_get(), 0x0002);
    ck_assert(ide_insert(&m.ide, 0, NULL));
    ck_assert_uint_eq(event_get(), 0x0301);
    refused(PACKET(0x00), SENSE(2, 0x3a, 2));
    ck_assert(ide_insert(&m.ide, 0, second));
    ck_assert_uint_eq(event_get(), 0x0202);
    ck_assert_uint_eq(event_get(), 0x0002);
    refused(PACKET(0x28, 0, 0, 0, 0, 5, 0, 0, 1), SENSE(6, 0x28, 0));
    ck_assert_uint_eq(packet_in(PACKET(0x28, 0, 0, 0, 0, 5, 0, 0, 1), s, 2048), 2048);
    ck_assert(cd_sector_is(s, 2, 5));
    ck_assert(ide_insert(&m.ide, 0, m.disk[0])); /* without taking the other out first */
    refused(PACKET(0x00), SENSE(6, 0x28, 0));
    ck_assert_uint_eq(packet_in(PACKET(0x28, 0, 0, 0, 0, 5, 0, 0, 1), s, 2048), 2048);
    ck_assert(cd_sector_is(s, 1, 5));
    disk_close(second);
    teardown();
}
END_TEST

START_TEST(the_guest_opens_and_closes_the_tray)
{
    u8 s[8];
    cd_ready();
    accepted(PACKET(0x1b, 0, 0, 0, 2));
    ck_assert_uint_eq(event_get(), 0x0301);
    refused(PACKET(0x00), SENSE(2, 0x3a, 2));
    packet_in(PACKET(0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8), s, 8);
    ck_assert_uint_eq(s[1] & 0x10, 0x10);
    accepted(PACKET(0x1b, 0, 0, 0, 3));
    ck_assert_uint_eq(event_get(), 0x0202);
    refused(PACKET(0x00), SENSE(6, 0x28, 0));
    accepted(PACKET(0x00));
    accepted(PACKET(0x1b, 0, 0, 0, 0)); /* stop and start move no tray */
    accepted(PACKET(0x1b, 0, 0, 0, 1));
    accepted(PACKET(0x1b, 0, 0, 0, 3));
    accepted(PACKET(0x00));
    packet_in(PACKET(0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8), s, 8);
    ck_assert_uint_eq(s[1], 0);
    ck_assert_uint_eq(s[5], 1);
    teardown();
}
END_TEST

START_TEST(a_locked_drive_keeps_its_disc_until_somebody_insists)
{
    struct disk *second = disc_make(2);
    cd_ready();
    accepted(PACKET(0x1e, 0, 0, 0, 1));
    refused(PACKET(0x1b, 0, 0, 0, 2), SENSE(5, 0x53, 2));
    ck_assert(!ide_insert(&m.ide, 0, NULL));
    accepted(PACKET(0x00));
    ck_assert_uint_eq(event_get(), 0x0102); /* the button was pressed */
    accepted(PACKET(0x1e, 0, 0, 0, 0));
    accepted(PACKET(0x1e, 0, 0, 0, 1));
    ck_assert(!ide_insert(&m.ide, 0, second)); /* asked anew after it was unlocked */
    ck_assert(ide_insert(&m.ide, 0, second));
    refused(PACKET(0x00), SENSE(6, 0x28, 0));
    ck_assert(!ide_insert(&m.ide, 0, NULL));
    accepted(PACKET(0x1e, 0, 0, 0, 0));
    ck_assert(ide_insert(&m.ide, 0, NULL));
    accepted(PACKET(0x1e, 0, 0, 0, 1));
    ck_assert(ide_insert(&m.ide, 0, m.disk[0])); /* an empty drive is not locked */
    disk_close(second);
    teardown();
}
END_TEST

START_TEST(a_reset_unlocks_the_drive)
{
    cd_ready();
    accepted(PACKET(0x1e, 0, 0, 0, 1));
    ide_chip.reset(&m.ide);
    run(10 * MS);
    refused(PACKET(0x00), SENSE(6, 0x29, 0));
    ck_assert(ide_insert(&m.ide, 0, NULL));
    teardown();
}
END_TEST

/* What has been announced still comes; the next block does not. */
START_TEST(a_disc_taken_away_in_mid_transfer_ends_it)
{
    static u8 s[20 * 2048];
    struct disk *second = disc_make(2);
    for (u32 swap = 0; swap < 2; swap++) {
        cd_ready();
        limit_put(2048);
        packet_put(PACKET(0x28, 0, 0, 0, 0, 5, 0, 0, 20), false);
        wait_irq();
        words_in(s, 1000);
        ck_assert(ide_insert(&m.ide, 0, swap ? second : NULL));
        words_in(s + 1000, 1048);
        u32 n = 2048 + data_in(s + 2048, sizeof s - 2048);
        ck_assert_uint_eq(in(STATUS), 0x41);
        ck_assert_uint_lt(n, sizeof s);
        for (u32 i = 0; i < n / 2048; i++)
            ck_assert(cd_sector_is(s + i * 2048, 1, 5 + i));
        ck_assert_uint_eq(sense_get(), swap ? SENSE(6, 0x28, 0) : SENSE(2, 0x3a, 2));
        disk_close(m.disk[0]);
    }
    disk_close(second);
}
END_TEST

/* ---- reading ---- */

START_TEST(sectors_are_read_in_every_way)
{
    static const struct {
        u8 packet[12];
    } rows[] = {
        {{0x28, 0, 0, 0, 1, 0x2c, 0, 0, 3}},
        {{0xa8, 0, 0, 0, 1, 0x2c, 0, 0, 0, 3}},
        {{0xbe, 0, 0, 0, 1, 0x2c, 0, 0, 3, 0x10}},
        {{0xbe, 2 << 2, 0, 0, 1, 0x2c, 0, 0, 3, 0x10}}, /* mode 1 */
        {{0xb9, 0, 0, 0, 6, 0, 0, 6, 3, 0x10}},         /* 00:06:00 is sector 300 */
    };
    u8 s[3 * 2048];
    cd_ready();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        memset(s, 0, sizeof s);
        ck_assert_uint_eq(packet_in(rows[i].packet, s, sizeof s), sizeof s);
        ck_assert_uint_eq(in(STATUS), 0x40);
        for (u32 n = 0; n < 3; n++)
            ck_assert(cd_sector_is(s + n * 2048, 1, 300 + n));
    }
    ck_assert_uint_eq(m.ide.cd_activity, 15);
    teardown();
}
END_TEST

START_TEST(addresses_outside_the_disc_are_out_of_range)
{
    static const struct {
        u32 lba, count;
        bool fine;
    } rows[] = {
        {CD_SECTORS - 1, 1, true},  {CD_SECTORS - 1, 2, false}, {CD_SECTORS, 1, false},
        {0xffffffff, 1, false},     {0xffffffff, 2, false},     {0xffffff00, 0xffff, false},
        {0x80000000, 1, false},     {CD_SECTORS - 1, 0, true},  {CD_SECTORS, 0, false},
        {0, CD_SECTORS + 1, false},
    };
    static u8 s[65536];
    cd_ready();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        u8 read10[12] = {0x28}, read12[12] = {0xa8}, read_cd[12] = {0xbe, [9] = 0x10};
        u8 *const packets[] = {read10, read12, read_cd};
        ide_put_be16(read10 + 7, rows[i].count);
        ide_put_be32(read12 + 6, rows[i].count);
        ide_put_be16(read_cd + 7, rows[i].count);
        for (u32 p = 0; p < 3; p++) {
            ide_put_be32(packets[p] + 2, rows[i].lba);
            if (!rows[i].fine)
                refused(packets[p], SENSE(5, 0x21, 0));
            else
                ck_assert_uint_eq(packet_in(packets[p], s, sizeof s), 2048 * rows[i].count);
            ck_assert_uint_eq(in(STATUS), 0x40);
        }
    }
    refused(PACKET(0xa8, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff), SENSE(5, 0x21, 0));
    refused(PACKET(0xbe, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0x10), SENSE(5, 0x21, 0));
    refused(PACKET(0x2b, 0, 0, 0, 1, 0x90), SENSE(5, 0x21, 0)); /* SEEK to 400 */
    accepted(PACKET(0x2b, 0, 0, 0, 1, 0x8f));
    refused(PACKET(0xb9, 0, 0, 0, 1, 74, 0, 2, 1, 0x10), SENSE(5, 0x24, 0)); /* before 00:02:00 */
    refused(PACKET(0xb9, 0, 0, 0, 3, 0, 0, 2, 74, 0x10), SENSE(5, 0x24, 0)); /* backwards */
    refused(PACKET(0xb9, 0, 0, 0, 60, 0, 1, 0, 0, 0x10), SENSE(5, 0x24, 0));
    refused(PACKET(0xb9, 0, 0, 0, 3, 75, 0, 4, 0, 0x10), SENSE(5, 0x24, 0));
    refused(PACKET(0xb9, 0, 0, 0xff, 0, 0, 0xff, 0, 1, 0x10), SENSE(5, 0x21, 0));
    accepted(PACKET(0xb9, 0, 0, 0, 3, 0, 0, 3, 0, 0x10)); /* nothing */
    teardown();
}
END_TEST

START_TEST(a_truncated_image_ends_where_its_file_ends)
{
    static u8 s[30 * 2048], t[2048];
    for (u32 i = 0; i < sizeof s; i++)
        s[i] = cd_byte(1, i / 2048, i % 2048);
    cd_board(disc_of(s, 29 * 2048 + 100)); /* its last sector is filled up with zeros */
    bare(0x00);
    packet_in(PACKET(0x25), t, 8);
    ck_assert_uint_eq(ide_be32(t), 29);
    ck_assert_uint_eq(ide_be32(t + 4), 2048);
    ck_assert_uint_eq(packet_in(PACKET(0x28, 0, 0, 0, 0, 29, 0, 0, 1), t, 2048), 2048);
    ck_assert_mem_eq(t, s + 29 * 2048, 100);
    for (u32 i = 100; i < 2048; i++)
        ck_assert_uint_eq(t[i], 0);
    refused(PACKET(0x28, 0, 0, 0, 0, 30, 0, 0, 1), SENSE(5, 0x21, 0));
    teardown();
}
END_TEST

/* The file gets shorter under us: what a bad disk of the host's is like. */
START_TEST(a_host_error_is_a_medium_error)
{
    static u8 s[CD_SECTORS * 2048];
    char message[200], path[] = "cd-test-XXXXXX";
    struct disk_options options = {.read_only = true, .want = DISK_WANT_CDROM};
    for (u32 i = 0; i < sizeof s; i++)
        s[i] = cd_byte(1, i / 2048, i % 2048);
    int file = mkstemp(path);
    ck_assert_int_eq(write(file, s, sizeof s), sizeof s);
    cd_board(disk_open(path, &options, message, sizeof message));
    ck_assert_int_eq(ftruncate(file, 100 * 2048), 0);
    close(file);
    unlink(path);
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    bare(0x00);
    ck_assert_uint_eq(packet_in(PACKET(0x28, 0, 0, 0, 0, 96, 0, 0, 8), s, sizeof s), 4 * 2048);
    ck_assert_uint_eq(in(STATUS), 0x41);
    ck_assert_uint_eq(in(ERROR), 0x30);
    ck_assert_uint_eq(sense_get(), SENSE(3, 0x11, 0));
    refused(PACKET(0xbe, 0, 0, 0, 0, 120, 0, 0, 1, 0xf8), SENSE(3, 0x11, 0));
    ck_assert_uint_eq(packet_in(PACKET(0x28, 0, 0, 0, 0, 90, 0, 0, 4), s, sizeof s), 4 * 2048);
    teardown();
}
END_TEST

/* There is no audio to be had. MMC-2: ILLEGAL MODE FOR THIS TRACK. */
START_TEST(a_data_track_is_not_played)
{
    cd_ready();
    refused(PACKET(0x45, 0, 0, 0, 0, 5, 0, 0, 10), SENSE(5, 0x64, 0));
    refused(PACKET(0x47, 0, 0, 0, 3, 0, 0, 4, 0), SENSE(5, 0x64, 0));
    refused(PACKET(0xa5, 0, 0, 0, 0, 5, 0, 0, 0, 10), SENSE(5, 0x64, 0));
    refused(PACKET(0xbe, 1 << 2, 0, 0, 0, 5, 0, 0, 1, 0x10), SENSE(5, 0x64, 0));
    refused(PACKET(0x45, 0, 0, 1, 0, 5, 0, 0, 10), SENSE(5, 0x21, 0));
    refused(PACKET(0x4b, 0, 0, 0, 0, 0, 0, 0, 1), SENSE(5, 0x2c, 0)); /* nothing to resume */
    accepted(PACKET(0x45, 0, 0, 0, 0, 5));
    accepted(PACKET(0x4e));
    teardown();
}
END_TEST

Suite *ide_cd_suite(void)
{
    const TTest *const tests[] = {unknown_commands_are_invalid_operation_codes,
                                  a_unit_attention_never_stops_inquiry_and_its_like,
                                  request_sense_tells_once_and_then_of_the_attention,
                                  an_empty_drive_is_not_ready,
                                  another_disc_is_told_by_attention_and_event,
                                  the_guest_opens_and_closes_the_tray,
                                  a_locked_drive_keeps_its_disc_until_somebody_insists,
                                  a_reset_unlocks_the_drive,
                                  a_disc_taken_away_in_mid_transfer_ends_it,
                                  sectors_are_read_in_every_way,
                                  addresses_outside_the_disc_are_out_of_range,
                                  a_truncated_image_ends_where_its_file_ends,
                                  a_host_error_is_a_medium_error,
                                  a_data_track_is_not_played,
                                  NULL};
    return unit_suite("ide_cd", tests);
}
