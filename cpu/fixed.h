/* SPDX-License-Identifier: MIT */
/* Arithmetic in two words. For the transcendental instructions it is fixed-point: a struct wide is an
 * unsigned number of 128 bits; where the point is, the user says: Q1.127 has one bit before it.
 * Products are cut off, not rounded: the upper half comes out up to two units too small. */
#ifndef CPU_FIXED_H
#define CPU_FIXED_H

#include "src/base/types.h"

struct wide {
    u64 hi, lo;
};

/* The product of two words by halves, for hosts without a 128-bit type. */
INLINE struct wide mul64_by_halves(u64 a, u64 b)
{
    u64 al = (u32)a, ah = a >> 32, bl = (u32)b, bh = b >> 32;
    u64 low = al * bl, cross = ah * bl + (low >> 32), mid = al * bh + (u32)cross;
    return (struct wide){ah * bh + (cross >> 32) + (mid >> 32), mid << 32 | (u32)low};
}

INLINE struct wide mul64(u64 a, u64 b)
{
#if defined __SIZEOF_INT128__ && !defined PARANOID
    unsigned __int128 p = (unsigned __int128)a * b;
    return (struct wide){(u64)(p >> 64), (u64)p};
#else
    return mul64_by_halves(a, b);
#endif
}

INLINE struct wide wide_add(struct wide a, struct wide b)
{
    u64 lo = a.lo + b.lo;
    return (struct wide){a.hi + b.hi + (lo < a.lo), lo};
}

INLINE struct wide wide_sub(struct wide a, struct wide b)
{
    return (struct wide){a.hi - b.hi - (a.lo < b.lo), a.lo - b.lo};
}

/* a + b, or a - b. */
INLINE struct wide wide_add_or_sub(struct wide a, struct wide b, bool minus)
{
    return minus ? wide_sub(a, b) : wide_add(a, b);
}

INLINE bool wide_less(struct wide a, struct wide b)
{
    return a.hi != b.hi ? a.hi < b.hi : a.lo < b.lo;
}

INLINE bool wide_is_zero(struct wide a)
{
    return (a.hi | a.lo) == 0;
}

/* Shifts by 0 to 127. */
INLINE struct wide wide_shl(struct wide a, unsigned n)
{
    if (n >= 64)
        return (struct wide){a.lo << (n & 63), 0};
    return n ? (struct wide){a.hi << n | a.lo >> (64 - n), a.lo << n} : a;
}

INLINE struct wide wide_shr(struct wide a, unsigned n)
{
    if (n >= 64)
        return (struct wide){0, a.hi >> (n & 63)};
    return n ? (struct wide){a.hi >> n, a.lo >> n | a.hi << (64 - n)} : a;
}

/* How far a number other than zero can be shifted to the left. */
INLINE unsigned wide_leading_zeros(struct wide a)
{
    return (unsigned)(a.hi ? __builtin_clzll(a.hi) : 64 + __builtin_clzll(a.lo));
}

/* The upper half of the product; the product of the lower words is left out. */
INLINE struct wide wide_mul(struct wide a, struct wide b)
{
    struct wide high = mul64(a.hi, b.hi);
    u64 x = mul64(a.hi, b.lo).hi, y = mul64(a.lo, b.hi).hi;
    u64 lo = high.lo + x, sum = lo + y;
    return (struct wide){high.hi + (lo < x) + (sum < y), sum};
}

/* The lower half of a * b. */
INLINE struct wide wide_scale(struct wide a, u64 b)
{
    struct wide p = mul64(a.lo, b);
    return (struct wide){p.hi + a.hi * b, p.lo};
}

/* c[0] + c[1] t + c[2] t^2 …, or with alternating signs; t < 2^-6 is Q0.128, and what the c[] are
 * the result is. The last terms, from NARROW on, are small enough for one word. */
INLINE struct wide wide_series(const struct wide *c, unsigned terms, unsigned narrow, struct wide t,
                               bool alternating)
{
    u64 tail = c[--terms].hi;
    while (terms > narrow) {
        u64 p = mul64(tail, t.hi).hi;
        tail = alternating ? c[--terms].hi - p : c[--terms].hi + p;
    }
    struct wide sum = {tail, 0};
    while (terms > 0)
        sum = wide_add_or_sub(c[--terms], wide_mul(sum, t), alternating);
    return sum;
}

#endif
