/* SPDX-License-Identifier: MIT */
/*
 * ATA commands: how they begin and end, the data phase, what both kinds of drives do; and the hard
 * disk's table with its smaller commands. ATA/ATAPI-6 "Command descriptions"; obsolete ones after
 * ATA-1.
 */
#include "devices/ide_parts.h"

#include "src/base/log.h"

void ide_later(struct ide_drive *d, enum ide_step step, vtime ns)
{
    d->step = (u8)step;
    d->status = STATUS_BSY | d->kind->ready;
    timer_set(&d->work, clock_now(d->ide->clock) + ns);
    ide_lines(d->ide);
}

vtime ide_latency(const struct ide_drive *d)
{
    return d->ide->latency > 30000 ? d->ide->latency : 30000;
}

/* ---- how commands end ---- */

void ide_done(struct ide_drive *d)
{
    d->step = IDE_IDLE;
    d->status = d->kind->ready;
    ide_raise(d);
}

void ide_fail(struct ide_drive *d, u8 error)
{
    d->step = IDE_IDLE;
    d->error = error;
    d->status = d->kind->ready | STATUS_ERR;
    ide_raise(d);
}

void ide_aborted(struct ide_drive *d)
{
    ide_fail(d, ERROR_ABRT);
}

/* ---- the data phase ---- */

void ide_move(struct ide_drive *d, enum ide_step step, u32 at, u32 fill)
{
    d->at = at;
    d->fill = fill;
    d->step = (u8)step;
    d->status = d->kind->ready | STATUS_DRQ;
    ide_lines(d->ide);
}

void ide_give(struct ide_drive *d, u32 at, u32 fill)
{
    ide_move(d, d->dma ? IDE_DMA_IN : IDE_IN, at, fill);
    if (!d->dma)
        ide_raise(d);
}

void ide_ask(struct ide_drive *d, u32 at, u32 fill)
{
    ide_move(d, d->dma ? IDE_DMA_OUT : IDE_OUT, at, fill);
}

/* ---- hard disk: the buffer ---- */

static void identify(struct ide_drive *d)
{
    ide_identify(d, d->buffer);
    ide_give(d, 0, SECTOR_SIZE);
}

static void read_buffer(struct ide_drive *d)
{
    ide_give(d, 0, SECTOR_SIZE);
}

static void write_buffer(struct ide_drive *d)
{
    d->block = 0;
    d->left = 0;
    ide_ask(d, 0, SECTOR_SIZE);
}

/* The drive was formatted at the factory: the table of sectors is taken and means nothing. */
static void format_track(struct ide_drive *d)
{
    u64 lba;
    d->sector = d->device & DEVICE_LBA ? d->sector : 1;
    if (disk_read_only(d->disk))
        ide_aborted(d);
    else if (!ide_address_get(d, &lba))
        ide_fail(d, ERROR_IDNF);
    else
        write_buffer(d);
}

/* ---- hard disk: commands without data ---- */

static void seek(struct ide_drive *d)
{
    u64 lba;
    d->power = 0xff;
    if (ide_address_get(d, &lba))
        ide_done(d);
    else
        ide_fail(d, ERROR_IDNF);
}

static void recalibrate(struct ide_drive *d)
{
    d->power = 0xff;
    d->cylinder_low = d->cylinder_high = 0;
    ide_done(d);
}

static void flush_cache(struct ide_drive *d)
{
    if (!d->disk || disk_flush(d->disk))
        ide_done(d);
    else
        ide_aborted(d);
}

/* ---- power ---- */

static void power_to(struct ide_drive *d, u8 power)
{
    d->power = power;
    flush_cache(d);
}

void ide_standby(struct ide_drive *d)
{
    power_to(d, 0);
}

void ide_idle(struct ide_drive *d)
{
    power_to(d, 0x80);
}

void ide_sleep(struct ide_drive *d)
{
    d->asleep = true;
    power_to(d, 0);
}

void ide_check_power(struct ide_drive *d)
{
    d->count = d->power;
    ide_done(d);
}

void ide_diagnostic(struct ide_drive *d)
{
    ide_signature(d);
    d->device = 0;
    d->ide->second = false;
    d->step = IDE_IDLE;
    d->status = d->kind->after_reset;
    if (!d->number || !d->ide->drive[0].kind)
        ide_raise(d);
}

/* ---- the table ---- */

/* clang-format off */
static const struct ide_op hard_disk_ops[] = {
    {0x10, 0x1f, 0,                     "RECALIBRATE", recalibrate},
    {0x20, 0x21, 0,                     "READ SECTORS", ide_read_sectors},
    {0x24, 0x24, OP_EXT,                "READ SECTORS EXT", ide_read_sectors},
    {0x25, 0x25, OP_EXT,                "READ DMA EXT", ide_read_dma},
    {0x27, 0x27, OP_EXT | OP_KEEPS_MAX, "READ NATIVE MAX EXT", ide_read_native_max},
    {0x29, 0x29, OP_EXT,                "READ MULTIPLE EXT", ide_read_multiple},
    {0x30, 0x31, OP_ASKS,               "WRITE SECTORS", ide_write_sectors},
    {0x34, 0x34, OP_EXT | OP_ASKS,      "WRITE SECTORS EXT", ide_write_sectors},
    {0x35, 0x35, OP_EXT | OP_ASKS,      "WRITE DMA EXT", ide_write_dma},
    {0x37, 0x37, OP_EXT | OP_KEEPS_MAX, "SET MAX ADDRESS EXT", ide_set_max},
    {0x39, 0x39, OP_EXT | OP_ASKS,      "WRITE MULTIPLE EXT", ide_write_multiple},
    {0x3c, 0x3c, OP_ASKS,               "WRITE VERIFY", ide_write_sectors},
    {0x40, 0x41, 0,                     "READ VERIFY", ide_verify},
    {0x42, 0x42, OP_EXT,                "READ VERIFY EXT", ide_verify},
    {0x50, 0x50, OP_ASKS,               "FORMAT TRACK", format_track},
    {0x70, 0x7f, 0,                     "SEEK", seek},
    {0x90, 0x90, OP_BOTH,               "EXECUTE DIAGNOSTIC", ide_diagnostic},
    {0x91, 0x91, 0,                     "INITIALIZE PARAMETERS", ide_parameters},
    {0x94, 0x94, 0,                     "STANDBY IMMEDIATE", ide_standby},
    {0x95, 0x95, 0,                     "IDLE IMMEDIATE", ide_idle},
    {0x96, 0x96, 0,                     "STANDBY", ide_standby},
    {0x97, 0x97, 0,                     "IDLE", ide_idle},
    {0x98, 0x98, 0,                     "CHECK POWER MODE", ide_check_power},
    {0x99, 0x99, 0,                     "SLEEP", ide_sleep},
    {0xb0, 0xb0, 0,                     "SMART", ide_smart},
    {0xc4, 0xc4, 0,                     "READ MULTIPLE", ide_read_multiple},
    {0xc5, 0xc5, OP_ASKS,               "WRITE MULTIPLE", ide_write_multiple},
    {0xc6, 0xc6, 0,                     "SET MULTIPLE", ide_set_multiple},
    {0xc8, 0xc9, 0,                     "READ DMA", ide_read_dma},
    {0xca, 0xcb, OP_ASKS,               "WRITE DMA", ide_write_dma},
    {0xe0, 0xe0, 0,                     "STANDBY IMMEDIATE", ide_standby},
    {0xe1, 0xe1, 0,                     "IDLE IMMEDIATE", ide_idle},
    {0xe2, 0xe2, 0,                     "STANDBY", ide_standby},
    {0xe3, 0xe3, 0,                     "IDLE", ide_idle},
    {0xe4, 0xe4, 0,                     "READ BUFFER", read_buffer},
    {0xe5, 0xe5, 0,                     "CHECK POWER MODE", ide_check_power},
    {0xe6, 0xe6, 0,                     "SLEEP", ide_sleep},
    {0xe7, 0xe7, 0,                     "FLUSH CACHE", flush_cache},
    {0xe8, 0xe8, OP_ASKS,               "WRITE BUFFER", write_buffer},
    {0xea, 0xea, 0,                     "FLUSH CACHE EXT", flush_cache},
    {0xec, 0xec, 0,                     "IDENTIFY", identify},
    {0xef, 0xef, 0,                     "SET FEATURES", ide_set_features},
    {0xf8, 0xf8, OP_KEEPS_MAX,          "READ NATIVE MAX", ide_read_native_max},
    {0xf9, 0xf9, OP_KEEPS_MAX,          "SET MAX ADDRESS", ide_set_max},
};
/* clang-format on */

const struct ide_kind ide_hard_disk = {
    .ops = hard_disk_ops,
    .op_count = ARRAY_LEN(hard_disk_ops),
    .ready = STATUS_DRDY | STATUS_DSC,
    .after_reset = STATUS_DRDY | STATUS_DSC,
    .signature = 0x0000,
    .reset = ide_translation_default,
    .moved = ide_block_moved,
    .filled = ide_block_filled,
    .next = ide_block_next,
    .take = ide_block_take,
};

/* ---- running one ---- */

static const struct ide_op *op_find(const struct ide_drive *d, u8 opcode)
{
    static const struct ide_op unknown = {0, 0xff, 0, "?", ide_aborted};
    for (const struct ide_op *op = d->kind->ops; op < d->kind->ops + d->kind->op_count; op++)
        if (opcode >= op->first && opcode <= op->last)
            return op;
    return &unknown; /* NOP too: it ends with ABRT */
}

static void begin(struct ide_drive *d, u8 opcode, const struct ide_op *op)
{
    d->command = opcode;
    d->error = 0;
    d->intrq = d->dma = false;
    d->ext = op->flags & OP_EXT;
    d->block = 0;
    d->left = d->at = d->fill = d->have = 0;
    ide_later(d, IDE_EXECUTE, op->flags & OP_ASKS ? IDE_ASK_TIME : ide_latency(d));
}

static void trace(const struct ide_drive *d, u8 opcode, const struct ide_op *op)
{
    if (log_on(LOG_DISK))
        log_line("ide%u.%u %02x %s: feature %02x count %02x address %02x%02x%02x device %02x",
                 d->ide->channel, d->number, opcode, op->name, d->feature, d->count,
                 d->cylinder_high, d->cylinder_low, d->sector, d->device);
}

void ide_command(struct ide_drive *d, u8 opcode)
{
    const struct ide_op *op = op_find(d, opcode);
    struct ide_drive *other = &d->ide->drive[!d->number];
    bool deaf = d->status & STATUS_BSY || d->asleep;
    if (d->step == IDE_RESET || (deaf && !(op->flags & OP_WHEN_BUSY)))
        return;
    trace(d, opcode, op);
    begin(d, opcode, op);
    if (op->flags & OP_BOTH && other->kind && !other->asleep) {
        timer_stop(&other->work);
        begin(other, opcode, op);
    }
    ide_lines(d->ide);
}

void ide_execute(struct ide_drive *d)
{
    const struct ide_op *op = op_find(d, d->command);
    if (!(op->flags & OP_KEEPS_MAX))
        d->native_max_read = 0;
    op->run(d);
}
