/* SPDX-License-Identifier: MIT */
/* The queue from a front end to the machine: a ring under a lock that is held for one copy. */
#include "src/host/input.h"

#include <stdlib.h>

void input_init(struct input *input)
{
    memset(input, 0, sizeof *input);
    pthread_mutex_init(&input->lock, NULL);
}

void input_free(struct input *input)
{
    struct input_event event;

    while (input_pop(input, &event))
        free(event.text);
    pthread_mutex_destroy(&input->lock);
}

bool input_push(struct input *input, struct input_event event)
{
    bool room;

    pthread_mutex_lock(&input->lock);
    room = input->count < INPUT_QUEUE;
    if (room) {
        input->event[(input->head + input->count) % INPUT_QUEUE] = event;
        input->count++;
    }
    pthread_mutex_unlock(&input->lock);
    return room;
}

bool input_pop(struct input *input, struct input_event *event)
{
    bool any;

    pthread_mutex_lock(&input->lock);
    any = input->count != 0;
    if (any) {
        *event = input->event[input->head];
        input->head = (input->head + 1) % INPUT_QUEUE;
        input->count--;
    }
    pthread_mutex_unlock(&input->lock);
    return any;
}
