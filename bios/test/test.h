/* SPDX-License-Identifier: MIT */
/* What the parts of the disk that checks the BIOS share: calls whose registers are looked at. */
#ifndef BIOS_TEST_H
#define BIOS_TEST_H

#include "../demo/demo.h"

struct strict {
    struct regs r;
    u16 fs, gs;
    u32 esp, esp_want;
};
void strict_call(u8 number, struct strict *s);

/* Registers of the last call, and the interrupt flag that calls are made with. */
extern struct strict s;
extern u16 if_in;

void check(int good, const char *file, u16 line);
#define CHECK(condition) check((condition) != 0, __FILE__, __LINE__)

#define SEGMENT_BUFFER   0x3000
#define CF               0x0001u
#define ZF               0x0040u
#define IF               0x0200u

enum { AX = 1, BX = 2, CX = 4, DX = 8, SI = 16, DI = 32, ES = 64, WIDE = 128, IF_KEPT = 256 };

/* One call. RESULTS: registers that may come back changed. */
void call(u8 number, u16 ax, u16 bx, u16 cx, u16 dx, u16 results, const char *file, u16 line);
#define CALL(number, ax, bx, cx, dx, results)                                                      \
    call(number, ax, bx, cx, dx, results, __FILE__, __LINE__)

extern u16 stack_used; /* bytes, by the last call */

void poke8(u16 seg, u16 off, u8 value);
u8 bda8(u16 off); /* the BIOS data area */
u16 bda16(u16 off);

static inline int carry(void)
{
    return (s.r.flags & CF) != 0;
}

static inline u32 peek32(u16 seg, u16 off)
{
    return peek16(seg, off) | (u32)peek16(seg, off + 2) << 16;
}

/* --- disks.c --- */
void test_disks(void);
extern u8 drive;
/* INT 13h with ES = SEGMENT_BUFFER; returns AH. */
u8 disk(u16 ax, u16 bx, u16 cx, u16 dx, u16 results);
/* An extended function of DRIVE. */
u8 packet(u8 function, u32 lba, u16 count, u16 at);

/* --- cd.c --- */
void test_cd(void);
extern const char *cd_found; /* none, empty, a disc */

/* --- board.c --- */
int pci_here(void);
void test_board(void);

#endif
