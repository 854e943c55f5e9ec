/* SPDX-License-Identifier: MIT */
#include "tests/unit/protect.h"

struct world w;

void put_descriptor(u32 table, u16 selector, u32 base, u32 limit, unsigned attr)
{
    u8 *at = w.bus.ram + table + (selector & 0xfff8);
    put32(at, base << 16 | (limit & 0xffff));
    put32(at + 4, (base & 0xff000000) | (base >> 16 & 0xff) | (limit & 0xf0000) |
                      (attr & 0xff) << 8 | (attr & 0xf00) << 12);
}

void put_gate(u32 table, u16 selector, unsigned attr, u16 target, u32 offset, u8 count)
{
    u8 *at = w.bus.ram + table + (selector & 0xfff8);
    put32(at, (u32)target << 16 | (offset & 0xffff));
    put32(at + 4, (offset & 0xffff0000) | attr << 8 | count);
}

u8 rights(u16 selector)
{
    return w.bus.ram[GDT + (selector & 0xfff8) + 5];
}

void set_rights(u16 selector, unsigned attr)
{
    w.bus.ram[GDT + (selector & 0xfff8) + 5] = (u8)attr;
}

static void tables(void)
{
    put_descriptor(GDT, CODE0, 0, 0xfffff, RING0 | CODE | FLAT);
    put_descriptor(GDT, DATA0, 0, 0xfffff, RING0 | DATA | FLAT);
    put_descriptor(GDT, CODE1, 0, 0xfffff, RING1 | CODE | FLAT);
    put_descriptor(GDT, DATA1, 0, 0xfffff, RING1 | DATA | FLAT);
    put_descriptor(GDT, CODE3, 0, 0xfffff, RING3 | CODE | FLAT);
    put_descriptor(GDT, DATA3, 0, 0xfffff, RING3 | DATA | FLAT);
    put_descriptor(GDT, CONFORMING, 0, 0xfffff, RING0 | CODE | DA_CONFORMING | FLAT);
    put_descriptor(GDT, TSS_A, TSS_A_AT, 0x67, DA_P | SYS_TSS32);
    put_descriptor(GDT, TSS_B, TSS_B_AT, 0x67, DA_P | SYS_TSS32);
    put_descriptor(GDT, TSS16_A, TSS16_A_AT, 0x2b, DA_P | SYS_TSS16);
    put_descriptor(GDT, TSS16_B, TSS16_B_AT, 0x2b, DA_P | SYS_TSS16);
    put_descriptor(GDT, LOCAL, LDT, 0x0f, DA_P | SYS_LDT);
    put_descriptor(GDT, EXECUTE_ONLY, 0, 0xfffff, RING0 | DA_CODE | DA_ACCESSED | FLAT);
    put_descriptor(GDT, READ_ONLY, 0, 0xfffff, RING0 | DA_ACCESSED | FLAT);
    put_descriptor(GDT, STACK16, 0x10000, 0xffff, RING0 | DATA);
    put_descriptor(GDT, DOWN, 0, 0x1fff0, RING0 | DATA | DA_EXPAND_DOWN | DA_DB);
    put_descriptor(GDT, CODE16, 0, 0xffff, RING0 | CODE);
    put_descriptor(GDT, SCRATCH, 0x12345678, 0x0ffff, RING0 | DA_WRITABLE);
    put_gate(GDT, TASK_GATE, DA_P | DA_DPL | SYS_TASK_GATE, TSS_B, 0, 0);
    put_descriptor(LDT, LOCAL_DATA, 0x5000, 0xfff, RING0 | DATA);
    put_descriptor(LDT, LOCAL_CODE, 0, 0xfffff, RING0 | CODE | FLAT);
}

/* Inner stacks of ring 0 and 1 in both kinds of TSS. */
void put_stacks(u16 ss0, u32 esp0)
{
    u8 *tss = w.bus.ram + TSS_A_AT, *tss16 = w.bus.ram + TSS16_A_AT;
    put32(tss + 4, esp0);
    put16(tss + 8, ss0);
    put32(tss + 0x0c, STACK1);
    put16(tss + 0x10, DATA1 | 1);
    put16(tss16 + 2, (u16)esp0);
    put16(tss16 + 4, ss0);
}

void load_direct(unsigned seg, u16 selector)
{
    struct descriptor d;
    ck_assert(descriptor_find(CPU, selector, &d));
    if (seg == SEG_CS)
        segment_load_cs(CPU, selector, &d, selector & 3);
    else
        segment_set(CPU, seg, selector, &d);
}

static void enter_level(unsigned cpl)
{
    static const u16 code[] = {CODE0, CODE1 | 1, 0, CODE3 | 3};
    static const u16 data[] = {DATA0, DATA1 | 1, 0, DATA3 | 3};
    static const u32 stack[] = {STACK0, STACK1, 0, STACK3};
    load_direct(SEG_CS, code[cpl]);
    load_direct(SEG_SS, data[cpl]);
    load_direct(SEG_DS, data[cpl]);
    load_direct(SEG_ES, DATA3 | 3);
    load_direct(SEG_FS, DATA3 | 3);
    load_direct(SEG_GS, DATA3 | 3);
    CPU->r[ESP] = stack[cpl];
    CPU->eip = 0x500;
}

void world_setup(void)
{
    memset(&w, 0, sizeof w);
    ck_assert(bus_init(&w.bus, RAM));
    bus_set_a20(&w.bus, true);
    clock_init(&w.clock, NS_PER_S);
    ck_assert(cpu_init(CPU, cpu_model_default(), &w.bus, &w.clock));
}

void world_teardown(void)
{
    cpu_free(CPU);
    bus_free(&w.bus);
}

/* Protected mode at CPL with TR = TSS_A and an LDT. */
void world_protect(unsigned cpl)
{
    memset(w.bus.ram, 0, 0x30000);
    cpu_reset(CPU);
    tables();
    put_stacks(DATA0, STACK0);
    CPU->cr0 |= CR0_PE;
    CPU->gdtr = (struct table_register){GDT, GDT_END - 1};
    CPU->idtr = (struct table_register){IDT, 0x3ff};
    segment_ltr(CPU, TSS_A);
    segment_lldt(CPU, LOCAL);
    enter_level(cpl);
}

/* Virtual-8086 mode with segments 1000h, 2000h … and IOPL. */
void world_vm86(unsigned iopl)
{
    world_protect(0);
    CPU->cpl = 3;
    cpu_set_eflags(CPU, FL_VM | FL_IF | iopl << 12);
    for (unsigned i = 0; i < SEG_COUNT; i++)
        segment_load_real(CPU, i, (u16)((i + 1) << 8));
    CPU->r[ESP] = 0x1000;
    CPU->eip = 0x77;
}

static void perform(const struct op *op)
{
    switch (op->what) {
    case NOTHING:
        break;
    case JUMP:
        far_jump(CPU, op->selector, op->arg, op->size, CPU->eip);
        break;
    case CALL:
        far_call(CPU, op->selector, op->arg, op->size, CPU->eip);
        break;
    case RETURN:
        far_return(CPU, op->size, (u16)op->arg);
        break;
    case IRET:
        far_iret(CPU, op->size, CPU->eip);
        break;
    case INT_N:
        interrupt_enter(CPU, VECTOR, INTERRUPT_SOFTWARE, false, 0, CPU->eip);
        break;
    case EXTERNAL:
        interrupt_enter(CPU, VECTOR, INTERRUPT_EXTERNAL, false, 0, CPU->eip);
        break;
    case FAULT_14:
        interrupt_enter(CPU, VECTOR, INTERRUPT_EXCEPTION, true, 0xe77, CPU->eip);
        break;
    case LOAD:
        segment_load(CPU, op->arg, op->selector);
        break;
    case LLDT:
        segment_lldt(CPU, op->selector);
        break;
    case LTR:
        segment_ltr(CPU, op->selector);
        break;
    }
}

/* Everything a guest can see; a page fault may set CR2 and the A and D bits of the tables. */
static u64 hash_of_world(void)
{
    u32 cr2 = CPU->cr2, flags = cpu_eflags(CPU);
    CPU->cr2 = 0;
    u64 hash = state_hash(STATE_HASH_START, cpu_fields, CPU);
    CPU->cr2 = cr2;
    hash = state_hash_bytes(hash, &flags, sizeof flags);
    hash = state_hash_bytes(hash, w.bus.ram, PAGES);
    return state_hash_bytes(hash, w.bus.ram + PAGES + 0x2000, RAM - PAGES - 0x2000);
}

u32 outcome_anywhere(struct op op)
{
    if (setjmp(CPU->fault_jump) != 0)
        return FAULT(CPU->fault_vector, CPU->fault_error);
    perform(&op);
    return DONE;
}

/* The same, and a fault must have changed nothing. */
u32 outcome(struct op op)
{
    u64 before = hash_of_world();
    u32 result = outcome_anywhere(op);
    if (result != DONE)
        ck_assert_msg(before == hash_of_world(), "the fault %08x changed something", result);
    return result;
}

static const u8 *stack_top(void)
{
    return w.bus.ram + CPU->seg[SEG_SS].base + stack_offset(CPU, 0);
}

void poke32(u32 address, const u32 *value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        put32(w.bus.ram + address + 4 * i, value[i]);
}

void poke16(u32 address, const u16 *value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        put16(w.bus.ram + address + 2 * i, value[i]);
}

void expect_stack32(const u32 *want, unsigned count)
{
    const u8 *at = stack_top();
    for (unsigned i = 0; i < count; i++)
        ck_assert_msg(get32(at + 4 * i) == want[i], "item %u: %08x, want %08x", i,
                      get32(at + 4 * i), want[i]);
}

void expect_stack16(const u16 *want, unsigned count)
{
    const u8 *at = stack_top();
    for (unsigned i = 0; i < count; i++)
        ck_assert_msg(get16(at + 2 * i) == want[i], "item %u: %04x, want %04x", i,
                      get16(at + 2 * i), want[i]);
}

void check_rules(const struct rule *rule, unsigned count, void (*prepare)(void))
{
    for (; count--; rule++) {
        world_protect(rule->cpl);
        if (prepare)
            prepare();
        if (rule->patch)
            set_rights(rule->patch, rule->rights);
        u32 got = outcome(rule->op);
        ck_assert_msg(got == rule->want, "%s: %08x, want %08x", rule->what, got, rule->want);
    }
}

Suite *world_suite(const char *name, const TTest *const *tests)
{
    Suite *suite = suite_create(name);
    TCase *all = tcase_create(name);
    tcase_add_checked_fixture(all, world_setup, world_teardown);
    tcase_set_timeout(all, 120);
    for (; *tests; tests++)
        tcase_add_test(all, *tests);
    suite_add_tcase(suite, all);
    return suite;
}
