/* SPDX-License-Identifier: MIT */
/*
 * Where there is an APIC: processors, buses, and which interrupt arrives where. MultiProcessor
 * Specification 1.4, chapter 4.
 */
#include "bda.h"
#include "pci.h"
#include "tables.h"

#define IO_WINDOW    (IO_APIC + 0x10)
#define APIC_VERSION 0x11
#define BUS_PCI      0
#define BUS_ISA      1
#define ALL          0xff
#define HEADER_SIZE  44
#define SLOTS        8

enum { KIND_PROCESSOR, KIND_BUS, KIND_IO_APIC, KIND_IRQ, KIND_LOCAL };
enum { TYPE_INT, TYPE_NMI, TYPE_SMI, TYPE_EXTINT };

/* What the version register of the local APIC says: a Pentium's is 10h. */
static u8 local_version(u32 signature)
{
    return (signature >> 8 & 15) < 6 ? 0x10 : 0x11;
}

static void put_processor(struct writer *w, u8 id)
{
    u32 features, signature = cpu_identify(&features);

    put8(w, KIND_PROCESSOR);
    put8(w, id);
    put8(w, local_version(signature));
    put8(w, id ? 1 : 3); /* usable; the first starts the system */
    put32(w, signature);
    put32(w, features);
    put_zeros(w, 8);
}

static void put_bus(struct writer *w, u8 id, ROM char *name)
{
    put8(w, KIND_BUS);
    put8(w, id);
    put_rom(w, name, 6);
}

static void put_io_apic(struct writer *w)
{
    put8(w, KIND_IO_APIC);
    put8(w, io_apic_id());
    put8(w, APIC_VERSION);
    put8(w, 1);
    put32(w, IO_APIC);
}

static void put_irq(struct writer *w, u8 kind, u8 type, u16 flags, u8 bus, u8 irq, u8 pin)
{
    put8(w, kind);
    put8(w, type);
    put16(w, flags);
    put8(w, bus);
    put8(w, irq);
    put8(w, kind == KIND_LOCAL ? ALL : io_apic_id());
    put8(w, pin);
}

/* IRQ n is INTIN n, but the timer's is INTIN 2; what PCI has taken is not ISA's. Returns how many.
 */
static u16 put_isa(struct writer *w)
{
    u16 count = 1;
    u8 irq;

    put_irq(w, KIND_IRQ, TYPE_INT, 0, BUS_ISA, 0, 2);
    for (irq = 1; irq < 16; irq++) {
        if (irq == 2 || pci_uses_irq(irq))
            continue;
        put_irq(w, KIND_IRQ, TYPE_INT, irq == SCI_IRQ ? LEVEL_HIGH : 0, BUS_ISA, irq, irq);
        count++;
    }
    return count;
}

static u16 put_pci(struct writer *w)
{
    u8 device, pin;

    for (device = 1; device <= SLOTS; device++)
        for (pin = 0; pin < 4; pin++)
            put_irq(w, KIND_IRQ, TYPE_INT, LEVEL_HIGH, BUS_PCI, (u8)(device << 2 | pin),
                    pci_irq(device, pin));
    return SLOTS * 4;
}

/* Returns how many. */
static u16 put_entries(struct writer *w)
{
    u16 count = cpu_count();
    u8 id;

    for (id = 0; id < count; id++)
        put_processor(w, id);
    put_bus(w, BUS_PCI, TEXT("PCI   "));
    put_bus(w, BUS_ISA, TEXT("ISA   "));
    put_io_apic(w);
    put_irq(w, KIND_IRQ, TYPE_EXTINT, 0, BUS_ISA, 0, 0);
    put_irq(w, KIND_LOCAL, TYPE_EXTINT, 0, BUS_ISA, 0, 0);
    put_irq(w, KIND_LOCAL, TYPE_NMI, 0, BUS_ISA, 0, 1);
    return count + 6 + put_isa(w) + put_pci(w);
}

static u32 put_configuration(struct writer *w)
{
    u16 start, count;

    put_align(w, 16);
    start = w->at;
    put_zeros(w, HEADER_SIZE);
    count = put_entries(w);
    struct writer h = {w->segment, start, w->base};
    put32(&h, 0x504d4350); /* PCMP */
    put16(&h, w->at - start);
    put16(&h, 0x0004); /* 1.4 */
    put_rom(&h, TEXT("TWIN86  PC          "), 20);
    put_zeros(&h, 6);
    put16(&h, count);
    put32(&h, LOCAL_APIC);
    put_zeros(&h, 4);
    put_sum(w, start, w->at - start, start + 7);
    return w->base + start;
}

/* It comes up as 0, like the first processor. */
void number_io_apic(void)
{
    u32 reg = 0, value = (u32)io_apic_id() << 24;

    move_memory(stack_address(&reg), IO_APIC, 2);
    move_memory(stack_address(&value), IO_WINDOW, 2);
}

void mptable_init(struct writer *w)
{
    u32 table;
    u16 start;

    if (!(cpu_features() & CPU_APIC))
        return;
    number_io_apic();
    table = put_configuration(w);
    put_align(w, 16);
    start = w->at;
    put32(w, 0x5f504d5f); /* _MP_ */
    put32(w, table);
    put32(w, 0x00000401); /* one paragraph, 1.4 */
    put_zeros(w, 4);      /* virtual wire mode, by the local APIC */
    put_sum(w, start, 16, start + 10);
}
