/* SPDX-License-Identifier: MIT */
/* x87 transcendental instructions: the stack's part of them. SDM 2A under each name. */
#include "cpu/transcendental.h"
#include "cpu/x87.h"

/* Of ST(0), to itself; sine and cosine leave C2 set where the operand is out of range. */
static void of_one(struct cpu *cpu, struct f80 (*op)(struct f80 x, struct fp_env *env), bool ranged)
{
    struct fpu *fpu = &cpu->fpu;
    struct fp_env env = x87_env(cpu);
    struct f80 r = x87_empty(fpu, 0) ? x87_underflow(&env) : op(x87_st(fpu, 0), &env);
    if (!x87_report(cpu, &env))
        return;
    if (ranged)
        fpu->sw = (u16)((fpu->sw & ~SW_C2) | (env.sw & SW_C2));
    x87_set(fpu, 0, r);
}

HANDLER(F2XM1_o_0)
{
    X87_BEGIN;
    of_one(cpu, f80_2xm1, false);
    NEXT;
}

HANDLER(FSIN_o_0)
{
    X87_BEGIN;
    of_one(cpu, f80_sin, true);
    NEXT;
}

HANDLER(FCOS_o_0)
{
    X87_BEGIN;
    of_one(cpu, f80_cos, true);
    NEXT;
}

/* Of ST(0) and ST(1), to ST(1), which becomes the top. */
static void of_two(struct cpu *cpu,
                   struct f80 (*op)(struct f80 x, struct f80 y, struct fp_env *env))
{
    struct fpu *fpu = &cpu->fpu;
    struct fp_env env = x87_env(cpu);
    struct f80 r;
    if (x87_empty(fpu, 0) || x87_empty(fpu, 1))
        r = x87_underflow(&env);
    else
        r = op(x87_st(fpu, 0), x87_st(fpu, 1), &env);
    if (!x87_report(cpu, &env))
        return;
    x87_set(fpu, 1, r);
    x87_pop(fpu);
}

#define OF_TWO(name, op)                                                                           \
    HANDLER(name##_o_0)                                                                            \
    {                                                                                              \
        X87_BEGIN;                                                                                 \
        of_two(cpu, op);                                                                           \
        NEXT;                                                                                      \
    }
OF_TWO(FYL2X, f80_yl2x)
OF_TWO(FYL2XP1, f80_yl2xp1)
OF_TWO(FPATAN, f80_patan)

/* One number from ST(0) to itself, another pushed, unless ST(0) is out of range. */
static void to_two(struct cpu *cpu,
                   struct f80 (*op)(struct f80 x, struct f80 *second, struct fp_env *env))
{
    struct fpu *fpu = &cpu->fpu;
    struct fp_env env = x87_env(cpu);
    struct f80 first, second;
    if (x87_empty(fpu, 0))
        first = second = x87_underflow(&env);
    else if (!x87_empty(fpu, 7))
        first = second = x87_overflow(&env);
    else
        first = op(x87_st(fpu, 0), &second, &env);
    if (!x87_report(cpu, &env))
        return;
    fpu->sw = (u16)((fpu->sw & ~SW_C2) | (env.sw & SW_C2));
    if (env.sw & SW_C2)
        return;
    x87_set(fpu, 0, first);
    x87_push(fpu, second);
}

HANDLER(FSINCOS_o_0)
{
    X87_BEGIN;
    to_two(cpu, f80_sincos);
    NEXT;
}

HANDLER(FPTAN_o_0)
{
    X87_BEGIN;
    to_two(cpu, f80_ptan);
    NEXT;
}
