/* SPDX-License-Identifier: MIT */
/*
 * Scalar arithmetic of SSE and SSE2 on float32 and float64, as their bit patterns. SDM 1 "SIMD
 * Floating-Point Exceptions". The core is the x87's (cpu/softfloat.h); NaN rules and flags differ.
 */
#ifndef CPU_SFLOAT_H
#define CPU_SFLOAT_H

#include "cpu/f80.h"

/* MXCSR. Bits 0-5 are the exceptions, in the order of SW_IE to SW_PE. */
enum {
    MXCSR_DAZ = 1 << 6,
    MXCSR_MASKS = 7, /* shift of the masks */
    MXCSR_RC = 13,   /* shift of the rounding, coded as in the x87's control word */
    MXCSR_FTZ = 1 << 15,
    MXCSR_INIT = 0x1f80,
};

/*
 * mxcsr is read. An operation ORs the exceptions it met into flags (SW_IE etc.), masked or not;
 * start with 0. If one is unmasked, the instruction has no result. One element reports no exception
 * of SW_AFTER when one of its own of SW_BEFORE is unmasked; for packed operands the instruction has
 * to say the same across elements.
 */
struct sse_env {
    u32 mxcsr;
    u32 flags;
};

/* Those that are not masked: if not 0, #XM, and nothing is written but the flags to MXCSR. */
INLINE u32 sse_unmasked(const struct sse_env *env)
{
    return env->flags & ~(env->mxcsr >> MXCSR_MASKS) & SW_ANY;
}

/* a is the destination operand: a NaN of a goes before one of b, and is made quiet. */
u32 f32_add(u32 a, u32 b, struct sse_env *env);
u32 f32_sub(u32 a, u32 b, struct sse_env *env);
u32 f32_mul(u32 a, u32 b, struct sse_env *env);
u32 f32_div(u32 a, u32 b, struct sse_env *env);
u32 f32_sqrt(u32 a, struct sse_env *env);
u64 f64_add(u64 a, u64 b, struct sse_env *env);
u64 f64_sub(u64 a, u64 b, struct sse_env *env);
u64 f64_mul(u64 a, u64 b, struct sse_env *env);
u64 f64_div(u64 a, u64 b, struct sse_env *env);
u64 f64_sqrt(u64 a, struct sse_env *env);

/* MINSS, MAXSS etc.: b as it is where one is a NaN (invalid, even a quiet one) or both are zero. */
u32 f32_min(u32 a, u32 b, struct sse_env *env);
u32 f32_max(u32 a, u32 b, struct sse_env *env);
u64 f64_min(u64 a, u64 b, struct sse_env *env);
u64 f64_max(u64 a, u64 b, struct sse_env *env);

/* COMISS (any NaN is invalid), UCOMISS (quiet), and the predicates of CMPSS by these. */
enum fp_relation f32_compare(u32 a, u32 b, bool quiet, struct sse_env *env);
enum fp_relation f64_compare(u64 a, u64 b, bool quiet, struct sse_env *env);

/* CVTSS2SD, CVTSD2SS. */
u64 f32_to_f64(u32 a, struct sse_env *env);
u32 f64_to_f32(u64 a, struct sse_env *env);

/* CVTSS2SI etc., CVTTSS2SI etc. if truncate. Gives 80000000h.. when invalid. */
u32 f32_to_s32(u32 a, bool truncate, struct sse_env *env);
u64 f32_to_s64(u32 a, bool truncate, struct sse_env *env);
u32 f64_to_s32(u64 a, bool truncate, struct sse_env *env);
u64 f64_to_s64(u64 a, bool truncate, struct sse_env *env);

/* CVTSI2SS etc. Widen signed 32-bit integers first. */
u32 f32_from_s64(u64 a, struct sse_env *env);
u64 f64_from_s64(u64 a, struct sse_env *env);

#endif
