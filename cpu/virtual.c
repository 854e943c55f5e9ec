/* SPDX-License-Identifier: MIT */
#include "cpu/virtual.h"

#include "cpu/frame.h"
#include "cpu/protect.h"

enum { TSS_IO_BASE = 0x66, BITMAP_BYTES = 32, INSTRUCTION_FLAGS = FL_ARITH | FL_DF | FL_NT };

enum if_access if_access(const struct cpu *cpu)
{
    u32 extension = cpu_vm86(cpu) ? CR4_VME : cpu->cpl == 3 ? CR4_PVI : 0;
    if (!cpu_protected(cpu) || cpu->cpl <= cpu_iopl(cpu))
        return IF_REAL;
    return cpu->cr4 & extension ? IF_VIRTUAL : IF_REFUSED;
}

u16 virtual_flags(const struct cpu *cpu)
{
    u32 image = cpu_eflags(cpu) & ~(u32)FL_IF;
    return (u16)(image | FL_IOPL | (image & FL_VIF ? FL_IF : 0));
}

/* SDM 2B "POPF", SDM 2A "IRET": with 32 bits the program would reach VIF and VIP themselves. */
void virtual_check_flags(struct cpu *cpu, u32 image, unsigned operand)
{
    if (operand == 32 || image & FL_TF || (image & FL_IF && cpu->eflags & FL_VIP))
        cpu_raise_gp0(cpu, REASON_IOPL);
}

void virtual_load_flags(struct cpu *cpu, u32 image)
{
    flags_load(cpu, image | (image & FL_IF ? FL_VIF : 0), INSTRUCTION_FLAGS | FL_TF | FL_VIF);
}

/* The map of 256 bits lies below the I/O permission map. SDM 3B "Class 3 - Software Interrupt
 * Handling in Virtual-8086 Mode". */
static bool bit_is_clear(struct cpu *cpu, unsigned vector)
{
    const struct segment *tr = &cpu->tr;
    if (!(tr->attr & SYS_386) || tr->limit < TSS_IO_BASE + 1)
        cpu_raise_gp0(cpu, REASON_TSS);
    u32 at = sys_read16(cpu, (u32)tr->base + TSS_IO_BASE) - BITMAP_BYTES + vector / 8;
    if (at > tr->limit)
        cpu_raise_gp0(cpu, REASON_TSS);
    return !(sys_read(cpu, (u32)tr->base + at, 1) >> vector % 8 & 1);
}

bool virtual_redirect(struct cpu *cpu, unsigned vector, u32 return_eip)
{
    struct frame f;
    if (!(cpu->cr4 & CR4_VME) || !bit_is_clear(cpu, vector))
        return false;
    bool real = cpu_iopl(cpu) == 3;
    u32 target = (u32)sys_read(cpu, vector * 4, 4);
    frame_start(cpu, &f, &cpu->seg[SEG_SS], (u32)cpu->r[ESP], 2, 3, cpu->cpl, 0);
    frame_push(cpu, &f, real ? cpu_eflags(cpu) : virtual_flags(cpu));
    frame_push(cpu, &f, cpu->seg[SEG_CS].selector);
    frame_push(cpu, &f, return_eip);
    frame_commit(cpu, &f);
    flags_load(cpu, 0, FL_TF | FL_RF | (real ? FL_IF : FL_VIF));
    segment_load_real(cpu, SEG_CS, (u16)(target >> 16));
    cpu->eip = target & 0xffff;
    cpu->step_trap = false;
    return true;
}

bool virtual_pending(const struct cpu *cpu)
{
    const u32 both = FL_VIF | FL_VIP;
    u32 extension = cpu_vm86(cpu) ? CR4_VME : cpu->cpl == 3 ? CR4_PVI : 0;
    return (cpu->eflags & both) == both && cpu->cr4 & extension;
}
