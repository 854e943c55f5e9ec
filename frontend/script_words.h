/* SPDX-License-Identifier: MIT */
/* A script's line as words. */
#ifndef FRONTEND_SCRIPT_WORDS_H
#define FRONTEND_SCRIPT_WORDS_H

#include "src/base/types.h"

enum { SCRIPT_WORDS = 8 };

struct script_word {
    enum { WORD_BARE, WORD_TEXT, WORD_REGEX } kind;
    char *text; /* without quotes and escapes; of a regular expression, in POSIX terms */
};

struct script_words {
    unsigned count;
    struct script_word word[SCRIPT_WORDS];
    char *room; /* what the words point into */
};

/*
 * Split a line of N bytes: bare words, "text" with the escapes \n \t \" \\ (any other backslash
 * stands for itself), / regular expressions /, and # to the end of the line for a comment, but
 * for a colour where "assert pixel" has one. Returns what is wrong with it, or NULL. To be freed
 * in either case.
 */
const char *script_words_split(struct script_words *words, const char *line, size_t n);
void script_words_free(struct script_words *words);

#endif
