/* SPDX-License-Identifier: MIT */
/*
 * Intel 82077AA floppy disk controller: registers, interrupt, reset, drives.
 * Data sheet 290166; PC/AT mode (IDENT high).
 *
 *   DOR  7 6 5 4  motor of drive 3-0 | 3 DMAGATE | 2 /RESET | 1-0 drive select
 *   MSR  7 RQM | 6 DIO (1: to the host) | 5 NON DMA | 4 CMD BSY | 3-0 drive seeking
 *   DIR  7 DSKCHG of the selected drive when its motor is on
 *
 *      idle --command bytes--> execution --interrupt--> result --last byte--> idle
 *   MSR 80h      90h              10h (DMA)               D0h
 *
 * Not modelled: head load and unload times, motor spin-up, write precompensation, tape drives,
 * power down, gap lengths, FM recording (never found on the disk), what lies between two sectors
 * (READ TRACK with a larger N than the sector's goes on with gap bytes). The DMA channel is served
 * 16 bytes at a time whether the FIFO is on or not.
 *
 * A disk keeps its format, since its image has no place for another: FORMAT TRACK with another data
 * rate or sectors than the track has ends with equipment check (abnormal termination, EC). Sectors
 * below 512 bytes, which no image has, only hold the place for larger ones, of which the first part
 * gets the ID: so XDF disks are formatted. The fill byte is then all that such a large one has.
 */
#include "devices/fdc_parts.h"

#include "src/base/log.h"

#define RESET_TO_IRQ 200000u /* ns from the end of a reset to its interrupt */

u32 fdc_kbps(const struct fdc *fdc)
{
    static const u16 kbps[] = {500, 300, 250, 1000, [FDC_RATE_OF_DISK] = 250};
    return kbps[fdc->rate];
}

struct fdc_drive *fdc_selected(struct fdc *fdc)
{
    unsigned n = fdc->dor & 3;
    return n < FDC_DRIVES && fdc->drive[n].type != FDC_DRIVE_NONE ? &fdc->drive[n] : NULL;
}

bool fdc_motor(const struct fdc *fdc)
{
    return fdc->dor & DOR_MOTOR0 << (fdc->dor & 3);
}

void fdc_irq_update(struct fdc *fdc)
{
    bool gate = fdc->dor & DOR_DMAGATE; /* without it the pin floats */
    line_set(&fdc->irq, gate && (fdc->sense_irq || fdc->result_irq || fdc->service_irq));
}

void fdc_result(struct fdc *fdc, u8 n, bool irq)
{
    fdc->phase = FDC_RESULT;
    fdc->at = 0;
    fdc->count = n;
    fdc->result_irq = irq;
    fdc_irq_update(fdc);
}

void fdc_idle(struct fdc *fdc)
{
    fdc->phase = FDC_COMMAND;
    fdc->at = fdc->count = 0;
}

/* ---- reset ---- */

/* After a reset, and when a seek's status waits behind another one's. */
static void poll_fire(void *owner)
{
    struct fdc *fdc = owner;
    if (fdc->phase != FDC_COMMAND || fdc->at) { /* drives are polled between commands */
        timer_set(&fdc->poll, clock_now(fdc->clock) + RESET_TO_IRQ);
        return;
    }
    fdc->sense_irq = fdc->sense_pending;
    fdc_irq_update(fdc);
}

/* The reset state, entered by DOR, DSR or the RESET pin. */
static void reset_enter(struct fdc *fdc)
{
    fdc_seeks_stop(fdc);
    fdc_transfer_stop(fdc);
    timer_stop(&fdc->poll);
    fdc_idle(fdc);
    if (!fdc->lock) {
        fdc->config = CONFIG_EFIFO;
        fdc->pretrk = 0;
    }
    fdc->config &= CONFIG_EFIFO | CONFIG_FIFOTHR;
    fdc->perpendicular &= 0x3c;
    fdc->head = 0;
    fdc->sense_pending = 0;
    fdc->sense_irq = fdc->result_irq = fdc->service_irq = false;
    memset(fdc->pcn, 0, sizeof fdc->pcn);
    fdc_irq_update(fdc);
}

/* All four drives are polled: their ready lines seem to have changed. */
static void reset_leave(struct fdc *fdc)
{
    for (unsigned i = 0; i < 4; i++)
        fdc->sense[i] = (u8)(0xc0 | i);
    fdc->sense_pending = 0x0f;
    fdc->sense_reset = true;
    timer_set(&fdc->poll, clock_now(fdc->clock) + RESET_TO_IRQ);
}

/* At power-on, unlike the data sheet's, heads seek by themselves and the data rate is the disk's:
 * Bochs's BIOS counts on the one and does not program the other. Who resets the controller by DOR and
 * writes CCR, as drivers do, finds the chip as it is. */
static void fdc_reset(void *chip)
{
    struct fdc *fdc = chip;
    fdc->lock = false;
    fdc->dor = fdc->tdr = 0;
    fdc->rate = FDC_RATE_OF_DISK;
    fdc->perpendicular = 0;
    fdc->srt_hut = fdc->hlt_nd = 0;
    reset_enter(fdc);
    fdc->config |= CONFIG_EIS;
}

/* ---- registers ---- */

static void dor_write(struct fdc *fdc, u8 value)
{
    u8 old = fdc->dor;
    fdc->dor = value;
    if (!(value & DOR_RESET))
        reset_enter(fdc);
    if (value & DOR_RESET && !(old & DOR_RESET))
        reset_leave(fdc);
    fdc_irq_update(fdc);
    if ((value ^ old) & ~(DOR_RESET | DOR_DMAGATE))
        fdc_spindle_changed(fdc);
}

static void dsr_write(struct fdc *fdc, u8 value)
{
    fdc->rate = value & 3;
    if (value & 0x80 && fdc->dor & DOR_RESET) { /* a reset that ends by itself */
        reset_enter(fdc);
        reset_leave(fdc);
    }
}

static u8 msr_read(struct fdc *fdc)
{
    u8 busy = 0;
    if (!(fdc->dor & DOR_RESET))
        return 0;
    for (unsigned i = 0; i < 4; i++)
        busy |= (u8)(fdc->seek[i].busy << i);
    if (fdc->phase == FDC_RESULT)
        return 0xd0 | busy;
    if (fdc->phase == FDC_COMMAND)
        return (u8)((fdc->at ? 0x90 : 0x80) | busy);
    busy |= 0x10;
    if (fdc->hlt_nd & 1)
        busy |= (u8)(0x20 | (fdc_host_ready(fdc) ? 0x80 : 0) | (fdc_to_host(fdc) ? 0x40 : 0));
    return busy;
}

static u8 fifo_read(struct fdc *fdc)
{
    if (fdc->phase == FDC_EXECUTION)
        return fdc_host_read(fdc);
    if (fdc->phase != FDC_RESULT || fdc->at >= FDC_FIFO)
        return 0;
    u8 value = fdc->fifo[fdc->at++];
    fdc->result_irq = false;
    fdc_irq_update(fdc);
    if (fdc->at >= fdc->count)
        fdc_idle(fdc);
    return value;
}

static void fifo_write(struct fdc *fdc, u8 value)
{
    if (!(fdc->dor & DOR_RESET))
        return;
    if (fdc->phase == FDC_EXECUTION)
        fdc_host_write(fdc, value);
    else if (fdc->phase == FDC_COMMAND)
        fdc_command_byte(fdc, value);
}

static u8 dir_read(struct fdc *fdc)
{
    const struct fdc_drive *d = fdc_selected(fdc);
    return d && fdc_motor(fdc) && (d->changed || !d->disk) ? 0x80 : 0;
}

static u32 fdc_read(void *chip, u32 reg, unsigned size)
{
    struct fdc *fdc = chip;
    (void)size;
    switch (reg) {
    case 2:
        return fdc->dor;
    case 3:
        return 0xfcu | fdc->tdr;
    case 4:
        return msr_read(fdc);
    case 5:
        return fifo_read(fdc);
    case 7:
        return dir_read(fdc);
    default:
        return 0xff;
    }
}

static void fdc_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct fdc *fdc = chip;
    (void)size;
    switch (reg) {
    case 2:
        dor_write(fdc, (u8)value);
        break;
    case 3:
        fdc->tdr = value & 3;
        break;
    case 4:
        dsr_write(fdc, (u8)value);
        break;
    case 5:
        fifo_write(fdc, (u8)value);
        break;
    case 7:
        fdc->rate = value & 3;
        break;
    default:
        break;
    }
}

/* ---- drives and disks ---- */

void fdc_set_drive(struct fdc *fdc, unsigned drive, enum fdc_drive_type type)
{
    fdc->drive[drive].type = (u8)type;
}

enum fdc_drive_type fdc_drive_for(struct disk_geometry g)
{
    if (g.sectors > 24)
        return FDC_DRIVE_2880K;
    if (g.sectors > 15)
        return FDC_DRIVE_1440K;
    if (g.sectors > 11)
        return FDC_DRIVE_1200K;
    return g.cylinders > 43 ? FDC_DRIVE_720K : FDC_DRIVE_360K;
}

static void geometry_take(struct fdc_drive *d)
{
    d->geometry = d->disk ? disk_geometry(d->disk) : (struct disk_geometry){0};
}

void fdc_insert(struct fdc *fdc, unsigned drive, struct disk *disk)
{
    struct fdc_drive *d = &fdc->drive[drive];
    d->disk = disk;
    d->changed = true;
    memset(d->deleted, 0, sizeof d->deleted);
    geometry_take(d);
    fdc_spindle_changed(fdc);
}

static void fdc_loaded(void *chip)
{
    struct fdc *fdc = chip;
    for (unsigned i = 0; i < FDC_DRIVES; i++)
        geometry_take(&fdc->drive[i]);
    for (unsigned i = 0; i < 4; i++)
        timer_loaded(&fdc->seek[i].timer);
    timer_loaded(&fdc->work);
    timer_loaded(&fdc->poll);
}

void fdc_init(struct fdc *fdc, struct clock *clock)
{
    *fdc = (struct fdc){.clock = clock, .hurry = 1};
    for (u8 i = 0; i < 4; i++) {
        fdc->seek[i].fdc = fdc;
        fdc->seek[i].number = i;
        timer_init(&fdc->seek[i].timer, clock, fdc_seek_step, &fdc->seek[i]);
    }
    timer_init(&fdc->work, clock, fdc_transfer_work, fdc);
    timer_init(&fdc->poll, clock, poll_fire, fdc);
    fdc_reset(fdc);
}

static const struct field drive_fields[] = {
    TRANSIENT(struct fdc_drive, disk),
    TRANSIENT(struct fdc_drive, geometry),
    FIELD_MAX(struct fdc_drive, type, FDC_DRIVE_2880K),
    FIELD(struct fdc_drive, cylinder),
    FIELD(struct fdc_drive, changed),
    FIELD_ARRAY(struct fdc_drive, deleted),
    FIELD_END,
};

static const struct field seek_fields[] = {
    TRANSIENT(struct fdc_seek, fdc),
    TRANSIENT(struct fdc_seek, number),
    FIELD(struct fdc_seek, busy),
    FIELD(struct fdc_seek, recalibrate),
    FIELD(struct fdc_seek, inward),
    FIELD(struct fdc_seek, implied),
    FIELD(struct fdc_seek, steps),
    FIELD(struct fdc_seek, target),
    FIELD_STRUCT(struct fdc_seek, timer, timer_fields),
    FIELD_END,
};

static const struct field fdc_fields[] = {
    TRANSIENT(struct fdc, clock),
    TRANSIENT(struct fdc, dma),
    FIELD_STRUCT(struct fdc, irq, line_fields),
    FIELD_STRUCTS(struct fdc, drive, drive_fields),
    FIELD_STRUCTS(struct fdc, seek, seek_fields),
    TRANSIENT(struct fdc, hurry),
    TRANSIENT(struct fdc, activity),
    FIELD(struct fdc, dor),
    FIELD_MAX(struct fdc, tdr, 3),
    FIELD_MAX(struct fdc, rate, FDC_RATE_OF_DISK),
    FIELD_MAX(struct fdc, phase, FDC_PHASE_LAST),
    FIELD_MAX(struct fdc, op, FDC_OPS - 1),
    FIELD_ARRAY(struct fdc, fifo),
    FIELD_MAX(struct fdc, at, FDC_FIFO),
    FIELD_MAX(struct fdc, count, FDC_FIFO),
    FIELD(struct fdc, srt_hut),
    FIELD(struct fdc, hlt_nd),
    FIELD(struct fdc, config),
    FIELD(struct fdc, pretrk),
    FIELD_MAX(struct fdc, perpendicular, 0x3f),
    FIELD(struct fdc, lock),
    FIELD_ARRAY(struct fdc, pcn),
    FIELD_ARRAY(struct fdc, sense),
    FIELD_MAX(struct fdc, sense_pending, 0x0f),
    FIELD(struct fdc, sense_reset),
    FIELD(struct fdc, sense_irq),
    FIELD(struct fdc, result_irq),
    FIELD(struct fdc, service_irq),
    FIELD_MAX(struct fdc, step, FDC_STEPS - 1),
    FIELD(struct fdc, opcode),
    FIELD(struct fdc, select),
    FIELD(struct fdc, c),
    FIELD(struct fdc, h),
    FIELD(struct fdc, r),
    FIELD(struct fdc, n),
    FIELD(struct fdc, eot),
    FIELD(struct fdc, gap),
    FIELD_MAX(struct fdc, head, 1),
    FIELD(struct fdc, st0),
    FIELD(struct fdc, st1),
    FIELD(struct fdc, st2),
    FIELD(struct fdc, left),
    FIELD(struct fdc, tc),
    FIELD(struct fdc, over),
    FIELD(struct fdc, unlike),
    FIELD(struct fdc, differs),
    FIELD(struct fdc, lba),
    FIELD_MAX(struct fdc, length, FDC_SECTOR_MAX),
    FIELD_MAX(struct fdc, passed, FDC_SECTOR_MAX),
    FIELD_MAX(struct fdc, moved, FDC_SECTOR_MAX),
    FIELD(struct fdc, given),
    FIELD(struct fdc, turn),
    FIELD(struct fdc, data_start),
    FIELD_ARRAY(struct fdc, sector),
    FIELD_STRUCT(struct fdc, work, timer_fields),
    FIELD_STRUCT(struct fdc, poll, timer_fields),
    FIELD_END,
};

const struct chip fdc_chip = {
    .name = "fdc",
    .reset = fdc_reset,
    .read = fdc_read,
    .write = fdc_write,
    .loaded = fdc_loaded,
    .fields = fdc_fields,
    .size = sizeof(struct fdc),
};
