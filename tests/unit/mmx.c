/* SPDX-License-Identifier: MIT */
/* MMX: what it does to the x87's registers, what comes before it, its memory operands. What the
 * instructions compute: simd_host.c, and the corners here, which hold on every host. */
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

static u64 mm(unsigned i)
{
    return g->cpu.fpu.reg[i].frac;
}

/* Run INSN on mm0 = A and mm1 = B; mm0 after that. */
static u64 run(const char *insn, u64 a, u64 b)
{
    g->cpu.fpu.reg[0].frac = a;
    g->cpu.fpu.reg[1].frac = b;
    guest_do(g, insn);
    return mm(0);
}

START_TEST(lanes_wrap_saturate_and_compare)
{
    ck_assert_uint_eq(run("0f fc c1", 0xff7f80ff01020304, 0x0101ff0101010101), 0x00807f0002030405);
    ck_assert_uint_eq(run("0f ec c1", 0x7f7f80800000ff01, 0x017fff800000ff01), 0x7f7f80800000fe02);
    ck_assert_uint_eq(run("0f dd c1", 0xfffffffe00010000, 0x0001000100010000), 0xffffffff00020000);
    ck_assert_uint_eq(run("0f d9 c1", 0x0000000500058000, 0x0001000600047fff), 0x0000000000010001);
    ck_assert_uint_eq(run("0f e9 c1", 0x800080007fff0000, 0x0001ffffffff8000), 0x800080017fff7fff);
    ck_assert_uint_eq(run("0f 65 c1", 0x8000000000017fff, 0x7fffffff00018000), 0x0000ffff0000ffff);
    ck_assert_uint_eq(run("0f df c1", 0xff00ff00ff00ff00, 0xffffffff00000000), 0x00ff00ff00000000);
}
END_TEST

/* The one sum of two products that does not fit: SDM 2B "PMADDWD". */
START_TEST(pmaddwd_of_the_smallest_words_wraps)
{
    ck_assert_uint_eq(run("0f f5 c1", 0x8000800080008000, 0x8000800080008000), 0x8000000080000000);
    ck_assert_uint_eq(run("0f f5 c1", 0x7fff00020001ffff, 0x7fff00030001ffff), 0x3fff000700000002);
}
END_TEST

START_TEST(counts_beyond_the_lane_shift_everything_out)
{
    ck_assert_uint_eq(run("0f d1 c1", 0x8000ffff00011234, 4), 0x08000fff00000123);
    ck_assert_uint_eq(run("0f d1 c1", 0x8000ffff00011234, 16), 0);
    ck_assert_uint_eq(run("0f d3 c1", 0x8000000000000000, 63), 1);
    ck_assert_uint_eq(run("0f d3 c1", ~(u64)0, 64), 0);
    ck_assert_uint_eq(run("0f f3 c1", ~(u64)0, (u64)1 << 32), 0);
    ck_assert_uint_eq(run("0f e1 c1", 0x8000000000017fff, (u64)1 << 63), 0xffff000000000000);
    ck_assert_uint_eq(run("0f 72 e0 ff", 0x8000000000000001, 0), 0xffffffff00000000);
    ck_assert_uint_eq(run("0f 73 f0 08", 0x1122334455667788, 0), 0x2233445566778800);
}
END_TEST

START_TEST(packs_and_unpacks)
{
    ck_assert_uint_eq(run("0f 63 c1", 0x0080007f8000ff80, 0x0000ffff00ff0001), 0x00ff7f017f7f8080);
    ck_assert_uint_eq(run("0f 67 c1", 0x010000ff8000ffff, 0x0000000100ff7fff), 0x0001ffffffff0000);
    ck_assert_uint_eq(run("0f 6b c1", 0x000080007fffffff, 0xffff7fff80000000), 0x800080007fff7fff);
    ck_assert_uint_eq(run("0f 60 c1", 0xaaaaaaaa44332211, 0xbbbbbbbb88776655), 0x8844773366225511);
    ck_assert_uint_eq(run("0f 69 c1", 0x4444333322221111, 0x8888777766665555), 0x8888444477773333);
    ck_assert_uint_eq(run("0f 62 c1", 0x4444333322221111, 0x8888777766665555), 0x6666555522221111);
}
END_TEST

/* SDM 3A "Effect of MMX Instructions on x87 Floating-Point Register". */
START_TEST(an_mmx_instruction_makes_the_x87_registers_its_own)
{
    struct fpu *f = &g->cpu.fpu;
    f->top = 5;
    f->used = 0x11;
    f->reg[3].se = 0x1234;
    guest_do(g, "0f 6f d1"); /* movq mm2,mm1 */
    ck_assert_uint_eq(f->top, 0);
    ck_assert_uint_eq(f->used, 0xff);
    ck_assert_uint_eq(f->reg[2].se, 0xffff);
    ck_assert_uint_eq(f->reg[3].se, 0x1234);
    f->top = 3;
    f->used = 1;
    guest_do(g, "0f 7e d8"); /* movd eax,mm3: only read */
    ck_assert_uint_eq(f->top, 0);
    ck_assert_uint_eq(f->used, 0xff);
    ck_assert_uint_eq(f->reg[3].se, 0x1234);
    f->top = 3;
    guest_do(g, "0f 77"); /* emms */
    ck_assert_uint_eq(f->top, 0);
    ck_assert_uint_eq(f->used, 0);
}
END_TEST

static int vector_of(const char *insn, u32 cr0, u16 sw)
{
    guest_flat(g, 0);
    guest_page(g);
    guest_pte(g, GUEST_DATA)[0] = 0;
    g->cpu.cr0 |= cr0;
    g->cpu.fpu.sw = sw;
    g->cpu.fpu.top = 6;
    g->cpu.r[ESI] = GUEST_DATA;
    guest_do(g, insn);
    return guest_vector(g);
}

START_TEST(emulation_comes_before_task_switched_before_x87_errors_before_memory)
{
    static const char *const insns[] = {"0f 6f 06", "0f 7f 06", "0f fc 06", "0f 6e 06"};
    for (unsigned i = 0; i < ARRAY_LEN(insns); i++) {
        ck_assert_int_eq(vector_of(insns[i], CR0_EM | CR0_TS | CR0_NE, SW_ES), EX_UD);
        ck_assert_int_eq(vector_of(insns[i], CR0_TS | CR0_NE, SW_ES), EX_NM);
        ck_assert_int_eq(vector_of(insns[i], CR0_NE, SW_ES), EX_MF);
        ck_assert_int_eq(vector_of(insns[i], CR0_NE, 0), EX_PF);
        ck_assert_uint_eq(g->cpu.fpu.top, 6); /* nothing has changed */
    }
    ck_assert_int_eq(vector_of("0f 77", CR0_EM, 0), EX_UD);
    ck_assert_int_eq(vector_of("0f 77", CR0_TS, 0), EX_NM);
}
END_TEST

/* With CR0.NE clear the processor stands still until the board's interrupt. SDM 3A "x87 FPU
 * Floating-Point Error (#MF)" */
START_TEST(without_ne_an_x87_error_stops_mmx_too)
{
    g->cpu.fpu.sw = SW_ES;
    guest_do(g, "0f fc c1");
    ck_assert(g->cpu.halted);
    ck_assert_uint_eq(g->cpu.eip, g->start);
}
END_TEST

/* Every byte of a memory operand as the first that is not there, and no byte more. */
static void check_bytes(const char *insn, u32 bytes, u32 before)
{
    for (u32 first = 0; first <= bytes; first++) {
        guest_flat(g, 0);
        guest_page(g);
        guest_pte(g, GUEST_DATA + 0x1000)[0] = 0;
        g->cpu.r[ESI] = g->cpu.r[EDI] = GUEST_DATA + 0x1000 - first - before;
        guest_do(g, insn);
        ck_assert_msg(guest_vector(g) == (first < bytes ? EX_PF : -1), "%s %u", insn, first);
        if (first < bytes)
            ck_assert_uint_eq(g->cpu.cr2, GUEST_DATA + 0x1000);
    }
}

START_TEST(memory_operands_are_as_long_as_they_should_be)
{
    check_bytes("0f 6f 06", 8, 0);       /* movq mm0,[esi] */
    check_bytes("0f 7f 06", 8, 0);       /* movq [esi],mm0 */
    check_bytes("0f 6e 06", 4, 0);       /* movd mm0,[esi] */
    check_bytes("0f 7e 06", 4, 0);       /* movd [esi],mm0 */
    check_bytes("0f 60 06", 4, 0);       /* punpcklbw mm0,[esi] */
    check_bytes("0f 68 06", 8, 0);       /* punpckhbw mm0,[esi] */
    check_bytes("0f d1 46 01", 8, 1);    /* psrlw mm0,[esi+1] */
}
END_TEST

START_TEST(a_processor_without_mmx_has_none)
{
    guest_free(g);
    g = guest_new_model("pentium");
    guest_flat(g, 0);
    guest_do(g, "0f fc c1");
    ck_assert_int_eq(guest_vector(g), EX_UD);
    guest_do(g, "0f 1f 00");
    ck_assert_int_eq(guest_vector(g), EX_UD);
}
END_TEST

/* Hints: no memory is touched. */
START_TEST(between_0f18_and_0f1f_a_p6_does_nothing)
{
    static const char *const insns[] = {"0f 18 06", "0f 18 3e", "0f 19 06", "0f 1e c0", "0f 1f 06"};
    for (unsigned i = 0; i < ARRAY_LEN(insns); i++)
        ck_assert_int_eq(vector_of(insns[i], 0, 0), -1);
}
END_TEST

Suite *mmx_suite(void)
{
    const TTest *const tests[] = {
        lanes_wrap_saturate_and_compare,
        pmaddwd_of_the_smallest_words_wraps,
        counts_beyond_the_lane_shift_everything_out,
        packs_and_unpacks,
        an_mmx_instruction_makes_the_x87_registers_its_own,
        emulation_comes_before_task_switched_before_x87_errors_before_memory,
        without_ne_an_x87_error_stops_mmx_too,
        memory_operands_are_as_long_as_they_should_be,
        a_processor_without_mmx_has_none,
        between_0f18_and_0f1f_a_p6_does_nothing,
        NULL,
    };
    return guest_suite("mmx", tests, setup, teardown);
}
