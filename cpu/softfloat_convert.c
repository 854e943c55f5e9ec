/* SPDX-License-Identifier: MIT */
/* To integers and among formats. */
#include "cpu/softfloat.h"

/* A finite number's magnitude: an integer of 64 bits, and the fraction; false if it is larger. */
static bool fixed_point(struct sf_num a, u64 *whole, u64 *fraction)
{
    if (a.exp > 63)
        return false;
    s32 by = 63 - a.exp;
    *whole = by < 64 ? a.sig >> by : 0;
    if (by == 0)
        *fraction = 0;
    else if (by < 64)
        *fraction = a.sig << (64 - by);
    else
        *fraction = by == 64 ? a.sig : 1;
    return true;
}

bool sf_to_magnitude(struct sf_num a, u64 *magnitude, struct sf_env *env)
{
    u64 fraction;
    *magnitude = 0;
    if (a.kind == SF_ZERO)
        return true;
    if (a.kind != SF_FINITE || !fixed_point(a, magnitude, &fraction))
        return false;
    bool up = sf_round_up(a.sign, *magnitude, fraction, env->rounding);
    *magnitude += up;
    if (fraction)
        env->flags |= SW_PE | (up ? SW_C1 : 0);
    return true;
}

u64 sf_to_int(struct sf_num a, unsigned bits, struct sf_env *env)
{
    u64 magnitude, indefinite = 1ull << (bits - 1);
    u16 before = env->flags;
    if (sf_to_magnitude(a, &magnitude, env) && magnitude <= indefinite - !a.sign)
        return a.sign ? -magnitude : magnitude;
    env->flags = before | SW_IE;
    return indefinite;
}

INLINE void store_env(struct sf_env *e, const struct fp_env *env, const struct sf_format *format)
{
    sf_env_x87(e, env);
    e->format = format;
    e->bits = format->bits;
    e->unfit = SF_ONLY_IT;
}

u32 soft_to_f32(struct f80 a, struct fp_env *env)
{
    struct sf_env e;
    store_env(&e, env, &sf_f32);
    u32 to = sf_pack_f32(sf_convert(sf_unpack_f80(a), &e));
    env->sw |= e.flags;
    return to;
}

u64 soft_to_f64(struct f80 a, struct fp_env *env)
{
    struct sf_env e;
    store_env(&e, env, &sf_f64);
    u64 to = sf_pack_f64(sf_convert(sf_unpack_f80(a), &e));
    env->sw |= e.flags;
    return to;
}

static u64 to_int(struct f80 a, unsigned bits, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    u64 to = sf_to_int(sf_unpack_f80(a), bits, &e);
    env->sw |= e.flags;
    return to;
}

u16 soft_to_s16(struct f80 a, struct fp_env *env)
{
    return (u16)to_int(a, 16, env);
}

u32 soft_to_s32(struct f80 a, struct fp_env *env)
{
    return (u32)to_int(a, 32, env);
}

u64 soft_to_s64(struct f80 a, struct fp_env *env)
{
    return to_int(a, 64, env);
}

static struct f80 load(struct sf_num a, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    if (sf_is_nan(a))
        a = sf_nan(a, a, &e);
    sf_denormal(a, a, &e);
    env->sw |= e.flags;
    return sf_pack_f80(a);
}

struct f80 soft_from_f32(u32 a, struct fp_env *env)
{
    return load(sf_unpack_f32(a), env);
}

struct f80 soft_from_f64(u64 a, struct fp_env *env)
{
    return load(sf_unpack_f64(a), env);
}

struct f80 soft_from_s64(u64 a)
{
    return sf_pack_f80(sf_from_s64(a));
}

enum f80_class f80_class(struct f80 a)
{
    static const enum f80_class classes[] = {
        [SF_ZERO] = F80_ZERO, [SF_FINITE] = F80_NORMAL, [SF_INFINITY] = F80_INFINITY,
        [SF_QNAN] = F80_NAN,  [SF_SNAN] = F80_NAN,      [SF_UNSUPPORTED] = F80_UNSUPPORTED,
    };
    struct sf_num n = sf_unpack_f80(a);
    return n.denormal ? F80_DENORMAL : classes[n.kind];
}

/* FRNDINT. */
static struct sf_num to_integer(struct sf_num a, struct sf_env *env)
{
    u64 magnitude;
    if (sf_is_nan(a))
        return sf_nan(a, a, env);
    if (sf_denormal(a, a, env) || a.kind != SF_FINITE || a.exp >= 63)
        return a;
    sf_to_magnitude(a, &magnitude, env);
    struct sf_num whole = sf_from_s64(magnitude); /* 2^63 at most, which is its own negative */
    whole.sign = a.sign;
    return whole;
}

struct f80 soft_rint(struct f80 a, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    struct f80 to = sf_pack_f80(to_integer(sf_unpack_f80(a), &e));
    env->sw |= e.flags;
    return to;
}
