/* SPDX-License-Identifier: MIT */
/* What comes in from the user while a machine runs: discs, and the pointer in its three ways. */
#include "tests/unit/machine_rig.h"

static void disk_event(struct machine *machine, enum input_kind kind, u8 drive, const char *path)
{
    struct input_event event = {.kind = kind, .code = drive, .text = path ? strdup(path) : NULL};
    ck_assert(machine_event(machine, &event, message, sizeof message));
    ck_assert_ptr_null(event.text);
}

static void image_make(char *path, u64 bytes, bool cd)
{
    int fd = mkstemp(path);
    ck_assert_int_eq(ftruncate(fd, (off_t)bytes), 0);
    if (cd)
        ck_assert_int_eq(pwrite(fd, "\1CD001\1", 7, 16 * 2048), 7);
    close(fd);
}

START_TEST(discs_are_changed_while_it_runs)
{
    char iso[] = "machine-test-XXXXXX", floppy[] = "machine-test-XXXXXX";
    struct machine *machine = MACHINE(store_and_halt, "");
    const struct ide_drive *drive = &machine->pc.ide[1].drive[0];
    image_make(iso, 100 * 2048, true);
    image_make(floppy, 1440 * 1024, false);
    disk_event(machine, INPUT_INSERT, INPUT_DRIVE_CD, iso);
    ck_assert_ptr_nonnull(strstr(message, "-> CD-ROM"));
    ck_assert_ptr_nonnull(drive->disk);
    disk_event(machine, INPUT_INSERT, INPUT_DRIVE_CD, floppy);
    ck_assert_ptr_nonnull(strstr(message, "is no CD image"));
    ck_assert_ptr_nonnull(drive->disk);
    disk_event(machine, INPUT_EJECT, INPUT_DRIVE_CD, NULL);
    ck_assert_ptr_null(drive->disk);
    disk_event(machine, INPUT_INSERT, INPUT_DRIVE_ANY, iso); /* where it fits */
    ck_assert_ptr_nonnull(drive->disk);
    disk_event(machine, INPUT_INSERT, INPUT_DRIVE_ANY, floppy);
    ck_assert_ptr_nonnull(strstr(message, "-> A:"));
    ck_assert_str_eq(disk_path(machine->pc.fdc.drive[0].disk), floppy);
    disk_event(machine, INPUT_NEXT_DISK, INPUT_DRIVE_CD, NULL);
    ck_assert_ptr_nonnull(strstr(message, "no other CD"));
    ck_assert_ptr_nonnull(drive->disk); /* and the disc is still there */
    machine->pc.ide[1].drive[0].cd.locked = true;
    disk_event(machine, INPUT_EJECT, INPUT_DRIVE_CD, NULL);
    ck_assert_ptr_nonnull(strstr(message, "locked"));
    ck_assert_ptr_nonnull(drive->disk);
    disk_event(machine, INPUT_EJECT, INPUT_DRIVE_CD, NULL);
    ck_assert_ptr_null(drive->disk);
    unlink(iso);
    unlink(floppy);
    done(machine);
}
END_TEST

/* The calls to VMware's port that enable its pointer: EAX of "pointer data" to 500h, EBX of "version"
 * to 504h. */
static const u8 takes_places[] = {
    0x31, 0xc0, 0x8e, 0xd8, 0xba, 0x58, 0x56, 0x66, 0xb9, 0x29, 0x00, 0x00, 0x00, 0x66,
    0xb8, 0x68, 0x58, 0x4d, 0x56, 0x66, 0xbb, 0x52, 0x45, 0x41, 0x45, 0x66, 0xed, 0xb1,
    0x27, 0x66, 0xb8, 0x68, 0x58, 0x4d, 0x56, 0x66, 0xbb, 0x01, 0x00, 0x00, 0x00, 0x66,
    0xed, 0x66, 0xa3, 0x00, 0x05, 0xb1, 0x29, 0x66, 0xb8, 0x68, 0x58, 0x4d, 0x56, 0x66,
    0xbb, 0x52, 0x41, 0x42, 0x53, 0x66, 0xed, 0xb1, 0x0a, 0x66, 0xb8, 0x68, 0x58, 0x4d,
    0x56, 0x66, 0xed, 0x66, 0x89, 0x1e, 0x04, 0x05, 0xf4};

static void pointer_event(struct machine *machine, enum input_kind kind, s32 x, s32 y, s32 z)
{
    struct input_event event = {.kind = kind, .x = x, .y = y, .z = z};
    ck_assert(machine_event(machine, &event, message, sizeof message));
}

START_TEST(a_guest_that_takes_places_finds_them_in_its_registers)
{
    static const char *const engines[] = {"-engine fast", "-engine plain"};
    for (unsigned i = 0; i < ARRAY_LEN(engines); i++) {
        struct machine *machine = MACHINE(takes_places, engines[i]);
        struct vmport *port = &machine->pc.vmport;
        machine_run(machine, 1000000);
        ck_assert_uint_eq(get32(machine->bus.ram + 0x500), 0x3442554a);
        ck_assert_uint_eq(get32(machine->bus.ram + 0x504), 0x564d5868);
        ck_assert(vmport_is_absolute(port));
        pointer_event(machine, INPUT_MOUSE_AT, 0x1234, INPUT_RANGE, 0);
        ck_assert_uint_eq(port->count, 4);
        ck_assert_uint_eq(port->x, 0x1234);
        ck_assert_uint_eq(port->y, 0xffff);
        pointer_event(machine, INPUT_MOUSE_MOVE, 0, 0, 1); /* the wheel goes with the place */
        ck_assert_uint_eq(port->count, 8);
        ck_assert_uint_eq(port->x, 0x1234);
        pointer_event(machine, INPUT_MOUSE_MOVE, 5, 0, 0);
        ck_assert_uint_eq(port->count, 8);
        ck_assert_int_eq(machine->pc.mouse.dx, 5);
        ck_assert_int_eq(machine->pc.mouse.dz, 0);
        done(machine);
    }
}
END_TEST

START_TEST(who_starts_anew_gets_the_plain_mouse_who_comes_back_keeps_the_pointer)
{
    for (unsigned code = 0; code <= 5; code += 5) {
        struct machine *machine = MACHINE(reset_by_keyboard, "");
        machine->pc.vmport.on = machine->pc.vmport.absolute = true;
        rtc_cmos_set(&machine->pc.rtc, 0x0f, (u8)code);
        machine_run(machine, 10000000);
        ck_assert_uint_ge(get16(machine->bus.ram + 0x500), 2);
        ck_assert_int_eq(vmport_is_absolute(&machine->pc.vmport), code == 5);
        done(machine);
    }
}
END_TEST

/* HLT, and with nobody there to interrupt it the time passes. */
static const u8 waits[] = {0xf4, 0xeb, 0xfd};

START_TEST(a_serial_mouse_takes_the_place_of_the_others)
{
    static const struct {
        const char *more;
        unsigned port;
        u8 msr;
    } rows[] = {{"-serial mouse", 0, 0},
                {"-serial mouse:3", 0, MSR_DSR | MSR_DDSR},
                {"-serial null -serial mouse:wheel", 1, MSR_DSR | MSR_DDSR},
                {"-serial null -serial msmouse -machine isapc", 1, MSR_DSR | MSR_DDSR}};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        struct machine *machine = MACHINE(waits, rows[i].more);
        struct pc *pc = &machine->pc;
        struct uart *uart = &pc->uart[rows[i].port];
        struct input_event button = {.kind = INPUT_MOUSE_BUTTON, .code = MOUSE_LEFT, .down = true};
        ck_assert_ptr_null(pc->kbc.port[1].plug.give);
        ck_assert(!pc->plugs.vmport);
        ck_assert_uint_eq(rtc_cmos_get(&pc->rtc, 0x14) & 4, 0);
        uart_chip.write(uart, UART_LCR, LCR_DLAB, 1);
        uart_chip.write(uart, UART_RBR_THR, 96, 1);
        uart_chip.write(uart, UART_IER, 0, 1);
        uart_chip.write(uart, UART_LCR, 2, 1);
        uart_chip.write(uart, UART_MCR, MCR_DTR | MCR_RTS, 1);
        ck_assert_uint_eq(uart_chip.read(uart, UART_MSR, 1), rows[i].msr);
        machine_run(machine, 25000000);
        ck_assert_uint_eq(uart_chip.read(uart, UART_RBR_THR, 1), 'M');
        pointer_event(machine, INPUT_MOUSE_MOVE, 5, -6, 0);
        pointer_event(machine, INPUT_MOUSE_AT, 7, 7, 0); /* places mean nothing to it */
        machine_event(machine, &button, message, sizeof message);
        ck_assert_int_eq(pc->serial_mouse.dx, 5);
        ck_assert_int_eq(pc->serial_mouse.dy, -6);
        ck_assert_uint_eq(pc->serial_mouse.buttons, MOUSE_LEFT);
        ck_assert_int_eq(pc->mouse.dx, 0);
        ck_assert_uint_eq(pc->mouse.buttons, 0);
        machine_reset(machine);
        ck_assert(!pc->serial_mouse.rts);
        done(machine);
    }
    struct machine *machine = MACHINE(waits, "-serial null");
    pointer_event(machine, INPUT_MOUSE_MOVE, 5, -6, 0);
    ck_assert_int_eq(machine->pc.mouse.dx, 5);
    ck_assert_ptr_nonnull(machine->pc.kbc.port[1].plug.give);
    done(machine);
}
END_TEST

START_TEST(vmwares_port_can_be_left_out)
{
    static const char *const boards[] = {"-machine pc,vmport=off", "-machine isapc"};
    for (unsigned i = 0; i < ARRAY_LEN(boards); i++) {
        struct machine *machine = MACHINE(takes_places, boards[i]);
        machine_run(machine, 1000000);
        ck_assert_uint_eq(get32(machine->bus.ram + 0x500), 0xffffffff);
        pointer_event(machine, INPUT_MOUSE_AT, 1, 1, 1);
        ck_assert_int_eq(machine->pc.mouse.dx, 0);
        ck_assert_int_eq(machine->pc.mouse.dz, 1);
        done(machine);
    }
}
END_TEST

Suite *machine_input_suite(void)
{
    const TTest *const tests[] = {
        discs_are_changed_while_it_runs,
        a_guest_that_takes_places_finds_them_in_its_registers,
        who_starts_anew_gets_the_plain_mouse_who_comes_back_keeps_the_pointer,
        a_serial_mouse_takes_the_place_of_the_others,
        vmwares_port_can_be_left_out,
        NULL,
    };
    return unit_suite("machine_input", tests);
}
