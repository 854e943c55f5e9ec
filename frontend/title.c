/* SPDX-License-Identifier: MIT */
/* Speed, pause and messages in words. */
#include "frontend/title.h"

#include <stdio.h>

enum { MESSAGE_MS = 6000, DISK_MS = 500 };

void title_speed(const struct status_view *view, char *text, size_t size)
{
    if (view->stopped)
        snprintf(text, size, "stopped");
    else if (view->paused)
        snprintf(text, size, "paused");
    else if (!view->speed)
        snprintf(text, size, "starting");
    else if (view->full_speed)
        snprintf(text, size, "running at full speed, %u %% of real time", view->speed);
    else
        snprintf(text, size, "running at %u %% of real time", view->speed);
}

void title_text(const struct status_view *view, const char *note, const char *mouse, char *text,
                size_t size)
{
    char speed[80];

    title_speed(view, speed, sizeof speed);
    snprintf(text, size, "twin86 - %s - %s%s%s", *note ? note : view->machine, speed,
             *mouse ? " - " : "", mouse);
}

const char *title_notes(struct title_notes *notes, const struct status_view *view, u32 now,
                        bool *busy)
{
    if (view->messages != notes->messages) {
        notes->messages = view->messages;
        notes->message_at = now;
        notes->any_message = true;
    }
    if (view->disk_accesses != notes->disk_accesses) {
        notes->disk_accesses = view->disk_accesses;
        notes->disk_at = now;
        notes->any_disk = true;
    }
    notes->any_message &= now - notes->message_at < MESSAGE_MS;
    notes->any_disk &= now - notes->disk_at < DISK_MS;
    *busy = notes->any_disk;
    return notes->any_message ? view->message : "";
}
