/* SPDX-License-Identifier: MIT */
/* Interrupts and exceptions through the IDT of protected mode and the table of real mode. */
#include "tests/unit/protect.h"

static void handler(unsigned attr, u16 target, u32 offset)
{
    put_gate(IDT, VECTOR * 8, attr, target, offset, 0);
}

static void to_code0(void)
{
    handler(DA_P | DA_DPL | SYS_INT32, CODE0, 0x1234);
}

static void ring_0_gate(void)
{
    handler(DA_P | SYS_INT32, CODE0, 0x1234);
}

static void absent_gate(void)
{
    handler(DA_DPL | SYS_TRAP16, CODE0, 0x1234);
}

static void call_gate(void)
{
    handler(DA_P | DA_DPL | SYS_CALL32, CODE0, 0x1234);
}

static void to_null(void)
{
    handler(DA_P | DA_DPL | SYS_INT32, 3, 0x1234);
}

static void to_data(void)
{
    handler(DA_P | DA_DPL | SYS_INT32, DATA0, 0x1234);
}

static void to_outer(void)
{
    handler(DA_P | DA_DPL | SYS_INT32, CODE3, 0x1234);
}

static void to_short_code(void)
{
    handler(DA_P | DA_DPL | SYS_INT32, CODE16, 0x12345678);
}

static void task_gate_to_ldt(void)
{
    handler(DA_P | DA_DPL | SYS_TASK_GATE, LOCAL_DATA, 0);
}

static void task_gate_to_busy(void)
{
    handler(DA_P | DA_DPL | SYS_TASK_GATE, TSS_A, 0);
}

static void short_table(void)
{
    to_code0();
    CPU->idtr.limit = VECTOR * 8 + 6;
}

static void no_stack(void)
{
    to_code0();
    put_stacks(0, STACK0);
}

static void short_stack(void)
{
    to_code0();
    put_stacks(STACK16, 0x13);
}

START_TEST(gate_errors_name_the_vector_or_the_selector)
{
    enum { IDT_ERROR = VECTOR * 8 + 2 };
    static const struct {
        struct rule rule;
        void (*prepare)(void);
    } rows[] = {
        {{"INT", 3, {INT_N, 0, 0, 0}, DONE, 0, 0}, to_code0},
        {{"no gate", 0, {INT_N, 0, 0, 0}, FAULT(EX_GP, IDT_ERROR), 0, 0}, NULL},
        {{"no gate, hardware", 0, {EXTERNAL, 0, 0, 0}, FAULT(EX_GP, IDT_ERROR + 1), 0, 0}, NULL},
        {{"limit", 0, {INT_N, 0, 0, 0}, FAULT(EX_GP, IDT_ERROR), 0, 0}, short_table},
        {{"call gate", 0, {FAULT_14, 0, 0, 0}, FAULT(EX_GP, IDT_ERROR + 1), 0, 0}, call_gate},
        {{"gate DPL", 3, {INT_N, 0, 0, 0}, FAULT(EX_GP, IDT_ERROR), 0, 0}, ring_0_gate},
        {{"no gate DPL for hardware", 3, {EXTERNAL, 0, 0, 0}, DONE, 0, 0}, ring_0_gate},
        {{"no gate DPL for faults", 3, {FAULT_14, 0, 0, 0}, DONE, 0, 0}, ring_0_gate},
        {{"absent", 3, {INT_N, 0, 0, 0}, FAULT(EX_NP, IDT_ERROR), 0, 0}, absent_gate},
        {{"absent, fault", 3, {FAULT_14, 0, 0, 0}, FAULT(EX_NP, IDT_ERROR + 1), 0, 0}, absent_gate},
        {{"null", 0, {INT_N, 0, 0, 0}, FAULT(EX_GP, 0), 0, 0}, to_null},
        {{"null, fault", 0, {FAULT_14, 0, 0, 0}, FAULT(EX_GP, 1), 0, 0}, to_null},
        {{"data", 0, {FAULT_14, 0, 0, 0}, FAULT(EX_GP, DATA0 + 1), 0, 0}, to_data},
        {{"outer", 0, {INT_N, 0, 0, 0}, FAULT(EX_GP, CODE3), 0, 0}, to_outer},
        {{"code absent", 0, {INT_N, 0, 0, 0}, FAULT(EX_NP, CODE0), CODE0, 0x1b}, to_code0},
        {{"beyond", 0, {EXTERNAL, 0, 0, 0}, FAULT(EX_GP, 1), 0, 0}, to_short_code},
        {{"null stack", 3, {INT_N, 0, 0, 0}, FAULT(EX_TS, 0), 0, 0}, no_stack},
        {{"null stack, fault", 3, {FAULT_14, 0, 0, 0}, FAULT(EX_TS, 1), 0, 0}, no_stack},
        {{"stack absent", 3, {FAULT_14, 0, 0, 0}, FAULT(EX_SS, DATA0 + 1), DATA0, 0x13}, to_code0},
        {{"no room", 3, {INT_N, 0, 0, 0}, FAULT(EX_SS, STACK16), 0, 0}, short_stack},
        {{"task in the LDT", 0, {EXTERNAL, 0, 0, 0}, FAULT(EX_GP, 5), 0, 0}, task_gate_to_ldt},
        {{"busy task", 0, {EXTERNAL, 0, 0, 0}, FAULT(EX_GP, TSS_A + 1), 0, 0}, task_gate_to_busy},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
        check_rules(&rows[i].rule, 1, rows[i].prepare);
}
END_TEST

static void enter(unsigned cpl, unsigned gate, u16 target, enum what what)
{
    world_protect(cpl);
    cpu_set_eflags(CPU, FL_IF | FL_TF | FL_NT | FL_RF | FL_AC | FL_CF);
    CPU->step_trap = true;
    handler(gate, target, 0xabcd1234);
    ck_assert_uint_eq(outcome((struct op){what, 0, 0, 0}), DONE);
    ck_assert(!CPU->step_trap);
}

START_TEST(a_386_gate_pushes_dwords_and_clears_flags)
{
    const u32 kept = FL_AC | FL_CF | FL_ALWAYS, old = kept | FL_IF | FL_TF | FL_NT | FL_RF;
    enter(3, DA_P | DA_DPL | SYS_INT32, CODE0, INT_N);
    ck_assert_uint_eq(CPU->r[ESP], STACK0 - 20);
    STACK_IS32(0x500, CODE3 | 3, old & ~(u32)FL_RF, STACK3, DATA3 | 3);
    ck_assert_uint_eq(cpu_eflags(CPU), kept);
    ck_assert_uint_eq(CPU->eip, 0xabcd1234);
    ck_assert_uint_eq(CPU->cpl, 0);
    ck_assert_uint_eq(CPU->seg[SEG_DS].selector, DATA3 | 3);
    enter(3, DA_P | SYS_TRAP32, CODE0, FAULT_14);
    STACK_IS32(0xe77, 0x500, CODE3 | 3, old, STACK3, DATA3 | 3);
    ck_assert_uint_eq(cpu_eflags(CPU), kept | FL_IF);
    enter(0, DA_P | SYS_INT32, CODE0 | 3, EXTERNAL);
    ck_assert_uint_eq(CPU->r[ESP], STACK0 - 12);
    STACK_IS32(0x500, CODE0, old);
    ck_assert_uint_eq(CPU->seg[SEG_CS].selector, CODE0);
    enter(3, DA_P | SYS_INT32, CONFORMING, EXTERNAL);
    ck_assert_uint_eq(CPU->r[ESP], STACK3 - 12);
    ck_assert_uint_eq(CPU->seg[SEG_CS].selector, CONFORMING | 3);
    ck_assert_uint_eq(CPU->cpl, 3);
}
END_TEST

START_TEST(a_286_gate_pushes_words_six_with_error_code_and_ring_change)
{
    const u16 old = FL_CF | FL_ALWAYS | FL_IF | FL_TF | FL_NT;
    enter(3, DA_P | SYS_INT16, CODE0, FAULT_14);
    ck_assert_uint_eq(CPU->r[ESP], STACK0 - 12);
    STACK_IS16(0xe77, 0x500, CODE3 | 3, old, STACK3 & 0xffff, DATA3 | 3);
    ck_assert_uint_eq(CPU->eip, 0x1234);
    ck_assert(!(CPU->eflags & FL_IF));
    enter(0, DA_P | SYS_TRAP16, CODE0, EXTERNAL);
    ck_assert_uint_eq(CPU->r[ESP], STACK0 - 6);
    STACK_IS16(0x500, CODE0, old);
    ck_assert(CPU->eflags & FL_IF);
}
END_TEST

START_TEST(faults_set_rf_in_the_image_and_debug_exceptions_do_not)
{
    static const struct {
        unsigned vector;
        enum interrupt_kind kind;
        u32 rf;
    } rows[] = {
        {EX_GP, INTERRUPT_EXCEPTION, FL_RF}, {EX_PF, INTERRUPT_EXCEPTION, FL_RF},
        {EX_UD, INTERRUPT_EXCEPTION, FL_RF}, {EX_DB, INTERRUPT_EXCEPTION, 0},
        {EX_BP, INTERRUPT_SOFTWARE, 0},      {EX_DB, INTERRUPT_ICEBP, 0},
        {VECTOR, INTERRUPT_EXTERNAL, 0},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        world_protect(0);
        put_gate(IDT, (u16)(rows[i].vector * 8), DA_P | SYS_INT32, CODE0, 0, 0);
        interrupt_enter(CPU, rows[i].vector, rows[i].kind, false, 0, 0x600);
        STACK_IS32(0x600, CODE0, FL_ALWAYS | rows[i].rf);
    }
}
END_TEST

START_TEST(icebp_needs_no_gate_privilege)
{
    world_protect(3);
    put_gate(IDT, EX_DB * 8, DA_P | SYS_INT32, CODE0, 0x40, 0);
    interrupt_enter(CPU, EX_DB, INTERRUPT_ICEBP, false, 0, 0x600);
    ck_assert_uint_eq(CPU->eip, 0x40);
}
END_TEST

START_TEST(from_vm86_the_segments_are_pushed_and_zeroed)
{
    for (unsigned again = 0; again < 2; again++) {
        world_vm86(0);
        handler(DA_P | DA_DPL | SYS_INT32, CODE0, 0x1234);
        ck_assert_uint_eq(outcome((struct op){FAULT_14, 0, 0, 0}), DONE);
        ck_assert_uint_eq(CPU->r[ESP], STACK0 - 40);
        STACK_IS32(0xe77, 0x77, 0x200, FL_VM | FL_IF | FL_RF | FL_ALWAYS, 0x1000, 0x300, 0x100,
                   0x400, 0x500, 0x600);
        ck_assert_uint_eq(CPU->cpl, 0);
        ck_assert(!cpu_vm86(CPU));
        static const u8 data[] = {SEG_ES, SEG_DS, SEG_FS, SEG_GS};
        for (unsigned i = 0; i < ARRAY_LEN(data); i++) {
            ck_assert_uint_eq(CPU->seg[data[i]].selector, 0);
            ck_assert_uint_eq(CPU->seg[data[i]].attr, 0);
        }
        CPU->r[ESP] += 4;
        ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 4}), DONE);
        ck_assert(cpu_vm86(CPU));
        ck_assert_uint_eq(CPU->seg[SEG_GS].base, 0x6000);
        ck_assert_uint_eq(CPU->r[ESP], 0x1000);
    }
}
END_TEST

START_TEST(a_286_gate_from_vm86_pushes_words)
{
    world_vm86(3);
    handler(DA_P | DA_DPL | SYS_TRAP16, CODE0, 0x1234);
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), DONE);
    ck_assert_uint_eq(CPU->r[ESP], STACK0 - 18);
    STACK_IS16(0x77, 0x200, FL_IF | FL_IOPL | FL_ALWAYS, 0x1000, 0x300, 0x100, 0x400, 0x500, 0x600);
    ck_assert_uint_eq(CPU->eflags & (FL_VM | FL_IF), FL_IF);
}
END_TEST

START_TEST(from_vm86_only_ring_0_code_may_handle)
{
    static const u16 targets[] = {CODE1, CODE3, CONFORMING};
    for (unsigned i = 0; i < ARRAY_LEN(targets); i++) {
        world_vm86(3);
        handler(DA_P | DA_DPL | SYS_INT32, targets[i], 0);
        ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), FAULT(EX_GP, targets[i]));
        ck_assert_uint_eq(outcome((struct op){EXTERNAL, 0, 0, 0}), FAULT(EX_GP, targets[i] + 1));
    }
}
END_TEST

static void real_mode(u32 sp)
{
    world_protect(0);
    CPU->cr0 &= ~(u32)CR0_PE;
    cpu_set_eflags(CPU, FL_IF | FL_TF | FL_AC | FL_CF);
    CPU->idtr = (struct table_register){0, 0x3ff};
    put32(w.bus.ram + VECTOR * 4, 0x12345678);
    far_jump(CPU, 0x0700, 0x55, 2, 0);
    segment_load(CPU, SEG_SS, 0x2000);
    CPU->r[ESP] = sp;
}

START_TEST(real_mode_vectors_are_four_bytes_and_push_words)
{
    real_mode(0xabcd0002);
    ck_assert_uint_eq(outcome((struct op){FAULT_14, 0, 0, 0}), DONE);
    ck_assert_uint_eq(CPU->r[ESP], 0xabcdfffc);
    ck_assert_uint_eq(get16(w.bus.ram + 0x20000), FL_IF | FL_TF | FL_CF | FL_ALWAYS);
    ck_assert_uint_eq(get16(w.bus.ram + 0x2fffe), 0x700);
    ck_assert_uint_eq(get16(w.bus.ram + 0x2fffc), 0x55);
    ck_assert_uint_eq(CPU->seg[SEG_CS].base, 0x12340);
    ck_assert_uint_eq(CPU->eip, 0x5678);
    ck_assert_uint_eq(cpu_eflags(CPU), FL_CF | FL_ALWAYS);
    ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 2}), DONE);
    ck_assert_uint_eq(CPU->seg[SEG_CS].base, 0x7000);
    ck_assert_uint_eq(CPU->r[ESP], 0xabcd0002);
    ck_assert_uint_eq(cpu_eflags(CPU), FL_IF | FL_TF | FL_CF | FL_ALWAYS);
    real_mode(1);
    CPU->seg[SEG_SS].limit = 0xffff;
    segment_derive(&CPU->seg[SEG_SS]);
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), FAULT(EX_SS, 0));
    real_mode(0x1000);
    CPU->idtr.limit = VECTOR * 4 + 2;
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}) & ~1u, FAULT(EX_GP, 0));
}
END_TEST

/* Identity-mapped pages, user and writable, but for one. */
static void page_in(u32 linear, u32 entry)
{
    u8 *directory = w.bus.ram + PAGES, *table = directory + 0x1000;
    put32(directory, (PAGES + 0x1000) | 7);
    for (u32 i = 0; i < RAM >> 12; i++)
        put32(table + 4 * i, i << 12 | 7);
    put32(table + 4 * (linear >> 12), entry);
    CPU->cr3 = PAGES;
    CPU->cr0 |= CR0_PG | CR0_WP;
    tlb_flush(CPU);
}

START_TEST(a_page_fault_in_the_middle_of_a_frame_changes_nothing)
{
    enum { PRESENT = 1, WRITE = 2 };
    world_protect(3);
    to_code0();
    put_stacks(DATA0, STACK0 + 8);
    page_in(STACK0 - 0x1000, 0);
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), FAULT(EX_PF, WRITE));
    ck_assert_uint_eq(CPU->cr2, STACK0 - 4);
    page_in(STACK0 - 0x1000, (STACK0 - 0x1000) | 1);
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), FAULT(EX_PF, WRITE | PRESENT));
    page_in(STACK0 - 0x1000, (STACK0 - 0x1000) | 3); /* supervisor: pushed as ring 0 */
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), DONE);
    STACK_IS32(0x500, CODE3 | 3, FL_ALWAYS, STACK3, DATA3 | 3);
}
END_TEST

START_TEST(tables_are_read_and_written_as_supervisor)
{
    world_protect(3);
    to_code0();
    set_rights(CODE0, RING0 | DA_CODE | DA_READABLE);
    page_in(GDT, GDT | 1);
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), FAULT(EX_PF, 3));
    ck_assert_uint_eq(CPU->cr2, GDT + CODE0 + 5);
    page_in(GDT, GDT | 3);
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), DONE);
    ck_assert_uint_eq(rights(CODE0), RING0 | CODE);
    world_protect(0);
    to_code0();
    page_in(IDT, 0);
    ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), FAULT(EX_PF, 0));
    ck_assert_uint_eq(CPU->cr2, IDT + VECTOR * 8);
}
END_TEST

Suite *interrupt_suite(void)
{
    const TTest *const tests[] = {
        gate_errors_name_the_vector_or_the_selector,
        a_386_gate_pushes_dwords_and_clears_flags,
        a_286_gate_pushes_words_six_with_error_code_and_ring_change,
        faults_set_rf_in_the_image_and_debug_exceptions_do_not,
        icebp_needs_no_gate_privilege,
        from_vm86_the_segments_are_pushed_and_zeroed,
        a_286_gate_from_vm86_pushes_words,
        from_vm86_only_ring_0_code_may_handle,
        real_mode_vectors_are_four_bytes_and_push_words,
        a_page_fault_in_the_middle_of_a_frame_changes_nothing,
        tables_are_read_and_written_as_supervisor,
        NULL,
    };
    return world_suite("interrupt", tests);
}
