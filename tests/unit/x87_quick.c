/* SPDX-License-Identifier: MIT */
/* The short arithmetic of fast x87 handlers against the complete one: where it has a result at all,
 * it is the same. */
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
    static const u16 ends[] = {0, 1, 2, 0x7ffd, 0x7ffe, 0x7fff, 0x3fff, 0x3f81, 0x3c01, 0x43fe, 0x407e};
    u16 sign = rnd() & F80_SIGN, e = (u16)(0x3fc0 + rnd() % 0x81);
    if (rnd() % 16 == 0)
        e = ends[rnd() % ARRAY_LEN(ends)];
    if (rnd() % 32 == 0)
        return (struct f80){0, sign};
    return (struct f80){rnd() % 64 ? digits() : rnd(), sign | e};
}

static u16 control(void)
{
    static const u16 words[] = {0x37f, 0x27f, 0x37f, 0x27f, 0x07f, 0x77f, 0xb7f, 0xf7f, 0x35f};
    return words[rnd() % ARRAY_LEN(words)];
}

static void same(const char *what, struct f80 a, struct f80 b, u16 cw, u64 got, u32 got_high,
                 u32 flags, u64 want, u32 want_high, u32 want_flags)
{
    ck_assert_msg(got == want && got_high == want_high && flags == want_flags,
                  "%s %04x.%016llx %04x.%016llx cw %03x: %04x.%016llx flags %03x, not "
                  "%04x.%016llx flags %03x",
                  what, a.se, (unsigned long long)a.frac, b.se, (unsigned long long)b.frac, cw,
                  got_high, (unsigned long long)got, flags, want_high, (unsigned long long)want,
                  want_flags);
}

#define BINARY(op)                                                                                 \
    START_TEST(op##_is_the_same)                                                                   \
    {                                                                                              \
        unsigned done = 0;                                                                         \
        for (unsigned i = 0; i < ROUNDS; i++) {                                                    \
            struct f80 a = number(), b = rnd() % 8 ? number() : a, r, want;                        \
            u32 flags;                                                                             \
            struct fp_env env = {.cw = control()};                                                 \
            if (rnd() % 4 == 0)                                                                    \
                b.se = (u16)(a.se + rnd() % 3 - 1);                                                \
            if (!quick_##op(a, b, env.cw, &r, &flags))                                             \
                continue;                                                                          \
            done++;                                                                                \
            want = soft_f80.op(a, b, &env);                                                        \
            same(#op, a, b, env.cw, r.frac, r.se, flags, want.frac, want.se, env.sw);              \
        }                                                                                          \
        ck_assert_uint_gt(done, ROUNDS / 4);                                                       \
    }                                                                                              \
    END_TEST
BINARY(add)
BINARY(sub)
BINARY(mul)
#ifdef __x86_64__
BINARY(div)
#endif

#define CONVERT(op, type, ...)                                                                     \
    START_TEST(op##_is_the_same)                                                                   \
    {                                                                                              \
        unsigned done = 0;                                                                         \
        for (unsigned i = 0; i < ROUNDS; i++) {                                                    \
            struct f80 a = number();                                                               \
            type r;                                                                                \
            u32 flags;                                                                             \
            struct fp_env env = {.cw = control()};                                                 \
            if (!quick_##__VA_ARGS__)                                                              \
                continue;                                                                          \
            done++;                                                                                \
            type want = soft_f80.op(a, &env);                                                      \
            same(#op, a, a, env.cw, r, 0, flags, want, 0, env.sw);                                 \
        }                                                                                          \
        ck_assert_uint_gt(done, ROUNDS / 20);                                                      \
    }                                                                                              \
    END_TEST
CONVERT(to_f32, u32, to_32(a, env.cw, &r, &flags))
CONVERT(to_f64, u64, to_64(a, env.cw, &r, &flags))
#define TO_INT(bits)                                                                               \
    START_TEST(to_s##bits##_is_the_same)                                                           \
    {                                                                                              \
        unsigned done = 0;                                                                         \
        for (unsigned i = 0; i < ROUNDS; i++) {                                                    \
            struct f80 a = number();                                                               \
            u64 r;                                                                                 \
            u32 flags;                                                                             \
            struct fp_env env = {.cw = control()};                                                 \
            if (!quick_to_int(a, bits, env.cw, &r, &flags))                                        \
                continue;                                                                          \
            done++;                                                                                \
            u##bits want = soft_f80.to_s##bits(a, &env);                                           \
            same("to int", a, a, env.cw, (u##bits)r, 0, flags, want, 0, env.sw);                   \
        }                                                                                          \
        ck_assert_uint_gt(done, ROUNDS / 20);                                                      \
    }                                                                                              \
    END_TEST
TO_INT(16)
TO_INT(32)
TO_INT(64)

START_TEST(comparisons_and_loads_are_the_same)
{
    unsigned done = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct f80 a = number(), b = rnd() % 4 ? number() : a, r, want;
        u64 raw = rnd() >> (rnd() & 63);
        u32 cc;
        struct fp_env env = {.cw = CW_INIT};
        if (quick_compare(a, b, &cc)) {
            enum fp_relation relation = soft_f80.compare(a, b, false, &env);
            done++;
            same("compare", a, b, 0, 0, cc, 0, 0, relation, env.sw);
        }
        if (quick_from_64(raw, &r)) {
            want = soft_f80.from_f64(raw, &env);
            same("from f64", r, want, 0, r.frac, r.se, 0, want.frac, want.se, env.sw);
        }
        if (quick_from_32((u32)raw, &r)) {
            want = soft_f80.from_f32((u32)raw, &env);
            same("from f32", r, want, 0, r.frac, r.se, 0, want.frac, want.se, env.sw);
        }
        r = quick_from_s64((s64)raw);
        want = soft_f80.from_s64(raw);
        same("from s64", r, want, 0, r.frac, r.se, 0, want.frac, want.se, 0);
    }
    ck_assert_uint_gt(done, ROUNDS / 2);
}
END_TEST

Suite *x87_quick_suite(void)
{
    const TTest *const tests[] = {
        add_is_the_same,    sub_is_the_same,    mul_is_the_same,
#ifdef __x86_64__
        div_is_the_same,
#endif
        to_f32_is_the_same, to_f64_is_the_same, to_s16_is_the_same, to_s32_is_the_same,
        to_s64_is_the_same, comparisons_and_loads_are_the_same,
        NULL,
    };
    return unit_suite("x87_quick", tests);
}
