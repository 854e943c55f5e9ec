/* SPDX-License-Identifier: MIT */
/*
 * Conversions of SSE and SSE2. SDM 2A and 2B under each name. What touches an MMX register is an
 * MMX instruction too: x87 exceptions come first, and the x87's registers become MMX registers. An
 * operand in memory is none (the manual says so of CVTPI2PD only; processors, of CVTPI2PS too).
 */
#include "cpu/sse.h"

/* Between floating-point formats and integers in XMM registers. */
LANES(single_of_integers, 4, d, d, f32_from_s64((u64)(s64)(s32)y, env))
LANES(integers_of_single, 4, d, d, f32_to_s32((u32)y, false, env))
LANES(truncated_of_single, 4, d, d, f32_to_s32((u32)y, true, env))
LANES(double_of_single, 2, q, d, f32_to_f64((u32)y, env))
LANES(double_of_integers, 2, q, d, f64_from_s64((u64)(s64)(s32)y, env))
LANES(lowest_double_of_single, 1, q, d, f32_to_f64((u32)y, env))
LANES(lowest_single_of_double, 1, d, q, f64_to_f32(y, env))
SSE_FORMS(CVTDQ2PS, Wx, single_of_integers)
SSE_FORMS(CVTPS2DQ, Wx, integers_of_single)
SSE_FORMS(CVTTPS2DQ, Wx, truncated_of_single)
SSE_FORMS(CVTPS2PD, Wq, double_of_single)
SSE_FORMS(CVTDQ2PD, Wq, double_of_integers)
SSE_FORMS(CVTSS2SD, Wd, lowest_double_of_single)
SSE_FORMS(CVTSD2SS, Wq, lowest_single_of_double)

/* Two doubles become two lanes of 32 bits; the other two are zero. */
#define NARROW(name, result)                                                                       \
    static union xmm name(union xmm a, union xmm b, struct sse_env *env)                           \
    {                                                                                              \
        union xmm all = {.q = {0, 0}};                                                             \
        (void)a;                                                                                   \
        for (unsigned i = 0; i < 2; i++) {                                                         \
            u64 y = b.q[i];                                                                        \
            all.d[i] = result;                                                                     \
        }                                                                                          \
        return all;                                                                                \
    }
NARROW(single_of_double, f64_to_f32(y, env))
NARROW(integers_of_double, f64_to_s32(y, false, env))
NARROW(truncated_of_double, f64_to_s32(y, true, env))
SSE_FORMS(CVTPD2PS, Wx, single_of_double)
SSE_FORMS(CVTPD2DQ, Wx, integers_of_double)
SSE_FORMS(CVTTPD2DQ, Wx, truncated_of_double)

/* From MMX registers. */
LANES(two_single_of_integers, 2, d, d, f32_from_s64((u64)(s64)(s32)y, env))
#define FROM_MMX(NAME, compute)                                                                    \
    SSE_FORM(NAME##_rr_128, MMX_BEGIN, low_only(MM(u->src)), compute, XMM(u->dst) = result;   \
             mmx_done(cpu))                                                                        \
    SSE_FORM(NAME##_rm_128, (void)0, READ_Wq, compute, XMM(u->dst) = result)
FROM_MMX(CVTPI2PS, two_single_of_integers)
FROM_MMX(CVTPI2PD, double_of_integers)

/* To MMX registers: what is computed does not look at the destination. */
#define TO_MMX_FORM(handler, second, compute)                                                      \
    HANDLER(handler)                                                                               \
    {                                                                                              \
        sse_check(cpu);                                                                            \
        MMX_BEGIN;                                                                            \
        union xmm b = second;                                                                      \
        struct sse_env env = sse_begin(cpu);                                                       \
        union xmm result = compute(b, b, &env);                                                    \
        sse_finish(cpu, &env);                                                                     \
        mmx_write(cpu, u->dst, result.q[0]);                                                       \
        NEXT;                                                                                      \
    }
#define TO_MMX(NAME, operand, compute)                                                             \
    TO_MMX_FORM(NAME##_rr_128, XMM(u->src), compute)                                               \
    TO_MMX_FORM(NAME##_rm_128, READ_##operand, compute)
LANES(two_integers_of_single, 2, d, d, f32_to_s32((u32)y, false, env))
LANES(two_truncated_of_single, 2, d, d, f32_to_s32((u32)y, true, env))
TO_MMX(CVTPS2PI, Wq, two_integers_of_single)
TO_MMX(CVTTPS2PI, Wq, two_truncated_of_single)
TO_MMX(CVTPD2PI, Wx, integers_of_double)
TO_MMX(CVTTPD2PI, Wx, truncated_of_double)

/* From and to general registers. */
#define FROM_REGISTER_FORM(handler, second, lane, convert)                                         \
    HANDLER(handler)                                                                               \
    {                                                                                              \
        sse_check(cpu);                                                                            \
        u32 b = second;                                                                            \
        struct sse_env env = sse_begin(cpu);                                                       \
        union xmm result = XMM(u->dst);                                                            \
        result.lane[0] = convert((u64)(s64)(s32)b, &env);                                          \
        sse_finish(cpu, &env);                                                                     \
        XMM(u->dst) = result;                                                                      \
        NEXT;                                                                                      \
    }
#define FROM_REGISTER(NAME, lane, convert)                                                         \
    FROM_REGISTER_FORM(NAME##_rr_128, R_32(u->src), lane, convert)                                 \
    FROM_REGISTER_FORM(NAME##_rm_128, (u32)simd_read(cpu, u, 4), lane, convert)
FROM_REGISTER(CVTSI2SS, d, f32_from_s64)
FROM_REGISTER(CVTSI2SD, q, f64_from_s64)

#define TO_REGISTER_FORM(handler, second, lane, convert, truncate)                                 \
    HANDLER(handler)                                                                               \
    {                                                                                              \
        sse_check(cpu);                                                                            \
        union xmm b = second;                                                                      \
        struct sse_env env = sse_begin(cpu);                                                       \
        u32 result = convert(b.lane[0], truncate, &env);                                           \
        sse_finish(cpu, &env);                                                                     \
        W_32(u->dst, result);                                                                      \
        NEXT;                                                                                      \
    }
#define TO_REGISTER(NAME, operand, lane, convert, truncate)                                        \
    TO_REGISTER_FORM(NAME##_rr_128, XMM(u->src), lane, convert, truncate)                          \
    TO_REGISTER_FORM(NAME##_rm_128, READ_##operand, lane, convert, truncate)
TO_REGISTER(CVTSS2SI, Wd, d, f32_to_s32, false)
TO_REGISTER(CVTTSS2SI, Wd, d, f32_to_s32, true)
TO_REGISTER(CVTSD2SI, Wq, q, f64_to_s32, false)
TO_REGISTER(CVTTSD2SI, Wq, q, f64_to_s32, true)
