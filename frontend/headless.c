/* SPDX-License-Identifier: MIT */
/* No front end: for scripts, serial consoles and tests. */
#include "frontend/list.h"

#include <time.h>

static bool headless_open(struct frontend_context *context, char *message, size_t size)
{
    (void)context, (void)message, (void)size;
    return true;
}

static void headless_pump(struct frontend_context *context, unsigned wait)
{
    struct timespec rest = {.tv_nsec = (long)wait * 1000000};

    (void)context;
    nanosleep(&rest, NULL); /* a signal ends it early: the caller looks at quit */
}

static void headless_present(struct frontend_context *context, const struct frame *frame)
{
    (void)context, (void)frame;
}

static void headless_close(struct frontend_context *context)
{
    (void)context;
}

const struct frontend frontend_headless = {
    .name = "none",
    .open = headless_open,
    .pump = headless_pump,
    .present = headless_present,
    .close = headless_close,
};
