/* SPDX-License-Identifier: MIT */
/* The commands that all front ends offer. */
#include "frontend/actions.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "frontend/screenshot.h"

enum { SCREENSHOTS = 999 };

static bool push(struct frontend_context *context, struct input_event event)
{
    bool taken = input_push(context->input, event);

    if (!taken)
        status_message(context->status, "the machine does not answer");
    return taken;
}

void action_screenshot(struct frontend_context *context, const struct frame *frame)
{
    char name[32], why[STATUS_TEXT];
    unsigned i = 1;

    do {
        snprintf(name, sizeof name, "twin86-%03u.png", i);
    } while (!access(name, F_OK) && i++ < SCREENSHOTS);
    if (i > SCREENSHOTS)
        status_message(context->status, "no screenshot: twin86-001.png to -999.png exist");
    else if (!frame || !screenshot_write(frame, name, why, sizeof why))
        status_message(context->status, "no screenshot: %s", frame ? why : "no picture yet");
    else
        status_message(context->status, "screenshot in %s", name);
}

void action_pause(struct frontend_context *context)
{
    struct status_view view;

    status_get(context->status, &view);
    push(context, (struct input_event){.kind = INPUT_PAUSE, .down = !view.paused});
}

void action_full_speed(struct frontend_context *context)
{
    struct status_view view;

    status_get(context->status, &view);
    push(context,
         (struct input_event){.kind = INPUT_SPEED, .x = view.full_speed ? context->speed : 0});
}

void action_next_disk(struct frontend_context *context, enum input_drive drive)
{
    push(context, (struct input_event){.kind = INPUT_NEXT_DISK, .code = (u8)drive});
}

void action_eject(struct frontend_context *context, enum input_drive drive)
{
    push(context, (struct input_event){.kind = INPUT_EJECT, .code = (u8)drive});
}

void action_insert(struct frontend_context *context, const char *path)
{
    char *copy = strdup(path);

    if (copy && !push(context, (struct input_event){
                                   .kind = INPUT_INSERT, .code = INPUT_DRIVE_ANY, .text = copy}))
        free(copy);
}

void action_power(struct frontend_context *context)
{
    push(context, (struct input_event){.kind = INPUT_POWER_BUTTON});
}

void action_quit(struct frontend_context *context)
{
    atomic_store(&context->quit, true);
}

void action_ctrl_alt_del(struct typist *typist)
{
    static const struct chord chord = {3, {KEY_LEFT_CTRL, KEY_LEFT_ALT, KEY_DELETE}};

    typist_clear(typist); /* what was being pasted is not wanted any more */
    typist_chord(typist, &chord);
}
