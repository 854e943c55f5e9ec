/* SPDX-License-Identifier: MIT */
/*
 * What a CD-ROM drive tells of itself and of the disc, which is one data track in one session:
 * INQUIRY, READ TOC and the other lists. MMC-2, GET CONFIGURATION after MMC-3; SPC-2 "INQUIRY".
 */
#include "devices/ide_parts.h"

#include <stdio.h>

enum { CONTROL = 0x14, LEAD_OUT = 0xaa }; /* current position in Q; a data track */

static u32 allocated(const struct ide_drive *d)
{
    return ide_be16(d->cd.packet + 7);
}

static void text_put(u8 *to, u32 n, const char *text)
{
    size_t length = strlen(text);
    for (u32 i = 0; i < n; i++)
        to[i] = i < length ? (u8)text[i] : ' ';
}

void ide_cd_inquiry(struct ide_drive *d)
{
    const u8 *p = d->cd.packet;
    u8 *b = d->buffer;
    char name[32];
    if (p[1] & 1 || p[2]) { /* vital product data */
        ide_packet_check(d, SENSE_PACKET_FIELD);
        return;
    }
    snprintf(name, sizeof name, "CD-ROM DRIVE %u%u", d->ide->channel, d->number);
    b[0] = 5;    /* CD-ROM device */
    b[1] = 0x80; /* removable */
    b[3] = 0x21; /* ATAPI version 2, response format 1 (SFF-8020i) */
    b[4] = 31;   /* bytes that follow */
    text_put(b + 8, 8, "TWIN86");
    text_put(b + 16, 16, name);
    text_put(b + 32, 4, "1.0");
    ide_cd_reply(d, 36, p[4]);
}

void ide_cd_capacity(struct ide_drive *d)
{
    ide_put_be32(d->buffer, ide_cd_sectors(d) - 1);
    ide_put_be32(d->buffer + 4, CD_DATA);
    ide_packet_give(d, 8);
}

/* ---- READ TOC ---- */

static u8 *toc_track(u8 *b, u8 track, u32 lba, bool msf)
{
    b[1] = CONTROL;
    b[2] = track;
    ide_cd_put_address(b + 4, lba, msf);
    return b + 8;
}

/* The tracks from the one that was asked for on, and the lead-out. */
static u8 *toc_tracks(struct ide_drive *d, u8 first, bool msf)
{
    u8 *b = d->buffer;
    b[2] = b[3] = 1;
    b += 4;
    if (first <= 1)
        b = toc_track(b, 1, 0, msf);
    return toc_track(b, LEAD_OUT, ide_cd_sectors(d), msf);
}

static u8 *toc_sessions(struct ide_drive *d, u8 first, bool msf)
{
    u8 *b = d->buffer;
    (void)first;
    b[2] = b[3] = 1;
    return toc_track(b + 4, 1, 0, msf);
}

/* As the lead-in has it, always in minutes: A0 first track, A1 last track, A2 lead-out, the track.
 */
static u8 *toc_full(struct ide_drive *d, u8 first, bool msf)
{
    static const u8 points[] = {0xa0, 0xa1, 0xa2, 1};
    u8 *b = d->buffer;
    (void)first, (void)msf;
    b[2] = b[3] = 1;
    b += 4;
    for (unsigned i = 0; i < ARRAY_LEN(points); i++, b += 11) {
        b[0] = 1; /* session */
        b[1] = CONTROL;
        b[3] = points[i];
        if (i < 2)
            b[8] = 1; /* the track's number */
        else
            ide_cd_put_address(b + 7, i == 2 ? ide_cd_sectors(d) : 0, true);
    }
    return b;
}

void ide_cd_toc(struct ide_drive *d)
{
    static u8 *(*const formats[])(struct ide_drive *, u8, bool) = {toc_tracks, toc_sessions,
                                                                   toc_full};
    const u8 *p = d->cd.packet;
    unsigned format = p[2] & 15 ? p[2] & 15u : p[9] >> 6; /* MMC; SFF-8020i */
    bool numbered = p[6] <= 1 || p[6] == LEAD_OUT || format == 1;
    if (format >= ARRAY_LEN(formats) || !numbered) {
        ide_packet_check(d, SENSE_PACKET_FIELD);
        return;
    }
    u32 n = (u32)(formats[format](d, p[6], p[1] & 2) - d->buffer);
    ide_put_be16(d->buffer, n - 2);
    ide_cd_reply(d, n, allocated(d));
}

/* ---- READ SUB-CHANNEL ---- */

static u32 current_position(struct ide_drive *d, u8 *b)
{
    bool msf = d->cd.packet[1] & 2;
    b[1] = CONTROL;
    b[2] = b[3] = 1; /* track, index */
    ide_cd_put_address(b + 4, d->cd.position, msf);
    if (msf) /* in the track, which begins 2 seconds in */
        ide_cd_put_frames(b + 8, d->cd.position);
    else
        ide_put_be32(b + 8, d->cd.position);
    return 12;
}

void ide_cd_sub_channel(struct ide_drive *d)
{
    const u8 *p = d->cd.packet;
    u8 *b = d->buffer, format = p[3];
    bool q = p[2] & 0x40;
    u32 n = 0;
    if (q && (format < 1 || format > 3)) {
        ide_packet_check(d, SENSE_PACKET_FIELD);
        return;
    }
    b[1] = 0x15; /* nothing is being played */
    if (q) {
        b[4] = format;
        n = format == 1 ? current_position(d, b + 4) : 20; /* no catalogue number, no ISRC */
    }
    if (q && format == 3) {
        b[5] = CONTROL;
        b[6] = p[6];
    }
    ide_put_be16(b + 2, n);
    ide_cd_reply(d, 4 + n, allocated(d));
}

/* ---- disc and track ---- */

void ide_cd_disc_information(struct ide_drive *d)
{
    u8 *b = d->buffer;
    ide_put_be16(b, 32);
    b[2] = 0x0e;                   /* disc and session are complete */
    b[3] = b[4] = b[5] = b[6] = 1; /* first track, sessions, first and last track of the last one */
    b[7] = 0x20;                   /* for unrestricted use */
    memset(b + 17, 0xff, 3);       /* no further session */
    memset(b + 21, 0xff, 3);
    ide_cd_reply(d, 34, allocated(d));
}

/* By a sector in it, by number, by session. */
static bool track_asked_for(const struct ide_drive *d)
{
    const u8 *p = d->cd.packet;
    u32 number = ide_be32(p + 2);
    switch (p[1] & 3) {
    case 0:
        return number < ide_cd_sectors(d);
    case 1:
    case 2:
        return number == 1;
    default:
        return false;
    }
}

void ide_cd_track_information(struct ide_drive *d)
{
    u8 *b = d->buffer;
    if (!track_asked_for(d)) {
        ide_packet_check(d, SENSE_PACKET_FIELD);
        return;
    }
    ide_put_be16(b, 26);
    b[2] = b[3] = 1; /* track, session */
    b[5] = CONTROL & 15;
    b[6] = 1; /* data mode */
    ide_put_be32(b + 24, ide_cd_sectors(d));
    ide_cd_reply(d, 28, allocated(d));
}

/* ---- GET CONFIGURATION ---- */

enum { PROFILE_CD_ROM = 8 };

/* Feature, version and "persistent" and "current" bits, length, data. */
/* clang-format off */
static const struct cd_feature {
    u16 code;
    u8 flags;    /* 1 current, 2 persistent, 4 * version; 0x80: current while there is a disc */
    u8 n, data[8];
} cd_features[] = {
    {0x0000, 0x03, 4, {0, PROFILE_CD_ROM, 0, 0}},      /* profiles; byte 2: current */
    {0x0001, 0x03, 4, {0, 0, 0, 2}},                   /* core: ATAPI */
    {0x0003, 0x03, 4, {0x29}},                         /* removable: tray, eject, lock */
    {0x0010, 0x80, 8, {0, 0, 0x08, 0, 0, 1, 0, 0}},    /* reads at random: 2048 bytes */
    {0x001e, 0x80, 0, {0}},                            /* reads CDs */
    {0x0100, 0x03, 0, {0}},                            /* power management */
};
/* clang-format on */

static u8 *feature_put(const struct ide_drive *d, const struct cd_feature *f, u8 *b)
{
    bool disc = ide_cd_present(d);
    ide_put_be16(b, f->code);
    b[2] = (u8)((f->flags & 0x7f) | (f->flags & 0x80 && disc));
    b[3] = f->n;
    memcpy(b + 4, f->data, f->n);
    if (!f->code)
        b[6] = disc;
    return b + 4 + f->n;
}

/* All from the one that is named on, those of them that are current, only this one. */
static bool feature_wanted(const struct ide_drive *d, const struct cd_feature *f)
{
    u8 how = d->cd.packet[1] & 3;
    u32 first = ide_be16(d->cd.packet + 2);
    bool current = f->flags & 1 || ide_cd_present(d);
    return how == 2 ? f->code == first : f->code >= first && (how == 0 || current);
}

void ide_cd_configuration(struct ide_drive *d)
{
    u8 *b = d->buffer + 8;
    if ((d->cd.packet[1] & 3) == 3) {
        ide_packet_check(d, SENSE_PACKET_FIELD);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(cd_features); i++)
        if (feature_wanted(d, &cd_features[i]))
            b = feature_put(d, &cd_features[i], b);
    u32 n = (u32)(b - d->buffer);
    ide_put_be32(d->buffer, n - 4);
    ide_put_be16(d->buffer + 6, ide_cd_present(d) ? PROFILE_CD_ROM : 0);
    ide_cd_reply(d, n, allocated(d));
}

/* ---- the tray ---- */

void ide_cd_mechanism(struct ide_drive *d)
{
    u8 *b = d->buffer;
    b[1] = d->cd.open ? 0x10 : 0;
    b[2] = (u8)(d->cd.position >> 16);
    ide_put_be16(b + 3, d->cd.position & 0xffff);
    b[5] = 1; /* slot; no table of slots, as there is no changer */
    ide_cd_reply(d, 8, ide_be16(d->cd.packet + 8));
}

/* GET EVENT STATUS NOTIFICATION: class 4, media, and no other; asked for, not queued. */
void ide_cd_event_status(struct ide_drive *d)
{
    enum { CLASS_MEDIA = 4, NO_EVENT = 0x80 };
    const u8 *p = d->cd.packet;
    u8 *b = d->buffer;
    bool media = p[4] & 1 << CLASS_MEDIA;
    if (!(p[1] & 1)) {
        ide_packet_check(d, SENSE_PACKET_FIELD);
        return;
    }
    ide_put_be16(b, media ? 6 : 2);
    b[2] = media ? CLASS_MEDIA : NO_EVENT;
    b[3] = 1 << CLASS_MEDIA;
    if (media && allocated(d) > 4) {
        b[4] = d->cd.event;
        b[5] = (u8)(d->cd.open | (ide_cd_present(d) ? 2 : 0));
        d->cd.event = CD_NO_CHANGE;
    }
    ide_cd_reply(d, media ? 8 : 4, allocated(d));
}
