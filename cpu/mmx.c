/* SPDX-License-Identifier: MIT */
/*
 * Integer instructions on MMX registers, and the same of SSE2 on XMM registers. SDM 2A and 2B under
 * each name; SDM 1 "Programming with Intel MMX Technology".
 */
#include "cpu/packed.h"
#include "cpu/simd.h"

/* Both sizes: Q gives a quadword of two, X 128 bits of two; a memory operand of an MMX instruction
 * has BYTES. */
#define QUAD_FORMS(NAME, bytes, q)                                                                 \
    HANDLER(NAME##_rr_64)                                                                          \
    {                                                                                              \
        MMX_BEGIN;                                                                            \
        mmx_write(cpu, u->dst, q(MM(u->dst), MM(u->src)));                                         \
        NEXT;                                                                                      \
    }                                                                                              \
    HANDLER(NAME##_rm_64)                                                                          \
    {                                                                                              \
        MMX_BEGIN;                                                                            \
        u64 b = simd_read(cpu, u, bytes);                                                          \
        mmx_write(cpu, u->dst, q(MM(u->dst), b));                                                  \
        NEXT;                                                                                      \
    }
#define WIDE_FORMS(NAME, x)                                                                        \
    HANDLER(NAME##_rr_128)                                                                         \
    {                                                                                              \
        sse_check(cpu);                                                                            \
        XMM(u->dst) = x(XMM(u->dst), XMM(u->src));                                                 \
        NEXT;                                                                                      \
    }                                                                                              \
    HANDLER(NAME##_rm_128)                                                                         \
    {                                                                                              \
        sse_check(cpu);                                                                            \
        union xmm b = xmm_read(cpu, u, ALIGNED);                                                   \
        XMM(u->dst) = x(XMM(u->dst), b);                                                           \
        NEXT;                                                                                      \
    }

/* 128 bits from quadwords: LOW and HIGH see a and b. */
#define WIDE(name, low, high)                                                                      \
    static union xmm name(union xmm a, union xmm b)                                                \
    {                                                                                              \
        return (union xmm){.q = {low, high}};                                                      \
    }

#define P(opcode, NAME, ...)                                                                       \
    WIDE(wide_##NAME, packed_##NAME(a.q[0], b.q[0]), packed_##NAME(a.q[1], b.q[1]))                \
    QUAD_FORMS(NAME, 8, packed_##NAME)                                                             \
    WIDE_FORMS(NAME, wide_##NAME)
#include "cpu/packed.def"

#define PACK(NAME)                                                                                 \
    WIDE(wide_##NAME, pack_##NAME(a.q[0], a.q[1]), pack_##NAME(b.q[0], b.q[1]))                    \
    QUAD_FORMS(NAME, 8, pack_##NAME)                                                               \
    WIDE_FORMS(NAME, wide_##NAME)
PACK(PACKSSWB)
PACK(PACKUSWB)
PACK(PACKSSDW)

#define UNPACK(SUFFIX, size)                                                                       \
    WIDE(wide_low_##size, unpack_low_##size(a.q[0], b.q[0]), unpack_high_##size(a.q[0], b.q[0]))   \
    WIDE(wide_high_##size, unpack_low_##size(a.q[1], b.q[1]), unpack_high_##size(a.q[1], b.q[1]))  \
    QUAD_FORMS(PUNPCKL##SUFFIX, 4, unpack_low_##size)                                              \
    QUAD_FORMS(PUNPCKH##SUFFIX, 8, unpack_high_##size)                                             \
    WIDE_FORMS(PUNPCKL##SUFFIX, wide_low_##size)                                                   \
    WIDE_FORMS(PUNPCKH##SUFFIX, wide_high_##size)
UNPACK(BW, 8)
UNPACK(WD, 16)
UNPACK(DQ, 32)
WIDE(wide_low_64, a.q[0], b.q[0])
WIDE(wide_high_64, a.q[1], b.q[1])
WIDE_FORMS(PUNPCKLQDQ, wide_low_64)
WIDE_FORMS(PUNPCKHQDQ, wide_high_64)

/* The count is the whole low quadword, or an immediate byte. */
#define SHIFT(NAME)                                                                                \
    WIDE(wide_##NAME, packed_##NAME(a.q[0], b.q[0]), packed_##NAME(a.q[1], b.q[0]))                \
    QUAD_FORMS(NAME, 8, packed_##NAME)                                                             \
    WIDE_FORMS(NAME, wide_##NAME)                                                                  \
    HANDLER(NAME##_ri_64)                                                                          \
    {                                                                                              \
        MMX_BEGIN;                                                                            \
        mmx_write(cpu, u->dst, packed_##NAME(MM(u->dst), u->imm));                                 \
        NEXT;                                                                                      \
    }                                                                                              \
    HANDLER(NAME##_ri_128)                                                                         \
    {                                                                                              \
        sse_check(cpu);                                                                            \
        XMM(u->dst) = wide_##NAME(XMM(u->dst), (union xmm){.q = {u->imm, 0}});                     \
        NEXT;                                                                                      \
    }
SHIFT(PSRLW)
SHIFT(PSRLD)
SHIFT(PSRLQ)
SHIFT(PSRAW)
SHIFT(PSRAD)
SHIFT(PSLLW)
SHIFT(PSLLD)
SHIFT(PSLLQ)

/* 16 bytes of A and zeros from byte FROM on, which may lie before or behind. */
static union xmm bytes_from(union xmm a, int from)
{
    union xmm to;
    for (int i = 0; i < 16; i++)
        to.b[i] = from + i >= 0 && from + i < 16 ? a.b[from + i] : 0;
    return to;
}

REG(PSRLDQ_ri_128, sse_check(cpu); XMM(u->dst) = bytes_from(XMM(u->dst), (int)u->imm);)
REG(PSLLDQ_ri_128, sse_check(cpu); XMM(u->dst) = bytes_from(XMM(u->dst), -(int)u->imm);)

/* Shuffles. */

REG(PSHUFW_rri_64, MMX_BEGIN; mmx_write(cpu, u->dst, shuffle_words(MM(u->src), u->imm));)
REG(PSHUFW_rmi_64, MMX_BEGIN; u64 b = simd_read(cpu, u, 8);
    mmx_write(cpu, u->dst, shuffle_words(b, u->imm));)

static union xmm shuffle_dwords(union xmm b, unsigned order)
{
    union xmm to;
    for (unsigned i = 0; i < 4; i++)
        to.d[i] = b.d[order >> 2 * i & 3];
    return to;
}

static union xmm shuffle_low(union xmm b, unsigned order)
{
    return (union xmm){.q = {shuffle_words(b.q[0], order), b.q[1]}};
}

static union xmm shuffle_high(union xmm b, unsigned order)
{
    return (union xmm){.q = {b.q[0], shuffle_words(b.q[1], order)}};
}

#define SHUFFLE(NAME, shuffle)                                                                     \
    REG(NAME##_rri_128, sse_check(cpu); XMM(u->dst) = shuffle(XMM(u->src), u->imm);)               \
    REG(NAME##_rmi_128, sse_check(cpu); union xmm b = xmm_read(cpu, u, ALIGNED);                   \
        XMM(u->dst) = shuffle(b, u->imm);)
SHUFFLE(PSHUFD, shuffle_dwords)
SHUFFLE(PSHUFLW, shuffle_low)
SHUFFLE(PSHUFHW, shuffle_high)

/* Words in and out, signs. */

static u64 insert_word(u64 x, u16 word, unsigned n)
{
    unsigned at = (n & 3) * 16;
    return (x & ~((u64)0xffff << at)) | (u64)word << at;
}

REG(PINSRW_rri_64, MMX_BEGIN;
    mmx_write(cpu, u->dst, insert_word(MM(u->dst), R_16(u->src), u->imm));)
REG(PINSRW_rmi_64, MMX_BEGIN; u16 b = (u16)simd_read(cpu, u, 2);
    mmx_write(cpu, u->dst, insert_word(MM(u->dst), b, u->imm));)
REG(PINSRW_rri_128, sse_check(cpu); XMM(u->dst).w[u->imm & 7] = R_16(u->src);)
REG(PINSRW_rmi_128, sse_check(cpu); u16 b = (u16)simd_read(cpu, u, 2);
    XMM(u->dst).w[u->imm & 7] = b;)
REG(PEXTRW_rri_64, MMX_BEGIN; mmx_done(cpu);
    W_32(u->dst, (u16)(MM(u->src) >> (u->imm & 3) * 16));)
REG(PEXTRW_rri_128, sse_check(cpu); W_32(u->dst, XMM(u->src).w[u->imm & 7]);)
REG(PMOVMSKB_rr_64, MMX_BEGIN; mmx_done(cpu); W_32(u->dst, byte_signs(MM(u->src)));)
REG(PMOVMSKB_rr_128, sse_check(cpu);
    W_32(u->dst, byte_signs(XMM(u->src).q[0]) | byte_signs(XMM(u->src).q[1]) << 8);)

/* Moves. */

REG(MOVD_rr_64, MMX_BEGIN; mmx_write(cpu, u->dst, R_32(u->src));)
REG(MOVD_rm_64, MMX_BEGIN; u64 b = simd_read(cpu, u, 4); mmx_write(cpu, u->dst, b);)
REG(MOVD_FROM_rr_64, MMX_BEGIN; mmx_done(cpu); W_32(u->dst, MM(u->src));)
REG(MOVD_FROM_mr_64, MMX_BEGIN; simd_write(cpu, u, MM(u->src), 4); mmx_done(cpu);)
REG(MOVQ_rr_64, MMX_BEGIN; mmx_write(cpu, u->dst, MM(u->src));)
REG(MOVQ_rm_64, MMX_BEGIN; u64 b = simd_read(cpu, u, 8); mmx_write(cpu, u->dst, b);)
REG(MOVQ_mr_64, MMX_BEGIN; simd_write(cpu, u, MM(u->src), 8); mmx_done(cpu);)
REG(EMMS_o_0, MMX_BEGIN; cpu->fpu.top = 0; cpu->fpu.used = 0;)

/*
 * MASKMOVQ: the bytes of DATA whose byte in MASK has its highest bit set, to DS:EDI or wherever
 * an override says. SDM 2A leaves it to the implementation what a mask of zeros may fault on: here
 * the whole operand is checked, whatever the mask.
 */
static void store_masked(struct cpu *cpu, u32 linear, u64 data, u32 mask)
{
    for (u32 i = 0; mask >> i; i++) {
        struct at at;
        if (!(mask >> i & 1))
            continue;
        lin_find(cpu, &at, linear + i, 1, ACCESS_WRITE, false);
        at_put(cpu, &at, data >> 8 * i);
    }
}

static u32 masked_offset(struct cpu *cpu, const struct uop *u)
{
    return u->attr & UA_ADDR32 ? R_32(EDI * 8) : R_16(EDI * 8);
}

/* Its linear address, after every check of BYTES. */
static u32 masked_find(struct cpu *cpu, const struct uop *u, u32 bytes)
{
    u32 linear = mem_linear(cpu, u->seg, masked_offset(cpu, u), bytes, ACCESS_WRITE);
    for (u32 i = 0; i < bytes; i += 8) {
        struct at at;
        lin_find(cpu, &at, linear + i, 8, ACCESS_WRITE, false);
    }
    return linear;
}

HANDLER(MASKMOV_rr_64)
{
    MMX_BEGIN;
    u32 linear = masked_find(cpu, u, 8);
    store_masked(cpu, linear, MM(u->dst), byte_signs(MM(u->src)));
    mmx_done(cpu);
    NEXT;
}

HANDLER(MASKMOV_rr_128)
{
    sse_check(cpu);
    u32 linear = masked_find(cpu, u, 16);
    for (unsigned i = 0; i < 2; i++)
        store_masked(cpu, linear + 8 * i, XMM(u->dst).q[i], byte_signs(XMM(u->src).q[i]));
    NEXT;
}
