/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "src/host/input.h"
#include "tests/unit/unit.h"

START_TEST(events_come_out_in_the_order_they_went_in)
{
    static struct input input;
    struct input_event event;

    input_init(&input);
    ck_assert(!input_pop(&input, &event));
    for (int round = 0; round < 3; round++) { /* around the end of the ring */
        for (int i = 0; i < 700; i++)
            ck_assert(input_push(
                &input, (struct input_event){.kind = INPUT_MOUSE_MOVE, .x = (s16)i, .y = (s16)-i}));
        for (int i = 0; i < 700; i++) {
            ck_assert(input_pop(&input, &event));
            ck_assert_int_eq(event.x, i);
            ck_assert_int_eq(event.y, -i);
        }
    }
    ck_assert(!input_pop(&input, &event));
    input_free(&input);
}
END_TEST

START_TEST(a_full_queue_refuses_and_keeps_what_it_has)
{
    static struct input input;
    struct input_event event;

    input_init(&input);
    for (int i = 0; i < INPUT_QUEUE; i++)
        ck_assert(input_push(&input, (struct input_event){.x = (s16)i}));
    ck_assert(!input_push(&input, (struct input_event){.x = -1}));
    for (int i = 0; i < INPUT_QUEUE; i++) {
        ck_assert(input_pop(&input, &event));
        ck_assert_int_eq(event.x, i);
    }
    ck_assert(!input_pop(&input, &event));
    input_free(&input);
}
END_TEST

START_TEST(texts_that_nobody_took_are_freed)
{
    static struct input input;

    input_init(&input); /* the sanitizers see a leak */
    ck_assert(input_push(&input, (struct input_event){.kind = INPUT_INSERT, .text = strdup("x")}));
    input_free(&input);
}
END_TEST

static void *push_many(void *owner)
{
    for (int i = 0; i < 5000;)
        i += input_push(owner, (struct input_event){.x = (s16)i});
    return NULL;
}

START_TEST(two_threads_lose_nothing)
{
    static struct input input;
    struct input_event event;
    pthread_t thread;

    input_init(&input);
    ck_assert(!pthread_create(&thread, NULL, push_many, &input));
    for (int i = 0; i < 5000;) {
        if (input_pop(&input, &event))
            ck_assert_int_eq(event.x, i++);
    }
    pthread_join(thread, NULL);
    input_free(&input);
}
END_TEST

Suite *input_suite(void)
{
    const TTest *const tests[] = {events_come_out_in_the_order_they_went_in,
                                  a_full_queue_refuses_and_keeps_what_it_has,
                                  texts_that_nobody_took_are_freed, two_threads_lose_nothing, NULL};
    return unit_suite("input", tests);
}
