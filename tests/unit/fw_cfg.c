/* SPDX-License-Identifier: MIT */
/* fw_cfg by its specification (QEMU, docs/specs/fw_cfg), and by requests that no firmware makes. */
#include "devices/fw_cfg.h"
#include "tests/unit/unit.h"

enum { RAM = 2 << 20, AT = 0x2000, TARGET = 0x8000 };
enum { ERROR = 1, READ = 2, SKIP = 4, SELECT = 8, WRITE = 16 };

static struct bus bus;
static struct fw_cfg fw;
static const u8 alphabet[] = "abcdefghijklmnopqrstuvwxyz";

static void setup(void)
{
    ck_assert(bus_init(&bus, RAM));
    fw_cfg_init(&fw, &bus);
    fw_cfg_add_number(&fw, FW_CFG_RAM_SIZE, 0x123456789abcdef0, 8);
    fw_cfg_add_file(&fw, "etc/one", alphabet, 26);
    fw_cfg_add_file(&fw, "etc/two", alphabet, 3);
    fw_cfg_chip.reset(&fw);
}

static void out(u32 reg, u32 value, unsigned size)
{
    fw_cfg_chip.write(&fw, reg, value, size);
}

static u8 in_data(void)
{
    return (u8)fw_cfg_chip.read(&fw, FW_CFG_DATA, 1);
}

static void put_be32(u8 *p, u32 value)
{
    put32(p, __builtin_bswap32(value));
}

static u32 be32(const u8 *p)
{
    return __builtin_bswap32(get32(p));
}

/* A request in memory; what its control word says afterwards. */
static u32 dma(u32 control, u32 length, u64 address)
{
    put_be32(bus.ram + AT, control);
    put_be32(bus.ram + AT + 4, length);
    put_be32(bus.ram + AT + 8, (u32)(address >> 32));
    put_be32(bus.ram + AT + 12, (u32)address);
    out(FW_CFG_DMA, 0, 4);
    out(FW_CFG_DMA + 4, __builtin_bswap32(AT), 4);
    return be32(bus.ram + AT);
}

START_TEST(every_byte_of_the_chip_is_in_its_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, fw_cfg_chip.fields, fw_cfg_chip.size), 0);
}
END_TEST

START_TEST(the_signature_and_the_interfaces_are_told)
{
    setup();
    out(FW_CFG_SELECTOR, FW_CFG_SIGNATURE, 2);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_uint_eq(in_data(), (u8) "QEMU"[i]);
    out(FW_CFG_SELECTOR, FW_CFG_ID, 2);
    ck_assert_uint_eq(in_data(), 3); /* ports and DMA */
    ck_assert_uint_eq(fw_cfg_chip.read(&fw, FW_CFG_DMA, 4), 0x554d4551);
    ck_assert_uint_eq(fw_cfg_chip.read(&fw, FW_CFG_DMA + 4, 4), 0x47464320);
    ck_assert_uint_eq(fw_cfg_chip.read(&fw, FW_CFG_DMA + 1, 1), 'E');
    bus_free(&bus);
}
END_TEST

START_TEST(numbers_are_little_endian_and_zeros_follow_every_item)
{
    setup();
    out(FW_CFG_SELECTOR, FW_CFG_RAM_SIZE, 2);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_uint_eq(in_data(), (u8)(0x123456789abcdef0 >> 8 * i));
    ck_assert_uint_eq(in_data(), 0);
    out(FW_CFG_SELECTOR, 0x7777, 2); /* nothing there */
    ck_assert_uint_eq(in_data(), 0);
    bus_free(&bus);
}
END_TEST

START_TEST(selecting_again_starts_again_and_half_a_key_selects_nothing)
{
    setup();
    out(FW_CFG_SELECTOR, FW_CFG_FILE_FIRST, 2);
    ck_assert_uint_eq(in_data(), 'a');
    ck_assert_uint_eq(in_data(), 'b');
    out(FW_CFG_SELECTOR, FW_CFG_ID, 1);
    ck_assert_uint_eq(in_data(), 'c');
    out(FW_CFG_DATA, 'x', 1);
    ck_assert_uint_eq(in_data(), 'd');
    out(FW_CFG_SELECTOR, FW_CFG_FILE_FIRST | 0x4000, 2); /* the write channel reads, too */
    ck_assert_uint_eq(in_data(), 'a');
    ck_assert_uint_eq(fw_cfg_chip.read(&fw, FW_CFG_SELECTOR, 1) & 0xff, 0xff);
    ck_assert_uint_eq(in_data(), 'b');
    bus_free(&bus);
}
END_TEST

START_TEST(the_directory_names_files_by_big_endian_entries)
{
    static const u8 want[] = {0, 0, 0, 26, 0, 0x20, 0, 0, 'e', 't', 'c', '/', 'o', 'n', 'e', 0};
    setup();
    ck_assert_uint_eq(dma((u32)FW_CFG_DIRECTORY << 16 | SELECT | READ, 132, TARGET), 0);
    ck_assert_uint_eq(be32(bus.ram + TARGET), 2);
    ck_assert_mem_eq(bus.ram + TARGET + 4, want, sizeof want);
    ck_assert_uint_eq(be32(bus.ram + TARGET + 68), 3);
    ck_assert_uint_eq(bus.ram[TARGET + 73], 0x21);
    ck_assert_str_eq((const char *)bus.ram + TARGET + 76, "etc/two");
    bus_free(&bus);
}
END_TEST

START_TEST(dma_reads_skips_and_goes_on_where_the_port_stopped)
{
    setup();
    memset(bus.ram + TARGET, 0xee, 64);
    out(FW_CFG_SELECTOR, FW_CFG_FILE_FIRST, 2);
    in_data();
    ck_assert_uint_eq(dma(READ, 2, TARGET), 0);
    ck_assert_mem_eq(bus.ram + TARGET, "bc\xee", 3);
    ck_assert_uint_eq(dma(SKIP, 20, 0), 0);
    ck_assert_uint_eq(dma(READ, 8, TARGET), 0);
    ck_assert_mem_eq(bus.ram + TARGET, "xyz\0\0\0\0\0\xee", 9);
    ck_assert_uint_eq(in_data(), 0);
    ck_assert_uint_eq(dma(0x00210000 | SELECT, 0, 0), 0);
    ck_assert_uint_eq(in_data(), 'a');
    ck_assert_uint_eq(dma(SKIP, 0xffffffff, 0), 0);
    ck_assert_uint_eq(dma(SKIP, 0xffffffff, 0), 0);
    ck_assert_uint_eq(in_data(), 0); /* the offset does not come round */
    bus_free(&bus);
}
END_TEST

START_TEST(zeros_fill_a_long_read_to_its_last_byte)
{
    setup();
    memset(bus.ram + 0x10000, 0xee, 0x10000);
    ck_assert_uint_eq(dma(0x00210000 | SELECT | READ, 0x9001, 0x10000), 0);
    ck_assert_mem_eq(bus.ram + 0x10000, "abc", 4);
    ck_assert_uint_eq(bus.ram[0x10000 + 0x9000], 0);
    ck_assert_uint_eq(bus.ram[0x10000 + 0x9001], 0xee);
    bus_free(&bus);
}
END_TEST

/* Nothing is moved, and the offset stays. */
START_TEST(targets_outside_memory_are_errors)
{
    static const struct {
        u64 address;
        u32 length;
    } rows[] = {
        {RAM, 1},
        {RAM - 1, 2},
        {0xa0000, 4},
        {0x9fff0, 0x20},
        {1ull << 32, 1},
        {0xffffffffffffffff, 2},
        {0xfffffffffffffff0, 0x20},
        {0, 0xffffffff},
        {TARGET, RAM},
    };
    setup();
    out(FW_CFG_SELECTOR, FW_CFG_FILE_FIRST, 2);
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
        ck_assert_uint_eq(dma(READ, rows[i].length, rows[i].address), ERROR);
    ck_assert_uint_eq(in_data(), 'a');
    ck_assert_uint_eq(dma(READ, 0, 0xa0000), 0);
    ck_assert_uint_eq(dma(READ, 1, RAM - 1), 0);
    ck_assert_uint_eq(bus.ram[RAM - 1], 'b');
    bus_free(&bus);
}
END_TEST

START_TEST(the_a20_gate_is_the_processors_alone)
{
    setup();
    bus_set_a20(&bus, false);
    bus.ram[0] = bus.ram[0x100000] = 'x';
    ck_assert_uint_eq(dma(0x00200000 | SELECT | READ, 1, 0x100000), 0);
    ck_assert(bus.ram[0] == 'x' && bus.ram[0x100000] == 'a');
    bus_free(&bus);
}
END_TEST

START_TEST(nothing_can_be_written)
{
    setup();
    bus.ram[TARGET] = 'x';
    ck_assert_uint_eq(dma(0x00200000 | SELECT | WRITE, 1, TARGET), ERROR);
    ck_assert_uint_eq(in_data(), 'a');
    bus_free(&bus);
}
END_TEST

START_TEST(a_request_outside_memory_or_over_itself_does_no_harm)
{
    setup();
    out(FW_CFG_DMA, 0, 4);
    out(FW_CFG_DMA + 4, __builtin_bswap32(RAM - 8), 4);
    out(FW_CFG_DMA, 0xffffffff, 4);
    out(FW_CFG_DMA + 4, 0xffffffff, 4);
    out(FW_CFG_DMA + 4, __builtin_bswap32(0xa0000), 4);
    ck_assert_uint_eq(dma(0x00200000 | SELECT | READ, 16, AT), 0); /* its own target */
    ck_assert_mem_eq(bus.ram + AT + 4, "efgh", 4);
    bus_free(&bus);
}
END_TEST

START_TEST(the_high_half_counts_for_one_request)
{
    setup();
    out(FW_CFG_DMA, __builtin_bswap32(1), 4);
    put_be32(bus.ram + AT, 0x00200000 | SELECT);
    out(FW_CFG_DMA + 4, __builtin_bswap32(AT), 4);
    ck_assert_uint_eq(be32(bus.ram + AT), 0x00200000 | SELECT); /* nothing at 1_0000_2000h */
    out(FW_CFG_DMA + 4, __builtin_bswap32(AT), 4);
    ck_assert_uint_eq(be32(bus.ram + AT), 0);
    bus_free(&bus);
}
END_TEST

START_TEST(any_access_in_any_order_is_answered)
{
    u64 random = 88172645463325252;
    setup();
    for (unsigned i = 0; i < 200000; i++) {
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        u32 reg = random % 12, value = (u32)(random >> 16);
        unsigned size = 1u << (random >> 60) % 3;
        if (random >> 48 & 1)
            put32(bus.ram + (random >> 20) % RAM / 4 * 4, value);
        if (random >> 49 & 1)
            out(reg, random >> 50 & 1 ? __builtin_bswap32(value % (RAM + 64)) : value, size);
        else
            fw_cfg_chip.read(&fw, reg, size);
    }
    bus_free(&bus);
}
END_TEST

Suite *fw_cfg_suite(void)
{
    const TTest *const tests[] = {
        every_byte_of_the_chip_is_in_its_field_list,
        the_signature_and_the_interfaces_are_told,
        numbers_are_little_endian_and_zeros_follow_every_item,
        selecting_again_starts_again_and_half_a_key_selects_nothing,
        the_directory_names_files_by_big_endian_entries,
        dma_reads_skips_and_goes_on_where_the_port_stopped,
        zeros_fill_a_long_read_to_its_last_byte,
        targets_outside_memory_are_errors,
        the_a20_gate_is_the_processors_alone,
        nothing_can_be_written,
        a_request_outside_memory_or_over_itself_does_no_harm,
        the_high_half_counts_for_one_request,
        any_access_in_any_order_is_answered,
        NULL,
    };
    return unit_suite("fw_cfg", tests);
}
