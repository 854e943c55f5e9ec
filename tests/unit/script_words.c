/* SPDX-License-Identifier: MIT */
#include "frontend/script_words.h"

#include <stdio.h>

#include "tests/unit/unit.h"

/* The words of LINE as <kind>text, kinds b, t and r; or "! what is wrong". */
static const char *split(const char *line)
{
    static char got[400];
    struct script_words words;
    const char *wrong = script_words_split(&words, line, strlen(line));
    int n = snprintf(got, sizeof got, "%s%s", wrong ? "! " : "", wrong ? wrong : "");

    for (unsigned i = 0; !wrong && i < words.count; i++)
        n += snprintf(got + n, sizeof got - (size_t)n, "<%c>%s", "btr"[words.word[i].kind],
                      words.word[i].text);
    script_words_free(&words);
    return got;
}

START_TEST(words_are_bare_quoted_or_regular_expressions)
{
    ck_assert_str_eq(split("wait text \"A:\\>\" 30"), "<b>wait<b>text<t>A:\\><b>30");
    ck_assert_str_eq(split("  wait\tserial /login: *$/ 60 \r"),
                     "<b>wait<b>serial<r>login: *$<b>60");
    ck_assert_str_eq(split("floppy a b/c.img"), "<b>floppy<b>a<b>b/c.img");
    ck_assert_str_eq(split("type \"\""), "<b>type<t>");
    ck_assert_str_eq(split(""), "");
}
END_TEST

START_TEST(text_has_four_escapes_and_no_more)
{
    ck_assert_str_eq(split("\"a\\nb\\tc\\\"d\\\\e\""), "<t>a\nb\tc\"d\\e");
    ck_assert_str_eq(split("\"C:\\DOS\\foo\""), "<t>C:\\DOS\\foo");
    ck_assert_str_eq(split("\"A:\\>\""), "<t>A:\\>");
    ck_assert_str_eq(split("\"\\x\""), "<t>\\x");
}
END_TEST

START_TEST(comments_run_to_the_end_but_a_colour_is_none)
{
    ck_assert_str_eq(split("# nothing"), "");
    ck_assert_str_eq(split("quit # \"unfinished"), "<b>quit");
    ck_assert_str_eq(split("type \"a # b\""), "<b>type<t>a # b");
    ck_assert_str_eq(split("screenshot a#1.png"), "<b>screenshot<b>a#1.png");
    ck_assert_str_eq(split("assert pixel 10 20 #00aa00 # green"),
                     "<b>assert<b>pixel<b>10<b>20<b>#00aa00");
    ck_assert_str_eq(split("assert pixel 10 # 20"), "<b>assert<b>pixel<b>10");
}
END_TEST

START_TEST(regular_expressions_come_out_as_posix_has_them)
{
    ck_assert_str_eq(split("/a\\/b/"), "<r>a/b");
    ck_assert_str_eq(split("/a.b/"), "<r>a(.|\n)b");
    ck_assert_str_eq(split("/a\\.b\\\\/"), "<r>a\\.b\\\\");
    ck_assert_str_eq(split("/a\\nb\\t/"), "<r>a\nb\t");
    ck_assert_str_eq(split("/[^]./\"[:alpha:].]x/"), "<r>[^]./\"[:alpha:].]x");
    ck_assert_str_eq(split("/\"#/"), "<r>\"#");
}
END_TEST

START_TEST(unfinished_words_are_told)
{
    ck_assert_str_eq(split("type \"abc"), "! the closing \" is missing");
    ck_assert_str_eq(split("type \"abc\\\""), "! the closing \" is missing");
    ck_assert_str_eq(split("wait text /abc"), "! the closing / is missing");
    ck_assert_str_eq(split("wait text /[abc/"), "! the closing / is missing");
    ck_assert_str_eq(split("wait text /[[:abc/"), "! the closing / is missing");
    ck_assert_str_eq(split("wait text /abc\\"), "! the closing / is missing");
    ck_assert_str_eq(split("\""), "! the closing \" is missing");
    ck_assert_str_eq(split("type \"a\"b"), "! a blank is missing after the closing quote");
    ck_assert_str_eq(split("1 2 3 4 5 6 7 8 9"), "! too many words");
}
END_TEST

START_TEST(a_line_of_dots_has_room)
{
    static char line[3000];
    struct script_words words;

    memset(line, '.', sizeof line);
    line[0] = line[sizeof line - 1] = '/';
    ck_assert_ptr_null(script_words_split(&words, line, sizeof line));
    ck_assert_uint_eq(strlen(words.word[0].text), (sizeof line - 2) * strlen("(.|n)"));
    script_words_free(&words);
}
END_TEST

Suite *script_words_suite(void)
{
    const TTest *const tests[] = {words_are_bare_quoted_or_regular_expressions,
                                  text_has_four_escapes_and_no_more,
                                  comments_run_to_the_end_but_a_colour_is_none,
                                  regular_expressions_come_out_as_posix_has_them,
                                  unfinished_words_are_told,
                                  a_line_of_dots_has_room,
                                  NULL};
    return unit_suite("script_words", tests);
}
