/* SPDX-License-Identifier: MIT */
#include <stdarg.h>

#include "src/base/log.h"

u32 log_mask;
static FILE *log_stream;

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
