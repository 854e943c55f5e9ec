/* SPDX-License-Identifier: MIT */
/* Clocks of instructions on the models, against the tables of their manuals. */
#include "cpu/timing.h"

#include "tests/unit/guest.h"

static struct guest *g;

static void setup(void)
{
    g = guest_new();
}

static void teardown(void)
{
    guest_free(g);
}

/* In real mode on MODEL from now on. */
static void on(const char *model)
{
    cpu_free(&g->cpu);
    ck_assert(cpu_init(&g->cpu, cpu_model_find(model, strlen(model)), &g->bus, &g->clock));
    guest_real(g);
}

/* Clocks of the first instruction in HEX. */
static u32 clocks(const char *hex)
{
    u64 before = g->clock.cycles;
    guest_do(g, hex);
    return (u32)(g->clock.cycles - before);
}

START_TEST(the_8086_adds_addresses_prefixes_and_odd_words)
{
    on("8086");
    ck_assert_uint_eq(clocks("00 c8"), 3);          /* add al, cl */
    ck_assert_uint_eq(clocks("00 07"), 16 + 5);     /* add [bx], al */
    ck_assert_uint_eq(clocks("00 00"), 16 + 7);     /* add [bx+si], al */
    ck_assert_uint_eq(clocks("00 02"), 16 + 8);     /* add [bp+si], al */
    ck_assert_uint_eq(clocks("00 06 00 01"), 16 + 6);
    ck_assert_uint_eq(clocks("26 00 80 00 01"), 16 + 11 + 2);
    g->cpu.r[EBX] = 1;
    ck_assert_uint_eq(clocks("03 07"), 9 + 5 + 4);  /* read a word at an odd address */
    ck_assert_uint_eq(clocks("01 07"), 16 + 5 + 8); /* and write it again */
    ck_assert_uint_eq(clocks("02 07"), 9 + 5);      /* a byte */
    g->cpu.r[ESP] = 0x7fff;
    ck_assert_uint_eq(clocks("50"), 11 + 4);
    ck_assert_uint_eq(clocks("c3"), 16 + 4);
}
END_TEST

START_TEST(shifts_take_a_clock_a_bit_where_there_is_no_barrel_shifter)
{
    g->cpu.r[ECX] = 0;
    on("8086");
    g->cpu.r[ECX] = 5;
    ck_assert_uint_eq(clocks("d3 e0"), 8 + 4 * 5);
    on("80286");
    g->cpu.r[ECX] = 5;
    ck_assert_uint_eq(clocks("d3 e0"), 5 + 5 + 1);
    ck_assert_uint_eq(clocks("c1 e0 07"), 5 + 7 + 2);
    on("386");
    g->cpu.r[ECX] = 5;
    ck_assert_uint_eq(clocks("d3 e0"), 3);
}
END_TEST

START_TEST(the_386_stops_multiplying_at_the_last_bit)
{
    on("386");
    g->cpu.r[ECX] = 3;
    u32 least = clocks("f7 e1"); /* mul cx */
    g->cpu.r[ECX] = 0x8000;
    ck_assert_uint_eq(clocks("f7 e1"), least + 13);
}
END_TEST

START_TEST(taken_jumps_cost_more)
{
    static const struct {
        const char *model;
        u32 stays, jumps;
    } t[] = {{"8086", 4, 17}, {"80286", 5, 10}, {"386", 3, 8}, {"486", 1, 3}, {"pentium3", 1, 2}};
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        on(t[i].model);
        cpu_set_eflags(&g->cpu, FL_ALWAYS);
        ck_assert_uint_eq(clocks("74 10"), t[i].stays);
        ck_assert_uint_eq(clocks("75 10"), t[i].jumps);
    }
}
END_TEST

START_TEST(repeated_strings_cost_by_the_element)
{
    static const struct {
        const char *model;
        u32 start, each;
    } t[] = {{"8086", 11, 17}, {"80286", 6, 4}, {"386", 7, 4}, {"486", 13, 3}, {"pentium3", 12, 1}};
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        on(t[i].model);
        g->clock.deadline = g->clock.cycles + 1000000;
        guest_code(g, "f3 a4 f4"); /* rep movsb; hlt */
        g->cpu.eip = g->start;
        g->cpu.r[ECX] = 100;
        g->cpu.r[ESI] = 0x100;
        g->cpu.r[EDI] = 0x200;
        u64 before = g->clock.cycles;
        while (g->cpu.r[ECX] || g->cpu.eip == g->start)
            cpu_step(&g->cpu);
        u32 took = (u32)(g->clock.cycles - before);
        ck_assert_uint_ge(took, t[i].start + 100 * t[i].each);
    }
}
END_TEST

START_TEST(no_class_is_longer_than_a_block_allows)
{
    for (unsigned i = 0; i < insn_count; i++) {
        for (unsigned m = 0; m < cpu_model_count; m++) {
            struct insn_form form = {.memory = true, .modrm = 0x80, .op = insn_table[i].op};
            u32 n = timing_clocks(&cpu_models[m], &insn_table[i], &form);
            ck_assert_uint_le(n, TIMING_MAX);
            if (model_has(&cpu_models[m], insn_table[i].since))
                ck_assert_msg(n > 0, "%s costs nothing on %s", insn_table[i].name,
                              cpu_models[m].name);
        }
    }
}
END_TEST

Suite *timing_suite(void)
{
    const TTest *const tests[] = {
        the_8086_adds_addresses_prefixes_and_odd_words,
        shifts_take_a_clock_a_bit_where_there_is_no_barrel_shifter,
        the_386_stops_multiplying_at_the_last_bit,
        taken_jumps_cost_more,
        repeated_strings_cost_by_the_element,
        no_class_is_longer_than_a_block_allows,
        NULL,
    };
    return guest_suite("timing", tests, setup, teardown);
}
