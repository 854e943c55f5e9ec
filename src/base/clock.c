/* SPDX-License-Identifier: MIT */
#include "src/base/clock.h"

const struct field timer_fields[] = {
    FIELD(struct timer, when),     FIELD(struct timer, armed),     TRANSIENT(struct timer, rank),
    TRANSIENT(struct timer, clock), TRANSIENT(struct timer, next), TRANSIENT(struct timer, fire),
    TRANSIENT(struct timer, owner), FIELD_END,
};

const struct field clock_fields[] = {
    FIELD(struct clock, cycles),       FIELD(struct clock, hz),
    TRANSIENT(struct clock, cpus),     TRANSIENT(struct clock, timers),
    TRANSIENT(struct clock, sooner),   TRANSIENT(struct clock, deadline),
    TRANSIENT(struct clock, first),    FIELD_END,
};

void clock_init(struct clock *clock, u64 hz)
{
    clock_init_shared(clock, hz, 1);
}

void clock_init_shared(struct clock *clock, u64 hz, u32 cpus)
{
    *clock = (struct clock){.hz = hz * cpus, .cpus = cpus};
}

vtime clock_now(const struct clock *clock)
{
    u64 s = clock->cycles / clock->hz, rest = clock->cycles % clock->hz;
    return s * NS_PER_S + rest * NS_PER_S / clock->hz;
}

u64 clock_ticks(const struct clock *clock, u64 hz)
{
    vtime now = clock_now(clock);
    return now / NS_PER_S * hz + now % NS_PER_S * hz / NS_PER_S;
}

vtime ticks_to_ns(u64 ticks, u64 hz)
{
    return ticks / hz * NS_PER_S + (ticks % hz * NS_PER_S + hz - 1) / hz;
}

u64 clock_cycle_at(const struct clock *clock, vtime ns)
{
    u64 rest = ns % NS_PER_S * clock->hz;
    return ns / NS_PER_S * clock->hz + (rest + NS_PER_S - 1) / NS_PER_S;
}

u64 clock_next_event(const struct clock *clock)
{
    return clock->first ? clock_cycle_at(clock, clock->first->when) : ~(u64)0;
}

static void timer_unlink(struct timer *timer)
{
    struct timer **at = &timer->clock->first;
    while (*at && *at != timer)
        at = &(*at)->next;
    if (*at)
        *at = timer->next;
    timer->next = NULL;
}

void clock_fire(struct clock *clock)
{
    vtime now = clock_now(clock);
    while (clock->first && clock->first->when <= now) {
        struct timer *due = clock->first;
        timer_stop(due);
        due->fire(due->owner);
    }
}

void timer_init(struct timer *timer, struct clock *clock, void (*fire)(void *owner), void *owner)
{
    *timer = (struct timer){.rank = clock->timers++, .clock = clock, .fire = fire, .owner = owner};
}

void timer_set(struct timer *timer, vtime when)
{
    struct clock *clock = timer->clock;
    if (timer->armed)
        timer_unlink(timer);
    timer->when = when;
    timer->armed = true;
    struct timer **at = &clock->first;
    while (*at && ((*at)->when < when || ((*at)->when == when && (*at)->rank < timer->rank)))
        at = &(*at)->next;
    timer->next = *at;
    *at = timer;
    if (clock->first == timer && clock_cycle_at(clock, when) < clock->deadline)
        clock->sooner = true;
}

void timer_stop(struct timer *timer)
{
    if (!timer->armed)
        return;
    timer_unlink(timer);
    timer->armed = false;
}

void timer_loaded(struct timer *timer)
{
    timer_unlink(timer);
    if (timer->armed) {
        timer->armed = false;
        timer_set(timer, timer->when);
    }
}
