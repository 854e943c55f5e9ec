/* SPDX-License-Identifier: MIT */
/*
 * A CPU with memory and nothing else, for tests of the CPU's files: bytes in, registers out.
 *
 * Every vector leads to a HLT of its own, so that a test can ask which exception was raised.
 */
#ifndef TESTS_GUEST_H
#define TESTS_GUEST_H

#include "cpu/access.h"
#include "cpu/cpu.h"
#include "tests/unit/unit.h"

/* Linear addresses. */
enum {
    GUEST_RAM = 2 << 20,
    GUEST_HANDLERS = 0x500, /* a HLT for each vector */
    GUEST_GDT = 0x800,
    GUEST_IDT = 0x1000,
    GUEST_TSS = 0x2000,
    GUEST_CODE = 0x10000,
    GUEST_DATA = 0x20000,
    GUEST_STACK = 0x38000, /* top of the stack; that of ring 3 ends 1000h below */
    GUEST_PAGES = 0x80000, /* page directory; the table of the first 4 MiB follows */
};

/* Selectors of protected mode. */
enum {
    GUEST_CODE32 = 0x08,
    GUEST_DATA32 = 0x10,
    GUEST_CODE16 = 0x18,
    GUEST_DATA16 = 0x20,
    GUEST_USER_CODE = 0x2b,
    GUEST_USER_DATA = 0x33,
    GUEST_TSS_SELECTOR = 0x38,
    GUEST_SMALL = 0x43, /* data at GUEST_DATA, limit 0fffh, ring 3 */
};

struct guest {
    struct bus bus;
    struct clock clock;
    struct cpu cpu;
    u8 *ram;
    u32 start; /* eip of GUEST_CODE */
    u8 vector; /* what an interrupt acknowledge gives; the INTR pin falls with it */
};

/* Comes up in real mode: CS 1000h, DS and ES 2000h, SS 3000h, SP 8000h, EIP 0. */
struct guest *guest_new(void);
struct guest *guest_new_model(const char *name);
void guest_free(struct guest *g);
/* Another processor in the same place, from the start. */
void guest_become(struct guest *g, const char *model);

/* From the start again, memory as it is. */
void guest_real(struct guest *g);
/* 32-bit protected mode, flat segments; RING 0 or 3. */
void guest_flat(struct guest *g, unsigned ring);
/* Turn paging on: the first 4 MiB are mapped to themselves, for all, writable. */
void guest_page(struct guest *g);
/* The page table entry of a linear address below 4 MiB. After changing: guest_flush(). */
u8 *guest_pte(struct guest *g, u32 linear);
void guest_flush(struct guest *g);

/* Write bytes ("8b 44 24 04") at GUEST_CODE, or at a linear address. */
void guest_code(struct guest *g, const char *hex);
void guest_bytes(struct guest *g, u32 address, const char *hex);

/* Run N instructions from where the CPU is. */
void guest_step(struct guest *g, unsigned n);
/* guest_code(), EIP to its start, one step. */
void guest_do(struct guest *g, const char *hex);

/* The vector whose handler was just entered, or has run its HLT; or -1. */
int guest_vector(const struct guest *g);
/* guest_do() with ECX and a fresh stack. Gives guest_vector(); the error code of #GP is 0. */
int guest_do_ecx(struct guest *g, const char *hex, u32 ecx);
/* RDMSR and WRMSR by the guest; they give guest_vector(). The first one's result is EDX:EAX. */
int guest_rdmsr(struct guest *g, u32 n);
int guest_wrmsr(struct guest *g, u32 n, u64 value);
u64 guest_edx_eax(const struct guest *g);
/* The 32-bit word N words above the top of the stack. */
u32 guest_stack(const struct guest *g, unsigned n);

/* Set a segment register from a descriptor's contents, without checks. */
void guest_segment(struct guest *g, unsigned seg, u16 selector, u32 base, u32 limit, u16 attr);
/* Write a descriptor into the GDT. */
void guest_descriptor(struct guest *g, u16 selector, u32 base, u32 limit, u16 attr);

/* Like unit_suite(), with a fixture around each test. */
Suite *guest_suite(const char *name, const TTest *const *tests, void (*setup)(void),
                   void (*teardown)(void));

#endif
