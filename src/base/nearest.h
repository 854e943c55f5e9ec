/* SPDX-License-Identifier: MIT */
/* "Did you mean": the known name that is spelled most like a word. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "src/base/types.h"

/*
 * The next name: called with I = 0, 1, 2, ... until it returns NULL.
 */
typedef const char *nearest_name_fn(const void *names, unsigned i);

/* The name that takes the fewest typing errors (a letter wrong, missing, too many, or two swapped)
 * to become WORD, whatever the case; NULL when none is near. */
const char *nearest_name(const char *word, nearest_name_fn *name, const void *names);

/* How many typing errors lie between A and B; words longer than 63 letters are cut. */
unsigned nearest_distance(const char *a, const char *b);

#endif
