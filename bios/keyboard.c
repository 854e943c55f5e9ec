/* SPDX-License-Identifier: MIT */
/*
 * The keyboard: INT 09h turns scan codes of set 1 into key codes (scan code in the high byte, ASCII
 * in the low one) in the ring at 40:1E, INT 16h hands them out. Codes that only the enhanced
 * functions know have E0h or F0h in the low byte, as in the PS/2's BIOS.
 */
#include "bda.h"

/* 40:17 and, in the high byte, 40:18 */
#define RIGHT_SHIFT 0x0001u
#define LEFT_SHIFT  0x0002u
#define CTRL        0x0004u
#define ALT         0x0008u
#define SCROLL      0x0010u
#define NUM         0x0020u
#define CAPS        0x0040u
#define INSERT      0x0080u
#define LEFT_CTRL   0x0100u
#define LEFT_ALT    0x0200u
#define SYSRQ_DOWN  0x0400u
#define PAUSED      0x0800u
#define SCROLL_DOWN 0x1000u
#define NUM_DOWN    0x2000u
#define CAPS_DOWN   0x4000u
#define INSERT_DOWN 0x8000u
#define SHIFT       (RIGHT_SHIFT | LEFT_SHIFT)
/* 40:96 */
#define SEEN_E1    0x01u
#define SEEN_E0    0x02u
#define RIGHT_CTRL 0x04u
#define RIGHT_ALT  0x08u
#define ID_FIRST   0x40u
#define ID_WANTED  0x80u
/* 40:97 */
#define LEDS         0x07u
#define ACKNOWLEDGED 0x10u
#define RESEND       0x20u
#define SENDING      0x40u
#define SEND_ERROR   0x80u

#define RELEASED     0x80u
#define NONE         0xffffu

struct key {
    u16 plain, shift, ctrl, alt;
};

#define LETTER(scan, c)                                                                            \
    {                                                                                              \
        (scan) << 8 | (c), (scan) << 8 | ((c)-32), (scan) << 8 | ((c)-96), (scan) << 8             \
    }
#define FUNCTION(n)                                                                                \
    {                                                                                              \
        (0x3b + (n)) << 8, (0x54 + (n)) << 8, (0x5e + (n)) << 8, (0x68 + (n)) << 8                 \
    }

static ROM struct key keys[] = {
    {NONE, NONE, NONE, NONE},
    {0x011b, 0x011b, 0x011b, 0x01f0}, /* Esc */
    {0x0231, 0x0221, NONE, 0x7800},   /* 1 */
    {0x0332, 0x0340, 0x0300, 0x7900},
    {0x0433, 0x0423, NONE, 0x7a00},
    {0x0534, 0x0524, NONE, 0x7b00},
    {0x0635, 0x0625, NONE, 0x7c00},
    {0x0736, 0x075e, 0x071e, 0x7d00},
    {0x0837, 0x0826, NONE, 0x7e00},
    {0x0938, 0x092a, NONE, 0x7f00},
    {0x0a39, 0x0a28, NONE, 0x8000},
    {0x0b30, 0x0b29, NONE, 0x8100},
    {0x0c2d, 0x0c5f, 0x0c1f, 0x8200},
    {0x0d3d, 0x0d2b, NONE, 0x8300},
    {0x0e08, 0x0e08, 0x0e7f, 0x0ef0}, /* Backspace */
    {0x0f09, 0x0f00, 0x9400, 0xa500}, /* Tab */
    LETTER(0x10, 'q'),
    LETTER(0x11, 'w'),
    LETTER(0x12, 'e'),
    LETTER(0x13, 'r'),
    LETTER(0x14, 't'),
    LETTER(0x15, 'y'),
    LETTER(0x16, 'u'),
    LETTER(0x17, 'i'),
    LETTER(0x18, 'o'),
    LETTER(0x19, 'p'),
    {0x1a5b, 0x1a7b, 0x1a1b, 0x1af0},
    {0x1b5d, 0x1b7d, 0x1b1d, 0x1bf0},
    {0x1c0d, 0x1c0d, 0x1c0a, 0x1cf0}, /* Enter */
    {NONE, NONE, NONE, NONE},
    LETTER(0x1e, 'a'),
    LETTER(0x1f, 's'),
    LETTER(0x20, 'd'),
    LETTER(0x21, 'f'),
    LETTER(0x22, 'g'),
    LETTER(0x23, 'h'),
    LETTER(0x24, 'j'),
    LETTER(0x25, 'k'),
    LETTER(0x26, 'l'),
    {0x273b, 0x273a, NONE, 0x27f0},
    {0x2827, 0x2822, NONE, 0x28f0},
    {0x2960, 0x297e, NONE, 0x29f0},
    {NONE, NONE, NONE, NONE},
    {0x2b5c, 0x2b7c, 0x2b1c, 0x2bf0},
    LETTER(0x2c, 'z'),
    LETTER(0x2d, 'x'),
    LETTER(0x2e, 'c'),
    LETTER(0x2f, 'v'),
    LETTER(0x30, 'b'),
    LETTER(0x31, 'n'),
    LETTER(0x32, 'm'),
    {0x332c, 0x333c, NONE, 0x33f0},
    {0x342e, 0x343e, NONE, 0x34f0},
    {0x352f, 0x353f, NONE, 0x35f0},
    {NONE, NONE, NONE, NONE},
    {0x372a, 0x372a, 0x9600, 0x37f0}, /* keypad * */
    {NONE, NONE, NONE, NONE},
    {0x3920, 0x3920, 0x3920, 0x3920},
    {NONE, NONE, NONE, NONE},
    FUNCTION(0),
    FUNCTION(1),
    FUNCTION(2),
    FUNCTION(3),
    FUNCTION(4),
    FUNCTION(5),
    FUNCTION(6),
    FUNCTION(7),
    FUNCTION(8),
    FUNCTION(9),
    {NONE, NONE, NONE, NONE},
    {NONE, NONE, NONE, NONE},
    {0x4700, 0x4737, 0x7700, NONE}, /* 47h: keypad */
    {0x4800, 0x4838, 0x8d00, NONE},
    {0x4900, 0x4939, 0x8400, NONE},
    {0x4a2d, 0x4a2d, 0x8e00, 0x4af0},
    {0x4b00, 0x4b34, 0x7300, NONE},
    {0x4cf0, 0x4c35, 0x8f00, NONE},
    {0x4d00, 0x4d36, 0x7400, NONE},
    {0x4e2b, 0x4e2b, 0x9000, 0x4ef0},
    {0x4f00, 0x4f31, 0x7500, NONE},
    {0x5000, 0x5032, 0x9100, NONE},
    {0x5100, 0x5133, 0x7600, NONE},
    {0x5200, 0x5230, 0x9200, NONE},
    {0x5300, 0x532e, 0x9300, NONE},
    {NONE, NONE, NONE, NONE},
    {NONE, NONE, NONE, NONE},
    {0x565c, 0x567c, NONE, NONE}, /* the 102nd key */
    {0x8500, 0x8700, 0x8900, 0x8b00},
    {0x8600, 0x8800, 0x8a00, 0x8c00},
};

/* After E0h. */
static ROM struct {
    u8 scan;
    struct key key;
} gray_keys[] = {
    {0x1c, {0xe00d, 0xe00d, 0xe00a, 0xa600}}, {0x35, {0xe02f, 0xe02f, 0x9500, 0xa400}},
    {0x47, {0x47e0, 0x47e0, 0x77e0, 0x9700}}, {0x48, {0x48e0, 0x48e0, 0x8de0, 0x9800}},
    {0x49, {0x49e0, 0x49e0, 0x84e0, 0x9900}}, {0x4b, {0x4be0, 0x4be0, 0x73e0, 0x9b00}},
    {0x4d, {0x4de0, 0x4de0, 0x74e0, 0x9d00}}, {0x4f, {0x4fe0, 0x4fe0, 0x75e0, 0x9f00}},
    {0x50, {0x50e0, 0x50e0, 0x91e0, 0xa000}}, {0x51, {0x51e0, 0x51e0, 0x76e0, 0xa100}},
    {0x52, {0x52e0, 0x52e0, 0x92e0, 0xa200}}, {0x53, {0x53e0, 0x53e0, 0x93e0, 0xa300}},
};

/* Keys that only change a state. The right-hand twin has E0h in front. */
static ROM struct {
    u8 scan;
    u16 held, left;
    u8 right;
} shifts[] = {
    {0x2a, LEFT_SHIFT, 0, 0},
    {0x36, RIGHT_SHIFT, 0, 0},
    {0x1d, CTRL, LEFT_CTRL, RIGHT_CTRL},
    {0x38, ALT, LEFT_ALT, RIGHT_ALT},
};

static ROM struct {
    u8 scan;
    u16 on, down;
} toggles[] = {
    {0x3a, CAPS, CAPS_DOWN},
    {0x45, NUM, NUM_DOWN},
    {0x46, SCROLL, SCROLL_DOWN},
};

/* What INT 09h has to do after the end of interrupt. */
enum after {
    AFTER_NOTHING,
    AFTER_KEY,
    AFTER_FULL,
    AFTER_PAUSE,
    AFTER_PRINT,
    AFTER_BREAK,
    AFTER_SYSRQ,
    AFTER_SYSRQ_UP,
};

static u16 next_slot(u16 at)
{
    at += 2;
    return at >= BDA->key_end ? BDA->key_start : at;
}

/* Puts a code into the ring; false if that is full. */
bool keyboard_put(u16 code)
{
    u16 tail = BDA->key_tail;
    u16 next = next_slot(tail);

    if (next == BDA->key_head)
        return false;
    far_put16(0x40, tail, code);
    BDA->key_tail = next;
    return true;
}

static enum after put(u16 code)
{
    if (code == NONE)
        return AFTER_NOTHING;
    return keyboard_put(code) ? AFTER_KEY : AFTER_FULL;
}

/* --- LEDs and other bytes to the keyboard: INT 09h notes the acknowledge in 40:97 --- */

static bool send(u8 byte)
{
    struct limit l;
    u8 tries;

    for (tries = 3; tries; tries--) {
        irq_off();
        BDA->led_flags &= (u8) ~(ACKNOWLEDGED | RESEND | SEND_ERROR);
        kbc_data(byte);
        irq_on();
        limit_start(&l, 25);
        while (!(BDA->led_flags & (ACKNOWLEDGED | RESEND)) && !limit_over(&l))
            ;
        if (BDA->led_flags & ACKNOWLEDGED)
            return true;
    }
    BDA->led_flags |= SEND_ERROR;
    return false;
}

/* Brings the lights in line with 40:17, which programs may write. */
void keyboard_leds(void)
{
    u8 want = (BDA->shift >> 4) & LEDS;

    if ((BDA->led_flags & LEDS) == want || BDA->led_flags & SENDING)
        return;
    BDA->led_flags |= SENDING;
    if (send(0xed))
        send(want);
    BDA->led_flags = (u8)((BDA->led_flags & ~(LEDS | SENDING | ACKNOWLEDGED)) | want);
}

/* Acknowledges and ID bytes; false if the byte is a scan code. */
static bool answer(u8 code)
{
    u8 flags = BDA->key_flags;

    if (code == 0xfa || code == 0xfe) {
        BDA->led_flags |= code == 0xfa ? ACKNOWLEDGED : RESEND;
        return true;
    }
    if (!(flags & ID_WANTED))
        return false;
    if (!(flags & ID_FIRST) && code == 0xab) {
        BDA->key_flags = flags | ID_FIRST;
        return true;
    }
    BDA->key_flags = flags & (u8) ~(ID_FIRST | ID_WANTED);
    EBDA8_SET(keyboard_id, flags & ID_FIRST ? code : 0);
    return true;
}

/* --- scan codes --- */

/* Shift, Ctrl and Alt. The digits typed with Alt on the keypad come out when Alt goes up. */
static enum after shift_key(u8 i, bool up, bool e0)
{
    u16 held = shifts[i].held, left = shifts[i].left;
    u8 right = shifts[i].right, number;

    if (e0 && !right)
        return AFTER_NOTHING; /* the keyboard's own fake shifts */
    if (!up) {
        BDA->shift |= e0 ? held : held | left;
        BDA->key_flags |= e0 ? right : 0;
        return AFTER_NOTHING;
    }
    if (e0)
        BDA->key_flags &= (u8)~right;
    else
        BDA->shift &= (u16)~left;
    if (BDA->shift & left || BDA->key_flags & right)
        return AFTER_NOTHING;
    BDA->shift &= (u16)~held;
    number = BDA->alt_number;
    if (held != ALT || !number)
        return AFTER_NOTHING;
    BDA->alt_number = 0;
    return put(number);
}

static void toggle_key(u16 on, u16 down, bool up)
{
    if (up) {
        BDA->shift &= (u16)~down;
    } else if (!(BDA->shift & down)) {
        BDA->shift = (u16)((BDA->shift ^ on) | down);
    }
}

static enum after break_key(void)
{
    BDA->key_head = BDA->key_tail = BDA->key_start;
    BDA->break_flag = 0x80;
    return AFTER_BREAK;
}

static void restart(void)
{
    BDA->reset_flag = RESET_WARM;
    __asm__ volatile("ljmpw $0xf000, $0xfff0");
    __builtin_unreachable();
}

/* Digits 0 to 9 by scan code 47h to 52h. */
static bool alt_digit(u8 scan)
{
    static ROM u8 digits[] = {7, 8, 9, 10, 4, 5, 6, 10, 1, 2, 3, 0};
    u8 digit = scan - 0x47 < (int)sizeof digits ? digits[scan - 0x47] : 10;

    if (digit > 9)
        return false;
    BDA->alt_number = (u8)(BDA->alt_number * 10 + digit);
    return true;
}

static u16 choose(struct key k, u16 state, bool shifted)
{
    if (state & ALT)
        return k.alt;
    if (state & CTRL)
        return k.ctrl;
    return shifted ? k.shift : k.plain;
}

static enum after gray_key(u8 scan, u16 state)
{
    u8 i;

    if (scan == 0x37)
        return state & CTRL ? put(0x7200) : AFTER_PRINT;
    if (scan == 0x46)
        return break_key();
    for (i = 0; i < COUNT(gray_keys); i++)
        if (gray_keys[i].scan == scan)
            return put(choose(gray_keys[i].key, state, false));
    return AFTER_NOTHING;
}

static bool is_letter(u16 code)
{
    u8 c = (u8)code;

    return c >= 'a' && c <= 'z';
}

static enum after plain_key(u8 scan, u16 state)
{
    bool shifted = state & SHIFT;

    if (scan >= 0x47 && scan <= 0x53) {
        if ((state & (ALT | CTRL)) == ALT && alt_digit(scan))
            return AFTER_NOTHING;
        if (state & NUM)
            shifted = !shifted;
    }
    if (scan >= COUNT(keys))
        return AFTER_NOTHING;
    if (state & CAPS && is_letter(keys[scan].plain))
        shifted = !shifted;
    return put(choose(keys[scan], state, shifted));
}

/* Insert changes its state too, unless it types a 0. */
static void insert_key(bool up, bool e0)
{
    u16 state = BDA->shift;
    bool digit = !e0 && !(state & NUM) != !(state & SHIFT);

    if (up || (!digit && !(state & (ALT | CTRL))))
        toggle_key(INSERT, INSERT_DOWN, up);
}

static enum after special_key(u8 scan, bool e0, u16 state)
{
    if (scan == 0x53 && (state & (CTRL | ALT)) == (CTRL | ALT))
        restart();
    if (scan == 0x45 && state & CTRL && !e0)
        return AFTER_PAUSE;
    if (scan == 0x46 && state & CTRL && !e0)
        return break_key();
    return AFTER_NOTHING;
}

static enum after sysrq_key(bool up)
{
    if (up) {
        BDA->shift &= (u16)~SYSRQ_DOWN;
        return AFTER_SYSRQ_UP;
    }
    if (BDA->shift & SYSRQ_DOWN)
        return AFTER_NOTHING;
    BDA->shift |= SYSRQ_DOWN;
    return AFTER_SYSRQ;
}

static enum after press(u8 scan, bool e0)
{
    u16 state = BDA->shift;
    enum after after = special_key(scan, e0, state);

    if (after != AFTER_NOTHING)
        return after;
    if (state & PAUSED) {
        BDA->shift = state & (u16)~PAUSED; /* any key goes on, and is not typed */
        return AFTER_NOTHING;
    }
    return e0 ? gray_key(scan, state) : plain_key(scan, state);
}

static enum after scan_code(u8 code)
{
    u8 scan = code & 0x7f, flags = BDA->key_flags, i;
    bool up = code & RELEASED, e0 = flags & SEEN_E0;

    if (code == 0xe0 || code == 0xe1) {
        BDA->key_flags = flags | (code == 0xe0 ? SEEN_E0 : SEEN_E1);
        return AFTER_NOTHING;
    }
    if (flags & SEEN_E1) { /* E1 1D 45 E1 9D C5: Pause */
        if (scan == 0x1d)
            return AFTER_NOTHING;
        BDA->key_flags = flags & (u8)~SEEN_E1;
        return code == 0x45 ? AFTER_PAUSE : AFTER_NOTHING;
    }
    BDA->key_flags = flags & (u8)~SEEN_E0;
    for (i = 0; i < COUNT(shifts); i++)
        if (shifts[i].scan == scan)
            return shift_key(i, up, e0);
    for (i = 0; i < COUNT(toggles) && !e0; i++)
        if (toggles[i].scan == scan && (up || !(BDA->shift & CTRL) || scan == 0x3a)) {
            toggle_key(toggles[i].on, toggles[i].down, up);
            return AFTER_NOTHING;
        }
    if (scan == 0x54)
        return sysrq_key(up);
    if (scan == 0x52)
        insert_key(up, e0);
    return up ? AFTER_NOTHING : press(scan, e0);
}

static void beep(void)
{
    u8 old = in8(0x61);

    out8(0x43, 0xb6);
    out8(0x42, 0x33);
    out8(0x42, 0x05); /* 896 Hz */
    out8(0x61, old | 3);
    delay_us(60000);
    out8(0x61, old);
}

static void pause(void)
{
    BDA->shift |= PAUSED;
    while (BDA->shift & PAUSED)
        irq_sleep();
}

static void do_after(enum after after)
{
    static ROM struct {
        u16 ax;
        u8 vector;
    } calls[] = {
        [AFTER_KEY] = {0x9102, 0x15},      [AFTER_PRINT] = {0, 0x05},
        [AFTER_BREAK] = {0, 0x1b},         [AFTER_SYSRQ] = {0x8500, 0x15},
        [AFTER_SYSRQ_UP] = {0x8501, 0x15},
    };

    if (after == AFTER_PAUSE)
        pause();
    else if (after == AFTER_FULL)
        beep();
    else if (calls[after].vector)
        call_int(calls[after].vector, calls[after].ax, 0, 0, 0);
    if (after == AFTER_BREAK)
        keyboard_put(0);
}

/* The code is read even if no byte waits: a program that read it first and then came here left it
   in the controller's buffer. */
void int_09h(struct regs *r)
{
    enum after after = AFTER_NOTHING;
    u32 hook;
    u8 code;

    (void)r;
    kbc_command(0xad);
    if ((in8(0x64) & 0x21) != 0x21) {
        code = in8(0x60);
        if (!answer(code)) {
            hook = call_int15((u16)(0x4f00 | code), 0, 0);
            if (hook & HOOK_CARRY)
                after = scan_code((u8)hook);
        }
    }
    irq_off();
    kbc_command(0xae);
    irq_eoi(1);
    if (after != AFTER_NOTHING) {
        irq_on();
        do_after(after);
    }
    keyboard_leds();
}

/* --- INT 16h --- */

/* The two shapes of a key code; false: the old functions do not know this key. */
static bool old_code(u16 *code)
{
    u8 scan = (u8)(*code >> 8), c = (u8)*code;

    if (scan == 0xe0)
        *code = (u16)((c == 0x0d || c == 0x0a ? 0x1c00 : 0x3500) | c);
    else if (scan > 0x84 || (c == 0xf0 && scan))
        return false;
    else if (c == 0xe0 && scan)
        *code = (u16)(scan << 8);
    return true;
}

static bool enhanced_code(u16 *code)
{
    if ((*code & 0xff) == 0xf0 && *code >> 8)
        *code &= 0xff00;
    return true;
}

/* Looks at the oldest key; those that the caller cannot know are thrown away. */
static bool peek(u16 *code, bool enhanced)
{
    for (;;) {
        u16 head = BDA->key_head;

        if (head == BDA->key_tail)
            return false;
        *code = far_get16(0x40, head);
        if (enhanced ? enhanced_code(code) : old_code(code))
            return true;
        BDA->key_head = next_slot(head);
    }
}

bool keyboard_ready(void)
{
    u16 code;

    return peek(&code, true);
}

static void read_key(struct regs *r)
{
    bool enhanced = r->ah & 0x10;
    u16 code;

    keyboard_leds();
    if (!peek(&code, enhanced))
        call_int15(0x9002, 0, 0);
    for (;;) {
        irq_off();
        if (peek(&code, enhanced))
            break;
        irq_sleep();
        keyboard_leds();
    }
    BDA->key_head = next_slot(BDA->key_head);
    r->ax = code;
}

/* Also entered by a far jump with anything in place of the flags, so none of them is kept. */
static void check_key(struct regs *r)
{
    u16 code;

    keyboard_leds();
    r->flags = FLAG_IF | 0x0002;
    if (peek(&code, r->ah & 0x10))
        r->ax = code;
    else
        r->flags |= FLAG_ZF;
}

static void shift_state(struct regs *r)
{
    u16 state = BDA->shift;

    keyboard_leds();
    if (r->ah & 0x10)
        r->ah = (u8)((state >> 8 & 0x73) | (state >> 8 & SYSRQ_DOWN >> 8) << 5 |
                     (BDA->key_flags & (RIGHT_CTRL | RIGHT_ALT)));
    r->al = (u8)state;
}

static void typematic(struct regs *r)
{
    if (r->al != 5 || r->bh > 3 || r->bl > 31)
        return;
    BDA->led_flags |= SENDING;
    if (send(0xf3))
        send((u8)(r->bh << 5 | r->bl));
    BDA->led_flags &= (u8)~SENDING;
}

static void push_key(struct regs *r)
{
    irq_off();
    r->al = !keyboard_put(r->cx);
}

static void functionality(struct regs *r)
{
    r->al = 0x34; /* 10h-12h, 0Ah, 03h with AL=05h */
}

static void identify(struct regs *r)
{
    struct limit l;

    EBDA8_SET(keyboard_id, 0);
    BDA->led_flags |= SENDING;
    BDA->key_flags |= ID_WANTED;
    send(0xf2);
    limit_start(&l, 25);
    while (BDA->key_flags & ID_WANTED && !limit_over(&l))
        ;
    BDA->key_flags &= (u8) ~(ID_WANTED | ID_FIRST);
    BDA->led_flags &= (u8)~SENDING;
    r->bx = EBDA8(keyboard_id) ? (u16)(EBDA8(keyboard_id) << 8 | 0xab) : 0;
}

/* An unknown function comes back with AH lowered by 12h: KEYB finds out what we are that way. */
static void unknown(struct regs *r)
{
    r->ah = (u8)(r->ah - 0x12);
}

void int_16h(struct regs *r)
{
    static ROM struct {
        u8 function;
        service serve;
    } functions[] = {
        {0x00, read_key}, {0x01, check_key},     {0x02, shift_state}, {0x03, typematic},
        {0x05, push_key}, {0x10, read_key},      {0x11, check_key},   {0x12, shift_state},
        {0x0a, identify}, {0x09, functionality},
    };
    u8 i;

    irq_on();
    r->flags |= FLAG_IF;
    for (i = 0; i < COUNT(functions); i++)
        if (functions[i].function == r->ah) {
            functions[i].serve(r);
            return;
        }
    unknown(r);
}
