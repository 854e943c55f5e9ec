/* SPDX-License-Identifier: MIT */
/*
 * Intel 82093AA I/O APIC (data sheet 290566).
 *
 * Not modelled: the arbitration on the APIC bus, so that the arbitration register shows what the
 * last write of the ID left there; delivery status of an edge, which is never on its way.
 */
#include "devices/ioapic.h"

enum {
    IOREGSEL = 0x00,
    IOWIN = 0x10,

    IOAPICID = 0,
    IOAPICVER = 1,
    IOAPICARB = 2,
    IOREDTBL = 0x10,
    VERSION = 0x00170011, /* 24 entries, version 11h */

    /* the low half of an entry */
    DELMOD_SHIFT = 8,
    DESTMOD = 1 << 11,
    DELIVS = 1 << 12,
    INTPOL = 1 << 13,
    REMOTE_IRR = 1 << 14,
    TRIGGER = 1 << 15,
    MASK = 1 << 16,
    LOW_WRITABLE = 0x1afff,
};
#define HIGH_WRITABLE 0xff000000u

static unsigned delivery(u64 entry)
{
    return (unsigned)(entry >> DELMOD_SHIFT & 7);
}

/* Only these two look at the trigger mode; all others are edges. Data sheet, "Delivery Mode". */
static bool is_level(u64 entry)
{
    return entry & TRIGGER && (delivery(entry) == APIC_FIXED || delivery(entry) == APIC_LOWEST);
}

static bool active(const struct ioapic *ioapic, unsigned pin)
{
    bool high = ioapic->pins >> pin & 1, low_active = ioapic->entry[pin] & INTPOL;
    return high != low_active;
}

/* True: accepted. Delivery modes 3 and 6 are reserved. */
static bool deliver(struct ioapic *ioapic, unsigned pin)
{
    u64 entry = ioapic->entry[pin];
    if (delivery(entry) == 3 || delivery(entry) == APIC_STARTUP)
        return false;
    const struct apic_message message = {.vector = (u8)entry,
                                         .delivery = (u8)delivery(entry),
                                         .destination = (u8)(entry >> 56),
                                         .logical = entry & DESTMOD,
                                         .level = is_level(entry)};
    return apic_bus_send(ioapic->bus, &message, NULL);
}

/* A level that a local APIC has yet to accept. */
static bool level_waits(const struct ioapic *ioapic, unsigned pin)
{
    u64 entry = ioapic->entry[pin];
    return is_level(entry) && !(entry & (MASK | REMOTE_IRR)) && active(ioapic, pin);
}

static void deliver_level(struct ioapic *ioapic, unsigned pin)
{
    if (level_waits(ioapic, pin) && deliver(ioapic, pin))
        ioapic->entry[pin] |= REMOTE_IRR;
}

void ioapic_irq(void *owner, unsigned pin, bool level)
{
    struct ioapic *ioapic = owner;
    if (pin >= IOAPIC_PINS)
        return;
    bool was = active(ioapic, pin);
    ioapic->pins = (ioapic->pins & ~(1u << pin)) | (u32)level << pin;
    u64 entry = ioapic->entry[pin];
    if (is_level(entry))
        deliver_level(ioapic, pin);
    else if (!was && active(ioapic, pin) && !(entry & MASK))
        deliver(ioapic, pin);
}

static void ioapic_eoi(void *owner, u8 vector)
{
    struct ioapic *ioapic = owner;
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++) {
        u64 *entry = &ioapic->entry[pin];
        if (!is_level(*entry) || (u8)*entry != vector)
            continue;
        *entry &= ~(u64)REMOTE_IRR;
        deliver_level(ioapic, pin);
    }
}

static void ioapic_retry(void *owner)
{
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++)
        deliver_level(owner, pin);
}

/* Registers. */

static u64 *entry_of(struct ioapic *ioapic, unsigned select)
{
    unsigned pin = (select - IOREDTBL) / 2;
    return select >= IOREDTBL && pin < IOAPIC_PINS ? &ioapic->entry[pin] : NULL;
}

/* Remote IRR means nothing to an edge, and is not kept. */
static void write_low(struct ioapic *ioapic, unsigned pin, u32 value)
{
    u64 *entry = &ioapic->entry[pin];
    *entry = (*entry & ~(u64)LOW_WRITABLE) | (value & LOW_WRITABLE);
    if (!is_level(*entry))
        *entry &= ~(u64)REMOTE_IRR;
    deliver_level(ioapic, pin);
}

static void write_window(struct ioapic *ioapic, u32 value)
{
    u64 *entry = entry_of(ioapic, ioapic->select);
    if (ioapic->select == IOAPICID)
        ioapic->id = ioapic->arbitration = value >> 24 & 0xf;
    else if (entry && ioapic->select & 1)
        *entry = (u32)*entry | (u64)(value & HIGH_WRITABLE) << 32;
    else if (entry)
        write_low(ioapic, (unsigned)(entry - ioapic->entry), value);
}

static u32 read_entry(const struct ioapic *ioapic, const u64 *entry)
{
    unsigned pin = (unsigned)(entry - ioapic->entry);
    if (ioapic->select & 1)
        return (u32)(*entry >> 32);
    return (u32)*entry | (level_waits(ioapic, pin) ? DELIVS : 0);
}

static u32 read_window(struct ioapic *ioapic)
{
    const u64 *entry = entry_of(ioapic, ioapic->select);
    if (entry)
        return read_entry(ioapic, entry);
    return ioapic->select == IOAPICID    ? (u32)ioapic->id << 24
           : ioapic->select == IOAPICVER ? VERSION
           : ioapic->select == IOAPICARB ? (u32)ioapic->arbitration << 24
                                         : 0;
}

/* The window is written by doublewords only. Data sheet, "I/O Window Register". */
static void ioapic_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct ioapic *ioapic = chip;
    if (reg == IOREGSEL)
        ioapic->select = (u8)value;
    else if (reg == IOWIN && size == 4)
        write_window(ioapic, value);
}

static u32 ioapic_read(void *chip, u32 reg, unsigned size UNUSED)
{
    struct ioapic *ioapic = chip;
    unsigned shift = 8 * (reg & 3);
    if ((reg & ~3u) == IOREGSEL)
        return ioapic->select >> shift;
    return (reg & ~3u) == IOWIN ? read_window(ioapic) >> shift : 0xffffffffu;
}

static const struct field ioapic_fields[] = {
    TRANSIENT(struct ioapic, bus),
    FIELD_MAX(struct ioapic, pins, (1u << IOAPIC_PINS) - 1),
    FIELD(struct ioapic, select),
    FIELD_MAX(struct ioapic, id, 15),
    FIELD_MAX(struct ioapic, arbitration, 15),
    FIELD_ARRAY(struct ioapic, entry),
    FIELD_END,
};

/* The levels of the pins are the devices'. */
static void ioapic_reset(void *chip)
{
    struct ioapic *ioapic = chip;
    *ioapic = (struct ioapic){.bus = ioapic->bus, .pins = ioapic->pins};
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++)
        ioapic->entry[pin] = MASK;
}

static void ioapic_loaded(void *chip)
{
    struct ioapic *ioapic = chip;
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++)
        ioapic->entry[pin] &= (u64)HIGH_WRITABLE << 32 | LOW_WRITABLE | REMOTE_IRR;
}

const struct chip ioapic_chip = {
    .name = "I/O APIC",
    .reset = ioapic_reset,
    .read = ioapic_read,
    .write = ioapic_write,
    .loaded = ioapic_loaded,
    .fields = ioapic_fields,
    .size = sizeof(struct ioapic),
};

static const struct apic_agent agent = {.eoi = ioapic_eoi, .retry = ioapic_retry};

void ioapic_init(struct ioapic *ioapic, struct apic_bus *bus)
{
    *ioapic = (struct ioapic){.bus = bus};
    apic_bus_attach(bus, &agent, ioapic);
    ioapic_reset(ioapic);
}
