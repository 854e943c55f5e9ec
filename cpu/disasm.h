/* SPDX-License-Identifier: MIT */
/* Machine code as text, from the instruction table: for traces and debuggers. */
#ifndef CPU_DISASM_H
#define CPU_DISASM_H

#include "cpu/insn.h"

enum { DISASM_TEXT = 96 }; /* room for any line of disassembly */

/*
 * The instruction at BYTES, of which N may be looked at, in the syntax of NASM. EIP is its offset:
 * jump targets are printed as offsets in the code segment. CODE32: the D bit of that segment.
 * Returns the length; 0, and no text, when N bytes are too few (15 always suffice). What is no
 * instruction becomes "db 0x.." and takes one byte. What NASM could not tell from mnemonic and
 * operands stands before them: o16, o32, a16, a32, a segment, rep.
 */
unsigned disasm(const struct insn_index *index, const u8 *bytes, unsigned n, u32 eip, bool code32,
                char *text, size_t size);

#endif
