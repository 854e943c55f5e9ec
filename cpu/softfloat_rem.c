/* SPDX-License-Identifier: MIT */
/* FPREM, FPREM1, FSCALE, FXTRACT: what works on exponents. SDM 2A, under these names. */
#include "cpu/softfloat.h"

/* |a| / |b| as far as one step goes: b times the quotient, and what is left at b's scale. */
struct step {
    u64 quotient; /* its low bits */
    u64 rest;     /* times 2^(exp - 63) */
    s32 exp;
    bool partial;
};

/*
 * Exponents that differ by 64 or more are brought nearer by 32 to 63; the manual leaves it open
 * by how many, and the silicon takes 32 and the lower five bits of the difference.
 */
static struct step divide(struct sf_num a, struct sf_num b)
{
    s32 by = a.exp - b.exp;
    struct step s = {.exp = b.exp, .partial = by >= 64};
    if (s.partial) {
        s32 all = by;
        by = (all & 31) | 32;
        s.exp = b.exp + all - by;
    }
    bool first = a.sig >= b.sig;
    u64 rest = a.sig - (first ? b.sig : 0);
    if (by == 0) {
        s.quotient = first;
        s.rest = rest;
    } else {
        s.quotient = (u64)first << by | sf_div128(rest >> (64 - by), rest << by, b.sig, &s.rest);
    }
    return s;
}

static struct sf_num left_over(bool sign, s32 exp, u64 rest, struct sf_env *env)
{
    if (!rest)
        return sf_zero(sign);
    int up = sf_clz(rest);
    return sf_round(sign, exp - up, rest << up, 0, env);
}

static u16 quotient_bits(u64 quotient)
{
    return (quotient & 4 ? SW_C0 : 0) | (quotient & 2 ? SW_C3 : 0) | (quotient & 1 ? SW_C1 : 0);
}

/* The quotient to the nearest integer instead: the rest is at most half of b, and may change sign.
 */
static bool nearer(struct step *s, u64 b)
{
    u64 other = b - s->rest;
    if (s->rest < other || (s->rest == other && !(s->quotient & 1)))
        return false;
    s->rest = other;
    s->quotient++;
    return true;
}

/* |a| < |b|: the quotient is 0, or 1 if |a| is more than half of |b|. */
static struct sf_num rem_small(struct sf_num a, struct sf_num b, bool nearest, struct sf_env *env)
{
    if (!nearest || a.exp < b.exp - 1 || (a.exp == b.exp - 1 && a.sig <= b.sig))
        return sf_round(a.sign, a.exp, a.sig, 0, env);
    env->flags |= SW_C1;
    /* b - a, at a's scale, where b's exponent is larger by one. */
    u64 rest = (b.sig << 1) - a.sig;
    return left_over(!a.sign, a.exp, rest, env);
}

static struct sf_num rem_finite(struct sf_num a, struct sf_num b, bool nearest, struct sf_env *env)
{
    if (a.exp < b.exp)
        return rem_small(a, b, nearest, env);
    struct step s = divide(a, b);
    bool sign = a.sign;
    if (s.partial)
        env->flags |= SW_C2;
    else if (nearest)
        sign ^= nearer(&s, b.sig);
    struct sf_num rest = left_over(s.rest ? sign : a.sign, s.exp, s.rest, env);
    if (!s.partial)
        env->flags |= quotient_bits(s.quotient);
    return rest;
}

static struct sf_num rem(struct sf_num a, struct sf_num b, bool nearest, struct sf_env *env)
{
    if (sf_is_nan(a) || sf_is_nan(b))
        return sf_nan(a, b, env);
    if (a.kind == SF_INFINITY || b.kind == SF_ZERO)
        return sf_invalid(env);
    if (sf_denormal(a, b, env) || a.kind == SF_ZERO)
        return a;
    if (b.kind == SF_INFINITY)
        return sf_round(a.sign, a.exp, a.sig, 0, env);
    return rem_finite(a, b, nearest, env);
}

struct f80 soft_rem(struct f80 a, struct f80 b, bool nearest, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    struct f80 to = sf_pack_f80(rem(sf_unpack_f80(a), sf_unpack_f80(b), nearest, &e));
    env->sw |= e.flags;
    return to;
}

/* By infinity: infinity or zero. */
static struct sf_num scale_far(struct sf_num a, struct sf_num by, struct sf_env *env)
{
    if (a.kind == (by.sign ? SF_INFINITY : SF_ZERO))
        return sf_invalid(env);
    if (sf_denormal(a, by, env))
        return a;
    return by.sign ? sf_zero(a.sign) : sf_infinity(a.sign);
}

/*
 * The integer part of by (a zero has the exponent 0 and no bits), or what is as good: by 2^17 every
 * number is scaled out of range.
 */
static s32 scale_of(struct sf_num by)
{
    if (by.exp < 0)
        return 0;
    s32 scale = by.exp > 16 ? 1 << 17 : (s32)(by.sig >> (63 - by.exp));
    return by.sign ? -scale : scale;
}

static struct sf_num scale(struct sf_num a, struct sf_num by, struct sf_env *env)
{
    if (sf_is_nan(a) || sf_is_nan(by))
        return sf_nan(a, by, env);
    if (by.kind == SF_INFINITY)
        return scale_far(a, by, env);
    if (sf_denormal(a, by, env) || a.kind != SF_FINITE)
        return a;
    return sf_round(a.sign, a.exp + scale_of(by), a.sig, 0, env);
}

struct f80 soft_scale(struct f80 a, struct f80 by, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    struct f80 to = sf_pack_f80(scale(sf_unpack_f80(a), sf_unpack_f80(by), &e));
    env->sw |= e.flags;
    return to;
}

static struct sf_num extract(struct sf_num a, struct sf_num *exponent, struct sf_env *env)
{
    *exponent = a;
    if (sf_is_nan(a))
        return *exponent = sf_nan(a, a, env);
    if (a.kind == SF_INFINITY) {
        *exponent = sf_infinity(false);
        return a;
    }
    if (a.kind == SF_ZERO) {
        env->flags |= SW_ZE;
        *exponent = sf_infinity(true);
        return a;
    }
    if (sf_denormal(a, a, env))
        return a;
    *exponent = sf_from_s64((u64)(s64)a.exp);
    a.exp = 0;
    return a;
}

struct f80 soft_extract(struct f80 a, struct f80 *exponent, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    struct sf_num power, to = extract(sf_unpack_f80(a), &power, &e);
    *exponent = sf_pack_f80(power);
    env->sw |= e.flags;
    return sf_pack_f80(to);
}
