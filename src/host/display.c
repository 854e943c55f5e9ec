/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "src/host/display.h"

void display_init(struct display *display)
{
    *display = (struct display){.drawing = 0, .newest = 1, .showing = 2};
    pthread_mutex_init(&display->lock, NULL);
}

void display_free(struct display *display)
{
    for (size_t i = 0; i < ARRAY_LEN(display->frame); i++)
        free(display->frame[i].pixels);
    pthread_mutex_destroy(&display->lock);
    *display = (struct display){0};
}

/* Pixels are never given back before display_free(): a few sizes come again and again. */
static bool frame_resize(struct frame *frame, u32 width, u32 height)
{
    size_t need = (size_t)width * height;
    if (need > frame->room) {
        u32 *pixels = realloc(frame->pixels, need * sizeof *pixels);
        if (!pixels)
            return false;
        frame->pixels = pixels;
        frame->room = need;
    }
    frame->width = width;
    frame->height = height;
    return true;
}

struct frame *display_begin(struct display *display, u32 width, u32 height)
{
    struct frame *frame = &display->frame[display->drawing]; /* the machine's alone: no lock */
    if (!width || !height || width > DISPLAY_SIZE_MAX || height > DISPLAY_SIZE_MAX)
        return NULL;
    if (!frame_resize(frame, width, height))
        return NULL;
    frame->text.active = false;
    return frame;
}

void display_publish(struct display *display)
{
    pthread_mutex_lock(&display->lock);
    u8 drawn = display->drawing;
    display->frame[drawn].number = ++display->published;
    display->drawing = display->newest;
    display->newest = drawn;
    display->fresh = true;
    pthread_mutex_unlock(&display->lock);
}

const struct frame *display_take(struct display *display)
{
    const struct frame *frame = NULL;
    pthread_mutex_lock(&display->lock);
    if (display->fresh) {
        u8 old = display->showing;
        display->showing = display->newest;
        display->newest = old;
        display->fresh = false;
        frame = &display->frame[display->showing];
    }
    pthread_mutex_unlock(&display->lock);
    return frame;
}

const struct frame *display_peek(struct display *display)
{
    const struct frame *frame = NULL;
    pthread_mutex_lock(&display->lock);
    if (display->published)
        frame = &display->frame[display->fresh ? display->newest : display->showing];
    pthread_mutex_unlock(&display->lock);
    return frame;
}
