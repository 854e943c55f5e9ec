/* SPDX-License-Identifier: MIT */
/* What the files of the kernel loader share. */
#ifndef KERNEL_PARTS_H
#define KERNEL_PARTS_H

#include <stdio.h>

#include "src/kernel.h"

/* The kernel's bytes, and where a message goes. */
struct kernel_file {
    const u8 *bytes;
    size_t size;
    const struct kernel_wish *wish;
    char *message;
    size_t room;
};

/* Memory that the BIOS leaves alone: above what it works in and below the video memory; above 1 MiB. */
enum { KERNEL_LOW = 0x9000, KERNEL_LOW_END = 0x9f000, KERNEL_HIGH = 0x100000 };

/* Say what is wrong, "FILE: ...". Always false. */
bool kernel_wrong(const struct kernel_file *file, const char *format, ...) PRINTF(2, 3);

/* One more part; takes BYTES, which may be NULL for none. */
bool kernel_add(struct kernel *kernel, const struct kernel_file *file, u32 address, u32 length,
                u8 *bytes, u32 size);
/* The same with a copy. */
bool kernel_add_copy(struct kernel *kernel, const struct kernel_file *file, u32 address,
                     u32 length, const u8 *bytes, u32 size);

/* A file as it is, for malloc's free; NULL: said why. */
u8 *kernel_read(const struct kernel_file *file, const char *path, u32 *size);

bool linux_is(const u8 *bytes, size_t size);
bool linux_load(struct kernel *kernel, const struct kernel_file *file);

/* Where the Multiboot header is; NULL: there is none. */
const u8 *multiboot_find(const u8 *bytes, size_t size);
bool multiboot_load(struct kernel *kernel, const struct kernel_file *file, const u8 *header);

#endif
