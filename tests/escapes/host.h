/* SPDX-License-Identifier: MIT */
/* A host that fails: the program's own pread(), pwrite() and fdatasync() stand before libc's. */
#ifndef TESTS_HOST_H
#define TESTS_HOST_H

#include "src/base/types.h"

/* From the AFTER-th call of CALL ("read", "write", "sync") on, each fails as WHAT says: "EIO",
 * "ENOSPC", "EINTR" (every second one), "short" (a few bytes are moved), "ok". False: no such
 * words. */
bool host_fail(const char *call, const char *what, unsigned after);

/* Calls of pwrite() since the last time this was asked. */
unsigned host_writes(void);

#endif
