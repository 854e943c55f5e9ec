/* SPDX-License-Identifier: MIT */
#include "tests/insn/known.h"

#include <stdio.h>
#include <stdlib.h>

/* Conditions. */

static unsigned width(const struct text *t)
{
    return t->row->size == SIZE_B ? 8 : t->op32 ? 32 : 16;
}

/* Of a shift or rotate, after the processor has cut it to five bits. */
static unsigned shift_count(const struct known_case *c)
{
    const u8 *o = c->text->row->operand;
    for (unsigned i = 1; i < 3; i++)
        if (o[i] == OPD_CL)
            return c->in->r[ECX] & 31;
        else if (o[i] == OPD_Ib)
            return c->text->imm & 31;
    return 1;
}

static bool always(const struct known_case *c)
{
    (void)c;
    return true;
}

static bool counted(const struct known_case *c)
{
    return shift_count(c) != 0;
}

static bool counted_twice(const struct known_case *c)
{
    return shift_count(c) > 1;
}

static bool counted_away(const struct known_case *c)
{
    return shift_count(c) >= width(c->text);
}

static bool counted_over(const struct known_case *c)
{
    return shift_count(c) > width(c->text);
}

static bool word(const struct known_case *c)
{
    return !c->text->op32;
}

static bool no_count(const struct known_case *c)
{
    return !(c->in->r[ECX] & (c->text->addr32 ? 0xffffffff : 0xffff));
}

static bool at_limit(const struct known_case *c)
{
    const struct world_segment *cs = world_segment(c->in->seg[SEG_CS]);
    return c->in->eip + c->text->n - 1 == world_limit(cs);
}

static bool faulted(const struct known_case *c)
{
    return c->ours->vector != COMPLETED && c->host->vector != COMPLETED;
}

/* An invalid operation of the x87 has been met, or the result is no number. */
static bool invalid(const struct known_case *c)
{
    const u8 *fx = c->ours->regs.fx;
    return get16(fx + FX_SW) & 1 || (get16(fx + FX_ST + 8) & 0x7fff) == 0x7fff;
}

/* An invalid operation or a denormal that is not masked. */
static bool unmasked(const struct known_case *c)
{
    const u8 *fx = c->ours->regs.fx;
    return get16(fx + FX_SW) & ~get16(fx + FX_CW) & 3;
}

static bool repeated(const struct known_case *c)
{
    return c->text->rep;
}

static bool locked(const struct known_case *c)
{
    return c->text->lock;
}

static const struct {
    const char *name;
    bool (*holds)(const struct known_case *c);
} conditions[] = {
    {"always", always},           {"count>0", counted},
    {"count>1", counted_twice},   {"count>=bits", counted_away},
    {"count>bits", counted_over}, {"16-bit", word},
    {"rep-0", no_count},          {"at-limit", at_limit},
    {"faulted", faulted},         {"repeated", repeated},
    {"invalid", invalid},         {"unmasked", unmasked},
    {"locked", locked},
};

/* Reading. */

static unsigned op_by_name(const char *name)
{
    static const char *const names[] = {[OP_NONE] = "",
#define X(op) [OP_##op] = #op,
                                        INSN_OPS(X)
#undef X
#define X(cc, n) [OP_J_##cc] = "J_" #cc,
                                            EACH_CC(X)
#undef X
    };
    for (unsigned i = 1; i < ARRAY_LEN(names); i++)
        if (names[i] && !strcmp(names[i], name))
            return i;
    return OP_NONE;
}

static bool read_ops(struct known_line *line, char *text)
{
    char *rest = NULL;
    unsigned n = 0;
    if (!strcmp(text, "*"))
        return true;
    for (char *at = strtok_r(text, ",", &rest); at; at = strtok_r(NULL, ",", &rest)) {
        unsigned op = op_by_name(at);
        if (!op || n >= KNOWN_OPS)
            return false;
        line->op[n++] = (u16)op;
    }
    return n;
}

static bool read_condition(struct known_line *line, const char *text)
{
    for (unsigned i = 0; i < ARRAY_LEN(conditions); i++)
        if (!strcmp(conditions[i].name, text)) {
            line->when = i;
            return true;
        }
    return false;
}

static bool read_flags(struct known_line *line, const char *text)
{
    static const char letters[] = "OSZAPCR";
    static const u32 bits[] = {FL_OF, FL_SF, FL_ZF, FL_AF, FL_PF, FL_CF, FL_RF};
    for (; *text; text++) {
        const char *at = strchr(letters, *text);
        if (!at)
            return false;
        line->flags |= bits[at - letters];
    }
    return true;
}

static int vector_by_name(const char *name)
{
    for (unsigned i = 0; i < 32; i++) {
        const char *known = exception_name(i);
        if (known && !strcmp(known, name))
            return (int)i;
    }
    return COMPLETED;
}

/* "#PF:#GP": the host's exception, and ours; "none": none. */
static bool read_exchange(struct known_line *line, const char *text)
{
    char host[8], ours[8];
    if (sscanf(text, "%7[^:]:%7s", host, ours) != 2)
        return false;
    line->host = vector_by_name(host);
    line->ours = vector_by_name(ours);
    line->exchange = true;
    return true;
}

static bool read_what(struct known_line *line, const char *text)
{
    line->registers = !strcmp(text, "result") || !strcmp(text, "registers");
    line->memory = !strcmp(text, "result") || !strcmp(text, "memory");
    line->fault = !strcmp(text, "fault");
    line->status = !strcmp(text, "status");
    line->all = !strcmp(text, "all");
    if (line->registers || line->memory || line->fault || line->status || line->all)
        return true;
    return strchr(text, ':') ? read_exchange(line, text) : read_flags(line, text);
}

static bool read_line(struct known *known, char *text, unsigned number)
{
    char ops[120], when[32], what[32], why[8];
    struct known_line *line = &known->line[known->count];
    if (text[0] == '#' || text[0] == '\n')
        return true;
    *line = (struct known_line){.line = number};
    if (known->count == KNOWN_LINES ||
        sscanf(text, "%119s %31s %31s %7s", ops, when, what, why) != 4 || !read_ops(line, ops) ||
        !read_condition(line, when) || !read_what(line, what))
        return false;
    known->count++;
    return true;
}

bool known_read(struct known *known, const char *path)
{
    char text[240];
    unsigned number = 0;
    bool good = true;
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        return false;
    }
    known->count = 0;
    while (good && fgets(text, sizeof text, f)) {
        good = read_line(known, text, ++number);
        if (!good)
            fprintf(stderr, "%s:%u: not understood, or too many lines\n", path, number);
    }
    fclose(f);
    return good;
}

/* Asking. */

static bool applies(const struct known_line *line, const struct known_case *c)
{
    bool named = !line->op[0];
    for (unsigned i = 0; i < KNOWN_OPS && line->op[i]; i++)
        named |= line->op[i] == c->text->row->op;
    return named && conditions[line->when].holds(c);
}

/* A single step is no exception of the instruction. */
static int vector_of(const struct outcome *o)
{
    return o->vector == EX_DB ? COMPLETED : o->vector;
}

static bool swapped(const struct known_line *line, const struct known_case *c)
{
    return line->exchange && line->host == vector_of(c->host) && line->ours == vector_of(c->ours);
}

static bool either_faulted(const struct known_case *c)
{
    return vector_of(c->host) != COMPLETED || vector_of(c->ours) != COMPLETED;
}

unsigned known_remove(const struct known *known, const struct known_case *c, unsigned what,
                      u32 *flags)
{
    for (unsigned i = 0; what && i < known->count; i++) {
        const struct known_line *line = &known->line[i];
        if (!applies(line, c))
            continue;
        *flags &= ~line->flags;
        if (line->registers)
            what &= ~(unsigned)(DIFFERS_REGISTER | DIFFERS_FPU | DIFFERS_ST | DIFFERS_XMM);
        if (line->memory)
            what &= ~(unsigned)DIFFERS_MEMORY;
        if (line->status)
            what &= ~(unsigned)DIFFERS_FPU;
        if (line->all || (line->fault && either_faulted(c)) || swapped(line, c))
            what = *flags = 0;
        if (!*flags)
            what &= ~(unsigned)DIFFERS_FLAGS;
    }
    return what;
}
