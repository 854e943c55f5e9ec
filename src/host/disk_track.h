/* SPDX-License-Identifier: MIT */
/* Which sectors the tracks of a floppy have, and where they are in its image. */
#ifndef HOST_DISK_TRACK_H
#define HOST_DISK_TRACK_H

#include "src/host/disk_probe.h"

void disk_track_get(const struct disk_image *image, u16 cylinder, u8 head, struct disk_track *t);

#endif
