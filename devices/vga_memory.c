/* SPDX-License-Identifier: MIT */
/*
 * The way of a CPU byte into the four planes and back: sequencer and graphics controller.
 *
 *   CPU byte -> rotate -> set/reset -> function with the latches -> bit mask -> map mask -> planes
 *   planes -> latches -> read map select, or colour compare -> CPU byte
 *
 * All four planes move at once in 32-bit words. What the registers ask for is worked out when a
 * register changes; an access calls the reader or writer that was picked then.
 */
#include "devices/vga_parts.h"

#define ALL_PLANES 0xffffffffu

/* The memory map field of the graphics controller's miscellaneous register. */
static const struct {
    u32 first, last, bits;
} windows[4] = {
    {0x00000, 0x1ffff, 0x1ffff},
    {0x00000, 0x0ffff, 0x0ffff},
    {0x10000, 0x17fff, 0x07fff},
    {0x18000, 0x1ffff, 0x07fff},
};

/* The same byte for every plane. */
INLINE u32 each_plane(u8 value)
{
    return value * 0x01010101u;
}

/* A byte of ones for every plane whose bit is set in the low four of BITS. */
INLINE u32 plane_bytes(u32 bits)
{
    return ((bits & 15) * 0x00204081u & 0x01010101u) * 0xffu;
}

INLINE u32 rotated(const struct vga *vga, u8 value)
{
    u32 n = vga->gc[GR_DATA_ROTATE] & 7;
    return each_plane((u8)(value >> n | value << (8 - n)));
}

/* The logical function with the latches, then the bit mask. */
INLINE u32 combine(const struct vga *vga, u32 value, u32 bit_mask)
{
    u32 latch = vga->latch;
    switch (vga->gc[GR_DATA_ROTATE] >> 3 & 3) {
    case 1:
        value &= latch;
        break;
    case 2:
        value |= latch;
        break;
    case 3:
        value ^= latch;
        break;
    default:
        break;
    }
    return (value & bit_mask) | (latch & ~bit_mask);
}

/* Write mode 0 with nothing between CPU and planes. */
static u32 blend_plain(const struct vga *vga, u8 value)
{
    (void)vga;
    return each_plane(value);
}

static u32 blend_0(const struct vga *vga, u8 value)
{
    const struct vga_path *p = &vga->path;
    u32 v = (rotated(vga, value) & ~p->enable_set_reset) | (p->set_reset & p->enable_set_reset);
    return combine(vga, v, p->bit_mask);
}

static u32 blend_1(const struct vga *vga, u8 value)
{
    (void)value;
    return vga->latch;
}

static u32 blend_2(const struct vga *vga, u8 value)
{
    return combine(vga, plane_bytes(value), vga->path.bit_mask);
}

static u32 blend_3(const struct vga *vga, u8 value)
{
    return combine(vga, vga->path.set_reset, rotated(vga, value) & vga->path.bit_mask);
}

static u32 (*const blends[4])(const struct vga *vga, u8 value) = {blend_0, blend_1, blend_2,
                                                                  blend_3};

/* The cell of CPU offset A, with A0 replaced when odd and even addresses are chained. */
INLINE u8 *planar_cell(struct vga *vga, u32 a)
{
    const struct vga_path *p = &vga->path;
    return &vga->memory[vga_cell((a & p->keep) | p->low | (a >> 16 & p->from_16)) * 4];
}

INLINE u8 *chain_4_cell(struct vga *vga, u32 a)
{
    return &vga->memory[a & vga->path.linear];
}

INLINE void store(u8 *cell, u32 value, u32 planes)
{
    put32(cell, (get32(cell) & ~planes) | (value & planes));
}

static void write_planar(struct vga *vga, u32 a, u8 value)
{
    store(planar_cell(vga, a), vga->path.blend(vga, value), vga->path.plane_mask);
}

/* Even addresses go to planes 0 and 2, odd ones to 1 and 3. */
static void write_odd_even(struct vga *vga, u32 a, u8 value)
{
    u32 planes = vga->path.plane_mask & (0x00ff00ffu << 8 * (a & 1));
    store(planar_cell(vga, a), vga->path.blend(vga, value), planes);
}

/* Text modes: odd/even, planes 0 and 1, nothing in the way. */
static void write_text(struct vga *vga, u32 a, u8 value)
{
    planar_cell(vga, a)[a & 1] = value;
}

static void write_chain_4(struct vga *vga, u32 a, u8 value)
{
    u32 planes = vga->path.plane_mask & (0xffu << 8 * (a & 3));
    store(chain_4_cell(vga, a), vga->path.blend(vga, value), planes);
}

static u8 read_planar(struct vga *vga, u32 a)
{
    vga->latch = get32(planar_cell(vga, a));
    return (u8)(vga->latch >> 8 * (vga->gc[GR_READ_MAP] & 3));
}

static u8 read_odd_even(struct vga *vga, u32 a)
{
    vga->latch = get32(planar_cell(vga, a));
    return (u8)(vga->latch >> 8 * ((vga->gc[GR_READ_MAP] & 2) | (a & 1)));
}

static u8 read_chain_4(struct vga *vga, u32 a)
{
    vga->latch = get32(chain_4_cell(vga, a));
    return (u8)(vga->latch >> 8 * (a & 3));
}

/* A one for each of eight pixels whose colour matches in the planes that count. */
static u8 compared(const struct vga *vga)
{
    u32 differs = (vga->latch ^ vga->path.compare) & vga->path.care;
    differs |= differs >> 16;
    return (u8) ~(differs | differs >> 8);
}

static u8 compare_planar(struct vga *vga, u32 a)
{
    vga->latch = get32(planar_cell(vga, a));
    return compared(vga);
}

static u8 compare_chain_4(struct vga *vga, u32 a)
{
    vga->latch = get32(chain_4_cell(vga, a));
    return compared(vga);
}

static void window_update(const struct vga *vga, struct vga_path *p)
{
    u32 map = vga->gc[GR_MISCELLANEOUS] >> 2 & 3;
    bool on = vga->misc & MISC_RAM && vga->enable & ENABLE_VGA;
    p->first = on ? windows[map].first : 1;
    p->last = on ? windows[map].last : 0;
    p->keep = windows[map].bits & 0xffff;
    p->linear = p->keep & ~3u;
    p->low = p->from_16 = 0;
    if (!(vga->gc[GR_MISCELLANEOUS] & GR06_CHAIN))
        return;
    p->keep &= ~1u;
    if (map == 0)
        p->from_16 = 1;
    else
        p->low = !(vga->misc & MISC_HIGH_PAGE);
}

static void masks_update(const struct vga *vga, struct vga_path *p)
{
    p->plane_mask = plane_bytes(vga->seq[SR_MAP_MASK]);
    p->set_reset = plane_bytes(vga->gc[GR_SET_RESET]);
    p->enable_set_reset = plane_bytes(vga->gc[GR_ENABLE_SET_RESET]);
    p->bit_mask = each_plane(vga->gc[GR_BIT_MASK]);
    p->compare = plane_bytes(vga->gc[GR_COLOUR_COMPARE]);
    p->care = plane_bytes(vga->gc[GR_COLOUR_CARE]);
}

static void reader_update(const struct vga *vga, struct vga_path *p)
{
    bool chain_4 = vga->seq[SR_MEMORY_MODE] & SR04_CHAIN_4;
    if (vga->gc[GR_MODE] & GR05_READ_MODE_1)
        p->read = chain_4 ? compare_chain_4 : compare_planar;
    else if (chain_4)
        p->read = read_chain_4;
    else
        p->read = vga->gc[GR_MODE] & GR05_ODD_EVEN ? read_odd_even : read_planar;
}

static void writer_update(const struct vga *vga, struct vga_path *p)
{
    u32 mode = vga->gc[GR_MODE] & 3;
    bool plain = mode == 0 && vga->gc[GR_DATA_ROTATE] == 0 && vga->gc[GR_BIT_MASK] == 0xff &&
                 p->enable_set_reset == 0;
    p->blend = plain ? blend_plain : blends[mode];
    if (vga->seq[SR_MEMORY_MODE] & SR04_CHAIN_4)
        p->write = write_chain_4;
    else if (vga->seq[SR_MEMORY_MODE] & SR04_NOT_ODD_EVEN)
        p->write = write_planar;
    else
        p->write = plain && p->plane_mask == 0xffff ? write_text : write_odd_even;
}

/* Windows of 64 and 32 KiB; in the one of 128 KiB the upper half shows the lower one again. */
static bool is_plain(const struct vga *vga, const struct vga_path *p)
{
    return p->first <= p->last && p->write == write_chain_4 && p->read == read_chain_4 &&
           p->blend == blend_plain && p->plane_mask == ALL_PLANES &&
           vga->gc[GR_MISCELLANEOUS] & 0x0c;
}

/* A bank of a linear mode at A0000h, whatever the VGA's registers say. */
static void bank_update(const struct vga *vga, struct vga_path *p)
{
    p->base = 0;
    if (!vga_vbe_on(vga))
        return;
    p->plain = true;
    p->first = 0;
    p->last = VGA_BANK - 1;
    p->base = (u32)vga->vbe[VBE_BANK] * VGA_BANK;
}

void vga_path_update(struct vga *vga)
{
    struct vga_path *p = &vga->path;
    bool was_plain = p->plain;
    u32 was_first = p->first, was_base = p->base;
    window_update(vga, p);
    masks_update(vga, p);
    reader_update(vga, p);
    writer_update(vga, p);
    p->plain = is_plain(vga, p);
    bank_update(vga, p);
    bool moved = p->first != was_first || p->base != was_base;
    if (vga->window && (p->plain != was_plain || (p->plain && moved)))
        vga->window(vga->window_owner);
}

void vga_set_window(struct vga *vga, void (*window)(void *owner), void *owner)
{
    vga->window = window;
    vga->window_owner = owner;
}

u8 *vga_window_ram(struct vga *vga, u32 *first, u32 *bytes)
{
    const struct vga_path *p = &vga->path;
    if (!p->plain)
        return NULL;
    *first = p->first;
    *bytes = p->last - p->first + 1;
    return vga->memory + p->base;
}

static u32 memory_read(void *chip, u32 reg, unsigned size)
{
    struct vga *vga = chip;
    u32 value = 0;
    for (unsigned i = 0; i < size; i++) {
        u32 at = reg + i;
        bool inside = at >= vga->path.first && at <= vga->path.last;
        value |= (u32)(inside ? vga->path.read(vga, at) : 0xff) << 8 * i;
    }
    return value;
}

static void memory_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct vga *vga = chip;
    for (unsigned i = 0; i < size; i++) {
        u32 at = reg + i;
        if (at >= vga->path.first && at <= vga->path.last)
            vga->path.write(vga, at, (u8)(value >> 8 * i));
    }
}

/* Memory keeps its contents, and vga_chip resets what leads to it. */
static void memory_reset(void *chip)
{
    (void)chip;
}

static const struct field memory_fields[] = {FIELD_END};

const struct chip vga_memory_chip = {
    .name = "vga-memory",
    .reset = memory_reset,
    .read = memory_read,
    .write = memory_write,
    .fields = memory_fields,
};
