/* SPDX-License-Identifier: MIT */
/*
 * The page walk. SDM 3A "Paging": 32-bit paging, 4-MByte pages (PSE), 36-bit addresses of large
 * pages (PSE-36), and PAE paging.
 *
 *   31                    12 11  9  8  7  6  5  4   3   2   1   0
 *   | frame                 | AVL | G |PS| D| A|PCD|PWT|U/S|R/W| P |   directory and table entry
 *
 * PAE entries have 64 bits, of which 35:12 are the frame. A directory entry with PS maps a large
 * page: 4 MiB, or 2 MiB with PAE. In a table entry bit 7 is PAT; in that of a large page bit 12 is.
 *
 * Processors forget translations when they are told to. Where the TLB is to be coherent
 * (cpu->coherent), the pages that a walk has read from are marked, and a store to one of them makes
 * everything forgotten, and its mark.
 */
#include "cpu/paging.h"

#include "cpu/access.h"
#include "cpu/generation.h"
#include "src/base/log.h"

enum { PTE_P = 1, PTE_W = 2, PTE_U = 4, PTE_A = 0x20, PTE_D = 0x40, PTE_PS = 0x80, PTE_G = 0x100 };
enum { PTE_PAT = 1 << 7, LARGE_PAT = 1 << 12 };
enum { PF_P = 1, PF_W = 2, PF_U = 4, PF_RSVD = 8 }; /* page fault error code */

#define BITS(high, low) ((((u64)2 << ((high) - (low))) - 1) << (low))
#define PAE_FRAME BITS(35, 12)
#define PAE_RESERVED BITS(63, 36)

enum found { FOUND, ABSENT, RESERVED };

/* The entries on the way to a page, and what they say of it. */
struct walk {
    paddr at[2];
    u32 entry[2]; /* the low half, where all but the frame is */
    unsigned count;
    paddr page;
    bool large;
};

INLINE u64 read_entry(struct cpu *cpu, struct walk *w, paddr at, unsigned size)
{
    u64 entry = bus_read(cpu->bus, at, 4);
    if (size == 8)
        entry |= (u64)bus_read(cpu->bus, at + 4, 4) << 32;
    w->at[w->count] = at;
    w->entry[w->count++] = (u32)entry;
    return entry;
}

INLINE enum found found(struct walk *w, u64 page, u64 reserved)
{
    w->page = page;
    return reserved ? RESERVED : FOUND;
}

static u64 unless(const struct cpu *cpu, enum cpu_feature feature, u64 bits)
{
    return model_has_feature(cpu->model, feature) ? 0 : bits;
}

/* With CR4.PSE clear no bit is reserved. SDM 3A "32-Bit Paging". */
INLINE enum found walk_32(struct cpu *cpu, u32 linear, struct walk *w)
{
    bool pse = cpu->cr4 & CR4_PSE;
    u64 pde = read_entry(cpu, w, (cpu->cr3 & ~0xfffu) + (linear >> 22) * 4, 4);
    if (!(pde & PTE_P))
        return ABSENT;
    if (pde & PTE_PS && pse) {
        u64 high = unless(cpu, FEATURE_PSE36, BITS(16, 13));
        u64 reserved = BITS(21, 17) | high | unless(cpu, FEATURE_PAT, LARGE_PAT);
        w->large = true;
        return found(w, (pde & BITS(31, 22)) | (pde & BITS(16, 13) & ~high) << 19 |
                            (linear & BITS(21, 12)), pde & reserved);
    }
    u64 pte = read_entry(cpu, w, (pde & ~(u64)0xfff) + (linear >> 12 & 0x3ff) * 4, 4);
    if (!(pte & PTE_P))
        return ABSENT;
    return found(w, pte & ~(u64)0xfff, pse ? pte & unless(cpu, FEATURE_PAT, PTE_PAT) : 0);
}

/* SDM 3A "PAE Paging". */
static enum found walk_pae(struct cpu *cpu, u32 linear, struct walk *w)
{
    u64 pdpte = cpu->pdpte[linear >> 30];
    if (!(pdpte & PTE_P))
        return ABSENT;
    u64 pde = read_entry(cpu, w, (pdpte & PAE_FRAME) + (linear >> 21 & 0x1ff) * 8, 8);
    if (!(pde & PTE_P))
        return ABSENT;
    if (pde & PAE_RESERVED)
        return RESERVED;
    if (pde & PTE_PS) {
        w->large = true;
        return found(w, (pde & PAE_FRAME & ~BITS(20, 12)) | (linear & BITS(20, 12)),
                     pde & (BITS(20, 13) | unless(cpu, FEATURE_PAT, LARGE_PAT)));
    }
    u64 pte = read_entry(cpu, w, (pde & PAE_FRAME) + (linear >> 12 & 0x1ff) * 8, 8);
    if (!(pte & PTE_P))
        return ABSENT;
    return found(w, pte & PAE_FRAME,
                 pte & (PAE_RESERVED | unless(cpu, FEATURE_PAT, PTE_PAT)));
}

INLINE enum found walk(struct cpu *cpu, u32 linear, struct walk *w)
{
    w->count = 0;
    w->large = false;
    return cpu->cr4 & CR4_PAE ? walk_pae(cpu, linear, w) : walk_32(cpu, linear, w);
}

static NORETURN void page_fault(struct cpu *cpu, u32 linear, u32 error, enum cpu_reason reason)
{
    cpu->cr2 = linear;
    if (log_on(LOG_MMU))
        log_line("mmu %s %s %08x #PF: %s", error & PF_U ? "user" : "system",
                 error & PF_W ? "write" : "read", linear,
                 error & PF_RSVD ? "reserved bit" : error & PF_P ? "rights" : "absent");
    cpu_raise(cpu, EX_PF, error, reason);
}

/* The flags of the page that holds the entry at ADDRESS, and its bytes; NULL: no memory there. */
static u8 *table_flags(const struct cpu *cpu, paddr address, u8 **host)
{
    bool writable;
    u32 number;
    *host = bus_page(cpu->bus, address, &writable, &number);
    return *host ? &cpu->bus->page_flags[number] : NULL;
}

/* A and D change no translation: nobody has to forget any. */
static NOINLINE void entry_write(struct cpu *cpu, paddr address, u32 entry)
{
    u8 *host, *flags = cpu->coherent ? table_flags(cpu, address, &host) : NULL;
    u8 table = flags ? *flags & PAGE_TABLE : 0;
    if (flags)
        *flags &= (u8)~PAGE_TABLE;
    bus_write(cpu->bus, address, entry, 4);
    if (flags)
        *flags |= table;
}

INLINE void entry_mark(struct cpu *cpu, paddr address, u32 entry, u32 bits)
{
    if ((entry & bits) != bits)
        entry_write(cpu, address, entry | bits);
}

/* A in all entries, D in the last one. */
static void mark(struct cpu *cpu, const struct walk *w, unsigned write)
{
    unsigned last = w->count - 1;
    if (last)
        entry_mark(cpu, w->at[0], w->entry[0], PTE_A);
    entry_mark(cpu, w->at[last], w->entry[last], PTE_A | (write ? PTE_D : 0));
}

/* Stores to these tables are to be heard of. */
static NOINLINE void watch(struct cpu *cpu, const struct walk *w)
{
    for (unsigned i = 0; i < w->count; i++) {
        u8 *host, *flags = table_flags(cpu, w->at[i], &host);
        if (!flags || *flags & PAGE_TABLE)
            continue;
        *flags |= PAGE_TABLE;
        tlb_withdraw_writes(cpu, host);
    }
}

static void log_walk(u32 linear, const struct walk *w, u32 rights, unsigned write, bool user)
{
    u32 last = w->entry[w->count - 1];
    log_line("mmu %s %s %08x -> %08llx %s%s%s%s%s%s", user ? "user" : "system",
             write ? "write" : "read", linear, (unsigned long long)(w->page | (linear & 0xfff)),
             rights & PTE_U ? "U" : "S", rights & PTE_W ? "W" : "R", last & PTE_A ? " A" : "",
             last & PTE_D ? " D" : "", w->large ? " large" : "", last & PTE_G ? " G" : "");
}

struct translation page_walk(struct cpu *cpu, u32 linear, unsigned write, bool user)
{
    struct walk w;
    u32 error = (write ? PF_W : 0) | (user ? PF_U : 0);
    if (!(cpu->cr0 & CR0_PG))
        return (struct translation){.page = linear & ~0xfffu & generation_of(cpu->model)->pins,
                                    .writable = true};
    enum found how = walk(cpu, linear, &w);
    if (how == ABSENT)
        page_fault(cpu, linear, error, REASON_PAGE_ABSENT);
    if (how == RESERVED)
        page_fault(cpu, linear, error | PF_P | PF_RSVD, REASON_RESERVED);
    u32 last = w.entry[w.count - 1], rights = w.entry[0] & last;
    bool may_write = rights & PTE_W || (!user && !(cpu->cr0 & CR0_WP));
    if ((user && !(rights & PTE_U)) || (write && !may_write))
        page_fault(cpu, linear, error | PF_P, REASON_PAGE_RIGHTS);
    if (log_on(LOG_MMU))
        log_walk(linear, &w, rights, write, user);
    mark(cpu, &w, write);
    if (unlikely(cpu->coherent))
        watch(cpu, &w);
    return (struct translation){.page = w.page,
                                .writable = may_write && (write || last & PTE_D),
                                .global = last & PTE_G && cpu->cr4 & CR4_PGE,
                                .large = w.large};
}

bool page_peek(struct cpu *cpu, u32 linear, paddr *page)
{
    struct walk w;
    *page = linear & ~0xfffu & generation_of(cpu->model)->pins;
    if (!(cpu->cr0 & CR0_PG))
        return true;
    if (walk(cpu, linear, &w) != FOUND)
        return false;
    *page = w.page;
    return true;
}

/* SDM 3A "PDPTE Registers". */
bool paging_load_pointers(struct cpu *cpu, u32 cr3, u64 pdpte[4])
{
    const u64 reserved = PAE_RESERVED | BITS(8, 5) | BITS(2, 1);
    u64 entry[4];
    for (unsigned i = 0; i < 4; i++) {
        paddr at = (cr3 & ~0x1fu) + i * 8;
        entry[i] = bus_read(cpu->bus, at, 4) | (u64)bus_read(cpu->bus, at + 4, 4) << 32;
        if (entry[i] & PTE_P && entry[i] & reserved)
            return false;
    }
    memcpy(pdpte, entry, sizeof entry);
    return true;
}
