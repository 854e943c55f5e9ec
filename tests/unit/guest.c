/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "tests/unit/guest.h"

static u8 acknowledge(void *owner)
{
    struct guest *g = owner;
    cpu_intr(&g->cpu, 0, false);
    return g->vector;
}

void guest_descriptor(struct guest *g, u16 selector, u32 base, u32 limit, u16 attr)
{
    u8 *at = g->ram + GUEST_GDT + (selector & ~7);
    put32(at, (limit & 0xffff) | base << 16);
    put32(at + 4, (base >> 16 & 0xff) | (attr & 0xffu) << 8 | (limit & 0xf0000) |
                      (attr & 0xf00u) << 12 | (base & 0xff000000u));
}

static void write_tables(struct guest *g)
{
    guest_descriptor(g, GUEST_CODE32, 0, 0xfffff, 0xc9b);
    guest_descriptor(g, GUEST_DATA32, 0, 0xfffff, 0xc93);
    guest_descriptor(g, GUEST_CODE16, 0, 0xffff, 0x09b);
    guest_descriptor(g, GUEST_DATA16, 0, 0xffff, 0x093);
    guest_descriptor(g, GUEST_USER_CODE, 0, 0xfffff, 0xcfb);
    guest_descriptor(g, GUEST_USER_DATA, 0, 0xfffff, 0xcf3);
    guest_descriptor(g, GUEST_TSS_SELECTOR, GUEST_TSS, 0x67, 0x08b);
    guest_descriptor(g, GUEST_SMALL, GUEST_DATA, 0xfff, 0x0f3);
    for (u32 v = 0; v < 256; v++) {
        put32(g->ram + v * 4, GUEST_HANDLERS + v);
        put32(g->ram + GUEST_IDT + v * 8, GUEST_CODE32 << 16 | (GUEST_HANDLERS + v));
        put32(g->ram + GUEST_IDT + v * 8 + 4, 0xee00);
    }
    memset(g->ram + GUEST_HANDLERS, 0xf4, 256);
    memset(g->ram + GUEST_TSS, 0, 0x68);
    put32(g->ram + GUEST_TSS + 4, GUEST_STACK);
    put16(g->ram + GUEST_TSS + 8, GUEST_DATA32);
    put16(g->ram + GUEST_TSS + 0x66, 0x68);
    put32(g->ram + GUEST_PAGES, (GUEST_PAGES + 0x1000) | 7);
    for (u32 i = 0; i < 1024; i++)
        put32(g->ram + GUEST_PAGES + 0x1000 + i * 4, i << 12 | 7);
}

struct guest *guest_new(void)
{
    return guest_new_model(cpu_model_default()->name);
}

struct guest *guest_new_model(const char *name)
{
    const struct cpu_model *model = cpu_model_find(name, strlen(name));
    struct guest *g = calloc(1, sizeof *g);
    ck_assert_ptr_nonnull(g);
    clock_init(&g->clock, 100000000);
    ck_assert(bus_init(&g->bus, GUEST_RAM));
    ck_assert(cpu_init(&g->cpu, model, &g->bus, &g->clock));
    g->ram = g->bus.ram;
    g->vector = 0x20;
    g->cpu.acknowledge = acknowledge;
    g->cpu.acknowledge_owner = g;
    write_tables(g);
    guest_real(g);
    return g;
}

void guest_free(struct guest *g)
{
    cpu_free(&g->cpu);
    bus_free(&g->bus);
    free(g);
}

void guest_become(struct guest *g, const char *model)
{
    cpu_free(&g->cpu);
    ck_assert(cpu_init(&g->cpu, cpu_model_find(model, strlen(model)), &g->bus, &g->clock));
    guest_real(g);
}

void guest_segment(struct guest *g, unsigned seg, u16 selector, u32 base, u32 limit, u16 attr)
{
    g->cpu.seg[seg] =
        (struct segment){.base = base, .limit = limit, .selector = selector, .attr = attr};
    segment_derive(&g->cpu.seg[seg]);
    mode_update(&g->cpu);
}

void guest_real(struct guest *g)
{
    static const u16 selectors[SEG_COUNT] = {0x2000, 0x1000, 0x3000, 0x2000, 0, 0};
    cpu_reset(&g->cpu);
    g->cpu.cr0 = CR0_ET;
    g->cpu.idtr.limit = 0x3ff;
    for (unsigned i = 0; i < SEG_COUNT; i++)
        guest_segment(g, i, selectors[i], selectors[i] * 16u, 0xffff, 0x93);
    g->cpu.r[EDX] = 0;
    g->cpu.r[ESP] = 0x8000;
    g->cpu.eip = g->start = 0;
}

void guest_flat(struct guest *g, unsigned ring)
{
    u16 code = ring ? GUEST_USER_CODE : GUEST_CODE32, data = ring ? GUEST_USER_DATA : GUEST_DATA32;
    guest_real(g);
    g->cpu.cr0 |= CR0_PE;
    g->cpu.cpl = (u8)ring;
    g->cpu.gdtr = (struct table_register){GUEST_GDT, 0x7ff};
    g->cpu.idtr = (struct table_register){GUEST_IDT, 0x7ff};
    g->cpu.tr = (struct segment){
        .base = GUEST_TSS, .limit = 0x67, .selector = GUEST_TSS_SELECTOR, .attr = 0x8b};
    for (unsigned i = 0; i < SEG_COUNT; i++)
        guest_segment(g, i, i == SEG_CS ? code : data, 0, 0xffffffff,
                      (u16)((i == SEG_CS ? 0xc9b : 0xc93) | ring << DA_DPL_SHIFT));
    g->cpu.r[ESP] = ring ? GUEST_STACK - 0x1000 : GUEST_STACK;
    g->cpu.eip = g->start = GUEST_CODE;
}

void guest_flush(struct guest *g)
{
    tlb_flush(&g->cpu);
    mode_update(&g->cpu);
}

void guest_page(struct guest *g)
{
    g->cpu.cr3 = GUEST_PAGES;
    g->cpu.cr0 |= CR0_PG;
    guest_flush(g);
}

u8 *guest_pte(struct guest *g, u32 linear)
{
    return g->ram + GUEST_PAGES + 0x1000 + (linear >> 12) * 4;
}

void guest_bytes(struct guest *g, u32 address, const char *hex)
{
    u8 bytes[256];
    u32 n = 0;
    for (char *at = (char *)(uintptr_t)hex; *at && n < sizeof bytes;)
        bytes[n++] = (u8)strtoul(at, &at, 16);
    bus_dma_write(&g->bus, address, bytes, n);
}

void guest_code(struct guest *g, const char *hex)
{
    guest_bytes(g, GUEST_CODE, hex);
}

void guest_step(struct guest *g, unsigned n)
{
    while (n--)
        cpu_step(&g->cpu);
}

void guest_do(struct guest *g, const char *hex)
{
    guest_code(g, hex);
    g->cpu.eip = g->start;
    guest_step(g, 1);
}

int guest_vector(const struct guest *g)
{
    u32 at = (u32)g->cpu.seg[SEG_CS].base + g->cpu.eip - GUEST_HANDLERS - g->cpu.halted;
    return at < 256 ? (int)at : -1;
}

int guest_do_ecx(struct guest *g, const char *hex, u32 ecx)
{
    g->cpu.r[ECX] = ecx;
    g->cpu.r[ESP] = GUEST_STACK;
    guest_do(g, hex);
    if (guest_vector(g) == EX_GP)
        ck_assert_uint_eq(guest_stack(g, 0), 0);
    return guest_vector(g);
}

int guest_rdmsr(struct guest *g, u32 n)
{
    return guest_do_ecx(g, "0f 32", n);
}

int guest_wrmsr(struct guest *g, u32 n, u64 value)
{
    g->cpu.r[EAX] = (u32)value;
    g->cpu.r[EDX] = value >> 32;
    return guest_do_ecx(g, "0f 30", n);
}

u64 guest_edx_eax(const struct guest *g)
{
    return (u32)g->cpu.r[EAX] | g->cpu.r[EDX] << 32;
}

u32 guest_stack(const struct guest *g, unsigned n)
{
    u32 at = (u32)g->cpu.seg[SEG_SS].base + (u32)g->cpu.r[ESP] + n * 4;
    return at < GUEST_RAM - 4 ? get32(g->ram + at) : 0;
}

Suite *guest_suite(const char *name, const TTest *const *tests, void (*setup)(void),
                   void (*teardown)(void))
{
    Suite *suite = suite_create(name);
    TCase *all = tcase_create(name);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_set_timeout(all, 120);
    for (; *tests; tests++)
        tcase_add_test(all, *tests);
    suite_add_tcase(suite, all);
    return suite;
}
