/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/rom.h"

enum { KIB = 1024, ROM_MAX = 256 * KIB, PAGE = 4 * KIB, VGABIOS_MAX = 64 * KIB };

/* The processor starts at the last 16 bytes: there has to be something. */
const char *rom_wrong_bios(const u8 *bytes, size_t n)
{
    if (n != 64 * KIB && n != 128 * KIB && n != 256 * KIB)
        return "wrong size: a system BIOS has 64, 128 or 256 KiB (truncated?)";
    const u8 *start = bytes + n - 16;
    if ((start[0] == 0 && start[1] == 0) || (start[0] == 0xff && start[1] == 0xff))
        return "not a system BIOS: no code at its start address, the last 16 bytes";
    return NULL;
}

/* IBM AT BIOS: an adapter ROM begins with 55h AAh and its length in half KiB, and sums up to 0. */
const char *rom_wrong_vgabios(const u8 *bytes, size_t n)
{
    if (n < 512 || bytes[0] != 0x55 || bytes[1] != 0xaa)
        return "not a VGA BIOS: it does not begin with 55h AAh";
    size_t length = bytes[2] * (size_t)512;
    if (!length || length > n)
        return "truncated: shorter than its own header says";
    if (n > VGABIOS_MAX)
        return "too long for a VGA BIOS: at most 64 KiB";
    u8 sum = 0;
    for (size_t i = 0; i < length; i++)
        sum = (u8)(sum + bytes[i]);
    return sum ? "damaged: its checksum is not 0" : NULL;
}

static bool keep(struct rom *rom, const u8 *bytes, size_t n)
{
    rom->size = (u32)((n + PAGE - 1) & ~(size_t)(PAGE - 1));
    rom->bytes = malloc(rom->size);
    if (!rom->bytes)
        return false;
    memset(rom->bytes, 0xff, rom->size);
    memcpy(rom->bytes, bytes, n);
    return true;
}

static bool from_file(struct rom *rom, const char *path, const char *(*wrong)(const u8 *, size_t),
                      char *message, size_t size)
{
    u8 *bytes = malloc(ROM_MAX + 1);
    FILE *file = fopen(path, "re");
    size_t n = file && bytes ? fread(bytes, 1, ROM_MAX + 1, file) : 0;
    const char *why = !bytes                 ? "no memory"
                      : !file || ferror(file) ? strerror(errno)
                      : n > ROM_MAX           ? "too long for a ROM: more than 256 KiB"
                                              : wrong(bytes, n);
    if (why)
        snprintf(message, size, "%s: %s", path, why);
    if (file)
        fclose(file);
    bool ok = !why && keep(rom, bytes, n);
    free(bytes);
    return ok;
}

bool rom_load_bios(struct rom *rom, const char *path, char *message, size_t size)
{
    *rom = (struct rom){0};
    if (path)
        return from_file(rom, path, rom_wrong_bios, message, size);
    return keep(rom, rom_bios, rom_bios_size);
}

bool rom_load_vgabios(struct rom *rom, const char *path, char *message, size_t size)
{
    *rom = (struct rom){0};
    if (path)
        return from_file(rom, path, rom_wrong_vgabios, message, size);
    return keep(rom, rom_vgabios, rom_vgabios_size);
}

void rom_free(struct rom *rom)
{
    free(rom->bytes);
    *rom = (struct rom){0};
}
