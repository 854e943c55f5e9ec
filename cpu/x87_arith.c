/* SPDX-License-Identifier: MIT */
/* x87 arithmetic and comparisons. SDM 2A under each name. */
#include "cpu/x87.h"

typedef struct f80 binary_fn(struct f80 a, struct f80 b, struct fp_env *env);

/* FSUBR and FDIVR. */
static struct f80 sub_reversed(struct f80 a, struct f80 b, struct fp_env *env)
{
    return X87_OPS->sub(b, a, env);
}

static struct f80 div_reversed(struct f80 a, struct f80 b, struct fp_env *env)
{
    return X87_OPS->div(b, a, env);
}

/* ST(to) = ST(to) OP ST(from); false: an unmasked exception. */
static bool binary(struct cpu *cpu, binary_fn *op, unsigned to, unsigned from)
{
    struct fpu *fpu = &cpu->fpu;
    struct fp_env env = x87_env(cpu);
    struct f80 r;
    if (x87_empty(fpu, to) || x87_empty(fpu, from))
        r = x87_underflow(&env);
    else
        r = op(x87_st(fpu, to), x87_st(fpu, from), &env);
    bool good = x87_report(cpu, &env);
    if (good)
        x87_set(fpu, to, r);
    return good;
}

/* Operands in memory. What they are converted from may be denormal or a signalling NaN. */

static struct f80 from_f32(u64 raw, struct fp_env *env)
{
    return X87_OPS->from_f32((u32)raw, env);
}

static struct f80 from_f64(u64 raw, struct fp_env *env)
{
    return X87_OPS->from_f64(raw, env);
}

static struct f80 from_s16(u64 raw, struct fp_env *env)
{
    (void)env;
    return X87_OPS->from_s64((u64)(s16)raw);
}

static struct f80 from_s32(u64 raw, struct fp_env *env)
{
    (void)env;
    return X87_OPS->from_s64((u64)(s32)raw);
}

typedef struct f80 from_fn(u64 raw, struct fp_env *env);

static u64 operand(struct cpu *cpu, const struct uop *u, u32 size)
{
    struct x87_at at;
    x87_find(cpu, u, &at, size, 0);
    return at_get(cpu, &at.part[0]);
}

static void binary_memory(struct cpu *cpu, binary_fn *op, from_fn *from, u64 raw)
{
    struct fpu *fpu = &cpu->fpu;
    struct fp_env env = x87_env(cpu), operand_env = {.cw = CW_INIT};
    struct f80 r, a = x87_st(fpu, 0);
    if (x87_empty(fpu, 0)) {
        r = x87_underflow(&env);
    } else {
        struct f80 b = from(raw, &operand_env);
        if (operand_env.sw & SW_IE)
            b.frac &= ~((u64)1 << 62); /* signals again: of two that do the larger is the result */
        r = op(a, b, &env);
        x87_add_operand(&env, &operand_env, a);
    }
    if (x87_report(cpu, &env))
        x87_set(fpu, 0, r);
}

#define BINARY_MEMORY(name, op, size, from, bytes)                                                 \
    HANDLER(name##_m_##size)                                                                       \
    {                                                                                              \
        X87_WAIT;                                                                                  \
        binary_memory(cpu, op, from, operand(cpu, u, bytes));                                      \
        NEXT;                                                                                      \
    }
#define BINARY(NAME, op)                                                                           \
    BINARY_MEMORY(F##NAME, op, 32, from_f32, 4)                                                    \
    BINARY_MEMORY(F##NAME, op, 64, from_f64, 8)                                                    \
    BINARY_MEMORY(FI##NAME, op, 16, from_s16, 2)                                                   \
    BINARY_MEMORY(FI##NAME, op, 32, from_s32, 4)                                                   \
    HANDLER(F##NAME##_r_0)                                                                         \
    {                                                                                              \
        X87_BEGIN;                                                                                 \
        binary(cpu, op, 0, u->dst);                                                                \
        NEXT;                                                                                      \
    }                                                                                              \
    HANDLER(F##NAME##_TO_r_0)                                                                      \
    {                                                                                              \
        X87_BEGIN;                                                                                 \
        binary(cpu, op, u->dst, 0);                                                                \
        NEXT;                                                                                      \
    }                                                                                              \
    HANDLER(F##NAME##P_r_0)                                                                        \
    {                                                                                              \
        X87_BEGIN;                                                                                 \
        if (binary(cpu, op, u->dst, 0))                                                            \
            x87_pop(&cpu->fpu);                                                                    \
        NEXT;                                                                                      \
    }
BINARY(ADD, X87_OPS->add)
BINARY(SUB, X87_OPS->sub)
BINARY(MUL, X87_OPS->mul)
BINARY(DIV, X87_OPS->div)
BINARY(SUBR, sub_reversed)
BINARY(DIVR, div_reversed)

/* Comparisons. */

/* The relation into C3, C2, C0, unmasked exception or not; with the exceptions in ENV. POPS registers
 * go if all is well. */
static void compared(struct cpu *cpu, const struct fp_env *env, unsigned relation, unsigned pops)
{
    bool good = x87_report(cpu, env);
    x87_set_cc(&cpu->fpu, relation);
    while (good && pops--)
        x87_pop(&cpu->fpu);
}

static enum fp_relation relation(struct cpu *cpu, unsigned i, bool quiet, struct fp_env *env)
{
    struct fpu *fpu = &cpu->fpu;
    if (x87_empty(fpu, 0) || x87_empty(fpu, i)) {
        x87_underflow(env);
        return FP_UNORDERED;
    }
    return X87_OPS->compare(x87_st(fpu, 0), x87_st(fpu, i), quiet, env);
}

static void compare(struct cpu *cpu, unsigned i, bool quiet, unsigned pops)
{
    struct fp_env env = x87_env(cpu);
    enum fp_relation r = relation(cpu, i, quiet, &env);
    compared(cpu, &env, r, pops);
}

static void compare_memory(struct cpu *cpu, from_fn *from, u64 raw, unsigned pops)
{
    struct fp_env env = x87_env(cpu), operand_env = {.cw = CW_INIT};
    enum fp_relation r = FP_UNORDERED;
    struct f80 a = x87_st(&cpu->fpu, 0);
    if (x87_empty(&cpu->fpu, 0)) {
        x87_underflow(&env);
    } else {
        r = X87_OPS->compare(a, from(raw, &operand_env), false, &env);
        x87_add_operand(&env, &operand_env, a);
    }
    compared(cpu, &env, r, pops);
}

#define COMPARE_MEMORY(name, size, from, bytes, pops)                                              \
    HANDLER(name##_m_##size)                                                                       \
    {                                                                                              \
        X87_WAIT;                                                                                  \
        compare_memory(cpu, from, operand(cpu, u, bytes), pops);                                   \
        NEXT;                                                                                      \
    }
#define COMPARE_MEMORIES(NAME, pops)                                                               \
    COMPARE_MEMORY(F##NAME, 32, from_f32, 4, pops)                                                 \
    COMPARE_MEMORY(F##NAME, 64, from_f64, 8, pops)                                                 \
    COMPARE_MEMORY(FI##NAME, 16, from_s16, 2, pops)                                                \
    COMPARE_MEMORY(FI##NAME, 32, from_s32, 4, pops)
COMPARE_MEMORIES(COM, 0)
COMPARE_MEMORIES(COMP, 1)

#define COMPARE(name, i, quiet, pops)                                                              \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        X87_BEGIN;                                                                                 \
        compare(cpu, i, quiet, pops);                                                              \
        NEXT;                                                                                      \
    }
COMPARE(FCOM_r_0, u->dst, false, 0)
COMPARE(FCOMP_r_0, u->dst, false, 1)
COMPARE(FCOMPP_o_0, 1, false, 2)
COMPARE(FUCOM_r_0, u->dst, true, 0)
COMPARE(FUCOMP_r_0, u->dst, true, 1)
COMPARE(FUCOMPP_o_0, 1, true, 2)

/* Into EFLAGS: C3 C2 C0 become ZF PF CF, the others are cleared. */
static void compare_flags(struct cpu *cpu, unsigned i, bool quiet, bool pop)
{
    struct fp_env env = x87_env(cpu);
    unsigned r = relation(cpu, i, quiet, &env);
    if (!x87_report(cpu, &env))
        return;
    f_unpack(&cpu->fl, (r & SW_C3 ? FL_ZF : 0) | (r & SW_C2 ? FL_PF : 0) | (r & SW_C0 ? FL_CF : 0));
    if (pop)
        x87_pop(&cpu->fpu);
}

#define COMPARE_FLAGS(name, quiet, pop)                                                            \
    HANDLER(name##_r_0)                                                                            \
    {                                                                                              \
        X87_BEGIN;                                                                                 \
        compare_flags(cpu, u->dst, quiet, pop);                                                    \
        NEXT;                                                                                      \
    }
COMPARE_FLAGS(FCOMI, false, false)
COMPARE_FLAGS(FCOMIP, false, true)
COMPARE_FLAGS(FUCOMI, true, false)
COMPARE_FLAGS(FUCOMIP, true, true)

HANDLER(FTST_o_0)
{
    X87_BEGIN;
    struct fp_env env = x87_env(cpu);
    enum fp_relation r = FP_UNORDERED;
    if (x87_empty(&cpu->fpu, 0))
        x87_underflow(&env);
    else
        r = X87_OPS->compare(x87_st(&cpu->fpu, 0), (struct f80){0, 0}, false, &env);
    compared(cpu, &env, r, 0);
    NEXT;
}

/* The class in C3 C2 C0, the sign in C1, of an empty register too. */
HANDLER(FXAM_o_0)
{
    X87_BEGIN;
    struct f80 a = x87_st(&cpu->fpu, 0);
    unsigned class = x87_empty(&cpu->fpu, 0) ? SW_C3 | SW_C0 : f80_class(a);
    x87_set_cc(&cpu->fpu, class | (a.se & F80_SIGN ? SW_C1 : 0));
    NEXT;
}

/* Of one number. */

static void unary(struct cpu *cpu, struct f80 (*op)(struct f80 a, struct fp_env *env))
{
    struct fp_env env = x87_env(cpu);
    struct f80 r = x87_empty(&cpu->fpu, 0) ? x87_underflow(&env) : op(x87_st(&cpu->fpu, 0), &env);
    if (x87_report(cpu, &env))
        x87_set(&cpu->fpu, 0, r);
}

static struct f80 negated(struct f80 a, struct fp_env *env)
{
    (void)env;
    a.se ^= F80_SIGN;
    return a;
}

static struct f80 absolute(struct f80 a, struct fp_env *env)
{
    (void)env;
    a.se &= (u16)~F80_SIGN;
    return a;
}

#define UNARY(name, op)                                                                            \
    HANDLER(name##_o_0)                                                                            \
    {                                                                                              \
        X87_BEGIN;                                                                                 \
        unary(cpu, op);                                                                            \
        NEXT;                                                                                      \
    }
UNARY(FCHS, negated)
UNARY(FABS, absolute)
UNARY(FSQRT, X87_OPS->sqrt)
UNARY(FRNDINT, X87_OPS->rint)

HANDLER(FSCALE_o_0)
{
    X87_BEGIN;
    binary(cpu, X87_OPS->scale, 0, 1);
    NEXT;
}

/* The quotient's low bits into C0 C3 C1, C2 while the remainder is partial. Where there is no quotient,
 * with NaNs, C0 and C3 stay as they were. */
static void remainder_of(struct cpu *cpu, bool nearest)
{
    struct fpu *fpu = &cpu->fpu;
    struct fp_env env = x87_env(cpu);
    struct f80 r;
    if (x87_empty(fpu, 0) || x87_empty(fpu, 1))
        r = x87_underflow(&env);
    else
        r = X87_OPS->rem(x87_st(fpu, 0), x87_st(fpu, 1), nearest, &env);
    fpu->sw &= (u16)~SW_C2;
    if (!x87_report(cpu, &env))
        return;
    bool quotient = (r.se & 0x7fff) != 0x7fff;
    x87_set_cc(fpu, (env.sw & SW_CC) | (quotient ? 0 : fpu->sw & (SW_C0 | SW_C3)));
    x87_set(fpu, 0, r);
}

HANDLER(FPREM_o_0)
{
    X87_BEGIN;
    remainder_of(cpu, false);
    NEXT;
}

HANDLER(FPREM1_o_0)
{
    X87_BEGIN;
    remainder_of(cpu, true);
    NEXT;
}

/* The exponent to ST(0), and the significand pushed above it. */
HANDLER(FXTRACT_o_0)
{
    X87_BEGIN;
    struct fp_env env = x87_env(cpu);
    struct f80 exponent, significand;
    if (x87_empty(&cpu->fpu, 0))
        exponent = significand = x87_underflow(&env);
    else if (!x87_empty(&cpu->fpu, 7))
        exponent = significand = x87_overflow(&env);
    else
        significand = X87_OPS->extract(x87_st(&cpu->fpu, 0), &exponent, &env);
    if (x87_report(cpu, &env)) {
        x87_set(&cpu->fpu, 0, exponent);
        x87_push(&cpu->fpu, significand);
    }
    NEXT;
}
