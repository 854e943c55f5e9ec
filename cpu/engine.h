/* SPDX-License-Identifier: MIT */
/* What the parts of the engine tell each other: run loop, blocks, decoder. */
#ifndef CPU_ENGINE_H
#define CPU_ENGINE_H

#include "cpu/cpu.h"
#include "cpu/handlers.h"
#include "cpu/insn.h"

#ifdef PARANOID
enum { BLOCK_INSNS = 2, BLOCK_CACHE = 8 };
#else
enum { BLOCK_INSNS = 64, BLOCK_CACHE = 1 << 14 };
#endif

enum {
    BLOCK_COST = 400,      /* a block ends once it has cost this much */
    BLOCK_COST_MAX = 640,  /* what a block can cost at most: held back from the budget */
};

#define INSNS_AT_START 0xffffffffu /* lower half of cpu->budget at the start of a slice */

/* Where code lies: host memory by its page number, so that code keeps its place when the board maps
 * something else there; or a chip, by its physical page. 40 bits. */
#define EXEC_CHIP  0x8000000000u
#define EXEC_PLACE 0xffffffffffu

INLINE u64 exec_key(u32 linear, u64 place)
{
    return (u64)(linear >> 12) << 40 | place;
}

/* Of code outside host memory: the physical address of its page. */
INLINE paddr exec_chip_page(const struct exec_entry *exec)
{
    return (exec->key & EXEC_PLACE & ~EXEC_CHIP) << BUS_PAGE_SHIFT;
}

INLINE struct exec_entry *exec_slot(struct cpu *cpu, u32 linear)
{
    return &cpu->tlb->exec[linear >> 12 & (EXEC_ENTRIES - 1)];
}

/* The translation of a page for fetching code at the current privilege; raises #PF. */
const struct exec_entry *exec_find(struct cpu *cpu, u32 linear);

/* block.c */
bool code_cache_init(struct cpu *cpu);
void code_cache_free(struct cpu *cpu);
/* Forget all decoded code. Not while a block runs. */
void code_cache_flush(struct cpu *cpu);
/* Reuse what died; called while no block runs. */
void code_cache_reclaim(struct cpu *cpu);
/* The block at cpu->eip, decoded if need be; raises the guest's fetch faults. In a page with an
 * instruction breakpoint only while stepping: else a block that just leaves the engine. */
struct block *block_get(struct cpu *cpu);
/* The same if it is there already and may be entered; else NULL. No faults. */
struct block *block_find(struct cpu *cpu);
/* Link EXIT to TO (unless one of them died meanwhile); DIRECT: jumps go straight there. */
void block_link(struct block_exit *exit, struct block *to, bool direct);
void exit_unlink(struct block_exit *exit);
/* Bytes of code were written: kill the blocks they belong to. */
void code_written(void *cpu, u32 page, u32 offset, u32 bytes);
/* Was code decoded from any of SIZE bytes (inside the page) at OFFSET? In granules of 8 bytes. */
bool code_in(const struct cpu *cpu, u32 page, u32 offset, u32 size);
/* Does a page (by number) hold decoded code? Clears the mark when it no longer does. */
bool code_page_busy(struct cpu *cpu, u32 page);

/* Is it the block that block_get() gives instead of one that must be stepped? */
bool block_leaves(const struct block *b);

/* How often everything was forgotten: pointers to blocks from before are void. */
u64 code_cache_flushes(const struct cpu *cpu);

/* The page that an instruction reaches into. */
struct fetch_page {
    u8 *host; /* NULL: none, or a chip */
    u32 page;
};

/* translate.c: decode at cpu->eip into a block; raises fetch faults of the first instruction. SECOND
 * is filled in when that instruction reaches into the next page. */
struct block *block_decode(struct cpu *cpu, const struct exec_entry *exec,
                           struct fetch_page *second);
/* Memory for a block of COUNT micro-ops, in the cache's own arena. */
struct block *block_alloc(struct cpu *cpu, unsigned count);
const struct insn_index *code_index(const struct cpu *cpu);

/* run.c */

/* Leave the block by an exit, or for an address known only now: the next block's first micro-op,
 * or NULL when something wants to be looked at. */
const struct uop *plain_exit(struct cpu *cpu, const struct block_exit *e);
const struct uop *plain_indirect(struct cpu *cpu, const struct block_exit *e, u32 eip);

/* The running instruction takes longer than the block was charged. For repeated ones: must it stop
 * here (deadline, single step, something to look at)?; and stop here: it is begun again later. */
void charge_clocks(struct cpu *cpu, u32 cycles);
bool iteration_must_stop(const struct cpu *cpu);
/* Of COUNT iterations of COST clocks: how many begin before the deadline (at least 1). */
u32 iterations_left(const struct cpu *cpu, u32 count, u32 cost);
const struct uop *plain_again(struct cpu *cpu, const struct uop *u);

/* POP to segment register u->dst, SIZE bytes off the stack; the next micro-op. */
const struct uop *pop_segment(struct cpu *cpu, const struct uop *u, u16 selector, u32 size);

/* RF was set: it is for the instruction behind the running one. */
void resume_next(struct cpu *cpu);

/* No interrupt between U and the next instruction; DEBUG: no #DB and NMI either. */
void interrupt_shadow(struct cpu *cpu, const struct uop *u, bool debug);

#ifdef ENGINE_FAST
fast_fn f_leave;   /* return to the run loop */
fast_fn f_lookup;  /* go on at cpu->eip */
fast_fn f_resolve; /* the second micro-op of an exit: find the next block and link */
fast_fn f_cross;   /* the same for an exit that leaves its page */
#endif

/* fused.c: the handler that does U and the conditional jump behind it, or NULL. */
fast_fn *fused_find(const struct uop *u, const struct uop *jcc, unsigned variant);

#endif
