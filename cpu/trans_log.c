/* SPDX-License-Identifier: MIT */
/* The binary logarithm: log2(v) = e + log2(1/c) + log2(1 + r), where v = 2^e m, m between sqrt(1/2)
 * and sqrt(2), c from a table so that r = mc - 1 is small (and exact), and the last a series.
 * Around 1, e is 0 and c is 1: the result is as exact as r is, however small. */
#include "cpu/real.h"
#include "cpu/trans_tables.h"

enum { LOG2_NARROW = 9 };

static const u64 sqrt2 = 0xb504f333f9de6484; /* Q1.63 */

/* log2(1 + r), |r| < 2^-6. */
static struct real log2_series(const struct real *r)
{
    return real_times(
        r, wide_series(series_log2, LOG2_TERMS, LOG2_NARROW, real_fraction(r), !r->minus));
}

/* mc - 1, m Q1.127, c Q2.14. Modulo 8, for mc is near 1. */
static struct real residue(struct wide m, u16 c)
{
    struct wide one = {(u64)1 << 61, 0}; /* Q3.125 */
    struct wide r = wide_sub(wide_scale(wide_shr(m, 16), c), one);
    bool minus = r.hi >> 63;
    return real_normal(minus, 2, minus ? wide_sub((struct wide){0, 0}, r) : r);
}

/* e + f, f Q1.127 in two's complement. */
static struct real whole_and_fraction(s32 e, struct wide f)
{
    bool minus = e ? e < 0 : f.hi >> 63;
    if (minus)
        f = wide_sub((struct wide){0, 0}, f);
    u64 whole = (u64)(minus ? -e : e);
    if (f.hi >> 63)
        whole--;
    f = wide_shl(f, 1);
    if (!whole)
        return real_normal(minus, -1, f);
    unsigned bits = 64 - (unsigned)__builtin_clzll(whole);
    struct wide m = wide_shr(f, bits);
    m.hi |= whole << (64 - bits);
    return (struct real){m, (s32)bits - 1, minus, false};
}

struct real real_log2(s32 exp, struct wide m)
{
    if (m.hi > sqrt2) {
        m = wide_shr(m, 1);
        exp++;
    }
    unsigned i = (unsigned)(m.hi >> 56) - LOG2_FIRST;
    struct real r = residue(m, log2_inverse[i]), part = log2_series(&r);
    if (!exp && wide_is_zero(log2_steps[i]))
        return part;
    struct wide f = wide_shr(real_fraction(&part), 1);
    struct real sum = whole_and_fraction(exp, wide_add_or_sub(log2_steps[i], f, part.minus));
    sum.exact = wide_is_zero(log2_steps[i]) && wide_is_zero(r.m);
    return sum;
}

struct real real_log2_1p(const struct real *x)
{
    enum { LOWEST = 16 }; /* real_log2() wants zeros below; a 1 that is even lower counts as here */
    if (x->exp < -7)
        return log2_series(x);
    s32 exp = x->exp < 0 ? 1 : x->exp + 1;
    struct wide one = {(u64)1 << 63, 0};
    one = wide_shr(one, exp < 127 - LOWEST ? (unsigned)exp : 127 - LOWEST);
    struct wide m = wide_shr(x->m, (unsigned)(exp - x->exp));
    struct real sum = real_normal(false, exp, wide_add_or_sub(one, m, x->minus));
    return real_log2(sum.exp, sum.m);
}
