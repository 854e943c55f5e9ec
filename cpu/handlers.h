/* SPDX-License-Identifier: MIT */
/* Declarations of every handler that handlers.def lists. */
#ifndef CPU_HANDLERS_H
#define CPU_HANDLERS_H

#include "config.h"
#include "cpu/flags.h"
#include "cpu/uop.h"

#define H(op, shape, size, class) plain_fn p_##op##_##shape##_##size;
#include "cpu/handlers.def"
plain_fn p_EXIT;

#ifdef ENGINE_FAST
#define DECLARE_COLD(n)
#define DECLARE_REG(n) fast_fn f_##n;
#define DECLARE_REGF(n) fast_fn f_##n, f_##n##_nf;
#define DECLARE_MEM(n) fast_fn f_##n##_bd, f_##n##_bx, f_##n##_g32, f_##n##_e16;
#define DECLARE_MEMF(n)                                                                            \
    DECLARE_MEM(n) fast_fn f_##n##_bd_nf, f_##n##_bx_nf, f_##n##_g32_nf, f_##n##_e16_nf;
#define DECLARE_STACK(n) fast_fn f_##n##_s32, f_##n##_s16;
#define DECLARE_MSTACK(n) fast_fn f_##n##_bd, f_##n##_bx, f_##n##_e16;
#define DECLARE_FREG(n) DECLARE_REG(n)
#define DECLARE_FMEM(n) DECLARE_MEM(n)
#define DECLARE_STRING(n) fast_fn f_##n##_flat, f_##n##_seg;
#define H(op, shape, size, class) DECLARE_##class(op##_##shape##_##size)
#include "cpu/handlers.def"

/* Not in the list: run the plain twin and go on; the end of a block, linked or not yet. */
fast_fn f_cold, f_exit;
#endif

#endif
