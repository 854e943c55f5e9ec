/* SPDX-License-Identifier: MIT */
/*
 * Several processors on one clock: they take turns, in the order of their numbers, TURN clocks
 * each.
 *
 * The clock counts the clocks of all: with two of 100 MHz it has 200 million a second, and in every
 * other turn each of them runs its own 100. So nothing is ever seen before it was done, whoever
 * looks and whatever the time stamp says; a LOCK has nothing to do, as no instruction of another
 * comes between; and how fast a processor is does not depend on what the others do. One with
 * nothing to do lets its turn go by. When all have nothing to do there are no turns: time goes on
 * to the next event.
 */
#ifndef TURNS_H
#define TURNS_H

#include "cpu/cpu.h"

/* Much more than what is run plain before the end of each, BLOCK_COST_MAX clocks; short enough that
 * whoever waits for another one does not wait long. */
enum { TURN = 20000 };

struct turns {
    u32 now; /* whose turn it is */
    u64 end; /* the clock at which it ends */
};

extern const struct field turns_fields[];

/* Whose turn it is among COUNT processors, and in *END when that ends. Where runs were cut
 * meanwhile makes no difference. */
unsigned turns_next(struct turns *turns, const struct cpu *cpus, unsigned count, u64 *end);

#endif
