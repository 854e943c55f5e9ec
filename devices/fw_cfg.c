/* SPDX-License-Identifier: MIT */
/*
 * A DMA request: control, length (32 bits each), address (64 bits), all big-endian, in memory. Control
 * is 0 when it is done, or has its error bit alone.
 *
 *   control  31-16 key, with bit 3   4 write   3 select   2 skip   1 read   0 error
 *
 * An item is followed by zeros without end; so is a key that has none.
 */
#include "devices/fw_cfg.h"

#include <assert.h>

enum { WRITE_CHANNEL = 0x4000 }; /* of keys; once asked for writing by the data port */
enum { ID_PORTS = 1, ID_DMA = 2 };
enum { DMA_ERROR = 1, DMA_READ = 2, DMA_SKIP = 4, DMA_SELECT = 8, DMA_WRITE = 16 };
enum { REQUEST = 16, ENTRY_SIZE = 0, ENTRY_KEY = 4, ENTRY_NAME = 8 };

static const u8 signature[] = {'Q', 'E', 'M', 'U', ' ', 'C', 'F', 'G'};

static u32 get_be32(const u8 *p)
{
    return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static void put_be(u8 *p, u32 value, unsigned bytes)
{
    while (bytes--) {
        p[bytes] = (u8)value;
        value >>= 8;
    }
}

/* ---- items ---- */

static const struct fw_cfg_item *selected(const struct fw_cfg *fw)
{
    for (u32 i = 0; i < fw->count; i++)
        if (fw->item[i].key == (fw->selector & ~WRITE_CHANNEL))
            return &fw->item[i];
    return NULL;
}

static void select_key(struct fw_cfg *fw, u16 key)
{
    fw->selector = key;
    fw->offset = 0;
}

/* What is left of the item. */
static u32 rest(const struct fw_cfg *fw, const u8 **bytes)
{
    const struct fw_cfg_item *item = selected(fw);
    if (!item || fw->offset >= item->size)
        return 0;
    *bytes = (item->bytes ? item->bytes : item->number) + fw->offset;
    return item->size - fw->offset;
}

/* The offset stays at the end of what can be counted. */
static void skip(struct fw_cfg *fw, u32 n)
{
    fw->offset = n > UINT32_MAX - fw->offset ? UINT32_MAX : fw->offset + n;
}

static u8 next_byte(struct fw_cfg *fw)
{
    const u8 *bytes;
    u8 value = rest(fw, &bytes) ? *bytes : 0;
    skip(fw, 1);
    return value;
}

/* ---- DMA ---- */

static bool dma_read(struct fw_cfg *fw, paddr to, u32 length)
{
    static const u8 zeros[BUS_PAGE_SIZE];
    const u8 *bytes;
    if (!bus_is_memory(fw->bus, to, length))
        return false;
    u32 have = rest(fw, &bytes), n = have < length ? have : length;
    if (n)
        bus_dma_write(fw->bus, to, bytes, n);
    skip(fw, length);
    for (u32 part; n < length; n += part) {
        part = length - n < sizeof zeros ? length - n : (u32)sizeof zeros;
        bus_dma_write(fw->bus, to + n, zeros, part);
    }
    return true;
}

static bool dma_serve(struct fw_cfg *fw, u32 control, u32 length, paddr address)
{
    if (control & DMA_SELECT)
        select_key(fw, (u16)(control >> 16));
    if (control & DMA_READ)
        return dma_read(fw, address, length);
    if (control & DMA_WRITE)
        return false;
    if (control & DMA_SKIP)
        skip(fw, length);
    return true;
}

static void dma_request(struct fw_cfg *fw, paddr at)
{
    u8 request[REQUEST];
    if (!bus_is_memory(fw->bus, at, REQUEST))
        return; /* no place for the answer either */
    bus_dma_read(fw->bus, at, request, REQUEST);
    bool ok = dma_serve(fw, get_be32(request), get_be32(request + 4),
                        (paddr)get_be32(request + 8) << 32 | get_be32(request + 12));
    put_be(request, ok ? 0 : DMA_ERROR, 4);
    bus_dma_write(fw->bus, at, request, 4);
}

static void dma_address(struct fw_cfg *fw, bool low, u32 value)
{
    u8 bytes[4];
    put32(bytes, value);
    u32 half = get_be32(bytes);
    paddr at = (paddr)fw->dma_high << 32 | half;
    fw->dma_high = low ? 0 : half;
    if (low)
        dma_request(fw, at);
}

/* ---- registers ---- */

static u32 fw_cfg_read(void *chip, u32 reg, unsigned size)
{
    u32 value = 0;
    if (reg == FW_CFG_DATA)
        return next_byte(chip);
    if (reg < FW_CFG_DMA)
        return 0xffffffff;
    for (unsigned i = 0; i < size; i++)
        value |= (u32)signature[(reg - FW_CFG_DMA + i) % sizeof signature] << 8 * i;
    return value;
}

/* The selector is written as two bytes at once, a DMA address's half as four; less is lost. */
static void fw_cfg_write(void *chip, u32 reg, u32 value, unsigned size)
{
    if (reg == FW_CFG_SELECTOR && size == 2)
        select_key(chip, (u16)value);
    else if ((reg == FW_CFG_DMA || reg == FW_CFG_DMA + 4) && size == 4)
        dma_address(chip, reg != FW_CFG_DMA, value);
}

static void fw_cfg_reset(void *chip)
{
    struct fw_cfg *fw = chip;
    select_key(fw, 0);
    fw->dma_high = 0;
}

/* ---- building ---- */

static struct fw_cfg_item *item_new(struct fw_cfg *fw, u16 key, u32 size)
{
    assert(fw->count < FW_CFG_ITEMS);
    fw->item[fw->count] = (struct fw_cfg_item){.key = key, .size = size};
    return &fw->item[fw->count++];
}

void fw_cfg_add_number(struct fw_cfg *fw, u16 key, u64 value, u32 size)
{
    put64(item_new(fw, key, size)->number, value);
}

void fw_cfg_add(struct fw_cfg *fw, u16 key, const u8 *bytes, u32 size)
{
    item_new(fw, key, size)->bytes = bytes;
}

void fw_cfg_add_file(struct fw_cfg *fw, const char *name, const u8 *bytes, u32 size)
{
    assert(fw->files < FW_CFG_FILES && strlen(name) < FW_CFG_ENTRY - ENTRY_NAME);
    u8 *entry = fw->directory + 4 + fw->files * FW_CFG_ENTRY;
    u16 key = (u16)(FW_CFG_FILE_FIRST + fw->files);
    put_be(entry + ENTRY_SIZE, size, 4);
    put_be(entry + ENTRY_KEY, key, 2);
    memcpy(entry + ENTRY_NAME, name, strlen(name));
    fw_cfg_add(fw, key, bytes, size);
    put_be(fw->directory, ++fw->files, 4);
}

void fw_cfg_init(struct fw_cfg *fw, struct bus *bus)
{
    *fw = (struct fw_cfg){.bus = bus};
    fw_cfg_add(fw, FW_CFG_SIGNATURE, signature, 4);
    fw_cfg_add_number(fw, FW_CFG_ID, ID_PORTS | ID_DMA, 4);
    fw_cfg_add(fw, FW_CFG_DIRECTORY, fw->directory, sizeof fw->directory);
}

static const struct field fw_cfg_fields[] = {
    TRANSIENT(struct fw_cfg, bus),
    TRANSIENT(struct fw_cfg, item),
    TRANSIENT(struct fw_cfg, count),
    TRANSIENT(struct fw_cfg, files),
    TRANSIENT(struct fw_cfg, directory),
    FIELD(struct fw_cfg, selector),
    FIELD(struct fw_cfg, offset),
    FIELD(struct fw_cfg, dma_high),
    FIELD_END,
};

const struct chip fw_cfg_chip = {
    .name = "fw_cfg",
    .reset = fw_cfg_reset,
    .read = fw_cfg_read,
    .write = fw_cfg_write,
    .fields = fw_cfg_fields,
    .size = sizeof(struct fw_cfg),
};
