/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tests/escapes/meter.h"

static u64 blocks;

#ifdef COUNTED_WORK

#define UNCOUNTED __attribute__((no_sanitize("coverage")))

/* The linker puts these in the place of what the compiler has called (--wrap). */
void __wrap___sanitizer_cov_trace_pc_guard_init(u32 *first, u32 *last);
void __wrap___sanitizer_cov_trace_pc_guard(u32 *guard);

UNCOUNTED void __wrap___sanitizer_cov_trace_pc_guard_init(u32 *first, u32 *last)
{
    (void)first;
    (void)last;
}

UNCOUNTED void __wrap___sanitizer_cov_trace_pc_guard(u32 *guard)
{
    (void)guard;
    blocks++;
}

#endif

u64 work_done(void)
{
    return blocks;
}
