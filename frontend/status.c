/* SPDX-License-Identifier: MIT */
/* The status that the machine's thread writes and the front end's reads, under one lock. */
#include "frontend/status.h"

#include <stdarg.h>
#include <stdio.h>

void status_init(struct status *status, const char *machine)
{
    memset(status, 0, sizeof *status);
    pthread_mutex_init(&status->lock, NULL);
    snprintf(status->view.machine, sizeof status->view.machine, "%s", machine);
}

void status_free(struct status *status)
{
    pthread_mutex_destroy(&status->lock);
}

void status_set_speed(struct status *status, u32 percent, bool full_speed)
{
    pthread_mutex_lock(&status->lock);
    status->view.speed = percent;
    status->view.full_speed = full_speed;
    pthread_mutex_unlock(&status->lock);
}

void status_set_paused(struct status *status, bool paused)
{
    pthread_mutex_lock(&status->lock);
    status->view.paused = paused;
    pthread_mutex_unlock(&status->lock);
}

void status_set_stopped(struct status *status)
{
    pthread_mutex_lock(&status->lock);
    status->view.stopped = true;
    pthread_mutex_unlock(&status->lock);
}

void status_set_absolute(struct status *status, bool absolute)
{
    pthread_mutex_lock(&status->lock);
    status->view.absolute = absolute;
    pthread_mutex_unlock(&status->lock);
}

void status_set_disk_lights(struct status *status, struct disk_lights disks)
{
    pthread_mutex_lock(&status->lock);
    status->view.disks = disks;
    pthread_mutex_unlock(&status->lock);
}

void status_message(struct status *status, const char *format, ...)
{
    char line[STATUS_TEXT];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    pthread_mutex_lock(&status->lock);
    memcpy(status->view.message, line, sizeof line);
    status->view.messages++;
    pthread_mutex_unlock(&status->lock);
}

void status_get(struct status *status, struct status_view *view)
{
    pthread_mutex_lock(&status->lock);
    *view = status->view;
    pthread_mutex_unlock(&status->lock);
}
