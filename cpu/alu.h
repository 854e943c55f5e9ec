/* SPDX-License-Identifier: MIT */
/* What the arithmetic and logic instructions mean. SDM 2A, 2B under each name. BITS is a constant
 * in every caller; operands come masked to it and results go masked. */
#ifndef CPU_ALU_H
#define CPU_ALU_H

#include "cpu/flags.h"

#define SEM2(name) INLINE u64 sem_##name(struct flags *f, u64 a, u64 b, unsigned bits)
#define SEM1(name) INLINE u64 sem_##name(struct flags *f, u64 a, unsigned bits)

SEM2(ADD)
{
    u64 r = mask(a + b, bits);
    f_add(f, a, b, r, bits);
    return r;
}

SEM2(ADC)
{
    u64 r = mask(a + b + f_cf(f), bits);
    f_add(f, a, b, r, bits);
    return r;
}

SEM2(SUB)
{
    u64 r = mask(a - b, bits);
    f_sub(f, a, b, r, bits);
    return r;
}

SEM2(SBB)
{
    u64 r = mask(a - b - f_cf(f), bits);
    f_sub(f, a, b, r, bits);
    return r;
}

SEM2(AND)
{
    u64 r = a & b;
    f_logic(f, r, bits);
    return r;
}

SEM2(OR)
{
    u64 r = a | b;
    f_logic(f, r, bits);
    return r;
}

SEM2(XOR)
{
    u64 r = a ^ b;
    f_logic(f, r, bits);
    return r;
}

SEM2(CMP)
{
    return sem_SUB(f, a, b, bits);
}

SEM2(TEST)
{
    return sem_AND(f, a, b, bits);
}

/* INC and DEC keep CF. */
SEM1(INC)
{
    u32 cf = f_cf(f);
    u64 r = sem_ADD(f, a, 1, bits);
    f_set_cf(f, cf);
    return r;
}

SEM1(DEC)
{
    u32 cf = f_cf(f);
    u64 r = sem_SUB(f, a, 1, bits);
    f_set_cf(f, cf);
    return r;
}

SEM1(NEG)
{
    return sem_SUB(f, 0, a, bits);
}

SEM1(NOT)
{
    (void)f;
    return mask(~a, bits);
}

#endif
