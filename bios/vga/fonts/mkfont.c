/* SPDX-License-Identifier: MIT */
/*
 * Host tool: makes the fonts of the VGA BIOS from drawings. use: mkfont tall small composed
 *
 * A drawing is a line "CODE ROW [raw]", CODE a hexadecimal character number or a name, ROW where
 * it starts in the cell, then lines of X and dots, then an empty line. Strokes are drawn one dot
 * wide and made two dots wide here, except in raw drawings, which are taken as they are.
 * "tall" has cells of 8x16, whose rows 1-14 make the 8x14 font; "small" has cells of 8x8.
 * "composed" has one rule a line, for all heights:
 *   CODE = NAME NAME     both drawings, one over the other
 *   CODE = not NAME      the drawing, inverted
 *   CODE = box U R D L   lines from the middle up, right, down, left: 0 none, 1 single, 2 double
 *   CODE = fill A B [T P]  rows alternating between two patterns, in cell rows from T to P eighths
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES = 320, ROWS = 16, TALL = 16, MIDDLE = 14, SMALL = 8 };

struct font {
    unsigned height;
    unsigned char rows[NAMES][ROWS], known[NAMES];
};

static char names[NAMES][16];
static const char *file_name;
static unsigned line_number;

static void fail(const char *why)
{
    fprintf(stderr, "%s:%u: %s\n", file_name, line_number, why);
    exit(1);
}

/* Two hexadecimal digits are a character; other names have numbers from 256 on. */
static unsigned number_of(const char *name)
{
    char *end;
    unsigned long code = strtoul(name, &end, 16);

    if (end == name + 2 && !*end && code < 256)
        return (unsigned)code;
    for (unsigned i = 256; i < NAMES; i++) {
        if (!names[i][0])
            snprintf(names[i], sizeof names[i], "%.15s", name);
        if (!strcmp(names[i], name))
            return i;
    }
    fail("too many names");
    return 0;
}

static unsigned char bits_of(const char *line)
{
    unsigned char bits = 0;

    for (unsigned x = 0; line[x] && line[x] != '\n'; x++) {
        if (x > 7 || !strchr(".X", line[x]))
            fail("a row has up to 8 of . and X");
        if (line[x] == 'X')
            bits |= (unsigned char)(0x80 >> x);
    }
    return bits;
}

static FILE *file_open(const char *name)
{
    FILE *file = fopen(name, "r");

    file_name = name;
    line_number = 0;
    if (!file)
        fail("cannot be opened");
    return file;
}

static int line_next(FILE *file, char *line, int size)
{
    while (fgets(line, size, file)) {
        line_number++;
        if (line[0] != '#')
            return 1;
    }
    return 0;
}

static void drawing_read(FILE *file, struct font *font, const char *head)
{
    char line[160], name[17], raw[9] = "";
    unsigned row, n;

    if (sscanf(head, "%16s %u %8s", name, &row, raw) < 2)
        fail("want: CODE ROW [raw]");
    n = number_of(name);
    if (font->known[n])
        fail("drawn twice");
    font->known[n] = 1;
    while (line_next(file, line, sizeof line) && line[0] != '\n') {
        unsigned char bits = bits_of(line);
        if (row >= font->height)
            fail("below the cell");
        font->rows[n][row++] = raw[0] ? bits : bits | bits >> 1;
    }
}

static void drawings_read(const char *name, struct font *font)
{
    FILE *file = file_open(name);
    char line[160];

    while (line_next(file, line, sizeof line))
        if (line[0] != '\n')
            drawing_read(file, font, line);
    fclose(file);
}

/* --- lines: columns and rows from a to b --- */

static unsigned char columns(unsigned a, unsigned b)
{
    return (unsigned char)((0xff >> a) & (0xff << (7 - b)));
}

static void ink(struct font *f, unsigned n, unsigned top, unsigned bottom, unsigned char bits)
{
    for (unsigned y = top; y <= bottom; y++)
        f->rows[n][y] |= bits;
}

static void rub(struct font *f, unsigned n, unsigned top, unsigned bottom, unsigned char bits)
{
    for (unsigned y = top; y <= bottom; y++)
        f->rows[n][y] &= (unsigned char)~bits;
}

struct arms {
    unsigned up, right, down, left;
};

/* Both double: a corridor is filled, then its inside is taken out. */
static void box_double(struct font *f, unsigned n, struct arms a, unsigned m, unsigned last)
{
    if (a.up)
        ink(f, n, 0, m + 1, columns(1, 6));
    if (a.down)
        ink(f, n, m - 1, last, columns(1, 6));
    if (a.left)
        ink(f, n, m - 1, m + 1, columns(0, 6));
    if (a.right)
        ink(f, n, m - 1, m + 1, columns(1, 7));
    if (a.up)
        rub(f, n, 0, m, columns(3, 4));
    if (a.down)
        rub(f, n, m, last, columns(3, 4));
    if (a.left)
        rub(f, n, m, m, columns(0, 4));
    if (a.right)
        rub(f, n, m, m, columns(3, 7));
}

/* A single upright stem and rails to the sides: in a corner it meets both, in a T the nearer. */
static void box_rails(struct font *f, unsigned n, struct arms a, unsigned m, unsigned last)
{
    unsigned through = a.left && a.right;
    unsigned char rails = (a.left ? columns(0, 4) : 0) | (a.right ? columns(3, 7) : 0);

    ink(f, n, m - 1, m - 1, rails);
    ink(f, n, m + 1, m + 1, rails);
    if (a.up)
        ink(f, n, 0, through ? m - 1 : m + 1, columns(3, 4));
    if (a.down)
        ink(f, n, through ? m + 1 : m - 1, last, columns(3, 4));
    if (a.up && a.down)
        ink(f, n, 0, last, columns(3, 4));
}

/* The same turned by a quarter. */
static void box_posts(struct font *f, unsigned n, struct arms a, unsigned m, unsigned last)
{
    unsigned through = a.up && a.down;
    unsigned char posts = columns(1, 2) | columns(5, 6);

    if (a.up)
        ink(f, n, 0, m, posts);
    if (a.down)
        ink(f, n, m, last, posts);
    if (a.left)
        ink(f, n, m, m, columns(0, through ? 2 : 6));
    if (a.right)
        ink(f, n, m, m, columns(through ? 5 : 1, 7));
    if (a.left && a.right)
        ink(f, n, m, m, 0xff);
}

static void box_single(struct font *f, unsigned n, struct arms a, unsigned m, unsigned last)
{
    if (a.up)
        ink(f, n, 0, m, columns(3, 4));
    if (a.down)
        ink(f, n, m, last, columns(3, 4));
    if (a.left)
        ink(f, n, m, m, columns(0, 4));
    if (a.right)
        ink(f, n, m, m, columns(3, 7));
}

static void box(struct font *f, unsigned n, struct arms a)
{
    unsigned m = (f->height - 1) / 2, last = f->height - 1;
    int tall = a.up == 2 || a.down == 2, wide = a.left == 2 || a.right == 2;

    if ((tall && wide) || (tall && !a.left && !a.right) || (wide && !a.up && !a.down))
        box_double(f, n, a, m, last);
    else if (wide)
        box_rails(f, n, a, m, last);
    else if (tall)
        box_posts(f, n, a, m, last);
    else
        box_single(f, n, a, m, last);
}

static void fill(struct font *f, unsigned n, unsigned a, unsigned b, unsigned from, unsigned to)
{
    for (unsigned y = f->height * from / 8; y < f->height * to / 8; y++)
        f->rows[n][y] = (unsigned char)(y & 1 ? b : a);
}

static void over(struct font *f, unsigned n, unsigned m, unsigned invert)
{
    if (!f->known[m])
        fail("a part has not been drawn");
    for (unsigned y = 0; y < f->height; y++)
        f->rows[n][y] |= (unsigned char)(invert ? ~f->rows[m][y] : f->rows[m][y]);
}

static void rule_apply(struct font *f, const char *rule)
{
    char name[17], first[17], second[17];
    struct arms a;
    unsigned n, x, y, from = 0, to = 8;

    if (sscanf(rule, "%16s = %16s %16s", name, first, second) != 3)
        fail("want: CODE = rule");
    n = number_of(name);
    if (f->known[n])
        fail("drawn twice");
    f->known[n] = 1;
    if (sscanf(rule, "%*s = box %u %u %u %u", &a.up, &a.right, &a.down, &a.left) == 4)
        box(f, n, a);
    else if (sscanf(rule, "%*s = fill %x %x %u %u", &x, &y, &from, &to) >= 2)
        fill(f, n, x, y, from, to);
    else if (!strcmp(first, "not"))
        over(f, n, number_of(second), 1);
    else {
        over(f, n, number_of(first), 0);
        over(f, n, number_of(second), 0);
    }
}

static void rules_read(const char *name, struct font *font)
{
    FILE *file = file_open(name);
    char line[160];

    while (line_next(file, line, sizeof line))
        if (line[0] != '\n')
            rule_apply(font, line);
    fclose(file);
}

/* --- output --- */

static void font_write(const struct font *font, const char *name)
{
    printf("const u8 %s[256 * %u] = {\n", name, font->height);
    for (unsigned n = 0; n < 256; n++) {
        if (!font->known[n]) {
            fprintf(stderr, "%s: character %02X is missing\n", name, n);
            exit(1);
        }
        printf("   ");
        for (unsigned y = 0; y < font->height; y++)
            printf(" 0x%02x,", font->rows[n][y]);
        printf("\n");
    }
    printf("};\n");
}

static void middle_cut(struct font *middle, const struct font *tall)
{
    for (unsigned n = 0; n < NAMES; n++) {
        middle->known[n] = tall->known[n];
        memcpy(middle->rows[n], tall->rows[n] + 1, MIDDLE);
    }
}

int main(int argc, char **argv)
{
    static struct font tall = {.height = TALL}, middle = {.height = MIDDLE},
                       small = {.height = SMALL};

    if (argc != 4) {
        fprintf(stderr, "use: mkfont tall small composed\n");
        return 1;
    }
    drawings_read(argv[1], &tall);
    drawings_read(argv[2], &small);
    middle_cut(&middle, &tall);
    rules_read(argv[3], &tall);
    rules_read(argv[3], &middle);
    rules_read(argv[3], &small);
    printf("#include \"vga.h\"\n");
    font_write(&tall, "font16");
    font_write(&middle, "font14");
    font_write(&small, "font8");
    return 0;
}
