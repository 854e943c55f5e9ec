/* SPDX-License-Identifier: MIT */
/* What repeated string instructions and string I/O share. */
#ifndef CPU_STRING_H
#define CPU_STRING_H

#include "cpu/access.h"

struct repeated {
    /* One iteration: all of it, or a fault. False: the prefix's condition ends the loop. */
    bool (*one)(struct cpu *cpu, const struct uop *u, u32 size);
    /* Up to WANTED iterations at once; 0: cannot be done in bulk. *MORE: false as above. */
    u32 (*bulk)(struct cpu *cpu, const struct uop *u, u32 size, u32 wanted, bool *more);
};

/* Run the repeated instruction U; SIZE: bytes an element. */
const struct uop *string_repeat(struct cpu *cpu, const struct uop *u, const struct repeated *op,
                                u32 size);

/* An index or count register by the address size; add to it; what DF makes of SIZE. */
u32 string_index(const struct cpu *cpu, const struct uop *u, unsigned reg);
void string_advance(struct cpu *cpu, const struct uop *u, unsigned reg, u32 by);
u32 string_step(const struct cpu *cpu, u32 size);

/* In bulk: how many of WANTED elements from OFFSET on lie in its page and below the segment's end; and
 * the host memory of so many BYTES, or NULL: the slow way (chip, decoded code). Raises #PF. */
u32 string_elements_here(struct cpu *cpu, unsigned seg, u32 offset, u32 size, u32 wanted,
                         unsigned write);
u8 *string_elements_host(struct cpu *cpu, unsigned seg, u32 offset, u32 bytes, unsigned write);

#endif
