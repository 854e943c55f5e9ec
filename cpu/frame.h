/* SPDX-License-Identifier: MIT */
/*
 * Stack frames that are pushed completely or not at all, on the current stack or on one that is
 * not loaded yet, with the privilege that is to be.
 *
 * frame_start() checks the limit for the whole frame, frame_push() finds the memory of one item
 * after the other, and only frame_commit() writes. Raises #SS, #PF, #AC before anything changed.
 */
#ifndef CPU_FRAME_H
#define CPU_FRAME_H

#include "cpu/access.h"

enum { FRAME_ITEMS = 36 }; /* a call gate: SS, ESP, 31 parameters, CS, EIP */

struct frame {
    const struct segment *ss;
    u32 esp;    /* moves with each push */
    u32 size;   /* of an item: 2 or 4 bytes */
    bool super; /* pushed with supervisor rights: the handler's CPL is below 3 */
    unsigned count;
    struct {
        struct at at;
        u32 value;
    } item[FRAME_ITEMS];
};

/* A frame of ITEMS items of SIZE bytes below SS:ESP, for code at privilege PL. #SS(ERROR) if the
 * segment has no room for it. SS must live as long as the frame. */
void frame_start(struct cpu *cpu, struct frame *f, const struct segment *ss, u32 esp, u32 size,
                 unsigned items, unsigned pl, u32 error);
void frame_push(struct cpu *cpu, struct frame *f, u32 value);

/* Write the items and set (E)SP, by the B bit of the frame's stack. */
void frame_commit(struct cpu *cpu, struct frame *f);

#endif
