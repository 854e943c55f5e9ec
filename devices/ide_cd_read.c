/* SPDX-License-Identifier: MIT */
/*
 * A CD-ROM drive's commands with addresses: READ, READ CD, READ HEADER, SEEK, PLAY AUDIO. MMC-2.
 *
 * Addresses are checked before anything moves. What is found out on the way (no data sector, a host
 * error, the disc gone or another one) ends the command behind the last good sector.
 */
#include "devices/ide_parts.h"

enum { COOKED = 0xff }; /* "type" of sector that READ wants: one with 2048 bytes */
enum { PART_DATA = 0x10 };
enum { RAW_MOST = 16 }; /* in one go */

/* Is COUNT sectors from LBA on the disc? */
static bool on_disc(const struct ide_drive *d, u32 lba, u32 count)
{
    u32 all = ide_cd_sectors(d);
    return lba < all && count <= all - lba;
}

static bool msf_get(const u8 *p, u32 *lba)
{
    u32 frame = (p[0] * 60u + p[1]) * 75 + p[2];
    *lba = frame - 150;
    return p[1] < 60 && p[2] < 75 && frame >= 150;
}

/* ---- blocks ---- */

/* What became of the disc while the host took the last block, as sense; 0: nothing. */
static u32 disturbed(struct ide_drive *d)
{
    if (!ide_cd_present(d))
        return d->cd.open ? SENSE_TRAY_OPEN : SENSE_TRAY_CLOSED;
    if (d->cd.attention != ATTENTION_MEDIUM)
        return 0;
    d->cd.attention = 0;
    return SENSE(6, ATTENTION_MEDIUM, 0);
}

static void advance(struct ide_drive *d, u32 n)
{
    d->cd.position = (u32)d->lba + n - 1;
    d->lba += n;
    d->left -= n;
    d->ide->cd_activity += n;
}

/* From an image that has nothing but the data. */
static u32 data_sectors(struct ide_drive *d, u32 *n)
{
    u32 most = IDE_BUFFER / CD_DATA;
    *n = d->left < most ? d->left : most;
    return disk_read_cd(d->disk, (u32)d->lba, *n, d->buffer) ? 0 : SENSE_READ_ERROR;
}

static bool type_fits(const struct ide_drive *d, unsigned type)
{
    if (d->cd.expected == COOKED)
        return type == 2 || type == 4;
    return !d->cd.expected || d->cd.expected == type;
}

/* One whole sector into RAW; its chosen parts have BYTES. Sense, or 0. */
static u32 raw_sector(struct ide_drive *d, u32 lba, u8 *raw, u32 *bytes)
{
    bool made = disk_cd_sector_bytes(d->disk) == CD_DATA;
    if (!disk_read_cd(d->disk, lba, 1, made ? raw + 16 : raw))
        return SENSE_READ_ERROR;
    if (made)
        cd_sector_make(lba, raw);
    unsigned type = cd_sector_type(raw);
    if (!type_fits(d, type))
        return SENSE_MODE;
    return cd_sector_bytes(type, d->cd.parts, bytes) ? 0 : SENSE_PACKET_FIELD;
}

/* As many as the buffer holds and come before the first bad one. */
static u32 raw_sectors(struct ide_drive *d, u32 *n, u32 *bytes)
{
    u8 raw[CD_RAW];
    u32 sense = 0, one = 0;
    for (*n = *bytes = 0; *n < d->left && *n < RAW_MOST; ++*n, *bytes += one) {
        sense = raw_sector(d, (u32)d->lba + *n, raw, &one);
        if (sense || *bytes + one > IDE_BUFFER)
            break;
        cd_sector_cut(raw, d->cd.parts, d->buffer + *bytes);
    }
    return *n ? 0 : sense;
}

void ide_cd_next(struct ide_drive *d)
{
    bool plain = d->cd.expected == COOKED;
    u32 n = 0, bytes = 0, sense = disturbed(d);
    if (!sense && plain && disk_cd_sector_bytes(d->disk) == CD_DATA) {
        sense = data_sectors(d, &n);
        bytes = n * CD_DATA;
    } else if (!sense) {
        sense = raw_sectors(d, &n, &bytes);
    }
    if (sense) {
        ide_packet_check(d, sense);
        return;
    }
    advance(d, n);
    ide_packet_give(d, bytes);
}

/* ---- READ, READ CD ---- */

static void read_from(struct ide_drive *d, u32 lba, u32 count)
{
    if (!on_disc(d, lba, count)) {
        ide_packet_check(d, SENSE_RANGE);
        return;
    }
    d->lba = lba;
    d->left = count;
    if (count && d->cd.parts)
        ide_cd_next(d);
    else
        ide_packet_good(d);
}

static void read_data(struct ide_drive *d, u32 count)
{
    d->cd.expected = COOKED;
    d->cd.parts = PART_DATA;
    read_from(d, ide_be32(d->cd.packet + 2), count);
}

void ide_cd_read10(struct ide_drive *d)
{
    read_data(d, ide_be16(d->cd.packet + 7));
}

void ide_cd_read12(struct ide_drive *d)
{
    read_data(d, ide_be32(d->cd.packet + 6));
}

/* Bytes 1, 9 and 10: type of sector, its parts; no C2 pointers, no sub-channels. */
static bool choice(struct ide_drive *d)
{
    const u8 *p = d->cd.packet;
    d->cd.expected = p[1] >> 2 & 7;
    d->cd.parts = p[9] & 0xf8;
    return d->cd.expected <= 5 && !(p[9] & 6) && !(p[10] & 7);
}

void ide_cd_read_cd(struct ide_drive *d)
{
    const u8 *p = d->cd.packet;
    u32 count = (u32)p[6] << 16 | ide_be16(p + 7);
    if (choice(d))
        read_from(d, ide_be32(p + 2), count);
    else
        ide_packet_check(d, SENSE_PACKET_FIELD);
}

void ide_cd_read_msf(struct ide_drive *d)
{
    const u8 *p = d->cd.packet;
    u32 lba, end;
    if (choice(d) && msf_get(p + 3, &lba) && msf_get(p + 6, &end) && lba <= end)
        read_from(d, lba, end - lba);
    else
        ide_packet_check(d, SENSE_PACKET_FIELD);
}

void ide_cd_read_header(struct ide_drive *d)
{
    const u8 *p = d->cd.packet;
    u32 lba = ide_be32(p + 2), sense, bytes;
    u8 raw[CD_RAW];
    d->cd.expected = 0;
    d->cd.parts = PART_DATA;
    sense = on_disc(d, lba, 1) ? raw_sector(d, lba, raw, &bytes) : SENSE_RANGE;
    if (!sense && cd_sector_type(raw) == 1)
        sense = SENSE_MODE;
    if (sense) {
        ide_packet_check(d, sense);
        return;
    }
    d->buffer[0] = raw[15];
    ide_cd_put_address(d->buffer + 4, lba, p[1] & 2);
    ide_cd_reply(d, 8, ide_be16(p + 7));
}

/* ---- SEEK, PLAY AUDIO ---- */

void ide_cd_seek(struct ide_drive *d)
{
    u32 lba = ide_be32(d->cd.packet + 2);
    if (!on_disc(d, lba, 1)) {
        ide_packet_check(d, SENSE_RANGE);
        return;
    }
    d->cd.position = lba;
    ide_packet_good(d);
}

/* There is nothing to be heard in a data track. Playing nothing is no error. */
static void play(struct ide_drive *d, u32 lba, u32 count)
{
    if (!on_disc(d, lba, count))
        ide_packet_check(d, SENSE_RANGE);
    else if (count)
        ide_packet_check(d, SENSE_MODE);
    else
        ide_packet_good(d);
}

void ide_cd_play(struct ide_drive *d)
{
    play(d, ide_be32(d->cd.packet + 2), ide_be16(d->cd.packet + 7));
}

void ide_cd_play12(struct ide_drive *d)
{
    play(d, ide_be32(d->cd.packet + 2), ide_be32(d->cd.packet + 6));
}

void ide_cd_play_msf(struct ide_drive *d)
{
    const u8 *p = d->cd.packet;
    u32 lba, end;
    if (msf_get(p + 3, &lba) && msf_get(p + 6, &end) && lba <= end)
        play(d, lba, end - lba);
    else
        ide_packet_check(d, SENSE_PACKET_FIELD);
}
