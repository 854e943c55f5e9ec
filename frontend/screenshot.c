/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frontend/screenshot.h"

static void row_to_rgb(u8 *out, const u32 *pixels, u32 width)
{
    for (u32 x = 0; x < width; x++) {
        out[3 * x + 0] = (u8)(pixels[x] >> 16);
        out[3 * x + 1] = (u8)(pixels[x] >> 8);
        out[3 * x + 2] = (u8)pixels[x];
    }
}

/* libpng comes back by longjmp when the host refuses a write: no local changes after setjmp. */
static bool png_put(png_structp png, png_infop info, FILE *file, const struct frame *frame, u8 *row)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_init_io(png, file);
    png_set_IHDR(png, info, frame->width, frame->height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (u32 y = 0; y < frame->height; y++) {
        row_to_rgb(row, frame->pixels + (size_t)y * frame->width, frame->width);
        png_write_row(png, row);
    }
    png_write_end(png, info);
    return true;
}

static void quiet(png_structp png, png_const_charp what)
{
    (void)what; /* the caller's message names the file */
    png_longjmp(png, 1);
}

static void quiet_warning(png_structp png, png_const_charp what)
{
    (void)png;
    (void)what;
}

static bool frame_encode(const struct frame *frame, FILE *file)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, quiet, quiet_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    u8 *row = malloc((size_t)frame->width * 3);
    bool ok = info && row && png_put(png, info, file, frame, row);
    free(row);
    png_destroy_write_struct(&png, &info);
    return ok;
}

/* A half-written picture goes away; a device that was named as the file stays. */
static void remove_file(const char *path)
{
    struct stat st;
    if (!lstat(path, &st) && S_ISREG(st.st_mode))
        unlink(path);
}

bool screenshot_write(const struct frame *frame, const char *path, char *message, size_t size)
{
    if (!frame || !frame->width || !frame->height) {
        snprintf(message, size, "%s: there is no picture yet", path);
        return false;
    }
    FILE *file = fopen(path, "wb");
    if (!file) {
        snprintf(message, size, "%s: cannot write a picture there: %s", path, strerror(errno));
        return false;
    }
    errno = 0;
    bool ok = frame_encode(frame, file);
    ok = fclose(file) == 0 && ok;
    if (!ok) {
        snprintf(message, size, "%s: the picture could not be written: %s", path,
                 errno ? strerror(errno) : "out of memory");
        remove_file(path);
    }
    return ok;
}
