/* SPDX-License-Identifier: MIT */
/* Pictures: every pixel against what was drawn. */
#include "src/base/state.h"
#include "tests/unit/vga_modes.h"

static u32 spread6(u32 v)
{
    return v << 2 | v >> 4;
}

/* What DAC entry I of the EGA colours looks like. */
static u32 ega_rgb(u32 i)
{
    u32 rgb = 0;
    for (u32 c = 0; c < 3; c++)
        rgb = rgb << 8 | spread6((i >> (2 - c) & 1) * 0x2a + (i >> (5 - c) & 1) * 0x15);
    return rgb;
}

static u32 ramp_rgb(u32 i)
{
    return spread6(i >> 5 << 3) << 16 | spread6((i >> 2 & 7) << 3) << 8 | spread6((i & 3) << 4);
}

static void size_is(const struct frame *frame, u32 width, u32 height)
{
    ck_assert_uint_eq(frame->width, width);
    ck_assert_uint_eq(frame->height, height);
}

static u32 pixel(const struct frame *frame, u32 x, u32 y)
{
    return frame->pixels[y * frame->width + x];
}

static const struct {
    u8 mode;
    u32 width, height;
} planar_modes[] = {{0x0d, 320, 200}, {0x0e, 640, 200}, {0x10, 640, 350}, {0x12, 640, 480}};

START_TEST(planar_modes_show_every_pixel_in_its_colour)
{
    for (size_t i = 0; i < ARRAY_LEN(planar_modes); i++) {
        u32 width = planar_modes[i].width, height = planar_modes[i].height;
        struct vga_bench *b = vga_bench();
        vga_set_mode(b, planar_modes[i].mode);
        vga_draw_planar(b, width, height, width / 8, 16);
        const struct frame *frame = vga_frame(b);
        size_is(frame, width, height);
        ck_assert(!frame->text.active);
        for (u32 y = 0; y < height; y++)
            for (u32 x = 0; x < width; x++)
                ck_assert_uint_eq(pixel(frame, x, y),
                                  ega_rgb(b->vga.ac[vga_pattern(x, y) & 15]));
        display_free(&b->display);
    }
}
END_TEST

START_TEST(mode_11h_shows_one_plane)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x11);
    vga_draw_planar(b, 640, 480, 80, 2);
    const struct frame *frame = vga_frame(b);
    size_is(frame, 640, 480);
    for (u32 y = 0; y < 480; y++)
        for (u32 x = 0; x < 640; x++)
            ck_assert_uint_eq(pixel(frame, x, y), vga_pattern(x, y) & 1 ? 0xffffff : 0);
    display_free(&b->display);
}
END_TEST

START_TEST(mode_0fh_is_monochrome_and_plane_2_alone_blinks)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x0f);
    vga_draw_planar(b, 640, 350, 80, 16);
    static const u32 first[4] = {0x00, 0x08, 0x18, 0x18}, second[4] = {0x00, 0x08, 0x00, 0x18};
    for (int phase = 0; phase < 2; phase++) {
        const struct frame *frame = vga_frame(b);
        size_is(frame, 640, 350);
        for (u32 x = 0; x < 640; x++) {
            u32 p = vga_pattern(x, 9), seen = (p & 1) | (p >> 1 & 2);
            ck_assert_uint_eq(pixel(frame, x, 9), ega_rgb((phase ? second : first)[seen]));
        }
        while (vga_next_retrace(&b->vga) < 17ull * NS_PER_S / 70)
            b->clock.cycles = vga_next_retrace(&b->vga);
    }
    display_free(&b->display);
}
END_TEST

/* CGA: two bits a pixel, odd lines 2000h higher. */
START_TEST(mode_4_shows_cga_memory)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x04);
    for (u32 y = 0; y < 200; y++) {
        for (u32 x = 0; x < 320; x += 4) {
            u32 byte = 0;
            for (u32 i = 0; i < 4; i++)
                byte = byte << 2 | (vga_pattern(x + i, y) & 3);
            vga_poke(b, 0xb8000 + (y & 1) * 0x2000 + y / 2 * 80 + x / 4, (u8)byte);
        }
    }
    const struct frame *frame = vga_frame(b);
    size_is(frame, 320, 200);
    for (u32 y = 0; y < 200; y++)
        for (u32 x = 0; x < 320; x++)
            ck_assert_uint_eq(pixel(frame, x, y), ega_rgb(b->vga.ac[vga_pattern(x, y) & 3]));
    display_free(&b->display);
}
END_TEST

START_TEST(mode_6_shows_cga_memory)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x06);
    for (u32 y = 0; y < 200; y++) {
        for (u32 x = 0; x < 640; x += 8) {
            u32 byte = 0;
            for (u32 i = 0; i < 8; i++)
                byte = byte << 1 | (vga_pattern(x + i, y) & 1);
            vga_poke(b, 0xb8000 + (y & 1) * 0x2000 + y / 2 * 80 + x / 8, (u8)byte);
        }
    }
    const struct frame *frame = vga_frame(b);
    size_is(frame, 640, 200);
    for (u32 y = 0; y < 200; y++)
        for (u32 x = 0; x < 640; x++)
            ck_assert_uint_eq(pixel(frame, x, y), ega_rgb(vga_pattern(x, y) & 1 ? 0x17 : 0));
    display_free(&b->display);
}
END_TEST

START_TEST(mode_13h_shows_linear_memory)
{
    struct vga_bench *b = vga_bench();
    u32 first, bytes;
    vga_set_mode(b, 0x13);
    u8 *ram = vga_window_ram(&b->vga, &first, &bytes);
    ck_assert_ptr_nonnull(ram);
    for (u32 i = 0; i < 64000; i++)
        ram[i] = (u8)vga_pattern(i % 320, i / 320);
    const struct frame *frame = vga_frame(b);
    size_is(frame, 320, 200);
    for (u32 y = 0; y < 200; y++)
        for (u32 x = 0; x < 320; x++)
            ck_assert_uint_eq(pixel(frame, x, y), ramp_rgb(vga_pattern(x, y) & 0xff));
    display_free(&b->display);
}
END_TEST

/* Unchained 256 colours: a plane for every fourth pixel. LINES 200, 400 (one scan line a row),
 * 240 and 480 with other vertical timing. */
static void mode_x(struct vga_bench *b, u32 columns, u32 height)
{
    /* clang-format off */
    static const u8 tall[][2] = {{0x06, 0x0d}, {0x07, 0x3e}, {0x10, 0xea}, {0x11, 0x8c},
                                 {0x12, 0xdf}, {0x15, 0xe7}, {0x16, 0x06}};
    static const u8 wide[][2] = {{0x00, 0x6b}, {0x01, 0x59}, {0x02, 0x5a}, {0x03, 0x8e},
                                 {0x04, 0x5e}, {0x05, 0x8a}};
    /* clang-format on */
    bool is_tall = height == 240 || height == 480, is_wide = columns == 90;
    vga_set_mode(b, 0x13);
    vga_out(b, 0x3c2, (is_tall ? 0xe3 : 0x63) | (is_wide ? 4 : 0));
    vga_out2(b, 0x3c4, 4, 0x06);
    vga_out2(b, 0x3d4, 0x11, 0x0e);
    for (size_t i = 0; is_wide && i < ARRAY_LEN(wide); i++)
        vga_out2(b, 0x3d4, wide[i][0], wide[i][1]);
    for (size_t i = 0; is_tall && i < ARRAY_LEN(tall); i++)
        vga_out2(b, 0x3d4, tall[i][0], tall[i][1]);
    vga_out2(b, 0x3d4, 0x09, height >= 400 ? 0x40 : 0x41);
    vga_out2(b, 0x3d4, 0x13, (u8)(columns / 2));
    vga_out2(b, 0x3d4, 0x14, 0x00);
    vga_out2(b, 0x3d4, 0x17, 0xe3);
}

static void mode_x_draw(struct vga_bench *b, u32 columns, u32 height)
{
    for (u32 p = 0; p < 4; p++) {
        vga_out2(b, 0x3c4, 2, (u8)(1 << p));
        for (u32 y = 0; y < height; y++)
            for (u32 x = 0; x < columns && y * columns + x < 0x10000; x++)
                vga_poke(b, 0xa0000 + y * columns + x, (u8)vga_pattern(x * 4 + p, y));
    }
}

static const struct {
    u32 columns, height;
} x_modes[] = {{80, 200}, {80, 240}, {80, 400}, {80, 480}, {90, 200}, {90, 240}, {90, 400},
               {90, 480}};

START_TEST(mode_x_shows_four_planes_at_every_size)
{
    for (size_t i = 0; i < ARRAY_LEN(x_modes); i++) {
        u32 columns = x_modes[i].columns, height = x_modes[i].height;
        struct vga_bench *b = vga_bench();
        mode_x(b, columns, height);
        mode_x_draw(b, columns, height);
        const struct frame *frame = vga_frame(b);
        size_is(frame, columns * 4, height);
        for (u32 y = 0; y < height; y++)
            for (u32 x = 0; x < columns * 4; x++)
                ck_assert_uint_eq(pixel(frame, x, y), ramp_rgb(vga_pattern(x, y) & 0xff));
        display_free(&b->display);
    }
}
END_TEST

static void retrace_wait(struct vga_bench *b)
{
    b->clock.cycles = vga_next_retrace(&b->vga);
}

START_TEST(split_screen_starts_again_at_address_0_and_may_end_panning)
{
    struct vga_bench *b = vga_bench();
    mode_x(b, 80, 200);
    mode_x_draw(b, 80, 200);
    vga_out2(b, 0x3d4, 0x0c, 0x0a); /* start at row 32 */
    vga_out2(b, 0x3d4, 0x0d, 0x00);
    vga_out2(b, 0x3d4, 0x18, 299 & 0xff); /* scan line 300 is the first below */
    vga_out2(b, 0x3d4, 0x07, 0x1f);       /* 299: bit 8 */
    vga_out2(b, 0x3d4, 0x09, 0x01);       /* bit 9 */
    vga_attribute(b, 0x13, 0x04);         /* two pixels */
    retrace_wait(b);
    const struct frame *frame = vga_frame(b);
    for (u32 x = 0; x < 300; x++) {
        ck_assert_uint_eq(pixel(frame, x, 0), ramp_rgb(vga_pattern(x + 2, 32) & 0xff));
        ck_assert_uint_eq(pixel(frame, x, 149), ramp_rgb(vga_pattern(x + 2, 181) & 0xff));
        ck_assert_uint_eq(pixel(frame, x, 150), ramp_rgb(vga_pattern(x + 2, 0) & 0xff));
        ck_assert_uint_eq(pixel(frame, x, 199), ramp_rgb(vga_pattern(x + 2, 49) & 0xff));
    }
    vga_attribute(b, 0x10, 0x61);
    frame = vga_frame(b);
    for (u32 x = 0; x < 300; x++) {
        ck_assert_uint_eq(pixel(frame, x, 149), ramp_rgb(vga_pattern(x + 2, 181) & 0xff));
        ck_assert_uint_eq(pixel(frame, x, 150), ramp_rgb(vga_pattern(x, 0) & 0xff));
    }
    display_free(&b->display);
}
END_TEST

START_TEST(panning_moves_by_pixels_bytes_and_row_scans)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x0d);
    vga_out2(b, 0x3d4, 0x13, 0x18); /* 384 pixels a line: something to pan to */
    vga_draw_planar(b, 384, 200, 48, 16);
    for (u8 pan = 0; pan < 8; pan++) {
        vga_attribute(b, 0x13, pan);
        vga_out2(b, 0x3d4, 0x08, 0x40); /* two bytes */
        const struct frame *frame = vga_frame(b);
        for (u32 x = 0; x < 320; x++)
            ck_assert_uint_eq(pixel(frame, x, 5),
                              ega_rgb(b->vga.ac[vga_pattern(x + 16 + pan, 5) & 15]));
    }
    display_free(&b->display);
}
END_TEST

START_TEST(preset_row_scan_scrolls_text_by_scan_lines)
{
    struct vga_bench *b = vga_bench();
    u32 before[720];
    vga_set_mode(b, 0x03);
    vga_load_font(b, 0, 16, 0);
    for (u32 i = 0; i < 4000; i += 2) {
        vga_poke(b, 0xb8000 + i, (u8)(i / 2));
        vga_poke(b, 0xb8001 + i, 0x07);
    }
    const struct frame *frame = vga_frame(b);
    memcpy(before, frame->pixels + 21 * 720, sizeof before);
    vga_out2(b, 0x3d4, 0x08, 5);
    frame = vga_frame(b);
    ck_assert_mem_eq(before, frame->pixels + 16 * 720, sizeof before);
    /* Beyond the last row scan it counts on to 31 and round: 12 more lines before line 0. */
    vga_out2(b, 0x3d4, 0x08, 20);
    frame = vga_frame(b);
    ck_assert_mem_eq(before, frame->pixels + (12 + 21) * 720, sizeof before);
    display_free(&b->display);
}
END_TEST

/* Text */

/* Nine dots of character CHARACTER, scan SCAN, from the test's own font, leftmost in bit 8. */
static u32 font_dots(u32 c, u32 y, u32 height)
{
    u32 dots = y == 0 ? 0xff : y == height - 1 ? 0x81 : (c * 0x3b + y * (c | 1)) & 0xff;
    return dots << 1 | ((c & 0xe0) == 0xc0 ? dots & 1 : 0);
}

START_TEST(text_shows_all_characters_in_all_colours)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    vga_load_font(b, 0, 16, 0);
    vga_out2(b, 0x3d4, 0x0a, 0x20);
    for (u32 i = 0; i < 2000; i++)
        vga_put_text(b, i, (u8)i, (u8)(i * 7 & 0x7f));
    const struct frame *frame = vga_frame(b);
    size_is(frame, 720, 400);
    for (u32 y = 0; y < 400; y++) {
        for (u32 x = 0; x < 720; x++) {
            u32 i = y / 16 * 80 + x / 9, attribute = i * 7 & 0x7f;
            u32 lit = font_dots(i & 0xff, y % 16, 16) >> (8 - x % 9) & 1;
            u32 colour = lit ? attribute & 15 : attribute >> 4;
            ck_assert_uint_eq(pixel(frame, x, y), ega_rgb(b->vga.ac[colour]));
        }
    }
    display_free(&b->display);
}
END_TEST

START_TEST(eight_dot_text_of_132_columns_and_44_rows)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    vga_load_font(b, 0, 8, 0);
    vga_out2(b, 0x3c4, 1, 0x01);
    vga_out2(b, 0x3d4, 0x11, 0x0e);
    vga_out2(b, 0x3d4, 0x00, 0x9b);
    vga_out2(b, 0x3d4, 0x01, 131);
    vga_out2(b, 0x3d4, 0x13, 66);
    vga_out2(b, 0x3d4, 0x09, 0x47);
    vga_out2(b, 0x3d4, 0x12, 0x5f); /* 352 lines */
    for (u32 i = 0; i < 132 * 44; i++)
        vga_put_text(b, i, (u8)(i + 1), 0x1e);
    vga_attribute(b, 0x13, 0);
    const struct frame *frame = vga_frame(b);
    size_is(frame, 132 * 8, 352);
    ck_assert_uint_eq(frame->text.cols, 132);
    ck_assert_uint_eq(frame->text.rows, 44);
    ck_assert_uint_eq(frame->text.cell[43][131], 0x1e00 | (132 * 44 & 0xff));
    for (u32 x = 0; x < 132 * 8; x++) {
        u32 lit = font_dots((132 * 43 + x / 8 + 1) & 0xff, 3, 8) >> (8 - x % 8) & 1;
        ck_assert_uint_eq(pixel(frame, x, 43 * 8 + 3), ega_rgb(b->vga.ac[lit ? 14 : 1]));
    }
    display_free(&b->display);
}
END_TEST

START_TEST(attribute_bit_3_picks_the_second_font)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    vga_load_font(b, 0, 16, 0);
    vga_load_font(b, 5, 16, 0xff); /* slot 5 is map 6: 2, 10, 18 ... KiB are maps 0-3, then 4-7 */
    vga_out2(b, 0x3c4, 3, 0x28);   /* map A (bit 3 set) = 6, map B = 0 */
    vga_put_text(b, 0, 'x', 0x07);
    vga_put_text(b, 1, 'x', 0x0f);
    vga_out2(b, 0x3d4, 0x0a, 0x20);
    const struct frame *frame = vga_frame(b);
    for (u32 y = 0; y < 16; y++)
        for (u32 x = 0; x < 8; x++)
            ck_assert((pixel(frame, x, y) == 0) != (pixel(frame, 9 + x, y) == 0));
    display_free(&b->display);
}
END_TEST

START_TEST(line_compare_splits_at_the_very_scan_line)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x10);
    vga_draw_planar(b, 640, 350, 80, 16);
    for (u32 compare = 0; compare < 350; compare += 87) {
        vga_out2(b, 0x3d4, 0x18, (u8)compare);
        vga_out2(b, 0x3d4, 0x07, 0x0f | (compare >> 4 & 0x10));
        vga_out2(b, 0x3d4, 0x09, 0x00);
        const struct frame *frame = vga_frame(b);
        for (u32 x = 0; x < 640; x++) {
            ck_assert_uint_eq(pixel(frame, x, compare),
                              ega_rgb(b->vga.ac[vga_pattern(x, compare) & 15]));
            ck_assert_uint_eq(pixel(frame, x, compare + 1),
                              ega_rgb(b->vga.ac[vga_pattern(x, 0) & 15]));
        }
    }
    display_free(&b->display);
}
END_TEST

/* Word mode: counter bit 15, or 13 on a board of 64 KiB, comes in as address bit 0. */
START_TEST(word_addresses_wrap_at_256_or_64_kilobytes)
{
    struct vga_bench *b = vga_bench();
    static struct text_screen text;
    vga_set_mode(b, 0x03);
    vga_out2(b, 0x3c4, 4, 0x06);
    vga_out2(b, 0x3ce, 5, 0x00);
    vga_out2(b, 0x3ce, 6, 0x04);
    vga_poke(b, 0xa4000, 'a');
    vga_poke(b, 0xa4001, 'b');
    vga_out2(b, 0x3d4, 0x0c, 0x20);
    retrace_wait(b);
    vga_text(&b->vga, &text);
    ck_assert_uint_eq(text.cell[0][0] & 0xff, 'a');
    vga_out2(b, 0x3d4, 0x17, 0x83);
    vga_text(&b->vga, &text);
    ck_assert_uint_eq(text.cell[0][0] & 0xff, 'b');
    display_free(&b->display);
}
END_TEST

START_TEST(a_slow_address_counter_repeats_cells)
{
    struct vga_bench *b = vga_bench();
    static struct text_screen text;
    vga_set_mode(b, 0x03);
    for (u32 i = 0; i < 80; i++)
        vga_put_text(b, i, (u8)i, 0x07);
    vga_out2(b, 0x3d4, 0x0f, 9);
    vga_out2(b, 0x3d4, 0x17, 0xab);
    vga_text(&b->vga, &text);
    ck_assert_uint_eq(text.cell[0][79] & 0xff, 39);
    ck_assert_uint_eq(text.cursor_col, 18);
    vga_out2(b, 0x3d4, 0x14, 0x3f);
    vga_text(&b->vga, &text);
    ck_assert_uint_eq(text.cell[0][79] & 0xff, 19);
    display_free(&b->display);
}
END_TEST

START_TEST(half_the_line_rate_doubles_the_lines)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    vga_out2(b, 0x3d4, 0x17, 0xa7);
    const struct frame *frame = vga_frame(b);
    size_is(frame, 720, 800);
    ck_assert_uint_eq(frame->text.rows, 50);
    display_free(&b->display);
}
END_TEST

/* Lit pixels of the 9x16 cell at column COLUMN of row 0. */
static u32 lit_count(const struct frame *frame, u32 column)
{
    u32 n = 0;
    for (u32 y = 0; y < 16; y++)
        for (u32 x = 0; x < 9; x++)
            n += pixel(frame, column * 9 + x, y) != 0;
    return n;
}

START_TEST(the_cursor_has_its_lines_and_blinks_eight_frames)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    vga_out2(b, 0x3d4, 0x0a, 3);
    vga_out2(b, 0x3d4, 0x0b, 5);
    vga_out2(b, 0x3d4, 0x0f, 2);
    for (u32 i = 0; i < 80; i++)
        vga_put_text(b, i, ' ', 0x07);
    u32 changes = 0, last = 27;
    for (u32 frames = 0; frames < 32; frames++) {
        u32 lit = lit_count(vga_frame(b), 2);
        ck_assert(lit == 0 || lit == 27);
        ck_assert_uint_eq(lit_count(vga_frame(b), 1), 0);
        changes += lit != last;
        last = lit;
        retrace_wait(b);
    }
    ck_assert_uint_eq(changes, 3);
    vga_out2(b, 0x3d4, 0x0b, 0x45); /* two characters of skew */
    ck_assert_uint_eq(lit_count(vga_frame(b), 2), 0);
    ck_assert_uint_eq(lit_count(vga_frame(b), 4), 27);
    display_free(&b->display);
}
END_TEST

START_TEST(a_cursor_that_ends_before_it_starts_or_is_off_is_not_shown)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    vga_put_text(b, 0, ' ', 0x07);
    ck_assert_uint_eq(lit_count(vga_frame(b), 0), 18);
    ck_assert(vga_frame(b)->text.cursor_on);
    vga_out2(b, 0x3d4, 0x0b, 0x0c);
    ck_assert_uint_eq(lit_count(vga_frame(b), 0), 0);
    ck_assert(!vga_frame(b)->text.cursor_on);
    vga_out2(b, 0x3d4, 0x0b, 0x0e);
    vga_out2(b, 0x3d4, 0x0a, 0x2d);
    ck_assert_uint_eq(lit_count(vga_frame(b), 0), 0);
    vga_out2(b, 0x3d4, 0x0a, 0x0d);
    vga_out2(b, 0x3d4, 0x0e, 0x40);
    ck_assert(!vga_frame(b)->text.cursor_on); /* somewhere off the screen */
    display_free(&b->display);
}
END_TEST

START_TEST(attribute_bit_7_blinks_or_lights_the_background)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    vga_load_font(b, 0, 16, 0);
    vga_out2(b, 0x3d4, 0x0a, 0x20);
    vga_put_text(b, 0, 'A', 0x87);
    u32 lit = lit_count(vga_frame(b), 0);
    ck_assert_uint_ne(lit, 0);
    for (u32 i = 0; i < 16; i++)
        retrace_wait(b);
    ck_assert_uint_eq(lit_count(vga_frame(b), 0), 0);
    for (u32 i = 0; i < 16; i++)
        retrace_wait(b);
    ck_assert_uint_eq(lit_count(vga_frame(b), 0), lit);
    vga_attribute(b, 0x10, 0x04);
    ck_assert_uint_eq(pixel(vga_frame(b), 8, 0), ega_rgb(0x38)); /* the ninth dot */
    display_free(&b->display);
}
END_TEST

START_TEST(monochrome_underlines_colour_1)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x07);
    vga_out2(b, 0x3b4, 0x0a, 0x20);
    vga_put_text(b, 0, ' ', 0x01);
    vga_put_text(b, 1, ' ', 0x07);
    const struct frame *frame = vga_frame(b);
    size_is(frame, 720, 400);
    for (u32 x = 0; x < 9; x++)
        ck_assert_uint_eq(pixel(frame, x, 15), ega_rgb(0x08));
    ck_assert_uint_eq(lit_count(frame, 0), 9);
    ck_assert_uint_eq(lit_count(frame, 1), 0);
    display_free(&b->display);
}
END_TEST

START_TEST(text_is_read_from_the_shown_start_address)
{
    struct vga_bench *b = vga_bench();
    static struct text_screen text;
    vga_set_mode(b, 0x01);
    for (u32 i = 0; i < 2000; i++)
        vga_put_text(b, i, (u8)('a' + i % 26), (u8)(i / 40));
    vga_out2(b, 0x3d4, 0x0c, 0);
    vga_out2(b, 0x3d4, 0x0d, 80); /* two rows down */
    vga_out2(b, 0x3d4, 0x0f, 80 + 43);
    vga_text(&b->vga, &text);
    ck_assert_uint_eq(text.cell[0][0], 'a'); /* not latched yet */
    retrace_wait(b);
    vga_text(&b->vga, &text);
    ck_assert(text.active);
    ck_assert_uint_eq(text.cols, 40);
    ck_assert_uint_eq(text.rows, 25);
    ck_assert_uint_eq(text.cell[0][0], 0x0200 | ('a' + 80 % 26));
    ck_assert_uint_eq(text.cell[24][39], 0x1a00 | ('a' + 1079 % 26));
    ck_assert(text.cursor_on);
    ck_assert_uint_eq(text.cursor_row, 1);
    ck_assert_uint_eq(text.cursor_col, 3);
    display_free(&b->display);
}
END_TEST

START_TEST(colour_select_and_the_dac_mask_choose_among_256)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x12);
    vga_out2(b, 0x3c4, 2, 0x05);
    vga_poke(b, 0xa0000, 0xff); /* colour 5: palette 05h */
    vga_out(b, 0x3c8, 0xf5);
    vga_out(b, 0x3c9, 0x3f), vga_out(b, 0x3c9, 0x20), vga_out(b, 0x3c9, 0x01);
    vga_attribute(b, 0x14, 0x0f);
    vga_attribute(b, 0x10, 0x81);
    ck_assert_uint_eq(pixel(vga_frame(b), 0, 0), 0xff8204);
    vga_out(b, 0x3c6, 0x0f);
    ck_assert_uint_eq(pixel(vga_frame(b), 0, 0), ega_rgb(0x05));
    vga_out(b, 0x3c6, 0xff);
    vga_attribute(b, 0x10, 0x01); /* P5 and P4 from the palette: F5 becomes C5 */
    ck_assert_uint_eq(pixel(vga_frame(b), 0, 0), ega_rgb(0x05));
    vga_attribute(b, 0x12, 0x04);
    ck_assert_uint_eq(pixel(vga_frame(b), 0, 0), ega_rgb(0x04));
    display_free(&b->display);
}
END_TEST

START_TEST(a_screen_that_is_off_is_black_and_one_without_palette_shows_the_border)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x0d);
    vga_draw_planar(b, 320, 200, 40, 16);
    vga_attribute(b, 0x11, 0x04);
    vga_out2(b, 0x3c4, 1, 0x29);
    const struct frame *frame = vga_frame(b);
    size_is(frame, 320, 200);
    for (u32 i = 0; i < 64000; i++)
        ck_assert_uint_eq(frame->pixels[i], 0);
    vga_out2(b, 0x3c4, 1, 0x09);
    vga_in(b, 0x3da);
    vga_out(b, 0x3c0, 0x00);
    frame = vga_frame(b);
    for (u32 i = 0; i < 64000; i++)
        ck_assert_uint_eq(frame->pixels[i], ega_rgb(4));
    vga_out2(b, 0x3c4, 0, 0x01); /* reset: no sync, the size stays */
    vga_out2(b, 0x3c4, 1, 0x00);
    frame = vga_frame(b);
    size_is(frame, 320, 200);
    ck_assert_uint_eq(frame->pixels[0], 0);
    display_free(&b->display);
}
END_TEST

START_TEST(drawing_changes_nothing_a_guest_sees)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    vga_out2(b, 0x3d4, 0x0d, 80);
    retrace_wait(b);
    u64 before = state_hash(STATE_HASH_START, vga_chip.fields, &b->vga);
    vga_frame(b);
    ck_assert_uint_eq(before, state_hash(STATE_HASH_START, vga_chip.fields, &b->vga));
    display_free(&b->display);
}
END_TEST

Suite *vga_render_suite(void)
{
    const TTest *const tests[] = {
        planar_modes_show_every_pixel_in_its_colour,
        mode_11h_shows_one_plane,
        mode_0fh_is_monochrome_and_plane_2_alone_blinks,
        mode_4_shows_cga_memory,
        mode_6_shows_cga_memory,
        mode_13h_shows_linear_memory,
        mode_x_shows_four_planes_at_every_size,
        split_screen_starts_again_at_address_0_and_may_end_panning,
        panning_moves_by_pixels_bytes_and_row_scans,
        preset_row_scan_scrolls_text_by_scan_lines,
        text_shows_all_characters_in_all_colours,
        eight_dot_text_of_132_columns_and_44_rows,
        attribute_bit_3_picks_the_second_font,
        line_compare_splits_at_the_very_scan_line,
        word_addresses_wrap_at_256_or_64_kilobytes,
        a_slow_address_counter_repeats_cells,
        half_the_line_rate_doubles_the_lines,
        the_cursor_has_its_lines_and_blinks_eight_frames,
        a_cursor_that_ends_before_it_starts_or_is_off_is_not_shown,
        attribute_bit_7_blinks_or_lights_the_background,
        monochrome_underlines_colour_1,
        text_is_read_from_the_shown_start_address,
        colour_select_and_the_dac_mask_choose_among_256,
        a_screen_that_is_off_is_black_and_one_without_palette_shows_the_border,
        drawing_changes_nothing_a_guest_sees,
        NULL};
    return unit_suite("vga_render", tests);
}
