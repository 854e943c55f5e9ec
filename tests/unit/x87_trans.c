/* SPDX-License-Identifier: MIT */
/* Transcendental instructions: which function each of them is, and what it does to the stack.
 * How exact the functions are is tests/mpfr's to say. SDM 2A under each name. */
#include "cpu/transcendental.h"
#include "tests/unit/x87_rig.h"

#define HALF        ((struct f80){0x8000000000000000, 0x3ffe})
#define SOME        ((struct f80){0xc000000000000000, 0x3ffc}) /* 3/16 */
#define HUGE_NUMBER ((struct f80){0x8000000000000000, 0x3fff + 63})

enum takes { ONE_TO_ONE, TWO_TO_ONE, ONE_TO_TWO };

static const struct {
    const char *code;
    enum takes takes;
    bool ranged; /* 2^63 is too large for it */
    struct f80 (*one)(struct f80 x, struct fp_env *env);
    struct f80 (*two)(struct f80 x, struct f80 y, struct fp_env *env);
    struct f80 (*both)(struct f80 x, struct f80 *second, struct fp_env *env);
} functions[] = {
    {"d9 f0", ONE_TO_ONE, false, .one = f80_2xm1},   {"d9 fe", ONE_TO_ONE, true, .one = f80_sin},
    {"d9 ff", ONE_TO_ONE, true, .one = f80_cos},     {"d9 f1", TWO_TO_ONE, false, .two = f80_yl2x},
    {"d9 f9", TWO_TO_ONE, false, .two = f80_yl2xp1}, {"d9 f3", TWO_TO_ONE, false, .two = f80_patan},
    {"d9 fb", ONE_TO_TWO, true, .both = f80_sincos}, {"d9 f2", ONE_TO_TWO, true, .both = f80_ptan},
};

/* PI lies below the operands: it must stay where it is. */
static void start(struct f80 x, struct f80 y)
{
    fresh(CR0_NE);
    push(PI);
    push(y);
    push(x);
}

START_TEST(each_is_its_function)
{
    for (unsigned i = 0; i < ARRAY_LEN(functions); i++) {
        struct fp_env env = {.cw = 0x37f};
        struct f80 second, first;
        start(SOME, HALF);
        fpu->sw = SW_C2;
        guest_do(g, functions[i].code);
        ck_assert_int_eq(guest_vector(g), -1);
        unsigned depth = functions[i].takes == TWO_TO_ONE   ? 1
                         : functions[i].takes == ONE_TO_ONE ? 2
                                                            : 3;
        if (functions[i].takes == ONE_TO_ONE)
            first = functions[i].one(SOME, &env);
        else if (functions[i].takes == TWO_TO_ONE)
            first = functions[i].two(SOME, HALF, &env);
        else
            first = functions[i].both(SOME, &second, &env);
        if (functions[i].takes == ONE_TO_TWO) {
            check_st(0, second);
            check_st(1, first);
        } else {
            check_st(0, first);
        }
        check_st(depth, PI);
        if (functions[i].takes != TWO_TO_ONE)
            check_st(depth - 1, HALF);
        for (unsigned k = depth + 1; k < 8; k++)
            ck_assert(empty(k));
        ck_assert_msg(fpu->sw & SW_PE, "%s", functions[i].code);
        ck_assert_msg(functions[i].ranged == !(fpu->sw & SW_C2), "%s", functions[i].code);
    }
}
END_TEST

START_TEST(an_operand_out_of_range_stays_and_sets_c2)
{
    for (unsigned i = 0; i < ARRAY_LEN(functions); i++) {
        if (!functions[i].ranged)
            continue;
        start(HUGE_NUMBER, HALF);
        guest_do(g, functions[i].code);
        ck_assert_msg((fpu_status(fpu) & ~SW_TOP) == SW_C2, "%s: %04x", functions[i].code,
                      fpu_status(fpu));
        check_st(0, HUGE_NUMBER);
        check_st(1, HALF);
        check_st(2, PI);
        ck_assert(empty(7));
    }
}
END_TEST

/* SDM 1 "Stack Overflow or Underflow Exception (#IS)". */
START_TEST(an_empty_operand_gives_the_nan_and_pushes_all_the_same)
{
    for (unsigned i = 0; i < ARRAY_LEN(functions); i++) {
        enum takes takes = functions[i].takes;
        start(SOME, HALF);
        fpu->used &= (u8) ~(1 << ((fpu->top + (takes == TWO_TO_ONE)) & 7));
        guest_do(g, functions[i].code);
        ck_assert_uint_eq(fpu_status(fpu) & ~SW_TOP, SW_SF | SW_IE);
        check_st(0, F80_DEFAULT_NAN);
        if (takes == ONE_TO_TWO)
            check_st(1, F80_DEFAULT_NAN);
        check_st(takes == TWO_TO_ONE ? 1 : takes == ONE_TO_ONE ? 2 : 3, PI);
    }
}
END_TEST

START_TEST(a_trapped_exception_leaves_the_stack)
{
    for (unsigned i = 0; i < ARRAY_LEN(functions); i++) {
        start((struct f80){0x8000000000000001, 0x7fff}, HALF); /* a signalling NaN */
        fpu->cw = 0x37e;
        guest_do(g, functions[i].code);
        ck_assert_uint_eq(fpu_status(fpu) & ~SW_TOP, SW_B | SW_ES | SW_IE);
        check_st(0, (struct f80){0x8000000000000001, 0x7fff});
        check_st(1, HALF);
        check_st(2, PI);
        ck_assert(empty(3) && empty(7));
    }
}
END_TEST

START_TEST(two_results_want_an_empty_register)
{
    for (unsigned i = 0; i < ARRAY_LEN(functions); i++) {
        if (functions[i].takes != ONE_TO_TWO)
            continue;
        fresh(CR0_NE);
        for (unsigned k = 0; k < 8; k++)
            push(k == 7 ? SOME : PI);
        guest_do(g, functions[i].code);
        ck_assert_uint_eq(fpu_status(fpu) & ~SW_TOP, SW_SF | SW_IE | SW_C1);
        check_st(0, F80_DEFAULT_NAN);
        check_st(1, F80_DEFAULT_NAN);
        check_st(2, PI);
    }
}
END_TEST

Suite *x87_trans_suite(void)
{
    const TTest *const tests[] = {
        each_is_its_function,
        an_operand_out_of_range_stays_and_sets_c2,
        an_empty_operand_gives_the_nan_and_pushes_all_the_same,
        a_trapped_exception_leaves_the_stack,
        two_results_want_an_empty_register,
        NULL,
    };
    return guest_suite("x87_trans", tests, setup, teardown);
}
