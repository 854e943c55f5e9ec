/* SPDX-License-Identifier: MIT */
#include "frontend/keymap.h"
#include "tests/unit/unit.h"

START_TEST(keys_have_names_and_single_signs_name_themselves)
{
    ck_assert_uint_eq(keymap_key("a"), 0x1e);
    ck_assert_uint_eq(keymap_key("Z"), 0x2c);
    ck_assert_uint_eq(keymap_key("/"), 0x35);
    ck_assert_uint_eq(keymap_key("-"), KEY_MINUS);
    ck_assert_uint_eq(keymap_key("f1"), 0x3b);
    ck_assert_uint_eq(keymap_key("F10"), 0x44);
    ck_assert_uint_eq(keymap_key("f11"), 0x57);
    ck_assert_uint_eq(keymap_key("page-up"), 0xc9);
    ck_assert_uint_eq(keymap_key("pgup"), 0xc9);
    ck_assert_uint_eq(keymap_key("del"), 0xd3);
    ck_assert_uint_eq(keymap_key("f13"), 0);
    ck_assert_uint_eq(keymap_key("?"), 0);
    ck_assert_uint_eq(keymap_key(""), 0);
}
END_TEST

START_TEST(a_chord_is_split_at_its_joints)
{
    struct chord chord;

    ck_assert(keymap_chord("ctrl-alt-del", &chord));
    ck_assert_uint_eq(chord.count, 3);
    ck_assert_uint_eq(chord.key[0], KEY_LEFT_CTRL);
    ck_assert_uint_eq(chord.key[1], KEY_LEFT_ALT);
    ck_assert_uint_eq(chord.key[2], KEY_DELETE);
    ck_assert(keymap_chord("right-ctrl-page-down", &chord)); /* names with a joint inside */
    ck_assert_uint_eq(chord.count, 2);
    ck_assert_uint_eq(chord.key[0], KEY_RIGHT_CTRL);
    ck_assert_uint_eq(chord.key[1], KEY_PAGE_DOWN);
    ck_assert(keymap_chord("ctrl--", &chord));
    ck_assert_uint_eq(chord.key[1], KEY_MINUS);
    ck_assert(keymap_chord("ctrl+x", &chord));
    ck_assert_uint_eq(chord.key[1], 0x2d);
    ck_assert(keymap_chord("-", &chord));
    ck_assert_uint_eq(chord.count, 1);
}
END_TEST

START_TEST(bad_chords_are_refused)
{
    struct chord chord;

    ck_assert(!keymap_chord("", &chord));
    ck_assert(!keymap_chord("ctrl-", &chord));
    ck_assert(!keymap_chord("ctrl-foo", &chord));
    ck_assert(!keymap_chord("foo-a", &chord));
    ck_assert(!keymap_chord("a-b-c-d-e-f-g", &chord));
    ck_assert(keymap_chord("a-b-c-d-e-f", &chord));
}
END_TEST

START_TEST(every_printable_character_is_typed_and_looks_as_on_a_us_keyboard)
{
    static const char lower[] = "`1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./ ";
    static const char upper[] = "~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"|ZXCVBNM<>?";
    struct chord chord, twin;

    for (char c = ' '; c < 0x7f; c++)
        ck_assert_msg(keymap_char(c, &chord), "no key for %c", c);
    for (size_t i = 0; upper[i]; i++) {
        ck_assert(keymap_char(lower[i], &twin));
        ck_assert(keymap_char(upper[i], &chord));
        ck_assert_uint_eq(twin.count, 1);
        ck_assert_uint_eq(chord.count, 2);
        ck_assert_uint_eq(chord.key[0], KEY_LEFT_SHIFT);
        ck_assert_uint_eq(chord.key[1], twin.key[0]);
    }
    ck_assert(keymap_char('\n', &chord));
    ck_assert_uint_eq(chord.key[0], KEY_ENTER);
    ck_assert(keymap_char('\b', &chord));
    ck_assert_uint_eq(chord.key[0], KEY_BACKSPACE);
    ck_assert(!keymap_char('\x01', &chord));
    ck_assert(!keymap_char('\0', &chord));
}
END_TEST

START_TEST(a_combination_is_modifiers_and_one_key)
{
    struct combo combo;
    char text[HOTKEY_TEXT];

    ck_assert(keymap_combo("ctrl-alt-g", &combo));
    ck_assert_uint_eq(combo.mods, MOD_CTRL | MOD_ALT);
    ck_assert_uint_eq(combo.key, 0x22);
    keymap_combo_text(combo, text, sizeof text);
    ck_assert_str_eq(text, "Ctrl-Alt-G");
    ck_assert(keymap_combo("right-alt-page-up", &combo));
    keymap_combo_text(combo, text, sizeof text);
    ck_assert_str_eq(text, "Alt-Page-Up");
    ck_assert(!keymap_combo("a-b", &combo));
    ck_assert(!keymap_combo("ctrl-alt", &combo));
    ck_assert(!keymap_combo("ctrl-ctrl-a", &combo));
}
END_TEST

START_TEST(every_name_leads_to_its_key)
{
    const char *name;
    unsigned i;

    for (i = 0; (name = keymap_all_names(NULL, i)); i++) {
        ck_assert(keymap_key(name));
        ck_assert_uint_eq(keymap_key(keymap_name(keymap_key(name))), keymap_key(name));
    }
    ck_assert_uint_gt(i, 100);
}
END_TEST

Suite *keymap_suite(void)
{
    const TTest *const tests[] = {keys_have_names_and_single_signs_name_themselves,
                                  a_chord_is_split_at_its_joints,
                                  bad_chords_are_refused,
                                  every_printable_character_is_typed_and_looks_as_on_a_us_keyboard,
                                  a_combination_is_modifiers_and_one_key,
                                  every_name_leads_to_its_key,
                                  NULL};
    return unit_suite("keymap", tests);
}
