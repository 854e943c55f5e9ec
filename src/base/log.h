/* SPDX-License-Identifier: MIT */
/* Traces (-d LIST, -D FILE) and messages. Free when off: test log_on() before any work. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdio.h>

#include "src/base/types.h"

#define LOG_CLASSES(X)                                                                             \
    X(EXEC, "exec", "every instruction, disassembled")                                             \
    X(CPU, "cpu", "registers before every instruction")                                \
    X(INT, "int", "interrupts and exceptions")                                                     \
    X(MMU, "mmu", "page walks and TLB flushes")                                                    \
    X(IO, "io", "port reads and writes")                                                           \
    X(MMIO, "mmio", "device memory reads and writes")                                              \
    X(BLOCK, "block", "code as it is decoded")                                                     \
    X(GUEST, "guest_errors", "what a guest did that no hardware defines")                          \
    X(RESET, "reset", "resets")                                                                    \
    X(DISK, "disk", "floppy and hard disk commands")                                               \
    X(KEY, "key", "keyboard and mouse bytes")                                                      \
    X(BIOS, "bios", "POST codes")

enum log_class {
#define X(id, name, help) LOG_BIT_##id,
    LOG_CLASSES(X)
#undef X
        LOG_CLASS_COUNT,
#define X(id, name, help) LOG_##id = 1 << LOG_BIT_##id,
    LOG_CLASSES(X)
#undef X
};

extern u32 log_mask; /* LOG_* bits: the one global that is not constant */

INLINE bool log_on(u32 classes)
{
    return unlikely(log_mask & classes);
}

/* Turn on the comma-separated classes; false and *BAD (a pointer into LIST) at an unknown one. */
bool log_enable(const char *list, const char **bad);

/* Sets of numbers as the user writes them: FIRST..LAST, FIRST.. (to the end), FIRST+COUNT,
 * LAST-COUNT, or one number, with commas between; hexadecimal with 0x. */
enum { LOG_RANGES = 16 };

struct log_ranges {
    struct {
        u64 first, last;
    } range[LOG_RANGES];
    unsigned count; /* 0: every number */
};

/* False: TEXT is not of that form, or has more than LOG_RANGES ranges. */
bool log_ranges_parse(struct log_ranges *ranges, const char *text);
bool log_ranges_hold(const struct log_ranges *ranges, u64 number);

/* Show code only at these linear addresses: classes exec, cpu and block (NULL: everywhere). */
void log_filter(const struct log_ranges *ranges);
bool log_shows(u64 address);

/* Where traces go; NULL: stderr. The caller keeps the stream open. */
void log_to(FILE *file);
FILE *log_file(void);

/* One line, no newline needed. */
void log_line(const char *format, ...) PRINTF(1, 2);

/* Print the classes and what they show, a line each. */
void log_help(FILE *out);

#endif
