/* SPDX-License-Identifier: MIT */
/*
 * The cache of decoded code: blocks found by physical address, mode and instruction pointer;
 * links between them; and what happens when the bytes they were made from change.
 *
 * Every page with blocks has a map of the 8-byte granules they cover. The first block withdraws
 * the page's write tags from the TLB, so that each store into the page comes by here; a store
 * beside the code costs one test of the map.
 */
#include <stdlib.h>

#include "cpu/access.h"
#include "cpu/debug.h"
#include "cpu/engine.h"
#include "cpu/listing.h"
#include "src/base/log.h"

enum {
    SIZE_CLASSES = 8,
#ifdef PARANOID
    ARENA_BYTES = 64 << 10,
#else
    ARENA_BYTES = 6 << 20,
#endif
    GRANULE_SHIFT = 3,
    MAP_WORDS = (BUS_PAGE_SIZE >> GRANULE_SHIFT) / 64,
};

/* Micro-ops that a block of each class has room for. */
static const u16 class_uops[SIZE_CLASSES] = {4, 8, 12, 20, 32, 64, 128, 256};

struct code_page {
    u64 granules[MAP_WORDS];
    struct block *blocks;
};

struct code_cache {
    struct block *hash[BLOCK_CACHE];
    struct code_page **pages; /* by page number */
    u32 page_count;
    u8 *arena;
    size_t used;
    struct block *free[SIZE_CLASSES];
    struct block *dead; /* waiting until no block runs */
    u64 flushes;
    struct insn_index index;
    struct block *leave; /* one micro-op that leaves the engine */
};

static unsigned hash_of(u64 place, unsigned mode)
{
    u32 h = (u32)(place ^ place >> 13) ^ mode * 0x9e5u;
    return h & (BLOCK_CACHE - 1);
}

/* Dead, so that nothing is linked to it. */
static void leave_init(struct block *b)
{
    b->dead = true;
#ifdef ENGINE_FAST
    b->uops[0].fn = f_leave;
#endif
}

bool block_leaves(const struct block *b)
{
    return !b->uop_count;
}

bool code_cache_init(struct cpu *cpu)
{
    struct code_cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return false;
    cpu->code = cache;
    cache->arena = aligned_alloc(64, ARENA_BYTES);
    cache->leave = calloc(1, sizeof *cache->leave + sizeof(struct uop));
    if (cache->leave)
        leave_init(cache->leave);
    return cache->arena && cache->leave && insn_index_build(&cache->index, cpu->model);
}

void code_cache_free(struct cpu *cpu)
{
    struct code_cache *cache = cpu->code;
    if (!cache)
        return;
    for (u32 i = 0; i < cache->page_count; i++)
        free(cache->pages[i]);
    free(cache->pages);
    free(cache->arena);
    free(cache->leave);
    free(cache);
    cpu->code = NULL;
}

const struct insn_index *code_index(const struct cpu *cpu)
{
    return &cpu->code->index;
}

u64 code_cache_flushes(const struct cpu *cpu)
{
    return cpu->code->flushes;
}

void code_cache_flush(struct cpu *cpu)
{
    struct code_cache *cache = cpu->code;
    memset(cache->hash, 0, sizeof cache->hash);
    memset(cache->free, 0, sizeof cache->free);
    cache->dead = NULL;
    cache->used = 0;
    cache->flushes++;
    for (u32 i = 0; i < cache->page_count; i++)
        if (cache->pages[i])
            *cache->pages[i] = (struct code_page){0};
}

void code_cache_reclaim(struct cpu *cpu)
{
    struct code_cache *cache = cpu->code;
    while (cache->dead) {
        struct block *b = cache->dead;
        cache->dead = b->next_hash;
        b->next_hash = cache->free[b->size_class];
        cache->free[b->size_class] = b;
    }
}

struct block *block_alloc(struct cpu *cpu, unsigned count)
{
    struct code_cache *cache = cpu->code;
    unsigned class = 0;
    while (class_uops[class] < count)
        class++;
    size_t bytes = (sizeof(struct block) + class_uops[class] * sizeof(struct uop) + 63) & ~63ul;
    struct block *b = cache->free[class];
    if (b) {
        cache->free[class] = b->next_hash;
    } else {
        if (cache->used + bytes > ARENA_BYTES)
            code_cache_flush(cpu);
        b = (struct block *)(cache->arena + cache->used);
        cache->used += bytes;
    }
    *b = (struct block){.size_class = (u8)class, .uop_count = (u16)count};
    return b;
}

/* Links. */

enum { EXIT_DEAD = 1 }; /* in uop.len of an exit: its block died, it must not be linked */

void block_link(struct block_exit *exit, struct block *to, bool direct)
{
    if (exit->u.len == EXIT_DEAD || to->dead || exit->to)
        return;
    exit->to = to;
    exit->next_incoming = to->incoming;
    to->incoming = exit;
    if (direct)
        exit->u.link = to->uops;
}

void exit_unlink(struct block_exit *exit)
{
    exit->u.link = &exit->u + 1;
    if (!exit->to)
        return;
    struct block_exit **at = &exit->to->incoming;
    while (*at != exit)
        at = &(*at)->next_incoming;
    *at = exit->next_incoming;
    exit->to = NULL;
}

static void block_unlink(struct block *b)
{
    while (b->incoming)
        exit_unlink(b->incoming);
    for (unsigned i = 0; i < b->uop_count; i++) {
        if (b->uops[i].id != U_EXIT)
            continue;
        struct block_exit *exit = (struct block_exit *)&b->uops[i++];
        exit_unlink(exit);
        exit->u.len = EXIT_DEAD;
    }
}

/* Pages. */

/* The bits of word W of a map for bytes FIRST to LAST of the page. */
static u64 granules_word(u32 w, u32 first, u32 last)
{
    u32 from = first >> GRANULE_SHIFT, to = last >> GRANULE_SHIFT;
    u64 low = from > w * 64 ? ~(u64)0 << (from - w * 64) : ~(u64)0;
    u64 high = to < w * 64 + 63 ? ((u64)2 << (to - w * 64)) - 1 : ~(u64)0;
    return low & high;
}

static u32 map_word(u32 offset)
{
    return offset >> (GRANULE_SHIFT + 6);
}

static void granules_set(struct code_page *page, u32 first, u32 last)
{
    for (u32 w = map_word(first); w <= map_word(last); w++)
        page->granules[w] |= granules_word(w, first, last);
}

static bool granules_hit(const struct code_page *page, u32 first, u32 last)
{
    u64 hit = 0;
    for (u32 w = map_word(first); w <= map_word(last); w++)
        hit |= page->granules[w] & granules_word(w, first, last);
    return hit;
}

/* The bytes of block B in its first (SIDE 0) or second page. */
static void block_extent(const struct block *b, unsigned side, u32 *first, u32 *last)
{
    u32 begin = (u32)(b->place & 0xfff), end = begin + b->bytes - 1;
    *first = side ? 0 : begin;
    *last = side ? end & 0xfff : end < 0xfff ? end : 0xfff;
}

static void granules_add(struct code_page *page, const struct block *b, unsigned side)
{
    u32 first, last;
    block_extent(b, side, &first, &last);
    granules_set(page, first, last);
}

static struct code_page *page_at(const struct cpu *cpu, u32 number)
{
    const struct code_cache *cache = cpu->code;
    return number < cache->page_count ? cache->pages[number] : NULL;
}

static unsigned page_side(const struct block *b, u32 number)
{
    return b->page[0] == number ? 0 : 1;
}

static bool page_ensure(struct cpu *cpu, u32 number)
{
    struct code_cache *cache = cpu->code;
    if (number >= cache->page_count) {
        u32 count = cpu->bus->page_count;
        struct code_page **pages = realloc(cache->pages, count * sizeof *pages);
        if (!pages)
            return false;
        memset(pages + cache->page_count, 0, (count - cache->page_count) * sizeof *pages);
        cache->pages = pages;
        cache->page_count = count;
    }
    if (!cache->pages[number])
        cache->pages[number] = calloc(1, sizeof **cache->pages);
    return cache->pages[number];
}

static void page_enter(struct cpu *cpu, struct block *b, unsigned side, u8 *host)
{
    struct code_page *page = page_at(cpu, b->page[side]);
    b->next_on_page[side] = page->blocks;
    page->blocks = b;
    granules_add(page, b, side);
    if (cpu->bus->page_flags[b->page[side]] & PAGE_CODE)
        return;
    cpu->bus->page_flags[b->page[side]] |= PAGE_CODE;
    tlb_withdraw_writes(cpu, host);
}

static void page_leave(struct cpu *cpu, struct block *b, unsigned side)
{
    struct code_page *page = page_at(cpu, b->page[side]);
    struct block **at = &page->blocks;
    memset(page->granules, 0, sizeof page->granules);
    while (*at) {
        struct block *other = *at;
        unsigned s = page_side(other, b->page[side]);
        if (other == b) {
            *at = b->next_on_page[side];
            continue;
        }
        granules_add(page, other, s);
        at = &other->next_on_page[s];
    }
}

bool code_in(const struct cpu *cpu, u32 number, u32 offset, u32 size)
{
    const struct code_page *page = page_at(cpu, number);
    return page && granules_hit(page, offset, offset + size - 1);
}

bool code_page_busy(struct cpu *cpu, u32 number)
{
    if (likely(!(cpu->bus->page_flags[number] & PAGE_CODE)))
        return false;
    const struct code_page *page = page_at(cpu, number);
    if (page && page->blocks)
        return true;
    cpu->bus->page_flags[number] &= (u8)~PAGE_CODE;
    return false;
}

/* Death. */

static void hash_remove(struct cpu *cpu, struct block *b)
{
    struct block **at = &cpu->code->hash[hash_of(b->place, b->mode)];
    while (*at != b)
        at = &(*at)->next_hash;
    *at = b->next_hash;
}

/* Whoever runs B. */
static void stop_in(struct cpu *cpu, const struct block *b)
{
    struct cpu *first = cpu;
    do {
        if (cpu->current >= b->uops && cpu->current < b->uops + b->uop_count)
            cpu->stop |= STOP_CODE;
        cpu = cpu->peer;
    } while (cpu != first);
}

static void block_kill(struct cpu *cpu, struct block *b)
{
    block_unlink(b);
    hash_remove(cpu, b);
    page_leave(cpu, b, 0);
    if (b->key2)
        page_leave(cpu, b, 1);
    b->dead = true;
    b->next_hash = cpu->code->dead;
    cpu->code->dead = b;
    stop_in(cpu, b);
}

static bool block_overlaps(const struct block *b, unsigned side, u32 first, u32 last)
{
    u32 begin, end;
    block_extent(b, side, &begin, &end);
    return first <= end && last >= begin;
}

void code_written(void *owner, u32 number, u32 first, u32 bytes)
{
    struct cpu *cpu = owner;
    u32 last = first + bytes - 1;
    struct code_page *page = page_at(cpu, number);
    if (!page || !granules_hit(page, first, last))
        return;
    for (struct block *b = page->blocks, *next; b; b = next) {
        unsigned side = page_side(b, number);
        next = b->next_on_page[side];
        if (block_overlaps(b, side, first, last))
            block_kill(cpu, b);
    }
}

/* Birth. */

/* The same, on the page that KEY names. */
INLINE struct block *find_on(struct cpu *cpu, u64 key, u32 linear)
{
    u64 place = (key & EXEC_PLACE) << 12 | (linear & 0xfff);
    struct block *b = cpu->code->hash[hash_of(place, cpu->mode)];
    while (b && !(b->place == place && b->mode == cpu->mode && b->eip == cpu->eip))
        b = b->next_hash;
    if (!b)
        return NULL;
    if (unlikely(b->mode & MODE_LIMIT_OTHER) && b->last_eip > cpu->seg[SEG_CS].limit)
        return NULL;
    if (unlikely(b->key2) && exec_slot(cpu, linear + b->bytes - 1)->key != b->key2)
        return NULL;
    return b;
}

struct block *block_find(struct cpu *cpu)
{
    u32 linear = (u32)cpu->seg[SEG_CS].base + cpu->eip;
    const struct exec_entry *x = exec_slot(cpu, linear);
    if (unlikely(x->key >> 40 != linear >> 12))
        return NULL;
    return find_on(cpu, x->key, linear);
}

/* A stale block stands in the way of the new one: same place, other limit or other second page. */
static void block_replace(struct cpu *cpu, const struct block *b)
{
    struct block *old = cpu->code->hash[hash_of(b->place, b->mode)];
    while (old && !(old->place == b->place && old->mode == b->mode && old->eip == b->eip))
        old = old->next_hash;
    if (old)
        block_kill(cpu, old);
}

static void block_enter(struct cpu *cpu, struct block *b, const struct exec_entry *exec,
                        u8 *second)
{
    if (!page_ensure(cpu, b->page[0]) || (b->key2 && !page_ensure(cpu, b->page[1])))
        return; /* no host memory: run it once, uncached */
    block_replace(cpu, b);
    struct block **slot = &cpu->code->hash[hash_of(b->place, b->mode)];
    b->next_hash = *slot;
    *slot = b;
    page_enter(cpu, b, 0, exec->host);
    if (b->key2)
        page_enter(cpu, b, 1, second);
}

/* The instructions of a new block; a fast engine decodes each only once. */
static void block_log(struct cpu *cpu, const struct block *b)
{
    char text[LISTING_TEXT];
    u32 linear = (u32)cpu->seg[SEG_CS].base + b->eip;
    if (!log_shows(linear))
        return;
    log_line("block %04x:%08x  physical %08llx, %u bytes", cpu->seg[SEG_CS].selector,
             (unsigned)b->eip, (unsigned long long)b->place, b->bytes);
    for (unsigned i = 0; i < b->uop_count; i++) {
        if (b->uops[i].id == U_EXIT) {
            i++;
            continue;
        }
        listing_code(cpu, b->uops[i].eip, text, sizeof text);
        log_line("block   %s", text);
    }
}

struct block *block_get(struct cpu *cpu)
{
    struct block *b = block_find(cpu);
    if (likely(b != NULL))
        return b;
    cpu->current = NULL; /* what is raised from here on is a fetch fault at cpu->eip */
    if (cpu->eip > cpu->seg[SEG_CS].limit)
        cpu_raise_gp0(cpu, REASON_CODE_LIMIT);
    u32 linear = (u32)cpu->seg[SEG_CS].base + cpu->eip;
    if (unlikely(cpu->break_code) && !cpu->stepping && debug_page_code(cpu, linear))
        return cpu->code->leave;
    struct exec_entry exec = *exec_find(cpu, linear);
    b = find_on(cpu, exec.key, linear);
    if (b)
        return b; /* only the translation had been forgotten */
    struct fetch_page second = {NULL, 0};
    b = block_decode(cpu, &exec, &second);
    if (log_on(LOG_BLOCK))
        block_log(cpu, b);
    if (exec.host && (!b->key2 || second.host)) {
        b->page[1] = second.page;
        block_enter(cpu, b, &exec, second.host);
    } else {
        b->dead = true; /* code in a chip's memory is fetched anew each time */
        b->next_hash = cpu->code->dead;
        cpu->code->dead = b;
    }
    return b;
}
