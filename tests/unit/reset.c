/* SPDX-License-Identifier: MIT */
/* What a processor is like after RESET, and what its pins do. SDM 3A "Processor State After Reset";
 * 80286 Programmer's Reference Manual "Initialization"; 80386 Programmer's Reference Manual
 * "Processor State After Reset"; iAPX 86/88 User's Manual "System Reset". */
#include "cpu/debug.h"

#include "tests/unit/guest.h"

static struct guest *g;

static void teardown(void)
{
    if (g)
        guest_free(g);
    g = NULL;
}

static void use(const char *name)
{
    teardown();
    g = guest_new_model(name);
    cpu_reset(&g->cpu);
}

static void setup(void)
{
    use("pentium3");
}

static void check_segment(const struct segment *s, u16 selector, u32 base, u16 attr)
{
    ck_assert_uint_eq(s->selector, selector);
    ck_assert_uint_eq(s->base, base);
    ck_assert_uint_eq(s->limit, 0xffff);
    ck_assert_uint_eq(s->attr, attr);
}

START_TEST(the_registers_of_each_generation)
{
    static const struct {
        const char *name;
        u16 cs;
        u32 base, eip, edx, eflags, cr0;
        u16 idt;
        u32 dr7;
    } rows[] = {
        {"8086", 0xffff, 0xffff0, 0, 0, 0xf002, 0, 0x3ff, 0},
        {"80186", 0xffff, 0xffff0, 0, 0, 0xf002, 0, 0x3ff, 0},
        {"80286", 0xf000, 0xff0000, 0xfff0, 0, 2, 0, 0x3ff, 0},
        {"386", 0xf000, 0xffff0000, 0xfff0, 0x308, 2, 0x10, 0x3ff, 0},
        {"486", 0xf000, 0xffff0000, 0xfff0, 0x404, 2, 0x60000010, 0x3ff, 0x400},
        {"pentium", 0xf000, 0xffff0000, 0xfff0, 0x525, 2, 0x60000010, 0xffff, 0x400},
        {"pentium3", 0xf000, 0xffff0000, 0xfff0, 0x683, 2, 0x60000010, 0xffff, 0x400},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        use(rows[i].name);
        for (unsigned r = 0; r < 8; r++)
            ck_assert_uint_eq(g->cpu.r[r], r == EDX ? rows[i].edx : 0);
        for (unsigned s = 0; s < SEG_COUNT; s++)
            if (s != SEG_CS)
                check_segment(&g->cpu.seg[s], 0, 0, 0x93);
        check_segment(&g->cpu.seg[SEG_CS], rows[i].cs, rows[i].base, 0x93);
        check_segment(&g->cpu.ldtr, 0, 0, 0x82);
        check_segment(&g->cpu.tr, 0, 0, 0x8b);
        ck_assert_uint_eq(g->cpu.eip, rows[i].eip);
        ck_assert_uint_eq(cpu_eflags(&g->cpu), rows[i].eflags);
        ck_assert_uint_eq(g->cpu.cr0, rows[i].cr0);
        ck_assert_uint_eq(g->cpu.gdtr.limit, 0xffff);
        ck_assert_uint_eq(g->cpu.idtr.limit, rows[i].idt);
        ck_assert_uint_eq(g->cpu.gdtr.base | g->cpu.idtr.base, 0);
        ck_assert_uint_eq(g->cpu.dr[6], 0xffff0ff0);
        ck_assert_uint_eq(g->cpu.dr[7], rows[i].dr7);
        ck_assert_uint_eq(g->cpu.cr2 | g->cpu.cr3 | g->cpu.cr4 | g->cpu.cpl, 0);
    }
}
END_TEST

/* All that a program can have changed, as if it had; what is derived follows. */
static void spoil(struct cpu *cpu)
{
    guest_flat(g, 3);
    memset(cpu->r, 0x5a, 8 * sizeof *cpu->r);
    cpu_set_eflags(cpu, ~(u32)(FL_VM | FL_TF));
    cpu->cr0 |= CR0_TS | CR0_WP | CR0_AM;
    cpu->cr2 = cpu->cr3 = cpu->smbase = 0x12345000;
    cpu->cr4 = CR4_PSE | CR4_DE;
    memset(cpu->pdpte, 0x11, sizeof cpu->pdpte);
    memset(cpu->dr, 0xff, sizeof cpu->dr);
    memset(cpu->tr_test, 0x22, sizeof cpu->tr_test);
    memset(cpu->msr, 0x33, sizeof cpu->msr);
    memset(&cpu->fpu, 0x44, sizeof cpu->fpu);
    cpu->debug_hits = 0xf;
    cpu->rf_at = cpu->shadow_at = g->clock.cycles;
    cpu->halted = CPU_HALTED;
    cpu->shutdown = cpu->nmi_pending = cpu->nmi_blocked = true;
    cpu->shadow_debug = cpu->step_trap = cpu->stepping = true;
    cpu->smi_pending = cpu->smi_io = cpu->smm = true;
    cpu->delivering = EX_PF;
    debug_update(cpu);
    line_set(&cpu->ferr, true);
}

static u64 state(void)
{
    cpu_fold(&g->cpu);
    return state_hash(STATE_HASH_START, cpu_fields, &g->cpu);
}

/* Counters and pins are not the program's, and a RESET leaves them. */
START_TEST(reset_leaves_nothing_of_what_was_before)
{
    u64 fresh = state();
    struct segment cs = g->cpu.seg[SEG_CS];
    u16 mode = g->cpu.mode;
    spoil(&g->cpu);
    ck_assert_uint_ne(state(), fresh);
    g->cpu.stop = 0;
    cpu_reset(&g->cpu);
    ck_assert_uint_eq(state(), fresh);
    ck_assert(!memcmp(&g->cpu.seg[SEG_CS], &cs, sizeof cs));
    ck_assert_uint_eq(g->cpu.mode, mode);
    ck_assert(g->cpu.tlb == &g->cpu.tlb_set[0]);
    ck_assert(!g->cpu.step_trap && !g->cpu.stepping && !g->cpu.ferr.level);
    ck_assert_uint_eq(g->cpu.break_code | g->cpu.break_write | g->cpu.break_access, 0);
    ck_assert(g->cpu.stop & STOP_EVENT);
}
END_TEST

START_TEST(reset_forgets_translations_and_starts_the_time_stamp)
{
    guest_flat(g, 0);
    guest_page(g);
    put32(guest_pte(g, GUEST_DATA), (GUEST_DATA + 0x1000) | 7);
    put32(g->ram + GUEST_DATA, 0x11111111);
    put32(g->ram + GUEST_DATA + 0x1000, 0x22222222);
    g->cpu.r[EBX] = GUEST_DATA;
    guest_do(g, "8b 03"); /* mov eax,[ebx] */
    ck_assert_uint_eq(g->cpu.r[EAX], 0x22222222);
    g->clock.cycles = 5000;
    cpu_reset(&g->cpu);
    u64 reset_at = g->clock.cycles;
    guest_segment(g, SEG_DS, 0, 0, 0xffffffff, 0x93);
    g->cpu.seg[SEG_CS].base = 0;
    g->cpu.eip = GUEST_CODE;
    guest_segment(g, SEG_CS, 0, 0, 0xffffffff, 0xc9b);
    g->cpu.r[EBX] = GUEST_DATA;
    guest_step(g, 1);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x11111111);
    ck_assert_uint_eq(g->cpu.tsc_offset, -reset_at);
}
END_TEST

/* INIT leaves what is said here; nothing else, and before the Pentium nothing. */
START_TEST(init_leaves_floating_point_msrs_caches_and_smbase)
{
    static const struct {
        const char *name;
        bool keeps;
    } rows[] = {{"386", false}, {"486", false}, {"pentium", true}, {"pentium3", true}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        use(rows[i].name);
        struct cpu *cpu = &g->cpu, fresh = *cpu, was;
        spoil(cpu);
        cpu->cr0 = (cpu->cr0 & ~(u32)CR0_CD) | CR0_NW;
        g->clock.cycles += 5000;
        was = *cpu;
        cpu_init_pin(cpu);
        const struct cpu *expected = rows[i].keeps ? &was : &fresh;
        ck_assert(!memcmp(&cpu->fpu, &expected->fpu, sizeof cpu->fpu));
        ck_assert(!memcmp(cpu->msr, expected->msr, sizeof cpu->msr));
        ck_assert_uint_eq(cpu->smbase, expected->smbase);
        ck_assert_uint_eq(cpu->ferr.level, expected->ferr.level);
        ck_assert_uint_eq(cpu->cr0 & (CR0_CD | CR0_NW), expected->cr0 & (CR0_CD | CR0_NW));
        ck_assert_uint_eq(cpu->tsc_offset, rows[i].keeps ? was.tsc_offset : -g->clock.cycles);
        cpu->fpu = fresh.fpu; /* the rest is as after RESET */
        memcpy(cpu->msr, fresh.msr, sizeof cpu->msr);
        memcpy(cpu->tr_test, fresh.tr_test, sizeof cpu->tr_test);
        cpu->smbase = fresh.smbase;
        cpu->ferr.level = fresh.ferr.level;
        cpu->cr0 = fresh.cr0;
        cpu->tsc_offset = fresh.tsc_offset;
        u64 rest = state();
        cpu_reset(cpu);
        cpu->tsc_offset = fresh.tsc_offset;
        ck_assert_uint_eq(rest, state());
    }
}
END_TEST

/* Pins. */

/* INTR and IGNNE# are levels; of NMI and SMI# the edge counts. */
START_TEST(levels_are_kept_and_edges_remembered_once)
{
    struct cpu *cpu = &g->cpu;
    cpu->stop = 0;
    cpu_intr(cpu, 0, true);
    ck_assert(cpu->intr && cpu->stop & STOP_EVENT);
    cpu_intr(cpu, 0, false);
    ck_assert(!cpu->intr);
    cpu->stop = 0;
    cpu_ignne(cpu, 0, true);
    ck_assert(cpu->ignne && cpu->stop & STOP_EVENT);
    cpu_ignne(cpu, 0, false);
    ck_assert(!cpu->ignne);
    cpu->stop = 0;
    cpu_nmi(cpu, 0, true);
    ck_assert(cpu->nmi && cpu->nmi_pending && cpu->stop & STOP_EVENT);
    cpu->nmi_pending = false;
    cpu_nmi(cpu, 0, true);
    ck_assert(!cpu->nmi_pending);
    cpu_nmi(cpu, 0, false);
    ck_assert(!cpu->nmi && !cpu->nmi_pending);
    cpu->stop = 0;
    cpu_smi(cpu, 0, true);
    ck_assert(cpu->smi && cpu->smi_pending && cpu->stop & STOP_EVENT);
    cpu->smi_pending = false;
    cpu_smi(cpu, 0, true);
    ck_assert(!cpu->smi_pending);
    cpu_smi(cpu, 0, false);
    ck_assert(!cpu->smi && !cpu->smi_pending);
}
END_TEST

START_TEST(an_edge_of_smi_keeps_where_its_port_instruction_began)
{
    struct cpu *cpu = &g->cpu;
    cpu->eip = 0x1111;
    cpu->r[ECX] = 0x2222;
    cpu->r[ESI] = 0x3333;
    cpu->r[EDI] = 0x4444;
    cpu->in_io = true;
    cpu_smi(cpu, 0, true);
    ck_assert(cpu->smi_io);
    for (u32 i = 0; i < 4; i++)
        ck_assert_uint_eq(cpu->smi_restart[i], 0x1111 * (i + 1));
    cpu->in_io = false;
    cpu_smi(cpu, 0, false);
    cpu_smi(cpu, 0, true);
    ck_assert(!cpu->smi_io);
}
END_TEST

/* The memory map or the A20 gate. */
START_TEST(a_new_memory_map_makes_the_run_loop_look)
{
    g->cpu.stop = 0;
    cpu_remapped(&g->cpu);
    ck_assert(g->cpu.stop & STOP_EVENT);
}
END_TEST

/* All that cpu_loaded() has to make anew after only the saved fields are back. */
START_TEST(what_is_derived_comes_back_with_the_fields)
{
    struct cpu *cpu = &g->cpu;
    guest_flat(g, 3);
    cpu->dr[7] = 2;
    debug_update(cpu);
    struct segment seg[SEG_COUNT], ldtr, tr;
    u16 mode = cpu->mode;
    segment_derive(&cpu->tr);
    segment_derive(&cpu->ldtr);
    memcpy(seg, cpu->seg, sizeof seg);
    ldtr = cpu->ldtr;
    tr = cpu->tr;
    cpu_fold(cpu);
    for (unsigned i = 0; i < SEG_COUNT; i++)
        memset(cpu->seg[i].end, 0xee, sizeof cpu->seg[i].end);
    memset(cpu->tr.end, 0xee, sizeof cpu->tr.end);
    memset(cpu->ldtr.end, 0xee, sizeof cpu->ldtr.end);
    cpu->mode = 0;
    cpu->tlb = &cpu->tlb_set[0];
    cpu->break_code = 0;
    cpu->current = (const struct uop *)cpu;
    cpu_loaded(cpu);
    ck_assert(!memcmp(seg, cpu->seg, sizeof seg));
    ck_assert(!memcmp(&ldtr, &cpu->ldtr, sizeof ldtr));
    ck_assert(!memcmp(&tr, &cpu->tr, sizeof tr));
    ck_assert_uint_eq(cpu->mode, mode);
    ck_assert(cpu->tlb == &cpu->tlb_set[1]);
    ck_assert_uint_eq(cpu->break_code, 1);
    ck_assert_ptr_null(cpu->current);
}
END_TEST

Suite *reset_suite(void)
{
    const TTest *const tests[] = {
        the_registers_of_each_generation,
        reset_leaves_nothing_of_what_was_before,
        reset_forgets_translations_and_starts_the_time_stamp,
        init_leaves_floating_point_msrs_caches_and_smbase,
        levels_are_kept_and_edges_remembered_once,
        an_edge_of_smi_keeps_where_its_port_instruction_began,
        a_new_memory_map_makes_the_run_loop_look,
        what_is_derived_comes_back_with_the_fields,
        NULL,
    };
    return guest_suite("reset", tests, setup, teardown);
}
