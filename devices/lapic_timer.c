/* SPDX-License-Identifier: MIT */
/*
 * The local APIC's timer. SDM 3A "APIC Timer".
 *
 * The counter is computed from the bus clock when somebody asks. The clock's timer is set for the
 * next expiry only if it makes a difference: not while the entry is masked, nor while the last
 * interrupt still waits for the core.
 */
#include "devices/lapic_parts.h"

enum { DIVIDE_WRITABLE = 0xb };

static bool is_deadline(const struct lapic *l)
{
    return l->lvt[LAPIC_TIMER] & LVT_DEADLINE;
}

static u64 ticks(const struct lapic *l)
{
    return clock_ticks(l->clock, l->config.hz);
}

/* Log2 of how many ticks count as one: 2, 4 .. 128, and 1. */
static unsigned shift(const struct lapic *l)
{
    unsigned code = (l->divide & 3) | (l->divide >> 1 & 4);
    return (code + 1) & 7;
}

static void expire(struct lapic *l)
{
    u32 lvt = l->lvt[LAPIC_TIMER];
    if (!(lvt & LVT_MASK))
        lapic_receive(l, (u8)lvt, false);
}

/* N counts after it stood at l->count; true: it reached 0 meanwhile. */
static bool count_down(struct lapic *l, u64 n)
{
    bool reached = l->count && n >= l->count;
    u64 beyond = n - l->count;
    if (!reached)
        l->count -= l->count ? (u32)n : 0;
    else if (l->lvt[LAPIC_TIMER] & LVT_PERIODIC)
        l->count = l->initial - (u32)(beyond % l->initial);
    else
        l->count = 0;
    return reached;
}

void lapic_timer_update(struct lapic *l)
{
    u64 n = (ticks(l) - l->since) >> shift(l);
    l->since += n << shift(l);
    bool reached = count_down(l, n);
    if (l->armed && l->clock->cycles >= l->deadline) {
        l->armed = false;
        reached = true;
    }
    if (reached) {
        expire(l);
        lapic_timer_arm(l);
    }
}

static bool matters(const struct lapic *l)
{
    u32 lvt = l->lvt[LAPIC_TIMER];
    return l->count && !(lvt & LVT_MASK) && !vector_in(l->irr, (u8)lvt);
}

/* What is too far away for the clock never comes. */
static bool foreseeable(const struct lapic *l)
{
    return l->deadline / l->clock->hz < (~(u64)0 / NS_PER_S) / 2;
}

void lapic_timer_arm(struct lapic *l)
{
    if (l->armed && foreseeable(l))
        timer_set(&l->timer, ticks_to_ns(l->deadline, l->clock->hz));
    else if (!l->armed && matters(l))
        timer_set(&l->timer, ticks_to_ns(l->since + ((u64)l->count << shift(l)), l->config.hz));
    else
        timer_stop(&l->timer);
}

static void fire(void *owner)
{
    lapic_timer_update(owner);
    lapic_timer_arm(owner);
}

void lapic_timer_init(struct lapic *l)
{
    timer_init(&l->timer, l->clock, fire, l);
}

/* A counter that has more to go than it was given, and a tick yet to come, are no state. */
void lapic_timer_loaded(struct lapic *l)
{
    l->divide &= DIVIDE_WRITABLE;
    if (l->count > l->initial)
        l->count = l->initial;
    if (l->since > ticks(l))
        l->since = ticks(l);
    timer_loaded(&l->timer);
    fire(l);
}

/* Going to the TSC-deadline mode or leaving it stops the timer. */
void lapic_timer_lvt(struct lapic *l, u32 value)
{
    lapic_timer_update(l);
    if ((value ^ l->lvt[LAPIC_TIMER]) & LVT_DEADLINE) {
        l->count = 0;
        l->armed = false;
    }
    l->lvt[LAPIC_TIMER] = value;
    lapic_timer_arm(l);
}

void lapic_timer_start(struct lapic *l, u32 initial)
{
    if (is_deadline(l))
        return;
    lapic_timer_update(l);
    l->initial = l->count = initial;
    l->since = ticks(l);
    lapic_timer_arm(l);
}

void lapic_timer_divide(struct lapic *l, u32 divide)
{
    lapic_timer_update(l);
    l->divide = divide & DIVIDE_WRITABLE;
    l->since = ticks(l);
    lapic_timer_arm(l);
}

u32 lapic_timer_count(struct lapic *l)
{
    lapic_timer_update(l);
    return l->count;
}

void lapic_set_deadline(void *owner, u64 cycle)
{
    struct lapic *l = owner;
    if (!is_deadline(l))
        return;
    l->armed = cycle != ~(u64)0;
    l->deadline = cycle;
    lapic_timer_update(l);
    lapic_timer_arm(l);
}

bool lapic_deadline_set(void *owner)
{
    struct lapic *l = owner;
    lapic_timer_update(l);
    return l->armed;
}
