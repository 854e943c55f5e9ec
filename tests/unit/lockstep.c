/* SPDX-License-Identifier: MIT */
/*
 * Both flavours of the CPU run the same random programs, with the same interrupts at the same
 * clocks, in real, protected and paged mode; after each slice everything must be the same.
 * LOCKSTEP_SEED and LOCKSTEP_RUNS in the environment repeat or prolong a run.
 */
#include <stdlib.h>

#include "cpu/cpu.h"
#include "cpu/insn.h"
#include "cpu/access.h"
#include "cpu/sfloat.h"
#include "tests/unit/unit.h"

enum { RAM_BYTES = 1 << 20, TABLES = 0x1000, CODE = 0x10000, CODE_BYTES = 0x4000,
       PAGES = 0x80000, SLICES = 40 };

struct side {
    struct bus bus;
    struct clock clock;
    struct cpu cpu;
    u32 vectors; /* interrupts acknowledged */
};

static u64 rng_state;

static u32 rnd(void)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return (u32)(rng_state >> 16);
}

static u32 below(u32 n)
{
    return rnd() % n;
}

static u8 acknowledge(void *owner)
{
    struct side *side = owner;
    cpu_intr(&side->cpu, 0, false);
    return (u8)(0x20 + side->vectors++ % 16);
}

static struct side *side_new(bool plain)
{
    struct side *side = calloc(1, sizeof *side);
    ck_assert_ptr_nonnull(side);
    clock_init(&side->clock, 100000000);
    ck_assert(bus_init(&side->bus, 2 * RAM_BYTES));
    ck_assert(cpu_init(&side->cpu, cpu_model_default(), &side->bus, &side->clock));
    side->cpu.plain_only = plain;
    side->cpu.acknowledge = acknowledge;
    side->cpu.acknowledge_owner = side;
    return side;
}

static void side_free(struct side *side)
{
    cpu_free(&side->cpu);
    bus_free(&side->bus);
    free(side);
}

/* Program text. */

static bool changes_the_rules(const struct insn *row)
{
    static const u16 ops[] = {OP_LGDT, OP_LIDT, OP_MOV_TO_CR, OP_LMSW, OP_LTR, OP_LLDT, OP_HLT};
    for (unsigned i = 0; i < ARRAY_LEN(ops); i++)
        if (row->op == ops[i])
            return true;
    return false;
}

/* What a program is about, besides anything. */
enum topic { ANYTHING, X87, SIMD };

static bool is_about(const struct insn *row, enum topic topic)
{
    bool x87 = row->map == MAP_1BYTE && (row->opcode & 0xf8) == 0xd8;
    bool simd = row->size == SIZE_X || (row->size == SIZE_Q && row->map != MAP_1BYTE);
    return topic == X87 ? x87 && row->size != SIZE_V : topic != SIMD || simd;
}

/* Most programs stay in their code: far transfers and faulting instructions are rare. */
static const struct insn *pick_row(enum topic topic)
{
    enum topic wanted = below(4) ? topic : ANYTHING;
    for (;;) {
        const struct insn *row = &insn_table[below(insn_count)];
        if (!is_about(row, wanted))
            continue;
        bool rare = changes_the_rules(row) || (row->checks & CHECK_END && row->op < OP_J_o);
        if (!rare || below(24) == 0)
            return row;
    }
}

static bool on_register(const struct insn *row)
{
    return row->operand[0] == OPD_STi || row->operand[1] == OPD_STi;
}

static u32 emit(u8 *to, bool code32, enum topic topic)
{
    static const u8 prefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3};
    const struct insn *row = pick_row(topic);
    u32 n = 0;
    while (below(6) == 0 && n < 3)
        to[n++] = prefixes[below(ARRAY_LEN(prefixes))];
    n += insn_opcode(row, to + n);
    u8 modrm = (u8)rnd();
    if (row->reg >= REG_X87)
        modrm = (u8)(row->reg + (on_register(row) ? modrm & 7 : 0));
    else if (row->reg != REG_ANY)
        modrm = (u8)((modrm & 0xc7) | row->reg << 3);
    to[n++] = modrm;
    for (u32 i = 0; i < (code32 ? 5u : 3u); i++)
        to[n++] = below(3) ? (u8)below(16) : (u8)rnd();
    /* Cut at random: the bytes of operands run into the next instruction. */
    return n - below(3);
}

static void write_program(u8 *ram, bool code32)
{
    enum topic topic = (enum topic)below(3);
    for (u32 at = CODE; at < CODE + CODE_BYTES - 32;)
        at += emit(ram + at, code32, topic);
}

/* Tables. */

static void put_descriptor(u8 *at, u32 base, u32 limit, u32 attr)
{
    put32(at, (limit & 0xffff) | base << 16);
    put32(at + 4, (base >> 16 & 0xff) | (attr & 0xff) << 8 | (limit & 0xf0000) |
                      (attr & 0xf00) << 12 | (base & 0xff000000u));
}

/* GDT: 8 code32, 10 data32, 18 code16, 20 data16, 28 code32 ring 3, 30 data32 ring 3, 38 TSS,
 * 40 small data, 48 expand-down, 50 call gate. IDT: interrupt gates into the program. */
static void write_tables(u8 *ram)
{
    u8 *gdt = ram + TABLES, *idt = ram + TABLES + 0x800, *tss = ram + TABLES + 0x1800;
    put_descriptor(gdt + 0x08, 0, 0xfffff, 0xc9b);
    put_descriptor(gdt + 0x10, 0, 0xfffff, 0xc93);
    put_descriptor(gdt + 0x18, 0, 0xffff, 0x09b);
    put_descriptor(gdt + 0x20, 0, 0xffff, 0x093);
    put_descriptor(gdt + 0x28, 0, 0xfffff, 0xcfb);
    put_descriptor(gdt + 0x30, 0, 0xfffff, 0xcf3);
    put_descriptor(gdt + 0x38, TABLES + 0x1800, 0x200, 0x089);
    put_descriptor(gdt + 0x40, 0x40000, 0x1234, 0x0f3);
    put_descriptor(gdt + 0x48, 0x40000, 0x1234, 0x4f7);
    put32(gdt + 0x50, 0x00080000 | (CODE & 0xffff));
    put32(gdt + 0x54, (CODE & 0xffff0000u) | 0xec00);
    for (u32 v = 0; v < 256; v++) {
        u32 to = CODE + below(CODE_BYTES / 2);
        put32(idt + v * 8, 0x00080000 | (to & 0xffff));
        put32(idt + v * 8 + 4, (to & 0xffff0000u) | (below(2) ? 0xee00 : 0x8f00));
    }
    put32(tss + 4, 0x30000);
    put16(tss + 8, 0x10);
    put16(tss + 0x66, 0x68);
}

static void write_pages(u8 *ram)
{
    put32(ram + PAGES, (PAGES + 0x1000) | 7);
    for (u32 i = 0; i < 1024; i++) {
        u32 frame = i < 2 * RAM_BYTES >> 12 ? i : i & 0x7f, rights = 7;
        if (i > 0x40 && below(8) == 0)
            rights = below(8);
        if (i > 0x40 && below(8) == 0)
            frame = below(0x100);
        put32(ram + PAGES + 0x1000 + i * 4, frame << 12 | rights);
    }
}

static void write_ivt(u8 *ram)
{
    for (u32 v = 0; v < 256; v++)
        put32(ram + v * 4, (u32)(CODE >> 4) << 16 | below(CODE_BYTES / 2));
}

/* Registers. */

static void load_segment(struct cpu *cpu, unsigned seg, u16 selector, u32 base, u32 limit, u16 attr)
{
    cpu->seg[seg] = (struct segment){
        .base = base, .limit = limit, .selector = selector, .attr = attr};
    segment_derive(&cpu->seg[seg]);
}

static void start_real(struct cpu *cpu)
{
    for (unsigned i = 0; i < SEG_COUNT; i++) {
        u16 selector = i == SEG_CS ? CODE >> 4 : (u16)below(0x8000);
        load_segment(cpu, i, selector, selector * 16u, 0xffff, 0x93);
    }
    cpu->eip = below(CODE_BYTES / 2);
}

static void start_protected(struct cpu *cpu, bool ring3, bool paging)
{
    u16 code = ring3 ? 0x2b : 8, data = ring3 ? 0x33 : 0x10;
    for (unsigned i = 0; i < SEG_COUNT; i++)
        load_segment(cpu, i, i == SEG_CS ? code : data, 0, 0xffffffff,
                     (u16)((i == SEG_CS ? 0xc9b : 0xc93) | (ring3 ? DA_DPL : 0)));
    if (below(3) == 0)
        load_segment(cpu, SEG_ES, 0x43, 0x40000, 0x1234, 0x0f3);
    if (below(4) == 0)
        load_segment(cpu, SEG_DS, 0x4b, 0x40000, 0x1234, 0x4f7);
    cpu->tr =
        (struct segment){.base = TABLES + 0x1800, .limit = 0x200, .selector = 0x38, .attr = 0x8b};
    cpu->gdtr = (struct table_register){TABLES, 0x7f};
    cpu->idtr = (struct table_register){TABLES + 0x800, 0x7ff};
    cpu->cpl = ring3 ? 3 : 0;
    cpu->cr0 |= CR0_PE;
    cpu->cr3 = PAGES;
    if (paging)
        cpu->cr0 |= CR0_PG | (below(2) ? CR0_WP : 0);
    cpu->eip = CODE + below(CODE_BYTES / 2);
}

/* Numbers of about the same size, so that sums are not always one of the summands. */
static void start_fpu(struct fpu *fpu)
{
    static const u16 words[] = {0x37f, 0x37f, 0x27f, 0x27f, 0x07f, 0xf7f, 0x77f, 0x37a, 0x340};
    fpu_init(fpu);
    fpu->cw = words[below(ARRAY_LEN(words))];
    fpu->top = (u8)below(8);
    fpu->used = (u8)rnd();
    for (unsigned i = 0; i < 8; i++) {
        u64 frac = F80_INTEGER | (u64)rnd() << 32 | (below(2) ? rnd() : 0);
        fpu->reg[i] = (struct f80){frac, (u16)(0x3ff0 + below(0x50) + (below(2) ? F80_SIGN : 0))};
        if (below(8) == 0)
            fpu->reg[i] = (struct f80){0, 0};
    }
}

static void start(struct side *side, u32 kind)
{
    struct cpu *cpu = &side->cpu;
    cpu_reset(cpu);
    for (unsigned i = 0; i < 8; i++)
        cpu->r[i] = below(3) ? below(RAM_BYTES) : rnd();
    cpu->r[ESP] = kind ? 0x38000 : 0xf000;
    for (unsigned i = 0; i < 8; i++) {
        cpu->fpu.reg[i].frac = (u64)rnd() << 32 | rnd();
        cpu->fpu.xmm[i] = (union xmm){.d = {rnd(), rnd(), rnd(), rnd()}};
    }
    cpu->fpu.mxcsr = (rnd() & 0xffbf) | (below(4) ? SW_ANY << MXCSR_MASKS : 0);
    cpu->cr4 |= below(8) ? CR4_OSFXSR | CR4_OSXMMEXCPT : 0;
    cpu_set_eflags(cpu, (rnd() & (FL_ARITH | FL_DF | FL_IF)) | (below(16) ? 0 : FL_TF));
    start_fpu(&cpu->fpu);
    if (kind == 0)
        start_real(cpu);
    else
        start_protected(cpu, kind & 1, kind >= 3);
    tlb_flush(cpu);
    mode_update(cpu);
}

/* The same events for both. */
static void run_slice(struct side *side, u64 cycles, bool interrupt)
{
    if (interrupt)
        cpu_intr(&side->cpu, 0, true);
    side->clock.deadline = side->clock.cycles + cycles;
    if (cpu_run(&side->cpu) == CPU_SHUTDOWN) {
        cpu_reset(&side->cpu);
        side->cpu.eip = 0; /* 0:0 of the reset segment is open bus: FFs; stay harmless */
    }
    cpu_fold(&side->cpu);
}

static void compare(const struct side *a, const struct side *b, u64 seed, unsigned slice)
{
    unsigned n = 0;
    if (state_hash(0, cpu_fields, &a->cpu) != state_hash(0, cpu_fields, &b->cpu) ||
        a->clock.cycles != b->clock.cycles)
        n = state_diff(stderr, "cpu (fast, plain)", cpu_fields, &a->cpu, &b->cpu) + 1;
    bool same = !memcmp(a->bus.ram, b->bus.ram, 2 * RAM_BYTES);
    for (u32 i = 0; i < 2 * RAM_BYTES && !n && !same; i++)
        if (a->bus.ram[i] != b->bus.ram[i]) {
            fprintf(stderr, "byte %x: %02x, %02x\n", i, a->bus.ram[i], b->bus.ram[i]);
            n++;
        }
    ck_assert_msg(!n, "LOCKSTEP_SEED=%llu slice %u: fast at %llu, plain at %llu",
                  (unsigned long long)seed, slice, (unsigned long long)a->clock.cycles,
                  (unsigned long long)b->clock.cycles);
}

static void run_program(struct side *fast, struct side *plain, u64 seed)
{
    rng_state = seed * 0x9e3779b97f4a7c15u + 1;
    u32 kind = below(5);
    u8 *ram = fast->bus.ram;
    for (u32 i = 0; i < 2 * RAM_BYTES; i += 4)
        put32(ram + i, 0);
    for (u32 i = CODE; i < CODE + 0x30000; i += 4)
        put32(ram + i, rnd());
    write_program(ram, kind);
    write_tables(ram);
    write_pages(ram);
    if (!kind)
        write_ivt(ram);
    for (u32 i = 0; i < 2 * RAM_BYTES >> 12; i++) /* new text behind the CPU's back */
        bus_dma_write(&plain->bus, (paddr)i << 12, ram + ((size_t)i << 12), 0x1000);
    for (u32 i = 0; i < 2 * RAM_BYTES >> 12; i++)
        bus_dma_write(&fast->bus, (paddr)i << 12, plain->bus.ram + ((size_t)i << 12), 0x1000);
    u64 registers = rng_state;
    start(fast, kind);
    rng_state = registers;
    start(plain, kind);
    fast->vectors = plain->vectors = 0;
    for (unsigned slice = 0; slice < SLICES; slice++) {
        u64 cycles = 1 + below(below(2) ? 50 : 5000);
        bool interrupt = below(3) == 0;
        run_slice(fast, cycles, interrupt);
        run_slice(plain, cycles, interrupt);
        compare(fast, plain, seed, slice);
    }
}

static u64 from_environment(const char *name, u64 otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 0) : otherwise;
}

START_TEST(random_programs_run_alike_in_both_flavours)
{
    u64 seed = from_environment("LOCKSTEP_SEED", 1), runs = from_environment("LOCKSTEP_RUNS", 400);
    struct side *fast = side_new(false), *plain = side_new(true);
    for (u64 i = 0; i < runs; i++)
        run_program(fast, plain, seed + i);
    side_free(fast);
    side_free(plain);
}
END_TEST

Suite *lockstep_suite(void)
{
    const TTest *const tests[] = {random_programs_run_alike_in_both_flavours, NULL};
    return unit_suite("lockstep", tests);
}
