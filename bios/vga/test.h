/* SPDX-License-Identifier: MIT */
/* For the disk that tries INT 10h. */
#ifndef BIOS_VGA_TEST_H
#define BIOS_VGA_TEST_H

#include "../demo/demo.h"

#define CHECK(condition) check((condition) != 0, __FILE__, __LINE__)
void check(int good, const char *file, u16 line);

/* INT 10h with these; ES is our segment unless it is set in r first. */
void video(u16 ax, u16 bx, u16 cx, u16 dx);
extern struct regs r;

void test_vbe(void); /* test_vbe.c */

#endif
