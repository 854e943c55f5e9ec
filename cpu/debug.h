/* SPDX-License-Identifier: MIT */
/*
 * Debug registers. SDM 3B "Debug, Branch Profile, TSC ...", "Debug Registers".
 *
 * They cost nothing while nothing is enabled, and little elsewhere: pages with an instruction
 * breakpoint are withheld from the exec TLB and stepped, pages with a data breakpoint from the TLB,
 * so that every access to them is looked at.
 */
#ifndef CPU_DEBUG_H
#define CPU_DEBUG_H

#include "cpu/cpu.h"

enum {
    DR6_BD = 1 << 13,
    DR6_BS = 1 << 14,
    DR6_BT = 1 << 15,
    DR7_GD = 1 << 13,
    DR7_LOCAL = 0x155, /* L0 .. L3, LE */
};

/* Whatever the breakpoints depend on (DR0 .. DR3, DR7, CR4.DE) has changed. */
void debug_update(struct cpu *cpu);

/* Does the page of LINEAR hold an instruction (a data) breakpoint? */
bool debug_page_code(const struct cpu *cpu, u32 linear);
bool debug_page_data(const struct cpu *cpu, u32 linear);

/* Is there a breakpoint at the instruction about to run? Then #DB is to be raised: DR6 is set. */
bool debug_code(struct cpu *cpu);

/* An access of SIZE bytes (that all lie in one page), or to SIZE ports: what is met waits in
 * cpu->debug_hits until the instruction has ended. */
void debug_data(struct cpu *cpu, u32 linear, u32 size, bool write);
void debug_port(struct cpu *cpu, u16 port, u32 size);

/* Put CAUSE (DR6_* or 1 << n) into DR6 for the #DB that follows. */
void debug_cause(struct cpu *cpu, u32 cause);

#endif
