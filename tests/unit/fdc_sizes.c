/* SPDX-License-Identifier: MIT */
/* Sectors that are not of 512 bytes: XDF disks. "Result Phase Table", READ TRACK, FORMAT TRACK:
 * 82077AA data sheet. Where sectors are in an image: as XDFCOPY of fdutils writes them to a disk.
 */
#include "tests/unit/fdc_rig.h"

enum { CYLINDER = 46 * 512 };

/* What cylinders but the first hold, in the order of the image. */
static const struct {
    u8 head, r, n;
} sectors[] = {{0, 0x83, 3}, {0, 0x84, 4}, {1, 0x86, 6}, {0, 0x82, 2},
               {1, 0x82, 2}, {0, 0x86, 6}, {1, 0x84, 4}, {1, 0x83, 3}};

static void xdf_ready(u8 cylinder)
{
    ready_with(3680);
    seek_to(0, cylinder);
}

/* With the EOT, gap and DTL that PC DOS uses; true: without error. */
static bool move(u8 command, u8 c, u8 head, u8 r, u8 n)
{
    u8 got[7];
    dma_set(128u << n);
    COMMAND(command, (u8)(head << 2), c, head, r, n, 0xff, 0x0a, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    result(got, 7);
    ck_assert_uint_eq(got[6], n);
    return !(got[0] & 0xc0) && !got[1] && !got[2] && !m.count;
}

START_TEST(a_track_has_sectors_of_four_sizes)
{
    u32 at = 5 * CYLINDER;
    xdf_ready(5);
    for (size_t i = 0; i < ARRAY_LEN(sectors); i++) {
        u32 size = 128u << sectors[i].n;
        memset(m.memory, 0xee, sizeof m.memory);
        ck_assert(move(0x46, 5, sectors[i].head, sectors[i].r, sectors[i].n));
        ck_assert_mem_eq(m.memory, m.image + at, size);
        ck_assert_uint_eq(m.memory[size], 0xee);
        at += size;
    }
    ck_assert_uint_eq(at, 6 * CYLINDER);
    teardown();
}
END_TEST

START_TEST(the_first_cylinder_has_19_sectors_of_512_bytes_on_each_side)
{
    static const struct {
        u8 head, r, part;
    } rows[] = {{0, 0x01, 12}, {0, 0x08, 19}, {0, 0x81, 0},  {0, 0x8b, 10}, {1, 0x81, 11},
                {1, 0x82, 23}, {1, 0x8f, 36}, {1, 0x90, 42}, {1, 0x93, 45}};
    static const u8 none[][2] = {{0, 0x00}, {0, 0x09}, {0, 0x8c}, {1, 0x01}, {1, 0x80}, {1, 0x94}};
    xdf_ready(0);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ck_assert(move(0x46, 0, rows[i].head, rows[i].r, 2));
        ck_assert_mem_eq(m.memory, m.image + rows[i].part * 512, 512);
    }
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        ck_assert(!move(0x46, 0, none[i][0], none[i][1], 2));
    teardown();
}
END_TEST

START_TEST(no_part_of_the_image_is_in_two_sectors)
{
    u8 used[46] = {0};
    xdf_ready(0);
    for (u8 head = 0; head < 2; head++) {
        for (u32 r = 0; r < 256; r++) {
            memset(m.memory, 0xff, 512);
            if (move(0x46, 0, head, (u8)r, 2))
                used[get32(m.memory)]++;
        }
    }
    for (u32 i = 0; i < 46; i++) /* the end of the second FAT and five bad clusters have no place */
        ck_assert_uint_eq(used[i], !((i >= 20 && i <= 22) || (i >= 37 && i <= 41)));
    teardown();
}
END_TEST

START_TEST(a_sector_is_found_by_its_size_too)
{
    xdf_ready(1);
    for (size_t i = 0; i < ARRAY_LEN(sectors); i++) {
        u8 head = sectors[i].head;
        for (u8 n = 0; n < 8; n++)
            ck_assert_uint_eq(move(0x46, 1, head, sectors[i].r, n), n == sectors[i].n);
    }
    dma_set(512);
    COMMAND(0x46, 0, 1, 0, 0x83, 2, 0xff, 0x0a, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0x40, 0x04, 0, 1, 0, 0x83, 2); /* no data; the cylinder is the right one */
    ck_assert_uint_eq(m.count, 512);
    dma_set(8192);
    COMMAND(0x46, 0, 2, 0, 0x86, 6, 0xff, 0x0a, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0x40, 0x04, 0x10, 2, 0, 0x86, 6);
    teardown();
}
END_TEST

START_TEST(read_id_tells_the_size)
{
    static const u8 ids[2][4][2] = {{{0x83, 3}, {0x82, 2}, {0x84, 4}, {0x86, 6}},
                                    {{0x84, 4}, {0x82, 2}, {0x83, 3}, {0x86, 6}}};
    xdf_ready(7);
    for (u8 head = 0; head < 2; head++) {
        run(200 * MS - m.clock.cycles % (200 * MS)); /* the index pulse */
        for (u32 i = 0; i < 4; i++) {
            COMMAND(0x4a, (u8)(head << 2));
            ck_assert(run_to_irq(250 * MS));
            RESULT((u8)(head << 2), 0, 0, 7, head, ids[head][i][0], ids[head][i][1]);
            run(MS);
        }
    }
    teardown();
}
END_TEST

START_TEST(a_sector_passes_in_the_time_of_its_bytes)
{
    static const u8 sizes[] = {3, 4, 6};
    xdf_ready(3);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        u32 bytes = 128u << sizes[i];
        dma_set(bytes);
        COMMAND(0x46, 0, 3, 0, (u8)(0x80 + sizes[i]), sizes[i], 0xff, 0x0a, 0xff);
        while (m.count == bytes)
            run(MS / 10);
        u64 start = m.clock.cycles;
        ck_assert(run_to_irq(2000 * MS));
        result((u8[7]){0}, 7);
        u64 took = m.clock.cycles - start, due = bytes * 16000ull; /* 16 us each */
        ck_assert_uint_le(took, due + MS);
        ck_assert_uint_ge(took, due - MS);
    }
    teardown();
}
END_TEST

START_TEST(a_cylinder_is_read_in_the_order_of_the_image_in_three_revolutions)
{
    xdf_ready(20);
    run(200 * MS - m.clock.cycles % (200 * MS));
    u64 start = m.clock.cycles;
    for (size_t i = 0; i < ARRAY_LEN(sectors); i++)
        ck_assert(move(0x46, 20, sectors[i].head, sectors[i].r, sectors[i].n));
    ck_assert_uint_lt(m.clock.cycles - start, 600 * MS);
    teardown();
}
END_TEST

START_TEST(large_sectors_are_written)
{
    static u8 back[CYLINDER];
    xdf_ready(79);
    for (u32 i = 0; i < 8192; i++)
        m.memory[i] = (u8)(i * 7 + i / 256);
    ck_assert(move(0x45, 79, 1, 0x86, 6));
    ck_assert(disk_read(m.disk, 79 * 46, 46, back));
    ck_assert_mem_eq(back, m.image + 79 * CYLINDER, 6 * 512);
    ck_assert_mem_eq(back + 6 * 512, m.memory, 8192);
    ck_assert_mem_eq(back + 22 * 512, m.image + 79 * CYLINDER + 22 * 512, 24 * 512);
    dma_set(100); /* terminal count in mid sector: the rest is filled with zeros */
    COMMAND(0x45, 0, 79, 0, 0x84, 4, 0xff, 0x0a, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0, 0, 0, 79, 0, 0x85, 4);
    ck_assert(disk_read(m.disk, 79 * 46 + 2, 4, back));
    ck_assert_mem_eq(back, m.memory, 100);
    for (u32 i = 100; i < 2048; i++)
        ck_assert_uint_eq(back[i], 0);
    teardown();
}
END_TEST

START_TEST(a_deleted_mark_is_a_sector_s_own)
{
    xdf_ready(9);
    dma_set(8192);
    COMMAND(0x49, 0, 9, 0, 0x86, 6, 0xff, 0x0a, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0, 0, 0, 9, 0, 0x87, 6);
    dma_set(8192);
    COMMAND(0x46, 0, 9, 0, 0x86, 6, 0xff, 0x0a, 0xff);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0, 0, 0x40, 9, 0, 0x86, 6);
    for (size_t i = 0; i < ARRAY_LEN(sectors); i++)
        if (sectors[i].n != 6 || sectors[i].head)
            ck_assert(move(0x46, 9, sectors[i].head, sectors[i].r, sectors[i].n));
    ck_assert(move(0x4c, 9, 0, 0x86, 6)); /* READ DELETED DATA */
    teardown();
}
END_TEST

START_TEST(verify_and_scan_look_at_all_bytes_of_a_large_sector)
{
    xdf_ready(2);
    COMMAND(0x56, 0x80, 2, 0, 0x86, 6, 0xff, 0x0a, 1);
    ck_assert(run_to_irq(2000 * MS));
    RESULT(0, 0, 0, 2, 0, 0x87, 6);
    memcpy(m.memory, m.image + 2 * CYLINDER + 24 * 512, 8192);
    for (u32 same = 0; same < 2; same++) {
        m.memory[8191] ^= (u8)!same;
        dma_set(8193); /* no terminal count */
        COMMAND(0x51, 0, 2, 0, 0x86, 6, 0x86, 0x0a, 1);
        ck_assert(run_to_irq(2000 * MS));
        RESULT(0, 0, same ? 0x08 : 0x04, same ? 2 : 3, 0, same ? 0x86 : 1, 6);
        m.memory[8191] ^= (u8)!same;
    }
    teardown();
}
END_TEST

START_TEST(large_sectors_are_polled_without_dma)
{
    u32 n = 0;
    xdf_ready(4);
    COMMAND(0x03, 0xdf, 0x03);
    COMMAND(0x46, 0, 4, 0, 0x86, 6, 0x86, 0x0a, 0xff);
    for (u64 end = m.clock.cycles + 2000ull * MS; m.clock.cycles < end; run(3000)) {
        u8 msr = in(MSR);
        if ((msr & 0xe0) == 0xc0)
            break;
        if ((msr & 0xa0) == 0xa0)
            m.memory[n++] = in(FIFO);
    }
    RESULT(0x40, 0x80, 0, 5, 0, 1, 6); /* no terminal count */
    ck_assert_uint_eq(n, 8192);
    ck_assert_mem_eq(m.memory, m.image + 4 * CYLINDER + 24 * 512, 8192);
    teardown();
}
END_TEST

START_TEST(read_track_reads_as_many_bytes_as_the_command_s_n_says)
{
    u8 r[7];
    xdf_ready(6);
    dma_set(4096);
    COMMAND(0x42, 0, 6, 0, 0x83, 3, 4, 0x0a, 0xff);
    ck_assert(run_to_irq(3000ull * MS));
    result(r, 7);
    ck_assert(r[1] == 0x24 && r[2] == 0x20); /* no data, CRC error in the data */
    ck_assert_uint_eq(m.count, 0);
    const u8 *image = m.image + 6 * CYLINDER;
    ck_assert_mem_eq(m.memory, image, 1024);                  /* 83h */
    ck_assert_mem_eq(m.memory + 1024, image + 22 * 512, 512); /* 82h, then the gap */
    ck_assert_uint_eq(m.memory[1024 + 512 + 100], 0x4e);
    ck_assert_mem_eq(m.memory + 2048, image + 2 * 512, 1024);  /* 84h */
    ck_assert_mem_eq(m.memory + 3072, image + 24 * 512, 1024); /* 86h */
    dma_set(1024);
    COMMAND(0x42, 0, 6, 0, 0x83, 3, 1, 0x0a, 0xff);
    ck_assert(run_to_irq(3000ull * MS));
    result(r, 7);
    ck_assert_uint_eq(r[0] | r[1] | r[2], 0);
    teardown();
}
END_TEST

/* ---- FORMAT TRACK ---- */

/* The ID that slot I gets is C, H, ids[i], or a place holder. */
static u8 format(u8 c, u8 head, u8 n, u8 slots, const u8 (*ids)[2])
{
    u8 r[7];
    for (u8 i = 0; i < slots; i++) {
        const u8 id[] = {c, head, ids[i][0] ? ids[i][0] : i, ids[i][0] ? ids[i][1] : n};
        memcpy(m.memory + i * 4, id, 4);
    }
    dma_set(slots * 4u);
    COMMAND(0x4d, (u8)(head << 2), n, slots, 0x7a, 0xf6);
    ck_assert(run_to_irq(1000 * MS));
    result(r, 7);
    ck_assert_uint_eq(r[1] | r[2], 0);
    return r[0];
}

/* As XDFCOPY does it: places of 128 or 256 bytes; that in which a sector begins has its ID. */
START_TEST(an_xdf_track_is_formatted)
{
    static const u8 ids[40][2] = {
        [0] = {0x83, 3}, [4] = {0x82, 2}, [6] = {0x84, 4}, [13] = {0x86, 6}};
    static u8 back[CYLINDER];
    for (u8 n = 0; n < 2; n++) {
        xdf_ready(33);
        ck_assert_uint_eq(format(33, 0, n, 40, ids), 0);
        ck_assert(disk_read(m.disk, 33 * 46, 46, back));
        for (u32 i = 0; i < 46; i++) { /* the other side is as it was */
            bool filled = i < 6 || i == 22 || (i >= 24 && i < 40);
            ck_assert_uint_eq(back[i * 512 + 9], filled ? 0xf6 : (u8)((33 * 46 + i) * 31));
            ck_assert_uint_eq(back[i * 512 + 511], back[i * 512 + 9]);
        }
        teardown();
    }
}
END_TEST

START_TEST(a_track_gets_no_other_sectors_than_it_has)
{
    static const u8 missing[16][2] = {{0x83, 3}, {0}, {0}, {0}, {0x82, 2}, {0}, {0x84, 4}};
    static const u8 other[4][2] = {{0x83, 3}, {0x82, 2}, {0x84, 4}, {0x85, 5}};
    static const u8 twice[4][2] = {{0x83, 3}, {0x82, 2}, {0x84, 4}, {0x84, 4}};
    static const u8 small[18][2] = {{1, 2}, {2, 2}, {3, 2}, {4, 2}, {5, 2}, {6, 2}};
    static u8 back[CYLINDER];
    xdf_ready(33);
    ck_assert_uint_eq(format(33, 0, 0, 16, missing), 0x50); /* equipment check */
    ck_assert_uint_eq(format(33, 0, 0, 4, other), 0x50);
    ck_assert_uint_eq(format(33, 0, 0, 4, twice), 0x50);
    ck_assert_uint_eq(format(33, 1, 2, 18, small), 0x54);
    ck_assert_uint_eq(format(34, 1, 0, 4, other), 0x54); /* another cylinder */
    ck_assert(disk_read(m.disk, 34 * 46, 46, back));
    ck_assert_mem_eq(back, m.image + 34 * CYLINDER, CYLINDER);
    teardown();
}
END_TEST

START_TEST(a_disk_of_512_byte_sectors_keeps_them)
{
    u8 ids[21][2], back[512];
    ready();
    for (u8 i = 0; i < 21; i++)
        memcpy(ids[i], (const u8[]){(u8)(i + 1), 2}, 2);
    ck_assert_uint_eq(format(0, 0, 2, 18, (const u8(*)[2])ids), 0);
    ck_assert_uint_eq(format(0, 1, 2, 9, (const u8(*)[2])ids), 0x54);
    ck_assert_uint_eq(format(0, 1, 2, 21, (const u8(*)[2])ids), 0x54);
    for (u8 i = 0; i < 21; i++)
        ids[i][1] = 3;
    seek_to(0, 1);
    ck_assert_uint_eq(format(1, 0, 3, 18, (const u8(*)[2])ids), 0x50);
    ck_assert(disk_read(m.disk, 36, 1, back));
    ck_assert_mem_eq(back, m.image + 36 * 512, 512);
    teardown();
}
END_TEST

Suite *fdc_sizes_suite(void)
{
    const TTest *const tests[] = {a_track_has_sectors_of_four_sizes,
                                  the_first_cylinder_has_19_sectors_of_512_bytes_on_each_side,
                                  no_part_of_the_image_is_in_two_sectors,
                                  a_sector_is_found_by_its_size_too,
                                  read_id_tells_the_size,
                                  a_sector_passes_in_the_time_of_its_bytes,
                                  a_cylinder_is_read_in_the_order_of_the_image_in_three_revolutions,
                                  large_sectors_are_written,
                                  a_deleted_mark_is_a_sector_s_own,
                                  verify_and_scan_look_at_all_bytes_of_a_large_sector,
                                  large_sectors_are_polled_without_dma,
                                  read_track_reads_as_many_bytes_as_the_command_s_n_says,
                                  an_xdf_track_is_formatted,
                                  a_track_gets_no_other_sectors_than_it_has,
                                  a_disk_of_512_byte_sectors_keeps_them,
                                  NULL};
    return unit_suite("fdc_sizes", tests);
}
