/* SPDX-License-Identifier: MIT */
/* The error of the functions of cpu/real.h. */
#ifndef TESTS_MPFR_PRECISION_H
#define TESTS_MPFR_PRECISION_H

#include "src/base/types.h"

/* Is it what cpu/real.h says, for that many operands of each? Prints the largest. */
bool precision_check(unsigned long cases);

#endif
