/* SPDX-License-Identifier: MIT */
#include "config.h"
#include "frontend/frontend.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "frontend/actions.h"
#include "frontend/keymap.h"
#include "tests/unit/unit.h"
#ifdef HAVE_SDL
#include "frontend/sdl.h"
#endif

struct host {
    struct display display;
    struct input input;
    struct status status;
    struct frontend_context context;
};

static struct host *host_new(void)
{
    struct host *host = calloc(1, sizeof *host);

    display_init(&host->display);
    input_init(&host->input);
    status_init(&host->status, "test");
    frontend_context_init(&host->context, &host->display, &host->input, &host->status);
    return host;
}

static void host_free(struct host *host)
{
    display_free(&host->display);
    input_free(&host->input);
    status_free(&host->status);
    free(host);
}

static struct input_event next(struct host *host)
{
    struct input_event event;

    ck_assert(input_pop(&host->input, &event));
    return event;
}

START_TEST(front_ends_are_found_by_name)
{
    ck_assert_ptr_nonnull(frontend_find("none"));
    ck_assert_ptr_null(frontend_find("vnc"));
    for (unsigned i = 0; frontend_name(i); i++)
        ck_assert_str_eq(frontend_find(frontend_name(i))->name, frontend_name(i));
}
END_TEST

START_TEST(without_display_and_terminal_there_is_none)
{
    int null = open("/dev/null", O_RDWR);

    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    unsetenv("SDL_VIDEODRIVER");
    dup2(null, STDIN_FILENO);
    ck_assert_str_eq(frontend_default()->name, "none");
}
END_TEST

/* Tells the front end to end after it has shown what was published. */
static void *publish_and_quit(void *owner)
{
    struct host *host = owner;

    display_begin(&host->display, 8, 8);
    display_publish(&host->display);
    usleep(50000);
    atomic_store(&host->context.quit, true);
    return NULL;
}

START_TEST(the_loop_takes_frames_and_ends_when_told_to)
{
    struct host *host = host_new();
    const struct frontend *none = frontend_find("none");
    char message[100];
    pthread_t thread;

    ck_assert(none->open(&host->context, message, sizeof message));
    ck_assert(!pthread_create(&thread, NULL, publish_and_quit, host));
    frontend_run(none, &host->context);
    pthread_join(thread, NULL);
    none->close(&host->context);
    ck_assert_ptr_null(display_take(&host->display));
    host_free(host);
}
END_TEST

START_TEST(actions_ask_for_the_opposite_of_what_is)
{
    struct host *host = host_new();
    struct input_event event;

    action_pause(&host->context);
    event = next(host);
    ck_assert_int_eq(event.kind, INPUT_PAUSE);
    ck_assert(event.down);
    status_set_paused(&host->status, true);
    action_pause(&host->context);
    ck_assert(!next(host).down);

    host->context.speed = 50;
    action_full_speed(&host->context);
    event = next(host);
    ck_assert_int_eq(event.kind, INPUT_SPEED);
    ck_assert_int_eq(event.x, 0);
    status_set_speed(&host->status, 900, true);
    action_full_speed(&host->context);
    ck_assert_int_eq(next(host).x, 50);
    host_free(host);
}
END_TEST

START_TEST(disks_and_the_end_are_asked_for)
{
    struct host *host = host_new();
    struct input_event event;

    action_insert(&host->context, "a disk.img");
    event = next(host);
    ck_assert_int_eq(event.kind, INPUT_INSERT);
    ck_assert_uint_eq(event.code, INPUT_DRIVE_ANY);
    ck_assert_str_eq(event.text, "a disk.img");
    free(event.text);
    action_next_disk(&host->context, INPUT_DRIVE_CD);
    event = next(host);
    ck_assert(event.kind == INPUT_NEXT_DISK && event.code == INPUT_DRIVE_CD);
    action_eject(&host->context, INPUT_DRIVE_CD);
    event = next(host);
    ck_assert(event.kind == INPUT_EJECT && event.code == INPUT_DRIVE_CD);
    ck_assert(!atomic_load(&host->context.quit));
    action_quit(&host->context);
    ck_assert(atomic_load(&host->context.quit));
    host_free(host);
}
END_TEST

START_TEST(a_machine_that_does_not_answer_is_told)
{
    struct host *host = host_new();
    struct status_view view;

    while (input_push(&host->input, (struct input_event){.kind = INPUT_RESET})) {
    }
    action_insert(&host->context, "x"); /* the sanitizers see a leak */
    status_get(&host->status, &view);
    ck_assert_str_eq(view.message, "the machine does not answer");
    host_free(host);
}
END_TEST

START_TEST(screenshots_are_numbered)
{
    struct host *host = host_new();
    struct status_view view;
    struct frame *frame;
    char folder[] = "/tmp/twin86-shots-XXXXXX";

    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    action_screenshot(&host->context, NULL);
    status_get(&host->status, &view);
    ck_assert_str_eq(view.message, "no screenshot: no picture yet");
    frame = display_begin(&host->display, 8, 8);
    memset(frame->pixels, 0, 8 * 8 * 4);
    action_screenshot(&host->context, frame);
    action_screenshot(&host->context, frame);
    status_get(&host->status, &view);
    ck_assert_str_eq(view.message, "screenshot in twin86-002.png");
    ck_assert_int_eq(unlink("twin86-001.png"), 0);
    ck_assert_int_eq(unlink("twin86-002.png"), 0);
    rmdir(folder);
    host_free(host);
}
END_TEST

#ifdef HAVE_SDL
START_TEST(every_key_of_a_pc_is_on_the_host_keyboard_once)
{
    unsigned keys[256] = {0};
    const char *name;

    for (int code = 0; code < SDL_NUM_SCANCODES; code++)
        keys[sdl_key((SDL_Scancode)code)]++;
    keys[KEY_BACKSLASH]--; /* one place, two codes: keyboards with 101 and 102 keys */
    for (unsigned i = 0; (name = keymap_all_names(NULL, i)); i++)
        ck_assert_msg(keys[keymap_key(name)] == 1, "%s", name);
    for (char c = 'a'; c <= 'z'; c++)
        ck_assert_uint_eq(sdl_key((SDL_Scancode)(SDL_SCANCODE_A + c - 'a')),
                          keymap_key((char[]){c, 0}));
    for (char c = '1'; c <= '9'; c++)
        ck_assert_uint_eq(sdl_key((SDL_Scancode)(SDL_SCANCODE_1 + c - '1')),
                          keymap_key((char[]){c, 0}));
    ck_assert_uint_eq(sdl_key(SDL_NUM_SCANCODES), 0);
}
END_TEST
#endif

Suite *frontend_suite(void)
{
    const TTest *const tests[] = {front_ends_are_found_by_name,
                                  without_display_and_terminal_there_is_none,
                                  the_loop_takes_frames_and_ends_when_told_to,
                                  actions_ask_for_the_opposite_of_what_is,
                                  disks_and_the_end_are_asked_for,
                                  a_machine_that_does_not_answer_is_told,
                                  screenshots_are_numbered,
#ifdef HAVE_SDL
                                  every_key_of_a_pc_is_on_the_host_keyboard_once,
#endif
                                  NULL};
    return unit_suite("frontend", tests);
}
