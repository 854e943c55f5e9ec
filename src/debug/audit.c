/* SPDX-License-Identifier: MIT */
#include "src/debug/audit.h"

#include <stdlib.h>

#include "cpu/insn.h"

/* The instructions that Robin and Irvine name, each with the registers or memory it shows or
 * changes; IRET for RET's and POPF's reasons, LDS and the like for MOV's. */
static bool sensitive(unsigned op)
{
    static const u16 ops[] = {
        OP_SGDT, OP_SIDT, OP_SLDT, OP_SMSW,  OP_STR,        OP_PUSHF,    OP_POPF, OP_LAR,
        OP_LSL,  OP_VERR, OP_VERW, OP_POP_S, OP_PUSH_S,     OP_CALLF,    OP_JMPF, OP_RETF,
        OP_IRET, OP_INT,  OP_INT3, OP_INTO,  OP_MOV_FROM_S, OP_MOV_TO_S, OP_LFP,
    };
    for (unsigned i = 0; i < ARRAY_LEN(ops); i++)
        if (ops[i] == op)
            return true;
    return false;
}

bool audit_init(struct audit *audit)
{
    *audit = (struct audit){.places = calloc(AUDIT_PLACES, sizeof *audit->places)};
    return audit->places;
}

void audit_free(struct audit *audit)
{
    free(audit->places);
    audit->places = NULL;
}

/* The place of an instruction, or a free one; NULL: all are taken. */
static struct audit_place *place_of(struct audit *audit, const struct audit_place *what)
{
    u32 i = (what->linear * 0x9e3779b1u) >> 18;
    for (u32 n = 0; n < AUDIT_PLACES; n++) {
        struct audit_place *p = &audit->places[(i + n) & (AUDIT_PLACES - 1)];
        if (!p->times || (p->linear == what->linear && p->op == what->op && p->cpl == what->cpl &&
                          p->vm86 == what->vm86))
            return p;
    }
    return NULL;
}

static void count(struct audit *audit)
{
    struct audit_place *p = place_of(audit, &audit->running);
    if (!p) {
        audit->overflow++;
        return;
    }
    if (!p->times) {
        *p = audit->running;
        p->times = 0;
        audit->count++;
    }
    p->times++;
}

void audit_insn(struct audit *audit, struct cpu *cpu, u64 now)
{
    unsigned op = uop_info[cpu->current->id].op;
    if (audit->running.times && now > audit->running_at)
        count(audit);
    audit->running.times = 0;
    if (!cpu->cpl || !sensitive(op))
        return;
    audit->running = (struct audit_place){.times = 1,
                                          .linear = (u32)cpu->seg[SEG_CS].base + cpu->eip,
                                          .op = (u16)op,
                                          .cpl = cpu->cpl,
                                          .vm86 = cpu_vm86(cpu)};
    listing_code(cpu, cpu->eip, audit->running.text, sizeof audit->running.text);
    audit->running_at = now;
}

static int by_address(const void *a, const void *b)
{
    const struct audit_place *x = a, *y = b;
    if (x->linear != y->linear)
        return x->linear < y->linear ? -1 : 1;
    return (int)x->op - (int)y->op;
}

/* The places that are taken, in order; NULL: no host memory. */
static struct audit_place *sorted(const struct audit *audit)
{
    struct audit_place *list = calloc(audit->count + 1u, sizeof *list);
    u32 n = 0;
    for (u32 i = 0; list && i < AUDIT_PLACES; i++)
        if (audit->places[i].times)
            list[n++] = audit->places[i];
    if (list)
        qsort(list, n, sizeof *list, by_address);
    return list;
}

void audit_report(const struct audit *audit, FILE *out)
{
    struct audit_place *list = sorted(audit);
    u64 times = audit->overflow;
    for (u32 i = 0; list && i < audit->count; i++) {
        const struct audit_place *p = &list[i];
        fprintf(out, "audit %10llu times, %s ring %u: %s\n", (unsigned long long)p->times,
                p->vm86 ? "virtual-8086" : "protected", p->cpl, p->text);
        times += p->times;
    }
    fprintf(out,
            "audit: %llu sensitive instructions outside ring 0 did not trap, at %u addresses%s\n",
            (unsigned long long)times, (unsigned)audit->count,
            audit->overflow ? " and more than there was room for" : "");
    free(list);
}
