/* SPDX-License-Identifier: MIT */
#include "frontend/script.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/state.h"
#include "tests/unit/unit.h"

#define MS 1000000u

/* A machine of nothing but a screen, an input queue and what the script said. */
struct fake {
    struct frame frame;
    u32 pixels[4 * 3];
    struct input input;
    struct script_view view;
    struct script *script;
    char path[40], *said, *shown;
    size_t said_size, shown_size;
    FILE *errors, *out;
    char keys[4000]; /* "25:1e+ ", ms and key */
};

static const struct frame *fake_frame(void *owner)
{
    return &((struct fake *)owner)->frame;
}

static const struct text_screen *fake_text(void *owner)
{
    return &((struct fake *)owner)->frame.text;
}

static struct fake *fake_new(const char *text)
{
    struct fake *fake = calloc(1, sizeof *fake);
    char message[300];
    FILE *file;

    strcpy(fake->path, "/tmp/twin86-script-XXXXXX");
    file = fdopen(mkstemp(fake->path), "w");
    fputs(text, file);
    fclose(file);
    fake->script = script_open(fake->path, message, sizeof message);
    ck_assert_msg(fake->script != NULL, "%s", message);
    fake->out = open_memstream(&fake->shown, &fake->shown_size);
    fake->errors = open_memstream(&fake->said, &fake->said_size);
    script_print_to(fake->script, fake->out, fake->errors);
    input_init(&fake->input);
    fake->frame = (struct frame){.width = 4, .height = 3, .pixels = fake->pixels};
    fake->frame.text = (struct text_screen){.active = true, .cols = 20, .rows = 3};
    fake->view = (struct script_view){
        .frame = fake_frame, .text = fake_text, .owner = fake, .input = &fake->input};
    return fake;
}

static void fake_free(struct fake *fake)
{
    script_close(fake->script);
    input_free(&fake->input);
    fclose(fake->out);
    fclose(fake->errors);
    free(fake->said);
    free(fake->shown);
    unlink(fake->path);
    free(fake);
}

static void fake_show(struct fake *fake, unsigned row, const char *text)
{
    for (unsigned i = 0; i < 20; i++)
        fake->frame.text.cell[row][i] = (u16)(0x0700 | (*text ? (u8)*text++ : ' '));
}

static void fake_say(struct fake *fake, const char *serial)
{
    while (*serial)
        script_hear(fake->script, (u8)*serial++);
}

static void note_keys(struct fake *fake)
{
    struct input_event event;
    size_t n = strlen(fake->keys);

    for (; input_pop(&fake->input, &event); free(event.text)) {
        unsigned ms = (unsigned)(fake->view.now / MS);
        char *to = fake->keys + n;
        size_t room = sizeof fake->keys - n;
        if (event.kind == INPUT_KEY || event.kind == INPUT_MOUSE_BUTTON)
            n += (size_t)snprintf(to, room, "%u:%02x%c ", ms, event.code, event.down ? '+' : '-');
        else if (event.kind == INPUT_MOUSE_MOVE)
            n += (size_t)snprintf(to, room, event.z ? "%u:%d,%d wheel %d " : "%u:%d,%d ", ms,
                                  event.x, event.y, event.z);
        else if (event.kind == INPUT_MOUSE_AT)
            n += (size_t)snprintf(to, room, "%u:at %d,%d ", ms, event.x, event.y);
        else
            n += (size_t)snprintf(to, room, "%u:%u%s ", ms, event.code,
                                  event.text ? event.text : " ejected");
    }
}

/* Run until guest time NS or the end, as the machine does. */
static enum script_end fake_run(struct fake *fake, u64 ns)
{
    enum script_end end = script_step(fake->script, &fake->view);

    note_keys(fake);
    while (end == SCRIPT_RUNS && script_wake(fake->script) <= ns) {
        ck_assert_uint_gt(script_wake(fake->script), fake->view.now);
        fake->view.now = script_wake(fake->script);
        end = script_step(fake->script, &fake->view);
        note_keys(fake);
    }
    if (end == SCRIPT_RUNS)
        fake->view.now = ns;
    return end;
}

static const char *fake_said(struct fake *fake)
{
    fflush(fake->errors);
    return fake->said;
}

START_TEST(an_empty_script_passes_at_once)
{
    struct fake *fake = fake_new("# nothing to do\n\n");

    ck_assert_int_eq(fake_run(fake, 0), SCRIPT_PASSED);
    fake_free(fake);
}
END_TEST

START_TEST(wait_text_goes_on_when_the_text_is_there)
{
    struct fake *fake = fake_new("wait text \"A:\\>\" 30\nquit\nwait text \"never\" 1\n");

    ck_assert_int_eq(fake_run(fake, 2000 * (u64)MS), SCRIPT_RUNS);
    fake_show(fake, 1, "A:\\>");
    ck_assert_int_eq(fake_run(fake, 2020 * (u64)MS), SCRIPT_PASSED);
    ck_assert_uint_eq(script_wake(fake->script), ~(u64)0);
    fake_free(fake);
}
END_TEST

START_TEST(wait_text_gives_up_in_time_and_shows_the_screen)
{
    struct fake *fake = fake_new("# c\nwait text \"A:\\>\" 0.5\n");

    fake_show(fake, 0, "Starting DOS");
    ck_assert_int_eq(fake_run(fake, 499 * (u64)MS), SCRIPT_RUNS);
    ck_assert_int_eq(fake_run(fake, 500 * (u64)MS), SCRIPT_FAILED);
    ck_assert(strstr(fake_said(fake), ":2: wait text \"A:\\>\" 0.5: not seen in 0.500 s\n"));
    ck_assert(strstr(fake_said(fake), "\nStarting DOS\n"));
    ck_assert_int_eq(fake_run(fake, 9000 * (u64)MS), SCRIPT_FAILED); /* and stays so */
    fake_free(fake);
}
END_TEST

START_TEST(expressions_match_lines_and_across_them)
{
    struct fake *fake = fake_new("assert text /^one$/\n"
                                 "assert text /^two/\n"
                                 "assert text /one.*two$/\n"
                                 "assert text /one\\ntwo/\n"
                                 "assert text \"one\\ntwo\"\n"
                                 "assert text /^ne/\n");

    fake_show(fake, 0, "one");
    fake_show(fake, 1, "two");
    ck_assert_int_eq(fake_run(fake, 0), SCRIPT_FAILED);
    ck_assert(strstr(fake_said(fake), ":6: assert text /^ne/: not there"));
    fake_free(fake);
}
END_TEST

START_TEST(wait_serial_looks_behind_the_last_match)
{
    struct fake *fake = fake_new("wait serial \"login:\" 1\nwait serial \"login:\" 1\n"
                                 "wait serial /^# $/ 1\n");

    fake_say(fake, "Linux\r\nlogin:");
    ck_assert_int_eq(fake_run(fake, 500 * (u64)MS), SCRIPT_RUNS);
    fake_say(fake, " root\r\n\r\nlogin: x");
    ck_assert_int_eq(fake_run(fake, 520 * (u64)MS), SCRIPT_RUNS);
    fake_say(fake, "# ");
    ck_assert_int_eq(fake_run(fake, 600 * (u64)MS), SCRIPT_RUNS); /* not at a line's start */
    fake_say(fake, "\r# ");
    ck_assert_int_eq(fake_run(fake, 700 * (u64)MS), SCRIPT_PASSED);
    fake_free(fake);
}
END_TEST

START_TEST(a_talkative_guest_is_heard_to_the_end)
{
    struct fake *fake = fake_new("wait serial \"start\" 1\nwait serial \"end\" 1\n");

    fake_say(fake, "start");
    fake_run(fake, 0);
    for (unsigned i = 0; i < 5 << 20; i++)
        script_hear(fake->script, 'x');
    script_hear(fake->script, 0);
    fake_say(fake, "en");
    script_hear(fake->script, 0);
    ck_assert_int_eq(fake_run(fake, 100 * (u64)MS), SCRIPT_RUNS);
    fake_say(fake, "d");
    ck_assert_int_eq(fake_run(fake, 200 * (u64)MS), SCRIPT_PASSED);
    fake_free(fake);
}
END_TEST

START_TEST(keys_are_pressed_one_by_one)
{
    struct fake *fake = fake_new("type \"aA\\n\"\nkey ctrl-alt-del\n");

    ck_assert_int_eq(fake_run(fake, 60000 * (u64)MS), SCRIPT_PASSED);
    ck_assert_str_eq(fake->keys, "0:1e+ 25:1e- 50:2a+ 75:1e+ 100:1e- 125:2a- 150:1c+ 175:1c- "
                                 "200:1d+ 225:38+ 250:d3+ 275:d3- 300:38- 325:1d- ");
    ck_assert_uint_eq(fake->view.now, 350 * (u64)MS);
    fake_free(fake);
}
END_TEST

START_TEST(a_key_can_be_held)
{
    struct fake *fake = fake_new("key shift-left 1.5\n");

    ck_assert_int_eq(fake_run(fake, 60000 * (u64)MS), SCRIPT_PASSED);
    ck_assert_str_eq(fake->keys, "0:2a+ 25:cb+ 1525:cb- 1550:2a- ");
    fake_free(fake);
}
END_TEST

START_TEST(a_full_queue_delays_keys_and_loses_none)
{
    struct fake *fake = fake_new("type \"ab\"\n");
    struct input_event event;

    while (input_push(&fake->input, (struct input_event){.kind = INPUT_RESET})) {
    }
    ck_assert_int_eq(script_step(fake->script, &fake->view), SCRIPT_RUNS);
    ck_assert_uint_gt(script_wake(fake->script), fake->view.now);
    while (input_pop(&fake->input, &event)) {
    }
    ck_assert_int_eq(fake_run(fake, 60000 * (u64)MS), SCRIPT_PASSED);
    ck_assert_str_eq(fake->keys, "15:1e+ 40:1e- 65:30+ 90:30- ");
    fake_free(fake);
}
END_TEST

START_TEST(the_mouse_moves_in_packets_and_clicks)
{
    struct fake *fake = fake_new("mouse move 250 -4\nmouse click right\nmouse move 0 0\n");

    ck_assert_int_eq(fake_run(fake, 60000 * (u64)MS), SCRIPT_PASSED);
    ck_assert_str_eq(fake->keys, "0:100,-4 10:100,0 20:50,0 30:02+ 130:02- ");
    fake_free(fake);
}
END_TEST

START_TEST(the_pointer_goes_to_a_pixel_where_the_guest_takes_places)
{
    struct fake *fake = fake_new("mouse at 3 1\nmouse wheel 2\nmouse at 0 2\n");

    fake->view.absolute = true; /* the picture is 4x3 */
    ck_assert_int_eq(fake_run(fake, 60000 * (u64)MS), SCRIPT_PASSED);
    ck_assert_str_eq(fake->keys, "0:at 65535,32767 10:0,0 wheel 2 20:at 0,65535 ");
    fake_free(fake);
}
END_TEST

START_TEST(a_place_is_refused_without_a_driver_or_outside_the_picture)
{
    struct fake *fake = fake_new("mouse at 1 1\n");

    ck_assert_int_eq(fake_run(fake, 60000 * (u64)MS), SCRIPT_FAILED);
    ck_assert_ptr_nonnull(strstr(fake_said(fake), "no driver that takes the pointer's place"));
    fake_free(fake);
    fake = fake_new("mouse at 4 1\n");
    fake->view.absolute = true;
    ck_assert_int_eq(fake_run(fake, 60000 * (u64)MS), SCRIPT_FAILED);
    ck_assert_ptr_nonnull(strstr(fake_said(fake), "the picture is only 4x3"));
    fake_free(fake);
}
END_TEST

START_TEST(disks_are_inserted_and_ejected)
{
    char text[400];
    struct fake *fake;

    snprintf(text, sizeof text,
             "floppy b \"%s/Makefile.am\"\nrun 1\nfloppy a\nrun 1\ninsert cd0 \"%s/README.md\"\n"
             "run 1\neject cd0\n",
             getenv("srcdir") ? getenv("srcdir") : ".", getenv("srcdir") ? getenv("srcdir") : ".");
    fake = fake_new(text);
    ck_assert_int_eq(fake_run(fake, 60000 * (u64)MS), SCRIPT_PASSED);
    ck_assert(strstr(fake->keys, "/Makefile.am 1000:0 ejected 2000:2"));
    ck_assert(strstr(fake->keys, "/README.md 3000:2 ejected "));
    ck_assert(!strncmp(fake->keys, "0:1", 3));
    fake_free(fake);
}
END_TEST

START_TEST(run_takes_guest_time_exactly)
{
    struct fake *fake = fake_new("run 2.5\nrun 0\nrun 0.000000001");

    ck_assert_int_eq(fake_run(fake, 9000 * (u64)MS), SCRIPT_PASSED);
    ck_assert_uint_eq(fake->view.now, 2500 * (u64)MS + 1);
    fake_free(fake);
}
END_TEST

START_TEST(a_late_call_is_no_error)
{
    struct fake *fake = fake_new("run 1\nscreen\n");

    script_step(fake->script, &fake->view);
    fake->view.now = 70000 * (u64)MS;
    fake_show(fake, 0, "hello");
    ck_assert_int_eq(script_step(fake->script, &fake->view), SCRIPT_PASSED);
    fflush(fake->out);
    ck_assert_str_eq(fake->shown, "hello\n");
    fake_free(fake);
}
END_TEST

START_TEST(the_screen_is_printed_without_empty_rows_at_its_end)
{
    struct fake *fake = fake_new("screen\n");

    fake_show(fake, 1, "\xc9\xbb");
    ck_assert_int_eq(fake_run(fake, 0), SCRIPT_PASSED);
    fflush(fake->out);
    ck_assert_str_eq(fake->shown, "\n\xe2\x95\x94\xe2\x95\x97\n");
    fake_free(fake);
}
END_TEST

static void in_empty_folder(char *folder)
{
    strcpy(folder, "/tmp/twin86-shots-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

START_TEST(a_wrong_pixel_is_told_and_the_picture_written)
{
    char folder[40], name[80];
    struct stat is;
    struct fake *fake = fake_new("assert pixel 3 2 #00aa00\nassert pixel 0 0 #ffffff\n");

    in_empty_folder(folder); /* tests run in a process each */
    fake->pixels[2 * 4 + 3] = 0x00aa00;
    ck_assert_int_eq(fake_run(fake, 0), SCRIPT_FAILED);
    ck_assert(strstr(fake_said(fake), ":2: assert pixel 0 0 #ffffff: it is #000000\n"));
    snprintf(name, sizeof name, "%s-line2.png", strrchr(fake->path, '/') + 1);
    ck_assert(strstr(fake_said(fake), name));
    ck_assert_int_eq(stat(name, &is), 0);
    unlink(name);
    rmdir(folder);
    fake_free(fake);
}
END_TEST

START_TEST(a_pixel_outside_the_picture_is_told)
{
    char folder[40];
    struct fake *fake = fake_new("assert pixel 4 0 #000000\n");

    in_empty_folder(folder);
    ck_assert_int_eq(fake_run(fake, 0), SCRIPT_FAILED);
    ck_assert(strstr(fake_said(fake), "the picture is only 4x3"));
    fake_free(fake);
}
END_TEST

START_TEST(a_wrong_hash_tells_the_right_one)
{
    char folder[40], text[80], *hash;
    struct fake *fake = fake_new("assert screen-hash 0\n");

    in_empty_folder(folder);
    fake->pixels[5] = 0x123456;
    ck_assert_int_eq(fake_run(fake, 0), SCRIPT_FAILED);
    hash = strstr(fake_said(fake), "it is ");
    ck_assert_ptr_nonnull(hash);
    snprintf(text, sizeof text, "assert screen-hash %.16s\n", hash + 6);
    fake_free(fake);

    fake = fake_new(text);
    fake->pixels[5] = 0x123456;
    ck_assert_int_eq(fake_run(fake, 0), SCRIPT_PASSED);
    fake_free(fake);
    fake = fake_new(text);
    fake->pixels[5] = 0x123457;
    ck_assert_int_eq(fake_run(fake, 0), SCRIPT_FAILED);
    fake_free(fake);
}
END_TEST

START_TEST(in_graphics_a_failure_leaves_a_screenshot)
{
    char folder[40];
    struct fake *fake = fake_new("screen\nscreenshot a.png\nwait text \"A:\" 0\n");

    in_empty_folder(folder);
    fake_show(fake, 0, "A:");
    fake->frame.text.active = false;
    ck_assert_int_eq(fake_run(fake, 0), SCRIPT_FAILED);
    ck_assert(strstr(fake_said(fake), "the picture is in "));
    ck_assert(!strstr(fake_said(fake), "the screen shows"));
    fflush(fake->out);
    ck_assert_str_eq(fake->shown, "(graphics mode 4x3)\n");
    ck_assert_int_eq(access("a.png", R_OK), 0);
    fake_free(fake);
}
END_TEST

START_TEST(a_screenshot_that_cannot_be_written_fails)
{
    struct fake *fake = fake_new("screenshot \"/nowhere/at/all.png\"\n");

    ck_assert_int_eq(fake_run(fake, 0), SCRIPT_FAILED);
    ck_assert(strstr(fake_said(fake), "/nowhere/at/all.png"));
    fake_free(fake);
}
END_TEST

START_TEST(a_machine_that_stops_ends_its_script)
{
    struct fake *fake = fake_new("run 5\nassert text \"bye\"\n");

    ck_assert_int_eq(fake_run(fake, MS), SCRIPT_RUNS);
    fake_show(fake, 0, "bye");
    ck_assert_int_eq(script_finish(fake->script, &fake->view), SCRIPT_PASSED);
    fake_free(fake);

    fake = fake_new("wait text \"bye\" 60\n");
    ck_assert_int_eq(fake_run(fake, MS), SCRIPT_RUNS);
    ck_assert_int_eq(script_finish(fake->script, &fake->view), SCRIPT_FAILED);
    ck_assert(strstr(fake_said(fake), "the machine has stopped"));
    fake_free(fake);

    fake = fake_new("type \"off\\n\"\ntype \"more\"\n"); /* the first is what stopped it */
    ck_assert_int_eq(fake_run(fake, MS), SCRIPT_RUNS);
    ck_assert_int_eq(script_finish(fake->script, &fake->view), SCRIPT_FAILED);
    ck_assert(strstr(fake_said(fake), ":2: type \"more\": the machine has stopped"));
    fake_free(fake);
}
END_TEST

static void check_not_opened(const char *path, const char *why)
{
    char message[300] = "";

    ck_assert_ptr_null(script_open(path, message, sizeof message));
    ck_assert_msg(strstr(message, why) && strstr(message, path), "%s", message);
}

START_TEST(files_that_are_no_script_are_refused)
{
    char path[] = "/tmp/twin86-script-XXXXXX";
    int fd = mkstemp(path);

    check_not_opened("/nowhere/script", "No such file");
    check_not_opened("/", "Is a directory");
    ck_assert_int_eq(write(fd, "quit\n\0\1\2", 8), 8);
    check_not_opened(path, "not a text file");
    ck_assert_int_eq(ftruncate(fd, 0), 0);
    ck_assert_int_eq(pwrite(fd, "foo\n", 4, 0), 4);
    check_not_opened(path, ":1: unknown command \"foo\"");
    ck_assert_int_eq(ftruncate(fd, 9 << 20), 0);
    check_not_opened(path, "too long");
    close(fd);
    unlink(path);
}
END_TEST

Suite *script_suite(void)
{
    const TTest *const tests[] = {an_empty_script_passes_at_once,
                                  wait_text_goes_on_when_the_text_is_there,
                                  wait_text_gives_up_in_time_and_shows_the_screen,
                                  expressions_match_lines_and_across_them,
                                  wait_serial_looks_behind_the_last_match,
                                  a_talkative_guest_is_heard_to_the_end,
                                  keys_are_pressed_one_by_one,
                                  a_key_can_be_held,
                                  a_full_queue_delays_keys_and_loses_none,
                                  the_mouse_moves_in_packets_and_clicks,
                                  the_pointer_goes_to_a_pixel_where_the_guest_takes_places,
                                  a_place_is_refused_without_a_driver_or_outside_the_picture,
                                  disks_are_inserted_and_ejected,
                                  run_takes_guest_time_exactly,
                                  a_late_call_is_no_error,
                                  the_screen_is_printed_without_empty_rows_at_its_end,
                                  a_wrong_pixel_is_told_and_the_picture_written,
                                  a_pixel_outside_the_picture_is_told,
                                  a_wrong_hash_tells_the_right_one,
                                  in_graphics_a_failure_leaves_a_screenshot,
                                  a_screenshot_that_cannot_be_written_fails,
                                  a_machine_that_stops_ends_its_script,
                                  files_that_are_no_script_are_refused,
                                  NULL};
    return unit_suite("script", tests);
}
