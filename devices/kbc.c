/* SPDX-License-Identifier: MIT */
/*
 * Intel 8042 with the firmware of the PS/2 (IBM PS/2 Hardware Interface Technical Reference,
 * "Keyboard and Auxiliary Device Controller").
 *
 *   status  | PERR | TO | AUX | KEYL | A2 | SYS | IBF | OBF |
 *   command |  0   | XLAT | DAUX | DKB | 0 | SYS | IAUX | IKB |   byte 0 of the RAM
 *   output  | KDAT | KCLK | IRQ12 | IRQ1 | MCLK | MDAT | A20 | RESET# |
 *
 * A byte stays in the output buffer until it is read; then the clock of the open ports is free and
 * a device's next byte takes the time of 11 bits to come. Replies of the controller go first.
 *
 *   write 64h <- 20h    |--- REPLY_NS ---| OBF   |-- IRQ_NS --| IRQ1
 *   read 60h: OBF, IRQ1 fall at once   |------ BYTE_NS ------| OBF of the next scan code
 *
 * Commands are carried out while they are written, so IBF reads 0: software that does not wait for
 * it works as well. RESET# is a pulse however it is driven, or the CPU would never run again.
 *
 * Not modelled: the password (A4h says there is none), the keyboard lock (KEYL is 1), the
 * continuous polling of the input port (C1h, C2h), parity errors, pulses of other output bits than
 * RESET#.
 */
#include "devices/kbc.h"
#include "src/base/log.h"

enum {
    STATUS_OBF = 0x01,
    STATUS_SYS = 0x04,
    STATUS_A2 = 0x08,
    STATUS_KEYL = 0x10,
    STATUS_AUX = 0x20,
    STATUS_TO = 0x40,
    STATUS_PERR = 0x80,
    STATUS_OF_BYTE = STATUS_AUX | STATUS_TO | STATUS_PERR,
    COMMAND_IKB = 0x01,
    COMMAND_IAUX = 0x02,
    COMMAND_SYS = 0x04,
    COMMAND_DKB = 0x10,
    COMMAND_DAUX = 0x20,
    COMMAND_XLAT = 0x40,
    OUTPUT_RESET = 0x01,
    OUTPUT_A20 = 0x02,
    OUTPUT_IRQ1 = 0x10,
    OUTPUT_IRQ12 = 0x20,
    INPUT_PORT = 0xa3, /* not locked, colour, no jumper, both data lines high */
    SELF_TEST_PASSED = 0x55,
    NO_PASSWORD = 0xf1,
    RESEND = 0xfe, /* with TO: the device did not take the byte */
    BREAK = 0xf0,
};

enum {
    BYTE_NS = 1000000, /* 11 bits at 11 kHz */
    REPLY_NS = 20000,
    IRQ_NS = 5000,
};

/* Scan code set 2 to 1; codes from 85h on pass as they are. */
static const u8 translation[0x85] = {
    0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
    0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
    0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
    0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
    0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
    0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
    0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
    0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
    0x80, 0x81, 0x82, 0x41, 0x54,
};

static const u8 port_disabled[KBC_PORTS] = {COMMAND_DKB, COMMAND_DAUX};
static const u8 port_flags[KBC_PORTS] = {0, STATUS_AUX};

static vtime after(const struct kbc *kbc, vtime ns)
{
    return clock_now(kbc->clock) + ns;
}

static bool wants_irq(const struct kbc *kbc, bool aux)
{
    bool enabled = kbc->ram[0] & (aux ? COMMAND_IAUX : COMMAND_IKB);
    return enabled && kbc->status & STATUS_OBF && aux == !!(kbc->status & STATUS_AUX);
}

static void interrupt(void *owner)
{
    struct kbc *kbc = owner;
    line_set(&kbc->irq1, wants_irq(kbc, false));
    line_set(&kbc->irq12, wants_irq(kbc, true));
}

/* The interrupt pins fall at once, and rise a little after what lets them rise. */
static void update_irqs(struct kbc *kbc)
{
    if (!wants_irq(kbc, false))
        line_set(&kbc->irq1, false);
    if (!wants_irq(kbc, true))
        line_set(&kbc->irq12, false);
    if (wants_irq(kbc, false) || wants_irq(kbc, true))
        timer_set(&kbc->interrupt, after(kbc, IRQ_NS));
    else
        timer_stop(&kbc->interrupt);
}

static bool can_receive(const struct kbc *kbc, unsigned port)
{
    return kbc->port[port].request && !(kbc->ram[0] & port_disabled[port]);
}

/* Let the next byte come, if there is one and room for it. */
static void schedule(struct kbc *kbc)
{
    bool full = kbc->status & STATUS_OBF, reply = kbc->replies && !full;
    bool byte = !full && !reply && (can_receive(kbc, 0) || can_receive(kbc, 1));
    if (!reply)
        timer_stop(&kbc->answer);
    else if (!kbc->answer.armed)
        timer_set(&kbc->answer, after(kbc, REPLY_NS));
    if (!byte)
        timer_stop(&kbc->receive);
    else if (!kbc->receive.armed)
        timer_set(&kbc->receive, after(kbc, BYTE_NS));
}

static void set_output(struct kbc *kbc, struct kbc_byte byte)
{
    kbc->output = byte.value;
    kbc->status = (u8)((kbc->status & ~STATUS_OF_BYTE) | STATUS_OBF | byte.flags);
    if (log_on(LOG_KEY))
        log_line("kbc  -> %02x%s", byte.value, byte.flags & STATUS_AUX ? " aux" : "");
    update_irqs(kbc);
}

static void reply(struct kbc *kbc, u8 value, u8 flags)
{
    if (kbc->replies < KBC_REPLIES)
        kbc->reply[kbc->replies++] = (struct kbc_byte){value, flags};
    schedule(kbc);
}

static void answer(void *owner)
{
    struct kbc *kbc = owner;
    if (!kbc->replies || kbc->status & STATUS_OBF)
        return;
    struct kbc_byte first = kbc->reply[0];
    kbc->replies--;
    memmove(kbc->reply, kbc->reply + 1, kbc->replies * sizeof kbc->reply[0]);
    set_output(kbc, first);
    schedule(kbc);
}

/* Set 2 to set 1: F0h is kept back and sets bit 7 of the next code. False: nothing to show yet. */
static bool translate(struct kbc_port *port, u8 *byte)
{
    if (*byte == BREAK) {
        port->breaking = true;
        return false;
    }
    if (*byte < sizeof translation)
        *byte = translation[*byte] | (port->breaking ? 0x80 : 0);
    port->breaking = false;
    return true;
}

static void receive(void *owner)
{
    struct kbc *kbc = owner;
    unsigned n = can_receive(kbc, 0) ? 0 : 1;
    struct kbc_port *port = &kbc->port[n];
    u8 byte;
    if (kbc->status & STATUS_OBF || !can_receive(kbc, n) || !port->plug.take ||
        !port->plug.take(port->plug.device, &byte))
        return;
    bool translated = n == 0 && kbc->ram[0] & COMMAND_XLAT;
    if (!translated || translate(port, &byte))
        set_output(kbc, (struct kbc_byte){byte, port_flags[n]});
    schedule(kbc);
}

void kbc_request(void *owner, unsigned port, bool level)
{
    struct kbc *kbc = owner;
    kbc->port[port % KBC_PORTS].request = level;
    schedule(kbc);
}

/* A byte to a device opens its port. The answer needs a byte time. */
static void send(struct kbc *kbc, unsigned n, u8 byte)
{
    const struct ps2_plug *plug = &kbc->port[n].plug;
    kbc->ram[0] &= (u8)~port_disabled[n];
    if (log_on(LOG_KEY))
        log_line("kbc  %02x -> %s", byte, n ? "mouse" : "keyboard");
    timer_stop(&kbc->receive);
    if (plug->give)
        plug->give(plug->device, byte);
    else
        reply(kbc, RESEND, STATUS_TO | port_flags[n]);
    schedule(kbc);
}

static void set_a20(struct kbc *kbc, bool on)
{
    kbc->output_port = (u8)((kbc->output_port & ~OUTPUT_A20) | (on ? OUTPUT_A20 : 0));
    line_set(&kbc->a20, on);
}

void kbc_set_a20(struct kbc *kbc, bool on)
{
    set_a20(kbc, on);
}

static void write_command_byte(struct kbc *kbc, u8 value)
{
    kbc->ram[0] = value;
    kbc->status = (u8)((kbc->status & ~STATUS_SYS) | (value & COMMAND_SYS ? STATUS_SYS : 0));
    if (!(value & COMMAND_XLAT))
        kbc->port[0].breaking = false;
    update_irqs(kbc);
    schedule(kbc);
}

/* 20h-3Fh. */
static void read_ram(struct kbc *kbc, u8 command)
{
    reply(kbc, kbc->ram[command % KBC_RAM], 0);
}

static void wait_for_data(struct kbc *kbc, u8 command)
{
    kbc->command = command;
}

static void test_password(struct kbc *kbc, u8 command UNUSED)
{
    reply(kbc, NO_PASSWORD, 0);
}

/* A7h, A8h, ADh, AEh. */
static void close_port(struct kbc *kbc, u8 command)
{
    write_command_byte(kbc, kbc->ram[0] | (command == 0xa7 ? COMMAND_DAUX : COMMAND_DKB));
}

static void open_port(struct kbc *kbc, u8 command)
{
    u8 bit = command == 0xa8 ? COMMAND_DAUX : COMMAND_DKB;
    write_command_byte(kbc, kbc->ram[0] & (u8)~bit);
}

/* A9h, ABh: clock and data lines are good. */
static void test_port(struct kbc *kbc, u8 command UNUSED)
{
    reply(kbc, 0x00, 0);
}

static void self_test(struct kbc *kbc, u8 command UNUSED)
{
    kbc->replies = 0;
    write_command_byte(kbc, kbc->ram[0] | COMMAND_SYS);
    set_a20(kbc, true);
    reply(kbc, SELF_TEST_PASSED, 0);
}

static void read_input_port(struct kbc *kbc, u8 command UNUSED)
{
    reply(kbc, INPUT_PORT, 0);
}

static void read_output_port(struct kbc *kbc, u8 command UNUSED)
{
    u8 value = kbc->output_port & (u8) ~(OUTPUT_IRQ1 | OUTPUT_IRQ12);
    if (kbc->status & STATUS_OBF)
        value |= kbc->status & STATUS_AUX ? OUTPUT_IRQ12 : OUTPUT_IRQ1;
    reply(kbc, value, 0);
}

/* DDh, DFh. */
static void switch_a20(struct kbc *kbc, u8 command)
{
    set_a20(kbc, command & 2);
}

/* E0h: the clock lines of both ports; a closed port's is low. */
static void read_test_inputs(struct kbc *kbc, u8 command UNUSED)
{
    u8 closed = kbc->ram[0];
    reply(kbc, (u8)((closed & COMMAND_DKB ? 0 : 1) | (closed & COMMAND_DAUX ? 0 : 2)), 0);
}

/* F0h-FFh: bits that are 0 pulse. */
static void pulse(struct kbc *kbc, u8 command)
{
    if (!(command & OUTPUT_RESET))
        line_pulse(&kbc->reset);
}

struct kbc_row {
    u8 first, last;
    void (*run)(struct kbc *kbc, u8 byte);
};

static const struct kbc_row commands[] = {
    {0x20, 0x3f, read_ram},
    {0x60, 0x7f, wait_for_data},
    {0xa4, 0xa4, test_password},
    {0xa5, 0xa5, wait_for_data},
    {0xa7, 0xa7, close_port},
    {0xa8, 0xa8, open_port},
    {0xa9, 0xa9, test_port},
    {0xaa, 0xaa, self_test},
    {0xab, 0xab, test_port},
    {0xad, 0xad, close_port},
    {0xae, 0xae, open_port},
    {0xc0, 0xc0, read_input_port},
    {0xd0, 0xd0, read_output_port},
    {0xd1, 0xd4, wait_for_data},
    {0xdd, 0xdd, switch_a20},
    {0xdf, 0xdf, switch_a20},
    {0xe0, 0xe0, read_test_inputs},
    {0xf0, 0xff, pulse},
};

/* 60h-7Fh: the byte of the RAM is told by the command, which is given in BYTE's place. */
static void write_ram(struct kbc *kbc, u8 byte)
{
    unsigned index = kbc->command % KBC_RAM;
    kbc->ram[index] = byte;
    if (index == 0)
        write_command_byte(kbc, byte);
}

static void skip_password(struct kbc *kbc, u8 byte)
{
    if (byte)
        return;
    kbc->command = 0;
}

static void write_output_port(struct kbc *kbc, u8 byte)
{
    kbc->output_port = byte | OUTPUT_RESET;
    set_a20(kbc, byte & OUTPUT_A20);
    if (!(byte & OUTPUT_RESET))
        line_pulse(&kbc->reset);
}

static void loop_keyboard(struct kbc *kbc, u8 byte)
{
    reply(kbc, byte, 0);
}

static void loop_mouse(struct kbc *kbc, u8 byte)
{
    reply(kbc, byte, STATUS_AUX);
}

static void send_mouse(struct kbc *kbc, u8 byte)
{
    send(kbc, 1, byte);
}

/* The data bytes of the commands that wait for one. */
static const struct kbc_row parameters[] = {
    {0x60, 0x7f, write_ram},         {0xa5, 0xa5, skip_password}, {0xd1, 0xd1, write_output_port},
    {0xd2, 0xd2, loop_keyboard},     {0xd3, 0xd3, loop_mouse},    {0xd4, 0xd4, send_mouse},
};

static const struct kbc_row *find(const struct kbc_row *rows, size_t n, u8 command)
{
    for (; n; n--, rows++)
        if (command >= rows->first && command <= rows->last)
            return rows;
    return NULL;
}

static void write_command(struct kbc *kbc, u8 value)
{
    const struct kbc_row *row = find(commands, ARRAY_LEN(commands), value);
    kbc->status |= STATUS_A2;
    kbc->command = 0;
    if (row)
        row->run(kbc, value);
    else if (log_on(LOG_GUEST))
        log_line("kbc: no command %02x", value);
}

static void write_data(struct kbc *kbc, u8 value)
{
    const struct kbc_row *row = find(parameters, ARRAY_LEN(parameters), kbc->command);
    kbc->status &= (u8)~STATUS_A2;
    if (!row) {
        send(kbc, 0, value);
        return;
    }
    row->run(kbc, value);
    if (kbc->command != 0xa5) /* a password ends with a 0 of its own */
        kbc->command = 0;
}

static u8 read_data(struct kbc *kbc)
{
    if (kbc->status & STATUS_OBF) {
        kbc->status &= (u8) ~(STATUS_OBF | STATUS_OF_BYTE);
        update_irqs(kbc);
        schedule(kbc);
    }
    return kbc->output;
}

static void kbc_write(void *chip, u32 reg, u32 value, unsigned size UNUSED)
{
    if (reg == 0)
        write_data(chip, (u8)value);
    else if (reg == 1)
        write_command(chip, (u8)value);
}

static u32 kbc_read(void *chip, u32 reg, unsigned size UNUSED)
{
    const struct kbc *kbc = chip;
    if (reg == 0)
        return read_data(chip);
    return reg == 1 ? kbc->status : 0xff;
}

/* Both ports closed, no translation, A20 open, until the firmware says otherwise. */
static void kbc_reset(void *chip)
{
    struct kbc *kbc = chip;
    memset(kbc->ram, 0, sizeof kbc->ram);
    memset(kbc->reply, 0, sizeof kbc->reply);
    kbc->ram[0] = COMMAND_DKB | COMMAND_DAUX;
    kbc->status = STATUS_KEYL;
    kbc->output = 0;
    kbc->output_port = 0xcf;
    kbc->command = 0;
    kbc->replies = 0;
    kbc->port[0].breaking = kbc->port[1].breaking = false;
    set_a20(kbc, true);
    update_irqs(kbc);
    schedule(kbc);
}

static void kbc_loaded(void *chip)
{
    struct kbc *kbc = chip;
    if (kbc->replies > KBC_REPLIES)
        kbc->replies = KBC_REPLIES;
    timer_loaded(&kbc->receive);
    timer_loaded(&kbc->answer);
    timer_loaded(&kbc->interrupt);
}

static const struct field port_fields[] = {
    TRANSIENT(struct kbc_port, plug),
    FIELD(struct kbc_port, request),
    FIELD(struct kbc_port, breaking),
    FIELD_END,
};

static const struct field byte_fields[] = {
    FIELD(struct kbc_byte, value),
    FIELD(struct kbc_byte, flags),
    FIELD_END,
};

static const struct field kbc_fields[] = {
    FIELD_STRUCT(struct kbc, irq1, line_fields),
    FIELD_STRUCT(struct kbc, irq12, line_fields),
    FIELD_STRUCT(struct kbc, a20, line_fields),
    FIELD_STRUCT(struct kbc, reset, line_fields),
    FIELD_STRUCT(struct kbc, receive, timer_fields),
    FIELD_STRUCT(struct kbc, answer, timer_fields),
    FIELD_STRUCT(struct kbc, interrupt, timer_fields),
    TRANSIENT(struct kbc, clock),
    FIELD_STRUCTS(struct kbc, port, port_fields),
    FIELD_ARRAY(struct kbc, ram),
    FIELD(struct kbc, status),
    FIELD(struct kbc, output),
    FIELD(struct kbc, output_port),
    FIELD(struct kbc, command),
    FIELD_STRUCTS(struct kbc, reply, byte_fields),
    FIELD_MAX(struct kbc, replies, KBC_REPLIES),
    FIELD_END,
};

const struct chip kbc_chip = {
    .name = "kbc",
    .reset = kbc_reset,
    .read = kbc_read,
    .write = kbc_write,
    .loaded = kbc_loaded,
    .fields = kbc_fields,
    .size = sizeof(struct kbc),
};

void kbc_init(struct kbc *kbc, struct clock *clock)
{
    *kbc = (struct kbc){.clock = clock};
    timer_init(&kbc->receive, clock, receive, kbc);
    timer_init(&kbc->answer, clock, answer, kbc);
    timer_init(&kbc->interrupt, clock, interrupt, kbc);
    kbc_reset(kbc);
}

void kbc_plug(struct kbc *kbc, unsigned port, struct ps2_plug plug)
{
    kbc->port[port % KBC_PORTS].plug = plug;
}
