/* SPDX-License-Identifier: MIT */
/* Taking numbers apart, rounding them, and putting them together again. */
#include "cpu/softfloat.h"

const struct sf_format sf_f80 = {.bits = 64, .emin = -16382, .emax = 16383, .wrap = 24576};
const struct sf_format sf_f64 = {.bits = 53, .emin = -1022, .emax = 1023};
const struct sf_format sf_f32 = {.bits = 24, .emin = -126, .emax = 127};

static struct sf_num nan_of(u64 sig, bool sign)
{
    u8 kind = sig & F80_QUIET ? SF_QNAN : SF_SNAN;
    return (struct sf_num){.sig = sig, .kind = kind, .sign = sign};
}

static struct sf_num denormal_of(u64 sig, s32 emin, bool sign)
{
    if (!sig)
        return sf_zero(sign);
    int up = sf_clz(sig);
    return (struct sf_num){
        .sig = sig << up, .exp = emin - up, .kind = SF_FINITE, .sign = sign, .denormal = true};
}

struct sf_num sf_unpack_f80(struct f80 a)
{
    s32 exp = a.se & 0x7fff;
    bool sign = a.se >> 15;
    if (exp == 0)
        return denormal_of(a.frac, sf_f80.emin, sign);
    if (!(a.frac & F80_INTEGER))
        return (struct sf_num){.kind = SF_UNSUPPORTED};
    if (exp != 0x7fff)
        return (struct sf_num){
            .sig = a.frac, .exp = exp - sf_f80.emax, .kind = SF_FINITE, .sign = sign};
    return a.frac == F80_INTEGER ? sf_infinity(sign) : nan_of(a.frac, sign);
}

/* From a format without integer bit; sig has its fraction from bit 62 down. */
static struct sf_num unpack(u64 sig, s32 exp, bool sign, const struct sf_format *format)
{
    if (exp == 0)
        return denormal_of(sig, format->emin, sign);
    sig |= F80_INTEGER;
    if (exp <= 2 * format->emax)
        return (struct sf_num){
            .sig = sig, .exp = exp - format->emax, .kind = SF_FINITE, .sign = sign};
    return sig == F80_INTEGER ? sf_infinity(sign) : nan_of(sig, sign);
}

struct sf_num sf_unpack_f32(u32 a)
{
    return unpack((u64)(a & 0x7fffff) << 40, a >> 23 & 0xff, a >> 31, &sf_f32);
}

struct sf_num sf_unpack_f64(u64 a)
{
    return unpack((a & 0xfffffffffffff) << 11, a >> 52 & 0x7ff, a >> 63, &sf_f64);
}

/* The exponent as the format stores it. */
static u32 biased(struct sf_num a, s32 bias)
{
    if (a.kind == SF_FINITE)
        return a.sig & F80_INTEGER ? (u32)(a.exp + bias) : 0;
    return a.kind == SF_ZERO ? 0 : 2 * (u32)bias + 1;
}

struct f80 sf_pack_f80(struct sf_num a)
{
    return (struct f80){a.sig, (u16)(biased(a, sf_f80.emax) | (u32)a.sign << 15)};
}

u32 sf_pack_f32(struct sf_num a)
{
    return (u32)(a.sig >> 40 & 0x7fffff) | biased(a, sf_f32.emax) << 23 | (u32)a.sign << 31;
}

u64 sf_pack_f64(struct sf_num a)
{
    return (a.sig >> 11 & 0xfffffffffffff) | (u64)biased(a, sf_f64.emax) << 52 | (u64)a.sign << 63;
}

struct sf_num sf_from_s64(u64 a)
{
    bool sign = a >> 63;
    u64 magnitude = sign ? -a : a;
    if (!a)
        return sf_zero(false);
    int up = sf_clz(magnitude);
    return (struct sf_num){.sig = magnitude << up, .exp = 63 - up, .kind = SF_FINITE, .sign = sign};
}

bool sf_round_up(bool sign, u64 hi, u64 lo, u8 rounding)
{
    if (rounding == SF_NEAREST)
        return lo > F80_INTEGER || (lo == F80_INTEGER && (hi & 1));
    return lo && rounding == (sign ? SF_DOWN : SF_UP);
}

/* A significand cut to env->bits, before and after it is decided which way. */
struct cut {
    u64 sig;
    bool inexact;
    bool up;
    bool carry; /* it became 2^64: sig is what it is one exponent higher */
};

static struct cut cut(bool sign, u64 hi, u64 lo, const struct sf_env *env)
{
    unsigned drop = 64 - env->bits;
    if (drop) {
        lo = hi << env->bits | (lo != 0);
        hi >>= drop;
    }
    bool up = sf_round_up(sign, hi, lo, env->rounding);
    u64 sig = (hi + up) << drop;
    bool carry = up && !sig;
    return (struct cut){carry ? F80_INTEGER : sig, lo != 0, up, carry};
}

static void report(struct cut c, struct sf_env *env)
{
    env->flags |= (c.inexact ? SW_PE : 0) | (c.up ? SW_C1 : 0);
}

static struct sf_num number(bool sign, s32 exp, u64 sig)
{
    return (struct sf_num){.sig = sig, .exp = exp, .kind = SF_FINITE, .sign = sign};
}

static bool towards_zero(bool sign, const struct sf_env *env)
{
    return env->rounding == SF_TO_ZERO || env->rounding == (sign ? SF_UP : SF_DOWN);
}

/* Infinity, or the largest number where rounding leads towards zero. */
static struct sf_num too_large(bool sign, struct sf_env *env)
{
    env->flags |= SW_OE | SW_PE;
    if (!(env->unmasked & SW_OE) && towards_zero(sign, env))
        return number(sign, env->format->emax, ~0ull << (64 - env->bits));
    env->flags |= SW_C1;
    return sf_infinity(sign);
}

/*
 * FSCALE can get beyond what wrapping the exponent brings back; an infinity comes of that, or a
 * zero, whatever the rounding. SDM 1 "Numeric Overflow Exception (#O)".
 */
static struct sf_num overflow(bool sign, s32 exp, struct cut c, struct sf_env *env)
{
    if (!(env->unmasked & SW_OE))
        return too_large(sign, env);
    env->flags |= SW_OE;
    exp -= env->format->wrap;
    if (env->unfit == SF_WRAP && exp > env->format->emax)
        return too_large(sign, env);
    if (env->unfit != SF_ONLY_IT)
        report(c, env);
    return number(sign, exp, c.sig);
}

/* The bits of hi:lo from bit 64 + by on; what is lost stays as sticky bit. */
static void denormalise(u64 *hi, u64 *lo, u32 by)
{
    if (by < 64) {
        *lo = *hi << (64 - by) | (*lo != 0);
        *hi >>= by;
    } else {
        *lo = by == 64 ? *hi | (*lo != 0) : 1;
        *hi = 0;
    }
}

/* A tiny result where underflow is masked: denormal, zero or the smallest normal number. */
static struct sf_num tiny(bool sign, s32 exp, u64 hi, u64 lo, struct sf_env *env)
{
    denormalise(&hi, &lo, (u32)(env->format->emin - exp));
    struct cut c = cut(sign, hi, lo, env);
    report(c, env);
    if (c.inexact)
        env->flags |= SW_UE;
    return c.sig ? number(sign, env->format->emin, c.sig) : sf_zero(sign);
}

static struct sf_num underflow(bool sign, s32 exp, struct cut c, struct sf_env *env)
{
    env->flags |= SW_UE;
    exp += env->format->wrap;
    if (env->unfit == SF_WRAP && exp < env->format->emin) {
        env->flags |= SW_PE;
        return sf_zero(sign);
    }
    if (env->unfit != SF_ONLY_IT)
        report(c, env);
    return number(sign, exp, c.sig);
}

/* Tininess is detected after rounding: by the exponent that the rounded number would have. */
static struct sf_num small(bool sign, s32 exp, u64 hi, u64 lo, struct sf_env *env)
{
    struct cut c = cut(sign, hi, lo, env);
    s32 rounded = exp + c.carry;
    bool is_tiny = rounded < env->format->emin;
    if (!is_tiny) {
        report(c, env);
        return number(sign, rounded, c.sig);
    }
    if (env->unmasked & SW_UE)
        return underflow(sign, rounded, c, env);
    if (!env->flush)
        return tiny(sign, exp, hi, lo, env);
    env->flags |= SW_UE | SW_PE;
    return sf_zero(sign);
}

struct sf_num sf_round(bool sign, s32 exp, u64 hi, u64 lo, struct sf_env *env)
{
    if (unlikely(exp < env->format->emin))
        return small(sign, exp, hi, lo, env);
    struct cut c = cut(sign, hi, lo, env);
    exp += c.carry;
    if (unlikely(exp > env->format->emax))
        return overflow(sign, exp, c, env);
    report(c, env);
    return number(sign, exp, c.sig);
}
