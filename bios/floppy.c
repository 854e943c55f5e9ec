/* SPDX-License-Identifier: MIT */
/*
 * Diskettes: INT 40h, where INT 13h goes for drives 0 and 1. Commands to the 765 by its ports, data
 * by DMA channel 2, the end by IRQ 6. The parameters of INT 1Eh rule (step rate, sector size,
 * sectors a track, gaps, motor times); while that vector still points at our own table, the one
 * that fits the medium stands in for it.
 */
#include "bda.h"

#define DOR       0x3f2
#define MSR       0x3f4
#define FIFO      0x3f5
#define DIR       0x3f7 /* read: change line; write: data rate */

#define MSR_RQM   0x80
#define MSR_DIO   0x40
#define MSR_BUSY  0x10
#define IRQ_CAME  0x80
#define DISK_GONE 0x80

enum status {
    OK = 0x00,
    BAD_FUNCTION = 0x01,
    NO_ADDRESS_MARK = 0x02,
    WRITE_PROTECTED = 0x03,
    NO_SECTOR = 0x04,
    CHANGED = 0x06,
    DMA_OVERRUN = 0x08,
    DMA_BOUNDARY = 0x09,
    UNKNOWN_MEDIA = 0x0c,
    BAD_CRC = 0x10,
    CONTROLLER = 0x20,
    SEEK_FAILED = 0x40,
    TIMEOUT = 0x80,
};

enum parameter { /* bytes of the INT 1Eh table */
                 STEP_UNLOAD,
                 LOAD_DMA,
                 MOTOR_OFF,
                 SIZE_CODE,
                 LAST_SECTOR,
                 GAP,
                 DATA_LENGTH,
                 FORMAT_GAP,
                 FILL,
                 SETTLE_MS,
                 MOTOR_START,
                 LAST_TRACK,
                 RATE,
};

/* Media, as 40:90 tells them: rate in bits 7-6, double step 5, established 4, kind 2-0. */
#define ESTABLISHED 0x10
#define DOUBLE_STEP 0x20
#define RATE_MASK   0xc0

static ROM struct medium {
    u8 state;
    u8 table[13]; /* INT 1Eh, with last track and rate */
} media[] = {
    {0x93, {0xdf, 2, 0x25, 2, 9, 0x2a, 0xff, 0x50, 0xf6, 15, 8, 39, 0x80}},  /* 360K in its own */
    {0x15, {0xdf, 2, 0x25, 2, 15, 0x1b, 0xff, 0x54, 0xf6, 15, 8, 79, 0x00}}, /* 1.2M */
    {0x97, {0xdf, 2, 0x25, 2, 9, 0x2a, 0xff, 0x50, 0xf6, 15, 8, 79, 0x80}},  /* 720K */
    {0x17, {0xaf, 2, 0x25, 2, 18, 0x1b, 0xff, 0x6c, 0xf6, 15, 8, 79, 0x00}}, /* 1.44M */
    {0xd7, {0xaf, 2, 0x25, 2, 36, 0x1b, 0xff, 0x54, 0xf6, 15, 8, 79, 0xc0}}, /* 2.88M */
    {0x74, {0xdf, 2, 0x25, 2, 9, 0x2a, 0xff, 0x50, 0xf6, 15, 8, 39, 0x40}},  /* 360K in 1.2M */
};
enum { M360, M1200, M720, M1440, M2880, M360_IN_1200, NO_MEDIUM = 0xff };

/* By CMOS type 1 to 5: the drive's own medium and the order in which rates are tried. */
static ROM struct {
    u8 own;
    u8 info; /* nibble of 40:8F */
    u8 tries[3];
} types[] = {
    {M360, 4, {M360, NO_MEDIUM, NO_MEDIUM}}, {M1200, 7, {M1200, M360_IN_1200, M720}},
    {M720, 5, {M720, NO_MEDIUM, NO_MEDIUM}}, {M1440, 7, {M1440, M720, NO_MEDIUM}},
    {M2880, 7, {M2880, M1440, M720}},
};

/* One request. */
struct request {
    struct regs *r;
    u8 drive, type; /* type: index into types */
    u16 table_segment, table_offset;
};

/* CMOS type, 1 to 5; 0: no such drive. */
static u8 drive_type(u8 drive)
{
    u8 type = cmos_read(CMOS_FLOPPIES);

    if (drive > 1)
        return 0;
    type = drive ? type & 15 : type >> 4;
    return type <= COUNT(types) ? type : 0;
}

u8 floppy_count(void)
{
    return (u8)(!!drive_type(0) + !!drive_type(1));
}

static u8 parameter(struct request *q, enum parameter i)
{
    return far_get8(q->table_segment, (u16)(q->table_offset + i));
}

static u8 medium_of(u8 state)
{
    u8 i;

    for (i = 0; i < COUNT(media); i++)
        if (media[i].state == state)
            return i;
    return NO_MEDIUM;
}

static u16 rom_offset(ROM void *p)
{
    return (u16)(u32)p;
}

extern ROM u8 diskette_table[];

/* INT 1Eh, or what fits the medium while nobody has changed that. */
static void find_table(struct request *q)
{
    u8 medium = medium_of(BDA->fd_media[q->drive]);
    u32 vector = IVT[0x1e];

    if (vector == FAR(ROM_SEGMENT, rom_offset(diskette_table)))
        vector = FAR(ROM_SEGMENT,
                     rom_offset(media[medium == NO_MEDIUM ? types[q->type].own : medium].table));
    q->table_segment = (u16)(vector >> 16);
    q->table_offset = (u16)vector;
}

/* --- the controller --- */

static bool wait_msr(u8 want)
{
    struct limit l;
    u16 quick;

    for (quick = 200; quick; quick--)
        if ((in8(MSR) & (MSR_RQM | MSR_DIO)) == want)
            return true;
    limit_start(&l, 500);
    while ((in8(MSR) & (MSR_RQM | MSR_DIO)) != want)
        if (limit_over(&l))
            return false;
    return true;
}

static bool send(const u8 *bytes, u8 n)
{
    BDA->fd_recalibrate &= (u8)~IRQ_CAME;
    for (; n; n--) {
        if (!wait_msr(MSR_RQM))
            return false;
        out8(FIFO, *bytes++);
    }
    return true;
}

/* Reads the result into 40:42; bytes beyond 7 are dropped. */
static bool results(void)
{
    u8 i;

    for (i = 0; i < 7; i++) {
        if (!wait_msr(MSR_RQM | MSR_DIO))
            return false;
        BDA->fd_result[i] = in8(FIFO);
        delay_us(10);
        if (!(in8(MSR) & MSR_BUSY))
            return true;
    }
    for (; i < 16 && in8(MSR) & MSR_BUSY; i++)
        in8(FIFO);
    return true;
}

static bool wait_irq(void)
{
    struct limit l;
    bool over = false;

    irq_on();
    if (!(BDA->fd_recalibrate & IRQ_CAME) && call_int15(0x9001, 0, 0) & HOOK_CARRY)
        return false;
    limit_start(&l, 2000);
    for (;;) {
        irq_off();
        if (BDA->fd_recalibrate & IRQ_CAME || over)
            break;
        over = limit_sleep(&l);
    }
    over = !(BDA->fd_recalibrate & IRQ_CAME);
    BDA->fd_recalibrate &= (u8)~IRQ_CAME;
    irq_on();
    return !over;
}

static bool sense(void)
{
    u8 command = 0x08;

    return send(&command, 1) && results();
}

static void specify(struct request *q)
{
    u8 command[] = {0x03, parameter(q, STEP_UNLOAD), parameter(q, LOAD_DMA)};

    send(command, sizeof command);
}

static u8 dor_value(void)
{
    u8 motor = BDA->fd_motor;

    return (u8)(0x08 | (motor & 3) << 4 | (motor >> 4 & 3));
}

static enum status reset(struct request *q)
{
    u8 i;

    irq_off();
    BDA->fd_recalibrate = 0;
    out8(DOR, dor_value());
    delay_us(10);
    out8(DOR, dor_value() | 0x04);
    irq_on();
    if (!wait_irq())
        return CONTROLLER;
    for (i = 0; i < 4; i++) {
        if (!sense())
            return CONTROLLER;
        if (i == 0 && (BDA->fd_result[0] & 0xc0) != 0xc0)
            return CONTROLLER;
    }
    specify(q);
    return OK;
}

/* Runs a command that ends with IRQ 6 and no result: RECALIBRATE, SEEK. */
static enum status move(const u8 *command, u8 n)
{
    if (!send(command, n))
        return TIMEOUT;
    if (!wait_irq() || !sense())
        return TIMEOUT;
    return (BDA->fd_result[0] & 0xe0) == 0x20 ? OK : SEEK_FAILED;
}

static enum status recalibrate(struct request *q)
{
    u8 command[] = {0x07, q->drive}, tries;
    enum status status = OK;

    for (tries = 2; tries; tries--) { /* 77 steps may not be enough for 80 tracks */
        status = move(command, sizeof command);
        if (status != SEEK_FAILED)
            break;
    }
    if (status == OK) {
        BDA->fd_recalibrate |= (u8)(1u << q->drive);
        BDA->fd_track[q->drive] = 0;
    }
    return status;
}

static enum status seek(struct request *q, u8 head, u8 track)
{
    u8 command[] = {0x0f, (u8)(head << 2 | q->drive), track};
    enum status status;

    if (!(BDA->fd_recalibrate >> q->drive & 1)) {
        status = recalibrate(q);
        if (status != OK)
            return status;
    }
    if (BDA->fd_track[q->drive] == track)
        return OK;
    status = move(command, sizeof command);
    BDA->fd_track[q->drive] = track;
    if (status != OK)
        BDA->fd_recalibrate &= (u8) ~(1u << q->drive);
    return status;
}

/* --- drive and medium --- */

/* Selects the drive and starts its motor; writing waits until the speed is right. */
static void motor_on(struct request *q, bool writing)
{
    u8 bit = (u8)(1u << q->drive);
    bool starting;

    irq_off();
    BDA->fd_motor_left = 0xff;
    starting = !(BDA->fd_motor & bit);
    BDA->fd_motor = (u8)((BDA->fd_motor & 3) | bit | q->drive << 4 | (writing ? 0x80 : 0));
    out8(DOR, dor_value() | 0x04);
    irq_on();
    if (starting && writing && !(call_int15(0x90fd, 0, 0) & HOOK_CARRY))
        delay_us(parameter(q, MOTOR_START) * 125000u);
}

static void set_rate(u8 state)
{
    u8 rate = state & RATE_MASK;
    u8 perpendicular[] = {0x12, rate == 0xc0 ? 0x03 : 0x00};

    if (((BDA->fd_rate ^ state) & RATE_MASK) && (rate == 0xc0 || (BDA->fd_rate & 0xc0) == 0xc0))
        send(perpendicular, sizeof perpendicular);
    BDA->fd_rate = (u8)((BDA->fd_rate & 0x3f) | rate);
    out8(DIR, rate >> 6);
}

static bool changed(struct request *q)
{
    return types[q->type].info & 1 && in8(DIR) & DISK_GONE;
}

/* After a change the medium is unknown, and the line is cleared by stepping, if there is one. */
static enum status check_change(struct request *q)
{
    enum status status;

    if (!changed(q))
        return OK;
    BDA->fd_media[q->drive] &= (u8)~ESTABLISHED;
    BDA->fd_recalibrate &= (u8) ~(1u << q->drive);
    status = seek(q, 0, 1);
    if (status == OK)
        status = seek(q, 0, 0);
    if (status == TIMEOUT)
        reset(q);
    return changed(q) ? TIMEOUT : CHANGED;
}

static enum status result_status(void)
{
    static ROM u8 st1_status[][2] = {{0x80, NO_SECTOR},       {0x20, BAD_CRC},
                                     {0x10, DMA_OVERRUN},     {0x04, NO_SECTOR},
                                     {0x02, WRITE_PROTECTED}, {0x01, NO_ADDRESS_MARK}};
    u8 i;

    if (!(BDA->fd_result[0] & 0xc0))
        return OK;
    if ((BDA->fd_result[0] & 0xc0) == 0x40)
        for (i = 0; i < COUNT(st1_status); i++)
            if (BDA->fd_result[1] & st1_status[i][0])
                return st1_status[i][1];
    return CONTROLLER;
}

/* Runs a command that ends with IRQ 6 and seven bytes. */
static enum status execute(struct request *q, const u8 *command, u8 n)
{
    if (send(command, n) && wait_irq() && results())
        return result_status();
    reset(q);
    return TIMEOUT;
}

/* Finds the rate at which sector headers can be read. */
static enum status establish(struct request *q)
{
    enum status status = OK;
    u8 i, medium, head;

    if (BDA->fd_media[q->drive] & ESTABLISHED)
        return OK;
    for (i = 0; i < COUNT(types[0].tries); i++) {
        medium = types[q->type].tries[i];
        if (medium == NO_MEDIUM)
            break;
        set_rate(media[medium].state);
        for (head = 0; head < 2; head++) {
            u8 command[] = {0x4a, (u8)(head << 2 | q->drive)};

            status = seek(q, 0, 0);
            if (status == OK)
                status = execute(q, command, sizeof command);
            if (status == OK) {
                BDA->fd_media[q->drive] = media[medium].state;
                find_table(q);
                return OK;
            }
            if (status == TIMEOUT)
                return status;
        }
    }
    return status;
}

/* Everything before a transfer. */
static enum status prepare(struct request *q, bool writing)
{
    enum status status;

    motor_on(q, writing);
    status = check_change(q);
    if (status == OK)
        status = establish(q);
    if (status == OK)
        set_rate(BDA->fd_media[q->drive]);
    return status;
}

static enum status seek_to(struct request *q, bool writing)
{
    u8 step = BDA->fd_media[q->drive] & DOUBLE_STEP ? 1 : 0;
    u8 before = BDA->fd_track[q->drive];
    enum status status = seek(q, q->r->dh & 1, (u8)(q->r->ch << step));

    if (writing && before != BDA->fd_track[q->drive])
        delay_us(parameter(q, SETTLE_MS) * 1000u);
    return status;
}

/* --- transfers --- */

#define DMA_VERIFY 0x42
#define DMA_READ   0x46 /* disk to memory */
#define DMA_WRITE  0x4a

static bool dma_setup(struct request *q, u8 mode, u32 length)
{
    u32 address = (u32)q->r->es * 16 + q->r->bx;

    length--;
    if ((address & 0xffff) + length > 0xffff)
        return false;
    irq_off();
    out8(0x0a, 0x06);
    out8(0x0b, mode);
    out8(0x0c, 0);
    out8(0x04, (u8)address);
    out8(0x04, (u8)(address >> 8));
    out8(0x05, (u8)length);
    out8(0x05, (u8)(length >> 8));
    out8(0x81, (u8)(address >> 16));
    out8(0x0a, 0x02);
    irq_on();
    return true;
}

/* How far a transfer came, from the address in its result. */
static u8 sectors_done(struct request *q)
{
    u8 last = parameter(q, LAST_SECTOR);
    int n = BDA->fd_result[5] - q->r->cl;

    if (BDA->fd_result[3] != q->r->ch || BDA->fd_result[4] != (q->r->dh & 1))
        n += last;
    return n < 0 || n > q->r->al ? 0 : (u8)n;
}

static enum status transfer(struct request *q, u8 command, u8 mode)
{
    bool writing = mode == DMA_WRITE;
    struct regs *r = q->r;
    enum status status;
    u8 count = r->al;

    r->al = 0;
    if (!count || !r->cl)
        return BAD_FUNCTION;
    status = prepare(q, writing);
    if (status != OK)
        return status;
    if (!dma_setup(q, mode, (u32)count << (7 + (parameter(q, SIZE_CODE) & 7))))
        return DMA_BOUNDARY;
    status = seek_to(q, writing);
    if (status == OK) {
        u8 bytes[] = {command,
                      (u8)((r->dh & 1) << 2 | q->drive),
                      r->ch,
                      r->dh & 1,
                      r->cl, /* all of it: XDF disks have sectors from 81h on */
                      parameter(q, SIZE_CODE),
                      parameter(q, LAST_SECTOR),
                      parameter(q, GAP),
                      parameter(q, DATA_LENGTH)};

        status = execute(q, bytes, sizeof bytes);
        r->al = count;
        if (status != OK)
            r->al = status == TIMEOUT ? 0 : sectors_done(q);
    }
    if (status == NO_ADDRESS_MARK)
        BDA->fd_media[q->drive] &= (u8)~ESTABLISHED; /* another density? look again */
    return status;
}

static enum status read(struct request *q)
{
    return transfer(q, 0xe6, DMA_READ);
}

static enum status write(struct request *q)
{
    return transfer(q, 0xc5, DMA_WRITE);
}

static enum status verify(struct request *q)
{
    return transfer(q, 0xe6, DMA_VERIFY);
}

/* The medium for formatting comes from AH=17h or 18h, or is what was read before, or the drive's
   own. */
static enum status format(struct request *q)
{
    enum status status;
    u8 last;

    motor_on(q, true);
    status = check_change(q);
    if (status != OK)
        return status;
    if (!(BDA->fd_media[q->drive] & ESTABLISHED))
        BDA->fd_media[q->drive] = media[types[q->type].own].state;
    find_table(q);
    set_rate(BDA->fd_media[q->drive]);
    last = parameter(q, LAST_SECTOR);
    if (!dma_setup(q, DMA_WRITE, last * 4u))
        return DMA_BOUNDARY;
    status = seek_to(q, true);
    if (status == OK) {
        u8 bytes[] = {0x4d,
                      (u8)((q->r->dh & 1) << 2 | q->drive),
                      parameter(q, SIZE_CODE),
                      last,
                      parameter(q, FORMAT_GAP),
                      parameter(q, FILL)};

        status = execute(q, bytes, sizeof bytes);
    }
    return status;
}

/* --- the other functions --- */

static enum status reset_function(struct request *q)
{
    return reset(q);
}

static enum status last_status(struct request *q)
{
    q->r->al = BDA->fd_status;
    return BDA->fd_status;
}

/* ES:DI is a table in ROM with 13 bytes: NT reads the track count from it, and Windows 95, which
   replaces INT 1Eh, wants the unchanged one. */
static enum status parameters(struct request *q)
{
    ROM struct medium *m = &media[types[q->type].own];
    struct regs *r = q->r;

    r->ax = 0;
    r->bx = drive_type(q->drive);
    r->ch = m->table[LAST_TRACK];
    r->cl = m->table[LAST_SECTOR];
    r->dh = 1;
    r->dl = floppy_count();
    r->es = ROM_SEGMENT;
    r->di = rom_offset(m->table);
    return OK;
}

u8 floppy_medium(u8 sectors, u16 *table)
{
    u8 type;

    for (type = 1; media[types[type - 1].own].table[LAST_SECTOR] != sectors; type++)
        ;
    *table = rom_offset(media[types[type - 1].own].table);
    return type;
}

static enum status kind(struct request *q)
{
    q->r->ah = types[q->type].info & 1 ? 2 : 1;
    return OK;
}

static enum status change_line(struct request *q)
{
    if (!(types[q->type].info & 1))
        return CHANGED;
    motor_on(q, false);
    return check_change(q);
}

/* AH=17h: 1 360K in 360K, 2 360K in 1.2M, 3 1.2M, 4 720K. */
static enum status set_kind(struct request *q)
{
    static ROM u8 kinds[] = {M360, M360_IN_1200, M1200, M720};
    enum status status;

    if (!q->r->al || q->r->al > COUNT(kinds))
        return BAD_FUNCTION;
    motor_on(q, false);
    status = check_change(q);
    if (status == TIMEOUT)
        return status;
    BDA->fd_media[q->drive] = media[kinds[q->r->al - 1]].state;
    return OK;
}

/* AH=18h: the medium with this many tracks and sectors, if the drive can do it. */
static enum status set_media(struct request *q)
{
    u8 sectors = q->r->cl & 0x3f, i, medium;
    enum status status;

    motor_on(q, false);
    status = check_change(q);
    if (status == TIMEOUT)
        return status;
    for (i = 0; i < COUNT(types[0].tries); i++) {
        medium = types[q->type].tries[i];
        if (medium == NO_MEDIUM)
            break;
        if (media[medium].table[LAST_TRACK] != q->r->ch ||
            media[medium].table[LAST_SECTOR] != sectors)
            continue;
        BDA->fd_media[q->drive] = media[medium].state;
        q->r->es = ROM_SEGMENT;
        q->r->di = rom_offset(media[medium].table);
        return OK;
    }
    return UNKNOWN_MEDIA;
}

/* --- INT 40h --- */

static enum status no_drive(struct regs *r)
{
    if (r->ah == 0x08) {
        r->ax = r->bx = r->cx = r->es = r->di = 0;
        r->dx = floppy_count();
        return OK;
    }
    if (r->ah == 0x15) {
        r->ah = 0;
        return OK;
    }
    if (r->ah < 2)
        return OK;
    r->al = 0;
    return r->ah <= 5 || (r->ah >= 0x16 && r->ah <= 0x18) ? TIMEOUT : BAD_FUNCTION;
}

typedef enum status (*function)(struct request *q);

static enum status dispatch(struct request *q)
{
    static ROM struct {
        u8 number;
        function serve;
    } functions[] = {
        {0x00, reset_function}, {0x01, last_status}, {0x02, read},       {0x03, write},
        {0x04, verify},         {0x05, format},      {0x08, parameters}, {0x15, kind},
        {0x16, change_line},    {0x17, set_kind},    {0x18, set_media},
    };
    u8 i;

    for (i = 0; i < COUNT(functions); i++)
        if (functions[i].number == q->r->ah)
            return functions[i].serve(q);
    q->r->al = 0;
    return BAD_FUNCTION;
}

void int_40h(struct regs *r)
{
    u8 ah = r->ah, type = drive_type(r->dl);
    struct request q = {.r = r, .drive = r->dl, .type = (u8)(type - 1)};
    enum status status;

    irq_on();
    if (!type) {
        status = no_drive(r);
    } else {
        find_table(&q);
        status = dispatch(&q);
        BDA->fd_motor_left = parameter(&q, MOTOR_OFF);
    }
    if (ah != 0x01)
        BDA->fd_status = status;
    if (ah != 0x15)
        r->ah = status;
    r->flags |= FLAG_IF;
    set_carry(r, status != OK);
}

/* At start: the controller is reset, nothing is known of any medium. */
void floppy_init(void)
{
    struct request q = {.drive = 0};
    u8 drive;

    BDA->fd_info = 0;
    for (drive = 0; drive < 2; drive++)
        if (drive_type(drive))
            BDA->fd_info |= (u8)(types[drive_type(drive) - 1].info << drive * 4);
    if (!floppy_count())
        return;
    irq_unmask(6);
    find_table(&q);
    if (reset(&q) != OK)
        text_print(TEXT("The diskette controller does not answer.\n"));
    irq_off();
}
