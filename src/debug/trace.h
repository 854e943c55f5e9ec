/* SPDX-License-Identifier: MIT */
/*
 * Traces of what the CPU does: -d exec and -d cpu, and the ranges that limit traces.
 *
 * -dfilter shows code at some addresses only; log.h knows about it. -dcount turns all traces on for
 * some instruction counts only. While the hook before each instruction is not needed the CPU runs
 * at full speed.
 */
#ifndef DEBUG_TRACE_H
#define DEBUG_TRACE_H

#include "cpu/cpu.h"
#include "src/base/log.h"
#include "src/debug/audit.h"

struct trace {
    struct cpu *cpu;          /* the one that runs */
    u32 classes;              /* LOG_*: what the user wants to see */
    struct log_ranges counts; /* of instructions since power-on, of all CPUs; empty: all */
    struct audit *audit;      /* wants to see every instruction, or NULL */
};

/* Trace what log_mask asks for now, at COUNTS (NULL: always). */
void trace_init(struct trace *trace, struct cpu *cpu, const struct log_ranges *counts);

/* Before CPU runs for at most CYCLES clocks: put in the hook if it is needed, and take it out when it
 * no longer is. */
void trace_prepare(struct trace *trace, struct cpu *cpu, u64 cycles);

#endif
