/* SPDX-License-Identifier: MIT */
/*
 * INT 13h where CDs are concerned: their own drive numbers (CD_DRIVE and up, the extensions with
 * sectors of 2048 bytes), the disk that a CD stands in for, what moves up because of that, and El
 * Torito's functions 4Ah to 4Dh.
 */
#include "cd.h"

/* --- CDs --- */

static enum disk_status refuse_writing(struct cd_request *q)
{
    (void)q;
    return DISK_WRITE_PROTECTED;
}

static enum disk_status nothing(struct cd_request *q)
{
    (void)q;
    return DISK_OK;
}

static enum disk_status last_status(struct cd_request *q)
{
    q->r->al = q->of == OF_DISKETTE ? BDA->fd_status : BDA->hd_status;
    return q->r->al;
}

static enum disk_status reset(struct cd_request *q)
{
    return atapi_reset(&q->drive);
}

static enum disk_status ready(struct cd_request *q)
{
    return atapi_ready(&q->drive);
}

/* Subset 1 is locking and ejecting. */
static enum disk_status ext_check(struct cd_request *q)
{
    return disk_extensions(q->r, q->of == OF_CD ? 0x0003 : 0x0001);
}

/* What DS:SI points to; false: it asks for what cannot be. */
static bool load_packet(struct cd_request *q, struct packet *p)
{
    far_load(p, q->r->ds, q->r->si, sizeof *p);
    return p->size >= sizeof *p && !p->lba_high && p->count <= 127;
}

/* Nothing has been moved unless all has. */
static enum disk_status packet_end(struct cd_request *q, enum disk_status status)
{
    if (status != DISK_OK)
        far_put16(q->r->ds, q->r->si + offset_of(struct packet, count), 0);
    return status;
}

/* With AH=44h no sector goes anywhere. */
static enum disk_status cd_move(struct cd_request *q)
{
    struct atapi_data to = {0};
    struct packet p;

    if (!load_packet(q, &p))
        return DISK_BAD_FUNCTION;
    if (!p.count)
        return DISK_OK;
    *(q->r->ah == 0x44 ? &to.skip : &to.length) = p.count * (u32)CD_SECTOR;
    to.segment = p.segment;
    to.offset = p.offset;
    return packet_end(q, atapi_read(&q->drive, p.lba, &to));
}

static enum disk_status cd_seek(struct cd_request *q)
{
    struct packet p;

    return load_packet(q, &p) ? atapi_seek(&q->drive, p.lba) : DISK_BAD_FUNCTION;
}

#define ANY_BOUNDARY   0x01
#define GEOMETRY_VALID 0x02
#define REMOVABLE      0x04
#define CHANGE_LINE    0x10
#define LOCKABLE       0x20

struct parameters { /* DS:SI of AH=48h */
    u16 size, flags;
    u32 cylinders, heads, spt, sectors, sectors_high;
    u16 bytes;
} PACKED;

static enum disk_status put_parameters(struct cd_request *q, struct parameters *p)
{
    struct regs *r = q->r;

    if (far_get16(r->ds, r->si) < sizeof *p)
        return DISK_BAD_FUNCTION;
    p->size = sizeof *p;
    p->flags |= ANY_BOUNDARY;
    far_store(r->ds, r->si, p, sizeof *p);
    return DISK_OK;
}

static enum disk_status cd_parameters(struct cd_request *q)
{
    struct parameters p = {.flags = REMOVABLE | CHANGE_LINE | LOCKABLE, .bytes = CD_SECTOR};
    u32 sectors;
    enum disk_status status = atapi_capacity(&q->drive, &sectors);

    if (status != DISK_OK)
        return status;
    p.sectors = sectors;
    return put_parameters(q, &p);
}

/* --- the disk a CD stands in for --- */

static u16 cylinders(const struct cd_boot *b)
{
    return (u16)(((b->last_sector & 0xc0) << 2 | b->last_cylinder) + 1);
}

/* The address in CX and DH; false: not on the disk. */
static bool chs_address(struct cd_request *q, u32 *sector)
{
    const struct cd_boot *b = &q->boot;
    struct regs *r = q->r;
    u16 cylinder = (u16)((r->cl & 0xc0) << 2 | r->ch);
    u8 n = r->cl & 63, spt = b->last_sector & 63;

    *sector = ((u32)cylinder * (b->last_head + 1u) + r->dh) * spt + n - 1;
    return n && n <= spt && r->dh <= b->last_head && cylinder < cylinders(b);
}

/* AH=04h looks whether the sectors can be read. */
static enum disk_status image_move(struct cd_request *q)
{
    struct regs *r = q->r;
    u8 count = r->al;
    enum disk_status status;
    u32 sector;

    r->al = 0;
    if (!count || count > 0x80)
        return DISK_BAD_FUNCTION;
    if (!chs_address(q, &sector) || sector + count > q->boot.sectors)
        return DISK_NO_SECTOR;
    status = r->ah == 0x04 ? cd_image_verify(&q->boot, sector, count)
                           : cd_image_read(&q->boot, sector, count, r->es, r->bx);
    if (status == DISK_OK)
        r->al = count;
    return status;
}

static enum disk_status image_seek(struct cd_request *q)
{
    u32 sector;

    return chs_address(q, &sector) ? DISK_OK : DISK_SEEK_FAILED;
}

static u8 diskettes(void)
{
    return BDA->equipment & EQUIP_FLOPPY ? (u8)((BDA->equipment >> 6 & 3) + 1) : 0;
}

static enum disk_status image_parameters(struct cd_request *q)
{
    struct regs *r = q->r;

    r->ax = 0;
    r->ch = q->boot.last_cylinder;
    r->cl = q->boot.last_sector;
    r->dh = q->boot.last_head;
    r->dl = BDA->hd_count;
    if (cd_is_diskette(&q->boot)) {
        r->bx = floppy_medium((q->boot.last_sector & 63), &r->di);
        r->es = ROM_SEGMENT;
        r->dl = diskettes();
    }
    return DISK_OK;
}

/* A diskette drive with a change line, on which nothing ever changes; or a hard disk. */
static enum disk_status image_kind(struct cd_request *q)
{
    struct regs *r = q->r;

    r->ah = cd_is_diskette(&q->boot) ? 2 : 3;
    if (r->ah == 3) {
        r->cx = (u16)(q->boot.sectors >> 16);
        r->dx = (u16)q->boot.sectors;
    }
    return DISK_OK;
}

static enum disk_status image_ext(struct cd_request *q)
{
    struct packet p;

    if (!load_packet(q, &p) || p.lba >= q->boot.sectors || p.count > q->boot.sectors - p.lba)
        return DISK_BAD_FUNCTION;
    if (!p.count || q->r->ah == 0x47)
        return DISK_OK;
    return packet_end(q, q->r->ah == 0x44
                             ? cd_image_verify(&q->boot, p.lba, p.count)
                             : cd_image_read(&q->boot, p.lba, p.count, p.segment, p.offset));
}

static enum disk_status image_ext_parameters(struct cd_request *q)
{
    const struct cd_boot *b = &q->boot;
    struct parameters p = {.flags = GEOMETRY_VALID,
                           .cylinders = cylinders(b),
                           .heads = b->last_head + 1u,
                           .spt = b->last_sector & 63u,
                           .sectors = b->sectors,
                           .bytes = 512};

    return put_parameters(q, &p);
}

/* --- El Torito's own functions --- */

/* AX=4B00h ends the emulation, 4B01h only tells about it. */
static enum disk_status terminate(struct cd_request *q)
{
    struct regs *r = q->r;

    if (!q->boot.size || (r->dl != q->boot.drive && r->dl != 0x7f) || r->al > 1)
        return DISK_BAD_FUNCTION;
    far_store(r->ds, r->si, &q->boot, CD_PACKET);
    if (!r->al)
        cd_end();
    return DISK_OK;
}

/* Which CD the packet means; false: there is none. */
static bool find_cd(struct cd_boot *boot)
{
    struct drive d;

    for (boot->cd = 0; boot->cd < EBDA8(cd_count); boot->cd++) {
        cd_load(boot->cd, &d);
        if ((d.irq == 15) == boot->controller && (d.select >> 4 & 1) == (boot->device & 1))
            return true;
    }
    return false;
}

/* AX=4A00h begins the emulation that the packet at DS:SI describes, 4C00h boots from it as well. */
static enum disk_status initiate(struct cd_request *q)
{
    struct regs *r = q->r;
    struct cd_boot *boot = &q->boot;
    bool start = r->ah == 0x4c;

    if (r->al || far_get8(r->ds, r->si) < CD_PACKET)
        return DISK_BAD_FUNCTION;
    far_load(boot, r->ds, r->si, CD_PACKET);
    if (!find_cd(boot))
        return DISK_BAD_FUNCTION;
    return (start ? cd_go(boot) : cd_begin(boot)) ? DISK_BAD_FUNCTION : DISK_OK;
}

struct catalogue_packet { /* DS:SI of AX=4D00h */
    u8 size, count;
    u16 offset, segment, first;
} PACKED;

static enum disk_status read_catalogue(struct cd_request *q)
{
    struct catalogue_packet p;
    struct atapi_data to;

    far_load(&p, q->r->ds, q->r->si, sizeof p);
    if (q->r->al || !q->boot.size || p.size < sizeof p || !p.count)
        return DISK_BAD_FUNCTION;
    to = (struct atapi_data){
        .length = p.count * (u32)CD_SECTOR, .segment = p.segment, .offset = p.offset};
    cd_load(q->boot.cd, &q->drive);
    return atapi_read(&q->drive, q->boot.catalogue + p.first, &to);
}

/* --- dispatch --- */

typedef enum disk_status (*function)(struct cd_request *q);

static ROM struct {
    u8 number, of;
    bool own_ah; /* AH is a result, not a status */
    function serve;
} functions[] = {
    {0x00, OF_CD, false, reset},
    {0x00, OF_DISKETTE | OF_DISK, false, nothing},
    {0x01, ALL, false, last_status},
    {0x02, OF_DISKETTE | OF_DISK, false, image_move},
    {0x03, OF_DISKETTE | OF_DISK, false, refuse_writing},
    {0x04, OF_DISKETTE | OF_DISK, false, image_move},
    {0x05, OF_DISKETTE | OF_DISK, false, refuse_writing},
    {0x08, OF_DISKETTE | OF_DISK, false, image_parameters},
    {0x09, OF_DISK, false, nothing},
    {0x0c, OF_DISK, false, image_seek},
    {0x0d, OF_CD, false, reset},
    {0x0d, OF_DISK, false, nothing},
    {0x10, OF_CD, false, ready},
    {0x10, OF_DISK, false, nothing},
    {0x11, OF_CD | OF_DISK, false, nothing},
    {0x14, OF_DISK, false, nothing},
    {0x15, OF_DISKETTE | OF_DISK, true, image_kind},
    {0x16, OF_DISKETTE, false, nothing},
    {0x41, OF_CD | OF_DISK, true, ext_check},
    {0x42, OF_CD, false, cd_move},
    {0x42, OF_DISK, false, image_ext},
    {0x43, OF_CD | OF_DISK, false, refuse_writing},
    {0x44, OF_CD, false, cd_move},
    {0x44, OF_DISK, false, image_ext},
    {0x45, OF_CD, false, cd_lock},
    {0x46, OF_CD, false, cd_eject},
    {0x47, OF_CD, false, cd_seek},
    {0x47, OF_DISK, false, image_ext},
    {0x48, OF_CD, false, cd_parameters},
    {0x48, OF_DISK, false, image_ext_parameters},
    {0x49, OF_CD, false, cd_change},
    {0x49, OF_DISK, false, nothing},
    {0x4a, ALL, false, initiate},
    {0x4b, ALL, false, terminate},
    {0x4c, ALL, false, initiate},
    {0x4d, ALL, false, read_catalogue},
};

static void serve(struct cd_request *q, u8 of)
{
    struct regs *r = q->r;
    enum disk_status status = DISK_BAD_FUNCTION;
    u8 i, ah = r->ah;

    q->of = of;
    for (i = 0; i < COUNT(functions); i++)
        if (functions[i].number == ah && functions[i].of & of) {
            status = functions[i].serve(q);
            break;
        }
    if (ah != 0x01 && of == OF_DISKETTE)
        BDA->fd_status = status;
    else if (ah != 0x01)
        BDA->hd_status = status;
    disk_finish(r, status, i < COUNT(functions) && functions[i].own_ah);
}

/* A diskette that has moved up by one. */
static void moved_diskette(struct regs *r)
{
    u8 ah = r->ah, dl = r->dl;

    r->dl = dl - 1;
    int_40h(r);
    r->dl = ah == 0x08 ? diskettes() : dl;
}

u8 cd_hard_disks(void)
{
    return EBDA8(cd.size) && EBDA8(cd.drive) == 0x80;
}

bool cd_int_13h(struct regs *r)
{
    struct cd_request q = {.r = r};
    u8 cd = r->dl - CD_DRIVE;
    bool own = r->ah >= 0x4a && r->ah <= 0x4d;

    if (!EBDA8(cd.size) && r->dl < CD_DRIVE && !own)
        return false;
    cd_boot_load(&q.boot);
    if (r->dl >= CD_DRIVE && cd < EBDA8(cd_count)) {
        cd_load(cd, &q.drive);
        serve(&q, OF_CD);
    } else if (own) {
        serve(&q, OF_CD);
    } else if (q.boot.size && r->dl == q.boot.drive) {
        serve(&q, cd_is_diskette(&q.boot) ? OF_DISKETTE : OF_DISK);
    } else if (!(r->dl & 0x80)) {
        moved_diskette(r);
    } else {
        return false;
    }
    return true;
}
