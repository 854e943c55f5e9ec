/* SPDX-License-Identifier: MIT */
/* The floating-point unit's registers as a whole. */
#include "cpu/fpu.h"

static const struct field f80_fields[] = {
    FIELD(struct f80, frac),
    FIELD(struct f80, se),
    FIELD_END,
};

static const struct field xmm_fields[] = {FIELD_ARRAY(union xmm, q), FIELD_END};

#define F(member) FIELD(struct fpu, member)
const struct field fpu_fields[] = {
    FIELD_STRUCTS(struct fpu, reg, f80_fields),
    F(cw),
    F(sw),
    FIELD_MAX(struct fpu, top, 7),
    F(used),
    F(fop),
    F(fip),
    F(fdp),
    F(fcs),
    F(fds),
    F(mxcsr),
    FIELD_STRUCTS(struct fpu, xmm, xmm_fields),
    FIELD_END,
};
#undef F

enum { CW_RESET = 0x40, MXCSR_RESET = 0x1f80 };

/* All registers hold +0 and none is empty. */
void fpu_reset(struct fpu *fpu)
{
    *fpu = (struct fpu){.cw = CW_RESET, .used = 0xff, .mxcsr = MXCSR_RESET};
}

void fpu_init(struct fpu *fpu)
{
    fpu->cw = CW_INIT;
    fpu->sw = fpu->fop = fpu->fcs = fpu->fds = 0;
    fpu->top = fpu->used = 0;
    fpu->fip = fpu->fdp = 0;
}

void fpu_set_status(struct fpu *fpu, u16 value)
{
    fpu->sw = (u16)(value & ~(SW_TOP | SW_B));
    fpu->top = value >> 11 & 7;
}

enum { TAG_VALID, TAG_ZERO, TAG_SPECIAL, TAG_EMPTY };

static unsigned tag_of(struct f80 value)
{
    unsigned exponent = value.se & 0x7fff;
    if (!exponent && !value.frac)
        return TAG_ZERO;
    return exponent && exponent != 0x7fff && value.frac & F80_INTEGER ? TAG_VALID : TAG_SPECIAL;
}

u16 fpu_tags(const struct fpu *fpu)
{
    unsigned tags = 0;
    for (unsigned i = 0; i < 8; i++)
        tags |= (fpu->used >> i & 1 ? tag_of(fpu->reg[i]) : TAG_EMPTY) << 2 * i;
    return (u16)tags;
}

void fpu_set_tags(struct fpu *fpu, u16 tags)
{
    fpu->used = 0;
    for (unsigned i = 0; i < 8; i++)
        if ((tags >> 2 * i & 3) != TAG_EMPTY)
            fpu->used |= (u8)(1u << i);
}
