/* SPDX-License-Identifier: MIT */
/* Far jumps, calls and returns, interrupts by instruction, HLT: handlers around far.c and
 * interrupt.c. Each ends its block; the exit behind it pays. */
#include "cpu/forms.h"
#include "cpu/protect.h"
#include "cpu/timing.h"
#include "cpu/virtual.h"

#define NEXT_EIP (u->eip + u->len)
#define SIZE_OF(u) ((u)->attr & UA_OP32 ? 4u : 2u)

/* Everything is done and cpu->eip set: on to the next block. */
#define ARRIVED return plain_indirect(cpu, (const struct block_exit *)(u + 1), cpu->eip)

static void read_far(struct cpu *cpu, const struct uop *u, u32 *offset, u16 *selector)
{
    u32 ea = plain_ea(cpu, u), size = SIZE_OF(u);
    u32 behind = u->attr & UA_ADDR32 ? ea + size : (u16)(ea + size);
    *offset = (u32)mem_read(cpu, u->seg, ea, size);
    *selector = (u16)mem_read(cpu, u->seg, behind, 2);
}

#define FAR(s)                                                                                     \
    HANDLER(JMPF_i_##s)                                                                            \
    {                                                                                              \
        far_jump(cpu, (u16)u->imm, u->disp, SIZE_OF(u), NEXT_EIP);                                 \
        ARRIVED;                                                                                   \
    }                                                                                              \
    HANDLER(JMPF_m_##s)                                                                            \
    {                                                                                              \
        u32 offset;                                                                                \
        u16 selector;                                                                              \
        read_far(cpu, u, &offset, &selector);                                                      \
        far_jump(cpu, selector, offset, SIZE_OF(u), NEXT_EIP);                                     \
        ARRIVED;                                                                                   \
    }                                                                                              \
    HANDLER(CALLF_i_##s)                                                                           \
    {                                                                                              \
        far_call(cpu, (u16)u->imm, u->disp, SIZE_OF(u), NEXT_EIP);                                 \
        ARRIVED;                                                                                   \
    }                                                                                              \
    HANDLER(CALLF_m_##s)                                                                           \
    {                                                                                              \
        u32 offset;                                                                                \
        u16 selector;                                                                              \
        read_far(cpu, u, &offset, &selector);                                                      \
        far_call(cpu, selector, offset, SIZE_OF(u), NEXT_EIP);                                     \
        ARRIVED;                                                                                   \
    }                                                                                              \
    HANDLER(RETF_o_##s)                                                                            \
    {                                                                                              \
        far_return(cpu, SIZE_OF(u), 0);                                                            \
        ARRIVED;                                                                                   \
    }                                                                                              \
    HANDLER(RETF_i_##s)                                                                            \
    {                                                                                              \
        far_return(cpu, SIZE_OF(u), (u16)u->imm);                                                  \
        ARRIVED;                                                                                   \
    }                                                                                              \
    HANDLER(IRET_o_##s)                                                                            \
    {                                                                                              \
        far_iret(cpu, SIZE_OF(u), NEXT_EIP);                                                       \
        ARRIVED;                                                                                   \
    }
FAR(16)
FAR(32)

/* What the instruction asks for is no fault: there is no error code. */
static void enter(struct cpu *cpu, const struct uop *u, unsigned vector, enum interrupt_kind kind)
{
    interrupt_enter(cpu, vector, kind, false, 0, NEXT_EIP);
}

HANDLER(INT_i_0)
{
    if (cpu_vm86(cpu) && virtual_redirect(cpu, u->imm, NEXT_EIP))
        ARRIVED;
    if (cpu_vm86(cpu) && cpu_iopl(cpu) < 3)
        cpu_raise_gp0(cpu, REASON_IOPL);
    enter(cpu, u, u->imm, INTERRUPT_SOFTWARE);
    ARRIVED;
}

HANDLER(INT3_o_0)
{
    enter(cpu, u, EX_BP, INTERRUPT_SOFTWARE);
    ARRIVED;
}

HANDLER(INTO_o_0)
{
    if (!f_of(&cpu->fl))
        EXIT(1);
    charge_clocks(cpu, timing_interrupt(cpu->model));
    enter(cpu, u, EX_OF, INTERRUPT_SOFTWARE);
    ARRIVED;
}

HANDLER(ICEBP_o_0)
{
    enter(cpu, u, EX_DB, INTERRUPT_ICEBP);
    ARRIVED;
}

HANDLER(UD_o_0)
{
    cpu_raise_ud(cpu, u->attr & UA_LOCK ? REASON_LOCK : REASON_OPCODE);
}

/* Halted, the CPU stands behind HLT until an interrupt comes. */
HANDLER(HLT_o_0)
{
    if (cpu->cpl)
        cpu_raise_gp0(cpu, REASON_PRIVILEGE);
    cpu->halted = CPU_HALTED;
    cpu->stop |= STOP_EVENT;
    EXIT(1);
}

/* Fast system calls: flat segments come from the selector alone. SDM 2B "SYSENTER", "SYSEXIT". */

static void load_flat(struct cpu *cpu, unsigned seg, u32 selector, u16 attr)
{
    cpu->seg[seg] = (struct segment){
        .limit = 0xffffffffu, .selector = (u16)selector, .attr = attr | DA_P | DA_S | DA_DB | DA_G};
    segment_derive(&cpu->seg[seg]);
}

static void load_flat_stack_and_code(struct cpu *cpu, u32 code, unsigned cpl)
{
    u16 dpl = (u16)(cpl << DA_DPL_SHIFT);
    load_flat(cpu, SEG_CS, code | cpl, DA_CODE | DA_READABLE | DA_ACCESSED | dpl);
    load_flat(cpu, SEG_SS, (code + 8) | cpl, DA_WRITABLE | DA_ACCESSED | dpl);
    cpu->cpl = (u8)cpl;
    mode_update(cpu);
}

static void require_sysenter(struct cpu *cpu)
{
    if (!cpu_protected(cpu) || !(cpu->msr[MSR_AT_SYSENTER_CS] & 0xfffc))
        cpu_raise_gp0(cpu, REASON_MODE);
}

HANDLER(SYSENTER_o_0)
{
    require_sysenter(cpu);
    cpu->eflags &= ~(u32)(FL_VM | FL_IF | FL_RF);
    load_flat_stack_and_code(cpu, (u32)cpu->msr[MSR_AT_SYSENTER_CS] & 0xfffc, 0);
    W_32(ESP * 8, cpu->msr[MSR_AT_SYSENTER_ESP]);
    cpu->eip = (u32)cpu->msr[MSR_AT_SYSENTER_EIP];
    ARRIVED;
}

HANDLER(SYSEXIT_o_0)
{
    require_sysenter(cpu);
    if (cpu->cpl)
        cpu_raise_gp0(cpu, REASON_PRIVILEGE);
    load_flat_stack_and_code(cpu, ((u32)cpu->msr[MSR_AT_SYSENTER_CS] & 0xfffc) + 16, 3);
    W_32(ESP * 8, R_32(ECX * 8));
    cpu->eip = R_32(EDX * 8);
    ARRIVED;
}
