/* SPDX-License-Identifier: MIT */
/*
 * The CPU against tests captured from an 8086, an 80286 and a 386: every register, every byte of
 * memory, every exception; in both flavours.
 *
 *   sst [--masked] [--all] [--cycles] [SET[/FILE] ...]      as in: sst 80286 8086/F6.6
 *
 * --masked   flags that the manual calls undefined do not count
 * --all      tell every difference, not just the first one of each file
 * --cycles   instead: clocks of the chip and ours, by file; a failure if they are 10 % apart
 *
 * The tests lie in $VECTORS/sst, by default ../shared/vectors/sst beside the sources.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu/access.h"
#include "cpu/cpu.h"
#include "tests/insn/moo.h"

enum {
    SKIPPED = 77,              /* automake's exit code */
    BACKGROUND = 0xe7,         /* what no test names */
    CYCLES_PERCENT = 10,       /* how far our clocks may be from the chip's, on average */
    CYCLES_AT_MOST = 10000000, /* of a test that never comes to its HLT */
    STEPS_AT_MOST = 200000,    /* the same: a REP of 65535 iterations is one test */
    FILES_AT_MOST = 512,
    MASKS_AT_MOST = 512,
    SKIPS_AT_MOST = 256,
};

/* A set of tests: its folder, the model it was captured from, how its tests end. */
struct set {
    const char *name, *folder, *model;
    u64 ram;
    bool ends_with_hlt; /* else after one instruction */
    unsigned around;    /* clocks beside the instruction's own: the first fetch, and the HLT */
};

static const struct set sets[] = {
    {"8086", "8086/v1", "8086", 1 << 20, false, 0},
    {"80286", "80286/v1", "80286", 16 << 20, true, 9},
    {"80386", "80386", "386", 16 << 20, true, 0},
};

struct mask {
    char file[12];
    u16 flags;
};

struct runner {
    const struct set *set;
    char folder[512];
    struct bus bus;
    struct clock clock;
    struct cpu cpu;
    struct mask mask[MASKS_AT_MOST];
    unsigned masks;
    char skip[SKIPS_AT_MOST][41];
    unsigned skips;
    bool masked, all, cycles;
    u32 tests, skipped, failures; /* of the set */
    u32 under_mask;               /* how many are right under the masks */
};

/* The machine. */

static bool machine_init(struct runner *r)
{
    clock_init(&r->clock, 10000000);
    if (!bus_init(&r->bus, r->set->ram) ||
        !cpu_init(&r->cpu, cpu_model_find(r->set->model, strlen(r->set->model)), &r->bus,
                  &r->clock))
        return false;
    bus_map_host(&r->bus, 0xa0000, 0x60000, r->bus.ram + 0xa0000, true);
    memset(r->bus.ram, BACKGROUND, r->set->ram);
    return true;
}

static void machine_free(struct runner *r)
{
    cpu_free(&r->cpu);
    bus_free(&r->bus);
}

static const u8 general[][2] = {{MOO_AX, EAX}, {MOO_BX, EBX}, {MOO_CX, ECX}, {MOO_DX, EDX},
                                {MOO_SI, ESI}, {MOO_DI, EDI}, {MOO_BP, EBP}, {MOO_SP, ESP}};
static const u8 segments[][2] = {{MOO_CS, SEG_CS}, {MOO_DS, SEG_DS}, {MOO_ES, SEG_ES},
                                 {MOO_FS, SEG_FS}, {MOO_GS, SEG_GS}, {MOO_SS, SEG_SS}};
static const char *const register_name[MOO_REGISTERS] = {
    "cr0", "cr3", "ax", "bx", "cx", "dx", "si", "di", "bp", "sp",
    "cs",  "ds",  "es", "fs", "gs", "ss", "ip", "flags"};

static void put_byte(struct runner *r, u32 address, u8 value)
{
    bus_dma_write(&r->bus, address, &value, 1);
}

/* A byte that is not BACKGROUND was written by an earlier test, which should have left it alone. */
static bool load_memory(struct runner *r, const struct moo_test *test)
{
    bool clean = true;
    for (u32 i = 0; i < test->before.bytes; i++) {
        const struct moo_byte *b = &test->before.ram[i];
        clean &= r->bus.ram[b->address] == BACKGROUND || r->bus.ram[b->address] == b->value;
        put_byte(r, b->address, b->value);
    }
    return clean;
}

static void clean_memory(struct runner *r, const struct moo_test *test)
{
    for (u32 i = 0; i < test->before.bytes; i++)
        put_byte(r, test->before.ram[i].address, BACKGROUND);
    for (u32 i = 0; i < test->after.bytes; i++)
        put_byte(r, test->after.ram[i].address, BACKGROUND);
}

static void load_registers(struct runner *r, const struct moo_state *state)
{
    struct cpu *cpu = &r->cpu;
    cpu_reset(cpu);
    cpu->idtr.limit = 0x3ff;
    for (unsigned i = 0; i < ARRAY_LEN(general); i++)
        cpu->r[general[i][1]] = state->reg[general[i][0]];
    for (unsigned i = 0; i < ARRAY_LEN(segments); i++) {
        struct segment *seg = &cpu->seg[segments[i][1]];
        u16 selector = (u16)state->reg[segments[i][0]];
        *seg = (struct segment){
            .base = selector * 16u, .limit = 0xffff, .selector = selector, .attr = 0x93};
        segment_derive(seg);
    }
    cpu->eip = state->reg[MOO_IP];
    cpu_set_eflags(cpu, state->reg[MOO_FLAGS] & 0xffff);
    mode_update(cpu);
}

/* What a register has to be afterwards. */
static u32 expected(const struct moo_test *test, unsigned reg)
{
    return (test->after.named >> reg & 1 ? &test->after : &test->before)->reg[reg];
}

static u32 physical(const struct runner *r, u32 selector, u32 offset)
{
    return (selector * 16 + offset) & (u32)(r->set->ram - 1);
}

/* One instruction: to its end, which for a repeated one takes many steps. */
static void run_one(struct runner *r)
{
    struct cpu *cpu = &r->cpu;
    u64 count = cpu_insns(cpu);
    u32 ip = cpu->eip;
    for (u32 i = 0; i < STEPS_AT_MOST && cpu_insns(cpu) == count && cpu->eip == ip; i++)
        cpu_step(cpu);
}

static void run_to_hlt(struct runner *r)
{
    r->clock.deadline = r->clock.cycles + CYCLES_AT_MOST;
    cpu_run(&r->cpu);
}

/* Where a test without a HLT can be given one, so that the fast flavour comes to a stop: no byte of
 * the test lies there, but for the NOPs behind the instruction. */
static bool takes_hlt(const struct moo_test *test, u32 at)
{
    for (u32 i = 0; i < test->before.bytes; i++)
        if (test->before.ram[i].address == at && test->before.ram[i].value != 0x90)
            return false;
    for (u32 i = 0; i < test->after.bytes; i++)
        if (test->after.ram[i].address == at)
            return false;
    return !(expected(test, MOO_FLAGS) & FL_TF);
}

static void run(struct runner *r, const struct moo_test *test, bool plain)
{
    struct cpu *cpu = &r->cpu;
    cpu->plain_only = plain;
    if (r->set->ends_with_hlt) {
        run_to_hlt(r);
        return;
    }
    u32 end = physical(r, expected(test, MOO_CS), expected(test, MOO_IP));
    if (plain || !takes_hlt(test, end)) {
        run_one(r);
        return;
    }
    u8 kept = r->bus.ram[end];
    put_byte(r, end, 0xf4);
    run_to_hlt(r);
    put_byte(r, end, kept);
    cpu->eip = (u16)(cpu->eip - cpu->halted);
}

/* Comparing. */

static u32 actual(const struct runner *r, unsigned reg)
{
    for (unsigned i = 0; i < ARRAY_LEN(general); i++)
        if (general[i][0] == reg)
            return (u32)r->cpu.r[general[i][1]];
    for (unsigned i = 0; i < ARRAY_LEN(segments); i++)
        if (segments[i][0] == reg)
            return r->cpu.seg[segments[i][1]].selector;
    return reg == MOO_IP ? r->cpu.eip : cpu_eflags(&r->cpu) & 0xffff;
}

/* Control and debug registers are not the tests' subject, nor is the upper half of EFLAGS. */
static bool register_differs(const struct runner *r, const struct moo_test *test, unsigned reg,
                             u16 flags)
{
    if (reg < MOO_AX || reg > MOO_FLAGS || !(test->before.named >> reg & 1))
        return false;
    u32 mask = reg == MOO_FLAGS ? flags : 0xffffffffu;
    return (actual(r, reg) ^ expected(test, reg)) & mask;
}

/* The bits of the byte at ADDRESS that count: of the FLAGS that an exception pushed only those of
 * the mask. (An odd address of theirs is told rounded down, so we look for ourselves.) */
static u8 byte_mask(const struct runner *r, const struct moo_test *test, u32 address, u16 flags)
{
    u32 n = address - physical(r, expected(test, MOO_SS), (u16)(expected(test, MOO_SP) + 4));
    return test->exception && n < 2 ? (u8)(flags >> 8 * n) : 0xff;
}

static bool byte_differs(const struct runner *r, const struct moo_test *test,
                         const struct moo_byte *b, u16 flags)
{
    return (r->bus.ram[b->address] ^ b->value) & byte_mask(r, test, b->address, flags);
}

static bool changed_after(const struct moo_test *test, u32 address)
{
    for (u32 i = 0; i < test->after.bytes; i++)
        if (test->after.ram[i].address == address)
            return true;
    return false;
}

static bool differs(const struct runner *r, const struct moo_test *test, u16 flags)
{
    for (unsigned reg = 0; reg < MOO_REGISTERS; reg++)
        if (register_differs(r, test, reg, flags))
            return true;
    for (u32 i = 0; i < test->after.bytes; i++)
        if (byte_differs(r, test, &test->after.ram[i], flags))
            return true;
    for (u32 i = 0; i < test->before.bytes; i++)
        if (byte_differs(r, test, &test->before.ram[i], flags) &&
            !changed_after(test, test->before.ram[i].address))
            return true;
    return false;
}

static const char *flags_text(char text[17], u32 flags)
{
    for (unsigned i = 0; i < 16; i++)
        text[i] = "1NiiODITSZ-A-P1C"[i] * (int)(flags >> (15 - i) & 1);
    for (unsigned i = 0; i < 16; i++)
        if (!text[i])
            text[i] = '-';
    text[16] = 0;
    return text;
}

static void tell_byte(const struct runner *r, const struct moo_byte *b)
{
    printf("      %06x %02x, want %02x\n", (unsigned)b->address, r->bus.ram[b->address], b->value);
}

static void tell(const struct runner *r, const struct moo_test *test, const char *file, bool plain,
                 u16 flags)
{
    char is[17], want[17], old[17];
    printf("FAIL  %s/%s #%u  %s  %s  (%s) %s%s\n", r->set->name, file, (unsigned)test->index,
           test->name, test->code, plain ? "plain" : "fast", test->hash,
           test->exception ? "  exception" : "");
    for (unsigned reg = 0; reg < MOO_REGISTERS; reg++) {
        if (!register_differs(r, test, reg, flags))
            continue;
        u32 a = actual(r, reg), e = expected(test, reg);
        if (reg == MOO_FLAGS)
            printf("      flags %s, want %s, before %s (undefined: %04x)\n", flags_text(is, a),
                   flags_text(want, e), flags_text(old, test->before.reg[reg]),
                   (unsigned)(u16)~flags);
        else
            printf("      %-5s %04x, want %04x, before %04x\n", register_name[reg], (unsigned)a,
                   (unsigned)e, (unsigned)test->before.reg[reg]);
    }
    for (u32 i = 0; i < test->after.bytes; i++)
        if (byte_differs(r, test, &test->after.ram[i], flags))
            tell_byte(r, &test->after.ram[i]);
    for (u32 i = 0; i < test->before.bytes; i++)
        if (byte_differs(r, test, &test->before.ram[i], flags) &&
            !changed_after(test, test->before.ram[i].address))
            tell_byte(r, &test->before.ram[i]);
}

/* Files. */

static bool is_skipped(const struct runner *r, const struct moo_test *test)
{
    for (unsigned i = 0; i < r->skips; i++)
        if (!strcmp(r->skip[i], test->hash))
            return true;
    return false;
}

static u16 mask_of(const struct runner *r, const char *file)
{
    for (unsigned i = 0; i < r->masks; i++)
        if (!strcmp(r->mask[i].file, file))
            return r->mask[i].flags;
    return 0xffff;
}

/* How a test went; UNDER_MASK: leaving undefined flags aside. */
struct verdict {
    bool good, under_mask;
};

/* One test in one flavour. */
static struct verdict run_test(struct runner *r, const struct moo_test *test, const char *file,
                               bool plain, bool quiet)
{
    u16 mask = mask_of(r, file), counts = r->masked ? mask : 0xffff;
    bool clean = load_memory(r, test);
    if (!clean)
        printf("FAIL  %s/%s: a test before #%u wrote where it should not\n", r->set->name, file,
               (unsigned)test->index);
    load_registers(r, &test->before);
    run(r, test, plain);
    struct verdict v = {clean && !differs(r, test, counts), clean && !differs(r, test, mask)};
    if (!quiet && !v.good)
        tell(r, test, file, plain, counts);
    clean_memory(r, test);
    return v;
}

static u32 stray_bytes(struct runner *r)
{
    u32 found = 0;
    for (u64 i = 0; i < r->set->ram; i++)
        found += r->bus.ram[i] != BACKGROUND;
    if (found)
        memset(r->bus.ram, BACKGROUND, r->set->ram);
    return found;
}

static void run_tests(struct runner *r, struct moo_file *moo, const char *file)
{
    struct moo_test test;
    u32 failures = 0;
    while (moo_next(moo, &test)) {
        bool quiet = failures && !r->all;
        r->tests++;
        if (is_skipped(r, &test)) {
            r->skipped++;
            continue;
        }
        struct verdict fast = run_test(r, &test, file, false, quiet);
        struct verdict plain = run_test(r, &test, file, true, quiet);
        failures += !(fast.good && plain.good);
        r->under_mask += fast.under_mask && plain.under_mask;
    }
    u32 stray = stray_bytes(r);
    if (stray)
        printf("FAIL  %s/%s: %u bytes written where nothing should be\n", r->set->name, file,
               (unsigned)stray);
    if (failures)
        printf("      %s/%s: %u differ\n", r->set->name, file, (unsigned)failures);
    r->failures += failures + !!stray;
}

/* Clocks that our CPU takes for the test, up to its HLT. */
static u64 count_cycles(struct runner *r, const struct moo_test *test)
{
    load_memory(r, test);
    load_registers(r, &test->before);
    r->cpu.plain_only = true;
    u64 start = r->clock.cycles, end = start;
    for (u32 i = 0; i < STEPS_AT_MOST && !r->cpu.halted; i++) {
        end = r->clock.cycles;
        run_one(r);
        if (!r->set->ends_with_hlt)
            break;
    }
    clean_memory(r, test);
    return (r->set->ends_with_hlt ? end : r->clock.cycles) - start;
}

struct cycle_sum {
    double chip, ours, error;
    u32 tests;
};

static struct cycle_sum cycle_total;

static void tell_cycles(const char *set, const char *file, const struct cycle_sum *sum)
{
    if (sum->tests)
        printf("%-6s %-8s %6u tests   chip %8.1f   ours %8.1f   mean error %6.1f   %5.1f %%\n", set,
               file, (unsigned)sum->tests, sum->chip / sum->tests, sum->ours / sum->tests,
               sum->error / sum->tests, 100 * sum->error / sum->chip);
}

static void compare_cycles(struct runner *r, struct moo_file *moo, const char *file)
{
    struct moo_test test;
    struct cycle_sum sum = {0, 0, 0, 0};
    while (moo_next(moo, &test)) {
        if (!test.cycles)
            continue;
        double chip = test.cycles - (double)r->set->around, ours = (double)count_cycles(r, &test);
        sum.chip += chip;
        sum.ours += ours;
        sum.error += ours > chip ? ours - chip : chip - ours;
        sum.tests++;
    }
    stray_bytes(r);
    tell_cycles(r->set->name, file, &sum);
    cycle_total.chip += sum.chip;
    cycle_total.ours += sum.ours;
    cycle_total.error += sum.error;
    cycle_total.tests += sum.tests;
}

static void run_file(struct runner *r, const char *name)
{
    char path[800], file[12];
    struct moo_file moo;
    const char *dot = strstr(name, ".MOO.gz"), *dash = strchr(name, '-');
    snprintf(path, sizeof path, "%s/%s/%s", r->folder, r->set->folder, name);
    snprintf(file, sizeof file, "%.*s", (int)(dot - (dash ? dash + 1 : name)),
             dash ? dash + 1 : name);
    if (!moo_open(&moo, path)) {
        printf("FAIL  %s cannot be read\n", path);
        r->failures++;
        return;
    }
    if (r->cycles)
        compare_cycles(r, &moo, file);
    else
        run_tests(r, &moo, file);
    moo_close(&moo);
}

/* Lists. */

static void read_masks(struct runner *r)
{
    char path[700], line[200];
    snprintf(path, sizeof path, "%s/%s/opcodes.txt", r->folder, r->set->name);
    FILE *in = fopen(path, "r");
    while (in && r->masks < MASKS_AT_MOST && fgets(line, sizeof line, in)) {
        struct mask *m = &r->mask[r->masks];
        unsigned flags;
        if (sscanf(line, "%11[0-9A-F.] %*s %x", m->file, &flags) != 2)
            continue;
        m->flags = (u16)flags;
        r->masks++;
    }
    if (in)
        fclose(in);
}

/* Hashes of tests that are left out, one a line; what follows the hash is the reason. */
static void read_skips(struct runner *r, const char *path)
{
    char line[400];
    FILE *in = fopen(path, "r");
    while (in && r->skips < SKIPS_AT_MOST && fgets(line, sizeof line, in))
        if (line[0] != '#' && sscanf(line, "%40[0-9a-f]", r->skip[r->skips]) == 1)
            r->skips++;
    if (in)
        fclose(in);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_moo(const struct dirent *entry)
{
    return strstr(entry->d_name, ".MOO.gz") != NULL;
}

/* ONLY: "F6.6", or NULL for every file. */
static void run_files(struct runner *r, const char *only)
{
    char path[700];
    struct dirent **list;
    snprintf(path, sizeof path, "%s/%s", r->folder, r->set->folder);
    int n = scandir(path, &list, is_moo, by_name);
    for (int i = 0; i < n; i++) {
        size_t length = strcspn(list[i]->d_name, "M") - 1;
        if (!only || (!strncmp(list[i]->d_name, only, length) && strlen(only) == length))
            run_file(r, list[i]->d_name);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
}

static void tell_result(const struct runner *r)
{
    u32 run = r->tests - r->skipped;
    if (r->cycles)
        tell_cycles(r->set->name, "all", &cycle_total);
    else if (run)
        printf("%s: %u tests, %u skipped, %u failed; without undefined flags %.2f %% are right\n",
               r->set->name, (unsigned)r->tests, (unsigned)r->skipped, (unsigned)r->failures,
               100.0 * r->under_mask / run);
}

/* The 386 set has no cycles. */
static bool cycles_are_near(void)
{
    return !cycle_total.tests || cycle_total.error * 100 <= cycle_total.chip * CYCLES_PERCENT;
}

static bool run_set(const struct runner *options, const struct set *set, const char *only)
{
    struct runner *r = malloc(sizeof *r);
    if (!r)
        return false;
    *r = *options;
    r->set = set;
    cycle_total = (struct cycle_sum){0, 0, 0, 0};
    read_masks(r);
    bool good = machine_init(r);
    if (good) {
        run_files(r, only);
        tell_result(r);
        /* A skip list above one in a thousand is a defect. */
        good = !r->failures && cycles_are_near() && r->skipped * 1000 <= r->tests &&
               (r->tests || r->cycles);
    }
    machine_free(r);
    free(r);
    return good;
}

/* "80286" or "80286/F6.6". */
static bool run_named(const struct runner *options, const char *name)
{
    size_t length = strcspn(name, "/");
    for (unsigned i = 0; i < ARRAY_LEN(sets); i++)
        if (strlen(sets[i].name) == length && !memcmp(sets[i].name, name, length))
            return run_set(options, &sets[i], name[length] ? name + length + 1 : NULL);
    fprintf(stderr, "sst: no such set: %s\n", name);
    return false;
}

static bool have_vectors(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return false;
    closedir(dir);
    return true;
}

int main(int argc, char **argv)
{
    static struct runner options;
    const char *source = getenv("srcdir"), *vectors = getenv("VECTORS");
    char skips[600];
    bool good = true, named = false;
    source = source ? source : ".";
    if (vectors)
        snprintf(options.folder, sizeof options.folder, "%s/sst", vectors);
    else
        snprintf(options.folder, sizeof options.folder, "%s/../shared/vectors/sst", source);
    snprintf(skips, sizeof skips, "%s/tests/insn/sst-skip.txt", source);
    read_skips(&options, skips);
    if (!have_vectors(options.folder)) {
        printf("skipped: %s is not here\n", options.folder);
        return SKIPPED;
    }
    for (int i = 1; i < argc; i++) {
        options.masked |= !strcmp(argv[i], "--masked");
        options.all |= !strcmp(argv[i], "--all");
        options.cycles |= !strcmp(argv[i], "--cycles");
    }
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-')
            continue;
        good &= run_named(&options, argv[i]);
        named = true;
    }
    for (unsigned i = 0; i < ARRAY_LEN(sets) && !named; i++)
        good &= run_set(&options, &sets[i], NULL);
    return good ? 0 : 1;
}
