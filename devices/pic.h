/* SPDX-License-Identifier: MIT */
/*
 * Intel 8259A programmable interrupt controller; the AT has two, the second one behind pin 2 of
 * the first.
 *
 * Registers: 0 and 1 as address line A0 selects them (20h 21h, A0h A1h); 2 is the edge/level
 * control register of the newer boards (4D0h, 4D1h), which the 8259A itself does not have.
 *
 * How the board connects them (src/pc.c, its ports and wires):
 *   pic_init(&pc->pic[0], PIC_MASTER, 0xf8);     0 instead of a mask: no ELCR, ICW1 LTIM decides
 *   pic_init(&pc->pic[1], PIC_SLAVE, 0xde);
 *   pic_cascade(&pc->pic[0], &pc->pic[1]);
 *   line_connect(&pc->pic[1].intr, pic_irq, &pc->pic[0], 2);
 *   line_connect(&pc->pic[0].intr, <INTR of the CPU>, ...);
 *   AT(0x020, 2, pic[0]), AT(0x0a0, 2, pic[1]), and register 2 at 4D0h and 4D1h, a byte each
 *   the CPU's interrupt acknowledge: vector = pic_acknowledge(&pc->pic[0])
 *   IRQ n < 8 of a device: line_connect(&dev.irq, pic_irq, &pc->pic[0], n)
 *   IRQ n >= 8:            line_connect(&dev.irq, pic_irq, &pc->pic[1], n - 8)
 */
#ifndef DEVICES_PIC_H
#define DEVICES_PIC_H

#include "src/base/chip.h"
#include "src/base/line.h"

enum pic_strap { PIC_MASTER, PIC_SLAVE }; /* level of the SP/EN pin */

struct pic {
    struct line intr;  /* output INT */
    struct pic *slave; /* who else hangs on the cascade lines */
    bool strap;        /* PIC_SLAVE: SP/EN is low */
    u8 elcr_mask;      /* lines that may be made level sensitive; 0: no such register */

    u8 pins;     /* levels of IR0-IR7 */
    u8 irr, isr, imr;
    u8 icw1, icw2, icw3, icw4;
    u8 next_icw; /* 2-4: the initialisation word that the next write to A0 = 1 is; 0: none */
    bool ready;  /* an initialisation sequence was completed */
    u8 lowest;   /* the pin with the lowest priority */
    bool rotate_aeoi;
    bool special_mask;
    bool read_isr; /* RIS: A0 = 0 reads ISR */
    bool poll;     /* the next read is a poll */
    u8 elcr;       /* a bit for each level-sensitive line */
};

extern const struct chip pic_chip;

/* Power on: nothing is requested until the chip was initialised. */
void pic_init(struct pic *pic, enum pic_strap strap, u8 elcr_mask);

/* The cascade lines CAS0-CAS2 of MASTER lead to SLAVE. */
void pic_cascade(struct pic *master, struct pic *slave);

/* A line_set_fn: drive pin IR0-IR7. */
void pic_irq(void *pic, unsigned pin, bool level);

/*
 * The two INTA cycles of the CPU; gives the vector. Nothing pending any more: the vector of IR7,
 * with no bit in ISR ("default IR7"). FFh when a slave is addressed that does not exist.
 */
u8 pic_acknowledge(struct pic *master);

#endif
