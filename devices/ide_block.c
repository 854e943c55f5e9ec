/* SPDX-License-Identifier: MIT */
/*
 * Sectors of a hard disk: addresses of 28 and 48 bits, blocks read and written by PIO and by DMA.
 * ATA/ATAPI-6 "Command descriptions".
 */
#include "devices/ide_parts.h"

enum { VERIFY_SECTORS = 16 * IDE_MULTIPLE_MAX }; /* in one go */

/* ---- addresses ---- */

static u64 lba_48(const struct ide_drive *d)
{
    u32 low = d->sector | (u32)d->cylinder_low << 8 | (u32)d->cylinder_high << 16;
    u32 high = d->before[2] | (u32)d->before[3] << 8 | (u32)d->before[4] << 16;
    return (u64)high << 24 | low;
}

/* Sectors that the command's address reaches. */
static u64 reach(const struct ide_drive *d)
{
    return d->ext || d->max_sectors < IDE_SECTORS_28 ? d->max_sectors : IDE_SECTORS_28;
}

bool ide_address_get(const struct ide_drive *d, u64 *lba)
{
    u32 cylinder = d->cylinder_low | (u32)d->cylinder_high << 8, head = d->device & 15;
    if (d->ext && d->device & DEVICE_LBA)
        *lba = lba_48(d);
    else if (d->ext)
        return false;
    else if (d->device & DEVICE_LBA)
        *lba = head << 24 | cylinder << 8 | d->sector;
    else if (cylinder < d->cylinders && head < d->heads && d->sector >= 1 &&
             d->sector <= d->sectors)
        *lba = (cylinder * d->heads + head) * d->sectors + d->sector - 1;
    else
        return false;
    return *lba < reach(d);
}

static void lba_48_put(struct ide_drive *d, u64 lba)
{
    d->sector = (u8)lba;
    d->cylinder_low = (u8)(lba >> 8);
    d->cylinder_high = (u8)(lba >> 16);
    for (unsigned i = 0; i < 3; i++)
        d->before[2 + i] = (u8)(lba >> (24 + 8 * i));
}

static void lba_28_put(struct ide_drive *d, u32 lba)
{
    u32 track = lba / d->sectors, cylinder = track / d->heads, head = track % d->heads;
    d->sector = (u8)(lba % d->sectors + 1);
    if (d->device & DEVICE_LBA) {
        d->sector = (u8)lba;
        cylinder = lba >> 8;
        head = lba >> 24;
    }
    d->cylinder_low = (u8)cylinder;
    d->cylinder_high = (u8)(cylinder >> 8);
    d->device = (u8)((d->device & 0xf0) | (head & 15));
}

void ide_address_put(struct ide_drive *d, u64 lba)
{
    if (d->ext)
        lba_48_put(d, lba);
    else
        lba_28_put(d, lba < IDE_SECTORS_28 ? (u32)lba : IDE_SECTORS_28);
}

static void count_put(struct ide_drive *d, u64 sectors)
{
    d->count = (u8)sectors;
    if (d->ext)
        d->before[1] = (u8)(sectors >> 8);
}

static bool start(struct ide_drive *d, u16 block)
{
    u32 count = d->count | (d->ext ? (u32)d->before[1] << 8 : 0);
    if (!ide_address_get(d, &d->lba)) {
        ide_fail(d, ERROR_IDNF);
        return false;
    }
    d->block = block;
    d->left = count ? count : d->ext ? 65536 : 256;
    d->power = 0xff;
    return true;
}

/* N of the sectors that are left; 0: they leave the disk, and the command has failed. */
static u32 inside(struct ide_drive *d, u32 most)
{
    u32 n = d->left < most ? d->left : most;
    u64 end = reach(d);
    if (d->lba < end && n <= end - d->lba)
        return n;
    if (d->lba < end) /* the first one that is not there */
        count_put(d, d->left - (end - d->lba));
    ide_address_put(d, end);
    ide_fail(d, ERROR_IDNF);
    return 0;
}

/* N sectors are behind us: the task file names the last one of them, and how many are to come. */
static void advance(struct ide_drive *d, u32 n)
{
    d->lba += n;
    d->left -= n;
    d->ide->activity += n;
    count_put(d, d->left);
    ide_address_put(d, d->lba - 1);
}

/* ---- data to the host ---- */

static bool load(struct ide_drive *d, u32 n)
{
    if (disk_read(d->disk, d->lba, n, d->buffer))
        return true;
    ide_address_put(d, d->lba);
    ide_fail(d, ERROR_UNC);
    return false;
}

static void read_block(struct ide_drive *d)
{
    u32 n = inside(d, d->block);
    if (!n || !load(d, n))
        return;
    advance(d, n);
    ide_give(d, 0, n * SECTOR_SIZE);
}

/* Sectors are looked at, a buffer's load at a time. */
static void verify_some(struct ide_drive *d)
{
    for (u32 done = 0, n; d->left && done < VERIFY_SECTORS; done += n) {
        n = inside(d, d->block);
        if (!n || !load(d, n))
            return;
        advance(d, n);
    }
    if (d->left)
        ide_later(d, IDE_NEXT, IDE_BLOCK_TIME);
    else
        ide_done(d);
}

static bool verifies(const struct ide_drive *d)
{
    return d->command >= 0x40 && d->command <= 0x42;
}

void ide_block_next(struct ide_drive *d)
{
    if (verifies(d))
        verify_some(d);
    else
        read_block(d);
}

void ide_block_moved(struct ide_drive *d)
{
    if (d->left) {
        ide_later(d, IDE_NEXT, IDE_BLOCK_TIME);
    } else if (d->dma) {
        ide_later(d, IDE_END, IDE_BLOCK_TIME);
    } else {
        d->step = IDE_IDLE;
        d->status = d->kind->ready;
    }
}

static void read_blocks(struct ide_drive *d, u16 block)
{
    if (start(d, block))
        read_block(d);
}

void ide_read_sectors(struct ide_drive *d)
{
    read_blocks(d, 1);
}

void ide_read_multiple(struct ide_drive *d)
{
    if (d->multiple)
        read_blocks(d, d->multiple);
    else
        ide_aborted(d);
}

void ide_read_dma(struct ide_drive *d)
{
    d->dma = true;
    read_blocks(d, IDE_MULTIPLE_MAX);
}

void ide_verify(struct ide_drive *d)
{
    if (start(d, IDE_MULTIPLE_MAX))
        verify_some(d);
}

/* ---- data from the host ---- */

static void ask_block(struct ide_drive *d, u32 n)
{
    ide_ask(d, 0, n * SECTOR_SIZE);
}

static bool store(struct ide_drive *d, u32 n)
{
    bool written = disk_write(d->disk, d->lba, n, d->buffer);
    if (written && (!d->write_through || disk_flush(d->disk)))
        return true;
    ide_address_put(d, d->lba);
    ide_aborted(d);
    return false;
}

void ide_block_take(struct ide_drive *d)
{
    u32 n = d->fill / SECTOR_SIZE;
    if (d->block) {
        if (!store(d, n))
            return;
        advance(d, n);
    }
    if (!d->left) {
        ide_done(d);
    } else if ((n = inside(d, d->block))) {
        ask_block(d, n);
        if (!d->dma)
            ide_raise(d);
    }
}

/*
 * The interrupt must not come at once. A host without it polls, and finds the block in the drive's
 * cache: Bochs's BIOS looks just once, right behind the last word, and takes BSY for an error.
 */
void ide_block_filled(struct ide_drive *d)
{
    if (d->ide->control & CONTROL_NIEN && !d->dma)
        ide_block_take(d);
    else
        ide_later(d, IDE_TAKE, ide_latency(d));
}

static void write_blocks(struct ide_drive *d, u16 block)
{
    u32 n;
    if (disk_read_only(d->disk))
        ide_aborted(d);
    else if (start(d, block) && (n = inside(d, block)))
        ask_block(d, n);
}

void ide_write_sectors(struct ide_drive *d)
{
    write_blocks(d, 1);
}

void ide_write_multiple(struct ide_drive *d)
{
    if (d->multiple)
        write_blocks(d, d->multiple);
    else
        ide_aborted(d);
}

void ide_write_dma(struct ide_drive *d)
{
    d->dma = true;
    write_blocks(d, IDE_MULTIPLE_MAX);
}
