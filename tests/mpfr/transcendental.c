/* SPDX-License-Identifier: MIT */
/* The transcendental instructions against MPFR: every result must be the true value rounded, bit
 * for bit and flag for flag, in all four roundings. So many operands are chosen to be hard that a
 * few lie closer to where rounding changes than cpu/real.h can tell; they are counted. And the
 * constants.
 *
 * transcendental [CASES] checks that many operands of each instruction; --tables writes
 * cpu/trans_tables.c. */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef HAVE_MPFR
int main(void)
{
    puts("skipped: built without MPFR (libmpfr-dev)");
    return 77;
}
#else
#include "cpu/real.h"
#include "cpu/transcendental.h"
#include "tests/mpfr/tables.h"
#include "tests/mpfr/truth.h"

enum { BIAS = 16383, DEFAULT_CASES = 20000, MAX_REPORTS = 10 };

static u64 random_state = 0x9e3779b97f4a7c15;

static u64 random64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1d;
}

static int between(int low, int high)
{
    return low + (int)(random64() % (u64)(high - low + 1));
}

/* Random, or few bits, or many ones: near a power of two or a step of a table. */
static u64 some_significand(void)
{
    u64 r = random64(), near = (u64)between(-4, 4);
    switch (random64() % 8) {
    case 0:
        r = near & 7;
        break;
    case 1:
        r = ~(u64)0 - (near & 7);
        break;
    case 2:
        r = (r << 48) + near;
        break;
    case 3:
        r = (r >> 58 << 57) + near;
        break;
    }
    return F80_INTEGER | r;
}

static struct f80 some(int low, int high)
{
    u64 frac = some_significand();
    u16 sign = random64() & 1 ? F80_SIGN : 0;
    int exp = between(low, high) + BIAS;
    if (exp <= 0) {
        frac >>= 1 - exp < 63 ? 1 - exp : 63;
        exp = 0;
    }
    return (struct f80){frac | !frac, sign | (u16)exp};
}

static struct f80 positive(struct f80 a)
{
    a.se &= 0x7fff;
    return a;
}

/* Anything, but mostly of ordinary size. */
static struct f80 any(void)
{
    return random64() % 4 ? some(-40, 40) : some(-16445, 16383);
}

static void below_one(struct f80 *x, UNUSED struct f80 *y)
{
    *x = random64() % 8 ? some(-12, -1) : some(-16445, -1);
}

static void for_log(struct f80 *x, struct f80 *y)
{
    *x = positive(random64() % 2 ? some(-1, 0) : any());
    *y = any();
}

/* FYL2XP1's domain: |x| < 1 - sqrt(1/2), and a little more. */
static void for_log1p(struct f80 *x, struct f80 *y)
{
    *x = random64() % 4 ? some(-70, -2) : some(-16445, -2);
    *y = any();
}

static void for_atan(struct f80 *x, struct f80 *y)
{
    *x = any();
    *y = any();
    int exp = (x->se & 0x7fff) + between(-12, 12);
    if (random64() % 2 && exp > 0 && exp < 0x7fff && y->frac >> 63)
        y->se = (u16)((y->se & F80_SIGN) | exp);
}

/* Also next to multiples of a quarter of pi. */
static void for_trig(struct f80 *x, UNUSED struct f80 *y)
{
    *x = random64() % 4 ? some(-8, 20) : random64() % 2 ? some(20, 62) : some(-16445, -8);
    if (random64() % 4)
        return;
    mpfr_t v;
    mpfr_init2(v, 64);
    mpfr_const_pi(v, MPFR_RNDN);
    mpfr_mul_2si(v, v, -2, MPFR_RNDN);
    mpfr_mul_d(v, v, (double)(1 + (random64() >> between(3, 63))), MPFR_RNDN);
    if (mpfr_get_exp(v) <= 63)
        *x = truth_store(v);
    if (x->frac >> 63)
        x->frac = F80_INTEGER | (x->frac + (u64)between(-2, 2));
    mpfr_clear(v);
}

/* The instructions with the shape of those of two operands. */
static struct f80 do_2xm1(struct f80 x, UNUSED struct f80 y, struct fp_env *env)
{
    return f80_2xm1(x, env);
}

static struct f80 do_sin(struct f80 x, UNUSED struct f80 y, struct fp_env *env)
{
    return f80_sin(x, env);
}

static struct f80 do_cos(struct f80 x, UNUSED struct f80 y, struct fp_env *env)
{
    return f80_cos(x, env);
}

static struct f80 do_tan(struct f80 x, UNUSED struct f80 y, struct fp_env *env)
{
    struct f80 one;
    return f80_ptan(x, &one, env);
}

static const struct instruction {
    const char *name;
    struct f80 (*it)(struct f80 x, struct f80 y, struct fp_env *env);
    truth_function *truth;
    void (*operands)(struct f80 *x, struct f80 *y);
} instructions[] = {
    {"F2XM1", do_2xm1, truth_2xm1, below_one},
    {"FYL2X", f80_yl2x, truth_yl2x, for_log},
    {"FYL2XP1", f80_yl2xp1, truth_yl2xp1, for_log1p},
    {"FPATAN", f80_patan, truth_patan, for_atan},
    {"FSIN", do_sin, truth_sin, for_trig},
    {"FCOS", do_cos, truth_cos, for_trig},
    {"FPTAN", do_tan, truth_tan, for_trig},
};

/* ulps: of the 128 bits computed with, 64 are below the last place. */
#define CLOSE 0x1p-45

struct score {
    unsigned long wrong, too_close;
    double ulps; /* the largest error in round to nearest */
};

static void report(const struct instruction *in, struct f80 x, struct f80 y, u16 cw, struct f80 got,
                   u16 sw, struct f80 want, u16 want_sw)
{
    printf("%s rc %d  x %04x.%016llx  y %04x.%016llx  is %04x.%016llx sw %03x  want %04x.%016llx "
           "sw %03x\n",
           in->name, cw >> 10 & 3, x.se, (unsigned long long)x.frac, y.se,
           (unsigned long long)y.frac, got.se, (unsigned long long)got.frac, sw, want.se,
           (unsigned long long)want.frac, want_sw);
}

static void compare(const struct instruction *in, struct f80 x, struct f80 y,
                    const mpfr_t true_value, unsigned rounding, struct score *score)
{
    u16 cw = (u16)((CW_INIT & ~CW_RC) | rounding << 10);
    struct fp_env env = {.cw = cw}, want_env = {.cw = cw};
    bool denormal = !(x.se & 0x7fff) || (!(y.se & 0x7fff) && y.frac);
    struct f80 got = in->it(x, y, &env), want = truth_round(true_value, &want_env);
    want_env.sw |= denormal ? SW_DE : 0;
    double ulps = truth_ulps(got, true_value), half = rounding ? 0 : 0.5;
    if (!rounding)
        score->ulps = ulps > score->ulps ? ulps : score->ulps;
    if (got.frac == want.frac && got.se == want.se && env.sw == want_env.sw)
        return;
    if ((env.sw ^ want_env.sw) == SW_C1 && (fabs(ulps - half) < CLOSE || fabs(ulps - 1) < CLOSE))
        score->too_close++;
    else if (score->wrong++ < MAX_REPORTS)
        report(in, x, y, cw, got, env.sw, want, want_env.sw);
}

static void one_case(const struct instruction *in, struct score *score)
{
    struct f80 x, y = {0, 0};
    mpfr_t vx, vy, v;
    in->operands(&x, &y);
    mpfr_inits2(64, vx, vy, (mpfr_ptr)NULL);
    mpfr_init2(v, TRUTH_BITS);
    truth_load(vx, x);
    truth_load(vy, y);
    in->truth(v, vx, vy);
    for (unsigned rounding = 0; rounding < 4 && !mpfr_zero_p(v); rounding++)
        compare(in, x, y, v, rounding, score);
    mpfr_clears(vx, vy, v, (mpfr_ptr)NULL);
}

static bool check(const struct instruction *in, unsigned long cases)
{
    struct score score = {0, 0, 0};
    for (unsigned long i = 0; i < cases; i++)
        one_case(in, &score);
    printf(
        "%-8s %lu operands, 4 roundings: %lu wrong, %lu too close; to nearest at most %.9f ulp\n",
        in->name, cases, score.wrong, score.too_close, score.ulps);
    return !score.wrong && score.too_close <= 1 + cases / 20000 && score.ulps <= 0.500001;
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "--tables")) {
        tables_print();
        return 0;
    }
    unsigned long cases = argc > 1 ? strtoul(argv[1], NULL, 10) : DEFAULT_CASES;
    bool good = tables_check();
    for (unsigned i = 0; i < ARRAY_LEN(instructions); i++)
        good &= check(&instructions[i], cases);
    mpfr_free_cache();
    return good ? 0 : 1;
}
#endif
