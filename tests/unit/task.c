/* SPDX-License-Identifier: MIT */
/* Task switches between 286 and 386 tasks, and what may go wrong before and after. */
#include "tests/unit/protect.h"

enum { NEW_EIP = 0x9000, NEW_STACK = 0x24000 };

/* A task at ring 0 with recognizable registers. */
static void put_task32(u32 at, u32 eflags)
{
    u8 *t = w.bus.ram + at;
    static const u16 seg[] = {DATA3, CODE0, DATA0, LOCAL_DATA, 0, DATA3};
    put32(t + 0x20, NEW_EIP);
    put32(t + 0x24, eflags);
    for (u32 i = 0; i < 8; i++)
        put32(t + 0x28 + 4 * i, i == ESP ? NEW_STACK : 0x11110000 * (i + 1) + i);
    for (u32 i = 0; i < 6; i++)
        put16(t + 0x48 + 4 * i, seg[i]);
    put16(t + 0x60, LOCAL);
}

static void put_task16(u32 at, u16 flags)
{
    u8 *t = w.bus.ram + at;
    static const u16 seg[] = {DATA3, LOCAL_CODE, DATA0, 0};
    put16(t + 0x0e, NEW_EIP);
    put16(t + 0x10, flags);
    for (u32 i = 0; i < 8; i++)
        put16(t + 0x12 + 2 * i, (u16)(i == ESP ? NEW_STACK : 0x1110 + i));
    for (u32 i = 0; i < 4; i++)
        put16(t + 0x22 + 2 * i, seg[i]);
    put16(t + 0x2a, LOCAL);
}

static void fresh(unsigned cpl)
{
    world_protect(cpl);
    put_task32(TSS_B_AT, FL_CF);
    put_task16(TSS16_B_AT, FL_DF);
    cpu_set_eflags(CPU, FL_ZF);
    for (u32 i = 0; i < 8; i++)
        if (i != ESP)
            CPU->r[i] = 0x01010101u * i + 0x80000000u;
}

static void expect_saved32(u32 eip, u32 eflags)
{
    const u8 *t = w.bus.ram + TSS_A_AT;
    ck_assert_uint_eq(get32(t + 0x20), eip);
    ck_assert_uint_eq(get32(t + 0x24), eflags);
    for (u32 i = 0; i < 8; i++)
        ck_assert_uint_eq(get32(t + 0x28 + 4 * i),
                          i == ESP ? STACK0 : 0x01010101u * i + 0x80000000u);
    ck_assert_uint_eq(get16(t + 0x4c), CODE0);
    ck_assert_uint_eq(get16(t + 0x50), DATA0);
    ck_assert_uint_eq(get16(t + 0x5c), DATA3 | 3);
}

START_TEST(busy_bits_back_link_and_nt_follow_the_way_of_the_switch)
{
    static const struct {
        struct op op;
        u16 to, link;
        bool old_busy, nt;
    } rows[] = {
        {{JUMP, TSS_B, 0, 4}, TSS_B, 0, false, false},
        {{CALL, TSS_B, 0, 4}, TSS_B, TSS_A, true, true},
        {{JUMP, TASK_GATE, 0, 4}, TSS_B, 0, false, false},
        {{CALL, TASK_GATE | 3, 0, 4}, TSS_B, TSS_A, true, true},
        {{JUMP, TSS16_B, 0, 2}, TSS16_B, 0, false, false},
        {{CALL, TSS16_B, 0, 2}, TSS16_B, TSS_A, true, true},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        fresh(0);
        u32 at = rows[i].to == TSS_B ? TSS_B_AT : TSS16_B_AT;
        ck_assert_uint_eq(outcome(rows[i].op), DONE);
        expect_saved32(0x500, FL_ZF | FL_ALWAYS);
        ck_assert_uint_eq(CPU->tr.selector, rows[i].to);
        ck_assert_uint_eq(CPU->tr.attr, rights(rows[i].to));
        ck_assert(rights(rows[i].to) & SYS_TSS_BUSY);
        ck_assert_uint_eq(!!(rights(TSS_A) & SYS_TSS_BUSY), rows[i].old_busy);
        ck_assert_uint_eq(get16(w.bus.ram + at), rows[i].link);
        ck_assert_uint_eq(!!(CPU->eflags & FL_NT), rows[i].nt);
        ck_assert_uint_eq(CPU->eip, NEW_EIP);
        ck_assert(CPU->cr0 & CR0_TS);
    }
}
END_TEST

START_TEST(a_386_task_gets_all_its_registers)
{
    static const u16 selectors[] = {DATA3, CODE0, DATA0, LOCAL_DATA, 0, DATA3};
    fresh(0);
    CPU->dr[7] = 0x7ff;
    ck_assert_uint_eq(outcome((struct op){JUMP, TSS_B, 0, 4}), DONE);
    for (u32 i = 0; i < 8; i++)
        ck_assert_uint_eq(CPU->r[i], i == ESP ? NEW_STACK : 0x11110000 * (i + 1) + i);
    for (u32 i = 0; i < SEG_COUNT; i++)
        ck_assert_uint_eq(CPU->seg[i].selector, selectors[i]);
    ck_assert_uint_eq(CPU->seg[SEG_DS].base, 0x5000);
    ck_assert_uint_eq(CPU->seg[SEG_FS].attr, 0);
    ck_assert_uint_eq(CPU->ldtr.base, LDT);
    ck_assert_uint_eq(cpu_eflags(CPU), FL_CF | FL_ALWAYS);
    ck_assert_uint_eq(CPU->dr[7], 0x6aa);
}
END_TEST

START_TEST(a_286_task_takes_ldt_index_0_and_gets_words)
{
    fresh(0);
    put16(w.bus.ram + TSS16_B_AT + 0x24, LOCAL_DATA);
    put_descriptor(LDT, LOCAL_DATA, 0, 0xffff, RING0 | CODE);
    ck_assert_uint_eq(outcome((struct op){CALL, TSS16_B, 0, 2}), DONE);
    ck_assert_uint_eq(CPU->seg[SEG_CS].selector, LOCAL_DATA);
    ck_assert_uint_eq((u16)CPU->r[EDI], 0x1117);
    ck_assert_uint_eq(CPU->r[ESP] & 0xffff, NEW_STACK & 0xffff);
    ck_assert_uint_eq(CPU->seg[SEG_GS].selector, 0);
    ck_assert_uint_eq(cpu_eflags(CPU), FL_DF | FL_NT | FL_ALWAYS);
    /* and back: saved as words */
    CPU->r[EAX] = 0xdeadbeef;
    ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 2}), DONE);
    const u8 *t = w.bus.ram + TSS16_B_AT;
    ck_assert_uint_eq(get16(t + 0x0e), NEW_EIP);
    ck_assert_uint_eq(get16(t + 0x10), FL_DF | FL_ALWAYS);
    ck_assert_uint_eq(get16(t + 0x12), 0xbeef);
    ck_assert_uint_eq(get16(t + 0x2a), LOCAL);
    ck_assert_uint_eq(rights(TSS16_B), DA_P | SYS_TSS16);
    ck_assert_uint_eq(CPU->tr.selector, TSS_A);
    ck_assert_uint_eq(CPU->r[ESP], STACK0);
    ck_assert_uint_eq(cpu_eflags(CPU), FL_ZF | FL_ALWAYS);
    ck_assert_uint_eq(CPU->seg[SEG_GS].selector, DATA3 | 3);
}
END_TEST

START_TEST(iret_goes_back_by_the_link_and_clears_nt)
{
    fresh(0);
    CPU->nmi_blocked = true;
    ck_assert_uint_eq(outcome((struct op){CALL, TSS_B, 0, 4}), DONE);
    ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 4}), DONE);
    ck_assert_uint_eq(CPU->tr.selector, TSS_A);
    ck_assert_uint_eq(rights(TSS_A), DA_P | SYS_TSS32_BUSY);
    ck_assert_uint_eq(rights(TSS_B), DA_P | SYS_TSS32);
    ck_assert_uint_eq(get32(w.bus.ram + TSS_B_AT + 0x24), FL_CF | FL_ALWAYS);
    ck_assert_uint_eq(get32(w.bus.ram + TSS_B_AT + 0x20), NEW_EIP);
    ck_assert_uint_eq(CPU->eip, 0x500);
    ck_assert(!CPU->nmi_blocked);
    ck_assert_uint_eq(cpu_eflags(CPU), FL_ZF | FL_ALWAYS);
}
END_TEST

START_TEST(a_bad_back_link_faults_in_the_old_task)
{
    static const struct {
        u16 link;
        u32 want;
    } rows[] = {
        {TSS_B, FAULT(EX_TS, TSS_B)}, /* not busy */
        {LOCAL_DATA, FAULT(EX_TS, LOCAL_DATA)},
        {GDT_END, FAULT(EX_TS, GDT_END)},
        {0, FAULT(EX_TS, 0)},
        {DATA0, FAULT(EX_TS, DATA0)},
        {TSS16_B, FAULT(EX_NP, TSS16_B)},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        fresh(0);
        set_rights(TSS16_B, SYS_TSS16_BUSY);
        cpu_set_eflags(CPU, FL_NT);
        put16(w.bus.ram + TSS_A_AT, rows[i].link);
        ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 4}), rows[i].want);
    }
}
END_TEST

START_TEST(a_task_gate_in_the_idt_pushes_the_error_code_on_the_new_stack)
{
    fresh(3);
    put_gate(IDT, VECTOR * 8, DA_P | SYS_TASK_GATE, TSS_B, 0, 0);
    ck_assert_uint_eq(outcome((struct op){FAULT_14, 0, 0, 0}), DONE);
    ck_assert_uint_eq(CPU->tr.selector, TSS_B);
    ck_assert_uint_eq(CPU->r[ESP], NEW_STACK - 4);
    STACK_IS32(0xe77);
    ck_assert_uint_eq(cpu_eflags(CPU), FL_CF | FL_NT | FL_ALWAYS);
    ck_assert_uint_eq(get32(w.bus.ram + TSS_A_AT + 0x24), FL_ZF | FL_RF | FL_ALWAYS);
    ck_assert_uint_eq(get16(w.bus.ram + TSS_A_AT + 0x4c), CODE3 | 3);
    fresh(0);
    put_gate(IDT, VECTOR * 8, DA_P | SYS_TASK_GATE, TSS16_B, 0, 0);
    ck_assert_uint_eq(outcome((struct op){FAULT_14, 0, 0, 0}), DONE);
    ck_assert_uint_eq((u16)CPU->r[ESP], (u16)NEW_STACK - 2);
    fresh(0);
    put_gate(IDT, VECTOR * 8, DA_P | SYS_TASK_GATE, TSS_B, 0, 0);
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), DONE);
    ck_assert_uint_eq(CPU->r[ESP], NEW_STACK);
    ck_assert_uint_eq(get32(w.bus.ram + TSS_A_AT + 0x24), FL_ZF | FL_ALWAYS);
}
END_TEST

START_TEST(what_is_wrong_with_the_tss_faults_in_the_old_task)
{
    static const struct op op = {CALL, TSS_B, 0, 4}, op16 = {JUMP, TSS16_B, 0, 4};
    fresh(0);
    put_descriptor(GDT, TSS_B, TSS_B_AT, 0x66, DA_P | SYS_TSS32);
    ck_assert_uint_eq(outcome(op), FAULT(EX_TS, TSS_B));
    put_gate(IDT, VECTOR * 8, DA_P | SYS_TASK_GATE, TSS_B, 0, 0);
    ck_assert_uint_eq(outcome((struct op){FAULT_14, 0, 0, 0}), FAULT(EX_TS, TSS_B + 1));
    ck_assert_uint_eq(outcome((struct op){EXTERNAL, 0, 0, 0}), FAULT(EX_TS, TSS_B + 1));
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), FAULT(EX_TS, TSS_B));
    put_descriptor(GDT, TSS16_B, TSS16_B_AT, 0x2a, DA_P | SYS_TSS16);
    ck_assert_uint_eq(outcome(op16), FAULT(EX_TS, TSS16_B));
    fresh(0);
    CPU->tr.limit = 0x5c;
    ck_assert_uint_eq(outcome(op), FAULT(EX_TS, TSS_A));
}
END_TEST

START_TEST(what_is_wrong_with_a_segment_faults_in_the_new_task)
{
    static const struct {
        const char *what;
        u16 offset, value; /* in the TSS */
        u16 patch, rights;
        u32 want;
    } rows[] = {
        {"LDT is data", 0x60, DATA0, 0, 0, FAULT(EX_TS, DATA0)},
        {"LDT in the LDT", 0x60, LOCAL_DATA, 0, 0, FAULT(EX_TS, LOCAL_DATA)},
        {"LDT beyond", 0x60, GDT_END, 0, 0, FAULT(EX_TS, GDT_END)},
        {"LDT absent", 0x60, LOCAL, LOCAL, SYS_LDT, FAULT(EX_TS, LOCAL)},
        {"null CS", 0x4c, 0, 0, 0, FAULT(EX_TS, 0)},
        {"CS is data", 0x4c, DATA0, 0, 0, FAULT(EX_TS, DATA0)},
        {"CS RPL", 0x4c, CODE0 | 3, 0, 0, FAULT(EX_TS, CODE0)},
        {"CS absent", 0x4c, CODE1 | 1, CODE1, 0x3b, FAULT(EX_NP, CODE1)},
        {"null SS", 0x50, 0, 0, 0, FAULT(EX_TS, 0)},
        {"SS read-only", 0x50, READ_ONLY, 0, 0, FAULT(EX_TS, READ_ONLY)},
        {"SS DPL", 0x50, DATA3, 0, 0, FAULT(EX_TS, DATA3)},
        {"SS RPL", 0x50, DATA0 | 3, 0, 0, FAULT(EX_TS, DATA0)},
        {"SS absent", 0x50, SCRATCH, SCRATCH, 0x12, FAULT(EX_SS, SCRATCH)},
        {"DS system", 0x54, LOCAL, 0, 0, FAULT(EX_TS, LOCAL)},
        {"ES execute-only", 0x48, EXECUTE_ONLY, 0, 0, FAULT(EX_TS, EXECUTE_ONLY)},
        {"FS absent", 0x58, SCRATCH, SCRATCH, 0x12, FAULT(EX_NP, SCRATCH)},
        {"GS RPL", 0x5c, DATA0 | 3, 0, 0, FAULT(EX_TS, DATA0)},
        {"EIP", 0x4c, CODE16, 0, 0, FAULT(EX_GP, 0)},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        fresh(0);
        put_descriptor(GDT, CODE16, 0, NEW_EIP - 1, RING0 | CODE);
        put16(w.bus.ram + TSS_B_AT + rows[i].offset, rows[i].value);
        if (rows[i].patch)
            set_rights(rows[i].patch, rows[i].rights);
        u32 got = outcome_anywhere((struct op){CALL, TSS_B, 0, 4});
        ck_assert_msg(got == rows[i].want, "%s: %08x, want %08x", rows[i].what, got, rows[i].want);
        ck_assert_uint_eq(CPU->tr.selector, TSS_B);
        ck_assert_uint_eq(CPU->eip, NEW_EIP);
        ck_assert_uint_eq(CPU->r[ESP], NEW_STACK);
        ck_assert_uint_eq(CPU->cpl, get16(w.bus.ram + TSS_B_AT + 0x4c) & 3);
        ck_assert_uint_eq(get16(w.bus.ram + TSS_B_AT), TSS_A);
        expect_saved32(0x500, FL_ZF | FL_ALWAYS);
    }
}
END_TEST

START_TEST(the_t_bit_traps_in_front_of_the_first_instruction)
{
    fresh(0);
    put16(w.bus.ram + TSS_B_AT + 0x64, 1);
    ck_assert_uint_eq(outcome_anywhere((struct op){JUMP, TSS_B, 0, 4}), FAULT(EX_DB, 0));
    ck_assert_uint_eq(CPU->eip, NEW_EIP);
    ck_assert(CPU->dr[6] & 1 << 15);
    ck_assert_uint_eq(CPU->seg[SEG_DS].selector, LOCAL_DATA);
}
END_TEST

START_TEST(a_task_may_be_virtual_8086_and_an_interrupt_leaves_it_by_a_task)
{
    fresh(0);
    put_task32(TSS_B_AT, FL_VM | FL_IF);
    ck_assert_uint_eq(outcome((struct op){JUMP, TSS_B, 0, 4}), DONE);
    ck_assert_uint_eq(CPU->cpl, 3);
    ck_assert_uint_eq(CPU->seg[SEG_CS].base, CODE0 << 4);
    ck_assert_uint_eq(CPU->seg[SEG_CS].attr, RING3 | DATA);
    put_gate(IDT, VECTOR * 8, DA_P | SYS_TASK_GATE, TSS_A, 0, 0);
    ck_assert_uint_eq(outcome((struct op){EXTERNAL, 0, 0, 0}), DONE);
    ck_assert_uint_eq(CPU->cpl, 0);
    ck_assert_uint_eq(CPU->seg[SEG_CS].selector, CODE0);
    ck_assert_uint_eq(get32(w.bus.ram + TSS_B_AT + 0x24), FL_VM | FL_IF | FL_ALWAYS);
    ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 4}), DONE);
    ck_assert(cpu_vm86(CPU));
}
END_TEST

/* Two directories with the same table, so that everything stays where it is. */
static void paging(void)
{
    for (u32 i = 0; i < RAM >> 12; i++)
        put32(w.bus.ram + PAGES + 0x1000 + 4 * i, i << 12 | 7);
    put32(w.bus.ram + PAGES, (PAGES + 0x1000) | 7);
    put32(w.bus.ram + 0x30000, (PAGES + 0x1000) | 7);
    put32(w.bus.ram + TSS_B_AT + 0x1c, 0x30018);
    CPU->cr3 = PAGES;
    CPU->cr0 |= CR0_PG;
    tlb_flush(CPU);
}

START_TEST(cr3_is_loaded_with_paging_only)
{
    fresh(0);
    paging();
    ck_assert_uint_eq(outcome((struct op){JUMP, TSS_B, 0, 4}), DONE);
    ck_assert_uint_eq(CPU->cr3, 0x30018);
    fresh(0);
    paging();
    CPU->cr0 &= ~CR0_PG;
    tlb_flush(CPU);
    ck_assert_uint_eq(outcome((struct op){JUMP, TSS_B, 0, 4}), DONE);
    ck_assert_uint_eq(CPU->cr3, PAGES);
}
END_TEST

START_TEST(a_tss_over_an_absent_page_faults_in_the_old_task)
{
    for (u32 at = 0xffa0; at <= 0xffff; at += 3) {
        fresh(0);
        put_descriptor(GDT, TSS_B, at, 0x67, DA_P | SYS_TSS32);
        put_task32(at, 0);
        paging();
        put32(w.bus.ram + PAGES + 0x1000 + 4 * 0x10, 0);
        ck_assert_uint_eq(outcome((struct op){CALL, TSS_B, 0, 4}), FAULT(EX_PF, 0));
        ck_assert_uint_eq(CPU->cr2 >> 12, 0x10);
    }
    fresh(0);
    paging();
    put32(w.bus.ram + PAGES + 0x1000 + 4, GDT | 1); /* the busy bit can't be written */
    CPU->cr0 |= CR0_WP;
    ck_assert_uint_eq(outcome((struct op){CALL, TSS_B, 0, 4}), FAULT(EX_PF, 3));
}
END_TEST

Suite *task_suite(void)
{
    const TTest *const tests[] = {
        busy_bits_back_link_and_nt_follow_the_way_of_the_switch,
        a_386_task_gets_all_its_registers,
        a_286_task_takes_ldt_index_0_and_gets_words,
        iret_goes_back_by_the_link_and_clears_nt,
        a_bad_back_link_faults_in_the_old_task,
        a_task_gate_in_the_idt_pushes_the_error_code_on_the_new_stack,
        what_is_wrong_with_the_tss_faults_in_the_old_task,
        what_is_wrong_with_a_segment_faults_in_the_new_task,
        the_t_bit_traps_in_front_of_the_first_instruction,
        a_task_may_be_virtual_8086_and_an_interrupt_leaves_it_by_a_task,
        cr3_is_loaded_with_paging_only,
        a_tss_over_an_absent_page_faults_in_the_old_task,
        NULL,
    };
    return world_suite("task", tests);
}
