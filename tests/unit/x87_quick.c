/* SPDX-License-Identifier: MIT */
/* The short arithmetic of fast x87 handlers against the complete one: it has a result just where
 * its head says, and then it is the same. */
#include <stdlib.h>

#include "cpu/x87_quick.h"
#include "tests/unit/unit.h"

enum { ROUNDS = 400000 };

static u64 state = 88172645463325252u;

static u64 rnd(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Significands with long runs of equal bits, which is where carries and ties are. */
static u64 digits(void)
{
    u64 v = rnd();
    switch (rnd() & 7) {
    case 0:
        return F80_INTEGER;
    case 1:
        return ~0ull << (v & 63);
    case 2:
        return F80_INTEGER | 1ull << (v & 63);
    case 3:
        return F80_INTEGER | ((1ull << (v & 63)) - 1);
    case 4:
        return F80_INTEGER | (v & ~0ull << (v >> 58));
    }
    return F80_INTEGER | v;
}

static struct f80 number(void)
{
    static const u16 ends[] = {0,      1,      2,      0x7ffd, 0x7ffe, 0x7fff,
                               0x3fff, 0x3f81, 0x3c01, 0x43fe, 0x407e};
    u16 sign = rnd() & F80_SIGN, e = (u16)(0x3fc0 + rnd() % 0x81);
    if (rnd() % 16 == 0)
        e = ends[rnd() % ARRAY_LEN(ends)];
    if (rnd() % 32 == 0)
        return (struct f80){0, sign};
    return (struct f80){rnd() % 64 ? digits() : rnd(), sign | e};
}

/* An exponent of the other operand for which a product, or (E odd) a quotient, is about the largest
 * or the smallest there is. */
static u16 near_the_end(u16 se, u16 e)
{
    int exponent = se & 0x7fff, end = e & 2 ? 0x7ffe : 0, off = (e >> 2 & 3) - 2;
    int other = e & 1 ? exponent + 0x3fff - end : end + 0x3fff - exponent;
    return (u16)((e & F80_SIGN) | ((other + off) & 0x7fff));
}

static u16 control(void)
{
    static const u16 words[] = {0x37f, 0x27f, 0x37f, 0x27f, 0x07f, 0x17f,
                                0x77f, 0xb7f, 0xf7f, 0x35f, 0x25f};
    return words[rnd() % ARRAY_LEN(words)];
}

/* What the short arithmetic must do: all that its head says, and no more. */

static bool normal(struct f80 a)
{
    unsigned exponent = a.se & 0x7fff;
    return a.frac >> 63 && exponent && exponent != 0x7fff;
}

static bool zero(struct f80 a)
{
    return !a.frac && !(a.se & 0x7fff);
}

static bool plain(struct f80 a)
{
    return normal(a) || zero(a);
}

/* Rounds to nearest, to 64 or 53 bits, and PE is masked. */
static bool known(u16 cw)
{
    return (cw & 0xf20) == 0x320 || (cw & 0xf20) == 0x220;
}

static bool nearest(u16 cw)
{
    return !(cw & 0xc00);
}

/* R is normal without over- or underflow. */
static bool in_range(struct f80 r, const struct fp_env *env)
{
    return normal(r) && !(env->sw & (SW_OE | SW_UE));
}

static bool does_add(struct f80 a, struct f80 b, struct f80 r, const struct fp_env *env)
{
    return plain(a) && plain(b) &&
           (zero(r) && !env->sw ? nearest(env->cw) : known(env->cw) && in_range(r, env));
}

static bool does_mul(struct f80 a, struct f80 b, struct f80 r, const struct fp_env *env)
{
    return plain(a) && plain(b) && (zero(a) || zero(b) || (known(env->cw) && in_range(r, env)));
}

static bool does_div(struct f80 a, struct f80 b, struct f80 r, const struct fp_env *env)
{
    return plain(a) && normal(b) && (zero(a) || (known(env->cw) && in_range(r, env)));
}

static void same(const char *what, struct f80 a, struct f80 b, u16 cw, u64 got, u32 got_high,
                 u32 flags, u64 want, u32 want_high, u32 want_flags)
{
    if (got == want && got_high == want_high && flags == want_flags)
        return; /* each assertion costs a system call */
    ck_abort_msg("%s %04x.%016llx %04x.%016llx cw %03x: %04x.%016llx flags %03x, not "
                 "%04x.%016llx flags %03x",
                 what, a.se, (unsigned long long)a.frac, b.se, (unsigned long long)b.frac, cw,
                 got_high, (unsigned long long)got, flags, want_high, (unsigned long long)want,
                 want_flags);
}

static void check_done(const char *what, struct f80 a, struct f80 b, u16 cw, bool done, bool want)
{
    if (done != want)
        ck_abort_msg("%s %04x.%016llx %04x.%016llx cw %03x: %s", what, a.se,
                     (unsigned long long)a.frac, b.se, (unsigned long long)b.frac, cw,
                     done ? "done, and should not be" : "not done");
}

#define BINARY(op, does)                                                                           \
    START_TEST(op##_is_the_same)                                                                   \
    {                                                                                              \
        for (unsigned i = 0; i < ROUNDS; i++) {                                                    \
            struct f80 a = number(), b = rnd() % 8 ? number() : a, r;                              \
            u32 flags;                                                                             \
            struct fp_env env = {.cw = control()};                                                 \
            if (rnd() % 4 == 0)                                                                    \
                b.se = (u16)(a.se + rnd() % 3 - 1);                                                \
            if (rnd() % 4 == 0)                                                                    \
                b.se = near_the_end(a.se, (u16)rnd());                                             \
            struct f80 want = soft_f80.op(a, b, &env);                                             \
            bool done = quick_##op(a, b, env.cw, &r, &flags);                                      \
            check_done(#op, a, b, env.cw, done, does(a, b, want, &env));                           \
            if (done)                                                                              \
                same(#op, a, b, env.cw, r.frac, r.se, flags, want.frac, want.se, env.sw);          \
        }                                                                                          \
    }                                                                                              \
    END_TEST
BINARY(add, does_add)
BINARY(sub, does_add)
BINARY(mul, does_mul)
#ifdef __x86_64__
BINARY(div, does_div)
#endif

/* EXPONENT is the result's, all ones for an infinity. */
static bool does_narrow(struct f80 a, u64 exponent, const struct fp_env *env)
{
    return zero(a) ||
           (normal(a) && (env->cw & 0xc20) == 0x20 && exponent && !(env->sw & (SW_OE | SW_UE)));
}

#define TO_FLOAT(op, type, call, smallest, digits)                                                 \
    START_TEST(op##_is_the_same)                                                                   \
    {                                                                                              \
        for (unsigned i = 0; i < ROUNDS; i++) {                                                    \
            struct f80 a = number();                                                               \
            type r;                                                                                \
            u32 flags;                                                                             \
            struct fp_env env = {.cw = control()};                                                 \
            if (rnd() % 4 == 0)                                                                    \
                a.se = (u16)((rnd() & F80_SIGN) | (rnd() & 1 ? smallest : 0x7ffe - smallest));     \
            a.se = (u16)(rnd() % 4 ? a.se : a.se + rnd() % 3 - 1);                                 \
            type want = soft_f80.op(a, &env);                                                      \
            bool done = call(a, env.cw, &r, &flags);                                               \
            check_done(#op, a, a, env.cw, done, does_narrow(a, want << 1 >> digits, &env));        \
            if (done)                                                                              \
                same(#op, a, a, env.cw, r, 0, flags, want, 0, env.sw);                             \
        }                                                                                          \
    }                                                                                              \
    END_TEST
TO_FLOAT(to_f32, u32, quick_to_32, 0x3f81, 24)
TO_FLOAT(to_f64, u64, quick_to_64, 0x3c01, 53)

/* All but the lowest, which is also what stands for no number. */
#define TO_INT(bits)                                                                               \
    START_TEST(to_s##bits##_is_the_same)                                                           \
    {                                                                                              \
        for (unsigned i = 0; i < ROUNDS; i++) {                                                    \
            struct f80 a = number();                                                               \
            u64 r;                                                                                 \
            u32 flags;                                                                             \
            struct fp_env env = {.cw = control()};                                                 \
            if (rnd() % 4 == 0)                                                                    \
                a.se = (u16)((rnd() & F80_SIGN) | (0x3ffd + bits + rnd() % 4));                    \
            else if (rnd() % 4 == 0)                                                               \
                a.se = (u16)((rnd() & F80_SIGN) | (0x3ffc + rnd() % 4));                           \
            u##bits want = soft_f80.to_s##bits(a, &env);                                           \
            bool done = quick_to_int(a, bits, env.cw, &r, &flags);                                 \
            bool does = plain(a) && env.cw & SW_PE &&                                              \
                        (nearest(env.cw) || (env.cw & CW_RC) == CW_RC_ZERO) &&                     \
                        want != (u##bits)(1ull << (bits - 1));                                     \
            check_done("to int", a, a, env.cw, done, does);                                        \
            if (done)                                                                              \
                same("to int", a, a, env.cw, (u##bits)r, 0, flags, want, 0, env.sw);               \
        }                                                                                          \
    }                                                                                              \
    END_TEST
TO_INT(16)
TO_INT(32)
TO_INT(64)

/* Exponents at either end of the format too, and single bits. */
static u64 raw_float(unsigned exponent_at, unsigned exponent_bits)
{
    u64 raw = rnd() >> (rnd() & 63), ones = (1ull << exponent_bits) - 1;
    static const int ends[] = {0, 1, 2, -1, -2};
    if (rnd() & 1)
        raw = (raw & ~(ones << exponent_at)) | ((u64)ends[rnd() % 5] & ones) << exponent_at;
    if (rnd() % 8 == 0)
        raw = 1ull << (rnd() & 63);
    else if (rnd() % 8 == 0)
        raw &= ones << exponent_at | 1ull << (exponent_at + exponent_bits);
    return raw;
}

START_TEST(comparisons_are_the_same)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct f80 a = number(), b = rnd() % 4 ? number() : a;
        u32 cc;
        struct fp_env env = {.cw = CW_INIT};
        if (rnd() % 4 == 0)
            b.se = (u16)(a.se ^ (rnd() & F80_SIGN));
        enum fp_relation relation = soft_f80.compare(a, b, false, &env);
        bool done = quick_compare(a, b, &cc);
        check_done("compare", a, b, 0, done, plain(a) && plain(b));
        if (done)
            same("compare", a, b, 0, 0, cc, 0, 0, relation, env.sw);
    }
}
END_TEST

#define LOAD(bits, exponent_at, exponent_bits)                                                     \
    START_TEST(from_f##bits##_is_the_same)                                                         \
    {                                                                                              \
        for (unsigned i = 0; i < ROUNDS; i++) {                                                    \
            u##bits raw = (u##bits)raw_float(exponent_at, exponent_bits);                          \
            struct f80 r;                                                                          \
            struct fp_env env = {.cw = CW_INIT};                                                   \
            struct f80 want = soft_f80.from_f##bits(raw, &env);                                    \
            bool done = quick_from_##bits(raw, &r);                                                \
            check_done("from f" #bits, want, want, 0, done, plain(want) && !env.sw);               \
            if (done)                                                                              \
                same("from f" #bits, r, want, 0, r.frac, r.se, 0, want.frac, want.se, 0);          \
        }                                                                                          \
    }                                                                                              \
    END_TEST
LOAD(32, 23, 8)
LOAD(64, 52, 11)

START_TEST(from_s64_is_the_same)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        u64 raw = rnd() & 1 ? rnd() >> (rnd() & 63) : digits();
        struct f80 r = quick_from_s64((s64)raw), want = soft_f80.from_s64(raw);
        same("from s64", r, want, 0, r.frac, r.se, 0, want.frac, want.se, 0);
    }
    same("from 0", F80_DEFAULT_NAN, F80_DEFAULT_NAN, 0, quick_from_s64(0).frac,
         quick_from_s64(0).se, 0, 0, 0, 0);
}
END_TEST

Suite *x87_quick_suite(void)
{
    const TTest *const tests[] = {
        add_is_the_same,      sub_is_the_same,
        mul_is_the_same,
#ifdef __x86_64__
        div_is_the_same,
#endif
        to_f32_is_the_same,   to_f64_is_the_same,
        to_s16_is_the_same,   to_s32_is_the_same,
        to_s64_is_the_same,   comparisons_are_the_same,
        from_f32_is_the_same, from_f64_is_the_same,
        from_s64_is_the_same, NULL,
    };
    return unit_suite("x87_quick", tests);
}
