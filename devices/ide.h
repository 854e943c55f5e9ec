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
    struct disk_geometry native; /* default translation */
    u16 cylinders;               /* current translation, by INITIALIZE DEVICE PARAMETERS */
    u8 heads, sectors;
    u8 multiple;     /* sectors a block; 0: READ/WRITE MULTIPLE off */
    u8 pio_mode;     /* by SET FEATURES 03h, as written */
    u8 power;        /* what CHECK POWER MODE gives: FFh active, 80h idle, 0 standby */
    bool asleep;     /* only a reset wakes it */
    bool write_through; /* write cache off */
    bool look_ahead, keep_settings, byte_data;
    u32 max_sectors; /* what LBA may reach: SET MAX ADDRESS */
    bool max_volatile_done, native_max_read;

    /* the command being executed */
    u8 command; /* opcode */
    u8 step;    /* enum ide_step */
    u16 left;   /* sectors to go, 1 to 256 */
    u16 block;  /* sectors in the buffer */
    u32 lba;    /* of the next block */
    u32 at, fill; /* bytes of the buffer moved, and to move */
    u8 buffer[IDE_BUFFER];
    struct timer work;
};

struct ide {
    struct clock *clock;
    struct line irq;
    struct ide_drive drive[2];
    u8 control;       /* device control: SRST, nIEN */
    bool second;      /* DEV: drive 1 is selected */
    u32 latency;      /* ns from a command (or a full write block) to its interrupt; at least 30000 */
    u64 activity;     /* counts sectors moved, for the lamp in a title */
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
