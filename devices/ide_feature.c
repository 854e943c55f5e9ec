/* SPDX-License-Identifier: MIT */
/*
 * A drive's settings: SET FEATURES, SMART, multiple mode, translation, where the disk ends.
 * ATA/ATAPI-6 "SET FEATURES", "SMART", "READ NATIVE MAX ADDRESS", "SET MAX".
 */
#include "devices/ide_parts.h"

static void finish(struct ide_drive *d, bool known)
{
    if (known)
        ide_done(d);
    else
        ide_aborted(d);
}

/* ---- SET FEATURES ---- */

/* 03h: PIO default, or with flow control and a mode; multiword and Ultra DMA modes 0 to 2. */
static bool transfer_mode(struct ide_drive *d)
{
    u8 kind = d->count & 0xf8, mode = d->count & 7;
    if (kind == 0x20 || kind == 0x40) {
        if (mode > 2)
            return false;
        d->dma_mode = d->count;
        return true;
    }
    return d->count <= 1 || (kind == 8 && mode <= 4);
}

static bool write_cache(struct ide_drive *d)
{
    d->write_through = d->feature == 0x82;
    return !d->write_through || disk_flush(d->disk);
}

static bool data_width(struct ide_drive *d)
{
    d->byte_data = d->feature == 0x01;
    return true;
}

static bool look_ahead(struct ide_drive *d)
{
    d->no_look_ahead = d->feature == 0x55;
    return true;
}

static bool keep_settings(struct ide_drive *d)
{
    d->keeps_settings = d->feature == 0x66;
    return true;
}

static bool as_ever(struct ide_drive *d)
{
    (void)d;
    return true;
}

/* clang-format off */
static const struct {
    u8 on, off;
    bool packet; /* CD-ROM drives too */
    bool (*run)(struct ide_drive *d);
} features[] = {
    {0x01, 0x81, false, data_width},   /* 8-bit transfers */
    {0x02, 0x82, false, write_cache},
    {0x03, 0x03, true, transfer_mode},
    {0x99, 0x33, false, as_ever},      /* retries: nothing is ever read wrong */
    {0xbb, 0xbb, false, as_ever},      /* 4 bytes of ECC */
    {0xaa, 0x55, false, look_ahead},
    {0x66, 0xcc, true, keep_settings}, /* over a software reset */
};
/* clang-format on */

void ide_set_features(struct ide_drive *d)
{
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(features); i++)
        if ((d->feature == features[i].on || d->feature == features[i].off) &&
            (features[i].packet || d->kind == &ide_hard_disk))
            known = features[i].run(d);
    finish(d, known);
}

/* ---- SMART: what is mandatory in the feature set; attributes are nobody's but the maker's ---- */

enum { SMART_AUTOSAVE = 0xd2, SMART_ENABLE = 0xd8, SMART_DISABLE = 0xd9, SMART_STATUS = 0xda };
enum { SMART_LOW = 0x4f, SMART_HIGH = 0xc2 }; /* what the cylinder registers must have */

static bool smart_known(const struct ide_drive *d)
{
    if (d->cylinder_low != SMART_LOW || d->cylinder_high != SMART_HIGH)
        return false;
    if (d->feature == SMART_ENABLE)
        return true;
    if (d->feature == SMART_AUTOSAVE && d->count != 0 && d->count != 0xf1)
        return false;
    return d->smart && (d->feature == SMART_AUTOSAVE || d->feature == SMART_DISABLE ||
                        d->feature == SMART_STATUS);
}

/* RETURN STATUS leaves 4Fh and C2h as they are: no threshold has been exceeded. */
void ide_smart(struct ide_drive *d)
{
    bool known = smart_known(d);
    if (known && d->feature == SMART_ENABLE)
        d->smart = true;
    if (known && d->feature == SMART_DISABLE)
        d->smart = false;
    finish(d, known);
}

/* ---- blocks and geometry ---- */

void ide_set_multiple(struct ide_drive *d)
{
    u8 n = d->count;
    bool known = n <= IDE_MULTIPLE_MAX && !(n & (n - 1));
    d->multiple = known ? n : 0;
    finish(d, known);
}

/* INITIALIZE DEVICE PARAMETERS: sectors a track, highest head number. */
void ide_parameters(struct ide_drive *d)
{
    u32 heads = (d->device & 15) + 1u, sectors = d->count;
    u64 cylinders = sectors ? ide_sectors(d) / (heads * sectors) : 0;
    if (cylinders) {
        d->heads = (u8)heads;
        d->sectors = (u8)sectors;
        d->cylinders = (u16)(cylinders < 65535 ? cylinders : 65535);
    }
    finish(d, cylinders);
}

/* ---- where the disk ends ---- */

/* As far as the command's address reaches. */
static u64 native_sectors(const struct ide_drive *d)
{
    u64 all = ide_sectors(d);
    return d->ext || all < IDE_SECTORS_28 ? all : IDE_SECTORS_28;
}

void ide_read_native_max(struct ide_drive *d)
{
    d->native_max_read = d->command;
    ide_address_put(d, native_sectors(d) - 1);
    ide_done(d);
}

/* SET MAX ADDRESS (EXT), only after READ NATIVE MAX ADDRESS (EXT); bit 0 of the count: also over a
 * hardware reset. */
void ide_set_max(struct ide_drive *d)
{
    u64 lba, now = d->max_sectors;
    bool allowed = d->native_max_read == (d->ext ? 0x27 : 0xf8);
    d->native_max_read = 0;
    if (!allowed) {
        ide_aborted(d);
        return;
    }
    d->max_sectors = native_sectors(d);
    if (!ide_address_get(d, &lba)) {
        d->max_sectors = now;
        ide_fail(d, ERROR_IDNF);
        return;
    }
    d->max_sectors = lba + 1;
    if (d->count & 1)
        d->reset_sectors = d->max_sectors;
    ide_done(d);
}
