/* SPDX-License-Identifier: MIT */
/*
 * High precision event timer: a counter of 64 bits and three comparators, each of which interrupts
 * once or periodically.
 *
 * Registers: bytes of its memory, 0-3FFh.
 *
 * How the board connects it (src/pc.c):
 *   hpet_init(&pc->hpet, &clock);
 *   bus_map_chip(bus, 0xfed00000, 0x1000, &hpet_chip, &pc->hpet);
 *   line_connect(&pc->hpet.pin[n], ioapic_irq, &pc->ioapic, n);  11, 20-23
 *   line_connect(&pc->hpet.irq[0], ...) IRQ 0, irq[1] IRQ 8;     while `legacy` is high the 8254
 *                                                                and the clock have no part in them
 */
#ifndef DEVICES_HPET_H
#define DEVICES_HPET_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"

enum { HPET_HZ = 14318180, HPET_TIMERS = 3, HPET_PINS = 24 };

struct hpet_timer {
    u32 config;     /* the low half of its register, without what cannot be written */
    u64 comparator;
    u64 written;    /* what was last written there: a periodic timer's period */
};

struct hpet {
    struct line legacy;         /* high: timers 0 and 1 replace IRQ 0 and IRQ 8 */
    struct line irq[2];         /* high: asserted */
    struct line pin[HPET_PINS]; /* of the I/O APIC; high: asserted, whatever polarity it is wired to */
    struct timer next;          /* the next match that interrupts */
    struct clock *clock;
    u32 config, status;
    u32 up;      /* timers whose edge has come; it stays up till shortly before the next */
    u64 counter; /* its value while it is halted; what is added to the crystal's ticks while it runs */
    u64 seen;    /* its value when matches were last looked for */
    struct hpet_timer timer[HPET_TIMERS];
};

extern const struct chip hpet_chip;

void hpet_init(struct hpet *hpet, struct clock *clock);

#endif
