/* SPDX-License-Identifier: MIT */
/* Handlers of multiplication and division. SDM 2A "DIV", "IDIV", "IMUL", "MUL". */
#include "cpu/forms.h"

#ifdef FLAVOUR_FAST
#define DIVIDE_ERROR COLD
#else
#define DIVIDE_ERROR cpu_raise(cpu, EX_DE, 0, REASON_DIVIDE)
#endif

/* The double-width accumulator: AX, DX:AX, EDX:EAX. */
#define ACC_8 ((u64)R_16(EAX * 8))
#define ACC_16 ((u64)R_16(EDX * 8) << 16 | R_16(EAX * 8))
#define ACC_32 ((u64)R_32(EDX * 8) << 32 | R_32(EAX * 8))
#define SET_ACC_8(low, high) W_16(EAX * 8, (u8)(low) | (u32)(u8)(high) << 8)
#define SET_ACC_16(low, high) (W_16(EAX * 8, low), W_16(EDX * 8, high))
#define SET_ACC_32(low, high) (W_32(EAX * 8, low), W_32(EDX * 8, high))

/* CF and OF tell that the product needs the upper half; the rest is undefined. */
INLINE void f_product(struct flags *f, u64 low, bool wide, unsigned bits)
{
    f_logic(f, low, bits);
    f_set_cf_of(f, wide, wide);
}

#define MUL_BODY(s, value)                                                                         \
    u64 p = (u64)R(s, EAX * 8) * (value);                                                          \
    f_product(&f, (u##s)p, p >> s, s);                                                             \
    SET_ACC_##s(p, p >> s);
#define IMUL_BODY(s, value)                                                                        \
    s64 p = (s64)(SIGNED_##s)R(s, EAX * 8) * (SIGNED_##s)(value);                                              \
    f_product(&f, (u##s)p, p != (SIGNED_##s)p, s);                                                       \
    SET_ACC_##s(p, p >> s);
#define IMUL2_BODY(s, a, b)                                                                        \
    s64 p = (s64)(SIGNED_##s)(a) * (SIGNED_##s)(b);                                                            \
    f_product(&f, (u##s)p, p != (SIGNED_##s)p, s);                                                       \
    W(s, u->dst, p);

/* The flags are undefined; Windows 9x takes a processor whose DIV leaves ZF set for a NexGen. */
#define DIV_BODY(s, value)                                                                         \
    u64 d = value, n = ACC_##s;                                                                    \
    if (unlikely(n >> s >= d))                                                                     \
        DIVIDE_ERROR;                                                                              \
    u64 q = s == 32 ? n / d : (u32)n / (u32)d, rest = n - q * d;                                   \
    f_logic(&f, q | 1, s);                                                                         \
    SET_ACC_##s(q, rest);
#define SEXT_2_8(v) ((s64)(s16)(v))
#define SEXT_2_16(v) ((s64)(s32)(v))
#define SEXT_2_32(v) ((s64)(v))
/* The smallest dividend by -1 would trap the host as well. */
#define IDIV_BODY(s, value)                                                                        \
    s64 d = (SIGNED_##s)(value), n = SEXT_2_##s(ACC_##s);                                                \
    if (unlikely(!d || (d == -1 && n == INT64_MIN)))                                               \
        DIVIDE_ERROR;                                                                              \
    s64 q = n / d, rest = n - q * d;                                                               \
    if (unlikely(q != (SIGNED_##s)q))                                                                    \
        DIVIDE_ERROR;                                                                              \
    f_logic(&f, (u64)q | 1, s);                                                                    \
    SET_ACC_##s(q, rest);

#define ONE(op, s)                                                                                 \
    REGF(op##_r_##s, op##_BODY(s, R(s, u->dst)))                                                   \
    MEMF(op##_m_##s, s, 0, op##_BODY(s, LD(s)))
#define ALL(op) ONE(op, 8) ONE(op, 16) ONE(op, 32)
ALL(MUL)
ALL(IMUL)
ALL(DIV)
ALL(IDIV)

#define TWO(s)                                                                                     \
    REGF(IMUL2_rr_##s, IMUL2_BODY(s, R(s, u->dst), R(s, u->src)))                                  \
    MEMF(IMUL2_rm_##s, s, 0, IMUL2_BODY(s, R(s, u->dst), LD(s)))                                   \
    REGF(IMUL3_rri_##s, IMUL2_BODY(s, R(s, u->src), u->imm))                                       \
    MEMF(IMUL3_rmi_##s, s, 0, IMUL2_BODY(s, LD(s), u->imm))
TWO(16)
TWO(32)
