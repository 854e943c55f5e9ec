/* SPDX-License-Identifier: MIT */
/*
 * Runs a script's commands against the machine, a little in each step: all that is remembered
 * between steps is in struct script, and all time is the guest's.
 */
#include "frontend/script.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "frontend/screenshot.h"
#include "frontend/script_parse.h"
#include "frontend/text.h"
#include "frontend/typist.h"
#include "src/base/clock.h"
#include "src/base/state.h"

#define MS 1000000u /* in ns */

enum {
    POLL = 15 * MS,        /* how often "wait" looks */
    KEY_TIME = 25 * MS,    /* from one key event to the next: a BIOS takes some ms for each */
    MOUSE_TIME = 10 * MS,  /* a PS/2 mouse sends 100 packets a second */
    CLICK_TIME = 100 * MS, /* how long a button is held */
    MOUSE_STEP = 100,      /* counts in one packet, of at most 255 */
    FILE_MOST = 1 << 20,   /* bytes of a script */
    HEARD_MOST = 1 << 20,  /* bytes of COM1 that are remembered */
};

/* What COM1 said. Line ends become newlines; NUL bytes, which only fill, are left out. */
struct heard {
    char *bytes;         /* HEARD_MOST; NULL until the first byte */
    size_t length, seen; /* the last match ended at seen */
    bool after_return;   /* the last byte was CR, stored as a newline */
};

struct script {
    char *path;
    struct commands commands;
    size_t at;    /* the command that runs, or is next */
    bool started; /* it ran before, at guest time since */
    u64 since;
    u64 wake;     /* guest ns */
    bool stopped; /* the machine will not run any more */
    enum script_end end;
    struct typist typist;
    s32 right, down; /* of a mouse move: still to go */
    struct heard heard;
    char text[TEXT_STRING];
    FILE *out, *errors;
};

enum result { DONE, AGAIN, FAILED, QUIT };

static enum result failed(struct script *script, const struct script_view *view, const char *format,
                          ...) PRINTF(3, 4);

static enum result again_at(struct script *script, u64 ns)
{
    script->wake = ns;
    return AGAIN;
}

/* ---- what a failure shows ---- */

static bool has_picture(const struct frame *frame)
{
    return frame && frame->width && frame->height;
}

/* The picture as a file beside the script's other output: "boot.txt" -> "boot-line7.png". */
static void print_picture(struct script *script, const struct script_view *view)
{
    const char *slash = strrchr(script->path, '/');
    const char *base = slash ? slash + 1 : script->path;
    const char *dot = strrchr(base, '.');
    size_t n = dot && dot > base ? (size_t)(dot - base) : strlen(base);
    char name[280], why[200];

    snprintf(name, sizeof name, "%.*s-line%u.png", n < 200 ? (int)n : 200, base,
             script->commands.command[script->at].line);
    if (screenshot_write(view->frame(view->owner), name, why, sizeof why))
        fprintf(script->errors, "the picture is in %s\n", name);
    else
        fprintf(script->errors, "%s\n", why);
}

/* The text without the empty rows at its end. */
static void print_text(FILE *out, char *text, size_t n)
{
    while (n && text[n - 1] == '\n')
        n--;
    fprintf(out, "%.*s\n", (int)n, text);
}

static bool is_text(const struct script_view *view)
{
    return view->text(view->owner)->active;
}

static size_t read_screen(struct script *script, const struct script_view *view)
{
    return text_string(view->text(view->owner), script->text);
}

static enum result failed(struct script *script, const struct script_view *view, const char *format,
                          ...)
{
    const struct command *command = &script->commands.command[script->at];
    va_list args;

    fprintf(script->errors, "%s:%u: %s: ", script->path, command->line, command->source);
    va_start(args, format);
    vfprintf(script->errors, format, args);
    va_end(args);
    fputc('\n', script->errors);
    if (is_text(view)) {
        fprintf(script->errors, "the screen shows:\n");
        print_text(script->errors, script->text, read_screen(script, view));
    }
    if (!is_text(view) || command->verb == VERB_ASSERT_PIXEL || command->verb == VERB_ASSERT_HASH)
        print_picture(script, view);
    fflush(script->errors);
    return FAILED;
}

/* ---- looking ---- */

/* Where PATTERN ends in the bytes from FROM to LENGTH, or 0: not there. */
static size_t find(const struct pattern *pattern, const char *bytes, size_t from, size_t length)
{
    regmatch_t match = {.rm_so = (regoff_t)from, .rm_eo = (regoff_t)length};
    const char *plain;
    int flags = REG_STARTEND | (from && bytes[from - 1] != '\n' ? REG_NOTBOL : 0);

    if (pattern->is_regex)
        return regexec(&pattern->regex, bytes, 1, &match, flags) ? 0 : (size_t)match.rm_eo + 1;
    plain = memmem(bytes + from, length - from, pattern->text, strlen(pattern->text));
    return plain ? (size_t)(plain - bytes) + strlen(pattern->text) + 1 : 0;
}

/* Not seen yet: look again soon, or give up. */
static enum result keep_waiting(struct script *script, const struct command *command,
                                const struct script_view *view)
{
    u64 end = script->since + command->ns;

    if (script->stopped)
        return failed(script, view, "not seen, and the machine has stopped");
    if (view->now >= end)
        return failed(script, view, "not seen in %" PRIu64 ".%03u s", command->ns / NS_PER_S,
                      (unsigned)(command->ns % NS_PER_S / MS));
    return again_at(script, view->now + POLL < end ? view->now + POLL : end);
}

static bool see(struct script *script, const struct command *command,
                const struct script_view *view)
{
    size_t n = read_screen(script, view);

    return find(&command->pattern, script->text, 0, n) != 0;
}

static enum result run_wait_text(struct script *script, const struct command *command,
                                 const struct script_view *view)
{
    return see(script, command, view) ? DONE : keep_waiting(script, command, view);
}

static enum result run_wait_serial(struct script *script, const struct command *command,
                                   const struct script_view *view)
{
    struct heard *heard = &script->heard;
    size_t end =
        heard->bytes ? find(&command->pattern, heard->bytes, heard->seen, heard->length) : 0;

    if (!end)
        return keep_waiting(script, command, view);
    heard->seen = end - 1;
    return DONE;
}

static enum result run_assert_text(struct script *script, const struct command *command,
                                   const struct script_view *view)
{
    return see(script, command, view) ? DONE : failed(script, view, "not there");
}

static enum result run_assert_pixel(struct script *script, const struct command *command,
                                    const struct script_view *view)
{
    const struct frame *frame = view->frame(view->owner);
    u32 x = (u32)command->x, y = (u32)command->y, colour;

    if (!has_picture(frame))
        return failed(script, view, "there is no picture yet");
    if (x >= frame->width || y >= frame->height)
        return failed(script, view, "the picture is only %ux%u", frame->width, frame->height);
    colour = frame->pixels[(size_t)y * frame->width + x] & 0xffffff;
    if (colour != command->number)
        return failed(script, view, "it is #%06x", colour);
    return DONE;
}

static u64 hash_of(const struct frame *frame)
{
    u64 hash = state_hash_bytes(STATE_HASH_START, &frame->width, sizeof frame->width);

    hash = state_hash_bytes(hash, &frame->height, sizeof frame->height);
    return state_hash_bytes(hash, frame->pixels,
                            (size_t)frame->width * frame->height * sizeof *frame->pixels);
}

static enum result run_assert_hash(struct script *script, const struct command *command,
                                   const struct script_view *view)
{
    const struct frame *frame = view->frame(view->owner);
    u64 hash;

    if (!has_picture(frame))
        return failed(script, view, "there is no picture yet");
    hash = hash_of(frame);
    if (hash != command->hash)
        return failed(script, view, "it is %016" PRIx64, hash);
    return DONE;
}

static enum result run_screenshot(struct script *script, const struct command *command,
                                  const struct script_view *view)
{
    char why[200];

    if (!screenshot_write(view->frame(view->owner), command->text, why, sizeof why))
        return failed(script, view, "%s", why);
    return DONE;
}

static enum result run_screen(struct script *script, const struct command *command,
                              const struct script_view *view)
{
    const struct frame *frame = is_text(view) ? NULL : view->frame(view->owner);

    (void)command;
    if (is_text(view))
        print_text(script->out, script->text, read_screen(script, view));
    else
        fprintf(script->out, "(graphics mode %ux%u)\n", frame ? frame->width : 0,
                frame ? frame->height : 0);
    fflush(script->out);
    return DONE;
}

/* ---- doing ---- */

static bool push(const struct script_view *view, struct input_event event)
{
    return input_push(view->input, event);
}

/* Send what the typist has, one press in each step. HELD: the chord of COMMAND is down, and stays
 * so for its time. */
static enum result send_keys(struct script *script, const struct command *command,
                             const struct script_view *view)
{
    struct key_press press;
    bool held;
    u64 rest = KEY_TIME;

    if (!typist_next(&script->typist, &press))
        return DONE;
    if (!push(view, (struct input_event){.kind = INPUT_KEY, .code = press.key, .down = press.down}))
        return again_at(script, view->now + POLL);
    typist_done(&script->typist);
    held = script->typist.count - script->typist.head == command->chord.count;
    if (held && command->ns > rest)
        rest = command->ns;
    return again_at(script, view->now + rest);
}

static enum result run_type(struct script *script, const struct command *command,
                            const struct script_view *view)
{
    if (!script->started && !typist_text(&script->typist, command->text))
        return failed(script, view, "the text is too long");
    return send_keys(script, command, view);
}

static enum result run_key(struct script *script, const struct command *command,
                           const struct script_view *view)
{
    if (!script->started && !typist_chord(&script->typist, &command->chord))
        return failed(script, view, "no memory");
    return send_keys(script, command, view);
}

static s32 mouse_step(s32 left)
{
    return left > MOUSE_STEP ? MOUSE_STEP : left < -MOUSE_STEP ? -MOUSE_STEP : left;
}

static enum result run_mouse_move(struct script *script, const struct command *command,
                                  const struct script_view *view)
{
    struct input_event move = {.kind = INPUT_MOUSE_MOVE};

    if (!script->started) {
        script->right = command->x;
        script->down = command->y;
    }
    if (!script->right && !script->down)
        return DONE;
    move.x = mouse_step(script->right);
    move.y = mouse_step(script->down);
    if (push(view, move)) {
        script->right -= move.x;
        script->down -= move.y;
    }
    return again_at(script, view->now + MOUSE_TIME);
}

/* From a pixel to its place between the edges. */
static s32 place_of(s32 pixel, u32 pixels)
{
    return pixels > 1 ? (s32)((u32)pixel * INPUT_RANGE / (pixels - 1)) : 0;
}

static enum result run_mouse_at(struct script *script, const struct command *command,
                                const struct script_view *view)
{
    const struct frame *frame = view->frame(view->owner);

    if (script->started)
        return DONE;
    if (!view->absolute)
        return failed(script, view, "the guest has no driver that takes the pointer's place");
    if (!has_picture(frame))
        return failed(script, view, "there is no picture yet");
    if ((u32)command->x >= frame->width || (u32)command->y >= frame->height)
        return failed(script, view, "the picture is only %ux%u", frame->width, frame->height);
    push(view, (struct input_event){.kind = INPUT_MOUSE_AT,
                                    .x = place_of(command->x, frame->width),
                                    .y = place_of(command->y, frame->height)});
    return again_at(script, view->now + MOUSE_TIME);
}

static enum result run_mouse_wheel(struct script *script, const struct command *command,
                                   const struct script_view *view)
{
    if (script->started)
        return DONE;
    push(view, (struct input_event){.kind = INPUT_MOUSE_MOVE, .z = command->y});
    return again_at(script, view->now + MOUSE_TIME);
}

/* Down at first, up later; right tells how often it was done. */
static enum result run_mouse_click(struct script *script, const struct command *command,
                                   const struct script_view *view)
{
    struct input_event button = {.kind = INPUT_MOUSE_BUTTON, .code = (u8)command->number};

    if (!script->started)
        script->right = 0;
    if (script->right == 2)
        return DONE;
    button.down = !script->right;
    if (!push(view, button))
        return again_at(script, view->now + POLL);
    script->right++;
    return again_at(script, view->now + (button.down ? CLICK_TIME : KEY_TIME));
}

static enum result run_disk(struct script *script, const struct command *command,
                            const struct script_view *view)
{
    struct input_event event = {.kind = INPUT_EJECT, .code = (u8)command->number};

    if (command->text) {
        event.kind = INPUT_INSERT;
        event.text = strdup(command->text);
    }
    if (command->text && !event.text)
        return failed(script, view, "no memory");
    if (push(view, event))
        return DONE;
    free(event.text);
    return again_at(script, view->now + POLL);
}

static enum result run_power(struct script *script, const struct command *command UNUSED,
                             const struct script_view *view)
{
    if (push(view, (struct input_event){.kind = INPUT_POWER_BUTTON}))
        return DONE;
    return again_at(script, view->now + POLL);
}

static enum result run_run(struct script *script, const struct command *command,
                           const struct script_view *view)
{
    u64 end = script->since + command->ns;

    return script->stopped || view->now >= end ? DONE : again_at(script, end);
}

static enum result run_quit(struct script *script, const struct command *command,
                            const struct script_view *view)
{
    (void)script, (void)command, (void)view;
    return QUIT;
}

static const struct runner {
    enum result (*run)(struct script *, const struct command *, const struct script_view *);
    bool acts; /* on the machine, which must run for that */
} runners[VERB_COUNT] = {
    [VERB_WAIT_TEXT] = {run_wait_text, false},
    [VERB_WAIT_SERIAL] = {run_wait_serial, false},
    [VERB_ASSERT_TEXT] = {run_assert_text, false},
    [VERB_ASSERT_PIXEL] = {run_assert_pixel, false},
    [VERB_ASSERT_HASH] = {run_assert_hash, false},
    [VERB_TYPE] = {run_type, true},
    [VERB_KEY] = {run_key, true},
    [VERB_MOUSE_MOVE] = {run_mouse_move, true},
    [VERB_MOUSE_AT] = {run_mouse_at, true},
    [VERB_MOUSE_WHEEL] = {run_mouse_wheel, true},
    [VERB_MOUSE_CLICK] = {run_mouse_click, true},
    [VERB_SCREENSHOT] = {run_screenshot, false},
    [VERB_SCREEN] = {run_screen, false},
    [VERB_FLOPPY] = {run_disk, true},
    [VERB_INSERT] = {run_disk, true},
    [VERB_EJECT] = {run_disk, true},
    [VERB_POWER] = {run_power, true},
    [VERB_RUN] = {run_run, false},
    [VERB_QUIT] = {run_quit, false},
};

/* ---- the run ---- */

static enum result run_command(struct script *script, const struct script_view *view)
{
    const struct command *command = &script->commands.command[script->at];
    const struct runner *runner = &runners[command->verb];
    enum result result;

    if (runner->acts && script->stopped) /* what was begun may have been what stopped it */
        return script->started ? DONE : failed(script, view, "the machine has stopped");
    if (!script->started)
        script->since = view->now;
    result = runner->run(script, command, view);
    script->started = result == AGAIN;
    return result;
}

static enum script_end run_all(struct script *script, const struct script_view *view)
{
    while (script->at < script->commands.count) {
        enum result result = run_command(script, view);
        if (result == AGAIN)
            return SCRIPT_RUNS;
        if (result == FAILED)
            return SCRIPT_FAILED;
        if (result == QUIT)
            break;
        script->started = false;
        script->at++;
    }
    return SCRIPT_PASSED;
}

enum script_end script_step(struct script *script, const struct script_view *view)
{
    if (script->end == SCRIPT_RUNS && view->now >= script->wake)
        script->end = run_all(script, view);
    return script->end;
}

enum script_end script_finish(struct script *script, const struct script_view *view)
{
    script->stopped = true;
    if (script->end == SCRIPT_RUNS)
        script->end = run_all(script, view);
    return script->end;
}

u64 script_wake(const struct script *script)
{
    return script->end == SCRIPT_RUNS ? script->wake : ~(u64)0;
}

void script_hear(void *owner, u8 byte)
{
    struct script *script = owner;
    struct heard *heard = &script->heard;
    bool second_half = byte == '\n' && heard->after_return;

    heard->after_return = byte == '\r';
    if (!byte || second_half || (!heard->bytes && !(heard->bytes = malloc(HEARD_MOST))))
        return;
    if (heard->length == HEARD_MOST) {
        size_t half = HEARD_MOST / 2;
        memmove(heard->bytes, heard->bytes + half, half);
        heard->length = half;
        heard->seen = heard->seen > half ? heard->seen - half : 0;
    }
    heard->bytes[heard->length++] = byte == '\r' ? '\n' : (char)byte;
}

/* ---- open and close ---- */

/* The whole file as a string; NULL and a message. */
static char *read_file(const char *path, char *message, size_t size)
{
    char *text = calloc(1, FILE_MOST + 1);
    FILE *file = fopen(path, "r");
    size_t n = text && file ? fread(text, 1, FILE_MOST, file) : 0;
    const char *wrong = !file || ferror(file) ? strerror(errno)
                        : !text               ? "no memory"
                        : n == FILE_MOST      ? "too long for a script"
                        : memchr(text, 0, n)  ? "not a text file"
                                              : NULL;

    if (file)
        fclose(file);
    if (!wrong)
        return text;
    snprintf(message, size, "%s: %s", path, wrong);
    free(text);
    return NULL;
}

struct script *script_open(const char *path, char *message, size_t size)
{
    struct script *script = calloc(1, sizeof *script);
    char *text = read_file(path, message, size);
    bool good = script && text && script_parse(&script->commands, path, text, message, size);

    free(text);
    if (!good || !(script->path = strdup(path))) {
        script_close(script);
        return NULL;
    }
    script_print_to(script, stdout, stderr);
    return script;
}

void script_print_to(struct script *script, FILE *out, FILE *errors)
{
    script->out = out;
    script->errors = errors;
}

void script_close(struct script *script)
{
    if (!script)
        return;
    commands_free(&script->commands);
    typist_free(&script->typist);
    free(script->heard.bytes);
    free(script->path);
    free(script);
}
