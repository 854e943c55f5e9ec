/* SPDX-License-Identifier: MIT */
/*
 * x87 arithmetic against the vectors of Berkeley TestFloat, for each back end. They lie in
 * $VECTORS/testfloat, by default ../shared/vectors/testfloat beside the sources; a line is
 * operands, result and flags. Lines with an unnormal operand are left out: an x87 takes it for
 * invalid.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cpu/f80.h"

enum { SKIPPED = 77, MAX_REPORTED = 10 };

/* A line, and what came of it; results of all formats as text, which is what lines have. */
struct line {
    struct f80 a, b;
    char want[24];
    unsigned want_flags;
};

struct result {
    char text[24];
    struct fp_env env;
};

static void give(struct result *r, struct f80 value)
{
    snprintf(r->text, sizeof r->text, "%04X%016llX", value.se, (unsigned long long)value.frac);
}

static void give_integer(struct result *r, int digits, u64 value)
{
    snprintf(r->text, sizeof r->text, "%0*llX", digits, (unsigned long long)value);
}

#define OPERATION(name, call)                                                                      \
    static void do_##name(const struct f80_ops *ops, const struct line *l, struct result *r)       \
    {                                                                                              \
        call;                                                                                      \
    }
OPERATION(add, give(r, ops->add(l->a, l->b, &r->env)))
OPERATION(sub, give(r, ops->sub(l->a, l->b, &r->env)))
OPERATION(mul, give(r, ops->mul(l->a, l->b, &r->env)))
OPERATION(div, give(r, ops->div(l->a, l->b, &r->env)))
OPERATION(sqrt, give(r, ops->sqrt(l->a, &r->env)))
OPERATION(round, give(r, ops->rint(l->a, &r->env)))
OPERATION(to_f32, give_integer(r, 8, ops->to_f32(l->a, &r->env)))
OPERATION(to_f64, give_integer(r, 16, ops->to_f64(l->a, &r->env)))
OPERATION(to_s32, give_integer(r, 8, ops->to_s32(l->a, &r->env)))
OPERATION(to_s64, give_integer(r, 16, ops->to_s64(l->a, &r->env)))
OPERATION(eq, give_integer(r, 1, ops->compare(l->a, l->b, true, &r->env) == FP_EQUAL))
OPERATION(lt, give_integer(r, 1, ops->compare(l->a, l->b, false, &r->env) == FP_LESS))

static void do_le(const struct f80_ops *ops, const struct line *l, struct result *r)
{
    enum fp_relation relation = ops->compare(l->a, l->b, false, &r->env);
    give_integer(r, 1, relation == FP_LESS || relation == FP_EQUAL);
}

/* FPREM1 until it is done. */
static void do_rem(const struct f80_ops *ops, const struct line *l, struct result *r)
{
    struct f80 a = l->a;
    do {
        r->env.sw &= SW_ANY;
        a = ops->rem(a, l->b, true, &r->env);
    } while (r->env.sw & SW_C2);
    give(r, a);
}

static const struct vectors {
    const char *file;
    int operands;
    void (*run)(const struct f80_ops *ops, const struct line *l, struct result *r);
} all[] = {
    {"extF80_add.near_even", 2, do_add},
    {"extF80_sub.near_even", 2, do_sub},
    {"extF80_mul.near_even", 2, do_mul},
    {"extF80_div.near_even", 2, do_div},
    {"extF80_rem.near_even", 2, do_rem},
    {"extF80_sqrt.near_even", 1, do_sqrt},
    {"extF80_roundToInt.near_even", 1, do_round},
    {"extF80_eq", 2, do_eq},
    {"extF80_le", 2, do_le},
    {"extF80_lt", 2, do_lt},
    {"extF80_to_f32", 1, do_to_f32},
    {"extF80_to_f64", 1, do_to_f64},
    {"extF80_to_i32", 1, do_to_s32},
    {"extF80_to_i64", 1, do_to_s64},
};

static unsigned flags_of(u16 sw)
{
    return (sw & SW_PE ? 1 : 0) | (sw & SW_UE ? 2 : 0) | (sw & SW_OE ? 4 : 0) |
           (sw & SW_ZE ? 8 : 0) | (sw & SW_IE ? 16 : 0);
}

static bool unnormal(struct f80 a)
{
    return (a.se & 0x7fff) && !(a.frac & F80_INTEGER);
}

static bool scan_number(const char *text, struct f80 *to)
{
    unsigned se;
    unsigned long long frac;
    if (sscanf(text, "%4x%16llx", &se, &frac) != 2)
        return false;
    *to = (struct f80){frac, (u16)se};
    return true;
}

static bool scan(const char *text, int operands, struct line *l)
{
    char a[24], b[24] = "00000000000000000000";
    bool ok = operands == 2 ? sscanf(text, "%23s %23s %23s %x", a, b, l->want, &l->want_flags) == 4
                            : sscanf(text, "%23s %23s %x", a, l->want, &l->want_flags) == 3;
    return ok && scan_number(a, &l->a) && scan_number(b, &l->b);
}

struct tally {
    unsigned run, left_out, wrong;
};

static void run_line(const struct vectors *v, const struct f80_ops *ops, const struct line *l,
                     struct tally *tally)
{
    struct result r = {.env = {.cw = CW_INIT}};
    v->run(ops, l, &r);
    tally->run++;
    if (!strcmp(r.text, l->want) && flags_of(r.env.sw) == l->want_flags)
        return;
    if (tally->wrong++ < MAX_REPORTED)
        printf("%s, %s: %04X%016llX %04X%016llX: %s %02X, wanted %s %02X\n", v->file, ops->name,
               l->a.se, (unsigned long long)l->a.frac, l->b.se, (unsigned long long)l->b.frac,
               r.text, flags_of(r.env.sw), l->want, l->want_flags);
}

static const struct f80_ops *const back_ends[] = {
    &soft_f80,
#ifdef HAVE_HOST_FPU
    &host_f80,
#endif
};

static void run_text(const struct vectors *v, const char *text, struct tally *tally)
{
    struct line l;
    if (!scan(text, v->operands, &l)) {
        printf("%s: not understood: %s", v->file, text);
        tally->wrong++;
    } else if (unnormal(l.a) || unnormal(l.b)) {
        tally->left_out++;
    } else {
        for (size_t i = 0; i < ARRAY_LEN(back_ends); i++)
            run_line(v, back_ends[i], &l, tally);
    }
}

static bool run_file(const char *folder, const struct vectors *v, struct tally *sum)
{
    char command[4096], text[256];
    struct tally tally = {0, 0, 0};
    snprintf(command, sizeof command, "xz -dc '%s/%s.xz'", folder, v->file);
    FILE *f = popen(command, "r");
    while (f && fgets(text, sizeof text, f))
        run_text(v, text, &tally);
    bool ok = f && pclose(f) == 0 && tally.run;
    printf("%-28s %6u results, %5u lines with unnormals left out, %u wrong%s\n", v->file, tally.run,
           tally.left_out, tally.wrong, ok ? "" : ", and could not be read");
    sum->run += tally.run;
    sum->wrong += tally.wrong;
    return ok && !tally.wrong;
}

static const char *folder_of_vectors(char *to, size_t size)
{
    const char *vectors = getenv("VECTORS"), *source = getenv("srcdir");
    if (vectors)
        snprintf(to, size, "%s/testfloat", vectors);
    else
        snprintf(to, size, "%s/../shared/vectors/testfloat", source ? source : ".");
    return to;
}

int main(void)
{
    char folder[2048];
    struct tally sum = {0, 0, 0};
    bool ok = true;
    if (access(folder_of_vectors(folder, sizeof folder), R_OK)) {
        printf("skipped: the vectors are not in %s\n", folder);
        return SKIPPED;
    }
    if (system("xz --version >/dev/null 2>&1")) {
        printf("skipped: xz, which unpacks the vectors, is not installed\n");
        return SKIPPED;
    }
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        ok &= run_file(folder, &all[i], &sum);
    printf("testfloat: %u results of %zu back ends, %u wrong\n", sum.run, ARRAY_LEN(back_ends),
           sum.wrong);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
