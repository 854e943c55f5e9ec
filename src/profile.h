/* SPDX-License-Identifier: MIT */
/* -profile: what a family of systems likes best, as options that others overrule. */
#ifndef PROFILE_H
#define PROFILE_H

enum { PROFILE_SETTINGS = 4 };

struct profile {
    const char *name, *text;
    struct {
        const char *option, *value; /* without dashes; NULL after the last */
    } set[PROFILE_SETTINGS];
};

/* Profile I, NULL after the last; the one of that name, or NULL. */
const struct profile *profile_at(unsigned i);
const struct profile *profile_find(const char *name);

#endif
