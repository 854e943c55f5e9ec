/* SPDX-License-Identifier: MIT */
/* What the firmware reads by fw_cfg: memory, processors, sleeping states, a kernel to start. */
#include "src/pc_parts.h"

enum { RANGE = 20, RANGE_RAM = 1 };

/* One line of "etc/e820": base, length, type. */
static u32 put_range(u8 *to, u64 base, u64 length)
{
    put64(to, base);
    put64(to + 8, length);
    put32(to + 16, RANGE_RAM);
    return length ? RANGE : 0;
}

static void fill_memory(struct pc *pc)
{
    u64 ram = pc->bus->ram_size, below = ram < BUS_HOLE ? ram : BUS_HOLE;
    u32 size = put_range(pc->memory_map, 0, below);
    size += put_range(pc->memory_map + size, 1ull << 32, ram - below);
    fw_cfg_add_number(&pc->fw_cfg, FW_CFG_RAM_SIZE, ram, 8);
    fw_cfg_add_file(&pc->fw_cfg, "etc/e820", pc->memory_map, size);
}

/* "etc/system-states": of each state S0 to S5 whether there is one, and its SLP_TYP (82371AB,
 * "PMCNTRL"): 1 is suspend to RAM, 0 switches off, for S4 too. */
enum { STATE = 0x80 };
static const u8 states[6] = {STATE, 0, 0, STATE | 1, STATE, STATE};

/* FW_CFG_KERNEL: kind, entry, stack, number of parts; of each its key, address and length. */
static void fill_kernel(struct pc *pc, const struct kernel *kernel)
{
    u8 *to = pc->kernel_table;
    put32(to, kernel->kind);
    put32(to + 4, kernel->entry);
    put32(to + 8, kernel->stack);
    put32(to + 12, kernel->count);
    for (u32 i = 0; i < kernel->count; i++) {
        const struct kernel_part *part = &kernel->part[i];
        put32(to + 16 + 12 * i, FW_CFG_KERNEL_PART + i);
        put32(to + 20 + 12 * i, part->address);
        put32(to + 24 + 12 * i, part->length);
        fw_cfg_add(&pc->fw_cfg, (u16)(FW_CFG_KERNEL_PART + i), part->bytes, part->size);
    }
    fw_cfg_add(&pc->fw_cfg, FW_CFG_KERNEL, to, 16 + 12 * kernel->count);
}

void pc_fill_fw_cfg(struct pc *pc)
{
    fill_memory(pc);
    fw_cfg_add_number(&pc->fw_cfg, FW_CFG_NB_CPUS, pc->plugs.cpus, 2);
    fw_cfg_add_number(&pc->fw_cfg, FW_CFG_MAX_CPUS, pc->plugs.cpus, 2);
    /* the timer is at the I/O APIC's pin 2 */
    fw_cfg_add_number(&pc->fw_cfg, FW_CFG_IRQ0_OVERRIDE, pc->plugs.apic, 1);
    fw_cfg_add_number(&pc->fw_cfg, FW_CFG_BOOT_MENU, pc->plugs.boot_menu, 2);
    if (!pc->plugs.isa_board)
        fw_cfg_add_file(&pc->fw_cfg, "etc/system-states", states, sizeof states);
    if (pc->plugs.kernel)
        fill_kernel(pc, pc->plugs.kernel);
}
