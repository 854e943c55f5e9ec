/* SPDX-License-Identifier: MIT */
/*
 * The run loop: exact events, both flavours, exceptions.
 *
 * cpu->budget counts down while code runs: its upper half is the cycles that are left until the
 * deadline, less what a block can cost at most, its lower half counts instructions. Each exit of a
 * block subtracts what it took to get there. Below zero the fast flavour leaves, and the last
 * stretch is run plain, instruction by instruction, to the very cycle. So an interrupt arrives
 * after the same instruction whatever the blocks look like.
 */
#include "cpu/debug.h"
#include "cpu/engine.h"
#include "cpu/generation.h"
#include "cpu/protect.h"
#include "cpu/smm.h"
#include "cpu/timing.h"
#include "cpu/virtual.h"
#include "src/base/log.h"

enum { SLICE_MAX = 1 << 30 };

static const char *const reason_text[] = {
#define X(id, text) text,
    CPU_REASONS(X)
#undef X
};

/* Time. */

static s64 cycles_left(const struct cpu *cpu)
{
    return (cpu->budget >> 32) + BLOCK_COST_MAX;
}

/* The CPU clock at the start of micro-op U of the running block. */
static u64 cycle_at(const struct cpu *cpu, const struct uop *u)
{
    return cpu->slice_end - (u64)cycles_left(cpu) + (u ? u->cost : 0);
}

void cpu_sync_clock(struct cpu *cpu)
{
    cpu->clock->cycles = cycle_at(cpu, cpu->current);
}

static void slice_begin(struct cpu *cpu)
{
    u64 now = cpu->clock->cycles, left = cpu->clock->deadline - now;
    if (left > SLICE_MAX)
        left = SLICE_MAX;
    cpu->slice_end = now + left;
    cpu->budget = (s64)((u64)((s64)left - BLOCK_COST_MAX) << 32 | INSNS_AT_START);
}

static void slice_end(struct cpu *cpu)
{
    cpu->current = NULL;
    cpu->clock->cycles = cycle_at(cpu, NULL);
    cpu->icount += INSNS_AT_START - (u32)cpu->budget;
    cpu->budget |= INSNS_AT_START; /* counted */
    if (cpu->rf_at != cpu->clock->cycles)
        cpu->eflags &= ~(u32)FL_RF;
}

u64 cpu_insns(const struct cpu *cpu)
{
    u32 blocks = INSNS_AT_START - (u32)cpu->budget;
    return cpu->icount + blocks + (cpu->current ? cpu->current->n : 0);
}

static void charge(struct cpu *cpu, u32 cycles, u32 insns)
{
    cpu->budget -= (s64)cycles << 32 | insns;
}

void resume_next(struct cpu *cpu)
{
    cpu->rf_at = cycle_at(cpu, cpu->current ? cpu->current + 1 : NULL);
}

/* Leave the running block before micro-op U. */
static void leave_at(struct cpu *cpu, const struct uop *u)
{
    charge(cpu, u->cost, u->n);
    cpu->eip = u->eip;
}

void charge_clocks(struct cpu *cpu, u32 cycles)
{
    charge(cpu, cycles, 0);
}

bool iteration_must_stop(const struct cpu *cpu)
{
    return cpu->stepping || cpu->stop || cycles_left(cpu) - cpu->current->cost <= 0;
}

u32 iterations_left(const struct cpu *cpu, u32 count, u32 cost)
{
    s64 left = cycles_left(cpu) - cpu->current->cost, n = (left + cost - 1) / cost;
    return n < 1 ? 1 : n < count ? (u32)n : count;
}

const struct uop *plain_again(struct cpu *cpu, const struct uop *u)
{
    cpu->eflags |= FL_RF & generation_of(cpu->model)->flags;
    cpu->rf_at = cycle_at(cpu, u);
    leave_at(cpu, u);
    return NULL;
}

void interrupt_shadow(struct cpu *cpu, const struct uop *u, bool debug)
{
    cpu->shadow_at = cycle_at(cpu, u + 1);
    cpu->shadow_debug = debug;
}

/* Exits. */

/* On to the block at cpu->eip, unless something wants to be looked at. */
static struct block *go_on(struct cpu *cpu)
{
    cpu->current = NULL;
    if (cpu->stop || cpu->stepping || cycles_left(cpu) <= 0)
        return NULL;
    struct block *b = block_get(cpu);
    return block_leaves(b) ? NULL : b;
}

const struct uop *plain_exit(struct cpu *cpu, const struct block_exit *e)
{
    cpu->budget -= e->charge;
    cpu->eip = e->u.eip;
    struct block *to = go_on(cpu);
    return to ? to->uops : NULL;
}

const struct uop *plain_indirect(struct cpu *cpu, const struct block_exit *e, u32 eip)
{
    cpu->budget -= e->charge;
    cpu->eip = eip;
    struct block *to = go_on(cpu);
    return to ? to->uops : NULL;
}

const struct uop *p_EXIT(struct cpu *cpu, const struct uop *u)
{
    return plain_exit(cpu, (const struct block_exit *)u);
}

#ifdef ENGINE_FAST

void f_cold(struct cpu *cpu, const struct uop *u)
{
    cpu->current = u;
    cpu->eip = u->eip;
    const struct uop *next = plain_table[u->id](cpu, u);
    if (unlikely(!next))
        return;
    if (unlikely(cpu->stop || cpu->budget < 0)) {
        leave_at(cpu, next);
        return;
    }
    next->fn(cpu, next);
}

void f_leave(struct cpu *cpu, const struct uop *u)
{
    (void)cpu, (void)u;
}

void f_lookup(struct cpu *cpu, const struct uop *u)
{
    (void)u;
    struct block *b = block_find(cpu);
    if (unlikely(!b)) {
        cpu->current = NULL;
        b = block_get(cpu);
    }
    b->uops[0].fn(cpu, b->uops);
}

void f_exit(struct cpu *cpu, const struct uop *u)
{
    const struct block_exit *e = (const struct block_exit *)u;
    cpu->budget -= e->charge;
    if (unlikely(cpu->budget < 0)) {
        cpu->eip = u->eip;
        return;
    }
    u->link->fn(cpu, u->link);
}

/* The exit E is charged already. Its block may be gone after the next one was decoded. */
static struct block *exit_follow(struct cpu *cpu, struct block_exit *e, bool direct)
{
    u64 flushes = code_cache_flushes(cpu);
    cpu->current = NULL;
    cpu->eip = e->u.eip;
    struct block *to = block_get(cpu);
    if (flushes == code_cache_flushes(cpu)) {
        if (!direct && e->to)
            exit_unlink(e);
        block_link(e, to, direct);
    }
    return to;
}

static struct block_exit *exit_of_second(const struct uop *second)
{
    return (struct block_exit *)(uintptr_t)(second - 1);
}

void f_resolve(struct cpu *cpu, const struct uop *u)
{
    const struct block *to = exit_follow(cpu, exit_of_second(u), true);
    to->uops[0].fn(cpu, to->uops);
}

void f_cross(struct cpu *cpu, const struct uop *u)
{
    struct block_exit *e = exit_of_second(u);
    const struct block *to = e->to;
    u32 linear = (u32)cpu->seg[SEG_CS].base + e->u.eip;
    if (unlikely(!to || to->key2 || exec_slot(cpu, linear)->key != to->key ||
                 to->mode & MODE_LIMIT_OTHER))
        to = exit_follow(cpu, e, false);
    to->uops[0].fn(cpu, to->uops);
}

#endif

/* The plain flavour: until the time is up, something asks to stop, or (ONE) one instruction. */
static void run_plain(struct cpu *cpu, bool one)
{
    cpu->stepping = one;
    const struct uop *u = block_get(cpu)->uops;
    while (u) {
        cpu->current = u;
        cpu->eip = u->eip;
        if (unlikely(cpu->trace != NULL) && u->id != U_EXIT)
            cpu->trace(cpu->trace_owner, cpu);
        if (cpu->model->bus_bytes && u->id != U_EXIT)
            charge(cpu, timing_operands(cpu, u), 0);
        const struct uop *next = plain_table[u->id](cpu, u);
        if (next && (cpu->stop || one || cycles_left(cpu) - next->cost <= 0)) {
            leave_at(cpu, next);
            next = NULL;
        }
        u = next;
    }
    cpu->stepping = false;
}

static void run_slice(struct cpu *cpu)
{
#ifdef ENGINE_FAST
    if (cpu->budget >= 0 && !cpu->plain_only && !cpu->trace) {
        const struct uop *u = block_get(cpu)->uops;
        u->fn(cpu, u);
        return;
    }
#endif
    run_plain(cpu, false);
}

/* Exceptions. */

static bool contributory(unsigned vector)
{
    return vector == EX_DE || (vector >= EX_TS && vector <= EX_GP);
}

/* What a second exception makes of one that is being delivered. SDM 3A "Interrupt 8". */
static unsigned combine(unsigned first, unsigned second)
{
    if (first == NOT_DELIVERING)
        return second;
    if (first == EX_PF && (second == EX_PF || contributory(second)))
        return EX_DF;
    if (contributory(first) && contributory(second))
        return EX_DF;
    return second;
}

static void log_fault(struct cpu *cpu)
{
    const char *name = exception_name(cpu->fault_vector);
    log_line("int %s at %04x:%08x: %s", name ? name : "exception", cpu->seg[SEG_CS].selector,
             cpu->eip, reason_text[cpu->fault_reason]);
}

static void shutdown(struct cpu *cpu)
{
    if (log_on(LOG_INT | LOG_RESET))
        log_line("int triple fault at %04x:%08x", cpu->seg[SEG_CS].selector, cpu->eip);
    cpu->shutdown = true;
}

/* After the jump from cpu_raise(): charge for what was run, then enter the handler. cpu->eip is that
 * of the instruction, or of the new task if that is where the fault was found. */
static void take_fault(struct cpu *cpu)
{
    if (cpu->current)
        charge(cpu, cpu->current->cost, cpu->current->n);
    charge(cpu, timing_exception(cpu->model), 0);
    slice_end(cpu);
    if (log_on(LOG_INT))
        log_fault(cpu);
    cpu->step_trap = cpu->stepping = false;
    cpu->debug_hits = 0;
    if (cpu->delivering == EX_DF) {
        shutdown(cpu);
        return;
    }
    unsigned vector = combine(cpu->delivering, cpu->fault_vector);
    bool df = vector == EX_DF;
    cpu->delivering = (u8)vector;
    slice_begin(cpu); /* what is raised while delivering is accounted for as well */
    interrupt_enter(cpu, vector, INTERRUPT_EXCEPTION, df || cpu->fault_has_error,
                    df ? 0 : cpu->fault_error, cpu->eip);
    cpu->delivering = NOT_DELIVERING;
    slice_end(cpu);
}

/* A fault of the instruction at cpu->eip that is found before it is looked at. */
static NORETURN void raise_between(struct cpu *cpu, unsigned vector, enum cpu_reason reason)
{
    slice_begin(cpu);
    cpu_raise(cpu, vector, 0, reason);
}

/* Nothing from outside is taken now. */
static bool shadowed(const struct cpu *cpu)
{
    return cpu->shadow_at == cpu->clock->cycles || cpu->halted == CPU_WAITS;
}

/* The traps of the instruction that just ended: single step and breakpoints on data and ports. They
 * are benign: what goes wrong on the way to the handler is an exception by itself. */
static void debug_trap(struct cpu *cpu)
{
    debug_cause(cpu, cpu->debug_hits | (cpu->step_trap ? DR6_BS : 0));
    cpu->debug_hits = 0;
    cpu->step_trap = false;
    cpu->halted = CPU_RUNS; /* HLT is stepped over. SDM 2A "HLT" */
    interrupt_enter(cpu, EX_DB, INTERRUPT_EXCEPTION, false, 0, cpu->eip);
}

/* After MOV SS its traps wait for the end of the next instruction; that of TF is lost. */
static bool debug_shadowed(const struct cpu *cpu)
{
    return shadowed(cpu) && cpu->shadow_debug;
}

/* One instruction, then the trap if TF was set before it. */
static void step(struct cpu *cpu)
{
    if (cpu->break_code && debug_code(cpu))
        raise_between(cpu, EX_DB, REASON_DEBUG_CODE);
    slice_begin(cpu);
    cpu->step_trap = cpu->eflags & FL_TF;
    run_plain(cpu, true);
    slice_end(cpu);
    if (debug_shadowed(cpu))
        cpu->step_trap = false;
    else if (cpu->step_trap || cpu->debug_hits)
        debug_trap(cpu);
}

/* External interrupts. */

static bool interrupt_waits(const struct cpu *cpu)
{
    return (cpu->nmi_pending && !cpu->nmi_blocked) || (cpu->intr && cpu->eflags & FL_IF);
}

static bool smi_waits(const struct cpu *cpu)
{
    return cpu->smi_pending && !cpu->smm;
}

static void take_interrupt(struct cpu *cpu)
{
    bool nmi = cpu->nmi_pending && !cpu->nmi_blocked;
    unsigned vector = EX_NMI;
    if (nmi) {
        cpu->nmi_pending = false;
        cpu->nmi_blocked = true;
    } else if (cpu->acknowledge) {
        vector = cpu->acknowledge(cpu->acknowledge_owner);
    }
    cpu->halted = CPU_RUNS;
    slice_begin(cpu);
    charge(cpu, timing_exception(cpu->model), 0);
    interrupt_enter(cpu, vector, INTERRUPT_EXTERNAL, false, 0, cpu->eip);
    slice_end(cpu);
}

/* True: cpu_run() has to return. */
static bool must_return(struct cpu *cpu)
{
    return cpu->shutdown || cpu->clock->sooner || cpu->stop & STOP_EXIT ||
           cpu->clock->cycles >= cpu->clock->deadline;
}

/* Take what comes before the next instruction, in the order of SDM 3A "Priority Among Simultaneous
 * Exceptions and Interrupts". False: there is nothing. */
static bool take_waiting(struct cpu *cpu)
{
    bool waits = interrupt_waits(cpu) && !shadowed(cpu);
    if (unlikely(cpu->debug_hits) && !debug_shadowed(cpu)) {
        slice_begin(cpu);
        debug_trap(cpu);
        slice_end(cpu);
    } else if (unlikely(smi_waits(cpu)) && !shadowed(cpu)) {
        slice_begin(cpu);
        charge(cpu, timing_exception(cpu->model), 0);
        smm_enter(cpu);
        slice_end(cpu);
    } else if (waits) {
        take_interrupt(cpu);
    } else if (unlikely(virtual_pending(cpu))) {
        raise_between(cpu, EX_GP, REASON_IOPL);
    } else {
        return false;
    }
    return true;
}

/* Does the next instruction have to be run alone? */
static bool must_step(const struct cpu *cpu)
{
    u32 linear = (u32)cpu->seg[SEG_CS].base + cpu->eip;
    return interrupt_waits(cpu) || smi_waits(cpu) || cpu->eflags & FL_TF || cpu->debug_hits ||
           (cpu->break_code && debug_page_code(cpu, linear));
}

bool cpu_idle(const struct cpu *cpu)
{
    bool waits = interrupt_waits(cpu) || smi_waits(cpu) || cpu->debug_hits;
    return cpu->halted == CPU_WAITS || (cpu->halted && !waits);
}

/* What holds until the next instruction holds until its turn comes. */
void cpu_stand_by(struct cpu *cpu, u64 clocks)
{
    cpu->idle += clocks;
    cpu->shadow_at += cpu->shadow_at == UINT64_MAX ? 0 : clocks;
    cpu->rf_at += cpu->rf_at == UINT64_MAX ? 0 : clocks;
}

/* Run, or take what waits. */
static void proceed(struct cpu *cpu)
{
    cpu->stop = 0;
    if (cpu->code)
        code_cache_reclaim(cpu);
    if (take_waiting(cpu))
        return;
    if (cpu->halted) {
        cpu->idle += cpu->clock->deadline - cpu->clock->cycles;
        cpu->clock->cycles = cpu->clock->deadline;
    } else if (must_step(cpu)) {
        step(cpu);
    } else {
        slice_begin(cpu);
        run_slice(cpu);
        slice_end(cpu);
    }
}

enum cpu_end cpu_run(struct cpu *cpu)
{
    if (setjmp(cpu->fault_jump))
        take_fault(cpu);
    while (!must_return(cpu))
        proceed(cpu);
    cpu->stop = 0;
    return cpu->shutdown ? CPU_SHUTDOWN : CPU_DEADLINE;
}

enum cpu_end cpu_step(struct cpu *cpu)
{
    if (setjmp(cpu->fault_jump)) {
        take_fault(cpu);
    } else if (!cpu->shutdown) {
        cpu->stop = 0;
        code_cache_reclaim(cpu);
        if (!take_waiting(cpu) && !cpu->halted)
            step(cpu);
    }
    cpu->stop = 0;
    return cpu->shutdown ? CPU_SHUTDOWN : CPU_DEADLINE;
}
