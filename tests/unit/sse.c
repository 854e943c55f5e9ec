/* SPDX-License-Identifier: MIT */
/* SSE: when it is refused, alignment, MXCSR, exceptions, and results at corners that hold on every
 * host; the rest is compared with the host's in simd_host.c. */
#include <math.h>

#include "cpu/sfloat.h"
#include "cpu/sse_approx.h"
#include "tests/unit/guest.h"

static struct guest *g;

enum {
    ONE = 0x3f800000,
    TWO = 0x40000000,
    INF = 0x7f800000,
    QUIET = 0x7fc00001,
    SIGNALS = 0x7f800001,
    INDEFINITE = 0xffc00000,
    TINY = 1,
    HUGE_ = 0x7f7fffff
};
#define MINUS 0x80000000u

static void start(const char *model, unsigned ring)
{
    if (g)
        guest_free(g);
    g = guest_new_model(model);
    guest_flat(g, ring);
    g->cpu.cr4 = CR4_OSFXSR | CR4_OSXMMEXCPT;
    g->cpu.r[ESI] = GUEST_DATA;
}

static void setup(void)
{
    g = NULL;
    start("pentium3", 0);
}

static void teardown(void)
{
    guest_free(g);
}

static void set(unsigned n, u32 d0, u32 d1, u32 d2, u32 d3)
{
    g->cpu.fpu.xmm[n] = (union xmm){.d = {d0, d1, d2, d3}};
}

static bool is(unsigned n, u32 d0, u32 d1, u32 d2, u32 d3)
{
    union xmm want = {.d = {d0, d1, d2, d3}};
    return !memcmp(&want, &g->cpu.fpu.xmm[n], sizeof want);
}

/* Run INSN on the lowest lanes A of xmm0 and B of xmm1 with MXCSR; xmm0 after that. */
static u32 run(const char *insn, u32 a, u32 b, u32 mxcsr)
{
    set(0, a, 0, 0, 0);
    set(1, b, 0, 0, 0);
    g->cpu.fpu.mxcsr = mxcsr;
    guest_do(g, insn);
    return g->cpu.fpu.xmm[0].d[0];
}

static u32 flags(void)
{
    return g->cpu.fpu.mxcsr & SW_ANY;
}

static int vector_of(const char *insn, u32 cr0, u32 cr4)
{
    guest_flat(g, 0);
    guest_page(g);
    guest_pte(g, GUEST_DATA)[0] = 0;
    g->cpu.cr0 |= cr0;
    g->cpu.cr4 = cr4;
    g->cpu.r[ESI] = GUEST_DATA;
    guest_do(g, insn);
    return guest_vector(g);
}

START_TEST(without_osfxsr_or_with_emulation_there_is_no_sse)
{
    static const char *const insns[] = {"0f 28 06", "0f 29 06", "0f 58 06", "f3 0f 10 06",
                                        "0f ae 16", "0f ae 1e", "0f 2a 06", "f3 0f 2c 06"};
    for (unsigned i = 0; i < ARRAY_LEN(insns); i++) {
        ck_assert_int_eq(vector_of(insns[i], CR0_EM | CR0_TS, CR4_OSFXSR), EX_UD);
        ck_assert_int_eq(vector_of(insns[i], CR0_TS, 0), EX_UD);
        ck_assert_int_eq(vector_of(insns[i], CR0_TS, CR4_OSFXSR), EX_NM);
        ck_assert_int_eq(vector_of(insns[i], 0, CR4_OSFXSR), EX_PF);
    }
}
END_TEST

/* On MMX registers CR4.OSFXSR does not matter; and fences and hints always run. */
START_TEST(what_touches_no_xmm_register_needs_no_osfxsr)
{
    static const char *const insns[] = {"0f e0 c1", "0f 70 c1 1b", "0f c4 c0 00", "0f d7 c0"};
    for (unsigned i = 0; i < ARRAY_LEN(insns); i++) {
        ck_assert_int_eq(vector_of(insns[i], 0, 0), -1);
        ck_assert_int_eq(vector_of(insns[i], CR0_EM, 0), EX_UD);
        ck_assert_int_eq(vector_of(insns[i], CR0_TS, 0), EX_NM);
    }
    ck_assert_int_eq(vector_of("0f ae f8", CR0_EM | CR0_TS, 0), -1);
    ck_assert_int_eq(vector_of("0f 18 0e", CR0_EM | CR0_TS, 0), -1);
}
END_TEST

START_TEST(an_x87_error_comes_before_what_touches_mmx_registers)
{
    static const char *const insns[] = {"0f 2a c1", "0f 2c c1", "0f 2d c1", "0f e0 c1", "0f f7 c1"};
    for (unsigned i = 0; i < ARRAY_LEN(insns); i++) {
        start("pentium3", 0);
        g->cpu.cr0 |= CR0_NE;
        g->cpu.fpu.sw = SW_ES;
        guest_do(g, insns[i]);
        ck_assert_int_eq(guest_vector(g), EX_MF);
    }
    start("pentium3", 0);
    g->cpu.fpu.sw = SW_ES;
    guest_do(g, "0f 2a 06"); /* cvtpi2ps xmm0,[esi] */
    ck_assert_int_eq(guest_vector(g), -1);
}
END_TEST

/* The page is absent too: alignment comes first. */
START_TEST(packed_operands_must_be_aligned)
{
    static const char *const insns[] = {"0f 28 06",    "0f 29 06", "0f 2b 06",    "0f 58 06",
                                        "0f c6 06 00", "0f 54 06", "0f c2 06 00", "0f 53 06"};
    for (unsigned i = 0; i < ARRAY_LEN(insns); i++)
        for (u32 at = 0; at < 16; at++) {
            start("pentium3", 0);
            guest_page(g);
            guest_pte(g, GUEST_DATA)[0] = 0;
            g->cpu.r[ESI] = GUEST_DATA + at;
            guest_do(g, insns[i]);
            ck_assert_int_eq(guest_vector(g), at ? EX_GP : EX_PF);
            ck_assert_uint_eq(guest_stack(g, 0), at ? 0 : i == 1 || i == 2 ? 2 : 0);
        }
}
END_TEST

/* Every byte as the first that is not there; and no byte more than that is touched. */
static void check_bytes(const char *insn, u32 bytes, u32 step)
{
    for (u32 first = 0; first <= bytes; first += step) {
        start("pentium3", 0);
        guest_page(g);
        guest_pte(g, GUEST_DATA + 0x1000)[0] = 0;
        g->cpu.r[ESI] = GUEST_DATA + 0x1000 - first;
        guest_do(g, insn);
        ck_assert_msg(guest_vector(g) == (first < bytes ? EX_PF : -1), "%s %u", insn, first);
        if (first < bytes)
            ck_assert_uint_eq(g->cpu.cr2, GUEST_DATA + 0x1000);
    }
}

/* Beyond the limit of SS, which alone would be #SS. */
START_TEST(alignment_comes_before_the_limit)
{
    guest_segment(g, SEG_SS, GUEST_DATA32, 0, GUEST_STACK - 1, 0x493);
    g->cpu.r[EBP] = GUEST_STACK;
    guest_do(g, "0f 28 45 00"); /* movaps xmm0,[ebp] */
    ck_assert_int_eq(guest_vector(g), EX_SS);
    g->cpu.r[ESP] = GUEST_STACK;
    guest_segment(g, SEG_SS, GUEST_DATA32, 0, GUEST_STACK - 1, 0x493);
    guest_do(g, "0f 28 45 01");
    ck_assert_int_eq(guest_vector(g), EX_GP);
}
END_TEST

START_TEST(memory_operands_are_as_long_as_they_should_be)
{
    check_bytes("0f 10 06", 16, 1);    /* movups xmm0,[esi] */
    check_bytes("0f 11 06", 16, 1);    /* movups [esi],xmm0 */
    check_bytes("f3 0f 10 06", 4, 1);  /* movss */
    check_bytes("f3 0f 11 06", 4, 1);  /* movss */
    check_bytes("0f 12 06", 8, 1);     /* movlps */
    check_bytes("0f 17 06", 8, 1);     /* movhps */
    check_bytes("f3 0f 58 06", 4, 1);  /* addss */
    check_bytes("0f 2e 06", 4, 1);     /* ucomiss */
    check_bytes("0f 2c 06", 8, 1);     /* cvttps2pi */
    check_bytes("f3 0f 2a 06", 4, 1);  /* cvtsi2ss */
    check_bytes("0f c4 06 00", 2, 1);  /* pinsrw mm0,[esi],0 */
    check_bytes("0f e7 06", 8, 1);     /* movntq */
    check_bytes("0f ae 1e", 4, 1);     /* stmxcsr */
    check_bytes("0f 28 06", 16, 16);   /* movaps */
}
END_TEST

/* MOVUPS is checked for eight bytes: SDM 3A "Alignment Check Exception (#AC)". */
START_TEST(alignment_check_asks_movups_for_eight)
{
    for (u32 at = 0; at < 16; at++) {
        start("pentium3", 3);
        g->cpu.cr0 |= CR0_AM;
        cpu_set_eflags(&g->cpu, FL_AC);
        mode_update(&g->cpu);
        g->cpu.r[ESI] = GUEST_DATA + at;
        guest_do(g, "0f 10 06");
        ck_assert_int_eq(guest_vector(g), at % 8 ? EX_AC : -1);
    }
}
END_TEST

START_TEST(the_first_half_is_not_stored_if_the_second_cannot_be)
{
    guest_page(g);
    guest_pte(g, GUEST_DATA + 0x1000)[0] = 0;
    memset(g->ram + GUEST_DATA, 0xcc, 0x1000);
    g->cpu.r[ESI] = GUEST_DATA + 0x1000 - 8;
    guest_do(g, "0f 11 06");
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(get32(g->ram + GUEST_DATA + 0xff8), 0xcccccccc);
}
END_TEST

START_TEST(moves_keep_or_clear_the_rest)
{
    put32(g->ram + GUEST_DATA, 0x11111111);
    put32(g->ram + GUEST_DATA + 4, 0x22222222);
    set(0, 1, 2, 3, 4);
    set(1, 5, 6, 7, 8);
    guest_do(g, "f3 0f 10 c1"); /* movss xmm0,xmm1 */
    ck_assert(is(0, 5, 2, 3, 4));
    guest_do(g, "f3 0f 10 06"); /* movss xmm0,[esi] */
    ck_assert(is(0, 0x11111111, 0, 0, 0));
    set(0, 1, 2, 3, 4);
    guest_do(g, "0f 12 c1"); /* movhlps */
    ck_assert(is(0, 7, 8, 3, 4));
    guest_do(g, "0f 16 c1"); /* movlhps */
    ck_assert(is(0, 7, 8, 5, 6));
    guest_do(g, "0f 16 06"); /* movhps xmm0,[esi] */
    ck_assert(is(0, 7, 8, 0x11111111, 0x22222222));
    set(0, 1, 2, 3, 4);
    guest_do(g, "0f c6 c1 1b"); /* shufps xmm0,xmm1,1bh */
    ck_assert(is(0, 4, 3, 6, 5));
    set(0, 0x80000000, 1, 0xffffffff, 0x7fffffff);
    guest_do(g, "0f 50 c0"); /* movmskps eax,xmm0 */
    ck_assert_uint_eq(g->cpu.r[EAX], 5);
}
END_TEST

START_TEST(mxcsr_has_no_bits_but_those_of_the_model)
{
    static const char *const models[] = {"pentium3", "max"};
    for (unsigned i = 0; i < 2; i++) {
        start(models[i], 0);
        ck_assert_uint_eq(g->cpu.fpu.mxcsr, MXCSR_INIT);
        for (unsigned bit = 0; bit < 32; bit++) {
            bool good = bit < 16 && (bit != 6 || i);
            put32(g->ram + GUEST_DATA, 1u << bit);
            guest_flat(g, 0);
            g->cpu.cr4 = CR4_OSFXSR;
            g->cpu.r[ESI] = GUEST_DATA;
            guest_do(g, "0f ae 16"); /* ldmxcsr [esi] */
            ck_assert_int_eq(guest_vector(g), good ? -1 : EX_GP);
            ck_assert_uint_eq(g->cpu.fpu.mxcsr, good ? 1u << bit : MXCSR_INIT);
        }
    }
}
END_TEST

START_TEST(results_at_corners)
{
    ck_assert_uint_eq(run("f3 0f 58 c1", ONE, ONE, MXCSR_INIT), TWO);
    ck_assert_uint_eq(flags(), 0);
    ck_assert_uint_eq(run("f3 0f 5e c1", ONE, 0, MXCSR_INIT), INF);
    ck_assert_uint_eq(flags(), SW_ZE);
    ck_assert_uint_eq(run("f3 0f 5e c1", 0, 0, MXCSR_INIT), INDEFINITE);
    ck_assert_uint_eq(flags(), SW_IE);
    ck_assert_uint_eq(run("f3 0f 58 c1", SIGNALS, QUIET + 1, MXCSR_INIT), QUIET);
    ck_assert_uint_eq(flags(), SW_IE);
    ck_assert_uint_eq(run("f3 0f 58 c1", ONE, SIGNALS, MXCSR_INIT), QUIET);
    ck_assert_uint_eq(run("f3 0f 51 c1", 0, ONE | MINUS, MXCSR_INIT), INDEFINITE);
    ck_assert_uint_eq(run("f3 0f 59 c1", TINY, ONE, MXCSR_INIT), TINY);
    ck_assert_uint_eq(flags(), SW_DE);
    ck_assert_uint_eq(run("f3 0f 59 c1", HUGE_, TWO, MXCSR_INIT), INF);
    ck_assert_uint_eq(flags(), SW_OE | SW_PE);
    ck_assert_uint_eq(run("f3 0f 59 c1", HUGE_, TWO, MXCSR_INIT | 3 << MXCSR_RC), HUGE_);
    ck_assert_uint_eq(run("f3 0f 5e c1", 0x00800001, TWO, MXCSR_INIT), 0x00400000);
    ck_assert_uint_eq(flags(), SW_UE | SW_PE);
    ck_assert_uint_eq(run("f3 0f 5e c1", 0x80800001, TWO, MXCSR_INIT | MXCSR_FTZ), MINUS);
    ck_assert_uint_eq(flags(), SW_UE | SW_PE);
}
END_TEST

/* MINPS gives the second operand where the two are not ordered or both zero. SDM 2B "MINPS" */
START_TEST(minimum_and_maximum_are_not_symmetric)
{
    ck_assert_uint_eq(run("f3 0f 5d c1", 0, MINUS, MXCSR_INIT), MINUS);
    ck_assert_uint_eq(run("f3 0f 5d c1", MINUS, 0, MXCSR_INIT), 0);
    ck_assert_uint_eq(run("f3 0f 5f c1", QUIET, ONE, MXCSR_INIT), ONE);
    ck_assert_uint_eq(flags(), SW_IE);
    ck_assert_uint_eq(run("f3 0f 5f c1", ONE, SIGNALS, MXCSR_INIT), SIGNALS);
}
END_TEST

START_TEST(comparisons_by_predicate)
{
    static const struct {
        u32 a, b;
        u8 holds; /* a bit for each predicate */
    } cases[] = {{ONE, ONE, 0xa5}, {ONE, TWO, 0x96}, {TWO, ONE, 0xf0}, {QUIET, ONE, 0x78}};
    for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
        for (unsigned p = 0; p < 8; p++) {
            char insn[] = "f3 0f c2 c1 00";
            insn[13] = (char)('0' + p);
            u32 want = cases[i].holds >> p & 1 ? 0xffffffff : 0;
            ck_assert_uint_eq(run(insn, cases[i].a, cases[i].b, MXCSR_INIT), want);
            bool signals = cases[i].a == QUIET && (p % 4 == 1 || p % 4 == 2);
            ck_assert_uint_eq(flags(), signals ? SW_IE : 0);
        }
}
END_TEST

START_TEST(comiss_sets_the_flags)
{
    static const struct {
        u32 a, b, flags;
    } cases[] = {{TWO, ONE, 0},
                 {ONE, TWO, FL_CF},
                 {0, MINUS, FL_ZF},
                 {QUIET, ONE, FL_ZF | FL_PF | FL_CF}};
    for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
        for (unsigned quiet = 0; quiet < 2; quiet++) {
            cpu_set_eflags(&g->cpu, FL_OF | FL_SF | FL_AF);
            run(quiet ? "0f 2e c1" : "0f 2f c1", cases[i].a, cases[i].b, MXCSR_INIT);
            ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ARITH, cases[i].flags);
            ck_assert_uint_eq(flags(), i == 3 && !quiet ? SW_IE : 0);
        }
}
END_TEST

START_TEST(conversions_to_integers_round_or_truncate)
{
    static const struct {
        u32 value, nearest, up, truncated;
    } cases[] = {{0x3fc00000, 2, 2, 1},
                 {0xbfc00000, -2u, -1u, -1u},
                 {0x4effffff, 0x7fffff80, 0x7fffff80, 0x7fffff80},
                 {0x4f000000, 0x80000000, 0x80000000, 0x80000000},
                 {QUIET, 0x80000000, 0x80000000, 0x80000000}};
    for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
        run("f3 0f 2d c1", 0, cases[i].value, MXCSR_INIT);
        ck_assert_uint_eq(g->cpu.r[EAX], cases[i].nearest);
        run("f3 0f 2d c1", 0, cases[i].value, MXCSR_INIT | 2 << MXCSR_RC);
        ck_assert_uint_eq(g->cpu.r[EAX], cases[i].up);
        run("f3 0f 2c c1", 0, cases[i].value, MXCSR_INIT);
        ck_assert_uint_eq(g->cpu.r[EAX], cases[i].truncated);
        ck_assert_uint_eq(flags(), i < 2 ? SW_PE : i == 2 ? 0 : SW_IE);
    }
    g->cpu.r[EAX] = 0x01000001;
    guest_do(g, "f3 0f 2a c0"); /* cvtsi2ss xmm0,eax */
    ck_assert_uint_eq(g->cpu.fpu.xmm[0].d[0], 0x4b800000);
}
END_TEST

/* All lanes' exceptions are noted; nothing else changes. */
START_TEST(an_unmasked_exception_leaves_the_destination)
{
    for (unsigned i = 0; i < 6; i++) {
        static const u32 a[6] = {0, TINY, ONE, HUGE_, 0x00800001, ONE};
        static const u32 b[6] = {0, ONE, 0, 0x3f000000, TWO, 0x40400000};
        start("pentium3", 0);
        set(0, a[i], ONE, ONE, ONE);
        set(1, b[i], ONE, ONE, ONE);
        g->cpu.fpu.mxcsr = MXCSR_INIT & ~(1u << (i + MXCSR_MASKS));
        guest_do(g, "0f 5e c1"); /* divps xmm0,xmm1 */
        ck_assert_int_eq(guest_vector(g), EX_XM);
        ck_assert_uint_eq(guest_stack(g, 0), g->start);
        ck_assert_uint_eq(flags() & 1u << i, 1u << i);
        ck_assert(is(0, a[i], ONE, ONE, ONE));
    }
}
END_TEST

/* SDM 1 "Handling SIMD Floating-Point Exceptions": pre-computation exceptions of any lane keep
 * the others from being computed. */
START_TEST(an_operand_exception_hides_those_of_results)
{
    set(0, ONE, ONE, 0, ONE);
    set(1, 0x40400000, 0x40400000, 0, 0x40400000); /* a third is inexact; 0 / 0 is invalid */
    g->cpu.fpu.mxcsr = MXCSR_INIT & ~(SW_IE << MXCSR_MASKS);
    guest_do(g, "0f 5e c1");
    ck_assert_int_eq(guest_vector(g), EX_XM);
    ck_assert_uint_eq(flags(), SW_IE);
}
END_TEST

START_TEST(a_system_that_knows_no_simd_exceptions_gets_an_undefined_opcode)
{
    g->cpu.cr4 = CR4_OSFXSR;
    run("f3 0f 5e c1", 0, 0, MXCSR_INIT & ~(SW_IE << MXCSR_MASKS));
    ck_assert_int_eq(guest_vector(g), EX_UD);
    ck_assert_uint_eq(flags(), SW_IE);
}
END_TEST

START_TEST(flags_are_sticky)
{
    run("f3 0f 58 c1", ONE, ONE, MXCSR_INIT | SW_IE | SW_PE);
    ck_assert_uint_eq(flags(), SW_IE | SW_PE);
    run("f3 0f 58 c1", ONE, ONE, SW_IE); /* unmasked, but old */
    ck_assert_int_eq(guest_vector(g), -1);
}
END_TEST

static double value_of(u32 bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* V with 12 bits after the point; what is too small for a normal float is 0. */
static double rounded(double v)
{
    int exponent;
    double fraction = frexp(v, &exponent);
    double r = ldexp(rint(ldexp(fraction, 13)), exponent - 13);
    return r < ldexp(1, -126) ? 0 : r;
}

/* Which keeps the error that the manual promises, 1.5 * 2^-12. SDM 2B "RCPPS", "RSQRTPS" */
START_TEST(approximations_are_the_true_value_rounded_to_12_bits)
{
    for (u32 i = 0; i < 400000; i++) {
        u32 x = i & 1 ? 0x3f000000 + (i / 2) * 169 : 0x00800000 + (i / 2) * 10551;
        double v = value_of(x), r = value_of(approx_reciprocal(x)),
               s = value_of(approx_reciprocal_root(x));
        if (r != rounded(1 / v) || s != rounded(1 / sqrt(v)))
            ck_abort_msg("%x", x);
    }
}
END_TEST

START_TEST(approximations_at_corners)
{
    static const struct {
        u32 value, reciprocal, root;
    } cases[] = {{ONE, ONE, ONE},        {0, INF, INF},       {MINUS, INF | MINUS, INF | MINUS},
                 {TINY, INF, INF},       {INF, 0, 0},         {INF | MINUS, MINUS, INDEFINITE},
                 {SIGNALS, QUIET, QUIET},     {TWO | MINUS, 0xbf000000, INDEFINITE},
                 {0x7f000000, 0, 0x1fb50800}, {0x40800000, 0x3e800000, 0x3f000000}};
    for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
        ck_assert_uint_eq(run("f3 0f 53 c1", 0, cases[i].value, MXCSR_INIT), cases[i].reciprocal);
        u32 root = run("f3 0f 52 c1", 0, cases[i].value, MXCSR_INIT);
        ck_assert_uint_eq(root, cases[i].root);
        ck_assert_uint_eq(flags(), 0);
    }
}
END_TEST

/* SDM 2B "RCPSS": bits 31 to 0; the packed forms do all four. */
START_TEST(scalar_approximations_keep_the_upper_three)
{
    static const char *const packed[] = {"0f 53 c1", "0f 52 c1"};
    static const char *const scalar[] = {"f3 0f 53 c1", "f3 0f 52 c1"};
    enum { FOUR = 0x40800000 };
    for (unsigned root = 0; root < 2; root++) {
        u32 r = root ? 0x3f000000 : 0x3e800000;
        set(0, 1, 2, 3, 4);
        set(1, FOUR, FOUR, FOUR, FOUR);
        guest_do(g, scalar[root]);
        ck_assert(is(0, r, 2, 3, 4));
        guest_do(g, packed[root]);
        ck_assert(is(0, r, r, r, r));
    }
}
END_TEST

START_TEST(maskmovq_writes_the_selected_bytes_alone)
{
    memset(g->ram + GUEST_DATA, 0xcc, 16);
    g->cpu.fpu.reg[0].frac = 0x1122334455667788;
    g->cpu.fpu.reg[1].frac = 0x80007f00ff0000ff;
    g->cpu.r[EDI] = GUEST_DATA;
    guest_do(g, "0f f7 c1");
    ck_assert_uint_eq(get64(g->ram + GUEST_DATA), 0x11cccccc55cccc88);
    ck_assert_uint_eq(g->ram[GUEST_DATA + 8], 0xcc);
    guest_segment(g, SEG_FS, GUEST_SMALL, GUEST_DATA + 0x100, 0xfff, 0x4f3);
    g->cpu.r[EDI] = 0x10008;
    guest_do(g, "64 67 0f f7 c1"); /* fs, di */
    ck_assert_uint_eq(g->ram[GUEST_DATA + 0x10f], 0x11);
}
END_TEST

START_TEST(words_in_and_out_take_the_index_modulo_four)
{
    g->cpu.fpu.reg[1].frac = 0x4444333322221111;
    g->cpu.r[EAX] = 0xdeadbeef;
    guest_do(g, "0f c4 c8 06"); /* pinsrw mm1,eax,6 */
    ck_assert_uint_eq(g->cpu.fpu.reg[1].frac, 0x4444beef22221111);
    guest_do(g, "0f c5 c1 ff"); /* pextrw eax,mm1,255 */
    ck_assert_uint_eq(g->cpu.r[EAX], 0x4444);
}
END_TEST

START_TEST(sse2_needs_its_model_and_a_prefix_before_mmx_means_nothing_without)
{
    g->cpu.fpu.reg[0].frac = 1;
    g->cpu.fpu.reg[1].frac = 2;
    guest_do(g, "66 0f fc c1");
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert_uint_eq(g->cpu.fpu.reg[0].frac, 3);
    guest_do(g, "66 0f 58 c1");
    ck_assert_int_eq(guest_vector(g), EX_UD);
    start("max", 0);
    set(0, 1, 2, 3, 4);
    set(1, 1, 1, 1, 1);
    guest_do(g, "66 0f fe c1"); /* paddd xmm0,xmm1 */
    ck_assert(is(0, 2, 3, 4, 5));
}
END_TEST

START_TEST(a_pentium_ii_has_none)
{
    start("pentium2", 0);
    guest_do(g, "0f 58 c1");
    ck_assert_int_eq(guest_vector(g), EX_UD);
}
END_TEST

Suite *sse_suite(void)
{
    const TTest *const tests[] = {
        without_osfxsr_or_with_emulation_there_is_no_sse,
        what_touches_no_xmm_register_needs_no_osfxsr,
        an_x87_error_comes_before_what_touches_mmx_registers,
        packed_operands_must_be_aligned,
        alignment_comes_before_the_limit,
        memory_operands_are_as_long_as_they_should_be,
        alignment_check_asks_movups_for_eight,
        the_first_half_is_not_stored_if_the_second_cannot_be,
        moves_keep_or_clear_the_rest,
        mxcsr_has_no_bits_but_those_of_the_model,
        results_at_corners,
        minimum_and_maximum_are_not_symmetric,
        comparisons_by_predicate,
        comiss_sets_the_flags,
        conversions_to_integers_round_or_truncate,
        an_unmasked_exception_leaves_the_destination,
        an_operand_exception_hides_those_of_results,
        a_system_that_knows_no_simd_exceptions_gets_an_undefined_opcode,
        flags_are_sticky,
        approximations_are_the_true_value_rounded_to_12_bits,
        approximations_at_corners,
        scalar_approximations_keep_the_upper_three,
        maskmovq_writes_the_selected_bytes_alone,
        words_in_and_out_take_the_index_modulo_four,
        sse2_needs_its_model_and_a_prefix_before_mmx_means_nothing_without,
        a_pentium_ii_has_none,
        NULL,
    };
    return guest_suite("sse", tests, setup, teardown);
}
