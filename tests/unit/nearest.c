/* SPDX-License-Identifier: MIT */
#include "src/base/nearest.h"
#include "tests/unit/unit.h"

static const char *const words[] = {"screenshot", "screen", "mouse move", "quit", "wait", NULL};

static const char *word(const void *names, unsigned i)
{
    return ((const char *const *)names)[i];
}

START_TEST(typing_errors_are_counted)
{
    ck_assert_uint_eq(nearest_distance("wait", "wait"), 0);
    ck_assert_uint_eq(nearest_distance("WAIT", "wait"), 0);
    ck_assert_uint_eq(nearest_distance("wiat", "wait"), 1);
    ck_assert_uint_eq(nearest_distance("wai", "wait"), 1);
    ck_assert_uint_eq(nearest_distance("waiit", "wait"), 1);
    ck_assert_uint_eq(nearest_distance("wart", "wait"), 1);
    ck_assert_uint_eq(nearest_distance("", "wait"), 4);
    ck_assert_uint_eq(nearest_distance("kitten", "sitting"), 3);
}
END_TEST

START_TEST(the_nearest_name_is_offered_and_none_for_nonsense)
{
    ck_assert_str_eq(nearest_name("wiat", word, words), "wait");
    ck_assert_str_eq(nearest_name("screan", word, words), "screen");
    ck_assert_str_eq(nearest_name("screenshoot", word, words), "screenshot");
    ck_assert_ptr_null(nearest_name("xyzzy", word, words));
    ck_assert_ptr_null(nearest_name("", word, words));
}
END_TEST

START_TEST(very_long_words_are_cut_not_overrun)
{
    char word_a[200];

    memset(word_a, 'a', sizeof word_a);
    word_a[199] = 0;
    ck_assert_uint_eq(nearest_distance(word_a, word_a), 0);
    ck_assert_uint_eq(nearest_distance(word_a, ""), 63);
}
END_TEST

Suite *nearest_suite(void)
{
    const TTest *const tests[] = {typing_errors_are_counted,
                                  the_nearest_name_is_offered_and_none_for_nonsense,
                                  very_long_words_are_cut_not_overrun, NULL};
    return unit_suite("nearest", tests);
}
