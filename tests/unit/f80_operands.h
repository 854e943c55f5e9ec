/* SPDX-License-Identifier: MIT */
/* Random floating-point operands, mostly at the corners: where exponents end, and where bits do. */
#ifndef TESTS_UNIT_F80_OPERANDS_H
#define TESTS_UNIT_F80_OPERANDS_H

#include "cpu/f80.h"

struct f80_random {
    u64 state; /* not 0 */
};

u64 f80_random(struct f80_random *r);

/* A number of any kind; b is related to a: often an exponent nearby. */
struct f80 f80_random_first(struct f80_random *r);
struct f80 f80_random_second(struct f80_random *r, struct f80 a);

/* The same for float32 and float64. */
u32 f80_random_f32(struct f80_random *r, u32 near);
u64 f80_random_f64(struct f80_random *r, u64 near);

/* How many cases a test takes: so many, or what the environment's FLOAT_CASES says. */
u64 f80_cases(u64 otherwise);

#endif
