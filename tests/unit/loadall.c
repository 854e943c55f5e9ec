/* SPDX-License-Identifier: MIT */
/*
 * LOADALL: every field of the two images. Intel, "Undocumented iAPX 286 Test Instruction"; for the
 * 386 what R. Collins found.
 */
#include "tests/unit/guest.h"

enum { BYTES_286 = 0x66, BYTES_386 = 0xcc, AT_286 = 0x800, AT_386 = 0x20000 };

static struct guest *g;

static void setup(void)
{
    g = guest_new_model("386");
}

static void teardown(void)
{
    guest_free(g);
}

/* An image of bytes that are all different from their neighbours. */
static u8 *fill(u32 linear, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        g->ram[linear + i] = (u8)(i * 29 + 7);
    return g->ram + linear;
}

/* Where the selector and the hidden part of each segment register are, and where it goes. */
struct place {
    const char *name;
    u16 selector, hidden;
    const struct segment *to;
};

static void check_segment(const struct place *p, u16 selector, u32 base, u32 limit, u16 attr)
{
    struct segment derived = {.limit = limit, .attr = attr};
    segment_derive(&derived);
    ck_assert_msg(p->to->selector == selector, "selector of %s", p->name);
    ck_assert_msg((u32)p->to->base == base, "base of %s", p->name);
    ck_assert_msg(p->to->limit == limit, "limit of %s", p->name);
    ck_assert_msg(p->to->attr == attr, "rights of %s", p->name);
    ck_assert_msg(!memcmp(p->to->end, derived.end, sizeof derived.end), "ends of %s", p->name);
}

static void check_table(const struct table_register *table, u32 base, u16 limit)
{
    ck_assert_uint_eq(table->base, base);
    ck_assert_uint_eq(table->limit, limit);
}

/* Bytes 0 to 2 are the base, 3 the rights, 4 and 5 the limit. */
START_TEST(the_286_loads_every_field_from_800h)
{
    static const struct {
        unsigned reg;
        u16 at;
    } general[] = {{EDI, 0x26}, {ESI, 0x28}, {EBP, 0x2a}, {ESP, 0x2c},
                   {EBX, 0x2e}, {EDX, 0x30}, {ECX, 0x32}, {EAX, 0x34}};
    guest_become(g, "80286");
    const u8 *at = fill(AT_286, BYTES_286);
    const struct place places[] = {
        {"ES", 0x24, 0x36, &g->cpu.seg[SEG_ES]}, {"CS", 0x22, 0x3c, &g->cpu.seg[SEG_CS]},
        {"SS", 0x20, 0x42, &g->cpu.seg[SEG_SS]}, {"DS", 0x1e, 0x48, &g->cpu.seg[SEG_DS]},
        {"LDTR", 0x1c, 0x54, &g->cpu.ldtr},      {"TR", 0x16, 0x60, &g->cpu.tr},
    };
    g->ram[AT_286 + 0x45] = 0xf3; /* rights of SS */
    guest_do(g, "0f 05");
    for (unsigned i = 0; i < ARRAY_LEN(general); i++)
        ck_assert_uint_eq(g->cpu.r[general[i].reg], get16(at + general[i].at));
    for (unsigned i = 0; i < ARRAY_LEN(places); i++) {
        const u8 *hidden = at + places[i].hidden;
        check_segment(&places[i], get16(at + places[i].selector), get32(hidden) & 0xffffff,
                      get16(hidden + 4), hidden[3]);
    }
    check_table(&g->cpu.gdtr, get32(at + 0x4e) & 0xffffff, get16(at + 0x52));
    check_table(&g->cpu.idtr, get32(at + 0x5a) & 0xffffff, get16(at + 0x5e));
    ck_assert_uint_eq(g->cpu.eip, get16(at + 0x1a));
    ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ARITH, get16(at + 0x18) & FL_ARITH);
    ck_assert_uint_eq(g->cpu.cpl, 3);
}
END_TEST

/* LOADALL enters protected mode, but like LMSW cannot leave it. */
START_TEST(the_286_loads_four_bits_of_the_machine_status_word)
{
    static const struct {
        u32 before;
        u16 word;
        u32 after;
    } rows[] = {{0, 0xfff0, 0}, {0, 0xffff, 15}, {0, 10, 10}, {14, 0, 0}, {15, 0, 1}, {1, 6, 7}};
    guest_become(g, "80286");
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        guest_real(g);
        memset(g->ram + AT_286, 0, BYTES_286);
        put16(g->ram + AT_286 + 6, rows[i].word);
        g->cpu.cr0 = (g->cpu.cr0 & ~15u) | rows[i].before;
        u32 others = g->cpu.cr0 & ~15u;
        guest_do(g, "0f 05");
        ck_assert_uint_eq(g->cpu.cr0, others | rows[i].after);
    }
}
END_TEST

/* Rights as in the upper half of a descriptor: bits 8 to 15 and 20 to 23. Then base and limit. */
START_TEST(the_386_loads_every_field_from_es_edi)
{
    static const u8 general[] = {EDI, ESI, EBP, ESP, EBX, EDX, ECX, EAX};
    const u8 *at = fill(AT_386, BYTES_386);
    const struct place places[] = {
        {"TR", 0x34, 0x54, &g->cpu.tr},          {"LDTR", 0x38, 0x78, &g->cpu.ldtr},
        {"GS", 0x3c, 0x84, &g->cpu.seg[SEG_GS]}, {"FS", 0x40, 0x90, &g->cpu.seg[SEG_FS]},
        {"DS", 0x44, 0x9c, &g->cpu.seg[SEG_DS]}, {"SS", 0x48, 0xa8, &g->cpu.seg[SEG_SS]},
        {"CS", 0x4c, 0xb4, &g->cpu.seg[SEG_CS]}, {"ES", 0x50, 0xc0, &g->cpu.seg[SEG_ES]},
    };
    put32(g->ram + AT_386, 0);                 /* CR0 */
    put32(g->ram + AT_386 + 0x30, 0x00f00002); /* DR7 */
    g->ram[AT_386 + 0xa9] = 0xd3;              /* rights of SS */
    guest_do(g, "0f 07");
    ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ARITH, get32(at + 4) & FL_ARITH);
    ck_assert_uint_eq(g->cpu.eip, get32(at + 8));
    for (unsigned i = 0; i < ARRAY_LEN(general); i++)
        ck_assert_uint_eq(g->cpu.r[general[i]], get32(at + 0xc + i * 4));
    ck_assert_uint_eq(g->cpu.dr[6], get32(at + 0x2c));
    ck_assert_uint_eq(g->cpu.dr[7], 0x00f00002);
    for (unsigned i = 0; i < ARRAY_LEN(places); i++) {
        const u8 *hidden = at + places[i].hidden;
        u32 rights = get32(hidden);
        check_segment(&places[i], get16(at + places[i].selector), get32(hidden + 4),
                      get32(hidden + 8), (u16)((rights >> 8 & 0xff) | (rights >> 20 & 15) << 8));
    }
    check_table(&g->cpu.idtr, get32(at + 0x64), get16(at + 0x68));
    check_table(&g->cpu.gdtr, get32(at + 0x70), get16(at + 0x74));
    ck_assert_uint_eq(g->cpu.cpl, 2);
}
END_TEST

/* An image of the 386 that goes on in the state there is, at GUEST_CODE + 100h. */
static u8 *image_386(void)
{
    static const struct {
        u8 seg;
        u16 at;
    } rows[] = {{SEG_GS, 0x84}, {SEG_FS, 0x90}, {SEG_DS, 0x9c},
                {SEG_SS, 0xa8}, {SEG_CS, 0xb4}, {SEG_ES, 0xc0}};
    u8 *at = g->ram + AT_386;
    memset(at, 0, BYTES_386);
    put32(at, g->cpu.cr0);
    put32(at + 4, FL_ALWAYS);
    put32(at + 8, g->start + 0x100);
    put32(at + 0x18, (u32)g->cpu.r[ESP]);
    put32(at + 0x64, g->cpu.idtr.base);
    put32(at + 0x68, g->cpu.idtr.limit);
    put32(at + 0x70, g->cpu.gdtr.base);
    put32(at + 0x74, g->cpu.gdtr.limit);
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        const struct segment *s = &g->cpu.seg[rows[i].seg];
        put32(at + rows[i].at, (s->attr & 0xffu) << 8 | (s->attr & 0xf00u) << 12);
        put32(at + rows[i].at + 4, (u32)s->base);
        put32(at + rows[i].at + 8, s->limit);
    }
    put32(at + 0x4c, g->cpu.seg[SEG_CS].selector);
    return at;
}

START_TEST(the_386_loads_five_bits_of_cr0)
{
    static const struct {
        u32 word, cr0;
    } rows[] = {{0, 0},      {1, 1},          {2, 2},
                {4, 4},      {8, 8},          {0x10, 0},
                {0xffe0, 0}, {0x7fff0000, 0}, {0x80000001, 0x80000001}};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        guest_real(g);
        put32(image_386(), rows[i].word);
        guest_do(g, "0f 07");
        ck_assert_uint_eq(g->cpu.cr0, rows[i].cr0 | CR0_ET);
    }
}
END_TEST

START_TEST(loadall_is_for_ring_0)
{
    guest_flat(g, 3);
    guest_do(g, "0f 07");
    ck_assert_int_eq(guest_vector(g), EX_GP);
    guest_become(g, "80286");
    guest_flat(g, 3);
    guest_segment(g, SEG_CS, GUEST_USER_CODE, 0, 0xffff, 0xfb);
    put16(fill(AT_286, BYTES_286) + 0x34, 0x1234); /* AX */
    g->cpu.eip = g->start = 0x8000;
    guest_bytes(g, 0x8000, "0f 05");
    guest_step(g, 1);
    ck_assert_uint_eq(g->cpu.r[EAX], 0);
}
END_TEST

/* Code and stack of 32 bits from one instruction to the next, without any paging left. */
START_TEST(the_386_goes_on_in_the_mode_that_was_loaded)
{
    guest_flat(g, 0);
    guest_page(g);
    put32(guest_pte(g, 0x30000), 0x40000 | 7);
    put32(g->ram + 0x40000, 0x11111111);
    put32(g->ram + 0x30000, 0x22222222);
    guest_do(g, "a1 00 00 03 00"); /* MOV EAX,[30000h] */
    ck_assert_uint_eq(g->cpu.r[EAX], 0x11111111);
    put32(image_386(), CR0_PE);
    guest_bytes(g, GUEST_CODE, "0f 07");
    guest_bytes(g, GUEST_CODE + 0x100, "a1 00 00 03 00 f4");
    g->cpu.r[EDI] = AT_386;
    g->cpu.eip = GUEST_CODE;
    guest_step(g, 2);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x22222222);

    guest_real(g);
    u8 *at = image_386();
    put32(at, CR0_PE);
    put32(at + 8, GUEST_CODE + 0x100);
    put32(at + 0xb4, 0x00409b00); /* CS: 32 bits, base 0 */
    put32(at + 0xb8, 0);
    put32(at + 0xbc, 0xfffff);
    guest_do(g, "0f 07");
    guest_bytes(g, GUEST_CODE + 0x100, "b8 78 56 34 12");
    guest_step(g, 1);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x12345678);
}
END_TEST

/* IF and TF are looked at before the next instruction. */
START_TEST(an_interrupt_that_waits_comes_after_loadall)
{
    put32(image_386() + 4, FL_ALWAYS | FL_IF);
    guest_code(g, "0f 07");
    guest_bytes(g, GUEST_CODE + 0x100, "40 40 f4");
    cpu_intr(&g->cpu, 0, true);
    g->cpu.eip = 0;
    g->clock.deadline = g->clock.cycles + 1000;
    cpu_run(&g->cpu);
    ck_assert_uint_eq(g->cpu.r[EAX], 0);
    ck_assert_int_eq(guest_vector(g), 0x20);
}
END_TEST

START_TEST(breakpoints_that_were_loaded_are_met)
{
    g->cpu.dr[0] = GUEST_CODE + 0x101;
    put32(image_386() + 0x30, 2); /* G0: execution */
    guest_code(g, "0f 07");
    guest_bytes(g, GUEST_CODE + 0x100, "40 40 f4");
    g->cpu.eip = 0;
    g->clock.deadline = g->clock.cycles + 1000;
    cpu_run(&g->cpu);
    ck_assert_int_eq(guest_vector(g), EX_DB);
    ck_assert_uint_eq(g->cpu.r[EAX], 1);
    ck_assert_uint_eq(g->cpu.dr[6] & 15, 1);
}
END_TEST

Suite *loadall_suite(void)
{
    const TTest *const tests[] = {
        the_286_loads_every_field_from_800h,
        the_286_loads_four_bits_of_the_machine_status_word,
        the_386_loads_every_field_from_es_edi,
        the_386_loads_five_bits_of_cr0,
        loadall_is_for_ring_0,
        the_386_goes_on_in_the_mode_that_was_loaded,
        an_interrupt_that_waits_comes_after_loadall,
        breakpoints_that_were_loaded_are_met,
        NULL,
    };
    return guest_suite("loadall", tests, setup, teardown);
}
