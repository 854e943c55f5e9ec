/* SPDX-License-Identifier: MIT */
/*
 * Entering the handlers of interrupts and exceptions, in all modes and through all gates.
 * SDM 2A "INT n/INTO/INT3/INT1"; SDM 3A "Interrupt and Exception Handling", "8086 Emulation".
 */
#include <stdio.h>

#include "cpu/debug.h"
#include "cpu/frame.h"
#include "cpu/protect.h"
#include "src/base/log.h"

struct event {
    unsigned vector;
    enum interrupt_kind kind;
    bool has_error;
    u32 error;
    u32 return_eip;
    u32 flags; /* the image that is saved */
    u32 ext;   /* EXT bit of the error codes of what goes wrong meanwhile */
};

/* INT n, INT3, INTO: the program asked for it, so the gate's DPL counts. */
static bool is_software(const struct event *e)
{
    return e->kind == INTERRUPT_SOFTWARE;
}

/* A fault comes back to its instruction, which must not meet an instruction breakpoint twice.
 * SDM 3B "Resume Flag": a handler of #DB sets RF itself; between two iterations of a repeated
 * instruction RF is set already; INT n clears it. */
static bool is_fault(const struct event *e)
{
    return e->kind == INTERRUPT_EXCEPTION && e->vector != EX_DB;
}

const char *exception_name(unsigned vector)
{
    static const char *const names[] = {"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF",
                                        NULL,  "#TS", "#NP", "#SS", "#GP", "#PF", NULL,  "#MF", "#AC",
                                        "#MC", "#XM"};
    return vector < ARRAY_LEN(names) ? names[vector] : NULL;
}

/* INT n: the function that is called usually stands in AX. */
static void log_what(const struct cpu *cpu, const struct event *e, char *text, size_t size)
{
    const char *name = exception_name(e->vector);
    if (e->has_error)
        snprintf(text, size, " %s error %04x", name ? name : "", (unsigned)e->error);
    else if (e->kind == INTERRUPT_SOFTWARE)
        snprintf(text, size, " ax %04x", (unsigned)(cpu->r[EAX] & 0xffff));
    else if (e->kind == INTERRUPT_EXCEPTION && name)
        snprintf(text, size, " %s", name);
    else
        text[0] = 0;
}

static void log_event(const struct cpu *cpu, const struct event *e)
{
    char what[40];
    static const char *const kinds[] = {
        [INTERRUPT_EXTERNAL] = "external",
        [INTERRUPT_EXCEPTION] = "exception",
        [INTERRUPT_SOFTWARE] = "software",
        [INTERRUPT_ICEBP] = "int1",
    };
    log_what(cpu, e, what, sizeof what);
    log_line("int %02x %s%s at %04x:%08x cpl %u", e->vector, kinds[e->kind], what,
             cpu->seg[SEG_CS].selector, (unsigned)e->return_eip, cpu->cpl);
}

/* SDM 3A "Interrupt and Exception Handling" of real-address mode: four bytes a vector. To the 286 and
 * 386 a table that is too small is interrupt 8 (80386 PRM, "Real-Address Mode Exceptions"). */
static void enter_real(struct cpu *cpu, const struct event *e)
{
    struct frame f;
    if (e->vector * 4 + 3 > cpu->idtr.limit)
        cpu_raise(cpu, cpu->model->generation <= I386 ? EX_DF : EX_GP, 0, REASON_VECTOR_LIMIT);
    u32 target = (u32)sys_read(cpu, cpu->idtr.base + e->vector * 4, 4);
    frame_start(cpu, &f, &cpu->seg[SEG_SS], (u32)cpu->r[ESP], 2, 3, cpu->cpl, 0);
    frame_push(cpu, &f, e->flags);
    frame_push(cpu, &f, cpu->seg[SEG_CS].selector);
    frame_push(cpu, &f, e->return_eip);
    frame_commit(cpu, &f);
    flags_load(cpu, 0, FL_IF | FL_TF | FL_AC);
    segment_load_real(cpu, SEG_CS, (u16)(target >> 16));
    cpu->eip = target & 0xffff;
}

/* An interrupt or trap gate, checked, and where it leads to. */
struct handler {
    u16 selector, ss;
    u32 offset, size, esp;
    bool interrupt_gate; /* IF is cleared */
    bool inner;          /* to a more privileged level, on its own stack */
    unsigned pl;
    struct descriptor code, stack;
};

static void find_handler_code(struct cpu *cpu, const struct event *e, struct handler *h)
{
    const unsigned code = DA_S | DA_CODE;
    if (selector_null(h->selector))
        cpu_raise(cpu, EX_GP, e->ext, REASON_SELECTOR_NULL);
    if (!descriptor_find(cpu, h->selector, &h->code))
        selector_fault(cpu, EX_GP, h->selector, e->ext, REASON_SELECTOR_LIMIT);
    if ((h->code.attr & code) != code)
        selector_fault(cpu, EX_GP, h->selector, e->ext, REASON_SELECTOR_TYPE);
    h->pl = descriptor_dpl(&h->code);
    if (h->pl > cpu->cpl)
        selector_fault(cpu, EX_GP, h->selector, e->ext, REASON_SELECTOR_RIGHTS);
    if (!(h->code.attr & DA_P))
        selector_fault(cpu, EX_NP, h->selector, e->ext, REASON_NOT_PRESENT);
    if (h->code.attr & DA_CONFORMING)
        h->pl = cpu->cpl;
    h->inner = h->pl < cpu->cpl;
    if (cpu_vm86(cpu) && h->pl != 0)
        selector_fault(cpu, EX_GP, h->selector, e->ext, REASON_SELECTOR_RIGHTS);
}

/* The frame, from the top: GS FS DS ES of VM86 mode; SS ESP of another level; EFLAGS CS EIP; the
 * error code. */
static void push_frame(struct cpu *cpu, const struct event *e, const struct handler *h,
                       struct frame *f)
{
    static const u8 vm86_segments[] = {SEG_GS, SEG_FS, SEG_DS, SEG_ES};
    for (unsigned i = 0; cpu_vm86(cpu) && i < ARRAY_LEN(vm86_segments); i++)
        frame_push(cpu, f, cpu->seg[vm86_segments[i]].selector);
    if (h->inner) {
        frame_push(cpu, f, cpu->seg[SEG_SS].selector);
        frame_push(cpu, f, (u32)cpu->r[ESP]);
    }
    frame_push(cpu, f, e->flags);
    frame_push(cpu, f, cpu->seg[SEG_CS].selector);
    frame_push(cpu, f, e->return_eip);
    if (e->has_error)
        frame_push(cpu, f, e->error);
}

static void enter_handler(struct cpu *cpu, struct handler *h, struct frame *f)
{
    static const u8 data[] = {SEG_ES, SEG_DS, SEG_FS, SEG_GS};
    bool from_vm86 = cpu_vm86(cpu);
    frame_commit(cpu, f);
    flags_load(cpu, 0, FL_TF | FL_NT | FL_RF | FL_VM | (h->interrupt_gate ? FL_IF : 0));
    segment_load_cs(cpu, h->selector, &h->code, h->pl);
    if (h->inner)
        segment_set(cpu, SEG_SS, h->ss, &h->stack);
    for (unsigned i = 0; from_vm86 && i < ARRAY_LEN(data); i++)
        segment_set_null(cpu, data[i], 0);
    cpu->eip = h->offset;
}

static void enter_gate(struct cpu *cpu, const struct event *e, const struct descriptor *gate)
{
    unsigned type = descriptor_system_type(gate);
    struct handler h = {.selector = (u16)(gate->low >> 16),
                        .size = type & SYS_386 ? 4 : 2,
                        .interrupt_gate = !(type & 1),
                        .offset = gate->low & 0xffff};
    struct segment inner;
    struct frame f;
    if (type & SYS_386)
        h.offset |= gate->high & 0xffff0000;
    find_handler_code(cpu, e, &h);
    unsigned items = 3 + e->has_error + (h.inner ? 2 : 0) + (cpu_vm86(cpu) ? 4 : 0);
    if (h.inner) {
        task_stack(cpu, h.pl, e->ext, &h.ss, &h.esp);
        segment_check_stack(cpu, h.ss, h.pl, EX_TS, e->ext, &h.stack);
        inner = segment_of(h.ss, &h.stack);
        frame_start(cpu, &f, &inner, h.esp, h.size, items, h.pl, (h.ss & 0xfffc) | e->ext);
    } else {
        frame_start(cpu, &f, &cpu->seg[SEG_SS], (u32)cpu->r[ESP], h.size, items, h.pl, e->ext);
    }
    if (h.offset > h.code.limit)
        cpu_raise(cpu, EX_GP, e->ext, REASON_CODE_LIMIT);
    descriptor_probe_accessed(cpu, &h.code);
    push_frame(cpu, e, &h, &f);
    enter_handler(cpu, &h, &f);
}

static void enter_task(struct cpu *cpu, const struct event *e, const struct descriptor *gate)
{
    u16 selector = (u16)(gate->low >> 16);
    struct descriptor tss;
    if (selector & 4 || !descriptor_find(cpu, selector, &tss))
        selector_fault(cpu, EX_GP, selector, e->ext, REASON_SELECTOR_LIMIT);
    unsigned type = descriptor_system_type(&tss);
    if (type != SYS_TSS16 && type != SYS_TSS32)
        selector_fault(cpu, EX_GP, selector, e->ext, REASON_SELECTOR_TYPE);
    if (!(tss.attr & DA_P))
        selector_fault(cpu, EX_NP, selector, e->ext, REASON_NOT_PRESENT);
    task_switch(cpu, selector, &tss,
                is_software(e) ? TASK_SOFTWARE
                : is_fault(e)  ? TASK_FAULT
                               : TASK_INTERRUPT,
                e->return_eip, e->has_error ? &e->error : NULL);
}

static const u16 gate_types =
    1 << SYS_TASK_GATE | 1 << SYS_INT16 | 1 << SYS_TRAP16 | 1 << SYS_INT32 | 1 << SYS_TRAP32;

/* Errors of the gate itself carry the IDT bit. SDM 3A "Error Code". */
static void enter_protected(struct cpu *cpu, const struct event *e)
{
    struct descriptor gate;
    u32 error = e->vector * 8 | 2 | e->ext;
    if (e->vector * 8 + 7 > cpu->idtr.limit)
        cpu_raise(cpu, EX_GP, error, REASON_VECTOR_LIMIT);
    descriptor_at(cpu, cpu->idtr.base + e->vector * 8, &gate);
    if (!(gate_types >> descriptor_system_type(&gate) & 1))
        cpu_raise(cpu, EX_GP, error, REASON_GATE);
    if (is_software(e) && descriptor_dpl(&gate) < cpu->cpl)
        cpu_raise(cpu, EX_GP, error, REASON_SELECTOR_RIGHTS);
    if (!(gate.attr & DA_P))
        cpu_raise(cpu, EX_NP, error, REASON_NOT_PRESENT);
    if (descriptor_system_type(&gate) == SYS_TASK_GATE)
        enter_task(cpu, e, &gate);
    else
        enter_gate(cpu, e, &gate);
}

void interrupt_enter(struct cpu *cpu, unsigned vector, enum interrupt_kind kind, bool has_error,
                     u32 error, u32 return_eip)
{
    struct event e = {.vector = vector & 0xff,
                      .kind = kind,
                      .has_error = has_error,
                      .error = error,
                      .return_eip = return_eip,
                      .flags = cpu_eflags(cpu) | FL_ALWAYS};
    e.ext = !is_software(&e);
    if (e.kind == INTERRUPT_SOFTWARE || e.kind == INTERRUPT_ICEBP)
        e.flags &= ~(u32)FL_RF;
    if (is_fault(&e))
        e.flags |= FL_RF;
    if (vector == EX_DB && !is_software(&e)) {
        cpu->dr[7] &= ~(u32)DR7_GD;
        cpu->msr[MSR_AT_DEBUGCTL] &= ~(u64)3; /* LBR, BTF */
    }
    if (log_on(LOG_INT))
        log_event(cpu, &e);
    if (cpu_protected(cpu))
        enter_protected(cpu, &e);
    else
        enter_real(cpu, &e);
    cpu->step_trap = false;
}
