/* SPDX-License-Identifier: MIT */
/*
 * The terminal as a display: text modes with colours and keys, through ncurses. Graphics modes
 * say so. The terminal is given back as it was, also when the program crashes.
 */
#include "frontend/term.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "frontend/list.h"

enum {
    ESC_MS = 25,      /* how long a lone ESC waits for the rest of a key's sequence */
    STATUS_MS = 250,  /* how often the status line is looked after */
    HOLD_MS = 30,     /* how long a key stays down */
    REST_MS = 10,     /* and then up before the next */
    KEYS_AT_ONCE = 64 /* read in one pump */
};

static const int crashes[TERM_CRASHES] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

static u64 now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (u64)now.tv_sec * 1000 + (u64)now.tv_nsec / 1000000;
}

bool term_there(void)
{
    const char *type = getenv("TERM");

    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && type && strcmp(type, "dumb");
}

/* ---- giving it back ---- */

static void on_crash(int number)
{
    if (stdscr && !isendwin())
        endwin();
    raise(number); /* as it would have been: SA_RESETHAND */
}

static void watch_crashes(struct terminal *term)
{
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_RESETHAND | SA_NODEFER};

    for (unsigned i = 0; i < TERM_CRASHES; i++) {
        sigaction(crashes[i], NULL, &term->crash[i]);
        if (term->crash[i].sa_handler == SIG_DFL) /* a sanitizer may listen: let it */
            sigaction(crashes[i], &action, NULL);
    }
}

static void unwatch_crashes(struct terminal *term)
{
    for (unsigned i = 0; i < TERM_CRASHES; i++)
        sigaction(crashes[i], &term->crash[i], NULL);
}

/* ---- messages of other parts ---- */

static void hold_output(struct term_held *held, int fd)
{
    held->fd = fd;
    held->real = -1;
    fflush(NULL);
    if (!isatty(fd) || !(held->kept = tmpfile()))
        return;
    held->real = dup(fd);
    if (held->real >= 0)
        dup2(fileno(held->kept), fd);
    else
        fclose(held->kept);
}

static void write_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno != EINTR)
            return;
        bytes += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
}

static void release_output(struct term_held *held)
{
    char bytes[4096];
    size_t n;

    if (held->real < 0)
        return;
    fflush(NULL);
    dup2(held->real, held->fd);
    close(held->real);
    held->real = -1;
    rewind(held->kept);
    while ((n = fread(bytes, 1, sizeof bytes, held->kept)) > 0)
        write_all(held->fd, bytes, n);
    fclose(held->kept);
}

/* ---- the front end ---- */

static bool check_terminal(char *message, size_t size)
{
    const char *type = getenv("TERM");

    if (!isatty(STDIN_FILENO))
        snprintf(message, size, "-display term: standard input is not a terminal");
    else if (!isatty(STDOUT_FILENO))
        snprintf(message, size, "-display term: standard output is not a terminal");
    else if (!type || !*type)
        snprintf(message, size, "-display term: TERM does not say what terminal this is");
    else
        return true;
    return false;
}

static void set_modes(void)
{
    raw(); /* Ctrl-C is the guest's */
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    set_escdelay(ESC_MS);
    intrflush(stdscr, FALSE);
}

static bool open_screen(struct terminal *term, char *message, size_t size)
{
    int out = dup(STDOUT_FILENO);

    term->out = out >= 0 ? fdopen(out, "w") : NULL;
    term->screen = term->out ? newterm(NULL, term->out, stdin) : NULL;
    if (term->screen)
        return true;
    snprintf(message, size, "-display term: a terminal of type \"%s\" is not known here",
             getenv("TERM"));
    if (term->out)
        fclose(term->out);
    else if (out >= 0)
        close(out);
    return false;
}

static bool term_open(struct frontend_context *context, char *message, size_t size)
{
    struct terminal *term;

    if (!check_terminal(message, size))
        return false;
    term = calloc(1, sizeof *term);
    setlocale(LC_CTYPE, ""); /* for UTF-8; numbers stay as they are */
    if (!term || !open_screen(term, message, size)) {
        free(term);
        return false;
    }
    watch_crashes(term);
    set_modes();
    hold_output(&term->held[0], STDOUT_FILENO);
    hold_output(&term->held[1], STDERR_FILENO);
    term_draw_init(term);
    term_keys_init(term);
    typist_init(&term->typist);
    term->context = context;
    term->changed = true;
    context->own = term;
    return true;
}

static void term_close(struct frontend_context *context)
{
    struct terminal *term = context->own;

    endwin();
    delscreen(term->screen);
    fclose(term->out);
    unwatch_crashes(term);
    release_output(&term->held[0]);
    release_output(&term->held[1]);
    typist_free(&term->typist);
    free(term);
    context->own = NULL;
}

static void send_typed(struct terminal *term, u64 now)
{
    struct key_press press;
    struct input_event event = {.kind = INPUT_KEY};

    if (now < term->typed_at || !typist_next(&term->typist, &press))
        return;
    event.code = press.key;
    event.down = press.down;
    if (!input_push(term->context->input, event))
        return;
    typist_done(&term->typist);
    term->typed_at = now + (press.down ? HOLD_MS : REST_MS);
}

static void read_keys(struct terminal *term, unsigned wait)
{
    wint_t key;

    timeout((int)wait);
    for (unsigned i = 0; i < KEYS_AT_ONCE; i++) {
        int kind = get_wch(&key);
        timeout(0);
        if (kind == ERR)
            return;
        term_key(term, key, kind == KEY_CODE_YES);
    }
}

static void term_pump(struct frontend_context *context, unsigned wait)
{
    struct terminal *term = context->own;
    u64 now;

    read_keys(term, wait);
    now = now_ms();
    send_typed(term, now);
    if (term->changed || now - term->drawn_at >= STATUS_MS)
        term_draw(term, now);
}

static void term_present(struct frontend_context *context, const struct frame *frame)
{
    struct terminal *term = context->own;

    term->frame = frame;
    if (term->width == frame->width && !memcmp(&term->shown, &frame->text, sizeof term->shown))
        return;
    term->width = frame->width;
    term->shown = frame->text;
    term_draw(term, now_ms());
}

const struct frontend frontend_term = {
    .name = "term",
    .open = term_open,
    .pump = term_pump,
    .present = term_present,
    .close = term_close,
};
