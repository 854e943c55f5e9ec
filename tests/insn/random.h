/* SPDX-License-Identifier: MIT */
/* Random numbers of the oracle: a stream for each batch, so that any case can be made again. */
#ifndef TESTS_INSN_RANDOM_H
#define TESTS_INSN_RANDOM_H

#include "src/base/types.h"

struct random {
    u64 state;
};

/* splitmix64. */
INLINE u32 rnd(struct random *r)
{
    u64 z = r->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (u32)(z >> 32);
}

INLINE u32 below(struct random *r, u32 n)
{
    return (u32)((u64)rnd(r) * n >> 32);
}

INLINE bool one_in(struct random *r, u32 n)
{
    return below(r, n) == 0;
}

/* Small numbers and the ends of ranges as often as anything. */
u32 rnd_value(struct random *r);

#endif
