/* SPDX-License-Identifier: MIT */
#include "frontend/status.h"

#include "frontend/title.h"
#include "tests/unit/unit.h"

START_TEST(the_front_end_sees_what_the_machine_said)
{
    struct status status;
    struct status_view view;

    status_init(&status, "486DX2-66, 32 MB");
    status_set_speed(&status, 99, false);
    status_set_disk_lights(&status, (struct disk_lights){.cd = 7});
    status_message(&status, "disk %d", 2);
    status_set_paused(&status, true);
    status_get(&status, &view);
    ck_assert_str_eq(view.machine, "486DX2-66, 32 MB");
    ck_assert_uint_eq(view.speed, 99);
    ck_assert_uint_eq(view.disks.cd, 7);
    ck_assert_str_eq(view.message, "disk 2");
    ck_assert_uint_eq(view.messages, 1);
    ck_assert(view.paused && !view.stopped && !view.full_speed && !view.absolute);
    status_set_absolute(&status, true);
    status_get(&status, &view);
    ck_assert(view.absolute);
    status_free(&status);
}
END_TEST

static void check_title(struct status_view *view, const char *note, const char *want)
{
    char text[TITLE_TEXT];

    title_text(view, note, "Ctrl-F10 frees the mouse", text, sizeof text);
    ck_assert_str_eq(text, want);
}

START_TEST(the_title_has_the_speed_in_words)
{
    struct status_view view = {.machine = "486, 32 MB", .speed = 100};

    check_title(&view, "",
                "twin86 - 486, 32 MB - running at 100 % of real time - "
                "Ctrl-F10 frees the mouse");
    view.full_speed = true;
    view.speed = 1234;
    check_title(&view, "disk 2",
                "twin86 - disk 2 - running at full speed, 1234 % of real time - "
                "Ctrl-F10 frees the mouse");
    view.paused = true;
    check_title(&view, "", "twin86 - 486, 32 MB - paused - Ctrl-F10 frees the mouse");
}
END_TEST

START_TEST(a_message_and_the_disk_light_go_away_after_a_while)
{
    struct status_view view = {.messages = 1, .message = "hello"};
    struct title_notes notes = {0};
    u32 start = 0xffffff00; /* the ms wrap */
    const char *lights;

    ck_assert_str_eq(title_notes(&notes, &view, start, &lights), "hello");
    ck_assert_str_eq(lights, "");
    view.disks.hard = 3;
    ck_assert_str_eq(title_notes(&notes, &view, start + 5000, &lights), "hello");
    ck_assert_str_eq(lights, "hard disk");
    view.disks.floppy = view.disks.cd = 1;
    title_notes(&notes, &view, start + 5300, &lights);
    ck_assert_str_eq(lights, "floppy, hard disk, CD");
    title_notes(&notes, &view, start + 5600, &lights);
    ck_assert_str_eq(lights, "floppy, CD");
    ck_assert_str_eq(title_notes(&notes, &view, start + 6000, &lights), "");
    ck_assert_str_eq(lights, "");
    view.messages++;
    ck_assert_str_eq(title_notes(&notes, &view, start + 6001, &lights), "hello");
}
END_TEST

Suite *status_suite(void)
{
    const TTest *const tests[] = {the_front_end_sees_what_the_machine_said,
                                  the_title_has_the_speed_in_words,
                                  a_message_and_the_disk_light_go_away_after_a_while, NULL};
    return unit_suite("status", tests);
}
