/* SPDX-License-Identifier: MIT */
/* The bus master of the PIIX3's IDE function: descriptors of any size, its table's status. */
#include "devices/ide_pci.h"
#include "tests/unit/ide_rig.h"

enum { BM_COMMAND = 0, BM_STATUS = 2, BM_TABLE = 4, START = 1, TO_MEMORY = 8 };
enum { ACTIVE = 1, BM_ERROR = 2, INTERRUPT = 4 };
enum { TABLE_AT = 0x1000, DATA_AT = 0x10000 };

static struct bus bus;
static struct ide_pci controller;
static struct ide other;

static void setup_master(void)
{
    ready();
    ck_assert(bus_init(&bus, 2 << 20));
    ide_init(&other, &m.clock);
    ide_pci_init(&controller, &bus, &m.ide, &other);
    ide_pci_chip.reset(&controller);
    pci_set(&controller.pci, PCI_COMMAND, 2, PCI_COMMAND_MASTER, PCI_COMMAND_MASTER);
    line_connect(&m.ide.irq, ide_pci_intrq, &controller, 0);
    line_connect(&m.ide.dmarq, ide_pci_dmarq, &controller, 0);
    line_connect(&controller.channel[0].irq, irq_set, NULL, 14);
}

static void done_master(void)
{
    teardown();
    bus_free(&bus);
}

static void bm(u32 reg, u32 value, unsigned size)
{
    ide_pci_chip.write(&controller, reg, value, size);
}

static u32 bm_status(void)
{
    return ide_pci_chip.read(&controller, BM_STATUS, 1);
}

/* Descriptors of so many bytes, one after the other in memory; the last is marked. */
static void table(const u32 *bytes, unsigned n)
{
    u32 at = DATA_AT;
    for (unsigned i = 0; i < n; i++) {
        put32(bus.ram + TABLE_AT + 8 * i, at);
        put32(bus.ram + TABLE_AT + 8 * i + 4, (bytes[i] & 0xffff) | (i == n - 1 ? 1u << 31 : 0));
        at += bytes[i];
    }
    bm(BM_TABLE, TABLE_AT, 4);
}

/* READ DMA of sectors from 100 on into memory. */
static void read_sectors(u8 count)
{
    lba_put(100, count);
    bm(BM_STATUS, BM_ERROR | INTERRUPT, 1);
    bm(BM_COMMAND, TO_MEMORY, 1);
    out(COMMAND, 0xc8);
    bm(BM_COMMAND, TO_MEMORY | START, 1);
    run(100 * MS);
}

static bool memory_is(u32 bytes)
{
    for (u32 i = 0; i < bytes; i++)
        if (bus.ram[DATA_AT + i] != byte_of(100 + i / 512, i % 512))
            return false;
    return true;
}

START_TEST(regions_of_any_size_are_filled)
{
    static const u32 sizes[][5] = {
        {4096}, {2, 510, 514, 1022, 2048}, {1024, 1024, 1024, 1024}, {4094, 2}};
    static const unsigned counts[] = {1, 5, 4, 2};
    setup_master();
    for (unsigned i = 0; i < ARRAY_LEN(sizes); i++) {
        memset(bus.ram + DATA_AT, 0, 8192);
        table(sizes[i], counts[i]);
        read_sectors(8);
        ck_assert_uint_eq(bm_status(), INTERRUPT);
        ck_assert(memory_is(4096));
        ck_assert_uint_eq(bus.ram[DATA_AT + 4096], 0);
        ck_assert_uint_eq(in(STATUS), 0x50);
    }
    done_master();
}
END_TEST

START_TEST(a_length_of_0_is_64_kib)
{
    setup_master();
    table((const u32[]){0x10000}, 1);
    read_sectors(128);
    ck_assert_uint_eq(bm_status(), INTERRUPT);
    ck_assert(memory_is(65536));
    done_master();
}
END_TEST

START_TEST(memory_goes_to_the_disk)
{
    static u8 sectors[4 * 512];
    setup_master();
    for (u32 i = 0; i < sizeof sectors; i++)
        bus.ram[DATA_AT + i] = (u8)(i * 13);
    table((const u32[]){1500, 548}, 2);
    lba_put(200, 4);
    bm(BM_COMMAND, START, 1);
    out(COMMAND, 0xca);
    run(100 * MS);
    ck_assert_uint_eq(bm_status(), INTERRUPT);
    ck_assert(disk_read(m.disk[0], 200, 4, sectors));
    ck_assert_mem_eq(sectors, bus.ram + DATA_AT, sizeof sectors);
    done_master();
}
END_TEST

/* 82371SB, "Interrupt/Activity Status Combinations". */
START_TEST(regions_that_are_too_long_or_too_short_are_seen_in_the_status)
{
    setup_master();
    table((const u32[]){8192}, 1);
    read_sectors(8);
    ck_assert_uint_eq(bm_status(), ACTIVE | INTERRUPT);
    bm(BM_COMMAND, TO_MEMORY, 1);
    ck_assert_uint_eq(bm_status(), INTERRUPT);
    table((const u32[]){2048}, 1);
    read_sectors(8);
    ck_assert_uint_eq(bm_status(), 0); /* the drive waits */
    ck_assert(m.ide.dmarq.level && memory_is(2048));
    done_master();
}
END_TEST

START_TEST(addresses_without_memory_end_with_an_error)
{
    setup_master();
    bm(BM_TABLE, 0xf0000000, 4);
    read_sectors(8);
    ck_assert_uint_eq(bm_status(), BM_ERROR);
    ide_chip.reset(&m.ide);
    run(10 * MS);
    put32(bus.ram + TABLE_AT, 0xf0000000);
    put32(bus.ram + TABLE_AT + 4, 0x80001000);
    bm(BM_TABLE, TABLE_AT, 4);
    read_sectors(8);
    ck_assert_uint_eq(bm_status(), BM_ERROR);
    bm(BM_STATUS, BM_ERROR, 1);
    ck_assert_uint_eq(bm_status(), 0);
    done_master();
}
END_TEST

START_TEST(descriptors_without_an_end_last_as_long_as_the_data)
{
    setup_master();
    for (u32 i = 0; i < 0x8000; i += 8) { /* two bytes each, none is the last */
        put32(bus.ram + TABLE_AT + i, DATA_AT);
        put32(bus.ram + TABLE_AT + i + 4, 2);
    }
    bm(BM_TABLE, TABLE_AT, 4);
    read_sectors(8);
    ck_assert_uint_eq(bm_status(), ACTIVE | INTERRUPT);
    done_master();
}
END_TEST

START_TEST(without_mastering_or_start_nothing_moves)
{
    setup_master();
    table((const u32[]){4096}, 1);
    pci_set(&controller.pci, PCI_COMMAND, 2, 0, PCI_COMMAND_MASTER);
    read_sectors(8);
    ck_assert_uint_eq(bm_status(), ACTIVE);
    ck_assert_uint_eq(bus.ram[DATA_AT + 1], 0);
    pci_set(&controller.pci, PCI_COMMAND, 2, PCI_COMMAND_MASTER, PCI_COMMAND_MASTER);
    bm(BM_COMMAND, 0, 1);
    bm(BM_COMMAND, START, 1); /* the wrong way */
    ck_assert(m.ide.dmarq.level && !bus.ram[DATA_AT + 1]);
    done_master();
}
END_TEST

START_TEST(registers_keep_what_they_should)
{
    setup_master();
    bm(BM_TABLE, 0x12345677, 4);
    ck_assert_uint_eq(ide_pci_chip.read(&controller, BM_TABLE, 4), 0x12345674);
    bm(BM_TABLE + 1, 0xab, 1);
    ck_assert_uint_eq(ide_pci_chip.read(&controller, BM_TABLE, 4), 0x1234ab74);
    bm(8 + BM_STATUS, 0xff, 1);
    ck_assert_uint_eq(ide_pci_chip.read(&controller, 8 + BM_STATUS, 1), 0x60);
    ck_assert_uint_eq(bm_status(), 0);
    ck_assert_uint_eq(state_uncovered(stderr, ide_pci_chip.fields, ide_pci_chip.size), 0);
    done_master();
}
END_TEST

START_TEST(any_bytes_in_any_order_do_no_harm)
{
    u32 x = 3;
    setup_master();
    for (unsigned i = 0; i < 20000; i++) {
        x = x * 1664525 + 1013904223;
        unsigned size = 1u << (x >> 29) % 3, reg = x >> 24 & 15;
        if (x >> 31)
            bm(reg, x >> 7, size);
        else if (i % 8)
            out(1 + reg % 7, (u8)(reg % 7 == 6 ? (x & 0x100 ? 0xc8 : 0xca) : x >> 8));
        else
            run(x >> 12 & 0xfffff);
    }
    done_master();
}
END_TEST

Suite *ide_pci_suite(void)
{
    const TTest *const tests[] = {
        regions_of_any_size_are_filled,
        a_length_of_0_is_64_kib,
        memory_goes_to_the_disk,
        regions_that_are_too_long_or_too_short_are_seen_in_the_status,
        addresses_without_memory_end_with_an_error,
        descriptors_without_an_end_last_as_long_as_the_data,
        without_mastering_or_start_nothing_moves,
        registers_keep_what_they_should,
        any_bytes_in_any_order_do_no_harm,
        NULL,
    };
    return unit_suite("ide_pci", tests);
}
