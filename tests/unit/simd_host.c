/* SPDX-License-Identifier: MIT */
/*
 * On a host that is an x86-64: every MMX and SSE instruction of the table, on registers and on
 * memory, is run by it and by both flavours with the same random operands and the same MXCSR
 * (exceptions masked); registers, memory, flags and MXCSR must agree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "cpu/insn.h"
#include "tests/unit/guest.h"

static struct guest *g;

static void setup(void)
{
    g = guest_new_model("max");
    guest_flat(g, 0);
    g->cpu.cr4 = CR4_OSFXSR | CR4_OSXMMEXCPT;
}

static void teardown(void)
{
    guest_free(g);
}

#ifdef __x86_64__

enum { CASES = 400, CODE_BYTES = 4096 };

/* What the code below loads and stores, at these offsets. */
struct state {
    u64 mm[8];        /* 00 */
    union xmm xmm[8]; /* 40 */
    u32 r[4];         /* c0: EAX ECX EDX EBX */
    u64 flags;        /* d0 */
    u32 mxcsr;        /* d8 */
    u32 unused;
    _Alignas(16) u8 memory[32]; /* e0: operands of SSE, which want it */
};

struct text {
    u8 byte[16];
    unsigned n;
};

static u64 rng_state;

static u32 rnd(void)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return (u32)(rng_state >> 16);
}

static void put(struct text *t, const char *hex)
{
    for (char *at = (char *)(uintptr_t)hex; *at;)
        t->byte[t->n++] = (u8)strtoul(at, &at, 16);
}

/* Operands: single and double precision at their corners, integers, lanes of all sizes. */

static u32 rnd_single(void)
{
    static const u32 edges[] = {0,          0x3f800000, 0x7f800000, 0x7fc00001, 0x7f800001,
                                1,          0x007fffff, 0x00800000, 0x7f7fffff, 0x4f000000,
                                0x4effffff, 0x3effffff, 0x3f000000, 0x4b7fffff, 0x00800001};
    u32 sign = (rnd() & 1) << 31;
    switch (rnd() % 4) {
    case 0:
        return sign | edges[rnd() % ARRAY_LEN(edges)];
    case 1:
        return sign | ((rnd() % 40 + 107) << 23) | (rnd() & 0x7fffff);
    case 2:
        return sign | ((rnd() % 30 + (rnd() & 1 ? 0 : 220)) << 23) | (rnd() & 0x7fffff);
    }
    return rnd();
}

static u64 rnd_double(void)
{
    static const u64 edges[] = {0,
                                0x3ff0000000000000,
                                0x7ff0000000000000,
                                0x7ff8000000000001,
                                0x7ff0000000000001,
                                1,
                                0x0010000000000000,
                                0x7fefffffffffffff,
                                0x41e0000000000000,
                                0x41dfffffffc00000,
                                0xc1e0000000100000,
                                0x36a0000000000000,
                                0x47efffffe0000000,
                                0x47effffff0000000,
                                0x380fffffffffffff};
    u64 sign = (u64)(rnd() & 1) << 63, fraction = ((u64)rnd() << 32 | rnd()) >> 12;
    switch (rnd() % 4) {
    case 0:
        return sign | edges[rnd() % ARRAY_LEN(edges)];
    case 1:
        return sign | (u64)(rnd() % 60 + 993) << 52 | fraction;
    case 2:
        return sign | (u64)(rnd() % 320 + 863) << 52 | fraction;
    }
    return (u64)rnd() << 32 | rnd();
}

static u64 rnd_lanes(void)
{
    static const u16 edges[] = {0, 0xffff, 0x8000, 0x7fff, 0x8080, 0x7f7f, 0x00ff, 0xff00};
    u64 v = 0;
    for (unsigned i = 0; i < 4; i++)
        v = v << 16 | (rnd() & 1 ? edges[rnd() % ARRAY_LEN(edges)] : (u16)rnd());
    return rnd() % 4 ? v : v & 63;
}

static u64 rnd_quad(void)
{
    switch (rnd() % 3) {
    case 0:
        return (u64)rnd_single() << 32 | rnd_single();
    case 1:
        return rnd_double();
    }
    return rnd_lanes();
}

static struct state rnd_state(void)
{
    struct state s = {.flags = (rnd() & FL_ARITH) | FL_ALWAYS | FL_IF};
    for (unsigned i = 0; i < 8; i++) {
        s.mm[i] = rnd_quad();
        s.xmm[i] = (union xmm){.q = {rnd_quad(), rnd_quad()}};
    }
    for (unsigned i = 0; i < 4; i++)
        s.r[i] = rnd_single();
    for (unsigned i = 0; i < 4; i++)
        put64(s.memory + 8 * i, rnd_quad());
    s.mxcsr = 0x1f80 | (rnd() & 0x603f) | (rnd() % 4 ? 0 : rnd() & 0x8040);
    return s;
}

/* Text. */

static bool has_operand(const struct insn *row, const u8 *set, unsigned n)
{
    for (unsigned i = 0; i < 3; i++)
        if (row->operand[i] != OPD_NONE && memchr(set, row->operand[i], n))
            return true;
    return false;
}
#define HAS_ANY(row, ...)                                                                          \
    has_operand(row, (const u8[]){__VA_ARGS__}, sizeof((const u8[]){__VA_ARGS__}))

static bool is_simd(const struct insn *row)
{
    return (row->size == SIZE_Q || row->size == SIZE_X) && row->since >= SINCE_FEATURE(0) &&
           row->map != MAP_1BYTE && row->op != OP_MASKMOV;
}

static u8 rnd_modrm(const struct insn *row)
{
    bool must = HAS_ANY(row, OPD_Mq, OPD_Mx),
         may = HAS_ANY(row, OPD_Qq, OPD_Qd, OPD_Wx, OPD_Wq, OPD_Wd, OPD_Ed, OPD_RdMw);
    unsigned reg = rnd() & (HAS_ANY(row, OPD_Gd) ? 3 : 7), rm = rnd() & 7;
    if (HAS_ANY(row, OPD_Ed, OPD_RdMw))
        rm &= 3;
    if (row->reg != REG_ANY)
        reg = row->reg;
    return (u8)(must || (may && rnd() & 1) ? reg << 3 | 6 : 0xc0 | reg << 3 | rm); /* [esi] */
}

static struct text make(const struct insn *row)
{
    struct text t = {.n = 0};
    t.n = insn_opcode(row, t.byte);
    t.byte[t.n++] = rnd_modrm(row);
    if (HAS_ANY(row, OPD_Ib))
        t.byte[t.n++] = (u8)(rnd() & 1 ? rnd() : rnd() % 70);
    return t;
}

/* The host: load the state at RDI, RSI -> its memory, run, store. */
static void host_run(u8 *code, const struct text *t, struct state *s)
{
    void (*function)(struct state *, u8 *);
    u8 *at = code;
    for (unsigned store = 0; store < 2; store++) {
        struct text around = {.n = 0};
        put(&around, store ? "9c 8f 87 d0 00 00 00" : "53");
        memcpy(at, around.byte, around.n);
        at += around.n;
        for (u8 i = 0; i < 8; i++) { /* movq mmI,[rdi+8*I]; movups xmmI,[rdi+16*I+40h] */
            const u8 move[] = {0x0f, store ? 0x7f : 0x6f, (u8)(0x47 | i << 3), (u8)(i * 8),
                               0x0f, store ? 0x11 : 0x10, (u8)(0x87 | i << 3), (u8)(i * 16 + 0x40),
                               0,    0,                   0};
            memcpy(at, move, sizeof move);
            at += sizeof move;
        }
        for (u8 i = 0; i < 4; i++) { /* mov rI,[rdi+c0h+4*I] */
            const u8 move[] = {
                store ? 0x89 : 0x8b, (u8)(0x87 | i << 3), (u8)(0xc0 + i * 4), 0, 0, 0};
            memcpy(at, move, sizeof move);
            at += sizeof move;
        }
        around.n = 0;
        if (store)
            put(&around, "0f ae 9f d8 00 00 00 0f 77 5b c3"); /* stmxcsr; emms; pop rbx; ret */
        else
            put(&around, "0f ae 97 d8 00 00 00 ff b7 d0 00 00 00 9d"); /* ldmxcsr; push; popfq */
        memcpy(at, around.byte, around.n);
        at += around.n;
        if (!store) {
            memcpy(at, t->byte, t->n);
            at += t->n;
        }
    }
    memcpy(&function, &code, sizeof function);
    function(s, s->memory);
}

/* One instruction and a HLT. */
static void guest_engine(bool plain)
{
    g->cpu.plain_only = plain;
    g->cpu.halted = false;
    g->clock.deadline = g->clock.cycles + 10000;
    cpu_run(&g->cpu);
}

static void guest_run(const struct text *t, struct state *s, bool plain)
{
    static const u8 regs[4] = {EAX, ECX, EDX, EBX}, hlt = 0xf4;
    struct fpu *f = &g->cpu.fpu;
    bus_dma_write(&g->bus, GUEST_CODE, t->byte, t->n);
    bus_dma_write(&g->bus, GUEST_CODE + t->n, &hlt, 1);
    bus_dma_write(&g->bus, GUEST_DATA, s->memory, sizeof s->memory);
    for (unsigned i = 0; i < 8; i++) {
        f->reg[i].frac = s->mm[i];
        f->xmm[i] = s->xmm[i];
    }
    for (unsigned i = 0; i < 4; i++)
        g->cpu.r[regs[i]] = s->r[i];
    g->cpu.r[ESI] = GUEST_DATA;
    f->mxcsr = s->mxcsr;
    cpu_set_eflags(&g->cpu, (u32)s->flags);
    g->cpu.eip = g->start;
    guest_engine(plain);
    ck_assert_uint_eq(g->cpu.eip, g->start + t->n + 1);
    for (unsigned i = 0; i < 8; i++) {
        s->mm[i] = f->reg[i].frac;
        s->xmm[i] = f->xmm[i];
    }
    for (unsigned i = 0; i < 4; i++)
        s->r[i] = (u32)g->cpu.r[regs[i]];
    s->mxcsr = f->mxcsr;
    s->flags = cpu_eflags(&g->cpu);
    memcpy(s->memory, g->ram + GUEST_DATA, sizeof s->memory);
}

static void show(const char *whose, const struct state *s, const struct text *t)
{
    unsigned reg = t->byte[t->n - 1] >> 3 & 7;
    fprintf(stderr, "%s: flags %x mxcsr %x r %x %x %x %x memory %llx %llx (reg %u)\n", whose,
            (unsigned)s->flags & FL_ARITH, s->mxcsr, s->r[0], s->r[1], s->r[2], s->r[3],
            (unsigned long long)get64(s->memory), (unsigned long long)get64(s->memory + 8), reg);
    for (unsigned i = 0; i < 8; i++)
        fprintf(stderr, "  mm%u %016llx xmm%u %016llx %016llx\n", i, (unsigned long long)s->mm[i],
                i, (unsigned long long)s->xmm[i].q[1], (unsigned long long)s->xmm[i].q[0]);
}

static void compare(const struct insn *row, u8 *code)
{
    struct text t = make(row);
    struct state in = rnd_state(), plain = in, fast = in, theirs = in;
    host_run(code, &t, &theirs);
    guest_run(&t, &plain, true);
    guest_run(&t, &fast, false);
    plain.flags &= FL_ARITH;
    fast.flags &= FL_ARITH;
    theirs.flags &= FL_ARITH;
    bool same = !memcmp(&plain, &theirs, sizeof plain) && !memcmp(&fast, &theirs, sizeof fast);
    if (!same) {
        show("before", &in, &t);
        show("plain", &plain, &t);
        show("fast", &fast, &t);
        show("host", &theirs, &t);
    }
    ck_assert_msg(same, "%s %02x %02x %02x %02x %02x", row->name, t.byte[0], t.byte[1], t.byte[2],
                  t.byte[3], t.byte[4]);
}

static u8 *host_code(void)
{
    u8 *code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code != MAP_FAILED)
        return code;
    fprintf(stderr, "simd_host: the host gives no executable memory, nothing compared\n");
    return NULL;
}

/* Each processor has tables of its own for these: only the error is promised. */
static bool is_approximation(const struct insn *row)
{
    return row->op >= OP_RSQRTPS && row->op <= OP_RCPSS;
}

START_TEST(instructions_do_what_the_host_does)
{
    u8 *code = host_code();
    unsigned rows = 0;
    rng_state = 88172645463325252u;
    for (unsigned i = 0; i < insn_count && code; i++) {
        const struct insn *row = &insn_table[i];
        if (!is_simd(row) || is_approximation(row) || !model_has(g->cpu.model, row->since))
            continue;
        rows++;
        for (unsigned k = 0; k < CASES; k++)
            compare(row, code);
    }
    ck_assert(!code || rows > 50);
    if (code)
        munmap(code, CODE_BYTES);
}
END_TEST

#else

START_TEST(instructions_do_what_the_host_does)
{
    fprintf(stderr, "simd_host: the host is no x86-64, nothing compared\n");
}
END_TEST

#endif

Suite *simd_host_suite(void)
{
    const TTest *const tests[] = {instructions_do_what_the_host_does, NULL};
    return guest_suite("simd_host", tests, setup, teardown);
}
