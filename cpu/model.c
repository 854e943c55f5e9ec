/* SPDX-License-Identifier: MIT */
/* The table of processors. Intel AP-485 "Processor Identification and the CPUID Instruction". */
#include "cpu/model.h"

#include "cpu/cpu.h"

#include <string.h>

#define BIT(name) ((u64)1 << FEATURE_##name)
#define PENTIUM                                                                                    \
    (BIT(FPU) | BIT(VME) | BIT(DE) | BIT(PSE) | BIT(TSC) | BIT(MSR) | BIT(MCE) | BIT(CX8) |        \
     BIT(APIC))
#define PRO (PENTIUM | BIT(PAE) | BIT(SEP) | BIT(MTRR) | BIT(PGE) | BIT(MCA) | BIT(CMOV))
#define P6 (PRO | BIT(PAT) | BIT(PSE36) | BIT(MMX) | BIT(FXSR))
#define IMPLEMENTED                                                                                \
    (BIT(FPU) | BIT(VME) | BIT(DE) | BIT(PSE) | BIT(TSC) | BIT(MSR) | BIT(PAE) | BIT(MCE) |        \
     BIT(CX8) | BIT(SEP) | BIT(MTRR) | BIT(PGE) | BIT(MCA) | BIT(CMOV) | BIT(PAT) | BIT(PSE36) |   \
     BIT(MMX) | BIT(FXSR) | BIT(SSE) | BIT(SSE2) | BIT(APIC) |                                     \
     BIT(TSC_DEADLINE)) /* what is not is not said */
#define HAS(set) ((set) & IMPLEMENTED)

/*
 * From the Pentium on the clock is what an interpreter keeps up with, unless one asks for more.
 * Caches are described as the parts do: TLBs, 8 or 16 KiB each, and the second level.
 */
#define MODEL(id, words, clock, since) .name = id, .text = words, .mhz = clock, .generation = since
#define CACHES(low, high) .cpuid_max = 2, .caches = {low, high}
const struct cpu_model cpu_models[] = {
    {MODEL("8088", "8088: the 8086 of the IBM PC", 5, I86), .bus_bytes = 1},
    {MODEL("8086", "8086, 1978", 5, I86), .bus_bytes = 2},
    {MODEL("80186", "80186, 1982", 8, I186), .bus_bytes = 2},
    {MODEL("80286", "80286, 1982", 8, I286), .bus_bytes = 2},
    {MODEL("386sx", "80386SX: a 386 with a 16-bit bus", 16, I386), .signature = 0x2308,
     .bus_bytes = 2},
    {MODEL("386", "80386DX, 1985", 25, I386), .signature = 0x308, .bus_bytes = 4},
    {MODEL("486sx", "i486SX: a 486 without FPU", 25, I486), .signature = 0x423},
    {MODEL("486", "i486DX", 33, I486), .features = HAS(BIT(FPU)), .signature = 0x404},
    {MODEL("486dx2", "i486DX2", 66, I486), .features = HAS(BIT(FPU)), .signature = 0x433},
    {MODEL("486dx4", "IntelDX4: a 486 with CPUID and VME", 100, I486), .cpuid_max = 1,
     .features = HAS(BIT(FPU) | BIT(VME)), .signature = 0x480},
    {MODEL("pentium", "Pentium (P54C)", 100, I586), .cpuid_max = 1, .features = HAS(PENTIUM),
     .signature = 0x525},
    {MODEL("pentium-mmx", "Pentium with MMX (P55C)", 100, I586), .cpuid_max = 1,
     .features = HAS(PENTIUM | BIT(MMX)), .signature = 0x543},
    {MODEL("pentium-pro", "Pentium Pro", 100, I686), .features = HAS(PRO), .signature = 0x619,
     CACHES(0x03020101, 0x06040a42)},
    {MODEL("pentium2", "Pentium II", 100, I686), .features = HAS(P6), .signature = 0x652,
     CACHES(0x03020101, 0x0c040843)},
    {MODEL("pentium3", "Pentium III", 100, I686), .features = HAS(P6 | BIT(SSE)),
     .signature = 0x683, .brand = 2, CACHES(0x03020101, 0x0c040882)},
    {MODEL("max", "everything that twin86 knows", 100, I686), .features = HAS(~(u64)0),
     .signature = 0x683, .brand = 2, CACHES(0x03020101, 0x0c040882)},
};

const unsigned cpu_model_count = ARRAY_LEN(cpu_models);

const struct cpu_alias cpu_aliases[] = {
    {"186", "80186"},           {"286", "80286"},          {"i386", "386"},
    {"386dx", "386"},           {"80386", "386"},          {"i486", "486"},
    {"486dx", "486"},           {"80486", "486"},          {"p5", "pentium"},
    {"p54c", "pentium"},        {"586", "pentium"},        {"p55c", "pentium-mmx"},
    {"ppro", "pentium-pro"},    {"pentiumpro", "pentium-pro"}, {"p6", "pentium-pro"},
    {"686", "pentium-pro"},     {"p2", "pentium2"},        {"p3", "pentium3"},
};

const unsigned cpu_alias_count = ARRAY_LEN(cpu_aliases);

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
    if (model->generation >= I686 || model_has_feature(model, FEATURE_MMX))
        bits |= CR4_PCE;
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

static bool is_named(const char *model, const char *name, size_t length)
{
    return strlen(model) == length && !memcmp(model, name, length);
}

const struct cpu_model *cpu_model_find(const char *name, size_t length)
{
    for (unsigned i = 0; i < cpu_model_count; i++)
        if (is_named(cpu_models[i].name, name, length))
            return &cpu_models[i];
    for (unsigned i = 0; i < cpu_alias_count; i++)
        if (is_named(cpu_aliases[i].name, name, length))
            return cpu_model_find(cpu_aliases[i].model, strlen(cpu_aliases[i].model));
    return NULL;
}

const struct cpu_model *cpu_model_default(void)
{
    return cpu_model_find("pentium3", 8);
}
