/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic on the x87's 80-bit numbers: what an instruction computes, without stack and tags.
 * Each function does what its instruction does to a value, exactly: result, exceptions and C1 for
 * every rounding and precision. SDM 1 "Programming with the x87 FPU", chapter 4.8 on formats.
 *
 * There are two back ends, tables of the same functions: soft_f80 is integer arithmetic and works
 * everywhere; host_f80 asks the 80-bit unit of an x86 host. They give the same bits.
 */
#ifndef CPU_F80_H
#define CPU_F80_H

#include "config.h"
#include "src/base/types.h"

/* As it lies in memory: 64 bits of significand, integer bit included; sign and 15 of exponent. */
struct f80 {
    u64 frac;
    u16 se;
};

/* Control word. The low six bits are masks, in the order of the status word's exceptions. */
enum {
    CW_PC = 3 << 8, /* precision of + - * / sqrt: 24 bits, reserved (64), 53, 64 */
    CW_PC_24 = 0 << 8,
    CW_PC_53 = 2 << 8,
    CW_PC_64 = 3 << 8,
    CW_RC = 3 << 10, /* rounding */
    CW_RC_NEAREST = 0 << 10,
    CW_RC_DOWN = 1 << 10,
    CW_RC_UP = 2 << 10,
    CW_RC_ZERO = 3 << 10,
    CW_INIT = 0x37f, /* all masked, 64 bits, to nearest */
};

/* Status word: what an operation sets. */
enum {
    SW_IE = 1,
    SW_DE = 2,
    SW_ZE = 4,
    SW_OE = 8,
    SW_UE = 16,
    SW_PE = 32,
    SW_BEFORE = SW_IE | SW_DE | SW_ZE, /* found before anything is computed */
    SW_AFTER = SW_OE | SW_UE | SW_PE,
    SW_ANY = SW_BEFORE | SW_AFTER,
    SW_C0 = 0x100,
    SW_C1 = 0x200,
    SW_C2 = 0x400,
    SW_C3 = 0x4000,
    SW_CC = SW_C0 | SW_C1 | SW_C2 | SW_C3,
};

/*
 * cw is the control word as it is. An operation ORs into sw the exceptions it met, masked or not,
 * and C1 if it rounded the magnitude up; nothing else but what is said at each. Start with sw 0.
 *
 * When an exception of SW_BEFORE is unmasked (f80_refused), there is no result: the destination
 * stays as it was, and no exception of SW_AFTER is reported. With overflow or underflow unmasked,
 * an operation with a register for destination gives the result with the exponent wrapped by 24576
 * (SDM 1 "Numeric Overflow Exception (#O)", "Numeric Underflow Exception (#U)"), and underflow
 * means tiny, exact or not. A conversion to memory then stores nothing: its result is to be
 * dropped.
 */
struct fp_env {
    u16 cw;
    u16 sw;
};

INLINE bool f80_refused(const struct fp_env *env)
{
    return env->sw & ~env->cw & SW_BEFORE;
}

/* For conversions to memory: also where the destination cannot take the result. */
INLINE bool f80_refused_store(const struct fp_env *env)
{
    return env->sw & ~env->cw & (SW_BEFORE | SW_OE | SW_UE);
}

/* What comparing gives: the condition codes. */
enum fp_relation {
    FP_GREATER = 0,
    FP_LESS = SW_C0,
    FP_EQUAL = SW_C3,
    FP_UNORDERED = SW_C0 | SW_C2 | SW_C3,
};

/* SDM 2A "FXAM": the class as C3, C2, C0, without the sign (C1) and without Empty. */
enum f80_class {
    F80_UNSUPPORTED = 0,
    F80_NAN = SW_C0,
    F80_NORMAL = SW_C2,
    F80_INFINITY = SW_C2 | SW_C0,
    F80_ZERO = SW_C3,
    F80_DENORMAL = SW_C3 | SW_C2, /* pseudo-denormals too */
};

struct f80_ops {
    const char *name;
    /* FADD FSUB FMUL FDIV FSQRT; a - b and a / b. */
    struct f80 (*add)(struct f80 a, struct f80 b, struct fp_env *env);
    struct f80 (*sub)(struct f80 a, struct f80 b, struct fp_env *env);
    struct f80 (*mul)(struct f80 a, struct f80 b, struct fp_env *env);
    struct f80 (*div)(struct f80 a, struct f80 b, struct fp_env *env);
    struct f80 (*sqrt)(struct f80 a, struct fp_env *env);
    /*
     * FCOM (any NaN is invalid) and FUCOM (quiet: only SNaNs and unsupported operands are). There
     * is a relation even when the exception is unmasked.
     */
    enum fp_relation (*compare)(struct f80 a, struct f80 b, bool quiet, struct fp_env *env);
    /*
     * FPREM, and FPREM1 if nearest: one step. Sets C0 C3 C1 (bits 2 1 0 of the quotient) and C2. If
     * the result is a NaN, or refused, all are 0; the processor clears C2 and C1 and leaves C0 and
     * C3 as they were.
     */
    struct f80 (*rem)(struct f80 a, struct f80 b, bool nearest, struct fp_env *env);
    struct f80 (*rint)(struct f80 a, struct fp_env *env);                 /* FRNDINT */
    struct f80 (*scale)(struct f80 a, struct f80 by, struct fp_env *env); /* FSCALE */
    /* FXTRACT: gives the significand, and the exponent through the pointer. */
    struct f80 (*extract)(struct f80 a, struct f80 *exponent, struct fp_env *env);
    /* FIST(P); FISTTP: with CW_RC_ZERO. Gives the integer indefinite when invalid. */
    u16 (*to_s16)(struct f80 a, struct fp_env *env);
    u32 (*to_s32)(struct f80 a, struct fp_env *env);
    u64 (*to_s64)(struct f80 a, struct fp_env *env);
    /* FST(P) m32, m64. */
    u32 (*to_f32)(struct f80 a, struct fp_env *env);
    u64 (*to_f64)(struct f80 a, struct fp_env *env);
    /* FLD m32, m64: an SNaN is invalid; a denormal sets DE, and is loaded even if that is unmasked. */
    struct f80 (*from_f32)(u32 a, struct fp_env *env);
    struct f80 (*from_f64)(u64 a, struct fp_env *env);
    /* FILD: always exact. Widen signed integers first. */
    struct f80 (*from_s64)(u64 a);
    /* FBSTP, FBLD. */
    void (*to_bcd)(struct f80 a, u8 to[10], struct fp_env *env);
    struct f80 (*from_bcd)(const u8 from[10]);
};

extern const struct f80_ops soft_f80;
#ifdef HAVE_HOST_FPU
extern const struct f80_ops host_f80;
#endif

/* The class of a register that is not empty. */
enum f80_class f80_class(struct f80 a);

#define F80_SIGN    0x8000
#define F80_INTEGER (1ull << 63)
#define F80_QUIET   (1ull << 62)

/* "Real indefinite": the QNaN that masked invalid operations give. */
#define F80_DEFAULT_NAN ((struct f80){0xc000000000000000, 0xffff})

#endif
