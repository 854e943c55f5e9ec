/* SPDX-License-Identifier: MIT */
/*
 * Fast handlers of x87 instructions, where numbers are plain ones (cpu/x87_quick.h), nothing is
 * pending, and no register is empty that should not be or full that should be empty. Anything else
 * is cold. What instructions mean stands with the plain twins, x87_arith.c and x87_move.c.
 */
#include "cpu/forms.h"
#include "cpu/x87_quick.h"

#define FPU (&cpu->fpu)
#define NUMBER(i) ((FPU->top + (i)) & 7)
#define STACK(i) (&FPU->reg[NUMBER(i)])
#define FULL(i) (FPU->used >> NUMBER(i) & 1)

/* May the instruction be done here? */
#define UNLESS(condition)                                                                          \
    if (unlikely(condition))                                                                       \
    COLD
#define QUIET                                                                                      \
    UNLESS(cpu->cr0 & (CR0_EM | CR0_TS));                                                          \
    UNLESS(FPU->sw & SW_ES)

/* The last instruction, and its operand. */
#define POINT                                                                                      \
    FPU->fip = u->eip;                                                                             \
    FPU->fcs = cpu->seg[SEG_CS].selector;                                                          \
    FPU->fop = (u16)u->imm
#define POINT_MEMORY                                                                               \
    POINT;                                                                                         \
    FPU->fdp = offset;                                                                             \
    FPU->fds = cpu->seg[u->seg].selector

/* Exceptions are masked, so they are only noted. */
#define NOTE(flags) FPU->sw = (u16)((FPU->sw & ~SW_C1) | (flags))
#define CODES(cc) FPU->sw = (u16)((FPU->sw & ~SW_CC) | (cc))

#define POP                                                                                        \
    do {                                                                                           \
        FPU->used &= (u8) ~(1u << FPU->top);                                                       \
        FPU->top = (FPU->top + 1) & 7;                                                             \
    } while (0)
#define PUSH(value)                                                                                \
    do {                                                                                           \
        struct f80 pushed_ = (value);                                                              \
        FPU->top = (FPU->top - 1) & 7;                                                             \
        FPU->used |= (u8)(1u << FPU->top);                                                         \
        *STACK(0) = pushed_;                                                                          \
    } while (0)
#define NOTHING (void)0

/* Arithmetic. */

#define BINARY(name, op, to, from, pop)                                                            \
    REG(name##_r_0, struct f80 r; u32 flags; QUIET; UNLESS(!FULL(0) || !FULL(u->dst));             \
        UNLESS(!quick_##op(*STACK(to), *STACK(from), FPU->cw, &r, &flags)); *STACK(to) = r; NOTE(flags);    \
        POINT; pop;)
#define BINARY_MEMORY(name, op, size, convert)                                                     \
    MEM(name##_m_##size, size, 0, struct f80 r; struct f80 b; u32 flags; QUIET; UNLESS(!FULL(0));  \
        UNLESS(!convert(LD(size), &b));                                                            \
        UNLESS(!quick_##op(*STACK(0), b, FPU->cw, &r, &flags)); *STACK(0) = r; NOTE(flags);              \
        POINT_MEMORY;)

INLINE bool from_int(u32 raw, struct f80 *r)
{
    *r = quick_from_s64((s32)raw);
    return true;
}

#define ARITHMETIC(NAME, op)                                                                       \
    BINARY(F##NAME, op, 0, u->dst, NOTHING)                                                        \
    BINARY(F##NAME##_TO, op, u->dst, 0, NOTHING)                                                   \
    BINARY(F##NAME##P, op, u->dst, 0, POP)                                                         \
    BINARY_MEMORY(F##NAME, op, 32, quick_from_32)                                                  \
    BINARY_MEMORY(F##NAME, op, 64, quick_from_64)                                                  \
    BINARY_MEMORY(FI##NAME, op, 32, from_int)
ARITHMETIC(ADD, add)
ARITHMETIC(SUB, sub)
ARITHMETIC(SUBR, subr)
ARITHMETIC(MUL, mul)
ARITHMETIC(DIV, div)
ARITHMETIC(DIVR, divr)

REG(FCHS_o_0, QUIET; UNLESS(!FULL(0)); STACK(0)->se ^= F80_SIGN; NOTE(0); POINT;)
REG(FABS_o_0, QUIET; UNLESS(!FULL(0)); STACK(0)->se &= (u16)~F80_SIGN; NOTE(0); POINT;)

/* Comparisons. */

#define COMPARE(name, i, pops)                                                                     \
    REG(name, u32 cc; QUIET; UNLESS(!FULL(0) || !FULL(i));                                         \
        UNLESS(!quick_compare(*STACK(0), *STACK(i), &cc)); CODES(cc); POINT; pops;)
COMPARE(FCOM_r_0, u->dst, NOTHING)
COMPARE(FCOMP_r_0, u->dst, POP)
COMPARE(FCOMPP_o_0, 1, POP; POP)
COMPARE(FUCOM_r_0, u->dst, NOTHING)
COMPARE(FUCOMP_r_0, u->dst, POP)
COMPARE(FUCOMPP_o_0, 1, POP; POP)

#define COMPARE_MEMORY(name, size, convert, pop)                                                   \
    MEM(name##_m_##size, size, 0, struct f80 b; u32 cc; QUIET; UNLESS(!FULL(0));                   \
        UNLESS(!convert(LD(size), &b)); UNLESS(!quick_compare(*STACK(0), b, &cc)); CODES(cc);         \
        POINT_MEMORY; pop;)
#define COMPARE_MEMORIES(NAME, pop)                                                                \
    COMPARE_MEMORY(F##NAME, 32, quick_from_32, pop)                                                \
    COMPARE_MEMORY(F##NAME, 64, quick_from_64, pop)                                                \
    COMPARE_MEMORY(FI##NAME, 32, from_int, pop)
COMPARE_MEMORIES(COM, NOTHING)
COMPARE_MEMORIES(COMP, POP)

REG(FTST_o_0, u32 cc; QUIET; UNLESS(!FULL(0));
    UNLESS(!quick_compare(*STACK(0), (struct f80){0, 0}, &cc)); CODES(cc); POINT;)

#define COMPARE_FLAGS(name, pop)                                                                   \
    REG_KEEP(name##_r_0, u32 cc; QUIET; UNLESS(!FULL(0) || !FULL(u->dst));                         \
             UNLESS(!quick_compare(*STACK(0), *STACK(u->dst), &cc));                                     \
             f_unpack(&f, (cc & SW_C3 ? FL_ZF : 0) | (cc & SW_C0 ? FL_CF : 0)); NOTE(0); POINT;    \
             pop;)
COMPARE_FLAGS(FCOMI, NOTHING)
COMPARE_FLAGS(FCOMIP, POP)
COMPARE_FLAGS(FUCOMI, NOTHING)
COMPARE_FLAGS(FUCOMIP, POP)

/* Loads. */

#define LOAD(name, size, convert)                                                                  \
    MEM(name##_m_##size, size, 0, struct f80 v; QUIET; UNLESS(FULL(7));                            \
        UNLESS(!convert(LD(size), &v)); PUSH(v); NOTE(0); POINT_MEMORY;)
LOAD(FLD, 32, quick_from_32)
LOAD(FLD, 64, quick_from_64)

#define LOAD_INT(size)                                                                             \
    MEM(FILD_m_##size, size, 0, QUIET; UNLESS(FULL(7));                                            \
        PUSH(quick_from_s64((SIGNED_##size)LD(size))); NOTE(0); POINT_MEMORY;)
LOAD_INT(16)
LOAD_INT(32)
LOAD_INT(64)

REG(FLD_r_0, QUIET; UNLESS(FULL(7) || !FULL(u->dst)); PUSH(*STACK(u->dst)); NOTE(0); POINT;)
REG(FLD1_o_0, QUIET; UNLESS(FULL(7)); PUSH(quick_make(F80_INTEGER, QUICK_BIAS, 0)); NOTE(0); POINT;)
REG(FLDZ_o_0, QUIET; UNLESS(FULL(7)); PUSH(quick_make(0, 0, 0)); NOTE(0); POINT;)

/* Stores. */

#define STORE(name, size, type, convert, pop)                                                      \
    MEM(name##_m_##size, size, 1, type v; u32 flags; QUIET; UNLESS(!FULL(0));                      \
        UNLESS(!convert(*STACK(0), FPU->cw, &v, &flags)); STORE_##size(v); NOTE(flags); POINT_MEMORY; \
        pop;)
#define STORE_16(v) *(u16 *)m = (u16)(v)
#define STORE_32(v) *(u32 *)m = (u32)(v)
#define STORE_64(v) *(u64 *)m = (v)
STORE(FST, 32, u32, quick_to_32, NOTHING)
STORE(FSTP, 32, u32, quick_to_32, POP)
STORE(FST, 64, u64, quick_to_64, NOTHING)
STORE(FSTP, 64, u64, quick_to_64, POP)

#define STORE_INT(name, size, pop)                                                                 \
    MEM(name##_m_##size, size, 1, u64 v; u32 flags; QUIET; UNLESS(!FULL(0));                       \
        UNLESS(!quick_to_int(*STACK(0), size, FPU->cw, &v, &flags)); STORE_##size(v); NOTE(flags);    \
        POINT_MEMORY; pop;)
STORE_INT(FIST, 16, NOTHING)
STORE_INT(FIST, 32, NOTHING)
STORE_INT(FISTP, 16, POP)
STORE_INT(FISTP, 32, POP)
STORE_INT(FISTP, 64, POP)

#define STORE_REGISTER(name, pop)                                                                  \
    REG(name##_r_0, QUIET; UNLESS(!FULL(0)); *STACK(u->dst) = *STACK(0);                                 \
        FPU->used |= (u8)(1u << NUMBER(u->dst)); NOTE(0); POINT; pop;)
STORE_REGISTER(FST, NOTHING)
STORE_REGISTER(FSTP, POP)

REG(FXCH_r_0, QUIET; UNLESS(!FULL(0) || !FULL(u->dst)); struct f80 top = *STACK(0);
    *STACK(0) = *STACK(u->dst); *STACK(u->dst) = top; NOTE(0); POINT;)

/* Control. */

REG(FNSTSW_r_16, UNLESS(cpu->cr0 & (CR0_EM | CR0_TS)); W_16(EAX * 8, fpu_status(FPU));)
MEM(FNSTCW_m_16, 16, 1, UNLESS(cpu->cr0 & (CR0_EM | CR0_TS)); STORE_16(FPU->cw);)
/* What unmasks a pending exception is cold. */
MEM(FLDCW_m_16, 16, 0, QUIET; u16 cw = fpu_control(LD(16)); UNLESS(FPU->sw & ~cw & SW_ANY);
    FPU->cw = cw;)
