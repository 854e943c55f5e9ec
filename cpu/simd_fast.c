/* SPDX-License-Identifier: MIT */
/*
 * Fast handlers of the MMX and SSE instructions that programs are full of: moves, integers, and
 * arithmetic where the host has SSE2. What they mean stands in mmx.c, sse_move.c and sse_arith.c:
 * whatever is not the usual case is left to those.
 */
#include "cpu/packed.h"
#include "cpu/simd.h"

/* May the instruction run at all? */
#define MMX_HEAD                                                                                   \
    if (unlikely((cpu->cr0 & (CR0_EM | CR0_TS)) | (cpu->fpu.sw & SW_ES)))                          \
    COLD
#define SSE_HEAD                                                                                   \
    if (unlikely((cpu->cr0 & (CR0_EM | CR0_TS)) | (~cpu->cr4 & CR4_OSFXSR)))                       \
    COLD

/* Forms of a memory operand of BYTES; where it is ALIGNED, 128 bits at 16 bytes. */
#define IN_SEGMENT(bytes, w, ea)                                                                   \
    u32 offset = ea;                                                                               \
    const struct segment *seg = &cpu->seg[u->seg];                                                 \
    if (unlikely((u64)offset + ((bytes) == 16 ? 8 : 0) >=                                          \
                 seg->end[w][(bytes) == 2 ? 1 : (bytes) == 4 ? 2 : 3]))                            \
        COLD;                                                                                      \
    u32 lin = (u32)seg->base + offset
#define LINEAR_bd(bytes, w) u32 lin = REG_AT(u32, u->base) + u->disp
#define LINEAR_bx(bytes, w) u32 lin = EA32(cpu, u)
#define LINEAR_g32(bytes, w) IN_SEGMENT(bytes, w, EA32(cpu, u))
#define LINEAR_e16(bytes, w) IN_SEGMENT(bytes, w, EA16(cpu, u))

#define FORM(handler, head, linear, bytes, w, aligned, ...)                                        \
    HANDLER(handler)                                                                               \
    {                                                                                              \
        head;                                                                                      \
        linear(bytes, w);                                                                          \
        if ((aligned) && unlikely(lin & 15))                                                       \
            COLD;                                                                                  \
        TLB_FIND(m, lin, bytes, w);                                                                \
        __VA_ARGS__                                                                                \
        NEXT;                                                                                      \
    }
#define FORMS(name, head, bytes, w, aligned, ...)                                                  \
    FORM(name##_bd, head, LINEAR_bd, bytes, w, aligned, __VA_ARGS__)                               \
    FORM(name##_bx, head, LINEAR_bx, bytes, w, aligned, __VA_ARGS__)                               \
    FORM(name##_g32, head, LINEAR_g32, bytes, w, aligned, __VA_ARGS__)                             \
    FORM(name##_e16, head, LINEAR_e16, bytes, w, aligned, __VA_ARGS__)

#define MMX_R(name, ...) REG(name, MMX_HEAD; __VA_ARGS__)
#define SSE_R(name, ...) REG(name, SSE_HEAD; __VA_ARGS__)
#define MMX_M(name, bytes, w, ...) FORMS(name, MMX_HEAD, bytes, w, 0, __VA_ARGS__)
#define SSE_M(name, bytes, w, aligned, ...) FORMS(name, SSE_HEAD, bytes, w, aligned, __VA_ARGS__)

INLINE u64 load32(const u8 *m)
{
    return get32(m);
}

INLINE u64 load64(const u8 *m)
{
    return get64(m);
}

INLINE union xmm load128(const u8 *m)
{
    return (union xmm){.q = {get64(m), get64(m + 8)}};
}

INLINE void store128(u8 *m, union xmm v)
{
    put64(m, v.q[0]);
    put64(m + 8, v.q[1]);
}

/* Moves. */
MMX_R(MOVD_rr_64, mmx_write(cpu, u->dst, R_32(u->src));)
MMX_M(MOVD_rm_64, 4, 0, mmx_write(cpu, u->dst, load32(m));)
MMX_R(MOVD_FROM_rr_64, mmx_done(cpu); W_32(u->dst, MM(u->src));)
MMX_M(MOVD_FROM_mr_64, 4, 1, put32(m, (u32)MM(u->src)); mmx_done(cpu);)
MMX_R(MOVQ_rr_64, mmx_write(cpu, u->dst, MM(u->src));)
MMX_M(MOVQ_rm_64, 8, 0, mmx_write(cpu, u->dst, load64(m));)
MMX_M(MOVQ_mr_64, 8, 1, put64(m, MM(u->src)); mmx_done(cpu);)
MMX_R(EMMS_o_0, cpu->fpu.top = 0; cpu->fpu.used = 0;)
MMX_R(PSHUFW_rri_64, mmx_write(cpu, u->dst, shuffle_words(MM(u->src), u->imm));)

#define MOVE(NAME, aligned)                                                                        \
    SSE_R(NAME##_rr_128, XMM(u->dst) = XMM(u->src);)                                               \
    SSE_M(NAME##_rm_128, 16, 0, aligned, XMM(u->dst) = load128(m);)                                \
    SSE_M(NAME##_mr_128, 16, 1, aligned, store128(m, XMM(u->src));)
MOVE(MOVAPS, 1)
MOVE(MOVUPS, 0)

#define MOVE_LOWEST(NAME, lane, bits, bytes)                                                       \
    SSE_R(NAME##_rr_128, XMM(u->dst).lane[0] = XMM(u->src).lane[0];)                               \
    SSE_M(NAME##_rm_128, bytes, 0, 0, XMM(u->dst) = low_only(load##bits(m));)                      \
    SSE_M(NAME##_mr_128, bytes, 1, 0, put##bits(m, XMM(u->src).lane[0]);)
MOVE_LOWEST(MOVSS, d, 32, 4)
MOVE_LOWEST(MOVSD, q, 64, 8)

#define MOVE_HALF(NAME, half)                                                                      \
    SSE_R(NAME##_rr_128, XMM(u->dst).q[half] = XMM(u->src).q[!(half)];)                            \
    SSE_M(NAME##_rm_128, 8, 0, 0, XMM(u->dst).q[half] = load64(m);)                                \
    SSE_M(NAME##_mr_128, 8, 1, 0, put64(m, XMM(u->src).q[half]);)
MOVE_HALF(MOVLPS, 0)
MOVE_HALF(MOVHPS, 1)

SSE_R(MOVD_rr_128, XMM(u->dst) = low_only(R_32(u->src));)
SSE_M(MOVD_rm_128, 4, 0, 0, XMM(u->dst) = low_only(load32(m));)
SSE_R(MOVD_FROM_rr_128, W_32(u->dst, XMM(u->src).d[0]);)
SSE_M(MOVD_FROM_mr_128, 4, 1, 0, put32(m, XMM(u->src).d[0]);)
SSE_R(MOVQ_rr_128, XMM(u->dst) = low_only(XMM(u->src).q[0]);)
SSE_M(MOVQ_rm_128, 8, 0, 0, XMM(u->dst) = low_only(load64(m));)
SSE_M(MOVQ_mr_128, 8, 1, 0, put64(m, XMM(u->src).q[0]);)

SSE_R(SHUFPS_rri_128, union xmm a = XMM(u->dst); union xmm b = XMM(u->src);
      XMM(u->dst) = ((union xmm){.d = {a.d[u->imm & 3], a.d[u->imm >> 2 & 3],
                                       b.d[u->imm >> 4 & 3], b.d[u->imm >> 6 & 3]}});)
SSE_R(MOVMSKPS_rr_128, union xmm x = XMM(u->src);
      W_32(u->dst, x.d[0] >> 31 | x.d[1] >> 31 << 1 | x.d[2] >> 31 << 2 | x.d[3] >> 31 << 3);)

/* An operand of the host's: N bytes of memory. */
#define BYTES_AT(m, n) (*(const u8(*)[n])(m))

/* Integers. */
#if defined __SSE2__ && !defined PARANOID

/* By the host's own instructions, which have the same names: those of MMX too are done in XMM
 * registers, so that the host's x87 stays out of it. */
#define QUAD(load, source, insns)                                                                  \
    __asm__("movq %[to],%%xmm0\n\t" load " %[from],%%xmm1\n\t" insns "\n\tmovq %%xmm0,%[to]"      \
            : [to] "+m"(MM(u->dst))                                                                \
            : [from] "m"(source)                                                                   \
            : "xmm0", "xmm1");                                                                     \
    mmx_write(cpu, u->dst, MM(u->dst));
#define WIDE(source, insn)                                                                         \
    __asm__("movups %[to],%%xmm0\n\tmovups %[from],%%xmm1\n\t" insn                               \
            " %%xmm1,%%xmm0\n\tmovups %%xmm0,%[to]"                                                \
            : [to] "+m"(XMM(u->dst))                                                               \
            : [from] "m"(source)                                                                   \
            : "xmm0", "xmm1");
#define QUAD_FORMS(NAME, load, bytes, insns)                                                       \
    MMX_R(NAME##_rr_64, QUAD("movq", MM(u->src), insns))                                           \
    MMX_M(NAME##_rm_64, bytes, 0, QUAD(load, BYTES_AT(m, bytes), insns))
#define WIDE_FORMS(NAME)                                                                           \
    SSE_R(NAME##_rr_128, WIDE(XMM(u->src), #NAME))                                                 \
    SSE_M(NAME##_rm_128, 16, 0, 1, WIDE(BYTES_AT(m, 16), #NAME))

#define P(opcode, NAME, ...)                                                                       \
    QUAD_FORMS(NAME, "movq", 8, #NAME " %%xmm1,%%xmm0")                                            \
    WIDE_FORMS(NAME)
#include "cpu/packed.def"

/* MMX packs its two operands one behind the other. */
#define PACK(NAME)                                                                                 \
    QUAD_FORMS(NAME, "movq", 8, "punpcklqdq %%xmm1,%%xmm0\n\t" #NAME " %%xmm0,%%xmm0")             \
    WIDE_FORMS(NAME)
PACK(PACKSSWB)
PACK(PACKUSWB)
PACK(PACKSSDW)

/* The upper halves of MMX registers become the upper half of what the lower forms give. */
#define UNPACK(SUFFIX)                                                                             \
    QUAD_FORMS(PUNPCKL##SUFFIX, "movd", 4, "PUNPCKL" #SUFFIX " %%xmm1,%%xmm0")                     \
    QUAD_FORMS(PUNPCKH##SUFFIX, "movq", 8,                                                         \
               "PUNPCKL" #SUFFIX " %%xmm1,%%xmm0\n\tpsrldq $8,%%xmm0")                             \
    WIDE_FORMS(PUNPCKL##SUFFIX)                                                                    \
    WIDE_FORMS(PUNPCKH##SUFFIX)
UNPACK(BW)
UNPACK(WD)
UNPACK(DQ)
WIDE_FORMS(PUNPCKLQDQ)
WIDE_FORMS(PUNPCKHQDQ)

/* A count in the instruction is loaded like one in memory: zeros above it. */
#define SHIFT(NAME)                                                                                \
    QUAD_FORMS(NAME, "movq", 8, #NAME " %%xmm1,%%xmm0")                                            \
    WIDE_FORMS(NAME)                                                                               \
    MMX_R(NAME##_ri_64, QUAD("movd", u->imm, #NAME " %%xmm1,%%xmm0"))                              \
    SSE_R(NAME##_ri_128,                                                                           \
          __asm__("movups %[to],%%xmm0\n\tmovd %[from],%%xmm1\n\t" #NAME                          \
                  " %%xmm1,%%xmm0\n\tmovups %%xmm0,%[to]"                                          \
                  : [to] "+m"(XMM(u->dst))                                                         \
                  : [from] "m"(u->imm)                                                             \
                  : "xmm0", "xmm1");)

#else

/* LOW and HIGH of 128 bits see the quadwords a0 a1 of the destination, b0 b1 of the source. */
#define QUAD_FORMS(NAME, load, bytes, q)                                                           \
    MMX_R(NAME##_rr_64, mmx_write(cpu, u->dst, q(MM(u->dst), MM(u->src)));)                        \
    MMX_M(NAME##_rm_64, bytes, 0, mmx_write(cpu, u->dst, q(MM(u->dst), load(m)));)
#define WIDE_BODY(b, low, high)                                                                    \
    u64 a0 = XMM(u->dst).q[0], a1 = XMM(u->dst).q[1], b0 = (b).q[0], b1 = (b).q[1];                \
    (void)a0, (void)a1, (void)b0, (void)b1;                                                        \
    XMM(u->dst) = ((union xmm){.q = {low, high}});
#define WIDE_FORMS(NAME, low, high)                                                                \
    SSE_R(NAME##_rr_128, WIDE_BODY(XMM(u->src), low, high))                                        \
    SSE_M(NAME##_rm_128, 16, 0, 1, WIDE_BODY(load128(m), low, high))

#define P(opcode, NAME, ...)                                                                       \
    QUAD_FORMS(NAME, load64, 8, packed_##NAME)                                                     \
    WIDE_FORMS(NAME, packed_##NAME(a0, b0), packed_##NAME(a1, b1))
#include "cpu/packed.def"

#define PACK(NAME)                                                                                 \
    QUAD_FORMS(NAME, load64, 8, pack_##NAME)                                                       \
    WIDE_FORMS(NAME, pack_##NAME(a0, a1), pack_##NAME(b0, b1))
PACK(PACKSSWB)
PACK(PACKUSWB)
PACK(PACKSSDW)

#define UNPACK(SUFFIX, size)                                                                       \
    QUAD_FORMS(PUNPCKL##SUFFIX, load32, 4, unpack_low_##size)                                      \
    QUAD_FORMS(PUNPCKH##SUFFIX, load64, 8, unpack_high_##size)                                     \
    WIDE_FORMS(PUNPCKL##SUFFIX, unpack_low_##size(a0, b0), unpack_high_##size(a0, b0))             \
    WIDE_FORMS(PUNPCKH##SUFFIX, unpack_low_##size(a1, b1), unpack_high_##size(a1, b1))
UNPACK(BW, 8)
UNPACK(WD, 16)
UNPACK(DQ, 32)
WIDE_FORMS(PUNPCKLQDQ, a0, b0)
WIDE_FORMS(PUNPCKHQDQ, a1, b1)

#define SHIFT(NAME)                                                                                \
    QUAD_FORMS(NAME, load64, 8, packed_##NAME)                                                     \
    WIDE_FORMS(NAME, packed_##NAME(a0, b0), packed_##NAME(a1, b0))                                 \
    MMX_R(NAME##_ri_64, mmx_write(cpu, u->dst, packed_##NAME(MM(u->dst), u->imm));)                \
    SSE_R(NAME##_ri_128, WIDE_BODY(XMM(u->dst), packed_##NAME(a0, u->imm),                         \
                                   packed_##NAME(a1, u->imm)))

#endif

SHIFT(PSRLW)
SHIFT(PSRLD)
SHIFT(PSRLQ)
SHIFT(PSRAW)
SHIFT(PSRAD)
SHIFT(PSLLW)
SHIFT(PSLLD)
SHIFT(PSLLQ)

/*
 * Arithmetic by the host's own instruction, with the guest's MXCSR for its time: rounding, flush to
 * zero, and the flags, which add up, are the guest's. With an exception unmasked the host would
 * trap: left to the plain twin. The result is the same on every x86 (IEEE 754, and SDM 1 where that
 * leaves a choice), and that of sfloat.c.
 */
#if defined HAVE_HOST_FPU && defined __SSE2__

static const u32 host_mxcsr = MXCSR_INIT;

#define ALL_MASKED                                                                                 \
    if (unlikely(~cpu->fpu.mxcsr & SW_ANY << MXCSR_MASKS))                                         \
    COLD
#define ON_HOST(insn, load, source)                                                                \
    __asm__ volatile("ldmxcsr %[mxcsr]\n\tmovups %[to],%%xmm0\n\t" load " %[from],%%xmm1\n\t" insn \
                     " %%xmm1,%%xmm0\n\tmovups %%xmm0,%[to]\n\tstmxcsr %[mxcsr]\n\t"               \
                     "ldmxcsr %[host]"                                                             \
                     : [to] "+m"(XMM(u->dst)), [mxcsr] "+m"(cpu->fpu.mxcsr)                        \
                     : [from] "m"(source), [host] "m"(host_mxcsr)                                  \
                     : "xmm0", "xmm1");
#define HOST_FORMS(NAME, insn, load, bytes, aligned)                                               \
    SSE_R(NAME##_rr_128, ALL_MASKED; ON_HOST(insn, load, XMM(u->src)))                             \
    SSE_M(NAME##_rm_128, bytes, 0, aligned, ALL_MASKED;                                            \
          ON_HOST(insn, load, BYTES_AT(m, bytes)))
#define ARITH(NAME, insn)                                                                          \
    HOST_FORMS(NAME##PS, insn "ps", "movups", 16, 1)                                               \
    HOST_FORMS(NAME##SS, insn "ss", "movss", 4, 0)                                                 \
    HOST_FORMS(NAME##PD, insn "pd", "movups", 16, 1)                                               \
    HOST_FORMS(NAME##SD, insn "sd", "movsd", 8, 0)
ARITH(ADD, "add")
ARITH(SUB, "sub")
ARITH(MUL, "mul")
ARITH(DIV, "div")
ARITH(MIN, "min")
ARITH(MAX, "max")
ARITH(SQRT, "sqrt")

#endif
