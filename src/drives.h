/* SPDX-License-Identifier: MIT */
/* Which image is in which drive, from the options and from what the user changes later. */
#ifndef DRIVES_H
#define DRIVES_H

#include <stdio.h>

#include "devices/fdc.h"
#include "src/host/disk.h"
#include "src/options.h"

struct drives {
    struct disk *floppies[OPTION_LIST]; /* all that are open; "next disk" goes round them */
    unsigned floppy_count;
    struct disk *floppy[FLOPPY_DRIVES]; /* in the drive; one of the above, or NULL */
    struct disk *hard[HARD_DRIVES];
    struct disk *cds[OPTION_LIST]; /* all that are open */
    unsigned cd_count;
    struct disk *cd;  /* in the drive; one of the above, or NULL */
    unsigned cd_unit; /* the place of the CD-ROM drive among the hard ones; HARD_DRIVES: none */
    enum fdc_drive_type type[FLOPPY_DRIVES];
    const char *kernel; /* -kernel, or an image that is one; NULL: none */
    char boot[4]; /* what to start from, in this order: a floppy, c hard disk, d CD-ROM */
    const struct profile *profile; /* or NULL */
    bool snapshot;
};

/*
 * Open every image that OPTIONS name, the demo disk if there is none. False and one line in MESSAGE
 * (SIZE bytes); drives_close() in both cases.
 */
bool drives_open(struct drives *drives, const struct options *options, char *message, size_t size);
/* Say what each disk is and where it went, a line each. */
void drives_announce(const struct drives *drives, FILE *out);
void drives_close(struct drives *drives);

/* Everything the guest wrote, to the host's medium. */
void drives_flush(struct drives *drives);

/* Put an image (opened if it is not yet) into floppy drive 0 or 1, or the next one of those that
 * are open, or none. False: nothing has changed. One line about it in MESSAGE in both cases. The
 * caller tells the controller about floppy[0] and floppy[1]. */
bool drives_insert(struct drives *drives, unsigned drive, const char *path, char *message,
                   size_t size);
bool drives_next(struct drives *drives, unsigned drive, char *message, size_t size);
void drives_eject(struct drives *drives, unsigned drive, char *message, size_t size);

/* The disc at PATH, opened if it is not yet; NULL and one line in MESSAGE if that is none. When it,
 * or NULL, is in the drive (which may be locked), drives_put_cd() says so in MESSAGE. */
struct disk *drives_open_cd(struct drives *drives, const char *path, char *message, size_t size);
void drives_put_cd(struct drives *drives, struct disk *disc, char *message, size_t size);
/* The one after it of those that are open; NULL and one line in MESSAGE: there is no other. */
struct disk *drives_next_cd(const struct drives *drives, char *message, size_t size);
/* drives_insert() if PATH is a floppy's image, drives_open_cd() into *DISC if it is a CD's. */
bool drives_insert_any(struct drives *drives, unsigned drive, const char *path, struct disk **disc,
                       char *message, size_t size);

#endif
