/* SPDX-License-Identifier: MIT */
#include "frontend/fit.h"

#include "tests/unit/unit.h"

START_TEST(a_mode_of_4_to_3_is_doubled_in_a_window_of_twice_its_size)
{
    struct fit fit = fit_picture(640, 480, 1280, 960);

    ck_assert(fit.whole);
    ck_assert_uint_eq(fit.times_x, 2);
    ck_assert_uint_eq(fit.times_y, 2);
    ck_assert_uint_eq(fit.x, 0);
    ck_assert_uint_eq(fit.y, 0);
}
END_TEST

START_TEST(tall_pixels_are_five_by_six)
{
    struct fit fit = fit_picture(320, 200, 1600, 1200);

    ck_assert(fit.whole);
    ck_assert_uint_eq(fit.times_x, 5);
    ck_assert_uint_eq(fit.times_y, 6);
}
END_TEST

START_TEST(whole_pixels_may_miss_4_to_3_by_a_little)
{
    struct fit fit = fit_picture(320, 200, 1920, 1080); /* 1280x1000 of at most 1440x1080 */

    ck_assert(fit.whole);
    ck_assert_uint_eq(fit.width, 1280);
    ck_assert_uint_eq(fit.height, 1000);
    ck_assert_uint_eq(fit.x, 320);
    ck_assert_uint_eq(fit.y, 40);
}
END_TEST

START_TEST(else_the_picture_is_4_to_3_in_the_middle)
{
    struct fit fit = fit_picture(720, 400, 1920, 720);

    ck_assert(!fit.whole);
    ck_assert_uint_eq(fit.width, 960);
    ck_assert_uint_eq(fit.height, 720);
    ck_assert_uint_eq(fit.x, 480);
    ck_assert_uint_eq(fit.times_x, 2);
    ck_assert_uint_eq(fit.times_y, 2);
    fit = fit_picture(720, 400, 600, 900);
    ck_assert_uint_eq(fit.width, 600);
    ck_assert_uint_eq(fit.height, 450);
    ck_assert_uint_eq(fit.y, 225);
}
END_TEST

START_TEST(every_size_stays_inside_its_window)
{
    static const u32 sizes[] = {1, 2, 3, 7, 200, 320, 400, 640, 720, 1056, 2048};

    for (size_t i = 0; i < ARRAY_LEN(sizes) * ARRAY_LEN(sizes); i++) {
        for (u32 room = 1; room < 5000; room += 37) {
            u32 width = sizes[i % ARRAY_LEN(sizes)], height = sizes[i / ARRAY_LEN(sizes)];
            struct fit fit = fit_picture(width, height, room, 5000 - room);
            ck_assert(fit.width && fit.height && fit.times_x && fit.times_y);
            ck_assert_uint_le(fit.x + fit.width, room);
            ck_assert_uint_le(fit.y + fit.height, 5000 - room);
            ck_assert(fit.whole || width * fit.times_x <= 4096);
            ck_assert(!fit.whole || width * fit.times_x == fit.width);
        }
    }
}
END_TEST

Suite *fit_suite(void)
{
    const TTest *const tests[] = {a_mode_of_4_to_3_is_doubled_in_a_window_of_twice_its_size,
                                  tall_pixels_are_five_by_six,
                                  whole_pixels_may_miss_4_to_3_by_a_little,
                                  else_the_picture_is_4_to_3_in_the_middle,
                                  every_size_stays_inside_its_window,
                                  NULL};
    return unit_suite("fit", tests);
}
