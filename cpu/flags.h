/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic flags, lazily: the sign-extended result, and the carries.
 *
 *   res   result of the last flag-setting operation, sign-extended to 64 bits: ZF, SF, PF
 *   cv    31 CF
 *         30 CF xor OF: of an addition these two are the carries out of and into the top bit
 *         15..8 what to xor to the low byte of res before its parity is PF
 *         3 AF: the carry out of bit 3
 *         0 what to xor to the sign of res to get SF
 *
 * There is no kind of operation to switch on: a reader computes each flag with two or three
 * instructions, and a writer needs one expression for all the carries at once.
 */
#ifndef CPU_FLAGS_H
#define CPU_FLAGS_H

#include "src/base/types.h"

enum {
    FL_CF = 1 << 0,
    FL_ALWAYS = 1 << 1,
    FL_PF = 1 << 2,
    FL_AF = 1 << 4,
    FL_ZF = 1 << 6,
    FL_SF = 1 << 7,
    FL_TF = 1 << 8,
    FL_IF = 1 << 9,
    FL_DF = 1 << 10,
    FL_OF = 1 << 11,
    FL_IOPL = 3 << 12,
    FL_NT = 1 << 14,
    FL_RF = 1 << 16,
    FL_VM = 1 << 17,
    FL_AC = 1 << 18,
    FL_VIF = 1 << 19,
    FL_VIP = 1 << 20,
    FL_ID = 1 << 21,
    FL_ARITH = FL_CF | FL_PF | FL_AF | FL_ZF | FL_SF | FL_OF,
};

struct flags {
    s64 res;
    u32 cv;
};

INLINE u64 mask(u64 v, unsigned bits)
{
    return bits == 64 ? v : v & (((u64)1 << (bits & 63)) - 1);
}

INLINE s64 sext(u64 v, unsigned bits)
{
    return bits == 8 ? (s8)v : bits == 16 ? (s16)v : bits == 32 ? (s32)v : (s64)v;
}

/* C: the carry out of every bit position; R: the result. */
INLINE void f_carries(struct flags *f, u64 c, u64 r, unsigned bits)
{
    u32 top = bits == 8    ? (u32)c << 24
              : bits == 16 ? (u32)c << 16
              : bits == 32 ? (u32)c
                           : (u32)(c >> 32);
    f->res = sext(r, bits);
    f->cv = (top & 0xc0000000u) | ((u32)c & 8);
}

INLINE void f_add(struct flags *f, u64 a, u64 b, u64 r, unsigned bits)
{
    f_carries(f, (a & b) | ((a | b) & ~r), r, bits);
}

INLINE void f_sub(struct flags *f, u64 a, u64 b, u64 r, unsigned bits)
{
    f_carries(f, (~a & b) | ((~a | b) & r), r, bits);
}

INLINE void f_logic(struct flags *f, u64 r, unsigned bits)
{
    f->res = sext(r, bits);
    f->cv = 0;
}

/* CF and OF given, 0 or 1; AF cleared. */
INLINE void f_shift(struct flags *f, u64 r, u32 cf, u32 of, unsigned bits)
{
    f->res = sext(r, bits);
    f->cv = cf << 31 | (cf ^ of) << 30;
}

INLINE bool f_cf(const struct flags *f)
{
    return f->cv >> 31;
}

INLINE bool f_of(const struct flags *f)
{
    return (f->cv ^ f->cv << 1) >> 31;
}

INLINE bool f_af(const struct flags *f)
{
    return f->cv >> 3 & 1;
}

INLINE bool f_zf(const struct flags *f)
{
    return !f->res;
}

INLINE bool f_sf(const struct flags *f)
{
    return ((u64)f->res >> 63 ^ f->cv) & 1;
}

INLINE bool f_pf(const struct flags *f)
{
    return !__builtin_parity(((u32)f->res ^ f->cv >> 8) & 0xff);
}

/* Set CF and OF, keep the others. */
INLINE void f_set_cf_of(struct flags *f, u32 cf, u32 of)
{
    f->cv = (f->cv & 0x3fffffff) | cf << 31 | (cf ^ of) << 30;
}

INLINE void f_set_cf(struct flags *f, u32 cf)
{
    f_set_cf_of(f, cf, f_of(f));
}

INLINE u32 f_pack(const struct flags *f)
{
    return (f_cf(f) ? FL_CF : 0) | (f_pf(f) ? FL_PF : 0) | (f_af(f) ? FL_AF : 0) |
           (f_zf(f) ? FL_ZF : 0) | (f_sf(f) ? FL_SF : 0) | (f_of(f) ? FL_OF : 0);
}

/* All six from an EFLAGS image. */
INLINE void f_unpack(struct flags *f, u32 image)
{
    u32 low = !(image & FL_ZF), cf = image & 1, of = image / FL_OF & 1;
    u32 parity = low ^ !(image & FL_PF);
    f->res = low;
    f->cv = cf << 31 | (cf ^ of) << 30 | parity << 8 | (image / FL_AF & 1) << 3 |
            (image / FL_SF & 1);
}

/* Conditions, by the low four bits of Jcc, SETcc, CMOVcc. */
#define EACH_CC(X)                                                                                 \
    X(o, 0)                                                                                        \
    X(no, 1)                                                                                       \
    X(b, 2)                                                                                        \
    X(nb, 3)                                                                                       \
    X(z, 4)                                                                                        \
    X(nz, 5)                                                                                       \
    X(be, 6)                                                                                       \
    X(nbe, 7)                                                                                      \
    X(s, 8)                                                                                        \
    X(ns, 9)                                                                                       \
    X(p, 10)                                                                                       \
    X(np, 11)                                                                                      \
    X(l, 12)                                                                                       \
    X(nl, 13)                                                                                      \
    X(le, 14)                                                                                      \
    X(nle, 15)

#define COND(cc, expression)                                                                       \
    INLINE bool cond_##cc(const struct flags *f)                                                   \
    {                                                                                              \
        return expression;                                                                         \
    }                                                                                              \
    INLINE bool cond_n##cc(const struct flags *f)                                                  \
    {                                                                                              \
        return !(expression);                                                                      \
    }
COND(o, f_of(f))
COND(b, f_cf(f))
COND(z, f_zf(f))
COND(be, (int)f_cf(f) | f_zf(f))
COND(s, f_sf(f))
COND(p, f_pf(f))
COND(l, f_sf(f) != f_of(f))
COND(le, (int)f_zf(f) | (f_sf(f) != f_of(f)))
#undef COND

INLINE bool cond_test(const struct flags *f, unsigned cc)
{
    switch (cc & 15) {
#define X(name, n)                                                                                 \
    case n:                                                                                        \
        return cond_##name(f);
        EACH_CC(X)
#undef X
    }
    return false;
}

#endif
