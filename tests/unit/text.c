/* SPDX-License-Identifier: MIT */
#include "frontend/text.h"

#include "tests/unit/unit.h"

static void put_row(struct text_screen *screen, unsigned row, const char *text)
{
    for (unsigned i = 0; i < screen->cols; i++)
        screen->cell[row][i] = (u16)(0x0700 | (*text ? (u8)*text++ : ' '));
}

START_TEST(characters_are_those_of_code_page_437)
{
    ck_assert_uint_eq(text_unicode('A'), 'A');
    ck_assert_uint_eq(text_unicode(0x01), 0x263a);
    ck_assert_uint_eq(text_unicode(0x7f), 0x2302);
    ck_assert_uint_eq(text_unicode(0x81), 0xfc);
    ck_assert_uint_eq(text_unicode(0xb3), 0x2502);
    ck_assert_uint_eq(text_unicode(0xdb), 0x2588);
    ck_assert_uint_eq(text_unicode(0xe1), 0xdf);
    ck_assert_uint_eq(text_unicode(0x00), ' ');
    ck_assert_uint_eq(text_unicode(0xff), ' ');
}
END_TEST

START_TEST(every_character_is_found_again)
{
    for (int code = 1; code < 0xff; code++)
        ck_assert_int_eq(text_cp437(text_unicode((u8)code)), code);
    ck_assert_int_eq(text_cp437(0x20ac), -1); /* the euro came later */
    ck_assert_int_eq(text_cp437(0xa0), 0xff);
}
END_TEST

START_TEST(ascii_is_printable_for_every_code)
{
    for (int code = 0; code < 0x100; code++) {
        char c = text_ascii((u8)code);
        ck_assert_msg(c >= ' ' && c < 0x7f, "code %02x", (unsigned)code);
    }
    ck_assert_int_eq(text_ascii(0x81), 'u');
    ck_assert_int_eq(text_ascii(0xc4), '-');
    ck_assert_int_eq(text_ascii(0xba), '|');
    ck_assert_int_eq(text_ascii(0xe1), 'B');
    ck_assert_int_eq(text_ascii(0xfd), '2');
}
END_TEST

START_TEST(utf8_goes_both_ways)
{
    static const u32 values[] = {'A',    0x7f,   0x80,    0xfc,    0x7ff,   0x800,
                                 0x2502, 0xffff, 0x10000, 0x1f600, 0x10ffff};
    char bytes[5];

    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        const char *p = bytes;
        size_t n = text_utf8_put(bytes, values[i]);
        bytes[n] = 0;
        ck_assert_uint_eq(text_utf8_get(&p), values[i]);
        ck_assert_ptr_eq(p, bytes + n);
    }
}
END_TEST

START_TEST(malformed_utf8_counts_byte_by_byte_and_never_passes_the_end)
{
    const char *p = "\xff\xe2\x82";

    ck_assert_uint_eq(text_utf8_get(&p), 0xff);
    ck_assert_uint_eq(text_utf8_get(&p), 0xe2);
    ck_assert_uint_eq(text_utf8_get(&p), 0x82);
    ck_assert_int_eq(*p, 0);
}
END_TEST

START_TEST(rows_lose_their_trailing_blanks)
{
    static struct text_screen screen = {.active = true, .cols = 40, .rows = 4};
    static char text[TEXT_STRING];

    put_row(&screen, 0, "A:\\>");
    put_row(&screen, 1, "");
    put_row(&screen, 2,
            "  \x81"
            "ber \xb3");
    put_row(&screen, 3, "");
    screen.cell[3][5] = 0; /* blank too */
    ck_assert_uint_eq(text_string(&screen, text), strlen(text));
    ck_assert_str_eq(text, "A:\\>\n\n  \xc3\xbc"
                           "ber \xe2\x94\x82\n");
}
END_TEST

START_TEST(graphics_have_no_text_and_sizes_are_bounded)
{
    static struct text_screen screen = {.active = true, .cols = 255, .rows = 255};
    static char text[TEXT_STRING];

    memset(screen.cell, 0xb3, sizeof screen.cell);
    ck_assert_uint_eq(text_string(&screen, text), TEXT_STRING - 2);
    screen.active = false;
    ck_assert_uint_eq(text_string(&screen, text), 0);
}
END_TEST

Suite *text_suite(void)
{
    const TTest *const tests[] = {characters_are_those_of_code_page_437,
                                  every_character_is_found_again,
                                  ascii_is_printable_for_every_code,
                                  utf8_goes_both_ways,
                                  malformed_utf8_counts_byte_by_byte_and_never_passes_the_end,
                                  rows_lose_their_trailing_blanks,
                                  graphics_have_no_text_and_sizes_are_bounded,
                                  NULL};
    return unit_suite("text", tests);
}
