/* SPDX-License-Identifier: MIT */
/* Exchanges with a condition or a sum, SETcc to memory, XLAT, BOUND, far pointers: plain only.
 * SDM 2A "CMPXCHG", "CMPXCHG8B", "BOUND", "LDS", SDM 2B "SETcc", SDM 2C "XADD", "XLAT". */
#include "cpu/alu.h"
#include "cpu/forms.h"
#include "cpu/protect.h"

#define XADD(s)                                                                                    \
    REGF(XADD_rr_##s, u##s a = R(s, u->dst); u##s b = R(s, u->src); W(s, u->src, a);               \
         W(s, u->dst, sem_ADD(&f, a, b, s));)                                                      \
    MEMF(XADD_mr_##s, s, 1, u##s a = LD(s); ST(s, sem_ADD(&f, a, R(s, u->src), s));                \
         W(s, u->src, a);)
XADD(8)
XADD(16)
XADD(32)

/* The destination is written in either case: memory must be writable even if it does not match. */
#define CMPXCHG(s)                                                                                 \
    REGF(CMPXCHG_rr_##s, u##s a = R(s, u->dst); u##s acc = R(s, EAX * 8);                          \
         sem_CMP(&f, acc, a, s); if (acc == a) W(s, u->dst, R(s, u->src));                         \
         else W(s, EAX * 8, a);)                                                                   \
    MEMF(CMPXCHG_mr_##s, s, 1, u##s a = LD(s); u##s acc = R(s, EAX * 8); sem_CMP(&f, acc, a, s);   \
         ST(s, acc == a ? R(s, u->src) : a); if (acc != a) W(s, EAX * 8, a);)
CMPXCHG(8)
CMPXCHG(16)
CMPXCHG(32)

HANDLER(CMPXCHG8B_m_0)
{
    FLAGS;
    struct at m;
    mem_find(cpu, &m, u->seg, plain_ea(cpu, u), 8, ACCESS_WRITE);
    u64 old = at_get(cpu, &m), acc = (u64)R_32(EDX * 8) << 32 | R_32(EAX * 8);
    bool equal = old == acc;
    at_put(cpu, &m, equal ? (u64)R_32(ECX * 8) << 32 | R_32(EBX * 8) : old);
    if (!equal) {
        W_32(EAX * 8, old);
        W_32(EDX * 8, old >> 32);
    }
    f_unpack(&f, (f_pack(&f) & ~(u32)FL_ZF) | (equal ? FL_ZF : 0));
    KEEP;
    NEXT;
}

#define CC(cc, n) MEM(SET_##cc##_m_8, 8, 1, ST(8, cond_##cc(&cpu->fl));)
EACH_CC(CC)

HANDLER(XLAT_a16_8)
{
    u16 offset = (u16)(R_16(EBX * 8) + R_8(EAX * 8));
    W_8(EAX * 8, mem_read(cpu, u->seg, offset, 1));
    NEXT;
}

HANDLER(XLAT_a32_8)
{
    u32 offset = R_32(EBX * 8) + R_8(EAX * 8);
    W_8(EAX * 8, mem_read(cpu, u->seg, offset, 1));
    NEXT;
}

/* An address BY bytes behind the operand, wrapping as the address size says. */
static u32 ea_behind(struct cpu *cpu, const struct uop *u, u32 by)
{
    u32 ea = plain_ea(cpu, u) + by;
    return u->attr & UA_ADDR32 ? ea : (u16)ea;
}

#define BOUND(s)                                                                                   \
    HANDLER(BOUND_rm_##s)                                                                          \
    {                                                                                              \
        SIGNED_##s low = (SIGNED_##s)mem_read(cpu, u->seg, plain_ea(cpu, u), BYTES_##s);                       \
        SIGNED_##s high = (SIGNED_##s)mem_read(cpu, u->seg, ea_behind(cpu, u, BYTES_##s), BYTES_##s);          \
        SIGNED_##s index = (SIGNED_##s)R(s, u->dst);                                                           \
        if (index < low || index > high)                                                           \
            cpu_raise(cpu, EX_BR, 0, REASON_BOUND);                                                \
        NEXT;                                                                                      \
    }
BOUND(16)
BOUND(32)

/* LDS, LES, LFS, LGS, LSS: the register changes only if the segment could be loaded. Those with a
 * 16-bit offset are in mov.c. */
HANDLER(LFP_rm_32)
{
    u32 offset = (u32)mem_read(cpu, u->seg, plain_ea(cpu, u), 4);
    u16 selector = (u16)mem_read(cpu, u->seg, ea_behind(cpu, u, 4), 2);
    segment_load(cpu, u->src, selector);
    W_32(u->dst, offset);
    NEXT;
}
