/* SPDX-License-Identifier: MIT */
/* The two 8259s: end of interrupt, masks, and interrupts that nobody serves. */
#include "bda.h"

#define PIC1     0x20
#define PIC2     0xa0
#define PIC_EOI  0x20
#define READ_ISR 0x0b

void irq_eoi(u8 irq)
{
    if (irq >= 8)
        out8(PIC2, PIC_EOI);
    out8(PIC1, PIC_EOI);
}

bool irq_open(u8 irq)
{
    if (irq < 8)
        return !(in8(PIC1 + 1) >> irq & 1);
    return !(in8(PIC2 + 1) >> (irq - 8) & 1) && !(in8(PIC1 + 1) & 0x04);
}

void irq_unmask(u8 irq)
{
    if (irq >= 8) {
        out8(PIC2 + 1, (u8)(in8(PIC2 + 1) & ~(1u << (irq - 8))));
        irq = 2;
    }
    out8(PIC1 + 1, (u8)(in8(PIC1 + 1) & ~(1u << irq)));
}

/* An interrupt without a driver is acknowledged, masked and noted at 40:6B; a software INT, and a
   spurious IRQ 7 or 15, find nothing in service: FFh. */
void irq_unexpected(struct regs *r)
{
    u8 first, second;

    (void)r;
    out8(PIC1, READ_ISR);
    first = in8(PIC1);
    if (!first) {
        BDA->last_irq = 0xff;
        return;
    }
    if (first & 0x04) {
        out8(PIC2, READ_ISR);
        second = in8(PIC2);
        if (second) {
            out8(PIC2 + 1, in8(PIC2 + 1) | second);
            out8(PIC2, PIC_EOI);
        }
    } else {
        out8(PIC1 + 1, in8(PIC1 + 1) | first);
    }
    out8(PIC1, PIC_EOI);
    BDA->last_irq = first;
}
