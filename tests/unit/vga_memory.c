/* SPDX-License-Identifier: MIT */
/* The CPU's way into the planes, against a model that works bit by bit; and plain memory. */
#include "mem/bus.h"
#include "tests/unit/vga_modes.h"

static void seq(struct vga_bench *b, u8 index, u8 value)
{
    vga_out2(b, 0x3c4, index, value);
}

static void gc(struct vga_bench *b, u8 index, u8 value)
{
    vga_out2(b, 0x3ce, index, value);
}

/* Byte of plane PLANE at address AT (0 to FFFFh), read through read map select. */
static u8 plane_byte(struct vga_bench *b, u8 plane, u32 at)
{
    gc(b, 4, plane);
    return vga_peek(b, 0xa0000 + at);
}

/* One bit of one plane through the write path, as the manual describes it. */
static u32 model_bit(const u8 *regs, u8 value, u32 plane, u32 bit, u32 latch)
{
    u32 mode = regs[5] & 3, rotate = regs[3] & 7;
    u32 rotated = value >> ((bit + rotate) & 7) & 1, data = rotated;
    u32 set = regs[0] >> plane & 1, mask = regs[8] >> bit & 1;
    if (mode == 1)
        return latch;
    if (mode == 0 && regs[1] >> plane & 1)
        data = set;
    if (mode == 2)
        data = value >> plane & 1;
    if (mode == 3) {
        data = set;
        mask &= rotated;
    }
    switch (regs[3] >> 3 & 3) {
    case 1:
        data &= latch;
        break;
    case 2:
        data |= latch;
        break;
    case 3:
        data ^= latch;
        break;
    default:
        break;
    }
    return mask ? data : latch;
}

START_TEST(all_write_modes_agree_with_the_bitwise_model)
{
    struct vga_bench *b = vga_bench();
    u32 seed = 77;
    vga_set_mode(b, 0x12);
    for (int round = 0; round < 20000; round++) {
        u8 regs[9] = {0}, old[4], latch[4], maps, value;
        seed = seed * 1664525 + 1013904223;
        for (u8 p = 0; p < 4; p++) {
            latch[p] = (u8)(seed * (2 * p + 3) >> 13);
            old[p] = (u8)(seed * (2 * p + 5) >> 11);
            b->vga.memory[p] = latch[p];         /* plane address 0 */
            b->vga.memory[0x10000 + p] = old[p]; /* plane address 1: the next quarter of cells */
        }
        regs[0] = seed >> 4 & 15, regs[1] = seed >> 9 & 15, regs[3] = seed >> 14 & 31;
        regs[5] = seed >> 20 & 3, regs[8] = (u8)(seed >> 22);
        maps = seed >> 28, value = (u8)(seed >> 17 ^ seed);
        for (u8 i = 0; i < 9; i++)
            if (i != 4 && i != 6 && i != 2 && i != 7)
                gc(b, i, regs[i]);
        seq(b, 2, maps);
        vga_peek(b, 0xa0000);
        vga_poke(b, 0xa0001, value);
        for (u8 p = 0; p < 4; p++) {
            u8 want = 0;
            for (u32 bit = 0; bit < 8; bit++)
                want |= (u8)(model_bit(regs, value, p, bit, latch[p] >> bit & 1) << bit);
            ck_assert_uint_eq(plane_byte(b, p, 1), maps >> p & 1 ? want : old[p]);
        }
    }
    display_free(&b->display);
}
END_TEST

START_TEST(colour_compare_finds_pixels_in_the_planes_that_count)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x12);
    for (u8 p = 0; p < 4; p++) {
        seq(b, 2, (u8)(1 << p));
        vga_poke(b, 0xa0010, (u8)(p == 0 ? 0xf0 : p == 1 ? 0xcc : p == 2 ? 0xaa : 0x0f));
    }
    gc(b, 5, 0x08);
    for (u32 care = 0; care < 16; care++) {
        for (u32 colour = 0; colour < 16; colour++) {
            static const u8 planes[4] = {0xf0, 0xcc, 0xaa, 0x0f};
            u8 want = 0xff;
            for (u32 p = 0; p < 4; p++)
                if (care >> p & 1)
                    want &= colour >> p & 1 ? planes[p] : (u8)~planes[p];
            gc(b, 2, (u8)colour);
            gc(b, 7, (u8)care);
            ck_assert_uint_eq(vga_peek(b, 0xa0010), want);
        }
    }
    display_free(&b->display);
}
END_TEST

START_TEST(planar_addresses_are_all_different)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x12);
    for (u32 p = 0; p < 4; p++) {
        seq(b, 2, (u8)(1 << p));
        for (u32 at = 0; at < 0x10000; at++)
            vga_poke(b, 0xa0000 + at, (u8)(at * 31 + (at >> 8) + p * 64));
    }
    for (u8 p = 0; p < 4; p++) {
        gc(b, 4, p);
        for (u32 at = 0; at < 0x10000; at++)
            ck_assert_uint_eq(vga_peek(b, 0xa0000 + at), (u8)(at * 31 + (at >> 8) + p * 64));
    }
    display_free(&b->display);
}
END_TEST

/* IBM manual: pixel n of mode 13h is in plane n mod 4, its low address bits come from above. */
START_TEST(chain_4_puts_bytes_where_unchained_planes_have_them)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x13);
    for (u32 at = 0; at < 0x10000; at++)
        vga_poke(b, 0xa0000 + at, (u8)(at * 7 + (at >> 8)));
    ck_assert_uint_eq(vga_peek(b, 0xa1235), (u8)(0x1235 * 7 + 0x12));
    seq(b, 4, 0x06);
    gc(b, 5, 0x00);
    for (u32 at = 0; at < 0x10000; at += 13)
        ck_assert_uint_eq(plane_byte(b, at & 3, (at & 0xfffc) | at >> 14),
                          (u8)(at * 7 + (at >> 8)));
    display_free(&b->display);
}
END_TEST

START_TEST(chain_4_obeys_the_map_mask)
{
    struct vga_bench *b = vga_bench();
    u32 first, bytes;
    vga_set_mode(b, 0x13);
    seq(b, 2, 0x05);
    ck_assert_ptr_null(vga_window_ram(&b->vga, &first, &bytes));
    for (u32 i = 0; i < 8; i++)
        vga_poke(b, 0xa0000 + i, 0x55);
    for (u32 i = 0; i < 8; i++)
        ck_assert_uint_eq(vga_peek(b, 0xa0000 + i), i & 1 ? 0 : 0x55);
    display_free(&b->display);
}
END_TEST

START_TEST(text_modes_split_characters_and_attributes)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    vga_memory_chip.write(&b->vga, 0x18000, 0x1f421e41, 4);
    ck_assert_uint_eq(vga_memory_chip.read(&b->vga, 0x18000, 4), 0x1f421e41);
    seq(b, 4, 0x06);
    gc(b, 5, 0x00);
    gc(b, 6, 0x04);
    ck_assert_uint_eq(plane_byte(b, 0, 0), 0x41);
    ck_assert_uint_eq(plane_byte(b, 1, 0), 0x1e);
    ck_assert_uint_eq(plane_byte(b, 0, 2), 0x42);
    ck_assert_uint_eq(plane_byte(b, 1, 2), 0x1f);
    ck_assert_uint_eq(plane_byte(b, 0, 1), 0);
    ck_assert_uint_eq(plane_byte(b, 2, 0), 0);
    display_free(&b->display);
}
END_TEST

START_TEST(odd_and_even_reach_all_planes_that_the_masks_allow)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    seq(b, 2, 0x0f);
    gc(b, 6, 0x06); /* 64 KiB at A0000h */
    vga_poke(b, 0xa0000, 0xaa);
    vga_poke(b, 0xa0001, 0xbb);
    vga_out(b, 0x3c2, 0x47); /* the other page */
    vga_poke(b, 0xa0000, 0xcc);
    vga_out(b, 0x3c2, 0x67);
    ck_assert_uint_eq(vga_peek(b, 0xa0000), 0xaa);
    gc(b, 4, 2); /* the pair of planes 2 and 3 */
    ck_assert_uint_eq(vga_peek(b, 0xa0000), 0xaa);
    ck_assert_uint_eq(vga_peek(b, 0xa0001), 0xbb);
    seq(b, 4, 0x06);
    gc(b, 5, 0x00);
    gc(b, 6, 0x04);
    ck_assert_uint_eq(plane_byte(b, 2, 0), 0xaa);
    ck_assert_uint_eq(plane_byte(b, 3, 0), 0xbb);
    ck_assert_uint_eq(plane_byte(b, 0, 1), 0xcc);
    seq(b, 4, 0x02);
    gc(b, 5, 0x10);
    gc(b, 6, 0x02); /* 128 KiB: A16 is the page */
    vga_poke(b, 0xa0008, 0xdd);
    vga_poke(b, 0xb0008, 0xee);
    seq(b, 4, 0x06);
    gc(b, 5, 0x00);
    gc(b, 6, 0x04);
    ck_assert_uint_eq(plane_byte(b, 0, 8), 0xdd);
    ck_assert_uint_eq(plane_byte(b, 0, 9), 0xee);
    display_free(&b->display);
}
END_TEST

START_TEST(the_window_has_four_places)
{
    static const struct {
        u32 first, last;
    } place[4] = {{0xa0000, 0xbffff}, {0xa0000, 0xaffff}, {0xb0000, 0xb7fff}, {0xb8000, 0xbffff}};
    struct vga_bench *b = vga_bench();
    for (u32 map = 0; map < 4; map++) {
        vga_set_mode(b, 0x12);
        gc(b, 6, (u8)(map << 2 | 1));
        b->vga.memory[0] = 0x5a; /* plane address 0 */
        for (u32 at = 0xa0000; at < 0xc0000; at += 0x1000) {
            bool inside = at >= place[map].first && at <= place[map].last;
            bool zero = ((at - place[map].first) & 0xffff) == 0;
            ck_assert_uint_eq(vga_peek(b, at), !inside ? 0xff : zero ? 0x5a : 0);
        }
    }
    vga_out(b, 0x3c2, 0x61); /* memory off */
    ck_assert_uint_eq(vga_peek(b, 0xb8000), 0xff);
    display_free(&b->display);
}
END_TEST

START_TEST(a_wide_access_is_bytes_low_first_and_ends_with_the_window)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x12);
    vga_memory_chip.write(&b->vga, 0x100, 0x44332211, 4);
    for (u8 i = 0; i < 4; i++)
        ck_assert_uint_eq(vga_peek(b, 0xa0100 + i), 0x11 * (i + 1u));
    ck_assert_uint_eq(vga_memory_chip.read(&b->vga, 0x101, 2), 0x3322);
    vga_memory_chip.write(&b->vga, 0xfffe, 0x44332211, 4);
    ck_assert_uint_eq(vga_memory_chip.read(&b->vga, 0xfffe, 4), 0xffff2211);
    ck_assert_uint_eq(vga_peek(b, 0xa0000), 0);
    display_free(&b->display);
}
END_TEST

START_TEST(mode_13h_is_plain_memory_until_something_stands_in_the_way)
{
    static const struct {
        u16 port;
        u8 index, value;
    } block[] = {{0x3c4, 2, 0x07}, {0x3c4, 4, 0x06}, {0x3ce, 1, 0x01}, {0x3ce, 3, 0x01},
                 {0x3ce, 3, 0x08}, {0x3ce, 5, 0x41}, {0x3ce, 5, 0x48}, {0x3ce, 6, 0x01},
                 {0x3ce, 8, 0xfe}};
    struct vga_bench *b = vga_bench();
    u32 first, bytes;
    ck_assert_ptr_null(vga_window_ram(&b->vga, &first, &bytes));
    for (size_t i = 0; i < ARRAY_LEN(block); i++) {
        vga_set_mode(b, 0x13);
        b->windows = 0;
        ck_assert_ptr_nonnull(vga_window_ram(&b->vga, &first, &bytes));
        ck_assert_uint_eq(first, 0);
        ck_assert_uint_eq(bytes, 0x10000);
        vga_out2(b, block[i].port, block[i].index, block[i].value);
        ck_assert_ptr_null(vga_window_ram(&b->vga, &first, &bytes));
        ck_assert_uint_eq(b->windows, 1);
    }
    vga_set_mode(b, 0x13);
    gc(b, 6, 0x0d);
    vga_window_ram(&b->vga, &first, &bytes);
    ck_assert_uint_eq(first, 0x18000);
    ck_assert_uint_eq(bytes, 0x8000);
    b->windows = 0;
    gc(b, 4, 3); /* what does not matter is not told */
    seq(b, 3, 5);
    ck_assert_uint_eq(b->windows, 0);
    display_free(&b->display);
}
END_TEST

START_TEST(plain_memory_and_the_chip_see_the_same_bytes)
{
    struct vga_bench *b = vga_bench();
    u32 first, bytes;
    vga_set_mode(b, 0x13);
    u8 *ram = vga_window_ram(&b->vga, &first, &bytes);
    for (u32 i = 0; i < bytes; i++)
        ram[i] = (u8)(i ^ i >> 8);
    for (u32 i = 0; i < bytes; i += 4)
        ck_assert_uint_eq(vga_memory_chip.read(&b->vga, i, 4), get32(ram + i));
    vga_memory_chip.write(&b->vga, 0x4321, 0xdeadbeef, 4);
    ck_assert_uint_eq(get32(ram + 0x4321), 0xdeadbeef);
    display_free(&b->display);
}
END_TEST

START_TEST(write_mode_1_copies_all_planes)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x0d);
    for (u8 p = 0; p < 4; p++) {
        seq(b, 2, (u8)(1 << p));
        vga_poke(b, 0xa0005, 0x11 * (p + 1));
    }
    seq(b, 2, 0x0f);
    gc(b, 5, 0x01);
    vga_peek(b, 0xa0005);
    vga_poke(b, 0xafff0, 0xee);
    gc(b, 5, 0x00);
    for (u8 p = 0; p < 4; p++)
        ck_assert_uint_eq(plane_byte(b, p, 0xfff0), 0x11 * (p + 1u));
    display_free(&b->display);
}
END_TEST

/* All bank, plane and mode registers at random, every width, the whole window: hardening, VGA. */
START_TEST(any_registers_keep_accesses_inside_the_memory)
{
    struct vga_bench *b = vga_bench();
    u32 seed = 99;
    for (int round = 0; round < 400; round++) {
        seed = seed * 1664525 + 1013904223;
        vga_out(b, 0x3c2, (u8)(seed >> 24) | 2);
        for (u8 i = 0; i < 5; i++)
            seq(b, i, (u8)(seed >> (i * 5)));
        for (u8 i = 0; i < 9; i++)
            gc(b, i, (u8)(seed * (i + 1) >> 9));
        for (u32 at = 0; at < 0x20000; at += 1 + seed % 251) {
            for (unsigned size = 1; size <= 4; size *= 2) {
                vga_memory_chip.write(&b->vga, at, seed, size);
                vga_memory_chip.read(&b->vga, at, size);
            }
        }
    }
    vga_memory_chip.write(&b->vga, 0x1ffff, 0x12345678, 4);
    vga_memory_chip.read(&b->vga, 0x1ffff, 4);
    vga_memory_chip.read(&b->vga, ~0u, 4);
    display_free(&b->display);
}
END_TEST

/* As a board uses it. */
static void remap(void *owner)
{
    struct bus *bus = ((void **)owner)[0];
    struct vga *vga = ((void **)owner)[1];
    u32 first, bytes;
    u8 *ram = vga_window_ram(vga, &first, &bytes);
    bus_map_chip(bus, 0xa0000, 0x20000, &vga_memory_chip, vga);
    if (ram)
        bus_map_host(bus, 0xa0000 + first, bytes, ram, true);
}

START_TEST(a_bus_follows_the_window)
{
    struct vga_bench *b = vga_bench();
    static struct bus bus;
    void *owner[2] = {&bus, &b->vga};
    bool writable;
    u32 page;
    ck_assert(bus_init(&bus, 0x100000));
    bus_map_chip(&bus, 0xa0000, 0x20000, &vga_memory_chip, &b->vga);
    vga_set_window(&b->vga, remap, owner);
    vga_set_mode(b, 0x13);
    ck_assert_ptr_nonnull(bus_page(&bus, 0xa0000, &writable, &page));
    ck_assert_ptr_null(bus_page(&bus, 0xb8000, &writable, &page));
    bus_write(&bus, 0xa0123, 0x99, 1);
    ck_assert_uint_eq(b->vga.memory[0x123], 0x99);
    vga_set_mode(b, 0x03);
    ck_assert_ptr_null(bus_page(&bus, 0xa0000, &writable, &page));
    bus_write(&bus, 0xb8000, 0x1f41, 2);
    ck_assert_uint_eq(get16(b->vga.memory), 0x1f41);
    bus_free(&bus);
    display_free(&b->display);
}
END_TEST

Suite *vga_memory_suite(void)
{
    const TTest *const tests[] = {
        all_write_modes_agree_with_the_bitwise_model,
        colour_compare_finds_pixels_in_the_planes_that_count,
        planar_addresses_are_all_different,
        chain_4_puts_bytes_where_unchained_planes_have_them,
        chain_4_obeys_the_map_mask,
        text_modes_split_characters_and_attributes,
        odd_and_even_reach_all_planes_that_the_masks_allow,
        the_window_has_four_places,
        a_wide_access_is_bytes_low_first_and_ends_with_the_window,
        mode_13h_is_plain_memory_until_something_stands_in_the_way,
        plain_memory_and_the_chip_see_the_same_bytes,
        write_mode_1_copies_all_planes,
        any_registers_keep_accesses_inside_the_memory,
        a_bus_follows_the_window,
        NULL};
    return unit_suite("vga_memory", tests);
}
