/* SPDX-License-Identifier: MIT */
/* ATA and ATAPI drives by programmed I/O, for the disk functions of INT 13h. */
#ifndef BIOS_ATA_H
#define BIOS_ATA_H

#include "bda.h"

/* Registers from struct drive's port, and what is in them. */
#define DATA     0
#define ERROR    1
#define COUNT_   2
#define SECTOR   3
#define CYL_LOW  4
#define CYL_HIGH 5
#define SELECT   6
#define STATUS   7
#define COMMAND  7

#define BSY      0x80
#define DRDY     0x40
#define DF       0x20
#define DRQ      0x08
#define CORR     0x04
#define ERR      0x01
#define NIEN     0x02 /* control */
#define SRST     0x04
#define HEAD8    0x08

enum ata_command {
    ATAPI_RESET = 0x08,
    ATA_RECALIBRATE = 0x10,
    ATA_READ = 0x20,
    ATA_READ_LONG = 0x22,
    ATA_WRITE = 0x30,
    ATA_WRITE_LONG = 0x32,
    ATA_VERIFY = 0x40,
    ATA_FORMAT = 0x50,
    ATA_SEEK = 0x70,
    ATA_DIAGNOSE = 0x90,
    ATA_SET_GEOMETRY = 0x91,
    ATAPI_PACKET = 0xa0,
    ATAPI_IDENTIFY = 0xa1,
    ATA_IDENTIFY = 0xec,
};

enum disk_status { /* AH of INT 13h */
    DISK_OK = 0x00,
    DISK_BAD_FUNCTION = 0x01,
    DISK_NO_ADDRESS_MARK = 0x02,
    DISK_WRITE_PROTECTED = 0x03,
    DISK_NO_SECTOR = 0x04,
    DISK_RESET_FAILED = 0x05,
    DISK_CHANGED = 0x06,
    DISK_DMA_BOUNDARY = 0x09,
    DISK_BAD_SECTOR = 0x0a,
    DISK_BAD_DATA = 0x10,
    DISK_CORRECTED = 0x11,
    DISK_CONTROLLER = 0x20,
    DISK_NO_MEDIUM = 0x31,
    DISK_SEEK_FAILED = 0x40,
    DISK_TIMEOUT = 0x80,
    DISK_NOT_READY = 0xaa,
    DISK_NOT_LOCKED = 0xb0,
    DISK_LOCKED = 0xb1,
    DISK_NOT_REMOVABLE = 0xb2,
    DISK_LOCKED_TOO_OFTEN = 0xb4,
    DISK_EJECT_FAILED = 0xb5,
    DISK_FAULT = 0xcc,
};

/* One command. Data go to and from segment:offset, 512 bytes a sector, or words + 4 bytes for the
   long ones. */
struct ata {
    const struct drive *drive;
    u8 command;
    bool use_lba;
    u8 sector, head; /* head and the LBA's bits 24-27 */
    u16 cylinder;
    u16 count; /* sectors, at most 256 */
    u16 segment, offset;
    u16 done; /* sectors moved */
};

void ata_load(u8 index, struct drive *d);
void ata_address(struct ata *a, u32 lba, bool use_lba);
enum disk_status ata_run(struct ata *a);
enum disk_status ata_reset(const struct drive *d);
enum disk_status ata_ready(const struct drive *d);
bool ata_not_busy(const struct drive *d, u32 ms);

/* CDs are in the same list as the hard disks, from its end down. */
void cd_load(u8 index, struct drive *d);

#define MODEL_SIZE 41
/* The name that the drive gives itself, without the spaces at its end. */
void ata_model(const struct drive *d, char *text);
/* Hard disk INDEX becomes the first one, those before it move up. */
void ata_first(u8 index);

/* --- disk.c --- */

struct packet { /* DS:SI of the extended functions */
    u8 size, reserved;
    u16 count, offset, segment;
    u32 lba, lba_high;
};
enum disk_status disk_extensions(struct regs *r, u16 subsets);
void disk_finish(struct regs *r, enum disk_status status, bool own_ah);

/* --- cd.c --- */

/* Was this for a CD, or for a disk that a CD stands in for? Then it has been done. */
bool cd_int_13h(struct regs *r);
/* 1: a CD is the first hard disk, and the others have moved up. */
u8 cd_hard_disks(void);

/* --- atapi.c: CDs --- */

#define CD_SECTOR 2048

/* Where the data of a packet command go: SKIP bytes are dropped, LENGTH are stored at
   segment:offset, the rest is dropped. Both are even. */
struct atapi_data {
    u32 skip, length;
    u16 segment, offset;
};

enum disk_status atapi_ready(const struct drive *d);
/* Whether the drive says that it has a current profile, or does not understand the question. What it
   has to tell after power-on stays for the system that is started. */
bool atapi_has_disc(const struct drive *d);
enum disk_status atapi_reset(const struct drive *d);
/* From LBA on, in sectors of 2048 bytes. */
enum disk_status atapi_read(const struct drive *d, u32 lba, const struct atapi_data *to);
enum disk_status atapi_seek(const struct drive *d, u32 lba);
enum disk_status atapi_lock(const struct drive *d, bool lock);
enum disk_status atapi_eject(const struct drive *d);
/* How many sectors the disc has. */
enum disk_status atapi_capacity(const struct drive *d, u32 *sectors);

#endif
