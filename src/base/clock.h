/* SPDX-License-Identifier: MIT */
/*
 * The only source of time that a guest can see.
 *
 * The time line is counted in CPU clocks since power-on; chips read it in nanoseconds or in ticks
 * of their own crystal, always computed from the absolute count, never by adding rounded periods.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "src/base/state.h"
#include "src/base/types.h"

typedef u64 vtime; /* nanoseconds of guest time since power-on */

#define NS_PER_S 1000000000u

struct clock;

/* A timer is embedded in the chip it belongs to. Equal times fire in the order of timer_init(). */
struct timer {
    vtime when;
    bool armed;
    u32 rank; /* order among equal times */
    struct clock *clock;
    struct timer *next; /* armed timers, earliest first */
    void (*fire)(void *owner);
    void *owner;
};

struct clock {
    u64 cycles; /* CPU clocks since power-on: "now" */
    u64 hz;     /* CPU clocks a second */
    u32 cpus;   /* processors that take turns: the clocks are those of all of them together */
    u32 timers; /* handed out ranks */
    bool sooner; /* a timer was set before the deadline that the CPU runs to: cut its slice short */
    u64 deadline; /* the CPU clock to which the current slice runs */
    struct timer *first;
};

extern const struct field timer_fields[]; /* a loaded timer must be put into the list again */
extern const struct field clock_fields[];

/* For one processor of HZ; for CPUS of them, with HZ each. */
void clock_init(struct clock *clock, u64 hz);
void clock_init_shared(struct clock *clock, u64 hz, u32 cpus);

/* Clocks since power-on of one processor: all of them go equally fast, running or not. */
INLINE u64 clock_each(const struct clock *clock)
{
    return clock->cycles / clock->cpus;
}

/* Guest time now, in ns since power-on. */
vtime clock_now(const struct clock *clock);

/* How many whole ticks of a HZ crystal have passed since power-on. */
u64 clock_ticks(const struct clock *clock, u64 hz);

/* The first ns at which TICKS ticks of a HZ crystal have passed. */
vtime ticks_to_ns(u64 ticks, u64 hz);

/* The first CPU clock that is not before guest time NS. */
u64 clock_cycle_at(const struct clock *clock, vtime ns);

/* CPU clock of the earliest armed timer, or ~0. */
u64 clock_next_event(const struct clock *clock);

/* Fire every timer that is due, in order; a timer may set itself or others anew. */
void clock_fire(struct clock *clock);

/* OWNER and FIRE are fixed for life; call once, in a fixed order. */
void timer_init(struct timer *timer, struct clock *clock, void (*fire)(void *owner), void *owner);

/* Arm (again) for absolute guest time WHEN in ns; a time in the past fires at once (next event). */
void timer_set(struct timer *timer, vtime when);
void timer_stop(struct timer *timer);

/* A load has overwritten WHEN and ARMED: put the timer where it now belongs. Every chip calls it
 * for its timers in loaded(). */
void timer_loaded(struct timer *timer);

#endif
