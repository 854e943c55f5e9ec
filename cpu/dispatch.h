/* SPDX-License-Identifier: MIT */
/*
 * The hot loop. A handler does its micro-op and jumps to the handler of the next one: there is no
 * loop anywhere, and registers of the host hold `cpu` and `u` throughout.
 *
 * The same text is compiled twice. FLAVOUR_FAST makes handlers f_NAME that end in tail calls;
 * otherwise it makes plain twins p_NAME that return the next micro-op.
 *
 * These few macros use `cpu` and `u` unseen and hide a return; they are the whole exception to the
 * rule of style:
 *
 *   HANDLER(name)   the head of a handler
 *   NEXT            go on with the next instruction of the block
 *   COLD            leave this micro-op to its plain twin; nothing may have changed yet
 *   EXIT(k)         leave the block by the exit K micro-ops ahead
 *   INDIRECT(eip)   leave the block for an address known only now; the exit behind U pays
 *   KEEP, FLAGS     commit, and take a copy of, the lazy flags
 *
 * In a fast handler nothing is called except in tail position, and no local's address leaves it:
 * otherwise the compiler makes a frame or returns instead of jumping (tests/frames.sh looks).
 */
#ifndef CPU_DISPATCH_H
#define CPU_DISPATCH_H

#include "config.h"
#include "cpu/access.h"
#include "cpu/engine.h"
#include "cpu/handlers.h"
#include "cpu/insn.h"

typedef s8 SIGNED_8;
typedef s16 SIGNED_16;
typedef s32 SIGNED_32;
typedef s64 SIGNED_64;

#define REG_AT(type, offset) (*(type *)((char *)cpu->r + (offset)))
#define R_8(offset) REG_AT(u8, offset)
#define R_16(offset) REG_AT(u16, offset)
#define R_32(offset) REG_AT(u32, offset)
#define R(s, offset) R_##s(offset)
#define W_8(offset, v) (REG_AT(u8, offset) = (u8)(v))
#define W_16(offset, v) (REG_AT(u16, offset) = (u16)(v))
#define W_32(offset, v) (REG_AT(u64, offset) = (u32)(v))
#define W(s, offset, v) W_##s(offset, v)

/*
 * Fast: load segment register SR with a selector as real mode does, base only (SDM 3A
 * "Real-Address Mode"). What looks at a descriptor or leaves a flat segment is cold, and so are,
 * by the decoder, loads of SS.
 */
#define QUICK_LOAD(sr_number, value)                                                               \
    u16 selector = value;                                                                          \
    struct segment *sr = &cpu->seg[sr_number];                                                     \
    if (unlikely(cpu->cr0 & CR0_PE || sr->end[0][0] != 0x10000))                                   \
        COLD;                                                                                      \
    sr->selector = selector;                                                                       \
    sr->base = (u32)selector << 4;

#define FLAGS                                                                                      \
    struct flags f = cpu->fl;                                                                      \
    (void)f
#define KEEP                                                                                       \
    do {                                                                                           \
        cpu->fl.res = f.res;                                                                       \
        cpu->fl.cv = f.cv;                                                                         \
    } while (0)

#ifdef FLAVOUR_FAST

#define HANDLER(name)                                                                              \
    void f_##name(struct cpu *cpu, const struct uop *u);                                           \
    void f_##name(struct cpu *cpu, const struct uop *u)
#define GOTO(target)                                                                               \
    do {                                                                                           \
        const struct uop *to_ = (target);                                                          \
        to_->fn(cpu, to_);                                                                         \
        return;                                                                                    \
    } while (0)
#define NEXT GOTO(u + 1)
#define COLD                                                                                       \
    do {                                                                                           \
        f_cold(cpu, u);                                                                            \
        return;                                                                                    \
    } while (0)
#define EXIT(k)                                                                                    \
    do {                                                                                           \
        const struct block_exit *e_ = (const struct block_exit *)(u + (k));                        \
        cpu->budget -= e_->charge;                                                                 \
        if (unlikely(cpu->budget < 0)) {                                                           \
            cpu->eip = e_->u.eip;                                                                  \
            return;                                                                                \
        }                                                                                          \
        GOTO(e_->u.link);                                                                          \
    } while (0)
#define INDIRECT(target_eip)                                                                       \
    do {                                                                                           \
        cpu->eip = (target_eip);                                                                   \
        cpu->budget -= ((const struct block_exit *)(u + 1))->charge;                               \
        if (unlikely(cpu->budget < 0))                                                             \
            return;                                                                                \
        f_lookup(cpu, u);                                                                          \
        return;                                                                                    \
    } while (0)

#else

#define HANDLER(name)                                                                              \
    const struct uop *p_##name(struct cpu *cpu, const struct uop *u);                              \
    const struct uop *p_##name(struct cpu *cpu, const struct uop *u)
#define NEXT return (void)cpu, u + 1
#define EXIT(k) return plain_exit(cpu, (const struct block_exit *)(u + (k)))
#define INDIRECT(target_eip)                                                                       \
    return plain_indirect(cpu, (const struct block_exit *)(u + 1), target_eip)

#endif

#endif
