/* SPDX-License-Identifier: MIT */
/*
 * What happens in the window: keys and mouse for the guest, the keys of frontend/hotkeys.h for us.
 *
 * The guest gets a key by its position, once down and once up: the host's repeat is dropped, as
 * the guest's keyboard repeats by itself.
 */
#include "frontend/sdl.h"

#include <stdlib.h>

#include "frontend/actions.h"
#include "frontend/text.h"

enum { PASTE_MS = 20 }; /* from one pasted key event to the next */

/* ---- keys ---- */

static bool push_key(struct sdl *sdl, u8 key, bool down)
{
    struct input_event event = {.kind = INPUT_KEY, .code = key, .down = down};

    return input_push(sdl->context->input, event);
}

static void push_button(struct sdl *sdl, u8 button, bool down)
{
    struct input_event event = {.kind = INPUT_MOUSE_BUTTON, .code = button, .down = down};

    if (input_push(sdl->context->input, event))
        sdl->buttons = (u8)(down ? sdl->buttons | button : sdl->buttons & ~button);
}

void sdl_release_all(struct sdl *sdl)
{
    for (unsigned key = 0; key < ARRAY_LEN(sdl->down); key++)
        if (sdl->down[key])
            sdl->down[key] = !push_key(sdl, (u8)key, false);
    for (u8 button = 1; button < MOUSE_BUTTONS; button <<= 1)
        if (sdl->buttons & button)
            push_button(sdl, button, false);
}

/* ---- what our own keys do ---- */

void sdl_capture(struct sdl *sdl, bool on)
{
    if (on == sdl->captured)
        return;
    if (on && SDL_SetRelativeMouseMode(SDL_TRUE)) {
        status_message(sdl->context->status, "the mouse cannot be captured: %s", SDL_GetError());
        return;
    }
    if (!on)
        SDL_SetRelativeMouseMode(SDL_FALSE);
    SDL_SetWindowKeyboardGrab(sdl->picture.window, on ? SDL_TRUE : SDL_FALSE);
    sdl_release_all(sdl);
    sdl->captured = on;
    sdl->titled_at = 0; /* the title tells the key that frees it */
}

void sdl_full_screen(struct sdl *sdl, bool on)
{
    if (SDL_SetWindowFullscreen(sdl->picture.window, on ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0))
        status_message(sdl->context->status, "no full screen: %s", SDL_GetError());
    else
        sdl->full_screen = on;
}

/* The guest draws the pointer itself. */
void sdl_set_absolute(struct sdl *sdl, bool on)
{
    if (on == sdl->absolute)
        return;
    sdl_capture(sdl, false);
    sdl->absolute = on;
    SDL_ShowCursor(on ? SDL_DISABLE : SDL_ENABLE);
    sdl->titled_at = 0;
}

static void toggle_capture(struct sdl *sdl)
{
    if (sdl->absolute)
        status_message(sdl->context->status, "the guest follows the pointer by itself");
    else
        sdl_capture(sdl, !sdl->captured);
}

static void toggle_full_screen(struct sdl *sdl)
{
    sdl_full_screen(sdl, !sdl->full_screen);
}

static void screenshot(struct sdl *sdl)
{
    action_screenshot(sdl->context, sdl->picture.frame);
}

static void next_disk(struct sdl *sdl)
{
    action_next_disk(sdl->context, INPUT_DRIVE_A);
}

static void eject_disk(struct sdl *sdl)
{
    action_eject(sdl->context, INPUT_DRIVE_A);
}

static void next_cd(struct sdl *sdl)
{
    action_next_disk(sdl->context, INPUT_DRIVE_CD);
}

static void eject_cd(struct sdl *sdl)
{
    action_eject(sdl->context, INPUT_DRIVE_CD);
}

static void toggle_pause(struct sdl *sdl)
{
    action_pause(sdl->context);
}

static void toggle_full_speed(struct sdl *sdl)
{
    action_full_speed(sdl->context);
}

static void ctrl_alt_del(struct sdl *sdl)
{
    action_ctrl_alt_del(&sdl->typist);
}

static void power(struct sdl *sdl)
{
    action_power(sdl->context);
}

static void paste(struct sdl *sdl)
{
    char *text = SDL_GetClipboardText();

    if (!text || !*text)
        status_message(sdl->context->status, "nothing to paste");
    else if (!typist_text(&sdl->typist, text))
        status_message(sdl->context->status, "pasted what can be typed");
    SDL_free(text);
}

static void copy(struct sdl *sdl)
{
    const struct frame *frame = sdl->picture.frame;
    char *text = frame && frame->text.active ? malloc(TEXT_STRING) : NULL;

    if (text) {
        text_string(&frame->text, text);
        SDL_SetClipboardText(text);
    }
    status_message(sdl->context->status, text ? "the screen's text is in the clipboard"
                                              : "there is no text on the screen");
    free(text);
}

static void quit(struct sdl *sdl)
{
    action_quit(sdl->context);
}

static void (*const actions[HOTKEY_COUNT])(struct sdl *sdl) = {
    [HOTKEY_MOUSE] = toggle_capture,
    [HOTKEY_MOUSE_2] = toggle_capture,
    [HOTKEY_FULL_SCREEN] = toggle_full_screen,
    [HOTKEY_SCREENSHOT] = screenshot,
    [HOTKEY_NEXT_DISK] = next_disk,
    [HOTKEY_EJECT_DISK] = eject_disk,
    [HOTKEY_NEXT_CD] = next_cd,
    [HOTKEY_EJECT_CD] = eject_cd,
    [HOTKEY_PAUSE] = toggle_pause,
    [HOTKEY_FULL_SPEED] = toggle_full_speed,
    [HOTKEY_CTRL_ALT_DEL] = ctrl_alt_del,
    [HOTKEY_POWER] = power,
    [HOTKEY_PASTE] = paste,
    [HOTKEY_COPY] = copy,
    [HOTKEY_QUIT] = quit,
};

/* ---- the host's events ---- */

static u8 mods_of(u16 state)
{
    return (u8)((state & KMOD_CTRL ? MOD_CTRL : 0) | (state & KMOD_ALT ? MOD_ALT : 0) |
                (state & KMOD_SHIFT ? MOD_SHIFT : 0));
}

static void key_event(struct sdl *sdl, const SDL_KeyboardEvent *event)
{
    u8 key = sdl_key(event->keysym.scancode);
    bool down = event->type == SDL_KEYDOWN;
    enum hotkey hotkey = HOTKEY_NONE;

    if (!key || event->repeat)
        return;
    if (down)
        hotkey = hotkeys_find(&sdl->context->hotkeys, mods_of(event->keysym.mod), key);
    if (hotkey != HOTKEY_NONE) {
        sdl_release_all(sdl); /* the guest must not be left with Ctrl or Alt held */
        actions[hotkey](sdl);
    } else if (down != sdl->down[key] && push_key(sdl, key, down)) {
        sdl->down[key] = down;
    }
}

static void motion_event(struct sdl *sdl, const SDL_Event *event)
{
    if (sdl->absolute) {
        sdl->placed = true;
        sdl->place = sdl_picture_place(&sdl->picture, event->motion.x, event->motion.y);
    }
    if (!sdl->captured)
        return;
    sdl->right += event->motion.xrel;
    sdl->moved_down += event->motion.yrel;
}

static void wheel_event(struct sdl *sdl, const SDL_Event *event)
{
    int away = event->wheel.direction == SDL_MOUSEWHEEL_FLIPPED ? -event->wheel.y : event->wheel.y;

    if (sdl->captured || sdl->absolute)
        sdl->wheel -= away;
}

static void send_motion(struct sdl *sdl);

static void button_event(struct sdl *sdl, const SDL_Event *event)
{
    static const u8 buttons[] = {
        [SDL_BUTTON_LEFT] = MOUSE_LEFT,
        [SDL_BUTTON_MIDDLE] = MOUSE_MIDDLE,
        [SDL_BUTTON_RIGHT] = MOUSE_RIGHT,
        [SDL_BUTTON_X1] = MOUSE_BACK,
        [SDL_BUTTON_X2] = MOUSE_FORWARD,
    };
    u8 button = event->button.button < ARRAY_LEN(buttons) ? buttons[event->button.button] : 0;
    bool down = event->type == SDL_MOUSEBUTTONDOWN, ours = sdl->captured || sdl->absolute;

    if (!ours && down && button == MOUSE_LEFT) {
        sdl_capture(sdl, true); /* this click is for us */
    } else if (button && (ours || sdl->buttons & button) &&
               down != ((sdl->buttons & button) != 0)) {
        send_motion(sdl); /* first go there, then click */
        push_button(sdl, button, down);
    }
}

static void window_event(struct sdl *sdl, const SDL_WindowEvent *event)
{
    switch (event->event) {
    case SDL_WINDOWEVENT_FOCUS_LOST:
        sdl_capture(sdl, false);
        sdl_release_all(sdl);
        break;
    case SDL_WINDOWEVENT_EXPOSED:
    case SDL_WINDOWEVENT_SIZE_CHANGED:
        sdl_picture_redraw(&sdl->picture);
        break;
    case SDL_WINDOWEVENT_CLOSE:
        action_quit(sdl->context);
        break;
    default:
        break;
    }
}

void sdl_event(struct sdl *sdl, const SDL_Event *event)
{
    switch (event->type) {
    case SDL_KEYDOWN:
    case SDL_KEYUP:
        key_event(sdl, &event->key);
        break;
    case SDL_MOUSEMOTION:
        motion_event(sdl, event);
        break;
    case SDL_MOUSEWHEEL:
        wheel_event(sdl, event);
        break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        button_event(sdl, event);
        break;
    case SDL_WINDOWEVENT:
        window_event(sdl, &event->window);
        break;
    case SDL_DROPFILE:
        action_insert(sdl->context, event->drop.file);
        SDL_free(event->drop.file);
        break;
    case SDL_RENDER_TARGETS_RESET:
    case SDL_RENDER_DEVICE_RESET:
        sdl_picture_lost(&sdl->picture);
        break;
    case SDL_QUIT:
        action_quit(sdl->context);
        break;
    default:
        break;
    }
}

/* ---- after the events ---- */

static void send_motion(struct sdl *sdl)
{
    struct input_event event = {
        .kind = INPUT_MOUSE_MOVE, .x = sdl->right, .y = sdl->moved_down, .z = sdl->wheel};

    if (sdl->placed) {
        event.kind = INPUT_MOUSE_AT;
        event.x = sdl->place.x;
        event.y = sdl->place.y;
    }
    if (event.x || event.y || event.z || sdl->placed)
        input_push(sdl->context->input, event);
    sdl->right = sdl->moved_down = sdl->wheel = 0;
    sdl->placed = false;
}

static void send_typed(struct sdl *sdl)
{
    struct key_press press;
    u32 now = SDL_GetTicks();

    if (!typist_next(&sdl->typist, &press) || now - sdl->typed_at < PASTE_MS)
        return;
    sdl->typed_at = now;
    if (push_key(sdl, press.key, press.down))
        typist_done(&sdl->typist);
}

void sdl_events_done(struct sdl *sdl)
{
    send_motion(sdl);
    send_typed(sdl);
}
