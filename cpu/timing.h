/* SPDX-License-Identifier: MIT */
/*
 * How many clocks instructions take: approximately, from the manuals' tables (timing.def). What is
 * known when an instruction is decoded is in its block's cost; what depends on operands is added
 * while the processors up to the 386, which have no cache, run plain.
 */
#ifndef CPU_TIMING_H
#define CPU_TIMING_H

#include "cpu/cpu.h"
#include "cpu/insn.h"

/* What the decoder knows of an instruction beside its row. */
struct insn_form {
    bool memory, address32;
    u8 modrm;
    u8 prefixes; /* bytes of them */
    u8 bytes;    /* of the whole instruction */
    u16 op;      /* with REP another one than the row's */
};

/* Clocks of the instruction, at most TIMING_MAX, without the surcharge of a taken jump. */
u32 timing_clocks(const struct cpu_model *model, const struct insn *row,
                  const struct insn_form *form);
enum { TIMING_MAX = 200 };

/* Of a conditional jump that is taken; of entering an exception's handler. */
u32 timing_taken(const struct cpu_model *model);
u32 timing_exception(const struct cpu_model *model);

/* Of INT n: what INTO takes besides when it interrupts. */
u32 timing_interrupt(const struct cpu_model *model);

/* Of one iteration of the repeated string instruction U that begins. */
u32 timing_iteration(struct cpu *cpu, const struct uop *u);

/* Before U is run: what its operands cost beyond its class (words at odd addresses, counts of
 * shifts, bits of a multiplier). Only for models with a bus_bytes. */
u32 timing_operands(struct cpu *cpu, const struct uop *u);

#endif
