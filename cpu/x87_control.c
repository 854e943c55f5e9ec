/* SPDX-License-Identifier: MIT */
/* x87 control: words, stack pointer, tags. SDM 2A under each name. */
#include "cpu/x87.h"

static void clear_c1(struct fpu *fpu)
{
    fpu->sw &= (u16)~SW_C1;
}

HANDLER(FNOP_o_0)
{
    X87_BEGIN;
    NEXT;
}

/* FENI, FDISI, FSETPM. */
HANDLER(FNNOP_o_0)
{
    x87_check_available(cpu);
    NEXT;
}

HANDLER(FINCSTP_o_0)
{
    X87_BEGIN;
    cpu->fpu.top = (u8)x87_number(&cpu->fpu, 1);
    clear_c1(&cpu->fpu);
    NEXT;
}

HANDLER(FDECSTP_o_0)
{
    X87_BEGIN;
    cpu->fpu.top = (u8)x87_number(&cpu->fpu, 7);
    clear_c1(&cpu->fpu);
    NEXT;
}

HANDLER(FFREE_r_0)
{
    X87_BEGIN;
    x87_free(&cpu->fpu, u->dst);
    clear_c1(&cpu->fpu);
    NEXT;
}

HANDLER(FFREEP_r_0)
{
    X87_BEGIN;
    x87_free(&cpu->fpu, u->dst);
    x87_pop(&cpu->fpu);
    clear_c1(&cpu->fpu);
    NEXT;
}

/* An exception that is unmasked now is pending now. */
HANDLER(FLDCW_m_16)
{
    X87_WAIT;
    cpu->fpu.cw = fpu_control((u16)mem_read(cpu, u->seg, plain_ea(cpu, u), 2));
    x87_update(cpu);
    NEXT;
}

HANDLER(FNSTCW_m_16)
{
    x87_check_available(cpu);
    mem_write(cpu, u->seg, plain_ea(cpu, u), cpu->fpu.cw, 2);
    NEXT;
}

HANDLER(FNSTSW_m_16)
{
    x87_check_available(cpu);
    mem_write(cpu, u->seg, plain_ea(cpu, u), fpu_status(&cpu->fpu), 2);
    NEXT;
}

HANDLER(FNSTSW_r_16)
{
    x87_check_available(cpu);
    W_16(EAX * 8, fpu_status(&cpu->fpu));
    NEXT;
}

HANDLER(FNCLEX_o_0)
{
    x87_check_available(cpu);
    cpu->fpu.sw &= SW_CC;
    x87_update(cpu);
    NEXT;
}

HANDLER(FNINIT_o_0)
{
    x87_check_available(cpu);
    fpu_init(&cpu->fpu);
    x87_update(cpu);
    NEXT;
}
