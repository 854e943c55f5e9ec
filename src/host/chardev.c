/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "src/host/chardev.h"

enum { CTRL_A = 1, WRITE_AT_ONCE = 512, CLOSE_WAIT_MS = 2000 };

struct chardev {
    const struct chardev_kind *kind;
    int in, out, listener; /* descriptors; -1: none */
    char *unlink;          /* our socket's name, removed at the end */
    bool in_ended, ctrl_a, terminal_raw;
    struct termios terminal; /* as we found it */
    u64 written, dropped;
    u32 out_head, out_count, in_head, in_count;
    u8 in_ring[CHARDEV_IN];
    u8 out_ring[CHARDEV_PENDING];
    void (*tap)(void *owner, u8 byte);
    void *tap_owner;
};

/* Each back end: how it is spelled, whether something follows the colon, how it is opened. */
struct chardev_kind {
    const char *prefix;
    bool has_rest;
    bool (*open)(struct chardev *dev, const char *rest, char *message, size_t size);
    bool is_socket, is_file, is_console;
};

static bool null_open(struct chardev *dev, const char *rest, char *message, size_t size)
{
    (void)dev, (void)rest, (void)message, (void)size;
    return true;
}

static bool stdio_open(struct chardev *dev, const char *rest, char *message, size_t size)
{
    (void)rest, (void)message, (void)size;
    dev->in = STDIN_FILENO;
    dev->out = STDOUT_FILENO;
    return true;
}

static bool file_open(struct chardev *dev, const char *path, char *message, size_t size)
{
    dev->out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0666);
    if (dev->out >= 0)
        return true;
    snprintf(message, size, "%s: cannot be written: %s", path, strerror(errno));
    return false;
}

static bool listen_on(struct chardev *dev, int fd, const struct sockaddr *address, socklen_t n)
{
    if (fd < 0 || bind(fd, address, n) || listen(fd, 1)) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        errno = error;
        return false;
    }
    dev->listener = fd;
    return true;
}

/* A socket that a killed program left behind is in the way; one that answers is in use. */
static void unix_remove_stale(const struct sockaddr_un *address)
{
    struct stat st;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) && errno == ECONNREFUSED &&
        !lstat(address->sun_path, &st) && S_ISSOCK(st.st_mode))
        unlink(address->sun_path);
    close(fd);
}

static bool unix_open(struct chardev *dev, const char *path, char *message, size_t size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        snprintf(message, size, "%s: too long for a socket name (at most %zu characters)", path,
                 sizeof address.sun_path - 1);
        return false;
    }
    strcpy(address.sun_path, path);
    unix_remove_stale(&address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (!listen_on(dev, fd, (struct sockaddr *)&address, sizeof address)) {
        snprintf(message, size, "unix:%s: cannot listen: %s", path, strerror(errno));
        return false;
    }
    dev->unlink = strdup(path);
    return true;
}

static bool tcp_listen(struct chardev *dev, const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found;
    if (getaddrinfo(*host ? host : "127.0.0.1", port, &hints, &found)) {
        errno = EADDRNOTAVAIL;
        return false;
    }
    bool done = false;
    for (const struct addrinfo *a = found; a && !done; a = a->ai_next) {
        int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
        if (fd >= 0)
            setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        done = listen_on(dev, fd, a->ai_addr, a->ai_addrlen);
    }
    int error = errno;
    freeaddrinfo(found);
    errno = error;
    return done;
}

static bool tcp_open(struct chardev *dev, const char *rest, char *message, size_t size)
{
    char host[256];
    const char *colon = strrchr(rest, ':');
    if (!colon || !colon[1] || (size_t)(colon - rest) >= sizeof host) {
        snprintf(message, size, "tcp:%s: wants tcp:HOST:PORT", rest);
        return false;
    }
    snprintf(host, sizeof host, "%.*s", (int)(colon - rest), rest);
    if (tcp_listen(dev, host, colon + 1))
        return true;
    snprintf(message, size, "tcp:%s: cannot listen: %s", rest, strerror(errno));
    return false;
}

static const struct chardev_kind kinds[] = {
    {.prefix = "null", .open = null_open},
    {.prefix = "stdio", .open = stdio_open},
    {.prefix = "console", .open = stdio_open, .is_console = true},
    {.prefix = "file:", .open = file_open, .has_rest = true, .is_file = true},
    {.prefix = "unix:", .open = unix_open, .has_rest = true, .is_socket = true},
    {.prefix = "tcp:", .open = tcp_open, .has_rest = true, .is_socket = true},
};

static const struct chardev_kind *kind_of(const char *spec)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        size_t n = strlen(kinds[i].prefix);
        if (!strncmp(spec, kinds[i].prefix, n) && kinds[i].has_rest == (spec[n] != 0))
            return &kinds[i];
    }
    return NULL;
}

bool chardev_spec_ok(const char *spec)
{
    const struct chardev_kind *kind = kind_of(spec);
    return kind && (strcmp(kind->prefix, "tcp:") || strchr(spec + 4, ':'));
}

struct chardev *chardev_open(const char *spec, char *message, size_t size)
{
    const struct chardev_kind *kind = kind_of(spec);
    if (!kind) {
        snprintf(message, size,
                 "'%s': wants null, stdio, file:PATH, unix:PATH or tcp:HOST:PORT", spec);
        return NULL;
    }
    struct chardev *dev = calloc(1, sizeof *dev);
    if (!dev) {
        snprintf(message, size, "%s: no memory", spec);
        return NULL;
    }
    dev->kind = kind;
    dev->in = dev->out = dev->listener = -1;
    if (kind->open(dev, spec + strlen(kind->prefix), message, size))
        return dev;
    free(dev);
    return NULL;
}

static void peer_gone(struct chardev *dev)
{
    if (dev->kind->is_socket)
        close(dev->out);
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

static void flush_for(struct chardev *dev, int ms)
{
    while (dev->out_count && dev->out >= 0 && wait_writable(dev->out, ms)) {
        ssize_t n = write_some(dev);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            return;
        if (n <= 0) {
            dev->dropped += dev->out_count;
            peer_gone(dev);
            return;
        }
        dev->out_head = (dev->out_head + (u32)n) % CHARDEV_PENDING;
        dev->out_count -= (u32)n;
        dev->written += (u64)n;
    }
}

static void accept_peer(struct chardev *dev)
{
    if (dev->listener < 0 || dev->out >= 0)
        return;
    int fd = accept4(dev->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    dev->in = dev->out = fd;
    dev->in_ended = false;
}

void chardev_poll(struct chardev *dev)
{
    if (!dev)
        return;
    accept_peer(dev);
    if (dev->out_count)
        flush_for(dev, 0);
}

static bool full(struct chardev *dev)
{
    if (dev->kind->is_file && dev->written + dev->out_count >= CHARDEV_FILE_MAX)
        return true;
    if (dev->out_count == CHARDEV_PENDING)
        flush_for(dev, 0);
    return dev->out_count == CHARDEV_PENDING;
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
    if (isatty(fd) && tcgetpgrp(fd) != getpgrp())
        return false;
    return poll(&p, 1, 0) == 1;
}

static void fill(struct chardev *dev)
{
    if (dev->in < 0 || dev->in_ended)
        return;
    terminal_enter_raw(dev);
    if (!readable(dev->in))
        return;
    ssize_t n = read(dev->in, dev->in_ring, sizeof dev->in_ring);
    if (n > 0) {
        dev->in_head = 0;
        dev->in_count = (u32)n;
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        dev->in_ended = true;
        if (dev->kind->is_socket)
            peer_gone(dev);
    }
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

bool chardev_get(struct chardev *dev, u8 *byte)
{
    if (!dev)
        return false;
    if (!dev->in_count)
        fill(dev);
    while (dev->in_count) {
        *byte = dev->in_ring[dev->in_head++];
        dev->in_count--;
        if (console_filter(dev, *byte))
            return true;
    }
    return false;
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
    if (dev->out > STDERR_FILENO)
        close(dev->out);
    if (dev->listener >= 0)
        close(dev->listener);
    if (dev->unlink)
        unlink(dev->unlink);
    free(dev->unlink);
    free(dev);
}
