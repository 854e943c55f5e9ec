/* SPDX-License-Identifier: MIT */
/*
 * A front end: what shows the machine's picture to a person and brings their keys and mouse back.
 *
 * It lives on the main thread and sees two mailboxes and a status, nothing of the PC; the machine
 * runs on a thread of its own and never waits for it.
 */
#ifndef FRONTEND_FRONTEND_H
#define FRONTEND_FRONTEND_H

#include <stdatomic.h>

#include "frontend/hotkeys.h"
#include "frontend/status.h"
#include "src/base/types.h"
#include "src/host/display.h"
#include "src/host/input.h"

struct frontend_context {
    struct display *display;
    struct input *input;
    struct status *status;
    struct hotkeys hotkeys; /* frontend_context_init() sets the usual ones */
    bool full_screen;       /* start in full screen */
    u16 speed;              /* percent of real time that ending full speed goes back to: 100 */
    atomic_bool quit; /* set by the front end (the user leaves), by the machine's thread when it
                         ended, or by a signal handler: frontend_run() returns */
    void *own;        /* the open front end's */
};

struct frontend {
    const char *name; /* of -display */
    /* False and one line in MESSAGE (SIZE bytes): it cannot be had here. */
    bool (*open)(struct frontend_context *context, char *message, size_t size);
    /* Take what the user did; waits up to WAIT ms for something to happen. */
    void (*pump)(struct frontend_context *context, unsigned wait);
    void (*present)(struct frontend_context *context, const struct frame *frame);
    void (*close)(struct frontend_context *context); /* everything as it was before open() */
};

void frontend_context_init(struct frontend_context *context, struct display *display,
                           struct input *input, struct status *status);

/* "sdl", "term" or "none" as built; NULL: no such front end. frontend_name(i) lists them, NULL
 * after the last. */
const struct frontend *frontend_find(const char *name);
const char *frontend_name(unsigned i);

/* The window where there is a display, else the terminal if standard input and output are one,
 * else none. */
const struct frontend *frontend_default(void);

/* Pump and present until context->quit. Between open() and close(). */
void frontend_run(const struct frontend *frontend, struct frontend_context *context);

#endif
