/* SPDX-License-Identifier: MIT */
/*
 * A PS/2 mouse with two or three buttons, which becomes an IntelliMouse (wheel, ID 03h) or an
 * IntelliMouse Explorer (ID 04h) when the host knocks.
 *
 * How the board connects it: see src/base/ps2.h and devices/kbc.h. Motion of the person comes by
 * mouse_move() and mouse_button(); nothing is sent before the host asked for it.
 */
#ifndef DEVICES_MOUSE_H
#define DEVICES_MOUSE_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"
#include "src/base/ps2.h"

enum { MOUSE_REPLIES = 16, MOUSE_PACKET = 4 };

struct mouse {
    struct line request;  /* high: there are bytes to send */
    struct timer sample;  /* the next report in stream mode */
    struct timer bat;     /* end of the self test */
    struct clock *clock;
    u8 reply[MOUSE_REPLIES];
    u8 reply_first, reply_count;
    u8 packet[MOUSE_PACKET]; /* a report of stream mode on its way */
    u8 packet_next, packet_count;
    u8 last[MOUSE_PACKET + 1]; /* what RESEND sends */
    u8 last_count;
    u8 command;    /* waits for its parameter; 0: none */
    u8 held;       /* byte that came during the self test ... */
    bool holding;  /* ... if one came */
    bool testing;
    bool enabled;  /* data reporting */
    bool remote;   /* remote mode, else stream mode */
    bool wrap;     /* wrap mode: echo */
    bool double_scale; /* scaling 2:1 */
    u8 resolution; /* 0-3: 1, 2, 4, 8 counts a mm */
    u8 rate;       /* samples a second */
    u8 knock[2];   /* the two rates before, latest last */
    u8 id;         /* 0, 3, 4 */
    u8 buttons;    /* MOUSE_* held */
    u8 reported;   /* buttons in the last report */
    u8 stirs;       /* reports to be sent though nothing has changed */
    s16 dx, dy, dz; /* counted since the last report: right, up, towards the user */
    bool x_overflow, y_overflow;
};

extern const struct chip mouse_chip;

void mouse_init(struct mouse *mouse, struct clock *clock);

struct ps2_plug mouse_plug(struct mouse *mouse);

/* DX right, DY down, DZ wheel towards the user, relative, in counts. */
void mouse_move(struct mouse *mouse, int dx, int dy, int dz);

/* BUTTON: MOUSE_* of src/host/input.h. The last two are an Explorer's alone. */
void mouse_button(struct mouse *mouse, u8 button, bool down);

/* A line_set_fn: at the rise, one report is due whatever there is to tell. */
void mouse_stir(void *mouse, unsigned pin, bool level);

#endif
