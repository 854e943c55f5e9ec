/* SPDX-License-Identifier: MIT */
/*
 * Where there is PCI, bus 0 is set up as a system wants to find it: every function has addresses
 * and answers, PIRQs lead to IRQs, power management has its ports. PCI Local Bus Specification 2.1,
 * "Configuration Space"; 82371SB (290550) for PIRQs, 82371AB (290562) for power management.
 */
#include "pci.h"
#include "bda.h"

#define CONFADD        0xcf8
#define CONFDATA       0xcfc
#define ENABLE         0x80000000u

#define COMMAND        0x04
#define COMMAND_IO     0x01u
#define COMMAND_MEMORY 0x02u
#define COMMAND_MASTER 0x04u
#define HEADER         0x0c /* the doubleword; the header type is its byte 2 */
#define HEADER_MANY    0x800000u
#define HEADER_KIND    0x7f0000u
#define BAR            0x10
#define BARS           6
#define ROM_BAR        0x30
#define LINE           0x3c /* and PIN, the next byte */

#define BAR_IO         0x01u
#define BAR_64         0x04u
#define IO_FIRST       0xc000u
#define IO_END         0x10000u
#define MEMORY_FIRST   0xe0000000u
#define MEMORY_END     0xfec00000u

#define ELCR           0x4d0
#define ELCR_PCI       0x0e00 /* 9, 10 and 11 */

u32 pci_read(u16 reg)
{
    out32(CONFADD, ENABLE | (reg & 0xfffcu));
    return in32(CONFDATA);
}

void pci_write(u16 reg, u32 value)
{
    out32(CONFADD, ENABLE | (reg & 0xfffcu));
    out32(CONFDATA, value);
}

u8 pci_read8(u16 reg)
{
    out32(CONFADD, ENABLE | (reg & 0xfffcu));
    return in8((u16)(CONFDATA + (reg & 3)));
}

void pci_write8(u16 reg, u8 value)
{
    out32(CONFADD, ENABLE | (reg & 0xfffcu));
    out8((u16)(CONFDATA + (reg & 3)), value);
}

bool pci_present(void)
{
    out32(CONFADD, ENABLE);
    return in32(CONFADD) == ENABLE;
}

bool power_present(void)
{
    return pci_present() && pci_read(POWER) == ID_POWER;
}

/* --- addresses --- */

struct room {
    u32 io, memory; /* free from here */
};

/* SIZE bytes, a power of two, on a multiple of it; 0: there is no room. */
static u32 take(u32 *next, u32 end, u32 size)
{
    u32 at = (*next + size - 1) & ~(size - 1);

    if (at < *next || at >= end || end - at < size)
        return 0;
    *next = at + size;
    return at;
}

/* What a base register decodes is what it keeps of all ones. Returns the bit of the command
   register that enables it, 0 if it is none or there is no room. */
static u32 give_address(u16 reg, u32 flags, struct room *room)
{
    u32 mask, at;

    pci_write(reg, ~flags);
    mask = pci_read(reg);
    pci_write(reg, 0);
    if (mask & BAR_IO & ~flags) {
        mask = (mask & ~3u) | 0xffff0000u;
        at = mask == 0xffff0000u ? 0 : take(&room->io, IO_END, -mask);
        pci_write(reg, at);
        return at ? COMMAND_IO : 0;
    }
    mask &= flags ? ~0x7ffu : ~15u;
    at = mask ? take(&room->memory, MEMORY_END, -mask) : 0;
    pci_write(reg, at);
    return at ? COMMAND_MEMORY : 0;
}

/* The expansion ROM gets an address but stays off. */
static void set_up_bases(u16 function, struct room *room)
{
    u32 command = pci_read(function | COMMAND) & 0xffff, on = COMMAND_MASTER;
    u16 reg;

    pci_write(function | COMMAND, command & ~(COMMAND_IO | COMMAND_MEMORY));
    for (reg = BAR; reg < BAR + 4 * BARS; reg += 4) {
        on |= give_address(function | reg, 0, room);
        if ((pci_read(function | reg) & (BAR_IO | BAR_64)) == BAR_64) {
            reg += 4;
            pci_write(function | reg, 0);
        }
    }
    give_address(function | ROM_BAR, 1, room);
    pci_write(function | COMMAND, command | on);
}

/* --- interrupts --- */

/* PIRQA# to PIRQD#. */
static ROM u8 pirq_irq[4] = {11, 10, 11, 10};

u8 pci_pirq(u8 device, u8 pin)
{
    return (device + pin - 1) & 3;
}

u8 pci_irq(u8 device, u8 pin)
{
    return pirq_irq[pci_pirq(device, pin)];
}

bool pci_uses_irq(u8 irq)
{
    u8 n = 0;

    while (n < 4 && pirq_irq[n] != irq)
        n++;
    return n < 4;
}

static void set_up_interrupt(u16 function)
{
    u8 pin = pci_read8(function | (LINE + 1));

    if (pin)
        pci_write8(function | LINE, pci_irq((u8)(function >> 11), pin - 1));
}

static void route_pirqs(void)
{
    u8 n;

    if (pci_read(ISA_BRIDGE) != ID_PIIX3)
        return;
    for (n = 0; n < 4; n++)
        pci_write8(ISA_PIRQ + n, pirq_irq[n]);
    out8(ELCR, (u8)ELCR_PCI);
    out8(ELCR + 1, ELCR_PCI >> 8);
}

/* --- power management --- */

#define PMBASE     0x40
#define PMREGMISC  0x80
#define SMBBASE    0x90
#define SMBHSTCFG  0xd2
#define SCI_ENABLE 0x0001

/* Always in ACPI mode: there is no SMI handler that would do it, and until a system enables an
   event nothing comes of it. */
static void set_up_power(void)
{
    if (pci_read(POWER) != ID_POWER)
        return;
    pci_write(POWER | PMBASE, PM_PORTS);
    pci_write8(POWER | PMREGMISC, pci_read8(POWER | PMREGMISC) | 1);
    pci_write(POWER | SMBBASE, SMB_PORTS);
    pci_write8(POWER | SMBHSTCFG, pci_read8(POWER | SMBHSTCFG) | 1);
    pci_write8(POWER | LINE, SCI_IRQ); /* not by its pin */
    out16(PM_CONTROL, in16(PM_CONTROL) | SCI_ENABLE);
}

/* --- IDE --- */

#define IDETIM         0x40
#define IDETIM_DECODED 0x80008000u /* both channels answer at their old ports */

static void set_up_ide(void)
{
    if (pci_read(IDE) == ID_IDE)
        pci_write(IDE | IDETIM, pci_read(IDE | IDETIM) | IDETIM_DECODED);
}

static bool function_exists(u16 function)
{
    return (pci_read(function) & 0xffff) != 0xffff;
}

void pci_init(void)
{
    struct room room = {IO_FIRST, MEMORY_FIRST};
    u32 function, step, header;

    if (!pci_present())
        return;
    for (function = 0; function < 0x10000; function += step) {
        step = 0x100;
        if (!function_exists((u16)function)) {
            step = function & 0x700 ? 0x100 : 0x800;
            continue;
        }
        header = pci_read((u16)function | HEADER);
        if (!(function & 0x700) && !(header & HEADER_MANY))
            step = 0x800;
        if (header & HEADER_KIND)
            continue;
        set_up_bases((u16)function, &room);
        set_up_interrupt((u16)function);
    }
    route_pirqs();
    set_up_ide();
    set_up_power();
}
