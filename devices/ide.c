/* SPDX-License-Identifier: MIT */
/*
 * One ATA channel with two drives: registers, selection, reset, interrupt, data port, DMARQ.
 * ANSI X3.221 (ATA-1) to INCITS 361 (ATA/ATAPI-6).
 *
 *   reg  read               write
 *    0   data               data
 *    1   error              feature
 *    2-5 count, sector (LBA 7-0), cylinder low (15-8), cylinder high (23-16)
 *    6   device/head: 1 LBA 1 DEV head (LBA 27-24)
 *    7   status             command          BSY DRDY DF DSC DRQ CORR IDX ERR
 *    8   alternate status   device control   HOB ... SRST nIEN 0
 *    9   drive address
 *
 * A write to registers 1-6 lands in both drives unless they are busy; DEV selects who answers and
 * takes commands. What registers 1-5 held before the last write are bits 47-24 of an address and
 * 15-8 of a count; HOB, until the next write to a register, lets them be read. Reads of a busy
 * drive give its status in every register. Without drive 1, drive 0 answers for it with status 0
 * (a CD-ROM drive: with 0 in all registers, or its signature would be seen twice). Without drive 0
 * nobody answers for it: the pulled-down DD7 makes 7Fh. INTRQ belongs to the drive that got the
 * command and is on the wire while it is selected; so is DMARQ.
 *
 * Not modelled: READ/WRITE LONG, security, microcode, queued and overlapped commands (all end with
 * ABRT); what SMART measures; the standby timer (a drive stays awake); seek and rotation times:
 * every command takes struct ide.latency.
 */
#include "devices/ide_parts.h"

#define RESET_TIME 2000000u /* ns from the end of a reset until a drive is ready */

enum { CONTROL_HOB = 0x80, CONTROL_SRST = 0x04 };

static struct ide_drive *selected(struct ide *ide)
{
    return &ide->drive[ide->second];
}

/* ---- interrupt and DMA ---- */

static bool wants_dma(const struct ide_drive *d)
{
    return d->kind && (d->step == IDE_DMA_IN || d->step == IDE_DMA_OUT);
}

void ide_lines(struct ide *ide)
{
    const struct ide_drive *d = selected(ide);
    line_set(&ide->irq, d->kind && d->intrq && !(ide->control & CONTROL_NIEN));
    line_set(&ide->dmarq, wants_dma(d));
}

void ide_raise(struct ide_drive *d)
{
    d->intrq = true;
    ide_lines(d->ide);
}

static void all_moved(struct ide_drive *d)
{
    if (d->step == IDE_IN || d->step == IDE_DMA_IN)
        d->kind->moved(d);
    else
        d->kind->filled(d);
}

u8 *ide_dma(struct ide *ide, u32 *n, bool *to_memory)
{
    struct ide_drive *d = selected(ide);
    if (!wants_dma(d))
        return NULL;
    *n = d->fill - d->at;
    *to_memory = d->step == IDE_DMA_IN;
    return d->buffer + d->at;
}

void ide_dma_moved(struct ide *ide, u32 n)
{
    struct ide_drive *d = selected(ide);
    if (!wants_dma(d))
        return;
    d->at += n < d->fill - d->at ? n : d->fill - d->at;
    if (d->at == d->fill)
        all_moved(d);
}

/* ---- reset ---- */

void ide_signature(struct ide_drive *d)
{
    d->error = d->count = d->sector = 1;
    d->cylinder_low = (u8)d->kind->signature;
    d->cylinder_high = (u8)(d->kind->signature >> 8);
}

void ide_translation_default(struct ide_drive *d)
{
    struct disk_geometry g = ide_geometry(d->disk);
    d->cylinders = g.cylinders;
    d->heads = g.heads;
    d->sectors = g.sectors;
}

static void settings_default(struct ide_drive *d)
{
    d->multiple = 0;
    d->write_through = d->no_look_ahead = d->byte_data = d->keeps_settings = false;
}

static void drive_busy(struct ide_drive *d)
{
    timer_stop(&d->work);
    d->step = IDE_RESET;
    d->status = STATUS_BSY;
    d->intrq = d->asleep = d->dma = false;
    d->native_max_read = 0;
    d->power = 0xff;
    d->at = d->fill = d->have = 0;
    d->left = d->block = 0;
    ide_signature(d);
    d->device = 0;
    d->ide->second = false;
    memset(d->before, 0, sizeof d->before);
    if (!d->keeps_settings)
        settings_default(d);
}

static void drive_recover(struct ide_drive *d)
{
    timer_set(&d->work, clock_now(d->ide->clock) + RESET_TIME);
}

/* The RESET pin: settings and translation as at power-on. */
static void drive_reset(struct ide_drive *d)
{
    d->feature = 0;
    settings_default(d);
    drive_busy(d);
    d->dma_mode = 0;
    d->max_sectors = d->reset_sectors;
    d->kind->reset(d);
    drive_recover(d);
}

static void ide_reset(void *chip)
{
    struct ide *ide = chip;
    ide->control = 0;
    ide->second = false;
    for (unsigned i = 0; i < 2; i++)
        if (ide->drive[i].kind)
            drive_reset(&ide->drive[i]);
    ide_lines(ide);
}

static void control_write(struct ide *ide, u8 value)
{
    u8 old = ide->control;
    ide->control = value;
    for (unsigned i = 0; i < 2; i++) {
        struct ide_drive *d = &ide->drive[i];
        if (d->kind && value & CONTROL_SRST && !(old & CONTROL_SRST))
            drive_busy(d);
        if (d->kind && old & CONTROL_SRST && !(value & CONTROL_SRST))
            drive_recover(d);
    }
    ide_lines(ide);
}

/* ---- time ---- */

static void reset_done(struct ide_drive *d)
{
    d->step = IDE_IDLE;
    d->status = d->kind->after_reset;
}

static void next(struct ide_drive *d)
{
    d->kind->next(d);
}

static void take(struct ide_drive *d)
{
    d->kind->take(d);
}

static void drive_work(void *owner)
{
    struct ide_drive *d = owner;
    static void (*const work[IDE_STEP_LAST + 1])(struct ide_drive *) = {
        [IDE_RESET] = reset_done, [IDE_EXECUTE] = ide_execute, [IDE_NEXT] = next,
        [IDE_TAKE] = take,        [IDE_RUN] = ide_cd_execute,  [IDE_END] = ide_done,
    };
    if (d->kind && work[d->step])
        work[d->step](d);
}

/* ---- the data port ---- */

/* Bytes that an access of SIZE moves: 16-bit drives move a word even for a byte. */
static unsigned moves(const struct ide_drive *d, unsigned size)
{
    return size == 1 && !d->byte_data ? 2 : size;
}

static u32 data_read(struct ide_drive *d, unsigned size)
{
    u32 value = 0;
    if (d->step != IDE_IN)
        return 0xffffffff;
    for (unsigned i = 0, n = moves(d, size); i < n; i++) {
        u8 byte = d->at < d->fill && d->at < IDE_BUFFER ? d->buffer[d->at++] : 0xff;
        if (i < size)
            value |= (u32)byte << 8 * i;
    }
    if (d->at >= d->fill)
        all_moved(d);
    return value;
}

static void data_write(struct ide_drive *d, u32 value, unsigned size)
{
    if (d->step != IDE_OUT && d->step != IDE_PACKET)
        return;
    for (unsigned i = 0, n = moves(d, size); i < n; i++)
        if (d->at < d->fill && d->at < IDE_BUFFER)
            d->buffer[d->at++] = (u8)(i < size ? value >> 8 * i : 0);
    if (d->at >= d->fill)
        all_moved(d);
}

/* ---- registers ---- */

static u8 drive_address(struct ide *ide)
{
    u32 head = selected(ide)->device & 15;
    return (u8)(0xc0 | (~head & 15) << 2 | (ide->second ? 1 : 2));
}

static u8 task_file(const struct ide_drive *d, u32 reg)
{
    if (reg >= 2 && reg <= 5 && d->ide->control & CONTROL_HOB)
        return d->before[reg - 1];
    switch (reg) {
    case 1:
        return d->error;
    case 2:
        return d->count;
    case 3:
        return d->sector;
    case 4:
        return d->cylinder_low;
    case 5:
        return d->cylinder_high;
    case 6:
        return (u8)((d->device & ~DEVICE_DEV) | DEVICE_ONES | (d->ide->second ? DEVICE_DEV : 0));
    default:
        return d->status;
    }
}

static u32 register_read(struct ide *ide, u32 reg)
{
    struct ide_drive *d = selected(ide);
    if (!d->kind && ide->second && ide->drive[0].kind) /* drive 0 stands in */
        return reg >= 7 || ide->drive[0].kind == &ide_cdrom ? 0 : task_file(&ide->drive[0], reg);
    if (!d->kind)
        return 0x7f;
    if (reg == 7 && d->intrq) {
        d->intrq = false;
        ide_lines(ide);
    }
    return d->status & STATUS_BSY ? d->status : task_file(d, reg);
}

static u32 ide_read(void *chip, u32 reg, unsigned size)
{
    struct ide *ide = chip;
    struct ide_drive *d = selected(ide);
    if (reg == 0)
        return d->kind ? data_read(d, size) : 0xffffff7f;
    if (reg == 9)
        return ide->drive[0].kind || ide->drive[1].kind ? drive_address(ide) : 0xff;
    return register_read(ide, reg);
}

/* All but the end of a block, where things happen. */
static u32 ide_stream(void *chip, u32 reg, unsigned size, u8 *to, u32 count)
{
    struct ide_drive *d = selected(chip);
    if (reg || !d->kind || d->step != IDE_IN || size == 1 || d->fill > IDE_BUFFER ||
        d->at + size >= d->fill)
        return 0;
    u32 n = (d->fill - d->at - 1) / size;
    n = n < count ? n : count;
    memcpy(to, d->buffer + d->at, (size_t)n * size);
    d->at += n * size;
    return n;
}

static void task_file_write(struct ide_drive *d, u32 reg, u8 value)
{
    u8 *const at[] = {
        NULL, &d->feature, &d->count, &d->sector, &d->cylinder_low, &d->cylinder_high, &d->device};
    if (d->kind && d->status & STATUS_BSY)
        return;
    if (reg <= 5)
        d->before[reg - 1] = *at[reg];
    *at[reg] = value;
}

static void register_write(struct ide *ide, u32 reg, u8 value)
{
    ide->control &= (u8)~CONTROL_HOB;
    task_file_write(&ide->drive[0], reg, value);
    task_file_write(&ide->drive[1], reg, value);
    if (reg == 6) {
        ide->second = value & DEVICE_DEV;
        ide_lines(ide);
    }
}

static void command_write(struct ide *ide, u8 opcode)
{
    struct ide_drive *d = selected(ide);
    ide->control &= (u8)~CONTROL_HOB;
    if (opcode == 0x90 && !d->kind) /* for both drives, whoever is selected */
        d = &ide->drive[!ide->second];
    if (d->kind)
        ide_command(d, opcode);
}

static void ide_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct ide *ide = chip;
    if (reg == 0) {
        if (selected(ide)->kind)
            data_write(selected(ide), value, size);
    } else if (reg <= 6) {
        register_write(ide, reg, (u8)value);
    } else if (reg == 7) {
        command_write(ide, (u8)value);
    } else if (reg == 8) {
        control_write(ide, (u8)value);
    }
}

/* ---- building, loading ---- */

static void attach(struct ide *ide, unsigned drive, const struct ide_kind *kind, struct disk *disk)
{
    struct ide_drive *d = &ide->drive[drive];
    d->kind = kind;
    d->disk = disk;
    timer_stop(&d->work);
    if (!kind)
        return;
    d->smart = true;
    d->max_sectors = d->reset_sectors = ide_sectors(d);
    drive_reset(d);
}

void ide_attach(struct ide *ide, unsigned drive, struct disk *disk)
{
    attach(ide, drive, disk ? &ide_hard_disk : NULL, disk);
}

void ide_attach_cd(struct ide *ide, unsigned drive, struct disk *disk)
{
    attach(ide, drive, &ide_cdrom, disk);
}

bool ide_insert(struct ide *ide, unsigned drive, struct disk *disk)
{
    struct ide_drive *d = &ide->drive[drive];
    return d->kind == &ide_cdrom && ide_cd_insert(d, disk);
}

static u64 least(u64 a, u64 b)
{
    return a < b ? a : b;
}

/* A block that is on its way is one of whole sectors, and no longer than what is left. */
static void block_loaded(struct ide_drive *d)
{
    if (d->fill % SECTOR_SIZE)
        d->fill = d->at = 0;
    if ((d->step == IDE_OUT || d->step == IDE_DMA_OUT || d->step == IDE_TAKE) && d->block &&
        d->left < d->fill / SECTOR_SIZE)
        d->left = d->fill / SECTOR_SIZE;
}

/* What a saved state says must fit the disk that is there now. */
static void ide_loaded(void *chip)
{
    struct ide *ide = chip;
    for (unsigned i = 0; i < 2; i++) {
        struct ide_drive *d = &ide->drive[i];
        timer_loaded(&d->work);
        d->max_sectors = least(d->max_sectors, ide_sectors(d));
        d->reset_sectors = least(d->reset_sectors, ide_sectors(d));
        d->at = (u32)least(d->at, d->fill);
        if (d->kind == &ide_hard_disk) {
            block_loaded(d);
            if (!d->heads || !d->sectors)
                ide_translation_default(d);
        }
    }
}

void ide_init(struct ide *ide, struct clock *clock)
{
    *ide = (struct ide){.clock = clock, .latency = 100000};
    for (u8 i = 0; i < 2; i++) {
        struct ide_drive *d = &ide->drive[i];
        d->ide = ide;
        d->number = i;
        timer_init(&d->work, clock, drive_work, d);
    }
}

static const struct field drive_fields[] = {
    TRANSIENT(struct ide_drive, ide),
    TRANSIENT(struct ide_drive, kind),
    TRANSIENT(struct ide_drive, disk),
    TRANSIENT(struct ide_drive, number),
    FIELD(struct ide_drive, feature),
    FIELD(struct ide_drive, count),
    FIELD(struct ide_drive, sector),
    FIELD(struct ide_drive, cylinder_low),
    FIELD(struct ide_drive, cylinder_high),
    FIELD(struct ide_drive, device),
    FIELD_ARRAY(struct ide_drive, before),
    FIELD(struct ide_drive, status),
    FIELD(struct ide_drive, error),
    FIELD(struct ide_drive, intrq),
    FIELD(struct ide_drive, cylinders),
    FIELD_MAX(struct ide_drive, heads, 16),
    FIELD(struct ide_drive, sectors),
    FIELD_MAX(struct ide_drive, multiple, IDE_MULTIPLE_MAX),
    FIELD(struct ide_drive, power),
    FIELD(struct ide_drive, asleep),
    FIELD(struct ide_drive, write_through),
    FIELD(struct ide_drive, no_look_ahead),
    FIELD(struct ide_drive, keeps_settings),
    FIELD(struct ide_drive, byte_data),
    FIELD(struct ide_drive, smart),
    FIELD(struct ide_drive, dma_mode),
    FIELD(struct ide_drive, native_max_read),
    FIELD_MAX(struct ide_drive, max_sectors, IDE_SECTORS_48),
    FIELD_MAX(struct ide_drive, reset_sectors, IDE_SECTORS_48),
    FIELD(struct ide_drive, command),
    FIELD_MAX(struct ide_drive, step, IDE_STEP_LAST),
    FIELD(struct ide_drive, ext),
    FIELD(struct ide_drive, dma),
    FIELD(struct ide_drive, left),
    FIELD_MAX(struct ide_drive, block, IDE_MULTIPLE_MAX),
    FIELD_MAX(struct ide_drive, lba, IDE_SECTORS_48),
    FIELD_MAX(struct ide_drive, at, IDE_BUFFER),
    FIELD_MAX(struct ide_drive, fill, IDE_BUFFER),
    FIELD_MAX(struct ide_drive, have, IDE_BUFFER),
    FIELD_ARRAY(struct ide_drive, buffer),
    FIELD_STRUCT(struct ide_drive, work, timer_fields),
    FIELD_STRUCT(struct ide_drive, cd, ide_cd_fields),
    FIELD_END,
};

static const struct field ide_fields[] = {
    TRANSIENT(struct ide, clock),
    FIELD_STRUCT(struct ide, irq, line_fields),
    FIELD_STRUCT(struct ide, dmarq, line_fields),
    FIELD_STRUCTS(struct ide, drive, drive_fields),
    FIELD(struct ide, control),
    FIELD(struct ide, second),
    TRANSIENT(struct ide, channel),
    TRANSIENT(struct ide, latency),
    TRANSIENT(struct ide, activity),
    TRANSIENT(struct ide, cd_activity),
    FIELD_END,
};

const struct chip ide_chip = {
    .name = "ide",
    .reset = ide_reset,
    .read = ide_read,
    .stream = ide_stream,
    .write = ide_write,
    .loaded = ide_loaded,
    .fields = ide_fields,
    .size = sizeof(struct ide),
};
