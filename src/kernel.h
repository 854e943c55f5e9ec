/* SPDX-License-Identifier: MIT */
/*
 * A kernel that starts without a boot loader: Linux by its boot protocol, others by Multiboot 1. It
 * is cut into parts with addresses here, and everything that can be wrong with it is found here; the
 * firmware fetches the parts by fw_cfg and starts it (bios/kernel.c).
 *
 * Linux, Documentation/arch/x86/boot.rst; Multiboot Specification 0.6.96; ELF, "Program Header".
 */
#ifndef KERNEL_H
#define KERNEL_H

#include "src/base/types.h"

enum { KERNEL_PARTS = 20 };

/* So many BYTES at ADDRESS, and zeros behind them up to LENGTH. */
struct kernel_part {
    u32 address, length, size;
    u8 *bytes;
};

enum kernel_kind { KERNEL_NONE, KERNEL_LINUX, KERNEL_MULTIBOOT };

struct kernel {
    enum kernel_kind kind;
    u32 entry; /* Linux: of the real-mode part; Multiboot: in protected mode */
    u32 stack; /* Linux: its offset */
    struct kernel_part part[KERNEL_PARTS];
    u32 count;
    char what[100]; /* "Linux 6.1.0, boot protocol 2.15" */
};

/* What goes with it; NULL: nothing. TOP: the end of the memory that a kernel may use. */
struct kernel_wish {
    const char *path, *initrd, *append;
    u64 top;
};

/* False and one line in MESSAGE (SIZE bytes) that names what is wrong. kernel_free() in both cases. */
bool kernel_load(struct kernel *kernel, const struct kernel_wish *wish, char *message, size_t size);
void kernel_free(struct kernel *kernel);

/* Is that file a kernel, and not a disk? */
bool kernel_is(const char *path);

/* The same from bytes in memory: COUNT of them. The wish's files are read. */
bool kernel_parse(struct kernel *kernel, const u8 *bytes, size_t count,
                  const struct kernel_wish *wish, char *message, size_t size);

#endif
