/* SPDX-License-Identifier: MIT */
/*
 * Someone who types: text and chords become key presses and releases, to be sent one by one at a
 * rate that a BIOS can follow. For pasting, for the terminal, and for scripts.
 */
#ifndef FRONTEND_TYPIST_H
#define FRONTEND_TYPIST_H

#include "frontend/keymap.h"
#include "src/base/types.h"
#include "src/host/input.h"

struct key_press {
    u8 key; /* KEY_* */
    bool down;
};

struct typist {
    struct key_press *press;
    size_t head, count, room; /* [head, count) are still to be sent */
};

enum { TYPIST_MOST = 1 << 18 }; /* presses that may wait: a page of text, not a book */

void typist_init(struct typist *typist);
void typist_free(struct typist *typist);
void typist_clear(struct typist *typist);

/* Press in order, release in reverse. False: too much is waiting already. */
bool typist_chord(struct typist *typist, const struct chord *chord);

/*
 * UTF-8 text: US keys, and for other characters of code page 437 their number with Alt on the
 * numeric pad. False: there is a character that cannot be typed (the others are), or too much.
 */
bool typist_text(struct typist *typist, const char *text);

/* Can all of TEXT be typed? */
bool typist_can(const char *text);

/* The next press; false: nothing waits. typist_next() looks, typist_done() takes it away. */
bool typist_next(const struct typist *typist, struct key_press *press);
void typist_done(struct typist *typist);

#endif
