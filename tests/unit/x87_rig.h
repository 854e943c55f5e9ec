/* SPDX-License-Identifier: MIT */
/* A guest about to use its x87, and what its register stack holds. */
#ifndef TESTS_X87_RIG_H
#define TESTS_X87_RIG_H

#include "tests/unit/guest.h"

static struct guest *g;
static struct fpu *fpu;

#define ONE ((struct f80){0x8000000000000000, 0x3fff})
#define MINUS_TWO ((struct f80){0x8000000000000000, 0xc000})
#define PI ((struct f80){0xc90fdaa22168c235, 0x4000})

UNUSED static void setup(void)
{
    g = guest_new();
    fpu = &g->cpu.fpu;
    guest_flat(g, 0);
    g->cpu.cr0 |= CR0_NE;
    guest_do(g, "db e3"); /* fninit */
}

UNUSED static void teardown(void)
{
    guest_free(g);
}

UNUSED static void push(struct f80 value)
{
    fpu->top = (fpu->top - 1) & 7;
    fpu->reg[fpu->top] = value;
    fpu->used |= (u8)(1 << fpu->top);
}

UNUSED static struct f80 st(unsigned i)
{
    return fpu->reg[(fpu->top + i) & 7];
}

UNUSED static bool empty(unsigned i)
{
    return !(fpu->used >> ((fpu->top + i) & 7) & 1);
}

UNUSED static void check_st(unsigned i, struct f80 want)
{
    ck_assert_msg(!empty(i), "st%u is empty", i);
    ck_assert_msg(st(i).se == want.se && st(i).frac == want.frac, "st%u: %04x %016llx", i, st(i).se,
                  (unsigned long long)st(i).frac);
}

UNUSED static u8 *data(void)
{
    return g->ram + GUEST_DATA;
}

/* As after FNINIT, with CR0 as given. */
UNUSED static void fresh(u32 cr0)
{
    guest_flat(g, 0);
    fpu_init(fpu);
    g->cpu.cr0 = (g->cpu.cr0 & ~(u32)(CR0_EM | CR0_TS | CR0_MP | CR0_NE)) | cr0;
    g->cpu.halted = CPU_RUNS;
    g->cpu.ignne = false;
    line_set(&g->cpu.ferr, false);
}

#endif
