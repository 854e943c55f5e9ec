/* SPDX-License-Identifier: MIT */
#include "frontend/hotkeys.h"

#include "frontend/keymap.h"
#include "tests/unit/unit.h"

START_TEST(the_usual_combinations_are_there)
{
    struct hotkeys hotkeys;
    char text[HOTKEY_TEXT];

    hotkeys_init(&hotkeys);
    ck_assert_int_eq(hotkeys_find(&hotkeys, MOD_CTRL, KEY_F10), HOTKEY_MOUSE);
    ck_assert_int_eq(hotkeys_find(&hotkeys, MOD_ALT, KEY_ENTER), HOTKEY_FULL_SCREEN);
    ck_assert_int_eq(hotkeys_find(&hotkeys, MOD_CTRL, KEY_F12), HOTKEY_CTRL_ALT_DEL);
    ck_assert_int_eq(hotkeys_find(&hotkeys, MOD_CTRL | MOD_ALT, keymap_key("p")), HOTKEY_PAUSE);
    ck_assert_int_eq(hotkeys_find(&hotkeys, 0, KEY_F12), HOTKEY_NONE);
    ck_assert_int_eq(hotkeys_find(&hotkeys, MOD_CTRL | MOD_SHIFT, KEY_F10), HOTKEY_NONE);
    hotkeys_text(&hotkeys, HOTKEY_MOUSE, text);
    ck_assert_str_eq(text, "Ctrl-F10");
}
END_TEST

START_TEST(every_action_has_a_combination_of_its_own)
{
    struct hotkeys hotkeys;

    hotkeys_init(&hotkeys);
    for (int i = 0; i < HOTKEY_COUNT; i++) {
        ck_assert_uint_ne(hotkeys.combo[i].key, 0);
        ck_assert_int_eq(hotkeys_find(&hotkeys, hotkeys.combo[i].mods, hotkeys.combo[i].key), i);
    }
}
END_TEST

START_TEST(a_combination_can_be_moved_and_taken_away)
{
    struct hotkeys hotkeys;
    char message[200] = "";

    hotkeys_init(&hotkeys);
    ck_assert(hotkeys_bind(&hotkeys, "pause=ctrl-shift-f8", message, sizeof message));
    ck_assert_int_eq(hotkeys_find(&hotkeys, MOD_CTRL | MOD_SHIFT, KEY_F1 + 7), HOTKEY_PAUSE);
    ck_assert_int_eq(hotkeys_find(&hotkeys, MOD_CTRL | MOD_ALT, keymap_key("p")), HOTKEY_NONE);
    ck_assert(hotkeys_bind(&hotkeys, "quit=none", message, sizeof message));
    ck_assert(hotkeys_bind(&hotkeys, "copy=none", message, sizeof message)); /* two with none */
    ck_assert_int_eq(hotkeys_find(&hotkeys, MOD_CTRL, KEY_F1 + 8), HOTKEY_NONE);
    ck_assert_int_eq(hotkeys_find(&hotkeys, 0, 0), HOTKEY_NONE);
}
END_TEST

static void check_refused(const char *binding, const char *why)
{
    struct hotkeys hotkeys;
    char message[200] = "";

    hotkeys_init(&hotkeys);
    ck_assert(!hotkeys_bind(&hotkeys, binding, message, sizeof message));
    ck_assert_msg(strstr(message, why) != NULL, "%s: %s", binding, message);
}

START_TEST(a_bad_binding_is_named)
{
    check_refused("puase=f5", "did you mean pause?");
    check_refused("xyzzy=f5", "no such action");
    check_refused("pause", "expected action=combination");
    check_refused("pause=", "not a combination");
    check_refused("pause=ctrl-foo", "not a combination");
    check_refused("pause=ctrl-f10", "taken by mouse");
}
END_TEST

Suite *hotkeys_suite(void)
{
    const TTest *const tests[] = {
        the_usual_combinations_are_there, every_action_has_a_combination_of_its_own,
        a_combination_can_be_moved_and_taken_away, a_bad_binding_is_named, NULL};
    return unit_suite("hotkeys", tests);
}
