/* SPDX-License-Identifier: MIT */
/*
 * The packet commands of a CD-ROM drive: the table, sense, the medium and its tray. INCITS 333
 * (MMC-2) and SFF-8020i; SPC-2 for what all devices have.
 *
 * Not modelled: audio (a disc is one data track), CD-Text, sub-channels of the disc, C2 pointers;
 * the time that a disc takes to spin up: it is there at once, after a unit attention.
 */
#include "devices/ide_parts.h"

#include "src/base/log.h"

enum { SPEED_MAX = 7056 }; /* kB a second: 40 times */

/* ---- numbers, high byte first ---- */

u32 ide_be16(const u8 *p)
{
    return (u32)p[0] << 8 | p[1];
}

u32 ide_be32(const u8 *p)
{
    return ide_be16(p) << 16 | ide_be16(p + 2);
}

void ide_put_be16(u8 *p, u32 v)
{
    p[0] = (u8)(v >> 8);
    p[1] = (u8)v;
}

void ide_put_be32(u8 *p, u32 v)
{
    ide_put_be16(p, v >> 16);
    ide_put_be16(p + 2, v);
}

/* A DVD's image may be longer than minutes count. */
void ide_cd_put_frames(u8 *p, u32 frames)
{
    u32 most = 256 * 60 * 75 - 1, n = frames < most ? frames : most;
    p[0] = 0;
    p[1] = (u8)(n / 75 / 60);
    p[2] = (u8)(n / 75 % 60);
    p[3] = (u8)(n % 75);
}

void ide_cd_put_address(u8 *p, u32 lba, bool msf)
{
    if (msf)
        ide_cd_put_frames(p, lba + 150);
    else
        ide_put_be32(p, lba);
}

void ide_cd_reply(struct ide_drive *d, u32 n, u32 allocated)
{
    n = n < allocated ? n : allocated;
    if (n)
        ide_packet_give(d, n);
    else
        ide_packet_good(d);
}

/* ---- the medium ---- */

bool ide_cd_present(const struct ide_drive *d)
{
    return d->disk && !d->cd.open;
}

u32 ide_cd_sectors(const struct ide_drive *d)
{
    return disk_cd_sectors(d->disk);
}

static void closed(struct ide_drive *d)
{
    d->cd.open = false;
    if (d->disk) {
        d->cd.attention = ATTENTION_MEDIUM;
        d->cd.event = CD_NEW_MEDIUM;
    }
}

static void opened(struct ide_drive *d)
{
    if (ide_cd_present(d))
        d->cd.event = CD_REMOVAL;
    d->cd.open = true;
}

bool ide_cd_insert(struct ide_drive *d, struct disk *disk)
{
    if (d->cd.locked && !d->cd.asked && ide_cd_present(d)) {
        d->cd.asked = true;
        d->cd.event = CD_EJECT_REQUEST;
        return false;
    }
    d->cd.asked = false;
    opened(d);
    d->disk = disk;
    if (disk)
        closed(d);
    return true;
}

void ide_cd_reset(struct ide_drive *d)
{
    d->cd = (struct ide_cd){.open = d->cd.open, .attention = ATTENTION_RESET, .speed = SPEED_MAX};
    ide_cd_pages_default(d);
}

/* ---- commands ---- */

static void request_sense(struct ide_drive *d)
{
    struct ide_cd *cd = &d->cd;
    u8 *b = d->buffer;
    b[0] = 0x70;
    b[2] = cd->key;
    b[7] = 10;
    b[12] = cd->asc;
    b[13] = cd->ascq;
    if (!cd->key && cd->attention) {
        b[2] = 6;
        b[12] = cd->attention;
        cd->attention = 0;
    }
    cd->key = cd->asc = cd->ascq = 0;
    ide_cd_reply(d, 18, cd->packet[4]);
}

static void prevent(struct ide_drive *d)
{
    d->cd.locked = d->cd.packet[4] & 1;
    d->cd.asked &= d->cd.locked;
    ide_packet_good(d);
}

static void start_stop(struct ide_drive *d)
{
    bool start = d->cd.packet[4] & 1, tray = d->cd.packet[4] & 2;
    if (tray && !start && d->cd.locked) {
        ide_packet_check(d, SENSE_LOCKED);
        return;
    }
    if (tray && !start)
        opened(d);
    if (tray && start && d->cd.open)
        closed(d);
    if (start && !tray && !ide_cd_present(d))
        ide_packet_check(d, d->cd.open ? SENSE_TRAY_OPEN : SENSE_TRAY_CLOSED);
    else
        ide_packet_good(d);
}

static void set_speed(struct ide_drive *d)
{
    u32 speed = ide_be16(d->cd.packet + 2);
    speed = speed < SPEED_MAX ? speed : SPEED_MAX;
    d->cd.speed = (u16)(speed > 176 ? speed : 176);
    ide_packet_good(d);
}

/* Nothing is being played that could go on. */
static void pause_resume(struct ide_drive *d)
{
    ide_packet_check(d, SENSE_SEQUENCE);
}

enum {
    DISC = 1,   /* wants one */
    ALWAYS = 2, /* a unit attention waits for another command */
};

/* clang-format off */
static const struct cd_op {
    u8 opcode;
    u8 flags;
    const char *name;
    void (*run)(struct ide_drive *d);
} cd_ops[] = {
    {0x00, DISC,   "TEST UNIT READY", ide_packet_good},
    {0x03, ALWAYS, "REQUEST SENSE", request_sense},
    {0x12, ALWAYS, "INQUIRY", ide_cd_inquiry},
    {0x15, 0,      "MODE SELECT(6)", ide_cd_mode_select6},
    {0x1a, 0,      "MODE SENSE(6)", ide_cd_mode_sense6},
    {0x1b, 0,      "START STOP UNIT", start_stop},
    {0x1e, 0,      "PREVENT ALLOW", prevent},
    {0x25, DISC,   "READ CAPACITY", ide_cd_capacity},
    {0x28, DISC,   "READ(10)", ide_cd_read10},
    {0x2b, DISC,   "SEEK", ide_cd_seek},
    {0x42, DISC,   "READ SUB-CHANNEL", ide_cd_sub_channel},
    {0x43, DISC,   "READ TOC", ide_cd_toc},
    {0x44, DISC,   "READ HEADER", ide_cd_read_header},
    {0x45, DISC,   "PLAY AUDIO(10)", ide_cd_play},
    {0x46, ALWAYS, "GET CONFIGURATION", ide_cd_configuration},
    {0x47, DISC,   "PLAY AUDIO MSF", ide_cd_play_msf},
    {0x4a, ALWAYS, "GET EVENT STATUS", ide_cd_event_status},
    {0x4b, DISC,   "PAUSE RESUME", pause_resume},
    {0x4e, DISC,   "STOP PLAY", ide_packet_good},
    {0x51, DISC,   "READ DISC INFORMATION", ide_cd_disc_information},
    {0x52, DISC,   "READ TRACK INFORMATION", ide_cd_track_information},
    {0x55, 0,      "MODE SELECT(10)", ide_cd_mode_select10},
    {0x5a, 0,      "MODE SENSE(10)", ide_cd_mode_sense10},
    {0xa5, DISC,   "PLAY AUDIO(12)", ide_cd_play12},
    {0xa8, DISC,   "READ(12)", ide_cd_read12},
    {0xb9, DISC,   "READ CD MSF", ide_cd_read_msf},
    {0xbb, 0,      "SET CD SPEED", set_speed},
    {0xbd, 0,      "MECHANISM STATUS", ide_cd_mechanism},
    {0xbe, DISC,   "READ CD", ide_cd_read_cd},
};
/* clang-format on */

static const struct cd_op *cd_op_find(u8 opcode)
{
    for (size_t i = 0; i < ARRAY_LEN(cd_ops); i++)
        if (cd_ops[i].opcode == opcode)
            return &cd_ops[i];
    return NULL;
}

static void trace(const struct ide_drive *d, const struct cd_op *op)
{
    const u8 *p = d->cd.packet;
    if (log_on(LOG_DISK))
        log_line("ide%u.%u packet %02x %s: %02x %02x%02x%02x%02x %02x%02x%02x %02x%02x%02x%s",
                 d->ide->channel, d->number, p[0], op ? op->name : "?", p[1], p[2], p[3], p[4],
                 p[5], p[6], p[7], p[8], p[9], p[10], p[11], d->dma ? " DMA" : "");
}

/* What stands in the way of a command, as sense; 0: nothing. */
static u32 obstacle(struct ide_drive *d, const struct cd_op *op)
{
    u8 attention = d->cd.attention;
    if (!op)
        return SENSE_OPCODE;
    if (attention && !(op->flags & ALWAYS)) {
        d->cd.attention = 0;
        return SENSE(6, attention, 0);
    }
    if (op->flags & DISC && !ide_cd_present(d))
        return d->cd.open ? SENSE_TRAY_OPEN : SENSE_TRAY_CLOSED;
    return 0;
}

void ide_cd_execute(struct ide_drive *d)
{
    const struct cd_op *op = cd_op_find(d->cd.packet[0]);
    u32 sense = obstacle(d, op);
    trace(d, op);
    d->have = d->fill = d->at = 0;
    if (sense) {
        ide_packet_check(d, sense);
        return;
    }
    if (op->run != request_sense)
        d->cd.key = d->cd.asc = d->cd.ascq = 0;
    memset(d->buffer, 0, sizeof d->buffer);
    op->run(d);
}
