/* SPDX-License-Identifier: MIT */
/* Division of 128 bits by 64, on hosts that may have nothing longer than 64. */
#include "cpu/softfloat.h"

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
