/* SPDX-License-Identifier: MIT */
/*
 * "IA-PC HPET (High Precision Event Timers) Specification" 1.0a; where it leaves a choice, what
 * Intel's 82801 do: the crystal of 14.31818 MHz, the pins.
 *
 * A match is the counter's step to the comparator's value. Nothing is counted: what matched since
 * somebody last looked is computed from the ticks, and only a match that interrupts costs an event.
 *
 * An edge stays up until the timer's next: the 8259A wants a request held until it is acknowledged.
 *
 * Not offered: interrupts as messages (FSB).
 */
#include "devices/hpet.h"

enum {
    CAPABILITIES = 0x000,
    CONFIG = 0x010,
    STATUS = 0x020,
    COUNTER = 0x0f0,
    TIMERS = 0x100,
    TIMER_BYTES = 0x20, /* and in these: */
    T_CONFIG = 0x00,
    T_COMPARATOR = 0x08,
};
enum {
    ENABLE = 1, /* of CONFIG */
    LEGACY = 2,

    T_LEVEL = 0x002,
    T_INTERRUPTS = 0x004,
    T_PERIODIC = 0x008,
    T_CAPABLE = 0x030, /* periodic, 64 bits */
    T_SET = 0x040,     /* the next write sets a periodic timer's comparator too */
    T_32 = 0x100,
    T_ROUTE = 0x3e00,
    T_ROUTE_SHIFT = 9,
    T_WRITABLE = T_LEVEL | T_INTERRUPTS | T_PERIODIC | T_SET | T_32 | T_ROUTE,
};

/* Period in femtoseconds; Intel, legacy replacement, 64 bits, last timer 2, revision 1. */
#define CAPABILITIES_VALUE ((u64)69841279 << 32 | 0x8086a201u)

/* No match is farther for the clock, which is asked again then. */
#define FARTHEST ((u64)1 << 48)

/* The pins that a timer can be routed to. */
static const u32 routes[HPET_TIMERS] = {0x00f00000, 0x00f00000, 0x00f00800};

static u64 counter(const struct hpet *hpet)
{
    return hpet->counter + (hpet->config & ENABLE ? clock_ticks(hpet->clock, HPET_HZ) : 0);
}

static void set_counter(struct hpet *hpet, u64 value)
{
    hpet->counter = value - (hpet->config & ENABLE ? clock_ticks(hpet->clock, HPET_HZ) : 0);
    hpet->seen = value;
}

static u64 mask(const struct hpet_timer *timer)
{
    return timer->config & T_32 ? 0xffffffff : ~(u64)0;
}

/* ---- outputs ---- */

static bool may_interrupt(const struct hpet *hpet, unsigned n)
{
    return hpet->config & ENABLE && hpet->timer[n].config & T_INTERRUPTS;
}

static bool asserted(const struct hpet *hpet, unsigned n)
{
    u32 bits = hpet->timer[n].config & T_LEVEL ? hpet->status : hpet->up;
    return may_interrupt(hpet, n) && bits >> n & 1;
}

static unsigned route(const struct hpet_timer *timer)
{
    return (timer->config & T_ROUTE) >> T_ROUTE_SHIFT;
}

/* 2.3.5: legacy replacement wants both bits. */
static void drive(struct hpet *hpet)
{
    bool legacy = hpet->config & ENABLE && hpet->config & LEGACY;
    u32 pins = 0, irqs = 0;
    for (unsigned n = 0; n < HPET_TIMERS; n++)
        if (asserted(hpet, n) && legacy && n < ARRAY_LEN(hpet->irq))
            irqs |= 1u << n;
        else if (asserted(hpet, n))
            pins |= 1u << route(&hpet->timer[n]) & routes[n];
    for (unsigned i = 0; i < ARRAY_LEN(hpet->irq); i++)
        line_set(&hpet->irq[i], irqs >> i & 1);
    line_set(&hpet->legacy, legacy);
    for (unsigned i = 0; i < HPET_PINS; i++)
        line_set(&hpet->pin[i], pins >> i & 1);
}

/* ---- matches ---- */

/* Counts to the next match after `seen`, less one: a comparator that equals the counter is a whole
 * turn away. */
static u64 counts_before(const struct hpet *hpet, unsigned n)
{
    return (hpet->timer[n].comparator - hpet->seen - 1) & mask(&hpet->timer[n]);
}

/* A periodic timer has matched, COUNTS ago for the first time. */
static void advance(struct hpet_timer *timer, u64 counts)
{
    u64 period = timer->written & mask(timer);
    if (period)
        timer->comparator = (timer->comparator + (counts / period + 1) * period) & mask(timer);
}

static void matched(struct hpet *hpet, unsigned n)
{
    u32 bit = 1u << n;
    if (hpet->timer[n].config & T_LEVEL) {
        hpet->status |= bit;
    } else if (may_interrupt(hpet, n)) {
        hpet->up &= ~bit;
        drive(hpet);
        hpet->up |= bit;
    }
    drive(hpet);
}

/* Matches up to now. */
static void settle(struct hpet *hpet)
{
    u64 now = counter(hpet), counts = now - hpet->seen, before[HPET_TIMERS];
    for (unsigned n = 0; n < HPET_TIMERS; n++)
        before[n] = counts_before(hpet, n);
    hpet->seen = now;
    for (unsigned n = 0; n < HPET_TIMERS; n++) {
        if (counts <= before[n])
            continue;
        if (hpet->timer[n].config & T_PERIODIC)
            advance(&hpet->timer[n], counts - before[n] - 1);
        matched(hpet, n);
    }
}

/* After settle(): for the next match that changes an output. */
static void arm(struct hpet *hpet)
{
    u64 soonest = ~(u64)0;
    for (unsigned n = 0; n < HPET_TIMERS; n++) {
        bool pending = hpet->timer[n].config & T_LEVEL && hpet->status >> n & 1;
        if (may_interrupt(hpet, n) && !pending && counts_before(hpet, n) < soonest)
            soonest = counts_before(hpet, n);
    }
    if (soonest == ~(u64)0) {
        timer_stop(&hpet->next);
        return;
    }
    u64 ticks = (soonest < FARTHEST ? soonest : FARTHEST) + 1;
    timer_set(&hpet->next, ticks_to_ns(clock_ticks(hpet->clock, HPET_HZ) + ticks, HPET_HZ));
}

static void fired(void *owner)
{
    settle(owner);
    arm(owner);
}

/* ---- registers ---- */

static u64 timer_register(const struct hpet *hpet, u32 at)
{
    unsigned n = (at - TIMERS) / TIMER_BYTES;
    if (n >= HPET_TIMERS)
        return 0;
    if (at % TIMER_BYTES == T_CONFIG)
        return (u64)routes[n] << 32 | hpet->timer[n].config | T_CAPABLE;
    return at % TIMER_BYTES == T_COMPARATOR ? hpet->timer[n].comparator : 0;
}

/* The quadword at AT; reserved ones are 0. */
static u64 read_register(const struct hpet *hpet, u32 at)
{
    return at >= TIMERS         ? timer_register(hpet, at)
           : at == CAPABILITIES ? CAPABILITIES_VALUE
           : at == CONFIG       ? hpet->config
           : at == STATUS       ? hpet->status
           : at == COUNTER      ? counter(hpet)
                                : 0;
}

static u32 read_half(const struct hpet *hpet, u32 at)
{
    return (u32)(read_register(hpet, at & ~7u) >> 8 * (at & 4));
}

static u32 hpet_read(void *chip, u32 reg, unsigned size UNUSED)
{
    struct hpet *hpet = chip;
    u32 at = reg & ~3u;
    settle(hpet);
    u64 both = read_half(hpet, at) | (u64)read_half(hpet, at + 4) << 32;
    return (u32)(both >> 8 * (reg & 3));
}

static void write_config(struct hpet *hpet, u32 value)
{
    u64 now = counter(hpet);
    hpet->config = value & (ENABLE | LEGACY);
    set_counter(hpet, now);
}

/* 2.3.8: a pin that the timer cannot be routed to is not taken; of a timer in 32-bit mode only the
 * low halves count. */
static void write_timer_config(struct hpet *hpet, unsigned n, u32 value)
{
    struct hpet_timer *timer = &hpet->timer[n];
    if (!(routes[n] >> (value >> T_ROUTE_SHIFT & 31) & 1))
        value = (value & ~(u32)T_ROUTE) | (timer->config & T_ROUTE);
    timer->config = value & T_WRITABLE;
    timer->comparator &= mask(timer);
    timer->written &= mask(timer);
    if (!(value & T_LEVEL))
        hpet->status &= ~(1u << n);
}

static u64 merge(u64 old, u64 value, u64 bits)
{
    return (old & ~bits) | (value & bits);
}

/* 2.3.9.2.2: a periodic timer takes the value as its period, and into its comparator only after
 * T_SET, which is gone then. */
static void write_comparator(struct hpet_timer *timer, u64 value, u64 bits)
{
    bits &= mask(timer);
    if (!(timer->config & T_PERIODIC) || timer->config & T_SET)
        timer->comparator = merge(timer->comparator, value, bits);
    timer->written = merge(timer->written, value, bits);
    timer->config &= ~(u32)T_SET;
}

static void write_timer(struct hpet *hpet, u32 at, u64 value, u64 bits)
{
    unsigned n = (at - TIMERS) / TIMER_BYTES;
    if (n >= HPET_TIMERS)
        return;
    if (at % TIMER_BYTES == T_CONFIG)
        write_timer_config(hpet, n, (u32)merge(hpet->timer[n].config, value, bits));
    else if (at % TIMER_BYTES == T_COMPARATOR)
        write_comparator(&hpet->timer[n], value, bits);
}

/* The BITS of the quadword at AT. */
static void write_register(struct hpet *hpet, u32 at, u64 value, u64 bits)
{
    if (at >= TIMERS)
        write_timer(hpet, at, value, bits);
    else if (at == CONFIG)
        write_config(hpet, (u32)merge(hpet->config, value, bits));
    else if (at == STATUS)
        hpet->status &= ~(u32)(value & bits);
    else if (at == COUNTER)
        set_counter(hpet, merge(counter(hpet), value, bits));
}

/* Any bytes: those in the doubleword of the first, and those in the next. */
static void hpet_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct hpet *hpet = chip;
    u32 at = reg & ~3u;
    u64 bits = (((u64)1 << 8 * size) - 1) << 8 * (reg & 3), wide = (u64)value << 8 * (reg & 3);
    settle(hpet);
    for (unsigned i = 0; i < 2; i++, at += 4, bits >>= 32, wide >>= 32)
        if (bits & 0xffffffff)
            write_register(hpet, at & ~7u, (wide & 0xffffffff) << 8 * (at & 4),
                           (bits & 0xffffffff) << 8 * (at & 4));
    for (unsigned n = 0; n < HPET_TIMERS; n++)
        if (!may_interrupt(hpet, n) || hpet->timer[n].config & T_LEVEL)
            hpet->up &= ~(1u << n);
    drive(hpet);
    arm(hpet);
}

/* ---- building ---- */

static void hpet_reset(void *chip)
{
    struct hpet *hpet = chip;
    hpet->config = hpet->status = hpet->up = 0;
    hpet->counter = hpet->seen = 0;
    for (unsigned n = 0; n < HPET_TIMERS; n++)
        hpet->timer[n] = (struct hpet_timer){.comparator = ~(u64)0};
    timer_stop(&hpet->next);
    drive(hpet);
}

static void hpet_loaded(void *chip)
{
    struct hpet *hpet = chip;
    for (unsigned n = 0; n < HPET_TIMERS; n++)
        hpet->timer[n].config &= T_WRITABLE;
    timer_loaded(&hpet->next);
}

static const struct field hpet_timer_fields[] = {
    FIELD(struct hpet_timer, config),
    FIELD(struct hpet_timer, comparator),
    FIELD(struct hpet_timer, written),
    FIELD_END,
};

static const struct field hpet_fields[] = {
    FIELD_STRUCT(struct hpet, legacy, line_fields),
    FIELD_STRUCTS(struct hpet, irq, line_fields),
    FIELD_STRUCTS(struct hpet, pin, line_fields),
    FIELD_STRUCT(struct hpet, next, timer_fields),
    TRANSIENT(struct hpet, clock),
    FIELD_MAX(struct hpet, config, ENABLE | LEGACY),
    FIELD_MAX(struct hpet, status, (1u << HPET_TIMERS) - 1),
    FIELD_MAX(struct hpet, up, (1u << HPET_TIMERS) - 1),
    FIELD(struct hpet, counter),
    FIELD(struct hpet, seen),
    FIELD_STRUCTS(struct hpet, timer, hpet_timer_fields),
    FIELD_END,
};

const struct chip hpet_chip = {
    .name = "HPET",
    .reset = hpet_reset,
    .read = hpet_read,
    .write = hpet_write,
    .loaded = hpet_loaded,
    .fields = hpet_fields,
    .size = sizeof(struct hpet),
};

void hpet_init(struct hpet *hpet, struct clock *clock)
{
    *hpet = (struct hpet){.clock = clock};
    timer_init(&hpet->next, clock, fired, hpet);
    hpet_reset(hpet);
}
