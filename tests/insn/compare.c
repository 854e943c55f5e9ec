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

/* Ten bytes each of ST0 to ST7; what is above them is reserved. */
static bool same_stack(const u8 *a, const u8 *b)
{
    for (unsigned i = 0; i < 8; i++)
        if (memcmp(a + FX_ST + i * 16, b + FX_ST + i * 16, 10))
            return false;
    return true;
}

/* Control, status, tags. AMD's keep the pointers only while an exception is pending, and today's
 * Intels no segments of them: those are tested elsewhere. */
static bool same_fpu(const u8 *a, const u8 *b)
{
    return !memcmp(a, b, FX_TAGS + 1);
}

static unsigned compare_vector(const u8 *a, const u8 *b)
{
    return (same_fpu(a, b) ? 0 : DIFFERS_FPU) | (same_stack(a, b) ? 0 : DIFFERS_ST) |
           (get32(a + FX_MXCSR) == get32(b + FX_MXCSR) ? 0 : DIFFERS_MXCSR) |
           (!memcmp(a + FX_XMM, b + FX_XMM, 128) ? 0 : DIFFERS_XMM);
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
    what |= a->vector ? compare_vector(a->fx, b->fx) : 0;
    return what | (*flags ? DIFFERS_FLAGS : 0);
}

void compare_name(unsigned what, u32 flags, char *text, size_t size)
{
    static const char *const names[] = {"vector ",  "error ",  "eip ", "register ",
                                        "segment ", "memory ", "",     "fpu ",
                                        "st ",      "mxcsr ",  "xmm "};
    static const struct {
        u32 bit;
        char name[4];
    } bits[] = {{FL_OF, "O"},    {FL_SF, "S"},  {FL_ZF, "Z"}, {FL_AF, "A"},  {FL_PF, "P"},
                {FL_CF, "C"},    {FL_DF, "D"},  {FL_TF, "T"}, {FL_RF, "RF"}, {FL_NT, "NT"},
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

static void show_bytes(const char *name, unsigned n, const u8 *in, const u8 *native, const u8 *ours,
                       unsigned bytes)
{
    const u8 *sides[] = {in, native, ours};
    static const char *const titles[] = {"", "  host ", "  twin86 "};
    if (!memcmp(in, native, bytes) && !memcmp(native, ours, bytes))
        return;
    printf("  %s%u ", name, n);
    for (unsigned k = 0; k < 3; k++) {
        printf("%s", titles[k]);
        for (unsigned i = bytes; i-- > 0;)
            printf("%02x", sides[k][i]);
    }
    printf("%s\n", memcmp(native, ours, bytes) ? "  <--" : "");
}

static void show_vector(const u8 *in, const u8 *native, const u8 *ours)
{
    show_word("cw", get16(in + FX_CW), get16(native + FX_CW), get16(ours + FX_CW));
    show_word("sw", get16(in + FX_SW), get16(native + FX_SW), get16(ours + FX_SW));
    show_word("tags", in[FX_TAGS], native[FX_TAGS], ours[FX_TAGS]);
    show_word("fop", get16(in + FX_FOP), get16(native + FX_FOP), get16(ours + FX_FOP));
    show_word("fip", get32(in + FX_FIP), get32(native + FX_FIP), get32(ours + FX_FIP));
    show_word("fdp", get32(in + FX_FDP), get32(native + FX_FDP), get32(ours + FX_FDP));
    show_word("mxcsr", get32(in + FX_MXCSR), get32(native + FX_MXCSR), get32(ours + FX_MXCSR));
    for (unsigned i = 0; i < 8; i++)
        show_bytes("st", i, in + FX_ST + i * 16, native + FX_ST + i * 16, ours + FX_ST + i * 16,
                   10);
    for (unsigned i = 0; i < 8; i++)
        show_bytes("xmm", i, in + FX_XMM + i * 16, native + FX_XMM + i * 16, ours + FX_XMM + i * 16,
                   16);
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
    if (in->vector)
        show_vector(in->fx, a->fx, b->fx);
    show_word("vector", 0, (u32)native->vector, (u32)ours->vector);
    if (native->vector != COMPLETED || ours->vector != COMPLETED)
        show_word("error", 0, native->error, ours->error);
    if (native->vector == EX_PF || ours->vector == EX_PF)
        show_word("cr2", 0, native->cr2, ours->cr2);
}
