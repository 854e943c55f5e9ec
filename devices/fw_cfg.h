/* SPDX-License-Identifier: MIT */
/*
 * The fw_cfg device of QEMU's boards, by which firmware learns what no chip can tell it: items of bytes
 * that are selected by a key and read one by one or by DMA; some of them are files with names.
 *
 *   0-1  selector (write)                                           510h
 *   1    the next byte of the item (read)                           511h
 *   4-7  high half of a DMA request's address, big-endian (write);  514h
 *        "QEMU CFG" from here on (read)
 *   8-B  low half; the request is served                            518h
 *
 * QEMU, docs/specs/fw_cfg. Not modelled: items that can be written (there are none: a DMA write is an
 * error); the time that DMA takes.
 */
#ifndef DEVICES_FW_CFG_H
#define DEVICES_FW_CFG_H

#include "mem/bus.h"

enum { FW_CFG_SELECTOR = 0, FW_CFG_DATA = 1, FW_CFG_DMA = 4 }; /* registers */

/* Keys that the specification and firmware give a meaning; bit 15 marks the board's own. */
enum {
    FW_CFG_SIGNATURE = 0x00,
    FW_CFG_ID = 0x01,
    FW_CFG_RAM_SIZE = 0x03,
    FW_CFG_NB_CPUS = 0x05,
    FW_CFG_BOOT_MENU = 0x0e,
    FW_CFG_MAX_CPUS = 0x0f,
    FW_CFG_DIRECTORY = 0x19,
    FW_CFG_FILE_FIRST = 0x20,
    FW_CFG_IRQ0_OVERRIDE = 0x8002,
    FW_CFG_KERNEL = 0x8100, /* src/pc_fw_cfg.c has its layout, bios/kernel.c reads it */
    FW_CFG_KERNEL_PART = 0x8101,
};

enum { FW_CFG_ITEMS = 40, FW_CFG_FILES = 8, FW_CFG_ENTRY = 64 };

struct fw_cfg_item {
    u16 key;
    u32 size;
    const u8 *bytes; /* NULL: the number */
    u8 number[8];    /* little-endian */
};

struct fw_cfg {
    struct bus *bus;
    struct fw_cfg_item item[FW_CFG_ITEMS];
    u32 count, files;
    u8 directory[4 + FW_CFG_FILES * FW_CFG_ENTRY];
    u16 selector;
    u32 offset;   /* of the next byte in the item */
    u32 dma_high; /* what was written to the DMA address's high half */
};

extern const struct chip fw_cfg_chip;

void fw_cfg_init(struct fw_cfg *fw, struct bus *bus);

/* What there is to read, once, when the machine is built: a number of 1 to 8 bytes; bytes that outlive
 * the chip; the same under a name of at most 55 letters. */
void fw_cfg_add_number(struct fw_cfg *fw, u16 key, u64 value, u32 size);
void fw_cfg_add(struct fw_cfg *fw, u16 key, const u8 *bytes, u32 size);
void fw_cfg_add_file(struct fw_cfg *fw, const char *name, const u8 *bytes, u32 size);

#endif
