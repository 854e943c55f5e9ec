/* SPDX-License-Identifier: MIT */
/*
 * The host's processor runs one instruction, in 32- or 16-bit code of this 64-bit process.
 *
 * The low 4 GiB belong to the world: the process itself lies above them, where 32-bit code cannot
 * reach. IRET loads everything at once; back it comes by a far jump to the stub, or by a signal,
 * whose context tells registers, trap number, error code and address. Signal handlers are left
 * without sigreturn(2): nothing is masked, and the alternate stack is not marked as taken.
 */
#include "tests/insn/world.h"

#if defined(__x86_64__) && defined(__linux__)

#include <asm/ldt.h>
#include <asm/prctl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

/* What the code below and C share, at an address that the stub knows. */
struct frame {
    u32 in[8];
    u16 ds, es, fs, gs;
    u64 rip, cs, rflags, rsp, ss; /* popped by IRET */
    u64 host_rsp, host_fs;
    ucontext_t *signal;
    u64 home;
    u32 inside, fsgsbase;
    u32 out[8];
    u16 out_ds, out_es, out_fs, out_gs, out_ss, unused[3];
    u64 out_flags;
    u32 vector, mxcsr; /* the latter for C */
    u8 unused2[512 - 184];
    u8 fx_in[FX_IMAGE], fx_out[FX_IMAGE];
};

#define FRAME_TEXT "0x1000000000"
static struct frame *const frame = (struct frame *)0x1000000000;

_Static_assert(offsetof(struct frame, rip) == 40, "offsets as in the code below");
_Static_assert(offsetof(struct frame, home) == 104, "offsets as in the code below");
_Static_assert(offsetof(struct frame, vector) == 176, "offsets as in the code below");
_Static_assert(offsetof(struct frame, fx_in) == 512, "offsets as in the code below");

/* Returns false when the instruction was left by a signal. */
bool native_enter(void);
void native_home(void);
void native_signal(int number, siginfo_t *info, void *context);
extern const u8 native_stub[], native_stub_end[];

asm(".text\n"
    "native_enter:\n"
    "  push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
    "  movabs $" FRAME_TEXT ", %r8\n"
    "  mov %rsp, 80(%r8)\n"
    "  cmpl $0, 176(%r8)\n"
    "  je 1f\n"
    "  fxrstor 512(%r8)\n"
    "1:\n"
    "  mov 32(%r8), %ds; mov 34(%r8), %es; mov 36(%r8), %fs; mov 38(%r8), %gs\n"
    "  mov (%r8), %eax; mov 4(%r8), %ecx; mov 8(%r8), %edx; mov 12(%r8), %ebx\n"
    "  mov 20(%r8), %ebp; mov 24(%r8), %esi; mov 28(%r8), %edi\n"
    "  lea 40(%r8), %rsp\n"
    "  iretq\n"
    /* 64-bit code again; everything but CS and RIP is still the instruction's. */
    "native_stub:\n"
    "  movabs %eax, " FRAME_TEXT "+120\n"
    "  movabs $" FRAME_TEXT ", %rax\n"
    "  jmp *104(%rax)\n"
    "native_stub_end:\n"
    "native_home:\n"
    "  mov %ecx, 124(%rax); mov %edx, 128(%rax); mov %ebx, 132(%rax); mov %esp, 136(%rax)\n"
    "  mov %ebp, 140(%rax); mov %esi, 144(%rax); mov %edi, 148(%rax)\n"
    "  mov 80(%rax), %rsp\n"
    "  pushfq; popq 168(%rax)\n"
    "  push $2; popfq\n"
    "  mov %ss, 160(%rax)\n"
    "  cmpl $0, 176(%rax)\n"
    "  je 1f\n"
    "  fxsave 1024(%rax)\n"
    "  fninit\n"
    "  ldmxcsr 180(%rax)\n"
    "1:\n"
    "  mov $1, %ebx\n"
    "native_leave:\n" /* rax: frame, ebx: result */
    "  mov %ds, 152(%rax); mov %es, 154(%rax); mov %fs, 156(%rax); mov %gs, 158(%rax)\n"
    "  mov $0x2b, %ecx\n"
    "  mov %ecx, %ss; mov %ecx, %ds; mov %ecx, %es\n"
    "  xor %ecx, %ecx\n"
    "  mov %ecx, %fs; mov %ecx, %gs\n"
    "  mov 88(%rax), %rsi\n"
    "  cmpl $0, 116(%rax)\n"
    "  je 1f\n"
    "  wrfsbase %rsi\n"
    "  jmp 2f\n"
    "1: mov $0x1002, %edi\n" /* ARCH_SET_FS */
    "  mov $158, %eax\n"     /* arch_prctl */
    "  syscall\n"
    "2: mov %ebx, %eax\n"
    "  pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
    "  ret\n"
    "native_signal:\n"
    "  push $2; popfq\n" /* AC could be set */
    "  movabs $" FRAME_TEXT ", %rax\n"
    "  cmpl $0, 112(%rax)\n"
    "  je native_lost\n"
    "  mov 80(%rax), %rsp\n"
    "  mov %rdx, 96(%rax)\n"
    "  xor %ebx, %ebx\n"
    "  jmp native_leave\n");

/* A signal outside the instruction: a fault of this program. */
void native_lost(int number, siginfo_t *info);
void native_lost(int number, siginfo_t *info)
{
    fprintf(stderr, "native: signal %d at %p outside the instruction\n", number, info->si_addr);
    _exit(99);
}

/* Preparation. */

static u8 *alias; /* the pages of the world, one after the other */

static bool map_pages(void)
{
    int fd = memfd_create("world", 0);
    size_t bytes = (size_t)world_page_count * PAGE;
    if (fd < 0 || ftruncate(fd, (off_t)bytes))
        return false;
    alias = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    bool good = alias != MAP_FAILED;
    for (unsigned i = 0; i < world_page_count; i++) {
        const struct world_page *p = &world_pages[i];
        int rights = (p->rights & RIGHTS_READ ? PROT_READ : 0) |
                     (p->rights & RIGHTS_WRITE ? PROT_WRITE : 0) |
                     (p->rights & RIGHTS_EXEC ? PROT_EXEC : 0);
        void *want = (void *)(uintptr_t)p->linear;
        good = good && mmap(want, PAGE, rights, MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_POPULATE, fd,
                            (off_t)i * PAGE) == want;
    }
    close(fd);
    return good;
}

static bool map_frame(void)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    return mmap(frame, PAGE, PROT_READ | PROT_WRITE, flags, -1, 0) == frame;
}

/* Nothing of this process may lie where 32-bit code can reach it. */
static bool low_memory_is_free(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    unsigned long long first = 0;
    bool good = maps && fscanf(maps, "%llx", &first) == 1 && first > 0xffffffff;
    if (maps)
        fclose(maps);
    return good;
}

static bool write_ldt(void)
{
    for (unsigned i = 0; i < world_ldt_count; i++) {
        const struct world_segment *s = &world_ldt[i];
        bool code = s->attr & DA_CODE, second = s->attr & DA_WRITABLE;
        struct user_desc d = {
            .entry_number = i,
            .base_addr = s->base,
            .limit = s->limit,
            .seg_32bit = !!(s->attr & DA_DB),
            .contents = code                       ? MODIFY_LDT_CONTENTS_CODE
                        : s->attr & DA_EXPAND_DOWN ? MODIFY_LDT_CONTENTS_STACK
                                                   : MODIFY_LDT_CONTENTS_DATA,
            .read_exec_only = !second,
            .limit_in_pages = !!(s->attr & DA_G),
            .seg_not_present = !(s->attr & DA_P),
        };
        if (syscall(SYS_modify_ldt, 0x11, &d, sizeof d))
            return false;
    }
    return true;
}

static bool catch_signals(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
    stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
    struct sigaction action = {.sa_sigaction = native_signal,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    bool good = stack.ss_sp && !sigaltstack(&stack, NULL);
    for (unsigned i = 0; i < ARRAY_LEN(signals); i++)
        good = good && !sigaction(signals[i], &action, NULL);
    return good;
}

const char *native_open(void)
{
    if (!low_memory_is_free())
        return "the program, or a sanitizer of its, lies in the low 4 GiB";
    if (!map_frame() || !map_pages())
        return "the low 4 GiB cannot be mapped";
    if (!write_ldt())
        return "the kernel has no modify_ldt";
    if (!catch_signals())
        return "signals cannot be caught";
    memcpy(native_page(0), native_stub, (size_t)(native_stub_end - native_stub));
    memset(native_page(1), 0xcc, CODE_BYTES);
    frame->home = (uintptr_t)native_home;
    frame->mxcsr = 0x1f80;
    frame->fsgsbase = getauxval(AT_HWCAP2) >> 1 & 1;
    syscall(SYS_arch_prctl, ARCH_GET_FS, &frame->host_fs);
    return NULL;
}

u8 *native_page(unsigned page)
{
    return alias + (size_t)page * PAGE;
}

void native_code(u32 linear, const u8 *bytes, u32 n)
{
    for (u32 i = 0; i < n; i++)
        if (linear + i - CODE < CODE_BYTES)
            native_page(1)[linear + i - CODE] = bytes[i];
}

/* Running. */

static void put_registers(const struct regs *in, bool step)
{
    memcpy(frame->in, in->r, sizeof frame->in);
    frame->ds = in->seg[SEG_DS];
    frame->es = in->seg[SEG_ES];
    frame->fs = in->seg[SEG_FS];
    frame->gs = in->seg[SEG_GS];
    frame->rip = in->eip;
    frame->cs = in->seg[SEG_CS];
    frame->rflags = in->eflags | (step ? FL_TF : 0);
    frame->rsp = in->r[ESP];
    frame->ss = in->seg[SEG_SS];
    frame->vector = in->vector;
    if (in->vector)
        memcpy(frame->fx_in, in->fx, FX_BYTES);
}

static void get_segments(struct regs *out)
{
    out->seg[SEG_DS] = frame->out_ds;
    out->seg[SEG_ES] = frame->out_es;
    out->seg[SEG_FS] = frame->out_fs;
    out->seg[SEG_GS] = frame->out_gs;
}

static void get_signal(struct outcome *out)
{
    static const u8 greg[8] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX,
                               REG_RSP, REG_RBP, REG_RSI, REG_RDI};
    const greg_t *g = frame->signal->uc_mcontext.gregs;
    for (unsigned i = 0; i < 8; i++)
        out->regs.r[i] = (u32)g[greg[i]];
    out->regs.eip = (u32)g[REG_RIP];
    out->regs.eflags = (u32)g[REG_EFL];
    out->regs.seg[SEG_CS] = (u16)g[REG_CSGSFS];
    out->regs.seg[SEG_SS] = (u16)(g[REG_CSGSFS] >> 48);
    if (frame->vector)
        memcpy(out->regs.fx, frame->signal->uc_mcontext.fpregs, FX_BYTES);
    out->vector = (int)g[REG_TRAPNO];
    out->error = (u32)g[REG_ERR];
    out->cr2 = (u32)g[REG_CR2];
}

static void get_home(struct outcome *out)
{
    memcpy(out->regs.r, frame->out, sizeof frame->out);
    out->regs.eflags = (u32)frame->out_flags;
    out->regs.seg[SEG_CS] = SEL_EXIT;
    out->regs.seg[SEG_SS] = frame->out_ss;
    if (frame->vector)
        memcpy(out->regs.fx, frame->fx_out, FX_BYTES);
}

/* What only tells that the instruction is over is no exception of its own. */
static void normalise(const struct regs *in, enum run_kind kind, u32 end, struct outcome *out)
{
    if (out->regs.seg[SEG_CS] == SEL_EXIT && out->vector <= EX_DB) {
        out->regs.seg[SEG_CS] = in->seg[SEG_CS];
        out->regs.eip = end;
        out->vector = COMPLETED;
    } else if (kind == RUN_JUMP && out->vector == EX_DB) {
        out->vector = COMPLETED;
    }
    if (kind == RUN_JUMP)
        out->regs.eflags &= ~(u32)FL_TF;
}

void native_run(const struct regs *in, enum run_kind kind, u32 end, struct outcome *out)
{
    out->vector = COMPLETED;
    out->error = out->cr2 = 0;
    out->regs.vector = in->vector;
    put_registers(in, kind != RUN_CHAINED);
    frame->inside = 1;
    bool home = native_enter();
    frame->inside = 0;
    if (home)
        get_home(out);
    else
        get_signal(out);
    get_segments(&out->regs);
    normalise(in, kind, end, out);
}

#else

const char *native_open(void)
{
    return "the host is no x86-64 Linux";
}

u8 *native_page(unsigned page)
{
    (void)page;
    return NULL;
}

void native_code(u32 linear, const u8 *bytes, u32 n)
{
    (void)linear, (void)bytes, (void)n;
}

void native_run(const struct regs *in, enum run_kind kind, u32 end, struct outcome *out)
{
    (void)in, (void)kind, (void)end, (void)out;
}

#endif
