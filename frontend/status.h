/* SPDX-License-Identifier: MIT */
/*
 * What the machine tells the person in front of it: its name, how fast it runs, that it is paused,
 * disk activity, and a line now and then. Written by the machine's thread, read by the front end's;
 * neither waits longer than a copy takes.
 */
#ifndef FRONTEND_STATUS_H
#define FRONTEND_STATUS_H

#include <pthread.h>

#include "src/base/types.h"
#include "src/host/disk.h"

enum { STATUS_TEXT = 200 };

/* What the front end sees. */
struct status_view {
    char machine[STATUS_TEXT]; /* "486DX2-66, 32 MB" */
    u32 speed;                 /* measured, percent of real time; 0: not known yet */
    bool full_speed;           /* not held back to real time */
    bool paused;
    bool stopped;              /* the machine will not run any more; see message */
    bool absolute;             /* the guest takes the pointer's place: nothing is to be captured */
    struct disk_lights disks;  /* what the drives have moved */
    char message[STATUS_TEXT]; /* the newest line for the user */
    u64 messages;              /* counts lines, so that a new one is noticed */
};

struct status {
    pthread_mutex_t lock;
    struct status_view view;
};

void status_init(struct status *status, const char *machine);
void status_free(struct status *status);

/* The machine's side. */
void status_set_speed(struct status *status, u32 percent, bool full_speed);
void status_set_paused(struct status *status, bool paused);
void status_set_stopped(struct status *status);
void status_set_absolute(struct status *status, bool absolute);
void status_set_disk_lights(struct status *status, struct disk_lights disks);

/* A line for the user, without a newline: shown in the window's title or the terminal's bottom
 * line for a few seconds. Any thread. */
void status_message(struct status *status, const char *format, ...) PRINTF(2, 3);

/* The front end's side: a copy. */
void status_get(struct status *status, struct status_view *view);

#endif
