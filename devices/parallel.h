/* SPDX-License-Identifier: MIT */
/* The PC's parallel port with a printer that takes everything. See parallel.c. */
#ifndef DEVICES_PARALLEL_H
#define DEVICES_PARALLEL_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"
#include "src/host/chardev.h"

enum { PARALLEL_DATA, PARALLEL_STATUS, PARALLEL_CONTROL };

/* IBM AT Technical Reference, "Serial/Parallel Adapter", as the processor reads them. */
enum {
    PARALLEL_NOT_ERROR = 0x08, PARALLEL_SELECT = 0x10, PARALLEL_PAPER_END = 0x20,
    PARALLEL_NOT_ACK = 0x40, PARALLEL_NOT_BUSY = 0x80,
};
enum {
    PARALLEL_STROBE = 0x01, PARALLEL_AUTO_FEED = 0x02, PARALLEL_NOT_INIT = 0x04,
    PARALLEL_SELECT_IN = 0x08, PARALLEL_IRQ_ENABLE = 0x10,
};

enum parallel_phase { PARALLEL_IDLE, PARALLEL_PRINTING, PARALLEL_ACKING };

struct parallel {
    struct line intr;
    struct clock *clock;
    struct chardev *printer; /* NULL: nothing plugged in */
    u8 data, control;
    u8 phase; /* enum parallel_phase */
    bool ack_latch; /* -ACK has ended: the interrupt */
    struct timer timer;
};

extern const struct chip parallel_chip;

/* PRINTER may be NULL. */
void parallel_init(struct parallel *parallel, struct clock *clock, struct chardev *printer);

#endif
