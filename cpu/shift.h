/* SPDX-License-Identifier: MIT */
/* What shifts, rotates and bit instructions mean. SDM 2B "SAL/SAR/SHL/SHR", "RCL/RCR/ROL/ROR",
 * "SHLD", "SHRD"; SDM 2A "BT", "BSF", "BSR". The count comes unmasked. */
#ifndef CPU_SHIFT_H
#define CPU_SHIFT_H

#include "cpu/alu.h"

#define COUNT(bits) ((bits) == 64 ? 63u : 31u)

INLINE u32 top_bit(u64 v, unsigned bits)
{
    return (u32)(v >> (bits - 1)) & 1;
}

/* OF of SHL by any count is what a count of 1 would leave last: CF xor the new sign. */
SEM2(SHL)
{
    unsigned n = b & COUNT(bits);
    if (!n)
        return a;
    u64 r = mask(a << n, bits);
    u32 cf = n <= bits ? (u32)(a >> (bits - n)) & 1 : 0;
    f_shift(f, r, cf, cf ^ top_bit(r, bits), bits);
    return r;
}

/* OF of SHR: the sign before the last step. */
SEM2(SHR)
{
    unsigned n = b & COUNT(bits);
    if (!n)
        return a;
    u64 before = a >> (n - 1), r = before >> 1;
    f_shift(f, r, before & 1, n == 1 ? top_bit(a, bits) : 0, bits);
    return r;
}

SEM2(SAR)
{
    unsigned n = b & COUNT(bits);
    if (!n)
        return a;
    s64 before = sext(a, bits) >> (n - 1);
    u64 r = mask((u64)(before >> 1), bits);
    f_shift(f, r, before & 1, 0, bits);
    return r;
}

/* Rotates change CF and OF alone, and those whenever the masked count is not 0. */
SEM2(ROL)
{
    unsigned n = b & COUNT(bits), k = n & (bits - 1);
    u64 r = k ? mask(a << k | a >> (bits - k), bits) : a;
    if (n)
        f_set_cf_of(f, r & 1, (r & 1) ^ top_bit(r, bits));
    return r;
}

SEM2(ROR)
{
    unsigned n = b & COUNT(bits), k = n & (bits - 1);
    u64 r = k ? mask(a >> k | a << (bits - k), bits) : a;
    if (n)
        f_set_cf_of(f, top_bit(r, bits), top_bit(r, bits) ^ top_bit(r << 1, bits));
    return r;
}

/* Through carry: a rotation of bits + 1 bits; 8- and 16-bit counts are taken modulo that. */
SEM2(RCL)
{
    unsigned n = b & COUNT(bits);
    n = bits < 32 ? n % (bits + 1) : n;
    if (!n)
        return a;
    u64 cf = f_cf(f);
    u64 low = n > 1 ? a >> (bits + 1 - n) : 0;
    u64 r = mask((n < 64 ? a << n : 0) | cf << (n - 1) | low, bits);
    u32 out = (u32)(a >> (bits - n)) & 1;
    f_set_cf_of(f, out, out ^ top_bit(r, bits));
    return r;
}

SEM2(RCR)
{
    unsigned n = b & COUNT(bits);
    n = bits < 32 ? n % (bits + 1) : n;
    if (!n)
        return a;
    u64 cf = f_cf(f);
    u64 high = n > 1 ? a << (bits + 1 - n) : 0;
    u64 r = mask(a >> n | cf << (bits - n) | high, bits);
    u32 out = (u32)(a >> (n - 1)) & 1;
    f_set_cf_of(f, out, top_bit(r, bits) ^ top_bit(r << 1, bits));
    return r;
}

/*
 * Double shifts. 16-bit operands with a count above 16 are undefined; Intel's P5 and later shift
 * the destination in again behind the source, which is what this does.
 */
INLINE u64 sem_SHLD(struct flags *f, u64 a, u64 b, unsigned count, unsigned bits)
{
    unsigned n = count & COUNT(bits);
    if (!n)
        return a;
    u64 wide = bits == 16 ? a << 32 | b << 16 | a : a << 32 | b;
    unsigned width = bits == 16 ? 48 : 64;
    u64 r = mask(wide << n >> (width - bits), bits);
    u32 cf = (u32)(wide >> (width - n)) & 1;
    f_shift(f, r, cf, top_bit(r, bits) ^ top_bit(a, bits), bits);
    return r;
}

INLINE u64 sem_SHRD(struct flags *f, u64 a, u64 b, unsigned count, unsigned bits)
{
    unsigned n = count & COUNT(bits);
    if (!n)
        return a;
    u64 wide = bits == 16 ? a << 32 | b << 16 | a : b << 32 | a;
    u64 r = mask(wide >> n, bits);
    u32 cf = (u32)(wide >> (n - 1)) & 1;
    f_shift(f, r, cf, top_bit(r, bits) ^ top_bit(r << 1, bits), bits);
    return r;
}

struct cpu;
struct uop;

/* A bit number in a register reaches any word of the bit string at the operand: the offset of that
 * word. SDM 2A "BT". */
u32 bit_string_offset(struct cpu *cpu, const struct uop *u, unsigned bits);

/* Bit tests change CF alone. B: the bit number, within the operand. */
INLINE u64 sem_BT(struct flags *f, u64 a, u64 b, unsigned bits)
{
    f_set_cf(f, (u32)(a >> (b & (bits - 1))) & 1);
    return a;
}

SEM2(BTS)
{
    sem_BT(f, a, b, bits);
    return a | (u64)1 << (b & (bits - 1));
}

SEM2(BTR)
{
    sem_BT(f, a, b, bits);
    return a & ~((u64)1 << (b & (bits - 1)));
}

SEM2(BTC)
{
    sem_BT(f, a, b, bits);
    return a ^ (u64)1 << (b & (bits - 1));
}

/* ZF tells that the source was 0: then the destination A stays. The other flags are undefined. */
SEM2(BSF)
{
    f_logic(f, b, bits);
    return b ? (u64)__builtin_ctzll(b) : a;
}

SEM2(BSR)
{
    f_logic(f, b, bits);
    return b ? 63u - (u64)__builtin_clzll(b) : a;
}

#endif
