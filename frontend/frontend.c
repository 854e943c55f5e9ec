/* SPDX-License-Identifier: MIT */
/* The list of front ends as built, which one to take, and their common loop. */
#include "config.h"
#include "frontend/frontend.h"

#include "frontend/list.h"

enum { WAIT_MS = 10 }; /* how late a new frame or the end may be noticed */

/* In the order of preference. THERE: it is the one to take unless another is asked for. */
static const struct row {
    const struct frontend *frontend;
    bool (*there)(void);
} rows[] = {
#ifdef HAVE_SDL
    {&frontend_sdl, sdl_display_there},
#endif
#ifdef HAVE_NCURSES
    {&frontend_term, term_there},
#endif
    {&frontend_headless, NULL},
};

void frontend_context_init(struct frontend_context *context, struct display *display,
                           struct input *input, struct status *status)
{
    memset(context, 0, sizeof *context);
    context->display = display;
    context->input = input;
    context->status = status;
    context->speed = 100;
    hotkeys_init(&context->hotkeys);
    atomic_init(&context->quit, false);
}

const struct frontend *frontend_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (!strcmp(rows[i].frontend->name, name))
            return rows[i].frontend;
    return NULL;
}

const char *frontend_name(unsigned i)
{
    return i < ARRAY_LEN(rows) ? rows[i].frontend->name : NULL;
}

const struct frontend *frontend_default(void)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (!rows[i].there || rows[i].there())
            return rows[i].frontend;
    return &frontend_headless;
}

void frontend_run(const struct frontend *frontend, struct frontend_context *context)
{
    const struct frame *frame;

    while (!atomic_load(&context->quit)) {
        frontend->pump(context, WAIT_MS);
        frame = display_take(context->display);
        if (frame)
            frontend->present(context, frame);
    }
}
