/* SPDX-License-Identifier: MIT */
/* The transcendental instructions: operands that are no ordinary numbers, by the tables of SDM 2A,
 * and rounding. What lies between is in cpu/real.h. Where the tables leave a question open (which
 * flags beside an infinity?), the answer is what a present processor does, and the unit test lists
 * it. */
#include "cpu/real.h"
#include "cpu/softfloat.h"
#include "cpu/trans_tables.h"
#include "cpu/transcendental.h"

enum {
    REDUCIBLE = 63, /* FSIN takes |x| < 2^63 */
    INFINITESIMAL = -56
};

static const struct sf_num one = {.kind = SF_FINITE, .sig = F80_INTEGER};
static const struct sf_num minus_half = {
    .kind = SF_FINITE, .sig = F80_INTEGER, .exp = -1, .sign = true};

static struct real real_of(struct sf_num a)
{
    return (struct real){.m = {a.sig, 0}, .exp = a.exp, .minus = a.sign, .exact = true};
}

static struct sf_num rounded(const struct real *v, struct sf_env *e)
{
    return sf_round(v->minus, v->exp, v->m.hi, v->m.lo | !v->exact, e);
}

/* A result, and its flags. */
static struct f80 finished(struct sf_num a, const struct sf_env *e, struct fp_env *env)
{
    env->sw |= e->flags;
    return sf_pack_f80(a);
}

/* x, though the result is another number: where the manual leaves it open. */
static struct sf_num unchanged(struct sf_num x, struct sf_env *e)
{
    e->flags |= SW_PE;
    return x;
}

static bool is_one(struct sf_num a)
{
    return !a.exp && a.sig == F80_INTEGER;
}

static struct sf_num exp2_m1(struct sf_num x, struct sf_env *e)
{
    if (sf_is_nan(x))
        return sf_nan(x, x, e);
    struct sf_num minus_one = one;
    minus_one.sign = true;
    if (x.kind == SF_INFINITY)
        return x.sign ? minus_one : x;
    if (x.kind == SF_ZERO || sf_denormal(x, x, e))
        return x;
    if (is_one(x))
        return x.sign ? minus_half : x;
    if (x.exp >= 0)
        return unchanged(x, e);
    struct real v = real_of(x), r = real_exp2_m1(&v);
    return rounded(&r, e);
}

struct f80 f80_2xm1(struct f80 x, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    return finished(exp2_m1(sf_unpack_f80(x), &e), &e, env);
}

/* y times a logarithm, if one of them is zero or infinite: then the result is in r. */
static bool product_at_limits(struct sf_num y, struct sf_num log, struct sf_num *r,
                              struct sf_env *e)
{
    bool zero = y.kind == SF_ZERO || log.kind == SF_ZERO;
    bool infinite = y.kind == SF_INFINITY || log.kind == SF_INFINITY;
    if (zero && infinite) {
        *r = sf_invalid(e);
        return true;
    }
    sf_denormal(y, log, e);
    *r = infinite ? sf_infinity(y.sign != log.sign) : sf_zero(y.sign != log.sign);
    return zero || infinite;
}

/* Both are finite. */
static struct sf_num product(struct sf_num y, const struct real *log, struct sf_env *e)
{
    struct real v = real_of(y), r = real_times(&v, log->m);
    r.exp += log->exp;
    r.minus = y.sign != log->minus;
    r.exact = log->exact;
    return rounded(&r, e);
}

/* What log2 x is, x >= 0, as far as one sees that: without its value if it is finite. */
static struct sf_num log2_seen(struct sf_num x)
{
    struct sf_num log = x;
    log.sign = x.kind == SF_ZERO || (x.kind == SF_FINITE && x.exp < 0);
    if (x.kind == SF_ZERO)
        log.kind = SF_INFINITY;
    else if (x.kind == SF_FINITE && is_one(x))
        log.kind = SF_ZERO;
    return log;
}

static struct sf_num yl2x(struct sf_num x, struct sf_num y, struct sf_env *e)
{
    if (sf_is_nan(x) || sf_is_nan(y))
        return sf_nan(x, y, e);
    if (x.kind != SF_ZERO && x.sign)
        return sf_invalid(e);
    if (x.kind == SF_ZERO && y.kind == SF_FINITE) {
        e->flags |= SW_ZE;
        return sf_infinity(!y.sign);
    }
    struct sf_num r;
    if (product_at_limits(y, log2_seen(x), &r, e) || e->flags & e->unmasked)
        return r;
    struct real log = real_log2(x.exp, (struct wide){x.sig, 0});
    return product(y, &log, e);
}

struct f80 f80_yl2x(struct f80 x, struct f80 y, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    return finished(yl2x(sf_unpack_f80(x), sf_unpack_f80(y), &e), &e, env);
}

static struct sf_num yl2xp1(struct sf_num x, struct sf_num y, struct sf_env *e)
{
    if (sf_is_nan(x) || sf_is_nan(y))
        return sf_nan(x, y, e);
    if (x.kind == SF_INFINITY && x.sign)
        return sf_invalid(e);
    struct sf_num r;
    if (product_at_limits(y, x, &r, e) || e->flags & e->unmasked)
        return r;
    if (x.sign && x.exp >= 0)
        return unchanged(x, e);
    struct real v = real_of(x), log = real_log2_1p(&v);
    return product(y, &log, e);
}

struct f80 f80_yl2xp1(struct f80 x, struct f80 y, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    return finished(yl2xp1(sf_unpack_f80(x), sf_unpack_f80(y), &e), &e, env);
}

/* A multiple of a quarter of pi. */
static struct sf_num quarters(unsigned n, bool minus, struct sf_env *e)
{
    if (!n)
        return sf_zero(minus);
    struct real r = real_normal(minus, 1, wide_scale(wide_shr(half_pi, 1), n)); /* Q2.126 */
    return rounded(&r, e);
}

/* The angle of (x, y) if one of them is zero or infinite, in quarters of pi; -1 if none is. */
static int angle_at_limits(struct sf_num x, struct sf_num y)
{
    if (x.kind == SF_INFINITY && y.kind == SF_INFINITY)
        return x.sign ? 3 : 1;
    if (y.kind == SF_ZERO || x.kind == SF_INFINITY)
        return x.sign ? 4 : 0;
    if (x.kind == SF_ZERO || y.kind == SF_INFINITY)
        return 2;
    return -1;
}

static struct sf_num patan(struct sf_num x, struct sf_num y, struct sf_env *e)
{
    if (sf_is_nan(x) || sf_is_nan(y))
        return sf_nan(x, y, e);
    if (sf_denormal(x, y, e))
        return y;
    int limit = angle_at_limits(x, y);
    if (limit >= 0)
        return quarters((unsigned)limit, y.sign, e);
    struct real a = real_of(x), b = real_of(y), angle = real_atan2(&b, &a);
    return rounded(&angle, e);
}

struct f80 f80_patan(struct f80 x, struct f80 y, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    return finished(patan(sf_unpack_f80(x), sf_unpack_f80(y), &e), &e, env);
}

/* The angle of FSIN etc., within pi/4, and the quadrant it was in. */
struct angle {
    struct real v;
    unsigned quadrant;
};

/* What becomes of x: an angle, nothing to compute because it is zero, or no angle at all, and then
 * the result is left in x. */
enum reduction { ANGLE, ZERO_ANGLE, NO_ANGLE };

static enum reduction reduce(struct sf_num *x, struct angle *a, struct sf_env *e)
{
    if (x->kind == SF_ZERO)
        return ZERO_ANGLE;
    if (sf_is_nan(*x))
        *x = sf_nan(*x, *x, e);
    else if (x->kind == SF_INFINITY)
        *x = sf_invalid(e);
    else if (x->exp >= REDUCIBLE)
        e->flags |= SW_C2;
    else if (!sf_denormal(*x, *x, e)) {
        a->v = real_of(*x);
        a->v.exact = false; /* of the sine, where it is all there is */
        a->quadrant = real_reduce(&a->v);
        return ANGLE;
    }
    return NO_ANGLE;
}

/* The sine of the angle that lies so many quadrants further. */
static struct sf_num turned(const struct real *sine, const struct real *cosine, unsigned quadrant,
                            struct sf_env *e)
{
    struct real r = quadrant & 1 ? *cosine : *sine;
    r.minus ^= quadrant >> 1 & 1;
    return rounded(&r, e);
}

/* FSIN, or FCOS: the sine from one quadrant further. */
static struct f80 sine_from(unsigned quadrant, struct f80 x, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    struct sf_num n = sf_unpack_f80(x);
    struct angle a;
    enum reduction is = reduce(&n, &a, &e);
    if (is == ANGLE) {
        struct real sine, cosine;
        real_sincos(&a.v, &sine, &cosine);
        n = turned(&sine, &cosine, a.quadrant + quadrant, &e);
    } else if (is == ZERO_ANGLE && quadrant) {
        n = one;
    }
    return finished(n, &e, env);
}

struct f80 f80_sin(struct f80 x, struct fp_env *env)
{
    return sine_from(0, x, env);
}

struct f80 f80_cos(struct f80 x, struct fp_env *env)
{
    return sine_from(1, x, env);
}

struct f80 f80_sincos(struct f80 x, struct f80 *cosine, struct fp_env *env)
{
    struct sf_env e, other;
    sf_env_x87(&e, env);
    other = e;
    struct sf_num s = sf_unpack_f80(x), c;
    struct angle a;
    enum reduction is = reduce(&s, &a, &e);
    c = is == ZERO_ANGLE ? one : s;
    if (is == ANGLE) {
        struct real sine, cos;
        real_sincos(&a.v, &sine, &cos);
        s = turned(&sine, &cos, a.quadrant, &e);
        c = turned(&sine, &cos, a.quadrant + 1, &other);
        e.flags |= other.flags & SW_ANY;
    }
    *cosine = sf_pack_f80(c);
    return finished(s, &e, env);
}

static struct real tangent(const struct angle *a)
{
    struct real sine, cosine;
    bool turn = a->quadrant & 1;
    if (!turn && a->v.exp < INFINITESIMAL)
        return a->v; /* and a little more: it is not exact */
    real_sincos(&a->v, &sine, &cosine);
    if (!turn)
        return real_divide(&sine, &cosine);
    cosine.minus = true;
    return real_divide(&cosine, &sine);
}

struct f80 f80_ptan(struct f80 x, struct f80 *pushed, struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    struct sf_num n = sf_unpack_f80(x);
    struct angle a;
    enum reduction is = reduce(&n, &a, &e);
    if (is == ANGLE) {
        struct real r = tangent(&a);
        n = rounded(&r, &e);
    }
    *pushed = sf_pack_f80(is == NO_ANGLE ? n : one);
    return finished(n, &e, env);
}

/* Cut off to 64 bits, and what to do with the rest. */
static const struct {
    struct f80 value;
    bool inexact, nearest_is_up;
} constants[F80_CONSTANTS] = {
    [FLD1] = {{F80_INTEGER, 0x3fff}, false, false},
    [FLDL2T] = {{0xd49a784bcd1b8afe, 0x4000}, true, false},
    [FLDL2E] = {{0xb8aa3b295c17f0bb, 0x3fff}, true, true},
    [FLDPI] = {{0xc90fdaa22168c234, 0x4000}, true, true},
    [FLDLG2] = {{0x9a209a84fbcff798, 0x3ffd}, true, true},
    [FLDLN2] = {{0xb17217f7d1cf79ab, 0x3ffe}, true, true},
    [FLDZ] = {{0, 0}, false, false},
};

struct f80 f80_constant(enum f80_constant which, u16 cw)
{
    struct f80 r = constants[which].value;
    u16 rc = cw & CW_RC;
    r.frac += (rc == CW_RC_UP && constants[which].inexact) ||
              (rc == CW_RC_NEAREST && constants[which].nearest_is_up);
    return r;
}
