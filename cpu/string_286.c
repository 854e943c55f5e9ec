/* SPDX-License-Identifier: MIT */
/*
 * String instructions with 16-bit elements on a 286, which an exception does not leave as they were:
 * SI and DI have moved already. With REP, CX has been counted down once if reading failed and twice
 * if writing did, because the next iteration has begun by then; CMPS alone leaves it.
 * Seen in tests/insn/sst, 80286/A5 to 80286/AF, 80286/6D and 80286/6F.
 */
#include "cpu/alu.h"
#include "cpu/forms.h"
#include "cpu/string.h"

enum { BYTES = 2, COUNTED_READ = 1, COUNTED_WRITE = 2, COUNTED_CMPS = 0 };

static bool is_repeated(const struct uop *u)
{
    return u->attr & (UA_REP | UA_REPNE);
}

/* The operand at the index register REG, which moves on; if it can't be had, CX less COUNTED too. */
static void find_and_move(struct cpu *cpu, const struct uop *u, struct at *at, unsigned seg,
                          unsigned reg, unsigned write, u32 counted)
{
    u32 offset = string_index(cpu, u, reg);
    bool refused = offset >= cpu->seg[seg].end[write][1];
    string_advance(cpu, u, reg, string_step(cpu, BYTES));
    if (refused && is_repeated(u))
        string_advance(cpu, u, ECX, (u32)-counted);
    mem_find(cpu, at, seg, offset, BYTES, write);
}

static bool compare(struct cpu *cpu, const struct uop *u, u64 a, u64 b)
{
    FLAGS;
    sem_CMP(&f, a, b, 16);
    KEEP;
    return f_zf(&f) == !!(u->attr & UA_REP);
}

static bool movs_one(struct cpu *cpu, const struct uop *u, UNUSED u32 size)
{
    struct at x, y;
    find_and_move(cpu, u, &x, u->seg, ESI, ACCESS_READ, COUNTED_READ);
    find_and_move(cpu, u, &y, SEG_ES, EDI, ACCESS_WRITE, COUNTED_WRITE);
    at_put(cpu, &y, at_get(cpu, &x));
    return true;
}

static bool stos_one(struct cpu *cpu, const struct uop *u, UNUSED u32 size)
{
    struct at y;
    find_and_move(cpu, u, &y, SEG_ES, EDI, ACCESS_WRITE, COUNTED_WRITE);
    at_put(cpu, &y, R_16(EAX * 8));
    return true;
}

static bool lods_one(struct cpu *cpu, const struct uop *u, UNUSED u32 size)
{
    struct at x;
    find_and_move(cpu, u, &x, u->seg, ESI, ACCESS_READ, COUNTED_READ);
    W_16(EAX * 8, at_get(cpu, &x));
    return true;
}

/* ES:DI is read first. */
static bool cmps_one(struct cpu *cpu, const struct uop *u, UNUSED u32 size)
{
    struct at x, y;
    find_and_move(cpu, u, &y, SEG_ES, EDI, ACCESS_READ, COUNTED_CMPS);
    find_and_move(cpu, u, &x, u->seg, ESI, ACCESS_READ, COUNTED_CMPS);
    return compare(cpu, u, at_get(cpu, &x), at_get(cpu, &y));
}

static bool scas_one(struct cpu *cpu, const struct uop *u, UNUSED u32 size)
{
    struct at y;
    find_and_move(cpu, u, &y, SEG_ES, EDI, ACCESS_READ, COUNTED_READ);
    return compare(cpu, u, R_16(EAX * 8), at_get(cpu, &y));
}

static bool ins_one(struct cpu *cpu, const struct uop *u, u32 size)
{
    struct at y;
    u16 port = R_16(EDX * 8);
    io_check(cpu, port, size);
    find_and_move(cpu, u, &y, SEG_ES, EDI, ACCESS_WRITE, COUNTED_WRITE);
    at_put(cpu, &y, io_read(cpu, port, size));
    return true;
}

static bool outs_one(struct cpu *cpu, const struct uop *u, u32 size)
{
    struct at x;
    u16 port = R_16(EDX * 8);
    io_check(cpu, port, size);
    find_and_move(cpu, u, &x, u->seg, ESI, ACCESS_READ, COUNTED_READ);
    io_write(cpu, port, (u32)at_get(cpu, &x), size);
    return true;
}

#define STRING(NAME, one)                                                                          \
    static const struct repeated rep_##NAME = {one, NULL};                                         \
    HANDLER(NAME##_286_a16_16)                                                                     \
    {                                                                                              \
        if (is_repeated(u))                                                                        \
            return string_repeat(cpu, u, &rep_##NAME, BYTES);                                      \
        one(cpu, u, BYTES);                                                                        \
        NEXT;                                                                                      \
    }
STRING(MOVS, movs_one)
STRING(STOS, stos_one)
STRING(LODS, lods_one)
STRING(CMPS, cmps_one)
STRING(SCAS, scas_one)
STRING(INS, ins_one)
STRING(OUTS, outs_one)
