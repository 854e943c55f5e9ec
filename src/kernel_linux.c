/* SPDX-License-Identifier: MIT */
/*
 * Linux's boot protocol 2.00 and later: a real-mode part, which gets the addresses of the rest written
 * into its header, and starts; the system itself; an initial RAM disk; a command line.
 *
 *   10000  real-mode part, heap and stack     90000  the same where it is older than 2.02, or not to be
 *   20000  command line                              loaded high; its command line is above its heap
 *   100000 system                             10000  a system that is not to be loaded high
 *          ... initial RAM disk, as high as it may be
 */
#include "src/kernel_parts.h"

#include <stdlib.h>

/* The header. */
enum {
    SETUP_SECTORS = 0x1f1, SYSTEM_SIZE = 0x1f4, VIDEO_MODE = 0x1fa, SIGNATURE = 0x1fe,
    MAGIC = 0x202, VERSION = 0x206, KERNEL_VERSION = 0x20e, LOADER = 0x210, LOAD_FLAGS = 0x211,
    MOVE_SIZE = 0x212, RAMDISK = 0x218, RAMDISK_SIZE = 0x21c, HEAP_END = 0x224,
    CMDLINE = 0x228, RAMDISK_MAX = 0x22c, CMDLINE_MOST = 0x238, PREFERRED = 0x258,
    INIT_SIZE = 0x260, HEADER = 0x264,
};
/* Command line of the oldest, from the start of the real-mode part. */
enum { OLD_MAGIC = 0x20, OLD_OFFSET = 0x22, OLD_MAGIC_VALUE = 0xa33f };
enum { LOADED_HIGH = 0x01, CAN_USE_HEAP = 0x80, LOADER_UNKNOWN = 0xff };
enum { SECTOR = 512, PAGE = 4096, CMDLINE_ROOM = 0x10000, SETUP_SECTORS_MAX = 64 };
enum { REAL = 0x10000, REAL_OLD = 0x90000, CMDLINE_OLD_END = 0x9a000, SYSTEM_LOW = 0x10000 };
#define RAMDISK_MAX_OLD 0x37ffffffu

struct layout {
    u16 version;
    bool high;
    u32 real, setup_size, cmdline, cmdline_size, system, system_size;
};

bool linux_is(const u8 *bytes, size_t size)
{
    return size >= HEADER && get16(bytes + SIGNATURE) == 0xaa55 && !memcmp(bytes + MAGIC, "HdrS", 4);
}

/* ---- what it is ---- */

/* The version's text, as far as it is one. */
static void describe(struct kernel *kernel, const struct kernel_file *file)
{
    const u8 *b = file->bytes;
    size_t at = get16(b + KERNEL_VERSION) + (size_t)SECTOR;
    char version[40] = "";
    for (unsigned i = 0; at > SECTOR && at + i < file->size && i < sizeof version - 1; i++) {
        if (b[at + i] <= ' ' || b[at + i] > '~')
            break;
        version[i] = (char)b[at + i];
    }
    snprintf(kernel->what, sizeof kernel->what, "Linux %s%sboot protocol %u.%02u", version,
             *version ? ", " : "", b[VERSION + 1], b[VERSION]);
}

static bool measure(struct layout *l, const struct kernel_file *file)
{
    const u8 *b = file->bytes;
    u32 sectors = b[SETUP_SECTORS] ? b[SETUP_SECTORS] : 4;
    l->version = get16(b + VERSION);
    l->high = b[LOAD_FLAGS] & LOADED_HIGH;
    l->setup_size = (sectors + 1) * SECTOR;
    if (l->version < 0x200)
        return kernel_wrong(file, "Linux boot protocol %u.%02u: not known here", b[VERSION + 1],
                            b[VERSION]);
    if (sectors > SETUP_SECTORS_MAX)
        return kernel_wrong(file, "damaged: %u setup sectors", sectors);
    if (l->setup_size >= file->size)
        return kernel_wrong(file, "damaged: the file ends within its %u setup sectors", sectors);
    l->system_size = (u32)(file->size - l->setup_size);
    if (l->version >= 0x204 && get32(b + SYSTEM_SIZE) * (u64)16 > l->system_size + 15ull)
        return kernel_wrong(file, "truncated: its header tells of %llu bytes more",
                            get32(b + SYSTEM_SIZE) * 16ull - l->system_size);
    return true;
}

static bool place(struct layout *l, const struct kernel_file *file)
{
    const char *append = file->wish->append ? file->wish->append : "";
    u32 most = l->version >= 0x206 ? get32(file->bytes + CMDLINE_MOST) : 255;
    bool old = l->version < 0x202 || !l->high;
    if (strlen(append) > most || strlen(append) >= CMDLINE_ROOM)
        return kernel_wrong(file, "-append has %zu letters, this kernel takes %u", strlen(append),
                            most < CMDLINE_ROOM ? most : CMDLINE_ROOM - 1);
    l->cmdline_size = (u32)strlen(append) + 1;
    l->real = old ? REAL_OLD : REAL;
    l->cmdline = old ? (CMDLINE_OLD_END - l->cmdline_size) & ~15u : REAL + 0x10000;
    l->system = l->high ? KERNEL_HIGH : SYSTEM_LOW;
    if (!l->high && l->system_size > REAL_OLD - SYSTEM_LOW)
        return kernel_wrong(file, "damaged: too large for a system that is not loaded high");
    return true;
}

/* ---- what it wants to be told ---- */

/* "vga=": the loader's, not the kernel's. */
static void video_mode(u8 *setup, const char *append)
{
    static const struct {
        const char *word;
        u16 mode;
    } words[] = {{"normal", 0xffff}, {"ext", 0xfffe}, {"ask", 0xfffd}};
    const char *at = append ? strstr(append, "vga=") : NULL;
    if (!at || (at != append && at[-1] != ' '))
        return;
    at += 4;
    u16 mode = (u16)strtoul(at, NULL, 0);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (!strncmp(at, words[i].word, strlen(words[i].word)))
            mode = words[i].mode;
    put16(setup + VIDEO_MODE, mode);
}

static void fill_header(u8 *setup, const struct layout *l, const struct kernel_wish *wish)
{
    video_mode(setup, wish->append);
    setup[LOADER] = LOADER_UNKNOWN;
    if (l->version >= 0x201) {
        setup[LOAD_FLAGS] |= CAN_USE_HEAP;
        put16(setup + HEAP_END, (u16)(l->cmdline - l->real - 0x200));
    }
    if (l->version >= 0x202) {
        put32(setup + CMDLINE, l->cmdline);
        return;
    }
    put16(setup + OLD_MAGIC, OLD_MAGIC_VALUE);
    put16(setup + OLD_OFFSET, (u16)(l->cmdline - l->real));
    put16(setup + MOVE_SIZE, (u16)(l->cmdline - l->real + l->cmdline_size));
}

/* The end of what the kernel needs before it has looked at its memory: it unpacks itself there. */
static u64 kernel_end(const struct layout *l, const u8 *header)
{
    u64 end = (u64)l->system + l->system_size;
    if (l->version < 0x20a)
        return end;
    u64 start = get64(header + PREFERRED), unpacked = get32(header + INIT_SIZE);
    if (start > UINT32_MAX)
        return UINT64_MAX;
    unpacked += start > KERNEL_HIGH ? start : KERNEL_HIGH;
    return end > unpacked ? end : unpacked;
}

static bool too_small(const struct kernel_file *file, u64 bytes)
{
    if (bytes > UINT32_MAX)
        return kernel_wrong(file, "damaged: it wants to be above 4 GiB");
    return kernel_wrong(file, "does not fit into memory: it needs more than -m %llu",
                        (unsigned long long)(bytes >> 20));
}

static bool add_ramdisk(struct kernel *kernel, const struct kernel_file *file,
                        const struct layout *l, u8 *setup)
{
    u64 end = kernel_end(l, setup), most = RAMDISK_MAX_OLD + 1ull;
    u32 size = 0;
    if (end > file->wish->top)
        return too_small(file, end);
    if (!file->wish->initrd)
        return true;
    u8 *bytes = kernel_read(file, file->wish->initrd, &size);
    if (!bytes)
        return false;
    if (l->version >= 0x203)
        most = get32(setup + RAMDISK_MAX) + 1ull;
    most = most < file->wish->top ? most : file->wish->top;
    u64 address = most > size ? (most - size) & ~(u64)(PAGE - 1) : 0;
    if (address < end || address < KERNEL_HIGH) {
        free(bytes);
        return too_small(file, (end > KERNEL_HIGH ? end : KERNEL_HIGH) + size);
    }
    put32(setup + RAMDISK, (u32)address);
    put32(setup + RAMDISK_SIZE, size);
    return kernel_add(kernel, file, (u32)address, size, bytes, size);
}

bool linux_load(struct kernel *kernel, const struct kernel_file *file)
{
    struct layout l = {0};
    const char *append = file->wish->append ? file->wish->append : "";
    if (!measure(&l, file) || !place(&l, file) ||
        !kernel_add_copy(kernel, file, l.real, l.setup_size, file->bytes, l.setup_size))
        return false;
    u8 *setup = kernel->part[0].bytes;
    fill_header(setup, &l, file->wish);
    describe(kernel, file);
    kernel->kind = KERNEL_LINUX;
    kernel->entry = l.real;
    kernel->stack = l.cmdline - l.real - 16;
    return kernel_add_copy(kernel, file, l.cmdline, l.cmdline_size, (const u8 *)append,
                           l.cmdline_size) &&
           kernel_add_copy(kernel, file, l.system, l.system_size, file->bytes + l.setup_size,
                           l.system_size) &&
           add_ramdisk(kernel, file, &l, setup);
}
