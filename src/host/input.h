/* SPDX-License-Identifier: MIT */
/*
 * The mailbox from a front end to the machine: keys, mouse and commands. The machine drains it
 * between slices and stamps each event with guest time: a run is a function of stamped events.
 */
#ifndef HOST_INPUT_H
#define HOST_INPUT_H

#include <pthread.h>

#include "src/base/types.h"

/*
 * Keys by position: the make code of scan-code set 1; keys with an E0 prefix have bit 7 set.
 * IBM PS/2 Hardware Interface Technical Reference, "Keyboard scan codes".
 */
enum {
    KEY_ESC = 0x01, KEY_1 = 0x02, KEY_MINUS = 0x0c, KEY_EQUAL = 0x0d, KEY_BACKSPACE = 0x0e,
    KEY_TAB = 0x0f, KEY_Q = 0x10, KEY_ENTER = 0x1c, KEY_LEFT_CTRL = 0x1d, KEY_A = 0x1e,
    KEY_LEFT_SHIFT = 0x2a, KEY_BACKSLASH = 0x2b, KEY_Z = 0x2c, KEY_RIGHT_SHIFT = 0x36,
    KEY_PAD_STAR = 0x37, KEY_LEFT_ALT = 0x38, KEY_SPACE = 0x39, KEY_CAPS_LOCK = 0x3a,
    KEY_F1 = 0x3b, KEY_F10 = 0x44, KEY_NUM_LOCK = 0x45, KEY_SCROLL_LOCK = 0x46,
    KEY_PAD_7 = 0x47, KEY_PAD_MINUS = 0x4a, KEY_PAD_PLUS = 0x4e, KEY_PAD_DOT = 0x53,
    KEY_102ND = 0x56, KEY_F11 = 0x57, KEY_F12 = 0x58,
    KEY_PAD_ENTER = 0x9c, KEY_RIGHT_CTRL = 0x9d, KEY_PAD_SLASH = 0xb5, KEY_PRINT = 0xb7,
    KEY_RIGHT_ALT = 0xb8, KEY_PAUSE = 0xc6 /* Ctrl-Break's code; sent as E1 1D 45 … alone */,
    KEY_HOME = 0xc7, KEY_UP = 0xc8, KEY_PAGE_UP = 0xc9, KEY_LEFT = 0xcb, KEY_RIGHT = 0xcd,
    KEY_END = 0xcf, KEY_DOWN = 0xd0, KEY_PAGE_DOWN = 0xd1, KEY_INSERT = 0xd2,
    KEY_DELETE = 0xd3, KEY_LEFT_GUI = 0xdb, KEY_RIGHT_GUI = 0xdc, KEY_MENU = 0xdd,
};

enum {
    MOUSE_LEFT = 1, MOUSE_RIGHT = 2, MOUSE_MIDDLE = 4, MOUSE_BACK = 8, MOUSE_FORWARD = 16,
    MOUSE_BUTTONS = 31,
};

enum { INPUT_RANGE = 0xffff }; /* of a position: from edge to edge of the picture */

enum input_kind {
    INPUT_KEY,          /* code, down */
    INPUT_MOUSE_MOVE,   /* x right, y down, z wheel towards the user, all relative */
    INPUT_MOUSE_AT,     /* x, y: the place in the picture, 0 to INPUT_RANGE; z wheel */
    INPUT_MOUSE_BUTTON, /* code: MOUSE_*, down */
    INPUT_PAUSE,        /* down: pause, else go on */
    INPUT_RESET,        /* the reset button */
    INPUT_POWER_BUTTON, /* the guest is told, or woken */
    INPUT_POWER,        /* the power switch: stop the machine */
    INPUT_SPEED,        /* x: percent of real time, 0: as fast as the host can */
    INPUT_INSERT,       /* text: a path (malloc'd, freed by the machine); code: enum input_drive.
                         * The machine refuses what does not fit, with a message to the user. */
    INPUT_EJECT,        /* code: drive */
    INPUT_NEXT_DISK,    /* code: drive: the next floppy image named on the command line */
};

/* ANY: by what the image is; a floppy goes into A:. */
enum input_drive { INPUT_DRIVE_A, INPUT_DRIVE_B, INPUT_DRIVE_CD, INPUT_DRIVE_ANY };

struct input_event {
    enum input_kind kind;
    u8 code;
    bool down;
    s32 x, y, z;
    char *text;
};

enum { INPUT_QUEUE = 1024 };

struct input {
    pthread_mutex_t lock;
    struct input_event event[INPUT_QUEUE];
    u32 head, count;
};

void input_init(struct input *input);
void input_free(struct input *input); /* with the texts of waiting events */
/* False: the queue is full; the event is lost, and its text still the caller's. */
bool input_push(struct input *input, struct input_event event);
/* The oldest event, whose text is now the caller's. False: nothing waiting. */
bool input_pop(struct input *input, struct input_event *event);

#endif
