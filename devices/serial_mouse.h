/* SPDX-License-Identifier: MIT */
/* A mouse at a serial port, with Microsoft's protocol. See serial_mouse.c. */
#ifndef DEVICES_SERIAL_MOUSE_H
#define DEVICES_SERIAL_MOUSE_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"

enum serial_mouse_model {
    SERIAL_MOUSE_TWO,   /* buttons: Microsoft's */
    SERIAL_MOUSE_THREE, /* buttons, the third in Logitech's way */
    SERIAL_MOUSE_WHEEL, /* the IntelliMouse */
};

enum { SERIAL_MOUSE_BAUD = 1200, SERIAL_MOUSE_FRAME = 10, SERIAL_MOUSE_PACKET = 4 };

/* Of serial_mouse_control(). */
enum serial_mouse_pin { SERIAL_MOUSE_RTS, SERIAL_MOUSE_DTR };

struct serial_mouse {
    struct line txd; /* high: mark */
    struct line dsr; /* high: active */
    struct clock *clock;
    const struct serial_mouse_kind *kind;
    bool rts, dtr;      /* both: it has power */
    struct timer timer; /* the next bit */
    u64 next;           /* tick of the baud rate at which it comes */
    u16 frame;          /* bits still to be sent, the next in bit 0 */
    u8 frame_bits;
    u8 said; /* bytes of what it is */
    u8 packet[SERIAL_MOUSE_PACKET], packet_next, packet_count;
    u8 buttons;     /* MOUSE_* held */
    u8 reported;    /* buttons in the last packet */
    s16 dx, dy, dz; /* counted and not yet sent: right, down, towards the user */
};

extern const struct chip serial_mouse_chip;

void serial_mouse_init(struct serial_mouse *mouse, struct clock *clock,
                       enum serial_mouse_model model);

/* A line_set_fn: the port drives a serial_mouse_pin. */
void serial_mouse_control(void *mouse, unsigned pin, bool level);

/* DX right, DY down, DZ wheel towards the user, relative, in counts. */
void serial_mouse_move(struct serial_mouse *mouse, int dx, int dy, int dz);

/* BUTTON: MOUSE_* of src/host/input.h. */
void serial_mouse_button(struct serial_mouse *mouse, u8 button, bool down);

#endif
