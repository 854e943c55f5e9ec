/* SPDX-License-Identifier: MIT */
#include "tests/insn/compare.h"

#include <stdio.h>

static bool null(u16 selector)
{
    return selector < 4;
}

/* Null selectors lose their RPL when the kernel comes back from an interrupt of its own. */
static bool same_segments(const struct regs *a, const struct regs *b)
{
    for (unsigned i = 0; i < SEG_COUNT; i++)
        if (a->seg[i] != b->seg[i] && !(null(a->seg[i]) && null(b->seg[i])))
            return false;
    return true;
}

/* The host tells fetches from reads: it has the NX bit. SDM 3A "Page-Fault Exceptions". */
enum { PF_FETCH = 0x10 };

static bool same_error(const struct outcome *a, const struct outcome *b)
{
    u32 mask = a->vector == EX_PF ? PF_FETCH : 0;
    if (a->vector == EX_PF && a->cr2 - SYSTEM < SYSTEM_BYTES)
        mask |= 1; /* present here, but for the supervisor */
    return !((a->error ^ b->error) & ~mask) && (a->vector != EX_PF || a->cr2 == b->cr2);
}

unsigned compare(u32 eip, enum run_kind kind, const struct outcome *native,
                 const struct outcome *ours, u32 *flags)
{
    const struct regs *a = &native->regs, *b = &ours->regs;
    unsigned what = 0;
    *flags = (a->eflags ^ b->eflags) & ~(kind == RUN_JUMP ? (u32)FL_TF : 0);
    if (a->eip != eip)
        *flags &= ~(u32)FL_RF; /* of what comes next: an interrupt of the host may come before it */
    if (native->vector != ours->vector)
        what |= DIFFERS_VECTOR;
    else if (native->vector != COMPLETED && !same_error(native, ours))
        what |= DIFFERS_ERROR;
    what |= a->eip != b->eip ? DIFFERS_EIP : 0;
    what |= memcmp(a->r, b->r, sizeof a->r) ? DIFFERS_REGISTER : 0;
    what |= same_segments(a, b) ? 0 : DIFFERS_SEGMENT;
    return what | (*flags ? DIFFERS_FLAGS : 0);
}

void compare_name(unsigned what, u32 flags, char *text, size_t size)
{
    static const char *const names[] = {"vector ", "error ", "eip ", "register ", "segment ", "memory "};
    static const struct {
        u32 bit;
        char name[4];
    } bits[] = {{FL_OF, "O"}, {FL_SF, "S"}, {FL_ZF, "Z"}, {FL_AF, "A"},   {FL_PF, "P"},
                {FL_CF, "C"}, {FL_DF, "D"}, {FL_TF, "T"}, {FL_RF, "RF"}, {FL_NT, "NT"},
                {FL_IOPL, "IO"}, {FL_AC, "AC"}, {FL_IF, "I"}};
    size_t n = 0;
    text[0] = 0;
    for (unsigned i = 0; i < ARRAY_LEN(names) && n < size; i++)
        if (what >> i & 1)
            n += (size_t)snprintf(text + n, size - n, "%s", names[i]);
    for (unsigned i = 0; i < ARRAY_LEN(bits) && n < size; i++)
        if (flags & bits[i].bit)
            n += (size_t)snprintf(text + n, size - n, "%s", bits[i].name);
}

static void show_word(const char *name, u32 in, u32 native, u32 ours)
{
    printf("  %-7s %08x  host %08x  twin86 %08x%s\n", name, in, native, ours,
           native == ours ? "" : "  <--");
}

void compare_show(const struct regs *in, const struct outcome *native, const struct outcome *ours)
{
    static const char *const names[] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    static const char *const segments[] = {"es", "cs", "ss", "ds", "fs", "gs"};
    const struct regs *a = &native->regs, *b = &ours->regs;
    for (unsigned i = 0; i < 8; i++)
        show_word(names[i], in->r[i], a->r[i], b->r[i]);
    show_word("eip", in->eip, a->eip, b->eip);
    show_word("eflags", in->eflags, a->eflags, b->eflags);
    for (unsigned i = 0; i < SEG_COUNT; i++)
        show_word(segments[i], in->seg[i], a->seg[i], b->seg[i]);
    show_word("vector", 0, (u32)native->vector, (u32)ours->vector);
    if (native->vector != COMPLETED || ours->vector != COMPLETED)
        show_word("error", 0, native->error, ours->error);
    if (native->vector == EX_PF || ours->vector == EX_PF)
        show_word("cr2", 0, native->cr2, ours->cr2);
}
