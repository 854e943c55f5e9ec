/* SPDX-License-Identifier: MIT */
/* The table of processors. Intel AP-485 "Processor Identification and the CPUID Instruction". */
#include "cpu/model.h"

#include "cpu/cpu.h"

#include <string.h>

#define BIT(name) (1u << FEATURE_##name)
#define PENTIUM (BIT(FPU) | BIT(VME) | BIT(DE) | BIT(PSE) | BIT(TSC) | BIT(MSR) | BIT(CX8))
#define P6                                                                                         \
    (PENTIUM | BIT(PAE) | BIT(SEP) | BIT(MTRR) | BIT(PGE) | BIT(CMOV) | BIT(PAT) | BIT(PSE36))
#define IMPLEMENTED                                                                                \
    (BIT(VME) | BIT(DE) | BIT(PSE) | BIT(TSC) | BIT(MSR) | BIT(PAE) | BIT(CX8) | BIT(SEP) |        \
     BIT(PGE) | BIT(CMOV) | BIT(PSE36) | BIT(MMX) | BIT(FXSR) | BIT(SSE) | BIT(SSE2)) /* what is not is not said */
#define HAS(set) ((set) & IMPLEMENTED)

/* From the Pentium on the clock is what an interpreter keeps up with, unless one asks for more. */

const struct cpu_model cpu_models[] = {
    {"8086", "8086, 1978", 5, I86, 0, 0, 0, 2},
    {"80186", "80186, 1982", 8, I186, 0, 0, 0, 2},
    {"80286", "80286, 1982", 8, I286, 0, 0, 0, 2},
    {"386", "80386DX, 1985", 25, I386, 0, 0, 0x308, 4},
    {"486sx", "i486SX: a 486 without FPU", 25, I486, 0, 0, 0x423, 0},
    {"486", "i486DX", 33, I486, 0, HAS(BIT(FPU)), 0x404, 0},
    {"pentium", "Pentium (P54C)", 100, I586, 1, HAS(PENTIUM), 0x525, 0},
    {"pentium-mmx", "Pentium with MMX (P55C)", 100, I586, 1, HAS(PENTIUM | BIT(MMX)), 0x543, 0},
    {"pentium2", "Pentium II", 100, I686, 2, HAS(P6 | BIT(MMX) | BIT(FXSR)), 0x652, 0},
    {"pentium3", "Pentium III", 100, I686, 2, HAS(P6 | BIT(MMX) | BIT(FXSR) | BIT(SSE)), 0x683, 0},
    {"max", "everything that twin86 knows", 100, I686, 2, HAS(~0u), 0x683, 0},
};

const unsigned cpu_model_count = ARRAY_LEN(cpu_models);

u32 model_cr4(const struct cpu_model *model)
{
    static const struct {
        u8 feature;
        u32 bits;
    } rows[] = {
        {FEATURE_VME, CR4_VME | CR4_PVI},
        {FEATURE_TSC, CR4_TSD},
        {FEATURE_DE, CR4_DE},
        {FEATURE_PSE, CR4_PSE},
        {FEATURE_PAE, CR4_PAE},
        {FEATURE_MCE, CR4_MCE},
        {FEATURE_PGE, CR4_PGE},
        {FEATURE_FXSR, CR4_OSFXSR},
        {FEATURE_SSE, CR4_OSXMMEXCPT},
    };
    u32 bits = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (model_has_feature(model, rows[i].feature))
            bits |= rows[i].bits;
    return bits;
}

u32 model_eflags(const struct cpu_model *model)
{
    u32 bits = 0x37fff;
    if (model->generation >= I486)
        bits |= FL_AC;
    if (model->cpuid_max)
        bits |= FL_ID;
    if (model_has_feature(model, FEATURE_VME))
        bits |= FL_VIF | FL_VIP;
    return bits;
}

const struct cpu_model *cpu_model_find(const char *name, size_t length)
{
    for (unsigned i = 0; i < cpu_model_count; i++)
        if (strlen(cpu_models[i].name) == length && !memcmp(cpu_models[i].name, name, length))
            return &cpu_models[i];
    return NULL;
}

const struct cpu_model *cpu_model_default(void)
{
    return cpu_model_find("pentium3", 8);
}
