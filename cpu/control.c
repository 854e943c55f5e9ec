/* SPDX-License-Identifier: MIT */
/* Control registers: which bits a model has, what hangs on them, and which translations their
 * changes make void. SDM 3A "Control Registers", "Operations that Invalidate TLBs and
 * Paging-Structure Caches". */
#include "cpu/debug.h"
#include "cpu/forms.h"
#include "cpu/paging.h"
#include "cpu/protect.h"
#include "cpu/x87.h"

/*
 * Bits of CR0 by generation. Those the 386 lacks read as ones, but for the one that became WP
 * (SingleStepTests 80386, captured from a 386EX: CR0 is 7FFEFFF0h). From the 486 on ET is fixed.
 */
#define CR0_386 (CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET | CR0_PG)
#define CR0_486 (CR0_386 | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD)
#define CR0_ONES_386 0x7ffeffe0u

static bool has_486(const struct cpu *cpu)
{
    return cpu->model->generation >= I486;
}

static u32 read_cr0(const struct cpu *cpu)
{
    return cpu->cr0 | (has_486(cpu) ? 0 : CR0_ONES_386);
}

static NORETURN void refuse(struct cpu *cpu)
{
    cpu_raise_gp0(cpu, REASON_RESERVED);
}

static bool pae(u32 cr0, u32 cr4)
{
    return cr0 & CR0_PG && cr4 & CR4_PAE;
}

bool cr3_load(struct cpu *cpu, u32 value)
{
    if (pae(cpu->cr0, cpu->cr4) && !paging_load_pointers(cpu, value, cpu->pdpte))
        return false;
    cpu->cr3 = value;
    tlb_flush_local(cpu);
    return true;
}

/* With PAE, changes of PG, CD and NW load the page directory pointers. SDM 3A "PDPTE Registers". */
static void write_cr0(struct cpu *cpu, u32 value)
{
    if (has_486(cpu))
        value = (value & CR0_486) | CR0_ET;
    else
        value &= CR0_386;
    u32 changed = cpu->cr0 ^ value;
    if ((value & CR0_PG && !(value & CR0_PE)) || (value & CR0_NW && !(value & CR0_CD)))
        refuse(cpu);
    if (pae(value, cpu->cr4) && changed & (CR0_PG | CR0_CD | CR0_NW) &&
        !paging_load_pointers(cpu, cpu->cr3, cpu->pdpte))
        refuse(cpu);
    cpu->cr0 = value;
    if (changed & (CR0_PG | CR0_WP | CR0_PE))
        tlb_flush(cpu);
    mode_update(cpu);
    x87_update(cpu); /* NE */
}

static void write_cr4(struct cpu *cpu, u32 value)
{
    u32 changed = cpu->cr4 ^ value;
    if (value & ~model_cr4(cpu->model))
        refuse(cpu);
    if (pae(cpu->cr0, value) && changed & (CR4_PAE | CR4_PGE | CR4_PSE) &&
        !paging_load_pointers(cpu, cpu->cr3, cpu->pdpte))
        refuse(cpu);
    cpu->cr4 = value;
    if (changed & CR4_DE)
        debug_update(cpu);
    if (changed & (CR4_PAE | CR4_PGE | CR4_PSE))
        tlb_flush(cpu);
}

/* The first models without any bit of CR4 have no CR4. */
static void require_cr(struct cpu *cpu, unsigned n)
{
    if (n == 4 && !model_cr4(cpu->model))
        cpu_raise_ud(cpu, REASON_OPCODE);
    require_ring0(cpu);
}

static u32 read_cr(const struct cpu *cpu, unsigned n)
{
    return n == 0 ? read_cr0(cpu) : n == 2 ? cpu->cr2 : n == 3 ? cpu->cr3 : cpu->cr4;
}

HANDLER(MOV_FROM_CR_rr_32)
{
    require_cr(cpu, u->src);
    W_32(u->dst, read_cr(cpu, u->src));
    NEXT;
}

HANDLER(MOV_TO_CR_rr_32)
{
    u32 value = R_32(u->src);
    require_cr(cpu, u->dst);
    if (u->dst == 0)
        write_cr0(cpu, value);
    else if (u->dst == 2)
        cpu->cr2 = value;
    else if (u->dst == 4)
        write_cr4(cpu, value);
    else if (!cr3_load(cpu, value))
        refuse(cpu);
    EXIT(1);
}

/* LMSW sets PE but never clears it. */
static const struct uop *load_msw(struct cpu *cpu, const struct uop *u, u16 value)
{
    u32 bits = CR0_MP | CR0_EM | CR0_TS;
    write_cr0(cpu, (cpu->cr0 & ~bits) | (value & (bits | CR0_PE)));
    EXIT(1);
}

HANDLER(LMSW_r_16)
{
    require_ring0(cpu);
    return load_msw(cpu, u, R_16(u->dst));
}

HANDLER(LMSW_m_16)
{
    require_ring0(cpu);
    return load_msw(cpu, u, (u16)mem_read(cpu, u->seg, plain_ea(cpu, u), 2));
}

REG(SMSW_r_16, W_16(u->dst, read_cr0(cpu));)
REG(SMSW_r_32, W_32(u->dst, read_cr0(cpu));)
MEM(SMSW_m_16, 16, 1, ST(16, read_cr0(cpu));)

HANDLER(CLTS_o_0)
{
    require_ring0(cpu);
    cpu->cr0 &= ~(u32)CR0_TS;
    NEXT;
}

