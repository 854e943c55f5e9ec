/* SPDX-License-Identifier: MIT */
/* ATA drives by programmed I/O, for the hard disk functions of INT 13h. */
#ifndef BIOS_ATA_H
#define BIOS_ATA_H

#include "bda.h"

enum ata_command {
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
    ATA_IDENTIFY = 0xec,
};

enum disk_status { /* AH of INT 13h */
    DISK_OK = 0x00,
    DISK_BAD_FUNCTION = 0x01,
    DISK_NO_ADDRESS_MARK = 0x02,
    DISK_NO_SECTOR = 0x04,
    DISK_RESET_FAILED = 0x05,
    DISK_DMA_BOUNDARY = 0x09,
    DISK_BAD_SECTOR = 0x0a,
    DISK_BAD_DATA = 0x10,
    DISK_CORRECTED = 0x11,
    DISK_CONTROLLER = 0x20,
    DISK_SEEK_FAILED = 0x40,
    DISK_TIMEOUT = 0x80,
    DISK_NOT_READY = 0xaa,
    DISK_NOT_REMOVABLE = 0xb2,
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

#endif
