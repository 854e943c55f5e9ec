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
 * SPEC: "null", "stdio", "file:PATH", "unix:PATH" (listens), "tcp:HOST:PORT" (listens). NULL and
 * one line in MESSAGE (SIZE bytes) if it cannot be had.
 */
struct chardev *chardev_open(const char *spec, char *message, size_t size);
void chardev_close(struct chardev *dev); /* writes what is pending; NULL is allowed */

void chardev_put(struct chardev *dev, u8 byte); /* to the host; dropped when nobody listens */
bool chardev_get(struct chardev *dev, u8 *byte); /* from the host; false: nothing there */

/* Every byte put is also given to TAP (for scripts that wait for serial text); NULL: none. */
void chardev_set_tap(struct chardev *dev, void (*tap)(void *owner, u8 byte), void *owner);

#endif
