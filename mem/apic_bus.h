/* SPDX-License-Identifier: MIT */
/*
 * The APIC bus: where I/O APICs and the local APICs of the processors exchange messages. SDM 3A
 * "APIC Bus Message Format and Arbitration".
 *
 * A message arrives at once, in the order in which it was sent; among several receivers in the
 * order in which they were attached. So nothing waits on the bus, and retries, checksums and the
 * rotation of arbitration numbers are not to be seen, but for one: who gets a lowest-priority
 * message among equals goes round.
 */
#ifndef MEM_APIC_BUS_H
#define MEM_APIC_BUS_H

#include "src/base/chip.h"
#include "src/base/types.h"

enum { APIC_BUS_AGENTS = 16, APIC_ALL = 0xff /* as a destination */ };

/* As ICR, local vector table and redirection table have them; 3 is reserved. */
enum apic_delivery {
    APIC_FIXED = 0,
    APIC_LOWEST = 1,
    APIC_SMI = 2,
    APIC_NMI = 4,
    APIC_INIT = 5,
    APIC_STARTUP = 6,
    APIC_EXTINT = 7,
};

struct apic_message {
    u8 vector;
    u8 delivery; /* enum apic_delivery */
    u8 destination;
    bool logical; /* destination is compared with the logical one of each; else an APIC's ID */
    bool level;   /* level-triggered: the end of the interrupt is told to all */
};

enum { APIC_FOCUS = -1, APIC_UNFIT = 0x100 };

/* What one attached to the bus does. */
struct apic_agent {
    /* a local APIC; else NULL */
    bool (*addressed)(const void *owner, const struct apic_message *message);
    bool (*accept)(void *owner, const struct apic_message *message);
    /* its arbitration priority; APIC_FOCUS: the vector is dealt with there; APIC_UNFIT */
    int (*priority)(const void *owner, u8 vector);
    /* an I/O APIC; else NULL */
    void (*eoi)(void *owner, u8 vector);
    void (*retry)(void *owner); /* a local APIC may accept now what it did not */
};

struct apic_bus {
    struct {
        const struct apic_agent *agent;
        void *owner;
    } slot[APIC_BUS_AGENTS];
    u32 count;
    u32 turn; /* slot that is asked first by the next lowest-priority message */
};

/* For reset and state: it has no registers. */
extern const struct chip apic_bus_chip;

void apic_bus_init(struct apic_bus *bus);
void apic_bus_attach(struct apic_bus *bus, const struct apic_agent *agent, void *owner);

/* True: somebody accepted it. EXCEPT: one who does not get it, or NULL. */
bool apic_bus_send(struct apic_bus *bus, const struct apic_message *message, const void *except);

/* A local APIC ended a level-triggered interrupt. */
void apic_bus_eoi(struct apic_bus *bus, u8 vector);

/* A local APIC changed what it accepts. */
void apic_bus_changed(struct apic_bus *bus);

#endif
