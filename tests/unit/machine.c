/* SPDX-License-Identifier: MIT */
#include "tests/unit/machine_rig.h"

START_TEST(the_cpu_starts_in_the_bios_and_reaches_memory)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    ck_assert_msg(machine != NULL, "%s", message);
    ck_assert_int_eq(machine_run(machine, 1000000), MACHINE_RUNS);
    ck_assert_uint_eq(machine->bus.ram[0x500], 0x41);
    ck_assert_uint_eq(clock_now(&machine->clock), 1000000); /* halted, and yet time went on */
    done(machine);
}
END_TEST

/* Port 8900h gets "Shutdown". */
static const u8 power_off[] = {0xfc, 0x0e, 0x1f, 0xbe, 0x12, 0x00, 0xba, 0x00, 0x89, 0xb9,
                               0x08, 0x00, 0xac, 0xee, 0xe2, 0xfc, 0xeb, 0xfe, 'S',  'h',
                               'u',  't',  'd',  'o',  'w',  'n'};

START_TEST(the_guest_can_switch_off)
{
    struct machine *machine = MACHINE(power_off, "");
    ck_assert_int_eq(machine_run(machine, 1000000), MACHINE_POWER_OFF);
    done(machine);
}
END_TEST

/* mov al,5; out 0f4h,al; jmp $ */
static const u8 debug_exit[] = {0xb0, 0x05, 0xe6, 0xf4, 0xeb, 0xfe};

START_TEST(the_exit_port_is_there_only_when_it_is_asked_for)
{
    struct machine *machine = MACHINE(debug_exit, "-device isa-debug-exit,iobase=0xf4");
    ck_assert_int_eq(machine_run(machine, 1000000), MACHINE_DEBUG_EXIT);
    ck_assert_uint_eq(machine->pc.debugport.exit_value, 5);
    done(machine);
    machine = MACHINE(debug_exit, "");
    ck_assert_int_eq(machine_run(machine, 1000000), MACHINE_RUNS);
    done(machine);
}
END_TEST

/* reset_by_keyboard by port 92h: mov al,0; out; mov al,1; out */
static const u8 reset_by_port_92[] = {0x31, 0xc0, 0x8e, 0xd8, 0xff, 0x06, 0x00, 0x05, 0xb0, 0x00,
                                      0xe6, 0x92, 0xb0, 0x01, 0xe6, 0x92, 0xeb, 0xfe};
/* the same by a triple fault: lidt [cs:empty]; int3 in protected mode */
static const u8 reset_by_triple_fault[] = {
    0x31, 0xc0, 0x8e, 0xd8, 0xff, 0x06, 0x00, 0x05, 0x2e, 0x0f, 0x01, 0x1e, 0x19,
    0x00, 0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0, 0xcc, 0xeb, 0xfe, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00};

static void expect_resets(const u8 *program, size_t n, enum machine_end end)
{
    struct machine *machine = machine_with(program, n, "");
    ck_assert_int_eq(machine_run(machine, 10000000), MACHINE_RUNS);
    ck_assert_uint_ge(get16(machine->bus.ram + 0x500), 2);
    done(machine);
    machine = machine_with(program, n, "-no-reboot");
    ck_assert_int_eq(machine_run(machine, 10000000), end);
    ck_assert_uint_eq(get16(machine->bus.ram + 0x500), 1);
    done(machine);
}

START_TEST(keyboard_controller_port_92_and_triple_fault_reset_the_cpu)
{
    expect_resets(reset_by_keyboard, sizeof reset_by_keyboard, MACHINE_REBOOT);
    expect_resets(reset_by_port_92, sizeof reset_by_port_92, MACHINE_REBOOT);
    expect_resets(reset_by_triple_fault, sizeof reset_by_triple_fault, MACHINE_TRIPLE);
}
END_TEST

START_TEST(the_last_who_writes_the_a20_gate_wins_and_a_reset_opens_it)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    struct pc *pc = &machine->pc;
    ck_assert(machine->bus.a20);
    ck_assert_uint_eq(bus_in(&machine->bus, 0x92, 1) & 2, 2);
    bus_out(&machine->bus, 0x92, 0, 1);
    ck_assert(!machine->bus.a20);
    kbc_set_a20(&pc->kbc, true);
    ck_assert(machine->bus.a20);
    ck_assert_uint_eq(bus_in(&machine->bus, 0x92, 1) & 2, 2);
    kbc_set_a20(&pc->kbc, false);
    ck_assert(!machine->bus.a20);
    ck_assert_uint_eq(bus_in(&machine->bus, 0x92, 1) & 2, 0);
    bus_out(&machine->bus, 0x92, 2, 1);
    ck_assert(machine->bus.a20);
    bus_out(&machine->bus, 0x92, 0, 1);
    pc_init_cpus(pc, PC_INIT_ALL);
    ck_assert(machine->bus.a20);
    done(machine);
}
END_TEST

/* The keyboard controller has INIT, which keeps SMBASE; 486s and the button have RESET. */
START_TEST(a_reset_of_the_cpu_alone_is_an_init)
{
    const struct {
        const char *options;
        bool keeps;
    } rows[] = {{"", true}, {"-cpu 486", false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct machine *machine = MACHINE(store_and_halt, rows[i].options);
        u32 usual = machine->cpu[0].smbase, other = usual + 0x8000;
        machine->cpu[0].smbase = other;
        pc_init_cpus(&machine->pc, PC_INIT_ALL);
        ck_assert_uint_eq(machine->cpu[0].smbase, rows[i].keeps ? other : usual);
        pc_reset(&machine->pc);
        ck_assert_uint_eq(machine->cpu[0].smbase, usual);
        done(machine);
    }
}
END_TEST

START_TEST(a_limit_of_instructions_is_exact)
{
    static const u8 loop[] = {0x40, 0xeb, 0xfd}; /* inc ax; jmp */
    struct machine *machine = MACHINE(loop, "-max-insns 12345");
    ck_assert_int_eq(machine_run(machine, NS_PER_S), MACHINE_INSNS);
    ck_assert_uint_eq(machine->cpu[0].icount, 12345);
    done(machine);
}
END_TEST

/* Timer ticks at IRQ 0 counted at 500h, while a loop writes to the screen and reads the clock. */
static const u8 busy[] = {
    0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xd0, 0xbc, 0x00, 0x70, /* ds, ss:sp */
    0xc7, 0x06, 0x20, 0x00, 0x3d, 0x00,                   /* vector 8 */
    0xc7, 0x06, 0x22, 0x00, 0x00, 0xf0,
    0xb0, 0x11, 0xe6, 0x20, 0xb0, 0x08, 0xe6, 0x21, 0xb0, 0x04, 0xe6, 0x21, 0xb0, 0x01, 0xe6, 0x21,
    0xb0, 0xfe, 0xe6, 0x21, 0xb0, 0x34, 0xe6, 0x43, 0xb0, 0x00, 0xe6, 0x40, 0xb0, 0x04, 0xe6, 0x40,
    0xfb,                               /* sti */
    0xe4, 0x61, 0x88, 0x07, 0x43, 0xeb, 0xf9, /* in al,61h; mov [bx],al; inc bx; jmp */
    0xff, 0x06, 0x00, 0x05, 0xb0, 0x20, 0xe6, 0x20, 0xcf};

START_TEST(two_runs_are_equal_whatever_the_slices)
{
    struct machine *a = MACHINE(busy, "");
    options_free(&options);
    struct machine *b = MACHINE(busy, "");
    machine_run(a, 30000000);
    for (vtime t = 0; t < 30000000; t += 123457)
        machine_run(b, t);
    machine_run(b, 30000000);
    ck_assert_uint_eq(machine_hash(a), machine_hash(b));
    machine_run(b, 30000100);
    ck_assert_uint_ne(machine_hash(a), machine_hash(b));
    machine_free(a);
    done(b);
}
END_TEST

START_TEST(a_missing_part_is_named_and_nothing_starts)
{
    ck_assert_ptr_null(MACHINE(busy, "-fda /no/such.img"));
    ck_assert_msg(strstr(message, "/no/such.img"), "%s", message);
    options_free(&options);
    ck_assert_ptr_null(MACHINE(busy, "-vgabios /dev/null"));
    ck_assert_msg(strstr(message, "/dev/null: not a VGA BIOS"), "%s", message);
    options_free(&options);
    ck_assert_ptr_null(MACHINE(busy, "-serial file:/no/such/folder/x"));
    ck_assert_msg(strstr(message, "-serial"), "%s", message);
    options_free(&options);
}
END_TEST

START_TEST(a_wrong_rom_is_refused)
{
    static u8 rom[65536];
    ck_assert_ptr_nonnull(rom_wrong_bios(rom, 1000));
    ck_assert_ptr_nonnull(rom_wrong_bios(rom, sizeof rom));
    rom[0xfff0] = 0xea;
    ck_assert_ptr_null(rom_wrong_bios(rom, sizeof rom));
    memset(rom, 0, sizeof rom);
    ck_assert_ptr_nonnull(rom_wrong_vgabios(rom, 32768));
    rom[0] = 0x55;
    rom[1] = 0xaa;
    ck_assert_ptr_nonnull(rom_wrong_vgabios(rom, 32768)); /* no length */
    rom[2] = 64;
    rom[3] = (u8)(0x100 - 0x55 - 0xaa - 64);
    ck_assert_ptr_null(rom_wrong_vgabios(rom, 32768));
    ck_assert_ptr_nonnull(rom_wrong_vgabios(rom, 32767)); /* truncated */
    rom[100] = 1;
    ck_assert_ptr_nonnull(rom_wrong_vgabios(rom, 32768)); /* checksum */
}
END_TEST

START_TEST(every_chip_is_on_the_board_with_ports_and_fields)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    unsigned chips = 0;
    for (; pc_part(chips); chips++) {
        ck_assert_ptr_nonnull(pc_part(chips)->chip->fields);
        ck_assert_ptr_nonnull(pc_part(chips)->chip->reset);
    }
    ck_assert_uint_ge(chips, 18);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    pc_print(&machine->pc, out);
    machine_dump(machine, out);
    fclose(out);
    ck_assert_ptr_nonnull(strstr(text, "pit.counter[0].out   -> IRQ 0"));
    ck_assert_ptr_nonnull(strstr(text, "port   03f0-03f5          fdc"));
    ck_assert_ptr_nonnull(strstr(text, "memory fec00000-fec00fff  I/O APIC"));
    ck_assert_ptr_nonnull(strstr(text, "memory fee00000-fee00fff  local APIC"));
    free(text);
    done(machine);
}
END_TEST

/* MP specification 1.4, 3.6.2.2: the 8259A is at pin 0 of the I/O APIC, and the timer at pin 2. */
START_TEST(interrupts_reach_both_controllers)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    struct pc *pc = &machine->pc;
    const struct {
        struct line *line;
        unsigned irq;
    } rows[] = {
        {&pc->pit.counter[0].out, 0}, {&pc->kbc.irq1, 1},    {&pc->uart[1].intr, 3},
        {&pc->uart[0].intr, 4},       {&pc->fdc.irq, 6},     {&pc->parallel.intr, 7},
        {&pc->rtc.irq, 8},            {&pc->vga.irq, 9},     {&pc->kbc.irq12, 12},
        {&pc->npx.irq, 13},           {&pc->pm.sci, 9},      {&pc->piix.irq[3], 3},
        {&pc->piix.irq[4], 4},        {&pc->piix.irq[5], 5}, {&pc->piix.irq[6], 6},
        {&pc->piix.irq[7], 7},        {&pc->piix.irq[9], 9}, {&pc->piix.irq[10], 10},
        {&pc->piix.irq[11], 11},      {&pc->piix.irq[12], 12},
        {&pc->piix.irq[14], 14},      {&pc->piix.irq[15], 15},
        {&pc->ide_pci.channel[0].irq, 14}, {&pc->ide_pci.channel[1].irq, 15},
    };
    for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
        unsigned irq = rows[i / 2].irq, pin = irq ? irq : 2;
        line_set(rows[i / 2].line, !rows[i / 2].line->level);
        bool level = rows[i / 2].line->level;
        ck_assert_uint_eq(pc->pic[irq / 8].pins >> irq % 8 & 1, level);
        ck_assert_uint_eq(pc->ioapic.pins >> pin & 1, level);
    }
    line_set(&pc->pic[0].intr, true);
    ck_assert(pc->ioapic.pins & 1);
    ck_assert(pc->lapic[0].lint[0]);
    done(machine);
}
END_TEST

START_TEST(an_interrupt_stays_while_anybody_asks)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    struct pc *pc = &machine->pc;
    struct line *lines[] = {&pc->vga.irq, &pc->pm.sci, &pc->piix.irq[9]};
    for (unsigned asking = 0; asking < 8; asking++) {
        for (unsigned i = 0; i < ARRAY_LEN(lines); i++)
            line_set(lines[i], asking >> i & 1);
        ck_assert_uint_eq(pc->ioapic.pins >> 9 & 1, asking != 0);
        ck_assert_uint_eq(pc->pic[1].pins >> 1 & 1, asking != 0);
    }
    done(machine);
}
END_TEST

/* The CPU's pins by way of the local APIC: what is sent to it with each delivery mode of ICR. */
START_TEST(the_local_apic_reaches_its_processor)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    struct lapic *lapic = &machine->pc.lapic[0];
    ck_assert(lapic->on);
    lapic_chip.write(lapic, 0xf0, 0x1ff, 4);
    lapic_chip.write(lapic, 0x300, 0x40041, 4);
    ck_assert(machine->cpu[0].intr);
    ck_assert_uint_eq(machine->cpu[0].acknowledge(machine->cpu[0].acknowledge_owner), 0x41);
    ck_assert(!machine->cpu[0].intr);
    lapic_chip.write(lapic, 0x300, 0x400, 4);
    ck_assert(machine->cpu[0].nmi_pending && !machine->cpu[0].nmi);
    lapic_chip.write(lapic, 0x300, 0x200, 4);
    ck_assert(machine->cpu[0].smi_pending && !machine->cpu[0].smi);
    ck_assert_uint_eq(machine->pc.request, 0);
    lapic_chip.write(lapic, 0x300, 0x500, 4);
    ck_assert_uint_eq(machine->pc.request, PC_INIT);
    pc_init_cpus(&machine->pc, PC_INIT);
    ck_assert_uint_eq(lapic_chip.read(lapic, 0xf0, 4), 0xff);
    done(machine);
}
END_TEST

START_TEST(with_an_apic_or_without_interrupts_reach_the_processor)
{
    static const struct {
        const char *options;
        bool with;
    } rows[] = {{"", true}, {"-cpu pentium", true}, {"-cpu 486", false}, {"-machine isapc", false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct machine *machine = MACHINE(store_and_halt, rows[i].options);
        bool with = rows[i].with;
        ck_assert_int_eq(machine->pc.lapic[0].on, with);
        ck_assert_uint_eq(bus_read(&machine->bus, 0xfec00000, 4), with ? 0 : 0xffffffff);
        line_set(&machine->pc.pic[0].intr, true);
        ck_assert(machine->cpu[0].intr);
        line_set(&machine->pc.pic[0].intr, false);
        ck_assert(!machine->cpu[0].intr);
        done(machine);
    }
}
END_TEST

START_TEST(the_clock_shows_the_date_of_the_options)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    static const u8 want[][2] = {{4, 0x12}, {2, 0x34}, {0, 0x56}, {7, 0x31}, {8, 0x01}, {9, 0x26}};
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        bus_out(&machine->bus, 0x70, want[i][0], 1);
        ck_assert_uint_eq(bus_in(&machine->bus, 0x71, 1), want[i][1]);
    }
    done(machine);
}
END_TEST

START_TEST(the_window_of_the_vga_is_mapped_for_ever_without_growing)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    struct bus *bus = &machine->bus;
    u32 pages = bus->page_count;
    for (unsigned i = 0; i < 1000; i++) { /* chain-4 on and off */
        bus_out(bus, 0x3c4, 0x0f02, 2);
        bus_out(bus, 0x3c4, i & 1 ? 0x0e04 : 0x0604, 2);
        bus_out(bus, 0x3ce, 0x4005, 2);
        bus_out(bus, 0x3ce, i & 2 ? 0x0506 : 0x0106, 2);
    }
    ck_assert_uint_eq(bus->page_count, pages);
    ck_assert_uint_le(bus->region_count, 12);
    done(machine);
}
END_TEST

START_TEST(the_power_button_needs_a_guest_that_listens)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    struct input_event event = {.kind = INPUT_POWER_BUTTON};
    ck_assert(machine_event(machine, &event, message, sizeof message));
    ck_assert_str_eq(message, "the guest does not listen to the power button");
    pm_chip.write(&machine->pc.pm, 2, 0x100, 2);
    pm_chip.write(&machine->pc.pm, 4, 1, 2); /* SCI_EN */
    ck_assert(machine_event(machine, &event, message, sizeof message));
    ck_assert_str_eq(message, "");
    ck_assert(machine->pc.irq[9]);
    done(machine);
}
END_TEST

/* As after power-on, with code that was run from it: RESET and the button. The processor's alone
 * leaves memory as it is, or no program could come back from protected mode by it. */
START_TEST(a_reset_of_the_board_empties_memory)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    struct bus *bus = &machine->bus;
    machine_run(machine, 1000000);
    ck_assert_uint_eq(bus->ram[0x500], 0x41);
    pc_init_cpus(&machine->pc, PC_INIT_ALL);
    ck_assert_uint_eq(bus->ram[0x500], 0x41);
    bus->ram[bus->ram_size - 1] = 0x55;
    machine_reset(machine);
    ck_assert_uint_eq(bus->ram[0x500], 0);
    ck_assert_uint_eq(bus->ram[bus->ram_size - 1], 0);
    machine_run(machine, 2000000);
    ck_assert_uint_eq(bus->ram[0x500], 0x41);
    done(machine);
}
END_TEST

/* Code that lay in memory is not run from what was decoded before. */
START_TEST(code_in_memory_is_gone_after_a_reset_of_the_board)
{
    /* mov al, 42h; mov [500h], al; hlt */
    static const u8 first[] = {0xb0, 0x42, 0xa2, 0x00, 0x05, 0xf4};
    static const u8 jump[] = {0xea, 0x00, 0x06, 0x00, 0x00};
    struct machine *machine = MACHINE(jump, "");
    bus_dma_write(&machine->bus, 0x600, first, sizeof first);
    machine_run(machine, 1000000);
    ck_assert_uint_eq(machine->bus.ram[0x500], 0x42);
    machine_reset(machine);
    machine_run(machine, 1010000);
    ck_assert_uint_eq(machine->bus.ram[0x500], 0);
    done(machine);
}
END_TEST

Suite *machine_suite(void)
{
    const TTest *const tests[] = {
        the_cpu_starts_in_the_bios_and_reaches_memory,
        the_guest_can_switch_off,
        the_exit_port_is_there_only_when_it_is_asked_for,
        keyboard_controller_port_92_and_triple_fault_reset_the_cpu,
        the_last_who_writes_the_a20_gate_wins_and_a_reset_opens_it,
        a_reset_of_the_cpu_alone_is_an_init,
        a_limit_of_instructions_is_exact,
        two_runs_are_equal_whatever_the_slices,
        a_missing_part_is_named_and_nothing_starts,
        a_wrong_rom_is_refused,
        every_chip_is_on_the_board_with_ports_and_fields,
        interrupts_reach_both_controllers,
        an_interrupt_stays_while_anybody_asks,
        the_local_apic_reaches_its_processor,
        with_an_apic_or_without_interrupts_reach_the_processor,
        the_clock_shows_the_date_of_the_options,
        the_window_of_the_vga_is_mapped_for_ever_without_growing,
        a_reset_of_the_board_empties_memory,
        code_in_memory_is_gone_after_a_reset_of_the_board,
        the_power_button_needs_a_guest_that_listens,
        NULL,
    };
    return unit_suite("machine", tests);
}
