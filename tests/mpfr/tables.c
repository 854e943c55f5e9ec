/* SPDX-License-Identifier: MIT */
/* Each table is a function of the index, and where the binary point is. */
#include <mpfr.h>
#include <stdio.h>

#include "cpu/trans_tables.h"
#include "tests/mpfr/tables.h"

enum { PRECISION = 400 };

static void log2_coefficient(mpfr_t v, unsigned n)
{
    mpfr_const_log2(v, MPFR_RNDN);
    mpfr_mul_ui(v, v, n + 1, MPFR_RNDN);
    mpfr_ui_div(v, 1, v, MPFR_RNDN);
}

static void over_factorial(mpfr_t v, unsigned n)
{
    mpfr_fac_ui(v, n, MPFR_RNDN);
    mpfr_ui_div(v, 1, v, MPFR_RNDN);
}

static void exp2_coefficient(mpfr_t v, unsigned n)
{
    over_factorial(v, n + 1);
}

static void sine_coefficient(mpfr_t v, unsigned n)
{
    over_factorial(v, 2 * n + 3);
}

static void cosine_coefficient(mpfr_t v, unsigned n)
{
    over_factorial(v, 2 * n + 2);
}

static void arctan_coefficient(mpfr_t v, unsigned n)
{
    mpfr_set_ui(v, 2 * n + 3, MPFR_RNDN);
    mpfr_ui_div(v, 1, v, MPFR_RNDN);
}

static unsigned inverse(unsigned i)
{
    unsigned start = i + LOG2_FIRST, twice_middle = 2 * start + 1;
    if (start == 127 || start == 128)
        return 1 << 14;
    return ((1 << 22) + twice_middle / 2) / twice_middle;
}

static void log2_step(mpfr_t v, unsigned i)
{
    mpfr_set_ui_2exp(v, inverse(i), -14, MPFR_RNDN);
    mpfr_log2(v, v, MPFR_RNDN);
    mpfr_neg(v, v, MPFR_RNDN);
}

static void exp2_up_step(mpfr_t v, unsigned i)
{
    mpfr_set_ui_2exp(v, i, -6, MPFR_RNDN);
    mpfr_exp2(v, v, MPFR_RNDN);
    mpfr_sub_ui(v, v, 1, MPFR_RNDN);
}

static void exp2_down_step(mpfr_t v, unsigned i)
{
    mpfr_set_si_2exp(v, -(long)i, -6, MPFR_RNDN);
    mpfr_exp2(v, v, MPFR_RNDN);
    mpfr_ui_sub(v, 1, v, MPFR_RNDN);
}

static void sine_step(mpfr_t v, unsigned i)
{
    mpfr_set_ui_2exp(v, i, -6, MPFR_RNDN);
    mpfr_sin(v, v, MPFR_RNDN);
}

/* Not for 0: there the cosine is 1, which no Q0.128 is; it is not used. */
static void cosine_step(mpfr_t v, unsigned i)
{
    mpfr_set_ui_2exp(v, i, -6, MPFR_RNDN);
    mpfr_cos(v, v, MPFR_RNDN);
    if (!i)
        mpfr_set_ui(v, 0, MPFR_RNDN);
}

static void arctan_step(mpfr_t v, unsigned i)
{
    mpfr_set_ui_2exp(v, i, -6, MPFR_RNDN);
    mpfr_atan(v, v, MPFR_RNDN);
}

static void natural_log_of_2(mpfr_t v, UNUSED unsigned i)
{
    mpfr_const_log2(v, MPFR_RNDN);
}

static void pi_over_2(mpfr_t v, UNUSED unsigned i)
{
    mpfr_const_pi(v, MPFR_RNDN);
    mpfr_div_ui(v, v, 2, MPFR_RNDN);
}

static void pi_itself(mpfr_t v, UNUSED unsigned i)
{
    mpfr_const_pi(v, MPFR_RNDN);
}

static const struct {
    const char *name;
    const struct wide *is;
    unsigned count, point; /* bits after the point; count 0: not an array */
    void (*function)(mpfr_t v, unsigned i);
} tables[] = {
    {"series_log2[LOG2_TERMS]", series_log2, LOG2_TERMS, 127, log2_coefficient},
    {"series_exp2[EXP2_TERMS]", series_exp2, EXP2_TERMS, 127, exp2_coefficient},
    {"series_sine[SINE_TERMS]", series_sine, SINE_TERMS, 128, sine_coefficient},
    {"series_cosine[COSINE_TERMS]", series_cosine, COSINE_TERMS, 128, cosine_coefficient},
    {"series_arctan[ARCTAN_TERMS]", series_arctan, ARCTAN_TERMS, 128, arctan_coefficient},
    {"log2_steps[LOG2_STEPS]", log2_steps, LOG2_STEPS, 127, log2_step},
    {"exp2_up[65]", exp2_up, 65, 126, exp2_up_step},
    {"exp2_down[65]", exp2_down, 65, 126, exp2_down_step},
    {"sine_steps[TRIG_STEPS]", sine_steps, TRIG_STEPS, 128, sine_step},
    {"cosine_steps[TRIG_STEPS]", cosine_steps, TRIG_STEPS, 128, cosine_step},
    {"arctan_steps[65]", arctan_steps, 65, 128, arctan_step},
    {"ln2", &ln2, 0, 128, natural_log_of_2},
    {"half_pi", &half_pi, 0, 126, pi_over_2},
    {"whole_pi", &whole_pi, 0, 126, pi_itself},
};

/* Entry I of table T: rounded to nearest, modulo 2^128. */
static struct wide entry(unsigned t, unsigned i)
{
    mpfr_t v;
    mpz_t z;
    mpfr_init2(v, PRECISION);
    mpz_init(z);
    tables[t].function(v, i);
    mpfr_mul_2ui(v, v, tables[t].point, MPFR_RNDN);
    mpfr_get_z(z, v, MPFR_RNDN);
    mpz_fdiv_r_2exp(z, z, 128);
    u64 words[2] = {0, 0};
    mpz_export(words, NULL, -1, 8, 0, 0, z);
    mpz_clear(z);
    mpfr_clear(v);
    return (struct wide){words[1], words[0]};
}

static unsigned entries(unsigned t)
{
    return tables[t].count ? tables[t].count : 1;
}

static void print_table(unsigned t)
{
    printf("\nconst struct wide %s = {", tables[t].name);
    for (unsigned i = 0; i < entries(t); i++) {
        struct wide w = entry(t, i);
        if (tables[t].count)
            printf(i & 1 ? " {0x%016llx, 0x%016llx}," : "\n    {0x%016llx, 0x%016llx},",
                   (unsigned long long)w.hi, (unsigned long long)w.lo);
        else
            printf("0x%016llx, 0x%016llx", (unsigned long long)w.hi, (unsigned long long)w.lo);
    }
    printf(tables[t].count ? "\n};\n" : "};\n");
}

void tables_print(void)
{
    printf("/* SPDX-License-Identifier: MIT */\n"
           "/* Written by tests/mpfr/transcendental --tables. */\n"
           "#include \"cpu/trans_tables.h\"\n"
           "\nconst u16 log2_inverse[LOG2_STEPS] = {");
    for (unsigned i = 0; i < LOG2_STEPS; i++)
        printf(i % 12 ? " %u," : "\n    %u,", inverse(i));
    printf("\n};\n");
    for (unsigned t = 0; t < ARRAY_LEN(tables); t++)
        print_table(t);
}

bool tables_check(void)
{
    bool good = true;
    for (unsigned i = 0; i < LOG2_STEPS; i++)
        if (log2_inverse[i] != inverse(i))
            good = false, printf("log2_inverse: entry %u is wrong\n", i);
    for (unsigned t = 0; t < ARRAY_LEN(tables); t++)
        for (unsigned i = 0; i < entries(t); i++) {
            struct wide w = entry(t, i);
            if (w.hi != tables[t].is[i].hi || w.lo != tables[t].is[i].lo)
                good = false, printf("%s: entry %u is wrong\n", tables[t].name, i);
        }
    return good;
}
