/* SPDX-License-Identifier: MIT */
#include "mem/pci.h"

enum { ADDRESS, DATA = 4 }; /* registers */

#define ADDRESS_ENABLE 0x80000000u

/* Of the status register, what a function notes and software clears by writing ones (6.2.3): parity
 * errors seen and reported, aborts signalled and received, SERR#. */
enum { STATUS_ERRORS = 0xf900 };

enum { BAR_IO = 1, BAR_PREFETCHABLE = 8, ROM_ENABLE = 1 };

u32 pci_get(const struct pci_function *f, unsigned at, unsigned bytes)
{
    u32 value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (u32)f->config[at + i] << 8 * i;
    return value;
}

void pci_set(struct pci_function *f, unsigned at, unsigned bytes, u32 value, u32 writable)
{
    for (unsigned i = 0; i < bytes; i++) {
        f->config[at + i] = (u8)(value >> 8 * i);
        f->writable[at + i] = (u8)(writable >> 8 * i);
    }
}

void pci_set_bar(struct pci_function *f, unsigned n, struct pci_bar bar)
{
    u32 rom = bar.space == PCI_SPACE_ROM ? ROM_ENABLE : 0;
    if (!bar.at)
        bar.at = (u8)(n == PCI_ROM_BAR ? PCI_ROM : PCI_BAR + 4 * n);
    if (!bar.enable) {
        bar.enable_at = PCI_COMMAND;
        bar.enable = bar.space == PCI_SPACE_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
    }
    f->bar[n] = bar;
    u32 flags = bar.space == PCI_SPACE_IO ? BAR_IO : bar.prefetchable ? BAR_PREFETCHABLE : 0;
    pci_set(f, bar.at, 4, flags, ~(bar.size - 1) | rom);
}

bool pci_bar_base(const struct pci_function *f, unsigned n, u32 *base)
{
    const struct pci_bar *bar = &f->bar[n];
    if (!bar->space || !(f->config[bar->enable_at] & bar->enable))
        return false;
    u32 value = pci_get(f, bar->at, 4);
    *base = value & ~(bar->size - 1);
    if (bar->space == PCI_SPACE_ROM && !(value & ROM_ENABLE))
        return false;
    /* 0 is nowhere, and so is what sizing leaves: all ones */
    return *base && *base != ~(bar->size - 1) &&
           (bar->space != PCI_SPACE_IO || *base + bar->size <= 0x10000);
}

static bool overlap(unsigned at, unsigned bytes, unsigned first, unsigned n)
{
    return at < first + n && first < at + bytes;
}

/* Does a write there move what the function answers to? */
static bool moves(const struct pci_function *f, unsigned at, unsigned bytes)
{
    for (unsigned n = 0; n <= PCI_ROM_BAR; n++) {
        const struct pci_bar *bar = &f->bar[n];
        if (bar->space && (overlap(at, bytes, bar->at, 4) || overlap(at, bytes, bar->enable_at, 1)))
            return true;
    }
    return false;
}

static void function_write(struct pci *pci, struct pci_function *f, unsigned at, u32 value,
                           unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        u8 byte = (u8)(value >> 8 * i), writable = f->writable[at + i];
        u8 kept = f->config[at + i] & (u8) ~(f->clears[at + i] & byte);
        f->config[at + i] = (u8)((kept & ~writable) | (byte & writable));
    }
    if (f->changed)
        f->changed(f->owner, at, bytes);
    if (moves(f, at, bytes))
        pci->remap(pci->owner);
}

/* Bus 0 is all there is. */
static struct pci_function *addressed(const struct pci *pci)
{
    bool here = pci->address & ADDRESS_ENABLE && !(pci->address >> 16 & 0xff);
    return here ? pci->function[pci->address >> 8 & 0xff] : NULL;
}

/* Bytes of an access at REG that lie in the doubleword of CONFDATA. */
static unsigned inside(u32 reg, unsigned size)
{
    unsigned room = DATA + 4 - reg;
    return size < room ? size : room;
}

/* CONFADD is written and read as four bytes at once; less passes it by. */
static u32 pci_read(void *chip, u32 reg, unsigned size)
{
    const struct pci *pci = chip;
    const struct pci_function *f = addressed(pci);
    if (reg < DATA)
        return reg == ADDRESS && size == 4 ? pci->address : 0xffffffff;
    unsigned n = inside(reg, size);
    u32 rest = n < size ? ~(u32)0 << 8 * n : 0;
    return f ? pci_get(f, (pci->address & 0xfc) + (reg - DATA), n) | rest : 0xffffffff;
}

static void pci_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct pci *pci = chip;
    struct pci_function *f = addressed(pci);
    if (reg == ADDRESS && size == 4)
        pci->address = value & ~3u;
    else if (reg >= DATA && f)
        function_write(pci, f, (pci->address & 0xfc) + (reg - DATA), value, inside(reg, size));
}

static void pci_reset(void *chip)
{
    ((struct pci *)chip)->address = 0;
}

void pci_init(struct pci *pci, void (*remap)(void *owner), void *owner)
{
    *pci = (struct pci){.remap = remap, .owner = owner};
}

void pci_plug(struct pci *pci, unsigned devfn, struct pci_function *function)
{
    pci->function[devfn] = function;
}

void pci_function_init(struct pci_function *f, u16 vendor, u16 device, u32 class)
{
    *f = (struct pci_function){0};
    pci_set(f, PCI_VENDOR, 2, vendor, 0);
    pci_set(f, PCI_DEVICE, 2, device, 0);
    pci_set(f, PCI_CLASS, 3, class, 0);
    pci_set(f, PCI_COMMAND, 2, 0, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    pci_set(f, PCI_LINE, 1, 0, 0xff);
    put16(f->clears + PCI_STATUS, STATUS_ERRORS);
}

void pci_function_reset(struct pci_function *f)
{
    u32 command = pci_get(f, PCI_COMMAND, 2);
    u32 writable = f->writable[PCI_COMMAND] | (u32)f->writable[PCI_COMMAND + 1] << 8;
    pci_set(f, PCI_COMMAND, 2, command & ~writable, writable);
    for (unsigned n = 0; n <= PCI_ROM_BAR; n++)
        if (f->bar[n].space)
            pci_set_bar(f, n, f->bar[n]);
    line_set(&f->intr, false);
}

static const struct field bar_fields[] = {
    TRANSIENT(struct pci_bar, space),        TRANSIENT(struct pci_bar, at),
    TRANSIENT(struct pci_bar, enable_at),    TRANSIENT(struct pci_bar, enable),
    TRANSIENT(struct pci_bar, prefetchable), TRANSIENT(struct pci_bar, size),
    TRANSIENT(struct pci_bar, width),        TRANSIENT(struct pci_bar, reg),
    TRANSIENT(struct pci_bar, chip),         TRANSIENT(struct pci_bar, owner),
    TRANSIENT(struct pci_bar, host),         FIELD_END,
};

const struct field pci_function_fields[] = {
    FIELD_ARRAY(struct pci_function, config),
    TRANSIENT(struct pci_function, writable),
    TRANSIENT(struct pci_function, clears),
    FIELD_STRUCTS(struct pci_function, bar, bar_fields),
    TRANSIENT(struct pci_function, changed),
    TRANSIENT(struct pci_function, owner),
    FIELD_STRUCT(struct pci_function, intr, line_fields),
    FIELD_END,
};

static const struct field pci_fields[] = {
    FIELD(struct pci, address),
    TRANSIENT(struct pci, function),
    TRANSIENT(struct pci, remap),
    TRANSIENT(struct pci, owner),
    FIELD_END,
};

const struct chip pci_chip = {
    .name = "pci",
    .reset = pci_reset,
    .read = pci_read,
    .write = pci_write,
    .fields = pci_fields,
    .size = sizeof(struct pci),
};
