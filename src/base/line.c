/* SPDX-License-Identifier: MIT */
#include "src/base/line.h"

const struct field line_fields[] = {
    FIELD(struct line, level),    TRANSIENT(struct line, set), TRANSIENT(struct line, owner),
    TRANSIENT(struct line, pin), FIELD_END,
};

void line_connect(struct line *line, line_set_fn *set, void *owner, unsigned pin)
{
    line->set = set;
    line->owner = owner;
    line->pin = pin;
}

void line_set(struct line *line, bool level)
{
    if (line->level == level)
        return;
    line->level = level;
    if (line->set)
        line->set(line->owner, line->pin, level);
}

void line_pulse(struct line *line)
{
    line_set(line, true);
    line_set(line, false);
}
