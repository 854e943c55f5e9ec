/* SPDX-License-Identifier: MIT */
/* What the files of the window share: sdl.c, sdl_picture.c, sdl_events.c, sdl_keys.c. */
#ifndef FRONTEND_SDL_H
#define FRONTEND_SDL_H

#include <SDL.h>

#include "frontend/fit.h"
#include "frontend/frontend.h"
#include "frontend/title.h"
#include "frontend/typist.h"

/* The picture on the host's side: sdl_picture.c. */
struct sdl_picture {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture; /* the frame, pixel for pixel */
    SDL_Texture *sharp;   /* each pixel repeated, to be shrunk to size; NULL: not needed */
    u32 width, height;    /* of the texture */
    u32 *shown;           /* its pixels: a frame that is equal costs no drawing */
    u32 sharp_width, sharp_height;
    const struct frame *frame; /* the newest; NULL: none yet */
    SDL_Rect where;            /* the picture in the window, in the renderer's pixels */
};

struct sdl {
    struct frontend_context *context;
    struct sdl_picture picture;
    bool captured;    /* mouse and keyboard are the guest's */
    bool absolute;    /* the guest takes the pointer's place: no capture */
    bool full_screen;
    bool down[256];   /* keys that the guest holds for down, by KEY_* */
    u8 buttons;       /* MOUSE_* likewise */
    s32 right, moved_down, wheel; /* mouse motion of this pump */
    bool placed;                  /* or the pointer was moved to ... */
    SDL_Point place;              /* ... here, 0 to INPUT_RANGE */
    struct typist typist; /* what is pasted */
    u32 typed_at;         /* SDL ticks (ms) of its last key */
    struct title_notes notes;
    u32 titled_at; /* SDL ticks of the last look at the status */
    char title[TITLE_TEXT];
};

/* False: no renderer, see SDL_GetError(). */
bool sdl_picture_open(struct sdl_picture *picture, bool full_screen);
void sdl_picture_close(struct sdl_picture *picture);
void sdl_picture_show(struct sdl_picture *picture, const struct frame *frame); /* a new frame */
void sdl_picture_redraw(struct sdl_picture *picture); /* the window has changed */
/* A point of the window, in the picture: 0 to INPUT_RANGE, the nearest edge if it is outside. */
SDL_Point sdl_picture_place(const struct sdl_picture *picture, s32 x, s32 y);
void sdl_picture_lost(struct sdl_picture *picture);   /* the host dropped its textures */

/* One event of the host. */
void sdl_event(struct sdl *sdl, const SDL_Event *event);
/* After the events: what was gathered from them, and the next pasted key. */
void sdl_events_done(struct sdl *sdl);
/* Let go of every key and button: the window lost the keyboard, or one of its own keys acts. */
void sdl_release_all(struct sdl *sdl);
void sdl_capture(struct sdl *sdl, bool on);
void sdl_set_absolute(struct sdl *sdl, bool on);
void sdl_full_screen(struct sdl *sdl, bool on);

/* KEY_* of a host key by its position; 0: no such key on a PC. */
u8 sdl_key(SDL_Scancode scancode);

#endif
