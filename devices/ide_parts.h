/* SPDX-License-Identifier: MIT */
/* What the files of the hard disk channel share: registers, commands, identification. */
#ifndef DEVICES_IDE_PARTS_H
#define DEVICES_IDE_PARTS_H

#include "devices/ide.h"

/*
 *          command            timer           last byte            timer
 *   IDLE ----------> EXECUTE --------> IN ------------> NEXT --------> IN ...
 *                    (BSY)     |     (DRQ, IRQ)         (BSY)
 *                              |-----> OUT -----------> TAKE --------> OUT ... or IDLE
 *                              |     (DRQ)   last byte  (BSY)        (IRQ)
 *                              `-----> IDLE (IRQ)
 */
enum ide_step {
    IDE_IDLE,
    IDE_RESET,   /* BSY until the drive is ready */
    IDE_EXECUTE, /* BSY: the command has just come */
    IDE_IN,      /* DRQ: the host reads the buffer */
    IDE_NEXT,    /* BSY: the next block is read */
    IDE_OUT,     /* DRQ: the host fills the buffer */
    IDE_TAKE,    /* BSY: the block is written */
    IDE_STEP_LAST = IDE_TAKE,
};

enum {
    STATUS_BSY = 0x80,
    STATUS_DRDY = 0x40,
    STATUS_DF = 0x20,
    STATUS_DSC = 0x10,
    STATUS_DRQ = 0x08,
    STATUS_ERR = 0x01
};
enum { ERROR_UNC = 0x40, ERROR_IDNF = 0x10, ERROR_ABRT = 0x04 };
enum { DEVICE_LBA = 0x40, DEVICE_DEV = 0x10, DEVICE_ONES = 0xa0 };

/* Addresses of 28 bits. */
#define IDE_SECTORS_MAX 0x0fffffffu

/* ---- ide.c ---- */

void ide_irq_update(struct ide *ide);
void ide_raise(struct ide_drive *drive); /* INTRQ */
/* The registers as a reset and EXECUTE DEVICE DIAGNOSTIC leave them. */
void ide_signature(struct ide_drive *drive);
/* Switch to the translation that IDENTIFY calls the default one. */
void ide_translation_default(struct ide_drive *drive);

/* ---- ide_command.c ---- */

void ide_command(struct ide_drive *drive, u8 opcode); /* was written; the drive is not busy */
void ide_execute(struct ide_drive *drive);            /* its time has come */
void ide_block_in(struct ide_drive *drive);           /* fill the buffer from the disk */
void ide_block_take(struct ide_drive *drive);         /* write the buffer to the disk */
void ide_block_taken(struct ide_drive *drive);        /* the host has read all of the buffer */
void ide_block_filled(struct ide_drive *drive);       /* the host has filled the buffer */

/* ---- ide_identify.c ---- */

u32 ide_sectors(const struct ide_drive *drive); /* of the disk, as far as 28 bits reach */
/* The 256 words of IDENTIFY DEVICE. */
void ide_identify(const struct ide_drive *drive, u8 *to);

#endif
