/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic of the 8086 to the 80286 with every flag as the chips leave it, also those that no
 * manual defines: found with tests/insn/sst, which captured an 8086 and an 80286.
 *
 * They multiply, divide and shift by microcode, a bit a step, and what is left in the flags is what
 * the last steps of that left. So do we: what is not explained below is how those loops go.
 */
#include "cpu/alu.h"
#include "cpu/forms.h"

#define AL_NOW R_8(EAX * 8)
#define AH_NOW R_8(EAX * 8 + 1)
#define CL_NOW R_8(ECX * 8)

static bool is_8086(const struct cpu *cpu)
{
    return cpu->model->generation == I86;
}

static void set_af(struct flags *f, bool af)
{
    f->cv = (f->cv & ~8u) | (af ? 8 : 0);
}

static u32 top(u32 v, unsigned bits)
{
    return v >> (bits - 1) & 1;
}

/* Shifts and rotates. */

enum shift { ROL, ROR, RCL, RCR, SHL, SHR, SAR };

/* One step of A; *CARRY is what goes out, and into RCL and RCR. */
static u32 shift_step(enum shift kind, u32 a, u32 *carry, unsigned bits)
{
    bool left = kind == ROL || kind == RCL || kind == SHL;
    u32 out = left ? top(a, bits) : a & 1;
    u32 in = kind == ROL || kind == ROR   ? out
             : kind == RCL || kind == RCR ? *carry
             : kind == SAR                ? top(a, bits)
                                          : 0;
    *carry = out;
    return (u32)mask(left ? a << 1 | in : a >> 1 | in << (bits - 1), bits);
}

/* OF after the last step, from A to R: a left shift or rotate compares the sign with what went out,
 * a right one the sign before and after. */
static u32 shift_overflow(enum shift kind, u32 a, u32 r, u32 carry, unsigned bits)
{
    bool left = kind == ROL || kind == RCL || kind == SHL;
    return top(r, bits) ^ (left ? carry : top(a, bits));
}

/* The 8086 counts as far as CL says, up to 255; since the 80186 five bits of it count. AF of a left
 * shift is that of adding A to itself; a right shift clears it on an 8086 and sets it on a 286. */
static u64 shift_286(const struct cpu *cpu, struct flags *f, enum shift kind, u32 a, u32 count,
                     unsigned bits)
{
    u32 n = is_8086(cpu) ? count : count & 31, carry = f_cf(f), before = a;
    if (!n)
        return a;
    while (n--) {
        before = a;
        a = shift_step(kind, a, &carry, bits);
    }
    u32 overflow = shift_overflow(kind, before, a, carry, bits);
    if (kind < SHL) {
        f_set_cf_of(f, carry, overflow);
        return a;
    }
    f_shift(f, a, carry, overflow, bits);
    set_af(f, kind == SHL ? a >> 4 & 1 : !is_8086(cpu));
    return a;
}

#define SHIFT_ONE(op, s)                                                                           \
    REGF(op##_286_ri_##s, W(s, u->dst, shift_286(cpu, &f, op, R(s, u->dst), u->imm, s));)          \
    REGF(op##_286_rc_##s, W(s, u->dst, shift_286(cpu, &f, op, R(s, u->dst), CL_NOW, s));)          \
    MEMF(op##_286_mi_##s, s, 1, ST(s, shift_286(cpu, &f, op, LD(s), u->imm, s));)                  \
    MEMF(op##_286_mc_##s, s, 1, ST(s, shift_286(cpu, &f, op, LD(s), CL_NOW, s));)
#define SHIFT(op) SHIFT_ONE(op, 8) SHIFT_ONE(op, 16)
SHIFT(ROL)
SHIFT(ROR)
SHIFT(RCL)
SHIFT(RCR)
SHIFT(SHL)
SHIFT(SHR)
SHIFT(SAR)

/* SETMO and SETMOC, "set to minus one": what the 8086 does for the shift that is none. */
static u64 setmo(struct flags *f, u64 a, u32 count, unsigned bits)
{
    if (!count)
        return a;
    a = mask(~(u64)0, bits);
    f_logic(f, a, bits);
    return a;
}

#define SET_ONE(s)                                                                                 \
    REGF(SETMO_ri_##s, W(s, u->dst, setmo(&f, R(s, u->dst), 1, s));)                               \
    REGF(SETMO_rc_##s, W(s, u->dst, setmo(&f, R(s, u->dst), CL_NOW, s));)                          \
    MEMF(SETMO_mi_##s, s, 1, ST(s, setmo(&f, LD(s), 1, s));)                                       \
    MEMF(SETMO_mc_##s, s, 1, ST(s, setmo(&f, LD(s), CL_NOW, s));)
SET_ONE(8)
SET_ONE(16)

/* Multiplication. */

/* A REP before the instruction turns the 8086's note of the operands' signs around. */
static bool repeated(const struct cpu *cpu, const struct uop *u)
{
    return is_8086(cpu) && u->attr & (UA_REP | UA_REPNE);
}

/* The flags tell of the upper half, and are those of finding out whether it is needed: the 8086 adds
 * the sign of the lower half of a signed product to it. */
static void product_flags(const struct cpu *cpu, struct flags *f, u32 low, u32 high, bool is_signed,
                          unsigned bits)
{
    u32 sign = is_signed ? top(low, bits) : 0;
    bool wide = (u32)mask(high + sign, bits) != 0;
    if (is_8086(cpu)) {
        sem_ADD(f, high, sign, bits);
        f_set_cf_of(f, wide, wide);
        return;
    }
    f_logic(f, high, bits);
    f_set_cf_of(f, wide, wide);
    set_af(f, true);
}

static void set_accumulator(struct cpu *cpu, u32 low, u32 high, unsigned bits)
{
    if (bits == 8) {
        W_16(EAX * 8, (low & 0xff) | (high & 0xff) << 8);
    } else {
        W_16(EAX * 8, low);
        W_16(EDX * 8, high);
    }
}

static void multiply(struct cpu *cpu, const struct uop *u, struct flags *f, u32 value,
                     bool is_signed, unsigned bits)
{
    u32 a = (u32)mask(R_16(EAX * 8), bits);
    u32 p = is_signed ? (u32)(sext(a, bits) * sext(value, bits)) : a * value;
    if (repeated(cpu, u))
        p = 0 - p;
    u32 low = (u32)mask(p, bits), high = (u32)mask(p >> bits, bits);
    product_flags(cpu, f, low, high, is_signed, bits);
    set_accumulator(cpu, low, high, bits);
}

#define UNARY(op, s, ...)                                                                          \
    REGF(op##_r_##s, u32 v = R(s, u->dst); __VA_ARGS__;)                                           \
    MEMF(op##_m_##s, s, 0, u32 v = LD(s); __VA_ARGS__;)
UNARY(MUL_286, 8, multiply(cpu, u, &f, v, false, 8))
UNARY(MUL_286, 16, multiply(cpu, u, &f, v, false, 16))
UNARY(IMUL_286, 8, multiply(cpu, u, &f, v, true, 8))
UNARY(IMUL_286, 16, multiply(cpu, u, &f, v, true, 16))

static u32 multiply3(const struct cpu *cpu, struct flags *f, u16 a, u16 b)
{
    u32 p = (u32)((s16)a * (s16)b);
    product_flags(cpu, f, p & 0xffff, p >> 16, true, 16);
    return p;
}

REGF(IMUL3_286_rri_16, W_16(u->dst, multiply3(cpu, &f, R_16(u->src), (u16)u->imm));)
MEMF(IMUL3_286_rmi_16, 16, 0, W_16(u->dst, multiply3(cpu, &f, LD(16), (u16)u->imm));)

/* Division: compare, subtract if it fits, shift. */

struct division {
    u32 high, low, divisor; /* the dividend; in the end rest and quotient */
    unsigned bits;
    struct flags last; /* of the last comparison */
    struct flags told; /* of the last one that the 8086 lets see: not when a 1 was shifted out */
    bool fits;         /* what it found */
};

/* OUT: the bit that was shifted out of the upper half; then the divisor fits for sure. */
static void division_compare(struct division *d, bool out)
{
    u32 r = (u32)sem_SUB(&d->last, d->high, d->divisor, d->bits);
    d->fits = out || !f_cf(&d->last);
    if (!out)
        d->told = d->last;
    if (d->fits)
        d->high = r;
}

/* OUT_COUNTS: of magnitudes nothing is shifted out, unless the quotient overflows. */
static void division_step(struct division *d, bool out_counts)
{
    bool out = out_counts && top(d->high, d->bits);
    d->high = (u32)mask(d->high << 1 | top(d->low, d->bits), d->bits);
    division_compare(d, out);
    d->low = (u32)mask(d->low << 1 | d->fits, d->bits);
}

/* False: the quotient has no room. The 8086 sees that at once, the 286 before the last step. */
static bool divide(const struct cpu *cpu, struct division *d)
{
    division_compare(d, false);
    bool overflow = d->fits;
    if (overflow && is_8086(cpu))
        return false;
    for (unsigned i = 1; i < d->bits; i++)
        division_step(d, true);
    if (!overflow)
        division_step(d, true);
    return !overflow;
}

/* The 8086 goes on behind the instruction; all later ones come back to it. */
static NORETURN void divide_error(struct cpu *cpu, const struct uop *u, const struct flags *f)
{
    cpu->fl = *f;
    if (is_8086(cpu))
        cpu->eip = (u16)(u->eip + u->len);
    cpu_raise(cpu, EX_DE, 0, REASON_DIVIDE);
}

static u32 negate_if(u32 v, bool negative, unsigned bits)
{
    return (u32)mask(negative ? 0 - v : v, bits);
}

static void divide_unsigned(struct cpu *cpu, const struct uop *u, struct flags *f,
                            struct division *d)
{
    bool good = divide(cpu, d);
    *f = is_8086(cpu) ? d->told : d->last;
    if (!good)
        divide_error(cpu, u, f);
    if (is_8086(cpu)) {
        f_set_cf(f, !top(d->low, d->bits)); /* the inverted quotient went through CF */
    } else {
        f_logic(f, d->high, d->bits);
        f_set_cf_of(f, f_cf(&d->last), f_cf(&d->last));
        set_af(f, true);
    }
    set_accumulator(cpu, d->low, d->high, d->bits);
}

/* Signed division is one of magnitudes; -128 and -32768 are no quotients. D holds the magnitudes. */

/* False: no room. F: all flags then; else the caller clears CF and OF. */
static bool divide_signed_8086(const struct cpu *cpu, struct flags *f, struct division *d)
{
    bool fits = divide(cpu, d), good = fits && !top(d->low, d->bits);
    *f = d->told;
    if (fits)
        f_set_cf_of(f, 0, good ? 0 : f_of(f));
    return good;
}

/* In the end the rest is compared with the divisor, both with their signs: what is less in magnitude
 * carries if the divisor is positive. Only after an overflow it is not less, or equal. */
static bool divide_signed_286(struct flags *f, struct division *d, bool negative,
                              bool divisor_negative)
{
    bool fits = d->high < d->divisor;
    for (unsigned i = 0; i < d->bits; i++)
        division_step(d, false);
    bool equal = d->high == d->divisor;
    bool less = d->high < d->divisor || (equal && negative && d->divisor);
    bool carry = divisor_negative != less;
    u32 rest = equal ? 0 : d->high;
    f_logic(f, negate_if(rest, negative, d->bits), d->bits);
    f_set_cf_of(f, carry, carry);
    set_af(f, true);
    return fits && !top(d->low, d->bits);
}

static void divide_signed(struct cpu *cpu, const struct uop *u, struct flags *f,
                          struct division *d)
{
    unsigned bits = d->bits;
    bool negative = top(d->high, bits), divisor_negative = top(d->divisor, bits);
    u32 whole = negate_if(d->high << bits | d->low, negative, 2 * bits);
    d->high = whole >> bits;
    d->low = (u32)mask(whole, bits);
    d->divisor = negate_if(d->divisor, divisor_negative, bits);
    bool good = is_8086(cpu) ? divide_signed_8086(cpu, f, d)
                             : divide_signed_286(f, d, negative, divisor_negative);
    if (!good)
        divide_error(cpu, u, f);
    u32 q = negate_if(d->low, negative ^ divisor_negative ^ repeated(cpu, u), bits);
    set_accumulator(cpu, q, negate_if(d->high, negative, bits), bits);
}

#define DIVISION_8(v) struct division d = {.high = AH_NOW, .low = AL_NOW, .divisor = (v), .bits = 8}
#define DIVISION_16(v)                                                                             \
    struct division d = {                                                                          \
        .high = R_16(EDX * 8), .low = R_16(EAX * 8), .divisor = (v), .bits = 16}
UNARY(DIV_286, 8, DIVISION_8(v); divide_unsigned(cpu, u, &f, &d))
UNARY(DIV_286, 16, DIVISION_16(v); divide_unsigned(cpu, u, &f, &d))
UNARY(IDIV_286, 8, DIVISION_8(v); divide_signed(cpu, u, &f, &d))
UNARY(IDIV_286, 16, DIVISION_16(v); divide_signed(cpu, u, &f, &d))

/* Decimal adjustment: OF, SF, ZF and PF are those of the addition or subtraction. */

static void adjust(struct cpu *cpu, u8 by, bool subtract, bool af, bool cf)
{
    struct flags f;
    u64 r = subtract ? sem_SUB(&f, AL_NOW, by, 8) : sem_ADD(&f, AL_NOW, by, 8);
    W_8(EAX * 8, r);
    f_set_cf_of(&f, cf, f_of(&f));
    set_af(&f, af);
    KEEP;
}

/* The 8086 compares with 9Fh instead of 99h if the low digit is adjusted because of AF; and the borrow
 * of the low digit alone is no carry to it. */
static void adjust_decimal(struct cpu *cpu, bool subtract)
{
    u8 al = AL_NOW;
    bool af = f_af(&cpu->fl), low = (al & 15) > 9 || af;
    bool high = al > (is_8086(cpu) && af ? 0x9f : 0x99) || f_cf(&cpu->fl);
    bool borrow = !is_8086(cpu) && subtract && low && al < 6;
    adjust(cpu, (u8)((low ? 6 : 0) + (high ? 0x60 : 0)), subtract, low, high || borrow);
}

HANDLER(DAA_286_o_0)
{
    adjust_decimal(cpu, false);
    NEXT;
}

HANDLER(DAS_286_o_0)
{
    adjust_decimal(cpu, true);
    NEXT;
}

/* AH changes by one; on a 286 also by the carry out of AL. */
static void adjust_ascii(struct cpu *cpu, bool subtract)
{
    bool carry = (AL_NOW & 15) > 9 || f_af(&cpu->fl);
    bool out = !is_8086(cpu) && carry && (subtract ? AL_NOW < 6 : AL_NOW > 0xf9);
    if (carry)
        W_8(EAX * 8 + 1, subtract ? AH_NOW - 1 - out : AH_NOW + 1 + out);
    adjust(cpu, carry ? 6 : 0, subtract, carry, carry);
    W_8(EAX * 8, AL_NOW & 15);
}

HANDLER(AAA_286_o_0)
{
    adjust_ascii(cpu, false);
    NEXT;
}

HANDLER(AAS_286_o_0)
{
    adjust_ascii(cpu, true);
    NEXT;
}

HANDLER(AAM_286_i_0)
{
    FLAGS;
    struct division d = {.low = AL_NOW, .divisor = u->imm & 0xff, .bits = 8};
    if (!divide(cpu, &d))
        divide_error(cpu, u, &d.last);
    f_logic(&f, d.high, 8);
    KEEP;
    W_16(EAX * 8, d.low << 8 | d.high);
    NEXT;
}

HANDLER(AAD_286_i_0)
{
    FLAGS;
    u64 al = sem_ADD(&f, AL_NOW, (u8)(AH_NOW * u->imm), 8);
    if (!is_8086(cpu))
        f_set_cf_of(&f, f_cf(&f), f_cf(&f));
    KEEP;
    W_16(EAX * 8, al);
    NEXT;
}
