/* SPDX-License-Identifier: MIT */
#include <png.h>
#include <stdlib.h>
#include <unistd.h>

#include "frontend/screenshot.h"
#include "tests/unit/unit.h"

/* A directory of the test's own, removed with the file PICTURE in it. */
static char folder[64], picture[96], message[256];

static void folder_make(void)
{
    snprintf(folder, sizeof folder, "screenshot.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(picture, sizeof picture, "%s/picture.png", folder);
}

static void folder_remove(void)
{
    unlink(picture);
    ck_assert_int_eq(rmdir(folder), 0);
}

START_TEST(a_picture_is_read_back_as_it_was_drawn)
{
    u32 pixels[6] = {0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0x123456, 0xffffff};
    struct frame frame = {.width = 3, .height = 2, .pixels = pixels};
    folder_make();
    ck_assert_msg(screenshot_write(&frame, picture, message, sizeof message), "%s", message);
    png_image image = {.version = PNG_IMAGE_VERSION};
    ck_assert(png_image_begin_read_from_file(&image, picture));
    ck_assert_uint_eq(image.width, 3);
    ck_assert_uint_eq(image.height, 2);
    u8 rgb[18];
    image.format = PNG_FORMAT_RGB;
    ck_assert(png_image_finish_read(&image, NULL, rgb, 0, NULL));
    for (int i = 0; i < 6; i++)
        ck_assert_uint_eq((u32)rgb[3 * i] << 16 | rgb[3 * i + 1] << 8 | rgb[3 * i + 2], pixels[i]);
    folder_remove();
}
END_TEST

START_TEST(a_folder_that_is_missing_is_named_in_the_message)
{
    u32 pixel = 0;
    struct frame frame = {.width = 1, .height = 1, .pixels = &pixel};
    ck_assert(!screenshot_write(&frame, "no-such-folder/a.png", message, sizeof message));
    ck_assert_ptr_nonnull(strstr(message, "no-such-folder/a.png"));
    ck_assert_ptr_null(strchr(message, '\n'));
}
END_TEST

START_TEST(without_a_picture_no_file_is_made)
{
    struct frame frame = {0};
    folder_make();
    ck_assert(!screenshot_write(&frame, picture, message, sizeof message));
    ck_assert(!screenshot_write(NULL, picture, message, sizeof message));
    ck_assert_int_ne(access(picture, F_OK), 0);
    folder_remove();
}
END_TEST

START_TEST(a_full_disk_is_told)
{
    static u32 pixels[256 * 256];
    for (u32 i = 0; i < ARRAY_LEN(pixels); i++)
        pixels[i] = i * 2654435761u;
    struct frame frame = {.width = 256, .height = 256, .pixels = pixels};
    if (access("/dev/full", W_OK))
        return; /* a host without it */
    ck_assert(!screenshot_write(&frame, "/dev/full", message, sizeof message));
    ck_assert_ptr_nonnull(strstr(message, "/dev/full"));
    ck_assert_int_eq(access("/dev/full", W_OK), 0); /* a device is not removed */
}
END_TEST

Suite *screenshot_suite(void)
{
    const TTest *const tests[] = {
        a_picture_is_read_back_as_it_was_drawn, a_folder_that_is_missing_is_named_in_the_message,
        without_a_picture_no_file_is_made, a_full_disk_is_told, NULL};
    return unit_suite("screenshot", tests);
}
