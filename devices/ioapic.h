/* SPDX-License-Identifier: MIT */
/*
 * Intel 82093AA I/O APIC: 24 pins, each of which becomes a message on the APIC bus as its entry of
 * the redirection table says.
 *
 * Registers: bytes of its memory, IOREGSEL at 0, IOWIN at 10h.
 *
 * How the board connects it (src/pc.c):
 *   ioapic_init(&pc->ioapic, &pc->apic_bus);
 *   bus_map_chip(bus, 0xfec00000, 0x1000, &ioapic_chip, &pc->ioapic);
 *   a device: line_connect(&dev.irq, ioapic_irq, &pc->ioapic, pin)
 */
#ifndef DEVICES_IOAPIC_H
#define DEVICES_IOAPIC_H

#include "mem/apic_bus.h"
#include "src/base/chip.h"

enum { IOAPIC_PINS = 24 };

struct ioapic {
    struct apic_bus *bus;
    u32 pins; /* levels */
    u8 select;
    u8 id, arbitration;
    u64 entry[IOAPIC_PINS];
};

extern const struct chip ioapic_chip;

void ioapic_init(struct ioapic *ioapic, struct apic_bus *bus);

/* A line_set_fn: drive pin INTIN0-INTIN23. */
void ioapic_irq(void *ioapic, unsigned pin, bool level);

#endif
