/* SPDX-License-Identifier: MIT */
/*
 * Intel 8254 programmable interval timer (data sheet 231164).
 *
 * A counter is a few numbers and the tick: nothing is counted down, every value is computed when
 * somebody looks. W is the tick of the last write to the counter, N the count; the counting
 * element (CE) is loaded at the next tick, L = W + 1. Modes 1 and 5 wait for a rise of GATE, at
 * tick T, and load at T + 1.
 *
 * Mode 0, interrupt on terminal count (N = 3)        Mode 1, one-shot (N = 3)
 *
 *   tick  W    L              L+N                     tick  T    T+1            T+1+N
 *   CE         3    2    1    0    FFFF               CE         3    2    1    0    FFFF
 *   OUT ______________________.--------               OUT  -----.______________.--------
 *
 * Mode 2, rate generator (N = 3)                     Mode 4, strobe (N = 3); mode 5 from T + 1
 *
 *   tick  W    L         L+N-1 L+N                    tick  W    L              L+N  L+N+1
 *   CE         3    2    1    3    2    1             CE         3    2    1    0    FFFF
 *   OUT  ---------------.____.---------.____          OUT  ---------------------.____.-----
 *
 * Mode 3, square wave: CE goes down by two; (N + 1) / 2 ticks high, N / 2 low
 *
 *   N = 4                                              N = 5
 *   tick  W   L       L+2     L+4                      tick  W   L           L+3     L+5
 *   CE        4   2   4   2   4   2                    CE        4   2   0   4   2   4
 *   OUT  -------------._______.-------                 OUT  -----------------._______.---
 *
 * A new count goes into CE at the next tick (modes 0, 4), at the end of the period (2) or of the
 * half period (3), at the next trigger (1, 5; and a rise of GATE in 2, 3). GATE low stops 0, 2, 3
 * and 4, and holds OUT high in 2 and 3.
 *
 * An access in the tick before the first load already sees the new count in CE: a bus cycle of the
 * real machine is longer than a tick, so that its software never finds the old one there. The null
 * count bit tells the truth. A count of 1 in modes 2 and 3, which the data sheet forbids, leaves
 * OUT high.
 *
 * Not modelled: reads between the two edges of one clock, where the real count may be torn.
 */
#include "devices/pit.h"

enum {
    CONTROL_BCD = 0x01,
    CONTROL_BITS = 0x3f, /* without the counter's number */
    RW_LOW = 1,
    RW_HIGH = 2,
    RW_BOTH = 3,
    BACK_COUNT_OFF = 0x20, /* read-back: do not latch the count */
    BACK_STATUS_OFF = 0x10,
    STATUS_OUT = 0x80,
    STATUS_NULL = 0x40,
    SELECT_READ_BACK = 3,
};

/* No time comes near this tick (14 centuries): larger ones are damage of a saved state. */
#define TICK_MAX ((u64)1 << 53)

static unsigned mode_of(const struct pit_counter *c)
{
    unsigned mode = c->control >> 1 & 7;
    return mode > 5 ? mode - 4 : mode;
}

static bool is_periodic(const struct pit_counter *c)
{
    return mode_of(c) == 2 || mode_of(c) == 3;
}

/* Modes that a rise of GATE starts, and that do not stop when it falls. */
static bool is_triggered(const struct pit_counter *c)
{
    return mode_of(c) == 1 || mode_of(c) == 5;
}

/* How the bytes of a count are written and read; only a chip never programmed has none. */
static unsigned rw_of(const struct pit_counter *c)
{
    unsigned rw = c->control >> 4 & 3;
    return rw ? rw : RW_BOTH;
}

static u32 modulus(const struct pit_counter *c)
{
    return c->control & CONTROL_BCD ? 10000 : 0x10000;
}

static u32 from_bcd(u16 v)
{
    return (v >> 12) * 1000u + (v >> 8 & 15) * 100u + (v >> 4 & 15) * 10u + (v & 15u);
}

static u16 to_bcd(u32 v)
{
    return (u16)(v / 1000 % 10 << 12 | v / 100 % 10 << 8 | v / 10 % 10 << 4 | v % 10);
}

/* What CR says, 1 to MODULUS (16665 with hexadecimal digits in BCD). */
static u32 count_of(const struct pit_counter *c)
{
    u32 n = c->control & CONTROL_BCD ? from_bcd(c->cr) : c->cr;
    return n ? n : modulus(c);
}

/* Mode 3: ticks since the present half began; *LOW tells which one, *LENGTH its ticks. */
static u32 half(const struct pit_counter *c, u64 now, bool *low, u32 *length)
{
    u32 high = (c->ce + 1) / 2, first = c->low_first ? c->ce - high : high;
    u32 at = (u32)((now - c->origin) % c->ce);
    bool second = at >= first;
    *low = c->low_first != second;
    *length = second ? c->ce - first : first;
    return second ? at - first : at;
}

/* The counting element as a number, 0 to MODULUS - 1. */
static u32 element(const struct pit_counter *c, u64 now)
{
    u32 m = modulus(c), length;
    bool low;
    u64 passed = now - c->origin;
    if (!c->counting)
        return c->ce % m;
    if (mode_of(c) == 2)
        return (c->ce - (u32)(passed % c->ce)) % m;
    if (mode_of(c) == 3)
        return ((c->ce & ~1u) - 2 * half(c, now, &low, &length)) % m;
    return (u32)((c->ce + m - passed % m) % m);
}

/* The count as software reads it. */
static u16 count_read(const struct pit_counter *c, u64 now)
{
    bool first_load = c->load_at != PIT_NEVER && !is_triggered(c);
    if (is_periodic(c) && c->counting)
        first_load = false;
    u32 v = first_load ? count_of(c) % modulus(c) : element(c, now);
    return c->control & CONTROL_BCD ? to_bcd(v) : (u16)v;
}

static bool out_at(const struct pit_counter *c, u64 now)
{
    bool low;
    u32 length;
    switch (mode_of(c)) {
    case 0:
    case 1:
        return now >= c->zero_at;
    case 2:
        return !c->counting || c->ce < 2 || (now - c->origin) % c->ce != c->ce - 1;
    case 3:
        if (!c->counting)
            return true;
        half(c, now, &low, &length);
        return !low;
    default:
        return now != c->zero_at;
    }
}

/* Modes 2 and 3, counting: the tick at which the period or half period after NOW ends. */
static u64 boundary_after(const struct pit_counter *c, u64 now)
{
    bool low;
    u32 length;
    if (mode_of(c) == 2)
        return now + c->ce - (now - c->origin) % c->ce;
    u32 at = half(c, now, &low, &length);
    return now + length - at;
}

/* CR goes into CE. */
static void load(struct pit_counter *c, u64 tick)
{
    bool low = false;
    u32 length;
    if (mode_of(c) == 3 && c->counting)
        half(c, tick, &low, &length); /* the end of a half: the other one follows */
    c->low_first = low;
    c->ce = count_of(c);
    c->origin = tick;
    c->load_at = PIT_NEVER;
    c->null_count = false;
    c->counting = c->gate || is_triggered(c);
    if (!is_periodic(c))
        c->zero_at = c->counting ? tick + c->ce : PIT_NEVER;
}

/* Do what was due by tick NOW. */
static void settle(struct pit_counter *c, u64 now)
{
    if (c->load_at <= now)
        load(c, c->load_at);
}

/* The next tick after NOW at which OUT may change. */
static u64 next_change(const struct pit_counter *c, u64 now)
{
    u64 next = PIT_NEVER;
    if (!is_periodic(c)) {
        if (c->zero_at != PIT_NEVER && c->zero_at > now)
            next = c->zero_at;
        else if (c->zero_at == now && mode_of(c) >= 4)
            next = now + 1;
    } else if (c->counting && c->ce > 1) {
        next = boundary_after(c, now);
        if (mode_of(c) == 2 && next > now + 1)
            next--;
    }
    return c->load_at > now && c->load_at < next ? c->load_at : next;
}

/* Drive OUT as it is at tick NOW, and come back at its next change. */
static void drive(struct pit_counter *c, u64 now)
{
    line_set(&c->out, out_at(c, now));
    c->edge_at = c->out.set ? next_change(c, now) : PIT_NEVER;
    if (c->edge_at == PIT_NEVER)
        timer_stop(&c->timer);
    else
        timer_set(&c->timer, ticks_to_ns(c->edge_at, PIT_HZ));
}

static void fire(void *owner)
{
    struct pit_counter *c = owner;
    u64 tick = c->edge_at;
    settle(c, tick);
    drive(c, tick); /* not at the time now: a pulse of one tick must not get lost */
}

/* The tick now, with every edge before it delivered. No slice is as long as a second; if time
 * made such a leap nevertheless, the edges in between are skipped. */
static u64 catch_up(struct pit_counter *c)
{
    u64 now = clock_ticks(c->clock, PIT_HZ);
    while (c->timer.armed && c->edge_at <= now && now - c->edge_at < PIT_HZ)
        fire(c);
    settle(c, now);
    return now;
}

/* A whole count is in CR. */
static void new_count(struct pit_counter *c, u64 now)
{
    bool first = !c->cr_full;
    c->cr_full = true;
    c->null_count = true;
    if (is_triggered(c))
        return;
    if (!is_periodic(c))
        c->load_at = now + 1;
    else if (c->load_at == PIT_NEVER && c->counting)
        c->load_at = boundary_after(c, now);
    else if (c->load_at == PIT_NEVER && first)
        c->load_at = now + 1;
    if (mode_of(c) == 0)
        c->zero_at = PIT_NEVER;
}

/* The first byte of two in mode 0 stops the counter and lowers OUT at once. */
static void stop_mode_0(struct pit_counter *c, u64 now)
{
    c->ce = element(c, now);
    c->counting = false;
    c->cr_full = false;
    c->load_at = c->zero_at = PIT_NEVER;
}

static void write_count(struct pit_counter *c, u8 value, u64 now)
{
    unsigned rw = rw_of(c);
    bool high = rw == RW_HIGH || (rw == RW_BOTH && c->write_high);
    if (rw == RW_BOTH)
        c->write_high = !high;
    if (rw == RW_BOTH && !high) {
        c->low = value;
        if (mode_of(c) == 0)
            stop_mode_0(c, now);
        return;
    }
    c->cr = high ? (u16)(value << 8 | (rw == RW_BOTH ? c->low : 0)) : value;
    new_count(c, now);
}

static void latch_count(struct pit_counter *c, u64 now)
{
    if (!c->count_latched)
        c->latch = count_read(c, now);
    c->count_latched = true;
}

static void latch_status(struct pit_counter *c, u64 now)
{
    if (!c->status_latched)
        c->status = (u8)((out_at(c, now) ? STATUS_OUT : 0) | (c->null_count ? STATUS_NULL : 0) |
                         (c->control & CONTROL_BITS));
    c->status_latched = true;
}

/* "All control logic is reset; OUT goes to its initial state", with no clock needed. */
static void write_control(struct pit_counter *c, u8 value, u64 now)
{
    u32 ce = element(c, now);
    c->ce = ce;
    c->control = value & CONTROL_BITS;
    c->cr = 0;
    c->counting = c->cr_full = c->low_first = false;
    c->write_high = c->read_high = false;
    c->count_latched = c->status_latched = false;
    c->null_count = true;
    c->load_at = PIT_NEVER;
    c->zero_at = mode_of(c) == 1 ? 0 : PIT_NEVER;
}

static void read_back(struct pit *pit, u8 value)
{
    for (unsigned i = 0; i < PIT_COUNTERS; i++) {
        struct pit_counter *c = &pit->counter[i];
        if (!(value >> 1 >> i & 1))
            continue;
        u64 now = catch_up(c);
        if (!(value & BACK_COUNT_OFF))
            latch_count(c, now);
        if (!(value & BACK_STATUS_OFF))
            latch_status(c, now);
    }
}

static void write_command(struct pit *pit, u8 value)
{
    unsigned select = value >> 6;
    if (select == SELECT_READ_BACK) {
        read_back(pit, value);
        return;
    }
    struct pit_counter *c = &pit->counter[select];
    u64 now = catch_up(c);
    if (!(value >> 4 & 3)) {
        latch_count(c, now);
        return;
    }
    write_control(c, value, now);
    drive(c, now);
}

static void pit_write(void *chip, u32 reg, u32 value, unsigned size UNUSED)
{
    struct pit *pit = chip;
    if (reg == PIT_COUNTERS)
        write_command(pit, (u8)value);
    if (reg >= PIT_COUNTERS)
        return;
    struct pit_counter *c = &pit->counter[reg];
    u64 now = catch_up(c);
    write_count(c, (u8)value, now);
    drive(c, now);
}

static u8 read_counter(struct pit_counter *c, u64 now)
{
    unsigned rw = rw_of(c);
    if (c->status_latched) {
        c->status_latched = false;
        return c->status;
    }
    u16 v = c->count_latched ? c->latch : count_read(c, now);
    bool high = rw == RW_HIGH || (rw == RW_BOTH && c->read_high);
    if (rw == RW_BOTH)
        c->read_high = !high;
    if (rw != RW_BOTH || high)
        c->count_latched = false;
    return (u8)(high ? v >> 8 : v);
}

/* The control word register cannot be read: the bus floats. */
static u32 pit_read(void *chip, u32 reg, unsigned size UNUSED)
{
    struct pit *pit = chip;
    if (reg >= PIT_COUNTERS)
        return 0xff;
    struct pit_counter *c = &pit->counter[reg];
    return read_counter(c, catch_up(c));
}

static void gate_rises(struct pit_counter *c, u64 now)
{
    if (is_triggered(c) || is_periodic(c)) {
        if (c->cr_full)
            c->load_at = now + 1;
    } else if (c->cr_full && !c->null_count) {
        c->counting = true;
        c->origin = now;
        if (c->zero_at == PIT_NEVER)
            c->zero_at = now + (c->ce ? c->ce : modulus(c));
    }
}

static void gate_falls(struct pit_counter *c, u64 now)
{
    if (is_triggered(c) || !c->counting)
        return;
    if (is_periodic(c))
        c->load_at = PIT_NEVER; /* the end of this period does not come */
    c->ce = element(c, now);
    c->counting = false;
    if (now < c->zero_at)
        c->zero_at = PIT_NEVER;
}

void pit_gate(void *owner, unsigned counter, bool level)
{
    struct pit *pit = owner;
    if (counter >= PIT_COUNTERS || pit->counter[counter].gate == level)
        return;
    struct pit_counter *c = &pit->counter[counter];
    u64 now = catch_up(c);
    c->gate = level;
    if (level)
        gate_rises(c, now);
    else
        gate_falls(c, now);
    drive(c, now);
}

/* A copy of the counter as it is now; gives the tick. */
static u64 look(const struct pit *pit, unsigned counter, struct pit_counter *view)
{
    *view = pit->counter[counter % PIT_COUNTERS];
    u64 now = clock_ticks(view->clock, PIT_HZ);
    settle(view, now);
    return now;
}

bool pit_out(const struct pit *pit, unsigned counter)
{
    struct pit_counter view;
    u64 now = look(pit, counter, &view);
    return out_at(&view, now);
}

u64 pit_periods(const struct pit *pit, unsigned counter)
{
    struct pit_counter view;
    u64 now = look(pit, counter, &view);
    return view.counting && is_periodic(&view) ? (now - view.origin) / view.ce : 0;
}

u32 pit_tone(const struct pit *pit, unsigned counter)
{
    struct pit_counter view;
    look(pit, counter, &view);
    return view.counting && is_periodic(&view) && view.ce > 1 ? view.ce : 0;
}

/* The chip has no reset pin; unprogrammed counters rest with OUT low. GATE is the board's. */
static void pit_reset(void *chip)
{
    struct pit *pit = chip;
    for (unsigned i = 0; i < PIT_COUNTERS; i++) {
        struct pit_counter *c = &pit->counter[i];
        u64 now = clock_ticks(c->clock, PIT_HZ);
        c->ce = 0;
        c->counting = false;
        write_control(c, RW_BOTH << 4, now);
        c->low = 0;
        c->latch = 0;
        c->status = 0;
        c->origin = 0;
        drive(c, now);
    }
}

static void clamp_tick(u64 *tick)
{
    if (*tick > TICK_MAX)
        *tick = PIT_NEVER;
}

static void pit_loaded(void *chip)
{
    struct pit *pit = chip;
    for (unsigned i = 0; i < PIT_COUNTERS; i++) {
        struct pit_counter *c = &pit->counter[i];
        c->ce = c->ce > 0x10000 ? 0x10000 : c->ce;
        c->counting &= c->ce != 0 || !is_periodic(c);
        c->origin = c->origin > TICK_MAX ? 0 : c->origin;
        clamp_tick(&c->load_at);
        clamp_tick(&c->zero_at);
        clamp_tick(&c->edge_at);
        c->timer.armed &= c->edge_at != PIT_NEVER;
        timer_loaded(&c->timer);
    }
}

static const struct field counter_fields[] = {
    FIELD_STRUCT(struct pit_counter, out, line_fields),
    FIELD_STRUCT(struct pit_counter, timer, timer_fields),
    TRANSIENT(struct pit_counter, clock),
    FIELD(struct pit_counter, gate),
    FIELD_MAX(struct pit_counter, control, CONTROL_BITS),
    FIELD(struct pit_counter, cr),
    FIELD(struct pit_counter, low),
    FIELD(struct pit_counter, cr_full),
    FIELD(struct pit_counter, null_count),
    FIELD(struct pit_counter, write_high),
    FIELD(struct pit_counter, read_high),
    FIELD(struct pit_counter, count_latched),
    FIELD(struct pit_counter, status_latched),
    FIELD(struct pit_counter, latch),
    FIELD(struct pit_counter, status),
    FIELD(struct pit_counter, counting),
    FIELD_MAX(struct pit_counter, ce, 0x10000),
    FIELD_MAX(struct pit_counter, origin, TICK_MAX),
    FIELD(struct pit_counter, load_at),
    FIELD(struct pit_counter, zero_at),
    FIELD(struct pit_counter, low_first),
    FIELD(struct pit_counter, edge_at),
    FIELD_END,
};

static const struct field pit_fields[] = {
    FIELD_STRUCTS(struct pit, counter, counter_fields),
    FIELD_END,
};

const struct chip pit_chip = {
    .name = "pit",
    .reset = pit_reset,
    .read = pit_read,
    .write = pit_write,
    .loaded = pit_loaded,
    .fields = pit_fields,
    .size = sizeof(struct pit),
};

void pit_init(struct pit *pit, struct clock *clock)
{
    *pit = (struct pit){0};
    for (unsigned i = 0; i < PIT_COUNTERS; i++) {
        struct pit_counter *c = &pit->counter[i];
        c->clock = clock;
        c->gate = true;
        timer_init(&c->timer, clock, fire, c);
    }
    pit_reset(pit);
}
