/* SPDX-License-Identifier: MIT */
/* Handlers of moves, extensions, exchanges, single flags, SETcc and CMOVcc. */
#include "cpu/forms.h"

#define MOV(s)                                                                                     \
    REG(MOV_rr_##s, W(s, u->dst, R(s, u->src));)                                                   \
    REG(MOV_ri_##s, W(s, u->dst, u->imm);)                                                         \
    MEM(MOV_rm_##s, s, 0, W(s, u->dst, LD(s));)                                                    \
    MEM(MOV_mr_##s, s, 1, ST(s, R(s, u->src));)                                                    \
    MEM(MOV_mi_##s, s, 1, ST(s, u->imm);)                                                          \
    REG(XCHG_rr_##s, u##s a = R(s, u->dst); u##s b = R(s, u->src); W(s, u->dst, b);                \
        W(s, u->src, a);)                                                                          \
    MEM(XCHG_mr_##s, s, 1, u##s a = LD(s); ST(s, R(s, u->src)); W(s, u->src, a);)
MOV(8)
MOV(16)
MOV(32)

#define EXTEND(s)                                                                                  \
    REG(MOVZX8_rr_##s, W(s, u->dst, R_8(u->src));)                                                 \
    MEM(MOVZX8_rm_##s, 8, 0, W(s, u->dst, LD(8));)                                                 \
    REG(MOVSX8_rr_##s, W(s, u->dst, (s8)R_8(u->src));)                                             \
    MEM(MOVSX8_rm_##s, 8, 0, W(s, u->dst, (s8)LD(8));)                                             \
    REG(MOVZX16_rr_##s, W(s, u->dst, R_16(u->src));)                                               \
    MEM(MOVZX16_rm_##s, 16, 0, W(s, u->dst, LD(16));)                                              \
    REG(MOVSX16_rr_##s, W(s, u->dst, (s16)R_16(u->src));)                                          \
    MEM(MOVSX16_rm_##s, 16, 0, W(s, u->dst, (s16)LD(16));)
EXTEND(16)
EXTEND(32)

/* LEA computes an address and touches no memory. */
#ifdef FLAVOUR_FAST
#define LEA_ONE(name, s, ea)                                                                       \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        W(s, u->dst, ea);                                                                          \
        NEXT;                                                                                      \
    }
#define LEA(s)                                                                                     \
    LEA_ONE(LEA_rm_##s##_bd, s, R_32(u->base) + u->disp)                                           \
    LEA_ONE(LEA_rm_##s##_bx, s, EA32(cpu, u))                                                      \
    LEA_ONE(LEA_rm_##s##_g32, s, EA32(cpu, u))                                                     \
    LEA_ONE(LEA_rm_##s##_e16, s, EA16(cpu, u))
#else
#define LEA(s) REG(LEA_rm_##s, W(s, u->dst, plain_ea(cpu, u));)
#endif
LEA(16)
LEA(32)

REG(CBW_o_16, W_16(EAX * 8, (s8)R_8(EAX * 8));)
REG(CBW_o_32, W_32(EAX * 8, (s16)R_16(EAX * 8));)
REG(CWD_o_16, W_16(EDX * 8, (s16)R_16(EAX * 8) >> 15);)
REG(CWD_o_32, W_32(EDX * 8, (s32)R_32(EAX * 8) >> 31);)
/* BSWAP of a 16-bit register is undefined: all Intel parts clear it. */
REG(BSWAP_r_16, W_16(u->dst, 0);)
REG(BSWAP_r_32, W_32(u->dst, __builtin_bswap32(R_32(u->dst)));)
REG(NOP_o_0, )
REG(NOP_r_0, )
REG(NOP_m_0, )

REG(LAHF_o_0, W_8(EAX * 8 + 1, (f_pack(&cpu->fl) & 0xff) | FL_ALWAYS);)
REG_KEEP(SAHF_o_0, f_unpack(&f, R_8(EAX * 8 + 1) | (f_of(&f) ? FL_OF : 0));)
REG_KEEP(CLC_o_0, f_set_cf(&f, 0);)
REG_KEEP(STC_o_0, f_set_cf(&f, 1);)
REG_KEEP(CMC_o_0, f_set_cf(&f, !f_cf(&f));)
REG(CLD_o_0, cpu->eflags &= ~(u32)FL_DF;)
REG(STD_o_0, cpu->eflags |= FL_DF;)
/* SALC: AL = CF ? FFh : 0, in no manual, on every part. */
REG(SALC_o_0, W_8(EAX * 8, f_cf(&cpu->fl) ? 0xff : 0);)

#define CC(cc, n)                                                                                  \
    REG(SET_##cc##_r_8, W_8(u->dst, cond_##cc(&cpu->fl));)                                         \
    CMOV(cc, 16)                                                                                   \
    CMOV(cc, 32)
/* The memory operand is read whether the condition holds or not. A 32-bit destination in a 64-bit
 * register is written either way, which here changes nothing. */
#define CMOV(cc, s)                                                                                \
    REG(CMOV_##cc##_rr_##s, u##s v = R(s, u->src); if (cond_##cc(&cpu->fl)) W(s, u->dst, v);)      \
    MEM(CMOV_##cc##_rm_##s, s, 0, u##s v = LD(s); if (cond_##cc(&cpu->fl)) W(s, u->dst, v);)
EACH_CC(CC)

/* The selector alone: the hidden part is the plain twin's business. */
REG(MOV_FROM_S_r_16, W_16(u->dst, cpu->seg[u->src].selector);)
REG(MOV_FROM_S_r_32, W_32(u->dst, cpu->seg[u->src].selector);)
MEM(MOV_FROM_S_m_16, 16, 1, ST(16, cpu->seg[u->src].selector);)

/* MOV to DS, ES, FS, GS, and LES and the like with a 16-bit offset: its four bytes at once. */
#ifdef FLAVOUR_FAST
REG(MOV_TO_S_r_16, QUICK_LOAD(u->dst, R_16(u->src)))
MEM(MOV_TO_S_m_16, 16, 0, QUICK_LOAD(u->dst, LD(16)))
MEM(LFP_rm_16, 32, 0, u32 pointer = LD(32); QUICK_LOAD(u->src, (u16)(pointer >> 16));
    W_16(u->dst, pointer);)
#else
#include "cpu/protect.h"

static const struct uop *move_to_segment(struct cpu *cpu, const struct uop *u, u16 selector)
{
    segment_load(cpu, u->dst, selector);
    if (u->dst == SEG_SS)
        interrupt_shadow(cpu, u, true);
    return u + 1;
}

HANDLER(MOV_TO_S_r_16)
{
    return move_to_segment(cpu, u, R_16(u->src));
}

HANDLER(MOV_TO_S_m_16)
{
    return move_to_segment(cpu, u, (u16)mem_read(cpu, u->seg, plain_ea(cpu, u), 2));
}

HANDLER(LFP_rm_16)
{
    u32 ea = plain_ea(cpu, u), behind = u->attr & UA_ADDR32 ? ea + 2 : (u16)(ea + 2);
    u16 offset = (u16)mem_read(cpu, u->seg, ea, 2);
    u16 selector = (u16)mem_read(cpu, u->seg, behind, 2);
    segment_load(cpu, u->src, selector);
    W_16(u->dst, offset);
    NEXT;
}
#endif
