/* SPDX-License-Identifier: MIT */
/*
 * FXSAVE and FXRSTOR: the state of x87, MMX and SSE in 512 bytes. SDM 2A "FXSAVE", the layout
 * outside 64-bit mode:
 *
 *   00 FCW    02 FSW    04 abridged FTW    06 FOP    08 FIP       0c FCS
 *   10 FDP    14 FDS    18 MXCSR    1c MXCSR_MASK
 *   20 + 16 n ST(n) or MMn, 10 bytes    a0 + 16 n XMMn    120 to 1ff left alone
 *
 * Without CR4.OSFXSR the registers of SSE are neither saved nor restored: the manual lets each
 * implementation choose. MXCSR is a part of them.
 */
#include "cpu/simd.h"
#include "cpu/x87.h"

enum {
    IMAGE = 512,
    MXCSR_AT = 0x18,
    MASK_AT = 0x1c,
    ST_AT = 0x20,
    XMM_AT = 0xa0,
    USED = 0x120,
    QUADS = USED / 8,
};

/* Every byte of the image is checked, also those that are not touched. */
static void image_find(struct cpu *cpu, const struct uop *u, struct at at[QUADS], unsigned write)
{
    struct at untouched;
    if (cpu->cr0 & (CR0_EM | CR0_TS))
        cpu_raise(cpu, EX_NM, 0, REASON_NO_FPU);
    u32 linear = mem_linear(cpu, u->seg, plain_ea(cpu, u), IMAGE, write);
    if (linear & 15)
        cpu_raise_gp0(cpu, REASON_ALIGNMENT);
    for (u32 i = 0; i < IMAGE / 8; i++)
        lin_find(cpu, i < QUADS ? &at[i] : &untouched, linear + 8 * i, 8, write, false);
}

/* Are the registers of SSE a part of the image? */
static bool with_sse(const struct cpu *cpu)
{
    return model_has_feature(cpu->model, FEATURE_SSE) && cpu->cr4 & CR4_OSFXSR;
}

static void put_header(const struct cpu *cpu, u8 *image)
{
    const struct fpu *f = &cpu->fpu;
    put16(image, f->cw);
    put16(image + 2, fpu_status(f));
    image[4] = f->used;
    put16(image + 6, f->fop);
    put32(image + 8, f->fip);
    put16(image + 0xc, f->fcs);
    put32(image + 0x10, f->fdp);
    put16(image + 0x14, f->fds);
}

static void get_header(struct cpu *cpu, const u8 *image)
{
    struct fpu *f = &cpu->fpu;
    f->cw = fpu_control(get16(image));
    fpu_set_status(f, get16(image + 2));
    x87_update(cpu);
    f->used = image[4];
    f->fop = get16(image + 6) & 0x7ff;
    f->fip = get32(image + 8);
    f->fcs = get16(image + 0xc);
    f->fdp = get32(image + 0x10);
    f->fds = get16(image + 0x14);
}

/* What the reserved bytes between are: zeros, as processors write them. A processor whose MXCSR
 * has no DAZ bit leaves MXCSR_MASK 0. SDM 1 "Guidelines for Writing to the MXCSR Register". */
static void put_image(const struct cpu *cpu, u8 *image)
{
    put_header(cpu, image);
    for (unsigned i = 0; i < 8; i++) {
        const struct f80 *st = &cpu->fpu.reg[(cpu->fpu.top + i) & 7];
        put64(image + ST_AT + 16 * i, st->frac);
        put16(image + ST_AT + 16 * i + 8, st->se);
    }
    if (!with_sse(cpu))
        return;
    put32(image + MXCSR_AT, cpu->fpu.mxcsr);
    put32(image + MASK_AT, mxcsr_mask(cpu) & MXCSR_DAZ ? mxcsr_mask(cpu) : 0);
    for (unsigned i = 0; i < 8; i++) {
        put64(image + XMM_AT + 16 * i, cpu->fpu.xmm[i].q[0]);
        put64(image + XMM_AT + 16 * i + 8, cpu->fpu.xmm[i].q[1]);
    }
}

static void get_image(struct cpu *cpu, const u8 *image)
{
    u32 mxcsr = get32(image + MXCSR_AT);
    if (with_sse(cpu) && mxcsr & ~mxcsr_mask(cpu))
        cpu_raise_gp0(cpu, REASON_RESERVED);
    get_header(cpu, image);
    for (unsigned i = 0; i < 8; i++) {
        const u8 *at = image + ST_AT + 16 * i;
        cpu->fpu.reg[(cpu->fpu.top + i) & 7] = (struct f80){get64(at), get16(at + 8)};
    }
    if (!with_sse(cpu))
        return;
    cpu->fpu.mxcsr = mxcsr;
    for (unsigned i = 0; i < 8; i++) {
        const u8 *at = image + XMM_AT + 16 * i;
        cpu->fpu.xmm[i] = (union xmm){.q = {get64(at), get64(at + 8)}};
    }
}

/* Quadword I of the image belongs to SSE, and there is none: it is left alone. */
static bool left_alone(const struct cpu *cpu, u32 i)
{
    return !with_sse(cpu) && (i == MXCSR_AT / 8 || i >= XMM_AT / 8);
}

HANDLER(FXSAVE_m_0)
{
    struct at at[QUADS];
    u8 image[USED] = {0};
    image_find(cpu, u, at, ACCESS_WRITE);
    put_image(cpu, image);
    for (u32 i = 0; i < QUADS; i++)
        if (!left_alone(cpu, i))
            at_put(cpu, &at[i], get64(image + 8 * i));
    NEXT;
}

HANDLER(FXRSTOR_m_0)
{
    struct at at[QUADS];
    u8 image[USED];
    image_find(cpu, u, at, ACCESS_READ);
    for (u32 i = 0; i < QUADS; i++)
        put64(image + 8 * i, at_get(cpu, &at[i]));
    get_image(cpu, image);
    NEXT;
}
