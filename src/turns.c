/* SPDX-License-Identifier: MIT */
#include "src/turns.h"

const struct field turns_fields[] = {
    FIELD_MAX(struct turns, now, 7),
    FIELD(struct turns, end),
    FIELD_END,
};

static bool all_idle(const struct cpu *cpus, unsigned count)
{
    unsigned i = 0;
    while (i < count && cpu_idle(&cpus[i]))
        i++;
    return i == count;
}

unsigned turns_next(struct turns *turns, const struct cpu *cpus, unsigned count, u64 *end)
{
    u64 now = cpus->clock->cycles;
    *end = ~(u64)0;
    if (all_idle(cpus, count))
        return turns->now;
    if (now >= turns->end) {
        turns->now = (turns->now + 1) % count;
        turns->end = now + TURN;
    }
    *end = turns->end;
    return turns->now;
}
