/* SPDX-License-Identifier: MIT */
/*
 * Far jumps, calls and returns in all modes: code segments, call gates, and the way to tasks.
 * SDM 2A "CALL", "IRET", "JMP", 2B "RET"; SDM 3A "Protection", "Virtual-8086 Mode".
 */
#include "cpu/engine.h"
#include "cpu/frame.h"
#include "cpu/protect.h"
#include "cpu/virtual.h"

/* The flags that IRET loads, by its operand size (SDM 2A "IRET"). */
enum {
    IRET_FLAGS16 = FL_ARITH | FL_TF | FL_DF | FL_NT,
    IRET_FLAGS32 = IRET_FLAGS16 | FL_RF | FL_AC | FL_ID,
    VIRTUAL_FLAGS = FL_VIF | FL_VIP,
};

void flags_load(struct cpu *cpu, u32 value, u32 mask)
{
    u32 old = cpu->eflags;
    cpu_set_eflags(cpu, (cpu_eflags(cpu) & ~mask) | (value & mask) | FL_ALWAYS);
    if ((old ^ cpu->eflags) & FL_AC)
        mode_update(cpu);
    if (value & mask & FL_RF)
        resume_next(cpu);
    if ((cpu->eflags & FL_IF && cpu->intr) || cpu->eflags & FL_TF || virtual_pending(cpu))
        cpu->stop |= STOP_EVENT;
}

static u32 of_size(u32 value, u32 size)
{
    return size == 2 ? value & 0xffff : value;
}

static bool is_code(const struct descriptor *d)
{
    return (d->attr & (DA_S | DA_CODE)) == (DA_S | DA_CODE);
}

static bool is_conforming(const struct descriptor *d)
{
    return is_code(d) && d->attr & DA_CONFORMING;
}

/* The operand of a far jump or call, or the target of a gate: neither null nor beyond. */
static void read_target(struct cpu *cpu, u16 selector, struct descriptor *d)
{
    descriptor_read(cpu, selector, d, EX_GP);
}

static void need_present(struct cpu *cpu, u16 selector, const struct descriptor *d)
{
    if (!(d->attr & DA_P))
        selector_fault(cpu, EX_NP, selector, 0, REASON_NOT_PRESENT);
}

static void need_inside(struct cpu *cpu, const struct descriptor *code, u32 eip)
{
    if (eip > code->limit)
        cpu_raise_gp0(cpu, REASON_CODE_LIMIT);
    descriptor_probe_accessed(cpu, code);
}

/* Push the return address on the current stack; the check of the target comes in between. */
static void push_return(struct cpu *cpu, struct frame *f, u32 return_eip)
{
    frame_push(cpu, f, cpu->seg[SEG_CS].selector);
    frame_push(cpu, f, return_eip);
}

static void frame_here(struct cpu *cpu, struct frame *f, u32 size)
{
    frame_start(cpu, f, &cpu->seg[SEG_SS], (u32)cpu->r[ESP], size, 2, cpu->cpl, 0);
}

/* Real and VM86 mode: a loaded CS always has a limit of 64 KiB. */
static void real_transfer(struct cpu *cpu, u16 selector, u32 offset)
{
    segment_load_real(cpu, SEG_CS, selector);
    cpu->eip = offset;
}

static void need_real_inside(struct cpu *cpu, u32 offset)
{
    if (offset > 0xffff)
        cpu_raise_gp0(cpu, REASON_CODE_LIMIT);
}

/* What a far JMP or CALL wants, on its way through the checks. */
struct transfer {
    u16 selector;
    u32 offset, size; /* operand size, or that of the gate */
    bool call;
    u32 return_eip;
};

/* A frame on the inner stack: SS, ESP, the parameters, CS, EIP. Reads no more of the old stack
 * than the parameters. SDM 3A "Stack Switching". */
static void call_inner(struct cpu *cpu, const struct transfer *t, struct descriptor *code,
                       unsigned parameters)
{
    struct frame f;
    struct descriptor stack;
    unsigned pl = descriptor_dpl(code);
    u16 ss;
    u32 esp;
    task_stack(cpu, pl, 0, &ss, &esp);
    segment_check_stack(cpu, ss, pl, EX_TS, 0, &stack);
    struct segment inner = segment_of(ss, &stack);
    frame_start(cpu, &f, &inner, esp, t->size, parameters + 4, pl, ss & 0xfffc);
    need_inside(cpu, code, t->offset);
    frame_push(cpu, &f, cpu->seg[SEG_SS].selector);
    frame_push(cpu, &f, (u32)cpu->r[ESP]);
    for (unsigned i = parameters; i--;)
        frame_push(cpu, &f, (u32)mem_read(cpu, SEG_SS, stack_offset(cpu, i * t->size), t->size));
    push_return(cpu, &f, t->return_eip);
    frame_commit(cpu, &f);
    segment_load_cs(cpu, t->selector, code, pl);
    segment_set(cpu, SEG_SS, ss, &stack);
    cpu->eip = t->offset;
}

/* To code that runs at the present privilege. */
static void transfer_here(struct cpu *cpu, const struct transfer *t, struct descriptor *code)
{
    struct frame f;
    if (t->call)
        frame_here(cpu, &f, t->size);
    need_inside(cpu, code, t->offset);
    if (t->call) {
        push_return(cpu, &f, t->return_eip);
        frame_commit(cpu, &f);
    }
    segment_load_cs(cpu, t->selector, code, cpu->cpl);
    cpu->eip = t->offset;
}

static void transfer_direct(struct cpu *cpu, struct transfer *t, struct descriptor *d)
{
    unsigned dpl = descriptor_dpl(d);
    bool allowed =
        is_conforming(d) ? dpl <= cpu->cpl : dpl == cpu->cpl && (t->selector & 3u) <= cpu->cpl;
    if (!is_code(d))
        selector_fault(cpu, EX_GP, t->selector, 0, REASON_SELECTOR_TYPE);
    if (!allowed)
        selector_fault(cpu, EX_GP, t->selector, 0, REASON_SELECTOR_RIGHTS);
    need_present(cpu, t->selector, d);
    transfer_here(cpu, t, d);
}

/* SDM 3A "Accessing a Code Segment Through a Call Gate". */
static void transfer_call_gate(struct cpu *cpu, struct transfer *t, const struct descriptor *gate)
{
    struct descriptor code;
    bool is386 = descriptor_system_type(gate) & SYS_386;
    t->selector = (u16)(gate->low >> 16);
    t->size = is386 ? 4 : 2;
    t->offset = (gate->low & 0xffff) | (is386 ? gate->high & 0xffff0000 : 0);
    read_target(cpu, t->selector, &code);
    if (!is_code(&code))
        selector_fault(cpu, EX_GP, t->selector, 0, REASON_SELECTOR_TYPE);
    unsigned dpl = descriptor_dpl(&code);
    bool inner = !is_conforming(&code) && dpl < cpu->cpl;
    if (dpl > cpu->cpl || (inner && !t->call))
        selector_fault(cpu, EX_GP, t->selector, 0, REASON_SELECTOR_RIGHTS);
    need_present(cpu, t->selector, &code);
    if (inner)
        call_inner(cpu, t, &code, gate->high & 31);
    else
        transfer_here(cpu, t, &code);
}

/* SELECTOR has to be an available TSS in the GDT. */
static void transfer_task(struct cpu *cpu, const struct transfer *t, u16 selector,
                          struct descriptor *tss)
{
    unsigned type = descriptor_system_type(tss);
    if (type != SYS_TSS16 && type != SYS_TSS32)
        selector_fault(cpu, EX_GP, selector, 0, REASON_SELECTOR_TYPE);
    need_present(cpu, selector, tss);
    task_switch(cpu, selector, tss, t->call ? TASK_CALL : TASK_JUMP, t->return_eip, NULL);
}

static void transfer_task_gate(struct cpu *cpu, const struct transfer *t,
                               const struct descriptor *gate)
{
    struct descriptor tss;
    u16 selector = (u16)(gate->low >> 16);
    if (selector & 4)
        selector_fault(cpu, EX_GP, selector, 0, REASON_SELECTOR_LIMIT);
    read_target(cpu, selector, &tss);
    transfer_task(cpu, t, selector, &tss);
}

/* Gates and TSSs: both CPL and RPL must be allowed to use them. */
static void transfer_system(struct cpu *cpu, struct transfer *t, struct descriptor *d)
{
    unsigned type = descriptor_system_type(d), dpl = descriptor_dpl(d);
    bool gate = type == SYS_CALL16 || type == SYS_CALL32 || type == SYS_TASK_GATE;
    bool tss = type == SYS_TSS16 || type == SYS_TSS32;
    if (!gate && !tss)
        selector_fault(cpu, EX_GP, t->selector, 0, REASON_SELECTOR_TYPE);
    if (dpl < cpu->cpl || dpl < (t->selector & 3u))
        selector_fault(cpu, EX_GP, t->selector, 0, REASON_SELECTOR_RIGHTS);
    if (tss && t->selector & 4)
        selector_fault(cpu, EX_GP, t->selector, 0, REASON_SELECTOR_LIMIT);
    need_present(cpu, t->selector, d);
    if (tss)
        transfer_task(cpu, t, t->selector, d);
    else if (type == SYS_TASK_GATE)
        transfer_task_gate(cpu, t, d);
    else
        transfer_call_gate(cpu, t, d);
}

static void transfer_protected(struct cpu *cpu, struct transfer *t)
{
    struct descriptor d;
    read_target(cpu, t->selector, &d);
    if (d.attr & DA_S)
        transfer_direct(cpu, t, &d);
    else
        transfer_system(cpu, t, &d);
}

void far_jump(struct cpu *cpu, u16 selector, u32 offset, u32 size, u32 return_eip)
{
    struct transfer t = {.selector = selector,
                         .offset = of_size(offset, size),
                         .size = size,
                         .return_eip = return_eip};
    if (!cpu_real_segments(cpu)) {
        transfer_protected(cpu, &t);
        return;
    }
    need_real_inside(cpu, t.offset);
    real_transfer(cpu, selector, t.offset);
}

void far_call(struct cpu *cpu, u16 selector, u32 offset, u32 size, u32 return_eip)
{
    struct transfer t = {.selector = selector,
                         .offset = of_size(offset, size),
                         .size = size,
                         .call = true,
                         .return_eip = return_eip};
    struct frame f;
    if (!cpu_real_segments(cpu)) {
        transfer_protected(cpu, &t);
        return;
    }
    frame_here(cpu, &f, size);
    need_real_inside(cpu, t.offset);
    push_return(cpu, &f, return_eip);
    frame_commit(cpu, &f);
    real_transfer(cpu, selector, t.offset);
}

/* Item N of the frame on top of the stack, SKIP bytes further. */
static u32 stack_item(struct cpu *cpu, u32 size, unsigned n, u32 skip)
{
    return (u32)mem_read(cpu, SEG_SS, stack_offset(cpu, n * size + skip), size);
}

static void stack_drop(struct cpu *cpu, u32 bytes)
{
    stack_set(cpu, (u32)cpu->r[ESP] + bytes);
}

/* Where a far RET or IRET in protected mode leads to. */
struct way_back {
    u32 eip, esp;
    u16 cs, ss;
    unsigned pl;
    bool outer; /* to a less privileged level: SS:ESP are popped too */
    struct descriptor code, stack;
};

static void check_return_code(struct cpu *cpu, struct way_back *w)
{
    read_target(cpu, w->cs, &w->code);
    unsigned dpl = descriptor_dpl(&w->code);
    w->pl = w->cs & 3;
    w->outer = w->pl > cpu->cpl;
    if (!is_code(&w->code))
        selector_fault(cpu, EX_GP, w->cs, 0, REASON_SELECTOR_TYPE);
    if (w->pl < cpu->cpl || (is_conforming(&w->code) ? dpl > w->pl : dpl != w->pl))
        selector_fault(cpu, EX_GP, w->cs, 0, REASON_SELECTOR_RIGHTS);
    need_present(cpu, w->cs, &w->code);
}

/* CS:EIP on top of the stack; for an outer level SS:ESP lies STACK_AT bytes above. */
static void find_way_back(struct cpu *cpu, struct way_back *w, u32 size, u32 stack_at)
{
    w->cs = (u16)stack_item(cpu, size, 1, 0);
    w->eip = stack_item(cpu, size, 0, 0);
    check_return_code(cpu, w);
    if (w->outer) {
        w->ss = (u16)stack_item(cpu, size, 1, stack_at);
        w->esp = stack_item(cpu, size, 0, stack_at);
        segment_check_stack(cpu, w->ss, w->pl, EX_GP, 0, &w->stack);
    }
    need_inside(cpu, &w->code, w->eip);
}

/* What the outer level must not reach with a segment register is taken from it. */
static void drop_inner_segments(struct cpu *cpu)
{
    static const u8 data[] = {SEG_ES, SEG_DS, SEG_FS, SEG_GS};
    const unsigned conforming = DA_S | DA_CODE | DA_CONFORMING;
    for (unsigned i = 0; i < ARRAY_LEN(data); i++) {
        u16 attr = cpu->seg[data[i]].attr;
        unsigned dpl = (attr & DA_DPL) >> DA_DPL_SHIFT;
        if (attr && (attr & conforming) != conforming && dpl < cpu->cpl)
            segment_set_null(cpu, data[i], 0);
    }
}

/* DROP: bytes of the frame on the same level. RELEASE: parameters on the outer stack. */
static void go_back(struct cpu *cpu, struct way_back *w, u32 drop, u16 release)
{
    segment_load_cs(cpu, w->cs, &w->code, w->pl);
    if (w->outer) {
        segment_set(cpu, SEG_SS, w->ss, &w->stack);
        stack_set(cpu, w->esp + release);
        drop_inner_segments(cpu);
    } else {
        stack_drop(cpu, drop);
    }
    cpu->eip = w->eip;
}

void far_return(struct cpu *cpu, u32 size, u16 release)
{
    struct way_back w;
    u32 drop = 2 * size + release;
    if (!cpu_real_segments(cpu)) {
        find_way_back(cpu, &w, size, drop);
        go_back(cpu, &w, drop, release);
        return;
    }
    u16 cs = (u16)stack_item(cpu, size, 1, 0);
    u32 eip = stack_item(cpu, size, 0, 0);
    need_real_inside(cpu, eip);
    stack_drop(cpu, drop);
    real_transfer(cpu, cs, eip);
}

/* IRET in real mode and in VM86 mode, where IOPL itself stays. */
static void iret_real(struct cpu *cpu, u32 size)
{
    u32 mask = (size == 2 ? IRET_FLAGS16 : IRET_FLAGS32) | FL_IF;
    enum if_access access = if_access(cpu);
    if (access == IF_REFUSED)
        cpu_raise_gp0(cpu, REASON_IOPL);
    u32 flags = stack_item(cpu, size, 2, 0);
    if (access == IF_VIRTUAL)
        virtual_check_flags(cpu, flags, size * 8);
    u16 cs = (u16)stack_item(cpu, size, 1, 0);
    u32 eip = stack_item(cpu, size, 0, 0);
    need_real_inside(cpu, eip);
    stack_drop(cpu, 3 * size);
    real_transfer(cpu, cs, eip);
    if (access == IF_VIRTUAL)
        virtual_load_flags(cpu, flags);
    else
        flags_load(cpu, flags, cpu_vm86(cpu) ? mask : mask | FL_IOPL);
}

/* SDM 3A "Task Linking": the back link has to name a busy TSS. */
static void iret_task(struct cpu *cpu, u32 next_eip)
{
    struct descriptor tss;
    u16 selector = sys_read16(cpu, (u32)cpu->tr.base);
    if (selector & 4)
        selector_fault(cpu, EX_TS, selector, 0, REASON_SELECTOR_LIMIT);
    descriptor_read(cpu, selector, &tss, EX_TS);
    unsigned type = descriptor_system_type(&tss);
    if (type != SYS_TSS16_BUSY && type != SYS_TSS32_BUSY)
        selector_fault(cpu, EX_TS, selector, 0, REASON_SELECTOR_TYPE);
    need_present(cpu, selector, &tss);
    task_switch(cpu, selector, &tss, TASK_IRET, next_eip, NULL);
}

static u32 stack_dword(struct cpu *cpu, unsigned n)
{
    return stack_item(cpu, 4, n, 0);
}

/* EIP CS EFLAGS ESP SS ES DS FS GS, from the lowest address up. */
static void iret_to_vm86(struct cpu *cpu)
{
    static const u8 order[] = {SEG_SS, SEG_ES, SEG_DS, SEG_FS, SEG_GS};
    u16 selector[ARRAY_LEN(order)];
    u32 flags = stack_dword(cpu, 2), esp = stack_dword(cpu, 3);
    u16 cs = (u16)stack_dword(cpu, 1);
    u32 eip = stack_dword(cpu, 0);
    for (unsigned i = 0; i < ARRAY_LEN(order); i++)
        selector[i] = (u16)stack_dword(cpu, 4 + i);
    need_real_inside(cpu, eip);
    flags_load(cpu, flags, IRET_FLAGS32 | FL_IF | FL_IOPL | FL_VM | VIRTUAL_FLAGS);
    cpu->cpl = 3;
    for (unsigned i = 0; i < ARRAY_LEN(order); i++)
        segment_load_real(cpu, order[i], selector[i]);
    cpu->r[ESP] = esp;
    real_transfer(cpu, cs, eip);
}

/* The privilege before the return decides what may change. */
static u32 iret_mask(const struct cpu *cpu, u32 size)
{
    u32 mask = size == 2 ? IRET_FLAGS16 : IRET_FLAGS32;
    if (cpu->cpl <= cpu_iopl(cpu))
        mask |= FL_IF;
    if (cpu->cpl == 0)
        mask |= size == 2 ? FL_IOPL : FL_IOPL | VIRTUAL_FLAGS;
    return mask;
}

static void iret_protected(struct cpu *cpu, u32 size)
{
    struct way_back w;
    u32 flags = stack_item(cpu, size, 2, 0), mask = iret_mask(cpu, size);
    if (size == 4 && flags & FL_VM && cpu->cpl == 0) {
        iret_to_vm86(cpu);
        return;
    }
    find_way_back(cpu, &w, size, 3 * size);
    go_back(cpu, &w, 3 * size, 0);
    flags_load(cpu, flags, mask);
}

void far_iret(struct cpu *cpu, u32 size, u32 next_eip)
{
    if (cpu_real_segments(cpu))
        iret_real(cpu, size);
    else if (cpu->eflags & FL_NT)
        iret_task(cpu, next_eip);
    else
        iret_protected(cpu, size);
    cpu->nmi_blocked = false;
    if (cpu->nmi_pending)
        cpu->stop |= STOP_EVENT;
}
