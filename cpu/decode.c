/* SPDX-License-Identifier: MIT */
/* From bytes to micro-ops. What an instruction is stands in insn.def; here is how its operands are
 * found. */
#include "cpu/decode.h"

#include "cpu/access.h"
#include "cpu/timing.h"

/* Fetching. */

/* Copy what can be had of the instruction into d->bytes: from a chip, or over the page end. */
static void fetch_gather(struct decoder *d, u32 room)
{
    struct cpu *cpu = d->cpu;
    u32 n = room < d->longest ? room : d->longest;
    for (u32 i = 0; i < n; i++) {
        paddr page = exec_chip_page(d->exec);
        d->bytes[i] = d->exec->host ? d->exec->host[(d->linear & 0xfff) + i]
                                    : (u8)bus_read(cpu->bus, page + (d->linear & 0xfff) + i, 1);
    }
    d->at = d->bytes;
    d->got = n;
}

/* The first instruction of a block goes on in the next page. Raises #PF if that is not there. */
static void fetch_second_page(struct decoder *d)
{
    u32 next = (d->linear & ~0xfffu) + 0x1000;
    u32 room = next - d->linear;
    const struct exec_entry *x = exec_find(d->cpu, next);
    paddr page = exec_chip_page(x);
    d->key2 = x->key;
    d->second->host = x->host;
    d->second->page = x->page;
    for (u32 i = room; i < d->longest; i++)
        d->bytes[i] = x->host ? x->host[i - room] : (u8)bus_read(d->cpu->bus, page + i - room, 1);
    d->got = d->longest;
}

/* Bytes of the page, and below the code limit, that are at hand from here on. */
static void fetch_begin(struct decoder *d)
{
    u32 room = 0x1000 - (d->linear & 0xfff);
    d->pos = 0;
    d->end = FETCH_OK;
    if (d->exec->host && room >= d->longest) {
        d->at = d->exec->host + (d->linear & 0xfff);
        d->got = d->longest;
    } else {
        fetch_gather(d, room);
    }
}

/* Behind its last byte an 8086's code segment goes on with its first. The block is not kept. */
static u8 fetch_wrapped(struct decoder *d)
{
    u32 linear = (u32)d->cpu->seg[SEG_CS].base + (u16)(d->eip + d->pos++);
    const struct exec_entry *x = exec_find(d->cpu, linear);
    paddr page = exec_chip_page(x);
    d->key2 = x->key;
    d->second->host = NULL;
    if (x->host)
        return x->host[linear & 0xfff];
    return (u8)bus_read(d->cpu->bus, page | (linear & 0xfff), 1);
}

static u8 fetch8(struct decoder *d)
{
    const struct segment *cs = &d->cpu->seg[SEG_CS];
    if (unlikely(d->end != FETCH_OK))
        return 0;
    if (unlikely(d->pos >= d->longest)) {
        d->end = FETCH_LIMIT;
        return 0;
    }
    if (unlikely((u64)d->eip + d->pos > cs->limit)) {
        if (d->first && d->generation->wraps)
            return fetch_wrapped(d);
        if (d->first)
            cpu_raise(d->cpu, EX_GP, 0, REASON_CODE_LIMIT);
        d->end = FETCH_STOP;
        return 0;
    }
    if (unlikely(d->pos >= d->got)) {
        if (!d->first) {
            d->end = FETCH_STOP;
            return 0;
        }
        fetch_second_page(d);
    }
    return d->at[d->pos++];
}

static u32 fetch16(struct decoder *d)
{
    u32 low = fetch8(d);
    return low | (u32)fetch8(d) << 8;
}

static u32 fetch32(struct decoder *d)
{
    u32 low = fetch16(d);
    return low | fetch16(d) << 16;
}

static u32 fetch_operand(struct decoder *d)
{
    return d->op32 ? fetch32(d) : fetch16(d);
}

static u32 fetch_signed8(struct decoder *d)
{
    return (u32)(s8)fetch8(d);
}

/* FS, GS and the two sizes are the 386's; F1 is a second LOCK where it is no instruction. */
static bool is_prefix(const struct decoder *d, u8 b)
{
    unsigned generation = d->cpu->model->generation;
    return b == 0xf1 ? generation == I86 || generation == I286
                     : (b & 0xfc) != 0x64 || generation >= I386;
}

/* Prefixes; returns the first byte that is none. */
static u8 decode_prefixes(struct decoder *d)
{
    bool code32 = d->cpu->mode & MODE_CODE32;
    d->seg = SEG_COUNT;
    d->op32 = d->addr32 = code32;
    d->lock = d->rep = d->repne = false;
    for (;;) {
        u8 b = fetch8(d);
        if (!is_prefix(d, b))
            return b;
        switch (b) {
        case 0x26:
        case 0x2e:
        case 0x36:
        case 0x3e:
            d->seg = b >> 3 & 3;
            break;
        case 0x64:
        case 0x65:
            d->seg = b - 0x64 + SEG_FS;
            break;
        case 0x66:
            d->op32 = !code32;
            break;
        case 0x67:
            d->addr32 = !code32;
            break;
        case 0xf0:
        case 0xf1:
            d->lock = true;
            break;
        case 0xf2:
            d->repne = true;
            d->rep = false;
            break;
        case 0xf3:
            d->rep = true;
            d->repne = false;
            break;
        default:
            return b;
        }
        if (d->end != FETCH_OK)
            return 0;
    }
}

/* ModRM. */

static u8 reg8(unsigned n)
{
    return (u8)(n < 4 ? n * 8 : (n - 4) * 8 + 1);
}

static u8 reg_offset(unsigned n)
{
    return (u8)(n * 8);
}

/* SDM 2A "16-Bit Addressing Forms with the ModR/M Byte". */
static const u8 base16[8] = {EBX * 8, EBX * 8, EBP * 8, EBP * 8, NO_REG, NO_REG, EBP * 8, EBX * 8};
static const u8 index16[8] = {ESI * 8, EDI * 8, ESI * 8, EDI * 8, ESI * 8, EDI * 8, NO_REG, NO_REG};

static void decode_memory16(struct decoder *d, struct uop *u)
{
    unsigned mod = d->modrm >> 6, rm = d->modrm & 7;
    u->base = base16[rm];
    u->index = index16[rm];
    u->seg = u->base == EBP * 8 ? SEG_SS : SEG_DS;
    if (mod == 0 && rm == 6) {
        u->base = NO_REG;
        u->seg = SEG_DS;
        u->disp = fetch16(d);
    } else if (mod == 1) {
        u->disp = fetch_signed8(d);
    } else if (mod == 2) {
        u->disp = fetch16(d);
    }
}

/* SDM 2A "32-Bit Addressing Forms with the ModR/M Byte", "… with the SIB Byte". */
static void decode_memory32(struct decoder *d, struct uop *u)
{
    unsigned mod = d->modrm >> 6, rm = d->modrm & 7;
    unsigned base = rm;
    u->index = NO_REG;
    if (rm == 4) {
        u8 sib = fetch8(d);
        base = sib & 7;
        if ((sib >> 3 & 7) != 4) {
            u->index = reg_offset(sib >> 3 & 7);
            u->attr |= sib >> 6;
        }
    }
    u->base = reg_offset(base);
    u->seg = base == ESP || base == EBP ? SEG_SS : SEG_DS;
    if (mod == 0 && base == EBP) {
        u->base = NO_REG;
        u->seg = SEG_DS;
        u->disp = fetch32(d);
    } else if (mod == 1) {
        u->disp = fetch_signed8(d);
    } else if (mod == 2) {
        u->disp = fetch32(d);
    }
    if (u->base == NO_REG && u->index != NO_REG && !(u->attr & UA_SCALE)) {
        u->base = u->index;
        u->index = NO_REG;
    }
}

static void decode_modrm(struct decoder *d, struct uop *u, unsigned kind)
{
    d->modrm = fetch8(d);
    d->memory = d->modrm < 0xc0 && kind == MODRM_ANY;
    if (!d->memory)
        return;
    if (d->addr32)
        decode_memory32(d, u);
    else
        decode_memory16(d, u);
    if (d->seg != SEG_COUNT)
        u->seg = (u8)d->seg;
}

/* Operands. */

static void put_reg(struct decoder *d, struct uop *u, unsigned offset)
{
    if (d->slot++ == 0)
        u->dst = (u8)offset;
    else
        u->src = (u8)offset;
}

static void operand_reg(struct decoder *d, struct uop *u, unsigned offset)
{
    put_reg(d, u, offset);
    d->shape[d->shape_count++] = 'r';
}

static void operand_mem(struct decoder *d, UNUSED struct uop *u)
{
    d->slot++;
    d->shape[d->shape_count++] = 'm';
}

static void operand_imm(struct decoder *d, struct uop *u, u32 value)
{
    u->imm = value;
    d->shape[d->shape_count++] = 'i';
}

/* A register by ModRM.rm, or memory. */
static void operand_rm(struct decoder *d, struct uop *u, unsigned offset)
{
    if (d->memory)
        operand_mem(d, u);
    else
        operand_reg(d, u, offset);
}

static unsigned modrm_reg(const struct decoder *d)
{
    return d->modrm >> 3 & 7;
}

static unsigned modrm_rm(const struct decoder *d)
{
    return d->modrm & 7;
}

/* MMX and XMM registers are 16 bytes apart; struct fpu. */
static u8 simd_offset(unsigned n)
{
    return (u8)(n * 16);
}

static void read_Eb(struct decoder *d, struct uop *u)
{
    operand_rm(d, u, reg8(modrm_rm(d)));
}

static void read_E(struct decoder *d, struct uop *u)
{
    operand_rm(d, u, reg_offset(modrm_rm(d)));
}

static void read_simd_rm(struct decoder *d, struct uop *u)
{
    operand_rm(d, u, simd_offset(modrm_rm(d)));
}

static void read_simd_reg(struct decoder *d, struct uop *u)
{
    operand_reg(d, u, simd_offset(modrm_reg(d)));
}

static void read_Gb(struct decoder *d, struct uop *u)
{
    operand_reg(d, u, reg8(modrm_reg(d)));
}

static void read_G(struct decoder *d, struct uop *u)
{
    operand_reg(d, u, reg_offset(modrm_reg(d)));
}

static void read_Rd(struct decoder *d, struct uop *u)
{
    operand_reg(d, u, reg_offset(modrm_rm(d)));
}

static void read_STi(struct decoder *d, struct uop *u)
{
    operand_reg(d, u, modrm_rm(d));
}

/* Control, debug and test registers by their number. */
static void read_special(struct decoder *d, struct uop *u)
{
    operand_reg(d, u, modrm_reg(d));
}

/* An 8086 looks at two bits of the number. */
static unsigned segment_number(const struct decoder *d)
{
    return modrm_reg(d) & (d->cpu->model->generation == I86 ? 3 : 7);
}

static void read_Sw(struct decoder *d, struct uop *u)
{
    put_reg(d, u, segment_number(d));
}

static void read_Zb(struct decoder *d, struct uop *u)
{
    operand_reg(d, u, reg8(d->opcode & 7));
}

static void read_Zv(struct decoder *d, struct uop *u)
{
    operand_reg(d, u, reg_offset(d->opcode & 7));
}

static void read_Ib(struct decoder *d, struct uop *u)
{
    operand_imm(d, u, fetch8(d));
}

static void read_sIb(struct decoder *d, struct uop *u)
{
    operand_imm(d, u, fetch_signed8(d));
}

static void read_Iw(struct decoder *d, struct uop *u)
{
    operand_imm(d, u, fetch16(d));
}

static void read_Iv(struct decoder *d, struct uop *u)
{
    operand_imm(d, u, fetch_operand(d));
}

static void read_IbX(struct decoder *d, struct uop *u)
{
    u->imm |= (u32)fetch8(d) << 16;
}

static void operand_jump(struct decoder *d, struct uop *u, u32 relative)
{
    u32 target = d->eip + d->pos + relative;
    u->disp = d->op32 ? target : (u16)target;
}

static void read_Jb(struct decoder *d, struct uop *u)
{
    u32 relative = fetch_signed8(d);
    operand_jump(d, u, relative);
}

static void read_Jv(struct decoder *d, struct uop *u)
{
    u32 relative = d->op32 ? fetch32(d) : (u32)(s16)fetch16(d);
    operand_jump(d, u, relative);
}

static void read_Ap(struct decoder *d, struct uop *u)
{
    u->disp = fetch_operand(d);
    operand_imm(d, u, fetch16(d));
}

static void read_O(struct decoder *d, struct uop *u)
{
    u->base = u->index = NO_REG;
    u->disp = d->addr32 ? fetch32(d) : fetch16(d);
    u->seg = (u8)(d->seg == SEG_COUNT ? SEG_DS : d->seg);
    operand_mem(d, u);
}

static void read_accumulator(struct decoder *d, struct uop *u)
{
    operand_reg(d, u, reg_offset(EAX));
}

static void read_CL(struct decoder *d, UNUSED struct uop *u)
{
    d->shape[d->shape_count++] = 'c';
}

static void read_ONE(struct decoder *d, struct uop *u)
{
    operand_imm(d, u, 1);
}

static void read_segment(struct decoder *d, struct uop *u)
{
    u->dst = u->src = (u8)(d->operand - OPD_ES + SEG_ES);
}

/* Those that are not here are implied: DX, ST, string operands. */
static void (*const operand_readers[OPD_COUNT])(struct decoder *d, struct uop *u) = {
    [OPD_Eb] = read_Eb,          [OPD_Ev] = read_E,           [OPD_Ew] = read_E,
    [OPD_Es] = read_E,           [OPD_Ed] = read_E,           [OPD_RdMw] = read_E,
    [OPD_Fpu] = read_E,          [OPD_Gb] = read_Gb,          [OPD_Gv] = read_G,
    [OPD_Gw] = read_G,           [OPD_Gd] = read_G,           [OPD_Rd] = read_Rd,
    [OPD_M] = operand_mem,       [OPD_Mp] = operand_mem,      [OPD_Ma] = operand_mem,
    [OPD_Mq] = operand_mem,      [OPD_Mx] = operand_mem,      [OPD_Md] = operand_mem,
    [OPD_Fw] = operand_mem,      [OPD_Fd] = operand_mem,      [OPD_Fq] = operand_mem,
    [OPD_Ft] = operand_mem,      [OPD_STi] = read_STi,        [OPD_Pq] = read_simd_reg,
    [OPD_Vx] = read_simd_reg,    [OPD_Qq] = read_simd_rm,     [OPD_Qd] = read_simd_rm,
    [OPD_Nq] = read_simd_rm,     [OPD_Wx] = read_simd_rm,     [OPD_Wq] = read_simd_rm,
    [OPD_Wd] = read_simd_rm,     [OPD_Ux] = read_simd_rm,     [OPD_Cd] = read_special,
    [OPD_Dd] = read_special,     [OPD_Td] = read_special,     [OPD_Sw] = read_Sw,
    [OPD_Zb] = read_Zb,          [OPD_Zv] = read_Zv,          [OPD_Ib] = read_Ib,
    [OPD_sIb] = read_sIb,        [OPD_Iw] = read_Iw,          [OPD_Iv] = read_Iv,
    [OPD_IbX] = read_IbX,        [OPD_Jb] = read_Jb,          [OPD_Jv] = read_Jv,
    [OPD_Ap] = read_Ap,          [OPD_Ob] = read_O,           [OPD_Ov] = read_O,
    [OPD_AL] = read_accumulator, [OPD_AX] = read_accumulator, [OPD_CL] = read_CL,
    [OPD_ONE] = read_ONE,        [OPD_ES] = read_segment,     [OPD_CS] = read_segment,
    [OPD_SS] = read_segment,     [OPD_DS] = read_segment,     [OPD_FS] = read_segment,
    [OPD_GS] = read_segment,
};

/* One operand; false: the encoding is undefined. */
static bool decode_operand(struct decoder *d, struct uop *u, enum insn_operand operand)
{
    d->operand = operand;
    if (operand_readers[operand])
        operand_readers[operand](d, u);
    if (operand == OPD_Sw)
        return segment_number(d) < (d->cpu->model->generation < I386 ? SEG_FS : SEG_COUNT);
    return insn_operand_good(operand, d->modrm, d->memory);
}

static unsigned shape_of(const struct decoder *d, const struct insn *row)
{
    static const char names[][4] = {
#define X(name) #name,
        INSN_SHAPES(X)
#undef X
    };
    if (insn_is_string(row) || row->size == SIZE_A || row->size == SIZE_AB)
        return d->addr32 ? SHAPE_a32 : SHAPE_a16;
    if (!d->shape_count || row->op == OP_UD)
        return SHAPE_o;
    for (unsigned i = 0; i < SHAPE_COUNT; i++)
        if (!memcmp(names[i], d->shape, 4))
            return i;
    return SHAPE_o;
}

static unsigned size_of(const struct decoder *d, const struct insn *row)
{
    unsigned v = d->op32 ? 32 : 16;
    switch (row->size) {
    case SIZE_B:
    case SIZE_AB:
        return 8;
    case SIZE_W:
        return 16;
    case SIZE_D:
        return 32;
    case SIZE_T:
        return 80;
    case SIZE_V:
        return v;
    case SIZE_S:
        return d->memory ? 16 : v;
    case SIZE_Q:
        return 64;
    case SIZE_X:
        return 128;
    }
    return 0;
}

static bool lock_allowed(const struct decoder *d, const struct insn *row)
{
    if (d->cpu->model->generation < I386)
        return true;
    return row->checks & CHECK_LOCK && d->memory &&
           (row->operand[0] == OPD_Eb || row->operand[0] == OPD_Ev || row->operand[0] == OPD_Mq);
}

static const struct insn ud_row = {.name = "UD", .op = OP_UD, .checks = CHECK_END,
                                   .reads = OSZAPC, .cost = COST_UNDEFINED};

/* An 8086 has no undefined instructions: what means nothing does nothing. */
static const struct insn nothing_row = {.name = "NOP", .op = OP_NOP, .cost = COST_NOP};

static const struct insn *undefined(const struct decoder *d, struct uop *u)
{
    bool i86 = d->cpu->model->generation == I86;
    u->id = i86 ? U_NOP_o_0 : U_UD_o_0;
    return i86 ? &nothing_row : &ud_row;
}

static const struct insn *find_row(struct decoder *d, struct uop *u)
{
    const struct insn_index *index = code_index(d->cpu);
    unsigned map = MAP_1BYTE;
    d->opcode = decode_prefixes(d);
    d->prefixes = (u8)(d->pos - 1);
    if (d->opcode == 0x0f && d->cpu->model->generation >= I286) {
        d->opcode = fetch8(d);
        map = insn_map(index, d->opcode, d->op32 != (bool)(d->cpu->mode & MODE_CODE32), d->rep,
                       d->repne);
    }
    d->modrm = 0;
    d->memory = false;
    u->attr = (u8)((d->addr32 ? UA_ADDR32 : 0) | (d->op32 ? UA_OP32 : 0) |
                   (d->lock ? UA_LOCK : 0) | (d->rep ? UA_REP : 0) | (d->repne ? UA_REPNE : 0));
    if (index->modrm[map][d->opcode])
        decode_modrm(d, u, index->modrm[map][d->opcode]);
    unsigned row = insn_find(index, map, d->opcode, d->modrm);
    return row ? &insn_table[row - 1] : &ud_row;
}

static u8 far_pointer_segment(unsigned opcode)
{
    return opcode == 0xc4   ? SEG_ES
           : opcode == 0xc5 ? SEG_DS
           : opcode == 0xb2 ? SEG_SS
           : opcode == 0xb4 ? SEG_FS
                            : SEG_GS;
}

const struct insn *decode_insn(struct decoder *d, struct uop *u)
{
    unsigned op, id = U_COUNT;
    fetch_begin(d);
    *u = (struct uop){.base = NO_REG, .index = NO_REG, .seg = SEG_DS};
    d->shape_count = d->slot = 0;
    memset(d->shape, 0, sizeof d->shape);
    const struct insn *row = find_row(d, u);
    bool good = row != &ud_row;
    for (unsigned i = 0; i < 3; i++) /* an undefined one is as long as others */
        good &= decode_operand(d, u, row->operand[i]);
    if (d->end == FETCH_STOP)
        return NULL;
    if (d->end == FETCH_LIMIT) {
        if (!d->first)
            return NULL;
        cpu_raise(d->cpu, EX_GP, 0, REASON_TOO_LONG);
    }
    op = row->op;
    if (d->lock && !lock_allowed(d, row))
        good = false;
    if ((d->rep || d->repne) && row->checks & (CHECK_STR_REP | CHECK_STR_REPZ))
        op += OP_REP_MOVS - OP_MOVS;
    if (op == OP_MOV_TO_S && u->dst == SEG_CS)
        good = false;
    if (op == OP_LFP)
        u->src = far_pointer_segment(d->opcode);
    if (insn_is_string(row) || op == OP_XLAT || op == OP_MASKMOV)
        u->seg = (u8)(d->seg == SEG_COUNT ? SEG_DS : d->seg);
    if (good)
        id = uop_find(op, shape_of(d, row), size_of(d, row));
    if ((d->opcode & 0xf8) == 0xd8 && row->map == MAP_1BYTE)
        u->imm = (d->opcode & 7) << 8 | d->modrm; /* FOP */
    u->id = (u16)id;
    if (id == U_COUNT)
        row = undefined(d, u);
    bool repeated = d->rep || d->repne;
    struct insn_form form = {d->memory, d->addr32, d->modrm, d->prefixes,
                             (u8)d->pos, (u16)op_modern(op, repeated)};
    d->clocks = timing_clocks(d->cpu->model, row, &form);
    u->eip = d->eip;
    u->len = (u8)d->pos;
    return row;
}
