/* SPDX-License-Identifier: MIT */
/*
 * The processor: registers, and what the board may do with it. It knows a bus, a clock and an
 * interrupt-acknowledge callback, nothing else.
 *
 * Intel Software Developer's Manual (SDM) volumes 1 to 3; i486 Programmer's Reference Manual.
 */
#ifndef CPU_CPU_H
#define CPU_CPU_H

#include <setjmp.h>

#include "config.h"
#include "cpu/flags.h"
#include "cpu/fpu.h"
#include "cpu/model.h"
#include "cpu/msr.h"
#include "cpu/uop.h"
#include "mem/bus.h"
#include "src/base/clock.h"
#include "src/base/line.h"

enum { EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI, REG_ZERO = 16, REG_COUNT };
enum { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS, SEG_COUNT };

enum {
    CR0_PE = 1 << 0,
    CR0_MP = 1 << 1,
    CR0_EM = 1 << 2,
    CR0_TS = 1 << 3,
    CR0_ET = 1 << 4,
    CR0_NE = 1 << 5,
    CR0_WP = 1 << 16,
    CR0_AM = 1 << 18,
    CR0_NW = 1 << 29,
    CR0_CD = 1 << 30,
};
#define CR0_PG 0x80000000u

enum {
    CR4_VME = 1 << 0,
    CR4_PVI = 1 << 1,
    CR4_TSD = 1 << 2,
    CR4_DE = 1 << 3,
    CR4_PSE = 1 << 4,
    CR4_PAE = 1 << 5,
    CR4_MCE = 1 << 6,
    CR4_PGE = 1 << 7,
    CR4_PCE = 1 << 8,
    CR4_OSFXSR = 1 << 9,
    CR4_OSXMMEXCPT = 1 << 10,
};

/* Exceptions. SDM 3A "Exception and Interrupt Vectors". */
enum {
    EX_DE = 0,
    EX_DB = 1,
    EX_NMI = 2,
    EX_BP = 3,
    EX_OF = 4,
    EX_BR = 5,
    EX_UD = 6,
    EX_NM = 7,
    EX_DF = 8,
    EX_TS = 10,
    EX_NP = 11,
    EX_SS = 12,
    EX_GP = 13,
    EX_PF = 14,
    EX_MF = 16,
    EX_AC = 17,
    EX_XM = 19,
};

/* Why an exception was raised: what a trace (and a debugger) tells the person who asks. */
#define CPU_REASONS(X)                                                                             \
    X(NONE, "")                                                                                    \
    X(DIVIDE, "quotient too large or divisor zero")                                                \
    X(STEP, "single step")                                                                         \
    X(DEBUG_CODE, "instruction breakpoint")                                                        \
    X(DEBUG_ACCESS, "debug register guarded by DR7.GD")                                            \
    X(TASK_TRAP, "T bit of the new task")                                                          \
    X(BREAKPOINT, "breakpoint instruction")                                                        \
    X(OVERFLOW, "INTO with OF set")                                                                \
    X(BOUND, "index outside the bounds")                                                           \
    X(OPCODE, "no such instruction")                                                               \
    X(LOCK, "LOCK on an instruction that takes none")                                              \
    X(MODE, "not recognised in this mode")                                                         \
    X(NO_FPU, "CR0.EM or CR0.TS is set")                                                           \
    X(NO_SIMD, "CR0.EM is set, or CR4.OSFXSR is not")                                              \
    X(FPU, "unmasked floating-point exception")                                                    \
    X(SIMD, "unmasked SIMD floating-point exception")                                              \
    X(TOO_LONG, "instruction longer than 15 bytes")                                                \
    X(PRIVILEGE, "privileged instruction outside ring 0")                                          \
    X(IOPL, "I/O-sensitive instruction above IOPL")                                                \
    X(IO_BITMAP, "port denied by the TSS")                                                         \
    X(CODE_LIMIT, "instruction pointer beyond the code segment")                                   \
    X(LIMIT, "offset beyond the segment limit")                                                    \
    X(NULL_SEGMENT, "null or unusable segment register")                                           \
    X(NOT_WRITABLE, "segment is not writable")                                                     \
    X(NOT_READABLE, "segment is not readable")                                                     \
    X(STACK_LIMIT, "stack offset beyond the stack segment")                                        \
    X(SELECTOR_NULL, "null selector")                                                              \
    X(SELECTOR_LIMIT, "selector beyond its descriptor table")                                      \
    X(SELECTOR_TYPE, "descriptor of the wrong type")                                               \
    X(SELECTOR_RIGHTS, "descriptor privilege level refuses the access")                            \
    X(NOT_PRESENT, "segment or gate not present")                                                  \
    X(GATE, "bad gate")                                                                            \
    X(TSS, "bad task state segment")                                                               \
    X(VECTOR_LIMIT, "vector beyond the interrupt table")                                           \
    X(PAGE_ABSENT, "page not present")                                                             \
    X(PAGE_RIGHTS, "page protection")                                                              \
    X(ALIGNMENT, "unaligned access with alignment check")                                          \
    X(RESERVED, "reserved bit or value")                                                           \
    X(MSR, "no such model-specific register")

enum cpu_reason {
#define X(id, text) REASON_##id,
    CPU_REASONS(X)
#undef X
};

/* Descriptor attributes as loaded: byte 5 in bits 0-7 (type, S, DPL, P), the high half of byte 6
 * in bits 8-11 (AVL, L, D/B, G). SDM 3A "Segment Descriptors". */
enum {
    DA_ACCESSED = 1 << 0,
    DA_WRITABLE = 1 << 1,    /* data */
    DA_READABLE = 1 << 1,    /* code */
    DA_EXPAND_DOWN = 1 << 2, /* data */
    DA_CONFORMING = 1 << 2,  /* code */
    DA_CODE = 1 << 3,
    DA_S = 1 << 4, /* code or data, not system */
    DA_DPL_SHIFT = 5,
    DA_DPL = 3 << DA_DPL_SHIFT,
    DA_P = 1 << 7,
    DA_AVL = 1 << 8,
    DA_DB = 1 << 10,
    DA_G = 1 << 11,
    DA_TYPE = 0xf,
};

/* A segment register with its hidden part. end[write][log2 size]: the first offset refused to a
 * read or write of 1, 2, 4, 8 bytes; 0 where the complete check has to look (expand-down, null,
 * wrong type). */
struct segment {
    u64 base;
    u32 limit;     /* in bytes, the last valid offset (expand-down: the last invalid one) */
    u16 selector;
    u16 attr;      /* DA_*; 0: unusable */
    u32 end[2][4]; /* derived by segment_derive() */
};

struct table_register {
    u32 base;
    u16 limit;
};

/* What the decoded form of code depends on. */
enum {
    MODE_CODE32 = 1 << 0,
    MODE_STACK32 = 1 << 1,
    MODE_FLAT_ES = 1 << 2, /* base 0, limit 4 GiB, writable: no check, no addition */
    MODE_FLAT_SS = 1 << 3,
    MODE_FLAT_DS = 1 << 4,
    MODE_ALIGN = 1 << 5,       /* alignment check is on: every access is complete */
    MODE_LIMIT_4G = 1 << 6,    /* CS limit is FFFFFFFFh (neither of the two bits: FFFFh) */
    MODE_LIMIT_OTHER = 1 << 7, /* any other CS limit: no direct links, checked at each entry */
};

/* Direct-mapped; a tag with low bits set never matches. */
struct tlb_entry {
    u32 tag_read, tag_write; /* linear page */
    u64 addend;              /* + linear address = host address */
};

struct exec_entry {
    u64 key;  /* exec_key(linear page, place), or ~0 */
    u8 *host; /* the page's bytes; NULL: code outside host memory */
    u32 page; /* page number on the bus */
};

#ifdef PARANOID
enum { TLB_ENTRIES = 4, EXEC_ENTRIES = 2, TLB_FILLED = 4 };
#else
enum { TLB_ENTRIES = 1024, EXEC_ENTRIES = 256, TLB_FILLED = 256 };
#endif

struct tlb_list {
    u16 slot[TLB_FILLED];
    u32 count; /* above TLB_FILLED: too many to list */
};

/* The translations of one privilege: supervisor or user. */
struct tlb {
    struct tlb_entry entry[TLB_ENTRIES];
    u32 page[TLB_ENTRIES]; /* page number if stores need no check but for decoded code, else ~0 */
    struct exec_entry exec[EXEC_ENTRIES];
    struct tlb_list list[2];              /* slots filled since the last flush: others, global pages */
    u8 slot[TLB_ENTRIES + EXEC_ENTRIES];  /* SLOT_*, mmu.c */
    struct exec_entry withheld;           /* of a page with a breakpoint: good for one look */
    u64 large[1024 / 64];                 /* regions of 4 MiB with parts of large pages */
};

/* Why the engine must be left after the current instruction. */
enum {
    STOP_EVENT = 1, /* an interrupt line, IF, TF, HLT, mode: the run loop has to look */
    STOP_TIME = 2,  /* a chip armed a nearer timer */
    STOP_CODE = 4,  /* the running block was changed */
    STOP_EXIT = 8,  /* the board wants cpu_run() to return */
};

/* Why no instructions are run. SDM 3A "MP Initialization Protocol". */
enum {
    CPU_RUNS,
    CPU_HALTED, /* until an interrupt */
    CPU_WAITS,  /* for the start-up message, and for nothing else */
};

struct code_cache; /* block.c */

/* The local APIC of the package, as the board connects it. */
struct cpu_apic {
    const struct chip *chip; /* its registers; NULL: there is none */
    void *owner;
    void (*set_deadline)(void *owner, u64 cycle); /* a CPU clock; ~0: never */
    bool (*deadline_set)(void *owner);
};

#define CPU_NO_PAGE (~(paddr)0)

struct cpu {
    u64 r[REG_COUNT]; /* EAX .. EDI, room for R8 .. R15, and a zero */
    struct flags fl;
    s64 budget;      /* cycles left << 32 | instructions left; see run.c */
    struct tlb *tlb; /* of the current privilege */
    u32 stop;        /* STOP_* */
    u32 eip;
    u16 mode; /* MODE_* */
    u8 cpl;
    u8 halted; /* CPU_* */
    struct segment seg[SEG_COUNT];
    struct fpu fpu;
    const struct uop *current; /* the instruction that the plain flavour executes, or NULL */
    u64 slice_end;             /* CPU clock at which the budget is used up */
    u32 eflags;                /* all but FL_ARITH, which are in fl */
    u32 arith;                 /* FL_ARITH folded by cpu_fold(), for hash, dump and save */
    struct segment ldtr, tr;
    struct table_register gdtr, idtr;
    u32 cr0, cr2, cr3, cr4;
    u64 pdpte[4]; /* page directory pointers of PAE paging */
    u32 dr[8];
    u8 break_code, break_write, break_access, break_port; /* enabled breakpoints by kind, debug.c */
    u8 debug_hits;     /* B0 .. B3: met by the instruction that just ended, or before a shadow */
    u64 rf_at;         /* FL_RF is true at this CPU clock: for one instruction */
    u32 io_clocks;     /* an access to a port takes so many besides the instruction's own */
    u32 tr_test[8];    /* TR3 .. TR7 of the 486: kept, without function */
    u64 msr[MSR_PLACES];
    u64 idle;          /* clocks halted, or those of other processors */
    u64 icount;        /* instructions run since power-on */
    u64 tsc_offset;    /* TSC = clock + offset */
    u64 shadow_at;     /* no interrupt is taken at this CPU clock (after STI, MOV SS) */
    bool shadow_debug; /* the shadow at shadow_at holds off #DB and NMI too (MOV SS) */
    bool intr;         /* the INTR pin */
    bool nmi;          /* the NMI pin */
    bool ignne;        /* the IGNNE# pin: pending x87 exceptions are passed over */
    struct line ferr;  /* the FERR# pin: one is pending, and CR0.NE is clear */
    bool nmi_pending;  /* an edge on it waits */
    bool nmi_blocked;  /* until IRET */
    bool shutdown;     /* triple fault */
    struct line smiact; /* the SMIACT# pin: in system management mode */
    bool smi;          /* the SMI# pin, asserted */
    bool smi_pending;  /* an edge on it waits */
    bool smm;          /* system management mode */
    bool in_io;        /* a port is being accessed */
    bool smi_io;       /* the edge came from that; the instruction is in smi_restart */
    u32 smi_restart[4]; /* EIP ECX ESI EDI */
    u32 smbase;
    bool stepping;     /* one instruction only: do not go on into the next block */
    u8 delivering;     /* exception whose handler is being entered, or NOT_DELIVERING */
    bool step_trap;    /* TF was set when the running instruction began */

    /* the exception being raised (cpu_raise -> run loop) */
    u8 fault_vector;
    bool fault_has_error;
    u16 fault_reason;
    u32 fault_error;
    jmp_buf fault_jump;

    struct cpu_apic apic;
    paddr apic_page;     /* where its registers are seen, or CPU_NO_PAGE */
    struct line apic_on; /* it is enabled in its base register */

    const struct cpu_model *model;
    struct bus *bus;
    struct clock *clock;
    u8 (*acknowledge)(void *owner); /* INTA: gives the vector */
    void *acknowledge_owner;
    /* before each instruction, which is then run plain; or NULL */
    void (*trace)(void *owner, struct cpu *cpu);
    void *trace_owner;
    bool plain_only; /* never enter the fast engine (lock-step oracle) */
    bool coherent;   /* the TLB follows what is written to page tables; paging.c */
    u8 number;       /* 0 starts the system, the others come up waiting */
    struct cpu *peer; /* the next of the processors at this bus, a ring */
    struct code_cache *code; /* all have one: only one runs at a time */
    struct tlb tlb_set[2]; /* supervisor, user */
};

extern const struct field cpu_fields[];

/* False: no host memory. The CPU comes up reset. */
bool cpu_init(struct cpu *cpu, const struct cpu_model *model, struct bus *bus,
              struct clock *clock);
/* Another one beside FIRST, of its model, at its bus, with its decoded code. */
void cpu_init_another(struct cpu *cpu, struct cpu *first, u8 number);
/* The first one, when the others have come to rest. */
void cpu_free(struct cpu *cpu);

/* The RESET pin. SDM 3A "Processor State After Reset". */
void cpu_reset(struct cpu *cpu);

/* RESET stays asserted until cpu_reset(). */
void cpu_hold(struct cpu *cpu);

/* The INIT pin: x87 and SSE, MSRs with the time stamp, CD and NW of CR0 and SMBASE stay as they
 * are. SDM 3A "Processor State After Reset"; before the Pentium it is the RESET pin. */
void cpu_init_pin(struct cpu *cpu);

/* The INTR, NMI and IGNNE# pins (line_set_fn). */
void cpu_intr(void *cpu, unsigned pin, bool level);
void cpu_nmi(void *cpu, unsigned pin, bool level);
void cpu_ignne(void *cpu, unsigned pin, bool level);
/* SMI#: LEVEL true is asserted. */
void cpu_smi(void *cpu, unsigned pin, bool level);

/* The start-up message: one that waits begins at VECTOR * 4096. */
void cpu_startup(void *cpu, u8 vector);

enum { NOT_DELIVERING = 0xff };

enum cpu_end {
    CPU_DEADLINE, /* clock->deadline reached, or clock->sooner, or cpu_request_exit() */
    CPU_SHUTDOWN, /* triple fault: the board resets the CPU */
};

/* Run until clock->cycles >= clock->deadline. Advances the clock, also while halted. */
enum cpu_end cpu_run(struct cpu *cpu);

/* Would nothing but time pass? */
bool cpu_idle(const struct cpu *cpu);

/* CLOCKS have passed in which others ran. */
void cpu_stand_by(struct cpu *cpu, u64 clocks);

/* Run one instruction (or take one interrupt or exception), whatever the deadline. */
enum cpu_end cpu_step(struct cpu *cpu);

/* Instructions run since power-on, before the current one: exact also in the trace hook. */
u64 cpu_insns(const struct cpu *cpu);

/* From a chip's handler: end cpu_run() after the current instruction. */
void cpu_request_exit(struct cpu *cpu);

/* Before the field list is hashed, dumped or saved: fold the lazy flags into cpu->arith. */
void cpu_fold(struct cpu *cpu);

/* After the field list was loaded into CPU: rebuild what is derived. */
void cpu_loaded(struct cpu *cpu);

/* EFLAGS with the arithmetic flags folded in; and back (no checks). */
u32 cpu_eflags(const struct cpu *cpu);
void cpu_set_eflags(struct cpu *cpu, u32 value);

/* "#PF", or NULL for a vector that is no exception of the processor. */
const char *exception_name(unsigned vector);

/* Linear memory as CPL 0 sees it, without side effects (no A/D bits, no faults, no devices):
 * for traces and debuggers. Returns how many bytes could be read. */
u32 cpu_peek(struct cpu *cpu, u32 linear, void *to, u32 bytes);

INLINE bool cpu_protected(const struct cpu *cpu)
{
    return cpu->cr0 & CR0_PE;
}

INLINE bool cpu_vm86(const struct cpu *cpu)
{
    return cpu->eflags & FL_VM;
}

/* Real or virtual-8086 mode: segment bases are selector * 16. */
INLINE bool cpu_real_segments(const struct cpu *cpu)
{
    return !cpu_protected(cpu) || cpu_vm86(cpu);
}

INLINE unsigned cpu_iopl(const struct cpu *cpu)
{
    return cpu->eflags >> 12 & 3;
}

#endif
