/* SPDX-License-Identifier: MIT */
/*
 * A kernel that the user named is fetched by fw_cfg, part by part, and started; so every reset starts
 * it again. QEMU's docs/specs/fw_cfg; the table of parts is of src/pc_fw_cfg.c. Boot protocols:
 * Documentation/arch/x86/boot.rst of Linux; Multiboot Specification 0.6.96, "Machine state".
 */
#include "bda.h"
#include "tables.h"

#define DMA_HIGH  0x514
#define DMA_LOW   0x518

#define TABLE     0x8100
#define QEMU      0x554d4551u /* what DMA_HIGH is read as */

#define DMA_ERROR  0x01u
#define DMA_READ   0x02u
#define DMA_SELECT 0x08u

enum kind { NO_KERNEL, LINUX, MULTIBOOT };

#define PARTS 20

struct table {
    u32 kind, entry, stack, count;
    struct {
        u32 key, address, length;
    } part[PARTS];
};

/* The Multiboot information, and the memory map that we put behind it. */
#define INFO_SEGMENT 0x800
#define INFO_MAP     0x100
#define INFO_LOWER   4
#define INFO_UPPER   8
#define INFO_MAP_SIZE 44
#define MAP_LINE     24
#define MAP_END      0x1000

void linux_start(u16 segment, u16 stack);     /* kernel.S */
void multiboot_start(u32 entry, u32 info);
u32 map_line(u16 segment, u16 offset, u32 next);

/* So many bytes of an item, to anywhere in memory. */
static bool fetch(u16 key, u32 address, u32 length)
{
    volatile u32 request[4];

    request[0] = __builtin_bswap32((u32)key << 16 | DMA_SELECT | DMA_READ);
    request[1] = __builtin_bswap32(length);
    request[2] = 0;
    request[3] = __builtin_bswap32(address);
    out32(DMA_HIGH, 0);
    out32(DMA_LOW, __builtin_bswap32(stack_address((const void *)request)));
    while (__builtin_bswap32(request[0]) & ~DMA_ERROR)
        ;
    return !request[0];
}

static bool fetch_all(const struct table *table)
{
    u32 i;

    for (i = 0; i < table->count; i++)
        if (!fetch((u16)table->part[i].key, table->part[i].address, table->part[i].length))
            return false;
    return true;
}

/* Memory sizes as INT 12h and INT 15h AH=88h, E801h tell them, and the lines of E820h. */
static void fill_information(void)
{
    u16 at = INFO_MAP;
    u32 next = 0;

    far_put32(INFO_SEGMENT, INFO_LOWER, BDA->memory_kb);
    far_put32(INFO_SEGMENT, INFO_UPPER, above_1m_free_kb());
    do {
        far_put32(INFO_SEGMENT, at, MAP_LINE - 4);
        next = map_line(INFO_SEGMENT, at + 4, next);
        at += MAP_LINE;
    } while (next && at + MAP_LINE <= MAP_END);
    far_put32(INFO_SEGMENT, INFO_MAP_SIZE, at - INFO_MAP);
}

/* Returns if there is none. */
void kernel_run(void)
{
    struct table table;

    if (in32(DMA_HIGH) != QEMU || !fetch(TABLE, stack_address(&table), sizeof table) ||
        table.kind == NO_KERNEL || !fetch_all(&table))
        return;
    if (table.kind == LINUX)
        linux_start((u16)(table.entry >> 4), (u16)table.stack);
    fill_information();
    a20_set(true);
    multiboot_start(table.entry, INFO_SEGMENT * 16u);
}
