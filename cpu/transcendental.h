/* SPDX-License-Identifier: MIT */
/*
 * The x87's transcendental instructions and constants, in integer arithmetic: the same bits on
 * every host and with either back end of cpu/f80.h. SDM 2A at each instruction, SDM 1
 * "Transcendental Instruction Accuracy".
 *
 * The results are those of real numbers, rounded once to 64 bits by RC (precision control does not
 * count): the functions of cpu/real.h err by less than 2^-116, so that a result is the correctly
 * rounded one but in cases nobody will meet; hence monotonic, too. Where silicon is a little worse,
 * and each model in its own way, this is what the manual promises of all (1 ulp).
 *
 * FSIN, FCOS, FSINCOS and FPTAN are functions of what is left of the operand when multiples of half
 * of the x87's pi, a number of 66 bits, are taken away (SDM 1 "Approximation of Pi"). So is sin(pi
 * as a double) 1.2246063538223773e-16 on Intel's processors, where the sine of that number is
 * 1.2246467991473532e-16; programs can tell, and so it is here. Processors of AMD, too, reduce by
 * these 66 bits.
 *
 * An exact result sets no PE: 2^1 - 1, y log2(2^n) when it fits, and those with zeros and
 * infinities.
 *
 * The environment is used as in cpu/f80.h. ST(0) is x, ST(1) is y.
 */
#ifndef CPU_TRANSCENDENTAL_H
#define CPU_TRANSCENDENTAL_H

#include "cpu/f80.h"

/* F2XM1: 2^x - 1, -1 <= x <= 1. Beyond, where the manual leaves it open, x as it is, and PE. */
struct f80 f80_2xm1(struct f80 x, struct fp_env *env);

/* FYL2X: y log2 x. */
struct f80 f80_yl2x(struct f80 x, struct f80 y, struct fp_env *env);

/* FYL2XP1: y log2(1 + x). The manual promises it for |x| < 1 - sqrt(1/2); here it is right for all
 * x > -1, and below the result is x as it is, and PE. */
struct f80 f80_yl2xp1(struct f80 x, struct f80 y, struct fp_env *env);

/* FPATAN: the angle of the point (x, y), -pi to pi. */
struct f80 f80_patan(struct f80 x, struct f80 y, struct fp_env *env);

/* FSIN, FCOS; FSINCOS gives the sine, and the cosine (to be pushed) through the pointer; C1 is the
 * sine's. FPTAN gives the tangent, and 1.0 (to be pushed) through the pointer, or what the tangent
 * is where that is a NaN. For |x| >= 2^63: C2, and x as it is; nothing is to be pushed. */
struct f80 f80_sin(struct f80 x, struct fp_env *env);
struct f80 f80_cos(struct f80 x, struct fp_env *env);
struct f80 f80_sincos(struct f80 x, struct f80 *cosine, struct fp_env *env);
struct f80 f80_ptan(struct f80 x, struct f80 *pushed, struct fp_env *env);

/* In the order of their opcodes, D9 E8 to D9 EE. */
enum f80_constant { FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ, F80_CONSTANTS };

/* The constant, rounded as CW_RC of cw says (387 and later; before, always to nearest). */
struct f80 f80_constant(enum f80_constant which, u16 cw);

#endif
