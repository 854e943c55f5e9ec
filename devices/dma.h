/* SPDX-License-Identifier: MIT */
/*
 * Intel 8237A DMA controllers of the AT with the page registers.
 *
 * Registers of struct dma: 0-7 address and count of the channels, 8-15 commands. The second
 * controller moves words: its address lines are shifted by one, so 0-31 with every register twice.
 * Registers of struct dma_page: 0-15 (80h-8Fh).
 *
 * How the board connects them (src/pc.c, its ports and wires):
 *   dma_page_init(&pc->dma_page);
 *   dma_init(&pc->dma[0], 0, &pc->dma_page, &bus);   channels 0-3, bytes
 *   dma_init(&pc->dma[1], 1, &pc->dma_page, &bus);   channels 4-7, words
 *   dma_cascade(&pc->dma[0], &pc->dma[1]);           through channel 4: firmware has to put it
 *                                                    into cascade mode (D6h <- C0h) and to unmask
 *                                                    it (D4h <- 00h), else channels 0-3 rest
 *   AT(0x000, 16, dma[0]), AT(0x0c0, 32, dma[1]), AT(0x080, 16, dma_page), a byte each
 * A device of 8-bit channel n (FDC: 2, sound: 1) is given &pc->dma[0] and n, one of 16-bit channel
 * n &pc->dma[1] and n - 4. It raises DREQ (dma_dreq() is a line_set_fn) and then moves its data
 * with dma_transfer(), at its own pace; when that gives 0 the channel is masked or disabled, and
 * dack[n] (a line) rises as soon as it is free. dack[n] may fall from inside dma_transfer().
 */
#ifndef DEVICES_DMA_H
#define DEVICES_DMA_H

#include "mem/bus.h"
#include "src/base/chip.h"
#include "src/base/line.h"

enum { DMA_CHANNELS = 4, DMA_PAGES = 16 };

struct dma_channel {
    u16 base_address, base_count;
    u16 address, count; /* current; COUNT is transfers less one */
    u8 mode;            /* bits 7-2 of the mode register */
};

struct dma_page {
    u8 page[DMA_PAGES]; /* 0 is no channel's: POST codes */
};

struct dma {
    struct line dack[DMA_CHANNELS]; /* high: DREQ is high and nothing stands in its way */
    struct bus *bus;
    const struct dma_page *pages;
    struct dma *above; /* this HRQ goes to DREQ0 of that one */
    struct dma *below;
    u8 shift;          /* 0: bytes, 1: words */
    struct dma_channel channel[DMA_CHANNELS];
    u8 command;
    u8 mask;      /* a bit for each channel, as the next three */
    u8 dreq;      /* levels of the pins */
    u8 request;   /* software requests */
    u8 reached;   /* terminal count reached since the last read of the status */
    u8 temporary;
    bool flip_flop; /* the next byte is the high one */
};

extern const struct chip dma_chip;
extern const struct chip dma_page_chip;

void dma_page_init(struct dma_page *pages);

/* SHIFT: 0 for the byte controller, 1 for the word controller. */
void dma_init(struct dma *dma, unsigned shift, const struct dma_page *pages, struct bus *bus);

/* LOWER asks UPPER's channel 0 for the bus. */
void dma_cascade(struct dma *lower, struct dma *upper);

/* A line_set_fn: drive DREQ of a channel, 0-3. */
void dma_dreq(void *dma, unsigned channel, bool level);

/*
 * Move up to BYTES bytes between a device's BUFFER and memory on CHANNEL (0-3), which way
 * TO_MEMORY says. Gives the bytes moved: 0 while the channel is masked, disabled or in cascade
 * mode; less than asked when the terminal count came, which sets *TC (cleared otherwise; may be
 * NULL). An auto-initialising channel stops there too; call again to go on. Word channels move
 * whole words. Verify cycles, and a direction other than the mode register's, count but leave
 * memory alone; the device then reads FFh.
 */
u32 dma_transfer(struct dma *dma, unsigned channel, u8 *buffer, u32 bytes, bool to_memory,
                 bool *tc);

#endif
