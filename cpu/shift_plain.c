/* SPDX-License-Identifier: MIT */
/* Rotates through memory and carry, double shifts and bit strings in memory: plain only. */
#include "cpu/forms.h"
#include "cpu/shift.h"

#define CL_NOW R_8(ECX * 8)

#define ROTATE_REG(op, s)                                                                          \
    REGF(op##_ri_##s, W(s, u->dst, sem_##op(&f, R(s, u->dst), u->imm, s));)                        \
    REGF(op##_rc_##s, W(s, u->dst, sem_##op(&f, R(s, u->dst), CL_NOW, s));)
#define ROTATE_MEM(op, s)                                                                          \
    MEMF(op##_mi_##s, s, 1, ST(s, sem_##op(&f, LD(s), u->imm, s));)                                \
    MEMF(op##_mc_##s, s, 1, ST(s, sem_##op(&f, LD(s), CL_NOW, s));)

ROTATE_MEM(ROL, 8) ROTATE_MEM(ROL, 16) ROTATE_MEM(ROL, 32)
ROTATE_MEM(ROR, 8) ROTATE_MEM(ROR, 16) ROTATE_MEM(ROR, 32)
ROTATE_REG(RCL, 8) ROTATE_REG(RCL, 16) ROTATE_REG(RCL, 32)
ROTATE_MEM(RCL, 8) ROTATE_MEM(RCL, 16) ROTATE_MEM(RCL, 32)
ROTATE_REG(RCR, 8) ROTATE_REG(RCR, 16) ROTATE_REG(RCR, 32)
ROTATE_MEM(RCR, 8) ROTATE_MEM(RCR, 16) ROTATE_MEM(RCR, 32)

#define DOUBLE(op, s)                                                                              \
    MEMF(op##_mri_##s, s, 1, ST(s, sem_##op(&f, LD(s), R(s, u->src), u->imm, s));)                 \
    MEMF(op##_mrc_##s, s, 1, ST(s, sem_##op(&f, LD(s), R(s, u->src), CL_NOW, s));)
DOUBLE(SHLD, 16) DOUBLE(SHLD, 32)
DOUBLE(SHRD, 16) DOUBLE(SHRD, 32)

u32 bit_string_offset(struct cpu *cpu, const struct uop *u, unsigned bits)
{
    u32 bytes = bits / 8;
    s32 bit = bits == 16 ? (s16)R_16(u->src) : (s32)R_32(u->src);
    u32 offset = plain_ea(cpu, u) + (u32)(bit >> (bits == 16 ? 4 : 5)) * bytes;
    return u->attr & UA_ADDR32 ? offset : (u16)offset;
}

#define BIT_MEM(op, s, w, STORE)                                                                   \
    MEMF(op##_mi_##s, s, w, u64 r = sem_##op(&f, LD(s), u->imm, s); STORE(s, r);)                  \
    HANDLER(op##_mr_##s)                                                                           \
    {                                                                                              \
        FLAGS;                                                                                     \
        struct at m;                                                                               \
        mem_find(cpu, &m, u->seg, bit_string_offset(cpu, u, s), BYTES_##s, w);                     \
        u64 r = sem_##op(&f, LD(s), R(s, u->src), s);                                              \
        STORE(s, r);                                                                               \
        KEEP;                                                                                      \
        NEXT;                                                                                      \
    }
#define NO_STORE(s, r) (void)r
BIT_MEM(BT, 16, 0, NO_STORE) BIT_MEM(BT, 32, 0, NO_STORE)
BIT_MEM(BTS, 16, 1, ST) BIT_MEM(BTS, 32, 1, ST)
BIT_MEM(BTR, 16, 1, ST) BIT_MEM(BTR, 32, 1, ST)
BIT_MEM(BTC, 16, 1, ST) BIT_MEM(BTC, 32, 1, ST)
