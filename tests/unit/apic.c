/* SPDX-License-Identifier: MIT */
/* The processor and its local APIC, of which here is only what it is told: the base register, the
 * page of registers, CPUID, the TSC deadline. SDM 3A "Local APIC Status and Location". */
#include "tests/unit/guest.h"

enum { CPUID_APIC = 1 << 9 };
#define NEVER (~(u64)0)

static struct guest *g;
static u32 last_reg, last_value, last_size, accesses;
static u64 deadline;
static bool enabled;

static u32 chip_read(void *owner, u32 reg, unsigned size)
{
    ck_assert_ptr_eq(owner, &enabled);
    last_reg = reg;
    last_size = size;
    accesses++;
    return 0xa5a50000 | reg;
}

static void chip_write(void *owner, u32 reg, u32 value, unsigned size)
{
    ck_assert_ptr_eq(owner, &enabled);
    last_reg = reg;
    last_value = value;
    last_size = size;
    accesses++;
}

static const struct chip chip = {.name = "fake", .read = chip_read, .write = chip_write};

static void set_deadline(void *owner, u64 cycle)
{
    (void)owner;
    deadline = cycle;
}

static bool deadline_set(void *owner)
{
    (void)owner;
    return deadline != NEVER;
}

static void on(void *owner, unsigned pin, bool level)
{
    (void)owner, (void)pin;
    enabled = level;
}

static void teardown(void)
{
    if (g)
        guest_free(g);
    g = NULL;
}

static void use(const char *model, bool connected)
{
    teardown();
    g = guest_new_model(model);
    if (connected)
        g->cpu.apic = (struct cpu_apic){&chip, &enabled, set_deadline, deadline_set};
    line_connect(&g->cpu.apic_on, on, NULL, 0);
    enabled = false;
    deadline = NEVER;
    accesses = 0;
    cpu_reset(&g->cpu);
    guest_flat(g, 0);
}

static void setup(void)
{
    use("pentium3", true);
}

static u32 load(u32 address)
{
    g->cpu.r[EBX] = address;
    guest_do(g, "8b 03");
    return (u32)g->cpu.r[EAX];
}

static void store(u32 address, u32 v)
{
    g->cpu.r[EBX] = address;
    g->cpu.r[EAX] = v;
    guest_do(g, "89 03");
}

static void features(u32 *ecx, u32 *edx)
{
    g->cpu.r[EAX] = 1;
    guest_do(g, "0f a2");
    *ecx = (u32)g->cpu.r[ECX];
    *edx = (u32)g->cpu.r[EDX];
}

START_TEST(which_models_have_one)
{
    static const char *const with[] = {"pentium",  "pentium-mmx", "pentium-pro",
                                       "pentium2", "pentium3",    "max"};
    static const char *const without[] = {"8086", "80286", "386", "486", "486dx4"};
    for (size_t i = 0; i < ARRAY_LEN(with); i++)
        ck_assert(model_has_feature(cpu_model_find(with[i], strlen(with[i])), FEATURE_APIC));
    for (size_t i = 0; i < ARRAY_LEN(without); i++)
        ck_assert(!model_has_feature(cpu_model_find(without[i], strlen(without[i])), FEATURE_APIC));
}
END_TEST

START_TEST(after_reset_it_is_enabled_at_fee00000)
{
    u32 ecx, edx;
    ck_assert(enabled);
    guest_rdmsr(g, 0x1b);
    ck_assert_uint_eq(guest_edx_eax(g), 0xfee00900); /* and this is the processor that boots */
    features(&ecx, &edx);
    ck_assert_uint_eq(edx & CPUID_APIC, CPUID_APIC);
    ck_assert_uint_eq(load(0xfee00020), 0xa5a50020);
    ck_assert_uint_eq(last_size, 4);
    store(0xfee00ffc, 0x12345678);
    ck_assert_uint_eq(last_reg, 0xffc);
    ck_assert_uint_eq(last_value, 0x12345678);
    ck_assert_uint_eq(accesses, 2);
    ck_assert_uint_eq(load(0xfedffffc), 0xffffffff);
    ck_assert_uint_eq(load(0xfee01000), 0xffffffff);
    ck_assert_uint_eq(accesses, 2);
}
END_TEST

START_TEST(parts_of_registers_and_accesses_that_cross_its_ends)
{
    g->cpu.r[EBX] = 0xfee00082;
    guest_do(g, "8a 03");
    ck_assert_uint_eq(last_reg, 0x82);
    ck_assert_uint_eq(last_size, 1);
    ck_assert_uint_eq((u8)g->cpu.r[EAX], 0x82);
    guest_do(g, "66 8b 03");
    ck_assert_uint_eq(last_size, 2);
    accesses = 0;
    ck_assert_uint_eq(load(0xfedffffe), 0x0100ffff); /* two bytes of nobody, two of it */
    ck_assert_uint_eq(accesses, 2);
    store(0xfee00ffe, 0);
    ck_assert_uint_eq(accesses, 4);
    g->cpu.r[EBX] = 0xfee00080;
    guest_do(g, "f0 0f c7 0b"); /* LOCK CMPXCHG8B reads and writes two halves */
    ck_assert_uint_eq(accesses, 8);
}
END_TEST

START_TEST(it_moves_and_hides_memory_from_this_processor_alone)
{
    put32(g->ram + 0x30020, 0x11223344);
    ck_assert_uint_eq(load(0x30020), 0x11223344); /* the translation is known */
    ck_assert_int_eq(guest_wrmsr(g, 0x1b, 0x30800), -1);
    guest_rdmsr(g, 0x1b);
    ck_assert_uint_eq(guest_edx_eax(g), 0x30900);
    ck_assert_uint_eq(load(0x30020), 0xa5a50020);
    store(0x30020, 5);
    ck_assert_uint_eq(get32(g->ram + 0x30020), 0x11223344);
    ck_assert_uint_eq(bus_read(&g->bus, 0x30020, 4), 0x11223344);
    ck_assert_uint_eq(load(0xfee00020), 0xffffffff);
    ck_assert_int_eq(guest_wrmsr(g, 0x1b, 0xfee00800), -1);
    ck_assert_uint_eq(load(0x30020), 0x11223344);
    ck_assert_uint_eq(load(0xfee00020), 0xa5a50020);
    ck_assert_int_eq(guest_wrmsr(g, 0x1b, 0xffee00800), -1); /* beyond 4 GiB */
    ck_assert_uint_eq(load(0xfee00020), 0xffffffff);
}
END_TEST

START_TEST(paging_leads_to_it_like_to_anything_else)
{
    guest_page(g);
    put32(guest_pte(g, 0x5000), 0xfee00003);
    guest_flush(g);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_uint_eq(load(0x5030), 0xa5a50030);
    ck_assert_uint_eq(accesses, 3);
}
END_TEST

START_TEST(disabled_it_is_not_there)
{
    u32 ecx, edx;
    ck_assert_int_eq(guest_wrmsr(g, 0x1b, 0xfee00000), -1);
    ck_assert(!enabled);
    features(&ecx, &edx);
    ck_assert_uint_eq(edx & CPUID_APIC, 0);
    ck_assert_uint_eq(load(0xfee00020), 0xffffffff);
    ck_assert_uint_eq(accesses, 0);
    guest_rdmsr(g, 0x1b);
    ck_assert_uint_eq(guest_edx_eax(g), 0xfee00100);
    ck_assert_int_eq(guest_wrmsr(g, 0x1b, 0xfee00800), -1);
    ck_assert(enabled);
    ck_assert_uint_eq(load(0xfee00020), 0xa5a50020);
    guest_wrmsr(g, 0x1b, 0x30000);
    cpu_reset(&g->cpu);
    guest_flat(g, 0);
    ck_assert(enabled);
    ck_assert_uint_eq(load(0xfee00020), 0xa5a50020);
}
END_TEST

START_TEST(bits_of_the_base_register_that_do_not_exist)
{
    ck_assert_int_eq(guest_wrmsr(g, 0x1b, 0xfee00a00), EX_GP);
    ck_assert_int_eq(guest_wrmsr(g, 0x1b, 0xfee00801), EX_GP);
    ck_assert_int_eq(guest_wrmsr(g, 0x1b, 0x10fee00800), EX_GP);
    ck_assert_int_eq(guest_wrmsr(g, 0x1b, 0xfee00800), -1);
    guest_rdmsr(g, 0x1b);
    ck_assert_uint_eq(guest_edx_eax(g), 0xfee00900); /* which processor boots is not software's to say */
}
END_TEST

START_TEST(a_board_that_does_not_connect_it)
{
    u32 ecx, edx;
    use("max", false);
    ck_assert(!enabled);
    features(&ecx, &edx);
    ck_assert_uint_eq(edx & CPUID_APIC, 0);
    ck_assert_uint_eq(ecx, 0);
    ck_assert_int_eq(guest_wrmsr(g, 0x1b, 0xfee00900), -1);
    ck_assert_uint_eq(load(0xfee00020), 0xffffffff);
    ck_assert_int_eq(guest_rdmsr(g, 0x6e0), EX_GP);
    ck_assert_int_eq(guest_wrmsr(g, 0x6e0, 0), EX_GP);
}
END_TEST

START_TEST(the_pentium_has_it_but_no_base_register)
{
    use("pentium", true);
    ck_assert(enabled);
    ck_assert_uint_eq(load(0xfee00020), 0xa5a50020);
    ck_assert_int_eq(guest_rdmsr(g, 0x1b), EX_GP);
}
END_TEST

START_TEST(a_loaded_base_register_counts)
{
    g->cpu.msr[MSR_AT_APIC_BASE] = 0x30900;
    cpu_loaded(&g->cpu);
    ck_assert_uint_eq(load(0x30020), 0xa5a50020);
    ck_assert_uint_eq(load(0xfee00020), 0xffffffff);
}
END_TEST

/* The deadline. SDM 3A "TSC-Deadline Mode". */

START_TEST(a_deadline_is_a_clock)
{
    use("max", true);
    u32 ecx, edx;
    features(&ecx, &edx);
    ck_assert_uint_eq(ecx, 1 << 24);
    guest_wrmsr(g, 0x10, 1000); /* the TSC */
    u64 zero = -g->cpu.tsc_offset;
    ck_assert_int_eq(guest_wrmsr(g, 0x6e0, 5000), -1);
    ck_assert_uint_eq(deadline, zero + 5000);
    ck_assert_int_eq(guest_rdmsr(g, 0x6e0), -1);
    ck_assert_uint_eq(guest_edx_eax(g), 5000);
    u64 before = g->clock.cycles;
    guest_wrmsr(g, 0x6e0, 1); /* past: now */
    ck_assert_uint_ge(deadline, before);
    ck_assert_uint_le(deadline, g->clock.cycles);
    deadline = NEVER; /* it was reached, or the timer is in another mode */
    guest_rdmsr(g, 0x6e0);
    ck_assert_uint_eq(guest_edx_eax(g), 0);
    guest_wrmsr(g, 0x6e0, 7000);
    guest_wrmsr(g, 0x6e0, 0);
    ck_assert_uint_eq(deadline, NEVER);
    guest_wrmsr(g, 0x6e0, ~0ull);
    ck_assert_uint_eq(deadline, zero + ~0ull);
}
END_TEST

START_TEST(a_deadline_follows_the_tsc)
{
    use("max", true);
    guest_wrmsr(g, 0x10, 1000);
    guest_wrmsr(g, 0x6e0, 9000);
    guest_wrmsr(g, 0x10, 5000);
    ck_assert_uint_eq(deadline, 9000 - g->cpu.tsc_offset);
    deadline = NEVER;
    guest_wrmsr(g, 0x10, 0);
    ck_assert_uint_eq(deadline, NEVER);
}
END_TEST

START_TEST(the_pentium_3_has_no_deadline)
{
    ck_assert_int_eq(guest_rdmsr(g, 0x6e0), EX_GP);
    ck_assert_int_eq(guest_wrmsr(g, 0x6e0, 1), EX_GP);
}
END_TEST

Suite *apic_suite(void)
{
    const TTest *const tests[] = {
        which_models_have_one,
        after_reset_it_is_enabled_at_fee00000,
        parts_of_registers_and_accesses_that_cross_its_ends,
        it_moves_and_hides_memory_from_this_processor_alone,
        paging_leads_to_it_like_to_anything_else,
        disabled_it_is_not_there,
        bits_of_the_base_register_that_do_not_exist,
        a_board_that_does_not_connect_it,
        the_pentium_has_it_but_no_base_register,
        a_loaded_base_register_counts,
        a_deadline_is_a_clock,
        a_deadline_follows_the_tsc,
        the_pentium_3_has_no_deadline,
        NULL,
    };
    return guest_suite("apic", tests, setup, teardown);
}
