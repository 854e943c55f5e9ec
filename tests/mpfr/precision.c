/* SPDX-License-Identifier: MIT */
/* The error of the functions of cpu/real.h, before anything is rounded to 64 bits. */
#include <stdint.h> /* before mpfr.h, which then knows 64-bit numbers */
#include <stdio.h>

#include "cpu/real.h"
#include "tests/mpfr/operands.h"
#include "tests/mpfr/precision.h"
#include "tests/mpfr/truth.h"

enum { BIAS = 16383, PROMISED = -116 };

static const struct f80 one = {F80_INTEGER, BIAS};

static struct real call_log2(const struct real *x, UNUSED const struct real *y)
{
    return real_log2(x->exp, x->m);
}

static struct real call_log2_1p(const struct real *x, UNUSED const struct real *y)
{
    return real_log2_1p(x);
}

static struct real call_exp2_m1(const struct real *x, UNUSED const struct real *y)
{
    return real_exp2_m1(x);
}

static struct real call_atan2(const struct real *x, const struct real *y)
{
    return real_atan2(y, x);
}

static struct real call_sin(const struct real *x, UNUSED const struct real *y)
{
    struct real sine, cosine;
    real_sincos(x, &sine, &cosine);
    return sine;
}

static struct real call_cos(const struct real *x, UNUSED const struct real *y)
{
    struct real sine, cosine;
    real_sincos(x, &sine, &cosine);
    return cosine;
}

static struct real call_tan(const struct real *x, UNUSED const struct real *y)
{
    struct real sine, cosine;
    real_sincos(x, &sine, &cosine);
    return real_divide(&sine, &cosine);
}

/* Half of what is below 1: as far as real_sincos() goes. */
static void within_half(struct f80 *x, struct f80 *y)
{
    operands_below_one(x, y);
    x->se -= (x->se & 0x7fff) == BIAS - 1;
}

static const struct {
    const char *name;
    struct real (*it)(const struct real *x, const struct real *y);
    truth_function *truth;
    operands_function *operands;
} functions[] = {
    {"log2", call_log2, truth_yl2x, operands_log},
    {"log2_1p", call_log2_1p, truth_yl2xp1, operands_log1p},
    {"exp2_m1", call_exp2_m1, truth_2xm1, operands_below_one},
    {"atan2", call_atan2, truth_patan, operands_atan},
    {"sin", call_sin, truth_sin, within_half},
    {"cos", call_cos, truth_cos, within_half},
    {"tan", call_tan, truth_tan, within_half},
};

static struct real load(struct f80 a)
{
    int exp = a.se & 0x7fff;
    return real_normal(a.se & F80_SIGN, (exp ? exp : 1) - BIAS, (struct wide){a.frac, 0});
}

/* The binary exponent of the relative error of r, and at least -1000. */
static long error_of(const struct real *r, const mpfr_t v)
{
    mpfr_t low, got;
    mpfr_init2(low, TRUTH_BITS);
    mpfr_init2(got, TRUTH_BITS);
    mpfr_set_uj_2exp(got, r->m.hi, r->exp - 63, MPFR_RNDN);
    mpfr_set_uj_2exp(low, r->m.lo, r->exp - 127, MPFR_RNDN);
    mpfr_add(got, got, low, MPFR_RNDN);
    if (r->minus)
        mpfr_neg(got, got, MPFR_RNDN);
    mpfr_sub(got, got, v, MPFR_RNDN);
    mpfr_div(got, got, v, MPFR_RNDN);
    long error = mpfr_zero_p(got) ? -1000 : (long)mpfr_get_exp(got);
    mpfr_clears(low, got, (mpfr_ptr)NULL);
    return error;
}

static long one_case(unsigned f)
{
    struct f80 x, y = one;
    mpfr_t vx, vy, v;
    functions[f].operands(&x, &y);
    if (functions[f].truth != truth_patan)
        y = one;
    mpfr_inits2(64, vx, vy, (mpfr_ptr)NULL);
    mpfr_init2(v, TRUTH_BITS);
    truth_load(vx, x);
    truth_load(vy, y);
    functions[f].truth(v, vx, vy);
    struct real a = load(x), b = load(y), r = functions[f].it(&a, &b);
    long error = mpfr_zero_p(v) ? -1000 : error_of(&r, v);
    mpfr_clears(vx, vy, v, (mpfr_ptr)NULL);
    return error;
}

bool precision_check(unsigned long cases)
{
    bool good = true;
    for (unsigned f = 0; f < ARRAY_LEN(functions); f++) {
        long worst = -1000;
        for (unsigned long i = 0; i < cases; i++) {
            long error = one_case(f);
            worst = error > worst ? error : worst;
        }
        printf("real_%-8s errs by less than 2^%ld\n", functions[f].name, worst);
        good &= worst <= PROMISED;
    }
    return good;
}
