/* SPDX-License-Identifier: MIT */
/*
 * SHLD and SHRD on a 386 and on a Pentium III, bit by bit: a bit leaves the destination for CF, and
 * one of the source comes in. SDM 2B "SHLD", "SHRD". The source of 16 bits goes round on a 386.
 */
#include <stdio.h>

#include "tests/unit/guest.h"

static struct guest *g;

static void setup(void)
{
    g = guest_new_model("386");
    guest_real(g);
}

static void teardown(void)
{
    guest_free(g);
}

struct result {
    u32 value, cf, of;
};

static struct result reference(u32 a, u32 b, unsigned count, unsigned bits, bool left)
{
    struct result r = {.value = a};
    unsigned top = bits - 1;
    for (; count; count--) {
        u32 in = (left ? b >> top : b) & 1, before = r.value >> top & 1;
        r.cf = (left ? r.value >> top : r.value) & 1;
        r.value = left ? r.value << 1 | in : r.value >> 1 | in << top;
        b = left ? b << 1 | in : b >> 1 | in << top;
        if (bits == 16) {
            r.value &= 0xffff;
            b &= 0xffff;
        }
        r.of = before ^ (r.value >> top & 1);
    }
    return r;
}

/* By register or memory, count in the instruction or in CL. */
static void check(unsigned form, unsigned bits, bool left, u32 a, u32 b, unsigned count)
{
    char hex[32];
    bool memory = form & 1, by_cl = form & 2;
    snprintf(hex, sizeof hex, "%s0f %02x %02x %02x", bits == 32 ? "66 " : "",
             (left ? 0xa4u : 0xacu) + by_cl, memory ? 0x17u : 0xd0u, count);
    g->cpu.r[EAX] = memory ? 0 : a;
    g->cpu.r[EBX] = 0x100;
    g->cpu.r[EDX] = b;
    g->cpu.r[ECX] = by_cl ? 0xff00 | count : 0;
    put32(g->ram + GUEST_DATA + 0x100, a);
    cpu_set_eflags(&g->cpu, FL_ALWAYS);
    guest_do(g, hex);
    u32 got = memory ? get32(g->ram + GUEST_DATA + 0x100) : (u32)g->cpu.r[EAX];
    u32 flags = cpu_eflags(&g->cpu), size = bits == 16 ? 0xffff : 0xffffffff;
    struct result want = reference(a & size, b & size, count & 31, bits, left);
    bool parity = __builtin_parity(want.value & 0xff);
    ck_assert_msg(got == (want.value | (a & ~size)), "%s of %x, %x: %x", hex, a, b, got);
    if (!(count & 31)) {
        ck_assert_uint_eq(flags, FL_ALWAYS);
        return;
    }
    ck_assert_msg(!!(flags & FL_CF) == want.cf, "%s of %x, %x: CF", hex, a, b);
    ck_assert_msg(!!(flags & FL_ZF) == !want.value, "%s of %x, %x: ZF", hex, a, b);
    ck_assert_msg(!!(flags & FL_SF) == want.value >> (bits - 1), "%s of %x, %x: SF", hex, a, b);
    ck_assert_msg(!!(flags & FL_PF) == !parity, "%s of %x, %x: PF", hex, a, b);
    if (count == 1 || (count & 31) > bits) /* else undefined, and not told by the last step */
        ck_assert_msg(!!(flags & FL_OF) == want.of, "%s of %x, %x: OF", hex, a, b);
}

static void check_all(unsigned most)
{
    static const u32 values[] = {0,          1,          0x8000,     0xffff,    0x12345678,
                                 0x87654321, 0x80000000, 0xffffffff, 0x0000a5c3};
    for (unsigned i = 0; i < ARRAY_LEN(values) * ARRAY_LEN(values); i++)
        for (unsigned count = 0; count <= 33; count++)
            for (unsigned form = 0; form < 8; form++) {
                u32 a = values[i / ARRAY_LEN(values)], b = values[i % ARRAY_LEN(values)];
                check(form & 3, 32, form & 4, a, b, count);
                if ((count & 31) <= most)
                    check(form & 3, 16, form & 4, a, b, count);
            }
}

START_TEST(a_386_shifts_its_source_round)
{
    check_all(31);
}
END_TEST

START_TEST(later_ones_do_the_same_up_to_the_size_of_the_operand)
{
    guest_free(g);
    g = guest_new_model("pentium3");
    guest_real(g);
    check_all(16);
}
END_TEST

Suite *double_shift_suite(void)
{
    const TTest *const tests[] = {
        a_386_shifts_its_source_round,
        later_ones_do_the_same_up_to_the_size_of_the_operand,
        NULL,
    };
    return guest_suite("double_shift", tests, setup, teardown);
}
