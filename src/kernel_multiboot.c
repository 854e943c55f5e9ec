/* SPDX-License-Identifier: MIT */
/*
 * Multiboot 1: the segments of an ELF file, or what the header's own addresses say; modules above it;
 * and the information structure, in which the firmware fills in what it knows of the memory.
 *
 *   8000   information, the loader's name; from 8100 on the firmware's memory map
 *          ... the kernel
 *          ... from the next page on each module, then their table and all texts
 */
#include "src/kernel_parts.h"

#include <stdlib.h>

enum { SEARCHED = 8192, PAGE = 4096 };

/* The header: "OS image format". */
#define HEADER_MAGIC 0x1badb002u
enum {
    FLAGS = 4, CHECKSUM = 8, HEADER_ADDRESS = 12, LOAD_ADDRESS = 16, LOAD_END = 20, BSS_END = 24,
    ENTRY = 28, HEADER = 12, HEADER_WITH_ADDRESSES = 32,
};
enum { FLAG_ADDRESSES = 0x10000, FLAGS_REQUIRED = 0xffff, FLAGS_KNOWN = 0x0007 };

/* "Boot information format". */
enum { INFO = 0x8000, INFO_NAME = 0x80, INFO_SIZE = 0x100, MAP = 0x8100 };
enum { HAS_MEMORY = 1, HAS_CMDLINE = 4, HAS_MODULES = 8, HAS_MAP = 0x40, HAS_NAME = 0x200 };
enum { INFO_CMDLINE = 16, INFO_MODULES = 20, INFO_MAP = 48, INFO_LOADER = 64, MODULE = 16 };

/* ELF32. */
enum {
    E_MACHINE = 18, E_ENTRY = 24, E_PHOFF = 28, E_PHENTSIZE = 42, E_PHNUM = 44, E_SIZE = 52,
    P_OFFSET = 4, P_VADDR = 8, P_PADDR = 12, P_FILESZ = 16, P_MEMSZ = 20, P_SIZE = 32,
    PT_LOAD = 1, EM_386 = 3, ELFCLASS32 = 1, ELFDATA2LSB = 1,
};

const u8 *multiboot_find(const u8 *bytes, size_t size)
{
    for (size_t at = 0; at + HEADER <= size && at + HEADER <= SEARCHED; at += 4) {
        const u8 *h = bytes + at;
        if (get32(h) == HEADER_MAGIC && !(u32)(get32(h) + get32(h + FLAGS) + get32(h + CHECKSUM)))
            return h;
    }
    return NULL;
}

/* ---- the kernel ---- */

static bool load_by_header(struct kernel *kernel, const struct kernel_file *file, const u8 *h)
{
    size_t at = (size_t)(h - file->bytes);
    if (at + HEADER_WITH_ADDRESSES > file->size)
        return kernel_wrong(file, "damaged: the file ends within its Multiboot header");
    u32 load = get32(h + LOAD_ADDRESS), before = get32(h + HEADER_ADDRESS) - load;
    if (get32(h + HEADER_ADDRESS) < load || before > at)
        return kernel_wrong(file, "damaged: its Multiboot header is not where it says");
    u32 have = (u32)(file->size - (at - before));
    u32 size = get32(h + LOAD_END) ? get32(h + LOAD_END) - load : have;
    u32 length = get32(h + BSS_END) ? get32(h + BSS_END) - load : size;
    if (get32(h + LOAD_END) && get32(h + LOAD_END) < load)
        return kernel_wrong(file, "damaged: its Multiboot header's addresses are out of order");
    if (size > have)
        return kernel_wrong(file, "truncated: its Multiboot header tells of %u bytes more",
                            size - have);
    if (length < size || (get32(h + BSS_END) && get32(h + BSS_END) < load))
        return kernel_wrong(file, "damaged: its Multiboot header's addresses are out of order");
    kernel->entry = get32(h + ENTRY);
    return kernel_add_copy(kernel, file, load, length, file->bytes + at - before, size);
}

static bool load_segment(struct kernel *kernel, const struct kernel_file *file, const u8 *p)
{
    u32 offset = get32(p + P_OFFSET), size = get32(p + P_FILESZ), length = get32(p + P_MEMSZ);
    u32 entry = get32(file->bytes + E_ENTRY), from = get32(p + P_VADDR);
    if (get32(p) != PT_LOAD || !length)
        return true;
    if (size > length || offset > file->size || size > file->size - offset)
        return kernel_wrong(file, "damaged: an ELF segment is not in the file");
    if (entry >= from && entry - from < length)
        kernel->entry = entry - from + get32(p + P_PADDR);
    return kernel_add_copy(kernel, file, get32(p + P_PADDR), length, file->bytes + offset, size);
}

static bool load_elf(struct kernel *kernel, const struct kernel_file *file)
{
    const u8 *b = file->bytes;
    if (file->size < E_SIZE || memcmp(b, "\177ELF", 4))
        return kernel_wrong(file, "a Multiboot kernel, but neither ELF nor with addresses");
    if (b[4] != ELFCLASS32 || b[5] != ELFDATA2LSB || get16(b + E_MACHINE) != EM_386)
        return kernel_wrong(file, "an ELF file, but not for the i386");
    u32 first = get32(b + E_PHOFF), each = get16(b + E_PHENTSIZE), n = get16(b + E_PHNUM);
    if (each < P_SIZE || first > file->size || (u64)n * each > file->size - first)
        return kernel_wrong(file, "damaged: its ELF program headers are not in the file");
    kernel->entry = get32(b + E_ENTRY);
    for (u32 i = 0; i < n; i++)
        if (!load_segment(kernel, file, b + first + i * each))
            return false;
    return kernel->count || kernel_wrong(file, "an ELF file with nothing to load");
}

/* ---- what it is told ---- */

/* What goes above the kernel: modules, their table, texts. */
struct tail {
    u8 *bytes;
    u32 size, address;
};

/* Room for so many more, zeros; the address of the first, or 0. */
static u32 tail_grow(struct tail *tail, u32 size, u32 alignment)
{
    u32 at = (tail->size + alignment - 1) & ~(alignment - 1);
    if ((u64)at + size > UINT32_MAX - tail->address)
        return 0;
    u8 *bytes = realloc(tail->bytes, (size_t)at + size + 1);
    if (!bytes)
        return 0;
    memset(bytes + tail->size, 0, at - tail->size + size);
    tail->bytes = bytes;
    tail->size = at + size;
    return tail->address + at;
}

static u32 tail_add(struct tail *tail, const void *bytes, u32 size, u32 alignment)
{
    u32 address = tail_grow(tail, size, alignment);
    if (address)
        memcpy(tail->bytes + (address - tail->address), bytes, size);
    return address;
}

static u32 tail_text(struct tail *tail, const char *text)
{
    return tail_add(tail, text, (u32)strlen(text) + 1, 1);
}

/* The next of "file arguments,file arguments"; two commas are one letter. NULL: no more. */
static char *next_module(const char **list)
{
    const char *p = *list;
    if (!p || !*p)
        return NULL;
    char *text = malloc(strlen(p) + 1);
    size_t n = 0;
    for (; text && *p && (*p != ',' || p[1] == ','); p++) {
        text[n++] = *p;
        p += *p == ',';
    }
    if (text)
        text[n] = 0;
    *list = *p ? p + 1 : p;
    return text;
}

/* A module and its row in the table: first byte, byte behind the last, text. */
static bool add_module(struct tail *tail, const struct kernel_file *file, const char *text,
                       u8 row[MODULE])
{
    u32 size;
    char *path = strdup(text);
    if (!path)
        return kernel_wrong(file, "the host has not so much memory");
    path[strcspn(path, " ")] = 0;
    u8 *bytes = kernel_read(file, path, &size);
    free(path);
    if (!bytes)
        return false;
    u32 at = tail_add(tail, bytes, size, PAGE);
    free(bytes);
    put32(row, at);
    put32(row + 4, at + size);
    put32(row + 8, at ? tail_text(tail, text) : 0);
    return get32(row + 8) || kernel_wrong(file, "its modules do not fit into memory");
}

enum { MODULES = 64 };

static bool add_modules(struct tail *tail, const struct kernel_file *file, u8 *info)
{
    u8 table[MODULES * MODULE] = {0};
    const char *list = file->wish->initrd;
    u32 n = 0;
    bool ok = true;
    for (char *text; ok && (text = next_module(&list)); free(text)) {
        ok = n < MODULES ? add_module(tail, file, text, table + n * MODULE)
                         : kernel_wrong(file, "too many modules, at most %d", MODULES);
        n++;
    }
    if (!ok)
        return false;
    put32(info + INFO_MODULES, n);
    put32(info + INFO_MODULES + 4, tail_add(tail, table, n * MODULE, 4));
    return true;
}

static u32 tail_address(const struct kernel *kernel)
{
    u32 end = KERNEL_HIGH;
    for (u32 i = 0; i < kernel->count; i++) {
        u32 its = kernel->part[i].address + kernel->part[i].length;
        end = its > end ? its : end;
    }
    return (end + PAGE - 1) & ~(u32)(PAGE - 1);
}

/* The command line begins with the kernel's name, as other loaders have it. */
static u32 add_command_line(struct tail *tail, const struct kernel_wish *wish)
{
    size_t size = strlen(wish->path) + (wish->append ? strlen(wish->append) : 0) + 2;
    char *text = malloc(size);
    if (!text)
        return 0;
    snprintf(text, size, "%s%s%s", wish->path, wish->append ? " " : "",
             wish->append ? wish->append : "");
    u32 at = tail_text(tail, text);
    free(text);
    return at;
}

static bool add_information(struct kernel *kernel, const struct kernel_file *file)
{
    u8 info[INFO_SIZE] = {0};
    struct tail tail = {.address = tail_address(kernel)};
    put32(info, HAS_MEMORY | HAS_CMDLINE | HAS_MODULES | HAS_MAP | HAS_NAME);
    put32(info + INFO_MAP, MAP);
    put32(info + INFO_LOADER, INFO + INFO_NAME);
    memcpy(info + INFO_NAME, "twin86", 7);
    put32(info + INFO_CMDLINE, add_command_line(&tail, file->wish));
    if (!add_modules(&tail, file, info)) {
        free(tail.bytes);
        return false;
    }
    /* below what kernel_add() allows: it is the BIOS's to fill in */
    if (!kernel_add(kernel, file, tail.address, tail.size, tail.bytes, tail.size) ||
        !kernel_add_copy(kernel, file, KERNEL_LOW, INFO_SIZE, info, INFO_SIZE))
        return false;
    kernel->part[kernel->count - 1].address = INFO;
    return true;
}

bool multiboot_load(struct kernel *kernel, const struct kernel_file *file, const u8 *header)
{
    u32 flags = get32(header + FLAGS);
    if (flags & FLAGS_REQUIRED & ~FLAGS_KNOWN)
        return kernel_wrong(file, "its Multiboot header requires what is not known here: flags %04x",
                            flags & FLAGS_REQUIRED & ~FLAGS_KNOWN);
    kernel->kind = KERNEL_MULTIBOOT;
    snprintf(kernel->what, sizeof kernel->what, "Multiboot kernel%s",
             flags & FLAG_ADDRESSES ? "" : " (ELF)");
    bool ok = flags & FLAG_ADDRESSES ? load_by_header(kernel, file, header)
                                     : load_elf(kernel, file);
    return ok && add_information(kernel, file);
}
