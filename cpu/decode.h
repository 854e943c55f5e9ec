/* SPDX-License-Identifier: MIT */
/* Between the decoder of instructions and what makes blocks of them. */
#ifndef CPU_DECODE_H
#define CPU_DECODE_H

#include "cpu/engine.h"
#include "cpu/generation.h"

enum { INSN_BYTES = 15, INSN_BYTES_MOST = 200, BLOCK_UOPS = BLOCK_INSNS * 3 + 4 };

enum { NO_REG = REG_ZERO * 8 }; /* uop.base and index where there is none */

enum fetch_end { FETCH_OK, FETCH_STOP, FETCH_LIMIT };

struct decoder {
    struct cpu *cpu;
    const struct generation *generation;
    unsigned longest; /* bytes of an instruction */
    const struct exec_entry *exec;
    struct fetch_page *second;
    u64 key2;
    u32 eip;      /* of the instruction being decoded */
    u32 linear;   /* the same, linear */
    const u8 *at; /* its bytes */
    u32 got;      /* bytes at AT that may be fetched */
    u32 pos;      /* bytes taken */
    bool first;   /* first instruction of the block: faults are its own */
    enum fetch_end end;
    u8 bytes[INSN_BYTES_MOST + 1]; /* when it is not in one piece of host memory */

    /* prefixes */
    unsigned seg; /* override, or SEG_COUNT */
    bool op32, addr32, lock, rep, repne;

    /* operands */
    enum insn_operand operand; /* the one being decoded */
    u8 opcode, modrm;
    u8 prefixes;   /* bytes of them */
    bool memory;   /* ModRM names memory */
    char shape[4]; /* letters of the operands so far */
    unsigned shape_count, slot;

    unsigned count, insns;
    u32 clocks; /* of the instruction */
    u32 cost;   /* of all before it */
    struct uop uops[BLOCK_UOPS + 2];
    const struct insn *row[BLOCK_UOPS + 2];
};

/* One instruction at d->eip into U, d->pos bytes and d->clocks long; its row, or NULL when the
 * block must end before it. Raises the fetch faults of the first one. */
const struct insn *decode_insn(struct decoder *d, struct uop *u);

#endif
