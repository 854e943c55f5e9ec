/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include "src/host/display.h"
#include "tests/unit/unit.h"

static void publish_filled(struct display *display, u32 width, u32 height, u32 colour)
{
    struct frame *frame = display_begin(display, width, height);
    ck_assert_ptr_nonnull(frame);
    for (u32 i = 0; i < width * height; i++)
        frame->pixels[i] = colour;
    display_publish(display);
}

START_TEST(a_frame_is_taken_once_and_the_newest_wins)
{
    struct display display;
    display_init(&display);
    ck_assert_ptr_null(display_take(&display));
    publish_filled(&display, 4, 3, 1);
    publish_filled(&display, 8, 2, 2);
    const struct frame *frame = display_take(&display);
    ck_assert_ptr_nonnull(frame);
    ck_assert_uint_eq(frame->width, 8);
    ck_assert_uint_eq(frame->height, 2);
    ck_assert_uint_eq(frame->pixels[15], 2);
    ck_assert_uint_eq(frame->number, 2);
    ck_assert_ptr_null(display_take(&display));
    display_free(&display);
}
END_TEST

START_TEST(a_shown_frame_stays_while_others_are_drawn)
{
    struct display display;
    display_init(&display);
    publish_filled(&display, 4, 4, 7);
    const struct frame *shown = display_take(&display);
    for (u32 i = 0; i < 10; i++)
        publish_filled(&display, 4, 4, 100 + i);
    ck_assert_uint_eq(shown->pixels[0], 7);
    ck_assert_uint_eq(display_take(&display)->pixels[0], 109);
    display_free(&display);
}
END_TEST

START_TEST(peek_sees_the_newest_frame_taken_or_not)
{
    struct display display;
    display_init(&display);
    ck_assert_ptr_null(display_peek(&display));
    publish_filled(&display, 2, 2, 5);
    ck_assert_uint_eq(display_peek(&display)->pixels[0], 5);
    display_take(&display);
    ck_assert_uint_eq(display_peek(&display)->pixels[0], 5);
    publish_filled(&display, 2, 2, 6);
    ck_assert_uint_eq(display_peek(&display)->pixels[0], 6);
    ck_assert_ptr_nonnull(display_take(&display)); /* peek does not take */
    display_free(&display);
}
END_TEST

START_TEST(sizes_that_no_picture_has_are_refused)
{
    struct display display;
    display_init(&display);
    ck_assert_ptr_null(display_begin(&display, 0, 10));
    ck_assert_ptr_null(display_begin(&display, 10, 0));
    ck_assert_ptr_null(display_begin(&display, DISPLAY_SIZE_MAX + 1, 10));
    ck_assert_ptr_null(display_begin(&display, 10, DISPLAY_SIZE_MAX + 1));
    ck_assert_ptr_nonnull(display_begin(&display, DISPLAY_SIZE_MAX, 1));
    display_free(&display);
}
END_TEST

START_TEST(a_new_frame_starts_without_text)
{
    struct display display;
    display_init(&display);
    for (int i = 0; i < 3; i++) {
        display_begin(&display, 1, 1)->text.active = true;
        display_publish(&display);
    }
    ck_assert(!display_begin(&display, 1, 1)->text.active);
    display_free(&display);
}
END_TEST

static void *keep_drawing(void *owner)
{
    for (u32 i = 1; i <= 2000; i++)
        publish_filled(owner, 16 + i % 7, 16, i);
    return NULL;
}

START_TEST(two_threads_never_share_a_frame)
{
    struct display display;
    pthread_t thread;
    u64 last = 0;
    display_init(&display);
    pthread_create(&thread, NULL, keep_drawing, &display);
    while (last < 2000) {
        const struct frame *frame = display_take(&display);
        if (!frame)
            continue;
        ck_assert_uint_gt(frame->number, last);
        last = frame->number;
        for (u32 i = 0; i < frame->width * frame->height; i++)
            ck_assert_uint_eq(frame->pixels[i], last);
    }
    pthread_join(thread, NULL);
    display_free(&display);
}
END_TEST

Suite *display_suite(void)
{
    const TTest *const tests[] = {a_frame_is_taken_once_and_the_newest_wins,
                                  a_shown_frame_stays_while_others_are_drawn,
                                  peek_sees_the_newest_frame_taken_or_not,
                                  sizes_that_no_picture_has_are_refused,
                                  a_new_frame_starts_without_text,
                                  two_threads_never_share_a_frame,
                                  NULL};
    return unit_suite("display", tests);
}
