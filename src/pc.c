/* SPDX-License-Identifier: MIT */
/*
 * THE SCHEMATIC: an IBM AT with the usual cards in it (VGA, two serial ports and a parallel one,
 * floppy and hard disk controller), drawn as four tables: chips, ports, wires, memory.
 *
 * IBM AT Technical Reference, "I/O address map" and "System interrupts"; PS/2 for the mouse and
 * port 92h; where other emulators' debugging ports are is devices/debugport.c.
 *
 *            +-----+  INTR  +-------+  LINT0  +--------+  IR2  +--------+
 *            | CPU |<-------| lapic |<---+----| pic[0] |<------| pic[1] |
 *            +-----+        +-------+    |    +--------+       +--------+
 *               |   APIC bus |         INTIN0
 *               |            +--+--------+
 *               |               | ioapic |  IRQ n at INTIN n, 0 at 2
 *               |               +--------+
 *               |    IRQ 0 timer  1 keyboard     8 clock  12 mouse
 *      A20 gate-|        3 COM2   4 COM1        14, 15 hard disks, CD-ROM
 *     kbc | 92h |        6 floppy 7 printer     13 FERR# by way of the npx
 *               |
 *   ------------+------------------------------------------------- memory and ports (mem/bus.c)
 */
#include "src/pc_parts.h"

#define PART(member, chip_)                                                                        \
    {                                                                                              \
        #member, &chip_, offsetof(struct pc, member)                                               \
    }

/* CHIPS, in the order of their reset */
static const struct pc_part parts[] = {
    PART(pic[0], pic_chip),   PART(pic[1], pic_chip),         PART(pit, pit_chip),
    PART(kbc, kbc_chip),      PART(keyboard, keyboard_chip),  PART(mouse, mouse_chip),
    PART(rtc, rtc_chip),      PART(dma[0], dma_chip),         PART(dma[1], dma_chip),
    PART(dma_page, dma_page_chip), PART(fdc, fdc_chip),       PART(ide[0], ide_chip),
    PART(ide[1], ide_chip),   PART(uart[0], uart_chip),       PART(uart[1], uart_chip),
    PART(parallel, parallel_chip), PART(sysctl, sysctl_chip), PART(debugport, debugport_chip),
    PART(vga, vga_chip),      PART(npx, npx_chip),            PART(pci, pci_chip),
    PART(i440fx, i440fx_chip), PART(piix, piix_chip),         PART(pm, pm_chip),
    PART(ide_pci, ide_pci_chip), PART(hpet, hpet_chip),       PART(fw_cfg, fw_cfg_chip),
    PART(vmport, vmport_chip),
    PART(apic_bus, apic_bus_chip), PART(lapic[0], lapic_chip), PART(ioapic, ioapic_chip),
    PART(lapic[1], lapic_chip), PART(lapic[2], lapic_chip),   PART(lapic[3], lapic_chip),
    PART(lapic[4], lapic_chip), PART(lapic[5], lapic_chip),   PART(lapic[6], lapic_chip),
    PART(lapic[7], lapic_chip),
};

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

/* The board's own ends of wires */

static void request(struct pc *pc, u32 what)
{
    pc->request |= what;
    cpu_request_exit(&pc->cpu[pc->running]);
}

static void board_intr(void *owner, unsigned pin, bool level)
{
    struct pc *pc = owner;
    (void)pin;
    ioapic_irq(&pc->ioapic, 0, level);
    for (unsigned i = 0; i < pc->plugs.cpus; i++)
        lapic_lint(&pc->lapic[i], 0, level);
}

/* HPET specification 1.0a, 2.3.5: in legacy replacement the 8254 and the clock do not interrupt. */
static bool replaced(const struct pc *pc, unsigned n)
{
    return pc->hpet.legacy.level && (n == 0 || n == 8);
}

/* Several may pull one IRQ, which goes to both controllers. MP specification 1.4, 3.6.2.2: the
 * 8259A takes pin 0 of the I/O APIC, and so the timer pin 2, where the cascade is on the other. */
static void drive_irq(struct pc *pc, unsigned n, u8 who, bool level)
{
    pc->irq[n] = (u8)(level ? pc->irq[n] | who : pc->irq[n] & ~who);
    bool pulled = pc->irq[n] & (replaced(pc, n) ? IRQ_HPET : 0xff);
    pic_irq(&pc->pic[n / 8], n % 8, pulled);
    ioapic_irq(&pc->ioapic, n ? n : 2, pulled);
}

static void board_irq(void *owner, unsigned pin, bool level)
{
    drive_irq(owner, pin, IRQ_ISA, level);
}

static void board_pci_irq(void *owner, unsigned pin, bool level)
{
    drive_irq(owner, pin, IRQ_PCI, level);
}

static void board_sci(void *owner, unsigned pin, bool level)
{
    drive_irq(owner, pin, IRQ_SCI, level);
}

static void board_hpet(void *owner, unsigned pin, bool level)
{
    drive_irq(owner, pin, IRQ_HPET, level);
}

static void board_hpet_legacy(void *owner, unsigned pin, bool level)
{
    struct pc *pc = owner;
    (void)pin;
    (void)level;
    drive_irq(pc, 0, 0, true);
    drive_irq(pc, 8, 0, true);
}

/* 82801BA (290687), "Advanced Interrupt Controller (APIC)": interrupts 0 to 15 of the chipset's own
 * are active high, those from 16 on active low. */
static void board_hpet_low(void *owner, unsigned pin, bool level)
{
    ioapic_irq(&((struct pc *)owner)->ioapic, pin, !level);
}

static void board_smi(void *owner, unsigned pin, bool level)
{
    cpu_smi(((struct pc *)owner)->cpu, pin, level);
}

/* SMRAM comes and goes with the mode of the CPU that runs. */
static void board_smiact(void *owner, unsigned pin, bool level)
{
    struct pc *pc = owner;
    (void)pin;
    (void)level;
    if (!pc->plugs.isa_board && i440fx_smram_enabled(&pc->i440fx))
        pc_map_memory(pc);
}

/* From the local APIC to its processor, whose number is that of the pin. */

static void core_intr(void *owner, unsigned pin, bool level)
{
    cpu_intr(&((struct pc *)owner)->cpu[pin], 0, level);
}

static void core_nmi(void *owner, unsigned pin, bool level)
{
    cpu_nmi(&((struct pc *)owner)->cpu[pin], 0, level);
}

/* An edge, whatever the chipset does to the pin, which is the first processor's: software that
 * knows one SMBASE would be lost with more. */
static void core_smi(void *owner, unsigned pin, bool level)
{
    struct pc *pc = owner;
    if (level)
        cpu_smi(&pc->cpu[pin], 0, false);
    cpu_smi(&pc->cpu[pin], 0, level || (!pin && pc->pm.smi.level));
}

static void board_ignne(void *owner, unsigned pin, bool level)
{
    cpu_ignne(((struct pc *)owner)->cpu, pin, level);
}

/* There is one A20 gate, and the last who writes it wins: port 92h goes by way of the keyboard
 * controller, whose output drives it, and reads back what that says. */
static void board_a20(void *owner, unsigned pin, bool level)
{
    struct pc *pc = owner;
    (void)pin;
    bus_set_a20(pc->bus, level);
    sysctl_follow_a20(&pc->sysctl, level);
}

static void board_port_92_a20(void *owner, unsigned pin, bool level)
{
    (void)pin;
    kbc_set_a20(&((struct pc *)owner)->kbc, level);
}

static void board_reset(void *owner, unsigned pin, bool level)
{
    (void)pin;
    if (level)
        request(owner, PC_INIT_ALL);
}

static void core_init(void *owner, unsigned pin, bool level)
{
    if (level)
        request(owner, (u32)PC_INIT << pin);
}

static void board_reset_all(void *owner, unsigned pin, bool level)
{
    (void)pin;
    if (level)
        request(owner, PC_RESET);
}

static void board_power_off(void *owner, unsigned pin, bool level)
{
    (void)pin;
    if (level)
        request(owner, PC_POWER_OFF);
}

static void board_suspend(void *owner, unsigned pin, bool level)
{
    (void)pin;
    if (level)
        request(owner, PC_SUSPEND);
}

static void board_wake(void *owner, unsigned pin, bool level)
{
    (void)pin;
    if (level)
        request(owner, PC_WAKE);
}

/* An interrupt, and an event of power management. */
static void board_rtc(void *owner, unsigned pin, bool level)
{
    struct pc *pc = owner;
    board_irq(pc, pin, level);
    pm_rtc(&pc->pm, 0, level);
}

static void board_exit(void *owner, unsigned pin, bool level)
{
    (void)pin;
    if (level)
        request(owner, PC_DEBUG_EXIT);
}

struct wire {
    const char *from, *to;
    size_t line; /* the driving pin, in struct pc */
    line_set_fn *set;
    size_t owner; /* the listener, in struct pc */
    unsigned pin;
};

#define TO_CORE(line, set, n)                                                                      \
    {                                                                                              \
        #line, "cpu[" #n "]", offsetof(struct pc, line), set, 0, n                                 \
    }
#define TO_CORES(n)                                                                                \
    TO_CORE(lapic[n].intr, core_intr, n), TO_CORE(lapic[n].nmi, core_nmi, n),                      \
        TO_CORE(lapic[n].smi, core_smi, n), TO_CORE(lapic[n].init, core_init, n)
#define WIRE(line, set, owner, pin)                                                                \
    {                                                                                              \
        #line, #owner, offsetof(struct pc, line), set, offsetof(struct pc, owner), pin             \
    }
#define TO_BOARD(line, set)                                                                        \
    {                                                                                              \
        #line, #set, offsetof(struct pc, line), set, 0, 0                                          \
    }
#define IRQ(line, n)                                                                               \
    {                                                                                              \
        #line, "IRQ " #n, offsetof(struct pc, line), board_irq, 0, n                               \
    }
#define PCI_IRQ(n)                                                                                 \
    {                                                                                              \
        "piix.irq[" #n "]", "IRQ " #n, offsetof(struct pc, piix.irq[n]), board_pci_irq, 0, n       \
    }

#define HPET(line, set, n)                                                                         \
    {                                                                                              \
        "hpet." #line, #set, offsetof(struct pc, hpet.line), set, 0, n                             \
    }

/* WIRES */
static const struct wire wires[] = {
    /* from, to, pin */
    TO_BOARD(pic[0].intr, board_intr),
    WIRE(pic[1].intr, pic_irq, pic[0], 2),

    IRQ(pit.counter[0].out, 0),
    IRQ(kbc.irq1, 1),
    IRQ(uart[1].intr, 3),
    IRQ(uart[0].intr, 4),
    IRQ(fdc.irq, 6),
    IRQ(parallel.intr, 7),
    {"rtc.irq", "IRQ 8, pm", offsetof(struct pc, rtc.irq), board_rtc, 0, 8},
    IRQ(vga.irq, 9),
    IRQ(kbc.irq12, 12),
    IRQ(npx.irq, 13),
    WIRE(ide[0].irq, ide_pci_intrq, ide_pci, 0),
    WIRE(ide[1].irq, ide_pci_intrq, ide_pci, 1),
    WIRE(ide[0].dmarq, ide_pci_dmarq, ide_pci, 0),
    WIRE(ide[1].dmarq, ide_pci_dmarq, ide_pci, 1),
    IRQ(ide_pci.channel[0].irq, 14),
    IRQ(ide_pci.channel[1].irq, 15),
    PCI_IRQ(3), PCI_IRQ(4), PCI_IRQ(5), PCI_IRQ(6), PCI_IRQ(7), PCI_IRQ(9), PCI_IRQ(10),
    PCI_IRQ(11), PCI_IRQ(12), PCI_IRQ(14), PCI_IRQ(15),

    TO_CORES(0),

    WIRE(keyboard.request, kbc_request, kbc, 0),
    WIRE(mouse.request, kbc_request, kbc, 1),
    WIRE(vmport.packet, mouse_stir, mouse, 0),
    WIRE(sysctl.gate2, pit_gate, pit, 2),

    TO_BOARD(npx.ignne, board_ignne),
    TO_BOARD(kbc.a20, board_a20),
    TO_BOARD(sysctl.a20, board_port_92_a20),
    TO_BOARD(kbc.reset, board_reset),
    TO_BOARD(sysctl.reset, board_reset),
    {"pm.sci", "IRQ 9", offsetof(struct pc, pm.sci), board_sci, 0, 9},
    TO_BOARD(hpet.legacy, board_hpet_legacy),
    HPET(irq[0], board_hpet, 0), HPET(irq[1], board_hpet, 8), HPET(pin[11], board_hpet, 11),
    HPET(pin[20], board_hpet_low, 20), HPET(pin[21], board_hpet_low, 21),
    HPET(pin[22], board_hpet_low, 22), HPET(pin[23], board_hpet_low, 23),
    TO_BOARD(pm.smi, board_smi),
    TO_BOARD(pm.power_off, board_power_off),
    TO_BOARD(pm.suspend, board_suspend),
    TO_BOARD(pm.wake, board_wake),
    TO_BOARD(piix.reset_cpu, board_reset),
    TO_BOARD(piix.reset_all, board_reset_all),
    TO_BOARD(debugport.power_off, board_power_off),
    TO_BOARD(debugport.exit, board_exit),

    TO_CORES(1), TO_CORES(2), TO_CORES(3), TO_CORES(4), TO_CORES(5), TO_CORES(6), TO_CORES(7),
};

enum { CORE_WIRES = 4 }; /* of a processor; those after the first have the last rows */

static size_t wires_of(const struct pc *pc)
{
    return ARRAY_LEN(wires) - CORE_WIRES * (PC_CPUS - pc->plugs.cpus);
}

/* Signals that are looked at, or that carry more than a level */

static u8 core_acknowledge(void *lapic)
{
    return lapic_acknowledge(lapic);
}

static u8 board_extint(void *owner)
{
    return pic_acknowledge(&((struct pc *)owner)->pic[0]);
}

static bool board_out2(void *owner)
{
    return pit_out(&((struct pc *)owner)->pit, 2);
}

/* The memory controller refreshes every 18 ticks of the timer's clock, about 15 us. */
static bool board_refresh(void *owner)
{
    return clock_ticks(((struct pc *)owner)->clock, PIT_HZ) / 18 & 1;
}

/* The registers of the processor that has the bus: the port's arguments are there. */
static u64 *vmport_place(struct pc *pc, enum vmport_register n)
{
    static const u8 place[] = {[VMPORT_EAX] = EAX, [VMPORT_EBX] = EBX, [VMPORT_ECX] = ECX,
                               [VMPORT_EDX] = EDX};
    return &pc->cpu[pc->running].r[place[n]];
}

static u32 vmport_get(void *owner, enum vmport_register n)
{
    return (u32)*vmport_place(owner, n);
}

static void vmport_set(void *owner, enum vmport_register n, u32 value)
{
    *vmport_place(owner, n) = value;
}

static u32 floppy_transfer(void *owner, u8 *bytes, u32 n, bool to_memory, bool *tc)
{
    return dma_transfer(&((struct pc *)owner)->dma[0], 2, bytes, n, to_memory, tc);
}

static void floppy_dreq(void *owner, bool level)
{
    dma_dreq(&((struct pc *)owner)->dma[0], 2, level);
}

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

static void map_all(void *pc)
{
    pc_map_memory(pc);
    map_all_ports(pc);
}

/* Putting it together */

/* Disks turn and heads step so many times as fast as real ones: DOS is there in one second, not in
 * six, and nothing but copy protection can tell. */
enum { FLOPPY_HURRY = 10 };

/* Characters take the nth part of their time on the wire: the far end is the host, which is not
 * slower, and what a system says with its last breath has left when it switches off. */
enum { UART_HURRY = 64 };

/* The video BIOS is behind a base address register too, which wants a power of two. */
static void init_vga(struct pc *pc, const struct rom *vgabios)
{
    u32 bytes = BUS_PAGE_SIZE;
    while (bytes < vgabios->size)
        bytes *= 2;
    u8 *rom = bus_add_memory(pc->bus, bytes);
    memcpy(rom, vgabios->bytes, vgabios->size);
    vga_init(&pc->vga, pc->clock, bus_add_memory(pc->bus, VGA_MEMORY), rom, bytes);
    vga_set_window(&pc->vga, pc_map_memory, pc);
}

static void init_chips(struct pc *pc, const struct pc_plugs *plugs)
{
    struct clock *clock = pc->clock;
    pic_init(&pc->pic[0], PIC_MASTER, 0xf8);
    pic_init(&pc->pic[1], PIC_SLAVE, 0xde);
    pic_cascade(&pc->pic[0], &pc->pic[1]);
    pit_init(&pc->pit, clock);
    kbc_init(&pc->kbc, clock);
    keyboard_init(&pc->keyboard, clock);
    mouse_init(&pc->mouse, clock);
    kbc_plug(&pc->kbc, 0, keyboard_plug(&pc->keyboard));
    kbc_plug(&pc->kbc, 1, mouse_plug(&pc->mouse));
    rtc_init(&pc->rtc, clock);
    dma_page_init(&pc->dma_page);
    dma_init(&pc->dma[0], 0, &pc->dma_page, pc->bus);
    dma_init(&pc->dma[1], 1, &pc->dma_page, pc->bus);
    dma_cascade(&pc->dma[0], &pc->dma[1]);
    fdc_init(&pc->fdc, clock);
    pc->fdc.dma = (struct fdc_dma){pc, floppy_transfer, floppy_dreq};
    pc->fdc.hurry = FLOPPY_HURRY;
    for (unsigned i = 0; i < ARRAY_LEN(pc->ide); i++) {
        ide_init(&pc->ide[i], clock);
        if (pc->plugs.slow_ide)
            pc->ide[i].latency = 1000000;
    }
    pc->ide[1].channel = 1;
    for (unsigned i = 0; i < PC_SERIALS; i++) {
        uart_init(&pc->uart[i], clock, plugs->serial[i]);
        pc->uart[i].hurry = UART_HURRY;
    }
    parallel_init(&pc->parallel, clock, plugs->parallel);
    sysctl_init(&pc->sysctl);
    npx_init(&pc->npx);
    pc->sysctl.out2 = (struct sysctl_input){board_out2, pc};
    pc->sysctl.refresh = (struct sysctl_input){board_refresh, pc};
    debugport_init(&pc->debugport, plugs->debug_console);
    fw_cfg_init(&pc->fw_cfg, pc->bus);
    vmport_init(&pc->vmport, (struct vmport_cpu){vmport_get, vmport_set, pc});
    init_vga(pc, plugs->vgabios);
}

/* PCI bus 0: device numbers as other emulators' boards have them. */
static void init_pci(struct pc *pc)
{
    pci_init(&pc->pci, map_all, pc);
    i440fx_init(&pc->i440fx, pc->bus->ram_size, pc_map_memory, pc);
    piix_init(&pc->piix);
    pm_init(&pc->pm, pc->clock);
    ide_pci_init(&pc->ide_pci, pc->bus, &pc->ide[0], &pc->ide[1]);
    hpet_init(&pc->hpet, pc->clock);
    /* by this subsystem firmware made for other emulators knows the board */
    pci_set(&pc->i440fx.pci, PCI_SUBSYSTEM, 4, 0x11001af4, 0);
    pci_plug(&pc->pci, PCI_DEVFN(0, 0), &pc->i440fx.pci);
    pci_plug(&pc->pci, PCI_DEVFN(1, 0), &pc->piix.pci);
    pci_plug(&pc->pci, PCI_DEVFN(1, 1), &pc->ide_pci.pci);
    pci_plug(&pc->pci, PCI_DEVFN(1, 3), &pc->pm.pci);
    pci_plug(&pc->pci, PCI_DEVFN(2, 0), &pc->vga.pci);
}

/* The processors' bus: what timers of local APICs count. */
enum { BUS_HZ = 66666667 };

/* The local APIC is in the processor, which alone sees its registers. Without it what is here of it
 * is the two wires past it. */
static void init_lapic(struct pc *pc, unsigned n)
{
    struct cpu *cpu = &pc->cpu[n];
    struct lapic *lapic = &pc->lapic[n];
    const struct cpu_model *model = cpu->model;
    const struct lapic_config config = {.id = (u8)n,
                                        .p6 = model->generation >= I686,
                                        .deadline = model_has_feature(model, FEATURE_TSC_DEADLINE),
                                        .virtual_wire = !n,
                                        .hz = BUS_HZ,
                                        .extint = board_extint,
                                        .startup = cpu_startup,
                                        .owner = pc,
                                        .startup_owner = cpu};
    lapic_init(lapic, pc->clock, &pc->apic_bus, &config);
    if (pc->plugs.apic)
        cpu->apic =
            (struct cpu_apic){&lapic_chip, lapic, lapic_set_deadline, lapic_deadline_set};
    line_connect(&cpu->apic_on, lapic_enable, lapic, 0);
    cpu->acknowledge = core_acknowledge;
    cpu->acknowledge_owner = lapic;
}

static void init_apics(struct pc *pc)
{
    apic_bus_init(&pc->apic_bus);
    for (unsigned i = 0; i < pc->plugs.cpus; i++)
        init_lapic(pc, i);
    ioapic_init(&pc->ioapic, &pc->apic_bus);
}

static void plug_in(struct pc *pc)
{
    const struct pc_plugs *plugs = &pc->plugs;
    for (unsigned i = 0; i < FDC_DRIVES; i++) {
        fdc_set_drive(&pc->fdc, i, plugs->floppy_drive[i]);
        fdc_insert(&pc->fdc, i, plugs->floppy[i]);
    }
    for (unsigned i = 0; i < PC_HARD_DISKS; i++)
        if (i == plugs->cd_unit)
            ide_attach_cd(&pc->ide[i / 2], i % 2, plugs->cd);
        else
            ide_attach(&pc->ide[i / 2], i % 2, plugs->hard[i]);
}

void pc_init(struct pc *pc, struct clock *clock, struct bus *bus, struct cpu *cpu,
             const struct pc_plugs *plugs)
{
    *pc = (struct pc){.clock = clock, .bus = bus, .cpu = cpu, .plugs = *plugs};
    memset(pc->open_bus, 0xff, sizeof pc->open_bus);
    init_chips(pc, plugs);
    init_pci(pc);
    init_apics(pc);
    for (size_t i = 0; i < wires_of(pc); i++)
        line_connect((struct line *)(void *)((u8 *)pc + wires[i].line), wires[i].set,
                     (u8 *)pc + wires[i].owner, wires[i].pin);
    /* SDM 1, D.2.1: systems of several have the errors of floating point in the native way alone. */
    line_connect(&cpu->ferr, npx_ferr, &pc->npx, 0);
    for (unsigned i = 0; i < plugs->cpus; i++)
        line_connect(&cpu[i].smiact, board_smiact, pc, 0);
    map_all(pc);
    plug_in(pc);
    pc_fill_cmos(pc);
    pc_fill_fw_cfg(pc);
    pc_reset(pc);
}

const struct pc_part *pc_part(unsigned i)
{
    return i < ARRAY_LEN(parts) ? &parts[i] : NULL;
}

unsigned pc_parts(const struct pc *pc)
{
    return (unsigned)ARRAY_LEN(parts) - (PC_CPUS - pc->plugs.cpus);
}

/* The first instruction is fetched with bit 20 set. */
static void open_a20(struct pc *pc)
{
    kbc_set_a20(&pc->kbc, true);
}

void pc_init_cpus(struct pc *pc, u32 request)
{
    if (request & PC_INIT)
        open_a20(pc);
    for (unsigned i = 0; i < pc->plugs.cpus; i++)
        if (request & (u32)PC_INIT << i) {
            lapic_init_pin(&pc->lapic[i]);
            cpu_init_pin(&pc->cpu[i]);
        }
}

void pc_turn(struct pc *pc, unsigned n)
{
    bool smm = pc->cpu[pc->running].smiact.level;
    pc->running = n;
    if (pc->cpu[n].smiact.level != smm)
        board_smiact(pc, 0, !smm);
}

/* Every listener sees the level of its wire, as with power on. */
static void settle(struct pc *pc)
{
    for (size_t i = 0; i < wires_of(pc); i++) {
        const struct line *line = (const void *)((u8 *)pc + wires[i].line);
        wires[i].set((u8 *)pc + wires[i].owner, wires[i].pin, line->level);
    }
}

void pc_reset(struct pc *pc)
{
    for (unsigned i = 0; i < pc_parts(pc); i++)
        parts[i].chip->reset((u8 *)pc + parts[i].offset);
    settle(pc);
    pc->request = 0;
    open_a20(pc);
    for (unsigned i = 0; i < pc->plugs.cpus; i++)
        cpu_reset(&pc->cpu[i]);
}

/* Bochs's BIOS and SeaBIOS know by this shutdown byte that they have to wake a system. */
enum { CMOS_SHUTDOWN = 0x0f, SHUTDOWN_WAKE = 0xfe };

void pc_suspend(struct pc *pc)
{
    u32 request = pc->request;
    for (unsigned i = 0; i < pc_parts(pc); i++)
        if (parts[i].chip == &pm_chip)
            pm_suspend(&pc->pm);
        else if (parts[i].chip != &rtc_chip)
            parts[i].chip->reset((u8 *)pc + parts[i].offset);
    settle(pc);
    pc->request = request;
    rtc_cmos_set(&pc->rtc, CMOS_SHUTDOWN, SHUTDOWN_WAKE);
    for (unsigned i = 0; i < pc->plugs.cpus; i++)
        cpu_hold(&pc->cpu[i]);
}

void pc_wake(struct pc *pc)
{
    open_a20(pc);
    for (unsigned i = 0; i < pc->plugs.cpus; i++)
        cpu_reset(&pc->cpu[i]);
}

/* IBM AT BIOS, shutdown byte 0Fh: 5, 9 and 0Ah jump back to a program that left protected mode. */
bool pc_reset_is_return(const struct pc *pc)
{
    u8 code = rtc_cmos_get(&pc->rtc, 0x0f);
    return code == 5 || code == 9 || code == 0x0a;
}

static void print_wires(const struct pc *pc, FILE *out)
{
    for (size_t i = 0; i < wires_of(pc); i++) {
        fprintf(out, "wire   %-20s -> %s", wires[i].from, wires[i].to);
        if (wires[i].owner)
            fprintf(out, " pin %u", wires[i].pin);
        fputc('\n', out);
    }
}

void pc_print(const struct pc *pc, FILE *out)
{
    bus_print(pc->bus, out);
    if (pc->lapic[0].on)
        fprintf(out, "memory %08llx-%08llx  local APIC, seen by its CPU alone\n",
                (unsigned long long)pc->cpu->apic_page,
                (unsigned long long)pc->cpu->apic_page + BUS_PAGE_SIZE - 1);
    print_wires(pc, out);
}
