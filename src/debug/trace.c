/* SPDX-License-Identifier: MIT */
#include "src/debug/trace.h"

#include "cpu/listing.h"

enum { EACH_INSN = LOG_EXEC | LOG_CPU, TURNS = EACH_INSN | LOG_INT | LOG_BLOCK | LOG_MMU };

static void show_registers(const struct cpu *cpu)
{
    char text[REGISTERS_TEXT];
    listing_registers(cpu, text, sizeof text);
    log_line("cpu   %s", text);
    listing_system(cpu, text, sizeof text);
    log_line("cpu   %s", text);
}

static void show_code(struct cpu *cpu)
{
    char text[LISTING_TEXT];
    listing_code(cpu, cpu->eip, text, sizeof text);
    log_line("exec  %s", text);
}

/* Instructions run since power-on, by all. */
static u64 insns(const struct trace *trace)
{
    u64 sum = cpu_insns(trace->cpu);
    for (const struct cpu *cpu = trace->cpu->peer; cpu != trace->cpu; cpu = cpu->peer)
        sum += cpu_insns(cpu);
    return sum;
}

/* The hook: before each instruction. */
static void before_insn(void *owner, struct cpu *cpu)
{
    const struct trace *trace = owner;
    if (trace->audit)
        audit_insn(trace->audit, cpu, insns(trace));
    log_mask = log_ranges_hold(&trace->counts, insns(trace)) ? trace->classes : 0;
    if (!log_on(EACH_INSN) || !log_shows((u32)cpu->seg[SEG_CS].base + cpu->eip))
        return;
    if (log_on(LOG_CPU))
        show_registers(cpu);
    if (log_on(LOG_EXEC))
        show_code(cpu);
}

void trace_init(struct trace *trace, struct cpu *cpu, const struct log_ranges *counts)
{
    *trace = (struct trace){.cpu = cpu, .classes = log_mask};
    if (counts)
        trace->counts = *counts;
    trace_prepare(trace, cpu, 0);
}

/* Do traces go on or off between instructions FIRST and LAST? */
static bool changes_between(const struct trace *trace, u64 first, u64 last)
{
    for (unsigned i = 0; i < trace->counts.count; i++) {
        u64 on = trace->counts.range[i].first, off = trace->counts.range[i].last;
        if ((on >= first && on <= last) || (off >= first && off <= last))
            return true;
    }
    return false;
}

void trace_prepare(struct trace *trace, struct cpu *cpu, u64 cycles)
{
    if (!trace->classes && !trace->audit)
        return;
    bool other = cpu != trace->cpu;
    trace->cpu = cpu;
    u64 now = insns(trace);
    /* An instruction takes at least one clock. */
    bool on = log_ranges_hold(&trace->counts, now);
    bool hook = trace->audit || (on && trace->classes & EACH_INSN) ||
                changes_between(trace, now, now + cycles);
    log_mask = on ? trace->classes : 0;
    if (other && log_on(TURNS))
        log_line("cpu   number %u goes on", cpu->number);
    trace->cpu->trace = hook ? before_insn : NULL;
    trace->cpu->trace_owner = trace;
}
