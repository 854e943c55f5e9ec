/* SPDX-License-Identifier: MIT */
/*
 * The characters of the PC: IBM code page 437 with the pictures that the character generator has
 * for the control codes. Unicode values as in the Unicode consortium's mapping table of cp437.
 */
#include "frontend/text.h"

/* 00h-1Fh: pictures, not controls. */
static const u16 low[0x20] = {
    0x0020, 0x263a, 0x263b, 0x2665, 0x2666, 0x2663, 0x2660, 0x2022, 0x25d8, 0x25cb, 0x25d9,
    0x2642, 0x2640, 0x266a, 0x266b, 0x263c, 0x25ba, 0x25c4, 0x2195, 0x203c, 0x00b6, 0x00a7,
    0x25ac, 0x21a8, 0x2191, 0x2193, 0x2192, 0x2190, 0x221f, 0x2194, 0x25b2, 0x25bc,
};

static const u16 high[0x80] = {
    /* 80h */ 0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7,
    /* 88h */ 0x00ea, 0x00eb, 0x00e8, 0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5,
    /* 90h */ 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
    /* 98h */ 0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192,
    /* A0h */ 0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa, 0x00ba,
    /* A8h */ 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
    /* B0h */ 0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556,
    /* B8h */ 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510,
    /* C0h */ 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
    /* C8h */ 0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567,
    /* D0h */ 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b,
    /* D8h */ 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
    /* E0h */ 0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4,
    /* E8h */ 0x03a6, 0x0398, 0x03a9, 0x03b4, 0x221e, 0x03c6, 0x03b5, 0x2229,
    /* F0h */ 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248,
    /* F8h */ 0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x0020,
};

static const char low_ascii[] = " ooooooooooooo#*><|!PS-|^v><L-^v";
static const char high_ascii[] = "CueaaaaceeeiiiAA"
                                 "EaAooouuyOUcLYPf"
                                 "aiounNao?--24!<>"
                                 "###|++++++|+++++"
                                 "++++-++++++++=++"
                                 "+++++++++++####~"
                                 "aBGpSsmtF0Odofen"
                                 "=+><()/~o..vn2# ";

u16 text_unicode(u8 code)
{
    if (code < 0x20)
        return low[code];
    if (code < 0x80)
        return code == 0x7f ? 0x2302 : code;
    return high[code - 0x80];
}

int text_cp437(u32 unicode)
{
    if (unicode < 0x7f)
        return (int)unicode;
    for (int code = 0; code < 0x100; code++)
        if (text_unicode((u8)code) == unicode)
            return code;
    return unicode == 0xa0 ? 0xff : -1;
}

char text_ascii(u8 code)
{
    if (code < 0x20)
        return low_ascii[code];
    if (code < 0x80)
        return code == 0x7f ? '^' : (char)code;
    return high_ascii[code - 0x80];
}

size_t text_utf8_put(char *to, u32 unicode)
{
    size_t n = unicode < 0x80 ? 1 : unicode < 0x800 ? 2 : unicode < 0x10000 ? 3 : 4;
    static const u8 lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = n; --i; unicode >>= 6)
        to[i] = (char)(0x80 | (unicode & 0x3f));
    to[0] = (char)(lead[n] | unicode);
    return n;
}

/* How many continuation bytes follow a lead byte. */
static unsigned following(u8 lead)
{
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    return lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
}

u32 text_utf8_get(const char **text)
{
    const u8 *p = (const u8 *)*text;
    unsigned n = following(*p);
    u32 unicode = n ? *p & (0x3fu >> n) : *p;

    for (unsigned i = 1; i <= n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            *text += 1;
            return *p;
        }
        unicode = unicode << 6 | (p[i] & 0x3f);
    }
    *text += n + 1;
    return unicode;
}

static size_t put_row(const u16 *cell, unsigned cols, char *to)
{
    size_t n = 0;

    while (cols && text_unicode((u8)cell[cols - 1]) == ' ')
        cols--;
    for (unsigned i = 0; i < cols; i++)
        n += text_utf8_put(to + n, text_unicode((u8)cell[i]));
    return n;
}

size_t text_string(const struct text_screen *screen, char *to)
{
    unsigned rows = screen->rows < TEXT_ROWS_MAX ? screen->rows : TEXT_ROWS_MAX;
    unsigned cols = screen->cols < TEXT_COLS_MAX ? screen->cols : TEXT_COLS_MAX;
    size_t n = 0;

    for (unsigned row = 0; screen->active && row < rows; row++) {
        if (row)
            to[n++] = '\n';
        n += put_row(screen->cell[row], cols, to + n);
    }
    to[n] = 0;
    return n;
}
