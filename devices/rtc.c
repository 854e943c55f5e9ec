/* SPDX-License-Identifier: MIT */
/*
 * Motorola MC146818 real-time clock (data sheet ADI-856) as the AT uses it, with 128 bytes; and the
 * upper bank of 128 that the PIIX4 has beside it (82371AB, "RTC Registers"), plain memory.
 *
 * One second of the divider chain, with the 32768 Hz crystal, in crystal clocks:
 *
 *   divider   0                  16384-8  16384     16384+65            32768
 *   UIP      _________________________.------------------.____________________
 *   registers  this second                               | next second
 *   UF, AF                                               set
 *
 * so an update comes half a second after the divider left reset, and then every second. The time
 * registers are counters in the format that register B selects; what a program writes there is
 * kept, and leads to a valid date at the latest when the counter wraps.
 *
 * Index 32h and 37h, the century of the AT and the PS/2, go on when the year wraps: boards with
 * an ACPI table promise that, the chip itself has plain memory there.
 *
 * Not modelled: daylight saving (DSE is kept, no hour is skipped), the square wave pin SQW, power
 * sense (VRT is 1). Ports 70h and 72h cannot be read back.
 */
#include "devices/rtc.h"

enum {
    A_UIP = 0x80,
    A_RS = 0x0f,
    B_SET = 0x80,
    B_PIE = 0x40,
    B_AIE = 0x20,
    B_UIE = 0x10,
    B_SQWE = 0x08,
    B_DM = 0x04, /* binary */
    B_24 = 0x02,
    C_IRQF = 0x80,
    C_PF = 0x40,
    C_AF = 0x20,
    C_UF = 0x10,
    D_VRT = 0x80,
    HOUR_PM = 0x80,
    ALARM_ANY = 0xc0, /* and above: matches every time */
    UIP_BEFORE = 8,   /* crystal clocks: tBUC, 244 us */
    UPDATE = 65,      /* tUC, 1984 us */
};

/* Crystal clocks no machine reaches; larger ones are damage of a saved state. */
#define TICK_MAX ((u64)1 << 48)
#define UPDATES_LATE (1u << 20)

static bool is_held(const struct rtc *rtc)
{
    return (rtc->cmos[RTC_A] >> 4 & 7) > 2;
}

/* DV: log2 of the crystal clocks in what the chip takes for a second. */
static unsigned second_shift(const struct rtc *rtc)
{
    static const u8 shift[8] = {22, 20, 15};
    return shift[rtc->cmos[RTC_A] >> 4 & 7];
}

/* RS: crystal clocks between periodic edges; 0: none. */
static u32 period(const struct rtc *rtc)
{
    unsigned rs = rtc->cmos[RTC_A] & A_RS, shift = second_shift(rtc);
    if (!rs || is_held(rtc))
        return 0;
    if (shift == 15) /* this base lacks the two fastest taps */
        return rs < 3 ? 64u << rs : 1u << (rs - 1);
    return 1u << (shift - 15) << (rs - 1);
}

static u64 ticks(const struct rtc *rtc)
{
    return clock_ticks(rtc->clock, RTC_HZ);
}

static u64 divider(const struct rtc *rtc)
{
    return ticks(rtc) + rtc->phase;
}

/* Update cycles that have ended by now. */
static u64 updates_now(const struct rtc *rtc)
{
    unsigned shift = second_shift(rtc);
    return (divider(rtc) + ((u64)1 << shift >> 1) - UPDATE) >> shift;
}

static u64 edges_now(const struct rtc *rtc)
{
    return divider(rtc) / period(rtc);
}

/* Set TIMER for when the divider is DIVIDER. */
static void set_at(struct rtc *rtc, struct timer *timer, u64 when)
{
    u64 tick = when - rtc->phase;
    if (tick < TICK_MAX)
        timer_set(timer, ticks_to_ns(tick, RTC_HZ));
    else
        timer_stop(timer);
}

static void arm_update(struct rtc *rtc)
{
    unsigned shift = second_shift(rtc);
    if (is_held(rtc) || rtc->cmos[RTC_B] & B_SET)
        timer_stop(&rtc->update);
    else
        set_at(rtc, &rtc->update,
               ((rtc->updates + 1) << shift) - ((u64)1 << shift >> 1) + UPDATE);
}

/* Edges cost an event only while one would interrupt. */
static void arm_periodic(struct rtc *rtc)
{
    bool wanted = rtc->cmos[RTC_B] & B_PIE && !(rtc->cmos[RTC_C] & C_PF);
    if (is_held(rtc) || !wanted || !period(rtc))
        timer_stop(&rtc->periodic);
    else
        set_at(rtc, &rtc->periodic, (rtc->edges + 1) * period(rtc));
}

static void drive(struct rtc *rtc)
{
    line_set(&rtc->irq, rtc->cmos[RTC_C] & rtc->cmos[RTC_B] & (C_PF | C_AF | C_UF));
}

/* PF shows whether an edge has passed since register C was read. */
static void settle_periodic(struct rtc *rtc)
{
    if (is_held(rtc) || !period(rtc))
        return;
    u64 edges = edges_now(rtc);
    if (edges != rtc->edges)
        rtc->cmos[RTC_C] |= C_PF;
    rtc->edges = edges;
}

static void fire_periodic(void *owner)
{
    struct rtc *rtc = owner;
    settle_periodic(rtc);
    arm_periodic(rtc);
    drive(rtc);
}

/* A register's byte as a number, and back. */
static unsigned decode(const struct rtc *rtc, u8 v)
{
    return rtc->cmos[RTC_B] & B_DM ? v : (v >> 4) * 10u + (v & 15u);
}

static unsigned get(const struct rtc *rtc, unsigned reg)
{
    return decode(rtc, rtc->cmos[reg]);
}

static void put(struct rtc *rtc, unsigned reg, unsigned v)
{
    rtc->cmos[reg] = (u8)(rtc->cmos[RTC_B] & B_DM ? v : v / 10 % 10 << 4 | v % 10);
}

/* The hour in 24-hour counting, whatever the register's format; may be invalid. */
static unsigned get_hour(const struct rtc *rtc)
{
    u8 v = rtc->cmos[RTC_HOURS];
    if (rtc->cmos[RTC_B] & B_24)
        return decode(rtc, v);
    return decode(rtc, v & (u8)~HOUR_PM) % 12 + (v & HOUR_PM ? 12 : 0);
}

static void put_hour(struct rtc *rtc, unsigned hour)
{
    if (rtc->cmos[RTC_B] & B_24) {
        put(rtc, RTC_HOURS, hour);
        return;
    }
    put(rtc, RTC_HOURS, hour % 12 ? hour % 12 : 12);
    rtc->cmos[RTC_HOURS] |= hour >= 12 ? HOUR_PM : 0;
}

/* Count a register up from FIRST to LAST; true when it wrapped. */
static bool advance(struct rtc *rtc, unsigned reg, unsigned first, unsigned last)
{
    unsigned v = get(rtc, reg);
    put(rtc, reg, v >= last ? first : v + 1);
    return v >= last;
}

static bool advance_hour(struct rtc *rtc)
{
    unsigned hour = get_hour(rtc);
    put_hour(rtc, hour >= 23 ? 0 : hour + 1);
    return hour >= 23;
}

static unsigned days_in_month(const struct rtc *rtc)
{
    static const u8 days[] = {31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned month = get(rtc, RTC_MONTH);
    bool leap = get(rtc, RTC_YEAR) % 4 == 0;
    return month == 2 && leap ? 29 : days[month < ARRAY_LEN(days) ? month : 0];
}

static void advance_day(struct rtc *rtc)
{
    advance(rtc, RTC_DAY_OF_WEEK, 1, 7);
    if (!advance(rtc, RTC_DAY, 1, days_in_month(rtc)))
        return;
    if (!advance(rtc, RTC_MONTH, 1, 12) || !advance(rtc, RTC_YEAR, 0, 99))
        return;
    advance(rtc, RTC_CENTURY, 0, 99);
    advance(rtc, RTC_CENTURY_PS2, 0, 99);
}

static bool alarm_matches(const struct rtc *rtc)
{
    for (unsigned reg = RTC_SECONDS; reg <= RTC_HOURS; reg += 2) {
        u8 alarm = rtc->cmos[reg + 1];
        if (alarm < ALARM_ANY && alarm != rtc->cmos[reg])
            return false;
    }
    return true;
}

/* The end of an update cycle. */
static void fire_update(void *owner)
{
    struct rtc *rtc = owner;
    if (advance(rtc, RTC_SECONDS, 0, 59) && advance(rtc, RTC_MINUTES, 0, 59) &&
        advance_hour(rtc))
        advance_day(rtc);
    rtc->cmos[RTC_C] |= (u8)(C_UF | (alarm_matches(rtc) ? C_AF : 0));
    u64 now = updates_now(rtc);
    rtc->updates = now - rtc->updates > UPDATES_LATE ? now : rtc->updates + 1;
    arm_update(rtc);
    drive(rtc);
}

static void catch_up(struct rtc *rtc)
{
    while (rtc->update.armed && rtc->update.when <= clock_now(rtc->clock)) {
        timer_stop(&rtc->update);
        fire_update(rtc);
    }
    settle_periodic(rtc);
    drive(rtc);
}

static bool is_updating(const struct rtc *rtc)
{
    unsigned shift = second_shift(rtc);
    if (is_held(rtc) || rtc->cmos[RTC_B] & B_SET)
        return false;
    u64 second = (u64)1 << shift;
    return ((divider(rtc) + UIP_BEFORE - second / 2) & (second - 1)) < UIP_BEFORE + UPDATE;
}

/* The divider starts anew, or other taps of it are looked at. */
static void retune(struct rtc *rtc)
{
    if (!is_held(rtc)) {
        rtc->updates = updates_now(rtc);
        rtc->edges = period(rtc) ? edges_now(rtc) : 0;
    }
    arm_update(rtc);
    arm_periodic(rtc);
}

static void write_a(struct rtc *rtc, u8 value)
{
    bool was_held = is_held(rtc);
    rtc->cmos[RTC_A] = value & (u8)~A_UIP;
    if (was_held && !is_held(rtc))
        rtc->phase = -ticks(rtc); /* from 0: the first update comes after half a second */
    retune(rtc);
}

static void write_b(struct rtc *rtc, u8 value)
{
    bool was_set = rtc->cmos[RTC_B] & B_SET;
    if (value & B_SET)
        value &= (u8)~B_UIE;
    rtc->cmos[RTC_B] = value;
    if (was_set && !(value & B_SET) && !is_held(rtc))
        rtc->updates = updates_now(rtc);
    arm_update(rtc);
    arm_periodic(rtc);
    drive(rtc);
}

static u8 read_c(struct rtc *rtc)
{
    u8 value = rtc->cmos[RTC_C];
    if (rtc->irq.level)
        value |= C_IRQF;
    rtc->cmos[RTC_C] = 0;
    arm_periodic(rtc);
    drive(rtc);
    return value;
}

static void write_byte(struct rtc *rtc, u8 value)
{
    catch_up(rtc);
    if (rtc->index == RTC_A)
        write_a(rtc, value);
    else if (rtc->index == RTC_B)
        write_b(rtc, value);
    else if (rtc->index != RTC_C && rtc->index != RTC_D)
        rtc->cmos[rtc->index] = value;
}

static void rtc_write(void *chip, u32 reg, u32 value, unsigned size UNUSED)
{
    struct rtc *rtc = chip;
    if (reg == 0) {
        rtc->index = value & 0x7f;
        line_set(&rtc->nmi_mask, value & 0x80);
    } else if (reg == 1) {
        write_byte(rtc, (u8)value);
    } else if (reg == 2) {
        rtc->further_index = value & 0x7f;
    } else if (reg == 3) {
        rtc->further[rtc->further_index] = (u8)value;
    }
}

static u32 rtc_read(void *chip, u32 reg, unsigned size UNUSED)
{
    struct rtc *rtc = chip;
    if (reg == 3)
        return rtc->further[rtc->further_index];
    if (reg != 1)
        return 0xff;
    catch_up(rtc);
    switch (rtc->index) {
    case RTC_A:
        return rtc->cmos[RTC_A] | (is_updating(rtc) ? A_UIP : 0);
    case RTC_C:
        return read_c(rtc);
    default:
        return rtc->cmos[rtc->index];
    }
}

/* The RESET pin: interrupts off. Time and memory live on the battery. */
static void rtc_reset(void *chip)
{
    struct rtc *rtc = chip;
    catch_up(rtc);
    rtc->cmos[RTC_B] &= (u8)~(B_PIE | B_AIE | B_UIE | B_SQWE);
    rtc->cmos[RTC_C] = 0;
    rtc->index = rtc->further_index = 0;
    arm_periodic(rtc);
    drive(rtc);
    line_set(&rtc->nmi_mask, true);
}

static void rtc_loaded(void *chip)
{
    struct rtc *rtc = chip;
    rtc->index &= RTC_BYTES - 1;
    rtc->further_index &= RTC_BYTES - 1;
    rtc->cmos[RTC_A] &= (u8)~A_UIP;
    rtc->cmos[RTC_C] &= C_PF | C_AF | C_UF;
    rtc->cmos[RTC_D] = D_VRT;
    rtc->update.armed &= !is_held(rtc);
    rtc->periodic.armed &= !is_held(rtc);
    timer_loaded(&rtc->update);
    timer_loaded(&rtc->periodic);
}

static const struct field rtc_fields[] = {
    FIELD_STRUCT(struct rtc, irq, line_fields),
    FIELD_STRUCT(struct rtc, nmi_mask, line_fields),
    FIELD_STRUCT(struct rtc, update, timer_fields),
    FIELD_STRUCT(struct rtc, periodic, timer_fields),
    TRANSIENT(struct rtc, clock),
    FIELD_MAX(struct rtc, index, RTC_BYTES - 1),
    FIELD_MAX(struct rtc, further_index, RTC_BYTES - 1),
    FIELD_ARRAY(struct rtc, further),
    FIELD_ARRAY(struct rtc, cmos),
    FIELD(struct rtc, phase),
    FIELD(struct rtc, updates),
    FIELD(struct rtc, edges),
    FIELD_END,
};

const struct chip rtc_chip = {
    .name = "rtc",
    .reset = rtc_reset,
    .read = rtc_read,
    .write = rtc_write,
    .loaded = rtc_loaded,
    .fields = rtc_fields,
    .size = sizeof(struct rtc),
};

void rtc_init(struct rtc *rtc, struct clock *clock)
{
    *rtc = (struct rtc){.clock = clock};
    timer_init(&rtc->update, clock, fire_update, rtc);
    timer_init(&rtc->periodic, clock, fire_periodic, rtc);
    rtc->cmos[RTC_A] = 0x26; /* 32768 Hz, 1024 Hz, as every AT's firmware sets it */
    rtc->cmos[RTC_B] = B_24;
    rtc->cmos[RTC_D] = D_VRT;
    rtc->phase = RTC_HZ / 2 + UPDATE - ticks(rtc); /* an update has just ended */
    rtc_set_time(rtc, 1980, 1, 1, 0, 0, 0);
    retune(rtc);
    rtc_reset(rtc);
}

/* 1: Sunday. */
static unsigned day_of_week(unsigned year, unsigned month, unsigned day)
{
    static const u8 offset[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    unsigned y = month < 3 ? year - 1 : year;
    return (y + y / 4 - y / 100 + y / 400 + offset[(month - 1) % 12] + day) % 7 + 1;
}

void rtc_set_time(struct rtc *rtc, unsigned year, unsigned month, unsigned day, unsigned hour,
                  unsigned minute, unsigned second)
{
    put(rtc, RTC_SECONDS, second);
    put(rtc, RTC_MINUTES, minute);
    put_hour(rtc, hour);
    put(rtc, RTC_DAY_OF_WEEK, day_of_week(year, month, day));
    put(rtc, RTC_DAY, day);
    put(rtc, RTC_MONTH, month);
    put(rtc, RTC_YEAR, year % 100);
    put(rtc, RTC_CENTURY, year / 100);
    put(rtc, RTC_CENTURY_PS2, year / 100);
}

void rtc_cmos_set(struct rtc *rtc, unsigned index, u8 value)
{
    u16 sum = 0;
    if (index <= RTC_D || index >= RTC_BYTES)
        return;
    rtc->cmos[index] = value;
    for (unsigned i = RTC_SUM_FIRST; i <= RTC_SUM_LAST; i++)
        sum = (u16)(sum + rtc->cmos[i]);
    rtc->cmos[RTC_SUM_HIGH] = (u8)(sum >> 8);
    rtc->cmos[RTC_SUM_LOW] = (u8)sum;
}

u8 rtc_cmos_get(const struct rtc *rtc, unsigned index)
{
    return index < RTC_BYTES ? rtc->cmos[index] : 0xff;
}
