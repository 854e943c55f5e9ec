/* SPDX-License-Identifier: MIT */
/*
 * The display interface of Bochs ("DISPI", version B0C5h): an index and a data port, 16 bits each.
 *
 * A mode is set by writing width, height and bits, then ENABLE. Memory is linear: line after line
 * at the linear frame buffer, or 64 KiB of it, the bank, at A0000h. The VGA's registers keep what
 * they hold and come back when the mode is disabled.
 *
 * Not modelled: modes of 4 bits; a bank for writing and another for reading.
 */
#include "devices/vga_parts.h"

enum { ID_FIRST = 0xb0c0, ID = 0xb0c5 };
enum { BANK_BOTH = 0xc000 }; /* bits of BANK: it is for writing, for reading */

static const u16 largest[] = {[VBE_WIDTH] = DISPLAY_SIZE_MAX, [VBE_HEIGHT] = 1536, [VBE_BITS] = 32};

u32 vga_vbe_pixel_bytes(const struct vga *vga)
{
    return (vga->vbe[VBE_BITS] + 7u) / 8;
}

u32 vga_vbe_pitch(const struct vga *vga)
{
    return vga->vbe[VBE_VIRTUAL_WIDTH] * vga_vbe_pixel_bytes(vga);
}

static bool bits_good(u16 bits)
{
    return bits == 8 || bits == 15 || bits == 16 || bits == 24 || bits == 32;
}

/* A picture that memory holds. */
static bool mode_good(const struct vga *vga)
{
    u32 width = vga->vbe[VBE_WIDTH], height = vga->vbe[VBE_HEIGHT];
    return width && height && width * height * vga_vbe_pixel_bytes(vga) <= VGA_MEMORY;
}

static void virtual_width(struct vga *vga, u16 width)
{
    u16 shown = vga->vbe[VBE_WIDTH];
    u32 most = VGA_MEMORY / vga_vbe_pixel_bytes(vga) / vga->vbe[VBE_HEIGHT];
    u32 wanted = width > shown ? width : shown;
    vga->vbe[VBE_VIRTUAL_WIDTH] = (u16)(wanted < most ? wanted : most);
    u32 lines = VGA_MEMORY / vga_vbe_pitch(vga);
    vga->vbe[VBE_VIRTUAL_HEIGHT] = (u16)(lines < 0xffff ? lines : 0xffff);
    if (vga->vbe[VBE_X] + shown > vga->vbe[VBE_VIRTUAL_WIDTH])
        vga->vbe[VBE_X] = 0;
    if (vga->vbe[VBE_Y] + vga->vbe[VBE_HEIGHT] > vga->vbe[VBE_VIRTUAL_HEIGHT])
        vga->vbe[VBE_Y] = 0;
}

static void enable(struct vga *vga, u16 value)
{
    bool was = vga_vbe_on(vga);
    if (value & VBE_ENABLED && !was && !mode_good(vga))
        value &= (u16)~VBE_ENABLED;
    vga->vbe[VBE_ENABLE] = value & (VBE_ENABLED | VBE_CAPABILITIES | VBE_8_BIT_DAC | VBE_LINEAR |
                                    VBE_KEEP);
    if (vga_vbe_on(vga) && !was) {
        vga->vbe[VBE_X] = vga->vbe[VBE_Y] = vga->vbe[VBE_BANK] = 0;
        virtual_width(vga, vga->vbe[VBE_WIDTH]);
        if (!(value & VBE_KEEP))
            memset(vga->memory, 0, vga_vbe_pitch(vga) * vga->vbe[VBE_HEIGHT]);
    }
    vga_path_update(vga);
}

/* Where the picture starts: not beyond what is there. */
static void offset(struct vga *vga, u32 reg, u16 value)
{
    u32 shown = vga->vbe[reg == VBE_X ? VBE_WIDTH : VBE_HEIGHT];
    u32 all = vga->vbe[reg == VBE_X ? VBE_VIRTUAL_WIDTH : VBE_VIRTUAL_HEIGHT];
    if (shown + value <= all)
        vga->vbe[reg] = value;
}

u16 vga_vbe_read(const struct vga *vga)
{
    u16 i = vga->vbe_index;
    if (i >= VBE_WIDTH && i <= VBE_BITS && vga->vbe[VBE_ENABLE] & VBE_CAPABILITIES)
        return largest[i];
    return i < VGA_VBE_REGS ? vga->vbe[i] : 0;
}

/* Size and depth are taken while no mode is on. */
void vga_vbe_write(struct vga *vga, u16 value)
{
    bool on = vga_vbe_on(vga);
    switch (vga->vbe_index) {
    case VBE_ID:
        if (value >= ID_FIRST && value <= ID)
            vga->vbe[VBE_ID] = value;
        break;
    case VBE_WIDTH:
    case VBE_HEIGHT:
        if (!on && value <= largest[vga->vbe_index])
            vga->vbe[vga->vbe_index] = value;
        break;
    case VBE_BITS:
        if (!on && bits_good(value ? value : 8))
            vga->vbe[VBE_BITS] = value ? value : 8;
        break;
    case VBE_ENABLE:
        enable(vga, value);
        break;
    case VBE_BANK:
        value &= (u16)~BANK_BOTH;
        if (value < VGA_MEMORY / VGA_BANK)
            vga->vbe[VBE_BANK] = value;
        vga_path_update(vga);
        break;
    case VBE_VIRTUAL_WIDTH:
        if (on)
            virtual_width(vga, value);
        break;
    case VBE_X:
    case VBE_Y:
        if (on)
            offset(vga, vga->vbe_index, value);
        break;
    default: /* virtual height and memory only read */
        break;
    }
}

void vga_vbe_reset(struct vga *vga)
{
    memset(vga->vbe, 0, sizeof vga->vbe);
    vga->vbe_index = 0;
    vga->vbe[VBE_ID] = ID;
    vga->vbe[VBE_BITS] = 8;
    vga->vbe[VBE_MEMORY] = VGA_MEMORY / VGA_BANK;
}

void vga_vbe_loaded(struct vga *vga)
{
    vga->vbe[VBE_BANK] %= VGA_MEMORY / VGA_BANK;
    if (!vga_vbe_on(vga))
        return;
    if (bits_good(vga->vbe[VBE_BITS]) && mode_good(vga))
        virtual_width(vga, vga->vbe[VBE_VIRTUAL_WIDTH]);
    else
        vga_vbe_reset(vga);
}
