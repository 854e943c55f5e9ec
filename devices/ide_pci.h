/* SPDX-License-Identifier: MIT */
/*
 * The IDE function of the PIIX3: two channels at their old addresses, and the bus master that moves
 * their data.
 *
 * 82371SB (290550), "IDE Controller"; Intel, "Programming Interface for Bus Master IDE Controller".
 */
#ifndef DEVICES_IDE_PCI_H
#define DEVICES_IDE_PCI_H

#include "devices/ide.h"
#include "mem/bus.h"
#include "mem/pci.h"

struct ide_master {
    struct ide *ide;
    struct line irq; /* the channel's interrupt, passed on */
    u8 command, status;
    u32 table;   /* of physical region descriptors, as written */
    u32 entry;   /* address of the next descriptor */
    u32 address; /* of the next byte of the current region */
    u32 left;    /* bytes of it to go */
    bool last;   /* it is the last one */
};

struct ide_pci {
    struct pci_function pci;
    struct bus *bus;
    struct ide_master channel[2];
};

extern const struct chip ide_pci_chip; /* registers 0-15: base address 4, width 4 */

void ide_pci_init(struct ide_pci *controller, struct bus *bus, struct ide *primary,
                  struct ide *secondary);

/* line_set_fn: INTRQ and DMARQ of the channels; PIN is the channel. */
void ide_pci_intrq(void *controller, unsigned pin, bool level);
void ide_pci_dmarq(void *controller, unsigned pin, bool level);

#endif
