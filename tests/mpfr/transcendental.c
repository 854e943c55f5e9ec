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
#include "cpu/transcendental.h"
#include "tests/mpfr/operands.h"
#include "tests/mpfr/precision.h"
#include "tests/mpfr/tables.h"
#include "tests/mpfr/truth.h"

enum { DEFAULT_CASES = 20000, MAX_REPORTS = 10 };

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
    operands_function *operands;
} instructions[] = {
    {"F2XM1", do_2xm1, truth_2xm1, operands_below_one},
    {"FYL2X", f80_yl2x, truth_yl2x, operands_log},
    {"FYL2XP1", f80_yl2xp1, truth_yl2xp1, operands_log1p},
    {"FPATAN", f80_patan, truth_patan, operands_atan},
    {"FSIN", do_sin, truth_sin, operands_trig},
    {"FCOS", do_cos, truth_cos, operands_trig},
    {"FPTAN", do_tan, truth_tan, operands_trig},
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
    double ulps = truth_ulps(got, true_value), halves = 2 * ulps;
    if (!rounding)
        score->ulps = ulps > score->ulps ? ulps : score->ulps;
    if (got.frac == want.frac && got.se == want.se && env.sw == want_env.sw)
        return;
    if (!((env.sw ^ want_env.sw) & ~SW_C1) && ulps < 1.1 && fabs(halves - rint(halves)) < CLOSE)
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
    good &= precision_check(cases);
    mpfr_free_cache();
    return good ? 0 : 1;
}
#endif
