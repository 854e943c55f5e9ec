/* SPDX-License-Identifier: MIT */
/*
 * Repeated string instructions. SDM 2B "REP/REPE/REPZ/REPNE/REPNZ".
 *
 * Each iteration is complete before the next begins: a fault or an interrupt finds count and index
 * registers at the iteration that is to be done next. Where source and destination are plain
 * memory, as many iterations as fit into their pages are done at once.
 */
#include "cpu/alu.h"
#include "cpu/forms.h"
#include "cpu/string.h"
#include "cpu/timing.h"

u32 string_index(const struct cpu *cpu, const struct uop *u, unsigned reg)
{
    return u->attr & UA_ADDR32 ? (u32)cpu->r[reg] : (u16)cpu->r[reg];
}

void string_advance(struct cpu *cpu, const struct uop *u, unsigned reg, u32 by)
{
    if (u->attr & UA_ADDR32)
        W_32(reg * 8, R_32(reg * 8) + by);
    else
        W_16(reg * 8, R_16(reg * 8) + by);
}

u32 string_step(const struct cpu *cpu, u32 size)
{
    return cpu->eflags & FL_DF ? (u32)-size : size;
}

const struct uop *string_repeat(struct cpu *cpu, const struct uop *u, const struct repeated *op,
                                u32 size)
{
    u32 clocks = timing_iteration(cpu, u);
    for (;;) {
        u32 count = string_index(cpu, u, ECX), done = 0;
        bool more = true;
        if (!count)
            return u + 1;
        if (op->bulk && !cpu->stepping)
            done = op->bulk(cpu, u, size, iterations_left(cpu, count, clocks), &more);
        if (!done) {
            more = op->one(cpu, u, size);
            done = 1;
        }
        string_advance(cpu, u, ECX, (u32)-done);
        charge_clocks(cpu, done * clocks);
        if (done == count || !more)
            return u + 1;
        if (iteration_must_stop(cpu))
            return plain_again(cpu, u);
    }
}

static void step_index(struct cpu *cpu, const struct uop *u, unsigned reg, u32 size)
{
    string_advance(cpu, u, reg, string_step(cpu, size));
}

static bool movs_one(struct cpu *cpu, const struct uop *u, u32 size)
{
    struct at x, y;
    mem_find(cpu, &x, u->seg, string_index(cpu, u, ESI), size, ACCESS_READ);
    mem_find(cpu, &y, SEG_ES, string_index(cpu, u, EDI), size, ACCESS_WRITE);
    at_put(cpu, &y, at_get(cpu, &x));
    step_index(cpu, u, ESI, size);
    step_index(cpu, u, EDI, size);
    return true;
}

static bool stos_one(struct cpu *cpu, const struct uop *u, u32 size)
{
    mem_write(cpu, SEG_ES, string_index(cpu, u, EDI), cpu->r[EAX], size);
    step_index(cpu, u, EDI, size);
    return true;
}

static bool lods_one(struct cpu *cpu, const struct uop *u, u32 size)
{
    u64 v = mem_read(cpu, u->seg, string_index(cpu, u, ESI), size);
    memcpy(&cpu->r[EAX], &v, size == 4 ? 8 : size);
    step_index(cpu, u, ESI, size);
    return true;
}

/* Compare A with B; go on while ZF is what the prefix asks for. */
static bool compare(struct cpu *cpu, const struct uop *u, u64 a, u64 b, u32 size)
{
    FLAGS;
    if (size == 1)
        sem_CMP(&f, a, b, 8);
    else if (size == 2)
        sem_CMP(&f, a, b, 16);
    else
        sem_CMP(&f, a, b, 32);
    KEEP;
    return f_zf(&f) == !!(u->attr & UA_REP);
}

static bool cmps_one(struct cpu *cpu, const struct uop *u, u32 size)
{
    u64 x = mem_read(cpu, u->seg, string_index(cpu, u, ESI), size);
    u64 y = mem_read(cpu, SEG_ES, string_index(cpu, u, EDI), size);
    step_index(cpu, u, ESI, size);
    step_index(cpu, u, EDI, size);
    return compare(cpu, u, x, y, size);
}

static bool scas_one(struct cpu *cpu, const struct uop *u, u32 size)
{
    u64 y = mem_read(cpu, SEG_ES, string_index(cpu, u, EDI), size);
    step_index(cpu, u, EDI, size);
    return compare(cpu, u, mask(cpu->r[EAX], size * 8), y, size);
}

/* In bulk: going up, inside one page and one segment. */

u32 string_elements_here(struct cpu *cpu, unsigned seg, u32 offset, u32 size, u32 wanted,
                         unsigned write)
{
    const struct segment *s = &cpu->seg[seg];
    u32 end = s->end[write][0]; /* of bytes: one past the last byte that may be accessed */
    u32 linear = (u32)s->base + offset, room = 0x1000 - (linear & 0xfff);
    if (offset >= end || cpu->mode & MODE_ALIGN || cpu->break_write | cpu->break_access)
        return 0;
    if (room > end - offset)
        room = end - offset;
    return room / size < wanted ? room / size : wanted;
}

u8 *string_elements_host(struct cpu *cpu, unsigned seg, u32 offset, u32 bytes, unsigned write)
{
    struct at at;
    lin_find(cpu, &at, (u32)cpu->seg[seg].base + offset, bytes, write, false);
    return at.host;
}

/* Forward, element by element, as the instruction does it when the areas overlap. */
static void copy_up(u8 *to, const u8 *from, u32 bytes, u32 size)
{
    if (to <= from || to >= from + bytes) {
        memmove(to, from, bytes);
        return;
    }
    for (u32 i = 0; i < bytes; i += size)
        memmove(to + i, from + i, size);
}

static void fill_up(u8 *to, u32 value, u32 count, u32 size)
{
    if (size == 1)
        memset(to, (u8)value, count);
    for (u32 i = 0; i < count && size == 2; i++)
        put16(to + i * 2, (u16)value);
    for (u32 i = 0; i < count && size == 4; i++)
        put32(to + i * 4, value);
}

static u32 movs_bulk(struct cpu *cpu, const struct uop *u, u32 size, u32 wanted, bool *more)
{
    (void)more;
    u32 from = string_index(cpu, u, ESI), to = string_index(cpu, u, EDI);
    if (cpu->eflags & FL_DF)
        return 0;
    u32 n = string_elements_here(cpu, u->seg, from, size, wanted, ACCESS_READ);
    n = string_elements_here(cpu, SEG_ES, to, size, n, ACCESS_WRITE);
    if (n < 2)
        return 0;
    const u8 *x = string_elements_host(cpu, u->seg, from, n * size, ACCESS_READ);
    u8 *y = string_elements_host(cpu, SEG_ES, to, n * size, ACCESS_WRITE);
    if (!x || !y)
        return 0;
    copy_up(y, x, n * size, size);
    string_advance(cpu, u, ESI, n * size);
    string_advance(cpu, u, EDI, n * size);
    return n;
}

static u32 stos_bulk(struct cpu *cpu, const struct uop *u, u32 size, u32 wanted, bool *more)
{
    (void)more;
    u32 to = string_index(cpu, u, EDI);
    if (cpu->eflags & FL_DF)
        return 0;
    u32 n = string_elements_here(cpu, SEG_ES, to, size, wanted, ACCESS_WRITE);
    u8 *y = n < 2 ? NULL : string_elements_host(cpu, SEG_ES, to, n * size, ACCESS_WRITE);
    if (!y)
        return 0;
    fill_up(y, (u32)cpu->r[EAX], n, size);
    string_advance(cpu, u, EDI, n * size);
    return n;
}

static u32 element(const u8 *at, u32 size)
{
    u32 v = 0;
    memcpy(&v, at, size);
    return v;
}

static u32 scas_bulk(struct cpu *cpu, const struct uop *u, u32 size, u32 wanted, bool *more)
{
    u32 at = string_index(cpu, u, EDI), a = (u32)mask(cpu->r[EAX], size * 8), i = 0;
    bool equal_goes_on = u->attr & UA_REP;
    u32 n = cpu->eflags & FL_DF ? 0 : string_elements_here(cpu, SEG_ES, at, size, wanted, ACCESS_READ);
    const u8 *y = n < 2 ? NULL : string_elements_host(cpu, SEG_ES, at, n * size, ACCESS_READ);
    if (!y)
        return 0;
    while (i + 1 < n && (element(y + i * size, size) == a) == equal_goes_on)
        i++;
    string_advance(cpu, u, EDI, (i + 1) * size);
    *more = compare(cpu, u, a, element(y + i * size, size), size);
    return i + 1;
}

static u32 cmps_bulk(struct cpu *cpu, const struct uop *u, u32 size, u32 wanted, bool *more)
{
    u32 left = string_index(cpu, u, ESI), right = string_index(cpu, u, EDI), i = 0;
    bool equal_goes_on = u->attr & UA_REP;
    u32 n = cpu->eflags & FL_DF ? 0 : string_elements_here(cpu, u->seg, left, size, wanted, ACCESS_READ);
    n = string_elements_here(cpu, SEG_ES, right, size, n, ACCESS_READ);
    if (n < 2)
        return 0;
    const u8 *x = string_elements_host(cpu, u->seg, left, n * size, ACCESS_READ);
    const u8 *y = string_elements_host(cpu, SEG_ES, right, n * size, ACCESS_READ);
    if (!x || !y)
        return 0;
    while (i + 1 < n &&
           (element(x + i * size, size) == element(y + i * size, size)) == equal_goes_on)
        i++;
    string_advance(cpu, u, ESI, (i + 1) * size);
    string_advance(cpu, u, EDI, (i + 1) * size);
    *more = compare(cpu, u, element(x + i * size, size), element(y + i * size, size), size);
    return i + 1;
}

static const struct repeated rep_movs = {movs_one, movs_bulk};
static const struct repeated rep_stos = {stos_one, stos_bulk};
static const struct repeated rep_lods = {lods_one, NULL};
static const struct repeated rep_cmps = {cmps_one, cmps_bulk};
static const struct repeated rep_scas = {scas_one, scas_bulk};

#define REPEAT(name, op, size)                                                                     \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        return string_repeat(cpu, u, &op, size);                                                   \
    }
#define ALL(NAME, op)                                                                              \
    REPEAT(NAME##_a16_8, op, 1) REPEAT(NAME##_a16_16, op, 2) REPEAT(NAME##_a16_32, op, 4)          \
    REPEAT(NAME##_a32_8, op, 1) REPEAT(NAME##_a32_16, op, 2) REPEAT(NAME##_a32_32, op, 4)
ALL(REP_MOVS, rep_movs)
ALL(REP_STOS, rep_stos)
ALL(REP_LODS, rep_lods)
ALL(REP_CMPS, rep_cmps)
ALL(REP_SCAS, rep_scas)
