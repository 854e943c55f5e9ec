/* SPDX-License-Identifier: MIT */
/*
 * Every beginning of an instruction: all opcodes of one and two bytes, with every ModRM byte, after
 * no prefix, each prefix and each pair of them, in 16- and 32-bit code; and every SIB byte.
 */
#ifndef TESTS_INSN_OPENINGS_H
#define TESTS_INSN_OPENINGS_H

#include "src/base/types.h"

enum { OPENING_BYTES = 16, OPENING_FILL = 0xc3 };

/* BYTES: the opening, then OPENING_FILL; N: how many prefixes. */
typedef void opening_fn(void *owner, const u8 *bytes, unsigned prefixes, bool code32);

bool is_prefix(unsigned byte);

/* PREFIXES: how many at most, 0 to 2. */
void openings_each(unsigned prefixes, opening_fn *use, void *owner);

#endif
