/* SPDX-License-Identifier: MIT */
/*
 * The x87's state in memory: FSTENV, FLDENV, FSAVE, FRSTOR. SDM 1 "Saving the x87 FPU's State with
 * FSTENV/FNSTENV and FSAVE/FNSAVE", whose four layouts are, with seven words of the operand size:
 *
 *            0   1   2    3                    4                            5            6
 *   prot. 16 CW  SW  tags IP                   CS                           DP           DS
 *   real  16 CW  SW  tags IP 15-0              IP 19-16 << 12 | opcode      DP 15-0      DP 19-16 << 12
 *   prot. 32 CW  SW  tags IP                   CS | opcode << 16            DP           DS
 *   real  32 CW  SW  tags IP 15-0              IP 31-16 << 12 | opcode      DP 15-0      DP 31-16 << 12
 *
 * In real and virtual-8086 mode IP and DP are linear. The registers of FSAVE follow, ST(0) first, in
 * ten bytes each. Unused halves of 32-bit words are stored as ones.
 */
#include "cpu/x87.h"

enum { WORDS = 7, HALVES = 8 * 5 };

/* The image, in pieces that lie nowhere across an aligned boundary of theirs: its words, and the
 * registers by halfwords. All are found before anything is moved. */
struct image {
    struct at word[WORDS], half[HALVES];
};

static void image_find(struct cpu *cpu, const struct uop *u, struct image *image, bool registers,
                       unsigned write)
{
    u32 ea = plain_ea(cpu, u), size = u->attr & UA_OP32 ? 4 : 2;
    for (u32 i = 0; i < WORDS; i++)
        mem_find(cpu, &image->word[i], u->seg, ea + i * size, size, write);
    for (u32 i = 0; i < HALVES && registers; i++)
        mem_find(cpu, &image->half[i], u->seg, ea + WORDS * size + i * 2, 2, write);
}

/* Pointers to words 3 and 4, or 5 and 6. TOP: what else is in the upper one: the opcode, or 0. */
static void split_real(u32 linear, u32 top, u32 word[2])
{
    word[0] = (linear & 0xffff) | 0xffff0000u;
    word[1] = linear >> 16 << 12 | top;
}

static void environment(const struct cpu *cpu, bool wide, u32 word[WORDS])
{
    const struct fpu *fpu = &cpu->fpu;
    word[0] = fpu->cw | 0xffff0000u;
    word[1] = fpu_status(fpu) | 0xffff0000u;
    word[2] = fpu_tags(fpu) | 0xffff0000u;
    if (cpu_real_segments(cpu)) {
        split_real(fpu->fcs * 16u + fpu->fip, fpu->fop, word + 3);
        split_real(fpu->fds * 16u + fpu->fdp, 0, word + 5);
        return;
    }
    word[3] = fpu->fip;
    word[4] = fpu->fcs | (wide ? (u32)fpu->fop << 16 : 0);
    word[5] = fpu->fdp;
    word[6] = fpu->fds | 0xffff0000u;
}

static u32 join_real(const u32 word[2])
{
    return (word[0] & 0xffff) | (word[1] >> 12 & 0xffff) << 16;
}

static void set_environment(struct cpu *cpu, bool wide, const u32 word[WORDS])
{
    struct fpu *fpu = &cpu->fpu;
    fpu->cw = fpu_control((u16)word[0]);
    fpu_set_status(fpu, (u16)word[1]);
    fpu_set_tags(fpu, (u16)word[2]);
    if (cpu_real_segments(cpu)) {
        fpu->fip = join_real(word + 3);
        fpu->fdp = join_real(word + 5);
        fpu->fop = word[4] & 0x7ff;
        fpu->fcs = fpu->fds = 0;
    } else {
        fpu->fip = word[3];
        fpu->fcs = (u16)word[4];
        fpu->fop = wide ? word[4] >> 16 & 0x7ff : 0;
        fpu->fdp = word[5];
        fpu->fds = (u16)word[6];
    }
    x87_update(cpu);
}

static void image_put(struct cpu *cpu, const struct image *image, bool wide)
{
    u32 word[WORDS];
    environment(cpu, wide, word);
    for (u32 i = 0; i < WORDS; i++)
        at_put(cpu, &image->word[i], word[i]);
}

static void image_get(struct cpu *cpu, const struct image *image, bool wide)
{
    u32 word[WORDS];
    for (u32 i = 0; i < WORDS; i++)
        word[i] = (u32)at_get(cpu, &image->word[i]);
    set_environment(cpu, wide, word);
}

/* Halfword N of ST(i). */
static u16 number_half(struct f80 value, u32 n)
{
    return n < 4 ? (u16)(value.frac >> 16 * n) : value.se;
}

static struct f80 number_get(struct cpu *cpu, const struct at half[5])
{
    struct f80 value = {0, 0};
    for (u32 n = 0; n < 4; n++)
        value.frac |= at_get(cpu, &half[n]) << 16 * n;
    value.se = (u16)at_get(cpu, &half[4]);
    return value;
}

static const struct uop *store_environment(struct cpu *cpu, const struct uop *u)
{
    struct image image;
    x87_check_available(cpu);
    image_find(cpu, u, &image, false, 1);
    image_put(cpu, &image, u->attr & UA_OP32);
    cpu->fpu.cw |= SW_ANY; /* masks everything */
    x87_update(cpu);
    NEXT;
}

static const struct uop *load_environment(struct cpu *cpu, const struct uop *u)
{
    struct image image;
    X87_WAIT;
    image_find(cpu, u, &image, false, 0);
    image_get(cpu, &image, u->attr & UA_OP32);
    NEXT;
}

static const struct uop *save(struct cpu *cpu, const struct uop *u)
{
    struct image image;
    x87_check_available(cpu);
    image_find(cpu, u, &image, true, 1);
    image_put(cpu, &image, u->attr & UA_OP32);
    for (u32 i = 0; i < HALVES; i++)
        at_put(cpu, &image.half[i], number_half(x87_st(&cpu->fpu, i / 5), i % 5));
    fpu_init(&cpu->fpu);
    x87_update(cpu);
    NEXT;
}

static const struct uop *restore(struct cpu *cpu, const struct uop *u)
{
    struct image image;
    X87_WAIT;
    image_find(cpu, u, &image, true, 0);
    image_get(cpu, &image, u->attr & UA_OP32);
    for (unsigned i = 0; i < 8; i++)
        cpu->fpu.reg[x87_number(&cpu->fpu, i)] = number_get(cpu, &image.half[i * 5]);
    NEXT;
}

#define BOTH(name, call)                                                                           \
    HANDLER(name##_m_16)                                                                           \
    {                                                                                              \
        return call(cpu, u);                                                                       \
    }                                                                                              \
    HANDLER(name##_m_32)                                                                           \
    {                                                                                              \
        return call(cpu, u);                                                                       \
    }
BOTH(FNSTENV, store_environment)
BOTH(FLDENV, load_environment)
BOTH(FNSAVE, save)
BOTH(FRSTOR, restore)
