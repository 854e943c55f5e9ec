/* SPDX-License-Identifier: MIT */
/* Multiplication, division and decimal adjustment, against schoolbook arithmetic. */
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

static const u32 values[] = {0,          1,          2,          3,         10,
                             0x7f,       0x80,       0xff,       0x100,     0x7fff,
                             0x8000,     0xffff,     0x10000,    0x12345,   0x7fffffff,
                             0x80000000, 0x80000001, 0xfffffffe, 0xffffffff};
enum { VALUES = ARRAY_LEN(values) };

static void run(u32 a, u32 c, u32 d)
{
    g->cpu.r[EAX] = a;
    g->cpu.r[ECX] = c;
    g->cpu.r[EDX] = d;
    g->cpu.r[ESP] = GUEST_STACK;
    g->cpu.seg[SEG_CS].selector = GUEST_CODE32;
    g->cpu.eip = g->start;
    cpu_step(&g->cpu);
}

static u32 acc(unsigned reg)
{
    return (u32)g->cpu.r[reg];
}

/* The product by shifting and adding. */
static u64 product(u32 a, u32 b)
{
    u64 p = 0;
    for (unsigned i = 0; i < 32; i++)
        p += b >> i & 1 ? (u64)a << i : 0;
    return p;
}

static u64 signed_product(u32 a, u32 b, unsigned bits)
{
    bool minus = ((a ^ b) >> (bits - 1)) & 1;
    u32 x = a >> (bits - 1) ? (u32)mask(0 - (u64)a, bits) : a;
    u32 y = b >> (bits - 1) ? (u32)mask(0 - (u64)b, bits) : b;
    u64 p = product(x, y);
    return mask(minus ? 0 - p : p, 2 * bits);
}

/* The double-width accumulator of BITS. */
static u64 accumulator(unsigned bits)
{
    if (bits == 8)
        return acc(EAX) & 0xffff;
    return mask(acc(EAX), bits) | mask(acc(EDX), bits) << bits;
}

/* CF and OF: is the upper half more than zeros (or the sign)? */
static void check_product(u64 want, bool wide, unsigned bits)
{
    u32 both = FL_CF | FL_OF;
    ck_assert_uint_eq(accumulator(bits), want);
    ck_assert_uint_eq(cpu_eflags(&g->cpu) & both, wide ? both : 0);
}

static void check_multiplications(const char *mul, const char *imul, unsigned bits)
{
    for (unsigned i = 0; i < VALUES * VALUES; i++) {
        u32 a = (u32)mask(values[i / VALUES], bits), b = (u32)mask(values[i % VALUES], bits);
        u64 p = product(a, b), s = signed_product(a, b, bits);
        guest_code(g, mul);
        run(a | 0x55000000u * (bits < 32), b, 0xdddddddd);
        check_product(p, p >> bits, bits);
        guest_code(g, imul);
        run(a | 0x55000000u * (bits < 32), b, 0xdddddddd);
        check_product(s, mask((u64)sext(s, bits), 2 * bits) != s, bits);
    }
}

START_TEST(products_fill_the_double_accumulator)
{
    check_multiplications("f6 e1", "f6 e9", 8);
    check_multiplications("66 f7 e1", "66 f7 e9", 16);
    check_multiplications("f7 e1", "f7 e9", 32);
}
END_TEST

START_TEST(an_8_bit_product_leaves_the_rest_of_eax)
{
    guest_code(g, "f6 e1");
    run(0x12345610, 0x10, 0x77777777);
    ck_assert_uint_eq(acc(EAX), 0x12340100);
    ck_assert_uint_eq(acc(EDX), 0x77777777);
}
END_TEST

/* IMUL r, r/m and IMUL r, r/m, imm: the lower half, CF and OF if that is not all. */
START_TEST(two_and_three_operand_products_are_cut)
{
    for (unsigned i = 0; i < VALUES * VALUES; i++) {
        u32 a = values[i / VALUES], b = values[i % VALUES];
        u64 p32 = signed_product(a, b, 32), p16 = signed_product((u16)a, (u16)b, 16);
        guest_code(g, "0f af c1");
        run(a, b, 0);
        ck_assert_uint_eq(acc(EAX), (u32)p32);
        ck_assert_int_eq(!!(cpu_eflags(&g->cpu) & FL_OF), (u64)(s64)(s32)p32 != p32);
        guest_code(g, "66 0f af c1");
        run(a, b, 0);
        ck_assert_uint_eq(acc(EAX), (a & 0xffff0000) | (u16)p16);
        ck_assert_int_eq(!!(cpu_eflags(&g->cpu) & FL_CF), (u32)(s32)(s16)p16 != (u32)p16);
        guest_code(g, "6b c1 f0"); /* imul eax,ecx,-16 */
        run(a, b, 0);
        ck_assert_uint_eq(acc(EAX), (u32)signed_product(b, 0xfffffff0, 32));
    }
}
END_TEST

/* Restoring division; false: the quotient has more than BITS bits. */
static bool divide(u64 n, u64 d, unsigned bits, u64 *quotient, u64 *rest)
{
    u64 q = 0, r = 0;
    if (!d)
        return false;
    for (unsigned i = 2 * bits; i-- > 0;) {
        bool carry = r >> 63;
        r = r << 1 | (n >> i & 1);
        if (carry || r >= d) {
            r -= d;
            if (i >= bits)
                return false;
            q |= (u64)1 << i;
        }
    }
    *quotient = q;
    *rest = r;
    return true;
}

static bool divide_signed(u64 n, u64 d, unsigned bits, u64 *quotient, u64 *rest)
{
    bool minus_n = n >> (2 * bits - 1), minus_d = d >> (bits - 1);
    u64 top = (u64)1 << (bits - 1);
    if (!divide(minus_n ? mask(0 - n, 2 * bits) : n, minus_d ? mask(0 - d, bits) : d, bits,
                quotient, rest))
        return false;
    if (*quotient > top - (minus_n == minus_d))
        return false;
    *quotient = mask(minus_n != minus_d ? 0 - *quotient : *quotient, bits);
    *rest = mask(minus_n ? 0 - *rest : *rest, bits);
    return true;
}

static void check_division(const char *hex, unsigned bits, bool is_signed, u32 high, u32 low,
                           u32 by)
{
    u64 n = mask(high, bits) << bits | mask(low, bits), d = mask(by, bits), q = 0, r = 0;
    bool good = is_signed ? divide_signed(n, d, bits, &q, &r) : divide(n, d, bits, &q, &r);
    u32 a = bits == 8 ? 0xabcd0000u | (u32)n : (u32)low, before = (u32)high;
    guest_code(g, hex);
    run(a, by, before);
    if (!good) {
        ck_assert_msg(guest_vector(g) == EX_DE, "%s: %llx / %llx does not raise #DE", hex,
                      (unsigned long long)n, (unsigned long long)d);
        ck_assert(acc(EAX) == a && acc(EDX) == before);
        return;
    }
    ck_assert_msg(accumulator(bits) == (r << bits | q),
                  "%s: %llx / %llx = %llx, want quotient %llx rest %llx", hex,
                  (unsigned long long)n, (unsigned long long)d,
                  (unsigned long long)accumulator(bits), (unsigned long long)q,
                  (unsigned long long)r);
}

START_TEST(quotients_and_remainders_or_a_divide_error)
{
    for (unsigned i = 0; i < VALUES * VALUES * VALUES; i++) {
        u32 h = values[i % VALUES], l = values[i / VALUES % VALUES],
            d = values[i / VALUES / VALUES];
        check_division("f6 f1", 8, false, h, l, d);
        check_division("66 f7 f1", 16, false, h, l, d);
        check_division("f7 f1", 32, false, h, l, d);
        check_division("f6 f9", 8, true, h, l, d);
        check_division("66 f7 f9", 16, true, h, l, d);
        check_division("f7 f9", 32, true, h, l, d);
    }
}
END_TEST

/* Decimal. */

struct decimal {
    u16 ax;
    bool cf, af;
};

/* SDM 2A, the pseudo-code of each. */
static struct decimal ref_daa(struct decimal x)
{
    u8 al = (u8)x.ax, old = al;
    bool old_cf = x.cf;
    x.cf = false;
    if ((al & 15) > 9 || x.af) {
        x.cf = old_cf || al > 0xff - 6;
        al = (u8)(al + 6);
        x.af = true;
    }
    if (old > 0x99 || old_cf) {
        al = (u8)(al + 0x60);
        x.cf = true;
    }
    x.ax = (u16)((x.ax & 0xff00) | al);
    return x;
}

static struct decimal ref_das(struct decimal x)
{
    u8 al = (u8)x.ax, old = al;
    bool old_cf = x.cf;
    x.cf = false;
    if ((al & 15) > 9 || x.af) {
        x.cf = old_cf || al < 6;
        al = (u8)(al - 6);
        x.af = true;
    }
    if (old > 0x99 || old_cf) {
        al = (u8)(al - 0x60);
        x.cf = true;
    }
    x.ax = (u16)((x.ax & 0xff00) | al);
    return x;
}

static struct decimal ref_aaa(struct decimal x)
{
    bool adjust = (x.ax & 15) > 9 || x.af;
    if (adjust)
        x.ax = (u16)(x.ax + 0x106);
    return (struct decimal){x.ax & 0xff0f, adjust, adjust};
}

static struct decimal ref_aas(struct decimal x)
{
    bool adjust = (x.ax & 15) > 9 || x.af;
    if (adjust)
        x.ax = (u16)(((x.ax - 6) & 0xffff) - 0x100);
    return (struct decimal){x.ax & 0xff0f, adjust, adjust};
}

static u32 sign_zero_parity(u8 v)
{
    unsigned ones = 0;
    for (unsigned i = 0; i < 8; i++)
        ones += v >> i & 1;
    return (v ? 0 : FL_ZF) | (v & 0x80 ? FL_SF : 0) | (ones % 2 ? 0 : FL_PF);
}

static void check_adjust(const char *hex, struct decimal (*refer)(struct decimal), bool szp)
{
    static const u8 high[] = {0, 1, 0x7f, 0xff};
    guest_code(g, hex);
    for (unsigned i = 0; i < 256 * 4 * 4; i++) {
        struct decimal x = {(u16)(high[i & 3] << 8 | i >> 4), i >> 2 & 1, i >> 3 & 1};
        struct decimal want = refer(x);
        cpu_set_eflags(&g->cpu, (x.cf ? FL_CF : 0) | (x.af ? FL_AF : 0));
        run(x.ax, 0, 0);
        u32 f = cpu_eflags(&g->cpu), three = FL_SF | FL_ZF | FL_PF;
        ck_assert_msg(acc(EAX) == want.ax && !!(f & FL_CF) == want.cf && !!(f & FL_AF) == want.af,
                      "%s: ax %04x cf %d af %d: %04x flags %x", hex, x.ax, x.cf, x.af, acc(EAX), f);
        if (szp)
            ck_assert_uint_eq(f & three, sign_zero_parity((u8)want.ax));
    }
}

START_TEST(decimal_adjustment_follows_the_manual)
{
    check_adjust("27", ref_daa, true);
    check_adjust("2f", ref_das, true);
    check_adjust("37", ref_aaa, false);
    check_adjust("3f", ref_aas, false);
}
END_TEST

START_TEST(aam_and_aad_take_any_base)
{
    static const u8 bases[] = {1, 2, 7, 10, 16, 255};
    for (unsigned i = 0; i < ARRAY_LEN(bases) * 256; i++) {
        u8 base = bases[i / 256], al = (u8)i, code[2] = {0xd4, base};
        bus_dma_write(&g->bus, GUEST_CODE, code, 2);
        run(0x1200u | al, 0, 0);
        ck_assert_uint_eq(acc(EAX), (u32)(al / base) << 8 | al % base);
        ck_assert_uint_eq(cpu_eflags(&g->cpu) & (FL_SF | FL_ZF | FL_PF),
                          sign_zero_parity(al % base));
        code[0] = 0xd5;
        bus_dma_write(&g->bus, GUEST_CODE, code, 2);
        run(0x1300u | al, 0, 0);
        ck_assert_uint_eq(acc(EAX), (u8)(al + 0x13 * base));
    }
}
END_TEST

START_TEST(aam_by_zero_is_a_divide_error)
{
    guest_code(g, "d4 00");
    run(0x1234, 0, 0);
    ck_assert_int_eq(guest_vector(g), EX_DE);
    ck_assert_uint_eq(acc(EAX), 0x1234);
    ck_assert_uint_eq(guest_stack(g, 0), GUEST_CODE);
}
END_TEST

/* CF, OF and AF, which the manual calls undefined, are cleared whatever they were. */
START_TEST(aam_and_aad_leave_no_carries)
{
    static const char *const codes[] = {"d4 0a", "d5 0a"};
    for (unsigned i = 0; i < 2 * ARRAY_LEN(codes); i++) {
        guest_code(g, codes[i / 2]);
        cpu_set_eflags(&g->cpu, i & 1 ? FL_ALWAYS | FL_ARITH : FL_ALWAYS);
        run(0x0907, 0, 0);
        ck_assert_uint_eq(cpu_eflags(&g->cpu) & (FL_CF | FL_OF | FL_AF), 0);
    }
}
END_TEST

Suite *muldiv_suite(void)
{
    const TTest *const tests[] = {
        products_fill_the_double_accumulator,   an_8_bit_product_leaves_the_rest_of_eax,
        two_and_three_operand_products_are_cut, quotients_and_remainders_or_a_divide_error,
        decimal_adjustment_follows_the_manual,  aam_and_aad_take_any_base,
        aam_by_zero_is_a_divide_error,          aam_and_aad_leave_no_carries,
        NULL,
    };
    return guest_suite("muldiv", tests, setup, teardown);
}
