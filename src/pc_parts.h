/* SPDX-License-Identifier: MIT */
/* What the files of the board share. */
#ifndef PC_PARTS_H
#define PC_PARTS_H

#include "src/pc.h"

/* Draw the memory map from what the chips say now; PC is a struct pc. */
void pc_map_memory(void *pc);

/* What the firmware reads there about the plugs. */
void pc_fill_cmos(struct pc *pc);
void pc_fill_fw_cfg(struct pc *pc);

#endif
