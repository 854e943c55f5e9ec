/* SPDX-License-Identifier: MIT */
/*
 * The TLB: filling it, forgetting, and every access that is not a hit of it in one piece.
 *
 * A slot is in the list of those that a load of CR3 empties, or in that of global pages, or, when
 * it held one after the other, in both; which one its present content belongs to, it knows itself.
 */
#include <setjmp.h>

#include "cpu/access.h"
#include "cpu/apic.h"
#include "cpu/debug.h"
#include "cpu/engine.h"
#include "cpu/generation.h"
#include "cpu/paging.h"
#include "src/base/log.h"

#define NO_TAG 1u
#define NO_KEY (~(u64)0)
#define NO_PAGE (~0u)

void cpu_raise(struct cpu *cpu, unsigned vector, u32 error, enum cpu_reason reason)
{
    cpu->fault_vector = (u8)vector;
    cpu->fault_error = error;
    cpu->fault_has_error = vector == EX_DF || vector == EX_AC || (vector >= EX_TS && vector <= EX_PF);
    cpu->fault_reason = (u16)reason;
    longjmp(cpu->fault_jump, 1);
}

void cpu_raise_ud(struct cpu *cpu, enum cpu_reason reason)
{
    cpu_raise(cpu, EX_UD, 0, reason);
}

void cpu_raise_gp0(struct cpu *cpu, enum cpu_reason reason)
{
    cpu_raise(cpu, EX_GP, 0, reason);
}

/* TLB. */

enum { LOCAL, GLOBAL };           /* the lists */
enum {                            /* of a slot */
    SLOT_LISTED = 1,              /* << list: stands there */
    SLOT_GLOBAL = 4,              /* what it holds is global, */
    SLOT_LARGE = 8,               /* part of a large page */
    SLOTS = TLB_ENTRIES + EXEC_ENTRIES, /* first those of data, then those of code */
    REGION_SHIFT = 22,
};

/* SLOT is about to hold T, the page of LINEAR. */
static void tlb_note(struct tlb *tlb, unsigned slot, u32 linear, const struct translation *t)
{
    unsigned kind = t->global ? GLOBAL : LOCAL, region = linear >> REGION_SHIFT;
    struct tlb_list *list = &tlb->list[kind];
    u8 listed = tlb->slot[slot] & (SLOT_LISTED << LOCAL | SLOT_LISTED << GLOBAL);
    if (!(listed & SLOT_LISTED << kind)) {
        if (list->count < TLB_FILLED)
            list->slot[list->count] = (u16)slot;
        list->count += list->count <= TLB_FILLED;
    }
    tlb->slot[slot] = (u8)(listed | SLOT_LISTED << kind | (t->global ? SLOT_GLOBAL : 0) |
                           (t->large ? SLOT_LARGE : 0));
    if (t->large)
        tlb->large[region / 64] |= (u64)1 << region % 64;
}

static void slot_clear(struct tlb *tlb, unsigned slot)
{
    if (slot >= TLB_ENTRIES)
        tlb->exec[slot - TLB_ENTRIES].key = NO_KEY;
    else
        tlb->entry[slot].tag_read = tlb->entry[slot].tag_write = NO_TAG;
}

static void list_clear(struct tlb *tlb, unsigned kind)
{
    struct tlb_list *list = &tlb->list[kind];
    bool all = list->count > TLB_FILLED;
    unsigned n = all ? SLOTS : list->count;
    for (unsigned i = 0; i < n; i++) {
        unsigned slot = all ? i : list->slot[i];
        tlb->slot[slot] &= (u8)~(SLOT_LISTED << kind);
        if (kind == GLOBAL || !(tlb->slot[slot] & SLOT_GLOBAL))
            slot_clear(tlb, slot);
    }
    list->count = 0;
}

void tlb_flush_local(struct cpu *cpu)
{
    if (log_on(LOG_MMU))
        log_line("mmu TLB flushed");
    list_clear(&cpu->tlb_set[0], LOCAL);
    list_clear(&cpu->tlb_set[1], LOCAL);
}

void tlb_flush(struct cpu *cpu)
{
    tlb_flush_local(cpu);
    for (unsigned i = 0; i < 2; i++) {
        list_clear(&cpu->tlb_set[i], GLOBAL);
        memset(cpu->tlb_set[i].large, 0, sizeof cpu->tlb_set[i].large);
    }
}

void tlb_init(struct cpu *cpu)
{
    for (unsigned i = 0; i < 2; i++)
        for (unsigned slot = 0; slot < SLOTS; slot++)
            slot_clear(&cpu->tlb_set[i], slot);
}

/* All that is remembered of the large page around LINEAR (or of both, if they have 2 MiB). */
static void large_flush(struct tlb *tlb, u32 linear)
{
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        u32 page = slot < TLB_ENTRIES ? tlb->entry[slot].tag_read
                                      : (u32)(tlb->exec[slot - TLB_ENTRIES].key >> 40) << 12;
        if (tlb->slot[slot] & SLOT_LARGE && (page ^ linear) >> REGION_SHIFT == 0)
            slot_clear(tlb, slot);
    }
}

void tlb_flush_page(struct cpu *cpu, u32 linear)
{
    for (unsigned i = 0; i < 2; i++) {
        struct tlb *tlb = &cpu->tlb_set[i];
        struct tlb_entry *e = &tlb->entry[linear >> 12 & (TLB_ENTRIES - 1)];
        struct exec_entry *x = &tlb->exec[linear >> 12 & (EXEC_ENTRIES - 1)];
        unsigned region = linear >> REGION_SHIFT;
        if (((e->tag_read ^ linear) & ~0xfffu) == 0 || ((e->tag_write ^ linear) & ~0xfffu) == 0)
            e->tag_read = e->tag_write = NO_TAG;
        if (x->key >> 40 == linear >> 12)
            x->key = NO_KEY;
        if (tlb->large[region / 64] >> region % 64 & 1)
            large_flush(tlb, linear);
    }
}

static void withdraw_writes(struct cpu *cpu, const u8 *host)
{
    for (unsigned i = 0; i < 4; i++) {
        struct tlb *tlb = &cpu->tlb_set[i / 2];
        const struct tlb_list *list = &tlb->list[i % 2];
        bool all = list->count > TLB_FILLED;
        unsigned n = all ? TLB_ENTRIES : list->count;
        for (unsigned k = 0; k < n; k++) {
            unsigned slot = all ? k : list->slot[k];
            struct tlb_entry *e = slot < TLB_ENTRIES ? &tlb->entry[slot] : NULL;
            if (e && e->tag_write != NO_TAG && e->addend + e->tag_write == (uintptr_t)host)
                e->tag_write = NO_TAG;
        }
    }
}

static struct tlb_entry *tlb_slot(struct tlb *tlb, u32 linear)
{
    return &tlb->entry[linear >> 12 & (TLB_ENTRIES - 1)];
}

void tlb_withdraw_writes(struct cpu *cpu, const u8 *host)
{
    const struct cpu *first = cpu;
    do {
        withdraw_writes(cpu, host);
        cpu = cpu->peer;
    } while (cpu != first);
}

/* Must stores to page NUMBER be told to the CPU? */
static bool stores_told(struct cpu *cpu, u32 number)
{
    return cpu->bus->page_flags[number] & PAGE_TABLE || code_page_busy(cpu, number);
}

/* Enter page NUMBER of host memory. If paging and the memory allow stores, they go straight to it
 * unless code was decoded from it, or translations come from it. */
static void tlb_fill(struct cpu *cpu, struct tlb *tlb, u32 linear, u8 *host, u32 number,
                     const struct translation *t)
{
    struct tlb_entry *e = tlb_slot(tlb, linear);
    bool writable = t->writable;
    tlb_note(tlb, (unsigned)(e - tlb->entry), linear, t);
    e->tag_read = linear & ~0xfffu;
    e->tag_write = writable && !stores_told(cpu, number) ? linear & ~0xfffu : NO_TAG;
    e->addend = (uintptr_t)host - (linear & ~0xfffu);
    tlb->page[e - tlb->entry] = writable ? number : NO_PAGE;
}

/* A hit of the TLB: a store may also go beside the code that a page holds. */
static u8 *tlb_hit(struct cpu *cpu, struct tlb *tlb, u32 linear, u32 size, unsigned write)
{
    const struct tlb_entry *e = tlb_slot(tlb, linear);
    u32 page = linear & ~0xfffu;
    bool hit = (write ? e->tag_write : e->tag_read) == page;
    if (!hit && write && e->tag_read == page) {
        u32 number = tlb->page[e - tlb->entry];
        hit = number != NO_PAGE && !(cpu->bus->page_flags[number] & PAGE_TABLE) &&
              !code_in(cpu, number, linear & 0xfff, size);
    }
    return hit ? (u8 *)(uintptr_t)(e->addend + linear) : NULL;
}

/*
 * The part of an operand in the page of LINEAR: the host memory if a read or write may go straight
 * to it, else NULL (chip, ROM for a write, decoded code) and its physical address.
 */
static u8 *page_find(struct cpu *cpu, struct tlb *tlb, u32 linear, u32 size, unsigned write,
                     paddr *address)
{
    u8 *hit = tlb_hit(cpu, tlb, linear, size, write);
    if (likely(hit != NULL))
        return hit;
    struct translation t = page_walk(cpu, linear, write, tlb == &cpu->tlb_set[1]);
    u32 number;
    bool ram, watched = cpu->break_write | cpu->break_access;
    if (unlikely(watched))
        debug_data(cpu, linear, size, write);
    *address = bus_mask(cpu->bus, t.page | (linear & 0xfff));
    u8 *host = bus_page(cpu->bus, *address, &ram, &number);
    if (!host || apic_at(cpu, *address) || (unlikely(watched) && debug_page_data(cpu, linear)))
        return NULL;
    t.writable &= ram;
    tlb_fill(cpu, tlb, linear, host, number, &t);
    return tlb_hit(cpu, tlb, linear, size, write);
}

/* Two pieces, ROOM bytes at LINEAR and the rest at NEXT: both are translated before anything is
 * touched; then byte by byte. */
static void find_pieces(struct cpu *cpu, struct at *at, struct tlb *tlb, u32 linear, u32 room,
                        u32 next, unsigned write)
{
    struct translation a = page_walk(cpu, linear, write, tlb == &cpu->tlb_set[1]);
    struct translation b = page_walk(cpu, next, write, tlb == &cpu->tlb_set[1]);
    at->first = room;
    at->address[0] = bus_mask(cpu->bus, a.page | (linear & 0xfff));
    at->address[1] = bus_mask(cpu->bus, b.page | (next & 0xfff));
    at->host = NULL;
}

static void find(struct cpu *cpu, struct at *at, struct tlb *tlb, u32 linear, u32 size,
                 unsigned write)
{
    u32 room = 0x1000 - (linear & 0xfff);
    at->size = size;
    at->first = size;
    if (likely(size <= room)) {
        at->host = page_find(cpu, tlb, linear, size, write, &at->address[0]);
        return;
    }
    find_pieces(cpu, at, tlb, linear, room, linear + room, write);
    if (unlikely(cpu->break_write | cpu->break_access))
        debug_data(cpu, linear, size, write);
}

void lin_find(struct cpu *cpu, struct at *at, u32 linear, u32 size, unsigned write, bool super)
{
    find(cpu, at, super ? &cpu->tlb_set[0] : cpu->tlb, linear, size, write);
}

/* Segments. */

/* In real mode a 286 has one interrupt for all segments: 13, "segment overrun". */
static NORETURN void segment_fault(struct cpu *cpu, unsigned seg, enum cpu_reason reason)
{
    bool stack = seg == SEG_SS && (cpu->model->generation > I286 || cpu_protected(cpu));
    cpu_raise(cpu, stack ? EX_SS : EX_GP, 0, reason);
}

/* Type and limit, completely. SDM 3A "Limit Checking", "Type Checking". An operand over the end of a
 * segment of 4 GiB may or may not be refused, says the manual; processors of today do. */
static void segment_check(struct cpu *cpu, unsigned seg, u32 offset, u32 size, unsigned write)
{
    const struct segment *s = &cpu->seg[seg];
    bool code = s->attr & DA_CODE;
    if (!(s->attr & DA_P))
        segment_fault(cpu, seg, REASON_NULL_SEGMENT);
    if (write && (code || !(s->attr & DA_WRITABLE)) && !cpu_real_segments(cpu))
        segment_fault(cpu, seg, REASON_NOT_WRITABLE);
    if (!write && code && !(s->attr & DA_READABLE) && !cpu_real_segments(cpu))
        segment_fault(cpu, seg, REASON_NOT_READABLE);
    u32 last = offset + size - 1;
    bool wraps = last < offset;
    bool good;
    if (!code && s->attr & DA_EXPAND_DOWN)
        good = !wraps && offset > s->limit && last <= (s->attr & DA_DB ? 0xffffffffu : 0xffffu);
    else
        good = !wraps && last <= s->limit;
    if (!good)
        segment_fault(cpu, seg, REASON_LIMIT);
}

static unsigned log2_size(u32 size)
{
    return size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;
}

u32 mem_linear(struct cpu *cpu, unsigned seg, u32 offset, u32 size, unsigned write)
{
    segment_check(cpu, seg, offset, size, write);
    return (u32)cpu->seg[seg].base + offset;
}

void mem_find(struct cpu *cpu, struct at *at, unsigned seg, u32 offset, u32 size, unsigned write)
{
    const struct segment *s = &cpu->seg[seg];
    if (unlikely(offset >= s->end[write][log2_size(size)])) {
        if (generation_of(cpu->model)->wraps) {
            at->size = size;
            find_pieces(cpu, at, cpu->tlb, (u32)s->base + offset, 0x10000 - offset, (u32)s->base,
                        write);
            return;
        }
        segment_check(cpu, seg, offset, size, write);
    }
    u32 linear = (u32)s->base + offset;
    if (unlikely(cpu->mode & MODE_ALIGN) && linear & (size - 1))
        cpu_raise(cpu, EX_AC, 0, REASON_ALIGNMENT);
    find(cpu, at, cpu->tlb, linear, size, write);
}

/* Getting and putting. */

/* A chip may look at the clock, and may ask to leave the engine. */
static bool chip_at(const struct cpu *cpu, paddr address)
{
    bool ram;
    u32 number;
    return apic_at(cpu, address) || !bus_page(cpu->bus, address, &ram, &number);
}

static u32 part_read(struct cpu *cpu, paddr address, u32 size)
{
    if (!chip_at(cpu, address))
        return bus_read(cpu->bus, address, size);
    cpu_sync_clock(cpu);
    u32 value = apic_at(cpu, address) ? apic_read(cpu, address, size)
                                      : bus_read(cpu->bus, address, size);
    if (cpu->clock->sooner)
        cpu->stop |= STOP_TIME;
    return value;
}

static void part_write(struct cpu *cpu, paddr address, u32 value, u32 size)
{
    if (chip_at(cpu, address))
        cpu_sync_clock(cpu);
    if (apic_at(cpu, address))
        apic_write(cpu, address, value, size);
    else
        bus_write(cpu->bus, address, value, size);
    if (cpu->clock->sooner)
        cpu->stop |= STOP_TIME;
}

/* Address of byte I of an operand in two pages. */
static paddr byte_address(const struct at *at, u32 i)
{
    return i < at->first ? at->address[0] + i : at->address[1] + (i - at->first);
}

/* The sizes are constants, so that no copying function is called. */
static u64 host_get(const u8 *host, u32 size)
{
    return size == 4 ? get32(host) : size == 2 ? get16(host) : size == 1 ? *host : get64(host);
}

static void host_put(u8 *host, u32 size, u64 value)
{
    if (size == 4)
        put32(host, (u32)value);
    else if (size == 2)
        put16(host, (u16)value);
    else if (size == 1)
        *host = (u8)value;
    else
        put64(host, value);
}

u64 at_get(struct cpu *cpu, const struct at *at)
{
    u64 value = 0;
    if (likely(at->host != NULL)) {
        value = host_get(at->host, at->size);
    } else if (at->first < at->size) {
        for (u32 i = 0; i < at->size; i++)
            value |= (u64)part_read(cpu, byte_address(at, i), 1) << 8 * i;
    } else if (at->size == 8) {
        value = part_read(cpu, at->address[0], 4);
        value |= (u64)part_read(cpu, at->address[0] + 4, 4) << 32;
    } else {
        value = part_read(cpu, at->address[0], at->size);
    }
    return value;
}

void at_put(struct cpu *cpu, const struct at *at, u64 value)
{
    if (likely(at->host != NULL)) {
        host_put(at->host, at->size, value);
    } else if (at->first < at->size) {
        for (u32 i = 0; i < at->size; i++)
            part_write(cpu, byte_address(at, i), (u8)(value >> 8 * i), 1);
    } else if (at->size == 8) {
        part_write(cpu, at->address[0], (u32)value, 4);
        part_write(cpu, at->address[0] + 4, (u32)(value >> 32), 4);
    } else {
        part_write(cpu, at->address[0], (u32)value, at->size);
    }
}

u64 mem_read(struct cpu *cpu, unsigned seg, u32 offset, u32 size)
{
    struct at at;
    mem_find(cpu, &at, seg, offset, size, ACCESS_READ);
    return at_get(cpu, &at);
}

void mem_write(struct cpu *cpu, unsigned seg, u32 offset, u64 value, u32 size)
{
    struct at at;
    mem_find(cpu, &at, seg, offset, size, ACCESS_WRITE);
    at_put(cpu, &at, value);
}

u64 sys_read(struct cpu *cpu, u32 linear, u32 size)
{
    struct at at;
    lin_find(cpu, &at, linear, size, ACCESS_READ, true);
    return at_get(cpu, &at);
}

u16 sys_read16(struct cpu *cpu, u32 linear)
{
    return (u16)sys_read(cpu, linear, 2);
}

void sys_write(struct cpu *cpu, u32 linear, u64 value, u32 size)
{
    struct at at;
    lin_find(cpu, &at, linear, size, ACCESS_WRITE, true);
    at_put(cpu, &at, value);
}

void sys_probe_write(struct cpu *cpu, u32 linear, u32 bytes)
{
    struct at at;
    lin_find(cpu, &at, linear, 1, ACCESS_WRITE, true);
    lin_find(cpu, &at, linear + bytes - 1, 1, ACCESS_WRITE, true);
}

/* Fetching code. */

const struct exec_entry *exec_find(struct cpu *cpu, u32 linear)
{
    struct exec_entry *x = exec_slot(cpu, linear);
    if (x->key >> 40 == linear >> 12)
        return x;
    struct translation t = page_walk(cpu, linear, ACCESS_READ, cpu->tlb == &cpu->tlb_set[1]);
    bool ram;
    if (unlikely(cpu->break_code) && debug_page_code(cpu, linear))
        x = &cpu->tlb->withheld;
    else
        tlb_note(cpu->tlb, TLB_ENTRIES + (unsigned)(x - cpu->tlb->exec), linear, &t);
    paddr page = bus_mask(cpu->bus, t.page);
    x->host = bus_page(cpu->bus, page, &ram, &x->page);
    x->key = exec_key(linear, x->host ? x->page : EXEC_CHIP | page >> BUS_PAGE_SHIFT);
    return x;
}

u32 cpu_peek(struct cpu *cpu, u32 linear, void *to, u32 bytes)
{
    u8 *out = to;
    for (u32 i = 0; i < bytes; i++, linear++) {
        paddr page;
        if (!page_peek(cpu, linear, &page))
            return i;
        bool ram;
        u32 number;
        const u8 *host = bus_page(cpu->bus, page, &ram, &number);
        if (!host)
            return i;
        out[i] = host[linear & 0xfff];
    }
    return bytes;
}
