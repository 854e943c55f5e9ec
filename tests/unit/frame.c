/* SPDX-License-Identifier: MIT */
/* Frames that just fit and just do not, in all modes and through all gates; what the log tells. SDM
 * 3A "Exception- or Interrupt-Handler Procedures"; SDM 2A "INT n". */
#include <stdio.h>
#include <stdlib.h>

#include "src/base/log.h"
#include "tests/unit/protect.h"

enum { BOTTOM = 0x1fff0 }; /* the limit of DOWN: offsets above it are its */

/* An inner (or the same) stack with room for exactly ITEMS of SIZE bytes, or one byte less. */
static void give_room(bool inner, unsigned items, u32 size, bool enough)
{
    u32 esp = BOTTOM + items * size + (enough ? 1 : 0);
    put_stacks(DOWN, esp);
    if (!inner) {
        load_direct(SEG_SS, DOWN);
        CPU->r[ESP] = esp;
    }
}

/* Three items; two more for the stack of another level; four for VM86 mode's segments; an error
 * code. */
START_TEST(an_interrupt_needs_room_for_its_frame_and_no_more)
{
    for (unsigned i = 0; i < 2 * 2 * 3 * 2; i++) {
        bool enough = i & 1, wide = i & 2, error = i / 12;
        unsigned from = i / 4 % 3; /* the same level, ring 3, VM86 mode */
        unsigned items = 3 + error + (from ? 2 : 0) + (from == 2 ? 4 : 0);
        u32 size = wide ? 4 : 2;
        if (from == 2)
            world_vm86(3);
        else
            world_protect(from ? 3 : 0);
        put_gate(IDT, VECTOR * 8, DA_P | DA_DPL | (wide ? SYS_INT32 : SYS_INT16), CODE0, 0x1234, 0);
        give_room(from, items, size, enough);
        u32 got = outcome((struct op){error ? FAULT_14 : INT_N, 0, 0, 0});
        u32 want = enough ? DONE : FAULT(EX_SS, (from ? DOWN : 0) + error);
        ck_assert_msg(got == want, "case %u: %08x, want %08x", i, got, want);
        if (enough)
            ck_assert_uint_eq(CPU->r[ESP], BOTTOM + 1);
    }
}
END_TEST

START_TEST(a_far_call_needs_room_for_its_frame_and_no_more)
{
    for (unsigned i = 0; i < 2 * 2 * 3; i++) {
        bool enough = i & 1, wide = i & 2;
        unsigned way = i / 4; /* direct, gate on the level, gate inwards with three parameters */
        u32 size = wide ? 4 : 2;
        world_protect(way == 2 ? 3 : 0);
        put_gate(GDT, GATE, DA_P | DA_DPL | (wide ? SYS_CALL32 : SYS_CALL16), CODE0, 0x1234, 3);
        give_room(way == 2, way == 2 ? 7 : 2, size, enough);
        u32 got = outcome((struct op){CALL, way ? GATE : CODE0, 0x1234, size});
        ck_assert_uint_eq(got, enough ? DONE : FAULT(EX_SS, way == 2 ? DOWN : 0));
        if (enough)
            ck_assert_uint_eq(CPU->r[ESP], BOTTOM + 1);
    }
}
END_TEST

START_TEST(in_real_mode_a_frame_is_three_words)
{
    for (unsigned enough = 0; enough < 2; enough++) {
        world_protect(0);
        CPU->cr0 &= ~(u32)CR0_PE;
        CPU->idtr = (struct table_register){0, VECTOR * 4 + 3}; /* just long enough */
        put32(w.bus.ram + VECTOR * 4, 0x12345678);
        segment_load(CPU, SEG_SS, 0x2000);
        CPU->seg[SEG_SS].attr |= DA_EXPAND_DOWN;
        CPU->seg[SEG_SS].limit = 0xfff;
        segment_derive(&CPU->seg[SEG_SS]);
        CPU->r[ESP] = 0x1006 - !enough;
        ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), enough ? DONE : FAULT(EX_SS, 0));
    }
}
END_TEST

/* Each dword of the IVT or IDT counts: a table that ends with the gate is long enough. */
START_TEST(the_idt_may_end_with_the_gate)
{
    for (unsigned enough = 0; enough < 2; enough++) {
        world_protect(0);
        put_gate(IDT, VECTOR * 8, DA_P | SYS_INT32, CODE0, 0x1234, 0);
        CPU->idtr.limit = (u16)(VECTOR * 8 + 6 + enough);
        ck_assert_uint_eq(outcome((struct op){EXTERNAL, 0, 0, 0}),
                          enough ? DONE : FAULT(EX_GP, VECTOR * 8 + 3));
    }
}
END_TEST

/* Types of gates: interrupt and trap gates of both kinds, and task gates; nothing else. */
START_TEST(every_type_in_the_idt_and_what_it_does_to_if)
{
    for (unsigned type = 0; type < 32; type++) {
        bool is386 = type == SYS_INT32 || type == SYS_TRAP32;
        bool gate = is386 || type == SYS_INT16 || type == SYS_TRAP16;
        world_protect(0);
        cpu_set_eflags(CPU, FL_IF);
        put_gate(IDT, VECTOR * 8, DA_P | type, CODE0, 0x23451234, 0);
        u32 want = gate                    ? DONE
                   : type == SYS_TASK_GATE ? FAULT(EX_GP, CODE0)
                                           : FAULT(EX_GP, VECTOR * 8 + 2);
        ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), want);
        if (!gate)
            continue;
        ck_assert_uint_eq(CPU->eip, is386 ? 0x23451234 : 0x1234);
        ck_assert_uint_eq(CPU->eflags & FL_IF, type & 1 ? FL_IF : 0);
    }
}
END_TEST

/* The handler's first byte may be the last of its segment. */
START_TEST(a_handler_may_begin_at_its_limit)
{
    for (unsigned beyond = 0; beyond < 2; beyond++) {
        world_protect(0);
        put_descriptor(GDT, CODE16, 0, 0x1234 - beyond, RING0 | CODE);
        put_gate(IDT, VECTOR * 8, DA_P | SYS_INT32, CODE16, 0x1234, 0);
        ck_assert_uint_eq(outcome((struct op){INT_N, 0, 0, 0}), beyond ? FAULT(EX_GP, 0) : DONE);
        ck_assert_uint_eq(outcome((struct op){JUMP, CODE16, 0x1234, 4}),
                          beyond ? FAULT(EX_GP, 0) : DONE);
    }
}
END_TEST

/* With CR0.AM and AC a frame of ring 3 must be aligned; that of an inner level need not be. */
START_TEST(frames_of_ring_3_obey_the_alignment_check)
{
    for (unsigned i = 0; i < 8; i++) {
        bool checked = i & 1, odd = i & 2, inner = i & 4;
        world_protect(3);
        cpu_set_eflags(CPU, FL_AC);
        CPU->cr0 |= checked ? CR0_AM : 0;
        mode_update(CPU);
        put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, inner ? CODE0 : CODE3, 0x1234, 0);
        put_stacks(DATA0, STACK0 + odd);
        CPU->r[ESP] = STACK3 + odd;
        ck_assert_uint_eq(outcome((struct op){CALL, GATE | 3, 0, 4}),
                          checked && odd && !inner ? FAULT(EX_AC, 0) : DONE);
    }
}
END_TEST

/* In ring 3 a frame is a user's access to its page. */
START_TEST(a_frame_has_the_rights_of_its_level)
{
    for (unsigned i = 0; i < 4; i++) {
        bool inner = i & 1, user_page = i & 2;
        u32 page = (inner ? STACK0 : STACK3) - 0x1000;
        world_protect(3);
        put_gate(GDT, GATE, DA_P | DA_DPL | SYS_CALL32, inner ? CODE0 : CODE3, 0x1234, 0);
        for (u32 k = 0; k < RAM >> 12; k++)
            put32(w.bus.ram + PAGES + 0x1000 + 4 * k, k << 12 | 0x67);
        put32(w.bus.ram + PAGES, (PAGES + 0x1000) | 0x67);
        put32(w.bus.ram + PAGES + 0x1000 + (page >> 12) * 4, page | (user_page ? 7 : 3));
        CPU->cr3 = PAGES;
        CPU->cr0 |= CR0_PG;
        tlb_flush(CPU);
        ck_assert_uint_eq(outcome((struct op){CALL, GATE | 3, 0, 4}),
                          inner || user_page ? DONE : FAULT(EX_PF, 7));
    }
}
END_TEST

/* GD, LBR and BTF end with the #DB that is delivered; with others, and INT 1, they stay. */
START_TEST(a_debug_exception_opens_the_debug_registers)
{
    static const struct {
        unsigned vector;
        enum interrupt_kind kind;
        bool opens;
    } rows[] = {{EX_DB, INTERRUPT_EXCEPTION, true},
                {EX_DB, INTERRUPT_ICEBP, true},
                {EX_DB, INTERRUPT_SOFTWARE, false},
                {EX_BP, INTERRUPT_EXCEPTION, false}};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        world_protect(0);
        put_gate(IDT, (u16)(rows[i].vector * 8), DA_P | SYS_INT32, CODE0, 0, 0);
        CPU->dr[7] = 1 << 13 | 0x400;
        CPU->msr[MSR_AT_DEBUGCTL] = 0x7f;
        interrupt_enter(CPU, rows[i].vector, rows[i].kind, false, 0, 0x600);
        ck_assert_uint_eq(CPU->dr[7], rows[i].opens ? 0x400 : 0x2400);
        ck_assert_uint_eq(CPU->msr[MSR_AT_DEBUGCTL], rows[i].opens ? 0x7c : 0x7f);
    }
}
END_TEST

/* The trace of interrupts: who, with what, from where. */
START_TEST(the_log_names_kinds_errors_and_functions)
{
    static const struct {
        unsigned vector;
        enum interrupt_kind kind;
        bool has_error;
        const char *line;
    } rows[] = {
        {0x21, INTERRUPT_SOFTWARE, false, "int 21 software ax 4c01 at 0008:00000600 cpl 0\n"},
        {6, INTERRUPT_EXCEPTION, false, "int 06 exception #UD at 0008:00000600 cpl 0\n"},
        {13, INTERRUPT_EXCEPTION, true, "int 0d exception #GP error 1234 at 0008:00000600 cpl 0\n"},
        {9, INTERRUPT_EXTERNAL, false, "int 09 external at 0008:00000600 cpl 0\n"},
        {6, INTERRUPT_EXTERNAL, false, "int 06 external at 0008:00000600 cpl 0\n"},
        {9, INTERRUPT_EXCEPTION, false, "int 09 exception at 0008:00000600 cpl 0\n"},
        {9, INTERRUPT_EXCEPTION, true, "int 09 exception  error 1234 at 0008:00000600 cpl 0\n"},
        {1, INTERRUPT_ICEBP, false, "int 01 int1 at 0008:00000600 cpl 0\n"},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        char *text;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        world_protect(0);
        put_gate(IDT, (u16)(rows[i].vector * 8), DA_P | SYS_INT32, CODE0, 0, 0);
        CPU->r[EAX] = 0x77774c01;
        log_to(stream);
        log_mask = LOG_INT;
        interrupt_enter(CPU, rows[i].vector, rows[i].kind, rows[i].has_error, 0x1234, 0x600);
        log_mask = 0;
        log_to(NULL);
        fclose(stream);
        ck_assert_str_eq(text, rows[i].line);
        free(text);
    }
    static const char *const names[] = {"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD",
                                        "#NM", "#DF", NULL,  "#TS", "#NP", "#SS", "#GP",
                                        "#PF", NULL,  "#MF", "#AC", "#MC", "#XM"};
    for (unsigned i = 0; i < 32; i++) {
        const char *want = i < ARRAY_LEN(names) ? names[i] : NULL, *got = exception_name(i);
        ck_assert(want ? got && !strcmp(got, want) : !got);
    }
}
END_TEST

Suite *frame_suite(void)
{
    const TTest *const tests[] = {
        an_interrupt_needs_room_for_its_frame_and_no_more,
        a_far_call_needs_room_for_its_frame_and_no_more,
        in_real_mode_a_frame_is_three_words,
        the_idt_may_end_with_the_gate,
        every_type_in_the_idt_and_what_it_does_to_if,
        a_handler_may_begin_at_its_limit,
        frames_of_ring_3_obey_the_alignment_check,
        a_frame_has_the_rights_of_its_level,
        a_debug_exception_opens_the_debug_registers,
        the_log_names_kinds_errors_and_functions,
        NULL,
    };
    return world_suite("frame", tests);
}
