/* SPDX-License-Identifier: MIT */
/* What is derived from segment registers and control registers: limits, mode key, TLB set. */
#include "cpu/access.h"

/* First refused offset for SIZE bytes below LIMIT. The very last byte of 4 GiB is left to the complete
 * check. */
static u32 first_refused(u32 limit, u32 size)
{
    if (limit == 0xffffffffu && size == 1)
        return limit;
    return limit < size - 1 ? 0 : limit + 2 - size;
}

void segment_derive(struct segment *seg)
{
    bool code = seg->attr & DA_CODE, plain = (seg->attr & DA_P) && (seg->attr & DA_S);
    bool up = plain && (code || !(seg->attr & DA_EXPAND_DOWN));
    bool read = up && (!code || seg->attr & DA_READABLE);
    bool write = up && !code && seg->attr & DA_WRITABLE;
    for (u32 i = 0; i < 4; i++) {
        u32 end = first_refused(seg->limit, 1u << i);
        seg->end[0][i] = read ? end : 0;
        seg->end[1][i] = write ? end : 0;
    }
}

static bool segment_flat(const struct segment *seg)
{
    return !seg->base && seg->limit == 0xffffffffu && seg->end[1][0];
}

void mode_update(struct cpu *cpu)
{
    const struct segment *cs = &cpu->seg[SEG_CS];
    unsigned mode = 0;
    if (cs->attr & DA_DB)
        mode |= MODE_CODE32;
    if (cpu->seg[SEG_SS].attr & DA_DB)
        mode |= MODE_STACK32;
    if (segment_flat(&cpu->seg[SEG_ES]))
        mode |= MODE_FLAT_ES;
    if (segment_flat(&cpu->seg[SEG_SS]))
        mode |= MODE_FLAT_SS;
    if (segment_flat(&cpu->seg[SEG_DS]))
        mode |= MODE_FLAT_DS;
    if (cpu->cpl == 3 && cpu->cr0 & CR0_AM && cpu->eflags & FL_AC)
        mode |= MODE_ALIGN;
    if (cs->limit == 0xffffffffu)
        mode |= MODE_LIMIT_4G;
    else if (cs->limit != 0xffff)
        mode |= MODE_LIMIT_OTHER;
    struct tlb *tlb = &cpu->tlb_set[cpu->cpl == 3];
    if (mode != cpu->mode || tlb != cpu->tlb)
        cpu->stop |= STOP_EVENT;
    cpu->mode = (u16)mode;
    cpu->tlb = tlb;
}
