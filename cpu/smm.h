/* SPDX-License-Identifier: MIT */
/* System management mode. SDM 3C "System Management Mode". */
#ifndef CPU_SMM_H
#define CPU_SMM_H

#include "cpu/cpu.h"

/* Take the SMI: save the state at SMBASE, go on at SMBASE + 8000h. Between two instructions. */
void smm_enter(struct cpu *cpu);

/* RSM: back to the state that was saved. False: it cannot be; the processor shuts down. */
bool smm_leave(struct cpu *cpu);

#endif
