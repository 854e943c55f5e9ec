/* SPDX-License-Identifier: MIT */
/* Sectors as they are on the disc: READ CD and READ HEADER, raw images, error codes. */
#include "tests/unit/cd_rig.h"

static void raw_ready(struct disk *disc)
{
    cd_board(disc);
    refused(PACKET(0x00), SENSE(6, 0x29, 0));
}

/* READ CD of sector 20. */
static u32 read_cd(u8 type, u8 parts, u8 *to)
{
    return packet_in(PACKET(0xbe, (u8)(type << 2), 0, 0, 0, 20, 0, 0, 1, parts), to, CD_RAW);
}

START_TEST(raw_images_give_their_data)
{
    static const struct {
        u8 mode, submode;
    } rows[] = {{1, 0}, {2, 0x08}};
    static u8 s[7 * 2048];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        raw_ready(raw_make(rows[i].mode, rows[i].submode, 101)); /* no multiple of 512 bytes */
        ck_assert_uint_eq(packet_in(PACKET(0x25), s, 8), 8);
        ck_assert_uint_eq(ide_be32(s), 100);
        ck_assert_uint_eq(packet_in(PACKET(0x28, 0, 0, 0, 0, 94, 0, 0, 7), s, sizeof s), sizeof s);
        for (u32 n = 0; n < 7; n++)
            ck_assert(cd_sector_is(s + n * 2048, 7, 94 + n));
        refused(PACKET(0x28, 0, 0, 0, 0, 95, 0, 0, 7), SENSE(5, 0x21, 0));
        teardown();
    }
}
END_TEST

/* MMC-2, table "Number of bytes returned based on data selection field"; 0xffff: not allowed. */
START_TEST(the_parts_of_a_sector_that_read_cd_gives)
{
    static const struct {
        u8 parts;
        u16 mode_1, form_1, form_2;
    } rows[] = {
        {0x10, 2048, 2048, 2328},
        {0x18, 2336, 2328, 2328},
        {0x20, 4, 4, 4},
        {0x30, 2052, 0xffff, 0xffff},
        {0x38, 2340, 0xffff, 0xffff},
        {0x50, 2048, 2056, 2336},
        {0x58, 2336, 2336, 2336},
        {0x60, 4, 12, 12},
        {0x70, 2052, 2060, 2340},
        {0x78, 2340, 2340, 2340},
        {0x80, 12, 12, 12},
        {0xa0, 16, 16, 16},
        {0xb0, 2064, 0xffff, 0xffff},
        {0xb8, 2352, 0xffff, 0xffff},
        {0xe0, 16, 24, 24},
        {0xf0, 2064, 2072, 2352},
        {0xf8, 2352, 2352, 2352},
        {0x08, 0xffff, 0xffff, 0xffff},
        {0x28, 0xffff, 0xffff, 0xffff},
        {0x48, 0xffff, 0xffff, 0xffff},
        {0x90, 0xffff, 0xffff, 0xffff},
        {0xc0, 0xffff, 0xffff, 0xffff},
        {0x88, 0xffff, 0xffff, 0xffff},
        {0xe8, 0xffff, 0xffff, 0xffff},
    };
    static const u16 offsets[3][5] = {
        {0, 12, 16, 16, 2064}, {0, 12, 16, 24, 2072}, {0, 12, 16, 24, 0}};
    u8 s[CD_RAW], all[CD_RAW];
    for (u32 type = 0; type < 3; type++) {
        struct disk *disc = type ? raw_make(2, type == 2 ? 0x20 : 0, 40) : raw_make(1, 0, 40);
        u32 start;
        if (type == 2)
            ck_assert_uint_eq(disk_cd_sector_bytes(disc), 2352);
        raw_ready(disc);
        ck_assert_uint_eq(read_cd(0, 0xf8, all), 2352);
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
            u8 p = rows[i].parts;
            u16 wanted = type == 0 ? rows[i].mode_1 : type == 1 ? rows[i].form_1 : rows[i].form_2;
            if (wanted == 0xffff) {
                refused(PACKET(0xbe, 0, 0, 0, 0, 20, 0, 0, 1, p), SENSE(5, 0x24, 0));
                continue;
            }
            ck_assert_uint_eq(read_cd(0, p, s), wanted);
            ck_assert_uint_eq(in(STATUS), 0x40);
            start = p & 0x80 ? 0 : p & 0x20 ? 1 : p & 0x40 ? 2 : 3;
            ck_assert_mem_eq(s, all + offsets[type][start], wanted);
        }
        accepted(PACKET(0xbe, 0, 0, 0, 0, 20, 0, 0, 1, 0)); /* nothing at all */
        refused(PACKET(0xbe, 0, 0, 0, 0, 20, 0, 0, 1, 0x12), SENSE(5, 0x24, 0)); /* C2 */
        refused(PACKET(0xbe, 0, 0, 0, 0, 20, 0, 0, 1, 0x10, 1), SENSE(5, 0x24, 0));
        refused(PACKET(0xbe, 6 << 2, 0, 0, 0, 20, 0, 0, 1, 0x10), SENSE(5, 0x24, 0));
        teardown();
    }
}
END_TEST

/* An image of three sectors of all types: mode 1, 2 without form, form 1, form 2, audio. */
START_TEST(a_sector_of_another_type_is_an_illegal_mode)
{
    static u8 image[40 * CD_RAW], s[CD_RAW];
    static const u8 sync[12] = {0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0};
    for (u32 i = 0; i < 40; i++) {
        u8 *r = image + i * CD_RAW;
        memset(r, 0x99, CD_RAW);
        memcpy(r, sync, 12);
        r[15] = 1;
    }
    memcpy(image + 16 * CD_RAW + 16, "\1CD001\1", 7);
    u8 *formless = image + 22 * CD_RAW, *form_1 = formless + CD_RAW, *form_2 = form_1 + CD_RAW;
    formless[15] = form_1[15] = form_2[15] = 2;
    formless[16] = 0x98; /* no subheader, as its copies differ */
    form_1[18] = form_1[22] = 0x08;
    form_2[18] = form_2[22] = 0x20;
    memset(form_2 + CD_RAW, 0x55, CD_RAW); /* sector 25: audio */
    raw_ready(disc_of(image, sizeof image));
    static const u8 types[] = {2, 3, 4, 5, 1}; /* of sectors 21 to 25 */
    static const u16 data[] = {2048, 2336, 2048, 2328, 2352};
    for (u32 i = 0; i < 5; i++) {
        u8 lba = (u8)(21 + i), mode = i ? 2 : 1;
        for (u8 type = 0; type <= 5; type++) {
            const u8 *p = PACKET(0xbe, (u8)(type << 2), 0, 0, 0, lba, 0, 0, 1, 0x10);
            if (type && type != types[i])
                refused(p, SENSE(5, 0x64, 0));
            else
                ck_assert_uint_eq(packet_in(p, s, CD_RAW), data[i]);
        }
        const u8 *read = PACKET(0x28, 0, 0, 0, 0, lba, 0, 0, 1);
        if (i == 0 || i == 2)
            ck_assert_uint_eq(packet_in(read, s, CD_RAW), 2048);
        else
            refused(read, SENSE(5, 0x64, 0));
        if (i == 4) {
            refused(PACKET(0x44, 0, 0, 0, 0, lba, 0, 0, 8), SENSE(5, 0x64, 0));
            continue;
        }
        ck_assert_uint_eq(packet_in(PACKET(0x44, 0, 0, 0, 0, lba, 0, 0, 8), s, 8), 8);
        ck_assert_uint_eq(s[0], mode);
        ck_assert_uint_eq(ide_be32(s + 4), lba);
    }
    /* what comes before a bad sector is given */
    static u8 two[3 * 2048];
    ck_assert_uint_eq(packet_in(PACKET(0x28, 0, 0, 0, 0, 20, 0, 0, 3), two, sizeof two), 2 * 2048);
    ck_assert_uint_eq(sense_get(), SENSE(5, 0x64, 0));
    teardown();
}
END_TEST

START_TEST(read_header_gives_mode_and_address)
{
    u8 s[8];
    cd_ready();
    ck_assert_uint_eq(packet_in(PACKET(0x44, 2, 0, 0, 1, 0x2c, 0, 0, 8), s, 8), 8);
    ck_assert_mem_eq(s, ((u8[]){1, 0, 0, 0, 0, 0, 6, 0}), 8);
    refused(PACKET(0x44, 0, 0, 0, 1, 0x90, 0, 0, 8), SENSE(5, 0x21, 0));
    teardown();
}
END_TEST

/* ---- error codes ---- */

static u8 gf_times(u8 a, u8 b)
{
    u8 r = 0;
    for (; b; b >>= 1, a = (u8)(a << 1 ^ (a & 0x80 ? 0x1d : 0)))
        r ^= b & 1 ? a : 0;
    return r;
}

/* ECMA-130 annex A: both sums over a codeword are zero, unweighted and weighted by powers of alpha.
 */
static bool codeword_fits(const u8 *sector, const u16 *word, u32 n, u32 half)
{
    u8 sum = 0, weighted = 0;
    for (u32 i = 0; i < n; i++) {
        u8 byte = sector[12 + 2 * word[i] + half];
        sum ^= byte;
        weighted = gf_times(weighted, 2) ^ byte;
    }
    return !sum && !weighted;
}

static bool codes_fit(const u8 *sector)
{
    u16 word[45];
    for (u32 half = 0; half < 2; half++) {
        for (u32 p = 0; p < 43; p++) {
            for (u32 i = 0; i < 26; i++)
                word[i] = (u16)(43 * i + p);
            if (!codeword_fits(sector, word, 26, half))
                return false;
        }
        for (u32 q = 0; q < 26; q++) {
            for (u32 i = 0; i < 43; i++)
                word[i] = (u16)((44 * i + 43 * q) % 1118);
            word[43] = (u16)(1118 + q);
            word[44] = (u16)(1144 + q);
            if (!codeword_fits(sector, word, 45, half))
                return false;
        }
    }
    return true;
}

/* ECMA-130 14.3: the sector up to and with the EDC is divisible by the polynomial, whose factors
 * are x^16 + x^15 + x^2 + 1 and x^16 + x^2 + x + 1, bytes least significant bit first. */
static bool divisible(const u8 *bytes, u32 n, u32 factor)
{
    u32 rest = 0;
    for (u32 i = 0; i < 8 * n; i++) {
        rest = rest << 1 | (bytes[i / 8] >> i % 8 & 1u);
        rest ^= rest & 0x10000 ? factor : 0;
    }
    return !rest;
}

START_TEST(sectors_that_are_made_are_as_a_real_disc_has_them)
{
    static const u32 where[] = {0, 16, 299, 399};
    u8 s[CD_RAW];
    cd_ready();
    for (size_t i = 0; i < ARRAY_LEN(where); i++) {
        u8 packet[12] = {0xbe, 0, 0, 0, 0, 0, 0, 0, 1, 0xf8};
        ide_put_be32(packet + 2, where[i]);
        ck_assert_uint_eq(packet_in(packet, s, CD_RAW), CD_RAW);
        ck_assert_uint_eq(cd_sector_type(s), 2);
        u32 frame = where[i] + 150;
        ck_assert_uint_eq(s[12], 0);
        ck_assert_uint_eq(s[13], frame / 75 / 10 << 4 | frame / 75 % 10);
        ck_assert_uint_eq(s[14], frame % 75 / 10 << 4 | frame % 75 % 10);
        ck_assert(cd_sector_is(s + 16, 1, where[i]));
        ck_assert(divisible(s, 2068, 0x18005));
        ck_assert(divisible(s, 2068, 0x10007));
        for (u32 n = 2068; n < 2076; n++)
            ck_assert_uint_eq(s[n], 0);
        ck_assert(codes_fit(s));
        s[700] ^= 1;
        ck_assert(!codes_fit(s) && !divisible(s, 2068, 0x18005));
    }
    teardown();
}
END_TEST

Suite *ide_cd_raw_suite(void)
{
    const TTest *const tests[] = {raw_images_give_their_data,
                                  the_parts_of_a_sector_that_read_cd_gives,
                                  a_sector_of_another_type_is_an_illegal_mode,
                                  read_header_gives_mode_and_address,
                                  sectors_that_are_made_are_as_a_real_disc_has_them,
                                  NULL};
    return unit_suite("ide_cd_raw", tests);
}
