/* SPDX-License-Identifier: MIT */
/* A script's lines as commands: what script_parse.c makes and script.c runs. */
#ifndef FRONTEND_SCRIPT_PARSE_H
#define FRONTEND_SCRIPT_PARSE_H

#include <regex.h>

#include "frontend/keymap.h"
#include "src/base/types.h"

/* What a command takes, in this order; a '?' in front of those that may be left out. */
#define SCRIPT_VERBS(X)                                                                            \
    X(WAIT_TEXT, "wait text", "PATTERN SECONDS")                                                   \
    X(WAIT_SERIAL, "wait serial", "PATTERN SECONDS")                                               \
    X(ASSERT_TEXT, "assert text", "PATTERN")                                                       \
    X(ASSERT_PIXEL, "assert pixel", "X Y COLOUR")                                                  \
    X(ASSERT_HASH, "assert screen-hash", "HASH")                                                   \
    X(TYPE, "type", "TEXT")                                                                        \
    X(KEY, "key", "KEYS ? SECONDS")                                                                \
    X(MOUSE_MOVE, "mouse move", "RIGHT DOWN")                                                      \
    X(MOUSE_AT, "mouse at", "X Y")                                                                 \
    X(MOUSE_WHEEL, "mouse wheel", "TURNS")                                                         \
    X(MOUSE_CLICK, "mouse click", "BUTTON")                                                        \
    X(SCREENSHOT, "screenshot", "FILE")                                                            \
    X(SCREEN, "screen", "")                                                                        \
    X(FLOPPY, "floppy", "DRIVE ? IMAGE")                                                           \
    X(INSERT, "insert", "ANYDRIVE IMAGE")                                                          \
    X(EJECT, "eject", "ANYDRIVE")                                                                  \
    X(POWER, "power", "")                                                                          \
    X(RUN, "run", "SECONDS")                                                                       \
    X(QUIT, "quit", "")

enum script_verb {
#define X(id, name, arguments) VERB_##id,
    SCRIPT_VERBS(X)
#undef X
        VERB_COUNT,
};

struct pattern {
    char *text;   /* plain text as UTF-8, unless it is a regular expression */
    bool is_regex;
    regex_t regex;
};

struct command {
    enum script_verb verb;
    unsigned line;          /* in the file, from 1 */
    char *source;           /* the line as written */
    struct pattern pattern;
    char *text;             /* to type; or a file's name, NULL: left out */
    struct chord chord;
    u64 ns;                 /* how long */
    s32 x, y;
    u32 number;             /* colour as RRGGBB, button, drive */
    u64 hash;
};

struct commands {
    struct command *command;
    size_t count, room;
};

/* TEXT is the file's content, PATH its name for messages. False and one line in MESSAGE (SIZE
 * bytes) at the first bad line. */
bool script_parse(struct commands *commands, const char *path, const char *text, char *message,
                  size_t size);
void commands_free(struct commands *commands);

#endif
