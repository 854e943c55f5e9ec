/* SPDX-License-Identifier: MIT */
/* System management mode: what is saved, where it goes on, and what RSM brings back. SDM 3C "System
 * Management Mode". */
#include "tests/unit/guest.h"

static struct guest *g;

enum { SMBASE = 0x30000, HANDLER = SMBASE + 0x8000 };

static void teardown(void)
{
    guest_free(g);
}

static void setup(void)
{
    g = guest_new();
    guest_flat(g, 0);
    guest_bytes(g, HANDLER, "0f aa"); /* rsm */
}

/* A word of the state that was saved, by its offset in the manual's table. */
static u8 *map(u32 offset)
{
    return g->ram + g->cpu.smbase + 0x8000 + offset;
}

static void smi(void)
{
    cpu_smi(&g->cpu, 0, true);
    cpu_smi(&g->cpu, 0, false);
}

START_TEST(the_state_lies_where_the_manual_says)
{
    static const u32 places[] = {0x7fd0, 0x7fd4, 0x7fd8, 0x7fdc, 0x7fe0, 0x7fe4, 0x7fe8, 0x7fec};
    static const u32 selectors[] = {0x7fa8, 0x7fac, 0x7fb0, 0x7fb4, 0x7fb8, 0x7fbc};
    guest_page(g);
    for (unsigned i = 0; i < 8; i++)
        g->cpu.r[i] = 0x11111111 * (i + 1);
    cpu_set_eflags(&g->cpu, FL_IF | FL_ZF | FL_ALWAYS);
    g->cpu.eip = 0x12345;
    g->cpu.dr[7] = 0x455;
    smi();
    guest_step(g, 1);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_uint_eq(get32(map(places[i])), 0x11111111 * (i + 1));
    for (unsigned i = 0; i < SEG_COUNT; i++)
        ck_assert_uint_eq(get32(map(selectors[i])), i == SEG_CS ? GUEST_CODE32 : GUEST_DATA32);
    ck_assert_uint_eq(get32(map(0x7ffc)), CR0_PG | CR0_PE | CR0_ET);
    ck_assert_uint_eq(get32(map(0x7ff8)), GUEST_PAGES);
    ck_assert_uint_eq(get32(map(0x7ff4)), FL_IF | FL_ZF | FL_ALWAYS);
    ck_assert_uint_eq(get32(map(0x7ff0)), 0x12345);
    ck_assert_uint_eq(get32(map(0x7fc8)), 0x455);
    ck_assert_uint_eq(get32(map(0x7fc4)), GUEST_TSS_SELECTOR);
    ck_assert_uint_eq(get32(map(0x7efc)) & 0x30000, 0x30000);
    ck_assert_uint_eq(get32(map(0x7ef8)), SMBASE);
    ck_assert_uint_eq(get32(map(0x7f00)), 0);
}
END_TEST

START_TEST(the_handler_begins_in_big_real_mode)
{
    guest_flat(g, 3);
    guest_page(g);
    g->cpu.cr4 = CR4_PSE;
    g->cpu.cr0 |= CR0_TS | CR0_EM | CR0_WP | CR0_NE;
    g->cpu.dr[7] = 0x455;
    smi();
    guest_step(g, 1);
    ck_assert_uint_eq(g->cpu.eip, 0x8000);
    ck_assert_uint_eq(g->cpu.seg[SEG_CS].base, SMBASE);
    ck_assert_uint_eq(g->cpu.seg[SEG_CS].selector, SMBASE >> 4);
    ck_assert_uint_eq(g->cpu.seg[SEG_DS].limit, 0xffffffff);
    ck_assert_uint_eq(g->cpu.seg[SEG_DS].base | g->cpu.seg[SEG_DS].selector, 0);
    ck_assert_uint_eq(g->cpu.cr0, CR0_ET | CR0_WP | CR0_NE);
    ck_assert_uint_eq(g->cpu.cr4, 0);
    ck_assert_uint_eq(g->cpu.dr[7], 0x400);
    ck_assert_uint_eq(cpu_eflags(&g->cpu), FL_ALWAYS);
    ck_assert_uint_eq(g->cpu.cpl, 0);
    ck_assert_uint_eq(g->cpu.mode & MODE_CODE32, 0);
    guest_bytes(g, HANDLER, "67 66 c7 05 00 00 10 00 78 56 34 12"); /* mov dword [100000h],... */
    guest_step(g, 1);
    ck_assert_uint_eq(get32(g->ram + 0x100000), 0x12345678);
}
END_TEST

static void check_round_trip(void)
{
    struct segment seg[SEG_COUNT];
    u64 r[8];
    u32 cr0 = g->cpu.cr0, cr3 = g->cpu.cr3, cr4 = g->cpu.cr4, flags = cpu_eflags(&g->cpu);
    u32 eip = g->cpu.eip, cpl = g->cpu.cpl;
    struct table_register gdtr = g->cpu.gdtr, idtr = g->cpu.idtr;
    memcpy(seg, g->cpu.seg, sizeof seg);
    memcpy(r, g->cpu.r, sizeof r);
    guest_bytes(g, HANDLER, "66 31 c0 8e d8 66 bc 78 56 34 12 0f aa");
    smi();
    guest_step(g, 5);
    ck_assert(!g->cpu.smm);
    ck_assert(!memcmp(seg, g->cpu.seg, sizeof seg));
    ck_assert(!memcmp(r, g->cpu.r, sizeof r));
    ck_assert(g->cpu.cr0 == cr0 && g->cpu.cr3 == cr3 && g->cpu.cr4 == cr4);
    ck_assert(cpu_eflags(&g->cpu) == flags && g->cpu.eip == eip && g->cpu.cpl == cpl);
    ck_assert(!memcmp(&gdtr, &g->cpu.gdtr, sizeof gdtr));
    ck_assert(!memcmp(&idtr, &g->cpu.idtr, sizeof idtr));
}

START_TEST(rsm_brings_everything_back)
{
    check_round_trip();
    guest_flat(g, 3);
    guest_page(g);
    g->cpu.cr4 = CR4_PSE | CR4_VME;
    guest_segment(g, SEG_FS, GUEST_SMALL, GUEST_DATA, 0xfff, 0x0f3);
    g->cpu.r[EAX] = 0x1234;
    check_round_trip();
    guest_real(g);
    check_round_trip();
    guest_flat(g, 3);
    g->cpu.eflags |= FL_VM;
    for (unsigned i = 0; i < SEG_COUNT; i++)
        guest_segment(g, i, 0x1000, 0x10000, 0xffff, 0x0f3);
    check_round_trip();
    guest_code(g, "40"); /* and it goes on there */
    u32 before = (u32)g->cpu.r[EAX];
    g->cpu.eip = 0;
    guest_step(g, 1);
    ck_assert_uint_eq(g->cpu.r[EAX], before + 1);
}
END_TEST

START_TEST(rsm_is_undefined_elsewhere)
{
    guest_do(g, "0f aa");
    ck_assert_int_eq(guest_vector(g), EX_UD);
}
END_TEST

START_TEST(smbase_can_be_moved)
{
    /* mov dword [3fef8h],50000h; rsm */
    guest_bytes(g, HANDLER, "67 66 c7 05 f8 fe 03 00 00 00 05 00 0f aa");
    smi();
    guest_step(g, 3);
    ck_assert_uint_eq(g->cpu.smbase, 0x50000);
    smi();
    guest_step(g, 1);
    ck_assert_uint_eq(g->cpu.seg[SEG_CS].base, 0x50000);
    ck_assert_uint_eq(get32(g->ram + 0x50000 + 0x8000 + 0x7ff0), g->start);
    cpu_reset(&g->cpu);
    ck_assert_uint_eq(g->cpu.smbase, SMBASE);
}
END_TEST

START_TEST(a_second_smi_waits_for_rsm)
{
    guest_bytes(g, HANDLER, "90 0f aa");
    smi();
    guest_step(g, 1);
    smi();
    guest_step(g, 1);
    ck_assert(g->cpu.smm);
    ck_assert_uint_eq(g->cpu.eip, 0x8001);
    guest_step(g, 1);
    ck_assert(!g->cpu.smm);
    guest_step(g, 1);
    ck_assert(g->cpu.smm);
}
END_TEST

START_TEST(interrupts_and_nmi_are_held_off)
{
    guest_bytes(g, HANDLER, "90 90 0f aa");
    g->cpu.eflags |= FL_IF;
    smi();
    guest_step(g, 1);
    cpu_intr(&g->cpu, 0, true);
    cpu_nmi(&g->cpu, 0, true);
    guest_step(g, 3);
    ck_assert(!g->cpu.smm);
    ck_assert_uint_eq(g->cpu.eip, g->start);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), EX_NMI);
}
END_TEST

/* The word at 7F02h: was the processor halted, and shall it be again? */
START_TEST(a_halted_processor_halts_again_unless_the_handler_says_no)
{
    for (unsigned again = 0; again < 2; again++) {
        guest_flat(g, 0);
        guest_do(g, "f4 90");
        ck_assert(g->cpu.halted);
        smi();
        guest_step(g, 1);
        ck_assert_uint_eq(get16(map(0x7f02)), 1);
        ck_assert(!g->cpu.halted);
        put16(map(0x7f02), (u16)again);
        guest_step(g, 1);
        ck_assert_int_eq(g->cpu.halted, again);
        ck_assert_uint_eq(g->cpu.eip, g->start + 1);
        g->cpu.halted = false;
    }
}
END_TEST

/* A chip that asks for SMI when its port is accessed. */
static u32 trap_read(void *owner, u32 reg, unsigned size)
{
    (void)owner, (void)reg, (void)size;
    smi();
    return 0x55;
}

static void trap_write(void *owner, u32 reg, u32 value, unsigned size)
{
    (void)owner, (void)reg, (void)value, (void)size;
    smi();
}

static const struct chip trapping = {.name = "trap", .read = trap_read, .write = trap_write};

START_TEST(an_io_instruction_can_be_run_again)
{
    bus_map_ports(&g->bus, 0xb2, 1, 1, 0, &trapping, NULL);
    for (unsigned again = 0; again < 2; again++) {
        guest_flat(g, 0);
        guest_do(g, "e6 b2 90"); /* out b2h,al */
        ck_assert_uint_eq(g->cpu.eip, g->start + 2);
        guest_step(g, 1);
        ck_assert(g->cpu.smm);
        if (again)
            *map(0x7f00) = 0xff;
        guest_step(g, 1);
        ck_assert_uint_eq(g->cpu.eip, g->start + (again ? 0 : 2));
    }
    guest_flat(g, 0);
    g->cpu.r[EDX] = 0xb2;
    g->cpu.r[ECX] = 3;
    g->cpu.r[EDI] = GUEST_DATA;
    guest_do(g, "f3 6c"); /* rep insb */
    ck_assert_uint_eq(g->cpu.r[ECX], 2);
    guest_step(g, 1);
    *map(0x7f00) = 0xff;
    guest_step(g, 1);
    ck_assert_uint_eq(g->cpu.r[ECX], 3);
    ck_assert_uint_eq(g->cpu.r[EDI], GUEST_DATA);
}
END_TEST

/* One that comes when the access is over belongs to no instruction: FFh then asks for nothing. */
START_TEST(an_smi_after_an_io_instruction_does_not_run_it_again)
{
    static const char *const codes[] = {"e4 80 90", "e6 80 90"}; /* in al,80h; out 80h,al */
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        guest_flat(g, 0);
        guest_do(g, codes[i]);
        smi();
        guest_step(g, 1);
        ck_assert(g->cpu.smm);
        ck_assert_uint_eq(get32(map(0x7f78)) & 0x200, 0); /* ours: it came with an access */
        *map(0x7f00) = 0xff;
        guest_step(g, 1);
        ck_assert_uint_eq(g->cpu.eip, g->start + 2);
    }
}
END_TEST

START_TEST(a_state_that_cannot_be_shuts_the_processor_down)
{
    static const struct {
        u32 offset, value;
    } bad[] = {{0x7ffc, CR0_PG}, {0x7ffc, CR0_NW}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        guest_flat(g, 0);
        smi();
        guest_step(g, 1);
        put32(map(bad[i].offset), bad[i].value);
        guest_step(g, 1);
        ck_assert(g->cpu.shutdown);
    }
}
END_TEST

/* SMIACT# tells the board which memory is meant. */
START_TEST(smiact_is_driven_from_the_smi_to_rsm)
{
    guest_bytes(g, HANDLER, "90 0f aa");
    ck_assert(!g->cpu.smiact.level);
    smi();
    guest_step(g, 1);
    ck_assert(g->cpu.smiact.level);
    guest_step(g, 1);
    ck_assert(g->cpu.smiact.level);
    guest_step(g, 1);
    ck_assert(!g->cpu.smiact.level);
    smi();
    guest_step(g, 1);
    cpu_reset(&g->cpu);
    ck_assert(!g->cpu.smiact.level);
}
END_TEST

START_TEST(an_smi_waits_behind_mov_ss)
{
    g->cpu.r[EAX] = GUEST_DATA32;
    guest_do(g, "8e d0 40 40"); /* mov ss,eax; inc eax */
    smi();
    guest_step(g, 1);
    ck_assert(!g->cpu.smm);
    guest_step(g, 1);
    ck_assert(g->cpu.smm);
    ck_assert_uint_eq(get32(map(0x7ff0)), g->start + 3);
}
END_TEST

Suite *smm_suite(void)
{
    const TTest *const tests[] = {
        the_state_lies_where_the_manual_says,
        the_handler_begins_in_big_real_mode,
        rsm_brings_everything_back,
        rsm_is_undefined_elsewhere,
        smbase_can_be_moved,
        a_second_smi_waits_for_rsm,
        interrupts_and_nmi_are_held_off,
        a_halted_processor_halts_again_unless_the_handler_says_no,
        an_io_instruction_can_be_run_again,
        an_smi_after_an_io_instruction_does_not_run_it_again,
        a_state_that_cannot_be_shuts_the_processor_down,
        smiact_is_driven_from_the_smi_to_rsm,
        an_smi_waits_behind_mov_ss,
        NULL,
    };
    return guest_suite("smm", tests, setup, teardown);
}
