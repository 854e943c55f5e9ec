/* SPDX-License-Identifier: MIT */
/*
 * Intel 8259A programmable interrupt controller (data sheet 231468).
 *
 * Not modelled: the third INTA cycle of MCS-80/85 mode (the CPU here makes two; it gets the low
 * address byte of the CALL), and the data bus enable of buffered mode, which no software sees.
 * INT follows the requests: one that goes away before the CPU asked leaves no interrupt, one that
 * goes away while it asks becomes the default IR7.
 */
#include "devices/pic.h"

enum {
    ICW1_IC4 = 0x01,  /* ICW4 follows */
    ICW1_SNGL = 0x02, /* no cascade, no ICW3 */
    ICW1_ADI = 0x04,  /* MCS-80/85: call interval 4, not 8 */
    ICW1_LTIM = 0x08, /* all lines level sensitive */
    ICW1_MARK = 0x10,
    ICW4_UPM = 0x01,  /* 8086 mode */
    ICW4_AEOI = 0x02,
    ICW4_MS = 0x04,   /* buffered mode: master */
    ICW4_BUF = 0x08,
    ICW4_SFNM = 0x10, /* special fully nested */
    OCW2_EOI = 0x20,
    OCW2_SL = 0x40,
    OCW2_R = 0x80,
    OCW3_MARK = 0x08,
    OCW3_RIS = 0x01,
    OCW3_RR = 0x02,
    OCW3_P = 0x04,
    OCW3_SMM = 0x20,
    OCW3_ESMM = 0x40,
    POLL_I = 0x80,
    NO_LEVEL = 8,
};

static bool is_master(const struct pic *pic)
{
    return pic->icw4 & ICW4_BUF ? pic->icw4 & ICW4_MS : pic->strap == PIC_MASTER;
}

/* The pins of a master that lead to slaves. */
static u8 cascaded(const struct pic *pic)
{
    return is_master(pic) && !(pic->icw1 & ICW1_SNGL) ? pic->icw3 : 0;
}

/* Where ELCR is, it takes LTIM's place (82371SB data sheet, ICW1). */
static u8 level_lines(const struct pic *pic)
{
    return !pic->elcr_mask && pic->icw1 & ICW1_LTIM ? 0xff : pic->elcr;
}

/* 0: highest priority, 7: lowest. */
static unsigned priority(const struct pic *pic, unsigned level)
{
    return (level - pic->lowest - 1) & 7;
}

/* The bit of BITS with the highest priority, or NO_LEVEL. */
static unsigned highest(const struct pic *pic, u8 bits)
{
    for (unsigned i = 1; i <= 8; i++) {
        unsigned level = (pic->lowest + i) & 7;
        if (bits >> level & 1)
            return level;
    }
    return NO_LEVEL;
}

/* The request that the chip would have served, or NO_LEVEL. */
static unsigned pending(const struct pic *pic)
{
    unsigned level = highest(pic, pic->irr & (u8)~pic->imr);
    u8 serving = pic->special_mask ? pic->isr & (u8)~pic->imr : pic->isr;
    unsigned served = highest(pic, serving);
    if (level == NO_LEVEL || !pic->ready || served == NO_LEVEL)
        return pic->ready ? level : NO_LEVEL;
    if (priority(pic, level) < priority(pic, served))
        return level;
    /* Special fully nested: a slave being served may have something more urgent. */
    bool nested = pic->icw4 & ICW4_SFNM && cascaded(pic) >> level & 1;
    return level == served && nested ? level : NO_LEVEL;
}

static void update(struct pic *pic)
{
    line_set(&pic->intr, pending(pic) != NO_LEVEL);
}

/* Level-sensitive request bits are the pins themselves. */
static void follow_levels(struct pic *pic)
{
    u8 level = level_lines(pic);
    pic->irr = (pic->irr & (u8)~level) | (pic->pins & level);
}

void pic_irq(void *owner, unsigned pin, bool level)
{
    struct pic *pic = owner;
    u8 bit = (u8)(1u << (pin & 7));
    bool was = pic->pins & bit;
    pic->pins = level ? pic->pins | bit : pic->pins & (u8)~bit;
    if (!level)
        pic->irr &= (u8)~bit; /* the pin has to stay high until the CPU answers */
    else if (!was || level_lines(pic) & bit)
        pic->irr |= bit;
    update(pic);
}

static void end_of_interrupt(struct pic *pic, unsigned level, bool rotate)
{
    if (level == NO_LEVEL)
        return;
    pic->isr &= (u8)~(1u << level);
    if (rotate)
        pic->lowest = (u8)level;
}

/* Freeze, resolve, set ISR: what the first INTA pulse (or the read of a poll) does. */
static unsigned take(struct pic *pic)
{
    unsigned level = pending(pic);
    if (level == NO_LEVEL)
        return NO_LEVEL;
    pic->isr |= (u8)(1u << level);
    pic->irr &= (u8)~(1u << level);
    follow_levels(pic);
    line_set(&pic->intr, false); /* so that a further request is an edge to the master */
    return level;
}

static void taken(struct pic *pic, unsigned level)
{
    if (pic->icw4 & ICW4_AEOI)
        end_of_interrupt(pic, level, pic->rotate_aeoi);
    update(pic);
}

static u8 vector(const struct pic *pic, unsigned level)
{
    if (pic->icw4 & ICW4_UPM)
        return (u8)((pic->icw2 & 0xf8) | level);
    /* MCS-80/85: A7-A5 of ICW1 and the level times 4, or A7-A6 and the level times 8. */
    if (pic->icw1 & ICW1_ADI)
        return (u8)((pic->icw1 & 0xe0) | level << 2);
    return (u8)((pic->icw1 & 0xc0) | level << 3);
}

/* The INTA cycles of one chip; NO_LEVEL is given for the default IR7. */
static u8 acknowledge(struct pic *pic, unsigned *level)
{
    *level = take(pic);
    u8 value = vector(pic, *level == NO_LEVEL ? 7 : *level);
    taken(pic, *level);
    return value;
}

static u8 slave_acknowledge(struct pic *slave, unsigned cascade)
{
    unsigned level;
    if (!slave || is_master(slave) || (slave->icw3 & 7) != cascade)
        return 0xff;
    return acknowledge(slave, &level);
}

u8 pic_acknowledge(struct pic *master)
{
    unsigned level;
    u8 value = acknowledge(master, &level);
    if (level != NO_LEVEL && cascaded(master) >> level & 1)
        value = slave_acknowledge(master->slave, level);
    return value;
}

/* ICW1: the numbered list under "Initialization Command Words 1 and 2". */
static void write_icw1(struct pic *pic, u8 value)
{
    pic->icw1 = value;
    pic->irr = 0; /* the edge sense circuit forgets */
    pic->isr = 0;
    pic->imr = 0;
    pic->lowest = 7;
    pic->icw3 = 7;
    pic->special_mask = false;
    pic->read_isr = false;
    pic->poll = false;
    pic->rotate_aeoi = false;
    if (!(value & ICW1_IC4))
        pic->icw4 = 0;
    pic->next_icw = 2;
    pic->ready = false;
    follow_levels(pic);
}

/* The word after word N: 0 when the sequence is complete. */
static u8 icw_after(const struct pic *pic, u8 n)
{
    if (n == 2 && !(pic->icw1 & ICW1_SNGL))
        return 3;
    return n < 4 && pic->icw1 & ICW1_IC4 ? 4 : 0;
}

static void write_icw(struct pic *pic, u8 value)
{
    u8 *const words[] = {&pic->icw2, &pic->icw3, &pic->icw4};
    *words[pic->next_icw - 2] = value;
    pic->next_icw = icw_after(pic, pic->next_icw);
    pic->ready = !pic->next_icw;
}

static void write_ocw2(struct pic *pic, u8 value)
{
    bool rotate = value & OCW2_R, specific = value & OCW2_SL;
    /* In special mask mode a masked level is not the one meant. */
    u8 served = pic->special_mask ? pic->isr & (u8)~pic->imr : pic->isr;
    if (value & OCW2_EOI)
        end_of_interrupt(pic, specific ? value & 7u : highest(pic, served), rotate);
    else if (!specific)
        pic->rotate_aeoi = rotate;
    else if (rotate)
        pic->lowest = value & 7;
}

static void write_ocw3(struct pic *pic, u8 value)
{
    if (value & OCW3_ESMM)
        pic->special_mask = value & OCW3_SMM;
    if (value & OCW3_RR)
        pic->read_isr = value & OCW3_RIS;
    pic->poll = value & OCW3_P;
}

static void write_command(struct pic *pic, u8 value)
{
    if (value & ICW1_MARK)
        write_icw1(pic, value);
    else if (value & OCW3_MARK)
        write_ocw3(pic, value);
    else
        write_ocw2(pic, value);
}

static void write_elcr(struct pic *pic, u8 value)
{
    pic->elcr = value & pic->elcr_mask;
    follow_levels(pic);
}

static void pic_write(void *chip, u32 reg, u32 value, unsigned size UNUSED)
{
    struct pic *pic = chip;
    if (reg == 0)
        write_command(pic, (u8)value);
    else if (reg == 1 && pic->next_icw)
        write_icw(pic, (u8)value);
    else if (reg == 1)
        pic->imr = (u8)value;
    else if (reg == 2)
        write_elcr(pic, (u8)value);
    update(pic);
}

static u8 read_poll(struct pic *pic)
{
    pic->poll = false;
    unsigned level = take(pic);
    taken(pic, level);
    return level == NO_LEVEL ? 0 : (u8)(POLL_I | level);
}

static u32 pic_read(void *chip, u32 reg, unsigned size UNUSED)
{
    struct pic *pic = chip;
    if (reg >= 2)
        return reg == 2 && pic->elcr_mask ? pic->elcr : 0xff;
    if (pic->poll)
        return read_poll(pic);
    if (reg == 1)
        return pic->imr;
    return pic->read_isr ? pic->isr : pic->irr;
}

static const struct field pic_fields[] = {
    FIELD_STRUCT(struct pic, intr, line_fields),
    TRANSIENT(struct pic, slave),
    TRANSIENT(struct pic, strap),
    TRANSIENT(struct pic, elcr_mask),
    FIELD(struct pic, pins),
    FIELD(struct pic, irr),
    FIELD(struct pic, isr),
    FIELD(struct pic, imr),
    FIELD(struct pic, icw1),
    FIELD(struct pic, icw2),
    FIELD(struct pic, icw3),
    FIELD(struct pic, icw4),
    FIELD_MAX(struct pic, next_icw, 4),
    FIELD(struct pic, ready),
    FIELD_MAX(struct pic, lowest, 7),
    FIELD(struct pic, rotate_aeoi),
    FIELD(struct pic, special_mask),
    FIELD(struct pic, read_isr),
    FIELD(struct pic, poll),
    FIELD(struct pic, elcr),
    FIELD_END,
};

/* The chip has no reset pin: this is power-on. The levels of the pins are the devices'. */
static void pic_reset(void *chip)
{
    struct pic *pic = chip;
    *pic = (struct pic){.intr = pic->intr, .slave = pic->slave, .strap = pic->strap,
                        .elcr_mask = pic->elcr_mask, .pins = pic->pins, .lowest = 7};
    update(pic);
}

/* next_icw 1 is no state. */
static void pic_loaded(void *chip)
{
    struct pic *pic = chip;
    pic->next_icw = pic->next_icw < 2 || pic->next_icw > 4 ? 0 : pic->next_icw;
    pic->lowest &= 7;
    pic->elcr &= pic->elcr_mask;
}

const struct chip pic_chip = {
    .name = "pic",
    .reset = pic_reset,
    .read = pic_read,
    .write = pic_write,
    .loaded = pic_loaded,
    .fields = pic_fields,
    .size = sizeof(struct pic),
};

void pic_init(struct pic *pic, enum pic_strap strap, u8 elcr_mask)
{
    *pic = (struct pic){.strap = strap == PIC_SLAVE, .elcr_mask = elcr_mask, .lowest = 7};
}

void pic_cascade(struct pic *master, struct pic *slave)
{
    master->slave = slave;
}
