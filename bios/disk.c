/* SPDX-License-Identifier: MIT */
/*
 * INT 13h for hard disks, drives 80h and up: the AT's functions and the extensions 41h to 48h (EDD
 * 3.0). A disk that is not translated is read by cylinder, head and sector, as Windows 3.x's 32-bit
 * disk access expects to see in the task file.
 */
#include "ata.h"

struct disk_request {
    struct regs *r;
    struct drive drive;
    u8 index;
};

static bool translated(const struct drive *d)
{
    return d->log_heads != d->heads || d->spt_log != d->spt;
}

/* The address in CX and DH; false: not on the disk. */
static bool chs_address(struct disk_request *q, struct ata *a)
{
    const struct drive *d = &q->drive;
    struct regs *r = q->r;
    u16 cylinder = (u16)((r->cl & 0xc0) << 2 | r->ch);
    u8 sector = r->cl & 0x3f;
    u32 lba;

    a->drive = d;
    if (!sector || sector > d->spt_log || r->dh >= d->log_heads || cylinder >= d->log_cylinders)
        return false;
    lba = ((u32)cylinder * d->log_heads + r->dh) * d->spt_log + sector - 1;
    if (lba >= d->sectors)
        return false;
    ata_address(a, lba, d->lba && translated(d));
    return true;
}

static enum disk_status chs_run(struct disk_request *q, u8 command, u16 unit)
{
    struct regs *r = q->r;
    struct ata a = {.command = command, .count = r->al, .segment = r->es, .offset = r->bx};
    enum disk_status status;
    u8 most = (u8)(unit ? 0xffff / unit : 0x80);

    r->al = 0;
    if (!a.count || a.count > (most > 0x80 ? 0x80 : most))
        return DISK_BAD_FUNCTION;
    if (!chs_address(q, &a))
        return DISK_NO_SECTOR;
    status = ata_run(&a);
    r->al = command == ATA_VERIFY && status == DISK_OK ? (u8)a.count : (u8)a.done;
    return status;
}

static enum disk_status read(struct disk_request *q)
{
    return chs_run(q, ATA_READ, 512);
}

static enum disk_status write(struct disk_request *q)
{
    return chs_run(q, ATA_WRITE, 512);
}

static enum disk_status verify(struct disk_request *q)
{
    return chs_run(q, ATA_VERIFY, 0);
}

static enum disk_status read_long(struct disk_request *q)
{
    return chs_run(q, ATA_READ_LONG, 516);
}

static enum disk_status write_long(struct disk_request *q)
{
    return chs_run(q, ATA_WRITE_LONG, 516);
}

static enum disk_status format(struct disk_request *q)
{
    struct regs *r = q->r;
    struct ata a = {.command = ATA_FORMAT, .segment = r->es, .offset = r->bx};

    r->cl = (u8)((r->cl & 0xc0) | 1);
    if (!chs_address(q, &a))
        return DISK_NO_SECTOR;
    a.count = q->drive.spt;
    return ata_run(&a);
}

static enum disk_status seek(struct disk_request *q)
{
    struct ata a = {.command = ATA_SEEK};

    if (!chs_address(q, &a))
        return DISK_SEEK_FAILED;
    return ata_run(&a);
}

static enum disk_status simple(struct disk_request *q, u8 command)
{
    struct ata a = {.drive = &q->drive, .command = command};

    return ata_run(&a);
}

static enum disk_status set_geometry(struct disk_request *q)
{
    struct ata a = {.drive = &q->drive,
                    .command = ATA_SET_GEOMETRY,
                    .count = q->drive.spt,
                    .head = (u8)(q->drive.heads - 1)};

    return ata_run(&a);
}

static enum disk_status recalibrate(struct disk_request *q)
{
    return simple(q, ATA_RECALIBRATE);
}

/* The drive answers with a code in the error register: 1 is good. */
static enum disk_status diagnose(struct disk_request *q)
{
    enum disk_status status = simple(q, ATA_DIAGNOSE);

    if (status == DISK_TIMEOUT)
        return status;
    return (in8(q->drive.port + 1) & 0x7f) == 1 ? DISK_OK : DISK_CONTROLLER;
}

static enum disk_status reset(struct disk_request *q)
{
    enum disk_status status = ata_reset(&q->drive);

    return status == DISK_OK ? set_geometry(q) : status;
}

/* AH=00h resets the diskettes too. */
static enum disk_status reset_all(struct disk_request *q)
{
    call_int(0x40, 0, 0, 0, 0);
    return reset(q);
}

static enum disk_status last_status(struct disk_request *q)
{
    q->r->al = BDA->hd_status;
    BDA->hd_status = 0;
    return q->r->al;
}

static enum disk_status parameters(struct disk_request *q)
{
    const struct drive *d = &q->drive;
    u16 last = d->log_cylinders - 1;
    struct regs *r = q->r;

    r->ax = 0;
    r->ch = (u8)last;
    r->cl = (u8)((last >> 2 & 0xc0) | d->spt_log);
    r->dh = (u8)(d->log_heads - 1);
    r->dl = BDA->hd_count;
    return DISK_OK;
}

static enum disk_status ready(struct disk_request *q)
{
    return ata_ready(&q->drive);
}

static enum disk_status nothing(struct disk_request *q)
{
    (void)q;
    return DISK_OK;
}

static enum disk_status kind(struct disk_request *q)
{
    const struct drive *d = &q->drive;
    u32 sectors = (u32)d->log_cylinders * d->log_heads * d->spt_log;

    q->r->ah = 3;
    q->r->cx = (u16)(sectors >> 16);
    q->r->dx = (u16)sectors;
    return DISK_OK;
}

/* --- extensions --- */

enum disk_status disk_extensions(struct regs *r, u16 subsets)
{
    if (r->bx != 0x55aa)
        return DISK_BAD_FUNCTION;
    r->bx = 0xaa55;
    r->ah = 0x30; /* EDD 3.0 */
    r->cx = subsets;
    return DISK_OK;
}

static enum disk_status ext_check(struct disk_request *q)
{
    return disk_extensions(q->r, 0x0007);
}

static enum disk_status ext_run(struct disk_request *q, u8 command)
{
    u16 ds = q->r->ds, si = q->r->si;
    struct ata a = {.drive = &q->drive,
                    .command = command,
                    .count = far_get16(ds, si + offset_of(struct packet, count)),
                    .offset = far_get16(ds, si + offset_of(struct packet, offset)),
                    .segment = far_get16(ds, si + offset_of(struct packet, segment))};
    u32 lba = far_get32(ds, si + offset_of(struct packet, lba));
    enum disk_status status;

    if (far_get8(ds, si) < sizeof(struct packet) || a.count > 127)
        return DISK_BAD_FUNCTION;
    if (far_get32(ds, si + offset_of(struct packet, lba_high)) || lba >= q->drive.sectors ||
        a.count > q->drive.sectors - lba)
        return DISK_BAD_FUNCTION;
    if (!a.count && command != ATA_SEEK)
        return DISK_OK;
    ata_address(&a, lba, q->drive.lba);
    status = ata_run(&a);
    if (command == ATA_READ || command == ATA_WRITE || status != DISK_OK)
        far_put16(ds, si + offset_of(struct packet, count), a.done);
    return status;
}

static enum disk_status ext_read(struct disk_request *q)
{
    return ext_run(q, ATA_READ);
}

static enum disk_status ext_verify(struct disk_request *q)
{
    return ext_run(q, ATA_VERIFY);
}

static enum disk_status ext_write(struct disk_request *q)
{
    enum disk_status status;

    if (q->r->al > 2)
        return DISK_BAD_FUNCTION;
    status = ext_run(q, ATA_WRITE);
    return status == DISK_OK && q->r->al == 2 ? ext_verify(q) : status;
}

static enum disk_status ext_seek(struct disk_request *q)
{
    return ext_run(q, ATA_SEEK);
}

static enum disk_status ext_lock(struct disk_request *q)
{
    q->r->al = 0;
    return DISK_NOT_REMOVABLE;
}

static u8 sum(u16 segment, u16 at, u8 n)
{
    u8 total = 0;

    while (n--)
        total = (u8)(total + far_get8(segment, at++));
    return total;
}

/* The device parameter table extension: how a driver reaches the drive itself. */
static void fill_extension(const struct drive *d, u16 segment, u16 at)
{
    u8 i;

    for (i = 0; i < 16; i++)
        far_put8(segment, at + i, 0);
    far_put16(segment, at, d->port);
    far_put16(segment, at + 2, d->control);
    far_put8(segment, at + 4, (u8)(d->select | (d->lba ? 0x40 : 0)));
    far_put8(segment, at + 6, d->irq);
    far_put8(segment, at + 7, 1);
    far_put16(segment, at + 10,
              (u16)((d->lba ? 0x10 : 0) |
                    (translated(d) ? d->spt_log == 63 && d->spt != 63 ? 0x208 : 0x08 : 0)));
    far_put8(segment, at + 14, 0x11);
    far_put8(segment, at + 15, (u8)-sum(segment, at, 15));
}

static void fill_path(const struct drive *d, u16 segment, u16 at)
{
    far_put16(segment, at + 0x1e, 0xbedd);
    far_put16(segment, at + 0x20, 0x24);
    far_put16(segment, at + 0x22, 0);
    far_put32(segment, at + 0x24, 0x20415349); /* "ISA " */
    far_put32(segment, at + 0x28, 0x20415441); /* "ATA     " */
    far_put32(segment, at + 0x2c, 0x20202020);
    far_put32(segment, at + 0x30, d->port);
    far_put32(segment, at + 0x34, 0);
    far_put32(segment, at + 0x38, d->select >> 4 & 1);
    far_put32(segment, at + 0x3c, 0);
    far_put8(segment, at + 0x40, 0);
    far_put8(segment, at + 0x41, (u8)-sum(segment, at + 0x1e, 0x23));
}

static enum disk_status ext_parameters(struct disk_request *q)
{
    const struct drive *d = &q->drive;
    u16 ds = q->r->ds, si = q->r->si, size = far_get16(ds, si);
    u16 dpte = offset_of(struct ebda, dpte);

    if (size < 0x1a)
        return DISK_BAD_FUNCTION;
    far_put16(ds, si, size < 0x1e ? 0x1a : size < 0x42 ? 0x1e : 0x42);
    far_put16(ds, si + 2, 0x0003); /* any DMA boundary, geometry valid */
    far_put32(ds, si + 4, d->cylinders);
    far_put32(ds, si + 8, d->heads);
    far_put32(ds, si + 12, d->spt);
    far_put32(ds, si + 16, d->sectors);
    far_put32(ds, si + 20, 0);
    far_put16(ds, si + 24, 512);
    if (size >= 0x1e) {
        fill_extension(d, ebda_segment(), dpte);
        far_put16(ds, si + 26, dpte);
        far_put16(ds, si + 28, ebda_segment());
    }
    if (size >= 0x42)
        fill_path(d, ds, si);
    return DISK_OK;
}

/* --- dispatch --- */

typedef enum disk_status (*function)(struct disk_request *q);

static ROM struct {
    u8 number;
    bool own_ah; /* AH is a result, not a status */
    function serve;
} functions[] = {
    {0x00, false, reset_all},  {0x01, false, last_status},    {0x02, false, read},
    {0x03, false, write},      {0x04, false, verify},         {0x05, false, format},
    {0x08, false, parameters}, {0x09, false, set_geometry},   {0x0a, false, read_long},
    {0x0b, false, write_long}, {0x0c, false, seek},           {0x0d, false, reset},
    {0x10, false, ready},      {0x11, false, recalibrate},    {0x12, false, nothing},
    {0x13, false, nothing},    {0x14, false, diagnose},       {0x15, true, kind},
    {0x41, true, ext_check},   {0x42, false, ext_read},       {0x43, false, ext_write},
    {0x44, false, ext_verify}, {0x45, false, ext_lock},       {0x46, false, ext_lock},
    {0x47, false, ext_seek},   {0x48, false, ext_parameters}, {0x49, false, nothing},
};

void disk_finish(struct regs *r, enum disk_status status, bool own_ah)
{
    if (!own_ah || status != DISK_OK)
        r->ah = status;
    set_carry(r, status != DISK_OK);
}

void int_13h(struct regs *r)
{
    struct disk_request q = {.r = r, .index = r->dl & 0x7f};
    enum disk_status status = DISK_BAD_FUNCTION;
    u8 i, ah = r->ah;

    irq_on();
    r->flags |= FLAG_IF;
    if (cd_int_13h(r))
        return;
    if (q.index >= BDA->hd_count) {
        if (ah == 0x15)
            r->cx = r->dx = 0;
        disk_finish(r, ah == 0x15 ? DISK_OK : DISK_BAD_FUNCTION, false);
        return;
    }
    ata_load(q.index - cd_hard_disks(), &q.drive);
    for (i = 0; i < COUNT(functions); i++)
        if (functions[i].number == ah) {
            status = functions[i].serve(&q);
            break;
        }
    if (ah != 0x01)
        BDA->hd_status = status;
    disk_finish(r, status, i < COUNT(functions) && functions[i].own_ah);
}
