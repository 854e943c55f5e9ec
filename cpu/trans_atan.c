/* SPDX-License-Identifier: MIT */
/* The angle of a point. Of |x| and |y|, b is the larger and a the other: the angle is made of
 * atan(a/b) and multiples of half of pi. With c = i/64, the nearest to a/b,
 *     atan(a/b) = atan c + atan z, z = (a - cb) / (b + ca), |z| <= 1/128:
 * the first from a table, the last a series. Where i is 0, only the series is left: the result is
 * as exact as a/b is, however small. */
#include "cpu/real.h"
#include "cpu/softfloat.h"
#include "cpu/trans_tables.h"

enum {
    ARCTAN_NARROW = 4,
    STEPPED = 8, /* a/b < 2^-8 needs no table */
    SMALL = 50   /* a/b < 2^-50: what the series takes away may be less than a quotient's error */
};

/* atan z, |z| <= 1/128. It is less than z, even if the difference is cut off to nothing; but z, if
 * it is not exact, is larger than it says by more than that. */
static struct real arctan_series(const struct real *z)
{
    struct wide f = real_fraction(z), w = wide_mul(f, f);
    struct wide less =
        wide_mul(w, wide_series(series_arctan, ARCTAN_TERMS, ARCTAN_NARROW, w, true));
    less = wide_mul(z->m, less);
    if (wide_is_zero(less) && z->exact)
        less.lo = 1;
    return real_normal(z->minus, z->exp, wide_sub(z->m, less));
}

/* a / b, cut off. */
static struct real long_division(const struct real *a, const struct real *b)
{
    bool below_one = a->m.hi < b->m.hi;
    u64 hi = below_one ? a->m.hi : a->m.hi >> 1, lo = below_one ? 0 : a->m.hi << 63, rest;
    struct real q = {.exp = a->exp - b->exp - below_one};
    q.m.hi = sf_div128(hi, lo, b->m.hi, &rest);
    q.m.lo = sf_div128(rest, 0, b->m.hi, &rest);
    q.exact = !rest;
    return q;
}

/* atan(a/b) for 2^-9 < a/b <= 1, both positive. */
static struct real stepped(const struct real *a, const struct real *b)
{
    unsigned shift = (unsigned)(b->exp - a->exp);
    u64 divisor = b->m.hi >> 32;
    u64 i = ((a->m.hi >> 26 >> shift) + (divisor >> 1)) / divisor;
    if (!i) {
        struct real z = real_divide(a, b);
        return arctan_series(&z);
    }
    /* 64 a - ib and 64 b + ia, in units of a's last bit */
    struct wide larger = wide_shl((struct wide){0, b->m.hi}, shift);
    struct wide above = wide_sub(wide_scale((struct wide){0, a->m.hi}, 64), wide_scale(larger, i));
    struct wide below = wide_add(wide_scale(larger, 64), wide_scale((struct wide){0, a->m.hi}, i));
    bool minus = above.hi >> 63;
    if (minus)
        above = wide_sub((struct wide){0, 0}, above);
    struct real num = real_normal(minus, 0, above), den = real_normal(false, 0, below);
    struct wide f = {0, 0};
    if (!wide_is_zero(above)) {
        struct real z = real_divide(&num, &den), part = arctan_series(&z);
        f = real_fraction(&part);
    }
    return real_normal(false, -1, wide_add_or_sub(arctan_steps[i], f, minus));
}

static struct real first_octant(const struct real *a, const struct real *b)
{
    s32 gap = b->exp - a->exp;
    if (gap <= STEPPED)
        return stepped(a, b);
    struct real z = gap < SMALL ? real_divide(a, b) : long_division(a, b);
    return arctan_series(&z);
}

static bool less(const struct real *a, const struct real *b)
{
    return a->exp != b->exp ? a->exp < b->exp : a->m.hi < b->m.hi;
}

struct real real_atan2(const struct real *y, const struct real *x)
{
    struct real p = *x, q = *y, angle;
    p.minus = q.minus = false;
    bool steep = less(&p, &q);
    angle = steep ? first_octant(&p, &q) : first_octant(&q, &p);
    if (steep || x->minus) {
        struct wide f = wide_shr(real_fraction(&angle), 2); /* Q2.126 */
        angle = real_normal(false, 1,
                            wide_add_or_sub(steep ? half_pi : whole_pi, f, steep != x->minus));
    }
    angle.minus = y->minus;
    return angle;
}
