/* SPDX-License-Identifier: MIT */
/* The window: opens it, feeds it with the host's events, keeps its title true. */
#include "frontend/sdl.h"

#include <stdio.h>
#include <stdlib.h>

#include "frontend/list.h"

enum { TITLE_MS = 250, EVENTS_AT_ONCE = 64 };

static void set_hints(void)
{
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* Ctrl-C is main's */
    SDL_SetHint(SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, "0");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_APP_NAME, "twin86");
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value && *value;
}

/* SDL falls back to a driver that shows nothing to anybody; that is of use only to who asked for
 * it with SDL_VIDEODRIVER. */
static bool start_video(void)
{
    const char *driver;

    set_hints();
    if (SDL_InitSubSystem(SDL_INIT_VIDEO))
        return false;
    driver = SDL_GetCurrentVideoDriver();
    if (is_set("SDL_VIDEODRIVER") || (strcmp(driver, "offscreen") && strcmp(driver, "dummy")))
        return true;
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    SDL_SetError("no display");
    return false;
}

bool sdl_display_there(void)
{
    bool any = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") || is_set("SDL_VIDEODRIVER");

#if defined(__APPLE__) || defined(_WIN32)
    any = true; /* there is always one */
#endif
    return any && start_video(); /* a DISPLAY may be there and dead */
}

static bool sdl_open(struct frontend_context *context, char *message, size_t size)
{
    struct sdl *sdl = calloc(1, sizeof *sdl);

    if (!sdl || !start_video() || !sdl_picture_open(&sdl->picture, context->full_screen)) {
        snprintf(message, size, "-display sdl: no window can be opened here: %s",
                 sdl ? SDL_GetError() : "no memory");
        SDL_Quit();
        free(sdl);
        return false;
    }
    SDL_StopTextInput(); /* we want keys, and no input method in the way */
    SDL_EnableScreenSaver();
    SDL_EventState(SDL_DROPFILE, SDL_ENABLE);
    sdl->context = context;
    sdl->full_screen = context->full_screen;
    typist_init(&sdl->typist);
    context->own = sdl;
    return true;
}

static void sdl_close(struct frontend_context *context)
{
    struct sdl *sdl = context->own;

    sdl_capture(sdl, false);
    sdl_picture_close(&sdl->picture);
    typist_free(&sdl->typist);
    free(sdl);
    context->own = NULL;
    SDL_Quit();
}

/* The last part of the title: how to get the mouse out, or in. */
static void mouse_text(const struct sdl *sdl, char *text, size_t size)
{
    char combo[HOTKEY_TEXT];

    hotkeys_text(&sdl->context->hotkeys, HOTKEY_MOUSE, combo);
    if (sdl->absolute)
        snprintf(text, size, "the mouse needs no capture");
    else if (sdl->captured)
        snprintf(text, size, "%s frees the mouse", combo);
    else
        snprintf(text, size, "a click or %s captures the mouse", combo);
}

static void update_title(struct sdl *sdl)
{
    struct status_view view;
    char title[TITLE_TEXT], mouse[HOTKEY_TEXT + 40];
    u32 now = SDL_GetTicks();
    const char *note, *lights;

    if (sdl->titled_at && now - sdl->titled_at < TITLE_MS)
        return;
    sdl->titled_at = now ? now : 1;
    status_get(sdl->context->status, &view);
    note = title_notes(&sdl->notes, &view, now, &lights);
    mouse_text(sdl, mouse, sizeof mouse);
    title_text(&view, note, mouse, title, sizeof title);
    if (*lights)
        snprintf(title + strlen(title), sizeof title - strlen(title), " - %s", lights);
    if (strcmp(title, sdl->title)) {
        memcpy(sdl->title, title, sizeof title);
        SDL_SetWindowTitle(sdl->picture.window, title);
    }
}

static void sdl_pump(struct frontend_context *context, unsigned wait)
{
    struct sdl *sdl = context->own;
    SDL_Event event;
    struct status_view view;
    bool any = SDL_WaitEventTimeout(&event, (int)wait);

    status_get(context->status, &view);
    sdl_set_absolute(sdl, view.absolute);
    for (unsigned i = 0; any && i < EVENTS_AT_ONCE; i++) { /* new frames must not wait for ever */
        sdl_event(sdl, &event);
        any = i + 1 < EVENTS_AT_ONCE && SDL_PollEvent(&event);
    }
    sdl_events_done(sdl);
    update_title(sdl);
}

static void sdl_present(struct frontend_context *context, const struct frame *frame)
{
    struct sdl *sdl = context->own;

    sdl_picture_show(&sdl->picture, frame);
}

const struct frontend frontend_sdl = {
    .name = "sdl",
    .open = sdl_open,
    .pump = sdl_pump,
    .present = sdl_present,
    .close = sdl_close,
};
