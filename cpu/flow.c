/* SPDX-License-Identifier: MIT */
/* Handlers of near jumps, calls and returns. Far ones are in transfer.c. */
#include "cpu/stackform.h"

/*
 * A jump is followed by the exit for its target, two micro-ops; behind that goes on what is run
 * when it is not taken. The decoder gives direct jumps beyond the code segment to the plain twin,
 * which raises the fault before anything has changed.
 */
#define SKIP_EXIT GOTO_PAST(u + 3)
#ifdef FLAVOUR_FAST
#define GOTO_PAST(target) GOTO(target)
#define CHECK_DIRECT
#else
#define GOTO_PAST(target) return target
#define CHECK_DIRECT CHECK_TARGET(u->disp)
#endif

#define JUMP_IF(name, condition, CHANGE)                                                           \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        CHANGE;                                                                                    \
        if (condition) {                                                                           \
            CHECK_DIRECT;                                                                          \
            COMMIT_##CHANGE;                                                                       \
            EXIT(1);                                                                               \
        }                                                                                          \
        COMMIT_##CHANGE;                                                                           \
        SKIP_EXIT;                                                                                 \
    }
#define NOTHING
#define COMMIT_NOTHING
#define COUNT_DOWN_16 u16 count = R_16(ECX * 8) - 1
#define COMMIT_COUNT_DOWN_16 W_16(ECX * 8, count)
#define COUNT_DOWN_32 u32 count = R_32(ECX * 8) - 1
#define COMMIT_COUNT_DOWN_32 W_32(ECX * 8, count)

#define CC(cc, n) JUMP_IF(J_##cc##_o_0, cond_##cc(&cpu->fl), NOTHING)
EACH_CC(CC)
#undef CC

JUMP_IF(LOOP_a16_0, count, COUNT_DOWN_16)
JUMP_IF(LOOP_a32_0, count, COUNT_DOWN_32)
JUMP_IF(LOOPE_a16_0, count &&f_zf(&cpu->fl), COUNT_DOWN_16)
JUMP_IF(LOOPE_a32_0, count &&f_zf(&cpu->fl), COUNT_DOWN_32)
JUMP_IF(LOOPNE_a16_0, count && !f_zf(&cpu->fl), COUNT_DOWN_16)
JUMP_IF(LOOPNE_a32_0, count && !f_zf(&cpu->fl), COUNT_DOWN_32)
JUMP_IF(JCXZ_a16_0, !R_16(ECX * 8), NOTHING)
JUMP_IF(JCXZ_a32_0, !R_32(ECX * 8), NOTHING)

HANDLER(JMP_o_0)
{
    CHECK_DIRECT;
    EXIT(1);
}

#define JUMP_INDIRECT(s)                                                                           \
    HANDLER(JMP_r_##s)                                                                             \
    {                                                                                              \
        u##s v = R(s, u->dst);                                                                     \
        CHECK_TARGET(v);                                                                           \
        INDIRECT(v);                                                                               \
    }                                                                                              \
    MEM_JUMP(JMP_m_##s, s)
#ifdef FLAVOUR_FAST
#define MEM_JUMP_ONE(name, find, s)                                                                \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        find(s, 0);                                                                                \
        u##s v = LD(s);                                                                            \
        CHECK_TARGET(v);                                                                           \
        INDIRECT(v);                                                                               \
    }
#define MEM_JUMP(name, s)                                                                          \
    MEM_JUMP_ONE(name##_bd, FIND_bd, s)                                                            \
    MEM_JUMP_ONE(name##_bx, FIND_bx, s)                                                            \
    MEM_JUMP_ONE(name##_g32, FIND_g32, s)                                                          \
    MEM_JUMP_ONE(name##_e16, FIND_e16, s)
#else
#define MEM_JUMP(name, s)                                                                          \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        u##s v = (u##s)mem_read(cpu, u->seg, plain_ea(cpu, u), BYTES_##s);                         \
        CHECK_TARGET(v);                                                                           \
        INDIRECT(v);                                                                               \
    }
#endif
JUMP_INDIRECT(16)
JUMP_INDIRECT(32)

/* What a call pushes. */
#define RETURN_EIP (u->eip + u->len)

PUSH(CALL_o_16, 16, RETURN_EIP, CHECK_DIRECT, EXIT(1))
PUSH(CALL_o_32, 32, RETURN_EIP, CHECK_DIRECT, EXIT(1))
PUSH_MEM(CALL_m_16, 16, RETURN_EIP, CHECK_TARGET(v), INDIRECT(v))
PUSH_MEM(CALL_m_32, 32, RETURN_EIP, CHECK_TARGET(v), INDIRECT(v))

/* The target is read before the push: CALL ESP jumps to the old stack pointer. */
#ifdef FLAVOUR_FAST
#define CALL_REG_ONE(name, kind, s)                                                                \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        u##s target = R(s, u->dst);                                                                \
        CHECK_TARGET(target);                                                                      \
        u32 sp = WRAP_##kind(SP_##kind - BYTES_##s);                                               \
        FIND_##kind(k, sp, s, 1);                                                                  \
        *(u##s *)k = (u##s)RETURN_EIP;                                                             \
        SET_##kind(sp);                                                                            \
        INDIRECT(target);                                                                          \
    }
#define CALL_REG(s) CALL_REG_ONE(CALL_r_##s##_s32, S32, s) CALL_REG_ONE(CALL_r_##s##_s16, S16, s)
#else
#define CALL_REG(s)                                                                                \
    HANDLER(CALL_r_##s)                                                                            \
    {                                                                                              \
        u##s target = R(s, u->dst);                                                                \
        CHECK_TARGET(target);                                                                      \
        u32 sp = stack_offset(cpu, (u32)-BYTES_##s);                                               \
        mem_write(cpu, SEG_SS, sp, (u##s)RETURN_EIP, BYTES_##s);                                   \
        stack_set(cpu, sp);                                                                        \
        INDIRECT(target);                                                                          \
    }
#endif
CALL_REG(16)
CALL_REG(32)

POP(RET_o_16, 16, SP_S32, sp + 2, CHECK_TARGET(v), INDIRECT(v))
POP(RET_o_32, 32, SP_S32, sp + 4, CHECK_TARGET(v), INDIRECT(v))
POP(RET_i_16, 16, SP_S32, sp + 2 + u->imm, CHECK_TARGET(v), INDIRECT(v))
POP(RET_i_32, 32, SP_S32, sp + 4 + u->imm, CHECK_TARGET(v), INDIRECT(v))
