/* SPDX-License-Identifier: MIT */
/* What drives which pin, and what the board itself does at the end of a wire. */
#include "src/pc_parts.h"

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

void pc_smiact(void *owner, unsigned pin, bool level)
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

/* The mouse's cable, to one of the ports. */
#define CABLE(n)                                                                                   \
    {                                                                                              \
        WIRE(uart[n].rts, serial_mouse_control, serial_mouse, SERIAL_MOUSE_RTS),                   \
            WIRE(uart[n].dtr, serial_mouse_control, serial_mouse, SERIAL_MOUSE_DTR),               \
            WIRE(serial_mouse.txd, uart_sin, uart[n], 0),                                          \
            WIRE(serial_mouse.dsr, uart_dsr, uart[n], 0)                                           \
    }
enum { CABLE_WIRES = 4 };

static const struct wire cables[PC_SERIALS][CABLE_WIRES] = {CABLE(0), CABLE(1)};

/* NULL after the last. */
static const struct wire *wire_of(const struct pc *pc, size_t i)
{
    size_t fixed = ARRAY_LEN(wires) - CORE_WIRES * (PC_CPUS - pc->plugs.cpus);
    unsigned port = pc->plugs.mouse_port;
    if (i < fixed)
        return &wires[i];
    return port < PC_SERIALS && i < fixed + CABLE_WIRES ? &cables[port][i - fixed] : NULL;
}

void pc_connect(struct pc *pc)
{
    const struct wire *wire;
    for (size_t i = 0; (wire = wire_of(pc, i)); i++)
        line_connect((struct line *)(void *)((u8 *)pc + wire->line), wire->set,
                     (u8 *)pc + wire->owner, wire->pin);
    /* SDM 1, D.2.1: systems of several have the errors of floating point in the native way alone. */
    line_connect(&pc->cpu->ferr, npx_ferr, &pc->npx, 0);
    for (unsigned i = 0; i < pc->plugs.cpus; i++)
        line_connect(&pc->cpu[i].smiact, pc_smiact, pc, 0);
}

void pc_settle(struct pc *pc)
{
    const struct wire *wire;
    for (size_t i = 0; (wire = wire_of(pc, i)); i++) {
        const struct line *line = (const void *)((u8 *)pc + wire->line);
        wire->set((u8 *)pc + wire->owner, wire->pin, line->level);
    }
}

void pc_print_wires(const struct pc *pc, FILE *out)
{
    const struct wire *wire;
    for (size_t i = 0; (wire = wire_of(pc, i)); i++) {
        fprintf(out, "wire   %-20s -> %s", wire->from, wire->to);
        if (wire->owner)
            fprintf(out, " pin %u", wire->pin);
        fputc('\n', out);
    }
}
