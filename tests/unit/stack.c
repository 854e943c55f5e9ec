/* SPDX-License-Identifier: MIT */
/* Pushes, pops, frames, and that a fault in the middle leaves the stack registers. SDM 2A, 2B under
 * each name. */
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

static u32 esp(void)
{
    return (u32)g->cpu.r[ESP];
}

START_TEST(push_esp_stores_what_it_was)
{
    guest_do(g, "54");
    ck_assert_uint_eq(esp(), GUEST_STACK - 4);
    ck_assert_uint_eq(guest_stack(g, 0), GUEST_STACK);
}
END_TEST

START_TEST(pop_esp_takes_the_value_from_the_stack)
{
    put32(g->ram + GUEST_STACK, 0x12345678);
    guest_do(g, "5c");
    ck_assert_uint_eq(esp(), 0x12345678);
}
END_TEST

START_TEST(pop_sp_changes_the_low_half)
{
    put32(g->ram + GUEST_STACK, 0x1234abcd);
    guest_do(g, "66 5c");
    ck_assert_uint_eq(esp(), (GUEST_STACK & 0xffff0000) | 0xabcd);
}
END_TEST

START_TEST(a_push_relative_to_esp_uses_it_as_it_was)
{
    put32(g->ram + GUEST_STACK + 8, 0xcafe);
    guest_do(g, "ff 74 24 08"); /* push dword [esp+8] */
    ck_assert_uint_eq(guest_stack(g, 0), 0xcafe);
}
END_TEST

START_TEST(a_pop_relative_to_esp_uses_it_incremented)
{
    put32(g->ram + GUEST_STACK, 0xbeef);
    guest_do(g, "8f 44 24 08"); /* pop dword [esp+8] */
    ck_assert_uint_eq(esp(), GUEST_STACK + 4);
    ck_assert_uint_eq(get32(g->ram + GUEST_STACK + 12), 0xbeef);
}
END_TEST

START_TEST(immediates_are_sign_extended_to_the_operand_size)
{
    guest_do(g, "6a 80");
    ck_assert_uint_eq(guest_stack(g, 0), 0xffffff80);
    guest_do(g, "66 6a 80");
    ck_assert_uint_eq(esp(), GUEST_STACK - 6);
    ck_assert_uint_eq(get16(g->ram + esp()), 0xff80);
    guest_do(g, "66 68 34 12");
    ck_assert_uint_eq(esp(), GUEST_STACK - 8);
    ck_assert_uint_eq(get16(g->ram + esp()), 0x1234);
}
END_TEST

START_TEST(the_size_of_the_stack_segment_decides_between_sp_and_esp)
{
    guest_segment(g, SEG_SS, GUEST_DATA16, 0x30000, 0xffff, 0x093);
    g->cpu.r[ESP] = 0xabcd0000;
    g->cpu.r[EAX] = 0x11223344;
    guest_do(g, "50");
    ck_assert_uint_eq(esp(), 0xabcdfffc);
    ck_assert_uint_eq(get32(g->ram + 0x3fffc), 0x11223344);
    g->cpu.r[EAX] = 0;
    guest_do(g, "58");
    ck_assert_uint_eq(esp(), 0xabcd0000);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x11223344);
}
END_TEST

START_TEST(in_real_mode_a_push_at_sp_1_cannot_be_stored)
{
    guest_real(g);
    g->cpu.r[ESP] = 1;
    guest_do(g, "50");
    ck_assert_int_eq(g->cpu.r[ESP] & 0xffff, 1); /* nor could the exception be: shutdown */
    ck_assert(g->cpu.shutdown);
}
END_TEST

static void count_up(void)
{
    for (unsigned i = 0; i < 8; i++)
        if (i != ESP)
            g->cpu.r[i] = 0x1000 + i;
}

START_TEST(pusha_stores_all_in_order_with_the_old_esp)
{
    static const u8 order[8] = {EDI, ESI, EBP, ESP, EBX, EDX, ECX, EAX};
    count_up();
    guest_do(g, "60");
    ck_assert_uint_eq(esp(), GUEST_STACK - 32);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_uint_eq(guest_stack(g, i), order[i] == ESP ? GUEST_STACK : 0x1000u + order[i]);
}
END_TEST

START_TEST(popa_ignores_the_stored_esp)
{
    count_up();
    guest_do(g, "60");
    put32(g->ram + esp() + 12, 0xdead);
    for (unsigned i = 0; i < 8; i++)
        if (i != ESP)
            g->cpu.r[i] = 0;
    guest_do(g, "61");
    ck_assert_uint_eq(esp(), GUEST_STACK);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_uint_eq(g->cpu.r[i], i == ESP ? GUEST_STACK : 0x1000u + i);
}
END_TEST

START_TEST(the_16_bit_forms_leave_the_upper_halves)
{
    for (unsigned i = 0; i < 8; i++)
        if (i != ESP)
            g->cpu.r[i] = 0xaaaa0000u + i;
    guest_do(g, "66 60");
    ck_assert_uint_eq(esp(), GUEST_STACK - 16);
    for (unsigned i = 0; i < 8; i++)
        if (i != ESP)
            g->cpu.r[i] = 0xbbbb0000u;
    guest_do(g, "66 61");
    ck_assert_uint_eq(esp(), GUEST_STACK);
    for (unsigned i = 0; i < 8; i++)
        if (i != ESP)
            ck_assert_uint_eq(g->cpu.r[i], 0xbbbb0000u + i);
}
END_TEST

/* Frames made by callers, so that ENTER has something to copy: [EBP - 4n] = 0xf00n. */
static void old_frames(void)
{
    g->cpu.r[EBP] = GUEST_STACK - 0x800;
    g->cpu.r[ESP] = GUEST_STACK - 0x1000;
    for (u32 i = 0; i < 40; i++)
        put32(g->ram + (u32)g->cpu.r[EBP] - 4 * i, 0xf000 + i);
}

/* SDM 2A "ENTER", operation. LEVEL is taken modulo 32. */
static void check_enter(unsigned level, unsigned locals)
{
    u8 code[4] = {0xc8, (u8)locals, (u8)(locals >> 8), (u8)level};
    unsigned n = level % 32;
    old_frames();
    u32 ebp = (u32)g->cpu.r[EBP], top = esp();
    bus_dma_write(&g->bus, GUEST_CODE, code, 4);
    g->cpu.eip = g->start;
    guest_step(g, 1);
    ck_assert_uint_eq(get32(g->ram + top - 4), ebp);
    ck_assert_uint_eq(g->cpu.r[EBP], top - 4);
    for (unsigned i = 1; i < n; i++)
        ck_assert_uint_eq(get32(g->ram + top - 4 - 4 * i), 0xf000 + i);
    if (n)
        ck_assert_uint_eq(get32(g->ram + top - 4 - 4 * n), top - 4);
    ck_assert_uint_eq(esp(), top - 4 - 4 * n - locals);
}

START_TEST(enter_copies_the_display_of_every_level)
{
    for (unsigned level = 0; level < 64; level++) {
        check_enter(level, 0);
        check_enter(level, 0x123);
    }
}
END_TEST

/* EBP points just above the new frame: each pointer is copied from where the last one went. */
START_TEST(enter_copies_frame_pointers_one_after_the_other)
{
    u32 top = GUEST_STACK - 0x1000;
    g->cpu.r[ESP] = top;
    g->cpu.r[EBP] = top;
    guest_do(g, "c8 00 00 05"); /* enter 0,5 */
    for (u32 i = 1; i <= 5; i++)
        ck_assert_uint_eq(get32(g->ram + top - 4 * i), top);
    ck_assert_uint_eq(get32(g->ram + top - 24), top - 4);
}
END_TEST

START_TEST(enter_of_16_bits_pushes_words)
{
    old_frames();
    u32 ebp = (u32)g->cpu.r[EBP], top = esp();
    put16(g->ram + ebp - 2, 0xabcd);
    guest_do(g, "66 c8 10 00 02");
    ck_assert_uint_eq(get16(g->ram + top - 2), (u16)ebp);
    ck_assert_uint_eq(get16(g->ram + top - 4), 0xabcd);
    ck_assert_uint_eq(get16(g->ram + top - 6), (u16)(top - 2));
    ck_assert_uint_eq(esp(), top - 6 - 0x10);
    ck_assert_uint_eq(g->cpu.r[EBP], (ebp & 0xffff0000) | (u16)(top - 2));
}
END_TEST

START_TEST(leave_undoes_enter)
{
    g->cpu.r[EBP] = 0x87654321;
    guest_do(g, "c8 20 00 00");
    guest_do(g, "c9");
    ck_assert_uint_eq(esp(), GUEST_STACK);
    ck_assert_uint_eq(g->cpu.r[EBP], 0x87654321);
}
END_TEST

START_TEST(ret_releases_arguments)
{
    put32(g->ram + GUEST_STACK - 12, GUEST_CODE + 0x40);
    g->cpu.r[ESP] = GUEST_STACK - 12;
    guest_do(g, "c2 08 00");
    ck_assert_uint_eq(esp(), GUEST_STACK);
    ck_assert_uint_eq(g->cpu.eip, GUEST_CODE + 0x40);
}
END_TEST

START_TEST(call_pushes_the_next_instruction)
{
    guest_do(g, "e8 10 00 00 00");
    ck_assert_uint_eq(guest_stack(g, 0), g->start + 5);
    ck_assert_uint_eq(g->cpu.eip, g->start + 0x15);
}
END_TEST

START_TEST(a_call_through_memory_at_esp_uses_it_as_it_was)
{
    put32(g->ram + GUEST_STACK, GUEST_CODE + 0x30);
    guest_do(g, "ff 14 24"); /* call [esp] */
    ck_assert_uint_eq(g->cpu.eip, GUEST_CODE + 0x30);
    ck_assert_uint_eq(guest_stack(g, 0), g->start + 3);
}
END_TEST

/* Flags. */

START_TEST(pushf_hides_vm_and_rf)
{
    cpu_set_eflags(&g->cpu, FL_RF | FL_CF | FL_OF | FL_IOPL | FL_ID);
    guest_do(g, "9c");
    ck_assert_uint_eq(guest_stack(g, 0), FL_CF | FL_OF | FL_IOPL | FL_ID | FL_ALWAYS);
}
END_TEST

static u32 popf(u32 image, const char *hex)
{
    g->cpu.r[ESP] = GUEST_STACK - 0x1000;
    put32(g->ram + esp(), image);
    guest_do(g, hex);
    return cpu_eflags(&g->cpu);
}

START_TEST(popf_in_ring_0_sets_all_but_vm_and_rf)
{
    u32 all = FL_ARITH | FL_IF | FL_DF | FL_IOPL | FL_NT | FL_AC | FL_ID;
    ck_assert_uint_eq(popf(0xffffffff & ~(u32)FL_TF, "9d"), all | FL_ALWAYS);
    ck_assert_uint_eq(popf(0, "9d"), FL_ALWAYS);
    ck_assert_uint_eq(popf(0xffffffff & ~(u32)FL_TF, "66 9d"), (all & 0xffff) | FL_ALWAYS);
}
END_TEST

START_TEST(popf_in_ring_3_keeps_iopl_and_below_it_if)
{
    guest_flat(g, 3);
    cpu_set_eflags(&g->cpu, 0x1000);
    ck_assert_uint_eq(popf(FL_IOPL | FL_IF | FL_CF, "9d"), 0x1000 | FL_CF | FL_ALWAYS);
    cpu_set_eflags(&g->cpu, FL_IOPL);
    ck_assert_uint_eq(popf(FL_IF, "9d"), FL_IOPL | FL_IF | FL_ALWAYS);
}
END_TEST

/* Restartability: a page is absent at each slot in turn. In ring 3, so that the fault has a stack.
 */

enum { EDGE = GUEST_STACK - 0x3000, AROUND = 0x200 };

struct framing {
    const char *hex;
    u32 slots;   /* words that are touched, beginning at the stack pointer */
    bool pushes; /* below it; else above */
};

/* The page boundary lies SLOT words from the stack pointer. */
static void check_restart(const struct framing *f, u32 slot)
{
    u8 memory[2 * AROUND];
    u64 before[8];
    guest_flat(g, 3);
    guest_page(g);
    put32(guest_pte(g, EDGE - 0x1000), (EDGE - 0x1000) | (f->pushes ? 6 : 7));
    put32(guest_pte(g, EDGE), EDGE | (f->pushes ? 7 : 6));
    count_up();
    g->cpu.r[EBP] = GUEST_STACK - 0x1800;
    g->cpu.r[EBX] = GUEST_DATA;
    g->cpu.r[ESP] = f->pushes ? EDGE + 4 * slot : EDGE - 4 * slot;
    memcpy(before, g->cpu.r, sizeof before);
    memcpy(memory, g->ram + EDGE - AROUND, sizeof memory);
    guest_do(g, f->hex);
    ck_assert_msg(guest_vector(g) == EX_PF, "%s, slot %u", f->hex, slot);
    ck_assert_uint_eq(g->cpu.cr2 & ~0xfffu, f->pushes ? EDGE - 0x1000 : EDGE);
    ck_assert_uint_eq(guest_stack(g, 1), g->start);
    g->cpu.r[ESP] = guest_stack(g, 4);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_msg(g->cpu.r[i] == before[i], "%s, slot %u: register %u", f->hex, slot, i);
    ck_assert_msg(!memcmp(memory, g->ram + EDGE - AROUND, sizeof memory), "%s, slot %u: memory",
                  f->hex, slot);
}

START_TEST(a_page_that_is_absent_at_any_slot_leaves_everything)
{
    static const struct framing framings[] = {
        {"50", 1, true},
        {"60", 8, true},
        {"66 60", 4, true},
        {"c8 00 00 00", 1, true},
        {"c8 00 00 05", 6, true},
        {"c8 00 00 1f", 32, true},
        {"e8 00 00 00 00", 1, true},
        {"9c", 1, true},
        {"1e", 1, true},
        {"ff 33", 1, true},
        {"ff 13", 1, true},
        {"6a 01", 1, true},
        {"58", 1, false},
        {"61", 8, false},
        {"66 61", 4, false},
        {"c3", 1, false},
        {"9d", 1, false},
        {"1f", 1, false},
        {"8f 03", 1, false},
        {"cb", 2, false},
        {"cf", 3, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(framings); i++)
        for (u32 slot = 0; slot < framings[i].slots; slot++)
            check_restart(&framings[i], slot);
}
END_TEST

START_TEST(leave_with_an_absent_frame_leaves_esp)
{
    guest_page(g);
    put32(guest_pte(g, GUEST_DATA), 0);
    guest_flush(g);
    g->cpu.r[EBP] = GUEST_DATA + 0x10;
    guest_do(g, "c9");
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(esp(), GUEST_STACK - 16);
    ck_assert_uint_eq(g->cpu.r[EBP], GUEST_DATA + 0x10);
}
END_TEST

START_TEST(enter_checks_the_end_of_its_locals)
{
    guest_page(g);
    put32(guest_pte(g, GUEST_STACK - 0x3000), 0);
    guest_flush(g);
    g->cpu.r[EBP] = 0x1234;
    guest_do(g, "c8 00 28 00"); /* enter 2800h,0 */
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(esp(), GUEST_STACK - 16);
    ck_assert_uint_eq(g->cpu.r[EBP], 0x1234);
}
END_TEST

START_TEST(a_pop_to_memory_that_faults_leaves_esp)
{
    guest_page(g);
    put32(guest_pte(g, GUEST_DATA), 0);
    guest_flush(g);
    g->cpu.r[EBX] = GUEST_DATA;
    guest_do(g, "8f 03");
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(guest_stack(g, 0), 2);
    ck_assert_uint_eq(esp(), GUEST_STACK - 16);
}
END_TEST

Suite *stack_suite(void)
{
    const TTest *const tests[] = {
        push_esp_stores_what_it_was,
        pop_esp_takes_the_value_from_the_stack,
        pop_sp_changes_the_low_half,
        a_push_relative_to_esp_uses_it_as_it_was,
        a_pop_relative_to_esp_uses_it_incremented,
        immediates_are_sign_extended_to_the_operand_size,
        the_size_of_the_stack_segment_decides_between_sp_and_esp,
        in_real_mode_a_push_at_sp_1_cannot_be_stored,
        pusha_stores_all_in_order_with_the_old_esp,
        popa_ignores_the_stored_esp,
        the_16_bit_forms_leave_the_upper_halves,
        enter_copies_the_display_of_every_level,
        enter_copies_frame_pointers_one_after_the_other,
        enter_of_16_bits_pushes_words,
        leave_undoes_enter,
        ret_releases_arguments,
        call_pushes_the_next_instruction,
        a_call_through_memory_at_esp_uses_it_as_it_was,
        pushf_hides_vm_and_rf,
        popf_in_ring_0_sets_all_but_vm_and_rf,
        popf_in_ring_3_keeps_iopl_and_below_it_if,
        a_page_that_is_absent_at_any_slot_leaves_everything,
        leave_with_an_absent_frame_leaves_esp,
        enter_checks_the_end_of_its_locals,
        a_pop_to_memory_that_faults_leaves_esp,
        NULL,
    };
    return guest_suite("stack", tests, setup, teardown);
}
