/* SPDX-License-Identifier: MIT */
/* The transcendental instructions: operands that are no ordinary numbers, by the tables of SDM 2A,
 * and rounding. What lies between is in cpu/real.h. Where the tables leave a question open (which
 * flags beside an infinity?), the answer is what a present processor does, and the unit test lists
 * it. */
#include "cpu/real.h"
#include "cpu/trans_tables.h"
#include "cpu/transcendental.h"

enum {
    BIAS = 16383,
    TOP_EXP = 0x7fff,
    WRAP = 24576,
    REDUCIBLE = 63, /* FSIN takes |x| < 2^63 */
    INFINITESIMAL = -56
};

enum kind { ZERO, FINITE, INFINITE, NAN, UNSUPPORTED };

struct operand {
    struct real v; /* of a finite one; of all, the sign */
    enum kind kind;
    bool denormal;
};

static const struct f80 positive_one = {F80_INTEGER, BIAS};

static struct f80 zero(bool minus)
{
    return (struct f80){0, minus ? F80_SIGN : 0};
}

static struct f80 infinity(bool minus)
{
    return (struct f80){F80_INTEGER, TOP_EXP | (minus ? F80_SIGN : 0)};
}

static struct f80 invalid(struct fp_env *env)
{
    env->sw |= SW_IE;
    return F80_DEFAULT_NAN;
}

static enum kind kind(struct f80 a)
{
    unsigned exp = a.se & TOP_EXP;
    bool integer = a.frac >> 63;
    if (!exp)
        return a.frac ? FINITE : ZERO;
    if (!integer)
        return UNSUPPORTED;
    if (exp < TOP_EXP)
        return FINITE;
    return a.frac == F80_INTEGER ? INFINITE : NAN;
}

static struct operand unpacked(struct f80 a)
{
    s32 exp = a.se & TOP_EXP;
    struct operand o = {.kind = kind(a)};
    o.denormal = o.kind == FINITE && !exp;
    o.v = real_normal(a.se & F80_SIGN, (exp ? exp : 1) - BIAS, (struct wide){a.frac, 0});
    o.v.exact = true;
    return o;
}

/* Does the rest below the last bit round the magnitude up? */
static bool rounds_up(const struct wide *m, bool minus, u16 cw)
{
    if (!m->lo)
        return false;
    switch (cw & CW_RC) {
    case CW_RC_NEAREST:
        return m->lo >> 63 && (m->lo << 1 || m->hi & 1);
    case CW_RC_DOWN:
        return minus;
    case CW_RC_UP:
        return !minus;
    }
    return false;
}

/* To the right by n > 0, and a 1 at the end for what falls out there. */
static struct wide jammed(struct wide m, s32 n)
{
    if (n > 127)
        return (struct wide){0, !wide_is_zero(m)};
    struct wide s = wide_shr(m, (unsigned)n);
    s.lo |= !wide_is_zero(wide_shl(m, 128 - (unsigned)n));
    return s;
}

static struct f80 packed(bool minus, s32 exp, u64 frac)
{
    return (struct f80){frac, (u16)(exp | (minus ? F80_SIGN : 0))};
}

/* m to its upper word. Gives whether that carries: then it is the next power of two. */
static bool round_off(struct wide *m, bool minus, struct fp_env *env)
{
    bool up = rounds_up(m, minus, env->cw);
    env->sw |= (m->lo ? SW_PE : 0) | (up ? SW_C1 : 0);
    m->hi += up;
    if (!up || m->hi)
        return false;
    m->hi = F80_INTEGER;
    return true;
}

static struct f80 overflow(bool minus, struct fp_env *env)
{
    struct wide beyond = {0, ~(u64)0};
    bool up = rounds_up(&beyond, minus, env->cw);
    env->sw |= SW_OE | SW_PE | (up ? SW_C1 : 0);
    return up ? infinity(minus) : packed(minus, TOP_EXP - 1, ~(u64)0);
}

/* A denormal number, or the smallest normal one if it rounds to that. */
static struct f80 underflow(bool minus, s32 exp, struct wide m, struct fp_env *env)
{
    m = jammed(m, 1 - exp);
    env->sw |= m.lo ? SW_UE : 0;
    round_off(&m, minus, env);
    return packed(minus, m.hi >> 63, m.hi);
}

/* v, rounded to 64 bits. Tiny is what is tiny after rounding (SDM 1 "Numeric Underflow Exception").
 */
static struct f80 rounded(const struct real *v, struct fp_env *env)
{
    struct wide exactly = v->m, m;
    exactly.lo |= !v->exact;
    m = exactly;
    struct fp_env trial = *env;
    s32 exp = v->exp + BIAS + round_off(&m, v->minus, &trial);
    bool large = exp >= TOP_EXP, tiny = exp <= 0;
    if (large && env->cw & SW_OE)
        return overflow(v->minus, env);
    if (tiny && env->cw & SW_UE)
        return underflow(v->minus, v->exp + BIAS, exactly, env);
    env->sw = trial.sw | (large ? SW_OE : 0) | (tiny ? SW_UE : 0);
    return packed(v->minus, exp + (tiny ? WRAP : large ? -WRAP : 0), m.hi);
}

/* SDM 1 "NaN Handling": of two NaNs that with the larger significand, but a quiet one before one
 * that signals; and quiet. */
static struct f80 nan_of_two(struct f80 a, struct f80 b)
{
    bool a_nan = kind(a) == NAN, b_nan = kind(b) == NAN;
    bool a_quiet = a.frac & F80_QUIET, b_quiet = b.frac & F80_QUIET, take_a;
    if (!a_nan || !b_nan)
        take_a = a_nan;
    else if (a_quiet != b_quiet)
        take_a = a_quiet;
    else
        take_a = a.frac != b.frac ? a.frac > b.frac : !(a.se & F80_SIGN);
    struct f80 r = take_a ? a : b;
    r.frac |= F80_QUIET;
    return r;
}

static bool signals(struct f80 a)
{
    return kind(a) == NAN && !(a.frac & F80_QUIET);
}

/* Is an operand no number? Then the result is in r. */
static bool no_number(struct f80 a, struct f80 b, struct f80 *r, struct fp_env *env)
{
    if (kind(a) < NAN && kind(b) < NAN)
        return false;
    if (kind(a) == UNSUPPORTED || kind(b) == UNSUPPORTED) {
        *r = invalid(env);
        return true;
    }
    if (signals(a) || signals(b))
        env->sw |= SW_IE;
    *r = nan_of_two(a, b);
    return true;
}

static void note_denormal(const struct operand *a, struct fp_env *env)
{
    if (a->denormal)
        env->sw |= SW_DE;
}

/* x, though the result is another number: where the manual leaves it open. */
static struct f80 unchanged(struct f80 x, struct fp_env *env)
{
    env->sw |= SW_PE;
    return x;
}

static bool is_one(const struct real *v)
{
    return !v->exp && v->m.hi == F80_INTEGER;
}

static struct f80 exp2_m1_of_finite(struct f80 x, const struct real *v, struct fp_env *env)
{
    if (is_one(v))
        return v->minus ? packed(true, BIAS - 1, F80_INTEGER) : x;
    if (v->exp >= 0)
        return unchanged(x, env);
    struct real r = real_exp2_m1(v);
    return rounded(&r, env);
}

struct f80 f80_2xm1(struct f80 x, struct fp_env *env)
{
    struct f80 r;
    if (no_number(x, x, &r, env))
        return r;
    struct operand o = unpacked(x);
    if (o.kind == INFINITE)
        return o.v.minus ? packed(true, BIAS, F80_INTEGER) : x;
    note_denormal(&o, env);
    if (o.kind == ZERO || f80_refused(env))
        return x;
    return exp2_m1_of_finite(x, &o.v, env);
}

/* y times a logarithm, if one of them is zero or infinite: then the result is in r. */
static bool product_at_limits(const struct operand *y, const struct operand *log, struct f80 *r,
                              struct fp_env *env)
{
    bool minus = y->v.minus != log->v.minus;
    if ((y->kind == ZERO && log->kind == INFINITE) || (y->kind == INFINITE && log->kind == ZERO))
        *r = invalid(env);
    else if (y->kind == INFINITE || log->kind == INFINITE)
        *r = infinity(minus);
    else if (y->kind == ZERO || log->kind == ZERO)
        *r = zero(minus);
    else
        return false;
    return true;
}

static struct f80 product(const struct operand *y, const struct real *log, struct fp_env *env)
{
    struct real r = real_times(&y->v, log->m);
    r.exp += log->exp;
    r.minus = y->v.minus != log->minus;
    r.exact = log->exact;
    return rounded(&r, env);
}

/* What log2 x is, as far as that can be seen: of x = 0, and without a value where it is finite. */
static struct operand log2_at_limits(const struct operand *x)
{
    struct operand log = *x;
    log.v.minus = x->kind == ZERO || (x->kind == FINITE && x->v.exp < 0);
    if (x->kind == ZERO)
        log.kind = INFINITE;
    else if (x->kind == FINITE && is_one(&x->v))
        log.kind = ZERO;
    return log;
}

struct f80 f80_yl2x(struct f80 x, struct f80 y, struct fp_env *env)
{
    struct f80 r;
    if (no_number(x, y, &r, env))
        return r;
    struct operand a = unpacked(x), b = unpacked(y);
    if (a.kind != ZERO && a.v.minus)
        return invalid(env);
    struct operand log = log2_at_limits(&a);
    if (a.kind == ZERO && b.kind == FINITE) {
        env->sw |= SW_ZE;
        return infinity(!b.v.minus);
    }
    bool limit = product_at_limits(&b, &log, &r, env);
    if (env->sw & SW_IE)
        return r;
    note_denormal(&a, env);
    note_denormal(&b, env);
    if (limit || f80_refused(env))
        return r;
    struct real l = real_log2(a.v.exp, a.v.m);
    return product(&b, &l, env);
}

struct f80 f80_yl2xp1(struct f80 x, struct f80 y, struct fp_env *env)
{
    struct f80 r;
    if (no_number(x, y, &r, env))
        return r;
    struct operand a = unpacked(x), b = unpacked(y);
    if (a.kind == INFINITE && a.v.minus)
        return invalid(env);
    bool limit = product_at_limits(&b, &a, &r, env);
    if (env->sw & SW_IE)
        return r;
    note_denormal(&a, env);
    note_denormal(&b, env);
    if (limit || f80_refused(env))
        return r;
    if (a.v.minus && a.v.exp >= 0)
        return unchanged(x, env);
    struct real l = real_log2_1p(&a.v);
    return product(&b, &l, env);
}

/* A multiple of a quarter of pi. */
static struct f80 quarters(unsigned n, bool minus, struct fp_env *env)
{
    if (!n)
        return zero(minus);
    struct wide quarter = wide_shr(half_pi, 1);
    struct real r = real_normal(minus, 1, wide_scale(quarter, n)); /* Q2.126 */
    return rounded(&r, env);
}

/* The angle of (x, y) if one of them is zero or infinite, in quarters of pi; -1 if none is. */
static int angle_at_limits(const struct operand *x, const struct operand *y)
{
    if (x->kind == INFINITE && y->kind == INFINITE)
        return x->v.minus ? 3 : 1;
    if (y->kind == ZERO || x->kind == INFINITE)
        return x->v.minus ? 4 : 0;
    if (x->kind == ZERO || y->kind == INFINITE)
        return 2;
    return -1;
}

struct f80 f80_patan(struct f80 x, struct f80 y, struct fp_env *env)
{
    struct f80 r;
    if (no_number(x, y, &r, env))
        return r;
    struct operand a = unpacked(x), b = unpacked(y);
    note_denormal(&a, env);
    note_denormal(&b, env);
    if (f80_refused(env))
        return y;
    int limit = angle_at_limits(&a, &b);
    if (limit >= 0)
        return quarters((unsigned)limit, b.v.minus, env);
    struct real angle = real_atan2(&b.v, &a.v);
    return rounded(&angle, env);
}

/* The angle of FSIN etc., within pi/4, and the quadrant it was in; or why there is none. */
struct angle {
    struct real v;
    unsigned quadrant;
    enum { ANGLE, ANGLE_ZERO, NO_ANGLE } is;
    struct f80 r; /* for NO_ANGLE the result */
};

static struct angle reduced(struct f80 x, struct fp_env *env)
{
    struct angle a = {.is = NO_ANGLE, .r = x};
    if (no_number(x, x, &a.r, env))
        return a;
    struct operand o = unpacked(x);
    if (o.kind == INFINITE) {
        a.r = invalid(env);
    } else if (o.kind == ZERO) {
        a.is = ANGLE_ZERO;
    } else if (o.v.exp >= REDUCIBLE) {
        env->sw |= SW_C2;
    } else {
        note_denormal(&o, env);
        if (f80_refused(env))
            return a;
        a.is = ANGLE;
        a.v = o.v;
        a.quadrant = real_reduce(&a.v);
        a.v.exact = false;
    }
    return a;
}

/* The sine of the angle that lies N quadrants further. */
static struct real sine_from(const struct real *sine, const struct real *cosine, unsigned quadrant)
{
    struct real r = quadrant & 1 ? *cosine : *sine;
    r.minus ^= quadrant >> 1 & 1;
    return r;
}

struct f80 f80_sin(struct f80 x, struct fp_env *env)
{
    struct angle a = reduced(x, env);
    if (a.is != ANGLE)
        return a.r;
    struct real sine, cosine;
    real_sincos(&a.v, &sine, &cosine);
    sine = sine_from(&sine, &cosine, a.quadrant);
    return rounded(&sine, env);
}

struct f80 f80_cos(struct f80 x, struct fp_env *env)
{
    struct angle a = reduced(x, env);
    if (a.is != ANGLE)
        return a.is == ANGLE_ZERO ? positive_one : a.r;
    struct real sine, cosine;
    real_sincos(&a.v, &sine, &cosine);
    cosine = sine_from(&sine, &cosine, (a.quadrant + 1) & 3);
    return rounded(&cosine, env);
}

struct f80 f80_sincos(struct f80 x, struct f80 *cosine, struct fp_env *env)
{
    struct angle a = reduced(x, env);
    *cosine = a.is == ANGLE_ZERO ? positive_one : a.r;
    if (a.is != ANGLE)
        return a.r;
    struct real s, c, sine;
    real_sincos(&a.v, &s, &c);
    sine = sine_from(&s, &c, a.quadrant);
    c = sine_from(&s, &c, (a.quadrant + 1) & 3);
    struct fp_env apart = *env;
    *cosine = rounded(&c, &apart);
    struct f80 r = rounded(&sine, env);
    env->sw |= apart.sw & SW_ANY;
    return r;
}

static struct real tangent(const struct angle *a)
{
    struct real sine, cosine;
    if (!(a->quadrant & 1) && a->v.exp < INFINITESIMAL)
        return a->v; /* and a little more: it is not exact */
    real_sincos(&a->v, &sine, &cosine);
    if (!(a->quadrant & 1))
        return real_divide(&sine, &cosine);
    cosine.minus = true;
    return real_divide(&cosine, &sine);
}

struct f80 f80_ptan(struct f80 x, struct f80 *one, struct fp_env *env)
{
    struct angle a = reduced(x, env);
    *one = a.is == NO_ANGLE ? a.r : positive_one;
    if (a.is != ANGLE)
        return a.r;
    struct real r = tangent(&a);
    return rounded(&r, env);
}

/* Cut off to 64 bits, and what to do with the rest. */
static const struct {
    struct f80 value;
    bool inexact, nearest_is_up;
} constants[F80_CONSTANTS] = {
    [FLD1] = {{F80_INTEGER, BIAS}, false, false},
    [FLDL2T] = {{0xd49a784bcd1b8afe, BIAS + 1}, true, false},
    [FLDL2E] = {{0xb8aa3b295c17f0bb, BIAS}, true, true},
    [FLDPI] = {{0xc90fdaa22168c234, BIAS + 1}, true, true},
    [FLDLG2] = {{0x9a209a84fbcff798, BIAS - 2}, true, true},
    [FLDLN2] = {{0xb17217f7d1cf79ab, BIAS - 1}, true, true},
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
