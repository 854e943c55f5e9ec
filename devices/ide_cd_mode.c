/* SPDX-License-Identifier: MIT */
/*
 * A CD-ROM drive's mode pages: 01h error recovery, 0Dh CD device parameters, 0Eh audio control, 2Ah
 * capabilities. SFF-8020i and MMC-2 "Mode pages", SPC-2 "MODE SELECT", "MODE SENSE". Settings are
 * kept and told; nothing hangs on them.
 */
#include "devices/ide_parts.h"

#include <assert.h>

enum { PAGES = 8 + 8 + 16 + 20, CAPABILITIES = 0x2a, ALL = 0x3f };
enum { CURRENT, CHANGEABLE, DEFAULT, SAVED };

/* clang-format off */
static const u8 defaults[PAGES] = {
    0x01, 6, 0, 5, 0, 0, 0, 0,                  /* retries */
    0x0d, 6, 0, 0x0d, 0, 60, 0, 75,             /* spins down after; seconds, frames */
    0x0e, 14, 4, 0, 0, 0, 0, 75, 1, 0xff, 2, 0xff, 0, 0, 0, 0, /* channels and volumes of ports */
    CAPABILITIES, 18,
    0x03, 0,       /* reads CD-R, CD-RW; writes nothing */
    0x71, 0,       /* audio commands, mode 2 form 1 and 2, sessions; no audio data by READ CD */
    0x29, 0,       /* tray, eject, lock */
    7056 >> 8, 7056 & 0xff, /* top speed, kB a second */
    1, 0,          /* 256 volumes */
    0, 128,        /* kB of buffer */
    7056 >> 8, 7056 & 0xff, /* speed now */
    0, 0, 0, 0,
};
static const u8 changeable[PAGES] = {
    0x01, 6, 0x37, 0xff, 0, 0, 0, 0,
    0x0d, 6, 0, 0x0f, 0, 0, 0, 0,
    0x0e, 14, 2, 0, 0, 0, 0, 0, 15, 0xff, 15, 0xff, 0, 0, 0, 0,
    CAPABILITIES, 18,
};
/* clang-format on */

static_assert((int)PAGES <= (int)IDE_CD_PAGES, "pages do not fit");

void ide_cd_pages_default(struct ide_drive *d)
{
    memcpy(d->cd.pages, defaults, sizeof defaults);
}

/* Offset of a page; PAGES: there is none. */
static u32 page_find(u8 code)
{
    u32 at = 0;
    while (at < PAGES && defaults[at] != code)
        at += 2u + defaults[at + 1];
    return at;
}

/* ---- MODE SENSE ---- */

/* The lock and the speed are the drive's, not settings. */
static void capabilities_now(const struct ide_drive *d, u8 *page)
{
    page[6] |= d->cd.locked ? 2 : 0;
    ide_put_be16(page + 14, d->cd.speed);
}

static u8 *pages_put(const struct ide_drive *d, u8 code, unsigned control, u8 *b)
{
    const u8 *const from[] = {d->cd.pages, changeable, defaults};
    for (u32 at = 0, n; at < PAGES; at += n) {
        n = 2u + defaults[at + 1];
        if (code != ALL && code != defaults[at])
            continue;
        memcpy(b, from[control] + at, n);
        if (defaults[at] == CAPABILITIES && control == CURRENT)
            capabilities_now(d, b);
        b += n;
    }
    return b;
}

/* Byte 2 of a header of 8 bytes: what is in the drive. SFF-8020i "Medium type codes". */
static u8 medium(const struct ide_drive *d)
{
    return ide_cd_present(d) ? 1 : d->cd.open ? 0x71 : 0x70;
}

static void sense(struct ide_drive *d, u32 header, u32 allocated)
{
    u8 code = d->cd.packet[2] & 0x3f;
    unsigned control = d->cd.packet[2] >> 6;
    if (control == SAVED || (code != ALL && page_find(code) == PAGES)) {
        ide_packet_check(d, control == SAVED ? SENSE_SAVING : SENSE_PACKET_FIELD);
        return;
    }
    u32 n = (u32)(pages_put(d, code, control, d->buffer + header) - d->buffer);
    if (header == 4) {
        d->buffer[0] = (u8)(n - 1);
        d->buffer[1] = medium(d);
    } else {
        ide_put_be16(d->buffer, n - 2);
        d->buffer[2] = medium(d);
    }
    ide_cd_reply(d, n, allocated);
}

void ide_cd_mode_sense6(struct ide_drive *d)
{
    sense(d, 4, d->cd.packet[4]);
}

void ide_cd_mode_sense10(struct ide_drive *d)
{
    sense(d, 8, ide_be16(d->cd.packet + 7));
}

/* ---- MODE SELECT ---- */

static void mode_select(struct ide_drive *d, u32 n)
{
    if (d->cd.packet[1] & 1)
        ide_packet_check(d, SENSE_PACKET_FIELD); /* nothing can be saved */
    else if (n > IDE_BUFFER)
        ide_packet_check(d, SENSE_LIST_LENGTH);
    else if (n)
        ide_packet_ask(d, n);
    else
        ide_packet_good(d);
}

void ide_cd_mode_select6(struct ide_drive *d)
{
    mode_select(d, d->cd.packet[4]);
}

void ide_cd_mode_select10(struct ide_drive *d)
{
    mode_select(d, ide_be16(d->cd.packet + 7));
}

/* One page of the list into PAGES. Sense, or 0. */
static u32 page_take(const u8 *b, u32 n, u8 *pages)
{
    u32 at = n >= 2 ? page_find(b[0] & 0x3f) : PAGES;
    if (n < 2 || n < 2u + b[1])
        return SENSE_LIST_LENGTH;
    if (at == PAGES || b[1] != defaults[at + 1])
        return SENSE_LIST_FIELD;
    for (u32 i = 2; i < 2u + b[1]; i++)
        pages[at + i] = (u8)((pages[at + i] & ~changeable[at + i]) | (b[i] & changeable[at + i]));
    return 0;
}

/* Header, block descriptors, pages: all of them, or nothing changes. */
void ide_cd_mode_selected(struct ide_drive *d)
{
    bool six = d->cd.packet[0] == 0x15;
    const u8 *b = d->buffer;
    u8 pages[IDE_CD_PAGES];
    u32 at = six ? 4 : 8, end = d->have, fault = end < at ? SENSE_LIST_LENGTH : 0;
    memcpy(pages, d->cd.pages, sizeof pages);
    at += fault ? 0 : six ? b[3] : ide_be16(b + 6);
    if (at > end)
        fault = SENSE_LIST_LENGTH;
    while (!fault && at < end) {
        fault = page_take(b + at, end - at, pages);
        at += fault ? 0 : 2u + b[at + 1];
    }
    if (fault) {
        ide_packet_check(d, fault);
        return;
    }
    memcpy(d->cd.pages, pages, sizeof pages);
    ide_packet_good(d);
}
