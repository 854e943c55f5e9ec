/* SPDX-License-Identifier: MIT */
/* What every unit test includes; and one suite function for each source file. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>

#include "src/base/types.h"

#define SUITE(name) Suite *name##_suite(void);
#include "tests/unit/suites.h"
#undef SUITE

/* A suite of one case with the tests of a NULL-terminated list. */
Suite *unit_suite(const char *name, const TTest *const *tests);

/* Guest time passes; each timer fires at its own moment. */
struct clock;
void unit_pass(struct clock *clock, u64 ns);

#endif
