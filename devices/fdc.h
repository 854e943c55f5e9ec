/* SPDX-License-Identifier: MIT */
/*
 * Intel 82077AA floppy disk controller (a superset of the NEC 765) with its drives 0 and 1.
 *
 * Registers as the board maps them from 3F0h (AT mode), a byte each:
 *   0 1  status registers A, B: not there in AT mode, read FFh     3F0h 3F1h
 *   2    DOR  digital output                                       3F2h
 *   3    TDR  tape drive                                           3F3h
 *   4    MSR  main status (read), DSR data rate (write)            3F4h
 *   5    FIFO                                                      3F5h
 *   7    DIR  disk change, bit 7 (read), CCR data rate (write)     3F7h
 * 3F6h belongs to the hard disk. In DIR bits 6-0 read 0: a board may put ide register 9 there.
 */
#ifndef DEVICES_FDC_H
#define DEVICES_FDC_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"
#include "src/host/disk.h"

/* Numbers as CMOS register 10h has them. */
enum fdc_drive_type {
    FDC_DRIVE_NONE,
    FDC_DRIVE_360K,  /* 5.25", 40 cylinders, 300 rpm */
    FDC_DRIVE_1200K, /* 5.25", 80 cylinders, 360 rpm */
    FDC_DRIVE_720K,  /* 3.5", 300 rpm, as the rest */
    FDC_DRIVE_1440K,
    FDC_DRIVE_2880K,
};

enum { FDC_DRIVES = 2, FDC_FIFO = 16, FDC_MARKS = 1024, FDC_SECTOR_MAX = 128 << 7 };

/*
 * The way to the DMA chip. The board fills it in after fdc_init().
 * TRANSFER moves up to N bytes (at most a FIFO full) between BYTES and memory; it gives the number
 * moved (less than N: the channel is masked or at its end) and sets *TC when the channel reached
 * its terminal count with the last of them. DREQ follows the request pin; it may be NULL.
 */
struct fdc_dma {
    void *owner;
    u32 (*transfer)(void *owner, u8 *bytes, u32 n, bool to_memory, bool *tc);
    void (*dreq)(void *owner, bool level);
};

struct fdc;

/* The mechanics: a drive sees step pulses while DOR selects it, and turns while its motor is on. */
struct fdc_drive {
    struct disk *disk;             /* NULL: empty; not ours */
    struct disk_geometry geometry; /* of the disk */
    u8 type;                       /* enum fdc_drive_type */
    u8 cylinder;                   /* where the heads stand */
    bool changed;                  /* DSKCHG: disk changed since the last step pulse */
    /* Bit n: the sector that begins with the image's n-th 512 bytes has a deleted-data mark; image
     * files hold none. */
    u8 deleted[FDC_MARKS];
};

/* A seek under way, for each of the four drives that commands can name. */
struct fdc_seek {
    struct fdc *fdc;
    u8 number;
    bool busy;        /* MSR bit of this drive */
    bool recalibrate; /* until track 0 */
    bool inward;      /* direction of the steps */
    bool implied;     /* a data command waits for it */
    u8 steps;         /* still to do */
    u8 target;        /* PCN when done */
    struct timer timer;
};

struct fdc {
    struct clock *clock;
    struct fdc_dma dma;
    struct line irq;
    struct fdc_drive drive[FDC_DRIVES];
    struct fdc_seek seek[4];
    u32 hurry;    /* 1: real speed; n: disks turn and heads step n times as fast */
    u64 activity; /* counts sectors moved, for the lamp in a title */

    u8 dor, tdr, rate; /* RATE: bits 1-0 of CCR and DSR, or FDC_RATE_OF_DISK */
    u8 phase;          /* enum fdc_phase */
    u8 op;             /* row of the command table */
    u8 fifo[FDC_FIFO]; /* command bytes, then result bytes */
    u8 at, count;      /* next byte; how many there are to be */

    u8 srt_hut, hlt_nd; /* SPECIFY */
    u8 config, pretrk;  /* CONFIGURE: EIS EFIFO POLL FIFOTHR; PRETRK */
    u8 perpendicular;   /* D3-D0 GAP WGATE, as DUMPREG shows them */
    bool lock;          /* FIFO settings survive a software reset */
    u8 pcn[4];          /* present cylinder numbers */
    u8 sense[4];        /* ST0 for SENSE INTERRUPT STATUS */
    u8 sense_pending;   /* a bit for each drive */
    bool sense_reset;   /* they come from a reset */
    bool sense_irq;     /* INT because of them */
    bool result_irq;    /* INT until the first result byte is read */
    bool service_irq;   /* INT of non-DMA execution */

    /* the data command being executed */
    u8 step;           /* enum fdc_step */
    u8 opcode, select; /* the first two command bytes */
    u8 c, h, r, n;     /* the ID looked for; the result shows it */
    u8 eot;            /* last sector of a track; SC of FORMAT */
    u8 gap;            /* GPL, DTL or the like: the last parameter */
    u8 head;           /* head select */
    u8 st0, st1, st2;
    u8 left;              /* READ TRACK, FORMAT, VERIFY: sectors to go */
    bool tc;              /* terminal count came */
    bool over;            /* READ: the sector has passed, the last bytes are waited for */
    bool unlike, differs; /* SCAN: a byte does not satisfy; a byte is not equal */
    u16 lba;              /* where the sector begins in the image, in 512 bytes */
    u16 length;           /* bytes of the sector, or of what FORMAT asks for */
    u16 passed, moved;    /* bytes under the head; bytes moved to or from the host */
    u64 given;            /* FORMAT: a bit for each sector of the track that got its ID */
    u64 turn;             /* revolution at which the search gives up */
    vtime data_start;     /* when the data field of this sector began */
    u8 sector[FDC_SECTOR_MAX];
    struct timer work, poll;
};

extern const struct chip fdc_chip;

/* Drives are absent (FDC_DRIVE_NONE) and there is no DMA until the board says so. */
void fdc_init(struct fdc *fdc, struct clock *clock);

/* What stands in the case; DRIVE 0 or 1. Before the machine runs. */
void fdc_set_drive(struct fdc *fdc, unsigned drive, enum fdc_drive_type type);

/* The smallest drive that reads a disk of this format; never FDC_DRIVE_NONE. */
enum fdc_drive_type fdc_drive_for(struct disk_geometry geometry);

/* Put in (or change) a disk; NULL: take it out. The disk stays the caller's, and must stay open
 * until it is taken out. Sets the disk change line. */
void fdc_insert(struct fdc *fdc, unsigned drive, struct disk *disk);

#endif
