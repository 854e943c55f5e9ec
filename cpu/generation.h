/* SPDX-License-Identifier: MIT */
/* What the generations of the processor differ in besides their instructions, as data. */
#ifndef CPU_GENERATION_H
#define CPU_GENERATION_H

#include "cpu/model.h"

struct generation {
    u32 flags;      /* the bits of EFLAGS that can be set in protected mode, of those of the model */
    u32 flags_real; /* and in real mode */
    u32 flags_ones; /* and those that are always set */
    u32 pins;       /* mask of the addresses that it can put out (without paging) */
    u8 insn_bytes;  /* the longest instruction */
    bool wraps;     /* operands and code wrap at the end of their segment; nothing is undefined */
};

extern const struct generation generations[I686 + 1];

INLINE const struct generation *generation_of(const struct cpu_model *model)
{
    return &generations[model->generation];
}

#endif
