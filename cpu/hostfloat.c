/* SPDX-License-Identifier: MIT */
/*
 * The back end of x87 arithmetic that asks the host's 80-bit unit. What x86 processors do not all
 * do alike, or the host does not show while its exceptions are masked, is left to soft_f80.
 */
#include "cpu/hostfloat.h"

/* Unmasked overflow and underflow give other results. */
static bool by_soft(const struct fp_env *env)
{
    return unlikely(!host_can(env->cw));
}

#define BINARY(name)                                                                               \
    static struct f80 do_##name(struct f80 a, struct f80 b, struct fp_env *env)                    \
    {                                                                                              \
        struct f80 to;                                                                             \
        if (by_soft(env))                                                                          \
            return soft_f80.name(a, b, env);                                                       \
        u16 was = host_begin(env->cw);                                                             \
        u16 sw = host_##name(&to, &a, &b);                                                         \
        host_end(was, env->cw);                                                                    \
        env->sw |= host_flags(sw, env->cw);                                                        \
        return to;                                                                                 \
    }
BINARY(add)
BINARY(sub)
BINARY(mul)
BINARY(div)
BINARY(scale)

#define UNARY(name)                                                                                \
    static struct f80 do_##name(struct f80 a, struct fp_env *env)                                  \
    {                                                                                              \
        struct f80 to;                                                                             \
        if (by_soft(env))                                                                          \
            return soft_f80.name(a, env);                                                          \
        u16 was = host_begin(env->cw);                                                             \
        u16 sw = host_##name(&to, &a);                                                             \
        host_end(was, env->cw);                                                                    \
        env->sw |= host_flags(sw, env->cw);                                                        \
        return to;                                                                                 \
    }
UNARY(sqrt)
UNARY(rint)

#define STORE(name, type)                                                                          \
    static type to_##name(struct f80 a, struct fp_env *env)                                        \
    {                                                                                              \
        type to;                                                                                   \
        if (by_soft(env))                                                                          \
            return soft_f80.to_##name(a, env);                                                     \
        u16 was = host_begin(env->cw);                                                             \
        u16 sw = host_store_##name(&to, &a);                                                       \
        host_end(was, env->cw);                                                                    \
        env->sw |= host_flags(sw, env->cw);                                                        \
        return to;                                                                                 \
    }
STORE(s16, u16)
STORE(s32, u32)
STORE(s64, u64)
STORE(f32, u32)
STORE(f64, u64)

#define LOAD(name, type)                                                                           \
    static struct f80 from_##name(type a, struct fp_env *env)                                      \
    {                                                                                              \
        struct f80 to;                                                                             \
        u16 was = host_begin(env->cw);                                                             \
        u16 sw = host_load_##name(&to, &a);                                                        \
        host_end(was, env->cw);                                                                    \
        env->sw |= host_flags(sw, env->cw);                                                        \
        return to;                                                                                 \
    }
LOAD(f32, u32)
LOAD(f64, u64)

static struct f80 from_s64(u64 a)
{
    struct f80 to;
    host_load_s64(&to, &a);
    return to;
}

static enum fp_relation compare(struct f80 a, struct f80 b, bool quiet, struct fp_env *env)
{
    if (by_soft(env))
        return soft_f80.compare(a, b, quiet, env);
    host_clear();
    u16 sw = quiet ? host_ucom(&a, &b) : host_com(&a, &b);
    env->sw |= host_flags(sw, env->cw);
    return sw & (SW_C0 | SW_C2 | SW_C3);
}

/* How far one step gets when the exponents differ by 64 or more is each processor's own affair. */
static bool in_one_step(struct f80 a, struct f80 b)
{
    int a_exp = a.se & 0x7fff, b_exp = b.se & 0x7fff;
    return b_exp && a_exp - b_exp < 64;
}

static struct f80 rem(struct f80 a, struct f80 b, bool nearest, struct fp_env *env)
{
    struct f80 to;
    if (by_soft(env) || !in_one_step(a, b))
        return soft_f80.rem(a, b, nearest, env);
    host_clear();
    u16 sw = nearest ? host_prem1(&to, &a, &b) : host_prem(&to, &a, &b);
    env->sw |= host_flags(sw, env->cw);
    if ((to.se & 0x7fff) != 0x7fff && !f80_refused(env))
        env->sw |= sw & SW_CC;
    return to;
}

static struct f80 extract(struct f80 a, struct f80 *exponent, struct fp_env *env)
{
    struct f80 to;
    u16 sw;
    host_clear();
    __asm__ volatile("fldt %3\n\tfxtract\n\tfnstsw %0\n\tfstpt %1\n\tfstpt %2"
                     : "=a"(sw), "=m"(to), "=m"(*exponent)
                     : "m"(a)
                     : "st", "st(1)");
    env->sw |= host_flags(sw, env->cw);
    return to;
}

/* Both are slower on the host than in integers. */
static void to_bcd(struct f80 a, u8 to[10], struct fp_env *env)
{
    soft_f80.to_bcd(a, to, env);
}

static struct f80 from_bcd(const u8 from[10])
{
    return soft_f80.from_bcd(from);
}

const struct f80_ops host_f80 = {
    .name = "host",
    .add = do_add,
    .sub = do_sub,
    .mul = do_mul,
    .div = do_div,
    .sqrt = do_sqrt,
    .compare = compare,
    .rem = rem,
    .rint = do_rint,
    .scale = do_scale,
    .extract = extract,
    .to_s16 = to_s16,
    .to_s32 = to_s32,
    .to_s64 = to_s64,
    .to_f32 = to_f32,
    .to_f64 = to_f64,
    .from_f32 = from_f32,
    .from_f64 = from_f64,
    .from_s64 = from_s64,
    .to_bcd = to_bcd,
    .from_bcd = from_bcd,
};
