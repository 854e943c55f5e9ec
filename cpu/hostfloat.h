/* SPDX-License-Identifier: MIT */
/*
 * The 80-bit unit of an x86 host, one instruction at a time, to be inlined. Each gives the host's
 * status word: exceptions (those before, too, unless host_clear was called) and C1 of this one.
 *
 * They compute with the control word that is loaded: host_begin and host_end go around them, or the
 * caller knows that the host has what the guest wants. The host's masks must all be set. With
 * overflow or underflow unmasked for the guest results differ; only soft_f80 knows those. Where one
 * of SW_BEFORE is unmasked, the others have to be dropped: host_flags.
 */
#ifndef CPU_HOSTFLOAT_H
#define CPU_HOSTFLOAT_H

#include "cpu/f80.h"

#ifdef HAVE_HOST_FPU

INLINE u16 host_cw(void)
{
    u16 cw;
    __asm__ volatile("fnstcw %0" : "=m"(cw));
    return cw;
}

INLINE void host_set_cw(u16 cw)
{
    __asm__ volatile("fldcw %0" : : "m"(cw));
}

/* Forgets the exceptions. */
INLINE void host_clear(void)
{
    __asm__ volatile("fnclex");
}

/* What a guest's control word is on the host: rounding and precision, all masked. */
INLINE u16 host_cw_for(u16 cw)
{
    return (cw & (CW_PC | CW_RC)) | 0x7f;
}

/* Gives the control word to put back. */
INLINE u16 host_begin(u16 cw)
{
    u16 was = host_cw(), wanted = host_cw_for(cw);
    if (unlikely(was != wanted))
        host_set_cw(wanted);
    host_clear();
    return was;
}

INLINE void host_end(u16 was, u16 cw)
{
    if (unlikely(was != host_cw_for(cw)))
        host_set_cw(was);
}

/* Whether the host's instructions do all that this control word asks for. */
INLINE bool host_can(u16 cw)
{
    return (cw & (SW_OE | SW_UE)) == (SW_OE | SW_UE);
}

/* What the guest sees of the host's status word: without what comes after an unmasked exception. */
INLINE u16 host_flags(u16 sw, u16 cw)
{
    return sw & (sw & ~cw & SW_BEFORE ? SW_BEFORE : SW_ANY | SW_C1);
}

/* to = a op b. */
#define HOST_BINARY(name, insn)                                                                    \
    INLINE u16 host_##name(struct f80 *to, const struct f80 *a, const struct f80 *b)               \
    {                                                                                              \
        u16 sw;                                                                                    \
        __asm__ volatile("fldt %3\n\tfldt %2\n\t" insn "\n\tfnstsw %0\n\tfstpt %1\n\tfstp %%st(0)" \
                         : "=a"(sw), "=m"(*to)                                                     \
                         : "m"(*a), "m"(*b)                                                        \
                         : "st", "st(1)");                                                         \
        return sw;                                                                                 \
    }
HOST_BINARY(add, "fadd %%st(1),%%st")
HOST_BINARY(sub, "fsub %%st(1),%%st")
HOST_BINARY(mul, "fmul %%st(1),%%st")
HOST_BINARY(div, "fdiv %%st(1),%%st")
HOST_BINARY(prem, "fprem")   /* gives C0 C2 C3, too */
HOST_BINARY(prem1, "fprem1") /* so does it */
HOST_BINARY(scale, "fscale")
#undef HOST_BINARY

#define HOST_UNARY(name, insn)                                                                     \
    INLINE u16 host_##name(struct f80 *to, const struct f80 *a)                                    \
    {                                                                                              \
        u16 sw;                                                                                    \
        __asm__ volatile("fldt %2\n\t" insn "\n\tfnstsw %0\n\tfstpt %1"                            \
                         : "=a"(sw), "=m"(*to)                                                     \
                         : "m"(*a)                                                                 \
                         : "st");                                                                  \
        return sw;                                                                                 \
    }
HOST_UNARY(sqrt, "fsqrt")
HOST_UNARY(rint, "frndint")
#undef HOST_UNARY

/* The relation is the status word's condition codes. */
#define HOST_COMPARE(name, insn)                                                                   \
    INLINE u16 host_##name(const struct f80 *a, const struct f80 *b)                               \
    {                                                                                              \
        u16 sw;                                                                                    \
        __asm__ volatile("fldt %2\n\tfldt %1\n\t" insn "\n\tfnstsw %0"                             \
                         : "=a"(sw)                                                                \
                         : "m"(*a), "m"(*b)                                                        \
                         : "st", "st(1)");                                                         \
        return sw;                                                                                 \
    }
HOST_COMPARE(com, "fcompp")
HOST_COMPARE(ucom, "fucompp")
#undef HOST_COMPARE

#define HOST_LOAD(name, type, insn)                                                                \
    INLINE u16 host_##name(struct f80 *to, const type *m)                                          \
    {                                                                                              \
        u16 sw;                                                                                    \
        __asm__ volatile(insn " %2\n\tfnstsw %0\n\tfstpt %1"                                       \
                         : "=a"(sw), "=m"(*to)                                                     \
                         : "m"(*m)                                                                 \
                         : "st");                                                                  \
        return sw;                                                                                 \
    }
HOST_LOAD(load_f32, u32, "flds")
HOST_LOAD(load_f64, u64, "fldl")
HOST_LOAD(load_s64, u64, "fildll")
#undef HOST_LOAD

#define HOST_STORE(name, type, insn)                                                               \
    INLINE u16 host_##name(type *m, const struct f80 *a)                                           \
    {                                                                                              \
        u16 sw;                                                                                    \
        __asm__ volatile("fldt %2\n\t" insn " %1\n\tfnstsw %0"                                     \
                         : "=a"(sw), "=m"(*m)                                                      \
                         : "m"(*a)                                                                 \
                         : "st");                                                                  \
        return sw;                                                                                 \
    }
HOST_STORE(store_f32, u32, "fstps")
HOST_STORE(store_f64, u64, "fstpl")
HOST_STORE(store_s16, u16, "fistps")
HOST_STORE(store_s32, u32, "fistpl")
HOST_STORE(store_s64, u64, "fistpll")
#undef HOST_STORE

#endif
#endif
