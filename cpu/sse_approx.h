/* SPDX-License-Identifier: MIT */
/*
 * RCPPS and RSQRTPS. The manual promises an error of at most 1.5 * 2^-12 of the result and says
 * nothing else; the tables differ from processor to processor (SDM 2B "RCPPS", "RSQRTPS"). Here
 * the true value is rounded to 12 bits after the point: an error of at most 2^-13, the same on
 * every host. No exceptions; denormals are zeros, tiny results are zero.
 */
#ifndef CPU_SSE_APPROX_H
#define CPU_SSE_APPROX_H

#include "src/base/types.h"

enum { F32_BIAS = 127, F32_INFINITY = 0x7f800000, F32_QUIET = 1 << 22 };
#define F32_SIGN 0x80000000u
#define F32_DEFAULT_NAN 0xffc00000u

/* sign * bits / 2^12 * 2^exponent, with BITS from 2^12 to 2^13. */
INLINE u32 approx_pack(u32 sign, int exponent, u32 bits)
{
    int biased = exponent + F32_BIAS + (bits == 1 << 13);
    return biased <= 0 ? sign : sign | (u32)biased << 23 | (bits & 0xfff) << 11;
}

/* 1 / a */
INLINE u32 approx_reciprocal(u32 a)
{
    u32 sign = a & F32_SIGN, size = a & ~F32_SIGN;
    if (size > F32_INFINITY)
        return a | F32_QUIET;
    if (size == F32_INFINITY)
        return sign;
    if (size < 1 << 23)
        return sign | F32_INFINITY;
    u64 m = (size & 0x7fffff) | 1 << 23;
    u32 bits = (u32)((((u64)1 << 36) + m / 2) / m); /* 2^12 * 2 / (m / 2^23) */
    return approx_pack(sign, F32_BIAS - (int)(size >> 23) - 1, bits);
}

/* The largest number whose square is not above V. */
INLINE u32 square_root(u64 v)
{
    u32 root = 0;
    for (u32 bit = 1u << 31; bit; bit >>= 1)
        if ((u64)(root | bit) * (root | bit) <= v)
            root |= bit;
    return root;
}

/* 1 / sqrt(a) */
INLINE u32 approx_reciprocal_root(u32 a)
{
    u32 sign = a & F32_SIGN, size = a & ~F32_SIGN;
    if (size > F32_INFINITY)
        return a | F32_QUIET;
    if (size < 1 << 23)
        return sign | F32_INFINITY;
    if (sign)
        return F32_DEFAULT_NAN;
    if (size == F32_INFINITY)
        return 0;
    int exponent = (int)(size >> 23) - F32_BIAS, odd = exponent & 1;
    u64 m = (u64)((size & 0x7fffff) | 1 << 23) << odd;
    u32 twice = square_root(((u64)1 << 51) / m); /* 2^13 * 2 / sqrt(m / 2^23) */
    return approx_pack(0, -(exponent - odd) / 2 - 1, (twice + 1) >> 1);
}

#endif
