/* SPDX-License-Identifier: MIT */
/* Task state segments field by field: what a switch loads, saves and leaves alone. SDM 3A
 * "Task-State Segment (TSS)", "16-Bit Task-State Segment (TSS)", "Task Switching". */
#include "cpu/debug.h"

#include "tests/unit/protect.h"

enum { NEW_EIP = 0x9000, NEW_STACK = 0x24000, DIRECTORY = 0x30000, PATTERN = 0xa5 };

/* Where a field lies, and how wide it is: in the TSS of the 386 and in that of the 286. */
struct place {
    u8 at, size;
};

enum { FIELD_EIP, FIELD_FLAGS, FIELD_R, FIELD_SEG = FIELD_R + 8, FIELDS = FIELD_SEG + SEG_COUNT };

static const struct place places_386[FIELDS] = {
    {0x20, 4}, {0x24, 4}, {0x28, 4}, {0x2c, 4}, {0x30, 4}, {0x34, 4}, {0x38, 4}, {0x3c, 4},
    {0x40, 4}, {0x44, 4}, {0x48, 2}, {0x4c, 2}, {0x50, 2}, {0x54, 2}, {0x58, 2}, {0x5c, 2},
};
static const struct place places_286[FIELDS] = {
    {0x0e, 2}, {0x10, 2}, {0x12, 2}, {0x14, 2}, {0x16, 2}, {0x18, 2}, {0x1a, 2},
    {0x1c, 2}, {0x1e, 2}, {0x20, 2}, {0x22, 2}, {0x24, 2}, {0x26, 2}, {0x28, 2},
};

static const u16 selectors[] = {DATA3, CODE0, DATA0, LOCAL_DATA, CONFORMING, READ_ONLY};

static u32 value_of(unsigned field)
{
    return field == FIELD_EIP       ? NEW_EIP
           : field == FIELD_FLAGS   ? FL_CF | FL_DF | FL_ALWAYS
           : field == FIELD_R + ESP ? NEW_STACK
           : field >= FIELD_SEG     ? selectors[field - FIELD_SEG]
                                    : 0x11110000u * field + 0x1000 + field;
}

static void put_field(u32 tss, const struct place *p, u32 value)
{
    if (p->size == 4)
        put32(w.bus.ram + tss + p->at, value);
    else if (p->size)
        put16(w.bus.ram + tss + p->at, (u16)value);
}

/* A task of the 386 or 286 kind at AT, every field different. */
static void put_task(u32 at, bool is386)
{
    memset(w.bus.ram + at, 0, is386 ? 0x68 : 0x2c);
    for (unsigned i = 0; i < FIELDS; i++)
        put_field(at, &(is386 ? places_386 : places_286)[i], value_of(i));
    put16(w.bus.ram + at + (is386 ? 0x60 : 0x2a), LOCAL);
    if (is386)
        put32(w.bus.ram + at + 0x1c, DIRECTORY);
}

static void fresh(void)
{
    world_protect(0);
    put_task(TSS_B_AT, true);
    put_task(TSS16_B_AT, false);
}

static u32 field_of(unsigned field)
{
    return field == FIELD_EIP     ? CPU->eip
           : field == FIELD_FLAGS ? cpu_eflags(CPU)
           : field >= FIELD_SEG   ? CPU->seg[field - FIELD_SEG].selector
                                  : (u32)CPU->r[field - FIELD_R];
}

/* A register of 32 bits gets ones above the 16 of a 286 TSS; FS and GS are null. */
static u32 loaded(unsigned field, bool is386)
{
    bool general = field >= FIELD_R && field < FIELD_SEG;
    return is386                         ? value_of(field)
           : field >= FIELD_SEG + SEG_FS ? 0
           : general                     ? value_of(field) | 0xffff0000
                                         : value_of(field);
}

static void check_loaded(bool is386)
{
    struct fpu fpu = CPU->fpu;
    CPU->seg[SEG_FS].selector = CPU->seg[SEG_GS].selector = DATA3;
    ck_assert_uint_eq(outcome((struct op){JUMP, is386 ? TSS_B : TSS16_B, 0, 4}), DONE);
    for (unsigned i = 0; i < FIELDS; i++)
        ck_assert_msg(field_of(i) == loaded(i, is386), "field %u: %08x", i, field_of(i));
    ck_assert_uint_eq(CPU->ldtr.selector, LOCAL);
    ck_assert_uint_eq(CPU->ldtr.base, LDT);
    ck_assert(!memcmp(&fpu, &CPU->fpu, sizeof fpu));
    ck_assert(CPU->cr0 & CR0_TS);
}

START_TEST(every_field_goes_to_its_register)
{
    for (unsigned is386 = 0; is386 < 2; is386++) {
        fresh();
        check_loaded(is386);
    }
}
END_TEST

/* The registers go to their fields, and no other byte changes: inner stacks, CR3, LDT, T and the
 * map are never written. */
static void check_saved(bool is386)
{
    const struct place *places = is386 ? places_386 : places_286;
    u32 at = is386 ? TSS_A_AT : TSS16_A_AT;
    u8 want[0x100];
    world_protect(0);
    put_task(TSS_B_AT, true);
    if (!is386)
        CPU->tr = (struct segment){
            .base = at, .limit = 0x2b, .selector = TSS16_A, .attr = DA_P | SYS_TSS16_BUSY};
    for (unsigned i = 0; i < 8; i++)
        CPU->r[i] = i == ESP ? STACK0 : value_of(FIELD_R + i);
    CPU->seg[SEG_FS].selector = 0x1234;
    CPU->seg[SEG_ES].selector = 0x4321;
    memset(w.bus.ram + at, PATTERN, 0x100);
    memset(want, PATTERN, sizeof want);
    for (unsigned i = 0; i < FIELDS; i++) {
        u32 v = field_of(i);
        for (unsigned k = 0; k < places[i].size; k++)
            want[places[i].at + k] = (u8)(v >> 8 * k);
    }
    ck_assert_uint_eq(outcome((struct op){JUMP, TSS_B, 0, 4}), DONE);
    for (unsigned i = 0; i < sizeof want; i++)
        ck_assert_msg(w.bus.ram[at + i] == want[i], "byte %02x of the TSS is %02x, not %02x", i,
                      w.bus.ram[at + i], want[i]);
}

START_TEST(every_register_goes_to_its_field_and_nothing_else_changes)
{
    check_saved(true);
    check_saved(false);
}
END_TEST

/* The busy bit is one bit of one byte, the back link one word. */
START_TEST(of_descriptors_only_the_busy_bit_changes)
{
    static const struct {
        struct op op;
        u16 nested;
        u8 busy_a;
    } rows[] = {
        {{JUMP, TSS_B, 0, 4}, false, 0},
        {{CALL, TSS_B, 0, 4}, true, SYS_TSS_BUSY},
        {{JUMP, TSS16_B, 0, 4}, false, 0},
        {{CALL, TSS16_B, 0, 4}, true, SYS_TSS_BUSY},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        u8 gdt[GDT_END];
        u16 to = rows[i].op.selector;
        u32 at = to == TSS_B ? TSS_B_AT : TSS16_B_AT;
        fresh();
        put32(w.bus.ram + at, 0x5a5a5a5a);
        memcpy(gdt, w.bus.ram + GDT, sizeof gdt);
        ck_assert_uint_eq(outcome(rows[i].op), DONE);
        gdt[to + 5] |= SYS_TSS_BUSY;
        gdt[TSS_A + 5] = (u8)((gdt[TSS_A + 5] & ~SYS_TSS_BUSY) | rows[i].busy_a);
        ck_assert(!memcmp(gdt, w.bus.ram + GDT, sizeof gdt));
        ck_assert_uint_eq(get32(w.bus.ram + at), rows[i].nested ? 0x5a5a0000 | TSS_A : 0x5a5a5a5a);
    }
}
END_TEST

/* RPL and TI of TR do not matter for where its descriptor lies. */
START_TEST(the_old_tasks_descriptor_is_found_by_index)
{
    fresh();
    CPU->tr.selector = TSS_A | 3;
    ck_assert_uint_eq(outcome((struct op){JUMP, TSS_B, 0, 4}), DONE);
    ck_assert_uint_eq(rights(TSS_A), DA_P | SYS_TSS32);
}
END_TEST

/* EFLAGS of the new task: only bits that there are. Outside a nested task NT comes from the TSS. */
START_TEST(eflags_of_the_new_task_are_those_of_its_tss)
{
    static const u32 bits[] = {FL_CF, FL_PF, FL_AF,   FL_ZF, FL_SF, FL_OF, FL_DF,  FL_IF,
                               FL_NT, FL_AC, FL_IOPL, FL_ID, FL_TF, FL_RF, FL_VIF, FL_VIP};
    for (unsigned i = 0; i < ARRAY_LEN(bits); i++) {
        fresh();
        put32(w.bus.ram + TSS_B_AT + 0x24, bits[i]);
        cpu_set_eflags(CPU, ~bits[i] & ~(u32)(FL_VM | FL_NT));
        ck_assert_uint_eq(outcome((struct op){JUMP, TSS_B, 0, 4}), DONE);
        ck_assert_uint_eq(cpu_eflags(CPU), bits[i] | FL_ALWAYS);
    }
}
END_TEST

/* SDM 3A "Task Switching": NT goes when IRET leaves; RF is what a fault leaves, and only an
 * interrupt keeps it. */
START_TEST(the_image_of_the_old_tasks_flags)
{
    static const struct {
        enum what what;
        u32 want;
    } rows[] = {
        {JUMP, FL_NT},
        {CALL, FL_NT},
        {IRET, 0},
        {INT_N, FL_NT},
        {EXTERNAL, FL_NT | FL_RF},
        {FAULT_14, FL_NT | FL_RF},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        fresh();
        put_gate(IDT, VECTOR * 8, DA_P | SYS_TASK_GATE, TSS_B, 0, 0);
        cpu_set_eflags(CPU, FL_NT | FL_RF | FL_ZF);
        if (rows[i].what == IRET) {
            put16(w.bus.ram + TSS_A_AT, TSS_B);
            set_rights(TSS_B, DA_P | SYS_TSS32_BUSY);
        }
        ck_assert_uint_eq(outcome((struct op){rows[i].what, TSS_B, 0, 4}), DONE);
        u32 image = get32(w.bus.ram + TSS_A_AT + 0x24);
        ck_assert_msg(image == (rows[i].want | FL_ZF | FL_ALWAYS), "row %u: %08x", i, image);
    }
}
END_TEST

/* SDM 3B "Debug Registers": L0 to L3 and LE go with the task, G0 to G3 and GE stay, and the first
 * breakpoint of the new task is judged by that. */
START_TEST(local_breakpoints_end_with_their_task)
{
    fresh();
    CPU->dr[7] = 0xffff07ff & ~0xf0000u; /* DR0: instructions */
    CPU->dr[7] = (CPU->dr[7] & ~0xffu) | 0x1;
    debug_update(CPU);
    ck_assert_uint_eq(CPU->break_code & 1, 1);
    ck_assert_uint_eq(outcome((struct op){JUMP, TSS_B, 0, 4}), DONE);
    ck_assert_uint_eq(CPU->break_code, 0);
    ck_assert_uint_eq(CPU->dr[7] & 0x3ff, 0x200);
}
END_TEST

/* A TSS has to be as long as what is read of it; the old one as what is saved in it. */
START_TEST(a_tss_may_be_just_long_enough)
{
    static const struct {
        struct op op;
        bool new386;
        u32 limit, old;
        u32 want;
    } rows[] = {
        {{JUMP, TSS_B, 0, 4}, true, 0x67, 0x5d, DONE},
        {{JUMP, TSS_B, 0, 4}, true, 0x66, 0x67, FAULT(EX_TS, TSS_B)},
        {{JUMP, TSS_B, 0, 4}, true, 0x67, 0x5c, FAULT(EX_TS, TSS_A)},
        {{JUMP, TSS16_B, 0, 4}, false, 0x2b, 0x67, DONE},
        {{JUMP, TSS16_B, 0, 4}, false, 0x2a, 0x67, FAULT(EX_TS, TSS16_B)},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        fresh();
        u16 to = rows[i].op.selector;
        put_descriptor(GDT, to, rows[i].new386 ? TSS_B_AT : TSS16_B_AT, rows[i].limit,
                       DA_P | (rows[i].new386 ? SYS_TSS32 : SYS_TSS16));
        CPU->tr.limit = rows[i].old;
        ck_assert_uint_eq(outcome(rows[i].op), rows[i].want);
    }
    for (u32 limit = 0x28; limit <= 0x29; limit++) {
        fresh();
        CPU->tr = (struct segment){
            .base = TSS16_A_AT, .limit = limit, .selector = TSS16_A, .attr = DA_P | SYS_TSS16_BUSY};
        ck_assert_uint_eq(outcome((struct op){JUMP, TSS_B, 0, 4}),
                          limit == 0x29 ? DONE : FAULT(EX_TS, TSS16_A));
    }
}
END_TEST

static u32 inner_stack(unsigned pl, u16 *ss, u32 *esp)
{
    if (setjmp(CPU->fault_jump) != 0)
        return FAULT(CPU->fault_vector, CPU->fault_error);
    task_stack(CPU, pl, 1, ss, esp);
    return DONE;
}

/* Inner stacks. SDM 3A "Stack Switching": in a TSS too short for them #TS with its selector. */
START_TEST(inner_stacks_are_read_from_their_own_places)
{
    static const struct {
        bool is386;
        unsigned pl;
        u32 limit;
        bool good;
    } rows[] = {
        {true, 0, 9, true},     {true, 0, 8, false},   {true, 1, 0x11, true},
        {true, 1, 0x10, false}, {true, 2, 0x19, true}, {true, 2, 0x18, false},
        {false, 0, 5, true},    {false, 0, 4, false},  {false, 1, 9, true},
        {false, 1, 8, false},   {false, 2, 13, true},  {false, 2, 12, false},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        bool is386 = rows[i].is386;
        u32 at = is386 ? TSS_A_AT : TSS16_A_AT, esp = 0;
        u16 ss = 0;
        world_protect(3);
        for (u32 k = 0; k < 0x20; k++)
            w.bus.ram[at + k] = (u8)(0x40 + k);
        CPU->tr = (struct segment){.base = at,
                                   .limit = rows[i].limit,
                                   .selector = TSS_A,
                                   .attr = DA_P | (is386 ? SYS_TSS32_BUSY : SYS_TSS16_BUSY)};
        u32 got = inner_stack(rows[i].pl, &ss, &esp);
        ck_assert_uint_eq(got, rows[i].good ? DONE : FAULT(EX_TS, TSS_A + 1));
        if (got != DONE)
            continue;
        const u8 *stack = w.bus.ram + at + (is386 ? 4 + 8 * rows[i].pl : 2 + 4 * rows[i].pl);
        ck_assert_uint_eq(esp, is386 ? get32(stack) : get16(stack));
        ck_assert_uint_eq(ss, get16(stack + (is386 ? 4 : 2)));
    }
}
END_TEST

/* Nothing may have changed when the first write to the old TSS, to a descriptor or to the back link
 * fails. SDM 3A "Exception Conditions Checked During a Task Switch". */
START_TEST(a_page_that_is_read_only_stops_the_switch_before_it_begins)
{
    enum { FAR = 0x10000 };
    static const struct {
        const char *what;
        u32 page;
        struct op op;
        u32 want;
    } rows[] = {
        {"old TSS", TSS_A_AT, {JUMP, TSS_B, 0, 4}, FAULT(EX_PF, 3)},
        {"new TSS, back link", FAR, {CALL, TSS_B, 0, 4}, FAULT(EX_PF, 3)},
        {"new TSS, no back link", FAR, {JUMP, TSS_B, 0, 4}, DONE},
        {"descriptors", GDT, {JUMP, TSS_B, 0, 4}, FAULT(EX_PF, 3)},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        fresh();
        put_descriptor(GDT, TSS_B, FAR, 0x67, DA_P | SYS_TSS32);
        put_task(FAR, true);
        put32(w.bus.ram + FAR + 0x1c, PAGES);
        for (u32 k = 0; k < RAM >> 12; k++)
            put32(w.bus.ram + PAGES + 0x1000 + 4 * k, k << 12 | 0x67);
        put32(w.bus.ram + PAGES, (PAGES + 0x1000) | 0x67);
        put32(w.bus.ram + PAGES + 0x1000 + (rows[i].page >> 12) * 4, rows[i].page | 0x65);
        CPU->cr3 = PAGES;
        CPU->cr0 |= CR0_PG | CR0_WP;
        tlb_flush(CPU);
        u32 got = outcome(rows[i].op);
        ck_assert_msg(got == rows[i].want, "%s: %08x, want %08x", rows[i].what, got, rows[i].want);
    }
}
END_TEST

/* The back link is one word: the rest of the new TSS may be read-only. */
START_TEST(only_the_word_of_the_back_link_must_be_writable)
{
    enum { EDGE = 0x10000 };
    fresh();
    put_descriptor(GDT, TSS_B, EDGE - 2, 0x67, DA_P | SYS_TSS32);
    put_task(EDGE - 2, true);
    put32(w.bus.ram + EDGE - 2 + 0x1c, PAGES);
    for (u32 k = 0; k < RAM >> 12; k++)
        put32(w.bus.ram + PAGES + 0x1000 + 4 * k, k << 12 | (k == EDGE >> 12 ? 0x65 : 0x67));
    put32(w.bus.ram + PAGES, (PAGES + 0x1000) | 0x67);
    CPU->cr3 = PAGES;
    CPU->cr0 |= CR0_PG | CR0_WP;
    tlb_flush(CPU);
    ck_assert_uint_eq(outcome((struct op){CALL, TSS_B, 0, 4}), DONE);
    ck_assert_uint_eq(get16(w.bus.ram + EDGE - 2), TSS_A);
}
END_TEST

/* SDM 3A "PDPTE Registers": a switch that loads CR3 loads the four pointers, or is refused. */
START_TEST(with_pae_the_pointers_of_the_new_task_are_loaded_or_refused)
{
    for (unsigned bad = 0; bad < 2; bad++) {
        fresh();
        for (u32 i = 0; i < 4; i++) {
            put32(w.bus.ram + DIRECTORY + 8 * i, i ? 0 : (PAGES + 0x3000) | 1);
            put32(w.bus.ram + DIRECTORY + 8 * i + 4, 0);
        }
        put32(w.bus.ram + DIRECTORY + 16, bad ? 3 : 0);
        put32(w.bus.ram + PAGES + 0x3000, 0x87); /* the first 2 MiB */
        memcpy(w.bus.ram + PAGES, w.bus.ram + DIRECTORY, 16);
        CPU->pdpte[0] = (PAGES + 0x3000) | 1;
        CPU->cr3 = PAGES;
        CPU->cr4 = CR4_PAE;
        CPU->cr0 |= CR0_PG;
        tlb_flush(CPU);
        put32(w.bus.ram + TSS_B_AT + 0x1c, DIRECTORY | 0x18);
        u32 got = outcome_anywhere((struct op){JUMP, TSS_B, 0, 4});
        ck_assert_uint_eq(got, bad ? FAULT(EX_GP, 0) : DONE);
        ck_assert_uint_eq(CPU->tr.selector, bad ? TSS_A : TSS_B);
        ck_assert_uint_eq(CPU->cr3, bad ? PAGES : DIRECTORY | 0x18);
    }
}
END_TEST

/* With EXT while an interrupt or exception is delivered. SDM 3A "Error Code". */
START_TEST(faults_of_the_new_task_tell_whether_the_program_asked)
{
    static const struct {
        u16 at, selector;
        unsigned vector;
        u16 patch, rights;
    } bad[] = {
        {0x60, DATA0, EX_TS, 0, 0},
        {0x60, LOCAL, EX_TS, LOCAL, SYS_LDT},
        {0x60, GDT_END, EX_TS, 0, 0},
        {0x4c, DATA0, EX_TS, 0, 0},
        {0x4c, GDT_END, EX_TS, 0, 0},
        {0x4c, CODE3, EX_TS, 0, 0},
        {0x4c, CODE1 | 1, EX_NP, CODE1, 0x3b},
        {0x50, DATA3, EX_TS, 0, 0},
        {0x54, EXECUTE_ONLY, EX_TS, 0, 0},
        {0x58, SCRATCH, EX_NP, SCRATCH, 0x12},
    };
    for (unsigned i = 0; i < 2 * ARRAY_LEN(bad); i++) {
        unsigned k = i / 2, ext = i & 1;
        fresh();
        put_gate(IDT, VECTOR * 8, DA_P | SYS_TASK_GATE, TSS_B, 0, 0);
        put16(w.bus.ram + TSS_B_AT + bad[k].at, bad[k].selector);
        if (bad[k].patch)
            set_rights(bad[k].patch, bad[k].rights);
        u32 got = outcome_anywhere((struct op){ext ? EXTERNAL : INT_N, 0, 0, 0});
        u32 want = FAULT(bad[k].vector, (bad[k].selector & 0xfffcu) + ext);
        ck_assert_msg(got == want, "row %u: %08x, want %08x", i, got, want);
    }
    for (unsigned ext = 0; ext < 2; ext++) { /* EIP beyond the limit */
        fresh();
        put_gate(IDT, VECTOR * 8, DA_P | SYS_TASK_GATE, TSS_B, 0, 0);
        put_descriptor(GDT, CODE16, 0, NEW_EIP - 1, RING0 | CODE);
        put16(w.bus.ram + TSS_B_AT + 0x4c, CODE16);
        ck_assert_uint_eq(outcome_anywhere((struct op){ext ? EXTERNAL : INT_N, 0, 0, 0}),
                          FAULT(EX_GP, ext));
    }
}
END_TEST

/* A conforming segment's DPL may be below the RPL, not above; EIP may be the limit. */
START_TEST(the_new_tasks_code_segment)
{
    static const struct {
        u16 selector, patch, rights;
        u32 limit, want;
    } rows[] = {
        {CONFORMING, 0, 0, 0xfffff, DONE},
        {CONFORMING, CONFORMING, RING1 | CODE | DA_CONFORMING, 0xfffff, FAULT(EX_TS, CONFORMING)},
        {CODE16, 0, 0, NEW_EIP, DONE},
        {CODE16, 0, 0, NEW_EIP - 1, FAULT(EX_GP, 0)},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        fresh();
        put_descriptor(GDT, CODE16, 0, rows[i].limit, RING0 | CODE);
        put16(w.bus.ram + TSS_B_AT + 0x4c, rows[i].selector);
        if (rows[i].patch)
            set_rights(rows[i].patch, rows[i].rights);
        ck_assert_uint_eq(outcome_anywhere((struct op){JUMP, TSS_B, 0, 4}), rows[i].want);
    }
}
END_TEST

/* A switch is over when its first instruction begins: what held off traps belonged to the old. */
START_TEST(a_nested_switch_ends_a_pending_step)
{
    for (unsigned nested = 0; nested < 2; nested++) {
        fresh();
        CPU->step_trap = true;
        ck_assert_uint_eq(outcome((struct op){nested ? CALL : JUMP, TSS_B, 0, 4}), DONE);
        ck_assert_int_eq(CPU->step_trap, !nested);
    }
}
END_TEST

/* The error code of 386 tasks is a dword, that of 286 tasks a word; an error code that does not fit
 * is #SS with EXT. */
START_TEST(an_error_code_needs_room_on_the_new_stack)
{
    for (unsigned fits = 0; fits < 2; fits++) {
        fresh();
        put_gate(IDT, VECTOR * 8, DA_P | SYS_TASK_GATE, TSS_B, 0, 0);
        put_descriptor(GDT, STACK16, 0x10000, 0xffff, RING0 | DATA);
        put16(w.bus.ram + TSS_B_AT + 0x50, STACK16);
        put32(w.bus.ram + TSS_B_AT + 0x38, fits ? 4 : 3);
        ck_assert_uint_eq(outcome_anywhere((struct op){FAULT_14, 0, 0, 0}),
                          fits ? DONE : FAULT(EX_SS, 1));
    }
}
END_TEST

Suite *tss_suite(void)
{
    const TTest *const tests[] = {
        every_field_goes_to_its_register,
        every_register_goes_to_its_field_and_nothing_else_changes,
        of_descriptors_only_the_busy_bit_changes,
        the_old_tasks_descriptor_is_found_by_index,
        eflags_of_the_new_task_are_those_of_its_tss,
        the_image_of_the_old_tasks_flags,
        local_breakpoints_end_with_their_task,
        a_tss_may_be_just_long_enough,
        inner_stacks_are_read_from_their_own_places,
        a_page_that_is_read_only_stops_the_switch_before_it_begins,
        only_the_word_of_the_back_link_must_be_writable,
        with_pae_the_pointers_of_the_new_task_are_loaded_or_refused,
        faults_of_the_new_task_tell_whether_the_program_asked,
        the_new_tasks_code_segment,
        a_nested_switch_ends_a_pending_step,
        an_error_code_needs_room_on_the_new_stack,
        NULL,
    };
    return world_suite("tss", tests);
}
