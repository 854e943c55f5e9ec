/* SPDX-License-Identifier: MIT */
/* x87 loads, stores, exchanges, constants and conditional moves. SDM 2A under each name. */
#include "cpu/transcendental.h"
#include "cpu/x87.h"

/* Loads: the new ST(0), or the NaN of an overflow. A denormal is loaded even when that exception is
 * unmasked, as processors do; only an invalid operation keeps the stack as it was. */

static void push_checked(struct cpu *cpu, struct fp_env *env, struct f80 value)
{
    struct f80 r = x87_empty(&cpu->fpu, 7) ? value : x87_overflow(env);
    x87_report(cpu, env);
    if (!(env->sw & ~env->cw & SW_IE))
        x87_push(&cpu->fpu, r);
}

/* An overflow comes first: the operand is not even looked at. */
#define LOAD(name, bytes, expression)                                                              \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        X87_WAIT;                                                                                  \
        struct x87_at at;                                                                          \
        struct fp_env env = x87_env(cpu), operand_env = env;                                       \
        x87_find(cpu, u, &at, bytes, 0);                                                           \
        struct f80 value = expression;                                                             \
        if (x87_empty(&cpu->fpu, 7))                                                               \
            env = operand_env;                                                                     \
        push_checked(cpu, &env, value);                                                            \
        NEXT;                                                                                      \
    }
#define RAW at_get(cpu, &at.part[0])

static struct f80 load_f80(struct cpu *cpu, const struct x87_at *at)
{
    return (struct f80){at_get(cpu, &at->part[0]), (u16)at_get(cpu, &at->part[1])};
}

static struct f80 load_bcd(struct cpu *cpu, const struct x87_at *at)
{
    u8 bytes[10];
    put32(bytes, (u32)at_get(cpu, &at->part[0]));
    put32(bytes + 4, (u32)(at_get(cpu, &at->part[0]) >> 32));
    put16(bytes + 8, (u16)at_get(cpu, &at->part[1]));
    return X87_OPS->from_bcd(bytes);
}

LOAD(FLD_m_32, 4, X87_OPS->from_f32((u32)RAW, &operand_env))
LOAD(FLD_m_64, 8, X87_OPS->from_f64(RAW, &operand_env))
LOAD(FLD_m_80, 10, load_f80(cpu, &at))
LOAD(FILD_m_16, 2, X87_OPS->from_s64((u64)(s16)RAW))
LOAD(FILD_m_32, 4, X87_OPS->from_s64((u64)(s32)RAW))
LOAD(FILD_m_64, 8, X87_OPS->from_s64(RAW))
LOAD(FBLD_m_80, 10, load_bcd(cpu, &at))

HANDLER(FLD_r_0)
{
    X87_BEGIN;
    struct fp_env env = x87_env(cpu);
    struct f80 value = x87_st(&cpu->fpu, u->dst);
    if (x87_empty(&cpu->fpu, u->dst))
        value = x87_underflow(&env);
    else if (!x87_empty(&cpu->fpu, 7))
        value = x87_overflow(&env);
    if (x87_report(cpu, &env))
        x87_push(&cpu->fpu, value);
    NEXT;
}

static void load_constant(struct cpu *cpu, enum f80_constant which)
{
    struct fp_env env = x87_env(cpu);
    push_checked(cpu, &env, f80_constant(which, env.cw));
}

#define CONSTANT(name)                                                                             \
    HANDLER(name##_o_0)                                                                            \
    {                                                                                              \
        X87_BEGIN;                                                                                 \
        load_constant(cpu, name);                                                                  \
        NEXT;                                                                                      \
    }
CONSTANT(FLD1)
CONSTANT(FLDL2T)
CONSTANT(FLDL2E)
CONSTANT(FLDPI)
CONSTANT(FLDLG2)
CONSTANT(FLDLN2)
CONSTANT(FLDZ)

/* Stores. Memory is found before anything is looked at; what cannot be stored changes nothing. */

#define STORE(name, bytes, type, convert, indefinite, pop)                                         \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        X87_WAIT;                                                                                  \
        struct x87_at at;                                                                          \
        struct fp_env env = x87_env(cpu);                                                          \
        x87_find(cpu, u, &at, bytes, 1);                                                           \
        type value = indefinite;                                                                   \
        if (x87_empty(&cpu->fpu, 0))                                                               \
            x87_underflow(&env);                                                                   \
        else                                                                                       \
            value = X87_OPS->convert(x87_st(&cpu->fpu, 0), &env);                                  \
        if (x87_report_store(cpu, &env)) {                                                         \
            at_put(cpu, &at.part[0], value);                                                       \
            if (pop)                                                                               \
                x87_pop(&cpu->fpu);                                                                \
        }                                                                                          \
        NEXT;                                                                                      \
    }
STORE(FST_m_32, 4, u32, to_f32, 0xffc00000, false)
STORE(FST_m_64, 8, u64, to_f64, 0xfff8000000000000, false)
STORE(FSTP_m_32, 4, u32, to_f32, 0xffc00000, true)
STORE(FSTP_m_64, 8, u64, to_f64, 0xfff8000000000000, true)
STORE(FIST_m_16, 2, u16, to_s16, 0x8000, false)
STORE(FIST_m_32, 4, u32, to_s32, 0x80000000, false)
STORE(FISTP_m_16, 2, u16, to_s16, 0x8000, true)
STORE(FISTP_m_32, 4, u32, to_s32, 0x80000000, true)
STORE(FISTP_m_64, 8, u64, to_s64, 0x8000000000000000, true)

HANDLER(FSTP_m_80)
{
    X87_WAIT;
    struct x87_at at;
    struct fp_env env = x87_env(cpu);
    x87_find(cpu, u, &at, 10, 1);
    struct f80 value = x87_empty(&cpu->fpu, 0) ? x87_underflow(&env) : x87_st(&cpu->fpu, 0);
    if (x87_report_store(cpu, &env)) {
        at_put(cpu, &at.part[0], value.frac);
        at_put(cpu, &at.part[1], value.se);
        x87_pop(&cpu->fpu);
    }
    NEXT;
}

HANDLER(FBSTP_m_80)
{
    X87_WAIT;
    struct x87_at at;
    struct fp_env env = x87_env(cpu);
    u8 digits[10] = {0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff}; /* the indefinite */
    x87_find(cpu, u, &at, 10, 1);
    if (x87_empty(&cpu->fpu, 0))
        x87_underflow(&env);
    else
        X87_OPS->to_bcd(x87_st(&cpu->fpu, 0), digits, &env);
    if (x87_report_store(cpu, &env)) {
        at_put(cpu, &at.part[0], get32(digits) | (u64)get32(digits + 4) << 32);
        at_put(cpu, &at.part[1], get16(digits + 8));
        x87_pop(&cpu->fpu);
    }
    NEXT;
}

/* To a register, which may be empty. */
static void store_register(struct cpu *cpu, unsigned i, bool pop)
{
    struct fp_env env = x87_env(cpu);
    struct f80 value = x87_empty(&cpu->fpu, 0) ? x87_underflow(&env) : x87_st(&cpu->fpu, 0);
    if (!x87_report(cpu, &env))
        return;
    x87_set(&cpu->fpu, i, value);
    if (pop)
        x87_pop(&cpu->fpu);
}

HANDLER(FST_r_0)
{
    X87_BEGIN;
    store_register(cpu, u->dst, false);
    NEXT;
}

HANDLER(FSTP_r_0)
{
    X87_BEGIN;
    store_register(cpu, u->dst, true);
    NEXT;
}

/* "No chip exception": an empty ST(0) is popped, and that is all. */
HANDLER(FSTPNCE_r_0)
{
    X87_BEGIN;
    cpu->fpu.sw &= (u16)~SW_C1;
    if (!x87_empty(&cpu->fpu, 0))
        x87_set(&cpu->fpu, u->dst, x87_st(&cpu->fpu, 0));
    x87_pop(&cpu->fpu);
    NEXT;
}

/* Empty registers become NaNs, and then are exchanged. */
HANDLER(FXCH_r_0)
{
    X87_BEGIN;
    struct fpu *fpu = &cpu->fpu;
    struct fp_env env = x87_env(cpu);
    struct f80 a = x87_empty(fpu, 0) ? x87_underflow(&env) : x87_st(fpu, 0);
    struct f80 b = x87_empty(fpu, u->dst) ? x87_underflow(&env) : x87_st(fpu, u->dst);
    if (x87_report(cpu, &env)) {
        x87_set(fpu, u->dst, a);
        x87_set(fpu, 0, b);
    }
    NEXT;
}

/* An empty register at either end gives a NaN whatever the condition. */
static void move_if(struct cpu *cpu, unsigned from, bool condition)
{
    struct fpu *fpu = &cpu->fpu;
    struct fp_env env = x87_env(cpu);
    struct f80 value = x87_st(fpu, condition ? from : 0);
    if (x87_empty(fpu, 0) || x87_empty(fpu, from))
        value = x87_underflow(&env);
    else
        env.sw = fpu->sw & SW_C1; /* stays */
    if (x87_report(cpu, &env))
        x87_set(fpu, 0, value);
}

#define MOVE_IF(name, condition)                                                                   \
    HANDLER(name##_r_0)                                                                            \
    {                                                                                              \
        X87_BEGIN;                                                                                 \
        move_if(cpu, u->dst, condition(&cpu->fl));                                                 \
        NEXT;                                                                                      \
    }
MOVE_IF(FCMOVB, cond_b)
MOVE_IF(FCMOVE, cond_z)
MOVE_IF(FCMOVBE, cond_be)
MOVE_IF(FCMOVU, cond_p)
MOVE_IF(FCMOVNB, cond_nb)
MOVE_IF(FCMOVNE, cond_nz)
MOVE_IF(FCMOVNBE, cond_nbe)
MOVE_IF(FCMOVNU, cond_np)
