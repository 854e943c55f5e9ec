/* SPDX-License-Identifier: MIT */
/*
 * ATA drives by programmed I/O: finding them, their geometry as INT 13h shows it, and running one
 * command. The first controller works with IRQ 14 as the AT's does, with its status register looked
 * at as well; the second is polled, with its interrupt off.
 */
#include "ata.h"

static u16 place(u8 index)
{
    return (u16)(offset_of(struct ebda, drive) + index * sizeof(struct drive));
}

void ata_load(u8 index, struct drive *d)
{
    far_load(d, ebda_segment(), place(index), sizeof *d);
}

void cd_load(u8 index, struct drive *d)
{
    ata_load(DRIVES - 1 - index, d);
}

static void store(u8 index, const struct drive *d)
{
    far_store(ebda_segment(), place(index), d, sizeof *d);
}

/* --- waiting --- */

bool ata_not_busy(const struct drive *d, u32 ms)
{
    struct limit l;
    u8 quick;

    for (quick = 255; quick; quick--)
        if (!(in8(d->control) & BSY))
            return true;
    limit_start(&l, ms);
    while (in8(d->control) & BSY)
        if (limit_over(&l))
            return false;
    return true;
}

/* Until IRQ 14 has come, or the drive is done and the interrupt cannot or does not come. */
static bool wait_irq(const struct drive *d)
{
    struct limit l;
    u16 idle = 0;
    bool over;

    irq_on();
    if (!BDA->hd_irq && call_int15(0x9000, 0, 0) & HOOK_CARRY)
        return false;
    limit_start(&l, 10000);
    for (over = false; !over;) {
        bool open = irq_open(14), done;

        irq_off();
        done = !(in8(d->control) & BSY);
        if (BDA->hd_irq || (done && (!open || ++idle > 1000)))
            break;
        if (open && !done) {
            over = limit_sleep(&l);
        } else {
            irq_on();
            over = limit_over(&l);
        }
    }
    BDA->hd_irq = 0;
    irq_on();
    return !over;
}

static bool wait_done(const struct drive *d)
{
    if (d->irq == 14 && !wait_irq(d))
        return false;
    return ata_not_busy(d, 10000);
}

static enum disk_status error_status(const struct drive *d, u8 status)
{
    static ROM u8 map[][2] = {{0x80, DISK_BAD_SECTOR},  {0x40, DISK_BAD_DATA},
                              {0x10, DISK_NO_SECTOR},   {0x01, DISK_NO_ADDRESS_MARK},
                              {0x02, DISK_SEEK_FAILED}, {0x04, DISK_BAD_FUNCTION}};
    u8 error = in8(d->port + ERROR), i;

    BDA->hd_ata_status = status;
    BDA->hd_ata_error = error;
    if (status & DF)
        return DISK_FAULT;
    if (!(status & ERR))
        return status & CORR ? DISK_CORRECTED : DISK_OK;
    for (i = 0; i < COUNT(map); i++)
        if (error & map[i][0])
            return map[i][1];
    return DISK_CONTROLLER;
}

/* --- commands --- */

/* Fills in an address by LBA, or by the drive's own cylinders. */
void ata_address(struct ata *a, u32 lba, bool use_lba)
{
    const struct drive *d = a->drive;
    u32 track = lba / d->spt;

    a->use_lba = use_lba;
    if (use_lba) {
        a->sector = (u8)lba;
        a->cylinder = (u16)(lba >> 8);
        a->head = lba >> 24 & 15;
    } else {
        a->sector = (u8)(lba % d->spt + 1);
        a->cylinder = (u16)(track / d->heads);
        a->head = (u8)(track % d->heads);
    }
}

static enum disk_status start(struct ata *a)
{
    const struct drive *d = a->drive;
    u16 port = d->port;

    if (!ata_not_busy(d, 10000))
        return DISK_TIMEOUT;
    out8(port + SELECT, (u8)(d->select | (a->use_lba ? 0x40 : 0) | a->head));
    if (!ata_not_busy(d, 10000))
        return DISK_TIMEOUT;
    if (a->command != ATAPI_IDENTIFY && !(in8(d->control) & DRDY))
        return DISK_NOT_READY;
    out8(d->control, (u8)((d->heads > 8 ? HEAD8 : 0) | (d->irq == 14 ? 0 : NIEN)));
    out8(port + ERROR, 0xff); /* no write precompensation */
    out8(port + COUNT_, (u8)a->count);
    out8(port + SECTOR, a->sector);
    out8(port + CYL_LOW, (u8)a->cylinder);
    out8(port + CYL_HIGH, (u8)(a->cylinder >> 8));
    BDA->hd_irq = 0;
    out8(port + COMMAND, a->command);
    return DISK_OK;
}

/* The four ECC bytes of the long commands, after the data. */
static void move_ecc(struct ata *a, bool writing)
{
    u16 port = a->drive->port;
    u8 i;

    for (i = 0; i < 4; i++, a->offset++) {
        ata_not_busy(a->drive, 1000);
        if (writing)
            out8(port + DATA, far_get8(a->segment, a->offset));
        else
            far_put8(a->segment, a->offset, in8(port + DATA));
    }
}

/* Moves one sector. The pointer is kept away from the segment's end. */
static void move_sector(struct ata *a, bool writing)
{
    u16 port = a->drive->port;

    if (a->offset > 0xf000 && a->segment < 0xf000) {
        a->segment += a->offset >> 4;
        a->offset &= 15;
    }
    if (writing)
        port_write(port + DATA, a->segment, a->offset, 256);
    else
        port_read(port + DATA, a->segment, a->offset, 256);
    a->offset += 512;
    if (a->command == ATA_READ_LONG || a->command == ATA_WRITE_LONG)
        move_ecc(a, writing);
    a->done++;
}

static enum disk_status run_read(struct ata *a)
{
    const struct drive *d = a->drive;
    enum disk_status result = DISK_OK, status;
    u8 bits;

    while (a->done < a->count) {
        if (!wait_done(d))
            return DISK_TIMEOUT;
        bits = in8(d->port + STATUS);
        status = error_status(d, bits);
        if (status == DISK_CORRECTED)
            result = status;
        else if (status != DISK_OK)
            return status;
        if (!(bits & DRQ))
            return DISK_CONTROLLER;
        move_sector(a, false);
    }
    return result;
}

/* The first sector is asked for without an interrupt, each one ends with one. */
static enum disk_status run_write(struct ata *a)
{
    const struct drive *d = a->drive;
    enum disk_status status;
    u16 blocks = a->command == ATA_FORMAT ? 1 : a->count;
    u8 bits;

    if (!ata_not_busy(d, 10000))
        return DISK_TIMEOUT;
    while (a->done < blocks) {
        bits = in8(d->control);
        if (!(bits & DRQ))
            return error_status(d, in8(d->port + STATUS)) ?: DISK_CONTROLLER;
        move_sector(a, true);
        if (!wait_done(d))
            return DISK_TIMEOUT;
        status = error_status(d, in8(d->port + STATUS));
        if (status != DISK_OK) {
            a->done--;
            return status;
        }
    }
    return DISK_OK;
}

/* A timeout leaves the drive in nobody knows what state: it is reset. */
enum disk_status ata_run(struct ata *a)
{
    enum disk_status status;

    a->done = 0;
    status = start(a);
    if (status == DISK_OK) {
        switch (a->command) {
        case ATA_READ:
        case ATA_READ_LONG:
        case ATA_IDENTIFY:
        case ATAPI_IDENTIFY:
            status = run_read(a);
            break;
        case ATA_WRITE:
        case ATA_WRITE_LONG:
        case ATA_FORMAT:
            status = run_write(a);
            break;
        default:
            status = wait_done(a->drive) ? error_status(a->drive, in8(a->drive->port + STATUS))
                                         : DISK_TIMEOUT;
        }
    }
    if (status == DISK_TIMEOUT)
        ata_reset(a->drive);
    return status;
}

enum disk_status ata_ready(const struct drive *d)
{
    out8(d->port + SELECT, d->select);
    if (!ata_not_busy(d, 1000))
        return DISK_TIMEOUT;
    return in8(d->control) & DRDY ? DISK_OK : DISK_NOT_READY;
}

static bool soft_reset(const struct drive *d)
{
    out8(d->control, SRST | NIEN);
    delay_us(10);
    out8(d->control, NIEN);
    delay_us(2000);
    return ata_not_busy(d, 5000);
}

static enum disk_status set_geometry(const struct drive *d)
{
    struct ata a = {
        .drive = d, .command = ATA_SET_GEOMETRY, .count = d->spt, .head = (u8)(d->heads - 1)};

    return ata_run(&a);
}

enum disk_status ata_reset(const struct drive *d)
{
    if (!soft_reset(d) || ata_ready(d) != DISK_OK)
        return DISK_RESET_FAILED;
    BDA->hd_irq = 0;
    return DISK_OK;
}

/* --- finding drives --- */

/* Registers that keep what is written to them: there may be a drive. */
static bool answers(const struct drive *d)
{
    out8(d->port + SELECT, d->select);
    delay_us(1);
    if (in8(d->port + STATUS) == 0xff || !ata_not_busy(d, 100))
        return false;
    out8(d->port + COUNT_, 0x55);
    out8(d->port + SECTOR, 0xaa);
    return in8(d->port + COUNT_) == 0x55 && in8(d->port + SECTOR) == 0xaa;
}

enum { SIGNATURE_DISK = 0x0000, SIGNATURE_PACKET = 0xeb14 };

/* What a drive shows after a reset. Where drive 0 answers for an absent drive 1, DRDY stays 0. */
static u16 signature(const struct drive *d)
{
    out8(d->port + SELECT, d->select);
    delay_us(1);
    ata_not_busy(d, 5000);
    return (u16)(in8(d->port + CYL_HIGH) << 8 | in8(d->port + CYL_LOW));
}

static enum disk_status identify(const struct drive *d, u8 command, u16 *id)
{
    struct ata a = {.drive = d,
                    .command = command,
                    .count = 1,
                    .segment = stack_segment(),
                    .offset = (u16)(u32)id};

    return ata_run(&a);
}

static bool identify_disk(struct drive *d)
{
    u16 id[256];
    u32 capacity;

    if (identify(d, ATA_IDENTIFY, id) != DISK_OK || id[0] & 0x8000)
        return false;
    d->cylinders = id[1];
    d->heads = id[3];
    d->spt = (u8)id[6];
    if (!d->cylinders || !d->heads || !d->spt || d->heads > 16)
        return false;
    d->lba = id[49] >> 9 & 1;
    capacity = (u32)id[61] << 16 | id[60];
    d->sectors = d->lba && capacity ? capacity : (u32)d->cylinders * d->heads * d->spt;
    return true;
}

/* A CD-ROM drive, with packets of 12 bytes. It has no geometry. */
static bool identify_cd(const struct drive *d)
{
    u16 id[256];

    return identify(d, ATAPI_IDENTIFY, id) == DISK_OK && (id[0] & 0xdf03) == 0x8500;
}

/* Words 27 to 46, the first letter of each pair in the high byte. */
void ata_model(const struct drive *d, char *text)
{
    u16 id[256];
    u8 i, end = 0;

    if (identify(d, d->sectors ? ATA_IDENTIFY : ATAPI_IDENTIFY, id) == DISK_OK)
        for (i = 0; i < MODEL_SIZE - 1; i++) {
            text[i] = (char)(i & 1 ? id[27 + i / 2] : id[27 + i / 2] >> 8);
            if (text[i] != ' ')
                end = i + 1;
        }
    text[end] = 0;
}

enum { TRANSLATE_AUTO, TRANSLATE_LBA, TRANSLATE_SHIFT, TRANSLATE_RECHS };

/* Halves the cylinders and doubles the heads until 10 bits hold the former. */
static void translate_shift(struct drive *d)
{
    while (d->log_cylinders > 1024 && d->log_heads < 128) {
        d->log_cylinders /= 2;
        d->log_heads *= 2;
    }
}

static void translate_lba(struct drive *d)
{
    static ROM u16 heads[] = {16, 32, 64, 128, 255};
    u32 tracks = d->sectors / 63;
    u8 i = 0;

    while (i < COUNT(heads) - 1 && tracks / heads[i] > 1024)
        i++;
    d->spt_log = 63;
    d->log_heads = heads[i];
    d->log_cylinders = (u16)(tracks / heads[i] > 1024 ? 1024 : tracks / heads[i]);
}

/* What INT 13h shows: up to 1024 cylinders the drive's own, else more heads. CMOS 39h may say how
   (two bits a drive), or leave it to us with 0. */
static void translate(struct drive *d, u8 how)
{
    u32 tracks = (u32)d->cylinders * d->heads;

    d->log_cylinders = d->cylinders;
    d->log_heads = d->heads;
    d->spt_log = d->spt;
    if (how == TRANSLATE_AUTO && d->cylinders > 1024)
        how = tracks > 131072 ? TRANSLATE_LBA : TRANSLATE_SHIFT;
    if (how == TRANSLATE_RECHS && d->heads == 16 && tracks <= 131072 * 15 / 16) {
        d->log_heads = 15;
        d->log_cylinders = (u16)(tracks / 15);
    }
    if (how == TRANSLATE_LBA && d->lba)
        translate_lba(d);
    else if (how != TRANSLATE_AUTO)
        translate_shift(d);
    if (d->log_cylinders > 1024)
        d->log_cylinders = 1024;
}

/* The 16 bytes of INT 41h and 46h, with the drive's own geometry: Windows compares it with what the
   drive says. */
static void fill_table(const struct drive *d, u16 segment, u16 at)
{
    far_put16(segment, at, d->cylinders);
    far_put8(segment, at + 2, (u8)d->heads);
    far_put16(segment, at + 5, 0xffff);
    far_put8(segment, at + 8, d->heads > 8 ? HEAD8 : 0);
    far_put16(segment, at + 12, d->cylinders);
    far_put8(segment, at + 14, d->spt);
}

extern ROM u8 fdpt_room[];

/* Xenix and NetWare want these tables in the ROM's range, so they are written there if the board
   left it writable (shadow RAM); else they live in the extended data area. */
static void set_table(u8 index, const struct drive *d)
{
    u16 segment = ROM_SEGMENT, at = (u16)((u32)fdpt_room + index * 16);

    fill_table(d, segment, at);
    if (far_get16(segment, at) != d->cylinders) {
        segment = ebda_segment();
        at = (u16)(offset_of(struct ebda, fdpt) + index * 16);
        fill_table(d, segment, at);
    }
    IVT[index ? 0x46 : 0x41] = FAR(segment, at);
}

/* Systems that read the drive's type from CMOS find "47, user defined" even if nobody set it up. */
static void set_cmos(u8 index, const struct drive *d)
{
    u8 types = cmos_read(CMOS_DISKS), shift = index ? 0 : 4;
    u8 at = index ? CMOS_DISK_D_TABLE : CMOS_DISK_C_TABLE;

    if (types >> shift & 15)
        return;
    cmos_write(CMOS_DISKS, (u8)(types | 15 << shift));
    cmos_write(index ? CMOS_DISK_D : CMOS_DISK_C, 47);
    cmos_write(at, (u8)d->cylinders);
    cmos_write(at + 1, (u8)(d->cylinders >> 8));
    cmos_write(at + 2, (u8)d->heads);
    cmos_write(at + 3, 0xff);
    cmos_write(at + 4, 0xff);
    cmos_write(at + 5, d->heads > 8 ? 0xc8 : 0xc0);
    cmos_write(at + 6, (u8)d->cylinders);
    cmos_write(at + 7, (u8)(d->cylinders >> 8));
    cmos_write(at + 8, d->spt);
}

static void set_tables(void)
{
    struct drive d;
    u8 i;

    for (i = 0; i < BDA->hd_count && i < 2; i++) {
        ata_load(i, &d);
        set_table(i, &d);
    }
}

void ata_first(u8 index)
{
    struct drive chosen, d;

    ata_load(index, &chosen);
    for (; index; index--) {
        ata_load(index - 1, &d);
        store(index, &d);
    }
    store(0, &chosen);
    set_tables();
}

static void add_cd(struct drive *d)
{
    u8 count = EBDA8(cd_count);

    if (!identify_cd(d))
        return;
    d->cd = count;
    store(DRIVES - 1 - count, d);
    EBDA8_SET(cd_count, count + 1);
}

static void add_disk(struct drive *d, u8 unit)
{
    u8 index = BDA->hd_count;

    if (ata_ready(d) != DISK_OK || !identify_disk(d))
        return;
    translate(d, cmos_read(CMOS_TRANSLATION) >> unit * 2 & 3);
    set_geometry(d);
    store(index, d);
    if (index < 2)
        set_cmos(index, d);
    BDA->hd_count = index + 1;
}

/* Both signatures first: what is written to one drive's registers is written to the other's too. */
static void init_channel(u8 unit)
{
    struct drive d[2];
    u16 shown[2];
    u8 i, there = 0;

    for (i = 0; i < 2; i++) {
        d[i] = (struct drive){.port = unit ? 0x170 : 0x1f0,
                              .control = unit ? 0x376 : 0x3f6,
                              .select = i ? 0xb0 : 0xa0,
                              .irq = unit ? 15 : 14};
        there |= (u8)(answers(&d[i]) << i);
    }
    if (!there || !soft_reset(&d[0]))
        return;
    for (i = 0; i < 2; i++)
        shown[i] = signature(&d[i]);
    for (i = 0; i < 2; i++) {
        if (!(there >> i & 1))
            continue;
        if (shown[i] == SIGNATURE_DISK)
            add_disk(&d[i], unit + i);
        if (shown[i] == SIGNATURE_PACKET)
            add_cd(&d[i]);
    }
}

void ata_init(void)
{
    IVT[0x41] = FAR(ROM_SEGMENT, (u16)(u32)fdpt_room);
    IVT[0x46] = FAR(ROM_SEGMENT, (u16)(u32)fdpt_room + 16);
    irq_unmask(14);
    init_channel(0);
    init_channel(2);
    set_tables();
    irq_off();
}
