/* SPDX-License-Identifier: MIT */
/* A host that fails: the program's own pread(), pwrite() and fdatasync() stand before libc's. */
#ifndef TESTS_HOST_H
#define TESTS_HOST_H

#include "src/base/types.h"

/* Calls of CALL ("read", "write", "sync") fail as WHAT says: "EIO", "ENOSPC", "EINTR" (every second
 * one), "short" (a few bytes are moved), "ok". Reads: those that reach sector AFTER of the file or
 * what is behind it; others: from the AFTER-th on. False: no such words. */
bool host_fail(const char *call, const char *what, unsigned after);

/* Calls of pwrite() since the last time this was asked. */
unsigned host_writes(void);

#endif
