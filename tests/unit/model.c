/* SPDX-License-Identifier: MIT */
/* Each processor's facts: clock, bus, features, the bits of CR4 and EFLAGS, which bits its MSRs
 * take. AP-485; SDM 3A "Control Registers"; SDM 3B "Architecture Compatibility"; SDM 4. */
#include "cpu/generation.h"
#include "tests/unit/guest_rig.h"

static void setup(void)
{
    use("pentium3");
}

enum {
    FPU = 1 << 0,
    VME = 1 << 1,
    P5 = 0x3bf,     /* FPU VME DE PSE TSC MSR MCE CX8 APIC */
    PRO = 0xfbff,   /* and PAE SEP MTRR PGE MCA CMOV */
    P6 = 0x183fbff, /* and PAT PSE-36 MMX FXSR */
    MMX = 1 << 23,
    SSE = 1 << 25,
    SSE2 = 1 << 26,
    EARLY = 0x37fff, /* EFLAGS without AC, VIF, VIP, ID */
    ALL = FL_AC | FL_VIF | FL_VIP | FL_ID,
};
#define DEADLINE ((u64)1 << (32 + 24)) /* of the TSC, in ECX */

static const struct {
    const char *name;
    unsigned mhz, generation, bus;
    u64 features;
    u32 cr4, eflags, pins;
    u8 insn_bytes, cpuid;
} models[] = {
    {"8088", 5, I86, 1, 0, 0, EARLY, 0xfffff, 200, 0},
    {"8086", 5, I86, 2, 0, 0, EARLY, 0xfffff, 200, 0},
    {"80186", 8, I186, 2, 0, 0, EARLY, 0xfffff, 200, 0},
    {"80286", 8, I286, 2, 0, 0, EARLY, 0xffffff, 10, 0},
    {"386sx", 16, I386, 2, 0, 0, EARLY, 0xffffffff, 15, 0},
    {"386", 25, I386, 4, 0, 0, EARLY, 0xffffffff, 15, 0},
    {"486sx", 25, I486, 0, 0, 0, EARLY | FL_AC, 0xffffffff, 15, 0},
    {"486", 33, I486, 0, FPU, 0, EARLY | FL_AC, 0xffffffff, 15, 0},
    {"486dx2", 66, I486, 0, FPU, 0, EARLY | FL_AC, 0xffffffff, 15, 0},
    {"486dx4", 100, I486, 0, FPU | VME, 3, EARLY | ALL, 0xffffffff, 15, 1},
    {"pentium", 100, I586, 0, P5, 0x5f, EARLY | ALL, 0xffffffff, 15, 1},
    {"pentium-mmx", 100, I586, 0, P5 | MMX, 0x15f, EARLY | ALL, 0xffffffff, 15, 1},
    {"pentium-pro", 100, I686, 0, PRO, 0x1ff, EARLY | ALL, 0xffffffff, 15, 2},
    {"pentium2", 100, I686, 0, P6, 0x3ff, EARLY | ALL, 0xffffffff, 15, 2},
    {"pentium3", 100, I686, 0, P6 | SSE, 0x7ff, EARLY | ALL, 0xffffffff, 15, 2},
    {"max", 100, I686, 0, P6 | SSE | SSE2 | DEADLINE, 0x7ff, EARLY | ALL, 0xffffffff, 15, 2},
};

START_TEST(every_model_is_described)
{
    ck_assert_uint_eq(cpu_model_count, ARRAY_LEN(models));
    for (unsigned i = 0; i < ARRAY_LEN(models); i++) {
        const struct cpu_model *m = &cpu_models[i];
        ck_assert_str_eq(m->name, models[i].name);
        ck_assert_ptr_eq(cpu_model_find(m->name, strlen(m->name)), m);
        ck_assert_uint_eq(m->mhz, models[i].mhz);
        ck_assert_uint_eq(m->generation, models[i].generation);
        ck_assert_uint_eq(m->bus_bytes, models[i].bus);
        ck_assert_uint_eq(m->features, models[i].features);
        ck_assert_uint_eq(m->cpuid_max, models[i].cpuid);
        ck_assert_uint_eq(model_cr4(m), models[i].cr4);
        ck_assert_uint_eq(model_eflags(m), models[i].eflags);
        const struct generation *gen = generation_of(m);
        ck_assert_uint_eq(gen->pins, models[i].pins);
        ck_assert_uint_eq(gen->insn_bytes, models[i].insn_bytes);
        ck_assert_int_eq(gen->wraps, m->generation <= I186);
    }
}
END_TEST

START_TEST(signatures_and_brands)
{
    static const struct {
        const char *name;
        u32 signature, brand;
    } rows[] = {{"8086", 0, 0},        {"80286", 0, 0},      {"386sx", 0x2308, 0},
                {"386", 0x308, 0},     {"486sx", 0x423, 0},  {"486", 0x404, 0},
                {"486dx2", 0x433, 0},  {"486dx4", 0x480, 0}, {"max", 0x683, 2},
                {"pentium3", 0x683, 2}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct cpu_model *m = cpu_model_find(rows[i].name, strlen(rows[i].name));
        ck_assert_uint_eq(m->signature, rows[i].signature);
        ck_assert_uint_eq(m->brand, rows[i].brand);
    }
    const struct cpu_model *max = cpu_model_find("max", 3);
    ck_assert(max->caches[0] == 0x03020101 && max->caches[1] == 0x0c040882);
}
END_TEST

START_TEST(names_are_compared_to_their_end)
{
    static const struct {
        const char *alias, *model;
    } rows[] = {
        {"186", "80186"},        {"286", "80286"},
        {"i386", "386"},         {"386dx", "386"},
        {"80386", "386"},        {"i486", "486"},
        {"486dx", "486"},        {"80486", "486"},
        {"p5", "pentium"},       {"p54c", "pentium"},
        {"586", "pentium"},      {"p55c", "pentium-mmx"},
        {"ppro", "pentium-pro"}, {"pentiumpro", "pentium-pro"},
        {"p6", "pentium-pro"},   {"686", "pentium-pro"},
        {"p2", "pentium2"},      {"p3", "pentium3"},
    };
    ck_assert_uint_eq(cpu_alias_count, ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct cpu_model *m = cpu_model_find(rows[i].alias, strlen(rows[i].alias));
        ck_assert_msg(m && !strcmp(m->name, rows[i].model), "%s", rows[i].alias);
    }
    ck_assert_ptr_null(cpu_model_find("386s", 4));
    ck_assert_ptr_null(cpu_model_find("386sxx", 6));
    ck_assert_str_eq(cpu_model_find("386sx-16", 5)->name, "386sx");
    ck_assert_ptr_null(cpu_model_find("xyz", 3));
    ck_assert_str_eq(cpu_model_default()->name, "pentium3");
}
END_TEST

/* What POPF-like writes leave of EFLAGS, in real and protected mode. */
START_TEST(each_generation_has_its_flags)
{
    const u32 arith = FL_ARITH | FL_TF | FL_IF | FL_DF | FL_ALWAYS, f386 = arith | 0x7000;
    static const char *const names[] = {"8086", "80186", "80286", "386", "486", "pentium"};
    const u32 real[] = {arith | 0xf000,
                        arith | 0xf000,
                        arith,
                        f386 | FL_RF | FL_VM,
                        f386 | FL_RF | FL_VM | FL_AC,
                        f386 | FL_RF | FL_VM | ALL};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        use(names[i]);
        for (u32 bit = 0; bit < 32; bit++)
            for (unsigned mode = 0; mode < 2; mode++) {
                g->cpu.cr0 = mode;
                cpu_set_eflags(&g->cpu, 1u << bit);
                u32 may = mode && i == 2 ? f386 : real[i], ones = i < 2 ? 0xf002 : 2;
                ck_assert_uint_eq(cpu_eflags(&g->cpu), (1u << bit & may) | ones);
            }
    }
}
END_TEST

/* MSRs: which bits stick, which may be written but do not, and that others are refused. */
static u64 read_msr(u32 n)
{
    ck_assert_msg(guest_rdmsr(g, n) == -1, "RDMSR %x", n);
    return guest_edx_eax(g);
}

START_TEST(every_msr_takes_its_own_bits)
{
    const u64 low = 0xffffffff, high = ~low, all = ~0ull;
    const struct {
        const char *model;
        u32 first, last;
        u64 kept, ignored;
    } rows[] = {
        {"pentium3", 0x00, 0x01, 0, all},
        {"pentium3", 0x17, 0x17, 0, 0},
        {"pentium3", 0x1b, 0x1b, 0xffffff000, 0x900},
        {"pentium3", 0x2a, 0x2a, low, high},
        {"pentium3", 0x33, 0x33, 0xc0000000, 0},
        {"pentium3", 0x88, 0x8b, all, 0},
        {"pentium3", 0xfe, 0xfe, 0, 0},
        {"pentium3", 0x116, 0x116, low, high},
        {"pentium3", 0x118, 0x119, low, high},
        {"pentium3", 0x11a, 0x11b, 0, all},
        {"pentium3", 0x11e, 0x11e, low, high},
        {"pentium3", 0x174, 0x176, low, high},
        {"pentium3", 0x179, 0x179, 0, 0},
        {"pentium3", 0x17a, 0x17a, 7, 0},
        {"pentium3", 0x17b, 0x17b, all, 0},
        {"pentium3", 0x186, 0x187, 0xffdfffff, high},
        {"pentium3", 0x1d9, 0x1d9, 0x7f, all},
        {"pentium3", 0x1db, 0x1de, 0, 0},
        {"pentium3", 0x1e0, 0x1e0, low, high},
        {"pentium3", 0x400, 0x400, all, 0},
        {"pentium3", 0x401, 0x402, 0, 0},
        {"pentium3", 0x404, 0x404, all, 0},
        {"pentium3", 0x410, 0x410, all, 0},
        {"pentium", 0x11, 0x11, 0x03ff03ff, all},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        use(rows[i].model);
        for (u32 n = rows[i].first; n <= rows[i].last; n++)
            for (unsigned bit = 0; bit < 64; bit++) {
                u64 before = read_msr(n), v = before ^ (u64)1 << bit;
                bool takes = rows[i].kept >> bit & 1, may = takes || rows[i].ignored >> bit & 1;
                ck_assert_msg(guest_wrmsr(g, n, v) == (may ? -1 : EX_GP), "MSR %x bit %u", n, bit);
                ck_assert_msg(read_msr(n) == (takes ? v : before), "MSR %x bit %u", n, bit);
            }
    }
}
END_TEST

/* Memory types: SDM 3A "Memory Types and Their Properties", the tables of encodings. */
START_TEST(memory_types_are_those_there_are)
{
    for (u64 type = 0; type < 256; type++) {
        bool mtrr = type == 0 || type == 1 || (type >= 4 && type <= 6), pat = mtrr || type == 7;
        for (unsigned byte = 0; byte < 8; byte++) {
            ck_assert_int_eq(guest_wrmsr(g, 0x277, type << 8 * byte), pat ? -1 : EX_GP);
            ck_assert_int_eq(guest_wrmsr(g, 0x250, type << 8 * byte), mtrr ? -1 : EX_GP);
            ck_assert_int_eq(guest_wrmsr(g, 0x259, type << 8 * byte), mtrr ? -1 : EX_GP);
            ck_assert_int_eq(guest_wrmsr(g, 0x26f, type << 8 * byte), mtrr ? -1 : EX_GP);
        }
        ck_assert_int_eq(guest_wrmsr(g, 0x200, type), mtrr ? -1 : EX_GP);
        ck_assert_int_eq(guest_wrmsr(g, 0x20e, type), mtrr ? -1 : EX_GP);
        ck_assert_int_eq(guest_wrmsr(g, 0x2ff, type), mtrr ? -1 : EX_GP);
    }
    for (unsigned bit = 0; bit < 64; bit++) {
        u64 v = (u64)1 << bit;
        bool frame = bit >= 12 && bit < 36;
        ck_assert_int_eq(guest_wrmsr(g, 0x202, v), frame || bit == 0 || bit == 2 ? -1 : EX_GP);
        ck_assert_int_eq(guest_wrmsr(g, 0x203, v), frame || bit == 11 ? -1 : EX_GP);
        ck_assert_int_eq(guest_wrmsr(g, 0x2ff, v),
                         bit == 10 || bit == 11 || bit == 0 || bit == 2 ? -1 : EX_GP);
    }
    ck_assert_int_eq(guest_wrmsr(g, 0x203, 0x12345800), -1);
    ck_assert_uint_eq(read_msr(0x203), 0x12345800);
}
END_TEST

/* Performance counters: the fields of the registers that select. */

static u64 counted(u32 select_at, u64 select, u32 counter)
{
    ck_assert_int_eq(guest_wrmsr(g, select_at, select), -1);
    u64 first = read_msr(counter);
    return read_msr(counter) - first;
}

START_TEST(p6_counters_need_en_of_the_first_and_a_privilege)
{
    static const struct {
        u64 first, second;
        bool a, b;
    } rows[] = {
        {0x4300c0, 0x0300c0, true, true},  {0x0300c0, 0x4300c0, false, false},
        {0x4000c0, 0x0100c0, false, true}, {0x4100c0, 0x0200c0, true, true},
        {0x4200c0, 0x0000c0, true, false}, {0x4300c1, 0x030079, false, true},
        {0x4300c0, 0x030078, true, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        use("pentium3");
        ck_assert_int_eq(guest_wrmsr(g, 0x187, rows[i].second), -1);
        ck_assert_int_eq(counted(0x186, rows[i].first, 0xc1) > 0, rows[i].a);
        ck_assert_int_eq(counted(0x186, rows[i].first, 0xc2) > 0, rows[i].b);
    }
}
END_TEST

/* CESR has a half for each counter: event, USR and OS, clocks. SDM 3B "Pentium Processor
 * Performance Monitoring Counters". */
START_TEST(p5_counters_have_a_half_of_cesr_each)
{
    static const struct {
        u32 select;
        u64 insns; /* between two reads; 2: clocks, more than instructions */
    } rows[] = {{0xd6, 1}, {0x56, 1}, {0x96, 1},  {0x16, 0},
                {0xd7, 0}, {0xc6, 0}, {0x1d6, 2}, {0x1c0, 0}};
    for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
        unsigned half = i & 1;
        use("pentium");
        u64 n = counted(0x11, (u64)rows[i / 2].select << 16 * half, 0x12 + half);
        if (rows[i / 2].insns < 2)
            ck_assert_uint_eq(n, rows[i / 2].insns);
        else
            ck_assert_uint_gt(n, 1);
        ck_assert_uint_eq(read_msr(0x13 - half), 0);
    }
}
END_TEST

/* Another event: the counters go on from what they show. */
START_TEST(selecting_another_event_keeps_what_was_counted)
{
    for (unsigned i = 0; i < 2; i++) {
        use("pentium3");
        for (u32 k = 0; k < 2; k++) {
            ck_assert_int_eq(guest_wrmsr(g, 0x187 - k, 0x4300c0), -1);
            ck_assert_int_eq(guest_wrmsr(g, 0xc1 + k, 1000 * (k + 1)), -1);
        }
        u64 before[2] = {read_msr(0xc1), read_msr(0xc2)};
        ck_assert_int_eq(guest_wrmsr(g, 0x186 + i, 0), -1);
        for (u32 k = 0; k < 2; k++) {
            u64 passed = read_msr(0xc1 + k) - before[k];
            ck_assert_uint_lt(passed, 8);
        }
    }
}
END_TEST

START_TEST(rdpmc_reads_two_counters_where_there_are_any)
{
    ck_assert_int_eq(guest_wrmsr(g, 0xc1, 0x123), -1);
    ck_assert_int_eq(guest_wrmsr(g, 0xc2, 0xfffffffe), -1);
    ck_assert_int_eq(guest_do_ecx(g, "0f 33", 0), -1);
    ck_assert(g->cpu.r[EAX] == 0x123 && g->cpu.r[EDX] == 0);
    ck_assert_int_eq(guest_do_ecx(g, "0f 33", 1), -1);
    ck_assert(g->cpu.r[EAX] == 0xfffffffe && g->cpu.r[EDX] == 0xff);
    ck_assert_int_eq(guest_do_ecx(g, "0f 33", 2), EX_GP);
    guest_flat(g, 3);
    ck_assert_int_eq(guest_do_ecx(g, "0f 33", 0), EX_GP);
}
END_TEST

/* Only CPL 3 .. 1 with TSD may not read the time; the MSRs are for ring 0. */
START_TEST(time_and_msrs_by_privilege)
{
    for (unsigned i = 0; i < 4; i++) {
        guest_flat(g, i & 1 ? 3 : 0);
        g->cpu.cr4 = i & 2 ? CR4_TSD : 0;
        ck_assert_int_eq(guest_do_ecx(g, "0f 31", 0), i == 3 ? EX_GP : -1);
        guest_flat(g, i & 1 ? 3 : 0);
        ck_assert_int_eq(guest_rdmsr(g, 0x10), i & 1 ? EX_GP : -1);
    }
    guest_flat(g, 0);
    ck_assert_int_eq(guest_wrmsr(g, 0x10, 0xffffffff00005000), -1);
    u64 now = read_msr(0x10);
    ck_assert_uint_ge(now, 0x5000);
    ck_assert_uint_lt(now, 0x5100);
}
END_TEST

Suite *model_suite(void)
{
    const TTest *const tests[] = {
        every_model_is_described,
        signatures_and_brands,
        names_are_compared_to_their_end,
        each_generation_has_its_flags,
        every_msr_takes_its_own_bits,
        memory_types_are_those_there_are,
        p6_counters_need_en_of_the_first_and_a_privilege,
        p5_counters_have_a_half_of_cesr_each,
        selecting_another_event_keeps_what_was_counted,
        rdpmc_reads_two_counters_where_there_are_any,
        time_and_msrs_by_privilege,
        NULL,
    };
    return guest_suite("model", tests, setup, teardown);
}
