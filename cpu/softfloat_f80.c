/* SPDX-License-Identifier: MIT */
/* The portable back end of x87 arithmetic, of integer operations alone. */
#include "cpu/softfloat.h"

/* CW_PC; the reserved value means 64. */
static const u8 precisions[] = {24, 64, 53, 64};

INLINE void controlled(struct sf_env *e, const struct fp_env *env)
{
    sf_env_x87(e, env);
    e->bits = precisions[env->cw >> 8 & 3];
}

static struct f80 soft_add(struct f80 a, struct f80 b, struct fp_env *env)
{
    struct sf_env e;
    controlled(&e, env);
    struct f80 to = sf_pack_f80(sf_add(sf_unpack_f80(a), sf_unpack_f80(b), &e));
    env->sw |= e.flags;
    return to;
}

/* The sign of a NaN is not changed: the smaller of two is still not chosen for it. */
static struct f80 soft_sub(struct f80 a, struct f80 b, struct fp_env *env)
{
    struct sf_env e;
    controlled(&e, env);
    struct sf_num n = sf_unpack_f80(b);
    n.sign ^= !sf_is_nan(n);
    struct f80 to = sf_pack_f80(sf_add(sf_unpack_f80(a), n, &e));
    env->sw |= e.flags;
    return to;
}

static struct f80 soft_mul(struct f80 a, struct f80 b, struct fp_env *env)
{
    struct sf_env e;
    controlled(&e, env);
    struct f80 to = sf_pack_f80(sf_mul(sf_unpack_f80(a), sf_unpack_f80(b), &e));
    env->sw |= e.flags;
    return to;
}

static struct f80 soft_div(struct f80 a, struct f80 b, struct fp_env *env)
{
    struct sf_env e;
    controlled(&e, env);
    struct f80 to = sf_pack_f80(sf_div(sf_unpack_f80(a), sf_unpack_f80(b), &e));
    env->sw |= e.flags;
    return to;
}

static struct f80 soft_sqrt(struct f80 a, struct fp_env *env)
{
    struct sf_env e;
    controlled(&e, env);
    struct f80 to = sf_pack_f80(sf_sqrt(sf_unpack_f80(a), &e));
    env->sw |= e.flags;
    return to;
}

static enum fp_relation soft_compare(struct f80 a, struct f80 b, bool quiet, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    enum fp_relation relation = sf_compare(sf_unpack_f80(a), sf_unpack_f80(b), quiet, &e);
    env->sw |= e.flags;
    return relation;
}

const struct f80_ops soft_f80 = {
    .name = "soft",
    .add = soft_add,
    .sub = soft_sub,
    .mul = soft_mul,
    .div = soft_div,
    .sqrt = soft_sqrt,
    .compare = soft_compare,
    .rem = soft_rem,
    .rint = soft_rint,
    .scale = soft_scale,
    .extract = soft_extract,
    .to_s16 = soft_to_s16,
    .to_s32 = soft_to_s32,
    .to_s64 = soft_to_s64,
    .to_f32 = soft_to_f32,
    .to_f64 = soft_to_f64,
    .from_f32 = soft_from_f32,
    .from_f64 = soft_from_f64,
    .from_s64 = soft_from_s64,
    .to_bcd = soft_to_bcd,
    .from_bcd = soft_from_bcd,
};
