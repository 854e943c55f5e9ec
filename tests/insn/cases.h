/* SPDX-License-Identifier: MIT */
/* Random cases: an instruction, where it lies, the segments, and its operands. */
#ifndef TESTS_INSN_CASES_H
#define TESTS_INSN_CASES_H

#include "tests/insn/text.h"
#include "tests/insn/world.h"

enum { SETTINGS = 8 }; /* sets of operands for each instruction */

struct group {
    struct random *random;
    struct text text;
    struct regs regs; /* with the segments and EIP of all the group's cases */
    u32 linear, end;  /* of the instruction; END is an offset */
    u8 code[TEXT_BYTES + 8];
    u32 code_bytes;
};

/* A new instruction, with what ends it, not yet written to memory. */
void group_make(struct group *g, struct random *r, const struct choice *choice);

/* Registers for one case, and the values planted in memory on both sides. */
enum run_kind group_setting(struct group *g, struct regs *in);

/* Would the host run it for ever? A far call to the 64-bit code segment of Linux pushes above 4 GiB
 * while CS is still that of 32 bits; Linux takes that page fault for an erratum of the K8 (number
 * 100) and goes back to the instruction. */
bool group_hangs(const struct group *g, const struct regs *in);

/* Did the case meet a selector that means something else on the host? */
bool group_alien(const struct group *g, const struct regs *in, const struct outcome *native,
                 const struct outcome *ours);

#endif
