/* SPDX-License-Identifier: MIT */
/*
 * Forms: what an operand is, defined once for both flavours. A handler is a form around a body;
 * the body sees
 *
 *   f           a copy of the flags, committed after the body by the forms with an F
 *               (REG_KEEP: a register form that always commits)
 *   LD(s)       the memory operand; ST(s, v) stores it back. The form has made sure that both can
 *               no longer fail, so a body changes nothing before it may fail
 *
 * s is the size in bits, w is 1 for an operand that is written.
 *
 * Fast memory forms (flat: base 0, limit 4 GiB, found at decoding):
 *   bd   flat 32-bit, base + displacement        bx   flat 32-bit, with a scaled index
 *   g32  any segment, 32-bit                     e16  any segment, 16-bit addressing
 */
#ifndef CPU_FORMS_H
#define CPU_FORMS_H

#include "cpu/dispatch.h"

#define LOG2_8 0
#define LOG2_16 1
#define LOG2_32 2
#define LOG2_64 3
#define BYTES_8 1
#define BYTES_16 2
#define BYTES_32 4
#define BYTES_64 8

#define EA32(cpu, u)                                                                               \
    (REG_AT(u32, (u)->base) + (REG_AT(u32, (u)->index) << ((u)->attr & UA_SCALE)) + (u)->disp)
#define EA16(cpu, u) ((u16)(REG_AT(u16, (u)->base) + REG_AT(u16, (u)->index) + (u)->disp))

#ifdef FLAVOUR_FAST

/* The host address of SIZE bytes at LIN, or the twin. One compare covers tag, page crossing,
 * permission, chips and pages with decoded code. */
#define TLB_FIND(m, lin, bytes, w)                                                                 \
    struct tlb_entry *m##_e = (struct tlb_entry *)((char *)cpu->tlb->entry + TLB_OFFSET(lin));     \
    if (unlikely((((lin) + (bytes)-1) & ~0xfffu) != ((w) ? m##_e->tag_write : m##_e->tag_read)))   \
        COLD;                                                                                      \
    u8 *m = (u8 *)(uintptr_t)(m##_e->addend + (lin))
#define TLB_OFFSET(lin) ((lin) >> 8 & (TLB_ENTRIES - 1) << 4)

#define FIND_bd(s, w)                                                                              \
    u32 offset = REG_AT(u32, u->base) + u->disp, lin = offset;                                     \
    TLB_FIND(m, lin, BYTES_##s, w)
#define FIND_bx(s, w)                                                                              \
    u32 offset = EA32(cpu, u), lin = offset;                                                       \
    TLB_FIND(m, lin, BYTES_##s, w)
#define FIND_SEG(s, w, ea)                                                                         \
    u32 offset = ea;                                                                               \
    const struct segment *seg = &cpu->seg[u->seg];                                                 \
    if (unlikely(offset >= seg->end[w][LOG2_##s]))                                                 \
        COLD;                                                                                      \
    u32 lin = (u32)seg->base + offset;                                                             \
    TLB_FIND(m, lin, BYTES_##s, w)
#define FIND_g32(s, w) FIND_SEG(s, w, EA32(cpu, u))
#define FIND_e16(s, w) FIND_SEG(s, w, EA16(cpu, u))

#define LD(s) (*(u##s *)m)
#define ST(s, v) (*(u##s *)m = (u##s)(v))

#define REG(name, ...)                                                                             \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        __VA_ARGS__                                                                                \
        NEXT;                                                                                      \
    }
#define REGF_ONE(name, keep, ...)                                                                  \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        FLAGS;                                                                                     \
        __VA_ARGS__                                                                                \
        keep;                                                                                      \
        NEXT;                                                                                      \
    }
#define REG_KEEP(name, ...) REGF_ONE(name, KEEP, __VA_ARGS__)
#define REGF(name, ...)                                                                            \
    REGF_ONE(name, KEEP, __VA_ARGS__)                                                              \
    REGF_ONE(name##_nf, (void)f, __VA_ARGS__)
#define MEM_ONE(name, find, s, w, keep, ...)                                                       \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        FLAGS;                                                                                     \
        find(s, w);                                                                                \
        __VA_ARGS__                                                                                \
        keep;                                                                                      \
        NEXT;                                                                                      \
    }
#define MEM(name, s, w, ...)                                                                       \
    MEM_ONE(name##_bd, FIND_bd, s, w, (void)f, __VA_ARGS__)                                        \
    MEM_ONE(name##_bx, FIND_bx, s, w, (void)f, __VA_ARGS__)                                        \
    MEM_ONE(name##_g32, FIND_g32, s, w, (void)f, __VA_ARGS__)                                      \
    MEM_ONE(name##_e16, FIND_e16, s, w, (void)f, __VA_ARGS__)
#define MEMF(name, s, w, ...)                                                                      \
    MEM_ONE(name##_bd, FIND_bd, s, w, KEEP, __VA_ARGS__)                                           \
    MEM_ONE(name##_bx, FIND_bx, s, w, KEEP, __VA_ARGS__)                                           \
    MEM_ONE(name##_g32, FIND_g32, s, w, KEEP, __VA_ARGS__)                                         \
    MEM_ONE(name##_e16, FIND_e16, s, w, KEEP, __VA_ARGS__)                                         \
    MEM_ONE(name##_bd_nf, FIND_bd, s, w, (void)f, __VA_ARGS__)                                     \
    MEM_ONE(name##_bx_nf, FIND_bx, s, w, (void)f, __VA_ARGS__)                                     \
    MEM_ONE(name##_g32_nf, FIND_g32, s, w, (void)f, __VA_ARGS__)                                   \
    MEM_ONE(name##_e16_nf, FIND_e16, s, w, (void)f, __VA_ARGS__)

#else

#define LD(s) ((u##s)at_get(cpu, &m))
#define ST(s, v) at_put(cpu, &m, (u##s)(v))

INLINE u32 plain_ea(struct cpu *cpu, const struct uop *u)
{
    return u->attr & UA_ADDR32 ? EA32(cpu, u) : EA16(cpu, u);
}

#define REG(name, ...)                                                                             \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        __VA_ARGS__                                                                                \
        NEXT;                                                                                      \
    }
#define REG_KEEP(name, ...) REGF(name, __VA_ARGS__)
#define REGF(name, ...)                                                                            \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        FLAGS;                                                                                     \
        __VA_ARGS__                                                                                \
        KEEP;                                                                                      \
        NEXT;                                                                                      \
    }
#define MEMF(name, s, w, ...)                                                                      \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        FLAGS;                                                                                     \
        struct at m;                                                                               \
        mem_find(cpu, &m, u->seg, plain_ea(cpu, u), BYTES_##s, w);                                 \
        __VA_ARGS__                                                                                \
        KEEP;                                                                                      \
        NEXT;                                                                                      \
    }
#define MEM(name, s, w, ...)                                                                       \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        FLAGS;                                                                                     \
        struct at m;                                                                               \
        mem_find(cpu, &m, u->seg, plain_ea(cpu, u), BYTES_##s, w);                                 \
        __VA_ARGS__                                                                                \
        NEXT;                                                                                      \
    }

#endif

#endif
