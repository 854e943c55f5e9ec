/* SPDX-License-Identifier: MIT */
/*
 * Handlers of legacy.def that are not arithmetic: stack and segment registers of the 8086, system
 * instructions of the 286 and 386 that later ones do not have. LOADALL is in no data sheet; Intel's
 * "Undocumented iAPX 286 Test Instruction" and what R. Collins found out about the 386 describe it.
 */
#include "cpu/debug.h"
#include "cpu/forms.h"
#include "cpu/protect.h"

/* PUSH of a word that is looked at when SP is decremented already. */
static const struct uop *push_late(struct cpu *cpu, const struct uop *u, const u16 *value)
{
    struct at k;
    u32 sp = stack_offset(cpu, (u32)-2);
    mem_find(cpu, &k, SEG_SS, sp, 2, ACCESS_WRITE);
    stack_set(cpu, sp);
    at_put(cpu, &k, *value);
    NEXT;
}

HANDLER(PUSH_86_r_16)
{
    return push_late(cpu, u, &R_16(u->dst));
}

HANDLER(PUSH_86_m_16)
{
    u16 v = (u16)mem_read(cpu, u->seg, plain_ea(cpu, u), 2);
    return push_late(cpu, u, &v);
}

/* Any segment register, CS among them; none lets an interrupt in before the next instruction. */
static const struct uop *segment_86(struct cpu *cpu, const struct uop *u, u16 selector)
{
    segment_load_real(cpu, u->dst, selector);
    interrupt_shadow(cpu, u, true);
    INDIRECT((u16)(u->eip + u->len));
}

HANDLER(MOV_TO_S_86_r_16)
{
    return segment_86(cpu, u, R_16(u->src));
}

HANDLER(MOV_TO_S_86_m_16)
{
    return segment_86(cpu, u, (u16)mem_read(cpu, u->seg, plain_ea(cpu, u), 2));
}

HANDLER(POP_CS_o_16)
{
    u16 selector = (u16)mem_read(cpu, SEG_SS, stack_offset(cpu, 0), 2);
    stack_set(cpu, stack_offset(cpu, 2));
    return segment_86(cpu, u, selector);
}

/* The processor itself looks at the first word of a coprocessor's operand. */
static void check_escape_286(struct cpu *cpu)
{
    if (cpu->cr0 & (CR0_EM | CR0_TS))
        cpu_raise(cpu, EX_NM, 0, REASON_NO_FPU);
}

REG(ESC_286_r_0, check_escape_286(cpu);)
REG(ESC_286_m_0, check_escape_286(cpu); mem_read(cpu, u->seg, plain_ea(cpu, u), 2);)

/* The machine status word has four bits; the others read as ones. */
static u16 status_word(const struct cpu *cpu)
{
    return (u16)(0xfff0 | (cpu->cr0 & 15));
}

REG(SMSW_286_r_16, W_16(u->dst, status_word(cpu));)
MEM(SMSW_286_m_16, 16, 1, ST(16, status_word(cpu));)

/* LOADALL of the 286: from 800h. */

enum { LOADALL_AT = 0x800 };

static const u8 loadall_286_general[][2] = {{0x26, EDI}, {0x28, ESI}, {0x2a, EBP}, {0x2c, ESP},
                                            {0x2e, EBX}, {0x30, EDX}, {0x32, ECX}, {0x34, EAX}};
/* Selector, and the hidden part: 24 bits of base, access rights, limit. */
static const u8 loadall_286_segments[][3] = {
    {0x24, 0x36, SEG_ES}, {0x22, 0x3c, SEG_CS}, {0x20, 0x42, SEG_SS}, {0x1e, 0x48, SEG_DS}};

static u32 loadall_word(struct cpu *cpu, u32 at)
{
    return (u32)sys_read(cpu, LOADALL_AT + at, 2);
}

static struct segment loadall_286_segment(struct cpu *cpu, u32 selector_at, u32 at)
{
    u32 middle = loadall_word(cpu, at + 2);
    struct segment seg = {.base = loadall_word(cpu, at) | (middle & 0xff) << 16,
                          .limit = loadall_word(cpu, at + 4),
                          .selector = (u16)loadall_word(cpu, selector_at),
                          .attr = (u16)(middle >> 8)};
    segment_derive(&seg);
    return seg;
}

static struct table_register loadall_286_table(struct cpu *cpu, u32 at)
{
    return (struct table_register){
        loadall_word(cpu, at) | (loadall_word(cpu, at + 2) & 0xff) << 16,
        (u16)loadall_word(cpu, at + 4)};
}

/* CPL is the DPL of SS. No check of anything: that is what it is for. */
static const struct uop *loadall_done(struct cpu *cpu, const struct uop *u, u32 eip)
{
    cpu->cpl = (u8)((cpu->seg[SEG_SS].attr & DA_DPL) >> DA_DPL_SHIFT);
    tlb_flush(cpu);
    mode_update(cpu);
    cpu->stop |= STOP_EVENT; /* IF and TF may be set */
    INDIRECT(eip);
}

HANDLER(LOADALL_286_o_0)
{
    require_ring0(cpu);
    cpu->cr0 = (cpu->cr0 & ~15u) | (loadall_word(cpu, 6) & 15) | (cpu->cr0 & CR0_PE);
    cpu->tr = loadall_286_segment(cpu, 0x16, 0x60);
    cpu->ldtr = loadall_286_segment(cpu, 0x1c, 0x54);
    cpu->gdtr = loadall_286_table(cpu, 0x4e);
    cpu->idtr = loadall_286_table(cpu, 0x5a);
    cpu_set_eflags(cpu, loadall_word(cpu, 0x18));
    for (unsigned i = 0; i < ARRAY_LEN(loadall_286_general); i++)
        W_16(loadall_286_general[i][1] * 8, loadall_word(cpu, loadall_286_general[i][0]));
    for (unsigned i = 0; i < ARRAY_LEN(loadall_286_segments); i++)
        cpu->seg[loadall_286_segments[i][2]] = loadall_286_segment(
            cpu, loadall_286_segments[i][0], loadall_286_segments[i][1]);
    return loadall_done(cpu, u, loadall_word(cpu, 0x1a));
}

/* LOADALL of the 386: from ES:EDI, doublewords. */

static const u8 loadall_386_general[] = {EDI, ESI, EBP, ESP, EBX, EDX, ECX, EAX}; /* from 0Ch on */
static const u8 loadall_386_segments[][3] = {{0x3c, 0x84, SEG_GS}, {0x40, 0x90, SEG_FS},
                                             {0x44, 0x9c, SEG_DS}, {0x48, 0xa8, SEG_SS},
                                             {0x4c, 0xb4, SEG_CS}, {0x50, 0xc0, SEG_ES}};
enum { LOADALL_386_BYTES = 0xcc };

/* Rights as in the upper half of a descriptor, base, limit. */
static struct segment loadall_386_segment(const u8 *image, u32 selector_at, u32 at)
{
    u32 rights = get32(image + at);
    struct segment seg = {.base = get32(image + at + 4),
                          .limit = get32(image + at + 8),
                          .selector = get16(image + selector_at),
                          .attr = (u16)((rights >> 8 & 0xff) | (rights >> 12 & 0xf00))};
    segment_derive(&seg);
    return seg;
}

static struct table_register loadall_386_table(const u8 *image, u32 at)
{
    return (struct table_register){get32(image + at + 4), get16(image + at + 8)};
}

HANDLER(LOADALL_386_o_0)
{
    u8 image[LOADALL_386_BYTES];
    require_ring0(cpu);
    for (u32 i = 0; i < LOADALL_386_BYTES; i += 4)
        put32(image + i, (u32)mem_read(cpu, SEG_ES, R_32(EDI * 8) + i, 4));
    cpu->cr0 = (get32(image) & (CR0_PG | CR0_TS | CR0_EM | CR0_MP | CR0_PE)) | CR0_ET;
    cpu_set_eflags(cpu, get32(image + 4));
    for (unsigned i = 0; i < ARRAY_LEN(loadall_386_general); i++)
        W_32(loadall_386_general[i] * 8, get32(image + 0xc + i * 4));
    cpu->dr[6] = get32(image + 0x2c);
    cpu->dr[7] = get32(image + 0x30);
    debug_update(cpu);
    cpu->tr = loadall_386_segment(image, 0x34, 0x54);
    cpu->idtr = loadall_386_table(image, 0x60);
    cpu->gdtr = loadall_386_table(image, 0x6c);
    cpu->ldtr = loadall_386_segment(image, 0x38, 0x78);
    for (unsigned i = 0; i < ARRAY_LEN(loadall_386_segments); i++)
        cpu->seg[loadall_386_segments[i][2]] = loadall_386_segment(
            image, loadall_386_segments[i][0], loadall_386_segments[i][1]);
    return loadall_done(cpu, u, get32(image + 8));
}
