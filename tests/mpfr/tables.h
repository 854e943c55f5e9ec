/* SPDX-License-Identifier: MIT */
/* The constants of cpu/trans_tables.h, made anew with MPFR. */
#ifndef TESTS_MPFR_TABLES_H
#define TESTS_MPFR_TABLES_H

#include "src/base/types.h"

/* cpu/trans_tables.c, to standard output. */
void tables_print(void);

/* Are the constants that are compiled in the same? Says which are not. */
bool tables_check(void);

#endif
