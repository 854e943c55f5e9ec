/* SPDX-License-Identifier: MIT */
/*
 * Identification, time, and model-specific registers (msr.def). SDM 2A "CPUID", 2B "RDMSR", "RDPMC",
 * "RDTSC", "WRMSR"; SDM 3B "Performance Monitoring" of the Pentium and P6.
 *
 * Performance counters count instructions and clocks; all other events stay at 0, and what was done
 * at one privilege only is not told from the rest. Last branches are not recorded.
 */
#include "cpu/msr.h"

#include "cpu/access.h"
#include "cpu/apic.h"
#include "cpu/forms.h"
#include "cpu/protect.h"

struct msr_row {
    u32 number;
    u16 count, place;
    u8 since, until;
    u64 writable, ignored, reset;
    /* Register I of the row. False: the value is refused; #GP(0). */
    u64 (*read)(struct cpu *cpu, const struct msr_row *row, unsigned i);
    bool (*write)(struct cpu *cpu, const struct msr_row *row, unsigned i, u64 value);
};

#define COUNTER_MASK 0xffffffffffull /* 40 bits */

static u64 time_stamp(struct cpu *cpu)
{
    cpu_sync_clock(cpu);
    return clock_each(cpu->clock) + cpu->tsc_offset;
}

static u64 read_tsc(struct cpu *cpu, const struct msr_row *row, unsigned i)
{
    (void)row, (void)i;
    return time_stamp(cpu);
}

/* The upper half becomes 0. SDM 3B "Time-Stamp Counter". */
static bool write_tsc(struct cpu *cpu, const struct msr_row *row, unsigned i, u64 value)
{
    (void)row, (void)i;
    u64 deadline = apic_on(cpu) ? apic_deadline(cpu) : 0;
    cpu->tsc_offset += (u32)value - time_stamp(cpu);
    if (deadline)
        apic_set_deadline(cpu, deadline, time_stamp(cpu));
    return true;
}

/* The local APIC. */

static bool write_apic_base(struct cpu *cpu, const struct msr_row *row, unsigned i, u64 value)
{
    (void)row, (void)i;
    cpu_sync_clock(cpu);
    apic_set_base(cpu, value);
    return true;
}

static u64 read_deadline(struct cpu *cpu, const struct msr_row *row, unsigned i)
{
    (void)row, (void)i;
    cpu_sync_clock(cpu);
    if (!apic_on(cpu))
        cpu_raise(cpu, EX_GP, 0, REASON_MSR);
    return apic_deadline(cpu);
}

static bool write_deadline(struct cpu *cpu, const struct msr_row *row, unsigned i, u64 value)
{
    (void)row, (void)i;
    if (apic_on(cpu))
        apic_set_deadline(cpu, value, time_stamp(cpu));
    return apic_on(cpu);
}

/* Performance counters: what is held is the difference to what is counted. */

enum counted { COUNT_NOTHING, COUNT_INSTRUCTIONS, COUNT_CLOCKS };

/* P5: event 16h is an instruction; with the high bit of CC set clocks are counted, not events. */
static enum counted counted_p5(const struct cpu *cpu, unsigned i)
{
    u32 select = (u32)cpu->msr[MSR_AT_CESR] >> 16 * i;
    bool any = select & 0xc0, clocks = select & 0x100;
    return !any || (select & 0x3f) != 0x16 ? COUNT_NOTHING
           : clocks                        ? COUNT_CLOCKS
                                           : COUNT_INSTRUCTIONS;
}

/* P6: EN of the first register enables both; USR or OS must be set. */
static enum counted counted_p6(const struct cpu *cpu, unsigned i)
{
    u32 select = (u32)cpu->msr[MSR_AT_EVNTSEL + i];
    if (!(cpu->msr[MSR_AT_EVNTSEL] & 1 << 22) || !(select & 3 << 16))
        return COUNT_NOTHING;
    return (select & 0xff) == 0xc0   ? COUNT_INSTRUCTIONS
           : (select & 0xff) == 0x79 ? COUNT_CLOCKS
                                     : COUNT_NOTHING;
}

static u64 counted_now(struct cpu *cpu, unsigned i)
{
    bool p5 = cpu->model->generation == I586;
    enum counted what = p5 ? counted_p5(cpu, i) : counted_p6(cpu, i);
    cpu_sync_clock(cpu);
    return what == COUNT_INSTRUCTIONS ? cpu_insns(cpu)
           : what == COUNT_CLOCKS     ? cpu->clock->cycles - cpu->idle
                                      : 0;
}

static u64 read_counter(struct cpu *cpu, const struct msr_row *row, unsigned i)
{
    return (cpu->msr[row->place + i] + counted_now(cpu, i)) & COUNTER_MASK;
}

/* The P6 takes 32 bits and extends their sign. */
static bool write_counter(struct cpu *cpu, const struct msr_row *row, unsigned i, u64 value)
{
    if (cpu->model->generation == I686)
        value = (u64)(s32)value;
    cpu->msr[row->place + i] = value - counted_now(cpu, i);
    return true;
}

static u16 counters(const struct cpu *cpu)
{
    return cpu->model->generation == I586 ? MSR_AT_CTR : MSR_AT_PERFCTR;
}

/* Another event from here on: the counters keep their values. */
static bool write_select(struct cpu *cpu, const struct msr_row *row, unsigned i, u64 value)
{
    u64 *held = &cpu->msr[counters(cpu)];
    u64 before[2] = {counted_now(cpu, 0), counted_now(cpu, 1)};
    cpu->msr[row->place + i] = value & row->writable;
    for (unsigned k = 0; k < 2; k++)
        held[k] += before[k] - counted_now(cpu, k);
    return true;
}

/* Memory types: UC, WC, WT, WP, WB, and in the PAT UC-. SDM 3A "Memory Cache Control". */
static bool type_good(u64 type, bool pat)
{
    return type <= 7 && (pat ? 0xf3 : 0x73) >> type & 1;
}

static bool write_types(struct cpu *cpu, const struct msr_row *row, unsigned i, u64 value)
{
    for (unsigned k = 0; k < 64; k += 8)
        if (!type_good(value >> k & 0xff, row->place == MSR_AT_PAT))
            return false;
    cpu->msr[row->place + i] = value;
    return true;
}

/* A base (even) or the default has a type; a mask has a valid bit. */
static bool write_mtrr(struct cpu *cpu, const struct msr_row *row, unsigned i, u64 value)
{
    bool mask = row->place == MSR_AT_MTRR_VAR && i & 1;
    bool base = row->place == MSR_AT_MTRR_VAR && !(i & 1);
    if (mask ? value & 0x7ff : !type_good(value & 0xff, false) || (base && value & 0xf00))
        return false;
    cpu->msr[row->place + i] = value;
    return true;
}

/* Four registers a bank: control, status, address; the fourth is not there. */
static bool bank_has(unsigned i)
{
    return i % 4 != 3;
}

static u64 read_bank(struct cpu *cpu, const struct msr_row *row, unsigned i)
{
    if (!bank_has(i))
        cpu_raise_gp0(cpu, REASON_MSR);
    return cpu->msr[row->place + i];
}

/* Status and address can only be cleared. SDM 3B "Machine-Check Architecture". */
static bool write_bank(struct cpu *cpu, const struct msr_row *row, unsigned i, u64 value)
{
    if (!bank_has(i) || (i % 4 && value))
        return false;
    cpu->msr[row->place + i] = value;
    return true;
}

static NORETURN u64 read_never(struct cpu *cpu, const struct msr_row *row, unsigned i)
{
    (void)row, (void)i;
    cpu_raise_gp0(cpu, REASON_MSR);
}

#define HELD NULL
#define WITH(feature) SINCE_FEATURE(FEATURE_##feature)
static const struct msr_row rows[] = {
#define MSR(name, number, count, since, until, writable, ignored, reset, read, write)              \
    {number, count, MSR_AT_##name, since, until, writable, ignored, reset, read, write},
#include "cpu/msr.def"
};
#undef HELD
#undef WITH

void msr_reset(struct cpu *cpu)
{
    for (size_t r = 0; r < ARRAY_LEN(rows); r++)
        for (unsigned i = 0; i < rows[r].count; i++)
            cpu->msr[rows[r].place + i] = rows[r].reset;
}

/* The row that register N belongs to; raises #GP(0) if the model has none. */
static const struct msr_row *find_row(struct cpu *cpu, u32 n)
{
    require_ring0(cpu);
    for (size_t r = 0; r < ARRAY_LEN(rows); r++)
        if (n - rows[r].number < rows[r].count && model_has(cpu->model, rows[r].since) &&
            cpu->model->generation <= rows[r].until)
            return &rows[r];
    cpu_raise_gp0(cpu, REASON_MSR);
}

static void result(struct cpu *cpu, u64 value)
{
    W_32(EAX * 8, value);
    W_32(EDX * 8, value >> 32);
}

HANDLER(RDMSR_o_0)
{
    u32 n = R_32(ECX * 8);
    const struct msr_row *row = find_row(cpu, n);
    unsigned i = n - row->number;
    result(cpu, row->read ? row->read(cpu, row, i) : cpu->msr[row->place + i]);
    NEXT;
}

HANDLER(WRMSR_o_0)
{
    u32 n = R_32(ECX * 8);
    u64 value = (u64)R_32(EDX * 8) << 32 | R_32(EAX * 8);
    const struct msr_row *row = find_row(cpu, n);
    unsigned i = n - row->number;
    u64 *held = &cpu->msr[row->place + i], kept = *held & ~row->writable;
    bool good = !((value ^ kept) & ~row->writable & ~row->ignored);
    value = (value & row->writable) | kept;
    if (good && row->write)
        good = row->write(cpu, row, i, value);
    else if (good)
        *held = value;
    if (!good)
        cpu_raise_gp0(cpu, REASON_RESERVED);
    NEXT;
}

HANDLER(RDTSC_o_0)
{
    if (cpu->cr4 & CR4_TSD && cpu->cpl)
        cpu_raise_gp0(cpu, REASON_PRIVILEGE);
    result(cpu, time_stamp(cpu));
    NEXT;
}

/* The P6 and the Pentium with MMX have it. */
HANDLER(RDPMC_o_0)
{
    if (!(model_cr4(cpu->model) & CR4_PCE))
        cpu_raise_ud(cpu, REASON_OPCODE);
    u32 n = R_32(ECX * 8);
    if ((cpu->cpl && !(cpu->cr4 & CR4_PCE)) || n > 1)
        cpu_raise_gp0(cpu, REASON_PRIVILEGE);
    result(cpu, (cpu->msr[counters(cpu) + n] + counted_now(cpu, n)) & COUNTER_MASK);
    NEXT;
}

/* An APIC that is disabled by its base register is not there. SDM 3A "Enabling or Disabling the
 * Local APIC". */
static u64 features(const struct cpu *cpu)
{
    const u64 apic = (u64)1 << FEATURE_APIC | (u64)1 << FEATURE_TSC_DEADLINE;
    return apic_on(cpu) ? cpu->model->features : cpu->model->features & ~apic;
}

/* Beyond the last leaf: the last one. Leaf 2 describes caches and TLBs, a byte each. The APIC's ID
 * after power-on stands in a byte that is reserved before the Pentium 4; firmware and systems of today
 * look there without asking. */
HANDLER(CPUID_o_0)
{
    const struct cpu_model *m = cpu->model;
    u32 ebx = (u32)cpu->number << 24 | m->brand;
    const u32 leaves[][4] = {
        {m->cpuid_max, 0x756e6547, 0x6c65746e, 0x49656e69}, /* "GenuineIntel" in EBX, EDX, ECX */
        {m->signature, ebx, (u32)(features(cpu) >> 32), (u32)features(cpu)},
        {m->caches[0], 0, 0, m->caches[1]},
    };
    if (!m->cpuid_max)
        cpu_raise_ud(cpu, REASON_OPCODE);
    u32 leaf = R_32(EAX * 8);
    const u32 *l = leaves[leaf < m->cpuid_max ? leaf : m->cpuid_max];
    W_32(EAX * 8, l[0]);
    W_32(EBX * 8, l[1]);
    W_32(ECX * 8, l[2]);
    W_32(EDX * 8, l[3]);
    NEXT;
}
