/* SPDX-License-Identifier: MIT */
#include "src/base/clock.h"
#include "src/base/line.h"
#include "src/base/state.h"
#include "tests/unit/unit.h"

struct inner {
    u8 a;
    u32 b;
};

struct outer {
    bool on;
    u16 word[3];
    struct inner inner[2];
    void *wire;
};

static const struct field inner_fields[] = {FIELD(struct inner, a), FIELD(struct inner, b),
                                            FIELD_END};
static const struct field outer_fields[] = {
    FIELD(struct outer, on), FIELD_ARRAY(struct outer, word),
    FIELD_STRUCTS(struct outer, inner, inner_fields), TRANSIENT(struct outer, wire), FIELD_END};
static const struct field forgetful[] = {FIELD(struct outer, on),
                                         FIELD_STRUCTS(struct outer, inner, inner_fields),
                                         TRANSIENT(struct outer, wire), FIELD_END};

START_TEST(a_forgotten_field_is_found)
{
    ck_assert_uint_eq(state_uncovered(NULL, outer_fields, sizeof(struct outer)), 0);
    ck_assert_uint_ne(state_uncovered(NULL, forgetful, sizeof(struct outer)), 0);
    ck_assert_uint_eq(state_uncovered(stderr, timer_fields, sizeof(struct timer)), 0);
    ck_assert_uint_eq(state_uncovered(stderr, clock_fields, sizeof(struct clock)), 0);
    ck_assert_uint_eq(state_uncovered(stderr, line_fields, sizeof(struct line)), 0);
}
END_TEST

static const struct field inner_forgetful[] = {FIELD(struct inner, a), FIELD_END};
static const struct field nested[] = {
    FIELD(struct outer, on), FIELD_ARRAY(struct outer, word),
    FIELD_STRUCTS(struct outer, inner, inner_forgetful), TRANSIENT(struct outer, wire), FIELD_END};

START_TEST(a_forgotten_field_of_a_struct_inside_is_found)
{
    ck_assert_uint_ne(state_uncovered(NULL, inner_forgetful, sizeof(struct inner)), 0);
    ck_assert_uint_ne(state_uncovered(NULL, nested, sizeof(struct outer)), 0);
}
END_TEST

START_TEST(hash_and_diff_see_every_field_and_no_wire)
{
    struct outer a = {.on = true, .word = {1, 2, 3}, .inner = {{1, 2}, {3, 4}}}, b = a;
    b.wire = &a;
    u64 hash = state_hash(STATE_HASH_START, outer_fields, &a);
    ck_assert_uint_eq(hash, state_hash(STATE_HASH_START, outer_fields, &b));
    b.inner[1].b = 5;
    ck_assert_uint_ne(hash, state_hash(STATE_HASH_START, outer_fields, &b));
    char text[64] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    ck_assert_uint_eq(state_diff(out, "o", outer_fields, &a, &b), 1);
    fclose(out);
    ck_assert_str_eq(text, "o.inner[1].b: 4, 5\n");
}
END_TEST

Suite *state_suite(void)
{
    const TTest *const tests[] = {a_forgotten_field_is_found,
                                  a_forgotten_field_of_a_struct_inside_is_found,
                                  hash_and_diff_see_every_field_and_no_wire, NULL};
    return unit_suite("state", tests);
}
