/* SPDX-License-Identifier: MIT */
#include "tests/unit/f80_operands.h"

#include <stdlib.h>

u64 f80_random(struct f80_random *r)
{
    r->state ^= r->state << 13;
    r->state ^= r->state >> 7;
    r->state ^= r->state << 17;
    return r->state * 0x2545f4914f6cdd1d;
}

static u32 below(struct f80_random *r, u32 n)
{
    return (u32)((f80_random(r) >> 32) * n >> 32);
}

/* 64 bits: few ones, few zeros, runs, or anything. */
static u64 bits(struct f80_random *r)
{
    u64 v = f80_random(r), one = 1ull << below(r, 64), other = 1ull << below(r, 64);
    switch (below(r, 9)) {
    case 0:
        return 0;
    case 1:
        return one;
    case 2:
        return one | other;
    case 3:
        return -one;
    case 4:
        return one - other;
    case 5:
        return ~(one | other);
    case 6:
        return v << below(r, 64);
    default:
        return v;
    }
}

/* Around which a format or a conversion changes its mind. */
static const u16 landmarks[] = {
    0,
    1,
    62,
    64,
    0x3fff,
    0x3fff + 15,
    0x3fff + 31,
    0x3fff + 59,
    0x3fff + 63,
    0x3fff + 64,
    0x3fff - 64,
    0x3fff - 126,
    0x3fff - 149,
    0x3fff + 127,
    0x3fff - 1022,
    0x3fff - 1074,
    0x3fff + 1023,
    0x5fff,
    0x1fff,
    0x7ffe,
    0x7fff,
};

static u16 exponent(struct f80_random *r)
{
    u16 at = landmarks[below(r, ARRAY_LEN(landmarks))];
    switch (below(r, 8)) {
    case 0:
        return f80_random(r) & 0x7fff;
    case 1:
    case 2:
        return at;
    default:
        return (at + below(r, 9) - 4) & 0x7fff;
    }
}

static struct f80 number(struct f80_random *r, u16 exp)
{
    u64 frac = bits(r);
    if (exp ? below(r, 32) : below(r, 8) == 0)
        frac |= F80_INTEGER;
    else if (!exp)
        frac &= ~F80_INTEGER;
    return (struct f80){frac, (u16)(exp | (f80_random(r) >> 48 & F80_SIGN))};
}

struct f80 f80_random_first(struct f80_random *r)
{
    return number(r, exponent(r));
}

struct f80 f80_random_second(struct f80_random *r, struct f80 a)
{
    struct f80 b = number(r, below(r, 2) ? exponent(r) : (a.se + below(r, 140) - 70) & 0x7fff);
    if (!below(r, 16))
        b.frac = a.frac + below(r, 3) - 1;
    if (!below(r, 32))
        b.se = a.se ^ (u16)(below(r, 2) << 15);
    return b;
}

/* The fields of a format with so many bits of fraction and exponent; near is a number like it. */
static u64 short_number(struct f80_random *r, u64 near, int fraction, int exps)
{
    u64 limit = (1ull << exps) - 1,
        at[] = {0, 1, limit, limit - 1, limit / 2, limit / 2 + fraction};
    u64 exp = at[below(r, ARRAY_LEN(at))] + below(r, 5) - 2;
    if (!below(r, 4))
        exp = f80_random(r);
    if (below(r, 2))
        exp = (near >> fraction) + below(r, 2 * (u32)fraction + 4) - (u32)fraction - 2;
    u64 frac = bits(r) >> (below(r, 2) ? 64 - fraction : 0);
    return (frac & ((1ull << fraction) - 1)) | (exp & limit) << fraction |
           (f80_random(r) & 1) << (fraction + exps);
}

u32 f80_random_f32(struct f80_random *r, u32 near)
{
    return (u32)short_number(r, near, 23, 8);
}

u64 f80_random_f64(struct f80_random *r, u64 near)
{
    return short_number(r, near, 52, 11);
}

u64 f80_cases(u64 otherwise)
{
    const char *given = getenv("FLOAT_CASES");
    return given ? strtoull(given, NULL, 10) : otherwise;
}
