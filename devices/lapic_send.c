/* SPDX-License-Identifier: MIT */
/* The local APIC's interrupt command register. SDM 3A "Issuing Interprocessor Interrupts". */
#include "devices/lapic_parts.h"

enum {
    ICR_LOGICAL = 1 << 11,
    ICR_ASSERT = 1 << 14,
    ICR_LEVEL = 1 << 15,
    ICR_SHORTHAND_SHIFT = 18,
    RESERVED = 3,
};

enum shorthand { TO_DESTINATION, TO_SELF, TO_ALL, TO_OTHERS };

/* SDM 3A, the table of valid combinations for the P6 family. What it calls invalid sends nothing;
 * nor does "INIT level de-assert", which only sets arbitration numbers. */
static bool sends(u32 icr)
{
    unsigned delivery = lvt_delivery(icr), shorthand = icr >> ICR_SHORTHAND_SHIFT & 3;
    if (delivery == RESERVED || delivery == APIC_EXTINT)
        return false;
    if ((shorthand == TO_SELF || shorthand == TO_ALL) && delivery != APIC_FIXED)
        return false;
    if (icr & ICR_LEVEL)
        return icr & ICR_ASSERT && delivery != APIC_SMI && delivery != APIC_STARTUP;
    return true;
}

/* Whatever the trigger mode says, an interprocessor interrupt is an edge. */
static bool deliver(struct lapic *l, u32 icr)
{
    unsigned shorthand = icr >> ICR_SHORTHAND_SHIFT & 3;
    struct apic_message message = {.vector = (u8)icr,
                                   .delivery = (u8)lvt_delivery(icr),
                                   .destination = l->destination,
                                   .logical = icr & ICR_LOGICAL};
    if (shorthand == TO_SELF)
        return lapic_accept(l, &message);
    if (shorthand != TO_DESTINATION) {
        message.destination = APIC_ALL;
        message.logical = false;
    }
    return apic_bus_send(l->bus, &message, shorthand == TO_OTHERS ? l : NULL);
}

void lapic_send(struct lapic *l)
{
    unsigned delivery = lvt_delivery(l->icr);
    if (!sends(l->icr))
        return;
    if ((delivery == APIC_FIXED || delivery == APIC_LOWEST) && (u8)l->icr < FIRST_VECTOR)
        lapic_error(l, ESR_SEND_VECTOR);
    if (!deliver(l, l->icr))
        lapic_error(l, ESR_SEND_ACCEPT);
}
