/* SPDX-License-Identifier: MIT */
/*
 * x87 arithmetic against the x87 of the host: each instruction is executed natively with the
 * guest's own control word, masks included, and FNSAVE, which does not wait for a pending
 * exception, tells what came of it. Both back ends have to say the same. FLOAT_CASES in the
 * environment is the number of cases.
 */
#include <stdio.h>

#include "cpu/softfloat.h"
#include "tests/unit/f80_operands.h"
#include "tests/unit/unit.h"

#if defined __x86_64__ || defined __i386__

/* One case: operands, and what the instruction makes of them. */
struct trial {
    struct f80 a, b; /* ST(0), ST(1) */
    u8 m[10];        /* memory operand */
    u16 cw;
};

struct outcome {
    u16 sw;
    struct f80 st[2];
    u8 m[10];
};

struct native {
    u8 save[108];
    u8 m[10];
};

static struct f80 saved(const struct native *n, int i)
{
    const u8 *at = n->save + 28 + 10 * i;
    return (struct f80){get64(at), get16(at + 8)};
}

#define NATIVE(name, insn)                                                                         \
    static void native_##name(const struct trial *t, struct native *n)                             \
    {                                                                                              \
        __asm__ volatile("fninit\n\tfldt %[b]\n\tfldt %[a]\n\tfldcw %[cw]\n\t" insn                \
                         "\n\tfnsave %[save]"                                                      \
                         : [save] "=m"(n->save), [m] "+m"(n->m)                                    \
                         : [a] "m"(t->a), [b] "m"(t->b), [cw] "m"(t->cw)                           \
                         : "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)");   \
    }
NATIVE(add, "fadd %%st(1),%%st")
NATIVE(sub, "fsub %%st(1),%%st")
NATIVE(mul, "fmul %%st(1),%%st")
NATIVE(div, "fdiv %%st(1),%%st")
NATIVE(sqrt, "fsqrt")
NATIVE(com, "fcom %%st(1)")
NATIVE(ucom, "fucom %%st(1)")
NATIVE(prem, "fprem")
NATIVE(prem1, "fprem1")
NATIVE(rint, "frndint")
NATIVE(scale, "fscale")
NATIVE(extract, "fxtract")
NATIVE(to_s16, "fists %[m]")
NATIVE(to_s32, "fistl %[m]")
NATIVE(to_s64, "fistpll %[m]")
NATIVE(to_f32, "fsts %[m]")
NATIVE(to_f64, "fstl %[m]")
NATIVE(to_bcd, "fbstp %[m]")
NATIVE(from_f32, "flds %[m]")
NATIVE(from_f64, "fldl %[m]")
NATIVE(from_s64, "fildll %[m]")
NATIVE(from_bcd, "fbld %[m]")
NATIVE(class, "fxam")

/* What comes up from below the stack is 0 for the back ends. */
static void clear_the_host(void)
{
    __asm__ volatile(
        "fninit\n\tfldz\n\tfldz\n\tfldz\n\tfldz\n\tfldz\n\tfldz\n\tfldz\n\tfldz\n\tfninit"
        :
        :
        : "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)");
}

/* What a back end does, told in the same way. */
struct emulated {
    const struct f80_ops *ops;
    const struct trial *t;
    struct fp_env env;
    struct outcome out;
};

static void to_st0(struct emulated *e, struct f80 value)
{
    if (!f80_refused(&e->env))
        e->out.st[0] = value;
}

static void to_memory(struct emulated *e, const void *value, size_t size)
{
    if (!f80_refused_store(&e->env))
        memcpy(e->out.m, value, size);
}

static void push(struct emulated *e, struct f80 value)
{
    e->out.st[1] = e->out.st[0];
    e->out.st[0] = value;
}

static void pop(struct emulated *e)
{
    if (f80_refused_store(&e->env))
        return;
    e->out.st[0] = e->out.st[1];
    e->out.st[1] = (struct f80){0, 0};
}

#define EMULATED(name) static void emulated_##name(struct emulated *e)
#define OPS            (e->ops)
#define A              (e->t->a)
#define B              (e->t->b)
#define ENV            (&e->env)

#define BINARY(name, call)                                                                         \
    EMULATED(name)                                                                                 \
    {                                                                                              \
        to_st0(e, call);                                                                           \
    }
BINARY(add, OPS->add(A, B, ENV))
BINARY(sub, OPS->sub(A, B, ENV))
BINARY(mul, OPS->mul(A, B, ENV))
BINARY(div, OPS->div(A, B, ENV))
BINARY(sqrt, OPS->sqrt(A, ENV))
BINARY(rint, OPS->rint(A, ENV))
BINARY(scale, OPS->scale(A, B, ENV))
BINARY(prem, OPS->rem(A, B, false, ENV))
BINARY(prem1, OPS->rem(A, B, true, ENV))

#define RELATION(name, call)                                                                       \
    EMULATED(name)                                                                                 \
    {                                                                                              \
        e->env.sw |= call;                                                                         \
    }
RELATION(com, OPS->compare(A, B, false, ENV))
RELATION(ucom, OPS->compare(A, B, true, ENV))
RELATION(class, f80_class(A) | (A.se & F80_SIGN ? SW_C1 : 0))

#define STORE(name, type)                                                                          \
    EMULATED(name)                                                                                 \
    {                                                                                              \
        type value = OPS->name(A, ENV);                                                            \
        to_memory(e, &value, sizeof value);                                                        \
    }
STORE(to_s16, u16)
STORE(to_s32, u32)
STORE(to_f32, u32)
STORE(to_f64, u64)

EMULATED(to_s64)
{
    u64 value = OPS->to_s64(A, ENV);
    to_memory(e, &value, sizeof value);
    pop(e);
}

EMULATED(to_bcd)
{
    u8 value[10];
    OPS->to_bcd(A, value, ENV);
    to_memory(e, value, sizeof value);
    pop(e);
}

EMULATED(extract)
{
    struct f80 exponent, sig = OPS->extract(A, &exponent, ENV);
    to_st0(e, exponent);
    if (!f80_refused(&e->env))
        push(e, sig);
}

#define LOAD(name, operand)                                                                        \
    EMULATED(name)                                                                                 \
    {                                                                                              \
        struct f80 value = OPS->name(operand(e->t->m), ENV);                                       \
        if (!(ENV->sw & ~ENV->cw & SW_IE))                                                         \
            push(e, value);                                                                        \
    }
LOAD(from_f32, get32)
LOAD(from_f64, get64)

EMULATED(from_s64)
{
    push(e, OPS->from_s64(get64(e->t->m)));
}

EMULATED(from_bcd)
{
    push(e, OPS->from_bcd(e->t->m));
}

enum memory { NONE, F32, F64, S64, BCD };

static const struct op {
    const char *name;
    void (*native)(const struct trial *t, struct native *n);
    void (*emulated)(struct emulated *e);
    u8 memory;
    u16 codes; /* condition codes it defines, besides C1 */
} ops[] = {
#define OP(name, memory, codes)                                                                    \
    {                                                                                              \
#name, native_##name, emulated_##name, memory, codes                                       \
    }
    OP(add, NONE, 0),       OP(sub, NONE, 0),      OP(mul, NONE, 0),       OP(div, NONE, 0),
    OP(sqrt, NONE, 0),      OP(rint, NONE, 0),     OP(scale, NONE, 0),     OP(com, NONE, SW_CC),
    OP(ucom, NONE, SW_CC),  OP(prem, NONE, SW_CC), OP(prem1, NONE, SW_CC), OP(extract, NONE, 0),
    OP(class, NONE, SW_CC), OP(to_s16, NONE, 0),   OP(to_s32, NONE, 0),    OP(to_s64, NONE, 0),
    OP(to_f32, NONE, 0),    OP(to_f64, NONE, 0),   OP(to_bcd, NONE, 0),    OP(from_f32, F32, 0),
    OP(from_f64, F64, 0),   OP(from_s64, S64, 0),  OP(from_bcd, BCD, 0),
#undef OP
};

static void native(const struct op *op, const struct trial *t, struct outcome *out)
{
    struct native n = {.m = {0}};
    memcpy(n.m, t->m, sizeof n.m);
    op->native(t, &n);
    out->sw = get16(n.save + 4) & (SW_ANY | SW_C1 | op->codes);
    out->st[0] = saved(&n, 0);
    out->st[1] = saved(&n, 1);
    memcpy(out->m, n.m, sizeof out->m);
}

/* Exceptions and condition codes that the host may have left from something else: ZE, PE, all CC.
 */
static void soil_the_host(void)
{
    __asm__ volatile(
        "fldz\n\tfldpi\n\tfdiv %%st(1),%%st\n\tfld1\n\tfldpi\n\tfdivp\n\tfstp %%st(0)\n\t"
        "fucompp\n\tfxam"
        :
        :
        : "st", "st(1)", "st(2)", "st(3)");
}

static void emulate(const struct f80_ops *by, const struct op *op, const struct trial *t,
                    struct outcome *out)
{
    struct emulated e = {by, t, {.cw = t->cw}, {.st = {t->a, t->b}}};
    memcpy(e.out.m, t->m, sizeof t->m);
    soil_the_host();
    op->emulated(&e);
    *out = e.out;
    out->sw = e.env.sw & (SW_ANY | SW_C1 | op->codes);
}

static bool same_number(struct f80 a, struct f80 b)
{
    return a.frac == b.frac && a.se == b.se;
}

static bool same(const struct outcome *a, const struct outcome *b)
{
    return a->sw == b->sw && same_number(a->st[0], b->st[0]) && same_number(a->st[1], b->st[1]) &&
           !memcmp(a->m, b->m, sizeof a->m);
}

static void print(const char *who, const struct outcome *o)
{
    fprintf(stderr, "  %-6s sw %04x  st0 %04x.%016llx  st1 %04x.%016llx  m %02x%02x %016llx\n", who,
            o->sw, o->st[0].se, (unsigned long long)o->st[0].frac, o->st[1].se,
            (unsigned long long)o->st[1].frac, o->m[9], o->m[8], (unsigned long long)get64(o->m));
}

/* False, and a report, if a back end differs from the processor. */
static bool try(const struct f80_ops *by, const struct op *op, const struct trial *t,
                const struct outcome *want)
{
    struct outcome got;
    emulate(by, op, t, &got);
    if (same(&got, want))
        return true;
    struct outcome before = {0, {t->a, t->b}, {0}};
    memcpy(before.m, t->m, sizeof before.m);
    fprintf(stderr, "%s cw %04x\n", op->name, t->cw);
    print("before", &before);
    print(by->name, &got);
    print("wanted", want);
    return false;
}

static bool try_all(const struct op *op, const struct trial *t)
{
    struct outcome want;
    native(op, t, &want);
    bool ok = try(&soft_f80, op, t, &want);
#ifdef HAVE_HOST_FPU
    ok &= try(&host_f80, op, t, &want);
#endif
    return ok;
}

/* Control words: all roundings and precisions, the reserved one seldom; a mask open now and then.
 */
static u16 random_cw(struct f80_random *r)
{
    u64 v = f80_random(r);
    u16 pc = v & 0xf0 ? (v & 3 ? (v & 1 ? CW_PC_64 : CW_PC_53) : CW_PC_24) : CW_PC_64 - CW_PC_53;
    u16 open = (v >> 16 & 7) == 0 ? (u16)(1 << (v >> 20) % 6) : 0;
    if ((v >> 24 & 31) == 0)
        open = v >> 32 & SW_ANY;
    return (u16)(((v >> 40 & 3) << 10) | pc | 0x40 | (SW_ANY & ~open));
}

static void random_memory(struct f80_random *r, struct trial *t, u8 kind)
{
    memset(t->m, 0, sizeof t->m);
    if (kind == F32)
        put32(t->m, f80_random_f32(r, 0x3f800000));
    else if (kind == F64)
        put64(t->m, f80_random_f64(r, 0x3ff0000000000000));
    else if (kind == S64)
        put64(t->m, f80_random_first(r).frac);
    for (int i = 0; kind == BCD && i < 9; i++)
        t->m[i] = (u8)(f80_random(r));
    t->m[9] = kind == BCD ? (u8)f80_random(r) : 0;
}

/* Without memory operand, memory is what a store writes over: something to be left alone. */
static struct trial random_trial(struct f80_random *r, const struct op *op)
{
    struct trial t = {.a = f80_random_first(r), .cw = random_cw(r)};
    t.b = f80_random_second(r, t.a);
    random_memory(r, &t, op->memory);
    if (op->memory == NONE)
        put64(t.m, 0x1122334455667788);
    return t;
}

START_TEST(both_back_ends_do_what_the_processor_does)
{
    struct f80_random r = {0x9e3779b97f4a7c15};
    u64 cases = f80_cases(1000000);
    int differences = 0;
    clear_the_host();
    for (u64 i = 0; i < cases && differences < 20; i++) {
        const struct op *op = &ops[i % ARRAY_LEN(ops)];
        struct trial t = random_trial(&r, op);
        differences += !try_all(op, &t);
    }
    ck_assert_int_eq(differences, 0);
}
END_TEST

/* Every pair of the numbers at the corners, with every rounding and precision. */
static const struct f80 corners[] = {
    {0, 0},
    {1, 0},
    {F80_INTEGER - 1, 0},
    {F80_INTEGER, 0},     /* pseudo-denormal */
    {F80_INTEGER | 1, 0}, /* pseudo-denormal */
    {F80_INTEGER, 1},
    {F80_INTEGER, 0x3ffe},
    {F80_INTEGER, 0x3fff},
    {F80_INTEGER | 1, 0x3fff},
    {~0ull, 0x3fff},
    {F80_INTEGER | 1, 0x3fc0}, /* just reaches the unit of the one before, and brings a carry */
    {F80_INTEGER | 1, 0x3fbf}, /* a bit more than half of it */
    {F80_INTEGER | 1, 0x3fbe},
    {3ull << 62, 0x4000},
    {~0ull, 0x7ffe},
    {F80_INTEGER, 0x7fff},     /* infinity */
    {0, 0x7fff},               /* pseudo-infinity */
    {1, 0x7fff},               /* pseudo-NaN */
    {F80_INTEGER - 1, 0x3fff}, /* unnormal */
    {0, 0x4000},               /* unnormal zero */
    {F80_INTEGER | 1, 0x7fff}, /* SNaN */
    {F80_INTEGER | 1ull << 61, 0x7fff},
    {3ull << 62, 0x7fff}, /* QNaN */
    {3ull << 62 | 1, 0x7fff},
    {~0ull, 0x7fff},
};

static int try_pair(struct f80 a, struct f80 b, u16 cw)
{
    int differences = 0;
    for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
        struct trial t = {.a = a, .b = b, .cw = cw, .m = {1}};
        differences += !try_all(&ops[i], &t);
    }
    return differences;
}

START_TEST(corners_in_all_pairs)
{
    int differences = 0, n = ARRAY_LEN(corners) * 2;
    clear_the_host();
    for (int i = 0; i < n * n && differences < 20; i++)
        for (u16 control = 0; control < 16; control++) {
            struct f80 a = corners[i / n / 2], b = corners[i % n / 2];
            a.se |= i / n & 1 ? F80_SIGN : 0;
            b.se |= i & 1 ? F80_SIGN : 0;
            differences += try_pair(a, b, (u16)(control << 8 | 0x7f));
        }
    ck_assert_int_eq(differences, 0);
}
END_TEST

#endif

/* The manual's numbers, which need no x86: C1, and a wrapped exponent. */
START_TEST(what_the_manual_says)
{
    struct fp_env env = {.cw = CW_INIT};
    struct f80 one = {F80_INTEGER, 0x3fff}, most = {~0ull, 0x7ffe};
    struct f80 third = soft_f80.div(one, (struct f80){3ull << 62, 0x4000}, &env);
    ck_assert_uint_eq(third.frac, 0xaaaaaaaaaaaaaaab);
    ck_assert_uint_eq(env.sw, SW_PE | SW_C1);
    env = (struct fp_env){.cw = CW_INIT & ~SW_OE};
    struct f80 wrapped = soft_f80.add(most, most, &env);
    ck_assert_uint_eq(wrapped.se, 0x7fff - 24576);
    ck_assert_uint_eq(env.sw, SW_OE);
}
END_TEST

static u64 remainder_of(struct f80_random *r, u64 hi, u64 by, u64 *lo, u64 *quotient)
{
    u64 rest;
    *lo = f80_random(r);
    *quotient = sf_div128(hi, *lo, by, &rest);
    return rest;
}

/* Quotient times divisor plus rest is what was divided, by the portable product. */
START_TEST(long_division_and_multiplication_fit)
{
    struct f80_random r = {0x123456789};
    for (int i = 0; i < 200000; i++) {
        u64 by = f80_random_first(&r).frac | F80_INTEGER;
        u64 hi = f80_random_second(&r, f80_random_first(&r)).frac % by, lo, quotient;
        u64 rest = remainder_of(&r, hi, by, &lo, &quotient);
        ck_assert_uint_lt(rest, by);
        struct wide product = mul64_by_halves(quotient, by), other = mul64(quotient, by);
        ck_assert(product.hi == other.hi && product.lo == other.lo);
        product.lo += rest;
        product.hi += product.lo < rest;
        ck_assert(product.hi == hi && product.lo == lo);
    }
}
END_TEST

Suite *f80_suite(void)
{
    const TTest *const tests[] = {
#if defined __x86_64__ || defined __i386__
        both_back_ends_do_what_the_processor_does,
        corners_in_all_pairs,
#endif
        what_the_manual_says,
        long_division_and_multiplication_fit,
        NULL,
    };
    return unit_suite("f80", tests);
}
