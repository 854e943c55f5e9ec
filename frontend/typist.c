/* SPDX-License-Identifier: MIT */
/* A growing list of key presses, filled with text or chords and emptied from the front. */
#include "frontend/typist.h"

#include <stdio.h>
#include <stdlib.h>

#include "frontend/text.h"

void typist_init(struct typist *typist)
{
    memset(typist, 0, sizeof *typist);
}

void typist_free(struct typist *typist)
{
    free(typist->press);
    typist_init(typist);
}

void typist_clear(struct typist *typist)
{
    typist->head = typist->count = 0;
}

static bool make_room(struct typist *typist, size_t n)
{
    size_t waiting = typist->count - typist->head, room = typist->room ? typist->room : 64;
    struct key_press *press;

    if (waiting + n > TYPIST_MOST)
        return false;
    if (typist->head)
        memmove(typist->press, typist->press + typist->head, waiting * sizeof *press);
    typist->head = 0;
    typist->count = waiting;
    while (room < waiting + n)
        room *= 2;
    if (room == typist->room)
        return true;
    press = realloc(typist->press, room * sizeof *press);
    if (!press)
        return false;
    typist->press = press;
    typist->room = room;
    return true;
}

static void put(struct typist *typist, u8 key, bool down)
{
    typist->press[typist->count++] = (struct key_press){key, down};
}

bool typist_chord(struct typist *typist, const struct chord *chord)
{
    if (!make_room(typist, 2u * chord->count))
        return false;
    for (unsigned i = 0; i < chord->count; i++)
        put(typist, chord->key[i], true);
    for (unsigned i = chord->count; i--;)
        put(typist, chord->key[i], false);
    return true;
}

/* Alt held, the three digits on the pad: INT 16h then gives the character. */
static bool put_number(struct typist *typist, u8 code)
{
    static const u8 pad[10] = {0x52, 0x4f, 0x50, 0x51, 0x4b, 0x4c, 0x4d, 0x47, 0x48, 0x49};
    char digits[4];

    if (!make_room(typist, 8))
        return false;
    snprintf(digits, sizeof digits, "%03u", code);
    put(typist, KEY_LEFT_ALT, true);
    for (unsigned i = 0; i < 3; i++) {
        put(typist, pad[digits[i] - '0'], true);
        put(typist, pad[digits[i] - '0'], false);
    }
    put(typist, KEY_LEFT_ALT, false);
    return true;
}

/* The code of a character that no key types, or 0: it cannot be typed at all. */
static u8 number_of(u32 unicode)
{
    int code = unicode < 0x80 ? 0 : text_cp437(unicode);

    return code > 0 ? (u8)code : 0;
}

static bool put_char(struct typist *typist, u32 unicode)
{
    struct chord chord;
    u8 code = number_of(unicode);

    if (unicode < 0x80 && keymap_char((char)unicode, &chord))
        return typist_chord(typist, &chord);
    return code && put_number(typist, code);
}

bool typist_text(struct typist *typist, const char *text)
{
    bool all = true;

    while (*text) {
        u32 unicode = text_utf8_get(&text);
        if (unicode == '\r') { /* the end of a line on other systems, or half of it */
            unicode = '\n';
            text += *text == '\n';
        }
        all &= put_char(typist, unicode);
    }
    return all;
}

bool typist_can(const char *text)
{
    struct chord chord;

    while (*text) {
        u32 unicode = text_utf8_get(&text);
        bool key = unicode < 0x80 && (unicode == '\r' || keymap_char((char)unicode, &chord));
        if (!key && !number_of(unicode))
            return false;
    }
    return true;
}

bool typist_next(const struct typist *typist, struct key_press *press)
{
    if (typist->head == typist->count)
        return false;
    *press = typist->press[typist->head];
    return true;
}

void typist_done(struct typist *typist)
{
    if (++typist->head == typist->count)
        typist_clear(typist);
}
