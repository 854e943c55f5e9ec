/* SPDX-License-Identifier: MIT */
/*
 * The ISA bridge of the PIIX3 (function 0): which IRQ a PCI interrupt is, and the reset control
 * register CF9h. 82371SB "PCI ISA IDE Xcelerator", 290550.
 */
#ifndef DEVICES_PIIX_H
#define DEVICES_PIIX_H

#include "mem/pci.h"

enum { PIIX_PIRQS = 4, PIIX_IRQS = 16, PIIX_SOURCES = 32 };

struct piix {
    struct pci_function pci;
    struct line irq[PIIX_IRQS]; /* high while an interrupt routed there is asserted */
    struct line reset_cpu;      /* pulse: INIT, a soft reset */
    struct line reset_all;      /* pulse: the whole board */
    u32 asserted[PIIX_PIRQS];   /* a bit for each source that pulls PIRQn# */
    u8 reset_control;
};

extern const struct chip piix_chip; /* register 0: port CF9h, a byte */

void piix_init(struct piix *piix);

/* A line_set_fn: PIN / 4 is the source (below PIIX_SOURCES), PIN % 4 the PIRQ that it pulls. */
void piix_pirq(void *piix, unsigned pin, bool level);

#endif
