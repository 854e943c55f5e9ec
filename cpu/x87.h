/* SPDX-License-Identifier: MIT */
/*
 * What x87 instructions have in common: when they may begin, the register stack, exceptions. SDM 1
 * "x87 FPU Register Stack", "x87 FPU Exception Handling". For handlers of the plain flavour.
 */
#ifndef CPU_X87_H
#define CPU_X87_H

#include "cpu/dispatch.h"
#include "cpu/forms.h"

/* The arithmetic: always the portable one, so that fast handlers, which may ask the host's unit,
 * have something to be compared with. */
#define X87_OPS (&soft_f80)

/* Before any escape: #NM if CR0 says so. */
void x87_check_available(struct cpu *cpu);

/*
 * Before a waiting instruction: #NM, and what an earlier one left pending: #MF, or, with CR0.NE
 * clear, the board hears FERR# and the processor stands still until an interrupt. False: that is
 * so, and the instruction is begun again. SDM 3A "x87 FPU Floating-Point Error (#MF)".
 */
bool x87_ready(struct cpu *cpu);

/* ES, B and the FERR# pin, after the status word, the control word or CR0.NE has changed. */
void x87_update(struct cpu *cpu);

/* The last instruction that was none of control: U; and its memory operand at OFFSET. */
void x87_point(struct cpu *cpu, const struct uop *u);
void x87_point_memory(struct cpu *cpu, const struct uop *u, u32 offset);

/* The head of a waiting instruction's handler; with a note of where it is. */
#define X87_WAIT                                                                                   \
    do {                                                                                           \
        if (!x87_ready(cpu))                                                                       \
            return plain_again(cpu, u);                                                            \
    } while (0)
#define X87_BEGIN                                                                                  \
    do {                                                                                           \
        X87_WAIT;                                                                                  \
        x87_point(cpu, u);                                                                         \
    } while (0)

/* A memory operand of SIZE bytes (up to 10), checked, and noted as the last one. */
struct x87_at {
    struct at part[2]; /* of 8 bytes, and the rest */
};
void x87_find(struct cpu *cpu, const struct uop *u, struct x87_at *at, u32 size, unsigned write);

INLINE unsigned x87_number(const struct fpu *fpu, unsigned i)
{
    return (fpu->top + i) & 7;
}

INLINE bool x87_empty(const struct fpu *fpu, unsigned i)
{
    return !(fpu->used >> x87_number(fpu, i) & 1);
}

INLINE struct f80 x87_st(const struct fpu *fpu, unsigned i)
{
    return fpu->reg[x87_number(fpu, i)];
}

INLINE void x87_set(struct fpu *fpu, unsigned i, struct f80 value)
{
    fpu->reg[x87_number(fpu, i)] = value;
    fpu->used |= (u8)(1u << x87_number(fpu, i));
}

INLINE void x87_free(struct fpu *fpu, unsigned i)
{
    fpu->used &= (u8) ~(1u << x87_number(fpu, i));
}

INLINE void x87_pop(struct fpu *fpu)
{
    x87_free(fpu, 0);
    fpu->top = (u8)x87_number(fpu, 1);
}

INLINE void x87_push(struct fpu *fpu, struct f80 value)
{
    fpu->top = (u8)x87_number(fpu, 7);
    x87_set(fpu, 0, value);
}

/* An operation with the guest's control word. */
INLINE struct fp_env x87_env(const struct cpu *cpu)
{
    return (struct fp_env){.cw = cpu->fpu.cw};
}

/* A register that is empty, or full where one is pushed: invalid. Returns the masked result. */
INLINE struct f80 x87_underflow(struct fp_env *env)
{
    env->sw |= SW_IE | SW_SF;
    return F80_DEFAULT_NAN;
}

INLINE struct f80 x87_overflow(struct fp_env *env)
{
    env->sw |= SW_IE | SW_SF | SW_C1;
    return F80_DEFAULT_NAN;
}

/* Take what an operation reported into the status word; of the condition codes only C1. False: an
 * unmasked exception keeps the destination as it was (f80_refused). */
bool x87_report(struct cpu *cpu, const struct fp_env *env);
/* The same for a destination in memory (f80_refused_store). */
bool x87_report_store(struct cpu *cpu, const struct fp_env *env);

/* Condition codes. */
INLINE void x87_set_cc(struct fpu *fpu, unsigned cc)
{
    fpu->sw = (u16)((fpu->sw & ~SW_CC) | cc);
}

/* What a memory operand adds to ENV beside the register OTHER: an invalid operation, unless that
 * is so already; a denormal, unless something of higher rank was found. SDM 1 "Floating-Point
 * Exception Priority". */
void x87_add_operand(struct fp_env *env, const struct fp_env *operand, struct f80 other);

#endif
