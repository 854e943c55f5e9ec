/* SPDX-License-Identifier: MIT */
/*
 * x87 arithmetic for fast handlers: what nearly every operation of a program is, in a few integer
 * instructions, and nothing else. Operands are normal numbers or zeros, results are normal or zero,
 * rounding is to nearest, precision 64 or 53 bits. Each function returns false for anything beyond,
 * and then the plain twin does it all with cpu/f80.h. So the same bits come out on every host, and
 * sooner than from an 80-bit unit whose registers would have to be loaded and stored each time.
 *
 * FLAGS gets SW_PE and SW_C1.
 */
#ifndef CPU_X87_QUICK_H
#define CPU_X87_QUICK_H

#include "cpu/f80.h"
#include "cpu/softfloat.h"

enum { QUICK_BIAS = 0x3fff, QUICK_MAX = 0x7fff };

/* The control words that this file knows: to nearest, 64 or 53 bits, and PE masked. */
enum { QUICK_CW = CW_PC | CW_RC | SW_PE, QUICK_CW_64 = CW_PC_64 | SW_PE, QUICK_CW_53 = CW_PC_53 | SW_PE };

INLINE u32 quick_exponent(struct f80 a)
{
    return a.se & 0x7fffu;
}

INLINE bool quick_normal(struct f80 a)
{
    return (s64)a.frac < 0 && quick_exponent(a) - 1 < QUICK_MAX - 1;
}

INLINE bool quick_zero(struct f80 a)
{
    return !a.frac && !quick_exponent(a);
}

/* |a| < |b|. */
INLINE bool quick_smaller(struct f80 a, struct f80 b)
{
    u32 ea = quick_exponent(a), eb = quick_exponent(b);
    return ea < eb || (ea == eb && a.frac < b.frac);
}

INLINE struct f80 quick_make(u64 frac, u32 exponent, u32 sign)
{
    return (struct f80){frac, (u16)(exponent | (sign & F80_SIGN))};
}

/* HI and LO: 128 bits of significand, the highest set; LO's low bits may stand for what is below
 * them. EXPONENT may be out of range. */
INLINE bool quick_round(u64 hi, u64 lo, u32 exponent, u32 sign, u32 cw, struct f80 *r, u32 *flags)
{
    bool up, inexact;
    u64 unit = 1;
    if (likely((cw & QUICK_CW) == QUICK_CW_64)) {
        up = lo >> 63 && (lo << 1 || hi & 1);
        inexact = lo;
    } else if ((cw & QUICK_CW) == QUICK_CW_53) {
        u64 rest = (hi & 0x7ff) | (lo != 0);
        up = rest > 0x400 || (rest == 0x400 && hi & 0x800);
        inexact = rest;
        hi &= ~(u64)0x7ff;
        unit = 0x800;
    } else {
        return false;
    }
    hi += up ? unit : 0;
    exponent += up && !hi;
    hi |= F80_INTEGER;
    *flags = (inexact ? SW_PE : 0) | (up ? SW_C1 : 0);
    *r = quick_make(hi, exponent, sign);
    return exponent - 1 < QUICK_MAX - 1;
}

INLINE bool quick_mul(struct f80 a, struct f80 b, u32 cw, struct f80 *r, u32 *flags)
{
    u32 sign = a.se ^ b.se;
    if (unlikely(!quick_normal(a) || !quick_normal(b))) {
        bool zero = (quick_zero(a) && (quick_zero(b) || quick_normal(b))) ||
                    (quick_zero(b) && quick_normal(a));
        *r = quick_make(0, 0, sign);
        *flags = 0;
        return zero;
    }
    unsigned __int128 product = (unsigned __int128)a.frac * b.frac;
    u64 hi = (u64)(product >> 64), lo = (u64)product;
    u32 carry = (u32)(hi >> 63);
    hi = carry ? hi : hi << 1 | lo >> 63;
    lo = carry ? lo : lo << 1;
    return quick_round(hi, lo, quick_exponent(a) + quick_exponent(b) - QUICK_BIAS + carry, sign, cw,
                       r, flags);
}

/* |a| + |b|, or |a| - |b| (SUBTRACT), |a| having the greater exponent by D. */
INLINE bool quick_add_ordered(u64 a, u32 exponent, u32 sign, u64 b, u32 d, bool subtract, u32 cw,
                              struct f80 *r, u32 *flags)
{
    u64 hi = b, lo = 0;
    if (unlikely(d >= 64)) {
        lo = d == 64 ? b : d == 65 ? b >> 1 | (b & 1) : 1; /* a quarter of a unit, or less */
        hi = 0;
    } else if (d) {
        lo = b << (64 - d);
        hi = b >> d;
    }
    if (!subtract) {
        hi += a;
        if (hi < a) {
            lo = hi << 63 | (lo != 0);
            hi = hi >> 1 | F80_INTEGER;
            exponent++;
        }
    } else {
        bool borrow = lo;
        lo = -lo;
        hi = a - hi - borrow;
        if (d < 2) {
            if (!hi && !lo) {
                *r = quick_make(0, 0, 0);
                *flags = 0;
                return (cw & CW_RC) == CW_RC_NEAREST;
            }
            if (!hi) {
                hi = lo;
                lo = 0;
                exponent -= 64;
            }
            u32 n = (u32)__builtin_clzll(hi);
            hi = n ? hi << n | lo >> (64 - n) : hi;
            lo = lo << n;
            exponent -= n;
        } else if (!(hi >> 63)) {
            hi = hi << 1 | lo >> 63;
            lo = lo << 1;
            exponent--;
        }
    }
    return quick_round(hi, lo, exponent, sign, cw, r, flags);
}

/* One of them is no normal number. */
INLINE bool quick_add_zero(struct f80 a, struct f80 b, u32 cw, struct f80 *r, u32 *flags)
{
    if (quick_zero(a) && quick_zero(b)) {
        *r = quick_make(0, 0, a.se & b.se);
        *flags = 0;
        return (cw & CW_RC) == CW_RC_NEAREST;
    }
    struct f80 v = quick_zero(a) ? b : a;
    bool good = (quick_zero(a) || quick_zero(b)) && quick_normal(v);
    return quick_round(v.frac, 0, quick_exponent(v), v.se, cw, r, flags) && good;
}

INLINE bool quick_add(struct f80 a, struct f80 b, u32 cw, struct f80 *r, u32 *flags)
{
    if (unlikely(!quick_normal(a) || !quick_normal(b)))
        return quick_add_zero(a, b, cw, r, flags);
    bool subtract = (a.se ^ b.se) & F80_SIGN;
    bool swap = quick_smaller(a, b);
    struct f80 big = swap ? b : a, small = swap ? a : b;
    u32 exponent = quick_exponent(big);
    return quick_add_ordered(big.frac, exponent, big.se, small.frac, exponent - quick_exponent(small),
                             subtract, cw, r, flags);
}

INLINE bool quick_sub(struct f80 a, struct f80 b, u32 cw, struct f80 *r, u32 *flags)
{
    b.se ^= F80_SIGN;
    return quick_add(a, b, cw, r, flags);
}

/* HI:LO / B where HI < B. */
INLINE u64 quick_divide(u64 hi, u64 lo, u64 b, u64 *rest)
{
#if defined __x86_64__ && !defined PARANOID
    u64 q;
    __asm__("divq %4" : "=a"(q), "=d"(*rest) : "a"(lo), "d"(hi), "r"(b) : "cc");
    return q;
#else
    return sf_div128(hi, lo, b, rest);
#endif
}

INLINE bool quick_div(struct f80 a, struct f80 b, u32 cw, struct f80 *r, u32 *flags)
{
    u32 sign = a.se ^ b.se;
    if (unlikely(!quick_normal(a) || !quick_normal(b))) {
        *r = quick_make(0, 0, sign);
        *flags = 0;
        return quick_zero(a) && quick_normal(b);
    }
    bool more = a.frac >= b.frac;
    u64 rest, q = quick_divide(more ? a.frac >> 1 : a.frac, more ? a.frac << 63 : 0, b.frac, &rest);
    u64 lo = rest > b.frac - rest ? 3ull << 62 : rest != 0; /* never half: b has no 65 bits */
    return quick_round(q, lo, quick_exponent(a) - quick_exponent(b) + QUICK_BIAS - !more, sign, cw, r,
                       flags);
}

INLINE bool quick_subr(struct f80 a, struct f80 b, u32 cw, struct f80 *r, u32 *flags)
{
    return quick_sub(b, a, cw, r, flags);
}

INLINE bool quick_divr(struct f80 a, struct f80 b, u32 cw, struct f80 *r, u32 *flags)
{
    return quick_div(b, a, cw, r, flags);
}

/* Condition codes. */
INLINE bool quick_compare(struct f80 a, struct f80 b, u32 *cc)
{
    bool za = quick_zero(a), zb = quick_zero(b);
    if (unlikely((!za && !quick_normal(a)) || (!zb && !quick_normal(b))))
        return false;
    bool negative = a.se & F80_SIGN;
    bool same = quick_exponent(a) == quick_exponent(b) && a.frac == b.frac;
    if ((a.se ^ b.se) & F80_SIGN)
        *cc = za && zb ? FP_EQUAL : negative ? FP_LESS : FP_GREATER;
    else
        *cc = same ? FP_EQUAL : quick_smaller(a, b) != negative ? FP_LESS : FP_GREATER;
    return true;
}

/* Formats. */

INLINE bool quick_from_64(u64 raw, struct f80 *r)
{
    u32 exponent = raw >> 52 & 0x7ff, sign = (u32)(raw >> 48);
    *r = quick_make(F80_INTEGER | raw << 11, exponent + QUICK_BIAS - 0x3ff, sign);
    if (unlikely(!(raw << 1)))
        *r = quick_make(0, 0, sign);
    else if (unlikely(exponent - 1 >= 0x7fe))
        return false;
    return true;
}

INLINE bool quick_from_32(u32 raw, struct f80 *r)
{
    u32 exponent = raw >> 23 & 0xff, sign = raw >> 16;
    *r = quick_make(F80_INTEGER | (u64)raw << 40, exponent + QUICK_BIAS - 0x7f, sign);
    if (unlikely(!(raw << 1)))
        *r = quick_make(0, 0, sign);
    else if (unlikely(exponent - 1 >= 0xfe))
        return false;
    return true;
}

INLINE struct f80 quick_from_s64(s64 v)
{
    u64 magnitude = v < 0 ? -(u64)v : (u64)v;
    if (!v)
        return (struct f80){0, 0};
    u32 n = (u32)__builtin_clzll(magnitude);
    return quick_make(magnitude << n, QUICK_BIAS + 63 - n, (u32)(v >> 48));
}

/* To a double, or (BITS 24) a float: significand without its first bit, and exponent. */
INLINE bool quick_narrow(struct f80 a, unsigned bits, u32 bias, u32 max, u32 cw, u64 *r, u32 *flags)
{
    unsigned drop = 64 - bits;
    u64 rest = a.frac & ((1ull << drop) - 1), half = 1ull << (drop - 1), frac = a.frac >> drop;
    bool up = rest > half || (rest == half && frac & 1);
    u32 exponent = quick_exponent(a) - QUICK_BIAS + bias;
    frac += up;
    exponent += (u32)(frac >> bits);
    *flags = (rest ? SW_PE : 0) | (up ? SW_C1 : 0);
    *r = (frac & ((1ull << (bits - 1)) - 1)) | (u64)exponent << (bits - 1);
    if (unlikely(quick_zero(a))) {
        *r = 0;
        *flags = 0;
        return true;
    }
    return quick_normal(a) && exponent - 1 < max - 1 && (cw & (CW_RC | SW_PE)) == SW_PE;
}

INLINE bool quick_to_64(struct f80 a, u32 cw, u64 *r, u32 *flags)
{
    bool good = quick_narrow(a, 53, 0x3ff, 0x7ff, cw, r, flags);
    *r |= (u64)(a.se & F80_SIGN) << 48;
    return good;
}

INLINE bool quick_to_32(struct f80 a, u32 cw, u32 *r, u32 *flags)
{
    u64 wide;
    bool good = quick_narrow(a, 24, 0x7f, 0xff, cw, &wide, flags);
    *r = (u32)wide | (u32)(a.se & F80_SIGN) << 16;
    return good;
}

/* To an integer of BITS, to nearest or (as C does it) towards zero. */
INLINE bool quick_to_int(struct f80 a, unsigned bits, u32 cw, u64 *r, u32 *flags)
{
    s32 shift = QUICK_BIAS + 63 - (s32)quick_exponent(a);
    u64 whole = 0, rest;
    if (unlikely((!quick_normal(a) && !quick_zero(a)) || shift <= 0))
        return false;
    if (shift < 64) {
        whole = a.frac >> shift;
        rest = a.frac << (64 - shift);
    } else {
        rest = shift == 64 ? a.frac : a.frac != 0;
    }
    bool nearest = (cw & CW_RC) == CW_RC_NEAREST;
    bool up = nearest && rest >> 63 && (rest << 1 || whole & 1);
    whole += up;
    *flags = (rest ? SW_PE : 0) | (up ? SW_C1 : 0);
    *r = a.se & F80_SIGN ? -whole : whole;
    return (nearest || (cw & CW_RC) == CW_RC_ZERO) && cw & SW_PE && !(whole >> (bits - 1));
}

#endif
