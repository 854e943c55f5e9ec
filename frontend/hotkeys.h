/* SPDX-License-Identifier: MIT */
/* The keys that the window keeps for itself: what each does, and which combination asks for it. */
#ifndef FRONTEND_HOTKEYS_H
#define FRONTEND_HOTKEYS_H

#include "src/base/types.h"

/* The name is what -key action=combo takes. */
#define HOTKEYS(X)                                                                                 \
    X(MOUSE, "mouse", "ctrl-f10", "capture or free the mouse")                                     \
    X(MOUSE_2, "mouse2", "ctrl-alt-g", "capture or free the mouse")                                \
    X(FULL_SCREEN, "full-screen", "alt-enter", "full screen and back")                             \
    X(SCREENSHOT, "screenshot", "ctrl-f5", "write a screenshot to the current directory")          \
    X(NEXT_DISK, "next-disk", "ctrl-f4", "put the next floppy image into drive A:")                \
    X(EJECT_DISK, "eject-disk", "ctrl-shift-f4", "take the floppy out of drive A:")                \
    X(NEXT_CD, "next-cd", "ctrl-f3", "put the next CD image into the CD-ROM drive")                \
    X(EJECT_CD, "eject-cd", "ctrl-shift-f3", "take the disc out of the CD-ROM drive")              \
    X(PAUSE, "pause", "ctrl-alt-p", "pause the machine, and go on")                                \
    X(FULL_SPEED, "full-speed", "ctrl-alt-f", "as fast as the host can, and back to real time")    \
    X(CTRL_ALT_DEL, "ctrl-alt-del", "ctrl-f12", "press Ctrl-Alt-Del in the machine")               \
    X(POWER, "power", "ctrl-alt-b", "press the machine's power button")                            \
    X(PASTE, "paste", "ctrl-alt-v", "type the clipboard's text")                                   \
    X(COPY, "copy", "ctrl-alt-c", "copy the text on the screen to the clipboard")                  \
    X(QUIT, "quit", "ctrl-f9", "switch the machine off")

enum hotkey {
#define X(id, name, combo, help) HOTKEY_##id,
    HOTKEYS(X)
#undef X
        HOTKEY_COUNT,
    HOTKEY_NONE = HOTKEY_COUNT,
};

enum { MOD_CTRL = 1, MOD_ALT = 2, MOD_SHIFT = 4 };

struct combo {
    u8 mods; /* MOD_*, left and right alike */
    u8 key;  /* KEY_*; 0: nothing (never pressed) */
};

struct hotkeys {
    struct combo combo[HOTKEY_COUNT];
};

/* The combinations of the table above. */
void hotkeys_init(struct hotkeys *hotkeys);

/*
 * BINDING: "pause=ctrl-alt-p", or "pause=none". False and one line in MESSAGE (SIZE bytes) for an
 * unknown action or key, or a combination that another action has already.
 */
bool hotkeys_bind(struct hotkeys *hotkeys, const char *binding, char *message, size_t size);

/* What KEY does while exactly MODS are held, or HOTKEY_NONE. */
enum hotkey hotkeys_find(const struct hotkeys *hotkeys, u8 mods, u8 key);

/* "Ctrl-F10", as a person reads it; TEXT has room for HOTKEY_TEXT bytes. */
enum { HOTKEY_TEXT = 48 };
void hotkeys_text(const struct hotkeys *hotkeys, enum hotkey hotkey, char *text);

/* One row of the table: for --help. */
const char *hotkey_name(enum hotkey hotkey);
const char *hotkey_help(enum hotkey hotkey);

#endif
