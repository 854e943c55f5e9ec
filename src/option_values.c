/* SPDX-License-Identifier: MIT */
#include "src/option_values.h"

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

enum { MIB_MIN = 1, MIB_MAX = 3584, CPUS_MAX = 8 };

bool take_text(void *field, const char *text, char *why, size_t size)
{
    (void)why, (void)size;
    *(const char **)field = text;
    return true;
}

bool take_list(void *field, const char *text, char *why, size_t size)
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

bool take_switch(void *field, const char *text, char *why, size_t size)
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

bool take_count(void *field, const char *text, char *why, size_t size)
{
    if (number(text, 10, field, NULL) && *(u64 *)field)
        return true;
    snprintf(why, size, "wants a whole number above 0");
    return false;
}

bool take_mebibytes(void *field, const char *text, char *why, size_t size)
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

bool take_seconds(void *field, const char *text, char *why, size_t size)
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

bool take_cpu(void *field, const char *text, char *why, size_t size)
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

bool take_cpus(void *field, const char *text, char *why, size_t size)
{
    u64 *cpus = field;
    if (number(text, 10, cpus, NULL) && *cpus >= 1 && *cpus <= CPUS_MAX)
        return true;
    snprintf(why, size, "wants a number of CPUs, 1 to %d", CPUS_MAX);
    return false;
}

bool take_machine(void *field, const char *text, char *why, size_t size)
{
#define PART(name, member) {name, offsetof(struct board_choice, member)}
    static const struct property properties[] = {
        PART("acpi", acpi), PART("apic", apic),     PART("apm", apm),           PART("pnp", pnp),
        PART("hpet", hpet), PART("vmport", vmport), PART("slow-ide", slow_ide),
    };
#undef PART
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

bool take_profile(void *field, const char *text, char *why, size_t size)
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

bool take_engine(void *field, const char *text, char *why, size_t size)
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

bool take_boot(void *field, const char *text, char *why, size_t size)
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

bool take_display(void *field, const char *text, char *why, size_t size)
{
    if (frontend_find(text))
        return take_text(field, text, why, size);
    int n = snprintf(why, size, "not in this build; there is:");
    for (unsigned i = 0; front_end_name(NULL, i) && (size_t)n < size; i++)
        n += snprintf(why + n, size - (size_t)n, " %s", front_end_name(NULL, i));
    return false;
}

bool take_chardev(void *field, const char *text, char *why, size_t size)
{
    return chardev_spec_ok(text, why, size) && take_text(field, text, why, size);
}

/* QEMU's has three buttons. */
static const struct {
    const char *name;
    enum serial_mouse_model model;
} serial_mice[] = {
    {"mouse", SERIAL_MOUSE_TWO},
    {"mouse:3", SERIAL_MOUSE_THREE},
    {"mouse:wheel", SERIAL_MOUSE_WHEEL},
    {"msmouse", SERIAL_MOUSE_THREE},
};

bool serial_is_mouse(const char *text, enum serial_mouse_model *model)
{
    for (size_t i = 0; i < ARRAY_LEN(serial_mice); i++)
        if (!strcmp(text, serial_mice[i].name)) {
            *model = serial_mice[i].model;
            return true;
        }
    return false;
}

bool take_serial(void *field, const char *text, char *why, size_t size)
{
    enum serial_mouse_model model;
    if (serial_is_mouse(text, &model) || chardev_spec_ok(text, why, size))
        return take_list(field, text, why, size);
    size_t n = strlen(why);
    snprintf(why + n, size - n, "; or mouse, mouse:3, mouse:wheel");
    return false;
}

bool take_key(void *field, const char *text, char *why, size_t size)
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

bool take_rtc(void *field, const char *text, char *why, size_t size)
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

bool take_device(void *field, const char *text, char *why, size_t size)
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

bool take_speed(void *field, const char *text, char *why, size_t size)
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

bool take_log(void *field, const char *text, char *why, size_t size)
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

bool take_ranges(void *field, const char *text, char *why, size_t size)
{
    struct log_ranges ranges;
    if (log_ranges_parse(&ranges, text))
        return take_text(field, text, why, size);
    snprintf(why, size, "wants FIRST..LAST, FIRST+COUNT or one number; at most %u, with commas",
             LOG_RANGES);
    return false;
}
