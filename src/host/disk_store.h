/* SPDX-License-Identifier: MIT */
/* Sectors in memory, by number, only those ever written: for snapshots and unpacked images. */
#ifndef HOST_DISK_STORE_H
#define HOST_DISK_STORE_H

#include "src/base/types.h"

enum { STORE_PAGE = 4096 };

struct store_slot {
    u64 page;
    u8 *bytes; /* STORE_PAGE of them; NULL: a free slot */
};

/* All zeros is an empty store. */
struct store {
    struct store_slot *slot; /* open addressing; ROOM is a power of 2 */
    u64 room, used;
};

/* The bytes of page PAGE, or NULL. */
u8 *store_find(const struct store *store, u64 page);

/* The same, made of zeros when it was not there; NULL: the host has no memory. */
u8 *store_make(struct store *store, u64 page);

/* Forget all. */
void store_free(struct store *store);

#endif
