/* SPDX-License-Identifier: MIT */
/*
 * Entering and leaving system management mode; the map of the P6. SDM 3C "SMRAM State Save Map",
 * "SMM Handler Execution Environment", "Auto HALT Restart", "I/O Instruction Restart", "SMBASE
 * Relocation".
 *
 * The places that the manual calls reserved hold what a processor keeps there as well: hidden parts
 * of segment registers, table registers, CR4. Registers of the FPU are not saved. That SMRAM is
 * only there in this mode is the chipset's business.
 */
#include "cpu/smm.h"

#include "cpu/access.h"
#include "cpu/debug.h"
#include "cpu/engine.h"
#include "cpu/forms.h"
#include "cpu/protect.h"

/* Offsets from SMBASE + 8000h. */
enum {
    MAP_CR0 = 0x7ffc,
    MAP_CR3 = 0x7ff8,
    MAP_EFLAGS = 0x7ff4,
    MAP_EIP = 0x7ff0,
    MAP_EDI = 0x7fec, /* and downwards ESI EBP ESP EBX EDX ECX EAX */
    MAP_DR6 = 0x7fcc,
    MAP_DR7 = 0x7fc8,
    MAP_ES = 0x7fa8, /* and upwards CS SS DS FS GS LDTR TR */
    MAP_HALT = 0x7f02,
    MAP_IO = 0x7f00,
    MAP_REVISION = 0x7efc,
    MAP_SMBASE = 0x7ef8,
    /* reserved ones */
    MAP_HIDDEN = 0x7f04, /* ES CS SS DS FS GS LDTR TR: base, limit, rights, 12 bytes each */
    MAP_GDT = 0x7f64,    /* base, limit; IDT behind it */
    MAP_CR4 = 0x7f74,
    MAP_STATE = 0x7f78,  /* CPL, STATE_* */
    MAP_IO_EIP = 0x7f7c, /* of the I/O instruction that the SMI came with; ECX ESI EDI behind it */

    STATE_NMI_BLOCKED = 0x100,
    STATE_IO = 0x200,
    IO_RESTART = 0xff,
    REVISION = 0x30000, /* I/O restart, SMBASE relocation */
    SMBASE_DEFAULT = 0x30000,
};

static void put(struct cpu *cpu, u32 offset, u32 value)
{
    bus_write(cpu->bus, cpu->smbase + 0x8000u + offset, value, 4);
}

static u32 get(struct cpu *cpu, u32 offset)
{
    return bus_read(cpu->bus, cpu->smbase + 0x8000u + offset, 4);
}

/* The eight registers with hidden parts, in the order of MAP_HIDDEN. */
static struct segment *hidden(struct cpu *cpu, unsigned i)
{
    return i < SEG_COUNT ? &cpu->seg[i] : i == SEG_COUNT ? &cpu->ldtr : &cpu->tr;
}

static void save_segments(struct cpu *cpu)
{
    for (unsigned i = 0; i < SEG_COUNT + 2; i++) {
        const struct segment *s = hidden(cpu, i);
        put(cpu, MAP_ES + 4 * i, s->selector);
        put(cpu, MAP_HIDDEN + 12 * i, (u32)s->base);
        put(cpu, MAP_HIDDEN + 12 * i + 4, s->limit);
        put(cpu, MAP_HIDDEN + 12 * i + 8, s->attr);
    }
}

static void load_segments(struct cpu *cpu)
{
    for (unsigned i = 0; i < SEG_COUNT + 2; i++) {
        struct segment *s = hidden(cpu, i);
        *s = (struct segment){.selector = (u16)get(cpu, MAP_ES + 4 * i),
                              .base = get(cpu, MAP_HIDDEN + 12 * i),
                              .limit = get(cpu, MAP_HIDDEN + 12 * i + 4),
                              .attr = (u16)(get(cpu, MAP_HIDDEN + 12 * i + 8) & 0xfff)};
        segment_derive(s);
    }
}

/* The fields where the handler may ask for something: HLT again, the I/O instruction again. */
static void save_requests(struct cpu *cpu)
{
    put(cpu, MAP_IO, cpu->halted ? 1u << 16 : 0);
    put(cpu, MAP_REVISION, REVISION);
    put(cpu, MAP_SMBASE, cpu->smbase);
    put(cpu, MAP_STATE, cpu->cpl | (cpu->nmi_blocked ? STATE_NMI_BLOCKED : 0) |
                            (cpu->smi_io ? STATE_IO : 0));
    for (unsigned i = 0; i < 4; i++)
        put(cpu, MAP_IO_EIP + 4 * i, cpu->smi_restart[i]);
}

static void save(struct cpu *cpu)
{
    put(cpu, MAP_CR0, cpu->cr0);
    put(cpu, MAP_CR3, cpu->cr3);
    put(cpu, MAP_CR4, cpu->cr4);
    put(cpu, MAP_EFLAGS, cpu_eflags(cpu));
    put(cpu, MAP_EIP, cpu->eip);
    for (unsigned i = 0; i < 8; i++)
        put(cpu, MAP_EDI - 4 * i, (u32)cpu->r[EDI - i]);
    put(cpu, MAP_DR6, cpu->dr[6]);
    put(cpu, MAP_DR7, cpu->dr[7]);
    put(cpu, MAP_GDT, cpu->gdtr.base);
    put(cpu, MAP_GDT + 4, cpu->gdtr.limit);
    put(cpu, MAP_GDT + 8, cpu->idtr.base);
    put(cpu, MAP_GDT + 12, cpu->idtr.limit);
    save_segments(cpu);
    save_requests(cpu);
}

/* Like real mode, with segments of 4 GiB. */
static void enter_handler(struct cpu *cpu)
{
    const u16 data = DA_P | DA_S | DA_WRITABLE | DA_ACCESSED | DA_G;
    cpu->cr0 &= ~(u32)(CR0_PE | CR0_EM | CR0_TS) & ~CR0_PG;
    cpu->cr4 = 0;
    cpu_set_eflags(cpu, FL_ALWAYS);
    for (unsigned i = 0; i < SEG_COUNT; i++) {
        cpu->seg[i] = (struct segment){.limit = 0xffffffffu, .attr = data};
        segment_derive(&cpu->seg[i]);
    }
    cpu->seg[SEG_CS].selector = (u16)(cpu->smbase >> 4);
    cpu->seg[SEG_CS].base = cpu->smbase;
    cpu->cpl = 0;
    cpu->eip = 0x8000;
    cpu->dr[7] = 0x400;
}

/* What depends on the registers that were changed at once. */
static void settle(struct cpu *cpu)
{
    tlb_flush(cpu);
    debug_update(cpu);
    mode_update(cpu);
    cpu->stop |= STOP_EVENT;
}

void smm_reset(struct cpu *cpu)
{
    cpu->smbase = SMBASE_DEFAULT;
    cpu->smm = cpu->smi_pending = cpu->smi_io = false;
    line_set(&cpu->smiact, false);
}

void smm_enter(struct cpu *cpu)
{
    line_set(&cpu->smiact, true);
    save(cpu);
    cpu->smm = cpu->nmi_blocked = true;
    cpu->smi_pending = cpu->smi_io = false;
    cpu->halted = CPU_RUNS;
    enter_handler(cpu);
    settle(cpu);
}

/* SDM 3C "Exiting From SMM": what makes the processor shut down. */
static bool state_good(struct cpu *cpu, u32 cr0, u32 cr4)
{
    return !(cr4 & ~model_cr4(cpu->model)) && !(cr0 & CR0_PG && !(cr0 & CR0_PE)) &&
           !(cr0 & CR0_NW && !(cr0 & CR0_CD));
}

static void load_requests(struct cpu *cpu)
{
    u32 state = get(cpu, MAP_STATE), requests = get(cpu, MAP_IO);
    cpu->cpl = state & 3;
    cpu->nmi_blocked = state & STATE_NMI_BLOCKED;
    cpu->halted = requests >> 16 & 1 ? CPU_HALTED : CPU_RUNS;
    if ((requests & 0xff) == IO_RESTART && state & STATE_IO) {
        cpu->eip = get(cpu, MAP_IO_EIP);
        cpu->r[ECX] = get(cpu, MAP_IO_EIP + 4);
        cpu->r[ESI] = get(cpu, MAP_IO_EIP + 8);
        cpu->r[EDI] = get(cpu, MAP_IO_EIP + 12);
    }
}

bool smm_leave(struct cpu *cpu)
{
    u32 cr0 = get(cpu, MAP_CR0), cr3 = get(cpu, MAP_CR3), cr4 = get(cpu, MAP_CR4);
    if (!state_good(cpu, cr0, cr4))
        return false;
    cpu->cr0 = cr0 | CR0_ET;
    cpu->cr4 = cr4;
    if (!cr3_load(cpu, cr3))
        return false;
    cpu_set_eflags(cpu, get(cpu, MAP_EFLAGS));
    cpu->eip = get(cpu, MAP_EIP);
    for (unsigned i = 0; i < 8; i++)
        cpu->r[EDI - i] = get(cpu, MAP_EDI - 4 * i);
    cpu->dr[6] = get(cpu, MAP_DR6);
    cpu->dr[7] = get(cpu, MAP_DR7);
    cpu->gdtr = (struct table_register){get(cpu, MAP_GDT), (u16)get(cpu, MAP_GDT + 4)};
    cpu->idtr = (struct table_register){get(cpu, MAP_GDT + 8), (u16)get(cpu, MAP_GDT + 12)};
    load_segments(cpu);
    load_requests(cpu);
    cpu->smbase = get(cpu, MAP_SMBASE);
    cpu->smm = false;
    line_set(&cpu->smiact, false);
    settle(cpu);
    return true;
}

HANDLER(RSM_o_0)
{
    if (!cpu->smm)
        cpu_raise_ud(cpu, REASON_MODE);
    if (!smm_leave(cpu)) {
        cpu->shutdown = true;
        cpu->stop |= STOP_EVENT;
    }
    if (cpu->eflags & FL_RF)
        resume_next(cpu);
    return plain_indirect(cpu, (const struct block_exit *)(u + 1), cpu->eip);
}
