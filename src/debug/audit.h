/* SPDX-License-Identifier: MIT */
/*
 * -audit: the sensitive instructions that ran outside ring 0 and did not trap. A monitor that runs
 * its guest on the bare processor and waits for traps would have missed them: they see or change
 * what the monitor keeps from the guest, and the x86 lets them. (Popek and Goldberg, "Formal
 * Requirements for Virtualizable Third Generation Architectures", 1974, theorem 1; Robin and
 * Irvine, "Analysis of the Intel Pentium's Ability to Support a Secure Virtual Machine Monitor",
 * 2000, names the instructions.)
 */
#ifndef DEBUG_AUDIT_H
#define DEBUG_AUDIT_H

#include "cpu/listing.h"

enum { AUDIT_PLACES = 1 << 14 }; /* addresses that are told apart */

struct audit_place {
    u64 times; /* 0: free */
    u32 linear;
    u16 op; /* enum insn_op */
    u8 cpl;
    bool vm86;
    char text[LISTING_TEXT]; /* address, bytes and instruction, of the first time */
};

struct audit {
    struct audit_place *places; /* by a hash of the address; NULL: no audit */
    u64 overflow;               /* executions at addresses for which there was no room */
    u32 count;
    struct audit_place running; /* the instruction just begun, times 1; or times 0 */
    u64 running_at;             /* cpu_insns() when it began */
};

/* False: no host memory. */
bool audit_init(struct audit *audit);
void audit_free(struct audit *audit);

/* Before each instruction (cpu->current). The one before it is counted if it was completed. */
void audit_insn(struct audit *audit, struct cpu *cpu, u64 now);

/* A line for each address to OUT, in their order, and one with the sums. */
void audit_report(const struct audit *audit, FILE *out);

#endif
