/* SPDX-License-Identifier: MIT */
/* System instructions: test and table registers, IF, coprocessor escapes. SDM 2A to 2C under each name; SDM 3A "Control Registers". */
#include "cpu/forms.h"
#include "cpu/protect.h"
#include "cpu/virtual.h"
#include "cpu/x87.h"

/* Instructions on descriptors are not recognised in real and virtual-8086 mode. */
static void require_protected(struct cpu *cpu)
{
    if (cpu_real_segments(cpu))
        cpu_raise_ud(cpu, REASON_MODE);
}

/* Interrupt flag. */

/* The flag that CLI and STI change. */
static u32 interrupt_flag(struct cpu *cpu, bool set)
{
    enum if_access access = if_access(cpu);
    if (access == IF_REFUSED || (access == IF_VIRTUAL && set && cpu->eflags & FL_VIP))
        cpu_raise_gp0(cpu, REASON_IOPL);
    return access == IF_REAL ? FL_IF : FL_VIF;
}

HANDLER(CLI_o_0)
{
    cpu->eflags &= ~interrupt_flag(cpu, false);
    NEXT;
}

HANDLER(STI_o_0)
{
    u32 flag = interrupt_flag(cpu, true);
    if (flag == FL_VIF) {
        cpu->eflags |= FL_VIF;
    } else if (!(cpu->eflags & FL_IF)) {
        cpu->eflags |= FL_IF;
        interrupt_shadow(cpu, u, false);
        if (cpu->intr)
            cpu->stop |= STOP_EVENT;
    }
    NEXT;
}

/* Test registers. */

/* The 386 has TR6 and TR7, the 486 TR3 to TR7, to test TLB and cache; they keep what they are told.
 * i486 PRM "Debugging and Testing". */
static void require_tr(struct cpu *cpu, unsigned n)
{
    unsigned generation = cpu->model->generation;
    if (generation > I486 || (generation == I386 && n < 6))
        cpu_raise_ud(cpu, REASON_OPCODE);
    require_ring0(cpu);
}

HANDLER(MOV_FROM_TR_rr_32)
{
    require_tr(cpu, u->src);
    W_32(u->dst, cpu->tr_test[u->src]);
    NEXT;
}

HANDLER(MOV_TO_TR_rr_32)
{
    require_tr(cpu, u->dst);
    cpu->tr_test[u->dst] = R_32(u->src);
    NEXT;
}

HANDLER(INVLPG_m_0)
{
    require_ring0(cpu);
    tlb_flush_page(cpu, (u32)cpu->seg[u->seg].base + plain_ea(cpu, u));
    EXIT(1);
}

/* There is no cache to see. */
HANDLER(INVD_o_0)
{
    require_ring0(cpu);
    NEXT;
}

HANDLER(WBINVD_o_0)
{
    require_ring0(cpu);
    NEXT;
}

/* Descriptor tables. The operand is a 16-bit limit and a 32-bit base. */

static u32 base_offset(struct cpu *cpu, const struct uop *u)
{
    u32 ea = plain_ea(cpu, u) + 2;
    return u->attr & UA_ADDR32 ? ea : (u16)ea;
}

static void table_store(struct cpu *cpu, const struct uop *u, const struct table_register *table)
{
    struct at limit, base;
    mem_find(cpu, &limit, u->seg, plain_ea(cpu, u), 2, ACCESS_WRITE);
    mem_find(cpu, &base, u->seg, base_offset(cpu, u), 4, ACCESS_WRITE);
    at_put(cpu, &limit, table->limit);
    at_put(cpu, &base, table->base);
}

/* With a 16-bit operand the base has 24 bits. */
static void table_load(struct cpu *cpu, const struct uop *u, struct table_register *table)
{
    require_ring0(cpu);
    u16 limit = (u16)mem_read(cpu, u->seg, plain_ea(cpu, u), 2);
    u32 base = (u32)mem_read(cpu, u->seg, base_offset(cpu, u), 4);
    table->limit = limit;
    table->base = u->attr & UA_OP32 ? base : base & 0xffffff;
}

#define TABLES(s)                                                                                  \
    REG(SGDT_m_##s, table_store(cpu, u, &cpu->gdtr);)                                              \
    REG(SIDT_m_##s, table_store(cpu, u, &cpu->idtr);)                                              \
    REG(LGDT_m_##s, table_load(cpu, u, &cpu->gdtr);)                                               \
    REG(LIDT_m_##s, table_load(cpu, u, &cpu->idtr);)
TABLES(16)
TABLES(32)

#define STORE_SELECTOR(NAME, reg)                                                                  \
    REG(NAME##_r_16, require_protected(cpu); W_16(u->dst, cpu->reg.selector);)                     \
    REG(NAME##_r_32, require_protected(cpu); W_32(u->dst, cpu->reg.selector);)                     \
    HANDLER(NAME##_m_16)                                                                           \
    {                                                                                              \
        require_protected(cpu);                                                                    \
        mem_write(cpu, u->seg, plain_ea(cpu, u), cpu->reg.selector, 2);                            \
        NEXT;                                                                                      \
    }
STORE_SELECTOR(SLDT, ldtr)
STORE_SELECTOR(STR, tr)

#define LOAD_SELECTOR(NAME, load)                                                                  \
    HANDLER(NAME##_r_16)                                                                           \
    {                                                                                              \
        require_protected(cpu);                                                                    \
        require_ring0(cpu);                                                                        \
        load(cpu, R_16(u->dst));                                                                   \
        NEXT;                                                                                      \
    }                                                                                              \
    HANDLER(NAME##_m_16)                                                                           \
    {                                                                                              \
        require_protected(cpu);                                                                    \
        require_ring0(cpu);                                                                        \
        load(cpu, (u16)mem_read(cpu, u->seg, plain_ea(cpu, u), 2));                                \
        NEXT;                                                                                      \
    }
LOAD_SELECTOR(LLDT, segment_lldt)
LOAD_SELECTOR(LTR, segment_ltr)

/* Looking at descriptors: the answer is ZF. */

static void set_zf(struct cpu *cpu, bool zf)
{
    FLAGS;
    f_unpack(&f, (f_pack(&f) & ~(u32)FL_ZF) | (zf ? FL_ZF : 0));
    KEEP;
}

static u16 operand_r(struct cpu *cpu, const struct uop *u, u8 offset)
{
    (void)u;
    return R_16(offset);
}

static u16 operand_m(struct cpu *cpu, const struct uop *u, u8 offset)
{
    (void)offset;
    return (u16)mem_read(cpu, u->seg, plain_ea(cpu, u), 2);
}

#define VERIFY(NAME, shape, write)                                                                 \
    HANDLER(NAME##_##shape##_16)                                                                   \
    {                                                                                              \
        require_protected(cpu);                                                                    \
        set_zf(cpu, segment_verify(cpu, operand_##shape(cpu, u, u->dst), write));                  \
        NEXT;                                                                                      \
    }
VERIFY(VERR, r, false)
VERIFY(VERR, m, false)
VERIFY(VERW, r, true)
VERIFY(VERW, m, true)

#define LOOK(NAME, look, shape, s)                                                                 \
    HANDLER(NAME##_r##shape##_##s)                                                                 \
    {                                                                                              \
        u32 value;                                                                                 \
        require_protected(cpu);                                                                    \
        bool good = look(cpu, operand_##shape(cpu, u, u->src), &value);                            \
        if (good)                                                                                  \
            W(s, u->dst, value);                                                                   \
        set_zf(cpu, good);                                                                         \
        NEXT;                                                                                      \
    }
#define LOOKS(NAME, look)                                                                          \
    LOOK(NAME, look, r, 16) LOOK(NAME, look, m, 16) LOOK(NAME, look, r, 32) LOOK(NAME, look, m, 32)
LOOKS(LAR, segment_lar)
LOOKS(LSL, segment_lsl)

/* ARPL: raise the RPL of the destination to that of the source. */
HANDLER(ARPL_rr_16)
{
    require_protected(cpu);
    u16 a = R_16(u->dst), rpl = R_16(u->src) & 3;
    bool raise = (a & 3) < rpl;
    if (raise)
        W_16(u->dst, (a & ~3) | rpl);
    set_zf(cpu, raise);
    NEXT;
}

HANDLER(ARPL_mr_16)
{
    struct at m;
    require_protected(cpu);
    mem_find(cpu, &m, u->seg, plain_ea(cpu, u), 2, ACCESS_WRITE);
    u16 a = (u16)at_get(cpu, &m), rpl = R_16(u->src) & 3;
    bool raise = (a & 3) < rpl;
    if (raise)
        at_put(cpu, &m, (a & ~3u) | rpl);
    set_zf(cpu, raise);
    NEXT;
}

/* Models without an FPU: an escape that does not trap has no effect, so FNSTSW leaves its
 * destination as it was, which is how software finds out. */

REG(ESC_r_0, x87_check_available(cpu);)
REG(ESC_m_0, x87_check_available(cpu);)
