/* SPDX-License-Identifier: MIT */
/*
 * A CPU with flat RAM, descriptor tables and no program: what the tests of protected mode share.
 * Each case does one transfer and compares registers, stack bytes or the fault. Every fault is
 * checked to have changed neither the CPU nor memory.
 */
#ifndef TESTS_PROTECT_H
#define TESTS_PROTECT_H

#include "cpu/protect.h"
#include "tests/unit/unit.h"

enum {
    GDT = 0x1000,
    IDT = 0x2000,
    LDT = 0x3000,
    TSS_A_AT = 0x4000,
    TSS_B_AT = 0x4100,
    TSS16_A_AT = 0x4200,
    TSS16_B_AT = 0x4300,
    PAGES = 0x8000, /* page directory, then the table */
    STACK0 = 0x20000,
    STACK1 = 0x21000,
    STACK3 = 0x23000,
    RAM = 1 << 20,
};

/* Selectors, with RPL 0. */
enum {
    CODE0 = 0x08,
    DATA0 = 0x10,
    CODE1 = 0x18,
    DATA1 = 0x20,
    CODE3 = 0x28,
    DATA3 = 0x30,
    CONFORMING = 0x38,
    TSS_A = 0x40,
    TSS_B = 0x48,
    TSS16_A = 0x50,
    TSS16_B = 0x58,
    LOCAL = 0x60,
    GATE = 0x68,
    TASK_GATE = 0x70,
    EXECUTE_ONLY = 0x78,
    READ_ONLY = 0x80,
    STACK16 = 0x88, /* ring 0, B clear */
    DOWN = 0x90,    /* ring 0, expand-down */
    CODE16 = 0x98,
    SCRATCH = 0xa0,
    GDT_END = 0xa8,
    LOCAL_DATA = 4, /* LDT index 0 */
    LOCAL_CODE = 0x0c,
};

enum {
    FLAT = DA_G | DA_DB,
    RING0 = DA_P | DA_S,
    RING1 = RING0 | 1 << DA_DPL_SHIFT,
    RING3 = RING0 | DA_DPL,
    DATA = DA_WRITABLE | DA_ACCESSED,
    CODE = DA_CODE | DA_READABLE | DA_ACCESSED,
    VECTOR = 0x40,
};

struct world {
    struct cpu cpu;
    struct bus bus;
    struct clock clock;
};

extern struct world w;
#define CPU (&w.cpu)

void world_setup(void);
void world_teardown(void);
/* Everything fresh: protected mode at CPL 0, 1 or 3 with TR = TSS_A and an LDT. */
void world_protect(unsigned cpl);
/* Virtual-8086 mode: ES, CS, SS … are 100h, 200h, 300h …, SP is 1000h, IP is 77h. */
void world_vm86(unsigned iopl);

/* Entries of a table; the access byte of one in the GDT; the inner stacks in TSS_A, TSS16_A. */
void put_descriptor(u32 table, u16 selector, u32 base, u32 limit, unsigned attr);
void put_gate(u32 table, u16 selector, unsigned attr, u16 target, u32 offset, u8 count);
u8 rights(u16 selector);
void set_rights(u16 selector, unsigned attr);
void put_stacks(u16 ss0, u32 esp0);
/* Load a segment register without checks. */
void load_direct(unsigned seg, u16 selector);
/* Write items to memory, compare those on the stack from (E)SP up. */
void poke32(u32 address, const u32 *value, unsigned count);
void poke16(u32 address, const u16 *value, unsigned count);
void expect_stack32(const u32 *want, unsigned count);
void expect_stack16(const u16 *want, unsigned count);
#define STACK_IS32(...)                                                                            \
    expect_stack32((const u32[]){__VA_ARGS__}, ARRAY_LEN(((const u32[]){__VA_ARGS__})))
#define STACK_IS16(...)                                                                            \
    expect_stack16((const u16[]){__VA_ARGS__}, ARRAY_LEN(((const u16[]){__VA_ARGS__})))

/* What is done, and how it ended. */

enum what { NOTHING, JUMP, CALL, RETURN, IRET, INT_N, EXTERNAL, FAULT_14, LOAD, LLDT, LTR };

struct op {
    enum what what;
    u16 selector; /* or segment register << 16 */
    u32 arg;      /* offset, bytes released, segment register */
    u32 size;
};

#define DONE                 0u
#define FAULT(vector, error) (1u << 31 | (u32)(vector) << 16 | (error))

/* Do it: DONE or the fault, which must have changed nothing (outcome_anywhere: may have). */
u32 outcome(struct op op);
u32 outcome_anywhere(struct op op);

/* One transfer, one rule. RIGHTS replaces the access byte of descriptor PATCH. */
struct rule {
    const char *what;
    unsigned cpl;
    struct op op;
    u32 want;
    u16 patch, rights;
};

/* PREPARE, if any, runs on the fresh world before each rule. */
void check_rules(const struct rule *rule, unsigned count, void (*prepare)(void));
#define CHECK_RULES(rules, prepare) check_rules(rules, ARRAY_LEN(rules), prepare)

/* A suite whose tests begin with world_setup(). */
Suite *world_suite(const char *name, const TTest *const *tests);

#endif
