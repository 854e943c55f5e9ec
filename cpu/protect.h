/* SPDX-License-Identifier: MIT */
/*
 * Segmentation, far transfers, interrupts and tasks: what protected mode is made of. Everything
 * works in all modes, raises the guest's exception through cpu_raise() without having changed
 * anything, or commits completely.
 */
#ifndef CPU_PROTECT_H
#define CPU_PROTECT_H

#include "cpu/access.h"

/* A descriptor as found in the GDT or LDT. */
struct descriptor {
    u32 low, high; /* the eight bytes */
    u32 address;   /* linear, of the low word */
    u32 base, limit; /* decoded; limit in bytes */
    u16 attr;      /* DA_* */
};

/* segment.c */

/* Load a data or stack segment register (MOV, POP, LDS …) in whatever mode the CPU is. Raises
 * #GP, #SS, #NP with the selector. SEG is not SEG_CS. */
void segment_load(struct cpu *cpu, unsigned seg, u16 selector);
/* Real or VM86 mode load without any check: base = selector * 16; VM86 sets limit and rights too. */
void segment_load_real(struct cpu *cpu, unsigned seg, u16 selector);
/* Set CS after all checks were made; CPL becomes CPL. */
void segment_load_cs(struct cpu *cpu, u16 selector, const struct descriptor *d, unsigned cpl);
/* False: null or beyond its table (no exception). Table reads may raise #PF. */
bool descriptor_find(struct cpu *cpu, u16 selector, struct descriptor *d);
/* Like descriptor_find, but raises VECTOR(selector) when it is beyond its table. */
void descriptor_read(struct cpu *cpu, u16 selector, struct descriptor *d, unsigned vector);
void descriptor_set_accessed(struct cpu *cpu, struct descriptor *d);
void segment_lldt(struct cpu *cpu, u16 selector);
void segment_ltr(struct cpu *cpu, u16 selector);
/* LAR, LSL, VERR, VERW: false = ZF clear. */
bool segment_lar(struct cpu *cpu, u16 selector, u32 *rights);
bool segment_lsl(struct cpu *cpu, u16 selector, u32 *limit);
bool segment_verify(struct cpu *cpu, u16 selector, bool write);

/* far.c: SIZE is the operand size, 2 or 4 bytes. cpu->eip is the next instruction on entry to
 * far_call and far_jump (u->eip + u->len), and the target afterwards. */
void far_jump(struct cpu *cpu, u16 selector, u32 offset, u32 size);
void far_call(struct cpu *cpu, u16 selector, u32 offset, u32 size, u32 return_eip);
void far_return(struct cpu *cpu, u32 size, u16 release);
void far_iret(struct cpu *cpu, u32 size, u32 next_eip);

/* interrupt.c */
enum interrupt_kind {
    INTERRUPT_EXTERNAL,  /* INTR, NMI */
    INTERRUPT_EXCEPTION, /* raised by an instruction */
    INTERRUPT_SOFTWARE,  /* INT n, INT3, INTO: gate DPL is checked; EXT bit clear */
    INTERRUPT_ICEBP,     /* INT1: as software, but no DPL check */
};
/* Enter the handler of VECTOR. RETURN_EIP: what is pushed. May raise (then nothing has changed). */
void interrupt_enter(struct cpu *cpu, unsigned vector, enum interrupt_kind kind, bool has_error,
                     u32 error, u32 return_eip);

/* task.c */
enum task_reason { TASK_JUMP, TASK_CALL, TASK_INTERRUPT, TASK_IRET };
/* Switch to the task of the TSS SELECTOR (descriptor D, checked to be an available or, for IRET,
 * busy TSS). RETURN_EIP is saved in the old TSS. HAS_ERROR: push ERROR on the new stack. */
void task_switch(struct cpu *cpu, u16 selector, struct descriptor *d, enum task_reason reason,
                 u32 return_eip, bool has_error, u32 error);
/* SS:ESP for privilege level PL from the current TSS (286 or 386 layout). */
void task_stack(struct cpu *cpu, unsigned pl, u16 *ss, u32 *esp);

#endif
