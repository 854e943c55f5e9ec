/* SPDX-License-Identifier: MIT */
/* Setting a mode: registers from the parameter table, palette, fonts, memory, BIOS data. */
#include "vga.h"

#define SAME(n)                                                                                    \
    {                                                                                              \
        n, n, n                                                                                    \
    }

/* number, kind, colours, pages, segment, parameters for 200, 350, 400 lines, 40:65, DAC, bits */
static const struct mode modes[] = {
    {0x00, TEXT, 16, 8, 0xb800, {0x00, 0x13, 0x17}, 0x2c, DAC_EGA, 0},
    {0x01, TEXT, 16, 8, 0xb800, {0x01, 0x14, 0x17}, 0x28, DAC_EGA, 0},
    {0x02, TEXT, 16, 8, 0xb800, {0x02, 0x15, 0x18}, 0x2d, DAC_EGA, 0},
    {0x03, TEXT, 16, 8, 0xb800, {0x03, 0x16, 0x18}, 0x29, DAC_EGA, 0},
    {0x04, CGA, 4, 1, 0xb800, SAME(0x04), 0x2a, DAC_CGA, 2},
    {0x05, CGA, 4, 1, 0xb800, SAME(0x05), 0x2e, DAC_CGA, 2},
    {0x06, CGA, 2, 1, 0xb800, SAME(0x06), 0x1e, DAC_CGA, 1},
    {0x07, TEXT, 0, 8, 0xb000, {0x07, 0x07, 0x19}, 0x29, DAC_MONO, 0},
    {0x0d, PLANAR, 16, 8, 0xa000, SAME(0x0d), 0x29, DAC_CGA, 15},
    {0x0e, PLANAR, 16, 4, 0xa000, SAME(0x0e), 0x29, DAC_CGA, 15},
    {0x0f, PLANAR, 2, 2, 0xa000, SAME(0x11), 0x29, DAC_MONO, 5},
    {0x10, PLANAR, 16, 2, 0xa000, SAME(0x12), 0x29, DAC_EGA, 15},
    {0x11, PLANAR, 2, 1, 0xa000, SAME(0x1a), 0x29, DAC_EGA, 1},
    {0x12, PLANAR, 16, 1, 0xa000, SAME(0x1b), 0x29, DAC_EGA, 15},
    {0x13, LINEAR, 0, 1, 0xa000, SAME(0x1c), 0x29, DAC_256, 8},
};

const struct mode *mode_find(u8 number)
{
    for (u32 i = 0; i < ARRAY_SIZE(modes); i++)
        if (modes[i].number == number)
            return &modes[i];
    return 0;
}

/* The mode that the BIOS data name; mode 3 if they name none of ours. */
const struct mode *mode_now(void)
{
    const struct mode *mode = mode_find(BDA->mode);

    return mode ? mode : &modes[3];
}

static u8 lines_option(void)
{
    return BDA->options & OPTION_200 ? 0 : BDA->options & OPTION_400 ? 2 : 1;
}

/* 0, 1, 2, 3 for 200, 350, 400 and 480 lines: the code of the state table. */
u8 mode_lines(const struct mode *mode)
{
    u8 set = mode->params[lines_option()];

    if (mode->kind != TEXT)
        return set == 0x1a || set == 0x1b ? 3 : set == 0x11 || set == 0x12 ? 1 : 0;
    return set >= 0x17 ? 2 : set == 0x07 || set >= 0x13 ? 1 : 0;
}

/* One byte of an entry: the table may be the user's, anywhere in memory. */
#define PARAM(table, field)                                                                        \
    far_read8((u16)((table) >> 16), (u16)((table) + (u32) __builtin_offsetof(struct params, field)))

static u32 params_find(const struct mode *mode)
{
    u32 table = save_pointer(0);

    if (!table)
        table = (u32)code_seg() << 16 | OFF(params_table);
    return table + mode->params[lines_option()] * (u32)sizeof(struct params);
}

static void sequencer_set(u32 table)
{
    reg_write(SEQ, 0, 1); /* held in reset while the clock changes */
    for (u8 i = 0; i < 4; i++)
        reg_write(SEQ, (u8)(i + 1), PARAM(table, seq[i]) | (i == 0 ? 0x20 : 0));
    out8(MISC_WRITE, PARAM(table, misc));
    reg_write(SEQ, 0, 3);
}

static void crtc_set(u32 table)
{
    BDA->crtc = PARAM(table, misc) & 1 ? 0x3d4 : 0x3b4;
    reg_write(BDA->crtc, 0x11, 0); /* registers 0-7 lose their write protection */
    for (u8 i = 0; i < 25; i++)
        reg_write(BDA->crtc, i, PARAM(table, crtc[i]));
}

static void attr_set(u32 table)
{
    u8 first = BDA->options & OPTION_NO_PALETTE ? 16 : 0;

    for (u8 i = first; i < 20; i++)
        if (!first || i != 17) /* the border is part of the palette */
            attr_write(i, PARAM(table, attr[i]));
    attr_write(20, 0);
}

static void gc_set(u32 table)
{
    for (u8 i = 0; i < 9; i++)
        reg_write(GC, i, PARAM(table, gc[i]));
}

/* The dynamic save area: palette registers and border as the mode left them. */
static void save_area_fill(u32 table)
{
    u32 area = save_pointer(1);

    if (area)
        for (u8 i = 0; i < 17; i++)
            far_write8((u16)(area >> 16), (u16)(area + i), PARAM(table, attr[i]));
}

static void memory_clear(const struct mode *mode)
{
    if (mode->kind == TEXT)
        far_fill16(mode->segment, 0, 0x0720, 0x4000);
    else if (mode->kind == CGA)
        far_fill16(mode->segment, 0, 0, 0x4000);
    else
        far_fill16(mode->segment, 0, 0, 0x8000);
}

static void data_set(const struct mode *mode, u32 table, u8 keep)
{
    BDA->mode = mode->number;
    BDA->columns = PARAM(table, columns);
    BDA->rows = PARAM(table, rows);
    BDA->char_height = PARAM(table, char_height);
    BDA->page_size = far_read16((u16)(table >> 16), (u16)(table + 3));
    BDA->page_start = 0;
    BDA->page = 0;
    for (u8 i = 0; i < 8; i++)
        BDA->cursor[i] = 0;
    BDA->cga_mode = mode->cga_mode;
    BDA->cga_color = mode->number == 6 ? 0x3f : 0x30;
    BDA->control = (BDA->control & ~(CONTROL_KEEP | CONTROL_MONO)) | CONTROL_256K | keep |
                   (BDA->crtc == 0x3b4 ? CONTROL_MONO : 0);
    BDA->equipment = (BDA->equipment & ~0x30) | (BDA->crtc == 0x3b4 ? 0x30 : 0x20);
}

static enum dac dac_of(const struct mode *mode)
{
    return mode->kind == TEXT && mode->dac == DAC_EGA && lines_option() == 0 ? DAC_CGA : mode->dac;
}

/* Does the list at seg:off (bytes, ended by FFh) name this mode? */
static u8 mode_listed(u16 seg, u16 off, u8 number)
{
    for (u16 i = 0; i < 32; i++) {
        u8 entry = far_read8(seg, (u16)(off + i));
        if (entry == 0xff)
            break;
        if (entry == number)
            return 1;
    }
    return 0;
}

/* Save pointer 2: height, block, count, first, font, rows (FFh: as many as fit), modes. */
static void text_font_override(u8 number)
{
    u32 p = save_pointer(2);
    u16 seg = (u16)(p >> 16), off = (u16)p;

    if (!p || !mode_listed(seg, (u16)(off + 11), number))
        return;
    font_load(far_read16(seg, (u16)(off + 8)), far_read16(seg, (u16)(off + 6)),
              far_read8(seg, (u16)(off + 1)), far_read8(seg, off), far_read16(seg, (u16)(off + 4)),
              far_read16(seg, (u16)(off + 2)));
    font_fit(far_read8(seg, off));
    if (far_read8(seg, (u16)(off + 10)) != 0xff)
        BDA->rows = (u8)(far_read8(seg, (u16)(off + 10)) - 1);
}

/* Save pointer 3: rows, bytes of a character, font, modes. */
static void graphics_font_override(u8 number)
{
    u32 p = save_pointer(3);
    u16 seg = (u16)(p >> 16), off = (u16)p;

    if (!p || !mode_listed(seg, (u16)(off + 7), number))
        return;
    BDA->rows = (u8)(far_read8(seg, off) - 1);
    BDA->char_height = far_read16(seg, (u16)(off + 1));
    vector_set(0x43, far_read16(seg, (u16)(off + 5)), far_read16(seg, (u16)(off + 3)));
}

/* Secondary pointer 1: height, block, -, font, modes: the second of two fonts shown together. */
static void second_font_override(u8 number)
{
    u32 p = save_pointer2(1);
    u16 seg = (u16)(p >> 16), off = (u16)p;
    u8 block;

    if (!p || !mode_listed(seg, (u16)(off + 7), number))
        return;
    block = far_read8(seg, (u16)(off + 1)) & 7;
    font_load(far_read16(seg, (u16)(off + 5)), far_read16(seg, (u16)(off + 3)), block,
              far_read8(seg, off), 0, 256);
    reg_write(SEQ, 3, (u8)((reg_read(SEQ, 3) & 0x13) | (block & 3) << 2 | (block & 4) << 3));
}

/* Secondary pointer 2: underline, -, -, palette count, first, pointer, DAC count, first, pointer,
   modes: attribute and DAC registers of the user's own choice. */
static void palette_override(u8 number)
{
    u32 p = save_pointer2(2);
    u16 seg = (u16)(p >> 16), off = (u16)p, from;
    u8 count, first;

    if (!p || !mode_listed(seg, (u16)(off + 20), number))
        return;
    count = far_read8(seg, (u16)(off + 4));
    first = far_read8(seg, (u16)(off + 6));
    from = far_read16(seg, (u16)(off + 8));
    for (u8 i = 0; i < count && first + i < 16; i++)
        attr_write((u8)(first + i), far_read8(far_read16(seg, (u16)(off + 10)), (u16)(from + i)));
    dac_copy_in(far_read16(seg, (u16)(off + 18)), far_read16(seg, (u16)(off + 16)),
                far_read16(seg, (u16)(off + 14)), far_read16(seg, (u16)(off + 12)));
}

static void fonts_set(const struct mode *mode)
{
    u8 height = (u8)BDA->char_height;

    vector_set(0x1f, code_seg(), OFF(font8 + 128 * 8));
    font_graphics(height);
    if (mode->kind == TEXT) {
        font_load_rom(height, 0);
        text_font_override(mode->number);
        second_font_override(mode->number);
    } else
        graphics_font_override(mode->number);
}

/* The cursor that programs of old expect to read back; in graphics there is none to see. */
static void cursor_reset(const struct mode *mode)
{
    cursor_shape(mode->number == 7 ? 0x0b0c : 0x0607);
    if (mode->kind != TEXT)
        reg_write(BDA->crtc, 0x0a, 0x20);
    cursor_move(0, 0);
}

/* number: bit 7 set keeps the memory. An unknown mode changes nothing. */
void mode_set(u8 number)
{
    const struct mode *mode = mode_find(number & 0x7f);
    u32 table;

    if (!mode)
        return;
    table = params_find(mode);
    sequencer_set(table);
    crtc_set(table);
    gc_set(table);
    attr_set(table);
    data_set(mode, table, number & 0x80);
    if (!(BDA->options & OPTION_NO_PALETTE)) {
        out8(DAC_MASK, 0xff);
        dac_load(dac_of(mode));
        save_area_fill(table);
    }
    vbe_off();
    if (!(number & 0x80))
        memory_clear(mode);
    fonts_set(mode);
    palette_override(mode->number);
    cursor_reset(mode);
    attr_screen_on();
    screen_enable(1);
}

void fn_set_mode(frame *r)
{
    mode_set(r->al);
}

void fn_mode_get(frame *r)
{
    r->al = BDA->mode | (BDA->control & CONTROL_KEEP);
    r->ah = (u8)BDA->columns;
    r->bh = BDA->page;
}
