/* SPDX-License-Identifier: MIT */
/* What the transcendental instructions compute with before the one rounding at the end: a number
 * with 128 bits of significand and any exponent, and the functions on it. Each errs by less than
 * 2^-116 of its result; the x87's significand ends at 2^-63. */
#ifndef CPU_REAL_H
#define CPU_REAL_H

#include "cpu/fixed.h"

/* (-1)^minus * m * 2^(exp - 127). Other than zero it is normalised: the top bit of m is set. */
struct real {
    struct wide m;
    s32 exp;
    bool minus;
    bool exact; /* nothing was cut off and nothing approximated */
};

/* m * 2^(exp - 127), m with leading zeros. */
INLINE struct real real_normal(bool minus, s32 exp, struct wide m)
{
    unsigned zeros = wide_is_zero(m) ? 0 : wide_leading_zeros(m);
    return (struct real){wide_shl(m, zeros), exp - (s32)zeros, minus, false};
}

/* The magnitude as Q0.128; what does not fit below is cut off. a < 1. */
INLINE struct wide real_fraction(const struct real *a)
{
    unsigned shift = (unsigned)(-1 - a->exp);
    return shift < 128 ? wide_shr(a->m, shift) : (struct wide){0, 0};
}

/* a * b, where b is Q1.127 and positive. */
INLINE struct real real_times(const struct real *a, struct wide b)
{
    return real_normal(a->minus, a->exp + 1, wide_mul(a->m, b));
}

/* a / b. */
struct real real_divide(const struct real *a, const struct real *b);

/* log2(v), v = m * 2^(exp - 127) > 0, of which at most the upper 112 bits are in use. */
struct real real_log2(s32 exp, struct wide m);

/* log2(1 + x), x > -1. */
struct real real_log2_1p(const struct real *x);

/* 2^x - 1, -1 < x < 1. */
struct real real_exp2_m1(const struct real *x);

/* Sine and cosine of x, |x| <= pi/4 and not zero. */
void real_sincos(const struct real *x, struct real *sine, struct real *cosine);

/* The angle of the point (x, y), neither zero, both with at most 64 bits. */
struct real real_atan2(const struct real *y, const struct real *x);

/* Takes the nearest multiple of half of pi away from x, -2^63 < x < 2^63, and returns the multiple
 * modulo 4. Pi is the 66 bits of the x87 (SDM 1 "Approximation of Pi"). */
unsigned real_reduce(struct real *x);

#endif
