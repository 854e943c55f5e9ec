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

static bool light(struct title_light *light, u64 count, u32 now)
{
    if (count != light->count) {
        light->count = count;
        light->at = now;
        light->on = true;
    }
    light->on &= now - light->at < DISK_MS;
    return light->on;
}

static const char *lights_text(struct title_notes *notes, const struct disk_lights *disks, u32 now)
{
    static const char *const texts[] = {
        "",   "floppy",     "hard disk",     "floppy, hard disk",
        "CD", "floppy, CD", "hard disk, CD", "floppy, hard disk, CD",
    };
    unsigned on = light(&notes->floppy, disks->floppy, now);

    on |= (unsigned)light(&notes->hard, disks->hard, now) << 1;
    on |= (unsigned)light(&notes->cd, disks->cd, now) << 2;
    return texts[on];
}

const char *title_notes(struct title_notes *notes, const struct status_view *view, u32 now,
                        const char **lights)
{
    if (view->messages != notes->messages) {
        notes->messages = view->messages;
        notes->message_at = now;
        notes->any_message = true;
    }
    notes->any_message &= now - notes->message_at < MESSAGE_MS;
    *lights = lights_text(notes, &view->disks, now);
    return notes->any_message ? view->message : "";
}
