/* SPDX-License-Identifier: MIT */
/* The nearest name: edit distance where a swap of neighbours counts once (Damerau, 1964). */
#include "src/base/nearest.h"

#include <ctype.h>

enum { LONGEST = 63 };

static unsigned lower(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Row I of the table of distances between the first i letters of A and the first j of B. */
static void next_row(const char *a, const char *b, size_t i, size_t columns,
                     unsigned row[3][LONGEST + 1])
{
    unsigned *now = row[i % 3];
    const unsigned *before = row[(i + 2) % 3], *two_before = row[(i + 1) % 3];

    now[0] = (unsigned)i;
    for (size_t j = 1; j <= columns; j++) {
        now[j] = lower(lower(before[j], now[j - 1]) + 1, before[j - 1] + !same(a[i - 1], b[j - 1]));
        if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
            now[j] = lower(now[j], two_before[j - 2] + 1);
    }
}

unsigned nearest_distance(const char *a, const char *b)
{
    size_t m = strnlen(a, LONGEST), n = strnlen(b, LONGEST);
    unsigned row[3][LONGEST + 1] = {{0}};

    for (size_t j = 0; j <= n; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= m; i++)
        next_row(a, b, i, n, row);
    return row[m % 3][n];
}

const char *nearest_name(const char *word, nearest_name_fn *name, const void *names)
{
    const char *best = NULL, *one;
    unsigned least = 1 + lower(3, (unsigned)strlen(word) / 2);

    for (unsigned i = 0; (one = name(names, i)); i++) {
        unsigned distance = nearest_distance(word, one);
        if (distance < least) {
            least = distance;
            best = one;
        }
    }
    return best;
}
