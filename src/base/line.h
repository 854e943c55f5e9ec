/* SPDX-License-Identifier: MIT */
/* A wire from one output pin to one input pin. The driving chip owns it; only changes travel. */
#ifndef BASE_LINE_H
#define BASE_LINE_H

#include "src/base/state.h"
#include "src/base/types.h"

typedef void line_set_fn(void *owner, unsigned pin, bool level);

struct line {
    line_set_fn *set; /* NULL: nobody listens */
    void *owner;      /* the listener */
    unsigned pin;     /* the listener's name for its pin */
    bool level;
};

extern const struct field line_fields[];

/* Solder the wire to a listener; the level is not sent. */
void line_connect(struct line *line, line_set_fn *set, void *owner, unsigned pin);

/* Drive the wire. The listener is told only when the level changes. */
void line_set(struct line *line, bool level);

/* High and low again, at once. */
void line_pulse(struct line *line);

#endif
