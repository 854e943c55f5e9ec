/* SPDX-License-Identifier: MIT */
/*
 * The tracks of a floppy as its raw image has them. Nearly all are sectors 1, 2, ... of 512 bytes,
 * in the image one after the other. Not so XDF, in which OS/2 Warp and PC DOS 7 came:
 *
 *   cylinder 0   19 sectors of 512 bytes on each side: a small disk for who knows no XDF (1 to 8),
 *                boot sector, FAT, root directory, data (from 81h on)
 *   the others   on each side one sector of 512, 1024, 2048 and 8192 bytes; R is 80h + N
 *
 * A cylinder is 46 parts of 512 bytes of the image. Of the first one's, 20 to 22 and 37 to 41 are
 * not on the disk: the end of the second FAT, and five clusters that the FAT calls bad.
 */
#include "src/host/disk_track.h"

enum { XDF_CYLINDER = 46 };

/* R, N, first part; in the order in which they pass. */
/* clang-format off */
static const struct disk_sector xdf_first[2][19] = {
    {{0x01, 2, 12}, {0x8a, 2, 9},  {0x81, 2, 0},  {0x8b, 2, 10}, {0x82, 2, 1},  {0x02, 2, 13},
     {0x83, 2, 2},  {0x03, 2, 14}, {0x84, 2, 3},  {0x04, 2, 15}, {0x85, 2, 4},  {0x05, 2, 16},
     {0x86, 2, 5},  {0x06, 2, 17}, {0x87, 2, 6},  {0x07, 2, 18}, {0x88, 2, 7},  {0x08, 2, 19},
     {0x89, 2, 8}},
    {{0x90, 2, 42}, {0x87, 2, 28}, {0x91, 2, 43}, {0x88, 2, 29}, {0x92, 2, 44}, {0x89, 2, 30},
     {0x93, 2, 45}, {0x8a, 2, 31}, {0x81, 2, 11}, {0x8b, 2, 32}, {0x82, 2, 23}, {0x8c, 2, 33},
     {0x83, 2, 24}, {0x8d, 2, 34}, {0x84, 2, 25}, {0x8e, 2, 35}, {0x85, 2, 26}, {0x8f, 2, 36},
     {0x86, 2, 27}},
};
static const struct disk_sector xdf_other[2][4] = {
    {{0x83, 3, 0},  {0x82, 2, 22}, {0x84, 4, 2},  {0x86, 6, 24}},
    {{0x84, 4, 40}, {0x82, 2, 23}, {0x83, 3, 44}, {0x86, 6, 6}},
};
/* clang-format on */

/* Both sides together are read in three revolutions, in the order of the image: that is why the
 * other side begins later. */
static const u16 xdf_late[2] = {0, 624};

static void xdf_track(u16 cylinder, u8 head, struct disk_track *t)
{
    const struct disk_sector *from = cylinder ? xdf_other[head] : xdf_first[head];
    t->count = cylinder ? ARRAY_LEN(xdf_other[0]) : ARRAY_LEN(xdf_first[0]);
    t->late = cylinder ? xdf_late[head] : 0;
    for (unsigned i = 0; i < t->count; i++) {
        t->sectors[i] = from[i];
        t->sectors[i].lba = (u16)(from[i].lba + cylinder * XDF_CYLINDER);
    }
}

void disk_track_get(const struct disk_image *image, u16 cylinder, u8 head, struct disk_track *t)
{
    struct disk_geometry g = image->geometry;
    *t = (struct disk_track){0};
    if (cylinder >= g.cylinders || head >= g.heads)
        return;
    if (image->xdf) {
        xdf_track(cylinder, head, t);
        return;
    }
    t->count = g.sectors < DISK_TRACK_SECTORS ? g.sectors : DISK_TRACK_SECTORS;
    for (u8 i = 0; i < t->count; i++)
        t->sectors[i] = (struct disk_sector){(u8)(i + 1), 2,
                                             (u16)((cylinder * g.heads + head) * g.sectors + i)};
}
