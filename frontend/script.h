/* SPDX-License-Identifier: MIT */
/*
 * Scripts (-script FILE): drive the machine from a test, in guest time.
 *
 * The whole file is checked by script_open(), before the machine starts. Then the machine's thread
 * runs until script_wake(), calls script_step(), and so on: what a script does depends on guest
 * time only, so two runs are equal.
 */
#ifndef FRONTEND_SCRIPT_H
#define FRONTEND_SCRIPT_H

#include <stdio.h>

#include "src/base/types.h"
#include "src/host/display.h"
#include "src/host/input.h"

struct script; /* see script.c */

enum script_end {
    SCRIPT_RUNS,   /* call again at script_wake() */
    SCRIPT_PASSED, /* the end of the file, or quit */
    SCRIPT_FAILED, /* said on standard error why, and what the screen showed */
};

/* What a script sees of the machine. */
struct script_view {
    u64 now;                                         /* guest ns since power-on */
    const struct frame *(*frame)(void *owner);       /* draw and give the picture as it is now */
    const struct text_screen *(*text)(void *owner);  /* the same for the text alone (cheap) */
    void *owner;
    struct input *input;
    bool absolute; /* the guest takes the pointer's place */
};

/* NULL and one line in MESSAGE (SIZE bytes), "FILE:LINE: what is wrong", for a file that cannot
 * be read or has a bad line. */
struct script *script_open(const char *path, char *message, size_t size);
void script_close(struct script *script); /* NULL is allowed */

/* Where "screen" and the reasons of a failure go, instead of standard output and error. */
void script_print_to(struct script *script, FILE *out, FILE *errors);

/* Guest ns at which the script wants to be called next. */
u64 script_wake(const struct script *script);

/* Go on with the script; does nothing before script_wake(). On the machine's thread. */
enum script_end script_step(struct script *script, const struct script_view *view);

/* The machine stopped by itself (power off, triple fault): what is left of the script is judged
 * on the last picture; a wait that is not fulfilled fails at once. Never SCRIPT_RUNS. */
enum script_end script_finish(struct script *script, const struct script_view *view);

/* A byte that the guest sent on COM1, for "wait serial": fits chardev_set_tap(), with the script
 * as the owner. Keeps the last half to whole MiB. */
void script_hear(void *script, u8 byte);

#endif
