/* SPDX-License-Identifier: MIT */
/* The transcendental instructions by MPFR: what they should give, to the last bit and flag. */
#ifndef TESTS_MPFR_TRUTH_H
#define TESTS_MPFR_TRUTH_H

#include <mpfr.h>

#include "cpu/f80.h"

enum { TRUTH_BITS = 320 };

/* y and x are numbers of 64 bits; v gets the function's value to TRUTH_BITS. */
typedef void truth_function(mpfr_t v, const mpfr_t x, const mpfr_t y);
truth_function truth_2xm1, truth_yl2x, truth_yl2xp1, truth_patan, truth_sin, truth_cos, truth_tan;

/* v from a number that is finite. */
void truth_load(mpfr_t v, struct f80 a);

/* v, which has not more bits than an 80-bit number. */
struct f80 truth_store(const mpfr_t v);

/* v rounded as env->cw says, all exceptions masked; sets OE, UE, PE and C1. */
struct f80 truth_round(const mpfr_t v, struct fp_env *env);

/* |a - v| in units of a's last place. */
double truth_ulps(struct f80 a, const mpfr_t v);

#endif
