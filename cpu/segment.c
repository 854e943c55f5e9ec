/* SPDX-License-Identifier: MIT */
/*
 * Descriptors and segment registers: what MOV sreg, LLDT, LTR, LAR, LSL, VERR and VERW check and
 * load. SDM 3A chapters "Protected-Mode Memory Management" and "Protection".
 */
#include "cpu/protect.h"

enum {
    REAL_LIMIT = 0xffff,
    REAL_RIGHTS = DA_P | DA_S | DA_WRITABLE | DA_ACCESSED,
    VM86_RIGHTS = REAL_RIGHTS | DA_DPL,
};

NORETURN void selector_fault(struct cpu *cpu, unsigned vector, u16 selector, u32 ext,
                             enum cpu_reason reason)
{
    cpu_raise(cpu, vector, (selector & 0xfffc) | ext, reason);
}

/* On a 286 the last word is reserved, and half of the system types are not there. */
static u32 high_286(u32 high)
{
    bool later = (high & (DA_S | SYS_386) << 8) == SYS_386 << 8;
    return high & (later ? 0xf0ff : 0xffff);
}

/*  high  31     24 23 22 21 20  19     16 15 14 13 12 11   8 7      0
 *        base      G  DB    AVL limit     P  DPL   S  type   base 23:16
 *  low   31                 16 15                             0
 *        base 15:0             limit 15:0                              */
void descriptor_at(struct cpu *cpu, u32 linear, struct descriptor *d)
{
    u64 raw = sys_read(cpu, linear, 8);
    d->low = (u32)raw;
    d->high = (u32)(raw >> 32);
    d->address = linear;
    if (cpu->model->generation < I386)
        d->high = high_286(d->high);
    d->base = d->low >> 16 | (d->high & 0xff) << 16 | (d->high & 0xff000000);
    d->limit = (d->low & 0xffff) | (d->high & 0xf0000);
    d->attr = (u16)((d->high >> 8 & 0xff) | (d->high >> 12 & 0xf00));
    if (d->attr & DA_G)
        d->limit = d->limit << 12 | 0xfff;
}

bool descriptor_find(struct cpu *cpu, u16 selector, struct descriptor *d)
{
    bool local = selector & 4;
    u32 base = local ? (u32)cpu->ldtr.base : cpu->gdtr.base;
    u32 limit = local ? cpu->ldtr.limit : cpu->gdtr.limit;
    if (selector_null(selector) || (local && !cpu->ldtr.attr) || (selector | 7u) > limit)
        return false;
    descriptor_at(cpu, base + (selector & 0xfff8), d);
    return true;
}

void descriptor_read(struct cpu *cpu, u16 selector, struct descriptor *d, unsigned vector)
{
    if (!descriptor_find(cpu, selector, d))
        selector_fault(cpu, vector, selector, 0,
                       selector_null(selector) ? REASON_SELECTOR_NULL : REASON_SELECTOR_LIMIT);
}

void descriptor_probe_accessed(struct cpu *cpu, const struct descriptor *d)
{
    if (!(d->attr & DA_ACCESSED))
        sys_probe_write(cpu, d->address + 5, 1);
}

void descriptor_set_accessed(struct cpu *cpu, struct descriptor *d)
{
    if (d->attr & DA_ACCESSED)
        return;
    d->attr |= DA_ACCESSED;
    d->high |= DA_ACCESSED << 8;
    sys_write(cpu, d->address + 5, d->attr & 0xff, 1);
}

struct segment segment_of(u16 selector, const struct descriptor *d)
{
    return (struct segment){
        .base = d->base, .limit = d->limit, .selector = selector, .attr = d->attr};
}

bool segment_holds(const struct segment *seg, u32 offset, u32 size)
{
    u64 last = (u64)offset + size - 1;
    if (!(seg->attr & DA_P))
        return false;
    if ((seg->attr & (DA_CODE | DA_EXPAND_DOWN)) != DA_EXPAND_DOWN)
        return last <= seg->limit;
    return offset > seg->limit && last <= (seg->attr & DA_DB ? 0xffffffffu : 0xffffu);
}

static void segment_replace(struct cpu *cpu, unsigned seg, struct segment value)
{
    segment_derive(&value);
    cpu->seg[seg] = value;
    mode_update(cpu);
}

void segment_set(struct cpu *cpu, unsigned seg, u16 selector, struct descriptor *d)
{
    descriptor_set_accessed(cpu, d);
    segment_replace(cpu, seg, segment_of(selector, d));
}

void segment_load_cs(struct cpu *cpu, u16 selector, struct descriptor *d, unsigned cpl)
{
    descriptor_set_accessed(cpu, d);
    cpu->cpl = (u8)cpl;
    segment_replace(cpu, SEG_CS, segment_of((u16)((selector & 0xfffc) | cpl), d));
}

/* The limit stays for a later load in real mode. */
void segment_set_null(struct cpu *cpu, unsigned seg, u16 selector)
{
    struct segment value = {.selector = selector, .limit = cpu->seg[seg].limit};
    segment_replace(cpu, seg, value);
}

/* SDM 3A "Real-Address Mode Operation", "Address Translation": a load sets the selector and the
 * base. The 386 and 486 give CS fixed rights and limit; the other registers keep what protected
 * mode left in them ("unreal" mode). */
void segment_load_real(struct cpu *cpu, unsigned seg, u16 selector)
{
    struct segment value = cpu->seg[seg];
    value.selector = selector;
    value.base = (u32)selector << 4;
    if (cpu_vm86(cpu) || seg == SEG_CS) {
        value.limit = REAL_LIMIT;
        value.attr = cpu_vm86(cpu) ? VM86_RIGHTS : REAL_RIGHTS;
    }
    if (!(value.attr & DA_P))
        value.attr = REAL_RIGHTS;
    if (seg == SEG_SS)
        value.attr &= (u16)~DA_DB;
    segment_replace(cpu, seg, value);
}

static void find_or_fault(struct cpu *cpu, u16 selector, unsigned vector, u32 ext,
                          struct descriptor *d)
{
    if (selector_null(selector))
        cpu_raise(cpu, vector, ext, REASON_SELECTOR_NULL);
    if (!descriptor_find(cpu, selector, d))
        selector_fault(cpu, vector, selector, ext, REASON_SELECTOR_LIMIT);
}

void segment_check_stack(struct cpu *cpu, u16 selector, unsigned pl, unsigned vector, u32 ext,
                         struct descriptor *d)
{
    find_or_fault(cpu, selector, vector, ext, d);
    if ((selector & 3u) != pl)
        selector_fault(cpu, vector, selector, ext, REASON_SELECTOR_RIGHTS);
    if ((d->attr & (DA_S | DA_CODE | DA_WRITABLE)) != (DA_S | DA_WRITABLE))
        selector_fault(cpu, vector, selector, ext, REASON_SELECTOR_TYPE);
    if (descriptor_dpl(d) != pl)
        selector_fault(cpu, vector, selector, ext, REASON_SELECTOR_RIGHTS);
    if (!(d->attr & DA_P))
        selector_fault(cpu, EX_SS, selector, ext, REASON_NOT_PRESENT);
    descriptor_probe_accessed(cpu, d);
}

static bool is_conforming(const struct descriptor *d)
{
    const unsigned bits = DA_S | DA_CODE | DA_CONFORMING;
    return (d->attr & bits) == bits;
}

/* Data and readable code. */
static bool is_readable(const struct descriptor *d)
{
    return d->attr & DA_S && (!(d->attr & DA_CODE) || d->attr & DA_READABLE);
}

/* Both the program and the selector it was handed must be at least as privileged as D. */
static bool is_reachable(const struct cpu *cpu, u16 selector, const struct descriptor *d)
{
    unsigned dpl = descriptor_dpl(d);
    return is_conforming(d) || (cpu->cpl <= dpl && (selector & 3u) <= dpl);
}

void segment_check_data(struct cpu *cpu, u16 selector, unsigned vector, u32 ext,
                        struct descriptor *d)
{
    find_or_fault(cpu, selector, vector, ext, d);
    if (!is_readable(d))
        selector_fault(cpu, vector, selector, ext, REASON_SELECTOR_TYPE);
    if (!is_reachable(cpu, selector, d))
        selector_fault(cpu, vector, selector, ext, REASON_SELECTOR_RIGHTS);
    if (!(d->attr & DA_P))
        selector_fault(cpu, EX_NP, selector, ext, REASON_NOT_PRESENT);
    descriptor_probe_accessed(cpu, d);
}

/* SDM 2B "MOV": loading a segment register in protected mode. */
void segment_load(struct cpu *cpu, unsigned seg, u16 selector)
{
    struct descriptor d;
    if (cpu_real_segments(cpu)) {
        segment_load_real(cpu, seg, selector);
        return;
    }
    if (selector_null(selector) && seg != SEG_SS) {
        segment_set_null(cpu, seg, selector);
        return;
    }
    if (seg == SEG_SS)
        segment_check_stack(cpu, selector, cpu->cpl, EX_GP, 0, &d);
    else
        segment_check_data(cpu, selector, EX_GP, 0, &d);
    segment_set(cpu, seg, selector, &d);
}

/* Find a descriptor that must be in the GDT. */
static void find_global(struct cpu *cpu, u16 selector, struct descriptor *d)
{
    if (selector & 4)
        selector_fault(cpu, EX_GP, selector, 0, REASON_SELECTOR_LIMIT);
    descriptor_read(cpu, selector, d, EX_GP);
}

/* SDM 2A "LLDT". */
void segment_lldt(struct cpu *cpu, u16 selector)
{
    struct descriptor d;
    if (selector_null(selector)) {
        cpu->ldtr = (struct segment){.selector = selector};
        return;
    }
    find_global(cpu, selector, &d);
    if (descriptor_system_type(&d) != SYS_LDT)
        selector_fault(cpu, EX_GP, selector, 0, REASON_SELECTOR_TYPE);
    if (!(d.attr & DA_P))
        selector_fault(cpu, EX_NP, selector, 0, REASON_NOT_PRESENT);
    cpu->ldtr = segment_of(selector, &d);
}

/* SDM 2A "LTR". */
void segment_ltr(struct cpu *cpu, u16 selector)
{
    struct descriptor d;
    if (selector_null(selector))
        cpu_raise_gp0(cpu, REASON_SELECTOR_NULL);
    find_global(cpu, selector, &d);
    unsigned type = descriptor_system_type(&d);
    if (type != SYS_TSS16 && type != SYS_TSS32)
        selector_fault(cpu, EX_GP, selector, 0, REASON_SELECTOR_TYPE);
    if (!(d.attr & DA_P))
        selector_fault(cpu, EX_NP, selector, 0, REASON_NOT_PRESENT);
    d.attr |= SYS_TSS_BUSY;
    sys_write(cpu, d.address + 5, d.attr & 0xff, 1);
    cpu->tr = segment_of(selector, &d);
}

/* The system types whose rights LAR tells (SDM 2A "LAR"), and whose limit LSL tells ("LSL"). */
static const u16 lar_types = 1 << SYS_TSS16 | 1 << SYS_LDT | 1 << SYS_TSS16_BUSY | 1 << SYS_CALL16 |
                             1 << SYS_TASK_GATE | 1 << SYS_TSS32 | 1 << SYS_TSS32_BUSY |
                             1 << SYS_CALL32;
static const u16 lsl_types =
    1 << SYS_TSS16 | 1 << SYS_LDT | 1 << SYS_TSS16_BUSY | 1 << SYS_TSS32 | 1 << SYS_TSS32_BUSY;

static bool look_at(struct cpu *cpu, u16 selector, u16 types, struct descriptor *d)
{
    if (!descriptor_find(cpu, selector, d) || !is_reachable(cpu, selector, d))
        return false;
    return d->attr & DA_S || types >> (d->attr & DA_TYPE) & 1;
}

bool segment_lar(struct cpu *cpu, u16 selector, u32 *rights)
{
    struct descriptor d;
    if (!look_at(cpu, selector, lar_types, &d))
        return false;
    *rights = d.high & 0x00ffff00; /* bits 16 to 19 are "undefined": those of the limit */
    return true;
}

bool segment_lsl(struct cpu *cpu, u16 selector, u32 *limit)
{
    struct descriptor d;
    if (!look_at(cpu, selector, lsl_types, &d))
        return false;
    *limit = d.limit;
    return true;
}

/* SDM 2B "VERR/VERW". */
bool segment_verify(struct cpu *cpu, u16 selector, bool write)
{
    struct descriptor d;
    if (!look_at(cpu, selector, 0, &d))
        return false;
    if (write)
        return !(d.attr & DA_CODE) && d.attr & DA_WRITABLE;
    return is_readable(&d);
}
