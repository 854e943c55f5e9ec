/* SPDX-License-Identifier: MIT */
/* What the processors before the Pentium do in their own way: cpu/generation.c, cpu/legacy.def.
 * tests/insn/sst holds them against captured chips; here is what tells one from another, and what
 * no vector covers. */
#include "tests/unit/guest.h"

static struct guest *g;

static void setup(void)
{
    g = guest_new();
}

static void teardown(void)
{
    guest_free(g);
}

static u16 reg(unsigned n)
{
    return (u16)g->cpu.r[n];
}

static u16 top_word(void)
{
    return get16(g->ram + g->cpu.seg[SEG_SS].base + reg(ESP));
}

/* POPF of VALUE, then PUSHF: what is kept. */
static u16 flags_after(u16 value)
{
    g->cpu.r[ESP] = 0x8000;
    put16(g->ram + 0x38000, value);
    g->cpu.eip = 0;
    guest_code(g, "9d 9c");
    guest_step(g, 2);
    return top_word();
}

START_TEST(flags_bits_12_to_15_tell_the_generations_apart)
{
    guest_become(g, "8086");
    ck_assert_uint_eq(flags_after(0x0000), 0xf002);
    guest_become(g, "80186");
    ck_assert_uint_eq(flags_after(0x0000), 0xf002);
    guest_become(g, "80286");
    ck_assert_uint_eq(flags_after(0xf000), 0x0002);
    guest_become(g, "386");
    ck_assert_uint_eq(flags_after(0xf000), 0x7002);
}
END_TEST

START_TEST(the_286_has_iopl_and_nt_in_protected_mode)
{
    guest_become(g, "80286");
    g->cpu.cr0 |= CR0_PE;
    cpu_set_eflags(&g->cpu, 0xffff);
    ck_assert_uint_eq(cpu_eflags(&g->cpu), 0x7fd7);
}
END_TEST

START_TEST(alignment_check_and_id_flag_came_later)
{
    static const struct {
        const char *model;
        u32 kept;
    } rows[] = {
        {"386", 0}, {"486", FL_AC}, {"pentium", FL_AC | FL_ID}, {"pentium3", FL_AC | FL_ID}};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        guest_become(g, rows[i].model);
        cpu_set_eflags(&g->cpu, FL_AC | FL_ID);
        ck_assert_msg((cpu_eflags(&g->cpu) & (FL_AC | FL_ID)) == rows[i].kept, "%s", rows[i].model);
    }
}
END_TEST

START_TEST(reset_begins_16_bytes_below_the_top_of_what_the_pins_reach)
{
    static const struct {
        const char *model;
        u16 cs, ip;
        u32 linear;
    } rows[] = {{"8086", 0xffff, 0, 0xffff0},
                {"80186", 0xffff, 0, 0xffff0},
                {"80286", 0xf000, 0xfff0, 0xfffff0},
                {"386", 0xf000, 0xfff0, 0xfffffff0}};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        guest_become(g, rows[i].model);
        cpu_reset(&g->cpu);
        ck_assert_uint_eq(g->cpu.seg[SEG_CS].selector, rows[i].cs);
        ck_assert_uint_eq(g->cpu.eip, rows[i].ip);
        ck_assert_uint_eq((u32)g->cpu.seg[SEG_CS].base + g->cpu.eip, rows[i].linear);
    }
}
END_TEST

/* MOV AX,[10h] with DS = FFFFh. */
START_TEST(the_8086_has_twenty_address_bits_and_the_286_more)
{
    put16(g->ram, 0x1111);
    put16(g->ram + 0x100000, 0x2222);
    guest_become(g, "8086");
    guest_segment(g, SEG_DS, 0xffff, 0xffff0, 0xffff, 0x93);
    guest_do(g, "a1 10 00");
    ck_assert_uint_eq(reg(EAX), 0x1111);
    guest_become(g, "80286");
    guest_segment(g, SEG_DS, 0xffff, 0xffff0, 0xffff, 0x93);
    guest_do(g, "a1 10 00");
    ck_assert_uint_eq(reg(EAX), 0x2222);
}
END_TEST

START_TEST(a_word_at_ffff_wraps_on_the_8086_and_faults_later)
{
    static const struct {
        const char *model, *code;
        int vector;
    } rows[] = {{"8086", "a3 ff ff", -1},     {"80286", "a3 ff ff", EX_GP},
                {"80286", "36 a3 ff ff", EX_GP}, {"386", "36 a3 ff ff", EX_SS}};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        guest_become(g, rows[i].model);
        g->cpu.r[EAX] = 0xbbaa;
        guest_do(g, rows[i].code);
        ck_assert_int_eq(guest_vector(g), rows[i].vector);
    }
    ck_assert_uint_eq(g->ram[0x2ffff], 0xaa);
    ck_assert_uint_eq(g->ram[0x20000], 0xbb);
}
END_TEST

START_TEST(the_8086s_stack_wraps_in_a_word_and_in_an_interrupt_frame)
{
    guest_become(g, "8086");
    g->cpu.r[ESP] = 1;
    g->cpu.r[EAX] = 0x1234;
    guest_do(g, "50");
    ck_assert_uint_eq(reg(ESP), 0xffff);
    ck_assert_uint_eq(g->ram[0x3ffff], 0x34);
    ck_assert_uint_eq(g->ram[0x30000], 0x12);
    g->cpu.r[ESP] = 3;
    guest_do(g, "cd 40");
    ck_assert_int_eq(guest_vector(g), 0x40);
    ck_assert_uint_eq(reg(ESP), 0xfffd);
    ck_assert_uint_eq(get16(g->ram + 0x3fffd), 2); /* IP */
    ck_assert_uint_eq(g->ram[0x3ffff] | g->ram[0x30000] << 8, 0x1000);
}
END_TEST

START_TEST(the_8086s_code_wraps_inside_an_instruction)
{
    guest_become(g, "8086");
    g->ram[0x1ffff] = 0xb8; /* MOV AX,1234h */
    put16(g->ram + 0x10000, 0x1234);
    g->ram[0x10002] = 0x40; /* INC AX */
    g->cpu.eip = 0xffff;
    guest_step(g, 1);
    ck_assert_uint_eq(reg(EAX), 0x1234);
    ck_assert_uint_eq(g->cpu.eip, 2);
    guest_step(g, 1);
    ck_assert_uint_eq(reg(EAX), 0x1235);
    g->ram[0x10000] = 0x78; /* not decoded once and for all */
    g->cpu.eip = 0xffff;
    guest_step(g, 1);
    ck_assert_uint_eq(reg(EAX), 0x1278);
}
END_TEST

START_TEST(execution_goes_on_at_0_behind_ffff)
{
    guest_become(g, "8086");
    g->ram[0x1ffff] = 0x40;
    g->ram[0x10000] = 0x40;
    g->cpu.eip = 0xffff;
    guest_step(g, 2);
    ck_assert_uint_eq(reg(EAX), 2);
    ck_assert_uint_eq(g->cpu.eip, 1);
}
END_TEST

/* Ten bytes: 8 prefixes, and NOP and HLT for the next; eleven: one prefix more. */
START_TEST(instructions_have_a_longest_length)
{
    static const struct {
        const char *model, *code;
        int vector;
    } rows[] = {
        {"8086", "3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 90", -1},
        {"80286", "3e 3e 3e 3e 3e 3e 3e 3e 3e 90", -1},
        {"80286", "3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 90", EX_GP},
        {"386", "3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 90", -1},
        {"386", "3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 3e 90", EX_GP},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        guest_become(g, rows[i].model);
        guest_do(g, rows[i].code);
        ck_assert_msg(guest_vector(g) == rows[i].vector, "%s %s", rows[i].model, rows[i].code);
    }
}
END_TEST

START_TEST(what_a_generation_does_not_know)
{
    static const struct {
        const char *model, *code;
        int vector;
    } rows[] = {
        {"8086", "8d c0", -1},           /* LEA of a register does nothing */
        {"80186", "8d c0", EX_UD},
        {"8086", "f0 90", -1},           /* LOCK is allowed anywhere */
        {"80286", "f0 90", -1},
        {"386", "f0 90", EX_UD},
        {"80186", "0f 01 e0", EX_UD},    /* SMSW */
        {"80186", "66 90", EX_UD},       /* prefixes of the 386 */
        {"80286", "64 90", EX_UD},
        {"80286", "8c e0", EX_UD},       /* MOV AX,FS */
        {"80286", "0f a2", EX_UD},       /* CPUID */
        {"80186", "f1 90", EX_UD},       /* a second LOCK on 8086 and 80286, ICEBP later */
        {"80286", "f1 90", -1},
        {"386", "f1", EX_DB},
        {"80286", "0f 07", EX_UD},       /* the 386's LOADALL */
        {"386", "0f 05", EX_UD},         /* the 286's */
        {"486", "0f 07", EX_UD},
        {"80286", "0f 10 00", EX_UD},    /* UMOV */
        {"80286", "8e c8", EX_UD},       /* MOV CS,AX */
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        guest_become(g, rows[i].model);
        guest_do(g, rows[i].code);
        ck_assert_msg(guest_vector(g) == rows[i].vector, "%s %s: %d", rows[i].model, rows[i].code,
                      guest_vector(g));
    }
}
END_TEST

START_TEST(push_sp_pushes_the_new_value_before_the_286)
{
    guest_become(g, "8086");
    guest_do(g, "54");
    ck_assert_uint_eq(top_word(), 0x7ffe);
    guest_become(g, "80186");
    guest_do(g, "ff f4");
    ck_assert_uint_eq(top_word(), 0x7ffe);
    guest_become(g, "80286");
    guest_do(g, "54");
    ck_assert_uint_eq(top_word(), 0x8000);
}
END_TEST

START_TEST(cs_can_be_loaded_on_an_8086)
{
    guest_become(g, "8086");
    g->cpu.r[EAX] = 0x1100;
    g->ram[0x11002] = 0x43; /* INC BX */
    guest_do(g, "8e c8");
    ck_assert_uint_eq(g->cpu.seg[SEG_CS].selector, 0x1100);
    ck_assert_uint_eq(g->cpu.eip, 2);
    guest_step(g, 1);
    ck_assert_uint_eq(reg(EBX), 1);
    guest_become(g, "8086");
    put16(g->ram + 0x38000, 0x1200); /* POP CS */
    guest_do(g, "0f");
    ck_assert_uint_eq(g->cpu.seg[SEG_CS].selector, 0x1200);
    ck_assert_uint_eq(reg(ESP), 0x8002);
}
END_TEST

START_TEST(shift_counts_have_five_bits_since_the_80186)
{
    guest_become(g, "8086");
    g->cpu.r[EAX] = 0xffff;
    g->cpu.r[ECX] = 33;
    guest_do(g, "d3 e8");
    ck_assert_uint_eq(reg(EAX), 0);
    guest_become(g, "80186");
    g->cpu.r[EAX] = 0xffff;
    g->cpu.r[ECX] = 33;
    guest_do(g, "d3 e8");
    ck_assert_uint_eq(reg(EAX), 0x7fff);
}
END_TEST

START_TEST(the_address_of_a_failed_division)
{
    guest_become(g, "8086");
    guest_do(g, "f7 f1"); /* DIV CX, which is 0 */
    ck_assert_int_eq(guest_vector(g), EX_DE);
    ck_assert_uint_eq(top_word(), 2);
    guest_become(g, "80286");
    guest_do(g, "f7 f1");
    ck_assert_int_eq(guest_vector(g), EX_DE);
    ck_assert_uint_eq(top_word(), 0);
}
END_TEST

/* Undefined flags, from the captured tests: those of the 8086 and 80286, and of nobody else. */
START_TEST(arithmetic_leaves_the_flags_of_the_chip)
{
    static const struct {
        const char *model, *code;
        u16 ax, cx, dx, flags;
    } rows[] = {
        {"8086", "f6 e1", 0x0080, 0x0002, 0, FL_CF | FL_OF}, /* MUL CL: of AH = 1 */
        {"80286", "f6 e1", 0x0080, 0x0002, 0, FL_AF | FL_CF | FL_OF},
        {"8086", "d0 e8", 0x0002, 0, 0, 0}, /* SHR AL,1 */
        {"80286", "d0 e8", 0x0002, 0, 0, FL_AF},
        {"8086", "d5 0a", 0x19ff, 0, 0, FL_CF | FL_AF | FL_SF | FL_PF}, /* AAD */
        {"80286", "d5 0a", 0x19ff, 0, 0, FL_CF | FL_AF | FL_SF | FL_PF | FL_OF},
        {"80286", "f6 f1", 0x3d0e, 0x0005, 0, FL_SF | FL_AF},              /* DIV CL overflows */
        {"80286", "f7 f9", 0x0000, 0x47b7, 0x47b7, FL_ZF | FL_AF | FL_PF}, /* IDIV CX */
        {"80286", "f7 f9", 0x0000, 0xf23c, 0x51f8, FL_ZF | FL_AF | FL_PF | FL_CF | FL_OF},
        {"80286", "f7 f9", 0x0000, 0xffff, 0xf987, FL_ZF | FL_AF | FL_PF},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        guest_become(g, rows[i].model);
        g->cpu.r[EAX] = rows[i].ax;
        g->cpu.r[ECX] = rows[i].cx;
        g->cpu.r[EDX] = rows[i].dx;
        guest_do(g, rows[i].code);
        ck_assert_msg((cpu_eflags(&g->cpu) & FL_ARITH) == rows[i].flags, "%s %s: %04x",
                      rows[i].model, rows[i].code, (unsigned)cpu_eflags(&g->cpu));
    }
}
END_TEST

/* In the order of the sources that found them out: SingleStepTests/80386. */
START_TEST(the_386_has_undefined_flags_of_its_own)
{
    static const struct {
        const char *model, *code;
        u16 ax, cx, result, flags, counts;
    } rows[] = {
        {"386", "c0 e0 10", 0x01, 0, 0, FL_CF | FL_OF, FL_CF | FL_OF},   /* SHL AL,16 */
        {"486", "c0 e0 10", 0x01, 0, 0, 0, FL_CF | FL_OF},
        {"386", "c0 e0 11", 0xff, 0, 0, 0, FL_CF | FL_OF},               /* 17 */
        {"386", "c0 e8 18", 0x80, 0, 0, FL_CF, FL_CF | FL_OF},           /* SHR AL,24 */
        {"386", "d1 e0", 0x01, 0, 2, FL_AF, FL_AF},
        {"386", "d1 e8", 0x02, 0, 1, FL_AF, FL_AF},
        {"386", "c0 d0 09", 0x80, 0, 0x80, FL_OF, FL_OF | FL_CF},        /* RCL AL,9 */
        {"486", "c0 d0 09", 0x80, 0, 0x80, 0, FL_OF | FL_CF},
        {"386", "c0 d8 09", 0x40, 0, 0x40, FL_OF, FL_OF | FL_CF},        /* RCR AL,9 */
        {"386", "0f a4 c8 14", 0x5555, 0x1234, 0x2341, FL_CF, FL_CF},    /* SHLD AX,CX,20 */
        {"pentium", "0f a4 c8 14", 0x5555, 0x1234, 0x2345, 0, 0},
        {"386", "0f ac c8 14", 0x5555, 0x1234, 0x4123, 0, FL_CF},        /* SHRD AX,CX,20 */
        {"386", "0f ba e0 02", 0x0002, 0, 0x0002, FL_OF, FL_OF | FL_CF}, /* BT AX,2 */
        {"386", "0f ba e8 02", 0x0003, 0, 0x0007, 0, FL_OF | FL_CF},     /* BTS AX,2 */
        {"386", "0f a3 c8", 0x8000, 0, 0x8000, FL_OF, FL_OF | FL_CF},    /* BT AX,CX */
        {"386", "27", 0x7f, 0, 0x85, FL_OF, FL_OF},                      /* DAA */
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        guest_become(g, rows[i].model);
        g->cpu.r[EAX] = rows[i].ax;
        g->cpu.r[ECX] = rows[i].cx;
        guest_do(g, rows[i].code);
        ck_assert_msg(reg(EAX) == rows[i].result &&
                          (cpu_eflags(&g->cpu) & rows[i].counts) == rows[i].flags,
                      "%s %s: %04x, flags %04x", rows[i].model, rows[i].code, reg(EAX),
                      (unsigned)cpu_eflags(&g->cpu));
    }
}
END_TEST

/* BTS [BX],AX in memory: bit 17 is bit 1 of the next word. */
START_TEST(a_386s_bit_string_in_memory_leaves_the_same_flags)
{
    guest_become(g, "386");
    g->cpu.r[EAX] = 17;
    put32(g->ram + 0x20000, 0x0001ffff);
    guest_do(g, "0f ab 07");
    ck_assert_uint_eq(get32(g->ram + 0x20000), 0x0003ffff);
    ck_assert_uint_eq(cpu_eflags(&g->cpu) & (FL_OF | FL_CF), FL_OF);
}
END_TEST

START_TEST(rep_negates_the_8086s_products_and_signed_quotients)
{
    guest_become(g, "8086");
    g->cpu.r[EAX] = 7;
    g->cpu.r[ECX] = 3;
    guest_do(g, "f3 f6 e9");
    ck_assert_uint_eq(reg(EAX), (u16)-21);
    guest_do(g, "f2 f6 f9");
    ck_assert_uint_eq(reg(EAX), 7);
    guest_become(g, "80286");
    g->cpu.r[EAX] = 7;
    g->cpu.r[ECX] = 3;
    guest_do(g, "f3 f6 e9");
    ck_assert_uint_eq(reg(EAX), 21);
}
END_TEST

START_TEST(minus_128_is_no_quotient_before_the_386)
{
    static const char *const models[] = {"8086", "80286", "386"};
    for (unsigned i = 0; i < ARRAY_LEN(models); i++) {
        guest_become(g, models[i]);
        g->cpu.r[EAX] = 0xff80;
        g->cpu.r[ECX] = 1;
        guest_do(g, "f6 f9");
        ck_assert_int_eq(guest_vector(g), i < 2 ? EX_DE : -1);
    }
}
END_TEST

START_TEST(an_interrupted_286_string_instruction_has_moved_its_registers)
{
    guest_become(g, "80286");
    g->cpu.r[ESI] = 0x10;
    g->cpu.r[EDI] = 0xffff;
    g->cpu.r[ECX] = 5;
    guest_do(g, "f3 a5");
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(reg(ESI), 0x12);
    ck_assert_uint_eq(reg(EDI), 1);
    ck_assert_uint_eq(reg(ECX), 3);
}
END_TEST

/* MOV DS,48h in protected mode. */
static void load_ds(u32 base, u32 limit, u16 attr)
{
    g->cpu.gdtr = (struct table_register){GUEST_GDT, 0x7ff};
    g->cpu.idtr = (struct table_register){GUEST_IDT, 0x7ff};
    g->cpu.cr0 |= CR0_PE;
    guest_descriptor(g, 0x48, base, limit, attr);
    g->cpu.r[EAX] = 0x48;
    guest_do(g, "8e d8");
}

START_TEST(the_last_word_of_a_286s_descriptor_is_reserved)
{
    guest_become(g, "80286");
    load_ds(0x12345678, 0xfffff, 0xc93);
    ck_assert_uint_eq(g->cpu.seg[SEG_DS].base, 0x345678);
    ck_assert_uint_eq(g->cpu.seg[SEG_DS].limit, 0xffff);
    ck_assert_uint_eq(g->cpu.seg[SEG_DS].attr, 0x93);
    guest_become(g, "386");
    load_ds(0x12345678, 0xfffff, 0xc93);
    ck_assert_uint_eq(g->cpu.seg[SEG_DS].base, 0x12345678);
    ck_assert_uint_eq(g->cpu.seg[SEG_DS].limit, 0xffffffff);
}
END_TEST

/* LAR of a 386 call gate: ZF tells whether there is such a thing. */
START_TEST(a_286_knows_no_system_types_above_7)
{
    static const char *const models[] = {"80286", "386"};
    for (unsigned i = 0; i < ARRAY_LEN(models); i++) {
        guest_become(g, models[i]);
        load_ds(0, 0xffff, 0x93);
        guest_descriptor(g, 0x48, 0, 0, 0x8c);
        guest_do(g, "0f 02 c8");
        ck_assert_int_eq(f_zf(&g->cpu.fl), i);
    }
}
END_TEST

START_TEST(a_vector_beyond_the_real_mode_table_is_interrupt_8_to_a_286)
{
    static const struct {
        const char *model;
        int vector;
    } rows[] = {{"80286", EX_DF}, {"386", EX_DF}, {"pentium", EX_GP}};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        guest_become(g, rows[i].model);
        g->cpu.idtr.limit = 0x3f;
        guest_do(g, "cd 20");
        ck_assert_int_eq(guest_vector(g), rows[i].vector);
    }
}
END_TEST

/* 80286 PRM, "ESC": EM or TS. */
START_TEST(an_escape_of_the_286_wants_neither_em_nor_ts)
{
    static const u32 bits[] = {0, CR0_EM, CR0_TS, CR0_EM | CR0_TS, CR0_MP};
    for (unsigned i = 0; i < 2 * ARRAY_LEN(bits); i++) {
        guest_become(g, "80286");
        g->cpu.cr0 |= bits[i / 2];
        guest_do(g, i & 1 ? "d9 e8" : "d9 07");
        ck_assert_int_eq(guest_vector(g), bits[i / 2] & ~(u32)CR0_MP ? EX_NM : -1);
    }
}
END_TEST

START_TEST(smsw_reads_ones_on_a_286)
{
    guest_become(g, "80286");
    g->cpu.cr0 = CR0_TS;
    guest_do(g, "0f 01 e0");
    ck_assert_uint_eq(reg(EAX), 0xfff8);
}
END_TEST

START_TEST(umov_moves_on_386_and_486)
{
    static const char *const models[] = {"386", "486"};
    for (unsigned i = 0; i < ARRAY_LEN(models); i++) {
        guest_become(g, models[i]);
        g->cpu.r[EAX] = 0x4321;
        guest_do(g, "0f 11 06 00 01");
        ck_assert_uint_eq(get16(g->ram + 0x20100), 0x4321);
        guest_do(g, "0f 13 0e 00 01");
        ck_assert_uint_eq(reg(ECX), 0x4321);
    }
}
END_TEST

START_TEST(a_repetition_that_waits_sets_rf_since_the_386)
{
    static const char *const models[] = {"8086", "80286", "386"};
    for (unsigned i = 0; i < ARRAY_LEN(models); i++) {
        guest_become(g, models[i]);
        guest_code(g, "f3 ac f4"); /* rep lodsb; hlt */
        g->cpu.eip = g->start;
        g->cpu.r[ECX] = 1000;
        g->clock.deadline = g->clock.cycles + 200;
        cpu_run(&g->cpu);
        ck_assert_uint_gt(reg(ECX), 0);
        ck_assert_int_eq(!!(cpu_eflags(&g->cpu) & FL_RF), i == 2);
    }
}
END_TEST

static u32 random_state;

static u32 rnd(void)
{
    random_state = random_state * 1664525 + 1013904223;
    return random_state >> 8;
}

static void random_memory_and_registers(void)
{
    for (u32 at = 0; at < GUEST_RAM; at += 2)
        put16(g->ram + at, (u16)rnd());
    guest_real(g);
    for (unsigned i = 0; i < 8; i++)
        g->cpu.r[i] = rnd() & 0xffff;
    for (unsigned i = 0; i < SEG_FS; i++) {
        u16 selector = (u16)rnd();
        guest_segment(g, i, selector, (rnd() & 0xffff) * 16, 0xffff, 0x93);
    }
    g->cpu.eip = rnd() & 0xffff;
}

/* Whatever a program is, the CPU stays one of its generation. */
START_TEST(random_programs_find_no_way_out)
{
    static const struct {
        const char *model;
        u32 flags, ones;
    } rows[] = {{"8086", 0xffd7, 0xf002}, {"80186", 0xffd7, 0xf002}, {"80286", 0x7fd7, 2},
                {"386", 0x37fd7, 2}};
    for (unsigned i = 0; i < ARRAY_LEN(rows) * 40; i++) {
        u32 flags = rows[i % ARRAY_LEN(rows)].flags, ones = rows[i % ARRAY_LEN(rows)].ones;
        guest_become(g, rows[i % ARRAY_LEN(rows)].model);
        random_state = i;
        random_memory_and_registers();
        for (unsigned slice = 0; slice < 50; slice++) {
            cpu_intr(&g->cpu, 0, slice % 4 == 0);
            g->clock.deadline = g->clock.cycles + 500;
            bool ended = cpu_run(&g->cpu) == CPU_SHUTDOWN || g->cpu.halted;
            ck_assert_uint_eq(cpu_eflags(&g->cpu) & ~flags, 0);
            ck_assert_uint_eq(cpu_eflags(&g->cpu) & ones, ones);
            if (flags <= 0xffff)
                ck_assert_uint_le(g->cpu.eip, 0xffff);
            if (ended)
                break;
        }
    }
}
END_TEST

Suite *legacy_suite(void)
{
    const TTest *const tests[] = {
        flags_bits_12_to_15_tell_the_generations_apart,
        the_286_has_iopl_and_nt_in_protected_mode,
        alignment_check_and_id_flag_came_later,
        reset_begins_16_bytes_below_the_top_of_what_the_pins_reach,
        the_8086_has_twenty_address_bits_and_the_286_more,
        a_word_at_ffff_wraps_on_the_8086_and_faults_later,
        the_8086s_stack_wraps_in_a_word_and_in_an_interrupt_frame,
        the_8086s_code_wraps_inside_an_instruction,
        execution_goes_on_at_0_behind_ffff,
        instructions_have_a_longest_length,
        what_a_generation_does_not_know,
        push_sp_pushes_the_new_value_before_the_286,
        cs_can_be_loaded_on_an_8086,
        shift_counts_have_five_bits_since_the_80186,
        the_address_of_a_failed_division,
        arithmetic_leaves_the_flags_of_the_chip,
        the_386_has_undefined_flags_of_its_own,
        a_386s_bit_string_in_memory_leaves_the_same_flags,
        rep_negates_the_8086s_products_and_signed_quotients,
        a_repetition_that_waits_sets_rf_since_the_386,
        minus_128_is_no_quotient_before_the_386,
        an_interrupted_286_string_instruction_has_moved_its_registers,
        the_last_word_of_a_286s_descriptor_is_reserved,
        a_286_knows_no_system_types_above_7,
        a_vector_beyond_the_real_mode_table_is_interrupt_8_to_a_286,
        an_escape_of_the_286_wants_neither_em_nor_ts,
        smsw_reads_ones_on_a_286,
        umov_moves_on_386_and_486,
        random_programs_find_no_way_out,
        NULL,
    };
    return guest_suite("legacy", tests, setup, teardown);
}
