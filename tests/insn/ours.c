/* SPDX-License-Identifier: MIT */
/* twin86 runs one instruction in the world of world.h. */
#include "cpu/access.h"
#include "cpu/model.h"
#include "tests/insn/world.h"

/* Physical: page tables, tables of the system, then the pages of the world in their order. */
enum {
    RAM_BYTES = 1 << 20,
    PAGES = 0x10000, /* directory; tables for 0, SYSTEM and TOP */
    SYSTEM_AT = 0x20000,
    WORLD_AT = 0x30000,
};

/* Offsets in SYSTEM. */
enum { IDT = 0, GDT = 0x800, LDT = 0x900, HANDLERS = 0xb00, TSS = 0xc00, STACK = 0x2000 };

static struct {
    struct bus bus;
    struct clock clock;
    struct cpu cpu;
    struct segment segment[2 + 64]; /* flat code, flat data, the LDT */
} ours;

static u8 *system_bytes(u32 offset)
{
    return ours.bus.ram + SYSTEM_AT + offset;
}

u8 *ours_page(unsigned page)
{
    return ours.bus.ram + WORLD_AT + (size_t)page * PAGE;
}

void ours_code(u32 linear, const u8 *bytes, u32 n)
{
    u32 at = linear - CODE;
    u32 room = at < CODE_BYTES ? CODE_BYTES - at : 0;
    bus_dma_write(&ours.bus, WORLD_AT + PAGE + at, bytes, n < room ? n : room);
}

/* Preparation. */

static void map_page(u32 linear, u32 physical, u32 rights)
{
    u32 table = linear >> 22 == 0 ? 1 : linear >> 22 == SYSTEM >> 22 ? 2 : 3;
    u32 table_at = PAGES + table * PAGE;
    put32(ours.bus.ram + PAGES + (linear >> 22) * 4, table_at | 7);
    put32(ours.bus.ram + table_at + (linear >> 12 & 0x3ff) * 4, physical | rights);
}

static void write_pages(void)
{
    for (u32 i = 0; i < world_page_count; i++)
        map_page(world_pages[i].linear, WORLD_AT + i * PAGE,
                 world_pages[i].rights & RIGHTS_WRITE ? 7 : 5);
    map_page(SYSTEM, SYSTEM_AT, 3);
    map_page(SYSTEM + PAGE, SYSTEM_AT + PAGE, 3);
}

enum { KERNEL_CODE = 8, KERNEL_DATA = 0x18 };

static void write_tables(void)
{
    static const struct world_segment code = {0, 0xfffff, 0xc9b}, data = {0, 0xfffff, 0xc93};
    for (u32 v = 0; v < 256; v++) {
        bool open = v == EX_BP || v == EX_OF;
        put32(system_bytes(IDT + v * 8), KERNEL_CODE << 16 | ((SYSTEM + HANDLERS + v) & 0xffff));
        put32(system_bytes(IDT + v * 8 + 4), (SYSTEM & 0xffff0000u) | (open ? 0xee00 : 0x8e00));
    }
    for (u32 i = 0; i < GDT_ENTRIES; i++)
        put64(system_bytes(GDT + i * 8), world_gdt_entry(i));
    put64(system_bytes(GDT + KERNEL_CODE), world_descriptor(&code));
    put64(system_bytes(GDT + KERNEL_DATA), world_descriptor(&data));
    for (u32 i = 0; i < world_ldt_count; i++)
        put64(system_bytes(LDT + i * 8), world_descriptor(&world_ldt[i]));
    memset(system_bytes(HANDLERS), 0xf4, 256);
    put32(system_bytes(TSS + 4), SYSTEM + STACK);
    put16(system_bytes(TSS + 8), KERNEL_DATA);
    put16(system_bytes(TSS + 0x66), 0x68);
}

static void fill_segment(struct segment *to, u16 selector)
{
    const struct world_segment *s = world_segment(selector);
    *to = (struct segment){
        .base = s->base, .limit = world_limit(s), .selector = selector, .attr = s->attr};
    segment_derive(to);
}

static struct segment table(u16 selector, u32 offset, u32 limit, u16 attr)
{
    return (struct segment){
        .base = SYSTEM + offset, .limit = limit, .selector = selector, .attr = attr};
}

bool ours_open(void)
{
    struct cpu *cpu = &ours.cpu;
    clock_init(&ours.clock, 100000000);
    if (!bus_init(&ours.bus, RAM_BYTES) ||
        !cpu_init(cpu, cpu_model_default(), &ours.bus, &ours.clock))
        return false;
    write_pages();
    write_tables();
    memset(ours_page(1), 0xcc, CODE_BYTES);
    fill_segment(&ours.segment[0], SEL_CODE32);
    fill_segment(&ours.segment[1], SEL_DATA32);
    for (unsigned i = 0; i < world_ldt_count; i++)
        fill_segment(&ours.segment[2 + i], ldt_selector(i));
    cpu->cr0 = CR0_PG | CR0_PE | CR0_WP | CR0_AM | CR0_NE | CR0_ET | CR0_MP;
    cpu->cr4 = CR4_OSFXSR | CR4_OSXMMEXCPT;
    cpu->cr3 = PAGES;
    cpu->gdtr = (struct table_register){SYSTEM + GDT, GDT_ENTRIES * 8 - 1};
    cpu->idtr = (struct table_register){SYSTEM + IDT, 0x7ff};
    cpu->tr = table(0x40, TSS, 0x67, 0x8b);
    cpu->ldtr = table(0x50, LDT, world_ldt_count * 8 - 1, 0x82);
    tlb_flush(cpu);
    return true;
}

void ours_close(void)
{
    cpu_free(&ours.cpu);
    bus_free(&ours.bus);
}

/* Running. */

static void put_segment(unsigned seg, u16 selector)
{
    struct segment *to = &ours.cpu.seg[seg];
    if (selector < 4)
        *to = (struct segment){.selector = selector};
    else
        *to = ours.segment[selector == SEL_CODE32   ? 0
                           : selector == SEL_DATA32 ? 1
                                                    : 2 + (selector >> 3)];
}

static void put_vector(const u8 *fx)
{
    struct fpu *f = &ours.cpu.fpu;
    f->cw = fpu_control(get16(fx + FX_CW));
    fpu_set_status(f, get16(fx + FX_SW));
    fpu_summarize(f);
    f->used = fx[FX_TAGS];
    f->fop = get16(fx + FX_FOP);
    f->fip = get32(fx + FX_FIP);
    f->fdp = get32(fx + FX_FDP);
    f->fcs = f->fds = 0;
    f->mxcsr = get32(fx + FX_MXCSR);
    for (unsigned i = 0; i < 8; i++) {
        struct f80 *to = &f->reg[(f->top + i) & 7];
        to->frac = get64(fx + FX_ST + i * 16);
        to->se = get16(fx + FX_ST + i * 16 + 8);
        memcpy(&f->xmm[i], fx + FX_XMM + i * 16, 16);
    }
}

static void get_vector(u8 *fx)
{
    const struct fpu *f = &ours.cpu.fpu;
    memset(fx, 0, FX_BYTES);
    put16(fx + FX_CW, f->cw);
    put16(fx + FX_SW, fpu_status(f));
    fx[FX_TAGS] = f->used;
    put16(fx + FX_FOP, f->fop);
    put32(fx + FX_FIP, f->fip);
    put32(fx + FX_FDP, f->fdp);
    put32(fx + FX_MXCSR, f->mxcsr);
    for (unsigned i = 0; i < 8; i++) {
        const struct f80 *from = &f->reg[(f->top + i) & 7];
        put64(fx + FX_ST + i * 16, from->frac);
        put16(fx + FX_ST + i * 16 + 8, from->se);
        memcpy(fx + FX_XMM + i * 16, &f->xmm[i], 16);
    }
}

static void put_registers(const struct regs *in, bool step)
{
    struct cpu *cpu = &ours.cpu;
    for (unsigned i = 0; i < 8; i++)
        cpu->r[i] = in->r[i];
    for (unsigned i = 0; i < SEG_COUNT; i++)
        put_segment(i, in->seg[i]);
    cpu->eip = in->eip;
    cpu->cpl = 3;
    cpu->halted = false;
    cpu->shadow_at = ~(u64)0;
    if (in->vector)
        put_vector(in->fx);
    cpu_set_eflags(cpu, in->eflags | (step ? FL_TF : 0));
    mode_update(cpu);
}

static void get_registers(struct outcome *out)
{
    struct cpu *cpu = &ours.cpu;
    for (unsigned i = 0; i < 8; i++)
        out->regs.r[i] = (u32)cpu->r[i];
    for (unsigned i = 0; i < SEG_COUNT; i++)
        out->regs.seg[i] = cpu->seg[i].selector;
    out->regs.eip = cpu->eip;
    out->regs.eflags = cpu_eflags(cpu);
    if (out->regs.vector)
        get_vector(out->regs.fx);
    out->vector = COMPLETED;
    out->error = out->cr2 = 0;
}

/* From the handler of an exception: what it was, and what was interrupted. */
static void get_exception(struct outcome *out)
{
    struct cpu *cpu = &ours.cpu;
    const u8 *top = system_bytes(STACK);
    out->vector = (int)(cpu->eip - SYSTEM - HANDLERS) - cpu->halted;
    bool error = (out->vector >= EX_TS && out->vector <= EX_PF) || out->vector == EX_AC;
    out->error = error ? get32(top - 24) : 0;
    out->cr2 = cpu->cr2;
    out->regs.seg[SEG_SS] = get16(top - 4);
    out->regs.r[ESP] = get32(top - 8);
    out->regs.eflags = get32(top - 12);
    out->regs.seg[SEG_CS] = get16(top - 16);
    out->regs.eip = get32(top - 20);
}

/* The instruction before it is complete when this exception is raised where it led to: in the INT3
 * that fills the code, where no page is, or beyond the limit. */
static bool tells_landing(const struct regs *in, const struct outcome *out)
{
    bool landed = out->regs.eip != in->eip || out->regs.seg[SEG_CS] != in->seg[SEG_CS];
    return out->vector == EX_BP ||
           (landed && (out->vector == EX_PF || (out->vector == EX_GP && !out->error)));
}

static void normalise(const struct regs *in, enum run_kind kind, u32 end, struct outcome *out)
{
    bool exit = kind == RUN_CHAINED && out->vector == EX_GP && out->regs.eip == end &&
                out->error == (SEL_EXIT & ~3);
    if (!exit && !(kind == RUN_JUMP && tells_landing(in, out)))
        return;
    if (!exit && out->vector == EX_BP)
        out->regs.eip--;
    out->vector = COMPLETED;
    out->error = 0;
    out->regs.eflags &= ~(u32)FL_RF;
}

static void run(enum run_kind kind, bool plain)
{
    struct cpu *cpu = &ours.cpu;
    if (kind == RUN_STEP || (kind == RUN_JUMP && plain)) {
        cpu_step(cpu);
        return;
    }
    cpu->plain_only = plain;
    ours.clock.deadline = ours.clock.cycles + (1 << 28);
    cpu_run(cpu);
}

void ours_run(const struct regs *in, enum run_kind kind, u32 end, bool plain, struct outcome *out)
{
    put_registers(in, kind == RUN_STEP);
    run(kind, plain);
    out->regs.vector = in->vector;
    get_registers(out);
    if (ours.cpu.cpl == 0)
        get_exception(out);
    normalise(in, kind, end, out);
}
