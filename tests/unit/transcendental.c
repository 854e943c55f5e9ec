/* SPDX-License-Identifier: MIT */
/* The transcendental instructions: the tables of SDM 2A, exceptions, order, and chosen results.
 * That the numbers are right is for tests/mpfr/transcendental to say. */
#include "cpu/fixed.h"
#include "cpu/transcendental.h"
#include "tests/unit/unit.h"

enum { BIAS = 16383 };

static const u16 roundings[] = {CW_RC_NEAREST, CW_RC_DOWN, CW_RC_UP, CW_RC_ZERO};

enum instruction { F2XM1, FYL2X, FYL2XP1, FPATAN, FSIN, FCOS, FPTAN };

static struct f80 do_it(enum instruction which, struct f80 x, struct f80 y, struct fp_env *env)
{
    struct f80 one;
    switch (which) {
    case F2XM1:
        return f80_2xm1(x, env);
    case FYL2X:
        return f80_yl2x(x, y, env);
    case FYL2XP1:
        return f80_yl2xp1(x, y, env);
    case FPATAN:
        return f80_patan(x, y, env);
    case FSIN:
        return f80_sin(x, env);
    case FCOS:
        return f80_cos(x, env);
    case FPTAN:
        return f80_ptan(x, &one, env);
    }
    return F80_DEFAULT_NAN;
}

/* Operands by the names that the tables below use. */
static const struct named {
    const char *name;
    struct f80 value;
} named[] = {
    {"-inf", {0x8000000000000000, 0xffff}},   {"-3", {0xc000000000000000, 0xc000}},
    {"-1", {0x8000000000000000, 0xbfff}},     {"-.5", {0x8000000000000000, 0xbffe}},
    {"-.25", {0x8000000000000000, 0xbffd}},   {"-den", {0x0000000000123456, 0x8000}},
    {"-0", {0x0000000000000000, 0x8000}},     {"+0", {0x0000000000000000, 0x0000}},
    {"+den", {0x0000000000123456, 0x0000}},   {"+pden", {0x8000000000123456, 0x0000}},
    {"+.25", {0x8000000000000000, 0x3ffd}},   {"+.5", {0x8000000000000000, 0x3ffe}},
    {"+1", {0x8000000000000000, 0x3fff}},     {"+3", {0xc000000000000000, 0x4000}},
    {"2^63", {0x8000000000000000, 0x403e}},   {"-2^63", {0x8000000000000000, 0xc03e}},
    {"+inf", {0x8000000000000000, 0x7fff}},   {"qnan", {0xc000000000000123, 0x7fff}},
    {"-qnan", {0xc000000000000456, 0xffff}},  {"snan", {0x8000000000000789, 0x7fff}},
    {"squiet", {0xc000000000000789, 0x7fff}}, {"unnormal", {0x4000000000000000, 0x3fff}},
    {"pinf", {0x0000000000000000, 0x7fff}},   {"pnan", {0x0000000000001234, 0x7fff}},
    {"indef", {0xc000000000000000, 0xffff}},  {"pi/4", {0xc90fdaa22168c235, 0x3ffe}},
    {"-pi/4", {0xc90fdaa22168c235, 0xbffe}},  {"pi/2", {0xc90fdaa22168c235, 0x3fff}},
    {"-pi/2", {0xc90fdaa22168c235, 0xbfff}},  {"3pi/4", {0x96cbe3f9990e91a8, 0x4000}},
    {"-3pi/4", {0x96cbe3f9990e91a8, 0xc000}}, {"pi", {0xc90fdaa22168c235, 0x4000}},
    {"-pi", {0xc90fdaa22168c235, 0xc000}},
};

static struct f80 value(const char *name)
{
    for (unsigned i = 0; i < ARRAY_LEN(named); i++)
        if (!strcmp(named[i].name, name))
            return named[i].value;
    ck_abort_msg("no operand %s", name);
}

static bool same(struct f80 a, struct f80 b)
{
    return a.frac == b.frac && a.se == b.se;
}

/* +F and -F: any number of that sign. */
static bool is(struct f80 got, const char *want)
{
    unsigned exp = got.se & 0x7fff;
    if (want[1] != 'F')
        return same(got, value(want));
    return got.frac && exp < 0x7fff && (got.se >> 15 != 0) == (want[0] == '-');
}

static void check(enum instruction which, const char *x, const char *y, const char *want, u16 sw)
{
    struct fp_env env = {.cw = CW_INIT};
    struct f80 got = do_it(which, value(x), value(y), &env);
    ck_assert_msg(is(got, want), "%d x %s y %s: %04x.%016llx, not %s", which, x, y, got.se,
                  (unsigned long long)got.frac, want);
    ck_assert_msg((env.sw & ~SW_C1) == sw, "%d x %s y %s: sw %03x, not %03x", which, x, y, env.sw,
                  sw);
}

/* A table of SDM 2A as it is printed: rows of x, columns of y. */
struct row {
    const char *x, *want[8]; /* "*" is #IA and "#Z+" or "#Z-" an infinity */
};

static const char *const columns[] = {"-inf", "-3", "-0", "+0", "+3", "+inf"};

static void check_cell(enum instruction which, const char *x, const char *y, const char *want)
{
    struct fp_env env = {.cw = CW_INIT};
    do_it(which, value(x), value(y), &env);
    if (want[0] == '*')
        check(which, x, y, "indef", SW_IE);
    else if (want[0] == '#')
        check(which, x, y, want[2] == '+' ? "+inf" : "-inf", SW_ZE);
    else
        check(which, x, y, want, env.sw & SW_PE);
}

static void check_rows(enum instruction which, const struct row *rows, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = 0; j < ARRAY_LEN(columns); j++)
            check_cell(which, rows[i].x, columns[j], rows[i].want[j]);
}

START_TEST(fyl2x_at_the_limits)
{
    static const struct row rows[] = {
        {"-inf", {"*", "*", "*", "*", "*", "*"}},
        {"-3", {"*", "*", "*", "*", "*", "*"}},
        {"-den", {"*", "*", "*", "*", "*", "*"}},
        {"-0", {"+inf", "#Z+", "*", "*", "#Z-", "-inf"}},
        {"+0", {"+inf", "#Z+", "*", "*", "#Z-", "-inf"}},
        {"+.5", {"+inf", "+F", "+0", "-0", "-F", "-inf"}},
        {"+1", {"*", "-0", "-0", "+0", "+0", "*"}},
        {"+3", {"-inf", "-F", "-0", "+0", "+F", "+inf"}},
        {"+inf", {"-inf", "-inf", "*", "*", "+inf", "+inf"}},
    };
    check_rows(FYL2X, rows, ARRAY_LEN(rows));
}
END_TEST

START_TEST(fyl2xp1_at_the_limits)
{
    static const struct row rows[] = {
        {"-inf", {"*", "*", "*", "*", "*", "*"}},
        {"-.25", {"+inf", "+F", "+0", "-0", "-F", "-inf"}},
        {"-0", {"*", "+0", "+0", "-0", "-0", "*"}},
        {"+0", {"*", "-0", "-0", "+0", "+0", "*"}},
        {"+.25", {"-inf", "-F", "-0", "+0", "+F", "+inf"}},
        {"+inf", {"-inf", "-inf", "*", "*", "+inf", "+inf"}},
    };
    check_rows(FYL2XP1, rows, ARRAY_LEN(rows));
}
END_TEST

START_TEST(fpatan_at_the_limits)
{
    static const struct row rows[] = {
        {"-inf", {"-3pi/4", "-pi", "-pi", "pi", "pi", "3pi/4"}},
        {"-3", {"-pi/2", "-3pi/4", "-pi", "pi", "3pi/4", "pi/2"}},
        {"-0", {"-pi/2", "-pi/2", "-pi", "pi", "pi/2", "pi/2"}},
        {"+0", {"-pi/2", "-pi/2", "-0", "+0", "pi/2", "pi/2"}},
        {"+3", {"-pi/2", "-pi/4", "-0", "+0", "pi/4", "pi/2"}},
        {"+inf", {"-pi/4", "-0", "-0", "+0", "+0", "pi/4"}},
    };
    check_rows(FPATAN, rows, ARRAY_LEN(rows));
}
END_TEST

struct single {
    enum instruction which;
    const char *x, *want;
    u16 sw;
};

/* y, where there is one, is 3. */
START_TEST(one_operand_at_the_limits)
{
    static const struct single rows[] = {
        {F2XM1, "-1", "-.5", 0},         {F2XM1, "-0", "-0", 0},
        {F2XM1, "+0", "+0", 0},          {F2XM1, "+1", "+1", 0},
        {F2XM1, "-.25", "-F", SW_PE},    {F2XM1, "+.25", "+F", SW_PE},
        {F2XM1, "+inf", "+inf", 0},      {F2XM1, "-inf", "-1", 0},
        {F2XM1, "+3", "+3", SW_PE},      {F2XM1, "-3", "-3", SW_PE},
        {FYL2XP1, "-1", "-1", SW_PE},    {FYL2XP1, "-3", "-3", SW_PE},
        {FSIN, "-inf", "indef", SW_IE},  {FSIN, "+inf", "indef", SW_IE},
        {FSIN, "-0", "-0", 0},           {FSIN, "+0", "+0", 0},
        {FSIN, "2^63", "2^63", SW_C2},   {FSIN, "-2^63", "-2^63", SW_C2},
        {FCOS, "-inf", "indef", SW_IE},  {FCOS, "+inf", "indef", SW_IE},
        {FCOS, "-0", "+1", 0},           {FCOS, "+0", "+1", 0},
        {FCOS, "2^63", "2^63", SW_C2},   {FCOS, "-2^63", "-2^63", SW_C2},
        {FPTAN, "-inf", "indef", SW_IE}, {FPTAN, "+inf", "indef", SW_IE},
        {FPTAN, "-0", "-0", 0},          {FPTAN, "+0", "+0", 0},
        {FPTAN, "2^63", "2^63", SW_C2},  {FPTAN, "-2^63", "-2^63", SW_C2},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
        check(rows[i].which, rows[i].x, "+3", rows[i].want, rows[i].sw);
}
END_TEST

/* SDM 1 "NaN Handling" and "Unsupported Double Extended-Precision Floating-Point Encodings". */
START_TEST(operands_that_are_no_numbers)
{
    static const char *const unsupported[] = {"unnormal", "pinf", "pnan"};
    for (unsigned which = F2XM1; which <= FPTAN; which++) {
        check(which, "qnan", "+0", "qnan", 0);
        check(which, "snan", "+0", "squiet", SW_IE);
        for (unsigned i = 0; i < ARRAY_LEN(unsupported); i++)
            check(which, unsupported[i], "+0", "indef", SW_IE);
    }
    for (unsigned which = FYL2X; which <= FPATAN; which++) {
        check(which, "-3", "qnan", "qnan", 0);
        check(which, "-den", "qnan", "qnan", 0);
        check(which, "-3", "snan", "squiet", SW_IE);
        check(which, "qnan", "-qnan", "-qnan", 0);
        check(which, "-qnan", "qnan", "-qnan", 0);
        check(which, "snan", "qnan", "qnan", SW_IE);
        check(which, "qnan", "snan", "qnan", SW_IE);
        check(which, "snan", "snan", "squiet", SW_IE);
        for (unsigned i = 0; i < ARRAY_LEN(unsupported); i++) {
            check(which, "+1", unsupported[i], "indef", SW_IE);
            check(which, "qnan", unsupported[i], "indef", SW_IE);
        }
    }
}
END_TEST

/* What else beside a denormal operand is an exception, and what is reported first: as processors of
 * today have it. */
START_TEST(denormal_operands)
{
    static const struct {
        enum instruction which;
        const char *x, *y, *want;
        u16 sw;
    } rows[] = {
        {F2XM1, "+den", "+0", "+F", SW_DE | SW_UE | SW_PE},
        {F2XM1, "+pden", "+0", "+F", SW_DE | SW_UE | SW_PE},
        {FSIN, "+den", "+0", "+den", SW_DE | SW_UE | SW_PE},
        {FSIN, "-den", "+0", "-den", SW_DE | SW_UE | SW_PE},
        {FSIN, "+pden", "+0", "+F", SW_DE | SW_PE},
        {FCOS, "+den", "+0", "+1", SW_DE | SW_PE},
        {FPTAN, "+den", "+0", "+den", SW_DE | SW_UE | SW_PE},
        {FYL2X, "+den", "-0", "+0", SW_DE},
        {FYL2X, "+den", "+inf", "-inf", SW_DE},
        {FYL2X, "+1", "+den", "+0", SW_DE},
        {FYL2X, "+0", "+den", "-inf", SW_ZE},
        {FYL2X, "+inf", "+den", "+inf", SW_DE},
        {FYL2X, "+3", "+den", "+F", SW_DE | SW_UE | SW_PE},
        {FYL2X, "-den", "+3", "indef", SW_IE},
        {FYL2XP1, "+den", "-inf", "-inf", SW_DE},
        {FYL2XP1, "-0", "+den", "-0", SW_DE},
        {FYL2XP1, "-den", "+3", "-F", SW_DE | SW_UE | SW_PE},
        {FPATAN, "+den", "+0", "+0", SW_DE},
        {FPATAN, "-den", "-0", "-pi", SW_DE | SW_PE},
        {FPATAN, "+den", "+inf", "pi/2", SW_DE | SW_PE},
        {FPATAN, "+inf", "-den", "-0", SW_DE},
        {FPATAN, "+den", "+den", "pi/4", SW_DE | SW_PE},
        {FPATAN, "+1", "+den", "+den", SW_DE | SW_UE | SW_PE},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
        check(rows[i].which, rows[i].x, rows[i].y, rows[i].want, rows[i].sw);
}
END_TEST

/* y log2(2^n) has no error; and no PE while 64 bits hold it. */
START_TEST(powers_of_two_are_exact)
{
    for (int n = -16445; n < 16384; n += 7) {
        struct f80 x = {F80_INTEGER, (u16)(n + BIAS)};
        if (n < -16382)
            x = (struct f80){(u64)1 << (n + 16445), 0};
        struct fp_env env = {.cw = CW_INIT};
        struct f80 got = f80_yl2x(x, value("+3"), &env);
        int size = 3 * (n < 0 ? -n : n), exp = 31 - __builtin_clz((unsigned)size | 1);
        struct f80 want = {(u64)size << (63 - exp), (u16)((n < 0 ? F80_SIGN : 0) | (exp + BIAS))};
        ck_assert(same(got, n ? want : value("+0")));
        ck_assert_uint_eq(env.sw & SW_AFTER, 0);
    }
}
END_TEST

START_TEST(an_exact_product_may_need_rounding)
{
    struct fp_env env = {.cw = CW_INIT};
    struct f80 x = {F80_INTEGER, BIAS + 3}, y = {~(u64)0, BIAS};
    struct f80 got = f80_yl2x(x, y, &env); /* 3 (2^64 - 1): 66 bits, …01 */
    ck_assert(same(got, (struct f80){0xbfffffffffffffff, BIAS + 2}));
    ck_assert_uint_eq(env.sw, SW_PE);
}
END_TEST

static const struct golden {
    enum instruction which;
    struct f80 x, y, want;
} golden[] = {
    {F2XM1, {0x8000000000000000, 0x3ffe}, {0, 0}, {0xd413cccfe7799211, 0x3ffd}},
    {F2XM1, {0xfedcba9876543210, 0xbffe}, {0, 0}, {0xff35cb81bfacad4b, 0xbffd}},
    {F2XM1, {0x9876543210fedcba, 0x3fd3}, {0, 0}, {0xd35b865ca97cd1a3, 0x3fd2}},
    {F2XM1, {0x8000000000000001, 0x0001}, {0, 0}, {0x58b90bfbe8e7bcd7, 0x0000}},
    {F2XM1, {0x0000000000012345, 0x8000}, {0, 0}, {0x000000000000c9e5, 0x8000}},
    {FYL2X,
     {0xc000000000000000, 0x4000},
     {0x8000000000000000, 0x3fff},
     {0xcae00d1cfdeb43d0, 0x3fff}},
    {FYL2X,
     {0x8000000000000001, 0x3fff},
     {0xc000000000000000, 0xc010},
     {0x8a7fac5f0511f48c, 0xbfd2}},
    {FYL2X,
     {0xffffffffffffffff, 0x3ffe},
     {0x8000000000000000, 0x3fff},
     {0xb8aa3b295c17f0bc, 0xbfbf}},
    {FYL2X,
     {0xb504f333f9de6484, 0x3fff},
     {0x8000000000000000, 0x3fff},
     {0xffffffffffffffff, 0x3ffd}},
    {FYL2X,
     {0x0000000000000003, 0x0000},
     {0xa000000000000000, 0x4001},
     {0xa094899fbe6f0a68, 0xc00f}},
    {FYL2XP1,
     {0x9000000000000000, 0x3ffd},
     {0x8000000000000000, 0x3fff},
     {0xb7110e6ce866f2bc, 0x3ffd}},
    {FYL2XP1,
     {0x95f6190000000000, 0xbffd},
     {0xc90fdaa22168c235, 0x4000},
     {0xc90fd9ae7bf419a7, 0xbfff}},
    {FYL2XP1,
     {0xabcdef0123456789, 0x3f80},
     {0x8000000000000000, 0x3fff},
     {0xf7dc847b7ff3d78a, 0x3f80}},
    {FPATAN,
     {0xc000000000000000, 0x3fff},
     {0xa000000000000000, 0x3fff},
     {0xb1da5e1f8b5453ec, 0x3ffe}},
    {FPATAN,
     {0xc000000000000000, 0xbfff},
     {0xa000000000000000, 0x3fff},
     {0x9c99431a3e93ad3a, 0x4000}},
    {FPATAN,
     {0x8000000000000000, 0x3f00},
     {0x8000000000000000, 0xc0f0},
     {0xc90fdaa22168c235, 0xbfff}},
    {FPATAN,
     {0xffffffffffffffff, 0x3fff},
     {0x8000000000000000, 0x3f9f},
     {0x8000000000000001, 0x3f9e}},
    {FSIN, {0x8000000000000000, 0x3fff}, {0, 0}, {0xd76aa47848677021, 0x3ffe}},
    {FSIN, {0xc90fdaa22168c235, 0x3fff}, {0, 0}, {0x8000000000000000, 0x3fff}},
    {FSIN, {0xffffffffffffffff, 0x403d}, {0, 0}, {0xe0ab9300da6d2684, 0x3ffe}},
    {FSIN, {0x8000000000000000, 0xbff8}, {0, 0}, {0xffff555577777437, 0xbff7}},
    {FCOS, {0x8000000000000000, 0x3fff}, {0, 0}, {0x8a51407da8345c92, 0x3ffe}},
    {FCOS, {0xc90fdaa22168c235, 0x3fff}, {0, 0}, {0x8000000000000000, 0xbfbe}},
    {FCOS, {0xfedcba9876543210, 0xc03d}, {0, 0}, {0xdbcc88646d324b13, 0x3ffe}},
    {FCOS, {0xc90fdaa22168c234, 0x3ffe}, {0, 0}, {0xb504f333f9de6485, 0x3ffe}},
    {FPTAN, {0x8000000000000000, 0x3fff}, {0, 0}, {0xc75922e5f71d2dc5, 0x3fff}},
    {FPTAN, {0xc90fdaa22168c235, 0x3fff}, {0, 0}, {0x8000000000000000, 0xc040}},
    {FPTAN, {0x9876543210fedcba, 0x401f}, {0, 0}, {0xa22419205ba8009d, 0xbffe}},
    {FPTAN, {0x8000000000000000, 0x3fe0}, {0, 0}, {0x8000000000000001, 0x3fe0}},
    /* Just beyond the middle of two multiples, where the first guess is the wrong one. */
    {FSIN, {0x85f1bd8c4392fc56, 0x403d}, {0, 0}, {0xb504f333f9de6488, 0x3ffe}},
    {FCOS, {0x92b36e1386f65152, 0xc03d}, {0, 0}, {0xb504f333f9de6488, 0xbffe}},
    /* Intel's processors are said to give 1.2246063538223773e-16 for the sine of pi as a double,
     * and so says the arithmetic of the 66-bit pi: it is 8d3h * 2^-64 larger. */
    {FSIN, {0xc90fdaa22168c000, 0x4000}, {0, 0}, {0x8d30000000000000, 0x3fca}},
};

START_TEST(chosen_results)
{
    for (unsigned i = 0; i < ARRAY_LEN(golden); i++) {
        struct fp_env env = {.cw = CW_INIT};
        struct f80 got = do_it(golden[i].which, golden[i].x, golden[i].y, &env);
        ck_assert_msg(same(got, golden[i].want), "row %u: %04x.%016llx", i, got.se,
                      (unsigned long long)got.frac);
        ck_assert_uint_eq(env.sw & (SW_IE | SW_PE), SW_PE);
    }
}
END_TEST

START_TEST(precision_control_does_not_count)
{
    struct fp_env env = {.cw = (CW_INIT & ~CW_PC) | CW_PC_24};
    struct f80 got = do_it(golden[0].which, golden[0].x, golden[0].y, &env);
    ck_assert(same(got, golden[0].want));
}
END_TEST

/* Down and up are neighbours, zero is one of them, nearest too; C1 says which is the larger. */
START_TEST(the_four_roundings_agree)
{
    for (unsigned i = 0; i < ARRAY_LEN(golden); i++) {
        struct f80 got[4];
        for (unsigned r = 0; r < 4; r++) {
            struct fp_env env = {.cw = (CW_INIT & ~CW_RC) | roundings[r]};
            got[r] = do_it(golden[i].which, golden[i].x, golden[i].y, &env);
            bool minus = got[r].se & F80_SIGN;
            if (r)
                ck_assert_uint_eq(env.sw & SW_C1, r == (minus ? 1u : 2u) ? SW_C1 : 0);
        }
        bool minus = got[0].se & F80_SIGN;
        struct f80 next = got[3];
        next.frac++;
        if (!next.frac)
            next = (struct f80){F80_INTEGER, (u16)(next.se + 1)};
        ck_assert(same(got[minus ? 2 : 1], got[3]));
        ck_assert(same(got[minus ? 1 : 2], next));
        ck_assert(same(got[0], got[1]) || same(got[0], got[2]));
    }
}
END_TEST

/* The sine of a tiny x is x and not quite x: cut off, it is the number before. */
START_TEST(tiny_results_lean_to_the_right_side)
{
    const struct f80 tiny = {F80_INTEGER | 2, BIAS - 70}, x = {F80_INTEGER, BIAS},
                     before = {F80_INTEGER | 1, BIAS - 70}, after = {F80_INTEGER | 3, BIAS - 70};
    const struct {
        enum instruction which;
        struct f80 x, y, down, up;
    } rows[] = {
        {FSIN, tiny, {0, 0}, before, tiny},
        {FPTAN, tiny, {0, 0}, tiny, after},
        {FPATAN, x, tiny, before, tiny},
        {FCOS, tiny, {0, 0}, {~(u64)0, BIAS - 1}, x},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        struct fp_env down = {.cw = CW_INIT | CW_RC_DOWN}, up = {.cw = CW_INIT | CW_RC_UP};
        ck_assert(same(do_it(rows[i].which, rows[i].x, rows[i].y, &down), rows[i].down));
        ck_assert(same(do_it(rows[i].which, rows[i].x, rows[i].y, &up), rows[i].up));
        ck_assert_uint_eq(down.sw, SW_PE);
        ck_assert_uint_eq(up.sw, SW_PE | SW_C1);
    }
}
END_TEST

static bool less_or_equal(struct f80 a, struct f80 b)
{
    bool a_minus = a.se & F80_SIGN, b_minus = b.se & F80_SIGN;
    if (a_minus != b_minus)
        return a_minus;
    bool larger = a.se != b.se ? a.se > b.se : a.frac > b.frac;
    return same(a, b) || larger == a_minus;
}

static struct f80 successor(struct f80 a)
{
    a.frac++;
    if (!a.frac)
        a = (struct f80){F80_INTEGER, (u16)(a.se + 1)};
    return a;
}

/* 2000 neighbours from x on. */
static void check_monotonic(enum instruction which, struct f80 x, struct f80 y, bool falling)
{
    struct f80 last = {0, 0};
    for (unsigned i = 0; i < 2000; i++, x = successor(x)) {
        struct fp_env env = {.cw = CW_INIT};
        struct f80 now = do_it(which, x, y, &env);
        if (i)
            ck_assert_msg(falling ? less_or_equal(now, last) : less_or_equal(last, now),
                          "%d at %04x.%016llx", which, x.se, (unsigned long long)x.frac);
        last = now;
    }
}

/* Across the steps of the tables, the ends of the reduction, and where one formula follows another.
 */
START_TEST(neighbours_keep_their_order)
{
    static const struct {
        enum instruction which;
        struct f80 x, y;
        bool falling;
    } runs[] = {
        {F2XM1, {0x7ffffffffffffc00 | F80_INTEGER, BIAS - 8}, {0, 0}, false}, /* 2^-7 */
        {F2XM1, {0xc000000000000000 - 1000, BIAS - 7}, {0, 0}, false},        /* 3/256 */
        {F2XM1, {0xfffffffffffffc00, BIAS - 1}, {0, 0}, false},               /* 1 */
        {FYL2X, {0xfffffffffffffc00, BIAS - 1}, {F80_INTEGER, BIAS}, false},
        {FYL2X, {0xb504f333f9de6484 - 1000, BIAS}, {F80_INTEGER, BIAS}, false},
        {FYL2X, {0x8100000000000000 - 1000, BIAS}, {F80_INTEGER, BIAS}, false},
        {FYL2X, {0xfe00000000000000 - 1000, BIAS - 1}, {F80_INTEGER, BIAS}, false},
        {FYL2XP1, {0xfffffffffffffc00, BIAS - 8}, {F80_INTEGER, BIAS}, false},
        {FPATAN, {0xfffffffffffffc00, BIAS - 1}, {F80_INTEGER, BIAS}, true},
        {FPATAN, {0xfffffffffffffc00, BIAS + 6}, {F80_INTEGER, BIAS}, true},
        {FPATAN, {0xfffffffffffffc00, BIAS + 49}, {F80_INTEGER, BIAS}, true},
        {FSIN, {0xc90fdaa22168c234 - 1000, BIAS - 1}, {0, 0}, false},
        {FSIN, {0xfffffffffffffc00, BIAS - 2}, {0, 0}, false},
        {FSIN, {0xc90fdaa22168c234 - 1000, BIAS + 1}, {0, 0}, true},
        {FCOS, {0xc90fdaa22168c234 - 1000, BIAS - 1}, {0, 0}, true},
        {FCOS, {0xc90fdaa22168c234 - 1000, BIAS}, {0, 0}, true},
        {FPTAN, {0xc90fdaa22168c234 - 1000, BIAS - 1}, {0, 0}, false},
        {FPTAN, {0xfffffffffffffc00, BIAS - 57}, {0, 0}, false},
        {FPTAN, {0xc90fdaa22168c234 - 2500, BIAS}, {0, 0}, false},
    };
    for (unsigned i = 0; i < ARRAY_LEN(runs); i++)
        check_monotonic(runs[i].which, runs[i].x, runs[i].y, runs[i].falling);
}
END_TEST

START_TEST(fsincos_and_fptan_give_two)
{
    struct f80 second;
    for (unsigned i = 0; i < ARRAY_LEN(named); i++) {
        struct fp_env both = {.cw = CW_INIT}, sine = both, cosine = both, tangent = both;
        struct f80 s = f80_sin(named[i].value, &sine), c = f80_cos(named[i].value, &cosine);
        ck_assert(same(f80_sincos(named[i].value, &second, &both), s));
        ck_assert(same(second, c));
        ck_assert_uint_eq(both.sw & SW_ANY, (sine.sw | cosine.sw) & SW_ANY);
        ck_assert_uint_eq(both.sw & (SW_C1 | SW_C2), sine.sw & (SW_C1 | SW_C2));
        struct f80 t = f80_ptan(named[i].value, &second, &tangent);
        bool nan = (t.se & 0x7fff) == 0x7fff;
        if (!(tangent.sw & SW_C2))
            ck_assert(same(second, nan ? t : value("+1")));
    }
}
END_TEST

START_TEST(unmasked_exceptions)
{
    static const struct {
        u16 unmasked;
        enum instruction which;
        struct f80 x, y;
        u16 sw; /* without C1 */
        u16 want_se;
    } rows[] = {
        /* before: nothing is computed */
        {SW_DE, FSIN, {1, 0}, {0, 0}, SW_DE, 0},
        {SW_DE, F2XM1, {1, 0}, {0, 0}, SW_DE, 0},
        {SW_DE, FYL2X, {1, 0}, {F80_INTEGER, BIAS}, SW_DE, 0},
        {SW_DE, FYL2XP1, {1, 0}, {F80_INTEGER, BIAS}, SW_DE, 0},
        {SW_DE, FPATAN, {F80_INTEGER, BIAS}, {1, 0}, SW_DE, 0},
        {SW_ZE, FYL2X, {0, 0}, {F80_INTEGER, BIAS}, SW_ZE, 0},
        {SW_IE, FYL2X, {F80_INTEGER, 0xbfff}, {F80_INTEGER, BIAS}, SW_IE, 0},
        /* after: exponents wrapped by 24576 */
        {SW_UE, FSIN, {1, 0}, {0, 0}, SW_DE | SW_UE | SW_PE, 24576 - 62},
        {SW_UE, FPATAN, {F80_INTEGER, 0x7ffe}, {F80_INTEGER, BIAS}, SW_UE | SW_PE, 24576},
        {SW_UE, FYL2X, {F80_INTEGER, BIAS + 2}, {3, 0}, SW_DE | SW_UE, 24576 + 1 - 61},
        {SW_OE, FYL2X, {F80_INTEGER, BIAS + 4}, {F80_INTEGER, 0x7ffe}, SW_OE, 0x7ffe + 2 - 24576},
        {SW_OE, FYL2X, {3, 0}, {F80_INTEGER, 0x7ffe}, SW_DE | SW_OE | SW_PE, 0},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        struct fp_env env = {.cw = (u16)(CW_INIT & ~rows[i].unmasked)};
        struct f80 got = do_it(rows[i].which, rows[i].x, rows[i].y, &env);
        ck_assert_msg((env.sw & ~SW_C1) == rows[i].sw, "row %u: sw %03x", i, env.sw);
        ck_assert_int_eq(f80_refused(&env), (rows[i].unmasked & SW_BEFORE) != 0);
        if (rows[i].want_se)
            ck_assert_uint_eq(got.se & 0x7fff, rows[i].want_se);
    }
}
END_TEST

START_TEST(overflow_and_underflow)
{
    static const struct {
        u16 rounding;
        struct f80 y, want;
        u16 sw;
    } rows[] = {
        {CW_RC_NEAREST, {~(u64)0, 0x7ffe}, {F80_INTEGER, 0x7fff}, SW_OE | SW_PE | SW_C1},
        {CW_RC_UP, {~(u64)0, 0x7ffe}, {F80_INTEGER, 0x7fff}, SW_OE | SW_PE | SW_C1},
        {CW_RC_DOWN, {~(u64)0, 0x7ffe}, {~(u64)0, 0x7ffe}, SW_OE | SW_PE},
        {CW_RC_ZERO, {~(u64)0, 0xfffe}, {~(u64)0, 0xfffe}, SW_OE | SW_PE},
        {CW_RC_DOWN, {~(u64)0, 0xfffe}, {F80_INTEGER, 0xffff}, SW_OE | SW_PE | SW_C1},
        /* log2 3 = 1.58…: 1.58 * 2^-16445 */
        {CW_RC_NEAREST, {1, 0}, {2, 0}, SW_DE | SW_UE | SW_PE | SW_C1},
        {CW_RC_ZERO, {1, 0}, {1, 0}, SW_DE | SW_UE | SW_PE},
        {CW_RC_UP, {1, 0x8000}, {1, 0x8000}, SW_DE | SW_UE | SW_PE},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        struct fp_env env = {.cw = (CW_INIT & ~CW_RC) | rows[i].rounding};
        struct f80 got = f80_yl2x(value("+3"), rows[i].y, &env);
        ck_assert_msg(same(got, rows[i].want), "row %u: %04x.%016llx", i, got.se,
                      (unsigned long long)got.frac);
        ck_assert_uint_eq(env.sw, rows[i].sw);
    }
}
END_TEST

/* SDM 2A "FLD1/FLDL2T/…": by RC. */
START_TEST(constants_follow_the_rounding)
{
    static const struct {
        u16 se;
        u64 nearest, down, up;
    } want[F80_CONSTANTS] = {
        [FLD1] = {0x3fff, 0x8000000000000000, 0x8000000000000000, 0x8000000000000000},
        [FLDL2T] = {0x4000, 0xd49a784bcd1b8afe, 0xd49a784bcd1b8afe, 0xd49a784bcd1b8aff},
        [FLDL2E] = {0x3fff, 0xb8aa3b295c17f0bc, 0xb8aa3b295c17f0bb, 0xb8aa3b295c17f0bc},
        [FLDPI] = {0x4000, 0xc90fdaa22168c235, 0xc90fdaa22168c234, 0xc90fdaa22168c235},
        [FLDLG2] = {0x3ffd, 0x9a209a84fbcff799, 0x9a209a84fbcff798, 0x9a209a84fbcff799},
        [FLDLN2] = {0x3ffe, 0xb17217f7d1cf79ac, 0xb17217f7d1cf79ab, 0xb17217f7d1cf79ac},
        [FLDZ] = {0x0000, 0, 0, 0},
    };
    for (unsigned i = 0; i < F80_CONSTANTS; i++)
        for (unsigned r = 0; r < 4; r++) {
            struct f80 got = f80_constant(i, (CW_INIT & ~CW_RC) | roundings[r]);
            u64 all[] = {want[i].nearest, want[i].down, want[i].up, want[i].down};
            ck_assert(same(got, (struct f80){all[r], want[i].se}));
        }
}
END_TEST

/* Any bits at all: it ends, and gives a number or NaN the x87 could have made. */
START_TEST(any_operands)
{
    u64 random = 0x9e3779b97f4a7c15;
    for (unsigned i = 0; i < 200000; i++) {
        struct f80 x, y;
        x.frac = random *= 0x5851f42d4c957f2d, random += 0x14057b7ef767814f;
        y.frac = random *= 0x5851f42d4c957f2d, random += 0x14057b7ef767814f;
        x.se = (u16)(random >> 40), y.se = (u16)(random >> 20);
        struct fp_env env = {.cw = (u16)(random >> 10 & 0xfff)};
        struct f80 got = do_it(random >> 50 & 7, x, y, &env);
        if (!f80_refused(&env) && !(env.sw & SW_C2))
            ck_assert(got.frac >> 63 || !(got.se & 0x7fff));
        ck_assert_uint_eq(env.sw & ~(SW_ANY | SW_C1 | SW_C2), 0);
    }
}
END_TEST

START_TEST(products_with_and_without_128_bits)
{
    static const u64 factors[] = {0, 1, 0xffffffff, 0x100000000, 0x123456789abcdef0, ~(u64)0};
    for (unsigned i = 0; i < ARRAY_LEN(factors) * ARRAY_LEN(factors); i++) {
        u64 a = factors[i / ARRAY_LEN(factors)], b = factors[i % ARRAY_LEN(factors)];
        struct wide p = mul64(a, b), q = mul64_by_halves(a, b);
        ck_assert_uint_eq(p.hi, q.hi);
        ck_assert_uint_eq(p.lo, q.lo);
        ck_assert_uint_eq(q.lo, a * b);
    }
    struct wide all = mul64_by_halves(~(u64)0, ~(u64)0);
    ck_assert_uint_eq(all.hi, ~(u64)1);
}
END_TEST

Suite *transcendental_suite(void)
{
    const TTest *const tests[] = {fyl2x_at_the_limits,
                                  fyl2xp1_at_the_limits,
                                  fpatan_at_the_limits,
                                  one_operand_at_the_limits,
                                  operands_that_are_no_numbers,
                                  denormal_operands,
                                  powers_of_two_are_exact,
                                  an_exact_product_may_need_rounding,
                                  chosen_results,
                                  precision_control_does_not_count,
                                  the_four_roundings_agree,
                                  tiny_results_lean_to_the_right_side,
                                  neighbours_keep_their_order,
                                  fsincos_and_fptan_give_two,
                                  unmasked_exceptions,
                                  overflow_and_underflow,
                                  constants_follow_the_rounding,
                                  any_operands,
                                  products_with_and_without_128_bits,
                                  NULL};
    return unit_suite("transcendental", tests);
}
