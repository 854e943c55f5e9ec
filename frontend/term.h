/* SPDX-License-Identifier: MIT */
/* What the files of the terminal display share: term.c, term_draw.c, term_keys.c. */
#ifndef FRONTEND_TERM_H
#define FRONTEND_TERM_H

#include <signal.h>
#include <stdio.h>

#include "frontend/frontend.h"
#include "frontend/title.h"
#include "frontend/typist.h"

/* Last, as curses has macros named like our keys: from here on KEY_UP is curses's. Our keys are
 * called by their names of frontend/keymap.h in these files. */
#define NCURSES_NOMACROS
#define NCURSES_WIDECHAR 1
#include <curses.h>

enum { TERM_CRASHES = 5, TERM_KEYS = 80, TERM_CHORD_TEXT = 32 };

/* A key that this terminal has beside those that every curses knows: Ctrl-Left and so on. */
struct term_key {
    int code; /* curses's */
    char chord[TERM_CHORD_TEXT];
};

/* What would be printed onto the picture is kept until the terminal is ours no more. */
struct term_held {
    int fd;   /* 1 or 2 */
    int real; /* where it went before; -1: not held */
    FILE *kept;
};

struct terminal {
    struct frontend_context *context;
    SCREEN *screen;
    FILE *out;
    struct term_held held[2];
    struct sigaction crash[TERM_CRASHES]; /* what was there before */
    bool unicode;                         /* the locale can show code page 437 */
    int colours;                          /* 16, 8, or 0: none */
    struct term_key key[TERM_KEYS];
    unsigned keys;
    bool menu;                 /* the next key is a command for us */
    const struct frame *frame; /* the newest; NULL: none yet */
    struct text_screen shown;  /* its text as drawn: an equal one costs nothing */
    u32 width;                 /* and its width, of a graphics mode */
    int top, left;             /* first row and column that are shown */
    u8 cursor_row, cursor_col; /* where it was when last followed */
    bool changed;              /* draw anew */
    u64 drawn_at;              /* ms */
    struct title_notes notes;
    struct typist typist;
    u64 typed_at; /* ms: not before then is the next key sent */
};

/* Colours and characters, once. */
void term_draw_init(struct terminal *term);
void term_draw(struct terminal *term, u64 now);
/* Move the shown part of a screen that is larger than the terminal. */
void term_scroll(struct terminal *term, int down, int right);

/* The terminal's keys with Shift, Ctrl and Alt, once. */
void term_keys_init(struct terminal *term);
/* One key from curses (IS_CODE: of its KEY_ codes): into the typist, or a command for us. */
void term_key(struct terminal *term, wint_t key, bool is_code);

#endif
