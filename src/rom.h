/* SPDX-License-Identifier: MIT */
/* The firmware: built in, or from a file that was looked at before anything runs it. */
#ifndef ROM_H
#define ROM_H

#include "src/base/types.h"

struct rom {
    u8 *bytes; /* padded with FFh to whole pages */
    u32 size;
};

/* What is built into the program: roms/bios.bin, roms/vgabios.bin, roms/demo.img. */
extern const u8 rom_bios[], rom_vgabios[], rom_demo[];
extern const u32 rom_bios_size, rom_vgabios_size, rom_demo_size;

/* PATH, or the built-in one if that is NULL. False and one line in MESSAGE (SIZE bytes) for a file
 * that is missing, truncated, or no BIOS. rom_free() in both cases. */
bool rom_load_bios(struct rom *rom, const char *path, char *message, size_t size);
bool rom_load_vgabios(struct rom *rom, const char *path, char *message, size_t size);
void rom_free(struct rom *rom);

/* NULL, or what is wrong with these bytes as a BIOS, as a VGA BIOS: a phrase. */
const char *rom_wrong_bios(const u8 *bytes, size_t n);
const char *rom_wrong_vgabios(const u8 *bytes, size_t n);

#endif
