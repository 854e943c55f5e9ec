/* SPDX-License-Identifier: MIT */
/* What timing.def leaves out: addresses, prefixes, jumps, the bus, counts, bits. */
#include "cpu/timing.h"

#include "cpu/access.h"
#include "cpu/forms.h"

/* Columns of timing.def. The 80186 has that of the 80286. */
enum column { C86, C286, C386, C486, C586, C686, COLUMNS };

static enum column column_of(const struct cpu_model *model)
{
    static const u8 columns[] = {C86, C286, C286, C386, C486, C586, C686};
    return columns[model->generation];
}

static const u8 class_clocks[][COLUMNS][2] = {
#define COST(name, ...) {__VA_ARGS__},
#include "cpu/timing.def"
};

static const struct general {
    u8 prefix;    /* each prefix byte */
    u8 taken;     /* a conditional jump that is taken */
    u8 exception; /* entering the handler of an exception or interrupt */
    u8 bus;       /* each bus cycle beyond the first of an operand */
    u8 byte;      /* each byte of the instruction beyond the first */
} general[COLUMNS] = {
    [C86] = {.prefix = 2, .taken = 13, .exception = 50, .bus = 4},
    /* The tables of the 80286 hold while its queue is full; as captured it never quite is. */
    [C286] = {.taken = 5, .exception = 43, .bus = 2, .byte = 1},
    [C386] = {.taken = 5, .exception = 59, .bus = 2},
    [C486] = {.prefix = 1, .taken = 2, .exception = 44},
    [C586] = {.prefix = 1, .taken = 1, .exception = 30},
    [C686] = {.taken = 1, .exception = 40},
};

/* Repeated string instructions: before the first iteration, and each. */
struct repetition {
    u8 start, each;
};

static const struct {
    u16 op;
    struct repetition clocks[COLUMNS];
} repeated[] = {
    {OP_REP_MOVS, {{9, 17}, {5, 4}, {7, 4}, {12, 3}, {13, 1}, {12, 1}}},
    {OP_REP_STOS, {{9, 10}, {4, 3}, {5, 5}, {7, 4}, {9, 1}, {10, 1}}},
    {OP_REP_LODS, {{9, 13}, {5, 4}, {5, 6}, {7, 4}, {7, 3}, {8, 2}}},
    {OP_REP_CMPS, {{9, 22}, {5, 9}, {5, 9}, {7, 7}, {9, 4}, {10, 4}}},
    {OP_REP_SCAS, {{9, 15}, {5, 8}, {5, 8}, {7, 5}, {8, 4}, {10, 3}}},
    {OP_REP_INS, {[C286] = {5, 4}, {14, 6}, {16, 8}, {11, 3}, {10, 8}}},
    {OP_REP_OUTS, {[C286] = {5, 4}, {12, 5}, {17, 5}, {13, 4}, {10, 8}}},
};

static const struct repetition *repeated_clocks(const struct cpu_model *model, unsigned op)
{
    for (unsigned i = 0; i < ARRAY_LEN(repeated); i++)
        if (repeated[i].op == op)
            return &repeated[i].clocks[column_of(model)];
    return NULL;
}

u32 timing_taken(const struct cpu_model *model)
{
    return general[column_of(model)].taken;
}

u32 timing_exception(const struct cpu_model *model)
{
    return general[column_of(model)].exception;
}

u32 timing_interrupt(const struct cpu_model *model)
{
    return class_clocks[COST_INT - COST_FIRST - 1][column_of(model)][0];
}

/* iAPX 86,88 User's Manual, table 2-20; the two clocks that some sums of registers take longer
 * are within the table's own +1. */
static u32 address_8086(u8 modrm)
{
    static const u8 registers[] = {7, 8, 8, 7, 5, 5, 5, 5};
    unsigned mod = modrm >> 6, rm = modrm & 7;
    return mod == 0 && rm == 6 ? 6 : registers[rm] + (mod ? 4u : 0);
}

/* Two registers in the sum, and (80286) a displacement beside them. */
static u32 address_clocks(enum column column, const struct insn_form *form)
{
    unsigned mod = form->modrm >> 6, rm = form->modrm & 7;
    bool two = form->address32 ? rm == 4 : rm < 4;
    if (!form->memory || column >= C586)
        return 0;
    if (column == C86)
        return address_8086(form->modrm);
    return two && (column != C286 || mod);
}

u32 timing_clocks(const struct cpu_model *model, const struct insn *row,
                  const struct insn_form *form)
{
    enum column column = column_of(model);
    const struct repetition *rep = repeated_clocks(model, form->op);
    u32 clocks = row->cost < COST_FIRST ? row->cost
                 : rep                  ? rep->start
                       : class_clocks[row->cost - COST_FIRST - 1][column][form->memory];
    clocks += form->prefixes * general[column].prefix + address_clocks(column, form) +
              (form->bytes - 1u) * general[column].byte;
    return clocks < TIMING_MAX ? clocks : TIMING_MAX;
}

/* Operands. */

/* Clocks of the bus cycles beyond the first for SIZE bytes at OFFSET. */
static u32 transfer(const struct cpu *cpu, unsigned seg, u32 offset, u32 size)
{
    u32 width = cpu->model->bus_bytes, at = ((u32)cpu->seg[seg].base + offset) & (width - 1);
    return (at + size - 1) / width * general[column_of(cpu->model)].bus;
}

/* Words an operation moves on the stack. */
static u32 stack_words(unsigned op)
{
    static const struct {
        u16 op, words;
    } table[] = {
        {OP_PUSH, 1}, {OP_POP, 1},   {OP_PUSH_S, 1}, {OP_POP_S, 1}, {OP_PUSHF, 1}, {OP_POPF, 1},
        {OP_CALL, 1}, {OP_RET, 1},   {OP_CALLF, 2},  {OP_RETF, 2},  {OP_INT, 3},   {OP_INT3, 3},
        {OP_IRET, 3}, {OP_PUSHA, 8}, {OP_POPA, 8},   {OP_ENTER, 1}, {OP_LEAVE, 1},
    };
    for (unsigned i = 0; i < ARRAY_LEN(table); i++)
        if (table[i].op == op)
            return table[i].words;
    return 0;
}

/* Does the operation read its destination, and write it? */
static bool reads_and_writes(unsigned op)
{
    return (op >= OP_ADD && op <= OP_XOR) || (op >= OP_INC && op <= OP_SHRD) || op == OP_XCHG ||
           op == OP_BTS || op == OP_BTR || op == OP_BTC;
}

static bool two_words(unsigned op)
{
    return op == OP_LFP || op == OP_JMPF || op == OP_BOUND || op == OP_CALLF;
}

static u32 memory_transfers(struct cpu *cpu, const struct uop *u, const struct uop_info *info)
{
    static const u32 to = 1 << SHAPE_m | 1 << SHAPE_mr | 1 << SHAPE_mi | 1 << SHAPE_mc |
                          1 << SHAPE_mri | 1 << SHAPE_mrc;
    static const u32 from = 1 << SHAPE_rm | 1 << SHAPE_rmi;
    if (!((to | from) >> info->shape & 1) || !info->size || info->op == OP_LEA)
        return 0;
    u32 one = transfer(cpu, u->seg, plain_ea(cpu, u), info->size / 8);
    bool twice = (to >> info->shape & 1 && reads_and_writes(info->op)) || two_words(info->op);
    return twice ? 2 * one : one;
}

static u32 string_transfers(struct cpu *cpu, const struct uop *u, const struct uop_info *info)
{
    u32 size = info->size / 8u;
    u32 x = transfer(cpu, u->seg, (u32)cpu->r[ESI], size);
    u32 y = transfer(cpu, SEG_ES, (u32)cpu->r[EDI], size);
    switch (info->op) {
    case OP_MOVS:
    case OP_REP_MOVS:
    case OP_CMPS:
    case OP_REP_CMPS:
        return x + y;
    case OP_STOS:
    case OP_REP_STOS:
    case OP_SCAS:
    case OP_REP_SCAS:
    case OP_INS:
    case OP_REP_INS:
        return y;
    case OP_LODS:
    case OP_REP_LODS:
    case OP_OUTS:
    case OP_REP_OUTS:
        return x;
    }
    return 0;
}

/* Shifts by CL: bit by bit before the 386. */
static u32 count_clocks(const struct cpu *cpu, const struct uop_info *info, u32 count)
{
    if (info->op < OP_ROL || info->op > OP_SAR)
        return 0;
    return column_of(cpu->model) == C86    ? 4 * (count & 0xff)
           : column_of(cpu->model) == C286 ? count & 31
                                           : 0;
}

/* What the 386 takes beside 6 clocks to multiply by M in a register: it stops at the last bit.
 * 80386 PRM, "MUL", "IMUL". One in memory counts as a middling one. */
static u32 multiplier_clocks(u32 m)
{
    u32 bits = 3;
    while (m > (u64)1 << bits)
        bits++;
    return bits;
}

static u32 multiplier(const struct cpu *cpu, const struct uop *u, const struct uop_info *info)
{
    u32 value = info->size == 8    ? R_8(u->dst)
                : info->size == 16 ? R_16(u->dst)
                                   : R_32(u->dst);
    bool negative = info->op == OP_IMUL && value >> (info->size - 1);
    return negative ? (u32)mask(-(u64)value, info->size) : value;
}

static u32 arithmetic_clocks(struct cpu *cpu, const struct uop *u, const struct uop_info *info)
{
    if (info->shape == SHAPE_rc || info->shape == SHAPE_mc)
        return count_clocks(cpu, info, (u32)cpu->r[ECX]);
    if ((info->shape == SHAPE_ri || info->shape == SHAPE_mi) && u->imm != 1)
        return count_clocks(cpu, info, u->imm);
    if (column_of(cpu->model) == C386 && (info->op == OP_MUL || info->op == OP_IMUL) &&
        info->shape == SHAPE_r)
        return multiplier_clocks(multiplier(cpu, u, info));
    return 0;
}

/* A word at an odd port takes two cycles as well. */
static u32 port_transfers(const struct cpu *cpu, const struct uop *u, const struct uop_info *info)
{
    bool immediate = info->shape == SHAPE_ri || info->shape == SHAPE_ir;
    u32 width = cpu->model->bus_bytes, port = immediate ? u->imm : R_16(EDX * 8);
    bool port_op = info->op == OP_IN || info->op == OP_OUT || info->op == OP_INS ||
                   info->op == OP_OUTS || info->op == OP_REP_INS || info->op == OP_REP_OUTS;
    if (!port_op)
        return 0;
    return ((port & (width - 1)) + info->size / 8u - 1) / width *
           general[column_of(cpu->model)].bus;
}

/* Micro-op U as the processors of today name it. */
static struct uop_info info_of(const struct uop *u, bool again)
{
    struct uop_info info = uop_info[u->id];
    info.op = (u16)op_modern(info.op, again);
    return info;
}

u32 timing_iteration(struct cpu *cpu, const struct uop *u)
{
    struct uop_info info = info_of(u, true);
    u32 clocks = repeated_clocks(cpu->model, info.op)->each;
    if (cpu->model->bus_bytes)
        clocks += string_transfers(cpu, u, &info) + port_transfers(cpu, u, &info);
    return clocks;
}

u32 timing_operands(struct cpu *cpu, const struct uop *u)
{
    bool again = u->attr & (UA_REP | UA_REPNE);
    struct uop_info info = info_of(u, again);
    u32 size = u->attr & UA_OP32 ? 4 : 2, words = stack_words(info.op);
    u32 clocks = words ? words * transfer(cpu, SEG_SS, (u32)cpu->r[ESP], size) : 0;
    if (!again) /* else each iteration counts them */
        clocks += string_transfers(cpu, u, &info) + port_transfers(cpu, u, &info);
    return clocks + memory_transfers(cpu, u, &info) + arithmetic_clocks(cpu, u, &info);
}
