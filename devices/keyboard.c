/* SPDX-License-Identifier: MIT */
/*
 * A PS/2 keyboard (IBM PS/2 Hardware Interface Technical Reference, "Keyboard"): 101 to 104 keys,
 * scan code sets 1 to 3.
 *
 * Two queues go to the host: replies to commands first, then scan codes. A key whose codes do not
 * fit into the 16 bytes is lost and leaves one overrun mark in the 17th.
 *
 * A reset (FFh) answers FAh at once and AAh after the self test; a byte that the host sends in
 * between is kept and obeyed after it. The machine finds the keyboard past its power-on test, so
 * no AAh comes by itself.
 *
 * Not modelled: parity errors on the cable; unknown set 3 codes after FBh-FDh are acknowledged.
 */
#include "devices/keyboard.h"
#include "src/host/input.h"

enum {
    ACK = 0xfa,
    BAT_PASSED = 0xaa,
    RESEND = 0xfe,
    ECHO = 0xee,
    SET_LEDS = 0xed,
    SELECT_SET = 0xf0,
    SET_RATE = 0xf3,
    KEY_TYPEMATIC = 0xfb, /* FBh-FDh: types of single keys */
    KEY_MAKE_BREAK = 0xfc,
    KEY_MAKE = 0xfd,
    LEAST_COMMAND = 0xed,
    RATE_DEFAULT = 0x2b, /* 500 ms, 10.9 a second */
    FIFO_KEYS = KEYBOARD_FIFO - 1,
    TYPE_REPEAT = 1, /* set 3: the key repeats */
    TYPE_BREAK = 2,  /* and sends a code when it rises */
    BREAK = 0xf0,
    SYSRQ = 0x54, /* set 1 position */
    NO_CODE = 0,
    OVERRUN = 0x00, /* sets 2 and 3 */
    OVERRUN_1 = 0xff,
};

/* IBM's take 300 ms and more. There is nothing to test here, and Bochs's BIOS waits for 130 ms. */
enum { BAT_NS = 100000000 };

/* No run is as long: a saved state that says so is damaged. */
#define VTIME_MAX ((u64)1 << 62)

/* Set 2 by the position's set 1 code; keys with E0h have the same code behind it. */
static const u8 set2[128] = {
    0x00, 0x76, 0x16, 0x1e, 0x26, 0x25, 0x2e, 0x36, 0x3d, 0x3e, 0x46, 0x45, 0x4e, 0x55, 0x66, 0x0d,
    0x15, 0x1d, 0x24, 0x2d, 0x2c, 0x35, 0x3c, 0x43, 0x44, 0x4d, 0x54, 0x5b, 0x5a, 0x14, 0x1c, 0x1b,
    0x23, 0x2b, 0x34, 0x33, 0x3b, 0x42, 0x4b, 0x4c, 0x52, 0x0e, 0x12, 0x5d, 0x1a, 0x22, 0x21, 0x2a,
    0x32, 0x31, 0x3a, 0x41, 0x49, 0x4a, 0x59, 0x7c, 0x11, 0x29, 0x58, 0x05, 0x06, 0x04, 0x0c, 0x03,
    0x0b, 0x83, 0x0a, 0x01, 0x09, 0x77, 0x7e, 0x6c, 0x75, 0x7d, 0x7b, 0x6b, 0x73, 0x74, 0x79, 0x69,
    0x72, 0x7a, 0x70, 0x71, 0x84, 0x60, 0x61, 0x78, 0x07, 0x0f, 0x17, 0x1f, 0x27, 0x2f, 0x37, 0x3f,
    0x47, 0x4f, 0x56, 0x5e, 0x08, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0x40, 0x48, 0x50, 0x57, 0x6f,
    0x13, 0x19, 0x39, 0x51, 0x53, 0x5c, 0x5f, 0x62, 0x63, 0x64, 0x65, 0x67, 0x68, 0x6a, 0x6d, 0x6e,
};

/* Set 3, by KEY_*. */
static const u8 set3[256] = {
    [0x01] = 0x08, [0x02] = 0x16, [0x03] = 0x1e, [0x04] = 0x26, [0x05] = 0x25, [0x06] = 0x2e,
    [0x07] = 0x36, [0x08] = 0x3d, [0x09] = 0x3e, [0x0a] = 0x46, [0x0b] = 0x45, [0x0c] = 0x4e,
    [0x0d] = 0x55, [0x0e] = 0x66, [0x0f] = 0x0d, [0x10] = 0x15, [0x11] = 0x1d, [0x12] = 0x24,
    [0x13] = 0x2d, [0x14] = 0x2c, [0x15] = 0x35, [0x16] = 0x3c, [0x17] = 0x43, [0x18] = 0x44,
    [0x19] = 0x4d, [0x1a] = 0x54, [0x1b] = 0x5b, [0x1c] = 0x5a, [0x1d] = 0x11, [0x1e] = 0x1c,
    [0x1f] = 0x1b, [0x20] = 0x23, [0x21] = 0x2b, [0x22] = 0x34, [0x23] = 0x33, [0x24] = 0x3b,
    [0x25] = 0x42, [0x26] = 0x4b, [0x27] = 0x4c, [0x28] = 0x52, [0x29] = 0x0e, [0x2a] = 0x12,
    [0x2b] = 0x5c, [0x2c] = 0x1a, [0x2d] = 0x22, [0x2e] = 0x21, [0x2f] = 0x2a, [0x30] = 0x32,
    [0x31] = 0x31, [0x32] = 0x3a, [0x33] = 0x41, [0x34] = 0x49, [0x35] = 0x4a, [0x36] = 0x59,
    [0x37] = 0x7e, [0x38] = 0x19, [0x39] = 0x29, [0x3a] = 0x14, [0x3b] = 0x07, [0x3c] = 0x0f,
    [0x3d] = 0x17, [0x3e] = 0x1f, [0x3f] = 0x27, [0x40] = 0x2f, [0x41] = 0x37, [0x42] = 0x3f,
    [0x43] = 0x47, [0x44] = 0x4f, [0x45] = 0x76, [0x46] = 0x5f, [0x47] = 0x6c, [0x48] = 0x75,
    [0x49] = 0x7d, [0x4a] = 0x84, [0x4b] = 0x6b, [0x4c] = 0x73, [0x4d] = 0x74, [0x4e] = 0x7c,
    [0x4f] = 0x69, [0x50] = 0x72, [0x51] = 0x7a, [0x52] = 0x70, [0x53] = 0x71, [0x56] = 0x13,
    [0x57] = 0x56, [0x58] = 0x5e, [0x9c] = 0x79, [0x9d] = 0x58, [0xb5] = 0x77, [0xb7] = 0x57,
    [0xb8] = 0x39, [0xc6] = 0x62, [0xc7] = 0x6e, [0xc8] = 0x63, [0xc9] = 0x6f, [0xcb] = 0x61,
    [0xcd] = 0x6a, [0xcf] = 0x65, [0xd0] = 0x60, [0xd1] = 0x6d, [0xd2] = 0x67, [0xd3] = 0x64,
    [0x70] = 0x87, [0x73] = 0x51, [0x79] = 0x86, [0x7b] = 0x85, [0x7d] = 0x5d, [0x7e] = 0x7b,
    [0xdb] = 0x8b, [0xdc] = 0x8c, [0xdd] = 0x8d,
};

/* Set 3, "default key types": make only where nothing stands. */
static const struct {
    u8 first, last, type; /* KEY_* */
} types[] = {
    {KEY_1, KEY_BACKSLASH, TYPE_REPEAT},
    {KEY_Z, 0x35, TYPE_REPEAT},
    {KEY_SPACE, KEY_SPACE, TYPE_REPEAT},
    {KEY_102ND, KEY_102ND, TYPE_REPEAT},
    {KEY_PAD_PLUS, KEY_PAD_PLUS, TYPE_REPEAT},
    {KEY_UP, KEY_UP, TYPE_REPEAT},
    {KEY_LEFT, KEY_RIGHT, TYPE_REPEAT},
    {KEY_DOWN, KEY_DOWN, TYPE_REPEAT},
    {KEY_DELETE, KEY_DELETE, TYPE_REPEAT},
    {KEY_LEFT_CTRL, KEY_LEFT_CTRL, TYPE_BREAK},
    {KEY_LEFT_SHIFT, KEY_LEFT_SHIFT, TYPE_BREAK},
    {KEY_RIGHT_SHIFT, KEY_RIGHT_SHIFT, TYPE_BREAK},
    {KEY_LEFT_ALT, KEY_LEFT_ALT, TYPE_BREAK},
    {KEY_CAPS_LOCK, KEY_CAPS_LOCK, TYPE_BREAK},
};

/* The codes of one stroke, put together before they are queued. */
struct stroke {
    u8 byte[FIFO_KEYS];
    u8 count;
};

static bool is_down(const struct keyboard *k, u8 code)
{
    return k->down[code / 8] >> code % 8 & 1;
}

static bool has_control(const struct keyboard *k)
{
    return is_down(k, KEY_LEFT_CTRL) || is_down(k, KEY_RIGHT_CTRL);
}

static bool has_alt(const struct keyboard *k)
{
    return is_down(k, KEY_LEFT_ALT) || is_down(k, KEY_RIGHT_ALT);
}

static void update(struct keyboard *k)
{
    line_set(&k->request, k->reply_count || k->fifo_count);
}

static void reply(struct keyboard *k, u8 byte)
{
    if (k->reply_count < KEYBOARD_REPLIES)
        k->reply[(k->reply_first + k->reply_count++) % KEYBOARD_REPLIES] = byte;
}

static void push(struct keyboard *k, u8 byte)
{
    k->fifo[(k->fifo_first + k->fifo_count++) % KEYBOARD_FIFO] = byte;
}

/* A stroke is queued whole or not at all; lost ones leave one mark together. */
static void queue(struct keyboard *k, const struct stroke *s)
{
    u8 mark = k->set == 1 ? OVERRUN_1 : OVERRUN;
    u8 last = k->fifo[(k->fifo_first + k->fifo_count + KEYBOARD_FIFO - 1u) % KEYBOARD_FIFO];
    if (k->fifo_count + s->count <= FIFO_KEYS) {
        for (u8 i = 0; i < s->count; i++)
            push(k, s->byte[i]);
    } else if (k->fifo_count < KEYBOARD_FIFO && last != mark) {
        push(k, mark);
    }
    update(k);
}

static void add(struct stroke *s, u8 byte)
{
    if (s->count < FIFO_KEYS)
        s->byte[s->count++] = byte;
}

/* One code of sets 1 and 2: POSITION as in set 1, made or broken, with E0h before it or not. */
static void add_code(const struct keyboard *k, struct stroke *s, u8 position, bool e0, bool down)
{
    if (e0)
        add(s, 0xe0);
    if (k->set == 1) {
        add(s, down ? position : position | 0x80);
        return;
    }
    if (!down)
        add(s, BREAK);
    add(s, set2[position & 0x7f]);
}

static void add_pause(const struct keyboard *k, struct stroke *s)
{
    static const u8 one[] = {0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5};
    static const u8 two[] = {0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77};
    size_t n = k->set == 1 ? sizeof one : sizeof two;
    for (size_t i = 0; i < n; i++)
        add(s, k->set == 1 ? one[i] : two[i]);
}

/* The keys between letters and keypad, which older programs take for those of the keypad. */
static bool is_grey(u8 code)
{
    return code >= KEY_HOME && code <= KEY_DELETE;
}

/* Shifts taken back before such a key, and given again after it, so that it means the same
 * whatever Shift and Num Lock say. FIRST: before the make code, else after the break code. */
static void add_fake_shifts(const struct keyboard *k, struct stroke *s, u8 code, bool first)
{
    bool left = is_down(k, KEY_LEFT_SHIFT), right = is_down(k, KEY_RIGHT_SHIFT);
    bool num = k->leds & KEYBOARD_NUM_LED;
    if (code == KEY_PRINT && !left && !right && !has_control(k) && !has_alt(k))
        add_code(k, s, KEY_LEFT_SHIFT, true, first);
    if (is_grey(code) && num && !left && !right)
        add_code(k, s, KEY_LEFT_SHIFT, true, first);
    if (code != KEY_PAD_SLASH && (!is_grey(code) || num))
        return;
    if (left)
        add_code(k, s, KEY_LEFT_SHIFT, true, !first);
    if (right)
        add_code(k, s, KEY_RIGHT_SHIFT, true, !first);
}

/* The key's own code: with Alt, Print Screen is SysRq. */
static void add_key(const struct keyboard *k, struct stroke *s, u8 code, bool down)
{
    if (code == KEY_PRINT && has_alt(k))
        add_code(k, s, SYSRQ, false, down);
    else
        add_code(k, s, code & 0x7f, code & 0x80, down);
}

static void add_set_1_or_2(const struct keyboard *k, struct stroke *s, u8 code, bool down)
{
    if (code == KEY_PAUSE && !has_control(k)) {
        if (down)
            add_pause(k, s);
    } else if (code == KEY_PAUSE) {
        if (down) { /* Break: make and break at once */
            add_code(k, s, KEY_SCROLL_LOCK, true, true);
            add_code(k, s, KEY_SCROLL_LOCK, true, false);
        }
    } else {
        if (down)
            add_fake_shifts(k, s, code, true);
        add_key(k, s, code, down);
        if (!down)
            add_fake_shifts(k, s, code, false);
    }
}

static void add_set_3(const struct keyboard *k, struct stroke *s, u8 code, bool down)
{
    u8 value = set3[code];
    if (value == NO_CODE || (!down && !(k->type[value] & TYPE_BREAK)))
        return;
    if (!down)
        add(s, BREAK);
    add(s, value);
}

static void send_key(struct keyboard *k, u8 code, bool down)
{
    struct stroke s = {.count = 0};
    if (k->set == 3)
        add_set_3(k, &s, code, down);
    else
        add_set_1_or_2(k, &s, code, down);
    if (s.count)
        queue(k, &s);
}

/* Delay of the repeat: (bits 6-5 + 1) * 250 ms; period: (8 + bits 2-0) * 2^bits 4-3 / 240 s. */
static vtime repeat_delay(u8 rate)
{
    return ((rate >> 5 & 3) + 1ull) * (NS_PER_S / 4);
}

/* The time of repeat N after the delay. */
static vtime repeat_time(const struct keyboard *k, u64 n)
{
    u64 units = (8ull + (k->rate & 7)) << (k->rate >> 3 & 3);
    return k->repeat_from + repeat_delay(k->rate) + n * units * NS_PER_S / 240;
}

static void start_repeat(struct keyboard *k, u8 code)
{
    k->repeating = code;
    k->repeats = 0;
    k->repeat_from = clock_now(k->clock);
    timer_set(&k->typematic, repeat_time(k, 0));
}

static bool repeats(const struct keyboard *k, u8 code)
{
    if (k->set == 3)
        return k->type[set3[code]] & TYPE_REPEAT;
    return code != KEY_PAUSE;
}

static void stop_repeat(struct keyboard *k)
{
    k->repeating = 0;
    timer_stop(&k->typematic);
}

/* Nothing is queued twice while the host does not read: so a held key fills no buffer. */
static void typematic(void *owner)
{
    struct keyboard *k = owner;
    struct stroke s = {.count = 0};
    if (!k->repeating)
        return;
    if (k->set == 3)
        add_set_3(k, &s, k->repeating, true);
    else
        add_key(k, &s, k->repeating, true);
    if (!k->fifo_count && k->scanning)
        queue(k, &s);
    if (repeat_time(k, ++k->repeats) <= clock_now(k->clock)) /* time has made a leap */
        start_repeat(k, k->repeating);
    timer_set(&k->typematic, repeat_time(k, k->repeats));
}

void keyboard_key(struct keyboard *k, u8 code, bool down)
{
    u8 bit = (u8)(1u << code % 8);
    if (set3[code] == NO_CODE || is_down(k, code) == down)
        return;
    bool sends = k->scanning && !k->testing;
    if (down)
        k->down[code / 8] |= bit;
    else
        k->down[code / 8] &= (u8)~bit;
    if (!down && code == k->repeating)
        stop_repeat(k);
    if (!sends)
        return;
    send_key(k, code, down);
    if (down && repeats(k, code))
        start_repeat(k, code);
}

static void default_types(struct keyboard *k)
{
    memset(k->type, 0, sizeof k->type);
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        for (unsigned code = types[i].first; code <= types[i].last; code++)
            k->type[set3[code]] = types[i].type;
}

static void clear_codes(struct keyboard *k)
{
    k->fifo_first = k->fifo_count = 0;
    stop_repeat(k);
}

/* F6h. */
static void defaults(struct keyboard *k)
{
    clear_codes(k);
    k->rate = RATE_DEFAULT;
    k->set = 2;
    default_types(k);
}

static void start(struct keyboard *k)
{
    defaults(k);
    k->leds = 0;
    k->command = 0;
    k->scanning = true;
}

/* The commands; each starts with FAh unless it says so. */

static void wait_parameter(struct keyboard *k, u8 command)
{
    reply(k, ACK);
    k->command = command;
}

static void wait_set(struct keyboard *k, u8 command)
{
    clear_codes(k);
    wait_parameter(k, command);
}

static void echo(struct keyboard *k, u8 command UNUSED)
{
    reply(k, ECHO);
}

static void identify(struct keyboard *k, u8 command UNUSED)
{
    reply(k, ACK);
    reply(k, 0xab);
    reply(k, 0x83);
}

static void enable(struct keyboard *k, u8 command UNUSED)
{
    clear_codes(k);
    reply(k, ACK);
    k->scanning = true;
}

static void disable(struct keyboard *k, u8 command UNUSED)
{
    defaults(k);
    reply(k, ACK);
    k->scanning = false;
}

static void set_default(struct keyboard *k, u8 command UNUSED)
{
    defaults(k);
    reply(k, ACK);
}

/* F7h-FAh: repeat; make and break; make; all three. */
static void set_all_types(struct keyboard *k, u8 command)
{
    static const u8 type[] = {TYPE_REPEAT, TYPE_BREAK, 0, TYPE_REPEAT | TYPE_BREAK};
    memset(k->type, type[(command - 0xf7) & 3], sizeof k->type);
    reply(k, ACK);
}

static void resend(struct keyboard *k, u8 command UNUSED)
{
    reply(k, k->last);
}

static void reset(struct keyboard *k, u8 command UNUSED)
{
    k->reply_count = 0;
    start(k);
    reply(k, ACK);
    k->testing = true;
    timer_set(&k->bat, clock_now(k->clock) + BAT_NS);
}

static void refuse(struct keyboard *k, u8 command UNUSED)
{
    reply(k, RESEND);
}

static void (*const commands[])(struct keyboard *k, u8 command) = {
    /* ED */ wait_parameter, echo, refuse,
    /* F0 */ wait_set, refuse, identify, wait_parameter, enable, disable, set_default,
    /* F7 */ set_all_types, set_all_types, set_all_types, set_all_types,
    /* FB */ wait_parameter, wait_parameter, wait_parameter,
    /* FE */ resend, reset,
};

static void run_command(struct keyboard *k, u8 byte)
{
    k->command = 0;
    if (byte >= LEAST_COMMAND)
        commands[byte - LEAST_COMMAND](k, byte);
    else
        refuse(k, byte);
}

static void select_set(struct keyboard *k, u8 set)
{
    if (set > 3) {
        reply(k, RESEND);
        return;
    }
    reply(k, ACK);
    if (set == 0)
        reply(k, k->set);
    else
        k->set = set;
}

static void set_key_type(struct keyboard *k, u8 code)
{
    static const u8 type[] = {TYPE_REPEAT, TYPE_BREAK, 0};
    if (code < KEYBOARD_CODES)
        k->type[code] = type[(k->command - KEY_TYPEMATIC) % 3];
    reply(k, ACK);
}

/* The byte after a command that waits for one; anything from EDh on is a new command. */
static void take_parameter(struct keyboard *k, u8 byte)
{
    u8 command = k->command;
    if (command >= KEY_TYPEMATIC) { /* any number of codes, to the next command */
        set_key_type(k, byte);
        return;
    }
    k->command = 0;
    if (command == SELECT_SET) {
        select_set(k, byte);
        return;
    }
    reply(k, byte & 0x80 ? RESEND : ACK);
    if (byte & 0x80)
        return;
    if (command == SET_LEDS)
        k->leds = byte & 7;
    else
        k->rate = byte;
    if (k->repeating)
        start_repeat(k, k->repeating);
}

static void give(void *device, u8 byte)
{
    struct keyboard *k = device;
    if (k->testing) {
        k->held = byte;
        k->holding = true;
        return;
    }
    if (k->command && byte < LEAST_COMMAND)
        take_parameter(k, byte);
    else
        run_command(k, byte);
    update(k);
}

static void bat_done(void *owner)
{
    struct keyboard *k = owner;
    bool held = k->holding;
    k->testing = k->holding = false;
    reply(k, BAT_PASSED);
    if (held)
        give(k, k->held);
    update(k);
}

static bool take(void *device, u8 *byte)
{
    struct keyboard *k = device;
    if (k->reply_count) {
        *byte = k->reply[k->reply_first];
        k->reply_first = (k->reply_first + 1) % KEYBOARD_REPLIES;
        k->reply_count--;
    } else if (k->fifo_count) {
        *byte = k->fifo[k->fifo_first];
        k->fifo_first = (k->fifo_first + 1) % KEYBOARD_FIFO;
        k->fifo_count--;
    } else {
        return false;
    }
    if (*byte != RESEND)
        k->last = *byte;
    update(k);
    return true;
}

struct ps2_plug keyboard_plug(struct keyboard *keyboard)
{
    return (struct ps2_plug){.take = take, .give = give, .device = keyboard};
}

/* No bus reaches the keyboard. */
static u32 keyboard_read(void *chip UNUSED, u32 reg UNUSED, unsigned size UNUSED)
{
    return 0xff;
}

static void keyboard_write(void *chip UNUSED, u32 reg UNUSED, u32 value UNUSED,
                           unsigned size UNUSED)
{
}

/* Power on, the self test passed. Fingers stay where they are. */
static void keyboard_reset(void *chip)
{
    struct keyboard *k = chip;
    timer_stop(&k->bat);
    k->reply_first = k->reply_count = 0;
    k->testing = k->holding = false;
    k->held = k->last = 0;
    start(k);
    update(k);
}

static void keyboard_loaded(void *chip)
{
    struct keyboard *k = chip;
    k->fifo_first %= KEYBOARD_FIFO;
    k->reply_first %= KEYBOARD_REPLIES;
    k->fifo_count = k->fifo_count > KEYBOARD_FIFO ? 0 : k->fifo_count;
    k->reply_count = k->reply_count > KEYBOARD_REPLIES ? 0 : k->reply_count;
    k->set = k->set < 1 || k->set > 3 ? 2 : k->set;
    k->leds &= 7;
    k->rate &= 0x7f;
    k->repeat_from &= VTIME_MAX - 1;
    timer_loaded(&k->typematic);
    timer_loaded(&k->bat);
}

static const struct field keyboard_fields[] = {
    FIELD_STRUCT(struct keyboard, request, line_fields),
    FIELD_STRUCT(struct keyboard, typematic, timer_fields),
    FIELD_STRUCT(struct keyboard, bat, timer_fields),
    TRANSIENT(struct keyboard, clock),
    FIELD_ARRAY(struct keyboard, down),
    FIELD_ARRAY(struct keyboard, fifo),
    FIELD_MAX(struct keyboard, fifo_first, KEYBOARD_FIFO - 1),
    FIELD_MAX(struct keyboard, fifo_count, KEYBOARD_FIFO),
    FIELD_ARRAY(struct keyboard, reply),
    FIELD_MAX(struct keyboard, reply_first, KEYBOARD_REPLIES - 1),
    FIELD_MAX(struct keyboard, reply_count, KEYBOARD_REPLIES),
    FIELD(struct keyboard, last),
    FIELD(struct keyboard, command),
    FIELD(struct keyboard, held),
    FIELD(struct keyboard, holding),
    FIELD(struct keyboard, testing),
    FIELD(struct keyboard, scanning),
    FIELD_MAX(struct keyboard, set, 3),
    FIELD_MAX(struct keyboard, leds, 7),
    FIELD_MAX(struct keyboard, rate, 0x7f),
    FIELD(struct keyboard, repeating),
    FIELD(struct keyboard, repeats),
    FIELD_MAX(struct keyboard, repeat_from, VTIME_MAX - 1),
    FIELD_ARRAY(struct keyboard, type),
    FIELD_END,
};

const struct chip keyboard_chip = {
    .name = "keyboard",
    .reset = keyboard_reset,
    .read = keyboard_read,
    .write = keyboard_write,
    .loaded = keyboard_loaded,
    .fields = keyboard_fields,
    .size = sizeof(struct keyboard),
};

void keyboard_init(struct keyboard *keyboard, struct clock *clock)
{
    *keyboard = (struct keyboard){.clock = clock};
    timer_init(&keyboard->typematic, clock, typematic, keyboard);
    timer_init(&keyboard->bat, clock, bat_done, keyboard);
    keyboard_reset(keyboard);
}
