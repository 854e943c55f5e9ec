/* SPDX-License-Identifier: MIT */
#include "tests/insn/cases.h"

/* Offsets that are worth a visit: the ends of a segment and of pages. */

static u32 random_data(struct random *r)
{
    static const u32 pages[] = {DATA, DATA, DATA + PAGE, DATA + PAGE, DATA + 4 * PAGE, TOP};
    return pages[below(r, ARRAY_LEN(pages))] + below(r, PAGE);
}

static u32 near_page_end(struct random *r)
{
    u32 page = one_in(r, 6) ? 0 : DATA + below(r, DATA_PAGES + 1) * PAGE;
    return page + below(r, 18) - 9;
}

static u32 spot(struct random *r, u16 selector)
{
    const struct world_segment *s = world_segment(selector);
    if (!s)
        return rnd_value(r);
    switch (below(r, 8)) {
    case 0:
        return world_limit(s) + 1 + below(r, 18) - 9;
    case 1:
        return below(r, 18) - 9;
    case 2:
    case 3:
        return near_page_end(r) - s->base;
    default:
        return random_data(r) - s->base;
    }
}

static u32 offset_in_group(void *owner, unsigned seg, bool addr32)
{
    struct group *g = owner;
    u32 at = spot(g->random, g->regs.seg[seg]);
    return addr32 ? at : (u16)at;
}

/* Segments. */

static u16 pick_loadable(struct random *r, bool stack, bool code)
{
    for (;;) {
        unsigned n = below(r, world_ldt_count);
        const struct world_segment *s = &world_ldt[n];
        bool is_code = s->attr & DA_CODE, second = s->attr & DA_WRITABLE;
        if (s->attr & DA_P && (code ? is_code : stack ? !is_code && second : !is_code || second))
            return ldt_selector(n);
    }
}

static void pick_segments(struct group *g)
{
    struct random *r = g->random;
    u16 *seg = g->regs.seg;
    for (unsigned i = 0; i < SEG_COUNT; i++) {
        bool plain = one_in(r, 2);
        if (i == SEG_CS)
            seg[i] = plain ? SEL_CODE32 : pick_loadable(r, false, true);
        else
            seg[i] = plain ? SEL_DATA32 : pick_loadable(r, i == SEG_SS, false);
        if (i != SEG_CS && i != SEG_SS && one_in(r, 24))
            seg[i] = (u16)below(r, 4);
    }
}

/* Where the instruction lies. */

static u32 any_place(struct random *r, u32 end, u32 bytes)
{
    switch (below(r, 16)) {
    case 0:
        return CODE + PAGE - below(r, bytes + 1);
    case 1:
        return CODE + CODE_BYTES - 1 - below(r, bytes);
    case 2:
        return end - 1 - below(r, bytes);
    default:
        return CODE + 0x40 + below(r, 92) * 64;
    }
}

/* IRET itself would fault if the instruction did not begin below the limit. */
static u32 pick_place(struct random *r, const struct world_segment *cs, u32 bytes)
{
    u32 end = cs->base + world_limit(cs) + 1;
    u32 at = any_place(r, end - CODE <= CODE_BYTES ? end : CODE + CODE_BYTES, bytes);
    return at - cs->base <= world_limit(cs) ? at : CODE + 0x40;
}

/* A far jump to 64-bit code follows. */
static void put_end(struct group *g, u32 n)
{
    u8 *at = g->code + n;
    if (!g->text.code32)
        *at++ = 0x66;
    *at = 0xea;
    put32(at + 1, STUB);
    put16(at + 5, SEL_EXIT);
    g->code_bytes = (u32)(at + 7 - g->code);
}

/* Jumps cost the host a signal each: they come half as often as the rest. */
static const struct insn *pick_row(struct random *r, const struct choice *choice)
{
    const struct insn *row = choice->row[below(r, choice->count)];
    return row->checks & CHECK_END && one_in(r, 2) ? choice->row[below(r, choice->count)] : row;
}

void group_make(struct group *g, struct random *r, const struct choice *choice)
{
    g->random = r;
    pick_segments(g);
    const struct world_segment *cs = world_segment(g->regs.seg[SEG_CS]);
    text_make(&g->text, r, pick_row(r, choice), cs->attr & DA_DB, offset_in_group, g);
    g->linear = pick_place(r, cs, g->text.n);
    g->regs.eip = g->linear - cs->base;
    g->end = g->regs.eip + g->text.n;
    memcpy(g->code, g->text.byte, g->text.n);
    g->code_bytes = g->text.n;
    if (!text_jumps(&g->text))
        put_end(g, g->text.n);
}

/* Operands. */

/* Two selectors of Linux's GDT lead to what 32 bits do not know, or differ from CPU to CPU. */
static bool alien(u32 selector)
{
    return (selector & 0xfffc) == 0x30 || (selector & 0xfffc) == 0x78;
}

static void poke(u32 linear, u32 value, u32 bytes)
{
    for (u32 i = 0; i < bytes; i++, linear++, value >>= 8)
        for (unsigned p = 0; p < world_page_count; p++)
            if (world_pages[p].rights & RIGHTS_WRITE && linear - world_pages[p].linear < PAGE)
                native_page(p)[linear & 0xfff] = ours_page(p)[linear & 0xfff] = (u8)value;
}

static u32 peek(u32 linear, u32 bytes)
{
    u32 value = 0;
    for (u32 i = bytes; i-- > 0;)
        for (unsigned p = 0; p < world_page_count; p++)
            if (linear + i - world_pages[p].linear < PAGE)
                value = value << 8 | native_page(p)[(linear + i) & 0xfff];
    return value;
}

static void plant(const struct group *g, unsigned seg, u32 offset, u32 value, u32 bytes)
{
    const struct world_segment *s = world_segment(g->regs.seg[seg]);
    if (s)
        poke(s->base + offset, value, bytes);
}

static u32 address(const struct text *t, const struct regs *in)
{
    u32 at = t->disp;
    if (t->base != NO_REGISTER)
        at += in->r[t->base];
    if (t->index != NO_REGISTER)
        at += in->r[t->index] << t->scale;
    return t->addr32 ? at : (u16)at;
}

/* Let the address of the memory operand be a spot of its segment. */
static void aim(struct group *g, struct regs *in)
{
    const struct text *t = &g->text;
    u32 rest = spot(g->random, in->seg[t->seg]) - t->disp;
    if (t->base == NO_REGISTER && t->index == NO_REGISTER)
        return;
    if (t->base == NO_REGISTER)
        in->r[t->index] = rest >> t->scale;
    else if (t->index == NO_REGISTER)
        in->r[t->base] = rest;
    else if (t->base != t->index)
        in->r[t->base] = rest - (in->r[t->index] << t->scale);
}

static void aim_register(struct group *g, struct regs *in, unsigned reg, unsigned seg)
{
    u32 at = spot(g->random, in->seg[seg]);
    in->r[reg] = one_in(g->random, 2) ? at : (in->r[reg] & 0xffff0000u) | (at & 0xffff);
}

static u16 pick_selector(struct random *r)
{
    u32 any = rnd_value(r) & 0xffff;
    if (one_in(r, 4) && !alien(any))
        return (u16)any;
    u16 s = ldt_selector(below(r, world_ldt_count + 2));
    return one_in(r, 8) ? s & ~1u : one_in(r, 8) ? SEL_CODE32 : one_in(r, 8) ? SEL_DATA32 : s;
}

/* An offset in the code that lies all around, or beyond the limit, or somewhere. */
static u32 pick_target(struct group *g, u16 selector)
{
    const struct world_segment *s = world_segment(selector);
    if (!s || one_in(g->random, 8))
        return rnd_value(g->random);
    if (one_in(g->random, 8))
        return world_limit(s) + 1 - below(g->random, 3) + 1;
    return CODE + below(g->random, CODE_BYTES) - s->base;
}

/* The value of the r/m operand. */
static void set_rm(struct group *g, struct regs *in, u32 value, u32 bytes)
{
    if (g->text.memory)
        plant(g, g->text.seg, address(&g->text, in), value, bytes);
    else
        in->r[g->text.modrm & 7] = value;
}

static void plant_stack(struct group *g, const struct regs *in, u32 words, u32 value)
{
    bool big = world_segment(in->seg[SEG_SS])->attr & DA_DB;
    u32 size = g->text.op32 ? 4 : 2, at = in->r[ESP] + words * size;
    plant(g, SEG_SS, big ? at : (u16)at, value, size);
}

static void plant_far_return(struct group *g, const struct regs *in)
{
    u16 selector = pick_selector(g->random);
    plant_stack(g, in, 0, pick_target(g, selector));
    plant_stack(g, in, 1, selector);
    if (g->text.row->op == OP_IRET)
        plant_stack(g, in, 2, rnd(g->random) & ~(one_in(g->random, 8) ? 0u : FL_TF));
}

static void set_far_pointer(struct group *g, struct regs *in)
{
    u16 selector = pick_selector(g->random);
    u32 size = g->text.op32 ? 4 : 2, at = address(&g->text, in);
    if (!g->text.memory)
        return;
    plant(g, g->text.seg, at, pick_target(g, selector), size);
    plant(g, g->text.seg, at + size, selector, 2);
}

/* A dividend whose quotient may fit. */
static void set_dividend(struct group *g, struct regs *in)
{
    u32 high = one_in(g->random, 2) ? 0 : below(g->random, 4) - 2;
    in->r[EDX] = high;
    if (g->text.row->size == SIZE_B)
        in->r[EAX] = (in->r[EAX] & 0xff) | high << 8;
}

static void set_bit_number(struct group *g, struct regs *in)
{
    unsigned reg = g->text.modrm >> 3 & 7;
    if (g->text.row->operand[1] == OPD_Gv && reg != g->text.base && reg != g->text.index)
        in->r[reg] = below(g->random, 512) - 256;
}

/* What one operation needs to get anywhere. */
static void set_special(struct group *g, struct regs *in)
{
    const struct text *t = &g->text;
    switch (t->row->op) {
    case OP_MOV_TO_S:
    case OP_LAR:
    case OP_LSL:
    case OP_VERR:
    case OP_VERW:
        set_rm(g, in, pick_selector(g->random), 2);
        break;
    case OP_POP_S:
        plant_stack(g, in, 0, pick_selector(g->random));
        break;
    case OP_RET:
        plant_stack(g, in, 0, pick_target(g, in->seg[SEG_CS]));
        break;
    case OP_RETF:
    case OP_IRET:
        plant_far_return(g, in);
        break;
    case OP_JMP:
    case OP_CALL:
        if (t->has_modrm)
            set_rm(g, in, pick_target(g, in->seg[SEG_CS]), t->op32 ? 4 : 2);
        break;
    case OP_LFP:
    case OP_JMPF:
    case OP_CALLF:
        if (t->has_modrm)
            set_far_pointer(g, in);
        break;
    case OP_DIV:
    case OP_IDIV:
        set_dividend(g, in);
        break;
    case OP_CMPXCHG:
        set_rm(g, in, in->r[EAX], 4);
        break;
    case OP_CMPXCHG8B:
        set_rm(g, in, in->r[EAX], 4);
        if (t->memory)
            plant(g, t->seg, address(t, in) + 4, in->r[EDX], 4);
        break;
    }
}

static bool looks_at_selector(const struct insn *row)
{
    return row->op == OP_LAR || row->op == OP_LSL || row->op == OP_VERR || row->op == OP_VERW;
}

static u32 rm_selector(const struct text *t, const struct regs *in)
{
    const struct world_segment *s = t->memory ? world_segment(in->seg[t->seg]) : NULL;
    if (!t->memory)
        return in->r[t->modrm & 7];
    return s ? peek(s->base + address(t, in), 2) : 0;
}

bool group_hangs(const struct group *g, const struct regs *in)
{
    const struct text *t = &g->text;
    const struct world_segment *s = t->memory ? world_segment(in->seg[t->seg]) : NULL;
    if (!s || t->row->op != OP_CALLF)
        return false;
    return (peek(s->base + address(t, in) + (t->op32 ? 4 : 2), 2) & ~3u) == 0x30;
}

bool group_alien(const struct group *g, const struct regs *in, const struct outcome *native,
                 const struct outcome *ours)
{
    bool found = ours->vector == EX_GP && alien(ours->error);
    if (looks_at_selector(g->text.row))
        found |= alien(rm_selector(&g->text, in));
    for (unsigned i = 0; i < SEG_COUNT; i++)
        found |= alien(native->regs.seg[i]);
    return found;
}

static bool is_string(const struct insn *row)
{
    return row->op >= OP_MOVS && row->op <= OP_OUTS;
}

static void set_string(struct group *g, struct regs *in)
{
    unsigned seg = g->text.seg == SEG_COUNT ? SEG_DS : g->text.seg;
    aim_register(g, in, ESI, seg);
    aim_register(g, in, EDI, SEG_ES);
    if (!one_in(g->random, 32))
        in->r[ECX] = (one_in(g->random, 8) ? rnd(g->random) << 16 : 0) | below(g->random, 24);
}

static u32 pick_flags(const struct group *g, struct random *r)
{
    u32 flags = (rnd(r) & FL_ARITH) | FL_ALWAYS | FL_IF;
    flags |= one_in(r, 6) ? FL_DF : 0;
    flags |= one_in(r, 16) ? FL_AC : 0;
    flags |= one_in(r, 16) ? FL_ID : 0;
    /* NT means a task switch to IRET, which 64-bit kernels do not have. */
    flags |= one_in(r, 16) && g->text.row->op != OP_IRET ? FL_NT : 0;
    return flags;
}

/* Numbers as MMX and SSE read them: lanes that are ends of ranges, and floating-point corners. */
static u32 pick_lane(struct random *r)
{
    static const u32 corners[] = {0x00000000, 0x80000000, 0x3f800000, 0xbf800000, 0x00000001,
                                  0x007fffff, 0x00800000, 0x7f7fffff, 0x7f800000, 0xff800000,
                                  0x7fc00000, 0x7f800001, 0xffffffff, 0x4f000000, 0xcf000000,
                                  0x4effffff, 0x3f000000, 0x7fff7fff, 0x80008000, 0x80808080};
    u32 sign = rnd(r) & 0x80000000u;
    switch (below(r, 4)) {
    case 0:
        return corners[below(r, ARRAY_LEN(corners))];
    case 1:
        return sign | (0x70 + below(r, 0x20)) << 23 | (rnd(r) & 0x7fffff);
    case 2:
        return sign | below(r, 0x100) << 23 | (one_in(r, 2) ? 0 : rnd(r) & 0x7fffff);
    default:
        return rnd(r);
    }
}

/* An x87 register: mostly a number that others can be added to; else whatever there is. */
static void pick_extended(struct random *r, u8 *to)
{
    static const u16 exponents[] = {0, 1, 0x7ffe, 0x7fff, 0x3fff, 0x3ffe, 0x403e, 0x3fc0};
    u64 frac = (u64)pick_lane(r) << 32 | pick_lane(r);
    u16 sign = (u16)(rnd(r) & 0x8000);
    if (one_in(r, 2)) {
        put64(to, frac | (u64)1 << 63);
        put16(to + 8, (u16)(sign | (0x3fe0 + below(r, 0x40))));
        return;
    }
    if (one_in(r, 2))
        frac = one_in(r, 2) ? 0 : (u64)1 << 63;
    put64(to, frac);
    put16(to + 8, (u16)(sign | (one_in(r, 2) ? exponents[below(r, ARRAY_LEN(exponents))]
                                             : rnd(r) & 0x7fff)));
}

/* The image that FXRSTOR loads on the host: nothing reserved is set. */
static void pick_vector(struct random *r, u8 *fx)
{
    memset(fx, 0, FX_BYTES);
    put16(fx + FX_CW, (u16)(0x40 | (one_in(r, 8) ? below(r, 64) : 63) | below(r, 16) << 8));
    put16(fx + FX_SW, (u16)(one_in(r, 8) ? rnd(r) & 0x7f7f : rnd(r) & 0x7f00));
    fx[FX_TAGS] = (u8)(rnd(r) | rnd(r) | rnd(r));
    put16(fx + FX_FOP, rnd(r) & 0x7ff);
    put32(fx + FX_FIP, rnd(r));
    put32(fx + FX_FDP, rnd(r));
    put32(fx + FX_MXCSR, below(r, 4) << 13 | (one_in(r, 4) ? 0x8000 : 0) |
                             (one_in(r, 8) ? below(r, 64) : 63) << 7 |
                             (one_in(r, 4) ? below(r, 64) : 0));
    for (unsigned i = 0; i < 8; i++) {
        pick_extended(r, fx + FX_ST + i * 16);
        for (unsigned k = 0; k < 4; k++)
            put32(fx + FX_XMM + i * 16 + k * 4, pick_lane(r));
    }
}

/* Corners in memory, too; and addresses that 16 bytes may have. */
static void aim_vector(struct group *g, struct regs *in)
{
    const struct text *t = &g->text;
    const struct world_segment *s = world_segment(in->seg[t->seg]);
    unsigned last = t->base != NO_REGISTER ? t->base : t->index;
    u32 linear = s ? s->base + address(t, in) : 0;
    if (last != NO_REGISTER && !one_in(g->random, 4) && (last == t->base || !t->scale))
        in->r[last] -= linear & 15;
    for (u32 i = 0; i < 4 && one_in(g->random, 2); i++)
        plant(g, t->seg, address(t, in) + i * 4, pick_lane(g->random), 4);
}

enum run_kind group_setting(struct group *g, struct regs *in)
{
    struct random *r = g->random;
    const struct text *t = &g->text;
    *in = g->regs;
    for (unsigned i = 0; i < 8; i++)
        in->r[i] = rnd_value(r);
    in->eflags = pick_flags(g, r);
    aim_register(g, in, ESP, SEG_SS);
    if (!one_in(r, 4))
        in->r[ESP] &= ~3u;
    if (t->row->op == OP_LEAVE || t->row->op == OP_ENTER)
        aim_register(g, in, EBP, SEG_SS);
    if (t->row->op == OP_XLAT)
        aim_register(g, in, EBX, t->seg == SEG_COUNT ? SEG_DS : t->seg);
    if (is_string(t->row))
        set_string(g, in);
    if (t->row->op >= OP_BT && t->row->op <= OP_BTC && !one_in(r, 4))
        set_bit_number(g, in);
    if (t->memory && t->has_modrm)
        aim(g, in);
    in->vector = text_vector(t);
    if (in->vector)
        pick_vector(r, in->fx);
    if (in->vector && t->memory)
        aim_vector(g, in);
    if (t->row->op == OP_MASKMOV)
        aim_register(g, in, EDI, t->seg == SEG_COUNT ? SEG_DS : t->seg);
    if (!one_in(r, 4))
        set_special(g, in);
    if (!(world_segment(in->seg[SEG_SS])->attr & DA_DB))
        in->r[ESP] &= 0xffff;
    return one_in(r, 24) && !text_loads_ss(t) ? RUN_STEP : text_jumps(t) ? RUN_JUMP : RUN_CHAINED;
}
