/* SPDX-License-Identifier: MIT */
/*
 * What every chip offers to the board. A chip knows register numbers from 0, never port numbers;
 * it drives its own lines and does not know who listens.
 */
#ifndef BASE_CHIP_H
#define BASE_CHIP_H

#include "src/base/state.h"
#include "src/base/types.h"

struct chip {
    const char *name;        /* in traces, maps and saved states */
    void (*reset)(void *chip); /* the RESET pin; wires, disks and pointers stay */
    /* REG: number from 0 within the mapping; SIZE: 1, 2 or 4 bytes, never more than the mapping
     * says the chip takes at once (the bus splits wider accesses, low byte first). */
    u32 (*read)(void *chip, u32 reg, unsigned size);
    void (*write)(void *chip, u32 reg, u32 value, unsigned size);
    /* Elements of SIZE bytes from REG in TO, at most COUNT: as many as so many reads would give without
     * anything else happening in the chip, none if that is not sure; may be NULL. */
    u32 (*stream)(void *chip, u32 reg, unsigned size, u8 *to, u32 count);
    void (*loaded)(void *chip); /* after a load: rebuild what is derived; may be NULL */
    const struct field *fields;
    size_t size; /* bytes of the chip's struct */
};

#endif
