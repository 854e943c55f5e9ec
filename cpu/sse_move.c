/* SPDX-License-Identifier: MIT */
/*
 * Moves and shuffles of XMM registers, MXCSR. SDM 2A and 2B under each name. Moves of integers and
 * of single and double precision are the same.
 */
#include "cpu/sse.h"

void simd_find(struct cpu *cpu, const struct uop *u, struct at128 *at, unsigned write,
               unsigned alignment)
{
    u32 ea = plain_ea(cpu, u);
    if (alignment == ALIGNED && ((u32)cpu->seg[u->seg].base + ea) & 15)
        cpu_raise_gp0(cpu, REASON_ALIGNMENT);
    u32 linear = mem_linear(cpu, u->seg, ea, 16, write);
    if (cpu->mode & MODE_ALIGN && linear & 7)
        cpu_raise(cpu, EX_AC, 0, REASON_ALIGNMENT);
    lin_find(cpu, &at->half[0], linear, 8, write, false);
    lin_find(cpu, &at->half[1], linear + 8, 8, write, false);
}

#define MOVE(NAME, alignment)                                                                      \
    REG(NAME##_rr_128, sse_check(cpu); XMM(u->dst) = XMM(u->src);)                                 \
    REG(NAME##_rm_128, sse_check(cpu); XMM(u->dst) = xmm_read(cpu, u, alignment);)                 \
    REG(NAME##_mr_128, sse_check(cpu); xmm_write(cpu, u, XMM(u->src), alignment);)
MOVE(MOVAPS, ALIGNED)
MOVE(MOVUPS, UNALIGNED)

/* The lowest lane between registers leaves the others alone; from memory they become zero. */
#define MOVE_LOWEST(NAME, lane, bytes)                                                             \
    REG(NAME##_rr_128, sse_check(cpu); XMM(u->dst).lane[0] = XMM(u->src).lane[0];)                 \
    REG(NAME##_rm_128, sse_check(cpu); XMM(u->dst) = low_only(simd_read(cpu, u, bytes));)          \
    REG(NAME##_mr_128, sse_check(cpu); simd_write(cpu, u, XMM(u->src).lane[0], bytes);)
MOVE_LOWEST(MOVSS, d, 4)
MOVE_LOWEST(MOVSD, q, 8)

/* One half of a register; between registers the other half: MOVHLPS, MOVLHPS. */
#define MOVE_HALF(NAME, half)                                                                      \
    REG(NAME##_rr_128, sse_check(cpu); XMM(u->dst).q[half] = XMM(u->src).q[!(half)];)              \
    REG(NAME##_rm_128, sse_check(cpu); XMM(u->dst).q[half] = simd_read(cpu, u, 8);)                \
    REG(NAME##_mr_128, sse_check(cpu); simd_write(cpu, u, XMM(u->src).q[half], 8);)
MOVE_HALF(MOVLPS, 0)
MOVE_HALF(MOVHPS, 1)

/* Integers. */
REG(MOVD_rr_128, sse_check(cpu); XMM(u->dst) = low_only(R_32(u->src));)
REG(MOVD_rm_128, sse_check(cpu); XMM(u->dst) = low_only(simd_read(cpu, u, 4));)
REG(MOVD_FROM_rr_128, sse_check(cpu); W_32(u->dst, XMM(u->src).d[0]);)
REG(MOVD_FROM_mr_128, sse_check(cpu); simd_write(cpu, u, XMM(u->src).d[0], 4);)
REG(MOVQ_rr_128, sse_check(cpu); XMM(u->dst) = low_only(XMM(u->src).q[0]);)
REG(MOVQ_rm_128, sse_check(cpu); XMM(u->dst) = low_only(simd_read(cpu, u, 8));)
REG(MOVQ_mr_128, sse_check(cpu); simd_write(cpu, u, XMM(u->src).q[0], 8);)

/* Between the two kinds of registers: the rules of both. */
REG(MOVQ2DQ_rr_128, sse_check(cpu); MMX_BEGIN; mmx_done(cpu);
    XMM(u->dst) = low_only(MM(u->src));)
REG(MOVDQ2Q_rr_64, sse_check(cpu); MMX_BEGIN; mmx_write(cpu, u->dst, XMM(u->src).q[0]);)

static u32 signs(union xmm x)
{
    return x.d[0] >> 31 | x.d[1] >> 31 << 1 | x.d[2] >> 31 << 2 | x.d[3] >> 31 << 3;
}

REG(MOVMSKPS_rr_128, sse_check(cpu); W_32(u->dst, signs(XMM(u->src)));)
REG(MOVMSKPD_rr_128, sse_check(cpu);
    W_32(u->dst, XMM(u->src).q[0] >> 63 | XMM(u->src).q[1] >> 63 << 1);)

/* Two lanes of the destination, then two of the source. */
static union xmm shuffle_single(union xmm a, union xmm b, unsigned order)
{
    return (union xmm){.d = {a.d[order & 3], a.d[order >> 2 & 3], b.d[order >> 4 & 3],
                             b.d[order >> 6 & 3]}};
}

static union xmm shuffle_double(union xmm a, union xmm b, unsigned order)
{
    return (union xmm){.q = {a.q[order & 1], b.q[order >> 1 & 1]}};
}

#define SHUFFLE(NAME, shuffle)                                                                     \
    REG(NAME##_rri_128, sse_check(cpu);                                                            \
        XMM(u->dst) = shuffle(XMM(u->dst), XMM(u->src), u->imm);)                                  \
    REG(NAME##_rmi_128, sse_check(cpu); union xmm b = xmm_read(cpu, u, ALIGNED);                   \
        XMM(u->dst) = shuffle(XMM(u->dst), b, u->imm);)
SHUFFLE(SHUFPS, shuffle_single)
SHUFFLE(SHUFPD, shuffle_double)

REG(STMXCSR_m_0, sse_check(cpu); simd_write(cpu, u, cpu->fpu.mxcsr, 4);)

HANDLER(LDMXCSR_m_0)
{
    sse_check(cpu);
    u32 value = (u32)simd_read(cpu, u, 4);
    if (value & ~mxcsr_mask(cpu))
        cpu_raise_gp0(cpu, REASON_RESERVED);
    cpu->fpu.mxcsr = value;
    NEXT;
}
