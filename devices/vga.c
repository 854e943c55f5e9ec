/* SPDX-License-Identifier: MIT */
/*
 * The VGA's registers behind ports 3B0h-3DFh. Manual and parts: vga.h.
 *
 * Not modelled: light pen, feature connector, the border around the picture, blanking inside the
 * displayed part, display and cursor skew other than the cursor's, the serialisers' shift load
 * (EGA with 64 KiB), the test bits of the CRTC. Bytes of 256-colour modes pass the palette by.
 * Input status 1, bits 5-4, show the colour of the border at all times.
 * Registers that do not exist read 0, whatever was written.
 */
#include "devices/vga_parts.h"

enum {
    STATUS0_SENSE = 0x10,
    STATUS0_INTERRUPT = 0x80,
    /* The comparators at the DAC's outputs switch at about this sum of red, green and blue. */
    SENSE_LEVEL = 0x4e,
    DAC_READING = 3, /* what 3C7h answers after a read address was set */
};

/* Bits that exist. */
static const u8 crtc_bits[VGA_CRTC_REGS] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* 00 */
    0x7f, 0xff, 0x3f, 0x7f, 0xff, 0xff, 0xff, 0xff, /* 08 */
    0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xef, /* 10 */
    0xff,                                           /* 18 */
};
static const u8 seq_bits[VGA_SEQ_REGS] = {0x03, 0x3d, 0x0f, 0x3f, 0x0e};
static const u8 gc_bits[VGA_GC_REGS] = {0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff};
static const u8 ac_bits[VGA_AC_REGS] = {
    0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, /* 00 */
    0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, /* 08 */
    0xef, 0xff, 0x3f, 0x0f, 0x0f,                   /* 10 */
};

/* CRTC */

static u8 read_crtc_index(struct vga *vga)
{
    return vga->crtc_index;
}

static void write_crtc_index(struct vga *vga, u8 value)
{
    vga->crtc_index = value;
}

static u8 read_crtc(struct vga *vga)
{
    return vga->crtc_index < VGA_CRTC_REGS ? vga->crtc[vga->crtc_index] : 0;
}

/* Registers 0-7 are protected but for one bit of the overflow register. */
static void write_crtc(struct vga *vga, u8 value)
{
    u8 i = vga->crtc_index;
    if (i >= VGA_CRTC_REGS)
        return;
    u8 bits = crtc_bits[i];
    if (i <= CR_OVERFLOW && vga->crtc[CR_RETRACE_END] & CR11_PROTECT)
        bits = i == CR_OVERFLOW ? CR07_LINE_COMPARE_8 : 0;
    vga_sync(vga);
    vga->crtc[i] = (u8)((vga->crtc[i] & ~bits & crtc_bits[i]) | (value & bits));
    vga_timing_update(vga);
}

/* External registers */

static u8 read_status_0(struct vga *vga)
{
    u32 level = (u32)vga->dac[0] + vga->dac[1] + vga->dac[2];
    vga_sync(vga);
    return (u8)((level >= SENSE_LEVEL ? 0 : STATUS0_SENSE) |
                (vga->pending ? STATUS0_INTERRUPT : 0));
}

/* The two of the eight colour bits that the plane enable register sends to bits 5 and 4. */
static u8 border_bits(const struct vga *vga)
{
    static const u8 bit[4][2] = {{2, 0}, {5, 4}, {3, 1}, {7, 6}};
    u32 colour = vga->ac[AR_OVERSCAN];
    const u8 *pick = bit[vga->ac[AR_PLANE_ENABLE] >> 4 & 3];
    return (u8)((colour >> pick[0] & 1) << 5 | (colour >> pick[1] & 1) << 4);
}

static u8 read_status_1(struct vga *vga)
{
    vga->ac_data = false;
    return vga_status(vga) | border_bits(vga);
}

static u8 read_misc(struct vga *vga)
{
    return vga->misc;
}

static void write_misc(struct vga *vga, u8 value)
{
    vga_sync(vga);
    vga->misc = value & 0xef;
    vga_timing_update(vga);
    vga_path_update(vga);
}

static u8 read_feature(struct vga *vga)
{
    return vga->feature;
}

static void write_feature(struct vga *vga, u8 value)
{
    vga->feature = value & 0x0b;
}

static u8 read_enable(struct vga *vga)
{
    return vga->enable;
}

static void write_enable(struct vga *vga, u8 value)
{
    vga->enable = value & ENABLE_VGA;
    vga_path_update(vga);
}

/* Sequencer */

static u8 read_seq_index(struct vga *vga)
{
    return vga->seq_index;
}

static void write_seq_index(struct vga *vga, u8 value)
{
    vga->seq_index = value;
}

static u8 read_seq(struct vga *vga)
{
    return vga->seq_index < VGA_SEQ_REGS ? vga->seq[vga->seq_index] : 0;
}

static void write_seq(struct vga *vga, u8 value)
{
    u8 i = vga->seq_index;
    if (i >= VGA_SEQ_REGS)
        return;
    if (i == SR_CLOCKING_MODE)
        vga_sync(vga);
    vga->seq[i] = value & seq_bits[i];
    if (i == SR_CLOCKING_MODE)
        vga_timing_update(vga);
    else
        vga_path_update(vga);
}

/* Graphics controller */

static u8 read_gc_index(struct vga *vga)
{
    return vga->gc_index;
}

static void write_gc_index(struct vga *vga, u8 value)
{
    vga->gc_index = value;
}

static u8 read_gc(struct vga *vga)
{
    return vga->gc_index < VGA_GC_REGS ? vga->gc[vga->gc_index] : 0;
}

static void write_gc(struct vga *vga, u8 value)
{
    u8 i = vga->gc_index;
    if (i >= VGA_GC_REGS)
        return;
    vga->gc[i] = value & gc_bits[i];
    vga_path_update(vga);
}

/* Attribute controller: one port for index and data in turn */

static u8 read_ac_index(struct vga *vga)
{
    return vga->ac_index;
}

static u8 read_ac(struct vga *vga)
{
    u32 i = vga->ac_index & 0x1f;
    return i < VGA_AC_REGS ? vga->ac[i] : 0;
}

static void write_ac(struct vga *vga, u8 value)
{
    u32 i = vga->ac_index & 0x1f;
    if (!vga->ac_data)
        vga->ac_index = value & 0x3f;
    else if (i < VGA_AC_REGS)
        vga->ac[i] = value & ac_bits[i];
    vga->ac_data = !vga->ac_data;
}

/* DAC: one address register for both ways; it is ahead of the colour in the buffer when reading. */

static void dac_fetch(struct vga *vga)
{
    memcpy(vga->dac_buffer, &vga->dac[vga->dac_address * 3], 3);
    vga->dac_address++;
}

static u8 read_dac_mask(struct vga *vga)
{
    return vga->dac_mask;
}

static void write_dac_mask(struct vga *vga, u8 value)
{
    vga->dac_mask = value;
}

static u8 read_dac_state(struct vga *vga)
{
    return vga->dac_reading ? DAC_READING : 0;
}

static void write_dac_read_address(struct vga *vga, u8 value)
{
    vga->dac_address = value;
    vga->dac_reading = true;
    vga->dac_step = 0;
    dac_fetch(vga);
}

static u8 read_dac_address(struct vga *vga)
{
    return vga->dac_address;
}

static void write_dac_address(struct vga *vga, u8 value)
{
    vga->dac_address = value;
    vga->dac_reading = false;
    vga->dac_step = 0;
}

static u8 read_dac(struct vga *vga)
{
    u8 value = vga->dac_buffer[vga->dac_step++];
    if (vga->dac_step == 3) {
        vga->dac_step = 0;
        dac_fetch(vga);
    }
    return value;
}

/* A colour changes as a whole, with its third byte. */
static void write_dac(struct vga *vga, u8 value)
{
    vga->dac_buffer[vga->dac_step++] = vga_vbe_8_bit_dac(vga) ? value : value & 0x3f;
    if (vga->dac_step == 3) {
        vga->dac_step = 0;
        memcpy(&vga->dac[vga->dac_address * 3], vga->dac_buffer, 3);
        vga->dac_address++;
    }
}

/* The ports from 3B0h on */

enum answers {
    NEVER,  /* nobody there */
    ALWAYS, /* even while the VGA is disabled */
    ENABLED,
    MONO,   /* while MISC_COLOUR is 0 */
    COLOUR,
};

static const struct port {
    enum answers answers;
    u8 (*read)(struct vga *vga);
    void (*write)(struct vga *vga, u8 value);
} ports[0x30] = {
    /* 3B4 */ [0x04] = {MONO, read_crtc_index, write_crtc_index},
    /* 3B5 */ [0x05] = {MONO, read_crtc, write_crtc},
    /* 3BA */ [0x0a] = {MONO, read_status_1, write_feature},
    /* 3C0 */ [0x10] = {ENABLED, read_ac_index, write_ac},
    /* 3C1 */ [0x11] = {ENABLED, read_ac, NULL},
    /* 3C2 */ [0x12] = {ENABLED, read_status_0, write_misc},
    /* 3C3 */ [0x13] = {ALWAYS, read_enable, write_enable},
    /* 3C4 */ [0x14] = {ENABLED, read_seq_index, write_seq_index},
    /* 3C5 */ [0x15] = {ENABLED, read_seq, write_seq},
    /* 3C6 */ [0x16] = {ENABLED, read_dac_mask, write_dac_mask},
    /* 3C7 */ [0x17] = {ENABLED, read_dac_state, write_dac_read_address},
    /* 3C8 */ [0x18] = {ENABLED, read_dac_address, write_dac_address},
    /* 3C9 */ [0x19] = {ENABLED, read_dac, write_dac},
    /* 3CA */ [0x1a] = {ENABLED, read_feature, NULL},
    /* 3CC */ [0x1c] = {ENABLED, read_misc, NULL},
    /* 3CE */ [0x1e] = {ENABLED, read_gc_index, write_gc_index},
    /* 3CF */ [0x1f] = {ENABLED, read_gc, write_gc},
    /* 3D4 */ [0x24] = {COLOUR, read_crtc_index, write_crtc_index},
    /* 3D5 */ [0x25] = {COLOUR, read_crtc, write_crtc},
    /* 3DA */ [0x2a] = {COLOUR, read_status_1, write_feature},
};

static const struct port *port_find(const struct vga *vga, u32 reg)
{
    const struct port *port = reg < ARRAY_LEN(ports) ? &ports[reg] : NULL;
    if (!port || port->answers == NEVER)
        return NULL;
    if (port->answers != ALWAYS && !(vga->enable & ENABLE_VGA))
        return NULL;
    if (port->answers == MONO || port->answers == COLOUR)
        return (port->answers == COLOUR) == (vga->misc & MISC_COLOUR) ? port : NULL;
    return port;
}

/* The DISPI's ports take 16 bits; a byte is the lower half. */
static u32 vbe_read(const struct vga *vga, u32 reg)
{
    return reg == VGA_VBE_INDEX ? vga->vbe_index : vga_vbe_read(vga);
}

static void vbe_write(struct vga *vga, u32 reg, u16 value)
{
    if (reg == VGA_VBE_INDEX)
        vga->vbe_index = value;
    else
        vga_vbe_write(vga, value);
}

static u32 vga_read(void *chip, u32 reg, unsigned size)
{
    u32 value = 0;
    if (reg >= VGA_VBE_INDEX)
        return vbe_read(chip, reg);
    for (unsigned i = 0; i < size; i++) {
        const struct port *port = port_find(chip, reg + i);
        value |= (u32)(port && port->read ? port->read(chip) : 0xff) << 8 * i;
    }
    return value;
}

static void vga_write(void *chip, u32 reg, u32 value, unsigned size)
{
    if (reg >= VGA_VBE_INDEX) {
        vbe_write(chip, reg, (u16)value);
        return;
    }
    for (unsigned i = 0; i < size; i++) {
        const struct port *port = port_find(chip, reg + i);
        if (port && port->write)
            port->write(chip, (u8)(value >> 8 * i));
    }
}

/* Registers to 0, but enabled: not every video BIOS writes 3C3h. Memory and colours survive. */
static void vga_reset(void *chip)
{
    struct vga *vga = chip;
    vga_sync(vga);
    vga->misc = vga->feature = 0;
    vga->enable = ENABLE_VGA;
    vga->crtc_index = vga->seq_index = vga->gc_index = vga->ac_index = 0;
    vga->ac_data = vga->dac_reading = vga->pending = false;
    memset(vga->crtc, 0, sizeof vga->crtc);
    memset(vga->seq, 0, sizeof vga->seq);
    memset(vga->gc, 0, sizeof vga->gc);
    memset(vga->ac, 0, sizeof vga->ac);
    vga->dac_mask = 0xff;
    vga->dac_address = vga->dac_step = 0;
    vga->latch = 0;
    vga->start = 0;
    vga_vbe_reset(vga);
    pci_function_reset(&vga->pci);
    vga_timing_update(vga);
    vga_path_update(vga);
}

/* The window may lie elsewhere than before the load: say so in any case. */
static void vga_loaded(void *chip)
{
    struct vga *vga = chip;
    vga_timing_loaded(vga);
    vga_vbe_loaded(vga);
    vga_path_update(vga);
    if (vga->window)
        vga->window(vga->window_owner);
}

static void init_pci(struct vga *vga, u8 *rom, u32 rom_bytes)
{
    pci_function_init(&vga->pci, 0x1234, 0x1111, 0x030000);
    pci_set(&vga->pci, PCI_COMMAND, 2, 0, PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
    pci_set_bar(&vga->pci, 0,
                (struct pci_bar){.space = PCI_SPACE_MEMORY, .prefetchable = true,
                                 .size = VGA_MEMORY, .host = vga->memory});
    if (rom)
        /* its own bit is enough: Bochs's BIOS copies the ROM while the command register is 0 */
        pci_set_bar(&vga->pci, PCI_ROM_BAR,
                    (struct pci_bar){.space = PCI_SPACE_ROM, .enable_at = PCI_ROM, .enable = 1,
                                     .size = rom_bytes, .host = rom});
}

void vga_init(struct vga *vga, struct clock *clock, u8 *memory, u8 *rom, u32 rom_bytes)
{
    *vga = (struct vga){.clock = clock, .memory = memory};
    timer_init(&vga->retrace, clock, vga_retrace_fire, vga);
    init_pci(vga, rom, rom_bytes);
    vga_timing_update(vga);
    vga_reset(vga);
}

static const struct field vga_fields[] = {
    FIELD_STRUCT(struct vga, pci, pci_function_fields),
    TRANSIENT(struct vga, clock),
    FIELD_STRUCT(struct vga, irq, line_fields),
    FIELD_STRUCT(struct vga, retrace, timer_fields),
    TRANSIENT(struct vga, window),
    TRANSIENT(struct vga, window_owner),
    FIELD(struct vga, misc),
    FIELD(struct vga, feature),
    FIELD(struct vga, enable),
    FIELD(struct vga, crtc_index),
    FIELD(struct vga, seq_index),
    FIELD(struct vga, gc_index),
    FIELD(struct vga, ac_index),
    FIELD(struct vga, ac_data),
    FIELD_ARRAY(struct vga, crtc),
    FIELD_ARRAY(struct vga, seq),
    FIELD_ARRAY(struct vga, gc),
    FIELD_ARRAY(struct vga, ac),
    FIELD(struct vga, dac_mask),
    FIELD(struct vga, dac_address),
    FIELD_MAX(struct vga, dac_step, 2),
    FIELD(struct vga, dac_reading),
    FIELD_ARRAY(struct vga, dac_buffer),
    FIELD_ARRAY(struct vga, dac),
    FIELD(struct vga, vbe_index),
    FIELD_ARRAY(struct vga, vbe),
    FIELD(struct vga, latch),
    FIELD(struct vga, start),
    FIELD(struct vga, pending),
    FIELD(struct vga, retraces),
    TRANSIENT(struct vga, timing),
    TRANSIENT(struct vga, path),
    TRANSIENT(struct vga, memory),
    FIELD_END,
};

const struct chip vga_chip = {
    .name = "vga",
    .reset = vga_reset,
    .read = vga_read,
    .write = vga_write,
    .loaded = vga_loaded,
    .fields = vga_fields,
    .size = sizeof(struct vga),
};
