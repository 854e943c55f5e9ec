/* SPDX-License-Identifier: MIT */
/*
 * The processors one can choose: what tells one from another, as data. Whoever behaves differently
 * on another model asks for its generation or for a feature, never for its name.
 */
#ifndef CPU_MODEL_H
#define CPU_MODEL_H

#include "src/base/types.h"

enum cpu_generation { I86, I186, I286, I386, I486, I586, I686 };

/* Features by their bit in CPUID leaf 1, EDX, and 32 more in ECX. SDM 2A "CPUID", "Feature
 * Information". Processors without CPUID have them too: the 486 its FPU. */
enum cpu_feature {
    FEATURE_FPU = 0,
    FEATURE_VME = 1,
    FEATURE_DE = 2,
    FEATURE_PSE = 3,
    FEATURE_TSC = 4,
    FEATURE_MSR = 5,
    FEATURE_PAE = 6,
    FEATURE_MCE = 7,
    FEATURE_CX8 = 8,
    FEATURE_APIC = 9,
    FEATURE_SEP = 11,
    FEATURE_MTRR = 12,
    FEATURE_PGE = 13,
    FEATURE_MCA = 14,
    FEATURE_CMOV = 15,
    FEATURE_PAT = 16,
    FEATURE_PSE36 = 17,
    FEATURE_MMX = 23,
    FEATURE_FXSR = 24,
    FEATURE_SSE = 25,
    FEATURE_SSE2 = 26,
    FEATURE_TSC_DEADLINE = 56,
};

/* What a row of insn.def needs: a generation, a feature beyond them, or that one is missing. */
#define SINCE_FEATURE(feature) (32 + (feature))
#define SINCE_WITHOUT(feature) (96 + (feature)) /* models that lack it */

struct cpu_model {
    const char *name;
    const char *text; /* for -cpu help */
    unsigned mhz;     /* its clock unless another is chosen */
    u8 generation;    /* enum cpu_generation */
    u8 cpuid_max;     /* the last basic leaf; 0: there is no CPUID */
    u64 features;     /* 1 << enum cpu_feature */
    u32 signature;    /* in EDX after reset, and in CPUID leaf 1: family, model, stepping */
    u8 bus_bytes;     /* width of its data bus where clocks depend on it; else 0 */
    u8 brand;         /* CPUID leaf 1, EBX */
    u32 caches[2];    /* CPUID leaf 2, EAX and EDX */
};

/* The bits of CR4 that software may set; 0: there is no CR4. SDM 3A "Control Registers". */
u32 model_cr4(const struct cpu_model *model);

/* The bits of EFLAGS that there are. SDM 3B "Architecture Compatibility", "EFLAGS". */
u32 model_eflags(const struct cpu_model *model);

extern const struct cpu_model cpu_models[];
extern const unsigned cpu_model_count;

/* Other names that people know models by. */
struct cpu_alias {
    const char *name, *model;
};

extern const struct cpu_alias cpu_aliases[];
extern const unsigned cpu_alias_count;

/* The model with this name or alias, NAME having LENGTH characters; NULL: there is none. */
const struct cpu_model *cpu_model_find(const char *name, size_t length);

/* The model everything is measured against: the one without a "-cpu" option. */
const struct cpu_model *cpu_model_default(void);

INLINE bool model_has_feature(const struct cpu_model *model, enum cpu_feature feature)
{
    return model->features >> feature & 1;
}

/* Does the model know what a row with SINCE describes? */
INLINE bool model_has(const struct cpu_model *model, unsigned since)
{
    if (since < SINCE_FEATURE(0))
        return model->generation >= since;
    if (since < SINCE_WITHOUT(0))
        return model_has_feature(model, since - SINCE_FEATURE(0));
    return !model_has_feature(model, since - SINCE_WITHOUT(0));
}

#endif
