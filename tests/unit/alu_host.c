/* SPDX-License-Identifier: MIT */
/*
 * On a host that is an x86 itself: every instruction on registers that means the same there is run
 * by both, with random operands; registers and all flags that the table calls defined must agree.
 */
#include <stdio.h>
#include <sys/mman.h>

#include "cpu/insn.h"
#include "tests/unit/guest.h"

static struct guest *g;

static void setup(void)
{
    g = guest_new();
    guest_flat(g, 0);
}

static void teardown(void)
{
    guest_free(g);
}

#ifdef __x86_64__

enum { CASES = 150, CODE_BYTES = 4096 };

/* EAX, ECX, EDX, EBX, flags: what the code below loads and stores, at these offsets. */
struct state {
    u32 r[4];
    u64 flags;
};

static const u8 before_insn[] = {
    0x53,             /* push rbx */
    0x8b, 0x07,       /* mov eax,[rdi] */
    0x8b, 0x4f, 0x04, /* mov ecx,[rdi+4] */
    0x8b, 0x57, 0x08, /* mov edx,[rdi+8] */
    0x8b, 0x5f, 0x0c, /* mov ebx,[rdi+12] */
    0xff, 0x77, 0x10, /* push qword [rdi+16] */
    0x9d,             /* popfq */
};
static const u8 after_insn[] = {
    0x9c,             /* pushfq */
    0x8f, 0x47, 0x10, /* pop qword [rdi+16] */
    0x89, 0x07,       /* mov [rdi],eax */
    0x89, 0x4f, 0x04, /* mov [rdi+4],ecx */
    0x89, 0x57, 0x08, /* mov [rdi+8],edx */
    0x89, 0x5f, 0x0c, /* mov [rdi+12],ebx */
    0x5b,             /* pop rbx */
    0xc3,             /* ret */
};

static u32 rng_state;

static u32 rnd(void)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 17;
    rng_state ^= rng_state << 5;
    return rng_state;
}

/* Small numbers and ends of ranges as often as anything. */
static u32 rnd_value(void)
{
    static const u32 edges[] = {0,      1,      0x7f,       0x80,       0xff,      0x7fff,
                                0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff};
    return rnd() & 1 ? rnd() : rnd() & 1 ? edges[rnd() % ARRAY_LEN(edges)] : rnd() & 63;
}

static bool op_in(unsigned op, unsigned first, unsigned last)
{
    return op >= first && op <= last;
}

/* Instructions that are the same in 64-bit mode, and cannot fault on registers. */
static bool is_common(const struct insn *row)
{
    unsigned op = row->op;
    bool known = op_in(op, OP_ADD, OP_BSR) || op_in(op, OP_MOVZX8, OP_MOVSX16) ||
                 op_in(op, OP_XCHG, OP_BSWAP) || op_in(op, OP_LAHF, OP_CMC) ||
                 op_in(op, OP_IMUL2, OP_IMUL) || op_in(op, OP_XADD, OP_CMPXCHG) ||
                 op_in(op, OP_SET_o, OP_CMOV_nle);
    bool rex = row->map == MAP_1BYTE && (row->opcode & 0xf0) == 0x40;
    bool zv = row->operand[0] == OPD_Zv || row->operand[1] == OPD_Zv;
    return known && !rex && !(zv && row->opcode & 4) &&
           !(row->map == MAP_1BYTE && row->opcode == 0x82);
}

static bool has_operand(const struct insn *row, unsigned operand)
{
    return row->operand[0] == operand || row->operand[1] == operand || row->operand[2] == operand;
}

static bool has_modrm(const struct insn *row)
{
    static const u8 operands[] = {OPD_Eb, OPD_Ev, OPD_Ew, OPD_Gb, OPD_Gv};
    for (unsigned i = 0; i < ARRAY_LEN(operands); i++)
        if (has_operand(row, operands[i]))
            return true;
    return false;
}

struct text {
    u8 byte[16];
    unsigned n;
    bool word;
    u8 imm; /* the first byte of the immediate */
};

static void put_modrm(struct text *t, const struct insn *row)
{
    unsigned reg = rnd() & (has_operand(row, OPD_Gb) ? 7 : 3);
    unsigned rm = rnd() & (has_operand(row, OPD_Eb) ? 7 : 3);
    if (row->reg != REG_ANY)
        reg = row->reg;
    t->byte[t->n++] = (u8)(0xc0 | reg << 3 | rm);
}

static struct text make(const struct insn *row)
{
    struct text t = {.word = rnd() & 1};
    if (t.word)
        t.byte[t.n++] = 0x66;
    t.n += insn_opcode(row, t.byte + t.n);
    if (has_modrm(row))
        put_modrm(&t, row);
    unsigned imm = has_operand(row, OPD_Ib) || has_operand(row, OPD_sIb) ? 1
                   : has_operand(row, OPD_Iv)                            ? (t.word ? 2 : 4)
                                                                         : 0;
    t.imm = (u8)rnd();
    for (unsigned i = 0; i < imm; i++)
        t.byte[t.n++] = i ? (u8)rnd() : t.imm;
    return t;
}

static bool is_shift(const struct insn *row)
{
    return op_in(row->op, OP_ROL, OP_SHRD);
}

/* The flags that count; 0: even the result does not. */
static u32 defined_flags(const struct insn *row, const struct text *t, const struct state *in)
{
    u32 defined = FL_ARITH & ~(u32)row->undef;
    unsigned bits = row->size == SIZE_B ? 8 : t->word ? 16 : 32;
    if (row->op == OP_BSWAP && t->word)
        return 0;
    if (!is_shift(row))
        return defined;
    unsigned count = has_operand(row, OPD_CL) ? in->r[1] : has_operand(row, OPD_ONE) ? 1 : t->imm;
    count &= 31;
    if (!count)
        return FL_ARITH;
    if (count > 1)
        defined &= ~(u32)FL_OF;
    if (count > bits && (row->op == OP_SHLD || row->op == OP_SHRD))
        return 0;
    if (count >= bits && (row->op == OP_SHL || row->op == OP_SHR))
        defined &= ~(u32)FL_CF;
    return defined;
}

static void host_run(u8 *code, const struct text *t, struct state *s)
{
    void (*function)(struct state *);
    u8 *at = code;
    memcpy(at, before_insn, sizeof before_insn);
    at += sizeof before_insn;
    memcpy(at, t->byte, t->n);
    at += t->n;
    memcpy(at, after_insn, sizeof after_insn);
    memcpy(&function, &code, sizeof function);
    function(s);
}

static void guest_run(const struct text *t, struct state *s)
{
    static const u8 regs[4] = {EAX, ECX, EDX, EBX};
    bus_dma_write(&g->bus, GUEST_CODE, t->byte, t->n);
    for (unsigned i = 0; i < 4; i++)
        g->cpu.r[regs[i]] = s->r[i];
    cpu_set_eflags(&g->cpu, (u32)s->flags);
    g->cpu.eip = g->start;
    cpu_step(&g->cpu);
    ck_assert_uint_eq(g->cpu.eip, g->start + t->n);
    for (unsigned i = 0; i < 4; i++)
        s->r[i] = (u32)g->cpu.r[regs[i]];
    s->flags = cpu_eflags(&g->cpu);
}

static void compare(const struct insn *row, u8 *code)
{
    struct text t = make(row);
    struct state in = {{rnd_value(), rnd_value(), rnd_value(), rnd_value()},
                       (rnd() & FL_ARITH) | FL_ALWAYS | FL_IF};
    struct state ours = in, theirs = in;
    u32 defined = defined_flags(row, &t, &in);
    if (!defined)
        return;
    host_run(code, &t, &theirs);
    guest_run(&t, &ours);
    bool nothing_found = (row->op == OP_BSF || row->op == OP_BSR) && ours.flags & FL_ZF;
    bool same = nothing_found || !memcmp(ours.r, theirs.r, sizeof ours.r);
    ck_assert_msg(same && !((ours.flags ^ theirs.flags) & defined),
                  "%s (insn.def:%u) %02x %02x %02x %02x: eax %x ecx %x edx %x ebx %x flags %x: "
                  "%x %x %x %x flags %x, host %x %x %x %x flags %x",
                  row->name, row->line, t.byte[0], t.byte[1], t.byte[2], t.byte[3], in.r[0],
                  in.r[1], in.r[2], in.r[3], (u32)in.flags, ours.r[0], ours.r[1], ours.r[2],
                  ours.r[3], (u32)ours.flags & defined, theirs.r[0], theirs.r[1], theirs.r[2],
                  theirs.r[3], (u32)theirs.flags & defined);
}

START_TEST(instructions_on_registers_do_what_the_host_does)
{
    u8 *code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned rows = 0;
    if (code == MAP_FAILED) {
        fprintf(stderr, "alu_host: the host gives no executable memory, nothing compared\n");
        return;
    }
    rng_state = 2463534242u;
    for (unsigned i = 0; i < insn_count; i++) {
        if (!is_common(&insn_table[i]))
            continue;
        rows++;
        for (unsigned k = 0; k < CASES; k++)
            compare(&insn_table[i], code);
    }
    ck_assert_uint_gt(rows, 150);
    munmap(code, CODE_BYTES);
}
END_TEST

#else

START_TEST(instructions_on_registers_do_what_the_host_does)
{
    fprintf(stderr, "alu_host: the host is no x86, nothing compared\n");
}
END_TEST

#endif

Suite *alu_host_suite(void)
{
    const TTest *const tests[] = {instructions_on_registers_do_what_the_host_does, NULL};
    return guest_suite("alu_host", tests, setup, teardown);
}
