/* SPDX-License-Identifier: MIT */
/*
 * The clocks: CMOS bytes, measured waiting by timer 0, INT 1Ah (ticks, date, alarm) and INT 70h
 * (alarm and the waits of INT 15h AH=83h and 86h). The tick itself, INT 08h, is in entry.S.
 */
#include "bda.h"

#define NMI_OFF   0x80
#define UIP       0x80 /* status A: an update is in progress or near */
#define SET       0x80 /* status B */
#define PIE       0x40
#define AIE       0x20
#define DST       0x01
#define TICKS_DAY 0x1800b0u

u8 cmos_read(u8 index)
{
    out8(0x70, NMI_OFF | index);
    index = in8(0x71);
    out8(0x70, CMOS_STATUS_D); /* NMI on, index where a stray read does no harm */
    return index;
}

void cmos_write(u8 index, u8 value)
{
    out8(0x70, NMI_OFF | index);
    out8(0x71, value);
    out8(0x70, CMOS_STATUS_D);
}

/* The count of timer 0, going down at 1.193182 MHz; in mode 3 twice a period, by two. */
u16 pit_now(void)
{
    u8 status, low;
    u16 count;

    out8(0x43, 0xc2);
    status = in8(0x40);
    low = in8(0x40);
    count = (u16)(in8(0x40) << 8 | low);
    if ((status & 0x06) == 0x06)
        return count ? count >> 1 : 0x8000;
    return count ? count : 0xffff;
}

void limit_start(struct limit *l, u32 ms)
{
    l->left = ms * 1193;
    l->last = pit_now();
    l->ticks = BDA->ticks;
    l->most_ticks = ms / 55 + 2;
}

/* The reload value belongs to the program: over a wrap only the part before it is counted. */
bool limit_over(struct limit *l)
{
    u16 now = pit_now();
    u16 gone = now <= l->last ? l->last - now : l->last;

    l->last = now;
    if (!gone)
        gone = 1; /* ends even if the timer stands */
    if (gone >= l->left)
        return true;
    l->left -= gone;
    return false;
}

bool limit_sleep(struct limit *l)
{
    u32 ticks;

    if (irq_open(0))
        irq_sleep();
    else
        irq_on();
    ticks = BDA->ticks;
    if (ticks < l->ticks)
        l->ticks = 0; /* midnight */
    return limit_over(l) || ticks - l->ticks >= l->most_ticks;
}

void delay_us(u32 us)
{
    struct limit l;

    limit_start(&l, 0);
    l.left = us > 1000000 ? us / 1000 * 1193 : us * 1193 / 1000 + 1;
    while (!limit_over(&l))
        ;
}

static u8 from_bcd(u8 x)
{
    return (u8)((x >> 4) * 10 + (x & 15));
}

/* The tick count that fits the time of day: 1193182 / 65536 ticks a second. */
void time_init(void)
{
    u32 seconds;

    cmos_write(CMOS_STATUS_A, 0x26);
    cmos_write(CMOS_STATUS_B, (cmos_read(CMOS_STATUS_B) & DST) | 0x02);
    cmos_read(CMOS_STATUS_C);
    seconds =
        from_bcd(cmos_read(4)) * 3600u + from_bcd(cmos_read(2)) * 60u + from_bcd(cmos_read(0));
    seconds %= 86400;
    BDA->ticks = seconds * 18 + (seconds * 13532 >> 16);
    BDA->midnight = 0;
}

/* Waits until the clock may be read; false if it does not run. */
static bool rtc_ready(void)
{
    struct limit l;

    if (cmos_read(CMOS_STATUS_B) & SET)
        return false;
    limit_start(&l, 10);
    while (cmos_read(CMOS_STATUS_A) & UIP)
        if (limit_over(&l))
            return false;
    return true;
}

static void get_ticks(struct regs *r)
{
    u32 ticks;

    irq_off();
    ticks = BDA->ticks;
    r->al = BDA->midnight;
    BDA->midnight = 0;
    r->cx = (u16)(ticks >> 16);
    r->dx = (u16)ticks;
}

static void set_ticks(struct regs *r)
{
    irq_off();
    BDA->ticks = FAR(r->cx, r->dx);
    BDA->midnight = 0;
}

static void get_time(struct regs *r)
{
    if (!rtc_ready()) {
        set_carry(r, true);
        return;
    }
    r->dh = cmos_read(0);
    r->cl = cmos_read(2);
    r->ch = cmos_read(4);
    r->dl = cmos_read(CMOS_STATUS_B) & DST;
    r->al = r->ch;
}

static u8 rtc_stop(void)
{
    u8 b = cmos_read(CMOS_STATUS_B);

    cmos_write(CMOS_STATUS_B, b | SET);
    return b & (u8)~SET;
}

static void set_time(struct regs *r)
{
    u8 b;

    rtc_ready();
    b = rtc_stop();
    cmos_write(0, r->dh);
    cmos_write(2, r->cl);
    cmos_write(4, r->ch);
    b = (u8)((b & (PIE | 0x16)) | 0x02 | (r->dl & DST)) | (b & AIE);
    cmos_write(CMOS_STATUS_B, b);
    r->al = b;
}

static void get_date(struct regs *r)
{
    if (!rtc_ready()) {
        set_carry(r, true);
        return;
    }
    r->dl = cmos_read(7);
    r->dh = cmos_read(8);
    r->cl = cmos_read(9);
    r->ch = cmos_read(CMOS_CENTURY);
    r->al = r->ch;
}

static void set_date(struct regs *r)
{
    u8 b;

    rtc_ready();
    b = rtc_stop();
    cmos_write(7, r->dl);
    cmos_write(8, r->dh);
    cmos_write(9, r->cl);
    cmos_write(CMOS_CENTURY, r->ch);
    cmos_write(CMOS_CENTURY_PS2, r->ch);
    cmos_write(CMOS_STATUS_B, b);
    r->al = b;
}

static void set_alarm(struct regs *r)
{
    u8 b = cmos_read(CMOS_STATUS_B);

    r->ax = 0;
    if (b & AIE) {
        set_carry(r, true);
        return;
    }
    rtc_ready();
    cmos_write(1, r->dh);
    cmos_write(3, r->cl);
    cmos_write(5, r->ch);
    irq_unmask(8);
    cmos_write(CMOS_STATUS_B, (b & (u8)~SET) | AIE);
}

static void cancel_alarm(struct regs *r)
{
    (void)r;
    cmos_write(CMOS_STATUS_B, cmos_read(CMOS_STATUS_B) & (u8)~AIE);
}

void int_1ah(struct regs *r)
{
    static const __seg_fs service functions[] = {get_ticks, set_ticks, get_time,  set_time,
                                                 get_date,  set_date,  set_alarm, cancel_alarm};
    u8 function = r->ah;

    if (function >= COUNT(functions)) {
        set_carry(r, true);
        return;
    }
    set_carry(r, false);
    r->ah = 0;
    functions[function](r);
}

/* One period, 976 us, of a wait is over. */
static void wait_step(void)
{
    u32 left = BDA->wait_us;

    if (!(BDA->wait_active & 1)) {
        cmos_write(CMOS_STATUS_B, cmos_read(CMOS_STATUS_B) & (u8)~PIE);
        return;
    }
    if (left > 976) {
        BDA->wait_us = left - 976;
        return;
    }
    cmos_write(CMOS_STATUS_B, cmos_read(CMOS_STATUS_B) & (u8)~PIE);
    BDA->wait_us = 0;
    BDA->wait_active = 0;
    far_put8(BDA->wait_flag_segment, BDA->wait_flag_offset,
             far_get8(BDA->wait_flag_segment, BDA->wait_flag_offset) | 0x80);
}

void int_70h(struct regs *r)
{
    u8 why = cmos_read(CMOS_STATUS_C) & cmos_read(CMOS_STATUS_B);

    (void)r;
    if (why & PIE)
        wait_step();
    irq_eoi(8);
    if (why & AIE)
        call_int(0x4a, 0, 0, 0, 0);
}
