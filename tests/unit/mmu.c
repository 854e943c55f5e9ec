/* SPDX-License-Identifier: MIT */
/* Paging as a program meets it: rights, accessed and dirty bits, faults, operands in two pages. SDM
 * 3A "Paging". */
#include <stdio.h>

#include "tests/unit/guest.h"

static struct guest *g;

/* A page of its own under a directory entry of its own. */
enum { TABLE = 0x90000, FRAME = 0xa0000 - 0x4000, LINEAR = 0x400000 };
enum { P = 1, W = 2, U = 4, A = 0x20, D = 0x40 };

#define READ  "8b 03" /* mov eax,[ebx] */
#define WRITE "89 03" /* mov [ebx],eax */

static u8 *pde(void)
{
    return g->ram + GUEST_PAGES + (LINEAR >> 22) * 4;
}

static u8 *pte(unsigned page)
{
    return g->ram + TABLE + page * 4;
}

static void map(u32 pde_rights, u32 pte_rights)
{
    put32(pde(), TABLE | pde_rights);
    for (unsigned i = 0; i < 4; i++)
        put32(pte(i), (FRAME + i * 0x1000) | pte_rights);
    guest_flush(g);
}

static void setup(void)
{
    g = guest_new();
    guest_flat(g, 0);
    guest_page(g);
    map(7, 7);
    g->cpu.r[EBX] = LINEAR;
}

static void teardown(void)
{
    guest_free(g);
}

static void ring(unsigned n)
{
    guest_flat(g, n);
    guest_page(g);
    g->cpu.r[EBX] = LINEAR;
}

START_TEST(a_read_marks_both_entries_accessed)
{
    guest_do(g, READ);
    ck_assert_uint_eq(get32(pde()) & 0xfff, 7 | A);
    ck_assert_uint_eq(get32(pte(0)) & 0xfff, 7 | A);
    ck_assert_uint_eq(get32(pte(1)) & 0xfff, 7);
}
END_TEST

START_TEST(a_write_marks_the_page_dirty_but_not_the_directory)
{
    guest_do(g, WRITE);
    ck_assert_uint_eq(get32(pde()) & 0xfff, 7 | A);
    ck_assert_uint_eq(get32(pte(0)) & 0xfff, 7 | A | D);
}
END_TEST

START_TEST(a_write_after_a_read_still_marks_the_page_dirty)
{
    guest_do(g, READ);
    guest_do(g, READ);
    guest_do(g, WRITE);
    ck_assert_uint_eq(get32(pte(0)) & 0xfff, 7 | A | D);
}
END_TEST

START_TEST(fetching_code_marks_its_page_accessed)
{
    ck_assert_uint_eq(get32(guest_pte(g, GUEST_CODE)) & A, 0);
    guest_do(g, "90");
    ck_assert_uint_eq(get32(guest_pte(g, GUEST_CODE)) & 0xfff, 7 | A);
}
END_TEST

START_TEST(an_entry_that_is_marked_already_is_not_written)
{
    map(7 | A | 0x600, 7 | A | D | 0xe00);
    guest_do(g, WRITE);
    ck_assert_uint_eq(get32(pde()), TABLE | 7 | A | 0x600);
    ck_assert_uint_eq(get32(pte(0)), FRAME | 7 | A | D | 0xe00);
}
END_TEST

/* Every combination of rights. SDM 3A "Access Rights", the table for CR0.WP 0 and 1. */
static void check_rights(u32 upper, u32 lower, bool user, bool write, bool wp)
{
    bool present = upper & lower & P;
    bool allowed = user    ? upper & lower & U && (!write || upper & lower & W)
                   : write ? !wp || upper & lower & W
                           : true;
    u32 error = (present ? 1 : 0) | (write ? 2 : 0) | (user ? 4 : 0);
    ring(user ? 3 : 0);
    g->cpu.cr0 |= wp ? CR0_WP : 0;
    map(upper, lower);
    put32(g->ram + FRAME, 0x1234567);
    g->cpu.r[EAX] = 0x89abcdef;
    guest_do(g, write ? WRITE : READ);
    if (present && allowed) {
        ck_assert_int_eq(guest_vector(g), -1);
        ck_assert_uint_eq(get32(g->ram + FRAME), write ? 0x89abcdef : 0x1234567);
        ck_assert_uint_eq(g->cpu.r[EAX], get32(g->ram + FRAME));
        return;
    }
    ck_assert_msg(guest_vector(g) == EX_PF, "no fault: entries %x %x, user %d, write %d, WP %d",
                  upper, lower, user, write, wp);
    ck_assert_uint_eq(guest_stack(g, 0), error);
    ck_assert_uint_eq(g->cpu.cr2, LINEAR);
    ck_assert_uint_eq(get32(g->ram + FRAME), 0x1234567);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x89abcdef);
    ck_assert_uint_eq(get32(pte(0)) & D, 0);
}

START_TEST(rights_of_directory_and_table_are_combined)
{
    for (unsigned i = 0; i < 8 * 8 * 8; i++)
        check_rights(i & 7, i >> 3 & 7, i >> 6 & 1, i >> 7 & 1, i >> 8);
}
END_TEST

START_TEST(changing_write_protect_is_seen_at_once)
{
    map(7, 5);
    guest_do(g, WRITE);
    ck_assert_int_eq(guest_vector(g), -1);
    g->cpu.r[ECX] = g->cpu.cr0 | CR0_WP;
    guest_do(g, "0f 22 c1");
    guest_do(g, WRITE);
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(guest_stack(g, 0), 3);
}
END_TEST

START_TEST(reading_and_changing_needs_the_right_to_write)
{
    static const char *const codes[] = {"01 03",    "ff 03", "0f b1 03", "87 03",
                                        "0f ab 03", "d1 23", "f7 1b",    "0f c1 03"};
    g->cpu.cr0 |= CR0_WP;
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        map(7, 5);
        g->cpu.r[EAX] = g->cpu.r[ECX] = 0;
        guest_do(g, codes[i]);
        ck_assert_msg(guest_vector(g) == EX_PF && guest_stack(g, 0) == 3, "%s", codes[i]);
        g->cpu.r[ESP] = GUEST_STACK;
    }
}
END_TEST

START_TEST(comparing_needs_only_the_right_to_read)
{
    static const char *const codes[] = {"39 03", "3b 03", "85 03", "0f a3 03", "0f ba 23 01"};
    g->cpu.cr0 |= CR0_WP;
    map(7, 5);
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        guest_do(g, codes[i]);
        ck_assert_msg(guest_vector(g) == -1, "%s", codes[i]);
    }
    ck_assert_uint_eq(get32(pte(0)) & D, 0);
}
END_TEST

START_TEST(cr2_is_the_address_of_the_byte_that_was_missing)
{
    map(7, 7);
    put32(pte(1), 0);
    guest_flush(g);
    g->cpu.r[EBX] = LINEAR + 0xffd;
    guest_do(g, READ);
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(g->cpu.cr2, LINEAR + 0x1000);
    put32(pte(0), 0);
    put32(pte(1), (FRAME + 0x1000) | 7);
    guest_flush(g);
    g->cpu.r[ESP] = GUEST_STACK;
    guest_do(g, READ);
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(g->cpu.cr2, LINEAR + 0xffd);
}
END_TEST

START_TEST(an_operand_in_two_pages_is_read_from_both_frames)
{
    put32(pte(1), (FRAME + 0x3000) | 7); /* not the next frame */
    guest_flush(g);
    put16(g->ram + FRAME + 0xffe, 0x3412);
    put16(g->ram + FRAME + 0x3000, 0x7856);
    g->cpu.r[EBX] = LINEAR + 0xffe;
    guest_do(g, READ);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x78563412);
    g->cpu.r[EAX] = 0xa1b2c3d4;
    guest_do(g, WRITE);
    ck_assert_uint_eq(get16(g->ram + FRAME + 0xffe), 0xc3d4);
    ck_assert_uint_eq(get16(g->ram + FRAME + 0x3000), 0xa1b2);
}
END_TEST

START_TEST(a_write_into_two_pages_changes_nothing_if_the_second_is_read_only)
{
    static const char *const codes[] = {
        WRITE, "01 03", "c7 03 ff ff ff ff", "87 03", "0f c1 03", "0f c7 0b", "a5", "f3 a5"};
    g->cpu.cr0 |= CR0_WP;
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        map(7, 7);
        put32(pte(1), (FRAME + 0x1000) | 5);
        put32(g->ram + FRAME + 0xffe, 0x11223344);
        g->cpu.r[EBX] = g->cpu.r[EDI] = LINEAR + 0xffe;
        g->cpu.r[ESI] = GUEST_DATA;
        g->cpu.r[EAX] = g->cpu.r[ECX] = 5;
        guest_do(g, codes[i]);
        ck_assert_msg(guest_vector(g) == EX_PF, "%s", codes[i]);
        ck_assert_uint_eq(g->cpu.cr2, LINEAR + 0x1000);
        ck_assert_uint_eq(get32(g->ram + FRAME + 0xffe), 0x11223344);
        ck_assert(g->cpu.r[EAX] == 5 && g->cpu.r[ECX] == 5 && g->cpu.r[ESI] == GUEST_DATA);
        ck_assert_uint_eq(get32(pte(1)) & D, 0);
        g->cpu.r[ESP] = GUEST_STACK;
    }
}
END_TEST

START_TEST(the_last_and_the_first_page_are_neighbours)
{
    put32(g->ram + GUEST_PAGES + 1023 * 4, TABLE | 7);
    put32(g->ram + TABLE + 1023 * 4, FRAME | 7);
    guest_flush(g);
    guest_segment(g, SEG_DS, GUEST_DATA32, 0x10, 0xffffffff, 0xc93);
    g->cpu.r[EBX] = 0xffffffee;
    g->cpu.r[EAX] = 0x44332211;
    guest_do(g, WRITE);
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert_uint_eq(get16(g->ram + FRAME + 0xffe), 0x2211);
    ck_assert_uint_eq(get16(g->ram), 0x4433);
}
END_TEST

/* SDM 3A "Limit Checking" leaves it open; a Zen 5 refuses it. */
START_TEST(an_operand_does_not_go_over_the_end_of_a_segment_of_4_gib)
{
    for (u32 over = 1; over < 4; over++) {
        g->cpu.r[EBX] = 0xfffffffc + over;
        guest_do(g, WRITE);
        ck_assert_int_eq(guest_vector(g), EX_GP);
        g->cpu.r[EBP] = 0xfffffffc + over;
        guest_do(g, "8b 45 00"); /* mov eax,[ebp] */
        ck_assert_int_eq(guest_vector(g), EX_SS);
        g->cpu.r[ESP] = GUEST_STACK;
    }
}
END_TEST

START_TEST(invlpg_makes_a_changed_entry_count)
{
    put32(g->ram + FRAME + 0x1000, 0x5555);
    guest_do(g, READ);
    put32(pte(0), (FRAME + 0x1000) | 7);
    guest_do(g, "0f 01 3b"); /* invlpg [ebx] */
    guest_do(g, READ);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x5555);
}
END_TEST

START_TEST(invlpg_takes_its_segment_base_into_account)
{
    guest_segment(g, SEG_DS, GUEST_DATA32, LINEAR, 0xffffffff, 0xc93);
    put32(g->ram + FRAME + 0x1000, 0x6666);
    g->cpu.r[EBX] = 0;
    guest_do(g, READ);
    put32(pte(0), (FRAME + 0x1000) | 7);
    guest_do(g, "0f 01 3b");
    guest_do(g, READ);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x6666);
}
END_TEST

START_TEST(loading_cr3_makes_all_changed_entries_count)
{
    for (unsigned i = 0; i < 4; i++) {
        put32(g->ram + FRAME + i * 0x1000, 0x100 + i);
        g->cpu.r[EBX] = LINEAR + i * 0x1000;
        guest_do(g, READ);
        put32(pte(i), (FRAME + (3 - i) * 0x1000) | 7);
    }
    g->cpu.r[ECX] = GUEST_PAGES;
    guest_do(g, "0f 22 d9"); /* mov cr3,ecx */
    for (unsigned i = 0; i < 4; i++) {
        g->cpu.r[EBX] = LINEAR + i * 0x1000;
        guest_do(g, READ);
        ck_assert_uint_eq(g->cpu.r[EAX], 0x103 - i);
    }
}
END_TEST

START_TEST(a_fault_is_not_remembered)
{
    map(7, 0);
    guest_do(g, READ);
    ck_assert_int_eq(guest_vector(g), EX_PF);
    put32(pte(0), FRAME | 7); /* making a page present needs no INVLPG */
    put32(g->ram + FRAME, 0x7777);
    guest_do(g, READ);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x7777);
}
END_TEST

START_TEST(supervisor_and_user_translations_are_kept_apart)
{
    map(7, 3);
    guest_do(g, READ); /* ring 0 may */
    ck_assert_int_eq(guest_vector(g), -1);
    g->cpu.cpl = 3;
    guest_segment(g, SEG_CS, GUEST_USER_CODE, 0, 0xffffffff, 0xcfb);
    guest_segment(g, SEG_SS, GUEST_USER_DATA, 0, 0xffffffff, 0xcf3);
    guest_do(g, READ);
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(guest_stack(g, 0), 5);
}
END_TEST

START_TEST(system_tables_are_read_with_the_rights_of_ring_0)
{
    ring(3);
    for (u32 at = 0; at < 0x3000; at += 0x1000) /* GDT, IDT, TSS */
        put32(guest_pte(g, at), at | 3);
    guest_flush(g);
    guest_do(g, "cd 30");
    ck_assert_int_eq(guest_vector(g), 0x30);
    ck_assert_uint_eq(g->cpu.cpl, 0);
}
END_TEST

START_TEST(without_paging_addresses_are_physical)
{
    g->cpu.r[ECX] = g->cpu.cr0 & ~CR0_PG;
    guest_do(g, "0f 22 c1");
    put32(g->ram + GUEST_DATA + 8, 0x4242);
    g->cpu.r[EBX] = GUEST_DATA + 8;
    guest_do(g, READ);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x4242);
}
END_TEST

START_TEST(beyond_memory_reads_are_ones_and_writes_are_lost)
{
    guest_flat(g, 0);
    g->cpu.r[EBX] = 0x40000000;
    guest_do(g, WRITE);
    guest_do(g, READ);
    ck_assert_uint_eq(g->cpu.r[EAX], 0xffffffff);
}
END_TEST

/* FFFF:0010 is 100000h; with the A20 gate shut it is 0. */
START_TEST(the_a20_gate_decides_what_lies_above_a_mebibyte)
{
    guest_real(g);
    guest_segment(g, SEG_DS, 0xffff, 0xffff0, 0xffff, 0x93);
    g->ram[0] = 0x11;
    g->ram[0x100000] = 0x22;
    guest_do(g, "a0 10 00");
    ck_assert_uint_eq(g->cpu.r[EAX], 0x22);
    bus_set_a20(&g->bus, false);
    guest_do(g, "a0 10 00");
    ck_assert_uint_eq(g->cpu.r[EAX], 0x11);
    guest_do(g, "c6 06 10 00 33"); /* mov byte [10h],33h */
    ck_assert_uint_eq(g->ram[0], 0x33);
    bus_set_a20(&g->bus, true);
    guest_do(g, "a0 10 00");
    ck_assert_uint_eq(g->cpu.r[EAX], 0x22);
}
END_TEST

/* Segment limits, by operand size: SDM 3A "Limit Checking". */
START_TEST(an_operand_must_lie_inside_its_segment_completely)
{
    static const struct {
        const char *hex;
        u32 size;
    } reads[] = {{"8a 03", 1}, {"66 8b 03", 2}, {"8b 03", 4}, {"0f c7 0b", 8}};
    guest_segment(g, SEG_DS, GUEST_SMALL, GUEST_DATA, 0xfff, 0x0f3);
    for (size_t i = 0; i < ARRAY_LEN(reads); i++) {
        g->cpu.r[EBX] = 0x1000 - reads[i].size;
        guest_do(g, reads[i].hex);
        ck_assert_int_eq(guest_vector(g), -1);
        for (u32 over = 1; over <= reads[i].size; over++) {
            g->cpu.r[EBX] = 0x1000 - reads[i].size + over;
            guest_do(g, reads[i].hex);
            ck_assert_int_eq(guest_vector(g), EX_GP);
            ck_assert_uint_eq(guest_stack(g, 0), 0);
            g->cpu.r[ESP] = GUEST_STACK;
        }
        g->cpu.r[EBX] = 0xffffffff;
        guest_do(g, reads[i].hex);
        ck_assert_int_eq(guest_vector(g), EX_GP);
        g->cpu.r[ESP] = GUEST_STACK;
    }
}
END_TEST

START_TEST(a_segment_that_expands_down_begins_above_its_limit)
{
    guest_segment(g, SEG_DS, GUEST_SMALL, GUEST_DATA, 0xfff, 0x0f7); /* up to ffffh */
    static const struct {
        u32 at;
        bool good;
    } cases[] = {{0xfff, false}, {0x1000, true}, {0xfffc, true}, {0xfffd, false}, {0x10000, false}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        g->cpu.r[EBX] = cases[i].at;
        guest_do(g, READ);
        ck_assert_msg((guest_vector(g) == -1) == cases[i].good, "offset %x", cases[i].at);
        g->cpu.r[ESP] = GUEST_STACK;
    }
}
END_TEST

START_TEST(in_real_mode_a_word_at_ffff_is_a_protection_fault)
{
    guest_real(g);
    g->cpu.r[EBX] = 0xffff;
    guest_do(g, "8b 07"); /* mov ax,[bx] */
    ck_assert_int_eq(guest_vector(g), EX_GP);
    guest_real(g);
    g->cpu.r[EBP] = 0xffff;
    guest_do(g, "8b 46 00"); /* mov ax,[bp] */
    ck_assert_int_eq(guest_vector(g), EX_SS);
}
END_TEST

START_TEST(unaligned_user_accesses_fault_when_alignment_is_checked)
{
    ring(3);
    g->cpu.cr0 |= CR0_AM;
    cpu_set_eflags(&g->cpu, FL_AC);
    mode_update(&g->cpu);
    guest_do(g, READ);
    ck_assert_int_eq(guest_vector(g), -1);
    g->cpu.r[EBX] = LINEAR + 2;
    guest_do(g, "66 8b 03");
    ck_assert_int_eq(guest_vector(g), -1);
    guest_do(g, READ);
    ck_assert_int_eq(guest_vector(g), EX_AC);
    ck_assert_uint_eq(guest_stack(g, 0), 0);
}
END_TEST

/* Ring 3 with CR0.AM and EFLAGS.AC, at LINEAR + OFFSET. */
static void check_aligned(const char *hex, u32 offset, bool wants_fault)
{
    ring(3);
    g->cpu.cr0 |= CR0_AM;
    g->cpu.cr4 = 0;
    cpu_set_eflags(&g->cpu, FL_AC);
    mode_update(&g->cpu);
    g->cpu.r[EBX] = LINEAR + offset;
    g->cpu.r[EAX] = g->cpu.r[ECX] = 1;
    guest_do(g, hex);
    ck_assert_msg((guest_vector(g) == EX_AC) == wants_fault, "%s at %u: vector %d", hex, offset,
                  guest_vector(g));
}

/* SDM 3A "Alignment Check Exception", the table of data types. */
START_TEST(each_type_of_operand_has_its_alignment)
{
    static const struct {
        const char *hex;
        u32 alignment;
    } codes[] = {
        {"8a 03", 1},          {"66 8b 03", 2},       {"8b 03", 4},       {"89 03", 4},
        {"66 01 03", 2},       {"0f c7 0b", 8},       {"ff 33", 4},       {"0f ba 23 01", 4},
        {"66 0f ba 23 01", 2}, {"0f b6 03", 1},       {"0f b7 03", 2},    {"8c 1b", 2},
        {"66 0f b4 0b", 2},    {"0f b4 0b", 4},       {"66 62 03", 2},    {"62 03", 4},
    };
    memset(g->ram + FRAME, 0, 64);
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        for (u32 offset = 0; offset < 16; offset++)
            check_aligned(codes[i].hex, offset, offset % codes[i].alignment != 0);
}
END_TEST

/* As a Pentium and its successors do it: the page need not even be there. */
START_TEST(alignment_is_checked_before_the_page)
{
    map(7, 0);
    check_aligned("8b 03", 2, true);
    check_aligned("8b 03", 4, false);
    ck_assert_int_eq(guest_vector(g), EX_PF);
}
END_TEST

START_TEST(alignment_is_for_ring_3_with_both_bits)
{
    for (unsigned i = 0; i < 16; i++) {
        bool am = i & 1, ac = i & 2;
        unsigned level = i >> 2;
        ring(level ? 3 : 0);
        g->cpu.cpl = (u8)level;
        g->cpu.cr0 |= am ? CR0_AM : 0;
        cpu_set_eflags(&g->cpu, ac ? FL_AC : 0);
        mode_update(&g->cpu);
        g->cpu.r[EBX] = GUEST_DATA + 1;
        guest_code(g, "8b 03");
        g->cpu.eip = g->start;
        guest_step(g, 1);
        ck_assert_int_eq(guest_vector(g) == EX_AC, am && ac && level == 3);
    }
}
END_TEST

Suite *mmu_suite(void)
{
    const TTest *const tests[] = {
        a_read_marks_both_entries_accessed,
        a_write_marks_the_page_dirty_but_not_the_directory,
        a_write_after_a_read_still_marks_the_page_dirty,
        fetching_code_marks_its_page_accessed,
        an_entry_that_is_marked_already_is_not_written,
        rights_of_directory_and_table_are_combined,
        changing_write_protect_is_seen_at_once,
        reading_and_changing_needs_the_right_to_write,
        comparing_needs_only_the_right_to_read,
        cr2_is_the_address_of_the_byte_that_was_missing,
        an_operand_in_two_pages_is_read_from_both_frames,
        a_write_into_two_pages_changes_nothing_if_the_second_is_read_only,
        the_last_and_the_first_page_are_neighbours,
        an_operand_does_not_go_over_the_end_of_a_segment_of_4_gib,
        invlpg_makes_a_changed_entry_count,
        invlpg_takes_its_segment_base_into_account,
        loading_cr3_makes_all_changed_entries_count,
        a_fault_is_not_remembered,
        supervisor_and_user_translations_are_kept_apart,
        system_tables_are_read_with_the_rights_of_ring_0,
        without_paging_addresses_are_physical,
        beyond_memory_reads_are_ones_and_writes_are_lost,
        the_a20_gate_decides_what_lies_above_a_mebibyte,
        an_operand_must_lie_inside_its_segment_completely,
        a_segment_that_expands_down_begins_above_its_limit,
        in_real_mode_a_word_at_ffff_is_a_protection_fault,
        unaligned_user_accesses_fault_when_alignment_is_checked,
        each_type_of_operand_has_its_alignment,
        alignment_is_checked_before_the_page,
        alignment_is_for_ring_3_with_both_bits,
        NULL,
    };
    return guest_suite("mmu", tests, setup, teardown);
}
