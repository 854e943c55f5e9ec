/* SPDX-License-Identifier: MIT */
/* The Plug and Play BIOS for systems to find: its structure, and the nodes of pnp.S whose devices
   POST found. */
#include "bda.h"
#include "tables.h"

#define STRUCTURE_SIZE 33
#define CHECKSUM       8  /* in the structure */
#define NUMBER         2  /* in a node */
#define MORE_MEMORY    32 /* in the first node: how much there is from 1 MiB on */
#define PORTS          7  /* at 40:0: serial and parallel */

struct device {
    u16 needs;
    u16 size; /* the node begins here */
} PACKED;

/* pnp.S */
extern ROM u8 pnp_structure[], pnp_devices[], pnp_devices_end[];

/* What its functions want to know. */
extern ROM u16 pnp_nodes, pnp_largest;
extern ROM u8 pnp_count;

static bool is_there(u16 needs)
{
    u8 i;

    if (needs < 0x100)
        return (BDA->equipment & needs) == needs;
    for (i = 0; i < PORTS; i++)
        if (far_get16(0x40, i * 2) == needs)
            return true;
    return false;
}

void pnp_init(struct writer *w)
{
    ROM u8 *at;
    ROM struct device *d;
    u16 start, largest = 0;
    u8 count = 0;

    if (cmos_read(CMOS_WITHOUT) & WITHOUT_PNP)
        return;
    put_align(w, 16);
    start = w->at;
    put8(w, '$');
    put_rom(w, pnp_structure, STRUCTURE_SIZE - 1);
    put_sum(w, start, STRUCTURE_SIZE, start + CHECKSUM);
    start = w->at;
    for (at = pnp_devices; at < pnp_devices_end; at += sizeof d->needs + d->size) {
        d = (ROM struct device *)at;
        if (!is_there(d->needs))
            continue;
        put_rom(w, &d->size, d->size);
        far_put8(w->segment, w->at - d->size + NUMBER, count++);
        if (largest < d->size)
            largest = d->size;
    }
    far_put32(w->segment, start + MORE_MEMORY, memory_end() - 0x100000);
    far_put16(ROM_SEGMENT, (u16)(u32)&pnp_nodes, start);
    far_put16(ROM_SEGMENT, (u16)(u32)&pnp_largest, largest);
    far_put8(ROM_SEGMENT, (u16)(u32)&pnp_count, count);
}
