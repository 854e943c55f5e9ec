/* SPDX-License-Identifier: MIT */
/* The DISPI: identification, modes, banks, what the screen shows. */
#include <stdio.h>

#include "devices/vga_parts.h"
#include "tests/unit/vga_modes.h"

static struct vga_bench *b;

static void wr(u16 reg, u16 value)
{
    vga_chip.write(&b->vga, VGA_VBE_INDEX, reg, 2);
    vga_chip.write(&b->vga, VGA_VBE_DATA, value, 2);
}

static u16 rd(u16 reg)
{
    vga_chip.write(&b->vga, VGA_VBE_INDEX, reg, 2);
    return (u16)vga_chip.read(&b->vga, VGA_VBE_DATA, 2);
}

static void mode(u16 width, u16 height, u16 bits, u16 flags)
{
    wr(VBE_ENABLE, 0);
    wr(VBE_WIDTH, width);
    wr(VBE_HEIGHT, height);
    wr(VBE_BITS, bits);
    wr(VBE_ENABLE, VBE_ENABLED | flags);
}

static const struct frame *picture(void)
{
    vga_render(&b->vga, &b->display);
    return display_take(&b->display);
}

START_TEST(it_is_version_b0c5_and_tells_its_memory)
{
    b = vga_bench();
    ck_assert_uint_eq(rd(VBE_ID), 0xb0c5);
    for (u16 id = 0xb0c0; id <= 0xb0c5; id++) {
        wr(VBE_ID, id);
        ck_assert_uint_eq(rd(VBE_ID), id);
    }
    wr(VBE_ID, 0xb0c6);
    ck_assert_uint_eq(rd(VBE_ID), 0xb0c5);
    ck_assert_uint_eq(rd(VBE_MEMORY), VGA_MEMORY / 65536);
    wr(VBE_ENABLE, VBE_CAPABILITIES);
    ck_assert_uint_eq(rd(VBE_WIDTH), 2048);
    ck_assert_uint_eq(rd(VBE_HEIGHT), 1536);
    ck_assert_uint_eq(rd(VBE_BITS), 32);
    ck_assert_uint_eq(rd(0x80), 0);
    display_free(&b->display);
}
END_TEST

START_TEST(each_depth_shows_its_colours)
{
    static const struct {
        u16 bits;
        u8 bytes[8]; /* two pixels */
        u32 first, second;
    } depths[] = {
        {8, {1, 2}, 0xff0000, 0x00ff00},
        {15, {0x00, 0x7c, 0xff, 0x03}, 0xff0000, 0x00ffff},
        {16, {0x00, 0xf8, 0xe0, 0x07}, 0xff0000, 0x00ff00},
        {24, {0x11, 0x22, 0x33, 0x44, 0x55, 0x66}, 0x332211, 0x665544},
        {32, {0x11, 0x22, 0x33, 0xff, 0x44, 0x55, 0x66, 0xff}, 0x332211, 0x665544},
    };
    b = vga_bench();
    for (unsigned i = 0; i < ARRAY_LEN(depths); i++) {
        mode(640, 480, depths[i].bits, VBE_LINEAR);
        memcpy(b->vga.dac, "\0\0\0\x3f\0\0\0\x3f\0", 9);
        memcpy(b->vga.memory, depths[i].bytes, 8);
        const struct frame *frame = picture();
        ck_assert_uint_eq(frame->width, 640);
        ck_assert_uint_eq(frame->height, 480);
        ck_assert(!frame->text.active);
        ck_assert_msg(frame->pixels[0] == depths[i].first && frame->pixels[1] == depths[i].second,
                      "%u bits: %06x %06x", depths[i].bits, (unsigned)frame->pixels[0],
                      (unsigned)frame->pixels[1]);
        ck_assert_uint_eq(frame->pixels[640 * 480 - 1], 0);
    }
    display_free(&b->display);
}
END_TEST

START_TEST(the_dac_has_six_bits_or_eight)
{
    b = vga_bench();
    mode(320, 200, 8, 0);
    vga_out(b, 0x3c8, 7);
    vga_out(b, 0x3c9, 0xff);
    ck_assert_uint_eq(b->vga.dac_buffer[0], 0x3f);
    mode(320, 200, 8, VBE_8_BIT_DAC);
    vga_out(b, 0x3c8, 0);
    vga_out(b, 0x3c9, 0x81);
    vga_out(b, 0x3c9, 0x42);
    vga_out(b, 0x3c9, 0xff);
    ck_assert_uint_eq(picture()->pixels[0], 0x8142ff);
    display_free(&b->display);
}
END_TEST

START_TEST(a_wider_picture_scrolls)
{
    b = vga_bench();
    mode(640, 480, 32, VBE_LINEAR);
    wr(VBE_VIRTUAL_WIDTH, 1024);
    ck_assert_uint_eq(rd(VBE_VIRTUAL_WIDTH), 1024);
    ck_assert_uint_eq(rd(VBE_VIRTUAL_HEIGHT), VGA_MEMORY / 4096);
    put32(b->vga.memory + (100 * 1024 + 50) * 4, 0x123456);
    wr(VBE_X, 50);
    wr(VBE_Y, 100);
    ck_assert_uint_eq(picture()->pixels[0], 0x123456);
    wr(VBE_X, 1024 - 640 + 1); /* out of memory: stays */
    wr(VBE_Y, VGA_MEMORY / 4096 - 480 + 1);
    ck_assert_uint_eq(rd(VBE_X), 50);
    ck_assert_uint_eq(rd(VBE_Y), 100);
    wr(VBE_VIRTUAL_WIDTH, 640); /* the picture would reach out of it: back to the edge */
    ck_assert_uint_eq(rd(VBE_X), 0);
    display_free(&b->display);
}
END_TEST

START_TEST(a_mode_clears_memory_unless_it_is_to_be_kept)
{
    b = vga_bench();
    memset(b->vga.memory, 0x5a, VGA_MEMORY);
    mode(800, 600, 16, VBE_KEEP);
    ck_assert_uint_eq(b->vga.memory[0], 0x5a);
    mode(800, 600, 16, 0);
    ck_assert_uint_eq(b->vga.memory[800 * 600 * 2 - 1], 0);
    ck_assert_uint_eq(b->vga.memory[800 * 600 * 2], 0x5a);
    memset(b->vga.memory, 0, VGA_MEMORY);
    display_free(&b->display);
}
END_TEST

START_TEST(the_window_shows_a_bank)
{
    u32 first, bytes;
    b = vga_bench();
    mode(1024, 768, 8, 0);
    wr(VBE_BANK, 5);
    ck_assert_ptr_eq(vga_window_ram(&b->vga, &first, &bytes), b->vga.memory + 5 * 65536);
    ck_assert_uint_eq(first, 0);
    ck_assert_uint_eq(bytes, 65536);
    wr(VBE_BANK, VGA_MEMORY / 65536); /* there is none */
    ck_assert_ptr_eq(vga_window_ram(&b->vga, &first, &bytes), b->vga.memory + 5 * 65536);
    wr(VBE_BANK, 0xc007); /* for reading and writing: the LGPL VGA BIOS says so */
    ck_assert_uint_eq(rd(VBE_BANK), 7);
    ck_assert_ptr_eq(vga_window_ram(&b->vga, &first, &bytes), b->vga.memory + 7 * 65536);
    unsigned told = b->windows;
    wr(VBE_BANK, 6);
    ck_assert_uint_eq(b->windows, told + 1);
    wr(VBE_ENABLE, 0);
    ck_assert_ptr_null(vga_window_ram(&b->vga, &first, &bytes));
    display_free(&b->display);
}
END_TEST

START_TEST(what_memory_does_not_hold_is_not_enabled)
{
    b = vga_bench();
    mode(2048, 1536, 32, 0);
    ck_assert(!(rd(VBE_ENABLE) & VBE_ENABLED));
    mode(2048, 1024, 32, 0);
    ck_assert(rd(VBE_ENABLE) & VBE_ENABLED);
    wr(VBE_WIDTH, 100); /* not while a mode is on */
    ck_assert_uint_eq(rd(VBE_WIDTH), 2048);
    mode(0, 100, 8, 0);
    ck_assert_uint_eq(rd(VBE_WIDTH), 0);
    ck_assert(!(rd(VBE_ENABLE) & VBE_ENABLED));
    wr(VBE_BITS, 7);
    ck_assert_uint_eq(rd(VBE_BITS), 8);
    wr(VBE_WIDTH, 2049);
    ck_assert_uint_eq(rd(VBE_WIDTH), 0);
    display_free(&b->display);
}
END_TEST

START_TEST(any_registers_keep_the_picture_inside_memory)
{
    u32 x = 7;
    b = vga_bench();
    for (unsigned i = 0; i < 20000; i++) {
        x = x * 1664525 + 1013904223;
        u16 value = (u16)(x >> 30 ? x >> 8 & 0xff : x >> 12);
        wr((u16)(x >> 27 & 15), (x >> 27 & 15) == VBE_ENABLE ? value | VBE_KEEP : value);
        if (i % 64 == 0)
            picture();
    }
    memset(b->vga.memory, 0, VGA_MEMORY);
    display_free(&b->display);
}
END_TEST

Suite *vga_vbe_suite(void)
{
    const TTest *const tests[] = {
        it_is_version_b0c5_and_tells_its_memory,
        each_depth_shows_its_colours,
        the_dac_has_six_bits_or_eight,
        a_wider_picture_scrolls,
        a_mode_clears_memory_unless_it_is_to_be_kept,
        the_window_shows_a_bank,
        what_memory_does_not_hold_is_not_enabled,
        any_registers_keep_the_picture_inside_memory,
        NULL,
    };
    return unit_suite("vga_vbe", tests);
}
