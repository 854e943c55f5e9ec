/* SPDX-License-Identifier: MIT */
/*
 * The mailbox from the video chip to a front end: three frames, one being drawn, one newest, one
 * being shown. Neither side ever waits for the other.
 */
#ifndef HOST_DISPLAY_H
#define HOST_DISPLAY_H

#include <pthread.h>

#include "src/base/types.h"

enum { TEXT_COLS_MAX = 160, TEXT_ROWS_MAX = 100, DISPLAY_SIZE_MAX = 2048 };

/* What a text mode shows, for the terminal, scripts and the clipboard. */
struct text_screen {
    bool active; /* false: a graphics mode */
    u8 cols, rows;
    bool cursor_on;
    u8 cursor_col, cursor_row;
    u16 cell[TEXT_ROWS_MAX][TEXT_COLS_MAX]; /* character (code page 437) | attribute << 8 */
};

struct frame {
    u32 width, height; /* pixels; 0: nothing drawn yet */
    u32 *pixels;       /* width * height, 00RRGGBB, no padding */
    size_t room;       /* pixels allocated */
    u64 number;        /* counts published frames */
    struct text_screen text;
};

struct display {
    pthread_mutex_t lock;
    struct frame frame[3];
    u8 drawing, newest, showing; /* indices into frame[] */
    bool fresh;                  /* newest was not taken yet */
    u64 published;
};

void display_init(struct display *display);
void display_free(struct display *display);

/*
 * The chip's side: a frame to fill, of WIDTH x HEIGHT, both 1..DISPLAY_SIZE_MAX; NULL: a size out
 * of that, or no host memory. Its pixels hold something old; its text is marked not active. Pixels
 * that are never published are simply drawn over.
 */
struct frame *display_begin(struct display *display, u32 width, u32 height);
void display_publish(struct display *display);

/* The front end's side: the newest frame, or NULL if it was taken already. Valid until the next
 * call. */
const struct frame *display_take(struct display *display);

/*
 * The newest published frame, taken or not; NULL before the first. For scripts, which run between
 * slices on the machine's own thread: valid there until the next display_publish().
 */
const struct frame *display_peek(struct display *display);

#endif
