/* SPDX-License-Identifier: MIT */
/* What the files of the hard disk channel share: registers, commands, kinds of drives, and what the
 * bus master sees of a drive. */
#ifndef DEVICES_IDE_PARTS_H
#define DEVICES_IDE_PARTS_H

#include "devices/ide.h"

/*
 *          command            timer           last byte            timer
 *   IDLE ----------> EXECUTE --------> IN ------------> NEXT --------> IN ...
 *                    (BSY)     |     (DRQ, IRQ)         (BSY)
 *                              |-----> OUT -----------> TAKE --------> OUT ... or IDLE
 *                              |     (DRQ)   last byte  (BSY)        (IRQ)
 *                              |-----> PACKET --------> RUN ---------> IN, OUT or IDLE
 *                              |     (DRQ) 12th byte    (BSY)
 *                              `-----> IDLE (IRQ)
 *
 * By DMA, DMA_IN and DMA_OUT take the places of IN and OUT: no interrupt, DMARQ instead.
 */
enum ide_step {
    IDE_IDLE,
    IDE_RESET,   /* BSY until the drive is ready */
    IDE_EXECUTE, /* BSY: the command has just come */
    IDE_IN,      /* DRQ: the host reads the buffer */
    IDE_NEXT,    /* BSY: the next block is read */
    IDE_OUT,     /* DRQ: the host fills the buffer */
    IDE_TAKE,    /* BSY: the block is written */
    IDE_PACKET,  /* DRQ: the host fills the buffer with a packet */
    IDE_RUN,     /* BSY: the packet's command is executed */
    IDE_DMA_IN,  /* DRQ: the bus master reads the buffer */
    IDE_DMA_OUT, /* DRQ: the bus master fills the buffer */
    IDE_END,     /* BSY: all is done, the interrupt comes */
    IDE_STEP_LAST = IDE_END,
};

enum {
    STATUS_BSY = 0x80,
    STATUS_DRDY = 0x40,
    STATUS_DF = 0x20,
    STATUS_DSC = 0x10, /* of a CD-ROM drive: SERV, never set */
    STATUS_DRQ = 0x08,
    STATUS_ERR = 0x01
};
enum { CONTROL_NIEN = 0x02 };
enum { ERROR_UNC = 0x40, ERROR_IDNF = 0x10, ERROR_ABRT = 0x04 };
enum { DEVICE_LBA = 0x40, DEVICE_DEV = 0x10, DEVICE_ONES = 0xa0 };

/* Addresses of 28 and of 48 bits. */
#define IDE_SECTORS_28 0x0fffffffu
#define IDE_SECTORS_48 0xffffffffffffu

#define IDE_ASK_TIME   30000u /* ns until a drive asks for the first block or packet */
#define IDE_BLOCK_TIME 40000u /* ns from a block that was read to the next */

/* A row of a kind's table of commands. */
struct ide_op {
    u8 first, last;
    u8 flags;
    const char *name;
    void (*run)(struct ide_drive *d);
};
enum {
    OP_ASKS = 1,       /* wants data: there soon, without an interrupt */
    OP_BOTH = 2,       /* both drives do it, whoever is selected */
    OP_KEEPS_MAX = 4,  /* SET MAX ADDRESS: looks at what came before */
    OP_EXT = 8,        /* 48-bit address */
    OP_WHEN_BUSY = 16, /* taken at any time */
};

/* What a hard disk and a CD-ROM drive do in their own way. */
struct ide_kind {
    const struct ide_op *ops;
    size_t op_count;
    u8 ready;       /* status without work and error */
    u8 after_reset; /* the same before the first command */
    u16 signature;  /* cylinder high and low after a reset */
    void (*reset)(struct ide_drive *d);  /* the RESET pin */
    void (*moved)(struct ide_drive *d);  /* the host has read all that DRQ stood for */
    void (*filled)(struct ide_drive *d); /* or written it */
    void (*next)(struct ide_drive *d);   /* IDE_NEXT's time has come */
    void (*take)(struct ide_drive *d);   /* IDE_TAKE's */
};
extern const struct ide_kind ide_hard_disk, ide_cdrom;

/* ---- ide.c ---- */

void ide_lines(struct ide *ide);         /* drive IRQ and DMARQ as the selected drive wants them */
void ide_raise(struct ide_drive *drive); /* INTRQ */
/* The registers as resets and diagnostics leave them, but for device/head. */
void ide_signature(struct ide_drive *drive);
/* Switch to the translation that IDENTIFY calls the default one. */
void ide_translation_default(struct ide_drive *drive);

/*
 * DMA, for the bus master. While DMARQ is high, ide_dma() gives the bytes that the selected drive
 * wants moved next, how many, and which way; with it low, NULL. ide_dma_moved() says how many of
 * them were (any part). After the last one DMARQ falls while the drive works; then it rises again,
 * or all is done and the interrupt comes. A bus master that stops early leaves the drive waiting
 * with DMARQ high, until a reset or another command.
 */
u8 *ide_dma(struct ide *ide, u32 *n, bool *to_memory);
void ide_dma_moved(struct ide *ide, u32 n);

/* ---- ide_command.c: what both kinds do ---- */

void ide_command(struct ide_drive *d, u8 opcode); /* was written */
void ide_execute(struct ide_drive *d);            /* its time has come */
void ide_later(struct ide_drive *d, enum ide_step step, vtime ns);
vtime ide_latency(const struct ide_drive *d);
void ide_done(struct ide_drive *d); /* with an interrupt */
void ide_fail(struct ide_drive *d, u8 error);
void ide_aborted(struct ide_drive *d);
void ide_diagnostic(struct ide_drive *d);
void ide_standby(struct ide_drive *d);
void ide_idle(struct ide_drive *d);
void ide_sleep(struct ide_drive *d);
void ide_check_power(struct ide_drive *d);
/* The data phase: buffer[AT] to buffer[FILL] to the host with an interrupt, or from it. */
void ide_move(struct ide_drive *d, enum ide_step step, u32 at, u32 fill);
void ide_give(struct ide_drive *d, u32 at, u32 fill);
void ide_ask(struct ide_drive *d, u32 at, u32 fill);

/* ---- ide_block.c: sectors of a hard disk ---- */

bool ide_address_get(const struct ide_drive *d, u64 *lba); /* if the disk has that sector */
void ide_address_put(struct ide_drive *d, u64 lba);
void ide_block_moved(struct ide_drive *d);
void ide_block_filled(struct ide_drive *d);
void ide_block_next(struct ide_drive *d);
void ide_block_take(struct ide_drive *d);
void ide_read_sectors(struct ide_drive *d);
void ide_read_multiple(struct ide_drive *d);
void ide_read_dma(struct ide_drive *d);
void ide_write_sectors(struct ide_drive *d);
void ide_write_multiple(struct ide_drive *d);
void ide_write_dma(struct ide_drive *d);
void ide_verify(struct ide_drive *d);

/* ---- ide_feature.c: settings ---- */

void ide_set_features(struct ide_drive *d);
void ide_smart(struct ide_drive *d);
void ide_set_multiple(struct ide_drive *d);
void ide_parameters(struct ide_drive *d);
void ide_read_native_max(struct ide_drive *d);
void ide_set_max(struct ide_drive *d);

/* ---- ide_identify.c ---- */

u64 ide_sectors(const struct ide_drive *drive); /* of the disk, as far as 48 bits reach */
/* The 256 words of IDENTIFY DEVICE, of IDENTIFY PACKET DEVICE. */
void ide_identify(const struct ide_drive *drive, u8 *to);
void ide_identify_packet(const struct ide_drive *drive, u8 *to);

/* ---- ide_packet.c: a CD-ROM drive's ATA commands, and how packets and their data travel ---- */

extern const struct field ide_cd_fields[];

/* The buffer has N bytes for the host (perhaps of more to come: LEFT), or wants N from it. */
void ide_packet_give(struct ide_drive *d, u32 n);
void ide_packet_ask(struct ide_drive *d, u32 n);
/* How packet commands end. */
void ide_packet_good(struct ide_drive *d);
void ide_packet_check(struct ide_drive *d, u32 sense); /* SENSE(key, code, qualifier) */

#define SENSE(key, asc, ascq) ((u32)(key) << 16 | (u32)(asc) << 8 | (ascq))
#define SENSE_TRAY_CLOSED     SENSE(2, 0x3a, 0x01) /* medium not present */
#define SENSE_TRAY_OPEN       SENSE(2, 0x3a, 0x02)
#define SENSE_READ_ERROR      SENSE(3, 0x11, 0x00)
#define SENSE_LIST_LENGTH     SENSE(5, 0x1a, 0x00) /* of a parameter list */
#define SENSE_OPCODE          SENSE(5, 0x20, 0x00)
#define SENSE_RANGE           SENSE(5, 0x21, 0x00) /* address */
#define SENSE_PACKET_FIELD    SENSE(5, 0x24, 0x00)
#define SENSE_LIST_FIELD      SENSE(5, 0x26, 0x00)
#define SENSE_SEQUENCE        SENSE(5, 0x2c, 0x00)
#define SENSE_SAVING          SENSE(5, 0x39, 0x00) /* parameters: not possible */
#define SENSE_LOCKED          SENSE(5, 0x53, 0x02)
#define SENSE_MODE            SENSE(5, 0x64, 0x00) /* illegal for this track */
enum { ATTENTION_MEDIUM = 0x28, ATTENTION_RESET = 0x29 };

/* ---- ide_cd.c: the commands, the medium ---- */

enum ide_cd_event { CD_NO_CHANGE, CD_EJECT_REQUEST, CD_NEW_MEDIUM, CD_REMOVAL };

void ide_cd_execute(struct ide_drive *d); /* the packet is there */
void ide_cd_reset(struct ide_drive *d); /* the RESET pin */
bool ide_cd_insert(struct ide_drive *d, struct disk *disk);
bool ide_cd_present(const struct ide_drive *d);
u32 ide_cd_sectors(const struct ide_drive *d);
/* The first N bytes of the buffer, of which the host wants at most ALLOCATED. */
void ide_cd_reply(struct ide_drive *d, u32 n, u32 allocated);
u32 ide_be16(const u8 *p);
u32 ide_be32(const u8 *p);
void ide_put_be16(u8 *p, u32 v);
void ide_put_be32(u8 *p, u32 v);
/* Four bytes: 0, minutes, seconds, frames. */
void ide_cd_put_frames(u8 *p, u32 frames);
/* The same of a sector, which is 150 frames further from the start; or its LBA. */
void ide_cd_put_address(u8 *p, u32 lba, bool msf);

/* ---- ide_cd_read.c ---- */

void ide_cd_read10(struct ide_drive *d);
void ide_cd_read12(struct ide_drive *d);
void ide_cd_read_cd(struct ide_drive *d);
void ide_cd_read_msf(struct ide_drive *d);
void ide_cd_read_header(struct ide_drive *d);
void ide_cd_seek(struct ide_drive *d);
void ide_cd_play(struct ide_drive *d);
void ide_cd_play12(struct ide_drive *d);
void ide_cd_play_msf(struct ide_drive *d);
void ide_cd_next(struct ide_drive *d); /* the sectors that are left */

/* ---- ide_cd_sector.c ---- */

enum { CD_RAW = 2352, CD_DATA = 2048 };

/* The type of sector that RAW is, as READ CD numbers them: 1 audio, 2 mode 1, 3 mode 2 without
 * form, 4 mode 2 form 1, 5 mode 2 form 2. */
unsigned cd_sector_type(const u8 *raw);
/* How many bytes the PARTS (byte 9 of READ CD) of such a sector have; false: none, or an impossible
 * choice. */
bool cd_sector_bytes(unsigned type, u8 parts, u32 *n);
/* They, one after the other. */
void cd_sector_cut(const u8 *raw, u8 parts, u8 *to);
/* A mode 1 sector from its number and RAW[16] to RAW[2063]. */
void cd_sector_make(u32 lba, u8 *raw);

/* ---- ide_cd_info.c: what the drive tells of the disc and of itself ---- */

void ide_cd_inquiry(struct ide_drive *d);
void ide_cd_capacity(struct ide_drive *d);
void ide_cd_toc(struct ide_drive *d);
void ide_cd_sub_channel(struct ide_drive *d);
void ide_cd_disc_information(struct ide_drive *d);
void ide_cd_track_information(struct ide_drive *d);
void ide_cd_configuration(struct ide_drive *d);
void ide_cd_mechanism(struct ide_drive *d);
void ide_cd_event_status(struct ide_drive *d);

/* ---- ide_cd_mode.c: MODE SENSE and MODE SELECT ---- */

void ide_cd_pages_default(struct ide_drive *d);
void ide_cd_mode_sense6(struct ide_drive *d);
void ide_cd_mode_sense10(struct ide_drive *d);
void ide_cd_mode_select6(struct ide_drive *d);
void ide_cd_mode_select10(struct ide_drive *d);
void ide_cd_mode_selected(struct ide_drive *d); /* the parameters are there */

#endif
