/* SPDX-License-Identifier: MIT */
#include "tests/insn/text.h"
#include "cpu/cpu.h"

/* Not asked, because the hypervisor or the kernel answers instead of the processor, or because
 * 64-bit mode shines through: SYSENTER and SYSEXIT belong to the kernel; UMIP has taken the stores
 * of system registers away; INT1 under a hypervisor returns to itself. FXSAVE and FXRSTOR show what
 * else is in the host's image: tests/unit/fxsave.c. */
static const u16 not_asked[] = {OP_CPUID, OP_RDTSC,    OP_SGDT,    OP_SIDT,  OP_SLDT,   OP_STR,
                                OP_SMSW,  OP_SYSENTER, OP_SYSEXIT, OP_ICEBP, OP_FXSAVE, OP_FXRSTOR};

static bool is_x87(const struct insn *row)
{
    return row->map == MAP_1BYTE && (row->opcode & 0xf8) == 0xd8;
}

static bool is_asked(const struct insn *row)
{
    for (unsigned i = 0; i < ARRAY_LEN(not_asked); i++)
        if (row->op == not_asked[i])
            return false;
    return true;
}

static bool is_known(const struct insn_index *index, const struct insn *row)
{
    u8 modrm = is_x87(row) && row->reg >= 0xc0 ? row->reg
               : row->reg == REG_ANY           ? 0
                                               : (u8)(row->reg << 3);
    return insn_find(index, row->map, row->opcode, modrm) == (unsigned)(row - insn_table + 1);
}

void choice_make(struct choice *choice, const struct insn_index *index, const char *only)
{
    choice->count = 0;
    for (unsigned i = 0; i < insn_count; i++)
        if (is_known(index, &insn_table[i]) && is_asked(&insn_table[i]) &&
            (!only || !strcmp(only, insn_table[i].name)))
            choice->row[choice->count++] = &insn_table[i];
}

/* Writing. */

static void put(struct text *t, u32 value, u32 bytes)
{
    for (u32 i = 0; i < bytes && t->n < TEXT_BYTES; i++)
        t->byte[t->n++] = (u8)(value >> 8 * i);
}

static bool is_string(const struct insn *row)
{
    return row->op >= OP_MOVS && row->op <= OP_OUTS;
}

static bool is_vector(const struct insn *row)
{
    bool named = is_x87(row) || row->op == OP_EMMS || row->op == OP_WAIT;
    for (unsigned i = 0; i < 3; i++)
        named |= row->operand[i] >= OPD_Fpu && row->operand[i] != OPD_Mod3;
    return named;
}

/* LOCK makes CR8 of CR0 on AMD's. */
static bool moves_cr(const struct insn *row)
{
    return row->op == OP_MOV_FROM_CR || row->op == OP_MOV_TO_CR;
}

/* Repeat prefixes make other instructions of some in map 0F; of those of MMX and SSE all do. */
static void put_prefixes(struct text *t, struct random *r)
{
    static const u8 segments[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};
    bool prefixed = t->row->map > MAP_0F || (t->row->map == MAP_0F && is_vector(t->row));
    u32 filling = one_in(r, 64) ? below(r, 13) : 0;
    bool may_repeat = t->row->map == MAP_1BYTE && (is_string(t->row) || one_in(r, 8));
    if (!prefixed && !(t->row->checks & CHECK_NP) && one_in(r, 4))
        put(t, 0x66, 1), t->op32 = !t->code32;
    if (may_repeat && one_in(r, 2))
        put(t, 0xf2 + below(r, 2), 1), t->rep = true;
    if (one_in(r, 5))
        put(t, 0x67, 1), t->addr32 = !t->code32;
    if (one_in(r, 12) && !moves_cr(t->row))
        put(t, 0xf0, 1), t->lock = true;
    for (u32 i = 0; i < filling; i++)
        put(t, t->op32 == t->code32 ? 0x3e : 0x66, 1);
    if (filling && t->op32 == t->code32)
        t->seg = SEG_DS;
    if (one_in(r, 6)) {
        u8 prefix = segments[below(r, 6)];
        put(t, prefix, 1);
        t->seg = prefix >= 0x64 ? prefix - 0x64 + SEG_FS : prefix >> 3 & 3;
    }
}

static bool has(const struct insn *row, unsigned operand)
{
    return row->operand[0] == operand || row->operand[1] == operand || row->operand[2] == operand;
}

static bool names_modrm(const struct insn *row)
{
    for (unsigned i = 0; i < 3; i++)
        if ((row->operand[i] >= OPD_Eb && row->operand[i] <= OPD_Sw) || row->operand[i] >= OPD_Fpu)
            return true;
    return row->reg != REG_ANY || is_x87(row);
}

/* With a register these are other instructions today: VEX, EVEX, and what 0F 01 has gathered. */
static bool host_extends(const struct insn *row)
{
    return row->map == MAP_1BYTE ? row->opcode == 0xc4 || row->opcode == 0xc5 || row->opcode == 0x62
                                 : row->opcode == 0x01;
}

/* The register forms of escapes have rows by ModRM; the others have memory. */
static u8 pick_x87_modrm(struct text *t, struct random *r)
{
    u8 reg = t->row->reg;
    if (reg >= 0xc0)
        return has(t->row, OPD_STi) ? reg | (rnd(r) & 7) : reg;
    return (u8)(below(r, 3) << 6 | reg << 3 | (rnd(r) & 7));
}

static u8 pick_modrm(struct text *t, struct random *r)
{
    u8 m = (u8)rnd(r);
    if (is_x87(t->row))
        return pick_x87_modrm(t, r);
    bool only_memory = has(t->row, OPD_M) || has(t->row, OPD_Mp) || has(t->row, OPD_Ma) ||
                       has(t->row, OPD_Mq) || has(t->row, OPD_Mx) || has(t->row, OPD_Md);
    bool only_register = has(t->row, OPD_Nq) || has(t->row, OPD_Ux) || has(t->row, OPD_Mod3);
    if (only_register && (t->row->reg != REG_ANY || !one_in(r, 8)))
        m |= 0xc0;
    if (only_memory && m >= 0xc0 && (host_extends(t->row) || !one_in(r, 8)))
        m &= 0x7f;
    return t->row->reg == REG_ANY ? m : (u8)((m & 0xc7) | t->row->reg << 3);
}

static void default_segment(struct text *t, bool stack)
{
    if (t->seg == SEG_COUNT)
        t->seg = stack ? SEG_SS : SEG_DS;
}

static void put_memory16(struct text *t, struct random *r, offset_fn *offset, void *owner)
{
    static const u8 base[8] = {EBX, EBX, EBP, EBP, ESI, EDI, EBP, EBX};
    static const u8 index[8] = {ESI,         EDI,         ESI,         EDI,
                                NO_REGISTER, NO_REGISTER, NO_REGISTER, NO_REGISTER};
    unsigned mod = t->modrm >> 6, rm = t->modrm & 7;
    bool absolute = mod == 0 && rm == 6;
    default_segment(t, !absolute && base[rm] == EBP);
    t->base = absolute ? NO_REGISTER : base[rm];
    t->index = absolute ? NO_REGISTER : index[rm];
    t->disp = absolute ? offset(owner, t->seg, false) : mod == 1 ? (u32)(s8)rnd(r) : rnd_value(r);
    if (mod == 0 && !absolute)
        t->disp = 0;
    put(t, t->disp, mod == 1 ? 1 : mod == 2 || absolute ? 2 : 0);
}

static void put_memory32(struct text *t, struct random *r, offset_fn *offset, void *owner)
{
    unsigned mod = t->modrm >> 6, base = t->modrm & 7;
    if (base == 4) {
        u8 sib = (u8)rnd(r);
        put(t, sib, 1);
        base = sib & 7;
        t->scale = sib >> 6;
        t->index = (sib >> 3 & 7) == ESP ? NO_REGISTER : sib >> 3 & 7;
    }
    bool absolute = mod == 0 && base == EBP;
    t->base = absolute ? NO_REGISTER : (u8)base;
    default_segment(t, !absolute && (base == ESP || base == EBP));
    t->disp = absolute && t->index == NO_REGISTER ? offset(owner, t->seg, true)
              : mod == 1                          ? (u32)(s8)rnd(r)
              : mod == 2 || absolute              ? rnd_value(r)
                                                  : 0;
    put(t, t->disp, mod == 1 ? 1 : mod == 2 || absolute ? 4 : 0);
}

static void put_modrm(struct text *t, struct random *r, offset_fn *offset, void *owner)
{
    bool registers = has(t->row, OPD_Rd);
    t->has_modrm = true;
    t->modrm = pick_modrm(t, r);
    put(t, t->modrm, 1);
    t->memory = t->modrm < 0xc0 && !registers;
    if (t->memory && t->addr32)
        put_memory32(t, r, offset, owner);
    else if (t->memory)
        put_memory16(t, r, offset, owner);
}

/* Far pointers lead to code more often than to the corners of the table. */
static u32 far_selector(struct random *r)
{
    static const u16 good[] = {0x07, 0x0f, 0x17, 0x1f, 0x27, 0x2f, 0x23};
    u32 any = rnd_value(r) & 0xffff;
    return one_in(r, 4) && (any & ~3u) != 0x30 ? any : good[below(r, ARRAY_LEN(good))];
}

static void put_operand(struct text *t, struct random *r, unsigned operand, offset_fn *offset,
                        void *owner)
{
    u32 value = rnd_value(r), v = t->op32 ? 4 : 2;
    switch (operand) {
    case OPD_Ib:
    case OPD_sIb:
    case OPD_Jb:
        t->imm = (u8)value;
        if (t->row->op == OP_INT && t->imm == 0x80)
            t->imm = 0x81; /* a system call */
        put(t, t->imm, 1);
        break;
    case OPD_IbX:
        put(t, value, 1);
        break;
    case OPD_Iw:
        put(t, value, 2);
        break;
    case OPD_Iv:
        put(t, value, v);
        break;
    case OPD_Jv:
        put(t, one_in(r, 2) ? below(r, 0x2000) - 0x1000 : value, v);
        break;
    case OPD_Ap:
        put(t, one_in(r, 4) ? value : below(r, 0x2100), v);
        put(t, far_selector(r), 2);
        break;
    case OPD_Ob:
    case OPD_Ov:
        t->memory = true;
        default_segment(t, false);
        t->disp = offset(owner, t->seg, t->addr32);
        put(t, t->disp, t->addr32 ? 4 : 2);
        break;
    }
}

void text_make(struct text *t, struct random *r, const struct insn *row, bool code32,
               offset_fn *offset, void *owner)
{
    *t = (struct text){.row = row,
                       .code32 = code32,
                       .op32 = code32,
                       .addr32 = code32,
                       .seg = SEG_COUNT,
                       .base = NO_REGISTER,
                       .index = NO_REGISTER};
    put_prefixes(t, r);
    u8 opcode[3];
    u32 n = insn_opcode(row, opcode);
    for (u32 i = 0; i < n; i++)
        put(t, opcode[i], 1);
    if (names_modrm(row))
        put_modrm(t, r, offset, owner);
    for (unsigned i = 0; i < 3; i++)
        put_operand(t, r, row->operand[i], offset, owner);
}

bool text_vector(const struct text *t)
{
    return is_vector(t->row);
}

bool text_loads_ss(const struct text *t)
{
    unsigned op = t->row->op;
    return (op == OP_MOV_TO_S && (t->modrm >> 3 & 7) == SEG_SS) || t->row->operand[0] == OPD_SS ||
           (op == OP_LFP && t->row->opcode == 0xb2);
}

bool text_jumps(const struct text *t)
{
    unsigned op = t->row->op;
    return (op >= OP_J_o && op <= OP_J_nle) || (op >= OP_JMP && op <= OP_JCXZ) ||
           (op >= OP_CALLF && op <= OP_IRET);
}

u32 rnd_value(struct random *r)
{
    static const u32 edges[] = {0,      1,      0x7f,       0x80,       0xff,       0x7fff,
                                0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000};
    switch (below(r, 4)) {
    case 0:
        return edges[below(r, ARRAY_LEN(edges))];
    case 1:
        return below(r, 64) - 16;
    default:
        return rnd(r) >> (below(r, 2) ? 0 : below(r, 32));
    }
}
