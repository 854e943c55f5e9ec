/* SPDX-License-Identifier: MIT */
/* What the files of the local APIC share. */
#ifndef DEVICES_LAPIC_PARTS_H
#define DEVICES_LAPIC_PARTS_H

#include "devices/lapic.h"

enum {
    LVT_DELIVERY_SHIFT = 8,
    LVT_LOW_ACTIVE = 1 << 13,
    LVT_REMOTE_IRR = 1 << 14,
    LVT_LEVEL = 1 << 15,
    LVT_MASK = 1 << 16,
    LVT_PERIODIC = 1 << 17,
    LVT_DEADLINE = 1 << 18,

    SVR_ENABLE = 1 << 8,
    SVR_NO_FOCUS = 1 << 9,

    ESR_SEND_ACCEPT = 1 << 2,
    ESR_SEND_VECTOR = 1 << 5,
    ESR_RECEIVE_VECTOR = 1 << 6,
    ESR_REGISTER = 1 << 7,

    MODEL_FLAT = 0xf,
    FIRST_VECTOR = 16, /* those below are illegal */
};

INLINE unsigned lvt_delivery(u32 lvt)
{
    return lvt >> LVT_DELIVERY_SHIFT & 7;
}

INLINE bool vector_in(const u32 *bits, unsigned vector)
{
    return bits[vector / 32] >> vector % 32 & 1;
}

/* lapic.c */

/* An interrupt for the core, from wherever. */
void lapic_receive(struct lapic *l, u8 vector, bool level);
bool lapic_accept(void *lapic, const struct apic_message *message);
void lapic_error(struct lapic *l, u8 esr_bit);
/* What waits, and what the core is told of it, after anything changed. */
void lapic_update(struct lapic *l);
/* A level at LINT0 that has not been accepted. */
void lapic_check_level(struct lapic *l);
void lapic_end(struct lapic *l);
u8 lapic_processor_priority(const struct lapic *l);
u8 lapic_arbitration_priority(const struct lapic *l);
void lapic_reset(void *chip);

/* lapic_send.c: ICR was written. */
void lapic_send(struct lapic *l);

/* lapic_timer.c */

/* Up to now: expiries that were not yet noticed are, and the counter is right. */
void lapic_timer_update(struct lapic *l);
/* Set the clock's timer to the next expiry that anybody would notice. */
void lapic_timer_arm(struct lapic *l);
void lapic_timer_init(struct lapic *l);
void lapic_timer_loaded(struct lapic *l);
void lapic_timer_lvt(struct lapic *l, u32 value);
void lapic_timer_start(struct lapic *l, u32 initial);
void lapic_timer_divide(struct lapic *l, u32 divide);
u32 lapic_timer_count(struct lapic *l);

#endif
