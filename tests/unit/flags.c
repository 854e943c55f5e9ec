/* SPDX-License-Identifier: MIT */
/* Lazy flags against a bit-by-bit reference, as a full adder has them. */
#include "cpu/alu.h"
#include "tests/unit/unit.h"

static u32 parity_of(u64 r)
{
    unsigned ones = 0;
    for (unsigned i = 0; i < 8; i++)
        ones += r >> i & 1;
    return ones % 2 ? 0 : FL_PF;
}

static u32 result_flags(u64 r, unsigned bits)
{
    return (r ? 0 : FL_ZF) | (r >> (bits - 1) & 1 ? FL_SF : 0) | parity_of(r);
}

/* a + b + carry, one bit after the other; the flags in *EFLAGS. */
static u64 add_bits(u64 a, u64 b, unsigned carry, unsigned bits, u32 *eflags)
{
    u64 r = 0;
    unsigned into = 0, af = 0;
    for (unsigned i = 0; i < bits; i++) {
        unsigned x = a >> i & 1, y = b >> i & 1, sum = x + y + carry;
        r |= (u64)(sum & 1) << i;
        into = carry;
        carry = sum >> 1;
        if (i == 3)
            af = carry;
    }
    *eflags = result_flags(r, bits) | (carry ? FL_CF : 0) | (af ? FL_AF : 0) |
              (carry != into ? FL_OF : 0);
    return r;
}

/* The complement and an inverted carry: the carries out are inverted borrows. */
static u64 sub_bits(u64 a, u64 b, unsigned borrow, unsigned bits, u32 *eflags)
{
    u64 r = add_bits(a, mask(~b, bits), !borrow, bits, eflags);
    *eflags ^= FL_CF | FL_AF;
    return r;
}

static void check(u64 a, u64 b, unsigned carry, unsigned bits)
{
    struct flags f;
    u32 want;
    f_unpack(&f, carry);
    u64 sum = add_bits(a, b, carry, bits, &want);
    ck_assert_uint_eq(sem_ADC(&f, a, b, bits), sum);
    ck_assert_uint_eq(f_pack(&f), want);
    f_unpack(&f, carry);
    u64 difference = sub_bits(a, b, carry, bits, &want);
    ck_assert_uint_eq(sem_SBB(&f, a, b, bits), difference);
    ck_assert_uint_eq(f_pack(&f), want);
}

START_TEST(sums_and_differences_of_all_bytes_have_the_right_flags)
{
    for (unsigned i = 0; i < 0x20000; i++)
        check(i & 0xff, i >> 8 & 0xff, i >> 16, 8);
}
END_TEST

static const u64 edges[] = {0,          1,          7,          8,          15,
                            16,         0x7f,       0x80,       0xff,       0x100,
                            0x7fff,     0x8000,     0xffff,     0x10000,    0x7fffffff,
                            0x80000000, 0xffffffff, 0x12345678, 0x87654321, 0xfffffff0};

START_TEST(wider_operands_have_the_right_flags_at_the_edges)
{
    for (unsigned i = 0; i < ARRAY_LEN(edges); i++)
        for (unsigned k = 0; k < ARRAY_LEN(edges) * 2; k++) {
            check((u16)edges[i], (u16)edges[k / 2], k & 1, 16);
            check(edges[i], edges[k / 2], k & 1, 32);
            check(edges[i] * 0x100000001, edges[k / 2] * 0x100000001, k & 1, 64);
        }
}
END_TEST

START_TEST(logic_clears_carry_overflow_and_adjust)
{
    for (unsigned r = 0; r < 256; r++) {
        struct flags f;
        f_unpack(&f, FL_ARITH);
        f_logic(&f, r, 8);
        ck_assert_uint_eq(f_pack(&f), result_flags(r, 8));
    }
}
END_TEST

START_TEST(shifts_say_what_carry_and_overflow_are)
{
    for (unsigned i = 0; i < 1024; i++) {
        u32 r = i & 0xff, cf = i >> 8 & 1, of = i >> 9;
        struct flags f;
        f_unpack(&f, FL_ARITH);
        f_shift(&f, r, cf, of, 8);
        ck_assert_uint_eq(f_pack(&f), result_flags(r, 8) | (cf ? FL_CF : 0) | (of ? FL_OF : 0));
    }
}
END_TEST

/* The I'th of the 64 combinations. */
static u32 image(unsigned i)
{
    static const u16 bits[] = {FL_CF, FL_PF, FL_AF, FL_ZF, FL_SF, FL_OF};
    u32 eflags = 0;
    for (unsigned k = 0; k < 6; k++)
        eflags |= i >> k & 1 ? bits[k] : 0;
    return eflags;
}

START_TEST(any_combination_of_flags_can_be_held)
{
    for (unsigned i = 0; i < 64; i++) {
        struct flags f;
        f_unpack(&f, image(i));
        ck_assert_uint_eq(f_pack(&f), image(i));
        f_unpack(&f, ~(u32)FL_ARITH | image(i)); /* the other bits of EFLAGS do not matter */
        ck_assert_uint_eq(f_pack(&f), image(i));
    }
}
END_TEST

START_TEST(carry_and_overflow_can_be_set_alone)
{
    for (unsigned i = 0; i < 256; i++) {
        struct flags f;
        u32 cf = i >> 6 & 1, of = i >> 7, kept = image(i & 63) & ~(u32)(FL_CF | FL_OF);
        f_unpack(&f, image(i & 63));
        f_set_cf_of(&f, cf, of);
        ck_assert_uint_eq(f_pack(&f), kept | (cf ? FL_CF : 0) | (of ? FL_OF : 0));
        f_set_cf(&f, !cf);
        ck_assert_uint_eq(f_pack(&f), kept | (cf ? 0 : FL_CF) | (of ? FL_OF : 0));
    }
}
END_TEST

/* SDM 1 appendix B "EFLAGS Condition Codes". */
static bool condition(u32 e, unsigned n)
{
    bool of = e & FL_OF, cf = e & FL_CF, zf = e & FL_ZF, sf = e & FL_SF, pf = e & FL_PF;
    const bool even[8] = {of, cf, zf, cf || zf, sf, pf, sf != of, zf || sf != of};
    return even[n / 2] != (n & 1);
}

START_TEST(conditions_are_those_of_the_manual)
{
    for (unsigned i = 0; i < 64 * 16; i++) {
        struct flags f;
        f_unpack(&f, image(i / 16));
        ck_assert_msg(cond_test(&f, i % 16) == condition(image(i / 16), i % 16),
                      "condition %u, flags %x", i % 16, image(i / 16));
    }
}
END_TEST

Suite *flags_suite(void)
{
    const TTest *const tests[] = {sums_and_differences_of_all_bytes_have_the_right_flags,
                                  wider_operands_have_the_right_flags_at_the_edges,
                                  logic_clears_carry_overflow_and_adjust,
                                  shifts_say_what_carry_and_overflow_are,
                                  any_combination_of_flags_can_be_held,
                                  carry_and_overflow_can_be_set_alone,
                                  conditions_are_those_of_the_manual,
                                  NULL};
    return unit_suite("flags", tests);
}
