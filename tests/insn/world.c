/* SPDX-License-Identifier: MIT */
/* Pages and descriptors that both sides have. */
#include "tests/insn/world.h"

const struct world_page world_pages[] = {
    {STUB, RIGHTS_READ | RIGHTS_EXEC},
    {CODE, RIGHTS_READ | RIGHTS_EXEC},
    {CODE + PAGE, RIGHTS_READ | RIGHTS_EXEC},
    {DATA, RIGHTS_READ | RIGHTS_WRITE},
    {DATA + PAGE, RIGHTS_READ | RIGHTS_WRITE},
    {DATA + 3 * PAGE, RIGHTS_READ},
    {DATA + 4 * PAGE, RIGHTS_READ | RIGHTS_WRITE},
    {DATA + 6 * PAGE, RIGHTS_READ | RIGHTS_WRITE},
    {TOP, RIGHTS_READ | RIGHTS_WRITE},
};
const unsigned world_page_count = ARRAY_LEN(world_pages);

/* Linux makes every segment accessed and of DPL 3. */
enum {
    RO = DA_P | DA_DPL | DA_S | DA_ACCESSED,
    RW = RO | DA_WRITABLE,
    DOWN = RW | DA_EXPAND_DOWN,
    XO = RO | DA_CODE,
    XR = XO | DA_READABLE,
};

const struct world_segment world_ldt[] = {
    {CODE, 0xffff, XR},                      /* 16-bit code */
    {CODE, CODE_BYTES - 1, XR},              /* ends where its pages end */
    {CODE, 0x17ff, XR | DA_DB},              /* 32-bit code, ends inside a page */
    {CODE - 0x10, 0x181f, XR},               /* the same with 16 bits, and a crooked base */
    {0, 0xfffff, XR | DA_DB | DA_G},         /* flat */
    {CODE, 0xffff, XO},                      /* cannot be read */
    {DATA, 0xffff, RW},                      /* 16-bit data */
    {DATA, 0x1fff, RW},                      /* ends where the pages end */
    {DATA + 0x7f3, 0x1000, RW | DA_DB},      /* odd base, ends inside a page */
    {DATA, 0xffff, RO},                      /* not writable */
    {DATA, 0x0fff, DOWN},                    /* 16-bit, expand-down: from 1000h up */
    {DATA, 0x1800, DOWN | DA_DB},            /* 32-bit, expand-down */
    {DATA - PAGE, 0, DOWN | DA_DB | DA_G},   /* from 1000h up, in pages */
    {0, 0xfffff, RW | DA_DB | DA_G},         /* flat */
    {0xfffff800u, 0xffff, RW},               /* goes over the end of the address space */
    {DATA + PAGE, 0, RW | DA_DB | DA_G},     /* one page */
    {DATA, 0x2, RW},                         /* three bytes */
    {0, 0xfffff, RO | DA_DB | DA_G},         /* flat, not writable */
    {DATA, 0xffff, RW & ~DA_P},              /* not present */
    {CODE, 0xffff, (XR | DA_DB) & ~DA_P},    /* not present */
};
const unsigned world_ldt_count = ARRAY_LEN(world_ldt);

u64 world_descriptor(const struct world_segment *s)
{
    u32 low = (s->limit & 0xffff) | s->base << 16;
    u32 high = (s->base >> 16 & 0xff) | (s->attr & 0xffu) << 8 | (s->limit & 0xf0000) |
               (s->attr & 0xf00u) << 12 | (s->base & 0xff000000u);
    return low | (u64)high << 32;
}

/* Linux's GDT, as far as a program can tell: arch/x86/include/asm/segment.h. The rest is refused to
 * CPL 3 by its DPL. */
u64 world_gdt_entry(unsigned n)
{
    static const struct world_segment system = {0, 0xfffff, DA_P | DA_S | DA_CODE | DA_READABLE};
    static const struct world_segment code = {0, 0xfffff, XR | DA_DB | DA_G};
    static const struct world_segment data = {0, 0xfffff, RW | DA_DB | DA_G};
    bool empty = n == 0 || n == 7 || n >= 9;
    return n == SEL_CODE32 / 8   ? world_descriptor(&code)
           : n == SEL_DATA32 / 8 ? world_descriptor(&data)
           : empty               ? 0
                                 : world_descriptor(&system);
}

const struct world_segment *world_segment(u16 selector)
{
    static const struct world_segment code = {0, 0xfffff, XR | DA_DB | DA_G};
    static const struct world_segment data = {0, 0xfffff, RW | DA_DB | DA_G};
    if (selector == SEL_CODE32)
        return &code;
    if (selector == SEL_DATA32)
        return &data;
    unsigned n = selector >> 3;
    return selector & 4 && n < world_ldt_count ? &world_ldt[n] : NULL;
}

u32 world_limit(const struct world_segment *s)
{
    return s->attr & DA_G ? s->limit << 12 | 0xfff : s->limit;
}
