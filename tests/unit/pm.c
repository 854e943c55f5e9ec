/* SPDX-License-Identifier: MIT */
/* Power management: ACPI's fixed registers, SMI, the empty bus. ACPI 1.0, 82371AB (290562). */
#include <stdio.h>

#include "devices/pm.h"
#include "tests/unit/unit.h"

enum { STS = 0, EN = 2, CNT = 4, TMR = 8, GLBSTS = 0x18, GLBCTL = 0x28 };
enum { TIMER = 1, BUTTON = 0x100, RTC = 0x400, WAKE = 0x8000, SCI_EN = 1 };
enum { TO_RAM = 0x2000 | 1 << 10 };

static struct clock the_clock;
static struct pm pm;
static unsigned smis, offs, suspends, wakes;

static void count(void *owner, unsigned pin, bool level)
{
    (void)pin;
    *(unsigned *)owner += level;
}

static void setup(void)
{
    smis = offs = suspends = wakes = 0;
    clock_init(&the_clock, 1000000000);
    pm_init(&pm, &the_clock);
    line_connect(&pm.smi, count, &smis, 0);
    line_connect(&pm.power_off, count, &offs, 0);
    line_connect(&pm.suspend, count, &suspends, 0);
    line_connect(&pm.wake, count, &wakes, 0);
    pm_chip.reset(&pm);
}

static void pass(u64 ns)
{
    the_clock.cycles += ns;
    clock_fire(&the_clock);
}

static u32 rd(u32 reg, unsigned size)
{
    return pm_chip.read(&pm, reg, size);
}

static void wr(u32 reg, u32 value, unsigned size)
{
    pm_chip.write(&pm, reg, value, size);
}

START_TEST(the_timer_counts_3579545_a_second_in_24_bits)
{
    setup();
    pass(NS_PER_S);
    ck_assert_uint_eq(rd(TMR, 4), 3579545);
    pass(4 * (u64)NS_PER_S);
    ck_assert_uint_eq(rd(TMR, 4), 5 * 3579545 - 0x1000000);
    ck_assert_uint_eq(rd(TMR + 1, 1), rd(TMR, 4) >> 8 & 0xff);
}
END_TEST

/* ACPI 1.0, 4.7.3.1.1: TMR_STS with each change of the highest bit; SCI while it is enabled. */
START_TEST(the_timers_highest_bit_interrupts_whenever_it_changes)
{
    setup();
    wr(CNT, SCI_EN, 2);
    wr(EN, TIMER, 2);
    for (unsigned i = 0; i < 5; i++) {
        ck_assert(!pm.sci.level && !(rd(STS, 2) & TIMER));
        pass(2343477000u); /* 2^23 ticks take 2.3434797 s */
        ck_assert(i > 0 || !pm.sci.level);
        pass(10000);
        ck_assert(pm.sci.level && rd(STS, 2) & TIMER);
        wr(STS, TIMER, 2);
    }
    wr(EN, 0, 2);
    pass(3 * (u64)NS_PER_S);
    ck_assert(!pm.sci.level && rd(STS, 2) & TIMER);
}
END_TEST

START_TEST(the_button_interrupts_until_its_bit_is_cleared)
{
    setup();
    ck_assert(!pm_power_button(&pm));
    ck_assert(!pm.sci.level && rd(STS, 2) == BUTTON);
    wr(EN, BUTTON, 2);
    ck_assert(!pm.sci.level);
    apm_chip.write(&pm, 0, 0xf1, 1);
    ck_assert(pm.sci.level);
    wr(STS, 0xfeff, 2);
    ck_assert(pm.sci.level);
    wr(STS + 1, 0x01, 1);
    ck_assert(!pm.sci.level);
    ck_assert(pm_power_button(&pm));
    apm_chip.write(&pm, 0, 0xf0, 1);
    ck_assert(!pm.sci.level && !(rd(CNT, 2) & SCI_EN));
}
END_TEST

START_TEST(the_type_tells_off_from_asleep)
{
    setup();
    wr(CNT, 0x2000 | 5 << 10, 2);
    ck_assert(!offs && !suspends);
    wr(CNT, 0x2000 | 1 << 10, 2);
    ck_assert(!offs && suspends == 1);
    ck_assert_uint_eq(rd(CNT, 2), 1 << 10); /* SUS_EN reads as 0 */
    wr(CNT, 0x2000, 2);
    ck_assert(offs == 1 && suspends == 1);
    wr(CNT, 0, 2);
    wr(CNT + 1, 0x20, 1);
    ck_assert(offs == 2);
}
END_TEST

/* 82371AB, "PMSTS": the assertion of IRQ8# is what counts. */
START_TEST(the_clocks_interrupt_is_an_event)
{
    setup();
    wr(CNT, SCI_EN, 2);
    pm_rtc(&pm, 0, true);
    ck_assert(!pm.sci.level && rd(STS, 2) == RTC);
    wr(EN, RTC, 2);
    ck_assert(pm.sci.level);
    wr(STS, RTC, 2);
    ck_assert(!pm.sci.level);
    pm_rtc(&pm, 0, true); /* it lasts */
    ck_assert(rd(STS, 2) == 0);
    pm_rtc(&pm, 0, false);
    ck_assert(rd(STS, 2) == 0);
    pm_rtc(&pm, 0, true);
    ck_assert(pm.sci.level && rd(STS, 2) == RTC && !wakes);
}
END_TEST

START_TEST(asleep_the_clock_wakes_if_it_may)
{
    setup();
    wr(CNT, TO_RAM, 2);
    ck_assert(pm.asleep && suspends == 1);
    pm_rtc(&pm, 0, true);
    ck_assert(!wakes && pm.asleep);
    wr(STS, RTC, 2);
    pm_rtc(&pm, 0, false);
    wr(EN, RTC, 2);
    pm_rtc(&pm, 0, true);
    ck_assert(wakes == 1 && !pm.asleep);
    ck_assert_uint_eq(rd(STS, 2), WAKE | RTC);
    wr(CNT, TO_RAM, 2); /* what has happened already wakes at once */
    ck_assert(suspends == 2 && wakes == 2 && !pm.asleep);
    wr(STS, WAKE | RTC, 2);
    wr(CNT, TO_RAM, 2);
    ck_assert(suspends == 3 && wakes == 2 && pm.asleep);
    pm_chip.reset(&pm);
    ck_assert(!pm.asleep && wakes == 2);
}
END_TEST

START_TEST(asleep_the_button_wakes_enabled_or_not)
{
    setup();
    ck_assert(!pm_power_button(&pm));
    wr(CNT, TO_RAM, 2);
    ck_assert(pm.asleep && !wakes); /* an old press that nobody wanted to hear of */
    ck_assert(pm_power_button(&pm));
    ck_assert(wakes == 1 && !pm.asleep);
    ck_assert_uint_eq(rd(STS, 2), WAKE | BUTTON);
}
END_TEST

/* 82371AB, "Power Planes". */
START_TEST(asleep_the_resume_well_keeps_its_registers)
{
    setup();
    wr(EN, RTC | BUTTON, 2);
    wr(0x0e, 0x0300, 2);
    wr(0x10, 0x1e, 4);
    apm_chip.write(&pm, 0, 0x12, 1);
    pci_set(&pm.pci, 0x40, 4, 0xb001, 0);
    wr(CNT, TO_RAM | SCI_EN, 2);
    pm_suspend(&pm);
    ck_assert(pm.asleep);
    ck_assert_uint_eq(rd(EN, 2), RTC | BUTTON);
    ck_assert_uint_eq(rd(CNT, 2), 1 << 10 | SCI_EN);
    ck_assert_uint_eq(rd(0x0e, 2), 0x0300);
    ck_assert_uint_eq(rd(0x10, 4), 0);
    ck_assert_uint_eq(apm_chip.read(&pm, 0, 1), 0);
    ck_assert_uint_eq(get32(pm.pci.config + 0x40), 1);
    pm_rtc(&pm, 0, true);
    ck_assert(wakes == 1 && pm.sci.level);
}
END_TEST

START_TEST(apm_commands_raise_smi_when_their_gate_is_open)
{
    setup();
    apm_chip.write(&pm, 0, 0x12, 1);
    ck_assert(!smis && apm_chip.read(&pm, 0, 1) == 0x12);
    pci_set(&pm.pci, 0x58, 4, 1u << 25, 0xffffffff);
    apm_chip.write(&pm, 0, 0x13, 1);
    ck_assert(smis == 1 && rd(GLBSTS, 2) & 0x20);
    wr(GLBSTS, 0x20, 2);
    ck_assert_uint_eq(rd(GLBSTS, 2), 0);
    apm_chip.write(&pm, 1, 0x55, 1); /* the status port raises nothing */
    ck_assert(smis == 1 && apm_chip.read(&pm, 1, 1) == 0x55);
}
END_TEST

START_TEST(nobody_answers_on_the_management_bus)
{
    setup();
    smb_chip.write(&pm, 4, 0xa1, 1);
    smb_chip.write(&pm, 2, 0x48, 1);
    ck_assert_uint_eq(smb_chip.read(&pm, 0, 1), 0x04);
    smb_chip.write(&pm, 0, 0x04, 1);
    ck_assert_uint_eq(smb_chip.read(&pm, 0, 1), 0);
}
END_TEST

START_TEST(any_bytes_anywhere_do_no_harm)
{
    u32 x = 1;
    setup();
    for (unsigned i = 0; i < 100000; i++) {
        x = x * 1664525 + 1013904223;
        unsigned size = 1u << (x >> 28) % 3, reg = x >> 20 & 63;
        if (x >> 31)
            wr(reg, x, size);
        else
            rd(reg, size);
        if (!(x >> 16 & 15))
            pass(x & 0xffffff);
    }
}
END_TEST

START_TEST(every_byte_of_it_is_in_its_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, pm_chip.fields, pm_chip.size), 0);
}
END_TEST

/* ACPI 1.0, "General-Purpose Event Register Blocks": status, then enable. Absent ones would be read as
 * "everything has happened", and Linux would give up the PCI functions that SeaBIOS tells it of. */
START_TEST(general_purpose_events_can_be_enabled_and_none_occurs)
{
    setup();
    for (u32 reg = 0; reg < 4; reg++) {
        ck_assert_uint_eq(gpe_chip.read(&pm, reg, 1), 0);
        gpe_chip.write(&pm, reg, 0xff, 1);
        ck_assert_uint_eq(gpe_chip.read(&pm, reg, 1), reg < 2 ? 0 : 0xff);
    }
    pm_chip.reset(&pm);
    ck_assert_uint_eq(gpe_chip.read(&pm, 3, 1), 0);
}
END_TEST

Suite *pm_suite(void)
{
    const TTest *const tests[] = {
        the_timer_counts_3579545_a_second_in_24_bits,
        the_timers_highest_bit_interrupts_whenever_it_changes,
        the_button_interrupts_until_its_bit_is_cleared,
        the_type_tells_off_from_asleep,
        the_clocks_interrupt_is_an_event,
        asleep_the_clock_wakes_if_it_may,
        asleep_the_button_wakes_enabled_or_not,
        asleep_the_resume_well_keeps_its_registers,
        apm_commands_raise_smi_when_their_gate_is_open,
        nobody_answers_on_the_management_bus,
        general_purpose_events_can_be_enabled_and_none_occurs,
        any_bytes_anywhere_do_no_harm,
        every_byte_of_it_is_in_its_field_list,
        NULL,
    };
    return unit_suite("pm", tests);
}
