/* SPDX-License-Identifier: MIT */
/* Stack frames of far calls and interrupts: find every part first, then write. */
#include "cpu/frame.h"

#include "cpu/generation.h"
#include "cpu/protect.h"

static u32 frame_mask(const struct frame *f)
{
    return f->ss->attr & DA_DB ? 0xffffffffu : 0xffffu;
}

void frame_start(struct cpu *cpu, struct frame *f, const struct segment *ss, u32 esp, u32 size,
                 unsigned items, unsigned pl, u32 error)
{
    f->ss = ss;
    f->esp = esp;
    f->size = size;
    f->super = pl < 3;
    f->count = 0;
    for (unsigned i = 1; i <= items && !generation_of(cpu->model)->wraps; i++)
        if (!segment_holds(ss, (esp - i * size) & frame_mask(f), size))
            cpu_raise(cpu, EX_SS, error, REASON_STACK_LIMIT);
}

void frame_push(struct cpu *cpu, struct frame *f, u32 value)
{
    f->esp -= f->size;
    if (generation_of(cpu->model)->wraps) {
        mem_find(cpu, &f->item[f->count].at, SEG_SS, f->esp & 0xffff, f->size, ACCESS_WRITE);
        f->item[f->count++].value = value & 0xffff;
        return;
    }
    u32 linear = (u32)f->ss->base + (f->esp & frame_mask(f));
    if (!f->super && cpu->mode & MODE_ALIGN && linear & (f->size - 1))
        cpu_raise(cpu, EX_AC, 0, REASON_ALIGNMENT);
    lin_find(cpu, &f->item[f->count].at, linear, f->size, ACCESS_WRITE, f->super);
    f->item[f->count++].value = f->size == 2 ? value & 0xffff : value;
}

void frame_commit(struct cpu *cpu, struct frame *f)
{
    for (unsigned i = 0; i < f->count; i++)
        at_put(cpu, &f->item[i].at, f->item[i].value);
    cpu->r[ESP] = ((u32)cpu->r[ESP] & ~frame_mask(f)) | (f->esp & frame_mask(f));
}
