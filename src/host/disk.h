/* SPDX-License-Identifier: MIT */
/*
 * A disk image: what a drive reads and writes, in sectors of 512 bytes. Found from its content,
 * opened only as the options name it, locked against a second user.
 */
#ifndef HOST_DISK_H
#define HOST_DISK_H

#include "src/base/types.h"

enum { SECTOR_SIZE = 512 };

enum disk_kind { DISK_FLOPPY, DISK_HARD, DISK_CDROM };

/* Cylinders, heads, sectors a track. */
struct disk_geometry {
    u16 cylinders;
    u8 heads, sectors;
};

/* A sector of a floppy: R and N of its ID, whose C and H say where it is; its 128 << N bytes begin
 * at sector LBA of the image. */
struct disk_sector {
    u8 r, n;
    u16 lba;
};

enum { DISK_TRACK_SECTORS = 40 };

/* A track of a floppy. */
struct disk_track {
    u8 count;
    u16 late; /* bytes by which it begins later behind the index hole than tracks usually do */
    struct disk_sector sectors[DISK_TRACK_SECTORS]; /* in the order in which they pass */
};

/* What lamps follow: sectors moved, which only grow. */
struct disk_lights {
    u64 floppy, hard, cd;
};

struct disk; /* see disk.c */

/* What the user says an image is (-fda, -hda, -cdrom); the content decides when it says nothing, or
 * only that it is not a hard disk's (REMOVABLE). */
enum disk_want {
    DISK_WANT_ANY,
    DISK_WANT_FLOPPY,
    DISK_WANT_HARD,
    DISK_WANT_CDROM,
    DISK_WANT_REMOVABLE,
};

struct disk_options {
    bool read_only; /* refuse guest writes; a CD does in any case */
    bool snapshot;  /* keep guest writes in memory, throw them away at the end */
    enum disk_want want;
    u64 unpack_max; /* bytes that a .gz may hold; 0: 2 GiB */
};

/*
 * Open an image. NULL and one line in MESSAGE (SIZE bytes) when it is missing, unreadable, empty, a
 * directory or device, of a size no drive has, or in use by another twin86.
 *
 * A .gz is unpacked into memory; an image shorter than the floppy it is for (a lone
 * boot sector) is padded in memory. Guest writes to these two stay in memory. OPTIONS may be NULL.
 */
struct disk *disk_open(const char *path, const struct disk_options *options, char *message,
                       size_t size);
/* An image in memory (the built-in demo disk); the bytes are copied; never written anywhere. */
struct disk *disk_from_memory(const char *name, const void *bytes, size_t n);
void disk_close(struct disk *disk); /* writes what is pending; NULL is allowed */

enum disk_kind disk_kind(const struct disk *disk);
u64 disk_sectors(const struct disk *disk);
/* Of floppies: the format (XDF's sectors a track are its bytes by 512); of hard disks: what the MBR
 * or BPB was made for (up to 255 heads), else 16 heads of 63 sectors. Never 0 in any member. */
struct disk_geometry disk_geometry(const struct disk *disk);
/* A floppy's track; one that the disk does not have is empty. */
void disk_track(const struct disk *disk, u16 cylinder, u8 head, struct disk_track *track);
bool disk_read_only(const struct disk *disk);
/* The host allows no writing to the file, so it was opened write-protected unasked: say so. */
bool disk_forced_read_only(const struct disk *disk);
/* Guest writes stay in memory: a snapshot, a .gz, a padded image. */
bool disk_volatile(const struct disk *disk);
const char *disk_path(const struct disk *disk);

/* "1.44 MB floppy (FAT12)" and the like. */
void disk_describe(const struct disk *disk, char *text, size_t size);

/* COUNT sectors from LBA. False: outside the disk, read-only, or a host error (reported once). */
bool disk_read(struct disk *disk, u64 lba, u32 count, void *to);
bool disk_write(struct disk *disk, u64 lba, u32 count, const void *from);
bool disk_flush(struct disk *disk); /* to the host's medium */

/* N bytes from AT, which need not be whole sectors. */
bool disk_read_bytes(struct disk *disk, u64 at, size_t n, void *to);

/* Of a CD image: sectors, bytes of one in the file (2048, or 2352 with sync and error codes; for
 * disk_read_cd's TO), reading COUNT of them. What the file has of its last one is filled with
 * zeros. */
u32 disk_cd_sectors(const struct disk *disk);
u32 disk_cd_sector_bytes(const struct disk *disk);
bool disk_read_cd(struct disk *disk, u32 lba, u32 count, void *to);

#endif
