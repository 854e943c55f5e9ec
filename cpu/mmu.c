/* SPDX-License-Identifier: MIT */
/*
 * Translation: page walk, TLB fill, and every access that is not a hit of the TLB in one piece.
 * SDM 3A "Paging", 32-bit paging of the 80386 and 80486.
 *
 * Page directory and page table entry:
 *
 *   31                    12 11  9  8  7  6  5  4   3   2   1   0
 *   | frame                 | AVL | 0 | 0| D| A|PCD|PWT|U/S|R/W| P |
 */
#include <setjmp.h>

#include "cpu/access.h"
#include "cpu/engine.h"
#include "src/base/log.h"

enum { PTE_P = 1, PTE_W = 2, PTE_U = 4, PTE_A = 0x20, PTE_D = 0x40 };
enum { PF_P = 1, PF_W = 2, PF_U = 4 }; /* page fault error code */

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

/* Page walk. */

static NORETURN void page_fault(struct cpu *cpu, u32 linear, u32 error, enum cpu_reason reason)
{
    cpu->cr2 = linear;
    if (log_on(LOG_MMU))
        log_line("mmu %s %s %08x #PF: %s", error & PF_U ? "user" : "system",
                 error & PF_W ? "write" : "read", linear, error & PF_P ? "rights" : "absent");
    cpu_raise(cpu, EX_PF, error, reason);
}

static void entry_mark(struct cpu *cpu, paddr address, u32 entry, u32 bits)
{
    if ((entry & bits) != bits)
        bus_write(cpu->bus, address, entry | bits, 4);
}

struct translation {
    paddr page;
    bool writable; /* a write needs no further check and no D bit */
};

static void log_walk(u32 linear, u32 pde, u32 pte, unsigned write, bool user)
{
    u32 rights = pde & pte;
    log_line("mmu %s %s %08x -> %08x %s%s%s%s", user ? "user" : "system", write ? "write" : "read",
             linear, (pte & ~0xfffu) | (linear & 0xfff), rights & PTE_U ? "U" : "S",
             rights & PTE_W ? "W" : "R", pte & PTE_A ? " A" : "", pte & PTE_D ? " D" : "");
}

/* Walk for the page of LINEAR; sets A, and D for a write. USER: with CPL 3 rights. */
static struct translation page_walk(struct cpu *cpu, u32 linear, unsigned write, bool user)
{
    if (!(cpu->cr0 & CR0_PG))
        return (struct translation){linear & ~0xfffu, true};
    u32 fault = (write ? PF_W : 0) | (user ? PF_U : 0);
    paddr pde_at = (cpu->cr3 & ~0xfffu) + (linear >> 22) * 4;
    u32 pde = bus_read(cpu->bus, pde_at, 4);
    if (!(pde & PTE_P))
        page_fault(cpu, linear, fault, REASON_PAGE_ABSENT);
    paddr pte_at = (pde & ~0xfffu) + (linear >> 12 & 0x3ff) * 4;
    u32 pte = bus_read(cpu->bus, pte_at, 4);
    if (!(pte & PTE_P))
        page_fault(cpu, linear, fault, REASON_PAGE_ABSENT);
    u32 rights = pde & pte;
    bool may_write = rights & PTE_W || (!user && !(cpu->cr0 & CR0_WP));
    if ((user && !(rights & PTE_U)) || (write && !may_write))
        page_fault(cpu, linear, fault | PF_P, REASON_PAGE_RIGHTS);
    if (log_on(LOG_MMU))
        log_walk(linear, pde, pte, write, user);
    entry_mark(cpu, pde_at, pde, PTE_A);
    entry_mark(cpu, pte_at, pte, PTE_A | (write ? PTE_D : 0));
    return (struct translation){pte & ~0xfffu, may_write && (write || pte & PTE_D)};
}

/* TLB. */

static void tlb_note(struct tlb *tlb, unsigned slot)
{
    if (tlb->filled_count < TLB_FILLED)
        tlb->filled[tlb->filled_count] = (u16)slot;
    tlb->filled_count += tlb->filled_count <= TLB_FILLED;
}

static void tlb_clear(struct tlb *tlb)
{
    if (tlb->filled_count > TLB_FILLED) {
        for (unsigned i = 0; i < TLB_ENTRIES; i++)
            tlb->entry[i].tag_read = tlb->entry[i].tag_write = NO_TAG;
        for (unsigned i = 0; i < EXEC_ENTRIES; i++)
            tlb->exec[i].key = NO_KEY;
    }
    for (unsigned i = 0; i < tlb->filled_count && i < TLB_FILLED; i++) {
        unsigned slot = tlb->filled[i];
        if (slot >= TLB_ENTRIES) {
            tlb->exec[slot - TLB_ENTRIES].key = NO_KEY;
        } else {
            tlb->entry[slot].tag_read = tlb->entry[slot].tag_write = NO_TAG;
        }
    }
    tlb->filled_count = 0;
}

void tlb_flush(struct cpu *cpu)
{
    if (log_on(LOG_MMU))
        log_line("mmu TLB flushed");
    tlb_clear(&cpu->tlb_set[0]);
    tlb_clear(&cpu->tlb_set[1]);
}

void tlb_init(struct cpu *cpu)
{
    for (unsigned i = 0; i < 2; i++) {
        cpu->tlb_set[i].filled_count = TLB_FILLED + 1;
        tlb_clear(&cpu->tlb_set[i]);
    }
}

void tlb_flush_page(struct cpu *cpu, u32 linear)
{
    for (unsigned i = 0; i < 2; i++) {
        struct tlb *tlb = &cpu->tlb_set[i];
        struct tlb_entry *e = &tlb->entry[linear >> 12 & (TLB_ENTRIES - 1)];
        struct exec_entry *x = &tlb->exec[linear >> 12 & (EXEC_ENTRIES - 1)];
        if (((e->tag_read ^ linear) & ~0xfffu) == 0 || ((e->tag_write ^ linear) & ~0xfffu) == 0)
            e->tag_read = e->tag_write = NO_TAG;
        if (x->key >> 40 == linear >> 12)
            x->key = NO_KEY;
    }
}

void tlb_withdraw_writes(struct cpu *cpu, const u8 *host)
{
    for (unsigned i = 0; i < 2; i++) {
        struct tlb *tlb = &cpu->tlb_set[i];
        bool all = tlb->filled_count > TLB_FILLED;
        unsigned n = all ? TLB_ENTRIES : tlb->filled_count;
        for (unsigned k = 0; k < n; k++) {
            unsigned slot = all ? k : tlb->filled[k];
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

/* Enter page NUMBER of host memory. WRITABLE: paging and the memory allow stores; they go straight
 * to it unless code was decoded from it. */
static void tlb_fill(struct cpu *cpu, struct tlb *tlb, u32 linear, u8 *host, u32 number,
                     bool writable)
{
    struct tlb_entry *e = tlb_slot(tlb, linear);
    if (e->tag_read == NO_TAG && e->tag_write == NO_TAG)
        tlb_note(tlb, (unsigned)(e - tlb->entry));
    e->tag_read = linear & ~0xfffu;
    e->tag_write = writable && !code_page_busy(cpu, number) ? linear & ~0xfffu : NO_TAG;
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
        hit = number != NO_PAGE && !code_in(cpu, number, linear & 0xfff, size);
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
    bool ram;
    *address = bus_mask(cpu->bus, t.page | (linear & 0xfff));
    u8 *host = bus_page(cpu->bus, *address, &ram, &number);
    if (!host)
        return NULL;
    tlb_fill(cpu, tlb, linear, host, number, t.writable && ram);
    return tlb_hit(cpu, tlb, linear, size, write);
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
    /* Two pages: both are translated before anything is touched; then byte by byte. */
    at->first = room;
    struct translation a = page_walk(cpu, linear, write, tlb == &cpu->tlb_set[1]);
    struct translation b = page_walk(cpu, linear + room, write, tlb == &cpu->tlb_set[1]);
    at->address[0] = bus_mask(cpu->bus, a.page | (linear & 0xfff));
    at->address[1] = bus_mask(cpu->bus, b.page);
    at->host = NULL;
}

void lin_find(struct cpu *cpu, struct at *at, u32 linear, u32 size, unsigned write, bool super)
{
    find(cpu, at, super ? &cpu->tlb_set[0] : cpu->tlb, linear, size, write);
}

/* Segments. */

static NORETURN void segment_fault(struct cpu *cpu, unsigned seg, enum cpu_reason reason)
{
    cpu_raise(cpu, seg == SEG_SS ? EX_SS : EX_GP, 0, reason);
}

/* Type and limit, completely. SDM 3A "Limit Checking", "Type Checking". */
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
        good = (!wraps || s->limit == 0xffffffffu) && offset <= s->limit && last <= s->limit;
    if (!good)
        segment_fault(cpu, seg, REASON_LIMIT);
}

static unsigned log2_size(u32 size)
{
    return size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;
}

void mem_find(struct cpu *cpu, struct at *at, unsigned seg, u32 offset, u32 size, unsigned write)
{
    const struct segment *s = &cpu->seg[seg];
    if (unlikely(offset >= s->end[write][log2_size(size)]))
        segment_check(cpu, seg, offset, size, write);
    u32 linear = (u32)s->base + offset;
    if (unlikely(cpu->mode & MODE_ALIGN) && linear & (size - 1))
        cpu_raise(cpu, EX_AC, 0, REASON_ALIGNMENT);
    find(cpu, at, cpu->tlb, linear, size, write);
}

/* Getting and putting. */

/* A chip may look at the clock, and may ask to leave the engine. */
static u32 part_read(struct cpu *cpu, paddr address, u32 size)
{
    bool ram;
    u32 number;
    if (bus_page(cpu->bus, address, &ram, &number))
        return bus_read(cpu->bus, address, size);
    cpu_sync_clock(cpu);
    u32 value = bus_read(cpu->bus, address, size);
    if (cpu->clock->sooner)
        cpu->stop |= STOP_TIME;
    return value;
}

static void part_write(struct cpu *cpu, paddr address, u32 value, u32 size)
{
    bool ram;
    u32 number;
    if (!bus_page(cpu->bus, address, &ram, &number))
        cpu_sync_clock(cpu);
    bus_write(cpu->bus, address, value, size);
    if (cpu->clock->sooner)
        cpu->stop |= STOP_TIME;
}

/* Address of byte I of an operand in two pages. */
static paddr byte_address(const struct at *at, u32 i)
{
    return i < at->first ? at->address[0] + i : at->address[1] + (i - at->first);
}

u64 at_get(struct cpu *cpu, const struct at *at)
{
    u64 value = 0;
    if (likely(at->host != NULL)) {
        memcpy(&value, at->host, at->size);
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
        memcpy(at->host, &value, at->size);
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
    if (x->key == NO_KEY)
        tlb_note(cpu->tlb, TLB_ENTRIES + (unsigned)(x - cpu->tlb->exec));
    paddr page = bus_mask(cpu->bus, t.page);
    x->key = exec_key(linear, page);
    x->host = bus_page(cpu->bus, page, &ram, &x->page);
    return x;
}

u32 cpu_peek(struct cpu *cpu, u32 linear, void *to, u32 bytes)
{
    u8 *out = to;
    for (u32 i = 0; i < bytes; i++, linear++) {
        paddr page = linear & ~0xfffu;
        if (cpu->cr0 & CR0_PG) {
            u32 pde = bus_read(cpu->bus, (cpu->cr3 & ~0xfffu) + (linear >> 22) * 4, 4), pte = 0;
            if (pde & PTE_P)
                pte = bus_read(cpu->bus, (pde & ~0xfffu) + (linear >> 12 & 0x3ff) * 4, 4);
            if (!(pte & PTE_P))
                return i;
            page = pte & ~0xfffu;
        }
        bool ram;
        u32 number;
        const u8 *host = bus_page(cpu->bus, page, &ram, &number);
        if (!host)
            return i;
        out[i] = host[linear & 0xfff];
    }
    return bytes;
}
