/* SPDX-License-Identifier: MIT */
/*
 * A serial mouse: Microsoft's protocol, with the third button as Logitech added it, or with the
 * wheel of the IntelliMouse (Holtek HT6513B data sheet; Plug and Play External COM Device
 * Specification 1.00, 2.3, 3 and annex B.1; CuteMouse, PROTOCOL.TXT).
 *
 *   report, byte 0   | 1 | L  | R  | Y7 | Y6 | X7 | X6 |   X, right is positive
 *           byte 1   | 0 | X5 ...                   X0 |   Y, down is positive
 *           byte 2   | 0 | Y5 ...                   Y0 |
 *           byte 3   three buttons: 20h, and in the first report without the middle one 0
 *                    wheel: | 0 | 0 | M | wheel in 4 bits, towards the user is positive |
 *
 * 1200 baud, seven data bits, two stop bits: whoever receives eight bits sees bit 7 set. Its power
 * comes from DTR and RTS: while one of them is down it neither counts nor speaks. When both are up
 * it says what it is, M, M3 or MZ@ and then who, to Plug and Play, in characters without bit 6,
 * which begins a report. Then it reports whatever has changed since the last report, as soon as
 * that is through; what is more than a report can tell is told in the next.
 *
 * Not modelled: the negative supply from the host's TXD, which a break takes away; commands, which
 * Logitech's own mice know; the counts follow the host's pointer one by one.
 */
#include "devices/serial_mouse.h"
#include "src/host/input.h"

enum { SELF_TEST = 17 };  /* bits: the first character comes after 14 ms */
enum { COUNT_MAX = 127 }; /* in a report */
enum { WHEEL_MAX = 7 };
enum { BACKLOG = 4095 }; /* counts that wait, less than a second's */

struct serial_mouse_kind {
    u8 id[40], id_length;
    u8 buttons;
    bool wheel;
    bool dsr; /* follows DTR, as Plug and Play wants it */
};

static const struct serial_mouse_kind kinds[] = {
    [SERIAL_MOUSE_TWO] = {.id = {'M'}, .id_length = 1, .buttons = MOUSE_LEFT | MOUSE_RIGHT},
    /* M3 (1.00 HTK0001 \ \MOUSE \PNP0F0C 92 ) */
    [SERIAL_MOUSE_THREE] = {.id = {'M',  '3',  0x08, 0x01, 0x24, 0x28, 0x34, 0x2b, 0x10, 0x10,
                                   0x10, 0x11, 0x3c, 0x3c, 0x2d, 0x2f, 0x35, 0x33, 0x25, 0x3c,
                                   0x30, 0x2e, 0x30, 0x10, 0x26, 0x10, 0x23, 0x19, 0x12, 0x09},
                            .id_length = 30,
                            .buttons = MOUSE_LEFT | MOUSE_RIGHT | MOUSE_MIDDLE,
                            .dsr = true},
    /* MZ@000 (1.00 MSH0001 \ \MOUSE \PNP0F0A 91 ) */
    [SERIAL_MOUSE_WHEEL] = {.id = {'M',  'Z',  '@',  0,    0,    0,    0x08, 0x01, 0x24,
                                   0x2d, 0x33, 0x28, 0x10, 0x10, 0x10, 0x11, 0x3c, 0x3c,
                                   0x2d, 0x2f, 0x35, 0x33, 0x25, 0x3c, 0x30, 0x2e, 0x30,
                                   0x10, 0x26, 0x10, 0x21, 0x19, 0x11, 0x09},
                            .id_length = 34,
                            .buttons = MOUSE_LEFT | MOUSE_RIGHT | MOUSE_MIDDLE,
                            .wheel = true,
                            .dsr = true},
};

static bool has_power(const struct serial_mouse *m)
{
    return m->rts && m->dtr;
}

/* Reports */

static int limited(int v, int most)
{
    return v > most ? most : v < -most ? -most : v;
}

/* As much of a counter as fits. */
static int taken(s16 *counter, int most)
{
    int v = limited(*counter, most);
    *counter = (s16)(*counter - v);
    return v;
}

static u8 visible_buttons(const struct serial_mouse *m)
{
    return m->buttons & m->kind->buttons;
}

static bool is_changed(const struct serial_mouse *m)
{
    return m->dx || m->dy || m->dz || visible_buttons(m) != m->reported;
}

static void report(struct serial_mouse *m)
{
    int x = taken(&m->dx, COUNT_MAX), y = taken(&m->dy, COUNT_MAX);
    u8 buttons = visible_buttons(m), middle = (buttons | m->reported) & MOUSE_MIDDLE;
    m->packet[0] = (u8)(0x40 | (buttons & MOUSE_LEFT ? 0x20 : 0) |
                        (buttons & MOUSE_RIGHT ? 0x10 : 0) | (y >> 4 & 0x0c) | (x >> 6 & 0x03));
    m->packet[1] = x & 0x3f;
    m->packet[2] = y & 0x3f;
    if (m->kind->wheel)
        m->packet[3] =
            (u8)((buttons & MOUSE_MIDDLE ? 0x10 : 0) | (taken(&m->dz, WHEEL_MAX) & 0x0f));
    else
        m->packet[3] = buttons & MOUSE_MIDDLE ? 0x20 : 0;
    m->packet_next = 0;
    m->packet_count = m->kind->wheel || middle ? 4 : 3;
    m->reported = buttons;
}

/* The wire */

static bool next_byte(struct serial_mouse *m, u8 *byte)
{
    bool speaks = m->said < m->kind->id_length;
    if (speaks) {
        *byte = m->kind->id[m->said++];
        return true;
    }
    if (!m->packet_count && is_changed(m))
        report(m);
    if (!m->packet_count)
        return false;
    m->packet_count--;
    *byte = m->packet[m->packet_next++ % SERIAL_MOUSE_PACKET];
    return true;
}

static void schedule(struct serial_mouse *m, u64 tick)
{
    m->next = tick;
    timer_set(&m->timer, ticks_to_ns(tick, SERIAL_MOUSE_BAUD));
}

/* Start bit, seven data bits, two stop bits. */
static void send_bit(void *owner)
{
    struct serial_mouse *m = owner;
    u8 byte;
    if (!m->frame_bits) {
        if (!next_byte(m, &byte))
            return;
        m->frame = (u16)(3 << 8 | (byte & 0x7f) << 1);
        m->frame_bits = SERIAL_MOUSE_FRAME;
    }
    line_set(&m->txd, m->frame & 1);
    m->frame >>= 1;
    m->frame_bits--;
    schedule(m, m->next + 1);
}

static u64 now(const struct serial_mouse *m)
{
    return clock_ticks(m->clock, SERIAL_MOUSE_BAUD);
}

static void wake(struct serial_mouse *m)
{
    if (has_power(m) && !m->timer.armed && is_changed(m))
        schedule(m, now(m) + 1);
}

/* Power */

/* As when power comes, or goes. */
static void start(struct serial_mouse *m)
{
    timer_stop(&m->timer);
    m->next = 0;
    m->frame = 0;
    m->frame_bits = m->said = m->reported = 0;
    memset(m->packet, 0, sizeof m->packet);
    m->packet_next = m->packet_count = 0;
    m->dx = m->dy = m->dz = 0;
    line_set(&m->txd, true);
    line_set(&m->dsr, m->kind->dsr && m->dtr);
    if (has_power(m))
        schedule(m, now(m) + SELF_TEST);
}

void serial_mouse_control(void *mouse, unsigned pin, bool level)
{
    struct serial_mouse *m = mouse;
    *(pin == SERIAL_MOUSE_RTS ? &m->rts : &m->dtr) = level;
    start(m);
}

/* What the user does */

static void count(s16 *counter, int by)
{
    *counter = (s16)limited(*counter + limited(by, BACKLOG), BACKLOG);
}

void serial_mouse_move(struct serial_mouse *m, int dx, int dy, int dz)
{
    if (!has_power(m))
        return;
    count(&m->dx, dx);
    count(&m->dy, dy);
    count(&m->dz, m->kind->wheel ? dz : 0);
    wake(m);
}

void serial_mouse_button(struct serial_mouse *m, u8 button, bool down)
{
    button &= MOUSE_BUTTONS;
    m->buttons = down ? m->buttons | button : m->buttons & (u8)~button;
    wake(m);
}

/* No bus reaches the mouse. */
static u32 serial_mouse_read(void *chip UNUSED, u32 reg UNUSED, unsigned size UNUSED)
{
    return 0xff;
}

static void serial_mouse_write(void *chip UNUSED, u32 reg UNUSED, u32 value UNUSED,
                               unsigned size UNUSED)
{
}

static void serial_mouse_reset(void *chip)
{
    start(chip);
}

static void serial_mouse_loaded(void *chip)
{
    struct serial_mouse *m = chip;
    m->frame_bits = m->frame_bits > SERIAL_MOUSE_FRAME ? 0 : m->frame_bits;
    m->packet_count = m->packet_count > SERIAL_MOUSE_PACKET ? 0 : m->packet_count;
    timer_loaded(&m->timer);
}

static const struct field serial_mouse_fields[] = {
    FIELD_STRUCT(struct serial_mouse, txd, line_fields),
    FIELD_STRUCT(struct serial_mouse, dsr, line_fields),
    TRANSIENT(struct serial_mouse, clock),
    TRANSIENT(struct serial_mouse, kind),
    FIELD(struct serial_mouse, rts),
    FIELD(struct serial_mouse, dtr),
    FIELD_STRUCT(struct serial_mouse, timer, timer_fields),
    FIELD(struct serial_mouse, next),
    FIELD(struct serial_mouse, frame),
    FIELD_MAX(struct serial_mouse, frame_bits, SERIAL_MOUSE_FRAME),
    FIELD(struct serial_mouse, said),
    FIELD_ARRAY(struct serial_mouse, packet),
    FIELD_MAX(struct serial_mouse, packet_next, SERIAL_MOUSE_PACKET),
    FIELD_MAX(struct serial_mouse, packet_count, SERIAL_MOUSE_PACKET),
    FIELD_MAX(struct serial_mouse, buttons, MOUSE_BUTTONS),
    FIELD_MAX(struct serial_mouse, reported, MOUSE_BUTTONS),
    FIELD(struct serial_mouse, dx),
    FIELD(struct serial_mouse, dy),
    FIELD(struct serial_mouse, dz),
    FIELD_END,
};

const struct chip serial_mouse_chip = {
    .name = "serial_mouse",
    .reset = serial_mouse_reset,
    .read = serial_mouse_read,
    .write = serial_mouse_write,
    .loaded = serial_mouse_loaded,
    .fields = serial_mouse_fields,
    .size = sizeof(struct serial_mouse),
};

void serial_mouse_init(struct serial_mouse *mouse, struct clock *clock,
                       enum serial_mouse_model model)
{
    *mouse = (struct serial_mouse){.clock = clock, .kind = &kinds[model]};
    timer_init(&mouse->timer, clock, send_bit, mouse);
    start(mouse);
}
