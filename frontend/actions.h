/* SPDX-License-Identifier: MIT */
/* What a person can ask of the machine from any front end: commands into the input queue. */
#ifndef FRONTEND_ACTIONS_H
#define FRONTEND_ACTIONS_H

#include "frontend/frontend.h"
#include "frontend/typist.h"

/* Write FRAME to the first free twin86-NNN.png of the current directory, and tell the user. */
void action_screenshot(struct frontend_context *context, const struct frame *frame);

void action_pause(struct frontend_context *context);      /* or go on */
void action_full_speed(struct frontend_context *context); /* or back to the usual speed */
/* DRIVE: A: or the CD-ROM drive. */
void action_next_disk(struct frontend_context *context, enum input_drive drive);
void action_eject(struct frontend_context *context, enum input_drive drive);
void action_insert(struct frontend_context *context, const char *path); /* where it fits */
void action_power(struct frontend_context *context); /* the button, not the switch */
void action_quit(struct frontend_context *context);
void action_ctrl_alt_del(struct typist *typist);

#endif
