/* SPDX-License-Identifier: MIT */
/*
 * The parallel port of the IBM AT (Technical Reference, "Serial/Parallel Adapter"), one direction,
 * and the printer on it.
 *
 *   reg 0  data      the latch, read back
 *   reg 1  status    /BUSY /ACK PE SELECT /ERROR 0 0 0
 *   reg 2  control   1 1 1 IRQEN SELIN /INIT AUTOFD STROBE
 *
 *   STROBE  ___/~\_________________________   the printer takes the data latch at the rise
 *   BUSY    ____/~~~~~~~~~~~~~~~~~~~~\_____
 *   -ACK    ~~~~~~~~~~~~~~~~~~~~\____/~~~~~   10 us after the strobe, for 5 us
 *   IRQ     _________________________/~~~~~   until the next strobe or a status read
 *
 * Status bits 0-2 are those of later ports (SMSC FDC37C665, "Status Port": low): BIOSes give them
 * on to INT 17h's callers, whose "time-out" is bit 0.
 *
 * The adapter's interrupt is the end of -ACK; it is held because an edge-triggered interrupt
 * controller wants the level to stay until it is acknowledged. Without a printer the inputs float
 * high, as on an open plug: "busy, out of paper". The printer starts afresh when /INIT falls, and
 * prints whatever its level: a reset leaves it low, and BIOSes for PCs where it does not never
 * raise it.
 *
 * Not modelled: EPP, ECP, the bidirectional bit of later ports, a printer that runs out of paper.
 */
#include "devices/parallel.h"

enum { BUSY_NS = 10000, ACK_NS = 5000, CONTROL_BITS = 0x1f };

static const struct field parallel_fields[] = {
    FIELD_STRUCT(struct parallel, intr, line_fields),
    TRANSIENT(struct parallel, clock),
    TRANSIENT(struct parallel, printer),
    FIELD(struct parallel, data),
    FIELD_MAX(struct parallel, control, CONTROL_BITS),
    FIELD_MAX(struct parallel, phase, PARALLEL_ACKING),
    FIELD(struct parallel, ack_latch),
    FIELD_STRUCT(struct parallel, timer, timer_fields),
    FIELD_END,
};

static void update_intr(struct parallel *parallel)
{
    line_set(&parallel->intr, parallel->ack_latch && parallel->control & PARALLEL_IRQ_ENABLE);
}

static void ack_latch_set(struct parallel *parallel, bool on)
{
    parallel->ack_latch = on;
    update_intr(parallel);
}

static void timer_fire(void *owner)
{
    struct parallel *parallel = owner;
    if (parallel->phase == PARALLEL_PRINTING) {
        parallel->phase = PARALLEL_ACKING;
        timer_set(&parallel->timer, parallel->timer.when + ACK_NS);
        return;
    }
    parallel->phase = PARALLEL_IDLE;
    ack_latch_set(parallel, true);
}

static void strobe(struct parallel *parallel)
{
    if (!parallel->printer || parallel->phase != PARALLEL_IDLE)
        return; /* a busy printer does not look */
    chardev_put(parallel->printer, parallel->data);
    parallel->phase = PARALLEL_PRINTING;
    ack_latch_set(parallel, false);
    timer_set(&parallel->timer, clock_now(parallel->clock) + BUSY_NS);
}

static u8 status_read(struct parallel *parallel)
{
    if (!parallel->printer)
        return PARALLEL_NOT_ACK | PARALLEL_PAPER_END | PARALLEL_SELECT | PARALLEL_NOT_ERROR;
    ack_latch_set(parallel, false);
    return (u8)(PARALLEL_NOT_ERROR | PARALLEL_SELECT |
                (parallel->phase == PARALLEL_ACKING ? 0 : PARALLEL_NOT_ACK) |
                (parallel->phase == PARALLEL_IDLE ? PARALLEL_NOT_BUSY : 0));
}

static void control_write(struct parallel *parallel, u8 value)
{
    u8 risen = value & (u8)~parallel->control, fallen = parallel->control & (u8)~value;
    parallel->control = value & CONTROL_BITS;
    update_intr(parallel);
    if (fallen & PARALLEL_NOT_INIT) {
        parallel->phase = PARALLEL_IDLE;
        timer_stop(&parallel->timer);
    } else if (risen & PARALLEL_STROBE) {
        strobe(parallel);
    }
}

static u32 parallel_read(void *chip, u32 reg, unsigned size)
{
    struct parallel *parallel = chip;
    (void)size;
    switch (reg) {
    case PARALLEL_DATA:
        return parallel->data;
    case PARALLEL_STATUS:
        return status_read(parallel);
    case PARALLEL_CONTROL:
        return parallel->control | (u8)~CONTROL_BITS;
    default:
        return 0xff;
    }
}

static void parallel_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct parallel *parallel = chip;
    (void)size;
    if (reg == PARALLEL_DATA)
        parallel->data = (u8)value;
    else if (reg == PARALLEL_CONTROL)
        control_write(parallel, (u8)value);
}

static void parallel_reset(void *chip)
{
    struct parallel *parallel = chip;
    timer_stop(&parallel->timer);
    parallel->data = 0;
    parallel->control = 0;
    parallel->phase = PARALLEL_IDLE;
    ack_latch_set(parallel, false);
}

void parallel_init(struct parallel *parallel, struct clock *clock, struct chardev *printer)
{
    *parallel = (struct parallel){.clock = clock, .printer = printer};
    timer_init(&parallel->timer, clock, timer_fire, parallel);
    parallel_reset(parallel);
}

const struct chip parallel_chip = {
    .name = "parallel",
    .reset = parallel_reset,
    .read = parallel_read,
    .write = parallel_write,
    .fields = parallel_fields,
    .size = sizeof(struct parallel),
};
