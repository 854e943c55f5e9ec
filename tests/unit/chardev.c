/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "src/host/chardev_parts.h"
#include "tests/unit/unit.h"

static char folder[] = "chardev-test-XXXXXX", text[200];

static const char *spec(const char *prefix, const char *name)
{
    static char path[100];
    snprintf(path, sizeof path, "%s%s/%s", prefix, folder, name);
    return path;
}

static void make_folder(void)
{
    strcpy(folder, "chardev-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void put_text(struct chardev *dev, const char *s)
{
    while (*s)
        chardev_put(dev, (u8)*s++);
}

START_TEST(a_bad_spec_gets_one_line_and_opens_nothing)
{
    static const char *const bad[] = {"",
                                      "file:",
                                      "tcp:nohost",
                                      "serial",
                                      "nullx",
                                      "stdio:1",
                                      "unix:",
                                      "console",
                                      "unix:,server",
                                      "unix:x,serve",
                                      "tcp:host:1,server,",
                                      "ptyx",
                                      "mon:tcp::1"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        text[0] = 0;
        ck_assert_ptr_null(chardev_open(bad[i], text, sizeof text));
        ck_assert_str_ne(text, "");
        ck_assert_ptr_null(strchr(text, '\n'));
        ck_assert(!chardev_spec_ok(bad[i], text, sizeof text));
    }
    static const char *const good[] = {
        "stdio",     "tcp::4000", "tcp:[::1]:4000,server=on,wait=off",
        "mon:stdio", "pty",       "unix:x,server,nowait",
        "file:a,b"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        ck_assert(chardev_spec_ok(good[i], text, sizeof text));
    ck_assert(chardev_spec_is_stdio("mon:stdio") && !chardev_spec_is_stdio("file:stdio"));
    ck_assert_ptr_null(chardev_open("file:/no/such/folder/file", text, sizeof text));
    ck_assert_ptr_nonnull(strstr(text, "/no/such/folder/file"));
}
END_TEST

START_TEST(a_file_holds_what_was_put_after_close)
{
    make_folder();
    struct chardev *dev = chardev_open(spec("file:", "out"), text, sizeof text);
    ck_assert_ptr_nonnull(dev);
    put_text(dev, "hello\n");
    u8 byte;
    ck_assert(!chardev_get(dev, &byte));
    chardev_close(dev);
    FILE *file = fopen(spec("", "out"), "r");
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    ck_assert_str_eq(text, "hello\n");
    fclose(file);
    unlink(spec("", "out"));
    rmdir(folder);
}
END_TEST

static const char *server(const char *name)
{
    static char path[120];
    snprintf(path, sizeof path, "%s,server,nowait", spec("unix:", name));
    return path;
}

/* One byte of what the host said by now. */
static bool get(struct chardev *dev, u8 *byte)
{
    chardev_receive(dev);
    return chardev_get(dev, byte);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert(!connect(fd, (struct sockaddr *)&address, sizeof address));
    return fd;
}

START_TEST(a_socket_talks_both_ways_and_survives_its_peer)
{
    make_folder();
    struct chardev *dev = chardev_open(server("s"), text, sizeof text);
    ck_assert_ptr_nonnull(dev);
    put_text(dev, "nobody hears this");
    for (int round = 0; round < 2; round++) {
        int fd = connect_to(spec("", "s"));
        u8 byte = 0;
        chardev_poll(dev);
        put_text(dev, "to host");
        chardev_poll(dev);
        ck_assert_int_eq(read(fd, text, sizeof text), 7);
        ck_assert(!memcmp(text, "to host", 7));
        ck_assert_int_eq(write(fd, "ab", 2), 2);
        ck_assert(get(dev, &byte) && byte == 'a');
        ck_assert(get(dev, &byte) && byte == 'b');
        ck_assert(!get(dev, &byte));
        close(fd);
        ck_assert(!get(dev, &byte)); /* notices that the peer has gone */
    }
    chardev_close(dev);
    ck_assert(access(spec("", "s"), F_OK));
    rmdir(folder);
}
END_TEST

START_TEST(a_peer_that_never_reads_costs_bounded_memory_and_no_time)
{
    make_folder();
    struct chardev *dev = chardev_open(server("s"), text, sizeof text);
    int fd = connect_to(spec("", "s"));
    chardev_poll(dev);
    for (u32 i = 0; i < 8 * CHARDEV_PENDING; i++)
        chardev_put(dev, 'x');
    ck_assert_uint_gt(chardev_dropped(dev), 0);
    close(fd);
    chardev_close(dev);
    rmdir(folder);
}
END_TEST

START_TEST(a_second_listener_on_the_same_socket_is_refused)
{
    make_folder();
    struct chardev *dev = chardev_open(server("s"), text, sizeof text);
    ck_assert_ptr_null(chardev_open(server("s"), text, sizeof text));
    ck_assert_ptr_nonnull(strstr(text, "cannot listen"));
    chardev_close(dev);
    rmdir(folder);
}
END_TEST

START_TEST(a_socket_left_behind_by_a_killed_program_is_taken_over)
{
    make_folder();
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", spec("", "s"));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert(!bind(fd, (struct sockaddr *)&address, sizeof address));
    close(fd);
    struct chardev *dev = chardev_open(server("s"), text, sizeof text);
    ck_assert_ptr_nonnull(dev);
    chardev_close(dev);
    rmdir(folder);
}
END_TEST

START_TEST(a_client_finds_its_server_or_says_that_there_is_none)
{
    u8 byte = 0;
    make_folder();
    ck_assert_ptr_null(chardev_open(spec("unix:", "s"), text, sizeof text));
    ck_assert_ptr_nonnull(strstr(text, "cannot connect"));
    struct chardev *far = chardev_open(server("s"), text, sizeof text);
    struct chardev *dev = chardev_open(spec("unix:", "s"), text, sizeof text);
    ck_assert_ptr_nonnull(dev);
    chardev_poll(far);
    put_text(dev, "x");
    chardev_poll(dev);
    ck_assert(get(far, &byte) && byte == 'x');
    chardev_close(far);
    ck_assert(!get(dev, &byte)); /* the far end has gone, and nothing comes of it */
    put_text(dev, "nobody hears this");
    chardev_poll(dev);
    chardev_close(dev);
    rmdir(folder);
}
END_TEST

START_TEST(a_server_waits_for_its_peer_unless_told_not_to)
{
    make_folder();
    pid_t child = fork();
    if (!child) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        snprintf(address.sun_path, sizeof address.sun_path, "%s", spec("", "s"));
        for (int tries = 0; tries < 1000; tries++) {
            int fd = socket(AF_UNIX, SOCK_STREAM, 0);
            if (!connect(fd, (struct sockaddr *)&address, sizeof address))
                _exit(read(fd, text, sizeof text) == 5 && !memcmp(text, "early", 5) ? 0 : 1);
            close(fd);
            usleep(10000);
        }
        _exit(2);
    }
    static char path[120];
    int status;
    snprintf(path, sizeof path, "%s,server", spec("unix:", "s"));
    struct chardev *dev = chardev_open(path, text, sizeof text);
    put_text(dev, "early");
    chardev_poll(dev);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && !WEXITSTATUS(status));
    chardev_close(dev);
    rmdir(folder);
}
END_TEST

START_TEST(a_tcp_server_and_its_client_talk)
{
    u8 byte = 0;
    char address[60];
    struct chardev *far = NULL;
    for (int port = 40000; !far && port < 40100; port++) {
        snprintf(address, sizeof address, "tcp:127.0.0.1:%d,server,nowait", port);
        far = chardev_open(address, text, sizeof text);
    }
    ck_assert_msg(far != NULL, "%s", text);
    *strchr(address, ',') = 0;
    struct chardev *dev = chardev_open(address, text, sizeof text);
    ck_assert_msg(dev != NULL, "%s", text);
    chardev_poll(far);
    put_text(dev, "x");
    chardev_poll(dev);
    for (int tries = 0; tries < 100 && !get(far, &byte); tries++)
        usleep(10000);
    ck_assert_uint_eq(byte, 'x');
    chardev_close(dev);
    chardev_close(far);
    ck_assert_ptr_null(chardev_open(address, text, sizeof text));
    ck_assert_ptr_nonnull(strstr(text, "cannot connect"));
}
END_TEST

START_TEST(a_pseudo_terminal_carries_bytes_as_they_are_and_may_be_closed_and_opened)
{
    u8 byte;
    struct chardev *dev = chardev_open("pty", text, sizeof text);
    ck_assert_msg(dev != NULL, "%s", text);
    ck_assert_int_eq(strncmp(chardev_pty(dev), "/dev/", 5), 0);
    for (int round = 0; round < 3; round++) {
        chardev_poll(dev);
        put_text(dev, "nobody hears this");
        chardev_poll(dev);
        int fd = open(chardev_pty(dev), O_RDWR | O_NOCTTY);
        ck_assert_int_ge(fd, 0);
        chardev_poll(dev);
        put_text(dev, "a\r\n\x03");
        chardev_poll(dev);
        ck_assert_int_eq(read(fd, text, sizeof text), 4);
        ck_assert(!memcmp(text, "a\r\n\x03", 4));
        ck_assert_int_eq(write(fd, "\x03\r\x7f", 3), 3);
        ck_assert(get(dev, &byte) && byte == 3);
        ck_assert(get(dev, &byte) && byte == '\r');
        ck_assert(get(dev, &byte) && byte == 0x7f);
        ck_assert(!get(dev, &byte));
        close(fd);
        chardev_poll(dev);
        ck_assert(!get(dev, &byte));
    }
    chardev_close(dev);
}
END_TEST

START_TEST(input_comes_between_slices_alone)
{
    u8 byte;
    make_folder();
    struct chardev *dev = chardev_open(server("s"), text, sizeof text);
    int fd = connect_to(spec("", "s"));
    chardev_poll(dev);
    ck_assert_int_eq(write(fd, "a", 1), 1);
    ck_assert(!chardev_get(dev, &byte)); /* it is there, and not yet the guest's */
    chardev_receive(dev);
    ck_assert_int_eq(write(fd, "b", 1), 1);
    ck_assert(chardev_get(dev, &byte) && byte == 'a');
    ck_assert(!chardev_get(dev, &byte));
    chardev_receive(dev);
    ck_assert(chardev_get(dev, &byte) && byte == 'b');
    close(fd);
    chardev_close(dev);
    rmdir(folder);
}
END_TEST

/* Standard error from begin_hearing() to end_hearing(), which gives it. */
static FILE *heard_file;
static int real_error;

static void begin_hearing(void)
{
    heard_file = tmpfile();
    real_error = dup(STDERR_FILENO);
    dup2(fileno(heard_file), STDERR_FILENO);
}

static const char *end_hearing(void)
{
    static char heard[1000];
    fflush(stderr);
    dup2(real_error, STDERR_FILENO);
    close(real_error);
    rewind(heard_file);
    heard[fread(heard, 1, sizeof heard - 1, heard_file)] = 0;
    fclose(heard_file);
    return heard;
}

static unsigned lines(const char *s)
{
    unsigned n = 0;
    for (; *s; s++)
        n += *s == '\n';
    return n;
}

START_TEST(a_file_has_a_limit_which_is_told_once)
{
    make_folder();
    struct chardev *dev = chardev_open(spec("file:", "out"), text, sizeof text);
    begin_hearing();
    dev->written = CHARDEV_FILE_MAX - 3; /* as if so much had been put */
    put_text(dev, "hello");
    chardev_poll(dev);
    put_text(dev, "hello");
    ck_assert_uint_eq(chardev_dropped(dev), 7);
    chardev_close(dev);
    const char *heard = end_hearing();
    ck_assert_uint_eq(lines(heard), 1);
    ck_assert_ptr_nonnull(strstr(heard, "out: 1 GiB"));
    FILE *file = fopen(spec("", "out"), "r");
    ck_assert_uint_eq(fread(text, 1, sizeof text, file), 3);
    fclose(file);
    unlink(spec("", "out"));
    rmdir(folder);
}
END_TEST

START_TEST(a_full_disk_is_told_once_and_does_no_harm)
{
    begin_hearing();
    struct chardev *dev = chardev_open("file:/dev/full", text, sizeof text);
    for (unsigned i = 0; i < 10; i++) {
        put_text(dev, "hello");
        chardev_poll(dev);
    }
    chardev_close(dev);
    const char *heard = end_hearing();
    ck_assert_uint_eq(lines(heard), 1);
    ck_assert_ptr_nonnull(strstr(heard, "/dev/full: No space left on device"));
}
END_TEST

static void collect(void *owner, u8 byte)
{
    char *s = owner;
    size_t n = strlen(s);
    s[n] = (char)byte;
    s[n + 1] = 0;
}

START_TEST(a_tap_hears_every_byte)
{
    char heard[20] = "";
    struct chardev *dev = chardev_open("null", text, sizeof text);
    chardev_set_tap(dev, collect, heard);
    put_text(dev, "login:");
    ck_assert_str_eq(heard, "login:");
    chardev_close(dev);
    chardev_close(NULL);
}
END_TEST

Suite *chardev_suite(void)
{
    const TTest *const tests[] = {
        a_bad_spec_gets_one_line_and_opens_nothing,
        a_file_holds_what_was_put_after_close,
        a_socket_talks_both_ways_and_survives_its_peer,
        a_peer_that_never_reads_costs_bounded_memory_and_no_time,
        a_second_listener_on_the_same_socket_is_refused,
        a_socket_left_behind_by_a_killed_program_is_taken_over,
        a_client_finds_its_server_or_says_that_there_is_none,
        a_server_waits_for_its_peer_unless_told_not_to,
        a_tcp_server_and_its_client_talk,
        a_pseudo_terminal_carries_bytes_as_they_are_and_may_be_closed_and_opened,
        input_comes_between_slices_alone,
        a_file_has_a_limit_which_is_told_once,
        a_full_disk_is_told_once_and_does_no_harm,
        a_tap_hears_every_byte,
        NULL,
    };
    return unit_suite("chardev", tests);
}
