/* SPDX-License-Identifier: MIT */
#include "src/base/log.h"
#include "tests/unit/unit.h"

START_TEST(ranges_are_written_in_four_ways)
{
    struct log_ranges r;
    ck_assert(log_ranges_parse(&r, "0x7c00..0x7dff,100+10,0x2000-0x1000,7,5000.."));
    ck_assert_uint_eq(r.count, 5);
    ck_assert(log_ranges_hold(&r, 0x7c00) && log_ranges_hold(&r, 0x7dff));
    ck_assert(!log_ranges_hold(&r, 99) && log_ranges_hold(&r, 100));
    ck_assert(log_ranges_hold(&r, 109) && !log_ranges_hold(&r, 110));
    ck_assert_uint_eq(r.range[2].first, 0x1001);
    ck_assert_uint_eq(r.range[2].last, 0x2000);
    ck_assert(log_ranges_hold(&r, 7) && !log_ranges_hold(&r, 8));
    ck_assert(!log_ranges_hold(&r, 4000) && log_ranges_hold(&r, ~(u64)0));
}
END_TEST

START_TEST(no_ranges_hold_everything)
{
    struct log_ranges none = {.count = 0};
    ck_assert(log_ranges_hold(&none, 0) && log_ranges_hold(&none, ~(u64)0));
}
END_TEST

START_TEST(what_is_no_range_is_refused)
{
    static const char *const bad[] = {
        "",   "x",   "1,",    ",1",  "..5", "5..4",  "1+0",
        "1+", "2-4", "1...2", "1 2", "-5",  "1..2x", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"};
    struct log_ranges r;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        ck_assert_msg(!log_ranges_parse(&r, bad[i]), "accepted: %s", bad[i]);
}
END_TEST

START_TEST(a_filter_hides_other_addresses)
{
    struct log_ranges r;
    ck_assert(log_ranges_parse(&r, "16..31"));
    ck_assert(log_shows(15));
    log_filter(&r);
    ck_assert(!log_shows(15) && log_shows(16) && log_shows(31) && !log_shows(32));
    log_filter(NULL);
    ck_assert(log_shows(15));
}
END_TEST

START_TEST(an_unknown_class_is_named)
{
    const char *bad = NULL;
    u32 mask = log_mask;
    ck_assert(!log_enable("exec,nonsense,int", &bad));
    ck_assert_str_eq(bad, "nonsense,int");
    log_mask = mask;
    ck_assert(log_enable("exec,int", &bad));
    ck_assert_uint_eq(log_mask, mask | LOG_EXEC | LOG_INT);
    log_mask = mask;
}
END_TEST

Suite *log_suite(void)
{
    const TTest *const tests[] = {ranges_are_written_in_four_ways, no_ranges_hold_everything,
                                  what_is_no_range_is_refused,     a_filter_hides_other_addresses,
                                  an_unknown_class_is_named,       NULL};
    return unit_suite("log", tests);
}
