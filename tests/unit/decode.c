/* SPDX-License-Identifier: MIT */
/* Decoding: every row, every opcode against the disassembler, and the ends of code: 15 bytes, the
 * page, the segment. */
#include <setjmp.h>

#include "cpu/disasm.h"
#include "cpu/engine.h"
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

static void use_model(const char *name)
{
    guest_free(g);
    g = guest_new_model(name);
    guest_flat(g, 0);
}

/* The first micro-op of CODE; NULL: it raised an exception. */
static const struct uop *decode(const u8 *code, unsigned n)
{
    bus_dma_write(&g->bus, GUEST_CODE, code, n);
    g->cpu.eip = g->start;
    code_cache_reclaim(&g->cpu);
    if (setjmp(g->cpu.fault_jump))
        return NULL;
    return block_get(&g->cpu)->uops;
}

START_TEST(no_two_rows_claim_one_encoding)
{
    struct insn_index index;
    ck_assert(insn_index_build(&index, cpu_model_find("max", 3)));
}
END_TEST

/* An encoding of a row: with a register, and with memory. */
static unsigned encode(const struct insn *row, u8 *to, bool memory)
{
    unsigned n = insn_opcode(row, to);
    to[n++] = (u8)(row->reg >= REG_X87 ? row->reg
                                       : (memory ? 0x03 : 0xc3) |
                                             (row->reg == REG_ANY ? 3 : row->reg) << 3);
    memset(to + n, 0, 12);
    return n + 12;
}

START_TEST(every_row_decodes_to_a_micro_op)
{
    use_model("max");
    for (unsigned i = 0; i < insn_count; i++) {
        const struct insn *row = &insn_table[i];
        bool found = false;
        if (!model_has(g->cpu.model, row->since))
            continue;
        for (unsigned k = 0; k < 2; k++) {
            u8 code[16];
            const struct uop *u = decode(code, encode(row, code, k));
            found |= u && u->id != U_UD_o_0;
        }
        ck_assert_msg(found == (row->op != OP_UD), "%s, insn.def:%u", row->name, row->line);
    }
}
END_TEST

START_TEST(test_registers_went_with_the_486)
{
    static const struct {
        const char *model;
        bool has;
    } rows[] = {{"386", true}, {"486", true}, {"pentium", false}, {"pentium3", false}};
    const u8 from[16] = {0x0f, 0x24, 0xf0}, to[16] = {0x0f, 0x26, 0xf0};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        use_model(rows[i].model);
        ck_assert_int_eq(decode(from, sizeof from)->id != U_UD_o_0, rows[i].has);
        ck_assert_int_eq(decode(to, sizeof to)->id != U_UD_o_0, rows[i].has);
    }
}
END_TEST

static void compare(const u8 *code, bool code32)
{
    char text[DISASM_TEXT];
    unsigned n = disasm(code_index(&g->cpu), code, 15, g->start, code32, text, sizeof text);
    const struct uop *u = decode(code, 15);
    ck_assert_ptr_nonnull(u);
    bool none = !strncmp(text, "db ", 3),
         ud = strstr(text, "ud0") || strstr(text, "ud1") || strstr(text, "ud2");
    ck_assert_msg((u->id == U_UD_o_0) == (none || ud), "%s: %s", text, uop_info[u->id].name);
    ck_assert_msg(none || u->len == n, "%s: %u bytes, not %u", text, u->len, n);
}

static const char *const prefixes[] = {"",     "\x66", "\x67", "\x66\x67",
                                       "\x2e", "\xf2", "\xf3", "\xf0"};

static void compare_all(bool code32)
{
    for (unsigned p = 0; p < ARRAY_LEN(prefixes); p++)
        for (u32 i = 0; i < 2 * 0x10000; i++) {
            u8 code[16] = {0};
            unsigned n = (unsigned)strlen(prefixes[p]);
            if (!insn_has_modrm(code_index(&g->cpu), i >> 16, i >> 8 & 255) && i % 51)
                continue; /* the second byte is data: some values will do */
            memcpy(code, prefixes[p], n);
            if (i >> 16)
                code[n++] = 0x0f;
            code[n++] = (u8)(i >> 8);
            code[n++] = (u8)i;
            code[n] = 0x25;
            compare(code, code32);
        }
}

START_TEST(lengths_and_validity_in_32_bit_code_are_those_of_the_disassembler)
{
    compare_all(true);
    use_model("max");
    compare_all(true);
}
END_TEST

START_TEST(lengths_and_validity_in_16_bit_code_are_those_of_the_disassembler)
{
    guest_real(g);
    compare_all(false);
}
END_TEST

START_TEST(fifteen_bytes_run_and_sixteen_fault)
{
    guest_do(g, "26 26 26 26 26 26 26 26 26 26 26 26 26 26 90");
    ck_assert_uint_eq(g->cpu.eip, g->start + 15);
    guest_do(g, "26 26 26 26 26 26 26 26 26 26 26 26 26 26 26 90");
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(guest_stack(g, 0), 0);
    ck_assert_uint_eq(guest_stack(g, 1), g->start);
}
END_TEST

/* PEXTRW with memory is undefined, but its immediate counts. */
START_TEST(what_is_too_long_is_so_before_it_is_undefined)
{
    guest_do(g, "3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 0f c5 00 11");
    ck_assert_int_eq(guest_vector(g), EX_GP);
    guest_flat(g, 0);
    guest_do(g, "3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 0f c5 00 11");
    ck_assert_int_eq(guest_vector(g), EX_UD);
}
END_TEST

/* mov eax,12345678h with its last byte in the next page. */
static void across_a_page(void)
{
    guest_page(g);
    guest_bytes(g, GUEST_CODE + 0xffc, "b8 78 56 34 12 90");
    g->cpu.eip = GUEST_CODE + 0xffc;
}

START_TEST(an_instruction_may_cross_a_page)
{
    across_a_page();
    guest_step(g, 1);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x12345678);
    ck_assert_uint_eq(g->cpu.eip, GUEST_CODE + 0x1001);
}
END_TEST

START_TEST(a_fetch_from_an_absent_second_page_faults_at_its_start)
{
    across_a_page();
    put32(guest_pte(g, GUEST_CODE + 0x1000), 0);
    guest_flush(g);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(g->cpu.cr2, GUEST_CODE + 0x1000);
    ck_assert_uint_eq(guest_stack(g, 0), 0); /* not present, read, supervisor */
    ck_assert_uint_eq(guest_stack(g, 1), GUEST_CODE + 0xffc);
    ck_assert_uint_eq(g->cpu.r[EAX], 0);
}
END_TEST

START_TEST(the_instruction_before_an_absent_page_runs)
{
    guest_page(g);
    guest_bytes(g, GUEST_CODE + 0xffd, "40 40 40");
    put32(guest_pte(g, GUEST_CODE + 0x1000), 0);
    guest_flush(g);
    g->cpu.eip = GUEST_CODE + 0xffd;
    guest_step(g, 3);
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert_uint_eq(g->cpu.r[EAX], 3);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(guest_stack(g, 1), GUEST_CODE + 0x1000);
}
END_TEST

START_TEST(user_code_in_a_supervisor_page_faults_with_the_user_bit)
{
    guest_flat(g, 3);
    guest_page(g);
    put32(guest_pte(g, GUEST_CODE), GUEST_CODE | 3);
    guest_do(g, "90");
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(g->cpu.cr2, GUEST_CODE);
    ck_assert_uint_eq(guest_stack(g, 0), 5); /* protection, user */
}
END_TEST

/* Code segment of 100h bytes at GUEST_CODE. */
static void small_code(void)
{
    guest_descriptor(g, GUEST_CODE16, GUEST_CODE, 0xff, 0x09b);
    guest_segment(g, SEG_CS, GUEST_CODE16, GUEST_CODE, 0xff, 0x49b);
}

START_TEST(the_last_byte_of_the_code_segment_runs_and_the_next_faults)
{
    small_code();
    guest_bytes(g, GUEST_CODE + 0xfe, "40 40 40");
    g->cpu.eip = 0xfe;
    guest_step(g, 2);
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert_uint_eq(g->cpu.r[EAX], 2);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(guest_stack(g, 1), 0x100);
}
END_TEST

START_TEST(an_instruction_across_the_code_limit_does_nothing)
{
    small_code();
    guest_bytes(g, GUEST_CODE + 0xfe, "b0 12 b8 01 00 00 00");
    g->cpu.eip = 0xfe;
    guest_step(g, 1);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x12);
    guest_bytes(g, GUEST_CODE + 0xfd, "b8 34 12 00 00");
    g->cpu.eip = 0xfd;
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(guest_stack(g, 1), 0xfd);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x12);
}
END_TEST

START_TEST(a_jump_out_of_the_code_segment_faults_at_the_jump)
{
    small_code();
    guest_bytes(g, GUEST_CODE + 0x80, "e9 00 10 00 00");
    g->cpu.eip = 0x80;
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(guest_stack(g, 1), 0x80);
}
END_TEST

/* SDM 2A "MOV - Move to/from Control Registers": the mod field is ignored. */
START_TEST(moves_of_control_registers_have_no_memory_form)
{
    g->cpu.r[EBP] = 0x00080000;
    guest_do(g, "0f 22 1d"); /* mod 0, rm 5: EBP, not a displacement */
    ck_assert_uint_eq(g->cpu.eip, g->start + 3);
    ck_assert_uint_eq(g->cpu.cr3, 0x00080000);
    guest_do(g, "0f 20 44"); /* mod 1, rm 4: ESP */
    ck_assert_uint_eq(g->cpu.eip, g->start + 3);
    ck_assert_uint_eq(g->cpu.r[ESP], g->cpu.cr0);
}
END_TEST

Suite *decode_suite(void)
{
    const TTest *const tests[] = {
        no_two_rows_claim_one_encoding,
        every_row_decodes_to_a_micro_op,
        test_registers_went_with_the_486,
        lengths_and_validity_in_32_bit_code_are_those_of_the_disassembler,
        lengths_and_validity_in_16_bit_code_are_those_of_the_disassembler,
        fifteen_bytes_run_and_sixteen_fault,
        what_is_too_long_is_so_before_it_is_undefined,
        an_instruction_may_cross_a_page,
        a_fetch_from_an_absent_second_page_faults_at_its_start,
        the_instruction_before_an_absent_page_runs,
        user_code_in_a_supervisor_page_faults_with_the_user_bit,
        the_last_byte_of_the_code_segment_runs_and_the_next_faults,
        an_instruction_across_the_code_limit_does_nothing,
        a_jump_out_of_the_code_segment_faults_at_the_jump,
        moves_of_control_registers_have_no_memory_form,
        NULL,
    };
    return guest_suite("decode", tests, setup, teardown);
}
