/* SPDX-License-Identifier: MIT */
/* The PCI bus: mechanism 1, headers, base addresses. PCI 2.1, "Configuration Space". */
#include <stdio.h>

#include "mem/pci.h"
#include "tests/unit/unit.h"

static struct pci pci;
static struct pci_function card;
static unsigned remaps, changes;

static void remap(void *owner)
{
    ck_assert_ptr_eq(owner, &remaps);
    remaps++;
}

static void changed(void *owner, unsigned at, unsigned bytes)
{
    (void)at;
    ck_assert_ptr_eq(owner, &card);
    ck_assert_uint_ge(bytes, 1);
    changes++;
}

static void setup(void)
{
    remaps = changes = 0;
    pci_init(&pci, remap, &remaps);
    pci_chip.reset(&pci);
    pci_function_init(&card, 0x1234, 0x5678, 0x030001);
    pci_set_bar(&card, 0, (struct pci_bar){.space = PCI_SPACE_MEMORY, .size = 0x100000});
    pci_set_bar(&card, 4, (struct pci_bar){.space = PCI_SPACE_IO, .size = 16});
    pci_set_bar(&card, PCI_ROM_BAR, (struct pci_bar){.space = PCI_SPACE_ROM, .size = 0x8000});
    card.changed = changed;
    card.owner = &card;
    pci_plug(&pci, PCI_DEVFN(3, 1), &card);
}

static void address(u32 value)
{
    pci_chip.write(&pci, 0, value, 4);
}

static u32 rd(unsigned devfn, unsigned at, unsigned size)
{
    address(0x80000000u | devfn << 8 | (at & ~3u));
    return pci_chip.read(&pci, 4 + (at & 3), size);
}

static void wr(unsigned at, u32 value, unsigned size)
{
    address(0x80000000u | PCI_DEVFN(3, 1) << 8 | (at & ~3u));
    pci_chip.write(&pci, 4 + (at & 3), value, size);
}

static u32 card_rd(unsigned at, unsigned size)
{
    return rd(PCI_DEVFN(3, 1), at, size);
}

START_TEST(a_function_answers_at_its_number_and_nobody_elsewhere)
{
    setup();
    ck_assert_uint_eq(card_rd(PCI_VENDOR, 4), 0x56781234);
    ck_assert_uint_eq(card_rd(PCI_DEVICE, 2), 0x5678);
    ck_assert_uint_eq(card_rd(PCI_CLASS + 2, 1), 0x03);
    for (unsigned devfn = 0; devfn < 256; devfn++)
        if (devfn != PCI_DEVFN(3, 1))
            ck_assert_uint_eq(rd(devfn, 0, 4), 0xffffffff);
    address(0x80010000u | PCI_DEVFN(3, 1) << 8); /* bus 1 */
    ck_assert_uint_eq(pci_chip.read(&pci, 4, 4), 0xffffffff);
    address(PCI_DEVFN(3, 1) << 8); /* not enabled */
    ck_assert_uint_eq(pci_chip.read(&pci, 4, 4), 0xffffffff);
}
END_TEST

START_TEST(the_address_register_takes_doublewords_only)
{
    setup();
    address(0x80001903);
    ck_assert_uint_eq(pci_chip.read(&pci, 0, 4), 0x80001900);
    pci_chip.write(&pci, 0, 0x1234, 2);
    pci_chip.write(&pci, 2, 0x12, 1);
    ck_assert_uint_eq(pci_chip.read(&pci, 0, 4), 0x80001900);
    ck_assert_uint_eq(pci_chip.read(&pci, 0, 2) & 0xffff, 0xffff);
}
END_TEST

START_TEST(an_access_over_the_end_of_the_doubleword_stays_in_it)
{
    setup();
    pci_set(&card, 0xfc, 4, 0x11223344, 0xffffffff);
    address(0x80000000u | PCI_DEVFN(3, 1) << 8 | 0xfc);
    ck_assert_uint_eq(pci_chip.read(&pci, 6, 4), 0xffff1122);
    ck_assert_uint_eq(pci_chip.read(&pci, 7, 2), 0xffffff11);
    pci_chip.write(&pci, 7, 0xaabbccdd, 4);
    ck_assert_uint_eq(card_rd(0xfc, 4), 0xdd223344);
}
END_TEST

START_TEST(only_what_is_writable_changes)
{
    setup();
    wr(PCI_VENDOR, 0, 4);
    wr(PCI_CLASS, 0, 1);
    ck_assert_uint_eq(card_rd(PCI_VENDOR, 4), 0x56781234);
    ck_assert_uint_eq(card_rd(PCI_CLASS, 1), 0x01);
    wr(PCI_COMMAND, 0xffff, 2);
    ck_assert_uint_eq(card_rd(PCI_COMMAND, 2), 7);
    wr(PCI_LINE, 0x0b, 1);
    ck_assert_uint_eq(card_rd(PCI_LINE, 1), 0x0b);
    pci_set(&card, PCI_STATUS, 2, 0xfa80, 0);
    wr(PCI_STATUS, 0x8000, 2);
    ck_assert_uint_eq(card_rd(PCI_STATUS, 2), 0x7a80);
    ck_assert_uint_eq(changes, 5);
}
END_TEST

/* PCI 2.1, 6.2.3: by ones, each for itself; what a function can do stays. */
START_TEST(errors_of_the_status_register_are_cleared_by_ones)
{
    setup();
    for (unsigned bit = 0; bit < 16; bit++) {
        pci_set(&card, PCI_STATUS, 2, 0xffff, 0);
        wr(PCI_STATUS, 1u << bit, 2);
        ck_assert_uint_eq(card_rd(PCI_STATUS, 2), 0xffff & ~(0xf900 & 1u << bit));
    }
    pci_set(&card, PCI_STATUS, 2, 0, 0);
    wr(PCI_STATUS, 0xffff, 2);
    ck_assert_uint_eq(card_rd(PCI_STATUS, 2), 0);
}
END_TEST

/* PCI 2.1, "Address Maps": all ones in, the size comes out. */
START_TEST(ones_written_to_a_base_read_back_as_its_size)
{
    setup();
    wr(PCI_BAR, 0xffffffff, 4);
    ck_assert_uint_eq(card_rd(PCI_BAR, 4), 0xfff00000);
    wr(PCI_BAR + 16, 0xffffffff, 4);
    ck_assert_uint_eq(card_rd(PCI_BAR + 16, 4), 0xfffffff1);
    wr(PCI_ROM, 0xfffffffe, 4);
    ck_assert_uint_eq(card_rd(PCI_ROM, 4), 0xffff8000);
    wr(PCI_BAR + 4, 0xffffffff, 4);
    ck_assert_uint_eq(card_rd(PCI_BAR + 4, 4), 0);
}
END_TEST

static bool decoded(unsigned n, u32 want)
{
    u32 base;
    bool is = pci_bar_base(&card, n, &base);
    ck_assert(!is || base == want);
    return is;
}

START_TEST(a_base_is_decoded_while_its_space_is_enabled)
{
    setup();
    wr(PCI_BAR, 0xe0000000, 4);
    wr(PCI_BAR + 16, 0xc000, 4);
    ck_assert(!decoded(0, 0) && !decoded(4, 0));
    wr(PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    ck_assert(decoded(0, 0xe0000000) && !decoded(4, 0));
    wr(PCI_COMMAND, PCI_COMMAND_IO, 2);
    ck_assert(!decoded(0, 0) && decoded(4, 0xc000));
    wr(PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY, 2);
    wr(PCI_ROM, 0xf0000000, 4);
    ck_assert(!decoded(PCI_ROM_BAR, 0));
    wr(PCI_ROM, 0xf0000001, 4);
    ck_assert(decoded(PCI_ROM_BAR, 0xf0000000));
    ck_assert_uint_eq(remaps, 7);
    wr(PCI_LINE, 5, 1);
    ck_assert_uint_eq(remaps, 7);
}
END_TEST

/* windows.md M14: a base of 0 answers nowhere; and not while it is being sized. */
START_TEST(base_zero_and_a_base_being_sized_are_not_decoded)
{
    setup();
    wr(PCI_COMMAND, 3, 2);
    ck_assert(!decoded(0, 0) && !decoded(4, 0));
    wr(PCI_BAR, 0xffffffff, 4);
    wr(PCI_BAR + 16, 0xffffffff, 4);
    ck_assert(!decoded(0, 0) && !decoded(4, 0));
    wr(PCI_BAR + 16, 0x12340, 4); /* above the ports of a PC */
    ck_assert(!decoded(4, 0));
}
END_TEST

START_TEST(a_reset_takes_bases_and_command_away)
{
    setup();
    wr(PCI_COMMAND, 7, 2);
    wr(PCI_BAR, 0xe0000000, 4);
    line_set(&card.intr, true);
    pci_function_reset(&card);
    ck_assert_uint_eq(card_rd(PCI_COMMAND, 2), 0);
    ck_assert_uint_eq(card_rd(PCI_BAR, 4), 0);
    ck_assert_uint_eq(card_rd(PCI_BAR + 16, 4), 1);
    ck_assert_uint_eq(card_rd(PCI_VENDOR, 4), 0x56781234);
    ck_assert(!card.intr.level);
    wr(PCI_BAR, 0xd0000000, 4);
    ck_assert_uint_eq(card_rd(PCI_BAR, 4), 0xd0000000);
}
END_TEST

START_TEST(every_byte_of_the_bus_is_in_a_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, pci_chip.fields, pci_chip.size), 0);
    ck_assert_uint_eq(state_uncovered(stderr, pci_function_fields, sizeof(struct pci_function)), 0);
}
END_TEST

Suite *pci_suite(void)
{
    const TTest *const tests[] = {
        a_function_answers_at_its_number_and_nobody_elsewhere,
        the_address_register_takes_doublewords_only,
        an_access_over_the_end_of_the_doubleword_stays_in_it,
        only_what_is_writable_changes,
        errors_of_the_status_register_are_cleared_by_ones,
        ones_written_to_a_base_read_back_as_its_size,
        a_base_is_decoded_while_its_space_is_enabled,
        base_zero_and_a_base_being_sized_are_not_decoded,
        a_reset_takes_bases_and_command_away,
        every_byte_of_the_bus_is_in_a_field_list,
        NULL,
    };
    return unit_suite("pci", tests);
}
