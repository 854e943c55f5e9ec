/* SPDX-License-Identifier: MIT */
/*
 * The plug of a PS/2 device: what the controller at the other end of the cable can do to it.
 *
 * The device raises its line `request` while it has bytes to send. The controller holds the clock
 * (simply by not calling) until it wants one. The board plugs it in:
 *   kbc_plug(&pc->kbc, 0, keyboard_plug(&pc->keyboard));
 *   line_connect(&pc->keyboard.request, kbc_request, &pc->kbc, 0);
 */
#ifndef BASE_PS2_H
#define BASE_PS2_H

#include "src/base/types.h"

struct ps2_plug {
    bool (*take)(void *device, u8 *byte); /* the next byte to the host; false: there is none */
    void (*give)(void *device, u8 byte);  /* a byte from the host */
    void *device;                         /* NULL: nothing is plugged in */
};

#endif
