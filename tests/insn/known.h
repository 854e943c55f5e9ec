/* SPDX-License-Identifier: MIT */
/* The known differences between a host's processor and twin86: the file of that name. */
#ifndef TESTS_INSN_KNOWN_H
#define TESTS_INSN_KNOWN_H

#include "tests/insn/compare.h"

enum { KNOWN_LINES = 100, KNOWN_OPS = 16 };

struct known_line {
    u16 op[KNOWN_OPS]; /* 0 ends the list; none: every instruction */
    unsigned when;     /* index of a condition */
    u32 flags;         /* that may differ */
    int host, ours;    /* vectors that stand for each other */
    bool exchange, fault, all, registers, memory, status;
    unsigned line;
};

struct known {
    struct known_line line[KNOWN_LINES];
    unsigned count;
};

struct known_case {
    const struct text *text;
    const struct regs *in;
    const struct outcome *host, *ours;
};

/* Read the file; false: it is not there, or a line is wrong. What is wrong is told on stderr. */
bool known_read(struct known *known, const char *path);

/* Takes from DIFFERS_* and the flags that differ what is known to. */
unsigned known_remove(const struct known *known, const struct known_case *c, unsigned what,
                      u32 *flags);

#endif
