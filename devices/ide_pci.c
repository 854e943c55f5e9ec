/* SPDX-License-Identifier: MIT */
/*
 * Registers, 8 to a channel:
 *   0    command   3 to memory, 0 start
 *   2    status    6, 5 drives can do DMA (anybody's note)  2 interrupt  1 error  0 active
 *   4-7  address of the descriptors: each is an address, a length (0: 64 KiB), bit 31: the last
 *
 * ACTIVE falls with the last byte of the last region, or when START is taken away. A drive that
 * wants more than the regions hold waits for ever, one that wants less interrupts with ACTIVE set:
 * 82371SB, "Interrupt/Activity Status Combinations".
 *
 * Addresses that no memory answers for end with ERROR, as a master abort does.
 */
#include "devices/ide_pci.h"

#include "devices/ide_parts.h"

enum { COMMAND_START = 0x01, COMMAND_TO_MEMORY = 0x08 };
enum { MASTER_ACTIVE = 0x01, MASTER_ERROR = 0x02, MASTER_INTERRUPT = 0x04, MASTER_CAPABLE = 0x60 };
enum { REGISTERS = 8, DESCRIPTOR = 8 };

#define LAST_REGION 0x80000000u

static bool is_memory(const struct ide_pci *controller, u32 address)
{
    bool writable;
    u32 number;
    return bus_page(controller->bus, address, &writable, &number);
}

static void end(struct ide_master *m, u8 why)
{
    m->status = (u8)((m->status & ~MASTER_ACTIVE) | why);
}

/* The next descriptor; false: there is none. */
static bool next_region(struct ide_pci *controller, struct ide_master *m)
{
    u8 bytes[DESCRIPTOR];
    if (m->last) {
        end(m, 0);
        return false;
    }
    if (!is_memory(controller, m->entry)) {
        end(m, MASTER_ERROR);
        return false;
    }
    bus_dma_read(controller->bus, m->entry, bytes, DESCRIPTOR);
    m->entry += DESCRIPTOR;
    m->address = get32(bytes) & ~1u;
    m->left = get32(bytes + 4) & 0xfffe;
    if (!m->left)
        m->left = 0x10000;
    m->last = get32(bytes + 4) & LAST_REGION;
    return true;
}

/* Up to N bytes between the drive's buffer and memory, inside a page; returns how many. */
static u32 move(struct ide_pci *controller, struct ide_master *m, u8 *buffer, u32 n, bool to_memory)
{
    u32 room = BUS_PAGE_SIZE - (m->address & (BUS_PAGE_SIZE - 1));
    if (!is_memory(controller, m->address)) {
        end(m, MASTER_ERROR);
        return 0;
    }
    n = n < m->left ? n : m->left;
    n = n < room ? n : room;
    if (to_memory)
        bus_dma_write(controller->bus, m->address, buffer, n);
    else
        bus_dma_read(controller->bus, m->address, buffer, n);
    m->address += n;
    m->left -= n;
    if (!m->left && m->last)
        end(m, 0);
    return n;
}

/* As much as the drive wants now. */
static void transfer(struct ide_pci *controller, struct ide_master *m)
{
    u32 wanted, n;
    bool to_memory;
    u8 *buffer;
    if (!(pci_get(&controller->pci, PCI_COMMAND, 2) & PCI_COMMAND_MASTER))
        return;
    while (m->status & MASTER_ACTIVE && (buffer = ide_dma(m->ide, &wanted, &to_memory))) {
        if (to_memory != !!(m->command & COMMAND_TO_MEMORY))
            return;
        if (!m->left && !next_region(controller, m))
            return;
        n = move(controller, m, buffer, wanted, to_memory);
        if (n)
            ide_dma_moved(m->ide, n);
    }
}

void ide_pci_dmarq(void *owner, unsigned pin, bool level)
{
    struct ide_pci *controller = owner;
    if (level)
        transfer(controller, &controller->channel[pin]);
}

void ide_pci_intrq(void *owner, unsigned pin, bool level)
{
    struct ide_master *m = &((struct ide_pci *)owner)->channel[pin];
    if (level)
        m->status |= MASTER_INTERRUPT;
    line_set(&m->irq, level);
}

static void command_write(struct ide_pci *controller, struct ide_master *m, u8 value)
{
    bool starts = value & ~m->command & COMMAND_START;
    m->command = value & (COMMAND_START | COMMAND_TO_MEMORY);
    if (!(value & COMMAND_START))
        end(m, 0);
    if (!starts)
        return;
    m->entry = m->table;
    m->left = 0;
    m->last = false;
    m->status |= MASTER_ACTIVE;
    transfer(controller, m);
}

static void status_write(struct ide_master *m, u8 value)
{
    u8 cleared = value & (MASTER_ERROR | MASTER_INTERRUPT);
    m->status = (u8)((m->status & ~MASTER_CAPABLE & ~cleared) | (value & MASTER_CAPABLE));
}

static u8 byte_read(const struct ide_master *m, u32 reg)
{
    switch (reg) {
    case 0:
        return m->command;
    case 2:
        return m->status;
    case 4:
    case 5:
    case 6:
    case 7:
        return (u8)(m->table >> 8 * (reg - 4));
    }
    return 0;
}

static void byte_write(struct ide_pci *controller, struct ide_master *m, u32 reg, u8 value)
{
    unsigned shift = 8 * (reg & 3);
    if (reg == 0)
        command_write(controller, m, value);
    else if (reg == 2)
        status_write(m, value);
    else if (reg >= 4)
        m->table = ((m->table & ~(0xffu << shift)) | (u32)value << shift) & ~3u;
}

static u32 ide_pci_read(void *chip, u32 reg, unsigned size)
{
    const struct ide_pci *controller = chip;
    u32 value = 0;
    for (u32 i = 0; i < size; i++) {
        u32 at = (reg + i) % (2 * REGISTERS);
        value |= (u32)byte_read(&controller->channel[at / REGISTERS], at % REGISTERS) << 8 * i;
    }
    return value;
}

static void ide_pci_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct ide_pci *controller = chip;
    for (u32 i = 0; i < size; i++) {
        u32 at = (reg + i) % (2 * REGISTERS);
        byte_write(controller, &controller->channel[at / REGISTERS], at % REGISTERS,
                   (u8)(value >> 8 * i));
    }
}

enum { IDETIM = 0x40, SIDETIM = 0x44 };

static void ide_pci_reset(void *chip)
{
    struct ide_pci *controller = chip;
    pci_set(&controller->pci, IDETIM, 4, 0x80008000, 0xffffffff); /* both channels decoded */
    pci_set(&controller->pci, SIDETIM, 1, 0, 0xff);
    pci_function_reset(&controller->pci);
    for (unsigned i = 0; i < 2; i++) {
        struct ide_master *m = &controller->channel[i];
        m->command = m->status = 0;
        m->table = m->entry = m->address = m->left = 0;
        m->last = false;
    }
}

void ide_pci_init(struct ide_pci *controller, struct bus *bus, struct ide *primary,
                  struct ide *secondary)
{
    *controller = (struct ide_pci){.bus = bus};
    controller->channel[0].ide = primary;
    controller->channel[1].ide = secondary;
    pci_function_init(&controller->pci, 0x8086, 0x7010, 0x010180);
    pci_set(&controller->pci, PCI_COMMAND, 2, 0, PCI_COMMAND_IO | PCI_COMMAND_MASTER);
    pci_set(&controller->pci, PCI_STATUS, 2, 0x0280, 0);
    pci_set_bar(&controller->pci, 4,
                (struct pci_bar){.space = PCI_SPACE_IO, .size = 2 * REGISTERS, .width = 4,
                                 .chip = &ide_pci_chip, .owner = controller});
}

static const struct field master_fields[] = {
    TRANSIENT(struct ide_master, ide),
    FIELD_STRUCT(struct ide_master, irq, line_fields),
    FIELD(struct ide_master, command),
    FIELD(struct ide_master, status),
    FIELD(struct ide_master, table),
    FIELD(struct ide_master, entry),
    FIELD(struct ide_master, address),
    FIELD_MAX(struct ide_master, left, 0x10000),
    FIELD(struct ide_master, last),
    FIELD_END,
};

static const struct field ide_pci_fields[] = {
    FIELD_STRUCT(struct ide_pci, pci, pci_function_fields),
    TRANSIENT(struct ide_pci, bus),
    FIELD_STRUCTS(struct ide_pci, channel, master_fields),
    FIELD_END,
};

const struct chip ide_pci_chip = {
    .name = "ide bus master",
    .reset = ide_pci_reset,
    .read = ide_pci_read,
    .write = ide_pci_write,
    .fields = ide_pci_fields,
    .size = sizeof(struct ide_pci),
};
