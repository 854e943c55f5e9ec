/* SPDX-License-Identifier: MIT */
/*
 * Memory as instructions see it: segment check, paging, RAM or chip. Everything here either
 * succeeds or raises the guest's exception and does not return (cpu_raise jumps to the run loop),
 * so callers look before they change anything: find all operands, then commit.
 */
#ifndef CPU_ACCESS_H
#define CPU_ACCESS_H

#include "cpu/cpu.h"

/* Raise an exception at the current instruction. ERROR is pushed by those that have one. */
NORETURN void cpu_raise(struct cpu *cpu, unsigned vector, u32 error, enum cpu_reason reason);
/* #UD, and #GP with the error code 0, which is that of all #GP without a selector. */
NORETURN void cpu_raise_ud(struct cpu *cpu, enum cpu_reason reason);
NORETURN void cpu_raise_gp0(struct cpu *cpu, enum cpu_reason reason);

enum { ACCESS_READ = 0, ACCESS_WRITE = 1 };

/* Where an operand of up to 8 bytes lies, after every check: getting and putting cannot fault. */
struct at {
    u8 *host;         /* RAM in one piece; NULL: the slow way */
    u32 size;         /* bytes */
    u32 first;        /* bytes in the first page */
    paddr address[2]; /* physical, of the part in each page */
};

/* An operand in a segment: all checks for READ or WRITE (which includes reading) of SIZE bytes at
 * OFFSET. Raises #GP, #SS, #PF, #AC. */
void mem_find(struct cpu *cpu, struct at *at, unsigned seg, u32 offset, u32 size, unsigned write);

/* The linear address of an operand of SIZE bytes, any number, after the checks of its segment: it
 * raises #GP and #SS, and leaves alignment and pages to the caller. */
u32 mem_linear(struct cpu *cpu, unsigned seg, u32 offset, u32 size, unsigned write);

/* The same as mem_find() for a linear address with the current privilege, or for tables of the system, which
 * are always accessed as supervisor (SUPER). */
void lin_find(struct cpu *cpu, struct at *at, u32 linear, u32 size, unsigned write, bool super);

u64 at_get(struct cpu *cpu, const struct at *at);
void at_put(struct cpu *cpu, const struct at *at, u64 value);

/* One access at once. SIZE 1, 2, 4 or 8. */
u64 mem_read(struct cpu *cpu, unsigned seg, u32 offset, u32 size);
void mem_write(struct cpu *cpu, unsigned seg, u32 offset, u64 value, u32 size);

/* System tables (GDT, LDT, IDT, TSS), as supervisor. */
u64 sys_read(struct cpu *cpu, u32 linear, u32 size);
u16 sys_read16(struct cpu *cpu, u32 linear);
void sys_write(struct cpu *cpu, u32 linear, u64 value, u32 size);
/* Would a write of BYTES (any number, below 4096) succeed? Raises #PF if not. */
void sys_probe_write(struct cpu *cpu, u32 linear, u32 bytes);

/*
 * Fill the end[] of a segment register from base, limit and attr.
 * mode_update() must follow for ES, CS, SS and DS: it recomputes cpu->mode (and the TLB set from
 * cpu->cpl) after anything it depends on has changed, and asks to leave the engine if it differs.
 */
void segment_derive(struct segment *seg);
void mode_update(struct cpu *cpu);

/* Forget translations: all of them (CR0.PG, CR4, A20, memory map), all but those of global pages
 * (CR3), or those of one page; let no more stores go straight to the page whose bytes begin at
 * HOST. */
void tlb_init(struct cpu *cpu);
void tlb_flush(struct cpu *cpu);
void tlb_flush_local(struct cpu *cpu);
void tlb_withdraw_writes(struct cpu *cpu, const u8 *host);
void tlb_flush_page(struct cpu *cpu, u32 linear);

/* control.c: load CR3 and what hangs on it. False: a page directory pointer is bad, nothing has
 * changed. */
bool cr3_load(struct cpu *cpu, u32 value);

/* msr.c: model-specific registers after RESET. */
void msr_reset(struct cpu *cpu);

/* smm.c: the part of RESET. */
void smm_reset(struct cpu *cpu);

/* The bus's ears: the memory map or the A20 gate changed. */
void cpu_remapped(void *cpu);

/* Bring clock->cycles to the current instruction, before a chip or a reader of time looks. */
void cpu_sync_clock(struct cpu *cpu);

/* Ports, with the permission check (IOPL, TSS bitmap) already done or in io_check(). */
void io_set_up(struct cpu *cpu); /* once model and clock are known */
void io_check(struct cpu *cpu, u16 port, u32 size);
u32 io_read(struct cpu *cpu, u16 port, u32 size);
void io_write(struct cpu *cpu, u16 port, u32 value, u32 size);

/* Stack pointer arithmetic by SS.B: the offset N bytes below or above the top of stack; and
 * setting SP or ESP. */
INLINE u32 stack_mask(const struct cpu *cpu)
{
    return cpu->seg[SEG_SS].attr & DA_DB ? 0xffffffffu : 0xffffu;
}

INLINE u32 stack_offset(const struct cpu *cpu, u32 delta)
{
    return ((u32)cpu->r[ESP] + delta) & stack_mask(cpu);
}

INLINE void stack_set(struct cpu *cpu, u32 esp)
{
    u32 m = stack_mask(cpu);
    cpu->r[ESP] = ((u32)cpu->r[ESP] & ~m) | (esp & m);
}

#endif
