/* SPDX-License-Identifier: MIT */
/*
 * SSE arithmetic against the SSE unit of the host, with the guest's own MXCSR: masks, DAZ and FTZ
 * included. An unmasked exception is a SIGFPE here, whose context tells the flags. FLOAT_CASES in
 * the environment is the number of cases.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

#include "cpu/sfloat.h"
#include "tests/unit/f80_operands.h"
#include "tests/unit/unit.h"

#ifdef __x86_64__

struct trial {
    u64 a, b;
    u32 mxcsr;
};

struct outcome {
    u64 value;
    u32 flags;
    bool fault;
};

/* a and b are in XMM0 and XMM1, the result goes to RCX. */
#define NATIVE(name, insn)                                                                         \
    static u64 native_##name(const struct trial *t, u32 *mxcsr)                                    \
    {                                                                                              \
        u64 r = t->a;                                                                              \
        u32 usual = MXCSR_INIT;                                                                    \
        __asm__ volatile("movq %%rcx,%%xmm0\n\tmovq %[b],%%xmm1\n\tldmxcsr %[m]\n\t" insn          \
                         "\n\tstmxcsr %[m]\n\tldmxcsr %[usual]"                                    \
                         : "+c"(r), [m] "+m"(*mxcsr)                                               \
                         : [b] "d"(t->b), [usual] "m"(usual)                                       \
                         : "xmm0", "xmm1", "cc", "rax", "memory");                                 \
        return r;                                                                                  \
    }
#define GIVE_F32      "\n\tmovd %%xmm0,%%ecx"
#define GIVE_F64      "\n\tmovq %%xmm0,%%rcx"
#define GIVE_RELATION "\n\tlahf\n\tmovzbl %%ah,%%ecx\n\tandl $0x45,%%ecx" /* ZF, PF, CF */
NATIVE(f32_add, "addss %%xmm1,%%xmm0" GIVE_F32)
NATIVE(f32_sub, "subss %%xmm1,%%xmm0" GIVE_F32)
NATIVE(f32_mul, "mulss %%xmm1,%%xmm0" GIVE_F32)
NATIVE(f32_div, "divss %%xmm1,%%xmm0" GIVE_F32)
NATIVE(f32_min, "minss %%xmm1,%%xmm0" GIVE_F32)
NATIVE(f32_max, "maxss %%xmm1,%%xmm0" GIVE_F32)
NATIVE(f32_sqrt, "sqrtss %%xmm0,%%xmm0" GIVE_F32)
NATIVE(f32_com, "comiss %%xmm1,%%xmm0" GIVE_RELATION)
NATIVE(f32_ucom, "ucomiss %%xmm1,%%xmm0" GIVE_RELATION)
NATIVE(f32_to_f64, "cvtss2sd %%xmm0,%%xmm0" GIVE_F64)
NATIVE(f32_to_s32, "cvtss2si %%xmm0,%%ecx")
NATIVE(f32_to_s64, "cvtss2si %%xmm0,%%rcx")
NATIVE(f32_truncate32, "cvttss2si %%xmm0,%%ecx")
NATIVE(f32_truncate64, "cvttss2si %%xmm0,%%rcx")
NATIVE(f32_from_s64, "cvtsi2ssq %%rcx,%%xmm0" GIVE_F32)
NATIVE(f64_add, "addsd %%xmm1,%%xmm0" GIVE_F64)
NATIVE(f64_sub, "subsd %%xmm1,%%xmm0" GIVE_F64)
NATIVE(f64_mul, "mulsd %%xmm1,%%xmm0" GIVE_F64)
NATIVE(f64_div, "divsd %%xmm1,%%xmm0" GIVE_F64)
NATIVE(f64_min, "minsd %%xmm1,%%xmm0" GIVE_F64)
NATIVE(f64_max, "maxsd %%xmm1,%%xmm0" GIVE_F64)
NATIVE(f64_sqrt, "sqrtsd %%xmm0,%%xmm0" GIVE_F64)
NATIVE(f64_com, "comisd %%xmm1,%%xmm0" GIVE_RELATION)
NATIVE(f64_ucom, "ucomisd %%xmm1,%%xmm0" GIVE_RELATION)
NATIVE(f64_to_f32, "cvtsd2ss %%xmm0,%%xmm0" GIVE_F32)
NATIVE(f64_to_s32, "cvtsd2si %%xmm0,%%ecx")
NATIVE(f64_to_s64, "cvtsd2si %%xmm0,%%rcx")
NATIVE(f64_truncate32, "cvttsd2si %%xmm0,%%ecx")
NATIVE(f64_truncate64, "cvttsd2si %%xmm0,%%rcx")
NATIVE(f64_from_s64, "cvtsi2sdq %%rcx,%%xmm0" GIVE_F64)

/* ZF, PF and CF as COMISS gives them. */
static u64 relation_flags(enum fp_relation relation)
{
    return (relation & SW_C3 ? 0x40 : 0) | (relation & SW_C2 ? 4 : 0) | (relation & SW_C0 ? 1 : 0);
}

#define EMULATED(name, call)                                                                       \
    static u64 emulated_##name(const struct trial *t, struct sse_env *env)                         \
    {                                                                                              \
        return call;                                                                               \
    }
#define A32 ((u32)t->a)
#define B32 ((u32)t->b)
EMULATED(f32_add, f32_add(A32, B32, env))
EMULATED(f32_sub, f32_sub(A32, B32, env))
EMULATED(f32_mul, f32_mul(A32, B32, env))
EMULATED(f32_div, f32_div(A32, B32, env))
EMULATED(f32_min, f32_min(A32, B32, env))
EMULATED(f32_max, f32_max(A32, B32, env))
EMULATED(f32_sqrt, f32_sqrt(A32, env))
EMULATED(f32_com, relation_flags(f32_compare(A32, B32, false, env)))
EMULATED(f32_ucom, relation_flags(f32_compare(A32, B32, true, env)))
EMULATED(f32_to_f64, f32_to_f64(A32, env))
EMULATED(f32_to_s32, f32_to_s32(A32, false, env))
EMULATED(f32_to_s64, f32_to_s64(A32, false, env))
EMULATED(f32_truncate32, f32_to_s32(A32, true, env))
EMULATED(f32_truncate64, f32_to_s64(A32, true, env))
EMULATED(f32_from_s64, f32_from_s64(t->a, env))
EMULATED(f64_add, f64_add(t->a, t->b, env))
EMULATED(f64_sub, f64_sub(t->a, t->b, env))
EMULATED(f64_mul, f64_mul(t->a, t->b, env))
EMULATED(f64_div, f64_div(t->a, t->b, env))
EMULATED(f64_min, f64_min(t->a, t->b, env))
EMULATED(f64_max, f64_max(t->a, t->b, env))
EMULATED(f64_sqrt, f64_sqrt(t->a, env))
EMULATED(f64_com, relation_flags(f64_compare(t->a, t->b, false, env)))
EMULATED(f64_ucom, relation_flags(f64_compare(t->a, t->b, true, env)))
EMULATED(f64_to_f32, f64_to_f32(t->a, env))
EMULATED(f64_to_s32, f64_to_s32(t->a, false, env))
EMULATED(f64_to_s64, f64_to_s64(t->a, false, env))
EMULATED(f64_truncate32, f64_to_s32(t->a, true, env))
EMULATED(f64_truncate64, f64_to_s64(t->a, true, env))
EMULATED(f64_from_s64, f64_from_s64(t->a, env))

enum kind { F32, F64, INTEGER };

static const struct op {
    const char *name;
    u64 (*native)(const struct trial *t, u32 *mxcsr);
    u64 (*emulated)(const struct trial *t, struct sse_env *env);
    enum kind kind;
} ops[] = {
#define OP(name, kind)                                                                             \
    {                                                                                              \
#name, native_##name, emulated_##name, kind                                                \
    }
    OP(f32_add, F32),        OP(f32_sub, F32),        OP(f32_mul, F32),
    OP(f32_div, F32),        OP(f32_min, F32),        OP(f32_max, F32),
    OP(f32_sqrt, F32),       OP(f32_com, F32),        OP(f32_ucom, F32),
    OP(f32_to_f64, F32),     OP(f32_to_s32, F32),     OP(f32_to_s64, F32),
    OP(f32_truncate32, F32), OP(f32_truncate64, F32), OP(f32_from_s64, INTEGER),
    OP(f64_add, F64),        OP(f64_sub, F64),        OP(f64_mul, F64),
    OP(f64_div, F64),        OP(f64_min, F64),        OP(f64_max, F64),
    OP(f64_sqrt, F64),       OP(f64_com, F64),        OP(f64_ucom, F64),
    OP(f64_to_f32, F64),     OP(f64_to_s32, F64),     OP(f64_to_s64, F64),
    OP(f64_truncate32, F64), OP(f64_truncate64, F64), OP(f64_from_s64, INTEGER),
#undef OP
};

static sigjmp_buf back;
static volatile u32 mxcsr_of_fault;

static void on_fpe(int signal, siginfo_t *info, void *context)
{
    const ucontext_t *at = context;
    (void)signal;
    (void)info;
    mxcsr_of_fault = at->uc_mcontext.fpregs->mxcsr;
    siglongjmp(back, 1);
}

static void native(const struct op *op, const struct trial *t, struct outcome *out)
{
    u32 mxcsr = t->mxcsr;
    *out = (struct outcome){0, 0, false};
    if (sigsetjmp(back, 1) == 0) {
        out->value = op->native(t, &mxcsr);
        out->flags = mxcsr & SW_ANY;
    } else {
        u32 usual = MXCSR_INIT;
        __asm__ volatile("ldmxcsr %0" : : "m"(usual));
        *out = (struct outcome){0, mxcsr_of_fault & SW_ANY, true};
    }
}

static void emulate(const struct op *op, const struct trial *t, struct outcome *out)
{
    struct sse_env env = {.mxcsr = t->mxcsr};
    u64 value = op->emulated(t, &env);
    bool fault = sse_unmasked(&env);
    *out = (struct outcome){fault ? 0 : value, env.flags, fault};
}

static bool try(const struct op *op, const struct trial *t)
{
    struct outcome want, got;
    native(op, t, &want);
    emulate(op, t, &got);
    if (want.value == got.value && want.flags == got.flags && want.fault == got.fault)
        return true;
    fprintf(stderr,
            "%s %016llx %016llx mxcsr %04x: %016llx flags %02x fault %d, wanted %016llx %02x %d\n",
            op->name, (unsigned long long)t->a, (unsigned long long)t->b, t->mxcsr,
            (unsigned long long)got.value, got.flags, got.fault, (unsigned long long)want.value,
            want.flags, want.fault);
    return false;
}

/* Every rounding; DAZ and FTZ each a quarter of the time; and, rarely because that is slow, masks.
 */
static u32 random_mxcsr(struct f80_random *r)
{
    u64 v = f80_random(r);
    u32 mxcsr = MXCSR_INIT | (u32)(v & 3) << MXCSR_RC;
    if ((v >> 8 & 3) == 0)
        mxcsr |= MXCSR_DAZ;
    if ((v >> 16 & 3) == 0)
        mxcsr |= MXCSR_FTZ;
    if ((v >> 24 & 15) == 0)
        mxcsr &= ~(1u << (MXCSR_MASKS + (v >> 32) % 6));
    else if ((v >> 24 & 63) == 1)
        mxcsr &= ~((u32)(v >> 32) & SW_ANY << MXCSR_MASKS);
    return mxcsr;
}

static struct trial random_trial(struct f80_random *r, enum kind kind)
{
    struct trial t = {.mxcsr = random_mxcsr(r)};
    t.a = t.b = f80_random_first(r).frac;
    if (kind == F64) {
        t.a = f80_random_f64(r, 0x3ff0000000000000);
        t.b = f80_random_f64(r, t.a);
    } else if (kind == F32) {
        t.a = f80_random_f32(r, 0x3f800000);
        t.b = f80_random_f32(r, (u32)t.a);
    }
    return t;
}

static void catch_faults(void)
{
    struct sigaction action = {.sa_sigaction = on_fpe, .sa_flags = SA_SIGINFO};
    sigaction(SIGFPE, &action, NULL);
}

START_TEST(the_processor_says_the_same)
{
    struct f80_random r = {0xda942042e4dd58b5};
    u64 cases = f80_cases(1000000);
    int differences = 0;
    catch_faults();
    for (u64 i = 0; i < cases && differences < 20; i++) {
        const struct op *op = &ops[i % ARRAY_LEN(ops)];
        struct trial t = random_trial(&r, op->kind);
        differences += !try(op, &t);
    }
    ck_assert_int_eq(differences, 0);
}
END_TEST

#endif

/* What needs no host: a flushed result, a denormal taken for zero, a NaN's payload. */
START_TEST(modes_and_nans)
{
    struct sse_env env = {.mxcsr = MXCSR_INIT | MXCSR_FTZ};
    ck_assert_uint_eq(f32_mul(0x80800000, 0x3f000000, &env), 0x80000000);
    ck_assert_uint_eq(env.flags, SW_UE | SW_PE);
    env = (struct sse_env){.mxcsr = MXCSR_INIT | MXCSR_DAZ};
    ck_assert_uint_eq(f32_add(1, 0, &env), 0);
    ck_assert_uint_eq(env.flags, 0);
    env = (struct sse_env){.mxcsr = MXCSR_INIT};
    ck_assert_uint_eq(f32_add(0x7f800001, 0x7fffffff, &env), 0x7fc00001);
    ck_assert_uint_eq(env.flags, SW_IE);
}
END_TEST

Suite *sfloat_suite(void)
{
    const TTest *const tests[] = {
#ifdef __x86_64__
        the_processor_says_the_same,
#endif
        modes_and_nans,
        NULL,
    };
    return unit_suite("sfloat", tests);
}
