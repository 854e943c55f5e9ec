/* SPDX-License-Identifier: MIT */
#include "tests/escapes/script.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { VARIABLES = 32, DEPTH = 16 };

static struct {
    const char *name;
    u64 value;
} variables[VARIABLES];

void script_fail(const struct script *s, const char *format, ...)
{
    va_list args;
    fprintf(s->out, "%s:%u: ", s->name, s->line[s->now].number);
    va_start(args, format);
    vfprintf(s->out, format, args);
    va_end(args);
    fputc('\n', s->out);
    fflush(s->out);
    exit(1);
}

/* ---- values ---- */

static u64 *variable(struct script *s, const char *name, size_t n)
{
    for (unsigned i = 0; i < VARIABLES && variables[i].name; i++)
        if (strlen(variables[i].name) == n && !memcmp(variables[i].name, name, n))
            return &variables[i].value;
    script_fail(s, "there is no variable %.*s", (int)n, name);
}

/* Gives what it was before. */
static u64 exchange(struct script *s, const char *name, u64 value)
{
    unsigned i = 0;
    while (i < VARIABLES && variables[i].name && strcmp(variables[i].name, name))
        i++;
    if (i == VARIABLES)
        script_fail(s, "more than %d variables", VARIABLES);
    u64 before = variables[i].value;
    variables[i].name = name;
    variables[i].value = value;
    return before;
}

void script_set(struct script *s, const char *name, u64 value)
{
    exchange(s, name, value);
}

/* xorshift64* */
u32 script_any(struct script *s)
{
    s->random ^= s->random >> 12;
    s->random ^= s->random << 25;
    s->random ^= s->random >> 27;
    return (u32)(s->random * 0x2545f4914f6cdd1dull >> 32);
}

static u64 term(struct script *s, const char **at)
{
    const char *p = *at;
    if (isdigit((unsigned char)*p)) {
        char *end;
        u64 value = strtoull(p, &end, 0);
        *at = end;
        return value;
    }
    size_t dollar = *p == '$', n = dollar;
    while (isalnum((unsigned char)p[n]) || p[n] == '_')
        n++;
    *at += n;
    if (dollar)
        return *variable(s, p + 1, n - 1);
    if (n == 3 && !memcmp(p, "any", 3))
        return script_any(s);
    script_fail(s, "'%s' is no value", p);
}

static u64 combine(struct script *s, char op, u64 a, u64 b)
{
    switch (op) {
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return a * b;
    case '/':
    case '%':
        if (!b)
            script_fail(s, "division by 0");
        return op == '/' ? a / b : a % b;
    case '&':
        return a & b;
    case '|':
        return a | b;
    case '^':
        return a ^ b;
    case '<':
        return a << (b & 63);
    case '>':
        return a >> (b & 63);
    }
    script_fail(s, "'%c' is no operator", op);
}

static u64 value_of(struct script *s, const char *at)
{
    u64 value = term(s, &at);
    while (*at) {
        char op = *at++;
        if ((op == '<' || op == '>') && *at++ != op)
            script_fail(s, "'%c' is no operator", op);
        value = combine(s, op, value, term(s, &at));
    }
    return value;
}

u64 script_value(struct script *s, unsigned n)
{
    const struct statement *line = &s->line[s->now];
    if (n >= line->words)
        script_fail(s, "%s: argument %u is missing", line->word[0], n);
    return value_of(s, line->word[n]);
}

vtime script_time(struct script *s, unsigned n)
{
    static const struct {
        const char *name;
        u64 ns;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", NS_PER_S}};
    const struct statement *line = &s->line[s->now];
    char *end = NULL;
    u64 value = n < line->words ? strtoull(line->word[n], &end, 0) : 0;
    for (size_t i = 0; end && i < ARRAY_LEN(units); i++)
        if (!strcmp(end, units[i].name))
            return value * units[i].ns;
    script_fail(s, "%s: wants a time, with ns, us, ms or s", line->word[0]);
}

/* ---- reading ---- */

static void split(struct script *s, struct statement *line, char *text)
{
    for (char *word; (word = strsep(&text, " \t\n")) && *word != '#';) {
        if (!*word)
            continue;
        if (line->words == SCRIPT_WORDS)
            script_fail(s, "more than %d words", SCRIPT_WORDS);
        if (!(line->word[line->words++] = strdup(word)))
            abort();
    }
}

static bool opens_block(const struct statement *line)
{
    const char *w = line->word[0];
    return !strcmp(w, "for") || !strcmp(w, "repeat") || !strcmp(w, "if") || !strcmp(w, "to");
}

static void match_blocks(struct script *s)
{
    unsigned open[DEPTH], depth = 0;
    for (s->now = 0; s->now < s->lines; s->now++) {
        struct statement *line = &s->line[s->now];
        if (opens_block(line)) {
            if (depth == DEPTH)
                script_fail(s, "blocks in more than %d blocks", DEPTH);
            open[depth++] = s->now;
        } else if (!strcmp(line->word[0], "end")) {
            if (!depth)
                script_fail(s, "nothing to end");
            line->other = open[--depth];
            s->line[line->other].other = s->now;
        }
    }
    s->now = s->lines - 1;
    if (depth)
        script_fail(s, "a block has no end");
}

static void read_lines(struct script *s, FILE *file)
{
    char text[1000];
    unsigned room = 0;
    for (unsigned number = 1; fgets(text, sizeof text, file); number++) {
        if (s->lines == room)
            s->line = realloc(s->line, (room += 64) * sizeof *s->line);
        if (!s->line)
            abort();
        s->line[s->lines] = (struct statement){.number = number};
        s->now = s->lines;
        split(s, &s->line[s->lines], text);
        s->lines += s->line[s->lines].words != 0;
    }
    if (!s->lines) {
        fprintf(s->out, "%s: is empty\n", s->name);
        exit(1);
    }
}

/* ---- running ---- */

static void block(struct script *s, unsigned first, unsigned last);

static void loop(struct script *s, u64 first, u64 last, u64 step, const char *name)
{
    unsigned start = s->now, end = s->line[start].other;
    if (!step)
        script_fail(s, "a step of 0");
    for (u64 i = first; i <= last; i += step) {
        if (name)
            script_set(s, name, i);
        block(s, start + 1, end);
        s->now = start;
        if (last - i < step)
            break;
    }
    s->now = end;
}

static bool call(struct script *s, const struct statement *line)
{
    unsigned from = s->now, at = 0;
    u64 value[SCRIPT_WORDS];
    const struct statement *to;
    for (;; at++) {
        if (at == s->lines)
            return false;
        to = &s->line[at];
        if (to->words > 1 && !strcmp(to->word[0], "to") && !strcmp(to->word[1], line->word[0]))
            break;
    }
    if (line->words != to->words - 1)
        script_fail(s, "%s wants %u arguments", line->word[0], to->words - 2);
    for (unsigned i = 1; i < line->words; i++)
        value[i] = script_value(s, i);
    for (unsigned i = 1; i < line->words; i++)
        value[i] = exchange(s, to->word[i + 1], value[i]);
    block(s, at + 1, to->other);
    for (unsigned i = 1; i < line->words; i++)
        exchange(s, to->word[i + 1], value[i]);
    s->now = from;
    return true;
}

static void execute(struct script *s)
{
    const struct statement *line = &s->line[s->now];
    const char *w = line->word[0];
    if (script_word(s, line))
        return;
    if (!strcmp(w, "for"))
        loop(s, script_value(s, 2), script_value(s, 3), line->words > 4 ? script_value(s, 4) : 1,
             line->word[1]);
    else if (!strcmp(w, "repeat"))
        loop(s, 1, script_value(s, 1), 1, NULL);
    else if (!strcmp(w, "if"))
        loop(s, 1, script_value(s, 1) != 0, 1, NULL);
    else if (!strcmp(w, "let") && line->words == 3)
        script_set(s, line->word[1], script_value(s, 2));
    else if (!strcmp(w, "to"))
        s->now = line->other;
    else if (!call(s, line))
        script_fail(s, "'%s' is not understood", w);
}

static void block(struct script *s, unsigned first, unsigned last)
{
    for (s->now = first; s->now < last; s->now++) {
        execute(s);
        if (s->world.late)
            script_fail(s, "%s was %llu basic blocks of work", s->world.late,
                        (unsigned long long)s->world.work);
    }
}

void script_run(const char *path, FILE *out)
{
    struct script s = {.name = path, .out = out, .random = 1};
    FILE *file = fopen(path, "r");
    if (!file) {
        fprintf(out, "%s: cannot be read\n", path);
        exit(1);
    }
    read_lines(&s, file);
    fclose(file);
    match_blocks(&s);
    block(&s, 0, s.lines);
    if (s.built)
        world_free(&s.world);
    for (unsigned i = 0; i < s.lines; i++)
        while (s.line[i].words)
            free(s.line[i].word[--s.line[i].words]);
    free(s.line);
}
