/* SPDX-License-Identifier: MIT */
/* What the board does with the processor's FERR# pin: IRQ 13, port F0h, IGNNE#. */
#ifndef DEVICES_NPX_H
#define DEVICES_NPX_H

#include "src/base/chip.h"
#include "src/base/line.h"

enum { NPX_CLEAR, NPX_RESET }; /* registers: port F0h and port F1h */

struct npx {
    struct line irq;
    struct line ignne;
    bool ferr; /* the processor's pin */
};

extern const struct chip npx_chip;

void npx_init(struct npx *npx);

/* FERR# (line_set_fn). */
void npx_ferr(void *npx, unsigned pin, bool level);

#endif
