/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <sys/mman.h>

#include "mem/bus.h"
#include "src/base/log.h"

enum { CONVENTIONAL = 0xa0000, EXTENDED = 0x100000 };
#define ABOVE_4G 0x100000000u

/* BYTES of RAM from its byte FROM on, at FIRST. */
static void region_ram(struct bus *bus, paddr first, u64 from, u64 bytes)
{
    bus->region[bus->region_count++] =
        (struct bus_region){.first = first, .last = first + bytes - 1, .host = bus->ram + from,
                            .writable = true, .page = (u32)(from >> BUS_PAGE_SHIFT)};
}

static void map_ram(struct bus *bus)
{
    u64 below = bus->ram_size < BUS_HOLE ? bus->ram_size : BUS_HOLE;
    bus->region_count = 0;
    region_ram(bus, 0, 0, CONVENTIONAL);
    if (below > EXTENDED)
        region_ram(bus, EXTENDED, EXTENDED, below - EXTENDED);
    if (bus->ram_size > BUS_HOLE)
        region_ram(bus, ABOVE_4G, BUS_HOLE, bus->ram_size - BUS_HOLE);
}

/* Zeros, which take no room on the host until they are touched; NULL: no memory. */
static u8 *memory_new(u64 bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void memory_clear(u8 *memory, u64 bytes)
{
    void *again = mmap(memory, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    if (again == MAP_FAILED)
        memset(memory, 0, bytes);
}

bool bus_init(struct bus *bus, u64 ram_size)
{
    *bus = (struct bus){.ram_size = ram_size, .a20 = true};
    bus->page_count = (u32)(ram_size >> BUS_PAGE_SHIFT);
    bus->page_flags = calloc(bus->page_count + 1, 1);
    bus->ram = memory_new(ram_size);
    if (!bus->ram || !bus->page_flags)
        return false;
    map_ram(bus);
    return true;
}

void bus_clear_ram(struct bus *bus)
{
    u32 pages = (u32)(bus->ram_size >> BUS_PAGE_SHIFT);
    memory_clear(bus->ram, bus->ram_size);
    for (u32 page = 0; page < pages; page++)
        if (bus->page_flags[page])
            bus->written(bus->listener, page, 0, BUS_PAGE_SIZE);
}

void bus_free(struct bus *bus)
{
    if (bus->ram)
        munmap(bus->ram, bus->ram_size);
    for (u32 i = 0; i < bus->block_count; i++)
        if (bus->block[i].owned)
            munmap(bus->block[i].host, bus->block[i].bytes);
    free(bus->page_flags);
    *bus = (struct bus){0};
}

static void region_insert(struct bus *bus, struct bus_region region)
{
    u32 i = bus->region_count++;
    while (i && bus->region[i - 1].first > region.first) {
        bus->region[i] = bus->region[i - 1];
        i--;
    }
    bus->region[i] = region;
}

static void region_remove(struct bus *bus, u32 i)
{
    bus->region_count--;
    memmove(&bus->region[i], &bus->region[i + 1],
            (bus->region_count - i) * sizeof bus->region[0]);
}

/* What REGION keeps from address FIRST on. */
static struct bus_region region_from(struct bus_region region, paddr first)
{
    if (region.host) {
        region.host += first - region.first;
        if (region.shadow)
            region.shadow += first - region.first;
        region.page += (u32)((first - region.first) >> BUS_PAGE_SHIFT);
    }
    region.first = first;
    return region;
}

static void region_cut(struct bus *bus, paddr first, paddr last)
{
    for (u32 i = 0; i < bus->region_count;) {
        struct bus_region r = bus->region[i];
        if (r.last < first || r.first > last) {
            i++;
            continue;
        }
        region_remove(bus, i);
        if (r.last > last)
            region_insert(bus, region_from(r, last + 1));
        if (r.first < first) {
            r.last = first - 1;
            region_insert(bus, r);
        }
        i = 0;
    }
}

static void tell(const struct bus *bus)
{
    if (bus->remapped && !bus->drawing)
        bus->remapped(bus->listener);
}

void bus_draw(struct bus *bus)
{
    bus->drawing = true;
    map_ram(bus);
}

void bus_drawn(struct bus *bus)
{
    bus->drawing = false;
    tell(bus);
}

static void region_map(struct bus *bus, struct bus_region region)
{
    region_cut(bus, region.first, region.last);
    region_insert(bus, region);
    tell(bus);
}

static const struct bus_block *block_find(const struct bus *bus, const u8 *host, u64 bytes)
{
    for (u32 i = 0; i < bus->block_count; i++) {
        const struct bus_block *b = &bus->block[i];
        if (host >= b->host && host + bytes <= b->host + b->bytes)
            return b;
    }
    return NULL;
}

void bus_add_host(struct bus *bus, u8 *host, u64 bytes)
{
    u32 first = bus->page_count, more = (u32)(bytes >> BUS_PAGE_SHIFT);
    u8 *flags = realloc(bus->page_flags, first + more);
    if (!flags || bus->block_count == BUS_BLOCKS)
        abort(); /* a few bytes at start-up, and a board that needs a larger table */
    memset(flags + first, 0, more);
    bus->page_flags = flags;
    bus->page_count += more;
    bus->block[bus->block_count++] =
        (struct bus_block){.host = host, .bytes = bytes, .page = first};
}

u8 *bus_add_memory(struct bus *bus, u64 bytes)
{
    u8 *memory = memory_new(bytes);
    if (!memory)
        abort(); /* at start-up, and much less than RAM was */
    bus_add_host(bus, memory, bytes);
    bus->block[bus->block_count - 1].owned = true;
    return memory;
}

u64 bus_hash(const struct bus *bus, u64 hash)
{
    hash = state_hash_bytes(hash, bus->ram, bus->ram_size);
    for (u32 i = 0; i < bus->block_count; i++)
        if (bus->block[i].owned)
            hash = state_hash_bytes(hash, bus->block[i].host, bus->block[i].bytes);
    return hash;
}

/* Bytes from the start of page 0 of a numbering to HOST; memory that is mapped for the first time
 * gets new numbers. */
static u64 numbered_at(struct bus *bus, u8 *host, u64 bytes)
{
    if (host >= bus->ram && host < bus->ram + bus->ram_size)
        return (u64)(host - bus->ram);
    if (!block_find(bus, host, bytes))
        bus_add_host(bus, host, bytes);
    const struct bus_block *block = block_find(bus, host, bytes);
    return ((u64)block->page << BUS_PAGE_SHIFT) + (u64)(host - block->host);
}

static u32 pages_number(struct bus *bus, u8 *host, u64 bytes)
{
    return (u32)(numbered_at(bus, host, bytes) >> BUS_PAGE_SHIFT);
}

void bus_map_host(struct bus *bus, paddr first, u64 bytes, u8 *host, bool writable)
{
    region_map(bus, (struct bus_region){.first = first, .last = first + bytes - 1, .host = host,
                                        .writable = writable,
                                        .page = pages_number(bus, host, bytes)});
}

void bus_map_shadow(struct bus *bus, paddr first, u64 bytes, u8 *read, u8 *written)
{
    region_map(bus, (struct bus_region){.first = first, .last = first + bytes - 1, .host = read,
                                        .shadow = written,
                                        .page = pages_number(bus, read, bytes)});
}

void bus_map_chip(struct bus *bus, paddr first, u64 bytes, const struct chip *chip, void *owner)
{
    region_map(bus, (struct bus_region){
                        .first = first, .last = first + bytes - 1, .chip = chip, .owner = owner});
}

void bus_unmap(struct bus *bus, paddr first, u64 bytes)
{
    region_cut(bus, first, first + bytes - 1);
    tell(bus);
}

void bus_clear_ports(struct bus *bus)
{
    bus->port_count = 0;
    memset(bus->port_map, 0, sizeof bus->port_map);
}

void bus_map_ports(struct bus *bus, u16 first, u16 count, u8 width, u32 reg,
                   const struct chip *chip, void *owner)
{
    bus->ports[bus->port_count++] = (struct bus_ports){
        .first = first, .count = count, .width = width, .reg = reg, .chip = chip, .owner = owner};
    memset(bus->port_map + first, (int)bus->port_count, count);
}

void bus_set_a20(struct bus *bus, bool on)
{
    if (bus->a20 == on)
        return;
    bus->a20 = on;
    tell(bus);
}

static const struct bus_region *region_find(const struct bus *bus, paddr address)
{
    u32 low = 0, high = bus->region_count;
    while (low < high) {
        u32 mid = (low + high) / 2;
        if (bus->region[mid].last < address)
            low = mid + 1;
        else
            high = mid;
    }
    const struct bus_region *r = &bus->region[low];
    return low < bus->region_count && r->first <= address ? r : NULL;
}

static u8 *page_at(const struct bus *bus, paddr address, bool *writable, u32 *number)
{
    address &= ~(paddr)(BUS_PAGE_SIZE - 1);
    const struct bus_region *r = region_find(bus, address);
    if (!r || !r->host)
        return NULL;
    *writable = r->writable;
    *number = r->page + (u32)((address - r->first) >> BUS_PAGE_SHIFT);
    return r->host + (address - r->first);
}

u8 *bus_page(const struct bus *bus, paddr address, bool *writable, u32 *number)
{
    return page_at(bus, bus_mask(bus, address), writable, number);
}

static u32 ones(unsigned size)
{
    return 0xffffffffu >> (32 - 8 * size);
}

u32 bus_read(struct bus *bus, paddr address, unsigned size)
{
    address = bus_mask(bus, address);
    const struct bus_region *r = region_find(bus, address);
    if (!r)
        return ones(size);
    u32 value = 0;
    if (r->host && size == 4) /* page tables, mostly */
        value = get32(r->host + (address - r->first));
    else if (r->host)
        memcpy(&value, r->host + (address - r->first), size);
    else
        value = r->chip->read(r->owner, (u32)(address - r->first), size) & ones(size);
    if (log_on(LOG_MMIO) && !r->host)
        log_line("mmio read  %08llx.%u %s = %x", (unsigned long long)address, size, r->chip->name,
                 value);
    return value;
}

/* Into host memory, inside a page. */
static void host_write(struct bus *bus, u8 *host, const void *from, u32 bytes)
{
    u64 at = numbered_at(bus, host, bytes);
    u32 page = (u32)(at >> BUS_PAGE_SHIFT);
    memcpy(host, from, bytes);
    if (bus->page_flags[page])
        bus->written(bus->listener, page, (u32)(at & (BUS_PAGE_SIZE - 1)), bytes);
}

void bus_write(struct bus *bus, paddr address, u32 value, unsigned size)
{
    address = bus_mask(bus, address);
    const struct bus_region *r = region_find(bus, address);
    if (!r)
        return;
    if (!r->host) {
        if (log_on(LOG_MMIO))
            log_line("mmio write %08llx.%u %s = %x", (unsigned long long)address, size,
                     r->chip->name, value);
        r->chip->write(r->owner, (u32)(address - r->first), value & ones(size), size);
        return;
    }
    if (r->shadow)
        host_write(bus, r->shadow + (address - r->first), &value, size);
    else if (r->writable)
        host_write(bus, r->host + (address - r->first), &value, size);
}

/* Who answers at PORT, or NULL. */
static const struct bus_ports *ports_at(const struct bus *bus, u16 port)
{
    u8 id = bus->port_map[port];
    return id ? &bus->ports[id - 1] : NULL;
}

u32 bus_in(struct bus *bus, u16 port, unsigned size)
{
    const struct bus_ports *p = ports_at(bus, port);
    u32 value = 0xff;
    if (size > (p ? p->width : 1)) { /* the halves may belong to different chips */
        u32 low = bus_in(bus, port, size / 2);
        return low | bus_in(bus, (u16)(port + size / 2), size / 2) << 4 * size;
    }
    if (p)
        value = p->chip->read(p->owner, p->reg + (u32)(port - p->first), size) & ones(size);
    else
        bus->unknown_ports++;
    if (log_on(LOG_IO))
        log_line("in  %04x.%u %s = %x", port, size, p ? p->chip->name : "-", value);
    return value;
}

bool bus_streams(const struct bus *bus, u16 port, unsigned size)
{
    const struct bus_ports *p = ports_at(bus, port);
    return p && p->chip->stream && size <= p->width && !log_on(LOG_IO);
}

u32 bus_in_stream(struct bus *bus, u16 port, unsigned size, u8 *to, u32 count)
{
    const struct bus_ports *p = ports_at(bus, port);
    return p->chip->stream(p->owner, p->reg + (u32)(port - p->first), size, to, count);
}

void bus_out(struct bus *bus, u16 port, u32 value, unsigned size)
{
    const struct bus_ports *p = ports_at(bus, port);
    if (size > (p ? p->width : 1)) {
        bus_out(bus, port, value & ones(size / 2), size / 2);
        bus_out(bus, (u16)(port + size / 2), value >> 4 * size, size / 2);
        return;
    }
    if (log_on(LOG_IO))
        log_line("out %04x.%u %s = %x", port, size, p ? p->chip->name : "-", value);
    if (p)
        p->chip->write(p->owner, p->reg + (u32)(port - p->first), value & ones(size), size);
    else
        bus->unknown_ports++;
}

/* The part of a copy that stays inside the page of ADDRESS. */
static u32 page_part(paddr address, u32 bytes)
{
    u32 room = BUS_PAGE_SIZE - (u32)(address & (BUS_PAGE_SIZE - 1));
    return bytes < room ? bytes : room;
}

void bus_dma_read(struct bus *bus, paddr address, void *to, u32 bytes)
{
    for (u8 *out = to; bytes;) {
        u32 n = page_part(address, bytes), number;
        bool writable;
        const u8 *page = page_at(bus, address, &writable, &number);
        if (page)
            memcpy(out, page + (address & (BUS_PAGE_SIZE - 1)), n);
        else
            memset(out, 0xff, n);
        out += n;
        address += n;
        bytes -= n;
    }
}

void bus_dma_write(struct bus *bus, paddr address, const void *from, u32 bytes)
{
    for (const u8 *in = from; bytes;) {
        u32 n = page_part(address, bytes), number;
        bool writable;
        u8 *page = page_at(bus, address, &writable, &number);
        if (page && writable)
            host_write(bus, page + (address & (BUS_PAGE_SIZE - 1)), in, n);
        in += n;
        address += n;
        bytes -= n;
    }
}

bool bus_is_memory(const struct bus *bus, paddr first, u64 bytes)
{
    for (u32 i = 0; bytes && i < bus->region_count; i++) {
        const struct bus_region *r = &bus->region[i];
        if (r->last < first)
            continue;
        if (r->first > first || !r->host || !r->writable)
            return false;
        u64 here = r->last - first + 1;
        bytes -= bytes < here ? bytes : here;
        first = r->last + 1;
    }
    return !bytes;
}

void bus_print(const struct bus *bus, FILE *out)
{
    for (u32 i = 0; i < bus->region_count; i++) {
        const struct bus_region *r = &bus->region[i];
        fprintf(out, "memory %08llx-%08llx  %s\n", (unsigned long long)r->first,
                (unsigned long long)r->last,
                !r->host ? r->chip->name : r->writable ? "RAM" : "ROM");
    }
    for (u32 port = 0; port < 0x10000; port++) {
        u8 id = bus->port_map[port];
        if (!id || (port && bus->port_map[port - 1] == id))
            continue;
        u32 last = port;
        while (last < 0xffff && bus->port_map[last + 1] == id)
            last++;
        fprintf(out, "port   %04x-%04x          %s\n", port, last, bus->ports[id - 1].chip->name);
    }
}
