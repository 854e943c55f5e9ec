/* SPDX-License-Identifier: MIT */
/* The sparse memory behind snapshots and unpacked images: a hash table of 4 KiB pages. */
#include "src/host/disk_store.h"

#include <stdlib.h>

static struct store_slot *slot_of(const struct store *store, u64 page)
{
    u64 at = page * 0x9e3779b97f4a7c15u >> 20;
    while (store->slot[at & (store->room - 1)].bytes &&
           store->slot[at & (store->room - 1)].page != page)
        at++;
    return &store->slot[at & (store->room - 1)];
}

u8 *store_find(const struct store *store, u64 page)
{
    return store->used ? slot_of(store, page)->bytes : NULL;
}

/* Keep at least a quarter of the slots free, so that a search always ends. */
static bool store_grow(struct store *store)
{
    struct store bigger = {.room = store->room ? 2 * store->room : 64, .used = store->used};
    if (store->room && store->used < store->room / 4 * 3)
        return true;
    bigger.slot = calloc(bigger.room, sizeof *bigger.slot);
    if (!bigger.slot)
        return false;
    for (u64 i = 0; i < store->room; i++)
        if (store->slot[i].bytes)
            *slot_of(&bigger, store->slot[i].page) = store->slot[i];
    free(store->slot);
    *store = bigger;
    return true;
}

u8 *store_make(struct store *store, u64 page)
{
    u8 *bytes = store_find(store, page);
    if (bytes || !store_grow(store))
        return bytes;
    bytes = calloc(1, STORE_PAGE);
    if (!bytes)
        return NULL;
    *slot_of(store, page) = (struct store_slot){.page = page, .bytes = bytes};
    store->used++;
    return bytes;
}

void store_free(struct store *store)
{
    for (u64 i = 0; i < store->room; i++)
        free(store->slot[i].bytes);
    free(store->slot);
    *store = (struct store){0};
}
