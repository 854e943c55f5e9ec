/* SPDX-License-Identifier: MIT */
/*
 * The registers of the floating-point unit, which MMX shares, and those of SSE. SDM 1 "Programming
 * with the x87 FPU", "x87 FPU Execution Environment"; "Programming with SSE".
 */
#ifndef CPU_FPU_H
#define CPU_FPU_H

#include "cpu/f80.h"
#include "src/base/state.h"

/* Status word: what f80.h does not know. */
enum {
    SW_SF = 0x40, /* stack fault; C1: overflow */
    SW_ES = 0x80, /* an unmasked exception is pending */
    SW_TOP = 7 << 11,
    SW_B = 0x8000, /* the same as ES since the 387 */
};

union xmm {
    u8 b[16];
    u16 w[8];
    u32 d[4];
    u64 q[2];
};

struct fpu {
    struct f80 reg[8]; /* R0 to R7; MMi is reg[i].frac */
    u16 cw;
    u16 sw;   /* without TOP and B: fpu_status() */
    u8 top;   /* ST(0) is reg[top] */
    u8 used;  /* bit i: reg[i] is not empty */
    u16 fop;  /* of the last instruction that was no control instruction: 11 bits of opcode, */
    u32 fip;  /* where it is, */
    u32 fdp;  /* and where its memory operand is */
    u16 fcs, fds;
    u32 mxcsr;
    union xmm xmm[8];
};

extern const struct field fpu_fields[];

/* SDM 3A "Processor State After Reset"; and what FNINIT does, which leaves the numbers alone. */
void fpu_reset(struct fpu *fpu);
void fpu_init(struct fpu *fpu);

/* The status word as it is stored. Setting it does not compute ES anew: fpu_summarize(). */
INLINE u16 fpu_status(const struct fpu *fpu)
{
    return (u16)(fpu->sw | fpu->top << 11 | (fpu->sw & SW_ES ? SW_B : 0));
}

void fpu_set_status(struct fpu *fpu, u16 value);

/* ES from the exceptions and their masks. */
INLINE void fpu_summarize(struct fpu *fpu)
{
    bool pending = fpu->sw & ~fpu->cw & SW_ANY;
    fpu->sw = (u16)((fpu->sw & ~SW_ES) | (pending ? SW_ES : 0));
}

/* The control word as it is kept: bit 6 is always set, 7 and 13 to 15 never. */
INLINE u16 fpu_control(u16 value)
{
    return (u16)((value & 0x1f3f) | 0x40);
}

/* The tag word, two bits for each of R0 to R7: 0 valid, 1 zero, 2 special, 3 empty; computed from
 * what the registers hold. Of a word that is loaded only Empty counts. */
u16 fpu_tags(const struct fpu *fpu);
void fpu_set_tags(struct fpu *fpu, u16 tags);

#endif
