/* SPDX-License-Identifier: MIT */
/*
 * VMware's port with its absolute pointer: the guest's driver learns where the host's pointer is,
 * so nothing has to be captured. See vmport.c.
 */
#ifndef DEVICES_VMPORT_H
#define DEVICES_VMPORT_H

#include "src/base/chip.h"
#include "src/base/line.h"

enum { VMPORT_QUEUE = 256, VMPORT_PACKET = 4, VMPORT_RANGE = 0xffff };

/* The registers of the CPU that reads the port: arguments and results are in them. */
enum vmport_register { VMPORT_EAX, VMPORT_EBX, VMPORT_ECX, VMPORT_EDX };

struct vmport_cpu {
    u32 (*get)(void *owner, enum vmport_register n);
    void (*set)(void *owner, enum vmport_register n, u32 value);
    void *owner;
};

struct vmport {
    struct line packet; /* pulses for each new packet: the PS/2 mouse is to send a report */
    struct vmport_cpu cpu;
    u32 queue[VMPORT_QUEUE]; /* dwords for the guest, a ring */
    u16 first, count;
    bool on;       /* enabled, and no mistake since */
    bool absolute; /* the guest wants positions */
    u8 buttons;    /* MOUSE_* held */
    u16 x, y;      /* 0 to VMPORT_RANGE, left to right and top to bottom */
};

extern const struct chip vmport_chip;

void vmport_init(struct vmport *vmport, struct vmport_cpu cpu);

/* Does the guest take positions? If not, the calls below only remember. */
bool vmport_is_absolute(const struct vmport *vmport);

/* The pointer is at X, Y; the wheel was turned DZ towards the user. */
void vmport_move(struct vmport *vmport, u16 x, u16 y, int dz);

/* BUTTON: MOUSE_* of src/host/input.h. */
void vmport_button(struct vmport *vmport, u8 button, bool down);

#endif
