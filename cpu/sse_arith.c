/* SPDX-License-Identifier: MIT */
/*
 * Floating-point arithmetic and comparisons of SSE and SSE2. SDM 2A and 2B under each name; SDM 1
 * "Handling SIMD Floating-Point Exceptions". The lanes are computed by cpu/sfloat.h.
 */
#include "cpu/sse.h"
#include "cpu/sse_approx.h"

/* An unmasked exception of the operands of one lane keeps all lanes from reporting those of
 * results: none is computed. */
void sse_finish(struct cpu *cpu, const struct sse_env *env)
{
    u32 unmasked = sse_unmasked(env);
    cpu->fpu.mxcsr |= unmasked & SW_BEFORE ? env->flags & SW_BEFORE : env->flags;
    if (unlikely(unmasked))
        cpu_raise(cpu, cpu->cr4 & CR4_OSXMMEXCPT ? EX_XM : EX_UD, 0, REASON_SIMD);
}

/* Packed and scalar, single and double: RESULT with f32 or f64 for f##. */
#define ARITH_ONE(NAME, n, lane, operand, result)                                                  \
    LANES(lanes_##NAME, n, lane, lane, result)                                                     \
    SSE_FORMS(NAME, operand, lanes_##NAME)
#define ARITH(NAME, operation)                                                                     \
    ARITH_ONE(NAME##PS, 4, d, Wx, f32_##operation((u32)x, (u32)y, env))                            \
    ARITH_ONE(NAME##SS, 1, d, Wd, f32_##operation((u32)x, (u32)y, env))                            \
    ARITH_ONE(NAME##PD, 2, q, Wx, f64_##operation(x, y, env))                                      \
    ARITH_ONE(NAME##SD, 1, q, Wq, f64_##operation(x, y, env))
ARITH(ADD, add)
ARITH(SUB, sub)
ARITH(MUL, mul)
ARITH(DIV, div)
ARITH(MIN, min)
ARITH(MAX, max)
ARITH_ONE(SQRTPS, 4, d, Wx, f32_sqrt((u32)y, env))
ARITH_ONE(SQRTSS, 1, d, Wd, f32_sqrt((u32)y, env))
ARITH_ONE(SQRTPD, 2, q, Wx, f64_sqrt(y, env))
ARITH_ONE(SQRTSD, 1, q, Wq, f64_sqrt(y, env))
ARITH_ONE(RCPPS, 4, d, Wx, approx_reciprocal((u32)y))
ARITH_ONE(RCPSS, 1, d, Wd, approx_reciprocal((u32)y))
ARITH_ONE(RSQRTPS, 4, d, Wx, approx_reciprocal_root((u32)y))
ARITH_ONE(RSQRTSS, 1, d, Wd, approx_reciprocal_root((u32)y))

/* CMPPS: EQ LT LE UNORD, and from 4 on their opposites. LT and LE do not take quiet NaNs. SDM 2A
 * "CMPPS", table "Comparison Predicate". */
static bool is_quiet(unsigned predicate)
{
    return (predicate & 3) == 0 || (predicate & 3) == 3;
}

static u64 holds(unsigned predicate, enum fp_relation r)
{
    const bool test[4] = {r == FP_EQUAL, r == FP_LESS, r == FP_LESS || r == FP_EQUAL,
                          r == FP_UNORDERED};
    return test[predicate & 3] != (predicate >> 2 & 1) ? ~(u64)0 : 0;
}

#define COMPARE_FORM(handler, n, lane, second, compare)                                            \
    HANDLER(handler)                                                                               \
    {                                                                                              \
        sse_check(cpu);                                                                            \
        union xmm a = XMM(u->dst), b = second;                                                     \
        struct sse_env env = sse_begin(cpu);                                                       \
        for (unsigned i = 0; i < (n); i++)                                                         \
            a.lane[i] = (TYPE_##lane)holds(                                                        \
                u->imm, compare(a.lane[i], b.lane[i], is_quiet(u->imm), &env));                    \
        sse_finish(cpu, &env);                                                                     \
        XMM(u->dst) = a;                                                                           \
        NEXT;                                                                                      \
    }
#define TYPE_d u32
#define TYPE_q u64
#define COMPARE(NAME, n, lane, operand, compare)                                                   \
    COMPARE_FORM(NAME##_rri_128, n, lane, XMM(u->src), compare)                                    \
    COMPARE_FORM(NAME##_rmi_128, n, lane, READ_##operand, compare)
COMPARE(CMPPS, 4, d, Wx, f32_compare)
COMPARE(CMPSS, 1, d, Wd, f32_compare)
COMPARE(CMPPD, 2, q, Wx, f64_compare)
COMPARE(CMPSD, 1, q, Wq, f64_compare)

/* COMISS: the relation becomes flags; SDM 2A "COMISS". */
static u32 relation_flags(enum fp_relation r)
{
    return (r & SW_C0 ? FL_CF : 0) | (r & SW_C2 ? FL_PF : 0) | (r & SW_C3 ? FL_ZF : 0);
}

#define FLAGS_FORM(handler, lane, second, compare, quiet)                                          \
    HANDLER(handler)                                                                               \
    {                                                                                              \
        sse_check(cpu);                                                                            \
        union xmm b = second;                                                                      \
        struct sse_env env = sse_begin(cpu);                                                       \
        enum fp_relation r = compare(XMM(u->dst).lane[0], b.lane[0], quiet, &env);                 \
        sse_finish(cpu, &env);                                                                     \
        f_unpack(&cpu->fl, relation_flags(r));                                                     \
        NEXT;                                                                                      \
    }
#define FLAGS_FORMS(NAME, lane, operand, compare, quiet)                                           \
    FLAGS_FORM(NAME##_rr_128, lane, XMM(u->src), compare, quiet)                                   \
    FLAGS_FORM(NAME##_rm_128, lane, READ_##operand, compare, quiet)
FLAGS_FORMS(UCOMISS, d, Wd, f32_compare, true)
FLAGS_FORMS(COMISS, d, Wd, f32_compare, false)
FLAGS_FORMS(UCOMISD, q, Wq, f64_compare, true)
FLAGS_FORMS(COMISD, q, Wq, f64_compare, false)
