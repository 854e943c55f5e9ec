/* SPDX-License-Identifier: MIT */
/*
 * The physical memory map and the port map: where CPU and chips meet.
 *
 * A region is RAM or ROM (a host pointer) or a chip. Every 4 KiB page that has a host pointer has
 * a number, and a flag byte by that number; the CPU marks pages from which it holds decoded code.
 */
#ifndef MEM_BUS_H
#define MEM_BUS_H

#include "src/base/chip.h"
#include "src/base/types.h"

typedef u64 paddr; /* physical address */

enum {
    BUS_PAGE_SHIFT = 12,
    BUS_PAGE_SIZE = 1 << BUS_PAGE_SHIFT,
    BUS_REGIONS = 64,
    BUS_PORT_MAPS = 128,
    BUS_BLOCKS = 16,
};

#define BUS_HOLE 0xe0000000u

enum {
    /* tell the CPU of writes: */
    PAGE_CODE = 1,  /* decoded code is held from this page */
    PAGE_TABLE = 2, /* translations from this page are remembered, by a CPU that wants to know */
};

struct bus_region {
    paddr first, last;        /* whole pages, both inclusive */
    u8 *host;                 /* RAM and ROM; NULL: a chip */
    bool writable;            /* of host memory; writes to ROM are dropped */
    u8 *shadow;               /* where writes go instead, or NULL */
    u32 page;                 /* number of the first page */
    const struct chip *chip;  /* called with the offset in the region as register number */
    void *owner;
};

/* Host memory other than RAM that has page numbers, mapped now or not. */
struct bus_block {
    u8 *host;
    u64 bytes;
    u32 page;
    bool owned; /* by the bus: part of the machine's state */
};

struct bus_ports {
    u16 first, count;
    u8 width;   /* bytes that the chip takes at once: wider accesses are split, low byte first */
    u32 reg;    /* register number of the first port */
    const struct chip *chip;
    void *owner;
};

struct bus {
    u8 *ram;
    u64 ram_size;
    bool a20;                        /* false: address bit 20 reads as 0 */
    bool drawing;                    /* between bus_draw() and bus_drawn() */
    u32 region_count, port_count;
    struct bus_region region[BUS_REGIONS]; /* sorted by address, no overlaps */
    struct bus_ports ports[BUS_PORT_MAPS];
    u8 port_map[0x10000];            /* index into ports + 1; 0: nobody */
    u8 *page_flags;                  /* by page number; PAGE_* */
    u32 page_count;
    u32 block_count;
    struct bus_block block[BUS_BLOCKS];
    /* The CPU's ears: bytes of a page with PAGE_*, of that number, were written from OFFSET on; the
     * map or the A20 gate changed. */
    void (*written)(void *listener, u32 page, u32 offset, u32 bytes);
    void (*remapped)(void *listener);
    void *listener;
    u32 unknown_ports; /* accesses that nobody answered, for the log */
};

/* RAM_SIZE: bytes of memory, a multiple of 1 MiB. Addresses from 640 KiB to 1 MiB are the board's
 * to map, and so are those from BUS_HOLE to 4 GiB, above which the rest of the memory lies. False
 * when the host has no memory. RAM is lazily allocated and starts as zeros. */
bool bus_init(struct bus *bus, u64 ram_size);
/* As after bus_init(): the memory lost what it held. */
void bus_clear_ram(struct bus *bus);
void bus_free(struct bus *bus);

/* Give host memory its page numbers, once, when the machine is built: parts of it may then be
 * mapped and unmapped for ever without new ones. */
void bus_add_host(struct bus *bus, u8 *host, u64 bytes);

/* The same for new memory of the bus's own, zeros until written, which bus_free() frees. For chips
 * with more of it than they hold themselves. */
u8 *bus_add_memory(struct bus *bus, u64 bytes);

/* Hash of all memory of the bus's own, continuing from HASH. */
u64 bus_hash(const struct bus *bus, u64 hash);

/* Draw the memory map anew: from RAM alone, what bus_map_* maps until bus_drawn(). The CPU hears of
 * it once. */
void bus_draw(struct bus *bus);
void bus_drawn(struct bus *bus);

/* Map host memory or a chip over whole pages, in place of whatever was there. */
void bus_map_host(struct bus *bus, paddr first, u64 bytes, u8 *host, bool writable);
/* Reads come from one memory, writes go to the other. */
void bus_map_shadow(struct bus *bus, paddr first, u64 bytes, u8 *read, u8 *written);
void bus_map_chip(struct bus *bus, paddr first, u64 bytes, const struct chip *chip, void *owner);
void bus_unmap(struct bus *bus, paddr first, u64 bytes);

/* The port map anew: empty. */
void bus_clear_ports(struct bus *bus);

/* Give ports FIRST.. (COUNT of them) to a chip; the first one is its register REG. */
void bus_map_ports(struct bus *bus, u16 first, u16 count, u8 width, u32 reg,
                   const struct chip *chip, void *owner);

void bus_set_a20(struct bus *bus, bool on);
INLINE paddr bus_mask(const struct bus *bus, paddr address)
{
    return bus->a20 ? address : address & ~(paddr)0x100000;
}

/* The host memory of the page at ADDRESS (any address in it) and its number; NULL: a chip or
 * nothing there. *WRITABLE tells RAM from ROM. */
u8 *bus_page(const struct bus *bus, paddr address, bool *writable, u32 *number);

/* One access of 1, 2 or 4 bytes inside a page. Nobody there: reads give ones, writes are lost. */
u32 bus_read(struct bus *bus, paddr address, unsigned size);
void bus_write(struct bus *bus, paddr address, u32 value, unsigned size);

/* Ports; SIZE 1, 2 or 4. */
u32 bus_in(struct bus *bus, u16 port, unsigned size);
void bus_out(struct bus *bus, u16 port, u32 value, unsigned size);
/* Up to COUNT elements of SIZE bytes from a port that streams, at once; says how many. */
bool bus_streams(const struct bus *bus, u16 port, unsigned size);
u32 bus_in_stream(struct bus *bus, u16 port, unsigned size, u8 *to, u32 count);

/* Bus masters: copy in, copy out; chips and holes are read as ones and not written. The A20 gate is the
 * CPU's, not theirs. */
void bus_dma_read(struct bus *bus, paddr address, void *to, u32 bytes);
void bus_dma_write(struct bus *bus, paddr address, const void *from, u32 bytes);

/* Is there memory that can be written, from FIRST on, without a gap? */
bool bus_is_memory(const struct bus *bus, paddr first, u64 bytes);

/* Print the memory map and the port map, a line each. */
void bus_print(const struct bus *bus, FILE *out);

#endif
