/* SPDX-License-Identifier: MIT */
/*
 * What hangs on a serial or parallel port or the debug console: nothing, a file, our standard
 * input and output, a socket, a pseudo terminal. Never blocks the machine; output to a slow peer is bounded.
 */
#ifndef HOST_CHARDEV_H
#define HOST_CHARDEV_H

#include "src/base/types.h"

struct chardev; /* see chardev.c */

/*
 * SPEC:
 *   null                     takes everything, says nothing
 *   stdio                    our standard input and output
 *   mon:stdio                the same, every key goes to the guest, Ctrl-A x ends the program
 *   pty                      a pseudo terminal of the host, see chardev_pty()
 *   file:PATH                what is there is overwritten
 *   unix:PATH, tcp:HOST:PORT connects; no host: loopback
 *   ...,server               listens, and waits until somebody has come
 *   ...,server,nowait        listens
 * NULL and one line in MESSAGE (SIZE bytes) if it cannot be had.
 */
struct chardev *chardev_open(const char *spec, char *message, size_t size);
void chardev_close(struct chardev *dev); /* writes what is pending; NULL is allowed */

/* Is SPEC spelled as chardev_open() wants it? Opens nothing. False: WHY (SIZE bytes) tells. */
bool chardev_spec_ok(const char *spec, char *why, size_t size);

/* Does it take our standard input and output? */
bool chardev_spec_is_stdio(const char *spec);

/* The name of the pseudo terminal, NULL: it is none. */
const char *chardev_pty(const struct chardev *dev);

/* To the host; dropped when nobody listens, or when a slow peer is CHARDEV_PENDING bytes behind. */
void chardev_put(struct chardev *dev, u8 byte);

/* Between slices: write what is pending as far as the peer takes it; notice who comes and goes. */
void chardev_poll(struct chardev *dev);

/* Between slices, and only then: what the host has said. chardev_get() gives of that alone, so that
 * it does not depend on the host's time within a slice; false: nothing there. */
void chardev_receive(struct chardev *dev);
bool chardev_get(struct chardev *dev, u8 *byte);

/* Bytes that were dropped because the peer was too slow, a file too long, a disk full. */
u64 chardev_dropped(const struct chardev *dev);

/* Every byte put is also given to TAP (for scripts that wait for serial text); NULL: none. */
void chardev_set_tap(struct chardev *dev, void (*tap)(void *owner, u8 byte), void *owner);

enum { CHARDEV_PENDING = 256 * 1024, CHARDEV_IN = 4096 };

/* No file grows beyond this, whatever the guest prints. */
#define CHARDEV_FILE_MAX ((u64)1 << 30)

#endif
