/* SPDX-License-Identifier: MIT */
/*
 * Segmentation, far transfers, interrupts and tasks: what protected mode is made of. Everything
 * works in all modes, raises the guest's exception through cpu_raise() without having changed
 * anything, or commits completely.
 */
#ifndef CPU_PROTECT_H
#define CPU_PROTECT_H

#include "cpu/access.h"

/* Types of system descriptors and gates (DA_S clear). SDM 3A "System Descriptor Types". Bit 3
 * tells those of the 386 from those of the 286. */
enum {
    SYS_TSS16 = 1,
    SYS_LDT = 2,
    SYS_TSS16_BUSY = 3,
    SYS_CALL16 = 4,
    SYS_TASK_GATE = 5,
    SYS_INT16 = 6,
    SYS_TRAP16 = 7,
    SYS_TSS32 = 9,
    SYS_TSS32_BUSY = 11,
    SYS_CALL32 = 12,
    SYS_INT32 = 14,
    SYS_TRAP32 = 15,
    SYS_386 = 8,      /* the bit */
    SYS_TSS_BUSY = 2, /* the bit, of a TSS */
};

/* A descriptor as found in the GDT, LDT or IDT. Base and limit mean nothing in a gate. */
struct descriptor {
    u32 low, high;   /* the eight bytes */
    u32 address;     /* linear, of the low word */
    u32 base, limit; /* decoded; limit in bytes */
    u16 attr;        /* DA_* */
};

INLINE unsigned descriptor_dpl(const struct descriptor *d)
{
    return (d->attr & DA_DPL) >> DA_DPL_SHIFT;
}

/* The type of a system descriptor or gate; 0, which is none, of code and data. */
INLINE unsigned descriptor_system_type(const struct descriptor *d)
{
    return d->attr & DA_S ? 0 : d->attr & DA_TYPE;
}

INLINE bool selector_null(u16 selector)
{
    return !(selector & 0xfffc);
}

/* Raise VECTOR with the selector as error code. EXT is 1 while an event from outside the program
 * is delivered, else 0. SDM 3A "Error Code". */
NORETURN void selector_fault(struct cpu *cpu, unsigned vector, u16 selector, u32 ext,
                             enum cpu_reason reason);

INLINE void require_ring0(struct cpu *cpu)
{
    if (cpu->cpl)
        cpu_raise_gp0(cpu, REASON_PRIVILEGE);
}

/* segment.c. Whatever loads a segment register or changes the CPL calls mode_update(). */

/* Load a data or stack segment register (MOV, POP, LDS …) in whatever mode the CPU is. Raises
 * #GP, #SS, #NP with the selector. SEG is not SEG_CS. */
void segment_load(struct cpu *cpu, unsigned seg, u16 selector);
/* Real or VM86 mode load without any check: base = selector * 16. VM86 sets limit and rights too;
 * in real mode those stay as they are, but for CS (as in real mode after reset), for the B bit of
 * SS (cleared), and for rights that protected mode left unusable (present, writable). */
void segment_load_real(struct cpu *cpu, unsigned seg, u16 selector);
/* Set CS after all checks were made, and its accessed bit; CPL becomes CPL. */
void segment_load_cs(struct cpu *cpu, u16 selector, struct descriptor *d, unsigned cpl);
/* Set another segment register after all checks were made, and its accessed bit. */
void segment_set(struct cpu *cpu, unsigned seg, u16 selector, struct descriptor *d);
/* Make a segment register unusable (null). */
void segment_set_null(struct cpu *cpu, unsigned seg, u16 selector);
/* The checks of loading SS at privilege PL: VECTOR is #GP or #TS; not present is #SS. */
void segment_check_stack(struct cpu *cpu, u16 selector, unsigned pl, unsigned vector, u32 ext,
                         struct descriptor *d);
/* The checks of loading DS, ES, FS, GS with a selector that is not null: VECTOR is #GP or #TS. */
void segment_check_data(struct cpu *cpu, u16 selector, unsigned vector, u32 ext,
                        struct descriptor *d);
/* The hidden part that D gives. */
struct segment segment_of(u16 selector, const struct descriptor *d);
/* Do SIZE bytes at OFFSET lie inside the segment? */
bool segment_holds(const struct segment *seg, u32 offset, u32 size);
/* Read and decode the eight bytes at a linear address. May raise #PF. */
void descriptor_at(struct cpu *cpu, u32 linear, struct descriptor *d);
/* False: null or beyond its table (no exception). Table reads may raise #PF. */
bool descriptor_find(struct cpu *cpu, u16 selector, struct descriptor *d);
/* Like descriptor_find, but raises VECTOR(selector) when it is beyond its table. */
void descriptor_read(struct cpu *cpu, u16 selector, struct descriptor *d, unsigned vector);
/* Write the accessed bit to memory if it is clear; and: could it be written? (#PF if not.) */
void descriptor_set_accessed(struct cpu *cpu, struct descriptor *d);
void descriptor_probe_accessed(struct cpu *cpu, const struct descriptor *d);
/* The operands of LLDT and LTR; that CPL is 0 and the mode protected was checked before. */
void segment_lldt(struct cpu *cpu, u16 selector);
void segment_ltr(struct cpu *cpu, u16 selector);
/* LAR, LSL, VERR, VERW: false = ZF clear. */
bool segment_lar(struct cpu *cpu, u16 selector, u32 *rights);
bool segment_lsl(struct cpu *cpu, u16 selector, u32 *limit);
bool segment_verify(struct cpu *cpu, u16 selector, bool write);

/* far.c: SIZE is the operand size, 2 or 4 bytes; RETURN_EIP the next instruction, which a call
 * pushes and a task switch saves. cpu->eip is the target afterwards. */
void far_jump(struct cpu *cpu, u16 selector, u32 offset, u32 size, u32 return_eip);
void far_call(struct cpu *cpu, u16 selector, u32 offset, u32 size, u32 return_eip);
void far_return(struct cpu *cpu, u32 size, u16 release);
void far_iret(struct cpu *cpu, u32 size, u32 next_eip);
/* Replace the flags in MASK by those of VALUE; looks for an interrupt or a trap if IF or TF may
 * have become set. */
void flags_load(struct cpu *cpu, u32 value, u32 mask);

/* interrupt.c */
enum interrupt_kind {
    INTERRUPT_EXTERNAL,  /* INTR, NMI */
    INTERRUPT_EXCEPTION, /* raised by an instruction */
    INTERRUPT_SOFTWARE,  /* INT n, INT3, INTO: gate DPL is checked; EXT bit clear. That INT n needs
                          * IOPL 3 in VM86 mode was checked before. */
    INTERRUPT_ICEBP,     /* INT1: no check of the gate's DPL; EXT bit set */
};
/* Enter the handler of VECTOR. RETURN_EIP: what is pushed; the image of EFLAGS has RF set for
 * exceptions but #DB. May raise: then nothing has changed, unless a task gate led to a task that
 * can't be run (see task_switch). In real mode no error code is pushed. */
void interrupt_enter(struct cpu *cpu, unsigned vector, enum interrupt_kind kind, bool has_error,
                     u32 error, u32 return_eip);

/* task.c */
enum task_reason {
    TASK_JUMP,
    TASK_CALL,
    TASK_IRET,
    TASK_SOFTWARE,  /* INT n, INT3, INTO through a task gate: EXT bit clear */
    TASK_INTERRUPT, /* EXT bit set */
    TASK_FAULT,     /* the same, and RF is set in the old task's EFLAGS */
};
/*
 * Switch to the task of the TSS SELECTOR (descriptor D, checked to be an available or, for IRET,
 * busy TSS). RETURN_EIP is saved in the old TSS. ERROR, if any, is pushed on the new stack.
 *
 * Raises before anything has changed, or in the context of the new task, before its first
 * instruction: then cpu->eip is what the handler has to return to. #DB is
 * raised that way too if the new TSS has its T bit set.
 */
void task_switch(struct cpu *cpu, u16 selector, struct descriptor *d, enum task_reason reason,
                 u32 return_eip, const u32 *error);
/* SS:ESP for privilege level PL from the current TSS (286 or 386 layout). Raises #TS. */
void task_stack(struct cpu *cpu, unsigned pl, u32 ext, u16 *ss, u32 *esp);

#endif
