/* SPDX-License-Identifier: MIT */
/*
 * Intel 8254 programmable interval timer: three counters of 1193182 Hz.
 *
 * Registers: 0-2 the counters (40h-42h), 3 the control word (43h).
 *
 * How the board connects it (src/pc.c, its ports and wires):
 *   pit_init(&pc->pit, &clock);                    gates are high until the board lowers one
 *   line_connect(&pc->pit.counter[0].out, pic_irq, &pc->pic[0], 0);
 *   AT(0x040, 4, pit, pit_chip)
 *   port 61h, write: bit 0 -> pit_gate(&pc->pit, 2, bit);  low after reset
 *   port 61h, read:  bit 5 = pit_out(&pc->pit, 2)
 *                    bit 4 = pit_periods(&pc->pit, 1) & 1  (toggles with each memory refresh)
 * Only an output with a listener costs timer events; pit_out() works for all of them.
 */
#ifndef DEVICES_PIT_H
#define DEVICES_PIT_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"

enum { PIT_HZ = 1193182, PIT_COUNTERS = 3 };

struct pit_counter {
    struct line out;
    struct timer timer; /* fires at the next change of OUT */
    struct clock *clock;

    bool gate;
    u8 control;          /* RW1 RW0 M2 M1 M0 BCD as last written */
    u16 cr;              /* count register */
    u8 low;              /* first byte of a count of two */
    bool cr_full;        /* a whole count was written since the control word */
    bool null_count;     /* it has not reached the counting element */
    bool write_high;     /* the next byte written is the most significant one */
    bool read_high;      /* the next byte read is */
    bool count_latched, status_latched;
    u16 latch;
    u8 status;

    /* The counting element, as functions of the tick. */
    bool counting;
    u32 ce;      /* its value at ORIGIN; or now, if it does not count; 1 to 65536 when loaded */
    u64 origin;  /* tick at which it was loaded or went on */
    u64 load_at; /* tick at which CR goes into CE; PIT_NEVER */
    u64 zero_at; /* modes 0, 1, 4, 5: tick at which it reaches 0; PIT_NEVER */
    bool low_first; /* mode 3: at ORIGIN the low half began */
    u64 edge_at; /* tick for which the timer is set */
};

struct pit {
    struct pit_counter counter[PIT_COUNTERS];
};

#define PIT_NEVER (~(u64)0)

extern const struct chip pit_chip;

void pit_init(struct pit *pit, struct clock *clock);

/* A line_set_fn: drive GATE of a counter, 0-2. */
void pit_gate(void *pit, unsigned counter, bool level);

/* The level of OUT now. */
bool pit_out(const struct pit *pit, unsigned counter);

/* Modes 2 and 3: whole periods since the count was loaded, else 0. */
u64 pit_periods(const struct pit *pit, unsigned counter);

/* What a speaker on OUT hears: the period in ticks of PIT_HZ when the counter runs in mode 3
 * (or 2), 0 when OUT rests. */
u32 pit_tone(const struct pit *pit, unsigned counter);

#endif
