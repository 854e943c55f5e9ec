/* SPDX-License-Identifier: MIT */
/*
 * CDs by programmed I/O: packet commands (ATA/ATAPI-6, "PACKET" and its PIO protocols) and the SCSI
 * commands in them (MMC-2). Nothing waits for an interrupt here; the drive's is off meanwhile.
 */
#include "ata.h"

enum scsi {
    TEST_UNIT_READY = 0x00,
    REQUEST_SENSE = 0x03,
    START_STOP = 0x1b,
    PREVENT_ALLOW = 0x1e,
    READ_CAPACITY = 0x25,
    READ_10 = 0x28,
    SEEK_10 = 0x2b,
    GET_CONFIGURATION = 0x46,
};

#define PACKET_BYTES 12

/* Sense keys, and what comes with them. */
#define RECOVERED         1
#define NOT_READY         2
#define MEDIUM_ERROR      3
#define ILLEGAL           5
#define ATTENTION         6
#define BECOMING_READY    0x0204 /* key and additional code */
#define NO_MEDIUM         0x023a
#define NEW_MEDIUM        0x0628
#define REMOVAL_PREVENTED 0x0553
#define BEYOND_THE_END    0x0521

#define READY_MS          10000 /* a disc spins up */

/* Takes words from the data port and forgets them. */
static void drop(u16 port, u16 bytes)
{
    for (; bytes; bytes -= 2)
        in16(port);
}

static u16 least(u16 a, u32 b)
{
    return a < b ? a : (u16)b;
}

/* One DRQ's bytes. The pointer is kept away from the segment's end. */
static void take(const struct drive *d, u16 bytes, struct atapi_data *to)
{
    u16 skip = least(bytes, to->skip), keep = least(bytes - skip, to->length);

    to->skip -= skip;
    to->length -= keep;
    drop(d->port + DATA, skip);
    if (to->offset > 0xf000 && to->segment < 0xf000) {
        to->segment += to->offset >> 4;
        to->offset &= 15;
    }
    port_read(d->port + DATA, to->segment, to->offset, keep / 2);
    to->offset += keep;
    drop(d->port + DATA, bytes - skip - keep);
}

static enum disk_status take_all(const struct drive *d, struct atapi_data *to)
{
    u16 bytes;
    u8 status;

    for (;;) {
        delay_us(1);
        if (!ata_not_busy(d, 10000))
            return DISK_TIMEOUT;
        status = in8(d->port + STATUS);
        if (status & (ERR | DF))
            return DISK_CONTROLLER;
        if (!(status & DRQ))
            return DISK_OK;
        bytes = (u16)(in8(d->port + CYL_HIGH) << 8 | in8(d->port + CYL_LOW));
        if (!bytes)
            return DISK_TIMEOUT;
        take(d, (bytes + 1) & 0xfffe, to);
    }
}

/* DISK_CONTROLLER: the drive has sense to be asked for. */
static enum disk_status send(const struct drive *d, const u8 *packet, struct atapi_data *to)
{
    out8(d->port + SELECT, d->select);
    delay_us(1);
    if (!ata_not_busy(d, 10000))
        return DISK_TIMEOUT;
    out8(d->control, NIEN);
    out8(d->port + ERROR, 0); /* no DMA, no overlap */
    out8(d->port + CYL_LOW, (u8)CD_SECTOR);
    out8(d->port + CYL_HIGH, CD_SECTOR >> 8);
    out8(d->port + COMMAND, ATAPI_PACKET);
    delay_us(1);
    if (!ata_not_busy(d, 10000))
        return DISK_TIMEOUT;
    if (!(in8(d->port + STATUS) & DRQ))
        return DISK_NOT_READY;
    port_write(d->port + DATA, stack_segment(), (u16)(u32)packet, PACKET_BYTES / 2);
    return take_all(d, to);
}

/* The same, and the controller is left as the hard disk on it wants it. */
static enum disk_status run(const struct drive *d, const u8 *packet, struct atapi_data *to)
{
    enum disk_status status = send(d, packet, to);

    if (status == DISK_TIMEOUT)
        atapi_reset(d);
    out8(d->control, d->irq == 14 ? 0 : NIEN);
    return status;
}

/* Sense key in the high byte, additional code in the low one. */
static u16 sense(const struct drive *d)
{
    u8 bytes[18] = {0}, packet[PACKET_BYTES] = {REQUEST_SENSE, 0, 0, 0, sizeof bytes};
    struct atapi_data to = {
        .length = sizeof bytes, .segment = stack_segment(), .offset = (u16)(u32)bytes};

    run(d, packet, &to);
    return (u16)((bytes[2] & 15) << 8 | bytes[12]);
}

static enum disk_status status_of(u16 code)
{
    static ROM struct {
        u16 code, mask;
        u8 status;
    } map[] = {
        {NO_MEDIUM, 0xffff, DISK_NO_MEDIUM},       {BEYOND_THE_END, 0xffff, DISK_NO_SECTOR},
        {RECOVERED << 8, 0xff00, DISK_OK},         {NOT_READY << 8, 0xff00, DISK_NOT_READY},
        {REMOVAL_PREVENTED, 0xffff, DISK_LOCKED},  {MEDIUM_ERROR << 8, 0xff00, DISK_BAD_DATA},
        {ILLEGAL << 8, 0xff00, DISK_BAD_FUNCTION}, {ATTENTION << 8, 0xff00, DISK_CHANGED},
    };
    u8 i;

    for (i = 0; i < COUNT(map); i++)
        if ((code & map[i].mask) == map[i].code)
            return map[i].status;
    return DISK_CONTROLLER;
}

/* A command, again for as long as the drive only wants to tell that it was reset, or has a new disc
   and is not ready yet. */
static enum disk_status command(const struct drive *d, const u8 *packet,
                                const struct atapi_data *data)
{
    struct atapi_data to;
    enum disk_status status;
    struct limit l;
    u16 code;

    limit_start(&l, READY_MS);
    do {
        to = *data;
        status = run(d, packet, &to);
        if (status != DISK_CONTROLLER)
            return status == DISK_OK && to.length ? DISK_CONTROLLER : status;
        code = sense(d);
        if (code == NEW_MEDIUM)
            EBDA8_SET(cd_changed, EBDA8(cd_changed) | (u8)(1u << d->cd));
    } while ((code >> 8 == ATTENTION || code == BECOMING_READY) && !limit_over(&l));
    return status_of(code);
}

static enum disk_status simple(const struct drive *d, u8 operation, u32 lba, u16 count,
                               const struct atapi_data *to)
{
    u8 packet[PACKET_BYTES] = {operation, 0, (u8)(lba >> 24),  (u8)(lba >> 16), (u8)(lba >> 8),
                               (u8)lba,   0, (u8)(count >> 8), (u8)count};

    return command(d, packet, to);
}

enum disk_status atapi_ready(const struct drive *d)
{
    struct atapi_data none = {0};

    return simple(d, TEST_UNIT_READY, 0, 0, &none);
}

enum disk_status atapi_seek(const struct drive *d, u32 lba)
{
    struct atapi_data none = {0};

    return simple(d, SEEK_10, lba, 0, &none);
}

enum disk_status atapi_lock(const struct drive *d, bool lock)
{
    struct atapi_data none = {0};

    return simple(d, PREVENT_ALLOW, lock ? 0x100 : 0, 0, &none);
}

enum disk_status atapi_eject(const struct drive *d)
{
    struct atapi_data none = {0};

    return simple(d, START_STOP, 0x200, 0, &none);
}

enum disk_status atapi_read(const struct drive *d, u32 lba, const struct atapi_data *to)
{
    return simple(d, READ_10, lba, (u16)((to->skip + to->length + CD_SECTOR - 1) / CD_SECTOR), to);
}

enum disk_status atapi_capacity(const struct drive *d, u32 *sectors)
{
    u8 last[8];
    struct atapi_data to = {
        .length = sizeof last, .segment = stack_segment(), .offset = (u16)(u32)last};
    enum disk_status status = simple(d, READ_CAPACITY, 0, 0, &to);

    if (status == DISK_OK)
        *sectors = ((u32)last[0] << 24 | (u32)last[1] << 16 | (u32)last[2] << 8 | last[3]) + 1;
    return status;
}

bool atapi_has_disc(const struct drive *d)
{
    u8 header[8];
    struct atapi_data to = {
        .length = sizeof header, .segment = stack_segment(), .offset = (u16)(u32)header};

    return simple(d, GET_CONFIGURATION, 0, sizeof header, &to) != DISK_OK || header[6] || header[7];
}

/* DEVICE RESET, which leaves the other drive of the controller alone, and the lock. */
enum disk_status atapi_reset(const struct drive *d)
{
    out8(d->port + SELECT, d->select);
    delay_us(1);
    out8(d->port + COMMAND, ATAPI_RESET);
    delay_us(2000);
    return ata_not_busy(d, 5000) ? DISK_OK : DISK_RESET_FAILED;
}
