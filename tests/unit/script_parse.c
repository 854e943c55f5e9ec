/* SPDX-License-Identifier: MIT */
#include "frontend/script_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static char message[400];

static struct command parse_one(const char *line)
{
    struct commands commands;
    struct command command;

    ck_assert_msg(script_parse(&commands, "t", line, message, sizeof message), "%s", message);
    ck_assert_uint_eq(commands.count, 1);
    command = commands.command[0];
    commands_free(&commands); /* the pointers in the copy are dead now, the values are not */
    return command;
}

static void check_wrong(const char *text, const char *what)
{
    struct commands commands;

    ck_assert_msg(!script_parse(&commands, "t.txt", text, message, sizeof message), "accepted: %s",
                  text);
    ck_assert_str_eq(message, what);
}

START_TEST(every_command_of_the_language_is_read)
{
    static const char text[] = "wait text \"A:\\>\" 30 # prompt\n"
                               "type \"ver\\n\"\n"
                               "wait text \"FreeCom version\" 5\n\n"
                               "wait serial /login: *$/ 60\n"
                               "key ctrl-alt-del\n"
                               "key left 0.5\n"
                               "mouse move 10 -4\n"
                               "mouse at 639 399\n"
                               "mouse wheel -3\n"
                               "mouse click left\n"
                               "screenshot shot.png\n"
                               "screen\n"
                               "assert text \"...\"\n"
                               "assert pixel 10 20 #00aa00\n"
                               "assert screen-hash 0123abcd\n"
                               "floppy a\n"
                               "run 2.5\n"
                               "quit"; /* and no newline */
    struct commands commands;

    ck_assert_msg(script_parse(&commands, "t", text, message, sizeof message), "%s", message);
    ck_assert_uint_eq(commands.count, 18);
    ck_assert_int_eq(commands.command[0].verb, VERB_WAIT_TEXT);
    ck_assert_str_eq(commands.command[0].pattern.text, "A:\\>");
    ck_assert_str_eq(commands.command[1].text, "ver\n");
    ck_assert_uint_eq(commands.command[3].line, 5);
    ck_assert(commands.command[3].pattern.is_regex);
    ck_assert_str_eq(commands.command[0].source, "wait text \"A:\\>\" 30 # prompt");
    ck_assert_int_eq(commands.command[17].verb, VERB_QUIT);
    commands_free(&commands);
}
END_TEST

START_TEST(values_are_exact)
{
    struct command command = parse_one("run 2.5");

    ck_assert_uint_eq(command.ns, 2500000000u);
    ck_assert_uint_eq(parse_one("run 0.000000001").ns, 1);
    ck_assert_uint_eq(parse_one("run .25").ns, 250000000);
    ck_assert_uint_eq(parse_one("run 30").ns, 30000000000u);
    command = parse_one("mouse move 10 -4");
    ck_assert_int_eq(command.x, 10);
    ck_assert_int_eq(command.y, -4);
    ck_assert_uint_eq(parse_one("mouse click middle").number, MOUSE_MIDDLE);
    ck_assert_uint_eq(parse_one("mouse click forward").number, MOUSE_FORWARD);
    command = parse_one("mouse at 639 399");
    ck_assert_int_eq(command.x, 639);
    ck_assert_int_eq(command.y, 399);
    ck_assert_int_eq(parse_one("mouse wheel -3").y, -3);
    ck_assert_uint_eq(parse_one("assert pixel 1 2 #00Aa01").number, 0xaa01);
    ck_assert_uint_eq(parse_one("assert screen-hash 0123456789abcdef").hash, 0x0123456789abcdefu);
    ck_assert_uint_eq(parse_one("floppy B:").number, 1);
    ck_assert_uint_eq(parse_one("eject cd0").number, INPUT_DRIVE_CD);
    ck_assert_uint_eq(parse_one("eject b").number, INPUT_DRIVE_B);
    ck_assert_uint_eq(parse_one("eject a").number, INPUT_DRIVE_A);
    ck_assert_uint_eq(parse_one("key f12").chord.key[0], KEY_F12);
    ck_assert_uint_eq(parse_one("\xef\xbb\xbfquit\r\n").verb, VERB_QUIT);
}
END_TEST

START_TEST(unknown_commands_get_the_nearest_name)
{
    check_wrong("quit\nwiat text \"a\" 1\n",
                "t.txt:2: unknown command \"wiat\"; did you mean wait text?");
    check_wrong("screenshoot a.png", "t.txt:1: unknown command \"screenshoot\"; did you mean "
                                     "screenshot?");
    check_wrong("\n\nfrobnicate", "t.txt:3: unknown command \"frobnicate\"");
    check_wrong("wait", "t.txt:1: wait needs a second word: wait text, wait serial");
    check_wrong("assert foo", "t.txt:1: assert needs a second word: assert text, assert pixel, "
                              "assert screen-hash");
}
END_TEST

START_TEST(missing_and_surplus_arguments_are_told)
{
    check_wrong("wait text \"a\"", "t.txt:1: wait text: a time in seconds is missing");
    check_wrong("wait text", "t.txt:1: wait text: a \"text\" or /regular expression/ to look for "
                             "is missing");
    check_wrong("type", "t.txt:1: type: a \"text\" is missing");
    check_wrong("quit now", "t.txt:1: quit: \"now\" is too much");
    check_wrong("assert pixel 1 2", "t.txt:1: assert pixel: a colour such as #00aa00 is missing");
}
END_TEST

START_TEST(bad_values_are_told)
{
    check_wrong("run fast", "t.txt:1: run: \"fast\" is not a time in seconds");
    check_wrong("run -1", "t.txt:1: run: \"-1\" is not a time in seconds");
    check_wrong("run 1.", "t.txt:1: run: \"1.\" is not a time in seconds");
    check_wrong("run 1e9", "t.txt:1: run: \"1e9\" is not a time in seconds");
    check_wrong("run 99999999999999999999",
                "t.txt:1: run: \"99999999999999999999\" is not a time in seconds");
    check_wrong("mouse move 1 70000",
                "t.txt:1: mouse move: \"70000\" is not a number from -32767 to 32767");
    check_wrong("mouse click up", "t.txt:1: mouse click: \"up\" is not a button: left, right, "
                                  "middle, back or forward");
    check_wrong("mouse at -1 0", "t.txt:1: mouse at: \"-1\" is not a number from 0 to 4095");
    check_wrong("assert pixel 1 2 green",
                "t.txt:1: assert pixel: \"green\" is not a colour such as #00aa00");
    check_wrong(
        "assert screen-hash xyz",
        "t.txt:1: assert screen-hash: \"xyz\" is not a hash of up to 16 hexadecimal digits");
    check_wrong("floppy c x", "t.txt:1: floppy: \"c\" is not a floppy drive: a or b");
    check_wrong("key ctrl-entre", "t.txt:1: key: no key is named \"entre\"; did you mean enter?");
    check_wrong("key", "t.txt:1: key: keys, such as ctrl-alt-del is missing");
    check_wrong("type \"5 \xe2\x82\xac\"",
                "t.txt:1: type: there is a character in \"5 \xe2\x82\xac\" that no key types");
    check_wrong("wait text \"\" 1", "t.txt:1: wait text: the text to look for is empty");
    check_wrong("type \"abc", "t.txt:1: the closing \" is missing");
    check_wrong("eject c", "t.txt:1: eject: \"c\" is not a drive: a, b or cd0");
    check_wrong("insert cd0", "t.txt:1: insert: a disk image is missing");
    check_wrong("insert cd0 nowhere.iso",
                "t.txt:1: insert: nowhere.iso: No such file or directory");
}
END_TEST

START_TEST(bad_regular_expressions_are_told)
{
    check_wrong("wait text /a(b/ 1",
                "t.txt:1: wait text: the regular expression is wrong: Unmatched ( or \\(");
}
END_TEST

START_TEST(floppy_images_must_be_files_that_are_there)
{
    char path[] = "/tmp/twin86-test-XXXXXX", line[80];
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    close(fd);
    snprintf(line, sizeof line, "floppy a \"%s\"", path);
    ck_assert_int_eq(parse_one(line).verb, VERB_FLOPPY);
    unlink(path);
    check_wrong("floppy a nowhere.img", "t.txt:1: floppy: nowhere.img: No such file or directory");
    check_wrong("floppy a \"/\"", "t.txt:1: floppy: /: not a file");
}
END_TEST

Suite *script_parse_suite(void)
{
    const TTest *const tests[] = {every_command_of_the_language_is_read,
                                  values_are_exact,
                                  unknown_commands_get_the_nearest_name,
                                  missing_and_surplus_arguments_are_told,
                                  bad_values_are_told,
                                  bad_regular_expressions_are_told,
                                  floppy_images_must_be_files_that_are_there,
                                  NULL};
    return unit_suite("script_parse", tests);
}
