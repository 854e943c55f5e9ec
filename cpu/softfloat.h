/* SPDX-License-Identifier: MIT */
/*
 * The core that all floating-point arithmetic without a host unit shares: numbers taken apart,
 * exact operations on 64-bit significands, and one rounding for every format. IEEE 754-1985; where
 * it leaves a choice, SDM 1 "Programming with the x87 FPU" and "Programming with SSE".
 */
#ifndef CPU_SOFTFLOAT_H
#define CPU_SOFTFLOAT_H

#include "cpu/f80.h"
#include "cpu/fixed.h"
#include "cpu/sfloat.h"

enum sf_kind { SF_ZERO, SF_FINITE, SF_INFINITY, SF_QNAN, SF_SNAN, SF_UNSUPPORTED };

/*
 * A finite number is sig * 2^(exp - 63), bit 63 set; denormal remembers that it was not normal as
 * it came. A result that is denormal has bit 63 clear and the format's smallest exponent. A NaN's
 * significand is at the upper end of sig, with bit 63 set.
 */
struct sf_num {
    u64 sig;
    s32 exp;
    u8 kind;
    bool sign;
    bool denormal;
};

struct sf_format {
    u8 bits; /* significand, with the integer bit */
    s16 emin;
    s16 emax;
    u16 wrap; /* what an unmasked overflow takes off the exponent */
};

enum sf_rounding { SF_NEAREST, SF_DOWN, SF_UP, SF_TO_ZERO };

/* What may become of a result that does not fit when the exception is unmasked. */
enum sf_unfit {
    SF_WRAP,    /* x87 register: the exponent is wrapped */
    SF_ONLY_IT, /* x87 memory: no result, and no precision exception either */
    SF_NOTHING, /* SSE: no result */
};

struct sf_env {
    const struct sf_format *format;
    u16 flags;    /* as in the status word, C1 too */
    u16 unmasked; /* as in the status word */
    u8 bits;      /* rounded to so many: the format's, or fewer by precision control */
    u8 rounding;
    u8 unfit;
    bool first_nan; /* SSE's choice among two NaNs, not the x87's */
    bool flush;     /* FTZ */
};

extern const struct sf_format sf_f80, sf_f32, sf_f64;

/* The way in and out. A widening to a longer format does not change a number. */
struct sf_num sf_unpack_f80(struct f80 a);
struct sf_num sf_unpack_f32(u32 a);
struct sf_num sf_unpack_f64(u64 a);
struct f80 sf_pack_f80(struct sf_num a);
u32 sf_pack_f32(struct sf_num a);
u64 sf_pack_f64(struct sf_num a);
struct sf_num sf_from_s64(u64 a);

/* The number hi:lo * 2^(exp - 127), bit 127 set (bit 0 sticky), in the format of env. */
struct sf_num sf_round(bool sign, s32 exp, u64 hi, u64 lo, struct sf_env *env);

/* Whether hi plus lo / 2^64 becomes hi + 1. */
bool sf_round_up(bool sign, u64 hi, u64 lo, u8 rounding);

/* The operations, with the exceptions of their instructions. */
struct sf_num sf_add(struct sf_num a, struct sf_num b, struct sf_env *env);
struct sf_num sf_mul(struct sf_num a, struct sf_num b, struct sf_env *env);
struct sf_num sf_div(struct sf_num a, struct sf_num b, struct sf_env *env);
struct sf_num sf_sqrt(struct sf_num a, struct sf_env *env);
enum fp_relation sf_compare(struct sf_num a, struct sf_num b, bool quiet, struct sf_env *env);

/* To the format of env. */
struct sf_num sf_convert(struct sf_num a, struct sf_env *env);

/*
 * To a signed integer of so many bits, as what is stored: the "integer indefinite", only the top
 * bit set, when it does not fit.
 */
u64 sf_to_int(struct sf_num a, unsigned bits, struct sf_env *env);

/* The magnitude rounded to an integer, if it has 64 bits; false, and no flags, if it has more. */
bool sf_to_magnitude(struct sf_num a, u64 *magnitude, struct sf_env *env);

INLINE bool sf_is_nan(struct sf_num a)
{
    return a.kind >= SF_QNAN;
}

/* The QNaN that comes of NaNs or unsupported operands; invalid if one is an SNaN or unsupported. */
struct sf_num sf_nan(struct sf_num a, struct sf_num b, struct sf_env *env);

/* Other invalid operations. */
struct sf_num sf_invalid(struct sf_env *env);

/* Reports denormal operands. True if that is unmasked, and ends the operation. */
INLINE bool sf_denormal(struct sf_num a, struct sf_num b, struct sf_env *env)
{
    if (likely(!(a.denormal | b.denormal)))
        return false;
    env->flags |= SW_DE;
    return env->unmasked & SW_DE;
}

INLINE struct sf_num sf_zero(bool sign)
{
    return (struct sf_num){.kind = SF_ZERO, .sign = sign};
}

INLINE struct sf_num sf_infinity(bool sign)
{
    return (struct sf_num){.kind = SF_INFINITY, .sign = sign, .sig = F80_INTEGER};
}

/*
 * For a full x87 result: rounded by CW_RC, and to all 64 bits whatever CW_PC says. (In place and
 * field by field: the host waits when it copies at once what was stored in parts.)
 */
INLINE void sf_env_x87(struct sf_env *e, const struct fp_env *env)
{
    e->format = &sf_f80;
    e->flags = 0;
    e->unmasked = ~env->cw & SW_ANY;
    e->bits = 64;
    e->rounding = env->cw >> 10 & 3;
    e->unfit = SF_WRAP;
    e->first_nan = false;
    e->flush = false;
}

INLINE int sf_clz(u64 v)
{
    return __builtin_clzll(v);
}

/* hi:lo / by, where hi < by and by has bit 63 set. */
u64 sf_div128(u64 hi, u64 lo, u64 by, u64 *rest);

/* The functions of soft_f80 that have files of their own. */
struct f80 soft_rem(struct f80 a, struct f80 b, bool nearest, struct fp_env *env);
struct f80 soft_rint(struct f80 a, struct fp_env *env);
struct f80 soft_scale(struct f80 a, struct f80 by, struct fp_env *env);
struct f80 soft_extract(struct f80 a, struct f80 *exponent, struct fp_env *env);
u16 soft_to_s16(struct f80 a, struct fp_env *env);
u32 soft_to_s32(struct f80 a, struct fp_env *env);
u64 soft_to_s64(struct f80 a, struct fp_env *env);
u32 soft_to_f32(struct f80 a, struct fp_env *env);
u64 soft_to_f64(struct f80 a, struct fp_env *env);
struct f80 soft_from_f32(u32 a, struct fp_env *env);
struct f80 soft_from_f64(u64 a, struct fp_env *env);
struct f80 soft_from_s64(u64 a);
void soft_to_bcd(struct f80 a, u8 to[10], struct fp_env *env);
struct f80 soft_from_bcd(const u8 from[10]);

#endif
