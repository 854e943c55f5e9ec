/* SPDX-License-Identifier: MIT */
/*
 * How much work the emulator has done: the basic blocks it went through, where the compiler counts
 * them (configure --enable-fuzzing). Elsewhere 0: a limit of time ends an endless loop there.
 */
#ifndef TESTS_METER_H
#define TESTS_METER_H

#include "src/base/types.h"

/* What one access or one timer may cost: 10 ms of a host that goes through a block a nanosecond. */
enum { WORK_MOST = 10000000 };

u64 work_done(void);

#endif
