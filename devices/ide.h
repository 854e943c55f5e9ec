/* SPDX-License-Identifier: MIT */
/*
 * One channel of an AT-bus hard disk interface with its drives 0 and 1: hard disks (ATA-1 to ATA-6)
 * and CD-ROM drives (ATAPI).
 *
 * Registers as the board maps them (primary channel; the secondary has 170h and 376h):
 *   0     data, 1, 2 or 4 bytes at once                    1F0h (map with width 4, count 1)
 *   1-7   error/feature, sector count, sector number, cylinder low, cylinder high,
 *         device/head, status/command: a byte each         1F1h-1F7h (width 1, count 7)
 *   8     alternate status (read), device control (write)  3F6h (width 1, count 1)
 *   9     drive address (read): bits 6-0 of 3F7h; bit 7 is the floppy controller's
 */
#ifndef DEVICES_IDE_H
#define DEVICES_IDE_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"
#include "src/host/disk.h"

enum { IDE_MULTIPLE_MAX = 16, IDE_BUFFER = IDE_MULTIPLE_MAX * SECTOR_SIZE };
enum { IDE_PACKET_BYTES = 12, IDE_CD_PAGES = 64 };

struct ide;

/* What only a CD-ROM drive has. */
struct ide_cd {
    u8 packet[IDE_PACKET_BYTES];
    u16 limit;          /* bytes that one DRQ may stand for */
    u8 key, asc, ascq;  /* sense of the last command */
    u8 attention;       /* additional sense code of a unit attention to be told; 0: none */
    u8 event;           /* the media event to be told, enum ide_cd_event */
    bool open;          /* the tray */
    bool locked;        /* by PREVENT MEDIUM REMOVAL */
    bool asked;         /* the button was pressed while locked */
    u8 parts;           /* of a sector that READ CD sends */
    u8 expected;        /* type of sector that it wants; 0: any */
    u32 position;       /* sector that was read last */
    u16 speed;          /* kB a second */
    u8 pages[IDE_CD_PAGES]; /* mode parameters, one page after the other */
};

struct ide_kind;

struct ide_drive {
    struct ide *ide;
    const struct ide_kind *kind; /* hard disk or CD-ROM drive; NULL: absent */
    struct disk *disk;           /* not ours; NULL: absent, or an empty CD-ROM drive */
    u8 number;

    /* the task file: a write lands in both drives, a command changes only its own */
    u8 feature, count, sector, cylinder_low, cylinder_high, device;
    u8 before[5]; /* what registers 1 to 5 held before the last write: bits 47-24 of addresses */
    u8 status, error;
    bool intrq;

    /* settings */
    u16 cylinders; /* current translation, by INITIALIZE DEVICE PARAMETERS */
    u8 heads, sectors;
    u8 multiple;        /* sectors a block; 0: READ/WRITE MULTIPLE off */
    u8 power;           /* what CHECK POWER MODE gives: FFh active, 80h idle, 0 standby */
    bool asleep;        /* only a reset wakes it */
    bool write_through; /* write cache off */
    bool no_look_ahead;
    bool keeps_settings;  /* over a software reset */
    bool byte_data;       /* 8-bit data port */
    bool smart;             /* SMART commands are taken */
    u8 dma_mode;            /* by SET FEATURES: 20h multiword, 40h Ultra, and the mode; 0: none */
    u8 native_max_read;     /* opcode of the last command if it was READ NATIVE MAX ADDRESS (EXT) */
    u64 max_sectors;        /* how far addresses go, by SET MAX ADDRESS */
    u64 reset_sectors;      /* how far after a hardware reset */

    /* the command being executed */
    u8 command;   /* opcode */
    u8 step;      /* enum ide_step */
    bool ext;     /* with a 48-bit address */
    bool dma;     /* a bus master moves the data */
    u32 left;     /* sectors to go, up to 65536 (a CD: as many as it has) */
    u16 block;    /* sectors that an interrupt stands for; 0: no sectors of the disk */
    u64 lba;      /* of the next block */
    u32 at, fill; /* bytes of the buffer that were moved, and up to where this DRQ goes */
    u32 have;     /* bytes in the buffer: more than FILL when they take a CD drive several DRQs */
    u8 buffer[IDE_BUFFER];
    struct timer work;
    struct ide_cd cd;
};

struct ide {
    struct clock *clock;
    struct line irq;
    struct line dmarq; /* the selected drive wants bytes moved: see ide_parts.h */
    struct ide_drive drive[2];
    u8 control;   /* device control: HOB, SRST, nIEN */
    bool second;  /* DEV: drive 1 is selected */
    u8 channel;   /* in serial numbers, names and traces; the board sets it before it attaches */
    u32 latency;  /* ns from a command (or a full write block) to its interrupt; at least 30000 */
    u64 activity, cd_activity; /* count sectors moved, for the lamps in a title */
};

extern const struct chip ide_chip;

/* Both drives are absent until ide_attach(). LATENCY starts as 100 us. */
void ide_init(struct ide *ide, struct clock *clock);

/* Connect a hard disk as drive 0 or 1 before the machine runs; NULL: nothing there. The disk stays
 * the caller's and must stay open as long as the channel is used. */
void ide_attach(struct ide *ide, unsigned drive, struct disk *disk);

/* The same for a CD-ROM drive. DISK is the disc that is in it, or NULL. */
void ide_attach_cd(struct ide *ide, unsigned drive, struct disk *disk);

/* What the user does at any time: put a disc into the CD-ROM drive and close it, or press the
 * button (DISK is NULL). False: the guest has locked the drive and is told that somebody wants the
 * disc; the next try forces it. */
bool ide_insert(struct ide *ide, unsigned drive, struct disk *disk);

/* The geometry that IDENTIFY reports for a disk: at most 16 heads, 63 sectors, 16383 cylinders. */
struct disk_geometry ide_geometry(const struct disk *disk);

#endif
