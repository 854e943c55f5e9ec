/* SPDX-License-Identifier: MIT */
/* The state save map word by word, out and in, and what RSM refuses. SDM 3C "SMRAM State Save Map",
 * "Exiting From SMM". */
#include "cpu/debug.h"

#include "tests/unit/guest.h"

static struct guest *g;

enum { SMBASE = 0x30000, MAP = SMBASE + 0x8000, FIRST = 0x7e00, END = 0x8000, PATTERN = 0xa5 };
enum {
    CR0 = 0x7ffc,
    CR3 = 0x7ff8,
    REQUESTS = 0x7f00,
    CR4 = 0x7f74,
    STATE = 0x7f78,
    RESTART = 0x7f7c
};

static void setup(void)
{
    g = guest_new();
    guest_flat(g, 0);
    guest_bytes(g, MAP, "0f aa"); /* rsm */
}

static void teardown(void)
{
    guest_free(g);
}

static void enter(void)
{
    cpu_smi(&g->cpu, 0, true);
    cpu_smi(&g->cpu, 0, false);
    guest_step(g, 1);
    ck_assert(g->cpu.smm);
}

static u8 *map(u32 offset)
{
    return g->ram + MAP + offset;
}

/* The places of the eight segments' selectors and of their hidden parts, three dwords each. */
static const u32 selectors[] = {0x7fa8, 0x7fac, 0x7fb0, 0x7fb4, 0x7fb8, 0x7fbc, 0x7fc0, 0x7fc4};
enum { HIDDEN = 0x7f04 };

static struct segment *segment(unsigned i)
{
    return i < SEG_COUNT ? &g->cpu.seg[i] : i == SEG_COUNT ? &g->cpu.ldtr : &g->cpu.tr;
}

/* Another value for each register. */
static void number_registers(void)
{
    struct cpu *cpu = &g->cpu;
    for (u32 i = 0; i < 8; i++)
        cpu->r[i] = 0x01010101 * (i + 0x10);
    for (unsigned i = 0; i < 8; i++) {
        struct segment *s = segment(i);
        *s = (struct segment){.base = i == SEG_CS ? 0 : 0x10203040u * (i & 3) + 0x1000 * i,
                              .limit = i == SEG_CS ? 0xffffffff : 0xffff0fff - i,
                              .selector = (u16)(0x20 + 8 * i),
                              .attr = i == SEG_CS      ? 0xc9b
                                      : i < SEG_COUNT  ? (u16)(0xc93 - 0x800 * (i & 1))
                                      : i == SEG_COUNT ? 0x082
                                                       : 0x08b};
        segment_derive(s);
    }
    cpu->gdtr = (struct table_register){0x12345678, 0x1357};
    cpu->idtr = (struct table_register){0x23456789, 0x2468};
    cpu->dr[6] = 0xffff0ff1;
    cpu->dr[7] = 0x00000400;
    cpu->cr4 = CR4_PSE | CR4_DE;
    cpu->cr3 = 0x00345000;
    cpu->eip = 0x87654321;
    cpu_set_eflags(cpu, FL_CF | FL_DF | FL_ID);
    mode_update(cpu);
}

static void want32(u8 *want, u32 offset, u32 value)
{
    put32(want + offset - FIRST, value);
}

/* What the map has to be, byte by byte, the rest untouched. */
static void expected(u8 *want)
{
    const struct cpu *cpu = &g->cpu;
    memset(want, PATTERN, END - FIRST);
    want32(want, CR0, cpu->cr0);
    want32(want, CR3, cpu->cr3);
    want32(want, 0x7ff4, cpu_eflags(cpu));
    want32(want, 0x7ff0, cpu->eip);
    for (u32 i = 0; i < 8; i++)
        want32(want, 0x7fd0 + 4 * i, (u32)cpu->r[i]);
    want32(want, 0x7fcc, cpu->dr[6]);
    want32(want, 0x7fc8, cpu->dr[7]);
    for (u32 i = 0; i < 8; i++) {
        const struct segment *s = segment(i);
        want32(want, selectors[i], s->selector);
        want32(want, HIDDEN + 12 * i, (u32)s->base);
        want32(want, HIDDEN + 12 * i + 4, s->limit);
        want32(want, HIDDEN + 12 * i + 8, s->attr);
    }
    want32(want, 0x7f64, cpu->gdtr.base);
    want32(want, 0x7f68, cpu->gdtr.limit);
    want32(want, 0x7f6c, cpu->idtr.base);
    want32(want, 0x7f70, cpu->idtr.limit);
    want32(want, CR4, cpu->cr4);
    want32(want, STATE, (u32)cpu->cpl | (cpu->nmi_blocked ? 0x100 : 0) | (cpu->smi_io ? 0x200 : 0));
    for (u32 i = 0; i < 4; i++)
        want32(want, RESTART + 4 * i, cpu->smi_restart[i]);
    want32(want, REQUESTS, cpu->halted ? 1 << 16 : 0);
    want32(want, 0x7efc, 0x30000);
    want32(want, 0x7ef8, SMBASE);
}

START_TEST(the_map_holds_every_register_at_its_place)
{
    u8 want[END - FIRST];
    for (unsigned blocked = 0; blocked < 2; blocked++) {
        guest_flat(g, 0);
        number_registers();
        g->cpu.nmi_blocked = blocked;
        memset(map(FIRST), PATTERN, END - FIRST);
        cpu_smi(&g->cpu, 0, true);
        cpu_smi(&g->cpu, 0, false);
        for (u32 i = 0; i < 4; i++)
            g->cpu.smi_restart[i] = 0x3c3c0000 + i;
        expected(want);
        guest_step(g, 1);
        for (u32 i = 0; i < END - FIRST; i++)
            ck_assert_msg(map(FIRST)[i] == want[i], "%04x is %02x, not %02x", FIRST + i,
                          map(FIRST)[i], want[i]);
        ck_assert(g->cpu.nmi_blocked && !g->cpu.smi_pending && !g->cpu.smi_io);
    }
}
END_TEST

/* Whatever the handler writes there is what RSM loads. */
START_TEST(rsm_loads_what_the_map_says)
{
    enter();
    for (u32 i = 0; i < 8; i++)
        put32(map(0x7fd0 + 4 * i), 0x0a0b0c00 + i);
    for (u32 i = 0; i < 8; i++) {
        put32(map(selectors[i]), 0x77770000 | 0x100 | i);
        put32(map(HIDDEN + 12 * i), 0x1000 * i);
        put32(map(HIDDEN + 12 * i + 4), 0xffff0000 + i);
        put32(map(HIDDEN + 12 * i + 8), 0xf0000000 | (i == SEG_CS ? 0xc9b : 0xc93));
    }
    static const u32 words[] = {0x7fcc, 0x7fc8, 0x7f64, 0x7f68, 0x7f6c, 0x7f70};
    static const u32 values[] = {0xffff4ff2, 0x402, 0x11111110, 0xaaaa1111, 0x22222220, 0xbbbb2222};
    for (unsigned i = 0; i < ARRAY_LEN(words); i++)
        put32(map(words[i]), values[i]);
    put32(map(CR0), CR0_PE | CR0_WP); /* ET is fixed */
    put32(map(CR3), 0x456000);
    put32(map(CR4), CR4_PSE | CR4_TSD);
    put32(map(0x7ff4), FL_IOPL | FL_NT | FL_OF);
    put32(map(0x7ff0), 0x4444);
    put32(map(STATE), 3);
    put32(map(0x7ef8), 0x50000);
    g->cpu.stop = 0;
    guest_step(g, 1);
    const struct cpu *cpu = &g->cpu;
    for (u32 i = 0; i < 8; i++) {
        struct segment want = {.base = 0x1000 * i,
                               .limit = 0xffff0000 + i,
                               .selector = (u16)(0x100 | i),
                               .attr = i == SEG_CS ? 0xc9b : 0xc93};
        segment_derive(&want);
        ck_assert_uint_eq(cpu->r[i], 0x0a0b0c00 + i);
        ck_assert_msg(!memcmp(segment(i), &want, sizeof want), "segment %u", i);
    }
    ck_assert_uint_eq(cpu->dr[6], 0xffff4ff2);
    ck_assert_uint_eq(cpu->dr[7], 0x402);
    ck_assert_uint_eq(cpu->break_code, 1); /* which takes effect */
    ck_assert(cpu->gdtr.base == 0x11111110 && cpu->gdtr.limit == 0x1111);
    ck_assert(cpu->idtr.base == 0x22222220 && cpu->idtr.limit == 0x2222);
    ck_assert_uint_eq(cpu->cr0, CR0_PE | CR0_ET | CR0_WP);
    ck_assert_uint_eq(cpu->cr3, 0x456000);
    ck_assert_uint_eq(cpu->cr4, CR4_PSE | CR4_TSD);
    ck_assert_uint_eq(cpu_eflags(cpu), FL_IOPL | FL_NT | FL_OF | FL_ALWAYS);
    ck_assert_uint_eq(cpu->eip, 0x4444);
    ck_assert_uint_eq(cpu->cpl, 3);
    ck_assert(cpu->tlb == &cpu->tlb_set[1]);
    ck_assert_uint_eq(cpu->smbase, 0x50000);
    ck_assert(!cpu->smm && !cpu->nmi_blocked && !cpu->halted);
}
END_TEST

/* What the manual lists, and what only looks like it. */
START_TEST(rsm_refuses_states_that_cannot_be)
{
    static const struct {
        u32 cr0, cr4;
        bool good;
    } rows[] = {
        {CR0_PE, 0, true},          {CR0_PE | CR0_PG, 0, true},
        {CR0_PG, 0, false},         {CR0_NW, 0, false},
        {CR0_NW | CR0_CD, 0, true}, {CR0_CD, 0, true},
        {CR0_PE, 1u << 11, false},  {CR0_PE, 1u << 31, false},
        {CR0_PE, CR4_PGE, true},    {CR0_PE | CR0_PG, CR4_PAE, false}, /* bad pointers */
        {CR0_PE, CR4_PAE, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        guest_flat(g, 0);
        guest_page(g);
        g->cpu.shutdown = false;
        enter();
        put32(map(CR0), rows[i].cr0);
        put32(map(CR4), rows[i].cr4);
        put32(map(CR3), GUEST_PAGES); /* as pointers: reserved bits are set */
        g->cpu.stop = 0;
        guest_step(g, 1);
        ck_assert_msg(g->cpu.shutdown == !rows[i].good, "row %zu", i);
        ck_assert_msg(g->cpu.smm == !rows[i].good, "row %zu", i);
        g->cpu.shutdown = g->cpu.smm = false;
    }
}
END_TEST

/* SDM 3C "I/O Instruction Restart": FFh asks for it, and only when the SMI came with one. */
START_TEST(an_instruction_is_restarted_only_if_it_was_one_of_io)
{
    static const struct {
        u8 slot;
        bool io, again;
    } rows[] = {{0xff, true, true}, {0xff, false, false}, {0, true, false}, {0xfe, true, false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        guest_flat(g, 0);
        enter();
        *map(REQUESTS) = rows[i].slot;
        put32(map(STATE), rows[i].io ? 0x200 : 0);
        for (u32 k = 0; k < 4; k++)
            put32(map(RESTART + 4 * k), 0x5000 + k);
        u64 ecx = g->cpu.r[ECX];
        guest_step(g, 1);
        ck_assert_uint_eq(g->cpu.eip, rows[i].again ? 0x5000 : g->start);
        ck_assert_uint_eq(g->cpu.r[ECX], rows[i].again ? 0x5001 : ecx);
        if (rows[i].again)
            ck_assert(g->cpu.r[ESI] == 0x5002 && g->cpu.r[EDI] == 0x5003);
    }
}
END_TEST

/* RF in the image holds for the instruction that RSM goes back to. */
START_TEST(rsm_brings_rf_back_for_one_instruction)
{
    for (unsigned rf = 0; rf < 2; rf++) {
        guest_flat(g, 0);
        guest_code(g, "90 90");
        g->cpu.dr[0] = GUEST_CODE;
        enter();
        put32(map(0x7fc8), 0x402);
        put32(map(0x7ff4), FL_ALWAYS | (rf ? FL_RF : 0));
        guest_step(g, 2);
        ck_assert_int_eq(guest_vector(g), rf ? -1 : EX_DB);
        g->cpu.dr[7] = 0x400;
        debug_update(&g->cpu);
    }
}
END_TEST

/* The handler's own mode: CR0 keeps what the manual does not name, all segments are 4 GiB of data.
 */
START_TEST(the_handler_has_no_paging_and_big_segments)
{
    guest_flat(g, 3);
    guest_page(g);
    g->cpu.cr0 |= CR0_MP | CR0_NE | CR0_AM | CR0_CD;
    g->cpu.smi_pending = false;
    enter();
    ck_assert_uint_eq(g->cpu.cr0, CR0_ET | CR0_MP | CR0_NE | CR0_AM | CR0_CD);
    for (unsigned i = 0; i < SEG_COUNT; i++) {
        struct segment want = {.limit = 0xffffffff, .attr = 0x893};
        segment_derive(&want);
        if (i == SEG_CS) {
            want.base = SMBASE;
            want.selector = SMBASE >> 4;
        }
        ck_assert(!memcmp(&g->cpu.seg[i], &want, sizeof want));
    }
    ck_assert(g->cpu.tlb == &g->cpu.tlb_set[0] && g->cpu.nmi_blocked);
}
END_TEST

Suite *smram_suite(void)
{
    const TTest *const tests[] = {
        the_map_holds_every_register_at_its_place,
        rsm_loads_what_the_map_says,
        rsm_refuses_states_that_cannot_be,
        an_instruction_is_restarted_only_if_it_was_one_of_io,
        rsm_brings_rf_back_for_one_instruction,
        the_handler_has_no_paging_and_big_segments,
        NULL,
    };
    return guest_suite("smram", tests, setup, teardown);
}
