/* SPDX-License-Identifier: MIT */
/*
 * A whole machine whose processor is ours to play: its port and memory accesses, interrupt
 * acknowledges and time come from a script or a fuzzer. No guest program runs, but for world_cpu().
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "src/machine.h"

struct world {
    struct machine *machine;
    struct options options;
    const char *late; /* what did more than WORK_MOST; NULL: nothing */
    u64 work;         /* of the costliest so far */
};

/* ARGUMENTS: as on twin86's command line. False and one line in MESSAGE. */
bool world_new(struct world *world, const char *arguments, char *message, size_t size);
void world_free(struct world *world);

/* SIZE 1, 2 or 4; memory as the processor sees it: with its local APIC, at any address. */
u32 world_in(struct world *world, u16 port, unsigned size);
void world_out(struct world *world, u16 port, u32 value, unsigned size);
u32 world_read(struct world *world, u32 address, unsigned size);
void world_write(struct world *world, u32 address, u32 value, unsigned size);

/* Take the interrupt that the board wants taken; its vector. */
u8 world_acknowledge(struct world *world);

/* Let time pass, and do what the guest asked the board for: resets. */
void world_run(struct world *world, vtime ns);

void world_draw(struct world *world);

/* Let the processor loose, for so long, on tables and code made of the bytes at FROM. */
void world_cpu(struct world *world, const u8 *from, size_t n, vtime ns);

#endif
