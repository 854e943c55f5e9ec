/* SPDX-License-Identifier: MIT */
/* The local APIC's registers. SDM 3A "Local APIC Register Address Map". */
#include "devices/lapic_parts.h"

/* Registers lie 16 bytes apart; here is what the address says without the last digit. */
enum {
    R_ID = 0x02,
    R_VERSION = 0x03,
    R_TPR = 0x08,
    R_APR = 0x09,
    R_PPR = 0x0a,
    R_EOI = 0x0b,
    R_REMOTE_READ = 0x0c, /* gone with the P6 */
    R_LDR = 0x0d,
    R_DFR = 0x0e,
    R_SVR = 0x0f,
    R_ISR = 0x10, /* eight each */
    R_TMR = 0x18,
    R_IRR = 0x20,
    R_ESR = 0x28,
    R_ICR_LOW = 0x30,
    R_ICR_HIGH = 0x31,
    R_TIMER = 0x32,
    R_PERFORMANCE = 0x34,
    R_LINT0 = 0x35,
    R_LINT1 = 0x36,
    R_ERROR = 0x37,
    R_INITIAL = 0x38,
    R_COUNT = 0x39,
    R_DIVIDE = 0x3e,
    R_END,

    ICR_WRITABLE = 0xccfff,
    SVR_WRITABLE = SVR_ENABLE | SVR_NO_FOCUS | 0xf0, /* of the vector the low bits are ones */
    SVR_ONES = 0x0f,
    LINT_WRITABLE = 0x1a7ff,
};

static u32 version(const struct lapic *l)
{
    return l->config.p6 ? 0x00040011 : 0x00030010;
}

/* Entries of the local vector table: where, and what of them can be written. */
static const struct {
    u8 reg;
    u32 writable;
} lvts[LAPIC_LVTS] = {
    [LAPIC_TIMER] = {R_TIMER, LVT_PERIODIC | LVT_MASK | 0xff},
    [LAPIC_PERFORMANCE] = {R_PERFORMANCE, LVT_MASK | 0x7ff},
    [LAPIC_LINT0] = {R_LINT0, LINT_WRITABLE},
    [LAPIC_LINT1] = {R_LINT1, LINT_WRITABLE},
    [LAPIC_ERROR] = {R_ERROR, LVT_MASK | 0xff},
};

/* The entry at register R, or LAPIC_LVTS. */
static unsigned lvt_at(const struct lapic *l, unsigned r)
{
    unsigned i = 0;
    while (i < LAPIC_LVTS && lvts[i].reg != r)
        i++;
    return i == LAPIC_PERFORMANCE && !l->config.p6 ? LAPIC_LVTS : i;
}

static u32 writable(const struct lapic *l, unsigned lvt)
{
    bool deadline = lvt == LAPIC_TIMER && l->config.deadline;
    return lvts[lvt].writable | (deadline ? LVT_DEADLINE : 0);
}

/* While software has the APIC disabled no entry is unmasked. Remote IRR goes with the levels. */
static void write_lvt(struct lapic *l, unsigned i, u32 value)
{
    value &= writable(l, i);
    if (!(l->svr & SVR_ENABLE))
        value |= LVT_MASK;
    if (i == LAPIC_TIMER) {
        lapic_timer_lvt(l, value);
        return;
    }
    l->lvt[i] = value | (value & LVT_LEVEL ? l->lvt[i] & LVT_REMOTE_IRR : 0);
    lapic_check_level(l);
}

/* SDM 3A "Local APIC State After It Has Been Software Disabled". */
static void write_svr(struct lapic *l, u32 value)
{
    l->svr = (value & SVR_WRITABLE) | SVR_ONES;
    for (unsigned i = 0; i < LAPIC_LVTS && !(l->svr & SVR_ENABLE); i++)
        write_lvt(l, i, l->lvt[i]);
    apic_bus_changed(l->bus);
}

/* What was detected since the last write can be read now. */
static void write_esr(struct lapic *l)
{
    l->esr = l->errors;
    l->errors = 0;
}

static bool exists(const struct lapic *l, unsigned r)
{
    bool set = r >= R_ISR && r < R_ESR, low = r >= R_TPR && r <= R_SVR && r != R_REMOTE_READ;
    return set || low || r == R_ID || r == R_VERSION || r == R_ESR || r == R_ICR_LOW ||
           r == R_ICR_HIGH || r == R_INITIAL || r == R_COUNT || r == R_DIVIDE ||
           lvt_at(l, r) < LAPIC_LVTS;
}

static void illegal_register(struct lapic *l)
{
    if (l->config.p6)
        lapic_error(l, ESR_REGISTER);
}

/* Whom messages are for. */
static void write_identity(struct lapic *l, unsigned r, u32 value)
{
    if (r == R_ID)
        l->id = value >> 24 & 0xf;
    else if (r == R_LDR)
        l->ldr = (u8)(value >> 24);
    else
        l->model = (u8)(value >> 28);
    apic_bus_changed(l->bus);
}

static void write_register(struct lapic *l, unsigned r, u32 value)
{
    switch (r) {
    case R_ID:
    case R_LDR:
    case R_DFR:
        write_identity(l, r, value);
        break;
    case R_TPR:
        l->tpr = (u8)value;
        break;
    case R_EOI:
        lapic_end(l);
        break;
    case R_SVR:
        write_svr(l, value);
        break;
    case R_ESR:
        write_esr(l);
        break;
    case R_ICR_HIGH:
        l->destination = (u8)(value >> 24);
        break;
    case R_ICR_LOW:
        l->icr = value & ICR_WRITABLE;
        lapic_send(l);
        break;
    case R_INITIAL:
        lapic_timer_start(l, value);
        break;
    case R_DIVIDE:
        lapic_timer_divide(l, value);
        break;
    default:
        if (lvt_at(l, r) < LAPIC_LVTS)
            write_lvt(l, lvt_at(l, r), value);
    }
    lapic_update(l);
}

/* Only whole registers are written: what narrower stores do is undefined. */
static void lapic_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct lapic *l = chip;
    if (!exists(l, reg >> 4))
        illegal_register(l);
    else if (!(reg & 0xf) && size == 4)
        write_register(l, reg >> 4, value);
}

static u32 read_set(const struct lapic *l, unsigned r)
{
    return r >= R_IRR ? l->irr[r - R_IRR] : r >= R_TMR ? l->tmr[r - R_TMR] : l->isr[r - R_ISR];
}

static u32 read_register(struct lapic *l, unsigned r)
{
    switch (r) {
    case R_ID:
        return (u32)l->id << 24;
    case R_VERSION:
        return version(l);
    case R_TPR:
        return l->tpr;
    case R_APR:
        return lapic_arbitration_priority(l);
    case R_PPR:
        return lapic_processor_priority(l);
    case R_LDR:
        return (u32)l->ldr << 24;
    case R_DFR:
        return (u32)l->model << 28 | 0x0fffffff;
    case R_SVR:
        return l->svr;
    case R_ESR:
        return l->esr;
    case R_ICR_LOW:
        return l->icr;
    case R_ICR_HIGH:
        return (u32)l->destination << 24;
    case R_INITIAL:
        return l->initial;
    case R_COUNT:
        return lapic_timer_count(l);
    case R_DIVIDE:
        return l->divide;
    default:
        return lvt_at(l, r) < LAPIC_LVTS ? l->lvt[lvt_at(l, r)] : 0; /* EOI */
    }
}

static u32 lapic_read(void *chip, u32 reg, unsigned size UNUSED)
{
    struct lapic *l = chip;
    unsigned r = reg >> 4;
    if (!exists(l, r)) {
        illegal_register(l);
        return 0;
    }
    if (reg & 0xc)
        return 0;
    u32 value = r >= R_ISR && r < R_ESR ? read_set(l, r) : read_register(l, r);
    return value >> 8 * (reg & 3);
}

#define F(member) FIELD(struct lapic, member)
static const struct field lapic_fields[] = {
    FIELD_STRUCT(struct lapic, intr, line_fields),
    FIELD_STRUCT(struct lapic, nmi, line_fields),
    FIELD_STRUCT(struct lapic, smi, line_fields),
    FIELD_STRUCT(struct lapic, init, line_fields),
    TRANSIENT(struct lapic, config), TRANSIENT(struct lapic, bus), TRANSIENT(struct lapic, clock),
    F(on), FIELD_ARRAY(struct lapic, lint), F(requested), F(extint),
    FIELD_MAX(struct lapic, id, 15), F(tpr), F(ldr), FIELD_MAX(struct lapic, model, 15),
    F(errors), F(esr), F(destination), F(svr), F(icr), FIELD_ARRAY(struct lapic, lvt),
    FIELD_ARRAY(struct lapic, isr), FIELD_ARRAY(struct lapic, tmr), FIELD_ARRAY(struct lapic, irr),
    F(divide), F(initial), F(count), F(since), F(deadline), F(armed),
    FIELD_STRUCT(struct lapic, timer, timer_fields),
    FIELD_END,
};
#undef F

/* Bits that do not exist and vectors that are illegal are no state. */
static void lapic_loaded(void *chip)
{
    struct lapic *l = chip;
    l->svr = (l->svr & SVR_WRITABLE) | SVR_ONES;
    l->icr &= ICR_WRITABLE;
    for (unsigned i = 0; i < LAPIC_LVTS; i++)
        l->lvt[i] &= writable(l, i) | (i == LAPIC_LINT0 ? LVT_REMOTE_IRR : 0);
    l->irr[0] &= ~0xffffu;
    l->isr[0] &= ~0xffffu;
    lapic_timer_loaded(l);
}

const struct chip lapic_chip = {
    .name = "local APIC",
    .reset = lapic_reset,
    .read = lapic_read,
    .write = lapic_write,
    .loaded = lapic_loaded,
    .fields = lapic_fields,
    .size = sizeof(struct lapic),
};
