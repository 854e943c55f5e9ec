/* SPDX-License-Identifier: MIT */
/* Moves with memory, addresses, exchanges, far pointers, conditions and near jumps. */
#include <stdio.h>

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

static u32 reg(unsigned n)
{
    return (u32)g->cpu.r[n];
}

/* SDM 2A "32-Bit Addressing Forms": LEA for every ModRM and SIB. */
START_TEST(every_32_bit_address_is_the_sum_of_its_parts)
{
    static const u32 values[8] = {0x1000,     0x20,  0x300000,  0x4000000,
                                  0x50000000, 0x600, 0x7000000, 8};
    for (unsigned i = 0; i < 3 * 256 * 8; i++) {
        unsigned mod = i / (256 * 8), rm = i & 7, sib = i >> 3 & 255;
        u8 code[8] = {0x8d, (u8)(mod << 6 | rm)}; /* lea eax */
        unsigned n = 2, base = rm, scale = 0, index = 4;
        if (rm == 4) {
            code[n++] = (u8)sib;
            base = sib & 7, index = sib >> 3 & 7, scale = sib >> 6;
        } else if (sib) {
            continue;
        }
        put32(code + n, 0xfffffff0);
        u32 want = (mod == 0 && base == 5) ? 0xfffffff0 : values[base] + (mod ? 0xfffffff0 : 0);
        want += index != 4 ? values[index] << scale : 0;
        for (unsigned k = 0; k < 8; k++)
            g->cpu.r[k] = values[k];
        bus_dma_write(&g->bus, GUEST_CODE, code, sizeof code);
        g->cpu.eip = g->start;
        guest_step(g, 1);
        ck_assert_msg(reg(EAX) == want, "modrm %02x sib %02x: %x, not %x", code[1], sib, reg(EAX),
                      want);
    }
}
END_TEST

/* SDM 2A "16-Bit Addressing Forms": sums wrap at 64 KiB. */
START_TEST(every_16_bit_address_is_the_sum_of_its_parts)
{
    const u32 bx = 0xf123, bp = 0x8111, si = 0x2456, di = 0xfff8;
    const u32 sums[8] = {bx + si, bx + di, bp + si, bp + di, si, di, bp, bx};
    for (unsigned i = 0; i < 24; i++) {
        u8 code[8] = {0x67, 0x8d, (u8)(i >> 3 << 6 | (i & 7)), 0xf0, 0xff};
        u32 want = i == 6 ? 0xfff0 : sums[i & 7] + (i >> 3 ? 0xfff0 : 0);
        g->cpu.r[EBX] = 0xabcd0000 | bx;
        g->cpu.r[EBP] = 0xabcd0000 | bp;
        g->cpu.r[ESI] = 0xabcd0000 | si;
        g->cpu.r[EDI] = 0xabcd0000 | di;
        bus_dma_write(&g->bus, GUEST_CODE, code, sizeof code);
        g->cpu.eip = g->start;
        guest_step(g, 1);
        ck_assert_msg(reg(EAX) == (u16)want, "modrm %02x: %x", code[2], reg(EAX));
    }
}
END_TEST

START_TEST(bp_and_sp_address_the_stack_segment)
{
    static const struct {
        const char *hex;
        bool stack;
    } cases[] = {{"8a 03", false},    {"8a 45 00", true},    {"8a 04 24", true},
                 {"8a 04 2b", false}, {"8a 44 1d 00", true}, {"3e 8a 45 00", false},
                 {"36 8a 03", true},  {"8a 04 1c", true}};
    guest_segment(g, SEG_SS, GUEST_DATA32, 0x100, 0xffffffff, 0xc93);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        g->cpu.r[EBX] = GUEST_DATA;
        g->cpu.r[EBP] = g->cpu.r[ESP] = GUEST_DATA;
        if (strstr(cases[i].hex, "2b") || strstr(cases[i].hex, "1d") || strstr(cases[i].hex, "1c"))
            g->cpu.r[EBX] = 0;
        if (strstr(cases[i].hex, "2b")) {
            g->cpu.r[EBX] = GUEST_DATA;
            g->cpu.r[EBP] = 0;
        }
        g->ram[GUEST_DATA] = 1;
        g->ram[GUEST_DATA + 0x100] = 2;
        guest_do(g, cases[i].hex);
        ck_assert_msg((reg(EAX) & 0xff) == (cases[i].stack ? 2 : 1), "%s", cases[i].hex);
    }
}
END_TEST

START_TEST(high_byte_registers_are_bits_8_to_15)
{
    static const u8 owners[8] = {EAX, ECX, EDX, EBX, EAX, ECX, EDX, EBX};
    for (unsigned i = 0; i < 64; i++) {
        u8 code[2] = {0x8a, (u8)(0xc0 | i)}; /* mov r8,r8 */
        unsigned to = i >> 3, from = i & 7;
        for (unsigned k = 0; k < 8; k++)
            g->cpu.r[k] = 0x11223300u * (k + 1) | 0x40u << 8 | k;
        u32 value = reg(owners[from]) >> (from & 4 ? 8 : 0) & 0xff, old = reg(owners[to]);
        bus_dma_write(&g->bus, GUEST_CODE, code, 2);
        g->cpu.eip = g->start;
        guest_step(g, 1);
        unsigned shift = to & 4 ? 8 : 0;
        ck_assert_uint_eq(reg(owners[to]), (old & ~(0xffu << shift)) | value << shift);
    }
}
END_TEST

START_TEST(extensions_from_memory)
{
    put32(g->ram + GUEST_DATA, 0xf00080f0);
    g->cpu.r[EBX] = GUEST_DATA;
    static const struct {
        const char *hex;
        u32 want;
    } cases[] = {{"0f b6 03", 0xf0},          {"0f be 03", 0xfffffff0},
                 {"0f b7 03", 0x80f0},        {"0f bf 03", 0xffff80f0},
                 {"66 0f be 03", 0x5555fff0}, {"66 0f b6 03", 0x555500f0}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        g->cpu.r[EAX] = 0x55555555;
        guest_do(g, cases[i].hex);
        ck_assert_msg(reg(EAX) == cases[i].want, "%s: %x", cases[i].hex, reg(EAX));
    }
}
END_TEST

START_TEST(xlat_adds_al_without_sign_and_wraps)
{
    g->ram[GUEST_DATA + 0xf0] = 0x3a;
    g->cpu.r[EBX] = GUEST_DATA;
    g->cpu.r[EAX] = 0x123456f0;
    guest_do(g, "d7");
    ck_assert_uint_eq(reg(EAX), 0x1234563a);
    guest_real(g);
    g->ram[GUEST_DATA + 0xe0] = 0x4b;
    g->cpu.r[EBX] = 0xfff0;
    g->cpu.r[EAX] = 0xf0;
    guest_do(g, "d7");
    ck_assert_uint_eq(reg(EAX), 0x4b);
}
END_TEST

/* Exchanges. */

START_TEST(cmpxchg_stores_if_equal_and_loads_if_not)
{
    g->cpu.r[EBX] = GUEST_DATA;
    put32(g->ram + GUEST_DATA, 100);
    g->cpu.r[EAX] = 100;
    g->cpu.r[ECX] = 7;
    guest_do(g, "f0 0f b1 0b");
    ck_assert_uint_eq(get32(g->ram + GUEST_DATA), 7);
    ck_assert(cpu_eflags(&g->cpu) & FL_ZF && reg(EAX) == 100);
    g->cpu.r[ECX] = 9;
    guest_do(g, "0f b1 0b");
    ck_assert_uint_eq(get32(g->ram + GUEST_DATA), 7);
    ck_assert(!(cpu_eflags(&g->cpu) & FL_ZF) && reg(EAX) == 7);
}
END_TEST

START_TEST(cmpxchg8b_works_on_two_registers_each)
{
    g->cpu.r[EBX] = 0x11111111;
    g->cpu.r[ECX] = 0x22222222;
    g->cpu.r[EAX] = 0x33333333;
    g->cpu.r[EDX] = 0x44444444;
    g->cpu.r[ESI] = GUEST_DATA + 0xffc; /* in two pages */
    put64(g->ram + GUEST_DATA + 0xffc, 0x4444444433333333);
    cpu_set_eflags(&g->cpu, FL_CF | FL_OF | FL_SF);
    guest_do(g, "f0 0f c7 0e");
    ck_assert_uint_eq(get64(g->ram + GUEST_DATA + 0xffc), 0x2222222211111111);
    ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ARITH, FL_CF | FL_OF | FL_SF | FL_ZF);
    guest_do(g, "0f c7 0e");
    ck_assert(reg(EAX) == 0x11111111 && reg(EDX) == 0x22222222);
    ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ARITH, FL_CF | FL_OF | FL_SF);
}
END_TEST

START_TEST(xadd_and_xchg_with_memory)
{
    g->cpu.r[EBX] = GUEST_DATA;
    put32(g->ram + GUEST_DATA, 0xfffffff0);
    g->cpu.r[ECX] = 0x20;
    guest_do(g, "f0 0f c1 0b");
    ck_assert(get32(g->ram + GUEST_DATA) == 0x10 && reg(ECX) == 0xfffffff0);
    ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_CF, FL_CF);
    guest_do(g, "87 0b");
    ck_assert(get32(g->ram + GUEST_DATA) == 0xfffffff0 && reg(ECX) == 0x10);
    g->cpu.r[EAX] = 21;
    guest_do(g, "0f c1 c0"); /* xadd eax,eax */
    ck_assert_uint_eq(reg(EAX), 42);
}
END_TEST

START_TEST(bound_raises_its_exception_outside_the_limits)
{
    static const struct {
        u32 index;
        bool good;
    } cases[] = {{(u32)-5, true}, {0, true}, {10, true}, {11, false}, {(u32)-6, false}};
    put32(g->ram + GUEST_DATA, (u32)-5);
    put32(g->ram + GUEST_DATA + 4, 10);
    g->cpu.r[EBX] = GUEST_DATA;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        g->cpu.r[EAX] = cases[i].index;
        guest_do(g, "62 03");
        ck_assert_int_eq(guest_vector(g), cases[i].good ? -1 : EX_BR);
        if (!cases[i].good)
            ck_assert_uint_eq(guest_stack(g, 0), g->start);
    }
}
END_TEST

START_TEST(far_pointers_load_both_or_nothing)
{
    put32(g->ram + GUEST_DATA, 0x12345678);
    put16(g->ram + GUEST_DATA + 4, GUEST_SMALL);
    g->cpu.r[EBX] = GUEST_DATA;
    guest_do(g, "c4 03"); /* les eax,[ebx] */
    ck_assert(reg(EAX) == 0x12345678 && g->cpu.seg[SEG_ES].selector == GUEST_SMALL);
    ck_assert_uint_eq(g->cpu.seg[SEG_ES].limit, 0xfff);
    put32(g->ram + GUEST_DATA, 1);
    put16(g->ram + GUEST_DATA + 4, 0x700); /* null descriptor */
    guest_do(g, "c4 03");
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(guest_stack(g, 0), 0x700);
    ck_assert(reg(EAX) == 0x12345678 && g->cpu.seg[SEG_ES].selector == GUEST_SMALL);
}
END_TEST

/* Conditions: SDM 1 appendix B. */
static bool condition(u32 e, unsigned n)
{
    bool of = e & FL_OF, cf = e & FL_CF, zf = e & FL_ZF, sf = e & FL_SF, pf = e & FL_PF;
    const bool even[8] = {of, cf, zf, cf || zf, sf, pf, sf != of, zf || sf != of};
    return even[n / 2] != (n & 1);
}

static u32 image(unsigned i)
{
    static const u16 bits[] = {FL_CF, FL_PF, FL_ZF, FL_SF, FL_OF};
    u32 eflags = 0;
    for (unsigned k = 0; k < 5; k++)
        eflags |= i >> k & 1 ? bits[k] : 0;
    return eflags;
}

static void conditional(const u8 *code, unsigned n, u32 eflags)
{
    bus_dma_write(&g->bus, GUEST_CODE, code, n);
    cpu_set_eflags(&g->cpu, eflags);
    g->cpu.eip = g->start;
    guest_step(g, 1);
}

START_TEST(jumps_sets_and_moves_follow_their_conditions)
{
    for (unsigned i = 0; i < 16 * 32; i++) {
        u8 cc = i & 15, jump[2] = {0x70 | cc, 0x10}, far[6] = {0x0f, 0x80 | cc, 0, 1, 0, 0};
        u8 set[3] = {0x0f, 0x90 | cc, 0xc0}, cmov[3] = {0x0f, 0x40 | cc, 0xc1};
        u8 set_memory[3] = {0x0f, 0x90 | cc, 0x03};
        bool yes = condition(image(i >> 4), cc);
        conditional(jump, 2, image(i >> 4));
        ck_assert_uint_eq(g->cpu.eip, g->start + 2 + (yes ? 0x10 : 0));
        conditional(far, 6, image(i >> 4));
        ck_assert_uint_eq(g->cpu.eip, g->start + 6 + (yes ? 0x100 : 0));
        g->cpu.r[EAX] = 0xaaaaaaaa;
        conditional(set, 3, image(i >> 4));
        ck_assert_uint_eq(reg(EAX), 0xaaaaaa00 + yes);
        g->cpu.r[EBX] = GUEST_DATA;
        g->ram[GUEST_DATA] = 0xaa;
        conditional(set_memory, 3, image(i >> 4));
        ck_assert_uint_eq(g->ram[GUEST_DATA], yes);
        g->cpu.r[ECX] = 0xcccccccc;
        conditional(cmov, 3, image(i >> 4));
        ck_assert_uint_eq(reg(EAX), yes ? 0xcccccccc : 0xaaaaaa00 + (u32)yes);
    }
}
END_TEST

START_TEST(a_conditional_move_reads_memory_in_any_case)
{
    guest_page(g);
    put32(guest_pte(g, GUEST_DATA), 0);
    guest_flush(g);
    g->cpu.r[EBX] = GUEST_DATA;
    cpu_set_eflags(&g->cpu, 0);
    guest_do(g, "0f 44 03"); /* cmovz eax,[ebx] */
    ck_assert_int_eq(guest_vector(g), EX_PF);
}
END_TEST

START_TEST(loops_count_in_cx_or_ecx)
{
    static const struct {
        const char *hex;
        u32 ecx, eflags, after;
        bool taken;
    } cases[] = {
        {"e2 10", 2, 0, 1, true},
        {"e2 10", 1, 0, 0, false},
        {"e2 10", 0, 0, 0xffffffff, true},
        {"67 e2 10", 0x10000, 0, 0x1ffff, true},
        {"67 e2 10", 0x10001, 0, 0x10000, false},
        {"e1 10", 2, FL_ZF, 1, true},
        {"e1 10", 2, 0, 1, false},
        {"e0 10", 2, 0, 1, true},
        {"e0 10", 2, FL_ZF, 1, false},
        {"e0 10", 1, 0, 0, false},
        {"e3 10", 0, 0, 0, true},
        {"e3 10", 0x10000, 0, 0x10000, false},
        {"67 e3 10", 0x10000, 0, 0x10000, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        unsigned n = cases[i].hex[0] == '6' ? 3 : 2;
        g->cpu.r[ECX] = cases[i].ecx;
        cpu_set_eflags(&g->cpu, cases[i].eflags);
        guest_do(g, cases[i].hex);
        ck_assert_msg(reg(ECX) == cases[i].after &&
                          g->cpu.eip == g->start + n + 0x10 * cases[i].taken,
                      "%s, ecx %x", cases[i].hex, cases[i].ecx);
    }
}
END_TEST

START_TEST(sixteen_bit_jumps_wrap_in_their_64_kib)
{
    guest_real(g);
    guest_bytes(g, GUEST_CODE + 0xfff0, "eb 20");
    g->cpu.eip = 0xfff0;
    guest_step(g, 1);
    ck_assert_uint_eq(g->cpu.eip, 0x12);
    guest_flat(g, 0);
    guest_do(g, "66 e9 10 00"); /* o16 jmp: the upper half is cleared */
    ck_assert_uint_eq(g->cpu.eip, (u16)(g->start + 4 + 0x10));
}
END_TEST

START_TEST(a_loop_that_faults_does_not_count)
{
    guest_descriptor(g, GUEST_CODE16, GUEST_CODE, 0xff, 0x09b);
    guest_segment(g, SEG_CS, GUEST_CODE16, GUEST_CODE, 0xff, 0x49b);
    guest_bytes(g, GUEST_CODE + 0xf0, "e2 40");
    g->cpu.eip = 0xf0;
    g->cpu.r[ECX] = 5;
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_GP);
    ck_assert_uint_eq(guest_stack(g, 1), 0xf0);
    ck_assert_uint_eq(reg(ECX), 5);
}
END_TEST

START_TEST(a_call_or_return_out_of_the_segment_leaves_the_stack)
{
    static const char *const codes[] = {"e8 00 10 00 00", "ff d0", "ff 13", "c3", "c2 10 00"};
    put32(g->ram + GUEST_DATA, 0x1000);
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        guest_flat(g, 0);
        guest_segment(g, SEG_CS, GUEST_CODE16, GUEST_CODE, 0xff, 0x49b);
        guest_descriptor(g, GUEST_CODE16, GUEST_CODE, 0xff, 0x09b);
        g->start = 0;
        g->cpu.r[EAX] = 0x1000;
        g->cpu.r[EBX] = GUEST_DATA;
        g->cpu.r[ESP] = GUEST_STACK - 0x100;
        put32(g->ram + GUEST_STACK - 0x100, 0x1000);
        guest_do(g, codes[i]);
        ck_assert_msg(guest_vector(g) == EX_GP, "%s", codes[i]);
        ck_assert_uint_eq(reg(ESP), GUEST_STACK - 0x100 - 16);
        ck_assert_uint_eq(get32(g->ram + GUEST_STACK - 0x100), 0x1000);
    }
}
END_TEST

Suite *mov_suite(void)
{
    const TTest *const tests[] = {
        every_32_bit_address_is_the_sum_of_its_parts,
        every_16_bit_address_is_the_sum_of_its_parts,
        bp_and_sp_address_the_stack_segment,
        high_byte_registers_are_bits_8_to_15,
        extensions_from_memory,
        xlat_adds_al_without_sign_and_wraps,
        cmpxchg_stores_if_equal_and_loads_if_not,
        cmpxchg8b_works_on_two_registers_each,
        xadd_and_xchg_with_memory,
        bound_raises_its_exception_outside_the_limits,
        far_pointers_load_both_or_nothing,
        jumps_sets_and_moves_follow_their_conditions,
        a_conditional_move_reads_memory_in_any_case,
        loops_count_in_cx_or_ecx,
        sixteen_bit_jumps_wrap_in_their_64_kib,
        a_loop_that_faults_does_not_count,
        a_call_or_return_out_of_the_segment_leaves_the_stack,
        NULL,
    };
    return guest_suite("mov", tests, setup, teardown);
}
