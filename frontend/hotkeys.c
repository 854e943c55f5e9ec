/* SPDX-License-Identifier: MIT */
/* The window's own keys: the usual combinations, and how to change them. */
#include "frontend/hotkeys.h"

#include <stdio.h>

#include "frontend/keymap.h"
#include "src/base/nearest.h"

static const struct hotkey_row {
    const char *name, *combo, *help;
} rows[] = {
#define X(id, name, combo, help) {name, combo, help},
    HOTKEYS(X)
#undef X
};

void hotkeys_init(struct hotkeys *hotkeys)
{
    for (unsigned i = 0; i < HOTKEY_COUNT; i++)
        keymap_combo(rows[i].combo, &hotkeys->combo[i]);
}

const char *hotkey_name(enum hotkey hotkey)
{
    return rows[hotkey].name;
}

const char *hotkey_help(enum hotkey hotkey)
{
    return rows[hotkey].help;
}

static const char *name_at(const void *unused, unsigned i)
{
    (void)unused;
    return i < HOTKEY_COUNT ? rows[i].name : NULL;
}

static enum hotkey by_name(const char *name, size_t n)
{
    for (unsigned i = 0; i < HOTKEY_COUNT; i++)
        if (strlen(rows[i].name) == n && !strncmp(rows[i].name, name, n))
            return (enum hotkey)i;
    return HOTKEY_NONE;
}

static bool unknown_action(const char *name, int n, char *message, size_t size)
{
    char word[64];
    const char *near;

    snprintf(word, sizeof word, "%.*s", n, name);
    near = nearest_name(word, name_at, NULL);
    if (near)
        snprintf(message, size, "-key %s: no such action; did you mean %s?", word, near);
    else
        snprintf(message, size, "-key %s: no such action", word);
    return false;
}

bool hotkeys_bind(struct hotkeys *hotkeys, const char *binding, char *message, size_t size)
{
    size_t n = strcspn(binding, "=");
    enum hotkey hotkey = by_name(binding, n), other;
    struct combo combo = {0};

    if (!binding[n]) {
        snprintf(message, size, "-key %s: expected action=combination", binding);
        return false;
    }
    if (hotkey == HOTKEY_NONE)
        return unknown_action(binding, (int)n, message, size);
    if (strcmp(binding + n + 1, "none") && !keymap_combo(binding + n + 1, &combo)) {
        snprintf(message, size, "-key %s: not a combination such as ctrl-alt-p", binding);
        return false;
    }
    other = hotkeys_find(hotkeys, combo.mods, combo.key);
    if (other != HOTKEY_NONE && other != hotkey) {
        snprintf(message, size, "-key %s: that combination is taken by %s", binding,
                 rows[other].name);
        return false;
    }
    hotkeys->combo[hotkey] = combo;
    return true;
}

enum hotkey hotkeys_find(const struct hotkeys *hotkeys, u8 mods, u8 key)
{
    for (unsigned i = 0; key && i < HOTKEY_COUNT; i++)
        if (hotkeys->combo[i].key == key && hotkeys->combo[i].mods == mods)
            return (enum hotkey)i;
    return HOTKEY_NONE;
}

void hotkeys_text(const struct hotkeys *hotkeys, enum hotkey hotkey, char *text)
{
    keymap_combo_text(hotkeys->combo[hotkey], text, HOTKEY_TEXT);
}
