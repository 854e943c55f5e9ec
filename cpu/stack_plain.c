/* SPDX-License-Identifier: MIT */
/* Pushes and pops that are plain only. SDM 2B "POP", "PUSHA", "POPA", "PUSHF", "POPF", SDM 2A
 * "ENTER". */
#include "cpu/protect.h"
#include "cpu/stackform.h"
#include "cpu/virtual.h"

/*
 * POP to memory: the address is computed with the stack pointer already incremented, and both
 * operands are checked before anything changes.
 */
#define POP_MEM(s)                                                                                 \
    HANDLER(POP_m_##s)                                                                             \
    {                                                                                              \
        struct at k, m;                                                                            \
        u32 sp = stack_offset(cpu, 0);                                                             \
        mem_find(cpu, &k, SEG_SS, sp, BYTES_##s, 0);                                               \
        u64 old = cpu->r[ESP];                                                                     \
        stack_set(cpu, sp + BYTES_##s);                                                            \
        u32 ea = plain_ea(cpu, u);                                                                 \
        u64 new = cpu->r[ESP];                                                                     \
        cpu->r[ESP] = old;                                                                         \
        mem_find(cpu, &m, u->seg, ea, BYTES_##s, 1);                                               \
        ST(s, at_get(cpu, &k));                                                                    \
        cpu->r[ESP] = new;                                                                         \
        NEXT;                                                                                      \
    }
POP_MEM(16)
POP_MEM(32)

/* A 32-bit POP to a segment register takes all four bytes off the stack. */
HANDLER(POP_S_o_32)
{
    u32 sp = stack_offset(cpu, 0);
    u16 selector = (u16)mem_read(cpu, SEG_SS, sp, 4);
    return pop_segment(cpu, u, selector, 4);
}


/* PUSHA and POPA: all eight slots are checked first; a slot may lie apart when SP wraps. */
#define PUSHA(s)                                                                                   \
    HANDLER(PUSHA_o_##s)                                                                           \
    {                                                                                              \
        struct at slot[8];                                                                         \
        for (unsigned i = 0; i < 8; i++)                                                           \
            mem_find(cpu, &slot[i], SEG_SS, stack_offset(cpu, (u32) - (s32)((i + 1) * BYTES_##s)), \
                     BYTES_##s, 1);                                                                \
        for (unsigned i = 0; i < 8; i++)                                                           \
            at_put(cpu, &slot[i], R(s, i * 8));                                                    \
        stack_set(cpu, stack_offset(cpu, (u32) - (s32)(8 * BYTES_##s)));                           \
        NEXT;                                                                                      \
    }                                                                                              \
    HANDLER(POPA_o_##s)                                                                            \
    {                                                                                              \
        u##s v[8];                                                                                 \
        for (unsigned i = 0; i < 8; i++)                                                           \
            v[i] = (u##s)mem_read(cpu, SEG_SS, stack_offset(cpu, i * BYTES_##s), BYTES_##s);       \
        u32 sp = stack_offset(cpu, 8 * BYTES_##s);                                                 \
        for (unsigned i = 0; i < 8; i++)                                                           \
            if (7 - i != ESP)                                                                      \
                W(s, (7 - i) * 8, v[i]);                                                           \
        stack_set(cpu, sp);                                                                        \
        NEXT;                                                                                      \
    }
PUSHA(16)
PUSHA(32)

/* PUSHF and POPF are IOPL-sensitive in virtual-8086 mode: does VIF stand for IF? */
static bool flags_are_virtual(struct cpu *cpu, unsigned bits)
{
    enum if_access access = cpu_vm86(cpu) ? if_access(cpu) : IF_REAL;
    if (access == IF_REFUSED || (access == IF_VIRTUAL && bits == 32))
        cpu_raise_gp0(cpu, REASON_IOPL);
    return access == IF_VIRTUAL;
}

/* The image of RF and VM is 0. */
static u32 pushf_image(struct cpu *cpu, unsigned bits)
{
    if (flags_are_virtual(cpu, bits))
        return virtual_flags(cpu);
    return cpu_eflags(cpu) & ~(u32)(FL_RF | FL_VM);
}

#define PUSHF(s)                                                                                   \
    HANDLER(PUSHF_o_##s)                                                                           \
    {                                                                                              \
        u32 image = pushf_image(cpu, s);                                                           \
        u32 sp = stack_offset(cpu, (u32)-BYTES_##s);                                               \
        mem_write(cpu, SEG_SS, sp, (u##s)image, BYTES_##s);                                        \
        stack_set(cpu, sp);                                                                        \
        NEXT;                                                                                      \
    }
PUSHF(16)
PUSHF(32)

/* What POPF may change. SDM 2B "POPF", the table of modes and privilege. */
static u32 popf_mask(const struct cpu *cpu, unsigned bits)
{
    u32 may = FL_ARITH | FL_TF | FL_DF | FL_NT;
    if (bits == 32)
        may |= FL_AC | FL_ID;
    if (!cpu_protected(cpu) || (cpu->cpl == 0 && !cpu_vm86(cpu)))
        may |= FL_IOPL;
    if (!cpu_protected(cpu) || cpu->cpl <= cpu_iopl(cpu))
        may |= FL_IF;
    return may;
}

#define POPF(s)                                                                                    \
    HANDLER(POPF_o_##s)                                                                            \
    {                                                                                              \
        bool virtual = flags_are_virtual(cpu, s);                                                  \
        u32 sp = stack_offset(cpu, 0), may = popf_mask(cpu, s);                                    \
        u32 image = (u32)mem_read(cpu, SEG_SS, sp, BYTES_##s);                                     \
        if (virtual)                                                                               \
            virtual_check_flags(cpu, image, s);                                                    \
        stack_set(cpu, sp + BYTES_##s);                                                            \
        if (virtual)                                                                               \
            virtual_load_flags(cpu, image);                                                        \
        else                                                                                       \
            flags_load(cpu, image & ~(u32)FL_RF, may | FL_RF);                                     \
        NEXT;                                                                                      \
    }
POPF(16)
POPF(32)

/*
 * ENTER: every frame pointer that is copied and every slot that is written is checked first, and
 * that a push at the final stack pointer would succeed (SDM 2A "ENTER", exceptions). A frame pointer
 * may lie where one was just pushed: they are copied one after the other.
 */
#define ENTER(s)                                                                                   \
    HANDLER(ENTER_i_##s)                                                                           \
    {                                                                                              \
        unsigned level = u->imm >> 16 & 31;                                                        \
        u32 frame = stack_offset(cpu, (u32)-BYTES_##s), sp = frame;                                \
        struct at from[32], slot[33], last;                                                        \
        mem_find(cpu, &slot[0], SEG_SS, frame, BYTES_##s, 1);                                      \
        for (unsigned i = 1; i <= level; i++) {                                                    \
            u32 pointer = ((u32)cpu->r[EBP] - i * BYTES_##s) & stack_mask(cpu);                    \
            sp = (sp - BYTES_##s) & stack_mask(cpu);                                               \
            if (i < level)                                                                         \
                mem_find(cpu, &from[i], SEG_SS, pointer, BYTES_##s, 0);                            \
            mem_find(cpu, &slot[i], SEG_SS, sp, BYTES_##s, 1);                                     \
        }                                                                                          \
        sp = (sp - (u->imm & 0xffff)) & stack_mask(cpu);                                           \
        mem_find(cpu, &last, SEG_SS, sp, BYTES_##s, 1);                                            \
        at_put(cpu, &slot[0], R(s, EBP * 8));                                                      \
        for (unsigned i = 1; i < level; i++)                                                       \
            at_put(cpu, &slot[i], at_get(cpu, &from[i]));                                          \
        if (level)                                                                                 \
            at_put(cpu, &slot[level], (u##s)(((u32)cpu->r[ESP] & ~stack_mask(cpu)) | frame));      \
        W(s, EBP * 8, ((u32)cpu->r[ESP] & ~stack_mask(cpu)) | frame);                              \
        stack_set(cpu, sp);                                                                        \
        NEXT;                                                                                      \
    }
ENTER(16)
ENTER(32)
