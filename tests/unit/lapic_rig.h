/* SPDX-License-Identifier: MIT */
/* Up to eight local APICs and an I/O APIC on their bus, a clock, and a record of what their lines
 * do. */
#ifndef TESTS_LAPIC_RIG_H
#define TESTS_LAPIC_RIG_H

#include <stdio.h>

#include "devices/ioapic.h"
#include "devices/lapic.h"
#include "tests/unit/unit.h"

enum { RIG_CPUS = 8, RIG_BUS_HZ = 10000000, RIG_CPU_HZ = 100000000 };

enum {
    L_ID = 0x20,
    L_VERSION = 0x30,
    L_TPR = 0x80,
    L_APR = 0x90,
    L_PPR = 0xa0,
    L_EOI = 0xb0,
    L_LDR = 0xd0,
    L_DFR = 0xe0,
    L_SVR = 0xf0,
    L_ISR = 0x100,
    L_TMR = 0x180,
    L_IRR = 0x200,
    L_ESR = 0x280,
    L_ICR = 0x300,
    L_ICR2 = 0x310,
    L_TIMER = 0x320,
    L_PERFORMANCE = 0x340,
    L_LINT0 = 0x350,
    L_LINT1 = 0x360,
    L_ERROR = 0x370,
    L_INITIAL = 0x380,
    L_COUNT = 0x390,
    L_DIVIDE = 0x3e0,

    MASKED = 0x10000,
    EXTINT = 0x700,
    LEVEL = 0x8000,
};

struct lapic_rig {
    struct clock clock;
    struct apic_bus bus;
    struct lapic l[RIG_CPUS];
    struct ioapic io;
    unsigned cpus;
    char seen[400]; /* "n0+ n0- ..." : line and number of the APIC */
};

INLINE void rig_saw(struct lapic_rig *rig, char what, unsigned number, const char *how)
{
    size_t at = strlen(rig->seen);
    if (at + 8 < sizeof rig->seen)
        snprintf(rig->seen + at, sizeof rig->seen - at, "%s%c%u%s", at ? " " : "", what, number,
                 how);
}

/* PIN: the line's letter << 4 | number of the APIC. */
INLINE void rig_line(void *owner, unsigned pin, bool level)
{
    rig_saw(owner, (char)(pin >> 4), pin & 15, level ? "+" : "-");
}

INLINE u8 rig_extint(void *owner)
{
    rig_saw(owner, 'a', 0, "");
    return 0x99;
}

INLINE void rig_startup(void *owner, u8 vector)
{
    rig_saw(owner, 'v', vector, "");
}

INLINE void wr(struct lapic *l, u32 reg, u32 value)
{
    lapic_chip.write(l, reg, value, 4);
}

INLINE u32 rd(struct lapic *l, u32 reg)
{
    return lapic_chip.read(l, reg, 4);
}

/* CPUS of them, switched on, enabled by software if ENABLED. Recorded are NMI, SMI, INIT; INTR is
 * looked at. */
INLINE void rig_init(struct lapic_rig *rig, unsigned cpus, bool enabled)
{
    *rig = (struct lapic_rig){.cpus = cpus};
    clock_init(&rig->clock, RIG_CPU_HZ);
    apic_bus_init(&rig->bus);
    for (unsigned i = 0; i < cpus; i++) {
        struct lapic *l = &rig->l[i];
        const struct lapic_config config = {.id = (u8)i,
                                            .p6 = true,
                                            .deadline = true,
                                            .hz = RIG_BUS_HZ,
                                            .extint = rig_extint,
                                            .startup = rig_startup,
                                            .owner = rig,
                                            .startup_owner = rig};
        lapic_init(l, &rig->clock, &rig->bus, &config);
        line_connect(&l->nmi, rig_line, rig, 'n' << 4 | i);
        line_connect(&l->smi, rig_line, rig, 's' << 4 | i);
        line_connect(&l->init, rig_line, rig, 'i' << 4 | i);
        lapic_enable(l, 0, true);
        if (enabled)
            wr(l, L_SVR, 0x1ff);
    }
    ioapic_init(&rig->io, &rig->bus);
}

INLINE void rig_forget(struct lapic_rig *rig)
{
    rig->seen[0] = 0;
}

/* Let NS of guest time pass, timers and all. */
INLINE void rig_pass(struct lapic_rig *rig, u64 ns)
{
    unit_pass(&rig->clock, ns);
}

INLINE bool rig_in(struct lapic *l, u32 set, u8 vector)
{
    return rd(l, set + vector / 32 * 16) >> vector % 32 & 1;
}

/* An interrupt from outside: a fixed message to this one alone. */
INLINE bool rig_send(struct lapic_rig *rig, unsigned to, u8 vector, bool level)
{
    const struct apic_message message = {
        .vector = vector, .destination = (u8)rig->l[to].id, .level = level};
    return apic_bus_send(&rig->bus, &message, NULL);
}

/* What ESR shows of what happened since the last look. */
INLINE u32 rig_errors(struct lapic *l)
{
    wr(l, L_ESR, 0);
    return rd(l, L_ESR);
}

#endif
