/* SPDX-License-Identifier: MIT */
/* The decoded form of code: micro-ops in blocks. */
#ifndef CPU_UOP_H
#define CPU_UOP_H

#include "mem/bus.h"
#include "src/base/types.h"

struct cpu;
struct uop;

/* Fast: does the micro-op and jumps to the next one's handler; returns only to leave the engine.
 * Plain: does the micro-op completely and returns the next one; NULL: leave, cpu->eip is set. */
typedef void fast_fn(struct cpu *cpu, const struct uop *u);
typedef const struct uop *plain_fn(struct cpu *cpu, const struct uop *u);

/* uop.attr */
enum {
    UA_SCALE = 3,    /* shift of the index register */
    UA_ADDR32 = 4,   /* the effective address has 32 bits */
    UA_OP32 = 8,     /* the operand size is 32 bits */
    UA_LOCK = 0x10,  /* F0 */
    UA_REP = 0x20,   /* F3 */
    UA_REPNE = 0x40, /* F2 */
};

/*
 * 32 bytes, one for each instruction. Registers are byte offsets into cpu->r. What stands in cost
 * and n counts from the start of the block to the start of this instruction, so that leaving
 * anywhere charges exactly what was run.
 */
struct uop {
    fast_fn *fn;
    union {
        struct {
            u32 disp; /* displacement, absolute address, or jump target */
            u32 imm;
        };
        const struct uop *link; /* of an exit: where to go on; the exit itself while unknown */
    };
    u32 eip; /* of the instruction; of an exit: its target */
    u16 id;  /* U_*: the plain twin */
    u16 cost;
    u8 dst, src, base, index;
    u8 seg, attr;
    u8 len; /* bytes of the instruction */
    u8 n;
};

_Static_assert(sizeof(struct uop) == 32, "two micro-ops a cache line");

/*
 * An exit takes two micro-ops. The first is run when the block before it just goes on; jumps pass
 * it by and go straight to its link. While it is not linked, the link is the second one, which
 * finds the next block. An exit that leaves its page is never linked: its second micro-op compares
 * the exec TLB each time, and so survives changes of the page tables.
 */
struct block_exit {
    struct uop u;
    fast_fn *resolve;                 /* the handler of the second micro-op */
    s64 charge;                       /* cost << 32 | instructions, of the whole way to here */
    struct block *to;                 /* linked to, or NULL */
    struct block_exit *next_incoming; /* other exits linked to the same block */
};

_Static_assert(sizeof(struct block_exit) == 64, "an exit takes two micro-ops");

struct block {
    u64 key;       /* exec_key() of its page */
    u64 key2;      /* of the next page when its (only) instruction reaches into it, or 0 */
    u64 place;     /* exec_key()'s, of the first byte: page and offset */
    u32 eip;       /* of the first instruction */
    u32 last_eip;  /* of the last byte of the last instruction */
    u16 mode;      /* MODE_* */
    u16 bytes;     /* from the first byte to the last */
    u8 size_class; /* of the memory it lies in */
    bool dead;     /* its code has changed; the memory is reused when the engine is left */
    u16 uop_count;
    struct block *next_hash;
    struct block *next_on_page[2]; /* lists of struct code_page */
    u32 page[2];                   /* page numbers; the second only with key2 */
    struct block_exit *incoming;   /* exits linked to this block */
    struct uop uops[];
};

#endif
