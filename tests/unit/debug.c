/* SPDX-License-Identifier: MIT */
/* Debug registers: breakpoints on instructions, data and ports, single step, and who comes first.
 * SDM 3B "Debug Registers", "Debug Exceptions"; SDM 3A "Priority Among Simultaneous Exceptions and
 * Interrupts". */
#include "cpu/debug.h"

#include "tests/unit/guest_rig.h"

enum { CODE = 0, WRITE = 1, PORT = 2, ACCESS = 3 };

static void setup(void)
{
    use(cpu_model_default()->name);
    g->cpu.r[EBX] = GUEST_DATA;
}

/* Breakpoint N, enabled globally; BYTES 1, 2, 4. */
static void breakpoint(unsigned n, unsigned kind, u32 address, u32 bytes)
{
    g->cpu.dr[n] = address;
    g->cpu.dr[7] |= 2u << 2 * n | (kind | (bytes - 1) << 2) << (16 + 4 * n);
    debug_update(&g->cpu);
}

/* Run until a handler is entered: the fast engine, too. */
static void run(const char *hex)
{
    if (hex)
        guest_code(g, hex);
    g->cpu.eip = g->start;
    g->cpu.halted = false;
    g->clock.deadline = g->clock.cycles + 2000;
    cpu_run(&g->cpu);
}

static u32 return_eip(void)
{
    return guest_stack(g, 0) - g->start;
}

static u32 saved_flags(void)
{
    return guest_stack(g, 2);
}

static u32 dr6(void)
{
    return g->cpu.dr[6] & 0xe00f;
}

#define CHECK_DB(bits, offset)                                                                     \
    do {                                                                                           \
        ck_assert_int_eq(guest_vector(g), EX_DB);                                                  \
        ck_assert_uint_eq(dr6(), bits);                                                            \
        ck_assert_uint_eq(return_eip(), offset);                                                   \
    } while (0)

/* Instructions. */

START_TEST(an_instruction_breakpoint_is_a_fault_before_it)
{
    for (unsigned n = 0; n < 4; n++) {
        for (unsigned local = 0; local < 2; local++) {
            setup();
            breakpoint(n, CODE, GUEST_CODE + 2, 1);
            if (local)
                g->cpu.dr[7] = (g->cpu.dr[7] & ~0xffu) | 1u << 2 * n;
            debug_update(&g->cpu);
            run("40 40 40 40 eb fe");
            CHECK_DB(1u << n, 2);
            ck_assert_uint_eq(g->cpu.r[EAX], 2);
            ck_assert_uint_eq(saved_flags() & FL_RF, 0); /* the handler sets it */
        }
    }
}
END_TEST

START_TEST(it_is_met_in_code_that_ran_before)
{
    guest_code(g, "40 40 40 3d 00 03 00 00 72 f6 f4"); /* inc x3; cmp eax,300h; jb -10 */
    for (unsigned i = 0; i < 5; i++) {
        g->cpu.eip = g->start;
        g->cpu.r[EAX] = 0;
        g->cpu.halted = false;
        g->clock.deadline = g->clock.cycles + 300;
        cpu_run(&g->cpu);
    }
    ck_assert_int_eq(guest_vector(g), -1);
    breakpoint(1, CODE, GUEST_CODE + 1, 1);
    g->clock.deadline = g->clock.cycles + 300;
    cpu_run(&g->cpu);
    CHECK_DB(2, 1);
}
END_TEST

/* From another page, by a direct jump, a near call, falling over the edge, and IRET. */
START_TEST(it_is_met_however_the_page_is_entered)
{
    static const char *const ways[] = {
        "40 e9 fa 0f 00 00 90",       /* jmp +1000h */
        "b8 00 10 01 00 ff e0",       /* jmp eax */
        "68 00 10 01 00 c3",          /* ret */
        "9c 6a 08 68 00 10 01 00 cf", /* iret */
    };
    for (size_t i = 0; i < 2 * ARRAY_LEN(ways); i++) {
        setup();
        guest_bytes(g, GUEST_CODE + 0x1000, "41 41 41 eb fe");
        if (i & 1) { /* everything decoded and linked already */
            run(ways[i / 2]);
            g->cpu.r[ESP] = GUEST_STACK;
            g->cpu.r[ECX] = 0;
        }
        breakpoint(0, CODE, GUEST_CODE + 0x1000, 1);
        run(ways[i / 2]);
        CHECK_DB(1, 0x1000);
        ck_assert_uint_eq(g->cpu.r[ECX], 0);
    }
    setup();
    guest_bytes(g, GUEST_CODE + 0xffe, "90 90 41 eb fe");
    breakpoint(0, CODE, GUEST_CODE + 0x1000, 1);
    g->start = GUEST_CODE + 0xffe;
    run(NULL);
    CHECK_DB(1, 2);
}
END_TEST

START_TEST(only_the_first_byte_of_an_instruction_counts)
{
    breakpoint(0, CODE, GUEST_CODE + 1, 1);
    breakpoint(1, CODE, GUEST_CODE + 0x1000, 1);
    guest_bytes(g, GUEST_CODE + 0xffe, "b8 44 33 22 11 f4");
    run("b8 01 02 03 04 66 40 e9 f2 0f 00 00"); /* mov eax,..; inc ax; jmp to ffeh */
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x11223344);
    ck_assert(g->cpu.halted);
    breakpoint(2, CODE, GUEST_CODE + 5, 1); /* a prefix is the first byte */
    run(NULL);
    CHECK_DB(4, 5);
}
END_TEST

START_TEST(the_address_is_linear)
{
    guest_real(g);
    guest_code(g, "40 40 f4");
    g->cpu.idtr.limit = 0x3ff;
    breakpoint(0, CODE, GUEST_CODE + 1, 1);
    guest_step(g, 2);
    ck_assert_int_eq(guest_vector(g), EX_DB);
    ck_assert_uint_eq(get16(g->ram + 0x38000 - 6), 1);
}
END_TEST

/* IRET sets RF for one instruction. */
START_TEST(rf_lets_the_instruction_run_once)
{
    breakpoint(0, CODE, GUEST_CODE + 9, 1);
    /* push flags with RF, push cs, push target 9, iret; 9: inc eax; cmp eax,3; jb 9 ; hlt */
    guest_code(g, "90 90 90 90 90 90 90 90 cf 40 83 f8 03 72 fa f4");
    for (unsigned rf = 0; rf < 2; rf++) {
        g->cpu.r[ESP] = GUEST_STACK - 12;
        g->cpu.r[EAX] = 0;
        put32(g->ram + GUEST_STACK - 12, GUEST_CODE + 9);
        put32(g->ram + GUEST_STACK - 8, GUEST_CODE32);
        put32(g->ram + GUEST_STACK - 4, FL_ALWAYS | (rf ? FL_RF : 0));
        run(NULL);
        CHECK_DB(1, 9);
        ck_assert_uint_eq(g->cpu.r[EAX], rf);
    }
}
END_TEST

START_TEST(rf_is_gone_after_one_instruction)
{
    g->cpu.r[ESP] = GUEST_STACK - 12;
    put32(g->ram + GUEST_STACK - 12, GUEST_CODE + 1);
    put32(g->ram + GUEST_STACK - 8, GUEST_CODE32);
    put32(g->ram + GUEST_STACK - 4, FL_ALWAYS | FL_RF | FL_IF);
    guest_do(g, "cf 90 90 90");
    cpu_intr(&g->cpu, 0, true);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), 0x20);
    ck_assert_uint_eq(saved_flags(), FL_ALWAYS | FL_RF | FL_IF); /* at once: it is in the image */
    g->cpu.r[ESP] = GUEST_STACK - 12;
    put32(g->ram + GUEST_STACK - 12, GUEST_CODE + 1);
    put32(g->ram + GUEST_STACK - 4, FL_ALWAYS | FL_RF | FL_IF);
    guest_do(g, "cf 90 90 90");
    guest_step(g, 1);
    cpu_intr(&g->cpu, 0, true);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), 0x20);
    ck_assert_uint_eq(saved_flags(), FL_ALWAYS | FL_IF);
}
END_TEST

START_TEST(a_breakpoint_comes_before_faults_of_its_instruction)
{
    guest_page(g);
    put32(guest_pte(g, GUEST_CODE), 0);
    guest_flush(g);
    breakpoint(0, CODE, GUEST_CODE, 1);
    run(NULL);
    CHECK_DB(1, 0);
}
END_TEST

START_TEST(a_repeated_instruction_meets_its_breakpoint_once)
{
    breakpoint(0, CODE, GUEST_CODE + 1, 1);
    g->cpu.r[ECX] = 5;
    g->cpu.r[EDI] = GUEST_DATA;
    guest_code(g, "90 f3 aa f4");
    run(NULL);
    CHECK_DB(1, 1);
    ck_assert_uint_eq(g->cpu.r[ECX], 5);
    put32(g->ram + g->cpu.r[ESP] + 8, FL_ALWAYS | FL_RF);
    g->cpu.halted = false;
    guest_bytes(g, GUEST_HANDLERS + 1, "cf");
    run(NULL); /* from the start again: IRET comes back and the loop runs through */
    ck_assert_uint_eq(g->cpu.r[ECX], 5);
    memset(g->ram + GUEST_HANDLERS, 0xf4, 256);
    g->cpu.eip = GUEST_CODE + 1;
    g->cpu.eflags |= FL_RF;
    g->cpu.rf_at = g->clock.cycles;
    guest_step(g, 6);
    ck_assert_uint_eq(g->cpu.r[ECX], 0);
    ck_assert_int_eq(guest_vector(g), -1);
}
END_TEST

/* Data. */

START_TEST(a_data_breakpoint_is_a_trap_after_the_access)
{
    static const struct {
        const char *hex;
        bool read, write;
        u32 size;
    } codes[] = {
        {"89 03", false, true, 4},       {"8b 03", true, false, 4},
        {"88 03", false, true, 1},       {"66 8b 03", true, false, 2},
        {"01 03", true, true, 4},        {"ff 03", true, true, 4},
        {"39 03", true, false, 4},       {"87 03", true, true, 4},
        {"ff 33", true, false, 4},       {"8f 03", false, true, 4},
        {"0f b1 03", true, true, 4},     {"0f ab 03", true, true, 4},
        {"c7 03 01 02 03 04", false, true, 4},
    };
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        for (unsigned kind = WRITE; kind <= ACCESS; kind += 2) {
            setup();
            g->cpu.r[ECX] = 0;
            breakpoint(2, kind, GUEST_DATA, 1);
            guest_code(g, codes[i].hex);
            u32 length = (u32)(strlen(codes[i].hex) + 1) / 3;
            memset(g->ram + GUEST_CODE + length, 0x90, 8);
            run(NULL);
            if (kind == ACCESS || codes[i].write) {
                CHECK_DB(4, length);
                ck_assert_uint_eq(saved_flags() & FL_RF, 0);
            } else {
                ck_assert_msg(guest_vector(g) != EX_DB, "%s", codes[i].hex);
            }
        }
    }
}
END_TEST

START_TEST(any_common_byte_counts)
{
    static const u32 sizes[] = {1, 2, 4};
    for (unsigned b = 0; b < 3; b++) {
        for (unsigned s = 0; s < 3; s++) {
            for (int at = -6; at < 8; at++) {
                static const char *const stores[] = {"88 03", "66 89 03", "89 03"};
                setup();
                breakpoint(0, WRITE, GUEST_DATA + 0x104, sizes[b]);
                g->cpu.r[EBX] = (u32)(GUEST_DATA + 0x104 + at);
                guest_do(g, stores[s]);
                bool common = at < (int)sizes[b] && at + (int)sizes[s] > 0;
                ck_assert_int_eq(guest_vector(g), common ? EX_DB : -1);
            }
        }
    }
}
END_TEST

START_TEST(low_bits_of_the_address_are_ignored_by_length)
{
    breakpoint(0, WRITE, GUEST_DATA + 7, 4);
    g->cpu.r[EBX] = GUEST_DATA + 4;
    guest_do(g, "88 03");
    CHECK_DB(1, 2);
    g->cpu.r[EBX] = GUEST_DATA + 8;
    guest_do(g, "88 03");
    ck_assert_int_eq(guest_vector(g), -1);
}
END_TEST

START_TEST(an_access_across_two_pages_is_looked_at_in_both)
{
    for (unsigned side = 0; side < 2; side++) {
        setup();
        breakpoint(0, WRITE, GUEST_DATA + 0xfff + side, 1);
        g->cpu.r[EBX] = GUEST_DATA + 0xffe;
        guest_do(g, "89 03");
        CHECK_DB(1, 2);
    }
}
END_TEST

START_TEST(it_is_seen_on_a_page_that_was_used_before)
{
    run("89 03 8b 03 89 03 f4");
    breakpoint(0, WRITE, GUEST_DATA, 4);
    run("8b 03 8b 03 89 03 f4");
    CHECK_DB(1, 6);
    g->cpu.dr[7] = 0;
    debug_update(&g->cpu);
    g->cpu.r[ESP] = GUEST_STACK;
    run(NULL);
    ck_assert_int_eq(guest_vector(g), -1);
}
END_TEST

START_TEST(repeated_strings_stop_after_the_element_that_was_met)
{
    static const char *const codes[] = {"f3 aa", "f3 a4"};
    for (size_t i = 0; i < 2; i++) {
        setup();
        breakpoint(0, WRITE, GUEST_DATA + 0x10, 1);
        g->cpu.r[ECX] = 0x20;
        g->cpu.r[EDI] = GUEST_DATA;
        g->cpu.r[ESI] = GUEST_DATA + 0x800;
        run(codes[i]);
        CHECK_DB(1, 0); /* to be gone on with */
        ck_assert_uint_eq(g->cpu.r[ECX], 0xf);
        ck_assert_uint_eq(g->cpu.r[EDI], GUEST_DATA + 0x11);
        ck_assert_uint_eq(saved_flags() & FL_RF, FL_RF);
        g->cpu.r[ECX] = 1; /* the last element: a trap like any other */
        g->cpu.r[EDI] = GUEST_DATA + 0x10;
        g->cpu.r[ESP] = GUEST_STACK;
        run(codes[i]);
        CHECK_DB(1, 2);
        ck_assert_uint_eq(saved_flags() & FL_RF, 0);
    }
}
END_TEST

START_TEST(an_access_that_faults_is_not_met)
{
    guest_page(g);
    put32(guest_pte(g, GUEST_DATA + 0x1000), 0);
    guest_flush(g);
    breakpoint(0, WRITE, GUEST_DATA + 0xffe, 1);
    g->cpu.r[EBX] = GUEST_DATA + 0xffe;
    guest_do(g, "89 03");
    ck_assert_int_eq(guest_vector(g), EX_PF);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(dr6(), 0);
}
END_TEST

/* MOV SS holds off its own trap until the next instruction has run. */
START_TEST(after_mov_ss_the_trap_waits_for_the_next_instruction)
{
    breakpoint(0, ACCESS, GUEST_DATA, 2);
    put16(g->ram + GUEST_DATA, GUEST_DATA32);
    run("8e 13 40 40 f4"); /* mov ss,[ebx]; inc eax; inc eax */
    CHECK_DB(1, 3);
    ck_assert_uint_eq(g->cpu.r[EAX], 1);
}
END_TEST

START_TEST(the_trap_comes_before_interrupts)
{
    breakpoint(0, WRITE, GUEST_DATA, 4);
    g->cpu.eflags |= FL_IF;
    cpu_intr(&g->cpu, 0, true);
    g->cpu.shadow_at = g->clock.cycles; /* the interrupt waits for this instruction */
    guest_code(g, "89 03 90");
    g->cpu.eip = g->start;
    guest_step(g, 1);
    CHECK_DB(1, 2);
}
END_TEST

/* Ports. */

START_TEST(port_breakpoints_need_cr4_de)
{
    static const char *const codes[] = {"e4 80", "e6 80", "ec", "ef", "6c", "6e"};
    for (size_t i = 0; i < ARRAY_LEN(codes) * 2; i++) {
        setup();
        g->cpu.cr4 = i & 1 ? CR4_DE : 0;
        g->cpu.r[EDX] = 0x80;
        g->cpu.r[EDI] = g->cpu.r[ESI] = GUEST_DATA;
        breakpoint(3, PORT, 0x80, 1);
        guest_code(g, codes[i / 2]);
        g->cpu.eip = g->start;
        guest_step(g, 1);
        if (i & 1)
            CHECK_DB(8, (strlen(codes[i / 2]) + 1) / 3);
        else
            ck_assert_int_eq(guest_vector(g), -1);
    }
}
END_TEST

START_TEST(port_ranges_overlap_like_bytes)
{
    g->cpu.cr4 = CR4_DE;
    breakpoint(0, PORT, 0x82, 2);
    g->cpu.r[EDX] = 0x80;
    guest_do(g, "66 ed"); /* 80h, 81h */
    ck_assert_int_eq(guest_vector(g), -1);
    guest_do(g, "ed");
    CHECK_DB(1, 1);
    g->cpu.r[EDX] = 0x84;
    guest_do(g, "ed");
    ck_assert_int_eq(guest_vector(g), -1);
}
END_TEST

START_TEST(a_repeated_port_instruction_traps_after_each_element)
{
    g->cpu.cr4 = CR4_DE;
    breakpoint(0, PORT, 0x80, 1);
    g->cpu.r[EDX] = 0x80;
    g->cpu.r[EDI] = GUEST_DATA;
    g->cpu.r[ECX] = 3;
    run("f3 6c");
    CHECK_DB(1, 0);
    ck_assert_uint_eq(g->cpu.r[ECX], 2);
}
END_TEST

/* DR6, GD, T, single step. */

START_TEST(several_causes_are_one_exception)
{
    breakpoint(0, WRITE, GUEST_DATA, 4);
    breakpoint(3, ACCESS, GUEST_DATA + 2, 1);
    g->cpu.eflags |= FL_TF;
    guest_do(g, "89 03");
    CHECK_DB(9 | DR6_BS, 2);
}
END_TEST

START_TEST(processors_clear_b0_to_b3_and_software_the_rest)
{
    g->cpu.dr[6] = 0xffff0ff0 | DR6_BD | DR6_BS | 0xf;
    breakpoint(1, WRITE, GUEST_DATA, 4);
    guest_do(g, "89 03");
    CHECK_DB(2 | DR6_BD | DR6_BS, 2);
}
END_TEST

START_TEST(gd_guards_the_debug_registers)
{
    static const char *const codes[] = {"0f 23 c0", "0f 21 c0", "0f 23 f8", "0f 21 f0"};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        setup();
        g->cpu.dr[7] |= DR7_GD;
        g->cpu.r[EAX] = 0x1234;
        guest_do(g, codes[i]);
        CHECK_DB(DR6_BD, 0);
        ck_assert_uint_eq(g->cpu.r[EAX], 0x1234);
        ck_assert_uint_eq(g->cpu.dr[0], 0);
        ck_assert_uint_eq(g->cpu.dr[7] & DR7_GD, 0); /* open for the handler */
    }
    guest_flat(g, 3);
    g->cpu.dr[7] |= DR7_GD;
    guest_do(g, "0f 21 c0");
    ck_assert_int_eq(guest_vector(g), EX_GP);
}
END_TEST

START_TEST(writing_dr7_takes_effect_at_once)
{
    g->cpu.r[EAX] = GUEST_CODE + 8;
    g->cpu.r[ECX] = 2;
    run("0f 23 c0 0f 23 f9 90 90 40 f4"); /* mov dr0,eax; mov dr7,ecx; nop; nop; 8: inc eax */
    CHECK_DB(1, 8);
    setup();
    g->cpu.r[EAX] = GUEST_DATA;
    g->cpu.r[ECX] = 2 | 1 << 16;
    run("0f 23 c0 0f 23 f9 89 03 40 f4");
    CHECK_DB(1, 8);
}
END_TEST

START_TEST(single_step_traps_after_each_iteration)
{
    g->cpu.r[ECX] = 3;
    g->cpu.r[EDI] = GUEST_DATA;
    g->cpu.eflags |= FL_TF;
    guest_do(g, "f3 aa 90");
    CHECK_DB(DR6_BS, 0);
    ck_assert_uint_eq(g->cpu.r[ECX], 2);
    ck_assert_uint_eq(saved_flags() & FL_RF, FL_RF);
    g->cpu.eflags |= FL_TF;
    g->cpu.r[ECX] = 1;
    guest_do(g, "f3 aa 90");
    CHECK_DB(DR6_BS, 2);
    ck_assert_uint_eq(saved_flags() & FL_RF, 0);
}
END_TEST

START_TEST(single_step_and_int_n)
{
    g->cpu.eflags |= FL_TF;
    guest_do(g, "cd 30"); /* the handler runs without a trap, and the image has TF */
    ck_assert_int_eq(guest_vector(g), 0x30);
    ck_assert_uint_eq(saved_flags() & FL_TF, FL_TF);
    ck_assert_uint_eq(dr6(), 0);
}
END_TEST

START_TEST(icebp_tells_nothing)
{
    guest_do(g, "f1");
    CHECK_DB(0, 1);
}
END_TEST

/* Breakpoints on the stack of a handler that is entered: a trap at its first instruction. */
START_TEST(pushes_of_an_interrupt_are_accesses)
{
    breakpoint(0, WRITE, GUEST_STACK - 4, 4);
    guest_code(g, "cd 30");
    g->cpu.eip = g->start;
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_DB);
    ck_assert_uint_eq(guest_stack(g, 0), GUEST_HANDLERS + 0x30);
}
END_TEST

Suite *debug_suite(void)
{
    const TTest *const tests[] = {
        an_instruction_breakpoint_is_a_fault_before_it,
        it_is_met_in_code_that_ran_before,
        it_is_met_however_the_page_is_entered,
        only_the_first_byte_of_an_instruction_counts,
        the_address_is_linear,
        rf_lets_the_instruction_run_once,
        rf_is_gone_after_one_instruction,
        a_breakpoint_comes_before_faults_of_its_instruction,
        a_repeated_instruction_meets_its_breakpoint_once,
        a_data_breakpoint_is_a_trap_after_the_access,
        any_common_byte_counts,
        low_bits_of_the_address_are_ignored_by_length,
        an_access_across_two_pages_is_looked_at_in_both,
        it_is_seen_on_a_page_that_was_used_before,
        repeated_strings_stop_after_the_element_that_was_met,
        an_access_that_faults_is_not_met,
        after_mov_ss_the_trap_waits_for_the_next_instruction,
        the_trap_comes_before_interrupts,
        port_breakpoints_need_cr4_de,
        port_ranges_overlap_like_bytes,
        a_repeated_port_instruction_traps_after_each_element,
        several_causes_are_one_exception,
        processors_clear_b0_to_b3_and_software_the_rest,
        gd_guards_the_debug_registers,
        writing_dr7_takes_effect_at_once,
        single_step_traps_after_each_iteration,
        single_step_and_int_n,
        icebp_tells_nothing,
        pushes_of_an_interrupt_are_accesses,
        NULL,
    };
    return guest_suite("debug", tests, setup, teardown);
}
