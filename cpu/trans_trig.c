/* SPDX-License-Identifier: MIT */
/* Sine and cosine. With |x| = c + f, c = i/64, |f| <= 1/128, they are made of sin c and cos c from
 * a table and of the series of sin f and cos f. Where i is 0, the sine is as exact as x is. */
#include "cpu/real.h"
#include "cpu/trans_tables.h"

enum { TRIG_NARROW = 4 };

/* 1 - w (c[0] - c[1] w …), Q0.128: below 1 even if w is cut off to nothing. */
static struct wide below_one(const struct wide *c, unsigned terms, struct wide w)
{
    struct wide less = wide_mul(w, wide_series(c, terms, TRIG_NARROW, w, true));
    if (wide_is_zero(less))
        less.lo = 1;
    return wide_sub((struct wide){0, 0}, less);
}

/* For |x| <= 1/128. */
static void series(const struct real *x, struct real *sine, struct wide *cosine)
{
    struct wide f = real_fraction(x), w = wide_mul(f, f);
    *sine = real_normal(x->minus, x->exp, wide_mul(x->m, below_one(series_sine, SINE_TERMS, w)));
    *cosine = below_one(series_cosine, COSINE_TERMS, w);
}

void real_sincos(const struct real *x, struct real *sine, struct real *cosine)
{
    struct wide all = real_fraction(x), cos_f;
    unsigned i = (unsigned)(((all.hi >> 57) + 1) >> 1);
    if (!i) {
        series(x, sine, &cos_f);
        *cosine = real_normal(false, -1, cos_f);
        return;
    }
    struct wide f = wide_sub(all, (struct wide){(u64)i << 58, 0});
    bool below = f.hi >> 63;
    struct real rest = real_normal(below, -1, below ? wide_sub((struct wide){0, 0}, f) : f), part;
    series(&rest, &part, &cos_f);
    struct wide sin_f = real_fraction(&part), sin_c = sine_steps[i], cos_c = cosine_steps[i];
    *sine = real_normal(x->minus, -1,
                        wide_add_or_sub(wide_mul(sin_c, cos_f), wide_mul(cos_c, sin_f), below));
    *cosine = real_normal(false, -1,
                          wide_add_or_sub(wide_mul(cos_c, cos_f), wide_mul(sin_c, sin_f), !below));
}
