/* SPDX-License-Identifier: MIT */
/* Constants of the transcendental functions. tests/mpfr/transcendental --tables writes the .c file,
 * and checks it when it is run as a test. */
#ifndef CPU_TRANS_TABLES_H
#define CPU_TRANS_TABLES_H

#include "cpu/fixed.h"

enum {
    LOG2_TERMS = 18,
    LOG2_FIRST = 90, /* 128 * sqrt(1/2), cut off */
    LOG2_STEPS = 92, /* up to 128 * sqrt(2) */
    EXP2_TERMS = 14,
    SINE_TERMS = 7,
    COSINE_TERMS = 8,
    ARCTAN_TERMS = 8,
    TRIG_STEPS = 51 /* 64 * pi / 4, rounded, and 0 */
};

/* The series. Q1.127: 1 / ((n + 1) ln 2), 1 / (n + 1)!; Q0.128: 1 / (2n + 3)!, 1 / (2n + 2)!,
 * 1 / (2n + 3). */
extern const struct wide series_log2[LOG2_TERMS], series_exp2[EXP2_TERMS], series_sine[SINE_TERMS],
    series_cosine[COSINE_TERMS], series_arctan[ARCTAN_TERMS];

/* For the interval from i / 128, i counted from LOG2_FIRST: 2^14 / (middle of the interval),
 * rounded, but 2^14 on both sides of 1; and -log2(that / 2^14), Q1.127 in two's complement. */
extern const u16 log2_inverse[LOG2_STEPS];
extern const struct wide log2_steps[LOG2_STEPS];

/* |2^(i/64) - 1| and |2^(-i/64) - 1|, Q2.126; sin(i/64), cos(i/64), atan(i/64), Q0.128. */
extern const struct wide exp2_up[65], exp2_down[65];
extern const struct wide sine_steps[TRIG_STEPS], cosine_steps[TRIG_STEPS], arctan_steps[65];

/* ln 2, Q0.128; pi / 2 and pi, Q2.126. */
extern const struct wide ln2, half_pi, whole_pi;

#endif
