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

struct disk; /* see disk.c */

struct disk_options {
    bool read_only; /* refuse guest writes */
    bool snapshot;  /* keep guest writes in memory, throw them away at the end */
};

/*
 * Open an image (.gz too: then writes stay in memory). NULL and one line in MESSAGE (SIZE bytes)
 * when it is missing, unreadable, empty, a directory or device, of a size no drive has, or in use
 * by another twin86.
 */
struct disk *disk_open(const char *path, const struct disk_options *options, char *message,
                       size_t size);
/* An image in memory (the built-in demo disk); the bytes are copied; never written anywhere. */
struct disk *disk_from_memory(const char *name, const void *bytes, size_t n);
void disk_close(struct disk *disk); /* writes what is pending; NULL is allowed */

enum disk_kind disk_kind(const struct disk *disk);
u64 disk_sectors(const struct disk *disk);
struct disk_geometry disk_geometry(const struct disk *disk); /* of floppies: the format; of hard disks: from MBR/BPB or by size */
bool disk_read_only(const struct disk *disk);
const char *disk_path(const struct disk *disk);

/* "1.44 MB floppy (FAT12)" and the like. */
void disk_describe(const struct disk *disk, char *text, size_t size);

/* COUNT sectors from LBA. False: outside the disk, read-only, or a host error (reported once). */
bool disk_read(struct disk *disk, u64 lba, u32 count, void *to);
bool disk_write(struct disk *disk, u64 lba, u32 count, const void *from);
bool disk_flush(struct disk *disk); /* to the host's medium */

#endif
