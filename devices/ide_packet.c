/* SPDX-License-Identifier: MIT */
/*
 * The ATAPI side of a CD-ROM drive: its ATA commands, and how a packet and its data travel: the
 * interrupt reason, the byte count, one DRQ after the other. ATA/ATAPI-6 "PACKET", "DEVICE RESET",
 * "PACKET non-data, PIO data-in, PIO data-out, DMA command protocols".
 *
 * The drive asks for the packet without an interrupt (IDENTIFY PACKET DEVICE word 0, bits 6-5);
 * every DRQ for data has one, and so has the end. Bit 4 of the status is SERV, and always 0.
 */
#include "devices/ide_parts.h"

/* The sector count register tells why there is an interrupt. */
enum { REASON_COMMAND = 1, REASON_TO_HOST = 2, REASON_END = REASON_COMMAND | REASON_TO_HOST };

const struct field ide_cd_fields[] = {
    FIELD_ARRAY(struct ide_cd, packet),
    FIELD(struct ide_cd, limit),
    FIELD(struct ide_cd, key),
    FIELD(struct ide_cd, asc),
    FIELD(struct ide_cd, ascq),
    FIELD(struct ide_cd, attention),
    FIELD_MAX(struct ide_cd, event, CD_REMOVAL),
    FIELD(struct ide_cd, open),
    FIELD(struct ide_cd, locked),
    FIELD(struct ide_cd, asked),
    FIELD(struct ide_cd, parts),
    FIELD(struct ide_cd, expected),
    FIELD(struct ide_cd, position),
    FIELD(struct ide_cd, speed),
    FIELD_ARRAY(struct ide_cd, pages),
    FIELD_END,
};

/* ---- how packet commands end ---- */

void ide_packet_good(struct ide_drive *d)
{
    d->count = REASON_END;
    ide_done(d);
}

void ide_packet_check(struct ide_drive *d, u32 sense)
{
    d->cd.key = (u8)(sense >> 16);
    d->cd.asc = (u8)(sense >> 8);
    d->cd.ascq = (u8)sense;
    d->left = 0;
    d->count = REASON_END;
    ide_fail(d, (u8)(d->cd.key << 4 | (d->cd.key == 5 ? ERROR_ABRT : 0)));
}

/* ---- the packet ---- */

static void packet(struct ide_drive *d)
{
    u32 limit = d->cylinder_low | (u32)d->cylinder_high << 8;
    d->dma = d->feature & 1;
    d->cd.limit = (u16)(limit == 0xffff ? 0xfffe : limit);
    d->power = 0xff;
    d->count = REASON_COMMAND;
    ide_move(d, IDE_PACKET, 0, IDE_PACKET_BYTES);
}

/* ---- its data ---- */

/* How far the next DRQ goes: all that is there, or as much as the host takes at once. An odd count
 * is only for the last one. 0: the host takes nothing. */
static u32 chunk(const struct ide_drive *d)
{
    u32 n = d->have - d->fill;
    return d->dma || n <= d->cd.limit ? n : d->cd.limit & ~1u;
}

static bool announce(struct ide_drive *d, u8 reason)
{
    u32 n = chunk(d);
    d->count = reason;
    if (!n) {
        ide_packet_check(d, SENSE_PACKET_FIELD);
        return false;
    }
    if (!d->dma) {
        d->cylinder_low = (u8)n;
        d->cylinder_high = (u8)(n >> 8);
    }
    return true;
}

static void give_chunk(struct ide_drive *d)
{
    if (announce(d, REASON_TO_HOST))
        ide_give(d, d->fill, d->fill + chunk(d));
}

static void ask_chunk(struct ide_drive *d)
{
    if (!announce(d, 0))
        return;
    ide_ask(d, d->fill, d->fill + chunk(d));
    if (!d->dma)
        ide_raise(d);
}

void ide_packet_give(struct ide_drive *d, u32 n)
{
    d->have = n;
    d->fill = 0;
    give_chunk(d);
}

void ide_packet_ask(struct ide_drive *d, u32 n)
{
    d->have = n;
    d->fill = 0;
    ask_chunk(d);
}

static void packet_moved(struct ide_drive *d)
{
    if (d->command != 0xa0) { /* IDENTIFY PACKET DEVICE */
        d->step = IDE_IDLE;
        d->status = d->kind->ready;
    } else if (d->fill < d->have || d->left) {
        ide_later(d, IDE_NEXT, IDE_BLOCK_TIME);
    } else {
        d->count = REASON_END;
        ide_later(d, IDE_END, IDE_BLOCK_TIME);
    }
}

static void packet_next(struct ide_drive *d)
{
    if (d->fill < d->have)
        give_chunk(d);
    else
        ide_cd_next(d);
}

static void packet_filled(struct ide_drive *d)
{
    if (d->step == IDE_PACKET) {
        memcpy(d->cd.packet, d->buffer, sizeof d->cd.packet);
        ide_later(d, IDE_RUN, ide_latency(d));
    } else {
        ide_later(d, IDE_TAKE, IDE_BLOCK_TIME);
    }
}

static void packet_take(struct ide_drive *d)
{
    if (d->fill < d->have)
        ask_chunk(d);
    else
        ide_cd_mode_selected(d);
}

/* ---- ATA commands ---- */

static void identify(struct ide_drive *d)
{
    ide_identify_packet(d, d->buffer);
    ide_give(d, 0, SECTOR_SIZE);
}

/* A disk's command tells the host by the signature what it is talking to. */
static void no_disk(struct ide_drive *d)
{
    ide_signature(d);
    ide_aborted(d);
}

/* Ends whatever goes on, at any time, without an interrupt. */
static void device_reset(struct ide_drive *d)
{
    d->asleep = false;
    ide_signature(d);
    d->step = IDE_IDLE;
    d->status = d->kind->after_reset;
}

/* clang-format off */
static const struct ide_op ops[] = {
    {0x08, 0x08, OP_WHEN_BUSY, "DEVICE RESET", device_reset},
    {0x20, 0x20, 0,            "READ SECTORS", no_disk},
    {0x90, 0x90, OP_BOTH,      "EXECUTE DIAGNOSTIC", ide_diagnostic},
    {0xa0, 0xa0, OP_ASKS,      "PACKET", packet},
    {0xa1, 0xa1, 0,            "IDENTIFY PACKET", identify},
    {0xe0, 0xe0, 0,            "STANDBY IMMEDIATE", ide_standby},
    {0xe1, 0xe1, 0,            "IDLE IMMEDIATE", ide_idle},
    {0xe5, 0xe5, 0,            "CHECK POWER MODE", ide_check_power},
    {0xe6, 0xe6, 0,            "SLEEP", ide_sleep},
    {0xec, 0xec, 0,            "IDENTIFY", no_disk},
    {0xef, 0xef, 0,            "SET FEATURES", ide_set_features},
};
/* clang-format on */

const struct ide_kind ide_cdrom = {
    .ops = ops,
    .op_count = ARRAY_LEN(ops),
    .ready = STATUS_DRDY,
    .after_reset = 0,
    .signature = 0xeb14,
    .reset = ide_cd_reset,
    .moved = packet_moved,
    .filled = packet_filled,
    .next = packet_next,
    .take = packet_take,
};
