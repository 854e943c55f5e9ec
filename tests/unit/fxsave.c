/* SPDX-License-Identifier: MIT */
/* FXSAVE and FXRSTOR: every byte of the image, and what may fault. SDM 2A "FXSAVE". */
#include "cpu/sfloat.h"
#include "tests/unit/guest_rig.h"

enum { IMAGE = 512, AT = GUEST_DATA + 0xe00 };

static void start(const char *model)
{
    use(model);
    g->cpu.cr4 = CR4_OSFXSR;
    g->cpu.r[ESI] = AT;
    memset(g->ram + GUEST_DATA, 0xcc, 0x2000);
}

static void setup(void)
{
    start("pentium3");
}

static void fill(struct fpu *f)
{
    *f = (struct fpu){.cw = 0x127f,
                      .sw = SW_C3 | SW_PE,
                      .top = 5,
                      .used = 0xe3,
                      .fop = 0x5a5,
                      .fip = 0x12345678,
                      .fcs = 0x1b,
                      .fdp = 0x9abcdef0,
                      .fds = 0x23,
                      .mxcsr = 0x9fbf};
    for (unsigned i = 0; i < 8; i++) {
        f->reg[i] = (struct f80){0x1111111111111111u * (i + 1), (u16)(0x4000 + i)};
        f->xmm[i] = (union xmm){.q = {0xa0a0a0a0a0a0a000u + i, 0xb0b0b0b0b0b0b000u + i}};
    }
}

START_TEST(the_image_is_as_the_manual_draws_it)
{
    const u8 *image = g->ram + AT;
    fill(&g->cpu.fpu);
    guest_do(g, "0f ae 06");
    ck_assert_uint_eq(get16(image), 0x127f);
    ck_assert_uint_eq(get16(image + 2), SW_C3 | SW_PE | 5 << 11);
    ck_assert_uint_eq(image[4], 0xe3);
    ck_assert_uint_eq(get16(image + 6), 0x5a5);
    ck_assert_uint_eq(get32(image + 8), 0x12345678);
    ck_assert_uint_eq(get16(image + 0xc), 0x1b);
    ck_assert_uint_eq(get32(image + 0x10), 0x9abcdef0);
    ck_assert_uint_eq(get16(image + 0x14), 0x23);
    ck_assert_uint_eq(get32(image + 0x18), 0x9fbf);
    ck_assert_uint_eq(get32(image + 0x1c), 0); /* no DAZ: FFBF is meant */
    for (unsigned i = 0; i < 8; i++) {
        unsigned physical = (5 + i) & 7; /* ST(i) */
        ck_assert_uint_eq(get64(image + 0x20 + 16 * i), 0x1111111111111111u * (physical + 1));
        ck_assert_uint_eq(get16(image + 0x28 + 16 * i), 0x4000 + physical);
        ck_assert_uint_eq(get64(image + 0xa0 + 16 * i), 0xa0a0a0a0a0a0a000u + i);
        ck_assert_uint_eq(get64(image + 0xa8 + 16 * i), 0xb0b0b0b0b0b0b000u + i);
    }
    for (unsigned i = 0x120; i < IMAGE; i++)
        ck_assert_uint_eq(image[i], 0xcc);
}
END_TEST

START_TEST(what_was_saved_is_restored)
{
    struct fpu before;
    fill(&g->cpu.fpu);
    before = g->cpu.fpu;
    guest_do(g, "0f ae 06");
    fpu_reset(&g->cpu.fpu);
    guest_do(g, "0f ae 0e");
    ck_assert_uint_eq(state_hash(0, fpu_fields, &g->cpu.fpu), state_hash(0, fpu_fields, &before));
}
END_TEST

START_TEST(an_exception_in_the_restored_status_is_pending)
{
    fill(&g->cpu.fpu);
    guest_do(g, "0f ae 06");
    put16(g->ram + AT, 0x127e);
    put16(g->ram + AT + 2, SW_IE);
    guest_do(g, "0f ae 0e");
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert_uint_eq(fpu_status(&g->cpu.fpu), SW_IE | SW_ES | SW_B);
}
END_TEST

START_TEST(without_osfxsr_sse_is_left_alone)
{
    fill(&g->cpu.fpu);
    g->cpu.cr4 = 0;
    guest_do(g, "0f ae 06");
    ck_assert_uint_eq(get32(g->ram + AT + 0x18), 0xcccccccc);
    ck_assert_uint_eq(get32(g->ram + AT + 0xa0), 0xcccccccc);
    ck_assert_uint_eq(get16(g->ram + AT), 0x127f);
    guest_do(g, "0f ae 0e"); /* CCCCCCCC is no MXCSR, and not looked at */
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert_uint_eq(g->cpu.fpu.mxcsr, 0x9fbf);
    ck_assert_uint_eq(g->cpu.fpu.xmm[7].q[0], 0xa0a0a0a0a0a0a007u);
}
END_TEST

static int vector_of(const char *insn, u32 at)
{
    guest_flat(g, 0);
    g->cpu.cr4 = CR4_OSFXSR;
    guest_page(g);
    guest_pte(g, GUEST_DATA + 0x1000)[0] = 0;
    fill(&g->cpu.fpu);
    g->cpu.r[ESI] = at;
    guest_do(g, insn);
    return guest_vector(g);
}

START_TEST(sixteen_bytes_of_alignment_come_before_the_page)
{
    for (u32 i = 1; i < 16; i++) {
        ck_assert_int_eq(vector_of("0f ae 06", GUEST_DATA + 0x1000 + i), EX_GP);
        ck_assert_int_eq(vector_of("0f ae 0e", GUEST_DATA + 0x1000 + i), EX_GP);
    }
}
END_TEST

START_TEST(any_part_may_be_absent_and_nothing_changes)
{
    for (u32 first = 0; first < IMAGE; first += 16) { /* the first bytes that are not there */
        u32 at = GUEST_DATA + 0x1000 - first;
        memset(g->ram + GUEST_DATA, 0xcc, 0x1000);
        ck_assert_int_eq(vector_of("0f ae 06", at), EX_PF);
        ck_assert_uint_eq(g->cpu.cr2, GUEST_DATA + 0x1000);
        for (u32 i = 0; i < 0x1000; i++)
            ck_assert_uint_eq(g->ram[GUEST_DATA + i], 0xcc);
        struct fpu before;
        ck_assert_int_eq(vector_of("0f ae 0e", at), EX_PF);
        fill(&before);
        ck_assert_uint_eq(state_hash(0, fpu_fields, &g->cpu.fpu),
                          state_hash(0, fpu_fields, &before));
    }
    ck_assert_int_eq(vector_of("0f ae 06", GUEST_DATA + 0xe00), -1);
}
END_TEST

START_TEST(reserved_bits_of_mxcsr_are_refused)
{
    fill(&g->cpu.fpu);
    guest_do(g, "0f ae 06");
    for (unsigned bit = 0; bit < 32; bit++) {
        bool good = bit < 16 && bit != 6;
        put32(g->ram + AT + 0x18, 1u << bit);
        put16(g->ram + AT, 0x37f);
        guest_flat(g, 0);
        g->cpu.cr4 = CR4_OSFXSR;
        fill(&g->cpu.fpu);
        g->cpu.r[ESI] = AT;
        guest_do(g, "0f ae 0e");
        ck_assert_int_eq(guest_vector(g), good ? -1 : EX_GP);
        ck_assert_uint_eq(g->cpu.fpu.cw, good ? 0x37f : 0x127f);
    }
}
END_TEST

START_TEST(emulation_and_task_switched_are_device_not_available)
{
    fill(&g->cpu.fpu);
    g->cpu.cr0 |= CR0_EM;
    guest_do(g, "0f ae 06");
    ck_assert_int_eq(guest_vector(g), EX_NM);
    guest_flat(g, 0);
    g->cpu.cr0 |= CR0_TS;
    guest_do(g, "0f ae 0e");
    ck_assert_int_eq(guest_vector(g), EX_NM);
}
END_TEST

START_TEST(a_pentium_ii_saves_no_sse_and_a_pentium_has_no_fxsave)
{
    start("pentium2");
    fill(&g->cpu.fpu);
    guest_do(g, "0f ae 06");
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert_uint_eq(get32(g->ram + AT + 0x18), 0xcccccccc);
    ck_assert_uint_eq(get32(g->ram + AT + 0xa0), 0xcccccccc);
    start("pentium-mmx");
    guest_do(g, "0f ae 06");
    ck_assert_int_eq(guest_vector(g), EX_UD);
}
END_TEST

Suite *fxsave_suite(void)
{
    const TTest *const tests[] = {
        the_image_is_as_the_manual_draws_it,
        what_was_saved_is_restored,
        an_exception_in_the_restored_status_is_pending,
        without_osfxsr_sse_is_left_alone,
        sixteen_bytes_of_alignment_come_before_the_page,
        any_part_may_be_absent_and_nothing_changes,
        reserved_bits_of_mxcsr_are_refused,
        emulation_and_task_switched_are_device_not_available,
        a_pentium_ii_saves_no_sse_and_a_pentium_has_no_fxsave,
        NULL,
    };
    return guest_suite("fxsave", tests, setup, teardown);
}
