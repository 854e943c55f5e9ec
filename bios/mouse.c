/* SPDX-License-Identifier: MIT */
/* The PS/2 mouse: INT 15h AH=C2h, and INT 74h, which hands whole packets to a program's handler. */
#include "bda.h"

#define CONFIG_IRQ1      0x01u
#define CONFIG_IRQ12     0x02u
#define CONFIG_KEYS_OFF  0x10u
#define CONFIG_MOUSE_OFF 0x20u
#define CONFIG_AT_START  0x65u /* translate, tested, IRQ 1, mouse off */

#define ACK              0xfa
#define RESEND           0xfe

#define HANDLER_SET      0x80u
#define LENGTH           0x07u

enum mouse_status {
    MOUSE_OK,
    MOUSE_BAD_FUNCTION,
    MOUSE_BAD_INPUT,
    MOUSE_INTERFACE,
    MOUSE_RESEND,
    MOUSE_NO_HANDLER,
};

/* --- talking to it --- */

/* Keys are held back and both interrupts are off while the mouse is spoken to. */
static void hold(void)
{
    u8 n;

    kbc_command(0xad);
    for (n = 100; n && in8(0x64) & 0x01; n--)
        irq_window();
    irq_off();
    kbc_command(0x60);
    kbc_data((u8)((EBDA8(kbc_config) & ~(CONFIG_IRQ1 | CONFIG_IRQ12 | CONFIG_MOUSE_OFF)) |
                  CONFIG_KEYS_OFF));
    kbc_flush();
    EBDA8_SET(mouse_state, 0);
}

static void release(void)
{
    kbc_flush();
    kbc_command(0x60);
    kbc_data(EBDA8(kbc_config));
    kbc_command(0xae);
    irq_on();
}

/* One byte until it is acknowledged; a packet on its way may come before. */
static enum mouse_status send(u8 byte)
{
    u8 answer, n;

    if (!kbc_command(0xd4) || !kbc_data(byte))
        return MOUSE_INTERFACE;
    for (n = 16; n; n--) {
        if (!kbc_read(&answer, 25))
            return MOUSE_INTERFACE;
        if (answer == ACK)
            return MOUSE_OK;
        if (answer == RESEND)
            return MOUSE_RESEND;
    }
    return MOUSE_INTERFACE;
}

static enum mouse_status send_two(u8 first, u8 second)
{
    enum mouse_status status = send(first);

    return status == MOUSE_OK ? send(second) : status;
}

static enum mouse_status receive(u8 *byte, u16 ms)
{
    return kbc_read(byte, ms) ? MOUSE_OK : MOUSE_INTERFACE;
}

/* At start: is one there? F5h also keeps it silent. */
bool mouse_init(void)
{
    bool found;

    EBDA8_SET(kbc_config, CONFIG_AT_START);
    hold();
    kbc_command(0xa8);
    found = send(0xf5) == MOUSE_OK;
    if (found)
        irq_unmask(12);
    release();
    irq_off();
    return found;
}

/* --- INT 15h AH=C2h --- */

static enum mouse_status enable(struct regs *r)
{
    enum mouse_status status;
    u8 config = EBDA8(kbc_config);

    if (r->bh > 1)
        return MOUSE_BAD_INPUT;
    if (r->bh && !(EBDA8(mouse_config) & HANDLER_SET))
        return MOUSE_NO_HANDLER;
    status = send(r->bh ? 0xf4 : 0xf5);
    if (status == MOUSE_OK)
        EBDA8_SET(kbc_config, (u8)(r->bh ? (config & ~CONFIG_MOUSE_OFF) | CONFIG_IRQ12
                                         : (config & ~CONFIG_IRQ12) | CONFIG_MOUSE_OFF));
    return status;
}

/* Leaves it disabled, with BH its ID and BL = AAh. */
static enum mouse_status reset(struct regs *r)
{
    enum mouse_status status = send(0xff);
    u8 passed = 0, id = 0;

    if (status == MOUSE_OK)
        status = receive(&passed, 1000);
    if (status == MOUSE_OK)
        status = receive(&id, 100);
    if (status == MOUSE_OK) {
        r->bl = passed;
        r->bh = id;
    }
    return status;
}

static enum mouse_status sample_rate(struct regs *r)
{
    static ROM u8 rates[] = {10, 20, 40, 60, 80, 100, 200};

    return r->bh < sizeof rates ? send_two(0xf3, rates[r->bh]) : MOUSE_BAD_INPUT;
}

static enum mouse_status resolution(struct regs *r)
{
    return r->bh < 4 ? send_two(0xe8, r->bh) : MOUSE_BAD_INPUT;
}

static enum mouse_status device_type(struct regs *r)
{
    enum mouse_status status = send(0xf2);

    return status == MOUSE_OK ? receive(&r->bh, 25) : status;
}

static enum mouse_status initialise(struct regs *r)
{
    if (r->bh < 1 || r->bh > 8)
        return MOUSE_BAD_INPUT;
    EBDA8_SET(mouse_config, (u8)((EBDA8(mouse_config) & ~LENGTH) | (r->bh - 1)));
    return reset(r);
}

static enum mouse_status get_status(struct regs *r)
{
    enum mouse_status status = send(0xe9);

    if (status == MOUSE_OK)
        status = receive(&r->bl, 25);
    if (status == MOUSE_OK)
        status = receive(&r->cl, 25);
    if (status == MOUSE_OK)
        status = receive(&r->dl, 25);
    return status;
}

static enum mouse_status extended(struct regs *r)
{
    if (r->bh == 0)
        return get_status(r);
    if (r->bh > 2)
        return MOUSE_BAD_INPUT;
    return send(r->bh == 1 ? 0xe6 : 0xe7); /* scaling 1:1, 2:1 */
}

static enum mouse_status set_handler(struct regs *r)
{
    u8 config = EBDA8(mouse_config);

    EBDA16_SET(mouse_offset, r->bx);
    EBDA16_SET(mouse_segment, r->es);
    EBDA8_SET(mouse_config, (u8)(r->bx || r->es ? config | HANDLER_SET : config & ~HANDLER_SET));
    return MOUSE_OK;
}

void pointing_device(struct regs *r);

void pointing_device(struct regs *r)
{
    static enum mouse_status (*const __seg_fs functions[])(struct regs * r) = {
        enable, reset, sample_rate, resolution, device_type, initialise, extended, set_handler,
    };
    enum mouse_status status = MOUSE_BAD_FUNCTION;

    if (r->al < COUNT(functions)) {
        if (!(BDA->equipment & EQUIP_MOUSE)) {
            status = MOUSE_INTERFACE;
        } else {
            hold();
            status = functions[r->al](r);
            release();
        }
    }
    r->ah = status;
    set_carry(r, status != MOUSE_OK);
}

/* --- INT 74h --- */

static void packet_byte(u8 byte)
{
    u8 config = EBDA8(mouse_config), at = EBDA8(mouse_state) & LENGTH;
    u16 ebda = ebda_segment(), packet = offset_of(struct ebda, mouse_packet);

    far_put8(ebda, packet + at, byte);
    if (at < (config & LENGTH)) {
        EBDA8_SET(mouse_state, at + 1);
        return;
    }
    EBDA8_SET(mouse_state, 0);
    irq_on();
    call_mouse(EBDA16(mouse_segment), EBDA16(mouse_offset), far_get8(ebda, packet),
               far_get8(ebda, packet + 1), far_get8(ebda, packet + 2));
    irq_off();
}

void int_74h(struct regs *r)
{
    u8 byte;

    (void)r;
    if ((in8(0x64) & 0x21) == 0x21) {
        byte = in8(0x60);
        if (EBDA8(mouse_config) & HANDLER_SET)
            packet_byte(byte);
    }
    irq_eoi(12);
}
