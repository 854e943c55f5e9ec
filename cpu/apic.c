/* SPDX-License-Identifier: MIT */
#include "cpu/apic.h"

#include "cpu/access.h"
#include "src/base/log.h"

enum { BASE_FIRST = 0x100, BASE_ENABLE = 0x800 };
#define BASE_ADDRESS 0xffffff000ull
#define NEVER        (~(u64)0)

static void settle(struct cpu *cpu)
{
    u64 base = cpu->msr[MSR_AT_APIC_BASE];
    bool on = base & BASE_ENABLE;
    cpu->apic_page = on ? base & BASE_ADDRESS : CPU_NO_PAGE;
    cpu_remapped(cpu);
}

/* A board that does not connect it holds it disabled, as with the Pentium's APICEN pin. */
void apic_set_base(struct cpu *cpu, u64 value)
{
    cpu->msr[MSR_AT_APIC_BASE] = cpu->apic.chip ? value : value & ~(u64)BASE_ENABLE;
    settle(cpu);
    line_set(&cpu->apic_on, apic_on(cpu));
}

void apic_reset(struct cpu *cpu)
{
    u64 first = cpu->number ? 0 : BASE_FIRST;
    u64 base = cpu->msr[MSR_AT_APIC_BASE] & ~(u64)BASE_FIRST;
    apic_set_base(cpu, base | first | BASE_ENABLE);
}

void apic_loaded(struct cpu *cpu)
{
    settle(cpu);
}

u32 apic_read(struct cpu *cpu, paddr address, u32 size)
{
    u32 reg = (u32)(address & 0xfff), ones = 0xffffffffu >> (32 - 8 * size);
    u32 value = cpu->apic.chip->read(cpu->apic.owner, reg, size) & ones;
    if (log_on(LOG_MMIO))
        log_line("mmio read  %08llx.%u %s = %x", (unsigned long long)address, (unsigned)size,
                 cpu->apic.chip->name, (unsigned)value);
    return value;
}

void apic_write(struct cpu *cpu, paddr address, u32 value, u32 size)
{
    if (log_on(LOG_MMIO))
        log_line("mmio write %08llx.%u %s = %x", (unsigned long long)address, (unsigned)size,
                 cpu->apic.chip->name, (unsigned)value);
    cpu->apic.chip->write(cpu->apic.owner, (u32)(address & 0xfff), value, size);
}

u64 apic_deadline(struct cpu *cpu)
{
    return cpu->apic.deadline_set(cpu->apic.owner) ? cpu->msr[MSR_AT_TSC_DEADLINE] : 0;
}

void apic_set_deadline(struct cpu *cpu, u64 value, u64 tsc)
{
    u64 now = clock_each(cpu->clock), left = value > tsc ? value - tsc : 0;
    bool comes = value && left < NEVER / cpu->clock->cpus - now;
    cpu->msr[MSR_AT_TSC_DEADLINE] = value;
    cpu->apic.set_deadline(cpu->apic.owner, comes ? (now + left) * cpu->clock->cpus : NEVER);
    if (cpu->clock->sooner)
        cpu->stop |= STOP_TIME;
}
