/* SPDX-License-Identifier: MIT */
/* A VGA on a bench: a clock, a display, the manual's mode tables, and access as a CPU has it. */
#ifndef TESTS_UNIT_VGA_MODES_H
#define TESTS_UNIT_VGA_MODES_H

#include "devices/vga.h"
#include "tests/unit/unit.h"

/* IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem": register values of modes. */
struct vga_mode {
    u8 number;
    u8 misc, seq[VGA_SEQ_REGS], crtc[VGA_CRTC_REGS], ac[VGA_AC_REGS], gc[VGA_GC_REGS];
};

extern const struct vga_mode vga_modes[];
extern const size_t vga_mode_count;

struct vga_bench {
    struct clock clock;
    struct vga vga;
    struct display display;
    u32 windows; /* calls of the window callback */
};

/* CPU clock 1 GHz: a cycle is a nanosecond. */
struct vga_bench *vga_bench(void);

void vga_out(struct vga_bench *b, u16 port, u8 value);
u8 vga_in(struct vga_bench *b, u16 port);
void vga_out2(struct vga_bench *b, u16 port, u8 index, u8 value); /* index, data at the next port */
u8 vga_in2(struct vga_bench *b, u16 port, u8 index);
void vga_attribute(struct vga_bench *b, u8 index, u8 value); /* screen on */

void vga_poke(struct vga_bench *b, u32 address, u8 value); /* ADDRESS: A0000h-BFFFFh */
u8 vga_peek(struct vga_bench *b, u32 address);

/* Registers as a BIOS sets them (protected ones too), and a DAC of 64 EGA colours, or for mode 13h
 * a ramp: red = bits 7-5, green = 4-2, blue = 1-0. Memory is cleared. */
void vga_set_mode(struct vga_bench *b, u8 number);

/* A made-up font of HEIGHT lines in plane 2 at SLOT (8 KiB each): every character differs. */
void vga_load_font(struct vga_bench *b, u32 slot, u32 height, u8 flip);

/* A pattern that differs between neighbours in every direction. */
u32 vga_pattern(u32 x, u32 y);
/* It, in the low bits, drawn through bit mask and set/reset as a program does. PITCH: bytes. */
void vga_draw_planar(struct vga_bench *b, u32 width, u32 height, u32 pitch, u32 colours);
/* A character into cell AT of a text mode. */
void vga_put_text(struct vga_bench *b, u32 at, u8 character, u8 attribute);

/* Draw and give the frame. */
const struct frame *vga_frame(struct vga_bench *b);

#endif
