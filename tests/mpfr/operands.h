/* SPDX-License-Identifier: MIT */
/* Random operands, the same in each run: any number of an instruction's domain, and often those
 * where something changes: powers of two, steps of tables, multiples of a quarter of pi. */
#ifndef TESTS_MPFR_OPERANDS_H
#define TESTS_MPFR_OPERANDS_H

#include "cpu/f80.h"

/* Neither is zero, infinite or a NaN. Where the instruction has one operand, y stays as it is. */
typedef void operands_function(struct f80 *x, struct f80 *y);
operands_function operands_below_one, operands_log, operands_log1p, operands_atan, operands_trig;

#endif
