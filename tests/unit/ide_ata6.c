/* SPDX-License-Identifier: MIT */
/* What came to hard disks with ATA-3 to ATA-6: DMA, 48-bit addresses, SMART. */
#include "tests/unit/ide_rig.h"

#include "devices/ide_parts.h"

#define LARGE (200ull << 21) /* sectors of a disk of 200 GiB */

/* A sparse disk of 200 GiB, where each marked sector begins with its own number. */
static void large(void)
{
    char message[200];
    board();
    strcpy(m.path[0], "ide-test-XXXXXX");
    int file = mkstemp(m.path[0]);
    ck_assert_int_eq(ftruncate(file, (off_t)(LARGE * 512)), 0);
    close(file);
    m.disk[0] = disk_open(m.path[0], NULL, message, sizeof message);
    ck_assert_msg(m.disk[0] != NULL, "%s", message);
    unlink(m.path[0]);
    ide_attach(&m.ide, 0, m.disk[0]);
    run(10 * MS);
}

static void mark(u64 lba)
{
    u8 s[512] = {0};
    put32(s, (u32)lba);
    put32(s + 4, (u32)(lba >> 32));
    ck_assert(disk_write(m.disk[0], lba, 1, s));
}

static bool marked(const u8 *s, u64 lba)
{
    return get32(s) == (u32)lba && get32(s + 4) == (u32)(lba >> 32);
}

/* The high halves go first. */
static void lba48_put(u64 lba, u32 count)
{
    out(COUNT, count >> 8 & 0xff);
    out(SECTOR, lba >> 24 & 0xff);
    out(LOW, lba >> 32 & 0xff);
    out(HIGH, lba >> 40 & 0xff);
    out(COUNT, count & 0xff);
    out(SECTOR, lba & 0xff);
    out(LOW, lba >> 8 & 0xff);
    out(HIGH, lba >> 16 & 0xff);
    out(DEVICE, 0xe0);
}

static u64 lba48_get(void)
{
    u64 low = in(SECTOR) | (u64)in(LOW) << 8 | (u64)in(HIGH) << 16;
    out(CONTROL, 0x80);
    u64 high = in(SECTOR) | (u64)in(LOW) << 8 | (u64)in(HIGH) << 16;
    out(CONTROL, 0);
    return high << 24 | low;
}

/* ATA/ATAPI-6 6.20 "48-bit Address feature set", 7.8 "Device Control register". */
START_TEST(hob_shows_what_the_registers_held_before_until_one_is_written)
{
    ready();
    for (u32 reg = COUNT; reg <= HIGH; reg++) {
        out(reg, 0x10 + reg);
        out(reg, 0x20 + reg);
    }
    for (u32 reg = COUNT; reg <= HIGH; reg++)
        ck_assert_uint_eq(in(reg), 0x20 + reg);
    out(CONTROL, 0x80);
    for (u32 reg = COUNT; reg <= HIGH; reg++)
        ck_assert_uint_eq(in(reg), 0x10 + reg);
    ck_assert_uint_eq(in(STATUS), 0x50);
    for (u32 reg = FEATURE; reg <= COMMAND; reg++) {
        out(CONTROL, 0x80);
        out(reg, reg == COMMAND ? 0xe5 : 0x33);
        run(MS);
        ck_assert_uint_ne(in(HIGH), 0x10 + HIGH);
        ck_assert_uint_eq(m.ide.control & 0x80, 0);
    }
    teardown();
}
END_TEST

START_TEST(sectors_beyond_28_bits_are_read_and_written)
{
    static const u64 where[] = {5, 0x0fffffff, 0x10000000, LARGE - 2};
    u8 s[1024];
    large();
    for (size_t i = 0; i < ARRAY_LEN(where); i++) {
        mark(where[i]);
        mark(where[i] + 1);
        lba48_put(where[i], 2);
        out(COMMAND, 0x24);
        for (u32 n = 0; n < 2; n++) {
            ck_assert_uint_eq(wait_irq(), 0x58);
            words_in(s, 512);
            ck_assert(marked(s, where[i] + n));
        }
        ck_assert_uint_eq(lba48_get(), where[i] + 1);
        memset(s, (int)(0x60 + i), 1024);
        lba48_put(where[i], 2);
        out(COMMAND, 0x34);
        run(40 * US);
        words_out(s, 512);
        ck_assert_uint_eq(wait_irq(), 0x58);
        words_out(s + 512, 512);
        ck_assert_uint_eq(wait_irq(), 0x50);
        ck_assert(disk_read(m.disk[0], where[i], 2, s));
        ck_assert_uint_eq(s[0], 0x60 + i);
        ck_assert_uint_eq(s[1023], 0x60 + i);
    }
    teardown();
}
END_TEST

START_TEST(the_end_of_a_large_disk_is_found)
{
    large();
    lba48_put(LARGE - 1, 2);
    out(COMMAND, 0x24);
    ck_assert_uint_eq(wait_irq(), 0x58);
    for (u32 i = 0; i < 256; i++)
        ide_chip.read(&m.ide, DATA, 2);
    ck_assert_uint_eq(wait_irq(), 0x51);
    ck_assert_uint_eq(in(ERROR), 0x10);
    ck_assert_uint_eq(lba48_get(), LARGE);
    static const u64 outside[] = {LARGE, 0xffffffffffff, 0x800000000000};
    static const u8 commands[] = {0x24, 0x25, 0x34, 0x35, 0x42};
    for (size_t i = 0; i < ARRAY_LEN(outside); i++)
        for (size_t c = 0; c < sizeof commands; c++) {
            lba48_put(outside[i], 0);
            ck_assert_uint_eq(command(commands[c]), 0x51);
            ck_assert_uint_eq(in(ERROR), 0x10);
        }
    lba48_put(5, 1);
    out(DEVICE, 0xa0); /* 48 bits are never cylinders */
    ck_assert_uint_eq(command(0x24), 0x51);
    ck_assert_uint_eq(in(ERROR), 0x10);
    teardown();
}
END_TEST

START_TEST(count_0_is_65536_sectors)
{
    large();
    lba48_put(7, 0);
    ck_assert_uint_eq(command(0x42), 0x50);
    ck_assert_uint_eq(lba48_get(), 7 + 65535);
    ck_assert_uint_eq(m.ide.activity, 65536);
    lba48_put(7, 0x102);
    ck_assert_uint_eq(command(0x42), 0x50);
    ck_assert_uint_eq(lba48_get(), 7 + 0x101);
    teardown();
}
END_TEST

START_TEST(blocks_and_the_rest_of_the_large_commands)
{
    static u8 s[3 * 512], t[3 * 512];
    large();
    out(COUNT, 4);
    ck_assert_uint_eq(command(0xc6), 0x50);
    memset(s, 0x77, sizeof s);
    lba48_put(0x12345678, 3);
    out(COMMAND, 0x39);
    run(40 * US);
    words_out(s, sizeof s);
    ck_assert_uint_eq(wait_irq(), 0x50);
    lba48_put(0x12345678, 3);
    ck_assert_uint_eq(command(0x29), 0x58);
    words_in(t, sizeof t);
    ck_assert_mem_eq(s, t, sizeof s);
    ck_assert_uint_eq(in(STATUS), 0x50);
    ck_assert_uint_eq(command(0xea), 0x50);
    teardown();
}
END_TEST

START_TEST(a_large_disk_can_be_made_smaller_in_both_ways)
{
    u8 w[512];
    large();
    identify(w);
    ck_assert_uint_eq(get32(w + 200) | (u64)get32(w + 204) << 32, LARGE);
    ck_assert_uint_eq(get16(w + 166) & 0x2400, 0x2400); /* FLUSH CACHE EXT, 48 bits */
    ck_assert_uint_eq(get16(w + 172) & 0x2400, 0x2400);
    lba48_put(0x10000009, 0);
    ck_assert_uint_eq(command(0x37), 0x51); /* what there is was not asked for */
    out(DEVICE, 0xe0);
    ck_assert_uint_eq(command(0xf8), 0x50);
    ck_assert_uint_eq(lba_get(), 0x0ffffffe);
    lba48_put(0x10000009, 0);
    ck_assert_uint_eq(command(0x37), 0x51); /* with the other command */
    out(DEVICE, 0xe0);
    ck_assert_uint_eq(command(0x27), 0x50);
    ck_assert_uint_eq(lba48_get(), LARGE - 1);
    lba48_put(0x10000009, 0);
    ck_assert_uint_eq(command(0x37), 0x50);
    identify(w);
    ck_assert_uint_eq(get32(w + 200), 0x1000000a);
    ck_assert_uint_eq(get32(w + 120), 0x0fffffff);
    lba48_put(0x1000000a, 1);
    ck_assert_uint_eq(command(0x24), 0x51);
    ide_chip.reset(&m.ide);
    run(10 * MS);
    identify(w);
    ck_assert_uint_eq(get32(w + 200), LARGE);
    teardown();
}
END_TEST

/* ---- DMA ---- */

/* What a bus master does, in pieces of PIECE bytes. Gives the bytes that were moved. */
static u32 dma(u8 *memory, u32 most, u32 piece, bool reads)
{
    u32 moved = 0, n;
    bool to_memory;
    for (u32 waits = 0; moved < most && waits < 100; waits++) {
        for (u8 *b; moved < most && (b = ide_dma(&m.ide, &n, &to_memory)); moved += n) {
            ck_assert(m.ide.dmarq.level);
            ck_assert_int_eq(to_memory, reads);
            ck_assert_uint_eq(in(CONTROL), 0x58);
            n = n < piece ? n : piece;
            n = n < most - moved ? n : most - moved;
            memcpy(to_memory ? memory + moved : b, to_memory ? b : memory + moved, n);
            ide_dma_moved(&m.ide, n);
        }
        if (moved < most)
            run(50 * US);
    }
    return moved;
}

/* ATA/ATAPI-6 9.8 "DMA command protocol": one interrupt, at the end. */
START_TEST(dma_moves_sectors_with_one_interrupt)
{
    static const u8 commands[] = {0xc8, 0xc9, 0x25};
    static const u32 pieces[] = {2, 510, 514, 65536};
    static u8 s[40 * 512], t[40 * 512];
    ready();
    for (size_t c = 0; c < sizeof commands; c++) {
        lba48_put(100, 40);
        u32 irqs = m.irqs;
        out(COMMAND, commands[c]);
        ck_assert_ptr_null(ide_dma(&m.ide, &(u32){0}, &(bool){0}));
        ck_assert_uint_eq(dma(s, sizeof s, pieces[c], true), sizeof s);
        ck_assert_uint_eq(m.irqs, irqs);
        ck_assert(!m.ide.dmarq.level);
        ck_assert_uint_eq(wait_irq(), 0x50);
        for (u32 i = 0; i < 40; i++)
            ck_assert(sector_is(s + i * 512, 100 + i));
    }
    for (u32 i = 0; i < sizeof s; i++)
        s[i] = (u8)(i * 31 + i / 512);
    lba_put(500, 40);
    out(COMMAND, 0xca);
    u32 irqs = m.irqs;
    ck_assert_uint_eq(dma(s, sizeof s, 512, false), sizeof s);
    ck_assert_uint_eq(m.irqs, irqs);
    ck_assert_uint_eq(wait_irq(), 0x50);
    ck_assert(disk_read(m.disk[0], 500, 40, t));
    ck_assert_mem_eq(s, t, sizeof s);
    lba48_put(600, 40);
    out(COMMAND, 0x35);
    ck_assert_uint_eq(dma(s, sizeof s, 6, false), sizeof s);
    ck_assert_uint_eq(wait_irq(), 0x50);
    ck_assert(disk_read(m.disk[0], 600, 40, t));
    ck_assert_mem_eq(s, t, sizeof s);
    teardown();
}
END_TEST

START_TEST(a_drive_waits_for_its_bus_master_and_a_reset_ends_it)
{
    static u8 s[32 * 512];
    ready();
    disk_make(1, 2000, false);
    ide_attach(&m.ide, 1, m.disk[1]);
    run(10 * MS);
    lba_put(10, 32);
    out(COMMAND, 0xc8);
    ck_assert_uint_eq(dma(s, 700, 700, true), 700);
    run(1000 * MS);
    ck_assert_uint_eq(m.irqs, 0);
    ck_assert(m.ide.dmarq.level);
    ck_assert_uint_eq(ide_chip.read(&m.ide, DATA, 2) & 0xffff, 0xffff); /* no PIO in between */
    out(DEVICE, 0xf0);
    ck_assert(!m.ide.dmarq.level); /* the other drive wants nothing */
    ck_assert_ptr_null(ide_dma(&m.ide, &(u32){0}, &(bool){0}));
    ide_dma_moved(&m.ide, 512);
    out(DEVICE, 0xe0);
    ck_assert(m.ide.dmarq.level);
    ck_assert_uint_eq(dma(s + 700, sizeof s - 700, 512, true), sizeof s - 700);
    ck_assert_uint_eq(wait_irq(), 0x50);
    ck_assert(sector_is(s + 31 * 512, 41));
    lba_put(10, 32);
    out(COMMAND, 0xc8);
    run(MS);
    ck_assert(m.ide.dmarq.level);
    out(CONTROL, 4);
    ck_assert(!m.ide.dmarq.level);
    out(CONTROL, 0);
    run(10 * MS);
    ck_assert_uint_eq(in(STATUS), 0x50);
    teardown();
}
END_TEST

START_TEST(dma_over_the_end_stops_at_the_first_sector_that_is_not_there)
{
    static u8 s[32 * 512];
    ready();
    lba_put(SECTORS - 16, 32);
    out(COMMAND, 0xc8);
    ck_assert_uint_eq(dma(s, 16 * 512, 512, true), 16 * 512);
    ck_assert_uint_eq(wait_irq(), 0x51);
    ck_assert_uint_eq(in(ERROR), 0x10);
    ck_assert_uint_eq(in(COUNT), 16);
    ck_assert_uint_eq(lba_get(), SECTORS);
    teardown();
}
END_TEST

/* ATA/ATAPI-6 8.46.9: one mode is set at a time, and IDENTIFY tells which. */
START_TEST(the_dma_mode_that_is_set_is_told)
{
    static const struct {
        u8 mode;
        u16 word_63, word_88;
    } rows[] = {{0x20, 0x0107, 7}, {0x22, 0x0407, 7}, {0x40, 7, 0x0107},
                {0x42, 7, 0x0407}, {0x08, 7, 0x0407}, {0x43, 7, 0x0407}};
    u8 w[512];
    ready();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        out(FEATURE, 3);
        out(COUNT, rows[i].mode);
        ck_assert_uint_eq(command(0xef), rows[i].mode == 0x43 ? 0x51 : 0x50);
        identify(w);
        ck_assert_uint_eq(get16(w + 126), rows[i].word_63);
        ck_assert_uint_eq(get16(w + 176), rows[i].word_88);
    }
    out(CONTROL, 4); /* stays over a software reset, not over the other */
    out(CONTROL, 0);
    run(10 * MS);
    identify(w);
    ck_assert_uint_eq(get16(w + 176), 0x0407);
    ide_chip.reset(&m.ide);
    run(10 * MS);
    identify(w);
    ck_assert_uint_eq(get16(w + 176), 7);
    teardown();
}
END_TEST

static struct {
    u8 bytes[40 * 512];
    u32 at;
} eager;

static void eager_dmarq(void *owner, unsigned pin, bool level)
{
    (void)owner, (void)pin;
    if (!level)
        return;
    u32 n;
    bool to_memory;
    u8 *b = ide_dma(&m.ide, &n, &to_memory);
    ck_assert(b && eager.at + n <= sizeof eager.bytes);
    memcpy(to_memory ? eager.bytes + eager.at : b, to_memory ? b : eager.bytes + eager.at, n);
    eager.at += n;
    ide_dma_moved(&m.ide, n);
}

START_TEST(a_bus_master_may_move_bytes_as_soon_as_it_sees_dmarq)
{
    static u8 s[40 * 512];
    ready();
    line_connect(&m.ide.dmarq, eager_dmarq, NULL, 0);
    memset(&eager, 0, sizeof eager);
    lba_put(100, 40);
    out(COMMAND, 0xc8);
    ck_assert_uint_eq(wait_irq(), 0x50);
    ck_assert_uint_eq(eager.at, 40 * 512);
    ck_assert_uint_eq(m.irqs, 1);
    for (u32 i = 0; i < 40; i++)
        ck_assert(sector_is(eager.bytes + i * 512, 100 + i));
    eager.at = 0;
    lba_put(700, 40);
    out(COMMAND, 0xca);
    ck_assert_uint_eq(wait_irq(), 0x50);
    ck_assert(disk_read(m.disk[0], 700, 40, s));
    ck_assert_mem_eq(s, eager.bytes, sizeof s);
    teardown();
}
END_TEST

/* The file gets shorter under us: what a bad disk of the host's is like. */
START_TEST(a_host_error_is_uncorrectable_data)
{
    static u8 s[32 * 512];
    static const u8 commands[] = {0x20, 0xc4, 0xc8, 0x40};
    char message[200], path[] = "ide-test-XXXXXX";
    board();
    int file = mkstemp(path);
    ck_assert_int_eq(ftruncate(file, 2000 * 512), 0);
    m.disk[0] = disk_open(path, NULL, message, sizeof message);
    unlink(path);
    ide_attach(&m.ide, 0, m.disk[0]);
    run(10 * MS);
    ck_assert_int_eq(ftruncate(file, 1000 * 512), 0);
    close(file);
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    out(COUNT, 16);
    ck_assert_uint_eq(command(0xc6), 0x50);
    for (size_t i = 0; i < sizeof commands; i++) {
        lba_put(1500, 4);
        ck_assert_uint_eq(command(commands[i]), 0x51);
        ck_assert_uint_eq(in(ERROR), 0x40);
        ck_assert_uint_eq(lba_get(), 1500);
    }
    lba_put(984, 32); /* the first block is good */
    out(COMMAND, 0xc8);
    ck_assert_uint_eq(dma(s, 16 * 512, 512, true), 16 * 512);
    ck_assert_uint_eq(wait_irq(), 0x51);
    ck_assert_uint_eq(in(ERROR), 0x40);
    ck_assert_uint_eq(lba_get(), 1000);
    teardown();
}
END_TEST

/* ---- SMART, security ---- */

static u8 smart(u8 feature, u8 count)
{
    out(FEATURE, feature);
    out(COUNT, count);
    out(LOW, 0x4f);
    out(HIGH, 0xc2);
    return command(0xb0);
}

/* ATA/ATAPI-6 8.55. */
START_TEST(smart_has_its_mandatory_commands_and_a_key)
{
    u8 w[512];
    ready();
    identify(w);
    ck_assert_uint_eq(get16(w + 164) & 1, 1);
    ck_assert_uint_eq(get16(w + 170) & 1, 1);
    for (u32 f = 0; f < 256; f++) {
        bool known = f == 0xd2 || f == 0xd8 || f == 0xda;
        if (f != 0xd9)
            ck_assert_uint_eq(smart((u8)f, 0), known ? 0x50 : 0x51);
    }
    ck_assert_uint_eq(smart(0xda, 0), 0x50);
    ck_assert_uint_eq(in(LOW), 0x4f); /* no threshold exceeded */
    ck_assert_uint_eq(in(HIGH), 0xc2);
    ck_assert_uint_eq(smart(0xd2, 0xf1), 0x50);
    ck_assert_uint_eq(smart(0xd2, 0x55), 0x51);
    out(FEATURE, 0xda);
    out(LOW, 0x4e);
    ck_assert_uint_eq(command(0xb0), 0x51);
    ck_assert_uint_eq(in(ERROR), 4);
    ck_assert_uint_eq(smart(0xd9, 0), 0x50);
    ck_assert_uint_eq(smart(0xda, 0), 0x51);
    ck_assert_uint_eq(smart(0xd9, 0), 0x51);
    identify(w);
    ck_assert_uint_eq(get16(w + 170) & 1, 0);
    ide_chip.reset(&m.ide); /* kept over every reset */
    run(10 * MS);
    ck_assert_uint_eq(smart(0xda, 0), 0x51);
    ck_assert_uint_eq(smart(0xd8, 0), 0x50);
    ck_assert_uint_eq(smart(0xda, 0), 0x50);
    teardown();
}
END_TEST

START_TEST(a_drive_without_security_says_so_and_refuses_all_of_it)
{
    u8 w[512];
    ready();
    identify(w);
    ck_assert_uint_eq((get16(w + 164) | get16(w + 170)) & 2, 0);
    ck_assert_uint_eq(get16(w + 256), 0);
    for (u32 opcode = 0xf1; opcode <= 0xf6; opcode++) {
        ck_assert_uint_eq(command((u8)opcode), 0x51);
        ck_assert_uint_eq(in(ERROR), 4);
    }
    teardown();
}
END_TEST

/* ATA/ATAPI-6 8.47: bit 0 of the count makes the new end outlast a hardware reset. */
START_TEST(the_end_that_was_set_lasts_as_asked_for)
{
    u8 w[512];
    ready();
    for (u32 lasting = 0; lasting < 2; lasting++) {
        out(DEVICE, 0xe0);
        ck_assert_uint_eq(command(0xf8), 0x50);
        lba_put(SECTORS, 0); /* there are not so many */
        ck_assert_uint_eq(command(0xf9), 0x51);
        ck_assert_uint_eq(in(ERROR), 0x10);
        lba_put(999, 0);
        ck_assert_uint_eq(command(0xf9), 0x51); /* the other must come right before */
        ck_assert_uint_eq(in(ERROR), 4);
        out(DEVICE, 0xe0);
        ck_assert_uint_eq(command(0xf8), 0x50);
        lba_put(999, (u8)lasting);
        ck_assert_uint_eq(command(0xf9), 0x50);
        ide_chip.reset(&m.ide);
        run(10 * MS);
        identify(w);
        ck_assert_uint_eq(get32(w + 120), lasting ? 1000 : SECTORS);
    }
    teardown();
}
END_TEST

Suite *ide_ata6_suite(void)
{
    const TTest *const tests[] = {hob_shows_what_the_registers_held_before_until_one_is_written,
                                  sectors_beyond_28_bits_are_read_and_written,
                                  the_end_of_a_large_disk_is_found,
                                  count_0_is_65536_sectors,
                                  blocks_and_the_rest_of_the_large_commands,
                                  a_large_disk_can_be_made_smaller_in_both_ways,
                                  dma_moves_sectors_with_one_interrupt,
                                  a_drive_waits_for_its_bus_master_and_a_reset_ends_it,
                                  dma_over_the_end_stops_at_the_first_sector_that_is_not_there,
        a_bus_master_may_move_bytes_as_soon_as_it_sees_dmarq,
        a_host_error_is_uncorrectable_data,
        the_end_that_was_set_lasts_as_asked_for,
                                  the_dma_mode_that_is_set_is_told,
                                  smart_has_its_mandatory_commands_and_a_key,
                                  a_drive_without_security_says_so_and_refuses_all_of_it,
                                  NULL};
    return unit_suite("ide_ata6", tests);
}
