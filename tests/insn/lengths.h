/* SPDX-License-Identifier: MIT */
/* How long the host's processor takes an instruction to be. */
#ifndef TESTS_INSN_LENGTHS_H
#define TESTS_INSN_LENGTHS_H

#include "cpu/insn.h"

/* Is LENGTH right for the instruction at BYTES, in 16- or 32-bit code? It is put to the end of a
 * page that no page follows: without its last byte the host must fault on fetching it, and with it
 * not. */
bool length_good(const u8 *bytes, unsigned length, bool code32);

/* May the host be asked, in ring 3? */
bool length_askable(const struct uop *u, const u8 *bytes);

#endif
