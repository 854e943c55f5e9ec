/* SPDX-License-Identifier: MIT */
/*
 * A PS/2 mouse (IBM PS/2 Hardware Interface Technical Reference, "Mouse"; the wheel as Microsoft's
 * IntelliMouse has it).
 *
 *   report, byte 0   | YO | XO  | YS | XS  | 1 | M | R | L |
 *           byte 1   X, right is positive
 *           byte 2   Y, up is positive
 *           byte 3   ID 3: wheel, towards the user is positive
 *                    ID 4: | 0 | 0 | 5th | 4th button | wheel in 4 bits |
 *   status, byte 0   | 0  | REM | EN | 2:1 | 0 | L | M | R |
 *           byte 1   resolution 0-3
 *           byte 2   samples a second
 *
 * The counters have nine bits: beyond 255 they stay there and set the overflow bit. In stream mode
 * a report is made at the next sample if something has changed, and the one before is sent.
 *
 * Three sample rates in a row are the knock: 200 100 80 turns on the wheel, 200 200 80 the five
 * buttons. A reset answers FAh at once and AAh 00h after the self test; a byte that the host
 * sends in between is obeyed after it. BBh, which OS/2 sends to look for another device, is not
 * answered.
 *
 * Not modelled: the counts follow the host's pointer at every resolution.
 */
#include "devices/mouse.h"
#include "src/host/input.h"

enum {
    ACK = 0xfa,
    BAT_PASSED = 0xaa,
    RESEND = 0xfe,
    RESET = 0xff,
    RESET_WRAP = 0xec,
    SET_RESOLUTION = 0xe8,
    SET_RATE = 0xf3,
    LEAST_COMMAND = 0xe6,
    OTHER_DEVICE = 0xbb,
    ID_WHEEL = 3,
    ID_EXPLORER = 4,
    RATE_DEFAULT = 100,
    RESOLUTION_DEFAULT = 2,
    COUNT_MAX = 255,
    STIRS_MAX = 64,
    PACKET_ALWAYS = 0x08,
};

enum { BAT_NS = 300000000 };
enum { PLAIN_BUTTONS = MOUSE_LEFT | MOUSE_RIGHT | MOUSE_MIDDLE };

static const u8 rates[] = {10, 20, 40, 60, 80, 100, 200};

static void update(struct mouse *m)
{
    line_set(&m->request, m->reply_count || m->packet_count);
}

static void reply(struct mouse *m, u8 byte)
{
    if (m->reply_count < MOUSE_REPLIES)
        m->reply[(m->reply_first + m->reply_count++) % MOUSE_REPLIES] = byte;
    if (m->last_count < sizeof m->last)
        m->last[m->last_count++] = byte;
}

static void clear_counters(struct mouse *m)
{
    m->dx = m->dy = m->dz = 0;
    m->x_overflow = m->y_overflow = false;
    m->stirs = 0;
}

/* What the host can be told of the buttons. */
static u8 visible_buttons(const struct mouse *m)
{
    return m->buttons & (m->id == ID_EXPLORER ? MOUSE_BUTTONS : PLAIN_BUTTONS);
}

static bool is_changed(const struct mouse *m)
{
    return m->dx || m->dy || (m->dz && m->id) || m->stirs || visible_buttons(m) != m->reported;
}

/* The next sample, if there is something to report and the last report is on its way. */
static void schedule(struct mouse *m)
{
    bool wanted = m->enabled && !m->remote && !m->wrap && !m->testing && is_changed(m) &&
                  !m->packet_count && !m->command;
    if (!wanted)
        timer_stop(&m->sample);
    else if (!m->sample.armed)
        timer_set(&m->sample, ticks_to_ns(clock_ticks(m->clock, m->rate) + 1, m->rate));
}

/* 2:1 scaling: 0 1 1 3 6 9, then twice the count. */
static int scaled(const struct mouse *m, int count, bool stream)
{
    static const u8 table[] = {0, 1, 1, 3, 6, 9};
    int size = count < 0 ? -count : count;
    if (!m->double_scale || !stream)
        return count;
    size = size < (int)ARRAY_LEN(table) ? table[size] : 2 * size;
    return count < 0 ? -size : size;
}

static int limited(int v, int most, bool *overflow)
{
    *overflow |= v > most || v < -most;
    return v > most ? most : v < -most ? -most : v;
}

/* The report into OUT; gives its length. The counters start anew. */
static u8 report(struct mouse *m, u8 *out, bool stream)
{
    bool none = false;
    bool x_over = m->x_overflow, y_over = m->y_overflow;
    int x = limited(scaled(m, m->dx, stream), COUNT_MAX, &x_over);
    int y = limited(scaled(m, m->dy, stream), COUNT_MAX, &y_over);
    int z = limited(m->dz, m->id == ID_EXPLORER ? 7 : 127, &none);
    u8 buttons = visible_buttons(m), stirs = m->stirs;
    out[0] = (u8)((buttons & PLAIN_BUTTONS) | PACKET_ALWAYS | (x < 0) << 4 | (y < 0) << 5 |
                  x_over << 6 | y_over << 7);
    out[1] = (u8)x;
    out[2] = (u8)y;
    out[3] = (u8)(m->id == ID_EXPLORER ? (z & 15) | (buttons & ~PLAIN_BUTTONS) << 1 : z);
    m->reported = buttons;
    clear_counters(m);
    m->stirs = stirs ? stirs - 1 : 0;
    return m->id ? 4 : 3;
}

static void sample(void *owner)
{
    struct mouse *m = owner;
    m->packet_next = 0;
    m->packet_count = report(m, m->packet, true);
    memcpy(m->last, m->packet, m->packet_count);
    m->last_count = m->packet_count;
    update(m);
}

static void count(s16 *counter, int by, int most, bool *overflow)
{
    int v = limited(by, 2 * most + 1, overflow); /* so that the sum has room */
    *counter = (s16)limited(*counter + v, most, overflow);
}

void mouse_move(struct mouse *m, int dx, int dy, int dz)
{
    bool none = false;
    if (m->testing)
        return;
    count(&m->dx, dx, COUNT_MAX, &m->x_overflow);
    count(&m->dy, -limited(dy, 4 * COUNT_MAX, &none), COUNT_MAX, &m->y_overflow);
    count(&m->dz, dz, 127, &none);
    schedule(m);
}

void mouse_button(struct mouse *m, u8 button, bool down)
{
    button &= MOUSE_BUTTONS;
    m->buttons = down ? m->buttons | button : m->buttons & (u8)~button;
    schedule(m);
}

void mouse_stir(void *mouse, unsigned pin UNUSED, bool level)
{
    struct mouse *m = mouse;
    if (!level || !m->enabled || m->stirs == STIRS_MAX)
        return;
    m->stirs++;
    schedule(m);
}

/* F6h; the ID stays. */
static void defaults(struct mouse *m)
{
    m->rate = RATE_DEFAULT;
    m->resolution = RESOLUTION_DEFAULT;
    m->double_scale = m->enabled = m->remote = m->wrap = false;
    clear_counters(m);
}

static void start(struct mouse *m)
{
    defaults(m);
    m->id = 0;
    m->command = 0;
    m->packet_next = m->packet_count = 0;
    m->last_count = 0;
    m->reported = visible_buttons(m);
    memset(m->knock, 0, sizeof m->knock);
}

/* The commands. */

static void set_scaling(struct mouse *m, u8 command)
{
    m->double_scale = command & 1;
    reply(m, ACK);
}

static void wait_parameter(struct mouse *m, u8 command)
{
    m->command = command;
    reply(m, ACK);
}

static void tell_status(struct mouse *m, u8 command UNUSED)
{
    u8 b = m->buttons;
    reply(m, ACK);
    reply(m, (u8)((b & MOUSE_RIGHT ? 1 : 0) | (b & MOUSE_MIDDLE ? 2 : 0) |
                  (b & MOUSE_LEFT ? 4 : 0) | m->double_scale << 4 | m->enabled << 5 |
                  m->remote << 6));
    reply(m, m->resolution);
    reply(m, m->rate);
}

static void set_stream(struct mouse *m, u8 command UNUSED)
{
    m->remote = false;
    clear_counters(m);
    reply(m, ACK);
}

static void read_data(struct mouse *m, u8 command UNUSED)
{
    u8 packet[MOUSE_PACKET];
    reply(m, ACK);
    u8 n = report(m, packet, false);
    for (u8 i = 0; i < n; i++)
        reply(m, packet[i]);
}

/* ECh outside of wrap mode. */
static void acknowledge(struct mouse *m, u8 command UNUSED)
{
    reply(m, ACK);
}

static void set_wrap(struct mouse *m, u8 command UNUSED)
{
    m->wrap = true;
    reply(m, ACK);
}

static void set_remote(struct mouse *m, u8 command UNUSED)
{
    m->remote = true;
    clear_counters(m);
    reply(m, ACK);
}

static void identify(struct mouse *m, u8 command UNUSED)
{
    reply(m, ACK);
    reply(m, m->id);
}

/* F4h, F5h. */
static void set_enabled(struct mouse *m, u8 command)
{
    m->enabled = command == 0xf4;
    m->reported = visible_buttons(m);
    clear_counters(m);
    reply(m, ACK);
}

static void set_defaults(struct mouse *m, u8 command UNUSED)
{
    defaults(m);
    reply(m, ACK);
}

static void reset(struct mouse *m, u8 command UNUSED)
{
    m->reply_count = 0;
    start(m);
    reply(m, ACK);
    m->testing = true;
    timer_set(&m->bat, clock_now(m->clock) + BAT_NS);
}

static void refuse(struct mouse *m, u8 command UNUSED)
{
    reply(m, RESEND);
}

static void (*const commands[])(struct mouse *m, u8 command) = {
    /* E6 */ set_scaling, set_scaling, wait_parameter, tell_status,
    /* EA */ set_stream, read_data, acknowledge, refuse, set_wrap, refuse,
    /* F0 */ set_remote, refuse, identify, wait_parameter, set_enabled, set_enabled, set_defaults,
    /* F7 */ refuse, refuse, refuse, refuse, refuse, refuse, refuse,
    /* FE */ refuse, reset,
};

static void set_rate(struct mouse *m, u8 rate)
{
    size_t i = 0;
    while (i < ARRAY_LEN(rates) && rates[i] != rate)
        i++;
    if (i == ARRAY_LEN(rates)) {
        reply(m, RESEND);
        return;
    }
    reply(m, ACK);
    m->rate = rate;
    if (m->knock[0] == 200 && rate == 80)
        m->id = m->knock[1] == 200 ? ID_EXPLORER : m->knock[1] == 100 ? ID_WHEEL : m->id;
    m->knock[0] = m->knock[1];
    m->knock[1] = rate;
    clear_counters(m);
}

static void take_parameter(struct mouse *m, u8 byte)
{
    u8 command = m->command;
    m->command = 0;
    if (command == SET_RATE) {
        set_rate(m, byte);
        return;
    }
    reply(m, byte > 3 ? RESEND : ACK);
    if (byte <= 3)
        m->resolution = byte;
}

/* The last answer or report once more. */
static void resend(struct mouse *m)
{
    u8 again[sizeof m->last], n = m->last_count;
    memcpy(again, m->last, n);
    m->last_count = 0;
    for (u8 i = 0; i < n; i++)
        reply(m, again[i]);
}

static void answer(struct mouse *m, u8 byte)
{
    m->last_count = 0;
    if (m->wrap && byte != RESET && byte != RESET_WRAP) {
        reply(m, byte);
    } else if (m->command && byte < LEAST_COMMAND) {
        take_parameter(m, byte);
    } else {
        m->wrap = false;
        m->command = 0;
        if (byte >= LEAST_COMMAND)
            commands[byte - LEAST_COMMAND](m, byte);
        else if (byte != OTHER_DEVICE)
            refuse(m, byte);
    }
}

/* A byte from the host breaks off a report. */
static void give(void *device, u8 byte)
{
    struct mouse *m = device;
    if (m->testing) {
        m->held = byte;
        m->holding = true;
        return;
    }
    m->packet_next = m->packet_count = 0;
    if (byte == RESEND && !m->wrap)
        resend(m);
    else
        answer(m, byte);
    timer_stop(&m->sample); /* the rate may be another */
    schedule(m);
    update(m);
}

static void bat_done(void *owner)
{
    struct mouse *m = owner;
    bool held = m->holding;
    m->testing = m->holding = false;
    m->last_count = 0;
    reply(m, BAT_PASSED);
    reply(m, m->id);
    if (held)
        give(m, m->held);
    update(m);
}

static bool take(void *device, u8 *byte)
{
    struct mouse *m = device;
    if (m->reply_count) {
        *byte = m->reply[m->reply_first];
        m->reply_first = (m->reply_first + 1) % MOUSE_REPLIES;
        m->reply_count--;
    } else if (m->packet_count) {
        *byte = m->packet[m->packet_next++ % MOUSE_PACKET];
        m->packet_count--;
    } else {
        return false;
    }
    schedule(m);
    update(m);
    return true;
}

struct ps2_plug mouse_plug(struct mouse *mouse)
{
    return (struct ps2_plug){.take = take, .give = give, .device = mouse};
}

/* No bus reaches the mouse. */
static u32 mouse_read(void *chip UNUSED, u32 reg UNUSED, unsigned size UNUSED)
{
    return 0xff;
}

static void mouse_write(void *chip UNUSED, u32 reg UNUSED, u32 value UNUSED, unsigned size UNUSED)
{
}

/* Power on, the self test passed. */
static void mouse_reset(void *chip)
{
    struct mouse *m = chip;
    timer_stop(&m->bat);
    timer_stop(&m->sample);
    m->reply_first = m->reply_count = 0;
    m->testing = m->holding = false;
    m->held = 0;
    start(m);
    update(m);
}

static void mouse_loaded(void *chip)
{
    struct mouse *m = chip;
    m->reply_first %= MOUSE_REPLIES;
    m->reply_count = m->reply_count > MOUSE_REPLIES ? 0 : m->reply_count;
    m->packet_count = m->packet_count > MOUSE_PACKET ? 0 : m->packet_count;
    m->last_count = m->last_count > sizeof m->last ? 0 : m->last_count;
    m->rate = m->rate ? m->rate : RATE_DEFAULT;
    timer_loaded(&m->sample);
    timer_loaded(&m->bat);
}

static const struct field mouse_fields[] = {
    FIELD_STRUCT(struct mouse, request, line_fields),
    FIELD_STRUCT(struct mouse, sample, timer_fields),
    FIELD_STRUCT(struct mouse, bat, timer_fields),
    TRANSIENT(struct mouse, clock),
    FIELD_ARRAY(struct mouse, reply),
    FIELD_MAX(struct mouse, reply_first, MOUSE_REPLIES - 1),
    FIELD_MAX(struct mouse, reply_count, MOUSE_REPLIES),
    FIELD_ARRAY(struct mouse, packet),
    FIELD_MAX(struct mouse, packet_next, MOUSE_PACKET),
    FIELD_MAX(struct mouse, packet_count, MOUSE_PACKET),
    FIELD_ARRAY(struct mouse, last),
    FIELD_MAX(struct mouse, last_count, MOUSE_PACKET + 1),
    FIELD(struct mouse, command),
    FIELD(struct mouse, held),
    FIELD(struct mouse, holding),
    FIELD(struct mouse, testing),
    FIELD(struct mouse, enabled),
    FIELD(struct mouse, remote),
    FIELD(struct mouse, wrap),
    FIELD(struct mouse, double_scale),
    FIELD_MAX(struct mouse, resolution, 3),
    FIELD_MAX(struct mouse, rate, 200),
    FIELD_ARRAY(struct mouse, knock),
    FIELD_MAX(struct mouse, id, 4),
    FIELD_MAX(struct mouse, buttons, MOUSE_BUTTONS),
    FIELD_MAX(struct mouse, reported, MOUSE_BUTTONS),
    FIELD_MAX(struct mouse, stirs, STIRS_MAX),
    FIELD(struct mouse, dx),
    FIELD(struct mouse, dy),
    FIELD(struct mouse, dz),
    FIELD(struct mouse, x_overflow),
    FIELD(struct mouse, y_overflow),
    FIELD_END,
};

const struct chip mouse_chip = {
    .name = "mouse",
    .reset = mouse_reset,
    .read = mouse_read,
    .write = mouse_write,
    .loaded = mouse_loaded,
    .fields = mouse_fields,
    .size = sizeof(struct mouse),
};

void mouse_init(struct mouse *mouse, struct clock *clock)
{
    *mouse = (struct mouse){.clock = clock};
    timer_init(&mouse->sample, clock, sample, mouse);
    timer_init(&mouse->bat, clock, bat_done, mouse);
    mouse_reset(mouse);
}
