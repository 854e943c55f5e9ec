/* SPDX-License-Identifier: MIT */
/* Forms of the floating-point instructions of SSE: compute, report exceptions, then write. */
#ifndef CPU_SSE_H
#define CPU_SSE_H

#include "cpu/simd.h"

INLINE struct sse_env sse_begin(const struct cpu *cpu)
{
    return (struct sse_env){.mxcsr = cpu->fpu.mxcsr};
}

/* Note what the lanes met in MXCSR; raises #XM (#UD if the system does not expect it) if some of it
 * is not masked: the destination must not have been written yet. */
void sse_finish(struct cpu *cpu, const struct sse_env *env);

/* Memory operands. */
#define READ_Wx xmm_read(cpu, u, ALIGNED)
#define READ_Wq low_only(simd_read(cpu, u, 8))
#define READ_Wd low_only(simd_read(cpu, u, 4))

/* static NAME(a, b, env): a, but N lanes of type TO from those of type FROM: RESULT of x and y. */
#define LANES(name, n, to, from, result)                                                           \
    static union xmm name(union xmm a, union xmm b, struct sse_env *env)                           \
    {                                                                                              \
        union xmm all = a;                                                                         \
        (void)env;                                                                                 \
        for (unsigned i = 0; i < (n); i++) {                                                       \
            u64 x = a.from[i], y = b.from[i];                                                      \
            (void)x;                                                                               \
            all.to[i] = result;                                                                    \
        }                                                                                          \
        return all;                                                                                \
    }

#define SSE_FORM(handler, check, second, compute, commit)                                          \
    HANDLER(handler)                                                                               \
    {                                                                                              \
        sse_check(cpu);                                                                            \
        check;                                                                                     \
        union xmm b = second;                                                                      \
        struct sse_env env = sse_begin(cpu);                                                       \
        union xmm result = compute(XMM(u->dst), b, &env);                                          \
        sse_finish(cpu, &env);                                                                     \
        commit;                                                                                    \
        NEXT;                                                                                      \
    }

/* XMM to XMM, from a register and from memory of the kind OPERAND. */
#define SSE_FORMS(NAME, operand, compute)                                                          \
    SSE_FORM(NAME##_rr_128, (void)0, XMM(u->src), compute, XMM(u->dst) = result)                   \
    SSE_FORM(NAME##_rm_128, (void)0, READ_##operand, compute, XMM(u->dst) = result)

#endif
