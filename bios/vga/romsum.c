/* SPDX-License-Identifier: MIT */
/* Host tool: pads an option ROM to its size, writes the size byte, and makes its bytes sum to 0. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    size_t size = argc == 3 ? strtoul(argv[2], NULL, 0) : 0;
    unsigned char *rom = calloc(1, size + 1), sum = 0;
    FILE *file = argc == 3 ? fopen(argv[1], "rb+") : NULL;

    if (!file || !rom || fread(rom, 1, size + 1, file) > size) {
        fprintf(stderr, "use: romsum FILE SIZE, with FILE no longer than SIZE\n");
        return 1;
    }
    rom[2] = (unsigned char)(size / 512);
    for (size_t i = 0; i < size - 1; i++)
        sum = (unsigned char)(sum + rom[i]);
    rom[size - 1] = (unsigned char)-sum;
    rewind(file);
    return fwrite(rom, 1, size, file) == size && fclose(file) == 0 ? 0 : 1;
}
