/* SPDX-License-Identifier: MIT */
/*
 * Sectors of a CD as they are on the disc, 2352 bytes: their types and parts, and mode 1 sectors
 * made from their 2048 bytes of data. ECMA-130 clause 14 and annex A; MMC-2 "READ CD".
 */
#include "devices/ide_parts.h"

enum { SYNC, HEADER, SUBHEADER, DATA, ECC, PARTS };

static const u8 part_bits[PARTS] = {0x80, 0x20, 0x40, 0x10, 0x08};

/* Bytes of each part, by type of sector. */
static const u16 part_bytes[6][PARTS] = {
    [1] = {0, 0, 0, 2352, 0},    [2] = {12, 4, 0, 2048, 288}, [3] = {12, 4, 0, 2336, 0},
    [4] = {12, 4, 8, 2048, 280}, [5] = {12, 4, 8, 2328, 0},
};

static const u8 sync_pattern[12] = {0,    0xff, 0xff, 0xff, 0xff, 0xff,
                                    0xff, 0xff, 0xff, 0xff, 0xff, 0};

unsigned cd_sector_type(const u8 *raw)
{
    if (memcmp(raw, sync_pattern, sizeof sync_pattern))
        return 1;
    if (raw[15] == 1)
        return 2;
    if (memcmp(raw + 16, raw + 20, 4)) /* the subheader stands there twice */
        return 3;
    return raw[18] & 0x20 ? 5 : 4;
}

/* What is chosen must lie together; what the type does not have is no gap. */
bool cd_sector_bytes(unsigned type, u8 parts, u32 *n)
{
    bool ended = false;
    *n = 0;
    if (parts & part_bits[ECC] && !(parts & part_bits[DATA]))
        return false;
    for (unsigned i = 0; i < PARTS; i++) {
        bool chosen = parts & part_bits[i];
        if (chosen && ended)
            return false;
        ended |= !chosen && *n && part_bytes[type][i];
        *n += chosen ? part_bytes[type][i] : 0u;
    }
    return *n;
}

void cd_sector_cut(const u8 *raw, u8 parts, u8 *to)
{
    const u16 *bytes = part_bytes[cd_sector_type(raw)];
    for (unsigned i = 0; i < PARTS; raw += bytes[i], i++)
        if (parts & part_bits[i]) {
            memcpy(to, raw, bytes[i]);
            to += bytes[i];
        }
}

/* ---- error codes ---- */

/* (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), least significant bit first. */
static u32 edc(const u8 *bytes, u32 n)
{
    u32 crc = 0;
    for (u32 i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xd8018001 : 0);
    }
    return crc;
}

/* In GF(2^8) with x^8 + x^4 + x^3 + x^2 + 1. */
static u8 times_alpha(u8 a)
{
    return (u8)(a << 1 ^ (a & 0x80 ? 0x1d : 0));
}

/* Division by alpha + 1: q with q * alpha + q = A, from the lowest bit up, as bit 7 of q, which
 * comes back through the polynomial, is the sum of all of A's. */
static u8 over_alpha_plus_1(u8 a)
{
    u8 top = 0, q = 0, bit = 0;
    for (unsigned i = 0; i < 8; i++)
        top ^= a >> i & 1;
    a ^= top ? 0x1d : 0;
    for (unsigned i = 0; i < 8; i++) {
        bit ^= a >> i & 1;
        q |= (u8)(bit << i);
    }
    return q;
}

/* One codeword: N bytes of data at AT, AT + STEP, ... (modulo WRAP, in words; the P codes never
 * wrap), then two of parity that make the sums of all bytes, and of all weighted by their power of
 * alpha, zero. */
struct codeword {
    u32 at, step, wrap, n;
};

static void parity(const u8 *words, struct codeword c, u8 *first, u8 *second)
{
    u8 sum = 0, weighted = 0;
    for (u32 i = 0; i < c.n; i++, c.at = (c.at + c.step) % c.wrap) {
        sum ^= words[2 * c.at];
        weighted = times_alpha(weighted) ^ words[2 * c.at];
    }
    weighted = times_alpha(times_alpha(weighted));
    *first = over_alpha_plus_1(sum ^ weighted);
    *second = sum ^ *first;
}

enum { P_CODES = 43, P_DATA = 24, Q_CODES = 26, Q_DATA = 43, Q_WORDS = P_CODES * 26 };

/* Over the words from byte 12 on, low and high bytes apart. */
static void ecc(u8 *words)
{
    for (u32 i = 0; i < 2 * P_CODES; i++) {
        u8 *p = words + 2 * P_CODES * P_DATA + i;
        parity(words + i % 2, (struct codeword){i / 2, P_CODES, Q_WORDS, P_DATA}, p,
               p + 2 * P_CODES);
    }
    for (u32 i = 0; i < 2 * Q_CODES; i++) {
        u8 *q = words + 2 * Q_WORDS + i;
        parity(words + i % 2, (struct codeword){i / 2 * P_CODES, P_CODES + 1, Q_WORDS, Q_DATA}, q,
               q + 2 * Q_CODES);
    }
}

static u8 bcd(u32 n)
{
    return (u8)(n / 10 % 10 << 4 | n % 10);
}

void cd_sector_make(u32 lba, u8 *raw)
{
    u8 msf[4];
    ide_cd_put_address(msf, lba, true);
    memcpy(raw, sync_pattern, sizeof sync_pattern);
    for (unsigned i = 0; i < 3; i++)
        raw[12 + i] = bcd(msf[1 + i]);
    raw[15] = 1;
    put32(raw + 2064, edc(raw, 2064));
    memset(raw + 2068, 0, 8);
    ecc(raw + 12);
}
