/* SPDX-License-Identifier: MIT */
/*
 * What a script of tests/escapes is made of. A line is a word and its arguments; # starts a
 * comment. Numbers are decimal or 0x..., times end in ns, us, ms or s, $NAME is a variable, `any`
 * 32 random bits; + - * / % & | ^ << >> between them without blanks, from left to right.
 *
 *   let NAME VALUE        for NAME FIRST LAST [STEP] ... end      repeat COUNT ... end
 *   if VALUE ... end      to NAME PARAMETER... ... end, and NAME ARGUMENT...
 *
 * The other words are those of words.c.
 */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include "tests/escapes/world.h"

enum { SCRIPT_WORDS = 16 };

struct statement {
    char *word[SCRIPT_WORDS];
    unsigned words, number;
    unsigned other; /* of a block's first line: its last; and back */
};

struct script {
    const char *name;
    struct statement *line;
    unsigned lines, now;
    struct world world;
    bool built; /* there is a machine */
    u64 random;
    FILE *out; /* where a failure is told */
};

/* Runs the script at PATH; does not return when it fails. */
void script_run(const char *path, FILE *out);

/* The line that runs is not what it should be; does not return. */
NORETURN PRINTF(2, 3) void script_fail(const struct script *s, const char *format, ...);

/* Argument N of the line: a number; a time. */
u64 script_value(struct script *s, unsigned n);
vtime script_time(struct script *s, unsigned n);
void script_set(struct script *s, const char *name, u64 value);
u32 script_any(struct script *s);

/* words.c: the line is a word that works on the machine; false: it is not. */
bool script_word(struct script *s, const struct statement *line);

#endif
