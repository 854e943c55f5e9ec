/* SPDX-License-Identifier: MIT */
/* float32 and float64 with SSE's NaNs, flags, DAZ and FTZ. */
#include "cpu/softfloat.h"

INLINE void sse(struct sf_env *e, const struct sse_env *env, const struct sf_format *format)
{
    e->format = format;
    e->flags = 0;
    e->unmasked = ~(env->mxcsr >> MXCSR_MASKS) & SW_ANY;
    e->bits = format->bits;
    e->rounding = env->mxcsr >> MXCSR_RC & 3;
    e->unfit = SF_NOTHING;
    e->first_nan = true;
    e->flush = (env->mxcsr & MXCSR_FTZ) && !(e->unmasked & SW_UE);
}

static void report(struct sse_env *env, const struct sf_env *e)
{
    env->flags |= e->flags & SW_ANY;
}

/* DAZ: denormals are zero, and no exception. */
static u32 f32_daz(u32 a, const struct sse_env *env)
{
    bool zero = (env->mxcsr & MXCSR_DAZ) && !(a & 0x7f800000);
    return zero ? a & 0x80000000 : a;
}

static u64 f64_daz(u64 a, const struct sse_env *env)
{
    bool zero = (env->mxcsr & MXCSR_DAZ) && !(a & 0x7ff0000000000000);
    return zero ? a & 0x8000000000000000 : a;
}

static struct sf_num f32_number(u32 a, const struct sse_env *env)
{
    return sf_unpack_f32(f32_daz(a, env));
}

static struct sf_num f64_number(u64 a, const struct sse_env *env)
{
    return sf_unpack_f64(f64_daz(a, env));
}

/* A NaN keeps its sign. */
static struct sf_num sub(struct sf_num a, struct sf_num b, struct sf_env *e)
{
    b.sign ^= !sf_is_nan(b);
    return sf_add(a, b, e);
}

#define BINARY(format, type, name, operation)                                                      \
    type format##_##name(type a, type b, struct sse_env *env)                                      \
    {                                                                                              \
        struct sf_env e;                                                                           \
        sse(&e, env, &sf_##format);                                                                \
        struct sf_num n = operation(format##_number(a, env), format##_number(b, env), &e);         \
        report(env, &e);                                                                           \
        return sf_pack_##format(n);                                                                \
    }
BINARY(f32, u32, add, sf_add)
BINARY(f32, u32, sub, sub)
BINARY(f32, u32, mul, sf_mul)
BINARY(f32, u32, div, sf_div)
BINARY(f64, u64, add, sf_add)
BINARY(f64, u64, sub, sub)
BINARY(f64, u64, mul, sf_mul)
BINARY(f64, u64, div, sf_div)

#define ROOT(format, type)                                                                         \
    type format##_sqrt(type a, struct sse_env *env)                                                \
    {                                                                                              \
        struct sf_env e;                                                                           \
        sse(&e, env, &sf_##format);                                                                \
        struct sf_num n = sf_sqrt(format##_number(a, env), &e);                                    \
        report(env, &e);                                                                           \
        return sf_pack_##format(n);                                                                \
    }
ROOT(f32, u32)
ROOT(f64, u64)

#define COMPARE(format, type)                                                                      \
    enum fp_relation format##_compare(type a, type b, bool quiet, struct sse_env *env)             \
    {                                                                                              \
        struct sf_env e;                                                                           \
        sse(&e, env, &sf_##format);                                                                \
        enum fp_relation relation =                                                                \
            sf_compare(format##_number(a, env), format##_number(b, env), quiet, &e);               \
        report(env, &e);                                                                           \
        return relation;                                                                           \
    }
COMPARE(f32, u32)
COMPARE(f64, u64)

/* a, if the relation of a to b is this; else, as for NaNs and two zeros, b. */
#define EXTREME(format, type, name, wanted)                                                        \
    type format##_##name(type a, type b, struct sse_env *env)                                      \
    {                                                                                              \
        bool first = format##_compare(a, b, false, env) == wanted;                                 \
        return format##_daz(first ? a : b, env);                                                   \
    }
EXTREME(f32, u32, min, FP_LESS)
EXTREME(f32, u32, max, FP_GREATER)
EXTREME(f64, u64, min, FP_LESS)
EXTREME(f64, u64, max, FP_GREATER)

static struct sf_num convert(struct sf_num a, struct sf_env *e)
{
    if (!sf_is_nan(a) && sf_denormal(a, a, e))
        return a;
    return sf_convert(a, e);
}

u64 f32_to_f64(u32 a, struct sse_env *env)
{
    struct sf_env e;
    sse(&e, env, &sf_f64);
    struct sf_num n = convert(f32_number(a, env), &e);
    report(env, &e);
    return sf_pack_f64(n);
}

u32 f64_to_f32(u64 a, struct sse_env *env)
{
    struct sf_env e;
    sse(&e, env, &sf_f32);
    struct sf_num n = convert(f64_number(a, env), &e);
    report(env, &e);
    return sf_pack_f32(n);
}

#define TO_INTEGER(format, type, bits, integer)                                                    \
    integer format##_to_s##bits(type a, bool truncate, struct sse_env *env)                        \
    {                                                                                              \
        struct sf_env e;                                                                           \
        sse(&e, env, &sf_##format);                                                                \
        if (truncate)                                                                              \
            e.rounding = SF_TO_ZERO;                                                               \
        integer to = (integer)sf_to_int(format##_number(a, env), bits, &e);                        \
        report(env, &e);                                                                           \
        return to;                                                                                 \
    }
TO_INTEGER(f32, u32, 32, u32)
TO_INTEGER(f32, u32, 64, u64)
TO_INTEGER(f64, u64, 32, u32)
TO_INTEGER(f64, u64, 64, u64)

#define FROM_INTEGER(format, type)                                                                 \
    type format##_from_s64(u64 a, struct sse_env *env)                                             \
    {                                                                                              \
        struct sf_env e;                                                                           \
        sse(&e, env, &sf_##format);                                                                \
        struct sf_num n = sf_convert(sf_from_s64(a), &e);                                          \
        report(env, &e);                                                                           \
        return sf_pack_##format(n);                                                                \
    }
FROM_INTEGER(f32, u32)
FROM_INTEGER(f64, u64)
