/* SPDX-License-Identifier: MIT */
/* Division of wide numbers, and the x87's reduction of angles. */
#include "cpu/real.h"

/* 1 / d, d Q0.128 and at least 1/2; Q2.126. Newton's iteration from 31 bits: each y + y (1 - dy)
 * has twice as many right. */
static struct wide reciprocal(struct wide d)
{
    u64 y = (((u64)1 << 63) / ((d.hi >> 32) + 1)) << 31; /* Q2.62, too small, and so it stays */
    y += mul64(y, ((u64)1 << 62) - mul64(d.hi, y).hi - 2).hi << 2;
    struct wide result = {y, 0}, one = {(u64)1 << 62, 0};
    struct wide missing = wide_sub(one, wide_mul(d, result));
    return wide_add(result, wide_shl(wide_mul(result, missing), 2));
}

struct real real_divide(const struct real *a, const struct real *b)
{
    struct wide q = wide_mul(a->m, reciprocal(b->m)); /* Q2.126: 1/2 to 2 */
    return real_normal(a->minus != b->minus, a->exp - b->exp + 1, q);
}

/* In units of 2^-65: half of pi, which has 66 bits. And 2^129 / that, cut off. */
static const struct wide half_pi66 = {3, 0x243f6a8885a308d3};
static const u64 inverse_half_pi66 = 0xa2f9836e4e44152a;

unsigned real_reduce(struct real *x)
{
    if (x->exp < -1)
        return 0;
    struct wide units = wide_shl((struct wide){0, x->m.hi}, (unsigned)(x->exp + 2));
    /* units / half_pi66, rounded, is n or a neighbour: the inverse is short for large x */
    u64 twice = wide_shr(mul64(x->m.hi, inverse_half_pi66), (unsigned)(126 - x->exp)).lo;
    u64 n = (twice >> 1) + (twice & 1);
    struct wide rest = wide_sub(units, wide_scale(half_pi66, n));
    bool above = rest.hi >> 63;
    if (above)
        rest = wide_sub((struct wide){0, 0}, rest);
    if (wide_less(wide_shr(half_pi66, 1), rest)) {
        rest = wide_sub(half_pi66, rest);
        n += above ? ~(u64)0 : 1;
        above = !above;
    }
    u64 quadrant = x->minus ? 0 - n : n;
    *x = real_normal(x->minus != above, 127 - 65, rest);
    return quadrant & 3;
}
