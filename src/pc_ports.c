/* SPDX-License-Identifier: MIT */
/* Which chip answers at which port. */
#include "src/pc_parts.h"

/* 3F7h is shared: the disk change line comes from the floppy controller, the rest from the hard
 * disk's; writes are the floppy's data rate. */
static u32 dir_read(void *owner, u32 reg, unsigned size)
{
    struct pc *pc = owner;
    u32 change = fdc_chip.read(&pc->fdc, 7, size), drive = ide_chip.read(&pc->ide[0], 9, size);
    (void)reg;
    return (change & 0x80) | (drive & 0x7f);
}

static void dir_write(void *owner, u32 reg, u32 value, unsigned size)
{
    struct pc *pc = owner;
    (void)reg;
    fdc_chip.write(&pc->fdc, 7, value, size);
}

static const struct chip dir_chip = {.name = "fdc and ide", .read = dir_read, .write = dir_write};

struct mapping {
    u16 first, count;
    u8 width; /* bytes that the chip takes at once */
    u32 reg;  /* of the first port */
    const struct chip *chip;
    size_t offset; /* in struct pc */
};

#define AT(first, count, width, reg, member, chip)                                                 \
    {                                                                                              \
        first, count, width, reg, &chip, offsetof(struct pc, member)                               \
    }
#define AT_BOARD(first, count, chip)                                                               \
    {                                                                                              \
        first, count, 1, 0, &chip, 0                                                               \
    }

/* PORTS */
static const struct mapping ports[] = {
    /* first, ports, width, register */
    AT(0x000, 16, 1, 0, dma[0], dma_chip),
    AT(0x020, 2, 1, 0, pic[0], pic_chip),
    AT(0x040, 4, 1, 0, pit, pit_chip),
    AT(0x060, 1, 1, 0, kbc, kbc_chip),
    AT(0x061, 1, 1, SYSCTL_PORT_B, sysctl, sysctl_chip),
    AT(0x064, 1, 1, 1, kbc, kbc_chip),
    AT(0x070, 2, 1, 0, rtc, rtc_chip),
    AT(0x080, 16, 1, 0, dma_page, dma_page_chip),
    AT(0x092, 1, 1, SYSCTL_PORT_A, sysctl, sysctl_chip),
    AT(0x0a0, 2, 1, 0, pic[1], pic_chip),
    AT(0x0c0, 32, 1, 0, dma[1], dma_chip),
    AT(0x0e9, 1, 1, DEBUGPORT_TEXT, debugport, debugport_chip),
    AT(0x0f0, 2, 1, 0, npx, npx_chip),
    AT(0x170, 1, 4, 0, ide[1], ide_chip),
    AT(0x171, 7, 1, 1, ide[1], ide_chip),
    AT(0x1ce, 1, 2, VGA_VBE_INDEX, vga, vga_chip),
    AT(0x1cf, 1, 2, VGA_VBE_DATA, vga, vga_chip),
    AT(0x1f0, 1, 4, 0, ide[0], ide_chip),
    AT(0x1f1, 7, 1, 1, ide[0], ide_chip),
    AT(0x2f8, 8, 1, 0, uart[1], uart_chip),
    AT(0x376, 2, 1, 8, ide[1], ide_chip),
    AT(0x378, 3, 1, 0, parallel, parallel_chip),
    AT(0x3b0, 12, 1, 0x00, vga, vga_chip),
    AT(0x3c0, 16, 1, 0x10, vga, vga_chip),
    AT(0x3d0, 12, 1, 0x20, vga, vga_chip),
    AT(0x3f0, 6, 1, 0, fdc, fdc_chip),
    AT(0x3f6, 1, 1, 8, ide[0], ide_chip),
    AT_BOARD(0x3f7, 1, dir_chip),
    AT(0x3f8, 8, 1, 0, uart[0], uart_chip),
    AT(0x402, 1, 1, DEBUGPORT_TEXT, debugport, debugport_chip),
    AT(0x4d0, 1, 1, 2, pic[0], pic_chip),
    AT(0x4d1, 1, 1, 2, pic[1], pic_chip),
    AT(0x510, 1, 2, FW_CFG_SELECTOR, fw_cfg, fw_cfg_chip),
    AT(0x511, 1, 1, FW_CFG_DATA, fw_cfg, fw_cfg_chip),
    AT(0x514, 8, 4, FW_CFG_DMA, fw_cfg, fw_cfg_chip),
    AT(0x8900, 1, 1, DEBUGPORT_SHUTDOWN, debugport, debugport_chip),
};

static const struct mapping vmware_port[] = {
    AT(0x5658, 1, 4, 0, vmport, vmport_chip),
};

/* On the PCI board also. CF9h is a register of the ISA bridge amid those of the host bridge. */
static const struct mapping pci_ports[] = {
    AT(0x072, 2, 1, 2, rtc, rtc_chip),
    AT(0x0b2, 2, 1, 0, pm, apm_chip),
    AT(0xcf8, 1, 4, 0, pci, pci_chip),
    AT(0xcf9, 1, 1, 0, piix, piix_chip),
    AT(0xcfc, 4, 4, 4, pci, pci_chip),
    AT(0xafe0, 4, 1, 0, pm, gpe_chip),
};

static void map_ports(struct pc *pc, const struct mapping *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bus_map_ports(pc->bus, rows[i].first, rows[i].count, rows[i].width, rows[i].reg,
                      rows[i].chip, (u8 *)pc + rows[i].offset);
}

/* Fixed ports come first: what a base address register says does not take them away. */
static void map_port_bars(struct pc *pc, const struct pci_function *f)
{
    for (unsigned n = 0; n < PCI_BARS; n++) {
        const struct pci_bar *bar = &f->bar[n];
        u32 base;
        if (bar->space == PCI_SPACE_IO && pci_bar_base(f, n, &base))
            bus_map_ports(pc->bus, (u16)base, (u16)bar->size, bar->width, bar->reg, bar->chip,
                          bar->owner);
    }
}

static void map_all_ports(struct pc *pc)
{
    const struct pc_plugs *plugs = &pc->plugs;
    bus_clear_ports(pc->bus);
    for (unsigned i = 0; i < PCI_FUNCTIONS; i++)
        if (pc->pci.function[i])
            map_port_bars(pc, pc->pci.function[i]);
    map_ports(pc, ports, ARRAY_LEN(ports));
    if (!plugs->isa_board)
        map_ports(pc, pci_ports, ARRAY_LEN(pci_ports));
    if (plugs->vmport)
        map_ports(pc, vmware_port, ARRAY_LEN(vmware_port));
    if (plugs->debug_exit)
        bus_map_ports(pc->bus, plugs->debug_exit_port, 4, 4, DEBUGPORT_EXIT, &debugport_chip,
                      &pc->debugport);
}

void pc_map_all(void *pc)
{
    pc_map_memory(pc);
    map_all_ports(pc);
}
