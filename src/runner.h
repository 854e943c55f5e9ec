/* SPDX-License-Identifier: MIT */
/*
 * The machine's own thread: slices of guest time, held back to real time, with input, script,
 * picture and limits in between.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include <pthread.h>
#include <stdatomic.h>

#include "frontend/frontend.h"
#include "frontend/script.h"
#include "src/machine.h"
#include "src/options.h"

struct runner {
    struct machine *machine;
    const struct options *options;
    struct frontend_context *context; /* its quit is set when the machine has ended */
    struct status *status;
    struct script *script; /* NULL: none */
    bool render;           /* somebody looks at the picture */
    atomic_bool stop;      /* set by the main thread: end now */
    int exit_code;         /* EXIT_*, or 2v+1; when the thread has ended */

    /* the thread's own */
    pthread_t thread;
    bool paused;
    u32 speed;               /* percent; 0: free */
    u64 host_start;          /* ns at which the thread started */
    u64 host_base;           /* host time and guest time that belong together */
    vtime guest_base;
    u64 host_second;         /* the same for the figure in the title */
    vtime guest_second;
    vtime next_hash;         /* guest time of the next -hash-every line */
    u64 next_picture;        /* host ns */
    struct text_screen text; /* for the script */
};

/* False: the host has no more threads. */
bool runner_start(struct runner *runner);
/* Asks the machine to end and waits for it; exit_code is valid then. */
void runner_join(struct runner *runner);

#endif
