/* SPDX-License-Identifier: MIT */
/* Page tables: from linear to physical addresses. Who remembers them is mmu.c. */
#ifndef CPU_PAGING_H
#define CPU_PAGING_H

#include "cpu/cpu.h"

struct translation {
    paddr page;
    bool writable; /* a write needs no further check and no D bit */
    bool global;   /* survives a load of CR3 */
    bool large;    /* part of a page of 2 or 4 MiB */
};

/* The page of LINEAR for a read or WRITE, with the rights of CPL 3 (USER) or less. Marks it accessed
 * and dirty, or raises #PF. */
struct translation page_walk(struct cpu *cpu, u32 linear, unsigned write, bool user);

/* Where LINEAR lies, without rights, marks and faults. False: nowhere. */
bool page_peek(struct cpu *cpu, u32 linear, paddr *page);

/* The four page directory pointers of PAE paging that CR3 names, into PDPTE. False: one of them has
 * a reserved bit set; then PDPTE is as it was. */
bool paging_load_pointers(struct cpu *cpu, u32 cr3, u64 pdpte[4]);

#endif
