/* SPDX-License-Identifier: MIT */
/*
 * Each x87, MMX and SSE instruction alone, in both flavours: with every form of its operand, at
 * ends of segments and pages, on memory that may not be written, with numbers of all kinds, full
 * and empty stacks, masks open, and what CR0 and CR4 say against it. Everything must come out the
 * same.
 */
#include "cpu/engine.h"
#include "cpu/sfloat.h"
#include "tests/unit/guest.h"

enum {
    ROUNDS = 150,
    PAGE = 0x1000,
    DATA_PAGES = 3,
    READ_ONLY = GUEST_DATA + 2 * PAGE,
    ABSENT = GUEST_DATA + 5 * PAGE,
    AROUND = 32
};

/* A register, or memory: EBX with a displacement; EBX and ESI; the same by way of ES; BX by way of
 * ES. */
enum form { REGISTER, BASE, INDEX, SEGMENT, SHORT, FORMS };

struct trial {
    u8 code[24];
    u32 bytes; /* of them */
    u32 at;    /* linear address of the operand */
    u8 rm;     /* the register, where it is one */
    u8 memory[2 * AROUND];
    u32 r[8], eflags, cr0, cr4;
    struct segment es;
    struct fpu fpu;
};

static u64 rng_state;
static struct guest *sides[2]; /* fast, plain */

static u32 rnd(void)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return (u32)(rng_state >> 16);
}

static bool one_in(u32 n)
{
    return rnd() % n == 0;
}

static u64 rnd64(void)
{
    return (u64)rnd() << 32 | rnd();
}

/* Operands. */

/* Eight bytes that are a number as a double, as two floats, as integers; or anything. */
static u64 data(void)
{
    u64 sign = rnd64() & 0x8000000080000000;
    switch (rnd() % 6) {
    case 0:
        return sign >> 63 << 63 | (u64)(0x3f0 + rnd() % 32) << 52 | (one_in(2) ? rnd64() >> 12 : 0);
    case 1:
        return sign | (u64)(0x78 + rnd() % 16) << 55 | (u64)(0x78 + rnd() % 16) << 23 |
               (rnd64() & 0x7fffff007fffff);
    case 2:
        return rnd64() >> (rnd() & 63);
    case 3:
        return sign & (u64)rnd() << 32;
    case 4:
        return sign | (rnd64() & 0x7f8000007f800000);
    }
    return rnd64();
}

static struct f80 number(void)
{
    u16 sign = (u16)(rnd() & F80_SIGN);
    if (one_in(6))
        return (struct f80){0, sign};
    if (one_in(12))
        return (struct f80){rnd64(), (u16)rnd()};
    u64 frac = F80_INTEGER | (one_in(2) ? rnd64() : 0);
    return (struct f80){frac,
                        (u16)((one_in(2) ? 0x3ffe + rnd() % 4 : 0x3f80 + rnd() % 0xf0) | sign)};
}

static struct fpu registers(void)
{
    static const u16 words[] = {0x37f, 0x27f, 0x07f, 0xf7f, 0x77f, 0x35f, 0x37a, 0x340};
    struct fpu fpu = {.cw = words[one_in(2) ? rnd() & 1 : rnd() % ARRAY_LEN(words)],
                      .sw = (u16)(rnd() & (SW_CC | (one_in(2) ? SW_ANY : 0))),
                      .top = rnd() & 7,
                      .used = (u8)(one_in(2) ? rnd() : 0xff),
                      .fip = rnd(),
                      .mxcsr = (rnd() & 0xffff) | (one_in(8) ? 0 : SW_ANY << MXCSR_MASKS)};
    if (one_in(3)) /* room for one, and enough to work with */
        fpu.used = (u8) ~(1u << ((fpu.top + 7) & 7));
    if (!one_in(16)) /* nothing is pending */
        fpu.sw &= (u16)(fpu.cw | SW_CC);
    fpu_summarize(&fpu);
    for (unsigned i = 0; i < 8; i++) {
        fpu.reg[i] = number();
        fpu.xmm[i] = (union xmm){.q = {data(), data()}};
    }
    return fpu;
}

/* In the middle of a page, at its end, or where nothing may be written; seldom misaligned. */
static u32 place(void)
{
    u32 at = one_in(4) ? GUEST_DATA + PAGE - rnd() % 24 : GUEST_DATA + 0x400 + (rnd() & 0x3f0);
    if (one_in(6))
        at = READ_ONLY + 0x400;
    return at + (one_in(4) ? rnd() & 15 : 0);
}

/* ES begins with the data, and ends about where the operand does. */
static struct segment segment_of(u32 at)
{
    u32 limit = one_in(3) ? at - GUEST_DATA + rnd() % 20 - 2 : DATA_PAGES * PAGE - 1;
    struct segment s = {.base = GUEST_DATA,
                        .limit = limit,
                        .selector = GUEST_SMALL,
                        .attr = one_in(4) ? 0x491 : 0x493};
    segment_derive(&s);
    return s;
}

/* The instruction of ROW with an operand of FORM at t->at; and a HLT. */
static void assemble(struct trial *t, const struct insn *row, enum form form)
{
    static const u8 modrm[FORMS] = {0xc0, 0x83, 0x84, 0x84, 0x87}; /* with a long displacement */
    u8 *to = t->code, prefixed = row->reg < REG_X87 ? (u8)form : REGISTER;
    u32 disp = rnd() & 0xff, base = form < SEGMENT ? 0 : GUEST_DATA;
    if (prefixed >= SEGMENT)
        *to++ = 0x26;
    if (prefixed == SHORT)
        *to++ = 0x67;
    to += insn_opcode(row, to);
    u32 reg = row->reg == REG_ANY ? rnd() & 7 : row->reg & 7u;
    u32 rm = row->reg < REG_X87 ? form == REGISTER
                                : row->operand[0] == OPD_STi || row->operand[1] == OPD_STi;
    rm = rm ? t->rm : 0;
    *to++ = (u8)(row->reg >= REG_X87 ? row->reg | rm : modrm[form] | reg << 3 | rm);
    if (prefixed == INDEX || prefixed == SEGMENT)
        *to++ = 0x73; /* ebx + 2 esi */
    t->r[ESI] = rnd() & 0x3f;
    t->r[EBX] = t->at - base - disp;
    t->r[EBX] -= form == INDEX || form == SEGMENT ? 2 * t->r[ESI] : 0;
    put32(to, disp);
    to += !prefixed ? 0 : prefixed == SHORT ? 2 : 4;
    for (unsigned i = 0; i < ARRAY_LEN(row->operand); i++)
        if (row->operand[i] == OPD_Ib)
            *to++ = (u8)rnd();
    *to++ = 0xf4;
    t->bytes = (u32)(to - t->code);
}

static struct trial random_trial(const struct insn *row, enum form form)
{
    struct trial t = {
        .at = place(), .rm = rnd() & 7, .fpu = registers(), .eflags = rnd() & FL_ARITH};
    for (unsigned i = 0; i < 8; i++)
        t.r[i] = rnd();
    for (unsigned i = 0; i < sizeof t.memory; i += 8)
        put64(t.memory + i, data());
    t.r[EDI] = GUEST_DATA + 0x800;
    t.r[ESP] = GUEST_STACK;
    t.cr0 = one_in(16) ? CR0_TS : one_in(16) ? CR0_EM : 0;
    t.cr0 |= one_in(8) ? 0 : CR0_NE;
    t.cr4 = CR4_OSXMMEXCPT | (one_in(16) ? 0 : CR4_OSFXSR);
    t.es = segment_of(t.at);
    assemble(&t, row, form);
    return t;
}

/* Running it. */

static void run(struct guest *g)
{
    g->clock.deadline = g->clock.cycles + 100000;
    ck_assert(cpu_run(&g->cpu) == CPU_DEADLINE && g->cpu.halted);
    cpu_fold(&g->cpu);
}

static void load(struct guest *g, const struct trial *t)
{
    struct cpu *cpu = &g->cpu;
    memcpy(g->ram + t->at - AROUND, t->memory, sizeof t->memory);
    for (unsigned i = 0; i < 8; i++)
        cpu->r[i] = t->r[i];
    cpu->eip = GUEST_CODE;
    cpu->cr0 = (cpu->cr0 & ~(u32)(CR0_TS | CR0_EM | CR0_NE)) | t->cr0;
    cpu->cr4 = t->cr4;
    cpu->cr2 = 0;
    cpu->fpu = t->fpu;
    cpu->seg[SEG_ES] = t->es;
    cpu->halted = false;
    cpu_set_eflags(cpu, t->eflags);
    line_set(&cpu->ferr, false);
    mode_update(cpu);
}

/* All the pages into the TLB: in protected mode with paging and CR0.WP. */
static void set_out(struct guest *g)
{
    guest_flat(g, 0);
    guest_page(g);
    g->cpu.cr0 |= CR0_WP;
    put32(guest_pte(g, READ_ONLY), READ_ONLY | 1);
    put32(guest_pte(g, ABSENT), 0);
    guest_flush(g);
    guest_code(g, "a0 00 00 02 00 a2 00 00 02 00 a0 00 10 02 00 a2 00 10 02 00 a0 00 20 02 00 f4");
    g->cpu.eip = GUEST_CODE;
    run(g);
    ck_assert(g->cpu.halted && guest_vector(g) == -1);
}

static void compare(const struct trial *t, const struct insn *row, enum form form)
{
    const struct guest *a = sides[0], *b = sides[1];
    if (state_hash(0, cpu_fields, &a->cpu) == state_hash(0, cpu_fields, &b->cpu) &&
        a->clock.cycles == b->clock.cycles &&
        !memcmp(a->ram + GUEST_DATA, b->ram + GUEST_DATA, DATA_PAGES * PAGE) &&
        !memcmp(a->ram + GUEST_STACK - PAGE, b->ram + GUEST_STACK - PAGE, PAGE))
        return;
    state_diff(stderr, "cpu (fast, plain)", cpu_fields, &a->cpu, &b->cpu);
    for (u32 i = 0; i < t->bytes; i++)
        fprintf(stderr, "%02x ", t->code[i]);
    ck_abort_msg("%s, form %d, operand at %x, cw %03x", row->name, (int)form, t->at, t->fpu.cw);
}

static void try(const struct insn *row, enum form form)
{
    struct trial t = random_trial(row, form);
    for (unsigned i = 0; i < 2; i++) {
        bus_dma_write(&sides[i]->bus, GUEST_CODE, t.code, t.bytes);
        load(sides[i], &t);
        run(sides[i]);
    }
    compare(&t, row, form);
}

static void try_all(const struct insn *row)
{
    unsigned forms = row->reg < REG_X87 ? FORMS : 1;
    for (unsigned form = 0; form < forms; form++)
        for (unsigned i = 0; i < ROUNDS; i++)
            try(row, (enum form)form);
}

static bool is_x87(const struct insn *row)
{
    return row->map == MAP_1BYTE && (row->opcode & 0xf8) == 0xd8 && row->operand[0] != OPD_Fpu;
}

static bool is_simd(const struct insn *row)
{
    return row->map != MAP_1BYTE && (row->size == SIZE_X || row->size == SIZE_Q);
}

START_TEST(x87_instructions_are_the_same)
{
    for (unsigned i = 0; i < insn_count; i++)
        if (is_x87(&insn_table[i]))
            try_all(&insn_table[i]);
}
END_TEST

START_TEST(mmx_and_sse_instructions_are_the_same)
{
    for (unsigned i = 0; i < insn_count; i++)
        if (is_simd(&insn_table[i]))
            try_all(&insn_table[i]);
}
END_TEST

/* Numbers around 1, an aligned operand, all masked, one register empty. ES ends with the operand.
 */
static struct trial usual_trial(const struct insn *row, enum form form, u32 at, u32 size)
{
    struct trial t = {.at = at, .rm = 1, .cr0 = CR0_NE, .cr4 = CR4_OSFXSR | CR4_OSXMMEXCPT};
    t.fpu = (struct fpu){.cw = CW_INIT, .top = 3, .used = 0xfb, .mxcsr = MXCSR_INIT};
    t.es = (struct segment){.base = GUEST_DATA,
                            .limit = at + size - 1 - GUEST_DATA,
                            .selector = GUEST_SMALL,
                            .attr = 0x493};
    segment_derive(&t.es);
    for (unsigned i = 0; i < 8; i++) {
        t.fpu.reg[i] = (struct f80){F80_INTEGER + i, 0x3fff};
        t.fpu.xmm[i] = (union xmm){.q = {0x3ff800003ff80000, 0x3ff800003ff80000}};
    }
    for (unsigned i = 0; i < sizeof t.memory; i += 8)
        put64(t.memory + i, 0x3ff800003ff80000);
    t.r[EDI] = GUEST_DATA + 0x800;
    t.r[ESP] = GUEST_STACK;
    assemble(&t, row, form);
    return t;
}

/* Bytes of the operand in memory. */
static u32 size_of(const struct insn *row)
{
    static const u8 sizes[OPD_COUNT] = {
        [OPD_Fw] = 2, [OPD_Fd] = 4, [OPD_Fq] = 8,  [OPD_Ft] = 10, [OPD_Qd] = 4,
        [OPD_Qq] = 8, [OPD_Ed] = 4, [OPD_Wd] = 4,  [OPD_Wq] = 8,  [OPD_Wx] = 16,
        [OPD_Mq] = 8, [OPD_Md] = 4, [OPD_Mx] = 16, [OPD_RdMw] = 2};
    return sizes[row->operand[0]] ? sizes[row->operand[0]] : sizes[row->operand[1]];
}

static int vector_at(const struct insn *row, u32 at, struct guest *g)
{
    struct trial t = usual_trial(row, BASE, at, size_of(row));
    bus_dma_write(&g->bus, GUEST_CODE, t.code, t.bytes);
    load(g, &t);
    run(g);
    return guest_vector(g);
}

/* What has to be aligned is refused sooner. */
START_TEST(operands_in_memory_are_as_long_as_the_manual_says)
{
    for (unsigned i = 0; i < insn_count * 2; i++) {
        const struct insn *row = &insn_table[i / 2];
        if ((!is_x87(row) && !is_simd(row)) || row->reg >= REG_X87 || !size_of(row))
            continue;
        int last = vector_at(row, ABSENT - size_of(row), sides[i & 1]);
        int beyond = vector_at(row, ABSENT - size_of(row) + 1, sides[i & 1]);
        ck_assert_msg(last != EX_PF, "%s is too long", row->name);
        ck_assert_msg(last == EX_UD || beyond == EX_PF || (size_of(row) == 16 && beyond == EX_GP),
                      "%s is too short", row->name);
    }
}
END_TEST

#if defined ENGINE_FAST && !defined PARANOID /* which forgets blocks at once */

static void stop(struct cpu *cpu, const struct uop *u)
{
    (void)cpu, (void)u;
}

/* Leaving it to the plain twin sets cpu->current. */
static void check_fast(const struct insn *row, enum form form, u32 at)
{
    struct trial t = usual_trial(row, form, at, size_of(row));
    struct cpu *cpu = &sides[0]->cpu;
    bus_dma_write(&sides[0]->bus, GUEST_CODE, t.code, t.bytes);
    load(sides[0], &t);
    run(sides[0]);
    if (guest_vector(sides[0]) == EX_PF)
        return; /* it writes, and may not */
    load(sides[0], &t);
    const struct block *b = block_find(cpu);
    ck_assert_ptr_nonnull(b);
    struct uop uops[2] = {b->uops[0], {.fn = stop}};
    cpu->current = NULL;
    if (uops[0].fn != f_cold)
        uops[0].fn(cpu, uops);
    if (cpu->current)
        ck_abort_msg("%s, form %d, operand at %x: not done by its fast handler", row->name,
                     (int)form, at);
}

/* Up to the last byte of a page, and reading where writing is not allowed. */
START_TEST(fast_handlers_do_the_usual_themselves)
{
    for (unsigned i = 0; i < insn_count; i++) {
        const struct insn *row = &insn_table[i];
        if (!is_x87(row) && !is_simd(row))
            continue;
        for (unsigned form = 0; form < (row->reg < REG_X87 ? FORMS : 1); form++) {
            check_fast(row, (enum form)form, GUEST_DATA + PAGE - size_of(row));
            check_fast(row, (enum form)form, READ_ONLY + 0x400);
        }
    }
}
END_TEST

#endif

static void setup(void)
{
    rng_state = 88172645463325252u;
    for (unsigned i = 0; i < 2; i++) {
        sides[i] = guest_new_model("max");
        sides[i]->cpu.plain_only = i;
        set_out(sides[i]);
    }
}

static void teardown(void)
{
    guest_free(sides[0]);
    guest_free(sides[1]);
}

Suite *flavours_suite(void)
{
    const TTest *const tests[] = {
        x87_instructions_are_the_same,
        mmx_and_sse_instructions_are_the_same,
        operands_in_memory_are_as_long_as_the_manual_says,
#if defined ENGINE_FAST && !defined PARANOID /* which forgets blocks at once */
        fast_handlers_do_the_usual_themselves,
#endif
        NULL,
    };
    return guest_suite("flavours", tests, setup, teardown);
}
