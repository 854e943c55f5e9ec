/* SPDX-License-Identifier: MIT */
/* The local APIC of one processor: registers, priorities, errors, on and off. SDM 3A "Advanced
 * Programmable Interrupt Controller (APIC)". */
#include "tests/unit/lapic_rig.h"

static struct lapic_rig rig;
static struct lapic *const l = &rig.l[0];

static void setup(void)
{
    rig_init(&rig, 1, true);
}

static bool intr(void)
{
    return l->intr.level;
}

START_TEST(every_byte_is_in_a_field)
{
    ck_assert_uint_eq(state_uncovered(stderr, lapic_chip.fields, lapic_chip.size), 0);
    ck_assert_uint_eq(state_uncovered(stderr, apic_bus_chip.fields, apic_bus_chip.size), 0);
}
END_TEST

/* SDM 3A "Local APIC State After Power-Up or Reset"; the map of registers. */
START_TEST(registers_after_power_on)
{
    static const u32 values[][2] = {
        {L_ID, 0},         {L_VERSION, 0x00040011},
        {L_TPR, 0},        {L_APR, 0},
        {L_PPR, 0},        {L_EOI, 0},
        {L_LDR, 0},        {L_DFR, 0xffffffff},
        {L_SVR, 0xff},     {L_ESR, 0},
        {L_ICR, 0},        {L_ICR2, 0},
        {L_TIMER, MASKED}, {L_PERFORMANCE, MASKED},
        {L_LINT0, MASKED}, {L_LINT1, MASKED},
        {L_ERROR, MASKED}, {L_INITIAL, 0},
        {L_COUNT, 0},      {L_DIVIDE, 0},
    };
    rig_init(&rig, 1, false);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < ARRAY_LEN(values); i++)
            ck_assert_msg(rd(l, values[i][0]) == values[i][1], "register %x is %x", values[i][0],
                          rd(l, values[i][0]));
        for (u32 r = L_ISR; r < L_ESR; r += 16)
            ck_assert_uint_eq(rd(l, r), 0);
        wr(l, L_SVR, 0x1ff); /* the second time after everything was written */
        for (u32 r = 0; r < 0x400; r += 16)
            if (r != L_ID)
                wr(l, r, 0x55555555);
        rig_send(&rig, 0, 0x61, true);
        lapic_chip.reset(l);
    }
}
END_TEST

START_TEST(what_can_be_written_reads_back_and_the_rest_does_not)
{
    static const u32 masks[][2] = {
        {L_ID, 0x0f000000},       {L_VERSION, 0},     {L_TPR, 0xff},        {L_LDR, 0xff000000},
        {L_DFR, 0xf0000000},      {L_SVR, 0x3f0},     {L_ICR2, 0xff000000}, {L_TIMER, 0x700ff},
        {L_PERFORMANCE, 0x107ff}, {L_LINT0, 0x1a7ff}, {L_LINT1, 0x1a7ff},   {L_ERROR, 0x100ff},
        {L_INITIAL, 0xffffffff},  {L_DIVIDE, 0xb},    {L_COUNT, 0},         {L_EOI, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
        u32 reg = masks[i][0], mask = masks[i][1], fixed;
        setup();
        fixed = rd(l, reg) & ~mask;
        for (unsigned bit = 0; bit < 32; bit++) {
            u32 on = reg == L_SVR ? 0x100 : reg >= L_TIMER && reg <= L_ERROR ? MASKED : 0;
            wr(l, reg, 1u << bit | on);
            ck_assert_msg(rd(l, reg) == (((1u << bit | on) & mask) | fixed),
                          "register %x bit %u: %x", reg, bit, rd(l, reg));
            if (reg == L_TIMER)
                setup();
        }
        wr(l, reg, 0xffffffff);
        ck_assert_uint_eq(rd(l, reg), mask | fixed);
    }
    setup();
    wr(l, L_ICR, 0xffffffff); /* delivery mode 7: nothing is sent */
    ck_assert_uint_eq(rd(l, L_ICR), 0xccfff);
}
END_TEST

START_TEST(sets_and_priorities_cannot_be_written)
{
    setup();
    rig_send(&rig, 0, 0x45, true);
    for (u32 r = L_ISR; r < L_ESR; r += 16) {
        u32 before = rd(l, r);
        wr(l, r, ~before);
        ck_assert_uint_eq(rd(l, r), before);
    }
    wr(l, L_PPR, 0xf0);
    wr(l, L_APR, 0xf0);
    ck_assert_uint_eq(rd(l, L_PPR), 0);
    ck_assert_uint_eq(rd(l, L_APR), 0x40);
}
END_TEST

START_TEST(narrow_accesses_read_parts_and_write_nothing)
{
    setup();
    ck_assert_uint_eq(lapic_chip.read(l, L_VERSION + 2, 1) & 0xff, 4);
    ck_assert_uint_eq(lapic_chip.read(l, L_VERSION + 2, 2) & 0xffff, 4);
    ck_assert_uint_eq(lapic_chip.read(l, L_VERSION + 4, 4), 0);
    lapic_chip.write(l, L_TPR, 0x50, 1);
    lapic_chip.write(l, L_TPR, 0x50, 2);
    lapic_chip.write(l, L_TPR + 4, 0x50, 4);
    ck_assert_uint_eq(rd(l, L_TPR), 0);
    ck_assert_uint_eq(rig_errors(l), 0);
}
END_TEST

/* SDM 3A "Error Handling": regions of 16 bytes marked reserved. */
START_TEST(reserved_addresses_are_errors_on_the_p6_alone)
{
    for (u32 r = 0; r < 0x1000; r += 16) {
        bool there = r == L_ID || r == L_VERSION || (r >= L_TPR && r <= L_EOI) ||
                     (r >= L_LDR && r <= L_ESR) || (r >= L_ICR && r <= L_TIMER) ||
                     (r >= L_PERFORMANCE && r <= L_COUNT) || r == L_DIVIDE;
        setup();
        rd(l, r + (r >> 4) % 16);
        ck_assert_msg(rig_errors(l) == (there ? 0 : 0x80u), "register %x read", r);
        if (r == L_ESR)
            continue;
        wr(l, r, r == L_ICR ? EXTINT : 0);
        ck_assert_msg(rig_errors(l) == (there ? 0 : 0x80u), "register %x written", r);
        l->config.p6 = false;
        rd(l, r);
        wr(l, r, r == L_ICR ? EXTINT : 0);
        ck_assert_uint_eq(rig_errors(l), 0);
    }
}
END_TEST

START_TEST(the_pentium_has_four_entries)
{
    setup();
    l->config.p6 = false;
    ck_assert_uint_eq(rd(l, L_VERSION), 0x00030010);
    wr(l, L_PERFORMANCE, 0x31);
    ck_assert_uint_eq(rd(l, L_PERFORMANCE), 0);
}
END_TEST

/* Priorities. SDM 3A "Interrupt, Task, and Processor Priority". */

START_TEST(interrupts_are_taken_by_class_and_vector)
{
    setup();
    ck_assert(rig_send(&rig, 0, 0x41, false));
    ck_assert(intr());
    rig_send(&rig, 0, 0x52, false);
    rig_send(&rig, 0, 0x51, false);
    ck_assert_uint_eq(rd(l, L_IRR + 0x20), 0x00060002);
    ck_assert_uint_eq(lapic_acknowledge(l), 0x52);
    ck_assert(!intr()); /* 51h is of the same class */
    ck_assert_uint_eq(rd(l, L_PPR), 0x50);
    ck_assert_uint_eq(rd(l, L_ISR + 0x20), 0x00040000);
    rig_send(&rig, 0, 0x60, false);
    ck_assert(intr());
    ck_assert_uint_eq(lapic_acknowledge(l), 0x60);
    wr(l, L_EOI, 0);
    ck_assert(!intr());
    wr(l, L_EOI, 0);
    ck_assert_uint_eq(lapic_acknowledge(l), 0x51);
    wr(l, L_EOI, 0);
    ck_assert_uint_eq(lapic_acknowledge(l), 0x41);
    wr(l, L_EOI, 0);
    ck_assert(!intr());
    wr(l, L_EOI, 0); /* of nothing */
    ck_assert_uint_eq(rd(l, L_PPR), 0);
}
END_TEST

START_TEST(the_task_priority_holds_back_its_class_and_those_below)
{
    for (unsigned tpr = 0; tpr < 0x100; tpr += 5) {
        setup();
        wr(l, L_TPR, tpr);
        ck_assert_uint_eq(rd(l, L_PPR), tpr);
        for (unsigned vector = 16; vector < 256; vector += 3) {
            rig_send(&rig, 0, (u8)vector, false);
            ck_assert_msg(intr() == (vector >> 4 > tpr >> 4), "TPR %x, vector %x", tpr, vector);
            if (!intr())
                continue;
            ck_assert_uint_eq(lapic_acknowledge(l), vector);
            wr(l, L_EOI, 0);
        }
    }
    setup();
    wr(l, L_TPR, 0x58);
    rig_send(&rig, 0, 0x51, false);
    ck_assert(!intr());
    wr(l, L_TPR, 0x4f);
    ck_assert(intr());
}
END_TEST

/* PPR: TPR if its class is not below that of what is served, else the latter's class. */
START_TEST(processor_priority_is_the_higher_of_task_and_service)
{
    setup();
    rig_send(&rig, 0, 0x73, false);
    lapic_acknowledge(l);
    wr(l, L_TPR, 0x6f);
    ck_assert_uint_eq(rd(l, L_PPR), 0x70);
    wr(l, L_TPR, 0x75);
    ck_assert_uint_eq(rd(l, L_PPR), 0x75);
    wr(l, L_TPR, 0x81);
    ck_assert_uint_eq(rd(l, L_PPR), 0x81);
}
END_TEST

/* The formula of SDM 3A "Arbitration Priority Register". */
START_TEST(arbitration_priority)
{
    static const struct {
        u8 tpr, isr, irr, apr;
    } rows[] = {
        {0x00, 0x00, 0x00, 0x00}, {0x35, 0x00, 0x00, 0x35}, {0x35, 0x00, 0x32, 0x35},
        {0x35, 0x00, 0x42, 0x40}, {0x35, 0x31, 0x00, 0x30}, {0x45, 0x31, 0x00, 0x45},
        {0x35, 0x51, 0x00, 0x10}, {0x35, 0x51, 0x22, 0x20}, {0x00, 0x51, 0x22, 0x20},
        {0x65, 0x51, 0x00, 0x65}, {0x55, 0x51, 0x45, 0x50}, {0x65, 0x51, 0x72, 0x70},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        setup();
        if (rows[i].isr) {
            rig_send(&rig, 0, rows[i].isr, false);
            lapic_acknowledge(l);
        }
        wr(l, L_TPR, rows[i].tpr);
        if (rows[i].irr)
            rig_send(&rig, 0, rows[i].irr, false);
        ck_assert_msg(rd(l, L_APR) == rows[i].apr, "row %zu: %x", i, rd(l, L_APR));
    }
}
END_TEST

/* SDM 3A "Spurious Interrupt": announced, and masked by software before the core asks. */
START_TEST(what_was_announced_and_is_held_back_meanwhile_is_spurious)
{
    setup();
    wr(l, L_SVR, 0x1c3); /* bits 3-0 of the vector are ones */
    rig_send(&rig, 0, 0x41, false);
    wr(l, L_TPR, 0x40);
    ck_assert(intr());
    ck_assert_uint_eq(lapic_acknowledge(l), 0xcf);
    ck_assert(!intr());
    ck_assert(!rig_in(l, L_ISR, 0xcf) && !rig_in(l, L_ISR, 0x41) && rig_in(l, L_IRR, 0x41));
    wr(l, L_TPR, 0);
    ck_assert(intr());
    ck_assert_uint_eq(lapic_acknowledge(l), 0x41);
}
END_TEST

START_TEST(a_vector_may_wait_while_it_is_served_and_only_once)
{
    setup();
    for (unsigned i = 0; i < 4; i++) {
        rig_send(&rig, 0, 0x41, false);
        if (i == 0)
            lapic_acknowledge(l);
    }
    ck_assert(rig_in(l, L_ISR, 0x41) && rig_in(l, L_IRR, 0x41));
    ck_assert(!intr());
    wr(l, L_EOI, 0);
    ck_assert_uint_eq(lapic_acknowledge(l), 0x41);
    wr(l, L_EOI, 0);
    ck_assert(!intr());
}
END_TEST

START_TEST(each_vector_has_its_bit_in_each_set)
{
    for (unsigned vector = 16; vector < 256; vector++) {
        for (unsigned step = 0; step < 3; step++) { /* waits, is served, is ended */
            if (step == 0) {
                setup();
                rig_send(&rig, 0, (u8)vector, vector & 1);
            } else if (step == 1) {
                ck_assert_uint_eq(lapic_acknowledge(l), vector);
            } else {
                wr(l, L_EOI, 0);
            }
            for (unsigned i = 0; i < 8; i++) {
                u32 bit = i == vector / 32 ? 1u << vector % 32 : 0;
                ck_assert_uint_eq(rd(l, L_IRR + 16 * i), step == 0 ? bit : 0);
                ck_assert_uint_eq(rd(l, L_ISR + 16 * i), step == 1 ? bit : 0);
                ck_assert_uint_eq(rd(l, L_TMR + 16 * i), vector & 1 ? bit : 0);
            }
        }
    }
}
END_TEST

START_TEST(tmr_shows_the_trigger_mode_of_what_was_accepted_last)
{
    setup();
    rig_send(&rig, 0, 0xab, true);
    ck_assert(rig_in(l, L_TMR, 0xab));
    rig_send(&rig, 0, 0xab, false);
    ck_assert(!rig_in(l, L_TMR, 0xab));
}
END_TEST

/* Errors. */

START_TEST(illegal_vectors_are_reported_and_never_pend)
{
    setup();
    for (unsigned vector = 0; vector < 16; vector++) {
        rig_send(&rig, 0, (u8)vector, false);
        ck_assert_uint_eq(rig_errors(l), 0x40);
        wr(l, L_LINT1, vector);
        lapic_lint(l, 1, true);
        lapic_lint(l, 1, false);
        ck_assert_uint_eq(rig_errors(l), 0x40);
        wr(l, L_LINT0, vector | LEVEL);
        lapic_lint(l, 0, true);
        lapic_lint(l, 0, false);
        ck_assert_uint_eq(rig_errors(l), 0x40);
        ck_assert_uint_eq(rd(l, L_LINT0) & 0x4000, 0);
    }
    ck_assert(!intr());
    ck_assert_uint_eq(rd(l, L_IRR), 0);
    rig_send(&rig, 0, 16, false);
    ck_assert_uint_eq(rig_errors(l), 0);
    ck_assert_uint_eq(rd(l, L_IRR), 0x10000);
    wr(l, L_LINT0, 16 | LEVEL);
    lapic_lint(l, 0, true);
    ck_assert_uint_eq(rd(l, L_LINT0), 16 | LEVEL | 0x4000);
}
END_TEST

START_TEST(esr_shows_what_happened_before_the_last_write_of_it)
{
    setup();
    rd(l, 0x0);
    ck_assert_uint_eq(rd(l, L_ESR), 0);
    wr(l, L_ESR, 0xffffffff);
    ck_assert_uint_eq(rd(l, L_ESR), 0x80);
    rig_send(&rig, 0, 3, false);
    ck_assert_uint_eq(rd(l, L_ESR), 0x80);
    wr(l, L_ESR, 0);
    ck_assert_uint_eq(rd(l, L_ESR), 0x40);
    wr(l, L_ESR, 0);
    ck_assert_uint_eq(rd(l, L_ESR), 0);
}
END_TEST

START_TEST(an_error_interrupts_when_its_bit_becomes_set)
{
    setup();
    rd(l, 0x10);
    ck_assert(!intr());
    rig_errors(l);
    wr(l, L_ERROR, 0xe1);
    ck_assert(!intr());
    rd(l, 0x10);
    ck_assert_uint_eq(lapic_acknowledge(l), 0xe1);
    ck_assert(!rig_in(l, L_TMR, 0xe1)); /* an edge */
    wr(l, L_EOI, 0);
    rd(l, 0x10); /* known */
    ck_assert(!intr());
    rig_send(&rig, 0, 1, false); /* another one */
    ck_assert_uint_eq(lapic_acknowledge(l), 0xe1);
    wr(l, L_EOI, 0);
    ck_assert_uint_eq(rig_errors(l), 0xc0);
    wr(l, L_ERROR, 5); /* the error's own vector is illegal */
    rd(l, 0x10);
    ck_assert_uint_eq(rig_errors(l), 0xc0);
    ck_assert(!intr());
}
END_TEST

/* On and off. */

/* SDM 3A "Local APIC State After It Has Been Software Disabled". */
START_TEST(disabled_by_software_it_takes_no_vectors_but_keeps_those_that_wait)
{
    static const u32 lvts[] = {L_TIMER, L_PERFORMANCE, L_LINT0, L_LINT1, L_ERROR};
    setup();
    for (size_t i = 0; i < ARRAY_LEN(lvts); i++)
        wr(l, lvts[i], 0x61);
    rig_send(&rig, 0, 0x41, false);
    rig_send(&rig, 0, 0x51, false);
    lapic_acknowledge(l);
    wr(l, L_SVR, 0xff);
    for (size_t i = 0; i < ARRAY_LEN(lvts); i++) {
        ck_assert_uint_eq(rd(l, lvts[i]), MASKED | 0x61);
        wr(l, lvts[i], 0x62); /* can't be unmasked */
        ck_assert_uint_eq(rd(l, lvts[i]), MASKED | 0x62);
    }
    ck_assert(!rig_send(&rig, 0, 0x71, false));
    ck_assert(rig_in(l, L_ISR, 0x51) && rig_in(l, L_IRR, 0x41) && !rig_in(l, L_IRR, 0x71));
    wr(l, L_EOI, 0);
    ck_assert_uint_eq(lapic_acknowledge(l), 0x41);
    wr(l, L_SVR, 0x1ff);
    ck_assert_uint_eq(rd(l, L_LINT0), MASKED | 0x62); /* coming back unmasks nothing */
}
END_TEST

START_TEST(disabled_by_the_base_register_the_pins_are_intr_and_nmi)
{
    setup();
    rig_send(&rig, 0, 0x41, false);
    lapic_enable(l, 0, false);
    ck_assert(!intr());
    ck_assert(!rig_send(&rig, 0, 0x51, false));
    lapic_lint(l, 0, true);
    ck_assert(intr());
    ck_assert_uint_eq(lapic_acknowledge(l), 0x99);
    lapic_lint(l, 0, false);
    ck_assert(!intr());
    rig_forget(&rig);
    lapic_lint(l, 1, true);
    ck_assert_str_eq(rig.seen, "n0+");
    lapic_enable(l, 0, true);
    lapic_lint(l, 0, true);
    ck_assert(!intr()); /* LINT0 is masked */
    ck_assert_uint_eq(rd(l, L_SVR), 0xff);
    ck_assert_uint_eq(rd(l, L_IRR + 0x20), 0);
}
END_TEST

START_TEST(virtual_wire_lint0_comes_up_as_extint)
{
    rig_init(&rig, 1, false);
    l->config.virtual_wire = true;
    lapic_chip.reset(l);
    ck_assert_uint_eq(rd(l, L_LINT0), EXTINT);
    lapic_lint(l, 0, true);
    ck_assert(intr());
    ck_assert_uint_eq(lapic_acknowledge(l), 0x99);
    wr(l, L_SVR, 0x1ff);
    ck_assert(intr());
    wr(l, L_LINT0, EXTINT | MASKED);
    ck_assert(!intr());
    lapic_enable(l, 0, false);
    lapic_enable(l, 0, true);
    ck_assert(intr());
}
END_TEST

/* SDM 3A "Local APIC State After an INIT Reset". */
START_TEST(init_resets_all_but_the_id)
{
    setup();
    wr(l, L_ID, 0x07000000);
    wr(l, L_LDR, 0x33000000);
    wr(l, L_INITIAL, 1000);
    rig_send(&rig, 0, 0x41, false);
    lapic_init_pin(l);
    ck_assert(!intr());
    ck_assert_uint_eq(rd(l, L_ID), 0x07000000);
    ck_assert_uint_eq(rd(l, L_LDR) | rd(l, L_COUNT) | rd(l, L_IRR + 0x20), 0);
    ck_assert_uint_eq(rd(l, L_SVR), 0xff);
    lapic_chip.reset(l);
    ck_assert_uint_eq(rd(l, L_ID), 0);
}
END_TEST

static u32 seed;

static u32 any(void)
{
    seed = seed * 1103515245 + 12345;
    return seed >> 8 ^ seed << 20;
}

/* Any value anywhere, in any order and width: it goes on, and vectors below 16 never pend. */
START_TEST(any_accesses_leave_a_state_that_works)
{
    static const u8 sizes[] = {1, 2, 4, 4, 4, 4};
    seed = 7;
    setup();
    for (unsigned i = 0; i < 300000; i++) {
        u32 reg = any() % 0x400 & (any() % 8 ? ~15u : ~0u);
        u8 size = sizes[any() % ARRAY_LEN(sizes)];
        u32 value = any() & (any() % 2 ? 0xffffffff : 0x1ff);
        switch (any() % 8) {
        case 0:
            lapic_chip.read(l, reg, size);
            break;
        case 1:
            lapic_lint(l, any(), any() & 1);
            break;
        case 2:
            rig_pass(&rig, any() % 2000);
            break;
        case 3:
            if (intr())
                lapic_acknowledge(l);
            break;
        case 4:
            lapic_set_deadline(l, any() % 4 ? rig.clock.cycles + any() % 4000 : any());
            break;
        case 5:
            ioapic_chip.write(&rig.io, any() % 2 * 16, any() % 2 ? value : any() % 64, size);
            ioapic_irq(&rig.io, any() % 24, any() & 1);
            break;
        default:
            lapic_chip.write(l, reg, value, size);
        }
        ck_assert_uint_eq((rd(l, L_IRR) | rd(l, L_ISR)) & 0xffff, 0);
        rig_forget(&rig);
        if (i % 10000 == 0)
            lapic_enable(l, 0, any() & 1);
    }
    setup();
    rig_send(&rig, 0, 0x41, false);
    ck_assert_uint_eq(lapic_acknowledge(l), 0x41);
}
END_TEST

START_TEST(any_loaded_state_is_made_one_that_works)
{
    seed = 99;
    for (unsigned i = 0; i < 2000; i++) {
        setup();
        l->svr = any();
        l->icr = any();
        for (unsigned k = 0; k < LAPIC_LVTS; k++)
            l->lvt[k] = any();
        for (unsigned k = 0; k < 8; k++)
            l->irr[k] = l->isr[k] = any();
        l->divide = any();
        l->initial = any() % 4;
        l->count = any();
        l->since = any();
        l->armed = any() & 1;
        l->deadline = any();
        lapic_chip.loaded(l);
        ck_assert_uint_eq(rd(l, L_SVR) & ~0x3ffu, 0);
        ck_assert_uint_eq(rd(l, L_ICR) & ~0xccfffu, 0);
        ck_assert_uint_eq(rd(l, L_TIMER) & ~0x700ffu, 0);
        ck_assert_uint_eq(rd(l, L_DIVIDE) & ~0xbu, 0);
        ck_assert_uint_le(rd(l, L_COUNT), rd(l, L_INITIAL));
        ck_assert_uint_eq((rd(l, L_IRR) | rd(l, L_ISR)) & 0xffff, 0);
        rig_pass(&rig, 100);
    }
}
END_TEST

Suite *lapic_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_a_field,
        registers_after_power_on,
        what_can_be_written_reads_back_and_the_rest_does_not,
        sets_and_priorities_cannot_be_written,
        narrow_accesses_read_parts_and_write_nothing,
        reserved_addresses_are_errors_on_the_p6_alone,
        the_pentium_has_four_entries,
        interrupts_are_taken_by_class_and_vector,
        the_task_priority_holds_back_its_class_and_those_below,
        processor_priority_is_the_higher_of_task_and_service,
        arbitration_priority,
        what_was_announced_and_is_held_back_meanwhile_is_spurious,
        a_vector_may_wait_while_it_is_served_and_only_once,
        each_vector_has_its_bit_in_each_set,
        tmr_shows_the_trigger_mode_of_what_was_accepted_last,
        illegal_vectors_are_reported_and_never_pend,
        esr_shows_what_happened_before_the_last_write_of_it,
        an_error_interrupts_when_its_bit_becomes_set,
        disabled_by_software_it_takes_no_vectors_but_keeps_those_that_wait,
        disabled_by_the_base_register_the_pins_are_intr_and_nmi,
        virtual_wire_lint0_comes_up_as_extint,
        init_resets_all_but_the_id,
        any_accesses_leave_a_state_that_works,
        any_loaded_state_is_made_one_that_works,
        NULL,
    };
    return unit_suite("lapic", tests);
}
