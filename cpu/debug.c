/* SPDX-License-Identifier: MIT */
/*
 * Breakpoints, and MOV to and from debug registers.
 *
 *   DR7   31 30 29 28  27 .. 16  15 14 13 12 11 10  9  8  7  6  5  4  3  2  1  0
 *         |LEN3 |RW3 |  ...    | 0  0 |GD| 0  0  1 |GE|LE|G3|L3|G2|L2|G1|L1|G0|L0|
 *
 * LE and GE have no function: data breakpoints are always exact. B0 to B3 tell of enabled
 * breakpoints only.
 */
#include "cpu/debug.h"

#include "cpu/forms.h"
#include "cpu/protect.h"

enum { RW_CODE, RW_WRITE, RW_PORT, RW_ACCESS };
enum { BREAKPOINTS = 4, DR6_CLEARED = 0xf };

static unsigned kind_of(u32 dr7, unsigned n)
{
    return dr7 >> (16 + 4 * n) & 3;
}

/* Bytes of breakpoint N; the length that stands for eight does so on later processors only. */
static u32 length_of(u32 dr7, unsigned n)
{
    static const u8 bytes[] = {1, 2, 1, 4};
    return bytes[dr7 >> (18 + 4 * n) & 3];
}

/* The breakpoints of KIND that are enabled: a bit for each. */
static u8 enabled(u32 dr7, unsigned kind)
{
    u8 bits = 0;
    for (unsigned n = 0; n < BREAKPOINTS; n++)
        if (dr7 >> 2 * n & 3 && kind_of(dr7, n) == kind)
            bits |= (u8)(1 << n);
    return bits;
}

void debug_update(struct cpu *cpu)
{
    u32 dr7 = cpu->dr[7];
    cpu->break_code = enabled(dr7, RW_CODE);
    cpu->break_write = enabled(dr7, RW_WRITE);
    cpu->break_access = enabled(dr7, RW_ACCESS);
    cpu->break_port = cpu->cr4 & CR4_DE ? enabled(dr7, RW_PORT) : 0;
    for (unsigned n = 0; n < BREAKPOINTS; n++)
        if (dr7 >> 2 * n & 3)
            tlb_flush_page(cpu, cpu->dr[n]);
    if (cpu->break_code)
        cpu->stop |= STOP_EVENT;
}

static bool on_page(const struct cpu *cpu, u8 breakpoints, u32 linear)
{
    for (unsigned n = 0; n < BREAKPOINTS; n++)
        if (breakpoints >> n & 1 && (cpu->dr[n] ^ linear) >> 12 == 0)
            return true;
    return false;
}

bool debug_page_code(const struct cpu *cpu, u32 linear)
{
    return on_page(cpu, cpu->break_code, linear);
}

bool debug_page_data(const struct cpu *cpu, u32 linear)
{
    return on_page(cpu, cpu->break_write | cpu->break_access, linear);
}

/* Those of BREAKPOINTS whose bytes overlap SIZE bytes at ADDRESS. */
static u8 overlapping(const struct cpu *cpu, u8 breakpoints, u32 address, u32 size)
{
    u8 bits = 0;
    for (unsigned n = 0; n < BREAKPOINTS; n++) {
        u32 length = length_of(cpu->dr[7], n), first = cpu->dr[n] & ~(length - 1);
        if (breakpoints >> n & 1 && (first - address < size || address - first < length))
            bits |= (u8)(1 << n);
    }
    return bits;
}

static void met(struct cpu *cpu, u8 bits)
{
    cpu->debug_hits |= bits;
    if (bits)
        cpu->stop |= STOP_EVENT;
}

void debug_data(struct cpu *cpu, u32 linear, u32 size, bool write)
{
    u8 candidates = cpu->break_access | (write ? cpu->break_write : 0);
    met(cpu, overlapping(cpu, candidates, linear, size));
}

void debug_port(struct cpu *cpu, u16 port, u32 size)
{
    met(cpu, overlapping(cpu, cpu->break_port, port, size));
}

bool debug_code(struct cpu *cpu)
{
    u32 linear = (u32)cpu->seg[SEG_CS].base + cpu->eip;
    u8 bits = 0;
    if (cpu->eflags & FL_RF)
        return false;
    for (unsigned n = 0; n < BREAKPOINTS; n++)
        if (cpu->break_code >> n & 1 && cpu->dr[n] == linear)
            bits |= (u8)(1 << n);
    if (bits)
        debug_cause(cpu, bits);
    return bits;
}

/* What software has to clear, and what the next #DB does. SDM 3B "Debug Status Register". */
void debug_cause(struct cpu *cpu, u32 cause)
{
    cpu->dr[6] = (cpu->dr[6] & ~(u32)DR6_CLEARED) | cause;
}

/* DR4 and DR5 are DR6 and DR7, unless CR4.DE makes them undefined. With DR7.GD the access itself
 * is a debug fault. SDM 2B "MOV - Move to/from Debug Registers". */
static unsigned debug_register(struct cpu *cpu, unsigned n)
{
    if ((n == 4 || n == 5) && cpu->cr4 & CR4_DE)
        cpu_raise_ud(cpu, REASON_MODE);
    require_ring0(cpu);
    if (cpu->dr[7] & DR7_GD) {
        debug_cause(cpu, DR6_BD);
        cpu_raise(cpu, EX_DB, 0, REASON_DEBUG_ACCESS);
    }
    return n == 4 || n == 5 ? n + 2 : n;
}

HANDLER(MOV_FROM_DR_rr_32)
{
    unsigned n = debug_register(cpu, u->src);
    W_32(u->dst, cpu->dr[n]);
    NEXT;
}

HANDLER(MOV_TO_DR_rr_32)
{
    unsigned n = debug_register(cpu, u->dst);
    u32 value = R_32(u->src);
    if (n == 6)
        value = (value & 0xe00f) | 0xffff0ff0u;
    if (n == 7)
        value = (value & 0xffff2fffu) | (cpu->model->generation >= I486 ? 0x400 : 0);
    cpu->dr[n] = value;
    debug_update(cpu);
    EXIT(1);
}
