/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdlib.h>

#include "src/base/log.h"

u32 log_mask;
static FILE *log_stream;
static struct log_ranges log_addresses;

static const struct {
    const char *name, *help;
} classes[] = {
#define X(id, name, help) {name, help},
    LOG_CLASSES(X)
#undef X
};

bool log_enable(const char *list, const char **bad)
{
    while (*list) {
        size_t n = strcspn(list, ","), i = 0;
        while (i < LOG_CLASS_COUNT &&
               (strlen(classes[i].name) != n || strncmp(classes[i].name, list, n)))
            i++;
        if (i == LOG_CLASS_COUNT) {
            *bad = list;
            return false;
        }
        log_mask |= 1u << i;
        list += n + (list[n] == ',');
    }
    return true;
}

static bool take_number(const char **at, u64 *value)
{
    char *end;
    if (**at < '0' || **at > '9')
        return false;
    *value = strtoull(*at, &end, 0);
    *at = end;
    return true;
}

static bool take_range(const char **at, u64 *first, u64 *last)
{
    u64 count;
    if (!take_number(at, first))
        return false;
    *last = *first;
    if (!strncmp(*at, "..", 2)) {
        *at += 2;
        *last = ~(u64)0;
        return !**at || **at == ',' || (take_number(at, last) && *last >= *first);
    }
    char sign = **at;
    if (sign != '+' && sign != '-')
        return true;
    ++*at;
    if (!take_number(at, &count) || !count)
        return false;
    if (sign == '+')
        *last = *first + (count - 1);
    else
        *first = *last - (count - 1);
    return *last >= *first;
}

bool log_ranges_parse(struct log_ranges *ranges, const char *text)
{
    ranges->count = 0;
    do {
        unsigned i = ranges->count++;
        if (i == LOG_RANGES || !take_range(&text, &ranges->range[i].first, &ranges->range[i].last))
            return false;
    } while (*text++ == ',');
    return !text[-1];
}

bool log_ranges_hold(const struct log_ranges *ranges, u64 number)
{
    for (unsigned i = 0; i < ranges->count; i++)
        if (number >= ranges->range[i].first && number <= ranges->range[i].last)
            return true;
    return !ranges->count;
}

void log_filter(const struct log_ranges *ranges)
{
    log_addresses = ranges ? *ranges : (struct log_ranges){.count = 0};
}

bool log_shows(u64 address)
{
    return log_ranges_hold(&log_addresses, address);
}

void log_to(FILE *file)
{
    log_stream = file;
}

FILE *log_file(void)
{
    return log_stream ? log_stream : stderr;
}

void log_line(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(log_file(), format, args);
    va_end(args);
    fputc('\n', log_file());
}

void log_help(FILE *out)
{
    for (size_t i = 0; i < LOG_CLASS_COUNT; i++)
        fprintf(out, "%-14s %s\n", classes[i].name, classes[i].help);
}
