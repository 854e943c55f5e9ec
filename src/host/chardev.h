/* SPDX-License-Identifier: MIT */
/*
 * What hangs on a serial or parallel port or the debug console: nothing, a file, our standard
 * input and output, a socket. Never blocks the machine; output to a slow peer is bounded.
 */
#ifndef HOST_CHARDEV_H
#define HOST_CHARDEV_H

#include "src/base/types.h"

struct chardev; /* see chardev.c */

/*
 * SPEC: "null", "stdio", "console" (our terminal, every key goes to the guest, Ctrl-A x ends the
 * program), "file:PATH", "unix:PATH" (listens), "tcp:HOST:PORT" (listens; no host: loopback).
 * NULL and one line in MESSAGE (SIZE bytes) if it cannot be had.
 */
struct chardev *chardev_open(const char *spec, char *message, size_t size);
void chardev_close(struct chardev *dev); /* writes what is pending; NULL is allowed */

/* Is SPEC spelled as chardev_open() wants it? Opens nothing. */
bool chardev_spec_ok(const char *spec);

/* To the host; dropped when nobody listens, or when a slow peer is CHARDEV_PENDING bytes behind. */
void chardev_put(struct chardev *dev, u8 byte);
bool chardev_get(struct chardev *dev, u8 *byte); /* from the host; false: nothing there */

/* Between slices: write what is pending as far as the peer takes it; accept a new peer. */
void chardev_poll(struct chardev *dev);

/* Bytes that were dropped because the peer was too slow or a file too long. */
u64 chardev_dropped(const struct chardev *dev);

/* Every byte put is also given to TAP (for scripts that wait for serial text); NULL: none. */
void chardev_set_tap(struct chardev *dev, void (*tap)(void *owner, u8 byte), void *owner);

enum { CHARDEV_PENDING = 256 * 1024, CHARDEV_IN = 512 };

/* No file grows beyond this, whatever the guest prints. */
#define CHARDEV_FILE_MAX ((u64)1 << 30)

#endif
