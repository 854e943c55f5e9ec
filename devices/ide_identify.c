/* SPDX-License-Identifier: MIT */
/* What a drive says of itself: IDENTIFY DEVICE (ATA/ATAPI-5 8.12, ATA-1 "Identify drive"). */
#include "devices/ide_parts.h"

#include <stdio.h>

enum { CYLINDERS_MAX = 16383, HEADS_MAX = 16, SECTORS_MAX = 63 };

struct disk_geometry ide_geometry(const struct disk *disk)
{
    struct disk_geometry g = disk_geometry(disk);
    u64 sectors = disk_sectors(disk);
    if (g.heads > HEADS_MAX || g.sectors > SECTORS_MAX) { /* a BIOS's translation, not a drive's */
        g.heads = HEADS_MAX;
        g.sectors = SECTORS_MAX;
    }
    if ((u64)g.heads * g.sectors > sectors)
        g.heads = g.sectors = 1;
    u64 cylinders = sectors / ((u64)g.heads * g.sectors);
    g.cylinders = (u16)(cylinders < CYLINDERS_MAX ? cylinders : CYLINDERS_MAX);
    return g;
}

u32 ide_sectors(const struct ide_drive *drive)
{
    u64 n = drive->disk ? disk_sectors(drive->disk) : 0;
    return n < IDE_SECTORS_MAX ? (u32)n : IDE_SECTORS_MAX;
}

/* ASCII in the drives' order: the first character is the high byte of the first word. */
static void text_put(u8 *to, u32 word, u32 words, const char *text)
{
    size_t n = strlen(text);
    for (u32 i = 0; i < 2 * words; i++)
        to[2 * word + (i ^ 1)] = i < n ? (u8)text[i] : ' ';
}

/* Words that are the same for every drive. */
/* clang-format off */
static const struct {
    u8 word;
    u16 value;
} constant_words[] = {
    {0, 0x0040},   /* fixed disk */
    {5, 512},      /* bytes a sector (ATA-1) */
    {20, 3},       /* dual-ported buffer with read ahead (ATA-1) */
    {21, IDE_MULTIPLE_MAX}, /* its sectors (ATA-1) */
    {22, 4},       /* ECC bytes (ATA-1) */
    {47, 0x8000 | IDE_MULTIPLE_MAX},
    {48, 1},       /* 32-bit data port (ATA-1) */
    {49, 0x2e00},  /* standard standby timer, IORDY and its switch, LBA; no DMA */
    {50, 0x4000},
    {51, 0x0200},  /* PIO timing mode 2 */
    {53, 0x0003},  /* words 54-58 and 64-70 are valid */
    {64, 0x0003},  /* PIO modes 3 and 4 */
    {67, 120},     /* ns of a cycle, without and with IORDY */
    {68, 120},
    {80, 0x003e},  /* ATA-1 to ATA-5 */
    {82, 0x7468},  /* NOP, buffers, HPA, look-ahead, write cache, power management */
    {83, 0x5000},  /* FLUSH CACHE */
    {84, 0x4000},
    {86, 0x1000},
    {87, 0x4000},
};
/* clang-format on */

static void current_words(const struct ide_drive *d, u8 *to)
{
    u32 chs = (u32)d->cylinders * d->heads * d->sectors;
    put16(to + 2 * 54, d->cylinders);
    put16(to + 2 * 55, d->heads);
    put16(to + 2 * 56, d->sectors);
    put32(to + 2 * 57, chs < d->max_sectors ? chs : d->max_sectors);
    put16(to + 2 * 59, d->multiple ? 0x100 | d->multiple : 0);
    put32(to + 2 * 60, d->max_sectors);
    u32 enabled = 0x7408;
    enabled |= d->write_through ? 0 : 0x20u;
    enabled |= d->no_look_ahead ? 0 : 0x40u;
    put16(to + 2 * 85, (u16)enabled);
}

void ide_identify(const struct ide_drive *d, u8 *to)
{
    struct disk_geometry g = ide_geometry(d->disk);
    char serial[21];
    memset(to, 0, SECTOR_SIZE);
    for (size_t i = 0; i < ARRAY_LEN(constant_words); i++)
        put16(to + 2 * constant_words[i].word, constant_words[i].value);
    put16(to + 2 * 1, g.cylinders);
    put16(to + 2 * 3, g.heads);
    put16(to + 2 * 4, (u16)(g.sectors * SECTOR_SIZE)); /* bytes a track (ATA-1) */
    put16(to + 2 * 6, g.sectors);
    snprintf(serial, sizeof serial, "TW86-%u%u", d->ide->channel, d->number);
    text_put(to, 10, 10, serial);
    text_put(to, 23, 4, "1.0");
    text_put(to, 27, 20, "twin86 hard disk");
    current_words(d, to);
}
