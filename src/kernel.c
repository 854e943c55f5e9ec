/* SPDX-License-Identifier: MIT */
#include "src/kernel_parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

enum { PROBED = 8192, MIB = 1 << 20 };

bool kernel_wrong(const struct kernel_file *file, const char *format, ...)
{
    va_list args;
    int n = snprintf(file->message, file->room, "%s: ", file->wish->path);
    va_start(args, format);
    if (n > 0 && (size_t)n < file->room)
        vsnprintf(file->message + n, file->room - (size_t)n, format, args);
    va_end(args);
    return false;
}

static bool room_for(const struct kernel_file *file, u64 address, u64 length)
{
    u64 end = address + length;
    return (address >= KERNEL_LOW && end <= KERNEL_LOW_END) ||
           (address >= KERNEL_HIGH && end <= file->wish->top);
}

bool kernel_add(struct kernel *kernel, const struct kernel_file *file, u32 address, u32 length,
                u8 *bytes, u32 size)
{
    struct kernel_part part = {address, length, size, bytes};
    bool many = kernel->count == KERNEL_PARTS;
    if (!many && bytes && room_for(file, address, length)) {
        kernel->part[kernel->count++] = part;
        return true;
    }
    free(bytes);
    if (many)
        return kernel_wrong(file, "too many parts, at most %d", KERNEL_PARTS);
    if (!bytes)
        return kernel_wrong(file, "the host has not so much memory");
    if (address >= KERNEL_HIGH)
        return kernel_wrong(file, "does not fit into memory: it needs more than -m %llu",
                            ((unsigned long long)address + length) / MIB);
    return kernel_wrong(file, "wants to be at %08x to %08x, where the BIOS or no memory is",
                        address, address + length);
}

bool kernel_add_copy(struct kernel *kernel, const struct kernel_file *file, u32 address,
                     u32 length, const u8 *bytes, u32 size)
{
    u8 *copy = malloc(size ? size : 1);
    if (copy && size)
        memcpy(copy, bytes, size);
    return kernel_add(kernel, file, address, length, copy, size);
}

/* ---- files ---- */

/* Everything up to the end, but not more than MOST; NULL with errno. */
static u8 *read_all(FILE *in, u64 most, u32 *size)
{
    u8 *bytes = NULL;
    size_t room = 0, n = 0, got = 1;
    while (got && n <= most) {
        if (n == room) {
            u8 *more = realloc(bytes, room = room ? 2 * room : MIB);
            if (!more)
                break;
            bytes = more;
        }
        got = fread(bytes + n, 1, room - n, in);
        n += got;
    }
    if (!got && !ferror(in)) {
        *size = (u32)n;
        return bytes;
    }
    errno = n > most ? EFBIG : errno;
    free(bytes);
    return NULL;
}

static u8 *read_file(const char *path, u64 most, u32 *size, char *message, size_t room)
{
    FILE *in = fopen(path, "re");
    u8 *bytes = in ? read_all(in, most, size) : NULL;
    if (!bytes)
        snprintf(message, room, "%s: %s", path,
                 errno == EFBIG ? "larger than the memory: -m gives more" : strerror(errno));
    if (in)
        fclose(in);
    if (!bytes || *size)
        return bytes;
    snprintf(message, room, "%s: the file is empty", path);
    free(bytes);
    return NULL;
}

u8 *kernel_read(const struct kernel_file *file, const char *path, u32 *size)
{
    return read_file(path, file->wish->top, size, file->message, file->room);
}

bool kernel_is(const char *path)
{
    u8 bytes[PROBED];
    FILE *in = fopen(path, "re");
    size_t size = in ? fread(bytes, 1, sizeof bytes, in) : 0;
    if (in)
        fclose(in);
    bool boots = size >= 512 && get16(bytes + 510) == 0xaa55; /* a disk, with GRUB on it perhaps */
    return linux_is(bytes, size) || (!boots && multiboot_find(bytes, size));
}

/* ---- the whole ---- */

bool kernel_parse(struct kernel *kernel, const u8 *bytes, size_t count,
                  const struct kernel_wish *wish, char *message, size_t size)
{
    struct kernel_file file = {bytes, count, wish, message, size};
    const u8 *header = multiboot_find(bytes, count);
    *kernel = (struct kernel){0};
    if (linux_is(bytes, count))
        return linux_load(kernel, &file);
    if (header)
        return multiboot_load(kernel, &file, header);
    return kernel_wrong(&file, "no kernel: neither Linux (bzImage) nor Multiboot 1");
}

bool kernel_load(struct kernel *kernel, const struct kernel_wish *wish, char *message, size_t size)
{
    u32 count;
    *kernel = (struct kernel){0};
    u8 *bytes = read_file(wish->path, wish->top, &count, message, size);
    bool ok = bytes && kernel_parse(kernel, bytes, count, wish, message, size);
    free(bytes);
    return ok;
}

void kernel_free(struct kernel *kernel)
{
    for (u32 i = 0; i < kernel->count; i++)
        free(kernel->part[i].bytes);
    *kernel = (struct kernel){0};
}
