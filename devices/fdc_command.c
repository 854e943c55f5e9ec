/* SPDX-License-Identifier: MIT */
/*
 * Commands of the floppy disk controller: their bytes, seeks, and those that move no data.
 * 82077AA data sheet, "Command Set/Descriptions".
 */
#include "devices/fdc_parts.h"

#include <stdio.h>

#include "src/base/log.h"

enum { CYLINDER_LAST = 85, RECALIBRATE_STEPS = 79 };
#define SEEK_OVERHEAD 60000u /* ns from a seek command to its first step, or to its end */
#define SENSE_GAP     20000u /* ns from one SENSE INTERRUPT STATUS to the next interrupt */

/* ---- seeks ---- */

static vtime step_time(const struct fdc *fdc)
{
    u64 steps = 16 - (fdc->srt_hut >> 4); /* ms at 500 kbit/s */
    return steps * 500000000u / fdc_kbps(fdc) / fdc->hurry;
}

static void seek_when(struct fdc_seek *s, vtime ns)
{
    timer_set(&s->timer, clock_now(s->fdc->clock) + ns);
}

void fdc_sense_raise(struct fdc *fdc, unsigned unit, u8 st0)
{
    fdc->sense[unit] = st0;
    fdc->sense_pending |= (u8)(1 << unit);
    fdc->sense_reset = false;
    fdc->sense_irq = true;
    fdc_irq_update(fdc);
}

/* The drive that step pulses of UNIT reach: DOR must select it too. */
static struct fdc_drive *seek_drive(const struct fdc_seek *s)
{
    return (s->fdc->dor & 3) == s->number ? fdc_selected(s->fdc) : NULL;
}

static void seek_done(struct fdc_seek *s, u8 st0)
{
    struct fdc *fdc = s->fdc;
    bool implied = s->implied;
    s->busy = s->implied = false;
    fdc->pcn[s->number] = s->target;
    if (implied)
        fdc_transfer_begin(fdc);
    else
        fdc_sense_raise(fdc, s->number, (u8)(st0 | ST0_SE | s->number));
}

/* A step pulse with a disk in the drive lets go of the disk change line. */
static void drive_step(struct fdc_drive *d, bool inward)
{
    u8 last = d->type == FDC_DRIVE_360K ? 41 : CYLINDER_LAST;
    if (inward && d->cylinder < last)
        d->cylinder++;
    if (!inward && d->cylinder)
        d->cylinder--;
    if (d->disk)
        d->changed = false;
}

void fdc_seek_step(void *owner)
{
    struct fdc_seek *s = owner;
    struct fdc_drive *d = seek_drive(s);
    if (s->recalibrate && d && !d->cylinder) {
        seek_done(s, 0);
    } else if (!s->steps) {
        seek_done(s, s->recalibrate ? ST0_ABNORMAL | ST0_EC : 0);
    } else {
        s->steps--;
        if (d)
            drive_step(d, s->inward);
        seek_when(s, step_time(s->fdc));
    }
}

void fdc_seek_start(struct fdc *fdc, unsigned unit, u8 steps, bool inward, u8 target)
{
    struct fdc_seek *s = &fdc->seek[unit];
    s->busy = true;
    s->implied = s->recalibrate = false;
    s->steps = steps;
    s->inward = inward;
    s->target = target;
    seek_when(s, SEEK_OVERHEAD);
}

void fdc_seeks_stop(struct fdc *fdc)
{
    for (unsigned i = 0; i < 4; i++) {
        timer_stop(&fdc->seek[i].timer);
        fdc->seek[i].busy = fdc->seek[i].implied = false;
    }
}

static void seek(struct fdc *fdc)
{
    unsigned unit = fdc->fifo[1] & 3;
    u8 to = fdc->fifo[2], from = fdc->pcn[unit];
    fdc_idle(fdc);
    fdc_seek_start(fdc, unit, (u8)(to > from ? to - from : from - to), to > from, to);
}

static void relative_seek(struct fdc *fdc)
{
    unsigned unit = fdc->fifo[1] & 3;
    bool inward = fdc->opcode & 0x40;
    u8 steps = fdc->fifo[2], from = fdc->pcn[unit];
    fdc_idle(fdc);
    fdc_seek_start(fdc, unit, steps, inward, (u8)(inward ? from + steps : from - steps));
}

static void recalibrate(struct fdc *fdc)
{
    unsigned unit = fdc->fifo[1] & 3;
    fdc_idle(fdc);
    fdc_seek_start(fdc, unit, RECALIBRATE_STEPS, false, 0);
    fdc->seek[unit].recalibrate = true;
}

/* ---- status and settings ---- */

static void give(struct fdc *fdc, u8 byte)
{
    fdc->fifo[0] = byte;
    fdc_result(fdc, 1, false);
}

static void invalid(struct fdc *fdc)
{
    give(fdc, 0x80);
}

static void sense_interrupt(struct fdc *fdc)
{
    unsigned unit = 0;
    if (!fdc->sense_pending) {
        invalid(fdc);
        return;
    }
    while (!(fdc->sense_pending >> unit & 1))
        unit++;
    fdc->sense_pending &= (u8) ~(1 << unit);
    fdc->sense_irq = false;
    if (fdc->sense_pending && !fdc->sense_reset) /* another drive's: the next edge */
        timer_set(&fdc->poll, clock_now(fdc->clock) + SENSE_GAP);
    fdc->fifo[0] = fdc->sense[unit];
    fdc->fifo[1] = fdc->pcn[unit];
    fdc_result(fdc, 2, false);
}

static void sense_drive(struct fdc *fdc)
{
    const struct fdc_drive *d = fdc_selected(fdc);
    u8 st3 = (u8)(ST3_RDY | ST3_TS | (fdc->fifo[1] & 7));
    if (d && !d->cylinder)
        st3 |= ST3_T0;
    if (d && d->disk && disk_read_only(d->disk))
        st3 |= ST3_WP;
    give(fdc, st3);
}

static void specify(struct fdc *fdc)
{
    fdc->srt_hut = fdc->fifo[1];
    fdc->hlt_nd = fdc->fifo[2];
    fdc_idle(fdc);
}

static void configure(struct fdc *fdc)
{
    fdc->config = fdc->fifo[2] & 0x7f;
    fdc->pretrk = fdc->fifo[3];
    fdc_idle(fdc);
}

static void version(struct fdc *fdc)
{
    give(fdc, 0x90);
}

static void lock(struct fdc *fdc)
{
    fdc->lock = fdc->opcode & 0x80;
    give(fdc, fdc->lock ? 0x10 : 0);
}

/* Without OW the drives' bits stay. */
static void perpendicular(struct fdc *fdc)
{
    u8 v = fdc->fifo[1];
    fdc->perpendicular = v & 0x80 ? v & 0x3f : (u8)((fdc->perpendicular & 0x3c) | (v & 3));
    fdc_idle(fdc);
}

static void dumpreg(struct fdc *fdc)
{
    const u8 regs[10] = {
        fdc->pcn[0],  fdc->pcn[1], fdc->pcn[2], fdc->pcn[3],
        fdc->srt_hut, fdc->hlt_nd, fdc->eot,    (u8)(fdc->lock << 7 | fdc->perpendicular),
        fdc->config,  fdc->pretrk,
    };
    memcpy(fdc->fifo, regs, sizeof regs);
    fdc_result(fdc, sizeof regs, false);
}

/* ---- the table ---- */

enum { KEEPS_SENSE = 1 }; /* interrupts of a reset still wait */

/* clang-format off */
static const struct fdc_op {
    const char *name;
    u8 mask, code; /* which command bytes */
    u8 bytes;      /* with the first */
    u8 flags;
    void (*run)(struct fdc *fdc);
} ops[FDC_OPS] = {
    {"READ DATA",         0x1f, 0x06, 9, 0, fdc_data},
    {"READ DELETED DATA", 0x1f, 0x0c, 9, 0, fdc_data},
    {"WRITE DATA",        0x3f, 0x05, 9, 0, fdc_data},
    {"WRITE DELETED",     0x3f, 0x09, 9, 0, fdc_data},
    {"READ TRACK",        0xbf, 0x02, 9, 0, fdc_data},
    {"VERIFY",            0x1f, 0x16, 9, 0, fdc_data},
    {"SCAN EQUAL",        0x1f, 0x11, 9, 0, fdc_data},
    {"SCAN LOW",          0x1f, 0x19, 9, 0, fdc_data},
    {"SCAN HIGH",         0x1f, 0x1d, 9, 0, fdc_data},
    {"FORMAT TRACK",      0xbf, 0x0d, 6, 0, fdc_format},
    {"READ ID",           0xbf, 0x0a, 2, 0, fdc_read_id},
    {"RECALIBRATE",       0xff, 0x07, 2, 0, recalibrate},
    {"SENSE INTERRUPT",   0xff, 0x08, 1, KEEPS_SENSE, sense_interrupt},
    {"SPECIFY",           0xff, 0x03, 3, KEEPS_SENSE, specify},
    {"SENSE DRIVE",       0xff, 0x04, 2, KEEPS_SENSE, sense_drive},
    {"SEEK",              0xff, 0x0f, 3, 0, seek},
    {"RELATIVE SEEK",     0xbf, 0x8f, 3, 0, relative_seek},
    {"VERSION",           0xff, 0x10, 1, KEEPS_SENSE, version},
    {"CONFIGURE",         0xff, 0x13, 4, KEEPS_SENSE, configure},
    {"DUMPREG",           0xff, 0x0e, 1, KEEPS_SENSE, dumpreg},
    {"PERPENDICULAR",     0xff, 0x12, 2, KEEPS_SENSE, perpendicular},
    {"LOCK",              0x7f, 0x14, 1, KEEPS_SENSE, lock},
    {"invalid",           0x00, 0x00, 1, KEEPS_SENSE, invalid},
};
/* clang-format on */

static void command_log(const struct fdc *fdc, const struct fdc_op *op)
{
    char bytes[3 * FDC_FIFO + 1] = "";
    for (unsigned i = 0; i < op->bytes; i++)
        snprintf(bytes + 3 * i, 4, " %02x", fdc->fifo[i]);
    log_line("fdc %s:%s", op->name, bytes);
}

static u8 op_find(u8 byte)
{
    u8 i = 0;
    while ((byte & ops[i].mask) != ops[i].code)
        i++;
    return i; /* the last row takes all */
}

static void command_first(struct fdc *fdc, u8 byte)
{
    fdc->op = op_find(byte);
    fdc->opcode = byte;
    if (fdc->sense_reset && !(ops[fdc->op].flags & KEEPS_SENSE)) {
        timer_stop(&fdc->poll);
        fdc->sense_pending = 0;
        fdc->sense_reset = fdc->sense_irq = false;
        fdc_irq_update(fdc);
    }
}

void fdc_command_byte(struct fdc *fdc, u8 byte)
{
    if (!fdc->at)
        command_first(fdc, byte);
    const struct fdc_op *op = &ops[fdc->op];
    if (fdc->at < FDC_FIFO)
        fdc->fifo[fdc->at++] = byte;
    if (fdc->at < op->bytes)
        return;
    if (log_on(LOG_DISK))
        command_log(fdc, op);
    op->run(fdc);
}
