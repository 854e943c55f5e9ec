/* SPDX-License-Identifier: MIT */
/* Whole pictures against their known hashes, and pictures from registers that nobody would set. */
#include "frontend/screenshot.h"
#include "src/base/state.h"
#include "tests/unit/vga_modes.h"

static void scene_text(struct vga_bench *b)
{
    vga_load_font(b, 0, 16, 0);
    for (u32 i = 0; i < 2000; i++)
        vga_put_text(b, i, (u8)(i * 5 + i / 80), (u8)(i + i / 80 * 16));
    vga_out2(b, b->vga.misc & 1 ? 0x3d4 : 0x3b4, 0x0f, 85);
}

static void scene_planar(struct vga_bench *b)
{
    vga_draw_planar(b, (b->vga.crtc[1] + 1u) * 8, 200, b->vga.crtc[0x13] * 2, 16);
}

static void scene_cga(struct vga_bench *b)
{
    for (u32 i = 0; i < 0x4000; i++)
        vga_poke(b, 0xb8000 + i, (u8)vga_pattern(i % 80, i / 80));
}

static void scene_linear(struct vga_bench *b)
{
    for (u32 i = 0; i < 64000; i++)
        vga_poke(b, 0xa0000 + i, (u8)(i % 320 / 4 + i / 320));
}

static const struct {
    u8 mode;
    void (*scene)(struct vga_bench *b);
    u64 hash;
} golden[] = {
    {0x01, scene_text, 0xe5bd65d2b0d83f36},
    {0x03, scene_text, 0xb1ec256b26108946},
    {0x04, scene_cga, 0x8cfd4a593576f449},
    {0x06, scene_cga, 0x29a7987e9d5bd7d2},
    {0x07, scene_text, 0xe7b6d815b54fe4aa},
    {0x0d, scene_planar, 0x5538674f3092c29a},
    {0x0e, scene_planar, 0xa958c5e990c2d22f},
    {0x0f, scene_planar, 0x6ab6fe9fb7f39e66},
    {0x10, scene_planar, 0x1c19cadd97b559fb},
    {0x11, scene_planar, 0xcf86ee1bb1eebe54},
    {0x12, scene_planar, 0xb59823de79babda5},
    {0x13, scene_linear, 0xacbdc82c3515a4c2},
};

static u64 frame_hash(const struct frame *frame)
{
    u64 hash = state_hash_bytes(STATE_HASH_START, &frame->width, sizeof frame->width);
    hash = state_hash_bytes(hash, &frame->height, sizeof frame->height);
    return state_hash_bytes(hash, frame->pixels,
                            (size_t)frame->width * frame->height * sizeof *frame->pixels);
}

START_TEST(golden_frames)
{
    bool good = true;
    for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
        struct vga_bench *b = vga_bench();
        char path[64], message[256];
        vga_set_mode(b, golden[i].mode);
        golden[i].scene(b);
        const struct frame *frame = vga_frame(b);
        u64 hash = frame_hash(frame);
        if (hash != golden[i].hash) {
            snprintf(path, sizeof path, "golden-vga-mode-%02x.png", golden[i].mode);
            bool written = screenshot_write(frame, path, message, sizeof message);
            fprintf(stderr, "mode %02xh: hash %016llx, want %016llx; see %s\n", golden[i].mode,
                    (unsigned long long)hash, (unsigned long long)golden[i].hash,
                    written ? path : message);
            good = false;
        }
        display_free(&b->display);
    }
    ck_assert_msg(good, "pictures differ from the known ones");
}
END_TEST

/* Hardening: any registers, then a picture. */

static u32 next_random(u32 *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void registers_random(struct vga_bench *b, u32 *seed)
{
    struct vga *vga = &b->vga;
    vga_out(b, 0x3c2, (u8)next_random(seed));
    u16 crtc = vga->misc & 1 ? 0x3d4 : 0x3b4;
    vga_out2(b, crtc, 0x11, 0);
    for (u8 i = 0; i < 0x20; i++)
        vga_out2(b, crtc, i, (u8)next_random(seed));
    for (u8 i = 1; i < 8; i++)
        vga_out2(b, 0x3c4, i, (u8)next_random(seed));
    for (u8 i = 0; i < 16; i++)
        vga_out2(b, 0x3ce, i, (u8)next_random(seed));
    for (u8 i = 0; i < 0x20; i++)
        vga_attribute(b, i, (u8)next_random(seed));
    vga_out2(b, 0x3c4, 0, 3);
    vga_out2(b, crtc, 0x17, (u8)(next_random(seed) | 0x80));
    vga_out2(b, 0x3c4, 1, (u8)(next_random(seed) & ~0x20u));
}

/* The sizes that a display takes, and every byte of it written, are checked by the sanitizers. */
START_TEST(any_registers_give_a_picture)
{
    struct vga_bench *b = vga_bench();
    static struct text_screen text;
    u32 seed = 12345;
    for (u32 i = 0; i < VGA_PLANES; i++)
        b->vga.memory[i] = (u8)next_random(&seed);
    for (int round = 0; round < 150; round++) {
        registers_random(b, &seed);
        b->clock.cycles += next_random(&seed) % 50000000;
        const struct frame *frame = vga_frame(b);
        ck_assert(frame->width && frame->height);
        vga_text(&b->vga, &text);
        ck_assert_uint_le(text.cols, TEXT_COLS_MAX);
        ck_assert_uint_le(text.rows, TEXT_ROWS_MAX);
    }
    display_free(&b->display);
}
END_TEST

/* Each of the dangerous values at its end: starts, pitches, line compare, panning, row heights. */
START_TEST(extreme_registers_give_a_picture)
{
    struct vga_bench *b = vga_bench();
    static const u8 modes[] = {0x03, 0x04, 0x12, 0x13};
    for (size_t m = 0; m < ARRAY_LEN(modes); m++) {
        for (u32 bits = 0; bits < 256; bits++) {
            vga_set_mode(b, modes[m]);
            vga_out2(b, 0x3d4, 0x11, 0);
            vga_out2(b, 0x3d4, 0x0c, bits & 1 ? 0xff : 0);
            vga_out2(b, 0x3d4, 0x0d, bits & 1 ? 0xff : 0);
            vga_out2(b, 0x3d4, 0x13, bits & 2 ? 0xff : 0);
            vga_out2(b, 0x3d4, 0x18, bits & 4 ? 0x00 : 0xff);
            vga_out2(b, 0x3d4, 0x09, (bits & 8 ? 0x1f : 0) | (bits & 4 ? 0 : 0x40));
            vga_out2(b, 0x3d4, 0x08, bits & 16 ? 0x7f : 0);
            vga_attribute(b, 0x13, bits & 32 ? 0x0f : 0x07);
            vga_out2(b, 0x3c4, 3, bits & 64 ? 0x3f : 0);
            if (bits & 128) {
                vga_out2(b, 0x3d4, 0x01, 0xff);
                vga_out2(b, 0x3d4, 0x07, 0x42 | (bits & 4 ? 0 : 0x10));
                vga_out2(b, 0x3d4, 0x12, 0xff);
                vga_out2(b, 0x3d4, 0x17, b->vga.crtc[0x17] | 0x04);
            }
            b->clock.cycles = vga_next_retrace(&b->vga);
            const struct frame *frame = vga_frame(b);
            ck_assert(frame->width && frame->height);
        }
    }
    display_free(&b->display);
}
END_TEST

Suite *vga_golden_suite(void)
{
    const TTest *const tests[] = {golden_frames,
                                  any_registers_give_a_picture,
                                  extreme_registers_give_a_picture, NULL};
    return unit_suite("vga_golden", tests);
}
