/* SPDX-License-Identifier: MIT */
/* The 82093AA with two local APICs at the other end of the bus. */
#include "tests/unit/lapic_rig.h"

static struct lapic_rig rig;
static struct ioapic *const io = &rig.io;

enum { ACTIVE_LOW = 0x2000, REMOTE_IRR = 0x4000, STATUS = 0x1000, TO_LOGICAL = 0x800 };

static void setup(void)
{
    rig_init(&rig, 2, true);
}

static void io_write(u32 reg, u32 value)
{
    ioapic_chip.write(io, 0, reg, 4);
    ioapic_chip.write(io, 0x10, value, 4);
}

static u32 io_read(u32 reg)
{
    ioapic_chip.write(io, 0, reg, 4);
    return ioapic_chip.read(io, 0x10, 4);
}

static void route(unsigned pin, u32 low, u32 destination)
{
    io_write(0x11 + 2 * pin, destination << 24);
    io_write(0x10 + 2 * pin, low);
}

static void edge(unsigned pin)
{
    ioapic_irq(io, pin, true);
    ioapic_irq(io, pin, false);
}

/* How often the APIC gets VECTOR before anything else; each is ended. */
static bool take(unsigned cpu, u8 vector)
{
    struct lapic *l = &rig.l[cpu];
    if (!l->intr.level)
        return false;
    ck_assert_uint_eq(lapic_acknowledge(l), vector);
    wr(l, L_EOI, 0);
    return true;
}

START_TEST(every_byte_is_in_a_field)
{
    ck_assert_uint_eq(state_uncovered(stderr, ioapic_chip.fields, ioapic_chip.size), 0);
}
END_TEST

START_TEST(registers_after_reset)
{
    setup();
    for (unsigned pass = 0; pass < 2; pass++) {
        ck_assert_uint_eq(ioapic_chip.read(io, 0, 4), 0);
        ck_assert_uint_eq(io_read(0), 0);
        ck_assert_uint_eq(io_read(1), 0x00170011);
        ck_assert_uint_eq(io_read(2), 0);
        for (unsigned r = 3; r < 0x10; r++)
            ck_assert_uint_eq(io_read(r), 0);
        for (unsigned r = 0x10; r < 0x40; r++)
            ck_assert_uint_eq(io_read(r), r % 2 ? 0 : MASKED);
        for (unsigned r = 0x40; r < 0x100; r++)
            ck_assert_uint_eq(io_read(r), 0);
        for (unsigned r = 0; r < 0x100; r++)
            io_write(r, 0xffffffff);
        ioapic_chip.reset(io);
    }
}
END_TEST

START_TEST(what_can_be_written)
{
    setup();
    io_write(0, 0xffffffff);
    ck_assert_uint_eq(io_read(0), 0x0f000000);
    ck_assert_uint_eq(io_read(2), 0x0f000000); /* the arbitration ID is loaded with the ID */
    io_write(2, 0);
    io_write(1, 0);
    ck_assert_uint_eq(io_read(2), 0x0f000000);
    ck_assert_uint_eq(io_read(1), 0x00170011);
    for (unsigned pin = 0; pin < 24; pin++) {
        for (unsigned bit = 0; bit < 32; bit++) {
            io_write(0x10 + 2 * pin, MASKED | 1u << bit);
            ck_assert_uint_eq(io_read(0x10 + 2 * pin), MASKED | (1u << bit & 0x1afff));
            io_write(0x11 + 2 * pin, 1u << bit);
            ck_assert_uint_eq(io_read(0x11 + 2 * pin), 1u << bit & 0xff000000);
        }
        route(pin, MASKED | 0x4a0 | pin, 0x40 | pin);
    }
    for (unsigned pin = 0; pin < 24; pin++) {
        ck_assert_uint_eq(io_read(0x10 + 2 * pin), MASKED | 0x4a0 | pin);
        ck_assert_uint_eq(io_read(0x11 + 2 * pin), (0x40 | pin) << 24);
    }
}
END_TEST

START_TEST(the_window_is_read_in_parts_and_written_whole)
{
    setup();
    io_write(0x10, MASKED | 0x23);
    ioapic_chip.write(io, 0x10, 0x55, 1);
    ioapic_chip.write(io, 0x10, 0x5555, 2);
    ioapic_chip.write(io, 0x14, 0x5555, 4);
    ioapic_chip.write(io, 0x12, 0x5555, 4);
    ioapic_chip.write(io, 1, 0x02, 1); /* the selector is a byte */
    ck_assert_uint_eq(ioapic_chip.read(io, 0, 1) & 0xff, 0x10);
    ck_assert_uint_eq(ioapic_chip.read(io, 1, 1) & 0xff, 0);
    ck_assert_uint_eq(ioapic_chip.read(io, 0x10, 4), MASKED | 0x23);
    ck_assert_uint_eq(ioapic_chip.read(io, 0x12, 1) & 0xff, 1);
    ck_assert_uint_eq(ioapic_chip.read(io, 0x20, 4), 0xffffffff);
    ioapic_chip.write(io, 0, 0x01, 1);
    ck_assert_uint_eq(ioapic_chip.read(io, 0x10, 4), 0x00170011);
}
END_TEST

START_TEST(an_edge_on_each_pin_goes_where_its_entry_says)
{
    setup();
    for (unsigned pin = 0; pin < 24; pin++)
        route(pin, 0x40 + 2 * pin, pin % 2);
    for (unsigned pin = 0; pin < 24; pin++) {
        ioapic_irq(io, pin, true);
        ck_assert(take(pin % 2, (u8)(0x40 + 2 * pin)));
        ioapic_irq(io, pin, true);
        ioapic_irq(io, pin, false);
        ck_assert(!take(0, 0) && !take(1, 0));
        ck_assert_uint_eq(io_read(0x10 + 2 * pin), 0x40 + 2 * pin);
    }
    ioapic_irq(io, 24, true); /* no such pin */
    ioapic_irq(io, 1000, true);
    ck_assert(!take(0, 0) && !take(1, 0));
}
END_TEST

START_TEST(low_active_pins)
{
    setup();
    ioapic_irq(io, 5, true);
    route(5, 0x45 | ACTIVE_LOW, 0);
    ioapic_irq(io, 5, false);
    ck_assert(take(0, 0x45));
    ioapic_irq(io, 5, true);
    ck_assert(!take(0, 0x45));
    route(5, 0x45 | ACTIVE_LOW | LEVEL, 0);
    ck_assert(!take(0, 0x45));
    ioapic_irq(io, 5, false);
    ck_assert(take(0, 0x45));
    ck_assert(take(0, 0x45));
    ioapic_irq(io, 5, true);
    ck_assert(take(0, 0x45)); /* accepted before it went */
    ck_assert(!take(0, 0x45));
}
END_TEST

/* "Edge-sensitive interrupts signaled on a masked interrupt pin are ignored." */
START_TEST(a_masked_edge_is_lost)
{
    setup();
    route(5, 0x45 | MASKED, 0);
    ioapic_irq(io, 5, true);
    route(5, 0x45, 0);
    ck_assert(!take(0, 0x45));
    ioapic_irq(io, 5, false);
    ioapic_irq(io, 5, true);
    ck_assert(take(0, 0x45));
}
END_TEST

START_TEST(a_level_waits_for_its_end_and_comes_again)
{
    setup();
    route(5, 0x45 | LEVEL | MASKED, 1);
    ioapic_irq(io, 5, true);
    ck_assert(!take(1, 0x45));
    route(5, 0x45 | LEVEL, 1);
    ck_assert_uint_eq(io_read(0x1a), 0x45 | LEVEL | REMOTE_IRR);
    ck_assert(rig_in(&rig.l[1], L_TMR, 0x45));
    ck_assert_uint_eq(lapic_acknowledge(&rig.l[1]), 0x45);
    ck_assert(!rig_in(&rig.l[1], L_IRR, 0x45));
    wr(&rig.l[1], L_EOI, 0);
    ck_assert_uint_eq(io_read(0x1a), 0x45 | LEVEL | REMOTE_IRR);
    ck_assert_uint_eq(lapic_acknowledge(&rig.l[1]), 0x45);
    ioapic_irq(io, 5, false);
    ck_assert_uint_eq(io_read(0x1a), 0x45 | LEVEL | REMOTE_IRR);
    wr(&rig.l[1], L_EOI, 0);
    ck_assert_uint_eq(io_read(0x1a), 0x45 | LEVEL);
    ck_assert(!take(1, 0x45));
}
END_TEST

START_TEST(an_end_is_for_all_entries_with_the_vector_and_for_no_other)
{
    setup();
    route(5, 0x45 | LEVEL, 0);
    route(6, 0x45 | LEVEL, 0);
    route(7, 0x55 | LEVEL, 0);
    for (unsigned pin = 5; pin < 8; pin++)
        edge(pin);
    ck_assert(take(0, 0x55));
    ck_assert_uint_eq(io_read(0x1e), 0x55 | LEVEL);
    ck_assert_uint_eq(io_read(0x1a), 0x45 | LEVEL | REMOTE_IRR);
    ck_assert(take(0, 0x45));
    ck_assert_uint_eq(io_read(0x1a), 0x45 | LEVEL);
    ck_assert_uint_eq(io_read(0x1c), 0x45 | LEVEL);
    ck_assert(!take(0, 0x45));
    edge(5);
    rig_send(&rig, 1, 0x45, false);
    ck_assert(take(1, 0x45)); /* the end of an edge is told nobody */
    ck_assert_uint_eq(io_read(0x1a), 0x45 | LEVEL | REMOTE_IRR);
}
END_TEST

START_TEST(masking_keeps_remote_irr_and_an_edge_forgets_it)
{
    setup();
    route(5, 0x45 | LEVEL, 0);
    ioapic_irq(io, 5, true);
    route(5, 0x45 | LEVEL | MASKED, 0);
    ck_assert_uint_eq(io_read(0x1a), 0x45 | LEVEL | MASKED | REMOTE_IRR);
    ck_assert(take(0, 0x45));
    ck_assert_uint_eq(io_read(0x1a), 0x45 | LEVEL | MASKED);
    ck_assert(!take(0, 0x45));
    route(5, 0x45 | LEVEL, 0);
    route(5, 0x45 | MASKED, 0);
    ck_assert_uint_eq(io_read(0x1a), 0x45 | MASKED);
}
END_TEST

START_TEST(what_nobody_accepts_is_pending_until_somebody_does)
{
    static const u32 cures[][2] = {
        {L_SVR, 0x1ff}, {L_ID, 0x0a000000}, {L_LDR, 0x80000000}, {L_DFR, 0}};
    for (size_t i = 0; i < ARRAY_LEN(cures); i++) {
        setup();
        if (i == 0)
            wr(&rig.l[0], L_SVR, 0xff);
        if (i == 3)
            wr(&rig.l[0], L_LDR, 0x0a000000);
        route(5, 0x45 | LEVEL | (i > 1 ? TO_LOGICAL : 0),
              i == 0   ? 0
              : i == 1 ? 10
              : i == 2 ? 0x80
                       : 2);
        if (i == 3)
            route(5, 0x45 | LEVEL | TO_LOGICAL, 4);
        ioapic_irq(io, 5, true);
        bool waits = !rig.l[0].intr.level;
        ck_assert_int_eq(waits, true);
        ck_assert_uint_eq(io_read(0x1a) & (STATUS | REMOTE_IRR), STATUS);
        if (i == 3) {
            wr(&rig.l[0], L_LDR, 0x04000000);
            ck_assert(take(0, 0x45));
            continue;
        }
        wr(&rig.l[0], cures[i][0], cures[i][1]);
        ck_assert_uint_eq(io_read(0x1a) & (STATUS | REMOTE_IRR), REMOTE_IRR);
        ck_assert(take(0, 0x45));
    }
    setup(); /* an edge does not wait */
    wr(&rig.l[0], L_SVR, 0xff);
    route(5, 0x45, 0);
    edge(5);
    wr(&rig.l[0], L_SVR, 0x1ff);
    ck_assert(!take(0, 0x45));
}
END_TEST

START_TEST(delivery_modes)
{
    static const struct {
        u32 mode;
        const char *seen;
    } rows[] = {
        {0x200, "s1+ s1-"}, {0x300, ""}, {0x400, "n1+ n1-"}, {0x500, "i1+ i1-"}, {0x600, ""}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (unsigned level = 0; level < 2;
             level++) { /* an edge, even if it is said to be a level */
            setup();
            route(9, rows[i].mode | (level ? LEVEL : 0), 1);
            ioapic_irq(io, 9, true);
            ck_assert_str_eq(rig.seen, rows[i].seen);
            ck_assert(!rig.l[1].intr.level);
            ck_assert_uint_eq(io_read(0x22), rows[i].mode | (level ? LEVEL : 0));
        }
}
END_TEST

START_TEST(lowest_priority)
{
    setup();
    wr(&rig.l[0], L_TPR, 0x30);
    route(9, 0x152, 0xf);
    edge(9);
    ck_assert(!take(0, 0) && take(1, 0x52));
    wr(&rig.l[1], L_TPR, 0x40);
    route(9, 0x152 | LEVEL, 0xf);
    ioapic_irq(io, 9, true);
    ck_assert(!take(1, 0) && take(0, 0x52));
    ck_assert_uint_eq(io_read(0x22), 0x152 | LEVEL | REMOTE_IRR);
}
END_TEST

START_TEST(logical_destination)
{
    setup();
    wr(&rig.l[0], L_LDR, 0x01000000);
    wr(&rig.l[1], L_LDR, 0x02000000);
    route(9, 0x52 | TO_LOGICAL, 2);
    edge(9);
    ck_assert(!take(0, 0) && take(1, 0x52));
    route(9, 0x52 | TO_LOGICAL, 3);
    edge(9);
    ck_assert(take(0, 0x52) && take(1, 0x52));
}
END_TEST

/* The virtual wire by way of the I/O APIC. MP specification, 3.6.2.2. */
START_TEST(extint_asks_the_8259a_at_each_edge)
{
    setup();
    route(0, EXTINT, 0);
    wr(&rig.l[0], L_TPR, 0xff);
    ioapic_irq(io, 0, true);
    ck_assert(rig.l[0].intr.level);
    ck_assert_uint_eq(lapic_acknowledge(&rig.l[0]), 0x99);
    ck_assert(!rig.l[0].intr.level);
    ioapic_irq(io, 0, false);
    edge(0);
    ck_assert_uint_eq(lapic_acknowledge(&rig.l[0]), 0x99);
    ck_assert_str_eq(rig.seen, "a0 a0");
    wr(&rig.l[0], L_SVR, 0xff);
    edge(0);
    ck_assert(!rig.l[0].intr.level);
}
END_TEST

START_TEST(reset_masks_everything_and_the_pins_stay)
{
    setup();
    route(5, 0x45 | LEVEL, 0);
    io_write(0, 0x03000000);
    ioapic_irq(io, 5, true);
    ioapic_chip.reset(io);
    ck_assert_uint_eq(io_read(0) | io_read(2), 0);
    ck_assert_uint_eq(io_read(0x1a), MASKED);
    take(0, 0x45);
    route(5, 0x46 | LEVEL, 0);
    ck_assert(take(0, 0x46));
}
END_TEST

START_TEST(a_loaded_entry_has_only_bits_that_exist)
{
    setup();
    for (unsigned pin = 0; pin < 24; pin++)
        io->entry[pin] = ~0ull;
    ioapic_chip.loaded(io);
    for (unsigned pin = 0; pin < 24; pin++) {
        ck_assert_uint_eq(io_read(0x10 + 2 * pin), 0x1efff);
        ck_assert_uint_eq(io_read(0x11 + 2 * pin), 0xff000000);
    }
}
END_TEST

Suite *ioapic_suite(void)
{
    const TTest *const tests[] = {
        every_byte_is_in_a_field,
        registers_after_reset,
        what_can_be_written,
        the_window_is_read_in_parts_and_written_whole,
        an_edge_on_each_pin_goes_where_its_entry_says,
        low_active_pins,
        a_masked_edge_is_lost,
        a_level_waits_for_its_end_and_comes_again,
        an_end_is_for_all_entries_with_the_vector_and_for_no_other,
        masking_keeps_remote_irr_and_an_edge_forgets_it,
        what_nobody_accepts_is_pending_until_somebody_does,
        delivery_modes,
        lowest_priority,
        logical_destination,
        extint_asks_the_8259a_at_each_edge,
        reset_masks_everything_and_the_pins_stay,
        a_loaded_entry_has_only_bits_that_exist,
        NULL,
    };
    return unit_suite("ioapic", tests);
}
