/* SPDX-License-Identifier: MIT */
/* Sine without a coprocessor: Bhaskara's rational approximation, right to 0.2 %. */
#include "demo.h"

/* 4x(h-x) / (5/4 h^2 - x(h-x)), x from 0 to h = half a turn. */
s32 sine(u32 angle)
{
    s32 x = (s32)(angle & 511), p = x * (512 - x);
    s32 value = (s32)(((u32)p * 4 << 8) / (u32)((5 * 512 * 512 / 4 - p) >> 6));

    return angle & 512 ? -value : value;
}

s32 cosine(u32 angle)
{
    return sine(angle + 256);
}
