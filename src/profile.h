/* SPDX-License-Identifier: MIT */
/* -profile: what a family of systems likes best, as options that others overrule. */
#ifndef PROFILE_H
#define PROFILE_H

#include "src/base/types.h"

enum {
    PROFILE_SETTINGS = 4,
    SMALL_DISK = 1024 * 16 * 63, /* sectors: what cylinders, heads and sectors of INT 13h and IDE reach */
};

struct profile {
    const char *name;
    bool small_disks; /* takes disks up to SMALL_DISK */
    struct {
        const char *option, *value; /* without dashes; NULL after the last */
    } set[PROFILE_SETTINGS];
};

/* Profile I, NULL after the last; the one of that name, or NULL. */
const struct profile *profile_at(unsigned i);
const struct profile *profile_find(const char *name);

#endif
