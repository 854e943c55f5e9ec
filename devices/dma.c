/* SPDX-License-Identifier: MIT */
/*
 * Intel 8237A DMA controllers (data sheet 231466) with the 74LS612 page registers of the AT.
 *
 * An address on the bus is the page register and the current address; the word controller shifts
 * the latter up by one and leaves out bit 0 of the page:
 *
 *   bytes   | page 7-0         | address 15-0              |
 *            23              16 15                         0
 *   words   | page 7-1       | address 15-0              |0|
 *            23            17 16                         1 0
 *
 * Only the address counts, so a transfer wraps inside its 64 or 128 KiB.
 *
 * Devices move their data when they are ready, one at a time: arbitration, and with it rotating
 * priority, is never seen; nor are compressed timing, extended write and the polarity bits of the
 * command register, which are kept. Memory-to-memory transfers do not exist, as on the AT (channel
 * 0 and 1 have no page there); the temporary register reads 0. A software request runs its block
 * at once, with nobody driving the data lines.
 */
#include "devices/dma.h"
#include "src/base/log.h"

enum {
    COMMAND_MEMORY = 0x01, /* memory to memory */
    COMMAND_DISABLE = 0x04,
    MODE_TRANSFER = 0x0c,
    MODE_VERIFY = 0x00,
    MODE_WRITE = 0x04, /* to memory */
    MODE_READ = 0x08,
    MODE_AUTO = 0x10,
    MODE_DECREMENT = 0x20,
    MODE_KIND = 0xc0,
    MODE_CASCADE = 0xc0,
    SELECT_SET = 4, /* single mask and request registers: set, else clear */
    FLOATING = 0xff,
};

/* Registers 8-15, written. */
enum {
    REG_COMMAND = 8,
    REG_REQUEST,
    REG_SINGLE_MASK,
    REG_MODE,
    REG_CLEAR_FLIP_FLOP,
    REG_MASTER_CLEAR,
    REG_CLEAR_MASK,
    REG_ALL_MASK,
};

/* Read. */
enum { REG_STATUS = 8, REG_READ_REQUEST = 9, REG_TEMPORARY = 13, REG_READ_MASK = 15 };

/* IBM AT Technical Reference, "Page register addresses". */
static const u8 page_of[2][DMA_CHANNELS] = {{7, 3, 1, 2}, {15, 11, 9, 10}};

static u8 bit(unsigned channel)
{
    return (u8)(1u << channel);
}

/* The channel has the bus when it asks for it. */
static bool is_open(const struct dma *dma, unsigned channel)
{
    const struct dma *above = dma->above;
    if (dma->command & COMMAND_DISABLE || dma->mask & bit(channel))
        return false;
    return !above || (is_open(above, 0) && (above->channel[0].mode & MODE_KIND) == MODE_CASCADE);
}

static void drive(struct dma *dma)
{
    for (unsigned i = 0; i < DMA_CHANNELS; i++)
        line_set(&dma->dack[i], dma->dreq & bit(i) && is_open(dma, i));
    if (dma->below)
        drive(dma->below);
}

static paddr address_of(const struct dma *dma, unsigned channel)
{
    u8 page = dma->pages->page[page_of[dma->shift][channel]];
    if (dma->shift)
        page &= 0xfe;
    return ((paddr)page << 16) + ((paddr)dma->channel[channel].address << dma->shift);
}

/* How many transfers from here on are in a row: to the wrap of the address. */
static u32 run_length(const struct dma_channel *ch, u32 units)
{
    u32 room = ch->mode & MODE_DECREMENT ? ch->address + 1u : 0x10000u - ch->address;
    return units < room ? units : room;
}

/* Downwards the units of a run are in memory the other way round. */
static void reverse(u8 *first, u32 units, unsigned shift)
{
    u8 *last = first + ((size_t)(units - 1) << shift);
    for (; first < last; first += 1u << shift, last -= 1u << shift)
        for (unsigned i = 0; i < 1u << shift; i++) {
            u8 kept = first[i];
            first[i] = last[i];
            last[i] = kept;
        }
}

static void step(struct dma_channel *ch, u32 units)
{
    u32 by = ch->mode & MODE_DECREMENT ? -units : units;
    ch->address = (u16)(ch->address + by);
    ch->count = (u16)(ch->count - units);
}

/* Move UNITS, not beyond the terminal count. */
static void move(struct dma *dma, unsigned channel, u8 *buffer, u32 units, bool to_memory)
{
    struct dma_channel *ch = &dma->channel[channel];
    unsigned mode = ch->mode & MODE_TRANSFER;
    while (units) {
        u32 run = run_length(ch, units), bytes = run << dma->shift;
        bool down = ch->mode & MODE_DECREMENT;
        paddr at = address_of(dma, channel) - (down ? (run - 1) << dma->shift : 0);
        if (down)
            reverse(buffer, run, dma->shift);
        if (to_memory && mode == MODE_WRITE)
            bus_dma_write(dma->bus, at, buffer, bytes);
        else if (!to_memory && mode == MODE_READ)
            bus_dma_read(dma->bus, at, buffer, bytes);
        else if (!to_memory)
            memset(buffer, FLOATING, bytes);
        if (down)
            reverse(buffer, run, dma->shift);
        step(ch, run);
        buffer += bytes;
        units -= run;
    }
}

/* The count went from 0 to FFFFh. */
static void terminal_count(struct dma *dma, unsigned channel)
{
    struct dma_channel *ch = &dma->channel[channel];
    dma->reached |= bit(channel);
    dma->request &= (u8)~bit(channel);
    if (ch->mode & MODE_AUTO) {
        ch->address = ch->base_address;
        ch->count = ch->base_count;
    } else {
        dma->mask |= bit(channel);
    }
}

static u32 transfer(struct dma *dma, unsigned channel, u8 *buffer, u32 units, bool to_memory,
                    bool *tc)
{
    u32 left = dma->channel[channel].count + 1u;
    *tc = units >= left;
    units = *tc ? left : units;
    move(dma, channel, buffer, units, to_memory);
    if (*tc)
        terminal_count(dma, channel);
    return units;
}

u32 dma_transfer(struct dma *dma, unsigned channel, u8 *buffer, u32 bytes, bool to_memory,
                 bool *tc)
{
    bool end = false;
    u32 moved = 0;
    channel %= DMA_CHANNELS;
    bool cascade = (dma->channel[channel].mode & MODE_KIND) == MODE_CASCADE;
    if (bytes >> dma->shift && is_open(dma, channel) && !cascade)
        moved = transfer(dma, channel, buffer, bytes >> dma->shift, to_memory, &end);
    if (tc)
        *tc = end;
    drive(dma);
    return moved << dma->shift;
}

void dma_dreq(void *owner, unsigned channel, bool level)
{
    struct dma *dma = owner;
    channel %= DMA_CHANNELS;
    dma->dreq = level ? dma->dreq | bit(channel) : dma->dreq & (u8)~bit(channel);
    drive(dma);
}

/* A software request takes no notice of the mask, and runs to the terminal count. */
static void run_request(struct dma *dma, unsigned channel)
{
    u8 block[256];
    bool tc = false, write = (dma->channel[channel].mode & MODE_TRANSFER) == MODE_WRITE;
    if (dma->command & COMMAND_MEMORY && channel < 2)
        return;
    while (!tc) {
        memset(block, FLOATING, sizeof block);
        transfer(dma, channel, block, sizeof block >> dma->shift, write, &tc);
    }
}

static void run_requests(struct dma *dma)
{
    for (unsigned i = 0; i < DMA_CHANNELS; i++) {
        bool cascade = (dma->channel[i].mode & MODE_KIND) == MODE_CASCADE;
        if (dma->request & bit(i) && !(dma->command & COMMAND_DISABLE) && !cascade)
            run_request(dma, i);
    }
}

/* One half of a base register and of its current twin. */
static void set_half(bool high, u16 *base, u16 *current, u8 value)
{
    u16 keep = high ? 0x00ff : 0xff00, bits = high ? (u16)(value << 8) : value;
    *base = (u16)((*base & keep) | bits);
    *current = (u16)((*current & keep) | bits);
}

static u8 get_half(struct dma *dma, u16 value)
{
    bool high = dma->flip_flop;
    dma->flip_flop = !high;
    return (u8)(high ? value >> 8 : value);
}

static void write_channel(struct dma *dma, u32 reg, u8 value)
{
    struct dma_channel *ch = &dma->channel[reg / 2];
    if (reg & 1)
        set_half(dma->flip_flop, &ch->base_count, &ch->count, value);
    else
        set_half(dma->flip_flop, &ch->base_address, &ch->address, value);
    dma->flip_flop = !dma->flip_flop;
}

static void set_bit(u8 *bits, u8 select)
{
    u8 b = bit(select & 3);
    *bits = select & SELECT_SET ? *bits | b : *bits & (u8)~b;
}

static void master_clear(struct dma *dma)
{
    dma->command = 0;
    dma->request = 0;
    dma->reached = 0;
    dma->temporary = 0;
    dma->flip_flop = false;
    dma->mask = 0x0f;
}

static void write_command(struct dma *dma, u32 reg, u8 value)
{
    switch (reg) {
    case REG_COMMAND:
        dma->command = value;
        break;
    case REG_REQUEST:
        set_bit(&dma->request, value);
        break;
    case REG_SINGLE_MASK:
        set_bit(&dma->mask, value);
        break;
    case REG_MODE:
        dma->channel[value & 3].mode = value & 0xfc;
        break;
    case REG_CLEAR_FLIP_FLOP:
        dma->flip_flop = false;
        break;
    case REG_MASTER_CLEAR:
        master_clear(dma);
        break;
    case REG_CLEAR_MASK:
        dma->mask = 0;
        break;
    case REG_ALL_MASK:
        dma->mask = value & 0x0f;
        break;
    }
    run_requests(dma);
    drive(dma);
}

static void dma_write(void *chip, u32 reg, u32 value, unsigned size UNUSED)
{
    struct dma *dma = chip;
    reg = reg >> dma->shift & 15;
    if (reg < REG_COMMAND)
        write_channel(dma, reg, (u8)value);
    else
        write_command(dma, reg, (u8)value);
}

static u8 read_status(struct dma *dma)
{
    u8 value = (u8)((dma->dreq | dma->request) << 4 | dma->reached);
    dma->reached = 0;
    return value;
}

/* Request and mask are read as later copies of the chip give them; the rest is the open bus. */
static u32 dma_read(void *chip, u32 reg, unsigned size UNUSED)
{
    struct dma *dma = chip;
    reg = reg >> dma->shift & 15;
    if (reg < REG_STATUS) {
        const struct dma_channel *ch = &dma->channel[reg / 2];
        return get_half(dma, reg & 1 ? ch->count : ch->address);
    }
    switch (reg) {
    case REG_STATUS:
        return read_status(dma);
    case REG_READ_REQUEST:
        return 0xf0u | dma->request;
    case REG_TEMPORARY:
        return dma->temporary;
    case REG_READ_MASK:
        return 0xf0u | dma->mask;
    default:
        return FLOATING;
    }
}

/* RESET is a master clear; addresses, counts and modes are as the transistors fell. */
static void dma_reset(void *chip)
{
    struct dma *dma = chip;
    memset(dma->channel, 0, sizeof dma->channel);
    master_clear(dma);
    drive(dma);
}

static void dma_loaded(void *chip)
{
    struct dma *dma = chip;
    dma->mask &= 0x0f;
    dma->request &= 0x0f;
    dma->dreq &= 0x0f;
    dma->reached &= 0x0f;
}

static const struct field channel_fields[] = {
    FIELD(struct dma_channel, base_address), FIELD(struct dma_channel, base_count),
    FIELD(struct dma_channel, address),      FIELD(struct dma_channel, count),
    FIELD(struct dma_channel, mode),         FIELD_END,
};

static const struct field dma_fields[] = {
    FIELD_STRUCTS(struct dma, dack, line_fields),
    TRANSIENT(struct dma, bus),
    TRANSIENT(struct dma, pages),
    TRANSIENT(struct dma, above),
    TRANSIENT(struct dma, below),
    TRANSIENT(struct dma, shift),
    FIELD_STRUCTS(struct dma, channel, channel_fields),
    FIELD(struct dma, command),
    FIELD_MAX(struct dma, mask, 0x0f),
    FIELD_MAX(struct dma, dreq, 0x0f),
    FIELD_MAX(struct dma, request, 0x0f),
    FIELD_MAX(struct dma, reached, 0x0f),
    FIELD(struct dma, temporary),
    FIELD(struct dma, flip_flop),
    FIELD_END,
};

const struct chip dma_chip = {
    .name = "dma",
    .reset = dma_reset,
    .read = dma_read,
    .write = dma_write,
    .loaded = dma_loaded,
    .fields = dma_fields,
    .size = sizeof(struct dma),
};

void dma_init(struct dma *dma, unsigned shift, const struct dma_page *pages, struct bus *bus)
{
    *dma = (struct dma){.shift = shift & 1, .pages = pages, .bus = bus};
    dma_reset(dma);
}

void dma_cascade(struct dma *lower, struct dma *upper)
{
    lower->above = upper;
    upper->below = lower;
}

static void page_write(void *chip, u32 reg, u32 value, unsigned size UNUSED)
{
    struct dma_page *pages = chip;
    pages->page[reg % DMA_PAGES] = (u8)value;
    if (reg == 0 && log_on(LOG_BIOS))
        log_line("post %02x", value & 0xff);
}

static u32 page_read(void *chip, u32 reg, unsigned size UNUSED)
{
    const struct dma_page *pages = chip;
    return pages->page[reg % DMA_PAGES];
}

static void page_reset(void *chip)
{
    *(struct dma_page *)chip = (struct dma_page){0};
}

static const struct field page_fields[] = {
    FIELD_ARRAY(struct dma_page, page),
    FIELD_END,
};

const struct chip dma_page_chip = {
    .name = "dma_page",
    .reset = page_reset,
    .read = page_read,
    .write = page_write,
    .fields = page_fields,
    .size = sizeof(struct dma_page),
};

void dma_page_init(struct dma_page *pages)
{
    page_reset(pages);
}
