/* SPDX-License-Identifier: MIT */
/* The virtual interrupt flag: what CR4.VME gives programs in virtual-8086 mode, and CR4.PVI those
 * in ring 3. SDM 3B "8086 Emulation", "Protected-Mode Virtual Interrupts". */
#ifndef CPU_VIRTUAL_H
#define CPU_VIRTUAL_H

#include "cpu/cpu.h"

/* What stands for IF to the running program. */
enum if_access {
    IF_REAL,    /* IF itself: real mode, or IOPL allows it */
    IF_VIRTUAL, /* VIF */
    IF_REFUSED, /* nothing: #GP(0) */
};

enum if_access if_access(const struct cpu *cpu);

/* The 16-bit image of FLAGS that PUSHF and INT n push while VIF stands for IF. */
u16 virtual_flags(const struct cpu *cpu);
/* POPF and IRET of IMAGE while VIF stands for IF, OPERAND bits wide; raises #GP(0) before anything
 * has changed if the monitor has to look. */
void virtual_check_flags(struct cpu *cpu, u32 image, unsigned operand);
void virtual_load_flags(struct cpu *cpu, u32 image);

/* INT VECTOR in virtual-8086 mode: true if the redirection bitmap led it to the program's own
 * handler; RETURN_EIP is pushed. */
bool virtual_redirect(struct cpu *cpu, unsigned vector, u32 return_eip);

/* Both VIF and VIP set: an interrupt was held back and may come now, so that the next instruction
 * raises #GP(0). */
bool virtual_pending(const struct cpu *cpu);

#endif
