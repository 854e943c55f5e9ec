/* SPDX-License-Identifier: MIT */
/* The tables that insn.def and handlers.def expand to. */
#include <stdio.h>

#include "cpu/handlers.h"
#include "cpu/insn.h"

/* What a condition looks at. */
#define CC_FLAGS(n)                                                                                \
    ((n) / 2 == 0   ? FO                                                                           \
     : (n) / 2 == 1 ? FC                                                                           \
     : (n) / 2 == 2 ? FZ                                                                           \
     : (n) / 2 == 3 ? FC | FZ                                                                      \
     : (n) / 2 == 4 ? FS_                                                                          \
     : (n) / 2 == 5 ? FP_                                                                          \
     : (n) / 2 == 6 ? FS_ | FO                                                                     \
                    : FS_ | FO | FZ)

const struct insn insn_table[] = {
#define ANY REG_ANY
#define LOCK CHECK_LOCK
#define END CHECK_END
#define MAYBE CHECK_MAYBE
#define STR_REP CHECK_STR_REP
#define STR_REPZ CHECK_STR_REPZ
#define SHIFTS CHECK_SHIFTS
#define NP CHECK_NP
#define WITH(feature) SINCE_FEATURE(FEATURE_##feature)
#define WITHOUT(feature) SINCE_WITHOUT(FEATURE_##feature)
#define INSN(map, opcode, reg, name, o1, o2, o3, op, size, since, checks, reads, sets, undef, cost) \
    {map,         opcode,   reg,    #name,      {OPD_##o1, OPD_##o2, OPD_##o3},                    \
     OP_##op,     SIZE_##size, since, checks,   reads, sets, undef, cost, __LINE__, 0},
#include "cpu/insn.def"
#define OLD(until, map, opcode, reg, name, o1, o2, o3, op, size, since, checks, reads, sets, undef, \
            cost)                                                                                  \
    {map,         opcode,   reg,    #name,      {OPD_##o1, OPD_##o2, OPD_##o3},                    \
     OP_##op,     SIZE_##size, since, checks,   reads, sets, undef, cost, __LINE__, until},
#include "cpu/legacy.def"
#undef ANY
#undef LOCK
#undef END
#undef MAYBE
#undef STR_REP
#undef STR_REPZ
#undef SHIFTS
#undef NP
#undef WITH
#undef WITHOUT
};

enum {
    INSN_COUNT = 0
#define INSN(...) +1
#include "cpu/insn.def"
};

const unsigned insn_count = INSN_COUNT;

const struct uop_info uop_info[U_COUNT] = {
#define H(op, shape, size, class) {#op "_" #shape "_" #size, CLASS_##class, OP_##op, SHAPE_##shape, size},
#include "cpu/handlers.def"
    {.name = "EXIT", .class = CLASS_COLD},
};

plain_fn *const plain_table[U_COUNT] = {
#define H(op, shape, size, class) p_##op##_##shape##_##size,
#include "cpu/handlers.def"
    p_EXIT,
};

#ifdef ENGINE_FAST
#define ROW_COLD(n) {f_cold, f_cold, f_cold, f_cold, f_cold, f_cold, f_cold, f_cold}
#define ROW_REG(n) {f_##n, f_##n, f_##n, f_##n, f_##n, f_##n, f_##n, f_##n}
#define ROW_REGF(n) {f_##n, f_##n, f_##n, f_##n, f_##n##_nf, f_##n##_nf, f_##n##_nf, f_##n##_nf}
#define ROW_MEM(n)                                                                                 \
    {f_##n##_bd, f_##n##_bx, f_##n##_g32, f_##n##_e16,                                             \
     f_##n##_bd, f_##n##_bx, f_##n##_g32, f_##n##_e16}
#define ROW_MEMF(n)                                                                                \
    {f_##n##_bd,    f_##n##_bx,    f_##n##_g32,    f_##n##_e16,                                    \
     f_##n##_bd_nf, f_##n##_bx_nf, f_##n##_g32_nf, f_##n##_e16_nf}
#define ROW_FREG(n) ROW_REG(n)
#define ROW_FMEM(n) ROW_MEM(n)
#define ROW_STACK(n) {f_##n##_s32, f_##n##_s16, f_cold, f_cold, f_##n##_s32, f_##n##_s16, f_cold, f_cold}
#define ROW_MSTACK(n)                                                                              \
    {f_##n##_bd, f_##n##_bx, f_cold, f_##n##_e16, f_##n##_bd, f_##n##_bx, f_cold, f_##n##_e16}
#define ROW_STRING(n)                                                                              \
    {f_##n##_flat, f_##n##_seg, f_cold, f_cold, f_##n##_flat, f_##n##_seg, f_cold, f_cold}

fast_fn *const fast_table[U_COUNT][VARIANT_COUNT] = {
#define H(op, shape, size, class) ROW_##class(op##_##shape##_##size),
#include "cpu/handlers.def"
    {f_exit, f_exit, f_exit, f_exit, f_exit, f_exit, f_exit, f_exit},
};
#endif

enum { SIZES = 6 };
#define SLOT(size)                                                                                 \
    ((size) == 0    ? 0                                                                            \
     : (size) == 8  ? 1                                                                            \
     : (size) == 16 ? 2                                                                            \
     : (size) == 32 ? 3                                                                            \
     : (size) == 64 ? 4                                                                            \
                    : 5)

static const u16 uop_by_shape[OP_COUNT][SHAPE_COUNT][SIZES] = {
#define H(op, shape, size, class)                                                                  \
    [OP_##op][SHAPE_##shape][SLOT(size)] = U_##op##_##shape##_##size + 1,
#include "cpu/handlers.def"
};

unsigned uop_find(unsigned op, unsigned shape, unsigned size)
{
    unsigned id = uop_by_shape[op][shape][SLOT(size)];
    return id ? id - 1 : U_COUNT;
}

static const u16 modern_ops[OP_COUNT] = {
    [OP_POP_CS] = OP_POP_S,      [OP_MOV_TO_S_86] = OP_MOV_TO_S, [OP_PUSH_86] = OP_PUSH,
    [OP_SETMO] = OP_SHL,         [OP_MUL_286] = OP_MUL,          [OP_IMUL_286] = OP_IMUL,
    [OP_IMUL3_286] = OP_IMUL3,   [OP_DIV_286] = OP_DIV,          [OP_IDIV_286] = OP_IDIV,
    [OP_ROL_286] = OP_ROL,       [OP_ROR_286] = OP_ROR,          [OP_RCL_286] = OP_RCL,
    [OP_RCR_286] = OP_RCR,       [OP_SHL_286] = OP_SHL,          [OP_SHR_286] = OP_SHR,
    [OP_SAR_286] = OP_SAR,       [OP_DAA_286] = OP_DAA,          [OP_DAS_286] = OP_DAS,
    [OP_AAA_286] = OP_AAA,       [OP_AAS_286] = OP_AAS,          [OP_AAM_286] = OP_AAM,
    [OP_AAD_286] = OP_AAD,       [OP_INS_286] = OP_INS,          [OP_OUTS_286] = OP_OUTS,
    [OP_MOVS_286] = OP_MOVS,     [OP_CMPS_286] = OP_CMPS,        [OP_STOS_286] = OP_STOS,
    [OP_LODS_286] = OP_LODS,     [OP_SCAS_286] = OP_SCAS,        [OP_ESC_286] = OP_ESC,
    [OP_SMSW_286] = OP_SMSW,     [OP_SHL_386] = OP_SHL,          [OP_SHR_386] = OP_SHR,
    [OP_SAR_386] = OP_SAR,       [OP_RCL_386] = OP_RCL,          [OP_RCR_386] = OP_RCR,
    [OP_SHLD_386] = OP_SHLD,     [OP_SHRD_386] = OP_SHRD,        [OP_BT_386] = OP_BT,
    [OP_BTS_386] = OP_BTS,       [OP_BTR_386] = OP_BTR,          [OP_BTC_386] = OP_BTC,
};

unsigned op_modern(unsigned op, bool repeated)
{
    unsigned modern = modern_ops[op] ? modern_ops[op] : op;
    bool string = modern >= OP_MOVS && modern <= OP_OUTS;
    return string && repeated ? modern + (OP_REP_MOVS - OP_MOVS) : modern;
}

static const u8 operand_forms[OPD_COUNT] = {
#define X(name, form) [OPD_##name] = FORM_##form,
    INSN_OPERANDS(X)
#undef X
};

bool insn_operand_good(enum insn_operand operand, u8 modrm, bool memory)
{
    unsigned reg = modrm >> 3 & 7, form = operand_forms[operand];
    if (operand == OPD_Cd)
        return reg == 0 || (reg >= 2 && reg <= 4);
    if (operand == OPD_Td)
        return reg >= 3;
    return form == FORM_MEMORY ? memory : form == FORM_REGISTER ? !memory : true;
}

bool insn_is_string(const struct insn *row)
{
    for (unsigned i = 0; i < 3; i++)
        if (row->operand[i] >= OPD_Xb && row->operand[i] <= OPD_Yv)
            return true;
    return false;
}

static u8 modrm_of(const struct insn *row)
{
    bool any = row->reg != REG_ANY;
    for (unsigned i = 0; i < 3; i++) {
        unsigned form = operand_forms[row->operand[i]];
        if (form == FORM_MOD_IGNORED)
            return MODRM_REG;
        any |= form != FORM_NOTHING;
    }
    return any ? MODRM_ANY : MODRM_NONE;
}

bool insn_has_modrm(const struct insn_index *index, unsigned map, unsigned opcode)
{
    bool has = index->modrm[map][opcode] != MODRM_NONE;
    for (unsigned i = MAP_0F_66; map == MAP_0F && i < MAP_COUNT; i++)
        has |= index->modrm[i][opcode] != MODRM_NONE;
    return has;
}

unsigned insn_opcode(const struct insn *row, u8 to[3])
{
    static const u8 prefix[MAP_COUNT] = {
        [MAP_0F_66] = 0x66, [MAP_0F_F3] = 0xf3, [MAP_0F_F2] = 0xf2};
    unsigned n = 0;
    if (prefix[row->map])
        to[n++] = prefix[row->map];
    if (row->map != MAP_1BYTE)
        to[n++] = 0x0f;
    to[n++] = row->opcode;
    return n;
}

static bool row_applies(const struct insn *row, const struct cpu_model *model)
{
    return model_has(model, row->since) && (!row->until || model->generation < row->until);
}

static bool is_escape(unsigned map, unsigned opcode)
{
    return map == MAP_1BYTE && (opcode & 0xf8) == 0xd8;
}

unsigned insn_find(const struct insn_index *index, unsigned map, u8 opcode, u8 modrm)
{
    if (is_escape(map, opcode) && modrm >= 0xc0)
        return index->x87[opcode & 7][modrm & 0x3f];
    return index->row[map][opcode][modrm >> 3 & 7];
}

/* Enter row I into N slots; false: one of them is taken. */
static bool claim(u16 *slot, unsigned n, unsigned i)
{
    for (; n; n--, slot++) {
        if (*slot && !insn_table[i].until) {
            fprintf(stderr, "insn.def:%u and insn.def:%u claim the same opcode %02x\n",
                    insn_table[*slot - 1].line, insn_table[i].line, insn_table[i].opcode);
            return false;
        }
        *slot = (u16)(i + 1);
    }
    return true;
}

static bool has_operand(const struct insn *row, unsigned operand)
{
    return row->operand[0] == operand || row->operand[1] == operand;
}

static bool claim_row(struct insn_index *index, unsigned i)
{
    const struct insn *row = &insn_table[i];
    u16 *registers = index->x87[row->opcode & 7];
    u16 *slots = index->row[row->map][row->opcode];
    if (row->reg >= REG_X87)
        return claim(registers + (row->reg & 0x3f), has_operand(row, OPD_STi) ? 8 : 1, i);
    if (has_operand(row, OPD_Fpu) && !claim(registers, 64, i))
        return false;
    return row->reg == REG_ANY ? claim(slots, 8, i) : claim(slots + row->reg, 1, i);
}

bool insn_index_build(struct insn_index *index, const struct cpu_model *model)
{
    bool good = true;
    memset(index, 0, sizeof *index);
    for (unsigned i = 0; i < ARRAY_LEN(insn_table); i++) {
        const struct insn *row = &insn_table[i];
        if (!row_applies(row, model))
            continue;
        good = claim_row(index, i) && good;
        index->modrm[row->map][row->opcode] = modrm_of(row);
        index->prefixed[row->opcode] |= row->map > MAP_0F || row->checks & CHECK_NP;
    }
    return good;
}
