/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic, shifts, bits, multiplication, division and decimal adjustment, each run on a CPU and
 * compared with a reference that works one bit or one step at a time. What a manual calls
 * undefined is not compared.
 */
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

static const u32 values[] = {0,          1,          2,          0xf,        0x10,
                             0x7f,       0x80,       0xa5,       0xff,       0x100,
                             0x5aa5,     0x7fff,     0x8000,     0xffff,     0x10000,
                             0x12345678, 0x7fffffff, 0x80000000, 0xdeadbeef, 0xffffffff};
enum { VALUES = ARRAY_LEN(values) };

/* Instructions on EAX and ECX, by operand size: the code, once loaded, stays. */
struct operation {
    const char *name, *hex[3];
    unsigned count; /* how many arguments count in ECX: 0: any value of the operand size */
};

static const unsigned widths[3] = {8, 16, 32};

/* A = EAX, B = ECX, D = EDX; the flags afterwards. */
struct result {
    u32 a, d, eflags;
};

static struct result run(u32 a, u32 b, u32 d, u32 eflags)
{
    g->cpu.r[EAX] = a;
    g->cpu.r[ECX] = b;
    g->cpu.r[EDX] = d;
    g->cpu.eip = g->start;
    cpu_set_eflags(&g->cpu, eflags);
    cpu_step(&g->cpu);
    return (struct result){(u32)g->cpu.r[EAX], (u32)g->cpu.r[EDX], cpu_eflags(&g->cpu) & FL_ARITH};
}

static u32 result_flags(u32 r, unsigned bits)
{
    unsigned ones = 0;
    for (unsigned i = 0; i < 8; i++)
        ones += r >> i & 1;
    return (r ? 0 : FL_ZF) | (r >> (bits - 1) & 1 ? FL_SF : 0) | (ones % 2 ? 0 : FL_PF);
}

static u32 cut(u32 v, unsigned bits)
{
    return (u32)mask(v, bits);
}

/* V in the low BITS of OLD. */
static u32 merge(u32 old, u32 v, unsigned bits)
{
    return (old & ~cut(~0u, bits)) | cut(v, bits);
}

/* What an operation makes of A and B: result and flags; *DEFINED, the flags that count. */
typedef u32 reference(u32 a, u32 b, unsigned bits, u32 *eflags, u32 *defined);

static void compare_pair(const char *name, unsigned bits, reference *refer, u32 a, u32 b,
                         u32 eflags)
{
    u32 defined = FL_ARITH, want_flags = eflags;
    u32 want = merge(a, refer(cut(a, bits), cut(b, bits), bits, &want_flags, &defined), bits);
    struct result got = run(a, b, 0, eflags);
    ck_assert_msg(got.a == want && !((got.eflags ^ want_flags) & defined),
                  "%s %u: %x, %x, flags %x: %x flags %x, want %x flags %x (of %x)", name, bits, a,
                  b, eflags, got.a, got.eflags, want, want_flags & FL_ARITH, defined);
}

/* With all values of B below COUNT, or all of VALUES; carry and the rest of the flags both ways. */
static void compare(const struct operation *op, reference *refer)
{
    static const u32 before[] = {0, FL_CF, FL_ARITH, FL_ARITH & ~FL_CF};
    for (unsigned w = 0; w < 3; w++) {
        if (!op->hex[w])
            continue;
        guest_code(g, op->hex[w]);
        unsigned many = op->count ? op->count : VALUES;
        for (unsigned i = 0; i < VALUES * many * 4; i++)
            compare_pair(op->name, widths[w], refer, values[i / 4 % VALUES],
                         op->count ? i / 4 / VALUES : values[i / 4 / VALUES], before[i & 3]);
    }
}

/* Addition and subtraction. */

static u32 add_with(u32 a, u32 b, u32 carry, unsigned bits, u32 *eflags)
{
    u32 r = 0, into = 0, af = 0;
    for (unsigned i = 0; i < bits; i++) {
        u32 sum = (a >> i & 1) + (b >> i & 1) + carry;
        r |= (sum & 1) << i;
        into = carry;
        carry = sum >> 1;
        af = i == 3 ? carry : af;
    }
    *eflags = result_flags(r, bits) | (carry ? FL_CF : 0) | (af ? FL_AF : 0) |
              (carry != into ? FL_OF : 0);
    return r;
}

static u32 sub_with(u32 a, u32 b, u32 borrow, unsigned bits, u32 *eflags)
{
    u32 r = add_with(a, cut(~b, bits), !borrow, bits, eflags);
    *eflags ^= FL_CF | FL_AF;
    return r;
}

#define REFERENCE(name) static u32 name(u32 a, u32 b, unsigned bits, u32 *f, UNUSED u32 *defined)

REFERENCE(ref_add)
{
    return add_with(a, b, 0, bits, f);
}

REFERENCE(ref_adc)
{
    return add_with(a, b, *f & FL_CF, bits, f);
}

REFERENCE(ref_sub)
{
    return sub_with(a, b, 0, bits, f);
}

REFERENCE(ref_sbb)
{
    return sub_with(a, b, *f & FL_CF, bits, f);
}

REFERENCE(ref_cmp)
{
    sub_with(a, b, 0, bits, f);
    return a;
}

REFERENCE(ref_inc)
{
    u32 cf = *f & FL_CF, r = add_with(a, 1, 0, bits, f);
    (void)b;
    *f = (*f & ~(u32)FL_CF) | cf;
    return r;
}

REFERENCE(ref_dec)
{
    u32 cf = *f & FL_CF, r = sub_with(a, 1, 0, bits, f);
    (void)b;
    *f = (*f & ~(u32)FL_CF) | cf;
    return r;
}

REFERENCE(ref_neg)
{
    (void)b;
    return sub_with(0, a, 0, bits, f);
}

START_TEST(addition_and_subtraction_are_those_of_a_full_adder)
{
    compare(&(struct operation){"add", {"00 c8", "66 01 c8", "01 c8"}, 0}, ref_add);
    compare(&(struct operation){"adc", {"10 c8", "66 11 c8", "11 c8"}, 0}, ref_adc);
    compare(&(struct operation){"sub", {"28 c8", "66 29 c8", "29 c8"}, 0}, ref_sub);
    compare(&(struct operation){"sbb", {"18 c8", "66 19 c8", "19 c8"}, 0}, ref_sbb);
    compare(&(struct operation){"cmp", {"38 c8", "66 39 c8", "39 c8"}, 0}, ref_cmp);
}
END_TEST

START_TEST(every_way_to_write_an_addition_is_the_same)
{
    compare(&(struct operation){"add", {"02 c1", "66 03 c1", "03 c1"}, 0}, ref_add);
    compare(&(struct operation){"sbb", {"1a c1", "66 1b c1", "1b c1"}, 0}, ref_sbb);
}
END_TEST

START_TEST(increments_keep_carry)
{
    compare(&(struct operation){"inc", {"fe c0", "66 ff c0", "ff c0"}, 0}, ref_inc);
    compare(&(struct operation){"inc", {NULL, "66 40", "40"}, 0}, ref_inc);
    compare(&(struct operation){"dec", {"fe c8", "66 ff c8", "ff c8"}, 0}, ref_dec);
    compare(&(struct operation){"dec", {NULL, "66 48", "48"}, 0}, ref_dec);
    compare(&(struct operation){"neg", {"f6 d8", "66 f7 d8", "f7 d8"}, 0}, ref_neg);
}
END_TEST

/* Logic: AF is undefined. */

REFERENCE(ref_and)
{
    *f = result_flags(a & b, bits);
    *defined &= ~(u32)FL_AF;
    return a & b;
}

REFERENCE(ref_or)
{
    *f = result_flags(a | b, bits);
    *defined &= ~(u32)FL_AF;
    return a | b;
}

REFERENCE(ref_xor)
{
    *f = result_flags(a ^ b, bits);
    *defined &= ~(u32)FL_AF;
    return a ^ b;
}

REFERENCE(ref_test)
{
    ref_and(a, b, bits, f, defined);
    return a;
}

REFERENCE(ref_not)
{
    (void)b, (void)f;
    return cut(~a, bits);
}

START_TEST(logic_is_bitwise)
{
    compare(&(struct operation){"and", {"20 c8", "66 21 c8", "21 c8"}, 0}, ref_and);
    compare(&(struct operation){"or", {"08 c8", "66 09 c8", "09 c8"}, 0}, ref_or);
    compare(&(struct operation){"xor", {"30 c8", "66 31 c8", "31 c8"}, 0}, ref_xor);
    compare(&(struct operation){"test", {"84 c8", "66 85 c8", "85 c8"}, 0}, ref_test);
    compare(&(struct operation){"not", {"f6 d0", "66 f7 d0", "f7 d0"}, 0}, ref_not);
}
END_TEST

/* Shifts and rotates, one step COUNT times. OF is defined for one step. */

enum turn { ROL, ROR, RCL, RCR, SHL, SHR, SAR };

static u32 turn_once(enum turn turn, u32 a, u32 *cf, unsigned bits)
{
    u32 top = 1u << (bits - 1), high = a & top ? 1 : 0, low = a & 1, in = 0;
    bool left = turn == ROL || turn == RCL || turn == SHL;
    if (turn == ROL || turn == SAR)
        in = high;
    else if (turn == ROR)
        in = low;
    else if (turn == RCL || turn == RCR)
        in = *cf;
    *cf = left ? high : low;
    return left ? cut(a << 1 | in, bits) : (a >> 1) | (in ? top : 0);
}

static u32 turn(enum turn which, u32 a, u32 count, unsigned bits, u32 *f, u32 *defined)
{
    u32 cf = *f & FL_CF, before = a, n = count & 31;
    for (u32 i = 0; i < n; i++)
        a = turn_once(which, a, &cf, bits);
    if (!n)
        return a;
    *f = (*f & ~(u32)(FL_CF | FL_OF)) | (cf ? FL_CF : 0);
    if ((before ^ a) >> (bits - 1) & 1)
        *f |= FL_OF; /* one step: the sign has changed */
    if (n != 1)
        *defined &= ~(u32)FL_OF;
    if (which >= SHL) {
        *f = result_flags(a, bits) | (*f & (FL_CF | FL_OF));
        *defined &= ~(u32)FL_AF;
    }
    if (which >= SHL && n > bits && which != SAR)
        *defined &= ~(u32)FL_CF;
    return a;
}

#define TURN(name, which)                                                                          \
    REFERENCE(name)                                                                                \
    {                                                                                              \
        return turn(which, a, b, bits, f, defined);                                                \
    }
TURN(ref_rol, ROL)
TURN(ref_ror, ROR)
TURN(ref_rcl, RCL)
TURN(ref_rcr, RCR)
TURN(ref_shl, SHL)
TURN(ref_shr, SHR)
TURN(ref_sar, SAR)

START_TEST(shifts_and_rotates_are_made_of_single_steps)
{
    static const struct {
        struct operation op;
        reference *refer;
    } turns[] = {
        {{"rol", {"d2 c0", "66 d3 c0", "d3 c0"}, 64}, ref_rol},
        {{"ror", {"d2 c8", "66 d3 c8", "d3 c8"}, 64}, ref_ror},
        {{"rcl", {"d2 d0", "66 d3 d0", "d3 d0"}, 64}, ref_rcl},
        {{"rcr", {"d2 d8", "66 d3 d8", "d3 d8"}, 64}, ref_rcr},
        {{"shl", {"d2 e0", "66 d3 e0", "d3 e0"}, 64}, ref_shl},
        {{"shr", {"d2 e8", "66 d3 e8", "d3 e8"}, 64}, ref_shr},
        {{"sal", {"d2 f0", "66 d3 f0", "d3 f0"}, 64}, ref_shl},
        {{"sar", {"d2 f8", "66 d3 f8", "d3 f8"}, 64}, ref_sar},
    };
    for (size_t i = 0; i < ARRAY_LEN(turns); i++)
        compare(&turns[i].op, turns[i].refer);
}
END_TEST

/* The count in the instruction: 1, and 5. */
START_TEST(shifts_by_constants_are_the_same)
{
    for (unsigned i = 0; i < VALUES; i++) {
        guest_code(g, "d1 e0");
        compare_pair("shl 1", 32, ref_shl, values[i], 1, 0);
        guest_code(g, "66 c1 c8 05");
        compare_pair("ror 5", 16, ref_ror, values[i], 5, 0);
        guest_code(g, "c0 d8 25");
        compare_pair("rcr 37", 8, ref_rcr, values[i], 37, FL_CF);
    }
}
END_TEST

/* B's bits follow A's; the count is fixed in the code and given in EDX for the reference. */
static u32 double_shift(u32 a, u32 b, unsigned n, bool left, unsigned bits, u32 *f, u32 *defined)
{
    u32 cf = 0, before = a;
    for (unsigned i = 0; i < n; i++) {
        cf = (left ? a >> (bits - 1) : a) & 1;
        if (left) {
            a = cut(a << 1 | b >> (bits - 1), bits);
            b = cut(b << 1, bits);
        } else {
            a = a >> 1 | (b & 1) << (bits - 1);
            b >>= 1;
        }
    }
    if (!n)
        return a;
    *f = result_flags(a, bits) | (cf ? FL_CF : 0) | ((a ^ before) >> (bits - 1) & 1 ? FL_OF : 0);
    *defined &= ~(u32)(FL_AF | (n > 1 ? FL_OF : 0));
    return a;
}

static void check_double_shift(bool left, unsigned bits, unsigned count)
{
    static u8 code[] = {0x66, 0x0f, 0xa5, 0xd0}; /* shld/shrd eax,edx,cl */
    code[2] = left ? 0xa5 : 0xad;
    bus_dma_write(&g->bus, GUEST_CODE, code + (bits == 32), sizeof code - (bits == 32));
    for (unsigned i = 0; i < VALUES * VALUES; i++) {
        u32 a = values[i % VALUES], d = values[i / VALUES], f = FL_ARITH, defined = FL_ARITH;
        u32 want =
            merge(a, double_shift(cut(a, bits), cut(d, bits), count & 31, left, bits, &f, &defined),
                  bits);
        struct result got = run(a, count, d, FL_ARITH);
        ck_assert_msg(got.a == want && !((got.eflags ^ f) & defined),
                      "%s %u: %x, %x, %u: %x flags %x, want %x flags %x", left ? "shld" : "shrd",
                      bits, a, d, count, got.a, got.eflags, want, f);
    }
}

/* 16-bit operands by more than 16 are undefined. */
START_TEST(double_shifts_move_the_bits_of_the_second_operand_in)
{
    for (unsigned n = 0; n < 64; n++)
        for (unsigned left = 0; left < 2; left++) {
            check_double_shift(left, 32, n);
            if ((n & 31) <= 16)
                check_double_shift(left, 16, n);
        }
}
END_TEST

/* Bits. */

static u32 bit_test(u32 a, u32 b, unsigned bits, u32 *f, u32 *defined, unsigned what)
{
    u32 bit = 1u << (b % bits);
    *f = (*f & ~(u32)FL_CF) | (a & bit ? FL_CF : 0);
    *defined = FL_CF | FL_ZF; /* ZF: unaffected, the others are undefined */
    return what == 0 ? a : what == 1 ? a | bit : what == 2 ? a & ~bit : a ^ bit;
}

#define BIT(name, what)                                                                            \
    REFERENCE(name)                                                                                \
    {                                                                                              \
        return bit_test(a, b, bits, f, defined, what);                                             \
    }
BIT(ref_bt, 0)
BIT(ref_bts, 1)
BIT(ref_btr, 2)
BIT(ref_btc, 3)

REFERENCE(ref_bsf)
{
    u32 n = 0;
    *defined = FL_ZF;
    *f = b ? 0 : FL_ZF;
    if (!b)
        return a;
    while (n < bits && !(b >> n & 1))
        n++;
    return n;
}

REFERENCE(ref_bsr)
{
    u32 n = bits - 1;
    *defined = FL_ZF;
    *f = b ? 0 : FL_ZF;
    if (!b)
        return a;
    while (!(b >> n & 1))
        n--;
    return n;
}

START_TEST(bits_are_found_and_changed)
{
    compare(&(struct operation){"bt", {NULL, "66 0f a3 c8", "0f a3 c8"}, 100}, ref_bt);
    compare(&(struct operation){"bts", {NULL, "66 0f ab c8", "0f ab c8"}, 100}, ref_bts);
    compare(&(struct operation){"btr", {NULL, "66 0f b3 c8", "0f b3 c8"}, 100}, ref_btr);
    compare(&(struct operation){"btc", {NULL, "66 0f bb c8", "0f bb c8"}, 100}, ref_btc);
    compare(&(struct operation){"bsf", {NULL, "66 0f bc c1", "0f bc c1"}, 0}, ref_bsf);
    compare(&(struct operation){"bsr", {NULL, "66 0f bd c1", "0f bd c1"}, 0}, ref_bsr);
}
END_TEST

/* SDM 2A "BT": a register as bit offset reaches beyond the operand, in both directions. */
START_TEST(a_bit_offset_in_a_register_addresses_memory_around_the_operand)
{
    static const s32 offsets[] = {0, 1, 31, 32, 100, -1, -32, -33, 4095, -4096};
    for (size_t i = 0; i < ARRAY_LEN(offsets); i++) {
        u32 at = GUEST_DATA + 0x1000 + (u32)(offsets[i] >> 3);
        memset(g->ram + GUEST_DATA, 0, 0x2000);
        g->cpu.r[ECX] = (u32)offsets[i];
        g->cpu.r[EBX] = GUEST_DATA + 0x1000;
        guest_do(g, "0f ab 0b"); /* bts [ebx],ecx */
        ck_assert_msg(g->ram[at] == 1 << (offsets[i] & 7), "offset %d", offsets[i]);
        ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_CF, 0);
        guest_do(g, "0f a3 0b");
        ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_CF, FL_CF);
    }
}
END_TEST

START_TEST(a_16_bit_bit_offset_is_signed)
{
    memset(g->ram + GUEST_DATA, 0, 0x2000);
    g->cpu.r[ECX] = 0x1fff0; /* CX = -16 */
    g->cpu.r[EBX] = GUEST_DATA + 0x1000;
    guest_do(g, "66 0f ab 0b");
    ck_assert_uint_eq(get16(g->ram + GUEST_DATA + 0xffe), 1);
}
END_TEST

/* An immediate bit number is taken modulo the operand size. */
START_TEST(an_immediate_bit_offset_stays_in_the_operand)
{
    put32(g->ram + GUEST_DATA, 0);
    put32(g->ram + GUEST_DATA + 4, 0);
    g->cpu.r[EBX] = GUEST_DATA;
    guest_do(g, "0f ba 2b 21"); /* bts dword [ebx],33 */
    ck_assert_uint_eq(get32(g->ram + GUEST_DATA), 2);
    guest_do(g, "0f ba 33 01"); /* btr dword [ebx],1 */
    ck_assert_uint_eq(get32(g->ram + GUEST_DATA), 0);
    ck_assert_uint_eq(get32(g->ram + GUEST_DATA + 4), 0);
}
END_TEST

Suite *alu_suite(void)
{
    const TTest *const tests[] = {
        addition_and_subtraction_are_those_of_a_full_adder,
        every_way_to_write_an_addition_is_the_same,
        increments_keep_carry,
        logic_is_bitwise,
        shifts_and_rotates_are_made_of_single_steps,
        shifts_by_constants_are_the_same,
        double_shifts_move_the_bits_of_the_second_operand_in,
        bits_are_found_and_changed,
        a_bit_offset_in_a_register_addresses_memory_around_the_operand,
        a_16_bit_bit_offset_is_signed,
        an_immediate_bit_offset_stays_in_the_operand,
        NULL,
    };
    return guest_suite("alu", tests, setup, teardown);
}
