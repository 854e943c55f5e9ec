/* SPDX-License-Identifier: MIT */
/* The x87's functions and its rounding, said with MPFR. */
#include <stdint.h> /* before mpfr.h, which then knows 64-bit numbers */

#include "tests/mpfr/truth.h"

enum { BIAS = 16383, EXACT_BITS = 512 };

/* v, cut off where INEXACT: a last bit of 1 says that there is more. Near the operand, or near 1,
 * that is all that is left of the difference. */
static void jam(mpfr_t v, int inexact)
{
    if (!inexact || mpfr_min_prec(v) == TRUTH_BITS)
        return;
    if (mpfr_signbit(v))
        mpfr_nextbelow(v);
    else
        mpfr_nextabove(v);
}

void truth_2xm1(mpfr_t v, const mpfr_t x, UNUSED const mpfr_t y)
{
    mpfr_t wide; /* x may be tiny: 2^x needs many bits, e^(x ln 2) - 1 does not */
    mpfr_init2(wide, TRUTH_BITS + 32);
    mpfr_const_log2(wide, MPFR_RNDN);
    mpfr_mul(wide, wide, x, MPFR_RNDN);
    mpfr_expm1(v, wide, MPFR_RNDN);
    mpfr_clear(wide);
}

void truth_yl2x(mpfr_t v, const mpfr_t x, const mpfr_t y)
{
    jam(v, mpfr_log2(v, x, MPFR_RNDZ));
    jam(v, mpfr_mul(v, v, y, MPFR_RNDZ));
}

/* log2(1 + x): 1 + x is exact, or x is so small or so large that it need not be. */
static void log2_1p(mpfr_t v, const mpfr_t x)
{
    enum { LARGE = 400 };
    mpfr_t helper;
    mpfr_init2(helper, EXACT_BITS);
    if (mpfr_get_exp(x) < 0) {
        mpfr_const_log2(helper, MPFR_RNDN);
        mpfr_log1p(v, x, MPFR_RNDN);
        mpfr_div(v, v, helper, MPFR_RNDN);
    } else if (mpfr_get_exp(x) < LARGE) {
        mpfr_add_ui(helper, x, 1, MPFR_RNDN);
        jam(v, mpfr_log2(v, helper, MPFR_RNDZ));
    } else {
        mpfr_log2(v, x, MPFR_RNDZ);
        jam(v, true);
    }
    mpfr_clear(helper);
}

void truth_yl2xp1(mpfr_t v, const mpfr_t x, const mpfr_t y)
{
    log2_1p(v, x);
    jam(v, mpfr_mul(v, v, y, MPFR_RNDZ));
}

void truth_patan(mpfr_t v, const mpfr_t x, const mpfr_t y)
{
    jam(v, mpfr_atan2(v, y, x, MPFR_RNDZ));
}

/* What is left of x without N times half of 3.243F6A8885A308D3h, exactly; gives N modulo 4. */
static unsigned reduce(mpfr_t rest, const mpfr_t x)
{
    mpfr_t half, n;
    mpfr_inits2(EXACT_BITS, half, n, (mpfr_ptr)NULL);
    mpfr_set_str(half, "1.921FB54442D184698", 16, MPFR_RNDN);
    mpfr_div(n, x, half, MPFR_RNDN);
    mpfr_rint(n, n, MPFR_RNDN);
    mpfr_mul(rest, n, half, MPFR_RNDN);
    mpfr_sub(rest, x, rest, MPFR_RNDN);
    long quadrant = mpfr_get_si(n, MPFR_RNDN);
    mpfr_clears(half, n, (mpfr_ptr)NULL);
    return quadrant & 3;
}

/* sin(x + add quarter turns). */
static void turned_sine(mpfr_t v, const mpfr_t x, unsigned add)
{
    mpfr_t rest;
    mpfr_init2(rest, EXACT_BITS);
    unsigned quadrant = reduce(rest, x) + add;
    jam(v, quadrant & 1 ? mpfr_cos(v, rest, MPFR_RNDZ) : mpfr_sin(v, rest, MPFR_RNDZ));
    if (quadrant & 2)
        mpfr_neg(v, v, MPFR_RNDN);
    mpfr_clear(rest);
}

void truth_sin(mpfr_t v, const mpfr_t x, UNUSED const mpfr_t y)
{
    turned_sine(v, x, 0);
}

void truth_cos(mpfr_t v, const mpfr_t x, UNUSED const mpfr_t y)
{
    turned_sine(v, x, 1);
}

void truth_tan(mpfr_t v, const mpfr_t x, UNUSED const mpfr_t y)
{
    mpfr_t rest;
    mpfr_init2(rest, EXACT_BITS);
    if (reduce(rest, x) & 1) {
        mpfr_neg(rest, rest, MPFR_RNDN);
        mpfr_cot(v, rest, MPFR_RNDZ);
    } else {
        jam(v, mpfr_tan(v, rest, MPFR_RNDZ));
    }
    mpfr_clear(rest);
}

void truth_load(mpfr_t v, struct f80 a)
{
    int exp = a.se & 0x7fff;
    mpfr_set_uj_2exp(v, a.frac, (exp ? exp : 1) - BIAS - 63, MPFR_RNDN);
    if (a.se & F80_SIGN)
        mpfr_neg(v, v, MPFR_RNDN);
}

struct f80 truth_store(const mpfr_t v)
{
    u16 sign = mpfr_signbit(v) ? F80_SIGN : 0;
    if (mpfr_inf_p(v))
        return (struct f80){F80_INTEGER, sign | 0x7fff};
    if (mpfr_zero_p(v))
        return (struct f80){0, sign};
    mpz_t z;
    mpz_init(z);
    int exp = (int)mpfr_get_z_2exp(z, v) + 63 + BIAS;
    u64 frac = 0;
    mpz_abs(z, z);
    mpz_export(&frac, NULL, -1, 8, 0, 0, z);
    mpz_clear(z);
    if (exp <= 0) {
        frac >>= 1 - exp;
        exp = 0;
    }
    return (struct f80){frac, (u16)(sign | exp)};
}

struct f80 truth_round(const mpfr_t v, struct fp_env *env)
{
    static const mpfr_rnd_t modes[] = {MPFR_RNDN, MPFR_RNDD, MPFR_RNDU, MPFR_RNDZ};
    mpfr_rnd_t mode = modes[(env->cw & CW_RC) >> 10];
    mpfr_exp_t emin = mpfr_get_emin(), emax = mpfr_get_emax();
    mpfr_t r;
    mpfr_init2(r, 64);
    int ternary = mpfr_set(r, v, mode); /* as if exponents had no limits */
    bool tiny = mpfr_get_exp(r)<-16381, large = mpfr_get_exp(r)> BIAS + 1;
    mpfr_set_emin(-16381 - 63);
    mpfr_set_emax(BIAS + 1);
    ternary = mpfr_check_range(r, ternary, mode);
    ternary = mpfr_subnormalize(r, ternary, mode);
    mpfr_set_emin(emin);
    mpfr_set_emax(emax);
    bool up = mpfr_sgn(v) > 0 ? ternary > 0 : ternary < 0;
    env->sw |= (ternary ? SW_PE : 0) | (ternary && tiny ? SW_UE : 0) | (large ? SW_OE : 0) |
               (up ? SW_C1 : 0);
    struct f80 result = truth_store(r);
    mpfr_clear(r);
    return result;
}

double truth_ulps(struct f80 a, const mpfr_t v)
{
    if ((a.se & 0x7fff) == 0x7fff)
        return 0;
    int exp = a.se & 0x7fff;
    mpfr_t d;
    mpfr_init2(d, TRUTH_BITS);
    truth_load(d, a);
    mpfr_sub(d, d, v, MPFR_RNDN);
    mpfr_abs(d, d, MPFR_RNDN);
    mpfr_mul_2si(d, d, BIAS + 63 - (exp ? exp : 1), MPFR_RNDN);
    double ulps = mpfr_get_d(d, MPFR_RNDU);
    mpfr_clear(d);
    return ulps;
}
