/* SPDX-License-Identifier: MIT */
/* Finds out from its content what a disk image is: floppy format, hard disk geometry, file system.
 */
#ifndef HOST_DISK_PROBE_H
#define HOST_DISK_PROBE_H

#include "src/host/disk.h"

struct disk_image {
    enum disk_kind kind;
    struct disk_geometry geometry;
    u64 sectors;      /* of the medium: more than the file has when that is padded */
    u32 cd_bytes;     /* of a CD's sector: 2048, or 2352 as they are on the disc */
    char size[24];    /* "1.44 MB" */
    char what[48];    /* "FAT12", "MBR, FAT16"; "" when nothing is known */
    bool boot_sector; /* nothing but one */
    bool xdf;         /* see disk_track.c */
};

/*
 * DISK can be read and has so many BYTES (at least 1). False when it can't be what WANT says, with
 * the reason for a message in WHY, which reads on after the name of the file.
 */
bool disk_probe(struct disk *disk, u64 bytes, enum disk_want want, struct disk_image *image,
                char *why, size_t size);

/* Is it a CD's image? */
bool disk_probe_cd(struct disk *disk, u64 bytes, struct disk_image *image);

#endif
