/* SPDX-License-Identifier: MIT */
/* Port instructions and their permission check. SDM 1 "Input/Output", "I/O Permission Bit Map". */
#include "cpu/debug.h"
#include "cpu/forms.h"
#include "cpu/string.h"
#include "cpu/timing.h"
#include "src/base/log.h"

/* A cycle of the ISA bus: six clocks of 8.33 MHz. What the 8086 and 80286 take is in their tables. */
enum { ISA_CYCLE_NS = 720 };

enum { TSS_IO_BASE = 0x66, TSS_TYPE_386 = 9, TSS_BUSY = 2 };

/* The bits of SIZE ports in the TSS; what lies beyond its limit is denied. */
static bool bitmap_allows(struct cpu *cpu, u16 port, u32 size)
{
    const struct segment *tr = &cpu->tr;
    bool tss386 = tr->attr & DA_P && (tr->attr & DA_TYPE & ~TSS_BUSY) == TSS_TYPE_386;
    if (!tss386 || tr->limit < TSS_IO_BASE + 1)
        return false;
    u32 at = sys_read16(cpu, (u32)tr->base + TSS_IO_BASE) + port / 8;
    if (at + 1 > tr->limit)
        return false;
    u32 bits = sys_read16(cpu, (u32)tr->base + at) >> (port & 7);
    return !(bits & ((1u << size) - 1));
}

void io_check(struct cpu *cpu, u16 port, u32 size)
{
    bool free = !cpu_protected(cpu) || (!cpu_vm86(cpu) && cpu->cpl <= cpu_iopl(cpu));
    if (!free && !bitmap_allows(cpu, port, size))
        cpu_raise_gp0(cpu, REASON_IO_BITMAP);
}

void io_set_up(struct cpu *cpu)
{
    u64 hz = cpu->clock->hz / cpu->clock->cpus;
    cpu->io_clocks = cpu->model->generation >= I386 ? (u32)(hz * ISA_CYCLE_NS / 1000000000) : 0;
}

static void after_io(struct cpu *cpu)
{
    charge_clocks(cpu, cpu->io_clocks);
    if (cpu->clock->sooner)
        cpu->stop |= STOP_TIME;
}

u32 io_read(struct cpu *cpu, u16 port, u32 size)
{
    if (unlikely(cpu->break_port))
        debug_port(cpu, port, size);
    cpu_sync_clock(cpu);
    cpu->in_io = true;
    u32 value = bus_in(cpu->bus, port, size);
    cpu->in_io = false;
    after_io(cpu);
    return value;
}

void io_write(struct cpu *cpu, u16 port, u32 value, u32 size)
{
    if (unlikely(cpu->break_port))
        debug_port(cpu, port, size);
    cpu_sync_clock(cpu);
    cpu->in_io = true;
    bus_out(cpu->bus, port, value, size);
    cpu->in_io = false;
    after_io(cpu);
}

#define PORT(name, s, port, io)                                                                    \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        u16 p = (u16)(port);                                                                       \
        io_check(cpu, p, BYTES_##s);                                                               \
        io(s);                                                                                     \
        NEXT;                                                                                      \
    }
#define READ_PORT(s) W(s, EAX * 8, io_read(cpu, p, BYTES_##s))
#define WRITE_PORT(s) io_write(cpu, p, R(s, EAX * 8), BYTES_##s)
#define PORTS(s)                                                                                   \
    PORT(IN_ri_##s, s, u->imm, READ_PORT)                                                          \
    PORT(IN_r_##s, s, R_16(EDX * 8), READ_PORT)                                                    \
    PORT(OUT_ir_##s, s, u->imm, WRITE_PORT)                                                        \
    PORT(OUT_r_##s, s, R_16(EDX * 8), WRITE_PORT)
PORTS(8)
PORTS(16)
PORTS(32)

/* INS checks its destination before it reads the port: a read may have side effects. */
static bool ins_one(struct cpu *cpu, const struct uop *u, u32 size)
{
    u16 port = R_16(EDX * 8);
    struct at y;
    io_check(cpu, port, size);
    mem_find(cpu, &y, SEG_ES, string_index(cpu, u, EDI), size, ACCESS_WRITE);
    at_put(cpu, &y, io_read(cpu, port, size));
    string_advance(cpu, u, EDI, string_step(cpu, size));
    return true;
}

static bool outs_one(struct cpu *cpu, const struct uop *u, u32 size)
{
    u16 port = R_16(EDX * 8);
    io_check(cpu, port, size);
    u32 value = (u32)mem_read(cpu, u->seg, string_index(cpu, u, ESI), size);
    io_write(cpu, port, value, size);
    string_advance(cpu, u, ESI, string_step(cpu, size));
    return true;
}

/* What a chip has ready goes to memory at once, as far as nothing can happen meanwhile. */
static u32 ins_bulk(struct cpu *cpu, const struct uop *u, u32 size, u32 wanted, bool *more)
{
    (void)more;
    u32 to = string_index(cpu, u, EDI), clocks = timing_iteration(cpu, u) + cpu->io_clocks;
    u16 port = R_16(EDX * 8);
    if (cpu->break_port || cpu->eflags & FL_DF || !bus_streams(cpu->bus, port, size))
        return 0;
    io_check(cpu, port, size);
    u32 n = string_elements_here(cpu, SEG_ES, to, size, iterations_left(cpu, wanted, clocks),
                                 ACCESS_WRITE);
    u8 *y = n < 2 ? NULL : string_elements_host(cpu, SEG_ES, to, n * size, ACCESS_WRITE);
    n = y ? bus_in_stream(cpu->bus, port, size, y, n) : 0;
    string_advance(cpu, u, EDI, n * size);
    charge_clocks(cpu, n * cpu->io_clocks);
    return n;
}

static const struct repeated rep_ins = {ins_one, ins_bulk};
static const struct repeated rep_outs = {outs_one, NULL};

#define STRING_IO(a, s)                                                                            \
    HANDLER(INS_##a##_##s)                                                                         \
    {                                                                                              \
        ins_one(cpu, u, BYTES_##s);                                                                \
        NEXT;                                                                                      \
    }                                                                                              \
    HANDLER(OUTS_##a##_##s)                                                                        \
    {                                                                                              \
        outs_one(cpu, u, BYTES_##s);                                                               \
        NEXT;                                                                                      \
    }                                                                                              \
    HANDLER(REP_INS_##a##_##s)                                                                     \
    {                                                                                              \
        return string_repeat(cpu, u, &rep_ins, BYTES_##s);                                         \
    }                                                                                              \
    HANDLER(REP_OUTS_##a##_##s)                                                                    \
    {                                                                                              \
        return string_repeat(cpu, u, &rep_outs, BYTES_##s);                                        \
    }
STRING_IO(a16, 8)
STRING_IO(a16, 16)
STRING_IO(a16, 32)
STRING_IO(a32, 8)
STRING_IO(a32, 16)
STRING_IO(a32, 32)
