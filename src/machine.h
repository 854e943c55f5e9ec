/* SPDX-License-Identifier: MIT */
/* A whole PC: owns clock, bus, CPUs, board, disks and the mailboxes to the host. */
#ifndef MACHINE_H
#define MACHINE_H

#include "cpu/cpu.h"
#include "mem/bus.h"
#include "src/base/clock.h"
#include "src/debug/trace.h"
#include "src/drives.h"
#include "src/host/chardev.h"
#include "src/host/display.h"
#include "src/host/disk.h"
#include "src/host/input.h"
#include "src/options.h"
#include "src/pc.h"
#include "src/rom.h"
#include "src/turns.h"

struct machine {
    struct clock clock;
    struct bus bus;
    unsigned cpus;
    struct cpu cpu[PC_CPUS];
    struct turns turns; /* of several */
    struct trace trace;
    struct audit audit; /* with -audit */
    struct pc pc;
    struct display display;
    struct input input;
    struct drives drives;
    struct rom bios, vgabios;
    struct kernel kernel;
    struct chardev *serial[SERIAL_PORTS], *parallel, *debug_console;
    bool no_reboot;
    u64 max_insns; /* 0: no limit */
};

enum machine_end {
    MACHINE_RUNS,       /* the time is reached */
    MACHINE_POWER_OFF,  /* the guest switched off */
    MACHINE_DEBUG_EXIT, /* pc.debugport.exit_value */
    MACHINE_REBOOT,     /* the guest restarts, with -no-reboot */
    MACHINE_TRIPLE,     /* triple fault, with -no-reboot */
    MACHINE_INSNS,      /* max_insns instructions have run */
};

/*
 * Build and switch on what OPTIONS describe; what the images are is said on OUT (NULL:
 * silently). NULL and one line
 * in MESSAGE (SIZE bytes) when something of it cannot be had; then nothing was written anywhere.
 */
struct machine *machine_new(const struct options *options, FILE *out, char *message, size_t size);
void machine_free(struct machine *machine); /* NULL is allowed */

/* Run until guest time UNTIL (ns since power-on), or until something ends it. */
enum machine_end machine_run(struct machine *machine, vtime until);

/* Between runs: what came from and goes to the host's side of serial ports and the like. */
void machine_poll(struct machine *machine);

/* Between runs: a key, the mouse, the reset button, a disk. False: not the machine's business
 * (pause, speed, power). MESSAGE: one line for the user, or empty. Frees event->text. */
bool machine_event(struct machine *machine, struct input_event *event, char *message, size_t size);

/* The reset button. */
void machine_reset(struct machine *machine);

/* A number that two machines share only if a guest could not tell them apart: clock, CPU, chips and
 * memory. */
u64 machine_hash(struct machine *machine);

/* Instructions that all CPUs have run. */
u64 machine_insns(const struct machine *machine);

/* Every field of clock, CPU and chips, a line each. */
void machine_dump(struct machine *machine, FILE *out);

/* Sectors moved since power-on, by the kinds of drives. */
struct disk_lights machine_disk_lights(const struct machine *machine);

#endif
