/* SPDX-License-Identifier: MIT */
/* Bytes between a port of the PC and its back end, in both directions, without ever waiting. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/host/chardev_parts.h"

enum { CTRL_A = 1, WRITE_AT_ONCE = 512, CLOSE_WAIT_MS = 2000 };

/* The user is told once; the guest never. */
static void tell_once(struct chardev *dev, const char *what)
{
    if (!dev->told)
        fprintf(stderr, "twin86: %s: %s\n", dev->spec, what);
    dev->told = true;
}

static void peer_gone(struct chardev *dev)
{
    if (dev->kind->is_socket)
        close(dev->out);
    if (dev->kind->is_socket && dev->listener < 0)
        tell_once(dev, "the far end has closed the connection");
    dev->in = dev->out = -1;
    dev->out_count = 0;
}

static bool wait_writable(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    return poll(&p, 1, ms) == 1 && p.revents & (POLLOUT | POLLERR | POLLHUP);
}

/* A pipe or terminal that says it is writable takes WRITE_AT_ONCE bytes without blocking. */
static ssize_t write_some(struct chardev *dev)
{
    u32 n = dev->out_count, room = CHARDEV_PENDING - dev->out_head;
    n = n < room ? n : room;
    if (dev->kind->is_socket)
        return send(dev->out, dev->out_ring + dev->out_head, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (!dev->kind->is_file && n > WRITE_AT_ONCE)
        n = WRITE_AT_ONCE;
    return write(dev->out, dev->out_ring + dev->out_head, n);
}

/* A full disk, a pipe that nobody reads any more: what comes now is lost. */
static void write_failed(struct chardev *dev)
{
    char what[200];
    if (dev->kind->is_file || dev->out == STDOUT_FILENO) {
        snprintf(what, sizeof what, "%s; from here on the output is lost", strerror(errno));
        tell_once(dev, what);
    }
    dev->dropped += dev->out_count;
    peer_gone(dev);
}

static void flush_for(struct chardev *dev, int ms)
{
    while (dev->out_count && dev->out >= 0 && wait_writable(dev->out, ms)) {
        ssize_t n = write_some(dev);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            return;
        if (n <= 0) {
            write_failed(dev);
            return;
        }
        dev->out_head = (dev->out_head + (u32)n) % CHARDEV_PENDING;
        dev->out_count -= (u32)n;
        dev->written += (u64)n;
    }
}

/* Has somebody opened the pseudo terminal, or closed it? */
static void look_at_pty(struct chardev *dev)
{
    struct pollfd p = {.fd = dev->master, .events = POLLIN};
    if (dev->master < 0)
        return;
    bool there = poll(&p, 1, 0) >= 0 && !(p.revents & POLLHUP);
    if (there && dev->out < 0) {
        dev->in = dev->out = dev->master;
        dev->in_ended = false;
    } else if (!there && dev->out >= 0 && !(p.revents & POLLIN)) {
        peer_gone(dev);
    }
}

void chardev_poll(struct chardev *dev)
{
    if (!dev)
        return;
    chardev_accept(dev);
    look_at_pty(dev);
    if (dev->out_count)
        flush_for(dev, 0);
}

static bool full(struct chardev *dev)
{
    if (dev->kind->is_file && dev->written + dev->out_count >= CHARDEV_FILE_MAX) {
        tell_once(dev, "1 GiB is enough for a file; from here on the output is lost");
        return true;
    }
    if (dev->out_count == CHARDEV_PENDING)
        flush_for(dev, 0);
    if (dev->out_count < CHARDEV_PENDING)
        return false;
    tell_once(dev, "the far end reads too slowly; some of the output is lost");
    return true;
}

void chardev_put(struct chardev *dev, u8 byte)
{
    if (!dev)
        return;
    if (dev->tap)
        dev->tap(dev->tap_owner, byte);
    if (dev->out < 0)
        return;
    if (full(dev)) {
        dev->dropped++;
        return;
    }
    dev->out_ring[(dev->out_head + dev->out_count++) % CHARDEV_PENDING] = byte;
}

/* Keys come one by one and unechoed. Ctrl-C still ends the program, except in a console. */
static void terminal_enter_raw(struct chardev *dev)
{
    if (dev->terminal_raw || dev->in != STDIN_FILENO || !isatty(dev->in) ||
        tcgetattr(dev->in, &dev->terminal))
        return;
    struct termios raw = dev->terminal;
    raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IXON | ISTRIP);
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    if (dev->kind->is_console)
        raw.c_lflag &= ~(tcflag_t)ISIG;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    dev->terminal_raw = !tcsetattr(dev->in, TCSANOW, &raw);
}

/* A terminal that we run in the background of must not be read: that would stop us. */
static bool readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (fd == STDIN_FILENO && isatty(fd) && tcgetpgrp(fd) != getpgrp())
        return false;
    return poll(&p, 1, 0) == 1;
}

/* In a console, Ctrl-A x asks us to end and Ctrl-A Ctrl-A is Ctrl-A; false: swallowed. */
static bool console_filter(struct chardev *dev, u8 byte)
{
    if (!dev->kind->is_console)
        return true;
    if (!dev->ctrl_a) {
        dev->ctrl_a = byte == CTRL_A;
        return !dev->ctrl_a;
    }
    dev->ctrl_a = false;
    if (byte == 'x' || byte == 'X')
        kill(getpid(), SIGTERM);
    return byte == CTRL_A;
}

/* N new bytes lie behind those that wait. */
static void keep_input(struct chardev *dev, u32 n)
{
    const u8 *from = dev->in_bytes + dev->in_count;
    for (u32 i = 0; i < n; i++) /* towards the front: what is overwritten was looked at */
        if (console_filter(dev, from[i]))
            dev->in_bytes[dev->in_count++] = from[i];
}

static void read_some(struct chardev *dev)
{
    memmove(dev->in_bytes, dev->in_bytes + dev->in_head, dev->in_count);
    dev->in_head = 0;
    ssize_t n = read(dev->in, dev->in_bytes + dev->in_count, CHARDEV_IN - dev->in_count);
    if (n > 0) {
        keep_input(dev, (u32)n);
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        dev->in_ended = true;
        if (dev->kind->is_socket || dev->master >= 0)
            peer_gone(dev);
    }
}

void chardev_receive(struct chardev *dev)
{
    if (!dev || dev->in < 0 || dev->in_ended)
        return;
    terminal_enter_raw(dev);
    if (dev->in_count < CHARDEV_IN && readable(dev->in))
        read_some(dev);
}

bool chardev_get(struct chardev *dev, u8 *byte)
{
    if (!dev || !dev->in_count)
        return false;
    *byte = dev->in_bytes[dev->in_head++];
    dev->in_count--;
    return true;
}

const char *chardev_pty(const struct chardev *dev)
{
    return dev ? dev->pty : NULL;
}

u64 chardev_dropped(const struct chardev *dev)
{
    return dev->dropped;
}

void chardev_set_tap(struct chardev *dev, void (*tap)(void *owner, u8 byte), void *owner)
{
    dev->tap = tap;
    dev->tap_owner = owner;
}

void chardev_close(struct chardev *dev)
{
    if (!dev)
        return;
    flush_for(dev, CLOSE_WAIT_MS);
    if (dev->terminal_raw)
        tcsetattr(dev->in, TCSANOW, &dev->terminal);
    if (dev->out > STDERR_FILENO && dev->out != dev->master)
        close(dev->out);
    if (dev->master >= 0)
        close(dev->master);
    if (dev->listener >= 0)
        close(dev->listener);
    if (dev->unlink)
        unlink(dev->unlink);
    free(dev->unlink);
    free(dev->pty);
    free(dev->spec);
    free(dev);
}
