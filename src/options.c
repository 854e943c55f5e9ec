/* SPDX-License-Identifier: MIT */
#include "src/options.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "frontend/frontend.h"
#include "src/base/nearest.h"
#include "src/host/chardev.h"
#include "src/option_values.h"
#include "src/profile.h"

struct option {
    const char *name;  /* without dashes */
    const char *value; /* what --help calls the value; NULL: a switch */
    const char *preset; /* the value when nobody gives one; NULL: none */
    take_fn *take;
    size_t field; /* offset in struct options */
    unsigned most; /* how often it may be given; 0: once, the last one counts */
    bool act;      /* something to do, not a setting: not in the ini file */
    const char *help;
};

/* THE TABLE */

#define AT(member) offsetof(struct options, member)
#define SWITCH(name, member, help) {name, NULL, NULL, take_switch, AT(member), 0, false, help}
#define ACT(name, member, help)    {name, NULL, NULL, take_switch, AT(member), 0, true, help}
#define VALUE(name, value, preset, take, member, help)                                             \
    {                                                                                              \
        name, value, preset, take, AT(member), 0, false, help                                      \
    }
#define MANY(name, value, take, member, most, help)                                                \
    {                                                                                              \
        name, value, NULL, take, AT(member), most, false, help                                     \
    }

enum { ROW_IMAGE }; /* images need no dash: the row of the ini file's key comes first */

static const struct option rows[] = {
    MANY("image", "FILE", take_list, image, OPTION_LIST,
         "a disk image; found out from its content which drive it is for"),
    VALUE("fda", "FILE", NULL, take_text, floppy[0], "floppy in drive A:"),
    VALUE("fdb", "FILE", NULL, take_text, floppy[1], "floppy in drive B:"),
    VALUE("hda", "FILE", NULL, take_text, hard[0], "first hard disk"),
    VALUE("hdb", "FILE", NULL, take_text, hard[1], "second hard disk"),
    VALUE("hdc", "FILE", NULL, take_text, hard[2], "third hard disk"),
    VALUE("hdd", "FILE", NULL, take_text, hard[3], "fourth hard disk"),
    VALUE("cdrom", "FILE", NULL, take_text, cd, "disc in the CD-ROM drive"),
    VALUE("boot", "ORDER[,menu=on]", NULL, take_boot, boot,
          "what to start from: a floppy, c hard disk, d CD-ROM; menu=on, off: the BIOS's menu"),
    VALUE("kernel", "FILE", NULL, take_text, kernel, "start this kernel: Linux (bzImage), Multiboot 1"),
    VALUE("initrd", "FILES", NULL, take_text, initrd,
          "its initial RAM disk; Multiboot: modules, as \"file arguments,file\""),
    VALUE("append", "TEXT", NULL, take_text, append, "its command line"),
    SWITCH("snapshot", snapshot, "guest writes are thrown away at the end; no image is changed"),
    VALUE("m", "MIB", "64", take_mebibytes, ram_mib, "memory"),
    VALUE("cpu", "MODEL[-MHZ]", "pentium3", take_cpu, cpu, "CPU model and clock; -cpu help"),
    VALUE("smp", "N", "1", take_cpus, cpus, "number of CPUs, 1 to 8, each with the whole clock"),
    VALUE("profile", "SYSTEM", NULL, take_profile, profile,
          "-cpu, -m and -machine as a family of systems likes them; other options win"),
    VALUE("machine", "BOARD", "pc", take_machine, board,
          "the board: pc (440FX, PCI), isapc; without: ,acpi=off ,apic=off ,apm=off ,pnp=off "
          ",hpet=off ,vmport=off; with: ,slow-ide"),
    VALUE("bios", "FILE", NULL, take_text, bios, "another system BIOS than the built-in one"),
    VALUE("vgabios", "FILE", NULL, take_text, vgabios, "another VGA BIOS"),
    MANY("serial", "PORT", take_serial, serial, SERIAL_PORTS,
         "COM1, then COM2: null, stdio, pty, file:PATH, unix:PATH, tcp:HOST:PORT[,server], "
         "mouse[:3|:wheel]"),
    VALUE("parallel", "PORT", NULL, take_chardev, parallel, "LPT1: the same, but no mouse"),
    VALUE("debugcon", "PORT", NULL, take_chardev, debugcon, "text to ports E9h and 402h: as LPT1"),
    VALUE("display", "NAME", NULL, take_display, display,
          "sdl (a window), term (the terminal), none"),
    SWITCH("nographic", nographic, "no display; COM1 is the terminal (Ctrl-A x quits)"),
    SWITCH("full-screen", full_screen, "start in full screen"),
    MANY("key", "ACTION=KEYS", take_key, key, OPTION_LIST,
         "bind a key of the window, as pause=ctrl-alt-p, or pause=none"),
    VALUE("rtc", "base=DATE", "base=localtime", take_rtc, rtc,
          "the guest's clock at the start: localtime, utc, 2026-01-31T23:59:00"),
    SWITCH("no-reboot", no_reboot, "end when the guest resets the machine"),
    SWITCH("no-shutdown", no_shutdown, "keep the last picture when the guest switches off"),
    VALUE("device", "DEVICE", NULL, take_device, debug_exit,
          "isa-debug-exit,iobase=0xf4: writing v there ends with exit code 2v+1"),
    VALUE("speed", "SPEED", "real", take_speed, speed, "real, max, or a percentage of real time"),
    VALUE("d", "LIST", NULL, take_log, log, "traces to write; -d help"),
    VALUE("D", "FILE", NULL, take_text, log_file, "write the traces there, not to standard error"),
    VALUE("dfilter", "RANGES", NULL, take_ranges, log_addresses,
          "with -d exec, cpu, block: only code at these linear addresses, as 0x7c00..0x7dff"),
    VALUE("dcount", "RANGES", NULL, take_ranges, log_counts,
          "with -d: only while these instructions run, as 1000000..1000500, counted from power-on"),
    VALUE("script", "FILE", NULL, take_text, script, "drive the machine from a script, then end"),
    VALUE("max-time", "SECONDS", NULL, take_seconds, max_time,
          "end after so much time: exit code 124"),
    VALUE("max-guest-time", "SECONDS", NULL, take_seconds, max_guest_time,
          "the same, in the guest's time"),
    VALUE("max-insns", "N", NULL, take_count, max_insns, "the same, in guest instructions"),
    SWITCH("audit", audit,
           "at the end, name the sensitive instructions that ran outside ring 0 without a trap"),
    VALUE("engine", "NAME", "fast", take_engine, plain_engine,
          "fast, or plain: one instruction at a time, with the same results"),
    VALUE("hash-every", "SECONDS", NULL, take_seconds, hash_every,
          "print a hash of the whole machine each time so much guest time has passed"),
    {"config", "FILE", NULL, take_text, AT(config), 0, true,
     "read options from an ini file (name = value); the command line wins"},
    ACT("print-config", print_config, "print all settings as an ini file"),
    ACT("map", map, "print the board: memory, ports and wires"),
    ACT("version", version, "print the version"),
    ACT("help", help, "print this"),
};

static_assert(ARRAY_LEN(rows) <= OPTION_ROWS, "OPTION_ROWS is too small");

/* These set several members, and are given the whole. */
static void *field_of(struct options *options, const struct option *row)
{
    if (row->take == take_rtc || row->take == take_device)
        return options;
    return (u8 *)options + row->field;
}

/* What is planned, so that nobody searches for a typing error. */
static const struct {
    const char *name, *what;
} later[] = {
    {"s", "the debugger"},   {"S", "the debugger"},
    {"gdb", "the debugger"}, {"monitor", "the monitor"},
};

const char *options_name(unsigned i)
{
    return i < ARRAY_LEN(rows) ? rows[i].name : NULL;
}

static const char *row_name(const void *names, unsigned i)
{
    (void)names;
    return i + 1 < ARRAY_LEN(rows) ? rows[i + 1].name : NULL;
}

static const struct option *row_find(const char *name, size_t n)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strlen(rows[i].name) == n && !strncmp(rows[i].name, name, n))
            return &rows[i];
    return NULL;
}

static void unknown(const char *name, const char *dash, char *message, size_t size)
{
    for (size_t i = 0; i < ARRAY_LEN(later); i++)
        if (!strcmp(name, later[i].name)) {
            snprintf(message, size, "%s%s: unknown option: %s: not in this version", dash, name,
                     later[i].what);
            return;
        }
    const char *near = nearest_name(name, row_name, NULL);
    if (near)
        snprintf(message, size, "%s%s: unknown option; did you mean %s%s?", dash, name, dash, near);
    else
        snprintf(message, size, "%s%s: unknown option; twin86 --help lists them", dash, name);
}

static void text_clear(struct option_text *text)
{
    for (unsigned i = 0; i < text->list.count; i++)
        free((char *)text->list.item[i]);
    text->list.count = 0;
}

/* A list of the same option: starts anew when it comes from somewhere that counts more. */
static void list_begin(struct options *options, const struct option *row)
{
    if (row->most)
        ((struct option_list *)field_of(options, row))->count = 0;
}

/* Give ROW the value TEXT. What a source that counts more has set stays. */
static bool set(struct options *options, const struct option *row, enum option_source source,
                const char *text, const char *dash, char *message, size_t size)
{
    struct option_text *kept = &options->text[row - rows];
    char why[200] = "";
    if (source < kept->source)
        return true;
    if (source > kept->source || !row->most) {
        text_clear(kept);
        list_begin(options, row);
    }
    kept->source = source;
    if (row->most && kept->list.count == row->most) {
        snprintf(message, size, "%s%s %s: given too often, at most %u", dash, row->name, text,
                 row->most);
        return false;
    }
    char *copy = strdup(text);
    kept->list.item[kept->list.count++] = copy;
    if (row->take(field_of(options, row), copy, why, sizeof why))
        return true;
    snprintf(message, size, "%s%s %s: %s", dash, row->name, text, why);
    return false;
}

/* One word of the command line, and the next one if the option takes a value. Returns how many
 * words were used; 0: wrong. */
static int take_word(struct options *options, char **word, char *message, size_t size)
{
    const char *name = *word + 1 + (word[0][1] == '-'), *value = strchr(name, '=');
    size_t n = value ? (size_t)(value - name) : strlen(name);
    char dash[3] = "--";
    dash[name - *word] = 0;
    const struct option *row = row_find(name, n);
    if (!row) {
        unknown(name, dash, message, size);
        return 0;
    }
    if (value || !row->value)
        return set(options, row, FROM_COMMAND_LINE, value ? value + 1 : "yes", dash, message, size);
    if (!word[1] || !*word[1]) {
        snprintf(message, size, "%s: wants a value: %s", *word, row->value);
        return 0;
    }
    return set(options, row, FROM_COMMAND_LINE, word[1], dash, message, size) ? 2 : 0;
}

static bool command_line(struct options *options, int argc, char **argv, char *message,
                         size_t size)
{
    bool only_images = false;
    for (int i = 1; i < argc;) {
        if (!only_images && !strcmp(argv[i], "--")) {
            only_images = true;
            i++;
        } else if (!only_images && argv[i][0] == '-' && argv[i][1]) {
            int used = take_word(options, &argv[i], message, size);
            if (!used)
                return false;
            i += used;
        } else if (!set(options, &rows[ROW_IMAGE], FROM_COMMAND_LINE, argv[i++], "", message,
                        size)) {
            return false;
        }
    }
    return true;
}

/* The ini file */

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t n = strlen(text);
    while (n && isspace((unsigned char)text[n - 1]))
        text[--n] = 0;
    return text;
}

static char *unquote(char *text)
{
    size_t n = strlen(text);
    if (n < 2 || text[0] != '"' || text[n - 1] != '"')
        return text;
    text[n - 1] = 0;
    return text + 1;
}

static bool config_line(struct options *options, char *line, char *message, size_t size)
{
    char *equals = strchr(line, '='), *name = line;
    if (!*line || strchr("#;[", *line))
        return true;
    if (!equals) {
        snprintf(message, size, "'%s': wants name = value", line);
        return false;
    }
    *equals = 0;
    name = trim(name);
    const struct option *row = row_find(name, strlen(name));
    if (!row) {
        unknown(name, "", message, size);
        return false;
    }
    if (row->act) {
        snprintf(message, size, "%s: only for the command line", name);
        return false;
    }
    return set(options, row, FROM_FILE, unquote(trim(equals + 1)), "", message, size);
}

static bool config_file(struct options *options, FILE *file, char *message, size_t size)
{
    char *line = NULL, why[400];
    size_t room = 0;
    unsigned number_of_line = 0;
    bool ok = true;
    while (ok && getline(&line, &room, file) >= 0) {
        number_of_line++;
        ok = config_line(options, trim(line), why, sizeof why);
    }
    if (ok && ferror(file)) {
        snprintf(message, size, "-config %s: %s", options->config, strerror(errno));
        ok = false;
    } else if (!ok) {
        snprintf(message, size, "%s:%u: %s", options->config, number_of_line, why);
    }
    free(line);
    return ok;
}

static bool config_read(struct options *options, char *message, size_t size)
{
    FILE *file = fopen(options->config, "re");
    if (!file) {
        snprintf(message, size, "-config %s: %s", options->config, strerror(errno));
        return false;
    }
    bool ok = config_file(options, file, message, size);
    fclose(file);
    return ok;
}

/* What nobody else has set. */
static bool profile_apply(struct options *options, char *message, size_t size)
{
    for (unsigned i = 0; options->profile && i < PROFILE_SETTINGS; i++) {
        const char *name = options->profile->set[i].option;
        if (name && !set(options, row_find(name, strlen(name)), FROM_PROFILE,
                         options->profile->set[i].value, "-", message, size))
            return false;
    }
    return true;
}

/* What no single option can know */

static bool check(struct options *options, char *message, size_t size)
{
    unsigned readers = 0, mice = 0;
    enum serial_mouse_model model;
    for (unsigned i = 0; i < options->serial.count; i++) {
        readers += chardev_spec_is_stdio(options->serial.item[i]);
        mice += serial_is_mouse(options->serial.item[i], &model);
    }
    if (readers > 1)
        snprintf(message, size, "-serial stdio: only one port can have standard input");
    else if (mice > 1)
        snprintf(message, size, "-serial %s: only one port can have the mouse",
                 options->serial.item[1]);
    else if (options->nographic && options->display && strcmp(options->display, "none"))
        snprintf(message, size, "-nographic: contradicts -display %s", options->display);
    else if (readers && options->display && !strcmp(options->display, "term"))
        snprintf(message, size, "-serial stdio: the terminal shows the screen (-display term)");
    else if (options->cpus > 1 &&
             (!options->board.apic || !model_has_feature(options->cpu.model, FEATURE_APIC)))
        snprintf(message, size, "-smp %u: wants -machine pc and a -cpu with an APIC, as pentium",
                 (unsigned)options->cpus);
    else if (options->cpus * options->cpu.hz > MHZ_MAX * 1000000ull)
        snprintf(message, size, "-smp %u: wants a -cpu with at most %u MHz",
                 (unsigned)options->cpus, MHZ_MAX / (unsigned)options->cpus);
    else if (options->cpu.model->generation < I386 && !(options->bios && options->vgabios))
        snprintf(message, size,
                 "-cpu %s: the built-in BIOSes need a 386; give others with -bios and -vgabios",
                 options->cpu.model->name);
    else
        return true;
    return false;
}

static void imply(struct options *options)
{
    if (!options->nographic)
        return;
    options->display = "none";
    if (!options->serial.count)
        options->serial.item[options->serial.count++] = "mon:stdio";
}

bool options_parse(struct options *options, int argc, char **argv, char *message, size_t size)
{
    *options = (struct options){0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].preset &&
            !set(options, &rows[i], FROM_DEFAULT, rows[i].preset, "-", message, size))
            return false;
    if (!command_line(options, argc, argv, message, size) ||
        (options->config && !config_read(options, message, size)) ||
        !profile_apply(options, message, size) || !check(options, message, size))
        return false;
    imply(options);
    return true;
}

void options_free(struct options *options)
{
    for (size_t i = 0; i < OPTION_ROWS; i++)
        text_clear(&options->text[i]);
}

void options_help(FILE *out)
{
    fprintf(out, "Usage: twin86 [options] [image ...]\n"
                 "A PC. An image is a floppy or hard disk, told apart by its content; .gz too.\n"
                 "Without one the built-in demo disk starts. One dash or two.\n\n");
    for (size_t i = ROW_IMAGE + 1; i < ARRAY_LEN(rows); i++) {
        char left[40];
        snprintf(left, sizeof left, "-%s%s%s", rows[i].name, rows[i].value ? " " : "",
                 rows[i].value ? rows[i].value : "");
        fprintf(out, "  %-26s %s\n", left, rows[i].help);
    }
    fprintf(out, "\nKeys in the window (-key changes them):\n");
    struct hotkeys hotkeys;
    hotkeys_init(&hotkeys);
    for (unsigned i = 0; i < HOTKEY_COUNT; i++) {
        char text[HOTKEY_TEXT];
        hotkeys_text(&hotkeys, i, text);
        fprintf(out, "  %-14s %-14s %s\n", hotkey_name(i), text, hotkey_help(i));
    }
    fprintf(out,
            "\nExit codes: 0 the guest switched off or the script passed, 1 the script failed,\n"
            "2 wrong usage, 3 triple fault with -no-reboot, 124 a limit was reached.\n");
}

void options_print_config(const struct options *options, FILE *out)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct option_list *list = &options->text[i].list;
        if (rows[i].act)
            continue;
        fprintf(out, "# %s\n", rows[i].help);
        if (!rows[i].value && !list->count)
            fprintf(out, "%s = no\n", rows[i].name);
        else if (!list->count)
            fprintf(out, "#%s = %s\n", rows[i].name, rows[i].value);
        for (unsigned j = 0; j < list->count; j++)
            fprintf(out, "%s = %s\n", rows[i].name, list->item[j]);
    }
}
