/* SPDX-License-Identifier: MIT */
/* CDs: what INT 13h and the boot program share of El Torito (Bootable CD-ROM Format Specification
   1.0). */
#ifndef BIOS_CD_H
#define BIOS_CD_H

#include "ata.h"

/* --- eltorito.c. Texts say why not; none: it went well. --- */

/* Starts what the disc in drive CD wants to be started. Returns only if there is nothing. */
ROM char *cd_start(u8 cd);
/* The disk of BOOT is there from now on, unless it needs no emulation. */
ROM char *cd_begin(struct cd_boot *boot);
/* Loads what BOOT says, and starts it. */
ROM char *cd_go(struct cd_boot *boot);
/* No disk is emulated any longer. */
void cd_end(void);
/* Sectors of 512 bytes of BOOT's image to segment:offset. */
enum disk_status cd_image_read(const struct cd_boot *boot, u32 sector, u16 count, u16 segment,
                               u16 offset);
/* Whether they can be read. */
enum disk_status cd_image_verify(const struct cd_boot *boot, u32 sector, u16 count);

/* --- cd.c, what serves a call --- */

enum { OF_CD = 1, OF_DISKETTE = 2, OF_DISK = 4, ALL = 7 };

struct cd_request {
    struct regs *r;
    struct cd_boot boot;
    struct drive drive; /* the CD's, if it is one */
    u8 of;              /* which kind it is */
};

/* --- cd_door.c --- */

enum disk_status cd_lock(struct cd_request *q);
enum disk_status cd_eject(struct cd_request *q);
enum disk_status cd_change(struct cd_request *q);

extern ROM char cd_no_disc[], cd_no_system[];

static inline void cd_boot_load(struct cd_boot *boot)
{
    far_load(boot, ebda_segment(), offset_of(struct ebda, cd), sizeof *boot);
}

static inline bool cd_is_diskette(const struct cd_boot *boot)
{
    return !(boot->drive & 0x80);
}

#endif
