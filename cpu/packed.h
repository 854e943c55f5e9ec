/* SPDX-License-Identifier: MIT */
/* What the packed integer instructions compute, a quadword at a time: MMX takes one, SSE2 two. */
#ifndef CPU_PACKED_H
#define CPU_PACKED_H

#include "src/base/types.h"

INLINE s32 saturate(s32 v, s32 low, s32 high)
{
    return v < low ? low : v > high ? high : v;
}

/* PMADDWD: two words each, their products added. SDM 2B "PMADDWD" */
INLINE u32 multiply_add(u32 a, u32 b)
{
    u32 low = (u32)((s16)a * (s16)b), high = (u32)((s16)(a >> 16) * (s16)(b >> 16));
    return low + high;
}

/* PSADBW. */
INLINE u64 sum_of_differences(u64 a, u64 b)
{
    u64 sum = 0;
    for (unsigned i = 0; i < 64; i += 8) {
        u8 x = (u8)(a >> i), y = (u8)(b >> i);
        sum += (u64)(x > y ? x - y : y - x);
    }
    return sum;
}

/* packed_NAME(x, y): RESULT for each lane a of X and b of Y. */
#define P(opcode, name, feature, lane, result)                                                     \
    INLINE u64 packed_##name(u64 x, u64 y)                                                         \
    {                                                                                              \
        lane va[8 / sizeof(lane)], vb[8 / sizeof(lane)];                                           \
        memcpy(va, &x, 8);                                                                         \
        memcpy(vb, &y, 8);                                                                         \
        for (unsigned i = 0; i < 8 / sizeof(lane); i++) {                                          \
            lane a = va[i], b = vb[i];                                                             \
            va[i] = (lane)(result);                                                                \
        }                                                                                          \
        memcpy(&x, va, 8);                                                                         \
        return x;                                                                                  \
    }
#include "cpu/packed.def"

/* packed_NAME(x, n): the same for each lane a of X and a count n. A count beyond the lane's width
 * shifts everything out. */
#define SHIFT(name, lane, result)                                                                  \
    INLINE u64 packed_##name(u64 x, u64 n)                                                         \
    {                                                                                              \
        lane va[8 / sizeof(lane)];                                                                 \
        const unsigned last = sizeof(lane) * 8 - 1;                                                \
        memcpy(va, &x, 8);                                                                         \
        for (unsigned i = 0; i < 8 / sizeof(lane); i++) {                                          \
            lane a = va[i];                                                                        \
            va[i] = (lane)(result);                                                                \
        }                                                                                          \
        memcpy(&x, va, 8);                                                                         \
        return x;                                                                                  \
    }
SHIFT(PSRLW, u16, n > last ? 0 : a >> n)
SHIFT(PSRLD, u32, n > last ? 0 : a >> n)
SHIFT(PSRLQ, u64, n > last ? 0 : a >> n)
SHIFT(PSRAW, s16, a >> (n > last ? last : n))
SHIFT(PSRAD, s32, a >> (n > last ? last : n))
SHIFT(PSLLW, u16, n > last ? 0 : (u32)a << n)
SHIFT(PSLLD, u32, n > last ? 0 : a << n)
SHIFT(PSLLQ, u64, n > last ? 0 : a << n)
#undef SHIFT

/* pack_NAME(x, y): the lanes of X and then those of Y, halved with saturation. */
#define PACK(name, lane, half, low, high)                                                          \
    INLINE u64 pack_##name(u64 x, u64 y)                                                           \
    {                                                                                              \
        enum { N = 8 / sizeof(lane) };                                                             \
        lane from[2 * N];                                                                          \
        half to[2 * N];                                                                            \
        memcpy(from, &x, 8);                                                                       \
        memcpy(from + N, &y, 8);                                                                   \
        for (unsigned i = 0; i < 2 * N; i++)                                                       \
            to[i] = (half)saturate(from[i], low, high);                                            \
        memcpy(&x, to, 8);                                                                         \
        return x;                                                                                  \
    }
PACK(PACKSSWB, s16, s8, -0x80, 0x7f)
PACK(PACKUSWB, s16, u8, 0, 0xff)
PACK(PACKSSDW, s32, s16, -0x8000, 0x7fff)
#undef PACK

/* unpack_low_SIZE(x, y): the lanes of the low halves of X and Y in turns; unpack_high_SIZE. */
#define UNPACK(size, lane)                                                                         \
    INLINE u64 unpack_low_##size(u64 x, u64 y)                                                     \
    {                                                                                              \
        u64 all = 0;                                                                               \
        for (unsigned i = 0; i < 32; i += size) {                                                  \
            all |= (u64)(lane)(x >> i) << 2 * i;                                                   \
            all |= (u64)(lane)(y >> i) << (2 * i + size);                                          \
        }                                                                                          \
        return all;                                                                                \
    }                                                                                              \
    INLINE u64 unpack_high_##size(u64 x, u64 y)                                                    \
    {                                                                                              \
        return unpack_low_##size(x >> 32, y >> 32);                                                \
    }
UNPACK(8, u8)
UNPACK(16, u16)
UNPACK(32, u32)
#undef UNPACK

/* The words of X in the order that the four fields of two bits in ORDER say. */
INLINE u64 shuffle_words(u64 x, unsigned order)
{
    u64 all = 0;
    for (unsigned i = 0; i < 4; i++)
        all |= (u64)(u16)(x >> (order >> 2 * i & 3) * 16) << 16 * i;
    return all;
}

/* The highest bit of each byte. */
INLINE u32 byte_signs(u64 x)
{
    u32 all = 0;
    for (unsigned i = 0; i < 8; i++)
        all |= (u32)(x >> (8 * i + 7) & 1) << i;
    return all;
}

#endif
