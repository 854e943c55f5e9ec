/* SPDX-License-Identifier: MIT */
/* Segment loads, far jumps, calls and returns. */
#include "tests/unit/protect.h"

START_TEST(segment_loads_check_type_rights_and_presence)
{
    static const struct rule rules[] = {
        {"null DS", 0, {LOAD, 3, SEG_DS, 0}, DONE, 0, 0},
        {"null SS", 0, {LOAD, 0, SEG_SS, 0}, FAULT(EX_GP, 0), 0, 0},
        {"null SS with RPL", 3, {LOAD, 3, SEG_SS, 0}, FAULT(EX_GP, 0), 0, 0},
        {"beyond the GDT", 0, {LOAD, GDT_END | 3, SEG_DS, 0}, FAULT(EX_GP, GDT_END), 0, 0},
        {"LDT index 0", 0, {LOAD, LOCAL_DATA, SEG_DS, 0}, DONE, 0, 0},
        {"beyond the LDT", 0, {LOAD, 0x14, SEG_DS, 0}, FAULT(EX_GP, 0x14), 0, 0},
        {"LDT descriptor", 0, {LOAD, LOCAL, SEG_ES, 0}, FAULT(EX_GP, LOCAL), 0, 0},
        {"execute-only", 0, {LOAD, EXECUTE_ONLY, SEG_DS, 0}, FAULT(EX_GP, EXECUTE_ONLY), 0, 0},
        {"readable code", 0, {LOAD, CODE0, SEG_DS, 0}, DONE, 0, 0},
        {"inner data", 3, {LOAD, DATA0, SEG_DS, 0}, FAULT(EX_GP, DATA0), 0, 0},
        {"weak RPL", 0, {LOAD, DATA0 | 1, SEG_DS, 0}, FAULT(EX_GP, DATA0), 0, 0},
        {"outer data", 0, {LOAD, DATA3, SEG_DS, 0}, DONE, 0, 0},
        {"inner conforming", 3, {LOAD, CONFORMING | 3, SEG_DS, 0}, DONE, 0, 0},
        {"absent", 0, {LOAD, DATA3, SEG_FS, 0}, FAULT(EX_NP, DATA3), DATA3, DA_S | DA_DPL | DATA},
        {"absent stack", 0, {LOAD, DATA0, SEG_SS, 0}, FAULT(EX_SS, DATA0), DATA0, DA_S | DATA},
        {"wrong type before absent",
         0,
         {LOAD, EXECUTE_ONLY, SEG_DS, 0},
         FAULT(EX_GP, EXECUTE_ONLY),
         EXECUTE_ONLY,
         DA_S | DA_CODE},
        {"stack RPL", 0, {LOAD, DATA0 | 3, SEG_SS, 0}, FAULT(EX_GP, DATA0), 0, 0},
        {"stack DPL", 0, {LOAD, DATA3, SEG_SS, 0}, FAULT(EX_GP, DATA3), 0, 0},
        {"read-only stack", 0, {LOAD, READ_ONLY, SEG_SS, 0}, FAULT(EX_GP, READ_ONLY), 0, 0},
        {"code as stack", 0, {LOAD, CODE0, SEG_SS, 0}, FAULT(EX_GP, CODE0), 0, 0},
        {"LLDT null", 0, {LLDT, 2, 0, 0}, DONE, 0, 0},
        {"LLDT in the LDT", 0, {LLDT, 4, 0, 0}, FAULT(EX_GP, 4), 0, 0},
        {"LLDT of data", 0, {LLDT, DATA0, 0, 0}, FAULT(EX_GP, DATA0), 0, 0},
        {"LLDT absent", 0, {LLDT, LOCAL, 0, 0}, FAULT(EX_NP, LOCAL), LOCAL, SYS_LDT},
        {"LTR null", 0, {LTR, 0, 0, 0}, FAULT(EX_GP, 0), 0, 0},
        {"LTR busy", 0, {LTR, TSS_A, 0, 0}, FAULT(EX_GP, TSS_A), 0, 0},
        {"LTR absent", 0, {LTR, TSS_B, 0, 0}, FAULT(EX_NP, TSS_B), TSS_B, SYS_TSS32},
        {"LTR in the LDT", 0, {LTR, LOCAL_DATA, 0, 0}, FAULT(EX_GP, 4), 0, 0},
        {"LTR 286", 0, {LTR, TSS16_B, 0, 0}, DONE, 0, 0},
    };
    CHECK_RULES(rules, NULL);
    ck_assert_uint_eq(rights(TSS16_B), DA_P | SYS_TSS16_BUSY);
}
END_TEST

START_TEST(a_load_decodes_the_descriptor_and_writes_the_accessed_bit)
{
    world_protect(0);
    put_descriptor(GDT, SCRATCH, 0xa1b2c3d4, 0x12345, RING0 | DA_WRITABLE | DA_G | DA_AVL);
    ck_assert_uint_eq(outcome((struct op){LOAD, SCRATCH, SEG_GS, 0}), DONE);
    ck_assert_uint_eq(CPU->seg[SEG_GS].base, 0xa1b2c3d4);
    ck_assert_uint_eq(CPU->seg[SEG_GS].limit, 0x12345fff);
    ck_assert_uint_eq(CPU->seg[SEG_GS].attr, RING0 | DATA | DA_G | DA_AVL);
    ck_assert_uint_eq(rights(SCRATCH), RING0 | DATA);
    ck_assert_uint_eq(outcome((struct op){LOAD, 2, SEG_GS, 0}), DONE);
    ck_assert_uint_eq(CPU->seg[SEG_GS].attr, 0);
    ck_assert_uint_eq(CPU->seg[SEG_GS].selector, 2);
}
END_TEST

START_TEST(real_mode_loads_keep_the_limit_and_vm86_loads_do_not)
{
    world_protect(0);
    segment_load(CPU, SEG_FS, 0);
    CPU->cr0 &= ~(u32)CR0_PE;
    segment_load(CPU, SEG_DS, 0x1234);
    ck_assert_uint_eq(CPU->seg[SEG_DS].base, 0x12340);
    ck_assert_uint_eq(CPU->seg[SEG_DS].limit, 0xffffffff);
    segment_load(CPU, SEG_SS, 0x3000);
    ck_assert_uint_eq(CPU->seg[SEG_SS].attr & DA_DB, 0);
    segment_load(CPU, SEG_FS, 0x40);
    ck_assert_uint_eq(CPU->seg[SEG_FS].attr, RING0 | DATA);
    far_jump(CPU, 0x50, 0x60, 2, 0);
    ck_assert_uint_eq(CPU->seg[SEG_CS].attr, RING0 | DATA);
    ck_assert_uint_eq(CPU->seg[SEG_CS].base, 0x500);
    ck_assert_uint_eq(CPU->seg[SEG_CS].limit, 0xffff);
    ck_assert_uint_eq(outcome((struct op){JUMP, 0, 0x10000, 4}), FAULT(EX_GP, 0));
    world_vm86(0);
    segment_load(CPU, SEG_DS, 0xffff);
    ck_assert_uint_eq(CPU->seg[SEG_DS].limit, 0xffff);
    ck_assert_uint_eq(CPU->seg[SEG_DS].attr, RING3 | DATA);
}
END_TEST

START_TEST(lar_lsl_verr_and_verw_see_what_a_program_may_use)
{
    static const struct {
        u16 selector;
        u8 cpl, patch;
        bool lar, lsl, read, write;
    } rows[] = {
        {0, 0, 0, false, false, false, false},
        {GDT_END, 0, 0, false, false, false, false},
        {DATA0, 0, 0, true, true, true, true},
        {DATA0, 3, 0, false, false, false, false},
        {DATA3 | 3, 3, 0, true, true, true, true},
        {DATA0 | 1, 0, 0, false, false, false, false},
        {READ_ONLY, 0, 0, true, true, true, false},
        {EXECUTE_ONLY, 0, 0, true, true, false, false},
        {CODE3, 3, 0, true, true, true, false},
        {CONFORMING | 3, 3, 0, true, true, true, false},
        {SCRATCH, 0, DA_P | SYS_TSS16, true, true, false, false},
        {SCRATCH, 0, SYS_LDT, true, true, false, false},
        {SCRATCH, 0, SYS_TSS16_BUSY, true, true, false, false},
        {SCRATCH, 0, SYS_CALL16, true, false, false, false},
        {SCRATCH, 0, SYS_TASK_GATE, true, false, false, false},
        {SCRATCH, 0, SYS_INT16, false, false, false, false},
        {SCRATCH, 0, SYS_TRAP16, false, false, false, false},
        {SCRATCH, 0, 8, false, false, false, false},
        {SCRATCH, 0, SYS_TSS32, true, true, false, false},
        {SCRATCH, 0, 10, false, false, false, false},
        {SCRATCH, 0, SYS_TSS32_BUSY, true, true, false, false},
        {SCRATCH, 0, SYS_CALL32, true, false, false, false},
        {SCRATCH, 0, 13, false, false, false, false},
        {SCRATCH, 0, SYS_INT32, false, false, false, false},
        {SCRATCH, 3, SYS_TSS32, false, false, false, false},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        u32 value = 0;
        world_protect(rows[i].cpl);
        if (rows[i].patch)
            set_rights(SCRATCH, rows[i].patch);
        ck_assert_msg(segment_lar(CPU, rows[i].selector, &value) == rows[i].lar, "LAR %u", i);
        ck_assert_msg(segment_lsl(CPU, rows[i].selector, &value) == rows[i].lsl, "LSL %u", i);
        ck_assert_msg(segment_verify(CPU, rows[i].selector, false) == rows[i].read, "VERR %u", i);
        ck_assert_msg(segment_verify(CPU, rows[i].selector, true) == rows[i].write, "VERW %u", i);
    }
    u32 value = 0;
    world_protect(0);
    ck_assert(segment_lar(CPU, DATA3, &value));
    ck_assert_uint_eq(value, 0x00cff300);
    ck_assert(segment_lsl(CPU, DATA3, &value));
    ck_assert_uint_eq(value, 0xffffffff);
}
END_TEST

static void gate_to_code1(void)
{
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, CODE1, 0x12345678, 2);
}

static void gate_to_code0(void)
{
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, CODE0, 0x12345678, 2);
}

static void gate_to_conforming(void)
{
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL16, CONFORMING, 0x12345678, 2);
}

static void gate_to_null(void)
{
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, 3, 0, 0);
}

static void gate_beyond(void)
{
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, GDT_END | 3, 0, 0);
}

static void gate_to_data(void)
{
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, DATA0, 0, 0);
}

START_TEST(far_jumps_and_calls_follow_the_privilege_rules)
{
    static const struct rule direct[] = {
        {"same level", 0, {JUMP, CODE0, 0x10, 4}, DONE, 0, 0},
        {"null", 0, {JUMP, 2, 0x10, 4}, FAULT(EX_GP, 0), 0, 0},
        {"beyond", 0, {JUMP, GDT_END, 0x10, 4}, FAULT(EX_GP, GDT_END), 0, 0},
        {"data", 0, {CALL, DATA0, 0x10, 4}, FAULT(EX_GP, DATA0), 0, 0},
        {"LDT", 0, {CALL, LOCAL, 0x10, 4}, FAULT(EX_GP, LOCAL), 0, 0},
        {"outer code", 0, {JUMP, CODE3, 0x10, 4}, FAULT(EX_GP, CODE3), 0, 0},
        {"inner code", 3, {CALL, CODE0 | 3, 0x10, 4}, FAULT(EX_GP, CODE0), 0, 0},
        {"weak RPL", 0, {JUMP, CODE0 | 1, 0x10, 4}, FAULT(EX_GP, CODE0), 0, 0},
        {"strong RPL", 3, {JUMP, CODE3, 0x10, 4}, DONE, 0, 0},
        {"inner conforming", 3, {CALL, CONFORMING | 3, 0x10, 4}, DONE, 0, 0},
        {"outer conforming",
         0,
         {JUMP, CONFORMING, 0x10, 4},
         FAULT(EX_GP, CONFORMING),
         CONFORMING,
         RING3 | CODE | DA_CONFORMING},
        {"absent", 0, {JUMP, CODE0, 0x10, 4}, FAULT(EX_NP, CODE0), CODE0, DA_S | CODE},
        {"beyond the limit", 0, {JUMP, CODE16, 0x10000, 4}, FAULT(EX_GP, 0), 0, 0},
        {"cut to 16 bits", 0, {JUMP, CODE16, 0x10000, 2}, DONE, 0, 0},
        {"busy task", 0, {JUMP, TSS_A, 0, 4}, FAULT(EX_GP, TSS_A), 0, 0},
        {"absent task", 0, {JUMP, TSS_B, 0, 4}, FAULT(EX_NP, TSS_B), TSS_B, SYS_TSS32},
        {"inner task", 3, {CALL, TSS_B | 3, 0, 4}, FAULT(EX_GP, TSS_B), 0, 0},
        {"task, weak RPL", 0, {CALL, TSS_B | 1, 0, 4}, FAULT(EX_GP, TSS_B), 0, 0},
        {"interrupt gate", 0, {JUMP, SCRATCH, 0, 4}, FAULT(EX_GP, SCRATCH), SCRATCH, 0x8e},
        {"task gate to a busy task",
         0,
         {JUMP, TASK_GATE, 0, 4},
         FAULT(EX_GP, TSS_B),
         TSS_B,
         DA_P | SYS_TSS32_BUSY},
        {"task gate to an absent task",
         0,
         {CALL, TASK_GATE, 0, 4},
         FAULT(EX_NP, TSS_B),
         TSS_B,
         SYS_TSS32},
        {"absent task gate",
         0,
         {CALL, TASK_GATE, 0, 4},
         FAULT(EX_NP, TASK_GATE),
         TASK_GATE,
         SYS_TASK_GATE},
        {"inner task gate",
         3,
         {CALL, TASK_GATE | 3, 0, 4},
         FAULT(EX_GP, TASK_GATE),
         TASK_GATE,
         DA_P | SYS_TASK_GATE},
    };
    static const struct rule inner[] = {
        {"call inwards", 3, {CALL, GATE | 3, 0, 4}, DONE, 0, 0},
        {"jump inwards", 3, {JUMP, GATE | 3, 0, 4}, FAULT(EX_GP, CODE1), 0, 0},
        {"jump on the level", 1, {JUMP, GATE | 1, 0, 4}, DONE, 0, 0},
        {"outwards", 0, {CALL, GATE, 0, 4}, FAULT(EX_GP, CODE1), 0, 0},
        {"gate DPL", 3, {CALL, GATE | 3, 0, 4}, FAULT(EX_GP, GATE), GATE, 0x8c},
        {"gate RPL", 0, {CALL, GATE | 3, 0, 4}, FAULT(EX_GP, GATE), GATE, 0x8c},
        {"gate absent", 3, {CALL, GATE, 0, 4}, FAULT(EX_NP, GATE), GATE, 0x6c},
        {"DPL before absent", 3, {CALL, GATE, 0, 4}, FAULT(EX_GP, GATE), GATE, 0x0c},
        {"code absent", 3, {CALL, GATE, 0, 4}, FAULT(EX_NP, CODE1), CODE1, 0x3b},
        {"stack absent", 3, {CALL, GATE, 0, 4}, FAULT(EX_SS, DATA1), DATA1, 0x33},
        {"stack read-only", 3, {CALL, GATE, 0, 4}, FAULT(EX_TS, DATA1), DATA1, 0xb1},
        {"stack of another level", 3, {CALL, GATE, 0, 4}, FAULT(EX_TS, DATA1), DATA1, 0x93},
    };
    static const struct rule to_null[] = {
        {"to null", 3, {CALL, GATE, 0, 4}, FAULT(EX_GP, 0), 0, 0}};
    static const struct rule beyond[] = {
        {"to beyond", 3, {JUMP, GATE, 0, 4}, FAULT(EX_GP, GDT_END), 0, 0}};
    static const struct rule to_data[] = {
        {"to data", 3, {CALL, GATE, 0, 4}, FAULT(EX_GP, DATA0), 0, 0}};
    CHECK_RULES(direct, NULL);
    CHECK_RULES(inner, gate_to_code1);
    CHECK_RULES(to_null, gate_to_null);
    CHECK_RULES(beyond, gate_beyond);
    CHECK_RULES(to_data, gate_to_data);
}
END_TEST

START_TEST(conforming_code_keeps_the_privilege_of_its_caller)
{
    world_protect(3);
    gate_to_conforming();
    ck_assert_uint_eq(outcome((struct op){CALL, GATE | 3, 0, 4}), DONE);
    ck_assert_uint_eq(CPU->cpl, 3);
    ck_assert_uint_eq(CPU->seg[SEG_CS].selector, CONFORMING | 3);
    ck_assert_uint_eq(CPU->eip, 0x5678);
    ck_assert_uint_eq(CPU->r[ESP], STACK3 - 4);
    STACK_IS16(0x500, CODE3 | 3);
}
END_TEST

START_TEST(a_386_call_gate_copies_its_parameters_and_nothing_more)
{
    static const u32 parameters[] = {0x11111111, 0x22222222};
    world_protect(3);
    gate_to_code0();
    poke32(STACK3, parameters, 2);
    CPU->seg[SEG_SS].limit = STACK3 + 7;
    segment_derive(&CPU->seg[SEG_SS]);
    mode_update(CPU);
    ck_assert_uint_eq(outcome((struct op){CALL, GATE | 3, 0, 2}), DONE);
    ck_assert_uint_eq(CPU->cpl, 0);
    ck_assert_uint_eq(CPU->eip, 0x12345678);
    ck_assert_uint_eq(CPU->seg[SEG_CS].selector, CODE0);
    ck_assert_uint_eq(CPU->seg[SEG_SS].selector, DATA0);
    ck_assert_uint_eq(CPU->r[ESP], STACK0 - 24);
    STACK_IS32(0x500, CODE3 | 3, 0x11111111, 0x22222222, STACK3, DATA3 | 3);
    world_protect(3);
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, CODE0, 0, 3);
    CPU->seg[SEG_SS].limit = STACK3 + 7;
    segment_derive(&CPU->seg[SEG_SS]);
    mode_update(CPU);
    ck_assert_uint_eq(outcome((struct op){CALL, GATE | 3, 0, 4}), FAULT(EX_SS, 0));
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, CODE0, 0, 0xe0);
    CPU->r[ESP] = 0xfffffffc; /* no parameters: the old stack is not read */
    ck_assert_uint_eq(outcome((struct op){CALL, GATE | 3, 0, 4}), DONE);
    STACK_IS32(0x500, CODE3 | 3, 0xfffffffc, DATA3 | 3);
}
END_TEST

START_TEST(a_call_gate_copies_up_to_31_parameters_in_order)
{
    u32 parameter[31];
    for (u32 i = 0; i < ARRAY_LEN(parameter); i++)
        parameter[i] = 0x80000000u + i;
    world_protect(3);
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, CODE0, 0, 31);
    poke32(STACK3, parameter, ARRAY_LEN(parameter));
    ck_assert_uint_eq(outcome((struct op){CALL, GATE | 3, 0, 4}), DONE);
    ck_assert_uint_eq(CPU->r[ESP], STACK0 - 35 * 4);
    CPU->r[ESP] += 8;
    expect_stack32(parameter, ARRAY_LEN(parameter));
}
END_TEST

START_TEST(a_286_call_gate_with_a_286_tss_pushes_words)
{
    static const u16 parameters[] = {0x1111, 0x2222, 0x3333};
    world_protect(3);
    CPU->tr = (struct segment){
        .base = TSS16_A_AT, .limit = 0x2b, .selector = TSS16_A, .attr = DA_P | SYS_TSS16_BUSY};
    put_stacks(STACK16, 0x8000);
    put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL16, CODE16, 0xdead4321, 3);
    poke16(STACK3, parameters, 3);
    CPU->r[ESP] = STACK3;
    ck_assert_uint_eq(outcome((struct op){CALL, GATE | 3, 0, 4}), DONE);
    ck_assert_uint_eq(CPU->eip, 0x4321);
    ck_assert_uint_eq((u16)CPU->r[ESP], 0x8000 - 14);
    STACK_IS16(0x500, CODE3 | 3, 0x1111, 0x2222, 0x3333, STACK3 & 0xffff, DATA3 | 3);
    world_protect(3);
    CPU->tr.limit = 8; /* SS0 would end at 9 */
    gate_to_code0();
    ck_assert_uint_eq(outcome((struct op){CALL, GATE | 3, 0, 4}), FAULT(EX_TS, TSS_A));
}
END_TEST

START_TEST(an_inner_stack_without_room_faults_with_its_selector)
{
    static const struct {
        u16 ss;
        u32 esp, want;
    } rows[] = {
        {STACK16, 0x18, DONE},
        {STACK16, 0x17, FAULT(EX_SS, STACK16)},
        {STACK16, 0x0, DONE}, /* wraps to FFFC */
        {STACK16, 0x2, FAULT(EX_SS, STACK16)},
        {DOWN, 0x20009, DONE},
        {DOWN, 0x20008, FAULT(EX_SS, DOWN)},
        {DOWN, 0, DONE},
        {0, 0x1000, FAULT(EX_TS, 0)},
        {GDT_END, 0x1000, FAULT(EX_TS, GDT_END)},
        {DATA0 | 1, 0x1000, FAULT(EX_TS, DATA0)},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        world_protect(3);
        gate_to_code0();
        put_stacks(rows[i].ss, rows[i].esp);
        if (rows[i].ss == DOWN && !rows[i].esp)
            put_descriptor(GDT, DOWN, 0x1000, 0x1fff0, RING0 | DATA | DA_EXPAND_DOWN | DA_DB);
        u32 got = outcome((struct op){CALL, GATE | 3, 0, 4});
        ck_assert_msg(got == rows[i].want, "row %u: %08x, want %08x", i, got, rows[i].want);
    }
}
END_TEST

START_TEST(calls_wrap_a_16_bit_stack_and_change_only_sp)
{
    static const struct {
        u16 sp;
        u32 size, want;
    } rows[] = {{4, 2, DONE}, {2, 2, DONE}, {0, 2, DONE}, {1, 2, FAULT(EX_SS, 0)},
                {8, 4, DONE}, {4, 4, DONE}, {0, 4, DONE}, {2, 4, FAULT(EX_SS, 0)}};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        world_protect(0);
        load_direct(SEG_SS, STACK16);
        CPU->r[ESP] = 0xabcd0000u | rows[i].sp;
        u32 got = outcome((struct op){CALL, CODE0, 0x10, rows[i].size});
        ck_assert_msg(got == rows[i].want, "row %u: %08x, want %08x", i, got, rows[i].want);
        if (got == DONE)
            ck_assert_uint_eq(CPU->r[ESP], 0xabcd0000u | (u16)(rows[i].sp - 2 * rows[i].size));
    }
}
END_TEST

/* Returns. */

static void put_return(u32 cs, u32 ss)
{
    poke32((u32)CPU->r[ESP], (const u32[]){0x700, cs, 0x55, STACK3 - 0x100, ss}, 5);
}

START_TEST(far_returns_check_code_and_stack_of_the_outer_level)
{
    static const struct {
        const char *what;
        u32 cs, ss, want;
        u16 patch, rights;
    } rows[] = {
        {"outer", CODE3 | 3, DATA3 | 3, DONE, 0, 0},
        {"same", CODE0, 0, DONE, 0, 0},
        {"conforming, outer", CONFORMING | 3, DATA3 | 3, DONE, 0, 0},
        {"null", 1, 0, FAULT(EX_GP, 0), 0, 0},
        {"beyond", GDT_END | 3, 0, FAULT(EX_GP, GDT_END), 0, 0},
        {"data", DATA0, 0, FAULT(EX_GP, DATA0), 0, 0},
        {"RPL is not DPL", CODE3 | 1, DATA3 | 3, FAULT(EX_GP, CODE3), 0, 0},
        {"inner code, outer RPL", CODE0 | 3, DATA3 | 3, FAULT(EX_GP, CODE0), 0, 0},
        {"absent", CODE3 | 3, DATA3 | 3, FAULT(EX_NP, CODE3), CODE3, 0x7b},
        {"null stack", CODE3 | 3, 3, FAULT(EX_GP, 0), 0, 0},
        {"stack RPL", CODE3 | 3, DATA3, FAULT(EX_GP, DATA3), 0, 0},
        {"stack DPL", CODE3 | 3, DATA1 | 3, FAULT(EX_GP, DATA1), 0, 0},
        {"stack absent", CODE3 | 3, DATA3 | 3, FAULT(EX_SS, DATA3), DATA3, 0x73},
        {"beyond the limit", CODE16, 0, FAULT(EX_GP, 0), 0, 0},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        world_protect(0);
        CPU->r[ESP] = STACK0 - 0x100;
        put_descriptor(GDT, CODE16, 0, 0x6ff, RING0 | CODE);
        put_return(rows[i].cs, rows[i].ss);
        if (rows[i].patch)
            set_rights(rows[i].patch, rows[i].rights);
        u32 got = outcome((struct op){RETURN, 0, 4, 4});
        ck_assert_msg(got == rows[i].want, "%s: %08x, want %08x", rows[i].what, got, rows[i].want);
    }
    world_protect(3);
    put_return(CODE0, DATA0);
    ck_assert_uint_eq(outcome((struct op){RETURN, 0, 4, 4}), FAULT(EX_GP, CODE0));
}
END_TEST

START_TEST(a_return_outwards_releases_both_stacks_and_takes_inner_segments_away)
{
    world_protect(0);
    CPU->r[ESP] = STACK0 - 0x100;
    put_return(CODE3 | 3, DATA3 | 3);
    load_direct(SEG_ES, CONFORMING);
    load_direct(SEG_FS, CODE0);
    load_direct(SEG_GS, DATA1);
    segment_load(CPU, SEG_DS, DATA3);
    ck_assert_uint_eq(outcome((struct op){RETURN, 0, 4, 4}), DONE);
    ck_assert_uint_eq(CPU->r[ESP], STACK3 - 0x100 + 4);
    ck_assert_uint_eq(CPU->eip, 0x700);
    ck_assert_uint_eq(CPU->cpl, 3);
    ck_assert_uint_eq(CPU->seg[SEG_ES].selector, CONFORMING);
    ck_assert_uint_eq(CPU->seg[SEG_FS].selector, 0);
    ck_assert_uint_eq(CPU->seg[SEG_FS].attr, 0);
    ck_assert_uint_eq(CPU->seg[SEG_GS].selector, 0);
    ck_assert_uint_eq(CPU->seg[SEG_DS].selector, DATA3);
}
END_TEST

START_TEST(iret_changes_the_flags_that_privilege_allows)
{
    enum { ALWAYS = FL_ARITH | FL_TF | FL_DF | FL_NT, WIDE = FL_RF | FL_AC | FL_ID };
    static const struct {
        u8 cpl, iopl;
        u32 size, may;
    } rows[] = {
        {0, 0, 4, ALWAYS | WIDE | FL_IF | FL_IOPL | FL_VIF | FL_VIP},
        {0, 0, 2, ALWAYS | FL_IF | FL_IOPL},
        {1, 1, 4, ALWAYS | WIDE | FL_IF},
        {1, 0, 4, ALWAYS | WIDE},
        {3, 3, 4, ALWAYS | WIDE | FL_IF},
        {3, 0, 4, ALWAYS | WIDE},
        {3, 0, 2, ALWAYS},
    };
    static const u16 code[] = {CODE0, CODE1 | 1, 0, CODE3 | 3};
    const u32 all = ALWAYS | WIDE | FL_IF | FL_IOPL | FL_VIF | FL_VIP;
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        u32 old = (u32)rows[i].iopl << 12, at;
        world_protect(rows[i].cpl);
        cpu_set_eflags(CPU, old);
        CPU->r[ESP] -= 3 * rows[i].size;
        at = (u32)CPU->r[ESP];
        CPU->nmi_blocked = true;
        poke32(at, (const u32[]){0x700, code[rows[i].cpl], all | (rows[i].cpl ? FL_VM : 0)}, 3);
        if (rows[i].size == 2)
            poke16(at, (const u16[]){0x700, code[rows[i].cpl], (u16)all}, 3);
        ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, rows[i].size}), DONE);
        ck_assert_msg(cpu_eflags(CPU) == ((all & rows[i].may) | (old & ~rows[i].may) | 2),
                      "row %u: %08x", i, cpu_eflags(CPU));
        ck_assert_uint_eq(CPU->r[ESP], at + 3 * rows[i].size);
        ck_assert(!CPU->nmi_blocked);
        ck_assert(CPU->stop & STOP_EVENT);
    }
}
END_TEST

START_TEST(iret_enters_vm86_from_ring_0_only)
{
    const u32 frame[] = {
        0x123, 0x1000, FL_VM | FL_IF | FL_IOPL, 0xabcd8000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000};
    world_protect(0);
    CPU->r[ESP] = STACK0 - sizeof frame;
    poke32(STACK0 - sizeof frame, frame, 9);
    put32(w.bus.ram + STACK0 - sizeof frame, 0x10000);
    ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 4}), FAULT(EX_GP, 0));
    poke32(STACK0 - sizeof frame, frame, 1);
    ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 4}), DONE);
    ck_assert_uint_eq(cpu_eflags(CPU), frame[2] | FL_ALWAYS);
    ck_assert_uint_eq(CPU->cpl, 3);
    ck_assert_uint_eq(CPU->eip, 0x123);
    ck_assert_uint_eq(CPU->r[ESP], 0xabcd8000);
    static const u16 want[] = {0x3000, 0x1000, 0x2000, 0x4000, 0x5000, 0x6000};
    for (unsigned i = 0; i < SEG_COUNT; i++) {
        ck_assert_uint_eq(CPU->seg[i].selector, want[i]);
        ck_assert_uint_eq(CPU->seg[i].base, want[i] * 16u);
        ck_assert_uint_eq(CPU->seg[i].limit, 0xffff);
        ck_assert_uint_eq(CPU->seg[i].attr, RING3 | DATA);
    }
}
END_TEST

START_TEST(iret_in_vm86_needs_iopl_3_and_keeps_iopl)
{
    static const u16 frame[] = {0x99, 0x4444, FL_CF | FL_TF};
    world_vm86(2);
    ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 2}), FAULT(EX_GP, 0));
    world_vm86(3);
    poke16((u32)CPU->seg[SEG_SS].base + 0x1000, frame, 3);
    ck_assert_uint_eq(outcome((struct op){IRET, 0, 0, 2}), DONE);
    ck_assert_uint_eq(cpu_eflags(CPU), FL_VM | FL_IOPL | FL_CF | FL_TF | FL_ALWAYS);
    ck_assert_uint_eq(CPU->seg[SEG_CS].base, 0x44440);
    ck_assert_uint_eq(CPU->r[ESP], 0x1006);
}
END_TEST

Suite *protect_suite(void)
{
    const TTest *const tests[] = {
        segment_loads_check_type_rights_and_presence,
        a_load_decodes_the_descriptor_and_writes_the_accessed_bit,
        real_mode_loads_keep_the_limit_and_vm86_loads_do_not,
        lar_lsl_verr_and_verw_see_what_a_program_may_use,
        far_jumps_and_calls_follow_the_privilege_rules,
        conforming_code_keeps_the_privilege_of_its_caller,
        a_386_call_gate_copies_its_parameters_and_nothing_more,
        a_call_gate_copies_up_to_31_parameters_in_order,
        a_286_call_gate_with_a_286_tss_pushes_words,
        an_inner_stack_without_room_faults_with_its_selector,
        calls_wrap_a_16_bit_stack_and_change_only_sp,
        far_returns_check_code_and_stack_of_the_outer_level,
        a_return_outwards_releases_both_stacks_and_takes_inner_segments_away,
        iret_changes_the_flags_that_privilege_allows,
        iret_enters_vm86_from_ring_0_only,
        iret_in_vm86_needs_iopl_3_and_keeps_iopl,
        NULL};
    return world_suite("protect", tests);
}
