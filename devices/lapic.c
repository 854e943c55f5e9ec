/* SPDX-License-Identifier: MIT */
/*
 * The local APIC: which interrupt when. SDM 3A "Advanced Programmable Interrupt Controller (APIC)",
 * for what is said of "P6 family and Pentium processors".
 *
 * The Pentium has no entry for performance counters and knows no error "illegal register address".
 *
 * Not modelled: the bus's retries, so that a vector that comes a second time before the core took
 * it is the same interrupt (as on later processors), and no delivery is ever pending; remote read;
 * the interrupt of performance counters, which here do not overflow.
 *
 * Virtual wire: after power-on the manual has LINT0 masked, and no interrupt of the 8259A would
 * reach the processor until the firmware programs it or switches the APIC off (MP specification,
 * "Virtual Wire Mode"). Firmware that knows nothing of APICs is as old as the PC, so the board may
 * ask for LINT0 to come up as if that had been done.
 */
#include "devices/lapic_parts.h"

/* Vectors. */

static void vector_set(u32 *bits, unsigned vector, bool value)
{
    u32 bit = 1u << vector % 32;
    bits[vector / 32] = value ? bits[vector / 32] | bit : bits[vector / 32] & ~bit;
}

/* The highest vector of a set, or 0. */
static u8 highest(const u32 *bits)
{
    unsigned word = 7;
    while (word && !bits[word])
        word--;
    for (unsigned vector = word * 32 + 31; vector > word * 32; vector--)
        if (vector_in(bits, vector))
            return (u8)vector;
    return (u8)(word * 32);
}

static u8 class_of(u8 vector)
{
    return vector & 0xf0;
}

u8 lapic_processor_priority(const struct lapic *l)
{
    u8 served = class_of(highest(l->isr));
    return class_of(l->tpr) >= served ? l->tpr : served;
}

/* SDM 3A "Arbitration Priority Register", with its AND. */
u8 lapic_arbitration_priority(const struct lapic *l)
{
    u8 task = class_of(l->tpr), served = class_of(highest(l->isr));
    u8 wanted = class_of(highest(l->irr));
    if (task >= wanted && task > served)
        return l->tpr;
    u8 both = task & served;
    return both > wanted ? both : wanted;
}

/* To the core. */

static unsigned delivery_of(const struct lapic *l, unsigned lvt)
{
    return l->lvt[lvt] & LVT_MASK ? (unsigned)-1 : lvt_delivery(l->lvt[lvt]);
}

static bool lint_active(const struct lapic *l, unsigned pin)
{
    bool low_active = l->lvt[LAPIC_LINT0 + pin] & LVT_LOW_ACTIVE;
    return l->lint[pin] != low_active;
}

/* The 8259A asks: its pin, or its message. */
static bool extint_waits(const struct lapic *l)
{
    for (unsigned pin = 0; pin < 2; pin++)
        if (delivery_of(l, LAPIC_LINT0 + pin) == APIC_EXTINT && lint_active(l, pin))
            return true;
    return l->extint;
}

static bool deliverable(const struct lapic *l)
{
    return class_of(highest(l->irr)) > class_of(lapic_processor_priority(l));
}

/* What was announced stays so until the core asks: if software has made it wait by then, the core
 * gets the spurious vector. SDM 3A "Spurious Interrupt". */
void lapic_update(struct lapic *l)
{
    if (!l->on) {
        line_set(&l->intr, l->lint[0]);
        line_set(&l->nmi, l->lint[1]);
        return;
    }
    l->requested |= deliverable(l);
    line_set(&l->intr, l->requested || extint_waits(l));
}

static u8 acknowledge_extint(struct lapic *l)
{
    l->extint = false;
    u8 vector = l->config.extint(l->config.owner);
    lapic_update(l);
    return vector;
}

/* What comes from the 8259A takes no part in priorities. */
u8 lapic_acknowledge(struct lapic *l)
{
    if (!l->on || extint_waits(l))
        return acknowledge_extint(l);
    lapic_timer_update(l); /* what expired while the last one waited is the same interrupt */
    l->requested = false;
    if (!deliverable(l)) {
        lapic_update(l);
        return (u8)l->svr;
    }
    u8 vector = highest(l->irr);
    vector_set(l->irr, vector, false);
    vector_set(l->isr, vector, true);
    lapic_timer_arm(l);
    lapic_update(l);
    return vector;
}

/* Interrupts arrive. */

/* An error that is reported already is not an error anew. */
void lapic_error(struct lapic *l, u8 esr_bit)
{
    bool known = l->errors & esr_bit;
    l->errors |= esr_bit;
    if (!known && !(l->lvt[LAPIC_ERROR] & LVT_MASK))
        lapic_receive(l, (u8)l->lvt[LAPIC_ERROR], false);
}

void lapic_receive(struct lapic *l, u8 vector, bool level)
{
    if (vector < FIRST_VECTOR) {
        lapic_error(l, ESR_RECEIVE_VECTOR);
        return;
    }
    vector_set(l->irr, vector, true);
    vector_set(l->tmr, vector, level);
    lapic_update(l);
}

/* Vectors, and what the 8259A wants, are refused while software has the APIC disabled. */
static bool accept_vector(struct lapic *l, const struct apic_message *m)
{
    if (!(l->svr & SVR_ENABLE))
        return false;
    lapic_receive(l, m->vector, m->level);
    return true;
}

static bool accept_extint(struct lapic *l)
{
    if (!(l->svr & SVR_ENABLE))
        return false;
    l->extint = true;
    lapic_update(l);
    return true;
}

static bool accept_startup(struct lapic *l, u8 vector)
{
    if (l->config.startup)
        l->config.startup(l->config.startup_owner, vector);
    return true;
}

bool lapic_accept(void *owner, const struct apic_message *m)
{
    struct lapic *l = owner;
    switch (m->delivery) {
    case APIC_FIXED:
    case APIC_LOWEST:
        return accept_vector(l, m);
    case APIC_SMI:
        return line_pulse(&l->smi), true;
    case APIC_NMI:
        return line_pulse(&l->nmi), true;
    case APIC_INIT:
        return line_pulse(&l->init), true;
    case APIC_STARTUP:
        return accept_startup(l, m->vector);
    case APIC_EXTINT:
        return accept_extint(l);
    default:
        return false;
    }
}

static bool is_level(u32 lvt)
{
    return lvt & LVT_LEVEL && lvt_delivery(lvt) == APIC_FIXED;
}

/* LINT1 has no levels. */
void lapic_check_level(struct lapic *l)
{
    u32 *lvt = &l->lvt[LAPIC_LINT0];
    if (!l->on || !is_level(*lvt) || *lvt & (LVT_MASK | LVT_REMOTE_IRR) || !lint_active(l, 0))
        return;
    if ((u8)*lvt >= FIRST_VECTOR)
        *lvt |= LVT_REMOTE_IRR;
    lapic_receive(l, (u8)*lvt, true);
}

/* An edge at a pin, or a level for the first time. */
static void lint_edge(struct lapic *l, unsigned pin)
{
    u32 lvt = l->lvt[LAPIC_LINT0 + pin];
    const struct apic_message message = {.vector = (u8)lvt, .delivery = (u8)lvt_delivery(lvt)};
    if (lvt & LVT_MASK || message.delivery == APIC_EXTINT || (pin == 0 && is_level(lvt)))
        return;
    if (message.delivery == APIC_FIXED)
        lapic_receive(l, message.vector, false);
    else if (message.delivery != APIC_LOWEST && message.delivery != APIC_STARTUP)
        lapic_accept(l, &message);
}

void lapic_lint(void *owner, unsigned pin, bool level)
{
    struct lapic *l = owner;
    pin &= 1;
    bool was = lint_active(l, pin);
    l->lint[pin] = level;
    if (l->on && !was && lint_active(l, pin))
        lint_edge(l, pin);
    lapic_check_level(l);
    lapic_update(l);
}

/* EOI: of the interrupt in service with the highest priority. */
void lapic_end(struct lapic *l)
{
    u8 vector = highest(l->isr);
    if (!vector)
        return;
    vector_set(l->isr, vector, false);
    if (vector_in(l->tmr, vector)) {
        if ((u8)l->lvt[LAPIC_LINT0] == vector)
            l->lvt[LAPIC_LINT0] &= ~(u32)LVT_REMOTE_IRR;
        lapic_check_level(l);
        apic_bus_eoi(l->bus, vector);
    }
    lapic_update(l);
}

/* On the bus. SDM 3A "Determining IPI Destination". */

static bool logically_addressed(const struct lapic *l, u8 destination)
{
    if (destination == APIC_ALL)
        return true;
    if (l->model == MODEL_FLAT)
        return l->ldr & destination;
    return l->ldr >> 4 == destination >> 4 && l->ldr & destination & 0xf;
}

static bool lapic_addressed(const void *owner, const struct apic_message *m)
{
    const struct lapic *l = owner;
    u8 id = m->destination & 0xf;
    if (!l->on)
        return false;
    return m->logical ? logically_addressed(l, m->destination)
                      : id == (APIC_ALL & 0xf) || id == l->id;
}

/* SDM 3A "Lowest Priority Delivery Mode", "focus processor". */
static int lapic_priority(const void *owner, u8 vector)
{
    const struct lapic *l = owner;
    if (!(l->svr & SVR_ENABLE))
        return APIC_UNFIT;
    bool focus = vector_in(l->irr, vector) || vector_in(l->isr, vector);
    return focus && !(l->svr & SVR_NO_FOCUS) ? APIC_FOCUS : lapic_arbitration_priority(l);
}

/* Reset. */

/* SDM 3A "Local APIC State After an INIT Reset". */
void lapic_init_pin(struct lapic *l)
{
    timer_stop(&l->timer);
    struct lapic old = *l;
    *l = (struct lapic){.intr = old.intr,
                        .nmi = old.nmi,
                        .smi = old.smi,
                        .init = old.init,
                        .config = old.config,
                        .bus = old.bus,
                        .clock = old.clock,
                        .on = old.on,
                        .lint = {old.lint[0], old.lint[1]},
                        .id = old.id,
                        .model = MODEL_FLAT,
                        .svr = 0xff,
                        .timer = old.timer};
    for (unsigned i = 0; i < LAPIC_LVTS; i++)
        l->lvt[i] = LVT_MASK;
    if (l->config.virtual_wire)
        l->lvt[LAPIC_LINT0] = APIC_EXTINT << LVT_DELIVERY_SHIFT;
    lapic_update(l);
}

void lapic_reset(void *chip)
{
    struct lapic *l = chip;
    l->id = l->config.id;
    lapic_init_pin(l);
}

/* The pins change their meaning; NMI, of which the edge counts, is let go. */
void lapic_enable(void *owner, unsigned pin UNUSED, bool level)
{
    struct lapic *l = owner;
    l->on = level;
    if (level)
        line_set(&l->nmi, false);
    lapic_reset(l);
}

static const struct apic_agent agent = {
    .addressed = lapic_addressed, .accept = lapic_accept, .priority = lapic_priority};

void lapic_init(struct lapic *l, struct clock *clock, struct apic_bus *bus,
                const struct lapic_config *config)
{
    *l = (struct lapic){.config = *config, .bus = bus, .clock = clock};
    lapic_timer_init(l);
    apic_bus_attach(bus, &agent, l);
    lapic_reset(l);
}
