/* SPDX-License-Identifier: MIT */
/* Large pages, 36-bit addresses, PAE, global pages, and what control registers do to them. SDM 3A
 * "Paging", "Control Registers". */
#include "tests/unit/guest.h"

static struct guest *g;

enum { P = 1, W = 2, U = 4, A = 0x20, D = 0x40, PS = 0x80, G = 0x100 };
enum { LINEAR = 0x40000000, POINTERS = 0x90000, TABLE = 0x91000, LOW = 0x92000 };

#define READ  "8b 03" /* mov eax,[ebx] */
#define WRITE "89 03" /* mov [ebx],eax */
#define INVLPG "0f 01 3b"

static void setup(void)
{
    g = guest_new();
    guest_flat(g, 0);
    guest_page(g);
    g->cpu.r[EBX] = LINEAR;
}

static void teardown(void)
{
    guest_free(g);
}

static void model(const char *name)
{
    g->cpu.model = cpu_model_find(name, strlen(name));
    ck_assert_ptr_nonnull(g->cpu.model);
}

/* MOV to a control register, as the guest does it. */
static int move_to_cr(const char *hex, u32 value)
{
    u64 eax = g->cpu.r[EAX];
    g->cpu.r[EAX] = value;
    g->cpu.r[ESP] = GUEST_STACK;
    guest_do(g, hex);
    g->cpu.r[EAX] = eax;
    return guest_vector(g);
}

static int cr0(u32 value)
{
    return move_to_cr("0f 22 c0", value);
}

static int cr3(u32 value)
{
    return move_to_cr("0f 22 d8", value);
}

static int cr4(u32 value)
{
    return move_to_cr("0f 22 e0", value);
}

static u8 *pde(void)
{
    return g->ram + GUEST_PAGES + (LINEAR >> 22) * 4;
}

static u32 read_at(u32 linear)
{
    g->cpu.r[EBX] = linear;
    g->cpu.r[ESP] = GUEST_STACK;
    guest_do(g, READ);
    return (u32)g->cpu.r[EAX];
}

static void expect_pf(const char *hex, u32 error)
{
    g->cpu.r[ESP] = GUEST_STACK;
    guest_do(g, hex);
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(guest_stack(g, 0), error);
}

/* PSE. */

START_TEST(a_directory_entry_with_ps_maps_4_mib)
{
    ck_assert_int_eq(cr4(CR4_PSE), -1);
    put32(pde(), 0 | 7 | PS);
    put32(g->ram + 0x123450, 0x13579bdf);
    ck_assert_uint_eq(read_at(LINEAR + 0x123450), 0x13579bdf);
    ck_assert_uint_eq(get32(pde()), 7 | PS | A);
    guest_do(g, WRITE);
    ck_assert_uint_eq(get32(pde()), 7 | PS | A | D);
}
END_TEST

START_TEST(without_cr4_pse_the_ps_bit_means_nothing)
{
    put32(pde(), (GUEST_PAGES + 0x1000) | 7 | PS);
    put32(g->ram + 0x123450, 0x13579bdf);
    ck_assert_uint_eq(read_at(LINEAR + 0x123450), 0x13579bdf);
    ck_assert_uint_eq(get32(guest_pte(g, 0x123000)) & A, A);
    ck_assert_int_eq(cr4(CR4_PSE), -1);
    expect_pf(READ, 9); /* the same entry as a large page: at once, and with reserved bits */
}
END_TEST

START_TEST(rights_of_a_large_page_are_those_of_its_only_entry)
{
    cr4(CR4_PSE);
    g->cpu.cr0 |= CR0_WP;
    put32(pde(), 5 | PS);
    expect_pf(WRITE, 3);
    put32(pde(), 6 | PS);
    guest_flush(g);
    expect_pf(READ, 0);
}
END_TEST

/* Bits 21:13 of a large page, or 21:17 with PSE-36; and PAT where there is no PAT. */
static void check_reserved(const char *name, u32 reserved)
{
    model(name);
    for (unsigned bit = 12; bit < 22; bit++) {
        put32(pde(), 7 | PS | 1u << bit);
        guest_flush(g);
        g->cpu.r[ESP] = GUEST_STACK;
        guest_do(g, READ);
        ck_assert_int_eq(guest_vector(g), reserved >> bit & 1 ? EX_PF : -1);
        if (reserved >> bit & 1)
            ck_assert_uint_eq(guest_stack(g, 0), 9);
    }
}

START_TEST(reserved_bits_of_large_pages_fault)
{
    cr4(CR4_PSE);
    u32 pat = model_has_feature(cpu_model_default(), FEATURE_PAT) ? 0 : 0x1000;
    check_reserved("pentium3", 0x3e0000 | pat);
    check_reserved("pentium", 0x3fe000 | 0x1000);
}
END_TEST

START_TEST(the_reserved_bit_of_a_table_entry_counts_with_pse_only)
{
    model("pentium");
    put32(pde(), (GUEST_PAGES + 0x1000) | 7);
    put32(guest_pte(g, GUEST_DATA), GUEST_DATA | 7 | PS);
    g->cpu.r[EBX] = LINEAR + GUEST_DATA;
    guest_do(g, READ);
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert_int_eq(cr4(CR4_PSE), -1);
    expect_pf(WRITE, 0xb);
}
END_TEST

/* Memory above 4 GiB. */
static u8 *high_memory(paddr at)
{
    static u8 memory[0x1000] __attribute__((aligned(4096)));
    bus_map_host(&g->bus, at, sizeof memory, memory, true);
    memset(memory, 0, sizeof memory);
    return memory;
}

START_TEST(pse_36_reaches_64_gib)
{
    u8 *high = high_memory(0xac0005000);
    put32(high + 8, 0x2468ace);
    cr4(CR4_PSE);
    put32(pde(), 0xc0000000 | 0xa << 13 | 7 | PS);
    ck_assert_uint_eq(read_at(LINEAR + 0x5008), 0x2468ace);
    g->cpu.r[EAX] = 0x1111;
    guest_do(g, WRITE);
    ck_assert_uint_eq(get32(high + 8), 0x1111);
}
END_TEST

/* PAE. The first 2 MiB and the 16 from LINEAR on are mapped. */
static void pae(void)
{
    for (unsigned i = 0; i < 4; i++)
        put64(g->ram + POINTERS + i * 8, (i == 0 ? LOW : TABLE) | P);
    memset(g->ram + TABLE, 0, 0x2000);
    put64(g->ram + LOW, 7 | PS);
    put64(g->ram + TABLE, (LOW + 0x1000) | 7);
    put64(g->ram + LOW + 0x1000, GUEST_DATA | 7);
    put64(g->ram + LOW + 0x1008, (GUEST_DATA + 0x1000) | 7);
    put64(g->ram + TABLE + 8, 7 | PS);
    ck_assert_int_eq(cr0(g->cpu.cr0 & ~CR0_PG), -1);
    ck_assert_int_eq(cr4(CR4_PAE), -1);
    ck_assert_int_eq(cr3(POINTERS), -1);
    ck_assert_int_eq(cr0(g->cpu.cr0 | CR0_PG), -1);
}

static u8 *pae_pte(void)
{
    return g->ram + LOW + 0x1000;
}

START_TEST(pae_walks_pointers_directory_and_table)
{
    pae();
    put32(g->ram + GUEST_DATA + 0x1004, 0xcafe);
    ck_assert_uint_eq(read_at(LINEAR + 0x1004), 0xcafe);
    ck_assert_uint_eq(get32(g->ram + TABLE), (LOW + 0x1000) | 7 | A);
    ck_assert_uint_eq(get32(pae_pte() + 8), (GUEST_DATA + 0x1000) | 7 | A);
    guest_do(g, WRITE);
    ck_assert_uint_eq(get32(pae_pte() + 8), (GUEST_DATA + 0x1000) | 7 | A | D);
    put32(g->ram + 0x12345c, 0xbeef);
    ck_assert_uint_eq(read_at(LINEAR + 0x200000 + 0x12345c), 0xbeef); /* 2 MiB, PSE or not */
    ck_assert_uint_eq(read_at(0xc0200000 + 0x12345c), 0xbeef);        /* the fourth pointer */
}
END_TEST

START_TEST(pae_entries_reach_64_gib)
{
    u8 *high = high_memory(0xfedcba000);
    pae();
    put64(pae_pte(), 0xfedcba000 | 7);
    put32(high, 0x777);
    ck_assert_uint_eq(read_at(LINEAR), 0x777);
    /* and so does code */
    put32(high, 0x90909090);
    g->cpu.eip = LINEAR;
    guest_step(g, 2);
    ck_assert_uint_eq(g->cpu.eip, LINEAR + 2);
}
END_TEST

START_TEST(absent_entries_of_each_level_fault)
{
    pae();
    put64(pae_pte(), 6);
    expect_pf(READ, 0);
    put64(g->ram + TABLE, 6);
    expect_pf(WRITE, 2);
    put64(g->ram + POINTERS + 8, TABLE);
    guest_do(g, "90");
    ck_assert_int_eq(cr3(POINTERS), -1);
    expect_pf(READ, 0);
}
END_TEST

START_TEST(reserved_bits_of_pae_entries_fault)
{
    pae();
    for (unsigned bit = 36; bit < 64; bit++) {
        pae();
        put64(pae_pte(), GUEST_DATA | 7 | (u64)1 << bit);
        expect_pf(READ, 9);
        put64(pae_pte(), GUEST_DATA | 6 | (u64)1 << bit); /* not looked at */
        expect_pf(READ, 0);
        put64(pae_pte(), GUEST_DATA | 7);
        put64(g->ram + TABLE, (LOW + 0x1000) | 7 | (u64)1 << bit);
        expect_pf(WRITE, 0xb);
    }
    for (unsigned bit = 13; bit < 21; bit++) {
        pae();
        put64(g->ram + TABLE, 7 | PS | (u64)1 << bit);
        expect_pf(READ, 9);
    }
}
END_TEST

/* MOV to CR3, CR0 and CR4 load the pointers, or nothing at all. */
START_TEST(a_bad_pointer_is_refused_when_it_is_loaded)
{
    static const u64 bad[] = {2, 4, 0x20, 0x100, (u64)1 << 36, (u64)1 << 63};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        pae();
        put64(g->ram + POINTERS + 16, TABLE | P | bad[i]);
        ck_assert_int_eq(cr3(POINTERS), EX_GP);
        ck_assert_uint_eq(read_at(0x80200000), get32(g->ram)); /* the one before still serves */
        ck_assert_int_eq(cr4(CR4_PAE | CR4_PGE), EX_GP);
        ck_assert_uint_eq(g->cpu.cr4, CR4_PAE);
        ck_assert_int_eq(cr0(g->cpu.cr0 & ~CR0_PG), -1);
        ck_assert_int_eq(cr0(g->cpu.cr0 | CR0_PG), EX_GP);
        ck_assert_uint_eq(g->cpu.cr0 & CR0_PG, 0);
        put64(g->ram + POINTERS + 16, TABLE | bad[i]); /* absent: any bits */
        ck_assert_int_eq(cr0(g->cpu.cr0 | CR0_PG), -1);
    }
}
END_TEST

START_TEST(pointers_are_read_when_cr3_is_loaded_and_not_later)
{
    pae();
    put64(g->ram + POINTERS + 8, 0);
    put32(g->ram + GUEST_DATA, 0x99);
    guest_do(g, INVLPG);
    ck_assert_uint_eq(read_at(LINEAR), 0x99);
    ck_assert_int_eq(cr3(POINTERS), -1);
    g->cpu.r[EBX] = LINEAR;
    expect_pf(READ, 0);
}
END_TEST

START_TEST(the_table_of_pointers_is_aligned_to_32_bytes)
{
    pae();
    for (unsigned i = 0; i < 4; i++)
        put64(g->ram + POINTERS + 0x20 + i * 8, LOW | P);
    ck_assert_int_eq(cr3(POINTERS + 0x20), -1);
    put32(g->ram + 0x20, 0x4711);
    ck_assert_uint_eq(read_at(LINEAR + 0x20), 0x4711);
}
END_TEST

/* Global pages and what forgets them. */

static void map_two(u32 bits)
{
    put32(pde(), (GUEST_PAGES + 0x2000) | 7);
    put32(g->ram + GUEST_PAGES + 0x2000, GUEST_DATA | 7 | bits);
    put32(g->ram + GUEST_PAGES + 0x2004, GUEST_DATA | 7);
}

/* Read both pages, change their entries, do it: which of the two is remembered? */
static unsigned remembered(int (*move)(u32), u32 value)
{
    put32(g->ram + GUEST_DATA, 1);
    put32(g->ram + GUEST_DATA + 0x1000, 2);
    read_at(LINEAR);
    read_at(LINEAR + 0x1000);
    for (unsigned i = 0; i < 2; i++)
        put32(g->ram + GUEST_PAGES + 0x2000 + i * 4, (GUEST_DATA + 0x1000) | 7);
    if (move)
        ck_assert_int_eq(move(value), -1);
    return (read_at(LINEAR) == 1) | (read_at(LINEAR + 0x1000) == 1) << 1;
}

START_TEST(global_pages_survive_a_load_of_cr3)
{
    map_two(G);
    ck_assert_uint_eq(remembered(cr3, GUEST_PAGES), 0); /* not yet */
    map_two(G);
    cr4(CR4_PGE);
    ck_assert_uint_eq(remembered(NULL, 0), 3);
    ck_assert_int_eq(cr3(GUEST_PAGES), -1);
    map_two(G);
    cr4(0);
    cr4(CR4_PGE);
    ck_assert_uint_eq(remembered(cr3, GUEST_PAGES), 1);
    ck_assert_uint_eq(read_at(LINEAR), 1); /* also after another */
    cr3(GUEST_PAGES);
    ck_assert_uint_eq(read_at(LINEAR), 1);
    g->cpu.r[EBX] = LINEAR;
    guest_do(g, INVLPG);
    ck_assert_uint_eq(read_at(LINEAR), 2);
}
END_TEST

START_TEST(changes_of_pge_pse_pae_and_pg_forget_global_pages_too)
{
    for (unsigned i = 0; i < 2; i++) {
        cr4(CR4_PGE);
        map_two(G);
        ck_assert_uint_eq(remembered(cr4, i ? 0 : CR4_PGE | CR4_PSE), 0);
    }
    cr4(CR4_PGE);
    map_two(G);
    ck_assert_uint_eq(remembered(cr4, CR4_PGE | CR4_DE), 3);
    map_two(G);
    cr4(0);
    cr4(CR4_PGE);
    read_at(LINEAR);
    put32(g->ram + GUEST_PAGES + 0x2000, (GUEST_DATA + 0x1000) | 7);
    ck_assert_int_eq(cr0(g->cpu.cr0 & ~CR0_PG), -1);
    ck_assert_int_eq(cr0(g->cpu.cr0 | CR0_PG), -1);
    ck_assert_uint_eq(read_at(LINEAR), 2);
}
END_TEST

/* One slot of the TLB holds a global page, then another that is not, then a global one again. */
START_TEST(pages_that_share_a_slot_are_remembered_by_their_own_kind)
{
    u32 far = LINEAR + (1024 << 12); /* the same slot in a TLB of any size */
    cr4(CR4_PGE);
    for (unsigned i = 0; i < 3; i++) {
        map_two(G);
        put32(g->ram + GUEST_PAGES + (far >> 22) * 4, (GUEST_PAGES + 0x3000) | 7);
        u8 *far_pte = g->ram + GUEST_PAGES + 0x3000 + (far >> 12 & 0x3ff) * 4;
        put32(far_pte, GUEST_DATA | 7);
        put32(g->ram + GUEST_DATA, 1);
        put32(g->ram + GUEST_DATA + 0x1000, 2);
        read_at(LINEAR);
        ck_assert_uint_eq(read_at(far), 1);
        put32(far_pte, (GUEST_DATA + 0x1000) | 7);
        ck_assert_int_eq(cr3(GUEST_PAGES), -1);
        ck_assert_uint_eq(read_at(far), 2);
        read_at(LINEAR);
        put32(g->ram + GUEST_PAGES + 0x2000, (GUEST_DATA + 0x1000) | 7);
        cr3(GUEST_PAGES);
        ck_assert_uint_eq(read_at(LINEAR), 1);
        cr4(0);
        cr4(CR4_PGE);
    }
}
END_TEST

START_TEST(more_global_pages_than_the_list_holds_are_forgotten_all)
{
    cr4(CR4_PGE);
    put32(pde(), (GUEST_PAGES + 0x2000) | 7);
    for (u32 i = 0; i < 1024; i++)
        put32(g->ram + GUEST_PAGES + 0x2000 + i * 4, GUEST_DATA | 7 | (i & 1 ? G : 0));
    put32(g->ram + GUEST_DATA, 1);
    put32(g->ram + GUEST_DATA + 0x1000, 2);
    for (u32 i = 0; i < 1024; i++)
        read_at(LINEAR + i * 0x1000);
    for (u32 i = 0; i < 1024; i++)
        put32(g->ram + GUEST_PAGES + 0x2000 + i * 4, (GUEST_DATA + 0x1000) | 7 | (i & 1 ? G : 0));
    cr3(GUEST_PAGES);
    for (u32 i = 0; i < 1024; i += 2)
        ck_assert_uint_eq(read_at(LINEAR + i * 0x1000), 2);
    cr4(0);
    for (u32 i = 0; i < 1024; i++)
        ck_assert_uint_eq(read_at(LINEAR + i * 0x1000), 2);
}
END_TEST

/* SDM 3A: INVLPG invalidates all of the page that holds its operand. */
START_TEST(invlpg_forgets_all_of_a_large_page)
{
    cr4(CR4_PSE);
    put32(pde(), 7 | PS);
    put32(g->ram + 0x5000, 1);
    put32(g->ram + 0x9000, 1);
    read_at(LINEAR + 0x5000);
    read_at(LINEAR + 0x9000);
    put32(pde(), (GUEST_PAGES + 0x2000) | 7);
    for (u32 i = 0; i < 16; i++)
        put32(g->ram + GUEST_PAGES + 0x2000 + i * 4, GUEST_DATA | 7);
    put32(g->ram + GUEST_DATA, 2);
    g->cpu.r[EBX] = LINEAR + 0x5000;
    guest_do(g, INVLPG);
    ck_assert_uint_eq(read_at(LINEAR + 0x5000), 2);
    ck_assert_uint_eq(read_at(LINEAR + 0x9000), 2);
}
END_TEST

/* Which bits each model has. */

START_TEST(cr4_has_the_bits_of_the_model)
{
    static const struct {
        const char *name;
        u32 with, without;
    } models[] = {
        {"pentium", CR4_TSD | CR4_DE | CR4_PSE, CR4_PAE | CR4_PGE | CR4_OSFXSR | ~0x7ffu},
        {"pentium3", CR4_TSD | CR4_DE | CR4_PSE | CR4_PAE | CR4_PGE, ~0x7ffu},
    };
    for (size_t i = 0; i < ARRAY_LEN(models); i++) {
        model(models[i].name);
        cr0(g->cpu.cr0 & ~CR0_PG);
        for (unsigned bit = 0; bit < 32; bit++) {
            if ((models[i].with | models[i].without) >> bit & 1)
                ck_assert_int_eq(cr4(1u << bit), models[i].with >> bit & 1 ? -1 : EX_GP);
        }
    }
    model("486");
    ck_assert_int_eq(cr4(0), EX_UD);
    guest_do(g, "0f 20 e0");
    ck_assert_int_eq(guest_vector(g), EX_UD);
}
END_TEST

START_TEST(the_386_has_neither_wp_nor_the_bits_of_the_486)
{
    model("386");
    ck_assert_int_eq(cr0(0x1ff8ffc0 | CR0_PE | CR0_ET | CR0_WP | CR0_NW), -1);
    ck_assert_uint_eq(g->cpu.cr0, CR0_PE | CR0_ET);
    guest_do(g, "0f 20 c1"); /* the others read as ones */
    ck_assert_uint_eq(g->cpu.r[ECX], 0x7ffeffe0 | CR0_PE | CR0_ET);
    ck_assert_int_eq(cr0(CR0_PE), -1);
    ck_assert_uint_eq(g->cpu.cr0, CR0_PE); /* ET can be cleared */
}
END_TEST

Suite *paging_suite(void)
{
    const TTest *const tests[] = {
        a_directory_entry_with_ps_maps_4_mib,
        without_cr4_pse_the_ps_bit_means_nothing,
        rights_of_a_large_page_are_those_of_its_only_entry,
        reserved_bits_of_large_pages_fault,
        the_reserved_bit_of_a_table_entry_counts_with_pse_only,
        pse_36_reaches_64_gib,
        pae_walks_pointers_directory_and_table,
        pae_entries_reach_64_gib,
        absent_entries_of_each_level_fault,
        reserved_bits_of_pae_entries_fault,
        a_bad_pointer_is_refused_when_it_is_loaded,
        pointers_are_read_when_cr3_is_loaded_and_not_later,
        the_table_of_pointers_is_aligned_to_32_bytes,
        global_pages_survive_a_load_of_cr3,
        changes_of_pge_pse_pae_and_pg_forget_global_pages_too,
        pages_that_share_a_slot_are_remembered_by_their_own_kind,
        more_global_pages_than_the_list_holds_are_forgotten_all,
        invlpg_forgets_all_of_a_large_page,
        cr4_has_the_bits_of_the_model,
        the_386_has_neither_wp_nor_the_bits_of_the_486,
        NULL,
    };
    return guest_suite("paging", tests, setup, teardown);
}
