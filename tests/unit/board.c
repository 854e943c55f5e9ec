/* SPDX-License-Identifier: MIT */
/* The board in its machine: PCI, what the firmware is told, memory that stands before ROM. */
#include "tests/unit/machine_rig.h"

static void config_write(struct bus *bus, unsigned devfn, unsigned at, u32 value, unsigned size)
{
    bus_out(bus, 0xcf8, 0x80000000u | devfn << 8 | (at & ~3u), 4);
    bus_out(bus, (u16)(0xcfc + (at & 3)), value, size);
}

static u32 config_read(struct bus *bus, unsigned devfn, unsigned at, unsigned size)
{
    bus_out(bus, 0xcf8, 0x80000000u | devfn << 8 | (at & ~3u), 4);
    return bus_in(bus, (u16)(0xcfc + (at & 3)), size);
}

START_TEST(pci_is_there_and_on_an_at_it_is_not)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    ck_assert_uint_eq(config_read(&machine->bus, 0, 0, 4), 0x12378086);
    ck_assert_uint_eq(config_read(&machine->bus, 8, 0, 4), 0x70008086);
    ck_assert_uint_eq(bus_in(&machine->bus, 0xafe0, 4), 0); /* SeaBIOS's GPE0_BLK: no events */
    done(machine);
    machine = MACHINE(store_and_halt, "-machine isapc");
    ck_assert_uint_eq(config_read(&machine->bus, 0, 0, 4), 0xffffffff);
    done(machine);
}
END_TEST

static u64 fw_cfg_number(struct bus *bus, u32 key, unsigned skip, unsigned bytes)
{
    u64 number = 0;
    bus_out(bus, 0x510, key, 2);
    while (skip--)
        bus_in(bus, 0x511, 1);
    for (unsigned i = 0; i < bytes; i++)
        number |= (u64)bus_in(bus, 0x511, 1) << 8 * i;
    return number;
}

/* QEMU, docs/specs/fw_cfg: the directory is big-endian; etc/e820 has a base, a length, type 1. */
START_TEST(the_firmware_is_told_of_memory_and_processors)
{
    struct machine *machine = MACHINE(store_and_halt, "-smp 5 -m 3584");
    struct bus *bus = &machine->bus;
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_RAM_SIZE, 0, 8), 3584ull << 20);
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_NB_CPUS, 0, 2), 5);
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_MAX_CPUS, 0, 2), 5);
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_IRQ0_OVERRIDE, 0, 1), 1);
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_DIRECTORY, 0, 8), 0x1400000002000000);
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_DIRECTORY, 12, 8), 0x303238652f637465);
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_FILE_FIRST, 0, 8), 0);
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_FILE_FIRST, 8, 8), 3584ull << 20);
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_FILE_FIRST, 16, 8), 1);
    done(machine);
    machine = MACHINE(store_and_halt, "-machine pc,apic=off");
    ck_assert_uint_eq(fw_cfg_number(&machine->bus, FW_CFG_IRQ0_OVERRIDE, 0, 1), 0);
    ck_assert_uint_eq(fw_cfg_number(&machine->bus, FW_CFG_NB_CPUS, 0, 2), 1);
    ck_assert_uint_eq(fw_cfg_number(&machine->bus, FW_CFG_FILE_FIRST, 8, 8), 1 << 20);
    done(machine);
}
END_TEST

/* PIIX4's SLP_TYP (82371AB, "PMCNTRL"); an AT cannot sleep. */
START_TEST(the_firmware_is_told_of_sleeping_states)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    struct bus *bus = &machine->bus;
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_DIRECTORY, 4 + FW_CFG_ENTRY, 4), 0x06000000);
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_DIRECTORY, 12 + FW_CFG_ENTRY, 7), 0x7379732f637465);
    ck_assert_uint_eq(fw_cfg_number(bus, FW_CFG_FILE_FIRST + 1, 0, 6), 0x808081000080);
    done(machine);
    machine = MACHINE(store_and_halt, "-machine isapc");
    ck_assert_uint_eq(fw_cfg_number(&machine->bus, FW_CFG_DIRECTORY, 0, 4), 0x01000000);
    done(machine);
}
END_TEST

/* Windows 2000's Setup; windows.md X12. */
START_TEST(with_slow_ide_no_command_ends_within_a_millisecond)
{
    static const u8 halt[] = {0xf4};
    char path[] = "disk-test-XXXXXX", line[60];
    int fd = mkstemp(path);
    ck_assert(fd >= 0 && !ftruncate(fd, 16 * 63 * 512 * 8));
    close(fd);
    for (unsigned i = 0; i < 4; i++) {
        vtime us = i & 1 ? 990 : 1010;
        snprintf(line, sizeof line, "-machine pc%s -hda %s", i & 2 ? ",slow-ide" : "", path);
        struct machine *machine = MACHINE(halt, line);
        machine_run(machine, 50000000);
        bus_out(&machine->bus, 0x1f7, 0xec, 1);
        machine_run(machine, 50000000 + us * 1000);
        ck_assert_uint_eq(bus_in(&machine->bus, 0x1f7, 1), i == 3 ? 0xd0 : 0x58);
        done(machine);
    }
    unlink(path);
}
END_TEST

/* 82441FX "PAM[6:0]": each segment's reads and writes go to memory or to ROM and the bus. */
START_TEST(each_segment_is_rom_or_memory_for_reads_and_for_writes)
{
    static const struct {
        u8 pam, shift;
        u32 address;
        bool rom;
    } segments[] = {
        {0x5a, 0, 0xc0000, true},  {0x5a, 4, 0xc4000, true},  {0x5b, 0, 0xc8000, true},
        {0x5b, 4, 0xcc000, false}, {0x5c, 0, 0xd0000, false}, {0x5c, 4, 0xd4000, false},
        {0x5d, 0, 0xd8000, false}, {0x5d, 4, 0xdc000, false}, {0x5e, 0, 0xe0000, false},
        {0x5e, 4, 0xe4000, false}, {0x5f, 0, 0xe8000, false}, {0x5f, 4, 0xec000, false},
        {0x59, 4, 0xf0000, true},
    };
    struct machine *machine = MACHINE(store_and_halt, "");
    struct bus *bus = &machine->bus;
    u32 pages = bus->page_count;
    for (size_t i = 0; i < ARRAY_LEN(segments); i++) {
        u32 at = segments[i].address + 0x3ff0, outside = bus_read(bus, at, 4);
        ck_assert(segments[i].rom || outside == 0xffffffff);
        bus_write(bus, at, 0x11111111, 4);
        ck_assert_uint_eq(bus_read(bus, at, 4), outside);
        config_write(bus, 0, segments[i].pam, 2u << segments[i].shift, 1); /* write only */
        bus_write(bus, at, 0x22222222, 4);
        ck_assert_uint_eq(bus_read(bus, at, 4), outside);
        config_write(bus, 0, segments[i].pam, 1u << segments[i].shift, 1); /* read only */
        ck_assert_uint_eq(bus_read(bus, at, 4), 0x22222222);
        bus_write(bus, at, 0x33333333, 4);
        ck_assert_uint_eq(bus_read(bus, at, 4), 0x22222222);
        config_write(bus, 0, segments[i].pam, 3u << segments[i].shift, 1);
        bus_write(bus, at, 0x44444444, 4);
        ck_assert_uint_eq(bus_read(bus, at, 4), 0x44444444);
        config_write(bus, 0, segments[i].pam, 0, 1);
        ck_assert_uint_eq(bus_read(bus, at, 4), outside);
    }
    ck_assert_uint_eq(bus->page_count, pages); /* all memory has its numbers from the start */
    done(machine);
}
END_TEST

/* 82441FX "SMRAM": open it is RAM, locked it stays closed until a reset. */
START_TEST(smram_opens_until_it_is_locked)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    struct bus *bus = &machine->bus;
    config_write(bus, 0, 0x72, 0x4a, 1);
    bus_write(bus, 0xa8000, 0x5a5a1234, 4);
    ck_assert_uint_eq(bus_read(bus, 0xa8000, 4), 0x5a5a1234);
    ck_assert_uint_eq(get32(bus->ram + 0xa8000), 0x5a5a1234);
    config_write(bus, 0, 0x72, 0x5a, 1); /* locked, and closed by that */
    ck_assert_uint_eq(config_read(bus, 0, 0x72, 1), 0x1a);
    ck_assert_uint_ne(bus_read(bus, 0xa8000, 4), 0x5a5a1234);
    config_write(bus, 0, 0x72, 0x4a, 1);
    ck_assert_uint_eq(config_read(bus, 0, 0x72, 1), 0x1a);
    bus_out(bus, 0xcf9, 0x02, 1);
    bus_out(bus, 0xcf9, 0x06, 1);
    machine_run(machine, 1000000);
    ck_assert_uint_eq(config_read(bus, 0, 0x72, 1), 0x02);
    done(machine);
}
END_TEST

/* Code below a segment that was ROM for reads is new when it comes to light. */
START_TEST(code_written_behind_rom_runs_when_it_becomes_memory)
{
    /* jmp f000:0100 again and again: the code there is 'inc byte [500h]; hlt' or what RAM holds */
    static const u8 program[] = {0x31, 0xc0, 0x8e, 0xd8, 0xe9, 0xf9, 0x00};
    struct machine *machine = MACHINE(program, "");
    struct bus *bus = &machine->bus;
    for (u8 i = 1; i < 4; i++) { /* mov byte [500h],i; hlt */
        const u8 code[] = {0xc6, 0x06, 0x00, 0x05, i, 0xf4};
        config_write(bus, 0, 0x59, 0x20, 1);
        for (u32 k = 0; k < sizeof code; k++)
            bus_write(bus, 0xf0100 + k, code[k], 1);
        config_write(bus, 0, 0x59, 0x10, 1);
        for (u32 k = 0; k < 0x100; k++) /* the program itself, too */
            bus->ram[0xf0000 + k] = k < sizeof program ? program[k] : 0xf4;
        cpu_reset(&machine->cpu[0]);
        machine->cpu[0].seg[SEG_CS].base = 0xf0000;
        machine->cpu[0].eip = 0;
        machine_run(machine, i * 1000000u);
        ck_assert_uint_eq(bus->ram[0x500], i);
    }
    done(machine);
}
END_TEST

START_TEST(port_cf9_resets_the_cpu_or_all)
{
    struct machine *machine = MACHINE(store_and_halt, "");
    struct bus *bus = &machine->bus;
    config_write(bus, 0, 0x59, 0x30, 1);
    bus_out(bus, 0xcf9, 0x04, 1);
    machine_run(machine, 1000);
    ck_assert_uint_eq(config_read(bus, 0, 0x59, 1), 0x30);
    config_write(bus, 0, 0x59, 0x00, 1);
    config_write(bus, 0, 0x5a, 0x33, 1);
    bus_out(bus, 0xcf9, 0x00, 1);
    bus_out(bus, 0xcf9, 0x06, 1);
    machine_run(machine, 1000000);
    ck_assert_uint_eq(config_read(bus, 0, 0x5a, 1), 0);
    ck_assert_uint_eq(bus->ram[0x500], 0x41);
    done(machine);
}
END_TEST

Suite *board_suite(void)
{
    const TTest *const tests[] = {
        pci_is_there_and_on_an_at_it_is_not,
        the_firmware_is_told_of_memory_and_processors,
        the_firmware_is_told_of_sleeping_states,
        with_slow_ide_no_command_ends_within_a_millisecond,
        each_segment_is_rom_or_memory_for_reads_and_for_writes,
        smram_opens_until_it_is_locked,
        code_written_behind_rom_runs_when_it_becomes_memory,
        port_cf9_resets_the_cpu_or_all,
        NULL,
    };
    return unit_suite("board", tests);
}
