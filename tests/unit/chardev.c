/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/host/chardev.h"
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
    static const char *const bad[] = {"", "file:", "tcp:nohost", "serial", "nullx", "stdio:1",
                                      "unix:"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        text[0] = 0;
        ck_assert_ptr_null(chardev_open(bad[i], text, sizeof text));
        ck_assert_str_ne(text, "");
        ck_assert_ptr_null(strchr(text, '\n'));
        ck_assert(!chardev_spec_ok(bad[i]));
    }
    ck_assert(chardev_spec_ok("stdio") && chardev_spec_ok("tcp::4000"));
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
    struct chardev *dev = chardev_open(spec("unix:", "s"), text, sizeof text);
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
        ck_assert(chardev_get(dev, &byte) && byte == 'a');
        ck_assert(chardev_get(dev, &byte) && byte == 'b');
        ck_assert(!chardev_get(dev, &byte));
        close(fd);
        ck_assert(!chardev_get(dev, &byte)); /* notices that the peer has gone */
    }
    chardev_close(dev);
    ck_assert(access(spec("", "s"), F_OK));
    rmdir(folder);
}
END_TEST

START_TEST(a_peer_that_never_reads_costs_bounded_memory_and_no_time)
{
    make_folder();
    struct chardev *dev = chardev_open(spec("unix:", "s"), text, sizeof text);
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
    struct chardev *dev = chardev_open(spec("unix:", "s"), text, sizeof text);
    ck_assert_ptr_null(chardev_open(spec("unix:", "s"), text, sizeof text));
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
    struct chardev *dev = chardev_open(spec("unix:", "s"), text, sizeof text);
    ck_assert_ptr_nonnull(dev);
    chardev_close(dev);
    rmdir(folder);
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
        a_tap_hears_every_byte,
        NULL,
    };
    return unit_suite("chardev", tests);
}
