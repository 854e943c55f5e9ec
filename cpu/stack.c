/* SPDX-License-Identifier: MIT */
/* Handlers of pushes and pops that have fast forms. */
#include "cpu/stackform.h"

/* PUSH SP pushes the old value on a 286 and later. */
PUSH(PUSH_r_16, 16, R_16(u->dst), , NEXT)
PUSH(PUSH_r_32, 32, R_32(u->dst), , NEXT)
PUSH(PUSH_i_16, 16, u->imm, , NEXT)
PUSH(PUSH_i_32, 32, u->imm, , NEXT)
PUSH_MEM(PUSH_m_16, 16, v, , NEXT)
PUSH_MEM(PUSH_m_32, 32, v, , NEXT)

/* A 32-bit push of a segment register writes zeros above the selector on a 486; later parts leave
 * the upper half of the stack slot alone. */
PUSH(PUSH_S_o_16, 16, cpu->seg[u->src].selector, , NEXT)
PUSH(PUSH_S_o_32, 32, cpu->seg[u->src].selector, , NEXT)

/* POP SP: the popped value wins over the increment. */
POP(POP_r_16, 16, SP_S32, sp + 2, , W_16(u->dst, v); NEXT)
POP(POP_r_32, 32, SP_S32, sp + 4, , W_32(u->dst, v); NEXT)

POP(LEAVE_o_16, 16, R_32(EBP * 8), sp + 2, , W_16(EBP * 8, v); NEXT)
POP(LEAVE_o_32, 32, R_32(EBP * 8), sp + 4, , W_32(EBP * 8, v); NEXT)

/* POP to a segment register. */
#ifdef FLAVOUR_FAST
POP(POP_S_o_16, 16, SP_S32, sp + 2, QUICK_LOAD(u->dst, v), NEXT)
#else
#include "cpu/protect.h"

/* The load may fault with the stack pointer unchanged; SP or ESP is what it was before SS changed. */
const struct uop *pop_segment(struct cpu *cpu, const struct uop *u, u16 selector, u32 size)
{
    u32 m = stack_mask(cpu), sp = stack_offset(cpu, size);
    segment_load(cpu, u->dst, selector);
    cpu->r[ESP] = ((u32)cpu->r[ESP] & ~m) | (sp & m);
    if (u->dst == SEG_SS)
        interrupt_shadow(cpu, u, true);
    return u + 1;
}

HANDLER(POP_S_o_16)
{
    return pop_segment(cpu, u, (u16)mem_read(cpu, SEG_SS, stack_offset(cpu, 0), 2), 2);
}
#endif
