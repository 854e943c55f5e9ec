/* SPDX-License-Identifier: MIT */
/* The 8237A pair with its page registers and 2 MiB of memory. */
#include "devices/dma.h"
#include "src/base/log.h"
#include "tests/unit/unit.h"

struct board {
    struct bus bus;
    struct dma_page pages;
    struct dma low, high;
    unsigned rises, falls; /* of DACK2 */
};

static void listen(void *owner, unsigned pin UNUSED, bool level)
{
    struct board *b = owner;
    b->rises += level;
    b->falls += !level;
}

static void out(struct dma *dma, u32 reg, u8 value)
{
    dma_chip.write(dma, reg << dma->shift, value, 1);
}

static u8 in(struct dma *dma, u32 reg)
{
    return (u8)dma_chip.read(dma, reg << dma->shift, 1);
}

static void set_up(struct board *b)
{
    memset(b, 0, sizeof *b);
    ck_assert(bus_init(&b->bus, 2 << 20));
    dma_page_init(&b->pages);
    dma_init(&b->low, 0, &b->pages, &b->bus);
    dma_init(&b->high, 1, &b->pages, &b->bus);
    dma_cascade(&b->low, &b->high);
    line_connect(&b->low.dack[2], listen, b, 2);
    out(&b->high, 11, 0xc0);
    out(&b->high, 10, 0x00);
}

/* Program CHANNEL (0-3): mode without its number, address, count register, page; and unmask. */
static void program(struct board *b, struct dma *dma, u8 channel, u8 mode, u16 address, u16 count,
                    u8 page)
{
    static const u8 pages[2][4] = {{0x7, 0x3, 0x1, 0x2}, {0xf, 0xb, 0x9, 0xa}};
    out(dma, 10, 4 | channel);
    out(dma, 12, 0);
    out(dma, 11, mode | channel);
    out(dma, channel * 2u, (u8)address);
    out(dma, channel * 2u, (u8)(address >> 8));
    out(dma, channel * 2u + 1, (u8)count);
    out(dma, channel * 2u + 1, (u8)(count >> 8));
    dma_page_chip.write(&b->pages, pages[dma->shift][channel], page, 1);
    out(dma, 10, channel);
}

static u16 in16(struct dma *dma, u32 reg)
{
    out(dma, 12, 0);
    u16 low = in(dma, reg);
    return (u16)(low | in(dma, reg) << 8);
}

static void fill(u8 *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (u8)(i * 37 + 11);
}

START_TEST(every_byte_is_in_a_field)
{
    ck_assert_uint_eq(state_uncovered(stderr, dma_chip.fields, dma_chip.size), 0);
    ck_assert_uint_eq(state_uncovered(stderr, dma_page_chip.fields, dma_page_chip.size), 0);
}
END_TEST

START_TEST(a_device_writes_memory_until_the_terminal_count)
{
    struct board b;
    u8 bytes[600];
    bool tc = true;
    set_up(&b);
    fill(bytes, sizeof bytes);
    program(&b, &b.low, 2, 0x44, 0x1000, 511, 0x03);
    ck_assert_uint_eq(dma_transfer(&b.low, 2, bytes, 200, true, &tc), 200);
    ck_assert(!tc);
    ck_assert_uint_eq(in16(&b.low, 4), 0x1000 + 200);
    ck_assert_uint_eq(in16(&b.low, 5), 511 - 200);
    ck_assert_uint_eq(dma_transfer(&b.low, 2, bytes + 200, 400, true, &tc), 312);
    ck_assert(tc);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x31000, bytes, 512), 0);
    ck_assert_uint_eq(b.bus.ram[0x31200], 0);
    ck_assert_uint_eq(in16(&b.low, 5), 0xffff);
    ck_assert_uint_eq(in(&b.low, 8), 0x04);
    ck_assert_uint_eq(in(&b.low, 8), 0x00); /* cleared by the read */
    ck_assert_uint_eq(in(&b.low, 15), 0xff);  /* the channel has masked itself */
    ck_assert_uint_eq(dma_transfer(&b.low, 2, bytes, 1, true, &tc), 0);
    ck_assert(!tc);
    bus_free(&b.bus);
}
END_TEST

START_TEST(a_device_reads_memory)
{
    struct board b;
    u8 bytes[16] = {0};
    set_up(&b);
    fill(b.bus.ram + 0x123456, 16);
    program(&b, &b.low, 1, 0x48, 0x3456, 15, 0x12);
    ck_assert_uint_eq(dma_transfer(&b.low, 1, bytes, 16, false, NULL), 16);
    ck_assert_int_eq(memcmp(bytes, b.bus.ram + 0x123456, 16), 0);
    bus_free(&b.bus);
}
END_TEST

START_TEST(auto_initialisation_starts_again_and_stays_open)
{
    struct board b;
    u8 bytes[8];
    bool tc;
    set_up(&b);
    fill(bytes, 8);
    program(&b, &b.low, 1, 0x54, 0x2000, 3, 0);
    ck_assert_uint_eq(dma_transfer(&b.low, 1, bytes, 8, true, &tc), 4);
    ck_assert(tc);
    ck_assert_uint_eq(in16(&b.low, 2), 0x2000);
    ck_assert_uint_eq(in16(&b.low, 3), 3);
    ck_assert_uint_eq(dma_transfer(&b.low, 1, bytes + 4, 4, true, &tc), 4);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x2000, bytes + 4, 4), 0);
    ck_assert_uint_eq(in(&b.low, 15), 0xfd);
    bus_free(&b.bus);
}
END_TEST

START_TEST(a_decrementing_channel_goes_down)
{
    struct board b;
    u8 bytes[4] = {1, 2, 3, 4};
    set_up(&b);
    program(&b, &b.low, 3, 0x64, 0x0001, 3, 0x05);
    dma_transfer(&b.low, 3, bytes, 4, true, NULL);
    ck_assert_uint_eq(b.bus.ram[0x50001], 1);
    ck_assert_uint_eq(b.bus.ram[0x50000], 2);
    ck_assert_uint_eq(b.bus.ram[0x5ffff], 3); /* wraps in its page */
    ck_assert_uint_eq(b.bus.ram[0x5fffe], 4);
    bus_free(&b.bus);
}
END_TEST

START_TEST(words_that_go_down_keep_their_bytes_and_come_back)
{
    struct board b;
    u8 bytes[8], same[8], back[8];
    set_up(&b);
    fill(bytes, sizeof bytes);
    fill(same, sizeof same);
    program(&b, &b.high, 1, 0x64, 0x0001, 3, 0x06);
    ck_assert_uint_eq(dma_transfer(&b.high, 1, bytes, 8, true, NULL), 8);
    ck_assert_int_eq(memcmp(bytes, same, 8), 0);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x60002, bytes, 2), 0);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x60000, bytes + 2, 2), 0);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x7fffe, bytes + 4, 2), 0);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x7fffc, bytes + 6, 2), 0);
    program(&b, &b.high, 1, 0x68, 0x0001, 3, 0x06);
    dma_transfer(&b.high, 1, back, 8, false, NULL);
    ck_assert_int_eq(memcmp(back, bytes, 8), 0);
    bus_free(&b.bus);
}
END_TEST

START_TEST(a_transfer_wraps_inside_64_k)
{
    struct board b;
    u8 bytes[256], back[256];
    set_up(&b);
    fill(bytes, sizeof bytes);
    program(&b, &b.low, 2, 0x44, 0xff80, 255, 0x04);
    ck_assert_uint_eq(dma_transfer(&b.low, 2, bytes, 256, true, NULL), 256);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x4ff80, bytes, 128), 0);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x40000, bytes + 128, 128), 0);
    ck_assert_uint_eq(b.bus.ram[0x50000], 0);
    program(&b, &b.low, 2, 0x48, 0xff80, 255, 0x04);
    dma_transfer(&b.low, 2, back, 256, false, NULL);
    ck_assert_int_eq(memcmp(back, bytes, 256), 0);
    bus_free(&b.bus);
}
END_TEST

START_TEST(word_channels_shift_the_address_and_wrap_inside_128_k)
{
    struct board b;
    u8 bytes[8];
    bool tc;
    set_up(&b);
    fill(bytes, sizeof bytes);
    program(&b, &b.high, 1, 0x44, 0xfffe, 3, 0x03); /* page 2-3: bit 0 is not used */
    ck_assert_uint_eq(dma_transfer(&b.high, 1, bytes, 7, true, &tc), 6); /* whole words */
    ck_assert(!tc);
    ck_assert_uint_eq(dma_transfer(&b.high, 1, bytes + 6, 2, true, &tc), 2);
    ck_assert(tc);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x3fffc, bytes, 4), 0);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x20000, bytes + 4, 4), 0);
    ck_assert_uint_eq(dma_transfer(&b.high, 1, bytes, 1, true, &tc), 0);
    program(&b, &b.high, 3, 0x64, 0x0001, 1, 0x06);
    dma_transfer(&b.high, 3, bytes, 4, true, NULL);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x60002, bytes, 2), 0);
    ck_assert_int_eq(memcmp(b.bus.ram + 0x60000, bytes + 2, 2), 0);
    bus_free(&b.bus);
}
END_TEST

START_TEST(every_channel_has_its_page_register)
{
    static const u8 reg[8] = {7, 3, 1, 2, 15, 11, 9, 10};
    for (u8 n = 1; n < 8; n++) {
        struct board b;
        u8 byte[2] = {0x5a, 0xa5};
        if (n == 4)
            continue; /* the cascade */
        set_up(&b);
        struct dma *dma = n < 4 ? &b.low : &b.high;
        for (u8 i = 0; i < 16; i++)
            dma_page_chip.write(&b.pages, i, i == reg[n] ? 0x06 : 0x0a, 1);
        out(dma, 11, 0x44 | (n & 3));
        out(dma, 10, n & 3);
        dma_transfer(dma, n & 3, byte, 2, true, NULL);
        ck_assert_uint_eq(b.bus.ram[0x60000], 0x5a);
        ck_assert_uint_eq(dma_page_chip.read(&b.pages, reg[n], 1), 0x06);
        bus_free(&b.bus);
    }
}
END_TEST

START_TEST(verify_and_wrong_direction_count_but_leave_memory)
{
    static const u8 modes[] = {0x40, 0x48, 0x4c};
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        struct board b;
        u8 bytes[4] = {1, 2, 3, 4};
        bool tc;
        set_up(&b);
        program(&b, &b.low, 2, modes[i], 0x1000, 3, 0);
        ck_assert_uint_eq(dma_transfer(&b.low, 2, bytes, 4, true, &tc), 4);
        ck_assert(tc);
        ck_assert_uint_eq(b.bus.ram[0x1000], 0);
        program(&b, &b.low, 2, 0x44, 0x1000, 3, 0);
        dma_transfer(&b.low, 2, bytes, 4, false, NULL);
        ck_assert_uint_eq(get32(bytes), 0xffffffff);
        bus_free(&b.bus);
    }
}
END_TEST

START_TEST(addresses_and_counts_read_back_and_the_flip_flop_is_one)
{
    struct board b;
    set_up(&b);
    out(&b.low, 12, 0);
    out(&b.low, 0, 0x34);
    ck_assert_uint_eq(in(&b.low, 0), 0x00); /* the high byte's turn */
    out(&b.low, 0, 0x56);                   /* low again */
    out(&b.low, 0, 0x12);
    ck_assert_uint_eq(in(&b.low, 0), 0x56);
    ck_assert_uint_eq(in(&b.low, 0), 0x12);
    in(&b.low, 0);
    out(&b.low, 12, 0);
    ck_assert_uint_eq(in(&b.low, 0), 0x56);
    bus_free(&b.bus);
}
END_TEST

START_TEST(half_a_write_changes_half_of_base_and_current)
{
    struct board b;
    u8 bytes[0x120] = {0};
    set_up(&b);
    program(&b, &b.low, 2, 0x54, 0x1080, 0x1ff, 0);
    dma_transfer(&b.low, 2, bytes, 0x120, true, NULL);
    out(&b.low, 12, 0);
    out(&b.low, 4, 0x44);
    ck_assert_uint_eq(b.low.channel[2].base_address, 0x1044);
    ck_assert_uint_eq(b.low.channel[2].address, 0x1144);
    bus_free(&b.bus);
}
END_TEST

START_TEST(masks_and_the_controller_disable_hold_a_channel)
{
    struct board b;
    u8 byte = 1;
    set_up(&b);
    program(&b, &b.low, 2, 0x44, 0x1000, 0xff, 0);
    dma_dreq(&b.low, 2, true);
    ck_assert_uint_eq(b.rises, 1);
    ck_assert_uint_eq(in(&b.low, 8) & 0xf0, 0x40);
    out(&b.low, 8, 0x04);
    ck_assert_uint_eq(b.falls, 1);
    ck_assert_uint_eq(dma_transfer(&b.low, 2, &byte, 1, true, NULL), 0);
    out(&b.low, 8, 0x00);
    ck_assert_uint_eq(b.rises, 2);
    out(&b.low, 15, 0x0f);
    ck_assert_uint_eq(b.falls, 2);
    out(&b.low, 14, 0x00);
    ck_assert_uint_eq(b.rises, 3);
    ck_assert_uint_eq(dma_transfer(&b.low, 2, &byte, 1, true, NULL), 1);
    dma_dreq(&b.low, 2, false);
    ck_assert_uint_eq(b.falls, 3);
    bus_free(&b.bus);
}
END_TEST

START_TEST(the_lower_controller_needs_the_cascade_channel)
{
    struct board b;
    u8 byte = 1;
    set_up(&b);
    program(&b, &b.low, 2, 0x44, 0x1000, 0xff, 0);
    dma_dreq(&b.low, 2, true);
    out(&b.high, 10, 0x04);
    ck_assert_uint_eq(b.falls, 1);
    ck_assert_uint_eq(dma_transfer(&b.low, 2, &byte, 1, true, NULL), 0);
    out(&b.high, 10, 0x00);
    ck_assert_uint_eq(b.rises, 2);
    out(&b.high, 11, 0x40); /* not cascade mode */
    ck_assert_uint_eq(dma_transfer(&b.low, 2, &byte, 1, true, NULL), 0);
    ck_assert_uint_eq(dma_transfer(&b.high, 0, &byte, 1, true, NULL), 0);
    bus_free(&b.bus);
}
END_TEST

START_TEST(a_software_request_runs_to_the_terminal_count_in_spite_of_the_mask)
{
    struct board b;
    set_up(&b);
    program(&b, &b.low, 3, 0x84, 0x1000, 999, 0);
    out(&b.low, 10, 0x07);
    out(&b.low, 9, 0x07);
    ck_assert_uint_eq(in(&b.low, 8), 0x08);
    ck_assert_uint_eq(b.bus.ram[0x1000], 0xff);
    ck_assert_uint_eq(b.bus.ram[0x13e7], 0xff);
    ck_assert_uint_eq(b.bus.ram[0x13e8], 0);
    ck_assert_uint_eq(in(&b.low, 9), 0xf0);
    out(&b.low, 8, 0x04); /* disabled: the request waits */
    out(&b.low, 9, 0x05);
    ck_assert_uint_eq(in(&b.low, 8), 0x20);
    ck_assert_uint_eq(in(&b.low, 9), 0xf2);
    out(&b.low, 9, 0x01);
    ck_assert_uint_eq(in(&b.low, 8), 0x00);
    bus_free(&b.bus);
}
END_TEST

START_TEST(master_clear_masks_all_and_resets_the_flip_flop)
{
    struct board b;
    set_up(&b);
    program(&b, &b.low, 2, 0x44, 0x1234, 0x5678, 0);
    out(&b.low, 0, 0x99);
    out(&b.low, 8, 0x04);
    out(&b.low, 13, 0xff);
    ck_assert_uint_eq(in(&b.low, 15), 0xff);
    ck_assert_uint_eq(b.low.command, 0);
    ck_assert_uint_eq(in(&b.low, 4), 0x34);
    ck_assert_uint_eq(in(&b.low, 4), 0x12);
    ck_assert_uint_eq(in(&b.low, 13), 0); /* temporary */
    ck_assert_uint_eq(in(&b.low, 11), 0xff);
    bus_free(&b.bus);
}
END_TEST

START_TEST(post_codes_are_logged_and_kept)
{
    struct board b;
    char text[64] = "";
    set_up(&b);
    FILE *file = fmemopen(text, sizeof text, "w");
    log_to(file);
    log_mask = LOG_BIOS;
    dma_page_chip.write(&b.pages, 0, 0x3c, 1);
    dma_page_chip.write(&b.pages, 4, 0x3d, 1);
    log_mask = 0;
    log_to(NULL);
    fclose(file);
    ck_assert_str_eq(text, "post 3c\n");
    ck_assert_uint_eq(dma_page_chip.read(&b.pages, 0, 1), 0x3c);
    bus_free(&b.bus);
}
END_TEST

START_TEST(no_access_of_any_width_harms)
{
    static const unsigned sizes[] = {1, 2, 4, 1};
    struct board b;
    u8 bytes[512];
    u32 x = 5;
    set_up(&b);
    for (unsigned i = 0; i < 100000; i++) {
        x = x * 1664525 + 1013904223;
        struct dma *dma = x >> 31 ? &b.low : &b.high;
        u32 reg = x >> 8 & 63;
        bool tc;
        if (x >> 30 & 1)
            dma_chip.write(dma, reg, reg >> dma->shift == 9 ? x >> 20 & 3 : x >> 20,
                           sizes[x >> 14 & 3]);
        else
            dma_chip.read(dma, reg, sizes[x >> 14 & 3]);
        dma_page_chip.write(&b.pages, x >> 9, x >> 16, 4);
        dma_page_chip.read(&b.pages, x >> 10, 4);
        u32 n = x >> 17 & 511;
        ck_assert_uint_le(dma_transfer(dma, x >> 26, bytes, n, x >> 12 & 1, &tc), n);
        dma_dreq(dma, x >> 5 & 31, x >> 13 & 1);
    }
    for (unsigned i = 0; i < 100; i++) /* the longest work that one write can ask for */
        out(&b.high, 9, 7);
    bus_free(&b.bus);
}
END_TEST

Suite *dma_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_a_field,
        a_device_writes_memory_until_the_terminal_count,
        a_device_reads_memory,
        auto_initialisation_starts_again_and_stays_open,
        a_decrementing_channel_goes_down,
        words_that_go_down_keep_their_bytes_and_come_back,
        a_transfer_wraps_inside_64_k,
        word_channels_shift_the_address_and_wrap_inside_128_k,
        every_channel_has_its_page_register,
        verify_and_wrong_direction_count_but_leave_memory,
        addresses_and_counts_read_back_and_the_flip_flop_is_one,
        half_a_write_changes_half_of_base_and_current,
        masks_and_the_controller_disable_hold_a_channel,
        the_lower_controller_needs_the_cascade_channel,
        a_software_request_runs_to_the_terminal_count_in_spite_of_the_mask,
        master_clear_masks_all_and_resets_the_flip_flop,
        post_codes_are_logged_and_kept,
        no_access_of_any_width_harms,
        NULL};
    return unit_suite("dma", tests);
}
