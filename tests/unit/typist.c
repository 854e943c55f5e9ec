/* SPDX-License-Identifier: MIT */
#include "frontend/typist.h"

#include <stdio.h>

#include "tests/unit/unit.h"

/* All that waits, as "2a+ 1e+ 1e- 2a- ". */
static void drain(struct typist *typist, char *text, size_t size)
{
    struct key_press press;
    size_t n = 0;

    *text = 0;
    while (typist_next(typist, &press) && n < size) {
        n += (size_t)snprintf(text + n, size - n, "%02x%c ", press.key, press.down ? '+' : '-');
        typist_done(typist);
    }
}

static void check_text(const char *text, const char *presses)
{
    struct typist typist;
    char got[300];

    typist_init(&typist);
    ck_assert(typist_can(text));
    ck_assert(typist_text(&typist, text));
    drain(&typist, got, sizeof got);
    ck_assert_str_eq(got, presses);
    typist_free(&typist);
}

START_TEST(text_becomes_presses_and_releases)
{
    check_text("aA", "1e+ 1e- 2a+ 1e+ 1e- 2a- ");
    check_text("?\n", "2a+ 35+ 35- 2a- 1c+ 1c- ");
    check_text("a\r\nb\rc", "1e+ 1e- 1c+ 1c- 30+ 30- 1c+ 1c- 2e+ 2e- ");
    check_text("", "");
}
END_TEST

START_TEST(other_characters_are_typed_by_number_with_alt)
{
    check_text("\xc3\xbc", "38+ 4f+ 4f- 50+ 50- 49+ 49- 38- ");     /* 129 */
    check_text("\xe2\x98\xba", "38+ 52+ 52- 52+ 52- 4f+ 4f- 38- "); /* 001 */
}
END_TEST

START_TEST(what_no_key_types_is_told_and_passed_over)
{
    struct typist typist;
    char got[100];

    typist_init(&typist);
    ck_assert(!typist_can("a\xe2\x82\xac"
                          "b"));
    ck_assert(!typist_can("\x01"));
    ck_assert(!typist_text(&typist, "a\xe2\x82\xac"
                                    "b"));
    drain(&typist, got, sizeof got);
    ck_assert_str_eq(got, "1e+ 1e- 30+ 30- ");
    typist_free(&typist);
}
END_TEST

START_TEST(a_chord_is_released_in_reverse)
{
    struct typist typist;
    struct chord chord;
    char got[100];

    typist_init(&typist);
    ck_assert(keymap_chord("ctrl-alt-del", &chord));
    ck_assert(typist_chord(&typist, &chord));
    drain(&typist, got, sizeof got);
    ck_assert_str_eq(got, "1d+ 38+ d3+ d3- 38- 1d- ");
    typist_free(&typist);
}
END_TEST

START_TEST(what_waits_is_bounded_and_room_is_used_again)
{
    static char text[TYPIST_MOST + 1];
    struct typist typist;
    struct key_press press;

    memset(text, 'x', sizeof text - 1);
    typist_init(&typist);
    ck_assert(!typist_text(&typist, text));
    ck_assert_uint_eq(typist.count - typist.head, TYPIST_MOST);
    typist_clear(&typist);
    ck_assert(!typist_next(&typist, &press));
    typist_text(&typist, "ab");
    for (int i = 0; i < 100000; i++) { /* one in, two out and so on: never empty, never growing */
        typist_done(&typist);
        typist_done(&typist);
        ck_assert(typist_text(&typist, "c"));
    }
    ck_assert_uint_eq(typist.room, TYPIST_MOST);
    typist_free(&typist);
}
END_TEST

Suite *typist_suite(void)
{
    const TTest *const tests[] = {text_becomes_presses_and_releases,
                                  other_characters_are_typed_by_number_with_alt,
                                  what_no_key_types_is_told_and_passed_over,
                                  a_chord_is_released_in_reverse,
                                  what_waits_is_bounded_and_room_is_used_again,
                                  NULL};
    return unit_suite("typist", tests);
}
