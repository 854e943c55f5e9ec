/* SPDX-License-Identifier: MIT */
/*
 * MOO files: instruction tests captured from real processors, by the SingleStepTests project. A
 * file is a run of chunks (4-byte name, u32 length, contents), all little-endian; chunks inside
 * chunks.
 */
#ifndef TESTS_MOO_H
#define TESTS_MOO_H

#include "src/base/types.h"

/* The registers of a test, whichever of the two layouts (16 or 32 bits) its file has. */
enum moo_register {
    MOO_CR0, MOO_CR3, MOO_AX, MOO_BX, MOO_CX, MOO_DX, MOO_SI, MOO_DI, MOO_BP, MOO_SP,
    MOO_CS, MOO_DS, MOO_ES, MOO_FS, MOO_GS, MOO_SS, MOO_IP, MOO_FLAGS, MOO_DR6, MOO_DR7,
    MOO_REGISTERS
};

struct moo_byte {
    u32 address;
    u8 value;
};

enum { MOO_BYTES = 1024 };

struct moo_state {
    u32 named; /* a bit for each register that is there */
    u32 reg[MOO_REGISTERS];
    u32 bytes;
    struct moo_byte ram[MOO_BYTES];
};

struct moo_test {
    u32 index;
    char name[64]; /* disassembled */
    char code[64]; /* its bytes in hex */
    char hash[41];
    struct moo_state before, after; /* AFTER names only what changed */
    bool exception; /* it was taken: FLAGS are on the stack */
    u32 cycles;   /* 0: not told */
};

struct moo_file {
    u8 *bytes;
    u32 size, at;
};

/* Unpack a .MOO.gz; false: not there, or not such a file. */
bool moo_open(struct moo_file *file, const char *path);
void moo_close(struct moo_file *file);

/* The next test; false: there is none left. */
bool moo_next(struct moo_file *file, struct moo_test *test);

#endif
