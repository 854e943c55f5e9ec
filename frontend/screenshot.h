/* SPDX-License-Identifier: MIT */
/* A picture of the guest's screen as a PNG file. */
#ifndef FRONTEND_SCREENSHOT_H
#define FRONTEND_SCREENSHOT_H

#include "src/base/types.h"
#include "src/host/display.h"

/*
 * Write FRAME to PATH, pixel for pixel, 8-bit RGB. False and one line in MESSAGE (SIZE bytes) if
 * there is no picture yet or the file cannot be written; a file that was begun is removed.
 */
bool screenshot_write(const struct frame *frame, const char *path, char *message, size_t size);

#endif
