/* SPDX-License-Identifier: MIT */
/* A channel with a CD-ROM drive as drive 0, and what a driver does with it. */
#ifndef TESTS_CD_RIG_H
#define TESTS_CD_RIG_H

#include "tests/unit/ide_rig.h"

#include "devices/ide_parts.h"

enum { REASON = COUNT, CD_SECTORS = 400 };

/* What a sector's data is on the disc number DISC. */
UNUSED static u8 cd_byte(unsigned disc, u32 lba, u32 i)
{
    static const char descriptor[] = "\1CD001\1";
    if (lba == 16 && i < sizeof descriptor - 1)
        return (u8)descriptor[i];
    return (u8)(lba * 11 + i * 3 + (i >> 8) + disc * 101);
}

UNUSED static bool cd_sector_is(const u8 *s, unsigned disc, u32 lba)
{
    for (u32 i = 0; i < 2048; i++)
        if (s[i] != cd_byte(disc, lba, i))
            return false;
    return true;
}

/* Any bytes as a disc. */
UNUSED static struct disk *disc_of(const u8 *bytes, size_t n)
{
    char message[200], path[] = "cd-test-XXXXXX";
    struct disk_options options = {.read_only = true, .want = DISK_WANT_CDROM};
    int file = mkstemp(path);
    ck_assert_int_eq(write(file, bytes, n), (ssize_t)n);
    close(file);
    struct disk *disk = disk_open(path, &options, message, sizeof message);
    unlink(path);
    ck_assert_msg(disk != NULL, "%s", message);
    return disk;
}

UNUSED static struct disk *disc_make(unsigned disc)
{
    static u8 s[CD_SECTORS * 2048];
    for (u32 i = 0; i < sizeof s; i++)
        s[i] = cd_byte(disc, i / 2048, i % 2048);
    return disc_of(s, sizeof s);
}

/* A raw image: mode 1, or 2 with the given submode. Its codes are not looked at, and zero. */
UNUSED static struct disk *raw_make(unsigned mode, u8 submode, u32 sectors)
{
    static u8 s[CD_SECTORS * 2352];
    for (u32 lba = 0; lba < sectors; lba++) {
        u8 *r = s + lba * 2352;
        memset(r, 0, 2352);
        memset(r + 1, 0xff, 10);
        r[12] = (u8)(lba / 4500); /* enough for a test: no minutes, BCD up to 9 seconds */
        r[13] = (u8)(2 + lba / 75);
        r[14] = (u8)(lba % 75 / 10 << 4 | lba % 75 % 10);
        r[15] = (u8)mode;
        if (mode == 2)
            r[18] = r[22] = submode;
        for (u32 i = 0; i < 2048; i++)
            r[(mode == 2 ? 24 : 16) + i] = cd_byte(7, lba, i);
    }
    return disc_of(s, sectors * 2352);
}

/* Out of its reset; the unit attention about that is still to be told. */
UNUSED static void cd_board(struct disk *disc)
{
    board();
    m.disk[0] = disc;
    ide_attach_cd(&m.ide, 0, disc);
    run(10 * MS);
}

UNUSED static void limit_put(u32 limit)
{
    out(LOW, limit & 0xff);
    out(HIGH, limit >> 8);
}

/* The packet, up to where the drive is at work. */
UNUSED static void packet_put(const u8 *packet, bool by_dma)
{
    u32 irqs = m.irqs;
    out(FEATURE, by_dma);
    out(COMMAND, 0xa0);
    ck_assert_uint_eq(in(CONTROL)&0x80, 0x80);
    run(50 * US); /* as IDENTIFY PACKET DEVICE promises */
    ck_assert_uint_eq(in(CONTROL), 0x48);
    ck_assert_uint_eq(in(REASON)&3, 1);
    words_out(packet, 12);
    ck_assert_uint_eq(in(CONTROL)&0x88, 0x80);
    ck_assert_uint_eq(m.irqs, irqs); /* no interrupt so far */
}

/* The rest of a command by PIO. Gives the bytes that came; the status at the end is in(STATUS). */
UNUSED static u32 data_in(u8 *to, u32 most)
{
    u32 moved = 0;
    for (u8 status; (status = wait_irq()) & 8;) {
        u32 n = in(LOW) | (u32)in(HIGH) << 8;
        ck_assert_uint_eq(status, 0x48);
        ck_assert_uint_eq(in(REASON)&3, 2);
        ck_assert_uint_le(moved + n, most);
        for (u32 i = 0; i < n; i += 2) {
            u32 word = ide_chip.read(&m.ide, DATA, 2);
            to[moved + i] = (u8)word;
            if (i + 1 < n)
                to[moved + i + 1] = (u8)(word >> 8);
        }
        moved += n;
    }
    ck_assert_uint_eq(in(REASON)&3, 3);
    return moved;
}

/* A whole command with 12 bytes at PACKET. */
UNUSED static u32 packet_in(const u8 *packet, u8 *to, u32 most)
{
    limit_put(0xfffe);
    packet_put(packet, false);
    return data_in(to, most);
}

#define PACKET(...) ((const u8[12]){__VA_ARGS__})

/* A command that gives no data. */
UNUSED static u8 packet_none(const u8 *packet)
{
    u8 none[1];
    ck_assert_uint_eq(packet_in(packet, none, 0), 0);
    return in(STATUS);
}

/* The sense that the last command left: key, code, qualifier as SENSE has them. */
UNUSED static u32 sense_get(void)
{
    u8 s[18];
    ck_assert_uint_eq(packet_in(PACKET(0x03, 0, 0, 0, 18), s, 18), 18);
    ck_assert_uint_eq(in(STATUS), 0x40);
    ck_assert_uint_eq(s[0], 0x70);
    ck_assert_uint_eq(s[7], 10);
    return SENSE(s[2], s[12], s[13]);
}

/* The command fails with that sense, without data before it. */
UNUSED static void refused(const u8 *packet, u32 sense)
{
    ck_assert_uint_eq(packet_none(packet), 0x41);
    ck_assert_uint_eq(in(ERROR) >> 4, sense >> 16);
    ck_assert_uint_eq(sense_get(), sense);
}

UNUSED static void accepted(const u8 *packet)
{
    ck_assert_uint_eq(packet_none(packet), 0x40);
}

/* A drive with disc number 1, its attention told. */
UNUSED static void cd_ready(void)
{
    cd_board(disc_make(1));
    refused(PACKET(0x00), SENSE(6, 0x29, 0));
    accepted(PACKET(0x00));
}

#endif
