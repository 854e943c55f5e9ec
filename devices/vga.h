/* SPDX-License-Identifier: MIT */
/*
 * The IBM Video Graphics Array: registers, 256 KiB in four planes, and the picture a monitor shows;
 * and beyond it the Bochs display interface ("DISPI"): linear modes of 8 to 32 bits at any size.
 *
 * IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem"; the DAC is an INMOS IMS G171.
 * Ports 3B0h-3DFh, memory A0000h-BFFFFh. A board does this:
 *
 *     vga_init(&vga, clock);
 *     vga_set_window(&vga, window_changed, pc);
 *     line_connect(&vga.irq, ...);                                    optional (IRQ 2/9)
 *     bus_map_ports(bus, 0x3b0, 0x0c, 1, 0x00, &vga_chip, &vga);      register = port - 3B0h
 *     bus_map_ports(bus, 0x3c0, 0x10, 1, 0x10, &vga_chip, &vga);
 *     bus_map_ports(bus, 0x3d0, 0x0c, 1, 0x20, &vga_chip, &vga);
 *     bus_map_chip(bus, 0xa0000, 0x20000, &vga_memory_chip, &vga);    register = address - A0000h
 *     bus_map_ports(bus, 0x1ce, 1, 2, VGA_VBE_INDEX, &vga_chip, &vga);   two ports of 16 bits
 *     bus_map_ports(bus, 0x1cf, 1, 2, VGA_VBE_DATA, &vga_chip, &vga);
 *
 * and in window_changed() maps vga_window_ram(), or the chip again. As a PCI function it has the
 * linear frame buffer at base address 0.
 */
#ifndef DEVICES_VGA_H
#define DEVICES_VGA_H

#include "mem/pci.h"
#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"
#include "src/base/types.h"
#include "src/host/display.h"

enum {
    VGA_PLANES = 256 * 1024,    /* bytes that the VGA itself reaches */
    VGA_MEMORY = 8 << 20,       /* bytes; a power of two */
    VGA_BANK = 0x10000,
    VGA_CRTC_REGS = 0x19,
    VGA_SEQ_REGS = 5,
    VGA_GC_REGS = 9,
    VGA_AC_REGS = 0x15,
    VGA_VBE_REGS = 11,
};
enum { VGA_VBE_INDEX = 0x30, VGA_VBE_DATA = 0x32 }; /* registers of vga_chip */

struct vga;

/* One picture in dot clocks and scan lines, as the registers set it; derived. */
struct vga_timing {
    u32 hz;                          /* dot clock */
    u32 line_dots, active_dots;      /* of a scan line; of its displayed part */
    u32 lines, active_lines;         /* of a picture; of its displayed part */
    u32 retrace_first, retrace_last; /* scan lines of vertical retrace */
    u64 frame_dots;                  /* line_dots * lines */
};

/* How the CPU's bytes get into the planes, as the registers set it; derived. */
struct vga_path {
    u8 (*read)(struct vga *vga, u32 offset);
    void (*write)(struct vga *vga, u32 offset, u8 value);
    u32 (*blend)(const struct vga *vga, u8 value); /* by write mode: what the planes would get */
    u32 first, last;  /* the window, as offsets from A0000h, inclusive; first > last: none */
    u32 keep, linear; /* bits of the offset that address a plane; memory[] in chain-4 */
    u32 low, from_16; /* what odd/even chaining puts in place of A0: a level, or A16 */
    u32 plane_mask;   /* one byte of ones for each plane that may be written */
    u32 set_reset, enable_set_reset; /* a byte for each plane, as plane_mask */
    u32 bit_mask;     /* the same byte for every plane */
    u32 compare, care; /* read mode 1, a byte for each plane */
    bool plain;       /* the window is linear memory: vga_window_ram() gives it */
    u32 base;         /* in memory[] of that */
};

struct vga {
    struct pci_function pci;
    struct clock *clock;
    struct line irq;      /* vertical retrace interrupt */
    struct timer retrace; /* runs only while that interrupt is enabled */
    void (*window)(void *owner);
    void *window_owner;

    u8 misc, feature, enable; /* 3C2h/3CCh, 3xAh/3CAh, 3C3h */
    u8 crtc_index, seq_index, gc_index, ac_index;
    bool ac_data; /* the flip-flop of 3C0h: the next write is data */
    u8 crtc[VGA_CRTC_REGS];
    u8 seq[VGA_SEQ_REGS];
    u8 gc[VGA_GC_REGS];
    u8 ac[VGA_AC_REGS];

    u8 dac_mask, dac_address;
    u8 dac_step; /* 0 red, 1 green, 2 blue comes next */
    bool dac_reading;
    u8 dac_buffer[3]; /* a colour on its way in or out */
    u8 dac[256 * 3];  /* 6 bits each, or 8 as the DISPI says */

    u16 vbe_index;
    u16 vbe[VGA_VBE_REGS]; /* vga_vbe.c */

    u32 latch;    /* of the four planes, plane 0 lowest */
    u16 start;    /* the start address that is shown: latched when vertical retrace starts */
    bool pending; /* vertical retrace interrupt */
    u64 retraces; /* counted when start and pending were last brought up to date */

    struct vga_timing timing;
    struct vga_path path;

    /* VGA_MEMORY bytes. Plane p of plane address a lies at 4 * cell + p; how a gives the cell:
     * vga_memory.c. */
    u8 *memory;
};

extern const struct chip vga_chip;        /* the ports; keeps the state of both */
extern const struct chip vga_memory_chip; /* A0000h-BFFFFh; takes 1, 2 or 4 bytes */

/* MEMORY: VGA_MEMORY bytes, part of the machine's state as RAM is. ROM: the video BIOS for the
 * expansion ROM's base address, ROM_BYTES a power of two; NULL: none. */
void vga_init(struct vga *vga, struct clock *clock, u8 *memory, u8 *rom, u32 rom_bytes);

/* WINDOW is called whenever what vga_window_ram() answers has changed. */
void vga_set_window(struct vga *vga, void (*window)(void *owner), void *owner);

/*
 * The host memory of the CPU's window where that is plain linear memory now (chain-4 without
 * masks and functions: mode 13h; a bank of a DISPI mode), else NULL. *FIRST: offset from A0000h,
 * *BYTES: length, whole pages. The rest of A0000h-BFFFFh belongs to vga_memory_chip. Reads of such
 * memory do not load the latches.
 */
u8 *vga_window_ram(struct vga *vga, u32 *first, u32 *bytes);

/*
 * Draw what a monitor shows now into DISPLAY and publish it: logical pixels, repeated scan lines
 * folded (mode 13h gives 320x200), so a front end scales to 4:3. Without sync the picture is black
 * and keeps its last size. Changes nothing that a guest can see.
 */
void vga_render(const struct vga *vga, struct display *display);

/* What a text mode shows now, from the CRTC start address; cheap. Not active in graphics modes. */
void vga_text(const struct vga *vga, struct text_screen *text);

/* Guest time in ns at which the next vertical retrace starts: a good moment to draw. */
vtime vga_next_retrace(const struct vga *vga);

#endif
