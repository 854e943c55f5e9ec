/* SPDX-License-Identifier: MIT */
#include "devices/piix.h"

enum {
    IORT = 0x4c,
    XBCS = 0x4e,
    PIRQRC = 0x60, /* 60h-63h: bit 7 not routed, 3-0 the IRQ */
    TOM = 0x69,
    MSTAT = 0x6a,
    MBIRQ = 0x70,
    MBDMA = 0x76,
    PCSC = 0x78,
    APICBASE = 0x80,
    DLC = 0x82,
    SMICNTL = 0xa0,
};
enum { NOT_ROUTED = 0x80 };
enum { RCR_SRST = 0x02, RCR_RCPU = 0x04 };

/* PIRQRC takes IRQ 3-7, 9-12, 14 and 15; the others are reserved. */
#define ROUTABLE 0xdef8u

static const struct {
    u8 at, bytes;
    u32 value, writable;
} registers[] = {
    {IORT, 1, 0x4d, 0xff},     {XBCS, 2, 0x0003, 0x01ff},  {PIRQRC, 4, 0x80808080, 0x8f8f8f8f},
    {TOM, 1, 0x02, 0xfe},      {MSTAT, 2, 0x0000, 0x8000}, {MBIRQ, 2, 0x8080, 0xefef},
    {MBDMA, 2, 0x0c0c, 0x8f8f}, {PCSC, 2, 0x0002, 0xffff}, {APICBASE, 1, 0x00, 0x7f},
    {DLC, 1, 0x00, 0x0f},      {SMICNTL, 1, 0x08, 0x1f},   {SMICNTL + 2, 2, 0, 0x01ff},
    {SMICNTL + 4, 4, 0, 0xffffffff}, {SMICNTL + 8, 1, 0x0f, 0xff}, {SMICNTL + 12, 1, 0, 0xff},
    {SMICNTL + 14, 1, 0, 0xff},
};

/* The IRQ that PIRQ N is routed to, or one that does not exist. */
static unsigned route(const struct piix *piix, unsigned n)
{
    u8 to = piix->pci.config[PIRQRC + n];
    return to & NOT_ROUTED || !(ROUTABLE >> (to & 15) & 1) ? PIIX_IRQS : to & 15;
}

static void drive(struct piix *piix)
{
    u32 high = 0;
    for (unsigned n = 0; n < PIIX_PIRQS; n++)
        if (piix->asserted[n])
            high |= 1u << route(piix, n);
    for (unsigned i = 0; i < PIIX_IRQS; i++)
        line_set(&piix->irq[i], high >> i & 1);
}

void piix_pirq(void *owner, unsigned pin, bool level)
{
    struct piix *piix = owner;
    u32 *asserted = &piix->asserted[pin % PIIX_PIRQS], source = 1u << pin / PIIX_PIRQS;
    *asserted = level ? *asserted | source : *asserted & ~source;
    drive(piix);
}

static void changed(void *owner, unsigned at, unsigned bytes)
{
    if (at < PIRQRC + PIIX_PIRQS && at + bytes > PIRQRC)
        drive(owner);
}

static u32 piix_read(void *chip, u32 reg, unsigned size)
{
    (void)reg;
    (void)size;
    return ((struct piix *)chip)->reset_control;
}

/* The reset begins when RCPU goes from 0 to 1; SRST tells which. */
static void piix_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct piix *piix = chip;
    bool begins = value & ~piix->reset_control & RCR_RCPU;
    (void)reg;
    (void)size;
    piix->reset_control = value & (RCR_SRST | RCR_RCPU);
    if (begins)
        line_pulse(value & RCR_SRST ? &piix->reset_all : &piix->reset_cpu);
}

static void piix_reset(void *chip)
{
    struct piix *piix = chip;
    for (unsigned i = 0; i < ARRAY_LEN(registers); i++)
        pci_set(&piix->pci, registers[i].at, registers[i].bytes, registers[i].value,
                registers[i].writable);
    pci_function_reset(&piix->pci);
    memset(piix->asserted, 0, sizeof piix->asserted);
    piix->reset_control = 0;
    drive(piix);
}

void piix_init(struct piix *piix)
{
    *piix = (struct piix){0};
    pci_function_init(&piix->pci, 0x8086, 0x7000, 0x060100);
    /* it claims what nobody else does, whatever the command register says */
    pci_set(&piix->pci, PCI_COMMAND, 2, 0x0007, 0x0108);
    pci_set(&piix->pci, PCI_STATUS, 2, 0x0200, 0);
    pci_set(&piix->pci, PCI_HEADER_TYPE, 1, 0x80, 0); /* more functions */
    pci_set(&piix->pci, PCI_LINE, 1, 0, 0);
    piix->pci.changed = changed;
    piix->pci.owner = piix;
}

static const struct field piix_fields[] = {
    FIELD_STRUCT(struct piix, pci, pci_function_fields),
    FIELD_STRUCTS(struct piix, irq, line_fields),
    FIELD_STRUCT(struct piix, reset_cpu, line_fields),
    FIELD_STRUCT(struct piix, reset_all, line_fields),
    FIELD_ARRAY(struct piix, asserted),
    FIELD(struct piix, reset_control),
    FIELD_END,
};

const struct chip piix_chip = {
    .name = "piix",
    .reset = piix_reset,
    .read = piix_read,
    .write = piix_write,
    .fields = piix_fields,
    .size = sizeof(struct piix),
};
