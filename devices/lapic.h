/* SPDX-License-Identifier: MIT */
/*
 * The local APIC of a Pentium or P6, one for each processor. It stands between the pins LINT0,
 * LINT1, the APIC bus and the core, for which it collects interrupts and puts them in order.
 *
 * It belongs to the processor's package; here it is a chip like others. The CPU (cpu/apic.h) knows
 * where its base register puts it and hands on what it accesses there, so that each processor sees
 * its own; everything else goes by lines and calls.
 *
 * Registers: bytes of its 4 KiB.
 *
 * How the board connects it (src/pc.c):
 *   lapic_init(&lapic, clock, &apic_bus, &config);
 *   line_connect(&lapic.intr, <INTR of the CPU>), and nmi, smi, init
 *   cpu->apic = (struct cpu_apic){&lapic_chip, &lapic, lapic_set_deadline, lapic_deadline_set};
 *   line_connect(&cpu->apic_on, lapic_enable, &lapic, 0)
 *   the CPU's interrupt acknowledge: vector = lapic_acknowledge(&lapic)
 *   line_connect(&pic.intr, lapic_lint, &lapic, 0)
 */
#ifndef DEVICES_LAPIC_H
#define DEVICES_LAPIC_H

#include "mem/apic_bus.h"
#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"

/* The local vector table. */
enum lapic_lvt {
    LAPIC_TIMER,
    LAPIC_PERFORMANCE,
    LAPIC_LINT0,
    LAPIC_LINT1,
    LAPIC_ERROR,
    LAPIC_LVTS
};

struct lapic_config {
    u8 id;                     /* that it has after power-on */
    bool p6;                   /* not a Pentium's */
    bool deadline;             /* the timer has the TSC-deadline mode */
    bool virtual_wire;         /* LINT0 comes up as ExtINT, not masked; see lapic.c */
    u32 hz;                    /* of the bus, which the timer counts */
    u8 (*extint)(void *owner); /* INTA to the 8259A; gives the vector */
    /* Start-up message, for the page that is its vector. NULL: the processor waits for none */
    void (*startup)(void *owner, u8 vector);
    void *owner, *startup_owner;
};

struct lapic {
    struct line intr, nmi, smi, init; /* to the core; but for intr the edges count */
    struct lapic_config config;
    struct apic_bus *bus;
    struct clock *clock;

    bool on;        /* by the base register; else the pins go straight to the core */
    bool lint[2];   /* levels of the pins */
    bool requested; /* an interrupt of ours was announced to the core, which has not taken it */
    bool extint;    /* so was one of the I/O APIC's 8259A */

    u8 id, tpr, ldr;
    u8 model;       /* DFR, bits 31-28 */
    u8 errors, esr; /* since the last write of ESR; as it showed them */
    u8 destination; /* of ICR */
    u32 svr, icr;
    u32 lvt[LAPIC_LVTS];
    u32 isr[8], tmr[8], irr[8]; /* a bit for each vector */

    u32 divide, initial;
    u32 count; /* what the timer showed at tick `since` of the bus clock; 0: stopped */
    u64 since;
    u64 deadline; /* CPU clock */
    bool armed;   /* for the deadline */
    struct timer timer;
};

extern const struct chip lapic_chip;

void lapic_init(struct lapic *lapic, struct clock *clock, struct apic_bus *bus,
                const struct lapic_config *config);

/* A line_set_fn: the enable bit of the base register. Coming back it is as after power-on. */
void lapic_enable(void *lapic, unsigned pin, bool level);

/* A line_set_fn: pin LINT0 (INTR) or LINT1 (NMI). */
void lapic_lint(void *lapic, unsigned pin, bool level);

/* The INIT# pin of the package, too: everything but the ID is as after power-on. */
void lapic_init_pin(struct lapic *lapic);

/* INTA of the core: gives the vector. */
u8 lapic_acknowledge(struct lapic *lapic);

/* MSR 6E0h: interrupt at CPU clock CYCLE; ~0: never. Ignored in the other modes of the timer. */
void lapic_set_deadline(void *lapic, u64 cycle);
/* Is there one that has not been reached? */
bool lapic_deadline_set(void *lapic);

#endif
