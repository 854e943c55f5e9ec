/* SPDX-License-Identifier: MIT */
/* The status in words, for the window's title and the terminal's bottom line. */
#ifndef FRONTEND_TITLE_H
#define FRONTEND_TITLE_H

#include "frontend/status.h"

enum { TITLE_TEXT = 3 * STATUS_TEXT };

/* "running at 100 % of real time" and the like; never empty. */
void title_speed(const struct status_view *view, char *text, size_t size);

/*
 * The title: "twin86 - 486DX2-66, 32 MB - running at 100 % of real time - Ctrl-F10 frees the
 * mouse". NOTE: in place of the machine's name if it is not empty; MOUSE: the last part, if not
 * empty.
 */
void title_text(const struct status_view *view, const char *note, const char *mouse, char *text,
                size_t size);

/* A lamp of one kind of drives. */
struct title_light {
    u64 count; /* as last seen */
    u32 at;
    bool on;
};

/* Messages and the drives' lights stay for a while. Times are ms of any clock that runs on. */
struct title_notes {
    u64 messages; /* as last seen */
    u32 message_at;
    bool any_message;
    struct title_light floppy, hard, cd;
};

/* Look at VIEW at NOW; returns the line to show, or "". *LIGHTS: the drives used just now, as
 * "floppy CD", or "". */
const char *title_notes(struct title_notes *notes, const struct status_view *view, u32 now,
                        const char **lights);

#endif
