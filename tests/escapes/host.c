/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tests/escapes/host.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "src/host/disk.h"

enum { SHORT = -1, SHORT_BYTES = 100 };

static struct call {
    const char *name;
    int how;        /* an errno, SHORT, or 0: the call is passed on */
    unsigned after; /* calls that are still passed on; reads: sectors that can be read */
    unsigned count;
} calls[] = {{.name = "read"}, {.name = "write"}, {.name = "sync"}};
enum { READ, WRITE, SYNC };

static const struct {
    const char *name;
    int how;
} hows[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EINTR", EINTR}, {"short", SHORT}, {"ok", 0}};

bool host_fail(const char *call, const char *what, unsigned after)
{
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        for (size_t j = 0; j < ARRAY_LEN(hows); j++)
            if (!strcmp(call, calls[i].name) && !strcmp(what, hows[j].name)) {
                calls[i].how = hows[j].how;
                calls[i].after = after;
                return true;
            }
    return false;
}

/* True: the call fails, with errno. *N: bytes it may move. */
static bool fails(struct call *call, size_t *n)
{
    if (call->how == SHORT && *n > SHORT_BYTES)
        *n = SHORT_BYTES;
    if (call->how <= 0 || (call->how == EINTR && call->count++ % 2))
        return false;
    errno = call->how;
    return true;
}

/* The same, of calls in their order. */
static bool fails_later(struct call *call, size_t *n)
{
    if (!call->after)
        return fails(call, n);
    call->after--;
    return false;
}

static unsigned writes;

unsigned host_writes(void)
{
    unsigned n = writes;
    writes = 0;
    return n;
}

ssize_t pread(int file, void *to, size_t n, off_t at)
{
    bool reached = (u64)at + n > (u64)calls[READ].after * SECTOR_SIZE;
    return reached && fails(&calls[READ], &n) ? -1 : syscall(SYS_pread64, file, to, n, at);
}

ssize_t pwrite(int file, const void *from, size_t n, off_t at)
{
    writes++;
    return fails_later(&calls[WRITE], &n) ? -1 : syscall(SYS_pwrite64, file, from, n, at);
}

int fdatasync(int file)
{
    size_t n = 0;
    return fails_later(&calls[SYNC], &n) ? -1 : (int)syscall(SYS_fdatasync, file);
}
