/* SPDX-License-Identifier: MIT */
/*
 * Names and characters of the keys of a US keyboard with 102 keys.
 * IBM PS/2 Hardware Interface Technical Reference, "Keyboard scan codes", set 1.
 */
#include "frontend/keymap.h"

#include <ctype.h>
#include <stdio.h>

/* What the key with make code I types: alone, and with Shift; NUL: nothing. */
static const char plain[] = "\0\0"
                            "1234567890-=\b\tqwertyuiop[]\n\0"
                            "asdfghjkl;'`\0\\zxcvbnm,./\0\0\0 ";
static const char shifted[] = "\0\0"
                              "!@#$%^&*()_+\0\0QWERTYUIOP{}\0\0"
                              "ASDFGHJKL:\"~\0|ZXCVBNM<>?\0\0\0";

/* The first name of a key is the one that we print. Keys that type a letter, digit or sign are
 * also named by it. */
static const struct key_name {
    const char *name;
    u8 key;
} key_names[] = {
    {"esc", KEY_ESC},
    {"escape", KEY_ESC},
    {"minus", KEY_MINUS},
    {"equal", KEY_EQUAL},
    {"backspace", KEY_BACKSPACE},
    {"tab", KEY_TAB},
    {"bracket-left", 0x1a},
    {"bracket_left", 0x1a},
    {"bracket-right", 0x1b},
    {"bracket_right", 0x1b},
    {"enter", KEY_ENTER},
    {"return", KEY_ENTER},
    {"ret", KEY_ENTER},
    {"ctrl", KEY_LEFT_CTRL},
    {"control", KEY_LEFT_CTRL},
    {"left-ctrl", KEY_LEFT_CTRL},
    {"right-ctrl", KEY_RIGHT_CTRL},
    {"ctrl_r", KEY_RIGHT_CTRL},
    {"semicolon", 0x27},
    {"apostrophe", 0x28},
    {"grave", 0x29},
    {"grave_accent", 0x29},
    {"shift", KEY_LEFT_SHIFT},
    {"left-shift", KEY_LEFT_SHIFT},
    {"right-shift", KEY_RIGHT_SHIFT},
    {"shift_r", KEY_RIGHT_SHIFT},
    {"backslash", KEY_BACKSLASH},
    {"comma", 0x33},
    {"dot", 0x34},
    {"slash", 0x35},
    {"pad-star", KEY_PAD_STAR},
    {"kp_multiply", KEY_PAD_STAR},
    {"asterisk", KEY_PAD_STAR},
    {"alt", KEY_LEFT_ALT},
    {"left-alt", KEY_LEFT_ALT},
    {"right-alt", KEY_RIGHT_ALT},
    {"alt_r", KEY_RIGHT_ALT},
    {"altgr", KEY_RIGHT_ALT},
    {"space", KEY_SPACE},
    {"spc", KEY_SPACE},
    {"caps-lock", KEY_CAPS_LOCK},
    {"caps_lock", KEY_CAPS_LOCK},
    {"f1", KEY_F1},
    {"f2", KEY_F1 + 1},
    {"f3", KEY_F1 + 2},
    {"f4", KEY_F1 + 3},
    {"f5", KEY_F1 + 4},
    {"f6", KEY_F1 + 5},
    {"f7", KEY_F1 + 6},
    {"f8", KEY_F1 + 7},
    {"f9", KEY_F1 + 8},
    {"f10", KEY_F10},
    {"f11", KEY_F11},
    {"f12", KEY_F12},
    {"num-lock", KEY_NUM_LOCK},
    {"num_lock", KEY_NUM_LOCK},
    {"scroll-lock", KEY_SCROLL_LOCK},
    {"scroll_lock", KEY_SCROLL_LOCK},
    {"pad-7", KEY_PAD_7},
    {"pad-8", KEY_PAD_7 + 1},
    {"pad-9", KEY_PAD_7 + 2},
    {"pad-minus", KEY_PAD_MINUS},
    {"pad-4", KEY_PAD_MINUS + 1},
    {"pad-5", KEY_PAD_MINUS + 2},
    {"pad-6", KEY_PAD_MINUS + 3},
    {"pad-plus", KEY_PAD_PLUS},
    {"pad-1", KEY_PAD_PLUS + 1},
    {"pad-2", KEY_PAD_PLUS + 2},
    {"pad-3", KEY_PAD_PLUS + 3},
    {"pad-0", KEY_PAD_PLUS + 4},
    {"pad-dot", KEY_PAD_DOT},
    {"kp_7", KEY_PAD_7},
    {"kp_8", KEY_PAD_7 + 1},
    {"kp_9", KEY_PAD_7 + 2},
    {"kp_subtract", KEY_PAD_MINUS},
    {"kp_4", KEY_PAD_MINUS + 1},
    {"kp_5", KEY_PAD_MINUS + 2},
    {"kp_6", KEY_PAD_MINUS + 3},
    {"kp_add", KEY_PAD_PLUS},
    {"kp_1", KEY_PAD_PLUS + 1},
    {"kp_2", KEY_PAD_PLUS + 2},
    {"kp_3", KEY_PAD_PLUS + 3},
    {"kp_0", KEY_PAD_PLUS + 4},
    {"kp_decimal", KEY_PAD_DOT},
    {"less", KEY_102ND},
    {"pad-enter", KEY_PAD_ENTER},
    {"kp_enter", KEY_PAD_ENTER},
    {"pad-slash", KEY_PAD_SLASH},
    {"kp_divide", KEY_PAD_SLASH},
    {"print", KEY_PRINT},
    {"sysrq", KEY_PRINT},
    {"pause", KEY_PAUSE},
    {"home", KEY_HOME},
    {"up", KEY_UP},
    {"page-up", KEY_PAGE_UP},
    {"pgup", KEY_PAGE_UP},
    {"left", KEY_LEFT},
    {"right", KEY_RIGHT},
    {"end", KEY_END},
    {"down", KEY_DOWN},
    {"page-down", KEY_PAGE_DOWN},
    {"pgdn", KEY_PAGE_DOWN},
    {"insert", KEY_INSERT},
    {"ins", KEY_INSERT},
    {"delete", KEY_DELETE},
    {"del", KEY_DELETE},
    {"left-win", KEY_LEFT_GUI},
    {"win", KEY_LEFT_GUI},
    {"meta_l", KEY_LEFT_GUI},
    {"right-win", KEY_RIGHT_GUI},
    {"meta_r", KEY_RIGHT_GUI},
    {"menu", KEY_MENU},
};

/* The position of C in a layout, or 0. */
static u8 find_char(const char *layout, size_t keys, char c)
{
    for (size_t i = 1; c && i < keys; i++)
        if (layout[i] == c)
            return (u8)i;
    return 0;
}

static u8 find_name(const char *name, size_t n)
{
    if (n == 1 && *name > ' ')
        return find_char(plain, sizeof plain, (char)tolower((unsigned char)*name));
    for (size_t i = 0; i < ARRAY_LEN(key_names); i++)
        if (strlen(key_names[i].name) == n && !strncasecmp(key_names[i].name, name, n))
            return key_names[i].key;
    return 0;
}

u8 keymap_key(const char *name)
{
    return find_name(name, strlen(name));
}

const char *keymap_name(u8 key)
{
    for (size_t i = 0; i < ARRAY_LEN(key_names); i++)
        if (key_names[i].key == key)
            return key_names[i].name;
    return NULL;
}

const char *keymap_all_names(const void *unused, unsigned i)
{
    (void)unused;
    return i < ARRAY_LEN(key_names) ? key_names[i].name : NULL;
}

static bool is_joint(char c)
{
    return c == '-' || c == '+';
}

/* The key that TEXT begins with, by its longest name, as "page-up" has a joint inside; *END is
 * behind it and behind the joint, behind which there must be more. */
static u8 first_key(const char *text, const char **end)
{
    for (size_t n = strlen(text); n; n--) {
        bool whole = !text[n] || (is_joint(text[n]) && text[n + 1]);
        u8 key = whole ? find_name(text, n) : 0;
        if (key) {
            *end = text + n + (text[n] != 0);
            return key;
        }
    }
    return 0;
}

bool keymap_chord(const char *text, struct chord *chord)
{
    chord->count = 0;
    do {
        u8 key = first_key(text, &text);
        if (!key || chord->count == KEY_CHORD)
            return false;
        chord->key[chord->count++] = key;
    } while (*text);
    return true;
}

bool keymap_char(char c, struct chord *chord)
{
    u8 key = find_char(plain, sizeof plain, c);

    if (key) {
        *chord = (struct chord){.count = 1, .key = {key}};
        return true;
    }
    key = find_char(shifted, sizeof shifted, c);
    *chord = (struct chord){.count = 2, .key = {KEY_LEFT_SHIFT, key}};
    return key != 0;
}

u8 keymap_mod(u8 key)
{
    static const struct {
        u8 key, mod;
    } mods[] = {
        {KEY_LEFT_CTRL, MOD_CTRL}, {KEY_RIGHT_CTRL, MOD_CTRL},  {KEY_LEFT_ALT, MOD_ALT},
        {KEY_RIGHT_ALT, MOD_ALT},  {KEY_LEFT_SHIFT, MOD_SHIFT}, {KEY_RIGHT_SHIFT, MOD_SHIFT},
    };

    for (size_t i = 0; i < ARRAY_LEN(mods); i++)
        if (mods[i].key == key)
            return mods[i].mod;
    return 0;
}

bool keymap_combo(const char *text, struct combo *combo)
{
    struct chord chord;

    *combo = (struct combo){0};
    if (!keymap_chord(text, &chord))
        return false;
    for (unsigned i = 0; i + 1 < chord.count; i++) {
        u8 mod = keymap_mod(chord.key[i]);
        if (!mod || combo->mods & mod)
            return false;
        combo->mods |= mod;
    }
    combo->key = chord.key[chord.count - 1];
    return !keymap_mod(combo->key);
}

/* "page-up" as a person reads it: "Page-Up". */
static void put_title_case(char *to, size_t size, const char *name)
{
    size_t i = 0;

    for (; name[i] && i + 1 < size; i++)
        to[i] = !i || is_joint(name[i - 1]) ? (char)toupper((unsigned char)name[i]) : name[i];
    to[i] = 0;
}

void keymap_combo_text(struct combo combo, char *text, size_t size)
{
    char key[24], sign[2] = {0};
    const char *name = keymap_name(combo.key);

    if (!name && combo.key < sizeof plain) {
        sign[0] = plain[combo.key];
        name = sign;
    }
    put_title_case(key, sizeof key, name && combo.key ? name : "no key");
    snprintf(text, size, "%s%s%s%s", combo.mods & MOD_CTRL ? "Ctrl-" : "",
             combo.mods & MOD_ALT ? "Alt-" : "", combo.mods & MOD_SHIFT ? "Shift-" : "", key);
}
