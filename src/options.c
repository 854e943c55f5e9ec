/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "frontend/frontend.h"
#include "src/base/log.h"
#include "src/base/nearest.h"
#include "src/host/chardev.h"
#include "src/options.h"
#include "src/profile.h"

enum { MIB_MIN = 1, MIB_MAX = 3584, CPUS_MAX = 8, MHZ_MAX = 10000 };

struct option;

/* How to take TEXT (which stays) into the option's FIELD; false and WHY it is wrong, a phrase. */
typedef bool take_fn(void *field, const char *text, char *why, size_t size);

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

/* Kinds of values */

static bool take_text(void *field, const char *text, char *why, size_t size)
{
    (void)why, (void)size;
    *(const char **)field = text;
    return true;
}

static bool take_list(void *field, const char *text, char *why, size_t size)
{
    struct option_list *list = field;
    (void)why, (void)size;
    list->item[list->count++] = text;
    return true;
}

/* The first N characters of TEXT. */
static bool switch_word(const char *text, size_t n, bool *on)
{
    static const char *const words[] = {"no", "off", "false", "0", "yes", "on", "true", "1"};
    for (unsigned i = 0; i < ARRAY_LEN(words); i++)
        if (strlen(words[i]) == n && !strncmp(text, words[i], n)) {
            *on = i >= ARRAY_LEN(words) / 2;
            return true;
        }
    return false;
}

static bool take_switch(void *field, const char *text, char *why, size_t size)
{
    if (switch_word(text, strlen(text), field))
        return true;
    snprintf(why, size, "wants yes or no");
    return false;
}

/* A switch behind an option's value: ",acpi=off", or ",acpi" for on. */
struct property {
    const char *name;
    size_t field; /* offset of a bool */
};

static bool take_property(void *field, const struct property *row, const char *text, size_t n)
{
    size_t name = strlen(row->name);
    bool *on = (bool *)((u8 *)field + row->field);
    if (n < name || strncmp(text, row->name, name))
        return false;
    if (n == name)
        *on = true;
    return n == name || (text[name] == '=' && switch_word(text + name + 1, n - name - 1, on));
}

/* TEXT: nothing, or properties with a comma before each. */
static bool take_properties(void *field, const struct property *rows, size_t count,
                            const char *text, char *why, size_t size)
{
    bool ok = true;
    while (ok && *text == ',') {
        size_t n = strcspn(++text, ","), i = 0;
        while (i < count && !take_property(field, &rows[i], text, n))
            i++;
        ok = i < count;
        text += ok ? n : 0;
    }
    if (ok)
        return true;
    int at = snprintf(why, size, "'%s' is not one of:", text);
    for (size_t i = 0; i < count && (size_t)at < size; i++)
        at += snprintf(why + at, size - (size_t)at, " %s=on|off", rows[i].name);
    return false;
}

/* A whole number and nothing else before END (NULL: the end of the text). */
static bool number(const char *text, int base, u64 *value, const char **end)
{
    char *rest;
    errno = 0;
    *value = isdigit((unsigned char)*text) ? strtoull(text, &rest, base) : 0;
    if (!isdigit((unsigned char)*text) || errno)
        return false;
    if (end)
        *end = rest;
    return end || !*rest;
}

static bool take_count(void *field, const char *text, char *why, size_t size)
{
    if (number(text, 10, field, NULL) && *(u64 *)field)
        return true;
    snprintf(why, size, "wants a whole number above 0");
    return false;
}

static bool take_mebibytes(void *field, const char *text, char *why, size_t size)
{
    static const char units[] = "MmGg";
    u64 *mib = field;
    const char *end;
    bool ok = number(text, 10, mib, &end) && *mib <= MIB_MAX;
    if (ok && *end && strchr(units, *end)) {
        *mib *= tolower((unsigned char)*end) == 'g' ? 1024 : 1;
        end++;
    }
    if (ok && !*end && *mib >= MIB_MIN && *mib <= MIB_MAX)
        return true;
    snprintf(why, size, "wants MiB of memory, %d to %d (or 1G)", MIB_MIN, MIB_MAX);
    return false;
}

static bool take_seconds(void *field, const char *text, char *why, size_t size)
{
    char *end;
    double s = strtod(text, &end);
    if (isdigit((unsigned char)*text) && !*end && s > 0 && s < 1e9) {
        *(u64 *)field = (u64)(s * 1e9);
        return true;
    }
    snprintf(why, size, "wants seconds, above 0");
    return false;
}

static const char *model_name(const void *names, unsigned i)
{
    (void)names;
    return i < cpu_model_count ? cpu_models[i].name : NULL;
}

void options_cpu_help(FILE *out)
{
    fprintf(out, "CPU models, as MODEL or MODEL-MHZ (1 to 10000):\n");
    for (unsigned i = 0; i < cpu_model_count; i++)
        fprintf(out, "  %-12s %s (%u MHz)\n", cpu_models[i].name, cpu_models[i].text,
                cpu_models[i].mhz);
    fprintf(out, "Also known as:\n");
    for (unsigned i = 0; i < cpu_alias_count; i++)
        fprintf(out, "  %-12s %s\n", cpu_aliases[i].name, cpu_aliases[i].model);
}

/* The longest name that TEXT begins with, whole or before a dash or comma: "pentium-mmx-200". */
static const struct cpu_model *model_of(const char *text, const char **rest)
{
    for (size_t n = strlen(text); n; n--) {
        const struct cpu_model *model = strchr("-,", text[n]) ? cpu_model_find(text, n) : NULL;
        *rest = text + n;
        if (model)
            return model;
    }
    return NULL;
}

static bool take_cpu(void *field, const char *text, char *why, size_t size)
{
    static const struct property properties[] = {
        {"coherent-tlb", offsetof(struct cpu_choice, coherent)}};
    struct cpu_choice *cpu = field;
    const char *rest;
    cpu->coherent = false;
    cpu->help = !strcmp(text, "help");
    if (cpu->help)
        return true;
    cpu->model = model_of(text, &rest);
    if (!cpu->model) {
        const char *near = nearest_name(text, model_name, NULL);
        snprintf(why, size, "no such CPU model%s%s%s (-cpu help lists them)",
                 near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
        return false;
    }
    u64 mhz = cpu->model->mhz;
    if (*rest == '-' &&
        (!number(rest + 1, 10, &mhz, &rest) || !mhz || mhz > MHZ_MAX || (*rest && *rest != ','))) {
        snprintf(why, size, "wants MODEL-MHZ with 1 to %d MHz, as %s-66", MHZ_MAX,
                 cpu->model->name);
        return false;
    }
    cpu->hz = mhz * 1000000;
    return take_properties(cpu, properties, ARRAY_LEN(properties), rest, why, size);
}

static bool take_cpus(void *field, const char *text, char *why, size_t size)
{
    u64 *cpus = field;
    if (number(text, 10, cpus, NULL) && *cpus >= 1 && *cpus <= CPUS_MAX)
        return true;
    snprintf(why, size, "wants a number of CPUs, 1 to %d", CPUS_MAX);
    return false;
}

static bool take_machine(void *field, const char *text, char *why, size_t size)
{
    static const struct property properties[] = {{"acpi", offsetof(struct board_choice, acpi)},
                                                 {"apic", offsetof(struct board_choice, apic)},
                                                 {"apm", offsetof(struct board_choice, apm)},
                                                 {"pnp", offsetof(struct board_choice, pnp)},
                                                 {"hpet", offsetof(struct board_choice, hpet)},
                                                 {"vmport",
                                                  offsetof(struct board_choice, vmport)}};
    struct board_choice *board = field;
    size_t n = strcspn(text, ",");
    bool pc = n == 2 && !strncmp(text, "pc", n);
    if (!pc && (n != 5 || strncmp(text, "isapc", n))) {
        snprintf(why, size, "no such board; there are: pc (440FX with PCI), isapc (an AT)");
        return false;
    }
    *board = (struct board_choice){
        .isa = !pc, .acpi = pc, .apic = pc, .apm = true, .pnp = true, .hpet = pc, .vmport = pc};
    return take_properties(board, properties, ARRAY_LEN(properties), text + n, why, size);
}

static const char *profile_name(const void *names, unsigned i)
{
    (void)names;
    return profile_at(i) ? profile_at(i)->name : NULL;
}

static bool take_profile(void *field, const char *text, char *why, size_t size)
{
    const struct profile **profile = field;
    *profile = profile_find(text);
    if (*profile)
        return true;
    int n = snprintf(why, size, "no such profile; there are:");
    for (unsigned i = 0; profile_name(NULL, i) && (size_t)n < size; i++)
        n += snprintf(why + n, size - (size_t)n, " %s", profile_name(NULL, i));
    return false;
}

static bool take_engine(void *field, const char *text, char *why, size_t size)
{
    bool plain = !strcmp(text, "plain");
    if (!plain && strcmp(text, "fast")) {
        snprintf(why, size, "no such engine; there are: fast, plain");
        return false;
    }
    memcpy(field, &plain, sizeof plain);
    return true;
}

/* N letters, each at most once. */
static bool boot_order(struct boot_choice *boot, const char *text, size_t n)
{
    bool ok = n && n < sizeof boot->order && strspn(text, "acd") >= n;
    for (size_t i = 1; ok && i < n; i++)
        ok = !memchr(text, text[i], i);
    memset(boot->order, 0, sizeof boot->order);
    if (ok)
        memcpy(boot->order, text, n);
    return ok;
}

static bool boot_part(struct boot_choice *boot, const char *text, size_t n)
{
    bool on = n == 7 && !memcmp(text, "menu=on", n), off = n == 8 && !memcmp(text, "menu=off", n);
    if (on || off)
        boot->menu = on ? BOOT_MENU : BOOT_SILENT;
    else if (n > 6 && !memcmp(text, "order=", 6))
        return boot_order(boot, text + 6, n - 6);
    else
        return boot_order(boot, text, n);
    return true;
}

static bool take_boot(void *field, const char *text, char *why, size_t size)
{
    struct boot_choice boot = {.menu = BOOT_ASK};
    const char *at = text;
    bool ok;
    do {
        size_t n = strcspn(at, ",");
        ok = boot_part(&boot, at, n);
        at += n;
    } while (ok && *at++);
    memcpy(field, &boot, sizeof boot);
    if (!ok)
        snprintf(why, size,
                 "wants a (floppy), c (hard disk), d (CD-ROM) in their order, menu=on, menu=off");
    return ok;
}

static const char *front_end_name(const void *names, unsigned i)
{
    (void)names;
    return frontend_name(i);
}

static bool take_display(void *field, const char *text, char *why, size_t size)
{
    if (frontend_find(text))
        return take_text(field, text, why, size);
    int n = snprintf(why, size, "not in this build; there is:");
    for (unsigned i = 0; front_end_name(NULL, i) && (size_t)n < size; i++)
        n += snprintf(why + n, size - (size_t)n, " %s", front_end_name(NULL, i));
    return false;
}

static bool chardev_ok(const char *text, char *why, size_t size)
{
    return chardev_spec_ok(text, why, size);
}

static bool take_chardev(void *field, const char *text, char *why, size_t size)
{
    return chardev_ok(text, why, size) && take_text(field, text, why, size);
}

static bool take_chardevs(void *field, const char *text, char *why, size_t size)
{
    return chardev_ok(text, why, size) && take_list(field, text, why, size);
}

static bool take_key(void *field, const char *text, char *why, size_t size)
{
    struct hotkeys hotkeys;
    hotkeys_init(&hotkeys);
    return hotkeys_bind(&hotkeys, text, why, size) && take_list(field, text, why, size);
}

static bool is_date(const char *text, s64 *seconds)
{
    struct tm tm = {0}, again;
    const char *end = strptime(text, "%Y-%m-%d", &tm);
    if (end && *end == 'T')
        end = strptime(end + 1, "%H:%M:%S", &tm);
    if (!end || *end || tm.tm_year < 80 || tm.tm_year >= 200)
        return false;
    again = tm;
    *seconds = timegm(&again);
    return again.tm_mday == tm.tm_mday; /* no 31 February */
}

static bool take_rtc(void *field, const char *text, char *why, size_t size)
{
    struct options *options = field;
    if (!strcmp(text, "base=localtime"))
        options->rtc = RTC_LOCAL;
    else if (!strcmp(text, "base=utc"))
        options->rtc = RTC_UTC;
    else if (!strncmp(text, "base=", 5) && is_date(text + 5, &options->rtc_date))
        options->rtc = RTC_DATE;
    else {
        snprintf(why, size, "wants base=localtime, base=utc or base=2026-01-31T23:59:00");
        return false;
    }
    return true;
}

static bool device_property(struct options *options, const char *text, size_t n)
{
    static const char iobase[] = "iobase=", iosize[] = "iosize=";
    const char *end;
    u64 value;
    if (!strncmp(text, iobase, strlen(iobase)) &&
        number(text + strlen(iobase), 0, &value, &end) && end == text + n && value <= 0xfffc) {
        options->debug_exit_port = (u16)value;
        return true;
    }
    return !strncmp(text, iosize, strlen(iosize)) &&
           number(text + strlen(iosize), 0, &value, &end) && end == text + n && value - 1 < 4;
}

static bool take_device(void *field, const char *text, char *why, size_t size)
{
    struct options *options = field;
    size_t n = strcspn(text, ",");
    bool ok = n == strlen("isa-debug-exit") && !strncmp(text, "isa-debug-exit", n);
    options->debug_exit = ok;
    options->debug_exit_port = 0x501;
    while (ok && text[n] == ',') {
        const char *property = text + n + 1;
        size_t length = strcspn(property, ",");
        ok = device_property(options, property, length);
        n += 1 + length;
    }
    if (!ok)
        snprintf(why, size, "wants isa-debug-exit,iobase=0xf4: the only such device here");
    return ok;
}

static bool take_speed(void *field, const char *text, char *why, size_t size)
{
    u32 *speed = field;
    u64 percent;
    const char *end;
    if (!strcmp(text, "max") || !strcmp(text, "real")) {
        *speed = text[0] == 'm' ? 0 : 100;
        return true;
    }
    if (number(text, 10, &percent, &end) && percent >= 1 && percent <= 10000 &&
        !strcmp(*end ? end : "%", "%")) {
        *speed = (u32)percent;
        return true;
    }
    snprintf(why, size, "wants real, max, or percent of real time from 1%% to 10000%%");
    return false;
}

static const char *log_class_name(const void *names, unsigned i)
{
    static const char *const list[] = {
#define X(id, name, help) name,
        LOG_CLASSES(X)
#undef X
    };
    (void)names;
    return i < ARRAY_LEN(list) ? list[i] : NULL;
}

static bool take_log(void *field, const char *text, char *why, size_t size)
{
    const char *bad;
    u32 mask = log_mask;
    bool ok = !strcmp(text, "help") || log_enable(text, &bad);
    log_mask = mask; /* only main() turns traces on */
    if (ok)
        return take_text(field, text, why, size);
    char word[40];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(bad, ","), bad);
    const char *near = nearest_name(word, log_class_name, NULL);
    snprintf(why, size, "no trace '%s'; %s%s", word, near ? "did you mean " : "see -d help",
             near ? near : "");
    return false;
}

static bool take_ranges(void *field, const char *text, char *why, size_t size)
{
    struct log_ranges ranges;
    if (log_ranges_parse(&ranges, text))
        return take_text(field, text, why, size);
    snprintf(why, size, "wants FIRST..LAST, FIRST+COUNT or one number; at most %u, with commas",
             LOG_RANGES);
    return false;
}

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
          ",hpet=off ,vmport=off"),
    VALUE("bios", "FILE", NULL, take_text, bios, "another system BIOS than the built-in one"),
    VALUE("vgabios", "FILE", NULL, take_text, vgabios, "another VGA BIOS"),
    MANY("serial", "PORT", take_chardevs, serial, SERIAL_PORTS,
         "COM1, then COM2: null, stdio, pty, file:PATH, unix:PATH, tcp:HOST:PORT[,server]"),
    VALUE("parallel", "PORT", NULL, take_chardev, parallel, "LPT1: the same"),
    VALUE("debugcon", "PORT", NULL, take_chardev, debugcon, "text to ports E9h and 402h: the same"),
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
    unsigned readers = 0;
    for (unsigned i = 0; i < options->serial.count; i++)
        readers += chardev_spec_is_stdio(options->serial.item[i]);
    if (readers > 1)
        snprintf(message, size, "-serial stdio: only one port can have standard input");
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
