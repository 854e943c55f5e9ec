/* SPDX-License-Identifier: MIT */
/*
 * One channel of an AT-bus hard disk interface with its drives 0 and 1 (ATA-1 to ATA-5, PIO).
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

struct ide;

struct ide_drive {
    struct ide *ide;
    struct disk *disk; /* NULL: absent; not ours */
    u8 number;

    /* the task file: a write lands in both drives, a command changes only its own */
    u8 feature, count, sector, cylinder_low, cylinder_high, device;
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
    bool native_max_read; /* the last command was READ NATIVE MAX ADDRESS */
    u32 max_sectors;      /* how far addresses go, by SET MAX ADDRESS */
    u32 reset_sectors;    /* how far after a hardware reset */

    /* the command being executed */
    u8 command;   /* opcode */
    u8 step;      /* enum ide_step */
    u16 left;     /* sectors to go, up to 256 */
    u16 block;    /* sectors that an interrupt stands for; 0: no sectors of the disk */
    u32 lba;      /* of the next block */
    u32 at, fill; /* bytes of the buffer that were moved, and that there are */
    u8 buffer[IDE_BUFFER];
    struct timer work;
};

struct ide {
    struct clock *clock;
    struct line irq;
    struct ide_drive drive[2];
    u8 control;   /* device control: SRST, nIEN */
    bool second;  /* DEV: drive 1 is selected */
    u8 channel;   /* in serial numbers and traces; the board may set it */
    u32 latency;  /* ns from a command (or a full write block) to its interrupt; at least 30000 */
    u64 activity; /* counts sectors moved, for the lamp in a title */
};

extern const struct chip ide_chip;

/* Both drives are absent until ide_attach(). LATENCY starts as 100 us. */
void ide_init(struct ide *ide, struct clock *clock);

/* Connect a hard disk as drive 0 or 1 before the machine runs; NULL: nothing there. The disk stays
 * the caller's and must stay open as long as the channel is used. */
void ide_attach(struct ide *ide, unsigned drive, struct disk *disk);

/* The geometry that IDENTIFY reports for a disk: at most 16 heads, 63 sectors, 16383 cylinders. */
struct disk_geometry ide_geometry(const struct disk *disk);

#endif
