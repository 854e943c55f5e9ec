/* SPDX-License-Identifier: MIT */
/* When x87 instructions may begin, and what they report. */
#include "cpu/x87.h"

void x87_check_available(struct cpu *cpu)
{
    if (cpu->cr0 & (CR0_EM | CR0_TS))
        cpu_raise(cpu, EX_NM, 0, REASON_NO_FPU);
}

/* With NE clear the error goes to the board, whose interrupt wakes the processor up. It does not
 * even wait when the board says IGNNE#. SDM 3A "Control Registers", NE. */
static bool pending_ready(struct cpu *cpu)
{
    if (cpu->cr0 & CR0_NE)
        cpu_raise(cpu, EX_MF, 0, REASON_FPU);
    if (cpu->ignne)
        return true;
    cpu->halted = CPU_HALTED;
    cpu->stop |= STOP_EVENT;
    return false;
}

bool x87_ready(struct cpu *cpu)
{
    x87_check_available(cpu);
    return !(cpu->fpu.sw & SW_ES) || pending_ready(cpu);
}

HANDLER(WAIT_o_0)
{
    if ((cpu->cr0 & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS))
        cpu_raise(cpu, EX_NM, 0, REASON_NO_FPU);
    if (cpu->fpu.sw & SW_ES && !pending_ready(cpu))
        return plain_again(cpu, u);
    NEXT;
}

void x87_update(struct cpu *cpu)
{
    fpu_summarize(&cpu->fpu);
    line_set(&cpu->ferr, cpu->fpu.sw & SW_ES && !(cpu->cr0 & CR0_NE));
}

void x87_point(struct cpu *cpu, const struct uop *u)
{
    cpu->fpu.fip = u->eip;
    cpu->fpu.fcs = cpu->seg[SEG_CS].selector;
    cpu->fpu.fop = (u16)u->imm;
}

void x87_point_memory(struct cpu *cpu, const struct uop *u, u32 offset)
{
    cpu->fpu.fdp = offset;
    cpu->fpu.fds = cpu->seg[u->seg].selector;
}

void x87_find(struct cpu *cpu, const struct uop *u, struct x87_at *at, u32 size, unsigned write)
{
    u32 ea = plain_ea(cpu, u);
    mem_find(cpu, &at->part[0], u->seg, ea, size < 8 ? size : 8, write);
    if (size > 8)
        mem_find(cpu, &at->part[1], u->seg, ea + 8, size - 8, write);
    x87_point(cpu, u);
    x87_point_memory(cpu, u, ea);
}

static void report(struct cpu *cpu, const struct fp_env *env, bool refused)
{
    unsigned sw = refused ? env->sw & ~(unsigned)SW_PE : env->sw;
    cpu->fpu.sw = (u16)((cpu->fpu.sw & ~SW_C1) | (sw & (SW_ANY | SW_SF | SW_C1)));
    if (cpu->fpu.sw & ~cpu->fpu.cw & SW_ANY)
        x87_update(cpu);
}

bool x87_report(struct cpu *cpu, const struct fp_env *env)
{
    report(cpu, env, f80_refused(env));
    return !f80_refused(env);
}

bool x87_report_store(struct cpu *cpu, const struct fp_env *env)
{
    report(cpu, env, f80_refused_store(env));
    return !f80_refused_store(env);
}

static bool is_nan(struct f80 a)
{
    return (a.se & 0x7fff) == 0x7fff && a.frac << 1;
}

void x87_add_operand(struct fp_env *env, const struct fp_env *operand, struct f80 other)
{
    unsigned more = operand->sw & SW_IE;
    if (operand->sw & SW_DE && !(env->sw & (SW_IE | SW_ZE)) && !is_nan(other))
        more |= SW_DE;
    env->sw |= (u16)more;
    if (f80_refused(env))
        env->sw &= SW_BEFORE | SW_SF;
}
