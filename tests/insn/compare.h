/* SPDX-License-Identifier: MIT */
/* Two outcomes of one case against each other, less the known differences. */
#ifndef TESTS_INSN_COMPARE_H
#define TESTS_INSN_COMPARE_H

#include "tests/insn/cases.h"

/* What differs; DIFFERS_FLAGS: see the mask of flags. */
enum {
    DIFFERS_VECTOR = 1,
    DIFFERS_ERROR = 2,
    DIFFERS_EIP = 4,
    DIFFERS_REGISTER = 8,
    DIFFERS_SEGMENT = 16,
    DIFFERS_MEMORY = 32,
    DIFFERS_FLAGS = 64,
    DIFFERS_FPU = 128, /* control, status, tags, pointers */
    DIFFERS_ST = 256,  /* registers of x87 or MMX */
    DIFFERS_MXCSR = 512,
    DIFFERS_XMM = 1024,
};

/* Returns DIFFERS_*, but for memory. EIP: where the instruction lies. *FLAGS: the flags that
 * differ. */
unsigned compare(u32 eip, enum run_kind kind, const struct outcome *native,
                 const struct outcome *ours, u32 *flags);

/* WHAT and FLAGS in words. */
void compare_name(unsigned what, u32 flags, char *text, size_t size);

/* Registers before and after, on both sides, with a mark at what differs. */
void compare_show(const struct regs *in, const struct outcome *native, const struct outcome *ours);

#endif
