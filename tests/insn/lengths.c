/* SPDX-License-Identifier: MIT */
#include "tests/insn/lengths.h"
#include "tests/insn/openings.h"
#include "tests/insn/world.h"

enum { SEL_CODE16 = 7 };

/* Registers that lead memory operands to data; and a stack. */
static struct regs registers(bool code32)
{
    struct regs in = {.eflags = FL_ALWAYS | FL_IF};
    for (unsigned i = 0; i < 8; i++)
        in.r[i] = DATA + 0x800;
    in.r[ECX] = 1;
    for (unsigned i = 0; i < SEG_COUNT; i++)
        in.seg[i] = SEL_DATA32;
    in.seg[SEG_CS] = code32 ? SEL_CODE32 : SEL_CODE16;
    return in;
}

/* Does the host fault on fetching when only N bytes are there? */
static bool runs_out(const u8 *bytes, unsigned n, bool code32)
{
    struct regs in = registers(code32);
    struct outcome out;
    u32 linear = CODE + CODE_BYTES - n;
    in.eip = linear - world_segment(in.seg[SEG_CS])->base;
    native_code(linear, bytes, n);
    native_run(&in, RUN_JUMP, in.eip + n, &out);
    return out.vector == EX_PF && out.cr2 == CODE + CODE_BYTES && out.regs.eip == in.eip;
}

bool length_good(const u8 *bytes, unsigned length, bool code32)
{
    return (length == 1 || runs_out(bytes, length - 1, code32)) && !runs_out(bytes, length, code32);
}

bool length_askable(const struct uop *u, const u8 *bytes)
{
    unsigned at = 0;
    while (at < 14 && is_prefix(bytes[at]))
        at++;
    bool system_call = bytes[at] == 0xcd && bytes[at + 1] == 0x80;
    bool sysenter = bytes[at] == 0x0f && (bytes[at + 1] == 0x34 || bytes[at + 1] == 0x35);
    return u->id != U_UD_o_0 && !system_call && !sysenter;
}
