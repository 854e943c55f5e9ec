/* SPDX-License-Identifier: MIT */
/*
 * THE SCHEMATIC: an IBM AT with the usual cards in it (VGA, two serial ports and a parallel one,
 * floppy and hard disk controller), drawn as four tables: chips (here), ports (pc_ports.c), wires
 * (pc_wires.c), memory (pc_memory.c).
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
    PART(serial_mouse, serial_mouse_chip),
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
    if (plugs->mouse_port == PC_SERIALS)
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
        pc->uart[i].hurry = i == plugs->mouse_port ? 1 : UART_HURRY;
    }
    serial_mouse_init(&pc->serial_mouse, clock, plugs->serial_mouse);
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
    pci_init(&pc->pci, pc_map_all, pc);
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
    bus_add_host(bus, pc->open_bus, sizeof pc->open_bus);
    init_chips(pc, plugs);
    init_pci(pc);
    init_apics(pc);
    pc_connect(pc);
    pc_map_all(pc);
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
        pc_smiact(pc, 0, !smm);
}

void pc_reset(struct pc *pc)
{
    for (unsigned i = 0; i < pc_parts(pc); i++)
        parts[i].chip->reset((u8 *)pc + parts[i].offset);
    pc_settle(pc);
    pc->request = 0;
    open_a20(pc);
    for (unsigned i = 0; i < pc->plugs.cpus; i++)
        cpu_reset(&pc->cpu[i]);
}

/* Bochs's BIOS and SeaBIOS know by this shutdown byte that they have to wake a system. */
enum { CMOS_SHUTDOWN = 0x0f, SHUTDOWN_WAKE = 0xfe };

/* The power stays on for the clock, for what wakes, and for who refreshes the memory: so it is with
 * the host bridges that know this state (430TX, AMD-761). SeaBIOS is sure that its RAM is shown. */
void pc_suspend(struct pc *pc)
{
    u32 request = pc->request;
    for (unsigned i = 0; i < pc_parts(pc); i++)
        if (parts[i].chip == &pm_chip)
            pm_suspend(&pc->pm);
        else if (parts[i].chip != &rtc_chip && parts[i].chip != &i440fx_chip)
            parts[i].chip->reset((u8 *)pc + parts[i].offset);
    pc_settle(pc);
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

void pc_print(const struct pc *pc, FILE *out)
{
    bus_print(pc->bus, out);
    if (pc->lapic[0].on)
        fprintf(out, "memory %08llx-%08llx  local APIC, seen by its CPU alone\n",
                (unsigned long long)pc->cpu->apic_page,
                (unsigned long long)pc->cpu->apic_page + BUS_PAGE_SIZE - 1);
    pc_print_wires(pc, out);
}
