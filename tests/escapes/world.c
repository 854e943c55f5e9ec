/* SPDX-License-Identifier: MIT */
#include "tests/escapes/world.h"

#include "cpu/access.h"
#include "cpu/apic.h"
#include "tests/escapes/meter.h"

/* ---- building ---- */

enum { WORDS = 40 };

static bool parse(struct world *world, const char *arguments, char *message, size_t size)
{
    char line[1000], *argv[WORDS] = {(char *)(uintptr_t) "twin86"}, *rest = line;
    int argc = 1;
    snprintf(line, sizeof line, "-m 1 -rtc base=2026-01-31T12:34:56 %s", arguments);
    for (char *word; argc < WORDS && (word = strsep(&rest, " "));)
        if (*word)
            argv[argc++] = word;
    return options_parse(&world->options, argc, argv, message, size);
}

bool world_new(struct world *world, const char *arguments, char *message, size_t size)
{
    *world = (struct world){.machine = NULL};
    if (!parse(world, arguments, message, size))
        return false;
    world->machine = machine_new(&world->options, NULL, message, size);
    return world->machine != NULL;
}

void world_free(struct world *world)
{
    machine_free(world->machine);
    options_free(&world->options);
}

/* ---- work ---- */

static void done(struct world *world, u64 before, const char *what)
{
    u64 work = work_done() - before;
    if (work > world->work)
        world->work = work;
    if (work > WORK_MOST)
        world->late = what;
}

/* ---- accesses ---- */

u32 world_in(struct world *world, u16 port, unsigned size)
{
    u64 before = work_done();
    u32 value = bus_in(&world->machine->bus, port, size);
    done(world, before, "a read of a port");
    return value;
}

void world_out(struct world *world, u16 port, u32 value, unsigned size)
{
    u64 before = work_done();
    bus_out(&world->machine->bus, port, value, size);
    done(world, before, "a write to a port");
}

static u32 read_in_page(struct world *world, paddr address, unsigned size)
{
    struct cpu *cpu = world->machine->cpu;
    return apic_at(cpu, address) ? apic_read(cpu, address, size)
                                 : bus_read(&world->machine->bus, address, size);
}

static void write_in_page(struct world *world, paddr address, u32 value, unsigned size)
{
    struct cpu *cpu = world->machine->cpu;
    if (apic_at(cpu, address))
        apic_write(cpu, address, value, size);
    else
        bus_write(&world->machine->bus, address, value, size);
}

/* Bytes of an access that the processor makes at once: a page crossing goes byte by byte. */
static unsigned at_once(u32 address, unsigned size)
{
    return (address & (BUS_PAGE_SIZE - 1)) + size > BUS_PAGE_SIZE ? 1 : size;
}

u32 world_read(struct world *world, u32 address, unsigned size)
{
    unsigned step = at_once(address, size);
    u64 before = work_done();
    u32 value = 0;
    for (unsigned i = 0; i < size; i += step)
        value |= read_in_page(world, (u32)(address + i), step) << 8 * i;
    done(world, before, "a read of memory");
    return value;
}

void world_write(struct world *world, u32 address, u32 value, unsigned size)
{
    unsigned step = at_once(address, size);
    u64 before = work_done();
    for (unsigned i = 0; i < size; i += step)
        write_in_page(world, (u32)(address + i), value >> 8 * i, step);
    done(world, before, "a write to memory");
}

u8 world_acknowledge(struct world *world)
{
    struct cpu *cpu = world->machine->cpu;
    return cpu->acknowledge(cpu->acknowledge_owner);
}

/* ---- time ---- */

/* As machine_run() does it, for whatever the chips have asked. */
static void board_asked(struct machine *machine)
{
    u32 request = machine->pc.request;
    machine->pc.request = 0;
    if (request & PC_RESET)
        pc_reset(&machine->pc);
    else
        pc_init_cpus(&machine->pc, request);
}

static void event(struct world *world)
{
    u64 before = work_done();
    clock_fire(&world->machine->clock);
    done(world, before, "a timer");
    board_asked(world->machine);
}

void world_run(struct world *world, vtime ns)
{
    struct clock *clock = &world->machine->clock;
    u64 end = clock_cycle_at(clock, clock_now(clock) + ns), next;
    event(world);
    while ((next = clock_next_event(clock)) <= end) {
        clock->cycles = next > clock->cycles ? next : clock->cycles;
        event(world);
    }
    clock->cycles = end > clock->cycles ? end : clock->cycles;
}

void world_draw(struct world *world)
{
    static struct text_screen text;
    vga_render(&world->machine->pc.vga, &world->machine->display);
    vga_text(&world->machine->pc.vga, &text);
}

/* ---- the processor ---- */

/* Where its tables and code lie in memory. */
enum {
    CPU_IDT = 0x800,
    CPU_GDT = 0x1000,
    CPU_TSS = 0x2000,
    CPU_PAGES = 0x4000, /* the directory, the table of the first 4 MiB */
    CPU_CODE = 0x20000,
    CPU_STACK = 0x30000,
};
enum {
    CODE32 = 0x08,
    DATA32 = 0x10,
    CODE3 = 0x1b,
    DATA3 = 0x23,
    TSS = 0x28,
    FREE = 6,
    GDT_ROWS = 32
};

struct bytes {
    const u8 *at;
    size_t left;
};

static u8 byte(struct bytes *b)
{
    if (!b->left)
        return 0;
    b->left--;
    return *b->at++;
}

static u32 word(struct bytes *b)
{
    u32 low = byte(b);
    return low | (u32)byte(b) << 8;
}

static u32 dword(struct bytes *b)
{
    u32 low = word(b);
    return low | word(b) << 16;
}

static void descriptor(u8 *ram, unsigned row, u32 base, u32 limit, u32 attr)
{
    put32(ram + CPU_GDT + row * 8, (limit & 0xffff) | base << 16);
    put32(ram + CPU_GDT + row * 8 + 4,
          (base >> 16 & 0xff) | (attr & 0xf0ff) << 8 | (limit & 0xf0000) | (base & 0xff000000));
}

/* What is needed to get anywhere, then whatever comes: mostly in memory that is there. */
static void make_segments(u8 *ram, struct bytes *b)
{
    descriptor(ram, CODE32 / 8, 0, 0xfffff, 0xc09b);
    descriptor(ram, DATA32 / 8, 0, 0xfffff, 0xc093);
    descriptor(ram, CODE3 / 8, 0, 0xfffff, 0xc0fb);
    descriptor(ram, DATA3 / 8, 0, 0xfffff, 0xc0f3);
    descriptor(ram, TSS / 8, CPU_TSS, 0x67, 0x89);
    for (unsigned row = FREE; row < GDT_ROWS; row++) {
        u32 base = word(b), limit = word(b), attr = word(b);
        descriptor(ram, row, base & 0x8000 ? base << 17 : base, limit, attr);
    }
}

static void make_gates(u8 *ram, struct bytes *b)
{
    for (unsigned v = 0; v < 32; v++) {
        u32 selector = byte(b), attr = byte(b);
        put32(ram + CPU_IDT + v * 8,
              (selector ? selector : CODE32) << 16 | ((CPU_CODE + v * 16) & 0xffff));
        put32(ram + CPU_IDT + v * 8 + 4, (CPU_CODE & 0xffff0000) | (attr ? attr << 8 : 0xee00));
    }
}

static void make_pages(u8 *ram, struct bytes *b)
{
    u8 *table = ram + CPU_PAGES + 0x1000;
    for (u32 i = 0; i < 4; i++)
        put32(ram + CPU_PAGES + i * 4, (CPU_PAGES + 0x1000) | 7);
    for (u32 i = 0; i < 1024; i++)
        put32(table + i * 4, i << 12 | 7);
    for (unsigned n = byte(b) & 15; n; n--) {
        u32 which = word(b);
        put32(table + (which & 1023) * 4, dword(b));
        if (which & 0x8000)
            put32(ram + CPU_PAGES + (which & 1023) * 4, dword(b));
    }
}

static void make_tss(u8 *ram, struct bytes *b)
{
    put32(ram + CPU_TSS + 4, CPU_STACK);
    put32(ram + CPU_TSS + 8, DATA32);
    for (unsigned n = byte(b) & 15; n; n--) {
        u32 at = byte(b);
        put32(ram + CPU_TSS + at % 100, dword(b));
    }
}

static void segment_put(struct cpu *cpu, unsigned n, u16 selector, u16 attr)
{
    cpu->seg[n] = (struct segment){.limit = 0xffffffff, .selector = selector, .attr = attr};
    segment_derive(&cpu->seg[n]);
}

/* Protected mode, with paging or without, in ring 0 or 3. */
static void make_registers(struct cpu *cpu, struct bytes *b)
{
    u32 how = byte(b), ring = how & 1 ? 3 : 0, dpl = ring << 5;
    cpu_reset(cpu);
    cpu->cr0 = CR0_ET | CR0_PE | (how & 2 ? CR0_PG : 0) | (how & 4 ? CR0_WP : 0);
    cpu->cr3 = CPU_PAGES;
    cpu->cpl = (u8)ring;
    cpu->gdtr = (struct table_register){CPU_GDT, GDT_ROWS * 8 - 1};
    cpu->idtr = (struct table_register){CPU_IDT, 32 * 8 - 1};
    cpu->tr = (struct segment){.base = CPU_TSS, .limit = 0x67, .selector = TSS, .attr = 0x8b};
    for (unsigned n = 0; n < SEG_COUNT; n++)
        segment_put(cpu, n, ring ? DATA3 : DATA32, (u16)(0xc93 | dpl));
    segment_put(cpu, SEG_CS, ring ? CODE3 : CODE32, (u16)(0xc9b | dpl));
    for (unsigned n = 0; n < 8; n++)
        cpu->r[n] = how & 8 ? dword(b) : word(b);
    cpu->r[ESP] = CPU_STACK - 0x1000 * ring;
    cpu_set_eflags(cpu, 2 | (how & 16 ? FL_IOPL : 0));
    cpu->eip = CPU_CODE;
    tlb_flush(cpu);
    mode_update(cpu);
}

void world_cpu(struct world *world, const u8 *from, size_t n, vtime ns)
{
    struct machine *machine = world->machine;
    struct bytes b = {from, n};
    u8 *ram = machine->bus.ram;
    make_registers(machine->cpu, &b);
    make_segments(ram, &b);
    make_gates(ram, &b);
    make_pages(ram, &b);
    make_tss(ram, &b);
    bus_dma_write(&machine->bus, CPU_CODE, b.at, b.left < 0x8000 ? (u32)b.left : 0x8000);
    machine_run(machine, clock_now(&machine->clock) + ns);
}
