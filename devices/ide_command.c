/* SPDX-License-Identifier: MIT */
/*
 * ATA commands of a hard disk drive: the table, addresses, blocks of data, settings.
 * ATA/ATAPI-5 "Command descriptions"; obsolete ones after ATA-1.
 */
#include "devices/ide_parts.h"

#include "src/base/log.h"

#define ASK_TIME   30000u /* ns until a drive asks for the first block to write; no interrupt */
#define BLOCK_TIME 40000u /* ns from a block that was read to the next */

static void later(struct ide_drive *d, enum ide_step step, vtime ns)
{
    d->step = (u8)step;
    d->status = STATUS_BSY | STATUS_DRDY | STATUS_DSC;
    timer_set(&d->work, clock_now(d->ide->clock) + ns);
}

static vtime latency(const struct ide_drive *d)
{
    return d->ide->latency > 30000 ? d->ide->latency : 30000;
}

/* ---- how commands end ---- */

static void done(struct ide_drive *d)
{
    d->step = IDE_IDLE;
    d->status = STATUS_DRDY | STATUS_DSC;
    ide_raise(d);
}

static void fail(struct ide_drive *d, u8 error)
{
    d->step = IDE_IDLE;
    d->error = error;
    d->status = STATUS_DRDY | STATUS_DSC | STATUS_ERR;
    ide_raise(d);
}

static void aborted(struct ide_drive *d)
{
    fail(d, ERROR_ABRT);
}

/* ---- addresses ---- */

/* The sector that the task file names, if there is one. */
static bool address_get(const struct ide_drive *d, u32 *lba)
{
    u32 cylinder = d->cylinder_low | (u32)d->cylinder_high << 8, head = d->device & 15;
    if (d->device & DEVICE_LBA)
        *lba = head << 24 | cylinder << 8 | d->sector;
    else if (cylinder < d->cylinders && head < d->heads && d->sector >= 1 &&
             d->sector <= d->sectors)
        *lba = (cylinder * d->heads + head) * d->sectors + d->sector - 1;
    else
        return false;
    return *lba < d->max_sectors;
}

static void address_put(struct ide_drive *d, u32 lba)
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

static bool start(struct ide_drive *d, u16 block)
{
    if (!address_get(d, &d->lba)) {
        fail(d, ERROR_IDNF);
        return false;
    }
    d->block = block;
    d->left = d->count ? d->count : 256;
    d->power = 0xff;
    return true;
}

/* How many sectors the next block has; 0: it leaves the disk, and the command has failed. */
static u32 block_sectors(struct ide_drive *d)
{
    u32 n = d->left < d->block ? d->left : d->block;
    if (d->lba < d->max_sectors && n <= d->max_sectors - d->lba)
        return n;
    if (d->lba < d->max_sectors) /* the first one that is not there */
        d->count = (u8)(d->left - (d->max_sectors - d->lba));
    address_put(d, d->max_sectors);
    fail(d, ERROR_IDNF);
    return 0;
}

/* N sectors are behind us: the task file names the last one of them, and how many are to come. */
static void block_count(struct ide_drive *d, u32 n)
{
    d->lba += n;
    d->left = (u16)(d->left - n);
    d->count = (u8)d->left;
    d->ide->activity += n;
    address_put(d, d->lba - 1);
}

/* ---- data to the host ---- */

static void give(struct ide_drive *d, u32 bytes)
{
    d->at = 0;
    d->fill = bytes;
    d->step = IDE_IN;
    d->status = STATUS_DRDY | STATUS_DSC | STATUS_DRQ;
    ide_raise(d);
}

void ide_block_in(struct ide_drive *d)
{
    u32 n = block_sectors(d);
    if (!n)
        return;
    if (!disk_read(d->disk, d->lba, n, d->buffer)) {
        address_put(d, d->lba);
        fail(d, ERROR_UNC);
        return;
    }
    block_count(d, n);
    give(d, n * SECTOR_SIZE);
}

void ide_block_taken(struct ide_drive *d)
{
    if (d->left) {
        later(d, IDE_NEXT, BLOCK_TIME);
        return;
    }
    d->step = IDE_IDLE;
    d->status = STATUS_DRDY | STATUS_DSC;
}

static void read_sectors(struct ide_drive *d)
{
    if (start(d, 1))
        ide_block_in(d);
}

static void read_multiple(struct ide_drive *d)
{
    if (!d->multiple)
        aborted(d);
    else if (start(d, d->multiple))
        ide_block_in(d);
}

static void identify(struct ide_drive *d)
{
    ide_identify(d, d->buffer);
    give(d, SECTOR_SIZE);
}

static void read_buffer(struct ide_drive *d)
{
    give(d, SECTOR_SIZE);
}

/* ---- data from the host ---- */

static void ask(struct ide_drive *d, u32 bytes)
{
    d->at = 0;
    d->fill = bytes;
    d->step = IDE_OUT;
    d->status = STATUS_DRDY | STATUS_DSC | STATUS_DRQ;
}

void ide_block_filled(struct ide_drive *d)
{
    later(d, IDE_TAKE, latency(d));
}

void ide_block_take(struct ide_drive *d)
{
    u32 n = d->fill / SECTOR_SIZE;
    if (d->block) {
        bool written = disk_write(d->disk, d->lba, n, d->buffer);
        if (!written || (d->write_through && !disk_flush(d->disk))) {
            address_put(d, d->lba);
            aborted(d);
            return;
        }
        block_count(d, n);
    }
    if (!d->left) {
        done(d);
    } else if ((n = block_sectors(d))) {
        ask(d, n * SECTOR_SIZE);
        ide_raise(d);
    }
}

static void write_blocks(struct ide_drive *d, u16 block)
{
    u32 n;
    if (disk_read_only(d->disk))
        aborted(d);
    else if (start(d, block) && (n = block_sectors(d)))
        ask(d, n * SECTOR_SIZE);
}

static void write_sectors(struct ide_drive *d)
{
    write_blocks(d, 1);
}

static void write_multiple(struct ide_drive *d)
{
    if (!d->multiple)
        aborted(d);
    else
        write_blocks(d, d->multiple);
}

static void write_buffer(struct ide_drive *d)
{
    d->block = d->left = 0;
    ask(d, SECTOR_SIZE);
}

/* The drive was formatted at the factory: the table of sectors is taken and means nothing. */
static void format_track(struct ide_drive *d)
{
    u32 lba;
    d->sector = d->device & DEVICE_LBA ? d->sector : 1;
    if (disk_read_only(d->disk))
        aborted(d);
    else if (!address_get(d, &lba))
        fail(d, ERROR_IDNF);
    else
        write_buffer(d);
}

/* ---- commands without data ---- */

static void seek(struct ide_drive *d)
{
    u32 lba;
    d->power = 0xff;
    if (address_get(d, &lba))
        done(d);
    else
        fail(d, ERROR_IDNF);
}

static void recalibrate(struct ide_drive *d)
{
    d->power = 0xff;
    d->cylinder_low = d->cylinder_high = 0;
    done(d);
}

static void read_verify(struct ide_drive *d)
{
    if (!start(d, IDE_MULTIPLE_MAX))
        return;
    for (u32 n; d->left; block_count(d, n)) {
        n = block_sectors(d);
        if (!n)
            return;
        if (!disk_read(d->disk, d->lba, n, d->buffer)) {
            address_put(d, d->lba);
            fail(d, ERROR_UNC);
            return;
        }
    }
    done(d);
}

static void flush_cache(struct ide_drive *d)
{
    if (disk_flush(d->disk))
        done(d);
    else
        aborted(d);
}

/* INITIALIZE DEVICE PARAMETERS: sectors a track, highest head number. */
static void parameters(struct ide_drive *d)
{
    u32 heads = (d->device & 15) + 1u, sectors = d->count;
    u32 cylinders = sectors ? ide_sectors(d) / (heads * sectors) : 0;
    if (!cylinders) {
        aborted(d);
        return;
    }
    d->heads = (u8)heads;
    d->sectors = (u8)sectors;
    d->cylinders = (u16)(cylinders < 65535 ? cylinders : 65535);
    done(d);
}

static void set_multiple(struct ide_drive *d)
{
    u8 n = d->count;
    bool known = n <= IDE_MULTIPLE_MAX && !(n & (n - 1));
    d->multiple = known ? n : 0;
    if (known)
        done(d);
    else
        aborted(d);
}

/* ---- power ---- */

static void power_to(struct ide_drive *d, u8 power)
{
    d->power = power;
    flush_cache(d);
}

static void standby(struct ide_drive *d)
{
    power_to(d, 0);
}

static void idle(struct ide_drive *d)
{
    power_to(d, 0x80);
}

static void sleep_mode(struct ide_drive *d)
{
    d->asleep = true;
    power_to(d, 0);
}

static void check_power(struct ide_drive *d)
{
    d->count = d->power;
    done(d);
}

/* ---- settings ---- */

/* SET FEATURES 03h: PIO default, or with flow control and a mode; no DMA modes. */
static bool transfer_mode(const struct ide_drive *d)
{
    return d->count <= 1 || (d->count >= 8 && d->count <= 12);
}

static void set_features(struct ide_drive *d)
{
    bool known = true;
    switch (d->feature) {
    case 0x01: /* 8-bit transfers; 81h: off */
    case 0x81:
        d->byte_data = d->feature == 0x01;
        break;
    case 0x02: /* write cache; 82h: off */
    case 0x82:
        d->write_through = d->feature == 0x82;
        known = !d->write_through || disk_flush(d->disk);
        break;
    case 0x03:
        known = transfer_mode(d);
        break;
    case 0x33: /* retries off and on: nothing is ever read wrong */
    case 0x99:
    case 0xbb: /* 4 bytes of ECC: as ever */
        break;
    case 0x55: /* look-ahead off; AAh: on */
    case 0xaa:
        d->no_look_ahead = d->feature == 0x55;
        break;
    case 0x66: /* a software reset leaves settings; CCh: not */
    case 0xcc:
        d->keeps_settings = d->feature == 0x66;
        break;
    default:
        known = false;
    }
    if (known)
        done(d);
    else
        aborted(d);
}

static void read_native_max(struct ide_drive *d)
{
    d->native_max_read = true;
    address_put(d, ide_sectors(d) - 1);
    done(d);
}

/* SET MAX ADDRESS, only after READ NATIVE MAX ADDRESS; bit 0 of the count: also over a hardware
 * reset. */
static void set_max(struct ide_drive *d)
{
    u32 lba, now = d->max_sectors;
    bool allowed = d->native_max_read;
    d->native_max_read = false;
    if (!allowed) {
        aborted(d);
        return;
    }
    d->max_sectors = ide_sectors(d);
    if (!address_get(d, &lba)) {
        d->max_sectors = now;
        fail(d, ERROR_IDNF);
        return;
    }
    d->max_sectors = lba + 1;
    if (d->count & 1)
        d->reset_sectors = d->max_sectors;
    done(d);
}

static void diagnostic(struct ide_drive *d)
{
    ide_signature(d);
    d->step = IDE_IDLE;
    d->status = STATUS_DRDY | STATUS_DSC;
    if (!d->number || !d->ide->drive[0].disk)
        ide_raise(d);
}

/* ---- the table ---- */

enum { ASKS = 1, BOTH = 2, KEEPS_F8 = 4 };

/* clang-format off */
static const struct ide_op {
    u8 first, last;
    u8 flags;
    const char *name;
    void (*run)(struct ide_drive *d);
} ops[] = {
    {0x10, 0x1f, 0,        "RECALIBRATE", recalibrate},
    {0x20, 0x21, 0,        "READ SECTORS", read_sectors},
    {0x30, 0x31, ASKS,     "WRITE SECTORS", write_sectors},
    {0x3c, 0x3c, ASKS,     "WRITE VERIFY", write_sectors},
    {0x40, 0x41, 0,        "READ VERIFY", read_verify},
    {0x50, 0x50, ASKS,     "FORMAT TRACK", format_track},
    {0x70, 0x7f, 0,        "SEEK", seek},
    {0x90, 0x90, BOTH,     "EXECUTE DIAGNOSTIC", diagnostic},
    {0x91, 0x91, 0,        "INITIALIZE PARAMETERS", parameters},
    {0x94, 0x94, 0,        "STANDBY IMMEDIATE", standby},
    {0x95, 0x95, 0,        "IDLE IMMEDIATE", idle},
    {0x96, 0x96, 0,        "STANDBY", standby},
    {0x97, 0x97, 0,        "IDLE", idle},
    {0x98, 0x98, 0,        "CHECK POWER MODE", check_power},
    {0x99, 0x99, 0,        "SLEEP", sleep_mode},
    {0xc4, 0xc4, 0,        "READ MULTIPLE", read_multiple},
    {0xc5, 0xc5, ASKS,     "WRITE MULTIPLE", write_multiple},
    {0xc6, 0xc6, 0,        "SET MULTIPLE", set_multiple},
    {0xe0, 0xe0, 0,        "STANDBY IMMEDIATE", standby},
    {0xe1, 0xe1, 0,        "IDLE IMMEDIATE", idle},
    {0xe2, 0xe2, 0,        "STANDBY", standby},
    {0xe3, 0xe3, 0,        "IDLE", idle},
    {0xe4, 0xe4, 0,        "READ BUFFER", read_buffer},
    {0xe5, 0xe5, 0,        "CHECK POWER MODE", check_power},
    {0xe6, 0xe6, 0,        "SLEEP", sleep_mode},
    {0xe7, 0xe7, 0,        "FLUSH CACHE", flush_cache},
    {0xe8, 0xe8, ASKS,     "WRITE BUFFER", write_buffer},
    {0xec, 0xec, 0,        "IDENTIFY", identify},
    {0xef, 0xef, 0,        "SET FEATURES", set_features},
    {0xf8, 0xf8, 0,        "READ NATIVE MAX", read_native_max},
    {0xf9, 0xf9, KEEPS_F8, "SET MAX ADDRESS", set_max},
};
/* clang-format on */

static const struct ide_op unknown = {0, 0xff, 0, "?", aborted};

static const struct ide_op *op_find(u8 opcode)
{
    for (size_t i = 0; i < ARRAY_LEN(ops); i++)
        if (opcode >= ops[i].first && opcode <= ops[i].last)
            return &ops[i];
    return &unknown; /* NOP too: it ends with ABRT */
}

static void command_start(struct ide_drive *d, u8 opcode, const struct ide_op *op)
{
    d->command = opcode;
    d->error = 0;
    d->intrq = false;
    d->block = d->left = 0;
    d->at = d->fill = 0;
    later(d, IDE_EXECUTE, op->flags & ASKS ? ASK_TIME : latency(d));
}

void ide_command(struct ide_drive *d, u8 opcode)
{
    const struct ide_op *op = op_find(opcode);
    struct ide_drive *other = &d->ide->drive[!d->number];
    if (log_on(LOG_DISK))
        log_line("ide%u.%u %02x %s: feature %02x count %02x address %02x%02x%02x device %02x",
                 d->ide->channel, d->number, opcode, op->name, d->feature, d->count,
                 d->cylinder_high, d->cylinder_low, d->sector, d->device);
    command_start(d, opcode, op);
    if (op->flags & BOTH && other->disk && !other->asleep) {
        timer_stop(&other->work);
        command_start(other, opcode, op);
    }
    ide_irq_update(d->ide);
}

void ide_execute(struct ide_drive *d)
{
    const struct ide_op *op = op_find(d->command);
    if (!(op->flags & KEEPS_F8))
        d->native_max_read = false;
    op->run(d);
}
