/* SPDX-License-Identifier: MIT */
/* The back ends of serial and parallel ports: how each is spelled and opened. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/host/chardev_parts.h"

enum { CONNECT_MS = 10000 };

static const char wants[] = "wants null, stdio, mon:stdio, pty, file:PATH, unix:PATH[,server] or "
                            "tcp:HOST:PORT[,server]";

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

/* ---- pseudo terminals ---- */

/* Bytes as they are, whoever opens it. Once opened and closed, poll() tells if nobody is there. */
static bool pty_prepare(const char *name)
{
    struct termios raw;
    int fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    bool good = fd >= 0 && !tcgetattr(fd, &raw);
    if (good) {
        raw.c_iflag = 0;
        raw.c_oflag = 0;
        raw.c_lflag = 0;
        raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
        raw.c_cc[VMIN] = 1;
        raw.c_cc[VTIME] = 0;
        good = !tcsetattr(fd, TCSANOW, &raw);
    }
    if (fd >= 0)
        close(fd);
    return good;
}

static bool pty_open(struct chardev *dev, const char *rest, char *message, size_t size)
{
    (void)rest;
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    const char *name = fd >= 0 && !grantpt(fd) && !unlockpt(fd) ? ptsname(fd) : NULL;
    dev->pty = name ? strdup(name) : NULL;
    if (dev->pty && pty_prepare(dev->pty) && !fcntl(fd, F_SETFL, O_NONBLOCK) &&
        !fcntl(fd, F_SETFD, FD_CLOEXEC)) {
        dev->master = fd;
        return true;
    }
    snprintf(message, size, "pty: the host has no pseudo terminal: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return false;
}

/* ---- sockets ---- */

/* What follows an address: ",server", ",nowait" and the like. */
struct socket_options {
    bool server, nowait;
};

static bool take_word(struct socket_options *options, const char *word, size_t n)
{
    static const struct {
        const char *word;
        bool server, is, to;
    } words[] = {
        {"server", true, true, true},        {"server=on", true, true, true},
        {"server=off", true, true, false},   {"nowait", false, true, true},
        {"wait=off", false, true, true},     {"wait", false, true, false},
        {"wait=on", false, true, false},     {"nodelay", false, false, false},
        {"nodelay=on", false, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strlen(words[i].word) != n || strncmp(words[i].word, word, n))
            continue;
        if (words[i].is)
            *(words[i].server ? &options->server : &options->nowait) = words[i].to;
        return true;
    }
    return false;
}

/* Split REST into the address (of at most ROOM bytes with its end) and the options. */
static bool split(const char *rest, char *address, size_t room, struct socket_options *options)
{
    size_t n = strcspn(rest, ",");
    *options = (struct socket_options){false, false};
    if (!n || n >= room)
        return false;
    memcpy(address, rest, n);
    address[n] = 0;
    for (rest += n; *rest == ','; rest += n) {
        rest++;
        n = strcspn(rest, ",");
        if (!take_word(options, rest, n))
            return false;
    }
    return true;
}

static int new_socket(int family)
{
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static void close_keeping_errno(int fd)
{
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
}

static bool listen_on(struct chardev *dev, int fd, const struct sockaddr *address, socklen_t n)
{
    if (fd < 0 || bind(fd, address, n) || listen(fd, 1)) {
        close_keeping_errno(fd);
        return false;
    }
    dev->listener = fd;
    return true;
}

static bool connected(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    socklen_t n = sizeof errno;
    int error;
    if (errno != EINPROGRESS && errno != EAGAIN)
        return false;
    if (poll(&p, 1, CONNECT_MS) != 1) {
        errno = ETIMEDOUT;
        return false;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n))
        return false;
    errno = error;
    return !error;
}

static bool connect_to(struct chardev *dev, int fd, const struct sockaddr *address, socklen_t n)
{
    if (fd < 0 || (connect(fd, address, n) && !connected(fd))) {
        close_keeping_errno(fd);
        return false;
    }
    dev->in = dev->out = fd;
    return true;
}

void chardev_accept(struct chardev *dev)
{
    if (dev->listener < 0 || dev->out >= 0)
        return;
    int fd = accept4(dev->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    dev->in = dev->out = fd;
    dev->in_ended = false;
}

/* A server without ",nowait": the guest's first words are for somebody. */
static void wait_for_peer(struct chardev *dev)
{
    struct pollfd p = {.fd = dev->listener, .events = POLLIN};
    fprintf(stderr,
            "twin86: %s: waiting for a connection (with ,nowait the guest starts at once)\n",
            dev->spec);
    while (dev->out < 0) {
        poll(&p, 1, -1);
        chardev_accept(dev);
    }
}

static bool socket_done(struct chardev *dev, bool good, const struct socket_options *options,
                        char *message, size_t size)
{
    if (!good && options->server)
        snprintf(message, size, "%s: cannot listen: %s", dev->spec, strerror(errno));
    else if (!good)
        snprintf(message, size, "%s: cannot connect: %s (to listen there: ,server)", dev->spec,
                 strerror(errno));
    if (good && options->server && !options->nowait)
        wait_for_peer(dev);
    return good;
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

static bool unix_listen(struct chardev *dev, const struct sockaddr_un *address)
{
    unix_remove_stale(address);
    if (!listen_on(dev, new_socket(AF_UNIX), (const struct sockaddr *)address, sizeof *address))
        return false;
    dev->unlink = strdup(address->sun_path);
    return true;
}

static bool unix_open(struct chardev *dev, const char *rest, char *message, size_t size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct socket_options options;
    if (!split(rest, address.sun_path, sizeof address.sun_path, &options)) {
        snprintf(message, size, "unix:%s: too long for a socket name (at most %zu characters)",
                 rest, sizeof address.sun_path - 1);
        return false;
    }
    bool good = options.server ? unix_listen(dev, &address)
                               : connect_to(dev, new_socket(AF_UNIX), (struct sockaddr *)&address,
                                            sizeof address);
    return socket_done(dev, good, &options, message, size);
}

static bool tcp_try(struct chardev *dev, const struct addrinfo *a, bool server)
{
    int fd = new_socket(a->ai_family), on = 1;
    if (!server)
        return connect_to(dev, fd, a->ai_addr, a->ai_addrlen);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return listen_on(dev, fd, a->ai_addr, a->ai_addrlen);
}

/* HOST: may be empty (loopback), or an IPv6 address in brackets. */
static bool tcp_find(struct chardev *dev, char *host, const char *port, bool server)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found;
    size_t n = strlen(host);
    if (n > 1 && host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = 0;
        host++;
    }
    if (getaddrinfo(*host ? host : "127.0.0.1", port, &hints, &found)) {
        errno = EADDRNOTAVAIL;
        return false;
    }
    bool done = false;
    for (const struct addrinfo *a = found; a && !done; a = a->ai_next)
        done = tcp_try(dev, a, server);
    int error = errno;
    freeaddrinfo(found);
    errno = error;
    return done;
}

static bool tcp_split(const char *rest, char *host, size_t room, char **port,
                      struct socket_options *options)
{
    char *colon = split(rest, host, room, options) ? strrchr(host, ':') : NULL;
    if (!colon || !colon[1])
        return false;
    *colon = 0;
    *port = colon + 1;
    return true;
}

static bool tcp_open(struct chardev *dev, const char *rest, char *message, size_t size)
{
    char host[256], *port;
    struct socket_options options;
    if (!tcp_split(rest, host, sizeof host, &port, &options)) {
        snprintf(message, size, "tcp:%s: wants tcp:HOST:PORT", rest);
        return false;
    }
    return socket_done(dev, tcp_find(dev, host, port, options.server), &options, message, size);
}

/* ---- all of them ---- */

static const struct chardev_kind kinds[] = {
    {.prefix = "null", .open = null_open},
    {.prefix = "stdio", .open = stdio_open},
    {.prefix = "mon:stdio", .open = stdio_open, .is_console = true},
    {.prefix = "pty", .open = pty_open},
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

bool chardev_spec_ok(const char *spec, char *why, size_t size)
{
    const struct chardev_kind *kind = kind_of(spec);
    const char *rest = kind ? spec + strlen(kind->prefix) : NULL;
    char address[256], *port;
    struct socket_options options;
    bool good = kind != NULL;
    if (good && kind->open == tcp_open)
        good = tcp_split(rest, address, sizeof address, &port, &options);
    else if (good && kind->is_socket)
        good = split(rest, address, sizeof address, &options);
    if (!good)
        snprintf(why, size, "%s", wants);
    return good;
}

bool chardev_spec_is_stdio(const char *spec)
{
    const struct chardev_kind *kind = kind_of(spec);
    return kind && kind->open == stdio_open;
}

static struct chardev *chardev_new(const char *spec, const struct chardev_kind *kind)
{
    struct chardev *dev = calloc(1, sizeof *dev);
    if (!dev || !(dev->spec = strdup(spec))) {
        free(dev);
        return NULL;
    }
    dev->kind = kind;
    dev->in = dev->out = dev->listener = dev->master = -1;
    return dev;
}

struct chardev *chardev_open(const char *spec, char *message, size_t size)
{
    char why[200];
    if (!chardev_spec_ok(spec, why, sizeof why)) {
        snprintf(message, size, "'%s': %s", spec, why);
        return NULL;
    }
    const struct chardev_kind *kind = kind_of(spec);
    struct chardev *dev = chardev_new(spec, kind);
    if (!dev) {
        snprintf(message, size, "%s: no memory", spec);
        return NULL;
    }
    if (kind->open(dev, spec + strlen(kind->prefix), message, size))
        return dev;
    chardev_close(dev);
    return NULL;
}
