/* SPDX-License-Identifier: MIT */
/* Handlers of shifts, rotates and bit instructions that have fast forms. */
#include "cpu/forms.h"
#include "cpu/shift.h"

#define CL_NOW R_8(ECX * 8)

#define SHIFT_REG(op, s)                                                                           \
    REGF(op##_ri_##s, W(s, u->dst, sem_##op(&f, R(s, u->dst), u->imm, s));)                        \
    REGF(op##_rc_##s, W(s, u->dst, sem_##op(&f, R(s, u->dst), CL_NOW, s));)
#define SHIFT_MEM(op, s)                                                                           \
    MEMF(op##_mi_##s, s, 1, ST(s, sem_##op(&f, LD(s), u->imm, s));)                                \
    MEMF(op##_mc_##s, s, 1, ST(s, sem_##op(&f, LD(s), CL_NOW, s));)
#define SHIFTS(op)                                                                                 \
    SHIFT_REG(op, 8) SHIFT_REG(op, 16) SHIFT_REG(op, 32)                                           \
    SHIFT_MEM(op, 8) SHIFT_MEM(op, 16) SHIFT_MEM(op, 32)

SHIFTS(SHL)
SHIFTS(SHR)
SHIFTS(SAR)
SHIFT_REG(ROL, 8) SHIFT_REG(ROL, 16) SHIFT_REG(ROL, 32)
SHIFT_REG(ROR, 8) SHIFT_REG(ROR, 16) SHIFT_REG(ROR, 32)

#define DOUBLE(op, s)                                                                              \
    REGF(op##_rri_##s, W(s, u->dst, sem_##op(&f, R(s, u->dst), R(s, u->src), u->imm, s));)         \
    REGF(op##_rrc_##s, W(s, u->dst, sem_##op(&f, R(s, u->dst), R(s, u->src), CL_NOW, s));)
DOUBLE(SHLD, 16) DOUBLE(SHLD, 32)
DOUBLE(SHRD, 16) DOUBLE(SHRD, 32)

#define BIT(op, s)                                                                                 \
    REGF(op##_ri_##s, W(s, u->dst, sem_##op(&f, R(s, u->dst), u->imm, s));)                        \
    REGF(op##_rr_##s, W(s, u->dst, sem_##op(&f, R(s, u->dst), R(s, u->src), s));)
BIT(BTS, 16) BIT(BTS, 32)
BIT(BTR, 16) BIT(BTR, 32)
BIT(BTC, 16) BIT(BTC, 32)

/* A bit test writes nothing back. */
#define BT(s)                                                                                      \
    REGF(BT_ri_##s, sem_BT(&f, R(s, u->dst), u->imm, s);)                                          \
    REGF(BT_rr_##s, sem_BT(&f, R(s, u->dst), R(s, u->src), s);)
BT(16)
BT(32)

/* With a zero source the register keeps all its bits: nothing is written. */
#define SCAN(op, s)                                                                                \
    REGF(op##_rr_##s, u64 v = R(s, u->src); u64 r = sem_##op(&f, R(s, u->dst), v, s);              \
         if (v) W(s, u->dst, r);)                                                                  \
    MEMF(op##_rm_##s, s, 0, u64 v = LD(s); u64 r = sem_##op(&f, R(s, u->dst), v, s);               \
         if (v) W(s, u->dst, r);)
SCAN(BSF, 16) SCAN(BSF, 32)
SCAN(BSR, 16) SCAN(BSR, 32)
