/* SPDX-License-Identifier: MIT */
/*
 * What a monitor shows: the CRTC's addresses, the serialisers, the attribute controller, the DAC.
 *
 * A picture is drawn as a whole from the registers of now. Every scan line starts at a counter
 * value and a row scan; every character clock fetches one cell of four plane bytes, which becomes
 * eight or nine dots of a character, eight pixels of four bits, or four of eight bits.
 */
#include "devices/vga_parts.h"

enum { CELL_PIXELS_MAX = 9 };

struct view {
    const struct vga *vga;
    u32 columns;      /* character clocks of a line */
    u32 cell_pixels;  /* that one of them becomes */
    u32 width, height; /* logical pixels */
    u32 scan_lines;   /* displayed */
    u32 fold;         /* scan lines that show the same pixels: one line of the frame */
    u32 repeat;       /* scan lines to one count of the row scan */
    u32 row_lines;    /* row scans of a row: 1..32 */
    u32 split;        /* first scan line behind line compare */
    u32 start, pitch; /* counter at the top; added from row to row */
    u32 panning;      /* pixels */
    u32 slow;         /* the counter advances every 1 << slow character clocks */
    bool text;
    bool eight_bits;  /* pixels of eight bits */
    bool blink_off;   /* blinking things are dark now */
    bool cursor_off;  /* the cursor's own, faster blinking */
    u32 colour[256];  /* of the DAC, behind its mask: 00RRGGBB */
    u32 attribute[16]; /* what the palette makes of four bits */
};

/* Where a scan line begins. */
struct line_start {
    u32 counter; /* address counter */
    u32 scan;    /* row scan */
    u32 panning;
};

static u32 crtc(const struct view *view, u32 reg)
{
    return view->vga->crtc[reg];
}

/* Scan lines, and what of them is folded */

static void rows_find(struct view *view)
{
    const struct vga *vga = view->vga;
    u32 max_scan = crtc(view, CR_MAXIMUM_SCAN_LINE);
    bool row_scan_address = ~crtc(view, CR_MODE) & (CR17_ROW_SCAN_13 | CR17_ROW_SCAN_14);
    view->repeat = max_scan & CR09_DOUBLE_SCAN ? 2 : 1;
    view->row_lines = (max_scan & 0x1f) + 1;
    view->fold = view->repeat;
    if (!view->text && !row_scan_address)
        view->fold *= view->row_lines;
    u32 compare = crtc(view, CR_LINE_COMPARE) | (crtc(view, CR_OVERFLOW) & 0x10) << 4 |
                  (max_scan & 0x40) << 3;
    view->split = compare + 1;
    if (crtc(view, CR_MODE) & CR17_HALF_LINE_RATE)
        view->split *= 2;
    view->scan_lines = vga->timing.active_lines;
    view->height = (view->scan_lines + view->fold - 1) / view->fold;
}

/* Row and row scan N counts of the row scan after it started at PRESET. */
static void row_walk(const struct view *view, u32 preset, u32 n, u32 *row, u32 *scan)
{
    /* A preset beyond the last one counts on to 31 and round. */
    u32 first = preset < view->row_lines ? view->row_lines - preset : 32 - preset + view->row_lines;
    *row = n < first ? 0 : 1 + (n - first) / view->row_lines;
    *scan = n < first ? (preset + n) & 31 : (n - first) % view->row_lines;
}

/* Behind line compare the counter starts from 0 again, and panning ends if AR10 says so. */
static struct line_start line_start(const struct view *view, u32 scan_line)
{
    u32 preset = crtc(view, CR_PRESET_ROW_SCAN), row, scan;
    bool below = scan_line >= view->split;
    bool panned = !below || !(view->vga->ac[AR_MODE] & AR10_SPLIT_PANNING);
    u32 lines = below ? scan_line - view->split : scan_line;
    row_walk(view, below ? 0 : preset & 0x1f, lines / view->repeat, &row, &scan);
    return (struct line_start){
        .counter = (below ? 0 : view->start) + (panned ? preset >> 5 & 3 : 0) + row * view->pitch,
        .scan = scan,
        .panning = panned ? view->panning : 0,
    };
}

/* The address that the CRTC puts out for a counter value: IBM manual, "CRTC mode control". */
static u32 plane_address(const struct view *view, u32 counter, u32 scan)
{
    u32 mode = crtc(view, CR_MODE), a = counter;
    if (crtc(view, CR_UNDERLINE) & CR14_DOUBLEWORD)
        a = counter << 2 | (counter >> 12 & 3);
    else if (!(mode & CR17_BYTE_MODE))
        a = counter << 1 | (counter >> (mode & CR17_ADDRESS_WRAP ? 15 : 13) & 1);
    if (!(mode & CR17_ROW_SCAN_13))
        a = (a & ~0x2000u) | (scan & 1) << 13;
    if (!(mode & CR17_ROW_SCAN_14))
        a = (a & ~0x4000u) | (scan >> 1 & 1) << 14;
    return a & 0xffff;
}

/* The cell of column X. */
INLINE u32 fetch(const struct view *view, const struct line_start *line, u32 x)
{
    u32 counter = (line->counter + (x >> view->slow)) & 0xffff;
    return vga_planes(view->vga, plane_address(view, counter, line->scan));
}

/* Colours */

static void colours_find(struct view *view)
{
    const struct vga *vga = view->vga;
    for (u32 i = 0; i < 256; i++) {
        const u8 *dac = &vga->dac[(i & vga->dac_mask) * 3];
        u32 rgb = (u32)dac[0] << 16 | (u32)dac[1] << 8 | dac[2];
        if (vga_vbe_8_bit_dac(vga))
            view->colour[i] = rgb;
        else
            view->colour[i] = (rgb & 0x3f3f3f) << 2 | (rgb >> 4 & 0x030303); /* 3Fh is full */
    }
}

static void palette_find(struct view *view)
{
    const u8 *ac = view->vga->ac;
    for (u32 i = 0; i < 16; i++) {
        u32 value = (ac[i] & 0x3f) | (ac[AR_COLOUR_SELECT] & 0x0c) << 4;
        if (ac[AR_MODE] & AR10_COLOUR_SELECT)
            value = (value & 0xcf) | (ac[AR_COLOUR_SELECT] & 3) << 4;
        view->attribute[i] = view->colour[value];
    }
}

/* Text */

/* Map select values of the sequencer to plane addresses of 8 KiB fonts. */
static u32 font_address(u32 select)
{
    static const u16 font[8] = {0x0000, 0x4000, 0x8000, 0xc000, 0x2000, 0x6000, 0xa000, 0xe000};
    return font[select];
}

/* What is the same for all characters of a scan line. */
struct text_line {
    u32 font[2];   /* plane addresses of row SCAN of character 0, by attribute bit 3 */
    u32 cursor;    /* counter value under the cursor; out of range: not on this line */
    bool underline;
    bool nine, line_graphics;
    u8 blink;      /* attribute bit that makes a character blink */
    u8 background; /* bits of the background colour */
};

enum { NO_CURSOR = ~0u };

static u32 cursor_on_line(const struct view *view, u32 scan)
{
    u32 first = crtc(view, CR_CURSOR_START), last = crtc(view, CR_CURSOR_END);
    if (first & CR0A_CURSOR_OFF || view->cursor_off)
        return NO_CURSOR;
    if (scan < (first & 0x1f) || scan > (last & 0x1f))
        return NO_CURSOR;
    return (vga_crtc_pair(view->vga, CR_CURSOR_HIGH) + (last >> 5 & 3)) & 0xffff;
}

static struct text_line text_line(const struct view *view, u32 scan)
{
    const struct vga *vga = view->vga;
    u32 maps = vga->seq[SR_CHARACTER_MAP], mode = vga->ac[AR_MODE];
    return (struct text_line){
        .font[0] = font_address((maps & 3) | (maps >> 2 & 4)) + scan,
        .font[1] = font_address((maps >> 2 & 3) | (maps >> 3 & 4)) + scan,
        .cursor = cursor_on_line(view, scan),
        .underline = scan == (crtc(view, CR_UNDERLINE) & 0x1f),
        .nine = view->cell_pixels == 9,
        .line_graphics = mode & AR10_LINE_GRAPHICS,
        .blink = mode & AR10_BLINK ? 0x80 : 0,
        .background = mode & AR10_BLINK ? 7 : 15,
    };
}

/* The dots of a character, leftmost in bit 8. */
INLINE u32 character_dots(const struct view *view, const struct text_line *line, u32 cell)
{
    u32 character = cell & 0xff, attribute = cell >> 8 & 0xff;
    u32 dots = vga_planes(view->vga, line->font[attribute >> 3 & 1] + character * 32) >> 15 & 0x1fe;
    if (line->line_graphics && (character & 0xe0) == 0xc0)
        dots |= dots >> 1 & 1;
    if (line->underline && (attribute & 7) == 1)
        dots = 0x1ff;
    return attribute & line->blink && view->blink_off ? 0 : dots;
}

INLINE void put_dots(u32 *out, u32 dots, u32 front, u32 back, bool nine)
{
    u32 differs = front ^ back;
    for (u32 i = 0; i < 8; i++)
        out[i] = back ^ (differs & (0u - (dots >> (8 - i) & 1)));
    if (nine)
        out[8] = dots & 1 ? front : back;
}

static void draw_text(const struct view *view, const struct line_start *start, u32 *out)
{
    struct text_line line = text_line(view, start->scan);
    for (u32 x = 0; x <= view->columns; x++, out += view->cell_pixels) {
        u32 cell = fetch(view, start, x), attribute = cell >> 8 & 0xff;
        u32 dots = character_dots(view, &line, cell);
        if (((start->counter + (x >> view->slow)) & 0xffff) == line.cursor)
            dots = 0x1ff;
        put_dots(out, dots, view->attribute[attribute & 15],
                 view->attribute[attribute >> 4 & line.background], line.nine);
    }
}

/* Graphics: a cell becomes eight pixels of four bits, the leftmost in the lowest byte */

/* Bit 7 - i of BITS to bit 0 of byte i. */
INLINE u64 spread(u32 bits)
{
    return (bits & 0xff) * 0x8040201008040201u >> 7 & 0x0101010101010101u;
}

/* One bit from every plane. */
static u64 pixels_planar(u32 cell)
{
    return spread(cell) | spread(cell >> 8) << 1 | spread(cell >> 16) << 2 |
           spread(cell >> 24) << 3;
}

/* Pairs of bits: four pixels from planes 0 and 2, then four from planes 1 and 3. */
static u64 pixels_interleaved(u32 cell)
{
    u64 pixels = 0;
    for (u32 i = 0; i < 8; i++) {
        u32 even = cell >> (i < 4 ? 0 : 8), shift = 6 - 2 * (i & 3);
        pixels |= (u64)((even >> shift & 3) | (even >> (16 + shift) & 3) << 2) << 8 * i;
    }
    return pixels;
}

/* Halves of bytes: two pixels from each plane in turn. */
static u64 pixels_packed(u32 cell)
{
    u64 pixels = 0;
    for (u32 i = 0; i < 4; i++)
        pixels |= (u64)((cell >> (8 * i + 4) & 15) | (cell >> 8 * i & 15) << 8) << 16 * i;
    return pixels;
}

static u64 (*pixels_function(const struct view *view))(u32 cell)
{
    u32 mode = view->vga->gc[GR_MODE];
    if (mode & GR05_256_COLOURS)
        return pixels_packed;
    return mode & GR05_INTERLEAVE ? pixels_interleaved : pixels_planar;
}

static void draw_4_bits(const struct view *view, const struct line_start *start, u32 *out)
{
    u64 (*pixels_of)(u32 cell) = pixels_function(view);
    u64 enable = (view->vga->ac[AR_PLANE_ENABLE] & 15) * 0x0101010101010101u;
    /* Blinking turns bit 3 over for half of the time (mode 0Fh's palette counts on it). */
    u64 blink = view->vga->ac[AR_MODE] & AR10_BLINK && view->blink_off ? 0x0808080808080808u : 0;
    for (u32 x = 0; x <= view->columns; x++) {
        u64 pixels = (pixels_of(fetch(view, start, x)) & enable) ^ blink;
        for (u32 i = 0; i < 8; i++)
            *out++ = view->attribute[pixels >> 8 * i & 15];
    }
}

/* Two pixels of four bits make one of eight. */
static void draw_8_bits(const struct view *view, const struct line_start *start, u32 *out)
{
    u64 (*pixels_of)(u32 cell) = pixels_function(view);
    u64 enable = (view->vga->ac[AR_PLANE_ENABLE] & 15) * 0x0101010101010101u;
    for (u32 x = 0; x <= view->columns; x++) {
        u64 pixels = pixels_of(fetch(view, start, x)) & enable;
        for (u32 i = 0; i < 4; i++, pixels >>= 16)
            *out++ = view->colour[(pixels << 4 | pixels >> 8) & 0xff];
    }
}

/* The picture */

static u32 panning_find(const struct view *view)
{
    u32 value = view->vga->ac[AR_PANNING] & 15;
    if (view->cell_pixels == 9)
        return value < 8 ? value + 1 : 0;
    if (value >= 8)
        return 0;
    return view->eight_bits ? value >> 1 : value;
}

static void columns_find(struct view *view)
{
    u32 dots = view->vga->seq[SR_CLOCKING_MODE] & SR01_8_DOTS ? 8 : 9;
    u32 columns = crtc(view, CR_HORIZONTAL_END) + 1;
    view->cell_pixels = view->text ? dots : view->eight_bits ? 4 : 8;
    view->columns = columns;
    if (columns * view->cell_pixels > DISPLAY_SIZE_MAX)
        view->columns = DISPLAY_SIZE_MAX / view->cell_pixels;
    view->width = view->columns * view->cell_pixels;
    if (crtc(view, CR_UNDERLINE) & CR14_COUNT_BY_4)
        view->slow = 2;
    else if (crtc(view, CR_MODE) & CR17_COUNT_BY_2)
        view->slow = 1;
}

/* All but the colours. */
static void view_find(struct view *view, const struct vga *vga)
{
    memset(view, 0, sizeof *view);
    view->vga = vga;
    view->text = !(vga->ac[AR_MODE] & AR10_GRAPHICS);
    view->eight_bits = !view->text && vga->ac[AR_MODE] & AR10_8_BITS;
    view->start = vga_shown_start(vga);
    view->pitch = crtc(view, CR_OFFSET) * 2;
    u64 frames = vga_retraces(vga);
    view->blink_off = frames & 16;
    view->cursor_off = frames & 8;
    columns_find(view);
    rows_find(view);
    view->panning = panning_find(view);
}

static bool has_sync(const struct vga *vga)
{
    return vga->crtc[CR_MODE] & CR17_SYNC && vga->seq[SR_RESET] == SR00_RUN;
}

static void fill(struct frame *frame, u32 colour)
{
    for (size_t i = 0; i < (size_t)frame->width * frame->height; i++)
        frame->pixels[i] = colour;
}

/* A monitor without sync stays black. */
static void render_nothing(struct display *display)
{
    const struct frame *last = display_peek(display);
    struct frame *frame = last ? display_begin(display, last->width, last->height)
                               : display_begin(display, 640, 400);
    if (!frame)
        return;
    fill(frame, 0);
    display_publish(display);
}

/* Linear modes: a pixel is a colour, or a number for the DAC. */

INLINE u32 full(u32 value, u32 bits)
{
    return value << (8 - bits) | value >> (2 * bits - 8);
}

static u32 linear_pixel(const struct view *view, const u8 *at)
{
    u32 bits = view->vga->vbe[VBE_BITS];
    if (bits == 8)
        return view->colour[at[0]];
    u32 v = get16(at);
    switch (bits) {
    case 15:
        return full(v >> 10 & 31, 5) << 16 | full(v >> 5 & 31, 5) << 8 | full(v & 31, 5);
    case 16:
        return full(v >> 11, 5) << 16 | full(v >> 5 & 63, 6) << 8 | full(v & 31, 5);
    default:
        return v | (u32)at[2] << 16;
    }
}

static void draw_linear(const struct view *view, struct frame *frame)
{
    const struct vga *vga = view->vga;
    u32 bytes = vga_vbe_pixel_bytes(vga), pitch = vga_vbe_pitch(vga);
    for (u32 y = 0; y < frame->height; y++) {
        u32 at = (y + vga->vbe[VBE_Y]) * pitch + vga->vbe[VBE_X] * bytes;
        for (u32 x = 0; x < frame->width; x++, at += bytes)
            frame->pixels[(size_t)y * frame->width + x] = linear_pixel(view, vga->memory + at);
    }
}

static void render_linear(const struct vga *vga, struct display *display)
{
    struct view view = {.vga = vga};
    struct frame *frame = display_begin(display, vga->vbe[VBE_WIDTH], vga->vbe[VBE_HEIGHT]);
    if (!frame)
        return;
    colours_find(&view);
    if (vga->seq[SR_CLOCKING_MODE] & SR01_SCREEN_OFF)
        fill(frame, 0);
    else
        draw_linear(&view, frame);
    display_publish(display);
}

static void draw_picture(const struct view *view, struct frame *frame)
{
    u32 line[DISPLAY_SIZE_MAX + 2 * CELL_PIXELS_MAX];
    void (*draw)(const struct view *view, const struct line_start *start, u32 *out) =
        view->text ? draw_text : view->eight_bits ? draw_8_bits : draw_4_bits;
    for (u32 y = 0; y < view->height; y++) {
        struct line_start start = line_start(view, y * view->fold);
        draw(view, &start, line);
        memcpy(frame->pixels + (size_t)y * view->width, line + start.panning,
               view->width * sizeof *line);
    }
}

void vga_render(const struct vga *vga, struct display *display)
{
    struct view view;
    if (vga_vbe_on(vga)) {
        render_linear(vga, display);
        return;
    }
    if (!has_sync(vga)) {
        render_nothing(display);
        return;
    }
    view_find(&view, vga);
    struct frame *frame = display_begin(display, view.width, view.height);
    if (!frame)
        return;
    colours_find(&view);
    palette_find(&view);
    if (vga->seq[SR_CLOCKING_MODE] & SR01_SCREEN_OFF)
        fill(frame, 0);
    else if (!(vga->ac_index & AR_INDEX_SHOW))
        fill(frame, view.colour[vga->ac[AR_OVERSCAN]]);
    else
        draw_picture(&view, frame);
    vga_text(vga, &frame->text);
    display_publish(display);
}

static u8 at_most(u32 value, u32 most)
{
    return (u8)(value < most ? value : most);
}

static bool cursor_shown(const struct view *view)
{
    u32 first = crtc(view, CR_CURSOR_START), last = crtc(view, CR_CURSOR_END);
    return !(first & CR0A_CURSOR_OFF) && (first & 0x1f) <= (last & 0x1f);
}

static void text_row(const struct view *view, struct text_screen *text, u8 row)
{
    struct line_start start = line_start(view, row * view->row_lines * view->repeat);
    u32 cursor = vga_crtc_pair(view->vga, CR_CURSOR_HIGH);
    u32 column = ((cursor - start.counter) & 0xffff) << view->slow;
    for (u32 x = 0; x < text->cols; x++)
        text->cell[row][x] = (u16)fetch(view, &start, x);
    if (column < text->cols && cursor_shown(view)) {
        text->cursor_on = true;
        text->cursor_row = row;
        text->cursor_col = (u8)column;
    }
}

void vga_text(const struct vga *vga, struct text_screen *text)
{
    struct view view;
    text->active = has_sync(vga) && !vga_vbe_on(vga) && !(vga->ac[AR_MODE] & AR10_GRAPHICS);
    if (!text->active)
        return;
    view_find(&view, vga);
    u32 rows = view.scan_lines / (view.row_lines * view.repeat);
    text->cols = at_most(view.columns, TEXT_COLS_MAX);
    text->rows = at_most(rows ? rows : 1, TEXT_ROWS_MAX);
    text->cursor_on = false;
    text->cursor_col = text->cursor_row = 0;
    for (u8 row = 0; row < text->rows; row++)
        text_row(&view, text, row);
}
