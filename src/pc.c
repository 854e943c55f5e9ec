/* SPDX-License-Identifier: MIT */
/*
 * THE SCHEMATIC: an IBM AT with the usual cards in it (VGA, two serial ports and a parallel one,
 * floppy and hard disk controller), drawn as four tables: chips, ports, wires, memory.
 *
 * IBM AT Technical Reference, "I/O address map" and "System interrupts"; PS/2 for the mouse and
 * port 92h; where other emulators' debugging ports are is devices/debugport.c.
 *
 *            +-----+  INTR   +--------+  IR2  +--------+
 *            | CPU |<--------| pic[0] |<------| pic[1] |
 *            +-----+         +--------+       +--------+
 *               |    IR0 timer  1 keyboard      IR8 clock  12 mouse
 *      A20 gate-|    IR3 COM2   4 COM1          IR14, 15 hard disks
 *     kbc | 92h |    IR6 floppy 7 printer         13 FERR# by way of the npx
 *               |
 *   ------------+------------------------------------------------- memory and ports (mem/bus.c)
 */
#include <time.h>

#include "src/pc.h"

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
    PART(vga, vga_chip),      PART(npx, npx_chip),
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
    AT(0x8900, 1, 1, DEBUGPORT_SHUTDOWN, debugport, debugport_chip),
};

/* The board's own ends of wires */

static void request(struct pc *pc, u32 what)
{
    pc->request |= what;
    cpu_request_exit(pc->cpu);
}

static void board_intr(void *owner, unsigned pin, bool level)
{
    cpu_intr(((struct pc *)owner)->cpu, pin, level);
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
        request(owner, PC_CPU_RESET);
}

static void board_power_off(void *owner, unsigned pin, bool level)
{
    (void)pin;
    if (level)
        request(owner, PC_POWER_OFF);
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

#define WIRE(line, set, owner, pin)                                                                \
    {                                                                                              \
        #line, #owner, offsetof(struct pc, line), set, offsetof(struct pc, owner), pin             \
    }
#define TO_BOARD(line, set)                                                                        \
    {                                                                                              \
        #line, #set, offsetof(struct pc, line), set, 0, 0                                          \
    }

/* WIRES */
static const struct wire wires[] = {
    /* from, to, pin */
    TO_BOARD(pic[0].intr, board_intr),
    WIRE(pic[1].intr, pic_irq, pic[0], 2),

    WIRE(pit.counter[0].out, pic_irq, pic[0], 0),
    WIRE(kbc.irq1, pic_irq, pic[0], 1),
    WIRE(uart[1].intr, pic_irq, pic[0], 3),
    WIRE(uart[0].intr, pic_irq, pic[0], 4),
    WIRE(fdc.irq, pic_irq, pic[0], 6),
    WIRE(parallel.intr, pic_irq, pic[0], 7),
    WIRE(rtc.irq, pic_irq, pic[1], 0),
    WIRE(vga.irq, pic_irq, pic[1], 1),
    WIRE(kbc.irq12, pic_irq, pic[1], 4),
    WIRE(npx.irq, pic_irq, pic[1], 5),
    WIRE(ide[0].irq, pic_irq, pic[1], 6),
    WIRE(ide[1].irq, pic_irq, pic[1], 7),

    WIRE(keyboard.request, kbc_request, kbc, 0),
    WIRE(mouse.request, kbc_request, kbc, 1),
    WIRE(sysctl.gate2, pit_gate, pit, 2),

    TO_BOARD(npx.ignne, board_ignne),
    TO_BOARD(kbc.a20, board_a20),
    TO_BOARD(sysctl.a20, board_port_92_a20),
    TO_BOARD(kbc.reset, board_reset),
    TO_BOARD(sysctl.reset, board_reset),
    TO_BOARD(debugport.power_off, board_power_off),
    TO_BOARD(debugport.exit, board_exit),
};

/* Signals that are looked at, or that carry more than a level */

static u8 board_acknowledge(void *owner)
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

static u32 floppy_transfer(void *owner, u8 *bytes, u32 n, bool to_memory, bool *tc)
{
    return dma_transfer(&((struct pc *)owner)->dma[0], 2, bytes, n, to_memory, tc);
}

static void floppy_dreq(void *owner, bool level)
{
    dma_dreq(&((struct pc *)owner)->dma[0], 2, level);
}

/* MEMORY */
#define VGA_WINDOW  0x0a0000u
#define VGA_BIOS    0x0c0000u
#define BELOW_1M    0x100000u
#define BELOW_16M   0x1000000u
#define BELOW_4G    0x100000000u

enum { VGA_WINDOW_SIZE = 0x20000, LOW_BIOS_MAX = 0x20000 };

/* Linear modes are plain memory to the CPU, everything else is the chip's. */
static void map_vga(void *owner)
{
    struct pc *pc = owner;
    u32 first, bytes;
    u8 *ram = vga_window_ram(&pc->vga, &first, &bytes);
    bus_map_chip(pc->bus, VGA_WINDOW, VGA_WINDOW_SIZE, &vga_memory_chip, &pc->vga);
    if (ram)
        bus_map_host(pc->bus, VGA_WINDOW + first, bytes, ram, true);
}

/* The whole BIOS ends at 4 GiB, where the CPU starts (a 286: at 16 MiB); its last 128 KiB also below
 * 1 MiB. */
static void map_memory(struct pc *pc, const struct pc_plugs *plugs)
{
    const struct rom *bios = plugs->bios, *vgabios = plugs->vgabios;
    u32 low = bios->size < LOW_BIOS_MAX ? bios->size : LOW_BIOS_MAX;
    bus_map_host(pc->bus, BELOW_4G - bios->size, bios->size, bios->bytes, false);
    bus_map_host(pc->bus, BELOW_1M - low, low, bios->bytes + bios->size - low, false);
    if (pc->cpu->model->generation == I286)
        bus_map_host(pc->bus, BELOW_16M - low, low, bios->bytes + bios->size - low, false);
    bus_map_host(pc->bus, VGA_BIOS, vgabios->size, vgabios->bytes, false);
    map_vga(pc);
}

/* CMOS: what the firmware finds out about the machine, as the AT and other emulators' BIOSes
 * agree. rtc_cmos_set() keeps the checksum. */

static void cmos_set16(struct rtc *rtc, unsigned index, u32 value)
{
    rtc_cmos_set(rtc, index, value & 0xff);
    rtc_cmos_set(rtc, index + 1, value >> 8 & 0xff);
}

static void cmos_memory(struct rtc *rtc, u64 ram)
{
    u64 extended = (ram - 0x100000) / 1024, above_16m = ram > 0x1000000 ? ram - 0x1000000 : 0;
    cmos_set16(rtc, 0x15, 640);
    cmos_set16(rtc, 0x17, extended > 0xffff ? 0xffff : (u32)extended);
    cmos_set16(rtc, 0x30, extended > 0xffff ? 0xffff : (u32)extended);
    cmos_set16(rtc, 0x34, (u32)(above_16m / 0x10000));
}

/* 14h, the equipment byte: 01 and the number in bits 7, 6: floppy drives; 02 FPU; 04 mouse. */
static void cmos_equipment(struct rtc *rtc, const struct pc_plugs *plugs, bool fpu)
{
    unsigned a = plugs->floppy_drive[0], b = plugs->floppy_drive[1];
    unsigned drives = (a != FDC_DRIVE_NONE) + (b != FDC_DRIVE_NONE);
    rtc_cmos_set(rtc, 0x10, (u8)(a << 4 | b));
    rtc_cmos_set(rtc, 0x14,
                 (u8)(0x04 | (fpu ? 0x02 : 0) | (drives ? (drives - 1) << 6 | 0x01 : 0)));
}

/* How the BIOS turns the drive's own geometry into what programs see (CMOS 39h, two bits a disk):
 * 0 not at all, 1 by LBA, 2 by shifting bits from cylinders to heads. */
static unsigned translation(const struct disk *disk)
{
    struct disk_geometry wanted = disk_geometry(disk), own = ide_geometry(disk);
    if (wanted.heads == own.heads && wanted.cylinders <= 1024)
        return 0;
    bool bit_shift = wanted.sectors == own.sectors && wanted.heads < 255 &&
                     wanted.heads % own.heads == 0 && own.heads < 16;
    return bit_shift ? 2 : 1;
}

/* Type 47 "user defined": the geometry follows, as the AT BIOS keeps it. */
static void cmos_hard_disk(struct rtc *rtc, unsigned number, const struct disk *disk)
{
    struct disk_geometry g = ide_geometry(disk);
    unsigned table = 0x1b + 9 * number;
    rtc_cmos_set(rtc, 0x12, (u8)(rtc_cmos_get(rtc, 0x12) | (number ? 0x0f : 0xf0)));
    rtc_cmos_set(rtc, 0x19 + number, 47);
    cmos_set16(rtc, table, g.cylinders);
    rtc_cmos_set(rtc, table + 2, g.heads);
    cmos_set16(rtc, table + 3, 0xffff);                            /* no write precompensation */
    rtc_cmos_set(rtc, table + 5, g.heads > 8 ? 0xc8 : 0xc0);
    cmos_set16(rtc, table + 6, g.cylinders);                       /* landing zone */
    rtc_cmos_set(rtc, table + 8, g.sectors);
}

/* CMOS 3Dh: first and second boot device, 1 floppy, 2 hard disk. */
static void cmos_boot(struct rtc *rtc, const struct pc_plugs *plugs)
{
    unsigned first = plugs->boot_hard_first ? 2 : 1, second = plugs->boot_one_only ? 0 : 3 - first;
    rtc_cmos_set(rtc, 0x3d, (u8)(first | second << 4));
}

static void fill_cmos(struct pc *pc, const struct pc_plugs *plugs)
{
    struct rtc *rtc = &pc->rtc;
    time_t date = (time_t)plugs->date;
    struct tm tm;
    gmtime_r(&date, &tm);
    rtc_set_time(rtc, (unsigned)tm.tm_year + 1900, (unsigned)tm.tm_mon + 1, (unsigned)tm.tm_mday,
                 (unsigned)tm.tm_hour, (unsigned)tm.tm_min, (unsigned)tm.tm_sec);
    cmos_memory(rtc, pc->bus->ram_size);
    cmos_equipment(rtc, plugs, model_has_feature(pc->cpu->model, FEATURE_FPU));
    cmos_boot(rtc, plugs);
    unsigned modes = 0;
    for (unsigned i = 0; i < PC_HARD_DISKS; i++) {
        if (plugs->hard[i])
            modes |= translation(plugs->hard[i]) << 2 * i;
        if (plugs->hard[i] && i < 2) /* CMOS knows two; the BIOS asks the others */
            cmos_hard_disk(rtc, i, plugs->hard[i]);
    }
    rtc_cmos_set(rtc, 0x39, (u8)modes);
}

/* Putting it together */

/* Disks turn and heads step so many times as fast as real ones: DOS is there in one second, not in
 * six, and nothing but copy protection can tell. */
enum { FLOPPY_HURRY = 10 };

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
    ide_init(&pc->ide[0], clock);
    ide_init(&pc->ide[1], clock);
    for (unsigned i = 0; i < PC_SERIALS; i++)
        uart_init(&pc->uart[i], clock, plugs->serial[i]);
    parallel_init(&pc->parallel, clock, plugs->parallel);
    sysctl_init(&pc->sysctl);
    npx_init(&pc->npx);
    pc->sysctl.out2 = (struct sysctl_input){board_out2, pc};
    pc->sysctl.refresh = (struct sysctl_input){board_refresh, pc};
    debugport_init(&pc->debugport, plugs->debug_console);
    vga_init(&pc->vga, clock);
    vga_set_window(&pc->vga, map_vga, pc);
    bus_add_host(pc->bus, pc->vga.memory, sizeof pc->vga.memory);
}

static void plug_in(struct pc *pc, const struct pc_plugs *plugs)
{
    for (unsigned i = 0; i < FDC_DRIVES; i++) {
        fdc_set_drive(&pc->fdc, i, plugs->floppy_drive[i]);
        fdc_insert(&pc->fdc, i, plugs->floppy[i]);
    }
    for (unsigned i = 0; i < PC_HARD_DISKS; i++)
        ide_attach(&pc->ide[i / 2], i % 2, plugs->hard[i]);
    if (plugs->debug_exit)
        bus_map_ports(pc->bus, plugs->debug_exit_port, 4, 4, DEBUGPORT_EXIT, &debugport_chip,
                      &pc->debugport);
}

void pc_init(struct pc *pc, struct clock *clock, struct bus *bus, struct cpu *cpu,
             const struct pc_plugs *plugs)
{
    *pc = (struct pc){.clock = clock, .bus = bus, .cpu = cpu};
    init_chips(pc, plugs);
    for (size_t i = 0; i < ARRAY_LEN(ports); i++)
        bus_map_ports(bus, ports[i].first, ports[i].count, ports[i].width, ports[i].reg,
                      ports[i].chip, (u8 *)pc + ports[i].offset);
    for (size_t i = 0; i < ARRAY_LEN(wires); i++)
        line_connect((struct line *)(void *)((u8 *)pc + wires[i].line), wires[i].set,
                     (u8 *)pc + wires[i].owner, wires[i].pin);
    line_connect(&cpu->ferr, npx_ferr, &pc->npx, 0);
    cpu->acknowledge = board_acknowledge;
    cpu->acknowledge_owner = pc;
    map_memory(pc, plugs);
    plug_in(pc, plugs);
    fill_cmos(pc, plugs);
    pc_reset(pc);
}

const struct pc_part *pc_part(unsigned i)
{
    return i < ARRAY_LEN(parts) ? &parts[i] : NULL;
}

void pc_reset_cpu(struct pc *pc)
{
    kbc_set_a20(&pc->kbc, true); /* the first instruction is fetched with bit 20 set */
    cpu_reset(pc->cpu);
}

/* Every listener sees the level of its wire, as with power on. */
static void settle(struct pc *pc)
{
    for (size_t i = 0; i < ARRAY_LEN(wires); i++) {
        const struct line *line = (const void *)((u8 *)pc + wires[i].line);
        wires[i].set((u8 *)pc + wires[i].owner, wires[i].pin, line->level);
    }
}

void pc_reset(struct pc *pc)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        parts[i].chip->reset((u8 *)pc + parts[i].offset);
    settle(pc);
    pc->request = 0;
    pc_reset_cpu(pc);
}

/* IBM AT BIOS, shutdown byte 0Fh: 5, 9 and 0Ah jump back to a program that left protected mode. */
bool pc_reset_is_return(const struct pc *pc)
{
    u8 code = rtc_cmos_get(&pc->rtc, 0x0f);
    return code == 5 || code == 9 || code == 0x0a;
}

static void print_wires(FILE *out)
{
    for (size_t i = 0; i < ARRAY_LEN(wires); i++) {
        fprintf(out, "wire   %-20s -> %s", wires[i].from, wires[i].to);
        if (wires[i].owner)
            fprintf(out, " pin %u", wires[i].pin);
        fputc('\n', out);
    }
}

void pc_print(const struct pc *pc, FILE *out)
{
    bus_print(pc->bus, out);
    print_wires(out);
}
