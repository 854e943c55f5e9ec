/* SPDX-License-Identifier: MIT */
/* Add, multiply, divide, square root, compare; and what NaNs do to them. */
#include "cpu/softfloat.h"

static const struct sf_num default_nan = {.sig = 3ull << 62, .kind = SF_QNAN, .sign = true};

struct sf_num sf_invalid(struct sf_env *env)
{
    env->flags |= SW_IE;
    return default_nan;
}

/*
 * The x87's choice: a quiet one goes before a signalling one, then the larger significand, then the
 * positive one. SDM 1 "QNaN Floating-Point Indefinite", "Rules for Handling NaNs".
 */
static bool takes_first(struct sf_num a, struct sf_num b)
{
    if (sf_is_nan(a) != sf_is_nan(b))
        return sf_is_nan(a);
    if (a.kind != b.kind)
        return a.kind == SF_QNAN;
    return a.sig != b.sig ? a.sig > b.sig : !a.sign;
}

struct sf_num sf_nan(struct sf_num a, struct sf_num b, struct sf_env *env)
{
    if (a.kind == SF_UNSUPPORTED || b.kind == SF_UNSUPPORTED)
        return sf_invalid(env);
    if (a.kind == SF_SNAN || b.kind == SF_SNAN)
        env->flags |= SW_IE;
    struct sf_num nan = (env->first_nan ? sf_is_nan(a) : takes_first(a, b)) ? a : b;
    nan.sig |= F80_QUIET;
    nan.kind = SF_QNAN;
    return nan;
}

/* 128 bits hi:lo, not zero, up to where bit 127 is set. */
static struct sf_num normalise(bool sign, s32 exp, u64 hi, u64 lo, struct sf_env *env)
{
    if (!hi) {
        hi = lo;
        lo = 0;
        exp -= 64;
    }
    int up = sf_clz(hi);
    if (up) {
        hi = hi << up | lo >> (64 - up);
        lo <<= up;
    }
    return sf_round(sign, exp - up, hi, lo, env);
}

/* The significand 2^-by as large, with a sticky bit: below a quarter of a unit that is all. */
static struct wide aligned(u64 sig, u32 by)
{
    if (by == 0)
        return (struct wide){sig, 0};
    if (by < 64)
        return (struct wide){sig >> by, sig << (64 - by)};
    if (by == 64)
        return (struct wide){0, sig};
    return (struct wide){0, by == 65 ? sig >> 1 | (sig & 1) : 1};
}

/* |a| + |b|, where a's exponent is not the smaller one. */
static struct sf_num add_magnitudes(struct sf_num a, struct sf_num b, struct sf_env *env)
{
    struct wide small = aligned(b.sig, (u32)(a.exp - b.exp));
    u64 hi = a.sig + small.hi, lo = small.lo;
    if (hi >= a.sig)
        return sf_round(a.sign, a.exp, hi, lo, env);
    lo = hi << 63 | (lo != 0);
    return sf_round(a.sign, a.exp + 1, hi >> 1 | F80_INTEGER, lo, env);
}

/* |a| - |b| with a's sign, where |a| is the larger one. */
static struct sf_num sub_magnitudes(struct sf_num a, struct sf_num b, struct sf_env *env)
{
    struct wide small = aligned(b.sig, (u32)(a.exp - b.exp));
    u64 hi = a.sig - small.hi - (small.lo != 0);
    return normalise(a.sign, a.exp, hi, -small.lo, env);
}

static bool smaller(struct sf_num a, struct sf_num b)
{
    return a.exp != b.exp ? a.exp < b.exp : a.sig < b.sig;
}

static struct sf_num add_finite(struct sf_num a, struct sf_num b, struct sf_env *env)
{
    if (smaller(a, b)) {
        struct sf_num c = a;
        a = b;
        b = c;
    }
    if (a.sign == b.sign)
        return add_magnitudes(a, b, env);
    if (a.exp == b.exp && a.sig == b.sig)
        return sf_zero(env->rounding == SF_DOWN);
    return sub_magnitudes(a, b, env);
}

static struct sf_num rounded(struct sf_num a, struct sf_env *env)
{
    return sf_round(a.sign, a.exp, a.sig, 0, env);
}

/* Zeros and infinities. */
static struct sf_num add_other(struct sf_num a, struct sf_num b, struct sf_env *env)
{
    if (a.kind == SF_INFINITY)
        return a;
    if (b.kind == SF_INFINITY)
        return b;
    if (a.kind == SF_FINITE)
        return rounded(a, env);
    if (b.kind == SF_FINITE)
        return rounded(b, env);
    return sf_zero(a.sign == b.sign ? a.sign : env->rounding == SF_DOWN);
}

struct sf_num sf_add(struct sf_num a, struct sf_num b, struct sf_env *env)
{
    if (unlikely(sf_is_nan(a) || sf_is_nan(b)))
        return sf_nan(a, b, env);
    if (unlikely(a.kind == SF_INFINITY && b.kind == SF_INFINITY && a.sign != b.sign))
        return sf_invalid(env);
    if (unlikely(sf_denormal(a, b, env)))
        return a;
    if (likely(a.kind == SF_FINITE && b.kind == SF_FINITE))
        return add_finite(a, b, env);
    return add_other(a, b, env);
}

struct sf_num sf_mul(struct sf_num a, struct sf_num b, struct sf_env *env)
{
    bool sign = a.sign != b.sign;
    if (unlikely(sf_is_nan(a) || sf_is_nan(b)))
        return sf_nan(a, b, env);
    bool infinite = a.kind == SF_INFINITY || b.kind == SF_INFINITY;
    bool zero = a.kind == SF_ZERO || b.kind == SF_ZERO;
    if (unlikely(infinite && zero))
        return sf_invalid(env);
    if (unlikely(sf_denormal(a, b, env)))
        return a;
    if (unlikely(infinite))
        return sf_infinity(sign);
    if (unlikely(zero))
        return sf_zero(sign);
    struct wide product = mul64(a.sig, b.sig);
    return normalise(sign, a.exp + b.exp + 1, product.hi, product.lo, env);
}

/* Where the rest of a division lies within the last unit: none, below half, above. It is never half:
 * twice the dividend, with 64 zeros below it, would be an odd multiple of the divisor's 64 bits. */
static u64 fraction_of(u64 rest, u64 by)
{
    return rest > by - rest ? F80_INTEGER | 1 : rest != 0;
}

static struct sf_num div_finite(struct sf_num a, struct sf_num b, bool sign, struct sf_env *env)
{
    s32 exp = a.exp - b.exp;
    u64 rest, hi = a.sig, lo = 0;
    if (hi >= b.sig) {
        lo = hi << 63;
        hi >>= 1;
    } else {
        exp--;
    }
    u64 quotient = sf_div128(hi, lo, b.sig, &rest);
    return sf_round(sign, exp, quotient, fraction_of(rest, b.sig), env);
}

struct sf_num sf_div(struct sf_num a, struct sf_num b, struct sf_env *env)
{
    bool sign = a.sign != b.sign;
    if (unlikely(sf_is_nan(a) || sf_is_nan(b)))
        return sf_nan(a, b, env);
    if (unlikely(a.kind == b.kind && a.kind != SF_FINITE))
        return sf_invalid(env);
    if (unlikely(b.kind == SF_ZERO && a.kind == SF_FINITE)) {
        env->flags |= SW_ZE;
        return sf_infinity(sign);
    }
    if (unlikely(sf_denormal(a, b, env)))
        return a;
    if (likely(a.kind == SF_FINITE && b.kind == SF_FINITE))
        return div_finite(a, b, sign, env);
    return a.kind == SF_INFINITY || b.kind == SF_ZERO ? sf_infinity(sign) : sf_zero(sign);
}

/* The root of a number from 2^62 on, 32 bits, two bits of it at a time. */
static u64 root64(u64 n)
{
    u64 root = 0, rest = n;
    for (u64 bit = 1ull << 62; bit; bit >>= 2) {
        u64 next = root + bit;
        bool fits = rest >= next;
        rest -= fits ? next : 0;
        root = (root >> 1) + (fits ? bit : 0);
    }
    return root;
}

/*
 * The root of hi:lo, 64 bits, and what is left. The root r of the upper half gives the lower half
 * by one division: (r 2^32 + q)^2 = hi:lo - rest, q = (hi - r^2) 2^32 / 2r or one less. hi >= 2^62.
 */
static u64 root128(u64 hi, u64 lo, struct wide *rest)
{
    u64 r = root64(hi), left = hi - r * r;
    u64 q = (left << 31 | lo >> 33) / r; /* left <= 2r, so it has 33 bits */
    if (q > 0xffffffff)
        q = 0xffffffff;
    u64 root = (r << 32) + q;
    struct wide square = mul64(root, root);
    while (square.hi > hi || (square.hi == hi && square.lo > lo)) {
        root--;
        square = mul64(root, root);
    }
    *rest = (struct wide){hi - square.hi - (lo < square.lo), lo - square.lo};
    return root;
}

static struct sf_num sqrt_finite(struct sf_num a, struct sf_env *env)
{
    struct wide rest;
    bool odd = a.exp & 1;
    u64 hi = odd ? a.sig : a.sig >> 1, lo = odd ? 0 : a.sig << 63;
    u64 root = root128(hi, lo, &rest), fraction = 0;
    if (rest.hi || rest.lo) /* never half of a unit: its square is no integer */
        fraction = rest.hi || rest.lo > root ? F80_INTEGER | 1 : 1;
    return sf_round(false, (a.exp - odd) / 2, root, fraction, env);
}

struct sf_num sf_sqrt(struct sf_num a, struct sf_env *env)
{
    if (sf_is_nan(a))
        return sf_nan(a, a, env);
    if (a.sign && a.kind != SF_ZERO)
        return sf_invalid(env);
    if (sf_denormal(a, a, env) || a.kind != SF_FINITE)
        return a;
    return sqrt_finite(a, env);
}

static bool less(struct sf_num a, struct sf_num b)
{
    if (a.sign != b.sign)
        return a.sign;
    if (a.kind != b.kind) /* zero, finite, infinite: in this order */
        return (a.kind < b.kind) != a.sign;
    return smaller(a, b) != a.sign;
}

static bool equal(struct sf_num a, struct sf_num b)
{
    if (a.kind == SF_ZERO && b.kind == SF_ZERO)
        return true;
    return a.kind == b.kind && a.sign == b.sign && a.exp == b.exp && a.sig == b.sig;
}

enum fp_relation sf_compare(struct sf_num a, struct sf_num b, bool quiet, struct sf_env *env)
{
    if (sf_is_nan(a) || sf_is_nan(b)) {
        if (!quiet || a.kind > SF_QNAN || b.kind > SF_QNAN)
            env->flags |= SW_IE;
        return FP_UNORDERED;
    }
    sf_denormal(a, b, env);
    if (equal(a, b))
        return FP_EQUAL;
    return less(a, b) ? FP_LESS : FP_GREATER;
}

struct sf_num sf_convert(struct sf_num a, struct sf_env *env)
{
    if (sf_is_nan(a))
        return sf_nan(a, a, env);
    return a.kind == SF_FINITE ? rounded(a, env) : a;
}
