/* SPDX-License-Identifier: MIT */
/*
 * Disk images on the host: opened once, locked, read and written by sectors with 64-bit offsets.
 *
 * Everything the operating system is asked for stands in the host_* functions. A file is packed
 * when it starts as gzip data does and is called .gz or could be no raw image (its size is not a
 * multiple of 512): a guest that writes those bytes into sector 0 does not change what a raw image
 * is at the next start.
 */
#include "src/host/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "src/host/disk_probe.h"
#include "src/host/disk_store.h"
#include "src/host/disk_track.h"

#define UNPACKED_MAX (2048ull << 20)

enum { PAGE_SECTORS = STORE_PAGE / SECTOR_SIZE, AHEAD_BYTES = 32 << 10 };

/* What follows sectors that were read in sequence: a guest reads them one by one. */
struct ahead {
    u64 first, end; /* bytes of the file */
    u64 expected;   /* where the last read stopped */
    u8 bytes[AHEAD_BYTES];
};

struct disk {
    char *path;
    struct disk_image image;
    int file;           /* -1: all in memory */
    u64 file_bytes;     /* what the file has; the image may have more */
    struct ahead ahead;
    struct store store; /* sectors that are not as the file has them */
    bool read_only, forced, keeps_nothing, packed;
    bool read_failed, write_failed; /* told the user already */
};

/* ---- the host ---- */

static int host_open(const char *path, bool writable)
{
    return open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
}

static bool host_denied(int error)
{
    return error == EACCES || error == EPERM || error == EROFS;
}

/* False when somebody else has it in a way that excludes us; file systems without locks pass. */
static bool host_lock(int file, bool exclusive)
{
    return !flock(file, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) || errno != EWOULDBLOCK;
}

/* All N bytes, or false with errno (0: the file ends there). */
static bool host_read(int file, u64 at, u8 *to, size_t n)
{
    while (n) {
        ssize_t got = pread(file, to, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got ? errno : 0;
            return false;
        }
        to += got;
        at += (u64)got;
        n -= (size_t)got;
    }
    return true;
}

static bool host_write(int file, u64 at, const u8 *from, size_t n)
{
    while (n) {
        ssize_t put = pwrite(file, from, n, (off_t)at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        from += put;
        at += (u64)put;
        n -= (size_t)put;
    }
    return true;
}

static bool host_sync(int file)
{
    return !fdatasync(file) || errno == EINVAL || errno == EROFS; /* nothing that can be synced */
}

/* ---- reading and writing ---- */

static void tell_once(const struct disk *disk, bool *told, const char *what)
{
    if (!*told)
        fprintf(stderr, "twin86: %s: %s: %s; the guest sees a disk error\n", disk->path, what,
                errno ? strerror(errno) : "the file has become shorter");
    *told = true;
}

/* False: not there and not to be had; a host error of sectors not asked for is not the guest's. */
static bool ahead_read(struct disk *disk, u64 at, u8 *to, size_t n)
{
    struct ahead *a = &disk->ahead;
    bool there = at >= a->first && at < a->end && n <= a->end - at;
    if (!there && at == a->expected && n < AHEAD_BYTES) {
        u64 rest = disk->file_bytes - at;
        size_t size = rest < AHEAD_BYTES ? (size_t)rest : AHEAD_BYTES;
        there = host_read(disk->file, at, a->bytes, size);
        a->first = at;
        a->end = there ? at + size : at;
    }
    a->expected = at + n;
    if (there)
        memcpy(to, a->bytes + (at - a->first), n);
    return there;
}

static void ahead_forget(struct ahead *a, u64 at, u64 n)
{
    if (at < a->end && a->first < at + n)
        a->end = a->first;
}

/* From the file; what lies behind its end is zeros. */
static bool file_read(struct disk *disk, u64 lba, u32 count, u8 *to)
{
    u64 at = lba * SECTOR_SIZE, end = disk->file >= 0 ? disk->file_bytes : 0;
    size_t size = (size_t)count * SECTOR_SIZE;
    size_t n = at >= end ? 0 : end - at < size ? (size_t)(end - at) : size;
    memset(to + n, 0, size - n);
    if (!n || ahead_read(disk, at, to, n) || host_read(disk->file, at, to, n))
        return true;
    tell_once(disk, &disk->read_failed, "cannot be read");
    return false;
}

/* How many of COUNT sectors from LBA lie in one page of the store. */
static u32 page_part(u64 lba, u32 count)
{
    u32 room = PAGE_SECTORS - (u32)(lba % PAGE_SECTORS);
    return count < room ? count : room;
}

static u8 *page_at(u8 *page, u64 lba)
{
    return page ? page + lba % PAGE_SECTORS * SECTOR_SIZE : NULL;
}

/* A page for changed sectors, filled with what was there before. */
static u8 *page_make(struct disk *disk, u64 page)
{
    u8 before[STORE_PAGE], *bytes = store_find(&disk->store, page);
    if (bytes)
        return bytes;
    if (!file_read(disk, page * PAGE_SECTORS, PAGE_SECTORS, before))
        return NULL;
    bytes = store_make(&disk->store, page);
    if (bytes)
        memcpy(bytes, before, STORE_PAGE);
    else
        tell_once(disk, &disk->write_failed, "cannot be kept in memory");
    return bytes;
}

static bool inside(const struct disk *disk, u64 lba, u32 count)
{
    return lba <= disk->image.sectors && count <= disk->image.sectors - lba;
}

bool disk_read(struct disk *disk, u64 lba, u32 count, void *to)
{
    u8 *out = to;
    if (!inside(disk, lba, count))
        return false;
    if (!disk->store.used)
        return file_read(disk, lba, count, out);
    for (u32 n; count; lba += n, count -= n, out += (size_t)n * SECTOR_SIZE) {
        n = page_part(lba, count);
        const u8 *page = page_at(store_find(&disk->store, lba / PAGE_SECTORS), lba);
        if (page)
            memcpy(out, page, (size_t)n * SECTOR_SIZE);
        else if (!file_read(disk, lba, n, out))
            return false;
    }
    return true;
}

bool disk_read_bytes(struct disk *disk, u64 at, size_t n, void *to)
{
    u8 *out = to, sector[SECTOR_SIZE];
    for (size_t part; n; at += part, n -= part, out += part) {
        u32 skip = (u32)(at % SECTOR_SIZE), whole = (u32)(n / SECTOR_SIZE);
        part = SECTOR_SIZE - skip < n ? SECTOR_SIZE - skip : n;
        if (!skip && whole) {
            part = (size_t)whole * SECTOR_SIZE;
            if (!disk_read(disk, at / SECTOR_SIZE, whole, out))
                return false;
        } else {
            if (!disk_read(disk, at / SECTOR_SIZE, 1, sector))
                return false;
            memcpy(out, sector + skip, part);
        }
    }
    return true;
}

u32 disk_cd_sectors(const struct disk *disk)
{
    u64 bytes = disk->image.cd_bytes ? disk->image.cd_bytes : 1;
    u64 n = disk->image.cd_bytes ? disk->image.sectors * SECTOR_SIZE / bytes : 0;
    return n < 0xffffffff ? (u32)n : 0xffffffff;
}

u32 disk_cd_sector_bytes(const struct disk *disk)
{
    return disk->image.cd_bytes;
}

bool disk_read_cd(struct disk *disk, u32 lba, u32 count, void *to)
{
    u64 bytes = disk->image.cd_bytes;
    return lba < disk_cd_sectors(disk) && count <= disk_cd_sectors(disk) - lba &&
           disk_read_bytes(disk, lba * bytes, (size_t)(count * bytes), to);
}

static bool memory_write(struct disk *disk, u64 lba, u32 count, const u8 *in)
{
    for (u32 n; count; lba += n, count -= n, in += (size_t)n * SECTOR_SIZE) {
        n = page_part(lba, count);
        u8 *page = page_at(page_make(disk, lba / PAGE_SECTORS), lba);
        if (!page)
            return false;
        memcpy(page, in, (size_t)n * SECTOR_SIZE);
    }
    return true;
}

bool disk_write(struct disk *disk, u64 lba, u32 count, const void *from)
{
    if (disk->read_only || !inside(disk, lba, count))
        return false;
    if (disk->keeps_nothing)
        return memory_write(disk, lba, count, from);
    ahead_forget(&disk->ahead, lba * SECTOR_SIZE, (u64)count * SECTOR_SIZE);
    if (host_write(disk->file, lba * SECTOR_SIZE, from, (size_t)count * SECTOR_SIZE))
        return true;
    tell_once(disk, &disk->write_failed, "cannot be written");
    return false;
}

bool disk_flush(struct disk *disk)
{
    if (disk->file < 0 || disk->read_only || disk->keeps_nothing || host_sync(disk->file))
        return true;
    tell_once(disk, &disk->write_failed, "cannot be written");
    return false;
}

/* ---- opening ---- */

static bool all_zero(const u8 *bytes, size_t n)
{
    return !bytes[0] && !memcmp(bytes, bytes + 1, n - 1);
}

static bool named_gz(const char *path)
{
    size_t n = strlen(path);
    return n > 3 && !strcasecmp(path + n - 3, ".gz");
}

static bool is_packed(int file, const char *path, u64 bytes)
{
    u8 magic[3];
    return bytes >= 18 && host_read(file, 0, magic, 3) && !memcmp(magic, "\x1f\x8b\x08", 3) &&
           (named_gz(path) || bytes % SECTOR_SIZE);
}

/* Unpack into the store, leaving out pages of zeros. Gives the bytes; what went wrong in *WHY. */
static u64 unpack_pages(gzFile gz, struct store *store, u64 most, const char **why)
{
    u8 page[STORE_PAGE];
    u64 total = 0;
    int got;
    while ((got = gzread(gz, page, sizeof page)) > 0) {
        if (total + (u32)got > most)
            *why = "unpacks to more than is kept in memory (2 GiB): use gunzip first";
        u8 *kept =
            *why || all_zero(page, (size_t)got) ? NULL : store_make(store, total / STORE_PAGE);
        if (kept)
            memcpy(kept, page, (size_t)got);
        else if (!*why && !all_zero(page, (size_t)got))
            *why = "needs more memory than there is to unpack it";
        if (*why)
            return 0;
        total += (u32)got;
    }
    if (got < 0)
        *why = "its gzip data is damaged";
    return total;
}

/* The file is read through zlib once and closed. */
static u64 unpack(struct disk *disk, u64 most, const char **why)
{
    gzFile gz = gzdopen(disk->file, "rb");
    if (!gz) {
        *why = "needs more memory than there is to unpack it";
        return 0;
    }
    disk->file = -1;
    disk->packed = true;
    disk->keeps_nothing = true;
    u64 bytes = unpack_pages(gz, &disk->store, most ? most : UNPACKED_MAX, why);
    if (gzclose(gz) == Z_BUF_ERROR && !*why)
        *why = "its gzip data is cut off";
    return bytes;
}

PRINTF(3, 4) static bool refuse(char *message, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(message, size, format, args);
    va_end(args);
    return false;
}

static bool refuse_kind(const char *path, mode_t mode, char *message, size_t size)
{
    if (S_ISREG(mode))
        return true;
    return refuse(message, size, "%s: is a %s, not a disk image", path,
                  S_ISDIR(mode)    ? "directory"
                  : S_ISFIFO(mode) ? "pipe"
                  : S_ISSOCK(mode) ? "socket"
                                   : "device");
}

/* What stat can tell before the file is touched. */
static bool file_check(const char *path, char *message, size_t size)
{
    struct stat s;
    if (stat(path, &s))
        return refuse(message, size, "%s: %s", path,
                      errno == ENOENT ? "there is no such file" : strerror(errno));
    return refuse_kind(path, s.st_mode, message, size);
}

static bool file_lock(const struct disk *disk, bool exclusive, char *message, size_t size)
{
    return host_lock(disk->file, exclusive) ||
           refuse(message, size, "%s: is in use by another twin86, or was named twice", disk->path);
}

/* Shared by readers: whether the file is to be written, its content may have to tell. */
static bool file_open(struct disk *disk, const struct disk_options *options, char *message,
                      size_t size)
{
    bool writable = !options->read_only && !options->snapshot && options->want != DISK_WANT_CDROM;
    disk->file = host_open(disk->path, writable);
    if (disk->file < 0 && writable && host_denied(errno)) {
        writable = false;
        disk->file = host_open(disk->path, false);
        disk->forced = disk->file >= 0;
    }
    if (disk->file < 0)
        return refuse(message, size, "%s: cannot be opened: %s", disk->path, strerror(errno));
    disk->keeps_nothing = options->snapshot;
    disk->read_only = options->read_only || disk->forced;
    return file_lock(disk, false, message, size);
}

static bool size_check(struct disk *disk, u64 bytes, char *message, size_t size)
{
    struct disk_image image;
    if (!bytes)
        return refuse(message, size, "%s: is empty, not a disk image", disk->path);
    disk->file_bytes = bytes;
    disk->image.sectors = (bytes + SECTOR_SIZE - 1) / SECTOR_SIZE;
    if (bytes % SECTOR_SIZE && disk_probe_cd(disk, bytes, &image)) /* their sectors are others */
        return true;
    if (bytes % SECTOR_SIZE && disk->packed)
        return refuse(message, size,
                      "%s: unpacks to %llu bytes, not a multiple of 512: not a disk image",
                      disk->path, (unsigned long long)bytes);
    if (bytes % SECTOR_SIZE)
        return refuse(
            message, size,
            "%s: has %llu bytes, not a multiple of 512: if it is a disk image, fill it up "
            "with: truncate -s %%512 %s",
            disk->path, (unsigned long long)bytes, disk->path);
    return true;
}

static bool contents_find(struct disk *disk, u64 most, char *message, size_t size)
{
    struct stat s;
    const char *why = NULL;
    if (fstat(disk->file, &s))
        return refuse(message, size, "%s: %s", disk->path, strerror(errno));
    if (!refuse_kind(disk->path, s.st_mode, message, size))
        return false;
    u64 bytes = (u64)s.st_size;
    if (is_packed(disk->file, disk->path, bytes)) {
        bytes = unpack(disk, most, &why);
        disk->read_only &= !disk->forced; /* memory can be written */
        disk->forced = false;
    }
    if (why)
        return refuse(message, size, "%s: %s", disk->path, why);
    return size_check(disk, bytes, message, size);
}

static bool kind_find(struct disk *disk, enum disk_want want, char *message, size_t size)
{
    struct disk_image image;
    char why[128] = "";
    if (!disk_probe(disk, disk->file_bytes, want, &image, why, sizeof why))
        return refuse(message, size, "%s: %s", disk->path, why);
    disk->image = image;
    if (image.sectors * SECTOR_SIZE > disk->file_bytes)
        disk->keeps_nothing = true;
    return true;
}

/* A CD is only read; any other file that may be written is ours alone. */
static bool writing_settle(struct disk *disk, bool snapshot, char *message, size_t size)
{
    if (disk->image.kind == DISK_CDROM) {
        disk->read_only = true;
        disk->forced = false;
    }
    return disk->file < 0 || disk->read_only || snapshot || file_lock(disk, true, message, size);
}

static struct disk *disk_new(const char *path)
{
    struct disk *disk = calloc(1, sizeof *disk);
    if (!disk)
        return NULL;
    disk->file = -1;
    disk->ahead.expected = ~(u64)0;
    disk->path = strdup(path);
    if (!disk->path) {
        free(disk);
        return NULL;
    }
    return disk;
}

struct disk *disk_open(const char *path, const struct disk_options *options, char *message,
                       size_t size)
{
    static const struct disk_options none = {0};
    struct disk *disk;
    options = options ? options : &none;
    if (!file_check(path, message, size))
        return NULL;
    disk = disk_new(path);
    if (!disk) {
        refuse(message, size, "%s: no memory", path);
        return NULL;
    }
    if (file_open(disk, options, message, size) &&
        contents_find(disk, options->unpack_max, message, size) &&
        kind_find(disk, options->want, message, size) &&
        writing_settle(disk, options->snapshot, message, size))
        return disk;
    disk_close(disk);
    return NULL;
}

struct disk *disk_from_memory(const char *name, const void *bytes, size_t n)
{
    char message[256];
    struct disk *disk = disk_new(name);
    if (!disk)
        return NULL;
    disk->keeps_nothing = true;
    for (size_t at = 0; at < n; at += STORE_PAGE) {
        u8 *page = store_make(&disk->store, at / STORE_PAGE);
        if (!page) {
            disk_close(disk);
            return NULL;
        }
        memcpy(page, (const u8 *)bytes + at, n - at < STORE_PAGE ? n - at : STORE_PAGE);
    }
    disk->file_bytes = n;
    disk->image.sectors = (n + SECTOR_SIZE - 1) / SECTOR_SIZE;
    if (kind_find(disk, DISK_WANT_ANY, message, sizeof message))
        return disk;
    disk_close(disk);
    return NULL;
}

void disk_close(struct disk *disk)
{
    if (!disk)
        return;
    disk_flush(disk);
    if (disk->file >= 0)
        close(disk->file);
    store_free(&disk->store);
    free(disk->path);
    free(disk);
}

/* ---- questions ---- */

enum disk_kind disk_kind(const struct disk *disk)
{
    return disk->image.kind;
}

u64 disk_sectors(const struct disk *disk)
{
    return disk->image.sectors;
}

struct disk_geometry disk_geometry(const struct disk *disk)
{
    return disk->image.geometry;
}

void disk_track(const struct disk *disk, u16 cylinder, u8 head, struct disk_track *track)
{
    disk_track_get(&disk->image, cylinder, head, track);
}

bool disk_read_only(const struct disk *disk)
{
    return disk->read_only;
}

bool disk_forced_read_only(const struct disk *disk)
{
    return disk->forced;
}

bool disk_volatile(const struct disk *disk)
{
    return disk->keeps_nothing;
}

const char *disk_path(const struct disk *disk)
{
    return disk->path;
}

void disk_describe(const struct disk *disk, char *text, size_t size)
{
    static const char *const names[] = {
        [DISK_FLOPPY] = "floppy", [DISK_HARD] = "hard disk", [DISK_CDROM] = "CD-ROM"};
    const struct disk_image *i = &disk->image;
    const char *start = i->boot_sector ? "boot sector on a " : "";
    int n = snprintf(text, size, "%s%s %s%s", start, i->size, i->xdf ? "XDF " : "", names[i->kind]);
    if (i->what[0] && n > 0 && (size_t)n < size)
        snprintf(text + n, size - (size_t)n, " (%s)", i->what);
}
