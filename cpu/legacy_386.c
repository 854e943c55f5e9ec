/* SPDX-License-Identifier: MIT */
/*
 * What the 386 leaves where its manual says "undefined": flags of shifts, rotates and bit tests, and
 * double shifts by more than the operand has bits. Found by those who captured the SingleStepTests of
 * a 386EX and by their users (SingleStepTests/80386, "Documenting the undocumented").
 */
#include "cpu/forms.h"
#include "cpu/shift.h"

#define CL_NOW R_8(ECX * 8)

/* Shifts set AF. The barrel shifter of a byte comes round every 8 bits: 16 and 24 leave the CF of 8. */

static void set_af(struct flags *f)
{
    f->cv |= 8;
}

static bool comes_round(unsigned n, unsigned bits)
{
    return bits == 8 && n > 8 && n % 8 == 0;
}

static u64 shl_386(struct flags *f, u64 a, u32 count, unsigned bits)
{
    unsigned n = count & 31;
    u64 r = sem_SHL(f, a, n, bits);
    if (comes_round(n, bits))
        f_set_cf_of(f, a & 1, a & 1);
    if (n)
        set_af(f);
    return r;
}

static u64 shr_386(struct flags *f, u64 a, u32 count, unsigned bits)
{
    unsigned n = count & 31;
    u64 r = sem_SHR(f, a, n, bits);
    if (comes_round(n, bits))
        f_set_cf_of(f, top_bit(a, bits), 0);
    if (n)
        set_af(f);
    return r;
}

static u64 sar_386(struct flags *f, u64 a, u32 count, unsigned bits)
{
    u64 r = sem_SAR(f, a, count, bits);
    if (count & 31)
        set_af(f);
    return r;
}

/* Once round through the carry changes nothing, but tells of OF. */
static u64 rcl_386(struct flags *f, u64 a, u32 count, unsigned bits)
{
    u64 r = sem_RCL(f, a, count, bits);
    if (count & 31)
        f_set_cf_of(f, f_cf(f), f_cf(f) ^ top_bit(r, bits));
    return r;
}

static u64 rcr_386(struct flags *f, u64 a, u32 count, unsigned bits)
{
    u64 r = sem_RCR(f, a, count, bits);
    if (count & 31)
        f_set_cf_of(f, f_cf(f), top_bit(r, bits) ^ top_bit(r << 1, bits));
    return r;
}

#define SHIFT_ONE(op, meaning, s)                                                                  \
    REGF(op##_386_ri_##s, W(s, u->dst, meaning(&f, R(s, u->dst), u->imm, s));)                     \
    REGF(op##_386_rc_##s, W(s, u->dst, meaning(&f, R(s, u->dst), CL_NOW, s));)                     \
    MEMF(op##_386_mi_##s, s, 1, ST(s, meaning(&f, LD(s), u->imm, s));)                             \
    MEMF(op##_386_mc_##s, s, 1, ST(s, meaning(&f, LD(s), CL_NOW, s));)
#define SHIFT(op, meaning)                                                                         \
    SHIFT_ONE(op, meaning, 8) SHIFT_ONE(op, meaning, 16) SHIFT_ONE(op, meaning, 32)
SHIFT(SHL, shl_386)
SHIFT(SHR, shr_386)
SHIFT(SAR, sar_386)
SHIFT(RCL, rcl_386)
SHIFT(RCR, rcr_386)

/* Beyond 16 bits a 16-bit double shift goes on with the source again, which rotates. */

static u16 shld_386(struct flags *f, u16 a, u16 b, u32 count)
{
    unsigned n = count & 31;
    if (n <= 16)
        return (u16)sem_SHLD(f, a, b, n, 16);
    u16 r = (u16)(b << (n - 16) | b >> (32 - n));
    f_shift(f, r, r & 1, (r & 1) ^ top_bit(r, 16), 16);
    return r;
}

static u16 shrd_386(struct flags *f, u16 a, u16 b, u32 count)
{
    unsigned n = count & 31;
    if (n <= 16)
        return (u16)sem_SHRD(f, a, b, n, 16);
    u16 r = (u16)(b >> (n - 16) | b << (32 - n));
    f_shift(f, r, top_bit(r, 16), top_bit(r, 16) ^ top_bit((u64)r << 1, 16), 16);
    return r;
}

#define DOUBLE(op, meaning)                                                                        \
    REGF(op##_386_rri_16, W_16(u->dst, meaning(&f, R_16(u->dst), R_16(u->src), u->imm));)          \
    REGF(op##_386_rrc_16, W_16(u->dst, meaning(&f, R_16(u->dst), R_16(u->src), CL_NOW));)          \
    MEMF(op##_386_mri_16, 16, 1, ST(16, meaning(&f, LD(16), R_16(u->src), u->imm));)               \
    MEMF(op##_386_mrc_16, 16, 1, ST(16, meaning(&f, LD(16), R_16(u->src), CL_NOW));)
DOUBLE(SHLD, shld_386)
DOUBLE(SHRD, shrd_386)
#undef DOUBLE
#define DOUBLE(op)                                                                                 \
    REGF(op##_386_rri_32, W_32(u->dst, sem_##op(&f, R_32(u->dst), R_32(u->src), u->imm, 32));)     \
    REGF(op##_386_rrc_32, W_32(u->dst, sem_##op(&f, R_32(u->dst), R_32(u->src), CL_NOW, 32));)     \
    MEMF(op##_386_mri_32, 32, 1, ST(32, sem_##op(&f, LD(32), R_32(u->src), u->imm, 32));)          \
    MEMF(op##_386_mrc_32, 32, 1, ST(32, sem_##op(&f, LD(32), R_32(u->src), CL_NOW, 32));)
DOUBLE(SHLD)
DOUBLE(SHRD)

/* A bit test rotates the operand to the right until the bit is in CF, and leaves the OF of that. */
static void bit_overflow(struct flags *f, u64 value, u64 bit, unsigned bits)
{
    u32 last = bits - 1, first = (u32)(bit - 1) & last, second = (u32)(bit - 2) & last;
    f_set_cf_of(f, f_cf(f), (value >> first ^ value >> second) & 1);
}

/* w, PUT: whether and how the result goes back. */
#define BIT_BODY(op, s, value, bit, PUT)                                                           \
    u64 a = value, n = bit;                                                                        \
    u64 r = sem_##op(&f, a, n, s);                                                                 \
    bit_overflow(&f, a, n, s);                                                                     \
    PUT(s, r);
#define BIT_ONE(op, s, w, PUT_R, PUT_M)                                                            \
    REGF(op##_386_ri_##s, BIT_BODY(op, s, R(s, u->dst), u->imm, PUT_R))                            \
    REGF(op##_386_rr_##s, BIT_BODY(op, s, R(s, u->dst), R(s, u->src), PUT_R))                      \
    MEMF(op##_386_mi_##s, s, w, BIT_BODY(op, s, LD(s), u->imm, PUT_M))                             \
    HANDLER(op##_386_mr_##s)                                                                       \
    {                                                                                              \
        FLAGS;                                                                                     \
        struct at m;                                                                               \
        mem_find(cpu, &m, u->seg, bit_string_offset(cpu, u, s), BYTES_##s, w);                     \
        BIT_BODY(op, s, LD(s), R(s, u->src), PUT_M)                                                \
        KEEP;                                                                                      \
        NEXT;                                                                                      \
    }
#define NOWHERE(s, r) (void)r
#define TO_REG(s, r) W(s, u->dst, r)
#define BIT(op, w, PUT_R, PUT_M) BIT_ONE(op, 16, w, PUT_R, PUT_M) BIT_ONE(op, 32, w, PUT_R, PUT_M)
BIT(BT, 0, NOWHERE, NOWHERE)
BIT(BTS, 1, TO_REG, ST)
BIT(BTR, 1, TO_REG, ST)
BIT(BTC, 1, TO_REG, ST)
