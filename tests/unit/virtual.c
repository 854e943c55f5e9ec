/* SPDX-License-Identifier: MIT */
/* VME and PVI: VIF and VIP in the place of IF, and software interrupts that stay with the program.
 * SDM 3B "Interrupt and Exception Handling in Virtual-8086 Mode", its table of methods, and
 * "Protected-Mode Virtual Interrupts". */
#include <stdio.h>

#include "tests/unit/guest.h"

static struct guest *g;

enum { MAP = 0x88, IVT_TARGET = 0x17000700 }; /* I/O map; the redirection map is 32 bytes below */

static void teardown(void)
{
    if (g)
        guest_free(g);
    g = NULL;
}

static void setup(void)
{
    g = guest_new();
}

/* Virtual-8086 mode at 1000:0000. FLAGS without VM and IOPL. */
static void vm86(u32 cr4, unsigned iopl, u32 flags)
{
    guest_flat(g, 3);
    g->cpu.cr4 = cr4;
    g->cpu.tr.limit = MAP + 0x100;
    put16(g->ram + GUEST_TSS + 0x66, MAP);
    memset(g->ram + GUEST_TSS + MAP - 32, 0xff, 32);
    cpu_set_eflags(&g->cpu, FL_VM | iopl << 12 | flags);
    for (unsigned i = 0; i < SEG_COUNT; i++)
        guest_segment(g, i, 0x1000, 0x10000, 0xffff, 0x0f3);
    g->cpu.r[ESP] = 0x8000;
    g->cpu.eip = g->start = 0;
    for (u32 v = 0; v < 256; v++) /* the program's own handlers, which the monitor's are not */
        put32(g->ram + v * 4, IVT_TARGET + v);
}

static void ring3(u32 cr4, u32 flags)
{
    guest_flat(g, 3);
    g->cpu.cr4 = cr4;
    cpu_set_eflags(&g->cpu, flags);
}

static u16 *stack16(unsigned n)
{
    return (u16 *)(void *)(g->ram + 0x18000 - 2 - 2 * n);
}

static void push(u16 value)
{
    g->cpu.r[ESP] -= 2;
    put16(g->ram + 0x10000 + g->cpu.r[ESP], value);
}

static u32 flags(void)
{
    return cpu_eflags(&g->cpu);
}

#define CHECK_RESULT(hex, vector)                                                                  \
    do {                                                                                           \
        guest_do(g, hex);                                                                          \
        ck_assert_int_eq(guest_vector(g), vector);                                                 \
        if ((vector) == EX_GP)                                                                     \
            ck_assert_uint_eq(guest_stack(g, 0), 0);                                               \
    } while (0)

START_TEST(cli_and_sti_change_vif_where_iopl_forbids_if)
{
    for (unsigned i = 0; i < 16; i++) {
        bool v86 = i & 1, extension = i & 2, vip = i & 4, iopl3 = i & 8;
        u32 cr4 = !extension ? (v86 ? CR4_PVI : CR4_VME) : v86 ? CR4_VME : CR4_PVI;
        u32 before = (vip ? FL_VIP : 0) | FL_VIF | FL_IF | (iopl3 ? FL_IOPL : 0);
        int refused = iopl3 || extension ? -1 : EX_GP;
        if (v86)
            vm86(cr4, iopl3 ? 3 : 0, before);
        else
            ring3(cr4, before);
        if (!(vip && extension)) /* both VIF and VIP: a matter of its own */
            CHECK_RESULT("fa", refused);
        if (refused == -1 && !(vip && extension))
            ck_assert_uint_eq(flags() & (FL_IF | FL_VIF), iopl3 ? FL_VIF : FL_IF);
        before &= ~(u32)(FL_VIF | FL_IF);
        if (v86)
            vm86(cr4, iopl3 ? 3 : 0, before);
        else
            ring3(cr4, before);
        CHECK_RESULT("fb", refused == -1 && vip && !iopl3 ? EX_GP : refused);
        if (guest_vector(g) == -1)
            ck_assert_uint_eq(flags() & (FL_IF | FL_VIF), iopl3 ? FL_IF : FL_VIF);
    }
}
END_TEST

/* PVI is for ring 3: rings 1 and 2 fault. */
START_TEST(pvi_is_for_ring_3_only)
{
    ring3(CR4_PVI, 0);
    g->cpu.cpl = 2;
    guest_segment(g, SEG_CS, 0x0a, 0, 0xffffffff, 0xcdb);
    g->cpu.r[ESP] = GUEST_STACK;
    guest_segment(g, SEG_SS, 0x12, 0, 0xffffffff, 0xcd3);
    CHECK_RESULT("fb", EX_GP);
}
END_TEST

START_TEST(pushf_shows_vif_as_if_and_iopl_3)
{
    vm86(CR4_VME, 0, FL_VIF | FL_CF);
    CHECK_RESULT("9c", -1);
    ck_assert_uint_eq(*stack16(0), FL_IF | FL_IOPL | FL_ALWAYS | FL_CF);
    vm86(CR4_VME, 1, FL_IF | FL_NT);
    CHECK_RESULT("9c", -1);
    ck_assert_uint_eq(*stack16(0), FL_IOPL | FL_ALWAYS | FL_NT);
    vm86(CR4_VME, 3, FL_VIF);
    CHECK_RESULT("9c", -1);
    ck_assert_uint_eq(*stack16(0), FL_IOPL | FL_ALWAYS);
    vm86(CR4_VME, 0, FL_VIF);
    CHECK_RESULT("66 9c", EX_GP);
    vm86(CR4_PVI, 0, FL_VIF);
    CHECK_RESULT("9c", EX_GP);
    ring3(CR4_PVI, FL_VIF);
    CHECK_RESULT("9c", -1);
    ck_assert_uint_eq(guest_stack(g, 0), FL_VIF | FL_ALWAYS);
}
END_TEST

/* POPF and IRET of IMAGE. */
static void give_flags(bool iret, u32 before, u16 image, int vector)
{
    vm86(CR4_VME, 0, before);
    push(image);
    if (iret) {
        push(0x1000);
        push(0x55);
    }
    CHECK_RESULT(iret ? "cf" : "9d", vector);
    if (iret && vector == -1)
        ck_assert_uint_eq(g->cpu.eip, 0x55);
}

START_TEST(popf_and_iret_load_vif_instead_of_if)
{
    for (unsigned iret = 0; iret < 2; iret++) {
        give_flags(iret, FL_IF, FL_IF | FL_NT | FL_DF | FL_CF, -1);
        ck_assert_uint_eq(flags() & ~(u32)FL_VM,
                          FL_IF | FL_VIF | FL_NT | FL_DF | FL_CF | FL_ALWAYS);
        give_flags(iret, FL_VIF, FL_IOPL, -1);
        ck_assert_uint_eq(flags() & ~(u32)FL_VM, FL_ALWAYS);
        give_flags(iret, FL_VIP, 0, -1);
        ck_assert_uint_eq(flags() & ~(u32)FL_VM, FL_VIP | FL_ALWAYS);
        give_flags(iret, FL_VIP, FL_IF, EX_GP);
        give_flags(iret, 0, FL_TF, EX_GP);
    }
    vm86(CR4_VME, 0, 0);
    CHECK_RESULT("66 9d", EX_GP);
    vm86(CR4_VME, 0, 0);
    CHECK_RESULT("66 cf", EX_GP);
    ck_assert_uint_eq(guest_stack(g, 4), 0x8000);
}
END_TEST

/* The six methods. */

static void redirect(unsigned vector, bool to_program)
{
    u8 *byte = g->ram + GUEST_TSS + MAP - 32 + vector / 8;
    *byte = (u8)(to_program ? *byte & ~(1u << vector % 8) : *byte | 1u << vector % 8);
}

static void check_redirected(unsigned vector, u16 image, u32 after)
{
    ck_assert_uint_eq(g->cpu.seg[SEG_CS].selector, IVT_TARGET >> 16);
    ck_assert_uint_eq(g->cpu.seg[SEG_CS].base, IVT_TARGET >> 16 << 4);
    ck_assert_uint_eq(g->cpu.eip, (IVT_TARGET & 0xffff) + vector);
    ck_assert_uint_eq(*stack16(0), image);
    ck_assert_uint_eq(*stack16(1), 0x1000);
    ck_assert_uint_eq(*stack16(2), 2);
    ck_assert_uint_eq(g->cpu.r[ESP], 0x8000 - 6);
    ck_assert_uint_eq(flags(), after);
}

START_TEST(the_map_leads_int_n_to_the_program)
{
    static const u8 vectors[] = {0, 3, 7, 8, 0x10, 0x21, 0x7f, 0x80, 0xff};
    char hex[8];
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        unsigned v = vectors[i];
        snprintf(hex, sizeof hex, "cd %02x", v);
        vm86(CR4_VME, 3, FL_IF | FL_NT | FL_ZF); /* method 5 */
        redirect(v, true);
        guest_do(g, hex);
        check_redirected(v, FL_IF | FL_NT | FL_ZF | FL_IOPL | FL_ALWAYS,
                         FL_VM | FL_NT | FL_ZF | FL_IOPL | FL_ALWAYS);
        vm86(CR4_VME, 1, FL_VIF | FL_IF); /* method 6 */
        redirect(v, true);
        guest_do(g, hex);
        check_redirected(v, FL_IF | FL_IOPL | FL_ALWAYS, FL_VM | FL_IF | 1 << 12 | FL_ALWAYS);
        vm86(CR4_VME, 0, FL_IF);
        redirect(v, true);
        guest_do(g, hex);
        check_redirected(v, FL_IOPL | FL_ALWAYS, FL_VM | FL_IF | FL_ALWAYS);
    }
}
END_TEST

START_TEST(a_set_bit_or_no_vme_leads_int_n_to_the_monitor)
{
    vm86(CR4_VME, 3, 0); /* method 4 */
    memset(g->ram + GUEST_TSS + MAP - 32, 0, 32);
    redirect(0x30, false);
    CHECK_RESULT("cd 30", 0x30);
    vm86(CR4_VME, 0, 0); /* method 3 */
    memset(g->ram + GUEST_TSS + MAP - 32, 0, 32);
    redirect(0x30, false);
    CHECK_RESULT("cd 30", EX_GP);
    vm86(0, 3, 0); /* methods 1 and 2 */
    redirect(0x30, true);
    CHECK_RESULT("cd 30", 0x30);
    vm86(0, 0, 0);
    redirect(0x30, true);
    CHECK_RESULT("cd 30", EX_GP);
    vm86(CR4_VME, 0, 0); /* INT3 and INTO are not INT n */
    memset(g->ram + GUEST_TSS + MAP - 32, 0, 32);
    CHECK_RESULT("cc", EX_BP);
}
END_TEST

START_TEST(the_map_has_to_lie_in_the_tss)
{
    vm86(CR4_VME, 3, 0);
    memset(g->ram + GUEST_TSS + MAP - 32, 0, 32);
    g->cpu.tr.limit = MAP - 32 + 0x30 / 8;
    guest_do(g, "cd 30");
    ck_assert_uint_eq(g->cpu.eip, (IVT_TARGET & 0xffff) + 0x30);
    vm86(CR4_VME, 3, 0);
    g->cpu.tr.limit = MAP - 32 + 0x30 / 8 - 1;
    CHECK_RESULT("cd 30", EX_GP);
    vm86(CR4_VME, 3, 0);
    g->cpu.tr.limit = 0x66;
    CHECK_RESULT("cd 30", EX_GP);
}
END_TEST

START_TEST(a_frame_that_does_not_fit_changes_nothing)
{
    vm86(CR4_VME, 0, FL_VIF);
    redirect(0x30, true);
    g->cpu.r[ESP] = 3;
    guest_do(g, "cd 30");
    ck_assert_int_eq(guest_vector(g), EX_SS);
    ck_assert_uint_eq(guest_stack(g, 4), 3);
    ck_assert_uint_eq(guest_stack(g, 3) & FL_VIF, FL_VIF);
    for (u32 enough = 0; enough < 2; enough++) { /* three words and no more */
        vm86(CR4_VME, 3, 0);
        redirect(0x30, true);
        guest_segment(g, SEG_SS, 0x1000, 0x10000, 0xfff, 0x0f7); /* begins at 1000h */
        g->cpu.r[ESP] = 0x1005 + enough;
        guest_do(g, "cd 30");
        if (enough)
            ck_assert_uint_eq(g->cpu.seg[SEG_CS].selector, IVT_TARGET >> 16);
        else
            ck_assert_int_eq(guest_vector(g), EX_SS);
    }
}
END_TEST

/* Both VIF and VIP: only IRET and a task switch lead there. */
START_TEST(an_interrupt_that_was_held_back_faults_at_once)
{
    for (unsigned extension = 0; extension < 2; extension++) {
        guest_flat(g, 0);
        g->cpu.cr4 = extension ? CR4_VME : 0;
        static const u32 frame[] = {0x40, 0x1000, FL_VM | FL_VIF | FL_VIP | FL_ALWAYS,
                                    0x8000, 0x1000, 0, 0, 0, 0};
        g->cpu.r[ESP] = GUEST_STACK - sizeof frame;
        memcpy(g->ram + g->cpu.r[ESP], frame, sizeof frame);
        put32(g->ram + 0x10040, 0x90909090);
        guest_do(g, "cf");
        ck_assert_uint_eq(g->cpu.eip, 0x40);
        put32(g->ram + 0x10040, 0x90909090);
        guest_step(g, 1);
        ck_assert_int_eq(guest_vector(g), extension ? EX_GP : -1);
        if (extension)
            ck_assert_uint_eq(guest_stack(g, 1), 0x40);
        else
            ck_assert_uint_eq(g->cpu.eip, 0x41);
    }
}
END_TEST

START_TEST(popf_in_protected_mode_leaves_vif_alone)
{
    ring3(CR4_PVI, FL_VIF);
    g->cpu.r[ESP] -= 4;
    put32(g->ram + g->cpu.r[ESP], FL_VIP | FL_IF | FL_ALWAYS);
    CHECK_RESULT("9d", -1);
    ck_assert_uint_eq(flags(), FL_VIF | FL_ALWAYS);
}
END_TEST

START_TEST(models_without_vme_have_no_vif)
{
    g->cpu.model = cpu_model_find("486", 3);
    cpu_set_eflags(&g->cpu, ~0u);
    ck_assert_uint_eq(flags() & 0xffff0000, FL_RF | FL_VM | FL_AC);
    g->cpu.model = cpu_model_find("386", 3);
    cpu_set_eflags(&g->cpu, ~0u);
    ck_assert_uint_eq(flags() & 0xffff0000, FL_RF | FL_VM);
    g->cpu.model = cpu_model_find("pentium", 7);
    cpu_set_eflags(&g->cpu, ~0u);
    ck_assert_uint_eq(flags() & 0xffff0000, FL_RF | FL_VM | FL_AC | FL_VIF | FL_VIP | FL_ID);
}
END_TEST

Suite *virtual_suite(void)
{
    const TTest *const tests[] = {
        cli_and_sti_change_vif_where_iopl_forbids_if,
        pvi_is_for_ring_3_only,
        pushf_shows_vif_as_if_and_iopl_3,
        popf_and_iret_load_vif_instead_of_if,
        the_map_leads_int_n_to_the_program,
        a_set_bit_or_no_vme_leads_int_n_to_the_monitor,
        the_map_has_to_lie_in_the_tss,
        a_frame_that_does_not_fit_changes_nothing,
        an_interrupt_that_was_held_back_faults_at_once,
        popf_in_protected_mode_leaves_vif_alone,
        models_without_vme_have_no_vif,
        NULL,
    };
    return guest_suite("virtual", tests, setup, teardown);
}
