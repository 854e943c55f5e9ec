/* SPDX-License-Identifier: MIT */
/*
 * Intel 8042 keyboard controller with the PS/2 firmware: two serial ports, scan-code translation,
 * the A20 gate and the CPU's reset.
 *
 * Registers: 0 data (60h), 1 status and commands (64h).
 *
 * How the board connects it (src/pc.c):
 *   kbc_init(&pc->kbc, &clock);
 *   kbc_plug(&pc->kbc, 0, keyboard_plug(&pc->keyboard));
 *   kbc_plug(&pc->kbc, 1, mouse_plug(&pc->mouse));
 *   line_connect(&pc->keyboard.request, kbc_request, &pc->kbc, 0);
 *   line_connect(&pc->mouse.request,    kbc_request, &pc->kbc, 1);
 *   line_connect(&pc->kbc.irq1,  pic_irq, &pc->pic[0], 1);
 *   line_connect(&pc->kbc.irq12, pic_irq, &pc->pic[1], 4);
 *   line_connect(&pc->kbc.a20,   <A20 gate>, ...);      high after reset: bit 20 is passed
 *   line_connect(&pc->kbc.reset, <CPU reset>, ...);     a pulse: act on the rise
 *   register 0 at port 60h and register 1 at port 64h, a byte each; 61h and 92h are the board's
 * There is one A20 gate and the last write to it wins: let bit 1 of a write to port 92h go to
 * kbc_set_a20(), and read it back from kbc.a20.level.
 */
#ifndef DEVICES_KBC_H
#define DEVICES_KBC_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"
#include "src/base/ps2.h"

enum { KBC_PORTS = 2, KBC_REPLIES = 4, KBC_RAM = 32 };

struct kbc_port {
    struct ps2_plug plug;
    bool request;  /* the device has a byte */
    bool breaking; /* F0h came: the next code is a release (translation) */
};

/* A byte for the output buffer. */
struct kbc_byte {
    u8 value;
    u8 flags; /* status bits that come with it: AUX, time-out */
};

struct kbc {
    struct line irq1, irq12, a20, reset;
    struct timer receive;   /* a byte of a device is complete */
    struct timer answer;    /* a reply of the controller becomes visible */
    struct timer interrupt; /* the interrupt pins follow the output buffer a little later */
    struct clock *clock;
    struct kbc_port port[KBC_PORTS]; /* keyboard, mouse */
    u8 ram[KBC_RAM];                 /* 0: the command byte */
    u8 status;
    u8 output;      /* the output buffer */
    u8 output_port; /* as written; bits 5 and 4 are read from the output buffer's state */
    u8 command;     /* waits for its data byte; 0: none */
    struct kbc_byte reply[KBC_REPLIES]; /* of the controller, first in first out */
    u8 replies;
};

extern const struct chip kbc_chip;

void kbc_init(struct kbc *kbc, struct clock *clock);

/* PORT 0: keyboard, 1: mouse. */
void kbc_plug(struct kbc *kbc, unsigned port, struct ps2_plug plug);

/* A line_set_fn: the device in PORT has a byte, or none any more. */
void kbc_request(void *kbc, unsigned port, bool level);

/* Set the A20 bit of the output port from outside (port 92h); drives the line a20. */
void kbc_set_a20(struct kbc *kbc, bool on);

#endif
