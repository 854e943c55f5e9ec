/* SPDX-License-Identifier: MIT */
/* Scalars, the names for what gcc and clang both offer beyond C11, and guest byte order. */
#ifndef BASE_TYPES_H
#define BASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define NOINLINE __attribute__((noinline))
#define INLINE static inline __attribute__((always_inline, unused))
#define NORETURN _Noreturn
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define UNUSED __attribute__((unused))

/* Guest data is little-endian and unaligned. */
INLINE u16 get16(const void *p)
{
    u16 v;
    memcpy(&v, p, 2);
    return v;
}

INLINE u32 get32(const void *p)
{
    u32 v;
    memcpy(&v, p, 4);
    return v;
}

INLINE u64 get64(const void *p)
{
    u64 v;
    memcpy(&v, p, 8);
    return v;
}

INLINE void put16(void *p, u16 v)
{
    memcpy(p, &v, 2);
}

INLINE void put32(void *p, u32 v)
{
    memcpy(p, &v, 4);
}

INLINE void put64(void *p, u64 v)
{
    memcpy(p, &v, 8);
}

#endif
