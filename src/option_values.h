/* SPDX-License-Identifier: MIT */
/* The kinds of values that options take; for the table in options.c. */
#ifndef OPTION_VALUES_H
#define OPTION_VALUES_H

#include <stdio.h>

#include "devices/serial_mouse.h"
#include "src/base/types.h"

enum { MHZ_MAX = 10000 };

/* How to take TEXT (which stays) into the option's FIELD; false and WHY it is wrong, a phrase of at most
 * SIZE bytes. */
typedef bool take_fn(void *field, const char *text, char *why, size_t size);

take_fn take_text, take_list, take_switch, take_count, take_mebibytes;
take_fn take_seconds, take_cpu, take_cpus, take_machine, take_profile;
take_fn take_engine, take_boot, take_display, take_chardev, take_serial;
take_fn take_key, take_rtc, take_device, take_speed, take_log;
take_fn take_ranges;

/* Does this value of -serial name a mouse, and which? */
bool serial_is_mouse(const char *text, enum serial_mouse_model *model);

#endif
