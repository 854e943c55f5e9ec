/* SPDX-License-Identifier: MIT */
/* The board: all chips by value, their ports, memory and wires. pc.c has the schematic. */
#ifndef PC_H
#define PC_H

#include <stdio.h>

#include "cpu/cpu.h"
#include "devices/debugport.h"
#include "devices/dma.h"
#include "devices/fdc.h"
#include "devices/fw_cfg.h"
#include "devices/hpet.h"
#include "devices/i440fx.h"
#include "devices/ide.h"
#include "devices/ide_pci.h"
#include "devices/ioapic.h"
#include "devices/kbc.h"
#include "devices/keyboard.h"
#include "devices/lapic.h"
#include "devices/mouse.h"
#include "devices/npx.h"
#include "devices/parallel.h"
#include "devices/pic.h"
#include "devices/piix.h"
#include "devices/pit.h"
#include "devices/pm.h"
#include "devices/rtc.h"
#include "devices/serial_mouse.h"
#include "devices/sysctl.h"
#include "devices/uart.h"
#include "devices/vga.h"
#include "devices/vmport.h"
#include "mem/apic_bus.h"
#include "mem/bus.h"
#include "mem/pci.h"
#include "src/kernel.h"
#include "src/rom.h"

enum { PC_SERIALS = 2, PC_HARD_DISKS = 4, PC_CPUS = 8 };

/* What hangs on the board. Nothing here is the board's; all of it outlives the board. */
struct pc_plugs {
    bool isa_board; /* an AT: no PCI */
    bool without_acpi, without_apm, without_pnp; /* not to be offered by the BIOS */
    const struct rom *bios, *vgabios;
    const struct kernel *kernel; /* to be started by the firmware; NULL: a disk */
    struct chardev *serial[PC_SERIALS]; /* NULL: nothing plugged in */
    unsigned mouse_port; /* the serial port with a mouse; PC_SERIALS: there is the PS/2 mouse */
    enum serial_mouse_model serial_mouse;
    struct chardev *parallel, *debug_console;
    enum fdc_drive_type floppy_drive[FDC_DRIVES];
    struct disk *floppy[FDC_DRIVES];
    struct disk *hard[PC_HARD_DISKS];
    struct disk *cd;  /* the disc in the CD-ROM drive, or NULL */
    unsigned cd_unit; /* the drive's place among the hard disks; PC_HARD_DISKS: there is none */
    char boot[4];     /* what the BIOS starts from, in this order: a, c, d */
    bool boot_menu, boot_silent; /* it shows its menu; it does not even ask */
    bool vmport; /* VMware's port is there */
    bool slow_ide; /* no command of a disk ends within a millisecond */
    bool debug_exit;
    u16 debug_exit_port;
    bool hpet;
    bool apic; /* the local APICs are enabled, and there is an I/O APIC */
    unsigned cpus;
    s64 date; /* what the clock shows at power-on: seconds since 1970 */
};

/* Why the machine loop has to look. */
enum {
    PC_POWER_OFF = 1,
    PC_DEBUG_EXIT = 2, /* debugport.exit_value */
    PC_RESET = 4,      /* all of it: port CF9h */
    PC_INIT = 8,       /* << number of the CPU: a message from one of them */
    PC_INIT_ALL = PC_INIT * 0xff, /* their pin: keyboard controller or port 92h */
    PC_SUSPEND = PC_INIT << PC_CPUS, /* S3 */
    PC_WAKE = PC_SUSPEND * 2,
};

enum { PC_IRQS = 16, PC_MEMORY_MAP = 40, PC_KERNEL_TABLE = 16 + 12 * KERNEL_PARTS };
/* What pulls an IRQ: bits of pc.irq. */
enum { IRQ_ISA = 1, IRQ_PCI = 2, IRQ_SCI = 4, IRQ_HPET = 8 };

struct pc {
    struct clock *clock;
    struct bus *bus;
    struct cpu *cpu;  /* plugs.cpus of them */
    unsigned running; /* the one whose turn it is */
    u32 request; /* PC_* */
    struct pc_plugs plugs;
    u8 irq[PC_IRQS];            /* IRQ_*: who pulls it */
    u8 open_bus[BUS_PAGE_SIZE]; /* ones: a page that nobody answers for */

    struct pic pic[2];
    struct pit pit;
    struct kbc kbc;
    struct keyboard keyboard;
    struct mouse mouse;
    struct rtc rtc;
    struct dma dma[2];
    struct dma_page dma_page;
    struct fdc fdc;
    struct ide ide[2];
    struct uart uart[PC_SERIALS];
    struct serial_mouse serial_mouse;
    struct parallel parallel;
    struct sysctl sysctl;
    struct npx npx;
    struct debugport debugport;
    struct fw_cfg fw_cfg;
    u8 memory_map[PC_MEMORY_MAP], kernel_table[PC_KERNEL_TABLE]; /* to be read there */
    struct vga vga;
    struct vmport vmport;
    struct apic_bus apic_bus;
    struct lapic lapic[PC_CPUS];
    struct ioapic ioapic;

    /* the PCI board's, there but unconnected on the other */
    struct pci pci;
    struct i440fx i440fx;
    struct piix piix;
    struct pm pm;
    struct ide_pci ide_pci;
    struct hpet hpet;
};

/* Build the board around CLOCK, BUS and CPUs, switched on and reset. */
void pc_init(struct pc *pc, struct clock *clock, struct bus *bus, struct cpu *cpu,
             const struct pc_plugs *plugs);

/* The reset button: every chip; and the CPUs, with A20 open as the first starts above it. */
void pc_reset(struct pc *pc);

/* INIT to those CPUs of whom PC_INIT bits are in REQUEST, or RESET where they have none. */
void pc_init_cpus(struct pc *pc, u32 request);

/* It is CPU N's turn. */
void pc_turn(struct pc *pc, unsigned n);

/* S3: what is not memory, clock or part of power management's resume well loses its power, the CPUs
 * wait; and back: they start. */
void pc_suspend(struct pc *pc);
void pc_wake(struct pc *pc);

/* A CPU reset that the BIOS answers by going on (CMOS shutdown code), not by starting anew. */
bool pc_reset_is_return(const struct pc *pc);

/* Every chip in a fixed order: the hash, the dump, the comparison; NULL after the last. Those of
 * CPUs that are not there come last: pc_parts() is how many there are. */
struct pc_part {
    const char *name;
    const struct chip *chip;
    size_t offset; /* in struct pc */
};
const struct pc_part *pc_part(unsigned i);
unsigned pc_parts(const struct pc *pc);

/* --map: memory, ports and wires. */
void pc_print(const struct pc *pc, FILE *out);

#endif
