/* SPDX-License-Identifier: MIT */
/*
 * Task state segments of the 286 and 386, and switching between tasks.
 * SDM 3A "Task Management"; i486 Programmer's Reference Manual "Multitasking".
 *
 * Upper halves of the general registers, which a 286 TSS does not hold, become ones.
 */
#include "cpu/debug.h"
#include "cpu/frame.h"
#include "cpu/paging.h"
#include "cpu/protect.h"

enum {
    TSS_LINK = 0,
    TSS_CR3 = 0x1c,  /* 386 */
    TSS_TRAP = 0x64, /* 386: bit 0 is T */
    TASK_FLAGS = FL_ARITH | FL_TF | FL_IF | FL_DF | FL_IOPL | FL_NT | FL_RF | FL_VM | FL_AC |
                 FL_VIF | FL_VIP | FL_ID,
};

/* Offsets into a TSS. EIP .. segments are saved; registers and segments are arrays, in the order
 * of the CPU's own numbers, with elements of SIZE bytes. */
struct tss_layout {
    u8 size, eip, eflags, registers, segments, segment_count, ldt;
    u8 saved_end; /* first byte behind what is saved */
    u8 limit;     /* the smallest that a TSS may have */
};

static const struct tss_layout layout_286 = {2, 0x0e, 0x10, 0x12, 0x22, 4, 0x2a, 0x2a, 0x2b};
static const struct tss_layout layout_386 = {4, 0x20, 0x24, 0x28, 0x48, 6, 0x60, 0x5e, 0x67};

static const struct tss_layout *layout_of(u16 attr)
{
    return attr & SYS_386 ? &layout_386 : &layout_286;
}

void task_stack(struct cpu *cpu, unsigned pl, u32 ext, u16 *ss, u32 *esp)
{
    u32 size = layout_of(cpu->tr.attr)->size;
    u32 offset = size + pl * 2 * size;
    if (!cpu->tr.attr || offset + size + 1 > cpu->tr.limit)
        selector_fault(cpu, EX_TS, cpu->tr.selector, ext, REASON_TSS);
    *esp = (u32)sys_read(cpu, (u32)cpu->tr.base + offset, size);
    *ss = sys_read16(cpu, (u32)cpu->tr.base + offset + size);
}

/* A task's registers, out of its TSS. */
struct task {
    u32 cr3, eip, eflags, r[8];
    u16 seg[SEG_COUNT], ldt;
    bool trap;
};

/* Page directory, PCD and PWT. */
static u32 cr3_defined(const struct cpu *cpu)
{
    return cpu->cr4 & CR4_PAE ? ~0x7u : ~0xfe7u;
}

static void read_task(struct cpu *cpu, u32 base, bool is386, struct task *t)
{
    const struct tss_layout *l = is386 ? &layout_386 : &layout_286;
    *t = (struct task){.cr3 = cpu->cr3};
    t->eip = (u32)sys_read(cpu, base + l->eip, l->size);
    t->eflags = (u32)sys_read(cpu, base + l->eflags, l->size) & TASK_FLAGS;
    for (u32 i = 0; i < 8; i++)
        t->r[i] = (u32)sys_read(cpu, base + l->registers + i * l->size, l->size) |
                  (is386 ? 0 : 0xffff0000);
    for (u32 i = 0; i < l->segment_count; i++)
        t->seg[i] = sys_read16(cpu, base + l->segments + i * l->size);
    t->ldt = sys_read16(cpu, base + l->ldt);
    if (is386) {
        t->cr3 = (u32)sys_read(cpu, base + TSS_CR3, 4) & cr3_defined(cpu);
        t->trap = sys_read16(cpu, base + TSS_TRAP) & 1;
    }
}

static void save_task(struct cpu *cpu, u32 eip, u32 eflags)
{
    const struct tss_layout *l = layout_of(cpu->tr.attr);
    u32 base = (u32)cpu->tr.base;
    sys_write(cpu, base + l->eip, eip, l->size);
    sys_write(cpu, base + l->eflags, eflags, l->size);
    for (u32 i = 0; i < 8; i++)
        sys_write(cpu, base + l->registers + i * l->size, (u32)cpu->r[i], l->size);
    for (u32 i = 0; i < l->segment_count; i++)
        sys_write(cpu, base + l->segments + i * l->size, cpu->seg[i].selector, 2);
}

static bool is_nested(enum task_reason reason)
{
    return reason != TASK_JUMP && reason != TASK_IRET;
}

/* EXT in the error codes of the switch itself. */
static u32 ext_of(enum task_reason reason)
{
    return reason == TASK_INTERRUPT || reason == TASK_FAULT;
}

static u32 old_descriptor(const struct cpu *cpu)
{
    return cpu->gdtr.base + (cpu->tr.selector & 0xfff8);
}

/* Everything that can fail in the context of the old task. */
static void check_switch(struct cpu *cpu, u16 selector, const struct descriptor *d,
                         enum task_reason reason)
{
    const struct tss_layout *old = layout_of(cpu->tr.attr);
    struct task probe;
    u64 pdpte[4];
    if (d->limit < layout_of(d->attr)->limit)
        selector_fault(cpu, EX_TS, selector, ext_of(reason), REASON_TSS);
    if (!cpu->tr.attr || cpu->tr.limit < old->saved_end - 1u)
        selector_fault(cpu, EX_TS, cpu->tr.selector, ext_of(reason), REASON_TSS);
    sys_probe_write(cpu, (u32)cpu->tr.base + old->eip, old->saved_end - old->eip);
    if (!is_nested(reason))
        sys_probe_write(cpu, old_descriptor(cpu) + 5, 1);
    if (is_nested(reason))
        sys_probe_write(cpu, d->base + TSS_LINK, 2);
    if (reason != TASK_IRET)
        sys_probe_write(cpu, d->address + 5, 1);
    read_task(cpu, d->base, d->attr & SYS_386, &probe);
    if (cpu->cr0 & CR0_PG && cpu->cr4 & CR4_PAE && !paging_load_pointers(cpu, probe.cr3, pdpte))
        cpu_raise_gp0(cpu, REASON_RESERVED);
}

/* The old task to its TSS; busy bits and back link as the table in SDM 3A "Task Switching". */
static void leave_task(struct cpu *cpu, struct descriptor *d, enum task_reason reason,
                       u32 return_eip)
{
    u32 eflags = cpu_eflags(cpu) | FL_ALWAYS;
    if (!is_nested(reason)) {
        u32 at = old_descriptor(cpu) + 5;
        sys_write(cpu, at, sys_read(cpu, at, 1) & ~(u64)SYS_TSS_BUSY, 1);
    }
    if (reason == TASK_IRET)
        eflags &= ~(u32)FL_NT;
    if (reason != TASK_INTERRUPT)
        eflags &= ~(u32)FL_RF;
    if (reason == TASK_FAULT)
        eflags |= FL_RF;
    save_task(cpu, return_eip, eflags);
    if (is_nested(reason))
        sys_write(cpu, d->base + TSS_LINK, cpu->tr.selector, 2);
    d->attr |= SYS_TSS_BUSY;
    if (reason != TASK_IRET)
        sys_write(cpu, d->address + 5, d->attr & 0xff, 1);
}

/* The new task's registers; segments have their selectors only, and are not usable yet. */
static void load_task(struct cpu *cpu, const struct task *t, bool nested)
{
    cpu->cr0 |= CR0_TS;
    cpu->dr[7] &= ~(u32)DR7_LOCAL;
    debug_update(cpu);
    if (cpu->cr0 & CR0_PG) {
        cr3_load(cpu, t->cr3);
    }
    for (unsigned i = 0; i < 8; i++)
        cpu->r[i] = t->r[i];
    for (unsigned i = 0; i < SEG_COUNT; i++)
        segment_set_null(cpu, i, t->seg[i]);
    cpu->ldtr = (struct segment){.selector = t->ldt};
    flags_load(cpu, t->eflags | (nested ? FL_NT : 0), TASK_FLAGS);
    cpu->cpl = cpu_vm86(cpu) ? 3 : t->seg[SEG_CS] & 3;
    cpu->eip = t->eip;
    mode_update(cpu);
}

static void load_ldt(struct cpu *cpu, u16 selector, u32 ext)
{
    struct descriptor d;
    if (selector_null(selector))
        return;
    if (selector & 4 || !descriptor_find(cpu, selector, &d))
        selector_fault(cpu, EX_TS, selector, ext, REASON_SELECTOR_LIMIT);
    if (descriptor_system_type(&d) != SYS_LDT)
        selector_fault(cpu, EX_TS, selector, ext, REASON_SELECTOR_TYPE);
    if (!(d.attr & DA_P))
        selector_fault(cpu, EX_TS, selector, ext, REASON_NOT_PRESENT);
    cpu->ldtr = segment_of(selector, &d);
}

static void load_code(struct cpu *cpu, u16 selector, u32 ext)
{
    const unsigned code = DA_S | DA_CODE;
    struct descriptor d;
    if (selector_null(selector) || !descriptor_find(cpu, selector, &d))
        selector_fault(cpu, EX_TS, selector, ext, REASON_SELECTOR_LIMIT);
    if ((d.attr & code) != code)
        selector_fault(cpu, EX_TS, selector, ext, REASON_SELECTOR_TYPE);
    unsigned dpl = descriptor_dpl(&d), rpl = selector & 3;
    if (d.attr & DA_CONFORMING ? dpl > rpl : dpl != rpl)
        selector_fault(cpu, EX_TS, selector, ext, REASON_SELECTOR_RIGHTS);
    if (!(d.attr & DA_P))
        selector_fault(cpu, EX_NP, selector, ext, REASON_NOT_PRESENT);
    descriptor_probe_accessed(cpu, &d);
    segment_load_cs(cpu, selector, &d, rpl);
}

/* SDM 3A "Exception Conditions Checked During a Task Switch", in the order of that table. */
static void load_segments(struct cpu *cpu, const struct task *t, u32 ext)
{
    static const u8 data[] = {SEG_DS, SEG_ES, SEG_FS, SEG_GS};
    struct descriptor d;
    load_ldt(cpu, t->ldt, ext);
    if (cpu_vm86(cpu)) {
        for (unsigned i = 0; i < SEG_COUNT; i++)
            segment_load_real(cpu, i, t->seg[i]);
        return;
    }
    load_code(cpu, t->seg[SEG_CS], ext);
    segment_check_stack(cpu, t->seg[SEG_SS], cpu->cpl, EX_TS, ext, &d);
    segment_set(cpu, SEG_SS, t->seg[SEG_SS], &d);
    for (unsigned i = 0; i < ARRAY_LEN(data); i++) {
        u16 selector = t->seg[data[i]];
        if (selector_null(selector))
            continue;
        segment_check_data(cpu, selector, EX_TS, ext, &d);
        segment_set(cpu, data[i], selector, &d);
    }
}

static void push_error(struct cpu *cpu, u32 size, u32 error, u32 ext)
{
    struct frame f;
    frame_start(cpu, &f, &cpu->seg[SEG_SS], (u32)cpu->r[ESP], size, 1, cpu->cpl, ext);
    frame_push(cpu, &f, error);
    frame_commit(cpu, &f);
}

void task_switch(struct cpu *cpu, u16 selector, struct descriptor *d, enum task_reason reason,
                 u32 return_eip, const u32 *error)
{
    struct task t;
    check_switch(cpu, selector, d, reason);
    leave_task(cpu, d, reason, return_eip);
    read_task(cpu, d->base, d->attr & SYS_386, &t);
    cpu->tr = segment_of(selector, d);
    if (is_nested(reason))
        cpu->step_trap = false;
    if (reason == TASK_IRET)
        cpu->nmi_blocked = false;
    load_task(cpu, &t, is_nested(reason));
    load_segments(cpu, &t, ext_of(reason));
    if (error)
        push_error(cpu, layout_of(d->attr)->size, *error, ext_of(reason));
    if (t.eip > cpu->seg[SEG_CS].limit)
        cpu_raise(cpu, EX_GP, ext_of(reason), REASON_CODE_LIMIT);
    if (t.trap) {
        debug_cause(cpu, DR6_BT);
        cpu_raise(cpu, EX_DB, 0, REASON_TASK_TRAP);
    }
}
