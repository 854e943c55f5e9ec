/* SPDX-License-Identifier: MIT */
/* Images of CDs: what they are known by, their sectors, sizes that no other disk has. */
#include "src/host/disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/unit/unit.h"

static const u8 sync_bytes[12] = {0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0};
static u8 image[64 * 2352];
static char message[300];

/* The first N bytes of IMAGE as a file; NULL and MESSAGE if it is no disk. */
static struct disk *open_image(size_t n, enum disk_want want)
{
    char path[] = "disk-cd-test-XXXXXX";
    struct disk_options options = {.want = want, .read_only = true};
    int file = mkstemp(path);
    ck_assert_int_eq(write(file, image, n), (ssize_t)n);
    close(file);
    struct disk *disk = disk_open(path, &options, message, sizeof message);
    unlink(path);
    return disk;
}

static void fill(void)
{
    for (size_t i = 0; i < sizeof image; i++)
        image[i] = (u8)(i * 7 + i / 2048);
}

/* Sectors of 2352 bytes with MODE, descriptor NAME at AT in the 16th. */
static void fill_raw(u8 mode, u32 at, const char *name)
{
    fill();
    for (u32 i = 0; i < 64; i++) {
        memcpy(image + i * 2352, sync_bytes, 12);
        image[i * 2352 + 15] = mode;
    }
    memcpy(image + 16 * 2352 + at, name, 5);
}

START_TEST(volumes_are_known_by_their_descriptors)
{
    static const struct {
        u32 at;
        const char *name, *what;
    } rows[] = {{0x8001, "CD001", "ISO 9660"}, {0x8001, "BEA01", "UDF"},
                {0x8009, "CDROM", "High S"},   {0x8000, "CD001", NULL},
                {0x8801, "CD001", NULL},       {0x8001, "CDROM", NULL}};
    char text[100];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        fill();
        memcpy(image + rows[i].at, rows[i].name, 5);
        struct disk *disk = open_image(64 * 2048, DISK_WANT_CDROM);
        ck_assert_int_eq(disk != NULL, rows[i].what != NULL);
        if (!disk)
            continue;
        disk_describe(disk, text, sizeof text);
        ck_assert_ptr_nonnull(strstr(text, rows[i].what));
        ck_assert_int_eq(disk_kind(disk), DISK_CDROM);
        ck_assert_uint_eq(disk_cd_sectors(disk), 64);
        ck_assert_uint_eq(disk_cd_sector_bytes(disk), 2048);
        disk_close(disk);
    }
}
END_TEST

START_TEST(raw_sectors_are_known_by_their_marks)
{
    static const struct {
        u8 mode;
        u32 at;
        bool fine;
    } rows[] = {{1, 17, true}, {2, 25, true}, {1, 25, false}, {2, 17, false}, {0, 17, false}};
    char text[100];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        fill_raw(rows[i].mode, rows[i].at, "CD001");
        struct disk *disk = open_image(61 * 2352, DISK_WANT_ANY);
        if (!rows[i].fine) {
            ck_assert_ptr_null(disk); /* and no other disk has that size */
            ck_assert_ptr_nonnull(strstr(message, "multiple of 512"));
            continue;
        }
        ck_assert_ptr_nonnull(disk);
        disk_describe(disk, text, sizeof text);
        ck_assert_ptr_nonnull(strstr(text, "ISO 9660, raw sectors"));
        ck_assert_uint_eq(disk_cd_sectors(disk), 61);
        ck_assert_uint_eq(disk_cd_sector_bytes(disk), 2352);
        disk_close(disk);
    }
    fill_raw(1, 17, "CD001");
    image[16 * 2352 + 5] = 0; /* no synchronization */
    ck_assert_ptr_null(open_image(64 * 2352, DISK_WANT_CDROM));
}
END_TEST

START_TEST(a_cut_off_image_is_filled_up_to_a_whole_sector)
{
    static const size_t sizes[] = {20 * 2048 + 1, 20 * 2048 + 511, 20 * 2048 + 512,
                                   20 * 2048 + 2047, 17 * 2048};
    u8 s[2 * 2048];
    fill();
    memcpy(image + 0x8001, "CD001", 5);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        size_t n = sizes[i];
        u32 sectors = (u32)((n + 2047) / 2048), last = sectors - 1;
        struct disk *disk = open_image(n, DISK_WANT_ANY);
        ck_assert_msg(disk != NULL, "%s", message);
        ck_assert_uint_eq(disk_cd_sectors(disk), sectors);
        ck_assert(disk_read_cd(disk, last - 1, 2, s));
        size_t there = n - (last - 1) * 2048;
        ck_assert_mem_eq(s, image + (last - 1) * 2048, there);
        for (size_t k = there; k < sizeof s; k++)
            ck_assert_uint_eq(s[k], 0);
        ck_assert(!disk_read_cd(disk, last, 2, s));
        ck_assert(!disk_read_cd(disk, sectors, 1, s));
        ck_assert(!disk_read_cd(disk, 0xffffffff, 1, s));
        ck_assert(!disk_read_cd(disk, 1, 0xffffffff, s));
        disk_close(disk);
    }
    ck_assert_ptr_null(open_image(16 * 2048, DISK_WANT_CDROM)); /* the descriptor is missing */
}
END_TEST

START_TEST(sectors_are_read_wherever_they_begin)
{
    static u8 s[3 * 2352];
    fill_raw(1, 17, "CD001");
    struct disk *disk = open_image(64 * 2352, DISK_WANT_CDROM);
    for (u32 lba = 0; lba < 62; lba++) {
        ck_assert(disk_read_cd(disk, lba, 3, s));
        ck_assert_mem_eq(s, image + lba * 2352, sizeof s);
    }
    for (u32 at = 500; at < 1100; at += 7)
        for (u32 n = 0; n < 1600; n += 123) {
            memset(s, 0xee, sizeof s);
            ck_assert(disk_read_bytes(disk, at, n, s));
            ck_assert_mem_eq(s, image + at, n);
            ck_assert_uint_eq(s[n], 0xee);
        }
    disk_close(disk);
}
END_TEST

START_TEST(a_packed_image_is_a_cd_too)
{
    char path[] = "disk-cd-test-XXXXXX";
    u8 s[2352];
    fill_raw(2, 25, "CD001");
    int file = mkstemp(path);
    gzFile gz = gzdopen(file, "wb");
    ck_assert_int_eq(gzwrite(gz, image, 63 * 2352), 63 * 2352);
    ck_assert_int_eq(gzclose(gz), Z_OK);
    struct disk_options options = {.read_only = true, .want = DISK_WANT_CDROM};
    struct disk *disk = disk_open(path, &options, message, sizeof message);
    unlink(path);
    ck_assert_msg(disk != NULL, "%s", message);
    ck_assert_uint_eq(disk_cd_sectors(disk), 63);
    ck_assert(disk_read_cd(disk, 62, 1, s));
    ck_assert_mem_eq(s, image + 62 * 2352, 2352);
    disk_close(disk);
}
END_TEST

START_TEST(a_cd_is_only_read_and_so_may_be_in_two_drives)
{
    static const enum disk_want wants[] = {DISK_WANT_ANY, DISK_WANT_REMOVABLE, DISK_WANT_CDROM};
    char path[] = "disk-cd-test-XXXXXX";
    struct disk *disk[ARRAY_LEN(wants)];
    fill();
    memcpy(image + 0x8001, "CD001", 5);
    int file = mkstemp(path);
    ck_assert_int_eq(write(file, image, 64 * 2048), 64 * 2048);
    close(file);
    for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
        struct disk_options options = {.want = wants[i]};
        disk[i] = disk_open(path, &options, message, sizeof message);
        ck_assert_msg(disk[i] != NULL, "%s", message);
        ck_assert_int_eq(disk_kind(disk[i]), DISK_CDROM);
        ck_assert(disk_read_only(disk[i]) && !disk_forced_read_only(disk[i]));
        ck_assert(!disk_write(disk[i], 0, 1, image));
    }
    unlink(path);
    for (size_t i = 0; i < ARRAY_LEN(wants); i++)
        disk_close(disk[i]);
}
END_TEST

START_TEST(other_disks_have_no_cd_sectors)
{
    u8 s[2048];
    fill();
    struct disk *disk = open_image(64 * 2048, DISK_WANT_HARD);
    ck_assert_ptr_nonnull(disk);
    ck_assert_uint_eq(disk_cd_sectors(disk), 0);
    ck_assert(!disk_read_cd(disk, 0, 1, s));
    disk_close(disk);
}
END_TEST

Suite *disk_cd_suite(void)
{
    const TTest *const tests[] = {volumes_are_known_by_their_descriptors,
                                  raw_sectors_are_known_by_their_marks,
                                  a_cut_off_image_is_filled_up_to_a_whole_sector,
                                  sectors_are_read_wherever_they_begin,
                                  a_packed_image_is_a_cd_too,
                                  a_cd_is_only_read_and_so_may_be_in_two_drives,
                                  other_disks_have_no_cd_sectors,
                                  NULL};
    return unit_suite("disk_cd", tests);
}
