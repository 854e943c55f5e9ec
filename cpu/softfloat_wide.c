/* SPDX-License-Identifier: MIT */
/* 64 times 64 bits, and 128 by 64, on hosts that may have nothing longer than 64. */
#include "cpu/softfloat.h"

struct sf_u128 sf_mul64(u64 a, u64 b)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)a * b;
    return (struct sf_u128){(u64)(product >> 64), (u64)product};
#else
    return sf_mul64_portable(a, b);
#endif
}

struct sf_u128 sf_mul64_portable(u64 a, u64 b)
{
    u64 a0 = (u32)a, a1 = a >> 32, b0 = (u32)b, b1 = b >> 32;
    u64 low = a0 * b0, middle = a1 * b0 + (low >> 32), other = a0 * b1 + (u32)middle;
    return (struct sf_u128){a1 * b1 + (middle >> 32) + (other >> 32), other << 32 | (u32)low};
}

/*
 * One digit of 32 bits: hi:digit / by. The estimate by the divisor's upper half is at most two too
 * large (Knuth, The Art of Computer Programming 2, 4.3.1).
 */
static u64 digit_of(u64 *hi, u32 digit, u64 by)
{
    u64 upper = by >> 32, lower = (u32)by;
    u64 q = *hi / upper, rest = *hi % upper;
    while (q >> 32 || q * lower > (rest << 32 | digit)) {
        q--;
        rest += upper;
        if (rest >> 32)
            break;
    }
    *hi = (*hi << 32 | digit) - q * by;
    return q;
}

u64 sf_div128(u64 hi, u64 lo, u64 by, u64 *rest)
{
    u64 upper = digit_of(&hi, (u32)(lo >> 32), by);
    u64 lower = digit_of(&hi, (u32)lo, by);
    *rest = hi;
    return upper << 32 | lower;
}
