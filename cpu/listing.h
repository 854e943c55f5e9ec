/* SPDX-License-Identifier: MIT */
/* The CPU's state as lines of text: what traces and a debugger show. */
#ifndef CPU_LISTING_H
#define CPU_LISTING_H

#include "cpu/cpu.h"
#include "cpu/disasm.h"

enum { LISTING_TEXT = DISASM_TEXT + 64, REGISTERS_TEXT = 160 };

/* "0008:00401000  8b 44 b3 10              mov eax,[ebx+esi*4+0x10]" for the instruction at EIP of
 * the current code segment; its length, 0 if its bytes are not all in memory that can be read. */
unsigned listing_code(struct cpu *cpu, u32 eip, char *text, size_t size);

/* The general registers; segments, flags and control registers. Arithmetic and control flags are
 * letters where they are set: "-ODITSZAPC" with N for NT. */
void listing_registers(const struct cpu *cpu, char *text, size_t size);
void listing_system(const struct cpu *cpu, char *text, size_t size);

#endif
