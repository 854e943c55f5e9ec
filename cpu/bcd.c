/* SPDX-License-Identifier: MIT */
/* Decimal adjustment. SDM 2A "AAA", "AAD", "AAM", "AAS", "DAA", "DAS". */
#include "cpu/alu.h"
#include "cpu/forms.h"

#define AL_NOW R_8(EAX * 8)
#define AX_NOW R_16(EAX * 8)

/* The flags of AL as result, with CF and AF as given. OF, undefined, is cleared. */
static void set_decimal(struct cpu *cpu, bool cf, bool af)
{
    struct flags f;
    f_logic(&f, AL_NOW, 8);
    f.cv = (cf ? 0xc0000000u : 0) | (af ? 8 : 0);
    KEEP;
}

static void decimal_adjust(struct cpu *cpu, bool subtract)
{
    u8 al = AL_NOW;
    bool cf = f_cf(&cpu->fl), af = f_af(&cpu->fl);
    bool low = (al & 15) > 9 || af, high = al > 0x99 || cf;
    u8 by = (u8)((low ? 6 : 0) + (high ? 0x60 : 0));
    bool borrow = subtract && low && al < 6;
    W_8(EAX * 8, subtract ? al - by : al + by);
    set_decimal(cpu, high || borrow, low);
}

HANDLER(DAA_o_0)
{
    decimal_adjust(cpu, false);
    NEXT;
}

HANDLER(DAS_o_0)
{
    decimal_adjust(cpu, true);
    NEXT;
}

/* ADJUST is added to AX when the low digit is not decimal: 106h for AAA, its negative for AAS. */
static void ascii_adjust(struct cpu *cpu, u32 adjust)
{
    bool carry = (AL_NOW & 15) > 9 || f_af(&cpu->fl);
    if (carry)
        W_16(EAX * 8, AX_NOW + adjust);
    W_8(EAX * 8, AL_NOW & 15);
    set_decimal(cpu, carry, carry);
}

HANDLER(AAA_o_0)
{
    ascii_adjust(cpu, 0x106);
    NEXT;
}

HANDLER(AAS_o_0)
{
    ascii_adjust(cpu, (u32)-0x106);
    NEXT;
}

HANDLER(AAM_i_0)
{
    u8 base = (u8)u->imm, al = AL_NOW;
    if (!base)
        cpu_raise(cpu, EX_DE, 0, REASON_DIVIDE);
    W_16(EAX * 8, (u32)(al / base) << 8 | al % base);
    set_decimal(cpu, false, false);
    NEXT;
}

HANDLER(AAD_i_0)
{
    u8 al = (u8)(AL_NOW + (AX_NOW >> 8) * (u8)u->imm);
    W_16(EAX * 8, al);
    set_decimal(cpu, false, false);
    NEXT;
}
