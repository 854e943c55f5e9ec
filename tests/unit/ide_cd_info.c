/* SPDX-License-Identifier: MIT */
/* What a CD-ROM drive tells of itself and of the disc. */
#include "tests/unit/cd_rig.h"

static u8 s[4096];

#define GIVES(n, ...) ck_assert_uint_eq(packet_in(PACKET(__VA_ARGS__), s, sizeof s), n)
#define BYTES(at, ...)                                                                             \
    ck_assert_mem_eq(s + (at), ((u8[]){__VA_ARGS__}), sizeof((u8[]){__VA_ARGS__}))

/* SPC-2 "INQUIRY"; no two drives of a machine have the same name. */
START_TEST(inquiry_names_the_drive)
{
    u8 first[36];
    cd_ready();
    GIVES(36, 0x12, 0, 0, 0, 255);
    BYTES(0, 5, 0x80, 0, 0x21, 31, 0, 0, 0);
    ck_assert_mem_eq(s + 8, "TWIN86  CD-ROM DRIVE 00 1.0", 27);
    memcpy(first, s, 36);
    GIVES(5, 0x12, 0, 0, 0, 5);
    GIVES(0, 0x12, 0, 0, 0, 0);
    ck_assert_uint_eq(in(STATUS), 0x40);
    refused(PACKET(0x12, 1, 0, 0, 36), SENSE(5, 0x24, 0));
    refused(PACKET(0x12, 0, 0x80, 0, 36), SENSE(5, 0x24, 0));
    for (u8 unit = 1; unit < 4; unit++) {
        m.ide.channel = unit >> 1;
        ide_attach_cd(&m.ide, unit & 1, m.disk[0]);
        run(10 * MS);
        out(DEVICE, unit & 1 ? 0xb0 : 0xa0);
        GIVES(36, 0x12, 0, 0, 0, 36);
        ck_assert_mem_ne(s, first, 36);
        out(DEVICE, 0xa0);
    }
    teardown();
}
END_TEST

START_TEST(capacity_is_the_last_sector)
{
    cd_ready();
    GIVES(8, 0x25);
    BYTES(0, 0, 0, 1, 0x8f, 0, 0, 8, 0);
    teardown();
}
END_TEST

/* MMC-2 "READ TOC/PMA/ATIP". 400 sectors end at 00:07:25. */
START_TEST(the_table_of_contents_in_its_formats)
{
    cd_ready();
    GIVES(20, 0x43, 0, 0, 0, 0, 0, 0, 1, 0);
    BYTES(0, 0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xaa, 0, 0, 0, 1, 0x90);
    GIVES(20, 0x43, 2, 0, 0, 0, 0, 1, 1, 0);
    BYTES(0, 0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 2, 0, 0, 0x14, 0xaa, 0, 0, 0, 7, 25);
    GIVES(12, 0x43, 2, 0, 0, 0, 0, 0xaa, 1, 0);
    BYTES(0, 0, 10, 1, 1, 0, 0x14, 0xaa, 0, 0, 0, 7, 25);
    refused(PACKET(0x43, 0, 0, 0, 0, 0, 2, 1, 0), SENSE(5, 0x24, 0));
    GIVES(4, 0x43, 0, 0, 0, 0, 0, 0, 0, 4); /* the length is of all there would be */
    BYTES(0, 0, 18, 1, 1);
    for (u8 old = 0; old < 2; old++) { /* MMC's place of the format, and SFF-8020i's */
        GIVES(12, 0x43, 0, old ? 0 : 1, 0, 0, 0, 0, 1, 0, old ? 0x40 : 0);
        BYTES(0, 0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0);
        GIVES(48, 0x43, 0, old ? 0 : 2, 0, 0, 0, 0, 1, 0, old ? 0x80 : 0);
        BYTES(0, 0, 46, 1, 1);
        BYTES(4, 1, 0x14, 0, 0xa0, 0, 0, 0, 0, 1, 0, 0);
        BYTES(15, 1, 0x14, 0, 0xa1, 0, 0, 0, 0, 1, 0, 0);
        BYTES(26, 1, 0x14, 0, 0xa2, 0, 0, 0, 0, 0, 7, 25);
        BYTES(37, 1, 0x14, 0, 1, 0, 0, 0, 0, 0, 2, 0);
    }
    for (u8 format = 3; format < 16; format++)
        refused(PACKET(0x43, 0, format, 0, 0, 0, 0, 1, 0), SENSE(5, 0x24, 0));
    teardown();
}
END_TEST

START_TEST(a_sector_that_minutes_do_not_reach_is_the_last_they_do)
{
    u8 p[4];
    ide_cd_put_address(p, 0, true);
    ck_assert_mem_eq(p, ((u8[]){0, 0, 2, 0}), 4);
    ide_cd_put_address(p, 256 * 60 * 75 - 151, true);
    ck_assert_mem_eq(p, ((u8[]){0, 255, 59, 74}), 4);
    ide_cd_put_address(p, 256 * 60 * 75 - 150, true);
    ck_assert_mem_eq(p, ((u8[]){0, 255, 59, 74}), 4);
    ide_cd_put_address(p, 0x12345678, false);
    ck_assert_mem_eq(p, ((u8[]){0x12, 0x34, 0x56, 0x78}), 4);
}
END_TEST

START_TEST(the_sub_channel_tells_where_the_drive_is)
{
    cd_ready();
    GIVES(2048, 0x28, 0, 0, 0, 1, 0x2c, 0, 0, 1); /* sector 300, 00:04:00 into the track */
    GIVES(16, 0x42, 0, 0x40, 1, 0, 0, 0, 0, 255);
    BYTES(0, 0, 0x15, 0, 12, 1, 0x14, 1, 1, 0, 0, 1, 0x2c, 0, 0, 1, 0x2c);
    GIVES(16, 0x42, 2, 0x40, 1, 0, 0, 0, 0, 255);
    BYTES(8, 0, 0, 6, 0, 0, 0, 4, 0);
    GIVES(4, 0x42, 0, 0, 1, 0, 0, 0, 0, 255); /* without the Q data */
    BYTES(0, 0, 0x15, 0, 0);
    GIVES(24, 0x42, 0, 0x40, 2, 0, 0, 0, 0, 255);
    BYTES(0, 0, 0x15, 0, 20, 2, 0, 0, 0, 0);
    GIVES(24, 0x42, 0, 0x40, 3, 0, 0, 1, 0, 255);
    BYTES(0, 0, 0x15, 0, 20, 3, 0x14, 1, 0, 0);
    refused(PACKET(0x42, 0, 0x40, 0, 0, 0, 0, 0, 255), SENSE(5, 0x24, 0));
    refused(PACKET(0x42, 0, 0x40, 4, 0, 0, 0, 0, 255), SENSE(5, 0x24, 0));
    GIVES(8, 0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8); /* MECHANISM STATUS has it too */
    BYTES(0, 0, 0, 0, 1, 0x2c, 1, 0, 0);
    teardown();
}
END_TEST

START_TEST(disc_and_track_information)
{
    cd_ready();
    GIVES(34, 0x51, 0, 0, 0, 0, 0, 0, 0, 255);
    BYTES(0, 0, 32, 0x0e, 1, 1, 1, 1, 0x20, 0);
    BYTES(16, 0, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0xff);
    static const u8 asked[][2] = {{0, 0}, {0, 255}, {1, 1}, {2, 1}};
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        GIVES(28, 0x52, asked[i][0], 0, 0, 0, asked[i][1], 0, 0, 255);
        BYTES(0, 0, 26, 1, 1, 0, 4, 1, 0, 0, 0, 0, 0);
        BYTES(24, 0, 0, 1, 0x90);
    }
    refused(PACKET(0x52, 1, 0, 0, 0, 2, 0, 0, 255), SENSE(5, 0x24, 0));
    refused(PACKET(0x52, 0, 0, 0, 1, 0x90, 0, 0, 255), SENSE(5, 0x24, 0));
    refused(PACKET(0x52, 3, 0, 0, 0, 1, 0, 0, 255), SENSE(5, 0x24, 0));
    teardown();
}
END_TEST

/* MMC-3 "GET CONFIGURATION". */
START_TEST(features_are_listed_from_the_one_that_is_asked_for)
{
    static const u16 codes[] = {0x0000, 0x0001, 0x0003, 0x0010, 0x001e, 0x0100};
    cd_ready();
    GIVES(52, 0x46, 0, 0, 0, 0, 0, 0, 0, 255);
    ck_assert_uint_eq(ide_be32(s), 48);
    ck_assert_uint_eq(ide_be16(s + 6), 8); /* the profile now: CD-ROM */
    u32 at = 8;
    for (size_t i = 0; i < ARRAY_LEN(codes); i++, at += 4u + s[at + 3]) {
        ck_assert_uint_eq(ide_be16(s + at), codes[i]);
        ck_assert_uint_eq(s[at + 2] & 1, 1); /* current, as there is a disc */
    }
    ck_assert_uint_eq(at, 52);
    BYTES(12, 0, 8, 1, 0);
    GIVES(28, 0x46, 0, 0, 0x10, 0, 0, 0, 0, 255);
    ck_assert_uint_eq(ide_be16(s + 8), 0x10);
    BYTES(12, 0, 0, 8, 0, 0, 1, 0, 0);
    GIVES(12, 0x46, 2, 0, 0x1e, 0, 0, 0, 0, 255);
    GIVES(8, 0x46, 2, 0, 0x1d, 0, 0, 0, 0, 255);
    GIVES(4, 0x46, 0, 0, 0, 0, 0, 0, 0, 4);
    refused(PACKET(0x46, 3, 0, 0, 0, 0, 0, 0, 255), SENSE(5, 0x24, 0));
    ide_insert(&m.ide, 0, NULL);
    GIVES(52, 0x46, 0, 0, 0, 0, 0, 0, 0, 255);
    ck_assert_uint_eq(ide_be16(s + 6), 0);
    BYTES(12, 0, 8, 0, 0);
    GIVES(36, 0x46, 1, 0, 0, 0, 0, 0, 0, 255); /* only what is current */
    teardown();
}
END_TEST

START_TEST(events_of_other_classes_are_none)
{
    cd_ready();
    GIVES(4, 0x4a, 1, 0, 0, 0x4e, 0, 0, 0, 8);
    BYTES(0, 0, 2, 0x80, 0x10);
    refused(PACKET(0x4a, 0, 0, 0, 0x10, 0, 0, 0, 8), SENSE(5, 0x24, 0)); /* not asked: queued */
    ide_insert(&m.ide, 0, NULL);
    GIVES(4, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 4); /* too short to tell it */
    GIVES(8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8);
    BYTES(0, 0, 6, 4, 0x10, 3, 1, 0, 0);
    teardown();
}
END_TEST

/* ---- mode pages ---- */

START_TEST(mode_pages_are_told_with_either_header)
{
    static const struct {
        u8 code, length;
    } pages[] = {{0x01, 6}, {0x0d, 6}, {0x0e, 14}, {0x2a, 18}};
    cd_ready();
    for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
        u8 code = pages[i].code;
        u32 n = pages[i].length + 2u;
        for (u8 control = 0; control < 3; control++) { /* now, changeable, default */
            u8 page = (u8)(control << 6 | code);
            GIVES(8 + n, 0x5a, 0, page, 0, 0, 0, 0, 1, 0);
            BYTES(0, 0, (u8)(6 + n), 1, 0, 0, 0, 0, 0, code, pages[i].length);
            GIVES(4 + n, 0x1a, 0, page, 0, 255);
            BYTES(0, (u8)(3 + n), 1, 0, 0, code, pages[i].length);
        }
        refused(PACKET(0x5a, 0, 0xc0 | code, 0, 0, 0, 0, 1, 0), SENSE(5, 0x39, 0));
    }
    GIVES(8 + 52, 0x5a, 0, 0x3f, 0, 0, 0, 0, 1, 0);
    BYTES(0, 0, 58);
    ck_assert_uint_eq(s[8] | s[16] << 8, 0x0d01);
    refused(PACKET(0x5a, 0, 0x05, 0, 0, 0, 0, 1, 0), SENSE(5, 0x24, 0));
    GIVES(10, 0x5a, 0, 0x3f, 0, 0, 0, 0, 0, 10);
    ide_insert(&m.ide, 0, NULL);
    GIVES(16, 0x5a, 0, 0x01, 0, 0, 0, 0, 1, 0);
    ck_assert_uint_eq(s[2], 0x71); /* the door is open */
    accepted(PACKET(0x1b, 0, 0, 0, 3));
    GIVES(16, 0x5a, 0, 0x01, 0, 0, 0, 0, 1, 0);
    ck_assert_uint_eq(s[2], 0x70); /* closed, empty */
    teardown();
}
END_TEST

/* SFF-8020i "CD-ROM capabilities and mechanical status page". */
START_TEST(capabilities_follow_lock_and_speed)
{
    cd_ready();
    GIVES(28, 0x5a, 0, 0x2a, 0, 0, 0, 0, 1, 0);
    ck_assert_uint_eq(s[8 + 6], 0x29);            /* tray, eject, lock */
    ck_assert_uint_eq(ide_be16(s + 8 + 8), 7056); /* 40 times */
    ck_assert_uint_eq(ide_be16(s + 8 + 14), 7056);
    accepted(PACKET(0x1e, 0, 0, 0, 1));
    static const u16 speeds[][2] = {{1411, 1411}, {0, 176}, {0xffff, 7056}, {7055, 7055}};
    for (size_t i = 0; i < ARRAY_LEN(speeds); i++) {
        accepted(PACKET(0xbb, 0, (u8)(speeds[i][0] >> 8), (u8)speeds[i][0], 0xff, 0xff));
        GIVES(28, 0x5a, 0, 0x2a, 0, 0, 0, 0, 1, 0);
        ck_assert_uint_eq(s[8 + 6], 0x2b);
        ck_assert_uint_eq(ide_be16(s + 8 + 14), speeds[i][1]);
        ck_assert_uint_eq(ide_be16(s + 8 + 8), 7056);
    }
    teardown();
}
END_TEST

/* Sends a parameter list. Gives the sense, 0: fine. */
static u32 mode_select(u8 opcode, const u8 *list, u32 n)
{
    u8 packet[12] = {opcode, 0x10};
    if (opcode == 0x15)
        packet[4] = (u8)n;
    else
        ide_put_be16(packet + 7, n);
    limit_put(0xfffe);
    packet_put(packet, false);
    u8 status = wait_irq();
    if (status & 8) {
        words_out(list, n);
        status = wait_irq();
    }
    return status & 1 ? sense_get() : 0;
}

START_TEST(what_can_be_changed_is_and_nothing_else)
{
    u8 list[60] = {[8] = 0x0e, 14};
    cd_ready();
    memset(list + 10, 0xff, 14);
    ck_assert_uint_eq(mode_select(0x55, list, 24), 0);
    GIVES(24, 0x5a, 0, 0x0e, 0, 0, 0, 0, 1, 0);
    BYTES(8, 0x0e, 14, 6, 0, 0, 0, 0, 75, 15, 0xff, 15, 0xff, 0, 0, 0, 0);
    GIVES(24, 0x5a, 0, 0x8e, 0, 0, 0, 0, 1, 0); /* the default is as it was */
    BYTES(8, 0x0e, 14, 4, 0, 0, 0, 0, 75, 1, 0xff, 2, 0xff, 0, 0, 0, 0);
    u8 six[12] = {[4] = 0x01, 6, 0x20, 9, 0xff, 0xff, 0xff, 0xff};
    ck_assert_uint_eq(mode_select(0x15, six, 12), 0);
    GIVES(12, 0x1a, 0, 0x01, 0, 255);
    BYTES(4, 1, 6, 0x20, 9, 0, 0, 0, 0);
    GIVES(60, 0x5a, 0, 0x3f, 0, 0, 0, 0, 1, 0); /* all that was told may be sent back */
    memcpy(list, s, 60);
    list[0] = list[1] = 0;
    ck_assert_uint_eq(mode_select(0x55, list, 60), 0);
    GIVES(60, 0x5a, 0, 0x3f, 0, 0, 0, 0, 1, 0);
    ck_assert_mem_eq(s + 8, list + 8, 52);
    ide_chip.reset(&m.ide);
    run(10 * MS);
    refused(PACKET(0x00), SENSE(6, 0x29, 0));
    GIVES(12, 0x1a, 0, 0x01, 0, 255);
    BYTES(4, 1, 6, 0, 5);
    teardown();
}
END_TEST

START_TEST(bad_parameter_lists_change_nothing)
{
    static const struct {
        u8 n, bytes[24];
        u32 sense;
    } rows[] = {
        {4, {0}, SENSE(5, 0x1a, 0)},          /* half a header */
        {9, {[8] = 0x01}, SENSE(5, 0x1a, 0)}, /* half a page */
        {12, {[8] = 0x01, 6}, SENSE(5, 0x1a, 0)},
        {16, {[7] = 9, [8] = 0x01, 6}, SENSE(5, 0x1a, 0)},              /* a descriptor too long */
        {16, {[8] = 0x05, 6}, SENSE(5, 0x26, 0)},                       /* no such page */
        {16, {[8] = 0x01, 5}, SENSE(5, 0x26, 0)},                       /* of another length */
        {20, {[8] = 0x01, 6, 0x20, [16] = 0x3f, 2}, SENSE(5, 0x26, 0)}, /* the first was good */
        {8, {0}, 0},
        {16, {[7] = 8}, 0}, /* a descriptor alone */
    };
    cd_ready();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ck_assert_uint_eq(mode_select(0x55, rows[i].bytes, rows[i].n), rows[i].sense);
        GIVES(16, 0x5a, 0, 0x01, 0, 0, 0, 0, 1, 0);
        BYTES(8, 1, 6, 0, 5);
    }
    accepted(PACKET(0x55, 0x10));
    refused(PACKET(0x55, 0x11, 0, 0, 0, 0, 0, 0, 8), SENSE(5, 0x24, 0)); /* to be saved */
    refused(PACKET(0x55, 0x10, 0, 0, 0, 0, 0, 0x20, 1), SENSE(5, 0x1a, 0));
    teardown();
}
END_TEST

Suite *ide_cd_info_suite(void)
{
    const TTest *const tests[] = {inquiry_names_the_drive,
                                  capacity_is_the_last_sector,
                                  the_table_of_contents_in_its_formats,
                                  a_sector_that_minutes_do_not_reach_is_the_last_they_do,
                                  the_sub_channel_tells_where_the_drive_is,
                                  disc_and_track_information,
                                  features_are_listed_from_the_one_that_is_asked_for,
                                  events_of_other_classes_are_none,
                                  mode_pages_are_told_with_either_header,
                                  capabilities_follow_lock_and_speed,
                                  what_can_be_changed_is_and_nothing_else,
                                  bad_parameter_lists_change_nothing,
                                  NULL};
    return unit_suite("ide_cd_info", tests);
}
