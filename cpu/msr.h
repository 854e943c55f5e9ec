/* SPDX-License-Identifier: MIT */
/* Where model-specific registers lie in cpu->msr: MSR_AT_name, the first of each row of msr.def. */
#ifndef CPU_MSR_H
#define CPU_MSR_H

enum msr_place {
#define MSR(name, number, count, ...) MSR_AT_##name, MSR_LAST_##name = MSR_AT_##name + (count) - 1,
#include "cpu/msr.def"
    MSR_PLACES
};

#endif
