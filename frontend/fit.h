/* SPDX-License-Identifier: MIT */
/* Where the picture goes in a window: 4 to 3 like the monitor's, in whole pixels where it can. */
#ifndef FRONTEND_FIT_H
#define FRONTEND_FIT_H

#include "src/base/types.h"

struct fit {
    u32 x, y, width, height; /* in the window's pixels */
    u32 times_x, times_y;    /* sharpness: enlarge by this first, then shrink smoothly to size */
    bool whole;              /* times_x and times_y are all there is to do */
};

/* A picture of WIDTH x HEIGHT in a window of ROOM_WIDTH x ROOM_HEIGHT pixels, all at least 1. */
struct fit fit_picture(u32 width, u32 height, u32 room_width, u32 room_height);

#endif
