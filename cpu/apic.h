/* SPDX-License-Identifier: MIT */
/*
 * Where the processor meets its local APIC: the page of registers, which it alone sees, the base
 * register, the flag of CPUID, the TSC deadline. SDM 3A "Local APIC Status and Location".
 *
 * The APIC itself is a chip of the board, which fills in cpu->apic.
 */
#ifndef CPU_APIC_H
#define CPU_APIC_H

#include "cpu/cpu.h"

/* After the registers were reset; or loaded. */
void apic_reset(struct cpu *cpu);
void apic_loaded(struct cpu *cpu);

INLINE bool apic_on(const struct cpu *cpu)
{
    return cpu->apic_page != CPU_NO_PAGE;
}

INLINE bool apic_at(const struct cpu *cpu, paddr address)
{
    return (address & ~(paddr)0xfff) == cpu->apic_page;
}

/* The clock must be that of the instruction. */
u32 apic_read(struct cpu *cpu, paddr address, u32 size);
void apic_write(struct cpu *cpu, paddr address, u32 value, u32 size);

/* MSR 1Bh was written. */
void apic_set_base(struct cpu *cpu, u64 value);

/* MSR 6E0h, a value of the TSC that it shall reach; 0: none. TSC: what it is now. */
u64 apic_deadline(struct cpu *cpu);
void apic_set_deadline(struct cpu *cpu, u64 value, u64 tsc);

#endif
