/* SPDX-License-Identifier: MIT */
/*
 * The host's processor as oracle: random instructions run there and in twin86; registers, flags,
 * memory and the exception must be the same.
 *
 *   oracle [--cases N] [--seconds N] [--seed S] [--only MNEMONIC] [--case N]
 *
 * Cases come in batches; memory begins anew with each, so case N of a seed is always the same. A
 * batch with a difference runs once more, and what differs both times counts: the host's system may
 * switch tasks in the midst of a case, and clears a null selector's RPL then.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cpu/disasm.h"
#include "cpu/model.h"
#include "tests/insn/cases.h"
#include "tests/insn/compare.h"
#include "tests/insn/known.h"

enum { GROUPS = 256, BATCH = GROUPS * SETTINGS, SKIPPED = 77 };

struct options {
    u64 cases, seconds, seed;
    const char *only;
    s64 one; /* the case to show, or -1 */
};

/* What has differed so far; later failures of the same kind are only counted. */
struct tally {
    u64 wrong;
    unsigned what;
    u32 flags;
};

struct oracle {
    struct options options;
    struct choice choice;
    struct insn_index index;
    struct known known;
    struct random random;
    struct group group;
    u64 done, wrong;
    bool again;               /* the batch runs for the second time */
    bool suspect[BATCH];      /* the case differed in the first */
    struct tally tally[2048]; /* for each row of the table */
};

/* One case. */

struct trial {
    struct regs in;
    enum run_kind kind;
    bool plain;
    struct outcome native, ours;
    unsigned what; /* what differs, and which flags */
    u32 flags;
};

static void show_bytes(const struct group *g)
{
    for (u32 i = 0; i < g->text.n; i++)
        printf("%02x ", g->text.byte[i]);
}

static void show(struct oracle *o, u64 number, const struct trial *t)
{
    static const char *const kinds[] = {"chained", "jump", "step"};
    const struct group *g = &o->group;
    char text[DISASM_TEXT];
    disasm(&o->index, g->text.byte, 15, t->in.eip, g->text.code32, text, sizeof text);
    printf("case %" PRIu64 ": %s (insn.def:%u, %s, %s, %s code)\n  ", number, text,
           g->text.row->line, kinds[t->kind], t->plain ? "plain" : "fast",
           g->text.code32 ? "32-bit" : "16-bit");
    show_bytes(g);
    printf("\n");
    compare_show(&t->in, &t->native, &t->ours);
}

/* Does the host's jump end where twin86 may run on: in INT3, or where nothing is? */
static bool lands_well(const struct outcome *native)
{
    const struct world_segment *cs = world_segment(native->regs.seg[SEG_CS]);
    u32 at = cs ? cs->base + native->regs.eip : 0;
    if (at - CODE < CODE_BYTES)
        return native_page(1)[at - CODE] == 0xcc;
    return cs && !(at - DATA < DATA_PAGES * PAGE) && at < TOP && at - STUB >= PAGE &&
           at - SYSTEM >= SYSTEM_BYTES;
}

static bool memory_differs(void)
{
    for (unsigned i = 0; i < world_page_count; i++)
        if (world_pages[i].rights & RIGHTS_WRITE && memcmp(native_page(i), ours_page(i), PAGE))
            return true;
    return false;
}

static void show_memory(void)
{
    unsigned shown = 0;
    for (unsigned p = 0; p < world_page_count; p++)
        for (u32 i = 0; world_pages[p].rights & RIGHTS_WRITE && i < PAGE; i++)
            if (native_page(p)[i] != ours_page(p)[i] && shown++ < 16)
                printf("  mem %08x  host %02x  twin86 %02x\n", world_pages[p].linear + i,
                       native_page(p)[i], ours_page(p)[i]);
}

static void mend_memory(void)
{
    for (unsigned p = 0; p < world_page_count; p++)
        if (world_pages[p].rights & RIGHTS_WRITE)
            memcpy(ours_page(p), native_page(p), PAGE);
}

/* What differs, less what is known to. */
static void judge(struct oracle *o, struct trial *t)
{
    const struct known_case c = {&o->group.text, &t->in, &t->native, &t->ours};
    t->what = compare(t->in.eip, t->kind, &t->native, &t->ours, &t->flags);
    t->what |= memory_differs() ? DIFFERS_MEMORY : 0;
    if (t->what && group_alien(&o->group, &t->in, &t->native, &t->ours))
        t->what = t->flags = 0;
    t->what = known_remove(&o->known, &c, t->what, &t->flags);
}

/* Counts what differs, and shows it when it is new. */
static void report(struct oracle *o, u64 number, const struct trial *t)
{
    struct tally *tally = &o->tally[o->group.text.row - insn_table];
    if (o->options.one == (s64)number || (t->what & ~tally->what) || (t->flags & ~tally->flags))
        show(o, number, t);
    if (t->what & DIFFERS_MEMORY && !(tally->what & DIFFERS_MEMORY))
        show_memory();
    o->wrong += t->what != 0;
    tally->wrong += t->what != 0;
    tally->what |= t->what;
    tally->flags |= t->flags;
}

static void run_case(struct oracle *o, u64 number)
{
    const struct group *g = &o->group;
    bool *suspect = &o->suspect[number % BATCH];
    struct trial t;
    t.kind = group_setting(&o->group, &t.in);
    t.plain = one_in(&o->random, 4);
    if (group_hangs(g, &t.in)) {
        *suspect = false;
        return;
    }
    native_run(&t.in, t.kind, g->end, &t.native);
    t.plain |= t.kind == RUN_JUMP && (g->text.row->op == OP_IRET || !lands_well(&t.native));
    ours_run(&t.in, t.kind, g->end, t.plain, &t.ours);
    judge(o, &t);
    if (!o->again)
        *suspect = t.what || o->options.one == (s64)number;
    else if (*suspect)
        report(o, number, &t);
    if (memory_differs())
        mend_memory();
}

/* Groups and batches. */

static void write_code(const u8 *bytes, u32 linear, u32 n)
{
    native_code(linear, bytes, n);
    ours_code(linear, bytes, n);
}

static void run_group(struct oracle *o, u64 number)
{
    static const u8 filling[TEXT_BYTES + 8] = {0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc,
                                               0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc,
                                               0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc,
                                               0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc};
    struct group *g = &o->group;
    group_make(g, &o->random, &o->choice);
    write_code(g->code, g->linear, g->code_bytes);
    for (u32 i = 0; i < SETTINGS; i++)
        run_case(o, number + i);
    write_code(filling, g->linear, g->code_bytes);
}

static void fill_memory(struct oracle *o)
{
    for (unsigned p = 3; p < world_page_count; p++) {
        for (u32 i = 0; i < PAGE; i += 4)
            put32(native_page(p) + i, rnd(&o->random));
        memcpy(ours_page(p), native_page(p), PAGE);
    }
}

/* Jumps have left blocks behind wherever they led. */
static void forget_code(void)
{
    ours_code(CODE, native_page(1), CODE_BYTES);
}

static void run_groups(struct oracle *o, u64 batch)
{
    forget_code();
    o->random.state = (o->options.seed << 40) + batch * 0x5851f42d4c957f2du;
    fill_memory(o);
    for (u32 i = 0; i < GROUPS; i++)
        run_group(o, batch * BATCH + i * SETTINGS);
}

static void run_batch(struct oracle *o, u64 batch)
{
    o->again = false;
    run_groups(o, batch);
    o->done += BATCH;
    if (!memchr(o->suspect, true, sizeof o->suspect))
        return;
    o->again = true;
    run_groups(o, batch);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run_all(struct oracle *o)
{
    double end = seconds() + (double)o->options.seconds;
    if (o->options.one >= 0) {
        run_batch(o, (u64)o->options.one / BATCH);
        return;
    }
    for (u64 batch = 0; o->done < o->options.cases && seconds() < end; batch++)
        run_batch(o, batch);
}

static void show_tally(const struct oracle *o)
{
    for (unsigned i = 0; i < insn_count; i++) {
        const struct insn *row = &insn_table[i];
        char text[80];
        compare_name(o->tally[i].what, o->tally[i].flags, text, sizeof text);
        if (o->tally[i].wrong)
            printf("FAIL  insn.def:%u %s %02x /%d: %" PRIu64 " times: %s\n", row->line, row->name,
                   row->opcode, row->reg == REG_ANY ? -1 : row->reg, o->tally[i].wrong, text);
    }
}

static bool parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){.cases = 500000, .seconds = ~(u64)0, .seed = 1, .one = -1};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (value && !strcmp(argv[i], "--cases"))
            options->cases = strtoull(argv[++i], NULL, 0);
        else if (value && !strcmp(argv[i], "--seconds"))
            options->seconds = strtoull(argv[++i], NULL, 0);
        else if (value && !strcmp(argv[i], "--seed"))
            options->seed = strtoull(argv[++i], NULL, 0);
        else if (value && !strcmp(argv[i], "--only"))
            options->only = argv[++i];
        else if (value && !strcmp(argv[i], "--case"))
            options->one = strtoll(argv[++i], NULL, 0);
        else
            return false;
    }
    return true;
}

static const char *known_path(char *path, size_t size)
{
    const char *top = getenv("srcdir");
    snprintf(path, size, "%s/tests/insn/known-differences", top ? top : ".");
    return path;
}

int main(int argc, char **argv)
{
    static struct oracle o;
    char path[1024];
    if (!parse(&o.options, argc, argv)) {
        fprintf(
            stderr,
            "usage: oracle [--cases N] [--seconds N] [--seed S] [--only MNEMONIC] [--case N]\n");
        return 2;
    }
    const char *why_not = native_open();
    if (why_not) {
        printf("skipped: %s\n", why_not);
        return SKIPPED;
    }
    if (!ours_open() || !insn_index_build(&o.index, cpu_model_default()))
        return EXIT_FAILURE;
    choice_make(&o.choice, &o.index, o.options.only);
    if (!known_read(&o.known, known_path(path, sizeof path)))
        return EXIT_FAILURE;
    memcpy(ours_page(0), native_page(0), PAGE);
    double start = seconds();
    setvbuf(stdout, NULL, _IOLBF, 0);
    run_all(&o);
    show_tally(&o);
    printf("oracle: %" PRIu64 " cases of seed %" PRIu64 ", %" PRIu64 " differ, %.0f s\n", o.done,
           o.options.seed, o.wrong, seconds() - start);
    ours_close();
    return o.wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
