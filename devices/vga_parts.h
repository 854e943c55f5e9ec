/* SPDX-License-Identifier: MIT */
/*
 * What the files of the VGA share: register names, where a plane's byte lies, and the calls from
 * the register file to the timing and to the memory path.
 */
#ifndef DEVICES_VGA_PARTS_H
#define DEVICES_VGA_PARTS_H

#include "devices/vga.h"

/* Names and bits as in the IBM manual, "VGA registers". */
enum {
    MISC_COLOUR = 0x01,    /* CRTC at 3Dxh, else at 3Bxh */
    MISC_RAM = 0x02,       /* the CPU may reach display memory */
    MISC_CLOCK = 0x0c,     /* clock select */
    MISC_HIGH_PAGE = 0x20, /* odd/even: which 64 KiB page */
    ENABLE_VGA = 0x01,     /* 3C3h: ports and memory answer */
};

enum {
    CR_HORIZONTAL_TOTAL = 0x00,
    CR_HORIZONTAL_END = 0x01, /* of display */
    CR_VERTICAL_TOTAL = 0x06,
    CR_OVERFLOW = 0x07,
    CR_PRESET_ROW_SCAN = 0x08, /* and byte panning */
    CR_MAXIMUM_SCAN_LINE = 0x09,
    CR_CURSOR_START = 0x0a,
    CR_CURSOR_END = 0x0b,
    CR_START_HIGH = 0x0c,
    CR_START_LOW = 0x0d,
    CR_CURSOR_HIGH = 0x0e,
    CR_CURSOR_LOW = 0x0f,
    CR_RETRACE_START = 0x10,
    CR_RETRACE_END = 0x11,
    CR_VERTICAL_END = 0x12, /* of display */
    CR_OFFSET = 0x13,
    CR_UNDERLINE = 0x14,
    CR_MODE = 0x17,
    CR_LINE_COMPARE = 0x18,

    CR07_LINE_COMPARE_8 = 0x10,
    CR09_DOUBLE_SCAN = 0x80,
    CR0A_CURSOR_OFF = 0x20,
    CR11_NOT_CLEAR_INTERRUPT = 0x10,
    CR11_DISABLE_INTERRUPT = 0x20,
    CR11_PROTECT = 0x80,
    CR14_COUNT_BY_4 = 0x20,
    CR14_DOUBLEWORD = 0x40,
    CR17_ROW_SCAN_13 = 0x01, /* 0: row scan bit 0 is address bit 13 */
    CR17_ROW_SCAN_14 = 0x02, /* 0: row scan bit 1 is address bit 14 */
    CR17_HALF_LINE_RATE = 0x04,
    CR17_COUNT_BY_2 = 0x08,
    CR17_ADDRESS_WRAP = 0x20, /* word mode: bit 15 comes in at the bottom, else bit 13 */
    CR17_BYTE_MODE = 0x40,
    CR17_SYNC = 0x80,
};

enum {
    SR_RESET = 0,
    SR_CLOCKING_MODE = 1,
    SR_MAP_MASK = 2,
    SR_CHARACTER_MAP = 3,
    SR_MEMORY_MODE = 4,

    SR00_RUN = 0x03,
    SR01_8_DOTS = 0x01,
    SR01_HALF_DOT_CLOCK = 0x08,
    SR01_SCREEN_OFF = 0x20,
    SR04_NOT_ODD_EVEN = 0x04,
    SR04_CHAIN_4 = 0x08,
};

enum {
    GR_SET_RESET = 0,
    GR_ENABLE_SET_RESET = 1,
    GR_COLOUR_COMPARE = 2,
    GR_DATA_ROTATE = 3,
    GR_READ_MAP = 4,
    GR_MODE = 5,
    GR_MISCELLANEOUS = 6,
    GR_COLOUR_CARE = 7,
    GR_BIT_MASK = 8,

    GR05_READ_MODE_1 = 0x08,
    GR05_ODD_EVEN = 0x10,
    GR05_INTERLEAVE = 0x20,
    GR05_256_COLOURS = 0x40,
    GR06_CHAIN = 0x02, /* odd/even chaining of addresses */
};

enum {
    AR_MODE = 0x10,
    AR_OVERSCAN = 0x11,
    AR_PLANE_ENABLE = 0x12,
    AR_PANNING = 0x13,
    AR_COLOUR_SELECT = 0x14,

    AR_INDEX_SHOW = 0x20, /* "palette address source": the palette serves the screen */
    AR10_GRAPHICS = 0x01,
    AR10_LINE_GRAPHICS = 0x04,
    AR10_BLINK = 0x08,
    AR10_SPLIT_PANNING = 0x20, /* line compare ends panning */
    AR10_8_BITS = 0x40,
    AR10_COLOUR_SELECT = 0x80, /* P5 and P4 from AR14 */
};

/*
 * Where plane address A lies in memory[], in cells of four plane bytes. Chain-4 puts CPU address
 * bits 15-2 on plane address bits 15-2 and bits 15-14 again on bits 1-0 (IBM manual, CRTC mode
 * control, the column "doubleword"). The bits are turned round so that a chain-4 window becomes
 * linear memory from 0 on:
 *
 *     plane address   15 14 13 ........ 2  1 0
 *     cell            [1-0 xor 15-14][15 .... 2]
 */
INLINE u32 vga_cell(u32 a)
{
    return (a >> 2 & 0x3fff) | ((a ^ a >> 14) & 3) << 14;
}

/* The byte of all four planes at plane address A, plane 0 lowest. */
INLINE u32 vga_planes(const struct vga *vga, u32 a)
{
    return get32(&vga->memory[vga_cell(a) * 4]);
}

/* A 16-bit CRTC register pair. */
INLINE u16 vga_crtc_pair(const struct vga *vga, u32 high)
{
    return (u16)(vga->crtc[high] << 8 | vga->crtc[high + 1]);
}

/* vga_vbe.c: registers of the DISPI, 16 bits each. */
enum {
    VBE_ID = 0,
    VBE_WIDTH = 1,
    VBE_HEIGHT = 2,
    VBE_BITS = 3,
    VBE_ENABLE = 4,
    VBE_BANK = 5,
    VBE_VIRTUAL_WIDTH = 6,
    VBE_VIRTUAL_HEIGHT = 7,
    VBE_X = 8,
    VBE_Y = 9,
    VBE_MEMORY = 10, /* in units of 64 KiB */

    VBE_ENABLED = 0x01,
    VBE_CAPABILITIES = 0x02, /* width, height, bits read as the largest ones */
    VBE_8_BIT_DAC = 0x20,
    VBE_LINEAR = 0x40,
    VBE_KEEP = 0x80, /* enabling does not clear memory */
};

INLINE bool vga_vbe_on(const struct vga *vga)
{
    return vga->vbe[VBE_ENABLE] & VBE_ENABLED;
}

INLINE bool vga_vbe_8_bit_dac(const struct vga *vga)
{
    return vga->vbe[VBE_ENABLE] & VBE_8_BIT_DAC;
}

void vga_vbe_reset(struct vga *vga);
void vga_vbe_loaded(struct vga *vga); /* after a load: nothing may lead out of memory */
u16 vga_vbe_read(const struct vga *vga);
void vga_vbe_write(struct vga *vga, u16 value); /* to the register that vbe_index says */
/* Bytes from one line to the next, and of a pixel. */
u32 vga_vbe_pitch(const struct vga *vga);
u32 vga_vbe_pixel_bytes(const struct vga *vga);

/* vga_memory.c: after any register of the memory path changed. */
void vga_path_update(struct vga *vga);

/* vga_timing.c */
/* Latch what vertical retraces since the last call have latched; before a CRTC register changes. */
void vga_sync(struct vga *vga);
/* After any register of the timing, or of the interrupt, changed. */
void vga_timing_update(struct vga *vga);
/* After a load: derive the timing and put the timer back into the clock's list. */
void vga_timing_loaded(struct vga *vga);
/* Vertical retraces begun since power-on, as the registers stand now. */
u64 vga_retraces(const struct vga *vga);
/* The start address of the picture on the screen. */
u16 vga_shown_start(const struct vga *vga);
/* Display enable (bit 0, inverted) and vertical retrace (bit 3) of input status register 1. */
u8 vga_status(const struct vga *vga);
void vga_retrace_fire(void *owner);

#endif
