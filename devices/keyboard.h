/* SPDX-License-Identifier: MIT */
/*
 * A PS/2 keyboard with 101 to 104 keys: the part at the far end of the cable.
 *
 * How the board connects it: see src/base/ps2.h and devices/kbc.h. Keys of the person come by
 * keyboard_key(); the machine calls it as it takes events from the input mailbox.
 */
#ifndef DEVICES_KEYBOARD_H
#define DEVICES_KEYBOARD_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"
#include "src/base/ps2.h"

enum { KEYBOARD_FIFO = 17, KEYBOARD_REPLIES = 8, KEYBOARD_CODES = 0x90 };

enum { KEYBOARD_SCROLL_LED = 1, KEYBOARD_NUM_LED = 2, KEYBOARD_CAPS_LED = 4 };

struct keyboard {
    struct line request;    /* high: there are bytes to send */
    struct timer typematic;
    struct timer bat;       /* end of the self test */
    struct clock *clock;
    u8 down[32];            /* a bit for each key held, by KEY_* */
    u8 fifo[KEYBOARD_FIFO]; /* scan codes: 16 and the overrun mark */
    u8 fifo_first, fifo_count;
    u8 reply[KEYBOARD_REPLIES]; /* sent before the scan codes */
    u8 reply_first, reply_count;
    u8 last;      /* byte sent, for RESEND */
    u8 command;   /* waits for its parameter; 0: none */
    u8 held;      /* byte that came during the self test ... */
    bool holding; /* ... if one came */
    bool testing; /* the self test runs */
    bool scanning;
    u8 set;       /* scan code set, 1-3 */
    u8 leds;      /* KEYBOARD_*_LED as the host set them */
    u8 rate;      /* typematic delay and rate byte */
    u8 repeating; /* the key (KEY_*) that repeats; 0: none */
    u32 repeats;  /* so many times */
    vtime repeat_from; /* when it went down */
    u8 type[KEYBOARD_CODES]; /* set 3: what a key sends, by its code */
};

extern const struct chip keyboard_chip;

/* Plugged in and past its power-on test: set 2, scanning. */
void keyboard_init(struct keyboard *keyboard, struct clock *clock);

struct ps2_plug keyboard_plug(struct keyboard *keyboard);

/* A key went down or up; CODE: KEY_* of src/host/input.h. Repeats of a key that is down already
 * are ignored: the keyboard repeats by itself. */
void keyboard_key(struct keyboard *keyboard, u8 code, bool down);

#endif
