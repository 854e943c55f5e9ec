/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/drives.h"
#include "src/profile.h"
#include "tests/unit/unit.h"

static char folder[32], message[5200], paths[40][48];
static struct options options;
static struct drives drives;

/* A file of so many KiB; what a floppy holds does not matter. */
static const char *image(unsigned number, u32 kib)
{
    char *path = paths[number];
    snprintf(path, sizeof paths[0], "%s/%u", folder, number);
    int fd = open(path, O_CREAT | O_WRONLY, 0666);
    ck_assert(fd >= 0 && !ftruncate(fd, (off_t)kib * 1024));
    close(fd);
    return path;
}

/* A CD's image of so many sectors. */
static const char *cd_image(unsigned number, u32 sectors)
{
    char *path = paths[number];
    snprintf(path, sizeof paths[0], "%s/%u.iso", folder, number);
    int fd = open(path, O_CREAT | O_WRONLY, 0666);
    ck_assert(fd >= 0 && !ftruncate(fd, (off_t)sectors * 2048));
    ck_assert_int_eq(pwrite(fd, "\1CD001\1", 7, 16 * 2048), 7);
    close(fd);
    return path;
}

static void setup(void)
{
    strcpy(folder, "drives-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    memset(paths, 0, sizeof paths);
    options = (struct options){0};
    message[0] = 0;
}

static void teardown(void)
{
    drives_close(&drives);
    for (unsigned i = 0; i < ARRAY_LEN(paths); i++)
        if (paths[i][0])
            unlink(paths[i]);
    rmdir(folder);
}

static void name(const char *path)
{
    options.image.item[options.image.count++] = path;
}

/* A floppy, hard disk or CD by its letter: as an image, a capital one by its option. */
static void take(char letter, unsigned number)
{
    bool cd = letter == 'd' || letter == 'D', floppy = letter == 'a' || letter == 'A';
    const char *path = cd ? cd_image(number, 100) : image(number, floppy ? 1440 : 20000);
    if (letter >= 'a')
        name(path);
    else
        *(cd ? &options.cd : floppy ? &options.floppy[0] : &options.hard[0]) = path;
}

static void open_all(void)
{
    ck_assert_msg(drives_open(&drives, &options, message, sizeof message), "%s", message);
}

static void in_drive(unsigned drive, const char *path)
{
    if (path)
        ck_assert_str_eq(disk_path(drives.floppy[drive]), path);
    else
        ck_assert_ptr_null(drives.floppy[drive]);
}

START_TEST(images_find_their_drives_by_what_they_are)
{
    setup();
    name(image(0, 1440));
    name(image(1, 20000));
    name(image(2, 720));
    name(image(3, 1440));
    open_all();
    in_drive(0, paths[0]);
    in_drive(1, paths[2]);
    ck_assert_str_eq(disk_path(drives.hard[0]), paths[1]);
    ck_assert_uint_eq(drives.floppy_count, 3);
    ck_assert_str_eq(drives.boot, "acd");
    char text[1000] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    drives_announce(&drives, out);
    fclose(out);
    ck_assert_msg(strstr(text, "/0: 1.44 MB floppy -> A:\n") && strstr(text, "-> B:\n") &&
                      strstr(text, "-> C:\n") && strstr(text, "/3: 1.44 MB floppy -> next disk"),
                  "%s", text);
    teardown();
}
END_TEST

START_TEST(the_first_image_boots_first_then_what_has_a_disk)
{
    static const struct {
        const char *images, *order, *boot; /* images: in capitals those with an option */
    } rows[] = {
        {"", "", "acd"},       {"a", "", "acd"},    {"c", "", "cad"},     {"d", "", "dac"},
        {"ca", "", "cad"},     {"ac", "", "acd"},   {"da", "", "dac"},    {"dc", "", "dca"},
        {"C", "", "cad"},      {"D", "", "dac"},    {"CD", "", "cda"},    {"Cd", "", "dca"},
        {"Ca", "", "acd"},     {"Ac", "", "acd"},   {"Cad", "", "acd"},   {"cd", "a", "a"},
        {"acd", "dca", "dca"}, {"c", "dc", "dc"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        setup();
        for (unsigned n = 0; rows[i].images[n]; n++)
            take(rows[i].images[n], n);
        strcpy(options.boot.order, rows[i].order);
        open_all();
        ck_assert_msg(!strcmp(drives.boot, rows[i].boot), "%s %s: %s", rows[i].images,
                      rows[i].order, drives.boot);
        teardown();
    }
}
END_TEST

START_TEST(without_an_image_the_demo_disk_is_in_a)
{
    setup();
    open_all();
    ck_assert_ptr_nonnull(drives.floppy[0]);
    ck_assert_ptr_null(drives.floppy[1]);
    drives_close(&drives);
    options.hard[0] = image(0, 20000);
    open_all();
    in_drive(0, NULL); /* a hard disk is an image too */
    teardown();
}
END_TEST

START_TEST(next_disk_goes_round_all_floppies)
{
    setup();
    for (unsigned i = 0; i < 3; i++)
        name(image(i, 1440));
    open_all();
    ck_assert(drives_next(&drives, 0, message, sizeof message));
    in_drive(0, paths[1]); /* it was in B: */
    in_drive(1, NULL);
    ck_assert(drives_next(&drives, 0, message, sizeof message));
    in_drive(0, paths[2]);
    ck_assert(drives_next(&drives, 0, message, sizeof message));
    in_drive(0, paths[0]);
    drives_eject(&drives, 0, message, sizeof message);
    in_drive(0, NULL);
    ck_assert(drives_next(&drives, 0, message, sizeof message));
    in_drive(0, paths[0]);
    teardown();
}
END_TEST

START_TEST(a_lone_floppy_has_no_next)
{
    setup();
    name(image(0, 1440));
    open_all();
    ck_assert(!drives_next(&drives, 0, message, sizeof message));
    in_drive(0, paths[0]);
    ck_assert_str_ne(message, "");
    teardown();
}
END_TEST

START_TEST(a_disk_that_does_not_fit_stays_out)
{
    setup();
    name(image(0, 1440));
    open_all();
    ck_assert(drives_insert(&drives, 0, image(1, 720), message, sizeof message));
    in_drive(0, paths[1]);
    ck_assert(!drives_insert(&drives, 0, image(2, 1200), message, sizeof message));
    ck_assert_msg(strstr(message, "does not fit"), "%s", message);
    ck_assert_uint_eq(drives.floppy_count, 2);
    in_drive(0, paths[1]);
    ck_assert(!drives_insert(&drives, 0, "/no/such.img", message, sizeof message));
    ck_assert_msg(strstr(message, "/no/such.img"), "%s", message);
    in_drive(0, paths[1]);
    teardown();
}
END_TEST

START_TEST(the_drive_reads_the_largest_of_its_disks)
{
    setup();
    name(image(0, 360));
    name(image(1, 1200));
    open_all();
    ck_assert_uint_eq(drives.type[0], FDC_DRIVE_1200K);
    ck_assert_uint_eq(drives.type[1], FDC_DRIVE_1200K);
    teardown();
}
END_TEST

START_TEST(so_many_disks_and_no_more)
{
    setup();
    name(image(0, 1440));
    open_all();
    for (unsigned i = 1; i < OPTION_LIST; i++)
        ck_assert(drives_insert(&drives, 0, image(i, 1440), message, sizeof message));
    ck_assert(!drives_insert(&drives, 0, image(OPTION_LIST, 1440), message, sizeof message));
    ck_assert_msg(strstr(message, "too many"), "%s", message);
    ck_assert(drives_insert(&drives, 0, paths[5], message, sizeof message)); /* is open */
    teardown();
}
END_TEST

START_TEST(five_hard_disks_are_one_too_many)
{
    setup();
    for (unsigned i = 0; i < 5; i++)
        name(image(i, 20000));
    ck_assert(!drives_open(&drives, &options, message, sizeof message));
    ck_assert_msg(strstr(message, "no free drive"), "%s", message);
    teardown();
}
END_TEST

START_TEST(a_cd_goes_into_the_cd_rom_drive_named_or_not)
{
    for (unsigned how = 0; how < 2; how++) {
        setup();
        if (how)
            options.cd = cd_image(0, 1000);
        else
            name(cd_image(0, 1000));
        open_all();
        ck_assert_str_eq(disk_path(drives.cd), paths[0]);
        ck_assert(disk_read_only(drives.cd));
        ck_assert_uint_eq(drives.cd_unit, 2);
        in_drive(0, NULL); /* no demo disk beside it */
        char text[300] = "";
        FILE *out = fmemopen(text, sizeof text, "w");
        drives_announce(&drives, out);
        fclose(out);
        ck_assert_ptr_nonnull(strstr(text, "/0.iso: 1 MB CD-ROM (ISO 9660) -> CD-ROM\n"));
        teardown();
    }
    setup();
    options.cd = cd_image(0, 1000);
    name(cd_image(1, 1000));
    open_all();
    ck_assert_str_eq(disk_path(drives.cd), paths[0]); /* the other waits */
    ck_assert_str_eq(disk_path(drives_next_cd(&drives, message, sizeof message)), paths[1]);
    teardown();
    setup();
    options.cd = image(0, 1440);
    ck_assert(!drives_open(&drives, &options, message, sizeof message));
    ck_assert_msg(strstr(message, "/0: is no CD image"), "%s", message);
    teardown();
}
END_TEST

START_TEST(next_disc_goes_round_all_cds)
{
    setup();
    for (unsigned i = 0; i < 3; i++)
        name(cd_image(i, 1000));
    open_all();
    for (unsigned i = 1; i < 7; i++) {
        struct disk *disc = drives_next_cd(&drives, message, sizeof message);
        ck_assert_str_eq(disk_path(disc), paths[i % 3]);
        drives_put_cd(&drives, disc, message, sizeof message);
    }
    drives_put_cd(&drives, NULL, message, sizeof message); /* after an empty drive, the first */
    ck_assert_str_eq(disk_path(drives_next_cd(&drives, message, sizeof message)), paths[0]);
    teardown();
    setup();
    name(cd_image(0, 1000));
    open_all();
    ck_assert_ptr_null(drives_next_cd(&drives, message, sizeof message));
    ck_assert_ptr_nonnull(strstr(message, "no other CD"));
    teardown();
}
END_TEST

START_TEST(the_cd_rom_drive_is_where_hard_disks_leave_room)
{
    static const struct {
        unsigned disks, unit; /* disks: a bit each */
    } rows[] = {{0, 2}, {1, 2}, {3, 2}, {4, 3}, {7, 3}, {12, 1}, {13, 1}, {14, 0}, {15, 4}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        setup();
        for (unsigned n = 0; n < HARD_DRIVES; n++)
            options.hard[n] = rows[i].disks >> n & 1 ? image(n, 20000) : NULL;
        open_all();
        ck_assert_uint_eq(drives.cd_unit, rows[i].unit);
        drives_close(&drives);
        options.cd = cd_image(5, 100);
        ck_assert_int_eq(drives_open(&drives, &options, message, sizeof message),
                         rows[i].unit < HARD_DRIVES);
        teardown();
    }
    ck_assert_msg(strstr(message, "no room for a CD-ROM drive"), "%s", message);
}
END_TEST

START_TEST(discs_are_opened_once)
{
    setup();
    name(cd_image(0, 100));
    open_all();
    struct disk *first = drives.cd;
    ck_assert_ptr_eq(drives_open_cd(&drives, paths[0], message, sizeof message), first);
    for (unsigned i = 1; i < OPTION_LIST; i++)
        ck_assert_ptr_nonnull(drives_open_cd(&drives, cd_image(i, 100), message, sizeof message));
    ck_assert_ptr_null(
        drives_open_cd(&drives, cd_image(OPTION_LIST, 100), message, sizeof message));
    ck_assert_msg(strstr(message, "too many CDs"), "%s", message);
    drives_put_cd(&drives, NULL, message, sizeof message);
    ck_assert_ptr_null(drives.cd);
    ck_assert_str_eq(message, "the CD-ROM drive is empty");
    drives_put_cd(&drives, first, message, sizeof message);
    ck_assert_ptr_eq(drives.cd, first);
    ck_assert_ptr_nonnull(strstr(message, "/0.iso: 200 KB CD-ROM (ISO 9660) -> CD-ROM"));
    teardown();
}
END_TEST

START_TEST(an_image_finds_the_drive_it_is_for)
{
    struct disk *disc;
    setup();
    open_all();
    ck_assert(drives_insert_any(&drives, 0, cd_image(3, 100), &disc, message, sizeof message));
    ck_assert(disc && disc == drives.cds[0] && disk_read_only(disc));
    ck_assert(drives_insert_any(&drives, 0, paths[3], &disc, message, sizeof message));
    ck_assert(disc == drives.cds[0] && drives.cd_count == 1);
    for (unsigned i = 0; i < 2; i++) {
        const char *floppy = i ? paths[39] : image(39, 1440);
        ck_assert(drives_insert_any(&drives, 0, floppy, &disc, message, sizeof message));
        ck_assert_ptr_null(disc);
        in_drive(0, paths[39]);
    }
    ck_assert(!drives_insert_any(&drives, 0, "/no/such.iso", &disc, message, sizeof message));
    ck_assert_ptr_null(disc);
    ck_assert(!drives_insert_any(&drives, 0, image(4, 20000), &disc, message, sizeof message));
    ck_assert_ptr_nonnull(strstr(message, "is too large for a floppy"));
    teardown();
}
END_TEST

START_TEST(old_systems_warn_of_disks_above_504_mb)
{
    static const char *const profile[] = {NULL, "win9x", "dos"};
    for (unsigned i = 0; i < ARRAY_LEN(profile) * 2; i++) {
        bool large = i & 1;
        setup();
        options.profile = i / 2 ? profile_find(profile[i / 2]) : NULL;
        options.hard[1] = image(0, SMALL_DISK / 2 + large);
        open_all();
        char text[1000] = "";
        FILE *out = fmemopen(text, sizeof text, "w");
        drives_announce(&drives, out);
        fclose(out);
        ck_assert_int_eq(strstr(text, "/0: above 504 MB: systems of -profile dos") != NULL,
                         i / 2 == 2 && large);
        teardown();
    }
}
END_TEST

Suite *drives_suite(void)
{
    const TTest *const tests[] = {
        images_find_their_drives_by_what_they_are,
        the_first_image_boots_first_then_what_has_a_disk,
        without_an_image_the_demo_disk_is_in_a,
        next_disk_goes_round_all_floppies,
        next_disc_goes_round_all_cds,
        a_lone_floppy_has_no_next,
        a_disk_that_does_not_fit_stays_out,
        the_drive_reads_the_largest_of_its_disks,
        so_many_disks_and_no_more,
        five_hard_disks_are_one_too_many,
        a_cd_goes_into_the_cd_rom_drive_named_or_not,
        the_cd_rom_drive_is_where_hard_disks_leave_room,
        discs_are_opened_once,
        an_image_finds_the_drive_it_is_for,
        old_systems_warn_of_disks_above_504_mb,
        NULL,
    };
    return unit_suite("drives", tests);
}
