/* SPDX-License-Identifier: MIT */
/* Code page 437, Unicode and UTF-8; the text screen as a string. */
#ifndef FRONTEND_TEXT_H
#define FRONTEND_TEXT_H

#include "src/base/types.h"
#include "src/host/display.h"

/* What the character generator shows for CODE: 01h is a smiling face, 00h and FFh are blank. */
u16 text_unicode(u8 code);

/* The code of a Unicode character, or -1: the code page has none. ASCII stays. */
int text_cp437(u32 unicode);

/* CODE for a terminal that has only ASCII: letters without accents, + - | for lines. */
char text_ascii(u8 code);

/* One character as UTF-8 (1 to 4 bytes, no end mark); returns the bytes. */
size_t text_utf8_put(char *to, u32 unicode);

/* The character that TEXT begins with, and behind it; malformed bytes count as themselves. */
u32 text_utf8_get(const char **text);

enum { TEXT_STRING = TEXT_ROWS_MAX * (TEXT_COLS_MAX * 3 + 1) + 1 };

/* The rows without trailing blanks, joined by newlines, as UTF-8, into TEXT_STRING bytes; empty
 * in a graphics mode. Returns the length. */
size_t text_string(const struct text_screen *screen, char *to);

#endif
