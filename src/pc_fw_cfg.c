/* SPDX-License-Identifier: MIT */
/* What the firmware reads by fw_cfg: memory, processors. */
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

void pc_fill_fw_cfg(struct pc *pc)
{
    fill_memory(pc);
    fw_cfg_add_number(&pc->fw_cfg, FW_CFG_NB_CPUS, pc->plugs.cpus, 2);
    fw_cfg_add_number(&pc->fw_cfg, FW_CFG_MAX_CPUS, pc->plugs.cpus, 2);
    fw_cfg_add_number(&pc->fw_cfg, FW_CFG_BOOT_MENU, 0, 2);
}
