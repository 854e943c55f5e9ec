/* SPDX-License-Identifier: MIT */
/* What the handlers of MMX and SSE instructions share: registers, the checks before them, memory
 * operands. SDM 3A "MMX Technology System Programming", "System Programming for
 * Instruction Set Extensions". */
#ifndef CPU_SIMD_H
#define CPU_SIMD_H

#include "cpu/forms.h"
#include "cpu/fpu.h"
#include "cpu/sfloat.h"
#ifndef FLAVOUR_FAST
#include "cpu/x87.h"
#endif

#define MM(offset) (*(u64 *)((char *)cpu->fpu.reg + (offset)))
#define XMM(offset) (*(union xmm *)((char *)cpu->fpu.xmm + (offset)))

/* Every MMX instruction but EMMS makes the x87's registers its own: TOP 0, none empty. */
INLINE void mmx_done(struct cpu *cpu)
{
    cpu->fpu.top = 0;
    cpu->fpu.used = 0xff;
}

/* Write an MMX register: as an x87 register it becomes a NaN or an infinity. */
INLINE void mmx_write(struct cpu *cpu, unsigned offset, u64 value)
{
    MM(offset) = value;
    cpu->fpu.reg[offset / sizeof cpu->fpu.reg[0]].se = 0xffff;
    mmx_done(cpu);
}

INLINE union xmm low_only(u64 q)
{
    return (union xmm){.q = {q, 0}};
}

#ifndef FLAVOUR_FAST

/* Is there a unit, and is it this task's? */
INLINE void simd_check(struct cpu *cpu, bool disabled)
{
    if (cpu->cr0 & CR0_EM || disabled)
        cpu_raise_ud(cpu, REASON_NO_SIMD);
    if (cpu->cr0 & CR0_TS)
        cpu_raise(cpu, EX_NM, 0, REASON_NO_FPU);
}

/* The head of an instruction on MMX registers: an x87 exception that is pending comes first, and
 * with CR0.NE clear it is waited for as by x87 instructions. */
#define MMX_BEGIN                                                                                  \
    do {                                                                                           \
        simd_check(cpu, false);                                                                    \
        X87_WAIT;                                                                                  \
    } while (0)

/* Before one on XMM registers. */
INLINE void sse_check(struct cpu *cpu)
{
    simd_check(cpu, !(cpu->cr4 & CR4_OSFXSR));
}

/* The part of an operand in memory, of BYTES (up to 8). */
INLINE u64 simd_read(struct cpu *cpu, const struct uop *u, u32 bytes)
{
    return mem_read(cpu, u->seg, plain_ea(cpu, u), bytes);
}

INLINE void simd_write(struct cpu *cpu, const struct uop *u, u64 value, u32 bytes)
{
    mem_write(cpu, u->seg, plain_ea(cpu, u), value, bytes);
}

/* The bits of MXCSR that exist: denormals-are-zeros came with SSE2. SDM 1 "MXCSR Control and Status
 * Register" */
INLINE u32 mxcsr_mask(const struct cpu *cpu)
{
    return model_has_feature(cpu->model, FEATURE_SSE2) ? 0xffff : 0xffff & ~(u32)MXCSR_DAZ;
}

/* An operand of 128 bits: its two halves. */
struct at128 {
    struct at half[2];
};

enum { UNALIGNED, ALIGNED };

/* Find it after all checks. What has to be ALIGNED raises #GP(0) if it is not, before limit and
 * pages are looked at (a Zen 5 does so; it shows with SS); else alignment check, where it is on,
 * asks for 8 bytes: the unit of memory access. SDM 3A "Alignment Check Exception (#AC)". */
void simd_find(struct cpu *cpu, const struct uop *u, struct at128 *at, unsigned write,
               unsigned alignment);

INLINE union xmm xmm_get(struct cpu *cpu, const struct at128 *at)
{
    u64 low = at_get(cpu, &at->half[0]);
    return (union xmm){.q = {low, at_get(cpu, &at->half[1])}};
}

INLINE union xmm xmm_read(struct cpu *cpu, const struct uop *u, unsigned alignment)
{
    struct at128 at;
    simd_find(cpu, u, &at, ACCESS_READ, alignment);
    return xmm_get(cpu, &at);
}

INLINE void xmm_write(struct cpu *cpu, const struct uop *u, union xmm value, unsigned alignment)
{
    struct at128 at;
    simd_find(cpu, u, &at, ACCESS_WRITE, alignment);
    at_put(cpu, &at.half[0], value.q[0]);
    at_put(cpu, &at.half[1], value.q[1]);
}

#endif

#endif
