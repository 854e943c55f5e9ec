/* SPDX-License-Identifier: MIT */
/*
 * Every PC monitor of the time is 4:3, whatever the mode: 320x200 has tall pixels. Whole multiples
 * are taken when they miss 4:3 by no more than 5 % and fill three quarters of the room.
 */
#include "frontend/fit.h"

enum { TIMES_MOST = 16, PIXELS_MOST = 4096 }; /* of the enlarged picture */

static u32 at_least_1(u32 n)
{
    return n ? n : 1;
}

static u32 smaller(u32 a, u32 b)
{
    return a < b ? a : b;
}

static bool near_4_to_3(u32 width, u32 height)
{
    u64 is = (u64)width * 3 * 100, wanted = (u64)height * 4 * 100;

    return is >= wanted / 100 * 95 && is <= wanted / 100 * 105;
}

/* Whole multiples, the largest that will do; false: none. */
static bool fit_whole(struct fit *fit, u32 width, u32 height, u32 room_width, u32 room_height)
{
    for (u32 i = room_width / width; i && i * width * 4 >= fit->width * 3; i--) {
        for (u32 j = room_height / height; j; j--) {
            if (near_4_to_3(i * width, j * height)) {
                fit->times_x = i;
                fit->times_y = j;
                fit->width = i * width;
                fit->height = j * height;
                return true;
            }
        }
    }
    return false;
}

/* How often PIXELS must be repeated to reach SIZE at least. */
static u32 repeat(u32 pixels, u32 size)
{
    u32 times = smaller((size + pixels - 1) / pixels, TIMES_MOST);

    return at_least_1(smaller(times, PIXELS_MOST / pixels));
}

struct fit fit_picture(u32 width, u32 height, u32 room_width, u32 room_height)
{
    struct fit fit = {0};

    fit.width = at_least_1(smaller(room_width, room_height * 4 / 3));
    fit.height = at_least_1(smaller(room_height, fit.width * 3 / 4));
    fit.whole = fit_whole(&fit, width, height, room_width, room_height);
    if (!fit.whole) {
        fit.times_x = repeat(width, fit.width);
        fit.times_y = repeat(height, fit.height);
    }
    fit.x = (room_width - fit.width) / 2;
    fit.y = (room_height - fit.height) / 2;
    return fit;
}
