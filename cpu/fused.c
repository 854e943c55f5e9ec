/* SPDX-License-Identifier: MIT */
/*
 * One handler for a comparison and the conditional jump behind it. Both micro-ops stay in the
 * block and only the first one's handler is another: its twin is still that of the comparison, so
 * a slow path or a step does the comparison alone and goes on at the jump.
 *
 *   u: comparison   u + 1: jump   u + 2, u + 3: its exit   u + 4: what follows if it is not taken
 */
#include "cpu/alu.h"
#include "cpu/forms.h"

#define JUMP(condition)                                                                            \
    if (condition)                                                                                 \
        EXIT(2);                                                                                   \
    GOTO(u + 4)

/* After CMP the conditions are comparisons of its operands; O and P are left to the flags. */
#define SG(s, v) ((SIGNED_##s)(v))
#define AFTER_CMP_o(s) cond_o(&f)
#define AFTER_CMP_no(s) cond_no(&f)
#define AFTER_CMP_b(s) a < b
#define AFTER_CMP_nb(s) a >= b
#define AFTER_CMP_z(s) a == b
#define AFTER_CMP_nz(s) a != b
#define AFTER_CMP_be(s) a <= b
#define AFTER_CMP_nbe(s) a > b
#define AFTER_CMP_s(s) f.res < 0
#define AFTER_CMP_ns(s) f.res >= 0
#define AFTER_CMP_p(s) cond_p(&f)
#define AFTER_CMP_np(s) cond_np(&f)
#define AFTER_CMP_l(s) SG(s, a) < SG(s, b)
#define AFTER_CMP_nl(s) SG(s, a) >= SG(s, b)
#define AFTER_CMP_le(s) SG(s, a) <= SG(s, b)
#define AFTER_CMP_nle(s) SG(s, a) > SG(s, b)

#define CMP_REG(name, cc, s, right)                                                                \
    static void name##_##cc(struct cpu *cpu, const struct uop *u)                                  \
    {                                                                                              \
        FLAGS;                                                                                     \
        u##s a = R(s, u->dst), b = (u##s)(right);                                                  \
        sem_CMP(&f, a, b, s);                                                                      \
        KEEP;                                                                                      \
        JUMP(AFTER_CMP_##cc(s));                                                                   \
    }
#define CMP_MEM(name, cc, s, find, left, right)                                                    \
    static void name##_##cc(struct cpu *cpu, const struct uop *u)                                  \
    {                                                                                              \
        FLAGS;                                                                                     \
        find(s, 0);                                                                                \
        u##s a = (u##s)(left), b = (u##s)(right);                                                  \
        sem_CMP(&f, a, b, s);                                                                      \
        KEEP;                                                                                      \
        JUMP(AFTER_CMP_##cc(s));                                                                   \
    }
/* Any operation on registers; the compiler sees what its flags can be. */
#define ANY_REG(name, cc, op, s, STORE, ...)                                                       \
    static void name##_##cc(struct cpu *cpu, const struct uop *u)                                  \
    {                                                                                              \
        FLAGS;                                                                                     \
        u64 r = sem_##op(&f, R(s, u->dst), ##__VA_ARGS__, s);                                      \
        STORE(s);                                                                                  \
        KEEP;                                                                                      \
        JUMP(cond_##cc(&f));                                                                       \
    }
#define TO_REG(s) W(s, u->dst, r)
#define NOWHERE(s) (void)r

/* The sixteen handlers that a form M makes, and their row by condition. */
#define FAMILY(M, name, ...)                                                                       \
    M(name, o, __VA_ARGS__)                                                                        \
    M(name, no, __VA_ARGS__)                                                                       \
    M(name, b, __VA_ARGS__)                                                                        \
    M(name, nb, __VA_ARGS__)                                                                       \
    M(name, z, __VA_ARGS__)                                                                        \
    M(name, nz, __VA_ARGS__)                                                                       \
    M(name, be, __VA_ARGS__)                                                                       \
    M(name, nbe, __VA_ARGS__)                                                                      \
    M(name, s, __VA_ARGS__)                                                                        \
    M(name, ns, __VA_ARGS__)                                                                       \
    M(name, p, __VA_ARGS__)                                                                        \
    M(name, np, __VA_ARGS__)                                                                       \
    M(name, l, __VA_ARGS__)                                                                        \
    M(name, nl, __VA_ARGS__)                                                                       \
    M(name, le, __VA_ARGS__)                                                                       \
    M(name, nle, __VA_ARGS__)                                                                      \
    static fast_fn *const name[16] = {name##_o,  name##_no,  name##_b,  name##_nb,                 \
                                      name##_z,  name##_nz,  name##_be, name##_nbe,                \
                                      name##_s,  name##_ns,  name##_p,  name##_np,                 \
                                      name##_l,  name##_nl,  name##_le, name##_nle};

FAMILY(CMP_REG, cmp_rr_8, 8, R(8, u->src))
FAMILY(CMP_REG, cmp_rr_16, 16, R(16, u->src))
FAMILY(CMP_REG, cmp_rr_32, 32, R(32, u->src))
FAMILY(CMP_REG, cmp_ri_8, 8, u->imm)
FAMILY(CMP_REG, cmp_ri_16, 16, u->imm)
FAMILY(CMP_REG, cmp_ri_32, 32, u->imm)
FAMILY(CMP_MEM, cmp_rm_32_bd, 32, FIND_bd, R(32, u->dst), LD(32))
FAMILY(CMP_MEM, cmp_rm_32_bx, 32, FIND_bx, R(32, u->dst), LD(32))
FAMILY(CMP_MEM, cmp_rm_16_e16, 16, FIND_e16, R(16, u->dst), LD(16))
FAMILY(CMP_MEM, cmp_rm_8_e16, 8, FIND_e16, R(8, u->dst), LD(8))
FAMILY(CMP_MEM, cmp_mr_32_bd, 32, FIND_bd, LD(32), R(32, u->src))
FAMILY(CMP_MEM, cmp_mr_16_e16, 16, FIND_e16, LD(16), R(16, u->src))
FAMILY(CMP_MEM, cmp_mi_8_bd, 8, FIND_bd, LD(8), u->imm)
FAMILY(CMP_MEM, cmp_mi_8_bx, 8, FIND_bx, LD(8), u->imm)
FAMILY(CMP_MEM, cmp_mi_32_bd, 32, FIND_bd, LD(32), u->imm)
FAMILY(CMP_MEM, cmp_mi_8_e16, 8, FIND_e16, LD(8), u->imm)
FAMILY(CMP_MEM, cmp_mi_16_e16, 16, FIND_e16, LD(16), u->imm)
FAMILY(ANY_REG, test_rr_8, TEST, 8, NOWHERE, R(8, u->src))
FAMILY(ANY_REG, test_rr_16, TEST, 16, NOWHERE, R(16, u->src))
FAMILY(ANY_REG, test_rr_32, TEST, 32, NOWHERE, R(32, u->src))
FAMILY(ANY_REG, test_ri_8, TEST, 8, NOWHERE, (u8)u->imm)
FAMILY(ANY_REG, test_ri_32, TEST, 32, NOWHERE, u->imm)
FAMILY(ANY_REG, and_ri_32, AND, 32, TO_REG, u->imm)
FAMILY(ANY_REG, sub_ri_32, SUB, 32, TO_REG, u->imm)
FAMILY(ANY_REG, sub_rr_32, SUB, 32, TO_REG, R(32, u->src))
FAMILY(ANY_REG, or_rr_8, OR, 8, TO_REG, R(8, u->src))
FAMILY(ANY_REG, or_rr_16, OR, 16, TO_REG, R(16, u->src))
FAMILY(ANY_REG, dec_r_16, DEC, 16, TO_REG)
FAMILY(ANY_REG, dec_r_32, DEC, 32, TO_REG)

#define REGS(row) {row, row, row, row}

/* By micro-op and memory form, the row by condition. */
static fast_fn *const *const fused_rows[U_COUNT][EA_COUNT] = {
    [U_CMP_rr_8] = REGS(cmp_rr_8),
    [U_CMP_rr_16] = REGS(cmp_rr_16),
    [U_CMP_rr_32] = REGS(cmp_rr_32),
    [U_CMP_ri_8] = REGS(cmp_ri_8),
    [U_CMP_ri_16] = REGS(cmp_ri_16),
    [U_CMP_ri_32] = REGS(cmp_ri_32),
    [U_CMP_rm_32] = {[EA_BD] = cmp_rm_32_bd, [EA_BX] = cmp_rm_32_bx},
    [U_CMP_rm_16] = {[EA_E16] = cmp_rm_16_e16},
    [U_CMP_rm_8] = {[EA_E16] = cmp_rm_8_e16},
    [U_CMP_mr_32] = {[EA_BD] = cmp_mr_32_bd},
    [U_CMP_mr_16] = {[EA_E16] = cmp_mr_16_e16},
    [U_CMP_mi_8] = {[EA_BD] = cmp_mi_8_bd, [EA_BX] = cmp_mi_8_bx, [EA_E16] = cmp_mi_8_e16},
    [U_CMP_mi_16] = {[EA_E16] = cmp_mi_16_e16},
    [U_CMP_mi_32] = {[EA_BD] = cmp_mi_32_bd},
    [U_TEST_rr_8] = REGS(test_rr_8),
    [U_TEST_rr_16] = REGS(test_rr_16),
    [U_TEST_rr_32] = REGS(test_rr_32),
    [U_TEST_ri_8] = REGS(test_ri_8),
    [U_TEST_ri_32] = REGS(test_ri_32),
    [U_AND_ri_32] = REGS(and_ri_32),
    [U_SUB_ri_32] = REGS(sub_ri_32),
    [U_SUB_rr_32] = REGS(sub_rr_32),
    [U_OR_rr_8] = REGS(or_rr_8),
    [U_OR_rr_16] = REGS(or_rr_16),
    [U_DEC_r_16] = REGS(dec_r_16),
    [U_DEC_r_32] = REGS(dec_r_32),
};

fast_fn *fused_find(const struct uop *u, const struct uop *jcc, unsigned variant)
{
    fast_fn *const *row = fused_rows[u->id][variant];
    if (!row || jcc->id < U_J_o_o_0 || jcc->id > U_J_nle_o_0 || jcc->fn == f_cold)
        return NULL;
    return row[jcc->id - U_J_o_o_0];
}
