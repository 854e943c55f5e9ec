/* SPDX-License-Identifier: MIT */
/*
 * The memory map, drawn from RAM up whenever a chip changes its part of it.
 *
 *   000A0000-000BFFFF  the display, or RAM while SMRAM is open
 *   000C0000-000FFFFF  ROM, or RAM as the host bridge says (PAM)
 *   above RAM          what base address registers say; I/O APIC, HPET; the whole BIOS up to 4 GiB
 */
#include "src/pc_parts.h"

#define VGA_WINDOW  0x0a0000u
#define VGA_BIOS    0x0c0000u
#define BELOW_1M    0x100000u
#define BELOW_16M   0x1000000u
#define BELOW_4G    0x100000000u
#define ISA_FRAME_BUFFER 0xe0000000u /* where Bochs has it without PCI */
#define IO_APIC     0xfec00000u
#define HPET        0xfed00000u

enum { VGA_WINDOW_SIZE = 0x20000, LOW_BIOS_MAX = 0x20000, SEGMENT = 0x4000 };

/* Linear modes are plain memory to the CPU, everything else is the chip's. */
static void map_display(struct pc *pc)
{
    u32 first, bytes;
    u8 *ram = vga_window_ram(&pc->vga, &first, &bytes);
    bus_map_chip(pc->bus, VGA_WINDOW, VGA_WINDOW_SIZE, &vga_memory_chip, &pc->vga);
    if (ram)
        bus_map_host(pc->bus, VGA_WINDOW + first, bytes, ram, true);
}

/* The whole BIOS ends at 4 GiB, where the CPU starts (a 286: at 16 MiB); its last 128 KiB also
 * below 1 MiB. */
static void map_roms(struct pc *pc)
{
    const struct rom *bios = pc->plugs.bios, *vgabios = pc->plugs.vgabios;
    u32 low = bios->size < LOW_BIOS_MAX ? bios->size : LOW_BIOS_MAX;
    bus_map_host(pc->bus, BELOW_4G - bios->size, bios->size, bios->bytes, false);
    bus_map_host(pc->bus, BELOW_1M - low, low, bios->bytes + bios->size - low, false);
    if (pc->cpu->model->generation == I286)
        bus_map_host(pc->bus, BELOW_16M - low, low, bios->bytes + bios->size - low, false);
    bus_map_host(pc->bus, VGA_BIOS, vgabios->size, vgabios->bytes, false);
}

/* Reads come from the bus, writes go to RAM, a page at a time: ROM may end within a segment. */
static void map_under(struct pc *pc, paddr first, u32 bytes)
{
    for (paddr at = first; at < first + bytes; at += BUS_PAGE_SIZE) {
        bool writable;
        u32 number;
        u8 *rom = bus_page(pc->bus, at, &writable, &number);
        bus_map_shadow(pc->bus, at, BUS_PAGE_SIZE, rom ? rom : pc->open_bus, pc->bus->ram + at);
    }
}

/* 82441FX, "PAM[6:0]". */
static void map_segment(struct pc *pc, unsigned segment)
{
    paddr first = VGA_BIOS + segment * SEGMENT;
    u32 bytes = segment == I440FX_SEGMENTS - 1 ? BELOW_1M - (u32)first : SEGMENT;
    switch (i440fx_pam(&pc->i440fx, segment)) {
    case PAM_READ | PAM_WRITE:
        bus_map_host(pc->bus, first, bytes, pc->bus->ram + first, true);
        break;
    case PAM_READ:
        bus_map_host(pc->bus, first, bytes, pc->bus->ram + first, false);
        break;
    case PAM_WRITE:
        map_under(pc, first, bytes);
        break;
    }
}

/* Memory decodes first: a base below its end is not seen. */
static void map_bars(struct pc *pc, const struct pci_function *f)
{
    u64 ram = pc->bus->ram_size < BUS_HOLE ? pc->bus->ram_size : BUS_HOLE;
    for (unsigned n = 0; n <= PCI_ROM_BAR; n++) {
        const struct pci_bar *bar = &f->bar[n];
        u32 base;
        if (bar->space < PCI_SPACE_MEMORY || !pci_bar_base(f, n, &base) || base < ram)
            continue;
        if (bar->chip)
            bus_map_chip(pc->bus, base, bar->size, bar->chip, bar->owner);
        else
            bus_map_host(pc->bus, base, bar->size, bar->host, bar->space == PCI_SPACE_MEMORY);
    }
}

/* 82441FX, "SMRAM": opened for all, or in system management mode. */
static bool smram_seen(const struct pc *pc)
{
    bool smm = pc->cpu[pc->running].smiact.level && i440fx_smram_enabled(&pc->i440fx);
    return !pc->plugs.isa_board && (smm || i440fx_smram_open(&pc->i440fx));
}

void pc_map_memory(void *owner)
{
    struct pc *pc = owner;
    bus_draw(pc->bus);
    for (unsigned i = 0; i < PCI_FUNCTIONS; i++)
        if (pc->pci.function[i])
            map_bars(pc, pc->pci.function[i]);
    if (pc->plugs.isa_board)
        bus_map_host(pc->bus, ISA_FRAME_BUFFER, VGA_MEMORY, pc->vga.memory, true);
    map_roms(pc);
    if (pc->plugs.apic)
        bus_map_chip(pc->bus, IO_APIC, BUS_PAGE_SIZE, &ioapic_chip, &pc->ioapic);
    if (pc->plugs.hpet)
        bus_map_chip(pc->bus, HPET, BUS_PAGE_SIZE, &hpet_chip, &pc->hpet);
    map_display(pc);
    for (unsigned i = 0; !pc->plugs.isa_board && i < I440FX_SEGMENTS; i++)
        map_segment(pc, i);
    if (smram_seen(pc))
        bus_map_host(pc->bus, VGA_WINDOW, VGA_WINDOW_SIZE, pc->bus->ram + VGA_WINDOW, true);
    bus_drawn(pc->bus);
}
