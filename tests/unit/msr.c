/* SPDX-License-Identifier: MIT */
/* What tells one model from another: CPUID, MSRs, counters, test registers, flags. SDM 2A "CPUID",
 * AP-485; SDM 4 "Model-Specific Registers"; SDM 3B "Performance Monitoring". */
#include <stdio.h>

#include "tests/unit/guest_rig.h"

static void setup(void)
{
    use("pentium3");
}

static void check_held(u32 n, u64 v)
{
    ck_assert_msg(guest_wrmsr(g, n, v) == -1, "WRMSR %x", n);
    ck_assert_int_eq(guest_rdmsr(g, n), -1);
    ck_assert_msg(guest_edx_eax(g) == v, "MSR %x is %llx", n, (unsigned long long)guest_edx_eax(g));
}

/* AP-485, the tables of signatures, feature flags and cache descriptors. The bit of the APIC (9)
 * is missing, as on parts whose APIC is switched off. */
START_TEST(cpuid_is_that_of_the_part)
{
    static const struct {
        const char *name;
        u32 max, signature, brand, features, eax2, edx2;
    } parts[] = {
        {"486dx4", 1, 0x480, 0, 0x3, 0, 0},
        {"pentium", 1, 0x525, 0, 0x1bf, 0, 0},
        {"pentium-mmx", 1, 0x543, 0, 0x8001bf, 0, 0},
        {"pentium-pro", 2, 0x619, 0, 0xf9ff, 0x03020101, 0x06040a42},
        {"pentium2", 2, 0x652, 0, 0x183f9ff, 0x03020101, 0x0c040843},
        {"pentium3", 2, 0x683, 2, 0x383f9ff, 0x03020101, 0x0c040882},
    };
    const u32 coming = 1 << FEATURE_FPU | 1 << FEATURE_SSE; /* said as soon as they are there */
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        use(parts[i].name);
        ck_assert_uint_eq(g->cpu.model->signature, parts[i].signature);
        g->cpu.r[EAX] = 0;
        guest_do(g, "0f a2");
        ck_assert_uint_eq(g->cpu.r[EAX], parts[i].max);
        ck_assert_uint_eq(g->cpu.r[EBX], 0x756e6547);
        g->cpu.r[EAX] = 1;
        guest_do(g, "0f a2");
        ck_assert_uint_eq(g->cpu.r[EAX], parts[i].signature);
        ck_assert_uint_eq(g->cpu.r[EBX], parts[i].brand);
        ck_assert_uint_eq(g->cpu.r[ECX], 0);
        ck_assert_uint_eq(g->cpu.r[EDX] | coming, parts[i].features | coming);
        if (parts[i].max < 2)
            continue;
        for (u32 leaf = 2; leaf < 5; leaf++) { /* beyond the last one it answers */
            g->cpu.r[EAX] = leaf;
            guest_do(g, "0f a2");
            ck_assert_uint_eq(g->cpu.r[EAX], parts[i].eax2);
            ck_assert_uint_eq(g->cpu.r[EBX] | g->cpu.r[ECX], 0);
            ck_assert_uint_eq(g->cpu.r[EDX], parts[i].edx2);
        }
    }
    use("486");
    guest_do(g, "0f a2");
    ck_assert_int_eq(guest_vector(g), EX_UD);
}
END_TEST

START_TEST(models_are_found_by_other_names_too)
{
    ck_assert_ptr_eq(cpu_model_find("ppro", 4), cpu_model_find("pentium-pro", 11));
    for (unsigned i = 0; i < cpu_alias_count; i++) {
        const struct cpu_alias *a = &cpu_aliases[i];
        const struct cpu_model *m = cpu_model_find(a->name, strlen(a->name));
        ck_assert_msg(m && !strcmp(m->name, a->model), "%s", a->name);
    }
    ck_assert_ptr_null(cpu_model_find("p", 1));
}
END_TEST

/* Rule C1: how programs tell them apart. */
START_TEST(flags_that_toggle_tell_the_models_apart)
{
    static const struct {
        const char *name;
        u32 toggles;
    } models[] = {
        {"386", 0},
        {"486sx", FL_AC},
        {"486dx4", FL_AC | FL_ID},
        {"pentium", FL_AC | FL_ID},
    };
    for (size_t i = 0; i < ARRAY_LEN(models); i++) {
        use(models[i].name);
        g->cpu.r[EAX] = FL_AC | FL_ID | 0xffc00000;
        guest_code(g, "50 9d 9c 59"); /* push eax; popf; pushf; pop ecx */
        g->cpu.eip = g->start;
        guest_step(g, 4);
        ck_assert_uint_eq(g->cpu.r[ECX], models[i].toggles | FL_ALWAYS);
    }
}
END_TEST

/* Rule C34. */
START_TEST(test_registers_are_those_of_386_and_486)
{
    for (unsigned n = 0; n < 8; n++) {
        char hex[12];
        snprintf(hex, sizeof hex, "0f 26 %02x", 0xc0 | n << 3);
        use("386");
        g->cpu.r[EAX] = 0x1234;
        guest_do(g, hex);
        ck_assert_int_eq(guest_vector(g), n < 6 ? EX_UD : -1);
        use("486");
        g->cpu.r[EAX] = 0x1234;
        guest_do(g, hex);
        ck_assert_int_eq(guest_vector(g), n < 3 ? EX_UD : -1);
        use("pentium");
        guest_do(g, hex);
        ck_assert_int_eq(guest_vector(g), EX_UD);
    }
}
END_TEST

/* Rule C39: each number on each kind of processor. */
START_TEST(each_model_has_its_registers)
{
    enum { P5 = 1, PRO = 2, P6 = 4 };
    static const struct {
        u32 first, last, models;
    } there[] = {
        {0x0, 0x1, P5 | PRO | P6}, {0x10, 0x10, P5 | PRO | P6}, {0x11, 0x13, P5},
        {0x17, 0x17, P6},          {0x1b, 0x1b, PRO | P6},      {0x2a, 0x2a, PRO | P6},
        {0x33, 0x33, PRO | P6},    {0x88, 0x8a, P6},            {0x8b, 0x8b, PRO | P6},
        {0xc1, 0xc2, PRO | P6},    {0xfe, 0xfe, PRO | P6},      {0x116, 0x116, P6},
        {0x118, 0x11b, P6},        {0x11e, 0x11e, P6},          {0x174, 0x176, PRO | P6},
        {0x179, 0x17b, PRO | P6},  {0x186, 0x187, PRO | P6},    {0x1d9, 0x1d9, PRO | P6},
        {0x1db, 0x1de, PRO | P6},  {0x1e0, 0x1e0, PRO | P6},    {0x200, 0x20f, PRO | P6},
        {0x250, 0x250, PRO | P6},  {0x258, 0x259, PRO | P6},    {0x268, 0x26f, PRO | P6},
        {0x277, 0x277, P6},        {0x2ff, 0x2ff, PRO | P6},    {0x400, 0x402, PRO | P6},
        {0x404, 0x406, PRO | P6},  {0x408, 0x40a, PRO | P6},    {0x40c, 0x40e, PRO | P6},
        {0x410, 0x412, PRO | P6},
    };
    static const char *const names[] = {"pentium", "pentium-pro", "pentium3"};
    for (unsigned m = 0; m < 3; m++) {
        use(names[m]);
        for (u32 n = 0; n < 0x500; n++) {
            bool want = false;
            for (size_t i = 0; i < ARRAY_LEN(there); i++)
                want |= n >= there[i].first && n <= there[i].last && there[i].models >> m & 1;
            ck_assert_msg(guest_rdmsr(g, n) == (want ? -1 : EX_GP), "%s, MSR %x", names[m], n);
        }
    }
}
END_TEST

START_TEST(values_after_reset)
{
    static const struct {
        u32 number;
        u64 value;
    } reset[] = {
        {0x1b, 0xfee00100}, {0x8b, 0}, {0xfe, 0x508}, {0x179, 0x105}, {0x277, 0x0007040600070406},
        {0x2ff, 0},         {0x186, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(reset); i++) {
        ck_assert_int_eq(guest_rdmsr(g, reset[i].number), -1);
        ck_assert_uint_eq(guest_edx_eax(g), reset[i].value);
    }
}
END_TEST

START_TEST(registers_that_hold_a_value)
{
    check_held(0x2a, 0x04040000);
    check_held(0x8b, 0);
    check_held(0x174, 0x10);
    check_held(0x175, 0x12345678);
    check_held(0x17b, ~0ull);
    check_held(0x1d9, 0x43);
    check_held(0x400, 0xf);
    ck_assert_int_eq(guest_wrmsr(g, 0x79, 0x12345), -1); /* the microcode: as if it did not fit */
    ck_assert_int_eq(guest_rdmsr(g, 0x79), EX_GP);
    ck_assert_int_eq(guest_wrmsr(g, 0x1b, 0xfed00900), -1); /* no APIC to switch on */
    guest_rdmsr(g, 0x1b);
    ck_assert_uint_eq(guest_edx_eax(g), 0xfed00100);
}
END_TEST

START_TEST(bits_that_are_not_there_are_refused)
{
    static const struct {
        u32 number;
        u64 value;
    } bad[] = {
        {0x1b, 1}, {0xfe, 0}, {0x179, 0}, {0x17a, 8}, {0x200, 2}, {0x200, 0x106},
        {0x200, (u64)1 << 36}, {0x201, 0x400}, {0x201, (u64)1 << 36}, {0x250, 0x02},
        {0x259, (u64)7 << 56}, {0x26f, 0x03}, {0x277, 2}, {0x277, (u64)8 << 32}, {0x2ff, 0x1000},
        {0x2ff, 7}, {0x401, 1}, {0x403, 0}, {0x186, 1 << 21}, {0x17, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        guest_rdmsr(g, bad[i].number);
        u64 before = guest_vector(g) == -1 ? guest_edx_eax(g) : 0;
        ck_assert_msg(guest_wrmsr(g, bad[i].number, bad[i].value) == EX_GP, "WRMSR %x, %llx",
                      bad[i].number, (unsigned long long)bad[i].value);
        if (guest_rdmsr(g, bad[i].number) == -1)
            ck_assert_uint_eq(guest_edx_eax(g), before);
    }
}
END_TEST

START_TEST(memory_types_are_kept)
{
    check_held(0x200, 0xfd0000006);
    check_held(0x201, 0xff0000800);
    check_held(0x20e, 1);
    check_held(0x250, 0x0606060606060606);
    check_held(0x26f, 0x0504010005040100);
    check_held(0x277, 0x0706050401000706);
    check_held(0x2ff, 0xc06);
}
END_TEST

/* Counters. */

static u64 rdpmc(unsigned n)
{
    g->cpu.r[ECX] = n;
    guest_do(g, "0f 33");
    ck_assert_int_eq(guest_vector(g), -1);
    return guest_edx_eax(g);
}

START_TEST(p6_counters_count_instructions_and_clocks)
{
    ck_assert_int_eq(guest_wrmsr(g, 0x186, 0x4300c0), -1); /* EN OS USR, INST_RETIRED */
    ck_assert_int_eq(guest_wrmsr(g, 0x187, 0x030079), -1); /* CPU_CLK_UNHALTED */
    ck_assert_int_eq(guest_wrmsr(g, 0xc1, 1000), -1);
    ck_assert_int_eq(guest_wrmsr(g, 0xc2, 0), -1);
    u64 insns = rdpmc(0);
    ck_assert_uint_eq(rdpmc(0), insns + 1);
    guest_code(g, "90 90 90 90 90");
    g->cpu.eip = g->start;
    guest_step(g, 5);
    ck_assert_uint_eq(rdpmc(0), insns + 7);
    u64 clocks = rdpmc(1), cycles = g->clock.cycles;
    g->cpu.eip = g->start;
    guest_do(g, "f4");
    g->clock.deadline = g->clock.cycles + 100000;
    cpu_run(&g->cpu); /* halted clocks do not count */
    g->cpu.halted = false;
    u64 spent = rdpmc(1) - clocks;
    ck_assert_uint_lt(spent, 10000);
    ck_assert_uint_gt(spent, 0);
    ck_assert_uint_gt(g->clock.cycles - cycles, 100000);
    ck_assert_int_eq(guest_wrmsr(g, 0x186, 0x0300c0), -1); /* EN clear: both stand still */
    insns = rdpmc(0);
    ck_assert_uint_eq(rdpmc(0), insns);
    clocks = rdpmc(1);
    ck_assert_uint_eq(rdpmc(1), clocks);
}
END_TEST

START_TEST(p6_counters_have_40_bits_of_a_sign_extended_value)
{
    ck_assert_int_eq(guest_wrmsr(g, 0xc1, 0xabcd80000000), -1);
    ck_assert_uint_eq(rdpmc(0), 0xff80000000);
    guest_rdmsr(g, 0xc1);
    ck_assert_uint_eq(guest_edx_eax(g), 0xff80000000);
    ck_assert_int_eq(guest_wrmsr(g, 0xc1, 0x7fffffff), -1);
    ck_assert_uint_eq(rdpmc(0), 0x7fffffff);
}
END_TEST

START_TEST(p5_counters_are_msrs)
{
    use("pentium");
    ck_assert_int_eq(guest_wrmsr(g, 0x11, 0xd6), -1); /* event 16h at all privileges */
    ck_assert_int_eq(guest_wrmsr(g, 0x12, 0xff00000000), -1);
    guest_rdmsr(g, 0x12);
    u64 first = guest_edx_eax(g);
    ck_assert_uint_gt(first, 0xff00000000);
    guest_rdmsr(g, 0x12);
    ck_assert_uint_eq(guest_edx_eax(g), first + 1);
    guest_rdmsr(g, 0x13);
    ck_assert_uint_eq(guest_edx_eax(g), 0);
    guest_do(g, "0f 33"); /* RDPMC came with MMX */
    ck_assert_int_eq(guest_vector(g), EX_UD);
    use("pentium-mmx");
    ck_assert_int_eq(guest_wrmsr(g, 0x12, 5), -1);
    ck_assert_uint_eq(rdpmc(0), 5);
}
END_TEST

START_TEST(cr4_pce_lets_ring_3_read_counters)
{
    for (unsigned pce = 0; pce < 2; pce++) {
        guest_flat(g, 3);
        g->cpu.cr4 = pce ? CR4_PCE : 0;
        g->cpu.r[ECX] = 0;
        guest_do(g, "0f 33");
        ck_assert_int_eq(guest_vector(g), pce ? -1 : EX_GP);
    }
    g->cpu.r[ECX] = 2; /* there are two */
    guest_do(g, "0f 33");
    ck_assert_int_eq(guest_vector(g), EX_GP);
}
END_TEST

START_TEST(debug_exceptions_clear_btf_and_lbr)
{
    ck_assert_int_eq(guest_wrmsr(g, 0x1d9, 0x43), -1);
    guest_do(g, "f1");
    ck_assert_uint_eq(g->cpu.msr[MSR_AT_DEBUGCTL], 0x40);
}
END_TEST

Suite *msr_suite(void)
{
    const TTest *const tests[] = {
        cpuid_is_that_of_the_part,
        models_are_found_by_other_names_too,
        flags_that_toggle_tell_the_models_apart,
        test_registers_are_those_of_386_and_486,
        each_model_has_its_registers,
        values_after_reset,
        registers_that_hold_a_value,
        bits_that_are_not_there_are_refused,
        memory_types_are_kept,
        p6_counters_count_instructions_and_clocks,
        p6_counters_have_40_bits_of_a_sign_extended_value,
        p5_counters_are_msrs,
        cr4_pce_lets_ring_3_read_counters,
        debug_exceptions_clear_btf_and_lbr,
        NULL,
    };
    return guest_suite("msr", tests, setup, teardown);
}
