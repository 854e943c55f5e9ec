/* SPDX-License-Identifier: MIT */
/* 2^x - 1. With |x| = i/64 + f, |f| <= 1/128, it is (2^(i/64) - 1) + 2^(i/64) (2^f - 1); the first
 * from a table, the last by the series of e^u - 1, u = f ln 2. Where i is 0, only the series is
 * left: the result is as exact as x is, however small. */
#include "cpu/real.h"
#include "cpu/trans_tables.h"

enum { EXP2_NARROW = 9 };

static struct real exp2_m1_series(const struct real *f)
{
    struct real u = real_normal(f->minus, f->exp, wide_mul(f->m, ln2));
    struct wide sum = wide_series(series_exp2, EXP2_TERMS, EXP2_NARROW, real_fraction(&u), u.minus);
    return real_times(&u, sum);
}

struct real real_exp2_m1(const struct real *x)
{
    struct wide all = real_fraction(x), f;
    unsigned i = (unsigned)(((all.hi >> 57) + 1) >> 1);
    if (!i)
        return exp2_m1_series(x);
    /* what the table's step leaves, in two's complement */
    f = wide_sub(all, (struct wide){(u64)i << 58, 0});
    bool below = f.hi >> 63;
    struct real rest =
        real_normal(x->minus != below, -1, below ? wide_sub((struct wide){0, 0}, f) : f);
    struct real part = exp2_m1_series(&rest);
    struct wide one = {(u64)1 << 62, 0}, step = x->minus ? exp2_down[i] : exp2_up[i];
    struct wide factor = wide_add_or_sub(one, step, x->minus);
    struct wide p = wide_mul(factor, real_fraction(&part)); /* Q2.126 */
    return real_normal(x->minus, 1, wide_add_or_sub(step, p, below));
}
