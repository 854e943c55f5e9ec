/* SPDX-License-Identifier: MIT */
/* A machine with a BIOS of a few bytes. */
#ifndef TESTS_MACHINE_RIG_H
#define TESTS_MACHINE_RIG_H

#include <stdlib.h>
#include <unistd.h>

#include "src/machine.h"
#include "tests/unit/unit.h"

static struct options options;
static char message[5200];
static char bios_path[] = "machine-test-XXXXXX";

/* mov al,41h; mov [500h],al; hlt */
UNUSED static const u8 store_and_halt[] = {0x31, 0xc0, 0x8e, 0xd8, 0xb0,
                                           0x41, 0xa2, 0x00, 0x05, 0xf4};

/* inc word [500h]; mov al,0feh; out 64h,al; jmp $ */
UNUSED static const u8 reset_by_keyboard[] = {0x31, 0xc0, 0x8e, 0xd8, 0xff, 0x06, 0x00,
                                              0x05, 0xb0, 0xfe, 0xe6, 0x64, 0xeb, 0xfe};

/* A BIOS of 64 KiB with PROGRAM at F000:0000, where the reset vector jumps. */
INLINE struct machine *machine_with(const u8 *program, size_t n, const char *more)
{
    static u8 bios[65536];
    static const u8 reset[] = {0xea, 0x00, 0x00, 0x00, 0xf0};
    char line[300], *argv[20] = {(char *)"twin86"}, *rest = line;
    int argc = 1;
    memset(bios, 0xf4, sizeof bios); /* HLT */
    memcpy(bios, program, n);
    memcpy(bios + 0xfff0, reset, sizeof reset);
    strcpy(bios_path, "machine-test-XXXXXX");
    int fd = mkstemp(bios_path);
    ck_assert_int_eq(write(fd, bios, sizeof bios), (ssize_t)sizeof bios);
    close(fd);
    snprintf(line, sizeof line, "-m 1 -rtc base=2026-01-31T12:34:56 -bios %s %s", bios_path, more);
    for (char *word; (word = strsep(&rest, " "));)
        if (*word)
            argv[argc++] = word;
    ck_assert_msg(options_parse(&options, argc, argv, message, sizeof message), "%s", message);
    struct machine *machine = machine_new(&options, NULL, message, sizeof message);
    unlink(bios_path);
    return machine;
}

#define MACHINE(program, more) machine_with(program, sizeof(program), more)

INLINE void done(struct machine *machine)
{
    machine_free(machine);
    options_free(&options);
}

#endif
