/* SPDX-License-Identifier: MIT */
/*
 * Forms of the stack: a push and a pop around a body, for the flat 32-bit and the 16-bit stack.
 * Nothing but the stack pointer and what THEN does has changed when the access may still fail.
 */
#ifndef CPU_STACKFORM_H
#define CPU_STACKFORM_H

#include "cpu/forms.h"

#ifdef FLAVOUR_FAST

#define FIND_S32(k, offset, s, w) TLB_FIND(k, offset, BYTES_##s, w)
#define FIND_S16(k, offset, s, w)                                                                  \
    if (unlikely((offset) >= cpu->seg[SEG_SS].end[w][LOG2_##s]))                                   \
        COLD;                                                                                      \
    u32 k##_lin = (u32)cpu->seg[SEG_SS].base + (offset);                                           \
    TLB_FIND(k, k##_lin, BYTES_##s, w)
#define SP_S32 R_32(ESP * 8)
#define SP_S16 R_16(ESP * 8)
#define SET_S32(v) W_32(ESP * 8, v)
#define SET_S16(v) W_16(ESP * 8, v)
#define WRAP_S32(v) (v)
#define WRAP_S16(v) ((u16)(v))

/* Push VALUE (evaluated first, with the old stack pointer), then THEN. CHECK is done before
 * anything changes. */
#define PUSH_ONE(name, kind, s, value, CHECK, THEN)                                                       \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        u##s v = (u##s)(value);                                                                    \
        CHECK;                                                                                     \
        u32 sp = WRAP_##kind(SP_##kind - BYTES_##s);                                               \
        FIND_##kind(k, sp, s, 1);                                                                  \
        *(u##s *)k = v;                                                                            \
        SET_##kind(sp);                                                                            \
        THEN;                                                                                      \
    }
#define PUSH(name, s, value, CHECK, THEN)                                                                 \
    PUSH_ONE(name##_s32, S32, s, value, CHECK, THEN)                                                      \
    PUSH_ONE(name##_s16, S16, s, value, CHECK, THEN)

/* The same with a memory operand in V. */
#define PUSH_MEM_ONE(name, find, kind, s, value, CHECK, THEN)                                             \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        find(s, 0);                                                                                \
        u##s v = LD(s);                                                                            \
        u##s pushed = (u##s)(value);                                                               \
        CHECK;                                                                                    \
        u32 sp = WRAP_##kind(SP_##kind - BYTES_##s);                                               \
        FIND_##kind(k, sp, s, 1);                                                                  \
        *(u##s *)k = pushed;                                                                       \
        SET_##kind(sp);                                                                            \
        THEN;                                                                                      \
    }
#define PUSH_MEM(name, s, value, CHECK, THEN)                                                             \
    PUSH_MEM_ONE(name##_bd, FIND_bd, S32, s, value, CHECK, THEN)                                          \
    PUSH_MEM_ONE(name##_bx, FIND_bx, S32, s, value, CHECK, THEN)                                          \
    PUSH_MEM_ONE(name##_e16, FIND_e16, S16, s, value, CHECK, THEN)

/* Pop V from the offset FROM (an expression of the old stack pointer SP); the stack pointer
 * becomes NEW_SP, then THEN. */
#define POP_ONE(name, kind, s, from, new_sp, CHECK, THEN)                                          \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        u32 sp = WRAP_##kind(from);                                                                \
        FIND_##kind(k, sp, s, 0);                                                                  \
        u##s v = *(u##s *)k;                                                                       \
        CHECK;                                                                                     \
        SET_##kind(new_sp);                                                                        \
        THEN;                                                                                      \
    }
#define POP(name, s, from, new_sp, CHECK, THEN)                                                    \
    POP_ONE(name##_s32, S32, s, from, new_sp, CHECK, THEN)                                         \
    POP_ONE(name##_s16, S16, s, from, new_sp, CHECK, THEN)

/* A jump beyond the code segment faults before anything changes: the twin raises it. */
#define CHECK_TARGET(target)                                                                       \
    if (unlikely((target) > cpu->seg[SEG_CS].limit))                                               \
    COLD

#else

#define PUSH(name, s, value, CHECK, THEN)                                                                 \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        u##s v = (u##s)(value);                                                                    \
        struct at k;                                                                               \
        u32 sp = stack_offset(cpu, (u32)-BYTES_##s);                                               \
        CHECK;                                                                                    \
        mem_find(cpu, &k, SEG_SS, sp, BYTES_##s, 1);                                               \
        at_put(cpu, &k, v);                                                                        \
        stack_set(cpu, sp);                                                                        \
        THEN;                                                                                      \
    }
#define PUSH_MEM(name, s, value, CHECK, THEN)                                                             \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        struct at m, k;                                                                            \
        mem_find(cpu, &m, u->seg, plain_ea(cpu, u), BYTES_##s, 0);                                 \
        u##s v = LD(s);                                                                            \
        CHECK;                                                                                    \
        u32 sp = stack_offset(cpu, (u32)-BYTES_##s);                                               \
        mem_find(cpu, &k, SEG_SS, sp, BYTES_##s, 1);                                               \
        at_put(cpu, &k, (u##s)(value));                                                            \
        stack_set(cpu, sp);                                                                        \
        THEN;                                                                                      \
    }
#define POP(name, s, from, new_sp, CHECK, THEN)                                                    \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        u32 sp = (u32)(from)&stack_mask(cpu);                                                      \
        u##s v = (u##s)mem_read(cpu, SEG_SS, sp, BYTES_##s);                                       \
        CHECK;                                                                                     \
        stack_set(cpu, new_sp);                                                                    \
        THEN;                                                                                      \
    }
#define SP_S32 R_32(ESP * 8)
#define CHECK_TARGET(target)                                                                       \
    if (unlikely((target) > cpu->seg[SEG_CS].limit))                                               \
    cpu_raise_gp0(cpu, REASON_CODE_LIMIT)

#endif

#endif
