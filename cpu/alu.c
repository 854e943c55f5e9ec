/* SPDX-License-Identifier: MIT */
/* Handlers of the arithmetic and logic instructions. */
#include "cpu/alu.h"
#include "cpu/forms.h"

/* op, size, and whether the destination is written (w) or only compared. */
#define ALU(op, s, w, KEEP_R, KEEP_M)                                                              \
    REGF(op##_rr_##s, u64 r = sem_##op(&f, R(s, u->dst), R(s, u->src), s); KEEP_R(s))              \
    REGF(op##_ri_##s, u64 r = sem_##op(&f, R(s, u->dst), (u##s)u->imm, s); KEEP_R(s))              \
    MEMF(op##_rm_##s, s, 0, u64 r = sem_##op(&f, R(s, u->dst), LD(s), s); KEEP_R(s))               \
    MEMF(op##_mr_##s, s, w, u64 r = sem_##op(&f, LD(s), R(s, u->src), s); KEEP_M(s))               \
    MEMF(op##_mi_##s, s, w, u64 r = sem_##op(&f, LD(s), (u##s)u->imm, s); KEEP_M(s))

#define TO_REG(s) W(s, u->dst, r);
#define TO_MEM(s) ST(s, r);
#define NOWHERE(s) (void)r;

#define ALU_WRITES(op)                                                                             \
    ALU(op, 8, 1, TO_REG, TO_MEM) ALU(op, 16, 1, TO_REG, TO_MEM) ALU(op, 32, 1, TO_REG, TO_MEM)
#define ALU_COMPARES(op)                                                                           \
    ALU(op, 8, 0, NOWHERE, NOWHERE) ALU(op, 16, 0, NOWHERE, NOWHERE)                               \
    ALU(op, 32, 0, NOWHERE, NOWHERE)

ALU_WRITES(ADD)
ALU_WRITES(OR)
ALU_WRITES(ADC)
ALU_WRITES(SBB)
ALU_WRITES(AND)
ALU_WRITES(SUB)
ALU_WRITES(XOR)
ALU_COMPARES(CMP)
ALU_COMPARES(TEST)

#define UNARY(op, s, REGS, MEMS)                                                                   \
    REGS(op##_r_##s, UNARY_FLAGS_##REGS W(s, u->dst, sem_##op(&f, R(s, u->dst), s));)              \
    MEMS(op##_m_##s, s, 1, ST(s, sem_##op(&f, LD(s), s));)
#define UNARY_FLAGS_REG FLAGS;
#define UNARY_FLAGS_REGF
#define UNARIES(op, REGS, MEMS)                                                                    \
    UNARY(op, 8, REGS, MEMS) UNARY(op, 16, REGS, MEMS) UNARY(op, 32, REGS, MEMS)

UNARIES(INC, REGF, MEMF)
UNARIES(DEC, REGF, MEMF)
UNARIES(NEG, REGF, MEMF)
UNARIES(NOT, REG, MEM)
