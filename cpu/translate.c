/* SPDX-License-Identifier: MIT */
/* From instructions to a block: which handler each micro-op gets, and the exits. */
#include "cpu/access.h"
#include "cpu/decode.h"
#include "cpu/timing.h"

/* Handlers. */

#ifdef ENGINE_FAST

static bool seg_is_flat(const struct cpu *cpu, unsigned seg)
{
    return (seg == SEG_DS && cpu->mode & MODE_FLAT_DS) ||
           (seg == SEG_SS && cpu->mode & MODE_FLAT_SS) ||
           (seg == SEG_ES && cpu->mode & MODE_FLAT_ES);
}

static unsigned memory_variant(const struct cpu *cpu, const struct uop *u)
{
    bool lea = u->id == U_LEA_rm_16 || u->id == U_LEA_rm_32;
    if (!(u->attr & UA_ADDR32))
        return EA_E16;
    if (!lea && !seg_is_flat(cpu, u->seg))
        return EA_G32;
    return u->index == NO_REG ? EA_BD : EA_BX;
}

/* SS is loaded by the plain twin: an interrupt shadow follows. */
static bool loads_ss(const struct uop *u)
{
    bool to_dst = u->id == U_MOV_TO_S_r_16 || u->id == U_MOV_TO_S_m_16 || u->id == U_POP_S_o_16;
    return (to_dst && u->dst == SEG_SS) || (u->id == U_LFP_rm_16 && u->src == SEG_SS);
}

/* The variant of U's handler in this mode; VARIANT_COUNT: the plain twin. */
static unsigned handler_variant(const struct cpu *cpu, const struct uop *u)
{
    unsigned mode = cpu->mode, variant;
    bool stack_flat = (mode & (MODE_STACK32 | MODE_FLAT_SS)) == (MODE_STACK32 | MODE_FLAT_SS);
    if (mode & MODE_ALIGN || loads_ss(u))
        return VARIANT_COUNT;
    switch (uop_info[u->id].class) {
    case CLASS_REG:
    case CLASS_REGF:
    case CLASS_FREG:
        return 0;
    case CLASS_MEM:
    case CLASS_MEMF:
    case CLASS_FMEM:
        return memory_variant(cpu, u);
    case CLASS_STACK:
        return stack_flat ? 0 : mode & MODE_STACK32 ? VARIANT_COUNT : 1;
    case CLASS_MSTACK:
        variant = memory_variant(cpu, u);
        if (variant == EA_E16 ? mode & MODE_STACK32 : !stack_flat)
            return VARIANT_COUNT;
        return variant;
    case CLASS_STRING:
        return u->attr & UA_ADDR32 && mode & MODE_FLAT_ES && seg_is_flat(cpu, u->seg) ? 0 : 1;
    }
    return VARIANT_COUNT;
}

/* A direct jump that might leave the code segment is checked by its plain twin. */
static bool jump_needs_check(const struct cpu *cpu, const struct insn *row, const struct uop *u)
{
    bool direct = row->operand[0] == OPD_Jb || row->operand[0] == OPD_Jv;
    return direct && (u->disp > cpu->seg[SEG_CS].limit || cpu->mode & MODE_LIMIT_OTHER);
}

static bool may_fault(unsigned id)
{
    unsigned class = uop_info[id].class;
    return (class != CLASS_REG && class != CLASS_REGF) ||
           (id >= U_DIV_r_8 && id <= U_IDIV_m_32) ||
           (id >= U_PADDB_rr_64 && id <= U_STMXCSR_m_0) || id == U_MOV_TO_S_r_16;
}

static u32 kills_of(const struct insn *row, const struct uop *u)
{
    if (row->checks & CHECK_MAYBE || (row->checks & CHECK_SHIFTS && !(u->imm & 31)))
        return 0;
    return row->sets | row->undef;
}

/*
 * Pick handlers, backwards: a handler may leave the flags alone if each flag that it would set is
 * set again before anybody can look. Whoever may fault, and every way out of the block, looks.
 */
static void choose_handlers(struct decoder *d)
{
    u32 live = OSZAPC;
    for (unsigned i = d->count; i-- > 0;) {
        struct uop *u = &d->uops[i];
        const struct insn *row = d->row[i];
        if (!row) { /* an exit, or the second half of one */
            live = OSZAPC;
            continue;
        }
        unsigned variant = handler_variant(d->cpu, u);
        if (variant == VARIANT_COUNT || jump_needs_check(d->cpu, row, u)) {
            u->fn = f_cold;
            live = OSZAPC;
            continue;
        }
        bool dead = !(live & (row->sets | row->undef));
#ifdef PARANOID
        dead = false;
#endif
        u->fn = fast_table[u->id][variant + (dead ? VARIANT_NF : 0)];
        live = (live & ~kills_of(row, u)) | row->reads;
        if (may_fault(u->id))
            live = OSZAPC;
#ifndef PARANOID
        fast_fn *fused = d->row[i + 1] ? fused_find(u, u + 1, variant) : NULL; /* exits are last */
        if (fused)
            u->fn = fused;
#endif
    }
}

static fast_fn *exit_resolver(const struct cpu *cpu, u32 from_eip, u32 to_eip)
{
    u32 base = (u32)cpu->seg[SEG_CS].base;
    bool inside = (((base + from_eip) ^ (base + to_eip)) & ~0xfffu) == 0;
    return inside && !(cpu->mode & MODE_LIMIT_OTHER) ? f_resolve : f_cross;
}

#else

static void choose_handlers(struct decoder *d)
{
    (void)d;
}

#endif

/* An exit to TARGET; COST is charged beyond what the block has cost so far. */
static void put_exit(struct decoder *d, u32 from_eip, u32 target, u32 cost)
{
    struct block_exit *e = (struct block_exit *)&d->uops[d->count];
    if (d->cpu->model->generation < I386)
        target &= 0xffff; /* IP has no more bits */
    *e = (struct block_exit){
        .u = {.id = U_EXIT, .eip = target, .cost = (u16)(d->cost + cost), .n = (u8)d->insns},
        .charge = (s64)(d->cost + cost) << 32 | d->insns};
#ifdef ENGINE_FAST
    e->u.fn = f_exit;
    e->resolve = exit_resolver(d->cpu, from_eip, target);
#else
    (void)from_eip;
#endif
    d->row[d->count] = d->row[d->count + 1] = NULL;
    d->count += 2;
}

static bool is_conditional(const struct insn *row)
{
    return (row->op >= OP_J_o && row->op <= OP_J_nle) || (row->op >= OP_LOOP && row->op <= OP_JCXZ);
}

/* Instructions until the block is full or one ends it. */
static void decode_run(struct decoder *d)
{
    bool open = true;
    while (open && d->insns < BLOCK_INSNS && d->cost < BLOCK_COST &&
           (d->linear & ~0xfffu) == (u32)(d->exec->key >> 40) << 12) {
        struct uop *u = &d->uops[d->count];
        const struct insn *row = decode_insn(d, u);
        if (!row)
            break;
        u->cost = (u16)d->cost;
        u->n = (u8)d->insns;
        d->row[d->count++] = row;
        d->insns++;
        d->cost += d->clocks;
        d->eip += d->pos;
        d->linear += d->pos;
        d->first = false;
        if (row->checks & CHECK_END) {
            bool direct = row->operand[0] == OPD_Jb || row->operand[0] == OPD_Jv;
            open = is_conditional(row);
            put_exit(d, u->eip, direct ? u->disp : d->eip, open ? timing_taken(d->cpu->model) : 0);
        }
        open = open && !d->key2;
    }
    if (open || d->key2)
        put_exit(d, d->eip - 1, d->eip, 0);
}

/* Copy into the cache; the exits are not linked yet. */
static struct block *block_build(struct decoder *d)
{
    struct block *b = block_alloc(d->cpu, d->count);
    memcpy(b->uops, d->uops, d->count * sizeof d->uops[0]);
    for (unsigned i = 0; i < d->count; i++) {
        if (b->uops[i].id != U_EXIT)
            continue;
        struct block_exit *e = (struct block_exit *)&b->uops[i++];
        exit_unlink(e);
    }
    return b;
}

struct block *block_decode(struct cpu *cpu, const struct exec_entry *exec,
                           struct fetch_page *second)
{
    struct decoder d;
    d.cpu = cpu;
    d.exec = exec;
    d.second = second;
    d.generation = generation_of(cpu->model);
    d.longest = d.generation->insn_bytes;
    d.key2 = 0;
    d.eip = cpu->eip;
    d.linear = (u32)cpu->seg[SEG_CS].base + cpu->eip;
    d.first = true;
    d.count = d.insns = 0;
    d.cost = 0;
    decode_run(&d);
    choose_handlers(&d);
    struct block *b = block_build(&d);
    b->key = exec->key;
    b->key2 = d.key2;
    b->page[0] = exec->page;
    b->place = (exec->key & EXEC_PLACE) << 12 | (((u32)cpu->seg[SEG_CS].base + cpu->eip) & 0xfff);
    b->eip = cpu->eip;
    b->last_eip = d.eip - 1;
    b->mode = cpu->mode;
    b->bytes = (u16)(d.eip - cpu->eip);
    return b;
}
