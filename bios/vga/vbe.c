/* SPDX-License-Identifier: MIT */
/*
 * INT 10h AH=4Fh: VESA BIOS Extension 3.0 on the display interface of Bochs (ports 1CEh, 1CFh).
 *
 * Nothing is remembered: the mode that is on is found by size and depth, which the registers hold.
 * VESA, "VESA BIOS EXTENSION (VBE) Core Functions Standard", version 3.0.
 */
#include "vga.h"

enum { INDEX = 0x1ce, DATA = 0x1cf };
enum { ID, WIDTH, HEIGHT, BITS, ENABLE, BANK, VIRTUAL_WIDTH, VIRTUAL_HEIGHT, X, Y, MEMORY, REGS };
enum { ENABLED = 0x01, CAPABILITIES = 0x02, DAC_8 = 0x20, FRAME_BUFFER = 0x40, KEEP = 0x80 };
enum { ID_MASK = 0xfff0, IDS = 0xb0c0 };
enum { NOT_NOW = 0x034f };

struct vbe_mode {
    u16 number, width, height;
    u8 bits;
};

/* The usual numbers: VESA's own up to 11Bh, then those of other emulators' BIOSes. */
static const struct vbe_mode modes[] = {
    {0x100, 640, 400, 8},    {0x101, 640, 480, 8},    {0x103, 800, 600, 8},
    {0x105, 1024, 768, 8},   {0x107, 1280, 1024, 8},  {0x10d, 320, 200, 15},
    {0x10e, 320, 200, 16},   {0x10f, 320, 200, 24},   {0x110, 640, 480, 15},
    {0x111, 640, 480, 16},   {0x112, 640, 480, 24},   {0x113, 800, 600, 15},
    {0x114, 800, 600, 16},   {0x115, 800, 600, 24},   {0x116, 1024, 768, 15},
    {0x117, 1024, 768, 16},  {0x118, 1024, 768, 24},  {0x119, 1280, 1024, 15},
    {0x11a, 1280, 1024, 16}, {0x11b, 1280, 1024, 24}, {0x11c, 1600, 1200, 8},
    {0x11d, 1600, 1200, 15}, {0x11e, 1600, 1200, 16}, {0x11f, 1600, 1200, 24},
    {0x140, 320, 200, 32},   {0x141, 640, 400, 32},   {0x142, 640, 480, 32},
    {0x143, 800, 600, 32},   {0x144, 1024, 768, 32},  {0x145, 1280, 1024, 32},
    {0x146, 320, 200, 8},    {0x147, 1600, 1200, 32}, {0x148, 1152, 864, 8},
    {0x149, 1152, 864, 15},  {0x14a, 1152, 864, 16},  {0x14b, 1152, 864, 24},
    {0x14c, 1152, 864, 32},
};

/* Bits and position of red, green, blue and what is left over. */
static const struct format {
    u8 bits, masks[8];
} formats[] = {
    {15, {5, 10, 5, 5, 5, 0, 1, 15}},
    {16, {5, 11, 6, 5, 5, 0, 0, 0}},
    {24, {8, 16, 8, 8, 8, 0, 0, 0}},
    {32, {8, 16, 8, 8, 8, 0, 8, 24}},
};

static u16 get(u16 reg)
{
    out16(INDEX, reg);
    return in16(DATA);
}

static void set(u16 reg, u16 value)
{
    out16(INDEX, reg);
    out16(DATA, value);
}

static u8 present(void)
{
    return (get(ID) & ID_MASK) == IDS;
}

/* The mode that a standard mode ends; called when the VGA's registers are set already. */
void vbe_off(void)
{
    if (present() && get(ENABLE) & ENABLED)
        set(ENABLE, 0);
}

static u16 pixel_bytes(u8 bits)
{
    return (u16)((bits + 7) / 8);
}

static const struct vbe_mode *find(u16 number)
{
    for (u32 i = 0; i < ARRAY_SIZE(modes); i++)
        if (modes[i].number == number)
            return &modes[i];
    return 0;
}

static const struct vbe_mode *now(void)
{
    u16 width = get(WIDTH), height = get(HEIGHT), bits = get(BITS);

    for (u32 i = 0; i < ARRAY_SIZE(modes); i++)
        if (modes[i].width == width && modes[i].height == height && modes[i].bits == bits)
            return &modes[i];
    return 0;
}

static u32 mode_bytes(const struct vbe_mode *mode)
{
    return (u32)mode->width * mode->height * pixel_bytes(mode->bits);
}

static u8 fits(const struct vbe_mode *mode)
{
    return mode_bytes(mode) >> 16 < get(MEMORY);
}

/* Base address 0 of the function with our identification; 0: nobody has given it an address. */
static u32 frame_buffer_find(void)
{
    for (u32 devfn = 0; devfn < 0x100; devfn++) {
        out32(0xcf8, 0x80000000u | devfn << 8);
        if (in32(0xcfc) != 0x11111234)
            continue;
        out32(0xcf8, 0x80000010u | devfn << 8);
        return in32(0xcfc) & ~15u;
    }
    return 0xe0000000u;
}

/* POST, while this ROM is in RAM that can be written: later, under a monitor, PCI may be out of
   reach. The third byte keeps the ROM's sum. */
void vbe_post(void)
{
    u16 high = (u16)(frame_buffer_find() >> 16);

    if (!present())
        return;
    far_write16(code_seg(), OFF(vbe_frame_buffer), high);
    far_write8(code_seg(), OFF(vbe_frame_buffer) + 2, (u8)-(high + (high >> 8)));
}

/* Where the frame buffer is; 0: nowhere. */
static u32 frame_buffer(void)
{
    u16 high = far_read16(code_seg(), OFF(vbe_frame_buffer));

    return high ? (u32)high << 16 : frame_buffer_find();
}

static void put32(u16 seg, u16 off, u32 value)
{
    far_write16(seg, off, (u16)value);
    far_write16(seg, (u16)(off + 2), (u16)(value >> 16));
}

static void put_far(u16 seg, u16 off, u16 offset)
{
    far_write16(seg, off, offset);
    far_write16(seg, (u16)(off + 2), code_seg());
}

/* 4F00h: the controller. Callers who wrote 'VBE2' there get 512 bytes, others 256. */
static u16 information(frame *r)
{
    static const char name[] = "twin86 VGA", vendor[] = "twin86", revision[] = "1";
    u16 seg = r->es, off = r->di, at;
    u8 two = far_read16(seg, off) == 0x4256 && far_read16(seg, (u16)(off + 2)) == 0x3245;

    far_fill16(seg, off, 0, two ? 256 : 128);
    put32(seg, off, 0x41534556); /* VESA */
    far_write16(seg, (u16)(off + 4), 0x0300);
    put_far(seg, (u16)(off + 6), OFF(name));
    put32(seg, (u16)(off + 10), 1); /* the DAC can have 8 bits */
    far_write16(seg, (u16)(off + 18), get(MEMORY));
    at = two ? 256 : 34; /* the list of modes: in the caller's block */
    far_write16(seg, (u16)(off + 14), (u16)(off + at));
    far_write16(seg, (u16)(off + 16), seg);
    for (u32 i = 0; i < ARRAY_SIZE(modes); i++)
        if (fits(&modes[i])) {
            far_write16(seg, (u16)(off + at), modes[i].number);
            at = (u16)(at + 2);
        }
    far_write16(seg, (u16)(off + at), 0xffff);
    if (two) {
        far_write16(seg, (u16)(off + 20), 0x0100);
        put_far(seg, (u16)(off + 22), OFF(vendor));
        put_far(seg, (u16)(off + 26), OFF(name));
        put_far(seg, (u16)(off + 30), OFF(revision));
    }
    return VBE_SUPPORTED;
}

static void put_masks(u16 seg, u16 off, u8 bits)
{
    for (u32 i = 0; i < ARRAY_SIZE(formats); i++)
        if (formats[i].bits == bits)
            for (u8 k = 0; k < 8; k++)
                far_write8(seg, (u16)(off + k), formats[i].masks[k]);
}

/* 4F01h: a mode. It can be had by banks and at the frame buffer; text output is not offered. */
static u16 mode_information(frame *r)
{
    const struct vbe_mode *mode = find(r->cx & 0x1ff);
    u16 seg = r->es, off = r->di, pitch;
    u32 linear;
    u8 pages;

    if (!mode || !fits(mode))
        return VBE_FAILED;
    linear = frame_buffer();
    pitch = (u16)(mode->width * pixel_bytes(mode->bits));
    pages = (u8)(((u32)get(MEMORY) << 16) / mode_bytes(mode) - 1);
    far_fill16(seg, off, 0, 128);
    /* there, information, colour, graphics, not by the VGA's registers, frame buffer */
    far_write16(seg, off, linear ? 0xbb : 0x3b);
    far_write8(seg, (u16)(off + 2), 7);  /* window A: there, read, written */
    far_write16(seg, (u16)(off + 4), 64);
    far_write16(seg, (u16)(off + 6), 64);
    far_write16(seg, (u16)(off + 8), 0xa000);
    put_far(seg, (u16)(off + 12), OFF(vbe_window));
    far_write16(seg, (u16)(off + 16), pitch);
    far_write16(seg, (u16)(off + 18), mode->width);
    far_write16(seg, (u16)(off + 20), mode->height);
    far_write8(seg, (u16)(off + 22), 8);
    far_write8(seg, (u16)(off + 23), 16);
    far_write8(seg, (u16)(off + 24), 1);
    far_write8(seg, (u16)(off + 25), mode->bits);
    far_write8(seg, (u16)(off + 26), 1);
    far_write8(seg, (u16)(off + 27), mode->bits == 8 ? 4 : 6); /* packed pixels, direct colour */
    far_write8(seg, (u16)(off + 29), pages);
    far_write8(seg, (u16)(off + 30), 1);
    put_masks(seg, (u16)(off + 31), mode->bits);
    far_write8(seg, (u16)(off + 39), mode->bits == 32 ? 2 : 0);
    put32(seg, (u16)(off + 40), linear);
    far_write16(seg, (u16)(off + 50), pitch); /* version 3: the same at the frame buffer */
    far_write8(seg, (u16)(off + 52), pages);
    far_write8(seg, (u16)(off + 53), pages);
    put_masks(seg, (u16)(off + 54), mode->bits);
    put32(seg, (u16)(off + 62), 229500000);
    return VBE_SUPPORTED;
}

enum { MODE_CRTC = 0x0800, MODE_LINEAR = 0x4000, MODE_KEEP = 0x8000 };

/* 4F02h. The VGA's registers first: a monitor that watches them saves its screen before it goes. */
static u16 mode_switch(frame *r)
{
    const struct vbe_mode *mode = find(r->bx & 0x1ff);
    u16 flags = ENABLED;

    if ((r->bx & 0x1ff) < 0x100) {
        if (!mode_find(r->bx & 0x7f))
            return VBE_FAILED;
        mode_set((u8)((r->bx & 0x7f) | (r->bx & MODE_KEEP ? 0x80 : 0)));
        return VBE_SUPPORTED;
    }
    if (!mode || !fits(mode) || r->bx & MODE_CRTC || (r->bx & MODE_LINEAR && !frame_buffer()))
        return VBE_FAILED;
    mode_set(0x13 | 0x80);
    if (r->bx & MODE_LINEAR)
        flags |= FRAME_BUFFER;
    if (r->bx & MODE_KEEP)
        flags |= KEEP;
    set(ENABLE, 0);
    set(WIDTH, mode->width);
    set(HEIGHT, mode->height);
    set(BITS, mode->bits);
    set(ENABLE, flags);
    return VBE_SUPPORTED;
}

/* 4F03h */
static u16 mode_current(frame *r)
{
    const struct vbe_mode *mode = now();
    u16 flags = get(ENABLE);

    if (!(flags & ENABLED) || !mode)
        r->bx = BDA->mode;
    else
        r->bx = (u16)(mode->number | (flags & FRAME_BUFFER ? MODE_LINEAR : 0) |
                      (flags & KEEP ? MODE_KEEP : 0));
    return VBE_SUPPORTED;
}

/* 4F04h: what INT 10h AH=1Ch saves, and the registers from WIDTH on, a block of 64 bytes. */
enum { STATE_VBE = 8, STATE_BLOCK = 64 };

static void registers_save(u16 seg, u16 off)
{
    for (u16 i = WIDTH; i <= Y; i++)
        far_write16(seg, (u16)(off + 2 * i), get(i));
}

static void registers_restore(u16 seg, u16 off)
{
    u16 flags = far_read16(seg, off + 2 * ENABLE);

    set(ENABLE, 0);
    for (u16 i = WIDTH; i <= BITS; i++)
        set(i, far_read16(seg, (u16)(off + 2 * i)));
    set(ENABLE, flags | KEEP);
    if (flags & ENABLED)
        for (u16 i = BANK; i <= Y; i++)
            set(i, far_read16(seg, (u16)(off + 2 * i)));
}

static u16 state(frame *r)
{
    u16 more = r->cx & STATE_VBE ? 1 : 0, off = r->bx;

    if (r->dl > 2)
        return VBE_FAILED;
    if (more && r->dl == 1)
        registers_save(r->es, off);
    r->al = r->dl;
    if (r->dl)
        r->bx = (u16)(off + more * STATE_BLOCK);
    fn_state(r);
    r->bx = r->dl ? off : (u16)(r->bx + more);
    if (more && r->dl == 2)
        registers_restore(r->es, off);
    return VBE_SUPPORTED;
}

/* 4F05h: banks. Not in a mode at the frame buffer. */
static u16 window(frame *r)
{
    u16 flags = get(ENABLE);

    if (r->bl || r->bh > 1)
        return VBE_FAILED;
    if (!(flags & ENABLED) || flags & FRAME_BUFFER)
        return NOT_NOW;
    if (r->bh == 1) {
        r->dx = get(BANK);
        return VBE_SUPPORTED;
    }
    set(BANK, r->dx);
    return get(BANK) == r->dx ? VBE_SUPPORTED : VBE_FAILED;
}

/* 4F06h: the length of a line, in pixels or bytes. */
static u16 line_length(frame *r)
{
    u16 bytes = pixel_bytes((u8)get(BITS)), lines = get(HEIGHT);
    u32 most = ((u32)get(MEMORY) << 16) / bytes / lines;

    if (!(get(ENABLE) & ENABLED))
        return NOT_NOW;
    if (most > 0xffffu / bytes)
        most = 0xffffu / bytes;
    if (r->bl == 3) {
        r->cx = (u16)most;
        r->bx = (u16)(most * bytes);
        r->dx = lines;
        return VBE_SUPPORTED;
    }
    if (r->bl > 3)
        return VBE_FAILED;
    if (r->bl != 1) {
        u32 pixels = r->bl == 2 ? (r->cx + bytes - 1u) / bytes : r->cx;
        if (pixels > most)
            return 0x024f; /* not with this hardware */
        set(VIRTUAL_WIDTH, (u16)pixels);
    }
    r->cx = get(VIRTUAL_WIDTH);
    r->bx = (u16)(r->cx * bytes);
    r->dx = get(VIRTUAL_HEIGHT);
    return VBE_SUPPORTED;
}

static void await_retrace(void)
{
    while (in8(STATUS1) & 8)
        ;
    while (!(in8(STATUS1) & 8))
        ;
}

/* 4F07h: what is shown first. */
static u16 display_start(frame *r)
{
    if (!(get(ENABLE) & ENABLED))
        return NOT_NOW;
    if (r->bl == 1) {
        r->bh = 0;
        r->cx = get(X);
        r->dx = get(Y);
        return VBE_SUPPORTED;
    }
    if (r->bl != 0 && r->bl != 0x80)
        return VBE_FAILED;
    if ((u32)r->cx + get(WIDTH) > get(VIRTUAL_WIDTH) ||
        (u32)r->dx + get(HEIGHT) > get(VIRTUAL_HEIGHT))
        return VBE_FAILED;
    if (r->bl == 0x80)
        await_retrace();
    set(X, r->cx);
    set(Y, r->dx);
    return VBE_SUPPORTED;
}

/* 4F08h: bits of the DAC. */
static u16 dac_format(frame *r)
{
    u16 flags = get(ENABLE);

    if (r->bl > 1)
        return VBE_FAILED;
    if (get(BITS) != 8 || !(flags & ENABLED))
        return NOT_NOW;
    if (r->bl == 0)
        set(ENABLE, r->bh >= 8 ? flags | DAC_8 | KEEP : (flags & ~DAC_8) | KEEP);
    r->bh = get(ENABLE) & DAC_8 ? 8 : 6;
    return VBE_SUPPORTED;
}

/* 4F09h: blue, green, red and a byte for each colour. */
static u16 palette_data(frame *r)
{
    u16 seg = r->es, off = r->di, count = r->cx;
    u8 reading = r->bl == 1;

    if (r->bl == 2 || r->bl == 3)
        return 0x024f; /* there is no second palette */
    if ((r->bl > 1 && r->bl != 0x80) || r->dx > 255 || count > 256u - r->dx)
        return VBE_FAILED;
    if (r->bl == 0x80)
        await_retrace();
    out8(reading ? DAC_READ : DAC_WRITE, (u8)r->dx);
    for (u16 i = 0; i < count; i++, off = (u16)(off + 4))
        for (u16 k = 3; k-- > 0;)
            if (reading)
                far_write8(seg, (u16)(off + k), in8(DAC_DATA));
            else
                out8(DAC_DATA, far_read8(seg, (u16)(off + k)));
    return VBE_SUPPORTED;
}

/* 4F0Ah: 4F05h, 4F07h and 4F09h for callers in 32-bit protected mode. */
static u16 protected_mode(frame *r)
{
    if (r->bl)
        return VBE_FAILED;
    r->es = code_seg();
    r->di = OFF(vbe_protected);
    r->cx = OFF(vbe_protected_end) - OFF(vbe_protected);
    return VBE_SUPPORTED;
}

void fn_vbe(frame *r)
{
    static u16 (*const functions[])(frame *r) = {
        [0x00] = information,   [0x01] = mode_information, [0x02] = mode_switch,
        [0x03] = mode_current,  [0x04] = state,            [0x05] = window,
        [0x06] = line_length,   [0x07] = display_start,    [0x08] = dac_format,
        [0x09] = palette_data,  [0x0a] = protected_mode,   [0x10] = vbe_power,
        [0x15] = vbe_ddc,
    };
    u8 number = r->al;

    if (number < ARRAY_SIZE(functions) && functions[number] && present())
        r->ax = functions[number](r);
    else if (present())
        r->ax = 0x0100 | number;
}
