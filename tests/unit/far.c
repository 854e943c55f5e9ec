/* SPDX-License-Identifier: MIT */
/* Far transfers where the other suites look at faults: what comes back where, in all modes. SDM 2A
 * "CALL", "IRET", "JMP", 2B "RET"; SDM 3A "Calling Procedures Using CALL and RET". */
#include "tests/unit/protect.h"

/* Real mode: the stack at 2000:SP, code at 0700:0055. */
static void real_mode(u32 sp)
{
    world_protect(0);
    CPU->cr0 &= ~(u32)CR0_PE;
    far_jump(CPU, 0x0700, 0x55, 2, 0);
    segment_load(CPU, SEG_SS, 0x2000);
    CPU->r[ESP] = sp;
    cpu_set_eflags(CPU, 0);
}

static void put_stack(u32 size, const u32 *item, unsigned count)
{
    u8 *at = w.bus.ram + CPU->seg[SEG_SS].base + stack_offset(CPU, 0);
    for (unsigned i = 0; i < count; i++)
        if (size == 4)
            put32(at + 4 * i, item[i]);
        else
            put16(at + 2 * i, (u16)item[i]);
}

START_TEST(in_real_mode_far_calls_and_returns_are_inverse)
{
    for (u32 size = 2; size <= 4; size += 2)
        for (u16 release = 0; release < 20; release += 6) {
            real_mode(0xabcd1000);
            ck_assert_uint_eq(outcome((struct op){CALL, 0x1234, 0x5678, size}), DONE);
            ck_assert_uint_eq(CPU->seg[SEG_CS].base, 0x12340);
            ck_assert_uint_eq(CPU->seg[SEG_CS].selector, 0x1234);
            ck_assert_uint_eq(CPU->eip, 0x5678);
            ck_assert_uint_eq(CPU->r[ESP], 0xabcd1000 - 2 * size);
            if (size == 4)
                STACK_IS32(0x55, 0x700);
            else
                STACK_IS16(0x55, 0x700);
            ck_assert_uint_eq(outcome((struct op){RETURN, 0, release, size}), DONE);
            ck_assert_uint_eq(CPU->seg[SEG_CS].base, 0x7000);
            ck_assert_uint_eq(CPU->eip, 0x55);
            ck_assert_uint_eq(CPU->r[ESP], 0xabcd1000 + release);
        }
}
END_TEST

START_TEST(in_real_mode_iret_takes_three_words_or_dwords)
{
    const u32 all = FL_ARITH | FL_TF | FL_IF | FL_DF | FL_IOPL | FL_NT | FL_RF | FL_AC | FL_ID;
    for (u32 size = 2; size <= 4; size += 2) {
        real_mode(0xabcd1000);
        CPU->nmi_blocked = true;
        put_stack(size, (const u32[]){0x9876, 0x1234, all | FL_VM | FL_VIF | FL_VIP}, 3);
        ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, size}), DONE);
        ck_assert_uint_eq(CPU->seg[SEG_CS].base, 0x12340);
        ck_assert_uint_eq(CPU->eip, 0x9876);
        ck_assert_uint_eq(CPU->r[ESP], 0xabcd1000 + 3 * size);
        ck_assert_uint_eq(cpu_eflags(CPU), (size == 2 ? all & 0xffff : all) | FL_ALWAYS);
        ck_assert(!CPU->nmi_blocked);
    }
}
END_TEST

START_TEST(in_real_mode_no_transfer_goes_beyond_64_kib)
{
    static const enum what ways[] = {JUMP, CALL, RETURN, IRET};
    for (unsigned i = 0; i < 2 * ARRAY_LEN(ways); i++) {
        u32 to = i & 1 ? 0x10000 : 0xffff;
        real_mode(0x1000);
        put_stack(4, (const u32[]){to, 0x1234, 0}, 3);
        ck_assert_uint_eq(
            outcome((struct op){ways[i / 2], 0x1234, ways[i / 2] == RETURN ? 0 : to, 4}),
            i & 1 ? FAULT(EX_GP, 0) : DONE);
    }
}
END_TEST

/* In VM86 mode, where the flags that stay are VM, IOPL, VIF, VIP. */
START_TEST(in_vm86_iret_takes_three_words_or_dwords)
{
    const u32 kept = FL_VM | FL_IOPL;
    for (u32 size = 2; size <= 4; size += 2) {
        world_vm86(3);
        put_stack(size, (const u32[]){0x99, 0x4444, ~kept}, 3);
        ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, size}), DONE);
        u32 all = FL_ARITH | FL_TF | FL_IF | FL_DF | FL_NT | FL_ALWAYS;
        ck_assert_uint_eq(cpu_eflags(CPU), kept | all | (size == 4 ? FL_RF | FL_AC | FL_ID : 0));
        ck_assert_uint_eq(CPU->r[ESP], 0x1000 + 3 * size);
        ck_assert_uint_eq(CPU->seg[SEG_CS].base, 0x44440);
        ck_assert_uint_eq(CPU->eip, 0x99);
    }
}
END_TEST

/* IRET to an outer level pops SS:ESP; to the same level it pops three. */
START_TEST(iret_pops_a_stack_for_an_outer_level_only)
{
    for (unsigned i = 0; i < 4; i++) {
        u32 size = i & 1 ? 2 : 4;
        bool outer = i & 2;
        world_protect(0);
        CPU->r[ESP] = STACK0 - 0x100;
        put_stack(size, (const u32[]){0x700, outer ? CODE3 | 3 : CODE0, 0, 0x3456, DATA3 | 3}, 5);
        ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, size}), DONE);
        ck_assert_uint_eq(CPU->eip, 0x700);
        ck_assert_uint_eq(CPU->cpl, outer ? 3 : 0);
        ck_assert_uint_eq(CPU->r[ESP], outer ? 0x3456 : STACK0 - 0x100 + 3 * size);
        ck_assert_uint_eq(CPU->seg[SEG_SS].selector, outer ? DATA3 | 3 : DATA0);
        ck_assert_uint_eq(CPU->seg[SEG_DS].selector, outer ? 0 : DATA0);
    }
}
END_TEST

/* SDM 2B "RET": data and code that is not conforming of a DPL below the new CPL; not what is null
 * already, and nothing of the same DPL. */
START_TEST(which_segments_an_outer_level_may_keep)
{
    static const struct {
        u16 selector;
        bool kept;
    } rows[] = {
        {DATA0, false},     {DATA1, false},     {CODE0, false},      {CODE1, false}, {DATA3, true},
        {CONFORMING, true}, {READ_ONLY, false}, {LOCAL_DATA, false}, {CODE3, true},
    };
    static const u8 segs[] = {SEG_ES, SEG_DS, SEG_FS, SEG_GS};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
        for (unsigned k = 0; k < ARRAY_LEN(segs); k++) {
            world_protect(0);
            CPU->r[ESP] = STACK0 - 0x100;
            put_stack(4, (const u32[]){0x700, CODE3 | 3, STACK3, DATA3 | 3}, 4);
            load_direct(segs[k], rows[i].selector);
            ck_assert_uint_eq(outcome((struct op){RETURN, 0, 0, 4}), DONE);
            ck_assert_uint_eq(CPU->seg[segs[k]].selector, rows[i].kept ? rows[i].selector : 0);
            ck_assert_int_eq(!!CPU->seg[segs[k]].attr, rows[i].kept);
        }
    world_protect(0);
    CPU->r[ESP] = STACK0 - 0x100;
    put_stack(4, (const u32[]){0x700, CODE1 | 1, STACK1, DATA1 | 1}, 4);
    load_direct(SEG_FS, DATA1 | 1);
    segment_set_null(CPU, SEG_GS, 3);
    ck_assert_uint_eq(outcome((struct op){RETURN, 0, 0, 4}), DONE);
    ck_assert_uint_eq(CPU->seg[SEG_FS].selector, DATA1 | 1);
    ck_assert_uint_eq(CPU->seg[SEG_GS].selector, 3);
}
END_TEST

/* Identity-mapped pages, all writable but that of the GDT. */
static void write_protect_gdt(void)
{
    for (u32 i = 0; i < RAM >> 12; i++)
        put32(w.bus.ram + PAGES + 0x1000 + 4 * i, i << 12 | 0x67);
    put32(w.bus.ram + PAGES, (PAGES + 0x1000) | 0x67);
    put32(w.bus.ram + PAGES + 0x1000 + 4 * (GDT >> 12), GDT | 0x65);
    CPU->cr3 = PAGES;
    CPU->cr0 |= CR0_PG | CR0_WP;
    tlb_flush(CPU);
}

/* The accessed bit that can't be written is a page fault before anything has changed; one that is
 * set need not be written. */
START_TEST(an_accessed_bit_that_cannot_be_written_stops_every_transfer)
{
    static const struct {
        const char *what;
        unsigned cpl;
        struct op op;
        u16 patch;
        u8 rights;
    } rows[] = {
        {"jump", 0, {JUMP, CODE0, 0x10, 4}, CODE0, RING0 | DA_CODE},
        {"call", 0, {CALL, CODE0, 0x10, 4}, CODE0, RING0 | DA_CODE},
        {"gate", 0, {JUMP, GATE, 0, 4}, CODE0, RING0 | DA_CODE},
        {"gate inwards", 3, {CALL, GATE | 3, 0, 4}, CODE0, RING0 | DA_CODE},
        {"inner stack", 3, {CALL, GATE | 3, 0, 4}, DATA0, RING0 | DA_WRITABLE},
        {"return", 0, {RETURN, 0, 0, 4}, CODE0, RING0 | DA_CODE},
        {"interrupt", 0, {INT_N, 0, 0, 0}, CODE0, RING0 | DA_CODE},
        {"interrupt, inner stack", 3, {INT_N, 0, 0, 0}, DATA0, RING0 | DA_WRITABLE},
        {"data", 0, {LOAD, DATA3, SEG_ES, 0}, DATA3, RING3 | DA_WRITABLE},
        {"stack", 0, {LOAD, DATA0, SEG_SS, 0}, DATA0, RING0 | DA_WRITABLE},
    };
    for (unsigned i = 0; i < 2 * ARRAY_LEN(rows); i++) {
        unsigned k = i / 2, accessed = i & 1;
        world_protect(rows[k].cpl);
        put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, CODE0, 0x100, 0);
        put_gate(IDT, VECTOR * 8, DA_P | DA_DPL | SYS_INT32, CODE0, 0x100, 0);
        CPU->r[ESP] -= 0x100;
        put_stack(4, (const u32[]){0x700, CODE0}, 2);
        set_rights(rows[k].patch, rows[k].rights | (accessed ? DA_ACCESSED : 0u));
        write_protect_gdt();
        u32 got = outcome(rows[k].op);
        ck_assert_msg(got == (accessed ? DONE : FAULT(EX_PF, 3)), "%s: %08x", rows[k].what, got);
        if (!accessed)
            ck_assert_uint_eq(CPU->cr2, GDT + rows[k].patch + 5u);
    }
}
END_TEST

/* The RPL of a selector inside a gate or a TSS does not matter. SDM 3A "Task-Gate Descriptor",
 * "Call Gates". */
START_TEST(the_rpl_of_a_gates_selector_is_ignored)
{
    for (u16 rpl = 0; rpl < 4; rpl++) {
        world_protect(0);
        memcpy(w.bus.ram + TSS_B_AT, w.bus.ram + TSS_A_AT, 0x68);
        put32(w.bus.ram + TSS_B_AT + 0x38, STACK0);
        put16(w.bus.ram + TSS_B_AT + 0x4c, CODE0);
        put16(w.bus.ram + TSS_B_AT + 0x50, DATA0);
        put16(w.bus.ram + TSS_B_AT + 0x60, (u16)(LOCAL | rpl));
        put_gate(GDT, TASK_GATE, DA_P | DA_DPL | SYS_TASK_GATE, TSS_B | rpl, 0, 0);
        put_gate(IDT, VECTOR * 8, DA_P | SYS_TASK_GATE, TSS_B | rpl, 0, 0);
        put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, CODE0 | rpl, 0x100, 0);
        ck_assert_uint_eq(outcome((struct op){JUMP, GATE, 0, 4}), DONE);
        ck_assert_uint_eq(CPU->seg[SEG_CS].selector, CODE0);
        ck_assert_uint_eq(outcome((struct op){CALL, TASK_GATE, 0, 4}), DONE);
        ck_assert_uint_eq(CPU->ldtr.base, LDT);
        put16(w.bus.ram + TSS_B_AT, (u16)(TSS_A | rpl)); /* the back link */
        put16(w.bus.ram + TSS_A_AT + 0x60, LOCAL);
        ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 4}), DONE);
        ck_assert_uint_eq(outcome((struct op){EXTERNAL, 0, 0, 0}), DONE);
        ck_assert_uint_eq(CPU->tr.base, TSS_B_AT);
    }
}
END_TEST

/* What selectors of gates may not be: in the LDT, null, of another type. */
START_TEST(a_task_gate_leads_to_an_available_tss_of_the_gdt)
{
    static const struct {
        u16 selector;
        u32 want;
    } rows[] = {
        {LOCAL_DATA | 1, FAULT(EX_GP, LOCAL_DATA)},
        {0, FAULT(EX_GP, 0)},
        {GDT_END, FAULT(EX_GP, GDT_END)},
        {CODE0, FAULT(EX_GP, CODE0)},
        {LOCAL, FAULT(EX_GP, LOCAL)},
        {TSS_A, FAULT(EX_GP, TSS_A)},
        {GATE, FAULT(EX_GP, GATE)},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        world_protect(0);
        put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, CODE0, 0x100, 0);
        put_gate(GDT, TASK_GATE, DA_P | DA_DPL | SYS_TASK_GATE, rows[i].selector, 0, 0);
        put_gate(IDT, VECTOR * 8, DA_P | SYS_TASK_GATE, rows[i].selector, 0, 0);
        ck_assert_uint_eq(outcome((struct op){JUMP, TASK_GATE, 0, 4}), rows[i].want);
        ck_assert_uint_eq(outcome((struct op){CALL, TASK_GATE, 0, 4}), rows[i].want);
        ck_assert_uint_eq(outcome((struct op){EXTERNAL, 0, 0, 0}), rows[i].want + 1);
        ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), rows[i].want);
    }
    world_protect(0);
    put_descriptor(LDT, LOCAL_DATA, TSS_B_AT, 0x67, DA_P | SYS_TSS32);
    ck_assert_uint_eq(outcome((struct op){JUMP, LOCAL_DATA, 0, 4}), FAULT(EX_GP, LOCAL_DATA));
}
END_TEST

/* Every type of system descriptor as the target of a far jump. */
START_TEST(only_gates_and_tasks_are_targets_beside_code)
{
    for (unsigned type = 0; type < 16; type++) {
        bool tss = type == SYS_TSS16 || type == SYS_TSS32, task = type == SYS_TASK_GATE;
        bool gate = type == SYS_CALL16 || type == SYS_CALL32;
        for (unsigned present = 0; present < 2; present++) {
            world_protect(0);
            put_gate(GDT, SCRATCH, (present ? DA_P : 0) | type, CODE0, 0x10, 0);
            u32 want = !tss && !task && !gate ? FAULT(EX_GP, SCRATCH)
                       : !present             ? FAULT(EX_NP, SCRATCH)
                       : task                 ? FAULT(EX_GP, CODE0)
                       : gate                 ? DONE
                                              : FAULT(EX_TS, SCRATCH); /* too short */
            u32 got = outcome((struct op){JUMP, SCRATCH, 0, 4});
            ck_assert_msg(got == want, "type %u: %08x, want %08x", type, got, want);
        }
    }
}
END_TEST

/* A 16-bit gate takes words as parameters and 16 bits of its offset. */
START_TEST(a_286_gate_inwards_copies_words)
{
    world_protect(3);
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL16, CODE0, 0xabcd4321, 2);
    poke16(STACK3, (const u16[]){0x1111, 0x2222}, 2);
    ck_assert_uint_eq(outcome((struct op){CALL, GATE | 3, 0, 4}), DONE);
    ck_assert_uint_eq(CPU->eip, 0x4321);
    ck_assert_uint_eq(CPU->r[ESP], STACK0 - 12);
    STACK_IS16(0x500, CODE3 | 3, 0x1111, 0x2222, STACK3 & 0xffff, DATA3 | 3);
}
END_TEST

/* On the same level a gate's own size decides what is pushed, and its offset may be the limit. */
START_TEST(a_gate_on_the_level_pushes_as_wide_as_it_is)
{
    for (unsigned beyond = 0; beyond < 2; beyond++)
        for (unsigned is386 = 0; is386 < 2; is386++) {
            world_protect(0);
            put_descriptor(GDT, CODE16, 0, 0x4320 + beyond, RING0 | CODE);
            put_gate(GDT, GATE, DA_P | (is386 ? SYS_CALL32 : SYS_CALL16), CODE16,
                     0x4321 + (is386 ? 0 : 0xabcd0000), 7);
            ck_assert_uint_eq(outcome((struct op){CALL, GATE, 0, 2}),
                              beyond ? DONE : FAULT(EX_GP, 0));
            if (!beyond)
                continue;
            ck_assert_uint_eq(CPU->r[ESP], STACK0 - (is386 ? 8 : 4));
            if (is386)
                STACK_IS32(0x500, CODE0);
            else
                STACK_IS16(0x500, CODE0);
        }
}
END_TEST

/* Which inner stack has no room: its selector without RPL, from gates of both kinds. */
START_TEST(an_inner_stack_of_ring_1_is_named_without_its_rpl)
{
    world_protect(3);
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, CODE1, 0, 0);
    put_gate(IDT, VECTOR * 8, DA_P | DA_DPL | SYS_INT32, CODE1, 0, 0);
    put_descriptor(GDT, DATA1, 0, STACK1 - 2, RING1 | DATA | DA_DB);
    ck_assert_uint_eq(outcome((struct op){CALL, GATE | 3, 0, 4}), FAULT(EX_SS, DATA1));
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), FAULT(EX_SS, DATA1));
    ck_assert_uint_eq(outcome((struct op){EXTERNAL, 0, 0, 0}), FAULT(EX_SS, DATA1 + 1));
}
END_TEST

/* Whether the run loop has to look: for IF an interrupt must wait. */
START_TEST(new_flags_leave_the_engine_when_something_may_happen)
{
    static const struct {
        u32 flags, cr4;
        bool intr, stops;
        unsigned cpl;
    } rows[] = {
        {0, 0, false, false, 0},
        {FL_IF, 0, false, false, 0},
        {0, 0, true, false, 0},
        {FL_IF, 0, true, true, 0},
        {FL_TF, 0, false, true, 0},
        {FL_VIF | FL_VIP, CR4_PVI, false, true, 3},
        {FL_VIF, CR4_PVI, false, false, 3},
        {FL_VIF | FL_VIP, 0, false, false, 3},
        {FL_VIF | FL_VIP, CR4_PVI, false, false, 2},
        {FL_VIF | FL_VIP, CR4_VME, false, false, 3},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        world_protect(0);
        CPU->cr4 = rows[i].cr4;
        CPU->intr = rows[i].intr;
        CPU->cpl = (u8)rows[i].cpl;
        mode_update(CPU);
        CPU->stop = 0;
        flags_load(CPU, rows[i].flags, rows[i].flags);
        ck_assert_msg(!!CPU->stop == rows[i].stops, "row %u: %u", i, CPU->stop);
    }
    CPU->stop = 0; /* alignment checks are another mode */
    CPU->cr0 |= CR0_AM;
    CPU->cpl = 3;
    mode_update(CPU);
    flags_load(CPU, FL_AC, FL_AC);
    ck_assert(CPU->mode & MODE_ALIGN);
    flags_load(CPU, 0, FL_AC);
    ck_assert(!(CPU->mode & MODE_ALIGN));
}
END_TEST

START_TEST(iret_lets_a_waiting_nmi_come)
{
    for (unsigned pending = 0; pending < 2; pending++) {
        world_protect(0);
        CPU->nmi_blocked = true;
        CPU->nmi_pending = pending;
        CPU->r[ESP] -= 12;
        put_stack(4, (const u32[]){0x700, CODE0, 0}, 3);
        CPU->stop = 0;
        ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 4}), DONE);
        ck_assert(!CPU->nmi_blocked);
        ck_assert_uint_eq(CPU->stop, pending ? STOP_EVENT : 0);
    }
}
END_TEST

Suite *far_suite(void)
{
    const TTest *const tests[] = {
        in_real_mode_far_calls_and_returns_are_inverse,
        in_real_mode_iret_takes_three_words_or_dwords,
        in_real_mode_no_transfer_goes_beyond_64_kib,
        in_vm86_iret_takes_three_words_or_dwords,
        iret_pops_a_stack_for_an_outer_level_only,
        which_segments_an_outer_level_may_keep,
        an_accessed_bit_that_cannot_be_written_stops_every_transfer,
        the_rpl_of_a_gates_selector_is_ignored,
        a_task_gate_leads_to_an_available_tss_of_the_gdt,
        only_gates_and_tasks_are_targets_beside_code,
        a_286_gate_inwards_copies_words,
        a_gate_on_the_level_pushes_as_wide_as_it_is,
        an_inner_stack_of_ring_1_is_named_without_its_rpl,
        new_flags_leave_the_engine_when_something_may_happen,
        iret_lets_a_waiting_nmi_come,
        NULL,
    };
    return world_suite("far", tests);
}
