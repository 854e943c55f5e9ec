/* SPDX-License-Identifier: MIT */
/* What chardev.c, which moves bytes, and chardev_open.c, which opens back ends, share. */
#ifndef HOST_CHARDEV_PARTS_H
#define HOST_CHARDEV_PARTS_H

#include <termios.h>

#include "src/host/chardev.h"

/* Each back end: how it is spelled, whether something follows the colon, how it is opened. */
struct chardev_kind {
    const char *prefix;
    bool has_rest;
    bool (*open)(struct chardev *dev, const char *rest, char *message, size_t size);
    bool is_socket, is_file, is_console;
};

struct chardev {
    const struct chardev_kind *kind;
    char *spec;   /* as the user wrote it, for messages */
    int in, out;  /* descriptors; -1: none, or nobody at the other end now */
    int listener; /* of a server; -1: none */
    int master;   /* of a pseudo terminal; -1: none */
    char *unlink; /* our socket's name, removed at the end */
    char *pty;    /* the pseudo terminal's name */
    bool in_ended, ctrl_a, terminal_raw;
    bool told;               /* the user knows that output is lost */
    struct termios terminal; /* as we found it */
    u64 written, dropped;
    u32 out_head, out_count, in_head, in_count;
    u8 in_bytes[CHARDEV_IN]; /* from in_head on */
    u8 out_ring[CHARDEV_PENDING];
    void (*tap)(void *owner, u8 byte);
    void *tap_owner;
};

/* A server's next peer, if one waits. */
void chardev_accept(struct chardev *dev);

#endif
