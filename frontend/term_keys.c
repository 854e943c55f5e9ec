/* SPDX-License-Identifier: MIT */
/*
 * Keys of a terminal, which tells what was typed and not which key went down or up: each becomes
 * a press and a release. Alt comes as an ESC before the key. Ctrl-] is ours, and calls the menu.
 *
 * A terminal cannot tell: keys held down, modifiers alone, Ctrl with digits and signs, the numeric
 * pad from the other keys, Pause, Print, the mouse.
 */
#include "frontend/term.h"

#include <stdlib.h>
#include <term.h>

#include "frontend/actions.h"
#include "frontend/text.h"

enum { MENU = 0x1d /* Ctrl-] */, ESC = 0x1b };

static const struct {
    int code;
    const char *chord;
} plain_keys[] = {
    {KEY_UP, "up"},          {KEY_DOWN, "down"},           {KEY_LEFT, "left"},
    {KEY_RIGHT, "right"},    {KEY_HOME, "home"},           {KEY_END, "end"},
    {KEY_PPAGE, "page-up"},  {KEY_NPAGE, "page-down"},     {KEY_IC, "insert"},
    {KEY_DC, "delete"},      {KEY_BACKSPACE, "backspace"}, {KEY_ENTER, "enter"},
    {KEY_BTAB, "shift-tab"}, {KEY_SLEFT, "shift-left"},    {KEY_SRIGHT, "shift-right"},
    {KEY_SR, "shift-up"},    {KEY_SF, "shift-down"},       {KEY_SHOME, "shift-home"},
    {KEY_SEND, "shift-end"}, {KEY_SDC, "shift-delete"},    {KEY_SIC, "shift-insert"},
    {KEY_A1, "home"},        {KEY_A3, "page-up"},          {KEY_B2, "pad-5"},
    {KEY_C1, "end"},         {KEY_C3, "page-down"},
};

/* Control characters that are not Ctrl and a letter. */
static const struct {
    u8 code;
    const char *chord;
} control_keys[] = {
    {0x00, "ctrl-2"}, {0x08, "backspace"}, {0x09, "tab"},    {0x0a, "enter"},  {0x0d, "enter"},
    {0x1b, "esc"},    {0x1c, "ctrl-\\"},   {0x1e, "ctrl-6"}, {0x1f, "ctrl--"}, {0x7f, "backspace"},
};

/* terminfo(5) of xterm and its kin: "kUP5" is Up with modifiers 5 - 1 = Ctrl. */
static const struct {
    const char *capability, *key;
} extended[] = {
    {"kUP", "up"},     {"kDN", "down"},   {"kLFT", "left"},    {"kRIT", "right"},
    {"kHOM", "home"},  {"kEND", "end"},   {"kPRV", "page-up"}, {"kNXT", "page-down"},
    {"kDC", "delete"}, {"kIC", "insert"},
};

static const char *const modifiers[] = {"",      "shift-",      "alt-",      "alt-shift-",
                                        "ctrl-", "ctrl-shift-", "ctrl-alt-", "ctrl-alt-shift-"};

static void add_extended(struct terminal *term, const char *capability, const char *key,
                         unsigned modifier)
{
    char name[16];
    const char *sequence;
    int code;

    snprintf(name, sizeof name, "%s%u", capability, modifier + 1);
    sequence = tigetstr(name);
    if (!sequence || sequence == (char *)-1 || term->keys == TERM_KEYS)
        return;
    code = key_defined(sequence);
    if (code <= 0)
        return;
    term->key[term->keys].code = code;
    snprintf(term->key[term->keys].chord, TERM_CHORD_TEXT, "%s%s", modifiers[modifier], key);
    term->keys++;
}

void term_keys_init(struct terminal *term)
{
    for (size_t i = 0; i < ARRAY_LEN(extended); i++)
        for (unsigned modifier = 1; modifier < ARRAY_LEN(modifiers); modifier++)
            add_extended(term, extended[i].capability, extended[i].key, modifier);
}

static void press(struct terminal *term, const char *text, bool alt)
{
    char whole[TERM_CHORD_TEXT + 8];
    struct chord chord;

    snprintf(whole, sizeof whole, "%s%s", alt ? "alt-" : "", text);
    if (keymap_chord(whole, &chord))
        typist_chord(&term->typist, &chord);
}

/* KEY_F(1) to KEY_F(60): twelve keys, plain and with four modifiers, as xterm numbers them. */
static void press_function(struct terminal *term, unsigned number, bool alt)
{
    static const char *const with[] = {"", "shift-", "ctrl-", "ctrl-shift-", "alt-"};
    char text[24];

    if (number < 1 || number > 60)
        return;
    snprintf(text, sizeof text, "%sf%u", with[(number - 1) / 12], (number - 1) % 12 + 1);
    press(term, text, alt);
}

static void press_code(struct terminal *term, int code, bool alt)
{
    for (size_t i = 0; i < ARRAY_LEN(plain_keys); i++)
        if (plain_keys[i].code == code)
            press(term, plain_keys[i].chord, alt);
    for (unsigned i = 0; i < term->keys; i++)
        if (term->key[i].code == code)
            press(term, term->key[i].chord, alt);
    if (code >= KEY_F0)
        press_function(term, (unsigned)(code - KEY_F0), alt);
}

static void press_control(struct terminal *term, u8 code, bool alt)
{
    char text[8];

    for (size_t i = 0; i < ARRAY_LEN(control_keys); i++) {
        if (control_keys[i].code == code) {
            press(term, control_keys[i].chord, alt);
            return;
        }
    }
    snprintf(text, sizeof text, "ctrl-%c", 'a' + code - 1);
    press(term, text, alt);
}

static void press_char(struct terminal *term, wint_t unicode, bool alt)
{
    char text[8] = {0};
    struct chord chord, with_alt = {1, {0x38 /* Alt */}};

    if (!alt) {
        text_utf8_put(text, unicode);
        typist_text(&term->typist, text);
    } else if (unicode < 0x80 && keymap_char((char)unicode, &chord)) {
        for (unsigned i = 0; i < chord.count; i++)
            with_alt.key[with_alt.count++] = chord.key[i];
        typist_chord(&term->typist, &with_alt);
    }
}

static void press_key(struct terminal *term, wint_t key, bool is_code, bool alt)
{
    if (is_code)
        press_code(term, (int)key, alt);
    else if (key < ' ' || key == 0x7f)
        press_control(term, (u8)key, alt);
    else
        press_char(term, key, alt);
}

/* ---- the menu behind Ctrl-] ---- */

static void menu_quit(struct terminal *term)
{
    action_quit(term->context);
}

static void menu_pause(struct terminal *term)
{
    action_pause(term->context);
}

static void menu_full_speed(struct terminal *term)
{
    action_full_speed(term->context);
}

static void menu_screenshot(struct terminal *term)
{
    action_screenshot(term->context, term->frame);
}

static void menu_next_disk(struct terminal *term)
{
    action_next_disk(term->context, INPUT_DRIVE_A);
}

static void menu_eject_disk(struct terminal *term)
{
    action_eject(term->context, INPUT_DRIVE_A);
}

static void menu_next_cd(struct terminal *term)
{
    action_next_disk(term->context, INPUT_DRIVE_CD);
}

static void menu_eject_cd(struct terminal *term)
{
    action_eject(term->context, INPUT_DRIVE_CD);
}

static void menu_ctrl_alt_del(struct terminal *term)
{
    action_ctrl_alt_del(&term->typist);
}

static void menu_send(struct terminal *term)
{
    press(term, "ctrl-]", false);
}

static void menu_up(struct terminal *term)
{
    term_scroll(term, -1, 0);
}

static void menu_down(struct terminal *term)
{
    term_scroll(term, 1, 0);
}

static void menu_left(struct terminal *term)
{
    term_scroll(term, 0, -8);
}

static void menu_right(struct terminal *term)
{
    term_scroll(term, 0, 8);
}

static const struct {
    int key;
    void (*act)(struct terminal *term);
    bool stays; /* in the menu: to be done again and again */
} menu[] = {
    {'q', menu_quit, false},       {'p', menu_pause, false},     {'f', menu_full_speed, false},
    {'s', menu_screenshot, false}, {'d', menu_next_disk, false}, {'r', menu_ctrl_alt_del, false},
    {'D', menu_eject_disk, false}, {'c', menu_next_cd, false},   {'C', menu_eject_cd, false},
    {']', menu_send, false},       {MENU, menu_send, false},     {KEY_UP, menu_up, true},
    {KEY_DOWN, menu_down, true},   {KEY_LEFT, menu_left, true},  {KEY_RIGHT, menu_right, true},
};

static void menu_key(struct terminal *term, int key)
{
    term->menu = false;
    term->changed = true;
    for (size_t i = 0; i < ARRAY_LEN(menu); i++) {
        if (menu[i].key == key) {
            term->menu = menu[i].stays;
            menu[i].act(term);
        }
    }
}

void term_key(struct terminal *term, wint_t key, bool is_code)
{
    wint_t next;
    int kind;

    if (is_code && key == KEY_RESIZE) {
        term->changed = true;
    } else if (term->menu) {
        menu_key(term, (int)key);
    } else if (!is_code && key == MENU) {
        term->menu = term->changed = true;
    } else if (!is_code && key == ESC && (kind = get_wch(&next)) != ERR && next != ESC) {
        press_key(term, next, kind == KEY_CODE_YES, true); /* it came in one piece: Alt */
    } else {
        press_key(term, key, is_code, false);
    }
}
