/* SPDX-License-Identifier: MIT */
/* The guest of a suite that makes itself a new one as often as it wants. */
#ifndef TESTS_GUEST_RIG_H
#define TESTS_GUEST_RIG_H

#include "tests/unit/guest.h"

static struct guest *g;

static void teardown(void)
{
    if (g)
        guest_free(g);
    g = NULL;
}

/* A new one, in flat 32-bit code of ring 0. */
static void use(const char *model)
{
    teardown();
    g = guest_new_model(model);
    guest_flat(g, 0);
}

#endif
