/* SPDX-License-Identifier: MIT */
/*
 * Coprocessor errors as the IBM AT reports them (IBM AT Technical Reference, "Math Coprocessor
 * Control"), with the processor's own FPU: SDM 1, appendix "Guidelines for Writing x87 FPU
 * Exception Handlers", "MS-DOS Compatibility Sub-mode", whose two flip-flops these are.
 *
 *   FERR#  ___|"""""""""""""""|____   an unmasked exception is pending
 *   IRQ13  ___|"""""""|____________   from its rise until port F0h is written
 *   IGNNE# ___________|"""""""|____   from then on until it has been cleared
 *                     F0h
 *
 * F0h and F1h are write only; whatever the value. F1h once reset the 80287 and leaves a processor
 * with its own FPU alone, but for the interrupt.
 */
#include "devices/npx.h"

static const struct field npx_fields[] = {
    FIELD_STRUCT(struct npx, irq, line_fields),
    FIELD_STRUCT(struct npx, ignne, line_fields),
    FIELD(struct npx, ferr),
    FIELD_END,
};

void npx_ferr(void *owner, unsigned pin, bool level)
{
    struct npx *npx = owner;
    (void)pin;
    if (level && !npx->ferr)
        line_set(&npx->irq, true);
    if (!level)
        line_set(&npx->ignne, false);
    npx->ferr = level;
}

static u32 npx_read(void *chip, u32 reg, unsigned size)
{
    (void)chip, (void)reg, (void)size;
    return 0xff;
}

static void npx_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct npx *npx = chip;
    (void)value, (void)size;
    line_set(&npx->irq, false);
    if (reg == NPX_CLEAR)
        line_set(&npx->ignne, npx->ferr);
}

static void npx_reset(void *chip)
{
    struct npx *npx = chip;
    line_set(&npx->irq, false);
    line_set(&npx->ignne, false);
}

void npx_init(struct npx *npx)
{
    *npx = (struct npx){0};
}

const struct chip npx_chip = {
    .name = "npx",
    .reset = npx_reset,
    .read = npx_read,
    .write = npx_write,
    .fields = npx_fields,
    .size = sizeof(struct npx),
};
