/* SPDX-License-Identifier: MIT */
/* One handler for a compare and the conditional jump behind it. */
#include "cpu/alu.h"
#include "cpu/forms.h"

fast_fn *fused_find(const struct uop *u, const struct uop *jcc, unsigned variant)
{
    (void)u, (void)jcc, (void)variant;
    return NULL;
}
