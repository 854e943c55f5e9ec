/* SPDX-License-Identifier: MIT */
/*
 * Motorola MC146818 real-time clock with 128 bytes of battery-backed memory, and 128 more.
 *
 * Registers: 0 the index with the AT's NMI mask in bit 7 (70h), 1 the data (71h); 2 and 3 the same
 * of the further bytes (72h, 73h), without mask.
 *
 * How the board connects it (src/pc.c, its ports and wires):
 *   rtc_init(&pc->rtc, &clock);
 *   line_connect(&pc->rtc.irq, pic_irq, &pc->pic[1], 0);          IRQ 8
 *   line_connect(&pc->rtc.nmi_mask, <gate of NMI>, ...);          high: NMI is masked
 *   AT(0x070, 2, rtc, rtc_chip)
 *   rtc_set_time(&pc->rtc, 2026, 1, 31, 23, 59, 58);
 *   rtc_cmos_set(&pc->rtc, 0x10, 0x44); ...                       checksum follows by itself
 */
#ifndef DEVICES_RTC_H
#define DEVICES_RTC_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"

enum { RTC_HZ = 32768, RTC_BYTES = 128 };

/* Bytes of the memory that the chip or the checksum gives a meaning. */
enum {
    RTC_SECONDS, RTC_SECONDS_ALARM, RTC_MINUTES, RTC_MINUTES_ALARM, RTC_HOURS, RTC_HOURS_ALARM,
    RTC_DAY_OF_WEEK, RTC_DAY, RTC_MONTH, RTC_YEAR, RTC_A, RTC_B, RTC_C, RTC_D,
    RTC_SUM_FIRST = 0x10, RTC_SUM_LAST = 0x2d, RTC_SUM_HIGH = 0x2e, RTC_SUM_LOW = 0x2f,
    RTC_CENTURY = 0x32, RTC_CENTURY_PS2 = 0x37,
};

struct rtc {
    struct line irq;      /* high: an interrupt (the chip's IRQ pin is active low) */
    struct line nmi_mask; /* bit 7 of the index port */
    struct timer update;  /* end of the next update cycle */
    struct timer periodic;
    struct clock *clock;
    u8 index, further_index;
    u8 further[RTC_BYTES];
    u8 cmos[RTC_BYTES]; /* UIP of register A is computed, never stored */
    u64 phase;          /* divider = crystal ticks + phase, unless it is held in reset */
    u64 updates;        /* update cycles that the divider had completed when last looked at */
    u64 edges;          /* periodic edges, the same */
};

extern const struct chip rtc_chip;

/* Battery on: 1 January 1980, 24-hour BCD, divider running, memory 0. */
void rtc_init(struct rtc *rtc, struct clock *clock);

/* Set the calendar (four-digit YEAR, MONTH 1-12, DAY 1-31, 24-hour time) in the format that
 * register B selects; the day of the week and both century bytes follow. */
void rtc_set_time(struct rtc *rtc, unsigned year, unsigned month, unsigned day, unsigned hour,
                  unsigned minute, unsigned second);

/* Set byte INDEX (0Eh-7Fh, others are ignored), and the checksum of 10h-2Dh in 2Eh and 2Fh. */
void rtc_cmos_set(struct rtc *rtc, unsigned index, u8 value);
u8 rtc_cmos_get(const struct rtc *rtc, unsigned index);

#endif
