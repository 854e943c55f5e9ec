/* SPDX-License-Identifier: MIT */
/* One random instruction as bytes, with what the choice of operands has to know about it. */
#ifndef TESTS_INSN_TEXT_H
#define TESTS_INSN_TEXT_H

#include "cpu/insn.h"
#include "tests/insn/random.h"

enum { TEXT_BYTES = 24, NO_REGISTER = 8 };

struct text {
    u8 byte[TEXT_BYTES];
    u32 n;
    const struct insn *row;
    bool code32, op32, addr32, lock, rep;
    u8 modrm;
    bool has_modrm, memory;
    u8 seg;         /* of the memory operand */
    u8 base, index; /* registers of the address, or NO_REGISTER */
    u8 scale;       /* shift of the index */
    u32 disp;
    u8 imm; /* the first byte of the immediate */
};

/* The instructions that mean the same on the host and on the model of INDEX. */
struct choice {
    const struct insn *row[2048];
    u32 count;
};

/* All of them, or those with this mnemonic. */
void choice_make(struct choice *choice, const struct insn_index *index, const char *only);

/* What a memory operand without registers may name: the generator of offsets. */
typedef u32 offset_fn(void *owner, unsigned seg, bool addr32);

/* Make an instruction of ROW for 16- or 32-bit code. */
void text_make(struct text *t, struct random *r, const struct insn *row, bool code32,
               offset_fn *offset, void *owner);

/* May it go anywhere but to the next instruction? May it hold off a single step? */
/* Has it registers of the floating-point unit, MMX or SSE? */
bool text_vector(const struct text *t);
bool text_jumps(const struct text *t);
bool text_loads_ss(const struct text *t);

#endif
