/* SPDX-License-Identifier: MIT */
/* System instructions: who may run them, and what control registers take. SDM 3A "Control
 * Registers", "Privileged Instructions"; SDM 2A to 2C under each name. */
#include "tests/unit/guest.h"

static struct guest *g;

static void setup(void)
{
    g = guest_new();
    guest_flat(g, 0);
    g->cpu.r[EBX] = GUEST_DATA;
}

static void teardown(void)
{
    guest_free(g);
}

static void vm86(unsigned iopl)
{
    guest_flat(g, 3);
    g->cpu.eflags |= FL_VM | iopl << 12;
    for (unsigned i = 0; i < SEG_COUNT; i++)
        guest_segment(g, i, 0x1000, 0x10000, 0xffff, 0x0f3);
    g->cpu.r[ESP] = 0x8000;
    g->cpu.eip = g->start = 0;
}

static void expect_fault(const char *hex, int vector)
{
    guest_do(g, hex);
    ck_assert_msg(guest_vector(g) == vector, "%s: vector %d, not %d", hex, guest_vector(g), vector);
    if (vector == EX_GP)
        ck_assert_uint_eq(guest_stack(g, 0), 0);
}

START_TEST(privileged_instructions_fault_in_ring_3_and_virtual_8086_mode)
{
    static const char *const codes[] = {
        "f4",       "0f 06",    "0f 08",    "0f 09",    "0f 01 17", "0f 01 1f",
        "0f 01 f0", "0f 01 3f", "0f 20 c0", "0f 22 c0", "0f 21 c0", "0f 23 c0",
        "0f 30",    "0f 32",
    };
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        guest_flat(g, 3);
        cpu_set_eflags(&g->cpu, FL_IOPL);
        expect_fault(codes[i], EX_GP);
        vm86(3);
        expect_fault(codes[i], EX_GP);
    }
    guest_flat(g, 3);
    expect_fault("0f 00 d0", EX_GP); /* LLDT, LTR: undefined in virtual-8086 mode */
    guest_flat(g, 3);
    expect_fault("0f 00 d8", EX_GP);
}
END_TEST

START_TEST(other_system_instructions_run_in_ring_3)
{
    static const char *const codes[] = {"0f 01 03", "0f 01 0b", "0f 01 e0", "0f 00 c0",
                                        "0f 00 c8", "0f a2",    "0f 31",    "0f 02 c0",
                                        "0f 03 c0", "0f 00 e0", "0f 00 e8", "63 c0"};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        guest_flat(g, 3);
        g->cpu.r[EBX] = GUEST_DATA;
        expect_fault(codes[i], -1);
    }
}
END_TEST

START_TEST(descriptor_instructions_are_undefined_without_descriptors)
{
    static const char *const codes[] = {"0f 00 c0", "0f 00 c8", "0f 00 d0", "0f 00 d8", "0f 00 e0",
                                        "0f 00 e8", "0f 02 c0", "0f 03 c0", "63 c0"};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        guest_real(g);
        expect_fault(codes[i], EX_UD);
        vm86(3);
        expect_fault(codes[i], EX_UD);
    }
}
END_TEST

START_TEST(if_is_guarded_by_iopl)
{
    for (unsigned iopl = 0; iopl < 4; iopl++) {
        guest_flat(g, 3);
        cpu_set_eflags(&g->cpu, iopl << 12);
        expect_fault("fb", iopl == 3 ? -1 : EX_GP);
        guest_flat(g, 3);
        cpu_set_eflags(&g->cpu, iopl << 12 | FL_IF);
        expect_fault("fa", iopl == 3 ? -1 : EX_GP);
        vm86(iopl);
        expect_fault("fa", iopl == 3 ? -1 : EX_GP);
    }
    guest_flat(g, 0);
    expect_fault("fb", -1);
    ck_assert_uint_eq(g->cpu.eflags & FL_IF, FL_IF);
}
END_TEST

/* In virtual-8086 mode IOPL guards these as well. SDM 3B "Sensitive Instructions". */
START_TEST(sensitive_instructions_of_virtual_8086_mode)
{
    static const char *const codes[] = {"9c", "9d", "cd 30", "cf"};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        vm86(0);
        expect_fault(codes[i], EX_GP);
    }
    vm86(0);
    expect_fault("cc", EX_BP); /* INT3 is not */
}
END_TEST

/* CR0. */

static void write_cr0(u32 value, int vector)
{
    g->cpu.r[EAX] = value;
    expect_fault("0f 22 c0", vector);
}

START_TEST(combinations_of_cr0_that_mean_nothing_are_refused)
{
    u32 before = g->cpu.cr0;
    for (unsigned i = 0; i < 16; i++) {
        u32 value = (i & 1 ? CR0_PE : 0) | (i & 2 ? CR0_PG : 0) | (i & 4 ? CR0_NW : 0) |
                    (i & 8 ? CR0_CD : 0);
        bool good = !(i & 2 && !(i & 1)) && !(i & 4 && !(i & 8));
        guest_flat(g, 0);
        g->cpu.cr3 = GUEST_PAGES;
        write_cr0(value, good ? -1 : EX_GP);
        ck_assert_uint_eq(g->cpu.cr0, good ? value | CR0_ET : before);
    }
}
END_TEST

START_TEST(reserved_bits_of_cr0_stay_clear_and_et_stays_set)
{
    write_cr0(0x1ff8ffc0 | CR0_PE, -1);
    ck_assert_uint_eq(g->cpu.cr0, CR0_PE | CR0_ET);
    write_cr0(CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM, -1);
    ck_assert_uint_eq(g->cpu.cr0,
                      CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET | CR0_NE | CR0_WP | CR0_AM);
}
END_TEST

START_TEST(lmsw_sets_pe_and_never_clears_it)
{
    guest_real(g);
    g->cpu.r[EAX] = 0xfff0;
    guest_do(g, "0f 01 f0");
    ck_assert_uint_eq(g->cpu.cr0, CR0_ET);
    g->cpu.r[EAX] = 0xf;
    guest_do(g, "0f 01 f0");
    ck_assert_uint_eq(g->cpu.cr0, CR0_ET | 0xf);
    g->cpu.r[EAX] = 0;
    guest_do(g, "0f 01 f0");
    ck_assert_uint_eq(g->cpu.cr0, CR0_ET | CR0_PE);
}
END_TEST

START_TEST(lmsw_from_memory_leaves_the_upper_half_of_cr0)
{
    g->cpu.cr0 |= CR0_WP | CR0_NE;
    put16(g->ram + GUEST_DATA, CR0_TS);
    guest_do(g, "0f 01 33");
    ck_assert_uint_eq(g->cpu.cr0, CR0_PE | CR0_ET | CR0_TS | CR0_WP | CR0_NE);
}
END_TEST

START_TEST(smsw_stores_a_word_in_memory_and_all_of_cr0_in_a_register)
{
    g->cpu.cr0 |= CR0_WP;
    g->cpu.r[EAX] = 0xffffffff;
    guest_do(g, "0f 01 e0");
    ck_assert_uint_eq(g->cpu.r[EAX], g->cpu.cr0);
    g->cpu.r[EAX] = 0xffffffff;
    guest_do(g, "66 0f 01 e0");
    ck_assert_uint_eq(g->cpu.r[EAX], 0xffff0000 | (CR0_PE | CR0_ET));
    put32(g->ram + GUEST_DATA, 0xffffffff);
    guest_do(g, "0f 01 23");
    ck_assert_uint_eq(get32(g->ram + GUEST_DATA), 0xffff0000 | (CR0_PE | CR0_ET));
}
END_TEST

START_TEST(other_control_registers)
{
    g->cpu.r[EAX] = 0x12345678;
    guest_do(g, "0f 22 d0"); /* cr2 */
    guest_do(g, "0f 20 d1");
    ck_assert_uint_eq(g->cpu.r[ECX], 0x12345678);
    g->cpu.r[EAX] = GUEST_PAGES;
    guest_do(g, "0f 22 d8");
    guest_do(g, "0f 20 d9");
    ck_assert_uint_eq(g->cpu.r[ECX], GUEST_PAGES);
    expect_fault("0f 20 c8", EX_UD); /* cr1 */
    guest_flat(g, 0);
    expect_fault("0f 20 e8", EX_UD); /* cr5 */
    guest_flat(g, 0);
    g->cpu.r[EAX] = 0x80000000;
    expect_fault("0f 22 e0", EX_GP); /* a bit of CR4 that is not there */
    ck_assert_uint_eq(g->cpu.cr4, 0);
}
END_TEST

START_TEST(debug_registers_have_fixed_bits)
{
    g->cpu.r[EAX] = 0xffffffff;
    guest_do(g, "0f 23 f0");
    guest_do(g, "0f 23 c0");
    guest_do(g, "0f 23 f8");
    ck_assert_uint_eq(g->cpu.dr[6], 0xffffeffe | 1);
    ck_assert_uint_eq(g->cpu.dr[7] & 0xd400, 0x0400);
    ck_assert_uint_eq(g->cpu.dr[0], 0xffffffff);
    guest_flat(g, 0);
    guest_do(g, "0f 23 f0");
    guest_do(g, "0f 23 f8");
    ck_assert_uint_eq(g->cpu.dr[6], 0xffff0ff0);
    ck_assert_uint_eq(g->cpu.dr[7], 0x400);
}
END_TEST

START_TEST(dr4_and_dr5_are_others_names_until_cr4_de)
{
    g->cpu.dr[7] = 0x401;
    guest_do(g, "0f 21 e8"); /* mov eax,dr5 */
    ck_assert_uint_eq(g->cpu.r[EAX], 0x401);
    g->cpu.r[EAX] = CR4_DE;
    guest_do(g, "0f 22 e0");
    expect_fault("0f 21 e8", EX_UD);
}
END_TEST

/* Tables. */

START_TEST(table_registers_are_a_limit_and_a_base)
{
    put16(g->ram + GUEST_DATA, 0x1234);
    put32(g->ram + GUEST_DATA + 2, 0x89abcdef);
    guest_do(g, "0f 01 1b"); /* lidt [ebx] */
    ck_assert(g->cpu.idtr.limit == 0x1234 && g->cpu.idtr.base == 0x89abcdef);
    g->cpu.r[EBX] += 0x10;
    guest_do(g, "0f 01 0b"); /* sidt [ebx] */
    ck_assert(!memcmp(g->ram + GUEST_DATA, g->ram + GUEST_DATA + 0x10, 6));
    g->cpu.r[EBX] -= 0x10;
    guest_do(g, "66 0f 01 13"); /* lgdt with 16-bit operands: 24 bits of base */
    ck_assert(g->cpu.gdtr.limit == 0x1234 && g->cpu.gdtr.base == 0xabcdef);
}
END_TEST

START_TEST(a_table_operand_that_faults_changes_nothing)
{
    guest_page(g);
    put32(guest_pte(g, GUEST_DATA + 0x1000), 0);
    guest_flush(g);
    g->cpu.r[EBX] = GUEST_DATA + 0xffc;
    put32(g->ram + GUEST_DATA + 0xffc, 0x5a5a5a5a);
    struct table_register before = g->cpu.gdtr;
    expect_fault("0f 01 13", EX_PF);
    ck_assert(!memcmp(&before, &g->cpu.gdtr, sizeof before));
    guest_flat(g, 0);
    guest_page(g);
    g->cpu.r[EBX] = GUEST_DATA + 0xffc;
    expect_fault("0f 01 03", EX_PF); /* sgdt */
    ck_assert_uint_eq(get32(g->ram + GUEST_DATA + 0xffc), 0x5a5a5a5a);
}
END_TEST

START_TEST(selectors_of_tables_are_stored_like_words)
{
    g->cpu.r[EAX] = g->cpu.r[ECX] = 0xffffffff;
    guest_do(g, "0f 00 c8"); /* str eax */
    ck_assert_uint_eq(g->cpu.r[EAX], GUEST_TSS_SELECTOR);
    guest_do(g, "66 0f 00 c9"); /* str cx */
    ck_assert_uint_eq(g->cpu.r[ECX], 0xffff0000 | GUEST_TSS_SELECTOR);
    put32(g->ram + GUEST_DATA, 0xffffffff);
    guest_do(g, "0f 00 03"); /* sldt [ebx] */
    ck_assert_uint_eq(get32(g->ram + GUEST_DATA), 0xffff0000);
}
END_TEST

START_TEST(arpl_raises_a_privilege_level)
{
    for (unsigned i = 0; i < 16; i++) {
        unsigned dst = i & 3, src = i >> 2;
        g->cpu.r[EAX] = 0xabcd1230 | dst;
        g->cpu.r[ECX] = 0x4560 | src;
        guest_do(g, "63 c8");
        ck_assert_uint_eq(g->cpu.r[EAX], 0xabcd1230 | (dst < src ? src : dst));
        ck_assert_int_eq(!!(cpu_eflags(&g->cpu) & FL_ZF), dst < src);
    }
}
END_TEST

/* Identification and time. */

START_TEST(cpuid_names_the_part_and_what_it_can)
{
    g->cpu.r[EAX] = 0;
    guest_do(g, "0f a2");
    ck_assert_uint_ge(g->cpu.r[EAX], 1);
    u32 name[3] = {(u32)g->cpu.r[EBX], (u32)g->cpu.r[EDX], (u32)g->cpu.r[ECX]};
    ck_assert(!memcmp(name, "GenuineIntel", 12));
    g->cpu.r[EAX] = 1;
    guest_do(g, "0f a2");
    ck_assert_uint_eq(g->cpu.r[EAX], cpu_model_default()->signature);
    u32 needed = 1 << 4 | 1 << 5 | 1 << 8 | 1 << 15; /* TSC, MSR, CX8, CMOV */
    ck_assert_uint_eq(g->cpu.r[EDX] & needed, needed);
    u32 unconnected = 1 << FEATURE_APIC;
    ck_assert_uint_eq(g->cpu.r[EDX] | unconnected, cpu_model_default()->features);
}
END_TEST

static u64 tsc(void)
{
    guest_do(g, "0f 31");
    return (u32)g->cpu.r[EAX] | g->cpu.r[EDX] << 32;
}

START_TEST(the_time_stamp_counts_clocks)
{
    u64 first = tsc(), clock = g->clock.cycles;
    guest_code(g, "90 90 90 90 90");
    g->cpu.eip = g->start;
    guest_step(g, 5);
    u64 passed = g->clock.cycles - clock;
    ck_assert_uint_eq(tsc() - first, passed + (g->clock.cycles - clock - passed));
    ck_assert_uint_gt(passed, 0);
}
END_TEST

START_TEST(the_time_stamp_can_be_set_and_forbidden)
{
    g->cpu.r[ECX] = 0x10;
    g->cpu.r[EAX] = 0xfffffff0;
    g->cpu.r[EDX] = 0x12;
    guest_do(g, "0f 30"); /* wrmsr */
    u64 now = tsc();
    ck_assert_uint_ge(now, 0xfffffff0); /* the upper half is cleared */
    ck_assert_uint_lt(now, 0x100000100);
    g->cpu.r[ECX] = 0x10;
    guest_do(g, "0f 32"); /* rdmsr */
    ck_assert_uint_eq(g->cpu.r[EDX], now >> 32);
    g->cpu.r[EAX] = CR4_TSD;
    guest_do(g, "0f 22 e0");
    expect_fault("0f 31", -1); /* ring 0 still may */
    u32 cr4 = g->cpu.cr4;
    guest_flat(g, 3);
    g->cpu.cr4 = cr4;
    expect_fault("0f 31", EX_GP);
}
END_TEST

START_TEST(a_model_specific_register_that_is_not_there_faults)
{
    g->cpu.r[ECX] = 0xc0000080;
    expect_fault("0f 32", EX_GP);
    guest_flat(g, 0);
    g->cpu.r[ECX] = 0x12345;
    expect_fault("0f 30", EX_GP);
}
END_TEST

/* Coprocessor. SDM 3A "x87 FPU" table of EM, MP, TS. */
START_TEST(escapes_and_wait_fault_as_em_mp_and_ts_say)
{
    for (unsigned i = 0; i < 8; i++) {
        u32 bits = (i & 1 ? CR0_EM : 0) | (i & 2 ? CR0_MP : 0) | (i & 4 ? CR0_TS : 0);
        guest_flat(g, 0);
        g->cpu.cr0 |= bits;
        expect_fault("d9 e8", i & 5 ? EX_NM : -1);
        guest_flat(g, 0);
        g->cpu.cr0 |= bits;
        expect_fault("9b", (i & 6) == 6 ? EX_NM : -1);
    }
}
END_TEST

START_TEST(clts_lets_escapes_run_again)
{
    g->cpu.cr0 |= CR0_TS | CR0_MP;
    guest_do(g, "0f 06");
    ck_assert_uint_eq(g->cpu.cr0 & (CR0_TS | CR0_MP), CR0_MP);
    expect_fault("d9 e8", -1);
}
END_TEST

START_TEST(undefined_opcodes_and_misplaced_locks)
{
    static const char *const codes[] = {"0f 0b",    "0f ff",    "0f b9 c0", "f0 90",
                                        "f0 01 c0", "f0 8b 03", "f0 39 03", "8e c8",
                                        "0f c7 c8", "c4 c0",    "8d c0",    "f0 0f a3 03"};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        guest_flat(g, 0);
        expect_fault(codes[i], EX_UD);
        ck_assert_uint_eq(guest_stack(g, 0), g->start);
    }
}
END_TEST

Suite *system_suite(void)
{
    const TTest *const tests[] = {
        privileged_instructions_fault_in_ring_3_and_virtual_8086_mode,
        other_system_instructions_run_in_ring_3,
        descriptor_instructions_are_undefined_without_descriptors,
        if_is_guarded_by_iopl,
        sensitive_instructions_of_virtual_8086_mode,
        combinations_of_cr0_that_mean_nothing_are_refused,
        reserved_bits_of_cr0_stay_clear_and_et_stays_set,
        lmsw_sets_pe_and_never_clears_it,
        lmsw_from_memory_leaves_the_upper_half_of_cr0,
        smsw_stores_a_word_in_memory_and_all_of_cr0_in_a_register,
        other_control_registers,
        debug_registers_have_fixed_bits,
        dr4_and_dr5_are_others_names_until_cr4_de,
        table_registers_are_a_limit_and_a_base,
        a_table_operand_that_faults_changes_nothing,
        selectors_of_tables_are_stored_like_words,
        arpl_raises_a_privilege_level,
        cpuid_names_the_part_and_what_it_can,
        the_time_stamp_counts_clocks,
        the_time_stamp_can_be_set_and_forbidden,
        a_model_specific_register_that_is_not_there_faults,
        escapes_and_wait_fault_as_em_mp_and_ts_say,
        clts_lets_escapes_run_again,
        undefined_opcodes_and_misplaced_locks,
        NULL,
    };
    return guest_suite("system", tests, setup, teardown);
}
