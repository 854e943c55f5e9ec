/* SPDX-License-Identifier: MIT */
/* Every instruction with an operand in memory: sources are only read, so a segment that can't be
 * written is good enough for them; destinations need one that can, and stay as they are otherwise.
 */
#include "cpu/insn.h"
#include "tests/unit/guest.h"

enum { AT = GUEST_DATA, BYTES = 0x400 };

static struct guest *g;

static void setup(void)
{
    g = guest_new_model("max");
}

static void teardown(void)
{
    guest_free(g);
}

static bool one_of(unsigned what, const u16 *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == what)
            return true;
    return false;
}

static bool has_moffs(const struct insn *row)
{
    return row->operand[0] == OPD_Ob || row->operand[0] == OPD_Ov || row->operand[1] == OPD_Ob ||
           row->operand[1] == OPD_Ov;
}

/* Operands that may be memory; those of SIMD stand there as sources too. */
static bool may_be_memory(unsigned operand)
{
    static const u16 list[] = {OPD_Eb, OPD_Ev, OPD_Ew, OPD_Es, OPD_Ed, OPD_RdMw, OPD_M,  OPD_Mp,
                               OPD_Ma, OPD_Mq, OPD_Mx, OPD_Md, OPD_Qq, OPD_Qd,   OPD_Wx, OPD_Wq,
                               OPD_Wd, OPD_Fw, OPD_Fd, OPD_Fq, OPD_Ft, OPD_Ob,   OPD_Ov};
    return one_of(operand, list, ARRAY_LEN(list));
}

/* Their first operand is only read. */
static bool only_reads_first(unsigned op)
{
    static const u16 list[] = {
        OP_CMP,    OP_TEST,  OP_BT,    OP_MUL,   OP_IMUL,   OP_DIV,    OP_IDIV,   OP_PUSH,
        OP_JMP,    OP_CALL,  OP_VERR,  OP_VERW,  OP_LMSW,   OP_LGDT,   OP_LIDT,   OP_INVLPG,
        OP_NOP,    OP_FADD,  OP_FMUL,  OP_FCOM,  OP_FCOMP,  OP_FSUB,   OP_FSUBR,  OP_FDIV,
        OP_FDIVR,  OP_FIADD, OP_FIMUL, OP_FICOM, OP_FICOMP, OP_FISUB,  OP_FISUBR, OP_FIDIV,
        OP_FIDIVR, OP_FLD,   OP_FILD,  OP_FBLD,  OP_FLDCW,  OP_FLDENV, OP_FRSTOR,
    };
    return one_of(op, list, ARRAY_LEN(list));
}

/* What they read has to be something special: far pointers, selectors, MXCSR. */
static bool is_particular(unsigned op)
{
    static const u16 list[] = {OP_JMPF, OP_CALLF, OP_LLDT, OP_LTR, OP_FXRSTOR, OP_LDMXCSR, OP_UD};
    return one_of(op, list, ARRAY_LEN(list));
}

/* ROW with its operand at AT; false: has none in memory. */
static bool put_code(const struct insn *row)
{
    u8 code[16] = {0};
    bool memory = false;
    for (unsigned i = 0; i < 3; i++)
        memory |= may_be_memory(row->operand[i]);
    if (!memory || row->reg >= REG_X87 || is_particular(row->op))
        return false;
    unsigned n = insn_opcode(row, code);
    if (!has_moffs(row))
        code[n++] = (u8)((row->reg < REG_ANY ? row->reg << 3 : 0) | 5); /* [disp32] */
    put32(code + n, AT);
    bus_dma_write(&g->bus, GUEST_CODE, code, sizeof code);
    return true;
}

/* Run it with DS of rights ATTR; the vector, or -1. All of memory is 10h, 0, 10h, 0: a selector. */
static int run(u16 attr)
{
    guest_flat(g, 0);
    g->cpu.cr4 |= CR4_OSFXSR;
    guest_bytes(g, GUEST_CODE - 2, "db e3"); /* FNINIT */
    for (unsigned i = 0; i < BYTES; i += 2)
        put16(g->ram + AT + i, GUEST_DATA32);
    g->cpu.r[EAX] = 0x55;
    guest_segment(g, SEG_DS, GUEST_DATA32, 0, 0xffffffff, attr);
    g->cpu.eip = GUEST_CODE - 2;
    guest_step(g, 2);
    return guest_vector(g);
}

static bool memory_is_unchanged(void)
{
    for (unsigned i = 0; i < BYTES; i += 2)
        if (get16(g->ram + AT + i) != GUEST_DATA32)
            return false;
    return true;
}

START_TEST(sources_are_read_and_destinations_written)
{
    unsigned rows = 0;
    for (unsigned i = 0; i < insn_count; i++) {
        const struct insn *row = &insn_table[i];
        if (!model_has(g->cpu.model, row->since) || !put_code(row))
            continue;
        bool writes = may_be_memory(row->operand[0]) && !only_reads_first(row->op);
        int writable = run(0xc93), readable = run(0xc91);
        ck_assert_msg(writable != EX_GP && writable != EX_UD, "%s of line %u: vector %d", row->name,
                      row->line, writable);
        ck_assert_msg((readable == EX_GP) == writes, "%s of line %u, map %u: vector %d", row->name,
                      row->line, row->map, readable);
        ck_assert_msg(memory_is_unchanged(), "%s of line %u writes", row->name, row->line);
        rows++;
    }
    ck_assert_uint_gt(rows, 300);
}
END_TEST

/* Execute-only code is no source either. */
START_TEST(what_cannot_be_read_is_no_source)
{
    for (unsigned i = 0; i < insn_count; i++) {
        const struct insn *row = &insn_table[i];
        if (!model_has(g->cpu.model, row->since) || !put_code(row) || row->op == OP_LEA ||
            row->op == OP_INVLPG || row->op == OP_NOP)
            continue;
        int vector = run(0xc99);
        ck_assert_msg(vector == EX_GP, "%s of line %u: vector %d", row->name, row->line, vector);
    }
}
END_TEST

Suite *operands_suite(void)
{
    const TTest *const tests[] = {
        sources_are_read_and_destinations_written,
        what_cannot_be_read_is_no_source,
        NULL,
    };
    return guest_suite("operands", tests, setup, teardown);
}
