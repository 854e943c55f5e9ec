/* SPDX-License-Identifier: MIT */
/* The processor as a part of the board: state, reset, pins. */
#include "cpu/cpu.h"

#include "cpu/access.h"
#include "cpu/apic.h"
#include "cpu/debug.h"
#include "cpu/engine.h"
#include "cpu/generation.h"

static const struct field segment_fields[] = {
    FIELD(struct segment, base), FIELD(struct segment, limit), FIELD(struct segment, selector),
    FIELD(struct segment, attr), TRANSIENT(struct segment, end), FIELD_END,
};

static const struct field table_fields[] = {
    FIELD(struct table_register, base), FIELD(struct table_register, limit), FIELD_END,
};

#define F(member) FIELD(struct cpu, member)
#define T(member) TRANSIENT(struct cpu, member)
/* The arithmetic flags are hashed as what they mean: cpu_flags_fold() before comparing. */
const struct field cpu_fields[] = {
    FIELD_ARRAY(struct cpu, r), T(fl), T(budget), T(tlb), T(stop), F(eip), T(mode),
    FIELD_MAX(struct cpu, cpl, 3), FIELD_MAX(struct cpu, halted, CPU_WAITS), FIELD_STRUCTS(struct cpu, seg, segment_fields),
    FIELD_STRUCT(struct cpu, fpu, fpu_fields), T(current), T(slice_end), F(eflags), FIELD_STRUCT(struct cpu, ldtr, segment_fields),
    FIELD_STRUCT(struct cpu, tr, segment_fields), FIELD_STRUCT(struct cpu, gdtr, table_fields),
    FIELD_STRUCT(struct cpu, idtr, table_fields), F(cr0), F(cr2), F(cr3), F(cr4), FIELD_ARRAY(struct cpu, pdpte),
    FIELD_ARRAY(struct cpu, dr), T(break_code), T(break_write), T(break_access), T(break_port),
    F(debug_hits), F(rf_at), FIELD_ARRAY(struct cpu, tr_test), FIELD_ARRAY(struct cpu, msr), F(idle),
    F(icount), F(tsc_offset),
    F(shadow_at), F(shadow_debug), F(intr), F(nmi), F(ignne), FIELD_STRUCT(struct cpu, ferr, line_fields),
    FIELD_STRUCT(struct cpu, smiact, line_fields),
    F(nmi_pending), F(nmi_blocked), F(shutdown),
    F(smi), F(smi_pending), F(smm), T(in_io), F(smi_io), FIELD_ARRAY(struct cpu, smi_restart), F(smbase),
    T(stepping), F(delivering), T(step_trap), T(fault_vector), T(fault_has_error),
    T(fault_reason), T(fault_error), T(fault_jump), T(apic), T(apic_page),
    FIELD_STRUCT(struct cpu, apic_on, line_fields), T(model), T(bus), T(clock), T(acknowledge),
    T(acknowledge_owner), T(trace), T(trace_owner), T(plain_only), T(io_clocks), T(coherent), T(number), T(peer),
    T(code), T(tlb_set),
    F(arith), FIELD_END,
};
#undef F
#undef T

u32 cpu_eflags(const struct cpu *cpu)
{
    return cpu->eflags | f_pack(&cpu->fl) | FL_ALWAYS;
}

void cpu_set_eflags(struct cpu *cpu, u32 value)
{
    const struct generation *g = generation_of(cpu->model);
    u32 kept = cpu_protected(cpu) ? g->flags : g->flags_real;
    kept &= model_eflags(cpu->model) & ~(u32)FL_ARITH;
    cpu->eflags = (value & kept) | g->flags_ones | FL_ALWAYS;
    f_unpack(&cpu->fl, value);
}

void cpu_fold(struct cpu *cpu)
{
    cpu->arith = f_pack(&cpu->fl);
}

/* The bus's ears. */
static void cpu_written(void *owner, u32 page, u32 offset, u32 bytes)
{
    struct cpu *cpu = owner;
    if (cpu->bus->page_flags[page] & PAGE_CODE)
        code_written(cpu, page, offset, bytes);
    if (cpu->bus->page_flags[page] & PAGE_TABLE) {
        cpu->bus->page_flags[page] &= (u8)~PAGE_TABLE;
        cpu_remapped(cpu);
    }
}

static void set_up(struct cpu *cpu, const struct cpu_model *model, struct bus *bus,
                   struct clock *clock)
{
    memset(cpu, 0, sizeof *cpu);
    cpu->model = model;
    cpu->plain_only = model->bus_bytes; /* clocks of operands are counted there */
    cpu->bus = bus;
    cpu->clock = clock;
    cpu->budget = INSNS_AT_START;
    io_set_up(cpu);
    cpu->peer = cpu;
    cpu->tlb = cpu->tlb_set;
    tlb_init(cpu);
}

bool cpu_init(struct cpu *cpu, const struct cpu_model *model, struct bus *bus,
              struct clock *clock)
{
    set_up(cpu, model, bus, clock);
    if (!code_cache_init(cpu))
        return false;
    bus->written = cpu_written;
    bus->remapped = cpu_remapped;
    bus->listener = cpu;
    cpu_reset(cpu);
    return true;
}

void cpu_init_another(struct cpu *cpu, struct cpu *first, u8 number)
{
    set_up(cpu, first->model, first->bus, first->clock);
    cpu->plain_only = first->plain_only;
    cpu->coherent = first->coherent;
    cpu->number = number;
    cpu->code = first->code;
    cpu->peer = first->peer;
    first->peer = cpu;
    cpu_reset(cpu);
}

void cpu_free(struct cpu *cpu)
{
    code_cache_free(cpu);
}

/* The memory map or the A20 gate changed: no translation holds, and code may be elsewhere. */
void cpu_remapped(void *owner)
{
    struct cpu *cpu = owner;
    do {
        tlb_flush(cpu);
        cpu->stop |= STOP_EVENT;
        cpu = cpu->peer;
    } while (cpu != owner);
}

static void reset_segment(struct segment *seg, u16 selector, u32 base, u16 attr)
{
    *seg = (struct segment){.base = base, .limit = 0xffff, .selector = selector, .attr = attr};
    segment_derive(seg);
}

/* What RESET and INIT do. */
static void restart(struct cpu *cpu)
{
    enum { DATA = DA_P | DA_S | DA_WRITABLE | DA_ACCESSED, LDT = DA_P | 2, TSS = DA_P | 0xb };
    const struct generation *g = generation_of(cpu->model);
    memset(cpu->r, 0, sizeof cpu->r);
    cpu->r[EDX] = cpu->model->signature;
    cpu_set_eflags(cpu, FL_ALWAYS);
    for (unsigned i = 0; i < SEG_COUNT; i++)
        reset_segment(&cpu->seg[i], 0, 0, DATA);
    /* The first instruction comes from the last 16 bytes of what the pins can address. */
    cpu->eip = g->wraps ? 0 : 0xfff0;
    reset_segment(&cpu->seg[SEG_CS], g->wraps ? 0xffff : 0xf000, (g->pins & ~15u) - cpu->eip, DATA);
    reset_segment(&cpu->ldtr, 0, 0, LDT);
    reset_segment(&cpu->tr, 0, 0, TSS);
    cpu->gdtr = (struct table_register){0, 0xffff};
    cpu->idtr = (struct table_register){0, cpu->model->generation < I586 ? 0x3ff : 0xffff};
    cpu->cr0 = (cpu->cr0 & (CR0_CD | CR0_NW)) | (cpu->model->generation >= I386 ? CR0_ET : 0);
    cpu->cr2 = cpu->cr3 = cpu->cr4 = 0;
    memset(cpu->pdpte, 0, sizeof cpu->pdpte);
    memset(cpu->dr, 0, sizeof cpu->dr);
    cpu->dr[6] = 0xffff0ff0u;
    cpu->dr[7] = cpu->model->generation >= I486 ? 0x400 : 0;
    cpu->debug_hits = 0;
    cpu->rf_at = UINT64_MAX;
    debug_update(cpu);
    cpu->cpl = 0;
    cpu->halted = cpu->number ? CPU_WAITS : CPU_RUNS;
    cpu->shutdown = cpu->nmi_pending = cpu->nmi_blocked = false;
    cpu->shadow_debug = cpu->step_trap = cpu->stepping = false;
    cpu->shadow_at = UINT64_MAX;
    cpu->delivering = NOT_DELIVERING;
    cpu->stop |= STOP_EVENT;
    tlb_flush(cpu);
    mode_update(cpu);
}

void cpu_reset(struct cpu *cpu)
{
    cpu->cr0 = cpu->model->generation >= I486 ? CR0_CD | CR0_NW : 0;
    fpu_reset(&cpu->fpu);
    line_set(&cpu->ferr, false);
    memset(cpu->tr_test, 0, sizeof cpu->tr_test);
    msr_reset(cpu);
    apic_reset(cpu);
    smm_reset(cpu);
    cpu->tsc_offset = -clock_each(cpu->clock);
    restart(cpu);
}

void cpu_hold(struct cpu *cpu)
{
    cpu_reset(cpu);
    cpu->halted = CPU_WAITS;
}

/* Not modelled: that it waits while the processor is in SMM. */
void cpu_init_pin(struct cpu *cpu)
{
    u32 smbase = cpu->smbase;
    if (cpu->model->generation < I586) {
        cpu_reset(cpu);
        return;
    }
    smm_reset(cpu);
    cpu->smbase = smbase;
    restart(cpu);
}

/* SDM 3A "Typical BSP Initialization Sequence": CS is VV00, IP 0. */
void cpu_startup(void *owner, u8 vector)
{
    struct cpu *cpu = owner;
    if (cpu->halted != CPU_WAITS)
        return;
    cpu->halted = CPU_RUNS;
    cpu->seg[SEG_CS].selector = (u16)(vector << 8);
    cpu->seg[SEG_CS].base = (u32)vector << 12;
    cpu->eip = 0;
    mode_update(cpu);
}

void cpu_loaded(struct cpu *cpu)
{
    for (unsigned i = 0; i < SEG_COUNT; i++)
        segment_derive(&cpu->seg[i]);
    segment_derive(&cpu->ldtr);
    segment_derive(&cpu->tr);
    f_unpack(&cpu->fl, cpu->arith);
    cpu->current = NULL;
    debug_update(cpu);
    apic_loaded(cpu);
    code_cache_flush(cpu);
    tlb_flush(cpu);
    mode_update(cpu);
}

void cpu_intr(void *owner, unsigned pin, bool level)
{
    struct cpu *cpu = owner;
    (void)pin;
    cpu->intr = level;
    if (level)
        cpu->stop |= STOP_EVENT;
}

void cpu_nmi(void *owner, unsigned pin, bool level)
{
    struct cpu *cpu = owner;
    (void)pin;
    if (level && !cpu->nmi) {
        cpu->nmi_pending = true;
        cpu->stop |= STOP_EVENT;
    }
    cpu->nmi = level;
}

void cpu_ignne(void *owner, unsigned pin, bool level)
{
    struct cpu *cpu = owner;
    (void)pin;
    cpu->ignne = level;
    if (level)
        cpu->stop |= STOP_EVENT;
}

/* While a port is accessed the edge belongs to that instruction, which may be run again. */
void cpu_smi(void *owner, unsigned pin, bool level)
{
    struct cpu *cpu = owner;
    (void)pin;
    if (level && !cpu->smi) {
        cpu->smi_pending = true;
        cpu->smi_io = cpu->in_io;
        cpu->smi_restart[0] = cpu->eip;
        cpu->smi_restart[1] = (u32)cpu->r[ECX];
        cpu->smi_restart[2] = (u32)cpu->r[ESI];
        cpu->smi_restart[3] = (u32)cpu->r[EDI];
        cpu->stop |= STOP_EVENT;
    }
    cpu->smi = level;
}

void cpu_request_exit(struct cpu *cpu)
{
    cpu->stop |= STOP_EXIT;
}
