/* SPDX-License-Identifier: MIT */
/*
 * Machine code as text. Rows of insn.def say what an instruction and its operands are; here is how
 * each of them is spelt. SDM 2D "Opcode Map", SDM 2A "Instruction Format".
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "cpu/cpu.h"
#include "cpu/disasm.h"

enum { INSN_BYTES = 15, NO_REG = 8 };

struct reader {
    const u8 *bytes;
    unsigned n, pos;
    bool starved; /* the bytes at hand were too few */
    u32 eip;
    bool code32;

    /* prefixes */
    bool op32, addr32, lock;
    u8 rep;       /* F2, F3 or 0 */
    unsigned seg; /* override, or SEG_COUNT */

    const struct insn *row;
    u8 opcode, modrm;
    bool memory; /* ModRM names memory */

    /* the memory operand */
    unsigned base, index, scale; /* NO_REG: none */
    bool sib;
    unsigned disp_bytes;
    u32 disp;

    /* what the text shows already and no prefix word has to tell */
    bool op_shown, addr_shown, seg_shown;
    char operands[DISASM_TEXT];
    size_t length;
};

static const char *const names8[8] = {"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"};
static const char *const names32[8] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
static const char *const fpu_sizes[] = {"word", "dword", "qword", "tword"}; /* Fw to Ft */
static const char *const names_seg[SEG_COUNT] = {"es", "cs", "ss", "ds", "fs", "gs"};

static const char *name16(unsigned n)
{
    return names32[n] + 1;
}

PRINTF(2, 3) static void put(struct reader *d, const char *format, ...)
{
    va_list args;
    size_t room = sizeof d->operands - d->length;
    va_start(args, format);
    int n = vsnprintf(d->operands + d->length, room, format, args);
    va_end(args);
    d->length += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

/* Bytes. */

static u32 take(struct reader *d, unsigned bytes)
{
    u32 v = 0;
    for (unsigned i = 0; i < bytes; i++, d->pos++) {
        if (d->pos >= d->n)
            d->starved = true;
        else if (d->pos < INSN_BYTES)
            v |= (u32)d->bytes[d->pos] << 8 * i;
    }
    return v;
}

static bool take_prefix(struct reader *d, u8 byte)
{
    static const u8 segments[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};
    const u8 *seg = memchr(segments, byte, sizeof segments);
    if (seg)
        d->seg = (unsigned)(seg - segments);
    else if (byte == 0x66)
        d->op32 = !d->code32;
    else if (byte == 0x67)
        d->addr32 = !d->code32;
    else if (byte == 0xf0)
        d->lock = true;
    else if (byte == 0xf2 || byte == 0xf3)
        d->rep = byte;
    else
        return false;
    return true;
}

static void take_memory16(struct reader *d)
{
    static const u8 base[8] = {EBX, EBX, EBP, EBP, ESI, EDI, EBP, EBX};
    static const u8 index[8] = {ESI, EDI, ESI, EDI, NO_REG, NO_REG, NO_REG, NO_REG};
    unsigned mod = d->modrm >> 6, rm = d->modrm & 7;
    bool absolute = mod == 0 && rm == 6;
    d->base = absolute ? NO_REG : base[rm];
    d->index = index[rm];
    d->disp_bytes = absolute ? 2 : mod;
}

static void take_memory32(struct reader *d)
{
    unsigned mod = d->modrm >> 6, sib;
    d->base = d->modrm & 7;
    d->sib = d->base == ESP;
    if (d->sib) {
        sib = take(d, 1);
        d->base = sib & 7;
        d->index = (sib >> 3 & 7) == ESP ? NO_REG : sib >> 3 & 7;
        d->scale = 1u << (sib >> 6);
    }
    bool absolute = mod == 0 && d->base == EBP;
    if (absolute)
        d->base = NO_REG;
    d->disp_bytes = mod == 2 || absolute ? 4 : mod;
}

static void take_modrm(struct reader *d, unsigned kind)
{
    d->memory = kind == MODRM_ANY && d->modrm < 0xc0;
    d->base = d->index = NO_REG;
    if (!d->memory)
        return;
    if (d->addr32)
        take_memory32(d);
    else
        take_memory16(d);
    d->disp = take(d, d->disp_bytes);
}

/* Where a prefix or 0F is an instruction by itself, as on an 8086. */
static bool is_instruction(const struct insn_index *index, u8 byte)
{
    return index->row[MAP_1BYTE][byte][0];
}

/* False: no row. */
static bool take_opcode(struct reader *d, const struct insn_index *index)
{
    unsigned map = MAP_1BYTE;
    do
        d->opcode = (u8)take(d, 1);
    while (!d->starved && d->pos <= INSN_BYTES && !is_instruction(index, d->opcode) &&
           take_prefix(d, d->opcode));
    if (d->opcode == 0x0f && !is_instruction(index, 0x0f)) {
        d->opcode = (u8)take(d, 1);
        map = insn_map(index, d->opcode, d->op32 != d->code32, d->rep == 0xf3, d->rep == 0xf2);
    }
    if (map >= MAP_0F_66) { /* the prefix is part of the opcode */
        d->op_shown = true;
        d->rep = 0;
    }
    if (index->modrm[map][d->opcode])
        d->modrm = (u8)take(d, 1);
    unsigned row = insn_find(index, map, d->opcode, d->modrm);
    if (!row || d->starved)
        return false;
    d->row = &insn_table[row - 1];
    take_modrm(d, index->modrm[map][d->opcode]);
    return true;
}

/* Encodings that a row does not rule out and that are none all the same. */
static bool operand_good(const struct reader *d, unsigned operand)
{
    unsigned reg = d->modrm >> 3 & 7;
    if (operand == OPD_Sw)
        return reg < SEG_COUNT && !(d->row->op == OP_MOV_TO_S && reg == SEG_CS);
    return insn_operand_good(operand, d->modrm, d->memory);
}

static bool encoding_good(const struct reader *d)
{
    const u8 *o = d->row->operand;
    bool may_lock = d->row->checks & CHECK_LOCK && d->memory &&
                    (o[0] == OPD_Eb || o[0] == OPD_Ev || o[0] == OPD_Mq);
    return operand_good(d, o[0]) && operand_good(d, o[1]) && (may_lock || !d->lock);
}

/* Operands. */

static void put_v(struct reader *d, unsigned n)
{
    d->op_shown = true;
    put(d, "%s", d->op32 ? names32[n] : name16(n));
}

static u32 sign_extend(u32 v, unsigned bytes)
{
    return bytes == 1 ? (u32)(s8)v : bytes == 2 ? (u32)(s16)v : v;
}

/* Beside a register: small negative numbers read better with their sign. */
static void put_displacement(struct reader *d)
{
    u32 v = sign_extend(d->disp, d->disp_bytes);
    bool negative = d->disp_bytes == 1 ? v >> 31 : v >= (d->addr32 ? 0xfff00000u : 0xfffff000u);
    if (negative)
        put(d, "-0x%x", (unsigned)-v);
    else
        put(d, "+0x%x", (unsigned)(d->addr32 ? v : (u16)v));
}

static void put_absolute(struct reader *d)
{
    const char *size = d->addr32 == d->code32 ? "" : d->addr32 ? "dword " : "word ";
    put(d, "%s0x%x", size, (unsigned)d->disp);
}

static void put_address(struct reader *d)
{
    bool base = d->base != NO_REG, index = d->index != NO_REG;
    put(d, "[");
    d->seg_shown = d->row->op != OP_LEA; /* to LEA a segment means nothing */
    if (d->seg != SEG_COUNT && d->seg_shown)
        put(d, "%s:", names_seg[d->seg]);
    if (base)
        put(d, "%s", d->addr32 ? names32[d->base] : name16(d->base));
    if (index)
        put(d, "%s%s", base ? "+" : "", d->addr32 ? names32[d->index] : name16(d->index));
    if (index && d->sib && (d->scale > 1 || !base))
        put(d, "*%u", d->scale);
    if (!base && !index)
        put_absolute(d);
    else if (d->disp_bytes)
        put_displacement(d);
    put(d, "]");
    d->addr_shown = true;
}

/* 'b', 'w' or 'v': the width of an operand that is a register or memory; 0: has none. */
static char width_of(const struct reader *d, unsigned operand)
{
    switch (operand) {
    case OPD_Eb:
    case OPD_Gb:
    case OPD_AL:
        return 'b';
    case OPD_Ev:
    case OPD_Gv:
    case OPD_AX:
        return 'v';
    case OPD_Ew:
    case OPD_Gw:
    case OPD_Sw:
        return 'w';
    case OPD_Es:
        return d->memory ? 'w' : 'v';
    }
    return 0;
}

/* Does another operand tell how wide this one is? (CL is a count.) */
static bool width_told(const struct reader *d, unsigned operand)
{
    const u8 *o = d->row->operand;
    unsigned other = o[0] == operand ? o[1] : o[0];
    return width_of(d, operand) == width_of(d, other);
}

static void put_size(struct reader *d, unsigned operand)
{
    char width = width_of(d, operand);
    if (width == 'v')
        d->op_shown = true;
    bool touched = strncmp(d->row->name, "PREFETCH", 8) != 0;
    if (!width || width_told(d, operand) || !touched)
        return;
    put(d, "%s ", width == 'b' ? "byte" : width == 'v' && d->op32 ? "dword" : "word");
}

static void put_e(struct reader *d, unsigned operand)
{
    unsigned rm = d->modrm & 7;
    char width = width_of(d, operand);
    if (d->memory) {
        put_size(d, operand);
        put_address(d);
    } else if (width == 'v') {
        put_v(d, rm);
    } else {
        put(d, "%s", width == 'b' ? names8[rm] : name16(rm));
    }
}

/* MMX and XMM registers: the name of the instruction tells the size of memory. */
static void put_simd(struct reader *d, const char *kind)
{
    if (d->memory)
        put_address(d);
    else
        put(d, "%s%u", kind, d->modrm & 7);
}

static void put_mmx_rm(struct reader *d, UNUSED unsigned operand)
{
    put_simd(d, "mm");
}

static void put_xmm_rm(struct reader *d, UNUSED unsigned operand)
{
    put_simd(d, "xmm");
}

static void put_mmx_reg(struct reader *d, UNUSED unsigned operand)
{
    put(d, "mm%u", d->modrm >> 3 & 7);
}

static void put_xmm_reg(struct reader *d, UNUSED unsigned operand)
{
    put(d, "xmm%u", d->modrm >> 3 & 7);
}

static void put_M(struct reader *d, UNUSED unsigned operand)
{
    put_address(d);
}

static void put_Ed(struct reader *d, UNUSED unsigned operand)
{
    if (d->memory)
        put_address(d);
    else
        put(d, "%s", names32[d->modrm & 7]);
}

static void put_Mp(struct reader *d, UNUSED unsigned operand)
{
    if (d->row->op == OP_CALLF || d->row->op == OP_JMPF)
        put(d, "far ");
    put_address(d);
}

static void put_Gb(struct reader *d, UNUSED unsigned operand)
{
    put(d, "%s", names8[d->modrm >> 3 & 7]);
}

static void put_Gw(struct reader *d, UNUSED unsigned operand)
{
    put(d, "%s", name16(d->modrm >> 3 & 7));
}

static void put_Gv(struct reader *d, UNUSED unsigned operand)
{
    put_v(d, d->modrm >> 3 & 7);
}

static void put_Gd(struct reader *d, UNUSED unsigned operand)
{
    put(d, "%s", names32[d->modrm >> 3 & 7]);
}

static void put_Rd(struct reader *d, UNUSED unsigned operand)
{
    put(d, "%s", names32[d->modrm & 7]);
}

/* Control, debug and test registers. */
static void put_special(struct reader *d, unsigned operand)
{
    put(d, "%cr%u", "cdt"[operand - OPD_Cd], d->modrm >> 3 & 7);
}

static void put_Sw(struct reader *d, UNUSED unsigned operand)
{
    put(d, "%s", names_seg[d->modrm >> 3 & 7]);
}

static void put_Zb(struct reader *d, UNUSED unsigned operand)
{
    put(d, "%s", names8[d->opcode & 7]);
}

static void put_Zv(struct reader *d, UNUSED unsigned operand)
{
    put_v(d, d->opcode & 7);
}

static void put_immediate(struct reader *d, unsigned operand)
{
    unsigned bytes = operand == OPD_Iw ? 2 : operand != OPD_Iv ? 1 : d->op32 ? 4 : 2;
    put(d, "0x%x", (unsigned)take(d, bytes));
}

static void put_sIb(struct reader *d, UNUSED unsigned operand)
{
    u32 v = sign_extend(take(d, 1), 1);
    put(d, "%s0x%x", v >> 31 ? "-" : "", (unsigned)(v >> 31 ? -v : v));
}

static void put_jump(struct reader *d, unsigned operand)
{
    unsigned bytes = operand == OPD_Jb ? 1 : d->op32 ? 4 : 2;
    u32 by = sign_extend(take(d, bytes), bytes), to = d->eip + d->pos + by;
    put(d, "0x%x", (unsigned)(d->op32 ? to : (u16)to));
}

static void put_Ap(struct reader *d, UNUSED unsigned operand)
{
    u32 offset = take(d, d->op32 ? 4 : 2), selector = take(d, 2);
    const char *size = d->op32 == d->code32 ? "" : d->op32 ? "dword " : "word ";
    put(d, "%s0x%x:0x%x", size, (unsigned)selector, (unsigned)offset);
    d->op_shown = true;
}

static void put_O(struct reader *d, UNUSED unsigned operand)
{
    d->base = d->index = NO_REG;
    d->disp_bytes = d->addr32 ? 4 : 2;
    d->disp = take(d, d->disp_bytes);
    put_address(d);
}

static void put_AX(struct reader *d, UNUSED unsigned operand)
{
    if (d->row->size == SIZE_W)
        put(d, "ax");
    else
        put_v(d, EAX);
}

static void put_segment(struct reader *d, unsigned operand)
{
    put(d, "%s", names_seg[operand - OPD_ES]);
}

static void put_escape(struct reader *d, UNUSED unsigned operand)
{
    put(d, "0x%02x,", d->opcode);
    if (d->memory) {
        put(d, "%u,", d->modrm >> 3 & 7);
        put_address(d);
    } else {
        put(d, "0x%02x", d->modrm);
    }
}

static void put_fpu_memory(struct reader *d, unsigned operand)
{
    put(d, "%s ", fpu_sizes[operand - OPD_Fw]);
    put_address(d);
}

static void put_STi(struct reader *d, UNUSED unsigned operand)
{
    put(d, "st%u", d->modrm & 7);
}

/* Either what writes an operand, or the words for it. Strings' operands are implied. */
static void (*const writers[OPD_COUNT])(struct reader *d, unsigned operand) = {
    [OPD_Eb] = put_e, [OPD_Ev] = put_e, [OPD_Ew] = put_e, [OPD_Es] = put_e, [OPD_Ed] = put_Ed,
    [OPD_RdMw] = put_Ed, [OPD_Gb] = put_Gb, [OPD_Gw] = put_Gw, [OPD_Gv] = put_Gv,
    [OPD_Gd] = put_Gd, [OPD_M] = put_M, [OPD_Mp] = put_Mp, [OPD_Ma] = put_M, [OPD_Mq] = put_M,
    [OPD_Mx] = put_M, [OPD_Md] = put_M, [OPD_Rd] = put_Rd, [OPD_Cd] = put_special,
    [OPD_Dd] = put_special, [OPD_Td] = put_special, [OPD_Sw] = put_Sw, [OPD_Zb] = put_Zb,
    [OPD_Zv] = put_Zv, [OPD_Ib] = put_immediate, [OPD_Iw] = put_immediate,
    [OPD_Iv] = put_immediate, [OPD_IbX] = put_immediate, [OPD_sIb] = put_sIb, [OPD_Jb] = put_jump,
    [OPD_Jv] = put_jump, [OPD_Ap] = put_Ap, [OPD_Ob] = put_O, [OPD_Ov] = put_O, [OPD_AX] = put_AX,
    [OPD_ES] = put_segment, [OPD_CS] = put_segment, [OPD_SS] = put_segment,
    [OPD_DS] = put_segment, [OPD_FS] = put_segment, [OPD_GS] = put_segment,
    [OPD_Fpu] = put_escape, [OPD_Pq] = put_mmx_reg, [OPD_Qq] = put_mmx_rm, [OPD_Qd] = put_mmx_rm,
    [OPD_Nq] = put_mmx_rm, [OPD_Vx] = put_xmm_reg, [OPD_Wx] = put_xmm_rm, [OPD_Wq] = put_xmm_rm,
    [OPD_Wd] = put_xmm_rm, [OPD_Ux] = put_xmm_rm, [OPD_Fw] = put_fpu_memory,
    [OPD_Fd] = put_fpu_memory, [OPD_Fq] = put_fpu_memory, [OPD_Ft] = put_fpu_memory,
    [OPD_STi] = put_STi,
};
static const char *const words[OPD_COUNT] = {
    [OPD_AL] = "al", [OPD_CL] = "cl", [OPD_DX] = "dx", [OPD_ONE] = "1", [OPD_ST] = "st0",
};

static void put_operand(struct reader *d, unsigned operand)
{
    if (writers[operand])
        writers[operand](d, operand);
    else if (words[operand])
        put(d, "%s", words[operand]);
}

/* AAM and AAD by ten is how everybody writes them. */
static bool operands_implied(struct reader *d)
{
    bool decimal =
        (d->row->op == OP_AAM || d->row->op == OP_AAD) && d->pos < d->n && d->bytes[d->pos] == 10;
    if (decimal)
        take(d, 1);
    return decimal || insn_is_string(d->row);
}

static void put_operands(struct reader *d)
{
    if (operands_implied(d))
        return;
    for (unsigned i = 0; i < 3 && d->row->operand[i] != OPD_NONE; i++) {
        if (i)
            put(d, ",");
        put_operand(d, d->row->operand[i]);
    }
}

/* Names. */

/* Where the name tells the operand size. */
static const struct {
    u16 op;
    const char *name[2];
} sized_names[] = {
    {OP_CBW, {"cbw", "cwde"}},    {OP_CWD, {"cwd", "cdq"}},        {OP_PUSHA, {"pusha", "pushad"}},
    {OP_POPA, {"popa", "popad"}}, {OP_PUSHF, {"pushf", "pushfd"}}, {OP_POPF, {"popf", "popfd"}},
    {OP_IRET, {"iret", "iretd"}},
};

/* Where NASM has another name than the manual's opcode map. */
static const struct {
    const char *row, *name;
} other_names[] = {
    {"CALLF", "call"},
    {"JMPF", "jmp"},
    {"XLAT", "xlatb"},
    {"ICEBP", "int1"},
};

/* Where another instruction is meant if ModRM names a register. */
static const struct {
    const char *row, *name;
} register_names[] = {
    {"MOVLPS", "movhlps"},    {"MOVHPS", "movlhps"}, {"PREFETCHNTA", "nop"},
    {"PREFETCHT0", "nop"},    {"PREFETCHT1", "nop"}, {"PREFETCHT2", "nop"},
};

static const struct {
    const char *end, *name;
} condition_names[] = {{"nbe", "a"}, {"nb", "ae"}, {"nle", "g"}, {"nl", "ge"}};

static const char *sized_name(struct reader *d)
{
    for (size_t i = 0; i < ARRAY_LEN(sized_names); i++)
        if (sized_names[i].op == d->row->op) {
            d->op_shown = true;
            return sized_names[i].name[d->op32];
        }
    if (d->row->op != OP_JCXZ)
        return NULL;
    d->addr_shown = true;
    return d->addr32 ? "jecxz" : "jcxz";
}

static const char *other_name(const struct reader *d)
{
    if (d->row->op == OP_ESC)
        return "esc";
    for (size_t i = 0; i < ARRAY_LEN(other_names); i++)
        if (!strcmp(other_names[i].row, d->row->name))
            return other_names[i].name;
    for (size_t i = 0; i < ARRAY_LEN(register_names) && !d->memory; i++)
        if (!strcmp(register_names[i].row, d->row->name))
            return register_names[i].name;
    return NULL;
}

/* In NAME, which ends at END: the everyday name of its condition. */
static void rename_condition(char *name, char *end)
{
    for (size_t i = 0; i < ARRAY_LEN(condition_names); i++) {
        size_t n = strlen(condition_names[i].end);
        if ((size_t)(end - name) > n && !strcmp(end - n, condition_names[i].end)) {
            strcpy(end - n, condition_names[i].name);
            return;
        }
    }
}

static void put_name(struct reader *d, char name[16])
{
    const char *other = sized_name(d);
    unsigned op = d->row->op;
    if (!other)
        other = other_name(d);
    char *end = name;
    for (const char *from = other ? other : d->row->name; *from && end < name + 14; from++)
        *end++ = (char)tolower((unsigned char)*from);
    *end = 0;
    if (op >= OP_J_o && op < OP_COUNT)
        rename_condition(name, end);
    if (insn_is_string(d->row)) {
        *end++ = d->row->size == SIZE_B ? 'b' : d->op32 ? 'd' : 'w';
        *end = 0;
        d->op_shown = true;
    }
}

static const char *rep_name(const struct reader *d)
{
    bool compares = d->row->checks & CHECK_STR_REPZ;
    return !d->rep ? "" : d->rep == 0xf2 ? "repne " : compares ? "repe " : "rep ";
}

/* Prefixes that neither name nor operands show. */
static void put_prefixes(const struct reader *d, char *to, size_t size)
{
    bool op = d->op32 != d->code32 && !d->op_shown;
    bool addr = d->addr32 != d->code32 && !d->addr_shown;
    bool seg = d->seg != SEG_COUNT && !d->seg_shown;
    snprintf(to, size, "%s%s%s%s%s%s", d->lock ? "lock " : "", rep_name(d),
             !op       ? ""
             : d->op32 ? "o32 "
                       : "o16 ",
             !addr       ? ""
             : d->addr32 ? "a32 "
                         : "a16 ",
             seg ? names_seg[d->seg] : "", seg ? " " : "");
}

static unsigned undefined(const u8 *bytes, char *text, size_t size)
{
    snprintf(text, size, "db 0x%02x", bytes[0]);
    return 1;
}

unsigned disasm(const struct insn_index *index, const u8 *bytes, unsigned n, u32 eip, bool code32,
                char *text, size_t size)
{
    struct reader d = {.bytes = bytes,
                       .n = n,
                       .eip = eip,
                       .code32 = code32,
                       .op32 = code32,
                       .addr32 = code32,
                       .seg = SEG_COUNT};
    char name[16], prefixes[32];
    bool good = take_opcode(&d, index) && encoding_good(&d);
    if (good)
        put_operands(&d);
    if (size)
        text[0] = 0;
    if (d.starved && n < INSN_BYTES)
        return 0;
    if (!good || d.pos > INSN_BYTES)
        return undefined(bytes, text, size);
    put_name(&d, name);
    put_prefixes(&d, prefixes, sizeof prefixes);
    snprintf(text, size, "%s%s%s%s", prefixes, name, d.length ? " " : "", d.operands);
    return d.pos;
}
