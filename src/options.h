/* SPDX-License-Identifier: MIT */
/*
 * What the user wants: one table row per option gives the command line, the ini file, --help,
 * --print-config and the names that a typing error is compared with.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdio.h>

#include "cpu/model.h"
#include "src/base/types.h"

enum {
    OPTION_LIST = 32,  /* values of an option that may be given again and again */
    OPTION_ROWS = 56,  /* room for rows; checked when it is compiled */
    SERIAL_PORTS = 2,
    FLOPPY_DRIVES = 2,
    HARD_DRIVES = 4,
};

/* How the process ends. */
enum {
    EXIT_PASSED = 0,  /* the guest powered off, the user left, the script passed */
    EXIT_SCRIPT = 1,  /* the script failed */
    EXIT_USAGE = 2,   /* wrong option, missing file */
    EXIT_TRIPLE = 3,  /* triple fault with -no-reboot */
    EXIT_LIMIT = 124, /* -max-time, -max-guest-time, -max-insns */
};

struct option_list {
    const char *item[OPTION_LIST];
    unsigned count;
};

enum rtc_base { RTC_LOCAL, RTC_UTC, RTC_DATE };

enum option_source { FROM_DEFAULT, FROM_PROFILE, FROM_FILE, FROM_COMMAND_LINE };

/* The text of a row's values, as it was written. */
struct option_text {
    struct option_list list;
    enum option_source source;
};

/* -cpu: a model and its clock, or the wish for their list. */
struct cpu_choice {
    const struct cpu_model *model;
    u64 hz;
    bool coherent; /* its TLB follows the page tables */
    bool help;
};

/* -machine: a board, and what on it is offered. */
struct board_choice {
    bool isa;        /* an AT: no PCI, and nothing of the following */
    bool acpi, apic; /* ACPI's tables; local APICs and I/O APIC, with their tables */
    bool apm, pnp, hpet;
    bool vmport;   /* VMware's port with its pointer */
    bool slow_ide; /* no command of a disk ends within a millisecond */
};

/* -boot: letters in their order, none if it was not said; and when the BIOS shows its menu. */
struct boot_choice {
    char order[4]; /* a floppy, c hard disk, d CD-ROM */
    enum { BOOT_ASK, BOOT_MENU, BOOT_SILENT } menu;
};

struct options {
    u64 ram_mib;
    struct cpu_choice cpu;
    u64 cpus;
    struct board_choice board;
    const struct profile *profile; /* NULL: none */
    const char *floppy[FLOPPY_DRIVES]; /* paths; NULL: nothing */
    const char *hard[HARD_DRIVES];
    const char *cd;
    struct option_list image; /* to be told apart by content */
    struct boot_choice boot;
    bool snapshot;
    const char *kernel, *initrd, *append;
    const char *bios, *vgabios;
    struct option_list serial;
    const char *parallel, *debugcon;
    const char *display; /* NULL: whatever is there */
    bool nographic, full_screen;
    struct option_list key;
    enum rtc_base rtc;
    s64 rtc_date; /* RTC_DATE: seconds since 1970, as the guest's clock shows them */
    bool no_reboot, no_shutdown;
    bool debug_exit;
    u16 debug_exit_port;
    u32 speed; /* percent of real time; 0: as fast as the host can */
    const char *log, *log_file, *log_addresses, *log_counts;
    const char *script;
    u64 max_time, max_guest_time; /* ns; 0: none */
    u64 max_insns;
    bool plain_engine, audit;
    u64 hash_every; /* ns; 0: never */
    const char *config;
    bool print_config, map, version, help;

    struct option_text text[OPTION_ROWS]; /* owns the strings above */
};

/*
 * Read the command line, and the ini file that -config names. False and one line in MESSAGE (SIZE
 * bytes) that names what is wrong. Opens nothing but the ini file. options_free() in both cases.
 */
bool options_parse(struct options *options, int argc, char **argv, char *message, size_t size);
void options_free(struct options *options);

/* --help; --print-config, which -config can read again. */
void options_help(FILE *out);
void options_print_config(const struct options *options, FILE *out);

/* The name of row I without dashes, NULL after the last: for the test of the man page. */
const char *options_name(unsigned i);

/* What -cpu help prints. */
void options_cpu_help(FILE *out);

#endif
