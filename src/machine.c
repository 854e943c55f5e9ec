/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <time.h>

#include "src/base/log.h"
#include "src/machine.h"
#include "src/option_values.h"

enum { MIB = 1 << 20 };

/* Building */

static s64 host_date(const struct options *options)
{
    time_t now = time(NULL);
    struct tm tm;
    if (options->rtc == RTC_DATE)
        return options->rtc_date;
    if (options->rtc == RTC_UTC || !localtime_r(&now, &tm))
        return now;
    return now + tm.tm_gmtoff;
}

static bool open_port(struct chardev **dev, const char *option, const char *spec, char *message,
                      size_t size)
{
    char why[400];
    if (!spec || (*dev = chardev_open(spec, why, sizeof why)))
        return true;
    snprintf(message, size, "%s %s", option, why);
    return false;
}

static bool open_ports(struct machine *machine, const struct options *options, char *message,
                       size_t size)
{
    for (unsigned i = 0; i < SERIAL_PORTS; i++) {
        const char *spec = i < options->serial.count ? options->serial.item[i] : "null";
        enum serial_mouse_model model;
        if (!serial_is_mouse(spec, &model) &&
            !open_port(&machine->serial[i], "-serial", spec, message, size))
            return false;
    }
    return open_port(&machine->parallel, "-parallel", options->parallel, message, size) &&
           open_port(&machine->debug_console, "-debugcon", options->debugcon, message, size);
}

static void announce_pty(FILE *out, const char *port, const struct chardev *dev)
{
    if (chardev_pty(dev))
        fprintf(out, "%s -> %s\n", port, chardev_pty(dev));
}

static void announce_ports(const struct machine *machine, FILE *out)
{
    announce_pty(out, "COM1", machine->serial[0]);
    announce_pty(out, "COM2", machine->serial[1]);
    announce_pty(out, "LPT1", machine->parallel);
    announce_pty(out, "debug console", machine->debug_console);
}

static void trace_start(struct machine *machine, const struct options *options)
{
    struct log_ranges counts = {.count = 0};
    if (options->log_counts)
        log_ranges_parse(&counts, options->log_counts);
    trace_init(&machine->trace, machine->cpu, &counts);
    if (options->audit && audit_init(&machine->audit))
        machine->trace.audit = &machine->audit;
}

static bool build(struct machine *machine, const struct options *options, char *message,
                  size_t size)
{
    machine->cpus = (unsigned)options->cpus;
    machine->turns.end = TURN;
    clock_init_shared(&machine->clock, options->cpu.hz, machine->cpus);
    if (bus_init(&machine->bus, options->ram_mib * MIB) &&
        cpu_init(machine->cpu, options->cpu.model, &machine->bus, &machine->clock)) {
        machine->cpu->plain_only |= options->plain_engine;
        machine->cpu->coherent = options->cpu.coherent;
        for (unsigned i = 1; i < machine->cpus; i++)
            cpu_init_another(&machine->cpu[i], machine->cpu, (u8)i);
        trace_start(machine, options);
        return true;
    }
    snprintf(message, size, "-m %llu: the host has not so much memory",
             (unsigned long long)options->ram_mib);
    return false;
}

/* The firmware's tables are in these last bytes of memory, see bios/acpi.c. */
enum { FIRMWARE_TOP = 0x10000 };

static bool load_kernel(struct machine *machine, const struct options *options, char *message,
                        size_t size)
{
    u64 ram = machine->bus.ram_size;
    struct kernel_wish wish = {.path = machine->drives.kernel,
                               .initrd = options->initrd,
                               .append = options->append,
                               .top = (ram < BUS_HOLE ? ram : BUS_HOLE) - FIRMWARE_TOP};
    if (wish.path && options->bios)
        snprintf(message, size, "%s: only the built-in BIOS starts a kernel, not that of -bios",
                 wish.path);
    else if (!wish.path && (wish.initrd || wish.append))
        snprintf(message, size, "%s: wants a kernel: -kernel", wish.initrd ? "-initrd" : "-append");
    else
        return !wish.path || kernel_load(&machine->kernel, &wish, message, size);
    return false;
}

static void announce(const struct machine *machine, FILE *out)
{
    drives_announce(&machine->drives, out);
    if (machine->kernel.kind)
        fprintf(out, "%s: %s -> started by the BIOS\n", machine->drives.kernel,
                machine->kernel.what);
}

/* The mouse is that of the serial port, or the PS/2 one with VMware's pointer beside it. */
static void choose_mouse(struct pc_plugs *plugs, const struct options *options)
{
    plugs->mouse_port = PC_SERIALS;
    for (unsigned i = 0; i < options->serial.count; i++)
        if (serial_is_mouse(options->serial.item[i], &plugs->serial_mouse))
            plugs->mouse_port = i;
    plugs->vmport = options->board.vmport && plugs->mouse_port == PC_SERIALS;
}

static void wire(struct machine *machine, const struct options *options)
{
    struct pc_plugs plugs = {
        .bios = &machine->bios,
        .vgabios = &machine->vgabios,
        .kernel = machine->kernel.kind ? &machine->kernel : NULL,
        .isa_board = options->board.isa,
        .hpet = options->board.hpet,
        .without_acpi = !options->board.acpi,
        .without_apm = !options->board.apm,
        .without_pnp = !options->board.pnp,
        .parallel = machine->parallel,
        .debug_console = machine->debug_console,
        .cd = machine->drives.cd,
        .cd_unit = machine->drives.cd_unit,
        .boot_menu = options->boot.menu == BOOT_MENU,
        .boot_silent = options->boot.menu == BOOT_SILENT,
        .slow_ide = options->board.slow_ide,
        .debug_exit = options->debug_exit,
        .debug_exit_port = options->debug_exit_port,
        .apic = options->board.apic && model_has_feature(options->cpu.model, FEATURE_APIC),
        .cpus = machine->cpus,
        .date = host_date(options),
    };
    choose_mouse(&plugs, options);
    memcpy(plugs.serial, machine->serial, sizeof plugs.serial);
    memcpy(plugs.floppy_drive, machine->drives.type, sizeof plugs.floppy_drive);
    memcpy(plugs.floppy, machine->drives.floppy, sizeof plugs.floppy);
    memcpy(plugs.hard, machine->drives.hard, sizeof plugs.hard);
    memcpy(plugs.boot, machine->drives.boot, sizeof plugs.boot);
    pc_init(&machine->pc, &machine->clock, &machine->bus, machine->cpu, &plugs);
}

enum { AT_BIOS_MOST = 128 * 1024 };

/* The rest would be seen below 4 GiB only, and there is no RAM below 1 MiB to copy it to. */
static bool load_bios(struct machine *machine, const struct options *options, char *message,
                      size_t size)
{
    if (!rom_load_bios(&machine->bios, options->bios, message, size))
        return false;
    if (!options->board.isa || machine->bios.size <= AT_BIOS_MOST)
        return true;
    snprintf(message, size,
             "%s: an AT's BIOS has 64 or 128 KiB, and no RAM to copy itself to: -machine pc",
             options->bios);
    return false;
}

struct machine *machine_new(const struct options *options, FILE *out, char *message, size_t size)
{
    struct machine *machine = calloc(1, sizeof *machine);
    if (!machine) {
        snprintf(message, size, "no memory");
        return NULL;
    }
    machine->no_reboot = options->no_reboot;
    machine->max_insns = options->max_insns;
    display_init(&machine->display);
    input_init(&machine->input);
    if (load_bios(machine, options, message, size) &&
        rom_load_vgabios(&machine->vgabios, options->vgabios, message, size) &&
        build(machine, options, message, size) &&
        drives_open(&machine->drives, options, message, size) &&
        load_kernel(machine, options, message, size) &&
        open_ports(machine, options, message, size)) {
        if (out) {
            announce(machine, out);
            announce_ports(machine, out);
        }
        wire(machine, options);
        return machine;
    }
    machine_free(machine);
    return NULL;
}

void machine_free(struct machine *machine)
{
    if (!machine)
        return;
    if (machine->trace.audit)
        audit_report(&machine->audit, log_file());
    audit_free(&machine->audit);
    drives_close(&machine->drives);
    for (unsigned i = 0; i < SERIAL_PORTS; i++)
        chardev_close(machine->serial[i]);
    chardev_close(machine->parallel);
    chardev_close(machine->debug_console);
    cpu_free(machine->cpu);
    bus_free(&machine->bus);
    rom_free(&machine->bios);
    rom_free(&machine->vgabios);
    kernel_free(&machine->kernel);
    display_free(&machine->display);
    input_free(&machine->input);
    free(machine);
}

/* Running */

/* INIT to the first CPU: it starts as after power-on. */
static enum machine_end cpu_reset_asked(struct machine *machine, u32 request,
                                        enum machine_end stopped)
{
    bool reboot = !pc_reset_is_return(&machine->pc);
    if (log_on(LOG_RESET))
        log_line("reset of the CPU%s%s", stopped == MACHINE_TRIPLE ? " by a triple fault" : "",
                 reboot ? "" : ", to return to a program");
    if (reboot && machine->no_reboot)
        return stopped;
    if (reboot) /* the driver is gone, and the next system may have none */
        vmport_chip.reset(&machine->pc.vmport);
    pc_init_cpus(&machine->pc, request);
    return MACHINE_RUNS;
}

static enum machine_end reset_asked(struct machine *machine)
{
    if (log_on(LOG_RESET))
        log_line("reset of the board");
    if (machine->no_reboot)
        return MACHINE_REBOOT;
    machine_reset(machine);
    return MACHINE_RUNS;
}

static void sleep_asked(struct machine *machine, u32 request)
{
    if (request & PC_SUSPEND)
        pc_suspend(&machine->pc);
    if (request & PC_WAKE)
        pc_wake(&machine->pc);
    if (log_on(LOG_RESET))
        log_line(request & PC_WAKE ? "the board wakes" : "the board sleeps: S3");
}

/* What the board asked for while the CPU ran. */
static enum machine_end board_asked(struct machine *machine)
{
    u32 request = machine->pc.request;
    machine->pc.request = 0;
    if (request & PC_DEBUG_EXIT)
        return MACHINE_DEBUG_EXIT;
    if (request & PC_POWER_OFF)
        return MACHINE_POWER_OFF;
    if (request & PC_RESET)
        return reset_asked(machine);
    if (request & (PC_SUSPEND | PC_WAKE))
        sleep_asked(machine, request);
    else if (request & PC_INIT)
        return cpu_reset_asked(machine, request, MACHINE_REBOOT);
    else
        pc_init_cpus(&machine->pc, request);
    return MACHINE_RUNS;
}

static u64 earlier(u64 a, u64 b)
{
    return a < b ? a : b;
}

/* An instruction takes at least one clock: so many clocks cannot hold too many instructions. */
static u64 insns_deadline(const struct machine *machine, u64 deadline)
{
    u64 now = machine->clock.cycles, left;
    if (!machine->max_insns)
        return deadline;
    left = machine->max_insns - machine_insns(machine);
    return deadline - now <= left ? deadline : now + left;
}

/* To the next event, or LAST. */
static enum cpu_end run_cpu(struct machine *machine, struct cpu *cpu, u64 last)
{
    struct clock *clock = &machine->clock;
    clock->deadline = insns_deadline(machine, earlier(clock_next_event(clock), last));
    clock->sooner = false;
    trace_prepare(&machine->trace, cpu, clock->deadline - clock->cycles);
    return cpu_run(cpu);
}

/* The same of the one whose turn it is. */
static enum cpu_end run_turn(struct machine *machine, u64 last)
{
    u64 end, before = machine->clock.cycles;
    unsigned n = turns_next(&machine->turns, machine->cpu, machine->cpus, &end);
    if (n != machine->pc.running)
        pc_turn(&machine->pc, n);
    enum cpu_end stop = run_cpu(machine, &machine->cpu[n], earlier(end, last));
    for (unsigned i = 0; i < machine->cpus; i++)
        if (i != n)
            cpu_stand_by(&machine->cpu[i], machine->clock.cycles - before);
    return stop;
}

enum machine_end machine_run(struct machine *machine, vtime until)
{
    struct clock *clock = &machine->clock;
    enum machine_end end = MACHINE_RUNS;
    u64 last = clock_cycle_at(clock, until);
    clock_fire(clock);
    while (end == MACHINE_RUNS && clock->cycles < last) {
        enum cpu_end stop =
            machine->cpus == 1 ? run_cpu(machine, machine->cpu, last) : run_turn(machine, last);
        clock_fire(clock);
        if (machine->pc.request)
            end = board_asked(machine);
        else if (stop == CPU_SHUTDOWN)
            end = cpu_reset_asked(machine, PC_INIT_ALL, MACHINE_TRIPLE);
        if (end == MACHINE_RUNS && machine->max_insns &&
            machine_insns(machine) >= machine->max_insns)
            end = MACHINE_INSNS;
    }
    return end;
}

void machine_poll(struct machine *machine)
{
    for (unsigned i = 0; i < SERIAL_PORTS; i++)
        uart_poll(&machine->pc.uart[i]);
    chardev_poll(machine->parallel);
    chardev_poll(machine->debug_console);
}

/* Windows 2000 wants memory empty when it starts anew; that of real machines is, once the power-on
 * self-test has tried it. */
void machine_reset(struct machine *machine)
{
    bus_clear_ram(&machine->bus);
    pc_reset(&machine->pc);
}

/* Events */

/* The controller is told of each drive whose disk is another one now. */
static void disks_changed(struct machine *machine)
{
    for (unsigned i = 0; i < FLOPPY_DRIVES; i++)
        if (machine->pc.fdc.drive[i].disk != machine->drives.floppy[i])
            fdc_insert(&machine->pc.fdc, i, machine->drives.floppy[i]);
}

/* DISC: NULL takes out what is in. */
static void cd_put(struct machine *machine, struct disk *disc, char *message, size_t size)
{
    unsigned unit = machine->drives.cd_unit;
    if (unit == HARD_DRIVES)
        snprintf(message, size, "there is no CD-ROM drive beside %d hard disks", HARD_DRIVES);
    else if (ide_insert(&machine->pc.ide[unit / 2], unit % 2, disc))
        drives_put_cd(&machine->drives, disc, message, size);
    else
        snprintf(message, size, "the guest has locked the CD-ROM drive; once more to force it");
}

static void cd_event(struct machine *machine, const struct input_event *event, char *message,
                     size_t size)
{
    struct disk *disc = NULL;
    if (event->kind == INPUT_NEXT_DISK && !(disc = drives_next_cd(&machine->drives, message, size)))
        return;
    if (!event->text || (disc = drives_open_cd(&machine->drives, event->text, message, size)))
        cd_put(machine, disc, message, size);
}

static void floppy_event(struct machine *machine, const struct input_event *event, char *message,
                         size_t size)
{
    unsigned drive = event->code == INPUT_DRIVE_B;
    if (event->kind == INPUT_EJECT)
        drives_eject(&machine->drives, drive, message, size);
    else if (event->kind == INPUT_NEXT_DISK)
        drives_next(&machine->drives, drive, message, size);
    else if (event->text)
        drives_insert(&machine->drives, drive, event->text, message, size);
    disks_changed(machine);
}

/* Into A: or the CD-ROM drive, as the image is. */
static void any_event(struct machine *machine, const struct input_event *event, char *message,
                      size_t size)
{
    struct disk *disc;
    bool good = drives_insert_any(&machine->drives, 0, event->text, &disc, message, size);
    if (good && disc)
        cd_put(machine, disc, message, size);
    disks_changed(machine);
}

static void disk_event(struct machine *machine, const struct input_event *event, char *message,
                       size_t size)
{
    if (event->code == INPUT_DRIVE_CD)
        cd_event(machine, event, message, size);
    else if (event->code == INPUT_DRIVE_ANY && event->text)
        any_event(machine, event, message, size);
    else
        floppy_event(machine, event, message, size);
}

/* A guest that takes places gets the wheel with them. It may have changed its mind since the front
 * end looked: then the place means nothing. */
static void pointer_event(struct machine *machine, const struct input_event *event)
{
    struct vmport *vmport = &machine->pc.vmport;
    bool motion = event->kind == INPUT_MOUSE_MOVE, absolute = vmport_is_absolute(vmport);
    if (!motion && absolute)
        vmport_move(vmport, (u16)event->x, (u16)event->y, event->z);
    else if (absolute && event->z)
        vmport_move(vmport, vmport->x, vmport->y, event->z);
    if (motion || !absolute)
        mouse_move(&machine->pc.mouse, motion ? event->x : 0, motion ? event->y : 0,
                   absolute ? 0 : event->z);
}

/* It knows nothing of places. */
static void serial_mouse_event(struct serial_mouse *mouse, const struct input_event *event)
{
    bool motion = event->kind == INPUT_MOUSE_MOVE;
    if (event->kind == INPUT_MOUSE_BUTTON)
        serial_mouse_button(mouse, event->code, event->down);
    else
        serial_mouse_move(mouse, motion ? event->x : 0, motion ? event->y : 0, event->z);
}

static void hand_event(struct machine *machine, const struct input_event *event)
{
    if (event->kind == INPUT_KEY) {
        keyboard_key(&machine->pc.keyboard, event->code, event->down);
    } else if (machine->pc.plugs.mouse_port != PC_SERIALS) {
        serial_mouse_event(&machine->pc.serial_mouse, event);
    } else if (event->kind == INPUT_MOUSE_BUTTON) { /* the mouse first: its report tells of both */
        mouse_button(&machine->pc.mouse, event->code, event->down);
        vmport_button(&machine->pc.vmport, event->code, event->down);
    } else {
        pointer_event(machine, event);
    }
}

bool machine_event(struct machine *machine, struct input_event *event, char *message, size_t size)
{
    bool ours = true;
    message[0] = 0;
    switch (event->kind) {
    case INPUT_KEY:
    case INPUT_MOUSE_MOVE:
    case INPUT_MOUSE_AT:
    case INPUT_MOUSE_BUTTON:
        if (!machine->pc.pm.asleep) /* in S3 they have no power */
            hand_event(machine, event);
        break;
    case INPUT_RESET:
        machine_reset(machine);
        break;
    case INPUT_POWER_BUTTON:
        if (!pm_power_button(&machine->pc.pm))
            snprintf(message, size, "the guest does not listen to the power button");
        break;
    case INPUT_INSERT:
    case INPUT_EJECT:
    case INPUT_NEXT_DISK:
        disk_event(machine, event, message, size);
        break;
    default:
        ours = false;
    }
    free(event->text);
    event->text = NULL;
    return ours;
}

/* Looking */

static const u8 *part_of(const struct machine *machine, const struct pc_part *part)
{
    return (const u8 *)&machine->pc + part->offset;
}

u64 machine_insns(const struct machine *machine)
{
    u64 sum = 0;
    for (unsigned i = 0; i < machine->cpus; i++)
        sum += machine->cpu[i].icount;
    return sum;
}

u64 machine_hash(struct machine *machine)
{
    u64 hash = state_hash(STATE_HASH_START, clock_fields, &machine->clock);
    for (unsigned i = 0; i < machine->cpus; i++) {
        cpu_fold(&machine->cpu[i]);
        hash = state_hash(hash, cpu_fields, &machine->cpu[i]);
    }
    if (machine->cpus > 1)
        hash = state_hash(hash, turns_fields, &machine->turns);
    for (unsigned i = 0; i < pc_parts(&machine->pc); i++)
        hash = state_hash(hash, pc_part(i)->chip->fields, part_of(machine, pc_part(i)));
    return bus_hash(&machine->bus, hash);
}

void machine_dump(struct machine *machine, FILE *out)
{
    char name[] = "cpu[0]";
    state_dump(out, "clock", clock_fields, &machine->clock);
    for (unsigned i = 0; i < machine->cpus; i++) {
        name[4] = (char)('0' + i);
        cpu_fold(&machine->cpu[i]);
        state_dump(out, name, cpu_fields, &machine->cpu[i]);
    }
    if (machine->cpus > 1)
        state_dump(out, "turns", turns_fields, &machine->turns);
    for (unsigned i = 0; i < pc_parts(&machine->pc); i++)
        state_dump(out, pc_part(i)->name, pc_part(i)->chip->fields, part_of(machine, pc_part(i)));
}

struct disk_lights machine_disk_lights(const struct machine *machine)
{
    const struct pc *pc = &machine->pc;
    return (struct disk_lights){.floppy = pc->fdc.activity,
                                .hard = pc->ide[0].activity + pc->ide[1].activity,
                                .cd = pc->ide[0].cd_activity + pc->ide[1].cd_activity};
}
