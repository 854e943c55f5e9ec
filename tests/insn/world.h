/* SPDX-License-Identifier: MIT */
/*
 * The world in which one instruction runs, twice: on the host's processor, in 32- and 16-bit code
 * of a 64-bit process, and in twin86. Both see the same linear memory with the same page rights,
 * and the same descriptors; both run at CPL 3.
 */
#ifndef TESTS_INSN_WORLD_H
#define TESTS_INSN_WORLD_H

#include "cpu/cpu.h"

enum { PAGE = 0x1000 };

/* Linear addresses. What is not in world_pages[] is not present. */
enum {
    STUB = 0x00100000, /* read and execute: where the host comes back to 64-bit code */
    CODE = 0x00200000, /* two pages, read and execute: the instruction, all else INT3 */
    DATA = 0x00300000, /* page by page: RW RW none RO RW none RW */
    SYSTEM = 0x00400000, /* twin86's tables, for CPL 0; the host has its own elsewhere */
};
#define TOP 0xfffff000u /* the last page, RW */

enum { CODE_BYTES = 2 * PAGE, DATA_PAGES = 7, SYSTEM_BYTES = 2 * PAGE };

enum { RIGHTS_READ = 1, RIGHTS_WRITE = 2, RIGHTS_EXEC = 4 };

struct world_page {
    u32 linear;
    u8 rights;
};

extern const struct world_page world_pages[];
extern const unsigned world_page_count;

/* Selectors that Linux gives a program: flat code and data; and the one that leads to 64 bits,
 * which twin86 refuses: both sides end an instruction by a far jump to it. */
enum { SEL_CODE32 = 0x23, SEL_DATA32 = 0x2b, SEL_EXIT = 0x33 };

enum { GDT_ENTRIES = 16 };

/* A segment of the LDT; its selector is its number * 8 + 7. */
struct world_segment {
    u32 base, limit; /* as in the descriptor: of 4 KiB units with DA_G */
    u16 attr;        /* DA_* */
};

extern const struct world_segment world_ldt[];
extern const unsigned world_ldt_count;

INLINE u16 ldt_selector(unsigned n)
{
    return (u16)(n * 8 + 7);
}

/* The eight bytes of a descriptor. */
u64 world_descriptor(const struct world_segment *s);
u64 world_gdt_entry(unsigned n);

/* The segment that a selector of the flat two or the LDT names; NULL: none. */
const struct world_segment *world_segment(u16 selector);

/* The limit in bytes. */
u32 world_limit(const struct world_segment *s);

/* An FXSAVE image without what is reserved: SDM 2A "FXSAVE", "Non-64-Bit-Mode Layout". */
enum {
    FX_CW = 0,
    FX_SW = 2,
    FX_TAGS = 4,
    FX_FOP = 6,
    FX_FIP = 8,
    FX_FDP = 16,
    FX_MXCSR = 24,
    FX_ST = 32,
    FX_XMM = 160,
    FX_BYTES = 288,
    FX_IMAGE = 512,
};

/* Registers as a debugger shows them. */
struct regs {
    u32 r[8];
    u32 eip, eflags;
    u16 seg[SEG_COUNT];
    bool vector; /* those of the FPU, of MMX and SSE are loaded and compared */
    u8 fx[FX_BYTES];
};

/* What became of an instruction. */
enum { COMPLETED = -1 };

struct outcome {
    struct regs regs;
    int vector; /* of the exception, or COMPLETED: EIP is that of the next instruction */
    u32 error;  /* its error code */
    u32 cr2;    /* of a page fault */
};

/* How it is run, and how it ends. */
enum run_kind {
    RUN_CHAINED, /* followed by a far jump to SEL_EXIT */
    RUN_JUMP,    /* may go elsewhere: the host is stopped by TF, which does not count */
    RUN_STEP,    /* with TF on both sides: ends with #DB */
};

/* The page's bytes on each side. PAGE is an index into world_pages. */
u8 *native_page(unsigned page);
u8 *ours_page(unsigned page);

/* Put bytes of code at LINEAR, on both sides. */
void native_code(u32 linear, const u8 *bytes, u32 n);
void ours_code(u32 linear, const u8 *bytes, u32 n);

/* Prepare the host; NULL, or why it cannot be asked. */
const char *native_open(void);
/* END: where the instruction ends. */
void native_run(const struct regs *in, enum run_kind kind, u32 end, struct outcome *out);

bool ours_open(void);
void ours_close(void);
/* PLAIN: with the plain flavour; a RUN_JUMP then needs no INT3 where it lands. */
void ours_run(const struct regs *in, enum run_kind kind, u32 end, bool plain,
              struct outcome *out);

#endif
