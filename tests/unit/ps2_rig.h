/* SPDX-License-Identifier: MIT */
/* The far end of the cable of a PS/2 device under test. */
#ifndef TESTS_PS2_RIG_H
#define TESTS_PS2_RIG_H

#include <stdio.h>

#include "src/base/ps2.h"

/* All bytes that wait, in hexadecimal, one space between; until the next call. */
static const char *ps2_sent(const struct ps2_plug *plug)
{
    static char text[512];
    u8 byte;
    size_t n = 0;
    text[0] = 0;
    while (plug->take(plug->device, &byte))
        n += (size_t)snprintf(text + n, sizeof text - n, n ? " %02x" : "%02x", byte);
    return text;
}

#endif
