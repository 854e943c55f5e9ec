/* SPDX-License-Identifier: MIT */
/* What the files of the board share. */
#ifndef PC_PARTS_H
#define PC_PARTS_H

#include "src/pc.h"

/* Draw the memory map from what the chips say now; PC is a struct pc. */
void pc_map_memory(void *pc);

/* That, and which chip answers at which port. */
void pc_map_all(void *pc);

/* Every pin to those that listen to it. */
void pc_connect(struct pc *pc);

/* Every listener sees the level of its wire, as with power on. */
void pc_settle(struct pc *pc);

/* SMRAM comes and goes with the mode of the CPU that runs: a line_set_fn; PC is a struct pc. */
void pc_smiact(void *pc, unsigned pin, bool level);

/* A line for each wire. */
void pc_print_wires(const struct pc *pc, FILE *out);

/* What the firmware reads there about the plugs. */
void pc_fill_cmos(struct pc *pc);
void pc_fill_fw_cfg(struct pc *pc);

#endif
