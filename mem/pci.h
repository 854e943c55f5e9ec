/* SPDX-License-Identifier: MIT */
/*
 * PCI bus 0: configuration mechanism 1, the functions' configuration space, base addresses.
 *
 * A function is part of the chip it belongs to. What stands in its configuration space is data
 * (pci_set*); which bits the guest may change are told with it. The chip or the board looks at the
 * rest when told that something changed.
 *
 * PCI Local Bus Specification 2.1, "Configuration Space"; "Configuration Mechanism #1".
 */
#ifndef MEM_PCI_H
#define MEM_PCI_H

#include "src/base/chip.h"
#include "src/base/line.h"

enum { PCI_CONFIG = 256, PCI_BARS = 6, PCI_ROM_BAR = PCI_BARS, PCI_FUNCTIONS = 256 };

/* Offsets of the header. */
enum {
    PCI_VENDOR = 0x00,
    PCI_DEVICE = 0x02,
    PCI_COMMAND = 0x04,
    PCI_STATUS = 0x06,
    PCI_REVISION = 0x08,
    PCI_CLASS = 0x09, /* programming interface, sub-class, class */
    PCI_HEADER_TYPE = 0x0e,
    PCI_BAR = 0x10,
    PCI_SUBSYSTEM = 0x2c,
    PCI_ROM = 0x30,
    PCI_LINE = 0x3c,
    PCI_PIN = 0x3d,
};
enum { PCI_COMMAND_IO = 1, PCI_COMMAND_MEMORY = 2, PCI_COMMAND_MASTER = 4 };

/* Device and function number as configuration addresses have them. */
#define PCI_DEVFN(device, function) ((unsigned)(device) << 3 | (function))

enum pci_space { PCI_SPACE_NONE, PCI_SPACE_IO, PCI_SPACE_MEMORY, PCI_SPACE_ROM };

/* What lies behind a base address register. The header's are enabled by the command register; those
 * of a chip's own, by a bit it says. */
struct pci_bar {
    enum pci_space space;
    u8 at;                   /* where in configuration space; 0: where the header has it */
    u8 enable_at, enable;    /* with AT: the byte and the bit that enable it */
    bool prefetchable;       /* memory that reading does not change */
    u32 size;                /* bytes, a power of two */
    u8 width;                /* of ports: bytes the chip takes at once */
    u32 reg;                 /* of the chip: number of the first register */
    const struct chip *chip; /* NULL: host memory */
    void *owner;
    u8 *host;
};

struct pci_function {
    u8 config[PCI_CONFIG];
    u8 writable[PCI_CONFIG]; /* bits that a write changes */
    u8 clears[PCI_CONFIG];   /* bits that a written 1 clears */
    struct pci_bar bar[PCI_BARS + 1];
    void (*changed)(void *owner, unsigned at, unsigned bytes); /* after a write; may be NULL */
    void *owner;
    struct line intr; /* INTA# to INTD#, whichever PCI_PIN says; high: asserted */
};

struct pci {
    u32 address; /* CONFADD */
    struct pci_function *function[PCI_FUNCTIONS]; /* by device and function number */
    void (*remap)(void *owner); /* bases or what the functions answer to have changed */
    void *owner;
};

extern const struct chip pci_chip; /* registers 0-7: ports CF8h-CFFh, width 4 */
extern const struct field pci_function_fields[];

void pci_init(struct pci *pci, void (*remap)(void *owner), void *owner);

/* Put a function on the bus. */
void pci_plug(struct pci *pci, unsigned devfn, struct pci_function *function);

/* A header with these identifications; everything else 0 and read-only, but the usual bits of the
 * command register; ones written to the errors of the status register clear them. CLASS: 24 bits,
 * class in the highest byte. */
void pci_function_init(struct pci_function *function, u16 vendor, u16 device, u32 class);

/* BYTES bytes of configuration space from AT on, little endian: contents, and which bits of them
 * the guest may change. */
void pci_set(struct pci_function *function, unsigned at, unsigned bytes, u32 value, u32 writable);
u32 pci_get(const struct pci_function *function, unsigned at, unsigned bytes);

/* Base address register N, PCI_ROM_BAR for that of the expansion ROM. */
void pci_set_bar(struct pci_function *function, unsigned n, struct pci_bar bar);

/* Where BAR N lies now; false: it is not decoded. */
bool pci_bar_base(const struct pci_function *function, unsigned n, u32 *base);

/* RST#: the command register and the bases go back to 0. */
void pci_function_reset(struct pci_function *function);

#endif
