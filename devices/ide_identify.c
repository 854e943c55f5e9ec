/* SPDX-License-Identifier: MIT */
/* What a drive says of itself: IDENTIFY DEVICE and IDENTIFY PACKET DEVICE (ATA/ATAPI-6 8.15, 8.16,
 * ATA-1 "Identify drive"). */
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

u64 ide_sectors(const struct ide_drive *drive)
{
    u64 n = drive->disk ? disk_sectors(drive->disk) : 0;
    return n < IDE_SECTORS_48 ? n : IDE_SECTORS_48;
}

/* ASCII in the drives' order: the first character is the high byte of the first word. */
static void text_put(u8 *to, u32 word, u32 words, const char *text)
{
    size_t n = strlen(text);
    for (u32 i = 0; i < 2 * words; i++)
        to[2 * word + (i ^ 1)] = i < n ? (u8)text[i] : ' ';
}

/* Words that are the same for every drive of a kind. */
struct word {
    u8 number;
    u16 value;
};

/* clang-format off */
static const struct word disk_words[] = {
    {0, 0x0040},   /* fixed disk */
    {5, 512},      /* bytes a sector (ATA-1) */
    {20, 3},       /* dual-ported buffer with read ahead (ATA-1) */
    {21, IDE_MULTIPLE_MAX}, /* its sectors (ATA-1) */
    {22, 4},       /* ECC bytes (ATA-1) */
    {47, 0x8000 | IDE_MULTIPLE_MAX},
    {48, 1},       /* 32-bit data port (ATA-1) */
    {49, 0x2f00},  /* standard standby timer, IORDY and its switch, LBA, DMA */
    {50, 0x4000},
    {51, 0x0200},  /* PIO timing mode 2 */
    {53, 0x0007},  /* words 54-58, 64-70 and 88 are valid */
    {64, 0x0003},  /* PIO modes 3 and 4 */
    {65, 120},     /* ns of a cycle: multiword DMA, least and recommended */
    {66, 120},
    {67, 120},     /* PIO, without and with IORDY */
    {68, 120},
    {80, 0x007e},  /* ATA-1 to ATA-6 */
    {82, 0x7469},  /* NOP, buffers, HPA, look-ahead, write cache, power management, SMART */
    {83, 0x7400},  /* FLUSH CACHE and EXT, 48-bit addresses */
    {84, 0x4000},
    {86, 0x3400},
    {87, 0x4000},
};

static const struct word packet_words[] = {
    {0, 0x85c0},   /* CD-ROM, removable, DRQ in 50 us without an interrupt, packets of 12 bytes */
    {49, 0x0f00},  /* IORDY and its switch, LBA, DMA */
    {50, 0x4000},
    {51, 0x0200},  /* PIO timing mode 2 */
    {53, 0x0006},  /* words 64-70 and 88 are valid */
    {64, 0x0003},  /* PIO modes 3 and 4 */
    {65, 120},
    {66, 120},
    {67, 120},
    {68, 120},
    {80, 0x007e},
    {82, 0x4218},  /* NOP, DEVICE RESET, PACKET, power management */
    {83, 0x4000},
    {84, 0x4000},
    {85, 0x4218},
    {87, 0x4000},
};
/* clang-format on */

static void words_put(u8 *to, const struct word *words, size_t n)
{
    memset(to, 0, SECTOR_SIZE);
    for (size_t i = 0; i < n; i++)
        put16(to + 2 * words[i].number, words[i].value);
}

/* Modes 0 to 2 of multiword and Ultra DMA, and in the high byte the one that is set. */
static void dma_words(const struct ide_drive *d, u8 *to)
{
    u32 set = 0x100u << (d->dma_mode & 7);
    put16(to + 2 * 63, (u16)(7 | (d->dma_mode & 0x20 ? set : 0)));
    put16(to + 2 * 88, (u16)(7 | (d->dma_mode & 0x40 ? set : 0)));
}

static void names_put(const struct ide_drive *d, u8 *to, const char *model)
{
    char serial[21];
    snprintf(serial, sizeof serial, "TW86-%u%u", d->ide->channel, d->number);
    text_put(to, 10, 10, serial);
    text_put(to, 23, 4, "1.0");
    text_put(to, 27, 20, model);
}

static u32 sectors_28(u64 sectors)
{
    return sectors < IDE_SECTORS_28 ? (u32)sectors : IDE_SECTORS_28;
}

static void current_words(const struct ide_drive *d, u8 *to)
{
    u32 chs = (u32)d->cylinders * d->heads * d->sectors, enabled = 0x7408;
    put16(to + 2 * 54, d->cylinders);
    put16(to + 2 * 55, d->heads);
    put16(to + 2 * 56, d->sectors);
    put32(to + 2 * 57, chs < d->max_sectors ? chs : (u32)d->max_sectors);
    put16(to + 2 * 59, d->multiple ? 0x100 | d->multiple : 0);
    put32(to + 2 * 60, sectors_28(d->max_sectors));
    put32(to + 2 * 100, (u32)d->max_sectors);
    put32(to + 2 * 102, (u32)(d->max_sectors >> 32));
    enabled |= d->smart ? 0x01 : 0;
    enabled |= d->write_through ? 0 : 0x20u;
    enabled |= d->no_look_ahead ? 0 : 0x40u;
    put16(to + 2 * 85, (u16)enabled);
}

void ide_identify(const struct ide_drive *d, u8 *to)
{
    struct disk_geometry g = ide_geometry(d->disk);
    words_put(to, disk_words, ARRAY_LEN(disk_words));
    put16(to + 2 * 1, g.cylinders);
    put16(to + 2 * 3, g.heads);
    put16(to + 2 * 4, (u16)(g.sectors * SECTOR_SIZE)); /* bytes a track (ATA-1) */
    put16(to + 2 * 6, g.sectors);
    names_put(d, to, "twin86 hard disk");
    dma_words(d, to);
    current_words(d, to);
}

/* No two drives of a machine have the same model: some systems tell them apart by nothing else. */
void ide_identify_packet(const struct ide_drive *d, u8 *to)
{
    char model[41];
    snprintf(model, sizeof model, "TWIN86 CD-ROM DRIVE %u%u", d->ide->channel, d->number);
    words_put(to, packet_words, ARRAY_LEN(packet_words));
    names_put(d, to, model);
    dma_words(d, to);
}
