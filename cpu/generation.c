/* SPDX-License-Identifier: MIT */
/*
 * Facts about the generations. iAPX 86/88, 186/188 User's Manual; iAPX 286 Programmer's Reference
 * Manual, "FLAGS Register", "Real Address Mode"; SDM 3B "Architecture Compatibility".
 *
 * FLAGS bits 12 to 15 are how programs tell an 8086 (set) from a 286 in real mode (clear) and a 386
 * (12 to 14 as written).
 */
#include "cpu/generation.h"

#include "cpu/flags.h"

enum {
    FLAGS_86 = FL_ARITH | FL_TF | FL_IF | FL_DF,
    FLAGS_286 = FLAGS_86 | FL_IOPL | FL_NT,
    FLAGS_386 = FLAGS_286 | FL_RF | FL_VM | FL_AC | FL_VIF | FL_VIP | FL_ID, /* what the model has */
    ONES_86 = 0xf000, /* what a real-mode 286 has clear */
    LONGEST_86 = 200, /* no limit; an opcode behind more prefixes is not found */
};

const struct generation generations[I686 + 1] = {
    [I86] = {FLAGS_86, FLAGS_86, ONES_86, 0xfffff, LONGEST_86, true},
    [I186] = {FLAGS_86, FLAGS_86, ONES_86, 0xfffff, LONGEST_86, true},
    [I286] = {FLAGS_286, FLAGS_86, 0, 0xffffff, 10, false},
    [I386] = {FLAGS_386, FLAGS_386, 0, 0xffffffffu, 15, false},
    [I486] = {FLAGS_386, FLAGS_386, 0, 0xffffffffu, 15, false},
    [I586] = {FLAGS_386, FLAGS_386, 0, 0xffffffffu, 15, false},
    [I686] = {FLAGS_386, FLAGS_386, 0, 0xffffffffu, 15, false},
};
