/* SPDX-License-Identifier: MIT */
/*
 * Shows a front end without a PC, for tests: a text screen, or after F1 a picture of four colours;
 * while F2 is held, it takes the pointer's place as some guests do;
 * every input event is a line on standard output. Ends with its window, or when told to.
 *
 *   frontend_echo sdl|term|none [SECONDS]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "frontend/frontend.h"

struct echo {
    struct display display;
    struct input input;
    struct status status;
    struct frontend_context context;
    const struct frontend *frontend;
    unsigned seconds;
    FILE *out; /* not standard output itself, which the terminal display holds back */
};

static void put_text(struct text_screen *screen, unsigned row, unsigned col, u8 look,
                     const char *text)
{
    for (; *text; text++)
        screen->cell[row][col++] = (u16)(look << 8 | (u8)*text);
}

/* Blue with grey frame and a few words, as a text mode would be drawn. */
static void show_text(struct display *display)
{
    struct frame *frame = display_begin(display, 720, 400);

    for (size_t i = 0; i < 720 * 400; i++)
        frame->pixels[i] = 0x0000aa;
    frame->text = (struct text_screen){.active = true,
                                       .cols = 80,
                                       .rows = 25,
                                       .cursor_on = true,
                                       .cursor_row = 24,
                                       .cursor_col = 5};
    for (unsigned row = 0; row < 25; row++)
        for (unsigned col = 0; col < 80; col++)
            frame->text.cell[row][col] = 0x1720;
    put_text(&frame->text, 0, 0, 0x4e, "first row");
    put_text(&frame->text, 12, 30, 0x1f, "\xc9\xcd\xbb twin86 \x81");
    put_text(&frame->text, 24, 0, 0x07, "A:\\>x");
    display_publish(display);
}

/* Red, green over blue, white. */
static void show_picture(struct display *display)
{
    static const u32 colours[4] = {0xff0000, 0x00ff00, 0x0000ff, 0xffffff};
    struct frame *frame = display_begin(display, 320, 200);

    for (u32 y = 0; y < 200; y++)
        for (u32 x = 0; x < 320; x++)
            frame->pixels[y * 320 + x] = colours[(y >= 100) * 2 + (x >= 160)];
    frame->text.active = false;
    display_publish(display);
}

static void print_event(FILE *out, const struct input_event *event)
{
    static const char *const kinds[] = {
        [INPUT_KEY] = "key",
        [INPUT_MOUSE_MOVE] = "move",
        [INPUT_MOUSE_AT] = "at",
        [INPUT_MOUSE_BUTTON] = "button",
        [INPUT_PAUSE] = "pause",
        [INPUT_RESET] = "reset",
        [INPUT_POWER_BUTTON] = "power button",
        [INPUT_POWER] = "power",
        [INPUT_SPEED] = "speed",
        [INPUT_INSERT] = "insert",
        [INPUT_EJECT] = "eject",
        [INPUT_NEXT_DISK] = "next disk",
    };

    fprintf(out, "%s %02x %s %d %d %d %s\n", kinds[event->kind], event->code,
            event->down ? "down" : "up", event->x, event->y, event->z,
            event->text ? event->text : "-");
}

/* What the machine's thread would do. */
static void *machine(void *owner)
{
    struct echo *echo = owner;
    struct timespec rest = {.tv_nsec = 5000000};
    struct input_event event;

    show_text(&echo->display);
    for (unsigned n = 0; n < 200 * echo->seconds && !atomic_load(&echo->context.quit); n++) {
        for (; input_pop(&echo->input, &event); free(event.text)) {
            print_event(echo->out, &event);
            if (event.kind == INPUT_KEY && event.code == KEY_F1 && event.down)
                show_picture(&echo->display);
            if (event.kind == INPUT_KEY && event.code == KEY_F1 + 1) /* a guest with a driver */
                status_set_absolute(&echo->status, event.down);
            if (event.kind == INPUT_PAUSE)
                status_set_paused(&echo->status, event.down);
            if (event.kind == INPUT_SPEED)
                status_set_speed(&echo->status, 1234, !event.x);
        }
        fflush(echo->out);
        nanosleep(&rest, NULL);
    }
    atomic_store(&echo->context.quit, true);
    return NULL;
}

static bool run(struct echo *echo)
{
    char message[200];
    pthread_t thread;

    if (!echo->frontend->open(&echo->context, message, sizeof message)) {
        fprintf(stderr, "%s\n", message);
        return false;
    }
    if (pthread_create(&thread, NULL, machine, echo))
        return false;
    printf("standard output\n");
    fflush(stdout);
    frontend_run(echo->frontend, &echo->context);
    pthread_join(thread, NULL);
    echo->frontend->close(&echo->context);
    printf("closed\n");
    return true;
}

int main(int argc, char **argv)
{
    static struct echo echo;
    const char *log = getenv("ECHO_LOG");

    echo.frontend = argc > 1 ? frontend_find(argv[1]) : frontend_default();
    echo.seconds = argc > 2 ? (unsigned)atoi(argv[2]) : 20;
    echo.out = log ? fopen(log, "w") : stdout;
    if (!echo.frontend || !echo.out) {
        fprintf(stderr, "usage: %s [FRONT END [SECONDS]]\n", argv[0]);
        return 2;
    }
    display_init(&echo.display);
    input_init(&echo.input);
    status_init(&echo.status, "echo, no memory");
    status_set_speed(&echo.status, 100, false);
    frontend_context_init(&echo.context, &echo.display, &echo.input, &echo.status);
    return run(&echo) ? 0 : 1;
}
