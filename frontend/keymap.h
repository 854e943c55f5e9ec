/* SPDX-License-Identifier: MIT */
/* Names and characters to keys: "f1", "page-up", and what to press for '?' on a US keyboard. */
#ifndef FRONTEND_KEYMAP_H
#define FRONTEND_KEYMAP_H

#include "frontend/hotkeys.h"
#include "src/base/types.h"
#include "src/host/input.h"

enum { KEY_CHORD = 6 };

/* Keys to press in this order and to release in the opposite one. */
struct chord {
    u8 count;
    u8 key[KEY_CHORD];
};

/* KEY_* of one name ("a", "f1", "enter", "left-ctrl", "pad-5"); 0: no such key. */
u8 keymap_key(const char *name);

/* The name of a key, in lower case; NULL: not a key of this keyboard. */
const char *keymap_name(u8 key);

/* "ctrl-alt-del" into keys; false: one of them is unknown, or they are too many. */
bool keymap_chord(const char *text, struct chord *chord);

/* What types the character C (ASCII, \n, \t, \b) with US layout; false: no key does. */
bool keymap_char(char c, struct chord *chord);

/* Like keymap_chord(), with the modifiers as bits. */
bool keymap_combo(const char *text, struct combo *combo);

/* "Ctrl-Alt-G", "Alt-Page-Up", as a person reads it. */
void keymap_combo_text(struct combo combo, char *text, size_t size);

/* Every name, for nearest_name(). */
const char *keymap_all_names(const void *unused, unsigned i);

/* MOD_* of a modifier key, else 0. */
u8 keymap_mod(u8 key);

#endif
