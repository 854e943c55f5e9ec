/* SPDX-License-Identifier: MIT */
/*
 * Commands of the floppy disk controller that wait for the turning disk: find an ID, move data,
 * format. Everything happens when the place on the track comes under the head.
 *
 *  index                slot 0                                          slot 1
 *    |  gap 146 bytes  | sync ID crc | gap sync mark | 128 << N | crc .. | sync ID ..
 *                      0            22              60
 *
 *    SEEK -> FIND -> DATA -> FIND -> DATA ... -> result
 *            GIVE_UP at the second index pulse; WAIT while nothing turns
 */
#include "devices/fdc_parts.h"

enum {
    INDEX_GAP = 146,
    ID_END = 22,
    DATA_AFTER_ID = 38,
    BURST = 16,
    LAST_BYTES = 32,
    ID_BYTES = 4,
    SLOT_AROUND = 76, /* what a slot has besides its data, at least */
    SIZE_512 = 2,
    GAP_BYTE = 0x4e,
};

#define PROTECT_TIME 50000u /* ns until a write-protected disk is told */

enum fdc_step {
    STEP_NONE,
    STEP_SEEK,    /* an implied seek is under way */
    STEP_WAIT,    /* the disk does not turn: no index pulse, no end */
    STEP_FIND,    /* the ID will pass */
    STEP_GIVE_UP, /* it will not */
    STEP_DATA,    /* bytes of a sector pass */
    STEP_FORMAT,
};

/* What a command does, by its low five bits. */
enum { TO_HOST = 1, FROM_HOST = 2, WRITES = 4, DELETED = 8, SCAN = 16 };
enum {
    OP_READ_TRACK = 0x02,
    OP_READ_ID = 0x0a,
    OP_FORMAT = 0x0d,
    OP_SCAN_EQUAL = 0x11,
    OP_SCAN_LOW = 0x19,
    OP_VERIFY = 0x16
};

static const u8 op_traits[32] = {
    [0x06] = TO_HOST,
    [0x0c] = TO_HOST | DELETED,
    [0x05] = FROM_HOST | WRITES,
    [0x09] = FROM_HOST | WRITES | DELETED,
    [0x0d] = FROM_HOST | WRITES,
    [0x02] = TO_HOST,
    [0x11] = FROM_HOST | SCAN,
    [0x19] = FROM_HOST | SCAN,
    [0x1d] = FROM_HOST | SCAN,
};

static u8 operation(const struct fdc *fdc)
{
    return fdc->opcode & 0x1f;
}

static bool does(const struct fdc *fdc, u8 trait)
{
    return op_traits[operation(fdc)] & trait;
}

static bool by_dma(const struct fdc *fdc)
{
    return !(fdc->hlt_nd & 1);
}

/* ---- the track under the head ---- */

struct track {
    bool turns;    /* a disk is in the selected drive and its motor is on */
    bool readable; /* formatted, and with this data rate */
    u8 cylinder;
    struct disk_track on; /* empty where nothing is */
    u32 revs;             /* revolutions a second */
    u32 bytes;            /* of one revolution */
};

/* The rate with which a disk of this format is recorded, in the drive that it is in; kbit/s. */
static u32 disk_kbps(const struct fdc_drive *d)
{
    if (d->geometry.sectors > 24)
        return 1000;
    if (d->geometry.sectors > 11)
        return 500;
    return d->type == FDC_DRIVE_1200K ? 300 : 250; /* 360 rpm instead of 300 */
}

static u32 drive_kbps_max(const struct fdc_drive *d)
{
    static const u16 max[] = {0, 250, 500, 250, 500, 1000};
    return max[d->type];
}

/* A drive with 80 narrow tracks finds each of 40 wide ones at two positions. */
static u8 media_cylinder(const struct fdc_drive *d)
{
    bool wide = d->type == FDC_DRIVE_1200K && d->geometry.cylinders <= 43;
    return wide ? d->cylinder / 2 : d->cylinder;
}

static u16 size_of(struct disk_sector sector)
{
    return (u16)(128u << sector.n);
}

/* Bytes of the first N slots at least. */
static u32 slots_min(const struct track *t, u32 n)
{
    u32 bytes = 0;
    for (u32 i = 0; i < n; i++)
        bytes += SLOT_AROUND + size_of(t->on.sectors[i]);
    return bytes;
}

static struct track track_now(struct fdc *fdc)
{
    const struct fdc_drive *d = fdc_selected(fdc);
    u32 revs = d && d->type == FDC_DRIVE_1200K ? 6 : 5;
    u32 rate = d && fdc->rate == FDC_RATE_OF_DISK ? disk_kbps(d) : fdc_kbps(fdc);
    struct track t = {.revs = revs * fdc->hurry, .bytes = rate * 125 / revs};
    t.turns = d && d->disk && fdc_motor(fdc);
    if (!t.turns)
        return t;
    t.cylinder = media_cylinder(d);
    disk_track(d->disk, t.cylinder, fdc->head, &t.on);
    u32 room = INDEX_GAP + slots_min(&t, t.on.count);
    t.bytes = t.bytes > room ? t.bytes : room; /* very dense formats have shorter bytes here */
    t.readable =
        t.on.count && fdc->opcode & OPCODE_MFM && rate == disk_kbps(d) && rate <= drive_kbps_max(d);
    return t;
}

static vtime bytes_to_ns(const struct track *t, u64 bytes)
{
    return bytes * NS_PER_S / ((u64)t->revs * t->bytes);
}

static vtime time_of(const struct track *t, u64 turn, u32 byte)
{
    return ticks_to_ns(turn, t->revs) + bytes_to_ns(t, byte);
}

/* The slots share the track as their sizes are. */
static u32 slot_byte(const struct track *t, u32 index)
{
    return INDEX_GAP + t->on.late +
           slots_min(t, index) * (t->bytes - INDEX_GAP) / slots_min(t, t->on.count);
}

/* When the end of the ID of sector INDEX (from 0) passes next. */
static vtime id_time(const struct fdc *fdc, const struct track *t, u32 index)
{
    u64 turn = clock_ticks(fdc->clock, t->revs);
    u32 byte = slot_byte(t, index) + ID_END;
    vtime when = time_of(t, turn, byte);
    return when >= clock_now(fdc->clock) ? when : time_of(t, turn + 1, byte);
}

static u32 next_index(const struct fdc *fdc, const struct track *t)
{
    u32 best = 0;
    for (u32 i = 1; i < t->on.count; i++)
        if (id_time(fdc, t, i) < id_time(fdc, t, best))
            best = i;
    return best;
}

/* The sector of this track whose ID ends with R and N; -1: none. */
static int index_of(const struct track *t, u8 r, u8 n)
{
    for (int i = 0; i < t->on.count; i++)
        if (t->on.sectors[i].r == r && t->on.sectors[i].n == n)
            return i;
    return -1;
}

/* Which sector of the track the command wants next; -1: none that is there. */
static int wanted_index(const struct fdc *fdc, const struct track *t)
{
    u8 at = (u8)(fdc->eot - fdc->left);
    if (operation(fdc) == OP_READ_TRACK)
        return at < t->on.count ? at : -1;
    return fdc->c == t->cylinder && fdc->h == fdc->head ? index_of(t, fdc->r, fdc->n) : -1;
}

static bool marked(const struct fdc_drive *d, u64 lba)
{
    return lba < FDC_MARKS * 8 && d->deleted[lba / 8] >> lba % 8 & 1;
}

static void mark(struct fdc_drive *d, u64 lba, bool deleted)
{
    if (lba >= FDC_MARKS * 8)
        return;
    d->deleted[lba / 8] &= (u8) ~(1 << lba % 8);
    d->deleted[lba / 8] |= (u8)(deleted << lba % 8);
}

/* ---- the end of a command ---- */

static void request(struct fdc *fdc, bool level)
{
    if (by_dma(fdc) && fdc->dma.dreq)
        fdc->dma.dreq(fdc->dma.owner, level);
}

static void service(struct fdc *fdc)
{
    fdc->service_irq = !by_dma(fdc) && fdc_host_ready(fdc);
    fdc_irq_update(fdc);
}

void fdc_transfer_stop(struct fdc *fdc)
{
    timer_stop(&fdc->work);
    fdc->step = STEP_NONE;
    fdc->service_irq = false;
    request(fdc, false);
}

static void finish(struct fdc *fdc, u8 st0, u8 st1, u8 st2)
{
    fdc_transfer_stop(fdc);
    const u8 result[7] = {
        (u8)(fdc->st0 | st0 | fdc->head << 2 | (fdc->select & 3)),
        fdc->st1 | st1,
        fdc->st2 | st2,
        fdc->c,
        fdc->h,
        fdc->r,
        fdc->n,
    };
    memcpy(fdc->fifo, result, sizeof result);
    fdc_result(fdc, sizeof result, true);
}

/* ---- finding ---- */

static void format_begin(struct fdc *fdc, const struct track *t)
{
    fdc->step = STEP_FORMAT;
    fdc->turn = clock_ticks(fdc->clock, t->revs) + 1;
    fdc->passed = 0;
    fdc->moved = fdc->length = ID_BYTES; /* nothing is asked for yet */
    fdc->given = 0;
    timer_set(&fdc->work, time_of(t, fdc->turn, 0));
}

static int search_index(struct fdc *fdc, const struct track *t)
{
    if (!t->readable)
        return -1;
    if (operation(fdc) != OP_READ_ID)
        return wanted_index(fdc, t);
    u32 index = next_index(fdc, t);
    fdc->r = t->on.sectors[index].r;
    fdc->n = t->on.sectors[index].n;
    return (int)index;
}

static bool protected(struct fdc *fdc)
{
    const struct fdc_drive *d = fdc_selected(fdc);
    return does(fdc, WRITES) && d && d->disk && disk_read_only(d->disk);
}

/* Wait for the ID; FRESH: two index pulses from now. */
static void search(struct fdc *fdc, bool fresh)
{
    struct track t = track_now(fdc);
    fdc->step = STEP_WAIT;
    timer_stop(&fdc->work);
    if (!t.turns)
        return;
    if (protected(fdc)) {
        fdc->step = STEP_GIVE_UP;
        timer_set(&fdc->work, clock_now(fdc->clock) + PROTECT_TIME);
        return;
    }
    if (operation(fdc) == OP_FORMAT) {
        format_begin(fdc, &t);
        return;
    }
    if (fresh)
        fdc->turn = clock_ticks(fdc->clock, t.revs) + 2;
    int index = search_index(fdc, &t);
    fdc->step = index >= 0 ? STEP_FIND : STEP_GIVE_UP;
    timer_set(&fdc->work, index >= 0 ? id_time(fdc, &t, (u32)index) : time_of(&t, fdc->turn, 0));
}

static void give_up(struct fdc *fdc)
{
    struct track t = track_now(fdc);
    if (protected(fdc))
        finish(fdc, ST0_ABNORMAL, ST1_NW, 0);
    else if (t.readable && operation(fdc) != OP_READ_ID)
        finish(fdc, ST0_ABNORMAL, ST1_ND, fdc->c != t.cylinder ? ST2_WC : 0);
    else
        finish(fdc, ST0_ABNORMAL, ST1_MA, 0);
}

void fdc_spindle_changed(struct fdc *fdc)
{
    if (fdc->step == STEP_WAIT || fdc->step == STEP_FIND || fdc->step == STEP_GIVE_UP)
        search(fdc, true);
}

/* ---- bytes between host and sector ---- */

/* How far the host may be ahead of the head when it writes, or behind when it reads. */
static u16 slack(const struct fdc *fdc)
{
    return by_dma(fdc) || !(fdc->config & CONFIG_EFIFO) ? BURST : 2;
}

/* Bytes of the sector that the host may have moved by now. */
static u16 reach(const struct fdc *fdc)
{
    u32 ahead = fdc->passed + (does(fdc, FROM_HOST) ? slack(fdc) : 0u);
    return ahead < fdc->length ? (u16)ahead : fdc->length;
}

/* Bytes from one service of the host to the next. */
static u16 burst(const struct fdc *fdc)
{
    if (by_dma(fdc))
        return BURST;
    if (fdc->config & CONFIG_EFIFO) /* set: the FIFO is off */
        return 1;
    u16 threshold = (fdc->config & CONFIG_FIFOTHR) + 1;
    return threshold < FDC_FIFO ? FDC_FIFO - threshold : 1;
}

static void scan_byte(struct fdc *fdc, u8 disk, u8 host)
{
    if (disk == host || disk == 0xff || host == 0xff)
        return;
    fdc->differs = true;
    if (operation(fdc) == OP_SCAN_EQUAL || (operation(fdc) == OP_SCAN_LOW) == (disk > host))
        fdc->unlike = true;
}

/* The only two ways for a byte in and out of the sector. */
static void sector_put(struct fdc *fdc, u8 byte)
{
    if (fdc->moved >= fdc->length)
        return;
    if (does(fdc, SCAN))
        scan_byte(fdc, fdc->sector[fdc->moved], byte);
    else
        fdc->sector[fdc->moved] = byte;
    fdc->moved++;
}

static u8 sector_get(struct fdc *fdc)
{
    return fdc->moved < fdc->length ? fdc->sector[fdc->moved++] : 0;
}

bool fdc_to_host(const struct fdc *fdc)
{
    return does(fdc, TO_HOST);
}

bool fdc_host_ready(const struct fdc *fdc)
{
    return (fdc->step == STEP_DATA || fdc->step == STEP_FORMAT) && !by_dma(fdc) &&
           does(fdc, TO_HOST | FROM_HOST) && fdc->moved < reach(fdc);
}

u8 fdc_host_read(struct fdc *fdc)
{
    if (!fdc_host_ready(fdc) || !does(fdc, TO_HOST))
        return 0;
    u8 byte = sector_get(fdc);
    if (!fdc_host_ready(fdc))
        service(fdc);
    if (fdc->over && fdc->moved == fdc->length)
        timer_set(&fdc->work, clock_now(fdc->clock));
    return byte;
}

void fdc_host_write(struct fdc *fdc, u8 byte)
{
    if (!fdc_host_ready(fdc) || !does(fdc, FROM_HOST))
        return;
    sector_put(fdc, byte);
    if (!fdc_host_ready(fdc))
        service(fdc);
}

/* One request to the DMA chip; false: it did not take or give all. */
static bool dma_burst(struct fdc *fdc, u32 n)
{
    u8 bytes[BURST];
    bool to_memory = does(fdc, TO_HOST), tc = false;
    if (to_memory)
        memcpy(bytes, fdc->sector + fdc->moved, n);
    u32 got = fdc->dma.transfer ? fdc->dma.transfer(fdc->dma.owner, bytes, n, to_memory, &tc) : 0;
    got = got < n ? got : n;
    for (u32 i = 0; i < got && !to_memory; i++)
        sector_put(fdc, bytes[i]);
    if (to_memory)
        fdc->moved = (u16)(fdc->moved + got);
    fdc->tc |= tc;
    return got == n && !tc;
}

/* Bring the host as far as it may go. */
static void serve(struct fdc *fdc)
{
    bool more = by_dma(fdc) && !fdc->tc && does(fdc, TO_HOST | FROM_HOST);
    while (more && fdc->moved < reach(fdc)) {
        u32 n = reach(fdc) - fdc->moved;
        more = dma_burst(fdc, n < BURST ? n : BURST);
    }
    service(fdc);
}

/* ---- a sector ---- */

/* The data mark is not the one that the command is for. */
static bool other_mark(struct fdc *fdc)
{
    u8 op = operation(fdc);
    if (does(fdc, WRITES | SCAN) || op == OP_READ_TRACK)
        return false;
    return marked(fdc_selected(fdc), fdc->lba) != does(fdc, DELETED);
}

/* The next ID as the data sheet's table has it, "Result Phase Table"; false: past the last. */
static bool id_advance(struct fdc *fdc)
{
    u8 by = does(fdc, SCAN) && fdc->gap == 2 ? 2 : 1;
    if (fdc->r != fdc->eot && !(by == 2 && fdc->r + 1 == fdc->eot)) {
        fdc->r = (u8)(fdc->r + by);
        return true;
    }
    fdc->r = 1;
    if (!(fdc->opcode & OPCODE_MT)) {
        fdc->c++;
        return false;
    }
    fdc->h ^= 1;
    if (fdc->head) {
        fdc->c++;
        return false;
    }
    fdc->head = fdc->tc ? 0 : 1; /* ST0 names the head that was used */
    return true;
}

static void cylinder_end(struct fdc *fdc)
{
    if (does(fdc, SCAN))
        finish(fdc, 0, 0, ST2_SN);
    else if (operation(fdc) == OP_VERIFY && !(fdc->select & 0x80))
        finish(fdc, 0, 0, 0);
    else
        finish(fdc, ST0_ABNORMAL, ST1_EN, 0);
}

static void next_sector(struct fdc *fdc)
{
    bool counted =
        operation(fdc) == OP_READ_TRACK || (operation(fdc) == OP_VERIFY && fdc->select & 0x80);
    bool last = counted && !--fdc->left, more = true;
    if (operation(fdc) == OP_READ_TRACK)
        fdc->r++;
    else
        more = id_advance(fdc);
    if (fdc->tc || last)
        finish(fdc, 0, 0, 0);
    else if (!more)
        cylinder_end(fdc);
    else
        search(fdc, true);
}

static void sector_done(struct fdc *fdc)
{
    struct fdc_drive *d = fdc_selected(fdc);
    fdc->activity++;
    if (does(fdc, WRITES)) {
        if (!disk_write(d->disk, fdc->lba, fdc->length / SECTOR_SIZE, fdc->sector)) {
            finish(fdc, ST0_ABNORMAL | ST0_EC, 0, 0);
            return;
        }
        mark(d, fdc->lba, does(fdc, DELETED));
    }
    if (does(fdc, SCAN) && !fdc->unlike)
        finish(fdc, 0, 0, fdc->differs ? 0 : ST2_SH);
    else if (fdc->st2 & ST2_CM && !(fdc->opcode & OPCODE_SK))
        finish(fdc, 0, 0, 0);
    else
        next_sector(fdc);
}

/* Read track takes what comes and tells whether it was what it looked for. As many bytes pass as
 * the command's N says: if the sector has another, its CRC is not where it is looked for. */
static void track_compare(struct fdc *fdc, const struct track *t, struct disk_sector s)
{
    fdc->length = (u16)(128u << (fdc->n & 7));
    if (fdc->c != t->cylinder || fdc->h != fdc->head || fdc->r != s.r || fdc->n != s.n)
        fdc->st1 |= ST1_ND;
    if (fdc->length != size_of(s)) {
        fdc->st1 |= ST1_DE;
        fdc->st2 |= ST2_DD;
    }
}

/* What is on the disk, for reading and comparing; zeros to be filled for writing. */
static bool sector_load(struct fdc *fdc, struct disk_sector s)
{
    memset(fdc->sector, does(fdc, WRITES) ? 0 : GAP_BYTE, sizeof fdc->sector);
    return does(fdc, WRITES) ||
           disk_read(fdc_selected(fdc)->disk, s.lba, size_of(s) / SECTOR_SIZE, fdc->sector);
}

static void data_begin(struct fdc *fdc, const struct track *t)
{
    fdc->step = STEP_DATA;
    fdc->data_start = fdc->work.when + bytes_to_ns(t, DATA_AFTER_ID);
    fdc->passed = 0;
    fdc->moved = does(fdc, TO_HOST | FROM_HOST) ? 0 : fdc->length;
    fdc->over = fdc->unlike = fdc->differs = false;
    request(fdc, fdc->moved == 0);
    serve(fdc);
    timer_set(&fdc->work, fdc->data_start + bytes_to_ns(t, burst(fdc)));
}

static void sector_found(struct fdc *fdc, const struct track *t, struct disk_sector s)
{
    fdc->lba = s.lba;
    fdc->length = size_of(s);
    if (other_mark(fdc) && fdc->opcode & OPCODE_SK) {
        fdc->st2 |= ST2_CM;
        next_sector(fdc);
    } else if (!sector_load(fdc, s)) {
        finish(fdc, ST0_ABNORMAL, ST1_DE, ST2_DD);
    } else {
        if (operation(fdc) == OP_READ_TRACK)
            track_compare(fdc, t, s);
        else if (other_mark(fdc))
            fdc->st2 |= ST2_CM;
        data_begin(fdc, t);
    }
}

static void id_found(struct fdc *fdc)
{
    struct track t = track_now(fdc);
    int index = t.readable ? wanted_index(fdc, &t) : -1;
    if (operation(fdc) == OP_READ_ID && t.readable) {
        fdc->c = t.cylinder;
        fdc->h = fdc->head;
        finish(fdc, 0, 0, 0);
    } else if (index < 0) {
        search(fdc, false); /* the data rate was changed meanwhile */
    } else {
        sector_found(fdc, &t, t.on.sectors[index]);
    }
}

/* The host did not keep up: reading, the FIFO is full; writing, it is empty. */
static bool overrun(const struct fdc *fdc)
{
    if (fdc->tc || fdc->moved >= fdc->passed)
        return false;
    return !does(fdc, TO_HOST) || fdc->passed - fdc->moved > slack(fdc);
}

static void data_pass(struct fdc *fdc)
{
    struct track t = track_now(fdc);
    u32 passed = fdc->passed + burst(fdc);
    if (!t.readable) {
        finish(fdc, ST0_ABNORMAL, ST1_DE, ST2_DD); /* the disk was taken out */
        return;
    }
    fdc->passed = passed < fdc->length ? (u16)passed : fdc->length;
    serve(fdc);
    bool all = fdc->tc || fdc->moved == fdc->length;
    if (overrun(fdc) || (fdc->over && !all)) {
        finish(fdc, ST0_ABNORMAL, ST1_OR, 0);
    } else if (fdc->passed < fdc->length) {
        timer_set(&fdc->work, fdc->data_start + bytes_to_ns(&t, fdc->passed + burst(fdc)));
    } else if (all) {
        sector_done(fdc);
    } else {
        fdc->over = true;
        timer_set(&fdc->work, fdc->data_start + bytes_to_ns(&t, fdc->length + LAST_BYTES));
    }
}

/* ---- formatting ---- */

/* A whole sector of the fill byte. */
static bool sector_fill(struct fdc *fdc, struct disk_sector s)
{
    struct fdc_drive *d = fdc_selected(fdc);
    memset(fdc->sector, fdc->gap, size_of(s));
    mark(d, s.lba, false);
    fdc->activity++;
    return disk_write(d->disk, s.lba, size_of(s) / SECTOR_SIZE, fdc->sector);
}

/* Give sector[] (C, H, R, N) its place on the disk; false: it has none. */
static bool format_sector(struct fdc *fdc, const struct track *t)
{
    const u8 *id = fdc->sector;
    bool fits =
        t->readable && fdc->eot >= t->on.count && id[0] == t->cylinder && id[1] == fdc->head;
    int index = fits ? index_of(t, id[2], id[3]) : -1;
    bool places = fdc->n < SIZE_512; /* which larger ones will have */
    if (index < 0 || (!places && fdc->n != id[3]))
        return fits && places && fdc->n == id[3];
    fdc->given |= (u64)1 << index;
    return sector_fill(fdc, t->on.sectors[index]);
}

/* The place of slot number eot - left, or the index pulse behind the last one. */
static vtime format_time(const struct fdc *fdc, const struct track *t, bool half)
{
    u32 slots = fdc->eot ? fdc->eot : 1, at = slots - fdc->left, room = t->bytes - INDEX_GAP;
    if (!fdc->left)
        return time_of(t, fdc->turn + 1, 0);
    return time_of(t, fdc->turn, INDEX_GAP + at * room / slots + (half ? room / slots / 2 : 0));
}

static void format_ask(struct fdc *fdc, const struct track *t)
{
    fdc->moved = 0;
    fdc->passed = fdc->length = ID_BYTES;
    request(fdc, true);
    serve(fdc);
    timer_set(&fdc->work, format_time(fdc, t, true));
}

static void format_put(struct fdc *fdc, const struct track *t)
{
    serve(fdc);
    if (fdc->moved < ID_BYTES) {
        finish(fdc, fdc->tc ? 0 : ST0_ABNORMAL, fdc->tc ? 0 : ST1_OR, 0);
        return;
    }
    if (!format_sector(fdc, t)) {
        finish(fdc, ST0_ABNORMAL | ST0_EC, 0, 0);
        return;
    }
    fdc->passed = 0;
    fdc->left--;
    timer_set(&fdc->work, format_time(fdc, t, false));
}

/* The index pulse behind the last slot: has each sector of the track an ID? */
static void format_end(struct fdc *fdc, const struct track *t)
{
    bool all = !fdc->eot || fdc->given == ((u64)1 << t->on.count) - 1;
    finish(fdc, all ? 0 : ST0_ABNORMAL | ST0_EC, 0, 0);
}

/* From index to index. Each slot has two events: its ID is asked for, and it is written. */
static void format_pass(struct fdc *fdc)
{
    struct track t = track_now(fdc);
    if (!t.turns)
        finish(fdc, ST0_ABNORMAL | ST0_EC, 0, 0);
    else if (!fdc->left)
        format_end(fdc, &t);
    else if (!fdc->passed)
        format_ask(fdc, &t);
    else
        format_put(fdc, &t);
}

/* ---- starting ---- */

void fdc_transfer_work(void *owner)
{
    struct fdc *fdc = owner;
    static void (*const work[FDC_STEPS])(struct fdc *) = {
        [STEP_FIND] = id_found,
        [STEP_GIVE_UP] = give_up,
        [STEP_DATA] = data_pass,
        [STEP_FORMAT] = format_pass,
    };
    if (work[fdc->step])
        work[fdc->step](fdc);
}

void fdc_transfer_begin(struct fdc *fdc)
{
    search(fdc, true);
}

static void execute(struct fdc *fdc)
{
    fdc->select = fdc->fifo[1];
    fdc->head = fdc->select >> 2 & 1;
    fdc->st0 = fdc->st1 = fdc->st2 = 0;
    fdc->tc = fdc->over = false;
    fdc->passed = fdc->moved = 0;
    fdc->phase = FDC_EXECUTION;
}

void fdc_read_id(struct fdc *fdc)
{
    execute(fdc);
    fdc->h = fdc->head;
    search(fdc, true);
}

void fdc_format(struct fdc *fdc)
{
    execute(fdc);
    fdc->n = fdc->fifo[2];
    fdc->eot = fdc->left = fdc->fifo[3];
    fdc->gap = fdc->fifo[5]; /* the byte to fill sectors with */
    fdc->h = fdc->head;
    search(fdc, true);
}

void fdc_data(struct fdc *fdc)
{
    unsigned unit = fdc->fifo[1] & 3;
    execute(fdc);
    fdc->c = fdc->fifo[2];
    fdc->h = fdc->fifo[3];
    fdc->r = fdc->fifo[4];
    fdc->n = fdc->fifo[5];
    fdc->eot = fdc->fifo[6];
    fdc->gap = fdc->fifo[8];
    fdc->left = operation(fdc) == OP_VERIFY ? fdc->gap : fdc->eot;
    u8 from = fdc->pcn[unit];
    if (!(fdc->config & CONFIG_EIS) || from == fdc->c) {
        search(fdc, true);
        return;
    }
    fdc->step = STEP_SEEK;
    fdc->st0 = ST0_SE;
    bool inward = fdc->c > from;
    fdc_seek_start(fdc, unit, (u8)(inward ? fdc->c - from : from - fdc->c), inward, fdc->c);
    fdc->seek[unit].implied = true;
}
