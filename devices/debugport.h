/* SPDX-License-Identifier: MIT */
/* The ports by which a guest talks to the emulator: text, exit code, power off. */
#ifndef DEVICES_DEBUGPORT_H
#define DEVICES_DEBUGPORT_H

#include "src/base/chip.h"
#include "src/base/line.h"
#include "src/host/chardev.h"

/* Registers: ports E9h and 402h, 8900h, and where the options put isa-debug-exit (4 bytes). */
enum { DEBUGPORT_TEXT, DEBUGPORT_SHUTDOWN, DEBUGPORT_EXIT };

struct debugport {
    struct line power_off; /* pulses when the guest has said "Shutdown" */
    struct line exit;      /* rises when exit_value was written */
    struct chardev *console; /* NULL: the text is lost */
    u32 exit_value;
    u8 said; /* letters of "Shutdown" so far */
};

extern const struct chip debugport_chip;

void debugport_init(struct debugport *port, struct chardev *console);

#endif
